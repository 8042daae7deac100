/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core tells a watcher: one typed record per decision.
 * Layer L1.
 *
 * A record and what it points to live only for the call. The callback may come
 * from any thread; it must not call the core.
 */
#ifndef SMMU3_OBSERVER_H
#define SMMU3_OBSERVER_H

#include "smmu3/cmd.h"
#include "smmu3/fault.h"

struct smmu3_txn;
struct smmu3_result;

enum smmu3_obs_kind {
    SMMU3_OBS_STE,    /* an STE was used: .config */
    SMMU3_OBS_CD,     /* a CD was used: .config */
    SMMU3_OBS_TLB,    /* a TLB entry was used: .tlb */
    SMMU3_OBS_DESC,   /* a descriptor was read: .desc */
    SMMU3_OBS_DONE,   /* a transaction ended: .done */
    SMMU3_OBS_EVENT,  /* an event record was written, or lost: .event */
    SMMU3_OBS_CMD,    /* a command was consumed, or refused: .cmd */
    SMMU3_OBS_L1STD,  /* an L1STD was used: .config */
    SMMU3_OBS_L1CD,   /* an L1CD was used: .config */
    SMMU3_OBS_UPDATE, /* a descriptor was updated: .update */
};

/* What a descriptor turned out to be. */
enum smmu3_desc_kind {
    SMMU3_DESC_IS_INVALID,
    SMMU3_DESC_IS_TABLE,
    SMMU3_DESC_IS_BLOCK,
    SMMU3_DESC_IS_PAGE,
    SMMU3_DESC_NOT_READ, /* external abort, or a stage-2 fault */
};

struct smmu3_obs {
    enum smmu3_obs_kind kind;
    const struct smmu3_txn *txn; /* NULL for EVENT and CMD */
    union {
        struct {
            uint64_t addr;         /* where it lies: PA, or IPA if nested CD;
                                      unknown (0) if cached */
            const uint64_t *words; /* 8, of a level-1 descriptor 1; NULL if
                                      the fetch failed */
            bool cached;
        } config;
        struct {
            bool stage1, stage2; /* both: a combined entry */
            uint8_t lg2_size;
            uint64_t input, output; /* bases */
        } tlb;
        struct {
            bool stage2;
            enum smmu3_class purpose; /* of a stage-2 walk; else IN */
            int8_t level;             /* 0..3 */
            uint8_t granule_lg2;      /* 12, 14, 16 */
            uint64_t input;           /* VA or IPA that is looked up */
            uint64_t table;           /* base of the table: PA, or IPA if
                                         stage 1 is nested */
            uint32_t index;           /* of the descriptor in the table */
            uint64_t value;
            enum smmu3_desc_kind is;
            uint64_t output; /* next table or page */
        } desc;
        struct {
            bool stage2;
            uint64_t addr;     /* PA */
            uint64_t from, to; /* the descriptor */
            bool done;         /* else somebody changed it meanwhile */
        } update;
        struct {
            const struct smmu3_result *result;
        } done;
        struct {
            const uint64_t *words; /* 4 */
            bool lost;
        } event;
        struct {
            const uint64_t *words; /* 2 */
            uint32_t cerror;       /* enum smmu3_cerror */
        } cmd;
    };
};

struct smmu3_observer {
    void *opaque;
    void (*notify)(void *opaque, const struct smmu3_obs *obs);
};

#endif
