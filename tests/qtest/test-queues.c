/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queue indices, sizes, overflow, aborted writes, and the interrupts that
 * follow, seen at the GIC (3.5, 3.18, 7.2, 7.4).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull

/* One event: the engine's stream has no valid STE. */
static void fault(SmmuQtest *t)
{
    g_assert_false(dma_read(t, VA, NULL));
}

static void set_eventq(SmmuQtest *t, uint64_t base, unsigned log2,
                       unsigned effective, uint32_t index)
{
    smmu_cr0(t, 0x9);
    w64(t, EVENTQ_BASE, base | log2);
    w32(t, EVENTQ_PROD, index);
    w32(t, EVENTQ_CONS, index);
    smmu_cr0(t, 0xd);
    t->eventq = base;
    t->eventq_log2 = effective;
    t->event_cons = index;
}

static void set_cmdq(SmmuQtest *t, unsigned log2, unsigned effective,
                     uint32_t index)
{
    smmu_cr0(t, 0x5);
    w64(t, CMDQ_BASE, t->cmdq | log2);
    w32(t, CMDQ_PROD, index);
    w32(t, CMDQ_CONS, index);
    smmu_cr0(t, 0xd);
    t->cmdq_log2 = effective;
    t->cmd_prod = index;
}

/* Each size: the wrap bit is at LOG2SIZE, and nothing above it. */
static void test_cmdq_wrap(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned log2 = 0; log2 <= 6; log2++) {
        uint32_t mask = (2u << log2) - 1;

        set_cmdq(t, log2, log2, 0);
        for (uint32_t i = 1; i <= 2 * mask + 3; i++) {
            cmd_push(t, OP_SYNC, 0);
            g_assert_true(cmd_drain(t));
            g_assert_cmphex(r32(t, CMDQ_CONS), ==, i & mask);
        }
    }
    machine_stop(t);
}

/* A whole queue at once, by one PROD write that wraps; full and then empty.
 */
static void test_cmdq_full(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < 64; i++) {
        mem_w64(t, t->cmdq + i * 16, OP_SYNC);
    }
    set_cmdq(t, 6, 6, 40);
    t->cmd_prod = 40 ^ 64;
    w32(t, CMDQ_PROD, t->cmd_prod);
    g_assert_true(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 40 ^ 64);
    machine_stop(t);
}

/* Many commands: some are done at once, the rest soon after, all in order.
 * The last is illegal, so the stop shows that none was skipped. */
static void test_cmdq_long(void)
{
    SmmuQtest *t = smmu_start();
    const unsigned n = 1u << 16;
    uint64_t *entries = g_new0(uint64_t, 2 * n);

    for (unsigned i = 0; i < n; i++) {
        entries[2 * i] = GUINT64_TO_LE(i == n - 1 ? 0xff : OP_CFGI_STE);
    }
    t->cmdq = ram_alloc(t, n * 16, n * 16);
    qtest_bufwrite(t->qts, t->cmdq, entries, n * 16);
    set_cmdq(t, 16, 16, 0);
    t->cmd_prod = n; /* full */
    w32(t, CMDQ_PROD, n);
    /* The write itself does a bounded share. */
    g_assert_cmpuint(r32(t, CMDQ_CONS), <, n / 2);
    g_assert_false(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 1 << 24 | (n - 1));
    g_free(entries);
    machine_stop(t);
}

/* LOG2SIZE above what IDR1 says reads back as written, and acts as 19. */
static void test_size_clamp(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t big = ram_alloc(t, 32u << 19, 32u << 19);

    set_eventq(t, big, 31, 19, 0);
    g_assert_cmphex(r64(t, EVENTQ_BASE) & 31, ==, 31);
    set_eventq(t, big, 31, 19, 0x7ffff);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x80000);
    expect_event(t, EV_CFG(C_BAD_STE));
    set_eventq(t, big, 20, 19, 0xfffff);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0);
    expect_event(t, EV_CFG(C_BAD_STE));

    t->cmdq = big;
    mem_w64(t, big + 0x7ffffull * 16, OP_SYNC);
    set_cmdq(t, 24, 19, 0x7ffff);
    t->cmd_prod = 0x80000;
    w32(t, CMDQ_PROD, 0x80000);
    g_assert_true(cmd_drain(t));
    machine_stop(t);
}

/* A smaller LOG2SIZE cuts the index that the SMMU owns. */
static void test_index_cut(void)
{
    SmmuQtest *t = smmu_start();

    smmu_cr0(t, 0);
    w64(t, CMDQ_BASE, t->cmdq | 10);
    w64(t, EVENTQ_BASE, t->eventq | 10);
    w32(t, CMDQ_CONS, 0x7ff);
    w32(t, EVENTQ_PROD, 0x7ff);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0x7ff);
    w64(t, CMDQ_BASE, t->cmdq | 4);
    w64(t, EVENTQ_BASE, t->eventq | 4);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0x1f);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x1f);
    machine_stop(t);
}

static void test_eventq_wrap(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned log2 = 0; log2 <= 5; log2++) {
        uint32_t mask = (2u << log2) - 1;

        set_eventq(t, t->eventq, log2, log2, 0);
        for (uint32_t i = 1; i <= 2 * mask + 3; i++) {
            fault(t);
            g_assert_cmphex(r32(t, EVENTQ_PROD), ==, i & mask);
            expect_event(t, EV_CFG(C_BAD_STE));
        }
    }
    machine_stop(t);
}

/* Bits of CONS above the wrap bit do not count. */
static void test_cons_high_bits(void)
{
    SmmuQtest *t = smmu_start();

    set_eventq(t, t->eventq, 1, 1, 0);
    w32(t, EVENTQ_CONS, 0xffff0);
    fault(t);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 2);
    w32(t, CMDQ_PROD, 0xfff80); /* index 0, wrap 0 with LOG2SIZE 6 */
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0);
    machine_stop(t);
}

/* OVFLG toggles once until acknowledged; what was recorded stays. */
static void test_overflow(void)
{
    SmmuQtest *t = smmu_start();

    set_eventq(t, t->eventq, 2, 2, 0);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_false(dma_read(t, VA + i * 0x1000, NULL));
    }
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 4);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x80000004);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x80000004);
    /* Space again: unacknowledged overflow does not stop records. */
    expect_event(t, EV_CFG(C_BAD_STE));
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x80000005);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x80000005);
    /* Acknowledged: the next loss toggles it back. */
    t->event_cons |= 0x80000000u;
    w32(t, EVENTQ_CONS, t->event_cons);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x00000005);
    g_assert_cmphex(r32(t, EVENTQ_CONS), ==, 0x80000001);
    g_assert_cmphex(r32(t, GERROR), ==, 0);
    machine_stop(t);
}

/* A disabled queue drops events without a flag. */
static void test_eventq_off(void)
{
    SmmuQtest *t = smmu_start();

    smmu_cr0(t, 0x9);
    fault(t);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0);
    smmu_cr0(t, 0xd);
    expect_no_event(t);
    fault(t);
    expect_event(t, EV_CFG(C_BAD_STE));
    machine_stop(t);
}

/* An aborted write: EVENTQ_ABT_ERR once, PROD stays, nothing until it is
 * acknowledged, and no overflow. */
static void test_eventq_abort(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t good = t->eventq;

    set_eventq(t, HOLE, 4, 4, 0);
    fault(t);
    g_assert_cmphex(r32(t, GERROR), ==, 4);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0);
    fault(t);
    g_assert_cmphex(r32(t, GERROR), ==, 4);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0);
    set_eventq(t, good, 4, 4, 0);
    fault(t);
    expect_no_event(t); /* still active */
    w32(t, GERRORN, 4);
    fault(t);
    expect_event(t, EV_CFG(C_BAD_STE));
    g_assert_cmphex(r32(t, GERROR), ==, 4);
    machine_stop(t);
}

/* Event queue interrupt: empty to non-empty alone, and only if enabled. */
static void test_irq_eventq(void)
{
    SmmuQtest *t = smmu_start();

    gic_setup(t);
    fault(t);
    g_assert_true(gic_wait(t, SPI_EVENTQ));
    fault(t);
    g_assert_false(gic_take(t, SPI_EVENTQ));
    expect_event(t, EV_CFG(C_BAD_STE));
    fault(t);
    g_assert_false(gic_take(t, SPI_EVENTQ));
    expect_event(t, EV_CFG(C_BAD_STE));
    expect_event(t, EV_CFG(C_BAD_STE));
    fault(t);
    g_assert_true(gic_wait(t, SPI_EVENTQ));
    expect_event(t, EV_CFG(C_BAD_STE));

    w32(t, IRQ_CTRL, 0x1);
    fault(t);
    g_assert_false(gic_take(t, SPI_EVENTQ));
    /* Enabling raises nothing for what happened before. */
    w32(t, IRQ_CTRL, 0x5);
    g_assert_false(gic_take(t, SPI_EVENTQ));
    g_assert_false(gic_take(t, SPI_PRIQ));
    g_assert_false(gic_take(t, SPI_CMDQ_SYNC));
    g_assert_false(gic_take(t, SPI_GERROR));
    machine_stop(t);
}

/* SYNC with CS = 1 pulses, whatever IRQ_CTRL says; CS = 0 and 2 do not. */
static void test_irq_sync(void)
{
    SmmuQtest *t = smmu_start();

    gic_setup(t);
    for (unsigned on = 0; on < 2; on++) {
        w32(t, IRQ_CTRL, on ? 0x5 : 0);
        for (unsigned cs = 0; cs < 3; cs++) {
            cmd_push(t, OP_SYNC | cs << 12, 0);
            g_assert_true(cmd_drain(t));
            if (cs == 1) {
                g_assert_true(gic_wait(t, SPI_CMDQ_SYNC));
            } else {
                g_assert_false(gic_take(t, SPI_CMDQ_SYNC));
            }
        }
    }
    g_assert_false(gic_take(t, SPI_EVENTQ));
    machine_stop(t);
}

/* GERROR: each time an error becomes active, and only if enabled. */
static void test_irq_gerror(void)
{
    SmmuQtest *t = smmu_start();

    gic_setup(t);
    cmd_push(t, 0xff, 0);
    g_assert_false(cmd_drain(t));
    g_assert_true(gic_wait(t, SPI_GERROR));
    w32(t, GERRORN, 1); /* the same command again */
    g_assert_false(cmd_drain(t));
    g_assert_true(gic_wait(t, SPI_GERROR));
    w32(t, IRQ_CTRL, 0x4);
    w32(t, GERRORN, 0);
    g_assert_false(cmd_drain(t));
    g_assert_false(gic_take(t, SPI_GERROR));
    w32(t, IRQ_CTRL, 0x5);
    g_assert_false(gic_take(t, SPI_GERROR));

    set_eventq(t, HOLE, 4, 4, 0);
    fault(t);
    g_assert_true(gic_wait(t, SPI_GERROR));
    g_assert_false(gic_take(t, SPI_EVENTQ));
    machine_stop(t);
}

/* STE.MEV = 1: a record like the newest one is that one, until it is taken
 * (7.3.1); MEV = 0: one for each. */
static void test_merge(void)
{
    SmmuQtest *t = smmu_start();
    const uint64_t va = 0x7654000;
    Context c;

    gic_setup(t);
    context_init(&c, t, 1, 12);
    put(c.ste, 83, 83, 1);
    context_commit(&c);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_false(dma_read(t, va, NULL));
    }
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 1);
    g_assert_true(gic_wait(t, SPI_EVENTQ));
    expect_event(t, EV(F_TRANSLATION, va, .rnw = true));
    /* Taken, another kind of access, another address. */
    g_assert_false(dma_read(t, va, NULL));
    g_assert_false(dma_write(t, va));
    g_assert_false(dma_read(t, va + 8, NULL));
    expect_event(t, EV(F_TRANSLATION, va, .rnw = true));
    expect_event(t, EV(F_TRANSLATION, va));
    expect_event(t, EV(F_TRANSLATION, va + 8, .rnw = true));
    expect_no_event(t);
    put(c.ste, 83, 83, 0);
    context_commit(&c);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_false(dma_read(t, va, NULL));
    }
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 8);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/queues/cmdq-wrap", test_cmdq_wrap);
    g_test_add_func("/queues/cmdq-full", test_cmdq_full);
    g_test_add_func("/queues/cmdq-long", test_cmdq_long);
    g_test_add_func("/queues/size-clamp", test_size_clamp);
    g_test_add_func("/queues/index-cut", test_index_cut);
    g_test_add_func("/queues/eventq-wrap", test_eventq_wrap);
    g_test_add_func("/queues/cons-high-bits", test_cons_high_bits);
    g_test_add_func("/queues/overflow", test_overflow);
    g_test_add_func("/queues/eventq-off", test_eventq_off);
    g_test_add_func("/queues/eventq-abort", test_eventq_abort);
    g_test_add_func("/queues/irq-eventq", test_irq_eventq);
    g_test_add_func("/queues/irq-sync", test_irq_sync);
    g_test_add_func("/queues/irq-gerror", test_irq_gerror);
    g_test_add_func("/queues/merge", test_merge);
    return g_test_run();
}
