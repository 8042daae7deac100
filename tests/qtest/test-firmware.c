/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What firmware and Linux are told by the device tree; reserved DeviceIDs.
 * Tests only.
 */
#include "firmware.h"

static void test_fdt_node(void)
{
    static const uint32_t reg[] = { 0, 0x09050000, 0, 0x20000 };
    /* SPI, number, rising edge; the order of interrupt-names */
    static const uint32_t irqs[] = { 0, 74, 1, 0, 75, 1, 0, 76, 1, 0, 77, 1 };
    static const char names[] = "eventq\0priq\0cmdq-sync\0gerror";
    static const char node[] = "iommu@9050000";
    uint8_t *fdt = dump_fdt("", "");
    Prop p = fdt_prop(fdt, node, "compatible");

    g_assert_cmpmem(p.data, p.len, "arm,smmu-v3", 12);
    check_cells(fdt_prop(fdt, node, "reg"), reg, 4);
    check_cells(fdt_prop(fdt, node, "interrupts"), irqs, 12);
    check_cells(fdt_prop(fdt, node, "#iommu-cells"), (uint32_t[]){ 1 }, 1);
    p = fdt_prop(fdt, node, "interrupt-names");
    g_assert_cmpmem(p.data, p.len, names, sizeof(names));
    g_assert_nonnull(fdt_prop(fdt, node, "dma-coherent").data);
    g_free(fdt);
}

static void test_fdt_iommu_map(void)
{
    uint8_t *fdt = dump_fdt("", "");
    Prop phandle = fdt_prop(fdt, "iommu@9050000", "phandle");
    uint32_t want[4];

    g_assert_cmpuint(phandle.len, ==, 4);
    want[0] = 0;
    want[1] = be32(phandle.data);
    want[2] = 0;
    want[3] = 0x10000;
    check_cells(fdt_prop(fdt, "pcie@10000000", "iommu-map"), want, 4);
    g_free(fdt);
}

/* default_bus_bypass_iommu=on: the bus goes past the SMMU. */
static void test_fdt_bypass(void)
{
    uint8_t *fdt = dump_fdt(",default_bus_bypass_iommu=on", "");

    g_assert_nonnull(fdt_prop(fdt, "iommu@9050000", "reg").data);
    g_assert_null(fdt_prop(fdt, "pcie@10000000", "iommu-map").data);
    g_free(fdt);
}

/* Each instance has a node; only the board's own bus is mapped. */
static void test_fdt_two(void)
{
    static const uint32_t reg[] = { 0, 0x090e0000, 0, 0x20000 };
    static const uint32_t irqs[] = {
        0, 176, 1, 0, 177, 1, 0, 178, 1, 0, 179, 1
    };
    uint8_t *fdt = dump_fdt("", "-device pxb-pcie,id=pxb,bus_nr=128,bus=pcie.0 "
                                "-device " SMMU_BASELINE ",primary-bus=pxb");
    Prop a = fdt_prop(fdt, "iommu@9050000", "phandle");
    Prop b = fdt_prop(fdt, "iommu@90e0000", "phandle");
    Prop map = fdt_prop(fdt, "pcie@10000000", "iommu-map");

    g_assert_cmpuint(b.len, ==, 4);
    g_assert_cmphex(be32(a.data), !=, be32(b.data));
    check_cells(fdt_prop(fdt, "iommu@90e0000", "reg"), reg, 4);
    check_cells(fdt_prop(fdt, "iommu@90e0000", "interrupts"), irqs, 12);
    g_assert_cmpuint(map.len, ==, 16);
    g_assert_cmphex(be32(map.data + 4), ==, be32(a.data));
    g_free(fdt);
}

/* platform=on: beside the one of the board's bus, or alone. */
static void test_fdt_platform_smmu(void)
{
    uint8_t *fdt = dump_fdt("", "-device " SMMU_BASELINE ",platform=on");
    Prop map = fdt_prop(fdt, "pcie@10000000", "iommu-map");
    Prop a = fdt_prop(fdt, "iommu@9050000", "phandle");

    g_assert_nonnull(fdt_prop(fdt, "iommu@90e0000", "phandle").data);
    g_assert_cmpuint(map.len, ==, 16);
    g_assert_cmphex(be32(map.data + 4), ==, be32(a.data));
    g_free(fdt);
}

/* What starts QEMU with @rest says on stderr. */
static char *run_with(const char *opts, const char *rest, int status)
{
    char *args = machine_args(opts, rest), *err = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, status);
    g_free(args);
    return err;
}

/* msi-parent with the SMMU's DeviceID, as the registers say; the functions' own
 * DeviceIDs stay as they are. */
static void test_fdt_features(void)
{
    static const char *const values[] = { "off", "on" };

    for (unsigned i = 0; i < 2; i++) {
        char *more = g_strdup_printf(
            "-device " SMMU_BASELINE ",platform=on,msi=%s", values[i]);
        uint8_t *fdt = dump_fdt(",highmem-ecam=off", more);
        Prop its = fdt_prop(fdt, "its@8080000", "phandle");
        Prop map = fdt_prop(fdt, "pcie@10000000", "msi-map");
        Prop parent = fdt_prop(fdt, "iommu@90e0000", "msi-parent");

        g_assert_cmpuint(its.len, ==, 4);
        /* The first instance is without. */
        g_assert_null(fdt_prop(fdt, "iommu@9050000", "msi-parent").data);
        g_assert_null(fdt_prop(fdt, "pcie@10000000", "ats-supported").data);
        check_cells(map, (uint32_t[]){ 0, be32(its.data), 0, 0x10000 }, 4);
        if (i) {
            check_cells(parent, (uint32_t[]){ be32(its.data), 0xf9 }, 2);
        } else {
            g_assert_null(parent.data);
        }
        g_free(fdt);
        g_free(more);
    }
}

static void test_fdt_ats(void)
{
    uint8_t *fdt = dump_fdt_with(",ats=on", "", "");

    g_assert_nonnull(fdt_prop(fdt, "pcie@10000000", "ats-supported").data);
    g_free(fdt);
}

/* Device 31 of the board's bus: its DeviceIDs are the SMMU's. */
static void test_reserved_slot(void)
{
    char *err = run_with("", "-device smmulator-engine,id=e0,addr=1f.3", 1);

    g_assert_nonnull(strstr(err, "smmulator-engine e0"));
    g_assert_nonnull(strstr(err, "1f.3"));
    g_assert_nonnull(strstr(err, "pcie-root-port"));
    g_free(err);
    /* Free elsewhere: behind a port, or on another slot. */
    err = run_with("",
                   "-monitor stdio -device pcie-root-port,id=rp,chassis=1 "
                   "-device smmulator-engine,bus=rp,addr=0 "
                   "-device smmulator-engine,addr=1e.7",
                   0);
    g_assert_cmpstr(err, ==, "");
    g_free(err);
}

/* Without an ITS there are no DeviceIDs, and the slot is free. */
static void test_no_its(void)
{
    char *err =
        run_with(",its=off", "-monitor stdio -device pci-testdev,addr=1f.0", 0);

    g_assert_cmpstr(err, ==, "");
    g_free(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/firmware/fdt-node", test_fdt_node);
    g_test_add_func("/firmware/fdt-iommu-map", test_fdt_iommu_map);
    g_test_add_func("/firmware/fdt-bypass", test_fdt_bypass);
    g_test_add_func("/firmware/fdt-two", test_fdt_two);
    g_test_add_func("/firmware/fdt-platform-smmu", test_fdt_platform_smmu);
    g_test_add_func("/firmware/fdt-features", test_fdt_features);
    g_test_add_func("/firmware/fdt-ats", test_fdt_ats);
    g_test_add_func("/firmware/reserved-slot", test_reserved_slot);
    g_test_add_func("/firmware/no-its", test_no_its);
    return g_test_run();
}
