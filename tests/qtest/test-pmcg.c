/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counter group (10): its place and description, what it counts of the
 * engine's transactions, its interrupt by wire and by message.
 * Tests only.
 */
#include "firmware.h"
#include "its.h"

#define PMCG ",pmcg=on"
#define PAGE0 0x090e0000u
#define PAGE1 0x090f0000u
#define SPI_PMCG 255
#define PMCG_DEVICE_ID 0xf9u /* 00:1f.1 */
#define VA 0x23450000ull

/* Registers of page 0 */
#define EVTYPER(n) (0x400u + 4 * (n))
#define SMR(n) (0xa00u + 4 * (n))
#define CNTENSET 0xc00u
#define CNTENCLR 0xc20u
#define INTENSET 0xc40u
#define CR 0xe04u
#define PMCG_IRQ_CTRL 0xe50u
#define PMCG_IRQ_CFG0 0xe58u
#define PMCG_IRQ_STATUS 0xe68u
/* of page 1 */
#define EVCNTR(n) (4 * (n))
#define OVSCLR 0xc80u
#define OVSSET 0xcc0u
#define CAPR 0xd88u
#define SVR(n) (0x600u + 4 * (n))

static uint32_t get(SmmuQtest *t, uint32_t reg)
{
    return qtest_readl(t->qts, PAGE0 + reg);
}

static void set(SmmuQtest *t, uint32_t reg, uint32_t v)
{
    qtest_writel(t->qts, PAGE0 + reg, v);
}

static uint32_t get1(SmmuQtest *t, uint32_t reg)
{
    return qtest_readl(t->qts, PAGE1 + reg);
}

static void set1(SmmuQtest *t, uint32_t reg, uint32_t v)
{
    qtest_writel(t->qts, PAGE1 + reg, v);
}

/* Counter @n counts @event of all streams from now on. */
static void counter(SmmuQtest *t, unsigned n, uint32_t event)
{
    set(t, EVTYPER(n), 1u << 29 | event);
    set(t, SMR(n), 0xffffffff);
    set1(t, EVCNTR(n), 0);
    set(t, CNTENSET, 1u << n);
    set(t, CR, 1);
}

static void test_identification(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);

    /* 8 counters of 32 bits, RELOC_CTRS, MSI, CAPTURE */
    g_assert_cmphex(get(t, 0xe00), ==, 0x00701f07);
    g_assert_cmphex(qtest_readq(t->qts, PAGE0 + 0xe20), ==, 0x3f);
    g_assert_cmphex(get(t, 0xe70), ==, 2);
    g_assert_cmphex(get(t, 0xfbc), ==, 0x47702a56);
    g_assert_cmphex(get(t, 0xff4), ==, 0x90);
    for (unsigned n = 0; n < 8; n++) {
        set(t, EVCNTR(n), 0x55);
        g_assert_cmphex(get(t, EVCNTR(n)), ==, 0);
        set1(t, EVCNTR(n), 0xabcd0000 | n);
        g_assert_cmphex(get1(t, EVCNTR(n)), ==, 0xabcd0000 | n);
    }
    set1(t, CAPR, 1);
    g_assert_cmphex(get1(t, SVR(7)), ==, 0xabcd0007);
    qtest_system_reset(t->qts);
    g_assert_cmphex(get1(t, EVCNTR(3)), ==, 0);
    g_assert_cmphex(get1(t, SVR(3)), ==, 0);
    machine_stop(t);
}

/* pmcg=off: nothing there, nothing described. */
static void test_absent(void)
{
    SmmuQtest *t = smmu_start();
    uint8_t *fdt = dump_fdt(",its=on", "");

    g_assert_cmphex(get(t, 0xe00), ==, 0);
    g_assert_cmphex(get(t, 0xfbc), ==, 0);
    g_assert_null(fdt_prop(fdt, "pmu@90e0000", "reg").data);
    g_free(fdt);
    machine_stop(t);
}

static void test_fdt(void)
{
    static const uint32_t reg[] = { 0, PAGE0, 0, 0x1000, 0, PAGE1, 0, 0x1000 };
    static const uint32_t irqs[] = { 0, SPI_PMCG, 1 };
    uint8_t *fdt = dump_fdt_with(PMCG, ",its=on", "");
    Prop its = fdt_prop(fdt, "its@8080000", "phandle");
    Prop p = fdt_prop(fdt, "pmu@90e0000", "compatible");

    g_assert_cmpuint(p.len, ==, 17);
    g_assert_cmpstr((const char *)p.data, ==, "arm,smmu-v3-pmcg");
    check_cells(fdt_prop(fdt, "pmu@90e0000", "reg"), reg, 8);
    check_cells(fdt_prop(fdt, "pmu@90e0000", "interrupts"), irqs, 3);
    check_cells(fdt_prop(fdt, "pmu@90e0000", "msi-parent"),
                (uint32_t[]){ be32(its.data), PMCG_DEVICE_ID }, 2);
    g_free(fdt);
}

/* No wire beside the DeviceID: a kernel that is told of one uses it. */
static void test_iort(void)
{
    SmmuQtest *t = machine_start_with(PMCG, ",its=on", NULL);
    Acpi *acpi = acpi_load(t);
    const uint8_t *iort = acpi_table(acpi, "IORT");
    uint32_t node = iort_node(iort, 5, 0);

    g_assert_true(node);
    g_assert_cmpuint(iort[node + 3], >=, 1); /* revision: page 1 counts */
    g_assert_cmphex(le32(iort + node + 16), ==, PAGE0);
    g_assert_cmphex(le32(iort + node + 20), ==, 0);
    g_assert_cmpuint(le32(iort + node + 24), ==, 0);
    g_assert_cmpuint(le32(iort + node + 28), ==, iort_node(iort, 4, 0));
    g_assert_cmphex(le32(iort + node + 32), ==, PAGE1);
    g_assert_cmphex(le32(iort + node + 36), ==, 0);
    g_assert_cmpuint(le32(iort + node + 8), ==, 1);
    iort_mapping(iort, node, 0, 0, 0, PMCG_DEVICE_ID, iort_node(iort, 0, 0), 1);
    acpi_free(acpi);
    machine_stop(t);
}

/* Events 1 to 5 of a stage 1 of 4 KiB and 39 bits. */
static void test_events(void)
{
    static const uint32_t first[] = { 1, 1, 1, 3, 2 };
    SmmuQtest *t = smmu_start_with(PMCG);
    Context c;

    quick_stage1(&c, t, VA);
    for (unsigned n = 0; n < 5; n++) {
        counter(t, n, n + 1);
    }
    g_assert_true(dma_read(t, VA, NULL));
    for (unsigned n = 0; n < 5; n++) {
        g_assert_cmpuint(get1(t, EVCNTR(n)), ==, first[n]);
    }
    for (unsigned i = 0; i < 10; i++) {
        g_assert_true(dma_read(t, VA + 8 * i, NULL));
    }
    for (unsigned n = 0; n < 5; n++) {
        g_assert_cmpuint(get1(t, EVCNTR(n)), ==, first[n] + (n ? 0 : 10));
    }
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_cmpuint(get1(t, EVCNTR(1)), ==, 2);
    g_assert_cmpuint(get1(t, EVCNTR(3)), ==, 6);
    g_assert_cmpuint(get1(t, EVCNTR(4)), ==, 2);
    /* A fault is a transaction, counted once. */
    g_assert_false(dma_read(t, VA + 0x1000, NULL));
    g_assert_cmpuint(get1(t, EVCNTR(0)), ==, 13);
    machine_stop(t);
}

/* A capture takes all counters at once, and what is taken stays (10.4). */
static void test_capture(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);
    Context c;

    quick_stage1(&c, t, VA);
    counter(t, 2, 1);
    counter(t, 7, 4);
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_cmpuint(get1(t, SVR(2)), ==, 0);
    set1(t, CAPR, 0);
    g_assert_cmpuint(get1(t, SVR(2)), ==, 0);
    set1(t, CAPR, 1);
    g_assert_cmpuint(get1(t, SVR(2)), ==, 1);
    g_assert_cmpuint(get1(t, SVR(7)), ==, 3);
    g_assert_cmpuint(get1(t, SVR(0)), ==, 0);
    g_assert_cmpuint(get1(t, CAPR), ==, 0);
    g_assert_true(dma_read(t, VA, NULL));
    set1(t, SVR(2), 0x55);
    g_assert_cmpuint(get1(t, SVR(2)), ==, 1);
    g_assert_cmpuint(get1(t, EVCNTR(2)), ==, 2);
    set1(t, CAPR, 1);
    g_assert_cmpuint(get1(t, SVR(2)), ==, 2);
    machine_stop(t);
}

/* EVTYPER.OVFCAP: an overflow of that counter captures, others do not. */
static void test_overflow_capture(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);

    counter(t, 1, 1);
    counter(t, 6, 1);
    set1(t, EVCNTR(6), 0xffffffff);
    g_assert_false(dma_read(t, VA, NULL));
    g_assert_cmphex(get1(t, OVSSET), ==, 1u << 6);
    g_assert_cmpuint(get1(t, SVR(1)), ==, 0);
    set(t, EVTYPER(6), 1u << 31 | 1u << 29 | 1);
    set1(t, OVSCLR, 1u << 6);
    set1(t, EVCNTR(6), 0xffffffff);
    g_assert_false(dma_read(t, VA, NULL));
    g_assert_cmphex(get1(t, OVSSET), ==, 1u << 6);
    g_assert_cmpuint(get1(t, SVR(1)), ==, 2);
    g_assert_cmpuint(get1(t, SVR(6)), ==, 0);
    machine_stop(t);
}

/* By StreamID: the engine's, another, a span around it. */
static void test_filter(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);
    Context c;

    quick_stage1(&c, t, VA);
    for (unsigned n = 0; n < 4; n++) {
        counter(t, n, 1);
    }
    set(t, EVTYPER(1), 1);
    set(t, SMR(1), ENGINE_SID);
    set(t, EVTYPER(2), 1);
    set(t, SMR(2), ENGINE_SID + 1);
    set(t, SMR(3), 0x0017); /* 0x10 to 0x1f */
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_cmpuint(get1(t, EVCNTR(0)), ==, 1);
    g_assert_cmpuint(get1(t, EVCNTR(1)), ==, 1);
    g_assert_cmpuint(get1(t, EVCNTR(2)), ==, 0);
    g_assert_cmpuint(get1(t, EVCNTR(3)), ==, 1);
    set(t, SMR(3), 0x0027);
    set(t, CNTENCLR, 2);
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_cmpuint(get1(t, EVCNTR(0)), ==, 2);
    g_assert_cmpuint(get1(t, EVCNTR(1)), ==, 1);
    g_assert_cmpuint(get1(t, EVCNTR(3)), ==, 1);
    machine_stop(t);
}

/* A counter that the next transaction overflows. */
static void arm_overflow(SmmuQtest *t)
{
    counter(t, 6, 1);
    set1(t, EVCNTR(6), 0xffffffff);
    set(t, INTENSET, 1u << 6);
}

static void configure_msi(SmmuQtest *t, uint64_t addr, uint32_t data)
{
    set(t, PMCG_IRQ_CTRL, 0);
    qtest_writeq(t->qts, PAGE0 + PMCG_IRQ_CFG0, addr);
    set(t, PMCG_IRQ_CFG0 + 8, data);
    set(t, PMCG_IRQ_CFG0 + 12, 1);
    set(t, PMCG_IRQ_CTRL, 1);
}

static void test_overflow(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);

    gic_edge(t, SPI_PMCG);
    arm_overflow(t);
    dma_read(t, VA, NULL);
    g_assert_cmphex(get1(t, OVSSET), ==, 1u << 6);
    g_assert_false(gic_take(t, SPI_PMCG)); /* IRQEN is 0 */
    set(t, PMCG_IRQ_CTRL, 1);
    g_assert_false(gic_take(t, SPI_PMCG));
    set1(t, OVSCLR, 1u << 6);
    set1(t, EVCNTR(6), 0xffffffff);
    dma_read(t, VA, NULL);
    g_assert_cmphex(get1(t, OVSSET), ==, 1u << 6);
    g_assert_cmphex(get1(t, EVCNTR(6)), ==, 0);
    g_assert_true(gic_wait(t, SPI_PMCG));
    dma_read(t, VA, NULL);
    g_assert_false(gic_take(t, SPI_PMCG));
    machine_stop(t);
}

/* To memory; to where nothing is; to the group's own and the SMMU's
 * registers. */
static void test_msi(void)
{
    static const uint64_t bad[] = { HOLE, PAGE0 + CR, PAGE1, SMMU_BASE + CR0 };
    SmmuQtest *t = smmu_start_with(PMCG);
    uint64_t pa = ram_page(t);

    arm_overflow(t);
    configure_msi(t, pa, 0xcafe0006);
    dma_read(t, VA, NULL);
    for (unsigned i = 0; i < 1000 && !qtest_readl(t->qts, pa); i++) {
    }
    g_assert_cmphex(qtest_readl(t->qts, pa), ==, 0xcafe0006);
    g_assert_cmphex(get(t, PMCG_IRQ_STATUS), ==, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        configure_msi(t, bad[i], 0);
        g_assert_cmphex(get(t, PMCG_IRQ_STATUS), ==, 0);
        set1(t, EVCNTR(6), 0xffffffff);
        dma_read(t, VA, NULL);
        set(t, PMCG_IRQ_CTRL, 0); /* waits for the message */
        g_assert_cmphex(get(t, PMCG_IRQ_STATUS), ==, 1);
        g_assert_cmphex(get(t, CR), ==, 1);
        g_assert_cmphex(r32(t, CR0), ==, 0xd);
    }
    machine_stop(t);
}

/* Through the ITS, with a DeviceID of its own. */
static void test_its(void)
{
    SmmuQtest *t = machine_start_with(PMCG, ",its=on", NULL);
    Its its;

    smmu_enable(t);
    its_setup(&its, t, PMCG_DEVICE_ID);
    arm_overflow(t);
    configure_msi(t, ITS_TRANSLATER, 21);
    dma_read(t, VA, NULL);
    g_assert_true(its_wait(&its, 21));
    g_assert_false(its_pending(&its, 20));
    machine_stop(t);
}

/* Event 0 runs with the machine, and stands with it. */
static void test_cycles(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);
    uint32_t v;

    counter(t, 0, 0);
    g_assert_cmphex(get1(t, EVCNTR(0)), ==, 0);
    qtest_qmp_assert_success(t->qts, "{'execute': 'cont'}");
    g_usleep(20000);
    qtest_qmp_assert_success(t->qts, "{'execute': 'stop'}");
    v = get1(t, EVCNTR(0));
    g_assert_cmpuint(v, >=, 10000000); /* 1 GHz */
    g_assert_cmphex(get1(t, EVCNTR(0)), ==, v);
    machine_stop(t);
}

/* An overflow of cycles comes by itself. */
static void test_cycles_overflow(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);
    bool seen = false;

    gic_edge(t, SPI_PMCG);
    counter(t, 0, 0);
    set1(t, EVCNTR(0), 0xffff0000);
    set(t, INTENSET, 1);
    set(t, PMCG_IRQ_CTRL, 1);
    qtest_qmp_assert_success(t->qts, "{'execute': 'cont'}");
    for (unsigned i = 0; i < 1000 && !seen; i++) {
        g_usleep(1000);
        seen = gic_take(t, SPI_PMCG);
    }
    g_assert_true(seen);
    g_assert_cmphex(get1(t, OVSSET), ==, 1);
    machine_stop(t);
}

/* Any access of any width, anywhere in both pages, while the engine works. */
static void test_hostile(void)
{
    SmmuQtest *t = smmu_start_with(PMCG);
    uint32_t x = 1;

    for (unsigned n = 0; n < 3000; n++) {
        uint64_t at;

        x = x * 1664525 + 1013904223;
        at = (x & 1 ? PAGE0 : PAGE1) + (x >> 8) % 0x1000;
        switch (x >> 24 & 3) {
        case 0:
            qtest_writeb(t->qts, at, x >> 4);
            break;
        case 1:
            qtest_writel(t->qts, at & ~3ull, x * 7);
            break;
        case 2:
            qtest_writeq(t->qts, at & ~7ull, x * 0x100000001ull);
            break;
        default:
            qtest_readq(t->qts, at);
        }
        if (n % 64 == 0) {
            dma_read(t, VA, NULL);
        }
    }
    g_assert_cmphex(get(t, 0xfbc), ==, 0x47702a56);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pmcg/identification", test_identification);
    g_test_add_func("/pmcg/absent", test_absent);
    g_test_add_func("/pmcg/fdt", test_fdt);
    g_test_add_func("/pmcg/iort", test_iort);
    g_test_add_func("/pmcg/events", test_events);
    g_test_add_func("/pmcg/capture", test_capture);
    g_test_add_func("/pmcg/overflow-capture", test_overflow_capture);
    g_test_add_func("/pmcg/filter", test_filter);
    g_test_add_func("/pmcg/overflow", test_overflow);
    g_test_add_func("/pmcg/msi", test_msi);
    g_test_add_func("/pmcg/its", test_its);
    g_test_add_func("/pmcg/cycles", test_cycles);
    g_test_add_func("/pmcg/cycles-overflow", test_cycles_overflow);
    g_test_add_func("/pmcg/hostile", test_hostile);
    return g_test_run();
}
