/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event queue while a record is on its way (7.2; A.9, C.6, D.6): others
 * report, CMD_SYNC and EVENTQEN = 0 wait, the write aborts, the SMMU is reset.
 * The fake host's write stands still in a hook, in which the rest happens.
 */
#include "rig.h"

#define BASE UINT64_C(0x34000000)
#define OTHER_BASE UINT64_C(0x34100000)
#define EVENTQEN UINT32_C(0x4)

static void (*during)(struct rig *r);

static void in_write(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    (void)pa;
    if (r->h.writes == 1) {
        during(r);
    }
}

/* An SMMU with an event queue of 2^@log2 records, which stands still in its
 * first write. */
static struct rig *new_rig(unsigned log2, void (*fn)(struct rig *r))
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, BASE | log2);
    wr32(r, O_CR0, 0xd);
    during = fn;
    r->h.on_write = in_write;
    r->h.on_write_arg = r;
    return r;
}

/* One C_BAD_STE; SIDs tell the records apart. */
static void fault(struct rig *r, uint32_t sid)
{
    CHECK_EQ(rig_go(r, sid, 0x1000, "r").outcome, SMMU3_ABORT);
}

static void expect_at(struct rig *r, uint64_t at, uint32_t sid)
{
    CHECK_EQ(mem_r64(&r->h, at), (uint64_t)sid << 32 | 4);
}

/* D.6: what has room is not lost, however many report meanwhile, and nothing
 * is visible before the first. */
static void many_during(struct rig *r)
{
    for (uint32_t i = 1; i <= 200; i++) {
        fault(r, i);
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 0);
}

static void many(void)
{
    struct rig *r = new_rig(9, many_during);
    struct smmu3_stats st;

    fault(r, 0);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 201);
    for (uint32_t i = 0; i <= 200; i++) {
        expect_at(r, BASE + 32 * i, i);
    }
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 1);
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.events_recorded, 201);
    CHECK_EQ(st.events_lost, 0);
    rig_free(r);
}

/* D.6: the slots that are being written count as used. */
static void full_during(struct rig *r)
{
    for (uint32_t i = 1; i <= 3; i++) {
        fault(r, i);
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    fault(r, 0x77);
    fault(r, 0x78);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000000u);
}

static void full(void)
{
    struct rig *r = new_rig(2, full_during);

    fault(r, 0);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000004u);
    for (uint32_t i = 0; i <= 3; i++) {
        expect_at(r, BASE + 32 * i, i);
    }
    rig_free(r);
}

/* C.6: CMD_SYNC completes when the record is visible. The command before it
 * need not wait. */
static void sync_during(struct rig *r)
{
    struct cmd cfgi = cmd_cfgi_ste(9, true);

    mem_words(&r->h, RIG_CMDQ, cfgi.w, 2);
    mem_w64(&r->h, RIG_CMDQ + 16, 0x46);
    mem_w64(&r->h, RIG_CMDQ + 24, 0);
    wr32(r, O_CMDQ_PROD, 2);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    CHECK(r->h.kicks > 0);
    smmu3_run(r->s);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    CHECK_EQ(rd32(r, O_GERROR), 0);
}

static void sync_waits(void)
{
    struct rig *r = new_rig(4, sync_during);

    fault(r, 0);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    smmu3_run(r->s);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 2);
    rig_free(r);
}

/* A.9: EVENTQEN = 0 is acknowledged when the record is visible; until then the
 * queue's registers are guarded. Later records are dropped. */
static void disable_during(struct rig *r)
{
    wr32(r, O_CR0, 0x9);
    CHECK_EQ(rd32(r, O_CR0), 0x9);
    CHECK_EQ(rd32(r, O_CR0ACK), 0xd);
    wr64(r, O_EVENTQ_BASE, OTHER_BASE | 4);
    wr32(r, O_EVENTQ_PROD, 3);
    CHECK_EQ(rd64(r, O_EVENTQ_BASE), BASE | 4);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    fault(r, 7);
}

static void disable_waits(void)
{
    struct rig *r = new_rig(4, disable_during);

    fault(r, 1);
    CHECK_EQ(rd32(r, O_CR0ACK), 0x9);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    expect_at(r, BASE, 1);
    CHECK_EQ(mem_r64(&r->h, BASE + 32), 0);
    wr64(r, O_EVENTQ_BASE, OTHER_BASE | 4);
    CHECK_EQ(rd64(r, O_EVENTQ_BASE), OTHER_BASE | 4);
    rig_free(r);
}

/* D.6: an abort ends the delivery of what is not visible yet; PROD does not
 * move, and the next record after the acknowledgement is whole. */
static void abort_during(struct rig *r)
{
    fault(r, 5);
    fault(r, 6);
}

static void abort_gives_up(void)
{
    struct rig *r = new_rig(4, abort_during);
    struct smmu3_stats st;

    fake_hole_writes(&r->h, BASE, BASE + 31);
    fault(r, 4);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    CHECK_EQ(rd32(r, O_GERROR), EVENTQEN);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.events_recorded, 0);
    CHECK_EQ(st.events_lost, 3);
    fault(r, 7);
    fake_no_holes(&r->h);
    wr32(r, O_GERRORN, EVENTQEN);
    fault(r, 8);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    expect_at(r, BASE, 8);
    rig_free(r);
}

/* A reset gives up the record, and no slot is given out while it is still
 * being written. */
static void reset_during(struct rig *r)
{
    fault(r, 2);
    smmu3_reset(r->s);
    CHECK_EQ(rd32(r, O_CR0ACK) & ~EVENTQEN, 0);
    rig_enable(r);
    fault(r, 3);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
}

static void reset_gives_up(void)
{
    struct rig *r = new_rig(4, reset_during);

    fault(r, 1);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    fault(r, 4);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/eventq-order/D.6/many", many);
    g_test_add_func("/eventq-order/D.6/full", full);
    g_test_add_func("/eventq-order/C.6/sync-waits", sync_waits);
    g_test_add_func("/eventq-order/A.9/disable-waits", disable_waits);
    g_test_add_func("/eventq-order/D.6/abort-gives-up", abort_gives_up);
    g_test_add_func("/eventq-order/reset-gives-up", reset_gives_up);
    return g_test_run();
}
