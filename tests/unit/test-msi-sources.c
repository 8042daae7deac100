/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of the PRI queue, of Secure sources, of v3.4, and from several
 * threads (3.18, 4.7.3, 6.3.36; A.12, A.14, C.6, G.2).
 */
#include <pthread.h>
#include "ats-rig.h"
#include "pmcg-rig.h"
#include "secure-rig.h"

#define TARGET UINT64_C(0x30000040)
#define PRIQ UINT64_C(0x10400000)

static struct smmu3_page_request request(unsigned index, bool last)
{
    return (struct smmu3_page_request){ .sid = ATS_S1,
                                        .prgindex = (uint16_t)index,
                                        .addr = 0x1000,
                                        .read = true,
                                        .last = last };
}

static struct ats_rig start_priq(bool lo)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;

    p.f.msi = true;
    a = ats_new(&p);
    wr64(a.r, 0xc0, PRIQ | 4);
    wr32(a.r, O_IRQ_CTRL, 0);
    wr64(a.r, 0xd0, TARGET);
    wr32(a.r, 0xd8, 0xcafe0005);
    wr32(a.r, 0xdc, 0x35 | (lo ? 0x80000000u : 0));
    wr32(a.r, O_IRQ_CTRL, 7);
    wr32(a.r, O_CR0, 0x1f);
    return a;
}

static void page_request(struct ats_rig *a, unsigned index, bool last)
{
    struct smmu3_page_request req = request(index, last);

    smmu3_page_request(a->r->s, &req);
    smmu3_run(a->r->s);
}

static void priq_registers(void)
{
    struct smmu3_params p = ats_params();
    struct rig *r;

    p.f.msi = true;
    r = rig_new_raw(&p);
    wr64(r, 0xd0, UINT64_MAX);
    CHECK_EQ(rd64(r, 0xd0), 0x0000fffffffffffc);
    wr32(r, 0xd8, UINT32_MAX);
    CHECK_EQ(rd32(r, 0xd8), 0xffffffff);
    wr32(r, 0xdc, UINT32_MAX);
    CHECK_EQ(rd32(r, 0xdc), 0x8000003f);
    wr32(r, O_IRQ_CTRL, 2);
    wr64(r, 0xd0, 0);
    wr32(r, 0xd8, 0);
    wr32(r, 0xdc, 0);
    CHECK_EQ(rd64(r, 0xd0), 0x0000fffffffffffc);
    CHECK_EQ(rd32(r, 0xd8), 0xffffffff);
    CHECK_EQ(rd32(r, 0xdc), 0x8000003f);
    wr32(r, O_GERRORN, UINT32_MAX);
    CHECK_EQ(rd32(r, O_GERRORN), 0x1fd);
    rig_free(r);
}

/* Empty to non-empty, or each Last (6.3.36). */
static void priq(void)
{
    struct ats_rig a = start_priq(false);
    const struct fake_msi *m = &a.r->h.msi[0];

    page_request(&a, 1, false);
    CHECK_EQ(a.r->h.n_msi, 1);
    CHECK_EQ(m->space, SMMU3_NS);
    CHECK_EQ(m->addr, TARGET);
    CHECK_EQ(m->data, 0xcafe0005);
    CHECK_EQ(m->attr, 0x44);
    CHECK_EQ(m->sh, 2);
    CHECK_EQ(a.r->h.irqs[SMMU3_IRQ_LINE_PRIQ], 1);
    page_request(&a, 1, true);
    CHECK_EQ(a.r->h.n_msi, 1);
    rig_free(a.r);
    a = start_priq(true);
    page_request(&a, 1, false);
    CHECK_EQ(a.r->h.n_msi, 0);
    page_request(&a, 1, true);
    CHECK_EQ(a.r->h.n_msi, 1);
    page_request(&a, 2, true);
    CHECK_EQ(a.r->h.n_msi, 2);
    rig_free(a.r);
}

static void priq_abort(void)
{
    struct ats_rig a = start_priq(false);

    fake_hole(&a.r->h, TARGET, TARGET + 3);
    page_request(&a, 1, true);
    CHECK_EQ(rd32(a.r, O_GERROR), 0x40);
    CHECK_EQ(rd32(a.r, 0x100c8), 1);
    CHECK_EQ(a.r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    rig_free(a.r);
}

/* Secure sources write Secure memory and report in S_GERROR. */
static void secure(void)
{
    struct smmu3_params p = secure_params();
    struct secure_rig s;

    p.f.msi = true;
    s = secure_new(&p);
    CHECK_EQ(srd32(s.r, 0x8000) & 0x2000, 0x2000);
    swr32(s.r, 0x8050, 0);
    swr64(s.r, 0x80b0, TARGET);
    swr32(s.r, 0x80b8, 0xcafe0007);
    swr32(s.r, 0x80bc, 1);
    /* There is no Secure PRI queue. */
    swr64(s.r, 0x80d0, UINT64_MAX);
    swr32(s.r, 0x80dc, UINT32_MAX);
    CHECK_EQ(srd64(s.r, 0x80d0) | srd32(s.r, 0x80dc), 0);
    swr32(s.r, 0x8050, 5);
    secure_go(&s, 1, 0, "r");
    smmu3_run(s.r->s);
    CHECK_EQ(s.r->h.n_msi, 1);
    CHECK_EQ(s.r->h.msi[0].space, SMMU3_S);
    CHECK_EQ(mem_r64(&s.r->h, FAKE_SECURE + TARGET), 0xcafe0007);
    CHECK_EQ(mem_r64(&s.r->h, TARGET), 0);
    CHECK(secure_cmd(&s, (struct cmd){ { UINT64_C(0x90fc01046), 0x2000 } }));
    CHECK_EQ(s.r->h.n_msi, 2);
    CHECK_EQ(s.r->h.msi[1].space, SMMU3_S);
    CHECK_EQ(mem_r64(&s.r->h, FAKE_SECURE + 0x2000), 9);
    fake_hole(&s.r->h, FAKE_SECURE + 0x2000, FAKE_SECURE + 0x2003);
    CHECK(secure_cmd(&s, (struct cmd){ { UINT64_C(0x90fc01046), 0x2000 } }));
    CHECK_EQ(srd32(s.r, 0x8060), 0x10);
    CHECK_EQ(rd32(s.r, O_GERROR), 0);
    rig_free(s.r);
}

/* From v3.4 on the address is [55:2]: zero as a whole, then cut to OAS. */
static void v34(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.arch_minor = 4;
    p.f.msi = true;
    p.f.e0pd = p.f.ptwnnc = p.f.epan = p.f.mteperm = true;
    r = rig_new_with(&p);
    rig_cmd(r, (struct cmd){
                   { UINT64_C(0x10fc01046), UINT64_C(0x0080000000000000) } });
    CHECK_EQ(r->h.n_msi, 1);
    CHECK_EQ(r->h.msi[0].addr, 0);
    rig_cmd(r, (struct cmd){
                   { UINT64_C(0x10fc01046), UINT64_C(0x0100000000000003) } });
    CHECK_EQ(r->h.n_msi, 1);
    rig_free(r);
}

/* Threads fault and count while this one runs the queues and empties them. */
#define THREADS 4u
#define EACH 20000u

struct worker {
    struct rig *r;
    uint32_t sid;
    pthread_t thread;
};

static void *work(void *arg)
{
    struct worker *w = arg;

    for (unsigned i = 0; i < EACH; i++) {
        struct smmu3_txn t = rig_txn(w->sid, 0, "r");
        struct smmu3_result res;

        smmu3_translate(w->r->s, &t, &res);
    }
    return NULL;
}

static void join(struct worker *w)
{
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(w[i].thread, NULL);
    }
}

static void threads(void)
{
    struct smmu3_params p = rig_params();
    struct worker w[THREADS];
    struct pmcg_rig *g;
    unsigned emptied = 0;

    p.f.msi = true;
    g = pmcg_new(NULL, &p);
    wr32(g->r, O_IRQ_CTRL, 0);
    wr64(g->r, 0xb0, TARGET);
    wr32(g->r, O_IRQ_CTRL, 5);
    pmcg_counter(g, 0, 1);
    pmcg_counter(g, 1, 1);
    q32(g, 0x404, 1); /* stream 2 alone */
    q32(g, 0xa04, 2);
    q32(g, 0, (uint32_t)-(int)(THREADS * EACH / 2));
    g->r->h.threads = true;
    for (unsigned i = 0; i < THREADS; i++) {
        w[i] = (struct worker){ g->r, i, 0 };
        g_assert_cmpint(pthread_create(&w[i].thread, NULL, work, &w[i]), ==, 0);
    }
    while (p32(g, 4) < EACH) {
        wr32(g->r, O_EVENTQ_CONS, rd32(g->r, O_EVENTQ_PROD));
        smmu3_run(g->r->s);
        emptied++;
    }
    join(w);
    smmu3_run(g->r->s);
    CHECK_EQ(p32(g, 0), THREADS * EACH / 2);
    CHECK_EQ(p32(g, 4), EACH);
    CHECK_EQ(p64(g, 0xcc0), 1);
    CHECK(g->r->h.n_msi > 0);
    CHECK(g->r->h.n_msi <= emptied + 1);
    CHECK_EQ(rd32(g->r, O_GERROR), 0);
    pmcg_free(g);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/msi/A.12/priq-registers", priq_registers);
    g_test_add_func("/msi/G.2/priq", priq);
    g_test_add_func("/msi/G.2/priq-abort", priq_abort);
    g_test_add_func("/msi/A.14/secure", secure);
    g_test_add_func("/msi/C.6/v34", v34);
    g_test_add_func("/msi/threads", threads);
    return g_test_run();
}
