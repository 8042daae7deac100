/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address operands of TLBI commands (4.4.1; C.4): single addresses, ranges by
 * TG, SCALE and NUM, level hints, sizes of entries, wrap, misalignment.
 */
#include "tlb-rig.h"

/* Sixteen pages in a row of one granule, and blocks. */
#define P UINT64_C(0x10000000)

static const struct stream streams[] = {
    { 0, ST_EL1, 7, 3, 12 },
    { 1, ST_EL1, 7, 4, 14 },
    { 2, ST_EL1, 7, 5, 16 },
};

#define PAGES(s, size)                                                         \
    { s, P + 0 * (size) }, { s, P + 1 * (size) }, { s, P + 2 * (size) },       \
        { s, P + 3 * (size) }, { s, P + 4 * (size) }, { s, P + 5 * (size) },   \
        { s, P + 6 * (size) }, { s, P + 7 * (size) }, { s, P + 8 * (size) },   \
        { s, P + 9 * (size) }, { s, P + 10 * (size) }, { s, P + 11 * (size) }, \
        { s, P + 12 * (size) }, { s, P + 13 * (size) },                        \
        { s, P + 14 * (size) },                                                \
    {                                                                          \
        s, P + 15 * (size)                                                     \
    }

/* Bits 0 to 15: the pages; 16, 17: blocks of level 2 behind them, in a row;
 * 18: a block of level 1 (4K). */
static const struct entry entries_4k[] = {
    PAGES(0, 0x1000),
    { 0, 0x20000000, false, 2 },
    { 0, 0x20200000, false, 2 },
    { 0, 0x40000000, false, 1 },
};
static const struct entry entries_16k[] = {
    PAGES(1, 0x4000),
    { 1, 0x20000000, false, 2 },
    { 1, 0x22000000, false, 2 },
};
static const struct entry entries_64k[] = {
    PAGES(2, 0x10000),
    { 2, 0x20000000, false, 2 },
    { 2, 0x40000000, false, 2 },
};

static const struct row {
    const char *name;
    unsigned granule; /* whose entries */
    unsigned asid;
    uint64_t addr;
    unsigned tg, ttl, scale, num;
    uint32_t gone;
} rows[] = {
    /* TG = 0: entries that contain the address */
    { "4k-single", 12, 3, P + 0x3000, 0, 0, 0, 0, 0x0008 },
    { "4k-single-next", 12, 3, P + 0x10000, 0, 0, 0, 0, 0x0000 },
    { "4k-single-in-2m", 12, 3, 0x201ff000, 0, 0, 0, 0, 0x10000 },
    { "4k-single-first-of-2m", 12, 3, 0x20200000, 0, 0, 0, 0, 0x20000 },
    { "4k-single-in-1g", 12, 3, 0x7ffff000, 0, 0, 0, 0, 0x40000 },
    { "4k-single-above-1g", 12, 3, 0x80000000, 0, 0, 0, 0, 0 },
    { "16k-single-low-bits", 14, 4, P + 0x7000, 0, 0, 0, 0, 0x0002 },
    { "64k-single-low-bits", 16, 5, P + 0x2f000, 0, 0, 0, 0, 0x0004 },
    { "16k-single-in-32m", 14, 4, 0x23fff000, 0, 0, 0, 0, 0x20000 },
    { "64k-single-in-512m", 16, 5, 0x3ffff000, 0, 0, 0, 0, 0x10000 },
    /* ranges: (NUM + 1) * 2^SCALE granules */
    { "4k-num-1", 12, 3, P + 0x2000, 1, 0, 0, 1, 0x000c },
    { "4k-num-4", 12, 3, P + 0x2000, 1, 0, 0, 4, 0x007c },
    { "4k-scale-1", 12, 3, P + 0x2000, 1, 0, 1, 0, 0x000c },
    { "4k-scale-2-num-1", 12, 3, P + 0x1000, 1, 0, 2, 1, 0x01fe },
    { "4k-scale-3-num-0", 12, 3, P + 0x8000, 1, 0, 3, 0, 0xff00 },
    { "4k-num-31", 12, 3, P, 1, 0, 0, 31, 0xffff },
    { "4k-below", 12, 3, P - 0x20000, 1, 0, 0, 31, 0x0000 },
    { "4k-below-by-one", 12, 3, P - 0x1f000, 1, 0, 0, 31, 0x0001 },
    { "4k-touches-2m-block", 12, 3, 0x20000000 - 0x1000, 1, 0, 0, 1, 0x10000 },
    { "4k-ends-before-2m-block", 12, 3, 0x20000000 - 0x2000, 1, 0, 0, 1, 0 },
    { "4k-all-of-it", 12, 3, P, 1, 0, 18, 1, 0x7ffff },
    { "4k-scale-31-num-31", 12, 3, 0, 1, 0, 31, 31, 0x7ffff },
    { "16k-num-1", 14, 4, P + 0x8000, 2, 0, 0, 1, 0x000c },
    { "16k-scale-2", 14, 4, P + 0x10000, 2, 0, 2, 0, 0x00f0 },
    { "64k-num-1", 16, 5, P + 0x20000, 3, 0, 0, 1, 0x000c },
    { "64k-scale-1-num-2", 16, 5, P, 3, 0, 1, 2, 0x003f },
    { "64k-over-512m", 16, 5, 0x30000000, 3, 0, 13, 0, 0x30000 },
    /* TG restricts (J 55): entries of other granules stay */
    { "4k-entries-tg-16k", 12, 3, P, 2, 0, 0, 3, 0x0000 },
    { "4k-entries-tg-64k", 12, 3, P, 3, 0, 0, 1, 0x0000 },
    { "16k-entries-tg-4k", 14, 4, P, 1, 0, 0, 31, 0x0000 },
    { "64k-entries-tg-4k", 16, 5, P, 1, 0, 0, 31, 0x0000 },
    { "64k-entries-tg-16k", 16, 5, P, 2, 0, 0, 31, 0x0000 },
    /* TTL: that level's leaves alone */
    { "4k-ttl-3", 12, 3, P + 0x5000, 1, 3, 0, 0, 0x0020 },
    { "4k-ttl-3-not-2m", 12, 3, 0x20000000, 1, 3, 0, 0, 0x0000 },
    { "4k-ttl-2", 12, 3, 0x20000000, 1, 2, 0, 0, 0x10000 },
    { "4k-ttl-2-not-a-page", 12, 3, P, 1, 2, 0, 0, 0x0000 },
    { "4k-ttl-1", 12, 3, 0x40000000, 1, 1, 0, 0, 0x40000 },
    { "4k-ttl-1-not-2m", 12, 3, 0, 1, 1, 18, 1, 0x40000 },
    { "4k-ttl-2-range", 12, 3, 0x20000000, 1, 2, 9, 1, 0x30000 },
    { "4k-ttl-3-range-over-all", 12, 3, P, 1, 3, 18, 1, 0x0ffff },
    { "16k-ttl-3", 14, 4, P + 0x4000, 2, 3, 0, 0, 0x0002 },
    { "16k-ttl-2", 14, 4, 0x22000000, 2, 2, 0, 0, 0x20000 },
    { "16k-ttl-1-counts-as-0", 14, 4, P, 2, 1, 0, 3, 0x000f },
    { "64k-ttl-3", 16, 5, P + 0x30000, 3, 3, 0, 0, 0x0008 },
    { "64k-ttl-2", 16, 5, 0x20000000, 3, 2, 0, 0, 0x10000 },
    { "64k-ttl-2-not-a-page", 16, 5, P, 3, 2, 13, 1, 0x00000 },
    /* misaligned for TTL: nothing is this model's choice */
    { "4k-ttl-2-misaligned", 12, 3, 0x20001000, 1, 2, 0, 0, 0x0000 },
    { "4k-ttl-1-misaligned", 12, 3, 0x40200000, 1, 1, 0, 0, 0x0000 },
    { "16k-misaligned", 14, 4, P + 0x1000, 2, 0, 0, 1, 0x0000 },
    { "16k-ttl-2-misaligned", 14, 4, 0x22004000, 2, 2, 0, 0, 0x0000 },
    { "64k-misaligned", 16, 5, P + 0x1000, 3, 3, 0, 0, 0x0000 },
    { "64k-ttl-2-misaligned", 16, 5, 0x20010000, 3, 2, 0, 0, 0x0000 },
    /* a range past the top does not wrap to the bottom */
    { "4k-no-wrap", 12, 3, UINT64_C(0xfffffffffffff000), 1, 0, 31, 31, 0 },
    { "64k-no-wrap", 16, 5, UINT64_C(0xffffffffffff0000), 3, 0, 31, 31, 0 },
};

static void run_row(const struct row *row, unsigned op, bool leaf)
{
    struct cmd c = cmd_tlbi_range(op, 7, row->asid, row->addr, row->tg,
                                  row->ttl, row->scale, row->num);
    const struct entry *entries = row->granule == 12   ? entries_4k
                                  : row->granule == 14 ? entries_16k
                                                       : entries_64k;
    unsigned n = row->granule == 12   ? G_N_ELEMENTS(entries_4k)
                 : row->granule == 14 ? G_N_ELEMENTS(entries_16k)
                                      : G_N_ELEMENTS(entries_64k);
    struct tlb_rig t;

    c.w[1] |= leaf;
    tlb_rig_init(&t, NULL, false, streams, G_N_ELEMENTS(streams), entries, n);
    tlb_rig_fill(&t);
    CHECK_EQ(tlb_rig_gone(&t), 0);
    t.r->h.n_stale = 0;
    rig_cmd(t.r, c);
    rig_sync(t.r);
    CHECK_EQ(row->gone & ~tlb_rig_told(&t), 0);
    if (!CHECK_EQ(tlb_rig_gone(&t), row->gone)) {
        g_test_message("opcode 0x%x leaf %u", op, leaf);
    }
    tlb_rig_fini(&t);
}

static void check_row(gconstpointer data)
{
    for (unsigned leaf = 0; leaf < 2; leaf++) {
        run_row(data, 0x12, leaf);
        run_row(data, 0x13, leaf);
    }
}

/* The same by IPA. */
static void by_ipa(void)
{
    static const struct stream st[] = { { 0, ST_S2, 7 }, { 1, ST_S2, 8 } };
    static const struct entry en[] = {
        { 0, P },          { 0, P + 0x1000 },           { 0, P + 0x2000 },
        { 0, P + 0x3000 }, { 0, 0x20000000, false, 2 }, { 1, P },
    };
    static const struct {
        uint64_t addr;
        unsigned tg, ttl, scale, num;
        uint32_t gone;
    } ranges[] = {
        { P, 1, 0, 0, 1, 0x03 },          { P + 0x1000, 1, 3, 0, 0, 0x02 },
        { P, 1, 0, 2, 0, 0x0f },          { 0x20000000, 1, 2, 0, 0, 0x10 },
        { 0x20000000, 1, 3, 0, 0, 0x00 }, { P, 3, 0, 0, 1, 0x00 },
        { 0x200ff000, 0, 0, 0, 0, 0x10 }, { P, 1, 0, 18, 0, 0x1f },
    };
    struct tlb_rig t;

    for (unsigned i = 0; i < G_N_ELEMENTS(ranges); i++) {
        tlb_rig_init(&t, NULL, false, st, 2, en, G_N_ELEMENTS(en));
        tlb_rig_fill(&t);
        rig_cmd(t.r,
                cmd_tlbi_range(0x2a, 7, 0, ranges[i].addr, ranges[i].tg,
                               ranges[i].ttl, ranges[i].scale, ranges[i].num));
        rig_sync(t.r);
        CHECK_EQ(ranges[i].gone & ~tlb_rig_told(&t), 0);
        if (!CHECK_EQ(tlb_rig_gone(&t), ranges[i].gone)) {
            g_test_message("range %u", i);
        }
        tlb_rig_fini(&t);
    }
}

/* ... and EL2's, with ASID where there is one. */
static void by_el2(void)
{
    static const struct stream st[] = { { 0, ST_EL2, 7, 3 } };
    static const struct entry en[] = { { 0, P },
                                       { 0, P + 0x1000 },
                                       { 0, P + 0x2000, true },
                                       { 0, 0x20000000, false, 2 } };
    struct tlb_rig t;

    for (unsigned e2h = 0; e2h < 2; e2h++) {
        for (unsigned asid = 3; asid < 5; asid++) {
            tlb_rig_init(&t, NULL, e2h, st, 1, en, G_N_ELEMENTS(en));
            tlb_rig_fill(&t);
            rig_cmd(t.r, cmd_tlbi_range(0x22, 0, asid, P, 1, 0, 2, 0));
            CHECK_EQ(tlb_rig_gone(&t), e2h && asid != 3 ? 0x4 : 0x7);
            tlb_rig_fini(&t);
            tlb_rig_init(&t, NULL, e2h, st, 1, en, G_N_ELEMENTS(en));
            tlb_rig_fill(&t);
            rig_cmd(t.r, cmd_tlbi_range(0x23, 0, asid, P, 1, 0, 0, 1));
            CHECK_EQ(tlb_rig_gone(&t), 0x3);
            tlb_rig_fini(&t);
        }
    }
}

/* Whoever holds results is told no more than may have changed: a level hint
 * means that level's size, no hint the largest leaf. */
static void told_exactly(void)
{
    static const struct {
        uint64_t addr;
        unsigned tg, ttl, scale, num;
        uint64_t first, last;
    } rows[] = {
        { P + 0x5000, 1, 3, 0, 0, P + 0x5000, P + 0x5fff },
        { P + 0x5000, 1, 3, 0, 3, P + 0x5000, P + 0x8fff },
        { P + 0x8000, 2, 3, 1, 0, P + 0x8000, P + 0xffff },
        { P + 0x30000, 3, 3, 0, 0, P + 0x30000, P + 0x3ffff },
        { 0x20200000, 1, 2, 0, 0, 0x20200000, 0x203fffff },
        { 0x20005000, 1, 0, 0, 1, 0, 0x3fffffff },
        { 0x20005000, 0, 0, 0, 0, 0, 0x3fffffff },
    };
    struct rig *r = rig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        r->h.n_stale = 0;
        rig_cmd(r, cmd_tlbi_range(0x12, 7, 3, rows[i].addr, rows[i].tg,
                                  rows[i].ttl, rows[i].scale, rows[i].num));
        rig_sync(r);
        CHECK_EQ(r->h.n_stale, 1);
        CHECK_EQ(r->h.stale[0].addr_first, rows[i].first);
        if (!CHECK_EQ(r->h.stale[0].addr_last, rows[i].last)) {
            g_test_message("row %u", i);
        }
    }
    rig_free(r);
}

/* The upper half: bits [63:VAS] of the address count. */
static void upper_half(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    uint64_t high = (UINT64_MAX << 39) | P;

    cd_ttb1(&cd, RIG_TABLES, 12, 25);
    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd);
    map_at(&m, P, 3, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, P, "r", 0x30000000);
    CHECK_OK(r, 0, high, "r", 0x30000000);
    map_at(&m, P, 3, 0x30005000 | D_PAGE | D_S1ALL);
    rig_cmd(r, cmd_tlbi(0x12, 7, 3, high));
    CHECK_OK(r, 0, P, "r", 0x30000000);
    CHECK_OK(r, 0, high, "r", 0x30005000);
    rig_cmd(r, cmd_tlbi_range(0x12, 7, 3, P, 1, 3, 0, 0));
    CHECK_OK(r, 0, P, "r", 0x30005000);
    rig_free(r);
}

static bool told(struct rig *r, uint64_t addr)
{
    for (unsigned i = 0; i < r->h.n_stale; i++) {
        if (addr >= r->h.stale[i].addr_first &&
            addr <= r->h.stale[i].addr_last) {
            return true;
        }
    }
    return false;
}

/* In-tree row 9: the tag byte of a TBI address is no part of the entry. */
static void tbi(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    struct smmu3_stats st;

    cd_ttb1(&cd, RIG_TABLES, 12, 25);
    set_bits(cd.w, 39, 38, 3);
    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd);
    for (unsigned half = 0; half < 2; half++) {
        uint64_t va = P | (half ? UINT64_MAX << 39 : 0);
        uint64_t tagged = va ^ 0x5a00000000000000;

        map_at(&m, P, 3, 0x30000000 | D_PAGE | D_S1ALL);
        rig_forget(r);
        CHECK_OK(r, 0, tagged, "r", 0x30000000);
        smmu3_get_stats(r->s, &st);
        CHECK_OK(r, 0, va, "r", 0x30000000);
        CHECK_OK(r, 0, va ^ 0xa500000000000000, "r", 0x30000000);
        map_at(&m, P, 3, 0x30005000 | D_PAGE | D_S1ALL);
        CHECK_OK(r, 0, tagged, "r", 0x30000000);
        r->h.n_stale = 0;
        rig_cmd(r, cmd_tlbi(0x12, 7, 3, va));
        /* Whoever holds the tagged address is told as well. */
        CHECK(told(r, va));
        CHECK(told(r, tagged));
        CHECK_OK(r, 0, tagged, "r", 0x30005000);
        CHECK_OK(r, 0, va, "r", 0x30005000);
    }
    rig_free(r);
}

/* In-tree row 8: a block over smaller stage-2 pages: one TLBI by VA for the
 * block removes all that came from it. */
static void fragments(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, 24, 1, 0x40010000);
    uint64_t va = 0x20000000;

    rig_set_ste(r, 0, ste_nested(RIG_CD, 0x40000000, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m2, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&m2, RIG_TABLES, 2, RIG_TABLES | D_BLOCK | D_S2ALL);
    for (unsigned how = 0; how < 4; how++) {
        map_at(&m, va, 2, 0x60000000 | D_BLOCK | D_S1ALL);
        for (uint64_t i = 0; i < 8; i++) {
            map_at(&m2, 0x60000000 + (i << 12), 3,
                   (0x70000000 + (i << 13)) | D_PAGE | D_S2ALL);
            map_at(&m2, 0x80000000 + (i << 12), 3,
                   (0x90000000 + (i << 13)) | D_PAGE | D_S2ALL);
        }
        rig_forget(r);
        for (uint64_t i = 0; i < 8; i++) {
            CHECK_OK(r, 0, va + (i << 12), "r", 0x70000000 + (i << 13));
        }
        map_at(&m, va, 2, 0x80000000 | D_BLOCK | D_S1ALL);
        switch (how) {
        case 0:
            rig_cmd(r, cmd_tlbi(0x12, 7, 3, va));
            break;
        case 1: /* any address within */
            rig_cmd(r, cmd_tlbi(0x13, 7, 3, va + 0x1fe000));
            break;
        case 2:
            rig_cmd(r, cmd_tlbi_range(0x12, 7, 3, va, 1, 2, 0, 0));
            break;
        default: /* one granule of it */
            rig_cmd(r, cmd_tlbi_range(0x12, 7, 3, va + 0x3000, 1, 0, 0, 1));
            break;
        }
        rig_sync(r);
        for (uint64_t i = 0; i < 8; i++) {
            if (!CHECK_OK(r, 0, va + (i << 12), "r", 0x90000000 + (i << 13))) {
                g_test_message("case %u, page %u", how, (unsigned)i);
            }
        }
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name =
            g_strdup_printf("/tlbi-range/C.4/%s", rows[i].name);

        g_test_add_data_func(name, &rows[i], check_row);
    }
    g_test_add_func("/tlbi-range/C.4/by-ipa", by_ipa);
    g_test_add_func("/tlbi-range/C.4/by-el2", by_el2);
    g_test_add_func("/tlbi-range/C.4/told-exactly", told_exactly);
    g_test_add_func("/tlbi-range/C.4/upper-half", upper_half);
    g_test_add_func("/tlbi-range/C.4/tbi", tbi);
    g_test_add_func("/tlbi-range/C.4/fragments", fragments);
    return g_test_run();
}
