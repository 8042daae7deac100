/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One stage of translation: the walk of a VMSAv8-64 translation table (3.4,
 * DDI 0487 D8). Knows neither caches nor nesting: descriptors come through a
 * reader.
 * Layer L2.
 */
#ifndef SMMU3_CORE_WALK_H
#define SMMU3_CORE_WALK_H

#include "types.h"

#include "smmu3/observer.h"

/* Where a walk stands: about to read the descriptor of @level in @table. */
struct smmu3_walk_point {
    int8_t level;
    uint64_t table;
    bool ns;      /* @table is a Non-secure address */
    uint8_t hier; /* SMMU3_HIER_*, gathered from the tables above */
};

/* Hierarchical attributes of stage-1 table descriptors, which add up on the
 * way down (DDI 0487 D8.4.2). */
enum {
    SMMU3_HIER_PXN = 1u << 0,
    SMMU3_HIER_UXN = 1u << 1,
    SMMU3_HIER_AP0 = 1u << 2,
    SMMU3_HIER_AP1 = 1u << 3,
};

enum smmu3_read {
    SMMU3_READ_OK,
    SMMU3_READ_ABORT, /* external abort */
    SMMU3_READ_FAULT, /* the address faulted at stage 2; the reader knows */
};

/* What a walk asks of its caller; every call gets @ctx. */
struct smmu3_walk_ops {
    /* Reads the 8 bytes at @addr, a Non-secure address if @ns, and tells in
     * *@pa where they lay. */
    enum smmu3_read (*read)(void *ctx, uint64_t addr, bool ns, uint8_t raw[8],
                            uint64_t *pa);
    /* A table descriptor of level @level led to @next. */
    void (*table)(void *ctx, int level, const struct smmu3_walk_point *next);
    /* A descriptor was read, or not. */
    void (*seen)(void *ctx, int level, uint64_t table, uint64_t index,
                 uint64_t desc, enum smmu3_desc_kind is, uint64_t output);
};

enum smmu3_walk_status {
    SMMU3_WALK_OK,
    SMMU3_WALK_TRANSLATION,
    SMMU3_WALK_ADDR_SIZE,
    SMMU3_WALK_ACCESS,
    SMMU3_WALK_EABT,       /* *fetch_pa: of the descriptor */
    SMMU3_WALK_READ_FAULT, /* the reader knows */
};

/* True if @input lies in what @st translates: TxSZ range, and all bits above
 * it as they must be (3.4.1; DDI 0487 D8.2.1). */
bool smmu3_walk_covers(const struct smmu3_stage *st, uint64_t input);

/* log2 of the bytes that one descriptor of @level maps. */
unsigned smmu3_walk_lg2(const struct smmu3_stage *st, int level);

/* Where a walk of @st begins that no cached descriptor shortens. */
struct smmu3_walk_point smmu3_walk_start(const struct smmu3_stage *st);

/*
 * Walks from @point to the leaf that maps @input, which @st covers. On
 * SMMU3_WALK_OK *@leaf is filled in. Does not check permissions.
 */
enum smmu3_walk_status smmu3_walk(const struct smmu3_stage *st, uint64_t input,
                                  struct smmu3_walk_point point,
                                  const struct smmu3_walk_ops *ops, void *ctx,
                                  struct smmu3_leaf *leaf, uint64_t *fetch_pa);

#endif
