/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a stalled transaction: STAGs, RESUME, STALL_TERM, SMMUEN, reset,
 * transactions alike (3.12.2, 4.7; C.6, D.5).
 */
#include "stall-rig.h"

#define LEAF (D_PAGE | D_S1ALL)

/* C.6: retry: the whole translation again, and here it succeeds. */
static void resume_retry(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall st = { 0 };

    CHECK_STALL(r, &st, SID_S1, VA + 8, "r", 1);
    stall_map(r, SID_S1, VA, PAGE_PA, LEAF);
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_resume(SID_S1, 1, true, false));
    CHECK_DONE(r, &st, RETRY);
    CHECK_EQ(stall_go(r, &st, SID_S1, VA + 8, "r"), SMMU3_OK);
    CHECK_EQ(rig_drop_events(r), 0);
    /* Ab is IGNORED. */
    CHECK_STALL(r, &st, SID_S1B, VA, "w", 2);
    rig_cmd(r, cmd_resume(SID_S1B, 2, true, true));
    CHECK_DONE(r, &st, RETRY);
    CHECK_NONE_DONE(r);
    rig_free(r);
}

/* C.6: what is retried may fault again, as new. */
static void retry_stalls_again(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall st = { 0 };

    for (unsigned i = 0; i < 10; i++) {
        CHECK_STALL(r, &st, SID_S1, VA, "r", 1 + i % 3);
        rig_cmd(r, cmd_resume(SID_S1, 1 + i % 3, true, false));
        CHECK_DONE(r, &st, RETRY);
    }
    /* ... and end, under another configuration. */
    struct cd cd = stall_cd_words(SID_S1);

    set_bits(cd.w, 44, 44, 0);
    rig_set_cd(r, RIG_CD, cd);
    rig_forget(r);
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_ABORT);
    CHECK_EQ(rig_drop_events(r), 1);
    rig_free(r);
}

/* C.6: Ac = 0: Ab chooses, at stage 2 too. */
static void resume_terminate(void)
{
    static const uint32_t sids[] = { SID_S1, SID_S2, SID_NESTED };
    struct rig *r = stall_rig(0, 1);
    struct smmu3_stall st = { 0 };

    for (unsigned i = 0; i < 6; i++) {
        uint32_t sid = sids[i / 2];

        CHECK_STALL(r, &st, sid, VA, "r", 1);
        rig_cmd(r, cmd_resume(sid, 1, false, i & 1));
        if (i & 1) {
            CHECK_DONE(r, &st, ABORT);
        } else {
            CHECK_DONE(r, &st, RAZWI);
        }
    }
    CHECK_NONE_DONE(r);
    rig_free(r);
}

/* ... but not where there is no RAZ/WI (TERM_MODEL = 1): Ab is IGNORED. */
static void resume_term_model(void)
{
    struct smmu3_params p = rig_params();
    struct smmu3_stall st = { 0 };
    struct rig *r;

    p.f.stall_model = 0;
    p.f.stall_max = 1;
    p.f.term_model = true;
    r = stall_rig_with(&p);
    for (unsigned ab = 0; ab < 2; ab++) {
        CHECK_STALL(r, &st, SID_S1, VA, "r", 1);
        rig_cmd(r, cmd_resume(SID_S1, 1, false, ab));
        CHECK_DONE(r, &st, ABORT);
    }
    rig_free(r);
}

/* C.6: no effect unless StreamID and STAG are those of a stalled transaction. */
static void resume_unknown(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall a = { 0 }, b = { 0 };

    CHECK_STALL(r, &a, SID_S1, VA, "r", 1);
    CHECK_STALL(r, &b, SID_S1B, VA, "r", 2);
    for (unsigned ac = 0; ac < 2; ac++) {
        rig_cmd(r, cmd_resume(SID_S1, 2, ac, true));
        rig_cmd(r, cmd_resume(SID_S1B, 1, ac, true));
        rig_cmd(r, cmd_resume(SID_S1, 0, ac, true));
        rig_cmd(r, cmd_resume(SID_S1, 3, ac, true));
        rig_cmd(r, cmd_resume(SID_S1, 4, ac, true));
        rig_cmd(r, cmd_resume(SID_S1, 0xffff, ac, true));
        rig_cmd(r, cmd_resume(0, 1, ac, true));
        rig_cmd(r, cmd_resume(SID_S1 | 0x80000000, 1, ac, true));
    }
    rig_sync(r);
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_resume(SID_S1B, 2, false, true));
    CHECK_DONE(r, &b, ABORT);
    /* Once. */
    rig_cmd(r, cmd_resume(SID_S1B, 2, false, true));
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_resume(SID_S1, 1, false, true));
    CHECK_DONE(r, &a, ABORT);
    rig_free(r);
}

/* D.5: a STAG is one transaction's until software has answered; when there is
 * none, the next waits for one without a record. */
static void stags(void)
{
    struct rig *r = stall_rig(0, 2);
    struct smmu3_stall st[4] = { 0 };

    CHECK_STALL(r, &st[0], SID_S1, VA, "r", 1);
    CHECK_STALL(r, &st[1], SID_S1, VA + 0x1000, "r", 2);
    CHECK_WAITS(r, &st[2], SID_S1, VA + 0x2000, "r");
    CHECK_WAITS(r, &st[3], SID_S2, VA, "r");
    rig_cmd(r, cmd_resume(SID_S1, 3, true, false));
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_resume(SID_S1, 1, false, true));
    CHECK_DONE(r, &st[0], ABORT);
    CHECK_DONE(r, &st[2], RETRY);
    CHECK_DONE(r, &st[3], RETRY);
    CHECK_STALL(r, &st[2], SID_S1, VA + 0x2000, "r", 1);
    CHECK_WAITS(r, &st[3], SID_S2, VA, "r");
    /* Terminated from where it waits, too. */
    rig_cmd(r, cmd_stall_term(SID_S2));
    CHECK_DONE(r, &st[3], ABORT);
    CHECK_NONE_DONE(r);
    rig_free(r);
}

/* A master that gives up keeps its STAG busy until software answers. */
static void cancel(void)
{
    struct rig *r = stall_rig(0, 1);
    struct smmu3_stall a = { 0 }, b = { 0 };

    CHECK(!smmu3_stall_cancel(r->s, &a));
    CHECK_STALL(r, &a, SID_S1, VA, "r", 1);
    CHECK_WAITS(r, &b, SID_S1, VA + 0x1000, "r");
    CHECK(smmu3_stall_cancel(r->s, &a));
    CHECK(!smmu3_stall_cancel(r->s, &a));
    CHECK_NONE_DONE(r);
    /* Not like one that is there no more: it needs a STAG. */
    CHECK_WAITS(r, &a, SID_S1, VA, "r");
    CHECK(smmu3_stall_cancel(r->s, &b));
    rig_cmd(r, cmd_resume(SID_S1, 1, false, true));
    CHECK_DONE(r, &a, RETRY);
    CHECK_NONE_DONE(r);
    CHECK_STALL(r, &a, SID_S1, VA, "r", 1);
    CHECK(smmu3_stall_cancel(r->s, &a));
    CHECK_WAITS(r, &b, SID_S1, VA, "r");
    rig_cmd(r, cmd_stall_term(SID_S1B));
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_stall_term(SID_S1));
    CHECK_DONE(r, &b, ABORT);
    CHECK_STALL(r, &a, SID_S1, VA, "r", 1);
    rig_free(r);
}

/* C.6: STALL_TERM: all of the stream, and of no other; STAGs come back. */
static void stall_term(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall st[5] = { 0 };

    CHECK_STALL(r, &st[0], SID_S1, VA, "r", 1);
    CHECK_STALL(r, &st[1], SID_S1B, VA, "r", 2);
    CHECK_STALL(r, &st[2], SID_S1, VA + 0x1000, "w", 3);
    CHECK_WAITS(r, &st[3], SID_S1, VA, "r");           /* like the first */
    CHECK_WAITS(r, &st[4], SID_S1B, VA + 0x1000, "w"); /* for a STAG */
    rig_cmd(r, cmd_stall_term(SID_NESTED));
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_stall_term(SID_S1));
    CHECK_DONE(r, &st[0], ABORT);
    CHECK_DONE(r, &st[2], ABORT);
    CHECK_DONE(r, &st[3], ABORT);
    CHECK_DONE(r, &st[4], RETRY);
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_resume(SID_S1, 1, true, false));
    CHECK_NONE_DONE(r);
    CHECK_STALL(r, &st[4], SID_S1B, VA + 0x1000, "w", 1);
    CHECK_STALL(r, &st[0], SID_S1, VA, "r", 3);
    rig_free(r);
}

/* 4.7.2.1: the sequence that shuts a stream down. */
static void shutdown(void)
{
    struct rig *r = stall_rig(0, 2);
    struct smmu3_stall a = { 0 }, b = { 0 };

    CHECK_STALL(r, &a, SID_S1, VA, "r", 1);
    rig_set_ste(r, SID_S1, ste_abort());
    rig_cmd(r, cmd_cfgi_ste(SID_S1, true));
    rig_sync(r);
    CHECK_EQ(stall_go(r, &b, SID_S1, VA, "r"), SMMU3_ABORT);
    CHECK_NONE_DONE(r);
    rig_cmd(r, cmd_stall_term(SID_S1));
    CHECK_DONE(r, &a, ABORT);
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

/* A.9: SMMUEN = 0: all end with an abort, and the STAGs are free. */
static void smmuen(void)
{
    struct rig *r = stall_rig(0, 2);
    struct smmu3_stall st[4] = { 0 };

    CHECK_STALL(r, &st[0], SID_S1, VA, "r", 1);
    CHECK_STALL(r, &st[1], SID_S2, VA, "w", 2);
    CHECK_WAITS(r, &st[2], SID_S1, VA, "r");
    CHECK_WAITS(r, &st[3], SID_NESTED, VA, "r");
    wr32(r, O_CR0, 0xc);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_DONE(r, &st[i], ABORT);
    }
    CHECK_NONE_DONE(r);
    /* Bypass, and nothing to be resumed. */
    CHECK_EQ(stall_go(r, &st[0], SID_S1, VA, "r"), SMMU3_OK);
    rig_cmd(r, cmd_resume(SID_S1, 1, true, false));
    CHECK_NONE_DONE(r);
    wr32(r, O_CR0, 0xd);
    CHECK_EQ(stall_go(r, &st[0], SID_S1, VA, "r"), SMMU3_STALLED);
    CHECK_EQ(stall_go(r, &st[1], SID_S2, VA, "r"), SMMU3_STALLED);
    CHECK_EQ(rig_drop_events(r), 2);
    rig_free(r);
}

/* SMMUEN goes off while the transaction is on its way, each time that it starts
 * over: it must not be left to wait where nobody ends it. */
static unsigned attempts;

static void disable_in_walk(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    if (pa == RIG_TABLES) {
        wr32(r, O_CR0, 0xc);
        if (++attempts < 8) {
            wr32(r, O_CR0, 0xd);
        }
    }
}

static void smmuen_in_walk(void)
{
    struct rig *r = stall_rig(0, 2);
    struct smmu3_stall st = { 0 };

    attempts = 0;
    r->h.on_read = disable_in_walk;
    r->h.on_read_arg = r;
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_ABORT);
    CHECK_EQ(attempts, 8);
    CHECK(!smmu3_stall_cancel(r->s, &st));
    CHECK_NONE_DONE(r);
    rig_free(r);
}

static void reset(void)
{
    struct rig *r = stall_rig(0, 2);
    struct smmu3_stall st[3] = { 0 };
    struct smmu3_stats stats;

    CHECK_STALL(r, &st[0], SID_S1, VA, "r", 1);
    CHECK_STALL(r, &st[1], SID_S2, VA, "w", 2);
    CHECK_WAITS(r, &st[2], SID_S1, VA, "r");
    CHECK(smmu3_stall_cancel(r->s, &st[1]));
    smmu3_reset(r->s);
    CHECK_DONE(r, &st[0], ABORT);
    CHECK_DONE(r, &st[2], ABORT);
    CHECK_NONE_DONE(r);
    smmu3_get_stats(r->s, &stats);
    CHECK_EQ(stats.faults, 0);
    CHECK_EQ(stats.stalls, 0);
    rig_enable(r);
    CHECK_EQ(stall_go(r, &st[0], SID_S1, VA, "r"), SMMU3_STALLED);
    CHECK_EQ(stall_go(r, &st[1], SID_S2, VA, "r"), SMMU3_STALLED);
    CHECK_EQ(rig_drop_events(r), 2);
    rig_free(r);
}

/* 3.12.2.1: alike in all: no record of its own; it is retried as new when the
 * first is resumed, whichever way. */
static void alike(void)
{
    struct rig *r = stall_rig(0, 8);
    struct smmu3_stall st[3] = { 0 };

    CHECK_STALL(r, &st[0], SID_S1, VA, "r", 1);
    CHECK_WAITS(r, &st[1], SID_S1, VA + 0xff8, "r");
    CHECK_WAITS(r, &st[2], SID_S1, VA + 0x10, "r");
    rig_cmd(r, cmd_resume(SID_S1, 1, false, true));
    CHECK_DONE(r, &st[0], ABORT);
    CHECK_DONE(r, &st[1], RETRY);
    CHECK_DONE(r, &st[2], RETRY);
    CHECK_STALL(r, &st[1], SID_S1, VA + 0xff8, "r", 2);
    CHECK_WAITS(r, &st[2], SID_S1, VA + 0x10, "r");
    stall_map(r, SID_S1, VA, PAGE_PA, LEAF);
    rig_cmd(r, cmd_resume(SID_S1, 2, true, false));
    CHECK_DONE(r, &st[1], RETRY);
    CHECK_DONE(r, &st[2], RETRY);
    CHECK_EQ(stall_go(r, &st[1], SID_S1, VA + 0xff8, "r"), SMMU3_OK);
    CHECK_EQ(stall_go(r, &st[2], SID_S1, VA + 0x10, "r"), SMMU3_OK);
    CHECK_NONE_DONE(r);
    rig_free(r);
}

/* 3.12.2.1: one difference, and it is another stall. */
static void not_alike(void)
{
    struct rig *r = stall_rig(0, 8);
    struct smmu3_stall st[7] = { 0 };

    CHECK_STALL(r, &st[0], SID_S1, VA, "r", 1);
    CHECK_STALL(r, &st[1], SID_S1B, VA, "r", 2);
    CHECK_STALL(r, &st[2], SID_S1, VA + 0x1000, "r", 3);
    CHECK_STALL(r, &st[3], SID_S1, VA, "w", 4);
    CHECK_STALL(r, &st[4], SID_S1, VA, "rp", 5);
    CHECK_STALL(r, &st[5], SID_S1, VA, "x", 6);
    /* Resuming one wakes no other. */
    rig_cmd(r, cmd_resume(SID_S1, 3, true, false));
    CHECK_DONE(r, &st[2], RETRY);
    CHECK_NONE_DONE(r);
    rig_free(r);
}

/* A wait is neither a transaction nor a fault until it has ended as one. */
static void counted(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall st = { 0 };
    struct smmu3_stats stats;

    CHECK_STALL(r, &st, SID_S1, VA, "r", 1);
    smmu3_get_stats(r->s, &stats);
    CHECK_EQ(stats.transactions, 0);
    CHECK_EQ(stats.stalls, 1);
    CHECK_EQ(stats.events[0x10], 1);
    rig_cmd(r, cmd_resume(SID_S1, 1, true, false));
    CHECK_STALL(r, &st, SID_S1, VA, "r", 2);
    rig_cmd(r, cmd_resume(SID_S1, 2, false, false));
    smmu3_get_stats(r->s, &stats);
    CHECK_EQ(stats.transactions, 1);
    CHECK_EQ(stats.faults, 1);
    CHECK_EQ(stats.stalls, 2);
    CHECK_EQ(stats.commands[0x44], 2);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/stall-life/C.6/resume-retry", resume_retry);
    g_test_add_func("/stall-life/C.6/retry-stalls-again", retry_stalls_again);
    g_test_add_func("/stall-life/C.6/resume-terminate", resume_terminate);
    g_test_add_func("/stall-life/C.6/resume-term-model", resume_term_model);
    g_test_add_func("/stall-life/C.6/resume-unknown", resume_unknown);
    g_test_add_func("/stall-life/C.6/stall-term", stall_term);
    g_test_add_func("/stall-life/C.6/shutdown", shutdown);
    g_test_add_func("/stall-life/D.5/stags", stags);
    g_test_add_func("/stall-life/D.5/alike", alike);
    g_test_add_func("/stall-life/D.5/not-alike", not_alike);
    g_test_add_func("/stall-life/A.9/smmuen", smmuen);
    g_test_add_func("/stall-life/A.9/smmuen-in-walk", smmuen_in_walk);
    g_test_add_func("/stall-life/reset", reset);
    g_test_add_func("/stall-life/cancel", cancel);
    g_test_add_func("/stall-life/counted", counted);
    return g_test_run();
}
