/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command queue: which commands exist, what is illegal in them, how it
 * stops and goes on (4, 7.1). What TLBI and CFGI remove: test-caches.c.
 * Tests only.
 */
#include "smmu-qtest.h"

#define SIDED ((uint64_t)ENGINE_SID << 32)
#define TG(n) ((uint64_t)(n) << 10)
#define TTL(n) ((uint64_t)(n) << 8)
#define NUM(n) ((uint64_t)(n) << 12)
#define SCALE(n) ((uint64_t)(n) << 20)

/* The commands of stage 1, stage 2 and EL2; all others are illegal. */
static const uint8_t legal[] = {
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12,
    0x13, 0x20, 0x21, 0x22, 0x23, 0x28, 0x2a, 0x30, 0x46,
};

static bool is_legal(unsigned op)
{
    return memchr(legal, op, sizeof(legal));
}

static void test_opcodes(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned op = 0; op < 256; op++) {
        /* The StreamID field is the ASID and VMID of a TLBI. */
        if (is_legal(op)) {
            cmd(t, op | SIDED, 0);
        } else {
            cmd_illegal(t, op, 0);
        }
    }
    g_assert_false(g_test_failed());
    machine_stop(t);
}

/* Without stage 1, or without stage 2, their commands are illegal too. */
static void test_opcodes_by_stage(void)
{
    static const struct {
        unsigned stage;
        uint8_t legal[11], illegal[9];
    } cases[] = {
        { 1,
          { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x30 },
          { 0x20, 0x21, 0x22, 0x23, 0x28, 0x2a } },
        { 2,
          { 0x01, 0x02, 0x03, 0x04, 0x28, 0x2a, 0x30 },
          { 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x20, 0x21, 0x22 } },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *extra =
            g_strdup_printf("-global smmulator.stage=%u", cases[i].stage);
        SmmuQtest *t = machine_start(NULL, extra);

        smmu_enable(t);
        for (unsigned k = 0; k < 11 && cases[i].legal[k]; k++) {
            cmd(t, cases[i].legal[k], 0);
        }
        for (unsigned k = 0; k < 9 && cases[i].illegal[k]; k++) {
            cmd_illegal(t, cases[i].illegal[k], 0);
        }
        g_assert_false(g_test_failed());
        g_free(extra);
        machine_stop(t);
    }
}

/* Operands, and whether they are legal. */
static const struct Operands {
    uint64_t dw0, dw1;
    bool ok;
} operands[] = {
    /* SSec on the Non-secure queue */
    { 0x01 | 1 << 10, 0, false },
    { 0x02 | 1 << 10, 0, false },
    { 0x03 | 1 << 10, 0, false },
    { 0x04 | 1 << 10, 31, false },
    { 0x05 | 1 << 10, 0, false },
    { 0x06 | 1 << 10, 0, false },
    /* SYNC: CS, and MSI fields that are not used */
    { 0x46, 0, true },
    { 0x46 | 1 << 12, 0, true },
    { 0x46 | 2 << 12, 0, true },
    { 0x46 | 3 << 12, 0, false },
    { 0x0fc02046, 0, true },
    { 0x46 | 1 << 12 | 0xdeadull << 32, 0x41230000, true },
    /* CFGI_STE_RANGE: every range; out of the table too */
    { 0x04, 0, true },
    { 0x04, 15, true },
    { 0x04 | 0xffffffffull << 32, 30, true },
    { 0x04, 31, true },
    { 0x03 | 0xffffffffull << 32, 0, true },
    { 0x05 | 0xffffffffull << 32 | 0xfffffull << 12 | 1 << 11, 0, true },
    { 0x01 | 0xffffffffull << 32, 0, true },
    { 0x02 | SIDED, 0x123450000ull | 31 << 5 | 31, true },
    /* Ranges: TG with nothing else is reserved */
    { OP_TLBI_NH_VA, TG(1), false },
    { OP_TLBI_NH_VA, TG(2), false },
    { OP_TLBI_NH_VA, TG(3), false },
    { OP_TLBI_NH_VAA, TG(1), false },
    { OP_TLBI_S2_IPA, TG(1), false },
    { 0x22, TG(1), false },
    { 0x23, TG(3), false },
    { OP_TLBI_NH_VA, TG(1) | TTL(1), true },
    { OP_TLBI_NH_VA, TG(1) | TTL(3), true },
    { OP_TLBI_NH_VA | NUM(1), TG(1), true },
    { OP_TLBI_NH_VA | SCALE(1), TG(1), true },
    { OP_TLBI_NH_VA | NUM(31) | SCALE(31), TG(3), true },
    /* 16K has no level-1 block without DS: TTL = 1 acts as 0 */
    { OP_TLBI_NH_VA, TG(2) | TTL(1), false },
    { OP_TLBI_NH_VA, TG(2) | TTL(2), true },
    { OP_TLBI_NH_VA, TG(3) | TTL(1), true },
    /* TG = 0: NUM, SCALE and TTL do not count */
    { OP_TLBI_NH_VA | NUM(3) | SCALE(2), TTL(2), true },
    /* Out of the VMIDs and ASIDs in use */
    { OP_TLBI_S12_VMALL | 0xffffull << 32, 0, true },
    { OP_TLBI_NH_ASID | 0xffffffffull << 32, 0, true },
    { OP_TLBI_NH_VA, 0xfffffffffffff001ull, true },
};

static void test_operands(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < G_N_ELEMENTS(operands); i++) {
        if (!operands[i].ok) {
            cmd_illegal(t, operands[i].dw0, operands[i].dw1);
            continue;
        }
        cmd_push(t, operands[i].dw0, operands[i].dw1);
        if (!cmd_drain(t)) {
            g_error("0x%" PRIx64 " 0x%" PRIx64 " refused", operands[i].dw0,
                    operands[i].dw1);
        }
    }
    g_assert_false(g_test_failed());
    machine_stop(t);
}

/* What comes before the bad command is consumed, what follows waits; PROD
 * and CMDQEN do not restart the queue, only GERRORN does. */
static void test_error_stops(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, t->cmdq + i * 16, i == 3 ? 0xff : OP_SYNC);
    }
    w32(t, CMDQ_PROD, 6);
    t->cmd_prod = 6;
    g_assert_false(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 1 << 24 | 3);
    g_assert_cmphex(r32(t, GERROR), ==, 1);
    /* Corrected, but not acknowledged. */
    mem_w64(t, t->cmdq + 3 * 16, OP_SYNC);
    w32(t, CMDQ_PROD, 7);
    t->cmd_prod = 7;
    g_assert_cmphex(r32(t, CMDQ_CONS) & 0xfffff, ==, 3);
    smmu_cr0(t, 0x5);
    smmu_cr0(t, 0xd);
    g_assert_cmphex(r32(t, CMDQ_CONS) & 0xfffff, ==, 3);
    g_assert_cmphex(r32(t, GERROR), ==, 1);
    /* An acknowledgement of something else is none. */
    w32(t, GERRORN, 0);
    g_assert_cmphex(r32(t, CMDQ_CONS) & 0xfffff, ==, 3);
    w32(t, GERRORN, 1);
    g_assert_true(cmd_drain(t));
    g_assert_cmphex(r32(t, GERROR), ==, 1);
    /* The next error toggles it back. */
    cmd_push(t, 0, 0);
    g_assert_false(cmd_drain(t));
    g_assert_cmphex(r32(t, GERROR), ==, 0);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 1 << 24 | 7);
    /* PROD taken back to CONS: the command is given up. */
    t->cmd_prod = 7;
    w32(t, CMDQ_PROD, 7);
    w32(t, GERRORN, 0);
    g_assert_true(cmd_drain(t));
    cmd_push(t, OP_SYNC, 0);
    g_assert_true(cmd_drain(t));
    machine_stop(t);
}

/* The same command again after the acknowledgement: it fails again. */
static void test_error_repeats(void)
{
    SmmuQtest *t = smmu_start();

    cmd_push(t, 0xfe, 0);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_false(cmd_drain(t));
        g_assert_cmphex(r32(t, CMDQ_CONS), ==, 1 << 24);
        g_assert_cmphex(r32(t, GERROR), ==, (i + 1) & 1);
        w32(t, GERRORN, r32(t, GERROR));
    }
    machine_stop(t);
}

/* A fetch that aborts: CERROR_ABT at the entry; retried after the
 * acknowledgement, with the commands as they are then. */
static void test_fetch_abort(void)
{
    SmmuQtest *t = smmu_start();

    smmu_cr0(t, 0x5);
    w64(t, CMDQ_BASE, HOLE | 6);
    w32(t, CMDQ_PROD, 5);
    w32(t, CMDQ_CONS, 5);
    smmu_cr0(t, 0xd);
    g_assert_cmphex(r32(t, GERROR), ==, 0);
    w32(t, CMDQ_PROD, 6);
    t->cmd_prod = 6;
    g_assert_false(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 2 << 24 | 5);
    w32(t, GERRORN, r32(t, GERROR));
    g_assert_false(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 2 << 24 | 5);
    /* Moved to memory while disabled, then acknowledged. */
    smmu_cr0(t, 0x5);
    w64(t, CMDQ_BASE, t->cmdq | 6);
    mem_w64(t, t->cmdq + 5 * 16, OP_SYNC);
    w32(t, GERRORN, r32(t, GERROR));
    smmu_cr0(t, 0xd);
    g_assert_true(cmd_drain(t));
    machine_stop(t);
}

/* With SMMUEN = 0 the queue works. */
static void test_smmu_off(void)
{
    SmmuQtest *t = smmu_start();

    smmu_cr0(t, 0xc);
    for (unsigned i = 0; i < sizeof(legal); i++) {
        cmd(t, legal[i] | SIDED, 0);
    }
    cmd_illegal(t, 0xff, 0);
    g_assert_false(g_test_failed());
    machine_stop(t);
}

/* CMDQEN = 0: PROD moves, CONS does not; both go on from there. */
static void test_queue_off(void)
{
    SmmuQtest *t = smmu_start();

    smmu_cr0(t, 0x5);
    cmd_push(t, OP_SYNC, 0);
    cmd_push(t, OP_SYNC, 0);
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 0);
    smmu_cr0(t, 0xd);
    g_assert_true(cmd_drain(t));
    g_assert_cmphex(r32(t, CMDQ_CONS), ==, 2);
    machine_stop(t);
}

/* Prefetches record nothing, whatever they meet. */
static void test_prefetch_silent(void)
{
    SmmuQtest *t = smmu_start();

    for (uint32_t sid = 0; sid < 0x1000; sid += 0x111) {
        cmd(t, 0x01 | (uint64_t)sid << 32, 0);
        cmd(t, 0x02 | (uint64_t)sid << 32, 0x40000000);
    }
    expect_no_event(t);
    g_assert_cmphex(r32(t, GERROR), ==, 0);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/commands/opcodes", test_opcodes);
    g_test_add_func("/commands/opcodes-by-stage", test_opcodes_by_stage);
    g_test_add_func("/commands/operands", test_operands);
    g_test_add_func("/commands/error-stops", test_error_stops);
    g_test_add_func("/commands/error-repeats", test_error_repeats);
    g_test_add_func("/commands/fetch-abort", test_fetch_abort);
    g_test_add_func("/commands/smmu-off", test_smmu_off);
    g_test_add_func("/commands/queue-off", test_queue_off);
    g_test_add_func("/commands/prefetch-silent", test_prefetch_silent);
    return g_test_run();
}
