/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter group: cycles, overflow, capture, interrupts, Secure state
 * (10.2.1, 10.6; H.3).
 */
#include "pmcg-rig.h"

#define TARGET UINT64_C(0x30000040)

/* A group whose counter 0 counts transactions and interrupts. */
static struct pmcg_rig *start(void)
{
    struct pmcg_rig *g = pmcg_start();

    wr32(g->r, O_CR0, 0);
    pmcg_counter(g, 0, 1);
    q64(g, 0xc40, 1);
    q32(g, 0xe50, 1);
    return g;
}

static void transaction(struct pmcg_rig *g)
{
    rig_go(g->r, 5, 0, "r");
}

static void wrap(struct pmcg_rig *g)
{
    q32(g, 0, 0xffffffff);
    transaction(g);
}

static void cycles(void)
{
    struct pmcg_rig *g = pmcg_start();

    g->cycles = 5000;
    pmcg_counter(g, 2, 0);
    q32(g, 0x408, 0); /* an exact filter: event 0 is never filtered */
    CHECK_EQ(p32(g, 8), 0);
    g->cycles += 123;
    CHECK_EQ(p32(g, 8), 123);
    q32(g, 8, 7);
    g->cycles += 3;
    CHECK_EQ(p32(g, 8), 10);
    q64(g, 0xc20, 4); /* not while off */
    g->cycles += 100;
    CHECK_EQ(p32(g, 8), 10);
    q64(g, 0xc00, 4);
    g->cycles += 1;
    q32(g, 0xe04, 0);
    g->cycles += 100;
    CHECK_EQ(p32(g, 8), 11);
    q32(g, 0xe04, 1);
    CHECK_EQ(p32(g, 8), 11);
    g->cycles -= 50; /* a clock that goes back counts nothing */
    CHECK_EQ(p32(g, 8), 11);
    g->cycles += 51;
    CHECK_EQ(p32(g, 8), 12);
    pmcg_free(g);
}

/* An alarm is set for an overflow that somebody hears of, else none. */
static void alarm_set(void)
{
    struct pmcg_rig *g = pmcg_start();

    CHECK_EQ(g->alarm, UINT64_MAX);
    pmcg_counter(g, 1, 0);
    q32(g, 4, 0xfffffff0);
    CHECK_EQ(g->alarm, UINT64_MAX);
    q64(g, 0xc40, 2);
    CHECK_EQ(g->alarm, UINT64_MAX);
    q32(g, 0xe50, 1);
    CHECK_EQ(g->alarm, 1016);
    g->cycles = 1015;
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->irqs, 0);
    CHECK_EQ(g->alarm, 1016);
    g->cycles = 1016;
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->irqs, 1);
    CHECK_EQ(p64(g, 0xcc0), 2);
    CHECK_EQ(p32(g, 4), 0);
    CHECK_EQ(g->alarm, UINT64_C(1016) + (UINT64_C(1) << 32));
    q64(g, 0xc60, 2);
    CHECK_EQ(g->alarm, UINT64_MAX);
    q32(g, 0x404, 1u << 31); /* OVFCAP is heard as well */
    CHECK_EQ(g->alarm, UINT64_C(1016) + (UINT64_C(1) << 32));
    smmu3_pmcg_reset(g->p);
    CHECK_EQ(g->alarm, UINT64_MAX);
    pmcg_free(g);
}

/* A counter of 64 bits, far from its end: no alarm that wraps around. */
static void alarm_far(void)
{
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g;

    p.bits = 64;
    g = pmcg_new(&p, NULL);
    pmcg_counter(g, 0, 0);
    q64(g, 0xc40, 1);
    q32(g, 0xe50, 1);
    CHECK_EQ(g->alarm, UINT64_MAX);
    q64(g, 0, UINT64_MAX - 9);
    CHECK_EQ(g->alarm, 1010);
    g->cycles = 1010;
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->irqs, 1);
    CHECK_EQ(p64(g, 0), 0);
    pmcg_free(g);
}

static void overflow(void)
{
    struct pmcg_rig *g = start();

    q32(g, 0, 0xfffffffe);
    transaction(g);
    CHECK_EQ(p64(g, 0xcc0), 0);
    CHECK_EQ(g->irqs, 0);
    transaction(g);
    CHECK_EQ(p32(g, 0), 0);
    CHECK_EQ(p64(g, 0xcc0), 1);
    CHECK_EQ(p64(g, 0xc80), 1);
    CHECK_EQ(g->irqs, 1);
    transaction(g);
    CHECK_EQ(p32(g, 0), 1);
    CHECK_EQ(g->irqs, 1);
    wrap(g); /* once more, also with OVS set */
    CHECK_EQ(g->irqs, 2);
    q64(g, 0xc80, 1);
    CHECK_EQ(p64(g, 0xcc0), 0);
    q64(g, 0xcc0, 1); /* by software: the status alone */
    CHECK_EQ(g->irqs, 2);
    pmcg_free(g);
}

/* Each width wraps at its own maximum. */
static void overflow_widths(void)
{
    static const unsigned bits[] = { 32, 36, 40, 44, 48, 64 };

    for (unsigned i = 0; i < G_N_ELEMENTS(bits); i++) {
        struct smmu3_pmcg_params p = pmcg_params();
        struct pmcg_rig *g;

        p.bits = bits[i];
        g = pmcg_new(&p, NULL);
        wr32(g->r, O_CR0, 0);
        pmcg_counter(g, 0, 1);
        if (bits[i] == 32) {
            q32(g, 0, UINT32_MAX);
        } else {
            q64(g, 0, UINT64_MAX);
        }
        transaction(g);
        CHECK_EQ(p64(g, 0xcc0), 1);
        CHECK_EQ(p32(g, 0) | p32(g, 4), 0);
        pmcg_free(g);
    }
}

/* IRQEN overrides INTEN; what happened before is not signalled later. */
static void enables(void)
{
    struct pmcg_rig *g = start();

    q64(g, 0xc60, 1);
    wrap(g);
    CHECK_EQ(p64(g, 0xcc0), 1);
    CHECK_EQ(g->irqs, 0);
    q64(g, 0xc40, 1);
    CHECK_EQ(g->irqs, 0);
    q32(g, 0xe50, 0);
    CHECK_EQ(p32(g, 0xe54), 0);
    wrap(g);
    CHECK_EQ(g->irqs, 0);
    q32(g, 0xe50, 1);
    CHECK_EQ(g->irqs, 0);
    wrap(g);
    CHECK_EQ(g->irqs, 1);
    pmcg_free(g);
}

/* H.3: status, counter and capture are there when the interrupt is. */
static uint32_t seen[3];

static void look(struct pmcg_rig *g)
{
    seen[0] = p32(g, 0xcc0);
    seen[1] = p32(g, 0);
    seen[2] = p32(g, 0x604);
}

static void order(void)
{
    struct pmcg_rig *g = start();

    q32(g, 0x400, 1u << 31 | 1u << 29 | 1);
    q32(g, 4, 0x77);
    g->on_irq = look;
    wrap(g);
    CHECK_EQ(g->irqs, 1);
    CHECK_EQ(seen[0], 1);
    CHECK_EQ(seen[1], 0);
    CHECK_EQ(seen[2], 0x77);
    pmcg_free(g);
}

static void capture(void)
{
    struct pmcg_rig *g = start();

    q32(g, 4, 0x1234);
    pmcg_counter(g, 2, 0);
    transaction(g);
    g->cycles += 9;
    q32(g, 0xd88, 0);
    CHECK_EQ(p32(g, 0x604), 0);
    q32(g, 0xd88, 1);
    g->cycles += 9;
    transaction(g);
    CHECK_EQ(p32(g, 0x600), 1);
    CHECK_EQ(p32(g, 0x604), 0x1234);
    CHECK_EQ(p32(g, 0x608), 9);
    CHECK_EQ(p32(g, 0xd88), 0);
    q32(g, 0x604, 1); /* read-only */
    CHECK_EQ(p32(g, 0x604), 0x1234);
    CHECK_EQ(p32(g, 0x620), 0); /* no counter 8 */
    pmcg_free(g);
}

/* OVFCAP: all counters, the overflowing one after it wrapped; cycles up to
 * that moment; whatever INTEN and OVS say. */
static void overflow_captures(void)
{
    struct pmcg_rig *g = start();

    q64(g, 0xc60, 1);
    q64(g, 0xcc0, 1);
    pmcg_counter(g, 2, 0);
    q32(g, 0x400, 1u << 31 | 1u << 29 | 1);
    q32(g, 8, 0);
    q32(g, 0, 0xffffffff);
    q32(g, 4, 0x55);
    g->cycles += 20;
    transaction(g);
    g->cycles += 20;
    q32(g, 4, 0x66);
    transaction(g);
    CHECK_EQ(p32(g, 0x600), 0);
    CHECK_EQ(p32(g, 0x604), 0x55);
    CHECK_EQ(p32(g, 0x608), 20);
    CHECK_EQ(p32(g, 8), 40);
    CHECK_EQ(g->irqs, 0);
    /* Without OVFCAP an overflow captures nothing. */
    q32(g, 0x400, 1u << 29 | 1);
    wrap(g);
    CHECK_EQ(p32(g, 0x604), 0x55);
    pmcg_free(g);
}

/* CFGR.CAPTURE = 0: SVRn, CAPR, OVFCAP are RES0. */
static void no_capture(void)
{
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g;

    p.capture = false;
    g = pmcg_new(&p, NULL);
    q32(g, 4, 0x1234);
    q32(g, 0xd88, 1);
    CHECK_EQ(p32(g, 0x604), 0);
    q32(g, 0x400, UINT32_MAX);
    CHECK_EQ(p32(g, 0x400), 0x2000ffff);
    pmcg_free(g);
}

static struct pmcg_rig *start_msi(void)
{
    struct pmcg_rig *g = start();

    q32(g, 0xe50, 0);
    q64(g, 0xe58, TARGET);
    q32(g, 0xe60, 0xcafe0003);
    q32(g, 0xe64, 0x1);
    q32(g, 0xe50, 1);
    return g;
}

static void msi(void)
{
    struct pmcg_rig *g = start_msi();
    const struct fake_msi *m = &g->r->h.msi[0];

    wrap(g);
    CHECK_EQ(g->irqs, 1); /* the wire as well */
    CHECK(g->kicks > 0);
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->r->h.n_msi, 1);
    CHECK_EQ(m->space, SMMU3_NS);
    CHECK_EQ(m->addr, TARGET);
    CHECK_EQ(m->data, 0xcafe0003);
    CHECK_EQ(m->attr, 0x04);
    CHECK_EQ(m->sh, 2);
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->r->h.n_msi, 1);
    CHECK_EQ(p32(g, 0xe68), 0);
    /* ADDR = 0: the wire alone. */
    q32(g, 0xe50, 0);
    q64(g, 0xe58, 0);
    q32(g, 0xe50, 1);
    wrap(g);
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->irqs, 2);
    CHECK_EQ(g->r->h.n_msi, 1);
    pmcg_free(g);
}

static void msi_abort(void)
{
    struct pmcg_rig *g = start_msi();

    fake_hole(&g->r->h, TARGET, TARGET + 3);
    wrap(g);
    smmu3_pmcg_run(g->p);
    CHECK_EQ(p32(g, 0xe68), 1);
    CHECK_EQ(rd32(g->r, O_GERROR), 0);
    q32(g, 0xe50, 1); /* no change */
    CHECK_EQ(p32(g, 0xe68), 1);
    q32(g, 0xe50, 0);
    CHECK_EQ(p32(g, 0xe68), 1);
    q32(g, 0xe50, 1);
    CHECK_EQ(p32(g, 0xe68), 0);
    pmcg_free(g);
}

/* IRQEN 1 to 0 waits for the message, as it was configured. */
static void disable_waits(void)
{
    struct pmcg_rig *g = start_msi();

    wrap(g);
    CHECK_EQ(g->r->h.n_msi, 0);
    q32(g, 0xe50, 0);
    CHECK_EQ(g->r->h.n_msi, 1);
    CHECK_EQ(g->r->h.msi[0].addr, TARGET);
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->r->h.n_msi, 1);
    pmcg_free(g);
}

static void reset(void)
{
    struct pmcg_rig *g = start_msi();

    wrap(g);
    smmu3_pmcg_reset(g->p);
    smmu3_pmcg_run(g->p);
    CHECK_EQ(g->r->h.n_msi, 0);
    for (uint32_t o = 0; o < 0xe00; o += 4) {
        CHECK_EQ(p32(g, o), 0);
    }
    CHECK_EQ(p32(g, 0xe04) | p32(g, 0xe50) | p32(g, 0xe58), 0);
    pmcg_free(g);
}

/* A PMCG of an SMMU with a Secure state (10.6). */
static struct pmcg_rig *start_secure(void)
{
    struct smmu3_params sp = rig_params();

    sp.f.secure = true;
    sp.f.s_sidsize = 16;
    return pmcg_new(NULL, &sp);
}

static uint32_t s32(struct pmcg_rig *g, uint32_t offset)
{
    return (uint32_t)smmu3_pmcg_read(g->p, SMMU3_S, 0, offset, 4);
}

static void t32(struct pmcg_rig *g, uint32_t offset, uint32_t value)
{
    smmu3_pmcg_write(g->p, SMMU3_S, 0, offset, value, 4);
}

static void scr(void)
{
    struct pmcg_rig *g = start_secure();

    CHECK_EQ(s32(g, 0xdf8), 0x80000006);
    CHECK_EQ(p32(g, 0xdf8), 0);
    q32(g, 0xdf8, 0);
    CHECK_EQ(s32(g, 0xdf8), 0x80000006);
    t32(g, 0xdf8, 0xffffffff);
    CHECK_EQ(s32(g, 0xdf8), 0x80000007);
    t32(g, 0xdf8, 0);
    CHECK_EQ(s32(g, 0xdf8), 0x80000000);
    /* NSRA = 0: RAZ/WI for others. */
    CHECK_EQ(p32(g, 0xe00), 0);
    q32(g, 0xe04, 1);
    CHECK_EQ(s32(g, 0xe04), 0);
    CHECK_EQ(s32(g, 0xe00), 0x00601f07);
    t32(g, 0xe04, 1);
    CHECK_EQ(s32(g, 0xe04), 1);
    t32(g, 0x400, 0xffffffff);
    CHECK_EQ(s32(g, 0x400), 0xe000ffff);
    smmu3_pmcg_reset(g->p);
    CHECK_EQ(s32(g, 0xdf8), 0x80000006);
    pmcg_free(g);
}

static void stream(struct pmcg_rig *g, bool secure)
{
    struct smmu3_txn t = rig_txn(5, 0, "r");
    struct smmu3_result res;

    t.secure = secure;
    smmu3_translate(g->r->s, &t, &res);
}

/* SO, SEC_SID: rows of SCR.SO, SID_SPAN with SMR, SEC_SID; whether Non-secure
 * and Secure streams count. */
static void secure_filter(void)
{
    static const struct {
        bool so, span;
        uint32_t smr;
        bool sec, ns, s;
    } rows[] = {
        { false, false, 5, false, true, false },
        { false, false, 5, true, true, false },
        { true, false, 5, false, true, false },
        { true, false, 5, true, false, true },
        { false, true, 0xffff, false, true, false },
        { false, true, 0xffff, true, true, false },
        { true, true, 0xffff, false, true, true },
        { true, true, 0xffff, true, true, true },
        { false, true, 0x7fff, true, true, false },
        { true, true, 0x7fff, false, true, false },
        { true, true, 0x7fff, true, false, true },
        { true, true, 0x0003, true, false, true },
    };
    struct pmcg_rig *g = start_secure();

    wr32(g->r, O_CR0, 0);
    pmcg_counter(g, 0, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        t32(g, 0xdf8, 6 | rows[i].so);
        q32(g, 0x400, 1 | rows[i].span << 29 | rows[i].sec << 30);
        q32(g, 0xa00, rows[i].smr);
        q32(g, 0, 0);
        stream(g, false);
        CHECK_EQ(p32(g, 0), rows[i].ns);
        q32(g, 0, 0);
        stream(g, true);
        if (!CHECK_EQ(p32(g, 0), rows[i].s)) {
            g_test_message("row %u", i);
        }
    }
    pmcg_free(g);
}

/* The message is Non-secure if NSMSI or NSRA is 1. */
static void secure_msi(void)
{
    for (unsigned bits = 0; bits < 4; bits++) {
        struct pmcg_rig *g = start_secure();

        wr32(g->r, O_CR0, 0);
        pmcg_counter(g, 0, 1);
        q64(g, 0xc40, 1);
        q64(g, 0xe58, TARGET);
        q32(g, 0xe50, 1);
        q32(g, 0, 0xffffffff);
        t32(g, 0xdf8, bits << 1);
        stream(g, false);
        smmu3_pmcg_run(g->p);
        CHECK_EQ(g->r->h.n_msi, 1);
        CHECK_EQ(g->r->h.msi[0].space, bits ? SMMU3_NS : SMMU3_S);
        pmcg_free(g);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/pmcg/H.3/cycles", cycles);
    g_test_add_func("/pmcg/H.3/alarm", alarm_set);
    g_test_add_func("/pmcg/H.3/alarm-far", alarm_far);
    g_test_add_func("/pmcg/H.3/overflow", overflow);
    g_test_add_func("/pmcg/H.3/overflow-widths", overflow_widths);
    g_test_add_func("/pmcg/H.3/irq-enables", enables);
    g_test_add_func("/pmcg/H.3/order", order);
    g_test_add_func("/pmcg/H.3/capture", capture);
    g_test_add_func("/pmcg/H.3/overflow-captures", overflow_captures);
    g_test_add_func("/pmcg/H.2/no-capture", no_capture);
    g_test_add_func("/pmcg/H.3/msi", msi);
    g_test_add_func("/pmcg/H.1/msi-abort", msi_abort);
    g_test_add_func("/pmcg/H.3/disable-waits", disable_waits);
    g_test_add_func("/pmcg/H.1/reset", reset);
    g_test_add_func("/pmcg/H.2/scr", scr);
    g_test_add_func("/pmcg/H.3/secure-filter", secure_filter);
    g_test_add_func("/pmcg/H.2/secure-msi", secure_msi);
    return g_test_run();
}
