/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wired interrupts and global errors (3.18, 6.3.17-6.3.20; A.12, G.2): edges,
 * enables, the toggle protocol.
 */
#include "rig.h"

static unsigned eventq(struct rig *r)
{
    return r->h.irqs[SMMU3_IRQ_LINE_EVENTQ];
}

static unsigned gerror(struct rig *r)
{
    return r->h.irqs[SMMU3_IRQ_LINE_GERROR];
}

static unsigned sync_irq(struct rig *r)
{
    return r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC];
}

/* J 43: a pulse when empty becomes non-empty, no other. */
static void eventq_edge(void)
{
    struct rig *r = rig_new();

    rig_go(r, 1, 0, "r");
    CHECK_EQ(eventq(r), 1);
    rig_go(r, 1, 0, "r");
    rig_go(r, 1, 0, "r");
    CHECK_EQ(eventq(r), 1);
    wr32(r, O_EVENTQ_CONS, 2); /* not empty yet */
    rig_go(r, 1, 0, "r");
    CHECK_EQ(eventq(r), 1);
    wr32(r, O_EVENTQ_CONS, 4);
    CHECK_EQ(eventq(r), 1);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(eventq(r), 2);
    CHECK_EQ(gerror(r), 0);
    CHECK_EQ(sync_irq(r), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_PRIQ], 0);
    rig_free(r);
}

/* J 44: no pulse while disabled, none when enabled afterwards. */
static void eventq_enable(void)
{
    struct rig *r = rig_new();

    wr32(r, O_IRQ_CTRL, 1);
    CHECK_EQ(rd32(r, O_IRQ_CTRLACK), 1);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(eventq(r), 0);
    wr32(r, O_IRQ_CTRL, 5);
    CHECK_EQ(eventq(r), 0);
    rig_go(r, 1, 0, "r"); /* was not empty */
    CHECK_EQ(eventq(r), 0);
    wr32(r, O_EVENTQ_CONS, 2);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(eventq(r), 1);
    rig_free(r);
}

/* An overflow is not an interrupt. */
static void eventq_overflow(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, RIG_EVENTQ | 0);
    wr32(r, O_CR0, 0xd);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(eventq(r), 1);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000001);
    CHECK_EQ(eventq(r), 1);
    CHECK_EQ(gerror(r), 0);
    rig_free(r);
}

static void illegal(struct rig *r, uint32_t index)
{
    mem_w64(&r->h, RIG_CMDQ + 16 * (uint64_t)index, 0xff);
    wr32(r, O_CMDQ_PROD, index + 1);
    rig_drain(r);
}

/* A.12: toggles; the interrupt is for an error that becomes active. */
static void gerror_toggle(void)
{
    struct rig *r = rig_new();

    illegal(r, 0);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    CHECK_EQ(rd32(r, O_GERRORN), 0);
    CHECK_EQ(gerror(r), 1);
    mem_w64(&r->h, RIG_CMDQ, 0x46);
    wr32(r, O_GERRORN, 1);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    CHECK_EQ(rd32(r, O_GERRORN), 1);
    CHECK_EQ(gerror(r), 1);
    illegal(r, 1);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    CHECK_EQ(gerror(r), 2);
    mem_w64(&r->h, RIG_CMDQ + 16, 0x46);
    wr32(r, O_GERRORN, 0);
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, 2);
    CHECK_EQ(eventq(r), 0);
    rig_free(r);
}

/* Two errors: each its own bit and pulse; acknowledged one by one. */
static void gerror_two(void)
{
    struct rig *r = rig_new();

    illegal(r, 0);
    fake_hole_writes(&r->h, RIG_EVENTQ, RIG_EVENTQ + 0xfff);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(rd32(r, O_GERROR), 5);
    CHECK_EQ(gerror(r), 2);
    wr32(r, O_GERRORN, 4); /* the event queue's alone */
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000000);
    fake_no_holes(&r->h);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    CHECK_EQ(rd32(r, O_GERROR), 5);
    mem_w64(&r->h, RIG_CMDQ, 0x46);
    wr32(r, O_GERRORN, 5);
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, 1);
    CHECK_EQ(gerror(r), 2);
    rig_free(r);
}

static void gerror_enable(void)
{
    struct rig *r = rig_new();

    wr32(r, O_IRQ_CTRL, 4);
    illegal(r, 0);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    CHECK_EQ(gerror(r), 0);
    wr32(r, O_IRQ_CTRL, 5);
    CHECK_EQ(gerror(r), 0);
    rig_free(r);
}

/* CMD_SYNC's has no enable. */
static void sync_has_no_enable(void)
{
    struct rig *r = rig_new();

    wr32(r, O_IRQ_CTRL, 0);
    rig_cmd(r, (struct cmd){ { 0x1046, 0 } });
    CHECK_EQ(sync_irq(r), 1);
    CHECK_EQ(eventq(r), 0);
    CHECK_EQ(gerror(r), 0);
    rig_free(r);
}

/* D.6, G.2: the record is in memory before the interrupt. */
static struct rig *probe_rig;
static uint64_t seen_record;
static void (*real_irq)(void *opaque, enum smmu3_irq line);

static void probing_irq(void *opaque, enum smmu3_irq line)
{
    seen_record = mem_r64(&probe_rig->h, RIG_EVENTQ);
    real_irq(opaque, line);
}

static void record_before_irq(void)
{
    struct rig *r = g_new0(struct rig, 1);
    struct smmu3_host ops;
    const char *error = NULL;

    fake_host_init(&r->h, 48);
    ops = fake_host_ops(&r->h);
    real_irq = ops.irq;
    ops.irq = probing_irq;
    r->p = rig_params();
    r->s = smmu3_new(&r->p, &ops, NULL, &error);
    probe_rig = r;
    seen_record = 0;
    rig_enable(r);
    rig_go(r, 1, 0, "r");
    CHECK_EQ(seen_record, 0x0000000100000004);
    CHECK_EQ(eventq(r), 1);
    rig_free(r);
}

/* Reset is quiet. */
static void reset_is_quiet(void)
{
    struct rig *r = rig_new();

    illegal(r, 0);
    rig_go(r, 1, 0, "r");
    memset(r->h.irqs, 0, sizeof(r->h.irqs));
    smmu3_reset(r->s);
    for (unsigned i = 0; i < SMMU3_IRQ_LINES; i++) {
        CHECK_EQ(r->h.irqs[i], 0);
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/irq/G.2/eventq-edge", eventq_edge);
    g_test_add_func("/irq/G.2/eventq-enable", eventq_enable);
    g_test_add_func("/irq/G.2/eventq-overflow", eventq_overflow);
    g_test_add_func("/irq/A.12/gerror-toggle", gerror_toggle);
    g_test_add_func("/irq/A.12/gerror-two", gerror_two);
    g_test_add_func("/irq/A.12/gerror-enable", gerror_enable);
    g_test_add_func("/irq/G.2/sync-has-no-enable", sync_has_no_enable);
    g_test_add_func("/irq/D.6/record-before-irq", record_before_irq);
    g_test_add_func("/irq/reset-is-quiet", reset_is_quiet);
    return g_test_run();
}
