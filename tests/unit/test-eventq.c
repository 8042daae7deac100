/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event queue (3.5, 7.2; A.13, D.6, G.3): indices, full, overflow,
 * aborted writes, disabled queue; silent transactions.
 */
#include "rig.h"

#define BASE UINT64_C(0x34000000)

static void set_eventq(struct rig *r, uint64_t base, unsigned log2,
                       uint32_t start)
{
    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, base | log2);
    wr32(r, O_EVENTQ_PROD, start);
    wr32(r, O_EVENTQ_CONS, start);
    wr32(r, O_CR0, 0xd);
}

/* One C_BAD_STE; SIDs tell the records apart. */
static void fault(struct rig *r, uint32_t sid)
{
    struct smmu3_result res = rig_go(r, sid, 0x1000, "r");

    CHECK_EQ(res.outcome, SMMU3_ABORT);
}

static void expect_at(struct rig *r, uint64_t at, uint32_t sid)
{
    CHECK_EQ(mem_r64(&r->h, at), (uint64_t)sid << 32 | 4);
    for (unsigned i = 1; i < 4; i++) {
        CHECK_EQ(mem_r64(&r->h, at + 8 * i), 0);
    }
}

static unsigned irqs(struct rig *r)
{
    return r->h.irqs[SMMU3_IRQ_LINE_EVENTQ];
}

static void produce(void)
{
    struct rig *r = rig_new();

    set_eventq(r, BASE, 4, 0);
    for (uint32_t i = 0; i < 5; i++) {
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), i);
        fault(r, 0x10 + i);
        expect_at(r, BASE + 32 * i, 0x10 + i);
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 5);
    CHECK_EQ(rd32(r, O_EVENTQ_CONS), 0);
    CHECK_EQ(mem_r64(&r->h, BASE + 32 * 5), 0);
    rig_free(r);
}

/* J 39: at every size the wrap bit is at LOG2SIZE. J 34. */
static void full_and_overflow(void)
{
    struct rig *r = rig_new();

    for (unsigned log2 = 0; log2 <= 5; log2++) {
        uint32_t n = 1u << log2;

        set_eventq(r, BASE, log2, 0);
        for (uint32_t i = 0; i < n; i++) {
            fault(r, i);
        }
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), n);
        /* Full: the next one is lost, and overflow toggles once. */
        fault(r, 0x77);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000000u | n);
        fault(r, 0x78);
        fault(r, 0x79);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000000u | n);
        for (uint32_t i = 0; i < n; i++) {
            expect_at(r, BASE + 32 * i, i);
        }
        /* In-tree row 19, J 36: no global error. */
        CHECK_EQ(rd32(r, O_GERROR), 0);
        /* Space again, overflow not acknowledged: records go on. */
        wr32(r, O_EVENTQ_CONS, n);
        fault(r, 0x7a);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000000u | ((n + 1) & (2 * n - 1)));
        expect_at(r, BASE, 0x7a);
        for (uint32_t i = 1; i < n; i++) {
            fault(r, i);
        }
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000000u);
        /* A loss before the acknowledgement is not counted. */
        fault(r, 0x7b);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000000u);
        /* Acknowledged: the next loss toggles again. */
        wr32(r, O_EVENTQ_CONS, 0x80000000u | n);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000000u);
        fault(r, 0x7c);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
        fault(r, 0x7d);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    }
    rig_free(r);
}

/* A.13: enabling with OVFLG != OVACKFLG: an overflow is pending. */
static void overflow_pending_at_enable(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, BASE | 0);
    wr32(r, O_EVENTQ_PROD, 0x80000001);
    wr32(r, O_EVENTQ_CONS, 0x00000000); /* full, unacknowledged */
    wr32(r, O_CR0, 0xd);
    fault(r, 1);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000001);
    wr32(r, O_EVENTQ_CONS, 0x80000000);
    fault(r, 1);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x00000001);
    rig_free(r);
}

static void size_clamp(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.eventqs = 1;
    r = rig_new_with(&p);
    set_eventq(r, BASE, 10, 0);
    CHECK_EQ(rd64(r, O_EVENTQ_BASE), BASE | 10);
    fault(r, 1);
    fault(r, 2);
    fault(r, 3);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000002);
    CHECK_EQ(mem_r64(&r->h, BASE + 64), 0);
    rig_free(r);
}

/* A.13: bits of CONS above the wrap bit have no effect. */
static void cons_high_bits(void)
{
    struct rig *r = rig_new();

    set_eventq(r, BASE, 1, 0);
    fault(r, 1);
    fault(r, 2);
    wr32(r, O_EVENTQ_CONS, 0x000ffffe); /* index 0, wrap set */
    fault(r, 3);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 3);
    expect_at(r, BASE, 3);
    rig_free(r);
}

/* A.13: PROD's bits above the wrap bit read as zero. */
static void prod_truncated(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, BASE | 3);
    wr32(r, O_EVENTQ_PROD, 0x000ffff5);
    wr32(r, O_EVENTQ_CONS, 5);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 5);
    wr32(r, O_CR0, 0xd);
    fault(r, 1);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 6);
    expect_at(r, BASE + 5 * 32, 1);
    rig_free(r);
}

/* In-tree row 18. */
static void base_alignment(void)
{
    struct rig *r = rig_new();

    set_eventq(r, BASE + 0x20, 0, 0);
    fault(r, 1);
    expect_at(r, BASE + 0x20, 1);
    set_eventq(r, BASE + 0x1e0, 4, 0); /* 512 bytes */
    fault(r, 2);
    expect_at(r, BASE, 2);
    set_eventq(r, BASE + 0x3e0, 4, 0);
    fault(r, 3);
    expect_at(r, BASE + 0x200, 3);
    rig_free(r);
}

static void base_above_oas(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.oas = 32;
    r = rig_new_with(&p);
    set_eventq(r, 0xab00000000 | BASE, 4, 0);
    fault(r, 2);
    expect_at(r, BASE, 2);
    CHECK_EQ(r->h.beyond, 0);
    rig_free(r);
}

/* D.6: an aborted write. */
static void write_abort(void)
{
    struct rig *r = rig_new();

    set_eventq(r, BASE, 4, 0);
    fault(r, 1);
    CHECK_EQ(irqs(r), 1);
    wr32(r, O_EVENTQ_CONS, 1);
    fake_hole_writes(&r->h, BASE + 32, BASE + 63);
    fault(r, 2);
    CHECK_EQ(rd32(r, O_GERROR), 4);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1); /* not incremented */
    CHECK_EQ(irqs(r), 1);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    fake_no_holes(&r->h);
    /* Until acknowledged: nothing is delivered, no overflow. */
    for (unsigned i = 0; i < 40; i++) {
        fault(r, 3);
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    CHECK_EQ(rd32(r, O_GERROR), 4);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    wr32(r, O_GERRORN, 4);
    fault(r, 5);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 2);
    expect_at(r, BASE + 32, 5);
    CHECK_EQ(irqs(r), 2);
    /* Once more: the bit toggles back. */
    fake_hole_writes(&r->h, BASE, BASE + 0xfff);
    fault(r, 6);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 2);
    rig_free(r);
}

/* D.6, A.9: disabled: dropped without a trace. */
static void disabled(void)
{
    struct rig *r = rig_new();

    set_eventq(r, BASE, 0, 0);
    wr32(r, O_CR0, 0x9);
    for (unsigned i = 0; i < 4; i++) {
        fault(r, 1);
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    CHECK_EQ(r->h.writes, 0);
    CHECK_EQ(irqs(r), 0);
    wr32(r, O_CR0, 0xd);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    fault(r, 1);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    rig_free(r);
}

/* A silent transaction: same answer, no record, no count. */
static void silent(void)
{
    struct rig *r = rig_new();
    struct smmu3_txn t = rig_txn(1, 0x1000, "w");
    struct smmu3_stats before, after;
    struct smmu3_result a, b, c;

    smmu3_translate(r->s, &t, &a);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    smmu3_get_stats(r->s, &before);
    t.silent = true;
    smmu3_translate(r->s, &t, &b);
    t.silent = false;
    t.probe = true;
    smmu3_translate(r->s, &t, &c);
    smmu3_get_stats(r->s, &after);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    CHECK_EQ(irqs(r), 1);
    CHECK_EQ(b.outcome, a.outcome);
    CHECK_EQ(b.fault.event, 4);
    CHECK_EQ(c.outcome, a.outcome);
    CHECK_EQ(c.fault.event, 4);
    CHECK_EQ(after.transactions, before.transactions);
    CHECK_EQ(after.faults, before.faults);
    CHECK_EQ(after.events[4], before.events[4]);
    CHECK_EQ(after.events[4], 1);
    CHECK_EQ(after.events_recorded, 1);
    rig_free(r);
}

/* One event per transaction, in-tree row 20: no merging of what differs, and
 * none of what is the same (MEV = 0). */
static void one_each(void)
{
    struct rig *r = rig_new();

    for (unsigned i = 0; i < 10; i++) {
        fault(r, 3);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), i + 1);
    }
    rig_free(r);
}

/* host.h: a write may end in a device's registers and start transactions:
 * their records come after the one that is being written. */
static unsigned nested_faults;

static void fault_in_write(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    (void)pa;
    if (r->h.writes == 1) {
        for (unsigned i = 1; i <= nested_faults; i++) {
            fault(r, i);
        }
    }
}

static void fault_during_write(void)
{
    for (nested_faults = 1; nested_faults <= 127; nested_faults += 21) {
        struct rig *r = rig_new();

        set_eventq(r, BASE, 7, 0);
        r->h.on_write = fault_in_write;
        r->h.on_write_arg = r;
        fault(r, 0);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), nested_faults + 1);
        for (uint32_t i = 0; i <= nested_faults; i++) {
            expect_at(r, BASE + 32 * (uint64_t)i, i);
        }
        CHECK_EQ(irqs(r), 1);
        rig_free(r);
    }
}

/* ... and there is no room for the last of them. */
static void overflow_during_write(void)
{
    struct rig *r = rig_new();

    set_eventq(r, BASE, 1, 0);
    nested_faults = 3;
    r->h.on_write = fault_in_write;
    r->h.on_write_arg = r;
    fault(r, 0);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000002);
    expect_at(r, BASE, 0);
    expect_at(r, BASE + 32, 1);
    CHECK_EQ(r->h.writes, 2);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_free(r);
}

/* An aborted write loses its record; the others of the time go with it, or
 * come, but each only once and whole. */
static void abort_during_write(void)
{
    struct rig *r = rig_new();
    uint32_t prod;

    set_eventq(r, BASE, 4, 0);
    nested_faults = 3;
    r->h.on_write = fault_in_write;
    r->h.on_write_arg = r;
    fake_hole_writes(&r->h, BASE, BASE + 31);
    fault(r, 9);
    CHECK_EQ(rd32(r, O_GERROR), 4);
    prod = rd32(r, O_EVENTQ_PROD);
    CHECK_EQ(prod, 0);
    CHECK_EQ(irqs(r), 0);
    /* After the acknowledgement it goes on where it stopped. */
    fake_no_holes(&r->h);
    wr32(r, O_GERRORN, 4);
    fault(r, 12);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    expect_at(r, BASE, 12);
    rig_free(r);
}

static void lost_is_counted(void)
{
    struct rig *r = rig_new();
    struct smmu3_stats st;

    set_eventq(r, BASE, 1, 0);
    for (unsigned i = 0; i < 5; i++) {
        fault(r, 3);
    }
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.events_recorded, 2);
    CHECK_EQ(st.events_lost, 3);
    CHECK_EQ(st.faults, 5);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/eventq/D.6/produce", produce);
    g_test_add_func("/eventq/D.6/full-and-overflow", full_and_overflow);
    g_test_add_func("/eventq/A.13/overflow-pending-at-enable",
                    overflow_pending_at_enable);
    g_test_add_func("/eventq/A.13/size-clamp", size_clamp);
    g_test_add_func("/eventq/A.13/cons-high-bits", cons_high_bits);
    g_test_add_func("/eventq/A.13/prod-truncated", prod_truncated);
    g_test_add_func("/eventq/A.13/base-alignment", base_alignment);
    g_test_add_func("/eventq/E.2/base-above-oas", base_above_oas);
    g_test_add_func("/eventq/D.6/write-abort", write_abort);
    g_test_add_func("/eventq/D.6/disabled", disabled);
    g_test_add_func("/eventq/silent", silent);
    g_test_add_func("/eventq/one-each", one_each);
    g_test_add_func("/eventq/fault-during-a-write", fault_during_write);
    g_test_add_func("/eventq/overflow-during-a-write", overflow_during_write);
    g_test_add_func("/eventq/abort-during-a-write", abort_during_write);
    g_test_add_func("/eventq/lost-is-counted", lost_is_counted);
    return g_test_run();
}
