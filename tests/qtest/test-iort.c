/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI's IORT (Arm DEN 0049E.e) as firmware gets it from a board with one or
 * several SMMUs.
 * Tests only.
 */
#include "firmware.h"

/* Types of nodes */
#define ITS 0
#define NAMED_COMPONENT 1
#define ROOT_COMPLEX 2
#define SMMUV3 4
#define PMCG 5
#define RMR 6

#define TWO_SMMUS                                      \
    "-device pcie-root-port,id=rp,chassis=1,addr=4.0 " \
    "-device pxb-pcie,id=pxb,bus_nr=128,bus=pcie.0 "   \
    "-device " SMMU_BASELINE ",primary-bus=pxb "       \
    "-device pcie-root-port,id=rp1,bus=pxb,chassis=2"

static uint32_t mappings(const uint8_t *iort, uint32_t node)
{
    return le32(iort + node + 8);
}

static void check_smmu(const uint8_t *iort, uint32_t node, uint32_t base,
                       uint32_t event_gsiv)
{
    const uint8_t *p = iort + node;

    g_assert_cmpuint(p[3], ==, 5); /* revision */
    g_assert_cmphex(le32(p + 16), ==, base);
    g_assert_cmphex(le32(p + 20), ==, 0);
    g_assert_cmphex(le32(p + 24) & 1, ==, 1); /* COHACC override */
    g_assert_cmphex(le32(p + 32), ==, 0);     /* VATOS */
    g_assert_cmphex(le32(p + 36), ==, 0);
    g_assert_cmpuint(le32(p + 40), ==, 0); /* generic */
    g_assert_cmpuint(le32(p + 44), ==, event_gsiv);
    g_assert_cmpuint(le32(p + 48), ==, event_gsiv + 1); /* PRI */
    g_assert_cmpuint(le32(p + 52), ==, event_gsiv + 3); /* GERROR */
    g_assert_cmpuint(le32(p + 56), ==, event_gsiv + 2); /* sync */
}

static const uint8_t *load_iort(SmmuQtest *t, Acpi **acpi)
{
    const uint8_t *iort;

    *acpi = acpi_load(t);
    iort = acpi_table(*acpi, "IORT");
    g_assert_nonnull(iort);
    g_assert_cmpuint(iort[8], ==, 6);
    return iort;
}

static void test_one(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    const uint8_t *iort;
    uint32_t its, smmu, rc;
    Acpi *acpi;

    iort = load_iort(t, &acpi);
    its = iort_node(iort, ITS, 0);
    smmu = iort_node(iort, SMMUV3, 0);
    rc = iort_node(iort, ROOT_COMPLEX, 0);
    g_assert_true(its && smmu && rc);
    g_assert_cmpuint(le32(iort + 36), ==, 3);
    g_assert_cmpuint(le32(iort + its + 16), ==, 1);
    check_smmu(iort, smmu, 0x09050000, 106);
    iort_mapping(iort, smmu, 0, 0, 0xffff, 0, its, 0);
    /* No message interrupts: no DeviceID of its own. */
    g_assert_cmpuint(mappings(iort, smmu), ==, 1);
    g_assert_cmphex(le32(iort + smmu + 24), ==, 1);
    g_assert_cmpuint(iort[rc + 3], ==, 4);
    g_assert_cmpuint(le32(iort + rc + 16), ==, 1);       /* coherent */
    g_assert_cmphex(le32(iort + rc + 20), ==, 3u << 24); /* CPM, DACS */
    g_assert_cmphex(le32(iort + rc + 24), ==, 0);        /* no ATS */
    g_assert_cmphex(le32(iort + rc + 28), ==, 0);        /* segment */
    g_assert_cmphex(le32(iort + rc + 32), ==, 64);       /* no PASID */
    g_assert_cmphex(le32(iort + rc + 36), ==, 0);
    /* The buses that exist so far: one. */
    iort_mapping(iort, rc, 0, 0, 0xff, 0, smmu, 0);
    iort_mapping(iort, rc, 1, 0x100, 0xffff, 0x100, its, 0);
    g_assert_cmpuint(mappings(iort, rc), ==, 2);
    acpi_free(acpi);
    machine_stop(t);
}

/* The bridge at @bdf has buses @first to @last behind it. */
static void bridge_buses(SmmuQtest *t, unsigned bdf, unsigned first,
                         unsigned last)
{
    pci_w32(t, bdf, 0x18, last << 16 | first << 8 | bdf >> 8);
}

/* Each root bus to the SMMU that serves it, by the numbers of the moment. */
static void check_two(SmmuQtest *t, unsigned main_end, unsigned pxb_end)
{
    const uint8_t *iort;
    uint32_t its, a, b, rc;
    Acpi *acpi;

    iort = load_iort(t, &acpi);
    its = iort_node(iort, ITS, 0);
    a = iort_node(iort, SMMUV3, 0);
    b = iort_node(iort, SMMUV3, 1);
    rc = iort_node(iort, ROOT_COMPLEX, 0);
    g_assert_cmpuint(le32(iort + 36), ==, 4);
    check_smmu(iort, a, 0x09050000, 106);
    check_smmu(iort, b, 0x090e0000, 208);
    iort_mapping(iort, a, 0, 0, 0xffff, 0, its, 0);
    iort_mapping(iort, b, 0, 0, 0xffff, 0, its, 0);
    g_assert_cmpuint(mappings(iort, rc), ==, 4);
    iort_mapping(iort, rc, 0, 0, main_end, 0, a, 0);
    iort_mapping(iort, rc, 1, main_end + 1, 0x7fff, main_end + 1, its, 0);
    iort_mapping(iort, rc, 2, 0x8000, pxb_end, 0x8000, b, 0);
    iort_mapping(iort, rc, 3, pxb_end + 1, 0xffff, pxb_end + 1, its, 0);
    acpi_free(acpi);
}

static void test_two(void)
{
    SmmuQtest *t = machine_start(NULL, TWO_SMMUS);

    check_two(t, 0xff, 0x80ff);
    machine_stop(t);
}

/* Firmware numbers the buses before it looks at a table; and so it does again
 * after a reset. */
static void test_numbered(void)
{
    SmmuQtest *t = machine_start(NULL, TWO_SMMUS);

    bridge_buses(t, 0x20, 1, 3);
    bridge_buses(t, 0x8000, 0x81, 0x85);
    check_two(t, 0x3ff, 0x85ff);
    /* Once made, they stay. */
    bridge_buses(t, 0x20, 1, 7);
    check_two(t, 0x3ff, 0x85ff);

    qtest_system_reset(t->qts);
    bridge_buses(t, 0x20, 1, 9);
    bridge_buses(t, 0x8000, 0x81, 0x81);
    check_two(t, 0x9ff, 0x81ff);
    machine_stop(t);
}

/* Numbers that overlap: a requester ID is mapped once. */
static void test_overlap(void)
{
    SmmuQtest *t = machine_start(NULL, TWO_SMMUS);
    const uint8_t *iort;
    uint32_t rc;
    Acpi *acpi;

    bridge_buses(t, 0x20, 1, 0xff);
    bridge_buses(t, 0x8000, 0x81, 0x82);
    iort = load_iort(t, &acpi);
    rc = iort_node(iort, ROOT_COMPLEX, 0);
    g_assert_cmpuint(mappings(iort, rc), ==, 1);
    iort_mapping(iort, rc, 0, 0, 0xffff, 0, iort_node(iort, SMMUV3, 0), 0);
    acpi_free(acpi);
    machine_stop(t);
}

/* default_bus_bypass_iommu=on: only the pxb's bus has an SMMU. */
static void test_bypass(void)
{
    SmmuQtest *t = machine_start(",default_bus_bypass_iommu=on", TWO_SMMUS);
    const uint8_t *iort;
    uint32_t its, rc;
    Acpi *acpi;

    iort = load_iort(t, &acpi);
    its = iort_node(iort, ITS, 0);
    rc = iort_node(iort, ROOT_COMPLEX, 0);
    g_assert_cmpuint(mappings(iort, rc), ==, 3);
    iort_mapping(iort, rc, 0, 0, 0x7fff, 0, its, 0);
    iort_mapping(iort, rc, 1, 0x8000, 0x80ff, 0x8000,
                 iort_node(iort, SMMUV3, 1), 0);
    iort_mapping(iort, rc, 2, 0x8100, 0xffff, 0x8100, its, 0);
    acpi_free(acpi);
    machine_stop(t);
}

/* A pxb without an SMMU beside one with. */
static void test_bare_pxb(void)
{
    SmmuQtest *t =
        machine_start(NULL, "-device pxb-pcie,id=pxb,bus_nr=128,bus=pcie.0");
    const uint8_t *iort;
    uint32_t its, rc;
    Acpi *acpi;

    iort = load_iort(t, &acpi);
    its = iort_node(iort, ITS, 0);
    rc = iort_node(iort, ROOT_COMPLEX, 0);
    g_assert_cmpuint(mappings(iort, rc), ==, 2);
    iort_mapping(iort, rc, 0, 0, 0xff, 0, iort_node(iort, SMMUV3, 0), 0);
    iort_mapping(iort, rc, 1, 0x100, 0xffff, 0x100, its, 0);
    acpi_free(acpi);
    machine_stop(t);
}

/* The board's own tables, too, are those of the moment: a window of the pxb's
 * bridge shows in the DSDT. */
static void test_dsdt(void)
{
    static const uint8_t sig[] = { 'D', 'S', 'D', 'T' };
    uint8_t *dsdt[2];
    uint32_t len[2];

    for (unsigned i = 0; i < 2; i++) {
        SmmuQtest *t = machine_start(NULL, TWO_SMMUS);
        const uint8_t *p;
        Acpi *acpi;

        bridge_buses(t, 0x8000, 0x81, 0x81);
        if (i) {
            pci_w32(t, 0x8000, 0x20, 0x10901080); /* 0x10800000, 2 MiB */
            pci_w32(t, 0x8000, 0x04, 0x6);
        }
        acpi = acpi_load(t);
        p = memmem(acpi->tables.data, acpi->tables.len, sig, 4);
        g_assert_nonnull(p);
        len[i] = le32(p + 4);
        dsdt[i] = g_memdup2(p, len[i]);
        g_assert_nonnull(acpi_table(acpi, "IORT"));
        acpi_free(acpi);
        machine_stop(t);
    }
    g_assert_false(len[0] == len[1] && memcmp(dsdt[0], dsdt[1], len[0]) == 0);
    g_free(dsdt[0]);
    g_free(dsdt[1]);
}

/* GICv2 has no ITS. */
static void test_no_its(void)
{
    SmmuQtest *t = machine_start(",gic-version=2", NULL);
    const uint8_t *iort;
    uint32_t smmu, rc;
    Acpi *acpi;

    iort = load_iort(t, &acpi);
    g_assert_cmpuint(iort_node(iort, ITS, 0), ==, 0);
    smmu = iort_node(iort, SMMUV3, 0);
    rc = iort_node(iort, ROOT_COMPLEX, 0);
    g_assert_cmpuint(mappings(iort, smmu), ==, 0);
    g_assert_cmpuint(mappings(iort, rc), ==, 1);
    iort_mapping(iort, rc, 0, 0, 0xff, 0, smmu, 0);
    acpi_free(acpi);
    machine_stop(t);
}

/* What stood there before cannot be found by a search for signatures. */
static void test_only_one(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    unsigned iorts = 0, xsdts = 0;
    Acpi *acpi = acpi_load(t);

    for (uint32_t i = 0; i + 4 <= acpi->tables.len; i++) {
        iorts += memcmp(acpi->tables.data + i, "IORT", 4) == 0;
        xsdts += memcmp(acpi->tables.data + i, "XSDT", 4) == 0;
    }
    g_assert_cmpuint(iorts, ==, 1);
    g_assert_cmpuint(xsdts, ==, 1);
    acpi_free(acpi);
    machine_stop(t);
}

static void test_acpi_off(void)
{
    char *args = machine_args(",acpi=off", "-monitor stdio"), *err = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, 0);
    g_assert_cmpstr(err, ==, "");
    g_free(args);
    g_free(err);
}

/* With message interrupts: a DeviceID of its own, and the flag that says so. */
static void test_device_id(void)
{
    SmmuQtest *t =
        machine_start_with(",msi=on", NULL,
                           "-device pxb-pcie,id=pxb,bus_nr=128,bus=pcie.0 "
                           "-device " SMMU_BASELINE ",primary-bus=pxb,msi=on");
    const uint8_t *iort;
    uint32_t its;
    Acpi *acpi;

    iort = load_iort(t, &acpi);
    its = iort_node(iort, ITS, 0);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t smmu = iort_node(iort, SMMUV3, i);

        g_assert_cmphex(le32(iort + smmu + 24) & 0x10, ==, 0x10);
        g_assert_cmpuint(le32(iort + smmu + 64), ==, 1); /* index */
        g_assert_cmpuint(mappings(iort, smmu), ==, 2);
        iort_mapping(iort, smmu, 0, 0, 0xffff, 0, its, 0);
        iort_mapping(iort, smmu, 1, 0, 0, 0xf8 + i, its, 1);
    }
    acpi_free(acpi);
    machine_stop(t);
}

/* Eight DeviceIDs; who comes late has none, and the node says so. */
static void test_device_ids_taken(void)
{
    GString *more = g_string_new(NULL);
    const uint8_t *iort;
    uint32_t smmu;
    SmmuQtest *t;
    Acpi *acpi;

    for (unsigned i = 0; i < 8; i++) {
        g_string_append(more, "-device " SMMU_BASELINE ",platform=on,msi=on ");
    }
    t = machine_start_with(",msi=on", NULL, more->str);
    iort = load_iort(t, &acpi);
    smmu = iort_node(iort, SMMUV3, 7);
    g_assert_cmpuint(le32(iort + smmu + 64), ==, 0);
    iort_mapping(iort, smmu, 0, 0, 0, 0xff, iort_node(iort, ITS, 0), 1);
    smmu = iort_node(iort, SMMUV3, 8);
    g_assert_cmpuint(mappings(iort, smmu), ==, 0);
    g_assert_cmphex(le32(iort + smmu + 24) & 0x10, ==, 0);
    acpi_free(acpi);
    machine_stop(t);
    g_string_free(more, TRUE);
}

/* HTTU override: what IDR0 says, in the words that the table has. */
static void test_httu(void)
{
    static const char *const props[] = { ",httu=0", ",httu=1", ",httu=2" };

    for (unsigned i = 0; i < G_N_ELEMENTS(props); i++) {
        SmmuQtest *t = machine_start_with(props[i], NULL, NULL);
        const uint8_t *iort;
        Acpi *acpi;

        iort = load_iort(t, &acpi);
        g_assert_cmphex(le32(iort + iort_node(iort, SMMUV3, 0) + 24), ==,
                        1 | i << 1);
        acpi_free(acpi);
        machine_stop(t);
    }
}

/* ATS, PRI and PASIDs of the segment. */
static void test_root_complex(void)
{
    static const struct {
        const char *props;
        uint32_t ats, ssid_bits;
    } rows[] = {
        { ",ats=on", 1, 0 },
        { ",ats=on,pri=on", 3, 0 },
        { ",ats=on,pri=on,ssidsize=20", 7, 20 },
        { ",ssidsize=5", 0, 5 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuQtest *t = machine_start_with(rows[i].props, NULL, NULL);
        const uint8_t *iort, *rc;
        Acpi *acpi;

        iort = load_iort(t, &acpi);
        rc = iort + iort_node(iort, ROOT_COMPLEX, 0);
        g_assert_cmphex(le32(rc + 24), ==, rows[i].ats);
        g_assert_cmphex(le32(rc + 32), ==, 64 | rows[i].ssid_bits << 8);
        g_assert_cmphex(le32(rc + 36), ==, rows[i].ssid_bits != 0);
        acpi_free(acpi);
        machine_stop(t);
    }
}

/* Intel's disassembler takes it. */
static void test_iasl(void)
{
    char *iasl = g_find_program_in_path("iasl");
    char *dir, *file, *dsl, *text = NULL;
    SmmuQtest *t;
    const uint8_t *iort;
    Acpi *acpi;
    int status;

    if (!iasl) {
        g_test_skip("no iasl: install acpica-tools");
        return;
    }
    t = machine_start(NULL, TWO_SMMUS);
    iort = load_iort(t, &acpi);
    dir = g_dir_make_tmp(NULL, NULL);
    file = g_build_filename(dir, "iort.dat", NULL);
    dsl = g_build_filename(dir, "iort.dsl", NULL);
    g_assert_true(
        g_file_set_contents(file, (const char *)iort, le32(iort + 4), NULL));
    g_assert_true(
        g_spawn_sync(NULL, (char *[]){ iasl, (char *)"-d", file, NULL }, NULL,
                     G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_true(g_file_get_contents(dsl, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "00000000090E0000"));
    g_assert_null(strstr(text, "Invalid"));
    g_assert_null(strstr(text, "Incorrect"));
    g_assert_null(strstr(text, "****"));
    unlink(file);
    unlink(dsl);
    rmdir(dir);
    g_free(text);
    g_free(dsl);
    g_free(file);
    g_free(dir);
    g_free(iasl);
    acpi_free(acpi);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iort/one", test_one);
    g_test_add_func("/iort/two", test_two);
    g_test_add_func("/iort/numbered", test_numbered);
    g_test_add_func("/iort/overlap", test_overlap);
    g_test_add_func("/iort/bypass", test_bypass);
    g_test_add_func("/iort/bare-pxb", test_bare_pxb);
    g_test_add_func("/iort/dsdt", test_dsdt);
    g_test_add_func("/iort/no-its", test_no_its);
    g_test_add_func("/iort/only-one", test_only_one);
    g_test_add_func("/iort/acpi-off", test_acpi_off);
    g_test_add_func("/iort/device-id", test_device_id);
    g_test_add_func("/iort/device-ids-taken", test_device_ids_taken);
    g_test_add_func("/iort/httu", test_httu);
    g_test_add_func("/iort/root-complex", test_root_complex);
    g_test_add_func("/iort/iasl", test_iasl);
    return g_test_run();
}
