/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues, events and commands where QEMU's own model is wrong: one test for
 * each row of the list of its deviations, each of which it fails.
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x123450000ull

static void set_eventq(SmmuQtest *t, uint64_t base, unsigned log2)
{
    smmu_cr0(t, 0x9);
    w64(t, EVENTQ_BASE, base | log2);
    w32(t, EVENTQ_PROD, 0);
    w32(t, EVENTQ_CONS, 0);
    smmu_cr0(t, 0xd);
    t->eventq_log2 = log2;
    t->event_cons = 0;
}

/* Bases are aligned to the queue's size, */
static void row_18_size(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t base = ram_page(t);

    set_eventq(t, base | 0x400, 6); /* 2 KiB */
    t->eventq = base;
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    machine_stop(t);
}

/* with 32 bytes as the least: bit 5 counts. */
static void row_18_least(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t base = ram_page(t);

    set_eventq(t, base | 0x20, 0);
    t->eventq = base | 0x20;
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    machine_stop(t);
}

/* A full queue loses what comes, says so by OVFLG, and is no error. */
static void row_19(void)
{
    SmmuQtest *t = smmu_start();

    set_eventq(t, t->eventq, 1);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_false(dma_read(t, VA + i * 0x1000, NULL));
    }
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x80000002);
    g_assert_cmphex(r32(t, GERROR), ==, r32(t, GERRORN));
    expect_event(t, EV_CFG(C_BAD_STE));
    /* Room again, though unacknowledged: new records are kept. */
    g_assert_false(dma_read(t, VA, NULL));
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0x80000003);
    machine_stop(t);
}

/* 64 bytes that fault are one event, */
static void row_20_engine(void)
{
    SmmuQtest *t = smmu_start();
    EngineOp op = { .cmd = ENG_SUM64, .begin = VA, .end = VA + 63 };
    Context c;

    context_init(&c, t, 1, 12);
    context_commit(&c);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    expect_event(t, EV(F_TRANSLATION, VA, .rnw = true));
    expect_no_event(t);
    machine_stop(t);
}

/* and so are 4 KiB of a master that uses the memory API. */
static void row_20_nvme(void)
{
    SmmuQtest *t = machine_start(NULL, NVME_ARGS);
    uint64_t sq = ram_page(t), cq = ram_page(t);
    Context n;

    smmu_enable(t);
    context_init(&n, t, 1, 12);
    n.sid = NVME_SID;
    context_map(&n, 0x10000, sq);
    context_map(&n, 0x20000, cq);
    context_commit(&n);
    nvme_setup(t, 0x10000, 0x20000);
    nvme_identify(t, sq, 0, 0x50000, 0);
    expect_event(t, &(Event){ .num = F_TRANSLATION,
                              .sid = NVME_SID,
                              .cls = CLS_IN,
                              .addr = 0x50000 });
    expect_no_event(t);
    machine_stop(t);
}

/* A stage-1 table that stage 2 does not map: CLASS TT, S2, and S2R rules:
 * @data is CD.R, its opposite STE.S2R. */
static void row_21(const void *data)
{
    const bool r = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();
    uint64_t leaf, ipa;
    Context c;

    context_init(&c, t, 3, 12);
    put(c.cd, 45, 45, r);
    put(c.ste, 186, 186, !r);
    context_map(&c, VA, ram_page(t));
    leaf = desc_pa(&c.s1, VA, 3);
    ipa = (leaf + t->bias) & ~0xfffull;
    s2_split(&c, leaf);
    desc_set(&c.s2, desc_pa(&c.s2, ipa, 3), 0);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    if (!r) {
        expect_event(t, &(Event){ .num = F_TRANSLATION,
                                  .sid = ENGINE_SID,
                                  .rnw = true,
                                  .s2 = true,
                                  .cls = CLS_TT,
                                  .addr = VA,
                                  .ipa = ipa });
    }
    expect_no_event(t);
    machine_stop(t);
}

static void row_22(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    put(c.ste, 55, 6, HOLE >> 6);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(F_CD_FETCH, .ipa = HOLE));
    machine_stop(t);
}

/* The IPA field is a page's. */
static void row_23_in(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 2, 12);
    context_commit(&c);
    g_assert_false(dma_read(t, VA + 0x128, NULL));
    expect_event(
        t, EV(F_TRANSLATION, VA + 0x128, .rnw = true, .s2 = true, .ipa = VA));
    machine_stop(t);
}

/* For a table it is the page of the descriptor, here the table's sixth. */
static void row_23_tt(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t va = 0x20000000ull + 3000 * 0x10000ull, leaf, ipa, w[4];
    Context c;

    context_init2(&c, t, 3, 16, 12);
    context_map(&c, va, ram_page(t));
    leaf = desc_pa(&c.s1, va, 3);
    ipa = (leaf + t->bias) & ~0xfffull;
    g_assert_cmphex(ipa & 0xf000, ==, 0x5000);
    s2_split(&c, leaf);
    for (unsigned i = 0; i < 16; i++) {
        desc_set(&c.s2, desc_pa(&c.s2, (ipa & ~0xffffull) + i * 0x1000, 3), 0);
    }
    context_commit(&c);
    g_assert_false(dma_read(t, va, NULL));
    g_assert_true(event_pop(t, w));
    g_assert_cmphex(w[0] & 0xff, ==, F_TRANSLATION);
    g_assert_cmphex(w[3], ==, ipa);
    machine_stop(t);
}

/* Commands of features that are not there (4.1). */
static void row_32(void)
{
    static const uint64_t ops[] = { 0x18, 0x1a, 0x40, 0x41, 0x44, 0x45,
                                    0x07, 0x50, 0x5a, 0x60, 0x70, 0x73 };
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        cmd_illegal(t, ops[i], 0);
    }
    machine_stop(t);
}

static void row_33(void)
{
    SmmuQtest *t = smmu_start();

    cmd_illegal(t, OP_SYNC | 3 << 12, 0);
    cmd_illegal(t, 0x01 | 1 << 10, 0); /* PREFETCH_CONFIG, SSec */
    cmd_illegal(t, 0x02 | 1 << 10, 0);
    /* TG = 4K with NUM = SCALE = TTL = 0 */
    cmd_illegal(t, OP_TLBI_NH_VA, 1 << 10);
    cmd_illegal(t, OP_TLBI_S2_IPA, 1 << 10);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/in-tree/row-18-queue-base/size", row_18_size);
    g_test_add_func("/in-tree/row-18-queue-base/least", row_18_least);
    g_test_add_func("/in-tree/row-19-event-queue-overflow", row_19);
    g_test_add_func("/in-tree/row-20-one-event/engine", row_20_engine);
    g_test_add_func("/in-tree/row-20-one-event/nvme", row_20_nvme);
    g_test_add_data_func("/in-tree/row-21-s2-fault-of-s1-table/s2r",
                         GUINT_TO_POINTER(0), row_21);
    g_test_add_data_func("/in-tree/row-21-s2-fault-of-s1-table/r",
                         GUINT_TO_POINTER(1), row_21);
    g_test_add_func("/in-tree/row-22-cd-fetch-address", row_22);
    g_test_add_func("/in-tree/row-23-ipa-field/in", row_23_in);
    g_test_add_func("/in-tree/row-23-ipa-field/tt", row_23_tt);
    g_test_add_func("/in-tree/row-32-commands-of-absent-features", row_32);
    g_test_add_func("/in-tree/row-33-reserved-encodings", row_33);
    return g_test_run();
}
