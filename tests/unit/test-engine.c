/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test engine's frames: access, misconfiguration, attributes, reset.
 * Tests only. Offsets and values are literals of the engine's interface.
 */
#include "engine-bench.h"

static void test_reset_state(void)
{
    struct bench *b = bench_new();

    for (uint32_t pair = 0; pair < 2; pair++) {
        for (uint32_t frame = 0; frame < 512; frame += 511) {
            uint32_t u = pair * 0x20000 + frame * 128;

            g_assert_cmphex(rd(b, u, 4), ==, HALTED);
            for (uint32_t i = 8; i < 128; i += 8) {
                g_assert_cmphex(rd(b, u + i, 8), ==, 0);
            }
            g_assert_cmphex(rd(b, u + PRIV, 8), ==, 1);
            g_assert_cmphex(rd(b, u + PRIV + 8, 8), ==, 0xffffffff00000000ull);
        }
    }
    g_assert_cmphex(rd(b, 0x40000, 4), ==, 0);
    bench_free(b);
}

static void test_access_sizes(void)
{
    struct bench *b = bench_new();

    wr(b, 0x28, 0x1122334455667788ull, 8);
    g_assert_cmphex(rd(b, 0x28, 1), ==, 0x88);
    g_assert_cmphex(rd(b, 0x2a, 2), ==, 0x5566);
    g_assert_cmphex(rd(b, 0x2c, 4), ==, 0x11223344);
    wr(b, 0x29, 0xaa, 1);
    wr(b, 0x2e, 0xbbcc, 2);
    g_assert_cmphex(rd(b, 0x28, 8), ==, 0xbbcc33445566aa88ull);
    /* The other pages and frames are others. */
    g_assert_cmphex(rd(b, 0x28 + 0x80, 8), ==, 0);
    g_assert_cmphex(rd(b, 0x28 + PRIV, 8), ==, 0);
    g_assert_cmphex(rd(b, 0x28 + 0x20000, 8), ==, 0);
    /* An access that leaves its frame does nothing. */
    wr(b, 0x7c, ~0ull, 8);
    g_assert_cmphex(rd(b, 0x78, 8), ==, 0);
    g_assert_cmphex(rd(b, 0x7c, 8), ==, 0);
    /* The command wants four bytes; the counters and SSD_NS are read-only. */
    wr(b, 0x00, RAND48, 1);
    wr(b, 0x00, 0x1234567800000003ull, 8);
    g_assert_cmphex(rd(b, 0x00, 8), ==, 0x1234567800000001ull);
    wr(b, 0x08, ~0ull, 8);
    g_assert_cmphex(rd(b, 0x08, 8), ==, 0);
    wr(b, PRIV, 0xffffff00, 4);
    g_assert_cmphex(rd(b, PRIV, 4), ==, 0xffffff01);
    g_assert_cmpuint(b->kicks, ==, 0);
    bench_free(b);
}

static void test_commands(void)
{
    struct bench *b = bench_new();

    g_assert_cmphex(start(b, 0, 0, 0, 0, 0), ==, HALTED);
    g_assert_cmphex(start(b, 5, MEM_BASE, MEM_BASE, 1, 0), ==, MISCONFIGURED);
    g_assert_cmphex(start(b, 1, 0, 0, 0, 0), ==, HALTED);
    g_assert_cmphex(start(b, 0xfffffffd, 0, 0, 0, 0), ==, MISCONFIGURED);
    g_assert_cmphex(start(b, ERROR, 0, 0, 0, 0), ==, ERROR);
    g_assert_cmphex(start(b, SUM64, MEM_BASE, MEM_BASE + 7, 1, 0), ==, SUM64);
    g_assert_cmpuint(b->kicks, ==, 1);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmpuint(b->transactions, ==, 1);
    bench_free(b);
}

/* One field wrong at a time: seen at once, and nothing is done. */
static void test_misconfigured(void)
{
    static const struct {
        uint32_t cmd;
        uint64_t begin, end, stride;
    } ranges[] = {
        { RAND48, MEM_BASE, MEM_BASE + 63, 0 },
        { RAND48, MEM_BASE, MEM_BASE + 63, 4 },
        { RAND48, MEM_BASE, MEM_BASE + 63, 12 },
        { RAND48, MEM_BASE + 1, MEM_BASE, 1 },
        { RAND48, 7, 0xfffffffffffffff8ull, 1 },
        { RAND48, 7, 0xfffffffffffffff8ull, 8 },
        { SUM64, MEM_BASE + 4, MEM_BASE + 63, 1 },
        { SUM64, MEM_BASE, MEM_BASE + 62, 1 },
        { SUM64, MEM_BASE, MEM_BASE + 62, 8 },
    };
    static const struct {
        uint32_t offset, value;
        unsigned size;
    } fields[] = {
        { 0x10, 2, 8 },          { 0x18, 2048, 4 },
        { PRIV + 4, 1, 4 },      { PRIV + 0xc, 0x100000, 4 },
        { 0x20, 0x02f4ffff, 4 }, { 0x20, 0x028fffff, 4 },
        { 0x20, 0xc2ffffff, 4 }, { 0x20, 0x02dfffff, 4 },
    };
    struct bench *b = bench_new();

    wr(b, 0x10, 1, 8);
    for (unsigned i = 0; i < G_N_ELEMENTS(ranges); i++) {
        g_assert_cmphex(start(b, ranges[i].cmd, ranges[i].begin, ranges[i].end,
                              ranges[i].stride, 0),
                        ==, MISCONFIGURED);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        uint64_t old = rd(b, fields[i].offset, fields[i].size);

        start(b, HALTED, MEM_BASE, MEM_BASE + 63, 1, 0);
        wr(b, fields[i].offset, fields[i].value, fields[i].size);
        wr(b, 0, RAND48, 4);
        g_assert_cmphex(rd(b, 0, 4), ==, MISCONFIGURED);
        wr(b, fields[i].offset, old, fields[i].size);
    }
    /* MEMCPY: a destination that wraps. */
    wr(b, 0x40, 0xffffffffffffffc1ull, 8);
    g_assert_cmphex(start(b, MEMCPY, MEM_BASE, MEM_BASE + 63, 1, 0), ==,
                    MISCONFIGURED);
    /* The half of the attributes that is not used is not looked at. */
    start(b, HALTED, MEM_BASE, MEM_BASE + 63, 1, 0);
    wr(b, 0x20, 0x02fff4f4, 4);
    wr(b, 0, RAND48, 4);
    g_assert_cmphex(rd(b, 0, 4), ==, RAND48);
    g_assert_cmpuint(b->transactions, ==, 0);
    g_assert_cmpuint(b->msis, ==, 0);
    bench_free(b);
}

static void test_running_ignores_writes(void)
{
    struct bench *b = bench_new();

    b->meddle = true;
    start(b, RAND48, MEM_BASE, MEM_BASE + 0x1fff, 1, 0);
    wr(b, 0x28, 0, 8);
    wr(b, 0x00, HALTED, 4);
    wr(b, PRIV + 0x0c, 9, 4);
    g_assert_cmphex(rd(b, 0x00, 4), ==, RAND48);
    g_assert_cmphex(finish(b), ==, HALTED);
    g_assert_cmpuint(b->transactions, ==, 2);
    g_assert_cmphex(rd(b, 0x28, 8), ==, MEM_BASE);
    g_assert_cmphex(rd(b, 0x30, 8), ==, MEM_BASE + 0x1fff);
    g_assert_cmphex(rd(b, PRIV + 0x0c, 4), ==, 0xffffffff);
    bench_free(b);
}

static void test_reset(void)
{
    struct bench *b = bench_new();

    wr(b, 0x10, 1, 8);
    b->reset_at_dma = true;
    start(b, RAND48, MEM_BASE, MEM_BASE + 0x3ffff, 1, 0);
    g_assert_false(smmu3_engine_run(b->e));
    g_assert_cmpuint(b->transactions, ==, 1);
    g_assert_cmpuint(b->msis, ==, 0);
    g_assert_cmphex(rd(b, 0, 8), ==, HALTED);
    g_assert_cmphex(rd(b, 0x08, 8), ==, 0);
    g_assert_cmphex(rd(b, 0x50, 8), ==, 0);

    b->reset_at_dma = false;
    b->reset_at_msi = true;
    b->fail_msi = true;
    wr(b, 0x10, 1, 8);
    start(b, SUM64, MEM_BASE, MEM_BASE + 7, 1, 0);
    g_assert_false(smmu3_engine_run(b->e));
    g_assert_cmpuint(b->msis, ==, 1);
    g_assert_cmphex(rd(b, 0, 8), ==, HALTED);
    bench_free(b);
}

static void test_attributes(void)
{
    static const struct {
        uint32_t half;
        uint8_t attr, sh;
    } cases[] = {
        { 0x0000, 0x00, 2 }, /* Device-nGnRnE */
        { 0x0010, 0x04, 2 }, { 0x0014, 0x08, 2 }, { 0x001c, 0x0c, 2 },
        { 0x0022, 0x44, 0 }, { 0x4033, 0x44, 3 }, /* ISH */
        { 0x80ff, 0xff, 2 },                      /* OSH, WB RA WA */
        { 0x0067, 0xae, 0 },                      /* WT RA, WB RA */
        { 0x00ba, 0xd9, 0 },                      /* WB WA, WT WA */
        { 0x30ff, 0x77, 0 },                      /* transient */
    };
    struct bench *b = bench_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        b->transactions = 0;
        wr(b, PRIV + 0x0c, 0xfffff, 4);
        start(b, HALTED, MEM_BASE, MEM_BASE + 7, 1, 0);
        wr(b, 0x40, MEM_BASE + 64, 8);
        wr(b, 0x20, cases[i].half | 0x05ffu << 16, 4);
        wr(b, 0, MEMCPY, 4);
        g_assert_cmphex(finish(b), ==, HALTED);
        g_assert_cmphex(b->log[0].attrs.attr, ==, cases[i].attr);
        g_assert_cmphex(b->log[0].attrs.sh, ==, cases[i].sh);
        g_assert_false(b->log[0].attrs.ind || b->log[0].attrs.pnu ||
                       b->log[0].attrs.ns);
        g_assert_true(b->log[0].attrs.ssv);
        g_assert_cmphex(b->log[0].attrs.ssid, ==, 0xfffff);
        /* The destination's own half: InD and PnU. */
        g_assert_true(b->log[1].attrs.ind && b->log[1].attrs.pnu);
        g_assert_cmphex(b->log[1].attrs.attr, ==, 0xff);
    }
    wr(b, PRIV + 0x0c, 0xffffffff, 4);
    b->transactions = 0;
    start(b, RAND48, MEM_BASE, MEM_BASE + 7, 1, 0);
    finish(b);
    g_assert_false(b->log[0].attrs.ssv);
    g_assert_true(b->log[0].attrs.ns);
    bench_free(b);
}

/* The platform form: a frame's StreamID is one of the engine's, and goes with
 * each transaction. */
static void test_streamids(void)
{
    static const struct {
        uint32_t sid;
        bool ok;
    } rows[] = {
        { 0xfffffffd, true }, { 0xffffffff, true }, { 0xfffffffc, false },
        { 0, false },         { 0xfffffffe, true },
    };
    struct bench *b = bench_new_platform(0xfffffffd, 3);

    g_assert_cmphex(rd(b, PRIV + 8, 4), ==, 0xfffffffd);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        unsigned before = b->transactions;
        uint32_t state;

        wr(b, PRIV + 8, rows[i].sid, 4);
        state = start(b, SUM64, MEM_BASE, MEM_BASE + 7, 1, 0);
        g_assert_cmphex(state, ==, rows[i].ok ? SUM64 : MISCONFIGURED);
        finish(b);
        g_assert_cmpuint(b->transactions - before, ==, rows[i].ok);
        if (rows[i].ok) {
            g_assert_cmphex(b->log[before].attrs.sid, ==, rows[i].sid);
        }
    }
    smmu3_engine_reset(b->e);
    g_assert_cmphex(rd(b, PRIV + 8, 4), ==, 0xfffffffd);
    bench_free(b);
    /* The PCIe form ignores it. */
    b = bench_new();
    g_assert_cmphex(rd(b, PRIV + 8, 4), ==, 0);
    wr(b, PRIV + 8, 7, 4);
    g_assert_cmphex(start(b, SUM64, MEM_BASE, MEM_BASE + 7, 1, 0), ==, SUM64);
    bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/reset-state", test_reset_state);
    g_test_add_func("/engine/access-sizes", test_access_sizes);
    g_test_add_func("/engine/commands", test_commands);
    g_test_add_func("/engine/misconfigured", test_misconfigured);
    g_test_add_func("/engine/running-ignores-writes",
                    test_running_ignores_writes);
    g_test_add_func("/engine/reset", test_reset);
    g_test_add_func("/engine/attributes", test_attributes);
    g_test_add_func("/engine/streamids", test_streamids);
    return g_test_run();
}
