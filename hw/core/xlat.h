/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One translation on its way through the core.
 * Layer L3.
 */
#ifndef SMMU3_CORE_XLAT_H
#define SMMU3_CORE_XLAT_H

#include "attr.h"
#include "state.h"

#include "smmu3/observer.h"

/* Who decides whether a fault is recorded, and how the transaction ends
 * (3.12). */
enum smmu3_fault_rule {
    SMMU3_FAULT_SILENT, /* abort, no record */
    SMMU3_FAULT_ALWAYS, /* abort, record */
    SMMU3_FAULT_S1,     /* CD.A, CD.R */
    SMMU3_FAULT_S2,     /* abort, STE.S2R */
};

struct smmu3_xlat {
    struct smmu3 *s;
    struct smmu3_bank *bank; /* of the stream's security state */
    const struct smmu3_txn *incoming;
    const struct smmu3_txn *txn; /* incoming, or effective */
    struct smmu3_txn effective;  /* incoming with all overrides */
    struct smmu3_override override;
    /* An ATS Translation Request, of which txn is the transaction that it asks
     * for; else NULL. */
    const struct smmu3_ats_request *ats;
    /* ... to which stage 1 grants no write: nothing becomes dirty (3.13.7). */
    bool s1_read_only;
    /* An address translation operation, likewise; else NULL. */
    const struct smmu3_atos *atos;
    bool rnw;    /* as events record it */
    bool ind;    /* a write is always data (13.1.2) */
    bool caches; /* may be read and filled */
    /* Hardware updates of tables are not made, and nothing faults for want of
     * one: a probe, or an operation that inhibits them. */
    bool no_httu;
    /* One was not made, since an invalidation had overtaken the walk. */
    bool overtaken;

    /* The registers, as they were at the beginning. */
    uint64_t epoch;
    uint32_t cr0;
    unsigned stall_model; /* as the stream's programming interface sees it */
    uint32_t cr2;
    uint32_t gbpa;
    uint64_t strtab_base;
    uint32_t strtab_base_cfg;

    struct smmu3_ste ste;
    struct smmu3_cd cd;
    bool s1;       /* translated by stage 1: not if S1DSS bypasses it */
    bool s1_only;  /* ends with the output of stage 1 (9.1.3) */
    uint32_t ssid; /* index of the CD */
    enum smmu3_world world;
    uint16_t vmid; /* tag of this stream's entries */

    struct smmu3_fault fault;
    enum smmu3_fault_rule rule;
    struct smmu3_stall_ticket stall;
    struct smmu3_record record; /* of a transaction that is terminated */

    /* What smmu3_stats will gain. */
    struct {
        unsigned tlb_hits, tlb_misses;
        unsigned walks, walk_reads, walk_resumed;
        unsigned walk_updates; /* swaps of descriptors */
        unsigned config_hits, config_misses;
        unsigned config_reads; /* of structures in memory */
        bool bypassed;
    } n;
};

/* A translated address, with what holds for it. */
struct smmu3_hit {
    uint64_t output; /* of the input address itself */
    uint8_t lg2_size;
    uint8_t perm; /* SMMU3_LEAF_*, all stages together */
    uint64_t ipa; /* nested: what stage 1 made of the input address */
    struct smmu3_attr attr;
    bool ns; /* the output is a Non-secure address */
    uint8_t pbha;
};

/* xlat.c */

/* Sets the fault of @x. Returns false, for the caller to return. */
bool smmu3_xlat_fail(struct smmu3_xlat *x, enum smmu3_event event,
                     enum smmu3_fault_rule rule);

/* From here on, @x is about the transaction that @o makes of it: with all of
 * @o, or, if Translated, without the memory type (13.1.4). */
void smmu3_xlat_override(struct smmu3_xlat *x, struct smmu3_override o);

/* Hands @obs to whoever watches @x. */
void smmu3_xlat_observe(const struct smmu3_xlat *x, struct smmu3_obs *obs);
bool smmu3_xlat_is_observed(const struct smmu3_xlat *x);

/* The same for a structure in memory: @words are NULL if it was not read. */
void smmu3_xlat_observe_config(const struct smmu3_xlat *x,
                               enum smmu3_obs_kind kind, uint64_t addr,
                               const uint64_t *words, bool cached);

/* Reads @count words, at most 8, of a configuration structure at @pa of
 * @space. False: external abort. */
bool smmu3_xlat_read(struct smmu3_xlat *x, enum smmu3_space space, uint64_t pa,
                     uint64_t *words, unsigned count);

/* The cached level-1 descriptor @key; false: there is none. */
bool smmu3_xlat_l1_cached(struct smmu3_xlat *x, const struct smmu3_l1_key *key,
                          uint64_t *word);

/* Caches a level-1 descriptor, unless something was invalidated since @x
 * began. */
void smmu3_xlat_l1_fill(struct smmu3_xlat *x, const struct smmu3_l1_key *key,
                        uint64_t word);

enum smmu3_lookup {
    SMMU3_LOOKUP_MISS,
    SMMU3_LOOKUP_HIT,
    SMMU3_LOOKUP_CONFLICT, /* the fault is set */
};

/* Copies the TLB entry for @input; counts. A miss: there is none, or one that
 * an access that writes cannot use. */
enum smmu3_lookup smmu3_xlat_tlb(struct smmu3_xlat *x, struct smmu3_tlb_tag tag,
                                 uint64_t input, bool write,
                                 struct smmu3_tlb_entry *e);

/* May the translation of @leaf be kept? */
bool smmu3_xlat_may_cache(const struct smmu3_xlat *x,
                          const struct smmu3_leaf *leaf);

/* Adds @e to @t, unless something was invalidated since @x began. */
void smmu3_xlat_fill(struct smmu3_xlat *x, struct smmu3_tlb *t,
                     const struct smmu3_tlb_entry *e);

/*
 * Does @perm, of one stage, allow the transaction of @x? If not, *@rnw is what
 * the fault records: an atomic reports the missing write first (3.22). Of an
 * ATS Translation Request: does it grant anything?
 */
bool smmu3_xlat_permits(const struct smmu3_xlat *x, uint8_t perm, bool *rnw);

/* Does S_CR0.SIF forbid the transaction of @x, an instruction fetch, to end in
 * Non-secure memory as stage 1 says by @ns (6.3.57)? */
bool smmu3_xlat_sif(const struct smmu3_xlat *x, bool ns);

/* translate.c */

/* Begins @x: what the registers say at this moment. */
void smmu3_xlat_begin(struct smmu3_xlat *x, struct smmu3 *s,
                      const struct smmu3_txn *txn);

/* The CD, if the STE and the SubstreamID lead to one. False with the fault
 * set. */
bool smmu3_xlat_context(struct smmu3_xlat *x);

/* What becomes of the transaction once its STE is found and does not abort.
 * False with the fault set. */
bool smmu3_xlat_stream(struct smmu3_xlat *x, struct smmu3_hit *hit);

/* Stage 2 of the input address. False with the fault set. */
bool smmu3_xlat_stage2_only(struct smmu3_xlat *x, struct smmu3_hit *hit);

/* The input address goes out as it came. False with the fault set. */
bool smmu3_xlat_pass_through(struct smmu3_xlat *x, struct smmu3_hit *hit);

/* Counts, and tells whether the result still holds: nothing was invalidated
 * meanwhile, or this was the @attempt that stands whatever happens. */
bool smmu3_xlat_settle(struct smmu3_xlat *x, bool ok, unsigned attempt);

/* ats.c */

/* An ATS Translated transaction. False with the fault set (3.9.1.3). */
bool smmu3_ats_translated(struct smmu3_xlat *x, struct smmu3_hit *hit);

/* The record of a Translation Request that is refused, if there is to be one,
 * as for smmu3_record_begin(). The lock is held. */
void smmu3_ats_begin_record(struct smmu3_xlat *x);

/* stream.c: each false with the fault set. */

/* The STE of the transaction's stream. */
bool smmu3_find_ste(struct smmu3_xlat *x);

/* substream.c: each false with the fault set. */

/* Which CD, if any: sets x->s1 and x->ssid; needs the STE. */
bool smmu3_find_substream(struct smmu3_xlat *x);

/* The CD; needs the substream. */
bool smmu3_find_cd(struct smmu3_xlat *x);

/* stage2.c */

/* A stage-2 translation of @ipa. */
struct smmu3_ipa {
    uint64_t addr;
    bool ns; /* a Non-secure IPA; always, of a Non-secure stream */
    enum smmu3_class purpose; /* IN: with the transaction's own permissions */
    bool update;              /* TT: of a descriptor that is to be written */
};

struct smmu3_s2_hit {
    uint64_t pa;
    bool ns;
    uint8_t lg2_size;
    uint8_t perm; /* SMMU3_LEAF_* */
    uint8_t memattr;
    uint8_t sh;
    bool fwb;
    uint8_t pbha;
    bool clean;
    bool uncached; /* not to be kept, nor what is made of it */
};

/* Translates @ipa and checks permissions. False with the fault set. */
bool smmu3_stage2(struct smmu3_xlat *x, struct smmu3_ipa ipa,
                  struct smmu3_s2_hit *hit);

/* stage1.c */

/* Translates the transaction's address through the CD, and through stage 2 if
 * the stream has one. False with the fault set. */
bool smmu3_stage1(struct smmu3_xlat *x, struct smmu3_hit *hit);

/* walkers.c: walks with their caches, for both stages. */

struct smmu3_walk_job {
    struct smmu3_xlat *x;
    const struct smmu3_stage *st;
    struct smmu3_tlb_tag tag; /* of the walk-cache entries */
    uint64_t input;           /* without a tag in its top byte */
    enum smmu3_class purpose; /* of a stage-2 walk */
};

/* Walks to the leaf. False with the fault set. */
bool smmu3_walk_job(struct smmu3_walk_job *job, struct smmu3_leaf *leaf);

/* httu.c */

/* Does @x mean to write? An ATS request does unless it says no (3.9.1). */
bool smmu3_xlat_writes(const struct smmu3_xlat *x);

enum smmu3_httu {
    SMMU3_HTTU_DONE,    /* or nothing was to be done */
    SMMU3_HTTU_CHANGED, /* somebody changed the descriptor: walk again */
    SMMU3_HTTU_FAULT,   /* the fault is set */
};

/* How often a walk is made again because its descriptor changed under it. */
#define SMMU3_HTTU_ATTEMPTS 1000u

/*
 * Updates the descriptor of @leaf, which @job found and whose permissions
 * allow the access, for an access that writes or does not (3.13).
 */
enum smmu3_httu smmu3_httu(const struct smmu3_walk_job *job,
                           struct smmu3_leaf *leaf, bool write);

/* After so many attempts: F_WALK_EABT. Returns false. */
bool smmu3_httu_give_up(const struct smmu3_walk_job *job,
                        const struct smmu3_leaf *leaf);

#endif
