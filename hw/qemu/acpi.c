/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our tables among the board's ACPI tables.
 * Layer L5.
 *
 * QEMU makes the tables when the machine is done, and anew when the guest's
 * firmware first selects one of their three fw_cfg files, when bridges have
 * their bus numbers. They are one blob, `etc/acpi/tables`; firmware relocates
 * it by the commands in `etc/table-loader`, and `etc/acpi/rsdp` points to the
 * XSDT. We stand behind QEMU's callback for the selection: the IORT is
 * replaced and others are added at the blob's end, with a new XSDT, and the
 * commands follow. What lay there before stays, without a signature and out
 * of everybody's sight.
 */
#include "compat.h"

#include "hw/acpi/aml-build.h"
#include "qemu/cutils.h"
#include "hw/nvram/fw_cfg.h"
#include "internal.h"

/* An ACPI table's header */
#define HEADER_SIZE 36
#define HEADER_LENGTH 4
#define HEADER_CHECKSUM 9
#define HEADER_OEM 10
#define HEADER_OEM_SIZE 18
#define HEADER_CREATOR 28
#define CREATOR "SMMU"
#define CREATOR_REVISION 1

#define RSDP_XSDT 24

/* A command of the loader: 128 bytes, and where its fields are. */
#define CMD_SIZE 128
#define CMD_ADD_POINTER 2
#define CMD_ADD_CHECKSUM 3
#define CMD_FILE 4
#define CMD_FILE_SIZE 56
#define POINTER_SOURCE 60
#define POINTER_OFFSET 116
#define POINTER_SIZE 120
#define CHECKSUM_OFFSET 60
#define CHECKSUM_START 64
#define CHECKSUM_LENGTH 68

/*
 * An item of fw_cfg, which QEMU keeps to itself; check_items() compares what
 * else is known of each with this.
 */
typedef struct FwCfgItem {
    uint32_t len;
    bool allow_write;
    uint8_t *data;
    void *callback_opaque;
    FWCfgCallback select_cb;
    FWCfgWriteCallback write_cb;
} FwCfgItem;

enum {
    TABLES,
    LOADER,
    RSDP,
    FILES
};

static const char *const file_names[FILES] = {
    [TABLES] = ACPI_BUILD_TABLE_FILE,
    [LOADER] = ACPI_BUILD_LOADER_FILE,
    [RSDP] = ACPI_BUILD_RSDP_FILE,
};

static FwCfgItem *items[FILES];
/* QEMU's own callback for the three. */
static FWCfgCallback board_select;
static void *board_opaque;

/* What edit() works with. */
typedef struct Edit {
    GByteArray *tables; /* all of the blob that is in use */
    GByteArray *loader;
    uint32_t xsdt, xsdt_len; /* the old one */
    uint32_t iort;           /* the old one; 0: there is none */
    uint32_t new_iort, new_ssdt, new_xsdt;
    uint32_t added; /* entries of the new XSDT */
} Edit;

void smmulator_acpi_put_header(GByteArray *bytes, const char *signature,
                               uint8_t revision, const uint8_t *old)
{
    uint8_t header[HEADER_SIZE] = { 0 };

    memcpy(header, signature, 4);
    header[8] = revision;
    memcpy(header + HEADER_OEM, old + HEADER_OEM, HEADER_OEM_SIZE);
    memcpy(header + HEADER_CREATOR, CREATOR, 4);
    stl_le_p(header + HEADER_CREATOR + 4, CREATOR_REVISION);
    g_byte_array_append(bytes, header, sizeof(header));
}

static uint32_t table_length(const GByteArray *tables, uint32_t at)
{
    return ldl_le_p(tables->data + at + HEADER_LENGTH);
}

/* Whether a table begins at @at, whole. */
static bool is_table(const uint8_t *data, uint64_t size, uint64_t at,
                     const char *signature)
{
    return at + HEADER_SIZE <= size && !memcmp(data + at, signature, 4) &&
           ldl_le_p(data + at + HEADER_LENGTH) >= HEADER_SIZE &&
           at + ldl_le_p(data + at + HEADER_LENGTH) <= size;
}

static uint32_t append_table(Edit *e, const GByteArray *table)
{
    static const uint8_t zeroes[8];
    uint32_t at;

    g_byte_array_append(e->tables, zeroes, -e->tables->len & 7);
    at = e->tables->len;
    g_byte_array_append(e->tables, table->data, table->len);
    return at;
}

/* The new XSDT: the old one with another IORT, and what is added. */
static void append_xsdt(Edit *e)
{
    g_autoptr(GByteArray) xsdt = g_byte_array_new();
    uint8_t entry[8];

    g_byte_array_append(xsdt, e->tables->data + e->xsdt, e->xsdt_len);
    memcpy(xsdt->data + HEADER_CREATOR, CREATOR, 4);
    for (uint32_t i = HEADER_SIZE; e->iort && i + 8 <= xsdt->len; i += 8) {
        if (ldq_le_p(xsdt->data + i) == e->iort) {
            stq_le_p(xsdt->data + i, e->new_iort);
        }
    }
    if (!e->iort) {
        stq_le_p(entry, e->new_iort);
        g_byte_array_append(xsdt, entry, 8);
        e->added++;
    }
    if (e->new_ssdt) {
        stq_le_p(entry, e->new_ssdt);
        g_byte_array_append(xsdt, entry, 8);
        e->added++;
    }
    stl_le_p(xsdt->data + HEADER_LENGTH, xsdt->len);
    e->new_xsdt = append_table(e, xsdt);
}

static void put_checksum(Edit *e, GByteArray *out, uint32_t table)
{
    uint8_t cmd[CMD_SIZE] = { CMD_ADD_CHECKSUM };

    pstrcpy((char *)cmd + CMD_FILE, CMD_FILE_SIZE, ACPI_BUILD_TABLE_FILE);
    stl_le_p(cmd + CHECKSUM_OFFSET, table + HEADER_CHECKSUM);
    stl_le_p(cmd + CHECKSUM_START, table);
    stl_le_p(cmd + CHECKSUM_LENGTH, table_length(e->tables, table));
    g_byte_array_append(out, cmd, sizeof(cmd));
}

/* Before the XSDT's sum is made: pointers to what is added, and its sums. */
static void put_added(Edit *e, GByteArray *out)
{
    uint32_t end = e->new_xsdt + table_length(e->tables, e->new_xsdt);

    for (uint32_t i = e->added; i > 0; i--) {
        uint8_t cmd[CMD_SIZE] = { CMD_ADD_POINTER };

        pstrcpy((char *)cmd + CMD_FILE, CMD_FILE_SIZE, ACPI_BUILD_TABLE_FILE);
        pstrcpy((char *)cmd + POINTER_SOURCE, CMD_FILE_SIZE,
                ACPI_BUILD_TABLE_FILE);
        stl_le_p(cmd + POINTER_OFFSET, end - 8 * i);
        cmd[POINTER_SIZE] = 8;
        g_byte_array_append(out, cmd, sizeof(cmd));
    }
    put_checksum(e, out, e->new_iort);
    if (e->new_ssdt) {
        put_checksum(e, out, e->new_ssdt);
    }
}

static bool for_tables(const uint8_t *cmd)
{
    return !strncmp((const char *)cmd + CMD_FILE, ACPI_BUILD_TABLE_FILE,
                    CMD_FILE_SIZE);
}

/* The commands for tables that have moved are replaced. */
static void edit_loader(Edit *e)
{
    GByteArray *out = g_byte_array_new();

    for (uint32_t at = 0; at + CMD_SIZE <= e->loader->len; at += CMD_SIZE) {
        uint8_t *cmd = e->loader->data + at;
        uint32_t kind = ldl_le_p(cmd);
        uint32_t start = ldl_le_p(cmd + CHECKSUM_START);
        uint32_t offset = ldl_le_p(cmd + POINTER_OFFSET) - e->xsdt;

        if (kind == CMD_ADD_CHECKSUM && for_tables(cmd) && e->iort &&
            start == e->iort) {
            continue;
        }
        if (kind == CMD_ADD_CHECKSUM && for_tables(cmd) && start == e->xsdt) {
            put_added(e, out);
            put_checksum(e, out, e->new_xsdt);
            continue;
        }
        if (kind == CMD_ADD_POINTER && for_tables(cmd) &&
            offset < e->xsdt_len) {
            stl_le_p(cmd + POINTER_OFFSET, e->new_xsdt + offset);
        }
        g_byte_array_append(out, cmd, CMD_SIZE);
    }
    g_byte_array_free(e->loader, true);
    e->loader = out;
}

/* The end of the last table: each has its sum made. The rest is padding. */
static uint32_t used_length(const GByteArray *loader)
{
    uint32_t used = 0;

    for (uint32_t at = 0; at + CMD_SIZE <= loader->len; at += CMD_SIZE) {
        const uint8_t *cmd = loader->data + at;

        if (ldl_le_p(cmd) == CMD_ADD_CHECKSUM && for_tables(cmd)) {
            used = MAX(used, ldl_le_p(cmd + CHECKSUM_START) +
                                 ldl_le_p(cmd + CHECKSUM_LENGTH));
        }
    }
    return used;
}

/* Puts @bytes into the file, whose size is a matter of its memory region. */
static void replace_file(FwCfgItem *item, const GByteArray *bytes)
{
    ram_addr_t offset;
    MemoryRegion *mr = memory_region_from_host(item->data, &offset);
    uint32_t size = MAX(bytes->len, item->len);

    if (size != item->len) {
        memory_region_ram_resize(mr, size, &error_fatal);
    }
    memcpy(memory_region_get_ram_ptr(mr), bytes->data, bytes->len);
    memory_region_set_dirty(mr, 0, size);
}

static void edit_tables(Edit *e)
{
    g_autoptr(GByteArray) iort = NULL, ssdt = NULL;

    for (uint32_t i = HEADER_SIZE; i + 8 <= e->xsdt_len; i += 8) {
        uint64_t at = ldq_le_p(e->tables->data + e->xsdt + i);

        if (is_table(e->tables->data, e->tables->len, at, "IORT")) {
            e->iort = at;
        }
    }
    iort = smmulator_iort(e->tables->data + e->xsdt);
    ssdt = smmulator_ssdt(e->tables->data + e->xsdt);
    e->new_iort = append_table(e, iort);
    e->new_ssdt = ssdt ? append_table(e, ssdt) : 0;
    append_xsdt(e);
    if (e->iort) {
        memset(e->tables->data + e->iort, 0, 4);
    }
    memset(e->tables->data + e->xsdt, 0, 4);
}

static FwCfgItem *find_item(const FWCfgState *fw_cfg, const char *name)
{
    FwCfgItem *all = (FwCfgItem *)fw_cfg->entries[0];

    for (uint32_t i = 0; i < be32_to_cpu(fw_cfg->files->count); i++) {
        const FWCfgFile *f = &fw_cfg->files->f[i];

        if (g_str_equal(f->name, name)) {
            return &all[be16_to_cpu(f->select)];
        }
    }
    return NULL;
}

/* False: the board has no ACPI tables. A new file moves the others' items. */
static bool find_items(void)
{
    for (unsigned i = 0; i < FILES; i++) {
        items[i] = find_item(fw_cfg_find(), file_names[i]);
        if (!items[i]) {
            return false;
        }
    }
    return true;
}

/* Puts ours in, unless that is done: QEMU has made its tables, or not. */
static void edit(void)
{
    uint64_t xsdt = ldq_le_p(items[RSDP]->data + RSDP_XSDT);
    const uint8_t *old = items[TABLES]->data;
    Edit e = { .xsdt = xsdt };
    uint8_t rsdp[RSDP_XSDT + 8];
    GByteArray rsdp_bytes = { rsdp, sizeof(rsdp) };

    if (!is_table(old, items[TABLES]->len, xsdt, "XSDT") ||
        !memcmp(old + xsdt + HEADER_CREATOR, CREATOR, 4)) {
        return;
    }
    e.loader = g_byte_array_new();
    g_byte_array_append(e.loader, items[LOADER]->data, items[LOADER]->len);
    e.tables = g_byte_array_new();
    g_byte_array_append(e.tables, old,
                        MIN(used_length(e.loader), items[TABLES]->len));
    e.xsdt_len = table_length(e.tables, e.xsdt);
    edit_tables(&e);
    edit_loader(&e);
    memcpy(rsdp, items[RSDP]->data, sizeof(rsdp));
    stq_le_p(rsdp + RSDP_XSDT, e.new_xsdt);
    replace_file(items[TABLES], e.tables);
    replace_file(items[LOADER], e.loader);
    replace_file(items[RSDP], &rsdp_bytes);
    g_byte_array_free(e.tables, true);
    g_byte_array_free(e.loader, true);
}

/* The guest's firmware selects one of the files. */
static void on_select(void *opaque)
{
    board_select(board_opaque);
    if (find_items()) {
        edit();
    }
}

/*
 * The directory, which is public, tells each file's item and size. Every item
 * must be where we think it is, and as long as the directory says.
 */
static bool check_items(const FWCfgState *fw_cfg)
{
    const FwCfgItem *all = (const FwCfgItem *)fw_cfg->entries[0];

    for (uint32_t i = 0; i < be32_to_cpu(fw_cfg->files->count); i++) {
        const FWCfgFile *f = &fw_cfg->files->f[i];

        if (all[be16_to_cpu(f->select)].len != be32_to_cpu(f->size)) {
            return false;
        }
    }
    return true;
}

/* The three have one callback and one argument, and are blocks of RAM. */
static bool items_fit(void)
{
    ram_addr_t offset;

    for (unsigned i = 0; i < FILES; i++) {
        if (items[i]->select_cb != items[0]->select_cb ||
            items[i]->callback_opaque != items[0]->callback_opaque ||
            !items[i]->select_cb || items[i]->write_cb ||
            !memory_region_from_host(items[i]->data, &offset)) {
            return false;
        }
    }
    return items[RSDP]->len >= RSDP_XSDT + 8;
}

void smmulator_acpi_attach(void)
{
    bool fits = check_items(fw_cfg_find());

    /* acpi=off */
    if (fits && !find_items()) {
        return;
    }
    if (!fits || !items_fit()) {
        error_report("smmulator: built for another QEMU: fw_cfg's structures "
                     "differ; build it against the headers of this one");
        exit(1);
    }
    board_select = items[0]->select_cb;
    board_opaque = items[0]->callback_opaque;
    for (unsigned i = 0; i < FILES; i++) {
        items[i]->select_cb = on_select;
    }
    /* The files' sizes, which firmware reads before it selects one. */
    edit();
}
