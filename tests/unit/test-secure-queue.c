/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Secure command queue (4.1.1; A.14, C.2, C.3, C.7): which commands it
 * takes, whose configuration they act on, its errors; NSSTALLD and SAMS. All
 * expectations are literals.
 */
#include "secure-rig.h"

#define VA UINT64_C(0x40001000)

/* C.2: which commands the two queues take. */
static void queues(void)
{
    static const unsigned secure_only[] = { 0x18, 0x1a };
    static const unsigned sel2_only[] = { 0x50, 0x51, 0x52, 0x53,
                                          0x58, 0x5a, 0x60 };
    struct secure_rig s = secure_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(secure_only); i++) {
        CHECK(rig_cmd_ill(s.r, cmd_op(secure_only[i])));
        CHECK(secure_cmd(&s, cmd_op(secure_only[i])));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(sel2_only); i++) {
        CHECK(rig_cmd_ill(s.r, cmd_op(sel2_only[i])));
        CHECK(!secure_cmd(&s, cmd_op(sel2_only[i])));
    }
    /* SSec */
    CHECK(rig_cmd_ill(s.r, (struct cmd){ { 0x403, 0 } }));
    CHECK(secure_cmd(&s, (struct cmd){ { 0x403, 0 } }));
    CHECK(secure_cmd(&s, (struct cmd){ { 0x003, 0 } }));
    rig_free(s.r);
}

/* C.3, F.1: CFGI acts on the namespace that SSec names. */
static void cfgi(void)
{
    struct secure_rig s = secure_new(NULL);

    rig_set_ste(s.r, 3, ste_bypass());
    secure_set_ste(&s, 3, ste_bypass());
    CHECK_OK(s.r, 3, 0x1000, "r", 0x1000);
    SECURE_OK(&s, 3, 0x1000, "r", 0x1000, SMMU3_S);
    rig_set_ste(s.r, 3, ste_abort());
    secure_set_ste(&s, 3, ste_abort());
    rig_cmd(s.r, cmd_cfgi_ste(3, true));
    CHECK_QUIET(s.r, 3, 0x1000, "r", SMMU3_ABORT);
    SECURE_OK(&s, 3, 0x1000, "r", 0x1000, SMMU3_S);
    rig_set_ste(s.r, 3, ste_bypass());
    CHECK(secure_cmd(&s, (struct cmd){ { 0x403 | UINT64_C(3) << 32, 1 } }));
    SECURE_QUIET(&s, 3, 0x1000, "r", SMMU3_ABORT);
    CHECK_QUIET(s.r, 3, 0x1000, "r", SMMU3_ABORT);
    CHECK(secure_cmd(&s, cmd_cfgi_ste(3, true)));
    CHECK_OK(s.r, 3, 0x1000, "r", 0x1000);
    /* CFGI_ALL by SSec */
    rig_set_ste(s.r, 3, ste_abort());
    secure_set_ste(&s, 3, ste_bypass());
    CHECK(secure_cmd(&s, (struct cmd){ { 0x404, 0x1f } }));
    SECURE_OK(&s, 3, 0x1000, "r", 0x1000, SMMU3_S);
    CHECK_OK(s.r, 3, 0x1000, "r", 0x1000);
    rig_free(s.r);
}

/* A.14, D.5: S_CR0.NSSTALLD hides stalls from the Non-secure interface: its
 * ID register, its commands, its CDs; the Secure one keeps them. */
static void nsstalld(void)
{
    struct smmu3_params p = secure_params();
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    const struct cmd resume = { { 0x44, 0 } };
    struct secure_rig s;

    p.f.stall_model = 0;
    p.f.stall_max = 4;
    s = secure_new(&p);
    set_bits(cd.w, 44, 44, 1);
    rig_set_cd(s.r, RIG_CD, cd);
    rig_set_ste(s.r, 1, ste_s1(RIG_CD));
    CHECK_EQ(rd32(s.r, O_IDR0) & 0x03000000, 0);
    CHECK(!rig_cmd_ill(s.r, resume));
    CHECK_ABORT(s.r, 1, VA, "r", 0x0000000100000010, 0x0000020800000000, VA, 0);
    swr32(s.r, 0x8020, 0x20d);
    CHECK_EQ(srd32(s.r, 0x8024), 0x20d);
    CHECK_EQ(rd32(s.r, O_IDR0) & 0x03000000, 0x01000000);
    CHECK_EQ(srd32(s.r, 0x8000) & 0x03000000, 0);
    CHECK(rig_cmd_ill(s.r, resume));
    CHECK(rig_cmd_ill(s.r, (struct cmd){ { 0x45, 0 } }));
    CHECK(secure_cmd(&s, (struct cmd){ { 0x444, 0 } }));
    CHECK(secure_cmd(&s, (struct cmd){ { 0x445, 0 } }));
    rig_forget(s.r);
    CHECK_ABORT(s.r, 1, VA, "r", 0x000000010000000a, 0, 0, 0);
    swr32(s.r, 0x8020, 0xd);
    CHECK_EQ(rd32(s.r, O_IDR0) & 0x03000000, 0);
    rig_free(s.r);
}

/* C.2: with SAMS the Secure queue knows no ATC_INV and no PRI_RESP. */
static void sams(void)
{
    const struct cmd atc_inv = { { 0x40, 52 } }, pri_resp = { { 0x41, 0 } };
    struct smmu3_params p = secure_params();
    struct secure_rig s;

    p.f.ats = true;
    p.f.pri = true;
    s = secure_new(&p);
    CHECK_EQ(srd32(s.r, 0x800c), 0);
    CHECK(secure_cmd(&s, atc_inv));
    CHECK(secure_cmd(&s, pri_resp));
    rig_free(s.r);
    p.f.sams = true;
    s = secure_new(&p);
    CHECK_EQ(srd32(s.r, 0x800c), 0x40);
    CHECK(!secure_cmd(&s, atc_inv));
    CHECK(!secure_cmd(&s, pri_resp));
    CHECK(!rig_cmd_ill(s.r, atc_inv));
    CHECK(!rig_cmd_ill(s.r, pri_resp));
    rig_free(s.r);
}

/* C.7: errors of one queue stop that queue alone. */
static void errors(void)
{
    struct secure_rig s = secure_new(NULL);

    mem_w64(&s.r->h, FAKE_SECURE + RIG_CMDQ, 0);
    swr32(s.r, 0x8098, 1);
    CHECK_EQ(srd32(s.r, 0x8060), 1);
    CHECK_EQ(srd32(s.r, 0x809c), 0x01000000);
    CHECK_EQ(rd32(s.r, O_GERROR), 0);
    rig_sync(s.r);
    rig_free(s.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/secure/A.14/nsstalld", nsstalld);
    g_test_add_func("/secure/C.2/sams", sams);
    g_test_add_func("/secure/C.2/queues", queues);
    g_test_add_func("/secure/C.3/cfgi", cfgi);
    g_test_add_func("/secure/C.7/errors", errors);
    return g_test_run();
}
