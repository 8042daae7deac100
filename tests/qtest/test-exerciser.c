/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's BSA/SBSA Exerciser, on the root bus and below a root port: identity,
 * DMA with its attributes, interrupts, trace, what a port refuses.
 * Tests only. Offsets and bits are literals of the public interface.
 */
#include "smmu-qtest.h"

#define SID 0x20u    /* 00:04.0 */
#define PORT 0x28u   /* 00:05.0 */
#define BELOW 0x100u /* 01:00.0 */
#define REGS 0x10400000u
#define MEM 0x10404000u
#define TABLE 0x10408000u
#define PBA 0x10410000u
#define VA 0x5550000ull

#define AT_ROOT "-device smmulator-exerciser,addr=4.0"
#define AT_PORT                                               \
    "-device pcie-root-port,id=rp,addr=5.0,chassis=1,slot=1 " \
    "-device smmulator-exerciser,bus=rp"

static uint32_t rd(SmmuQtest *t, uint32_t reg)
{
    return qtest_readl(t->qts, REGS + reg);
}

static void wr(SmmuQtest *t, uint32_t reg, uint32_t v)
{
    qtest_writel(t->qts, REGS + reg, v);
}

static void set_bars(SmmuQtest *t, unsigned bdf)
{
    g_assert_cmphex(pci_r32(t, bdf, 0), ==, 0xed0113b5);
    pci_w32(t, bdf, 0x10, REGS);
    pci_w32(t, bdf, 0x14, MEM);
    pci_w32(t, bdf, 0x18, TABLE);
    pci_w32(t, bdf, 0x20, PBA);
    pci_w32(t, bdf, 0x04, 0x6);
}

/* Bus 1, and the window of the BARs. */
static void set_port(SmmuQtest *t)
{
    pci_w32(t, PORT, 0x18, 0x00010100);
    pci_w32(t, PORT, 0x20, 0x10401040);
    pci_w32(t, PORT, 0x04, 0x6);
}

static SmmuQtest *start_with(unsigned bdf, const char *props)
{
    SmmuQtest *t =
        machine_start_with(props, NULL, bdf == SID ? AT_ROOT : AT_PORT);

    if (bdf == BELOW) {
        set_port(t);
    }
    set_bars(t, bdf);
    smmu_enable(t);
    /* 512 streams: buses 0 and 1 */
    smmu_cr0(t, 0xc);
    t->strtab = ram_alloc(t, 0x8000, 0x8000);
    w64(t, STRTAB_BASE, t->strtab);
    w32(t, STRTAB_BASE_CFG, 9);
    smmu_cr0(t, 0xd);
    return t;
}

static SmmuQtest *start(unsigned bdf)
{
    return start_with(bdf, "");
}

static void set_dma(SmmuQtest *t, uint32_t offset, uint64_t addr, uint32_t len)
{
    wr(t, 0x0c, offset);
    qtest_writeq(t->qts, REGS + 0x10, addr);
    wr(t, 0x18, len);
}

/* Status after a DMA with the control word @ctl. */
static uint32_t go(SmmuQtest *t, uint32_t ctl)
{
    wr(t, 0x08, ctl | 1);
    g_assert_cmphex(rd(t, 0x08) & 0xf, ==, 0);
    return rd(t, 0x1c);
}

static uint64_t map(SmmuQtest *t, Context *c, unsigned sid)
{
    uint64_t pa = ram_page(t);

    context_init(c, t, 1, 12);
    c->sid = sid;
    context_map(c, VA, pa);
    context_commit(c);
    return pa;
}

static unsigned find_cap(SmmuQtest *t, unsigned bdf, unsigned id)
{
    unsigned at = pci_r32(t, bdf, 0x34) & 0xff;

    while ((pci_r32(t, bdf, at) & 0xff) != id) {
        at = pci_r32(t, bdf, at) >> 8 & 0xff;
        g_assert_cmpuint(at, !=, 0);
    }
    return at;
}

/* data: where it is */
static void test_identity(const void *data)
{
    static const uint32_t sizes[6] = { 0xfffff000, 0xffffc000, 0xffff8000,
                                       0,          0xfffff000, 0 };
    unsigned bdf = GPOINTER_TO_UINT(data);
    SmmuQtest *t = start(bdf);

    g_assert_cmphex(pci_r32(t, bdf, 8) >> 16, ==, 0xed00);
    g_assert_cmphex(pci_r32(t, bdf, 0x3c) >> 8 & 0xff, ==, 1);
    for (unsigned i = 0; i < 6; i++) {
        pci_w32(t, bdf, 0x10 + i * 4, 0xffffffff);
        g_assert_cmphex(pci_r32(t, bdf, 0x10 + i * 4), ==, sizes[i]);
    }
    /* Root-complex integrated, or an endpoint */
    g_assert_cmphex(pci_r32(t, bdf, find_cap(t, bdf, 0x10)) >> 20 & 0xf, ==,
                    bdf == SID ? 9 : 0);
    g_assert_cmphex(pci_r32(t, bdf, find_cap(t, bdf, 0x11)) >> 16 & 0x7ff, ==,
                    2047);
    g_assert_cmphex(pci_r32(t, bdf, find_cap(t, bdf, 0x11) + 4), ==, 2);
    g_assert_cmphex(pci_r32(t, bdf, find_cap(t, bdf, 0x11) + 8), ==, 4);
    g_assert_cmpuint(pci_ext_cap(t, bdf, 0x1b), !=, 0);
    g_assert_cmpuint(pci_ext_cap(t, bdf, 0x0f), !=, 0);
    g_assert_cmpuint(pci_ext_cap(t, bdf, 0x13), !=, 0);
    machine_stop(t);
}

static void test_dma(const void *data)
{
    unsigned bdf = GPOINTER_TO_UINT(data);
    SmmuQtest *t = start(bdf);
    Context c;
    uint64_t pa = map(t, &c, bdf);

    mem_w64(t, pa + 0x100, MAGIC);
    set_dma(t, 0x40, VA + 0x100, 8);
    g_assert_cmphex(go(t, 0x00), ==, 0);
    g_assert_cmphex(qtest_readq(t->qts, MEM + 0x40), ==, MAGIC);
    qtest_writeq(t->qts, MEM + 0x3ff8, ~MAGIC);
    set_dma(t, 0x3ff8, VA + 0xff8, 8);
    g_assert_cmphex(go(t, 0x10), ==, 0);
    g_assert_cmphex(mem_r64(t, pa + 0xff8), ==, ~MAGIC);
    set_dma(t, 0x3ff9, VA, 8);
    g_assert_cmphex(go(t, 0x10), ==, 1);
    expect_no_event(t);

    /* Two pages that are not mapped: one event. */
    set_dma(t, 0, VA + 0xf00, 0x2000);
    g_assert_cmphex(go(t, 0x10), ==, 2);
    expect_event(t, &(Event){ .num = F_TRANSLATION,
                              .sid = bdf,
                              .cls = CLS_IN,
                              .addr = VA + 0x1000 });
    expect_no_event(t);
    wr(t, 0x1c, 4);
    g_assert_cmphex(rd(t, 0x1c), ==, 0);
    /* Bus mastering off */
    pci_w32(t, bdf, 4, 0x2);
    set_dma(t, 0, VA, 8);
    g_assert_cmphex(go(t, 0), ==, 2);
    expect_no_event(t);
    machine_stop(t);
}

/* PASID, privilege, instruction: as far as PASID Control allows. */
static void test_pasid(void)
{
    SmmuQtest *t = start(SID);
    unsigned pasid = pci_ext_cap(t, SID, 0x1b);
    Context c;

    map(t, &c, SID);
    set_dma(t, 0, VA, 8);
    wr(t, 0x20, 0x12345);
    g_assert_cmphex(go(t, 0x40), ==, 2);
    expect_no_event(t);
    /* This SMMU has no substreams: it tells of each. */
    pci_w32(t, SID, pasid + 4, 1 << 16);
    g_assert_cmphex(go(t, 0x40), ==, 2);
    expect_event(
        t, &(Event){ .num = C_BAD_SUBSTREAMID, .sid = SID, .ssid = 0x12345 });
    g_assert_cmphex(go(t, 0xc0), ==, 2);
    g_assert_cmphex(go(t, 0x140), ==, 2);
    expect_no_event(t);
    pci_w32(t, SID, pasid + 4, 7 << 16);
    g_assert_cmphex(go(t, 0x1c0), ==, 2);
    expect_event(
        t, &(Event){ .num = C_BAD_SUBSTREAMID, .sid = SID, .ssid = 0x12345 });
    /* Neither is there without a PASID. */
    g_assert_cmphex(go(t, 0x180), ==, 2);
    g_assert_cmphex(go(t, 0x000), ==, 0);
    expect_no_event(t);
    machine_stop(t);
}

/* A requester ID that is not its own is another stream. */
static void test_requester_id(void)
{
    SmmuQtest *t = start(SID);
    Context own, other;
    uint64_t pa = map(t, &own, SID), elsewhere;

    elsewhere = map(t, &other, 0x77);
    put(other.cd, 63, 48, 2); /* ASID */
    context_commit(&other);
    mem_w64(t, pa, 1);
    mem_w64(t, elsewhere, 2);
    set_dma(t, 0, VA, 8);
    wr(t, 0x3c, 0x80000077);
    g_assert_cmphex(go(t, 0), ==, 0);
    g_assert_cmphex(qtest_readq(t->qts, MEM), ==, 2);
    wr(t, 0x3c, 0x80000078);
    g_assert_cmphex(go(t, 0), ==, 2);
    expect_event(t, &(Event){ .num = C_BAD_STE, .sid = 0x78 });
    wr(t, 0x3c, 0x77);
    g_assert_cmphex(go(t, 0), ==, 0);
    g_assert_cmphex(qtest_readq(t->qts, MEM), ==, 1);
    machine_stop(t);
}

static void test_msi(void)
{
    SmmuQtest *t = start(SID);
    unsigned cap = find_cap(t, SID, 0x11);
    Context c;
    uint64_t pa = map(t, &c, SID);

    qtest_writeq(t->qts, TABLE + 2047 * 16, VA + 0x40);
    qtest_writeq(t->qts, TABLE + 2047 * 16 + 8, 0xcafe);
    /* MSI-X is off. */
    wr(t, 0x00, 0x800007ff);
    g_assert_cmphex(mem_r64(t, pa + 0x40), ==, 0);
    pci_w32(t, SID, cap, pci_r32(t, SID, cap) | 1u << 31);
    wr(t, 0x00, 0x000007ff);
    g_assert_cmphex(mem_r64(t, pa + 0x40), ==, 0);
    wr(t, 0x00, 0x800007ff);
    g_assert_cmphex(rd(t, 0x00), ==, 0x7ff);
    g_assert_cmphex(mem_r64(t, pa + 0x40), ==, 0xcafe);
    /* Masked, it waits. */
    qtest_writel(t->qts, TABLE + 2047 * 16 + 12, 1);
    qtest_writel(t->qts, TABLE + 2047 * 16 + 8, 0xbeef);
    wr(t, 0x00, 0x800007ff);
    g_assert_cmphex(mem_r64(t, pa + 0x40), ==, 0xcafe);
    g_assert_cmphex(qtest_readq(t->qts, PBA + 248), ==, 1ull << 63);
    qtest_writel(t->qts, TABLE + 2047 * 16 + 12, 0);
    g_assert_cmphex(mem_r64(t, pa + 0x40), ==, 0xbeef);
    machine_stop(t);
}

/* INTA of slot 4 is the first of the host bridge's four lines, SPIs 3 to 6. */
static void test_intx(void)
{
    SmmuQtest *t = start(SID);

    g_assert_false(gic_take(t, 3));
    wr(t, 0x04, 1);
    g_assert_cmphex(rd(t, 0x04), ==, 1);
    g_assert_true(gic_take(t, 3));
    /* A level: still there. */
    g_assert_true(gic_take(t, 3));
    g_assert_cmphex(pci_r32(t, SID, 4) & 0x00080000, ==, 0x00080000);
    wr(t, 0x04, 0);
    g_assert_false(gic_take(t, 3));
    g_assert_cmphex(pci_r32(t, SID, 4) & 0x00080000, ==, 0);
    machine_stop(t);
}

static void expect_trace(SmmuQtest *t, uint32_t attr, uint64_t addr,
                         uint64_t data)
{
    g_assert_cmphex(rd(t, 0x40), ==, attr);
    g_assert_cmphex(rd(t, 0x40), ==, (uint32_t)addr);
    g_assert_cmphex(rd(t, 0x40), ==, addr >> 32);
    g_assert_cmphex(rd(t, 0x40), ==, (uint32_t)data);
    g_assert_cmphex(rd(t, 0x40), ==, data >> 32);
}

static void test_trace(void)
{
    SmmuQtest *t = start(SID);

    wr(t, 0x44, 1);
    pci_r32(t, SID, 0);
    pci_w32(t, SID, 0x3c, 0x55);
    qtest_writeb(t->qts, MEM + 1, 0xab);
    qtest_writew(t->qts, MEM + 2, 0xcdef);
    qtest_writeq(t->qts, MEM + 8, MAGIC);
    qtest_readl(t->qts, MEM + 8);
    wr(t, 0x0c, 0x1234);
    rd(t, 0x0c);
    wr(t, 0x44, 0);
    rd(t, 0x0c);
    expect_trace(t, 0x00040006, 0x20000, 0xed0113b5);
    expect_trace(t, 0x00040004, 0x2003c, 0x55);
    expect_trace(t, 0x00010000, MEM + 1, 0xab);
    expect_trace(t, 0x00020000, MEM + 2, 0xcdef);
    expect_trace(t, 0x00080000, MEM + 8, MAGIC);
    expect_trace(t, 0x00040002, MEM + 8, (uint32_t)MAGIC);
    expect_trace(t, 0x00040000, REGS + 0x0c, 0x1234);
    expect_trace(t, 0x00040002, REGS + 0x0c, 0x1234);
    g_assert_cmphex(rd(t, 0x40), ==, 0xffffffff);
    machine_stop(t);
}

/* What the port above refuses, and how it says so. */
static void test_port(void)
{
    SmmuQtest *t = start(BELOW);
    unsigned acs = pci_ext_cap(t, PORT, 0x0d);
    unsigned aer = pci_ext_cap(t, PORT, 0x01);
    Context c;
    uint64_t pa = map(t, &c, BELOW);

    g_assert_cmpuint(acs, !=, 0);
    mem_w64(t, pa, MAGIC);
    set_dma(t, 0, VA, 8);
    /* Address type 11b: an Unsupported Request at the port */
    g_assert_cmphex(go(t, 0xc00), ==, 2);
    g_assert_cmphex(rd(t, 0x08), ==, 0);
    g_assert_cmphex(pci_r32(t, PORT, aer + 4), ==, 1u << 20);
    pci_w32(t, PORT, aer + 4, 1u << 20);

    /* ACS off: another requester ID reaches the SMMU. */
    wr(t, 0x3c, 0x80000200);
    g_assert_cmphex(go(t, 0), ==, 2);
    expect_event(t, &(Event){ .num = C_BAD_STREAMID, .sid = 0x200 });
    g_assert_cmphex(pci_r32(t, PORT, aer + 4), ==, 0);
    /* Source Validation: the bus is not behind the port. */
    pci_w32(t, PORT, acs + 4, 1u << 16);
    g_assert_cmphex(go(t, 0), ==, 2);
    expect_no_event(t);
    g_assert_cmphex(pci_r32(t, PORT, aer + 4), ==, 1u << 21);
    pci_w32(t, PORT, aer + 4, 1u << 21);
    wr(t, 0x3c, 0x80000108);
    g_assert_cmphex(go(t, 0), ==, 2);
    expect_event(t, &(Event){ .num = C_BAD_STE, .sid = 0x108 });
    wr(t, 0x3c, 0);
    g_assert_cmphex(go(t, 0), ==, 0);
    g_assert_cmphex(qtest_readq(t->qts, MEM), ==, MAGIC);

    /* Translation Blocking */
    pci_w32(t, PORT, acs + 4, 2u << 16);
    g_assert_cmphex(go(t, 0x800), ==, 2);
    g_assert_cmphex(pci_r32(t, PORT, aer + 4), ==, 1u << 21);
    pci_w32(t, PORT, aer + 4, 1u << 21);
    g_assert_cmphex(go(t, 0x400), ==, 0);
    g_assert_cmphex(pci_r32(t, PORT, aer + 4), ==, 0);
    expect_no_event(t);
    machine_stop(t);
}

static uint64_t ats_result(SmmuQtest *t, uint64_t *range)
{
    *range = qtest_readq(t->qts, REGS + 0x30);
    return qtest_readq(t->qts, REGS + 0x28);
}

/* data: where it is */
static void test_ats(const void *data)
{
    unsigned bdf = GPOINTER_TO_UINT(data);
    SmmuQtest *t = start_with(bdf, ",ats=on");
    unsigned ats = pci_ext_cap(t, bdf, 0x0f);
    uint64_t pa, range;
    Context c;

    smmu_cr0(t, 0x1d); /* ATSCHK */
    pa = map(t, &c, bdf);
    put(c.ste, 93, 92, 1); /* EATS */
    context_commit(&c);
    mem_w64(t, pa + 8, MAGIC);
    set_dma(t, 0, VA + 8, 8);
    /* Not before ATS is enabled */
    wr(t, 0x24, 1);
    g_assert_cmphex(rd(t, 0x24), ==, 0);
    pci_w32(t, bdf, ats + 4, 0x80000000);
    wr(t, 0x24, 1);
    g_assert_cmphex(rd(t, 0x24), ==, 0x180);
    g_assert_cmphex(ats_result(t, &range), ==, pa + 8);
    g_assert_cmphex(range, ==, 0x1000);
    g_assert_cmphex(rd(t, 0x38), ==, 0x6);
    /* The one entry, and what it does not cover */
    g_assert_cmphex(go(t, 0x200), ==, 0);
    g_assert_cmphex(qtest_readq(t->qts, MEM), ==, MAGIC);
    set_dma(t, 0, VA + 0xffc, 8);
    g_assert_cmphex(go(t, 0x200), ==, 2);
    /* A translated address without the cache: passed, as EATS says. */
    set_dma(t, 0x10, pa + 8, 8);
    g_assert_cmphex(go(t, 0x800), ==, 0);
    g_assert_cmphex(qtest_readq(t->qts, MEM + 0x10), ==, MAGIC);
    /* An invalidation of another page, then of this */
    cmd(t, 0x40 | (uint64_t)bdf << 32, VA + 0x1000);
    g_assert_cmphex(rd(t, 0x24), ==, 0x180);
    cmd(t, 0x40 | (uint64_t)bdf << 32, VA);
    g_assert_cmphex(rd(t, 0x24), ==, 0x380);
    set_dma(t, 0, VA + 8, 8);
    g_assert_cmphex(go(t, 0x200), ==, 2);
    /* Nothing is mapped there: an answer that permits nothing. */
    set_dma(t, 0, VA + 0x1000, 8);
    wr(t, 0x24, 1);
    g_assert_cmphex(rd(t, 0x24), ==, 0x080);
    expect_no_event(t);
    /* EATS = 0 */
    put(c.ste, 93, 92, 0);
    context_commit(&c);
    set_dma(t, 0, pa, 8);
    g_assert_cmphex(go(t, 0x800), ==, 2);
    expect_event(t, &(Event){ .num = 0x07, /* F_TRANSL_FORBIDDEN */
                              .sid = bdf,
                              .rnw = true,
                              .addr = pa });
    machine_stop(t);
}

static void test_properties(void)
{
    static const struct {
        const char *device, *error;
    } rows[] = {
        { "smmulator-exerciser,ats=off,pri=on", "pri=on needs ats=on" },
        { "smmulator-exerciser,max-transaction-trace-entries=33",
          "max-transaction-trace-entries=33: 1 to 32 are possible" },
        { "smmulator-engine,atc-entries=0", "atc-entries=0: 1 to 4096" },
        { "smmulator-engine,atc-entries=4097", "atc-entries=4097: 1 to 4096" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *device = g_strdup_printf("-device %s", rows[i].device);
        char *args = machine_args(NULL, device), *err = NULL;

        g_assert_cmpint(qemu_run(args, &err), ==, 1);
        if (!strstr(err, rows[i].error)) {
            g_error("'%s' says: %s", rows[i].device, err);
        }
        g_free(err);
        g_free(args);
        g_free(device);
    }
}

/* A reset forgets everything, and lets go of INTx. */
static void test_reset(void)
{
    SmmuQtest *t = start(SID);

    wr(t, 0x04, 1);
    wr(t, 0x20, 0x777);
    qtest_writeq(t->qts, MEM, MAGIC);
    qtest_qmp_assert_success(t->qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t->qts, "RESET");
    set_bars(t, SID);
    g_assert_false(gic_take(t, 3));
    g_assert_cmphex(rd(t, 0x04), ==, 0);
    g_assert_cmphex(rd(t, 0x20), ==, 0);
    g_assert_cmphex(qtest_readq(t->qts, MEM), ==, 0);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    const void *root = GUINT_TO_POINTER(SID);
    const void *below = GUINT_TO_POINTER(BELOW);

    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/exerciser/identity/root", root, test_identity);
    g_test_add_data_func("/exerciser/identity/port", below, test_identity);
    g_test_add_data_func("/exerciser/dma/root", root, test_dma);
    g_test_add_data_func("/exerciser/dma/port", below, test_dma);
    g_test_add_data_func("/exerciser/ats/root", root, test_ats);
    g_test_add_data_func("/exerciser/ats/port", below, test_ats);
    g_test_add_func("/exerciser/pasid", test_pasid);
    g_test_add_func("/exerciser/requester-id", test_requester_id);
    g_test_add_func("/exerciser/msi", test_msi);
    g_test_add_func("/exerciser/intx", test_intx);
    g_test_add_func("/exerciser/trace", test_trace);
    g_test_add_func("/exerciser/port", test_port);
    g_test_add_func("/exerciser/properties", test_properties);
    g_test_add_func("/exerciser/reset", test_reset);
    return g_test_run();
}
