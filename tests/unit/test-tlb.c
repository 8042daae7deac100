/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TLB (3.17; F.1 to F.3): stale until invalidated, tags, what is never
 * cached, replacement, sizes.
 */
#include "tlb-rig.h"

#define VA UINT64_C(0x10000)

static uint64_t hits(struct rig *r)
{
    struct smmu3_stats st;

    smmu3_get_stats(r->s, &st);
    return st.tlb_hits;
}

static uint64_t walks(struct rig *r)
{
    struct smmu3_stats st;

    smmu3_get_stats(r->s, &st);
    return st.walks;
}

/* One stream with a mapper. */
static struct rig *rig_one(struct mapper *m, const struct smmu3_params *params)
{
    struct rig *r = rig_new_with(params);

    *m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    return r;
}

static void stale(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);

    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    map_at(&m, VA, 3, 0);
    CHECK_OK(r, 0, VA + 0x123, "w", 0x30000123);
    CHECK_EQ(hits(r), 1);
    CHECK_EQ(walks(r), 1);
    rig_cmd(r, cmd_tlbi(0x12, 7, 3, VA));
    rig_sync(r);
    CHECK_EQ(rig_go(r, 0, VA, "r").outcome, SMMU3_ABORT);
    rig_free(r);
}

/* A size of 0 turns each cache off. */
static void no_tlb(void)
{
    struct smmu3_params p = rig_no_caches();
    struct mapper m;
    struct rig *r = rig_one(&m, &p);

    for (unsigned i = 0; i < 4; i++) {
        map_at(&m, VA, 3, (0x30000000 + i * 0x1000) | D_PAGE | D_S1ALL);
        CHECK_OK(r, 0, VA, "r", 0x30000000 + i * 0x1000);
    }
    CHECK_EQ(hits(r), 0);
    CHECK_EQ(walks(r), 4);
    rig_free(r);
}

/* F.1: two streams whose tags differ in one thing alone never share. */
static void tags_apart(void)
{
    static const struct stream st[] = {
        { 0, ST_EL1, 7, 3 }, { 1, ST_EL1, 8, 3 }, { 2, ST_EL1, 7, 4 },
        { 3, ST_EL2, 7, 3 }, { 4, ST_S2, 7, 0 },  { 5, ST_S2, 8, 0 },
    };
    static const struct entry en[] = { { 0, VA }, { 1, VA }, { 2, VA },
                                       { 3, VA }, { 4, VA }, { 5, VA } };
    struct tlb_rig t;

    for (unsigned e2h = 0; e2h < 2; e2h++) {
        tlb_rig_init(&t, NULL, e2h, st, G_N_ELEMENTS(st), en, G_N_ELEMENTS(en));
        tlb_rig_fill(&t); /* checks each one's own output */
        CHECK_EQ(tlb_rig_gone(&t), 0);
        tlb_rig_fini(&t);
    }
}

/* 256 ASIDs and VMIDs apart: all 16 bits count. */
static void tags_16_bits(void)
{
    static const struct stream st[] = {
        { 0, ST_EL1, 0x0107, 3 },      { 1, ST_EL1, 0x0007, 3 },
        { 2, ST_EL1, 0x0007, 0x0103 }, { 3, ST_S2, 0x010a, 0 },
        { 4, ST_S2, 0x000a, 0 },
    };
    static const struct entry en[] = {
        { 0, VA }, { 1, VA }, { 2, VA }, { 3, VA }, { 4, VA }
    };
    struct tlb_rig t;

    tlb_rig_init(&t, NULL, false, st, G_N_ELEMENTS(st), en, G_N_ELEMENTS(en));
    tlb_rig_fill(&t);
    CHECK_EQ(tlb_rig_gone(&t), 0);
    tlb_rig_fini(&t);
}

/* Two streams with the same tags and tables share entries. */
static void same_tags_share(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);

    rig_set_ste(r, 1, ste_s1(RIG_CD));
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    CHECK_EQ(hits(r), 0);
    CHECK_OK(r, 1, VA, "r", 0x30000000);
    CHECK_EQ(hits(r), 1);
    rig_free(r);
}

/* F.1: a global entry is for every ASID of the VMID; nG keeps to its own. */
static void global(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    set_bits(cd.w, 63, 48, 4);
    rig_set_cd(r, RIG_CD + 64, cd);
    rig_set_ste(r, 1, ste_s1(RIG_CD + 64));
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | (D_S1ALL & ~D_NG));
    map_at(&m, VA + 0x1000, 3, 0x30001000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    CHECK_OK(r, 0, VA + 0x1000, "r", 0x30001000);
    CHECK_EQ(hits(r), 0);
    CHECK_OK(r, 1, VA, "r", 0x30000000);
    CHECK_EQ(hits(r), 1);
    CHECK_OK(r, 1, VA + 0x1000, "r", 0x30001000);
    CHECK_EQ(hits(r), 1);
    rig_free(r);
}

/* F.1: global entries hit within the same ASET value only; TLBI ignores it. */
static void aset(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);
    struct cd cd = cd_make(RIG_TABLES + 0x100000, 12, 25);
    struct mapper m2 =
        map_s1(&r->h, RIG_TABLES + 0x100000, 12, 25, RIG_TABLES + 0x101000);

    set_bits(cd.w, 47, 47, 1);
    rig_set_cd(r, RIG_CD + 64, cd);
    rig_set_ste(r, 1, ste_s1(RIG_CD + 64));
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | (D_S1ALL & ~D_NG));
    map_at(&m2, VA, 3, 0x31000000 | D_PAGE | (D_S1ALL & ~D_NG));
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    CHECK_OK(r, 1, VA, "r", 0x31000000);
    map_at(&m, VA, 3, 0x32000000 | D_PAGE | (D_S1ALL & ~D_NG));
    map_at(&m2, VA, 3, 0x33000000 | D_PAGE | (D_S1ALL & ~D_NG));
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    CHECK_OK(r, 1, VA, "r", 0x31000000);
    rig_cmd(r, cmd_tlbi(0x12, 7, 3, VA));
    CHECK_OK(r, 0, VA, "r", 0x32000000);
    CHECK_OK(r, 1, VA, "r", 0x33000000);
    rig_free(r);
}

/* CR2.E2H: EL2 and EL2-E2H entries keep apart. */
static void el2_and_e2h(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);
    struct ste ste = ste_s1(RIG_CD);

    set_bits(ste.w, 95, 94, 2);
    rig_set_ste(r, 0, ste);
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, VA, "rp", 0x30000000);
    map_at(&m, VA, 3, 0x31000000 | D_PAGE | D_S1ALL);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR2, 3);
    wr32(r, O_CR0, 0xd);
    rig_cmd(r, (struct cmd){ { 0x04, 0x1f } });
    CHECK_OK(r, 0, VA, "rp", 0x31000000);
    rig_free(r);
}

/* F.2, J 50: no faulting translation is ever cached. */
static void faults_not_cached(void)
{
    static const uint64_t bad[] = {
        0,
        0x30000000 | D_BLOCK | D_S1ALL,           /* reserved at level 3 */
        0x30000000 | D_PAGE | D_EL0 | D_NG,       /* AF = 0 */
        0x30000000 | D_PAGE | D_S1ALL | D_RO,     /* a write */
        0x30000000 | D_PAGE | (D_S1ALL & ~D_EL0), /* EL0 */
        0x100000000000 | D_PAGE | D_S1ALL,        /* IPS: 44 bits */
    };
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    set_bits(cd.w, 34, 32, 4);
    rig_set_cd(r, RIG_CD, cd);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        uint64_t va = VA + 0x1000 * i;

        map_at(&m, va, 3, bad[i]);
        CHECK_EQ(rig_go(r, 0, va, "w").outcome, SMMU3_ABORT);
        CHECK_EQ(rig_go(r, 0, va, "w").outcome, SMMU3_ABORT);
        rig_drop_events(r);
        map_at(&m, va, 3, 0x31000000 | D_PAGE | D_S1ALL);
        CHECK_OK(r, 0, va, "w", 0x31000000);
    }
    /* An invalid table descriptor neither. */
    map_put(&m, map_find(&m, 0x40000000, 1), 0);
    CHECK_EQ(rig_go(r, 0, 0x40000000, "w").outcome, SMMU3_ABORT);
    rig_drop_events(r);
    map_at(&m, 0x40000000, 3, 0x31000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, 0x40000000, "w", 0x31000000);
    rig_free(r);
}

/* In-tree rows 10 to 12: a hit is checked as a walk is. */
static void hits_are_checked(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);

    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL | D_RO | D_UXN | D_PXN);
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    for (unsigned i = 0; i < 2; i++) {
        CHECK_ABORT(r, 0, VA, "w", 0x0000000000000013, 0x0000020000000000, VA,
                    0);
        CHECK_ABORT(r, 0, VA, "x", 0x0000000000000013, 0x0000020c00000000, VA,
                    0);
        CHECK_OK(r, 0, VA, "rp", 0x30000000);
        CHECK_ABORT(r, 0, VA, "wp", 0x0000000000000013, 0x0000020200000000, VA,
                    0);
        CHECK_ABORT(r, 0, VA, "m", 0x0000000000000013, 0x0000020000000000, VA,
                    0);
    }
    rig_free(r);
}

/* B.9: A and R are not held in the TLB: CFGI is enough. */
static void a_and_r_not_cached(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL | D_RO);
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    set_bits(cd.w, 46, 45, 0);
    rig_set_cd(r, RIG_CD, cd);
    rig_cmd(r, (struct cmd){ { 0x05, 1 } });
    CHECK_QUIET(r, 0, VA, "w", SMMU3_RAZWI);
    CHECK_OK(r, 0, VA, "r", 0x30000000);
    rig_free(r);
}

/* Bounded, and never emptied because it is full: with room for 64, after 65
 * pages most of them still hit. */
static void replacement(void)
{
    struct smmu3_params p = rig_params();
    struct mapper m;
    struct rig *r;
    uint64_t before;
    unsigned kept = 0;

    p.tlb_entries = 64;
    r = rig_one(&m, &p);
    for (uint64_t i = 0; i < 4096; i++) {
        map_at(&m, i << 12, 3, (0x100000000 + (i << 12)) | D_PAGE | D_S1ALL);
    }
    for (unsigned n = 1; n <= 65; n++) {
        CHECK_OK(r, 0, (uint64_t)(n - 1) << 12, "r",
                 0x100000000 + ((uint64_t)(n - 1) << 12));
    }
    for (uint64_t i = 0; i < 65; i++) {
        before = hits(r);
        /* Look without disturbing: a silent transaction may fill. Ask the
         * newest first. */
        rig_go(r, 0, (64 - i) << 12, "r");
        kept += hits(r) != before;
    }
    CHECK(kept >= 32);
    CHECK(kept <= 64);
    /* A working set that fits half of it stays, eventually. */
    for (unsigned pass = 0; pass < 50; pass++) {
        for (uint64_t i = 0; i < 16; i++) {
            rig_go(r, 0, i << 12, "r");
        }
    }
    before = hits(r);
    for (uint64_t i = 0; i < 16; i++) {
        rig_go(r, 0, i << 12, "r");
    }
    CHECK(hits(r) - before >= 8);
    rig_free(r);
}

/* Never more entries than there is room for. */
static void bounded(void)
{
    static const unsigned sizes[] = { 1, 2, 3, 16, 100 };

    for (unsigned k = 0; k < G_N_ELEMENTS(sizes); k++) {
        struct smmu3_params p = rig_params();
        struct mapper m;
        struct rig *r;
        unsigned kept = 0;

        p.tlb_entries = sizes[k];
        r = rig_one(&m, &p);
        for (uint64_t i = 0; i < 1024; i++) {
            map_at(&m, i << 12, 3, 0x100000000 | D_PAGE | D_S1ALL);
            rig_go(r, 0, i << 12, "r");
            map_at(&m, i << 12, 3, 0);
        }
        for (uint64_t i = 0; i < 1024; i++) {
            kept += rig_go(r, 0, i << 12, "r").outcome == SMMU3_OK;
        }
        rig_drop_events(r);
        CHECK(kept <= sizes[k]);
        CHECK(kept >= 1);
        rig_free(r);
    }
}

/* smmu3_reset() empties; SMMUEN = 0 does not have to (A.9), and here does
 * not. Many pages, of tables of their own: one look-up could fill what the
 * next one is to miss. */
static void reset_and_disable(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);

    for (uint64_t i = 0; i < 64; i++) {
        map_at(&m, i << 21, 3, (0x30000000 + (i << 12)) | D_PAGE | D_S1ALL);
        CHECK_OK(r, 0, i << 21, "r", 0x30000000 + (i << 12));
    }
    for (uint64_t i = 0; i < 64; i++) {
        uint64_t table = 0x50000000 + (i << 12);

        map_put(&m, map_find(&m, i << 21, 2), table | D_TABLE);
        mem_w64(&r->h, table, (0x31000000 + (i << 12)) | D_PAGE | D_S1ALL);
    }
    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR0, 0xd);
    for (uint64_t i = 0; i < 64; i++) {
        CHECK_OK(r, 0, i << 21, "r", 0x30000000 + (i << 12));
    }
    smmu3_reset(r->s);
    rig_enable(r);
    for (uint64_t i = 0; i < 64; i++) {
        CHECK_OK(r, 0, i << 21, "r", 0x31000000 + (i << 12));
    }
    rig_free(r);
}

/* A stage-2 fault of a hit shows the IPA of the access, in blocks too. */
static void ipa_of_a_hit(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, 24, 1, 0x40010000);

    rig_set_ste(r, 0, ste_nested(RIG_CD, 0x40000000, 12, 24, 1));
    rig_set_ste(r, 1, ste_s2(0x40000000, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m2, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&m2, RIG_TABLES, 2, RIG_TABLES | D_BLOCK | D_S2ALL);
    map_at(&m2, 0x60200000, 2, 0x70000000 | D_BLOCK | (D_S2ALL & ~D_S2W));
    map_at(&m, 0x400000, 2, 0x60200000 | D_BLOCK | D_S1ALL);
    CHECK_OK(r, 0, 0x400000, "r", 0x70000000);
    CHECK_ABORT(r, 0, 0x405678, "w", 0x0000000000000013, 0x0000028000000000,
                0x405678, 0x60205000);
    CHECK_ABORT(r, 0, 0x5ff000, "w", 0x0000000000000013, 0x0000028000000000,
                0x5ff000, 0x603ff000);
    CHECK_OK(r, 1, 0x60200000, "r", 0x70000000);
    CHECK_ABORT(r, 1, 0x60205678, "w", 0x0000000100000013, 0x0000028000000000,
                0x60205678, 0x60205000);
    rig_free(r);
}

/* A probe neither reads nor fills the caches. */
static void probe(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);
    struct smmu3_txn t = rig_txn(0, VA, "r");
    struct smmu3_result res;

    t.probe = true;
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL);
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.pa, 0x30000000);
    map_at(&m, VA, 3, 0x31000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, VA, "r", 0x31000000); /* not filled */
    map_at(&m, VA, 3, 0x32000000 | D_PAGE | D_S1ALL);
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.pa, 0x32000000); /* not read */
    CHECK_OK(r, 0, VA, "r", 0x31000000);
    CHECK_EQ(hits(r), 1);
    rig_free(r);
}

/* F.3, BBML 2: blocks and pages exchanged without break-before-make: the old
 * or the new one, and never F_TLB_CONFLICT. */
static void bbm(void)
{
    struct mapper m;
    struct rig *r = rig_one(&m, NULL);
    struct smmu3_result res;

    map_at(&m, 0x200000, 2, 0x40000000 | D_BLOCK | D_S1ALL);
    CHECK_OK(r, 0, 0x205000, "r", 0x40005000);
    for (uint64_t i = 0; i < 512; i++) {
        map_at(&m, 0x200000 + (i << 12), 3,
               (0x50000000 + (i << 12)) | D_PAGE | D_S1ALL);
    }
    for (uint64_t i = 0; i < 512; i++) {
        res = rig_go(r, 0, 0x200000 + (i << 12), "r");
        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK(res.pa == 0x40000000 + (i << 12) ||
              res.pa == 0x50000000 + (i << 12));
    }
    map_put(&m, map_find(&m, 0x200000, 2), 0x60000000 | D_BLOCK | D_S1ALL);
    for (uint64_t i = 0; i < 512; i++) {
        res = rig_go(r, 0, 0x200000 + (i << 12), "r");
        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK(res.pa == 0x40000000 + (i << 12) ||
              res.pa == 0x50000000 + (i << 12) ||
              res.pa == 0x60000000 + (i << 12));
    }
    CHECK_EQ(rig_drop_events(r), 0);
    /* All of them gone, whatever their sizes. */
    rig_cmd(r, cmd_tlbi_range(0x12, 7, 3, 0x200000, 1, 0, 9, 0));
    for (uint64_t i = 0; i < 512; i++) {
        CHECK_OK(r, 0, 0x200000 + (i << 12), "r", 0x60000000 + (i << 12));
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/tlb/F.1/stale-until-invalidated", stale);
    g_test_add_func("/tlb/no-tlb", no_tlb);
    g_test_add_func("/tlb/F.1/tags-apart", tags_apart);
    g_test_add_func("/tlb/F.1/tags-16-bits", tags_16_bits);
    g_test_add_func("/tlb/F.1/same-tags-share", same_tags_share);
    g_test_add_func("/tlb/F.1/global", global);
    g_test_add_func("/tlb/F.1/aset", aset);
    g_test_add_func("/tlb/F.1/el2-and-e2h", el2_and_e2h);
    g_test_add_func("/tlb/F.2/faults-not-cached", faults_not_cached);
    g_test_add_func("/tlb/hits-are-checked", hits_are_checked);
    g_test_add_func("/tlb/ipa-of-a-hit", ipa_of_a_hit);
    g_test_add_func("/tlb/B.9/a-and-r-not-cached", a_and_r_not_cached);
    g_test_add_func("/tlb/replacement", replacement);
    g_test_add_func("/tlb/bounded", bounded);
    g_test_add_func("/tlb/A.9/reset-and-disable", reset_and_disable);
    g_test_add_func("/tlb/probe", probe);
    g_test_add_func("/tlb/F.3/bbml-2", bbm);
    return g_test_run();
}
