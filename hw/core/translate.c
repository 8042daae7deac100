/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transaction from its arrival to its outcome: the architecture's order of
 * decisions (3.3, 3.4, 3.12, 6.3.14).
 * Layer L3.
 */
#include "pmcg.h"
#include "xlat.h"

#include <string.h>

#include "event.h"
#include "override.h"

#include "smmu3/observer.h"
#include "smmu3/regs.h"

/* How often a transaction starts over because an invalidation overtook it. A
 * guest that never stops invalidating gets a result that was right at some
 * time during the transaction, and that no cache keeps. */
#define ATTEMPTS 8u
/* ... but if that lacks an update of its tables, it goes on trying. */
#define ATTEMPTS_UPDATE 1000u

void smmu3_xlat_begin(struct smmu3_xlat *x, struct smmu3 *s,
                      const struct smmu3_txn *txn)
{
    struct smmu3_bank *b =
        &s->bank[txn->secure && s->features.secure ? SMMU3_S : SMMU3_NS];

    memset(x, 0, sizeof(*x));
    x->s = s;
    x->bank = b;
    x->incoming = txn;
    x->txn = txn;
    x->rnw = txn->access == SMMU3_READ;
    x->ind = txn->ind && x->rnw;
    x->caches = !txn->probe;
    x->no_httu = txn->probe;
    smmu3_lock(s);
    x->epoch = s->epoch;
    x->cr0 = b->regs.cr0;
    x->stall_model = smmu3_stall_model(b);
    x->cr2 = b->regs.cr2;
    x->gbpa = b->regs.gbpa;
    x->strtab_base = b->regs.strtab_base;
    x->strtab_base_cfg = b->regs.strtab_base_cfg;
    smmu3_unlock(s);
}

/*
 * An input address that no stage 1 looks at is still checked for its size, and
 * by S_CR0.SIF, and neither CD.A nor CD.R has a say (3.4). With SMMUEN = 0
 * there is no event (6.3.14).
 */
static bool bypass_fault(struct smmu3_xlat *x, enum smmu3_event event)
{
    if (!(x->cr0 & SMMU3_CR0_SMMUEN)) {
        return smmu3_xlat_fail(x, SMMU3_EVENT_NONE, SMMU3_FAULT_SILENT);
    }
    x->fault.class_of = SMMU3_CLASS_IN;
    return smmu3_xlat_fail(x, event, SMMU3_FAULT_ALWAYS);
}

/* The NS attribute of an access that no stage 1 looks at. */
static bool incoming_ns(const struct smmu3_xlat *x)
{
    return x->bank->space == SMMU3_NS || x->txn->ns;
}

/* The address goes out as it came, with the overrides of GBPA or the STE. */
bool smmu3_xlat_pass_through(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    hit->ns = incoming_ns(x);
    if (smmu3_xlat_sif(x, hit->ns)) {
        return bypass_fault(x, SMMU3_F_PERMISSION);
    }
    x->n.bypassed = true;
    hit->output = x->txn->addr;
    hit->lg2_size = x->s->features.oas;
    hit->perm = SMMU3_LEAF_ALL;
    hit->attr = (struct smmu3_attr){ x->txn->attr, x->txn->sh };
    hit->pbha = 0;
    return true;
}

static bool exceeds(uint64_t addr, unsigned bits)
{
    return addr & ~smmu3_low(bits);
}

/* SMMUEN = 0 (6.3.14): no event, whatever happens. */
static bool bypass_globally(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    if (x->gbpa & SMMU3_GBPA_ABORT ||
        exceeds(x->txn->addr, x->s->features.oas)) {
        return bypass_fault(x, SMMU3_F_ADDR_SIZE);
    }
    smmu3_xlat_override(x, smmu3_override_of_gbpa(&x->s->features, x->gbpa));
    return smmu3_xlat_pass_through(x, hit);
}

bool smmu3_xlat_stage2_only(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    bool ns = incoming_ns(x);
    struct smmu3_s2_hit s2;

    if (exceeds(x->txn->addr, x->s->features.ias)) {
        return bypass_fault(x, SMMU3_F_ADDR_SIZE);
    }
    if (smmu3_xlat_sif(x, ns)) {
        return bypass_fault(x, SMMU3_F_PERMISSION);
    }
    if (!smmu3_stage2(
            x, (struct smmu3_ipa){ x->txn->addr, ns, SMMU3_CLASS_IN, false },
            &s2)) {
        return false;
    }
    hit->output = s2.pa;
    hit->lg2_size = s2.lg2_size;
    hit->perm = s2.perm;
    if (s2.clean) {
        hit->perm &= (uint8_t)~(SMMU3_LEAF_UW | SMMU3_LEAF_PW);
    }
    hit->ns = s2.ns;
    hit->ipa = x->txn->addr;
    hit->pbha = s2.pbha;
    hit->attr =
        smmu3_attr_combine((struct smmu3_attr){ x->txn->attr, x->txn->sh },
                           s2.memattr, s2.sh, s2.fwb);
    return true;
}

bool smmu3_xlat_context(struct smmu3_xlat *x)
{
    return smmu3_find_substream(x) && (!x->s1 || smmu3_find_cd(x));
}

bool smmu3_xlat_stream(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    if (!smmu3_xlat_context(x)) {
        return false;
    }
    if (x->s1) {
        return smmu3_stage1(x, hit);
    }
    if (x->ste.s2) {
        return smmu3_xlat_stage2_only(x, hit);
    }
    if (exceeds(x->txn->addr, x->s->features.oas)) {
        return bypass_fault(x, SMMU3_F_ADDR_SIZE);
    }
    return smmu3_xlat_pass_through(x, hit);
}

/* The decisions, in the order of 3.3 and 7.3.1. False with the fault set. */
static bool decide(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    if (x->txn->translated) {
        return smmu3_ats_translated(x, hit);
    }
    if (!(x->cr0 & SMMU3_CR0_SMMUEN)) {
        return bypass_globally(x, hit);
    }
    if (!smmu3_find_ste(x)) {
        return false;
    }
    if (x->ste.abort) {
        return smmu3_xlat_fail(x, SMMU3_EVENT_NONE, SMMU3_FAULT_SILENT);
    }
    return smmu3_xlat_stream(x, hit);
}

/*
 * The record of a transaction that is terminated, decided upon together with
 * the result: none is recorded that a completed invalidation has overtaken
 * (4.7.3). The lock is held.
 */
static void begin_record(struct smmu3_xlat *x)
{
    /* S = 1 implies R = 1 (5.5). */
    bool wanted = x->rule == SMMU3_FAULT_ALWAYS || smmu3_stall_wanted(x) ||
                  (x->rule == SMMU3_FAULT_S1 && x->cd.r) ||
                  (x->rule == SMMU3_FAULT_S2 && x->ste.s2r);

    if (wanted && !x->txn->silent && !x->txn->probe) {
        smmu3_event_encode(&x->fault, x->txn, x->record.words);
        smmu3_record_begin(x->s, x->bank, &x->record, x->ste.mev);
    }
}

bool smmu3_xlat_settle(struct smmu3_xlat *x, bool ok, unsigned attempt)
{
    struct smmu3_stats *stats = &x->s->stats;
    bool last = attempt >= (x->overtaken ? ATTEMPTS_UPDATE : ATTEMPTS);
    bool holds;

    smmu3_lock(x->s);
    holds = x->s->epoch == x->epoch || last;
    if (holds && !ok && !smmu3_stall_hold(x)) {
        holds = last;
    }
    if (holds && !ok && x->ats) {
        smmu3_ats_begin_record(x);
    } else if (holds && !ok && !x->stall.held) {
        begin_record(x);
    }
    if (!x->txn->probe && !x->txn->silent) {
        stats->ats_requests += holds && x->ats;
        stats->ats_translated += holds && x->txn->translated;
        stats->transactions += holds && !x->ats && !x->stall.held;
        stats->faults += holds && !x->ats && !ok && !x->stall.held;
        stats->bypassed += holds && !x->ats && x->n.bypassed;
        stats->tlb_hits += x->n.tlb_hits;
        stats->tlb_misses += x->n.tlb_misses;
        stats->walks += x->n.walks;
        stats->walk_reads += x->n.walk_reads;
        stats->walk_resumed += x->n.walk_resumed;
        stats->config_hits += x->n.config_hits;
        stats->config_misses += x->n.config_misses;
    }
    smmu3_unlock(x->s);
    if (smmu3_pmu_is_wanted(x->s) && !x->txn->probe && !x->txn->silent) {
        smmu3_pmu_account(x, holds && !x->stall.held);
    }
    return holds;
}

/* With INSTCFG a read is a fetch, or a fetch a read; an atomic stays data
 * (13.1.2). */
static uint8_t perm_of_requester(const struct smmu3_xlat *x, uint8_t perm)
{
    unsigned shift = x->txn->pnu ? 3 : 0;
    bool r = perm & (SMMU3_LEAF_UR << shift);
    bool fetch = perm & (SMMU3_LEAF_UX << shift);
    bool read = r;

    if (x->override.instcfg == SMMU3_INSTCFG_DATA) {
        fetch = r;
    } else if (x->override.instcfg == SMMU3_INSTCFG_INSTRUCTION &&
               x->txn->access != SMMU3_RMW) {
        read = fetch;
    }
    return (read ? SMMU3_PERM_R : 0) |
           (perm & (SMMU3_LEAF_UW << shift) ? SMMU3_PERM_W : 0) |
           (fetch ? SMMU3_PERM_X : 0);
}

/* Privilege and instruction of the outgoing access: from v3.4 on always
 * privileged data (13.1.2). */
static void outgoing_perms(const struct smmu3_xlat *x,
                           struct smmu3_result *result)
{
    bool fixed = x->s->features.arch_minor >= 4;

    result->pnu = fixed || x->txn->pnu;
    result->ind = !fixed && x->ind;
}

static void succeed(const struct smmu3_xlat *x, const struct smmu3_hit *hit,
                    struct smmu3_result *result)
{
    result->outcome = SMMU3_OK;
    result->pa = hit->output;
    result->space = hit->ns ? SMMU3_NS : SMMU3_S;
    result->lg2_size = hit->lg2_size;
    result->perm = perm_of_requester(x, hit->perm);
    /* Of what came in, stage 1 leaves the allocation hints (13.4.2). */
    result->attr = x->s1
                       ? smmu3_attr_combine_hints(hit->attr.mair, x->txn->attr)
                       : hit->attr.mair;
    result->sh = hit->attr.sh;
    result->pbha = hit->pbha;
}

static void terminate(struct smmu3_xlat *x, struct smmu3_result *result)
{
    /* A client that cannot wait gets an abort where S = 1 (3.12). */
    bool stall = smmu3_stall_wanted(x);

    result->outcome = x->rule == SMMU3_FAULT_S1 && !x->cd.a && !stall
                          ? SMMU3_RAZWI
                          : SMMU3_ABORT;
    result->lg2_size = 12;
    result->fault = x->fault;
    result->stall = stall;
    smmu3_record_end(x->s, x->bank, &x->record);
}

/* A Translated transaction has no attributes but those that its PASID brings,
 * where the SMMU supports that (3.9.1.3). */
static struct smmu3_txn normalise(const struct smmu3 *s,
                                  const struct smmu3_txn *txn)
{
    struct smmu3_txn t = *txn;

    if (t.translated && !(t.ssv && s->features.pasidtt)) {
        t.ssv = false;
        t.ssid = 0;
        t.pnu = false;
        t.ind = false;
    }
    return t;
}

void smmu3_translate(struct smmu3 *s, const struct smmu3_txn *incoming,
                     struct smmu3_result *result)
{
    const struct smmu3_txn arrived = normalise(s, incoming);
    const struct smmu3_txn *txn = &arrived;
    struct smmu3_xlat x;
    struct smmu3_hit hit;
    bool ok;
    unsigned attempt = 0;

    memset(result, 0, sizeof(*result));
    do {
        smmu3_xlat_begin(&x, s, txn);
        ok = decide(&x, &hit);
    } while (!smmu3_xlat_settle(&x, ok, ++attempt));
    outgoing_perms(&x, result);
    if (ok) {
        succeed(&x, &hit, result);
    } else if (x.stall.held) {
        result->outcome = SMMU3_STALLED;
        result->lg2_size = 12;
        result->fault = x.fault;
        smmu3_stall_record(&x);
    } else {
        terminate(&x, result);
    }
    if (smmu3_xlat_is_observed(&x)) {
        struct smmu3_obs obs = { .kind = SMMU3_OBS_DONE };

        obs.done.result = result;
        smmu3_xlat_observe(&x, &obs);
    }
}
