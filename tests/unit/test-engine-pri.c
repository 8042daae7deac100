/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Page Request Interface of the PCIe masters. Register bits are literals.
 * Tests only.
 */
#include <glib.h>
#include "pri.h"

struct bench {
    struct smmu3_pri p;
    struct smmu3_page_request sent[600];
    unsigned requests;
    struct {
        unsigned owner;
        enum smmu3_prg_code code;
    } answers[600];
    unsigned answered;
    bool at_once; /* answered from inside the request */
};

static void page_request(void *opaque, const struct smmu3_page_request *req)
{
    struct bench *b = opaque;

    b->sent[b->requests++] = *req;
    if (b->at_once) {
        const struct smmu3_prg_response resp = {
            .ssv = req->ssv,
            .ssid = req->ssid,
            .prgindex = req->prgindex,
            .code = SMMU3_PRG_SUCCESS,
        };

        smmu3_pri_response(&b->p, &resp);
    }
}

static void answer(void *opaque, unsigned owner, enum smmu3_prg_code code)
{
    struct bench *b = opaque;

    b->answers[b->answered].owner = owner;
    b->answers[b->answered++].code = code;
}

static struct bench *bench_new(bool enabled)
{
    struct bench *b = g_new0(struct bench, 1);
    const struct smmu3_pri_host host = {
        .opaque = b,
        .page_request = page_request,
        .answer = answer,
    };

    smmu3_pri_init(&b->p, &host, true);
    if (enabled) {
        smmu3_pri_write_allocation(&b->p, 32);
        smmu3_pri_write_control(&b->p, 1);
    }
    return b;
}

static enum smmu3_pri_outcome ask(struct bench *b, unsigned owner)
{
    const struct smmu3_page_request req = {
        .ssv = true, .ssid = 5, .read = true, .addr = 0x7000
    };

    return smmu3_pri_request(&b->p, owner, &req);
}

static void respond(struct bench *b, uint16_t prgindex,
                    enum smmu3_prg_code code, bool ssv, uint32_t ssid)
{
    const struct smmu3_prg_response resp = {
        .ssv = ssv, .ssid = ssid, .prgindex = prgindex, .code = code
    };

    smmu3_pri_response(&b->p, &resp);
}

static void test_registers(void)
{
    struct bench *b = bench_new(false);

    g_assert_cmphex(smmu3_pri_read_control(&b->p), ==, 0);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8100);
    g_assert_cmpint(ask(b, 1), ==, SMMU3_PRI_OFF);
    smmu3_pri_write_control(&b->p, 0xffff);
    g_assert_cmphex(smmu3_pri_read_control(&b->p), ==, 1);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8000);
    /* Nothing is allocated yet. */
    g_assert_cmpint(ask(b, 1), ==, SMMU3_PRI_BUSY);
    smmu3_pri_write_allocation(&b->p, 1);
    g_assert_cmpint(ask(b, 1), ==, SMMU3_PRI_SENT);
    g_assert_cmpint(ask(b, 2), ==, SMMU3_PRI_BUSY);
    /* Disabled with a group that waits: not stopped yet. */
    smmu3_pri_write_control(&b->p, 0);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8000);
    g_assert_cmpint(ask(b, 2), ==, SMMU3_PRI_OFF);
    respond(b, 0, SMMU3_PRG_SUCCESS, true, 5);
    g_assert_cmpuint(b->answered, ==, 1);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8100);
    g_free(b);

    b = g_new0(struct bench, 1);
    smmu3_pri_init(&b->p, &(struct smmu3_pri_host){ .opaque = b }, false);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x0100);
    g_free(b);
}

static void test_groups(void)
{
    struct bench *b = bench_new(true);

    for (unsigned i = 0; i < 32; i++) {
        g_assert_cmpint(ask(b, 100 + i), ==, SMMU3_PRI_SENT);
        g_assert_cmpuint(b->sent[i].prgindex, ==, i);
        g_assert_true(b->sent[i].last && b->sent[i].read && b->sent[i].ssv);
        g_assert_cmpuint(b->sent[i].ssid, ==, 5);
        g_assert_cmphex(b->sent[i].addr, ==, 0x7000);
    }
    smmu3_pri_write_allocation(&b->p, 0xffffffff);
    g_assert_cmpint(ask(b, 1), ==, SMMU3_PRI_BUSY);
    respond(b, 7, SMMU3_PRG_SUCCESS, true, 5);
    respond(b, 3, SMMU3_PRG_INVALID, true, 5);
    g_assert_cmpuint(b->answered, ==, 2);
    g_assert_cmpuint(b->answers[0].owner, ==, 107);
    g_assert_cmpuint(b->answers[0].code, ==, 0);
    g_assert_cmpuint(b->answers[1].owner, ==, 103);
    g_assert_cmpuint(b->answers[1].code, ==, 1);
    /* Indices go on; those in use are left out when they come round. */
    for (unsigned i = 0; i < 520; i++) {
        g_assert_cmpint(ask(b, 1), ==, SMMU3_PRI_SENT);
        respond(b, b->sent[b->requests - 1].prgindex, SMMU3_PRG_SUCCESS, true,
                5);
        g_assert_cmpuint(b->sent[b->requests - 1].prgindex, <, 512);
    }
    g_assert_cmpuint(b->sent[32 + 479].prgindex, ==, 511);
    g_assert_cmpuint(b->sent[32 + 480].prgindex, ==, 3);
    g_assert_cmpuint(b->sent[32 + 481].prgindex, ==, 7);
    g_assert_cmpuint(b->sent[32 + 482].prgindex, ==, 32);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8000);
    g_free(b);
}

static void test_unexpected(void)
{
    static const struct {
        uint16_t prgindex;
        bool ssv;
        uint32_t ssid;
    } rows[] = { { 1, true, 5 }, { 0, true, 6 }, { 0, false, 0 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench *b = bench_new(true);

        ask(b, 9);
        respond(b, rows[i].prgindex, SMMU3_PRG_SUCCESS, rows[i].ssv,
                rows[i].ssid);
        g_assert_cmpuint(b->answered, ==, 0);
        g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8002);
        smmu3_pri_write_status(&b->p, 0x1);
        g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8002);
        smmu3_pri_write_status(&b->p, 0x2);
        g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8000);
        respond(b, 0, SMMU3_PRG_SUCCESS, true, 5);
        g_assert_cmpuint(b->answered, ==, 1);
        /* A second answer to the same. */
        respond(b, 0, SMMU3_PRG_SUCCESS, true, 5);
        g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8002);
        g_free(b);
    }
}

static void test_failure(void)
{
    struct bench *b = bench_new(true);

    ask(b, 1);
    ask(b, 2);
    /* Without a PASID, about one of them: all end. */
    respond(b, 1, SMMU3_PRG_FAILURE, false, 0);
    g_assert_cmpuint(b->answered, ==, 2);
    g_assert_cmpuint(b->answers[0].code, ==, 0xf);
    g_assert_cmpuint(b->answers[1].code, ==, 0xf);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8101);
    g_assert_cmpint(ask(b, 3), ==, SMMU3_PRI_OFF);
    /* Nothing is expected, and nothing unexpected. */
    respond(b, 0, SMMU3_PRG_SUCCESS, true, 5);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8101);
    smmu3_pri_write_status(&b->p, 0x1);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8100);
    smmu3_pri_write_control(&b->p, 1);
    g_assert_cmpint(ask(b, 3), ==, SMMU3_PRI_OFF);
    /* Disabled and enabled again. */
    respond(b, 0, SMMU3_PRG_FAILURE, true, 5);
    smmu3_pri_write_control(&b->p, 0);
    smmu3_pri_write_control(&b->p, 1);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8000);
    g_assert_cmpint(ask(b, 3), ==, SMMU3_PRI_SENT);
    respond(b, 0, SMMU3_PRG_FAILURE, true, 5);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8101);
    smmu3_pri_write_control(&b->p, 0);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8101);
    smmu3_pri_write_control(&b->p, 1);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8000);
    g_free(b);
}

static void test_reset(void)
{
    struct bench *b = bench_new(true);

    ask(b, 4);
    /* While enabled Reset does nothing. */
    smmu3_pri_write_control(&b->p, 3);
    g_assert_cmpuint(b->answered, ==, 0);
    smmu3_pri_write_control(&b->p, 2);
    g_assert_cmphex(smmu3_pri_read_control(&b->p), ==, 0);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8100);
    g_assert_cmpuint(b->answered, ==, 1);
    g_assert_cmpuint(b->answers[0].owner, ==, 4);
    g_assert_cmpuint(b->answers[0].code, ==, 0xf);
    /* The function's own reset asks nobody. */
    smmu3_pri_write_control(&b->p, 1);
    ask(b, 4);
    smmu3_pri_clear(&b->p);
    g_assert_cmpuint(b->answered, ==, 1);
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8100);
    smmu3_pri_write_control(&b->p, 1);
    g_assert_cmpint(ask(b, 4), ==, SMMU3_PRI_BUSY); /* no allocation */
    g_free(b);
}

/* An SMMU whose queue is full answers before the request has returned. */
static void test_at_once(void)
{
    struct bench *b = bench_new(true);

    b->at_once = true;
    for (unsigned i = 0; i < 40; i++) {
        g_assert_cmpint(ask(b, i), ==, SMMU3_PRI_SENT);
        g_assert_cmpuint(b->answered, ==, i + 1);
        g_assert_cmpuint(b->answers[i].owner, ==, i);
    }
    g_assert_cmphex(smmu3_pri_read_status(&b->p), ==, 0x8000);
    g_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/pri/registers", test_registers);
    g_test_add_func("/engine/pri/groups", test_groups);
    g_test_add_func("/engine/pri/unexpected", test_unexpected);
    g_test_add_func("/engine/pri/failure", test_failure);
    g_test_add_func("/engine/pri/reset", test_reset);
    g_test_add_func("/engine/pri/at-once", test_at_once);
    return g_test_run();
}
