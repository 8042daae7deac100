/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Secure programming interface in QEMU: its faults, its errors and
 * interrupts, its invalidations, SIF, NSSTALLD and NSCFG.
 * Tests only.
 *
 * One memory for both states: where an access goes is what the engine says of
 * its NS attribute.
 */
#include "stall.h"

#define SECURE ",secure=on,x-unspecified-secure=on"
#define SEL2 SECURE ",stt=on,sel2=on"
#define SECURE_ENGINE "-device smmulator-engine-platform,secure=on"
#define ENGINE_BASE 0x090e0000u
#define SECURE_ATTR 0x40ffu /* as ENG_ATTR, Secure and inner shareable */
#define NS_ATTR 0x42ffu
#define S_VA 0x40001000ull
#define S_LEAF 0xf43ull
#define NS 0x20ull /* in a leaf */
/* Registers, and S_CR0 with all that these tests enable */
#define S_CR0 0x8020u
#define S_IRQ_CTRL 0x8050u
#define S_GERROR 0x8060u
#define S_GERRORN 0x8064u
#define S_CMDQ_PROD 0x8098u
#define S_CMDQ_CONS 0x809cu
#define S_EVENTQ_PROD 0x80a8u
#define S_ON 0xdu
#define SSEC 0x400u

/* Stream 0 of the Secure namespace: a stage 1 that maps S_VA to page a. */
typedef struct Secure {
    SmmuQtest *t;
    uint64_t strtab, cd, leaf, cmdq, eventq;
    uint64_t a, b; /* two pages with different words in them */
    uint32_t prod, events;
} Secure;

static void set_ste(Secure *s, const uint64_t ste[8])
{
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(s->t, s->strtab + 8 * i, ste[i]);
    }
}

static void set_ste_stage1(Secure *s, unsigned strw)
{
    set_ste(s, (const uint64_t[8]){ s->cd | 0xb, (uint64_t)strw << 30 });
}

static Secure start(const char *props, const char *engine)
{
    SmmuQtest *t = machine_start_with(props, NULL, engine);
    uint64_t l1 = ram_page(t), l2 = ram_page(t), l3 = ram_page(t);
    Secure s = { .t = t,
                 .strtab = ram_alloc(t, 0x4000, 0x4000),
                 .cd = ram_page(t),
                 .cmdq = ram_page(t),
                 .eventq = ram_page(t),
                 .a = ram_page(t),
                 .b = ram_page(t) };

    t->engine = ENGINE_BASE;
    s.leaf = l3 + 8 * (S_VA >> 12 & 511);
    /* CD: T0SZ 25, 4K, EPD1, V, 48 bits, AA64, R, A. */
    mem_w64(t, s.cd, 0x00006205c0003519);
    mem_w64(t, s.cd + 8, l1);
    mem_w64(t, s.cd + 24, 0xff);
    mem_w64(t, l1 + 8 * (S_VA >> 30), l2 | 3);
    mem_w64(t, l2 + 8 * (S_VA >> 21 & 511), l3 | 3);
    mem_w64(t, s.leaf, s.a | S_LEAF);
    mem_w64(t, s.a, 0xa);
    mem_w64(t, s.b, 0xb);
    set_ste_stage1(&s, 0);
    w32(t, 0x8028, 0xd75);
    w32(t, 0x802c, 0x2); /* RECINVSID */
    w64(t, 0x8080, s.strtab);
    w32(t, 0x8088, 8);
    w64(t, 0x8090, s.cmdq | 6);
    w64(t, 0x80a0, s.eventq | 6);
    w32(t, S_CR0, S_ON);
    g_assert_cmphex(r32(t, 0x8024), ==, S_ON);
    return s;
}

static bool access_at(Secure *s, uint64_t va, uint32_t attrs, uint64_t *v)
{
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = va,
                    .end = va + 7,
                    .attrs = attrs | attrs << 16 };
    bool ok = engine_run(s->t, &op) == ENG_HALTED;

    *v = op.sum;
    return ok;
}

/* Reads at S_VA: the word of page a or b; 0 for an abort. */
static uint64_t look(Secure *s)
{
    uint64_t v;

    return access_at(s, S_VA, SECURE_ATTR, &v) ? v : 0;
}

/* A record of the Secure queue, and none of the other. */
static void expect_record(Secure *s, uint64_t w0, uint64_t w1, uint64_t w2)
{
    uint64_t at = s->eventq + 32 * s->events++;

    g_assert_cmphex(r32(s->t, S_EVENTQ_PROD), ==, s->events);
    g_assert_cmphex(mem_r64(s->t, at), ==, w0);
    g_assert_cmphex(mem_r64(s->t, at + 8), ==, w1);
    g_assert_cmphex(mem_r64(s->t, at + 16), ==, w2);
    g_assert_cmphex(r32(s->t, EVENTQ_PROD), ==, 0);
}

static void s_push(Secure *s, uint64_t w0, uint64_t w1)
{
    mem_w64(s->t, s->cmdq + 16 * s->prod, w0);
    mem_w64(s->t, s->cmdq + 16 * s->prod + 8, w1);
    w32(s->t, S_CMDQ_PROD, ++s->prod);
}

static void s_cmd(Secure *s, uint64_t w0, uint64_t w1)
{
    s_push(s, w0, w1);
    s_push(s, OP_SYNC, 0);
    g_assert_cmphex(r32(s->t, S_CMDQ_CONS), ==, s->prod);
}

/* CERROR_ILL; the command becomes a SYNC and the queue goes on. */
static void s_illegal(Secure *s, uint64_t w0, uint64_t w1)
{
    uint32_t at = s->prod;

    s_push(s, w0, w1);
    g_assert_cmphex(r32(s->t, S_CMDQ_CONS), ==, at | 1u << 24);
    g_assert_cmphex(r32(s->t, S_GERROR) ^ r32(s->t, S_GERRORN), ==, 1);
    mem_w64(s->t, s->cmdq + 16 * at, OP_SYNC);
    mem_w64(s->t, s->cmdq + 16 * at + 8, 0);
    w32(s->t, S_GERRORN, r32(s->t, S_GERROR));
    g_assert_cmphex(r32(s->t, S_CMDQ_CONS), ==, s->prod);
}

static void test_bad_ste(void)
{
    Secure s = start(SECURE, SECURE_ENGINE);

    set_ste(&s, (const uint64_t[8]){ 0 });
    g_assert_cmphex(look(&s), ==, 0);
    expect_record(&s, C_BAD_STE, 0, 0);
    machine_stop(s.t);
}

/* Stage 2 of a Secure stream, legal with SEL2 alone (5.2). */
static void test_no_sel2(void)
{
    for (unsigned sel2 = 0; sel2 < 2; sel2++) {
        Secure s = start(sel2 ? SEL2 : SECURE, SECURE_ENGINE);
        uint64_t l1 = ram_page(s.t);

        mem_w64(s.t, l1 + 8, (s.a & ~0x3fffffffull) | 0x7fd);
        set_ste(&s, (const uint64_t[8]){ 0xd, 0, 0x040d355900000000, l1 | 2,
                                         0x5900000000, 0, l1 });
        mem_w64(s.t, s.a & ~0x3fffffffull, 0);
        mem_w64(s.t, (s.a & ~0x3fffffffull) + 0x1000, 0xc);
        g_assert_cmphex(look(&s), ==, sel2 ? 0xc : 0);
        if (!sel2) {
            expect_record(&s, C_BAD_STE, 0, 0);
        }
        machine_stop(s.t);
    }
}

/* A StreamID beyond the Secure table; S_CR2.RECINVSID. */
static void test_bad_streamid(void)
{
    Secure s = start(SECURE, SECURE_ENGINE ",sid=256");

    g_assert_cmphex(look(&s), ==, 0);
    expect_record(&s, 0x0000010000000002, 0, 0);
    w32(s.t, S_CR0, 0);
    w32(s.t, 0x802c, 0);
    w32(s.t, S_CR0, S_ON);
    g_assert_cmphex(look(&s), ==, 0);
    g_assert_cmphex(r32(s.t, S_EVENTQ_PROD), ==, 1);
    machine_stop(s.t);
}

/* S_GERROR and its wire, not the Non-secure ones; recovery. */
static void test_gerror(void)
{
    Secure s = start(SECURE, SECURE_ENGINE);

    gic_setup(s.t);
    w32(s.t, IRQ_CTRL, 0x5);
    s_illegal(&s, 0xff, 0);
    g_assert_false(gic_take(s.t, SPI_GERROR));
    w32(s.t, S_IRQ_CTRL, 0x1);
    s_illegal(&s, 0x7f, 0);
    g_assert_true(gic_wait(s.t, SPI_GERROR));
    g_assert_cmphex(r32(s.t, GERROR), ==, 0);
    g_assert_cmphex(r32(s.t, S_GERROR), ==, 0); /* toggled twice */
    s_cmd(&s, OP_CFGI_STE | SSEC, 1);
    machine_stop(s.t);
}

/* S_EVENTQ: by wire, and by message with MSIs. */
static void test_eventq_irq(void)
{
    Secure s = start(SECURE ",msi=on", SECURE_ENGINE);
    uint64_t pa = ram_page(s.t), word = 0;

    gic_setup(s.t);
    set_ste(&s, (const uint64_t[8]){ 0 });
    w32(s.t, IRQ_CTRL, 0x5);
    g_assert_cmphex(look(&s), ==, 0);
    g_assert_false(gic_take(s.t, SPI_EVENTQ));
    w32(s.t, 0x80ac, 1); /* S_EVENTQ_CONS: empty again */
    w64(s.t, 0x80b0, pa);
    w32(s.t, 0x80b8, 0xcafe0003);
    w32(s.t, 0x80bc, 0x1);
    w32(s.t, S_IRQ_CTRL, 0x4);
    g_assert_cmphex(look(&s), ==, 0);
    g_assert_true(gic_wait(s.t, SPI_EVENTQ));
    for (unsigned i = 0; i < 1000 && !word; i++) {
        word = mem_r64(s.t, pa);
    }
    g_assert_cmphex(word, ==, 0xcafe0003);
    machine_stop(s.t);
}

/* S_CR0.SIF: no instruction comes from Non-secure memory (6.3.57). */
static void test_sif(void)
{
    Secure s = start(SECURE, SECURE_ENGINE);
    uint64_t v;

    mem_w64(s.t, s.leaf, s.a | S_LEAF | NS);
    g_assert_true(access_at(&s, S_VA, SECURE_ATTR | ENG_IND, &v));
    w32(s.t, S_CR0, S_ON | 0x20);
    g_assert_false(access_at(&s, S_VA, SECURE_ATTR | ENG_IND, &v));
    expect_record(&s, F_PERMISSION, 0x0000020c00000000, S_VA);
    g_assert_cmphex(look(&s), ==, 0xa);
    mem_w64(s.t, s.leaf, s.a | S_LEAF);
    s_cmd(&s, 0x10, 0);
    g_assert_true(access_at(&s, S_VA, SECURE_ATTR | ENG_IND, &v));
    machine_stop(s.t);
}

/* S_CR0.NSSTALLD takes stalls from the Non-secure side (6.3.57). */
static void test_nsstalld(void)
{
    SmmuQtest *t = stall_start(BOTH SECURE);
    EngineOp op = read_op(VA, 0);
    Context c;

    stall_context(&c, t, 1);
    w32(t, S_CR0, 0x200);
    g_assert_cmphex(r32(t, S_CR0), ==, 0x200);
    g_assert_cmphex(r32(t, IDR0) >> 24 & 3, ==, 1);
    g_assert_cmphex(r32(t, 0x8000) >> 24 & 3, ==, 0);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_CD));
    cmd_illegal(t, (uint64_t)ENGINE_SID << 32 | OP_RESUME, 1);
    cmd_illegal(t, (uint64_t)ENGINE_SID << 32 | OP_STALL_TERM, 0);
    w32(t, S_CR0, 0);
    g_assert_cmphex(r32(t, IDR0) >> 24 & 3, ==, 0);
    context_commit(&c);
    engine_launch(t, &op);
    wait_event(t, EV(F_TRANSLATION, VA, .rnw = true, .stag = 1));
    stall_resume(t, 1, AB);
    g_assert_cmphex(engine_wait(t, &op), ==, ENG_ERROR);
    machine_stop(t);
    /* A model without stalls has nothing to take: RES0. */
    t = machine_start_with(SECURE, NULL, NULL);
    w32(t, S_CR0, 0x200);
    g_assert_cmphex(r32(t, S_CR0), ==, 0);
    machine_stop(t);
}

/* What a command of the Secure queue does to the translation of a stream with
 * that STRW (4.4). */
static void tlbi_rows(const char *props, unsigned strw,
                      const uint64_t (*gone)[2], unsigned n, uint64_t other)
{
    Secure s = start(props, SECURE_ENGINE);

    set_ste_stage1(&s, strw);
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(look(&s), ==, 0xa);
        mem_w64(s.t, s.leaf, s.b | S_LEAF);
        s_cmd(&s, other, 0);
        g_assert_cmphex(look(&s), ==, 0xa);
        s_cmd(&s, gone[i][0], gone[i][1]);
        g_assert_cmphex(look(&s), ==, 0xb);
        mem_w64(s.t, s.leaf, s.a | S_LEAF);
        s_cmd(&s, gone[i][0], gone[i][1]);
    }
    machine_stop(s.t);
}

static void test_tlbi_el3(void)
{
    static const uint64_t gone[][2] = { { 0x18, 0 }, { 0x1a, S_VA } };
    Secure s;

    tlbi_rows(SECURE, 1, gone, 2, 0x10);
    s = start(SECURE, SECURE_ENGINE);
    /* Not on the Non-secure queue. */
    smmu_enable(s.t);
    cmd_illegal(s.t, 0x18, 0);
    cmd_illegal(s.t, 0x1a, S_VA);
    machine_stop(s.t);
}

static void test_tlbi_s(void)
{
    static const uint64_t el1[][2] = { { 0x60, 0 }, { 0x58, 0 }, { 0x10, 0 } };
    static const uint64_t el2[][2] = { { 0x50, 0 },
                                       { 0x52, S_VA },
                                       { 0x53, S_VA } };
    static const uint64_t ops[] = { 0x50, 0x51, 0x52, 0x53, 0x58, 0x5a, 0x60 };
    Secure s;

    tlbi_rows(SEL2, 0, el1, 3, 0x50);
    tlbi_rows(SEL2, 2, el2, 3, 0x60);
    s = start(SECURE, SECURE_ENGINE);
    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        s_illegal(&s, ops[i], 0); /* without SEL2 */
    }
    machine_stop(s.t);
    s = start(SEL2, SECURE_ENGINE);
    smmu_enable(s.t);
    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        s_cmd(&s, ops[i], 0);
        cmd_illegal(s.t, ops[i], 0); /* the Non-secure queue */
    }
    machine_stop(s.t);
}

/* TLBI_S_S2_IPA and TLBI_S_S12_VMALL against a Secure stage 2; what is for the
 * Non-secure VMID of that number does nothing. */
static void test_tlbi_stage2(void)
{
    static const uint64_t gone[][2] = { { 0x5a, S_VA }, { 0x58, 0 } };
    Secure s = start(SEL2, SECURE_ENGINE);
    uint64_t l1 = ram_page(s.t), l2 = ram_page(s.t);

    mem_w64(s.t, l1 + 8, l2 | 3);
    mem_w64(s.t, 0x42001000, 0xa);
    mem_w64(s.t, 0x42201000, 0xb);
    set_ste(&s, (const uint64_t[8]){ 0xd, 0, 0x040d355900000000, l1 | 2,
                                     0x5900000000, 0, l1 });
    for (unsigned i = 0; i < 2; i++) {
        mem_w64(s.t, l2, 0x420007fd);
        s_cmd(&s, 0x60, 0);
        g_assert_cmphex(look(&s), ==, 0xa);
        mem_w64(s.t, l2, 0x422007fd);
        s_cmd(&s, 0x2a, S_VA);
        s_cmd(&s, 0x28, 0);
        s_cmd(&s, 0x30, 0);
        g_assert_cmphex(look(&s), ==, 0xa);
        s_cmd(&s, gone[i][0], gone[i][1]);
        g_assert_cmphex(look(&s), ==, 0xb);
    }
    machine_stop(s.t);
}

/* S_INIT.INV_ALL: translations and configuration (6.3.62). */
static void test_inv_all(void)
{
    Secure s = start(SECURE, SECURE_ENGINE);

    g_assert_cmphex(look(&s), ==, 0xa);
    mem_w64(s.t, s.leaf, s.b | S_LEAF);
    g_assert_cmphex(look(&s), ==, 0xa);
    w32(s.t, 0x803c, 1);
    g_assert_cmphex(r32(s.t, 0x803c), ==, 0);
    g_assert_cmphex(look(&s), ==, 0xb);
    set_ste(&s, (const uint64_t[8]){ 1 }); /* abort */
    g_assert_cmphex(look(&s), ==, 0xb);
    w32(s.t, 0x803c, 1);
    g_assert_cmphex(look(&s), ==, 0);
    g_assert_cmphex(r32(s.t, S_EVENTQ_PROD), ==, 0);
    machine_stop(s.t);
}

/* NSCFG of a stream that bypasses: as it came, Secure, Non-secure (5.2);
 * without ATTR_PERMS_OVR as it came. */
static void test_nscfg(void)
{
    static const struct {
        unsigned nscfg, in, out;
    } rows[] = { { 0, 0, 0 }, { 0, 1, 1 }, { 1, 1, 1 }, { 2, 1, 0 },
                 { 2, 0, 0 }, { 3, 0, 1 }, { 3, 1, 1 } };

    for (unsigned ovr = 0; ovr < 2; ovr++) {
        Secure s =
            start(ovr ? SECURE ",attr-perms-ovr=on" : SECURE, SECURE_ENGINE);
        uint64_t v;

        for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
            set_ste(&s,
                    (const uint64_t[8]){
                        0x9, (1ull << 44) | (uint64_t)rows[i].nscfg << 46 });
            s_cmd(&s, OP_CFGI_STE | SSEC, 1);
            g_assert_true(
                access_at(&s, s.a, rows[i].in ? NS_ATTR : SECURE_ATTR, &v));
            g_assert_cmphex(v, ==, 0xa);
            g_assert_cmphex(qtest_readq(s.t->qts, ENGINE_BASE + 0x70), ==,
                            0x3ff | (ovr ? rows[i].out : rows[i].in) << 12);
        }
        machine_stop(s.t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (subject_in_tree()) {
        return g_test_run();
    }
    g_test_add_func("/secure-faults/bad-ste", test_bad_ste);
    g_test_add_func("/secure-faults/no-sel2", test_no_sel2);
    g_test_add_func("/secure-faults/bad-streamid", test_bad_streamid);
    g_test_add_func("/secure-faults/gerror", test_gerror);
    g_test_add_func("/secure-faults/eventq-irq", test_eventq_irq);
    g_test_add_func("/secure-faults/sif", test_sif);
    g_test_add_func("/secure-faults/nsstalld", test_nsstalld);
    g_test_add_func("/secure-faults/tlbi-el3", test_tlbi_el3);
    g_test_add_func("/secure-faults/tlbi-s", test_tlbi_s);
    g_test_add_func("/secure-faults/tlbi-stage2", test_tlbi_stage2);
    g_test_add_func("/secure-faults/inv-all", test_inv_all);
    g_test_add_func("/secure-faults/nscfg", test_nscfg);
    return g_test_run();
}
