/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: driving the test engine.
 * Tests only.
 */
#include "smmu-qtest.h"

#define PATIENCE (20 * G_TIME_SPAN_SECOND)

static uint64_t user_frame(SmmuQtest *t, const EngineOp *op)
{
    uint64_t bar = op->bar ? op->bar : t->engine;

    return bar + op->frame / 512 * 0x20000 + op->frame % 512 * 128;
}

void engine_launch(SmmuQtest *t, const EngineOp *op)
{
    QTestState *q = t->qts;
    uint64_t u = user_frame(t, op), p = u + 0x10000;

    qtest_writel(q, p + 0x0c, op->ssv ? op->ssid : 0xffffffffu);
    qtest_writeq(q, u + 0x10, op->msi);
    qtest_writel(q, u + 0x18, op->vector);
    qtest_writel(q, u + 0x20,
                 op->attrs ? op->attrs : ENG_ATTR | ENG_ATTR << 16);
    qtest_writel(q, u + 0x24, op->seed);
    qtest_writeq(q, u + 0x28, op->begin);
    qtest_writeq(q, u + 0x30, op->end);
    qtest_writeq(q, u + 0x38, op->stride ? op->stride : 1);
    qtest_writeq(q, u + 0x40, op->dest);
    qtest_writeq(q, u + 0x48, 0);
    qtest_writeq(q, u + 0x50, 0);
    qtest_writel(q, u, op->cmd);
}

uint32_t engine_wait(SmmuQtest *t, EngineOp *op)
{
    gint64 until = g_get_monotonic_time() + PATIENCE;
    uint64_t u = user_frame(t, op);
    uint32_t state;

    for (;;) {
        state = qtest_readl(t->qts, u);
        if (state < ENG_MEMCPY || state > ENG_SUM64) {
            break;
        }
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
    op->sum = qtest_readq(t->qts, u + 0x48);
    op->fault = qtest_readq(t->qts, u + 0x50);
    return state;
}

uint32_t engine_run(SmmuQtest *t, EngineOp *op)
{
    engine_launch(t, op);
    return engine_wait(t, op);
}

bool dma_attrs(SmmuQtest *t, uint64_t va, bool write, uint32_t attrs)
{
    EngineOp op = {
        .cmd = write ? ENG_RAND48 : ENG_SUM64,
        .begin = va,
        .end = va + 7,
        .attrs = attrs | attrs << 16,
    };
    uint32_t state = engine_run(t, &op);

    if (state == ENG_ERROR) {
        g_assert_cmphex(op.fault, ==, va);
    } else {
        g_assert_cmphex(state, ==, ENG_HALTED);
    }
    return state == ENG_HALTED;
}

bool dma_read(SmmuQtest *t, uint64_t va, uint64_t *v)
{
    EngineOp op = { .cmd = ENG_SUM64, .begin = va, .end = va + 7 };
    uint32_t state = engine_run(t, &op);

    if (v) {
        *v = op.sum;
    }
    if (state == ENG_ERROR) {
        g_assert_cmphex(op.fault, ==, va);
    } else {
        g_assert_cmphex(state, ==, ENG_HALTED);
    }
    return state == ENG_HALTED;
}

bool dma_write(SmmuQtest *t, uint64_t va)
{
    return dma_attrs(t, va, true, ENG_ATTR);
}

/* The engine's generator: 48 bits, two turns for each byte. */
uint64_t dma_pattern(uint64_t va)
{
    uint64_t x = (uint64_t)(uint32_t)(va >> 32 ^ va) << 16 | 0x330e, out = 0;

    for (unsigned i = 0; i < 8; i++) {
        x = (x * 25214903917u + 11) & 0xffffffffffffull;
        out |= (x >> 17 & 0xff) << 8 * i;
        x = (x * 25214903917u + 11) & 0xffffffffffffull;
    }
    return out;
}
