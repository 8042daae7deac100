/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk cache: table descriptors (3.17; C.4, F.2). Stale until removed;
 * address TLBIs with Leaf = 1 may leave them and here do; tags; nested.
 */
#include "rig.h"

/* Two pages below one level-3 table; X is walked first. */
#define X UINT64_C(0x10000)
#define Y UINT64_C(0x11000)

/* Reads and resumed walks so far. */
static uint64_t resumed(struct rig *r)
{
    struct smmu3_stats st;

    smmu3_get_stats(r->s, &st);
    return st.walk_resumed;
}

struct bench {
    struct rig *r;
    struct mapper m;
    uint64_t l2_at; /* the level-2 entry for X and Y */
};

/* Page X translated, so that its tables are cached; then the level-2 entry is
 * pointed to another level-3 table, where Y maps elsewhere. */
static struct bench begin(const struct smmu3_params *params)
{
    struct bench b = { .r = rig_new_with(params) };

    b.m = map_s1(&b.r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    rig_set_ste(b.r, 0, ste_s1(RIG_CD));
    rig_set_cd(b.r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&b.m, X, 3, 0x30000000 | D_PAGE | D_S1ALL);
    map_at(&b.m, Y, 3, 0x30001000 | D_PAGE | D_S1ALL);
    b.l2_at = map_find(&b.m, X, 2);
    CHECK_OK(b.r, 0, X, "r", 0x30000000);
    map_put(&b.m, b.l2_at, (RIG_TABLES + 0x100000) | D_TABLE);
    mem_w64(&b.r->h, RIG_TABLES + 0x100000 + 8 * 0x10,
            0x31000000 | D_PAGE | D_S1ALL);
    mem_w64(&b.r->h, RIG_TABLES + 0x100000 + 8 * 0x11,
            0x31001000 | D_PAGE | D_S1ALL);
    return b;
}

static void stale(void)
{
    struct bench b = begin(NULL);
    uint64_t reads = b.r->h.reads;

    CHECK_OK(b.r, 0, Y, "r", 0x30001000);
    CHECK_EQ(b.r->h.reads, reads + 1); /* the leaf alone */
    CHECK_EQ(resumed(b.r), 1);
    rig_free(b.r);
}

static void off(void)
{
    struct smmu3_params p = rig_params();
    struct bench b;
    uint64_t reads;

    p.walk_cache_entries = 0;
    b = begin(&p);
    reads = b.r->h.reads;
    CHECK_OK(b.r, 0, Y, "r", 0x31001000);
    CHECK_EQ(b.r->h.reads, reads + 3);
    CHECK_EQ(resumed(b.r), 0);
    rig_free(b.r);
}

/* Which commands remove table descriptors. */
static const struct row {
    const char *name;
    struct cmd c;
    bool gone;
} rows[] = {
    { "nh-va-leaf-0", { { 0x0003000700000012, X } }, true },
    { "nh-va-leaf-0-neighbour", { { 0x0003000700000012, Y } }, true },
    { "nh-va-leaf-1", { { 0x0003000700000012, X | 1 } }, false },
    { "nh-vaa-leaf-0", { { 0x0000000700000013, X } }, true },
    { "nh-vaa-leaf-1", { { 0x0000000700000013, X | 1 } }, false },
    { "nh-va-other-asid", { { 0x0004000700000012, X } }, false },
    { "nh-va-other-vmid", { { 0x0003000800000012, X } }, false },
    { "nh-va-elsewhere", { { 0x0003000700000012, X + 0x40000000 } }, false },
    { "nh-va-range-leaf-0", { { 0x0003000700001012, X | 1u << 10 } }, true },
    { "nh-va-range-leaf-1",
      { { 0x0003000700001012, X | 1u << 10 | 1 } },
      false },
    { "nh-va-ttl-3-leaf-0", { { 0x0003000700000012, X | 0x700 } }, true },
    { "nh-va-range-other-granule",
      { { 0x0003000700001012, X | 2u << 10 } },
      false },
    { "nh-asid", { { 0x0003000700000011, 0 } }, true },
    { "nh-asid-other", { { 0x0004000700000011, 0 } }, false },
    { "nh-all", { { 0x0000000700000010, 0 } }, true },
    { "nh-all-other", { { 0x0000000800000010, 0 } }, false },
    { "s12-vmall", { { 0x0000000700000028, 0 } }, true },
    { "nsnh-all", { { 0x30, 0 } }, true },
    { "el2-all", { { 0x20, 0 } }, false },
    { "s2-ipa", { { 0x000000070000002a, X } }, false },
    { "cfgi-all", { { 0x04, 31 } }, false },
};

static void check_row(gconstpointer data)
{
    const struct row *row = data;
    struct bench b = begin(NULL);

    rig_cmd(b.r, row->c);
    rig_sync(b.r);
    CHECK_OK(b.r, 0, Y, "r", row->gone ? 0x31001000 : 0x30001000);
    rig_free(b.r);
}

/* A TLBI with Leaf = 1 for Y still finds Y's new leaf below the old table. */
static void leaf_through_cached_table(void)
{
    struct bench b = begin(NULL);

    CHECK_OK(b.r, 0, Y, "r", 0x30001000);
    mem_w64(&b.r->h, RIG_TABLES + 0x2000 + 8 * 0x11,
            0x32001000 | D_PAGE | D_S1ALL);
    rig_cmd(b.r, (struct cmd){ { 0x0003000700000012, Y | 1 } });
    CHECK_OK(b.r, 0, Y, "r", 0x32001000);
    rig_free(b.r);
}

/* Tables are tagged as entries are. */
static void tags(void)
{
    struct rig *r = rig_new();
    struct mapper m[4];

    /* 0: VMID 7 ASID 3; 1: VMID 8; 2: ASID 4; 3: EL2. Tables apart. */
    for (unsigned i = 0; i < 4; i++) {
        uint64_t ttb = RIG_TABLES + 0x100000 * (uint64_t)i;
        struct ste ste = ste_s1(RIG_CD + 64 * i);
        struct cd cd = cd_make(ttb, 12, 25);

        set_bits(ste.w, 143, 128, i == 1 ? 8 : 7);
        set_bits(ste.w, 95, 94, i == 3 ? 2 : 0);
        set_bits(cd.w, 63, 48, i == 2 ? 4 : 3);
        rig_set_ste(r, i, ste);
        rig_set_cd(r, RIG_CD + 64 * i, cd);
        m[i] = map_s1(&r->h, ttb, 12, 25, ttb + 0x1000);
        map_at(&m[i], X, 3, (0x30000000 + 0x1000000 * i) | D_PAGE | D_S1ALL);
        map_at(&m[i], Y, 3, (0x30001000 + 0x1000000 * i) | D_PAGE | D_S1ALL);
    }
    for (unsigned i = 0; i < 4; i++) {
        CHECK_OK(r, i, X, "r", 0x30000000 + 0x1000000 * i);
    }
    for (unsigned i = 0; i < 4; i++) {
        CHECK_OK(r, i, Y, "r", 0x30001000 + 0x1000000 * i);
    }
    rig_free(r);
}

/* The halves of a VA space are apart, also where their low bits agree. */
static void halves(void)
{
    struct rig *r = rig_new();
    struct mapper lo = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper hi =
        map_s1(&r->h, RIG_TABLES + 0x100000, 12, 25, RIG_TABLES + 0x101000);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    cd_ttb1(&cd, RIG_TABLES + 0x100000, 12, 25);
    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd);
    map_at(&lo, X, 3, 0x30000000 | D_PAGE | D_S1ALL);
    map_at(&lo, Y, 3, 0x30001000 | D_PAGE | D_S1ALL);
    map_at(&hi, X, 3, 0x31000000 | D_PAGE | D_S1ALL);
    map_at(&hi, Y, 3, 0x31001000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, X, "r", 0x30000000);
    CHECK_OK(r, 0, X | UINT64_MAX << 39, "r", 0x31000000);
    CHECK_OK(r, 0, Y | UINT64_MAX << 39, "r", 0x31001000);
    CHECK_OK(r, 0, Y, "r", 0x30001000);
    rig_free(r);
}

/* In-tree rows 5 to 7: nested: stage 2 applies to each descriptor, and what
 * stage 2 gave for a table goes with S2_IPA and NH_ALL. */
static void nested_tables(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, 24, 1, 0x40010000);
    uint64_t moved = 0x60000000;

    rig_set_ste(r, 0, ste_nested(RIG_CD, 0x40000000, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    for (uint64_t i = 0; i < 4; i++) {
        map_at(&m2, RIG_TABLES + (i << 12), 3,
               (RIG_TABLES + (i << 12)) | D_PAGE | D_S2ALL);
    }
    map_at(&m2, 0x30000000, 2, 0x30000000 | D_BLOCK | D_S2ALL);
    map_at(&m, X, 3, 0x30000000 | D_PAGE | D_S1ALL);
    map_at(&m, Y, 3, 0x30001000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, X, "r", 0x30000000);
    CHECK_OK(r, 0, Y, "r", 0x30001000);
    /* The level-3 table moves in memory, its IPA stays. */
    mem_w64(&r->h, moved + 8 * 0x10, 0x30005000 | D_PAGE | D_S1ALL);
    mem_w64(&r->h, moved + 8 * 0x11, 0x30006000 | D_PAGE | D_S1ALL);
    map_at(&m2, RIG_TABLES + 0x2000, 3, moved | D_PAGE | D_S2ALL);
    rig_cmd(r, cmd_tlbi(0x2a, 7, 0, RIG_TABLES + 0x2000));
    rig_cmd(r, cmd_tlbi(0x10, 7, 0, 0));
    rig_sync(r);
    CHECK_OK(r, 0, X, "r", 0x30005000);
    CHECK_OK(r, 0, Y, "r", 0x30006000);
    /* The same for the first table (TTB0) ... */
    mem_w64(&r->h, moved + 0x1000, (RIG_TABLES + 0x3000) | D_TABLE);
    mem_w64(&r->h, RIG_TABLES + 0x3000, (RIG_TABLES + 0x2000) | D_TABLE);
    mem_w64(&r->h, moved + 8 * 0x10, 0x30007000 | D_PAGE | D_S1ALL);
    map_at(&m2, RIG_TABLES, 3, (moved + 0x1000) | D_PAGE | D_S2ALL);
    rig_cmd(r, cmd_tlbi(0x2a, 7, 0, RIG_TABLES));
    rig_cmd(r, cmd_tlbi(0x28, 7, 0, 0));
    rig_sync(r);
    CHECK_OK(r, 0, X, "r", 0x30007000);
    /* ... gone again: a stage-2 fault on it. */
    map_at(&m2, RIG_TABLES, 3, 0);
    rig_cmd(r, cmd_tlbi(0x28, 7, 0, 0));
    rig_sync(r);
    CHECK_ABORT(r, 0, X, "r", 0x0000000000000010, 0x0000018800000000, X,
                RIG_TABLES);
    rig_free(r);
}

/* Replacement: with one entry, everything still works. */
static void tiny(void)
{
    for (unsigned n = 1; n < 4; n++) {
        struct smmu3_params p = rig_params();
        struct rig *r;
        struct mapper m;

        p.tlb_entries = 0;
        p.walk_cache_entries = n;
        r = rig_new_with(&p);
        m = map_s1(&r->h, RIG_TABLES, 12, 16, RIG_TABLES + 0x1000);
        rig_set_ste(r, 0, ste_s1(RIG_CD));
        rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 16));
        for (uint64_t i = 0; i < 64; i++) {
            map_at(&m, i * 0x123456789000 & 0xfffffffff000, 3,
                   (0x30000000 + (i << 12)) | D_PAGE | D_S1ALL);
        }
        for (unsigned pass = 0; pass < 3; pass++) {
            for (uint64_t i = 0; i < 64; i++) {
                CHECK_OK(r, 0, i * 0x123456789000 & 0xfffffffff000, "r",
                         0x30000000 + (i << 12));
            }
        }
        rig_free(r);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/walk-cache/stale", stale);
    g_test_add_func("/walk-cache/off", off);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name =
            g_strdup_printf("/walk-cache/C.4/%s", rows[i].name);

        g_test_add_data_func(name, &rows[i], check_row);
    }
    g_test_add_func("/walk-cache/leaf-through-cached-table",
                    leaf_through_cached_table);
    g_test_add_func("/walk-cache/F.1/tags", tags);
    g_test_add_func("/walk-cache/halves", halves);
    g_test_add_func("/walk-cache/nested-tables", nested_tables);
    g_test_add_func("/walk-cache/tiny", tiny);
    return g_test_run();
}
