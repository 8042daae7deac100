/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests about stalls. See stall.h.
 * Tests only.
 */
#include "stall.h"

SmmuQtest *stall_start(const char *props)
{
    SmmuQtest *t =
        machine_start_with(props, NULL, "-global smmulator-engine.stall=on");

    smmu_enable(t);
    return t;
}

/* A stream of @stage that stalls at each of its stages. */
void stall_context(Context *c, SmmuQtest *t, unsigned stage)
{
    context_init(c, t, stage, 12);
    put(c->cd, 44, 44, 1);
    if (stage & 2) {
        put(c->ste, 185, 185, 1);
    }
    context_commit(c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
}

void stall_resume(SmmuQtest *t, unsigned stag, unsigned how)
{
    cmd(t, (uint64_t)ENGINE_SID << 32 | how | OP_RESUME, stag);
}

void wait_record(SmmuQtest *t)
{
    gint64 until = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;

    while ((r32(t, EVENTQ_PROD) & 0xfffff) == (t->event_cons & 0xfffff)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
}

void wait_event(SmmuQtest *t, const Event *e)
{
    wait_record(t);
    expect_event(t, e);
}

/* Launched is one more than returned, of 32 bits each. */
void wait_stalled(SmmuQtest *t, unsigned frame)
{
    gint64 until = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;
    uint64_t u = t->engine + frame * 128 + 8, v;

    do {
        v = qtest_readq(t->qts, u);
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    } while ((uint32_t)v != (v >> 32) + 1);
}

bool is_running(SmmuQtest *t, unsigned frame)
{
    uint32_t state = qtest_readl(t->qts, t->engine + frame * 128);

    return state >= ENG_MEMCPY && state <= ENG_SUM64;
}

/* A read of 8 bytes by a frame. */
EngineOp read_op(uint64_t va, unsigned frame)
{
    return (EngineOp){
        .cmd = ENG_SUM64, .begin = va, .end = va + 7, .frame = frame
    };
}
