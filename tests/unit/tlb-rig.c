/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which TLB entries a command removes. See tlb-rig.h.
 * Tests only.
 */
#include "tlb-rig.h"

/* Per stream: 16 MiB of tables, a CD, 4 GiB of outputs. Stage-2 tables go by
 * VMID. */
#define TABLES(i) (UINT64_C(0x20000000) + 0x1000000 * (uint64_t)(i))
#define S2_TABLES(vmid) (UINT64_C(0x80000000) + 0x1000000 * (uint64_t)(vmid))
#define CD_AT(i) (RIG_CD + 64 * (uint64_t)(i))
#define OUTPUT(i) (UINT64_C(0x1000000000) + UINT64_C(0x100000000) * (i))
#define IPA_OF(i) (UINT64_C(0x8000000000) + UINT64_C(0x40000000) * (i))
/* Far enough to be another page at any level. */
#define MOVED UINT64_C(0x40000000)

static void make_stream(struct tlb_rig *t, unsigned i)
{
    const struct stream *st = &t->streams[i];
    struct rig *r = t->r;
    unsigned granule = st->granule ? st->granule : 12;
    struct ste ste;
    struct cd cd = cd_make(TABLES(i), granule, 25);

    t->map[i] = map_s1(&r->h, TABLES(i), granule, 25, TABLES(i) + 0x100000);
    t->map2[i] = map_s2(&r->h, S2_TABLES(st->vmid), 12, 24, 1,
                        S2_TABLES(st->vmid) + 0x10000);
    t->map2[i].next += 0x100000 * (uint64_t)i;
    switch (st->kind) {
    case ST_S2:
        ste = ste_s2(S2_TABLES(st->vmid), 12, 24, 1);
        break;
    case ST_NESTED:
        ste = ste_nested(CD_AT(i), S2_TABLES(st->vmid), 12, 24, 1);
        map_at(&t->map2[i], CD_AT(i), 2,
               (CD_AT(i) & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
        for (unsigned k = 0; k < 8; k++) {
            uint64_t at = TABLES(i) + 0x200000 * (uint64_t)k;

            map_at(&t->map2[i], at, 2, at | D_BLOCK | D_S2ALL);
        }
        break;
    default:
        ste = ste_s1(CD_AT(i));
        set_bits(ste.w, 95, 94, st->kind == ST_EL2 ? 2 : 0);
        break;
    }
    set_bits(ste.w, 143, 128, st->vmid);
    set_bits(cd.w, 63, 48, st->asid);
    rig_set_ste(r, st->sid, ste);
    rig_set_cd(r, CD_AT(i), cd);
}

/* Output of an entry, before or after the leaf was moved. */
static uint64_t out_of(const struct tlb_rig *t, unsigned n, bool moved)
{
    const struct entry *e = &t->entries[n];

    return OUTPUT(e->stream) + (e->va & 0x3fffffff) + (moved ? MOVED : 0);
}

static void put_leaf(struct tlb_rig *t, unsigned n, bool moved)
{
    const struct entry *e = &t->entries[n];
    const struct stream *st = &t->streams[e->stream];
    int level = e->level ? (int)e->level : 3;
    uint64_t type = level == 3 ? D_PAGE : D_BLOCK;
    struct mapper *m = &t->map[e->stream], *m2 = &t->map2[e->stream];
    uint64_t out = out_of(t, n, moved), ipa;
    uint64_t mask = UINT64_MAX << level_lo(m->granule, level);

    if (st->kind == ST_S2) {
        map_at(m2, e->va, level, (out & mask) | type | D_S2ALL);
        return;
    }
    if (st->kind == ST_NESTED) {
        /* Stage 1 moves; stage 2 maps both by pages. */
        ipa =
            IPA_OF(e->stream) + (e->va & 0xfffffff) + (moved ? 0x10000000 : 0);
        map_at(m2, ipa, 3, (out & ~UINT64_C(0xfff)) | D_PAGE | D_S2ALL);
        out = ipa;
    }
    map_at(m, e->va, level,
           (out & mask) | type | D_EL0 | D_AF | (e->global ? 0 : D_NG));
}

void tlb_rig_init(struct tlb_rig *t, const struct smmu3_params *params,
                  bool e2h, const struct stream *streams, unsigned n_streams,
                  const struct entry *entries, unsigned n_entries)
{
    memset(t, 0, sizeof(*t));
    t->r = rig_new_with(params);
    t->streams = streams;
    t->entries = entries;
    t->n_streams = n_streams;
    t->n_entries = n_entries;
    if (e2h) {
        wr32(t->r, O_CR0, 0xc);
        wr32(t->r, O_CR2, 3);
        wr32(t->r, O_CR0, 0xd);
    }
    for (unsigned i = 0; i < n_streams; i++) {
        make_stream(t, i);
    }
}

void tlb_rig_fini(struct tlb_rig *t)
{
    rig_free(t->r);
}

void tlb_rig_fill(struct tlb_rig *t)
{
    for (unsigned n = 0; n < t->n_entries; n++) {
        put_leaf(t, n, false);
    }
    rig_forget(t->r);
    for (unsigned n = 0; n < t->n_entries; n++) {
        CHECK_OK(t->r, t->streams[t->entries[n].stream].sid, t->entries[n].va,
                 "r", out_of(t, n, false));
    }
    for (unsigned n = 0; n < t->n_entries; n++) {
        put_leaf(t, n, true);
    }
    t->r->h.n_stale = 0;
}

uint32_t tlb_rig_gone(struct tlb_rig *t)
{
    uint32_t gone = 0;

    for (unsigned n = 0; n < t->n_entries; n++) {
        struct smmu3_result res = rig_go(
            t->r, t->streams[t->entries[n].stream].sid, t->entries[n].va, "r");

        CHECK_EQ(res.outcome, SMMU3_OK);
        if (res.pa == out_of(t, n, true)) {
            gone |= 1u << n;
        } else {
            CHECK_EQ(res.pa, out_of(t, n, false));
        }
    }
    return gone;
}

uint32_t tlb_rig_told(struct tlb_rig *t)
{
    uint32_t told = 0;

    for (unsigned n = 0; n < t->n_entries; n++) {
        uint32_t sid = t->streams[t->entries[n].stream].sid;

        for (unsigned i = 0; i < t->r->h.n_stale; i++) {
            const struct smmu3_stale *s = &t->r->h.stale[i];

            if (sid >= s->sid_first && sid <= s->sid_last &&
                t->entries[n].va >= s->addr_first &&
                t->entries[n].va <= s->addr_last) {
                told |= 1u << n;
            }
        }
    }
    return told;
}
