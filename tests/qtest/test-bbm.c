/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Break-before-make levels (3.21.1): F_TLB_CONFLICT at levels 0 and 1, nT, and
 * nothing of it at level 2.
 * Tests only.
 */
#include "smmu-qtest.h"

#define F_TLB_CONFLICT 0x20
#define BLOCK 0x200000ull
#define NT 0x10000ull

/* Page 0 of the block's range is cached when the block takes its place. */
static uint64_t pages_to_block(Context *c, SmmuQtest *t, uint64_t nt)
{
    uint64_t pa = ram_alloc(t, 0x200000, 0x200000), v, at;

    context_init(c, t, 1, 12);
    map_page(&c->s1, BLOCK, pa, S1_LEAF);
    context_commit(c);
    g_assert_true(dma_read(t, BLOCK, &v));
    at = desc_pa(&c->s1, BLOCK, 2);
    mem_w64(t, at, pa | 1 | S1_LEAF | nt);
    /* The cached pointer to the table goes, the page stays. */
    cmd(t, OP_TLBI_NH_VAA | UINT64_C(1) << 32, BLOCK + 0x1000);
    g_assert_true(dma_read(t, BLOCK + 0x5000, &v));
    expect_no_event(t);
    return pa;
}

static void test_level(const void *data)
{
    unsigned level = GPOINTER_TO_UINT(data);
    char *props =
        g_strdup_printf(",arch-version=3.%u,bbml=%u", level ? 2 : 1, level);
    SmmuQtest *t = smmu_start_with(props);
    Context c;
    uint64_t v;

    g_assert_cmphex(r32(t, IDR3) >> 11 & 3, ==, level);
    pages_to_block(&c, t, 0);
    if (level == 2) {
        g_assert_true(dma_read(t, BLOCK, &v));
    } else {
        g_assert_false(dma_read(t, BLOCK, &v));
        expect_event(t, EV_CFG(F_TLB_CONFLICT, .addr = BLOCK, .rnw = true));
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        g_assert_true(dma_read(t, BLOCK, &v));
    }
    expect_no_event(t);
    machine_stop(t);
    g_free(props);
}

static void test_nt(void)
{
    SmmuQtest *t = smmu_start_with(",bbml=1");
    Context c;
    uint64_t v;

    pages_to_block(&c, t, NT);
    g_assert_true(dma_read(t, BLOCK, &v));
    g_assert_true(dma_write(t, BLOCK + 0x5000));
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/bbm/level-0", GUINT_TO_POINTER(0), test_level);
    g_test_add_data_func("/bbm/level-1", GUINT_TO_POINTER(1), test_level);
    g_test_add_data_func("/bbm/level-2", GUINT_TO_POINTER(2), test_level);
    g_test_add_func("/bbm/nt", test_nt);
    return g_test_run();
}
