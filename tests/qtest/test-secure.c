/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Secure programming interface in QEMU: its registers, its queues, and the
 * memory that they lie in. Accesses of a qtest have no security state; the
 * property x-unspecified-secure makes them Secure.
 * Tests only.
 */
#include "smmu-qtest.h"

#define SECURE ",secure=on,x-unspecified-secure=on"

/* Secure RAM of the virt board with secure=on. */
#define SECURE_RAM 0x0e000000ull

/* Where an SMMU sits whose registers need more than 128 KiB; S_VATOS there. */
#define WIDE_BASE 0x09100000u
#define S_VATOS 0x40a00u

/* Without SECURE_IMPL there is nothing, whoever asks (6.1). */
static void test_absent(void)
{
    SmmuQtest *t = machine_start_with(",x-unspecified-secure=on", NULL, NULL);

    for (uint32_t reg = 0x8000; reg < 0x8200; reg += 4) {
        w32(t, reg, UINT32_MAX);
        g_assert_cmphex(r32(t, reg), ==, 0);
    }
    machine_stop(t);
}

/* An access that is not Secure finds nothing either. */
static void test_non_secure(void)
{
    SmmuQtest *t = machine_start_with(",secure=on", NULL, NULL);

    for (uint32_t reg = 0x8000; reg < 0x8200; reg += 4) {
        w32(t, reg, UINT32_MAX);
        g_assert_cmphex(r32(t, reg), ==, 0);
    }
    g_assert_cmphex(r32(t, IDR0), !=, 0);
    machine_stop(t);
}

static void test_registers(void)
{
    SmmuQtest *t = machine_start_with(SECURE, NULL, NULL);

    g_assert_cmphex(r32(t, 0x8000), ==, 0x01000000);
    g_assert_cmphex(r32(t, 0x8004), ==, 0x80000010);
    g_assert_cmphex(r32(t, 0x8044), ==, 0x00001000);
    w32(t, 0x803c, 1);
    g_assert_cmphex(r32(t, 0x803c), ==, 0);
    w32(t, 0x8020, 0xc);
    g_assert_cmphex(r32(t, 0x8024), ==, 0xc);
    g_assert_cmphex(r32(t, CR0ACK), ==, 0);
    machine_stop(t);
    t = machine_start_with(SECURE ",s-sidsize=6", NULL, NULL);
    g_assert_cmphex(r32(t, 0x8004), ==, 0x80000006);
    machine_stop(t);
}

/* Starts the Secure command queue at @pa and consumes one CMD_SYNC. */
static void sync_at(SmmuQtest *t, uint64_t pa)
{
    w64(t, 0x8090, pa | 6);
    w32(t, 0x8098, 0);
    w32(t, 0x809c, 0);
    w32(t, 0x8020, 0x8);
    w32(t, 0x8098, 1);
}

/* The queue of one interface knows nothing of the other's. */
static void test_queue(void)
{
    SmmuQtest *t = machine_start_with(SECURE, NULL, NULL);
    uint64_t queue = ram_page(t);

    mem_w64(t, queue, OP_SYNC);
    sync_at(t, queue);
    g_assert_cmphex(r32(t, 0x809c), ==, 1);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0);
    machine_stop(t);
}

/*
 * Secure structures are fetched from Secure memory: what is RAM there and
 * nothing in the Non-secure world is read (all zero: CERROR_ILL), while a
 * Non-secure queue at the same place cannot be (CERROR_ABT).
 */
static void test_memory(void)
{
    SmmuQtest *t = machine_start_with(SECURE, ",secure=on", NULL);

    sync_at(t, SECURE_RAM);
    g_assert_cmphex(r32(t, 0x809c), ==, 0x01000000);
    g_assert_cmphex(r32(t, 0x8060), ==, 1);
    w64(t, CMDQ_BASE, SECURE_RAM | 6);
    w32(t, CR0, 0x8);
    w32(t, CMDQ_PROD, 1);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0x02000000);
    machine_stop(t);
    /* A board without Secure memory has one memory for both. */
    t = machine_start_with(SECURE, NULL, NULL);
    sync_at(t, SECURE_RAM);
    g_assert_cmphex(r32(t, 0x809c), ==, 0x02000000);
    machine_stop(t);
}

/* A Secure platform engine at the first free place of the board. */
#define SECURE_ENGINE "-device smmulator-engine-platform,secure=on"
#define ENGINE_BASE 0x090e0000u
#define VA 0x40001000ull
/* The engine's attributes: as ENG_ATTR, but Secure. */
#define SECURE_ATTR 0x00ffu

static SmmuQtest *start_secure(void)
{
    SmmuQtest *t = machine_start_with(SECURE, ",secure=on", SECURE_ENGINE);

    t->engine = ENGINE_BASE;
    return t;
}

/* One access of 8 bytes with that NS attribute; false if it aborted. */
static bool secure_read(SmmuQtest *t, uint64_t va, uint32_t attrs, uint64_t *v)
{
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = va,
                    .end = va + 7,
                    .attrs = attrs | attrs << 16 };
    bool ok = engine_run(t, &op) == ENG_HALTED;

    *v = op.sum;
    return ok;
}

static bool secure_write(SmmuQtest *t, uint64_t va, uint32_t attrs)
{
    return dma_attrs(t, va, true, attrs);
}

/* S_CR0.SMMUEN = 0: the NS attribute of an access says where it goes. */
static void test_bypass(void)
{
    SmmuQtest *t = start_secure();
    uint64_t v;

    g_assert_true(secure_write(t, SECURE_RAM, SECURE_ATTR));
    g_assert_true(secure_read(t, SECURE_RAM, SECURE_ATTR, &v));
    g_assert_cmphex(v, ==, dma_pattern(SECURE_RAM));
    g_assert_false(secure_read(t, SECURE_RAM, ENG_ATTR, &v));
    w32(t, 0x8044, 0x80101000);
    g_assert_false(secure_read(t, SECURE_RAM, SECURE_ATTR, &v));
    machine_stop(t);
}

/* A Secure stream of StreamID 0: stage 1 that maps VA to @leaf. */
static void secure_stage1(SmmuQtest *t, uint64_t leaf)
{
    uint64_t strtab = ram_alloc(t, 0x4000, 0x4000), cd = ram_page(t);
    uint64_t l1 = ram_page(t), l2 = ram_page(t), l3 = ram_page(t);
    uint64_t eventq = ram_page(t);

    /* STE 0: stage 1. CD: T0SZ 25, 4K, EPD1, V, 48 bits, AA64, R, A. */
    mem_w64(t, strtab, cd | 0xb);
    mem_w64(t, cd, 0x00006205c0003519);
    mem_w64(t, cd + 8, l1);
    mem_w64(t, cd + 24, 0xff);
    mem_w64(t, l1 + 8 * (VA >> 30), l2 | 3);
    mem_w64(t, l2 + 8 * (VA >> 21 & 511), l3 | 3);
    mem_w64(t, l3 + 8 * (VA >> 12 & 511), leaf | 0xf43);
    w32(t, 0x8028, 0xd75);
    w64(t, 0x8080, strtab);
    w32(t, 0x8088, 8);
    w64(t, 0x80a0, eventq | 6);
    w32(t, 0x8020, 0x5);
    g_assert_cmphex(r32(t, 0x8024), ==, 0x5);
    t->eventq = eventq;
}

/* The leaf's NS bit says where an access goes (3.10). */
static void test_stage1(void)
{
    SmmuQtest *t = start_secure();
    uint64_t v;

    secure_stage1(t, SECURE_RAM);
    g_assert_true(secure_write(t, VA, ENG_ATTR));
    g_assert_true(secure_read(t, VA, SECURE_ATTR, &v));
    g_assert_cmphex(v, ==, dma_pattern(VA));
    machine_stop(t);
    t = start_secure();
    secure_stage1(t, SECURE_RAM | 0x20);
    g_assert_false(secure_read(t, VA, SECURE_ATTR, &v));
    g_assert_cmphex(r32(t, 0x80a8), ==, 0);
    machine_stop(t);
}

/* A fault of a Secure stream is recorded in the Secure event queue alone. */
static void test_event(void)
{
    SmmuQtest *t = start_secure();
    uint64_t v;

    secure_stage1(t, SECURE_RAM);
    g_assert_false(secure_read(t, VA + 0x1000, SECURE_ATTR, &v));
    g_assert_cmphex(r32(t, 0x80a8), ==, 1);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0);
    g_assert_cmphex(mem_r64(t, t->eventq), ==, F_TRANSLATION);
    g_assert_cmphex(mem_r64(t, t->eventq + 8), ==, 0x0000020800000000);
    g_assert_cmphex(mem_r64(t, t->eventq + 16), ==, VA + 0x1000);
    machine_stop(t);
}

/* SEL2: a Secure and a Non-secure IPA of one number are two addresses. */
static void test_stage2(void)
{
    SmmuQtest *t = machine_start_with(SECURE ",stt=on,sel2=on", ",secure=on",
                                      SECURE_ENGINE);
    uint64_t strtab = ram_alloc(t, 0x4000, 0x4000), ns = ram_page(t);
    uint64_t v, table[2];

    g_assert_cmphex(r32(t, 0x8004), ==, 0xa0000010);
    t->engine = ENGINE_BASE;
    for (unsigned i = 0; i < 2; i++) {
        uint64_t l2 = ram_page(t);

        table[i] = ram_page(t);
        mem_w64(t, table[i] + 8, l2 | 3);
        /* Blocks of 2 MiB at IPA 0x40000000. */
        mem_w64(t, l2, (i ? ns & ~0x1fffffull : SECURE_RAM) | 0x7fd);
    }
    /* STE 0: stage 2; 39 bits from level 1; Secure IPAs: Secure memory. */
    mem_w64(t, strtab, 0xd);
    mem_w64(t, strtab + 16, 0x040d355900000000);
    mem_w64(t, strtab + 24, table[1] | 2); /* S2NSA */
    mem_w64(t, strtab + 32, 0x0000005900000000);
    mem_w64(t, strtab + 48, table[0]);
    w64(t, 0x8080, strtab);
    w32(t, 0x8088, 8);
    w32(t, 0x8020, 0x1);
    mem_w64(t, ns, 0x1234);
    g_assert_true(secure_write(t, 0x40000000, SECURE_ATTR));
    g_assert_true(secure_read(t, 0x40000000, SECURE_ATTR, &v));
    g_assert_cmphex(v, ==, dma_pattern(0x40000000));
    g_assert_true(secure_read(t, 0x40000000 | (ns & 0x1fffff), ENG_ATTR, &v));
    g_assert_cmphex(v, ==, 0x1234);
    machine_stop(t);
}

/* A request of the group at @ctrl (9.1). */
static uint64_t ask(SmmuQtest *t, uint32_t ctrl, uint64_t sid, uint64_t addr)
{
    w64(t, ctrl + 0x08, sid);
    w64(t, ctrl + 0x10, addr);
    w32(t, ctrl, 1);
    while (r32(t, ctrl) & 1) {
    }
    return r64(t, ctrl + 0x18);
}

/* TYPE = 1, RnW = 1; PAR of a failure */
#define S1_READ 0x500u
#define SSEC (1ull << 53)
#define FAIL(code) ((uint64_t)(code) << 4 | 1)

/* S_GATOS: SSEC is the stream's security state, PAR.NS its page's (6.3.38). */
static void test_gatos(void)
{
    SmmuQtest *t = machine_start_with(SECURE ",atos=on", ",secure=on", NULL);

    secure_stage1(t, SECURE_RAM);
    g_assert_cmphex(ask(t, 0x8100, SSEC, VA | S1_READ), ==, 0xff0000000e000300);
    g_assert_cmphex(ask(t, 0x8100, SSEC, (VA + 0x1000) | S1_READ), ==,
                    FAIL(0x10));
    g_assert_cmphex(ask(t, 0x8100, SSEC, VA), ==, FAIL(0xff));
    g_assert_cmphex(ask(t, 0x8100, SSEC, VA | 0x900), ==, FAIL(0xfe));
    g_assert_cmphex(ask(t, 0x8100, SSEC | 1, VA | S1_READ), ==, FAIL(0x04));
    g_assert_cmphex(ask(t, 0x8100, SSEC | 0x100, VA | S1_READ), ==, FAIL(0x02));
    /* A Non-secure stream needs CR0.SMMUEN as well. */
    g_assert_cmphex(ask(t, 0x8100, 0, VA | S1_READ), ==, FAIL(0xfd));
    smmu_enable(t);
    g_assert_cmphex(ask(t, 0x8100, 0, VA | S1_READ), ==, FAIL(0x04));
    /* Nor does GATOS see the Secure stream. */
    g_assert_cmphex(ask(t, 0x100, SSEC, VA | S1_READ), ==, FAIL(0x04));
    /* S_CR0.SMMUEN = 0: RUN is ignored. */
    w32(t, 0x8020, 0x4);
    g_assert_cmphex(ask(t, 0x8100, SSEC, VA | S1_READ), ==, FAIL(0x04));
    g_assert_cmphex(r32(t, 0x80a8), ==, 0);
    expect_no_event(t);
    machine_stop(t);
    t = machine_start_with(SECURE ",atos=on", ",secure=on", NULL);
    secure_stage1(t, SECURE_RAM | 0x20);
    g_assert_cmphex(ask(t, 0x8100, SSEC, VA | S1_READ), ==, 0xff0000000e000700);
    machine_stop(t);
}

/* S_VATOS is for stage 1 of one VMID; its SEL needs SEL2, as does its page. */
static void test_vatos(void)
{
    SmmuQtest *t = machine_start_with(SECURE ",atos=on,vatos=on,stt=on,sel2=on",
                                      ",secure=on", NULL);

    t->smmu = WIDE_BASE;
    g_assert_cmphex(r32(t, 0x8008), ==, 2);
    secure_stage1(t, SECURE_RAM);
    g_assert_cmphex(r64(t, S_VATOS + 8), ==, SSEC);
    g_assert_cmphex(ask(t, S_VATOS, 0, VA | S1_READ), ==, 0xff0000000e000300);
    g_assert_cmphex(ask(t, S_VATOS, 0, VA | 0x900), ==, FAIL(0xff));
    w32(t, 0x8180, 7);
    g_assert_cmphex(r32(t, 0x8180), ==, 7);
    g_assert_cmphex(r32(t, 0x180), ==, 0);
    g_assert_cmphex(ask(t, S_VATOS, 0, VA | S1_READ), ==, FAIL(0x04));
    g_assert_cmphex(r32(t, 0x80a8), ==, 0);
    machine_stop(t);
    t = machine_start_with(SECURE ",atos=on,vatos=on", ",secure=on", NULL);
    t->smmu = WIDE_BASE;
    g_assert_cmphex(r32(t, IDR0) & 1u << 20, ==, 1u << 20);
    g_assert_cmphex(r32(t, 0x8008), ==, 0);
    w32(t, 0x8180, 7);
    g_assert_cmphex(r32(t, 0x8180), ==, 0);
    w64(t, S_VATOS + 8, UINT64_MAX);
    g_assert_cmphex(r64(t, S_VATOS + 8), ==, 0);
    machine_stop(t);
}

/* S_GATOS for accesses that are not Secure, and without ATOS. */
static void test_gatos_absent(void)
{
    static const char *const props[] = { ",secure=on,atos=on", SECURE,
                                         ",x-unspecified-secure=on,atos=on" };

    for (unsigned i = 0; i < G_N_ELEMENTS(props); i++) {
        SmmuQtest *t = machine_start_with(props[i], NULL, NULL);

        for (uint32_t reg = 0x8100; reg < 0x8120; reg += 4) {
            w32(t, reg, UINT32_MAX);
            g_assert_cmphex(r32(t, reg), ==, 0);
        }
        machine_stop(t);
    }
}

/* A Secure engine needs a Secure SMMU. */
static void test_refused(void)
{
    char *args = machine_args_with("", "", SECURE_ENGINE), *err = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, 1);
    g_assert_nonnull(strstr(err, "secure=on needs an smmulator with"));
    g_free(err);
    g_free(args);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secure/absent", test_absent);
    g_test_add_func("/secure/non-secure", test_non_secure);
    g_test_add_func("/secure/registers", test_registers);
    g_test_add_func("/secure/queue", test_queue);
    g_test_add_func("/secure/memory", test_memory);
    g_test_add_func("/secure/bypass", test_bypass);
    g_test_add_func("/secure/stage1", test_stage1);
    g_test_add_func("/secure/event", test_event);
    g_test_add_func("/secure/stage2", test_stage2);
    g_test_add_func("/secure/gatos", test_gatos);
    g_test_add_func("/secure/gatos-absent", test_gatos_absent);
    g_test_add_func("/secure/vatos", test_vatos);
    g_test_add_func("/secure/refused", test_refused);
    return g_test_run();
}
