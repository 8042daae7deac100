/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CMD_ATC_INV and what CMD_SYNC waits for (3.9.1.4, 4.5.1, 4.7.3, 7.1; C.6,
 * C.7); CMD_PRI_RESP (4.5.2).
 */
#include "ats-rig.h"

static struct cmd atc_inv(uint32_t sid, uint64_t addr, unsigned size)
{
    return (struct cmd){ { 0x40 | (uint64_t)sid << 32,
                           (addr & ~UINT64_C(0xfff)) | size } };
}

static unsigned syncs(struct rig *r)
{
    return r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC];
}

static const struct smmu3_atc_inv *last_inv(struct rig *r)
{
    g_assert_cmpuint(r->h.n_atc, >, 0);
    g_assert_cmpuint(r->h.n_atc, <=, FAKE_ATS_MAX);
    return &r->h.atc[r->h.n_atc - 1];
}

/* Puts commands into the queue without a look at what becomes of them. */
static void put(struct rig *r, const struct cmd *c, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        mem_words(&r->h, RIG_CMDQ + 16 * (uint64_t)(r->prod & 0xff), c[i].w, 2);
        r->prod = (r->prod + 1) & 0x1ff;
    }
    wr32(r, O_CMDQ_PROD, r->prod);
    rig_drain(r);
}

static uint32_t cons(struct rig *r)
{
    return rd32(r, O_CMDQ_CONS) & 0xfffff;
}

static bool cmdq_err(struct rig *r)
{
    return (rd32(r, O_GERROR) ^ rd32(r, O_GERRORN)) & 1;
}

/* Every size; the address is cut to it; 52 is everything, more is illegal. */
static void operands(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;

    rig_cmd(r, atc_inv(0xfedcba98, 0x123456789abcd000, 0));
    CHECK_EQ(last_inv(r)->sid, 0xfedcba98);
    CHECK_EQ(last_inv(r)->addr, 0x123456789abcd000);
    CHECK_EQ(last_inv(r)->lg2_size, 12);
    CHECK(!last_inv(r)->ssv && !last_inv(r)->global);
    rig_cmd(r, atc_inv(7, 0x123456789abcd000, 9));
    CHECK_EQ(last_inv(r)->addr, 0x123456789aa00000);
    CHECK_EQ(last_inv(r)->lg2_size, 21);
    rig_cmd(r, atc_inv(7, UINT64_MAX, 51));
    CHECK_EQ(last_inv(r)->addr, UINT64_C(1) << 63);
    CHECK_EQ(last_inv(r)->lg2_size, 63);
    rig_cmd(r, atc_inv(7, UINT64_MAX, 52));
    CHECK_EQ(last_inv(r)->addr, 0);
    CHECK_EQ(last_inv(r)->lg2_size, 64);
    for (unsigned size = 53; size < 64; size++) {
        CHECK(rig_cmd_ill(r, atc_inv(7, 0, size)));
    }
    /* Global and SubstreamID mean nothing without SSV. */
    rig_cmd(r, (struct cmd){ { 0x7fffff240, 0x1000 } });
    CHECK(!last_inv(r)->ssv && !last_inv(r)->global);
    CHECK_EQ(last_inv(r)->ssid, 0);
    CHECK_EQ(r->h.n_atc, 5);
    rig_free(r);
}

/* SSV = 1 without SubstreamIDs: no effect (the choice). */
static void ssv_without_ssids(void)
{
    struct ats_rig a = ats_new(NULL);

    rig_cmd(a.r, (struct cmd){ { 0x712345840, 0x1000 } });
    rig_cmd(a.r, (struct cmd){ { 0x712345841, 0x1000 } });
    rig_sync(a.r);
    CHECK_EQ(a.r->h.n_atc, 0);
    CHECK_EQ(a.r->h.n_prg, 0);
    rig_free(a.r);
}

/* SMMUEN = 0: consumed and ignored, but illegal stays illegal. */
static void disabled(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;

    wr32(r, O_CR0, 0xc);
    rig_cmd(r, atc_inv(7, 0, 0));
    rig_cmd(r, (struct cmd){ { 0x700000041, 0x2000 } });
    rig_sync(r);
    CHECK_EQ(r->h.n_atc, 0);
    CHECK_EQ(r->h.n_prg, 0);
    CHECK(rig_cmd_ill(r, atc_inv(7, 0, 53)));
    CHECK(rig_cmd_ill(r, (struct cmd){ { 0x700000041, 0x3000 } }));
    rig_free(r);
}

/* CMD_SYNC stays in the queue, and behind it the rest, until the last answer;
 * nothing polls meanwhile. */
static void sync_waits(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;
    const struct cmd cmds[] = { atc_inv(5, 0x1000, 0),
                                atc_inv(6, 0x2000, 0),
                                { { 0x1046, 0 } },
                                atc_inv(7, 0x3000, 0),
                                { { 0x1046, 0 } } };

    r->h.atc_status = SMMU3_ATC_PENDING;
    put(r, cmds, 5);
    CHECK_EQ(r->h.n_atc, 2);
    CHECK_EQ(cons(r), 2);
    CHECK_EQ(syncs(r), 0);
    /* The second first; tokens differ. */
    CHECK(r->h.atc[0].token != r->h.atc[1].token);
    smmu3_atc_inv_done(r->s, r->h.atc[1].token, SMMU3_ATC_DONE);
    rig_drain(r);
    CHECK_EQ(cons(r), 2);
    /* PROD may be written and the queue run: it waits on. */
    wr32(r, O_CMDQ_PROD, r->prod);
    smmu3_run(r->s);
    CHECK_EQ(cons(r), 2);
    smmu3_atc_inv_done(r->s, r->h.atc[0].token, SMMU3_ATC_DONE);
    CHECK_EQ(cons(r), 2); /* not from inside the answer */
    CHECK_EQ(r->h.kicks, 1);
    rig_drain(r);
    CHECK_EQ(r->h.n_atc, 3);
    CHECK_EQ(cons(r), 4);
    CHECK_EQ(syncs(r), 1);
    smmu3_atc_inv_done(r->s, r->h.atc[2].token, SMMU3_ATC_DONE);
    rig_drain(r);
    CHECK_EQ(cons(r), 5);
    CHECK_EQ(syncs(r), 2);
    CHECK(!cmdq_err(r));
    rig_free(r);
}

/* Other commands do not wait for an answer. */
static void others_go_on(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;

    r->h.atc_status = SMMU3_ATC_PENDING;
    rig_cmd(r, atc_inv(5, 0, 52));
    rig_cmd(r, cmd_op(0x30));
    rig_cmd(r, atc_inv(5, 0, 52));
    CHECK_EQ(r->h.n_atc, 2);
    rig_free(r);
}

static void timeout(gconstpointer data)
{
    bool later = GPOINTER_TO_INT(data);
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;
    const struct cmd cmds[] = { atc_inv(5, 0x1000, 0),
                                atc_inv(6, 0x2000, 0),
                                { { 0x1046, 0 } },
                                cmd_op(0x30) };
    unsigned gerrors = r->h.irqs[SMMU3_IRQ_LINE_GERROR];

    r->h.atc_status = later ? SMMU3_ATC_PENDING : SMMU3_ATC_TIMEOUT;
    put(r, cmds, 4);
    if (later) {
        CHECK(!cmdq_err(r));
        smmu3_atc_inv_done(r->s, r->h.atc[0].token, SMMU3_ATC_TIMEOUT);
        rig_drain(r);
        CHECK(!cmdq_err(r)); /* the other may still end well */
        smmu3_atc_inv_done(r->s, r->h.atc[1].token, SMMU3_ATC_DONE);
        rig_drain(r);
    }
    /* CONS at the CMD_SYNC, CERROR_ATC_INV_SYNC, no completion signal. */
    CHECK(cmdq_err(r));
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x03000002);
    CHECK_EQ(syncs(r), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], gerrors + 1);
    /* Linux acknowledges; the same CMD_SYNC completes. */
    wr32(r, O_GERRORN, rd32(r, O_GERROR));
    rig_drain(r);
    CHECK(!cmdq_err(r));
    CHECK_EQ(cons(r), 4);
    CHECK_EQ(syncs(r), 1);
    /* It is told once. */
    r->h.atc_status = SMMU3_ATC_DONE;
    rig_cmd(r, atc_inv(5, 0x1000, 0));
    rig_sync(r);
    rig_free(r);
}

/* An answer that comes while the queue has the error, or is off. */
static void answer_while_stopped(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;
    const struct cmd cmds[] = { atc_inv(5, 0, 52), { { 0x1046, 0 } } };

    r->h.atc_status = SMMU3_ATC_PENDING;
    put(r, cmds, 2);
    wr32(r, O_CR0, 0x15); /* CMDQEN = 0 */
    CHECK_EQ(rd32(r, O_CR0ACK), 0x15);
    smmu3_atc_inv_done(r->s, r->h.atc[0].token, SMMU3_ATC_DONE);
    rig_drain(r);
    CHECK_EQ(cons(r), 1);
    wr32(r, O_CR0, 0x1d);
    rig_drain(r);
    CHECK_EQ(cons(r), 2);
    CHECK_EQ(syncs(r), 1);
    rig_free(r);
}

/* 32 may be outstanding (PCIe's tags); a further one waits in the queue. */
static void bounded(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;

    r->h.atc_status = SMMU3_ATC_PENDING;
    for (unsigned i = 0; i < 40; i++) {
        const struct cmd c = atc_inv(i, 0, 52);

        put(r, &c, 1);
    }
    CHECK_EQ(r->h.n_atc, 32);
    CHECK_EQ(cons(r), 32);
    for (unsigned i = 0; i < 8; i++) {
        smmu3_atc_inv_done(r->s, r->h.atc[i].token, SMMU3_ATC_DONE);
        rig_drain(r);
        CHECK_EQ(r->h.n_atc, 33 + i);
    }
    CHECK_EQ(cons(r), 40);
    rig_free(r);
}

/* After a reset nothing is outstanding, and late answers count for nothing. */
static void reset(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;
    const struct cmd cmds[] = { atc_inv(5, 0, 52), { { 0x1046, 0 } } };
    uint64_t late;

    r->h.atc_status = SMMU3_ATC_PENDING;
    put(r, cmds, 2);
    late = r->h.atc[0].token;
    smmu3_reset(r->s);
    rig_enable(r);
    rig_sync(r);
    r->h.n_atc = 0;
    put(r, cmds, 2);
    CHECK_EQ(cons(r), 2);
    smmu3_atc_inv_done(r->s, late, SMMU3_ATC_TIMEOUT);
    rig_drain(r);
    CHECK_EQ(cons(r), 2);
    smmu3_atc_inv_done(r->s, r->h.atc[0].token, SMMU3_ATC_DONE);
    rig_drain(r);
    CHECK_EQ(cons(r), 3);
    CHECK(!cmdq_err(r));
    rig_free(r);
}

/* PRI_RESP (C.6): codes, index, StreamID; no match is no error. */
static void pri_resp(void)
{
    static const unsigned codes[] = { 0xf, 1, 0 };
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;

    for (unsigned resp = 0; resp < 3; resp++) {
        const struct smmu3_prg_response *p = &r->h.prg[resp];

        rig_cmd(r, (struct cmd){
                       { 0xfedcba9800000041, (uint64_t)resp << 12 | 0x155 } });
        CHECK_EQ(r->h.n_prg, resp + 1);
        CHECK_EQ(p->sid, 0xfedcba98);
        CHECK_EQ(p->code, codes[resp]);
        CHECK_EQ(p->prgindex, 0x155);
        CHECK(!p->ssv);
        CHECK_EQ(p->ssid, 0);
    }
    CHECK(rig_cmd_ill(r, (struct cmd){ { 0x700000041, 0x3000 } }));
    rig_cmd(r, (struct cmd){ { 0x41, 0x21ff } });
    CHECK_EQ(r->h.prg[3].prgindex, 0x1ff);
    CHECK_EQ(r->h.n_prg, 4);
    rig_free(r);
}

/* ATS without PRI: ATC_INV is legal, PRI_RESP is not. */
static void without_pri(void)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;

    p.f.pri = false;
    a = ats_new(&p);
    rig_cmd(a.r, atc_inv(5, 0, 0));
    CHECK_EQ(a.r->h.n_atc, 1);
    CHECK(rig_cmd_ill(a.r, (struct cmd){ { 0x700000041, 0 } }));
    rig_free(a.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/atcinv/C.6/operands", operands);
    g_test_add_func("/atcinv/C.6/ssv-without-ssids", ssv_without_ssids);
    g_test_add_func("/atcinv/C.6/smmu-disabled", disabled);
    g_test_add_func("/atcinv/C.6/sync-waits", sync_waits);
    g_test_add_func("/atcinv/C.6/others-go-on", others_go_on);
    g_test_add_data_func("/atcinv/C.7/timeout-at-once", GINT_TO_POINTER(0),
                         timeout);
    g_test_add_data_func("/atcinv/C.7/timeout-later", GINT_TO_POINTER(1),
                         timeout);
    g_test_add_func("/atcinv/C.7/answer-while-stopped", answer_while_stopped);
    g_test_add_func("/atcinv/bounded", bounded);
    g_test_add_func("/atcinv/reset", reset);
    g_test_add_func("/atcinv/C.6/pri-resp", pri_resp);
    g_test_add_func("/atcinv/C.2/without-pri", without_pri);
    return g_test_run();
}
