/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address translation cache of the PCIe masters.
 * Tests only.
 */
#include <glib.h>
#include "atc.h"

struct bench {
    struct smmu3_atc *atc;
    struct smmu3_ats_completion answer;
    unsigned requests;
    /* Sent from inside each of the next @races requests, @burst times. */
    struct smmu3_atc_inv race;
    unsigned races, burst;
    bool clear, again;
};

static void request(void *opaque, const struct smmu3_ats_request *req,
                    struct smmu3_ats_completion *c)
{
    struct bench *b = opaque;

    b->requests++;
    *c = b->answer;
    if (b->races > 0) {
        b->races--;
        for (unsigned i = 0; i < (b->burst ? b->burst : 1); i++) {
            smmu3_atc_invalidate(b->atc, &b->race);
        }
        /* Answers from after the invalidation differ. */
        b->answer.addr += 0x100000;
    }
    if (b->clear) {
        b->clear = false;
        smmu3_atc_clear(b->atc);
    }
    if (b->again) {
        struct smmu3_ats_completion inner;

        b->again = false;
        smmu3_atc_request(b->atc, req, &inner);
        g_assert_cmpint(inner.status, ==, SMMU3_ATS_CA);
    }
}

static void bench_init(struct bench *b, unsigned entries)
{
    *b = (struct bench){ .answer = { .lg2_size = 12, .r = true, .w = true } };
    b->atc = smmu3_atc_new(entries, request, b);
    g_assert_nonnull(b->atc);
}

#define REQ(a, ...) (&(struct smmu3_ats_request){ .addr = (a), __VA_ARGS__ })
#define PASID(n) .ssv = true, .ssid = (n)
#define INV(a, lg2, ...) \
    (&(struct smmu3_atc_inv){ .addr = (a), .lg2_size = (lg2), __VA_ARGS__ })

static void ask(struct bench *b, uint64_t out, unsigned lg2,
                const struct smmu3_ats_request *req)
{
    struct smmu3_ats_completion c;

    b->answer.addr = out;
    b->answer.lg2_size = (uint8_t)lg2;
    smmu3_atc_request(b->atc, req, &c);
    g_assert_cmpint(c.status, ==, SMMU3_ATS_SUCCESS);
}

static bool has(struct bench *b, const struct smmu3_ats_request *req)
{
    return smmu3_atc_find(b->atc, req) != NULL;
}

static void test_find(void)
{
    const struct smmu3_atc_entry *e;
    struct bench b;

    bench_init(&b, 8);
    b.answer.w = false;
    ask(&b, 0x80000000, 21, REQ(0x12345678));
    e = smmu3_atc_find(b.atc, REQ(0x12200000));
    g_assert_nonnull(e);
    g_assert_cmphex(e->addr, ==, 0x12200000);
    g_assert_cmphex(e->out, ==, 0x80000000);
    g_assert_cmpuint(e->lg2_size, ==, 21);
    g_assert_true(e->r && !e->w && !e->exe && !e->untranslated);
    g_assert_true(has(&b, REQ(0x123fffff)));
    g_assert_false(has(&b, REQ(0x121fffff)));
    g_assert_false(has(&b, REQ(0x12400000)));
    b.answer.r = false;
    b.answer.w = true;
    ask(&b, 0, 12, REQ(0x777000));
    e = smmu3_atc_find(b.atc, REQ(0x777000));
    g_assert_true(e && !e->r && e->w);
    /* An identity answer of everything. */
    b.answer.exe = b.answer.untranslated = true;
    ask(&b, 0, 64, REQ(0xfffffffffffff000ull));
    e = smmu3_atc_find(b.atc, REQ(0x5));
    g_assert_true(e && e->exe && e->untranslated);
    smmu3_atc_free(b.atc);
}

/* PASID and privilege are part of the key. */
static void test_requester(void)
{
    struct bench b;

    bench_init(&b, 8);
    ask(&b, 0x1000, 12, REQ(0x7000, PASID(5)));
    g_assert_true(has(&b, REQ(0x7000, PASID(5))));
    g_assert_false(has(&b, REQ(0x7000, PASID(6))));
    g_assert_false(has(&b, REQ(0x7000)));
    g_assert_false(has(&b, REQ(0x7000, PASID(5), .priv = true)));
    ask(&b, 0x2000, 12, REQ(0x7000, PASID(5), .priv = true));
    g_assert_cmphex(smmu3_atc_find(b.atc, REQ(0x7000, PASID(5)))->out, ==,
                    0x1000);
    g_assert_cmphex(
        smmu3_atc_find(b.atc, REQ(0x7000, PASID(5), .priv = true))->out, ==,
        0x2000);
    /* Without a PASID there is no privilege. */
    ask(&b, 0x3000, 12, REQ(0x7000, .priv = true));
    g_assert_true(has(&b, REQ(0x7000)));
    /* Global: for every PASID, but not for none. */
    b.answer.global = true;
    ask(&b, 0x4000, 12, REQ(0x9000, PASID(1)));
    g_assert_true(has(&b, REQ(0x9000, PASID(77))));
    g_assert_false(has(&b, REQ(0x9000)));
    smmu3_atc_free(b.atc);
}

/* What permits nothing, and what failed, is not kept. */
static void test_not_kept(void)
{
    struct smmu3_ats_completion c;
    struct bench b;

    bench_init(&b, 8);
    b.answer.r = b.answer.w = false;
    ask(&b, 0, 12, REQ(0x7000));
    g_assert_false(has(&b, REQ(0x7000)));
    b.answer = (struct smmu3_ats_completion){ .status = SMMU3_ATS_UR,
                                              .lg2_size = 12,
                                              .r = true };
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpint(c.status, ==, SMMU3_ATS_UR);
    g_assert_false(has(&b, REQ(0x7000)));
    b.answer.status = SMMU3_ATS_CA;
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpint(c.status, ==, SMMU3_ATS_CA);
    g_assert_false(has(&b, REQ(0x7000)));
    g_assert_cmpuint(b.requests, ==, 3);
    smmu3_atc_free(b.atc);
}

static void test_replacement(void)
{
    struct bench b;

    g_assert_null(smmu3_atc_new(0, request, &b));
    g_assert_null(smmu3_atc_new(4097, request, &b));
    bench_init(&b, 2);
    ask(&b, 0x1000, 12, REQ(0x1000));
    ask(&b, 0x2000, 12, REQ(0x2000));
    /* About the same page: in the same place. */
    ask(&b, 0x8000, 12, REQ(0x2000));
    g_assert_true(has(&b, REQ(0x1000)));
    g_assert_cmphex(smmu3_atc_find(b.atc, REQ(0x2000))->out, ==, 0x8000);
    ask(&b, 0x3000, 12, REQ(0x3000));
    g_assert_false(has(&b, REQ(0x1000)));
    g_assert_true(has(&b, REQ(0x2000)) && has(&b, REQ(0x3000)));
    ask(&b, 0x4000, 12, REQ(0x4000));
    g_assert_false(has(&b, REQ(0x2000)));
    /* A block takes the places of its pages: nothing old is left beside it. */
    ask(&b, 0, 21, REQ(0x5000));
    g_assert_cmphex(smmu3_atc_find(b.atc, REQ(0x3000))->out, ==, 0);
    g_assert_cmphex(smmu3_atc_find(b.atc, REQ(0x4000))->out, ==, 0);
    smmu3_atc_invalidate(b.atc, INV(0, 21));
    g_assert_false(has(&b, REQ(0x3000)) || has(&b, REQ(0x4000)));
    smmu3_atc_free(b.atc);

    bench_init(&b, 8);
    ask(&b, 0x9000, 12, REQ(0x3000));
    ask(&b, 0, 21, REQ(0x5000));
    g_assert_cmphex(smmu3_atc_find(b.atc, REQ(0x3000))->out, ==, 0);
    smmu3_atc_free(b.atc);

    bench_init(&b, 1);
    ask(&b, 0x1000, 12, REQ(0x1000));
    ask(&b, 0x2000, 12, REQ(0x2000));
    g_assert_false(has(&b, REQ(0x1000)));
    g_assert_true(has(&b, REQ(0x2000)));
    smmu3_atc_clear(b.atc);
    g_assert_false(has(&b, REQ(0x2000)));
    smmu3_atc_free(b.atc);
}

static void test_invalidate(void)
{
    static const struct {
        struct smmu3_atc_inv inv;
        bool gone[4]; /* no PASID, PASID 1, PASID 2, global */
    } rows[] = {
        { { .addr = 0x40000, .lg2_size = 12 }, { true } },
        { { .addr = 0x40000, .lg2_size = 12, .global = true }, { true } },
        { { .addr = 0x40000, .lg2_size = 12, PASID(1) }, { 0, true, 0, true } },
        { { .addr = 0x40000, .lg2_size = 12, PASID(3) }, { 0, 0, 0, true } },
        { { .addr = 0x40000, .lg2_size = 12, PASID(3), .global = true },
          { 0, true, true, true } },
        { { .addr = 0x41000, .lg2_size = 12 }, { 0 } },
        { { .addr = 0x3f000, .lg2_size = 12, PASID(1) }, { 0 } },
        { { .addr = 0x40000, .lg2_size = 16, PASID(2) }, { 0, 0, true, true } },
        { { .addr = 0, .lg2_size = 64 }, { true } },
        { { .addr = 0, .lg2_size = 64, PASID(1) }, { 0, true, 0, true } },
        { { .addr = 0x8000000000000000ull, .lg2_size = 63 }, { 0 } },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const bool *gone = rows[i].gone;
        struct bench b;
        bool any;

        bench_init(&b, 8);
        ask(&b, 0, 12, REQ(0x40000));
        ask(&b, 0, 12, REQ(0x40000, PASID(1)));
        ask(&b, 0, 12, REQ(0x40000, PASID(2)));
        /* Another page for the global one, else it would hide the others. */
        b.answer.global = true;
        ask(&b, 0, 13, REQ(0x44000, PASID(4)));
        any = smmu3_atc_invalidate(b.atc, &rows[i].inv);
        if (rows[i].inv.lg2_size == 12) {
            struct smmu3_atc_inv other = rows[i].inv;

            other.addr += 0x5000;
            any |= smmu3_atc_invalidate(b.atc, &other);
        }
        g_assert_cmpuint(has(&b, REQ(0x40000)), ==, !gone[0]);
        g_assert_cmpuint(has(&b, REQ(0x40000, PASID(1))), ==, !gone[1]);
        g_assert_cmpuint(has(&b, REQ(0x40000, PASID(2))), ==, !gone[2]);
        if (rows[i].inv.addr == 0x40000 || rows[i].inv.lg2_size == 64) {
            g_assert_cmpuint(has(&b, REQ(0x44000, PASID(9))), ==, !gone[3]);
            g_assert_cmpuint(any, ==, gone[0] || gone[1] || gone[2] || gone[3]);
        }
        smmu3_atc_free(b.atc);
    }
}

/* A page inside a block, and a block around pages. */
static void test_sizes(void)
{
    struct bench b;

    bench_init(&b, 8);
    ask(&b, 0, 21, REQ(0x200000));
    g_assert_true(smmu3_atc_invalidate(b.atc, INV(0x3ff000, 12)));
    g_assert_false(has(&b, REQ(0x200000)));
    ask(&b, 0, 12, REQ(0x200000));
    ask(&b, 0, 12, REQ(0x3ff000));
    ask(&b, 0, 12, REQ(0x400000));
    g_assert_true(smmu3_atc_invalidate(b.atc, INV(0x200000, 21)));
    g_assert_false(has(&b, REQ(0x200000)));
    g_assert_false(has(&b, REQ(0x3ff000)));
    g_assert_true(has(&b, REQ(0x400000)));
    g_assert_false(smmu3_atc_invalidate(b.atc, INV(0x200000, 21)));
    smmu3_atc_free(b.atc);
}

/* An invalidation that passes the request: the answer is old. */
static void test_race(void)
{
    struct smmu3_ats_completion c;
    struct bench b;

    bench_init(&b, 4);
    b.races = 3;
    b.race = *INV(0x7000, 12);
    b.answer.addr = 0x1000;
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 4);
    g_assert_cmphex(c.addr, ==, 0x301000);
    g_assert_cmphex(smmu3_atc_find(b.atc, REQ(0x7000))->out, ==, 0x301000);
    /* Of another page or PASID: not. */
    b.races = 1;
    b.race = *INV(0x8000, 12);
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 5);
    b.races = 1;
    b.race = *INV(0x7000, 12, PASID(1));
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 6);
    /* But the answer's size counts. */
    b.answer.lg2_size = 21;
    b.races = 1;
    b.race = *INV(0x8000, 12);
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 8);
    /* And that it is global. */
    b.answer.global = true;
    b.races = 1;
    b.race = *INV(0x7000, 12, PASID(1));
    smmu3_atc_request(b.atc, REQ(0x7000, PASID(2)), &c);
    g_assert_cmpuint(b.requests, ==, 10);
    /* More of them than are remembered. */
    b.races = 1;
    b.burst = 9;
    b.race = *INV(0xf0000000, 12);
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 12);
    b.races = 1;
    b.burst = 8;
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 13);
    /* A clear, and a request inside a request. */
    b.clear = true;
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 15);
    b.again = true;
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpuint(b.requests, ==, 16);
    g_assert_cmpint(c.status, ==, SMMU3_ATS_SUCCESS);
    /* For ever: it ends. */
    smmu3_atc_clear(b.atc);
    b.burst = 1;
    b.races = 1000;
    b.race = *INV(0, 64);
    smmu3_atc_request(b.atc, REQ(0x7000), &c);
    g_assert_cmpint(c.status, ==, SMMU3_ATS_CA);
    g_assert_false(c.r || c.w);
    g_assert_false(has(&b, REQ(0x7000)));
    g_assert_cmpuint(b.requests, ==, 32);
    smmu3_atc_free(b.atc);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/atc/find", test_find);
    g_test_add_func("/engine/atc/requester", test_requester);
    g_test_add_func("/engine/atc/not-kept", test_not_kept);
    g_test_add_func("/engine/atc/replacement", test_replacement);
    g_test_add_func("/engine/atc/invalidate", test_invalidate);
    g_test_add_func("/engine/atc/sizes", test_sizes);
    g_test_add_func("/engine/atc/race", test_race);
    return g_test_run();
}
