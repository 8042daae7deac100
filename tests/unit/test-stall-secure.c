/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stalls of the two security states: namespaces of StreamIDs and STAGs, the
 * SSec bit, and S_CR0.NSSTALLD (3.12, 4.7.1, 6.3.57; C.6, D.5).
 */
#include "secure-rig.h"
#include "stall-rig.h"

#define NSSTALLD 0x200u

static struct secure_rig rig(unsigned model)
{
    struct smmu3_params p = secure_params();
    struct secure_rig s;
    struct cd cd = stall_cd_words(SID_S1);

    p.f.stall_model = (uint8_t)model;
    p.f.stall_max = 2;
    s = secure_new(&p);
    rig_set_ste(s.r, SID_S1, stall_ste(SID_S1));
    rig_set_cd(s.r, RIG_CD, cd);
    secure_set_ste(&s, SID_S1, stall_ste(SID_S1));
    mem_words(&s.r->h, FAKE_SECURE + RIG_CD, cd.w, 8);
    return s;
}

/* A transaction of the Secure stream; *w gets its record. */
static enum smmu3_outcome secure_stall(struct secure_rig *s,
                                       struct smmu3_stall *st, uint64_t w[4])
{
    struct smmu3_txn t = rig_txn(SID_S1, VA, "r");
    struct smmu3_result res;

    t.secure = true;
    t.stall = st;
    smmu3_translate(s->r->s, &t, &res);
    memset(w, 0, 32);
    secure_event(s, w);
    return res.outcome;
}

static struct cmd ssec(struct cmd c)
{
    c.w[0] |= 0x400;
    return c;
}

/* The same StreamID and STAG in both: two transactions. The Non-secure queue
 * does not reach the Secure one; the Secure queue reaches both. */
static void namespaces(void)
{
    struct secure_rig s = rig(0);
    struct smmu3_stall a = { 0 }, b = { 0 };
    uint64_t w[4];

    CHECK_STALL(s.r, &a, SID_S1, VA, "r", 1);
    CHECK_EQ(secure_stall(&s, &b, w), SMMU3_STALLED);
    CHECK_EQ(w[0], 0x0000004200000010);
    CHECK_EQ(w[1], 0x0000020880000001);
    CHECK_EQ(w[2], VA);
    rig_cmd(s.r, cmd_resume(SID_S1, 1, false, true));
    CHECK_DONE(s.r, &a, ABORT);
    rig_cmd(s.r, cmd_resume(SID_S1, 1, false, true));
    rig_cmd(s.r, cmd_stall_term(SID_S1));
    CHECK_NONE_DONE(s.r);
    CHECK(secure_cmd(&s, cmd_resume(SID_S1, 1, false, true)));
    CHECK_NONE_DONE(s.r);
    CHECK(secure_cmd(&s, ssec(cmd_resume(SID_S1, 1, true, false))));
    CHECK_DONE(s.r, &b, RETRY);
    CHECK_EQ(secure_stall(&s, &b, w), SMMU3_STALLED);
    CHECK_STALL(s.r, &a, SID_S1, VA, "r", 2);
    CHECK(secure_cmd(&s, cmd_stall_term(SID_S1)));
    CHECK_DONE(s.r, &a, ABORT);
    CHECK_NONE_DONE(s.r);
    CHECK(secure_cmd(&s, ssec(cmd_stall_term(SID_S1))));
    CHECK_DONE(s.r, &b, ABORT);
    rig_free(s.r);
}

/* SMMUEN = 0 of one state ends the stalls of that state. */
static void smmuen(void)
{
    struct secure_rig s = rig(0);
    struct smmu3_stall a = { 0 }, b = { 0 };
    uint64_t w[4];

    CHECK_STALL(s.r, &a, SID_S1, VA, "r", 1);
    CHECK_EQ(secure_stall(&s, &b, w), SMMU3_STALLED);
    swr32(s.r, 0x8020, 0xc);
    CHECK_DONE(s.r, &b, ABORT);
    CHECK_NONE_DONE(s.r);
    wr32(s.r, O_CR0, 0xc);
    CHECK_DONE(s.r, &a, ABORT);
    rig_free(s.r);
}

/* D.5: NSSTALLD = 1: the Non-secure interface has no stalls; the Secure one
 * has. */
static void nsstalld(void)
{
    struct secure_rig s = rig(0);
    struct smmu3_stall a = { 0 }, b = { 0 };
    uint64_t w[4];

    CHECK_STALL(s.r, &a, SID_S1, VA, "r", 1);
    swr32(s.r, 0x8020, 0xd | NSSTALLD);
    CHECK_EQ(srd32(s.r, 0x8020), 0xd | NSSTALLD);
    CHECK_EQ(rd32(s.r, O_IDR0) >> 24 & 3, 1);
    CHECK_EQ(srd32(s.r, 0x8000) >> 24 & 3, 0);
    CHECK_EQ(rd32(s.r, O_IDR5) >> 16, 2);
    CHECK_ABORT(s.r, SID_S1, VA, "r", 0x000000420000000a, 0, 0, 0);
    CHECK(rig_cmd_ill(s.r, cmd_resume(SID_S1, 1, true, false)));
    CHECK(rig_cmd_ill(s.r, cmd_stall_term(SID_S1)));
    CHECK_NONE_DONE(s.r);
    CHECK_EQ(secure_stall(&s, &b, w), SMMU3_STALLED);
    CHECK(secure_cmd(&s, ssec(cmd_resume(SID_S1, 1, false, true))));
    CHECK_DONE(s.r, &b, ABORT);
    /* What had stalled before is for the Secure side to end. */
    CHECK(secure_cmd(&s, cmd_stall_term(SID_S1)));
    CHECK_DONE(s.r, &a, ABORT);
    swr32(s.r, 0x8020, 0xd);
    CHECK_EQ(rd32(s.r, O_IDR0) >> 24 & 3, 0);
    CHECK_STALL(s.r, &a, SID_S1, VA, "r", 2);
    rig_free(s.r);
}

/* ... and a reset gives them back. */
static void nsstalld_reset(void)
{
    struct secure_rig s = rig(0);

    swr32(s.r, 0x8020, 0xd | NSSTALLD);
    smmu3_reset(s.r->s);
    CHECK_EQ(rd32(s.r, O_IDR0) >> 24 & 3, 0);
    rig_free(s.r);
}

/* It is RES0 unless the model is 0; a forced model cannot be taken away. */
static void nsstalld_res0(void)
{
    struct secure_rig s = rig(2);
    struct smmu3_stall a = { 0 };

    swr32(s.r, 0x8020, 0xd | NSSTALLD);
    CHECK_EQ(srd32(s.r, 0x8020), 0xd);
    CHECK_EQ(rd32(s.r, O_IDR0) >> 24 & 3, 2);
    CHECK_EQ(srd32(s.r, 0x8000) >> 24 & 3, 2);
    CHECK_STALL(s.r, &a, SID_S1, VA, "r", 1);
    rig_free(s.r);
}

/* The Secure queue, without stalls: the commands are illegal there too. */
static void commands(void)
{
    struct secure_rig s = rig(1);

    CHECK(!secure_cmd(&s, cmd_resume(SID_S1, 1, true, false)));
    CHECK(!secure_cmd(&s, ssec(cmd_resume(SID_S1, 1, true, false))));
    CHECK(!secure_cmd(&s, ssec(cmd_stall_term(SID_S1))));
    rig_free(s.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/stall-secure/C.6/namespaces", namespaces);
    g_test_add_func("/stall-secure/C.6/commands", commands);
    g_test_add_func("/stall-secure/A.9/smmuen", smmuen);
    g_test_add_func("/stall-secure/D.5/nsstalld", nsstalld);
    g_test_add_func("/stall-secure/D.5/nsstalld-reset", nsstalld_reset);
    g_test_add_func("/stall-secure/D.5/nsstalld-res0", nsstalld_res0);
    return g_test_run();
}
