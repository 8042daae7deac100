/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 42 places where QEMU's own model was found wrong: rows 21 to 42. See
 * test-in-tree.c.
 */
#include <pthread.h>
#include "in-tree.h"

/* A stage-2 fault on a stage-1 table: S2 = 1, and S2R decides. */
static void s2_fault_on_table(void)
{
    struct in_tree t = in_tree_nested();

    map_at(&t.m2, RIG_TABLES + 0x1000, 3, 0);
    set_bits(t.cd.w, 45, 45, 0); /* R = 0 */
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000010, 0x0000018800000000, VA,
                RIG_TABLES + 0x1000);
    set_bits(t.cd.w, 45, 45, 1);
    set_bits(t.ste.w, 186, 186, 0); /* S2R = 0 */
    in_tree_set(&t);
    CHECK_QUIET(t.r, SID, VA, "r", SMMU3_ABORT);
    rig_free(t.r);
}

static void cd_fetch_address(void)
{
    struct in_tree t = in_tree_s1();

    fake_hole(&t.r->h, RIG_CD, RIG_CD + 63);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000009, 0, 0, RIG_CD);
    rig_free(t.r);
}

/* The IPA has no low bits; of a table it is the descriptor's. */
static void ipa_in_events(void)
{
    struct in_tree t = in_tree_nested();
    uint64_t ipa = RIG_TABLES + 0x10000;

    /* A 64 KiB table, of which entry 0x1234 is not mapped at stage 2. */
    t.cd = cd_make(RIG_TABLES, 16, 25);
    mem_w64(&t.r->h, RIG_TABLES, ipa | D_TABLE);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, 0x12345678, "r", 0x0000000300000010,
                0x0000018800000000, 0x12345678, ipa + 0x9000);
    t.ste = ste_s2(S2_TTB, 12, 24, 1);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, 0x77777777, "r", 0x0000000300000010,
                0x0000028800000000, 0x77777777, 0x77777000);
    rig_free(t.r);
}

static void recinvsid(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR2, 0);
    wr32(r, O_CR0, 0xd);
    CHECK_QUIET(r, 0x100, VA, "r", SMMU3_ABORT);
    rig_free(r);
}

static void input_beyond_ias(void)
{
    struct in_tree t = in_tree_s1();

    t.ste = ste_s2(S2_TTB, 12, 24, 1);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, 0x1000000000000, "r", 0x0000000300000011,
                0x0000020800000000, 0x1000000000000, 0);
    rig_free(t.r);
}

static void table_beyond_oas(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.oas = 40;
    r = rig_new_with(&p);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    mem_w64(&r->h, RIG_TABLES, 0x10000000000 | D_TABLE);
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000011, 0x0000020800000000, VA, 0);
    CHECK_EQ(r->h.beyond, 0);
    rig_free(r);
}

static void leaf_order(void)
{
    struct in_tree t = in_tree_s1();

    set_bits(t.cd.w, 34, 32, 0);
    map_at(&t.m, VA, 3, 0x100000000 | D_PAGE | D_RO);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, VA, "w", 0x0000000300000011, 0x0000020000000000, VA,
                0);
    rig_free(t.r);
}

static void aptable_then_deeper(void)
{
    struct in_tree t = in_tree_s1();
    uint64_t at = map_find(&t.m, VA, 1);

    map_put(&t.m, at, map_get(&t.m, at) | 3ull << 61);
    map_at(&t.m, VA, 3, 0);
    CHECK_ABORT(t.r, SID, VA, "w", 0x0000000300000010, 0x0000020000000000, VA,
                0);
    rig_free(t.r);
}

/* Blocks at 4K level 0, 16K and 64K levels 0 and 1. */
static void block_levels(void)
{
    static const struct {
        unsigned granule, level;
    } bad[] = { { 12, 0 }, { 14, 0 }, { 14, 1 }, { 16, 1 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct in_tree t = in_tree_s1();
        unsigned granule = bad[i].granule;

        t.cd = cd_make(0x50000000, granule, 16);
        in_tree_set(&t);
        t.m = map_s1(&t.r->h, 0x50000000, granule, 16, 0x50100000);
        map_at(&t.m, VA, bad[i].level, D_BLOCK | D_S1ALL);
        CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000010, 0x0000020800000000,
                    VA, 0);
        rig_free(t.r);
    }
    for (unsigned level = 0; level < 2; level++) { /* stage 2 */
        struct in_tree t = in_tree_s1();

        t.ste = ste_s2(0x50000000, level ? 14 : 12, 16, 2);
        in_tree_set(&t);
        mem_w64(&t.r->h, 0x50000000, D_BLOCK | D_S2ALL);
        CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000010, 0x0000028800000000,
                    VA, VA);
        rig_free(t.r);
    }
}

static void ap1(void)
{
    struct in_tree t = in_tree_s1();

    map_at(&t.m, VA, 3, PA | D_PAGE | (D_S1ALL & ~D_EL0));
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000013, 0x0000020800000000, VA,
                0);
    CHECK_OK(t.r, SID, VA, "rp", PA);
    rig_free(t.r);
}

static void xn(void)
{
    struct in_tree t = in_tree_nested();

    map_at(&t.m, VA, 3, PA | D_PAGE | D_S1ALL | D_UXN);
    CHECK_ABORT(t.r, SID, VA, "x", 0x0000000300000013, 0x0000020c00000000, VA,
                0);
    map_at(&t.m, VA, 3, PA | D_PAGE | D_S1ALL | D_RO | D_PXN);
    CHECK_OK(t.r, SID, VA, "x", PA);
    CHECK_ABORT(t.r, SID, VA, "xp", 0x0000000300000013, 0x0000020e00000000, VA,
                0);
    map_at(&t.m, VA, 3, PA | D_PAGE | D_S1ALL | D_RO);
    map_at(&t.m2, PA, 3, PA | D_PAGE | D_S2ALL | D_S2XN(3));
    rig_forget(t.r);
    CHECK_OK(t.r, SID, VA, "xp", PA);
    CHECK_ABORT(t.r, SID, VA, "x", 0x0000000300000013, 0x0000028c00000000, VA,
                PA);
    map_at(&t.m2, PA, 3, PA | D_PAGE | D_S2ALL | D_S2XN(1));
    rig_forget(t.r);
    CHECK_OK(t.r, SID, VA, "x", PA);
    CHECK_ABORT(t.r, SID, VA, "xp", 0x0000000300000013, 0x0000028e00000000, VA,
                PA);
    rig_free(t.r);
}

static void commands_of_absent_features(void)
{
    static const unsigned ops[] = { 0x18, 0x1a, 0x40, 0x41, 0x44, 0x45 };
    struct smmu3_params p = rig_params();
    struct rig *r = rig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        CHECK(rig_cmd_ill(r, cmd_op(ops[i])));
    }
    rig_free(r);
    rig_stages(&p, true, false); /* Hyp = 0 */
    r = rig_new_with(&p);
    for (unsigned op = 0x20; op < 0x24; op++) {
        CHECK(rig_cmd_ill(r, cmd_op(op)));
    }
    rig_free(r);
}

static void illegal_encodings(void)
{
    struct rig *r = rig_new();

    CHECK(rig_cmd_ill(r, (struct cmd){ { 0x3046, 0 } }));
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 0);
    CHECK(rig_cmd_ill(r, (struct cmd){ { 0x0401, 0 } }));
    CHECK(rig_cmd_ill(r, (struct cmd){ { 0x0402, 0 } }));
    CHECK(rig_cmd_ill(r, cmd_tlbi_range(0x12, 7, 3, VA, 1, 0, 0, 0)));
    rig_free(r);
}

static void features_in_stes(void)
{
    struct in_tree t = in_tree_s1();

    set_bits(t.ste.w, 95, 94, 1);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
    t.ste = ste_s2(S2_TTB, 12, 24, 1);
    set_bits(t.ste.w, 184, 184, 1); /* S2HA */
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
    rig_free(t.r);
}

/* Level 0 for 25 bits. */
static void sl0_inconsistent(void)
{
    struct in_tree t = in_tree_s1();

    t.ste = ste_s2(S2_TTB, 12, 39, 2);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
    rig_free(t.r);
}

static void s1_fields_of_s2_stream(void)
{
    struct in_tree t = in_tree_nested();

    t.ste = ste_s2(S2_TTB, 12, 24, 1);
    set_bits(t.ste.w, 63, 59, 8);
    set_bits(t.ste.w, 91, 91, 1);
    in_tree_set(&t);
    CHECK_OK(t.r, SID, PA, "r", PA);
    rig_free(t.r);
}

/* A 40-bit IPA with S2PS of 36 bits. */
static void s2t0sz_and_s2ps(void)
{
    struct in_tree t = in_tree_nested();

    t.ste = ste_s2(S2_TTB, 12, 24, 1);
    set_bits(t.ste.w, 178, 176, 1);
    in_tree_set(&t);
    map_at(&t.m2, 0xffffff0000, 3, PA | D_PAGE | D_S2ALL);
    CHECK_OK(t.r, SID, 0xffffff0000, "r", PA);
    rig_free(t.r);
}

static void bypass_above_oas(void)
{
    struct rig *r = rig_new();

    rig_set_ste(r, SID, ste_bypass());
    CHECK_ABORT(r, SID, 0x1000000000000, "r", 0x0000000300000011,
                0x0000020800000000, 0x1000000000000, 0);
    wr32(r, O_CR0, 0xc);
    CHECK_QUIET(r, SID, 0x1000000000000, "r", SMMU3_ABORT);
    rig_free(r);
}

static void guarded_registers(void)
{
    struct rig *r = rig_new();

    wr64(r, O_STRTAB_BASE, 0);
    wr32(r, O_STRTAB_BASE_CFG, 0);
    wr64(r, O_CMDQ_BASE, 0);
    wr32(r, O_CMDQ_CONS, 5);
    wr64(r, O_EVENTQ_BASE, 0);
    wr32(r, O_EVENTQ_PROD, 5);
    wr32(r, O_CR1, 0);
    wr32(r, O_CR2, 0);
    CHECK_EQ(rd64(r, O_STRTAB_BASE), RIG_STRTAB);
    CHECK_EQ(rd32(r, O_STRTAB_BASE_CFG), RIG_STRTAB_LOG2);
    CHECK_EQ(rd64(r, O_CMDQ_BASE), RIG_CMDQ | RIG_CMDQ_LOG2);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0);
    CHECK_EQ(rd64(r, O_EVENTQ_BASE), RIG_EVENTQ | RIG_EVENTQ_LOG2);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    CHECK_EQ(rd32(r, O_CR1), 0xd75);
    CHECK_EQ(rd32(r, O_CR2), 2);
    rig_free(r);
}

static void ack(void)
{
    struct rig *r = rig_new_raw(NULL);

    wr32(r, O_CR0, 0xffffffff);
    CHECK_EQ(rd32(r, O_CR0ACK), 0xd);
    CHECK_EQ(rd32(r, O_CR0), 0xd);
    rig_free(r);
}

static void split(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 7u << 6 | 8); /* acts as 6 */
    wr32(r, O_CR0, 0xd);
    mem_w64(&r->h, RIG_STRTAB + 8, 0x31000000 | 7);
    mem_w64(&r->h, 0x31000000, 0x9);
    CHECK_OK(r, 64, VA, "r", VA);
    rig_free(r);
}

static void *many_faults(void *arg)
{
    struct rig *r = arg;

    for (unsigned i = 0; i < 40; i++) {
        struct smmu3_txn t = rig_txn(SID, VA, "r");
        struct smmu3_result res;

        smmu3_translate(r->s, &t, &res);
    }
    return NULL;
}

/* Three threads: 120 whole records, none lost, none twice in one place. */
static void event_queue_lock(void)
{
    struct rig *r = rig_new();
    pthread_t t[3];

    r->h.threads = true;
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpint(pthread_create(&t[i], NULL, many_faults, r), ==, 0);
    }
    for (unsigned i = 0; i < 3; i++) {
        pthread_join(t[i], NULL);
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 120);
    for (uint64_t i = 0; i < 120; i++) {
        CHECK_EQ(mem_r64(&r->h, RIG_EVENTQ + 32 * i), 0x0000000300000004);
    }
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 1);
    rig_free(r);
}

void in_tree_add_second(void)
{
    g_test_add_func("/in-tree/row-21-s2-fault-on-table", s2_fault_on_table);
    g_test_add_func("/in-tree/row-22-cd-fetch-address", cd_fetch_address);
    g_test_add_func("/in-tree/row-23-ipa-in-events", ipa_in_events);
    g_test_add_func("/in-tree/row-24-recinvsid", recinvsid);
    g_test_add_func("/in-tree/row-25-input-beyond-ias", input_beyond_ias);
    g_test_add_func("/in-tree/row-26-table-beyond-oas", table_beyond_oas);
    g_test_add_func("/in-tree/row-27-leaf-order", leaf_order);
    g_test_add_func("/in-tree/row-28-aptable-then-deeper", aptable_then_deeper);
    g_test_add_func("/in-tree/row-29-block-levels", block_levels);
    g_test_add_func("/in-tree/row-30-ap1", ap1);
    g_test_add_func("/in-tree/row-31-xn", xn);
    g_test_add_func("/in-tree/row-32-commands-of-absent-features",
                    commands_of_absent_features);
    g_test_add_func("/in-tree/row-33-illegal-encodings", illegal_encodings);
    g_test_add_func("/in-tree/row-34-features-in-stes", features_in_stes);
    g_test_add_func("/in-tree/row-35-s2sl0-inconsistent", sl0_inconsistent);
    g_test_add_func("/in-tree/row-36-s1-fields-of-s2-stream",
                    s1_fields_of_s2_stream);
    g_test_add_func("/in-tree/row-37-s2t0sz-and-s2ps", s2t0sz_and_s2ps);
    g_test_add_func("/in-tree/row-38-bypass-above-oas", bypass_above_oas);
    g_test_add_func("/in-tree/row-39-guarded-registers", guarded_registers);
    g_test_add_func("/in-tree/row-40-cr0ack", ack);
    g_test_add_func("/in-tree/row-41-split", split);
    g_test_add_func("/in-tree/row-42-event-queue-lock", event_queue_lock);
}
