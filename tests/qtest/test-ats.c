/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATS as the SMMU sees it (3.9; D.7, D.8): stages, split-stage ATS, ATSCHK,
 * what is recorded, and its absence. The engine asks and caches.
 */
#include "ats.h"

#define ALL ",ats=on,split-ats=on,atsrecerr=on"

static void test_absent(void)
{
    SmmuQtest *t = smmu_start();
    static const uint32_t regs[] = { PRIQ_BASE, PRIQ_BASE + 4, PRIQ_IRQ_CFG2,
                                     PRIQ_PROD, PRIQ_CONS };

    /* ATS, NS1ATS, PRI, ATSRECERR */
    g_assert_cmphex(r32(t, IDR0) & 0x810c00, ==, 0);
    g_assert_cmphex(r32(t, IDR1) >> 11 & 0x1f, ==, 0);
    w32(t, CR0, 0x1f);
    g_assert_cmphex(r32(t, CR0), ==, 0xd);
    g_assert_cmphex(r32(t, CR0ACK), ==, 0xd);
    w32(t, IRQ_CTRL, 7);
    g_assert_cmphex(r32(t, IRQ_CTRL), ==, 5);
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        w32(t, regs[i], 0xffffffff);
        g_assert_cmphex(r32(t, regs[i]), ==, 0);
    }
    cmd_illegal(t, OP_ATC_INV, 0);
    cmd_illegal(t, OP_PRI_RESP, 0);
    smmu_cr0(t, 0xc);
    w32(t, CR2, 0xb);
    g_assert_cmphex(r32(t, CR2), ==, 0x3);
    machine_stop(t);
}

static void test_present(void)
{
    static const struct {
        const char *props;
        uint32_t idr0, idr1;
    } rows[] = {
        { ",ats=on", 0xc00, 0 }, /* NS1ATS = 1 */
        { ",ats=on,split-ats=on", 0x400, 0 },
        { ",ats=on,atsrecerr=on", 0x800c00, 0 },
        { ",ats=on,pri=on,priqs=7", 0x10c00, 7 },
        { ",ats=on,stage=1", 0x400, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuQtest *t = machine_start_with(rows[i].props, NULL, NULL);

        g_assert_cmphex(r32(t, IDR0) & 0x810c00, ==, rows[i].idr0);
        g_assert_cmphex(r32(t, IDR1) >> 11 & 0x1f, ==, rows[i].idr1);
        machine_stop(t);
    }
}

/* data: stage + 4 * EATS */
static void test_stages(const void *data)
{
    unsigned how = GPOINTER_TO_UINT(data), stage = how & 3, eats = how >> 2;
    Bench b;

    bench_start_as(&b, ALL, stage, eats, 0x1d);
    expect_read(&b, VA, MAGIC);
    g_assert_cmphex(ats_run(&b, true, VA, USE_ATS, NULL), ==, ENG_HALTED);
    g_assert_cmphex(mem_r64(b.t, b.pa), ==, dma_pattern(VA));
    expect_failure(&b, false, VA + 0x100000, USE_ATS, WHY_PERMISSION);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* What stage 2 no longer maps: with EATS = 1 the engine's entry still leads
 * there, with EATS = 2 the SMMU looks. */
static void test_split(void)
{
    for (unsigned eats = 1; eats <= 2; eats++) {
        uint64_t ipa;
        Bench b;

        bench_start_as(&b, ALL, 3, eats, 0x1d);
        s2_split(&b.c, b.pa);
        ipa = b.pa + b.t->bias;
        cmd(b.t, OP_TLBI_S12_VMALL | 1ull << 32, 0);
        expect_read(&b, VA, MAGIC);
        desc_set(&b.c.s2, desc_pa(&b.c.s2, ipa, 3), 0);
        cmd(b.t, OP_TLBI_S12_VMALL | 1ull << 32, 0);
        if (eats == 1) {
            expect_read(&b, VA, MAGIC);
            atc_inv(&b, VA, 0);
            expect_failure(&b, false, VA, USE_ATS, WHY_PERMISSION);
        } else {
            expect_failure(&b, false, VA, USE_ATS, 0);
            expect_event(b.t, EV(F_TRANSLATION, ipa, .rnw = true, .s2 = true,
                                 .ipa = ipa));
        }
        expect_no_event(b.t);
        machine_stop(b.t);
    }
}

/* EATS = 2 where there is none: by IDR0.NS1ATS, by the stages, by ATSCHK. */
static void test_split_refused(void)
{
    uint64_t w[4];
    Bench b;

    bench_start_as(&b, ",ats=on", 3, 2, 0x1d);
    g_assert_false(dma_read(b.t, VA, NULL));
    expect_event(b.t, EV_CFG(C_BAD_STE));
    machine_stop(b.t);

    bench_start_as(&b, ALL, 1, 2, 0x1d);
    g_assert_false(dma_read(b.t, VA, NULL));
    expect_event(b.t, EV_CFG(C_BAD_STE));
    machine_stop(b.t);

    bench_start_as(&b, ALL, 3, 2, 0xd);
    g_assert_true(dma_read(b.t, VA, NULL));
    expect_failure(&b, false, VA, USE_ATS, WHY_UR);
    g_assert_true(event_pop(b.t, w));
    g_assert_cmphex(w[0], ==, (uint64_t)ENGINE_SID << 32 | F_BAD_ATS_TREQ);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* ATSCHK = 0: whatever the engine has kept passes. */
static void test_unchecked(void)
{
    Bench b;

    bench_start_as(&b, ALL, 1, 1, 0xd);
    expect_read(&b, VA, MAGIC);
    put(b.c.ste, 93, 92, 0);
    context_commit(&b.c);
    expect_read(&b, VA, MAGIC);
    put(b.c.ste, 0, 0, 0);
    context_commit(&b.c);
    expect_read(&b, VA, MAGIC);
    expect_no_event(b.t);
    /* ... and with ATSCHK = 1 not: C_BAD_STE, in silence. */
    smmu_cr0(b.t, 0x1d);
    expect_failure(&b, false, VA, USE_ATS, 0);
    expect_no_event(b.t);
    machine_stop(b.t);
}

static void test_disabled(void)
{
    uint64_t w[4];
    Bench b;

    bench_start_as(&b, ALL, 1, 1, 0x1d);
    expect_read(&b, VA, MAGIC);
    smmu_cr0(b.t, 0xc);
    /* Untranslated passes (GBPA), Translated does not. */
    g_assert_cmphex(ats_run(&b, false, b.pa, 0, NULL), ==, ENG_HALTED);
    expect_failure(&b, false, VA, USE_ATS, 0);
    expect_event(b.t, &(Event){ .num = F_TRANSL_FORBIDDEN,
                                .sid = ENGINE_SID,
                                .rnw = true,
                                .addr = b.pa });
    expect_failure(&b, true, VA + 0x1008, USE_ATS, WHY_UR);
    g_assert_true(event_pop(b.t, w));
    g_assert_cmphex(w[0], ==, (uint64_t)ENGINE_SID << 32 | F_BAD_ATS_TREQ);
    g_assert_cmphex(w[1] & ~0xfull, ==, 0xc0000000); /* Read, Write */
    g_assert_cmphex(w[2], ==, VA + 0x1000);
    g_assert_cmphex(w[3], ==, 0);
    /* ATC_INV is ignored: the entry is there when SMMUEN is back. */
    atc_inv(&b, 0, 52);
    unmap(&b, VA);
    smmu_cr0(b.t, 0x1d);
    expect_read(&b, VA, MAGIC);
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* CR2.REC_CFG_ATS: configuration errors of requests and of Translated
 * transactions. */
static void test_rec_cfg(void)
{
    Bench b;

    bench_start_as(&b, ALL, 1, 1, 0x1d);
    expect_read(&b, VA, MAGIC);
    smmu_cr0(b.t, 0xc);
    w32(b.t, CR2, 0xa);
    g_assert_cmphex(r32(b.t, CR2), ==, 0xa);
    smmu_cr0(b.t, 0x1d);
    put(b.c.ste, 0, 0, 0);
    context_commit(&b.c);
    expect_failure(&b, false, VA, USE_ATS, 0);
    expect_event(b.t, EV_CFG(C_BAD_STE));
    expect_failure(&b, false, VA + 0x1000, USE_ATS, WHY_CA);
    expect_event(b.t, EV_CFG(C_BAD_STE));
    expect_no_event(b.t);
    machine_stop(b.t);
}

/* A master of QEMU's own, without ATS, notices nothing of all this. */
static void test_others(void)
{
    SmmuQtest *t = machine_start_with(ALL ",pri=on", NULL, NVME_ARGS);
    uint64_t sq, page;
    Context c;

    smmu_enable(t);
    w64(t, PRIQ_BASE, ram_alloc(t, 0x1000, 0x1000) | PRIQ_LOG2);
    smmu_cr0(t, 0x1f);
    context_init(&c, t, 1, 12);
    c.sid = NVME_SID;
    put(c.ste, 93, 92, 1);
    sq = ram_page(t);
    page = ram_page(t);
    context_map(&c, 0x10000, sq);
    context_map(&c, 0x20000, ram_page(t));
    context_map(&c, 0x50000, page);
    context_commit(&c);
    nvme_setup(t, 0x10000, 0x20000);
    nvme_identify(t, sq, 0, 0x50000, 0);
    for (unsigned i = 0; i < 500 && !mem_r64(t, page); i++) {
        g_usleep(10000);
    }
    g_assert_cmphex(mem_r64(t, page), !=, 0);
    /* It knows no invalidations: UR, and the SYNC completes. */
    cmd(t, OP_ATC_INV | (uint64_t)NVME_SID << 32, 52);
    cmd(t, OP_PRI_RESP | (uint64_t)NVME_SID << 32, 0x2000);
    cmd(t, OP_ATC_INV | 0xffffull << 32, 52);
    cmd(t, OP_PRI_RESP | 0xffffull << 32, 0x2000);
    g_assert_cmphex(r32(t, PRIQ_PROD), ==, 0);
    expect_no_event(t);
    machine_stop(t);
}

/* Sizes of 4 KiB to everything: one that covers the page removes it. */
static void test_inv_sizes(void)
{
    Bench b;

    bench_start(&b, ",ats=on");
    for (unsigned size = 0; size <= 52; size++) {
        uint64_t span = size < 52 ? 0x1000ull << size : 0;

        context_map(&b.c, VA, b.pa);
        cmd(b.t, FORGET, 0);
        expect_read(&b, VA, MAGIC);
        unmap(&b, VA);
        if (size < 52) {
            atc_inv(&b, VA ^ span, size); /* the neighbour */
            expect_read(&b, VA, MAGIC);
        }
        atc_inv(&b, VA, size);
        expect_failure(&b, false, VA, USE_ATS, WHY_PERMISSION);
    }
    cmd_illegal(b.t, OP_ATC_INV | (uint64_t)ENGINE_SID << 32, VA | 53);
    machine_stop(b.t);
}

/* IDR3.PASIDTT: a Translated transaction's PASID is looked up. Without it the
 * engine's entry is good for ever. */
static void test_pasidtt(void)
{
    for (unsigned on = 0; on < 2; on++) {
        EngineOp op = {
            .cmd = ENG_SUM64, .begin = VA, .end = VA + 7, .ssv = true, .ssid = 1
        };
        uint64_t cds, w[4];
        Bench b;

        bench_start(&b, on ? ",arch-version=3.3,e0pd=on,ptwnnc=on,ats=on,"
                             "pasidtt=on,ssidsize=4,cd2l=off"
                           : ",ats=on,ssidsize=4,cd2l=off");
        g_assert_cmphex(r32(b.t, IDR3) >> 16 & 1, ==, on);
        /* S1CDMax = 1, S1DSS = 2: CDs 0 and 1 */
        cds = ram_alloc(b.t, 128, 128);
        for (unsigned i = 0; i < 16; i++) {
            mem_w64(b.t, cds + i * 8, b.c.cd[i % 8]);
        }
        b.c.ste[0] &= 0x3full;
        b.c.ste[0] |= cds;
        put(b.c.ste, 63, 59, 1);
        put(b.c.ste, 65, 64, 2);
        ste_write(b.t, ENGINE_SID, b.c.ste);
        cmd(b.t, OP_CFGI_STE | (uint64_t)ENGINE_SID << 32, 1);
        qtest_writel(b.t->qts, PCTRL, USE_ATS);
        g_assert_cmphex(engine_run(b.t, &op), ==, ENG_HALTED);
        g_assert_cmphex(op.sum, ==, MAGIC);

        /* CD 1: V = 0 */
        mem_w64(b.t, cds + 64, mem_r64(b.t, cds + 64) & ~0x80000000ull);
        cmd(b.t, OP_CFGI_CD_ALL | (uint64_t)ENGINE_SID << 32, 0);
        g_assert_cmphex(engine_run(b.t, &op), ==, on ? ENG_ERROR : ENG_HALTED);
        g_assert_false(event_pop(b.t, w));
        machine_stop(b.t);
    }
}

/* CMD_SYNC waits for the function's answer; QEMU and the SMMU do not. */
static void test_sync_waits(void)
{
    const uint64_t sid = (uint64_t)ENGINE_SID << 32;
    SmmuQtest *t = machine_start_with(
        ",ats=on", NULL, "-global smmulator-engine.hold-invalidations=on");
    Bench b = { .t = t };
    uint32_t prod;

    smmu_enable(t);
    smmu_cr0(t, 0x1d);
    b.pa = ram_page(t);
    context_init(&b.c, t, 1, 12);
    put(b.c.ste, 93, 92, 1);
    context_map(&b.c, VA, b.pa);
    context_commit(&b.c);
    mem_w64(t, b.pa, MAGIC);
    ats_enable(&b, true);
    expect_read(&b, VA, MAGIC);
    unmap(&b, VA);

    cmd_push(t, OP_ATC_INV | sid, VA);
    cmd_push(t, OP_ATC_INV | sid, VA + 0x1000);
    prod = r32(t, CMDQ_PROD);
    cmd_push(t, OP_SYNC | 1 << 12, 0);
    g_usleep(20000);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, prod);
    /* The entry is still there, and transactions go on. */
    expect_read(&b, VA, MAGIC);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, prod);
    ats_enable(&b, true);
    g_assert_true(cmd_drain(t));
    expect_failure(&b, false, VA, USE_ATS, WHY_PERMISSION);

    /* More than there are tags: 32 are sent, the 33rd command waits. */
    prod = r32(t, CMDQ_PROD);
    for (unsigned i = 0; i < 40; i++) {
        cmd_push(t, OP_ATC_INV | sid, VA + i * 0x1000);
    }
    g_usleep(20000);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, (prod + 32) & 0x7f);
    ats_enable(&b, true);
    cmd_push(t, OP_SYNC, 0);
    ats_enable(&b, true);
    while (r32(t, CMDQ_CONS) != r32(t, CMDQ_PROD)) {
        ats_enable(&b, true);
        g_usleep(1000);
    }

    /* Reset while it waits: nothing is left of it. */
    cmd_push(t, OP_ATC_INV | sid, VA);
    cmd_push(t, OP_SYNC, 0);
    qtest_qmp_assert_success(t->qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t->qts, "RESET");
    engine_setup(t, ENGINE_SID, ENGINE_BAR);
    smmu_enable(t);
    cmd(t, OP_CFGI_STE_RANGE, 31);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ats/absent", test_absent);
    g_test_add_func("/ats/present", test_present);
    g_test_add_data_func("/ats/stages/s1", GUINT_TO_POINTER(1 | 1 << 2),
                         test_stages);
    g_test_add_data_func("/ats/stages/s2", GUINT_TO_POINTER(2 | 1 << 2),
                         test_stages);
    g_test_add_data_func("/ats/stages/nested", GUINT_TO_POINTER(3 | 1 << 2),
                         test_stages);
    g_test_add_data_func("/ats/stages/split", GUINT_TO_POINTER(3 | 2 << 2),
                         test_stages);
    g_test_add_func("/ats/split", test_split);
    g_test_add_func("/ats/split-refused", test_split_refused);
    g_test_add_func("/ats/unchecked", test_unchecked);
    g_test_add_func("/ats/disabled", test_disabled);
    g_test_add_func("/ats/rec-cfg", test_rec_cfg);
    g_test_add_func("/ats/others", test_others);
    g_test_add_func("/ats/pasidtt", test_pasidtt);
    g_test_add_func("/ats/sync-waits", test_sync_waits);
    g_test_add_func("/ats/invalidation-sizes", test_inv_sizes);
    return g_test_run();
}
