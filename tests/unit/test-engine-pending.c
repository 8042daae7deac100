/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test engine's transactions that get no response at once.
 * Tests only. Offsets and values are literals of the engine's interface.
 */
#include "engine-bench.h"

#define LAUNCHED_RETURNED 0x08u
#define FRAME(n) (128u * (n))

static void launch(struct bench *b, unsigned frame, uint32_t cmd,
                   uint64_t begin, uint64_t end, uint64_t dest)
{
    wr(b, FRAME(frame) + 0x20, 0x02ff02ff, 4);
    wr(b, FRAME(frame) + 0x28, begin, 8);
    wr(b, FRAME(frame) + 0x30, end, 8);
    wr(b, FRAME(frame) + 0x38, 1, 8);
    wr(b, FRAME(frame) + 0x40, dest, 8);
    wr(b, FRAME(frame), cmd, 4);
}

static void run(struct bench *b)
{
    for (unsigned i = 0; smmu3_engine_run(b->e); i++) {
        g_assert_cmpuint(i, <, 10000);
    }
}

/* The frame reads as running and does not change until the response; then it
 * goes on where it was. Read and write of a copy each wait once. */
static void test_copy(void)
{
    struct bench *b = bench_new();

    memset(b->mem + 0x800, 0x5a, 0x1000);
    b->pend = 2;
    launch(b, 0, MEMCPY, MEM_BASE + 0x800, MEM_BASE + 0x17ff,
           MEM_BASE + 0x3800);
    run(b);
    g_assert_cmphex(rd(b, 0, 4), ==, MEMCPY);
    g_assert_cmphex(rd(b, LAUNCHED_RETURNED, 8), ==, 0x0000000000000001);
    wr(b, 0x28, 0, 8);
    wr(b, 0, HALTED, 4);
    g_assert_cmphex(rd(b, 0, 4), ==, MEMCPY);
    g_assert_cmphex(rd(b, 0x28, 8), ==, MEM_BASE + 0x800);
    g_assert_false(smmu3_engine_run(b->e));
    b->kicks = 0;
    end_pending(b, 0, true);
    g_assert_cmpuint(b->kicks, ==, 1);
    run(b);
    g_assert_cmphex(rd(b, LAUNCHED_RETURNED, 8), ==, 0x0000000100000002);
    g_assert_true(b->pending[0].write);
    g_assert_cmphex(b->pending[0].addr, ==, MEM_BASE + 0x3800);
    end_pending(b, 0, true);
    run(b);
    g_assert_cmphex(rd(b, 0, 4), ==, HALTED);
    g_assert_cmphex(rd(b, LAUNCHED_RETURNED, 8), ==, 0x0000000400000004);
    for (unsigned i = 0; i < 0x1000; i++) {
        g_assert_cmphex(b->mem[0x3800 + i], ==, 0x5a);
    }
    bench_free(b);
}

static void test_sum_and_fill(void)
{
    struct bench *b = bench_new();

    b->mem[0x100] = 7;
    b->pend = 1;
    launch(b, 0, SUM64, MEM_BASE + 0x100, MEM_BASE + 0x107, 0);
    run(b);
    end_pending(b, 0, true);
    run(b);
    g_assert_cmphex(rd(b, 0, 4), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48, 8), ==, 7);
    b->pend = 1;
    launch(b, 0, RAND48, 0x105000, 0x105003, 0);
    run(b);
    g_assert_cmphex(b->mem[0x5000], ==, 0);
    end_pending(b, 0, true);
    run(b);
    g_assert_cmphex(rd(b, 0, 4), ==, HALTED);
    g_assert_cmphex(b->mem[0x5000], !=, 0);
    bench_free(b);
}

/* An abort after the wait ends the command, with the address and the MSI. */
static void test_abort(void)
{
    struct bench *b = bench_new();

    wr(b, 0x10, 1, 8);
    wr(b, 0x18, 5, 4);
    b->pend = 1;
    launch(b, 0, SUM64, MEM_BASE + 0x2000, MEM_BASE + 0x3fff, 0);
    run(b);
    g_assert_cmpuint(b->msis, ==, 0);
    end_pending(b, 0, false);
    run(b);
    g_assert_cmphex(rd(b, 0, 4), ==, ERROR);
    g_assert_cmphex(rd(b, 0x50, 8), ==, MEM_BASE + 0x2000);
    g_assert_cmphex(rd(b, LAUNCHED_RETURNED, 8), ==, 0x0000000100000001);
    g_assert_cmpuint(b->msis, ==, 1);
    g_assert_cmpuint(b->vector, ==, 5);
    bench_free(b);
}

/* Others go on meanwhile; several wait, each with data of its own, and end in
 * any order. */
static void test_order(void)
{
    static const unsigned order[] = { 1, 1, 0 }; /* frame 1, 2, 0 */
    struct bench *b = bench_new();

    for (unsigned i = 0; i < 4; i++) {
        b->mem[0x1000 * i] = (uint8_t)(10 + i);
    }
    b->pend = 3;
    for (unsigned i = 0; i < 4; i++) {
        launch(b, i, SUM64, MEM_BASE + 0x1000 * i,
               MEM_BASE + 0x1000 * i + (i == 3 ? 0x2fff : 7), 0);
    }
    run(b);
    g_assert_cmphex(rd(b, FRAME(3), 4), ==, HALTED);
    g_assert_cmphex(rd(b, FRAME(3) + 0x48, 8), ==, 13);
    for (unsigned i = 0; i < 3; i++) {
        unsigned frame = b->pending[order[i]].frame;

        g_assert_cmphex(rd(b, FRAME(frame), 4), ==, SUM64);
        end_pending(b, order[i], true);
        run(b);
        g_assert_cmphex(rd(b, FRAME(frame), 4), ==, HALTED);
        g_assert_cmphex(rd(b, FRAME(frame) + 0x48, 8), ==, 10 + frame);
    }
    bench_free(b);
}

/* A reset gives up what waits, once each, and what is inside dma(). */
static void test_reset(void)
{
    struct bench *b = bench_new();

    b->pend = 2;
    launch(b, 3, SUM64, MEM_BASE, MEM_BASE + 7, 0);
    launch(b, 5, SUM64, MEM_BASE, MEM_BASE + 7, 0);
    run(b);
    smmu3_engine_reset(b->e);
    g_assert_cmpuint(b->n_cancelled, ==, 2);
    g_assert_cmpuint(b->cancelled[0], ==, 3);
    g_assert_cmpuint(b->cancelled[1], ==, 5);
    g_assert_cmphex(rd(b, FRAME(3), 4), ==, HALTED);
    g_assert_false(smmu3_engine_run(b->e));
    smmu3_engine_reset(b->e);
    g_assert_cmpuint(b->n_cancelled, ==, 2);
    /* The frames work as before. */
    launch(b, 3, SUM64, MEM_BASE, MEM_BASE + 7, 0);
    run(b);
    g_assert_cmphex(rd(b, FRAME(3), 4), ==, HALTED);
    b->reset_at_dma = true;
    launch(b, 7, SUM64, MEM_BASE, MEM_BASE + 7, 0);
    run(b);
    g_assert_cmpuint(b->n_cancelled, ==, 3);
    g_assert_cmpuint(b->cancelled[2], ==, 7);
    bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/pending/copy", test_copy);
    g_test_add_func("/engine/pending/sum-and-fill", test_sum_and_fill);
    g_test_add_func("/engine/pending/abort", test_abort);
    g_test_add_func("/engine/pending/order", test_order);
    g_test_add_func("/engine/pending/reset", test_reset);
    return g_test_run();
}
