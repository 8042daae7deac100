/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test engine's work loads: data, order, errors, interrupts.
 * Tests only. Offsets and values are literals of the engine's interface.
 */
#include "engine-bench.h"

static void test_rand48(void)
{
    static const uint8_t at_page[4] = { 0xeb, 0x84, 0xa6, 0xfb };
    struct bench *b = bench_new();
    uint8_t *p = b->mem;

    /* Seeded with 0x100007 ^ 0x105000. */
    start(b, RAND48, 0x105000, 0x105003, 1, 0x100007);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmpmem(p + 0x5000, 4, at_page, 4);
    g_assert_cmphex(p[0x5004], ==, 0);
    bench_free(b);
}

/* Each 4 KiB page is seeded anew, whatever the order. */
static void test_rand48_pages(void)
{
    static const uint32_t seeds[] = { 0xffffffffu, 99 };
    struct bench *b = bench_new();
    uint8_t page[4096];

    for (unsigned i = 0; i < G_N_ELEMENTS(seeds); i++) {
        start(b, RAND48, MEM_BASE + 0xff0, MEM_BASE + 0x2fff, 1, seeds[i]);
        g_assert_cmphex(finish(b), ==, HALTED);
        memcpy(page, b->mem + 0x1000, sizeof(page));
        start(b, RAND48, MEM_BASE + 0x1000, MEM_BASE + 0x1fff, 1, seeds[i]);
        g_assert_cmphex(finish(b), ==, HALTED);
        g_assert_cmpmem(page, sizeof(page), b->mem + 0x1000, sizeof(page));
    }
    bench_free(b);
}

static void check_order(struct bench *b, const uint64_t *want, unsigned n)
{
    g_assert_cmpuint(b->transactions, ==, n);
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(b->log[i].addr, ==, want[i]);
    }
}

static void test_order(void)
{
    /* Front or back by the low bit of each number of the generator. */
    static const uint64_t random[] = { 0x100000, 0x1001c0, 0x100180, 0x100040,
                                       0x100140, 0x100080, 0x1000c0, 0x100100 };
    static const uint64_t up[] = { 0x100ff0, 0x101000, 0x102000 };
    static const uint64_t down[] = { 0x102000, 0x101000, 0x100ff0 };
    struct bench *b = bench_new();

    start(b, RAND48, MEM_BASE, MEM_BASE + 0x1ff, 0x40, 12345);
    g_assert_cmphex(finish(b), ==, HALTED);
    check_order(b, random, 8);
    g_assert_cmphex(rd(b, 0x08, 8), ==, 0x0000000800000008ull);
    b->transactions = 0;
    start(b, RAND48, MEM_BASE + 0xff0, MEM_BASE + 0x2007, 1, 0);
    finish(b);
    check_order(b, up, 3);
    b->transactions = 0;
    start(b, RAND48, MEM_BASE + 0xff0, MEM_BASE + 0x2007, 1, 0xffffffff);
    finish(b);
    check_order(b, down, 3);
    g_assert_cmpuint(b->log[0].len, ==, 8);
    g_assert_cmpuint(b->log[1].len, ==, 0x1000);
    g_assert_cmpuint(b->log[2].len, ==, 0x10);
    bench_free(b);
}

static void test_stride(void)
{
    static const uint64_t want[] = { 0x100008, 0x100020, 0x100038 };
    struct bench *b = bench_new();

    /* begin rounds down, end_incl up; the third ends exactly there. */
    start(b, RAND48, MEM_BASE + 0xd, MEM_BASE + 0x3a, 0x18, 0);
    g_assert_cmphex(finish(b), ==, HALTED);
    check_order(b, want, 3);
    g_assert_cmpuint(b->log[0].len, ==, 8);
    b->transactions = 0;
    start(b, RAND48, MEM_BASE + 0xd, MEM_BASE + 0x36, 0x18, 0);
    finish(b);
    check_order(b, want, 2);
    /* A stride beyond the range: one element. */
    b->transactions = 0;
    start(b, RAND48, MEM_BASE + 8, MEM_BASE + 0xfff, 0x100000, 0);
    finish(b);
    check_order(b, want, 1);
    bench_free(b);
}

static void test_sum(void)
{
    struct bench *b = bench_new();

    b->mem[0xff8] = 1;
    b->mem[0x1007] = 0x80;
    b->mem[0x1010] = 5;
    wr(b, 0x48, 77, 8);
    start(b, SUM64, MEM_BASE + 0xff8, MEM_BASE + 0x1017, 1, 3);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48, 8), ==, 0x8000000000000006ull);
    start(b, SUM64, MEM_BASE + 0xff8, MEM_BASE + 0x1017, 24, 3);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48, 8), ==, 6);
    bench_free(b);
}

static void copy_and_check(struct bench *b, uint64_t src, uint64_t dst,
                           size_t len, uint32_t seed)
{
    for (unsigned i = 0; i < MEM_SIZE; i++) {
        b->mem[i] = (uint8_t)(i * 7 + i / 253);
    }
    b->transactions = 0;
    wr(b, 0x40, dst, 8);
    g_assert_cmphex(start(b, MEMCPY, src, src + len - 1, 1, seed), ==, MEMCPY);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmpmem(b->mem + (dst - MEM_BASE), len, b->mem + (src - MEM_BASE),
                    len);
    for (unsigned i = 0; i < b->transactions; i++) {
        uint64_t last = b->log[i].addr + b->log[i].len - 1;

        g_assert_cmphex(b->log[i].addr >> 12, ==, last >> 12);
        g_assert_cmpint(b->log[i].write, ==, i % 2);
    }
}

static void test_memcpy(void)
{
    static const uint32_t seeds[] = { 0, 0xffffffffu, 1, 4711 };
    struct bench *b = bench_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(seeds); i++) {
        copy_and_check(b, MEM_BASE, MEM_BASE + 0x40000, 0x3000, seeds[i]);
        copy_and_check(b, MEM_BASE + 0x123, MEM_BASE + 0x40ffe, 0x7001,
                       seeds[i]);
        copy_and_check(b, MEM_BASE + 5, MEM_BASE + 0x40003, 1, seeds[i]);
    }
    /* With a stride, elements keep their places. */
    memset(b->mem, 0, sizeof(b->mem));
    b->mem[0x00] = 1;
    b->mem[0x10] = 2;
    b->mem[0x08] = 3;
    wr(b, 0x40, MEM_BASE + 0x2000, 8);
    start(b, MEMCPY, MEM_BASE, MEM_BASE + 0x1f, 0x10, 0);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmpuint(b->mem[0x2000], ==, 1);
    g_assert_cmpuint(b->mem[0x2008], ==, 0);
    g_assert_cmpuint(b->mem[0x2010], ==, 2);
    bench_free(b);
}

static void test_error(void)
{
    struct bench *b = bench_new();

    wr(b, 0x10, 1, 8);
    wr(b, 0x18, 2047, 4);
    b->fail_at = 2;
    start(b, RAND48, MEM_BASE, MEM_BASE + 0x2fff, 1, 0);
    g_assert_cmphex(finish(b), ==, ERROR);
    g_assert_cmphex(rd(b, 0x50, 8), ==, MEM_BASE + 0x1000);
    g_assert_cmpuint(b->transactions, ==, 2);
    g_assert_cmphex(rd(b, 0x08, 8), ==, 0x0000000200000002ull);
    /* The interrupt comes all the same. */
    g_assert_cmpuint(b->msis, ==, 1);
    g_assert_cmpuint(b->vector, ==, 2047);

    /* MEMCPY: the address that failed is the destination's. */
    wr(b, 0x40, MEM_BASE + 0x4000, 8);
    b->fail_at = 2;
    start(b, MEMCPY, MEM_BASE, MEM_BASE + 0xff, 1, 0);
    g_assert_cmphex(finish(b), ==, ERROR);
    g_assert_cmphex(rd(b, 0x50, 8), ==, MEM_BASE + 0x4000);
    bench_free(b);
}

static void test_msi(void)
{
    struct bench *b = bench_new();

    start(b, SUM64, MEM_BASE, MEM_BASE + 7, 1, 0);
    finish(b);
    g_assert_cmpuint(b->msis, ==, 0);
    wr(b, 0x10, 1, 8);
    wr(b, 0x18, 3, 4);
    b->fail_msi = true;
    start(b, SUM64, MEM_BASE, MEM_BASE + 7, 1, 0);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmpuint(b->msis, ==, 1);
    g_assert_cmpuint(b->vector, ==, 3);
    g_assert_cmphex(rd(b, 0x04, 4), ==, 1); /* MSI_ABORTED */
    b->fail_msi = false;
    start(b, SUM64, MEM_BASE, MEM_BASE + 7, 1, 0);
    g_assert_cmphex(rd(b, 0x04, 4), ==, 0);
    finish(b);
    g_assert_cmphex(rd(b, 0x04, 4), ==, 0);
    bench_free(b);
}

static void test_bounded_and_fair(void)
{
    struct bench *b = bench_new();
    unsigned first = 0;

    start(b, RAND48, MEM_BASE, MEM_BASE + 0x3ffff, 1, 0);
    /* Frame 1023 does the same in the other half. */
    wr(b, 0x20000 + 0xff80 + 0x20, 0x02ff02ff, 4);
    wr(b, 0x20000 + 0xff80 + 0x28, MEM_BASE + 0x40000, 8);
    wr(b, 0x20000 + 0xff80 + 0x30, MEM_BASE + 0x7ffff, 8);
    wr(b, 0x20000 + 0xff80 + 0x38, 1, 8);
    wr(b, 0x20000 + 0xff80, RAND48, 4);
    g_assert_cmpuint(b->kicks, ==, 1);
    g_assert_true(smmu3_engine_run(b->e));
    g_assert_cmpuint(b->transactions, <=, 16);
    for (unsigned i = 0; i < b->transactions; i++) {
        first += b->log[i].addr < MEM_BASE + 0x40000;
    }
    g_assert_cmpuint(first, ==, b->transactions / 2);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmphex(rd(b, 0x20000 + 0xff80, 4), ==, HALTED);
    g_assert_cmpuint(b->transactions, ==, 128);
    bench_free(b);
}

/* What an access left the SMMU with, for software to see. */
static void test_left(void)
{
    struct bench *b = bench_new();
    const struct smmu3_engine_attrs attrs = {
        .attr = 0xbb, .sh = 3, .ind = true, .pnu = false, .ns = true
    };

    g_assert_cmphex(rd(b, 0x70, 8), ==, 0);
    smmu3_engine_dma_left(b->e, 0, &attrs);
    g_assert_cmphex(rd(b, 0x70, 8), ==, 0x17bb);
    g_assert_cmphex(rd(b, 0x78, 8), ==, 0);
    g_assert_cmphex(rd(b, 0x68, 8), ==, 0);
    g_assert_cmphex(rd(b, 0xf0, 8), ==, 0);
    smmu3_engine_dma_left(b->e, 1, &attrs);
    g_assert_cmphex(rd(b, 0xf0, 8), ==, 0x17bb);
    smmu3_engine_dma_left(b->e, SMMU3_ENGINE_FRAMES, &attrs);
    smmu3_engine_reset(b->e);
    g_assert_cmphex(rd(b, 0x70, 8), ==, 0);
    bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/rand48", test_rand48);
    g_test_add_func("/engine/rand48-pages", test_rand48_pages);
    g_test_add_func("/engine/order", test_order);
    g_test_add_func("/engine/stride", test_stride);
    g_test_add_func("/engine/sum", test_sum);
    g_test_add_func("/engine/memcpy", test_memcpy);
    g_test_add_func("/engine/error", test_error);
    g_test_add_func("/engine/msi", test_msi);
    g_test_add_func("/engine/bounded-and-fair", test_bounded_and_fair);
    g_test_add_func("/engine/left", test_left);
    return g_test_run();
}
