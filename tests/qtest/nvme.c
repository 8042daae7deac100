/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: just enough NVMe to have QEMU's own controller make
 * transactions through the memory API. It needs no clock.
 * Tests only.
 */
#include "smmu-qtest.h"

#define NVME_BAR 0x10200000u
#define NVME_CC 0x14
#define NVME_CSTS 0x1c
#define NVME_AQA 0x24
#define NVME_ASQ 0x28
#define NVME_ACQ 0x30
#define NVME_SQ0_TAIL 0x1000

void nvme_setup(SmmuQtest *t, uint64_t sq, uint64_t cq)
{
    pci_w32(t, NVME_SID, 0x10, NVME_BAR);
    pci_w32(t, NVME_SID, 0x14, 0);
    pci_w32(t, NVME_SID, 0x04, 0x6);
    qtest_writel(t->qts, NVME_BAR + NVME_AQA, 0x000f000f); /* 16 entries */
    qtest_writeq(t->qts, NVME_BAR + NVME_ASQ, sq);
    qtest_writeq(t->qts, NVME_BAR + NVME_ACQ, cq);
    /* Entries of 64 and 16 bytes; enable. */
    qtest_writel(t->qts, NVME_BAR + NVME_CC, 0x00460001);
}

void nvme_identify(SmmuQtest *t, uint64_t sq_pa, unsigned n, uint64_t prp1,
                   uint64_t prp2)
{
    uint64_t at = sq_pa + n % 16 * 64;

    qtest_memset(t->qts, at, 0, 64);
    qtest_writel(t->qts, at, 0x06 | n << 16); /* Identify, CID n */
    qtest_writeq(t->qts, at + 24, prp1);
    qtest_writeq(t->qts, at + 32, prp2);
    qtest_writel(t->qts, at + 40, 1); /* CNS: controller */
    qtest_writel(t->qts, NVME_BAR + NVME_SQ0_TAIL, (n + 1) % 16);
}

uint32_t nvme_status(SmmuQtest *t)
{
    return qtest_readl(t->qts, NVME_BAR + NVME_CSTS);
}
