/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core's API: an SMMUv3 with its registers, queues, walker and caches.
 * Layer L3.
 *
 * Threads: smmu3_mmio_read(), smmu3_mmio_write(), smmu3_run(), smmu3_reset() and
 * smmu3_page_request() are called under one lock of the host's (QEMU: the big
 * lock); smmu3_translate(), smmu3_ats_request(), smmu3_atc_inv_done() and
 * smmu3_get_stats() from any thread at any time.
 */
#ifndef SMMU3_SMMU3_H
#define SMMU3_SMMU3_H

#include "smmu3/ats.h"
#include "smmu3/features.h"
#include "smmu3/host.h"
#include "smmu3/observer.h"
#include "smmu3/pmcg.h"
#include "smmu3/regs.h"
#include "smmu3/txn.h"

struct smmu3;

/* What the integrator chooses. Start from smmu3_params_default(). */
struct smmu3_params {
    struct smmu3_features f;       /* .ias is ignored */
    unsigned tlb_entries;          /* translations; 0: no TLB */
    unsigned walk_cache_entries;   /* table descriptors; 0: none */
    unsigned config_cache_entries; /* STEs, and as many CDs; 0: none */
};

/* Largest size of each cache, in entries. */
#define SMMU3_CACHE_ENTRIES_MAX (1u << 20)

/* Counted since smmu3_new() or smmu3_reset(). */
struct smmu3_stats {
    uint64_t transactions;
    uint64_t bypassed;       /* SMMUEN = 0, or a stream in bypass */
    uint64_t faults;         /* transactions that did not end in SMMU3_OK */
    uint64_t ats_requests;   /* not among the transactions */
    uint64_t ats_translated; /* among the transactions */
    uint64_t stalls; /* waits; of one transaction there may be several */
    uint64_t tlb_hits;
    uint64_t tlb_misses;
    uint64_t walks;         /* stage-1 and stage-2 walks, each */
    uint64_t walk_reads;    /* descriptors read */
    uint64_t walk_resumed;  /* walks that began at a cached table descriptor */
    uint64_t config_hits;   /* STE and CD, each */
    uint64_t config_misses; /* STE and CD, each */
    uint64_t page_requests; /* recorded */
    uint64_t page_requests_lost; /* not recorded, for whatever reason */
    uint64_t events_recorded;
    uint64_t events_lost;
    uint64_t events_merged;         /* into one that was recorded */
    uint64_t msis[SMMU3_IRQ_LINES]; /* sent and not aborted, by source */
    uint64_t commands[256];         /* consumed, by opcode */
    uint64_t events[256];           /* recorded, by number */
};

/* The defaults: nested, v3.3; see smmu3_features_default(). */
struct smmu3_params smmu3_params_default(void);

/*
 * Makes an SMMU in its reset state. @host and @observer are copied;
 * @observer may be NULL. On a bad parameter or no memory: NULL, and *@error
 * is a constant text that names the parameter.
 */
struct smmu3 *smmu3_new(const struct smmu3_params *params,
                        const struct smmu3_host *host,
                        const struct smmu3_observer *observer,
                        const char **error);
void smmu3_free(struct smmu3 *s);

/* Cold reset: registers, queues and caches. */
void smmu3_reset(struct smmu3 *s);

/*
 * Register accesses (6.1, 6.2). @space is the security state of the access;
 * @offset is relative to the base of page 0, in bytes; @size is in bytes. Any
 * other size than 4 and 8, and any misaligned or unallocated offset, is RAZ/WI.
 */
uint64_t smmu3_mmio_read(struct smmu3 *s, enum smmu3_space space,
                         uint32_t offset, unsigned size);
void smmu3_mmio_write(struct smmu3 *s, enum smmu3_space space, uint32_t offset,
                      uint64_t value, unsigned size);

/* Does a bounded share of the deferred work that smmu3_host.kick announced. */
void smmu3_run(struct smmu3 *s);

/* Translates @txn; fills in all of *@result. Records an event if the
 * architecture wants one. */
void smmu3_translate(struct smmu3 *s, const struct smmu3_txn *txn,
                     struct smmu3_result *result);

/* Answers an ATS Translation Request (3.9.1); fills in all of *@completion.
 * Records an event if the architecture wants one. */
void smmu3_ats_request(struct smmu3 *s, const struct smmu3_ats_request *req,
                       struct smmu3_ats_completion *completion);

/*
 * The invalidation that smmu3_host.atc_invalidate left pending has ended:
 * SMMU3_ATC_DONE or SMMU3_ATC_TIMEOUT. Once for each; one from before a reset
 * is ignored. Not from inside the callback.
 */
void smmu3_atc_inv_done(struct smmu3 *s, uint64_t token,
                        enum smmu3_atc_status status);

/* Takes a PRI Page Request (8). What the SMMU answers on its own behalf goes
 * through smmu3_host.prg_response before this returns. */
void smmu3_page_request(struct smmu3 *s, const struct smmu3_page_request *req);

/*
 * Takes back @stall, whose transaction is given up without a response. The
 * STAG, if it had one, stays in use until software resumes it (3.12.2). False:
 * smmu3_host.stall_done() has been called, or never will be. Not from inside a
 * callback; under the lock of smmu3_mmio_write().
 */
bool smmu3_stall_cancel(struct smmu3 *s, struct smmu3_stall *stall);

/* A copy of the counters. */
void smmu3_get_stats(struct smmu3 *s, struct smmu3_stats *stats);

#endif
