/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stalled transactions (3.12.2): an engine that can wait stalls, software maps
 * and resumes, or terminates.
 * Tests only.
 */
#include "smmu-qtest.h"

#define AC 0x1000u
#define AB 0x2000u
#define VA 0x12345000ull

static SmmuQtest *stall_start(const char *props)
{
    SmmuQtest *t =
        machine_start_with(props, NULL, "-global smmulator-engine.stall=on");

    smmu_enable(t);
    return t;
}

#define BOTH ",stall-model=0,stall-max=4"

/* A stream of @stage that stalls at each of its stages. */
static void stall_context(Context *c, SmmuQtest *t, unsigned stage)
{
    context_init(c, t, stage, 12);
    put(c->cd, 44, 44, 1);
    if (stage & 2) {
        put(c->ste, 185, 185, 1);
    }
    context_commit(c);
}

static void resume(SmmuQtest *t, unsigned stag, unsigned how)
{
    cmd(t, (uint64_t)ENGINE_SID << 32 | how | OP_RESUME, stag);
}

static void wait_event(SmmuQtest *t, const Event *e)
{
    gint64 until = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;

    while ((r32(t, EVENTQ_PROD) & 0xfffff) == (t->event_cons & 0xfffff)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
    expect_event(t, e);
}

static bool is_running(SmmuQtest *t)
{
    uint32_t state = qtest_readl(t->qts, t->engine);

    return state >= ENG_MEMCPY && state <= ENG_SUM64;
}

/* Stall, map, RESUME: the right bytes, read and written. */
static void test_retry(const void *data)
{
    unsigned stage = GPOINTER_TO_UINT(data);
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_page(t);
    EngineOp op = { .cmd = ENG_SUM64, .begin = VA + 8, .end = VA + 15 };
    Event e = { .num = F_TRANSLATION,
                .sid = ENGINE_SID,
                .rnw = true,
                .cls = CLS_IN,
                .s2 = stage == 2,
                .addr = VA + 8,
                .ipa = stage == 2 ? VA : 0,
                .stag = 1 };
    Context c;

    stall_context(&c, t, stage);
    mem_w64(t, pa + 8, MAGIC);
    engine_launch(t, &op);
    wait_event(t, &e);
    g_assert_true(is_running(t));
    context_map(&c, VA, pa);
    g_assert_true(is_running(t));
    resume(t, 1, AC);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    /* ... and once mapped, without a stall. */
    g_assert_true(dma_write(t, VA + 16));
    g_assert_cmphex(mem_r64(t, pa + 16), ==, dma_pattern(VA + 16));
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/stall/retry/s1", GUINT_TO_POINTER(1), test_retry);
    g_test_add_data_func("/stall/retry/s2", GUINT_TO_POINTER(2), test_retry);
    g_test_add_data_func("/stall/retry/nested", GUINT_TO_POINTER(3),
                         test_retry);
    return g_test_run();
}
