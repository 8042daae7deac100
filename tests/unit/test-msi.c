/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message-signalled interrupts (3.18, 4.7.3, 6.3.21-6.3.23; A.12, C.6, G.2):
 * their registers, what is sent and when, aborts.
 */
#include "rig.h"

enum {
    O_GERROR_CFG0 = 0x68,
    O_GERROR_CFG1 = 0x70,
    O_GERROR_CFG2 = 0x74,
    O_EVENTQ_CFG0 = 0xb0,
    O_EVENTQ_CFG1 = 0xb8,
    O_EVENTQ_CFG2 = 0xbc,
    O_PRIQ_CFG0 = 0xd0,
    O_PRIQ_CFG1 = 0xd8,
    O_PRIQ_CFG2 = 0xdc,
};

#define EVENTQ_TARGET UINT64_C(0x30000040)
#define GERROR_TARGET UINT64_C(0x30001048)
#define SYNC_TARGET UINT64_C(0x30002080)

static struct smmu3_params params(void)
{
    struct smmu3_params p = rig_params();

    p.f.msi = true;
    return p;
}

static struct rig *start(void)
{
    struct smmu3_params p = params();
    struct rig *r = rig_new_with(&p);

    wr32(r, O_IRQ_CTRL, 0);
    wr64(r, O_EVENTQ_CFG0, EVENTQ_TARGET);
    wr32(r, O_EVENTQ_CFG1, 0xcafe0001);
    wr32(r, O_EVENTQ_CFG2, 0x1); /* Device nGnRE */
    wr64(r, O_GERROR_CFG0, GERROR_TARGET);
    wr32(r, O_GERROR_CFG1, 0xcafe0002);
    wr32(r, O_GERROR_CFG2, 0x3f); /* Write-Back, Inner Shareable */
    wr32(r, O_IRQ_CTRL, 5);
    return r;
}

/* A record from a stream that has no STE. */
static void fault(struct rig *r)
{
    rig_go(r, 1, 0, "r");
    smmu3_run(r->s);
}

/* CMD_SYNC, CS = 1: DATA, ADDR, MSIAttr 0xf, MSH 3. */
static struct cmd sync_to(uint64_t addr, uint32_t data)
{
    return (struct cmd){ { (uint64_t)data << 32 | 0x0fc01046, addr } };
}

static void check_msi(struct rig *r, unsigned n, uint64_t addr, uint32_t data,
                      uint8_t attr, uint8_t sh)
{
    const struct fake_msi *m = &r->h.msi[n];

    if (!CHECK(r->h.n_msi > n)) {
        return;
    }
    CHECK_EQ(m->space, SMMU3_NS);
    CHECK_EQ(m->addr, addr);
    CHECK_EQ(m->data, data);
    CHECK_EQ(m->attr, attr);
    CHECK_EQ(m->sh, sh);
}

static void writable(void)
{
    struct smmu3_params p = params();
    struct rig *r = rig_new_raw(&p);
    static const uint32_t cfg0[] = { O_GERROR_CFG0, O_EVENTQ_CFG0 };
    static const uint32_t cfg1[] = { O_GERROR_CFG1, O_EVENTQ_CFG1 };
    static const uint32_t cfg2[] = { O_GERROR_CFG2, O_EVENTQ_CFG2 };

    CHECK_EQ(rd32(r, O_IDR0), 0x0904321b);
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQ(rd64(r, cfg0[i]), 0);
        wr64(r, cfg0[i], UINT64_MAX);
        CHECK_EQ(rd64(r, cfg0[i]), 0x0000fffffffffffc);
        wr32(r, cfg0[i] + 4, 0x12345678);
        CHECK_EQ(rd64(r, cfg0[i]), 0x00005678fffffffc);
        wr32(r, cfg1[i], UINT32_MAX);
        CHECK_EQ(rd32(r, cfg1[i]), 0xffffffff);
        wr32(r, cfg2[i], UINT32_MAX);
        CHECK_EQ(rd32(r, cfg2[i]), 0x3f);
    }
    /* PRI = 0 */
    wr64(r, O_PRIQ_CFG0, UINT64_MAX);
    wr32(r, O_PRIQ_CFG1, UINT32_MAX);
    wr32(r, O_PRIQ_CFG2, UINT32_MAX);
    CHECK_EQ(rd64(r, O_PRIQ_CFG0), 0);
    CHECK_EQ(rd32(r, O_PRIQ_CFG1), 0);
    CHECK_EQ(rd32(r, O_PRIQ_CFG2), 0);
    wr32(r, O_GERRORN, UINT32_MAX);
    CHECK_EQ(rd32(r, O_GERRORN), 0x1b5);
    rig_free(r);
}

static void small_oas(void)
{
    struct smmu3_params p = params();
    struct rig *r;

    p.f.oas = 40;
    r = rig_new_raw(&p);
    wr64(r, O_EVENTQ_CFG0, UINT64_MAX);
    CHECK_EQ(rd64(r, O_EVENTQ_CFG0), 0x000000fffffffffc);
    rig_free(r);
}

/* Each is guarded by its own enable. */
static void guards(void)
{
    static const struct {
        uint32_t cfg0, cfg1, cfg2, enable;
    } rows[] = {
        { O_GERROR_CFG0, O_GERROR_CFG1, O_GERROR_CFG2, 1 },
        { O_EVENTQ_CFG0, O_EVENTQ_CFG1, O_EVENTQ_CFG2, 4 },
    };
    struct smmu3_params p = params();
    struct rig *r = rig_new_raw(&p);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        wr32(r, O_IRQ_CTRL, rows[i].enable);
        wr64(r, rows[i].cfg0, 0x1000);
        wr32(r, rows[i].cfg1, 2);
        wr32(r, rows[i].cfg2, 3);
        CHECK_EQ(rd64(r, rows[i].cfg0), 0);
        CHECK_EQ(rd32(r, rows[i].cfg1), 0);
        CHECK_EQ(rd32(r, rows[i].cfg2), 0);
        wr32(r, O_IRQ_CTRL, 5 & ~rows[i].enable);
        wr64(r, rows[i].cfg0, 0x1000);
        wr32(r, rows[i].cfg1, 2);
        wr32(r, rows[i].cfg2, 3);
        CHECK_EQ(rd64(r, rows[i].cfg0), 0x1000);
        CHECK_EQ(rd32(r, rows[i].cfg1), 2);
        CHECK_EQ(rd32(r, rows[i].cfg2), 3);
    }
    rig_free(r);
}

/* IDR0.MSI = 0: registers are RES0, CMD_SYNC's fields are ignored. */
static void absent(void)
{
    struct rig *r = rig_new();

    CHECK_EQ(rd32(r, O_IDR0), 0x0904121b);
    wr32(r, O_IRQ_CTRL, 0);
    for (uint32_t o = O_GERROR_CFG0; o <= O_GERROR_CFG2; o += 4) {
        wr32(r, o, UINT32_MAX);
        CHECK_EQ(rd32(r, o), 0);
    }
    for (uint32_t o = O_EVENTQ_CFG0; o <= O_EVENTQ_CFG2; o += 4) {
        wr32(r, o, UINT32_MAX);
        CHECK_EQ(rd32(r, o), 0);
    }
    wr32(r, O_IRQ_CTRL, 5);
    fault(r);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 1);
    rig_cmd(r, sync_to(SYNC_TARGET, 1));
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    CHECK_EQ(r->h.n_msi, 0);
    wr32(r, O_GERRORN, UINT32_MAX);
    CHECK_EQ(rd32(r, O_GERRORN), 0x105);
    rig_free(r);
}

static void eventq(void)
{
    struct rig *r = start();

    fault(r);
    CHECK_EQ(r->h.n_msi, 1);
    check_msi(r, 0, EVENTQ_TARGET, 0xcafe0001, 0x04, 2);
    CHECK_EQ(mem_r64(&r->h, EVENTQ_TARGET), 0xcafe0001);
    /* The wire as well. */
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 1);
    fault(r); /* the queue was not empty */
    CHECK_EQ(r->h.n_msi, 1);
    wr32(r, O_EVENTQ_CONS, 2);
    fault(r);
    CHECK_EQ(r->h.n_msi, 2);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_free(r);
}

static void gerror(void)
{
    struct rig *r = start();

    mem_w64(&r->h, RIG_CMDQ, 0xff);
    wr32(r, O_CMDQ_PROD, 1);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    CHECK_EQ(r->h.n_msi, 1);
    check_msi(r, 0, GERROR_TARGET, 0xcafe0002, 0xff, 3);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    rig_free(r);
}

/* CS = 1, and the address is that of the field: bits [1:0] and, before v3.4,
 * [55:52] are none of it. */
static void sync_fields(void)
{
    struct rig *r = start();

    rig_cmd(r, sync_to(SYNC_TARGET | 3, 0x12345678));
    CHECK_EQ(r->h.n_msi, 1);
    check_msi(r, 0, SYNC_TARGET, 0x12345678, 0xff, 3);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    rig_cmd(r, sync_to(SYNC_TARGET | UINT64_C(0x80f0000000000000), 1));
    CHECK_EQ(r->h.n_msi, 2);
    check_msi(r, 1, SYNC_TARGET, 1, 0xff, 3);
    /* Nothing but the ignored bits: no message, but the wire. */
    rig_cmd(r, sync_to(UINT64_C(0x80f0000000000003), 1));
    CHECK_EQ(r->h.n_msi, 2);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 3);
    /* Device nGnRnE: effective OSH, whatever MSH says. */
    rig_cmd(r, (struct cmd){ { 0x00c01046, SYNC_TARGET } });
    check_msi(r, 2, SYNC_TARGET, 0, 0x00, 2);
    /* MSH 1 is reserved: NSH. */
    rig_cmd(r, (struct cmd){ { 0x0f401046, SYNC_TARGET } });
    check_msi(r, 3, SYNC_TARGET, 0, 0xff, 0);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_free(r);
}

/* CS = 0 and 2: the fields are ignored. */
static void sync_cs(void)
{
    struct rig *r = start();

    rig_cmd(r, (struct cmd){ { 0x0fc00046, SYNC_TARGET } });
    rig_cmd(r, (struct cmd){ { 0x0fc02046, SYNC_TARGET } });
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 2);
    CHECK_EQ(r->h.n_msi, 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 0);
    rig_free(r);
}

/* 4.7.3: whether the address is zero is asked of the whole field; then it is
 * cut to OAS. */
static void sync_oas(void)
{
    struct smmu3_params p = params();
    struct rig *r;

    p.f.oas = 40;
    r = rig_new_with(&p);
    rig_cmd(r, sync_to(UINT64_C(0x0008000000000100), 5));
    CHECK_EQ(r->h.n_msi, 1);
    check_msi(r, 0, 0x100, 5, 0xff, 3);
    rig_cmd(r, sync_to(UINT64_C(0x0008000000000000), 6));
    CHECK_EQ(r->h.n_msi, 2);
    check_msi(r, 1, 0, 6, 0xff, 3);
    rig_free(r);
}

/* What Linux does: the message goes to the command itself. */
static void sync_in_queue(void)
{
    struct rig *r = start();

    rig_cmd(r, cmd_op(0x30));
    rig_cmd(r, sync_to(RIG_CMDQ + 16, 0));
    CHECK_EQ(mem_r64(&r->h, RIG_CMDQ + 16), 0);
    CHECK_EQ(mem_r64(&r->h, RIG_CMDQ + 24), RIG_CMDQ + 16);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 2);
    rig_free(r);
}

/* G.2: the index or error is there to be read when the message is sent. */
static struct {
    struct rig *r;
    uint32_t reg, seen[8];
    unsigned n;
} watch;

static void on_msi(void *arg, const struct fake_msi *msi)
{
    (void)arg;
    (void)msi;
    watch.seen[watch.n++ % 8] = rd32(watch.r, watch.reg);
}

static void watch_reg(struct rig *r, uint32_t reg)
{
    memset(&watch, 0, sizeof(watch));
    watch.r = r;
    watch.reg = reg;
    r->h.on_msi = on_msi;
}

static void order(void)
{
    struct rig *r = start();

    watch_reg(r, O_EVENTQ_PROD);
    fault(r);
    CHECK_EQ(watch.seen[0], 1);
    watch_reg(r, O_CMDQ_CONS);
    rig_cmd(r, sync_to(SYNC_TARGET, 1));
    CHECK_EQ(watch.n, 1);
    CHECK_EQ(watch.seen[0], 1);
    watch_reg(r, O_GERROR);
    mem_w64(&r->h, RIG_CMDQ + 16, 0xff);
    wr32(r, O_CMDQ_PROD, 2);
    rig_drain(r);
    CHECK_EQ(watch.seen[0], 1);
    rig_free(r);
}

/* C.6: a CMD_SYNC completes when the messages of those before it are written,
 * or their abort is to be seen. */
static void sync_after_sync(void)
{
    struct rig *r = start();

    fake_hole(&r->h, SYNC_TARGET, SYNC_TARGET + 3);
    mem_words(&r->h, RIG_CMDQ, sync_to(SYNC_TARGET, 1).w, 2);
    mem_words(&r->h, RIG_CMDQ + 16, sync_to(SYNC_TARGET + 8, 2).w, 2);
    watch_reg(r, O_GERROR);
    wr32(r, O_CMDQ_PROD, 2);
    rig_drain(r);
    check_msi(r, 0, SYNC_TARGET, 1, 0xff, 3);
    check_msi(r, 1, SYNC_TARGET + 8, 2, 0xff, 3);
    CHECK_EQ(watch.seen[0], 0);
    CHECK_EQ(watch.seen[1], 0x10);
    /* ... and GERROR's own, for the abort. */
    CHECK_EQ(r->h.n_msi, 3);
    check_msi(r, 2, GERROR_TARGET, 0xcafe0002, 0xff, 3);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 2);
    rig_free(r);
}

static void abort_sync(void)
{
    struct rig *r = start();

    fake_hole(&r->h, SYNC_TARGET, SYNC_TARGET + 3);
    rig_cmd(r, sync_to(SYNC_TARGET, 1));
    CHECK_EQ(rd32(r, O_GERROR), 0x10);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1); /* consumed, no command error */
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    rig_cmd(r, sync_to(SYNC_TARGET, 1)); /* active: not once more */
    CHECK_EQ(rd32(r, O_GERROR), 0x10);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    wr32(r, O_GERRORN, 0x10);
    rig_cmd(r, sync_to(SYNC_TARGET, 1));
    CHECK_EQ(rd32(r, O_GERROR), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 2);
    rig_free(r);
}

static void abort_eventq(void)
{
    struct rig *r = start();

    fake_hole(&r->h, EVENTQ_TARGET, EVENTQ_TARGET + 3);
    fault(r);
    CHECK_EQ(rd32(r, O_GERROR), 0x20);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1); /* the record is there */
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    CHECK_EQ(r->h.n_msi, 2);
    check_msi(r, 1, GERROR_TARGET, 0xcafe0002, 0xff, 3);
    rig_free(r);
}

/* Counted by their source, unless they abort. */
static void counters(void)
{
    struct rig *r = start();
    struct smmu3_stats st;

    fault(r);
    rig_cmd(r, sync_to(SYNC_TARGET, 1));
    rig_cmd(r, sync_to(SYNC_TARGET, 2));
    rig_cmd(r, sync_to(0, 3));
    smmu3_run(r->s);
    fake_hole(&r->h, SYNC_TARGET, SYNC_TARGET + 3);
    rig_cmd(r, sync_to(SYNC_TARGET, 4));
    smmu3_run(r->s);
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.msis[SMMU3_IRQ_LINE_EVENTQ], 1);
    CHECK_EQ(st.msis[SMMU3_IRQ_LINE_CMDQ_SYNC], 2);
    CHECK_EQ(st.msis[SMMU3_IRQ_LINE_PRIQ], 0);
    CHECK_EQ(st.msis[SMMU3_IRQ_LINE_GERROR], 1);
    rig_free(r);
}

/* J 46: GERROR's own abort interrupts nobody. */
static void abort_gerror(void)
{
    struct rig *r = start();

    fake_hole(&r->h, GERROR_TARGET, GERROR_TARGET + 3);
    mem_w64(&r->h, RIG_CMDQ, 0xff);
    wr32(r, O_CMDQ_PROD, 1);
    rig_drain(r);
    smmu3_run(r->s);
    CHECK_EQ(rd32(r, O_GERROR), 0x81);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], 1);
    CHECK_EQ(r->h.n_msi, 1);
    rig_free(r);
}

/* Everything aborts: it ends, with each error once. */
static void abort_all(void)
{
    struct rig *r = start();

    fake_hole(&r->h, UINT64_C(0x30000000), UINT64_C(0x3fffffff));
    fault(r);
    rig_cmd(r, sync_to(SYNC_TARGET, 1));
    CHECK_EQ(rd32(r, O_GERROR), 0xb0);
    rig_free(r);
}

/* A source that is off sends nothing, not even later (J 44, J 45). */
static void enables(void)
{
    struct rig *r = start();

    wr32(r, O_IRQ_CTRL, 0);
    fault(r);
    mem_w64(&r->h, RIG_CMDQ, 0xff);
    wr32(r, O_CMDQ_PROD, 1);
    rig_drain(r);
    wr32(r, O_IRQ_CTRL, 5);
    smmu3_run(r->s);
    CHECK_EQ(r->h.n_msi, 0);
    /* ADDR = 0: the wire alone. */
    wr32(r, O_IRQ_CTRL, 0);
    wr64(r, O_EVENTQ_CFG0, 0);
    wr32(r, O_IRQ_CTRL, 4);
    wr32(r, O_EVENTQ_CONS, 1);
    fault(r);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 1);
    CHECK_EQ(r->h.n_msi, 0);
    rig_free(r);
}

/* 6.3.17: once the source is off, its messages are out, as they were
 * configured. */
static void disable_waits(void)
{
    struct rig *r = start();

    rig_go(r, 1, 0, "r"); /* no smmu3_run() */
    wr32(r, O_IRQ_CTRL, 1);
    CHECK_EQ(rd32(r, O_IRQ_CTRLACK), 1);
    CHECK_EQ(r->h.n_msi, 1);
    wr64(r, O_EVENTQ_CFG0, SYNC_TARGET);
    wr32(r, O_IRQ_CTRL, 5);
    smmu3_run(r->s);
    CHECK_EQ(r->h.n_msi, 1);
    check_msi(r, 0, EVENTQ_TARGET, 0xcafe0001, 0x04, 2);
    rig_free(r);
}

/* Raised twice before it could be sent: sent once. */
static void coalesce(void)
{
    struct rig *r = start();

    rig_go(r, 1, 0, "r");
    wr32(r, O_EVENTQ_CONS, 1);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(r->h.n_msi, 0);
    CHECK(r->h.kicks > 0);
    smmu3_run(r->s);
    CHECK_EQ(r->h.n_msi, 1);
    smmu3_run(r->s);
    CHECK_EQ(r->h.n_msi, 1);
    rig_free(r);
}

static void reset(void)
{
    struct rig *r = start();

    rig_go(r, 1, 0, "r");
    smmu3_reset(r->s);
    CHECK_EQ(rd64(r, O_EVENTQ_CFG0), 0);
    wr64(r, O_EVENTQ_CFG0, EVENTQ_TARGET);
    smmu3_run(r->s);
    CHECK_EQ(r->h.n_msi, 0);
    rig_free(r);
}

/* E.14: all MemAttrs; Device and iNC-oNC are Outer Shareable. */
static void memattr(void)
{
    static const uint8_t mair[16] = {
        0x00, 0x04, 0x08, 0x0c, 0x00, 0x44, 0x4b, 0x4f,
        0x00, 0xb4, 0xbb, 0xbf, 0x00, 0xf4, 0xfb, 0xff,
    };
    struct rig *r = start();

    for (unsigned i = 0; i < 16; i++) {
        bool osh = mair[i] < 0x10 || mair[i] == 0x44;

        wr32(r, O_IRQ_CTRL, 0);
        wr32(r, O_EVENTQ_CFG2, 0x30 | i);
        wr32(r, O_IRQ_CTRL, 5);
        wr32(r, O_EVENTQ_CONS, i);
        r->h.n_msi = 0;
        fault(r);
        check_msi(r, 0, EVENTQ_TARGET, 0xcafe0001, mair[i], osh ? 2 : 3);
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/msi/A.12/writable", writable);
    g_test_add_func("/msi/A.12/small-oas", small_oas);
    g_test_add_func("/msi/A.12/guards", guards);
    g_test_add_func("/msi/A.12/absent", absent);
    g_test_add_func("/msi/A.12/eventq", eventq);
    g_test_add_func("/msi/A.12/gerror", gerror);
    g_test_add_func("/msi/C.6/sync-fields", sync_fields);
    g_test_add_func("/msi/C.6/sync-cs", sync_cs);
    g_test_add_func("/msi/C.6/sync-oas", sync_oas);
    g_test_add_func("/msi/C.6/sync-in-queue", sync_in_queue);
    g_test_add_func("/msi/C.6/sync-after-sync", sync_after_sync);
    g_test_add_func("/msi/G.2/order", order);
    g_test_add_func("/msi/G.2/abort-sync", abort_sync);
    g_test_add_func("/msi/G.2/abort-eventq", abort_eventq);
    g_test_add_func("/msi/G.2/abort-gerror", abort_gerror);
    g_test_add_func("/msi/G.2/abort-all", abort_all);
    g_test_add_func("/msi/G.2/enables", enables);
    g_test_add_func("/msi/G.2/disable-waits", disable_waits);
    g_test_add_func("/msi/G.2/coalesce", coalesce);
    g_test_add_func("/msi/counters", counters);
    g_test_add_func("/msi/reset", reset);
    g_test_add_func("/msi/E.14/memattr", memattr);
    return g_test_run();
}
