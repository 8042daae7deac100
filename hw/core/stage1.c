/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1, alone or over stage 2 (3.4, 5.4).
 * Layer L3.
 */
#include "walk.h"
#include "xlat.h"

static bool fail(struct smmu3_xlat *x, enum smmu3_event event)
{
    x->fault.s2 = false;
    x->fault.class_of = SMMU3_CLASS_IN;
    return smmu3_xlat_fail(x, event, SMMU3_FAULT_S1);
}

/*
 * The half of the address space that the address lies in, or NULL with the
 * fault set: VA[55] selects, where there are two (DDI 0487 D8.2.1). E0PD shuts
 * a half to the unprivileged (5.4 E0PD0).
 */
static const struct smmu3_stage *select_half(struct smmu3_xlat *x)
{
    uint64_t va = x->txn->addr;
    unsigned n = !smmu3_world_is_single(x->world) && va >> 55 & 1;
    const struct smmu3_stage *st = &x->cd.half[n];

    if (x->cd.epd[n] || !smmu3_walk_covers(st, va) ||
        (st->e0pd && !x->txn->pnu)) {
        fail(x, SMMU3_F_TRANSLATION);
        return NULL;
    }
    return st;
}

/* The address without its tag: what the TLB and invalidations know (3.4.1). */
static uint64_t untagged(const struct smmu3_stage *st, uint64_t va)
{
    if (!st->tbi) {
        return va;
    }
    return st->upper ? va | SMMU3_MASK(63, 56) : va & SMMU3_MASK(55, 0);
}

/* Permissions of both stages, stage 1 first; the entry says which IPA. */
static bool check(struct smmu3_xlat *x, const struct smmu3_tlb_entry *e,
                  uint64_t va)
{
    bool rnw;

    if (!smmu3_xlat_permits(x, e->s1_perm, &rnw) ||
        smmu3_xlat_sif(x, e->s1_ns)) {
        fail(x, SMMU3_F_PERMISSION);
        x->fault.rnw = rnw;
        return false;
    }
    if (!smmu3_xlat_permits(x, e->s2_perm, &rnw)) {
        x->fault.s2 = true;
        x->fault.class_of = SMMU3_CLASS_IN;
        x->fault.nsipa = x->ste.secure && e->s1_ns;
        x->fault.ipa = e->ipa | (va & smmu3_low(e->lg2_size));
        smmu3_xlat_fail(x, SMMU3_F_PERMISSION, SMMU3_FAULT_S2);
        x->fault.rnw = rnw;
        return false;
    }
    return true;
}

static void hit_of(const struct smmu3_tlb_entry *e, uint64_t va,
                   struct smmu3_hit *hit)
{
    hit->output = e->output | (va & smmu3_low(e->lg2_size));
    hit->lg2_size = e->lg2_size;
    hit->perm = e->s1_perm & e->s2_perm;
    if (e->clean) {
        hit->perm &= (uint8_t)~(SMMU3_LEAF_UW | SMMU3_LEAF_PW);
    }
    hit->ipa = e->ipa | (va & smmu3_low(e->lg2_size));
    hit->attr = (struct smmu3_attr){ e->attr, e->sh };
    hit->ns = e->ns;
    hit->pbha = e->pbha;
}

/* Adds what stage 2 does to the IPA in @e, and whether that may be kept. False
 * with the fault set. */
static bool add_stage2(struct smmu3_xlat *x, struct smmu3_tlb_entry *e,
                       uint64_t va, const struct smmu3_leaf *leaf,
                       bool *cacheable)
{
    struct smmu3_s2_hit s2;
    uint64_t ipa = leaf->output | (va & smmu3_low(leaf->lg2_size));
    struct smmu3_attr attr;

    if (!smmu3_stage2(
            x, (struct smmu3_ipa){ ipa, leaf->ns, SMMU3_CLASS_IN, false },
            &s2)) {
        return false;
    }
    if (s2.lg2_size < e->lg2_size) {
        e->lg2_size = s2.lg2_size;
    }
    attr = smmu3_attr_combine((struct smmu3_attr){ e->attr, e->sh }, s2.memattr,
                              s2.sh, s2.fwb);
    e->input = va & ~smmu3_low(e->lg2_size);
    e->ns = s2.ns;
    e->output = s2.pa & ~smmu3_low(e->lg2_size);
    e->ipa = ipa & ~smmu3_low(e->lg2_size);
    e->s2_perm = s2.perm;
    e->clean = e->clean || s2.clean;
    *cacheable = *cacheable && !s2.uncached;
    e->attr = attr.mair;
    e->sh = attr.sh;
    e->pbha = s2.pbha | (e->pbha & (uint8_t)~x->ste.stage2.hwu);
    return true;
}

/* Walks, checks and updates; starts over if the leaf changes meanwhile. False
 * with the fault set. */
static bool find_leaf(struct smmu3_walk_job *job, struct smmu3_leaf *leaf)
{
    struct smmu3_xlat *x = job->x;
    bool rnw;

    for (unsigned n = 0; n < SMMU3_HTTU_ATTEMPTS; n++) {
        if (!smmu3_walk_job(job, leaf)) {
            return false;
        }
        if (!smmu3_xlat_permits(x, leaf->perm, &rnw) ||
            smmu3_xlat_sif(x, leaf->ns)) {
            fail(x, SMMU3_F_PERMISSION);
            x->fault.rnw = rnw;
            return false;
        }
        switch (smmu3_httu(job, leaf, smmu3_xlat_writes(x))) {
        case SMMU3_HTTU_DONE:
            return true;
        case SMMU3_HTTU_FAULT:
            return false;
        case SMMU3_HTTU_CHANGED:
            break;
        }
    }
    return smmu3_httu_give_up(job, leaf);
}

static struct smmu3_tlb_entry entry_of(const struct smmu3_walk_job *job,
                                       const struct smmu3_leaf *leaf)
{
    struct smmu3_attr attr = smmu3_attr_stage1(leaf->attr, leaf->sh);

    /* A block may be larger than memory: without stage 2, what lies beyond is
     * cut (3.4). */
    uint8_t lg2 = leaf->lg2_size > job->x->s->features.oas && !job->x->ste.s2
                      ? job->x->s->features.oas
                      : leaf->lg2_size;

    return (struct smmu3_tlb_entry){
        .tag = job->tag,
        .global = leaf->global,
        .granule_lg2 = job->st->granule_lg2,
        .level = leaf->level,
        .lg2_size = lg2,
        .lg2_scope = leaf->lg2_size,
        .input = job->input & ~smmu3_low(lg2),
        .output = leaf->output,
        .ns = leaf->ns,
        .s1_ns = leaf->ns,
        .s1_perm = leaf->perm,
        .s2_perm = SMMU3_LEAF_ALL,
        .attr = attr.mair,
        .sh = attr.sh,
        .pbha = leaf->pbha,
        .clean = leaf->clean,
    };
}

bool smmu3_stage1(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    const struct smmu3_stage *st = select_half(x);
    struct smmu3_tlb_tag tag = { .kind =
                                     x->ste.s2 ? SMMU3_TLB_S12 : SMMU3_TLB_S1,
                                 .world = (uint8_t)x->world,
                                 .vmid = x->vmid,
                                 .asid = x->cd.asid,
                                 .aset = x->cd.aset };
    struct smmu3_walk_job job = {
        .x = x, .st = st, .tag = tag, .purpose = SMMU3_CLASS_IN
    };
    struct smmu3_tlb_entry e;
    struct smmu3_leaf leaf;
    uint64_t va;
    bool cacheable;

    if (!st) {
        return false;
    }
    va = untagged(st, x->txn->addr);
    switch (smmu3_xlat_tlb(x, tag, va, smmu3_xlat_writes(x), &e)) {
    case SMMU3_LOOKUP_HIT:
        hit_of(&e, va, hit);
        return check(x, &e, va);
    case SMMU3_LOOKUP_CONFLICT:
        return false;
    case SMMU3_LOOKUP_MISS:
        break;
    }
    job.input = va;
    if (!find_leaf(&job, &leaf)) {
        return false;
    }
    x->s1_read_only =
        x->ats && !(leaf.perm & (SMMU3_LEAF_UW << (x->txn->pnu ? 3 : 0)));
    e = entry_of(&job, &leaf);
    cacheable = smmu3_xlat_may_cache(x, &leaf);
    if (x->ste.s2 && !x->s1_only && !add_stage2(x, &e, va, &leaf, &cacheable)) {
        return false;
    }
    if (cacheable) {
        smmu3_xlat_fill(x, &x->s->tlb, &e);
    }
    hit_of(&e, va, hit);
    return true;
}
