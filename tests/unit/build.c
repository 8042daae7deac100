/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builders of in-memory structures. See build.h.
 * Tests only.
 */
#include <stdlib.h>
#include <string.h>
#include "build.h"

static uint64_t low_mask(unsigned n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

void set_bits(uint64_t *w, unsigned hi, unsigned lo, uint64_t v)
{
    uint64_t mask = low_mask(hi - lo + 1) << (lo % 64);

    if (hi / 64 != lo / 64 || hi < lo || v > low_mask(hi - lo + 1)) {
        abort(); /* a mistake in the test */
    }
    w[lo / 64] = (w[lo / 64] & ~mask) | v << (lo % 64);
}

uint64_t get_bits(const uint64_t *w, unsigned hi, unsigned lo)
{
    return w[lo / 64] >> (lo % 64) & low_mask(hi - lo + 1);
}

unsigned tg0_of(unsigned granule)
{
    return granule == 12 ? 0 : granule == 16 ? 1 : 2;
}

unsigned tg1_of(unsigned granule)
{
    return granule == 14 ? 1 : granule == 12 ? 2 : 3;
}

unsigned s2tg_of(unsigned granule)
{
    return tg0_of(granule);
}

struct ste ste_abort(void)
{
    return (struct ste){ { 0x1 } };
}

struct ste ste_bypass(void)
{
    return (struct ste){ { 0x9 } };
}

struct ste ste_s1(uint64_t cd)
{
    struct ste ste = { { 0 } };

    ste.w[0] = cd;
    set_bits(ste.w, 0, 0, 1);
    set_bits(ste.w, 3, 1, 5);
    set_bits(ste.w, 143, 128, 7); /* S2VMID tags stage 1 too */
    return ste;
}

static void add_s2(struct ste *ste, uint64_t ttb, unsigned granule,
                   unsigned s2t0sz, unsigned s2sl0)
{
    set_bits(ste->w, 143, 128, 7); /* S2VMID */
    set_bits(ste->w, 165, 160, s2t0sz);
    set_bits(ste->w, 167, 166, s2sl0);
    set_bits(ste->w, 169, 168, 1); /* S2IR0 */
    set_bits(ste->w, 171, 170, 1); /* S2OR0 */
    set_bits(ste->w, 173, 172, 3); /* S2SH0 */
    set_bits(ste->w, 175, 174, s2tg_of(granule));
    set_bits(ste->w, 178, 176, 5); /* S2PS: 48 bits */
    set_bits(ste->w, 179, 179, 1); /* S2AA64 */
    set_bits(ste->w, 186, 186, 1); /* S2R */
    ste->w[3] |= ttb;
}

struct ste ste_s2(uint64_t ttb, unsigned granule, unsigned s2t0sz,
                  unsigned s2sl0)
{
    struct ste ste = { { 0 } };

    set_bits(ste.w, 0, 0, 1);
    set_bits(ste.w, 3, 1, 6);
    add_s2(&ste, ttb, granule, s2t0sz, s2sl0);
    return ste;
}

struct ste ste_nested(uint64_t cd, uint64_t ttb, unsigned granule,
                      unsigned s2t0sz, unsigned s2sl0)
{
    struct ste ste = ste_s1(cd);

    set_bits(ste.w, 3, 1, 7);
    add_s2(&ste, ttb, granule, s2t0sz, s2sl0);
    return ste;
}

struct cd cd_make(uint64_t ttb0, unsigned granule, unsigned t0sz)
{
    struct cd cd = { { 0 } };

    set_bits(cd.w, 5, 0, t0sz);
    set_bits(cd.w, 7, 6, tg0_of(granule));
    set_bits(cd.w, 9, 8, 1);   /* IR0 */
    set_bits(cd.w, 11, 10, 1); /* OR0 */
    set_bits(cd.w, 13, 12, 3); /* SH0 */
    set_bits(cd.w, 30, 30, 1); /* EPD1 */
    set_bits(cd.w, 31, 31, 1); /* V */
    set_bits(cd.w, 34, 32, 5); /* IPS: 48 bits */
    set_bits(cd.w, 41, 41, 1); /* AA64 */
    set_bits(cd.w, 45, 45, 1); /* R */
    set_bits(cd.w, 46, 46, 1); /* A */
    set_bits(cd.w, 63, 48, 3); /* ASID */
    cd.w[1] |= ttb0;
    /* MAIR: WB, NC, Device nGnRnE, Device nGnRE, ... */
    set_bits(cd.w, 223, 192, 0x040044ff);
    return cd;
}

void cd_ttb1(struct cd *cd, uint64_t ttb1, unsigned granule, unsigned t1sz)
{
    set_bits(cd->w, 21, 16, t1sz);
    set_bits(cd->w, 23, 22, tg1_of(granule));
    set_bits(cd->w, 25, 24, 1); /* IR1 */
    set_bits(cd->w, 27, 26, 1); /* OR1 */
    set_bits(cd->w, 29, 28, 3); /* SH1 */
    set_bits(cd->w, 30, 30, 0); /* EPD1 */
    cd->w[2] |= ttb1;
}

/* Low bit of the index of each level, level -1 first. */
unsigned level_lo(unsigned granule, int level)
{
    static const unsigned lo[3][5] = { { 48, 39, 30, 21, 12 },
                                       { 58, 47, 36, 25, 14 },
                                       { 68, 55, 42, 29, 16 } };

    return lo[(granule - 12) / 2][level + 1];
}

int s1_start_level(unsigned granule, unsigned bits)
{
    switch (granule) {
    case 12:
        return bits >= 49   ? -1
               : bits >= 40 ? 0
               : bits >= 31 ? 1
               : bits >= 22 ? 2
                            : 3;
    case 14:
        return bits >= 48 ? 0 : bits >= 37 ? 1 : bits >= 26 ? 2 : 3;
    default:
        return bits >= 43 ? 1 : bits >= 30 ? 2 : 3;
    }
}

int s2_start_level(unsigned granule, unsigned s2sl0)
{
    static const int level[3][4] = { { 2, 1, 0, 3 },
                                     { 3, 2, 1, 0 },
                                     { 3, 2, 1, 0 } };

    return level[(granule - 12) / 2][s2sl0];
}

struct mapper map_s1(struct fake_host *h, uint64_t ttb, unsigned granule,
                     unsigned txsz, uint64_t next)
{
    return (struct mapper){ .h = h,
                            .ttb = ttb,
                            .next = next,
                            .granule = granule,
                            .bits = 64 - txsz,
                            .start = s1_start_level(granule, 64 - txsz) };
}

struct mapper map_s2(struct fake_host *h, uint64_t ttb, unsigned granule,
                     unsigned s2t0sz, unsigned s2sl0, uint64_t next)
{
    return (struct mapper){ .h = h,
                            .ttb = ttb,
                            .next = next,
                            .granule = granule,
                            .bits = 64 - s2t0sz,
                            .start = s2_start_level(granule, s2sl0) };
}

void map_put(struct mapper *m, uint64_t at, uint64_t desc)
{
    if (m->be) {
        mem_w64be(m->h, at + m->offset, desc);
    } else {
        mem_w64(m->h, at + m->offset, desc);
    }
}

uint64_t map_get(struct mapper *m, uint64_t at)
{
    uint64_t v = mem_r64(m->h, at + m->offset), swapped = 0;

    if (!m->be) {
        return v;
    }
    for (int i = 0; i < 8; i++) {
        swapped = swapped << 8 | (v >> (8 * i) & 0xff);
    }
    return swapped;
}

uint64_t map_oa(const struct mapper *m, uint64_t oa)
{
    if (m->lpa2) {
        return (oa & low_mask(50)) | oa >> 50 << 8;
    }
    return m->oa52 ? (oa & low_mask(48)) | oa >> 48 << 12 : oa;
}

/* The table that a descriptor leads to. */
static uint64_t next_table(const struct mapper *m, uint64_t d)
{
    uint64_t low = ~low_mask(m->granule);

    if (m->lpa2) {
        return (d & low_mask(50) & low) | (d >> 8 & 3) << 50;
    }
    return (d & low_mask(48) & low) | (m->oa52 ? (d >> 12 & 0xf) << 48 : 0);
}

static uint64_t entry_at(const struct mapper *m, uint64_t table, uint64_t input,
                         int level)
{
    uint64_t index = input >> level_lo(m->granule, level);

    /* All of the input's bits index the first table, concatenated ones
     * included. */
    if (level == m->start) {
        index &= low_mask(m->bits) >> level_lo(m->granule, level);
    } else {
        index &= low_mask(m->granule - 3);
    }
    return table + 8 * index;
}

uint64_t map_at(struct mapper *m, uint64_t input, int level, uint64_t desc)
{
    uint64_t table = m->ttb;

    for (int l = m->start;; l++) {
        uint64_t at = entry_at(m, table, input, l), d;

        if (l == level) {
            map_put(m, at, desc);
            return at;
        }
        d = map_get(m, at);
        if ((d & 3) != 3) {
            d = map_oa(m, m->next) | D_TABLE;
            m->next += UINT64_C(1) << m->granule;
            map_put(m, at, d);
        }
        table = next_table(m, d);
    }
}

uint64_t map_find(struct mapper *m, uint64_t input, int level)
{
    uint64_t table = m->ttb;

    for (int l = m->start;; l++) {
        uint64_t at = entry_at(m, table, input, l), d;

        if (l == level) {
            return at;
        }
        d = map_get(m, at);
        if ((d & 3) != 3) {
            return 0;
        }
        table = next_table(m, d);
    }
}

struct cmd cmd_op(unsigned opcode)
{
    return (struct cmd){ { opcode } };
}

struct cmd cmd_cfgi_ste(uint32_t sid, bool leaf)
{
    return (struct cmd){ { 0x03 | (uint64_t)sid << 32, leaf } };
}

struct cmd cmd_tlbi(unsigned opcode, unsigned vmid, unsigned asid,
                    uint64_t addr)
{
    return (struct cmd){ { opcode | (uint64_t)vmid << 32 | (uint64_t)asid << 48,
                           addr & ~UINT64_C(0xfff) } };
}

struct cmd cmd_tlbi_range(unsigned opcode, unsigned vmid, unsigned asid,
                          uint64_t addr, unsigned tg, unsigned ttl,
                          unsigned scale, unsigned num)
{
    struct cmd c = cmd_tlbi(opcode, vmid, asid, addr);

    set_bits(c.w, 16, 12, num);
    set_bits(c.w, 25, 20, scale);
    set_bits(c.w, 73, 72, ttl);
    set_bits(c.w, 75, 74, tg);
    return c;
}
