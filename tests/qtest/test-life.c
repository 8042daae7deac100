/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reset, disabling, and how transactions are terminated (3.12.1, 6.3.9).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull

/* System reset: registers, queues and caches are as at the start. */
static void test_reset(void)
{
    static const uint32_t zero[] = {
        CR0,       CR0ACK,    CR1,         CR2,         IRQ_CTRL,
        GERROR,    GERRORN,   STRTAB_BASE, CMDQ_BASE,   STRTAB_BASE_CFG,
        CMDQ_PROD, CMDQ_CONS, EVENTQ_BASE, EVENTQ_PROD, EVENTQ_CONS,
    };
    SmmuQtest *t = smmu_start();
    uint64_t pa, v;
    Context c;

    pa = quick_stage1(&c, t, VA);
    mem_w64(t, pa, 1);
    g_assert_true(dma_read(t, VA, NULL));
    g_assert_false(dma_read(t, 0, NULL));
    cmd_push(t, 0xff, 0);
    g_assert_false(cmd_drain(t));
    w32(t, GBPA, 0x80100000);

    qtest_system_reset(t->qts);
    for (unsigned i = 0; i < G_N_ELEMENTS(zero); i++) {
        g_assert_cmphex(r32(t, zero[i]), ==, 0);
    }
    g_assert_cmphex(r32(t, GBPA), ==, 0x1000);
    g_assert_cmphex(r32(t, IDR0), ==, 0x0904121b);
    /* The masters too: their BARs are gone. */
    engine_setup(t, ENGINE_SID, ENGINE_BAR);
    g_assert_true(dma_read(t, pa, &v)); /* bypass */
    g_assert_cmphex(v, ==, 1);

    /* Nothing cached survived: other contents, same tags, no TLBI. */
    pa = ram_page(t);
    smmu_enable(t);
    context_init(&c, t, 1, 12);
    context_map(&c, VA, pa);
    mem_w64(t, pa, 2);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, c.cd_pa + i * 8, c.cd[i]);
    }
    ste_write(t, ENGINE_SID, c.ste);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, 2);
    expect_no_event(t);
    machine_stop(t);
}

/* In the middle of a long queue, and of a long transfer. */
static void test_reset_busy(void)
{
    SmmuQtest *t = smmu_start();
    const unsigned n = 1u << 16;
    uint8_t *entries = g_malloc0(n * 16);
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = RAM_BASE,
                    .end = RAM_BASE + 0x7ffffff };
    Context c;

    for (unsigned i = 0; i < n; i++) {
        entries[i * 16] = OP_TLBI_NSNH_ALL;
    }
    context_init(&c, t, 0, 12);
    context_commit(&c);
    t->cmdq = ram_alloc(t, n * 16, n * 16);
    qtest_bufwrite(t->qts, t->cmdq, entries, n * 16);
    g_free(entries);
    smmu_cr0(t, 0x5);
    w64(t, CMDQ_BASE, t->cmdq | 16);
    w32(t, CMDQ_PROD, 0);
    w32(t, CMDQ_CONS, 0);
    smmu_cr0(t, 0xd);
    engine_launch(t, &op);
    w32(t, CMDQ_PROD, n);
    qtest_system_reset(t->qts);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0);
    g_assert_cmphex(r32(t, CMDQ_PROD), ==, 0);
    engine_setup(t, ENGINE_SID, ENGINE_BAR);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR), ==, ENG_HALTED);
    smmu_enable(t);
    quick_stage1(&c, t, VA);
    g_assert_true(dma_read(t, VA, NULL));
    machine_stop(t);
}

/* SMMUEN off and on: GBPA between, and the old translations after. */
static void test_disable(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa, v;
    Context c;

    pa = quick_stage1(&c, t, VA);
    mem_w64(t, pa, 1);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_true(dma_read(t, VA, &v));
        g_assert_cmphex(v, ==, 1);
        smmu_cr0(t, 0xc);
        g_assert_true(dma_read(t, pa, &v));
        g_assert_cmphex(v, ==, 1);
        w32(t, GBPA, 0x80101000);
        g_assert_false(dma_read(t, pa, NULL));
        g_assert_false(dma_write(t, pa));
        w32(t, GBPA, 0x80001000);
        smmu_cr0(t, 0xd);
    }
    expect_no_event(t);
    machine_stop(t);
}

/* SMMUEN = 0: beyond OAS is an abort, and an SSID is no matter. */
static void test_bypass_limits(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    uint64_t pa = ram_page(t);
    EngineOp op = {
        .cmd = ENG_SUM64, .begin = pa, .end = pa + 7, .ssv = true, .ssid = 5
    };

    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    g_assert_false(dma_read(t, UINT64_C(1) << 48, NULL));
    g_assert_false(dma_read(t, (UINT64_C(1) << 63) | pa, NULL));
    machine_stop(t);
}

/* What CD.A and CD.R make of the four translation faults. */
static void check_termination(SmmuQtest *t, unsigned a, unsigned r,
                              unsigned num)
{
    uint64_t pa = ram_page(t), v = 1;
    bool ok;
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 46, 46, a);
    put(c.cd, 45, 45, r);
    put(c.cd, 34, 32, 0); /* IPS: 32 bits */
    map_page(&c.s1, VA, num == F_ADDR_SIZE ? pa | 1ull << 32 : pa,
             num == F_ACCESS       ? S1_LEAF & ~DESC_AF
             : num == F_PERMISSION ? S1_LEAF & ~0x40ull
                                   : S1_LEAF);
    if (num == F_TRANSLATION) {
        mem_w64(t, desc_pa(&c.s1, VA, 3), 0);
    }
    context_commit(&c);
    mem_w64(t, pa, MAGIC);
    ok = dma_read(t, VA, &v);
    g_assert_cmpint(ok, ==, !a);
    if (ok) {
        g_assert_cmphex(v, ==, 0); /* read as zero */
    }
    if (r) {
        expect_event(t, EV(num, VA, .rnw = true));
    }
    g_assert_cmpint(dma_write(t, VA), ==, !a);
    if (r) {
        expect_event(t, EV(num, VA));
    }
    g_assert_cmphex(mem_r64(t, pa), ==, MAGIC); /* write ignored */
    expect_no_event(t);
}

static void test_termination(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned ar = 0; ar < 4; ar++) {
        for (unsigned num = F_TRANSLATION; num <= F_PERMISSION; num++) {
            check_termination(t, ar & 1, ar >> 1, num);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
        }
    }
    machine_stop(t);
}

/* Others always abort and always record: A = R = 0 does not count. */
static void test_termination_always(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 46, 45, 0);
    context_map(&c, VA, ram_page(t));
    mem_w64(t, desc_pa(&c.s1, VA, 2), HOLE | 3);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, &(Event){ .num = F_WALK_EABT,
                              .sid = ENGINE_SID,
                              .rnw = true,
                              .cls = CLS_TT,
                              .addr = VA,
                              .ipa = HOLE + 0x280 });
    put(c.cd, 31, 31, 0);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_CD));
    machine_stop(t);
}

/* Stage 2 aborts whatever CD.A says; S2R alone decides on the record. */
static void test_termination_s2(void)
{
    for (unsigned stage = 2; stage <= 3; stage++) {
        for (unsigned s2r = 0; s2r < 2; s2r++) {
            SmmuQtest *t = smmu_start();
            uint64_t ipa = stage == 2 ? VA : 0x10000000ull;
            Context c;

            context_init(&c, t, stage, 12);
            put(c.cd, 46, 46, 0);      /* A */
            put(c.cd, 45, 45, !s2r);   /* R */
            put(c.ste, 186, 186, s2r); /* S2R */
            if (stage == 3) {
                map_page(&c.s1, VA, ipa, S1_LEAF);
            }
            context_commit(&c);
            g_assert_false(dma_write(t, VA));
            if (s2r) {
                expect_event(t, EV(F_TRANSLATION, VA, .s2 = true, .ipa = ipa));
            }
            expect_no_event(t);
            machine_stop(t);
        }
    }
}

/* SubstreamIDs, though there are none: C_BAD_SUBSTREAMID (3.9). */
static void test_substreamid(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t);
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = VA,
                    .end = VA + 7,
                    .ssv = true,
                    .ssid = 0xabcde };
    Context c;

    /* No STE yet: it comes first, and carries the SubstreamID. */
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    expect_event(t, EV_CFG(C_BAD_STE, .ssv = true, .ssid = 0xabcde));
    for (unsigned stage = 0; stage <= 3; stage++) {
        context_init(&c, t, stage, 12);
        context_map(&c, VA, pa);
        context_commit(&c);
        g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
        expect_event(t, EV_CFG(C_BAD_SUBSTREAMID, .ssid = 0xabcde));
        op.ssid = 0;
        g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
        expect_event(t, EV_CFG(C_BAD_SUBSTREAMID));
        op.ssid = 0xabcde;
    }
    /* Config = 0xx: silent all the same. */
    put(c.ste, 3, 1, 0);
    context_commit(&c);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    expect_no_event(t);
    machine_stop(t);
}

/* The other configuration events carry SSV and SSID as well. */
static void test_substreamid_in_events(void)
{
    SmmuQtest *t = smmu_start();
    EngineOp op = { .cmd = ENG_RAND48,
                    .begin = VA,
                    .end = VA + 7,
                    .ssv = true,
                    .ssid = 0x54321 };

    smmu_cr0(t, 0xc);
    w32(t, STRTAB_BASE_CFG, 2);
    smmu_cr0(t, 0xd);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    expect_event(t, EV_CFG(C_BAD_STREAMID, .ssv = true, .ssid = 0x54321));
    smmu_cr0(t, 0xc);
    w32(t, STRTAB_BASE_CFG, 8);
    w64(t, STRTAB_BASE, HOLE);
    smmu_cr0(t, 0xd);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    expect_event(t, EV_CFG(F_STE_FETCH, .ssv = true, .ssid = 0x54321,
                           .ipa = HOLE + ENGINE_SID * 64));
    machine_stop(t);
}

#define ECAM 0x4010000000ull
#define PORT 0x20u /* 00:04.0 */
#define PORT_BAR 0x18000000u

/* The Slot Control register of the port, as DMA reaches it. */
static uint64_t slot_control(SmmuQtest *t)
{
    unsigned cap = pci_r32(t, PORT, 0x34) & 0xff;

    while (cap && (pci_r32(t, PORT, cap) & 0xff) != 0x10) {
        cap = pci_r32(t, PORT, cap) >> 8 & 0xff;
    }
    g_assert_cmpuint(cap, !=, 0);
    return ECAM + (PORT << 12) + cap + 0x18;
}

/*
 * A function takes the power of its own slot away, by its DMA: it is freed when
 * that is over, not before. What is freed is overwritten, so that a look there
 * shows.
 */
static void test_self_unplug(const void *data)
{
    bool exerciser = data;
    char *extra =
        g_strdup_printf("-device pcie-root-port,id=rp,chassis=1,addr=4.0 "
                        "-device smmulator-%s,bus=rp",
                        exerciser ? "exerciser" : "engine");
    EngineOp op = { .cmd = ENG_MEMCPY };
    SmmuQtest *t;

    g_setenv("MALLOC_PERTURB_", "90", TRUE);
    t = machine_start(NULL, extra);
    g_unsetenv("MALLOC_PERTURB_");
    pci_w32(t, PORT, 0x18, 0x010100);
    pci_w32(t, PORT, 0x20, (PORT_BAR + 0x100000) | PORT_BAR >> 16);
    pci_w32(t, PORT, 0x04, 0x6);
    if (exerciser) {
        pci_w32(t, 0x100, 0x10, PORT_BAR);
        pci_w32(t, 0x100, 0x14, PORT_BAR + 0x4000);
        pci_w32(t, 0x100, 0x04, 0x6);
        qtest_writel(t->qts, PORT_BAR + 0x4000, 0x700);
        qtest_writel(t->qts, PORT_BAR + 0x0c, 0);
        qtest_writeq(t->qts, PORT_BAR + 0x10, slot_control(t));
        qtest_writel(t->qts, PORT_BAR + 0x18, 4);
        qtest_writel(t->qts, PORT_BAR + 0x08, 0x11);
    } else {
        engine_setup(t, 0x100, PORT_BAR);
        op.bar = PORT_BAR;
        op.begin = ram_page(t);
        op.end = op.begin + 3;
        op.dest = slot_control(t);
        mem_w64(t, op.begin, 0x700);
        engine_launch(t, &op);
    }
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
    /* The other engine still works. */
    g_assert_true(dma_read(t, op.begin ? op.begin : ram_page(t), NULL));
    machine_stop(t);
    g_free(extra);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/life/reset", test_reset);
    g_test_add_func("/life/reset-busy", test_reset_busy);
    g_test_add_func("/life/disable", test_disable);
    g_test_add_func("/life/bypass-limits", test_bypass_limits);
    g_test_add_func("/life/termination", test_termination);
    g_test_add_func("/life/termination-always", test_termination_always);
    g_test_add_func("/life/termination-s2", test_termination_s2);
    g_test_add_func("/life/substreamid", test_substreamid);
    g_test_add_func("/life/substreamid-in-events", test_substreamid_in_events);
    g_test_add_data_func("/life/self-unplug/engine", NULL, test_self_unplug);
    g_test_add_data_func("/life/self-unplug/exerciser", "", test_self_unplug);
    return g_test_run();
}
