/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Secure programming interface in QEMU: its registers, its queues, and the
 * memory that they lie in. Accesses of a qtest have no security state; the
 * property x-unspecified-secure makes them Secure.
 * Tests only.
 */
#include "smmu-qtest.h"

#define SECURE ",secure=on,x-unspecified-secure=on"

/* Secure RAM of the virt board with secure=on. */
#define SECURE_RAM 0x0e000000ull

/* Without SECURE_IMPL there is nothing, whoever asks (6.1). */
static void test_absent(void)
{
    SmmuQtest *t = machine_start_with(",x-unspecified-secure=on", NULL, NULL);

    for (uint32_t reg = 0x8000; reg < 0x8200; reg += 4) {
        w32(t, reg, UINT32_MAX);
        g_assert_cmphex(r32(t, reg), ==, 0);
    }
    machine_stop(t);
}

/* An access that is not Secure finds nothing either. */
static void test_non_secure(void)
{
    SmmuQtest *t = machine_start_with(",secure=on", NULL, NULL);

    for (uint32_t reg = 0x8000; reg < 0x8200; reg += 4) {
        w32(t, reg, UINT32_MAX);
        g_assert_cmphex(r32(t, reg), ==, 0);
    }
    g_assert_cmphex(r32(t, IDR0), !=, 0);
    machine_stop(t);
}

static void test_registers(void)
{
    SmmuQtest *t = machine_start_with(SECURE, NULL, NULL);

    g_assert_cmphex(r32(t, 0x8000), ==, 0x01000000);
    g_assert_cmphex(r32(t, 0x8004), ==, 0x80000010);
    g_assert_cmphex(r32(t, 0x8044), ==, 0x00001000);
    w32(t, 0x803c, 1);
    g_assert_cmphex(r32(t, 0x803c), ==, 0);
    w32(t, 0x8020, 0xc);
    g_assert_cmphex(r32(t, 0x8024), ==, 0xc);
    g_assert_cmphex(r32(t, CR0ACK), ==, 0);
    machine_stop(t);
    t = machine_start_with(SECURE ",s-sidsize=6", NULL, NULL);
    g_assert_cmphex(r32(t, 0x8004), ==, 0x80000006);
    machine_stop(t);
}

/* Starts the Secure command queue at @pa and consumes one CMD_SYNC. */
static void sync_at(SmmuQtest *t, uint64_t pa)
{
    w64(t, 0x8090, pa | 6);
    w32(t, 0x8098, 0);
    w32(t, 0x809c, 0);
    w32(t, 0x8020, 0x8);
    w32(t, 0x8098, 1);
}

/* The queue of one interface knows nothing of the other's. */
static void test_queue(void)
{
    SmmuQtest *t = machine_start_with(SECURE, NULL, NULL);
    uint64_t queue = ram_page(t);

    mem_w64(t, queue, OP_SYNC);
    sync_at(t, queue);
    g_assert_cmphex(r32(t, 0x809c), ==, 1);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0);
    machine_stop(t);
}

/*
 * Secure structures are fetched from Secure memory: what is RAM there and
 * nothing in the Non-secure world is read (all zero: CERROR_ILL), while a
 * Non-secure queue at the same place cannot be (CERROR_ABT).
 */
static void test_memory(void)
{
    SmmuQtest *t = machine_start_with(SECURE, ",secure=on", NULL);

    sync_at(t, SECURE_RAM);
    g_assert_cmphex(r32(t, 0x809c), ==, 0x01000000);
    g_assert_cmphex(r32(t, 0x8060), ==, 1);
    w64(t, CMDQ_BASE, SECURE_RAM | 6);
    w32(t, CR0, 0x8);
    w32(t, CMDQ_PROD, 1);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0x02000000);
    machine_stop(t);
    /* A board without Secure memory has one memory for both. */
    t = machine_start_with(SECURE, NULL, NULL);
    sync_at(t, SECURE_RAM);
    g_assert_cmphex(r32(t, 0x809c), ==, 0x02000000);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secure/absent", test_absent);
    g_test_add_func("/secure/non-secure", test_non_secure);
    g_test_add_func("/secure/registers", test_registers);
    g_test_add_func("/secure/queue", test_queue);
    g_test_add_func("/secure/memory", test_memory);
    return g_test_run();
}
