/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration cache: STEs by StreamID, CDs by StreamID and SubstreamID,
 * and the level-1 descriptors that lead to them (3.17, 4.3).
 * Layer L2.
 */
#include "cfgcache.h"

#include <stdlib.h>
#include <string.h>

#define WAYS 4u

bool smmu3_cfgcache_init(struct smmu3_cfgcache *c, unsigned entries)
{
    memset(c, 0, sizeof(*c));
    if (entries == 0) {
        return true;
    }
    c->ways = entries < WAYS ? entries : WAYS;
    c->sets = entries / c->ways;
    c->stes = calloc((size_t)c->sets * c->ways, sizeof(*c->stes));
    c->cds = calloc((size_t)c->sets * c->ways, sizeof(*c->cds));
    c->l1s = calloc((size_t)c->sets * c->ways, sizeof(*c->l1s));
    c->ste_victim = calloc(c->sets, sizeof(*c->ste_victim));
    c->cd_victim = calloc(c->sets, sizeof(*c->cd_victim));
    c->l1_victim = calloc(c->sets, sizeof(*c->l1_victim));
    if (!c->stes || !c->cds || !c->l1s || !c->ste_victim || !c->cd_victim ||
        !c->l1_victim) {
        smmu3_cfgcache_free(c);
        return false;
    }
    return true;
}

void smmu3_cfgcache_free(struct smmu3_cfgcache *c)
{
    free(c->stes);
    free(c->cds);
    free(c->l1s);
    free(c->ste_victim);
    free(c->cd_victim);
    free(c->l1_victim);
    memset(c, 0, sizeof(*c));
}

void smmu3_cfgcache_clear(struct smmu3_cfgcache *c)
{
    smmu3_cfgcache_invalidate(c, SMMU3_NS, 0, UINT32_MAX, false);
    smmu3_cfgcache_invalidate(c, SMMU3_S, 0, UINT32_MAX, false);
}

static unsigned set_of(const struct smmu3_cfgcache *c, uint32_t sid,
                       uint32_t ssid)
{
    return (sid + ssid * 0x9e3779b1u) % c->sets;
}

const struct smmu3_ste_entry *smmu3_cfgcache_ste(const struct smmu3_cfgcache *c,
                                                 enum smmu3_space space,
                                                 uint32_t sid)
{
    const struct smmu3_ste_entry *e;

    if (c->sets == 0) {
        return NULL;
    }
    e = &c->stes[(size_t)set_of(c, sid, 0) * c->ways];
    for (unsigned way = 0; way < c->ways; way++, e++) {
        if (e->valid && e->space == space && e->sid == sid) {
            return e;
        }
    }
    return NULL;
}

const struct smmu3_cd_entry *smmu3_cfgcache_cd(const struct smmu3_cfgcache *c,
                                               enum smmu3_space space,
                                               uint32_t sid, uint32_t ssid,
                                               enum smmu3_world world)
{
    const struct smmu3_cd_entry *e;

    if (c->sets == 0) {
        return NULL;
    }
    e = &c->cds[(size_t)set_of(c, sid, ssid) * c->ways];
    for (unsigned way = 0; way < c->ways; way++, e++) {
        if (e->valid && e->space == space && e->sid == sid && e->ssid == ssid &&
            e->world == world) {
            return e;
        }
    }
    return NULL;
}

/* The way to fill: the one that holds the same, else a free one, else the
 * next victim. @held and @free_way are the ways found, or the number of ways.
 */
static unsigned choose_way(const struct smmu3_cfgcache *c, unsigned held,
                           unsigned free_way, uint8_t *victim)
{
    unsigned way = held < c->ways ? held : free_way;

    if (way == c->ways) {
        way = *victim;
        *victim = (uint8_t)((way + 1u) % c->ways);
    }
    return way;
}

void smmu3_cfgcache_fill_ste(struct smmu3_cfgcache *c,
                             const struct smmu3_ste_entry *e)
{
    unsigned held = c->ways;
    unsigned free_way = c->ways;
    unsigned n;
    struct smmu3_ste_entry *set;

    if (c->sets == 0) {
        return;
    }
    n = set_of(c, e->sid, 0);
    set = &c->stes[(size_t)n * c->ways];
    for (unsigned way = c->ways; way-- > 0;) {
        if (!set[way].valid) {
            free_way = way;
        } else if (set[way].space == e->space && set[way].sid == e->sid) {
            held = way;
        }
    }
    n = choose_way(c, held, free_way, &c->ste_victim[n]);
    set[n] = *e;
    set[n].valid = true;
}

void smmu3_cfgcache_fill_cd(struct smmu3_cfgcache *c,
                            const struct smmu3_cd_entry *e)
{
    unsigned held = c->ways;
    unsigned free_way = c->ways;
    unsigned n;
    struct smmu3_cd_entry *set;

    if (c->sets == 0) {
        return;
    }
    n = set_of(c, e->sid, e->ssid);
    set = &c->cds[(size_t)n * c->ways];
    for (unsigned way = c->ways; way-- > 0;) {
        if (!set[way].valid) {
            free_way = way;
        } else if (set[way].space == e->space && set[way].sid == e->sid &&
                   set[way].ssid == e->ssid) {
            held = way;
        }
    }
    n = choose_way(c, held, free_way, &c->cd_victim[n]);
    set[n] = *e;
    set[n].valid = true;
}

static bool same_key(const struct smmu3_l1_key *a, const struct smmu3_l1_key *b)
{
    return a->space == b->space && a->cd == b->cd && a->split == b->split &&
           a->sid == b->sid && a->index == b->index;
}

bool smmu3_cfgcache_l1(const struct smmu3_cfgcache *c,
                       const struct smmu3_l1_key *key, uint64_t *word)
{
    const struct smmu3_l1_entry *e;

    if (c->sets == 0) {
        return false;
    }
    e = &c->l1s[(size_t)set_of(c, key->sid, key->index) * c->ways];
    for (unsigned way = 0; way < c->ways; way++, e++) {
        if (e->valid && same_key(&e->key, key)) {
            *word = e->word;
            return true;
        }
    }
    return false;
}

void smmu3_cfgcache_fill_l1(struct smmu3_cfgcache *c,
                            const struct smmu3_l1_key *key, uint64_t word)
{
    unsigned held = c->ways;
    unsigned free_way = c->ways;
    unsigned n;
    struct smmu3_l1_entry *set;

    if (c->sets == 0) {
        return;
    }
    n = set_of(c, key->sid, key->index);
    set = &c->l1s[(size_t)n * c->ways];
    for (unsigned way = c->ways; way-- > 0;) {
        if (!set[way].valid) {
            free_way = way;
        } else if (same_key(&set[way].key, key)) {
            held = way;
        }
    }
    n = choose_way(c, held, free_way, &c->l1_victim[n]);
    set[n] = (struct smmu3_l1_entry){ true, *key, word };
}

/* Does L1STD @key lead to one of the StreamIDs @first to @last? */
static bool covers(const struct smmu3_l1_key *key, uint32_t first,
                   uint32_t last)
{
    return key->index >= first >> key->split &&
           key->index <= last >> key->split;
}

void smmu3_cfgcache_invalidate(struct smmu3_cfgcache *c, enum smmu3_space space,
                               uint32_t first, uint32_t last, bool leaf)
{
    for (size_t i = 0; i < (size_t)c->sets * c->ways; i++) {
        const struct smmu3_l1_key *key = &c->l1s[i].key;

        if (c->stes[i].space == space && c->stes[i].sid >= first &&
            c->stes[i].sid <= last) {
            c->stes[i].valid = false;
        }
        if (c->cds[i].space == space && c->cds[i].sid >= first &&
            c->cds[i].sid <= last) {
            c->cds[i].valid = false;
        }
        if (key->space == space &&
            (key->cd ? key->sid >= first && key->sid <= last
                     : !leaf && covers(key, first, last))) {
            c->l1s[i].valid = false;
        }
    }
}

void smmu3_cfgcache_invalidate_cd(struct smmu3_cfgcache *c,
                                  enum smmu3_space space, uint32_t sid,
                                  bool all, uint32_t ssid, bool leaf)
{
    for (size_t i = 0; i < (size_t)c->sets * c->ways; i++) {
        const struct smmu3_l1_key *key = &c->l1s[i].key;

        if (c->cds[i].space == space && c->cds[i].sid == sid &&
            (all || c->cds[i].ssid == ssid)) {
            c->cds[i].valid = false;
        }
        if (!leaf && key->cd && key->space == space && key->sid == sid &&
            (all || key->index == ssid >> key->split)) {
            c->l1s[i].valid = false;
        }
    }
}
