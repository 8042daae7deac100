/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which CD a transaction uses, and finding it, through the configuration cache
 * (3.3.2, 5.2 S1DSS and S1CDMax, 5.3, 5.4).
 * Layer L3.
 */
#include "config.h"
#include "tables.h"
#include "xlat.h"

#include "smmu3/cd.h"
#include "smmu3/observer.h"
#include "smmu3/ste.h"

bool smmu3_find_substream(struct smmu3_xlat *x)
{
    const struct smmu3_ste *ste = &x->ste;
    const struct smmu3_txn *txn = x->txn;

    x->s1 = ste->s1;
    x->ssid = 0;
    if (txn->ssv) {
        /* s1cdmax is 0 also where there is no stage 1. */
        if (ste->s1cdmax == 0 || txn->ssid >> ste->s1cdmax) {
            return smmu3_xlat_fail(x, SMMU3_C_BAD_SUBSTREAMID,
                                   SMMU3_FAULT_ALWAYS);
        }
        if (txn->ssid == 0 && ste->s1dss == SMMU3_STE_S1DSS_SSID0) {
            return smmu3_xlat_fail(x, SMMU3_F_STREAM_DISABLED,
                                   SMMU3_FAULT_ALWAYS);
        }
        x->ssid = txn->ssid;
        return true;
    }
    if (ste->s1cdmax == 0 || ste->s1dss == SMMU3_STE_S1DSS_SSID0) {
        return true;
    }
    if (ste->s1dss != SMMU3_STE_S1DSS_BYPASS) {
        return smmu3_xlat_fail(x, SMMU3_F_STREAM_DISABLED, SMMU3_FAULT_ALWAYS);
    }
    x->s1 = false;
    return true;
}

static bool cached_cd(struct smmu3_xlat *x, struct smmu3_cd_entry *e)
{
    const struct smmu3_cd_entry *found;

    if (!x->caches) {
        return false;
    }
    smmu3_lock(x->s);
    found = smmu3_cfgcache_cd(&x->s->config_cache, x->bank->space, x->txn->sid,
                              x->ssid, x->world);
    if (found) {
        *e = *found;
    }
    smmu3_unlock(x->s);
    return found;
}

/* Reads from a CD table: @addr is an IPA if the stream has a stage 2. */
static bool read_cdtab(struct smmu3_xlat *x, uint64_t addr, uint64_t *words,
                       unsigned count)
{
    uint64_t pa = addr;
    enum smmu3_space space = x->bank->space;

    if (x->ste.s2) {
        struct smmu3_s2_hit hit;

        if (!smmu3_stage2(x,
                          (struct smmu3_ipa){ addr, !x->ste.secure,
                                              SMMU3_CLASS_CD, false },
                          &hit)) {
            return false;
        }
        pa = hit.pa;
        space = hit.ns ? SMMU3_NS : SMMU3_S;
    }
    /* Too large only in v3.0, which fetches nothing then (3.4.3). */
    if (pa & ~smmu3_low(x->s->features.oas) ||
        !smmu3_xlat_read(x, space, pa, words, count)) {
        x->fault.fetch_addr = pa;
        return smmu3_xlat_fail(x, SMMU3_F_CD_FETCH, SMMU3_FAULT_ALWAYS);
    }
    return true;
}

/* The address of the CD. False with the fault set. An L1CD is cached whatever
 * it holds (5.3.1). */
static bool locate_cd(struct smmu3_xlat *x, uint64_t *addr)
{
    const struct smmu3_features *f = &x->s->features;
    struct smmu3_l1_key key = { .space = x->bank->space,
                                .cd = true,
                                .split = x->ste.cd_split,
                                .sid = x->txn->sid,
                                .index = x->ssid >> x->ste.cd_split };
    uint64_t at = smmu3_cdtab_addr(&x->ste, x->ssid);
    uint64_t l1cd = 0;
    unsigned bits;
    bool cached;

    *addr = at;
    if (x->ste.cd_split == 0) {
        return true;
    }
    cached = smmu3_xlat_l1_cached(x, &key, &l1cd);
    if (!cached) {
        if (!read_cdtab(x, at, &l1cd, 1)) {
            smmu3_xlat_observe_config(x, SMMU3_OBS_L1CD, at, NULL, false);
            return false;
        }
        smmu3_xlat_l1_fill(x, &key, l1cd);
    }
    smmu3_xlat_observe_config(x, SMMU3_OBS_L1CD, at, &l1cd, cached);
    /* v3.0 takes a physical L2Ptr of any size, and faults at the fetch. */
    bits = x->ste.s2 ? f->ias : f->arch_minor >= 1 ? f->oas : 64;
    if (!smmu3_l1cd_lookup(&x->ste, l1cd, x->ssid, addr) ||
        *addr & ~smmu3_low(bits)) {
        return smmu3_xlat_fail(x, SMMU3_C_BAD_SUBSTREAMID, SMMU3_FAULT_ALWAYS);
    }
    return true;
}

static bool fetched_cd(struct smmu3_xlat *x, struct smmu3_cd_entry *e)
{
    struct smmu3 *s = x->s;
    uint64_t addr;

    e->space = x->bank->space;
    e->sid = x->txn->sid;
    e->ssid = x->ssid;
    e->world = x->world;
    if (!locate_cd(x, &addr)) {
        return false;
    }
    if (!read_cdtab(x, addr, e->words, SMMU3_CD_WORDS)) {
        smmu3_xlat_observe_config(x, SMMU3_OBS_CD, addr, NULL, false);
        return false;
    }
    smmu3_xlat_observe_config(x, SMMU3_OBS_CD, addr, e->words, false);
    smmu3_cd_decode(&s->features, x->world, e->words, &e->cd);
    smmu3_lock(s);
    if (x->caches && s->epoch == x->epoch) {
        smmu3_cfgcache_fill_cd(&s->config_cache, e);
    }
    s->tbi_seen |= e->cd.half[0].tbi || e->cd.half[1].tbi;
    smmu3_unlock(s);
    return true;
}

bool smmu3_find_cd(struct smmu3_xlat *x)
{
    struct smmu3_cd_entry e;

    if (cached_cd(x, &e)) {
        x->n.config_hits++;
        smmu3_xlat_observe_config(x, SMMU3_OBS_CD, 0, e.words, true);
    } else {
        x->n.config_misses++;
        if (!fetched_cd(x, &e)) {
            return false;
        }
    }
    if (e.cd.illegal || smmu3_stall_bad_cd(x, &e.cd)) {
        return smmu3_xlat_fail(x, SMMU3_C_BAD_CD, SMMU3_FAULT_ALWAYS);
    }
    x->cd = e.cd;
    return true;
}
