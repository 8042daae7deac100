/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One stage of translation: the walk of a VMSAv8-64 translation table (3.4,
 * DDI 0487 D8).
 * Layer L2.
 */
#include "walk.h"

#include "smmu3/desc.h"

#define LAST_LEVEL 3

unsigned smmu3_walk_lg2(const struct smmu3_stage *st, int level)
{
    unsigned stride = st->granule_lg2 - 3u;

    return st->granule_lg2 + stride * (unsigned)(LAST_LEVEL - level);
}

bool smmu3_walk_covers(const struct smmu3_stage *st, uint64_t input)
{
    unsigned top = st->tbi ? 56 : 64; /* bits below this one are looked at */
    uint64_t high = (input & smmu3_low(top)) >> st->in_bits;

    return high == (st->upper ? smmu3_low(top - st->in_bits) : 0);
}

struct smmu3_walk_point smmu3_walk_start(const struct smmu3_stage *st)
{
    return (struct smmu3_walk_point){ .level = st->start_level,
                                      .table = st->ttb,
                                      .ns = st->ns };
}

/* Index of the descriptor of @level. The start level has as many entries as
 * the input size needs: fewer than a table, or, concatenated, up to 16 tables
 * (DDI 0487 D8.2.2). */
static uint64_t table_index(const struct smmu3_stage *st, uint64_t input,
                            int level)
{
    unsigned shift = smmu3_walk_lg2(st, level);
    unsigned bits =
        level == st->start_level ? st->in_bits - shift : st->granule_lg2 - 3u;

    return (input >> shift) & smmu3_low(bits);
}

/* Levels at which a block may stand (DDI 0487 D8.3.1): one more where
 * descriptors hold 52 bits. */
static bool block_is_legal(const struct smmu3_stage *st, int level)
{
    bool wide = st->ds || st->oa52;

    return level == 2 || (level == 1 && (st->granule_lg2 == 12 || wide)) ||
           (level == 0 && st->granule_lg2 == 12 && wide);
}

static enum smmu3_desc_kind classify(const struct smmu3_stage *st, int level,
                                     uint64_t desc)
{
    if (!(desc & SMMU3_DESC_VALID)) {
        return SMMU3_DESC_IS_INVALID;
    }
    if (desc & SMMU3_DESC_TABLE_OR_PAGE) {
        return level == LAST_LEVEL ? SMMU3_DESC_IS_PAGE : SMMU3_DESC_IS_TABLE;
    }
    return block_is_legal(st, level) ? SMMU3_DESC_IS_BLOCK
                                     : SMMU3_DESC_IS_INVALID;
}

/*
 * The output address of a descriptor that maps or points to 2^@lg2 bytes
 * (3.4.3; DDI 0487 D8.3). False: it is larger than the output size. OA[51:48]
 * of the 64K granule lie in [15:12]; without 52-bit addresses they must be
 * zero. With DS, OA[51:50] lie in [9:8].
 */
static bool output_address(const struct smmu3_stage *st, uint64_t desc,
                           unsigned lg2, uint64_t *oa)
{
    if (st->ds) {
        *oa = (desc & SMMU3_DESC_OA_DS & ~smmu3_low(lg2)) |
              smmu3_get(&desc, SMMU3_DESC_OA_DS_HI) << 50;
    } else {
        *oa = desc & SMMU3_DESC_OA_48 & ~smmu3_low(lg2);
    }
    if (st->granule_lg2 == 16) {
        uint64_t high = smmu3_get(&desc, SMMU3_DESC_OA_64K_HI);

        if (high && !st->oa52) {
            return false;
        }
        *oa |= high << 48;
    }
    return !(*oa & ~smmu3_low(st->out_bits));
}

static uint8_t table_attributes(const struct smmu3_stage *st, uint64_t desc)
{
    if (st->stage2 || st->had) {
        return 0;
    }
    return (desc & SMMU3_DESC_PXNTABLE ? SMMU3_HIER_PXN : 0) |
           (desc & SMMU3_DESC_UXNTABLE ? SMMU3_HIER_UXN : 0) |
           (desc & SMMU3_DESC_APTABLE0 ? SMMU3_HIER_AP0 : 0) |
           (desc & SMMU3_DESC_APTABLE1 ? SMMU3_HIER_AP1 : 0);
}

/* Stage 1 of a regime with one privilege level: AP[1] counts as 1, PXN and PAN
 * are ignored (DDI 0487 D8.4.1). */
static uint8_t s1_perm_single(const struct smmu3_stage *st, uint64_t desc,
                              uint8_t hier)
{
    bool writable = !(desc & SMMU3_DESC_S1_AP2) && !(hier & SMMU3_HIER_AP1);
    bool xn = (desc & SMMU3_DESC_S1_UXN) || (hier & SMMU3_HIER_UXN) ||
              (st->wxn && writable);

    return SMMU3_LEAF_UR | SMMU3_LEAF_PR |
           (writable ? SMMU3_LEAF_UW | SMMU3_LEAF_PW : 0) |
           (xn ? 0 : SMMU3_LEAF_UX | SMMU3_LEAF_PX);
}

/* Stage 1 with two privilege levels (DDI 0487 D8.4.1). */
static uint8_t s1_perm(const struct smmu3_stage *st, uint64_t desc,
                       uint8_t hier)
{
    bool user = (desc & SMMU3_DESC_S1_AP1) && !(hier & SMMU3_HIER_AP0);
    bool writable = !(desc & SMMU3_DESC_S1_AP2) && !(hier & SMMU3_HIER_AP1);
    bool uxn = (desc & SMMU3_DESC_S1_UXN) || (hier & SMMU3_HIER_UXN) ||
               (st->wxn && user && writable);
    /* What EL0 can write, EL1 cannot execute. */
    bool pxn = (desc & SMMU3_DESC_S1_PXN) || (hier & SMMU3_HIER_PXN) ||
               (user && writable) || (st->wxn && writable);
    /* PAN denies data accesses only; by EPAN also to what EL0 may execute, as
     * the UXN bits say it (5.4 EPAN). */
    bool el0_exec = !(desc & SMMU3_DESC_S1_UXN) && !(hier & SMMU3_HIER_UXN);
    bool pan = st->pan && (user || (st->epan && el0_exec));

    return (user ? SMMU3_LEAF_UR : 0) | (user && writable ? SMMU3_LEAF_UW : 0) |
           (uxn ? 0 : SMMU3_LEAF_UX) | (pan ? 0 : SMMU3_LEAF_PR) |
           (writable && !pan ? SMMU3_LEAF_PW : 0) | (pxn ? 0 : SMMU3_LEAF_PX);
}

/* Stage 2 (DDI 0487 D8.4.3). Without XNX, XN[1] alone counts. */
static uint8_t s2_perm(const struct smmu3_stage *st, uint64_t desc)
{
    uint64_t xn = smmu3_get(&desc, SMMU3_DESC_S2_XN);
    bool ux = st->xnx ? xn == 0 || xn == 1 : xn < 2;
    bool px = st->xnx ? xn == 0 || xn == 3 : xn < 2;

    return (desc & SMMU3_DESC_S2_READ ? SMMU3_LEAF_UR | SMMU3_LEAF_PR : 0) |
           (desc & SMMU3_DESC_S2_WRITE ? SMMU3_LEAF_UW | SMMU3_LEAF_PW : 0) |
           (ux ? SMMU3_LEAF_UX : 0) | (px ? SMMU3_LEAF_PX : 0);
}

/* NoTagAccess forbids accesses to Allocation Tags, which no transaction here
 * makes; otherwise it is Write-Back (3.23.1). With S2FWB it is in MemAttr[3],
 * which does not count otherwise. */
static uint8_t s2_memattr(const struct smmu3_stage *st, uint64_t desc)
{
    uint8_t memattr = (uint8_t)smmu3_get(&desc, SMMU3_DESC_S2_MEMATTR);

    if (st->mteperm && !st->fwb &&
        memattr == SMMU3_DESC_S2_MEMATTR_NO_TAG_ACCESS) {
        return SMMU3_DESC_S2_MEMATTR_WB;
    }
    return memattr;
}

/* The descriptor as permissions see it: what hardware may make writable is
 * writable (3.13.3). */
static uint64_t as_dirty(const struct smmu3_stage *st, uint64_t desc)
{
    if (!st->hd || !(desc & SMMU3_DESC_DBM)) {
        return desc;
    }
    return st->stage2 ? desc | SMMU3_DESC_S2_WRITE : desc & ~SMMU3_DESC_S1_AP2;
}

/* What an update of the descriptor @desc at @p needs to know. */
static void decode_httu(const struct smmu3_stage *st, uint64_t desc,
                        uint64_t index, const struct smmu3_walk_point *p,
                        struct smmu3_leaf *leaf)
{
    leaf->af_clear = st->ha && !(desc & SMMU3_DESC_AF);
    leaf->clean = as_dirty(st, desc) != desc;
    leaf->nt = p->level != LAST_LEVEL && (desc & SMMU3_DESC_NT);
    leaf->desc = desc;
    leaf->desc_addr = p->table + index * SMMU3_DESC_SIZE;
    leaf->desc_ns = p->ns;
}

static void decode_leaf(const struct smmu3_stage *st, uint64_t memory,
                        const struct smmu3_walk_point *p,
                        struct smmu3_leaf *leaf)
{
    uint64_t desc = as_dirty(st, memory);
    int level = p->level;
    uint8_t hier = p->hier;

    leaf->lg2_size = (uint8_t)smmu3_walk_lg2(st, level);
    leaf->level = (int8_t)level;
    /* With DS the field is part of the address (5.4 DS). */
    leaf->sh = st->ds ? st->sh : (uint8_t)smmu3_get(&desc, SMMU3_DESC_SH);
    leaf->s2fwb = st->fwb;
    leaf->pbha = (uint8_t)smmu3_get(&desc, SMMU3_DESC_PBHA) & st->hwu;
    if (st->stage2) {
        leaf->perm = s2_perm(st, desc);
        leaf->attr = s2_memattr(st, desc);
        leaf->global = false;
        leaf->ns = true;
        return;
    }
    leaf->perm = st->single_range ? s1_perm_single(st, desc, hier)
                                  : s1_perm(st, desc, hier);
    leaf->attr =
        (uint8_t)(st->mair >> (8 * smmu3_get(&desc, SMMU3_DESC_S1_ATTRINDX)));
    leaf->ns = p->ns || (desc & SMMU3_DESC_S1_NS);
    /* What a Secure walk finds in Non-secure memory is never global (DDI 0487
     * D8.3). */
    leaf->global = st->single_range ||
                   (!(desc & SMMU3_DESC_S1_NG) && !(st->secure && p->ns));
}

/* Reads and classifies the descriptor at @p. */
static enum smmu3_read read_desc(const struct smmu3_stage *st, uint64_t input,
                                 const struct smmu3_walk_point *p,
                                 const struct smmu3_walk_ops *ops, void *ctx,
                                 uint64_t *desc, uint64_t *fetch_pa)
{
    uint64_t index = table_index(st, input, p->level);
    uint8_t raw[SMMU3_DESC_SIZE];
    enum smmu3_desc_kind is;
    uint64_t oa = 0;
    enum smmu3_read r = ops->read(ctx, p->table + index * SMMU3_DESC_SIZE,
                                  p->ns, raw, fetch_pa);

    if (r != SMMU3_READ_OK) {
        ops->seen(ctx, p->level, p->table, index, 0, SMMU3_DESC_NOT_READ, 0);
        return r;
    }
    *desc = st->big_endian ? smmu3_ld64be(raw) : smmu3_ld64le(raw);
    is = classify(st, p->level, *desc);
    if (is != SMMU3_DESC_IS_INVALID) {
        output_address(st, *desc,
                       is == SMMU3_DESC_IS_TABLE ? st->granule_lg2
                                                 : smmu3_walk_lg2(st, p->level),
                       &oa);
    }
    ops->seen(ctx, p->level, p->table, index, *desc, is, oa);
    return SMMU3_READ_OK;
}

enum smmu3_walk_status smmu3_walk(const struct smmu3_stage *st, uint64_t input,
                                  struct smmu3_walk_point point,
                                  const struct smmu3_walk_ops *ops, void *ctx,
                                  struct smmu3_leaf *leaf, uint64_t *fetch_pa)
{
    /* Each turn goes one level down, so at most five. */
    for (;;) {
        int level = point.level;
        uint64_t desc = 0;

        switch (read_desc(st, input, &point, ops, ctx, &desc, fetch_pa)) {
        case SMMU3_READ_ABORT:
            return SMMU3_WALK_EABT;
        case SMMU3_READ_FAULT:
            return SMMU3_WALK_READ_FAULT;
        case SMMU3_READ_OK:
            break;
        }
        switch (classify(st, level, desc)) {
        case SMMU3_DESC_IS_TABLE:
            if (!output_address(st, desc, st->granule_lg2, &point.table)) {
                return SMMU3_WALK_ADDR_SIZE;
            }
            point.level++;
            point.hier |= table_attributes(st, desc);
            /* NSTable: all below is Non-secure, whatever HAD says. */
            point.ns |= st->secure && (desc & SMMU3_DESC_NSTABLE);
            ops->table(ctx, level, &point);
            continue;
        case SMMU3_DESC_IS_BLOCK:
        case SMMU3_DESC_IS_PAGE:
            if (!output_address(st, desc, smmu3_walk_lg2(st, level),
                                &leaf->output)) {
                return SMMU3_WALK_ADDR_SIZE;
            }
            /* AFFD is for those who do not set it (5.4 AFFD). */
            if (!(desc & SMMU3_DESC_AF) && !st->ha && !st->affd) {
                return SMMU3_WALK_ACCESS;
            }
            decode_leaf(st, desc, &point, leaf);
            decode_httu(st, desc, table_index(st, input, level), &point, leaf);
            return SMMU3_WALK_OK;
        default:
            return SMMU3_WALK_TRANSLATION;
        }
    }
}
