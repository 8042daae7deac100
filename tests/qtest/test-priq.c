/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PRI queue as a driver sees it (8; D.10), and as a hostile one abuses it.
 */
#include "ats.h"

#define ALL ",ats=on,pri=on"

/* Every page request of the engine misses: nothing is mapped at VA. */
static void start(Bench *b, const char *props)
{
    bench_start(b, props);
    gic_setup(b->t);
    gic_edge(b->t, SPI_PRIQ);
    w32(b->t, IRQ_CTRL, 7);
    pri_enable(b, 32);
    unmap(b, VA);
}

static void expect_end(Bench *b, unsigned frame, uint32_t state)
{
    EngineOp op = { .frame = frame };

    g_assert_cmphex(engine_wait(b->t, &op), ==, state);
}

/* One on empty to non-empty; with LO = 1, one for each request with Last. */
static void test_interrupts(void)
{
    uint64_t w[2], w2[2];
    Bench b;

    start(&b, ALL);
    launch(&b, 0, false, VA);
    g_assert_true(gic_wait(b.t, SPI_PRIQ));
    launch(&b, 1, false, VA);
    while ((r32(b.t, PRIQ_PROD) & 0xff) != 2) {
        g_usleep(1000);
    }
    g_assert_false(gic_take(b.t, SPI_PRIQ));
    g_assert_true(priq_pop(&b, w));
    g_assert_true(priq_pop(&b, w2));
    pri_resp(&b, w, 1);
    pri_resp(&b, w2, 1);
    expect_end(&b, 0, ENG_ERROR);
    expect_end(&b, 1, ENG_ERROR);

    w32(b.t, IRQ_CTRL, 5);
    w32(b.t, PRIQ_IRQ_CFG2, 0x80000000);
    w32(b.t, IRQ_CTRL, 7);
    for (unsigned i = 0; i < 2; i++) {
        launch(&b, i, false, VA);
        g_assert_true(gic_wait(b.t, SPI_PRIQ));
    }
    /* Disabled: none. */
    w32(b.t, IRQ_CTRL, 5);
    launch(&b, 2, false, VA);
    while ((r32(b.t, PRIQ_PROD) & 0xff) != 5) {
        g_usleep(1000);
    }
    g_assert_false(gic_take(b.t, SPI_PRIQ));
    g_assert_false(gic_take(b.t, SPI_EVENTQ));
    g_assert_false(gic_take(b.t, SPI_GERROR));
    machine_stop(b.t);
}

/* data: where the queue lies; nobody can write there */
static void test_abort(const void *data)
{
    uint64_t where = *(const uint64_t *)data;
    uint64_t w[2];
    Bench b;

    start(&b, ALL);
    smmu_cr0(b.t, 0x1d);
    w64(b.t, PRIQ_BASE, where | PRIQ_LOG2);
    smmu_cr0(b.t, 0x1f);
    expect_failure(&b, false, VA, USE_PRI, WHY_FAILURE);
    g_assert_cmphex(r32(b.t, GERROR) ^ r32(b.t, GERRORN), ==, 8);
    g_assert_true(gic_wait(b.t, SPI_GERROR));
    g_assert_cmphex(r32(b.t, PRIQ_PROD), ==, 0);
    g_assert_false(gic_take(b.t, SPI_PRIQ));
    /* The error is active: nothing is written, wherever. */
    smmu_cr0(b.t, 0x1d);
    w64(b.t, PRIQ_BASE, b.priq | PRIQ_LOG2);
    smmu_cr0(b.t, 0x1f);
    pri_enable(&b, 0);
    pri_enable(&b, 32);
    expect_failure(&b, false, VA, USE_PRI, WHY_FAILURE);
    g_assert_cmphex(mem_r64(b.t, b.priq), ==, 0);
    /* Acknowledged: it works. */
    w32(b.t, GERRORN, r32(b.t, GERROR));
    pri_enable(&b, 0);
    pri_enable(&b, 32);
    launch(&b, 0, false, VA);
    g_assert_true(priq_pop(&b, w));
    context_map(&b.c, VA, b.pa);
    pri_resp(&b, w, 2);
    expect_end(&b, 0, ENG_HALTED);
    machine_stop(b.t);
}

/* PROD and CONS of no queue: full, never beyond it. */
static void test_nonsense(void)
{
    static const uint32_t cons[] = { 1, 0x1f, 0xfffff, 0x7fffffff };
    Bench b;

    start(&b, ALL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cons); i++) {
        smmu_cr0(b.t, 0x1d);
        w32(b.t, PRIQ_PROD, i & 1 ? 0xffffffff : 0);
        w32(b.t, PRIQ_CONS, cons[i] | (i & 1 ? 0x80000000 : 0));
        smmu_cr0(b.t, 0x1f);
        for (unsigned f = 0; f < 8; f++) {
            launch(&b, f, f & 1, VA);
        }
        for (unsigned f = 0; f < 8; f++) {
            qtest_readl(b.t->qts, ENGINE_BAR + 128 * f);
        }
        g_assert_cmphex(r32(b.t, PRIQ_PROD) & 0x7fffffe0, ==, 0);
    }
    /* Nothing but the 16 entries was written. */
    for (unsigned i = 16 << PRIQ_LOG2; i < 0x1000; i += 8) {
        g_assert_cmphex(mem_r64(b.t, b.priq + i), ==, 0);
    }
    machine_stop(b.t);
}

/* PASIDs in requests, in responses, and, with PPS = 1, in what the SMMU says
 * when the queue is full. */
static void test_pasid(void)
{
    EngineOp op = {
        .cmd = ENG_SUM64, .begin = VA, .end = VA + 7, .ssv = true, .ssid = 1
    };
    uint64_t cds, w[2];
    Bench b;

    start(&b, ALL ",pps=on,ssidsize=4,cd2l=off");
    /* S1CDMax = 1, S1DSS = 2 */
    cds = ram_alloc(b.t, 128, 128);
    for (unsigned i = 0; i < 16; i++) {
        mem_w64(b.t, cds + i * 8, b.c.cd[i % 8]);
    }
    b.c.ste[0] &= 0x3full;
    b.c.ste[0] |= cds;
    put(b.c.ste, 63, 59, 1);
    put(b.c.ste, 65, 64, 2);
    ste_write(b.t, ENGINE_SID, b.c.ste);
    cmd(b.t, OP_CFGI_STE | (uint64_t)ENGINE_SID << 32, 1);
    g_assert_cmphex(r32(b.t, IDR3) & 0x20, ==, 0x20);
    qtest_writel(b.t->qts, PCTRL, USE_PRI);
    engine_launch(b.t, &op);
    g_assert_true(priq_pop(&b, w));
    /* SSV, Last, Read */
    g_assert_cmphex(w[0], ==, 0xd000000100000000ull | ENGINE_SID);
    g_assert_cmphex(w[1] & ~0x1ffull, ==, VA);
    context_map(&b.c, VA, b.pa);
    pri_resp(&b, w, 2);
    g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    g_assert_cmphex(pri_status(&b), ==, 0x8000);

    /* A queue of one entry, which is taken. */
    smmu_cr0(b.t, 0x1d);
    w64(b.t, PRIQ_BASE, b.priq);
    w32(b.t, PRIQ_PROD, 1);
    w32(b.t, PRIQ_CONS, 0);
    smmu_cr0(b.t, 0x1f);
    op.begin += 0x1000;
    op.end += 0x1000;
    g_assert_cmphex(engine_run(b.t, &op), ==, ENG_ERROR);
    g_assert_cmpuint(why(&b), ==, WHY_GAVE_UP);
    /* It was Success with the PASID: no Unexpected PRG Index. */
    g_assert_cmphex(pri_status(&b), ==, 0x8000);
    g_assert_cmphex(r32(b.t, PRIQ_PROD), ==, 0x80000001);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* A message that meets no memory: GERROR tells, the entry is there (6.3.19). */
static void test_msi_abort(void)
{
    uint64_t w[2], pa;
    Bench b;

    start(&b, ALL ",msi=on");
    pa = ram_page(b.t);
    w32(b.t, IRQ_CTRL, 5);
    w64(b.t, PRIQ_IRQ_CFG0, HOLE);
    w32(b.t, PRIQ_IRQ_CFG0 + 8, 0xcafe0003);
    w32(b.t, PRIQ_IRQ_CFG2, 1); /* Device nGnRE */
    w32(b.t, IRQ_CTRL, 7);
    launch(&b, 0, false, VA);
    g_assert_true(priq_pop(&b, w));
    g_assert_true(gic_wait(b.t, SPI_GERROR));
    g_assert_cmphex(r32(b.t, GERROR), ==, 0x40);
    w32(b.t, GERRORN, 0x40);
    pri_resp(&b, w, 1);
    expect_end(&b, 0, ENG_ERROR);

    w32(b.t, IRQ_CTRL, 5);
    w64(b.t, PRIQ_IRQ_CFG0, pa + 4);
    w32(b.t, IRQ_CTRL, 7);
    launch(&b, 0, false, VA);
    g_assert_true(priq_pop(&b, w));
    for (unsigned i = 0; i < 1000 && !mem_r64(b.t, pa); i++) {
    }
    g_assert_cmphex(mem_r64(b.t, pa), ==, 0xcafe000300000000);
    g_assert_cmphex(r32(b.t, GERROR), ==, 0x40);
    g_assert_false(gic_take(b.t, SPI_GERROR));
    machine_stop(b.t);
    /* Without MSI there is no address to write to. */
    start(&b, ALL);
    w32(b.t, IRQ_CTRL, 5);
    w64(b.t, PRIQ_IRQ_CFG0, HOLE);
    g_assert_cmphex(r64(b.t, PRIQ_IRQ_CFG0), ==, 0);
    machine_stop(b.t);
}

/* IDR0.PRI = 0: each page request is answered with Response Failure; there is
 * no queue, no interrupt and no CMD_PRI_RESP. */
static void test_absent(void)
{
    Bench b;

    bench_start(&b, ",ats=on");
    g_assert_cmphex(r32(b.t, IDR0) & 0x10400, ==, 0x400);
    g_assert_cmphex(r64(b.t, PRIQ_BASE), ==, 0);
    w32(b.t, CR0, 0x1f);
    g_assert_cmphex(r32(b.t, CR0ACK), ==, 0x1d);
    w32(b.t, IRQ_CTRL, 7);
    g_assert_cmphex(r32(b.t, IRQ_CTRL), ==, 5);
    pri_enable(&b, 32);
    expect_read(&b, VA, MAGIC);
    atc_inv(&b, 0, 52);
    unmap(&b, VA);
    expect_failure(&b, false, VA, USE_PRI, WHY_FAILURE);
    g_assert_cmphex(pri_status(&b), ==, 0x8101);
    g_assert_cmphex(r32(b.t, PRIQ_PROD), ==, 0);
    g_assert_cmphex(mem_r64(b.t, b.priq), ==, 0);
    g_assert_cmphex(r32(b.t, GERROR), ==, 0);
    cmd_illegal(b.t, OP_PRI_RESP | (uint64_t)ENGINE_SID << 32, 0x2000);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* A queue of one entry, which is taken; the SMMU answers a read with a PASID
 * with Success. data: PPAR. With the PASID, the function asks again until it
 * gives up; without, nobody asked (UPRGI), and it goes on waiting. */
static void test_ppar(const void *data)
{
    unsigned ppar = GPOINTER_TO_UINT(data);
    gint64 until = g_get_monotonic_time() + 5 * G_TIME_SPAN_SECOND;
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = VA + 0x1000,
                    .end = VA + 0x1007,
                    .ssv = true,
                    .ssid = 1 };
    uint64_t cds;
    Bench b;

    start(&b, ALL ",ssidsize=4");
    g_assert_cmphex(r32(b.t, IDR3) & 0x20, ==, 0); /* PPS */
    cds = ram_alloc(b.t, 128, 128);
    for (unsigned i = 0; i < 16; i++) {
        mem_w64(b.t, cds + i * 8, b.c.cd[i % 8]);
    }
    b.c.ste[0] = (b.c.ste[0] & 0x3f) | cds;
    put(b.c.ste, 63, 59, 1);
    put(b.c.ste, 82, 82, ppar);
    ste_write(b.t, ENGINE_SID, b.c.ste);
    cmd(b.t, OP_CFGI_STE | (uint64_t)ENGINE_SID << 32, 1);
    smmu_cr0(b.t, 0x1d);
    w64(b.t, PRIQ_BASE, b.priq);
    w32(b.t, PRIQ_PROD, 1);
    w32(b.t, PRIQ_CONS, 0);
    smmu_cr0(b.t, 0x1f);
    qtest_writel(b.t->qts, PCTRL, USE_PRI);
    engine_launch(b.t, &op);
    if (ppar) {
        g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_ERROR);
        g_assert_cmpuint(why(&b), ==, WHY_GAVE_UP);
        g_assert_cmphex(pri_status(&b), ==, 0x8000);
    } else {
        while (pri_status(&b) == 0x8000) {
            g_assert_cmpint(g_get_monotonic_time(), <, until);
        }
        g_assert_cmphex(pri_status(&b), ==, 0x8002);
        g_assert_cmphex(qtest_readl(b.t->qts, ENGINE_BAR), ==, ENG_SUM64);
    }
    g_assert_cmphex(r32(b.t, PRIQ_PROD), ==, 0x80000001);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* SMMUEN = 0 makes PRIQEN ineffective. */
static void test_disabled(void)
{
    Bench b;

    start(&b, ALL);
    smmu_cr0(b.t, 0x1e);
    g_assert_cmphex(r32(b.t, CR0ACK), ==, 0x1e);
    w64(b.t, PRIQ_BASE, 0);
    g_assert_cmphex(r64(b.t, PRIQ_BASE), ==, b.priq | PRIQ_LOG2);
    g_assert_cmphex(r32(b.t, PRIQ_PROD), ==, 0);
    machine_stop(b.t);
}

int main(int argc, char **argv)
{
    static const uint64_t nowhere = HOLE, registers = SMMU_BASE;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/priq/interrupts", test_interrupts);
    g_test_add_data_func("/priq/abort/nowhere", &nowhere, test_abort);
    g_test_add_data_func("/priq/abort/own-registers", &registers, test_abort);
    g_test_add_func("/priq/nonsense", test_nonsense);
    g_test_add_func("/priq/pasid", test_pasid);
    g_test_add_func("/priq/msi-abort", test_msi_abort);
    g_test_add_func("/priq/absent", test_absent);
    g_test_add_data_func("/priq/ppar/0", GUINT_TO_POINTER(0), test_ppar);
    g_test_add_data_func("/priq/ppar/1", GUINT_TO_POINTER(1), test_ppar);
    g_test_add_func("/priq/disabled", test_disabled);
    return g_test_run();
}
