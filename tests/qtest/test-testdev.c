/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommu-testdev: the steps of the three SMMUv3 qtests that QEMU has had since
 * it has the device, with their addresses and their habits (what a strict
 * SMMU must put up with), and what else the device can answer.
 * Tests only.
 */
#include "smmu-qtest.h"

#define DEV_SID 0x08u /* 00:01.0 */
#define DEV_BAR 0x10200000u
#define DEV_ARGS "-device iommu-testdev,addr=1.0"

/* Their memory */
#define IOVA 0x8080604567ull
#define TABLES 0x4e4d0000ull /* levels 0 to 3, one page each */
#define TARGET 0x4ecba000ull
#define STRTAB 0x4e179000ull
#define CD_AT 0x4e178fc0ull

#define TABLE_DESC 0x8000000000000003ull /* NSTable = 1 */
#define LEAF_S1 0x0400000000000763ull
#define LEAF_S2 0x04000000000007e3ull /* MemAttr = 1000 */

static void dev_setup(SmmuQtest *t)
{
    g_assert_cmphex(pci_r32(t, DEV_SID, 0), ==, 0x00051b36);
    g_assert_cmphex(pci_r32(t, DEV_SID, 8), ==, 0x00ff0000);
    pci_w32(t, DEV_SID, 0x10, DEV_BAR);
    pci_w32(t, DEV_SID, 0x04, 0x6);
}

static uint32_t dev_r(SmmuQtest *t, unsigned reg)
{
    return qtest_readl(t->qts, DEV_BAR + reg);
}

static void dev_w(SmmuQtest *t, unsigned reg, uint32_t v)
{
    qtest_writel(t->qts, DEV_BAR + reg, v);
}

static uint32_t dev_run(SmmuQtest *t, uint64_t iova, uint64_t pa, uint32_t len)
{
    dev_w(t, 0x04, iova);
    dev_w(t, 0x08, iova >> 32);
    dev_w(t, 0x1c, pa);
    dev_w(t, 0x20, pa >> 32);
    dev_w(t, 0x0c, len);
    dev_w(t, 0x18, 0xa); /* Non-secure */
    dev_w(t, 0x14, 1);
    g_assert_cmphex(dev_r(t, 0x10), ==, 0xfffffffe);
    g_assert_cmphex(dev_r(t, 0x00), ==, 0);
    return dev_r(t, 0x10);
}

/* The page of @in in the four shared tables: their qtests use one set for
 * both stages. */
static void link_page(SmmuQtest *t, uint64_t in, uint64_t leaf)
{
    for (unsigned level = 0; level < 3; level++) {
        unsigned index = in >> (39 - 9 * level) & 0x1ff;

        mem_w64(t, TABLES + level * 0x1000 + index * 8,
                (TABLES + (level + 1) * 0x1000) | TABLE_DESC);
    }
    mem_w64(t, TABLES + 0x3000 + (in >> 12 & 0x1ff) * 8, leaf);
}

static void same(SmmuQtest *t, uint64_t ipa, uint64_t attrs)
{
    link_page(t, ipa, (ipa & ~0xfffull) | attrs);
}

static void upstream_tables(SmmuQtest *t, unsigned config)
{
    link_page(t, IOVA, TARGET | (config == 6 ? LEAF_S2 : LEAF_S1));
    for (unsigned level = 0; level < 4; level++) {
        same(t, TABLES + level * 0x1000, LEAF_S1); /* S2AP: read-only */
    }
    same(t, TARGET, LEAF_S2);
    if (config == 7) {
        same(t, CD_AT, LEAF_S1);
    }
}

static void upstream_config(SmmuQtest *t, unsigned config)
{
    uint64_t ste[8] = { 0 }, cd[8] = { 0 };

    put(ste, 0, 0, 1);
    put(ste, 3, 1, config);
    ste[0] |= CD_AT;
    put(ste, 165, 160, 20); /* S2T0SZ, also without a stage 2 */
    put(ste, 167, 166, 2);  /* S2SL0 */
    put(ste, 178, 176, 5);  /* S2PS */
    put(ste, 179, 179, 1);  /* S2AA64 */
    put(ste, 247, 196, TABLES >> 4);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, STRTAB + DEV_SID * 64 + i * 8, ste[i]);
    }
    if (config == 6) {
        return;
    }
    put(cd, 5, 0, 16);  /* T0SZ */
    put(cd, 30, 30, 1); /* EPD1 */
    put(cd, 31, 31, 1); /* V */
    put(cd, 34, 32, 4); /* IPS */
    put(cd, 41, 41, 1); /* AA64 */
    put(cd, 45, 45, 1); /* R */
    put(cd, 46, 46, 1); /* A */
    put(cd, 63, 48, 0x1e20);
    put(cd, 64, 64, 1); /* NSCFG0 */
    put(cd, 119, 68, TABLES >> 4);
    put(cd, 128, 128, 1); /* NSCFG1 */
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, CD_AT + i * 8, cd[i]);
    }
}

/* In their order, without a wait, the event queue's indices at page 0. */
static void upstream_registers(SmmuQtest *t)
{
    w32(t, GBPA, 0x80000000);
    w32(t, CR0, 0);
    w32(t, CR1, 0xd75);
    w64(t, CMDQ_BASE, 0x4e16b000 | 0xa);
    w32(t, CMDQ_CONS, 0);
    w32(t, CMDQ_PROD, 0);
    w64(t, EVENTQ_BASE, 0x4e170000 | 0xa);
    w32(t, 0xa8, 0);
    w32(t, 0xac, 0);
    w32(t, STRTAB_BASE_CFG, 5);
    w64(t, STRTAB_BASE, STRTAB);
    w32(t, CR0, 0xd);
}

/* Their machine, by the same wrapper that serves them. */
static SmmuQtest *upstream_start(void)
{
    SmmuQtest *t = g_new0(SmmuQtest, 1);
    char *wrapper = g_strdup_printf("%s/tests/qtest/upstream-system-aarch64",
                                    g_getenv("SMMULATOR_ROOT"));
    char *binary = g_shell_quote(wrapper);

    g_setenv("QTEST_QEMU_BINARY", binary, TRUE);
    t->qts = qtest_init("-machine virt,acpi=off,gic-version=3,iommu=smmuv3 "
                        "-smp 1 -m 512 -cpu max -net none "
                        "-device iommu-testdev");
    t->smmu = SMMU_BASE;
    t->in_tree = subject_in_tree();
    dev_setup(t);
    g_free(binary);
    g_free(wrapper);
    return t;
}

/* data: STE.Config */
static void test_upstream(const void *data)
{
    unsigned config = GPOINTER_TO_UINT(data);
    SmmuQtest *t = upstream_start();
    const uint64_t pa = TARGET + (IOVA & 0xfff);

    /* It is ours that serves them, unless it is not to be. */
    g_assert_true((r32(t, IIDR) != 0) != t->in_tree);
    upstream_config(t, config);
    upstream_tables(t, config);
    upstream_registers(t);
    g_assert_cmphex(dev_run(t, IOVA, pa, 4), ==, 0);
    g_assert_cmphex(qtest_readl(t->qts, pa), ==, 0x12345678);
    /* Past the page: the next one is not mapped. */
    g_assert_cmphex(dev_run(t, IOVA + 0x1000, pa, 4), ==, 0xdead0002);
    machine_stop(t);
}

static void test_answers(void)
{
    SmmuQtest *t = machine_start(NULL, DEV_ARGS);
    uint64_t va = 0x777000, pa, other;
    Context c;

    dev_setup(t);
    smmu_enable(t);
    context_init(&c, t, 1, 12);
    c.sid = DEV_SID;
    pa = ram_page(t);
    other = ram_page(t);
    context_map(&c, va, pa);
    context_map(&c, va + 0x1000, other);
    context_commit(&c);

    g_assert_cmphex(dev_r(t, 0x10), ==, 0xffffffff);
    dev_r(t, 0x00);
    g_assert_cmphex(dev_r(t, 0x10), ==, 0xdead0005);
    g_assert_cmphex(dev_run(t, va + 0x10, pa + 0x10, 0x20), ==, 0);
    g_assert_cmphex(mem_r64(t, pa + 0x28), ==, 0x1234567812345678ull);
    g_assert_cmphex(mem_r64(t, pa + 0x30), ==, 0);
    g_assert_cmphex(dev_run(t, va + 0x10, pa + 0x11, 0x20), ==, 0xdead0004);
    g_assert_cmphex(dev_run(t, va, HOLE, 4), ==, 0xdead0003);
    g_assert_cmphex(dev_run(t, va, pa, 0), ==, 0xdead0001);
    dev_w(t, 0x18, 0x8);
    dev_w(t, 0x0c, 4);
    dev_w(t, 0x14, 1);
    dev_r(t, 0x00);
    g_assert_cmphex(dev_r(t, 0x10), ==, 0xdead0006);
    expect_no_event(t);

    /* One event, although three pages are missing. */
    g_assert_cmphex(dev_run(t, va + 0x1800, other + 0x800, 0x3000), ==,
                    0xdead0002);
    g_assert_cmphex(mem_r64(t, other + 0xff8), ==, 0x1234567812345678ull);
    expect_event(t, &(Event){ .num = F_TRANSLATION,
                              .sid = DEV_SID,
                              .cls = CLS_IN,
                              .addr = va + 0x2000 });
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/testdev/upstream/s1", GUINT_TO_POINTER(5),
                         test_upstream);
    g_test_add_data_func("/testdev/upstream/s2", GUINT_TO_POINTER(6),
                         test_upstream);
    g_test_add_data_func("/testdev/upstream/nested", GUINT_TO_POINTER(7),
                         test_upstream);
    g_test_add_func("/testdev/answers", test_answers);
    return g_test_run();
}
