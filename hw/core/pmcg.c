/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter group: what it counts, overflow, capture, interrupts (10.2-10.4).
 * Layer L3.
 *
 * A transaction is counted when it has ended, all its events at one moment.
 * Cycles are not counted one by one, but up to now, whenever somebody could
 * see the difference.
 */
#include "pmcg.h"

#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "xlat.h"

#include "smmu3/regs.h"

static uint32_t event_of(const struct smmu3_pmcg *p, unsigned i)
{
    return p->type[i] & (uint32_t)SMMU3_PMCG_EVTYPER_EVENT;
}

static bool counts(const struct smmu3_pmcg *p, unsigned i, uint32_t event)
{
    return p->cr & SMMU3_PMCG_CR_E && p->enabled >> i & 1 &&
           event_of(p, i) == event;
}

/* Does the filter of counter @i let a stream pass (10.4)? */
static bool passes(const struct smmu3_pmcg *p, unsigned i, uint32_t sid,
                   bool secure)
{
    unsigned n = p->p.shared_filter ? 0 : i;
    uint64_t all = smmu3_pmcg_sids(p);
    uint64_t smr = p->smr[n];
    bool so = p->scr & SMMU3_PMCG_SCR_SO;
    bool sec = so && p->type[n] & SMMU3_PMCG_EVTYPER_SEC_SID;
    unsigned span = 0;

    if (!(p->type[n] & SMMU3_PMCG_EVTYPER_SID_SPAN)) {
        return secure == sec && sid == smr;
    }
    if (smr == all) {
        return !secure || so;
    }
    while (smr >> span & 1) {
        span++;
    }
    /* The lowest 0 is the highest bit that does not matter. */
    return secure == sec && ((sid ^ smr) & all) >> (span + 1) == 0;
}

/* True: an interrupt is to be raised. *@capture: the shadows are to be taken. */
static bool overflow(struct smmu3_pmcg *p, unsigned i, bool *capture)
{
    bool irq = p->inten >> i & 1 && p->irq_ctrl & SMMU3_PMCG_IRQ_CTRL_IRQEN;

    p->ovs |= SMMU3_BIT(i);
    *capture |= p->type[i] & SMMU3_PMCG_EVTYPER_OVFCAP;
    p->msi_pending |= irq && p->irq_cfg0;
    return irq;
}

static bool add(struct smmu3_pmcg *p, unsigned i, uint64_t n, bool *capture)
{
    uint64_t max = smmu3_low(p->p.bits);
    bool wraps = n > max - p->counter[i];

    p->counter[i] = (p->counter[i] + n) & max;
    return wraps && overflow(p, i, capture);
}

static bool add_cycles(struct smmu3_pmcg *p, uint64_t now, bool *capture)
{
    uint64_t n = now - p->counted;
    bool irq = false;

    if (now <= p->counted) {
        return false;
    }
    p->counted = now;
    for (unsigned i = 0; i < p->p.counters; i++) {
        if (counts(p, i, SMMU3_PMU_CYCLES)) {
            irq |= add(p, i, n, capture);
        }
    }
    return irq;
}

void smmu3_pmcg_capture(struct smmu3_pmcg *p)
{
    memcpy(p->shadow, p->counter, sizeof(p->shadow));
}

bool smmu3_pmcg_catch_up(struct smmu3_pmcg *p, uint64_t now)
{
    bool capture = false;
    bool irq = add_cycles(p, now, &capture);

    if (capture) {
        smmu3_pmcg_capture(p);
    }
    return irq;
}

/* An overflow of a counter of cycles that somebody must hear of. */
uint64_t smmu3_pmcg_next_alarm(const struct smmu3_pmcg *p)
{
    uint64_t max = smmu3_low(p->p.bits);
    uint64_t soonest = UINT64_MAX;

    for (unsigned i = 0; i < p->p.counters; i++) {
        bool heard =
            (p->inten >> i & 1 && p->irq_ctrl & SMMU3_PMCG_IRQ_CTRL_IRQEN) ||
            p->type[i] & SMMU3_PMCG_EVTYPER_OVFCAP;
        uint64_t left = max - p->counter[i];

        if (heard && counts(p, i, SMMU3_PMU_CYCLES) && left < soonest) {
            soonest = left;
        }
    }
    return soonest < UINT64_MAX - p->counted - 1 ? p->counted + soonest + 1
                                                 : UINT64_MAX;
}

void smmu3_pmcg_update_wanted(struct smmu3 *s)
{
    unsigned wanted = 0;

    for (const struct smmu3_pmcg *p = s->pmcgs; p; p = p->next) {
        for (unsigned i = 0; i < p->p.counters; i++) {
            for (uint32_t e = SMMU3_PMU_CYCLES + 1; e < SMMU3_PMU_EVENTS; e++) {
                wanted |= counts(p, i, e) ? 1u << e : 0;
            }
        }
    }
    atomic_store_explicit(&s->pmu_wanted, wanted, memory_order_relaxed);
}

void smmu3_pmcg_raise(struct smmu3_pmcg *p)
{
    bool message;

    smmu3_lock(p->s);
    message = p->msi_pending;
    smmu3_unlock(p->s);
    p->host.irq(p->host.opaque);
    if (message) {
        p->host.kick(p->host.opaque);
    }
}

void smmu3_pmcg_flush(struct smmu3_pmcg *p)
{
    struct smmu3_attr attr;
    uint64_t addr;
    uint32_t data;
    bool pending;
    bool ns;

    smmu3_lock(p->s);
    pending = p->msi_pending;
    p->msi_pending = false;
    addr = p->irq_cfg0;
    data = p->irq_cfg1;
    attr = smmu3_attr_memattr(p->irq_cfg2 & 15, p->irq_cfg2 >> 4 & 3);
    ns = !p->s->features.secure ||
         p->scr & (SMMU3_PMCG_SCR_NSMSI | SMMU3_PMCG_SCR_NSRA);
    smmu3_unlock(p->s);
    if (pending && !p->host.msi(p->host.opaque, ns ? SMMU3_NS : SMMU3_S, addr,
                                data, attr.mair, attr.sh)) {
        smmu3_lock(p->s);
        p->irq_status |= (uint32_t)SMMU3_PMCG_IRQ_STATUS_IRQ_ABT;
        smmu3_unlock(p->s);
    }
}

/* The events of one transaction, @n of each, at one group. The lock is held.
 * True: an interrupt is to be raised. */
static bool count(struct smmu3_pmcg *p, const uint64_t n[SMMU3_PMU_EVENTS],
                  const struct smmu3_txn *txn, uint64_t now)
{
    bool capture = false;
    bool irq = false;

    for (unsigned i = 0; i < p->p.counters; i++) {
        uint32_t e = event_of(p, i);

        if (e != SMMU3_PMU_CYCLES && e < SMMU3_PMU_EVENTS && n[e] &&
            counts(p, i, e) && passes(p, i, txn->sid, txn->secure)) {
            irq |= add(p, i, n[e], &capture);
        }
    }
    if (capture) {
        irq |= add_cycles(p, now, &capture);
        smmu3_pmcg_capture(p);
    }
    return irq;
}

void smmu3_pmu_account(struct smmu3_xlat *x, bool ended)
{
    struct smmu3 *s = x->s;
    /* ATOS is no transaction: its accesses alone are counted. */
    const bool counted = ended && !x->atos;
    const uint64_t n[SMMU3_PMU_EVENTS] = {
        [SMMU3_PMU_TRANSACTION] = counted,
        [SMMU3_PMU_TLB_MISS] = counted && x->n.tlb_misses,
        [SMMU3_PMU_CONFIG_MISS] = counted && x->n.config_misses,
        [SMMU3_PMU_WALK_ACCESS] = x->n.walk_reads + x->n.walk_updates,
        [SMMU3_PMU_CONFIG_ACCESS] = x->n.config_reads,
        [SMMU3_PMU_ATS_REQUEST] = ended && x->ats,
        [SMMU3_PMU_ATS_TRANSLATED] = ended && x->txn->translated,
    };

    for (struct smmu3_pmcg *p = s->pmcgs; p; p = p->next) {
        uint64_t now = p->host.cycles(p->host.opaque);
        bool irq;

        smmu3_lock(s);
        irq = count(p, n, x->txn, now);
        smmu3_unlock(s);
        if (irq) {
            smmu3_pmcg_raise(p);
        }
    }
}

static const char *check_params(const struct smmu3_pmcg_params *p)
{
    static const uint8_t sizes[] = { 32, 36, 40, 44, 48, 64 };

    if (!p->counters || p->counters > SMMU3_PMCG_COUNTERS_MAX) {
        return "counters: not 1 to 64";
    }
    for (unsigned i = 0; i < sizeof(sizes); i++) {
        if (sizes[i] == p->bits) {
            return NULL;
        }
    }
    return "counter bits: not one of 32, 36, 40, 44, 48, 64";
}

/* Where the architecture says UNKNOWN, registers reset to 0. */
void smmu3_pmcg_reset(struct smmu3_pmcg *p)
{
    struct smmu3_pmcg fresh = {
        .s = p->s,
        .p = p->p,
        .host = p->host,
        .next = p->next,
        .counted = p->host.cycles(p->host.opaque),
    };

    if (p->s->features.secure) {
        fresh.scr = SMMU3_PMCG_SCR_RAO | SMMU3_PMCG_SCR_NSRA |
                    (p->p.msi ? SMMU3_PMCG_SCR_NSMSI : 0);
    }
    smmu3_lock(p->s);
    *p = fresh;
    smmu3_pmcg_update_wanted(p->s);
    smmu3_unlock(p->s);
    p->host.alarm(p->host.opaque, UINT64_MAX);
}

struct smmu3_pmcg *smmu3_pmcg_new(struct smmu3 *s,
                                  const struct smmu3_pmcg_params *params,
                                  const struct smmu3_pmcg_host *host,
                                  const char **error)
{
    struct smmu3_pmcg *p;

    *error = check_params(params);
    if (*error) {
        return NULL;
    }
    p = calloc(1, sizeof(*p));
    if (!p) {
        *error = "no memory";
        return NULL;
    }
    p->s = s;
    p->p = *params;
    p->host = *host;
    smmu3_lock(s);
    p->next = s->pmcgs;
    s->pmcgs = p;
    smmu3_unlock(s);
    smmu3_pmcg_reset(p);
    return p;
}

void smmu3_pmcg_free(struct smmu3_pmcg *p)
{
    struct smmu3_pmcg **at;

    if (!p) {
        return;
    }
    smmu3_lock(p->s);
    for (at = &p->s->pmcgs; *at != p; at = &(*at)->next) {
    }
    *at = p->next;
    smmu3_pmcg_update_wanted(p->s);
    smmu3_unlock(p->s);
    free(p);
}
