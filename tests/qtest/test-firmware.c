/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What firmware and Linux are told: the device tree and ACPI's IORT.
 * Tests only.
 */
#include "smmu-qtest.h"

#define FW_CFG 0x09020000u
#define FW_CFG_DIR 0x19

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | p[2] << 16 | p[1] << 8 | p[0];
}

/* A property of a node in a flattened device tree. */
typedef struct Prop {
    const uint8_t *data;
    uint32_t len;
} Prop;

/* Finds property @name of the node whose name is @node (its last component);
 * .data is NULL if there is none. */
static Prop fdt_prop(const uint8_t *fdt, const char *node, const char *name)
{
    const uint8_t *p = fdt + be32(fdt + 8);
    const char *strings = (const char *)fdt + be32(fdt + 12);
    int depth = 0, inside = -1;

    for (;;) {
        uint32_t token = be32(p);

        p += 4;
        if (token == 1) {
            const char *this = (const char *)p;

            depth++;
            if (strcmp(this, node) == 0) {
                inside = depth;
            }
            p += (strlen(this) + 4) & ~3ul;
        } else if (token == 2) {
            if (depth-- == inside) {
                inside = -1;
            }
        } else if (token == 3) {
            uint32_t len = be32(p);
            const char *this = strings + be32(p + 4);

            if (depth == inside && strcmp(this, name) == 0) {
                return (Prop){ p + 8, len };
            }
            p += 8 + ((len + 3) & ~3u);
        } else if (token == 9) {
            return (Prop){ NULL, 0 };
        }
    }
}

/* The board's device tree as QEMU dumps it. */
static uint8_t *dump_fdt(const char *machine_opts)
{
    char *dir = g_dir_make_tmp(NULL, NULL);
    char *file = g_build_filename(dir, "dtb", NULL);
    char *opts = g_strdup_printf("%s,dumpdtb=%s", machine_opts, file);
    char *args = machine_args(opts, "");
    char *err = NULL;
    gchar *data = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, 0);
    g_assert_true(g_file_get_contents(file, &data, NULL, NULL));
    g_assert_cmphex(be32((uint8_t *)data), ==, 0xd00dfeed);
    unlink(file);
    rmdir(dir);
    g_free(err);
    g_free(args);
    g_free(opts);
    g_free(file);
    g_free(dir);
    return (uint8_t *)data;
}

static void check_cells(Prop p, const uint32_t *want, unsigned n)
{
    g_assert_nonnull(p.data);
    g_assert_cmpuint(p.len, ==, n * 4);
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(be32(p.data + 4 * i), ==, want[i]);
    }
}

static void test_fdt_node(void)
{
    static const uint32_t reg[] = { 0, 0x09050000, 0, 0x20000 };
    /* SPI, number, rising edge; the order of interrupt-names */
    static const uint32_t irqs[] = { 0, 74, 1, 0, 75, 1, 0, 76, 1, 0, 77, 1 };
    static const char names[] = "eventq\0priq\0cmdq-sync\0gerror";
    static const char node[] = "iommu@9050000";
    uint8_t *fdt = dump_fdt("");
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
    uint8_t *fdt = dump_fdt("");
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
    uint8_t *fdt = dump_fdt(",default_bus_bypass_iommu=on");

    g_assert_nonnull(fdt_prop(fdt, "iommu@9050000", "reg").data);
    g_assert_null(fdt_prop(fdt, "pcie@10000000", "iommu-map").data);
    g_free(fdt);
}

/* fw_cfg's registers are big-endian. */
static void fw_cfg_select(SmmuQtest *t, uint16_t key)
{
    qtest_writew(t->qts, FW_CFG + 8, __builtin_bswap16(key));
}

static void fw_cfg_read(SmmuQtest *t, uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        uint64_t v = __builtin_bswap64(qtest_readq(t->qts, FW_CFG));

        for (size_t j = 0; j < 8 && i + j < len; j++) {
            buf[i + j] = v >> (56 - 8 * j);
        }
    }
}

/* The contents of fw_cfg file @name; *len is its size. */
static uint8_t *fw_cfg_file(SmmuQtest *t, const char *name, uint32_t *len)
{
    uint8_t count[8], *dir, *data = NULL;
    uint32_t n;

    fw_cfg_select(t, FW_CFG_DIR);
    fw_cfg_read(t, count, 4);
    n = be32(count);
    g_assert_cmpuint(n, <, 100);
    fw_cfg_select(t, FW_CFG_DIR);
    dir = g_malloc(4 + n * 64);
    fw_cfg_read(t, dir, 4 + n * 64);
    for (uint32_t i = 0; i < n && !data; i++) {
        const uint8_t *e = dir + 4 + i * 64;

        if (strcmp((const char *)e + 8, name) == 0) {
            *len = be32(e);
            data = g_malloc(*len);
            fw_cfg_select(t, e[4] << 8 | e[5]);
            fw_cfg_read(t, data, *len);
        }
    }
    g_free(dir);
    g_assert_nonnull(data);
    return data;
}

/* The node of @type in an IORT; its offset too. */
static const uint8_t *iort_node(const uint8_t *iort, uint8_t type,
                                uint32_t *offset)
{
    uint32_t at = le32(iort + 40);

    for (uint32_t i = 0; i < le32(iort + 36); i++) {
        const uint8_t *node = iort + at;

        if (node[0] == type) {
            *offset = at;
            return node;
        }
        at += node[1] | node[2] << 8;
    }
    g_error("no node of type %u", type);
}

/* The first ID mapping of a node must be IDs 0 to @last to node @to. */
static void check_mapping(const uint8_t *node, uint32_t last, uint32_t to)
{
    const uint8_t *m = node + le32(node + 12);

    g_assert_cmpuint(le32(node + 8), >=, 1);
    g_assert_cmphex(le32(m), ==, 0);
    g_assert_cmphex(le32(m + 4), ==, last);
    g_assert_cmphex(le32(m + 8), ==, 0);
    g_assert_cmphex(le32(m + 12), ==, to);
}

static void test_iort(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    uint32_t len = 0, its, smmu, rc;
    uint8_t *tables = fw_cfg_file(t, "etc/acpi/tables", &len);
    const uint8_t *iort = NULL, *node;

    for (uint32_t i = 0; i + 48 < len && !iort; i++) {
        if (memcmp(tables + i, "IORT", 4) == 0) {
            iort = tables + i;
        }
    }
    g_assert_nonnull(iort);
    iort_node(iort, 0, &its);
    node = iort_node(iort, 4, &smmu);
    g_assert_cmphex(le32(node + 16), ==, 0x09050000);
    g_assert_cmphex(le32(node + 20), ==, 0);
    g_assert_cmphex(le32(node + 24) & 1, ==, 1); /* COHACC override */
    g_assert_cmpuint(le32(node + 40), ==, 0);    /* generic */
    g_assert_cmpuint(le32(node + 44), ==, 106);  /* event */
    g_assert_cmpuint(le32(node + 48), ==, 107);  /* PRI */
    g_assert_cmpuint(le32(node + 52), ==, 109);  /* GERROR */
    g_assert_cmpuint(le32(node + 56), ==, 108);  /* sync */
    check_mapping(node, 0xffff, its);
    node = iort_node(iort, 2, &rc);
    /* The buses that exist so far: one. */
    check_mapping(node, 0xff, smmu);
    g_free(tables);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/firmware/fdt-node", test_fdt_node);
    g_test_add_func("/firmware/fdt-iommu-map", test_fdt_iommu_map);
    g_test_add_func("/firmware/fdt-bypass", test_fdt_bypass);
    g_test_add_func("/firmware/iort", test_iort);
    return g_test_run();
}
