/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of a counter group, and how transactions reach it (10).
 * Layer L3.
 */
#ifndef SMMU3_CORE_PMCG_H
#define SMMU3_CORE_PMCG_H

#include "state.h"

#include "smmu3/pmcg.h"

struct smmu3_xlat;

/* All but .s, .p, .host and .next are guarded by the SMMU's lock. */
struct smmu3_pmcg {
    struct smmu3 *s;
    struct smmu3_pmcg_params p;
    struct smmu3_pmcg_host host;
    struct smmu3_pmcg *next; /* of the same SMMU */

    uint64_t counter[SMMU3_PMCG_COUNTERS_MAX];
    uint64_t shadow[SMMU3_PMCG_COUNTERS_MAX]; /* SVRn */
    uint32_t type[SMMU3_PMCG_COUNTERS_MAX];   /* EVTYPERn */
    uint32_t smr[SMMU3_PMCG_COUNTERS_MAX];
    uint64_t enabled; /* CNTEN */
    uint64_t inten;
    uint64_t ovs;
    uint32_t cr;
    uint32_t scr;
    uint32_t irq_ctrl;
    uint64_t irq_cfg0;
    uint32_t irq_cfg1;
    uint32_t irq_cfg2;
    uint32_t irq_status;
    bool msi_pending;
    uint64_t counted; /* event 0: up to this cycle */
};

/* The counters that exist, as a bit map. */
static inline uint64_t smmu3_pmcg_all(const struct smmu3_pmcg *p)
{
    return smmu3_low(p->p.counters);
}

/* The bits of a StreamID that its filters know (10.4.1). */
static inline uint64_t smmu3_pmcg_sids(const struct smmu3_pmcg *p)
{
    const struct smmu3_features *f = &p->s->features;

    return smmu3_low(f->s_sidsize > f->sidsize ? f->s_sidsize : f->sidsize);
}

/* pmcg.c; the lock is held. */

/* Counts the cycles up to @now. True: an interrupt is to be raised. */
bool smmu3_pmcg_catch_up(struct smmu3_pmcg *p, uint64_t now);

/* Copies all counters to their shadows; cycles are counted. */
void smmu3_pmcg_capture(struct smmu3_pmcg *p);

/* The cycle at which an overflow is to be noticed, UINT64_MAX: none. */
uint64_t smmu3_pmcg_next_alarm(const struct smmu3_pmcg *p);

/* Which events somebody counts now has changed. */
void smmu3_pmcg_update_wanted(struct smmu3 *s);

/* pmcg.c; no lock held. */

/* Does somebody count anything but cycles? */
static inline bool smmu3_pmu_is_wanted(struct smmu3 *s)
{
    return atomic_load_explicit(&s->pmu_wanted, memory_order_relaxed);
}

/* Counts what @x did since its beginning, and, if it has @ended, itself. */
void smmu3_pmu_account(struct smmu3_xlat *x, bool ended);

/* Raises the interrupt, by wire and, if there is one, by message. */
void smmu3_pmcg_raise(struct smmu3_pmcg *p);

/* Sends the message that is pending; from threads that serve MMIO. */
void smmu3_pmcg_flush(struct smmu3_pmcg *p);

#endif
