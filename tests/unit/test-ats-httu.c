/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translation Requests and hardware updates of the tables (3.13.7; D.7): what
 * a request makes accessed and dirty, and what it does not.
 */
#include "ats-rig.h"

#define VA UINT64_C(0x5000)
#define IPA UINT64_C(0x40005000)
#define PA UINT64_C(0x80005000)

#define D_DBM (UINT64_C(1) << 51)
/* Leaves without AF: writable-clean, and what they become. */
#define S1_CLEAN (D_PAGE | D_EL0 | D_NG | D_RO | D_DBM)
#define S1_DIRTY (D_PAGE | D_EL0 | D_NG | D_DBM)
#define S2_CLEAN (D_PAGE | D_S2R | D_S2WB | D_DBM)
#define S2_DIRTY (S2_CLEAN | D_S2W)

struct bench {
    struct ats_rig a;
    uint64_t at1, at2; /* of the leaves */
};

/* Leaves of stage 1, for VA, and of stage 2, for IPA. HD of both stages. */
static struct bench bench_new(unsigned httu, bool hd, uint64_t s1, uint64_t s2)
{
    struct smmu3_params p = ats_params();
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    uint64_t ste = RIG_STRTAB + 64 * ATS_NESTED + 16;
    struct bench b;

    p.f.httu = (uint8_t)httu;
    b.a = ats_new(&p);
    set_bits(cd.w, 43, 43, httu > 0);
    set_bits(cd.w, 42, 42, hd);
    rig_set_cd(b.a.r, RIG_CD, cd);
    /* S2HA, S2HD */
    mem_w64(&b.a.r->h, ste,
            mem_r64(&b.a.r->h, ste) | (httu > 0 ? UINT64_C(1) << 56 : 0) |
                (hd ? UINT64_C(1) << 55 : 0));
    b.at1 = map_at(&b.a.s1, VA, 3, IPA | s1);
    b.at2 = map_at(&b.a.s2, IPA, 3, PA | s2);
    return b;
}

static uint64_t leaf1(struct bench *b)
{
    return mem_r64(&b->a.r->h, b->at1);
}

static uint64_t leaf2(struct bench *b)
{
    return mem_r64(&b->a.r->h, b->at2);
}

/* NW = 1 makes the page accessed, NW = 0 also dirty; from the TLB too. */
static void stage1(void)
{
    struct bench b = bench_new(2, true, S1_CLEAN, S2_CLEAN);

    CHECK_ATS(&b.a, ATS_S1, VA, "r", IPA, 12, true, false);
    CHECK_EQ(leaf1(&b), IPA | S1_CLEAN | D_AF);
    CHECK_ATS(&b.a, ATS_S1, VA, "r", IPA, 12, true, false);
    CHECK_EQ(leaf1(&b), IPA | S1_CLEAN | D_AF);
    CHECK_ATS(&b.a, ATS_S1, VA, "w", IPA, 12, true, true);
    CHECK_EQ(leaf1(&b), IPA | S1_DIRTY | D_AF);
    CHECK_ATS(&b.a, ATS_S1, VA, "w", IPA, 12, true, true);
    rig_free(b.a.r);
}

/* What is not granted is not touched. */
static void nothing_granted(void)
{
    struct bench b = bench_new(2, true, D_PAGE | D_NG | D_RO | D_DBM, S2_CLEAN);

    CHECK_ATS_NOTHING(&b.a, ATS_S1, VA, "w");
    CHECK_EQ(leaf1(&b), IPA | D_PAGE | D_NG | D_RO | D_DBM);
    rig_free(b.a.r);
}

/* APTable makes it read-only: what is granted is read, and nothing is dirty
 * (3.13.3). */
static void table_read_only(void)
{
    struct bench b = bench_new(2, true, S1_CLEAN, S2_CLEAN);
    uint64_t at = map_find(&b.a.s1, VA, 2);

    mem_w64(&b.a.r->h, at, mem_r64(&b.a.r->h, at) | UINT64_C(1) << 62);
    CHECK_ATS(&b.a, ATS_S1, VA, "w", IPA, 12, true, false);
    CHECK_EQ(leaf1(&b), IPA | S1_CLEAN | D_AF);
    rig_free(b.a.r);
}

/* Access flag alone: a clean page is read-only. No updates at all: AF = 0 is
 * no access. */
static void less(void)
{
    struct bench b = bench_new(1, false, S1_CLEAN, S2_CLEAN);

    CHECK_ATS(&b.a, ATS_S1, VA, "w", IPA, 12, true, false);
    CHECK_EQ(leaf1(&b), IPA | S1_CLEAN | D_AF);
    rig_free(b.a.r);

    b = bench_new(0, false, S1_CLEAN, S2_CLEAN);
    CHECK_ATS_NOTHING(&b.a, ATS_S1, VA, "w");
    CHECK_EQ(leaf1(&b), IPA | S1_CLEAN);
    rig_free(b.a.r);
}

/* Both stages, also with EATS = 2. */
static void nested(void)
{
    for (unsigned eats = 1; eats <= 2; eats++) {
        struct bench b = bench_new(2, true, S1_CLEAN, S2_CLEAN);
        uint64_t out = eats == 1 ? PA : IPA;

        ats_set_eats(&b.a, ATS_NESTED, eats);
        CHECK_ATS(&b.a, ATS_NESTED, VA, "r", out, 12, true, false);
        CHECK_EQ(leaf1(&b), IPA | S1_CLEAN | D_AF);
        CHECK_EQ(leaf2(&b), PA | S2_CLEAN | D_AF);
        CHECK_ATS(&b.a, ATS_NESTED, VA, "w", out, 12, true, true);
        CHECK_EQ(leaf1(&b), IPA | S1_DIRTY | D_AF);
        CHECK_EQ(leaf2(&b), PA | S2_DIRTY | D_AF);
        rig_free(b.a.r);
    }
}

/* Stage 1 is read-only: neither stage's descriptor becomes dirty. */
static void nested_read_only(void)
{
    static const uint64_t s1[] = {
        D_PAGE | D_EL0 | D_NG | D_RO,        /* for all */
        D_PAGE | D_EL0 | D_NG | D_RO | D_AF, /* the same, accessed */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(s1); i++) {
        struct bench b = bench_new(2, true, s1[i], S2_CLEAN);

        for (unsigned pass = 0; pass < 2; pass++) {
            CHECK_ATS(&b.a, ATS_NESTED, VA, "w", PA, 12, true, false);
            CHECK_EQ(leaf1(&b), IPA | s1[i] | D_AF);
            CHECK_EQ(leaf2(&b), PA | S2_CLEAN | D_AF);
        }
        rig_free(b.a.r);
    }
}

/* EATS = 2: the Translated write makes dirty what the request did not. */
static void split_translated(void)
{
    struct bench b = bench_new(2, true, S1_DIRTY | D_AF, S2_CLEAN);
    struct smmu3_txn t = rig_txn(ATS_NESTED, IPA, "w");
    struct smmu3_result res;

    ats_set_eats(&b.a, ATS_NESTED, 2);
    CHECK_ATS(&b.a, ATS_NESTED, VA, "r", IPA, 12, true, false);
    CHECK_EQ(leaf2(&b), PA | S2_CLEAN | D_AF);
    t.translated = true;
    smmu3_translate(b.a.r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.pa, PA);
    CHECK_EQ(leaf2(&b), PA | S2_DIRTY | D_AF);
    rig_free(b.a.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/ats-httu/D.7/stage-1", stage1);
    g_test_add_func("/ats-httu/D.7/nothing-granted", nothing_granted);
    g_test_add_func("/ats-httu/D.7/less", less);
    g_test_add_func("/ats-httu/D.7/nested", nested);
    g_test_add_func("/ats-httu/D.7/nested-read-only", nested_read_only);
    g_test_add_func("/ats-httu/D.7/split-translated", split_translated);
    g_test_add_func("/ats-httu/D.7/table-read-only", table_read_only);
    return g_test_run();
}
