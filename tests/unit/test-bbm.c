/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Break-before-make levels 0, 1 and 2, nT, and F_TLB_CONFLICT (3.21.1; D.2,
 * F.3, F.4).
 */
#include "rig.h"

#define SID 9u
#define TTB UINT64_C(0x20000000)
#define NEXT UINT64_C(0x20100000)
#define TTB2 UINT64_C(0x40000000)
#define NEXT2 UINT64_C(0x40100000)
#define BLOCK UINT64_C(0x200000) /* input of the block */
#define OUT UINT64_C(0x60000000)

static struct smmu3_params bbml(unsigned level)
{
    struct smmu3_params p = rig_params();

    p.f.bbml = (uint8_t)level;
    p.f.arch_minor = level ? 2 : 1;
    return p;
}

struct bench {
    struct rig *r;
    struct mapper m;
    uint64_t all; /* attributes of a leaf that permits everything */
    bool s2;
};

static struct bench bench(unsigned level, bool s2)
{
    struct smmu3_params p = bbml(level);
    struct bench b = { .r = rig_new_with(&p), .s2 = s2 };

    if (s2) {
        b.m = map_s2(&b.r->h, TTB2, 12, 24, 1, NEXT2);
        b.all = D_S2ALL;
        rig_set_ste(b.r, SID, ste_s2(TTB2, 12, 24, 1));
    } else {
        b.m = map_s1(&b.r->h, TTB, 12, 25, NEXT);
        b.all = D_S1ALL;
        rig_set_ste(b.r, SID, ste_s1(RIG_CD));
        rig_set_cd(b.r, RIG_CD, cd_make(TTB, 12, 25));
    }
    return b;
}

static void invalidate(struct bench *b, uint64_t addr)
{
    rig_cmd(b->r,
            b->s2 ? cmd_tlbi(0x2a, 7, 0, addr) : cmd_tlbi(0x12, 7, 3, addr));
    rig_sync(b->r);
}

/* Two pages and then, in their place, one block; page 0 is cached. */
static void pages_to_block(struct bench *b, uint64_t nt)
{
    for (uint64_t i = 0; i < 2; i++) {
        map_at(&b->m, BLOCK + (i << 12), 3,
               (OUT + (i << 12)) | D_PAGE | b->all);
    }
    CHECK_OK(b->r, SID, BLOCK, "r", OUT);
    map_put(&b->m, map_find(&b->m, BLOCK, 2), OUT | D_BLOCK | b->all | nt);
    /* The cached table would lead to page 1. */
    rig_cmd(b->r, b->s2 ? cmd_tlbi(0x2a, 7, 0, BLOCK + 0x1000)
                        : cmd_tlbi(0x12, 7, 3, BLOCK + 0x1000));
    rig_sync(b->r);
    CHECK_OK(b->r, SID, BLOCK + 0x5000, "r", OUT + 0x5000);
}

static bool conflict(struct bench *b, uint64_t addr, const char *how,
                     uint64_t dw1)
{
    if (b->s2) {
        return CHECK_ABORT(b->r, SID, addr, how, 0x0000000900000020,
                           dw1 | UINT64_C(1) << 39, addr,
                           addr & ~UINT64_C(0xfff));
    }
    return CHECK_ABORT(b->r, SID, addr, how, 0x0000000900000020, dw1, addr, 0);
}

static void change_size(gconstpointer data)
{
    unsigned level = GPOINTER_TO_UINT(data) & 3;
    struct bench b = bench(level, GPOINTER_TO_UINT(data) >> 2);

    pages_to_block(&b, 0);
    if (level == 2) {
        CHECK_OK(b.r, SID, BLOCK + 0x123, "r", OUT + 0x123);
    } else {
        conflict(&b, BLOCK + 0x123, "r", UINT64_C(1) << 35);
        conflict(&b, BLOCK + 0x123, "w", 0);
        conflict(&b, BLOCK + 0x123, "xp",
                 UINT64_C(1) << 35 | UINT64_C(1) << 34 | UINT64_C(1) << 33);
    }
    /* No other address is ambiguous, and an invalidation ends it. */
    CHECK_OK(b.r, SID, BLOCK + 0x1000, "r", OUT + 0x1000);
    invalidate(&b, BLOCK);
    CHECK_OK(b.r, SID, BLOCK + 0x123, "r", OUT + 0x123);
    rig_free(b.r);
}

/* Break-before-make: no conflict at any level. */
static void proper(gconstpointer data)
{
    struct bench b =
        bench(GPOINTER_TO_UINT(data) & 3, GPOINTER_TO_UINT(data) >> 2);

    map_at(&b.m, BLOCK, 3, OUT | D_PAGE | b.all);
    CHECK_OK(b.r, SID, BLOCK, "r", OUT);
    map_put(&b.m, map_find(&b.m, BLOCK, 2), 0);
    invalidate(&b, BLOCK);
    map_put(&b.m, map_find(&b.m, BLOCK, 2), OUT | D_BLOCK | b.all);
    CHECK_OK(b.r, SID, BLOCK + 0x5000, "r", OUT + 0x5000);
    CHECK_OK(b.r, SID, BLOCK, "r", OUT);
    rig_free(b.r);
}

/* A block with nT is used and, at level 1, not kept; the others ignore the
 * bit. */
static void nt(gconstpointer data)
{
    unsigned level = GPOINTER_TO_UINT(data) & 3;
    struct bench b = bench(level, GPOINTER_TO_UINT(data) >> 2);
    struct smmu3_stats before, after;

    pages_to_block(&b, D_NT);
    if (level == 0) {
        conflict(&b, BLOCK, "r", UINT64_C(1) << 35);
    } else {
        CHECK_OK(b.r, SID, BLOCK, "r", OUT);
    }
    smmu3_get_stats(b.r->s, &before);
    CHECK_OK(b.r, SID, BLOCK + 0x5000, "r", OUT + 0x5000);
    smmu3_get_stats(b.r->s, &after);
    CHECK_EQ(after.walks - before.walks, level == 1);
    /* As 3.21.1.2 tells: invalidate, clear nT, invalidate. */
    invalidate(&b, BLOCK);
    map_put(&b.m, map_find(&b.m, BLOCK, 2), OUT | D_BLOCK | b.all);
    invalidate(&b, BLOCK);
    CHECK_OK(b.r, SID, BLOCK + 0x5000, "r", OUT + 0x5000);
    smmu3_get_stats(b.r->s, &before);
    CHECK_OK(b.r, SID, BLOCK, "w", OUT);
    smmu3_get_stats(b.r->s, &after);
    CHECK_EQ(after.walks, before.walks);
    rig_free(b.r);
}

/* Bit 16 of a page is part of its address. */
static void nt_of_a_page(void)
{
    struct bench b = bench(1, false);
    struct smmu3_stats before, after;

    map_at(&b.m, BLOCK, 3, OUT | 0x10000 | D_PAGE | b.all);
    CHECK_OK(b.r, SID, BLOCK, "r", OUT + 0x10000);
    smmu3_get_stats(b.r->s, &before);
    CHECK_OK(b.r, SID, BLOCK, "r", OUT + 0x10000);
    smmu3_get_stats(b.r->s, &after);
    CHECK_EQ(after.walks, before.walks);
    rig_free(b.r);
}

/* Nested: nT of the stage-2 block keeps the combined entry out too. */
static void nested_nt(void)
{
    struct smmu3_params p = bbml(1);
    struct rig *r = rig_new_with(&p);
    struct mapper m = map_s1(&r->h, TTB, 12, 25, NEXT);
    struct mapper m2 = map_s2(&r->h, TTB2, 12, 24, 1, NEXT2);
    struct smmu3_stats before, after;

    rig_set_ste(r, SID, ste_nested(RIG_CD, TTB2, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd_make(TTB, 12, 25));
    map_at(&m, BLOCK, 3, OUT | D_PAGE | D_S1ALL);
    map_at(&m2, TTB, 2, TTB | D_BLOCK | D_S2ALL);
    map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    map_at(&m2, OUT, 2, OUT | D_BLOCK | D_S2ALL | D_NT);
    CHECK_OK(r, SID, BLOCK, "r", OUT);
    smmu3_get_stats(r->s, &before);
    CHECK_OK(r, SID, BLOCK, "r", OUT);
    smmu3_get_stats(r->s, &after);
    CHECK(after.walks > before.walks);
    rig_free(r);
}

/* A global entry over one that is not: to another address it is a conflict
 * (3.21.1.1), to the same it is none. */
static void global(gconstpointer data)
{
    bool same = GPOINTER_TO_UINT(data);
    struct bench b = bench(1, false);
    struct mapper other =
        map_s1(&b.r->h, TTB + 0x10000, 12, 25, NEXT + 0x10000);
    struct cd cd = cd_make(TTB + 0x10000, 12, 25);

    /* Stream 10: ASID 4. */
    set_bits(cd.w, 63, 48, 4);
    rig_set_cd(b.r, RIG_CD + 64, cd);
    rig_set_ste(b.r, 10, ste_s1(RIG_CD + 64));
    map_at(&other, BLOCK, 3, OUT | D_PAGE | D_S1ALL);
    CHECK_OK(b.r, 10, BLOCK, "r", OUT);
    map_at(&b.m, BLOCK, 3,
           (same ? OUT : OUT + 0x1000) | D_PAGE | (D_S1ALL & ~D_NG));
    CHECK_OK(b.r, SID, BLOCK, "r", same ? OUT : OUT + 0x1000);
    if (same) {
        CHECK_OK(b.r, 10, BLOCK, "r", OUT);
    } else {
        CHECK_ABORT(b.r, 10, BLOCK, "r", 0x0000000a00000020, 0x0000000800000000,
                    BLOCK, 0);
    }
    rig_free(b.r);
}

/* D.5: always an abort and a record, whatever CD.A and CD.R say. */
static void always_recorded(void)
{
    struct bench b = bench(0, false);
    uint64_t cd = mem_r64(&b.r->h, RIG_CD);

    mem_w64(&b.r->h, RIG_CD, cd & ~(UINT64_C(3) << 45));
    rig_cmd(b.r, cmd_op(0x30));
    rig_cmd(b.r, (struct cmd){ { 0x04, 0x1f } });
    pages_to_block(&b, 0);
    conflict(&b, BLOCK, "r", UINT64_C(1) << 35);
    rig_free(b.r);
}

/* Tables of a nested stream: S2 = 1, with their IPA. */
static void nested_table(void)
{
    struct smmu3_params p = bbml(1);
    struct rig *r = rig_new_with(&p);
    struct mapper m = map_s1(&r->h, TTB, 12, 25, NEXT);
    struct mapper m2 = map_s2(&r->h, TTB2, 12, 24, 1, NEXT2);
    uint64_t at;

    p.walk_cache_entries = 0;
    rig_free(r);
    r = rig_new_with(&p);
    m.h = m2.h = &r->h;
    rig_set_ste(r, SID, ste_nested(RIG_CD, TTB2, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd_make(TTB, 12, 25));
    at = map_at(&m, BLOCK, 3, OUT | D_PAGE | D_S1ALL);
    map_at(&m, BLOCK + 0x1000, 3, OUT | D_PAGE | D_S1ALL);
    map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    map_at(&m2, OUT, 2, OUT | D_BLOCK | D_S2ALL);
    map_at(&m2, TTB, 3, TTB | D_PAGE | D_S2ALL);
    map_at(&m2, NEXT, 3, NEXT | D_PAGE | D_S2ALL);
    map_at(&m2, NEXT + 0x1000, 3, (NEXT + 0x1000) | D_PAGE | D_S2ALL);
    CHECK_OK(r, SID, BLOCK, "r", OUT);
    map_put(&m2, map_find(&m2, TTB, 2), TTB | D_BLOCK | D_S2ALL);
    /* NEXT lies in the same 2 MiB: one page of the three is looked up anew. */
    rig_cmd(r, cmd_tlbi(0x2a, 7, 0, TTB));
    rig_sync(r);
    CHECK_ABORT(r, SID, BLOCK + 0x1000, "r", 0x0000000900000020,
                0x0000008800000000, BLOCK + 0x1000, NEXT);
    CHECK_EQ(at & ~UINT64_C(0xfff), NEXT + 0x1000);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned n = 0; n < 6; n++) {
        unsigned level = n % 3, s2 = n / 3;
        gconstpointer data = GUINT_TO_POINTER(level | s2 << 2);
        g_autofree char *size =
            g_strdup_printf("/bbm/F.3/size/s%u-level-%u", s2 + 1, level);
        g_autofree char *bbm =
            g_strdup_printf("/bbm/F.3/proper/s%u-level-%u", s2 + 1, level);
        g_autofree char *bit =
            g_strdup_printf("/bbm/F.3/nt/s%u-level-%u", s2 + 1, level);

        g_test_add_data_func(size, data, change_size);
        g_test_add_data_func(bbm, data, proper);
        g_test_add_data_func(bit, data, nt);
    }
    g_test_add_func("/bbm/F.3/nt-of-a-page", nt_of_a_page);
    g_test_add_func("/bbm/F.3/nested-nt", nested_nt);
    g_test_add_data_func("/bbm/F.4/global-same", GUINT_TO_POINTER(1), global);
    g_test_add_data_func("/bbm/F.4/global-other", GUINT_TO_POINTER(0), global);
    g_test_add_func("/bbm/D.5/always-recorded", always_recorded);
    g_test_add_func("/bbm/D.2/nested-table", nested_table);
    return g_test_run();
}
