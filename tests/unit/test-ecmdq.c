/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enhanced command queues (3.5.6, 6.2.5; A.16): description, registers,
 * consumption, errors, independence of the queues.
 */
#include "rig.h"

/* Queue @n: registers 8 KiB apart; its memory. */
#define Q(n) (0x30000u + 0x2000u * (n))
#define PROD(n) (Q(n) + 0x8)
#define CONS(n) (Q(n) + 0xc)
#define MEM(n) (UINT64_C(0x18000000) + 0x10000 * (uint64_t)(n))
#define LOG2 4u
#define EN 0x80000000u

static struct smmu3_params params(void)
{
    struct smmu3_params p = rig_params();

    p.f.msi = true;
    p.f.ecmdq = true;
    return p;
}

static struct rig *begin(unsigned queues)
{
    struct smmu3_params p = params();
    struct rig *r = rig_new_with(&p);

    for (unsigned n = 0; n < queues; n++) {
        wr64(r, Q(n), MEM(n) | LOG2);
        wr32(r, PROD(n), EN);
        CHECK_EQ(rd32(r, CONS(n)), EN);
    }
    return r;
}

static void put(struct rig *r, unsigned n, unsigned slot, uint64_t w0,
                uint64_t w1)
{
    mem_words(&r->h, MEM(n) + 16 * (uint64_t)slot, (uint64_t[]){ w0, w1 }, 2);
}

/* A.5, A.7, A.16: IDR1.ECMDQ, IDR6 and the control page's registers. */
static void described(void)
{
    struct smmu3_params p = params();
    struct rig *r = rig_new_raw(&p);

    CHECK_EQ(rd32(r, O_IDR1) >> 31, 1);
    CHECK_EQ(rd32(r, 0x190), 0x00030000);
    CHECK_EQ(rd64(r, 0x4000), 0x30003);
    CHECK_EQ(rd32(r, 0x4000), 0x30003);
    CHECK_EQ(rd32(r, 0x4004), 0);
    CHECK_EQ(rd32(r, 0x4008), 1);
    CHECK_EQ(rd32(r, 0x400c), 1);
    CHECK_EQ(rd64(r, 0x4020), 0);
    wr64(r, 0x4000, UINT64_MAX);
    wr32(r, 0x4008, 0);
    CHECK_EQ(rd64(r, 0x4000), 0x30003);
    CHECK_EQ(rd32(r, 0x4008), 1);
    rig_free(r);
}

/* Not advertised: nothing of it. */
static void absent(void)
{
    struct rig *r = rig_new();

    CHECK_EQ(rd32(r, O_IDR1) >> 31, 0);
    CHECK_EQ(rd32(r, 0x190), 0);
    CHECK_EQ(rd64(r, 0x4000), 0);
    CHECK_EQ(rd32(r, 0x4008), 0);
    wr32(r, PROD(0), UINT32_MAX);
    CHECK_EQ(rd32(r, PROD(0)), 0);
    wr32(r, O_GERRORN, 0x200);
    CHECK_EQ(rd32(r, O_GERRORN), 0);
    rig_free(r);
}

/* A.16: writable bits, guards, halves, reset. */
static void registers(void)
{
    struct rig *r = begin(0);

    for (unsigned n = 0; n < 8; n++) {
        CHECK_EQ(rd64(r, Q(n)), 0);
        CHECK_EQ(rd32(r, PROD(n)), 0);
        CHECK_EQ(rd32(r, CONS(n)), 0);
        wr64(r, Q(n), UINT64_MAX);
        CHECK_EQ(rd64(r, Q(n)), 0x40ffffffffffffff);
        wr64(r, Q(n), 0);
        wr32(r, Q(n), 0xabcdefe4);
        wr32(r, Q(n) + 4, 0x1234);
        wr64(r, Q(n) + 4, 0); /* misaligned: nothing */
        CHECK_EQ(rd64(r, Q(n)), 0x1234abcdefe4);
        CHECK_EQ(rd32(r, Q(n) + 4), 0x1234);
        wr32(r, CONS(n), UINT32_MAX);
        CHECK_EQ(rd32(r, CONS(n)), 0x0780001f);
        wr32(r, CONS(n), 0);
        wr32(r, PROD(n), 0x7fffffff);
        CHECK_EQ(rd32(r, PROD(n)), 0x008fffff);
        wr32(r, PROD(n), EN);
        wr64(r, Q(n), 0);
        wr32(r, Q(n) + 4, 0);
        wr32(r, CONS(n), 3);
        CHECK_EQ(rd64(r, Q(n)), 0x1234abcdefe4);
        CHECK_EQ(rd32(r, CONS(n)), EN);
        wr64(r, PROD(n), 0); /* two registers at once: nothing */
        CHECK_EQ(rd32(r, PROD(n)), EN);
        CHECK_EQ(rd64(r, PROD(n)), 0);
        CHECK_EQ(rd32(r, Q(n) + 0x10), 0);
    }
    /* Queue attributes are fixed while an ECMDQ is on (3.5.6.1). */
    wr32(r, O_CR0, 0);
    wr32(r, O_CR1, 0);
    CHECK_EQ(rd32(r, O_CR1), 0x35);
    smmu3_reset(r->s);
    CHECK_EQ(rd64(r, Q(3)), 0);
    CHECK_EQ(rd32(r, PROD(3)), 0);
    CHECK_EQ(rd32(r, CONS(3)), 0);
    rig_free(r);
}

/* Commands of each queue take effect, and its CONS follows. */
static void consume(void)
{
    struct rig *r = begin(8);

    for (unsigned n = 0; n < 8; n++) {
        rig_set_ste(r, 1, ste_bypass());
        rig_forget(r);
        CHECK_OK(r, 1, 0x1000, "r", 0x1000);
        rig_set_ste(r, 1, ste_abort());
        put(r, n, 0, UINT64_C(0x100000003), 1);
        put(r, n, 1, 0x46, 0);
        wr32(r, PROD(n), EN | 2);
        rig_drain(r);
        CHECK_EQ(rd32(r, CONS(n)), EN | 2);
        CHECK_QUIET(r, 1, 0x1000, "r", SMMU3_ABORT);
    }
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_free(r);
}

/* The index wraps at the queue's size; a disabled queue consumes nothing. */
static void wrap_and_disable(void)
{
    struct rig *r = begin(1);

    for (unsigned i = 0; i < 16; i++) {
        put(r, 0, i, 0x46, 0);
    }
    wr32(r, PROD(0), EN | 16);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 16);
    wr32(r, PROD(0), EN | 17);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 17);
    wr32(r, PROD(0), 19);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), 17);
    wr32(r, PROD(0), EN | 19);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 19);
    rig_free(r);
}

/* 3.5.6.3: ERR toggles, ERR_REASON tells, CMDQP_ERR and its interrupt; that
 * queue alone stops; ERRACK goes on with the command that is there then. */
static void errors(void)
{
    struct rig *r = begin(2);
    unsigned irqs = r->h.irqs[SMMU3_IRQ_LINE_GERROR];

    put(r, 0, 0, 0x46, 0);
    put(r, 0, 1, 0, 0);
    put(r, 0, 2, 0x46, 0);
    wr32(r, PROD(0), EN | 3);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 0x01800001);
    CHECK_EQ(rd32(r, O_GERROR), 0x200);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_GERROR], irqs + 1);
    /* The others go on. */
    put(r, 1, 0, 0x46, 0);
    wr32(r, PROD(1), EN | 1);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(1)), EN | 1);
    rig_sync(r);
    /* Acknowledging GERROR alone changes nothing. */
    wr32(r, O_GERRORN, 0x200);
    wr32(r, PROD(0), EN | 3);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 0x01800001);
    put(r, 0, 1, 0x46, 0);
    wr32(r, PROD(0), EN | 0x00800003);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 0x01800003);
    /* A second error toggles ERR back; CERROR_ABT. */
    fake_hole(&r->h, MEM(0) + 0x30, MEM(0) + 0x3f);
    wr32(r, PROD(0), EN | 0x00800004);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 0x02000003);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    fake_no_holes(&r->h);
    rig_free(r);
}

/* An error of the ordinary queue does not stop an ECMDQ, and is no CMDQP_ERR.
 */
static void independent(void)
{
    struct rig *r = begin(1);

    wr32(r, O_CMDQ_PROD, 1); /* zeroes: illegal */
    rig_drain(r);
    CHECK_EQ(rd32(r, O_GERROR), 1);
    put(r, 0, 0, 0x46, 0);
    wr32(r, PROD(0), EN | 1);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 1);
    wr32(r, O_CR0, 0);
    put(r, 0, 1, 0x46, 0);
    wr32(r, PROD(0), EN | 2);
    rig_drain(r);
    CHECK_EQ(rd32(r, CONS(0)), EN | 2);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/ecmdq/A.16/described", described);
    g_test_add_func("/ecmdq/A.16/absent", absent);
    g_test_add_func("/ecmdq/A.16/registers", registers);
    g_test_add_func("/ecmdq/3.5.6/consume", consume);
    g_test_add_func("/ecmdq/3.5.6/wrap-and-disable", wrap_and_disable);
    g_test_add_func("/ecmdq/3.5.6/errors", errors);
    g_test_add_func("/ecmdq/3.5.6/independent", independent);
    return g_test_run();
}
