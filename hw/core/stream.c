/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a stream's configuration, through the configuration cache (3.3,
 * 5.2, 5.4).
 * Layer L3.
 */
#include "config.h"
#include "xlat.h"

#include "smmu3/cd.h"
#include "smmu3/observer.h"
#include "smmu3/regs.h"
#include "smmu3/ste.h"

static void observe(struct smmu3_xlat *x, enum smmu3_obs_kind kind,
                    uint64_t addr, const uint64_t *words, bool cached)
{
    if (smmu3_xlat_is_observed(x)) {
        struct smmu3_obs obs = { .kind = kind };

        obs.config.addr = addr;
        obs.config.words = words;
        obs.config.cached = cached;
        smmu3_xlat_observe(x, &obs);
    }
}

static bool cached_ste(struct smmu3_xlat *x, struct smmu3_ste_entry *e)
{
    const struct smmu3_ste_entry *found;

    if (!x->caches) {
        return false;
    }
    smmu3_lock(x->s);
    found =
        smmu3_cfgcache_ste(&x->s->config_cache, x->bank->space, x->txn->sid);
    if (found) {
        *e = *found;
    }
    smmu3_unlock(x->s);
    return found;
}

/* False with the fault set: C_BAD_STREAMID or F_STE_FETCH, neither of which is
 * ever cached. */
static bool fetched_ste(struct smmu3_xlat *x, struct smmu3_ste_entry *e)
{
    struct smmu3 *s = x->s;
    uint64_t addr = 0;
    enum smmu3_event event;

    e->space = x->bank->space;
    e->sid = x->txn->sid;
    event =
        smmu3_ste_fetch(&s->features, &s->host, x->bank->space, x->strtab_base,
                        x->strtab_base_cfg, e->sid, e->words, &addr);
    observe(x, SMMU3_OBS_STE, addr, event == SMMU3_EVENT_NONE ? e->words : NULL,
            false);
    switch (event) {
    case SMMU3_EVENT_NONE:
        break;
    case SMMU3_C_BAD_STREAMID:
        return smmu3_xlat_fail(x, event,
                               x->cr2 & SMMU3_CR2_RECINVSID
                                   ? SMMU3_FAULT_ALWAYS
                                   : SMMU3_FAULT_SILENT);
    default:
        x->fault.fetch_addr = addr;
        return smmu3_xlat_fail(x, event, SMMU3_FAULT_ALWAYS);
    }
    smmu3_ste_decode(&s->features, e->space, e->words, &e->ste);
    /* ATSCHK is kept with the STE: changing it needs CFGI (3.9.2). */
    if (e->ste.eats == SMMU3_STE_EATS_SPLIT && !(x->cr0 & SMMU3_CR0_ATSCHK)) {
        e->ste.eats = SMMU3_STE_EATS_OFF;
    }
    if (x->caches) {
        smmu3_lock(s);
        if (s->epoch == x->epoch) {
            smmu3_cfgcache_fill_ste(&s->config_cache, e);
        }
        smmu3_unlock(s);
    }
    return true;
}

/* The StreamWorld (3.3.4). */
static enum smmu3_world world_of(const struct smmu3_xlat *x,
                                 const struct smmu3_ste *ste)
{
    bool e2h = x->cr2 & SMMU3_CR2_E2H;

    switch (ste->strw) {
    case SMMU3_STE_STRW_EL3:
        return SMMU3_WORLD_EL3;
    case SMMU3_STE_STRW_EL2:
        if (ste->secure) {
            return e2h ? SMMU3_WORLD_S_EL2_E2H : SMMU3_WORLD_S_EL2;
        }
        return e2h ? SMMU3_WORLD_EL2_E2H : SMMU3_WORLD_EL2;
    default:
        return ste->secure ? SMMU3_WORLD_S_EL1 : SMMU3_WORLD_NS_EL1;
    }
}

/*
 * The VMID that tags a stream's translations: S2VMID, of Non-secure streams
 * with stage 1 alone too, but not where the world or the SMMU has none (5.2
 * S2VMID).
 */
static uint16_t vmid_of(const struct smmu3_xlat *x, const struct smmu3_ste *ste)
{
    switch (x->world) {
    case SMMU3_WORLD_NS_EL1:
        return x->s->features.s2p ? ste->s2vmid : 0;
    case SMMU3_WORLD_S_EL1:
        return ste->s2 ? ste->s2vmid : 0;
    default:
        return 0;
    }
}

bool smmu3_find_ste(struct smmu3_xlat *x)
{
    struct smmu3_ste_entry e;

    if (cached_ste(x, &e)) {
        x->n.config_hits++;
        observe(x, SMMU3_OBS_STE, 0, e.words, true);
    } else {
        x->n.config_misses++;
        if (!fetched_ste(x, &e)) {
            return false;
        }
    }
    if (e.ste.illegal || smmu3_stall_bad_ste(x, &e.ste)) {
        return smmu3_xlat_fail(x, SMMU3_C_BAD_STE, SMMU3_FAULT_ALWAYS);
    }
    x->ste = e.ste;
    x->world = world_of(x, &e.ste);
    x->vmid = vmid_of(x, &e.ste);
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
                              0, x->world);
    if (found) {
        *e = *found;
    }
    smmu3_unlock(x->s);
    return found;
}

/* Reads the CD, whose address is an IPA if the stream has a stage 2. */
static bool read_cd(struct smmu3_xlat *x, uint64_t words[SMMU3_CD_WORDS])
{
    uint8_t raw[SMMU3_CD_SIZE];
    uint64_t pa = x->ste.s1contextptr;
    enum smmu3_space space = x->bank->space;

    if (x->ste.s2) {
        struct smmu3_s2_hit hit;

        if (!smmu3_stage2(x,
                          (struct smmu3_ipa){ x->ste.s1contextptr,
                                              !x->ste.secure, SMMU3_CLASS_CD },
                          &hit)) {
            return false;
        }
        pa = hit.pa;
        space = hit.ns ? SMMU3_NS : SMMU3_S;
    }
    if (!x->s->host.read(x->s->host.opaque, space, pa, raw, sizeof(raw))) {
        x->fault.fetch_addr = pa;
        return smmu3_xlat_fail(x, SMMU3_F_CD_FETCH, SMMU3_FAULT_ALWAYS);
    }
    for (unsigned i = 0; i < SMMU3_CD_WORDS; i++) {
        words[i] = smmu3_ld64le(raw + 8 * i);
    }
    return true;
}

static bool fetched_cd(struct smmu3_xlat *x, struct smmu3_cd_entry *e)
{
    struct smmu3 *s = x->s;

    e->space = x->bank->space;
    e->sid = x->txn->sid;
    e->ssid = 0;
    e->world = x->world;
    if (!read_cd(x, e->words)) {
        observe(x, SMMU3_OBS_CD, x->ste.s1contextptr, NULL, false);
        return false;
    }
    observe(x, SMMU3_OBS_CD, x->ste.s1contextptr, e->words, false);
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
        observe(x, SMMU3_OBS_CD, 0, e.words, true);
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
