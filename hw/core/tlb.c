/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache of translations, or of table descriptors: tags, look-up, fill,
 * invalidation (3.17, 4.4).
 * Layer L2.
 */
#include "tlb.h"

#include <stdlib.h>
#include <string.h>

#define WAYS 4u

bool smmu3_tlb_init(struct smmu3_tlb *t, unsigned entries)
{
    memset(t, 0, sizeof(*t));
    if (entries == 0) {
        return true;
    }
    t->ways = entries < WAYS ? entries : WAYS;
    t->sets = entries / t->ways;
    t->entries = calloc((size_t)t->sets * t->ways, sizeof(*t->entries));
    t->victim = calloc(t->sets, sizeof(*t->victim));
    if (!t->entries || !t->victim) {
        smmu3_tlb_free(t);
        return false;
    }
    return true;
}

void smmu3_tlb_free(struct smmu3_tlb *t)
{
    free(t->entries);
    free(t->victim);
    memset(t, 0, sizeof(*t));
}

void smmu3_tlb_clear(struct smmu3_tlb *t)
{
    if (t->sets) {
        memset(t->entries, 0, (size_t)t->sets * t->ways * sizeof(*t->entries));
    }
    memset(t->live, 0, sizeof(t->live));
    t->used = 0;
}

/* The first entry of the set for a region. Global entries are found under any
 * ASID, so the ASID is no part of the hash. */
static struct smmu3_tlb_entry *set_of(const struct smmu3_tlb *t,
                                      struct smmu3_tlb_tag tag, uint64_t input,
                                      unsigned lg2_size)
{
    uint64_t h = (lg2_size < 64 ? input >> lg2_size : 0) + lg2_size * 0x9e37u +
                 tag.vmid * 0x85ebca6bu + tag.kind * 0xc2b2u;

    /* Neighbouring pages fall into neighbouring sets. */
    h ^= h >> 21;
    return &t->entries[(size_t)(h % t->sets) * t->ways];
}

static bool tag_matches(const struct smmu3_tlb_entry *e,
                        struct smmu3_tlb_tag tag)
{
    return e->valid && e->tag.kind == tag.kind && e->tag.world == tag.world &&
           e->tag.vmid == tag.vmid && e->tag.aset == tag.aset &&
           e->tag.ns == tag.ns && (e->global || e->tag.asid == tag.asid);
}

const struct smmu3_tlb_entry *smmu3_tlb_lookup_size(const struct smmu3_tlb *t,
                                                    struct smmu3_tlb_tag tag,
                                                    uint64_t input,
                                                    unsigned lg2_size)
{
    const struct smmu3_tlb_entry *e;
    uint64_t base = input & ~smmu3_low(lg2_size);

    if (t->live[tag.kind][lg2_size] == 0) {
        return NULL;
    }
    e = set_of(t, tag, input, lg2_size);
    for (unsigned way = 0; way < t->ways; way++, e++) {
        if (e->input == base && e->lg2_size == lg2_size &&
            tag_matches(e, tag)) {
            return e;
        }
    }
    return NULL;
}

/* Sizes at which a translation can end: 4 KiB to 4 TiB; those of the parts of a
 * combined entry lie between. */
#define LG2_MIN 12u
#define LG2_MAX 42u

const struct smmu3_tlb_entry *smmu3_tlb_lookup(const struct smmu3_tlb *t,
                                               struct smmu3_tlb_tag tag,
                                               uint64_t input)
{
    for (unsigned lg2 = LG2_MIN; lg2 <= LG2_MAX; lg2++) {
        const struct smmu3_tlb_entry *e =
            smmu3_tlb_lookup_size(t, tag, input, lg2);
        if (e) {
            return e;
        }
    }
    return NULL;
}

bool smmu3_tlb_conflicts(const struct smmu3_tlb *t, struct smmu3_tlb_tag tag,
                         uint64_t input, const struct smmu3_tlb_entry *e)
{
    for (unsigned lg2 = LG2_MIN; lg2 <= LG2_MAX; lg2++) {
        uint64_t base = input & ~smmu3_low(lg2);
        const struct smmu3_tlb_entry *other;

        if (t->live[tag.kind][lg2] == 0) {
            continue;
        }
        other = set_of(t, tag, input, lg2);
        for (unsigned way = 0; way < t->ways; way++, other++) {
            if (other->input == base && other->lg2_size == lg2 &&
                tag_matches(other, tag) &&
                (lg2 != e->lg2_size || other->output != e->output)) {
                return true;
            }
        }
    }
    return false;
}

static void drop(struct smmu3_tlb *t, struct smmu3_tlb_entry *e)
{
    t->live[e->tag.kind][e->lg2_size]--;
    t->used--;
    e->valid = false;
}

void smmu3_tlb_fill(struct smmu3_tlb *t, const struct smmu3_tlb_entry *e)
{
    struct smmu3_tlb_entry *set;
    struct smmu3_tlb_entry *slot = NULL;

    if (t->sets == 0) {
        return;
    }
    set = set_of(t, e->tag, e->input, e->lg2_size);
    for (unsigned way = 0; way < t->ways; way++) {
        struct smmu3_tlb_entry *old = &set[way];

        if (!old->valid) {
            slot = slot ? slot : old;
        } else if (old->input == e->input && old->lg2_size == e->lg2_size &&
                   old->tag.kind == e->tag.kind &&
                   old->tag.world == e->tag.world &&
                   old->tag.vmid == e->tag.vmid &&
                   old->tag.asid == e->tag.asid &&
                   old->tag.aset == e->tag.aset && old->tag.ns == e->tag.ns &&
                   old->global == e->global) {
            slot = old;
            break;
        }
    }
    if (!slot) {
        uint8_t *victim = &t->victim[(size_t)(set - t->entries) / t->ways];

        slot = &set[*victim];
        *victim = (uint8_t)((*victim + 1u) % t->ways);
    }
    if (slot->valid) {
        drop(t, slot);
    }
    *slot = *e;
    slot->valid = true;
    t->live[e->tag.kind][e->lg2_size]++;
    t->used++;
}

/* Everything of a scope but level and leaf. */
static bool in_scope(const struct smmu3_tlb_entry *e,
                     const struct smmu3_tlb_scope *s)
{
    uint64_t size_mask = smmu3_low(e->lg2_scope);
    uint64_t first = e->input & ~size_mask;
    uint64_t last = e->input | size_mask;

    if (!(s->kinds & 1u << e->tag.kind) || !(s->worlds & 1u << e->tag.world) ||
        (s->by_vmid && (e->tag.vmid ^ s->vmid) & s->vmid_mask) ||
        (s->by_ns && e->tag.ns != s->ns)) {
        return false;
    }
    if (s->by_asid && (e->global ? s->spare_global : e->tag.asid != s->asid)) {
        return false;
    }
    if (s->granule_lg2 && e->granule_lg2 != s->granule_lg2) {
        return false;
    }
    return !s->by_addr || (first <= s->last && last >= s->first);
}

void smmu3_tlb_invalidate(struct smmu3_tlb *t,
                          const struct smmu3_tlb_scope *scope)
{
    for (size_t i = 0; t->used && i < (size_t)t->sets * t->ways; i++) {
        struct smmu3_tlb_entry *e = &t->entries[i];

        if (e->valid && in_scope(e, scope) &&
            (scope->level == 0 || e->level == scope->level)) {
            drop(t, e);
        }
    }
}

void smmu3_tlb_invalidate_walks(struct smmu3_tlb *t,
                                const struct smmu3_tlb_scope *scope)
{
    if (scope->leaf) {
        return;
    }
    for (size_t i = 0; t->used && i < (size_t)t->sets * t->ways; i++) {
        struct smmu3_tlb_entry *e = &t->entries[i];

        /* A level hint tells where the leaf is: tables lie above it. */
        if (e->valid && in_scope(e, scope) &&
            (scope->level == 0 || e->level < (int8_t)scope->level)) {
            drop(t, e);
        }
    }
}
