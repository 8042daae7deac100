/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the STE: linear and two-level tables, their sizes and limits (5.1).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x123450000ull
#define FAR_BDF 0xf0u /* 00:1e.0 */
#define FAR_BAR 0x10400000u
#define FAR_ARGS "-device smmulator-engine,addr=1e.0"

typedef struct Bench {
    SmmuQtest *t;
    Context c;
    uint64_t l1, l2;
} Bench;

/* A working stream 0x10 and another 0xf0, in the linear table; and memory for
 * a two-level one, whose second-level table @l2 has stream 0x10's STE. */
static void bench_init(Bench *b)
{
    SmmuQtest *t = b->t = machine_start(NULL, FAR_ARGS);

    smmu_enable(t);
    engine_setup(t, FAR_BDF, FAR_BAR);
    quick_stage1(&b->c, t, VA);
    ste_write(t, FAR_BDF, b->c.ste);
    b->l1 = ram_page(t);
    b->l2 = ram_page(t);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, b->l2 + ENGINE_SID * 64 + i * 8, b->c.ste[i]);
    }
}

static void program(SmmuQtest *t, uint64_t base, uint32_t fmt, uint32_t split,
                    uint32_t log2)
{
    smmu_cr0(t, 0xc);
    w64(t, STRTAB_BASE, base);
    w32(t, STRTAB_BASE_CFG, fmt << 16 | split << 6 | log2);
    smmu_cr0(t, 0xd);
    cmd(t, OP_CFGI_STE_RANGE, 31);
}

static void check_ok(SmmuQtest *t, uint64_t engine)
{
    t->engine = engine;
    g_assert_true(dma_read(t, VA, NULL));
    expect_no_event(t);
}

static void check_event(SmmuQtest *t, uint64_t engine, unsigned num,
                        uint64_t address)
{
    t->engine = engine;
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, &(Event){ .num = num,
                              .sid = engine == FAR_BAR ? FAR_BDF : ENGINE_SID,
                              .ipa = address });
    expect_no_event(t);
}

/* LOG2SIZE is the limit of the table; SIDSIZE that of LOG2SIZE. */
static void test_linear_size(void)
{
    Bench b;

    bench_init(&b);
    program(b.t, b.t->strtab, 0, 0, 8);
    check_ok(b.t, ENGINE_BAR);
    check_ok(b.t, FAR_BAR);
    program(b.t, b.t->strtab, 0, 0, 7);
    check_ok(b.t, ENGINE_BAR);
    check_event(b.t, FAR_BAR, C_BAD_STREAMID, 0);
    program(b.t, b.t->strtab, 0, 0, 5);
    check_ok(b.t, ENGINE_BAR);
    program(b.t, b.t->strtab, 0, 0, 4);
    check_event(b.t, ENGINE_BAR, C_BAD_STREAMID, 0);
    program(b.t, b.t->strtab, 0, 0, 0);
    check_event(b.t, ENGINE_BAR, C_BAD_STREAMID, 0);
    machine_stop(b.t);
}

/* Without RECINVSID the abort is silent. */
static void test_recinvsid(void)
{
    Bench b;

    bench_init(&b);
    smmu_cr0(b.t, 0xc);
    w32(b.t, CR2, 0);
    program(b.t, b.t->strtab, 0, 0, 4);
    g_assert_false(dma_read(b.t, VA, NULL));
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* FMT = 2 and 3 are linear. */
static void test_reserved_fmt(void)
{
    Bench b;

    bench_init(&b);
    for (unsigned fmt = 2; fmt <= 3; fmt++) {
        program(b.t, b.t->strtab, fmt, 6, 8);
        check_ok(b.t, ENGINE_BAR);
    }
    machine_stop(b.t);
}

/* The base is aligned by the programmed LOG2SIZE, even beyond SIDSIZE. */
static void test_linear_alignment(void)
{
    Bench b;
    uint64_t big;

    bench_init(&b);
    program(b.t, b.t->strtab | 0x3fc0, 0, 0, 8);
    check_ok(b.t, ENGINE_BAR);
    /* LOG2SIZE = 18: 16 MiB, though only 2^16 entries can be used. */
    big = 0x42000000;
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(b.t, big + ENGINE_SID * 64 + i * 8, b.c.ste[i]);
    }
    program(b.t, big | 0x800000, 0, 0, 18);
    check_ok(b.t, ENGINE_BAR);
    machine_stop(b.t);
}

/* Each SPLIT, with StreamID 0xf0 where it belongs. */
static void test_split(void)
{
    static const struct {
        unsigned split, acts_as;
    } cases[] = { { 6, 6 }, { 8, 8 }, { 10, 10 }, { 0, 6 },
                  { 7, 6 }, { 9, 6 }, { 11, 6 },  { 31, 6 } };

    for (unsigned k = 0; k < G_N_ELEMENTS(cases); k++) {
        unsigned low = cases[k].acts_as;
        unsigned index = FAR_BDF >> low, in_l2 = FAR_BDF & ((1u << low) - 1);
        uint64_t table;
        Bench b;

        bench_init(&b);
        table = ram_alloc(b.t, 0x10000, 0x10000);
        for (unsigned i = 0; i < 8; i++) {
            mem_w64(b.t, table + in_l2 * 64 + i * 8, b.c.ste[i]);
        }
        mem_w64(b.t, b.l1 + index * 8, table | (low + 1));
        program(b.t, b.l1, 1, cases[k].split, 16);
        check_ok(b.t, FAR_BAR);
        machine_stop(b.t);
    }
}

/* Span: 0 and what exceeds SPLIT + 1 are invalid; else 2^(Span - 1). */
static void test_span(void)
{
    Bench b;

    bench_init(&b);
    for (unsigned span = 0; span < 32; span++) {
        bool ok = span >= 6 && span <= 7; /* entry 16 of at most 64 */

        mem_w64(b.t, b.l1, b.l2 | span);
        program(b.t, b.l1, 1, 6, 8);
        if (ok) {
            check_ok(b.t, ENGINE_BAR);
        } else {
            check_event(b.t, ENGINE_BAR, C_BAD_STREAMID, 0);
        }
    }
    machine_stop(b.t);
}

/* L2Ptr is aligned to the table's size: lower bits do not count. */
static void test_l2ptr_alignment(void)
{
    Bench b;

    bench_init(&b);
    mem_w64(b.t, b.l1, b.l2 | 0xfc0 | 7);
    program(b.t, b.l1, 1, 6, 8);
    check_ok(b.t, ENGINE_BAR);
    /* Bits [63:56] and [5] are RES0 and not part of the address. */
    mem_w64(b.t, b.l1, 0xff00000000000020ull | b.l2 | 7);
    program(b.t, b.l1, 1, 6, 8);
    check_ok(b.t, ENGINE_BAR);
    machine_stop(b.t);
}

/* LOG2SIZE limits the two-level table as well. */
static void test_two_level_size(void)
{
    Bench b;

    bench_init(&b);
    mem_w64(b.t, b.l1, b.l2 | 7);
    program(b.t, b.l1, 1, 6, 5);
    check_ok(b.t, ENGINE_BAR);
    program(b.t, b.l1, 1, 6, 4);
    check_event(b.t, ENGINE_BAR, C_BAD_STREAMID, 0);
    program(b.t, b.l1, 1, 6, 7);
    check_event(b.t, FAR_BAR, C_BAD_STREAMID, 0);
    machine_stop(b.t);
}

/* Aborted fetches: the address that was fetched, in each format. */
static void test_fetch_abort(void)
{
    Bench b;

    bench_init(&b);
    program(b.t, HOLE, 0, 0, 8);
    check_event(b.t, ENGINE_BAR, F_STE_FETCH, HOLE + ENGINE_SID * 64);
    program(b.t, HOLE, 1, 6, 8);
    check_event(b.t, FAR_BAR, F_STE_FETCH, HOLE + 3 * 8);
    mem_w64(b.t, b.l1, HOLE | 7);
    program(b.t, b.l1, 1, 6, 8);
    check_event(b.t, ENGINE_BAR, F_STE_FETCH, HOLE + ENGINE_SID * 64);
    /* An aborted fetch is not kept: no CFGI is needed (F.2). */
    mem_w64(b.t, b.l1, b.l2 | 7);
    cmd(b.t, OP_CFGI_STE | (uint64_t)ENGINE_SID << 32, 0);
    check_ok(b.t, ENGINE_BAR);
    machine_stop(b.t);
}

static void test_fetch_abort_not_cached(void)
{
    Bench b;

    bench_init(&b);
    program(b.t, HOLE, 0, 0, 8);
    check_event(b.t, ENGINE_BAR, F_STE_FETCH, HOLE + ENGINE_SID * 64);
    smmu_cr0(b.t, 0xc);
    w64(b.t, STRTAB_BASE, b.t->strtab);
    smmu_cr0(b.t, 0xd);
    check_ok(b.t, ENGINE_BAR);
    machine_stop(b.t);
}

/* A descriptor of the first level may be cached: Leaf = 0 drops it. */
static void test_l1_update(void)
{
    Bench b;

    bench_init(&b);
    mem_w64(b.t, b.l1, 0);
    program(b.t, b.l1, 1, 6, 8);
    check_event(b.t, ENGINE_BAR, C_BAD_STREAMID, 0);
    mem_w64(b.t, b.l1, b.l2 | 7);
    cmd(b.t, OP_CFGI_STE | (uint64_t)ENGINE_SID << 32, 0);
    check_ok(b.t, ENGINE_BAR);
    machine_stop(b.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/strtab/linear-size", test_linear_size);
    g_test_add_func("/strtab/recinvsid", test_recinvsid);
    g_test_add_func("/strtab/reserved-fmt", test_reserved_fmt);
    g_test_add_func("/strtab/linear-alignment", test_linear_alignment);
    g_test_add_func("/strtab/split", test_split);
    g_test_add_func("/strtab/span", test_span);
    g_test_add_func("/strtab/l2ptr-alignment", test_l2ptr_alignment);
    g_test_add_func("/strtab/two-level-size", test_two_level_size);
    g_test_add_func("/strtab/fetch-abort", test_fetch_abort);
    g_test_add_func("/strtab/fetch-abort-not-cached",
                    test_fetch_abort_not_cached);
    g_test_add_func("/strtab/l1-update", test_l1_update);
    return g_test_run();
}
