/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What v3.3 and v3.4 add to permissions: E0PD, EPAN, PTWNNC; and SMMUs that do
 * not have them.
 * Tests only.
 */
#include "smmu-qtest.h"

#define V33 ",arch-version=3.3,e0pd=on,ptwnnc=on"
#define V34 ",arch-version=3.4,e0pd=on,ptwnnc=on,epan=on,mteperm=on,pbha=on"
#define VA 0x5000ull
#define PNU (ENG_ATTR | ENG_PNU)

static void test_id(void)
{
    SmmuQtest *t = smmu_start_with(V34);

    g_assert_cmphex(r32(t, AIDR), ==, 4);
    g_assert_cmphex(r32(t, IDR3), ==, 0x0042751c);
    machine_stop(t);
}

/* 5.4 E0PD0: F_TRANSLATION for the unprivileged, nothing for others. */
static void check_e0pd(const char *props, bool on)
{
    SmmuQtest *t = smmu_start_with(props);
    Context c;
    uint64_t v;

    quick_stage1(&c, t, VA);
    put(c.cd, 66, 66, 1);
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, false, PNU));
    expect_no_event(t);
    if (on) {
        g_assert_false(dma_read(t, VA, &v));
        expect_event(t, EV(F_TRANSLATION, VA, .rnw = true));
    } else {
        g_assert_true(dma_read(t, VA, &v));
        expect_no_event(t);
    }
    machine_stop(t);
}

static void test_e0pd(void)
{
    check_e0pd(V33, true);
}

static void test_e0pd_off(void)
{
    check_e0pd("", false);
}

/* 5.4 EPAN: PAN denies privileged data accesses to what EL0 may execute, even
 * if EL0 may not read it. */
static void check_epan(const char *props, bool on)
{
    SmmuQtest *t = smmu_start_with(props);
    uint64_t pa = ram_page(t);
    Context c;

    context_init(&c, t, 1, 12);
    map_page(&c.s1, VA, pa, S1_LEAF & ~0x40ull); /* AP[1] = 0, UXN = 0 */
    map_page(&c.s1, VA + 0x1000, pa,
             (S1_LEAF & ~0x40ull) | UINT64_C(1) << 54); /* UXN = 1 */
    put(c.cd, 40, 40, 1);                               /* PAN */
    put(c.cd, 123, 123, 1);                             /* EPAN */
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA + 0x1000, false, PNU));
    expect_no_event(t);
    if (on) {
        g_assert_false(dma_attrs(t, VA, false, PNU));
        expect_event(t, EV(F_PERMISSION, VA, .rnw = true, .pnu = true));
    } else {
        g_assert_true(dma_attrs(t, VA, false, PNU));
        expect_no_event(t);
    }
    machine_stop(t);
}

static void test_epan(void)
{
    check_epan(V34, true);
}

static void test_epan_off(void)
{
    check_epan(V33, false);
}

/* PTWNNC: tables in what stage 2 maps as Device are read all the same, unless
 * S2PTW forbids it. */
static void test_ptwnnc(void)
{
    SmmuQtest *t = smmu_start_with(V33);
    uint64_t v, pa = ram_page(t), table, at;
    Context c;

    context_init(&c, t, 3, 12);
    context_map(&c, VA, pa);
    table = desc_pa(&c.s1, VA, 3) & ~UINT64_C(0xfff);
    s2_split(&c, table);
    at = desc_pa(&c.s2, table + t->bias, 3);
    desc_set(&c.s2, at, desc_get(&c.s2, at) & ~UINT64_C(0x3c)); /* Device */
    put(c.ste, 182, 182, 0);
    context_commit(&c);
    g_assert_true(dma_read(t, VA, &v));
    expect_no_event(t);
    put(c.ste, 182, 182, 1); /* S2PTW */
    context_commit(&c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_read(t, VA, &v));
    expect_event(t, &(Event){ .num = F_PERMISSION,
                              .sid = ENGINE_SID,
                              .cls = CLS_TT,
                              .addr = VA,
                              .rnw = true,
                              .s2 = true,
                              .ttrnw = true,
                              .ipa = table + t->bias });
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/permission-features/id", test_id);
    g_test_add_func("/permission-features/e0pd", test_e0pd);
    g_test_add_func("/permission-features/e0pd-not-advertised", test_e0pd_off);
    g_test_add_func("/permission-features/epan", test_epan);
    g_test_add_func("/permission-features/epan-not-advertised", test_epan_off);
    g_test_add_func("/permission-features/ptwnnc", test_ptwnnc);
    return g_test_run();
}
