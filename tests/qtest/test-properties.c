/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attaching: properties, errors that must be clear, a second instance.
 * Tests only.
 */
#include "smmu-qtest.h"

#define PXB_ARGS                                      \
    "-device pxb-pcie,id=pxb,bus_nr=128,bus=pcie.0 "  \
    "-device " SMMU_BASELINE ",primary-bus=pxb "      \
    "-device pcie-root-port,id=rp,bus=pxb,chassis=1 " \
    "-device smmulator-engine,bus=rp"
#define PXB_SMMU 0x090e0000u
#define PXB_SPI 176
#define PXB_PORT 0x8000u /* 80:00.0 */
#define PXB_BDF 0x8100u  /* 81:00.0 */
#define PORT_BAR 0x10800000u

/* The plugin and what follows, without a board. */
static char *plugin_args(const char *rest)
{
    const char *so = g_getenv("SMMULATOR_SO");
    char *quoted = g_shell_quote(so ? so : "");
    char *args = g_strdup_printf(
        "-cpu cortex-a57 -net none -accel tcg -S -plugin %s %s", quoted, rest);

    g_free(quoted);
    return args;
}

/* QEMU must end with status 1 and one line that has @first and @second. */
static void check_refused(const char *rest, const char *first,
                          const char *second)
{
    char *args = plugin_args(rest), *err = NULL, *lf;
    int status = qemu_run(args, &err);

    g_assert_cmpint(status, ==, 1);
    if (!strstr(err, first) || !strstr(err, second)) {
        g_error("'%s' says: %s", rest, err);
    }
    lf = strchr(err, '\n');
    g_assert_true(lf && !lf[1]);
    g_free(err);
    g_free(args);
}

static void test_second_on_bus(void)
{
    check_refused("-M virt,gic-version=3 -device smmulator -device smmulator",
                  "pcie.0", "primary-bus");
}

static void test_with_in_tree(void)
{
    check_refused("-M virt,gic-version=3,iommu=smmuv3 -device smmulator",
                  "iommu=smmuv3", "remove");
}

static void test_unknown_board(void)
{
    check_refused("-M none -device smmulator", "none", "virt");
    check_refused("-M raspi3b -device smmulator", "raspi3b", "virt");
}

static void test_bad_values(void)
{
    check_refused("-M virt,gic-version=3 -device smmulator,stage=3", "stage",
                  "nested");
    check_refused("-M virt,gic-version=3 "
                  "-device smmulator,tlb-entries=4000000000",
                  "tlb-entries", "");
    check_refused("-M virt,gic-version=3 "
                  "-device smmulator,walk-cache-entries=4000000000",
                  "walk-cache-entries", "");
    check_refused("-M virt,gic-version=3 "
                  "-device smmulator,config-cache-entries=4000000000",
                  "config-cache-entries", "");
    check_refused("-M virt,gic-version=3 "
                  "-device pcie-root-port,id=rp,chassis=1 "
                  "-device smmulator,primary-bus=rp",
                  "rp", "root bus");
}

/* Features that cannot go together, and values that a feature cannot have. */
static void test_bad_features(void)
{
    static const struct {
        const char *props, *first, *second;
    } rows[] = {
        { "ats=off,pri=on", "pri", "ats" },
        { "ats=off,split-ats=on", "split-ats", "ats" },
        { "pri=off,pps=on", "pps", "pri" },
        { "arch-version=3.2,fwb=off", "fwb", "arch-version" },
        { "stage=1,vmw=on", "vmw", "stage" },
        { "oas=41", "oas", "48" },
        { "arch-version=3.9", "arch-version", "3.4" },
        { "ds=on,vax=48", "ds", "vax" },
        { "sel2=on", "sel2", "secure" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *args = g_strdup_printf(
            "-M virt,gic-version=3 -device smmulator,%s", rows[i].props);

        check_refused(args, rows[i].first, rows[i].second);
        g_free(args);
    }
}

/* Each is enough by itself: what depends on it follows. */
static void test_alone(void)
{
    static const char *const alone[] = {
        "stage=1",          "stage=2",          "arch-version=3.0",
        "arch-version=3.1", "arch-version=3.2", "arch-version=3.4",
        "gran4k=off",       "gran16k=off",      "gran64k=off",
        "st-level=off",     "ats=off",          "pri=off",
        "ssidsize=0",       "stall-model=1",    "httu=0",
        "msi=off",          "oas=40",           "vax=48",
        "secure=on",        "pmcg=off",         "bbml=1",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(alone); i++) {
        char *rest = g_strdup_printf(
            "-M virt,gic-version=3 -monitor stdio -device smmulator,%s",
            alone[i]);
        char *args = plugin_args(rest), *err = NULL;

        if (qemu_run(args, &err) != 0 || *err) {
            g_error("%s: %s", alone[i], err);
        }
        g_free(err);
        g_free(args);
        g_free(rest);
    }
}

/* AIDR of each version, and IDR3 of what it demands. */
static void test_arch_version(void)
{
    static const struct {
        const char *props;
        uint32_t aidr, idr3;
    } rows[] = {
        { ",arch-version=3.0,fwb=off,ril=off,bbml=0", 0, 0x0014 },
        { ",arch-version=3.1", 1, 0x1514 },
        { ",arch-version=3.2", 2, 0x1514 },
        { ",arch-version=3.3,e0pd=on,ptwnnc=on", 3, 0x7514 },
        { ",arch-version=3.4,e0pd=on,ptwnnc=on,epan=on,mteperm=on", 4,
          0x427514 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuQtest *t = machine_start_with(rows[i].props, NULL, NULL);

        g_assert_cmphex(r32(t, AIDR), ==, rows[i].aidr);
        g_assert_cmphex(r32(t, IDR3), ==, rows[i].idr3);
        machine_stop(t);
    }
}

/* What a version demands comes by itself; 3.3 is the default. */
static void test_default_versions(void)
{
    static const struct {
        const char *props;
        uint32_t aidr, idr3; /* of IDR3: what versions demand */
    } rows[] = {
        { "", 3, 0x7514 },
        { ",arch-version=3.0", 0, 0x0014 },
        { ",arch-version=3.1", 1, 0x1514 },
        { ",arch-version=3.2", 2, 0x1514 },
        { ",arch-version=3.3", 3, 0x7514 },
        { ",arch-version=3.4", 4, 0x427514 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *rest = g_strdup_printf("-M virt,gic-version=3 "
                                     "-device smmulator%s",
                                     rows[i].props);
        char *args = plugin_args(rest);
        char *binary = g_shell_quote(g_getenv("QEMU"));
        SmmuQtest t = { .smmu = SMMU_BASE };

        g_setenv("QTEST_QEMU_BINARY", binary, TRUE);
        t.qts = qtest_init(args);
        g_assert_cmphex(r32(&t, AIDR), ==, rows[i].aidr);
        g_assert_cmphex(r32(&t, IDR3) & 0x427514, ==, rows[i].idr3);
        qtest_quit(t.qts);
        g_free(binary);
        g_free(args);
        g_free(rest);
    }
}

/* GICv2: one warning, however many SMMUs there are, and it goes on. */
static void test_gicv2_warning(void)
{
    char *args = plugin_args("-M virt -device smmulator -monitor stdio "
                             "-device pxb-pcie,id=pxb,bus_nr=128,bus=pcie.0 "
                             "-device " SMMU_BASELINE ",primary-bus=pxb");
    char *err = NULL, *hit;

    g_assert_cmpint(qemu_run(args, &err), ==, 0);
    hit = strstr(err, "gic-version=3");
    g_assert_nonnull(hit);
    g_assert_null(strstr(hit + 1, "gic-version=3"));
    g_free(args);
    g_free(err);

    args = plugin_args("-M virt,gic-version=3 -device smmulator "
                       "-monitor stdio");
    g_assert_cmpint(qemu_run(args, &err), ==, 0);
    g_assert_cmpstr(err, ==, "");
    g_free(args);
    g_free(err);
}

/* With no SMMU the engine works, on plain DMA. */
static void test_engine_alone(void)
{
    char *args = plugin_args("-M virt,gic-version=3 "
                             "-device smmulator-engine -monitor stdio");
    char *err = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, 0);
    g_assert_cmpstr(err, ==, "");
    g_free(args);
    g_free(err);
}

static void test_help(void)
{
    static const char *const words[] = {
        "primary-bus",          "stage",  "tlb-entries",  "walk-cache-entries",
        "config-cache-entries", "nested", "arch-version", "ssidsize"
    };
    SmmuQtest *t = machine_start(NULL, NULL);
    char *help = qtest_hmp(t->qts, "device_add smmulator,help");

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strstr(help, words[i])) {
            g_error("no '%s' in: %s", words[i], help);
        }
    }
    g_free(help);
    machine_stop(t);
}

/* Not at run time: an SMMU cannot come after the masters. */
static void test_no_hotplug(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    QDict *r = qtest_qmp(t->qts, "{'execute': 'device_add', 'arguments': "
                                 "{'driver': 'smmulator'}}");

    g_assert_true(qdict_haskey(r, "error"));
    qobject_unref(r);
    machine_stop(t);
}

/* Gives the port at @bdf bus number @bus and a window for the engine. */
static void port_setup(SmmuQtest *t, unsigned bdf, unsigned bus)
{
    pci_w32(t, bdf, 0x18, bus << 16 | bus << 8 | bdf >> 8);
    pci_w32(t, bdf, 0x20, (PORT_BAR + 0x100000) | PORT_BAR >> 16);
    pci_w32(t, bdf, 0x04, 0x6);
    engine_setup(t, bus << 8, PORT_BAR);
}

/* The StreamID is the requester ID of the moment: bus 1, then bus 0x53. */
static void test_engine_behind_port(void)
{
    static const unsigned buses[] = { 1, 0x53 };
    SmmuQtest *t = machine_start(NULL, "-device pcie-root-port,id=rp,chassis=1,"
                                       "addr=4.0 "
                                       "-device smmulator-engine,bus=rp");
    uint64_t strtab, va = 0x40000000ull;

    smmu_enable(t);
    strtab = ram_alloc(t, 0x400000, 0x400000);
    smmu_cr0(t, 0xc);
    w64(t, STRTAB_BASE, strtab);
    w32(t, STRTAB_BASE_CFG, 16);
    smmu_cr0(t, 0xd);
    t->strtab = strtab;
    t->engine = PORT_BAR;
    for (unsigned i = 0; i < G_N_ELEMENTS(buses); i++) {
        uint64_t pa = ram_page(t), v;
        Context c;

        port_setup(t, 0x20, buses[i]);
        context_init(&c, t, 1, 12);
        c.sid = buses[i] << 8;
        put(c.cd, 63, 48, i + 1); /* ASID: no TLB entry is shared */
        context_map(&c, va, pa);
        context_commit(&c);
        mem_w64(t, pa, i + 1);
        g_assert_true(dma_read(t, va, &v));
        g_assert_cmphex(v, ==, i + 1);
        g_assert_false(dma_read(t, 0, NULL));
        expect_event(t, &(Event){ .num = F_TRANSLATION,
                                  .sid = buses[i] << 8,
                                  .rnw = true,
                                  .cls = CLS_IN });
    }
    machine_stop(t);
}

/* The bridge at @bdf has buses @first to @last behind it. */
static void bridge_setup(SmmuQtest *t, unsigned bdf, unsigned first,
                         unsigned last)
{
    pci_w32(t, bdf, 0x18, last << 16 | first << 8 | bdf >> 8);
    pci_w32(t, bdf, 0x20, (PORT_BAR + 0x100000) | PORT_BAR >> 16);
    pci_w32(t, bdf, 0x04, 0x6);
}

/* A switch is unplugged: what the engine behind it did is still known, though
 * its bus is gone. What is freed is overwritten, so that a look there shows. */
static void test_recent_after_unplug(void)
{
    unsigned cap;
    SmmuQtest *t;
    QDict *r, *page;

    g_setenv("MALLOC_PERTURB_", "90", TRUE);
    t = machine_start(NULL, "-device pcie-root-port,id=rp,chassis=1,addr=4.0 "
                            "-device x3130-upstream,id=up,bus=rp "
                            "-device xio3130-downstream,id=dp,bus=up,chassis=2 "
                            "-device smmulator-engine,bus=dp");
    g_unsetenv("MALLOC_PERTURB_");
    bridge_setup(t, 0x20, 1, 3);
    bridge_setup(t, 0x100, 2, 3);
    bridge_setup(t, 0x200, 3, 3);
    engine_setup(t, 0x300, PORT_BAR);
    t->engine = PORT_BAR;
    g_assert_true(dma_read(t, RAM_FREE, NULL));

    /* The slot's power and its indicator are switched off. */
    for (cap = pci_r32(t, 0x20, 0x34) & 0xff;
         cap && (pci_r32(t, 0x20, cap) & 0xff) != 0x10;
         cap = pci_r32(t, 0x20, cap) >> 8 & 0xff) {
    }
    g_assert_cmpuint(cap, !=, 0);
    pci_w32(t, 0x20, cap + 0x18, 0x700);
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
    g_assert_cmphex(pci_r32(t, 0x100, 0), ==, 0xffffffff);

    r = qtest_qmp(t->qts, "{'execute': 'x-smmulator-recent'}");
    page = qobject_to(QDict, qlist_peek(qdict_get_qlist(r, "return")));
    g_assert_cmpstr(qdict_get_str(page, "sid"), ==, "0x300");
    g_assert_cmpstr(qdict_get_str(page, "addr"), ==, "0x41000000");
    qobject_unref(r);
    machine_stop(t);
}

/* A second instance serves a pxb's bus: own window, table and interrupts. */
static void test_pxb(void)
{
    SmmuQtest *t = machine_start(NULL, PXB_ARGS);
    uint64_t main_va = 0x10000000ull, va = 0x20000000ull, a, b, v;
    uint64_t strtab;
    SmmuQtest second;
    Context c, d;

    smmu_enable(t);
    a = quick_stage1(&c, t, main_va);
    mem_w64(t, a, 1);

    second = *t;
    second.smmu = PXB_SMMU;
    second.engine = PORT_BAR;
    g_assert_cmphex(r32(&second, IDR0) & 0x3, ==, 0x3);
    port_setup(&second, PXB_PORT, PXB_BDF >> 8);
    smmu_enable(&second);
    /* StreamIDs of bus 0x80: a table of 2^16 entries. */
    strtab = ram_alloc(&second, 0x400000, 0x400000);
    smmu_cr0(&second, 0xc);
    w64(&second, STRTAB_BASE, strtab);
    w32(&second, STRTAB_BASE_CFG, 16);
    smmu_cr0(&second, 0xd);
    second.strtab = strtab;
    context_init(&d, &second, 1, 12);
    d.sid = PXB_BDF;
    b = ram_page(&second);
    context_map(&d, va, b);
    context_commit(&d);
    mem_w64(&second, b, 2);

    g_assert_true(dma_read(t, main_va, &v));
    g_assert_cmphex(v, ==, 1);
    g_assert_true(dma_read(&second, va, &v));
    g_assert_cmphex(v, ==, 2);
    g_assert_false(dma_read(&second, main_va, NULL));
    expect_no_event(t);
    expect_event(&second, &(Event){ .num = F_TRANSLATION,
                                    .sid = PXB_BDF,
                                    .rnw = true,
                                    .cls = CLS_IN,
                                    .addr = main_va });
    machine_stop(t);
}

static void test_pxb_interrupts(void)
{
    SmmuQtest *t = machine_start(NULL, PXB_ARGS);
    SmmuQtest second = *t;

    second.smmu = PXB_SMMU;
    smmu_enable(&second);
    gic_edge(t, PXB_SPI + 2);
    gic_setup(t);
    cmd_push(&second, OP_SYNC | 1 << 12, 0);
    g_assert_true(cmd_drain(&second));
    g_assert_true(gic_wait(t, PXB_SPI + 2));
    g_assert_false(gic_take(t, SPI_CMDQ_SYNC));
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/properties/second-on-bus", test_second_on_bus);
    g_test_add_func("/properties/with-in-tree", test_with_in_tree);
    g_test_add_func("/properties/unknown-board", test_unknown_board);
    g_test_add_func("/properties/bad-values", test_bad_values);
    g_test_add_func("/properties/engine-behind-port", test_engine_behind_port);
    g_test_add_func("/properties/gicv2-warning", test_gicv2_warning);
    g_test_add_func("/properties/engine-alone", test_engine_alone);
    g_test_add_func("/properties/help", test_help);
    g_test_add_func("/properties/no-hotplug", test_no_hotplug);
    g_test_add_func("/properties/recent-after-unplug",
                    test_recent_after_unplug);
    g_test_add_func("/properties/pxb", test_pxb);
    g_test_add_func("/properties/pxb-interrupts", test_pxb_interrupts);
    g_test_add_func("/properties/bad-features", test_bad_features);
    g_test_add_func("/properties/alone", test_alone);
    g_test_add_func("/properties/arch-version", test_arch_version);
    g_test_add_func("/properties/default-versions", test_default_versions);
    return g_test_run();
}
