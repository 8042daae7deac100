/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register file: reset values, writable bits, guards, access sizes.
 * Tests only. All numbers are literals of 6.1-6.3.
 */
#include "smmu-qtest.h"

#define WINDOW 0x20000u

typedef struct Reg {
    const char *name;
    uint32_t offset;
    unsigned size;
    uint64_t reset;
    uint64_t ones; /* what is read after writing all ones, SMMU disabled */
} Reg;

static const Reg regs[] = {
    { "IDR0", 0x000, 4, 0x0904121b, 0x0904121b },
    { "IDR1", 0x004, 4, 0x02730010, 0x02730010 },
    { "IDR2", 0x008, 4, 0, 0 },
    { "IDR3", 0x00c, 4, 0x1514, 0x1514 },
    { "IDR4", 0x010, 4, 0, 0 },
    { "IDR5", 0x014, 4, 0x75, 0x75 },
    { "AIDR", 0x01c, 4, 0x02, 0x02 },
    { "CR0", 0x020, 4, 0, 0xd },
    { "CR0ACK", 0x024, 4, 0, 0 },
    { "CR1", 0x028, 4, 0, 0xfff },
    { "CR2", 0x02c, 4, 0, 0x3 },
    { "S2PII", 0x030, 8, 0, 0 },
    { "STATUSR", 0x040, 4, 0, 0 },
    { "GBPA", 0x044, 4, 0x1000, 0x1f3f1f },
    { "AGBPA", 0x048, 4, 0, 0 },
    { "IRQ_CTRL", 0x050, 4, 0, 0x5 },
    { "IRQ_CTRLACK", 0x054, 4, 0, 0 },
    { "GERROR", 0x060, 4, 0, 0 },
    { "GERRORN", 0x064, 4, 0, 0x105 },
    { "GERROR_IRQ_CFG0", 0x068, 8, 0, 0 },
    { "GERROR_IRQ_CFG1", 0x070, 4, 0, 0 },
    { "GERROR_IRQ_CFG2", 0x074, 4, 0, 0 },
    { "STRTAB_BASE", 0x080, 8, 0, 0x4000ffffffffffc0ull },
    { "STRTAB_BASE_CFG", 0x088, 4, 0, 0x307ff },
    { "CMDQ_BASE", 0x090, 8, 0, 0x40ffffffffffffffull },
    { "CMDQ_PROD", 0x098, 4, 0, 0xfffff },
    { "CMDQ_CONS", 0x09c, 4, 0, 0xfffff },
    { "EVENTQ_BASE", 0x0a0, 8, 0, 0x40ffffffffffffffull },
    { "EVENTQ_IRQ_CFG0", 0x0b0, 8, 0, 0 },
    { "EVENTQ_IRQ_CFG1", 0x0b8, 4, 0, 0 },
    { "EVENTQ_IRQ_CFG2", 0x0bc, 4, 0, 0 },
    { "PRIQ_BASE", 0x0c0, 8, 0, 0 },
    { "PRIQ_IRQ_CFG0", 0x0d0, 8, 0, 0 },
    { "PRIQ_IRQ_CFG1", 0x0d8, 4, 0, 0 },
    { "PRIQ_IRQ_CFG2", 0x0dc, 4, 0, 0 },
    { "GATOS_CTRL", 0x100, 4, 0, 0 },
    { "GATOS_SID", 0x108, 8, 0, 0 },
    { "GATOS_ADDR", 0x110, 8, 0, 0 },
    { "GATOS_PAR", 0x118, 8, 0, 0 },
    { "VATOS_SEL", 0x180, 4, 0, 0 },
    { "PIDR5", 0xfd4, 4, 0, 0 },
    { "PIDR6", 0xfd8, 4, 0, 0 },
    { "PIDR7", 0xfdc, 4, 0, 0 },
    { "CIDR0", 0xff0, 4, 0x0d, 0x0d },
    { "CIDR1", 0xff4, 4, 0xf0, 0xf0 },
    { "CIDR2", 0xff8, 4, 0x05, 0x05 },
    { "CIDR3", 0xffc, 4, 0xb1, 0xb1 },
    { "EVENTQ_PROD", 0x100a8, 4, 0, 0x800fffff },
    { "EVENTQ_CONS", 0x100ac, 4, 0, 0x800fffff },
    { "PRIQ_PROD", 0x100c8, 4, 0, 0 },
    { "PRIQ_CONS", 0x100cc, 4, 0, 0 },
};

/* IMPLEMENTATION DEFINED identification: constant, and not written. */
static const uint32_t idents[] = { IIDR, 0xfd0, 0xfe0, 0xfe4, 0xfe8, 0xfec };

static uint64_t read_reg(SmmuQtest *t, const Reg *r)
{
    return r->size == 8 ? r64(t, r->offset) : r32(t, r->offset);
}

static void check(SmmuQtest *t, const Reg *r, uint64_t want)
{
    uint64_t got = read_reg(t, r);

    if (got != want) {
        g_error("%s reads 0x%" PRIx64 ", expected 0x%" PRIx64, r->name, got,
                want);
    }
}

static void test_reset_values(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        check(t, &regs[i], regs[i].reset);
    }
    machine_stop(t);
}

static void write_ones(SmmuQtest *t, const Reg *r)
{
    if (r->size == 8) {
        w64(t, r->offset, ~UINT64_C(0));
    } else {
        w32(t, r->offset, 0xffffffff);
    }
}

/* CR0 and IRQ_CTRL are restored at once: others follow them. */
static void test_write_ones(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        write_ones(t, &regs[i]);
        check(t, &regs[i], regs[i].ones);
        if (regs[i].offset == CR0) {
            smmu_cr0(t, 0);
        } else if (regs[i].offset == IRQ_CTRL) {
            w32(t, IRQ_CTRL, 0);
        }
    }
    /* And back: no bit is stuck. */
    w32(t, GERRORN, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        if (regs[i].ones == regs[i].reset) {
            continue;
        }
        if (regs[i].offset == GBPA) {
            w32(t, GBPA, 0x80000000);
        } else if (regs[i].size == 8) {
            w64(t, regs[i].offset, 0);
        } else {
            w32(t, regs[i].offset, 0);
        }
        check(t, &regs[i], 0);
    }
    machine_stop(t);
}

static bool allocated(uint32_t offset)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        if (offset >= regs[i].offset &&
            offset < regs[i].offset + regs[i].size) {
            return true;
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(idents); i++) {
        if (offset == idents[i]) {
            return true;
        }
    }
    return false;
}

/* Everything else is RAZ/WI: the whole window, word by word, in one sweep. */
static void test_unallocated(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    for (uint32_t offset = 0; offset < WINDOW; offset += 4) {
        if (allocated(offset)) {
            continue;
        }
        w32(t, offset, 0xffffffff);
        if (r32(t, offset) != 0) {
            g_error("0x%x reads 0x%x", offset, r32(t, offset));
        }
    }
    /* None of these writes landed in a register. */
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        check(t, &regs[i], regs[i].reset);
    }
    machine_stop(t);
}

static void test_identification(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    uint32_t iidr = r32(t, IIDR);

    for (unsigned i = 0; i < G_N_ELEMENTS(idents); i++) {
        uint32_t old = r32(t, idents[i]);

        w32(t, idents[i], ~old);
        g_assert_cmphex(r32(t, idents[i]), ==, old);
    }
    /* Not a part whose errata Linux works round (implementer 0x43b). */
    g_assert_cmphex(iidr & 0xfff, !=, 0x43b);
    /* PIDR2[3] is RES1; the part number is the same in both places. */
    g_assert_cmphex(r32(t, 0xfe8) & 0x8, ==, 0x8);
    g_assert_cmphex(r32(t, 0xfe0) | (r32(t, 0xfe4) & 0xf) << 8, ==, iidr >> 20);
    machine_stop(t);
}

/* Which registers each enable locks (6.3). */
static void test_guards(void)
{
    static const struct {
        uint32_t offset;
        uint32_t by; /* CR0 bits that lock it */
        uint32_t value;
    } guards[] = {
        { CR2, 0x1, 0x2 },
        { STRTAB_BASE, 0x1, 0x41000000 },
        { STRTAB_BASE + 4, 0x1, 0x40 },
        { STRTAB_BASE_CFG, 0x1, 0x8 },
        { CMDQ_BASE, 0x8, 0x41000006 },
        { CMDQ_BASE + 4, 0x8, 0x40 },
        { CMDQ_CONS, 0x8, 0x3 },
        { EVENTQ_BASE, 0x4, 0x41000006 },
        { EVENTQ_BASE + 4, 0x4, 0x40 },
        { EVENTQ_PROD, 0x4, 0x80000003 },
        { CMDQ_PROD, 0, 0x3 },
        { EVENTQ_CONS, 0, 0x80000003 },
        { IRQ_CTRL, 0, 0x5 },
        { GERRORN, 0, 0 },
    };

    for (uint32_t bit = 1; bit <= 8; bit *= 2) {
        SmmuQtest *t;

        if (bit == 2) {
            continue;
        }
        t = machine_start(NULL, NULL);
        /* Somewhere for the queue that is enabled; it stays empty. */
        w64(t, CMDQ_BASE, RAM_FREE | 2);
        w64(t, EVENTQ_BASE, (RAM_FREE + 0x1000) | 2);
        w64(t, STRTAB_BASE, RAM_FREE + 0x10000);
        smmu_cr0(t, bit);
        for (unsigned i = 0; i < G_N_ELEMENTS(guards); i++) {
            uint32_t old = r32(t, guards[i].offset);

            /* A CMDQ_PROD write would start the queue: not this test. */
            if (bit == 8 && guards[i].offset == CMDQ_PROD) {
                continue;
            }
            w32(t, guards[i].offset, guards[i].value);
            if (r32(t, guards[i].offset) !=
                (guards[i].by & bit ? old : guards[i].value)) {
                g_error("CR0 = %u: 0x%x was 0x%x, written 0x%x, reads 0x%x",
                        bit, guards[i].offset, old, guards[i].value,
                        r32(t, guards[i].offset));
            }
            w32(t, guards[i].offset, old);
        }
        machine_stop(t);
    }
}

/* CR1: table attributes are SMMUEN's, queue attributes the queues'. */
static void test_cr1_guards(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    w64(t, CMDQ_BASE, RAM_FREE);
    w64(t, EVENTQ_BASE, RAM_FREE + 0x1000);
    smmu_cr0(t, 0x1);
    w32(t, CR1, 0xfff);
    g_assert_cmphex(r32(t, CR1), ==, 0x03f);
    smmu_cr0(t, 0x4);
    w32(t, CR1, 0xfc0);
    g_assert_cmphex(r32(t, CR1), ==, 0xfff);
    smmu_cr0(t, 0x8);
    w32(t, CR1, 0);
    g_assert_cmphex(r32(t, CR1), ==, 0x03f);
    smmu_cr0(t, 0xd);
    w32(t, CR1, 0xfc0);
    g_assert_cmphex(r32(t, CR1), ==, 0x03f);
    smmu_cr0(t, 0);
    w32(t, CR1, 0);
    g_assert_cmphex(r32(t, CR1), ==, 0);
    machine_stop(t);
}

/* GBPA is written with Update set, or not at all (6.3.14). */
static void test_gbpa(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    w32(t, GBPA, 0x00100000);
    g_assert_cmphex(r32(t, GBPA), ==, 0x1000);
    w32(t, GBPA, 0x80101000);
    g_assert_cmphex(r32(t, GBPA), ==, 0x00101000);
    /* Not guarded by SMMUEN. */
    smmu_enable(t);
    w32(t, GBPA, 0x80001000);
    g_assert_cmphex(r32(t, GBPA), ==, 0x1000);
    machine_stop(t);
}

/* The acknowledgements follow, bit by bit. */
static void test_acks(void)
{
    static const uint32_t cr0[] = { 0x8, 0xc, 0xd, 0x5, 0x1, 0x9, 0 };
    static const uint32_t irq[] = { 0x1, 0x5, 0x4, 0 };
    SmmuQtest *t = smmu_start();

    smmu_cr0(t, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(cr0); i++) {
        smmu_cr0(t, cr0[i]);
        g_assert_cmphex(r32(t, CR0), ==, cr0[i]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(irq); i++) {
        w32(t, IRQ_CTRL, irq[i]);
        g_assert_cmphex(r32(t, IRQ_CTRL), ==, irq[i]);
        g_assert_cmphex(r32(t, IRQ_CTRLACK), ==, irq[i]);
    }
    /* The acknowledgements themselves are read-only. */
    w32(t, CR0ACK, 0xd);
    w32(t, IRQ_CTRLACK, 0x5);
    g_assert_cmphex(r32(t, CR0ACK), ==, 0);
    g_assert_cmphex(r32(t, IRQ_CTRLACK), ==, 0);
    machine_stop(t);
}

/* 64-bit registers by halves in any order; 32-bit ones not by 64 (6.2). */
static void test_access_sizes(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    QTestState *q = t->qts;

    w32(t, STRTAB_BASE + 4, 0x40000012);
    w32(t, STRTAB_BASE, 0x345678c0);
    g_assert_cmphex(r64(t, STRTAB_BASE), ==, 0x40000012345678c0ull);
    g_assert_cmphex(r32(t, STRTAB_BASE + 4), ==, 0x40000012);
    w32(t, STRTAB_BASE, 0);
    g_assert_cmphex(r64(t, STRTAB_BASE), ==, 0x4000001200000000ull);

    /* 8 and 16 bits: nothing is read, nothing is written. */
    g_assert_cmphex(qtest_readb(q, t->smmu + IDR0), ==, 0);
    g_assert_cmphex(qtest_readw(q, t->smmu + IDR0), ==, 0);
    g_assert_cmphex(qtest_readw(q, t->smmu + IDR0 + 2), ==, 0);
    qtest_writeb(q, t->smmu + CR1, 0xff);
    qtest_writew(q, t->smmu + CR1, 0xffff);
    g_assert_cmphex(r32(t, CR1), ==, 0);
    /* 64 bits over two 32-bit registers. */
    g_assert_cmphex(r64(t, IDR0), ==, 0);
    w64(t, CR1, 0x0000000200000fffull);
    g_assert_cmphex(r32(t, CR1), ==, 0);
    g_assert_cmphex(r32(t, CR2), ==, 0);
    machine_stop(t);
}

/* The ID registers of the other stages (6.3.1, 6.3.4). */
static void test_stage_property(void)
{
    static const struct {
        const char *stage;
        uint32_t idr0, idr3;
    } cases[] = {
        { "1", 0x0900101a, 0x1504 },
        { "2", 0x09040019, 0x1510 },
        { "nested", 0x0904121b, 0x1514 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *extra =
            g_strdup_printf("-global smmulator.stage=%s", cases[i].stage);
        SmmuQtest *t = machine_start(NULL, extra);

        g_assert_cmphex(r32(t, IDR0), ==, cases[i].idr0);
        g_assert_cmphex(r32(t, IDR3), ==, cases[i].idr3);
        g_free(extra);
        machine_stop(t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registers/reset-values", test_reset_values);
    g_test_add_func("/registers/write-ones", test_write_ones);
    g_test_add_func("/registers/unallocated", test_unallocated);
    g_test_add_func("/registers/identification", test_identification);
    g_test_add_func("/registers/guards", test_guards);
    g_test_add_func("/registers/cr1-guards", test_cr1_guards);
    g_test_add_func("/registers/gbpa", test_gbpa);
    g_test_add_func("/registers/acknowledgements", test_acks);
    g_test_add_func("/registers/access-sizes", test_access_sizes);
    g_test_add_func("/registers/stage-property", test_stage_property);
    return g_test_run();
}
