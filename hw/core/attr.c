/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory attributes: MAIR bytes, and how two stages combine (13; DDI 0487
 * D8.6).
 * Layer L2.
 */
#include "attr.h"

#define NC 0x4u /* nibble: Normal Non-cacheable */
#define INNER_OUTER_NC 0x44u
#define WB_RA_WA 0xffu
#define SH_OSH 2u
#define SH_ISH 3u

/* Strength of a cacheability nibble: the strongest, lowest, wins. */
enum cacheability {
    NON_CACHEABLE,
    WRITE_THROUGH,
    WRITE_BACK
};

static enum cacheability cacheability(unsigned nibble)
{
    if (nibble == NC) {
        return NON_CACHEABLE;
    }
    return nibble & 4 ? WRITE_BACK : WRITE_THROUGH;
}

static bool is_device(uint8_t mair)
{
    return mair >> 4 == 0;
}

static struct smmu3_attr finish(uint8_t mair, uint8_t sh)
{
    if (is_device(mair) || mair == INNER_OUTER_NC) {
        sh = SH_OSH;
    }
    return (struct smmu3_attr){ mair, sh };
}

struct smmu3_attr smmu3_attr_stage1(uint8_t mair, uint8_t sh)
{
    if (is_device(mair)) {
        mair &= 0x0c; /* [1:0] != 0 is reserved */
    } else if (!(mair & 0x0f)) {
        mair |= 0x03; /* inner Write-Through transient, read and write alloc */
    }
    return finish(mair, sh == 1 ? 0 : sh);
}

struct smmu3_attr smmu3_attr_memattr(uint8_t memattr, uint8_t sh)
{
    /* MAIR nibbles: none, Non-cacheable, Write-Through, Write-Back. */
    static const uint8_t nibbles[] = { 0, NC, 0xb, 0xf };
    unsigned outer = memattr >> 2 & 3;
    unsigned inner = memattr & 3;
    uint8_t mair = (uint8_t)(nibbles[outer] << 4 | nibbles[inner]);

    if (!outer || !inner) {
        mair = (uint8_t)(inner << 2); /* Device; reserved: nGnRnE */
    }
    return finish(mair, sh == 1 ? 0 : sh);
}

/* The Device type of a stage-2 MemAttr, as a MAIR byte: reserved encodings act
 * as nGnRnE. Call only if it is a Device type. */
static uint8_t s2_device(uint8_t memattr, bool fwb)
{
    if (fwb) {
        return memattr & 4 ? 0 : (uint8_t)((memattr & 3) << 2);
    }
    return memattr >> 2 ? 0 : (uint8_t)((memattr & 3) << 2);
}

bool smmu3_attr_s2_is_device(uint8_t memattr, bool fwb)
{
    if (fwb) {
        return (memattr & 7) < 5; /* 4 is reserved */
    }
    return memattr >> 2 == 0 || (memattr & 3) == 0;
}

/* One half, inner or outer: @s1 is a MAIR nibble, @s2 is 1 NC, 2 WT, 3 WB. */
static unsigned combine_nibble(unsigned s1, unsigned s2)
{
    enum cacheability c1 = cacheability(s1);
    enum cacheability c2 = (enum cacheability)(s2 - 1);

    if (c1 <= c2) {
        return s1;
    }
    /* Stage 1's allocation hints survive: they are in [1:0], the transient
     * hint in bit 3 (clear). */
    return c2 == NON_CACHEABLE ? NC : s1 & ~4u;
}

static struct smmu3_attr combine_fwb(struct smmu3_attr s1, uint8_t memattr,
                                     uint8_t sh)
{
    switch (memattr & 7) {
    case 7:
        return finish(s1.mair, sh);
    case 6:
        if (is_device(s1.mair) || s1.mair == INNER_OUTER_NC) {
            return finish(WB_RA_WA, sh);
        }
        /* Write-Back with stage 1's hints, where it has any. */
        return finish(
            (uint8_t)(((s1.mair >> 4) == NC ? 0xf0 : (s1.mair & 0xf0) | 0x40) |
                      ((s1.mair & 15) == NC ? 0x0f : (s1.mair & 0x0f) | 0x04)),
            sh);
    default: /* 5 */
        return finish(is_device(s1.mair) ? s1.mair : INNER_OUTER_NC, sh);
    }
}

struct smmu3_attr smmu3_attr_combine(struct smmu3_attr s1, uint8_t memattr,
                                     uint8_t s2_sh, bool fwb)
{
    uint8_t sh = s1.sh;

    /* Outer beats Inner beats Non-shareable. */
    if (s2_sh == SH_OSH || sh == SH_OSH) {
        sh = SH_OSH;
    } else if (s2_sh == SH_ISH || sh == SH_ISH) {
        sh = SH_ISH;
    }
    if (smmu3_attr_s2_is_device(memattr, fwb)) {
        uint8_t device = s2_device(memattr, fwb);

        return finish(is_device(s1.mair) && s1.mair < device ? s1.mair : device,
                      sh);
    }
    if (fwb) {
        return combine_fwb(s1, memattr, sh);
    }
    if (is_device(s1.mair)) {
        return finish(s1.mair, sh);
    }
    return finish((uint8_t)(combine_nibble(s1.mair >> 4, memattr >> 2) << 4 |
                            combine_nibble(s1.mair & 15, memattr & 3)),
                  sh);
}

/* One half of a MAIR byte, inner or outer. */
struct half {
    enum cacheability type;
    bool read, write, transient; /* allocation; only if cacheable */
};

#define NIBBLE_WRITE 1u
#define NIBBLE_READ 2u
#define NIBBLE_WB 4u
#define NIBBLE_KEEP 8u /* not transient */

/* @nibble is not of a Device type. */
static struct half split_nibble(unsigned nibble)
{
    return (struct half){
        .type = cacheability(nibble),
        .read = nibble & NIBBLE_READ,
        .write = nibble & NIBBLE_WRITE,
        .transient = !(nibble & NIBBLE_KEEP),
    };
}

/* What allocates nothing is not transient (13.1.7). */
static unsigned join_nibble(struct half h)
{
    if (h.type == NON_CACHEABLE) {
        return NC;
    }
    return (h.type == WRITE_BACK ? NIBBLE_WB : 0) |
           (h.transient && (h.read || h.write) ? 0 : NIBBLE_KEEP) |
           (h.read ? NIBBLE_READ : 0) | (h.write ? NIBBLE_WRITE : 0);
}

/* One half of @memattr: 1 NC, 2 WT, 3 WB. */
static unsigned retype_nibble(bool device, unsigned nibble, unsigned memattr)
{
    struct half h = { NON_CACHEABLE, true, true, false };

    if (!device && cacheability(nibble) != NON_CACHEABLE) {
        h = split_nibble(nibble);
    }
    h.type = (enum cacheability)(memattr - 1);
    return join_nibble(h);
}

/* @mair with the memory type of @memattr, an STE's MemAttr. */
static uint8_t retype(uint8_t mair, uint8_t memattr)
{
    bool device = is_device(mair);

    /* As a stage-2 MemAttr without FWB, reserved encodings too. */
    if (smmu3_attr_s2_is_device(memattr, false)) {
        return s2_device(memattr, false);
    }
    return (uint8_t)(retype_nibble(device, mair >> 4, memattr >> 2) << 4 |
                     retype_nibble(device, mair & 15, memattr & 3));
}

static unsigned allocate_nibble(unsigned nibble, uint8_t alloccfg)
{
    struct half h = split_nibble(nibble);

    h.read = alloccfg & 4;
    h.write = alloccfg & 2;
    h.transient = alloccfg & 1;
    return join_nibble(h);
}

/* @mair with the hints of ALLOCCFG; what is not cacheable has none (5.2
 * ALLOCCFG). */
static uint8_t allocate(uint8_t mair, uint8_t alloccfg)
{
    if (!(alloccfg & 8) || is_device(mair)) {
        return mair;
    }
    return (uint8_t)(allocate_nibble(mair >> 4, alloccfg) << 4 |
                     allocate_nibble(mair & 15, alloccfg));
}

struct smmu3_attr smmu3_attr_override(const struct smmu3_override *o,
                                      struct smmu3_attr in)
{
    struct smmu3_attr a = smmu3_attr_stage1(in.mair, in.sh);

    if (o->mtcfg) {
        a.mair = retype(a.mair, o->memattr);
    }
    a.mair = allocate(a.mair, o->alloccfg);
    return smmu3_attr_stage1(
        a.mair, o->shcfg == SMMU3_SHCFG_INCOMING ? a.sh : o->shcfg);
}

static unsigned combine_nibble_hints(unsigned nibble, unsigned incoming)
{
    struct half h = split_nibble(nibble);
    struct half in = split_nibble(incoming);

    if (in.type != NON_CACHEABLE) {
        h.read = h.read && in.read;
        h.write = h.write && in.write;
        h.transient = h.transient || in.transient;
    }
    return join_nibble(h);
}

uint8_t smmu3_attr_combine_hints(uint8_t mair, uint8_t incoming)
{
    if (is_device(mair) || is_device(incoming)) {
        return mair;
    }
    return (uint8_t)(combine_nibble_hints(mair >> 4, incoming >> 4) << 4 |
                     combine_nibble_hints(mair & 15, incoming & 15));
}
