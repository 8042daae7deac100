/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stalled transactions (3.12.2): an engine that can wait stalls, software maps
 * and resumes, or terminates.
 * Tests only.
 */
#include "stall.h"

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
    g_assert_true(is_running(t, 0));
    context_map(&c, VA, pa);
    g_assert_true(is_running(t, 0));
    stall_resume(t, 1, AC);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    /* ... and once mapped, without a stall. */
    g_assert_true(dma_write(t, VA + 16));
    g_assert_cmphex(mem_r64(t, pa + 16), ==, dma_pattern(VA + 16));
    expect_no_event(t);
    machine_stop(t);
}

/* Each fault, made right by software: then the transaction succeeds. */
static void test_fault(const void *data)
{
    static const struct {
        unsigned num;
        uint64_t leaf;
    } rows[] = {
        { F_TRANSLATION, 0 },
        { F_ADDR_SIZE, 0x100000000000ull | 3 | S1_LEAF },
        { F_ACCESS, 3 | (S1_LEAF & ~DESC_AF) },
        { F_PERMISSION, 3 | S1_LEAF | 0x80 },
    };
    unsigned n = GPOINTER_TO_UINT(data);
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_page(t), leaf, good;
    EngineOp op = { .cmd = ENG_RAND48, .begin = VA, .end = VA + 7 };
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 44, 44, 1);
    put(c.cd, 34, 32, 3); /* IPS: 42 bits */
    context_commit(&c);
    context_map(&c, VA, pa);
    leaf = desc_pa(&c.s1, VA, 3);
    good = mem_r64(t, leaf);
    mem_w64(t, leaf, rows[n].leaf | (n > 1 ? pa : 0));
    engine_launch(t, &op);
    wait_event(t, EV(rows[n].num, VA, .stag = 1));
    mem_w64(t, leaf, good);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_cmphex(mem_r64(t, pa), ==, 0);
    stall_resume(t, 1, AC);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(mem_r64(t, pa), ==, dma_pattern(VA));
    expect_no_event(t);
    machine_stop(t);
}

/* Stage 2 failing for the CD, for a stage-1 table and for the address; the
 * retry fetches the configuration anew. */
static void test_nested(const void *data)
{
    unsigned cls = GPOINTER_TO_UINT(data);
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_page(t), at, leaf, good;
    EngineOp op = read_op(VA, 0);
    Context c;

    stall_context(&c, t, 3);
    context_map(&c, VA, pa);
    at = cls == CLS_CD ? c.cd_pa : cls == CLS_TT ? c.s1.root : pa;
    s2_split(&c, at);
    leaf = desc_pa(&c.s2, at + t->bias, 3);
    good = mem_r64(t, leaf);
    mem_w64(t, leaf, 0);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    mem_w64(t, pa, MAGIC);
    engine_launch(t, &op);
    wait_event(t, &(Event){ .num = F_TRANSLATION,
                            .sid = ENGINE_SID,
                            .rnw = true,
                            .s2 = true,
                            .cls = cls,
                            .addr = VA,
                            .ipa = (at + t->bias) & ~0xfffull,
                            .stag = 1 });
    mem_w64(t, leaf, good);
    stall_resume(t, 1, AC);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

/* RESUME with an abort and with RAZ/WI, of a read and a write, and STALL_TERM.
 */
static void test_terminate(void)
{
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_page(t);
    EngineOp rd = read_op(VA, 0);
    EngineOp wr = { .cmd = ENG_RAND48, .begin = VA, .end = VA + 7 };
    EngineOp *ops[] = { &rd, &wr };
    Context c;

    stall_context(&c, t, 1);
    for (unsigned i = 0; i < 6; i++) {
        EngineOp *op = ops[i & 1];

        engine_launch(t, op);
        wait_event(t,
                   EV(F_TRANSLATION, VA, .rnw = !(i & 1), .stag = 1 + i % 4));
        if (i < 4) {
            stall_resume(t, 1 + i % 4, i < 2 ? AB : 0);
        } else {
            cmd(t, (uint64_t)ENGINE_SID << 32 | OP_STALL_TERM, 0);
        }
        g_assert_cmphex(engine_wait(t, op), ==,
                        i < 2 || i > 3 ? ENG_ERROR : ENG_HALTED);
        g_assert_cmphex(i < 2 || i > 3 ? op->fault : VA, ==, VA);
        g_assert_cmphex(op->sum, ==, 0);
    }
    context_map(&c, VA, pa);
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_cmphex(mem_r64(t, pa), ==, 0);
    expect_no_event(t);
    machine_stop(t);
}

/* A copy between two pages that are not there: two stalls; and a frame that
 * needs neither runs meanwhile. */
static void test_copy(void)
{
    SmmuQtest *t = stall_start(BOTH);
    uint64_t a = ram_page(t), b = ram_page(t), v;
    EngineOp op = { .cmd = ENG_MEMCPY,
                    .begin = VA,
                    .end = VA + 15,
                    .dest = VA + 0x100000,
                    .frame = 7 };
    Context c;

    stall_context(&c, t, 1);
    context_map(&c, VA + 0x5000, b);
    mem_w64(t, a, MAGIC);
    mem_w64(t, a + 8, ~MAGIC);
    mem_w64(t, b + 0x100, 42);
    engine_launch(t, &op);
    wait_event(t, EV(F_TRANSLATION, VA, .rnw = true, .stag = 1));
    g_assert_true(dma_read(t, VA + 0x5100, &v));
    g_assert_cmphex(v, ==, 42);
    context_map(&c, VA, a);
    stall_resume(t, 1, AC);
    wait_event(t, EV(F_TRANSLATION, VA + 0x100000, .stag = 2));
    g_assert_true(is_running(t, 7));
    g_assert_true(dma_read(t, VA + 0x5100, &v));
    context_map(&c, VA + 0x100000, b);
    stall_resume(t, 2, AC);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(mem_r64(t, b), ==, MAGIC);
    g_assert_cmphex(mem_r64(t, b + 8), ==, ~MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

/* Many times, with another page each time. */
static void test_loop(void)
{
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_page(t), pa2 = ram_page(t), leaf;
    Context c;

    stall_context(&c, t, 1);
    context_map(&c, VA, pa);
    leaf = desc_pa(&c.s1, VA, 3);
    for (unsigned i = 0; i < 10000; i++) {
        uint64_t to = i & 1 ? pa2 : pa, va = VA + i % 512 * 8;
        EngineOp op = read_op(va, 0);

        mem_w64(t, leaf, 0);
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        mem_w64(t, to + i % 512 * 8, i * MAGIC);
        engine_launch(t, &op);
        wait_event(t, EV(F_TRANSLATION, va, .rnw = true, .stag = 1 + i % 4));
        mem_w64(t, leaf, to | 3 | S1_LEAF);
        cmd_push(t, (uint64_t)ENGINE_SID << 32 | AC | OP_RESUME, 1 + i % 4);
        g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
        g_assert_cmphex(op.sum, ==, i * MAGIC);
    }
    expect_no_event(t);
    machine_stop(t);
}

/* More frames than STAGs, on pages of their own and on a common one: all get
 * through, each with its data. */
static void test_exhausted(void)
{
    const unsigned n = 40;
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_alloc(t, n * 0x1000, 0x1000), w[4];
    unsigned records = 0, left = n;
    Context c;

    stall_context(&c, t, 1);
    for (unsigned i = 0; i < n; i++) {
        EngineOp op = read_op(VA + i / 2 * 0x1000 + i * 8, i);

        mem_w64(t, pa + i / 2 * 0x1000 + i * 8, MAGIC + i);
        engine_launch(t, &op);
    }
    for (unsigned i = 0; i < n; i++) {
        wait_stalled(t, i);
    }
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 4);
    while (left) {
        unsigned page;

        wait_record(t);
        g_assert_true(event_pop(t, w));
        records++;
        g_assert_cmphex(w[1] & 0x80000000, ==, 0x80000000);
        page = (w[2] - VA) >> 12;
        context_map(&c, VA + page * 0x1000, pa + page * 0x1000);
        stall_resume(t, w[1] & 0xffff, AC);
        for (unsigned i = page * 2; i < page * 2 + 2; i++) {
            EngineOp op = read_op(0, i);

            g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
            g_assert_cmphex(op.sum, ==, MAGIC + i);
            left--;
        }
    }
    g_assert_cmpuint(records, ==, n / 2);
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    static const char *const faults[] = { "translation", "addr-size",
                                          "access-flag", "permission" };
    static const char *const classes[] = { "cd", "tt", "in" };

    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/stall/retry/s1", GUINT_TO_POINTER(1), test_retry);
    g_test_add_data_func("/stall/retry/s2", GUINT_TO_POINTER(2), test_retry);
    g_test_add_data_func("/stall/retry/nested", GUINT_TO_POINTER(3),
                         test_retry);
    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        char *name = g_strdup_printf("/stall/fault/%s", faults[i]);

        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_fault);
        g_free(name);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(classes); i++) {
        char *name = g_strdup_printf("/stall/nested/%s", classes[i]);

        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_nested);
        g_free(name);
    }
    g_test_add_func("/stall/terminate", test_terminate);
    g_test_add_func("/stall/copy", test_copy);
    g_test_add_func("/stall/loop", test_loop);
    g_test_add_func("/stall/exhausted", test_exhausted);
    return g_test_run();
}
