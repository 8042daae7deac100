/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The masters: our engine as a PCI device, and QEMU's NVMe controller, which
 * reaches the SMMU through the memory API. One event per transaction.
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull
#define SQ_VA 0x10000ull
#define CQ_VA 0x20000ull
#define HDA_BAR 0x10600000u

/* Offset of capability @id in configuration space. */
static unsigned find_cap(SmmuQtest *t, unsigned bdf, uint8_t id)
{
    unsigned at = pci_r32(t, bdf, 0x34) & 0xff;

    while (at) {
        uint32_t v = pci_r32(t, bdf, at);

        if ((v & 0xff) == id) {
            return at;
        }
        at = v >> 8 & 0xff;
    }
    g_error("no capability 0x%02x", id);
}

/* Identity and BARs as others know them (the public interface). */
static void test_engine_identity(void)
{
    static const uint64_t sizes[] = { 0x40000, 0x8000, 0x1000 };
    SmmuQtest *t = machine_start(NULL, NULL);
    unsigned cap;

    g_assert_cmphex(pci_r32(t, ENGINE_SID, 0), ==, 0xff8013b5);
    g_assert_cmphex(pci_r32(t, ENGINE_SID, 8) >> 24, ==, 0xff);
    cap = find_cap(t, ENGINE_SID, 0x10);
    /* port type 9: root-complex integrated endpoint */
    g_assert_cmphex(pci_r32(t, ENGINE_SID, cap) >> 20 & 15, ==, 9);
    cap = find_cap(t, ENGINE_SID, 0x11);
    g_assert_cmphex(pci_r32(t, ENGINE_SID, cap) >> 16 & 0x7ff, ==, 2047);
    g_assert_cmphex(pci_r32(t, ENGINE_SID, cap + 4), ==, 2); /* table: BAR 2 */
    g_assert_cmphex(pci_r32(t, ENGINE_SID, cap + 8), ==, 4); /* PBA: BAR 4 */
    pci_w32(t, ENGINE_SID, 4, 0);
    for (unsigned i = 0; i < 3; i++) {
        unsigned bar = 0x10 + i * 8;
        uint64_t v;

        g_assert_cmphex(pci_r32(t, ENGINE_SID, bar) & 15, ==, 4); /* 64-bit */
        pci_w32(t, ENGINE_SID, bar, 0xffffffff);
        pci_w32(t, ENGINE_SID, bar + 4, 0xffffffff);
        v = pci_r32(t, ENGINE_SID, bar) & ~15u;
        v |= (uint64_t)pci_r32(t, ENGINE_SID, bar + 4) << 32;
        g_assert_cmphex(-v, ==, sizes[i]);
    }
    machine_stop(t);
}

/* A long transfer runs beside other work; while it does, its frame cannot be
 * written; other frames can. */
static void test_engine_asynchronous(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    EngineOp big = { .cmd = ENG_SUM64,
                     .begin = RAM_BASE,
                     .end = RAM_BASE + 0x7ffffff };
    EngineOp small = {
        .cmd = ENG_SUM64, .begin = RAM_FREE, .end = RAM_FREE + 7, .frame = 1023
    };

    engine_launch(t, &big);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR), ==, ENG_SUM64);
    qtest_writel(t->qts, ENGINE_BAR, ENG_HALTED);
    qtest_writeq(t->qts, ENGINE_BAR + 0x30, 0);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR), ==, ENG_SUM64);
    g_assert_cmphex(engine_run(t, &small), ==, ENG_HALTED);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR), ==, ENG_SUM64);
    g_assert_cmphex(engine_wait(t, &big), ==, ENG_HALTED);
    g_assert_cmphex(qtest_readq(t->qts, ENGINE_BAR + 0x30), ==, big.end);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR + 8), ==, 0x8000);
    machine_stop(t);
}

/* What is wrong with a frame is seen at once. */
static void test_engine_misconfigured(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    EngineOp op = {
        .cmd = ENG_SUM64, .begin = RAM_FREE, .end = RAM_FREE + 63, .stride = 12
    };

    engine_launch(t, &op);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR), ==, ENG_MISCONFIGURED);
    op.stride = 1;
    op.ssv = true;
    op.ssid = 0x100000;
    engine_launch(t, &op);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR), ==, ENG_MISCONFIGURED);
    op.ssid = 0;
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    machine_stop(t);
}

static void msix_entry(SmmuQtest *t, unsigned n, uint64_t addr, uint32_t data,
                       uint32_t control)
{
    uint64_t at = ENGINE_TABLE_BAR + n * 16;

    qtest_writel(t->qts, at, addr);
    qtest_writel(t->qts, at + 4, addr >> 32);
    qtest_writel(t->qts, at + 8, data);
    qtest_writel(t->qts, at + 12, control);
}

static void msix_enable(SmmuQtest *t)
{
    unsigned cap = find_cap(t, ENGINE_SID, 0x11);

    pci_w32(t, ENGINE_SID, cap, pci_r32(t, ENGINE_SID, cap) | 1u << 31);
}

/* MSI-X goes through the SMMU; masked ones wait in the PBA. */
static void test_engine_msi(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t doorbell = ram_page(t);
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = VA,
                    .end = VA + 7,
                    .msi = true,
                    .vector = 2047 };
    Context c;

    context_init(&c, t, 1, 12);
    context_map(&c, VA, doorbell);
    context_commit(&c);
    msix_enable(t);
    msix_entry(t, 2047, VA + 0x40, 0xcafe, 0);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(mem_r64(t, doorbell + 0x40), ==, 0xcafe);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR + 4), ==, 0);

    msix_entry(t, 2047, VA + 0x40, 0xbeef, 1);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(mem_r64(t, doorbell + 0x40), ==, 0xcafe);
    g_assert_cmphex(qtest_readq(t->qts, ENGINE_PBA_BAR + 248), ==, 1ull << 63);
    qtest_writel(t->qts, ENGINE_TABLE_BAR + 2047 * 16 + 12, 0);
    g_assert_cmphex(mem_r64(t, doorbell + 0x40), ==, 0xbeef);

    /* One that is not mapped: an event, and MSI_ABORTED. */
    msix_entry(t, 2047, 0x40000040, 1, 0);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR + 4), ==, 1);
    expect_event(t, EV(F_TRANSLATION, 0x40000040));
    expect_no_event(t);

    /* An error brings its interrupt as well. */
    msix_entry(t, 2047, VA + 0x80, 7, 0);
    op.begin = 0;
    op.end = 7;
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    g_assert_cmphex(mem_r64(t, doorbell + 0x80), ==, 7);
    expect_event(t, EV(F_TRANSLATION, 0, .rnw = true));
    expect_no_event(t);
    machine_stop(t);
}

/* Bus master off: the transaction fails, and no SMMU hears of it. */
static void test_bus_master_off(void)
{
    SmmuQtest *t = smmu_start();

    pci_w32(t, ENGINE_SID, 4, 0x2);
    g_assert_false(dma_read(t, VA, NULL));
    expect_no_event(t);
    pci_w32(t, ENGINE_SID, 4, 0x6);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    machine_stop(t);
}

/* A write to the ITS carries the requester ID, which it goes by: QEMU's trace
 * tells, as the ITS is not even enabled. */
static void test_requester_id(void)
{
    const uint64_t translater = 0x08090040;
    char *trace = NULL, *args, *path;
    EngineOp op = { .cmd = ENG_RAND48,
                    .begin = translater,
                    .end = translater + 3 };
    int fd = g_file_open_tmp("smmulator-XXXXXX", &path, NULL);
    SmmuQtest *t;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    args = g_strdup_printf("-d trace:gicv3_its_translation_write -D %s", path);
    t = machine_start(NULL, args);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    machine_stop(t);
    g_assert_true(g_file_get_contents(path, &trace, NULL, NULL));
    if (!strstr(trace, "requester_id 0x10\n")) {
        g_error("no requester_id 0x10 in '%s'", trace);
    }
    unlink(path);
    g_free(trace);
    g_free(path);
    g_free(args);
}

/* Each of the engine's transactions is one event: sizes and pages. */
static void test_engine_one_event(void)
{
    static const unsigned sizes[] = { 8, 64, 256, 4096 };
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    context_map(&c, VA, ram_page(t));
    context_commit(&c);
    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        EngineOp op = { .cmd = ENG_RAND48,
                        .begin = 0x5000,
                        .end = 0x5000 + sizes[i] - 1 };

        g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
        g_assert_cmphex(op.fault, ==, 0x5000);
        expect_event(t, EV(F_TRANSLATION, 0x5000));
        expect_no_event(t);
    }
    /* The second page of two: its address, and the first page is written. */
    {
        EngineOp op = { .cmd = ENG_RAND48,
                        .begin = VA + 0xff8,
                        .end = VA + 0x1fff };

        g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
        g_assert_cmphex(op.fault, ==, VA + 0x1000);
        expect_event(t, EV(F_TRANSLATION, VA + 0x1000));
        expect_no_event(t);
    }
    machine_stop(t);
}

typedef struct Nvme {
    SmmuQtest *t;
    Context c;
    uint64_t sq;
    unsigned commands;
} Nvme;

static void nvme_init(Nvme *n)
{
    SmmuQtest *t = n->t = machine_start(NULL, NVME_ARGS);

    n->commands = 0;
    smmu_enable(t);
    context_init(&n->c, t, 1, 12);
    n->c.sid = NVME_SID;
    n->sq = ram_page(t);
    context_map(&n->c, SQ_VA, n->sq);
    context_map(&n->c, CQ_VA, ram_page(t));
}

static void nvme_begin(Nvme *n)
{
    context_commit(&n->c);
    nvme_setup(n->t, SQ_VA, CQ_VA);
    g_assert_cmphex(nvme_status(n->t), ==, 1);
}

static void nvme_event(Nvme *n, unsigned num, uint64_t addr, bool read)
{
    expect_event(n->t, &(Event){ .num = num,
                                 .sid = NVME_SID,
                                 .rnw = read,
                                 .cls = CLS_IN,
                                 .addr = addr });
}

/* It works at all: Identify writes the serial number. */
static void test_nvme_works(void)
{
    uint64_t page;
    char serial[20];
    Nvme n;

    nvme_init(&n);
    page = ram_page(n.t);
    context_map(&n.c, 0x50000, page);
    nvme_begin(&n);
    nvme_identify(n.t, n.sq, n.commands++, 0x50000, 0);
    qtest_memread(n.t->qts, page + 4, serial, sizeof(serial));
    g_assert_cmpmem(serial, 2, "1 ", 2);
    expect_no_event(n.t);
    machine_stop(n.t);
}

/* 4 KiB that fault are one event; the same again is another one. */
static void test_nvme_one_event(void)
{
    Nvme n;

    nvme_init(&n);
    nvme_begin(&n);
    for (unsigned i = 0; i < 3; i++) {
        nvme_identify(n.t, n.sq, n.commands++, 0x50000, 0);
        nvme_event(&n, F_TRANSLATION, 0x50000, false);
        expect_no_event(n.t);
    }
    nvme_identify(n.t, n.sq, n.commands++, 0x60000, 0);
    nvme_event(&n, F_TRANSLATION, 0x60000, false);
    expect_no_event(n.t);
    machine_stop(n.t);
}

/* Another page is another transaction, though the address goes on. */
static void test_nvme_two_pages(void)
{
    Nvme n;

    nvme_init(&n);
    nvme_begin(&n);
    nvme_identify(n.t, n.sq, n.commands++, 0x50800, 0x51000);
    nvme_event(&n, F_TRANSLATION, 0x50800, false);
    nvme_event(&n, F_TRANSLATION, 0x51000, false);
    expect_no_event(n.t);
    machine_stop(n.t);
}

/* The read of a queue entry, of 64 bytes, is one event. */
static void test_nvme_one_event_read(void)
{
    Nvme n;

    nvme_init(&n);
    context_commit(&n.c);
    nvme_setup(n.t, 0x30000, CQ_VA);
    nvme_identify(n.t, n.sq, n.commands++, 0x50000, 0);
    nvme_event(&n, F_TRANSLATION, 0x30000, true);
    expect_no_event(n.t);
    machine_stop(n.t);
}

/* Masters of the memory API are unprivileged data, with no SubstreamID. */
static void test_nvme_attributes(void)
{
    Nvme n;

    nvme_init(&n);
    map_page(&n.c.s1, 0x50000, ram_page(n.t), S1_LEAF & ~0x40ull);
    nvme_begin(&n);
    nvme_identify(n.t, n.sq, n.commands++, 0x50000, 0);
    nvme_event(&n, F_PERMISSION, 0x50000, false);
    expect_no_event(n.t);
    machine_stop(n.t);
}

/* RAZ/WI: one event, the data vanishes, and the controller sees no error. */
static void test_nvme_razwi(void)
{
    uint64_t cq, page;
    Nvme n;

    nvme_init(&n);
    page = ram_page(n.t);
    cq = ram_page(n.t);
    context_map(&n.c, CQ_VA, cq);
    map_page(&n.c.s1, 0x50000, page, S1_LEAF | 0x80); /* read-only */
    put(n.c.cd, 46, 46, 0);                           /* A */
    nvme_begin(&n);
    nvme_identify(n.t, n.sq, n.commands++, 0x50000, 0);
    nvme_event(&n, F_PERMISSION, 0x50000, false);
    expect_no_event(n.t);
    g_assert_cmphex(mem_r64(n.t, page), ==, 0);
    g_assert_cmphex(mem_r64(n.t, page + 0xff8), ==, 0);
    /* The completion: phase 1, status 0. */
    g_assert_cmphex(mem_r64(n.t, cq + 8) >> 48, ==, 1);
    machine_stop(n.t);
}

/*
 * An HD Audio controller reads commands of four bytes each, which lie side by
 * side, and with a bad one it does nothing: the next access of this master
 * that fails goes on where the last one ended. The driver, which looked at the
 * event queue between them, gets an event for each.
 */
static void test_adjacent(void)
{
    const unsigned sid = 0x18;
    SmmuQtest *t = machine_start(NULL, "-device intel-hda,addr=3.0");
    Context c;

    smmu_enable(t);
    context_init(&c, t, 1, 12);
    c.sid = sid;
    context_commit(&c);
    pci_w32(t, sid, 0x10, HDA_BAR);
    pci_w32(t, sid, 0x04, 0x6);
    qtest_writel(t->qts, HDA_BAR + 0x40, 0x50000); /* CORBLBASE */
    qtest_writew(t->qts, HDA_BAR + 0x5a, 0xff);    /* RINTCNT */
    qtest_writeb(t->qts, HDA_BAR + 0x4c, 2);       /* CORBCTL: run */
    for (unsigned wp = 1; wp < 8; wp++) {
        qtest_writew(t->qts, HDA_BAR + 0x48, wp); /* CORBWP */
        expect_event(t, &(Event){ .num = F_TRANSLATION,
                                  .sid = sid,
                                  .rnw = true,
                                  .cls = CLS_IN,
                                  .addr = 0x50000 + wp * 4 });
        expect_no_event(t);
    }
    machine_stop(t);
}

/* default_bus_bypass_iommu: the bus goes past the SMMU. */
static void test_bus_bypass(void)
{
    SmmuQtest *t = machine_start(",default_bus_bypass_iommu=on", NULL);
    uint64_t pa = ram_page(t), v;

    smmu_enable(t);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, pa, &v));
    g_assert_cmphex(v, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/masters/engine/identity", test_engine_identity);
    g_test_add_func("/masters/engine/asynchronous", test_engine_asynchronous);
    g_test_add_func("/masters/engine/misconfigured", test_engine_misconfigured);
    g_test_add_func("/masters/engine/msi", test_engine_msi);
    g_test_add_func("/masters/engine/one-event", test_engine_one_event);
    g_test_add_func("/masters/bus-master-off", test_bus_master_off);
    g_test_add_func("/masters/bus-bypass", test_bus_bypass);
    g_test_add_func("/masters/nvme/works", test_nvme_works);
    g_test_add_func("/masters/nvme/one-event", test_nvme_one_event);
    g_test_add_func("/masters/nvme/two-pages", test_nvme_two_pages);
    g_test_add_func("/masters/nvme/one-event-read", test_nvme_one_event_read);
    g_test_add_func("/masters/nvme/attributes", test_nvme_attributes);
    g_test_add_func("/masters/nvme/razwi", test_nvme_razwi);
    g_test_add_func("/masters/requester-id", test_requester_id);
    g_test_add_func("/masters/adjacent", test_adjacent);
    return g_test_run();
}
