/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: just enough virtio-blk (virtio 1.x over PCI) to have
 * a device of QEMU's own make transactions in a thread of its own.
 * Tests only.
 */
#include "smmu-qtest.h"

#define QUEUE_SIZE 16u
/* Where the pieces of a queue lie in its 4 KiB page. */
#define AVAIL 0x400u
#define USED 0x800u
#define HEADERS 0xc00u
#define STATUS 0xe00u

/* The address of the structure of type @cfg_type; *extra is the word after
 * the capability. */
static uint64_t find_structure(SmmuQtest *t, const Virtio *d, unsigned cfg_type,
                               uint32_t *extra)
{
    unsigned at = pci_r32(t, d->bdf, 0x34) & 0xff;

    while (at) {
        uint32_t v = pci_r32(t, d->bdf, at);

        if ((v & 0xff) == 0x09 && v >> 24 == cfg_type) {
            /* All modern structures are in BAR 4. */
            g_assert_cmpuint(pci_r32(t, d->bdf, at + 4) & 0xff, ==, 4);
            *extra = pci_r32(t, d->bdf, at + 16);
            return d->bar + pci_r32(t, d->bdf, at + 8);
        }
        at = v >> 8 & 0xff;
    }
    g_error("no virtio structure of type %u", cfg_type);
}

void virtio_setup(SmmuQtest *t, Virtio *d, unsigned bdf, uint32_t bar,
                  uint64_t queue_pa, uint64_t queue_va)
{
    QTestState *q = t->qts;
    uint64_t common;
    uint32_t multiplier, unused;

    *d = (Virtio){ .bdf = bdf, .bar = bar, .pa = queue_pa, .va = queue_va };
    pci_w32(t, bdf, 0x20, bar);
    pci_w32(t, bdf, 0x24, 0);
    pci_w32(t, bdf, 0x04, 0x6);
    common = find_structure(t, d, 1, &unused);
    qtest_writeb(q, common + 0x14, 0); /* reset */
    qtest_writeb(q, common + 0x14, 3); /* ACKNOWLEDGE, DRIVER */
    /* VERSION_1 and ACCESS_PLATFORM, the second word's low bits */
    qtest_writel(q, common + 0x08, 0);
    qtest_writel(q, common + 0x0c, 0);
    qtest_writel(q, common + 0x08, 1);
    qtest_writel(q, common + 0x0c, 3);
    qtest_writeb(q, common + 0x14, 0xb); /* FEATURES_OK */
    g_assert_cmphex(qtest_readb(q, common + 0x14), ==, 0xb);
    qtest_writew(q, common + 0x16, 0); /* queue 0 */
    qtest_writew(q, common + 0x18, QUEUE_SIZE);
    qtest_writeq(q, common + 0x20, queue_va);
    qtest_writeq(q, common + 0x28, queue_va + AVAIL);
    qtest_writeq(q, common + 0x30, queue_va + USED);
    qtest_memset(q, queue_pa, 0, 0x1000);
    qtest_writew(q, common + 0x1c, 1); /* enable */
    d->notify = find_structure(t, d, 2, &multiplier);
    d->notify += qtest_readw(q, common + 0x1e) * multiplier;
    qtest_writeb(q, common + 0x14, 0xf); /* DRIVER_OK */
    d->status = common + 0x14;
}

void virtio_read(SmmuQtest *t, Virtio *d, uint64_t va, uint32_t len)
{
    QTestState *q = t->qts;
    unsigned slot = d->requests % (QUEUE_SIZE / 4), i = slot * 3;
    uint64_t desc = d->pa + i * 16;

    /* Header: read from sector 0. */
    qtest_memset(q, d->pa + HEADERS + slot * 16, 0, 16);
    qtest_writeb(q, d->pa + STATUS + slot, 0xff);
    qtest_writeq(q, desc, d->va + HEADERS + slot * 16);
    qtest_writeq(q, desc + 8, 16 | 1ull << 32 | (uint64_t)(i + 1) << 48);
    qtest_writeq(q, desc + 16, va); /* NEXT, WRITE */
    qtest_writeq(q, desc + 24, len | 3ull << 32 | (uint64_t)(i + 2) << 48);
    qtest_writeq(q, desc + 32, d->va + STATUS + slot);
    qtest_writeq(q, desc + 40, 1 | 2ull << 32);
    qtest_writew(q, d->pa + AVAIL + 4 + d->requests % QUEUE_SIZE * 2, i);
    d->requests++;
    qtest_writew(q, d->pa + AVAIL + 2, d->requests);
    qtest_writew(q, d->notify, 0);
}

bool virtio_wait(SmmuQtest *t, Virtio *d)
{
    gint64 until = g_get_monotonic_time() + 10 * G_TIME_SPAN_SECOND;

    while (qtest_readw(t->qts, d->pa + USED + 2) != (uint16_t)d->requests) {
        /* DEVICE_NEEDS_RESET: it met a fault and gave up. */
        if (qtest_readb(t->qts, d->status) & 0x40) {
            return false;
        }
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
    return true;
}
