/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: the GIC's ITS. See its.h.
 * Tests only.
 */
#include "its.h"

#define GICR 0x080a0000u
#define LPI(event) (8192u + (event))

static void its_cmd(Its *its, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
    QTestState *qts = its->t->qts;
    uint64_t at = its->queue + its->n++ * 32;

    qtest_writeq(qts, at, dw0);
    qtest_writeq(qts, at + 8, dw1);
    qtest_writeq(qts, at + 16, dw2);
    qtest_writeq(qts, at + 24, 0);
    qtest_writeq(qts, ITS + 0x88, its->n * 32); /* CWRITER */
    g_assert_cmphex(qtest_readq(qts, ITS + 0x90), ==, its->n * 32);
}

void its_setup(Its *its, SmmuQtest *t, uint32_t device_id)
{
    const uint64_t valid = 1ull << 63;
    QTestState *qts = t->qts;
    uint64_t config = ram_page(t);

    its->t = t;
    its->n = 0;
    its->queue = ram_page(t);
    its->pending = ram_page(t);
    qtest_memset(qts, config, 0xa1, 0x1000); /* enabled */
    qtest_writeq(qts, GICR + 0x70, config | 15);
    qtest_writeq(qts, GICR + 0x78, its->pending);
    qtest_writel(qts, GICR, 1); /* EnableLPIs */
    for (unsigned i = 0; i < 2; i++) {
        uint64_t baser = qtest_readq(qts, ITS + 0x100 + 8 * i);

        baser &= 0x071f000000000000ull;
        qtest_writeq(qts, ITS + 0x100 + 8 * i,
                     baser | valid | ram_page(t) | 0x200);
    }
    qtest_writeq(qts, ITS + 0x80, valid | its->queue); /* CBASER */
    qtest_writel(qts, ITS, 1);
    its_cmd(its, 0x08 | (uint64_t)device_id << 32, 4, valid | ram_page(t));
    its_cmd(its, 0x09, 0, valid);
    for (unsigned event = 0; event < 32; event++) {
        its_cmd(its, 0x0a | (uint64_t)device_id << 32,
                event | (uint64_t)LPI(event) << 32, 0);
    }
}

bool its_pending(Its *its, unsigned event)
{
    return qtest_readb(its->t->qts, its->pending + LPI(event) / 8) &
           1u << LPI(event) % 8;
}

bool its_wait(Its *its, unsigned event)
{
    for (unsigned i = 0; i < 1000; i++) {
        if (its_pending(its, event)) {
            return true;
        }
    }
    return false;
}
