/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enhanced command queues: the registers that describe their control page, and
 * those in it (3.5.6, 6.2.5). Their commands are consumed by cmdq.c.
 * Layer L3.
 */
#include "state.h"

#include "queue.h"

#include "smmu3/regs.h"

/* Bytes from one queue's registers to the next one's. */
#define STRIDE (SMMU3_PAGE_SIZE / SMMU3_ECMDQS)

/* PROD and CONS: what software writes. */
#define PROD_MASK (SMMU3_ECMDQ_EN | SMMU3_ECMDQ_ERR | SMMU3_Q_INDEX)
#define CONS_MASK (SMMU3_MASK(26, 23) | SMMU3_Q_INDEX)

static bool in_page(uint32_t offset)
{
    return offset >= SMMU3_ECMDQ_PAGE &&
           offset < SMMU3_ECMDQ_PAGE + SMMU3_PAGE_SIZE;
}

bool smmu3_ecmdq_covers(const struct smmu3 *s, uint32_t offset)
{
    return s->features.ecmdq &&
           (in_page(offset) || (offset >= SMMU3_CMDQ_CONTROL_PAGE &&
                                offset <= SMMU3_CMDQ_CONTROL_PAGE_STATUS));
}

bool smmu3_ecmdq_any_enabled(const struct smmu3_bank *b)
{
    uint32_t prod = 0;

    for (unsigned i = 0; i < SMMU3_ECMDQS; i++) {
        prod |= b->ecmdq[i].prod;
    }
    return prod & SMMU3_ECMDQ_EN;
}

/* The registers that describe the page: preset and always enabled. */
static uint64_t describe(uint32_t offset, unsigned size)
{
    uint64_t base = SMMU3_ECMDQ_PAGE | SMMU3_CMDQ_CONTROL_PAGE_64K |
                    SMMU3_CMDQ_CONTROL_PAGE_PRESET;

    switch (offset) {
    case SMMU3_CMDQ_CONTROL_PAGE:
        return base; /* ADDR is an offset: the upper half is zero */
    case SMMU3_CMDQ_CONTROL_PAGE_CFG:
    case SMMU3_CMDQ_CONTROL_PAGE_STATUS:
        return size == 4;
    }
    return 0;
}

static bool is_aligned(uint32_t offset, unsigned size)
{
    return (size == 4 || size == 8) && offset % size == 0;
}

uint64_t smmu3_ecmdq_read(struct smmu3 *s, uint32_t offset, unsigned size)
{
    struct smmu3_cmdq q;

    if (!is_aligned(offset, size)) {
        return 0;
    }
    if (!in_page(offset)) {
        return describe(offset, size);
    }
    smmu3_lock(s);
    q = s->bank[SMMU3_NS].ecmdq[(offset - SMMU3_ECMDQ_PAGE) / STRIDE];
    smmu3_unlock(s);
    switch (offset % STRIDE) {
    case SMMU3_ECMDQ_BASE:
        return size == 8 ? q.base : (uint32_t)q.base;
    case SMMU3_ECMDQ_BASE + 4:
        return q.base >> 32;
    case SMMU3_ECMDQ_PROD:
        return size == 4 ? q.prod : 0;
    case SMMU3_ECMDQ_CONS:
        /* ENACK: an update of EN completes at once. */
        return q.cons | (q.prod & SMMU3_ECMDQ_EN);
    }
    return 0;
}

/* The index that the SMMU owns has no bits beyond the queue's size (6.3.26).
 */
static void cut(const struct smmu3 *s, struct smmu3_cmdq *q)
{
    unsigned log2 = smmu3_queue_log2(q->base, s->features.cmdqs);

    q->cons =
        (q->cons & ~(uint32_t)SMMU3_Q_INDEX) | smmu3_queue_cut(q->cons, log2);
}

/* BASE and CONS are guarded by EN, as CMDQ_BASE is by CMDQEN. */
static void store(struct smmu3_cmdq *q, uint32_t offset, uint64_t value,
                  unsigned size)
{
    bool off = !(q->prod & SMMU3_ECMDQ_EN);

    switch (offset) {
    case SMMU3_ECMDQ_BASE:
        if (off && size == 8) {
            q->base = value & SMMU3_QBASE_MASK;
        } else if (off) {
            q->base = (q->base & SMMU3_MASK(63, 32)) |
                      (value & SMMU3_QBASE_MASK & SMMU3_MASK(31, 0));
        }
        break;
    case SMMU3_ECMDQ_BASE + 4:
        if (off) {
            q->base = (q->base & SMMU3_MASK(31, 0)) |
                      ((value << 32) & SMMU3_QBASE_MASK);
        }
        break;
    case SMMU3_ECMDQ_PROD:
        if (size == 4) {
            q->prod = (uint32_t)(value & PROD_MASK);
        }
        break;
    case SMMU3_ECMDQ_CONS:
        if (off) {
            q->cons = (uint32_t)(value & CONS_MASK);
        }
        break;
    }
}

void smmu3_ecmdq_write(struct smmu3 *s, uint32_t offset, uint64_t value,
                       unsigned size)
{
    struct smmu3_bank *b = &s->bank[SMMU3_NS];
    struct smmu3_cmdq *q;

    if (!in_page(offset) || !is_aligned(offset, size)) {
        return;
    }
    q = &b->ecmdq[(offset - SMMU3_ECMDQ_PAGE) / STRIDE];
    smmu3_lock(s);
    store(q, offset % STRIDE, value, size);
    cut(s, q);
    smmu3_unlock(s);
    if (offset % STRIDE == SMMU3_ECMDQ_PROD) {
        smmu3_cmdq_run(s, b, q);
    }
}
