/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making an SMMU: parameters, ID registers, reset (6.3.1-6.3.8).
 * Layer L3.
 */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "smmu3/idr.h"

/* Queues have at most 2^19 entries (6.3.2). */
#define QUEUE_LOG2_MAX 19u

/* ArchMinor: v3.2, the lowest version whose mandatory features are all here
 * and whose RIL, BBML and FWB are (6.3.8, 2). */
#define ARCH_MINOR 2u

/* BBML 2: an entry is used whole, and no conflict is ever raised (3.21.1.2).
 */
#define BBML 2u

static const uint8_t oas_bits[] = { 32, 36, 40, 42, 44, 48 };

#define OAS_COUNT (sizeof(oas_bits) / sizeof(oas_bits[0]))

static unsigned oas_encoding(unsigned bits)
{
    unsigned i = 0;

    while (i < OAS_COUNT && oas_bits[i] != bits) {
        i++;
    }
    return i;
}

struct smmu3_params smmu3_params_default(void)
{
    return (struct smmu3_params){
        .s1p = true,
        .s2p = true,
        .tlb_entries = 4096,
        .walk_cache_entries = 512,
        .config_cache_entries = 256,
        .oas = 48,
        .sidsize = 16,
        .cmdqs = QUEUE_LOG2_MAX,
        .eventqs = QUEUE_LOG2_MAX,
    };
}

static const char *check_params(const struct smmu3_params *p)
{
    if (!p->s1p && !p->s2p) {
        return "s1p, s2p: one stage at least is needed";
    }
    if (oas_encoding(p->oas) == OAS_COUNT) {
        return "oas: not one of 32, 36, 40, 42, 44, 48";
    }
    if (p->sidsize > 32) {
        return "sidsize: more than 32";
    }
    if (p->cmdqs > QUEUE_LOG2_MAX) {
        return "cmdqs: more than 19";
    }
    if (p->eventqs > QUEUE_LOG2_MAX) {
        return "eventqs: more than 19";
    }
    if (p->tlb_entries > SMMU3_CACHE_ENTRIES_MAX) {
        return "tlb_entries: more than 1048576";
    }
    if (p->walk_cache_entries > SMMU3_CACHE_ENTRIES_MAX) {
        return "walk_cache_entries: more than 1048576";
    }
    if (p->config_cache_entries > SMMU3_CACHE_ENTRIES_MAX) {
        return "config_cache_entries: more than 1048576";
    }
    return NULL;
}

static void set_features(struct smmu3_features *f, const struct smmu3_params *p)
{
    f->s1p = p->s1p;
    f->s2p = p->s2p;
    /* v3.2: wherever both stages are (6.3.1 Hyp). */
    f->hyp = p->s1p && p->s2p;
    f->oas = (uint8_t)p->oas;
    f->ias = f->oas; /* TTF without AArch32 (3.4) */
    f->sidsize = (uint8_t)p->sidsize;
    f->cmdqs = (uint8_t)p->cmdqs;
    f->eventqs = (uint8_t)p->eventqs;
}

/* A field of a 32-bit register. */
static void put(uint32_t *reg, struct smmu3_field field, uint64_t value)
{
    uint64_t word = *reg;

    smmu3_put(&word, field, value);
    *reg = (uint32_t)word;
}

static void set_id_registers(struct smmu3_regs *r,
                             const struct smmu3_features *f)
{
    put(&r->idr[0], SMMU3_IDR0_S2P, f->s2p);
    put(&r->idr[0], SMMU3_IDR0_S1P, f->s1p);
    put(&r->idr[0], SMMU3_IDR0_TTF, SMMU3_TTF_AARCH64);
    put(&r->idr[0], SMMU3_IDR0_COHACC, 1);
    put(&r->idr[0], SMMU3_IDR0_HYP, f->hyp);
    put(&r->idr[0], SMMU3_IDR0_ASID16, f->s1p);
    put(&r->idr[0], SMMU3_IDR0_VMID16, f->s2p);
    put(&r->idr[0], SMMU3_IDR0_STALL_MODEL, SMMU3_STALL_MODEL_NONE);
    put(&r->idr[0], SMMU3_IDR0_ST_LEVEL, 1);

    put(&r->idr[1], SMMU3_IDR1_SIDSIZE, f->sidsize);
    put(&r->idr[1], SMMU3_IDR1_EVENTQS, f->eventqs);
    put(&r->idr[1], SMMU3_IDR1_CMDQS, f->cmdqs);

    put(&r->idr[3], SMMU3_IDR3_HAD, f->s1p);
    put(&r->idr[3], SMMU3_IDR3_XNX, f->s2p);
    put(&r->idr[3], SMMU3_IDR3_FWB, 1);
    put(&r->idr[3], SMMU3_IDR3_RIL, 1);
    put(&r->idr[3], SMMU3_IDR3_BBML, BBML);

    put(&r->idr[5], SMMU3_IDR5_OAS, oas_encoding(f->oas));
    put(&r->idr[5], SMMU3_IDR5_GRAN4K, 1);
    put(&r->idr[5], SMMU3_IDR5_GRAN16K, 1);
    put(&r->idr[5], SMMU3_IDR5_GRAN64K, 1);

    put(&r->iidr, SMMU3_IIDR_PRODUCTID, SMMU3_PRODUCT);
    put(&r->aidr, SMMU3_AIDR_MINOR, ARCH_MINOR);
}

/* Where the architecture says UNKNOWN, registers reset to 0. */
static void reset_registers(struct smmu3 *s)
{
    memset(&s->regs, 0, sizeof(s->regs));
    set_id_registers(&s->regs, &s->features);
    s->regs.gbpa = SMMU3_GBPA_SHCFG_INCOMING;
}

void smmu3_reset(struct smmu3 *s)
{
    smmu3_lock(s);
    smmu3_eventq_abandon(s);
    reset_registers(s);
    smmu3_tlb_clear(&s->tlb);
    smmu3_tlb_clear(&s->walk_cache);
    smmu3_cfgcache_clear(&s->config_cache);
    memset(&s->stats, 0, sizeof(s->stats));
    s->tbi_seen = false;
    s->epoch++;
    smmu3_unlock(s);
    smmu3_inval_results(s);
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
    set_features(&s->features, params);
    if (!smmu3_tlb_init(&s->tlb, params->tlb_entries) ||
        !smmu3_tlb_init(&s->walk_cache, params->walk_cache_entries) ||
        !smmu3_cfgcache_init(&s->config_cache, params->config_cache_entries) ||
        !smmu3_eventq_init(&s->eventq, params->eventqs)) {
        *error = "no memory";
        smmu3_free(s);
        return NULL;
    }
    reset_registers(s);
    return s;
}

void smmu3_free(struct smmu3 *s)
{
    if (s) {
        smmu3_tlb_free(&s->tlb);
        smmu3_tlb_free(&s->walk_cache);
        smmu3_cfgcache_free(&s->config_cache);
        smmu3_eventq_free(&s->eventq);
        free(s);
    }
}

void smmu3_get_stats(struct smmu3 *s, struct smmu3_stats *stats)
{
    smmu3_lock(s);
    *stats = s->stats;
    smmu3_unlock(s);
}
