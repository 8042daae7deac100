/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: registers, queues and event records.
 * Tests only.
 */
#include "smmu-qtest.h"

/* Long enough for any bottom half; only ever waited for if something hangs. */
#define PATIENCE (20 * G_TIME_SPAN_SECOND)

uint32_t r32(SmmuQtest *t, uint32_t reg)
{
    return qtest_readl(t->qts, t->smmu + reg);
}

uint64_t r64(SmmuQtest *t, uint32_t reg)
{
    return qtest_readq(t->qts, t->smmu + reg);
}

void w32(SmmuQtest *t, uint32_t reg, uint32_t v)
{
    qtest_writel(t->qts, t->smmu + reg, v);
}

void w64(SmmuQtest *t, uint32_t reg, uint64_t v)
{
    qtest_writeq(t->qts, t->smmu + reg, v);
}

void smmu_cr0(SmmuQtest *t, uint32_t v)
{
    gint64 until = g_get_monotonic_time() + PATIENCE;

    w32(t, CR0, v);
    while (r32(t, CR0ACK) != v) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
}

void smmu_enable(SmmuQtest *t)
{
    t->cmdq_log2 = 6;
    t->eventq_log2 = 6;
    t->strtab = ram_alloc(t, 0x4000, 0x4000);
    t->cmdq = ram_alloc(t, 0x1000, 0x1000);
    t->eventq = ram_alloc(t, 0x1000, 0x1000);
    t->cmd_prod = 0;
    t->event_cons = 0;

    smmu_cr0(t, 0);
    w32(t, CR1, 0xd75);
    w32(t, CR2, 0x2); /* RECINVSID */
    w64(t, STRTAB_BASE, t->strtab);
    w32(t, STRTAB_BASE_CFG, 8); /* linear, 256 entries */
    w64(t, CMDQ_BASE, t->cmdq | t->cmdq_log2);
    w32(t, CMDQ_PROD, 0);
    w32(t, CMDQ_CONS, 0);
    w64(t, EVENTQ_BASE, t->eventq | t->eventq_log2);
    w32(t, EVENTQ_PROD, 0);
    w32(t, EVENTQ_CONS, 0);
    w32(t, IRQ_CTRL, 0x5);
    smmu_cr0(t, 0xd); /* CMDQEN, EVENTQEN, SMMUEN */
}

void cmd_push(SmmuQtest *t, uint64_t dw0, uint64_t dw1)
{
    uint32_t index = t->cmd_prod & ((1u << t->cmdq_log2) - 1);

    mem_w64(t, t->cmdq + index * 16, dw0);
    mem_w64(t, t->cmdq + index * 16 + 8, dw1);
    t->cmd_prod = (t->cmd_prod + 1) & ((2u << t->cmdq_log2) - 1);
    w32(t, CMDQ_PROD, t->cmd_prod);
}

bool cmd_drain(SmmuQtest *t)
{
    gint64 until = g_get_monotonic_time() + PATIENCE;

    while ((r32(t, CMDQ_CONS) & 0xfffff) != t->cmd_prod) {
        if ((r32(t, GERROR) ^ r32(t, GERRORN)) & 1) {
            return false;
        }
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
    return true;
}

void cmd(SmmuQtest *t, uint64_t dw0, uint64_t dw1)
{
    cmd_push(t, dw0, dw1);
    cmd_push(t, OP_SYNC, 0);
    g_assert_true(cmd_drain(t));
}

void cmd_illegal(SmmuQtest *t, uint64_t dw0, uint64_t dw1)
{
    uint32_t at = t->cmd_prod, index = at & ((1u << t->cmdq_log2) - 1);

    g_assert_cmphex((r32(t, GERROR) ^ r32(t, GERRORN)) & 1, ==, 0);
    cmd_push(t, dw0, dw1);
    if (cmd_drain(t)) {
        g_test_message("no CERROR_ILL for 0x%" PRIx64 " 0x%" PRIx64, dw0, dw1);
        g_test_fail();
        return;
    }
    /* RD points at the bad command, ERR is 1 (7.1). */
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, at | 1u << 24);
    /* Make it a SYNC, acknowledge, and the queue goes on. */
    mem_w64(t, t->cmdq + index * 16, OP_SYNC);
    mem_w64(t, t->cmdq + index * 16 + 8, 0);
    w32(t, GERRORN, r32(t, GERROR));
    g_assert_true(cmd_drain(t));
}

bool event_pop(SmmuQtest *t, uint64_t w[4])
{
    uint32_t mask = (2u << t->eventq_log2) - 1;
    uint32_t prod = r32(t, EVENTQ_PROD) & mask;
    uint64_t pa = t->eventq + (t->event_cons & (mask >> 1)) * UINT64_C(32);

    if (prod == (t->event_cons & mask)) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        w[i] = mem_r64(t, pa + i * 8);
    }
    t->event_cons =
        (t->event_cons & 0x80000000u) | ((t->event_cons + 1) & mask);
    w32(t, EVENTQ_CONS, t->event_cons);
    return true;
}

void put(uint64_t *w, unsigned hi, unsigned lo, uint64_t v)
{
    uint64_t mask = (~UINT64_C(0) >> (63 - (hi - lo))) << lo % 64;

    g_assert_cmpuint(hi / 64, ==, lo / 64);
    w[lo / 64] = (w[lo / 64] & ~mask) | (v << lo % 64 & mask);
}

/* 7.3, by the bits of the record's 64-bit words. */
static void encode(const Event *e, uint64_t w[4])
{
    memset(w, 0, 32);
    put(w, 7, 0, e->num);
    put(w, 11, 11, e->ssv);
    put(w, 31, 12, e->ssid);
    put(w, 63, 32, e->sid);
    put(w, 64 + 15, 64, e->stag);
    put(w, 64 + 31, 64 + 31, e->stag != 0);
    put(w, 64 + 33, 64 + 33, e->pnu);
    put(w, 64 + 34, 64 + 34, e->ind);
    put(w, 64 + 35, 64 + 35, e->rnw);
    put(w, 64 + 39, 64 + 39, e->s2);
    put(w, 64 + 41, 64 + 40, e->cls);
    put(w, 64 + 44, 64 + 44, e->ttrnw);
    w[2] = e->addr;
    w[3] = e->ipa;
}

void expect_event(SmmuQtest *t, const Event *e)
{
    uint64_t got[4], want[4];

    encode(e, want);
    if (!event_pop(t, got)) {
        g_error("no event, expected 0x%02x", e->num);
    }
    if (memcmp(got, want, 32) != 0) {
        g_error("event is  %016" PRIx64 " %016" PRIx64 " %016" PRIx64
                " %016" PRIx64 "; expected %016" PRIx64 " %016" PRIx64
                " %016" PRIx64 " %016" PRIx64,
                got[0], got[1], got[2], got[3], want[0], want[1], want[2],
                want[3]);
    }
}

void expect_no_event(SmmuQtest *t)
{
    uint64_t w[4];

    if (event_pop(t, w)) {
        g_error("unexpected event %016" PRIx64 " %016" PRIx64 " %016" PRIx64
                " %016" PRIx64,
                w[0], w[1], w[2], w[3]);
    }
}
