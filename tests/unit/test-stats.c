/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters: each moves by exactly what happened, and no other does.
 */
#include "golden.h"

static struct smmu3_stats now(struct rig *r)
{
    struct smmu3_stats st;

    memset(&st, 0x5a, sizeof(st));
    smmu3_get_stats(r->s, &st);
    return st;
}

/* All counters but those by opcode and by event number. */
static void expect(struct rig *r, const struct smmu3_stats *want, int line)
{
    struct smmu3_stats st = now(r);
    bool ok = true;

    ok &= CHECK_EQ(st.transactions, want->transactions);
    ok &= CHECK_EQ(st.bypassed, want->bypassed);
    ok &= CHECK_EQ(st.faults, want->faults);
    ok &= CHECK_EQ(st.tlb_hits, want->tlb_hits);
    ok &= CHECK_EQ(st.tlb_misses, want->tlb_misses);
    ok &= CHECK_EQ(st.walks, want->walks);
    ok &= CHECK_EQ(st.walk_reads, want->walk_reads);
    ok &= CHECK_EQ(st.walk_resumed, want->walk_resumed);
    ok &= CHECK_EQ(st.config_hits, want->config_hits);
    ok &= CHECK_EQ(st.config_misses, want->config_misses);
    ok &= CHECK_EQ(st.events_recorded, want->events_recorded);
    ok &= CHECK_EQ(st.events_lost, want->events_lost);
    if (!ok) {
        g_test_message("at line %d", line);
    }
}

#define EXPECT(r, ...) expect(r, &(struct smmu3_stats){ __VA_ARGS__ }, __LINE__)

static void stage_1(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m, 0x1000, 3, 0x30000000 | D_PAGE | D_S1ALL);
    map_at(&m, 0x2000, 3, 0x30001000 | D_PAGE | D_S1ALL | D_RO);
    EXPECT(r, 0);
    rig_go(r, 0, 0x1000, "r");
    EXPECT(r, .transactions = 1, .tlb_misses = 1, .walks = 1, .walk_reads = 3,
           .config_misses = 2);
    rig_go(r, 0, 0x1000, "w");
    EXPECT(r, .transactions = 2, .tlb_hits = 1, .tlb_misses = 1, .walks = 1,
           .walk_reads = 3, .config_misses = 2, .config_hits = 2);
    /* A neighbour: its tables are cached. */
    rig_go(r, 0, 0x2000, "r");
    EXPECT(r, .transactions = 3, .tlb_hits = 1, .tlb_misses = 2, .walks = 2,
           .walk_reads = 4, .walk_resumed = 1, .config_misses = 2,
           .config_hits = 4);
    /* A fault from a hit. */
    rig_go(r, 0, 0x2000, "w");
    EXPECT(r, .transactions = 4, .faults = 1, .tlb_hits = 2, .tlb_misses = 2,
           .walks = 2, .walk_reads = 4, .walk_resumed = 1, .config_misses = 2,
           .config_hits = 6, .events_recorded = 1);
    CHECK_EQ(now(r).events[0x13], 1);
    /* smmu3_reset() starts anew. */
    smmu3_reset(r->s);
    EXPECT(r, 0);
    CHECK_EQ(now(r).events[0x13], 0);
    rig_free(r);
}

/* Walks of both stages count: 1 of stage 1, 4 of stage 2. */
static void nested(void)
{
    struct smmu3_params p = rig_no_caches();
    struct rig *r = rig_new_with(&p);

    for (unsigned i = 0; i < n_goldens; i++) {
        if (strcmp(goldens[i].name, "nested") == 0) {
            golden_load(r, &goldens[i]);
            CHECK_OK(r, GOLDEN_SID, goldens[i].addr, "r", goldens[i].pa);
        }
    }
    CHECK_EQ(now(r).walks, 5);
    CHECK_EQ(now(r).walk_reads, 14);
    CHECK_EQ(now(r).config_misses, 2);
    CHECK_EQ(now(r).walk_resumed, 0);
    rig_free(r);
}

static void bypassed(void)
{
    struct rig *r = rig_new();

    rig_set_ste(r, 1, ste_bypass());
    rig_go(r, 1, 0x1000, "r");
    EXPECT(r, .transactions = 1, .bypassed = 1, .config_misses = 1);
    wr32(r, O_CR0, 0xc);
    rig_go(r, 1, 0x1000, "r");
    EXPECT(r, .transactions = 2, .bypassed = 2, .config_misses = 1);
    wr32(r, O_GBPA, 0x80101000);
    rig_go(r, 1, 0x1000, "r");
    CHECK_EQ(now(r).transactions, 3);
    CHECK_EQ(now(r).faults, 1);
    rig_free(r);
}

static void commands(void)
{
    struct rig *r = rig_new();
    struct smmu3_stats st;

    rig_cmd(r, cmd_op(0x30));
    rig_cmd(r, cmd_op(0x10));
    rig_cmd(r, cmd_op(0x10));
    rig_sync(r);
    st = now(r);
    for (unsigned op = 0; op < 256; op++) {
        CHECK_EQ(st.commands[op], op == 0x10                 ? 2
                                  : op == 0x30 || op == 0x46 ? 1
                                                             : 0);
    }
    EXPECT(r, 0);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/stats/stage-1", stage_1);
    g_test_add_func("/stats/nested", nested);
    g_test_add_func("/stats/bypassed", bypassed);
    g_test_add_func("/stats/commands", commands);
    return g_test_run();
}
