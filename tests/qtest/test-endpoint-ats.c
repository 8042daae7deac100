/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine behind the SMMU by way of ATS and PRI: requests, the cache and
 * what empties it, Page Requests and their answers.
 * Tests only.
 */
#include "ats.h"

static void test_cache(void)
{
    uint64_t pa2;
    Bench b;

    bench_start(&b, ",ats=on");
    pa2 = ram_page(b.t);
    mem_w64(b.t, pa2, ~MAGIC);
    expect_read(&b, VA, MAGIC);
    /* The SMMU has forgotten the page; the engine has not. */
    unmap(&b, VA);
    expect_read(&b, VA, MAGIC);
    context_map(&b.c, VA, pa2);
    cmd(b.t, FORGET, 0);
    expect_read(&b, VA, MAGIC);
    atc_inv(&b, VA + 0x1000, 0);
    expect_read(&b, VA, MAGIC);
    atc_inv(&b, VA, 0);
    expect_read(&b, VA, ~MAGIC);
    context_map(&b.c, VA, b.pa);
    cmd(b.t, FORGET, 0);
    atc_inv(&b, 0, 52);
    expect_read(&b, VA, MAGIC);
    /* Switched off, the cache is empty. */
    context_map(&b.c, VA, pa2);
    cmd(b.t, FORGET, 0);
    ats_enable(&b, false);
    ats_enable(&b, true);
    expect_read(&b, VA, ~MAGIC);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* Nothing granted is no event, and no transaction. */
static void test_permissions(void)
{
    Bench b;

    bench_start(&b, ",ats=on");
    expect_failure(&b, false, VA + 0x1000, USE_ATS, WHY_PERMISSION);
    map_page(&b.c.s1, VA + 0x1000, b.pa, S1_LEAF | 0x80); /* AP[2] */
    expect_read(&b, VA + 0x1000, MAGIC);
    expect_failure(&b, true, VA + 0x1000, USE_ATS, WHY_PERMISSION);
    expect_read(&b, VA, MAGIC);
    g_assert_cmphex(ats_run(&b, true, VA, USE_ATS, NULL), ==, ENG_HALTED);
    g_assert_cmphex(mem_r64(b.t, b.pa), ==, dma_pattern(VA));
    expect_no_event(b.t);
    machine_stop(b.t);
}

static void test_refused(void)
{
    uint64_t w[4];
    Bench b;

    bench_start(&b, ",ats=on");
    /* ATS is off in the function: nothing is sent. */
    ats_enable(&b, false);
    expect_failure(&b, false, VA, USE_ATS, WHY_UR);
    expect_no_event(b.t);
    ats_enable(&b, true);
    /* Bus mastering is off: a request is a memory request. */
    pci_w32(b.t, ENGINE_SID, 4, 0x2);
    expect_failure(&b, false, VA, USE_ATS, WHY_UR);
    pci_w32(b.t, ENGINE_SID, 4, 0x6);
    expect_no_event(b.t);
    /* EATS = 0 */
    put(b.c.ste, 93, 92, 0);
    context_commit(&b.c);
    expect_failure(&b, false, VA, USE_ATS, WHY_UR);
    g_assert_true(event_pop(b.t, w));
    g_assert_cmphex(w[0], ==, (uint64_t)ENGINE_SID << 32 | F_BAD_ATS_TREQ);
    g_assert_cmphex(w[2] & ~0xfffull, ==, VA);
    /* A configuration error aborts it, in silence. */
    put(b.c.ste, 0, 0, 0);
    context_commit(&b.c);
    expect_failure(&b, false, VA, USE_ATS, WHY_CA);
    expect_no_event(b.t);
    machine_stop(b.t);

    /* An SMMU without ATS */
    bench_start(&b, "");
    expect_failure(&b, false, VA, USE_ATS, WHY_UR);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* What is in the cache is of no use when the stream may no longer. */
static void test_forbidden(void)
{
    Bench b;

    bench_start(&b, ",ats=on");
    expect_read(&b, VA, MAGIC);
    put(b.c.ste, 93, 92, 0);
    context_commit(&b.c);
    expect_failure(&b, false, VA, USE_ATS, 0);
    expect_event(b.t, &(Event){ .num = F_TRANSL_FORBIDDEN,
                                .sid = ENGINE_SID,
                                .rnw = true,
                                .addr = b.pa });
    machine_stop(b.t);
}

/* A substream has its own entries, and its own invalidations. */
static void test_pasid(void)
{
    const uint64_t sid = (uint64_t)ENGINE_SID << 32;
    uint64_t cds, other;
    EngineOp op = { .cmd = ENG_SUM64, .begin = VA, .end = VA + 7 };
    Bench b;

    bench_start(&b, ",ats=on,ssidsize=4,cd2l=off");
    /* S1CDMax = 1, S1DSS = 2: CD 0 without a SubstreamID, CD 1 with 1 */
    cds = ram_alloc(b.t, 128, 128);
    for (unsigned i = 0; i < 16; i++) {
        mem_w64(b.t, cds + i * 8, b.c.cd[i % 8]);
    }
    b.c.ste[0] &= 0x3full;
    b.c.ste[0] |= cds;
    put(b.c.ste, 63, 59, 1);
    put(b.c.ste, 65, 64, 2);
    ste_write(b.t, ENGINE_SID, b.c.ste);
    cmd(b.t, OP_CFGI_STE | sid, 1);
    qtest_writel(b.t->qts, PCTRL, USE_ATS);

    expect_read(&b, VA, MAGIC);
    op.ssv = true;
    op.ssid = 1;
    g_assert_cmphex(engine_run(b.t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    other = ram_page(b.t);
    context_map(&b.c, VA, other);
    cmd(b.t, FORGET, 0);
    /* Without a PASID, and with another: the entry of PASID 1 stays. */
    atc_inv(&b, VA, 0);
    expect_read(&b, VA, 0);
    cmd(b.t, OP_ATC_INV | sid | 1 << 11 | 2 << 12, VA);
    g_assert_cmphex(engine_run(b.t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    cmd(b.t, OP_ATC_INV | sid | 1 << 11 | 1 << 12, VA);
    g_assert_cmphex(engine_run(b.t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, 0);
    context_map(&b.c, VA, b.pa);
    cmd(b.t, FORGET, 0);
    /* Global: of all PASIDs, and only of those. */
    cmd(b.t, OP_ATC_INV | sid | 1 << 11 | 7 << 12 | 1 << 9, VA);
    g_assert_cmphex(engine_run(b.t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    expect_read(&b, VA, 0);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* data: entries of the cache */
static void test_entries(const void *data)
{
    unsigned entries = GPOINTER_TO_UINT(data);
    char *extra =
        g_strdup_printf("-global smmulator-engine.atc-entries=%u", entries);
    SmmuQtest *t = machine_start_with(",ats=on", NULL, extra);
    Bench b = { .t = t };

    smmu_enable(t);
    smmu_cr0(t, 0x1d);
    context_init(&b.c, t, 1, 12);
    put(b.c.ste, 93, 92, 1);
    for (unsigned i = 0; i <= entries; i++) {
        context_map(&b.c, VA + i * 0x1000, ram_page(t));
    }
    context_commit(&b.c);
    ats_enable(&b, true);
    for (unsigned i = 0; i < entries; i++) {
        expect_read(&b, VA + i * 0x1000, 0);
    }
    unmap(&b, VA);
    expect_read(&b, VA, 0);
    /* One more takes the place of the first. */
    expect_read(&b, VA + entries * 0x1000, 0);
    expect_failure(&b, false, VA, USE_ATS, WHY_PERMISSION);
    machine_stop(t);
    g_free(extra);
}

/* A function that never answers: the SYNC after the invalidation fails. */
static void test_timeout(void)
{
    SmmuQtest *t = machine_start_with(
        ",ats=on", NULL, "-global smmulator-engine.mute-invalidations=on");
    Bench b = { .t = t };

    smmu_enable(t);
    /* ATS is off in the function: it answers that it knows none. */
    atc_inv(&b, VA, 0);
    ats_enable(&b, true);
    cmd_push(t, OP_ATC_INV | (uint64_t)ENGINE_SID << 32, VA);
    cmd_push(t, OP_SYNC, 0);
    g_assert_false(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS) >> 24 & 0x7f, ==, 3);
    machine_stop(t);
}

static void test_pri(void)
{
    EngineOp op = { 0 };
    uint64_t w[2];
    Bench b;

    bench_start(&b, ",ats=on,pri=on");
    pri_enable(&b, 32);
    unmap(&b, VA);
    launch(&b, 0, false, VA);
    g_assert_true(priq_pop(&b, w));
    /* Read, Last, index 0 */
    g_assert_cmphex(w[0], ==, 0x5000000000000000ull | ENGINE_SID);
    g_assert_cmphex(w[1], ==, VA);
    context_map(&b.c, VA, b.pa);
    pri_resp(&b, w, 2);
    g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    g_assert_cmphex(qtest_readl(b.t->qts, UCTRL2), ==, 0x10000);
    /* A write, answered twice without a page; then with one. */
    launch(&b, 0, true, VA + 0x1000);
    for (unsigned i = 1; i <= 3; i++) {
        g_assert_true(priq_pop(&b, w));
        g_assert_cmphex(w[0], ==, 0x6000000000000000ull | ENGINE_SID);
        g_assert_cmphex(w[1], ==, (VA + 0x1000) | i);
        if (i == 3) {
            context_map(&b.c, VA + 0x1000, b.pa);
        }
        pri_resp(&b, w, 2);
    }
    g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_HALTED);
    g_assert_cmphex(mem_r64(b.t, b.pa), ==, dma_pattern(VA + 0x1000));
    g_assert_cmphex(qtest_readl(b.t->qts, UCTRL2), ==, 0x30000);
    g_assert_cmphex(pri_status(&b), ==, 0x8000);
    expect_no_event(b.t);
    machine_stop(b.t);
}

static void test_pri_denied(void)
{
    EngineOp op = { 0 };
    uint64_t w[2];
    Bench b;

    bench_start(&b, ",ats=on,pri=on");
    unmap(&b, VA);
    /* Page Requests are off. */
    expect_failure(&b, false, VA, USE_PRI, WHY_PRI_OFF);
    pri_enable(&b, 32);
    /* Invalid Request */
    launch(&b, 0, false, VA);
    g_assert_true(priq_pop(&b, w));
    /* An answer to what nobody asked first */
    w[1] ^= 1;
    pri_resp(&b, w, 2);
    w[1] ^= 1;
    g_assert_cmphex(pri_status(&b), ==, 0x8002);
    pri_resp(&b, w, 1);
    g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_ERROR);
    g_assert_cmpuint(why(&b), ==, WHY_INVALID);
    g_assert_cmphex(op.fault, ==, VA);
    /* Response Failure, as Linux does: it is the end of all requests. */
    launch(&b, 0, false, VA);
    g_assert_true(priq_pop(&b, w));
    pri_resp(&b, w, 0);
    g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_ERROR);
    g_assert_cmpuint(why(&b), ==, WHY_FAILURE);
    g_assert_cmphex(pri_status(&b), ==, 0x8103);
    expect_failure(&b, false, VA, USE_PRI, WHY_PRI_OFF);
    /* The SMMU's own, with its queue off */
    smmu_cr0(b.t, 0x1d);
    pri_enable(&b, 0);
    pri_enable(&b, 32);
    g_assert_cmphex(pri_status(&b), ==, 0x8000);
    expect_failure(&b, false, VA, USE_PRI, WHY_FAILURE);
    g_assert_cmphex(pri_status(&b), ==, 0x8101);
    machine_stop(b.t);
}

/* As many frames as the queue has no room for: the SMMU answers the rest. */
static void test_pri_overflow(void)
{
    uint64_t w[2];
    unsigned gave_up = 0, waiting = 0;
    EngineOp op = { 0 };
    Bench b;

    bench_start(&b, ",ats=on,pri=on");
    pri_enable(&b, 32);
    unmap(&b, VA);
    for (unsigned i = 0; i < 20; i++) {
        launch(&b, i, false, VA);
    }
    /* Those that were lost try again and again, for a while. */
    for (unsigned i = 16; i < 20; i++) {
        op.frame = i;
        g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_ERROR);
        g_assert_cmphex(qtest_readl(b.t->qts, UCTRL2 + i * 128), ==,
                        0x100000 | WHY_GAVE_UP);
        gave_up++;
    }
    g_assert_cmphex(r32(b.t, PRIQ_PROD) >> 31, ==, 1);
    context_map(&b.c, VA, b.pa);
    while (waiting < 16) {
        g_assert_true(priq_pop(&b, w));
        pri_resp(&b, w, 2);
        waiting++;
    }
    for (unsigned i = 0; i < 16; i++) {
        op.frame = i;
        g_assert_cmphex(engine_wait(b.t, &op), ==, ENG_HALTED);
    }
    g_assert_cmpuint(gave_up, ==, 4);
    machine_stop(b.t);
}

/* Reset while requests wait, and all works again. */
static void test_pri_reset(void)
{
    uint64_t w[2];
    Bench b;

    bench_start(&b, ",ats=on,pri=on");
    pri_enable(&b, 32);
    unmap(&b, VA);
    for (unsigned i = 0; i < 40; i++) {
        launch(&b, i, false, VA);
    }
    g_assert_true(priq_pop(&b, w));
    qtest_qmp_assert_success(b.t->qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(b.t->qts, "RESET");
    engine_setup(b.t, ENGINE_SID, ENGINE_BAR);
    for (unsigned i = 0; i < 40; i++) {
        g_assert_cmphex(qtest_readl(b.t->qts, ENGINE_BAR + i * 128), ==,
                        ENG_HALTED);
    }
    g_assert_cmphex(pri_status(&b), ==, 0x8100);
    g_assert_cmphex(ats_run(&b, false, b.pa, 0, NULL), ==, ENG_HALTED);
    machine_stop(b.t);
}

/* The port at @bdf has bus @bus behind it, with BARs at @bar. */
static void port_setup(SmmuQtest *t, unsigned bdf, unsigned bus, uint32_t bar)
{
    pci_w32(t, bdf, 0x18, bus << 16 | bus << 8);
    pci_w32(t, bdf, 0x20, (bar + 0x100000) | bar >> 16);
    pci_w32(t, bdf, 0x04, 0x6);
}

/* Takes away the power of the slot below the port at @bdf. */
static void port_power_off(SmmuQtest *t, unsigned bdf)
{
    unsigned at = pci_r32(t, bdf, 0x34) & 0xff;

    while ((pci_r32(t, bdf, at) & 0xff) != 0x10) {
        at = pci_r32(t, bdf, at) >> 8 & 0xff;
        g_assert_cmpuint(at, !=, 0);
    }
    pci_w32(t, bdf, at + 0x18, 0x700);
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
}

/*
 * Functions are unplugged: one with Page Requests on their way, and the
 * Exerciser. Messages for them come too late. What is freed is overwritten.
 */
static void test_unplug(void)
{
    const uint64_t sid = 0x100, va = VA;
    const uint32_t bar = 0x12000000;
    uint64_t w[2];
    SmmuQtest *t;
    Bench b;

    g_setenv("MALLOC_PERTURB_", "90", TRUE);
    t = machine_start_with(",ats=on,pri=on", NULL,
                           "-device pcie-root-port,id=rp1,chassis=1,addr=4.0 "
                           "-device pcie-root-port,id=rp2,chassis=2,addr=5.0 "
                           "-device smmulator-engine,bus=rp1 "
                           "-device smmulator-exerciser,bus=rp2");
    g_unsetenv("MALLOC_PERTURB_");
    b = (Bench){ .t = t };
    smmu_enable(t);
    smmu_cr0(t, 0xc);
    t->strtab = ram_alloc(t, 0x8000, 0x8000);
    w64(t, STRTAB_BASE, t->strtab);
    w32(t, STRTAB_BASE_CFG, 9);
    b.priq = ram_alloc(t, 0x1000, 0x1000);
    w64(t, PRIQ_BASE, b.priq | PRIQ_LOG2);
    w32(t, PRIQ_PROD, 0);
    w32(t, PRIQ_CONS, 0);
    smmu_cr0(t, 0x1f);
    context_init(&b.c, t, 1, 12);
    b.c.sid = sid;
    put(b.c.ste, 93, 92, 1);
    context_commit(&b.c);

    port_setup(t, 0x20, 1, bar);
    port_setup(t, 0x28, 2, bar + 0x1000000);
    engine_setup(t, sid, bar);
    pci_w32(t, sid, pci_ext_cap(t, sid, 0x0f) + 4, 0x80000000);
    pci_w32(t, sid, pci_ext_cap(t, sid, 0x13) + 12, 2);
    pci_w32(t, sid, pci_ext_cap(t, sid, 0x13) + 4, 1);
    for (unsigned i = 0; i < 4; i++) {
        const EngineOp op = { .cmd = ENG_SUM64,
                              .begin = va + i * 0x1000,
                              .end = va + i * 0x1000 + 7,
                              .frame = i,
                              .bar = bar };

        qtest_writel(t->qts, bar + 0x10000 + i * 128, USE_PRI);
        engine_launch(t, &op);
    }
    g_assert_true(priq_pop(&b, w));
    g_assert_cmphex(w[0] & 0xffffffff, ==, sid);
    port_power_off(t, 0x20);
    port_power_off(t, 0x28);
    g_assert_cmphex(pci_r32(t, sid, 0), ==, 0xffffffff);
    pri_resp(&b, w, 2);
    cmd(t, OP_ATC_INV | sid << 32, va);
    cmd(t, OP_ATC_INV | UINT64_C(0x200) << 32, 52);
    /* The engine on the root bus is as well as ever. */
    b.pa = quick_stage1(&b.c, t, VA);
    mem_w64(t, b.pa, MAGIC);
    put(b.c.ste, 93, 92, 1);
    context_commit(&b.c);
    ats_enable(&b, true);
    expect_read(&b, VA, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

/* Request, map, answer, retry, and away with it, again and again. */
static void test_pri_many(void)
{
    const uint64_t sid = (uint64_t)ENGINE_SID << 32;
    uint64_t desc, leaf, w[2];
    QTestState *q;
    Bench b;

    bench_start(&b, ",ats=on,pri=on");
    pri_enable(&b, 32);
    q = b.t->qts;
    desc = desc_pa(&b.c.s1, VA, 3);
    leaf = desc_get(&b.c.s1, desc);
    for (unsigned i = 0; i < 10000; i++) {
        gint64 until = g_get_monotonic_time() + 5 * G_TIME_SPAN_SECOND;

        mem_w64(b.t, desc, 0);
        cmd_push(b.t, FORGET, 0);
        cmd_push(b.t, OP_ATC_INV | sid, VA);
        cmd_push(b.t, OP_SYNC, 0);
        g_assert_true(cmd_drain(b.t));
        mem_w64(b.t, b.pa, i + 1);
        if (i == 0) {
            launch(&b, 0, false, VA);
        } else {
            qtest_writel(q, ENGINE_BAR, ENG_SUM64);
        }
        g_assert_true(priq_pop(&b, w));
        g_assert_cmphex(w[0], ==, 0x5000000000000000ull | ENGINE_SID);
        g_assert_cmphex(w[1], ==, VA | i % 512);
        mem_w64(b.t, desc, leaf);
        pri_resp(&b, w, 2);
        while (qtest_readl(q, ENGINE_BAR) == ENG_SUM64) {
            g_assert_cmpint(g_get_monotonic_time(), <, until);
        }
        g_assert_cmphex(qtest_readl(q, ENGINE_BAR), ==, ENG_HALTED);
        g_assert_cmphex(qtest_readq(q, ENGINE_BAR + 0x48), ==, i + 1);
    }
    g_assert_cmphex(pri_status(&b), ==, 0x8000);
    expect_no_event(b.t);
    machine_stop(b.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/endpoint/ats/cache", test_cache);
    g_test_add_func("/endpoint/ats/permissions", test_permissions);
    g_test_add_func("/endpoint/ats/refused", test_refused);
    g_test_add_func("/endpoint/ats/forbidden", test_forbidden);
    g_test_add_func("/endpoint/ats/pasid", test_pasid);
    g_test_add_data_func("/endpoint/ats/entries/1", GUINT_TO_POINTER(1),
                         test_entries);
    g_test_add_data_func("/endpoint/ats/entries/7", GUINT_TO_POINTER(7),
                         test_entries);
    g_test_add_func("/endpoint/ats/timeout", test_timeout);
    g_test_add_func("/endpoint/pri/success", test_pri);
    g_test_add_func("/endpoint/pri/denied", test_pri_denied);
    g_test_add_func("/endpoint/pri/overflow", test_pri_overflow);
    g_test_add_func("/endpoint/pri/reset", test_pri_reset);
    g_test_add_func("/endpoint/pri/unplug", test_unplug);
    g_test_add_func("/endpoint/pri/10000-times", test_pri_many);
    return g_test_run();
}
