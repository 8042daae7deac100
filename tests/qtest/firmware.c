/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: what firmware reads, and what it makes of it.
 * Tests only.
 */
#include "firmware.h"

#define FW_CFG 0x09020000u
#define FW_CFG_DIR 0x19

uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | p[2] << 16 | p[1] << 8 | p[0];
}

Prop fdt_prop(const uint8_t *fdt, const char *node, const char *name)
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

uint8_t *dump_fdt(const char *machine_opts, const char *extra)
{
    return dump_fdt_with("", machine_opts, extra);
}

uint8_t *dump_fdt_with(const char *props, const char *machine_opts,
                       const char *extra)
{
    char *dir = g_dir_make_tmp(NULL, NULL);
    char *file = g_build_filename(dir, "dtb", NULL);
    char *opts = g_strdup_printf("%s,dumpdtb=%s", machine_opts, file);
    char *args = machine_args_with(props, opts, extra);
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

void check_cells(Prop p, const uint32_t *want, unsigned n)
{
    g_assert_nonnull(p.data);
    g_assert_cmpuint(p.len, ==, n * 4);
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(be32(p.data + 4 * i), ==, want[i]);
    }
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

uint8_t *fw_cfg_file(SmmuQtest *t, const char *name, uint32_t *len)
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

/* Where the two blobs end up; any places do. */
#define TABLES_BASE 0x1000000u
#define RSDP_BASE 0xf0000u

static Blob *find_blob(Acpi *acpi, const uint8_t *name)
{
    return strcmp((const char *)name, "etc/acpi/tables") == 0 ? &acpi->tables
           : strcmp((const char *)name, "etc/acpi/rsdp") == 0 ? &acpi->rsdp
                                                              : NULL;
}

static uint8_t byte_sum(const uint8_t *p, uint32_t len)
{
    uint8_t sum = 0;

    while (len--) {
        sum += *p++;
    }
    return sum;
}

/* ADD_POINTER: to a blob's base is added what stands there. */
static void link_pointer(Acpi *acpi, const uint8_t *cmd)
{
    Blob *dest = find_blob(acpi, cmd + 4), *src = find_blob(acpi, cmd + 60);
    uint32_t offset = le32(cmd + 116);
    uint64_t v = 0;

    g_assert_true(dest && src);
    g_assert_cmpuint(offset + cmd[120], <=, dest->len);
    memcpy(&v, dest->data + offset, cmd[120]);
    g_assert_cmphex(v, <, src->len);
    v += src == &acpi->tables ? TABLES_BASE : RSDP_BASE;
    memcpy(dest->data + offset, &v, cmd[120]);
}

static void link_checksum(Acpi *acpi, const uint8_t *cmd)
{
    Blob *blob = find_blob(acpi, cmd + 4);
    uint32_t offset = le32(cmd + 60), start = le32(cmd + 64);
    uint32_t len = le32(cmd + 68);

    g_assert_nonnull(blob);
    g_assert_cmpuint(start + len, <=, blob->len);
    g_assert_cmpuint(offset, >=, start);
    g_assert_cmpuint(offset, <, start + len);
    blob->data[offset] -= byte_sum(blob->data + start, len);
}

/* The table at @address; its sum must be right. */
static const uint8_t *table_at(Acpi *acpi, uint64_t address)
{
    const uint8_t *p = acpi->tables.data + (address - TABLES_BASE);

    g_assert_cmphex(address, >=, TABLES_BASE);
    g_assert_cmphex(address, <=, TABLES_BASE + acpi->tables.len - 36);
    g_assert_cmphex(address + le32(p + 4), <=, TABLES_BASE + acpi->tables.len);
    g_assert_cmphex(byte_sum(p, le32(p + 4)), ==, 0);
    return p;
}

static uint64_t le64(const uint8_t *p)
{
    return le32(p) | (uint64_t)le32(p + 4) << 32;
}

Acpi *acpi_load(SmmuQtest *t)
{
    Acpi *acpi = g_new0(Acpi, 1);
    uint8_t *loader;
    uint32_t len;

    loader = fw_cfg_file(t, "etc/table-loader", &len);
    acpi->tables.data = fw_cfg_file(t, "etc/acpi/tables", &acpi->tables.len);
    acpi->rsdp.data = fw_cfg_file(t, "etc/acpi/rsdp", &acpi->rsdp.len);
    for (uint32_t at = 0; at + 128 <= len; at += 128) {
        if (le32(loader + at) == 2) {
            link_pointer(acpi, loader + at);
        } else if (le32(loader + at) == 3) {
            link_checksum(acpi, loader + at);
        }
    }
    g_free(loader);
    g_assert_cmphex(byte_sum(acpi->rsdp.data, 36), ==, 0);
    return acpi;
}

void acpi_free(Acpi *acpi)
{
    g_free(acpi->tables.data);
    g_free(acpi->rsdp.data);
    g_free(acpi);
}

const uint8_t *acpi_table(Acpi *acpi, const char *signature)
{
    const uint8_t *xsdt = table_at(acpi, le64(acpi->rsdp.data + 24));
    const uint8_t *found = NULL;

    g_assert_cmpmem(xsdt, 4, "XSDT", 4);
    for (uint32_t i = 36; i + 8 <= le32(xsdt + 4); i += 8) {
        const uint8_t *table = table_at(acpi, le64(xsdt + i));

        if (memcmp(table, signature, 4) == 0) {
            g_assert_null(found);
            found = table;
        }
    }
    return found;
}

uint32_t iort_node(const uint8_t *iort, unsigned type, unsigned number)
{
    uint32_t at = le32(iort + 40);

    for (uint32_t i = 0; i < le32(iort + 36); i++) {
        g_assert_cmpuint(at + 16, <=, le32(iort + 4));
        if (iort[at] == type && number-- == 0) {
            return at;
        }
        at += iort[at + 1] | iort[at + 2] << 8;
    }
    g_assert_cmpuint(at, ==, le32(iort + 4));
    return 0;
}

void iort_mapping(const uint8_t *iort, uint32_t node, unsigned number,
                  uint32_t first, uint32_t last, uint32_t out, uint32_t to,
                  uint32_t flags)
{
    const uint8_t *m = iort + node + le32(iort + node + 12) + 20 * number;

    g_assert_cmpuint(number, <, le32(iort + node + 8));
    g_assert_cmphex(le32(m), ==, first);
    g_assert_cmphex(first + le32(m + 4), ==, last);
    g_assert_cmphex(le32(m + 8), ==, out);
    g_assert_cmphex(le32(m + 12), ==, to);
    g_assert_cmphex(le32(m + 16), ==, flags);
}
