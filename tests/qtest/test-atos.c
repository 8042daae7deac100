/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation operations (9): what the registers answer is what the
 * engine's transactions meet; their failures; the VATOS page and its place.
 * Tests only.
 */
#include "firmware.h"

#define ATOS ",atos=on"
#define VATOS ",atos=on,vatos=on"
#define GATOS 0x100u
#define VATOS_SEL 0x180u
#define VATOS_PAGE 0x20a00u
/* Where an SMMU sits whose registers need more than 128 KiB. */
#define WIDE_BASE 0x09100000u
#define VA 0x23450000ull

/* TYPE, RnW */
#define S1_READ 0x500u
#define S1_WRITE 0x400u
#define S2_READ 0x900u
#define S12_READ 0xd00u
#define HTTUI 0x40u
#define FAIL(code, reason, faddr) \
    ((faddr) | (uint64_t)(code) << 4 | (reason) << 1 | 1)

static uint64_t ask_at(SmmuQtest *t, uint32_t ctrl, uint64_t sid, uint64_t addr)
{
    w64(t, ctrl + 0x08, sid);
    w64(t, ctrl + 0x10, addr);
    w32(t, ctrl, 1);
    while (r32(t, ctrl) & 1) {
    }
    return r64(t, ctrl + 0x18);
}

static uint64_t ask(SmmuQtest *t, uint64_t sid, uint64_t addr)
{
    return ask_at(t, GATOS, sid, addr);
}

/* PAR's address of a page of 4 KiB. */
static void check_page(uint64_t par, uint64_t pa)
{
    g_assert_cmphex(par & 0x00fffffffffff801, ==, pa);
}

/* The engine's page is where ATOS says, for each kind of stream. */
static void test_success(const void *data)
{
    unsigned stage = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start_with(ATOS);
    static const uint32_t types[] = { 0, S1_READ, S2_READ, S12_READ };
    uint64_t pa, in = stage == 2 ? RAM_FREE : VA, v = 0;
    Context c;

    context_init(&c, t, stage, 12);
    pa = ram_page(t);
    context_map(&c, in, pa);
    if (stage == 3) {
        s2_split(&c, pa);
    }
    context_commit(&c);
    mem_w64(t, pa, MAGIC);
    check_page(ask(t, ENGINE_SID, in | types[stage]), pa);
    g_assert_true(dma_read(t, in, &v));
    if (stage == 3) {
        check_page(ask(t, ENGINE_SID, VA | S1_READ), pa + IPA_BIAS);
        check_page(ask(t, ENGINE_SID, (pa + IPA_BIAS) | S2_READ), pa);
    }
    expect_no_event(t);
    machine_stop(t);
}

/* The same faults as the engine's, but no record. */
static void test_faults(void)
{
    SmmuQtest *t = smmu_start_with(ATOS);
    uint64_t ste[8] = { 0 };
    Context c;
    uint64_t pa;

    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x04, 0, 0));
    g_assert_cmphex(ask(t, 0x100, VA | S1_READ), ==, FAIL(0x02, 0, 0));
    g_assert_cmphex(ask(t, ENGINE_SID, VA | 0x100), ==, FAIL(0xff, 0, 0));
    pa = quick_stage1(&c, t, VA);
    check_page(ask(t, ENGINE_SID, VA | S1_WRITE), pa);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S2_READ), ==, FAIL(0xfe, 0, 0));
    g_assert_cmphex(ask(t, ENGINE_SID, (VA + 0x1000) | S1_READ), ==,
                    FAIL(0x10, 0, 0));
    desc_set(&c.s1, desc_pa(&c.s1, VA, 3),
             desc_get(&c.s1, desc_pa(&c.s1, VA, 3)) | 0x80); /* read-only */
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_WRITE), ==, FAIL(0x13, 0, 0));
    put(c.ste, 55, 6, HOLE >> 6);
    ste_write(t, ENGINE_SID, c.ste);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x09, 0, 0));
    ste[0] = 1;
    ste_write(t, ENGINE_SID, ste);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0xfe, 0, 0));
    expect_no_event(t);
    smmu_cr0(t, 0xc);
    w64(t, GATOS + 0x10, VA);
    w32(t, GATOS, 1);
    g_assert_cmphex(r64(t, GATOS + 0x18), ==, FAIL(0xfe, 0, 0)); /* as before */
    machine_stop(t);
}

#define SSV(n) (1ull << 52 | (uint64_t)(n) << 32)

/* Faults of substreams and CDs, and of an STE that cannot be read (9.1.5). */
static void test_config_faults(void)
{
    SmmuQtest *t = smmu_start_with(ATOS ",ssidsize=4");
    uint64_t cds = ram_alloc(t, 128, 128), pa;
    Context c;

    pa = quick_stage1(&c, t, VA);
    check_page(ask(t, ENGINE_SID, VA | S1_READ), pa);
    g_assert_cmphex(ask(t, ENGINE_SID | SSV(1), VA | S1_READ), ==,
                    FAIL(0x08, 0, 0)); /* S1CDMax = 0 */
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, cds + 64 + 8 * i, c.cd[i]);
    }
    c.ste[0] = (c.ste[0] & 0x3f) | cds;
    put(c.ste, 63, 59, 1);
    ste_write(t, ENGINE_SID, c.ste);
    check_page(ask(t, ENGINE_SID | SSV(1), VA | S1_READ), pa);
    g_assert_cmphex(ask(t, ENGINE_SID | SSV(2), VA | S1_READ), ==,
                    FAIL(0x08, 0, 0));
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==,
                    FAIL(0x06, 0, 0)); /* S1DSS = 0 */
    g_assert_cmphex(ask(t, ENGINE_SID | SSV(0), VA | S1_READ), ==,
                    FAIL(0x0a, 0, 0)); /* V = 0 */
    put(c.ste, 65, 64, 2);
    ste_write(t, ENGINE_SID, c.ste);
    g_assert_cmphex(ask(t, ENGINE_SID | SSV(0), VA | S1_READ), ==,
                    FAIL(0x06, 0, 0));
    smmu_cr0(t, 0xc);
    w64(t, STRTAB_BASE, HOLE);
    smmu_cr0(t, 0xd);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x03, 0, 0));
    expect_no_event(t);
    machine_stop(t);
}

/* Faults of tables: a table that is not there, an address beyond IPS, the
 * Access flag, which HTTUI does not set where there is no HTTU. */
static void test_table_faults(void)
{
    SmmuQtest *t = smmu_start_with(ATOS);
    uint64_t pa, leaf, table;
    Context c;

    pa = quick_stage1(&c, t, VA);
    leaf = desc_pa(&c.s1, VA, 3);
    table = desc_pa(&c.s1, VA, 2);
    mem_w64(t, leaf, pa | 3 | (S1_LEAF & ~DESC_AF));
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x12, 0, 0));
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ | HTTUI), ==,
                    FAIL(0x12, 0, 0));
    mem_w64(t, leaf, 1ull << 44 | 3 | S1_LEAF);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x11, 0, 0));
    mem_w64(t, table, HOLE | 3);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x0b, 0, 0));
    expect_no_event(t);
    machine_stop(t);
}

/* HTTUI = 1: the answer of updated tables, which stay as they are. */
static void test_httui(void)
{
    SmmuQtest *t = smmu_start_with(ATOS ",httu=2");
    const uint64_t dbm = 1ull << 51, ro = 1ull << 7;
    uint64_t pa = ram_page(t), leaf, clean;
    Context c;

    context_init(&c, t, 1, 12);
    context_map(&c, VA, pa);
    put(c.cd, 43, 42, 3); /* HA, HD */
    context_commit(&c);
    leaf = desc_pa(&c.s1, VA, 3);
    clean = pa | 3 | (S1_LEAF & ~DESC_AF) | dbm | ro;
    mem_w64(t, leaf, clean);
    check_page(ask(t, ENGINE_SID, VA | S1_READ | HTTUI), pa);
    check_page(ask(t, ENGINE_SID, VA | S1_WRITE | HTTUI), pa);
    g_assert_cmphex(mem_r64(t, leaf), ==, clean);
    check_page(ask(t, ENGINE_SID, VA | S1_READ), pa);
    g_assert_cmphex(mem_r64(t, leaf), ==, clean | DESC_AF);
    check_page(ask(t, ENGINE_SID, VA | S1_WRITE), pa);
    g_assert_cmphex(mem_r64(t, leaf), ==, (clean | DESC_AF) & ~ro);
    expect_no_event(t);
    machine_stop(t);
}

/* Stage 2's faults tell the IPA. */
static void test_stage2_faults(void)
{
    SmmuQtest *t = smmu_start_with(ATOS);
    Context c;

    context_init(&c, t, 3, 12);
    map_page(&c.s1, VA, 0x1000, S1_LEAF);
    context_commit(&c);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S12_READ), ==,
                    FAIL(0x10, 3, 0x1000));
    g_assert_cmphex(ask(t, ENGINE_SID, 0x1000 | S2_READ), ==, FAIL(0x10, 3, 0));
    check_page(ask(t, ENGINE_SID, VA | S1_READ), 0x1000);
    expect_no_event(t);
    machine_stop(t);
}

/* REASON: 3 for the input, 2 for stage 1's table, 1 for the CD; what TYPE = 1
 * learns is that they could not be read (9.1.4). */
static void test_stage2_reasons(void)
{
    SmmuQtest *t = smmu_start_with(ATOS);
    uint64_t pa = ram_page(t), leaf, ipa, table, cd;
    Context c;

    context_init(&c, t, 3, 12);
    context_map(&c, VA, pa);
    context_commit(&c);
    s2_split(&c, pa);
    ipa = pa + IPA_BIAS;
    leaf = desc_pa(&c.s2, ipa, 3);
    mem_w64(t, leaf, pa | 3 | (S2_LEAF & ~DESC_AF));
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S12_READ), ==, FAIL(0x12, 3, ipa));
    mem_w64(t, leaf, pa | 3 | (S2_LEAF & ~0xc0ull)); /* S2AP */
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S12_READ), ==, FAIL(0x13, 3, ipa));
    mem_w64(t, leaf, 1ull << 44 | 3 | S2_LEAF);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S12_READ), ==, FAIL(0x11, 3, ipa));
    check_page(ask(t, ENGINE_SID, VA | S1_READ), ipa);
    table = (desc_pa(&c.s1, VA, 3) & ~0xfffull) + IPA_BIAS;
    mem_w64(t, desc_pa(&c.s2, table, 3), 0);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S12_READ), ==,
                    FAIL(0x10, 2, table));
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x0b, 0, 0));
    cd = (c.cd_pa & ~0xfffull) + IPA_BIAS;
    mem_w64(t, desc_pa(&c.s2, cd, 3), 0);
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S12_READ), ==, FAIL(0x10, 1, cd));
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S1_READ), ==, FAIL(0x09, 0, 0));
    expect_no_event(t);
    machine_stop(t);
}

static void test_absent(void)
{
    SmmuQtest *t = smmu_start();

    for (uint32_t reg = GATOS; reg < GATOS + 0x20; reg += 4) {
        w32(t, reg, 0xffffffff);
        g_assert_cmphex(r32(t, reg), ==, 0);
    }
    w32(t, VATOS_SEL, 1);
    g_assert_cmphex(r32(t, VATOS_SEL), ==, 0);
    g_assert_cmphex(r32(t, IDR0) & (1u << 15 | 1u << 20), ==, 0);
    machine_stop(t);
}

/* The VATOS page, behind the usual two; stage 1 of one VMID. */
static void test_vatos(void)
{
    SmmuQtest *t = machine_start_with(VATOS, NULL, NULL);
    Context c;
    uint64_t pa;

    t->smmu = WIDE_BASE;
    g_assert_cmphex(r32(t, IDR0) & (1u << 15 | 1u << 20), ==,
                    1u << 15 | 1u << 20);
    g_assert_cmphex(r32(t, IDR2), ==, 0);
    smmu_enable(t);
    pa = quick_stage1(&c, t, VA);
    w32(t, VATOS_SEL, 1);
    put(c.ste, 143, 128, 1);
    context_commit(&c);
    check_page(ask_at(t, VATOS_PAGE, ENGINE_SID, VA | S1_READ), pa);
    g_assert_cmphex(ask_at(t, VATOS_PAGE, ENGINE_SID, VA | S2_READ), ==,
                    FAIL(0xff, 0, 0));
    w32(t, VATOS_SEL, 2);
    g_assert_cmphex(ask_at(t, VATOS_PAGE, ENGINE_SID, VA | S1_READ), ==,
                    FAIL(0x04, 0, 0));
    check_page(ask(t, ENGINE_SID, VA | S1_READ), pa);
    expect_no_event(t);
    machine_stop(t);
}

/* S_IDR2.BA_S_VATOS: the page after VATOS', with SEL2 alone (6.3.46). */
static void test_s_vatos(void)
{
    SmmuQtest *t = machine_start_with(
        VATOS ",secure=on,x-unspecified-secure=on,stt=on,sel2=on", NULL, NULL);

    t->smmu = WIDE_BASE;
    g_assert_cmphex(r32(t, 0x8004), ==, 0xa0000010);
    g_assert_cmphex(r32(t, 0x8008), ==, 0x2);
    g_assert_cmphex(r32(t, IDR2), ==, 0);
    machine_stop(t);
    t = machine_start_with(VATOS ",secure=on,x-unspecified-secure=on", NULL,
                           NULL);
    t->smmu = WIDE_BASE;
    g_assert_cmphex(r32(t, 0x8004), ==, 0x80000010);
    g_assert_cmphex(r32(t, 0x8008), ==, 0);
    machine_stop(t);
}

/* Firmware hears of the page. */
static void test_iort(void)
{
    SmmuQtest *t = machine_start_with(VATOS, ",its=on", NULL);
    Acpi *acpi = acpi_load(t);
    const uint8_t *iort = acpi_table(acpi, "IORT");
    uint32_t smmu = iort_node(iort, 4, 0);

    g_assert_cmphex(le32(iort + smmu + 16), ==, WIDE_BASE);
    g_assert_cmphex(le32(iort + smmu + 32), ==, WIDE_BASE + 0x20000);
    g_assert_cmphex(le32(iort + smmu + 36), ==, 0);
    acpi_free(acpi);
    machine_stop(t);
}

/* Tables in the SMMU's own registers, and any value in any register. */
static void test_hostile(void)
{
    SmmuQtest *t = smmu_start_with(ATOS);
    uint64_t x = 1;
    Context c;

    context_init(&c, t, 3, 12);
    context_commit(&c);
    put(c.cd, 64 + 51, 64 + 4, (t->smmu + IPA_BIAS) >> 4);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, c.cd_pa + 8 * i, c.cd[i]);
    }
    g_assert_cmphex(ask(t, ENGINE_SID, VA | S12_READ) & 1, ==, 1);
    for (unsigned n = 0; n < 500; n++) {
        x = x * 6364136223846793005ull + 1442695040888963407ull;
        ask(t, x >> 20, x ^ x << 13);
        ask(t, ENGINE_SID, x);
    }
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/atos/success/s1", GUINT_TO_POINTER(1), test_success);
    g_test_add_data_func("/atos/success/s2", GUINT_TO_POINTER(2), test_success);
    g_test_add_data_func("/atos/success/nested", GUINT_TO_POINTER(3),
                         test_success);
    g_test_add_func("/atos/faults", test_faults);
    g_test_add_func("/atos/config-faults", test_config_faults);
    g_test_add_func("/atos/table-faults", test_table_faults);
    g_test_add_func("/atos/httui", test_httui);
    g_test_add_func("/atos/stage2-faults", test_stage2_faults);
    g_test_add_func("/atos/stage2-reasons", test_stage2_reasons);
    g_test_add_func("/atos/absent", test_absent);
    g_test_add_func("/atos/vatos", test_vatos);
    g_test_add_func("/atos/s-vatos", test_s_vatos);
    g_test_add_func("/atos/iort", test_iort);
    g_test_add_func("/atos/hostile", test_hostile);
    return g_test_run();
}
