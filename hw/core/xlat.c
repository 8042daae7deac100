/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every step of a translation uses: faults, observation, cache access,
 * permissions.
 * Layer L3.
 */
#include "override.h"
#include "xlat.h"

#include "smmu3/observer.h"
#include "smmu3/regs.h"

bool smmu3_xlat_fail(struct smmu3_xlat *x, enum smmu3_event event,
                     enum smmu3_fault_rule rule)
{
    x->fault.event = event;
    x->fault.rnw = x->rnw;
    x->rule = rule;
    return false;
}

void smmu3_xlat_override(struct smmu3_xlat *x, struct smmu3_override o)
{
    x->override = o;
    x->effective = *x->incoming;
    smmu3_override_perms(&o, &x->effective);
    if (!x->incoming->translated) {
        struct smmu3_attr a = smmu3_attr_override(
            &o, (struct smmu3_attr){ x->incoming->attr, x->incoming->sh });

        x->effective.attr = a.mair;
        x->effective.sh = a.sh;
    }
    x->txn = &x->effective;
    x->ind = x->effective.ind;
}

/* A probe is nobody's business but its caller's. */
static bool observed_by_all(const struct smmu3_xlat *x)
{
    return x->s->observer.notify && !x->txn->probe;
}

bool smmu3_xlat_is_observed(const struct smmu3_xlat *x)
{
    return observed_by_all(x) || x->txn->observer;
}

void smmu3_xlat_observe(const struct smmu3_xlat *x, struct smmu3_obs *obs)
{
    obs->txn = x->incoming;
    if (observed_by_all(x)) {
        x->s->observer.notify(x->s->observer.opaque, obs);
    }
    if (x->txn->observer) {
        x->txn->observer->notify(x->txn->observer->opaque, obs);
    }
}

void smmu3_xlat_observe_config(const struct smmu3_xlat *x,
                               enum smmu3_obs_kind kind, uint64_t addr,
                               const uint64_t *words, bool cached)
{
    if (smmu3_xlat_is_observed(x)) {
        struct smmu3_obs obs = { .kind = kind };

        obs.config.addr = addr;
        obs.config.words = words;
        obs.config.cached = cached;
        smmu3_xlat_observe(x, &obs);
    }
}

bool smmu3_xlat_read(struct smmu3_xlat *x, enum smmu3_space space, uint64_t pa,
                     uint64_t *words, unsigned count)
{
    uint8_t raw[64];

    x->n.config_reads++;
    if (!x->s->host.read(x->s->host.opaque, space, pa, raw, count * 8)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        words[i] = smmu3_ld64le(raw + 8 * i);
    }
    return true;
}

bool smmu3_xlat_l1_cached(struct smmu3_xlat *x, const struct smmu3_l1_key *key,
                          uint64_t *word)
{
    bool found;

    if (!x->caches) {
        return false;
    }
    smmu3_lock(x->s);
    found = smmu3_cfgcache_l1(&x->s->config_cache, key, word);
    smmu3_unlock(x->s);
    return found;
}

void smmu3_xlat_l1_fill(struct smmu3_xlat *x, const struct smmu3_l1_key *key,
                        uint64_t word)
{
    if (!x->caches) {
        return;
    }
    smmu3_lock(x->s);
    if (x->s->epoch == x->epoch) {
        smmu3_cfgcache_fill_l1(&x->s->config_cache, key, word);
    }
    smmu3_unlock(x->s);
}

/*
 * Several entries match, and say different things: software changed a
 * translation's size, or made a global one of others, without
 * break-before-make. Levels 0 and 1 may tell, level 2 never (3.21.1, 7.3.18).
 */
static bool conflict(struct smmu3_xlat *x, struct smmu3_tlb_tag tag,
                     uint64_t input)
{
    x->fault.s2 = tag.kind == SMMU3_TLB_S2;
    x->fault.class_of = SMMU3_CLASS_CD; /* the record has none: 0 */
    x->fault.ipa = input;
    x->fault.nsipa = tag.ns;
    return smmu3_xlat_fail(x, SMMU3_F_TLB_CONFLICT, SMMU3_FAULT_ALWAYS);
}

bool smmu3_xlat_may_cache(const struct smmu3_xlat *x,
                          const struct smmu3_leaf *leaf)
{
    return !leaf->af_clear && !(leaf->nt && x->s->features.bbml == 1);
}

enum smmu3_lookup smmu3_xlat_tlb(struct smmu3_xlat *x, struct smmu3_tlb_tag tag,
                                 uint64_t input, bool write,
                                 struct smmu3_tlb_entry *e)
{
    const struct smmu3_tlb_entry *found;
    bool conflicts;

    if (!x->caches) {
        return SMMU3_LOOKUP_MISS;
    }
    smmu3_lock(x->s);
    found = smmu3_tlb_lookup(&x->s->tlb, tag, input);
    conflicts = found && x->s->features.bbml < 2 &&
                smmu3_tlb_conflicts(&x->s->tlb, tag, input, found);
    if (found && write && found->clean) {
        found = NULL; /* the descriptor is to be updated first (3.13.3) */
    }
    if (found) {
        *e = *found;
    }
    smmu3_unlock(x->s);
    if (conflicts) {
        conflict(x, tag, input);
        return SMMU3_LOOKUP_CONFLICT;
    }
    if (!found) {
        x->n.tlb_misses++;
        return SMMU3_LOOKUP_MISS;
    }
    x->n.tlb_hits++;
    if (smmu3_xlat_is_observed(x)) {
        struct smmu3_obs obs = { .kind = SMMU3_OBS_TLB };

        obs.tlb.stage1 = e->tag.kind != SMMU3_TLB_S2;
        obs.tlb.stage2 = e->tag.kind != SMMU3_TLB_S1;
        obs.tlb.lg2_size = e->lg2_size;
        obs.tlb.input = e->input;
        obs.tlb.output = e->output;
        smmu3_xlat_observe(x, &obs);
    }
    return SMMU3_LOOKUP_HIT;
}

void smmu3_xlat_fill(struct smmu3_xlat *x, struct smmu3_tlb *t,
                     const struct smmu3_tlb_entry *e)
{
    if (!x->caches) {
        return;
    }
    smmu3_lock(x->s);
    if (x->s->epoch == x->epoch) {
        smmu3_tlb_fill(t, e);
    }
    smmu3_unlock(x->s);
}

bool smmu3_xlat_permits(const struct smmu3_xlat *x, uint8_t perm, bool *rnw)
{
    unsigned shift = x->txn->pnu ? 3 : 0; /* SMMU3_LEAF_U* to _P* */
    bool r = perm & (SMMU3_LEAF_UR << shift);
    bool w = perm & (SMMU3_LEAF_UW << shift);

    *rnw = x->rnw;
    if (x->ats) {
        r = x->override.instcfg == SMMU3_INSTCFG_INSTRUCTION
                ? perm & (SMMU3_LEAF_UX << shift)
                : r;
        /* What is not granted is no fault, only not granted (13.7.1). */
        return r || (w && !x->ats->no_write);
    }
    switch (x->txn->access) {
    case SMMU3_WRITE:
        return w;
    case SMMU3_RMW:
        *rnw = w;
        return r && w;
    case SMMU3_READ:
        break;
    }
    return x->ind ? perm & (SMMU3_LEAF_UX << shift) : r;
}

bool smmu3_xlat_sif(const struct smmu3_xlat *x, bool ns)
{
    return x->bank->space == SMMU3_S && (x->cr0 & SMMU3_CR0_SIF) && x->ind &&
           ns;
}
