/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions from iothreads: translations beside invalidations, and faults
 * whose events and interrupts arise outside QEMU's main thread.
 * Tests only.
 */
#include "smmu-qtest.h"

#define DISKS 2u
#define DISK_BDF(i) ((4u + (i)) << 3)
#define DISK_BAR(i) (0x10300000u + (i) * 0x100000u)
#define QUEUE_VA 0x10000ull
#define DATA_VA 0x23400000ull

#define ARGS                                                         \
    "-blockdev null-co,node-name=d0,read-zeroes=on,size=1048576 "    \
    "-blockdev null-co,node-name=d1,read-zeroes=on,size=1048576 "    \
    "-object iothread,id=t0 -object iothread,id=t1 "                 \
    "-device virtio-blk-pci,drive=d0,iothread=t0,iommu_platform=on," \
    "disable-legacy=on,addr=4.0 "                                    \
    "-device virtio-blk-pci,drive=d1,iothread=t1,iommu_platform=on," \
    "disable-legacy=on,addr=5.0"

typedef struct Bench {
    SmmuQtest *t;
    Context c[DISKS];
    Virtio d[DISKS];
    uint64_t queue[DISKS], data[DISKS];
} Bench;

static void bench_init(Bench *b, unsigned stage)
{
    SmmuQtest *t = b->t = machine_start(NULL, ARGS);

    smmu_enable(t);
    for (unsigned i = 0; i < DISKS; i++) {
        Context *c = &b->c[i];

        context_init(c, t, stage, 12);
        c->sid = DISK_BDF(i);
        put(c->cd, 63, 48, i + 1);    /* ASID */
        put(c->ste, 143, 128, i + 1); /* VMID */
        b->queue[i] = ram_page(t);
        b->data[i] = ram_page(t);
        context_map(c, QUEUE_VA, b->queue[i]);
        for (unsigned n = 0; n < 16; n++) {
            context_map(c, DATA_VA + n * 0x1000, b->data[i] + n * 0x1000);
        }
        context_commit(c);
        virtio_setup(t, &b->d[i], DISK_BDF(i), DISK_BAR(i), b->queue[i],
                     QUEUE_VA);
    }
}

static void test_transfers(const void *data)
{
    Bench b;

    bench_init(&b, GPOINTER_TO_UINT(data));
    for (unsigned n = 0; n < 40; n++) {
        for (unsigned i = 0; i < DISKS; i++) {
            qtest_memset(b.t->qts, b.data[i], 0x55, 0x10000);
            virtio_read(b.t, &b.d[i], DATA_VA, 0x10000);
        }
        for (unsigned i = 0; i < DISKS; i++) {
            g_assert_true(virtio_wait(b.t, &b.d[i]));
            g_assert_cmphex(mem_r64(b.t, b.data[i]), ==, 0);
            g_assert_cmphex(mem_r64(b.t, b.data[i] + 0xfff8), ==, 0);
        }
    }
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* Everything is invalidated over and over while the disks work. */
static void test_invalidations(void)
{
    static const uint64_t dw0[] = {
        OP_TLBI_NSNH_ALL,
        OP_TLBI_NH_ALL | 1ull << 32,
        OP_CFGI_STE_RANGE,
        OP_TLBI_NH_VA | 1ull << 32 | 1ull << 48,
        OP_TLBI_S12_VMALL | 2ull << 32,
        OP_CFGI_STE | 0x20ull << 32,
    };
    static const uint64_t dw1[] = { 0, 0, 31, DATA_VA, 0, 0 };
    Bench b;

    bench_init(&b, 3);
    for (unsigned n = 0; n < 100; n++) {
        for (unsigned i = 0; i < DISKS; i++) {
            virtio_read(b.t, &b.d[i], DATA_VA, 0x10000);
        }
        for (unsigned k = 0; k < G_N_ELEMENTS(dw0); k++) {
            cmd(b.t, dw0[k], dw1[k]);
        }
        for (unsigned i = 0; i < DISKS; i++) {
            g_assert_true(virtio_wait(b.t, &b.d[i]));
        }
    }
    expect_no_event(b.t);
    machine_stop(b.t);
}

/*
 * Faults of both disks at once, again and again, and the interrupt at the GIC.
 * QEMU's disk first looks its buffer up, and as that fails it writes through
 * a bounce buffer: two accesses at one address, so two events, not the 128
 * that the pieces of the second would make.
 */
static void test_faults(void)
{
    Bench b;

    bench_init(&b, 1);
    gic_setup(b.t);
    for (unsigned n = 0; n < 20; n++) {
        unsigned seen[DISKS] = { 0 };
        uint64_t w[4];

        for (unsigned i = 0; i < DISKS; i++) {
            virtio_read(b.t, &b.d[i], 0x40000000ull + n * 0x1000, 0x200);
        }
        for (unsigned i = 0; i < DISKS; i++) {
            virtio_wait(b.t, &b.d[i]);
        }
        g_assert_true(gic_wait(b.t, SPI_EVENTQ));
        while (event_pop(b.t, w)) {
            unsigned which = (w[0] >> 32) == DISK_BDF(1);

            seen[which]++;
            /* F_TRANSLATION of a write; CLASS IN */
            g_assert_cmphex(w[0], ==,
                            (uint64_t)DISK_BDF(which) << 32 | F_TRANSLATION);
            g_assert_cmphex(w[1], ==, 2ull << 40);
            g_assert_cmphex(w[2], ==, 0x40000000ull + n * 0x1000);
            g_assert_cmphex(w[3], ==, 0);
        }
        g_assert_cmpuint(seen[0], ==, 2);
        g_assert_cmpuint(seen[1], ==, 2);
        gic_take(b.t, SPI_EVENTQ);
        for (unsigned i = 0; i < DISKS; i++) {
            virtio_setup(b.t, &b.d[i], DISK_BDF(i), DISK_BAR(i), b.queue[i],
                         QUEUE_VA);
        }
    }
    machine_stop(b.t);
}

/* System reset while they work. */
static void test_reset(void)
{
    Bench b;

    for (unsigned n = 0; n < 10; n++) {
        bench_init(&b, 1);
        for (unsigned i = 0; i < DISKS; i++) {
            virtio_read(b.t, &b.d[i], DATA_VA, 0x10000);
        }
        qtest_system_reset(b.t->qts);
        machine_stop(b.t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/threads/transfers/s1", GUINT_TO_POINTER(1),
                         test_transfers);
    g_test_add_data_func("/threads/transfers/nested", GUINT_TO_POINTER(3),
                         test_transfers);
    g_test_add_func("/threads/invalidations", test_invalidations);
    g_test_add_func("/threads/faults", test_faults);
    g_test_add_func("/threads/reset", test_reset);
    return g_test_run();
}
