/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invalidation of the caches, and the word to those who keep results (3.17,
 * 4.3, 4.4).
 * Layer L3.
 */
#include "state.h"

static void tell_host(struct smmu3 *s, const struct smmu3_stale *stale)
{
    if (s->host.stale) {
        s->host.stale(s->host.opaque, stale);
    }
}

void smmu3_inval_ste_range(struct smmu3 *s, enum smmu3_space space,
                           uint32_t first, uint32_t last, bool leaf)
{
    smmu3_lock(s);
    smmu3_cfgcache_invalidate(&s->config_cache, space, first, last, leaf);
    s->epoch++;
    smmu3_unlock(s);
    tell_host(s, &(struct smmu3_stale){ space, first, last, 0, UINT64_MAX });
}

void smmu3_inval_cd(struct smmu3 *s, enum smmu3_space space, uint32_t sid,
                    bool all, uint32_t ssid, bool leaf)
{
    smmu3_lock(s);
    smmu3_cfgcache_invalidate_cd(&s->config_cache, space, sid, all, ssid, leaf);
    s->epoch++;
    smmu3_unlock(s);
    tell_host(s, &(struct smmu3_stale){ space, sid, sid, 0, UINT64_MAX });
}

/*
 * log2 of the largest leaf of a granule: at @level, or if that is 0 at any.
 * Blocks are at level 2, and of 4K also at level 1; one level higher where
 * descriptors hold 52 bits.
 */
static unsigned largest_of(const struct smmu3_features *f, unsigned granule,
                           unsigned level)
{
    bool wide = granule == 16 ? f->oas >= 52 : f->ds;
    unsigned top = (granule == 12 ? 1u : 2u) - wide;

    return granule + (granule - 3) * (3 - (level ? level : top));
}

/* log2 of the largest leaf that @scope can remove: one address in it ends the
 * whole leaf's translation, of which somebody may keep a piece elsewhere. */
static unsigned largest_leaf(const struct smmu3_features *f,
                             const struct smmu3_tlb_scope *scope)
{
    unsigned largest = 0;

    if (scope->granule_lg2) {
        return largest_of(f, scope->granule_lg2, scope->level);
    }
    for (unsigned granule = 12; granule <= 16; granule += 2) {
        unsigned lg2 = largest_of(f, granule, 0);

        largest = lg2 > largest ? lg2 : largest;
    }
    return largest;
}

void smmu3_inval_tlb(struct smmu3 *s, const struct smmu3_tlb_scope *scope)
{
    struct smmu3_stale stale = { SMMU3_SPACES, 0, UINT32_MAX, 0, UINT64_MAX };

    smmu3_lock(s);
    smmu3_tlb_invalidate(&s->tlb, scope);
    smmu3_tlb_invalidate_walks(&s->walk_cache, scope);
    s->epoch++;
    /* An IPA is the input address of some streams and not of others; a tagged
     * address is not the one that the command names. */
    if (scope->by_addr && scope->kinds & 1u << SMMU3_TLB_S1 && !s->tbi_seen) {
        uint64_t leaf = smmu3_low(largest_leaf(&s->features, scope));

        stale.addr_first = scope->first & ~leaf;
        stale.addr_last = scope->last | leaf;
    }
    smmu3_unlock(s);
    tell_host(s, &stale);
}

void smmu3_inval_all(struct smmu3 *s)
{
    smmu3_lock(s);
    smmu3_tlb_clear(&s->tlb);
    smmu3_tlb_clear(&s->walk_cache);
    smmu3_cfgcache_clear(&s->config_cache);
    smmu3_unlock(s);
    smmu3_inval_results(s);
}

void smmu3_inval_results(struct smmu3 *s)
{
    smmu3_lock(s);
    s->epoch++;
    smmu3_unlock(s);
    tell_host(
        s, &(struct smmu3_stale){ SMMU3_SPACES, 0, UINT32_MAX, 0, UINT64_MAX });
}
