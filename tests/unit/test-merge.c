/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Merging of identical event records, where STE.MEV allows it (7.3.1; D.6).
 */
#include "stall-rig.h"

static struct rig *merge_rig(unsigned mev)
{
    struct rig *r = stall_rig(0, 3);

    for (uint32_t sid = SID_S1; sid <= SID_S1B; sid++) {
        struct ste ste = stall_ste(sid);
        struct cd cd = stall_cd_words(sid);

        set_bits(ste.w, 83, 83, mev);
        set_bits(cd.w, 44, 44, 0);
        rig_set_ste(r, sid, ste);
        rig_set_cd(r, stall_cd(sid), cd);
    }
    return r;
}

static void fault(struct rig *r, uint32_t sid, uint64_t va, const char *how)
{
    CHECK_EQ(rig_go(r, sid, va, how).outcome, SMMU3_ABORT);
}

/* Identical, the newest, and not yet taken: one record for all. */
static void identical(void)
{
    struct rig *r = merge_rig(1);
    struct smmu3_stats stats;
    uint64_t w[4];

    for (unsigned i = 0; i < 5; i++) {
        fault(r, SID_S1, VA, "r");
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 1);
    smmu3_get_stats(r->s, &stats);
    CHECK_EQ(stats.events_recorded, 1);
    CHECK_EQ(stats.events_merged, 4);
    CHECK_EQ(stats.events_lost, 0);
    CHECK_EQ(stats.faults, 5);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000004200000010);
    CHECK_EQ(w[2], VA);
    /* Taken: the next one is another. */
    fault(r, SID_S1, VA, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 2);
    rig_free(r);
}

/* MEV = 0: never, and neither are those without an STE. */
static void not_allowed(void)
{
    struct rig *r = merge_rig(0);

    for (unsigned i = 0; i < 3; i++) {
        fault(r, SID_S1, VA, "r");
    }
    CHECK_EQ(rig_drop_events(r), 3);
    for (unsigned i = 0; i < 3; i++) {
        fault(r, 0x99, VA, "r"); /* C_BAD_STE */
    }
    CHECK_EQ(rig_drop_events(r), 3);
    rig_free(r);
}

/* One difference, or another record in between. */
static void different(void)
{
    static const struct {
        uint32_t sid;
        uint64_t va;
        const char *how;
    } rows[] = {
        { SID_S1, VA, "r" },  { SID_S1B, VA, "r" },     { SID_S1, VA, "r" },
        { SID_S1, VA, "w" },  { SID_S1, VA, "wp" },     { SID_S1, VA, "xp" },
        { SID_S1, VA, "rp" }, { SID_S1, VA + 8, "rp" },
    };
    struct rig *r = merge_rig(1);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        fault(r, rows[i].sid, rows[i].va, rows[i].how);
    }
    CHECK_EQ(rig_drop_events(r), G_N_ELEMENTS(rows));
    rig_free(r);
}

/* Records of stalls are never merged, nor into one. */
static void stalls(void)
{
    struct rig *r = merge_rig(1);
    struct cd cd = stall_cd_words(SID_S1);
    struct smmu3_stall st = { 0 };

    rig_set_cd(r, RIG_CD, cd);
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_STALLED);
    rig_cmd(r, cmd_resume(SID_S1, 1, true, false));
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_STALLED);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 2);
    fault(r, SID_S1, VA, "r"); /* cannot wait: Stall = 0 */
    fault(r, SID_S1, VA, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 3);
    rig_free(r);
}

/* A full queue: no overflow for what is merged; one for what is not. */
static void full(void)
{
    struct rig *r = merge_rig(1);

    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, RIG_EVENTQ);
    wr32(r, O_CR0, 0xd);
    fault(r, SID_S1, VA, "r");
    fault(r, SID_S1, VA, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    fault(r, SID_S1, VA, "w");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000001);
    rig_free(r);
}

/* A queue made anew at the same index holds no record to merge into. */
static void queue_made_anew(void)
{
    struct rig *r = merge_rig(1);
    struct smmu3_stats stats;

    fault(r, SID_S1, VA, "r");
    wr32(r, O_CR0, 0x9);
    fault(r, SID_S1, VA, "r"); /* discarded */
    smmu3_get_stats(r->s, &stats);
    CHECK_EQ(stats.events_lost, 1);
    CHECK_EQ(stats.events_merged, 0);
    wr64(r, O_EVENTQ_BASE, (RIG_EVENTQ + 0x10000) | 4);
    wr32(r, O_EVENTQ_PROD, 1);
    wr32(r, O_EVENTQ_CONS, 0);
    wr32(r, O_CR0, 0xd);
    fault(r, SID_S1, VA, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 2);
    CHECK_EQ(mem_r64(&r->h, RIG_EVENTQ + 0x10020), 0x0000004200000010);
    smmu3_reset(r->s);
    rig_enable(r);
    fault(r, SID_S1, VA, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    rig_free(r);
}

/* Two on their way, and the older is complete last: the newer is the newest. */
static struct rig *late_rig;

static void fault_in_write(void *arg, uint64_t pa)
{
    (void)arg;
    (void)pa;
    late_rig->h.on_write = NULL;
    fault(late_rig, SID_S1, VA, "w");
}

static void out_of_order(void)
{
    struct rig *r = merge_rig(1);
    uint64_t w[4];

    late_rig = r;
    r->h.on_write = fault_in_write;
    fault(r, SID_S1, VA, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 2);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[1] >> 35 & 1, 1);
    fault(r, SID_S1, VA, "r"); /* its like was taken */
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 3);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/merge/D.6/identical", identical);
    g_test_add_func("/merge/D.6/not-allowed", not_allowed);
    g_test_add_func("/merge/D.6/different", different);
    g_test_add_func("/merge/D.6/stalls", stalls);
    g_test_add_func("/merge/D.6/full", full);
    g_test_add_func("/merge/D.6/queue-made-anew", queue_made_anew);
    g_test_add_func("/merge/D.6/out-of-order", out_of_order);
    return g_test_run();
}
