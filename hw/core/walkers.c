/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk with its caches and its memory: the walk cache before it, stage 2
 * under it (3.4, 3.17).
 * Layer L3.
 */
#include "walk.h"
#include "xlat.h"

/*
 * Where to start: at the lowest table that the walk cache knows. Entries of
 * one region size with another granule cannot be of this table.
 */
static struct smmu3_walk_point find_start(struct smmu3_walk_job *job)
{
    struct smmu3_walk_point point = smmu3_walk_start(job->st);
    struct smmu3 *s = job->x->s;

    if (!job->x->caches) {
        return point;
    }
    smmu3_lock(s);
    for (int level = 2; level >= job->st->start_level; level--) {
        const struct smmu3_tlb_entry *e =
            smmu3_tlb_lookup_size(&s->walk_cache, job->tag, job->input,
                                  smmu3_walk_lg2(job->st, level));

        if (e && e->level == level && e->granule_lg2 == job->st->granule_lg2) {
            point = (struct smmu3_walk_point){ .level = (int8_t)(level + 1),
                                               .table = e->output,
                                               .ns = e->ns,
                                               .hier = e->hier };
            job->x->n.walk_resumed++;
            break;
        }
    }
    smmu3_unlock(s);
    return point;
}

static void on_table(void *ctx, int level, const struct smmu3_walk_point *next)
{
    struct smmu3_walk_job *job = ctx;
    unsigned lg2 = smmu3_walk_lg2(job->st, level);
    struct smmu3_tlb_entry e = {
        .tag = job->tag,
        .granule_lg2 = job->st->granule_lg2,
        .level = (int8_t)level,
        .lg2_size = (uint8_t)lg2,
        .lg2_scope = (uint8_t)lg2,
        .input = job->input & ~smmu3_low(lg2),
        .output = next->table,
        .ns = next->ns,
        .hier = next->hier,
    };

    smmu3_xlat_fill(job->x, &job->x->s->walk_cache, &e);
}

static void on_desc(void *ctx, int level, uint64_t table, uint64_t index,
                    uint64_t desc, enum smmu3_desc_kind is, uint64_t output)
{
    struct smmu3_walk_job *job = ctx;
    struct smmu3_obs obs = { .kind = SMMU3_OBS_DESC };

    if (!smmu3_xlat_is_observed(job->x)) {
        return;
    }
    obs.desc.stage2 = job->st->stage2;
    obs.desc.purpose = job->purpose;
    obs.desc.level = (int8_t)level;
    obs.desc.granule_lg2 = job->st->granule_lg2;
    obs.desc.input = job->input;
    obs.desc.table = table;
    obs.desc.index = (uint32_t)index;
    obs.desc.value = desc;
    obs.desc.is = is;
    obs.desc.output = output;
    smmu3_xlat_observe(job->x, &obs);
}

static enum smmu3_read on_read(void *ctx, uint64_t addr, bool ns,
                               uint8_t raw[8], uint64_t *pa)
{
    struct smmu3_walk_job *job = ctx;
    struct smmu3_xlat *x = job->x;

    *pa = addr;
    if (!job->st->stage2 && x->ste.s2) {
        struct smmu3_s2_hit hit;

        if (!smmu3_stage2(x,
                          (struct smmu3_ipa){ addr, ns, SMMU3_CLASS_TT, false },
                          &hit)) {
            return SMMU3_READ_FAULT;
        }
        *pa = hit.pa;
        ns = hit.ns;
    }
    x->n.walk_reads++;
    return x->s->host.read(x->s->host.opaque, ns ? SMMU3_NS : SMMU3_S, *pa, raw,
                           8)
               ? SMMU3_READ_OK
               : SMMU3_READ_ABORT;
}

bool smmu3_walk_job(struct smmu3_walk_job *job, struct smmu3_leaf *leaf)
{
    static const struct smmu3_walk_ops ops = { on_read, on_table, on_desc };
    static const enum smmu3_event events[] = {
        [SMMU3_WALK_TRANSLATION] = SMMU3_F_TRANSLATION,
        [SMMU3_WALK_ADDR_SIZE] = SMMU3_F_ADDR_SIZE,
        [SMMU3_WALK_ACCESS] = SMMU3_F_ACCESS,
        [SMMU3_WALK_EABT] = SMMU3_F_WALK_EABT,
    };
    struct smmu3_xlat *x = job->x;
    uint64_t fetch_pa = 0;
    enum smmu3_walk_status status;

    x->n.walks++;
    status = smmu3_walk(job->st, job->input, find_start(job), &ops, job, leaf,
                        &fetch_pa);
    if (status == SMMU3_WALK_OK) {
        return true;
    }
    if (status == SMMU3_WALK_READ_FAULT) {
        return false; /* stage 2 has set it */
    }
    x->fault.s2 = job->st->stage2;
    x->fault.class_of = job->purpose;
    if (status == SMMU3_WALK_EABT) {
        x->fault.fetch_addr = fetch_pa;
        /* Of stage 1: always CLASS = TT (7.3.12). */
        if (!job->st->stage2) {
            x->fault.class_of = SMMU3_CLASS_TT;
        }
        return smmu3_xlat_fail(x, SMMU3_F_WALK_EABT, SMMU3_FAULT_ALWAYS);
    }
    if (job->st->stage2) {
        x->fault.ipa = job->input;
        x->fault.nsipa = job->tag.ns;
        x->fault.ttrnw = job->purpose == SMMU3_CLASS_TT;
        return smmu3_xlat_fail(x, events[status], SMMU3_FAULT_S2);
    }
    return smmu3_xlat_fail(x, events[status], SMMU3_FAULT_S1);
}
