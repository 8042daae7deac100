/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: translation tables, STEs and CDs in guest memory.
 * Tests only.
 */
#include "smmu-qtest.h"

unsigned level_shift(const Space *s, unsigned level)
{
    return s->lg2 + (3 - level) * (s->lg2 - 3);
}

unsigned s1_start(unsigned lg2, unsigned bits)
{
    return 4 - (bits - 4) / (lg2 - 3);
}

void space_init(Space *s, SmmuQtest *t, unsigned lg2, unsigned bits,
                unsigned start)
{
    uint64_t size;

    *s = (Space){ .t = t, .lg2 = lg2, .bits = bits, .start = start };
    /* Concatenated tables of a stage 2 lie side by side. */
    size = UINT64_C(8) << (bits - level_shift(s, start));
    s->root = ram_alloc(t, MAX(size, 64), MAX(size, 64));
}

uint64_t desc_get(Space *s, uint64_t pa)
{
    uint64_t v = mem_r64(s->t, pa);

    return s->be ? __builtin_bswap64(v) : v;
}

void desc_set(Space *s, uint64_t pa, uint64_t v)
{
    mem_w64(s->t, pa, s->be ? __builtin_bswap64(v) : v);
}

/* The descriptor of @in at @level; missing tables are made if @make. */
static uint64_t descend(Space *s, uint64_t in, unsigned level, bool make)
{
    uint64_t table = s->root;
    unsigned top = s->bits;

    in &= (UINT64_C(1) << s->bits) - 1;
    for (unsigned l = s->start;; l++) {
        unsigned shift = level_shift(s, l);
        uint64_t index = (in & ((UINT64_C(1) << top) - 1)) >> shift;
        uint64_t pa = table + index * 8, d;

        if (l == level) {
            return pa;
        }
        d = desc_get(s, pa);
        if (!(d & 1)) {
            uint64_t size = UINT64_C(1) << s->lg2;

            g_assert_true(make);
            d = (ram_alloc(s->t, size, size) + s->bias) | 3;
            desc_set(s, pa, d);
        }
        g_assert_cmphex(d & 3, ==, 3);
        table =
            (d & 0x0000fffffffff000ull & -(UINT64_C(1) << s->lg2)) - s->bias;
        top = shift;
    }
}

uint64_t desc_pa(Space *s, uint64_t in, unsigned level)
{
    return descend(s, in, level, false);
}

uint64_t map_at(Space *s, uint64_t in, uint64_t out, unsigned level,
                uint64_t attrs)
{
    uint64_t pa = descend(s, in, level, true);

    desc_set(s, pa, out | attrs | (level == 3 ? 3 : 1));
    return pa;
}

uint64_t map_page(Space *s, uint64_t in, uint64_t out, uint64_t attrs)
{
    return map_at(s, in, out, 3, attrs);
}

/* CD.TG0 and STE.S2TG share one encoding (5.4). */
static unsigned tg0(unsigned lg2)
{
    return lg2 == 12 ? 0 : lg2 == 16 ? 1 : 2;
}

void context_s1_bits(Context *c, unsigned bits)
{
    unsigned lg2 = c->s1.lg2;

    space_init(&c->s1, c->t, lg2, bits, s1_start(lg2, bits));
    c->s1.bias = c->stage == 3 ? c->t->bias : 0;
    put(c->cd, 5, 0, 64 - bits);                         /* T0SZ */
    put(c->cd, 119, 68, (c->s1.root + c->s1.bias) >> 4); /* TTB0 */
}

void context_s2_bits(Context *c, unsigned bits, unsigned start, unsigned sl0)
{
    space_init(&c->s2, c->t, c->s2.lg2, bits, start);
    put(c->ste, 165, 160, 64 - bits);       /* S2T0SZ */
    put(c->ste, 167, 166, sl0);             /* S2SL0 */
    put(c->ste, 247, 196, c->s2.root >> 4); /* S2TTB */
}

static void init_cd(Context *c, unsigned lg2)
{
    const unsigned bits = 39;

    c->cd_pa = ram_alloc(c->t, 64, 64);
    c->s1.lg2 = lg2;
    context_s1_bits(c, bits);
    put(c->cd, 7, 6, tg0(lg2));
    put(c->cd, 9, 8, 1);        /* IR0: WB */
    put(c->cd, 11, 10, 1);      /* OR0 */
    put(c->cd, 13, 12, 3);      /* SH0: inner */
    put(c->cd, 30, 30, 1);      /* EPD1 */
    put(c->cd, 31, 31, 1);      /* V */
    put(c->cd, 34, 32, 4);      /* IPS: 44 bits */
    put(c->cd, 41, 41, 1);      /* AA64 */
    put(c->cd, 45, 45, 1);      /* R */
    put(c->cd, 46, 46, 1);      /* A */
    put(c->cd, 63, 48, 1);      /* ASID */
    put(c->cd, 199, 192, 0xff); /* MAIR, Attr0: WB */
}

static void init_s2(Context *c, unsigned lg2)
{
    /* One table at the start level, which S2SL0 = 1 names in each granule. */
    unsigned bits = lg2 == 12 ? 39 : lg2 == 14 ? 36 : 40;

    c->s2.lg2 = lg2;
    context_s2_bits(c, bits, lg2 == 12 ? 1 : 2, 1);
    put(c->ste, 169, 168, 1);        /* S2IR0: WB */
    put(c->ste, 171, 170, 1);        /* S2OR0 */
    put(c->ste, 173, 172, 3);        /* S2SH0 */
    put(c->ste, 175, 174, tg0(lg2)); /* S2TG */
    put(c->ste, 178, 176, 4);        /* S2PS: 44 bits */
    put(c->ste, 179, 179, 1);        /* S2AA64 */
    put(c->ste, 186, 186, 1);        /* S2R */
    if (c->stage == 3) {
        uint64_t block = UINT64_C(1) << level_shift(&c->s2, 2);

        for (uint64_t pa = c->t->ram_lo; pa < c->t->ram_hi; pa += block) {
            map_at(&c->s2, pa + c->t->bias, pa, 2, S2_LEAF);
        }
    }
}

void context_ttb1(Context *c, Space *hi, unsigned lg2)
{
    space_init(hi, c->t, lg2, 39, s1_start(lg2, 39));
    hi->bias = c->s1.bias;
    put(c->cd, 21, 16, 25);                                /* T1SZ */
    put(c->cd, 23, 22, lg2 == 12 ? 2 : lg2 == 14 ? 1 : 3); /* TG1 */
    put(c->cd, 25, 24, 1);                                 /* IR1 */
    put(c->cd, 27, 26, 1);                                 /* OR1 */
    put(c->cd, 29, 28, 3);                                 /* SH1 */
    put(c->cd, 30, 30, 0);                                 /* EPD1 */
    put(c->cd, 183, 132, (hi->root + hi->bias) >> 4);      /* TTB1 */
}

void s2_split(Context *c, uint64_t pa)
{
    Space *s = &c->s2;
    uint64_t ipa = pa + c->t->bias, page = UINT64_C(1) << s->lg2;
    uint64_t block = UINT64_C(1) << level_shift(s, 2);

    desc_set(s, desc_pa(s, ipa, 2), 0);
    ipa &= -block;
    for (uint64_t i = 0; i < block; i += page) {
        map_page(s, ipa + i, ipa + i - c->t->bias, S2_LEAF);
    }
}

void context_init(Context *c, SmmuQtest *t, unsigned stage, unsigned lg2)
{
    context_init2(c, t, stage, lg2, lg2);
}

void context_init2(Context *c, SmmuQtest *t, unsigned stage, unsigned lg2_s1,
                   unsigned lg2_s2)
{
    *c = (Context){ .t = t, .sid = ENGINE_SID, .stage = stage };
    put(c->ste, 0, 0, 1);         /* V */
    put(c->ste, 3, 1, 4 | stage); /* Config: 100 to 111 */
    put(c->ste, 109, 108, 1);     /* SHCFG: incoming */
    put(c->ste, 143, 128, 1);     /* S2VMID */
    if (stage & 1) {
        init_cd(c, lg2_s1);
        c->ste[0] |= c->cd_pa + c->s1.bias; /* S1ContextPtr */
        put(c->ste, 67, 66, 1);             /* S1CIR: WB */
        put(c->ste, 69, 68, 1);             /* S1COR */
        put(c->ste, 71, 70, 3);             /* S1CSH: inner */
    }
    if (stage & 2) {
        init_s2(c, lg2_s2);
    }
}

void ste_write(SmmuQtest *t, uint32_t sid, const uint64_t ste[8])
{
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, t->strtab + sid * 64 + i * 8, ste[i]);
    }
}

void context_commit(Context *c)
{
    if (c->stage & 1) {
        for (unsigned i = 0; i < 8; i++) {
            mem_w64(c->t, c->cd_pa + i * 8, c->cd[i]);
        }
    }
    ste_write(c->t, c->sid, c->ste);
    cmd(c->t, OP_CFGI_STE | (uint64_t)c->sid << 32, 0);
}

void context_map(Context *c, uint64_t in, uint64_t pa)
{
    if (c->stage & 1) {
        map_page(&c->s1, in, pa + c->s1.bias, S1_LEAF);
    } else if (c->stage & 2) {
        map_page(&c->s2, in, pa, S2_LEAF);
    }
}

uint64_t quick_stage1(Context *c, SmmuQtest *t, uint64_t va)
{
    uint64_t pa = ram_page(t);

    context_init(c, t, 1, 12);
    context_map(c, va, pa);
    context_commit(c);
    return pa;
}
