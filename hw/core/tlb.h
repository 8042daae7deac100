/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache of translations, or of table descriptors (the walk cache): tags,
 * look-up, fill, invalidation (3.17, 4.4).
 * Layer L2.
 *
 * Set-associative, with one probe per region size in use. An entry stays until
 * it is invalidated or another takes its place; nothing is flushed for lack of
 * space. The caller serialises.
 */
#ifndef SMMU3_CORE_TLB_H
#define SMMU3_CORE_TLB_H

#include "types.h"

/* What an entry translates. A combined one goes from VA to PA. */
enum smmu3_tlb_kind {
    SMMU3_TLB_S1,
    SMMU3_TLB_S2,
    SMMU3_TLB_S12,
    SMMU3_TLB_KINDS,
};

struct smmu3_tlb_tag {
    uint8_t kind;  /* enum smmu3_tlb_kind */
    uint8_t world; /* enum smmu3_world; of stage 2: NS_EL1 */
    uint16_t vmid; /* 0 where the world or the SMMU has none */
    uint16_t asid; /* 0 where the world has none, and for stage 2 */
    uint8_t ns;    /* Secure stage 2: of the Non-secure IPA space */
    uint8_t aset;  /* CD.ASET; invalidations ignore it (3.17.1) */
};

struct smmu3_tlb_entry {
    struct smmu3_tlb_tag tag;
    bool valid;
    bool global;         /* any ASID */
    uint8_t granule_lg2; /* of the table that it was read from */
    int8_t level;        /* of the leaf (combined: stage 1's), or of the table
                            descriptor */
    uint8_t lg2_size;    /* the entry translates this much ... */
    uint8_t lg2_scope;   /* ... and goes when any of this much is invalidated:
                            the whole stage-1 leaf of a combined entry */
    uint64_t input;      /* base, of lg2_size */
    uint64_t output;     /* base, of lg2_size; or the next table */
    uint64_t ipa;        /* combined: base, of lg2_size */
    uint8_t s1_perm;     /* SMMU3_LEAF_*; ALL if there is no such stage */
    uint8_t s2_perm;
    uint8_t attr; /* stage 2 alone: MemAttr; else the result, as MAIR byte */
    uint8_t sh;
    bool s2fwb;
    bool ns;    /* the output is a Non-secure address */
    bool s1_ns; /* so is that of stage 1 */
    uint8_t pbha;
    bool clean;   /* writable-clean, at some stage: a write needs a walk */
    uint8_t hier; /* walk cache: SMMU3_HIER_* */
};

struct smmu3_tlb {
    struct smmu3_tlb_entry *entries;
    uint8_t *victim; /* per set: the next to go */
    unsigned sets;
    unsigned ways;
    unsigned used;
    unsigned live[SMMU3_TLB_KINDS][65]; /* entries by kind and lg2_size */
};

/* What an invalidation removes. */
struct smmu3_tlb_scope {
    uint8_t kinds;  /* bit per enum smmu3_tlb_kind */
    uint8_t worlds; /* bit per enum smmu3_world */
    bool by_vmid;
    uint16_t vmid;
    uint16_t vmid_mask; /* bits that count */
    bool by_asid;
    uint16_t asid;
    bool spare_global; /* by ASID: keep global entries */
    bool by_addr;
    uint64_t first; /* inclusive */
    uint64_t last;
    uint8_t granule_lg2; /* only entries of this granule; 0: of any */
    uint8_t level;       /* only leaves of this level; 0: of any */
    bool leaf;           /* the walk cache may stay */
    bool by_ns;          /* only entries of this IPA space */
    bool ns;
};

/* Room for @entries; 0 makes a cache that holds nothing. False: no memory. */
bool smmu3_tlb_init(struct smmu3_tlb *t, unsigned entries);
void smmu3_tlb_free(struct smmu3_tlb *t);
void smmu3_tlb_clear(struct smmu3_tlb *t);

/* The entry that translates @input under @tag, or NULL. */
const struct smmu3_tlb_entry *smmu3_tlb_lookup(const struct smmu3_tlb *t,
                                               struct smmu3_tlb_tag tag,
                                               uint64_t input);

/*
 * Is there another entry than @e that translates @input under @tag, and
 * otherwise: of another size, or to another address?
 */
bool smmu3_tlb_conflicts(const struct smmu3_tlb *t, struct smmu3_tlb_tag tag,
                         uint64_t input, const struct smmu3_tlb_entry *e);

/* The entry of exactly this region size. For a walk cache, whose levels the
 * caller tries one by one. */
const struct smmu3_tlb_entry *smmu3_tlb_lookup_size(const struct smmu3_tlb *t,
                                                    struct smmu3_tlb_tag tag,
                                                    uint64_t input,
                                                    unsigned lg2_size);

/* Adds @e, whose bases are aligned, in place of one with the same tag, base
 * and size if there is one. */
void smmu3_tlb_fill(struct smmu3_tlb *t, const struct smmu3_tlb_entry *e);

/* Removes the leaf entries that @scope covers. */
void smmu3_tlb_invalidate(struct smmu3_tlb *t,
                          const struct smmu3_tlb_scope *scope);

/* Removes the table descriptors that @scope covers, from a walk cache. */
void smmu3_tlb_invalidate_walks(struct smmu3_tlb *t,
                                const struct smmu3_tlb_scope *scope);

#endif
