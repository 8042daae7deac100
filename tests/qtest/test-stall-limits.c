/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where stalls end, or never begin: the three stall models, masters that cannot
 * wait, reset, SMMUEN = 0, an event queue without room, hostile software.
 * Tests only.
 */
#include "stall.h"

/* STALL_MODEL = 1: S and S2S are ILLEGAL, so is S1STALLD, and the commands are
 * no commands. */
static void test_not_advertised(void)
{
    SmmuQtest *t = stall_start("");
    Context c;

    g_assert_cmphex(r32(t, IDR0) >> 24 & 3, ==, 1);
    g_assert_cmphex(r32(t, IDR5) >> 16, ==, 0);
    stall_context(&c, t, 1);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_CD));
    stall_context(&c, t, 2);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    context_init(&c, t, 1, 12);
    put(c.ste, 91, 91, 1);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    cmd_illegal(t, (uint64_t)ENGINE_SID << 32 | OP_RESUME | AC, 1);
    cmd_illegal(t, (uint64_t)ENGINE_SID << 32 | OP_STALL_TERM, 0);
    machine_stop(t);
}

/* STALL_MODEL = 2: S and S2S must be 1, S1STALLD must not. */
static void test_forced(void)
{
    SmmuQtest *t = stall_start(",stall-model=2,stall-max=4");
    uint64_t pa = ram_page(t);
    EngineOp op = read_op(VA, 0);
    Context c;

    g_assert_cmphex(r32(t, IDR0) >> 24 & 3, ==, 2);
    g_assert_cmphex(r32(t, IDR5) >> 16, ==, 4);
    context_init(&c, t, 1, 12);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_CD));
    context_init(&c, t, 2, 12);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    stall_context(&c, t, 1);
    put(c.ste, 91, 91, 1);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STE));
    stall_context(&c, t, 3);
    engine_launch(t, &op);
    wait_event(t, EV(F_TRANSLATION, VA, .rnw = true, .stag = 1));
    context_map(&c, VA, pa);
    stall_resume(t, 1, AC);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
    machine_stop(t);
}

/* STALL_MODEL = 0: S1STALLD forbids what CD.S asks for. */
static void test_s1stalld(void)
{
    SmmuQtest *t = stall_start(BOTH);
    Context c;

    stall_context(&c, t, 1);
    put(c.ste, 91, 91, 1);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_CD));
    put(c.cd, 44, 44, 0);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_TRANSLATION, VA, .rnw = true));
    machine_stop(t);
}

/* Who cannot wait gets an abort and a record with Stall = 0: a PCIe function,
 * and every device of QEMU's own (3.12). */
static void test_cannot_wait(void)
{
    SmmuQtest *t = machine_start_with(BOTH, NULL, NVME_ARGS);
    uint64_t sq, cq;
    Context c, n;

    smmu_enable(t);
    stall_context(&c, t, 1);
    put(c.cd, 46, 45, 0); /* A, R */
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_TRANSLATION, VA, .rnw = true));
    g_assert_false(dma_write(t, VA));
    expect_event(t, EV(F_TRANSLATION, VA));

    context_init(&n, t, 1, 12);
    n.sid = NVME_SID;
    put(n.cd, 44, 44, 1);
    put(n.cd, 46, 45, 0);
    context_commit(&n);
    sq = ram_page(t);
    cq = ram_page(t);
    context_map(&n, 0x10000, sq);
    context_map(&n, 0x20000, cq);
    nvme_setup(t, 0x10000, 0x20000);
    nvme_identify(t, sq, 0, VA, 0);
    wait_event(t, &(Event){ .num = F_TRANSLATION,
                            .sid = NVME_SID,
                            .cls = CLS_IN,
                            .addr = VA });
    expect_no_event(t);
    machine_stop(t);
}

/* A reset of the machine with stalls outstanding, recorded and not. */
static void test_reset(void)
{
    SmmuQtest *t = stall_start(BOTH);
    Context c;

    for (unsigned round = 0; round < 3; round++) {
        uint64_t pa;

        stall_context(&c, t, 1);
        for (unsigned i = 0; i < 6; i++) {
            EngineOp op = read_op(VA + 0x1000 * i, i);

            engine_launch(t, &op);
        }
        for (unsigned i = 0; i < 6; i++) {
            wait_stalled(t, i);
        }
        g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 4);
        qtest_system_reset(t->qts);
        engine_setup(t, ENGINE_SID, ENGINE_BAR);
        for (unsigned i = 0; i < 6; i++) {
            g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR + 128 * i), ==,
                            ENG_HALTED);
        }
        smmu_enable(t);
        pa = quick_stage1(&c, t, VA);
        mem_w64(t, pa, MAGIC);
        g_assert_true(dma_read(t, VA, NULL));
        expect_no_event(t);
    }
    machine_stop(t);
}

/* SMMUEN = 0 ends all with an abort (6.3.9). */
static void test_smmuen(void)
{
    SmmuQtest *t = stall_start(BOTH);
    Context c;

    stall_context(&c, t, 1);
    for (unsigned i = 0; i < 6; i++) {
        EngineOp op = read_op(VA + 0x1000 * i, i);

        engine_launch(t, &op);
        wait_stalled(t, i);
    }
    smmu_cr0(t, 0xc);
    for (unsigned i = 0; i < 6; i++) {
        EngineOp op = read_op(0, i);

        g_assert_cmphex(engine_wait(t, &op), ==, ENG_ERROR);
        g_assert_cmphex(op.fault, ==, VA + 0x1000 * i);
    }
    smmu_cr0(t, 0xd);
    t->event_cons = 4;
    w32(t, EVENTQ_CONS, 4);
    context_map(&c, VA, ram_page(t));
    g_assert_true(dma_read(t, VA, NULL));
    expect_no_event(t);
    machine_stop(t);
}

/* A full, and a disabled, event queue holds stalls up and loses none. */
static void test_queue(void)
{
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_page(t);
    EngineOp a = read_op(VA, 0), b = read_op(VA + 0x1000, 1);
    Context c;

    stall_context(&c, t, 1);
    smmu_cr0(t, 0x9);
    w64(t, EVENTQ_BASE, t->eventq); /* one record */
    t->eventq_log2 = 0;
    smmu_cr0(t, 0xd);
    engine_launch(t, &a);
    wait_stalled(t, 0);
    engine_launch(t, &b);
    wait_stalled(t, 1);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 1);
    /* Taking the one makes room for the other. */
    expect_event(t, EV(F_TRANSLATION, VA, .rnw = true, .stag = 1));
    wait_event(t, EV(F_TRANSLATION, VA + 0x1000, .rnw = true, .stag = 2));
    stall_resume(t, 2, AC);
    wait_event(t, EV(F_TRANSLATION, VA + 0x1000, .rnw = true, .stag = 3));
    smmu_cr0(t, 0x9);
    stall_resume(t, 3, AC);
    stall_resume(t, 1, AC);
    g_assert_true(is_running(t, 0));
    g_assert_true(is_running(t, 1));
    context_map(&c, VA, pa);
    smmu_cr0(t, 0xd);
    g_assert_cmphex(engine_wait(t, &a), ==, ENG_HALTED);
    wait_event(t, EV(F_TRANSLATION, VA + 0x1000, .rnw = true, .stag = 4));
    stall_resume(t, 4, AB);
    g_assert_cmphex(engine_wait(t, &b), ==, ENG_ERROR);
    expect_no_event(t);
    machine_stop(t);
}

/* Commands about what is not there, or somebody else's, do nothing. */
static void test_hostile(void)
{
    SmmuQtest *t = stall_start(BOTH);
    EngineOp op = read_op(VA, 0);
    Context c;

    stall_context(&c, t, 1);
    engine_launch(t, &op);
    wait_event(t, EV(F_TRANSLATION, VA, .rnw = true, .stag = 1));
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t sid = i % 3 == 0   ? ENGINE_SID
                       : i % 3 == 1 ? i
                                    : UINT32_MAX - i;
        uint64_t stag = i % 3 == 0 ? (i * 7 & 0xffff) | 2 : 1;

        if (sid == ENGINE_SID && stag == 1) {
            continue;
        }
        cmd_push(t, sid << 32 | (i & 1 ? AC : AB) | OP_RESUME, stag);
        if (sid != ENGINE_SID && i % 5 == 0) {
            cmd_push(t, sid << 32 | OP_STALL_TERM, stag);
        }
        if (i % 16 == 0) {
            g_assert_true(cmd_drain(t));
        }
    }
    cmd(t, OP_SYNC, 0);
    g_assert_true(is_running(t, 0));
    stall_resume(t, 1, AB);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_ERROR);
    expect_no_event(t);
    machine_stop(t);
}

/* Bus mastering goes off while a transaction waits: retried, it gets nowhere.
 */
static void test_bus_master(void)
{
    SmmuQtest *t = stall_start(BOTH);
    uint64_t pa = ram_page(t);
    EngineOp op = { .cmd = ENG_RAND48, .begin = VA, .end = VA + 7 };
    Context c;

    stall_context(&c, t, 1);
    engine_launch(t, &op);
    wait_event(t, EV(F_TRANSLATION, VA, .stag = 1));
    pci_w32(t, ENGINE_SID, 0x04, 0x2);
    context_map(&c, VA, pa);
    stall_resume(t, 1, AC);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_ERROR);
    g_assert_cmphex(mem_r64(t, pa), ==, 0);
    machine_stop(t);
}

/* The engine's own DMA tells the SMMU to resume: one frame's write to
 * CMDQ_PROD ends the wait of another, inside its transaction. */
static void test_dma_resumes(void)
{
    SmmuQtest *t = stall_start(BOTH);
    uint64_t from = ram_page(t), pa = ram_page(t);
    EngineOp op = read_op(VA, 0);
    EngineOp bell = { .cmd = ENG_MEMCPY,
                      .begin = VA + 0x8000,
                      .end = VA + 0x8003,
                      .dest = VA + 0x9098,
                      .frame = 1 };
    uint32_t index;
    Context c;

    stall_context(&c, t, 1);
    context_map(&c, VA + 0x8000, from);
    context_map(&c, VA + 0x9000, SMMU_BASE);
    engine_launch(t, &op);
    wait_event(t, EV(F_TRANSLATION, VA, .rnw = true, .stag = 1));
    context_map(&c, VA, pa);
    mem_w64(t, pa, MAGIC);
    index = t->cmd_prod & ((1u << t->cmdq_log2) - 1);
    mem_w64(t, t->cmdq + index * 16,
            (uint64_t)ENGINE_SID << 32 | AC | OP_RESUME);
    mem_w64(t, t->cmdq + index * 16 + 8, 1);
    t->cmd_prod++;
    mem_w64(t, from, t->cmd_prod);
    g_assert_cmphex(engine_run(t, &bell), ==, ENG_HALTED);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

#define PORT_BAR 0x18000000u

/* An engine behind a root port is unplugged while it waits, with a record and
 * without. What is freed is overwritten, so that a look there shows. */
static void test_unplug(void)
{
    EngineOp op = read_op(VA, 0), waits = read_op(VA + 0x1000, 0);
    EngineOp alike = read_op(VA + 8, 1);
    uint64_t strtab, pa;
    SmmuQtest *t;
    unsigned cap;
    Context c;

    g_setenv("MALLOC_PERTURB_", "90", TRUE);
    t = machine_start_with(",stall-model=0,stall-max=1", NULL,
                           "-global smmulator-engine.stall=on "
                           "-device pcie-root-port,id=rp,chassis=1,addr=4.0 "
                           "-device smmulator-engine,bus=rp");
    g_unsetenv("MALLOC_PERTURB_");
    smmu_enable(t);
    strtab = ram_alloc(t, 0x400000, 0x400000);
    smmu_cr0(t, 0xc);
    w64(t, STRTAB_BASE, strtab);
    w32(t, STRTAB_BASE_CFG, 16);
    smmu_cr0(t, 0xd);
    t->strtab = strtab;
    stall_context(&c, t, 1);
    pa = ram_page(t);
    context_map(&c, VA + 0x1000, pa);
    ste_write(t, 0x100, c.ste);
    cmd(t, OP_CFGI_STE | 0x100ull << 32, 0);

    pci_w32(t, 0x20, 0x18, 0x010100);
    pci_w32(t, 0x20, 0x20, (PORT_BAR + 0x100000) | PORT_BAR >> 16);
    pci_w32(t, 0x20, 0x04, 0x6);
    engine_setup(t, 0x100, PORT_BAR);
    t->engine = PORT_BAR;
    engine_launch(t, &op);
    wait_event(t, &(Event){ .num = F_TRANSLATION,
                            .sid = 0x100,
                            .rnw = true,
                            .cls = CLS_IN,
                            .addr = VA,
                            .stag = 1 });
    engine_launch(t, &alike);
    wait_stalled(t, 1);

    for (cap = pci_r32(t, 0x20, 0x34) & 0xff;
         cap && (pci_r32(t, 0x20, cap) & 0xff) != 0x10;
         cap = pci_r32(t, 0x20, cap) >> 8 & 0xff) {
    }
    g_assert_cmpuint(cap, !=, 0);
    pci_w32(t, 0x20, cap + 0x18, 0x700);
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");

    /* The STAG is busy until software answers, and nobody else is hurt. */
    t->engine = ENGINE_BAR;
    mem_w64(t, pa, MAGIC);
    g_assert_cmphex(engine_run(t, &waits), ==, ENG_HALTED);
    engine_launch(t, &op);
    wait_stalled(t, 0);
    expect_no_event(t);
    cmd(t, 0x100ull << 32 | AC | OP_RESUME, 1);
    wait_event(t, EV(F_TRANSLATION, VA, .rnw = true, .stag = 1));
    stall_resume(t, 1, AB);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_ERROR);
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stall/not-advertised", test_not_advertised);
    g_test_add_func("/stall/forced", test_forced);
    g_test_add_func("/stall/s1stalld", test_s1stalld);
    g_test_add_func("/stall/cannot-wait", test_cannot_wait);
    g_test_add_func("/stall/reset", test_reset);
    g_test_add_func("/stall/smmuen", test_smmuen);
    g_test_add_func("/stall/queue", test_queue);
    g_test_add_func("/stall/hostile", test_hostile);
    g_test_add_func("/stall/bus-master", test_bus_master);
    g_test_add_func("/stall/dma-resumes", test_dma_resumes);
    g_test_add_func("/stall/unplug", test_unplug);
    return g_test_run();
}
