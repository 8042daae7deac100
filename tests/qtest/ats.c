/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests about ATS and PRI. See ats.h.
 * Tests only.
 */
#include "ats.h"

static unsigned cap(Bench *b, unsigned id)
{
    unsigned at = pci_ext_cap(b->t, ENGINE_SID, id);

    g_assert_cmpuint(at, >=, 0x100);
    return at;
}

void ats_enable(Bench *b, bool on)
{
    pci_w32(b->t, ENGINE_SID, cap(b, 0x0f) + 4, on ? 0x80000000 : 0);
}

void pri_enable(Bench *b, unsigned allocation)
{
    pci_w32(b->t, ENGINE_SID, cap(b, 0x13) + 12, allocation);
    pci_w32(b->t, ENGINE_SID, cap(b, 0x13) + 4, allocation != 0);
}

uint32_t pri_status(Bench *b)
{
    return pci_r32(b->t, ENGINE_SID, cap(b, 0x13) + 4) >> 16;
}

void bench_start_as(Bench *b, const char *props, unsigned stage, unsigned eats,
                    uint32_t cr0)
{
    SmmuQtest *t = smmu_start_with(props);

    *b = (Bench){ .t = t };
    b->priq = ram_alloc(t, 0x1000, 0x1000);
    w64(t, PRIQ_BASE, b->priq | PRIQ_LOG2);
    w32(t, PRIQ_PROD, 0);
    w32(t, PRIQ_CONS, 0);
    smmu_cr0(t, cr0);
    b->pa = ram_page(t);
    context_init(&b->c, t, stage, 12);
    put(b->c.ste, 93, 92, eats);
    context_map(&b->c, VA, b->pa);
    context_commit(&b->c);
    mem_w64(t, b->pa, MAGIC);
    ats_enable(b, true);
}

void bench_start(Bench *b, const char *props)
{
    bool pri = strstr(props, "pri=on"), ats = strstr(props, "ats=on");

    /* ATSCHK, PRIQEN */
    bench_start_as(b, props, 1, ats, 0xd | (ats ? 0x10 : 0) | (pri ? 0x2 : 0));
}

uint32_t ats_run(Bench *b, bool write, uint64_t va, uint32_t pctrl,
                 uint64_t *sum)
{
    EngineOp op = { .cmd = write ? ENG_RAND48 : ENG_SUM64,
                    .begin = va,
                    .end = va + 7 };
    uint32_t state;

    qtest_writel(b->t->qts, PCTRL, pctrl);
    state = engine_run(b->t, &op);
    if (sum) {
        *sum = op.sum;
    }
    return state;
}

unsigned why(Bench *b)
{
    return qtest_readl(b->t->qts, UCTRL2) & 0xf;
}

void expect_read(Bench *b, uint64_t va, uint64_t want)
{
    uint64_t v;

    g_assert_cmphex(ats_run(b, false, va, USE_ATS, &v), ==, ENG_HALTED);
    g_assert_cmphex(v, ==, want);
}

void expect_failure(Bench *b, bool write, uint64_t va, uint32_t pctrl,
                    unsigned reason)
{
    g_assert_cmphex(ats_run(b, write, va, pctrl, NULL), ==, ENG_ERROR);
    g_assert_cmpuint(why(b), ==, reason);
}

/* Takes the page away from the tables and the SMMU's caches. */
void unmap(Bench *b, uint64_t va)
{
    desc_set(&b->c.s1, desc_pa(&b->c.s1, va, 3), 0);
    cmd(b->t, FORGET, 0);
}

void atc_inv(Bench *b, uint64_t va, unsigned size)
{
    cmd(b->t, OP_ATC_INV | (uint64_t)ENGINE_SID << 32, va | size);
}

/* The next entry of the PRI queue. */
bool priq_pop(Bench *b, uint64_t w[2])
{
    gint64 until = g_get_monotonic_time() + 5 * G_TIME_SPAN_SECOND;
    uint32_t mask = (2u << PRIQ_LOG2) - 1;
    uint64_t at = b->priq + (b->priq_cons & (mask >> 1)) * 16;

    while ((r32(b->t, PRIQ_PROD) & mask) == b->priq_cons) {
        if (g_get_monotonic_time() > until) {
            return false;
        }
    }
    qtest_memread(b->t->qts, at, w, 16);
    b->priq_cons = (b->priq_cons + 1) & mask;
    w32(b->t, PRIQ_CONS, b->priq_cons);
    return true;
}

void pri_resp(Bench *b, const uint64_t w[2], unsigned resp)
{
    cmd(b->t,
        OP_PRI_RESP | (w[0] & 0xffffffff) << 32 | (w[0] >> 63) << 11 |
            (w[0] >> 32 & 0xfffff) << 12,
        (w[1] & 0x1ff) | resp << 12);
}

void launch(Bench *b, unsigned frame, bool write, uint64_t va)
{
    const EngineOp op = { .cmd = write ? ENG_RAND48 : ENG_SUM64,
                          .begin = va,
                          .end = va + 7,
                          .frame = frame };

    qtest_writel(b->t->qts, PCTRL + frame * 128, USE_PRI);
    engine_launch(b->t, &op);
}
