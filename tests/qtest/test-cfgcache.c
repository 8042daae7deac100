/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration cache: STE and CD stay until a CFGI that names them
 * (3.17, 4.3).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull
#define SIDED(n) ((uint64_t)(n) << 32)

typedef struct Case {
    const char *name;
    uint64_t dw0, dw1;
    bool ste, cd; /* what it removes */
} Case;

static const Case cases[] = {
    { "ste", OP_CFGI_STE | SIDED(0x10), 0, true, true },
    { "ste-leaf", OP_CFGI_STE | SIDED(0x10), 1, true, true },
    { "ste-other", OP_CFGI_STE | SIDED(0x11), 0, false, false },
    { "range-0", OP_CFGI_STE_RANGE | SIDED(0x11), 0, true, true },
    { "range-0-other", OP_CFGI_STE_RANGE | SIDED(0x12), 0, false, false },
    { "range-3", OP_CFGI_STE_RANGE | SIDED(0x1f), 3, true, true },
    { "range-3-other", OP_CFGI_STE_RANGE | SIDED(0x20), 3, false, false },
    { "range-30", OP_CFGI_STE_RANGE | SIDED(0x12345678), 30, true, true },
    { "all", OP_CFGI_STE_RANGE | SIDED(0xffff), 31, true, true },
    { "cd", OP_CFGI_CD | SIDED(0x10), 0, false, true },
    { "cd-leaf", OP_CFGI_CD | SIDED(0x10), 1, false, true },
    { "cd-other", OP_CFGI_CD | SIDED(0x11), 0, false, false },
    { "cd-all", OP_CFGI_CD_ALL | SIDED(0x10), 0, false, true },
    { "cd-all-other", OP_CFGI_CD_ALL | SIDED(0x11), 0, false, false },
    { "tlbi", OP_TLBI_NSNH_ALL, 0, false, false },
    { "sync", OP_SYNC, 0, false, false },
};

/* Both STE and CD are broken in memory; which of them counts? */
static void test_case(const void *data)
{
    const Case *k = data;

    for (unsigned what = 0; what < 2; what++) {
        SmmuQtest *t = smmu_start();
        bool removed = what ? k->cd : k->ste;
        Context c;

        quick_stage1(&c, t, VA);
        g_assert_true(dma_read(t, VA, NULL));
        if (what) {
            mem_w64(t, c.cd_pa, 0);
        } else {
            mem_w64(t, t->strtab + ENGINE_SID * 64, 0);
        }
        if (!dma_read(t, VA, NULL)) {
            g_error("the %s was not kept", what ? "CD" : "STE");
        }
        cmd(t, k->dw0, k->dw1);
        if (dma_read(t, VA, NULL) == removed) {
            g_error("%s: the %s was %s", k->name, what ? "CD" : "STE",
                    removed ? "not removed" : "removed");
        }
        if (removed) {
            expect_event(t, EV_CFG(what ? C_BAD_CD : C_BAD_STE));
        }
        expect_no_event(t);
        machine_stop(t);
    }
}

/* A new CD pointer in the STE, and a new table in the CD. */
static void test_new_contents(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t a, b = ram_page(t), v;
    Context c, d;

    a = quick_stage1(&c, t, VA);
    mem_w64(t, a, 1);
    mem_w64(t, b, 2);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 1);
    /* Another CD, another table, another ASID: CFGI alone does it. */
    context_init(&d, t, 1, 12);
    put(d.cd, 63, 48, 2);
    context_map(&d, VA, b);
    context_commit(&d);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 2);
    /* Back by changing the CD in place. */
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, d.cd_pa + i * 8, c.cd[i]);
    }
    cmd(t, OP_CFGI_CD | SIDED(ENGINE_SID), 1);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 1);
    machine_stop(t);
}

/* Bypass, translate, abort and back: CFGI each time and no TLBI. */
static void test_config_switch(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa, v;
    Context c, bypass;

    pa = quick_stage1(&c, t, VA);
    mem_w64(t, pa, 1);
    for (unsigned i = 0; i < 3; i++) {
        context_init(&bypass, t, 0, 12);
        context_commit(&bypass);
        g_assert_true(dma_read(t, pa, &v));
        g_assert_cmphex(v, ==, 1);
        context_commit(&c);
        g_assert_true(dma_read(t, VA, &v));
        g_assert_false(dma_read(t, pa, NULL));
        expect_event(t, EV(F_TRANSLATION, pa, .rnw = true));
        put(bypass.ste, 3, 1, 0);
        context_commit(&bypass);
        g_assert_false(dma_read(t, VA, NULL));
        expect_no_event(t);
    }
    machine_stop(t);
}

/* An invalid STE may be kept; CFGI removes that, too. */
static void test_invalid_ste(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    quick_stage1(&c, t, VA);
    g_assert_true(dma_read(t, VA, NULL));
    machine_stop(t);
}

/* CD fields that a TLB entry does not hold: CFGI_CD is enough (B.9). */
static void test_cd_fault_bits(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t v = 1;
    Context c;

    context_init(&c, t, 1, 12);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_TRANSLATION, VA, .rnw = true));
    put(c.cd, 46, 45, 0); /* A, R */
    mem_w64(t, c.cd_pa, c.cd[0]);
    cmd(t, OP_CFGI_CD | SIDED(ENGINE_SID), 1);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 0);
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *path = g_strdup_printf("/cfgcache/cfgi/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
        g_free(path);
    }
    g_test_add_func("/cfgcache/new-contents", test_new_contents);
    g_test_add_func("/cfgcache/config-switch", test_config_switch);
    g_test_add_func("/cfgcache/invalid-ste", test_invalid_ste);
    g_test_add_func("/cfgcache/cd-fault-bits", test_cd_fault_bits);
    return g_test_run();
}
