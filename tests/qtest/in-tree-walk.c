/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translation and its caches where QEMU's own model is wrong: one test for
 * each row of the list of its deviations, each of which it fails.
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x123450000ull

static void row_01(const void *data)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), v;
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 34, 32, GPOINTER_TO_UINT(data)); /* beyond OAS: acts as OAS */
    context_map(&c, VA, pa);
    context_commit(&c);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

static void row_03(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t lo = ram_page(t), hi = ram_page(t), v;
    Context c;

    context_init(&c, t, 2, 12);
    context_s2_bits(&c, 40, 1, 1); /* two tables side by side */
    context_map(&c, 0x12345000, lo);
    context_map(&c, 0x8012345000ull, hi);
    context_commit(&c);
    mem_w64(t, lo, 1);
    mem_w64(t, hi, 2);
    g_assert_true(dma_read(t, 0x8012345000ull, &v));
    g_assert_cmphex(v, ==, 2);
    g_assert_true(dma_read(t, 0x12345000, &v));
    g_assert_cmphex(v, ==, 1);
    machine_stop(t);
}

/* TBI0 or TBI1: it ignores the top byte in its own half alone. */
static void row_04(const void *data)
{
    const unsigned tbi = GPOINTER_TO_UINT(data);
    const uint64_t lo = 0x40000000ull, hi = 0xffffff8040000000ull;
    const uint64_t tag_lo = 0xab00000040000000ull;
    const uint64_t tag_hi = 0xabffff8040000000ull;
    SmmuQtest *t = smmu_start();
    uint64_t a = ram_page(t), b = ram_page(t), v;
    Context c;
    Space top;

    context_init(&c, t, 1, 12);
    context_ttb1(&c, &top, 12);
    put(c.cd, 38 + tbi, 38 + tbi, 1);
    context_map(&c, lo, a);
    map_page(&top, hi, b, S1_LEAF);
    context_commit(&c);
    mem_w64(t, a, 1);
    mem_w64(t, b, 2);
    g_assert_true(dma_read(t, hi, &v));
    g_assert_cmphex(v, ==, 2);
    g_assert_true(dma_read(t, tbi ? tag_hi : tag_lo, &v));
    g_assert_cmphex(v, ==, tbi ? 2 : 1);
    g_assert_false(dma_read(t, tbi ? tag_lo : tag_hi, NULL));
    expect_event(t, EV(F_TRANSLATION, tbi ? tag_lo : tag_hi, .rnw = true));
    machine_stop(t);
}

/* A stage-1 table of 64 KiB whose sixteen stage-2 pages lie in reverse. */
static void row_05(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), table, copy = ram_page(t), v;
    uint64_t va = 0x20000000ull + 8191 * 0x10000ull;
    uint8_t page[4096];
    Context c;

    context_init2(&c, t, 3, 16, 12);
    context_map(&c, va, pa);
    table = desc_pa(&c.s1, va, 3) & ~0xffffull;
    s2_split(&c, table);
    for (unsigned i = 0; i < 16; i++) {
        uint64_t to = copy + (15 - i) * 0x1000;

        qtest_memread(t->qts, table + i * 0x1000, page, sizeof(page));
        qtest_memwrite(t->qts, to, page, sizeof(page));
        map_page(&c.s2, table + t->bias + i * 0x1000, to, S2_LEAF);
    }
    qtest_memset(t->qts, table, 0, 0x10000);
    context_commit(&c);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, va, &v));
    g_assert_cmphex(v, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

/* Tables above 4 GiB at IPAs below, with IPS = 32 bits. */
static void row_06(void)
{
    SmmuQtest *t = machine_start(NULL, "-m 5G");
    uint64_t pa, v;
    Context c;

    smmu_enable(t);
    t->next = t->ram_lo = 0x100000000ull;
    t->ram_hi = 0x108000000ull;
    t->bias = 0x40000000ull - 0x100000000ull;
    context_init(&c, t, 3, 12);
    put(c.cd, 34, 32, 0);
    pa = ram_page(t);
    context_map(&c, VA, pa);
    context_commit(&c);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

/* The root of stage 1 moves in memory: a TLBI is enough (5.4, 3.17). */
static void row_07(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t a = ram_page(t), b = ram_page(t), v, root, copy;
    uint64_t vmid = UINT64_C(1) << 32;
    Context c;
    Space other;

    context_init(&c, t, 3, 12);
    context_map(&c, VA, a);
    root = c.s1.root;
    s2_split(&c, root);
    context_commit(&c);
    mem_w64(t, a, 1);
    mem_w64(t, b, 2);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 1);

    copy = ram_alloc(t, 0x1000, 0x1000);
    other = c.s1;
    other.root = copy;
    map_page(&other, VA, b + t->bias, S1_LEAF);
    map_page(&c.s2, (root & ~0xfffull) + t->bias, copy, S2_LEAF);
    cmd(t, OP_TLBI_S2_IPA | vmid, (root & ~0xfffull) + t->bias);
    cmd(t, OP_TLBI_S12_VMALL | vmid, 0);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 2);
    machine_stop(t);
}

/* One TLBI_NH_VA for a block drops it whole, whatever stage 2's pages are. */
static void row_08(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t block = ram_alloc(t, 0x200000, 0x200000), va = 0x40000000ull;
    uint64_t leaf;
    Context c;

    context_init(&c, t, 3, 12);
    leaf = map_at(&c.s1, va, block + t->bias, 2, S1_LEAF);
    s2_split(&c, block);
    context_commit(&c);
    g_assert_true(dma_read(t, va, NULL));
    g_assert_true(dma_read(t, va + 0x5000, NULL));
    mem_w64(t, leaf, 0);
    cmd(t, OP_TLBI_NH_VA | 1ull << 32 | 1ull << 48, va | 1);
    g_assert_false(dma_read(t, va + 0x5000, NULL));
    expect_event(t, EV(F_TRANSLATION, va + 0x5000, .rnw = true));
    machine_stop(t);
}

static void row_09(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t a = ram_page(t), b = ram_page(t), v;
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 38, 38, 1); /* TBI0 */
    context_map(&c, VA, a);
    context_commit(&c);
    mem_w64(t, a, 1);
    mem_w64(t, b, 2);
    g_assert_true(dma_read(t, 0x5a00000000000000ull | VA, &v));
    g_assert_cmphex(v, ==, 1);
    context_map(&c, VA, b);
    cmd(t, OP_TLBI_NH_VA | 1ull << 32 | 1ull << 48, VA | 1);
    g_assert_true(dma_read(t, 0x5a00000000000000ull | VA, &v));
    g_assert_cmphex(v, ==, 2);
    machine_stop(t);
}

/* APTable: read-only below; a read first, then the write. */
static void row_10(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), table;
    Context c;

    context_init(&c, t, 1, 12);
    context_map(&c, VA, pa);
    table = desc_pa(&c.s1, VA, 2);
    mem_w64(t, table, mem_r64(t, table) | 2ull << 61);
    context_commit(&c);
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_false(dma_write(t, VA));
    expect_event(t, EV(F_PERMISSION, VA));
    g_assert_cmphex(mem_r64(t, pa), ==, 0);
    machine_stop(t);
}

/* A write-only page of stage 2: a write first, then the read. */
static void row_11(const void *data)
{
    const unsigned stage = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), ipa = stage == 3 ? pa + t->bias : VA;
    Context c;

    context_init(&c, t, stage, 12);
    context_map(&c, VA, pa);
    if (stage == 3) {
        s2_split(&c, pa);
    }
    map_page(&c.s2, ipa, pa, S2_LEAF & ~0x40ull);
    context_commit(&c);
    g_assert_true(dma_write(t, VA));
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_PERMISSION, VA, .rnw = true, .s2 = true, .ipa = ipa));
    machine_stop(t);
}

/* Stage 2 alone: beyond IAS it is a stage-1 F_ADDR_SIZE (3.4). */
static void row_25(void)
{
    SmmuQtest *t = smmu_start();
    const uint64_t beyond_ias = UINT64_C(1) << 50;
    Context c;

    context_init(&c, t, 2, 12);
    context_commit(&c);
    g_assert_false(dma_read(t, beyond_ias, NULL));
    expect_event(t, EV(F_ADDR_SIZE, beyond_ias, .rnw = true));
    g_assert_false(dma_read(t, UINT64_C(1) << 40, NULL));
    expect_event(t, EV(F_TRANSLATION, UINT64_C(1) << 40, .rnw = true,
                       .s2 = true, .ipa = UINT64_C(1) << 40));
    machine_stop(t);
}

static void row_26(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 34, 32, 0); /* IPS: 32 bits */
    context_map(&c, VA, ram_page(t));
    mem_w64(t, desc_pa(&c.s1, VA, 2), 0x100000000ull | 3);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_ADDR_SIZE, VA, .rnw = true));
    machine_stop(t);
}

/* Address size before the access flag (3.12.2.1). */
static void row_27(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 34, 32, 0);
    map_page(&c.s1, VA, 0x100000000ull, S1_LEAF & ~DESC_AF);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_ADDR_SIZE, VA, .rnw = true));
    machine_stop(t);
}

/* A read-only table above an invalid descriptor: the latter is what counts. */
static void row_28(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t table, leaf;
    Context c;

    context_init(&c, t, 1, 12);
    context_map(&c, VA, ram_page(t));
    table = desc_pa(&c.s1, VA, 1);
    leaf = desc_pa(&c.s1, VA, 3);
    mem_w64(t, table, mem_r64(t, table) | 2ull << 61);
    mem_w64(t, leaf, 0);
    context_commit(&c);
    g_assert_false(dma_write(t, VA));
    expect_event(t, EV(F_TRANSLATION, VA));
    machine_stop(t);
}

/* A block where there is none: 4K level 0, 16K level 1, 64K level 1. */
static void row_29(const void *data)
{
    const unsigned lg2 = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();
    uint64_t va = ram_page(t); /* the block maps it to itself */
    Context c;

    context_init(&c, t, 1, lg2);
    context_s1_bits(&c, lg2 == 14 ? 47 : 48);
    map_at(&c.s1, va, 0, lg2 == 12 ? 0 : 1, S1_LEAF);
    context_commit(&c);
    g_assert_false(dma_read(t, va, NULL));
    expect_event(t, EV(F_TRANSLATION, va, .rnw = true));
    machine_stop(t);
}

/* A master without a PASID is unprivileged: AP[1] = 0 keeps it out. */
static void row_30(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    map_page(&c.s1, VA, ram_page(t), S1_LEAF & ~0x40ull);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_PERMISSION, VA, .rnw = true));
    machine_stop(t);
}

/* Execute-never of either stage denies an instruction fetch. */
static void row_31(const void *data)
{
    const unsigned stage = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t);
    Context c;

    context_init(&c, t, stage, 12);
    /* UXN; S2XN = 10: nobody */
    map_page(stage == 1 ? &c.s1 : &c.s2, VA, pa,
             (stage == 1 ? S1_LEAF : S2_LEAF) | 1ull << 54);
    context_commit(&c);
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_false(dma_attrs(t, VA, false, ENG_ATTR | ENG_IND));
    expect_event(t, EV(F_PERMISSION, VA, .rnw = true, .ind = true,
                       .s2 = stage == 2, .ipa = stage == 2 ? VA : 0));
    machine_stop(t);
}

/* STE bypass: an address beyond OAS does not pass, and is recorded. */
static void row_38(void)
{
    SmmuQtest *t = smmu_start();
    const uint64_t beyond_oas = UINT64_C(1) << 50;
    Context c;

    context_init(&c, t, 0, 12);
    context_commit(&c);
    g_assert_false(dma_read(t, beyond_oas, NULL));
    expect_event(t, EV(F_ADDR_SIZE, beyond_oas, .rnw = true));
    machine_stop(t);
}

static void add(const char *path, unsigned n, GTestDataFunc test)
{
    g_test_add_data_func(path, GUINT_TO_POINTER(n), test);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/in-tree/row-01-ips-beyond-oas/6", 6, row_01);
    add("/in-tree/row-01-ips-beyond-oas/7", 7, row_01);
    g_test_add_func("/in-tree/row-03-s2-concatenation", row_03);
    add("/in-tree/row-04-tbi/0", 0, row_04);
    add("/in-tree/row-04-tbi/1", 1, row_04);
    g_test_add_func("/in-tree/row-05-s1-table-over-smaller-s2-pages", row_05);
    g_test_add_func("/in-tree/row-06-s1-table-above-ips", row_06);
    g_test_add_func("/in-tree/row-07-ttb-not-in-config-cache", row_07);
    g_test_add_func("/in-tree/row-08-tlbi-of-s1-block-over-s2-pages", row_08);
    g_test_add_func("/in-tree/row-09-tlbi-of-tagged-address", row_09);
    g_test_add_func("/in-tree/row-10-aptable-in-tlb", row_10);
    add("/in-tree/row-11-s2-write-only/s2", 2, row_11);
    add("/in-tree/row-11-s2-write-only/nested", 3, row_11);
    g_test_add_func("/in-tree/row-25-s2-input-beyond-ias", row_25);
    g_test_add_func("/in-tree/row-26-table-address-size", row_26);
    g_test_add_func("/in-tree/row-27-address-size-before-access", row_27);
    g_test_add_func("/in-tree/row-28-aptable-after-walk", row_28);
    add("/in-tree/row-29-block-levels/4k", 12, row_29);
    add("/in-tree/row-29-block-levels/16k", 14, row_29);
    add("/in-tree/row-29-block-levels/64k", 16, row_29);
    g_test_add_func("/in-tree/row-30-unprivileged", row_30);
    add("/in-tree/row-31-execute-never/s1", 1, row_31);
    add("/in-tree/row-31-execute-never/s2", 2, row_31);
    g_test_add_func("/in-tree/row-38-bypass-beyond-oas", row_38);
    return g_test_run();
}
