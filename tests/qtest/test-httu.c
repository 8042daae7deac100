/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware updates of translation tables (3.13) in guest memory: Access flag
 * and dirty state, their faults, and an SMMU without them.
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x5000ull
#define OTHER_BAR 0x10400000u
#define DBM (UINT64_C(1) << 51)
#define RO (UINT64_C(1) << 7)  /* stage 1: AP[2] */
#define S2W (UINT64_C(1) << 7) /* stage 2: S2AP[1] */

static void test_id(void)
{
    for (unsigned level = 0; level <= 2; level++) {
        char *props = g_strdup_printf(",httu=%u", level);
        SmmuQtest *t = smmu_start_with(props);

        g_assert_cmphex(r32(t, IDR0) >> 6 & 3, ==, level);
        machine_stop(t);
        g_free(props);
    }
}

/* Stage 1 with HA and HD as given; the leaf's address. */
static uint64_t stage1(Context *c, SmmuQtest *t, unsigned hd_ha, uint64_t leaf)
{
    context_init(c, t, 1, 12);
    map_page(&c->s1, VA, ram_page(t), leaf);
    put(c->cd, 43, 42, hd_ha);
    context_commit(c);
    return desc_pa(&c->s1, VA, 3);
}

static void test_s1(void)
{
    SmmuQtest *t = smmu_start_with(",httu=2");
    Context c;
    uint64_t v, at = stage1(&c, t, 3, (S1_LEAF & ~DESC_AF) | RO | DBM);
    uint64_t before = mem_r64(t, at);

    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(mem_r64(t, at), ==, before | DESC_AF);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(mem_r64(t, at), ==, before | DESC_AF);
    g_assert_true(dma_write(t, VA));
    g_assert_cmphex(mem_r64(t, at), ==, (before | DESC_AF) & ~RO);
    expect_no_event(t);
    machine_stop(t);
}

static void test_s2(void)
{
    SmmuQtest *t = smmu_start_with(",httu=2");
    uint64_t v, at, before;
    Context c;

    context_init(&c, t, 2, 12);
    map_page(&c.s2, VA, ram_page(t), (S2_LEAF & ~(DESC_AF | S2W)) | DBM);
    put(c.ste, 184, 183, 3);
    context_commit(&c);
    at = desc_pa(&c.s2, VA, 3);
    before = mem_r64(t, at);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(mem_r64(t, at), ==, before | DESC_AF);
    g_assert_true(dma_write(t, VA));
    g_assert_cmphex(mem_r64(t, at), ==, before | DESC_AF | S2W);
    expect_no_event(t);
    machine_stop(t);
}

/* A driver that tracks dirty pages: cleans, invalidates, looks again. */
static void test_tracking(void)
{
    SmmuQtest *t = smmu_start_with(",httu=2");
    Context c;
    uint64_t at = stage1(&c, t, 3, S1_LEAF | RO | DBM);
    uint64_t clean = mem_r64(t, at);

    for (unsigned i = 0; i < 100; i++) {
        mem_w64(t, at, clean);
        cmd(t, OP_TLBI_NH_VA | UINT64_C(3) << 48, VA);
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        g_assert_true(dma_write(t, VA + 8 * i));
        g_assert_cmphex(mem_r64(t, at), ==, clean & ~RO);
    }
    expect_no_event(t);
    machine_stop(t);
}

/* The stage-1 table where stage 2 forbids writing: CLASS = TT, TTRnW = 0. */
static void test_nested(void)
{
    SmmuQtest *t = smmu_start_with(",httu=2");
    uint64_t v, pa = ram_page(t), leaf, at;
    Context c;

    context_init(&c, t, 3, 12);
    context_map(&c, VA, pa);
    leaf = desc_pa(&c.s1, VA, 3);
    desc_set(&c.s1, leaf, desc_get(&c.s1, leaf) | RO | DBM);
    put(c.cd, 43, 42, 3);
    s2_split(&c, leaf & ~UINT64_C(0xfff));
    at = desc_pa(&c.s2, leaf + t->bias, 3);
    desc_set(&c.s2, at, (desc_get(&c.s2, at) & ~S2W) | DBM);
    put(c.ste, 184, 184, 1); /* S2HA without S2HD */
    context_commit(&c);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_false(dma_write(t, VA));
    expect_event(t, &(Event){ .num = F_PERMISSION,
                              .sid = ENGINE_SID,
                              .cls = CLS_TT,
                              .addr = VA,
                              .s2 = true,
                              .ipa = (leaf + t->bias) & ~UINT64_C(0xfff) });
    put(c.ste, 183, 183, 1);
    context_commit(&c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_true(dma_write(t, VA));
    g_assert_cmphex(desc_get(&c.s1, leaf) & RO, ==, 0);
    g_assert_cmphex(desc_get(&c.s2, at) & S2W, ==, S2W);
    expect_no_event(t);
    machine_stop(t);
}

/* HTTU = 1: the Access flag alone. HTTU = 0: neither. */
static void test_levels(void)
{
    SmmuQtest *t = smmu_start_with(",httu=1");
    Context c;
    uint64_t v, at = stage1(&c, t, 2, (S1_LEAF & ~DESC_AF) | RO | DBM);

    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(mem_r64(t, at) & DESC_AF, ==, DESC_AF);
    g_assert_false(dma_write(t, VA));
    expect_event(t, EV(F_PERMISSION, VA));
    stage1(&c, t, 3, S1_LEAF);
    g_assert_false(dma_read(t, VA, &v));
    expect_event(t, EV_CFG(C_BAD_CD));
    machine_stop(t);

    t = smmu_start();
    stage1(&c, t, 2, S1_LEAF);
    g_assert_false(dma_read(t, VA, &v));
    expect_event(t, EV_CFG(C_BAD_CD));
    context_init(&c, t, 2, 12);
    put(c.ste, 184, 184, 1);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, &v));
    expect_event(t, EV_CFG(C_BAD_STE));
    /* The Access flag is software's then. */
    stage1(&c, t, 0, S1_LEAF & ~DESC_AF);
    g_assert_false(dma_read(t, VA, &v));
    expect_event(t, EV(F_ACCESS, VA, .rnw = true));
    machine_stop(t);
}

/* A leaf in a device's register, BEGIN of another engine, can be read but not
 * swapped: F_WALK_EABT, and it stays as it is. */
static void test_no_ram(void)
{
    SmmuQtest *t = machine_start_with(",httu=2", NULL,
                                      "-device smmulator-engine,addr=3.0");
    uint64_t reg = OTHER_BAR + 0x28, va = 0x5000, v, leaf, at;
    Context c;

    engine_setup(t, 0x18, OTHER_BAR);
    smmu_enable(t);
    context_init(&c, t, 1, 12);
    leaf = ram_page(t) | 3 | S1_LEAF;
    map_page(&c.s1, va, ram_page(t), S1_LEAF);
    at = desc_pa(&c.s1, va, 2);
    mem_w64(t, at, OTHER_BAR | 3);
    qtest_writeq(t->qts, reg, leaf & ~DESC_AF);
    put(c.cd, 43, 42, 3);
    context_commit(&c);
    g_assert_false(dma_read(t, va, &v));
    expect_event(t, &(Event){ .num = F_WALK_EABT,
                              .sid = ENGINE_SID,
                              .cls = CLS_TT,
                              .addr = va,
                              .rnw = true,
                              .ipa = reg });
    g_assert_cmphex(qtest_readq(t->qts, reg), ==, leaf & ~DESC_AF);
    qtest_writeq(t->qts, reg, leaf);
    g_assert_true(dma_read(t, va, &v));
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/httu/id", test_id);
    g_test_add_func("/httu/s1", test_s1);
    g_test_add_func("/httu/s2", test_s2);
    g_test_add_func("/httu/tracking", test_tracking);
    g_test_add_func("/httu/nested", test_nested);
    g_test_add_func("/httu/levels", test_levels);
    g_test_add_func("/httu/no-ram", test_no_ram);
    return g_test_run();
}
