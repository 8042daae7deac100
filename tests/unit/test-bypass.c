/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMMUEN = 0 and GBPA (A.9, A.11), and streams in bypass (B.3, E.2).
 */
#include "rig.h"

/* SMMUEN = 0, the rest enabled. */
static struct rig *rig_off(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    return r;
}

static void passes(void)
{
    struct rig *r = rig_off();
    struct smmu3_txn t = rig_txn(5, 0xdeadbeef, "r");
    struct smmu3_result res;

    CHECK_OK(r, 5, 0x123456789abc, "r", 0x123456789abc);
    CHECK_OK(r, 5, 0xffffffffffff, "wp", 0xffffffffffff);
    CHECK_OK(r, 5, 0, "x", 0);
    /* No SSID check, no SID check. */
    t.ssv = true;
    t.ssid = 77;
    t.sid = 0xffffffff;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.pa, 0xdeadbeef);
    CHECK_EQ(res.perm, 7);
    CHECK_EQ(rig_drop_events(r), 0);
    /* No fetch of any structure. */
    CHECK_EQ(r->h.reads, 0);
    rig_free(r);
}

static void above_oas(void)
{
    struct rig *r = rig_off();

    CHECK_QUIET(r, 5, 0x1000000000000, "r", SMMU3_ABORT);
    CHECK_QUIET(r, 5, UINT64_MAX, "w", SMMU3_ABORT);
    rig_free(r);
}

static void gbpa_abort(void)
{
    struct rig *r = rig_off();

    wr32(r, O_GBPA, 0x80101000);
    CHECK_EQ(rd32(r, O_GBPA), 0x00101000); /* Update has cleared */
    CHECK_QUIET(r, 5, 0x1000, "r", SMMU3_ABORT);
    CHECK_QUIET(r, 5, 0x1000, "wp", SMMU3_ABORT);
    /* It counts only while SMMUEN = 0. */
    rig_set_ste(r, 5, ste_bypass());
    wr32(r, O_CR0, 0xd);
    CHECK_OK(r, 5, 0x1000, "r", 0x1000);
    wr32(r, O_CR0, 0xc);
    CHECK_QUIET(r, 5, 0x1000, "r", SMMU3_ABORT);
    wr32(r, O_GBPA, 0x80001000);
    CHECK_EQ(rd32(r, O_GBPA), 0x00001000);
    CHECK_OK(r, 5, 0x1000, "r", 0x1000);
    rig_free(r);
}

/* J 47. */
static void gbpa_needs_update(void)
{
    struct rig *r = rig_off();

    wr32(r, O_GBPA, 0x00101000);
    CHECK_EQ(rd32(r, O_GBPA), 0x00001000);
    CHECK_OK(r, 5, 0x1000, "r", 0x1000);
    rig_free(r);
}

/* A.11: reserved bits and Secure-only NSCFG read as zero. */
static void gbpa_bits(void)
{
    struct rig *r = rig_off();

    wr32(r, O_GBPA, 0xffffffff);
    CHECK_EQ(rd32(r, O_GBPA) & 0xffe0c0e0, 0);
    CHECK_EQ(rd32(r, O_GBPA) & 0x00100000, 0x00100000);
    rig_free(r);
}

/* A.11: no ATTR_TYPES_OVR and no ATTR_PERMS_OVR: attributes pass through. */
static void gbpa_overrides_nothing(void)
{
    struct rig *r = rig_off();
    struct smmu3_txn t = rig_txn(5, 0x1000, "r");
    struct smmu3_result res;

    wr32(r, O_GBPA, 0x800e3f1f);
    t.attr = 0x44;
    t.sh = 2;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.attr, 0x44);
    CHECK_EQ(res.sh, 2);
    CHECK(!res.pnu);
    CHECK(!res.ind);
    rig_free(r);
}

/* A.9: commands and the event queue work with SMMUEN = 0. */
static void commands_work(void)
{
    struct rig *r = rig_off();

    rig_cmd(r, (struct cmd){ { 0x04, 0x1f } });
    rig_cmd(r, cmd_op(0x30));
    rig_cmd(r, (struct cmd){ { 0x01 | 5ull << 32, 0 } });
    rig_cmd(r, (struct cmd){ { 0x02 | 5ull << 32, 0 } });
    rig_cmd(r, (struct cmd){ { 0x1046, 0 } });
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    CHECK(rig_cmd_ill(r, cmd_op(0)));
    rig_free(r);
}

/* J 49, and back: caches or not, the answer follows SMMUEN at once. */
static void toggles(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    rig_set_ste(r, 5, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m, 0x1000, 3, 0x80000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 5, 0x1000, "r", 0x80000000);
    wr32(r, O_CR0, 0xc);
    CHECK_OK(r, 5, 0x1000, "r", 0x1000);
    CHECK_OK(r, 5, 0x7fffffff000, "r", 0x7fffffff000);
    wr32(r, O_CR0, 0xd);
    CHECK_OK(r, 5, 0x1000, "r", 0x80000000);
    CHECK_ABORT(r, 5, 0x3000, "r", 0x0000000500000010, 0x0000020800000000,
                0x3000, 0);
    rig_free(r);
}

static void ste_bypass_passes(void)
{
    struct rig *r = rig_new();

    rig_set_ste(r, 5, ste_bypass());
    CHECK_OK(r, 5, 0xffffffffffff, "r", 0xffffffffffff);
    CHECK_OK(r, 5, 0x1000, "wp", 0x1000);
    rig_free(r);
}

/* E.2, in-tree row 38: recorded, a stage-1 F_ADDR_SIZE. */
static void ste_bypass_above_oas(void)
{
    struct rig *r = rig_new();

    rig_set_ste(r, 5, ste_bypass());
    CHECK_ABORT(r, 5, 0x1000000000000, "w", 0x0000000500000011,
                0x0000020000000000, 0x1000000000000, 0);
    CHECK_ABORT(r, 5, 0x8000000000001000, "rp", 0x0000000500000011,
                0x0000020a00000000, 0x8000000000001000, 0);
    rig_free(r);
}

/* E.14, J 66: override fields count for nothing without ATTR_*_OVR. */
static void ste_bypass_overrides_nothing(void)
{
    struct rig *r = rig_new();
    struct ste ste = ste_bypass();
    struct smmu3_txn t = rig_txn(5, 0x1000, "x");
    struct smmu3_result res;

    set_bits(ste.w, 100, 96, 0x1f); /* MTCFG, MemAttr */
    set_bits(ste.w, 104, 101, 0xf); /* ALLOCCFG */
    set_bits(ste.w, 109, 108, 3);   /* SHCFG */
    set_bits(ste.w, 113, 112, 3);   /* PRIVCFG: privileged */
    set_bits(ste.w, 115, 114, 2);   /* INSTCFG: data */
    rig_set_ste(r, 5, ste);
    t.attr = 0xbb;
    t.sh = 2;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.attr, 0xbb);
    CHECK_EQ(res.sh, 2);
    CHECK(!res.pnu);
    CHECK(res.ind);
    rig_free(r);
}

/* The size of a bypass result covers no more than what passes. */
static void bypass_size(void)
{
    struct rig *r = rig_new();
    struct smmu3_result res;

    rig_set_ste(r, 5, ste_bypass());
    for (unsigned i = 0; i < 2; i++) {
        res = rig_go(r, 5, 0x5000, "r");
        CHECK_EQ(res.perm, 7);
        CHECK(res.lg2_size >= 12 && res.lg2_size <= 48);
        wr32(r, O_CR0, 0xc);
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/bypass/A.9/passes", passes);
    g_test_add_func("/bypass/A.9/above-oas", above_oas);
    g_test_add_func("/bypass/A.9/commands-work", commands_work);
    g_test_add_func("/bypass/A.9/toggles", toggles);
    g_test_add_func("/bypass/A.11/abort", gbpa_abort);
    g_test_add_func("/bypass/A.11/needs-update", gbpa_needs_update);
    g_test_add_func("/bypass/A.11/bits", gbpa_bits);
    g_test_add_func("/bypass/A.11/overrides-nothing", gbpa_overrides_nothing);
    g_test_add_func("/bypass/B.3/passes", ste_bypass_passes);
    g_test_add_func("/bypass/E.2/above-oas", ste_bypass_above_oas);
    g_test_add_func("/bypass/E.14/overrides-nothing",
                    ste_bypass_overrides_nothing);
    g_test_add_func("/bypass/size", bypass_size);
    return g_test_run();
}
