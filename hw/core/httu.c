/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware updates of translation tables: Access flag and dirty state, by
 * compare-and-swap on the descriptor that a walk read (3.13).
 * Layer L3.
 */
#include "walk.h"
#include "xlat.h"

#include "smmu3/desc.h"
#include "smmu3/observer.h"

bool smmu3_xlat_writes(const struct smmu3_xlat *x)
{
    return x->ats ? !x->ats->no_write && !x->s1_read_only
                  : x->txn->access != SMMU3_READ;
}

static uint64_t swap64(uint64_t v)
{
    uint8_t raw[SMMU3_DESC_SIZE];

    smmu3_st64le(raw, v);
    return smmu3_ld64be(raw);
}

/*
 * What the descriptor becomes. A dirty update sets the Access flag too, and is
 * made only where the leaf grants the write otherwise (3.13.3).
 */
static uint64_t updated(const struct smmu3_walk_job *job,
                        const struct smmu3_leaf *leaf, bool dirty)
{
    uint64_t desc = leaf->desc | SMMU3_DESC_AF;

    if (dirty) {
        desc = job->st->stage2 ? desc | SMMU3_DESC_S2_WRITE
                               : desc & ~SMMU3_DESC_S1_AP2;
    }
    return desc;
}

static bool fail_abort(const struct smmu3_walk_job *job, uint64_t pa)
{
    struct smmu3_xlat *x = job->x;

    x->fault.s2 = job->st->stage2;
    /* Of stage 1: always CLASS = TT (7.3.12). */
    x->fault.class_of = job->st->stage2 ? job->purpose : SMMU3_CLASS_TT;
    x->fault.fetch_addr = pa;
    return smmu3_xlat_fail(x, SMMU3_F_WALK_EABT, SMMU3_FAULT_ALWAYS);
}

static void observe(const struct smmu3_walk_job *job,
                    const struct smmu3_leaf *leaf, uint64_t pa, uint64_t desc,
                    bool done)
{
    struct smmu3_obs obs = { .kind = SMMU3_OBS_UPDATE };

    if (smmu3_xlat_is_observed(job->x)) {
        obs.update.stage2 = job->st->stage2;
        obs.update.addr = pa;
        obs.update.from = leaf->desc;
        obs.update.to = desc;
        obs.update.done = done;
        smmu3_xlat_observe(job->x, &obs);
    }
}

/* In leaves these are software's: a change of them changes no translation. */
#define SOFTWARE_BITS SMMU3_MASK(58, 55)
/* How often a swap is tried again at once because of them. */
#define SWAPS_MAX 64u

/*
 * Swaps the descriptor at @pa for what updated() makes of it. False: external
 * abort; else *@done tells whether it was still what the walk had read, but for
 * software's bits: a CPU that never stops changing those must not starve us.
 */
static bool swap(const struct smmu3_walk_job *job, struct smmu3_leaf *leaf,
                 enum smmu3_space space, uint64_t pa, bool dirty, bool *done)
{
    const struct smmu3_host *host = &job->x->s->host;
    bool be = job->st->big_endian;

    job->x->n.walk_updates++;
    for (unsigned i = 0; i < SWAPS_MAX; i++) {
        uint64_t desc = updated(job, leaf, dirty);
        uint64_t from = be ? swap64(leaf->desc) : leaf->desc;
        uint64_t found = from;

        if (!host->cas || !host->cas(host->opaque, space, pa, &found,
                                     be ? swap64(desc) : desc)) {
            return false;
        }
        *done = found == from;
        found = be ? swap64(found) : found;
        if (*done || (found ^ leaf->desc) & ~SOFTWARE_BITS) {
            return true;
        }
        leaf->desc = found;
    }
    return true;
}

/*
 * No update comes after the CMD_SYNC of an invalidation that has overtaken its
 * walk: the table may be something else by then (4.7.3). It begins only if
 * nothing was invalidated, and CMD_SYNC waits for its end.
 */
static bool begin_update(struct smmu3_xlat *x)
{
    smmu3_lock(x->s);
    x->overtaken = x->s->epoch != x->epoch;
    x->s->updates += !x->overtaken;
    smmu3_unlock(x->s);
    return !x->overtaken;
}

static void end_update(struct smmu3 *s)
{
    bool kick;

    smmu3_lock(s);
    s->updates--;
    kick = !s->updates && s->updates_awaited;
    s->updates_awaited = s->updates_awaited && !kick;
    smmu3_unlock(s);
    if (kick) {
        s->host.kick(s->host.opaque);
    }
}

bool smmu3_httu_pending(struct smmu3 *s)
{
    bool pending;

    smmu3_lock(s);
    pending = s->updates;
    s->updates_awaited = pending;
    smmu3_unlock(s);
    return pending;
}

enum smmu3_httu smmu3_httu(const struct smmu3_walk_job *job,
                           struct smmu3_leaf *leaf, bool write)
{
    struct smmu3_xlat *x = job->x;
    /* An SMMU access, of stage 2, is privileged. */
    bool pnu = job->purpose != SMMU3_CLASS_IN || x->txn->pnu;
    uint8_t w = pnu ? SMMU3_LEAF_PW : SMMU3_LEAF_UW;
    bool dirty = write && leaf->clean && (leaf->perm & w);
    uint64_t pa = leaf->desc_addr;
    bool ns = leaf->desc_ns;
    uint64_t desc;
    bool done = false;
    bool ok;

    if (x->no_httu || (!leaf->af_clear && !dirty)) {
        return SMMU3_HTTU_DONE;
    }
    if (!job->st->stage2 && x->ste.s2) {
        struct smmu3_s2_hit hit;

        if (!smmu3_stage2(x, (struct smmu3_ipa){ pa, ns, SMMU3_CLASS_TT, true },
                          &hit)) {
            return SMMU3_HTTU_FAULT;
        }
        pa = hit.pa;
        ns = hit.ns;
    }
    if (!begin_update(x)) {
        return SMMU3_HTTU_DONE; /* the transaction starts over */
    }
    ok = swap(job, leaf, ns ? SMMU3_NS : SMMU3_S, pa, dirty, &done);
    end_update(x->s);
    if (!ok) {
        fail_abort(job, pa);
        return SMMU3_HTTU_FAULT;
    }
    desc = updated(job, leaf, dirty);
    observe(job, leaf, pa, desc, done);
    if (!done) {
        return SMMU3_HTTU_CHANGED;
    }
    leaf->desc = desc;
    leaf->af_clear = false;
    leaf->clean = leaf->clean && !dirty;
    return SMMU3_HTTU_DONE;
}

bool smmu3_httu_give_up(const struct smmu3_walk_job *job,
                        const struct smmu3_leaf *leaf)
{
    return fail_abort(job, leaf->desc_addr);
}
