/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Table formats: every input size of every granule, concatenation, byte
 * order, and the bits of descriptors that do not matter.
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull

static const unsigned granules[] = { 12, 14, 16 };

/* Reads through the first and the last page of an input range of @bits. */
static void check_ends(Context *c, Space *s, unsigned bits, uint64_t attrs)
{
    SmmuQtest *t = c->t;
    uint64_t page = UINT64_C(1) << s->lg2, last, lo, hi, v;

    last = (UINT64_C(1) << bits) - page;
    lo = ram_page(t);
    hi = ram_page(t);
    map_page(s, 0, lo, attrs);
    map_page(s, last, hi, attrs);
    mem_w64(t, lo, bits);
    mem_w64(t, hi + page - 8, ~(uint64_t)bits);
    context_commit(c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    if (!dma_read(t, 0, &v) || v != bits) {
        g_error("%u bits: first page", bits);
    }
    if (!dma_read(t, last + page - 8, &v) || v != ~(uint64_t)bits) {
        g_error("%u bits: last page", bits);
    }
    expect_no_event(t);
}

static void test_s1_sizes(const void *data)
{
    unsigned lg2 = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();

    for (unsigned bits = 25; bits <= 48; bits++) {
        uint64_t mark = t->next;
        Context c;

        context_init(&c, t, 1, lg2);
        put(c.cd, 34, 32, 5); /* IPS: 48 bits */
        context_s1_bits(&c, bits);
        check_ends(&c, &c.s1, bits, S1_LEAF);
        t->next = mark;
    }
    machine_stop(t);
}

/* Each size at each start level that it may have: 1 to 16 tables (E.9). */
static void test_s2_sizes(const void *data)
{
    static const struct {
        unsigned start, min, max;
    } legal[3][3] = {
        { { 2, 25, 34 }, { 1, 31, 43 }, { 0, 40, 48 } },
        { { 3, 25, 29 }, { 2, 26, 40 }, { 1, 37, 48 } },
        { { 3, 25, 33 }, { 2, 30, 46 }, { 1, 43, 48 } },
    };
    unsigned g = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();

    for (unsigned sl0 = 0; sl0 < 3; sl0++) {
        for (unsigned bits = legal[g][sl0].min; bits <= legal[g][sl0].max;
             bits++) {
            uint64_t mark = t->next;
            Context c;

            context_init(&c, t, 2, granules[g]);
            put(c.ste, 178, 176, 5); /* S2PS: 48 bits */
            context_s2_bits(&c, bits, legal[g][sl0].start, sl0);
            check_ends(&c, &c.s2, bits, S2_LEAF);
            t->next = mark;
        }
    }
    machine_stop(t);
}

/* TTB0 and TTB1 with different granules. */
static void test_two_granules(void)
{
    for (unsigned a = 0; a < 3; a++) {
        for (unsigned b = 0; b < 3; b++) {
            SmmuQtest *t = smmu_start();
            uint64_t lo = ram_page(t), hi = ram_page(t), v;
            uint64_t hi_va = 0xffffff8000000000ull | VA;
            Context c;
            Space top;

            context_init(&c, t, 1, granules[a]);
            context_ttb1(&c, &top, granules[b]);
            map_page(&c.s1, VA, lo, S1_LEAF);
            map_page(&top, VA, hi, S1_LEAF);
            context_commit(&c);
            mem_w64(t, lo + 0x10, 1);
            mem_w64(t, hi + 0x10, 2);
            g_assert_true(dma_read(t, VA + 0x10, &v));
            g_assert_cmphex(v, ==, 1);
            g_assert_true(dma_read(t, hi_va + 0x10, &v));
            g_assert_cmphex(v, ==, 2);
            machine_stop(t);
        }
    }
}

/* Nested, with each pair of granules. */
static void test_nested_granules(void)
{
    for (unsigned a = 0; a < 3; a++) {
        for (unsigned b = 0; b < 3; b++) {
            SmmuQtest *t = smmu_start();
            uint64_t pa = ram_page(t), v;
            Context c;

            context_init2(&c, t, 3, granules[a], granules[b]);
            context_map(&c, VA, pa);
            context_commit(&c);
            mem_w64(t, pa + 0xff8, MAGIC);
            g_assert_true(dma_read(t, VA + 0xff8, &v));
            g_assert_cmphex(v, ==, MAGIC);
            expect_no_event(t);
            machine_stop(t);
        }
    }
}

/* Big-endian tables of either stage or both; STE and CD stay little. */
static void test_big_endian(void)
{
    for (unsigned be = 0; be < 4; be++) {
        SmmuQtest *t = smmu_start();
        uint64_t pa = ram_page(t), v;
        Context c;

        context_init(&c, t, 3, 12);
        c.s1.be = be & 1;
        put(c.cd, 15, 15, be & 1); /* ENDI */
        c.s2.be = be >> 1;
        put(c.ste, 180, 180, be >> 1); /* S2ENDI */
        context_s2_bits(&c, 39, 1, 1);
        c.s2.be = be >> 1;
        for (uint64_t i = RAM_BASE; i < RAM_TOP; i += 0x200000) {
            map_at(&c.s2, i + t->bias, i, 2, S2_LEAF);
        }
        context_map(&c, VA, pa);
        context_commit(&c);
        mem_w64(t, pa, MAGIC);
        g_assert_true(dma_read(t, VA, &v));
        g_assert_cmphex(v, ==, MAGIC);
        expect_no_event(t);
        machine_stop(t);
    }
}

/* Bits that are ignored, or hints, change nothing: one at a time. */
static void test_ignored_bits(void)
{
    /* Leaf of stage 1: Contiguous, DBM, software, PBHA, nT of a page; of
     * stage 2: nG's place too. Tables: [11:2], [58:51]. */
    static const unsigned s1_leaf[] = { 51, 52, 55, 56, 57, 58,
                                        59, 60, 61, 62, 63 };
    static const unsigned s2_leaf[] = { 11, 51, 52, 55, 56, 57,
                                        58, 59, 60, 61, 62, 63 };
    static const unsigned table[] = { 2,  3,  4,  5,  6,  7,  8,  9,  10,
                                      11, 51, 52, 53, 54, 55, 56, 57, 58 };
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), at, d;
    Context c;

    for (unsigned stage = 1; stage <= 2; stage++) {
        const unsigned *leaf = stage == 1 ? s1_leaf : s2_leaf;
        unsigned n = stage == 1 ? G_N_ELEMENTS(s1_leaf) : G_N_ELEMENTS(s2_leaf);
        Space *s = stage == 1 ? &c.s1 : &c.s2;

        context_init(&c, t, stage, 12);
        context_map(&c, VA, pa);
        context_commit(&c);
        for (unsigned i = 0; i < n + G_N_ELEMENTS(table); i++) {
            unsigned bit = i < n ? leaf[i] : table[i - n];

            at = desc_pa(s, VA, i < n ? 3 : 2);
            d = mem_r64(t, at);
            mem_w64(t, at, d | 1ull << bit);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
            mem_w64(t, pa, 0);
            if (!dma_write(t, VA) || mem_r64(t, pa) != dma_pattern(VA)) {
                g_error("stage %u bit %u", stage, bit);
            }
            mem_w64(t, at, d);
        }
        /* NSTable, and stage 2's [62:59] of a table */
        at = desc_pa(s, VA, 2);
        d = mem_r64(t, at);
        mem_w64(t, at, d | (stage == 1 ? 1ull << 63 : 0xf8ull << 56));
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        g_assert_true(dma_write(t, VA));
        mem_w64(t, at, d);
    }
    expect_no_event(t);
    machine_stop(t);
}

/* 4K and 16K: bits [51:48] are no address (no DS), and no fault either. */
static void test_high_bits(void)
{
    for (unsigned g = 0; g < 2; g++) {
        SmmuQtest *t = smmu_start();
        uint64_t pa = ram_page(t), at;
        Context c;

        context_init(&c, t, 1, granules[g]);
        context_map(&c, VA, pa);
        context_commit(&c);
        for (unsigned level = 2; level <= 3; level++) {
            at = desc_pa(&c.s1, VA, level);
            mem_w64(t, at, mem_r64(t, at) | 7ull << 48);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
            g_assert_true(dma_read(t, VA, NULL));
        }
        machine_stop(t);
    }
}

/* 64K: [15:12] are OA[51:48], which no 48-bit output has (3.4.3). */
static void test_high_bits_64k(void)
{
    for (unsigned stage = 1; stage <= 2; stage++) {
        SmmuQtest *t = smmu_start();
        Context c;

        context_init(&c, t, stage, 16);
        context_map(&c, VA, ram_page(t));
        context_commit(&c);
        for (unsigned level = 2; level <= 3; level++) {
            uint64_t at = desc_pa(stage == 1 ? &c.s1 : &c.s2, VA, level);
            uint64_t d = mem_r64(t, at);

            mem_w64(t, at, d | 1u << 12);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
            g_assert_false(dma_read(t, VA, NULL));
            expect_event(t, EV(F_ADDR_SIZE, VA, .rnw = true, .s2 = stage == 2,
                               .ipa = stage == 2 ? VA : 0));
            mem_w64(t, at, d);
        }
        machine_stop(t);
    }
}

/* Block: the low bits of the output come from the input, not from it. */
static void test_block_output(void)
{
    static const struct {
        unsigned lg2, level;
    } cases[] = { { 12, 2 }, { 14, 2 }, { 12, 1 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        SmmuQtest *t = smmu_start();
        uint64_t pa = 0x46000000ull, va = 0x7c0000000ull, size, v;
        Context c;

        context_init(&c, t, 1, cases[i].lg2);
        size = UINT64_C(1) << level_shift(&c.s1, cases[i].level);
        /* Low address bits of the descriptor within the block: RES0. */
        map_at(&c.s1, va, (pa & -size) | (0x1000000ull & (size - 1)),
               cases[i].level, S1_LEAF);
        context_commit(&c);
        va |= pa & (size - 1);
        mem_w64(t, pa + 0x1ff8, MAGIC);
        g_assert_true(dma_read(t, va + 0x1ff8, &v));
        g_assert_cmphex(v, ==, MAGIC);
        machine_stop(t);
    }
}

static void add(const char *what, unsigned i, unsigned data, GTestDataFunc test)
{
    char *path =
        g_strdup_printf("/formats/%s/%uk", what, 1u << (granules[i] - 10));

    g_test_add_data_func(path, GUINT_TO_POINTER(data), test);
    g_free(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < 3; i++) {
        add("s1-sizes", i, granules[i], test_s1_sizes);
        add("s2-sizes", i, i, test_s2_sizes);
    }
    g_test_add_func("/formats/two-granules", test_two_granules);
    g_test_add_func("/formats/nested-granules", test_nested_granules);
    g_test_add_func("/formats/big-endian", test_big_endian);
    g_test_add_func("/formats/ignored-bits", test_ignored_bits);
    g_test_add_func("/formats/high-address-bits", test_high_bits);
    g_test_add_func("/formats/high-address-bits-64k", test_high_bits_64k);
    g_test_add_func("/formats/block-output", test_block_output);
    return g_test_run();
}
