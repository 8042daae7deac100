/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TLB: a translation stays until a command that names it removes it, and
 * commands that name something else leave it (3.17, 4.4).
 * Tests only.
 *
 * Each test warms the TLB, changes the tables without a word, sees the old
 * translation, issues a command, and looks which one is used then.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull
#define VMID(n) ((uint64_t)(n) << 32)
#define ASID(n) ((uint64_t)(n) << 48)
#define NUM(n) ((uint64_t)(n) << 12)
#define SCALE(n) ((uint64_t)(n) << 20)
#define LEAF 1ull
#define TTL(n) ((uint64_t)(n) << 8)
#define TG4K (1ull << 10)
#define EL2_ALL 0x20
#define EL2_ASID 0x21
#define EL2_VA 0x22
#define EL2_VAA 0x23

typedef struct Case {
    const char *name;
    uint64_t dw0, dw1;
    bool removes;
} Case;

/* Stage 1, ASID 1, VMID 1, a page that is not global. */
static const Case s1_cases[] = {
    { "nh-all", OP_TLBI_NH_ALL | VMID(1), 0, true },
    { "nh-all-other-vmid", OP_TLBI_NH_ALL | VMID(2), 0, false },
    { "nh-asid", OP_TLBI_NH_ASID | VMID(1) | ASID(1), 0, true },
    { "nh-asid-other", OP_TLBI_NH_ASID | VMID(1) | ASID(2), 0, false },
    { "nh-asid-other-vmid", OP_TLBI_NH_ASID | VMID(2) | ASID(1), 0, false },
    { "nh-va", OP_TLBI_NH_VA | VMID(1) | ASID(1), VA, true },
    { "nh-va-leaf", OP_TLBI_NH_VA | VMID(1) | ASID(1), VA | LEAF, true },
    { "nh-va-other", OP_TLBI_NH_VA | VMID(1) | ASID(1), VA + 0x1000, false },
    { "nh-va-other-asid", OP_TLBI_NH_VA | VMID(1) | ASID(2), VA, false },
    { "nh-va-other-vmid", OP_TLBI_NH_VA | VMID(2) | ASID(1), VA, false },
    { "nh-vaa", OP_TLBI_NH_VAA | VMID(1), VA, true },
    { "nh-vaa-other-vmid", OP_TLBI_NH_VAA | VMID(2), VA, false },
    { "s12-vmall", OP_TLBI_S12_VMALL | VMID(1), 0, true },
    { "s12-vmall-other", OP_TLBI_S12_VMALL | VMID(2), 0, false },
    { "nsnh-all", OP_TLBI_NSNH_ALL, 0, true },
    { "el2-all", EL2_ALL, 0, false },
    { "el2-va", EL2_VA | ASID(1), VA, false },
    { "sync", OP_SYNC, 0, false },
    { "cfgi-all", OP_CFGI_STE_RANGE, 31, false },
    /* Ranges of 4 KiB pages that end before VA, or with it, or start after */
    { "range-before", OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(3),
      (VA - 0x4000) | TG4K, false },
    { "range-last", OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(4),
      (VA - 0x4000) | TG4K, true },
    { "range-first", OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(1), VA | TG4K,
      true },
    { "range-after", OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(31),
      (VA + 0x1000) | TG4K, false },
    { "range-scale", OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(2) | SCALE(3),
      (VA - 0x17000) | TG4K, true },
    { "range-scale-short",
      OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(2) | SCALE(3),
      (VA - 0x18000) | TG4K, false },
    { "range-huge", OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(31) | SCALE(31),
      TG4K, true },
    { "range-top", OP_TLBI_NH_VA | VMID(1) | ASID(1) | NUM(31) | SCALE(10),
      0xfffffffffffff000ull | TG4K, false },
    { "range-vaa", OP_TLBI_NH_VAA | VMID(1) | NUM(1), VA | TG4K, true },
    { "ttl-3", OP_TLBI_NH_VA | VMID(1) | ASID(1), VA | TG4K | TTL(3) | LEAF,
      true },
    { "ttl-without-tg", OP_TLBI_NH_VA | VMID(1) | ASID(1), VA | TTL(2), true },
};

/* The same page, global. */
static const Case global_cases[] = {
    { "nh-asid", OP_TLBI_NH_ASID | VMID(1) | ASID(1), 0, false },
    { "nh-va-other-asid", OP_TLBI_NH_VA | VMID(1) | ASID(7), VA, true },
    { "nh-va-other-vmid", OP_TLBI_NH_VA | VMID(2) | ASID(1), VA, false },
    { "nh-vaa", OP_TLBI_NH_VAA | VMID(1), VA, true },
    { "nh-all", OP_TLBI_NH_ALL | VMID(1), 0, true },
};

/* Stage 2 alone, VMID 1. */
static const Case s2_cases[] = {
    { "s2-ipa", OP_TLBI_S2_IPA | VMID(1), VA, true },
    { "s2-ipa-leaf", OP_TLBI_S2_IPA | VMID(1), VA | LEAF, true },
    { "s2-ipa-other", OP_TLBI_S2_IPA | VMID(1), VA + 0x1000, false },
    { "s2-ipa-other-vmid", OP_TLBI_S2_IPA | VMID(2), VA, false },
    { "s2-ipa-range", OP_TLBI_S2_IPA | VMID(1) | NUM(4), (VA - 0x4000) | TG4K,
      true },
    { "s2-ipa-range-before", OP_TLBI_S2_IPA | VMID(1) | NUM(3),
      (VA - 0x4000) | TG4K, false },
    { "s12-vmall", OP_TLBI_S12_VMALL | VMID(1), 0, true },
    { "s12-vmall-other", OP_TLBI_S12_VMALL | VMID(2), 0, false },
    { "nsnh-all", OP_TLBI_NSNH_ALL, 0, true },
    { "el2-all", EL2_ALL, 0, false },
    { "nh-va-other-vmid", OP_TLBI_NH_VA | VMID(2) | ASID(1), VA, false },
};

/* World EL2: neither ASID nor VMID. */
static const Case el2_cases[] = {
    { "el2-all", EL2_ALL, 0, true },
    { "el2-va", EL2_VA | ASID(9), VA, true },
    { "el2-va-other", EL2_VA | ASID(1), VA + 0x1000, false },
    { "el2-vaa", EL2_VAA, VA, true },
    { "el2-va-range", EL2_VA | NUM(1), VA | TG4K, true },
    { "nsnh-all", OP_TLBI_NSNH_ALL, 0, false },
    { "nh-all", OP_TLBI_NH_ALL | VMID(1), 0, false },
    { "nh-va", OP_TLBI_NH_VA | VMID(1) | ASID(1), VA, false },
};

/* World EL2-E2H: ASIDs. */
static const Case e2h_cases[] = {
    { "el2-all", EL2_ALL, 0, true },
    { "el2-asid", EL2_ASID | ASID(1), 0, true },
    { "el2-asid-other", EL2_ASID | ASID(2), 0, false },
    { "el2-va", EL2_VA | ASID(1), VA, true },
    { "el2-va-other-asid", EL2_VA | ASID(2), VA, false },
    { "el2-vaa", EL2_VAA, VA, true },
    { "nsnh-all", OP_TLBI_NSNH_ALL, 0, false },
};

/* Which of the two pages is behind VA. */
static uint64_t see(SmmuQtest *t)
{
    uint64_t v;

    g_assert_true(dma_read(t, VA, &v));
    return v;
}

/* VA maps to a page that holds 1, then the tables say one that holds 2. */
static void check_case(SmmuQtest *t, Context *c, Space *s, uint64_t attrs,
                       const Case *k)
{
    uint64_t a = ram_page(t), b = ram_page(t);

    mem_w64(t, a, 1);
    mem_w64(t, b, 2);
    map_page(s, VA, a, attrs);
    context_commit(c);
    g_assert_cmpuint(see(t), ==, 1);
    map_page(s, VA, b, attrs);
    if (see(t) != 1) {
        g_error("the translation was not kept");
    }
    cmd(t, k->dw0, k->dw1);
    if (see(t) != (k->removes ? 2 : 1)) {
        g_error("%s: the translation was %s", k->name,
                k->removes ? "not removed" : "removed");
    }
    expect_no_event(t);
    machine_stop(t);
}

static void test_s1(const void *data)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    check_case(t, &c, &c.s1, S1_LEAF, data);
}

static void test_global(const void *data)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    check_case(t, &c, &c.s1, S1_LEAF & ~0x800ull, data);
}

static void test_s2(const void *data)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 2, 12);
    check_case(t, &c, &c.s2, S2_LEAF, data);
}

static void test_el2(const void *data)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    put(c.ste, 95, 94, 2); /* STRW */
    check_case(t, &c, &c.s1, S1_LEAF, data);
}

static void test_e2h(const void *data)
{
    SmmuQtest *t = smmu_start();
    Context c;

    smmu_cr0(t, 0xc);
    w32(t, CR2, 0x3);
    smmu_cr0(t, 0xd);
    context_init(&c, t, 1, 12);
    put(c.ste, 95, 94, 2);
    check_case(t, &c, &c.s1, S1_LEAF, data);
}

/* Nested: stage 2 changes, and S2_IPA with NH_ALL, or S12_VMALL, are enough.
 * The same of the page of a stage-1 table. */
static void test_nested(void)
{
    for (unsigned k = 0; k < 2; k++) {
        SmmuQtest *t = smmu_start();
        uint64_t a = ram_page(t), b = ram_page(t);
        Context c;

        context_init(&c, t, 3, 12);
        context_map(&c, VA, a);
        s2_split(&c, a);
        context_commit(&c);
        mem_w64(t, a, 1);
        mem_w64(t, b, 2);
        g_assert_cmpuint(see(t), ==, 1);
        map_page(&c.s2, a + t->bias, b, S2_LEAF);
        if (k == 0) {
            cmd(t, OP_TLBI_S2_IPA | VMID(1), a + t->bias);
            cmd(t, OP_TLBI_NH_ALL | VMID(1), 0);
        } else {
            cmd(t, OP_TLBI_S12_VMALL | VMID(1), 0);
        }
        g_assert_cmpuint(see(t), ==, 2);
        machine_stop(t);
    }
}

/* A table pointer changes: without Leaf the walk cache lets go of it. */
static void test_table(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t a = ram_page(t), b = ram_page(t), table, at;
    Context c;

    context_init(&c, t, 1, 12);
    context_map(&c, VA, a);
    context_commit(&c);
    mem_w64(t, a, 1);
    mem_w64(t, b, 2);
    g_assert_cmpuint(see(t), ==, 1);
    at = desc_pa(&c.s1, VA, 2);
    table = ram_alloc(t, 0x1000, 0x1000);
    mem_w64(t, table + (VA >> 12 & 511) * 8, b | S1_LEAF | 3);
    mem_w64(t, at, table | 3);
    cmd(t, OP_TLBI_NH_VA | VMID(1) | ASID(1), VA);
    g_assert_cmpuint(see(t), ==, 2);
    machine_stop(t);
}

/* Blocks go by any address inside them, and by a range that touches them. */
static void test_block(void)
{
    static const uint64_t dw1[] = { 0x1ff000, 0x100000 | TG4K,
                                    0x000000 | TG4K | TTL(2) };
    static const uint64_t dw0[] = { 0, NUM(1), 0 };

    for (unsigned i = 0; i < G_N_ELEMENTS(dw1); i++) {
        SmmuQtest *t = smmu_start();
        uint64_t va = 0x40000000ull, v;
        Context c;

        context_init(&c, t, 1, 12);
        map_at(&c.s1, va, 0x42000000, 2, S1_LEAF);
        context_commit(&c);
        mem_w64(t, 0x42000000, 1);
        mem_w64(t, 0x44000000, 2);
        g_assert_true(dma_read(t, va, &v));
        map_at(&c.s1, va, 0x44000000, 2, S1_LEAF);
        cmd(t, OP_TLBI_NH_VA | VMID(1) | ASID(1) | dw0[i], va | dw1[i]);
        g_assert_true(dma_read(t, va, &v));
        g_assert_cmphex(v, ==, 2);
        machine_stop(t);
    }
}

/* What faults is not kept: mapping it is enough (F.2). */
static void test_faults_not_cached(void)
{
    for (unsigned stage = 1; stage <= 3; stage++) {
        SmmuQtest *t = smmu_start();
        uint64_t pa = ram_page(t), w[4];
        Context c;

        context_init(&c, t, stage, 12);
        context_commit(&c);
        g_assert_false(dma_read(t, VA, NULL));
        g_assert_true(event_pop(t, w));
        context_map(&c, VA, pa);
        g_assert_true(dma_read(t, VA, NULL));
        machine_stop(t);
    }
}

/* Streams that share ASID and VMID share entries; others do not. */
static void test_tags(void)
{
    static const struct {
        unsigned asid, vmid;
        uint64_t want;
    } cases[] = { { 1, 1, 1 }, { 2, 1, 2 }, { 1, 2, 2 }, { 2, 2, 2 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        SmmuQtest *t = machine_start(NULL, "-device smmulator-engine,addr=c.0");
        uint64_t a = ram_page(t), b = ram_page(t);
        Context c, d;

        smmu_enable(t);
        engine_setup(t, 0x60, 0x10400000);
        mem_w64(t, a, 1);
        mem_w64(t, b, 2);
        context_init(&c, t, 1, 12);
        context_map(&c, VA, a);
        context_commit(&c);
        context_init(&d, t, 1, 12);
        d.sid = 0x60;
        put(d.cd, 63, 48, cases[i].asid);
        put(d.ste, 143, 128, cases[i].vmid);
        context_map(&d, VA, b);
        context_commit(&d);
        g_assert_cmpuint(see(t), ==, 1);
        t->engine = 0x10400000;
        g_assert_cmpuint(see(t), ==, cases[i].want);
        machine_stop(t);
    }
}

/* With no caches everything is fresh; with tiny ones everything is right. */
static void test_sizes(void)
{
    static const unsigned sizes[] = { 0, 1, 7 };

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        char *extra = g_strdup_printf("-global smmulator.tlb-entries=%u "
                                      "-global "
                                      "smmulator.walk-cache-entries=%u "
                                      "-global "
                                      "smmulator.config-cache-entries=%u",
                                      sizes[i], sizes[i], sizes[i]);
        SmmuQtest *t = machine_start(NULL, extra);
        uint64_t pa = ram_alloc(t, 0x40000, 0x10000), v;
        Context c;

        smmu_enable(t);
        context_init(&c, t, 3, 12);
        for (unsigned n = 0; n < 64; n++) {
            context_map(&c, VA + n * 0x200000, pa + n * 0x1000);
            mem_w64(t, pa + n * 0x1000, n + 1);
        }
        context_commit(&c);
        for (unsigned n = 0; n < 192; n++) {
            g_assert_true(dma_read(t, VA + (n * 29 % 64) * 0x200000, &v));
            g_assert_cmphex(v, ==, n * 29 % 64 + 1);
        }
        if (sizes[i] == 0) {
            map_page(&c.s1, VA, pa + 0x1000 + t->bias, S1_LEAF);
            g_assert_cmpuint(see(t), ==, 2);
        }
        expect_no_event(t);
        g_free(extra);
        machine_stop(t);
    }
}

static void add(const char *what, const Case *k, unsigned n, GTestDataFunc test)
{
    for (unsigned i = 0; i < n; i++) {
        char *path = g_strdup_printf("/tlb/%s/%s", what, k[i].name);

        g_test_add_data_func(path, &k[i], test);
        g_free(path);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("s1", s1_cases, G_N_ELEMENTS(s1_cases), test_s1);
    add("global", global_cases, G_N_ELEMENTS(global_cases), test_global);
    add("s2", s2_cases, G_N_ELEMENTS(s2_cases), test_s2);
    add("el2", el2_cases, G_N_ELEMENTS(el2_cases), test_el2);
    add("e2h", e2h_cases, G_N_ELEMENTS(e2h_cases), test_e2h);
    g_test_add_func("/tlb/nested", test_nested);
    g_test_add_func("/tlb/table", test_table);
    g_test_add_func("/tlb/block", test_block);
    g_test_add_func("/tlb/faults-not-cached", test_faults_not_cached);
    g_test_add_func("/tlb/tags", test_tags);
    g_test_add_func("/tlb/sizes", test_sizes);
    return g_test_run();
}
