/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message-signalled interrupts (3.18, 4.7.3, 6.3.21-6.3.23): to memory, where
 * nothing is, to the SMMU's own registers, and through the GIC's ITS.
 * Tests only.
 */
#include "its.h"

#define MSI ",msi=on"
#define VA 0x23450000ull
/* GERROR */
#define MSI_CMDQ_ABT 0x10u
#define MSI_EVENTQ_ABT 0x20u
#define MSI_GERROR_ABT 0x80u
/* CMD_SYNC with CS = 1, MSIAttr = Write-Back, MSH = ISH */
#define SYNC_MSI(data) ((uint64_t)(data) << 32 | 0x0fc01046)

static void set_msi(SmmuQtest *t, uint32_t cfg0, uint64_t addr, uint32_t data)
{
    w32(t, IRQ_CTRL, 0);
    w64(t, cfg0, addr);
    w32(t, cfg0 + 8, data);
    w32(t, cfg0 + 12, 0x1); /* Device nGnRE */
    w32(t, IRQ_CTRL, 0x5);
}

static uint32_t read32(SmmuQtest *t, uint64_t pa)
{
    return qtest_readl(t->qts, pa);
}

/* A message is sent in a bottom half at the latest. */
static bool wait32(SmmuQtest *t, uint64_t pa, uint32_t mask, uint32_t value)
{
    for (unsigned i = 0; i < 1000; i++) {
        if ((read32(t, pa) & mask) == value) {
            return true;
        }
    }
    return false;
}

static void fault(SmmuQtest *t)
{
    g_assert_false(dma_read(t, VA, NULL));
}

/* Each source writes its word, and only its word; its wire pulses as well. */
static void test_memory(void)
{
    SmmuQtest *t = smmu_start_with(MSI);
    uint64_t pa = ram_page(t);

    gic_setup(t);
    g_assert_cmphex(r32(t, IDR0), ==, 0x0904321b);
    mem_w64(t, pa, MAGIC);
    mem_w64(t, pa + 8, MAGIC);
    set_msi(t, EVENTQ_IRQ_CFG0, pa + 4, 0xcafe0001);
    set_msi(t, GERROR_IRQ_CFG0, pa + 8, 0xcafe0002);
    fault(t);
    g_assert_true(wait32(t, pa + 4, ~0u, 0xcafe0001));
    g_assert_cmphex(read32(t, pa), ==, 0x9abcdef0);
    g_assert_cmphex(mem_r64(t, pa + 8), ==, MAGIC);
    g_assert_true(gic_wait(t, SPI_EVENTQ));
    expect_event(t, EV_CFG(C_BAD_STE));
    cmd_illegal(t, 0xff, 0);
    g_assert_true(wait32(t, pa + 8, ~0u, 0xcafe0002));
    g_assert_cmphex(read32(t, pa + 12), ==, 0x12345678);
    g_assert_true(gic_wait(t, SPI_GERROR));
    g_assert_cmphex(r32(t, GERROR) ^ r32(t, GERRORN), ==, 0);
    machine_stop(t);
}

/* As Linux polls it: the word is the first of the command itself. */
static void test_sync_polled(void)
{
    SmmuQtest *t = smmu_start_with(MSI);

    gic_setup(t);
    for (unsigned i = 0; i < 200; i++) {
        uint64_t at = t->cmdq + (t->cmd_prod & 63) * 16;

        cmd_push(t, SYNC_MSI(0), at);
        g_assert_true(wait32(t, at, ~0u, 0));
        g_assert_true(cmd_drain(t));
    }
    g_assert_true(gic_wait(t, SPI_CMDQ_SYNC));
    /* No address: the wire alone. */
    cmd_push(t, SYNC_MSI(0), 0);
    g_assert_true(cmd_drain(t));
    g_assert_true(gic_wait(t, SPI_CMDQ_SYNC));
    g_assert_cmphex(r32(t, GERROR), ==, 0);
    machine_stop(t);
}

/* Where no memory is: the source's bit of GERROR, and its interrupt, but for
 * GERROR's own message. */
static void test_abort(void)
{
    SmmuQtest *t = smmu_start_with(MSI);

    gic_setup(t);
    set_msi(t, EVENTQ_IRQ_CFG0, HOLE, 1);
    fault(t);
    expect_event(t, EV_CFG(C_BAD_STE));
    g_assert_true(wait32(t, t->smmu + GERROR, ~0u, MSI_EVENTQ_ABT));
    g_assert_true(gic_wait(t, SPI_GERROR));
    w32(t, GERRORN, MSI_EVENTQ_ABT);

    cmd_push(t, SYNC_MSI(7), HOLE + 0x100);
    g_assert_true(cmd_drain(t));
    g_assert_cmphex(r32(t, GERROR), ==, MSI_EVENTQ_ABT | MSI_CMDQ_ABT);
    g_assert_true(gic_wait(t, SPI_GERROR));
    w32(t, GERRORN, MSI_EVENTQ_ABT | MSI_CMDQ_ABT);

    set_msi(t, GERROR_IRQ_CFG0, HOLE, 1);
    cmd_illegal(t, 0xff, 0);
    g_assert_true(wait32(t, t->smmu + GERROR, MSI_GERROR_ABT, MSI_GERROR_ABT));
    g_assert_true(gic_wait(t, SPI_GERROR)); /* the command's */
    g_assert_false(gic_wait(t, SPI_GERROR));
    machine_stop(t);
}

/* Its own registers are no target: an abort, whatever the offset, and no
 * register changes. */
static void test_own_registers(void)
{
    static const uint32_t offsets[] = { CR0,         CMDQ_PROD, CMDQ_BASE,
                                        EVENTQ_CONS, GERRORN,   0xffc };
    SmmuQtest *t = smmu_start_with(MSI);

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        uint32_t before = r32(t, GERROR);

        cmd_push(t, SYNC_MSI(0), t->smmu + offsets[i]);
        g_assert_true(cmd_drain(t));
        g_assert_cmphex(r32(t, GERROR) ^ before, ==, MSI_CMDQ_ABT);
        w32(t, GERRORN, r32(t, GERROR));
        g_assert_cmphex(r32(t, CR0), ==, 0xd);
        g_assert_cmphex(r32(t, CMDQ_PROD), ==, t->cmd_prod);
    }
    set_msi(t, EVENTQ_IRQ_CFG0, t->smmu + CR0, 0);
    fault(t);
    g_assert_true(wait32(t, t->smmu + GERROR, MSI_EVENTQ_ABT, MSI_EVENTQ_ABT));
    g_assert_cmphex(r32(t, CR0), ==, 0xd);
    machine_stop(t);
}

/* Other devices' registers: the PCI device's own, the GIC's distributor. */
static void test_other_registers(void)
{
    SmmuQtest *t = smmu_start_with(MSI);

    gic_setup(t);
    /* GICD_SETSPI_NSR would be the classic target; ISPENDR works as well. */
    cmd_push(t, SYNC_MSI(1u << ((32 + SPI_PRIQ) % 32)),
             0x08000000 + 0x200 + (32 + SPI_PRIQ) / 32 * 4);
    g_assert_true(cmd_drain(t));
    g_assert_true(gic_take(t, SPI_PRIQ));
    /* An engine's doorbell: it may do DMA from within. */
    for (unsigned offset = 0; offset < 0x100; offset += 4) {
        cmd_push(t, SYNC_MSI(1), ENGINE_BAR + offset);
        g_assert_true(cmd_drain(t));
    }
    machine_stop(t);
}

/* Without the feature: no registers, no message; the wire is there. */
static void test_absent(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t);

    gic_setup(t);
    g_assert_cmphex(r32(t, IDR0), ==, 0x0904121b);
    set_msi(t, EVENTQ_IRQ_CFG0, pa, 1);
    set_msi(t, GERROR_IRQ_CFG0, pa, 1);
    g_assert_cmphex(r64(t, EVENTQ_IRQ_CFG0), ==, 0);
    g_assert_cmphex(r32(t, EVENTQ_IRQ_CFG1), ==, 0);
    g_assert_cmphex(r32(t, EVENTQ_IRQ_CFG2), ==, 0);
    g_assert_cmphex(r64(t, GERROR_IRQ_CFG0), ==, 0);
    fault(t);
    g_assert_true(gic_wait(t, SPI_EVENTQ));
    cmd_push(t, SYNC_MSI(1), pa);
    g_assert_true(cmd_drain(t));
    g_assert_true(gic_wait(t, SPI_CMDQ_SYNC));
    g_assert_cmphex(mem_r64(t, pa), ==, 0);
    machine_stop(t);
}

#define SMMU_DEVICE_ID 0xf8u /* 00:1f.0 */

/* All sources through the ITS; the DeviceID is the SMMU's own. */
static void test_its(void)
{
    SmmuQtest *t = machine_start_with(MSI, ",its=on", NULL);
    Its its;

    smmu_enable(t);
    its_setup(&its, t, SMMU_DEVICE_ID);
    set_msi(t, EVENTQ_IRQ_CFG0, ITS_TRANSLATER, 3);
    set_msi(t, GERROR_IRQ_CFG0, ITS_TRANSLATER, 9);
    g_assert_false(its_pending(&its, 3));
    fault(t);
    g_assert_true(its_wait(&its, 3));
    g_assert_false(its_pending(&its, 9));
    cmd_illegal(t, 0xff, 0);
    g_assert_true(its_wait(&its, 9));
    cmd_push(t, SYNC_MSI(17), ITS_TRANSLATER);
    g_assert_true(cmd_drain(t));
    g_assert_true(its_pending(&its, 17));
    g_assert_false(its_pending(&its, 16));
    g_assert_cmphex(r32(t, GERROR) ^ r32(t, GERRORN), ==, 0);
    machine_stop(t);
}

/* Of a DeviceID that the ITS does not know, or events that it does not have:
 * nothing arrives, and nothing breaks. */
static void test_its_nonsense(void)
{
    SmmuQtest *t = machine_start_with(MSI, ",its=on", NULL);
    Its its;

    smmu_enable(t);
    its_setup(&its, t, 0x10);
    cmd_push(t, SYNC_MSI(3), ITS_TRANSLATER);
    cmd_push(t, SYNC_MSI(0xffffffff), ITS_TRANSLATER);
    g_assert_true(cmd_drain(t));
    g_assert_false(its_pending(&its, 3));
    for (unsigned offset = 0; offset < 0x20000; offset += 0xffc) {
        cmd_push(t, SYNC_MSI(0xffffffff), ITS + (offset & ~3u));
        g_assert_true(cmd_drain(t));
    }
    machine_stop(t);
}

/* An event of an iothread: the message leaves through the main thread. */
static void test_iothread(void)
{
    SmmuQtest *t = machine_start_with(
        MSI, ",its=on",
        "-blockdev null-co,node-name=d0,read-zeroes=on,size=1048576 "
        "-object iothread,id=t0 -device virtio-blk-pci,drive=d0,iothread=t0,"
        "iommu_platform=on,disable-legacy=on,addr=4.0");
    uint64_t queue;
    Context c;
    Virtio d;
    Its its;

    smmu_enable(t);
    its_setup(&its, t, SMMU_DEVICE_ID);
    set_msi(t, EVENTQ_IRQ_CFG0, ITS_TRANSLATER, 5);
    context_init(&c, t, 1, 12);
    c.sid = 4u << 3;
    queue = ram_page(t);
    context_map(&c, 0x10000, queue);
    context_commit(&c);
    virtio_setup(t, &d, 4u << 3, 0x10300000, queue, 0x10000);
    virtio_read(t, &d, VA, 0x1000);
    g_assert_true(virtio_wait(t, &d));
    g_assert_true(its_wait(&its, 5));
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/msi/memory", test_memory);
    g_test_add_func("/msi/sync-polled", test_sync_polled);
    g_test_add_func("/msi/abort", test_abort);
    g_test_add_func("/msi/own-registers", test_own_registers);
    g_test_add_func("/msi/other-registers", test_other_registers);
    g_test_add_func("/msi/absent", test_absent);
    g_test_add_func("/msi/its", test_its);
    g_test_add_func("/msi/its-nonsense", test_its_nonsense);
    g_test_add_func("/msi/iothread", test_iothread);
    return g_test_run();
}
