/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a stream's STE, through the configuration cache (3.3, 5.1, 5.2).
 * Layer L3.
 */
#include "config.h"
#include "override.h"
#include "tables.h"
#include "xlat.h"

#include "smmu3/observer.h"
#include "smmu3/regs.h"
#include "smmu3/ste.h"

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

/*
 * Where the STE lies: event, or SMMU3_EVENT_NONE with its address. An L1STD is
 * cached once it has led to an STE, and C_BAD_STREAMID never: Linux adds
 * level-2 arrays without CFGI_STE (Leaf = 0).
 */
static enum smmu3_event locate_ste(struct smmu3_xlat *x, uint64_t *addr)
{
    struct smmu3 *s = x->s;
    uint32_t sid = x->txn->sid;
    struct smmu3_l1_key key = { .space = x->bank->space };
    enum smmu3_event event;
    unsigned split = 0;
    uint64_t l1std = 0;
    uint64_t at;
    bool cached;

    event = smmu3_strtab_lookup(&s->features, key.space, x->strtab_base,
                                x->strtab_base_cfg, sid, &split, addr);
    if (event != SMMU3_EVENT_NONE || split == 0) {
        return event;
    }
    at = *addr;
    key.split = (uint8_t)split;
    key.index = sid >> split;
    cached = smmu3_xlat_l1_cached(x, &key, &l1std);
    if (!cached && !smmu3_xlat_read(x, key.space, at, &l1std, 1)) {
        smmu3_xlat_observe_config(x, SMMU3_OBS_L1STD, at, NULL, false);
        return SMMU3_F_STE_FETCH;
    }
    smmu3_xlat_observe_config(x, SMMU3_OBS_L1STD, at, &l1std, cached);
    event = smmu3_l1std_lookup(&s->features, l1std, split, sid, addr);
    if (!cached && event == SMMU3_EVENT_NONE) {
        smmu3_xlat_l1_fill(x, &key, l1std);
    }
    return event;
}

/* False with the fault set: C_BAD_STREAMID or F_STE_FETCH, neither of which is
 * ever cached. */
static bool fetched_ste(struct smmu3_xlat *x, struct smmu3_ste_entry *e)
{
    struct smmu3 *s = x->s;
    uint64_t addr = 0;
    enum smmu3_event event = locate_ste(x, &addr);

    e->space = x->bank->space;
    e->sid = x->txn->sid;
    if (event == SMMU3_EVENT_NONE &&
        !smmu3_xlat_read(x, e->space, addr, e->words, SMMU3_STE_WORDS)) {
        event = SMMU3_F_STE_FETCH;
    }
    smmu3_xlat_observe_config(x, SMMU3_OBS_STE, addr,
                              event == SMMU3_EVENT_NONE ? e->words : NULL,
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
        smmu3_xlat_observe_config(x, SMMU3_OBS_STE, 0, e.words, true);
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
    /* ATOS takes the attributes of the request (9.1.3). */
    if (!x->atos) {
        smmu3_xlat_override(x, smmu3_override_of_ste(&x->s->features, e.words));
    }
    return true;
}
