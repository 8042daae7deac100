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
    g_test_add_func("/ecmdq/absent", test_absent);
    return g_test_run();
}
