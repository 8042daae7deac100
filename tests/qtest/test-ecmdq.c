/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enhanced command queues in QEMU: where the wider register window lies, and
 * that a queue in it is consumed.
 * Tests only.
 */
#include "smmu-qtest.h"

#define ECMDQ ",msi=on,ecmdq=on"
/* The first place on the board that has room for 256 KiB. */
#define WIDE_BASE 0x09100000u
#define Q(n) (0x30000u + 0x2000u * (n))

static SmmuQtest *start(void)
{
    SmmuQtest *t = machine_start_with(ECMDQ, NULL, NULL);

    t->smmu = WIDE_BASE;
    return t;
}

static void test_consume(void)
{
    SmmuQtest *t = start();

    g_assert_cmphex(r32(t, IDR1) >> 31, ==, 1);
    g_assert_cmphex(r64(t, 0x4000), ==, 0x30003);
    for (unsigned n = 0; n < 8; n++) {
        uint64_t queue = ram_page(t);

        mem_w64(t, queue, OP_SYNC);
        w64(t, Q(n), queue | 4);
        w32(t, Q(n) + 8, 0x80000001);
        g_assert_cmphex(r32(t, Q(n) + 0xc), ==, 0x80000001);
    }
    machine_stop(t);
}

static void test_error(void)
{
    SmmuQtest *t = start();
    uint64_t queue = ram_page(t);

    w64(t, Q(2), queue | 4);
    w32(t, Q(2) + 8, 0x80000001);
    g_assert_cmphex(r32(t, Q(2) + 0xc), ==, 0x81800000);
    g_assert_cmphex(r32(t, GERROR), ==, 0x200);
    machine_stop(t);
}

/* Where nothing is: CERROR_ABT, at the command that could not be read. */
static void test_abort(void)
{
    SmmuQtest *t = start();

    w64(t, Q(1), HOLE | 4);
    w32(t, Q(1) + 8, 0x80000001);
    g_assert_cmphex(r32(t, Q(1) + 0xc), ==, 0x82800000);
    g_assert_cmphex(r32(t, GERROR), ==, 0x200);
    machine_stop(t);
}

/* ERRACK = ERR lets the queue go on; the next error toggles ERR back. */
static void test_recover(void)
{
    SmmuQtest *t = start();
    uint64_t queue = ram_page(t);

    w64(t, Q(3), queue | 4);
    w32(t, Q(3) + 8, 0x80000001);
    g_assert_cmphex(r32(t, Q(3) + 0xc), ==, 0x81800000);
    mem_w64(t, queue, OP_SYNC);
    w32(t, Q(3) + 8, 0x80000001); /* not acknowledged */
    g_assert_cmphex(r32(t, Q(3) + 0xc) & 0x808fffff, ==, 0x80800000);
    w32(t, Q(3) + 8, 0x80800001);
    g_assert_cmphex(r32(t, Q(3) + 0xc) & 0x808fffff, ==, 0x80800001);
    w32(t, Q(3) + 8, 0x80800002);
    g_assert_cmphex(r32(t, Q(3) + 0xc), ==, 0x81000001);
    machine_stop(t);
}

/* EN = 0: nothing is consumed. */
static void test_disabled(void)
{
    SmmuQtest *t = start();
    uint64_t queue = ram_page(t);

    mem_w64(t, queue, OP_SYNC);
    w64(t, Q(4), queue | 4);
    w32(t, Q(4) + 8, 0x00000001);
    g_assert_cmphex(r32(t, Q(4) + 0xc), ==, 0);
    w32(t, Q(4) + 8, 0x80000001);
    g_assert_cmphex(r32(t, Q(4) + 0xc), ==, 0x80000001);
    machine_stop(t);
}

/* A command has its effect: CFGI_STE, as DMA sees it. */
static void test_effect(void)
{
    SmmuQtest *t = start();
    uint64_t queue = ram_page(t), pa = ram_page(t), ste[8] = { 1 };
    Context c;

    smmu_enable(t);
    context_init(&c, t, 0, 12);
    context_commit(&c);
    g_assert_true(dma_read(t, pa, NULL));
    ste_write(t, ENGINE_SID, ste); /* abort */
    g_assert_true(dma_read(t, pa, NULL));
    mem_w64(t, queue, OP_CFGI_STE | (uint64_t)ENGINE_SID << 32);
    mem_w64(t, queue + 8, 1);
    mem_w64(t, queue + 16, OP_SYNC);
    w64(t, Q(5), queue | 4);
    w32(t, Q(5) + 8, 0x80000002);
    g_assert_cmphex(r32(t, Q(5) + 0xc), ==, 0x80000002);
    g_assert_false(dma_read(t, pa, NULL));
    expect_no_event(t);
    machine_stop(t);
}

static void test_absent(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    g_assert_cmphex(r32(t, IDR1) >> 31, ==, 0);
    g_assert_cmphex(r64(t, 0x4000), ==, 0);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ecmdq/consume", test_consume);
    g_test_add_func("/ecmdq/error", test_error);
    g_test_add_func("/ecmdq/abort", test_abort);
    g_test_add_func("/ecmdq/recover", test_recover);
    g_test_add_func("/ecmdq/disabled", test_disabled);
    g_test_add_func("/ecmdq/effect", test_effect);
    g_test_add_func("/ecmdq/absent", test_absent);
    return g_test_run();
}
