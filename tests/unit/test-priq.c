/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PRI queue (8; D.10): entries, overflow, responses that the SMMU gives by
 * itself, aborts, interrupts, registers.
 */
#include "ats-rig.h"

enum {
    O_PRIQ_BASE = 0xc0,
    O_PRIQ_IRQ_CFG2 = 0xdc,
    O_PRIQ_PROD = 0x100c8,
    O_PRIQ_CONS = 0x100cc,
};

#define PRIQ UINT64_C(0x10400000)
#define OVFLG 0x80000000u

/* A queue of 2^@log2 entries that is on; LO as given. */
static struct ats_rig priq_new(const struct smmu3_params *p, unsigned log2,
                               bool lo)
{
    struct ats_rig a = ats_new(p);

    wr64(a.r, O_PRIQ_BASE, PRIQ | log2);
    wr32(a.r, O_PRIQ_PROD, 0);
    wr32(a.r, O_PRIQ_CONS, 0);
    wr32(a.r, O_PRIQ_IRQ_CFG2, lo ? OVFLG : 0);
    wr32(a.r, O_IRQ_CTRL, 7);
    wr32(a.r, O_CR0, 0x1f);
    return a;
}

/* "r", "w", "x", "p"; "l" for Last. */
static struct smmu3_page_request ppr(uint32_t sid, unsigned index,
                                     const char *how)
{
    return (struct smmu3_page_request){ .sid = sid,
                                        .prgindex = (uint16_t)index,
                                        .addr = 0x123456789abcdeff,
                                        .read = strchr(how, 'r'),
                                        .write = strchr(how, 'w'),
                                        .exe = strchr(how, 'x'),
                                        .priv = strchr(how, 'p'),
                                        .last = strchr(how, 'l') };
}

static void ask(struct ats_rig *a, uint32_t sid, unsigned index,
                const char *how)
{
    struct smmu3_page_request req = ppr(sid, index, how);

    smmu3_page_request(a->r->s, &req);
}

static unsigned irqs(struct ats_rig *a)
{
    return a->r->h.irqs[SMMU3_IRQ_LINE_PRIQ];
}

/* The n-th response, counted from 0, is the last one, and says this. */
static void check_prg(struct ats_rig *a, int line, unsigned n, uint32_t sid,
                      unsigned index, unsigned code)
{
    const struct smmu3_prg_response *p = &a->r->h.prg[n];

    if (!check_eq(__FILE__, line, "responses", a->r->h.n_prg, n + 1)) {
        return;
    }
    check_eq(__FILE__, line, "sid", p->sid, sid);
    check_eq(__FILE__, line, "prgindex", p->prgindex, index);
    check_eq(__FILE__, line, "code", p->code, code);
    check_true(__FILE__, line, "no PASID", !p->ssv && p->ssid == 0);
}

#define CHECK_PRG(a, n, sid, index, code) \
    check_prg(a, __LINE__, n, sid, index, code)

/* Literal entries. */
static void entries(void)
{
    struct ats_rig a = priq_new(NULL, 4, false);
    struct smmu3_page_request req = ppr(0xfedcba98, 0x1ff, "rl");

    smmu3_page_request(a.r->s, &req);
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 1);
    CHECK_EQ(mem_r64(&a.r->h, PRIQ), UINT64_C(0x50000000fedcba98));
    CHECK_EQ(mem_r64(&a.r->h, PRIQ + 8), UINT64_C(0x123456789abcd1ff));
    CHECK_EQ(irqs(&a), 1);
    /* Without a PASID, Exec and Priv are 0; without substreams there is none.
     */
    req = ppr(5, 0, "wxp");
    req.ssv = true;
    req.ssid = 0xfffff;
    smmu3_page_request(a.r->s, &req);
    CHECK_EQ(mem_r64(&a.r->h, PRIQ + 16), UINT64_C(0x2000000000000005));
    CHECK_EQ(mem_r64(&a.r->h, PRIQ + 24), UINT64_C(0x123456789abcd000));
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 2);
    CHECK_EQ(irqs(&a), 1); /* not empty before */
    CHECK_EQ(a.r->h.n_prg, 0);
    rig_free(a.r);
}

/* Wraps as PROD and CONS go round; the base is aligned to the size. */
static void wrap(void)
{
    struct ats_rig a = priq_new(NULL, 2, false);

    for (unsigned i = 0; i < 20; i++) {
        ask(&a, i, i, "rl");
        CHECK_EQ(rd32(a.r, O_PRIQ_PROD), (i + 1) % 8);
        CHECK_EQ(mem_r64(&a.r->h, PRIQ + 16 * (i % 4)) & 0xffffffff, i);
        wr32(a.r, O_PRIQ_CONS, (i + 1) % 8);
        CHECK_EQ(irqs(&a), i + 1);
    }
    CHECK_EQ(a.r->h.n_prg, 0);
    rig_free(a.r);
}

/* Full: OVFLG once, then nothing more is written until it is acknowledged,
 * space or not; a lost Last=1 is answered with Success, Last=0 is not. */
static void overflow(void)
{
    struct ats_rig a = priq_new(NULL, 1, false);

    ask(&a, 5, 1, "r");
    ask(&a, 5, 1, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 2);
    ask(&a, 6, 2, "r");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), OVFLG | 2);
    CHECK_EQ(a.r->h.n_prg, 0);
    a.r->h.reads = 0; /* no STE is looked at without a PASID */
    ask(&a, 0xffffff, 0x1fe, "rwl");
    CHECK_EQ(a.r->h.reads, 0);
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), OVFLG | 2);
    CHECK_PRG(&a, 0, 0xffffff, 0x1fe, 0);
    /* Space appears: still lost. */
    wr32(a.r, O_PRIQ_CONS, 1);
    ask(&a, 7, 3, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), OVFLG | 2);
    CHECK_PRG(&a, 1, 7, 3, 0);
    /* Acknowledged: goes on. */
    wr32(a.r, O_PRIQ_CONS, OVFLG | 1);
    ask(&a, 8, 4, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), OVFLG | 3);
    CHECK_EQ(mem_r64(&a.r->h, PRIQ) & 0xffffffff, 8);
    /* A second overflow toggles back. */
    ask(&a, 9, 5, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 3);
    CHECK_PRG(&a, 2, 9, 5, 0);
    CHECK_EQ(rd32(a.r, O_GERROR), 0);
    rig_free(a.r);
}

/* CONS that belongs to no PROD counts as full. */
static void nonsense_cons(void)
{
    struct ats_rig a = priq_new(NULL, 2, false);

    wr32(a.r, O_PRIQ_CONS, 1); /* one ahead of PROD */
    ask(&a, 5, 1, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), OVFLG);
    CHECK_PRG(&a, 0, 5, 1, 0);
    wr32(a.r, O_PRIQ_CONS, OVFLG | 0xffff3); /* five behind; high bits */
    ask(&a, 5, 2, "rl");
    CHECK_EQ(a.r->h.n_prg, 2);
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 0); /* toggled again: acknowledged */
    rig_free(a.r);
}

/* PRIQEN or SMMUEN = 0, or ATS without PRI: each request is answered with
 * Response Failure, no overflow. */
static void disabled(void)
{
    static const uint32_t cr0[] = { 0x1d, 0x1e, 0xc, 0 };
    struct ats_rig a = priq_new(NULL, 4, false);

    for (unsigned i = 0; i < G_N_ELEMENTS(cr0); i++) {
        wr32(a.r, O_CR0, cr0[i]);
        CHECK_EQ(rd32(a.r, O_CR0ACK), cr0[i]);
        ask(&a, 5, 7, "r");
        CHECK_PRG(&a, 2 * i, 5, 7, 0xf);
        ask(&a, 5, 7, "rl");
        CHECK_PRG(&a, 2 * i + 1, 5, 7, 0xf);
    }
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 0);
    CHECK_EQ(irqs(&a), 0);
    /* With SMMUEN back, PRIQEN counts again. */
    wr32(a.r, O_CR0, 0x1e);
    wr32(a.r, O_CR0, 0x1f);
    ask(&a, 5, 7, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 1);
    CHECK_EQ(a.r->h.n_prg, 8);
    rig_free(a.r);
}

/* Neither ATSCHK, nor EATS, nor any STE matters to an incoming request. */
static void not_checked(void)
{
    struct ats_rig a = priq_new(NULL, 4, false);

    wr32(a.r, O_CR0, 0xf);
    a.r->h.reads = 0;
    ask(&a, ATS_V0, 7, "rl");
    ask(&a, 0xffffff, 7, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 2);
    CHECK_EQ(a.r->h.reads, 0);
    rig_free(a.r);
}

static void abort_of_write(void)
{
    struct ats_rig a = priq_new(NULL, 4, false);
    unsigned gerrors;

    fake_hole(&a.r->h, PRIQ, PRIQ + 255);
    gerrors = a.r->h.irqs[SMMU3_IRQ_LINE_GERROR];
    ask(&a, 5, 7, "r");
    CHECK_EQ(rd32(a.r, O_GERROR), 8);
    CHECK_EQ(a.r->h.irqs[SMMU3_IRQ_LINE_GERROR], gerrors + 1);
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 0);
    CHECK_EQ(irqs(&a), 0);
    CHECK_PRG(&a, 0, 5, 7, 0xf);
    /* While the error is active nothing is written. */
    fake_no_holes(&a.r->h);
    ask(&a, 5, 8, "r");
    CHECK_PRG(&a, 1, 5, 8, 0xf);
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 0);
    CHECK_EQ(rd32(a.r, O_GERROR), 8);
    wr32(a.r, O_GERRORN, 8);
    ask(&a, 5, 9, "rl");
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 1);
    CHECK_EQ(a.r->h.n_prg, 2);
    rig_free(a.r);
}

/* LO = 1: an interrupt for each Last, also of a lost request, but not of one
 * that is discarded for another reason. */
static void last_only(void)
{
    struct ats_rig a = priq_new(NULL, 1, true);

    CHECK_EQ(rd32(a.r, O_PRIQ_IRQ_CFG2), OVFLG);
    ask(&a, 5, 1, "r");
    CHECK_EQ(irqs(&a), 0);
    ask(&a, 5, 1, "rl");
    CHECK_EQ(irqs(&a), 1);
    ask(&a, 5, 1, "r"); /* lost */
    CHECK_EQ(irqs(&a), 1);
    ask(&a, 5, 1, "rl"); /* lost */
    CHECK_EQ(irqs(&a), 2);
    wr32(a.r, O_CR0, 0x1d);
    ask(&a, 5, 1, "rl"); /* the queue is off */
    CHECK_EQ(irqs(&a), 2);
    rig_free(a.r);
}

static void irq_enable(void)
{
    struct ats_rig a = priq_new(NULL, 3, false);

    wr32(a.r, O_IRQ_CTRL, 5);
    CHECK_EQ(rd32(a.r, O_IRQ_CTRLACK), 5);
    ask(&a, 5, 1, "rl");
    CHECK_EQ(irqs(&a), 0);
    /* No interrupt for what happened before. */
    wr32(a.r, O_IRQ_CTRL, 7);
    CHECK_EQ(irqs(&a), 0);
    wr32(a.r, O_PRIQ_CONS, 1);
    ask(&a, 5, 1, "rl");
    CHECK_EQ(irqs(&a), 1);
    rig_free(a.r);
}

/* The interrupt comes after PROD, PROD after the entry. */
static void order_hook(void *arg, uint64_t pa)
{
    struct ats_rig *a = arg;

    CHECK_EQ(pa, PRIQ);
    CHECK_EQ(rd32(a->r, O_PRIQ_PROD), 0);
    CHECK_EQ(irqs(a), 0);
}

/* A queue in a device's registers, whose write makes another request: that one
 * is answered, and the first is written. */
static void nested_hook(void *arg, uint64_t pa)
{
    struct ats_rig *a = arg;

    (void)pa;
    a->r->h.on_write = NULL;
    ask(a, 6, 2, "rl");
}

static void order(void)
{
    struct ats_rig a = priq_new(NULL, 3, false);

    a.r->h.on_write = order_hook;
    a.r->h.on_write_arg = &a;
    ask(&a, 5, 1, "rl");
    CHECK_EQ(irqs(&a), 1);
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 1);
    a.r->h.on_write = nested_hook;
    ask(&a, 5, 1, "rl");
    CHECK_PRG(&a, 0, 6, 2, 0xf);
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), 2);
    rig_free(a.r);
}

static void registers(void)
{
    struct ats_rig a = ats_new(NULL);
    struct rig *r = a.r;

    CHECK_EQ(rd32(r, O_IDR1) >> 11 & 0x1f, 19);
    wr64(r, O_PRIQ_BASE, UINT64_MAX);
    CHECK_EQ(rd64(r, O_PRIQ_BASE), UINT64_C(0x40ffffffffffffff));
    wr64(r, O_PRIQ_BASE, PRIQ | 3);
    wr32(r, O_PRIQ_PROD, 0xffffffff);
    CHECK_EQ(rd32(r, O_PRIQ_PROD), OVFLG | 0xf);
    wr32(r, O_PRIQ_CONS, 0xffffffff);
    CHECK_EQ(rd32(r, O_PRIQ_CONS), OVFLG | 0xfffff);
    wr32(r, O_IRQ_CTRL, 0xffffffff);
    CHECK_EQ(rd32(r, O_IRQ_CTRL), 7);
    /* PRIQ_IRQ_CFG2 is guarded by PRIQ_IRQEN; without MSIs there is LO alone. */
    wr32(r, O_PRIQ_IRQ_CFG2, 0xffffffff);
    CHECK_EQ(rd32(r, O_PRIQ_IRQ_CFG2), 0);
    wr32(r, O_IRQ_CTRL, 5);
    wr32(r, O_PRIQ_IRQ_CFG2, 0xffffffff);
    CHECK_EQ(rd32(r, O_PRIQ_IRQ_CFG2), OVFLG);
    /* The rest by the written PRIQEN, whatever SMMUEN. */
    wr32(r, O_CR0, 0xe);
    CHECK_EQ(rd32(r, O_CR0ACK), 0xe);
    wr64(r, O_PRIQ_BASE, 0);
    CHECK_EQ(rd64(r, O_PRIQ_BASE), PRIQ | 3);
    wr32(r, O_PRIQ_PROD, 0);
    CHECK_EQ(rd32(r, O_PRIQ_PROD), OVFLG | 0xf);
    wr32(r, O_PRIQ_CONS, 4);
    CHECK_EQ(rd32(r, O_PRIQ_CONS), 4);
    wr32(r, O_CR0, 2); /* CR1's queue attributes too */
    wr32(r, O_CR1, 0);
    CHECK_EQ(rd32(r, O_CR1) & 0x3f, 0x35);
    wr32(r, O_CR0, 0);
    wr32(r, O_CR1, 0);
    CHECK_EQ(rd32(r, O_CR1) & 0x3f, 0);
    /* Not on page 0; GERRORN has the bit. */
    CHECK_EQ(rd32(r, 0xc8) | rd32(r, 0xcc), 0);
    wr32(r, O_GERRORN, 8);
    CHECK_EQ(rd32(r, O_GERRORN), 8);
    /* Reset. */
    smmu3_reset(r->s);
    CHECK_EQ(rd64(r, O_PRIQ_BASE) | rd32(r, O_PRIQ_PROD) |
                 rd32(r, O_PRIQ_CONS) | rd32(r, O_PRIQ_IRQ_CFG2),
             0);
    rig_free(r);
}

/* LOG2SIZE above IDR1.PRIQS is cut. */
static void size_clamp(void)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;

    p.f.priqs = 2;
    a = priq_new(&p, 31, false);
    CHECK_EQ(rd32(a.r, O_IDR1) >> 11 & 0x1f, 2);
    CHECK_EQ(rd64(a.r, O_PRIQ_BASE) & 0x1f, 31);
    for (unsigned i = 0; i < 5; i++) {
        ask(&a, i, i, "rl");
    }
    CHECK_EQ(rd32(a.r, O_PRIQ_PROD), OVFLG | 4);
    rig_free(a.r);
}

/* IDR0.PRI = 0 */
static void not_advertised(void)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;

    p.f.pri = false;
    a = priq_new(&p, 4, true);
    CHECK_EQ(rd32(a.r, O_IDR0) & 0x10000, 0);
    CHECK_EQ(rd32(a.r, O_IDR1) >> 11 & 0x1f, 0);
    CHECK_EQ(rd32(a.r, O_CR0), 0x1d);
    CHECK_EQ(rd32(a.r, O_IRQ_CTRL), 5);
    CHECK_EQ(rd64(a.r, O_PRIQ_BASE) | rd32(a.r, O_PRIQ_IRQ_CFG2), 0);
    wr32(a.r, O_PRIQ_CONS, 5);
    wr32(a.r, O_PRIQ_PROD, 5);
    wr32(a.r, O_GERRORN, 8);
    CHECK_EQ(rd32(a.r, O_PRIQ_CONS) | rd32(a.r, O_PRIQ_PROD) |
                 rd32(a.r, O_GERRORN),
             0);
    ask(&a, 5, 7, "rl");
    CHECK_PRG(&a, 0, 5, 7, 0xf);
    rig_free(a.r);
}

/* However many requests arrive: bounded work each, nothing beside the queue is
 * written. */
static void flood(void)
{
    struct ats_rig a = priq_new(NULL, 3, false);
    struct smmu3_stats st;

    a.r->h.writes = 0;
    for (unsigned i = 0; i < 100000; i++) {
        ask(&a, i, i, i & 1 ? "rl" : "w");
    }
    CHECK_EQ(a.r->h.writes, 8);
    CHECK_EQ(mem_r64(&a.r->h, PRIQ + 128), 0);
    smmu3_get_stats(a.r->s, &st);
    CHECK_EQ(st.page_requests, 8);
    CHECK_EQ(st.page_requests_lost, 99992);
    CHECK_EQ(a.r->h.n_prg, 49996);
    rig_free(a.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/priq/D.10/entries", entries);
    g_test_add_func("/priq/D.10/wrap", wrap);
    g_test_add_func("/priq/D.10/overflow", overflow);
    g_test_add_func("/priq/D.10/nonsense-cons", nonsense_cons);
    g_test_add_func("/priq/D.10/disabled", disabled);
    g_test_add_func("/priq/D.10/not-checked", not_checked);
    g_test_add_func("/priq/D.10/abort", abort_of_write);
    g_test_add_func("/priq/D.10/last-only", last_only);
    g_test_add_func("/priq/D.10/irq-enable", irq_enable);
    g_test_add_func("/priq/D.10/order", order);
    g_test_add_func("/priq/A.13/registers", registers);
    g_test_add_func("/priq/A.13/size-clamp", size_clamp);
    g_test_add_func("/priq/A.4/not-advertised", not_advertised);
    g_test_add_func("/priq/flood", flood);
    return g_test_run();
}
