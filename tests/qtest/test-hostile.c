/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests that try to bring QEMU down: loops, pointers into devices and into
 * the SMMU's own registers, inconsistent indices, and noise (rule: nothing a
 * guest writes reaches an assert, an endless loop or a crash).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull
#define UART 0x09000000ull
#define FLASH 0x04000000ull
#define ECAM 0x4010000000ull

/* Places that are no memory. */
static const uint64_t devices[] = {
    SMMU_BASE,  SMMU_BASE + 0x10000, UART,       FLASH,      ECAM,
    ENGINE_BAR, 0x08000000,          0x09020000, 0x0a000000,
};

/* After all that, the SMMU and the engine still do their work. */
static void check_alive(SmmuQtest *t)
{
    uint64_t v, pa;
    Context c;

    qtest_system_reset(t->qts);
    engine_setup(t, ENGINE_SID, ENGINE_BAR);
    t->next = RAM_FREE;
    t->engine = ENGINE_BAR;
    smmu_enable(t);
    pa = quick_stage1(&c, t, VA);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, MAGIC);
    expect_no_event(t);
}

static void drop_events(SmmuQtest *t)
{
    uint64_t w[4];

    while (event_pop(t, w)) {
    }
}

/* Each table points at itself, so every level reads the same descriptors. */
static void test_loops(void)
{
    static const unsigned granules[] = { 12, 14, 16 };
    SmmuQtest *t = smmu_start();
    uint64_t table = ram_alloc(t, 0x20000, 0x20000);

    for (uint64_t i = 0; i < 0x20000; i += 8) {
        mem_w64(t, table + i, table | S1_LEAF | 3);
    }
    for (unsigned stage = 1; stage <= 3; stage++) {
        for (unsigned g = 0; g < 3; g++) {
            Context c;

            context_init(&c, t, stage, granules[g]);
            if (stage == 3) {
                /* Stage 2 straight, so that only stage 1 loops. */
                context_s1_bits(&c, 48);
                put(c.cd, 119, 68, (table + t->bias) >> 4);
                for (uint64_t i = 0; i < 0x20000; i += 8) {
                    mem_w64(t, table + i, (table + t->bias) | S1_LEAF | 3);
                }
            } else {
                put(c.cd, 119, 68, table >> 4);
                put(c.ste, 247, 196, table >> 4);
            }
            put(c.cd, 5, 0, 16);
            context_commit(&c);
            dma_read(t, VA, NULL);
            dma_write(t, VA + 0x12345678);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
            drop_events(t);
        }
    }
    check_alive(t);
    machine_stop(t);
}

/* Both stages out of one table, which describes itself. */
static void test_self_description(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t table = ram_alloc(t, 0x10000, 0x10000);
    Context c;

    for (uint64_t i = 0; i < 0x10000; i += 8) {
        mem_w64(t, table + i, table | 0x7ff | 3);
    }
    context_init(&c, t, 3, 12);
    put(c.ste, 247, 196, table >> 4);
    put(c.ste, 55, 6, table >> 6);
    put(c.cd, 119, 68, table >> 4);
    context_commit(&c);
    dma_read(t, VA, NULL);
    dma_write(t, VA);
    check_alive(t);
    machine_stop(t);
}

/* Translation tables, CD and STE in devices: an event, or what they hold. */
static void test_tables_in_devices(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        for (unsigned stage = 1; stage <= 3; stage++) {
            Context c;

            context_init(&c, t, stage, 12);
            put(c.cd, 119, 68, devices[i] >> 4);
            put(c.ste, 247, 196, devices[i] >> 4);
            context_commit(&c);
            dma_read(t, VA, NULL);
            context_init(&c, t, stage, 12);
            put(c.ste, 55, 6, devices[i] >> 6);
            context_commit(&c);
            dma_write(t, VA);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
            drop_events(t);
        }
        smmu_cr0(t, 0xc);
        w64(t, STRTAB_BASE, devices[i]);
        smmu_cr0(t, 0xd);
        cmd(t, OP_CFGI_STE_RANGE, 31);
        dma_read(t, VA, NULL);
        smmu_cr0(t, 0xc);
        w64(t, STRTAB_BASE, t->strtab);
        smmu_cr0(t, 0xd);
        cmd(t, OP_CFGI_STE_RANGE, 31);
        drop_events(t);
    }
    check_alive(t);
    machine_stop(t);
}

/* The SMMU's own registers: an external abort, told as such. */
static void test_own_registers(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 119, 68, SMMU_BASE >> 4);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, &(Event){ .num = F_WALK_EABT,
                              .sid = ENGINE_SID,
                              .rnw = true,
                              .cls = CLS_TT,
                              .addr = VA,
                              .ipa = SMMU_BASE });
    put(c.ste, 55, 6, SMMU_BASE >> 6);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(F_CD_FETCH, .ipa = SMMU_BASE));
    smmu_cr0(t, 0xc);
    w64(t, STRTAB_BASE, SMMU_BASE);
    smmu_cr0(t, 0xd);
    cmd(t, OP_CFGI_STE_RANGE, 31);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(F_STE_FETCH, .ipa = SMMU_BASE + ENGINE_SID * 64));
    /* The queues likewise. */
    smmu_cr0(t, 0x1);
    w64(t, EVENTQ_BASE, SMMU_BASE | 4);
    w32(t, EVENTQ_PROD, 0);
    w32(t, EVENTQ_CONS, 0);
    w64(t, CMDQ_BASE, SMMU_BASE | 4);
    w32(t, CMDQ_PROD, 0);
    w32(t, CMDQ_CONS, 0);
    smmu_cr0(t, 0xd);
    g_assert_false(dma_read(t, VA, NULL));
    g_assert_cmphex(r32(t, GERROR), ==, 4);
    w32(t, CMDQ_PROD, 1);
    t->cmd_prod = 1;
    g_assert_false(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 2 << 24);
    check_alive(t);
    machine_stop(t);
}

/* Both queues in each device. */
static void test_queues_in_devices(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        w32(t, GERRORN, r32(t, GERROR));
        smmu_cr0(t, 0);
        w64(t, CMDQ_BASE, devices[i] | 3);
        w32(t, CMDQ_PROD, 0);
        w32(t, CMDQ_CONS, 0);
        w64(t, EVENTQ_BASE, devices[i] | 3);
        w32(t, EVENTQ_PROD, 0);
        w32(t, EVENTQ_CONS, 0);
        smmu_cr0(t, 0xd);
        for (unsigned n = 0; n < 10; n++) {
            dma_read(t, VA, NULL);
            w32(t, CMDQ_PROD, n);
            w32(t, GERRORN, r32(t, GERROR));
        }
    }
    check_alive(t);
    machine_stop(t);
}

/* A master that writes to the SMMU, to its own registers, and to devices. */
static void test_dma_to_devices(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        context_map(&c, VA + i * 0x1000, devices[i]);
    }
    context_commit(&c);
    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        EngineOp op = { .cmd = ENG_RAND48,
                        .begin = VA + i * 0x1000,
                        .end = VA + i * 0x1000 + 0xfff };

        engine_run(t, &op);
        op.cmd = ENG_SUM64;
        engine_run(t, &op);
    }
    check_alive(t);
    machine_stop(t);
}

/* Indices that no queue can have. */
static void test_indices(void)
{
    static const uint32_t values[] = { 0xffffffff, 0x7f,    0x40,   0x41,
                                       0x3f,       0xfffff, 0x80,   0x80000040,
                                       0x7fffffff, 0x55555, 0xaaaaa };
    SmmuQtest *t = smmu_start();
    gint64 start = g_get_monotonic_time();

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(values); k++) {
            smmu_cr0(t, 0x1);
            w32(t, CMDQ_CONS, values[k]);
            w32(t, EVENTQ_PROD, values[k]);
            smmu_cr0(t, 0xd);
            w32(t, EVENTQ_CONS, values[i]);
            w32(t, CMDQ_PROD, values[i]);
            dma_read(t, VA, NULL);
            w32(t, GERRORN, r32(t, GERROR));
        }
    }
    /* The largest queue, all of it zeroes: the first command is illegal. */
    smmu_cr0(t, 0);
    w64(t, CMDQ_BASE, RAM_FREE | 31);
    w32(t, CMDQ_CONS, 0);
    w32(t, CMDQ_PROD, 0x80000);
    smmu_cr0(t, 0x8);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 30000000);
    check_alive(t);
    machine_stop(t);
}

/* Ones everywhere, with each Config. */
static void test_all_ones(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned config = 4; config < 8; config++) {
        Context c;

        context_init(&c, t, 3, 12);
        memset(c.ste, 0xff, sizeof(c.ste));
        put(c.ste, 3, 1, config);
        context_commit(&c);
        dma_read(t, VA, NULL);
        dma_read(t, ~0ull & ~7ull, NULL);
        context_init(&c, t, config & 3, 12);
        memset(c.cd, 0xff, sizeof(c.cd));
        context_commit(&c);
        dma_write(t, VA);
        drop_events(t);
    }
    check_alive(t);
    machine_stop(t);
}

static uint64_t noise(GRand *r)
{
    return (uint64_t)g_rand_int(r) << 32 | g_rand_int(r);
}

/* Random STEs, CDs, descriptors and registers: valid enough to get far, with
 * some bits turned. The seed is fixed. */
static void test_noise(const void *data)
{
    SmmuQtest *t = smmu_start();
    GRand *r = g_rand_new_with_seed(GPOINTER_TO_UINT(data));

    for (unsigned i = 0; i < 300; i++) {
        unsigned stage = g_rand_int_range(r, 1, 4);
        EngineOp op = { .cmd = ENG_SUM64,
                        .begin = VA,
                        .end = VA + 7,
                        .attrs = ENG_ATTR | ENG_ATTR << 16 };
        uint64_t at;
        Context c;

        t->next = RAM_FREE + 0x100000;
        context_init2(&c, t, stage, 12 + 2 * g_rand_int_range(r, 0, 3),
                      12 + 2 * g_rand_int_range(r, 0, 3));
        context_map(&c, VA, ram_page(t));
        for (int n = g_rand_int_range(r, 0, 4); n > 0; n--) {
            unsigned bit = g_rand_int_range(r, 0, 512);

            c.ste[bit / 64] ^= 1ull << bit % 64;
            bit = g_rand_int_range(r, 0, 256);
            c.cd[bit / 64] ^= 1ull << bit % 64;
        }
        context_commit(&c);
        if (g_rand_boolean(r)) {
            Space *s = stage == 2 ? &c.s2 : &c.s1;

            at = desc_pa(s, VA, g_rand_int_range(r, s->start, 4));
            mem_w64(t, at, mem_r64(t, at) ^ 1ull << g_rand_int_range(r, 0, 64));
        }
        if (g_rand_int_range(r, 0, 8) == 0) {
            op.begin = noise(r) & ~7ull;
            op.end = op.begin | 7;
        }
        op.cmd = g_rand_boolean(r) ? ENG_SUM64 : ENG_RAND48;
        engine_run(t, &op);
        drop_events(t);
    }
    g_rand_free(r);
    check_alive(t);
    machine_stop(t);
}

/* Random values into random registers, random commands, and DMA between. */
static void test_register_noise(const void *data)
{
    static const uint32_t regs[] = {
        CR0,       CR1,         CR2,         GBPA,        IRQ_CTRL,
        GERRORN,   STRTAB_BASE, CMDQ_BASE,   CMDQ_PROD,   STRTAB_BASE_CFG,
        CMDQ_CONS, EVENTQ_BASE, EVENTQ_PROD, EVENTQ_CONS,
    };
    SmmuQtest *t = smmu_start();
    GRand *r = g_rand_new_with_seed(GPOINTER_TO_UINT(data));

    for (unsigned i = 0; i < 1500; i++) {
        uint32_t reg = regs[g_rand_int_range(r, 0, G_N_ELEMENTS(regs))];
        uint64_t v = noise(r);

        /* Mostly somewhere in RAM, and mostly small. */
        switch (g_rand_int_range(r, 0, 4)) {
        case 0:
            v = RAM_FREE | (v & 0xffffff);
            break;
        case 1:
            v &= 0x3f;
            break;
        case 2:
            v &= 0x1f00ff;
            break;
        }
        if (g_rand_int_range(r, 0, 3) == 0) {
            v = reg == CR0 ? 0xd : v;
        }
        if (g_rand_boolean(r)) {
            w64(t, reg, v);
        } else {
            w32(t, reg, v);
        }
        mem_w64(t, RAM_FREE + (noise(r) & 0xfff8), noise(r) & 0x0fffffffffff);
        if (i % 4 == 0) {
            EngineOp op = { .cmd = ENG_RAND48, .begin = noise(r) & 0xffffff };

            op.end = op.begin + 15;
            engine_run(t, &op);
        }
    }
    g_rand_free(r);
    check_alive(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hostile/loops", test_loops);
    g_test_add_func("/hostile/self-description", test_self_description);
    g_test_add_func("/hostile/tables-in-devices", test_tables_in_devices);
    g_test_add_func("/hostile/own-registers", test_own_registers);
    g_test_add_func("/hostile/queues-in-devices", test_queues_in_devices);
    g_test_add_func("/hostile/dma-to-devices", test_dma_to_devices);
    g_test_add_func("/hostile/indices", test_indices);
    g_test_add_func("/hostile/all-ones", test_all_ones);
    for (unsigned seed = 1; seed <= 4; seed++) {
        char *path = g_strdup_printf("/hostile/noise/%u", seed);

        g_test_add_data_func(path, GUINT_TO_POINTER(seed), test_noise);
        g_free(path);
        path = g_strdup_printf("/hostile/register-noise/%u", seed);
        g_test_add_data_func(path, GUINT_TO_POINTER(seed), test_register_noise);
        g_free(path);
    }
    return g_test_run();
}
