/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command queue (3.5, 4.1, 7.1; A.13, C.7, G.1): indices and wrap, sizes,
 * order, errors and recovery, bounded work per call.
 */
#include "rig.h"

/* Command queue at @base with 2^log2 entries, both indices at @start. */
static void set_cmdq(struct rig *r, uint64_t base, unsigned log2,
                     uint32_t start)
{
    wr32(r, O_CR0, 0x5);
    wr64(r, O_CMDQ_BASE, base | log2);
    wr32(r, O_CMDQ_PROD, start);
    wr32(r, O_CMDQ_CONS, start);
    wr32(r, O_CR0, 0xd);
}

static void put(struct rig *r, uint64_t at, uint64_t dw0, uint64_t dw1)
{
    mem_w64(&r->h, at, dw0);
    mem_w64(&r->h, at + 8, dw1);
}

static unsigned syncs(struct rig *r)
{
    return r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC];
}

static bool cmdq_err(struct rig *r)
{
    return (rd32(r, O_GERROR) ^ rd32(r, O_GERRORN)) & 1;
}

static void consume(void)
{
    struct rig *r = rig_new();

    put(r, RIG_CMDQ, 0x1046, 0);
    put(r, RIG_CMDQ + 16, 0x30, 0);
    put(r, RIG_CMDQ + 32, 0x1046, 0);
    put(r, RIG_CMDQ + 48, 0x00, 0); /* not published */
    wr32(r, O_CMDQ_PROD, 3);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 3);
    CHECK_EQ(rd32(r, O_CMDQ_PROD), 3);
    CHECK_EQ(syncs(r), 2);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    /* Reads stay within published entries, G.1. */
    for (unsigned i = 0; i < r->h.reads && i < FAKE_LOG; i++) {
        CHECK(r->h.log[i] < RIG_CMDQ + 48);
    }
    rig_free(r);
}

/* A.13, J 39: the wrap bit is at LOG2SIZE. */
static void wrap(void)
{
    struct rig *r = rig_new();

    for (unsigned log2 = 0; log2 <= 6; log2++) {
        uint32_t n = 1u << log2;

        set_cmdq(r, 0x33000000, log2, 0);
        for (uint32_t i = 0; i < n; i++) {
            put(r, 0x33000000 + 16 * i, 0x1046, 0);
        }
        r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC] = 0;
        wr32(r, O_CMDQ_PROD, n); /* full: wrap differs, index 0 */
        rig_drain(r);
        CHECK_EQ(rd32(r, O_CMDQ_CONS), n);
        CHECK_EQ(syncs(r), n);
        wr32(r, O_CMDQ_PROD, 0); /* wraps back, full again */
        rig_drain(r);
        CHECK_EQ(rd32(r, O_CMDQ_CONS), 0);
        CHECK_EQ(syncs(r), 2 * n);
        wr32(r, O_CMDQ_PROD, 0); /* empty */
        rig_drain(r);
        CHECK_EQ(syncs(r), 2 * n);
    }
    rig_free(r);
}

/* Bits above the wrap bit have no effect. */
static void high_bits(void)
{
    struct rig *r = rig_new();

    set_cmdq(r, 0x33000000, 2, 0);
    put(r, 0x33000000, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 0xfffffff9);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    CHECK_EQ(syncs(r), 1);
    rig_free(r);
}

/* J 41: LOG2SIZE reads back; CMDQS clamps what it means. */
static void size_clamp(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.cmdqs = 2;
    r = rig_new_with(&p);
    set_cmdq(r, 0x33000000, 9, 0);
    CHECK_EQ(rd64(r, O_CMDQ_BASE), 0x33000009);
    for (unsigned i = 0; i < 4; i++) {
        put(r, 0x33000000 + 16 * i, 0x1046, 0);
    }
    wr32(r, O_CMDQ_PROD, 4); /* full: four entries */
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 4);
    CHECK_EQ(syncs(r), 4);
    rig_free(r);
}

/* in-tree row 18: aligned to the queue's size, at least 32 bytes; bit 5 is an
 * address bit. */
static void base_alignment(void)
{
    struct rig *r = rig_new();

    set_cmdq(r, 0x33000020, 0, 0);
    put(r, 0x33000020, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 1);
    rig_drain(r);
    CHECK_EQ(syncs(r), 1);
    set_cmdq(r, 0x33000fe0, 8, 0); /* 4 KiB */
    put(r, 0x33000000, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 1);
    rig_drain(r);
    CHECK_EQ(syncs(r), 2);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_free(r);
}

/* E.2: a queue address is truncated to OAS. */
static void base_above_oas(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.oas = 36;
    r = rig_new_with(&p);
    set_cmdq(r, 0xf033000000, 4, 0);
    put(r, 0x33000000, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 1);
    rig_drain(r);
    CHECK_EQ(syncs(r), 1);
    CHECK_EQ(r->h.beyond, 0);
    rig_free(r);
}

/* C.7: all before the bad one are consumed, none after; J 38. */
static void illegal_stops(void)
{
    struct rig *r = rig_new();

    put(r, RIG_CMDQ, 0x1046, 0);
    put(r, RIG_CMDQ + 16, 0x1046, 0);
    put(r, RIG_CMDQ + 32, 0xff, 0);
    put(r, RIG_CMDQ + 48, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 4);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000002);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    CHECK_EQ(syncs(r), 2);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    /* J 37: neither PROD nor CMDQEN restart it. */
    wr32(r, O_CMDQ_PROD, 4);
    put(r, RIG_CMDQ + 64, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 5);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000002);
    wr32(r, O_CR0, 0x5);
    wr32(r, O_CR0, 0xd);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, 2);
    CHECK_EQ(syncs(r), 2);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    /* Acknowledge without a repair: the command is fetched again. */
    wr32(r, O_GERRORN, 1);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000002);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 2);
    /* Repair, acknowledge: on it goes, without a PROD write. */
    put(r, RIG_CMDQ + 32, 0x1046, 0);
    wr32(r, O_GERRORN, 0);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, 5);
    CHECK_EQ(syncs(r), 5);
    CHECK(!cmdq_err(r));
    rig_free(r);
}

/* C.7: rewinding PROD to CONS abandons the rest. */
static void illegal_abandon(void)
{
    struct rig *r = rig_new();

    put(r, RIG_CMDQ, 0xff, 0);
    put(r, RIG_CMDQ + 16, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 2);
    rig_drain(r);
    CHECK(cmdq_err(r));
    wr32(r, O_CMDQ_PROD, 0);
    wr32(r, O_GERRORN, 1);
    rig_drain(r);
    CHECK(!cmdq_err(r));
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, 0);
    CHECK_EQ(syncs(r), 0);
    rig_free(r);
}

static void fetch_abort(void)
{
    struct rig *r = rig_new();

    put(r, RIG_CMDQ, 0x1046, 0);
    put(r, RIG_CMDQ + 16, 0x1046, 0);
    fake_hole(&r->h, RIG_CMDQ + 16, RIG_CMDQ + 31);
    wr32(r, O_CMDQ_PROD, 2);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x02000001);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    CHECK_EQ(syncs(r), 1);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    wr32(r, O_GERRORN, 1);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x02000001); /* again */
    CHECK_EQ(rd32(r, O_GERROR), 0);
    fake_no_holes(&r->h);
    wr32(r, O_GERRORN, 0);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, 2);
    CHECK_EQ(syncs(r), 2);
    rig_free(r);
}

static void disabled(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x5);
    put(r, RIG_CMDQ, 0x1046, 0);
    put(r, RIG_CMDQ + 16, 0x1046, 0);
    wr32(r, O_CMDQ_PROD, 2);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0);
    CHECK_EQ(r->h.reads, 0);
    /* A.9: from CONS.RD once enabled. */
    wr32(r, O_CMDQ_CONS, 1);
    wr32(r, O_CR0, 0xd);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 2);
    CHECK_EQ(syncs(r), 1);
    rig_free(r);
}

/* A.13: an inconsistent pair is CU; here nothing is consumed. */
static void inconsistent(void)
{
    struct rig *r = rig_new();

    set_cmdq(r, 0x33000000, 3, 0);
    for (unsigned i = 0; i < 8; i++) {
        put(r, 0x33000000 + 16 * i, 0x1046, 0);
    }
    wr32(r, O_CMDQ_PROD, 9); /* 8 would be full */
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0);
    CHECK_EQ(syncs(r), 0);
    wr32(r, O_CMDQ_PROD, 8);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 8);
    CHECK_EQ(syncs(r), 8);
    rig_free(r);
}

/* One PROD write, one smmu3_run(): a bounded number each; in order. */
static void bounded(void)
{
    struct rig *r = rig_new();
    const unsigned n = 1u << 16;
    uint32_t cons, last;
    unsigned calls = 0;

    set_cmdq(r, 0x40000000, 16, 0);
    for (unsigned i = 0; i < n; i++) {
        put(r, 0x40000000 + 16 * (uint64_t)i, i % 16 == 15 ? 0x1046 : 0x30, 0);
    }
    wr32(r, O_CMDQ_PROD, n);
    last = rd32(r, O_CMDQ_CONS);
    CHECK(last < n / 4);
    while (__atomic_exchange_n(&r->h.kicks, 0, __ATOMIC_RELAXED)) {
        smmu3_run(r->s);
        cons = rd32(r, O_CMDQ_CONS);
        CHECK(cons - last < n / 4);
        CHECK_EQ(syncs(r), cons / 16);
        last = cons;
        if (!CHECK(++calls <= n)) {
            break;
        }
    }
    CHECK_EQ(rd32(r, O_CMDQ_CONS), n);
    CHECK_EQ(syncs(r), n / 16);
    rig_free(r);
}

/* An error in the deferred part; a run without work. */
static void deferred_error(void)
{
    struct rig *r = rig_new();
    const unsigned n = 1u << 14;

    set_cmdq(r, 0x40000000, 14, 0);
    for (unsigned i = 0; i < n; i++) {
        put(r, 0x40000000 + 16 * (uint64_t)i, i == n - 5 ? 0xff : 0x30, 0);
    }
    wr32(r, O_CMDQ_PROD, n);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000000 | (n - 5));
    smmu3_run(r->s);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000000 | (n - 5));
    rig_free(r);
}

/* Disabling stops deferred work; CONS is then stable (A.9). */
static void disabled_midway(void)
{
    struct rig *r = rig_new();
    const unsigned n = 1u << 16;
    uint32_t cons;

    set_cmdq(r, 0x40000000, 16, 0);
    for (unsigned i = 0; i < n; i++) {
        put(r, 0x40000000 + 16 * (uint64_t)i, 0x30, 0);
    }
    wr32(r, O_CMDQ_PROD, n);
    wr32(r, O_CR0, 0x5);
    CHECK_EQ(rd32(r, O_CR0ACK), 0x5);
    cons = rd32(r, O_CMDQ_CONS);
    CHECK(cons < n);
    smmu3_run(r->s);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), cons);
    wr32(r, O_CR0, 0xd);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), n);
    rig_free(r);
}

/* A reset in the middle: the deferred work is gone. */
static void reset_midway(void)
{
    struct rig *r = rig_new();

    set_cmdq(r, 0x40000000, 16, 0);
    for (unsigned i = 0; i < 1u << 16; i++) {
        put(r, 0x40000000 + 16 * (uint64_t)i, 0x30, 0);
    }
    wr32(r, O_CMDQ_PROD, 1u << 16);
    smmu3_reset(r->s);
    smmu3_run(r->s);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0);
    CHECK_EQ(rd32(r, O_CR0), 0);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/cmdq/G.1/consume", consume);
    g_test_add_func("/cmdq/A.13/wrap", wrap);
    g_test_add_func("/cmdq/A.13/high-bits", high_bits);
    g_test_add_func("/cmdq/A.13/size-clamp", size_clamp);
    g_test_add_func("/cmdq/A.13/base-alignment", base_alignment);
    g_test_add_func("/cmdq/E.2/base-above-oas", base_above_oas);
    g_test_add_func("/cmdq/C.7/illegal-stops", illegal_stops);
    g_test_add_func("/cmdq/C.7/illegal-abandon", illegal_abandon);
    g_test_add_func("/cmdq/C.7/fetch-abort", fetch_abort);
    g_test_add_func("/cmdq/A.9/disabled", disabled);
    g_test_add_func("/cmdq/A.13/inconsistent", inconsistent);
    g_test_add_func("/cmdq/bounded", bounded);
    g_test_add_func("/cmdq/deferred-error", deferred_error);
    g_test_add_func("/cmdq/disabled-midway", disabled_midway);
    g_test_add_func("/cmdq/reset-midway", reset_midway);
    return g_test_run();
}
