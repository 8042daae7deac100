/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Platform masters: smmulator-engine-platform behind an SMMU of its own, or
 * beside PCI functions behind the board's.
 * Tests only.
 */
#include "firmware.h"

/* Beside the baseline's SMMU, which serves the board's bus. */
#define SECOND                                     \
    "-device " SMMU_BASELINE ",platform=on,id=s2 " \
    "-device smmulator-engine-platform,smmu=s2,sids=2"
#define SECOND_SMMU 0x090e0000u
#define SECOND_ENGINE 0x09100000u
#define ENGINE_SPI 255
/* The first engine, if there is no second SMMU. */
#define ONLY_ENGINE 0x090e0000u

#define VA 0x40000000ull
#define FRAME_SID 0x10008u /* frame 0's StreamID */

static void check_refused(const char *props, const char *extra,
                          const char *first, const char *second)
{
    char *args = machine_args_with(props, "", extra), *err = NULL;

    if (qemu_run(args, &err) != 1) {
        g_error("'%s' is not refused: %s", extra, err);
    }
    if (!strstr(err, first) || !strstr(err, second)) {
        g_error("'%s' says: %s", extra, err);
    }
    g_free(err);
    g_free(args);
}

/* The second SMMU, enabled, as @second; @t has the first, enabled too. */
static SmmuQtest *start_second(SmmuQtest *second)
{
    SmmuQtest *t = machine_start(NULL, SECOND);

    smmu_enable(t);
    *second = *t;
    second->smmu = SECOND_SMMU;
    second->engine = SECOND_ENGINE;
    smmu_enable(second);
    return t;
}

/* The same address through either SMMU: other memory, other events. */
static void test_second(void)
{
    SmmuQtest second, *t = start_second(&second);
    Context c, d;
    uint64_t a, b, v;

    a = quick_stage1(&c, t, VA);
    second.next = t->next;
    context_init(&d, &second, 1, 12);
    d.sid = 0;
    b = ram_page(&second);
    context_map(&d, VA, b);
    context_commit(&d);
    mem_w64(t, a, 1);
    mem_w64(t, b, 2);

    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 1);
    g_assert_true(dma_read(&second, VA, &v));
    g_assert_cmphex(v, ==, 2);
    g_assert_true(dma_write(&second, VA));
    g_assert_cmphex(mem_r64(t, b), ==, dma_pattern(VA));
    g_assert_cmphex(mem_r64(t, a), ==, 1);
    g_assert_false(dma_read(&second, 0, NULL));
    expect_event(
        &second,
        &(Event){ .num = F_TRANSLATION, .sid = 0, .rnw = true, .cls = CLS_IN });
    expect_no_event(t);
    machine_stop(t);
}

/* A frame's StreamID is one of the engine's; it begins as the first. */
static void test_streamids(void)
{
    SmmuQtest second, *t = start_second(&second);
    uint64_t v;
    Context d;

    context_init(&d, &second, 1, 12);
    d.sid = 1;
    context_map(&d, VA, ram_page(&second));
    context_commit(&d);

    g_assert_cmphex(qtest_readl(t->qts, SECOND_ENGINE + FRAME_SID), ==, 0);
    g_assert_false(dma_read(&second, VA, &v));
    expect_event(&second, &(Event){ .num = C_BAD_STE, .sid = 0 });
    qtest_writel(t->qts, SECOND_ENGINE + FRAME_SID, 1);
    g_assert_true(dma_read(&second, VA, &v));
    expect_no_event(&second);
    for (unsigned i = 0; i < 2; i++) {
        EngineOp op = { .cmd = ENG_SUM64, .begin = VA, .end = VA + 7 };

        qtest_writel(t->qts, SECOND_ENGINE + FRAME_SID, i ? ~0u : 2);
        g_assert_cmphex(engine_run(&second, &op), ==, ENG_MISCONFIGURED);
    }
    expect_no_event(&second);
    /* A reset puts it back. */
    qtest_system_reset(t->qts);
    g_assert_cmphex(qtest_readl(t->qts, SECOND_ENGINE + FRAME_SID), ==, 0);
    machine_stop(t);
}

/* A PCI function's frames have no StreamID. */
static void test_pci_streamid(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    qtest_writel(t->qts, ENGINE_BAR + FRAME_SID, 0x1234);
    g_assert_true(dma_read(t, RAM_FREE, NULL));
    machine_stop(t);
}

/* One pair of pages, and nothing behind it. */
static void test_frames(void)
{
    SmmuQtest second, *t = start_second(&second);

    g_assert_cmphex(qtest_readl(t->qts, SECOND_ENGINE + 511 * 128), ==,
                    ENG_HALTED);
    g_assert_cmphex(qtest_readl(t->qts, SECOND_ENGINE + 0x20000), ==, 0);
    machine_stop(t);
}

/* A frame that asks for a message gets the interrupt, an edge. */
static void test_interrupt(void)
{
    SmmuQtest second, *t = start_second(&second);
    EngineOp op = { .cmd = ENG_SUM64, .begin = VA, .end = VA + 7 };

    smmu_cr0(&second, 0);
    gic_edge(t, ENGINE_SPI);
    op.begin = RAM_FREE;
    op.end = RAM_FREE + 7;
    g_assert_cmphex(engine_run(&second, &op), ==, ENG_HALTED);
    g_assert_false(gic_take(t, ENGINE_SPI));
    op.msi = true;
    op.vector = 7;
    g_assert_cmphex(engine_run(&second, &op), ==, ENG_HALTED);
    g_assert_true(gic_wait(t, ENGINE_SPI));
    g_assert_false(gic_take(t, ENGINE_SPI));
    machine_stop(t);
}

/* A two-level table whose first level covers 32 bits, with one leaf for the
 * StreamIDs around @sid: returns the leaf. */
static uint64_t two_level(SmmuQtest *t, uint32_t sid)
{
    /* SPLIT = 10: 2^22 descriptors of 8 bytes */
    uint64_t l1 = ram_alloc(t, 0x2000000, 0x2000000);
    uint64_t l2 = ram_alloc(t, 0x10000, 0x10000);

    mem_w64(t, l1 + (uint64_t)(sid >> 10) * 8, l2 | 11);
    smmu_cr0(t, 0xc);
    w64(t, STRTAB_BASE, l1);
    w32(t, STRTAB_BASE_CFG, 1 << 16 | 10 << 6 | 32);
    smmu_cr0(t, 0xd);
    return l2;
}

/* StreamIDs of 32 bits, beside those of PCI functions. */
static void test_32_bits(void)
{
    static const uint32_t sids[] = { 0x10000, 0xfedcba98, 0xffffffff };

    for (unsigned i = 0; i < G_N_ELEMENTS(sids); i++) {
        uint32_t sid = sids[i];
        char *more =
            g_strdup_printf("-device smmulator-engine-platform,sid=0x%x", sid);
        SmmuQtest *t = machine_start_with(",sidsize=32", NULL, more);
        uint64_t pa, l2, v;
        Context c;

        g_assert_cmphex(r32(t, IDR1) & 0x3f, ==, 32);
        smmu_enable(t);
        l2 = two_level(t, sid);
        context_init(&c, t, 1, 12);
        pa = ram_page(t);
        context_map(&c, VA, pa);
        /* As context_commit(), into this table. */
        for (unsigned j = 0; j < 8; j++) {
            mem_w64(t, c.cd_pa + 8 * j, c.cd[j]);
            mem_w64(t, l2 + (sid & 0x3ff) * 64 + 8 * j, c.ste[j]);
        }
        mem_w64(t, pa, MAGIC + sid);
        /* A PCI function has no leaf. */
        g_assert_false(dma_read(t, VA, NULL));
        expect_event(t, EV_CFG(C_BAD_STREAMID));
        t->engine = ONLY_ENGINE;
        g_assert_true(dma_read(t, VA, &v));
        g_assert_cmphex(v, ==, MAGIC + sid);
        g_assert_false(dma_read(t, 0, NULL));
        expect_event(t, &(Event){ .num = F_TRANSLATION,
                                  .sid = sid,
                                  .rnw = true,
                                  .cls = CLS_IN });
        /* CFGI_STE with all 32 bits, and the table's limit. */
        mem_w64(t, l2 + (sid & 0x3ff) * 64, 0);
        g_assert_true(dma_read(t, VA, NULL));
        cmd(t, OP_CFGI_STE | (uint64_t)sid << 32, 1);
        g_assert_false(dma_read(t, VA, NULL));
        expect_event(t, &(Event){ .num = C_BAD_STE, .sid = sid });
        smmu_cr0(t, 0xc);
        w32(t, STRTAB_BASE_CFG, 1 << 16 | 10 << 6 | 16);
        smmu_cr0(t, 0xd);
        cmd(t, OP_CFGI_STE_RANGE, 31);
        g_assert_false(dma_read(t, VA, NULL));
        expect_event(t, &(Event){ .num = C_BAD_STREAMID, .sid = sid });
        machine_stop(t);
        g_free(more);
    }
}

/* With no SMMU, plain DMA. */
static void test_alone(void)
{
    const char *so = g_getenv("SMMULATOR_SO");
    char *quoted = g_shell_quote(so);
    char *args = g_strdup_printf(
        "-M virt,gic-version=3 -cpu cortex-a57 -m 256M -net none -accel tcg "
        "-S -plugin %s -device smmulator-engine-platform",
        quoted);
    SmmuQtest t = { .engine = ONLY_ENGINE };
    uint64_t v;

    g_setenv("QTEST_QEMU_BINARY", g_getenv("QEMU"), TRUE);
    t.qts = qtest_init(args);
    mem_w64(&t, RAM_FREE, MAGIC);
    g_assert_true(dma_read(&t, RAM_FREE, &v));
    g_assert_cmphex(v, ==, MAGIC);
    g_assert_false(dma_read(&t, HOLE, NULL));
    qtest_quit(t.qts);
    g_free(args);
    g_free(quoted);
}

/* Before its SMMU on the command line: that is said. */
static void test_order(void)
{
    const char *so = g_getenv("SMMULATOR_SO");
    char *quoted = g_shell_quote(so), *err = NULL;
    char *args = g_strdup_printf(
        "-M virt,gic-version=3 -net none -accel tcg -S -monitor stdio "
        "-plugin %s -device smmulator-engine-platform -device smmulator",
        quoted);

    g_assert_cmpint(qemu_run(args, &err), ==, 0);
    g_assert_nonnull(strstr(err, "platform engine 0"));
    g_assert_nonnull(strstr(err, "after"));
    g_free(err);
    g_free(args);
    g_free(quoted);
}

static void test_refused(void)
{
    check_refused("", "-device smmulator-engine-platform", "0x10000",
                  "sidsize");
    check_refused(",sidsize=32", "-device smmulator-engine-platform,sid=0xffff",
                  "0xffff", "platform=on");
    check_refused("", SECOND " -device smmulator-engine-platform,smmu=s2,sid=1",
                  "sid=0x1", "engine 0");
    check_refused(",sidsize=32",
                  "-device smmulator-engine-platform,sid=0xffffffff,sids=2",
                  "sids=2", "32 bits");
    check_refused(",sidsize=32",
                  "-device smmulator-engine-platform,sid=0xffffffff "
                  "-device smmulator-engine-platform",
                  "sidsize", "");
    check_refused(",sidsize=32", "-device smmulator-engine-platform,sids=0",
                  "sids=0", "1 to 16");
    check_refused(",sidsize=32", "-device smmulator-engine-platform,sids=17",
                  "sids=17", "1 to 16");
    check_refused(",sidsize=32", "-device smmulator-engine-platform,stall=on",
                  "stall=on", "stall-model");
    check_refused(",sidsize=32",
                  "-device smmulator-engine-platform,pasid-num-bits=21",
                  "pasid-num-bits=21", "20");
    check_refused(",sidsize=32",
                  "-device smmulator-engine-platform,rmr=0x50000000",
                  "rmr=", "BASE:SIZE");
    check_refused(",sidsize=32",
                  "-device smmulator-engine-platform,rmr=0x50001000:0x10000",
                  "rmr=", "64 KiB");
    check_refused("", "-device smmulator,platform=on,primary-bus=pcie.0",
                  "platform=on", "primary-bus");
}

/* What the device tree says of them. */
static void test_fdt(void)
{
    static const char compatible[] = "smmulator,engine\0arm,smmute";
    static const uint32_t reg[] = { 0, SECOND_ENGINE, 0, 0x20000 };
    static const uint32_t irq[] = { 0, ENGINE_SPI, 1 };
    static const uint32_t memory[] = { 0, 0x44000000, 0, 0x20000 };
    uint8_t *fdt = dump_fdt("", SECOND ",rmr=0x44000000:0x20000");
    static const char node[] = "engine@9100000";
    static const char region[] = "engine0@44000000";
    Prop p = fdt_prop(fdt, node, "compatible");
    uint32_t smmu, self;

    g_assert_cmpmem(p.data, p.len, compatible, sizeof(compatible));
    smmu = be32(fdt_prop(fdt, "iommu@90e0000", "phandle").data);
    self = be32(fdt_prop(fdt, node, "phandle").data);
    check_cells(fdt_prop(fdt, node, "reg"), reg, 4);
    check_cells(fdt_prop(fdt, node, "interrupts"), irq, 3);
    check_cells(fdt_prop(fdt, node, "iommus"), (uint32_t[]){ smmu, 0, smmu, 1 },
                4);
    g_assert_nonnull(fdt_prop(fdt, node, "dma-coherent").data);
    /* The SMMU has neither stalls nor SubstreamIDs. */
    g_assert_null(fdt_prop(fdt, node, "dma-can-stall").data);
    g_assert_null(fdt_prop(fdt, node, "pasid-num-bits").data);
    check_cells(fdt_prop(fdt, region, "reg"), memory, 4);
    check_cells(fdt_prop(fdt, region, "iommu-addresses"),
                (uint32_t[]){ self, 0, 0x44000000, 0, 0x20000 }, 5);
    p = fdt_prop(fdt, region, "phandle");
    check_cells(fdt_prop(fdt, node, "memory-region"),
                (uint32_t[]){ be32(p.data) }, 1);
    g_free(fdt);
}

/* A named component for each, a reserved region, and DeviceIDs. */
static void test_iort(void)
{
    SmmuQtest *t =
        machine_start(NULL, SECOND ",rmr=0x44000000:0x20000 "
                                   "-device smmulator-engine-platform,smmu=s2");
    Acpi *acpi = acpi_load(t);
    const uint8_t *iort = acpi_table(acpi, "IORT"), *p;
    uint32_t its = iort_node(iort, 0, 0), smmu = iort_node(iort, 4, 1);
    uint32_t first = iort_node(iort, 1, 1), rmr = iort_node(iort, 6, 0);

    /* DeviceIDs: 0xf8 and 0xf9 are the SMMUs'. */
    g_assert_cmpuint(le32(iort + smmu + 8), ==, 3);
    iort_mapping(iort, smmu, 0, 2, 2, 0xfb, its, 0);
    iort_mapping(iort, smmu, 1, 0, 0, 0xfa, its, 0);
    iort_mapping(iort, smmu, 2, 1, 1, 0xfa, its, 0);
    p = iort + first;
    g_assert_cmpuint(p[3], ==, 4);
    g_assert_cmphex(le32(p + 16), ==, 0); /* no stall, no PASID */
    g_assert_cmphex(le32(p + 20), ==, 1); /* coherent */
    g_assert_cmphex(le32(p + 24), ==, 3u << 24);
    g_assert_cmpuint(p[28], ==, 64);
    g_assert_cmpstr((const char *)p + 29, ==, "\\_SB_.SM00");
    g_assert_cmpuint(le32(p + 8), ==, 2);
    iort_mapping(iort, first, 0, 0, 0, 0, smmu, 1);
    iort_mapping(iort, first, 1, 0, 0, 1, smmu, 1);
    iort_mapping(iort, iort_node(iort, 1, 0), 0, 0, 0, 2, smmu, 1);
    p = iort + rmr;
    g_assert_cmpuint(p[3], ==, 3);
    g_assert_cmphex(le32(p + 16), ==, 5 << 2); /* write-back, not remapped */
    g_assert_cmpuint(le32(p + 20), ==, 1);
    g_assert_cmpuint(le32(p + 24), ==, 28);
    g_assert_cmphex(le32(p + 28), ==, 0x44000000);
    g_assert_cmphex(le32(p + 32), ==, 0);
    g_assert_cmphex(le32(p + 36), ==, 0x20000);
    g_assert_cmphex(le32(p + 40), ==, 0);
    g_assert_cmphex(le32(p + 44), ==, 0);
    iort_mapping(iort, rmr, 0, 0, 1, 0, smmu, 0);
    g_assert_cmpuint(iort_node(iort, 6, 1), ==, 0);
    acpi_free(acpi);
    machine_stop(t);
}

/* StreamIDs that are no requester IDs become reserved DeviceIDs. */
static void test_device_ids(void)
{
    SmmuQtest *t = machine_start_with(
        ",sidsize=17", NULL, "-device smmulator-engine-platform,sids=2");
    Acpi *acpi = acpi_load(t);
    const uint8_t *iort = acpi_table(acpi, "IORT");
    uint32_t its = iort_node(iort, 0, 0), smmu = iort_node(iort, 4, 0);

    g_assert_cmpuint(le32(iort + smmu + 8), ==, 3);
    iort_mapping(iort, smmu, 0, 0, 0xffff, 0, its, 0);
    iort_mapping(iort, smmu, 1, 0x10000, 0x10000, 0xf9, its, 0);
    iort_mapping(iort, smmu, 2, 0x10001, 0x10001, 0xf9, its, 0);
    acpi_free(acpi);
    machine_stop(t);
}

/* The namespace has a device for each, where the IORT says. */
static void test_ssdt(void)
{
    SmmuQtest *t = machine_start(NULL, SECOND);
    Acpi *acpi = acpi_load(t);
    const uint8_t *ssdt = acpi_table(acpi, "SSDT");
    /* Scope (\_SB) { Device (SM00) { Name (_HID, "PRP0001") */
    static const uint8_t scope[] = { 0x5c, '_', 'S', 'B', '_', 0x5b, 0x82 };
    static const uint8_t hid[] = { 'S', 'M', '0', '0',  0x08, '_',
                                   'H', 'I', 'D', 0x0d, 'P',  'R',
                                   'P', '0', '0', '0',  '1',  0 };
    /* Memory32Fixed (ReadWrite, 0x09100000, 0x20000) */
    static const uint8_t memory[] = { 0x86, 9,    0, 1, 0, 0,
                                      0x10, 0x09, 0, 0, 2, 0 };
    /* Interrupt (consumer, edge, active high, exclusive) { 287 } */
    static const uint8_t irq[] = { 0x89, 6, 0, 3, 1, 0x1f, 0x01, 0, 0 };
    uint32_t len;

    g_assert_nonnull(ssdt);
    len = le32(ssdt + 4);
    g_assert_cmpuint(ssdt[36], ==, 0x10);
    g_assert_nonnull(memmem(ssdt, len, scope, sizeof(scope)));
    g_assert_nonnull(memmem(ssdt, len, hid, sizeof(hid)));
    g_assert_nonnull(memmem(ssdt, len, memory, sizeof(memory)));
    g_assert_nonnull(memmem(ssdt, len, irq, sizeof(irq)));
    acpi_free(acpi);
    machine_stop(t);

    /* No platform master, no table. */
    t = machine_start(NULL, NULL);
    acpi = acpi_load(t);
    g_assert_null(acpi_table(acpi, "SSDT"));
    acpi_free(acpi);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/platform/second-smmu", test_second);
    g_test_add_func("/platform/streamids", test_streamids);
    g_test_add_func("/platform/pci-streamid", test_pci_streamid);
    g_test_add_func("/platform/frames", test_frames);
    g_test_add_func("/platform/interrupt", test_interrupt);
    g_test_add_func("/platform/32-bit-sids", test_32_bits);
    g_test_add_func("/platform/alone", test_alone);
    g_test_add_func("/platform/order", test_order);
    g_test_add_func("/platform/refused", test_refused);
    g_test_add_func("/platform/fdt", test_fdt);
    g_test_add_func("/platform/iort", test_iort);
    g_test_add_func("/platform/device-ids", test_device_ids);
    g_test_add_func("/platform/ssdt", test_ssdt);
    return g_test_run();
}
