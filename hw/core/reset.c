/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making an SMMU: parameters, ID registers, reset (6.3.1-6.3.8).
 * Layer L3.
 */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "smmu3/idr.h"
#include "smmu3/regs.h"

/* v3.3: what it demands is all here (6.3.8), and it is no newer than the
 * kernels that drive it. */
#define ARCH_MINOR_DEFAULT 3u

struct smmu3_params smmu3_params_default(void)
{
    return (struct smmu3_params){
        .f = smmu3_features_default(ARCH_MINOR_DEFAULT, true, true),
        .tlb_entries = 4096,
        .walk_cache_entries = 512,
        .config_cache_entries = 256,
    };
}

static const char *check_params(const struct smmu3_params *p)
{
    if (p->tlb_entries > SMMU3_CACHE_ENTRIES_MAX) {
        return "tlb-entries: more than 1048576";
    }
    if (p->walk_cache_entries > SMMU3_CACHE_ENTRIES_MAX) {
        return "walk-cache-entries: more than 1048576";
    }
    if (p->config_cache_entries > SMMU3_CACHE_ENTRIES_MAX) {
        return "config-cache-entries: more than 1048576";
    }
    return smmu3_features_check(&p->f);
}

/* Where the architecture says UNKNOWN, registers reset to 0. */
static void reset_cmdq(struct smmu3_cmdq *q)
{
    q->base = 0;
    q->prod = 0;
    q->cons = 0;
}

static void reset_bank(struct smmu3 *s, enum smmu3_space space)
{
    struct smmu3_bank *b = &s->bank[space];

    memset(&b->regs, 0, sizeof(b->regs));
    reset_cmdq(&b->cmdq);
    for (unsigned i = 0; i < SMMU3_ECMDQS; i++) {
        reset_cmdq(&b->ecmdq[i]);
    }
    b->msi_pending = 0;
    b->regs.id = space == SMMU3_S ? smmu3_s_id_regs(&s->features)
                                  : smmu3_id_regs(&s->features);
    b->regs.gbpa = SMMU3_GBPA_SHCFG_INCOMING;
}

void smmu3_reset(struct smmu3 *s)
{
    for (unsigned i = 0; i < SMMU3_SPACES; i++) {
        smmu3_lock(s);
        s->bank[i].regs.cr0 = 0; /* from here on nothing stalls */
        smmu3_unlock(s);
        smmu3_stall_term_all(s, &s->bank[i]);
    }
    smmu3_lock(s);
    for (unsigned i = 0; i < SMMU3_SPACES; i++) {
        smmu3_eventq_abandon(s, &s->bank[i]);
        reset_bank(s, (enum smmu3_space)i);
    }
    smmu3_atc_inv_abandon(s);
    smmu3_tlb_clear(&s->tlb);
    smmu3_tlb_clear(&s->walk_cache);
    smmu3_cfgcache_clear(&s->config_cache);
    memset(&s->stats, 0, sizeof(s->stats));
    s->tbi_seen = false;
    s->epoch++;
    smmu3_unlock(s);
    smmu3_inval_results(s);
}

static bool init_banks(struct smmu3 *s)
{
    bool stalls = s->features.stall_model != SMMU3_STALL_MODEL_NONE;

    for (unsigned i = 0; i < SMMU3_SPACES; i++) {
        if (!smmu3_eventq_init(&s->bank[i].eventq, s->features.eventqs) ||
            !smmu3_stalls_init(&s->bank[i].stalls,
                               stalls ? s->features.stall_max : 0)) {
            return false;
        }
        s->bank[i].space = (enum smmu3_space)i;
        reset_bank(s, (enum smmu3_space)i);
    }
    return true;
}

struct smmu3 *smmu3_new(const struct smmu3_params *params,
                        const struct smmu3_host *host,
                        const struct smmu3_observer *observer,
                        const char **error)
{
    struct smmu3 *s;

    *error = check_params(params);
    if (*error) {
        return NULL;
    }
    s = calloc(1, sizeof(*s));
    if (!s) {
        *error = "no memory";
        return NULL;
    }
    s->host = *host;
    if (observer) {
        s->observer = *observer;
    }
    s->features = params->f;
    s->features.ias = params->f.oas; /* TTF without AArch32 (3.4) */
    if (!smmu3_tlb_init(&s->tlb, params->tlb_entries) ||
        !smmu3_tlb_init(&s->walk_cache, params->walk_cache_entries) ||
        !smmu3_cfgcache_init(&s->config_cache, params->config_cache_entries) ||
        !init_banks(s)) {
        *error = "no memory";
        smmu3_free(s);
        return NULL;
    }
    return s;
}

void smmu3_free(struct smmu3 *s)
{
    if (s) {
        smmu3_tlb_free(&s->tlb);
        smmu3_tlb_free(&s->walk_cache);
        smmu3_cfgcache_free(&s->config_cache);
        for (unsigned i = 0; i < SMMU3_SPACES; i++) {
            smmu3_eventq_free(&s->bank[i].eventq);
            smmu3_stalls_free(&s->bank[i].stalls);
        }
        free(s);
    }
}

void smmu3_get_stats(struct smmu3 *s, struct smmu3_stats *stats)
{
    smmu3_lock(s);
    *stats = s->stats;
    smmu3_unlock(s);
}
