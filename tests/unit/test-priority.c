/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When several things are wrong at once (7.3.20 and the walk order; D.3, D.4,
 * E.1): which one is reported.
 */
#include "rig.h"

#define SID 0x42u
#define VA UINT64_C(0x1234567)
#define S2_TTB UINT64_C(0x21000000)
#define L2_AT (RIG_TABLES + 0x48)
#define L3_AT (RIG_TABLES + 0x1000 + 0x1a0)

static struct rig *rig_mapped(bool nested)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 39, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);

    rig_set_ste(r, SID,
                nested ? ste_nested(RIG_CD, S2_TTB, 12, 24, 1)
                       : ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 39));
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL);
    map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    map_at(&m2, RIG_TABLES, 3, RIG_TABLES | D_PAGE | D_S2ALL);
    map_at(&m2, RIG_TABLES + 0x1000, 3,
           (RIG_TABLES + 0x1000) | D_PAGE | D_S2ALL);
    map_at(&m2, 0x30000000, 3, 0x30000000 | D_PAGE | D_S2ALL);
    return r;
}

static struct mapper s2_map(struct rig *r)
{
    return map_s2(&r->h, S2_TTB, 12, 24, 1, 0);
}

static void expect_ssid(struct rig *r, uint32_t sid, uint64_t dw0)
{
    struct smmu3_txn t = rig_txn(sid, VA, "r");
    struct smmu3_result res;
    uint64_t w[4] = { 0 };

    t.ssv = true;
    t.ssid = 1;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_ABORT);
    CHECK_EQ(rig_event(r, w), dw0 != 0);
    CHECK_EQ(w[0], dw0);
    CHECK_EQ(rig_drop_events(r), 0);
}

/* D.3, first to last: each step takes the first fault away. */
static void configuration(void)
{
    struct rig *r = rig_mapped(false);
    uint64_t ste0 = mem_r64(&r->h, RIG_STRTAB + 64 * SID);

    mem_w64(&r->h, RIG_CD, 0);            /* CD.V = 0 */
    fake_hole(&r->h, RIG_CD, RIG_CD + 7); /* F_CD_FETCH */
    mem_w64(&r->h, RIG_STRTAB + 64 * SID, ste0 & ~UINT64_C(1));
    fake_hole(&r->h, RIG_STRTAB, RIG_STRTAB + 0x7fff);
    expect_ssid(r, 0x100, 0x0000010000001802);
    expect_ssid(r, SID, 0x0000004200001803);
    fake_no_holes(&r->h);
    fake_hole(&r->h, RIG_CD, RIG_CD + 7);
    expect_ssid(r, SID, 0x0000004200001804);
    mem_w64(&r->h, RIG_STRTAB + 64 * SID, ste0);
    rig_forget(r);
    expect_ssid(r, SID, 0x0000004200001008);
    CHECK_ABORT(r, SID, UINT64_MAX, "r", 0x0000004200000009, 0, 0, RIG_CD);
    fake_no_holes(&r->h);
    CHECK_ABORT(r, SID, UINT64_MAX, "r", 0x000000420000000a, 0, 0, 0);
    rig_free(r);
}

/* E.1: Config = 0xx before SSID; SSID before the address of a bypass. */
static void config_then_ssid(void)
{
    struct rig *r = rig_new();
    struct smmu3_txn t = rig_txn(SID, UINT64_MAX, "r");
    struct smmu3_result res;
    uint64_t w[4] = { 0 };

    t.ssv = true;
    t.ssid = 1;
    rig_set_ste(r, SID, ste_abort());
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_ABORT);
    CHECK(!rig_event(r, w));
    rig_set_ste(r, SID, ste_bypass());
    rig_forget(r);
    smmu3_translate(r->s, &t, &res);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000004200001008);
    rig_set_ste(r, SID, ste_s2(S2_TTB, 12, 24, 1));
    rig_forget(r);
    smmu3_translate(r->s, &t, &res);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000004200001008);
    rig_free(r);
}

/* Stage-2 faults of the CD, then F_CD_FETCH, then C_BAD_CD. */
static void nested_cd(void)
{
    struct rig *r = rig_mapped(true);
    struct mapper m2 = s2_map(r);

    mem_w64(&r->h, RIG_CD, 0);
    fake_hole(&r->h, RIG_CD, RIG_CD + 63);
    map_put(&m2, map_find(&m2, RIG_CD, 3), 0);
    CHECK_ABORT(r, SID, UINT64_MAX, "r", 0x0000004200000010, 0x0000008800000000,
                UINT64_MAX, RIG_CD);
    map_put(&m2, map_find(&m2, RIG_CD, 3), RIG_CD | D_PAGE | D_S2ALL);
    CHECK_ABORT(r, SID, UINT64_MAX, "r", 0x0000004200000009, 0, 0, RIG_CD);
    fake_no_holes(&r->h);
    CHECK_ABORT(r, SID, UINT64_MAX, "r", 0x000000420000000a, 0, 0, 0);
    rig_free(r);
}

/* D.4: range before the fetch; per level EABT, TRANSLATION, ADDR_SIZE. */
static void stage_1_levels(void)
{
    struct rig *r = rig_mapped(false);
    struct cd cd = cd_make(RIG_TABLES, 12, 39);

    set_bits(cd.w, 34, 32, 0); /* IPS: 32 bits */
    rig_set_cd(r, RIG_CD, cd);
    fake_hole(&r->h, RIG_TABLES, RIG_TABLES + 0xfff);
    CHECK_ABORT(r, SID, VA | 1ull << 25, "r", 0x0000004200000010,
                0x0000020800000000, VA | 1ull << 25, 0);
    CHECK_ABORT(r, SID, VA, "r", 0x000000420000000b, 0x0000010800000000, VA,
                L2_AT);
    fake_no_holes(&r->h);
    /* Invalid, with an address out of range. */
    mem_w64(&r->h, L2_AT, 0xf00020001000 | 2);
    CHECK_ABORT(r, SID, VA, "r", 0x0000004200000010, 0x0000020800000000, VA, 0);
    /* Out of range before the next fetch (in-tree row 26). */
    mem_w64(&r->h, L2_AT, 0xf00020001000 | 3);
    fake_hole(&r->h, 0xf00020001000, 0xf00020001fff);
    CHECK_ABORT(r, SID, VA, "r", 0x0000004200000011, 0x0000020800000000, VA, 0);
    fake_no_holes(&r->h);
    mem_w64(&r->h, L2_AT, (RIG_TABLES + 0x1000) | 3);
    fake_hole(&r->h, L3_AT, L3_AT);
    CHECK_ABORT(r, SID, VA, "r", 0x000000420000000b, 0x0000010800000000, VA,
                L3_AT);
    rig_free(r);
}

/* In-tree row 27: ADDR_SIZE, ACCESS, PERMISSION. */
static void stage_1_leaf(void)
{
    struct rig *r = rig_mapped(false);
    struct cd cd = cd_make(RIG_TABLES, 12, 39);

    set_bits(cd.w, 34, 32, 0);
    rig_set_cd(r, RIG_CD, cd);
    mem_w64(&r->h, L3_AT, 0x130000000 | D_PAGE | D_RO);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000011, 0x0000020000000000, VA, 0);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_RO);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000012, 0x0000020000000000, VA, 0);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_RO | D_AF);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000013, 0x0000020000000000, VA, 0);
    rig_free(r);
}

/* In-tree row 28: hierarchical permissions count at the leaf. */
static void hierarchical_then_deeper(void)
{
    struct rig *r = rig_mapped(false);

    mem_w64(&r->h, L2_AT, (RIG_TABLES + 0x1000) | 3 | 3ull << 61);
    mem_w64(&r->h, L3_AT, 0);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000010, 0x0000020000000000, VA, 0);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_EL0);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000012, 0x0000020000000000, VA, 0);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000013, 0x0000020000000000, VA, 0);
    rig_free(r);
}

/* D.4, nested: table by table, then the leaf of stage 1, then its output. */
static void nested_walk(void)
{
    struct rig *r = rig_mapped(true);
    struct mapper m2 = s2_map(r);
    uint64_t at = map_find(&m2, RIG_TABLES, 3);
    uint64_t at1 = map_find(&m2, RIG_TABLES + 0x1000, 3);
    uint64_t out = map_find(&m2, 0x30000000, 3);

    map_put(&m2, at, 0);
    map_put(&m2, at1, 0);
    map_put(&m2, out, 0);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_RO);
    /* Stage-1 range first. */
    CHECK_ABORT(r, SID, VA | 1ull << 25, "w", 0x0000004200000010,
                0x0000020000000000, VA | 1ull << 25, 0);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000010, 0x0000018000000000, VA,
                RIG_TABLES);
    /* Stage 2 grants the table; stage 1 finds it invalid. */
    map_put(&m2, at, RIG_TABLES | D_PAGE | D_S2ALL);
    mem_w64(&r->h, L2_AT, 0);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000010, 0x0000020000000000, VA, 0);
    mem_w64(&r->h, L2_AT, (RIG_TABLES + 0x1000) | 3);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000010, 0x0000018000000000, VA,
                RIG_TABLES + 0x1000);
    map_put(&m2, at1, (RIG_TABLES + 0x1000) | D_PAGE | D_S2ALL);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000012, 0x0000020000000000, VA, 0);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_RO | D_EL0 | D_AF);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000013, 0x0000020000000000, VA, 0);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000010, 0x0000028000000000, VA,
                0x30000000);
    rig_free(r);
}

/* D.4 for stage 2 alone: range, EABT, TRANSLATION, ADDR_SIZE, ACCESS,
 * PERMISSION. */
static void stage_2_walk(void)
{
    struct rig *r = rig_new();
    struct ste ste = ste_s2(S2_TTB, 12, 24, 1);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
    uint64_t ipa = 0x30000000, at, bad = 0x1000000000;

    set_bits(ste.w, 178, 176, 1); /* S2PS: 36 bits */
    rig_set_ste(r, SID, ste);
    at = map_at(&m2, ipa, 3, bad | D_PAGE);
    fake_hole(&r->h, S2_TTB, S2_TTB + 0x1fff);
    CHECK_ABORT(r, SID, 0x10030000000, "w", 0x0000004200000010,
                0x0000028000000000, 0x10030000000, 0x10030000000);
    CHECK_ABORT(r, SID, ipa, "w", 0x000000420000000b, 0x0000028000000000, ipa,
                S2_TTB);
    fake_no_holes(&r->h);
    map_put(&m2, at, bad | 2);
    CHECK_ABORT(r, SID, ipa, "w", 0x0000004200000010, 0x0000028000000000, ipa,
                ipa);
    map_put(&m2, at, bad | D_PAGE);
    CHECK_ABORT(r, SID, ipa, "w", 0x0000004200000011, 0x0000028000000000, ipa,
                ipa);
    map_put(&m2, at, ipa | D_PAGE);
    CHECK_ABORT(r, SID, ipa, "w", 0x0000004200000012, 0x0000028000000000, ipa,
                ipa);
    map_put(&m2, at, ipa | D_PAGE | D_AF);
    CHECK_ABORT(r, SID, ipa, "w", 0x0000004200000013, 0x0000028000000000, ipa,
                ipa);
    map_put(&m2, at, ipa | D_PAGE | D_S2ALL);
    CHECK_OK(r, SID, ipa, "w", ipa);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/priority/D.3/configuration", configuration);
    g_test_add_func("/priority/E.1/config-then-ssid", config_then_ssid);
    g_test_add_func("/priority/D.3/nested-cd", nested_cd);
    g_test_add_func("/priority/D.4/stage-1-levels", stage_1_levels);
    g_test_add_func("/priority/D.4/stage-1-leaf", stage_1_leaf);
    g_test_add_func("/priority/D.4/hierarchical-then-deeper",
                    hierarchical_then_deeper);
    g_test_add_func("/priority/D.4/nested", nested_walk);
    g_test_add_func("/priority/D.4/stage-2", stage_2_walk);
    return g_test_run();
}
