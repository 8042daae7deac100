/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of TLB entries of all worlds and tags, and a way to see which of them
 * a command removes: after they were cached every leaf in memory is changed,
 * so that the old address comes from the TLB and the new one from a walk.
 * Tests only.
 */
#ifndef TESTS_UNIT_TLB_RIG_H
#define TESTS_UNIT_TLB_RIG_H

#include "rig.h"

/* A stream: a context of its own, tables of its own. */
struct stream {
    uint32_t sid;
    enum {
        ST_EL1,
        ST_EL2,
        ST_S2,
        ST_NESTED
    } kind;
    unsigned vmid, asid;
    unsigned granule; /* 0: 4K */
};

struct entry {
    unsigned stream; /* index */
    uint64_t va;     /* or IPA */
    bool global;
    unsigned level; /* 0: a page */
};

#define TLB_ENTRIES 32u

struct tlb_rig {
    struct rig *r;
    const struct stream *streams;
    const struct entry *entries;
    unsigned n_streams, n_entries;
    struct mapper map[TLB_ENTRIES];  /* of each stream */
    struct mapper map2[TLB_ENTRIES]; /* stage 2 of each stream's VMID */
    uint64_t leaf_at[TLB_ENTRIES];   /* of each entry */
};

/* Makes all streams and mappings; @e2h: CR2.E2H. */
void tlb_rig_init(struct tlb_rig *t, const struct smmu3_params *params,
                  bool e2h, const struct stream *streams, unsigned n_streams,
                  const struct entry *entries, unsigned n_entries);
void tlb_rig_fini(struct tlb_rig *t);
/* Caches all entries, then changes every leaf in memory. */
void tlb_rig_fill(struct tlb_rig *t);
/* One bit per entry that is no longer cached. */
uint32_t tlb_rig_gone(struct tlb_rig *t);
/* One bit per entry that some host.stale() since the fill covered. */
uint32_t tlb_rig_told(struct tlb_rig *t);

#endif
