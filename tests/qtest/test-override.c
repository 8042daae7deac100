/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attribute overrides of STEs and of GBPA (5.2, 6.3.14, 13), through the test
 * engine: what it asks for, what is checked, what events say, and what leaves
 * the SMMU.
 */
#include "smmu-qtest.h"

#define VA 0x7654321000ull
#define PROPS ",attr-types-ovr=on,attr-perms-ovr=on"

/* The engine's word about its last access: attributes, shareability, then
 * instruction, privilege and NS. */
#define LEFT(attr, sh, ind, pnu) \
    ((attr) | (sh) << 8 | (ind) << 10 | (pnu) << 11 | 1u << 12)

static void expect_left(SmmuQtest *t, uint64_t want)
{
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==, want);
    expect_no_event(t);
}

/* Read-allocate and write-allocate WB, inner shareable, Non-secure */
#define ISH_WB (0x4000u | ENG_ATTR)

/* Bypass and stage 2 take the STE's type; stage 1 has its own. */
static void test_types(void)
{
    for (unsigned stage = 0; stage <= 3; stage++) {
        SmmuQtest *t = smmu_start_with(PROPS);
        uint64_t pa = ram_page(t), in = stage ? VA : pa;
        bool s1 = stage & 1;
        Context c;

        context_init(&c, t, stage, 12);
        context_map(&c, VA, pa);
        context_commit(&c);
        g_assert_true(dma_attrs(t, in, false, ISH_WB));
        expect_left(t, LEFT(0xff, 3, 0, 0));
        put(c.ste, 100, 100, 1); /* MTCFG: Device nGnRE */
        put(c.ste, 99, 96, 1);
        context_commit(&c);
        g_assert_true(dma_attrs(t, in, false, ISH_WB));
        expect_left(t, s1 ? LEFT(0xff, 3, 0, 0) : LEFT(0x04, 2, 0, 0));
        put(c.ste, 99, 96, 0xf);   /* WB */
        put(c.ste, 104, 101, 0x8); /* no allocation */
        put(c.ste, 109, 108, 2);   /* outer shareable */
        context_commit(&c);
        g_assert_true(dma_attrs(t, in, true, ISH_WB));
        expect_left(t, LEFT(0xcc, s1 ? 3 : 2, 0, 0));
        machine_stop(t);
    }
}

static void test_perms(void)
{
    SmmuQtest *t = smmu_start_with(PROPS);
    uint64_t pa = ram_page(t);
    Context c;

    context_init(&c, t, 1, 12);
    map_page(&c.s1, VA, pa, S1_LEAF & ~0x40ull); /* privileged only */
    context_commit(&c);
    g_assert_false(dma_attrs(t, VA, false, ISH_WB));
    expect_event(t, EV(F_PERMISSION, VA, .rnw = true));
    g_assert_true(dma_attrs(t, VA, false, ISH_WB | ENG_PNU));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    put(c.ste, 113, 112, 3); /* privileged */
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, true, ISH_WB));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    put(c.ste, 113, 112, 2); /* unprivileged */
    context_commit(&c);
    g_assert_false(dma_attrs(t, VA, true, ISH_WB | ENG_PNU));
    expect_event(t, EV(F_PERMISSION, VA));
    put(c.ste, 113, 112, 3);
    put(c.ste, 115, 114, 3); /* instruction: reads alone */
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, false, ISH_WB));
    expect_left(t, LEFT(0xff, 3, 1, 1));
    g_assert_true(dma_attrs(t, VA, true, ISH_WB));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    desc_set(&c.s1, desc_pa(&c.s1, VA, 3),
             pa | (S1_LEAF & ~0x40ull) | 1ull << 53 | 3); /* PXN */
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_attrs(t, VA, false, ISH_WB));
    expect_event(t,
                 EV(F_PERMISSION, VA, .rnw = true, .ind = true, .pnu = true));
    put(c.ste, 115, 114, 2); /* data */
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, false, ISH_WB | ENG_IND));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    machine_stop(t);
}

/* SMMUEN = 0 */
static void test_gbpa(void)
{
    SmmuQtest *t = machine_start_with(PROPS, NULL, NULL);
    uint64_t pa = ram_page(t);

    g_assert_true(dma_attrs(t, pa, false, ISH_WB | ENG_IND | ENG_PNU));
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==,
                    LEFT(0xff, 3, 1, 1));
    /* Device nGRE, unprivileged, data */
    w32(t, GBPA, 0x80000012 | 2u << 16 | 2u << 18);
    g_assert_true(dma_attrs(t, pa, false, ISH_WB | ENG_IND | ENG_PNU));
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==,
                    LEFT(0x08, 2, 0, 0));
    /* WB, write-allocate, non-shareable; privileged, instruction */
    w32(t, GBPA, 0x80000a1f | 3u << 16 | 3u << 18);
    g_assert_true(dma_attrs(t, pa, false, ISH_WB));
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==,
                    LEFT(0xdd, 0, 1, 1));
    machine_stop(t);
}

/* Each property is its bit of IDR1; without, nothing is overridden. */
static void test_advertised(void)
{
    for (unsigned n = 0; n < 4; n++) {
        char *props =
            g_strdup_printf(",attr-perms-ovr=%s,attr-types-ovr=%s",
                            n & 1 ? "on" : "off", n & 2 ? "on" : "off");
        SmmuQtest *t = smmu_start_with(props);
        uint64_t pa = ram_page(t);
        Context c;

        g_assert_cmphex(r32(t, IDR1) >> 26 & 3, ==, n);
        context_init(&c, t, 0, 12);
        put(c.ste, 100, 96, 0x11); /* Device nGnRE */
        put(c.ste, 113, 112, 3);
        put(c.ste, 115, 114, 3);
        context_commit(&c);
        g_assert_true(dma_attrs(t, pa, false, ISH_WB));
        expect_left(
            t, LEFT(n & 2 ? 0x04u : 0xffu, n & 2 ? 2u : 3u, (n & 1), (n & 1)));
        machine_stop(t);
        g_free(props);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (subject_in_tree()) {
        return g_test_run();
    }
    g_test_add_func("/override/types", test_types);
    g_test_add_func("/override/perms", test_perms);
    g_test_add_func("/override/gbpa", test_gbpa);
    g_test_add_func("/override/advertised", test_advertised);
    return g_test_run();
}
