/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stalls and the event queue: not writable, aborting, and while a record is on
 * its way (7.2.1, 4.7.3; C.6, D.5, D.6).
 */
#include "stall-rig.h"

#define LEAF (D_PAGE | D_S1ALL)

/* D.5: the ways in which the event queue is not writable. */
enum {
    FULL,
    DISABLED,
    ABORTED,
    UNWRITABLE
};

static void make_unwritable(struct rig *r, unsigned how)
{
    switch (how) {
    case FULL:
        wr32(r, O_CR0, 0x9);
        wr64(r, O_EVENTQ_BASE, RIG_EVENTQ | RIG_EVENTQ_LOG2);
        wr32(r, O_EVENTQ_PROD, 0x80);
        wr32(r, O_CR0, 0xd);
        break;
    case DISABLED:
        wr32(r, O_CR0, 0x9);
        break;
    case ABORTED:
        r->h.fail_all_writes = true;
        rig_go(r, 0x99, 0, "r"); /* C_BAD_STE */
        r->h.fail_all_writes = false;
        CHECK_EQ(rd32(r, O_GERROR), 4);
        break;
    }
}

static void make_writable(struct rig *r, unsigned how)
{
    switch (how) {
    case FULL:
        r->evt_cons = 0x80;
        wr32(r, O_EVENTQ_CONS, 0x80);
        break;
    case DISABLED:
        wr32(r, O_CR0, 0xd);
        break;
    case ABORTED:
        wr32(r, O_GERRORN, 4);
        break;
    }
}

/* D.5, D.6: never lost, never an overflow; retried when the queue is writable,
 * to a record of its own. */
static void unwritable(void)
{
    for (unsigned how = 0; how < UNWRITABLE; how++) {
        struct rig *r = stall_rig(0, 3);
        struct smmu3_stall st[2] = { 0 };
        struct smmu3_stats stats;
        uint32_t prod;
        uint64_t lost;

        make_unwritable(r, how);
        prod = rd32(r, O_EVENTQ_PROD);
        smmu3_get_stats(r->s, &stats);
        lost = stats.events_lost;
        CHECK_WAITS(r, &st[0], SID_S1, VA, "r");
        CHECK_WAITS(r, &st[1], SID_S2, VA, "w");
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), prod);
        smmu3_get_stats(r->s, &stats);
        CHECK_EQ(stats.events_lost, lost);
        CHECK_EQ(stats.stalls, 2);
        /* Not before, whatever else is written. */
        wr32(r, O_IRQ_CTRL, 5);
        wr32(r, O_GERRORN, rd32(r, O_GERROR) & 0);
        if (how == FULL) {
            wr32(r, O_EVENTQ_CONS, 0);
        }
        rig_sync(r);
        CHECK_NONE_DONE(r);
        make_writable(r, how);
        CHECK_DONE(r, &st[0], RETRY);
        CHECK_DONE(r, &st[1], RETRY);
        CHECK_STALL(r, &st[0], SID_S1, VA, "r", 1);
        CHECK_STALL(r, &st[1], SID_S2, VA, "w", 2);
        CHECK_NONE_DONE(r);
        rig_free(r);
    }
}

/* C.6, 4.7.3: after an invalidation and a SYNC, no record of before: the retry
 * succeeds and leaves none. */
static void unwritable_then_mapped(void)
{
    for (unsigned how = 0; how < UNWRITABLE; how++) {
        struct rig *r = stall_rig(0, 3);
        struct smmu3_stall st = { 0 };

        make_unwritable(r, how);
        CHECK_WAITS(r, &st, SID_S1, VA, "r");
        stall_map(r, SID_S1, VA, PAGE_PA, LEAF);
        rig_forget(r);
        make_writable(r, how);
        CHECK_DONE(r, &st, RETRY);
        CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_OK);
        CHECK_EQ(rig_drop_events(r), 0);
        rig_free(r);
    }
}

/* What waits unrecorded ends with its stream, and with SMMUEN. */
static void unwritable_then_ended(void)
{
    for (unsigned how = 0; how < UNWRITABLE; how++) {
        struct rig *r = stall_rig(0, 3);
        struct smmu3_stall a = { 0 }, b = { 0 };

        make_unwritable(r, how);
        CHECK_WAITS(r, &a, SID_S1, VA, "r");
        CHECK_WAITS(r, &b, SID_S1B, VA, "r");
        rig_cmd(r, cmd_stall_term(SID_S1));
        CHECK_DONE(r, &a, ABORT);
        CHECK_NONE_DONE(r);
        wr32(r, O_CR0, rd32(r, O_CR0) & ~1u);
        CHECK_DONE(r, &b, ABORT);
        CHECK_NONE_DONE(r);
        rig_free(r);
    }
}

/* A slot for one: the others wait on. */
static void one_slot(void)
{
    struct rig *r = stall_rig(0, 8);
    struct smmu3_stall st[3] = { 0 };

    make_unwritable(r, FULL);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_WAITS(r, &st[i], SID_S1, VA + 0x1000 * (uint64_t)i, "r");
    }
    wr32(r, O_EVENTQ_CONS, 1);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_DONE(r, &st[i], RETRY);
    }
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(stall_go(r, &st[i], SID_S1, VA + 0x1000 * (uint64_t)i, "r"),
                 SMMU3_STALLED);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x81);
    }
    rig_free(r);
}

/* D.5: the write of a stall's record aborts: the record is lost; STALL_TERM,
 * or SMMUEN, ends the transaction. */
static void record_lost(void)
{
    for (unsigned n = 0; n < 2; n++) {
        struct rig *r = stall_rig(0, 3);
        struct smmu3_stall st = { 0 };

        r->h.fail_all_writes = true;
        CHECK_WAITS(r, &st, SID_S1, VA, "r");
        r->h.fail_all_writes = false;
        CHECK_EQ(rd32(r, O_GERROR), 4);
        wr32(r, O_GERRORN, 4);
        CHECK_NONE_DONE(r);
        if (n) {
            rig_cmd(r, cmd_stall_term(SID_S1));
        } else {
            wr32(r, O_CR0, 0xc);
        }
        CHECK_DONE(r, &st, ABORT);
        rig_free(r);
    }
}

/* C.6: SYNC waits for the record of a stall that is being written. */
static unsigned sync_cons;

static void sync_in_write(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    (void)pa;
    r->h.on_write = NULL;
    mem_words(&r->h, RIG_CMDQ, (const uint64_t[]){ 0x46, 0 }, 2);
    wr32(r, O_CMDQ_PROD, 1);
    sync_cons = rd32(r, O_CMDQ_CONS);
}

static void sync_waits(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall st = { 0 };

    r->h.on_write = sync_in_write;
    r->h.on_write_arg = r;
    sync_cons = 99;
    CHECK_STALL(r, &st, SID_S1, VA, "r", 1);
    CHECK_EQ(sync_cons, 0);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    rig_free(r);
}

/*
 * 4.7.3: an invalidation and a SYNC at every moment of a transaction, with its
 * page mapped before: a record is there when the SYNC has completed, or never.
 */
struct overtaking {
    struct rig *r;
    unsigned at, unlocks;
    uint32_t prod; /* when the SYNC had completed */
    bool completed, mapped;
};

static void overtake(void *arg)
{
    struct overtaking *o = arg;
    struct rig *r = o->r;

    if (o->unlocks++ != o->at) {
        return;
    }
    o->mapped = true;
    stall_map(r, SID_S1, VA, PAGE_PA, LEAF);
    mem_words(&r->h, RIG_CMDQ, cmd_op(0x30).w, 2);
    mem_words(&r->h, RIG_CMDQ + 16, cmd_op(0x46).w, 2);
    wr32(r, O_CMDQ_PROD, 2);
    o->completed = rd32(r, O_CMDQ_CONS) == 2;
    o->prod = rd32(r, O_EVENTQ_PROD);
}

static void overtaken(const void *data)
{
    bool can_wait = GPOINTER_TO_UINT(data);
    unsigned records = 0;

    for (unsigned at = 0;; at++) {
        struct rig *r = stall_rig(0, 3);
        struct overtaking o = { .r = r, .at = at };
        struct smmu3_stall st = { 0 };
        enum smmu3_outcome outcome;

        r->h.on_unlock = overtake;
        r->h.on_unlock_arg = &o;
        outcome = stall_go(r, can_wait ? &st : NULL, SID_S1, VA, "r");
        r->h.on_unlock = NULL;
        if (o.completed) {
            CHECK_EQ(rd32(r, O_EVENTQ_PROD), o.prod);
        }
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), outcome != SMMU3_OK);
        records += outcome != SMMU3_OK;
        rig_free(r);
        if (!o.mapped) {
            break;
        }
        CHECK(at < 100);
    }
    CHECK(records > 1);
}

/* The transaction is resumed, or its SMMU reset, while its record is being
 * written: nothing of it is touched any more. */
static void resume_in_write(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    (void)pa;
    r->h.on_write = NULL;
    mem_words(&r->h, RIG_CMDQ, cmd_stall_term(SID_S1).w, 2);
    wr32(r, O_CMDQ_PROD, 1);
    memset(r->h.done[0].stall, 0xee, sizeof(*r->h.done[0].stall));
}

static void reset_in_write(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    (void)pa;
    r->h.on_write = NULL;
    smmu3_reset(r->s);
    memset(r->h.done[0].stall, 0xee, sizeof(*r->h.done[0].stall));
}

static void ended_in_write(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall st = { 0 }, all_ee;

    memset(&all_ee, 0xee, sizeof(all_ee));
    r->h.on_write = resume_in_write;
    r->h.on_write_arg = r;
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_STALLED);
    CHECK_EQ(r->h.n_done, 1);
    CHECK(memcmp(&st, &all_ee, sizeof(st)) == 0);
    r->h.n_done = 0;
    memset(&st, 0, sizeof(st));
    r->h.on_write = reset_in_write;
    CHECK_EQ(stall_go(r, &st, SID_S1B, VA, "r"), SMMU3_STALLED);
    CHECK_EQ(r->h.n_done, 1);
    CHECK(memcmp(&st, &all_ee, sizeof(st)) == 0);
    rig_free(r);
}

/* An abort while another record is on its way: that one is late, and a stall
 * of after the acknowledgement waits for it; nobody needs to write a register
 * to wake it. */
static struct smmu3_stall late_stall;

static void stall_when_late(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    (void)pa;
    r->h.on_write = NULL;
    r->h.fail_all_writes = true;
    rig_go(r, 0x98, 0, "r");
    r->h.fail_all_writes = false;
    CHECK_EQ(rd32(r, O_GERROR), 4);
    wr32(r, O_GERRORN, 4);
    CHECK_WAITS(r, &late_stall, SID_S1, VA, "r");
}

static void late_slot(void)
{
    struct rig *r = stall_rig(0, 3);

    memset(&late_stall, 0, sizeof(late_stall));
    r->h.on_write = stall_when_late;
    r->h.on_write_arg = r;
    rig_go(r, 0x99, 0, "r");
    CHECK_NONE_DONE(r);
    rig_drain(r);
    CHECK_DONE(r, &late_stall, RETRY);
    CHECK_STALL(r, &late_stall, SID_S1, VA, "r", 1);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/stall-queue/C.6/sync-waits", sync_waits);
    g_test_add_data_func("/stall-queue/C.6/overtaken-stall",
                         GUINT_TO_POINTER(1), overtaken);
    g_test_add_data_func("/stall-queue/C.6/overtaken-abort",
                         GUINT_TO_POINTER(0), overtaken);
    g_test_add_func("/stall-queue/D.5/unwritable", unwritable);
    g_test_add_func("/stall-queue/D.5/unwritable-then-mapped",
                    unwritable_then_mapped);
    g_test_add_func("/stall-queue/D.5/unwritable-then-ended",
                    unwritable_then_ended);
    g_test_add_func("/stall-queue/D.5/one-slot", one_slot);
    g_test_add_func("/stall-queue/D.5/record-lost", record_lost);
    g_test_add_func("/stall-queue/ended-in-write", ended_in_write);
    g_test_add_func("/stall-queue/late-slot", late_slot);
    return g_test_run();
}
