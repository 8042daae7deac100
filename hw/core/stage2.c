/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 2: of a transaction's IPA, or of the address of a CD or of a stage-1
 * descriptor (3.4, 5.2).
 * Layer L3.
 */
#include "walk.h"
#include "xlat.h"

static bool fail(struct smmu3_xlat *x, struct smmu3_ipa ipa,
                 enum smmu3_event event)
{
    x->fault.s2 = true;
    x->fault.class_of = ipa.purpose;
    x->fault.ipa = ipa.addr;
    x->fault.nsipa = ipa.ns && x->ste.secure;
    x->fault.ttrnw = ipa.purpose == SMMU3_CLASS_TT && !ipa.update;
    return smmu3_xlat_fail(x, event, SMMU3_FAULT_S2);
}

/* The SMMU's own accesses are privileged data reads, and writes where a stage-1
 * descriptor is updated; with S2PTW they must not land in Device memory (5.2
 * S2PTW). */
static bool check(struct smmu3_xlat *x, struct smmu3_ipa ipa,
                  const struct smmu3_s2_hit *hit)
{
    bool rnw = x->rnw;

    if (ipa.purpose == SMMU3_CLASS_IN) {
        if (smmu3_xlat_permits(x, hit->perm, &rnw)) {
            return true;
        }
    } else if (hit->perm & (ipa.update ? SMMU3_LEAF_PW : SMMU3_LEAF_PR) &&
               !(x->ste.s2ptw &&
                 smmu3_attr_s2_is_device(hit->memattr, hit->fwb))) {
        return true;
    }
    fail(x, ipa, SMMU3_F_PERMISSION);
    x->fault.rnw = rnw;
    return false;
}

static struct smmu3_s2_hit hit_of(const struct smmu3_tlb_entry *e, uint64_t ipa)
{
    return (struct smmu3_s2_hit){
        .pa = e->output | (ipa & smmu3_low(e->lg2_size)),
        .ns = e->ns,
        .lg2_size = e->lg2_size,
        .perm = e->s2_perm,
        .memattr = e->attr,
        .sh = e->sh,
        .fwb = e->s2fwb,
        .pbha = e->pbha,
        .clean = e->clean,
    };
}

static struct smmu3_tlb_entry entry_of(const struct smmu3_walk_job *job,
                                       const struct smmu3_leaf *leaf)
{
    return (struct smmu3_tlb_entry){
        .tag = job->tag,
        .granule_lg2 = job->st->granule_lg2,
        .level = leaf->level,
        .lg2_size = leaf->lg2_size,
        .lg2_scope = leaf->lg2_size,
        .input = job->input & ~smmu3_low(leaf->lg2_size),
        .output = leaf->output,
        .ns = job->st->out_ns,
        .s1_perm = SMMU3_LEAF_ALL,
        .s2_perm = leaf->perm,
        .attr = leaf->attr,
        .sh = leaf->sh,
        .s2fwb = leaf->s2fwb,
        .pbha = leaf->pbha,
        .clean = leaf->clean,
    };
}

/* Walks, checks and updates; starts over if the leaf changes meanwhile. False
 * with the fault set. */
static bool find_leaf(struct smmu3_walk_job *job, struct smmu3_ipa ipa,
                      bool write, struct smmu3_tlb_entry *e,
                      struct smmu3_s2_hit *hit)
{
    struct smmu3_leaf leaf = { 0 };

    for (unsigned n = 0; n < SMMU3_HTTU_ATTEMPTS; n++) {
        if (!smmu3_walk_job(job, &leaf)) {
            return false;
        }
        *e = entry_of(job, &leaf);
        *hit = hit_of(e, ipa.addr);
        if (!check(job->x, ipa, hit)) {
            return false;
        }
        switch (smmu3_httu(job, &leaf, write)) {
        case SMMU3_HTTU_DONE:
            e->clean = leaf.clean;
            hit->clean = leaf.clean;
            hit->uncached = !smmu3_xlat_may_cache(job->x, &leaf);
            if (!hit->uncached) {
                smmu3_xlat_fill(job->x, &job->x->s->tlb, e);
            }
            return true;
        case SMMU3_HTTU_FAULT:
            return false;
        case SMMU3_HTTU_CHANGED:
            break;
        }
    }
    return smmu3_httu_give_up(job, &leaf);
}

bool smmu3_stage2(struct smmu3_xlat *x, struct smmu3_ipa ipa,
                  struct smmu3_s2_hit *hit)
{
    const struct smmu3_stage *st = ipa.ns ? &x->ste.stage2 : &x->ste.s_stage2;
    struct smmu3_tlb_tag tag = { .kind = SMMU3_TLB_S2,
                                 .world = x->ste.secure ? SMMU3_WORLD_S_EL1
                                                        : SMMU3_WORLD_NS_EL1,
                                 .ns = x->ste.secure && ipa.ns,
                                 .vmid = x->vmid };
    struct smmu3_walk_job job = {
        .x = x, .st = st, .tag = tag, .input = ipa.addr, .purpose = ipa.purpose
    };
    struct smmu3_tlb_entry e = { 0 };
    /* A CD is never written (3.13.3). */
    bool write =
        ipa.purpose == SMMU3_CLASS_IN ? smmu3_xlat_writes(x) : ipa.update;

    if (!smmu3_walk_covers(st, ipa.addr)) {
        return fail(x, ipa, SMMU3_F_TRANSLATION);
    }
    switch (smmu3_xlat_tlb(x, tag, ipa.addr, write, &e)) {
    case SMMU3_LOOKUP_HIT:
        *hit = hit_of(&e, ipa.addr);
        return check(x, ipa, hit);
    case SMMU3_LOOKUP_CONFLICT:
        return false;
    case SMMU3_LOOKUP_MISS:
        break;
    }
    return find_leaf(&job, ipa, write, &e, hit);
}
