/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Index arithmetic of the circular queues (3.5).
 * Layer L2.
 */
#include "queue.h"

#include "smmu3/regs.h"

unsigned smmu3_queue_log2(uint64_t base, unsigned max)
{
    unsigned log2 = (unsigned)smmu3_get(&base, SMMU3_QBASE_LOG2SIZE);

    return log2 < max ? log2 : max;
}

uint32_t smmu3_queue_cut(uint32_t index, unsigned log2)
{
    return index & (uint32_t)smmu3_low(log2 + 1);
}

uint32_t smmu3_queue_used(uint32_t prod, uint32_t cons, unsigned log2)
{
    return smmu3_queue_cut(prod - cons, log2);
}

uint32_t smmu3_queue_next(uint32_t index, uint32_t n, unsigned log2)
{
    return smmu3_queue_cut(index + n, log2);
}

uint64_t smmu3_queue_addr(uint64_t base, uint32_t index, unsigned log2,
                          unsigned entry_size, unsigned oas)
{
    uint64_t size = (uint64_t)entry_size << log2;
    uint64_t align = size < 32 ? 32 : size;

    base &= SMMU3_QBASE_ADDR & smmu3_low(oas) & ~(align - 1);
    return base + (index & smmu3_low(log2)) * entry_size;
}
