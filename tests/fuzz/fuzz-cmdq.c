/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command queue: any commands, published in any portions. An independent
 * table of what is legal says where the queue must stop; what it consumes is
 * bounded per call, errors are reported and recovered from, and the streams
 * translate afterwards as a fresh SMMU does. Transactions stall in between:
 * every wait ends once, and what is left ends with SMMUEN.
 *
 * Input: pairs of a byte of choices and a command.
 */
#include <stdbool.h>
#include <string.h>
#include "common.h"

#define QUEUE_LOG2 6u
#define ENTRIES (1u << QUEUE_LOG2)
#define COMMANDS_MAX 2000u
/* Invalidations without an answer: PCIe's 32 tags. */
#define PENDING_MAX 32u

/* Section 4.1 and the operands' rules, for both stages, DS, ATS, PRI and
 * stalls. */
static bool legal(const uint64_t *w)
{
    unsigned op = w[0] & 0xff, tg = w[1] >> 10 & 3, ttl = w[1] >> 8 & 3;
    unsigned num = w[0] >> 12 & 0x1f, scale = w[0] >> 20 & 0x3f;

    switch (op) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x05:
    case 0x06:
    case 0x44:
    case 0x45:
        return !(w[0] >> 10 & 1); /* SSec */
    case 0x10:
    case 0x11:
    case 0x20:
    case 0x21:
    case 0x28:
    case 0x30:
        return true;
    case 0x12:
    case 0x13:
    case 0x22:
    case 0x23:
    case 0x2a:
        return tg == 0 || num || scale || ttl;
    case 0x40:
        return (w[1] & 0x3f) <= 52; /* Size */
    case 0x41:
        return (w[1] >> 12 & 3) != 3; /* Resp */
    case 0x46:
        return (w[0] >> 12 & 3) != 3; /* CS */
    default:
        return false;
    }
}

#define WAITERS 8u
#define STALL_SID 3u

struct waiter {
    struct smmu3_stall stall; /* first */
    bool waits;
};

struct bench {
    struct fuzz_host host;
    struct smmu3 *s;
    uint64_t queue[2 * ENTRIES];
    uint64_t stes[4 * 8], cd[2 * 8];
    uint32_t prod; /* written to the queue */
    uint32_t published;
    uint32_t cons; /* expected */
    unsigned long syncs, gerrors;
    bool stopped;
    unsigned error;   /* CMDQ_CONS.ERR, if stopped */
    unsigned pending; /* ATS invalidations, expected */
    bool failed;
    bool msi_error; /* GERROR.MSI_CMDQ_ABT_ERR is active */
    /* ... and what the SMMU sent. */
    uint64_t tokens[PENDING_MAX];
    unsigned n_tokens;
    struct waiter waiters[WAITERS];
};

/* What becomes of an invalidation: bits that its Size does not cut, and that
 * are zero of large ones. */
static enum smmu3_atc_status fate(uint64_t addr)
{
    static const enum smmu3_atc_status fates[4] = {
        SMMU3_ATC_DONE, SMMU3_ATC_PENDING, SMMU3_ATC_PENDING, SMMU3_ATC_TIMEOUT
    };

    return fates[addr >> 62];
}

static enum smmu3_atc_status on_atc_invalidate(void *opaque,
                                               const struct smmu3_atc_inv *inv)
{
    struct bench *b = opaque; /* its first member is the host */
    enum smmu3_atc_status status = fate(inv->addr);

    FUZZ_CHECK(!b->host.locked);
    FUZZ_CHECK(inv->lg2_size >= 12 && inv->lg2_size <= 64);
    FUZZ_CHECK(inv->lg2_size == 64 ||
               !(inv->addr & ((UINT64_C(1) << inv->lg2_size) - 1)));
    if (status == SMMU3_ATC_PENDING) {
        FUZZ_CHECK(b->n_tokens < PENDING_MAX);
        b->tokens[b->n_tokens++] = inv->token;
    }
    return status;
}

static void on_prg_response(void *opaque, const struct smmu3_prg_response *resp)
{
    struct bench *b = opaque;

    FUZZ_CHECK(!b->host.locked);
    FUZZ_CHECK(resp->code == 0 || resp->code == 1 || resp->code == 0xf);
    FUZZ_CHECK(resp->prgindex < 512);
}

/* Tables: everything is a page or a table that leads on, at all levels. */
static const uint64_t tables[2] = { 0x200007ff, 0x300007ff };

static void wait_ended(void *opaque, struct smmu3_stall *stall,
                       enum smmu3_stall_action action)
{
    struct waiter *w = (struct waiter *)(void *)stall;

    (void)opaque;
    (void)action;
    FUZZ_CHECK(w->waits);
    w->waits = false;
}

static struct smmu3 *new_smmu(struct bench *b)
{
    struct smmu3_params p = fuzz_params(16);
    struct smmu3_host ops = fuzz_host_ops(&b->host);

    p.f.ats = true;
    p.f.pri = true;
    p.f.ssidsize = 0;
    p.f.cd2l = false;
    p.f.stall_model = 0;
    p.f.stall_max = 3;
    ops.atc_invalidate = on_atc_invalidate;
    ops.prg_response = on_prg_response;
    ops.stall_done = wait_ended;
    return fuzz_make(&b->host, &p, &ops);
}

static void bench_init(struct bench *b)
{
    struct cd stalling = cd_make(0x50000000, 12, 25);

    memset(b, 0, sizeof(*b));
    b->host.memory.data = (const uint8_t *)tables;
    b->host.memory.size = sizeof(tables);
    memcpy(b->stes, ste_s1(FUZZ_CD).w, 64);
    memcpy(b->stes + 8, ste_nested(FUZZ_CD, 0x40000000, 12, 24, 1).w, 64);
    memcpy(b->stes + 16, ste_s2(0x40000000, 12, 24, 1).w, 64);
    memcpy(b->stes + 24, ste_s1(FUZZ_CD + 64).w, 64);
    memcpy(b->cd, cd_make(0x50000000, 12, 25).w, 64);
    set_bits(stalling.w, 44, 44, 1);
    memcpy(b->cd + 8, stalling.w, 64);
    fuzz_lay_over(&b->host, FUZZ_CMDQ, b->queue, 2 * ENTRIES);
    fuzz_lay_over(&b->host, FUZZ_STRTAB, b->stes, 32);
    fuzz_lay_over(&b->host, FUZZ_CD, b->cd, 16);
    b->s = new_smmu(b);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x090, FUZZ_CMDQ | QUEUE_LOG2, 8);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x080, FUZZ_STRTAB, 8);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x088, 8, 4);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x0a0, FUZZ_EVENTQ | FUZZ_EVENTQ_LOG2, 8);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x050, 0x5, 4);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x020, 0xd, 4);
}

static uint32_t next(uint32_t index)
{
    return (index + 1) & (2 * ENTRIES - 1);
}

static void stop(struct bench *b, unsigned error)
{
    b->stopped = true;
    b->error = error;
    b->gerrors++;
}

/* The message of a CMD_SYNC: an abort is a global error, if it is not one yet.
 */
static void message(struct bench *b, uint64_t w1)
{
    bool aborts = (w1 & UINT64_C(0x00fffffffffffffc)) && (w1 >> 44 & 15) == 15;

    b->gerrors += aborts && !b->msi_error;
    b->msi_error |= aborts;
}

/* Of an ATC_INV without SSV. False: it waits for a tag. */
static bool invalidate(struct bench *b, const uint64_t *w)
{
    unsigned lg2 = 12 + (w[1] & 0x3f);
    uint64_t mask = lg2 < 64 ? (UINT64_C(1) << lg2) - 1 : UINT64_MAX;
    enum smmu3_atc_status status = fate(w[1] & ~mask);

    if (b->pending == PENDING_MAX) {
        return false;
    }
    b->pending += status == SMMU3_ATC_PENDING;
    b->failed |= status == SMMU3_ATC_TIMEOUT;
    return true;
}

/* What the queue must have done by now. */
static void expect(struct bench *b)
{
    uint32_t cons = (uint32_t)smmu3_mmio_read(b->s, SMMU3_NS, 0x09c, 4);
    bool error = (smmu3_mmio_read(b->s, SMMU3_NS, 0x060, 4) ^
                  smmu3_mmio_read(b->s, SMMU3_NS, 0x064, 4)) &
                 1;

    while (!b->stopped && b->cons != b->published) {
        const uint64_t *w = b->queue + 2 * (b->cons % ENTRIES);

        if (!legal(w)) {
            stop(b, 1);
            break;
        }
        if ((w[0] & 0xff) == 0x46 && b->pending) {
            break;
        }
        if ((w[0] & 0xff) == 0x46 && b->failed) {
            b->failed = false;
            stop(b, 3);
            break;
        }
        if ((w[0] & 0x8ff) == 0x40 && !invalidate(b, w)) {
            break;
        }
        if ((w[0] & 0x30ff) == 0x1046) {
            b->syncs++;
            message(b, w[1]);
        }
        b->cons = next(b->cons);
    }
    FUZZ_CHECK((cons & 0xfffff) == b->cons);
    FUZZ_CHECK(error == b->stopped);
    FUZZ_CHECK(!b->stopped || cons >> 24 == b->error);
    FUZZ_CHECK(b->n_tokens == b->pending);
    FUZZ_CHECK(b->host.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC] == b->syncs);
    /* And messages that aborted, each if the one before is acknowledged. */
    FUZZ_CHECK(b->host.irqs[SMMU3_IRQ_LINE_GERROR] >= b->gerrors);
    FUZZ_CHECK(b->host.irqs[SMMU3_IRQ_LINE_GERROR] <=
               b->gerrors + b->host.msi_aborts);
    FUZZ_CHECK(b->host.irqs[SMMU3_IRQ_LINE_EVENTQ] == 0);
}

static void publish(struct bench *b)
{
    b->published = b->prod;
    smmu3_mmio_write(b->s, SMMU3_NS, 0x098, b->prod, 4);
    fuzz_drain(b->s, &b->host);
    expect(b);
}

/* Linux's way: a CMD_SYNC in the bad command's place, then acknowledge. */
static void recover(struct bench *b)
{
    uint64_t *w = b->queue + 2 * (b->cons % ENTRIES);

    w[0] = 0x46;
    w[1] = 0;
    b->stopped = false;
    b->msi_error = false;
    smmu3_mmio_write(b->s, SMMU3_NS, 0x064,
                     smmu3_mmio_read(b->s, SMMU3_NS, 0x060, 4), 4);
    fuzz_drain(b->s, &b->host);
    expect(b);
}

/* The devices answer, each in its way. */
static void answer(struct bench *b, uint8_t how)
{
    unsigned n = b->n_tokens;

    b->n_tokens = 0;
    b->pending = 0;
    for (unsigned i = 0; i < n; i++) {
        bool late = how >> (i % 8) & 1;

        b->failed |= late;
        smmu3_atc_inv_done(b->s, b->tokens[i],
                           late ? SMMU3_ATC_TIMEOUT : SMMU3_ATC_DONE);
    }
    fuzz_drain(b->s, &b->host);
    expect(b);
}

static void translate(struct bench *b, uint8_t how)
{
    struct smmu3_txn t = fuzz_txn(how & 0xf, (uint64_t)(how >> 4) << 12);
    struct smmu3_txn probe;
    struct smmu3_result got, fresh;
    unsigned long reads = b->host.reads;

    t.sid = how % 3;
    probe = t;
    probe.probe = true;
    smmu3_translate(b->s, &t, &got);
    FUZZ_CHECK(b->host.reads - reads <= FUZZ_READS_MAX);
    smmu3_translate(b->s, &probe, &fresh);
    /* Memory never changes: caches, whatever is left of them, are right. */
    FUZZ_CHECK(got.outcome == fresh.outcome);
    FUZZ_CHECK(got.outcome != SMMU3_OK || got.pa == fresh.pa);
    FUZZ_CHECK(got.perm == fresh.perm);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x100ac,
                     smmu3_mmio_read(b->s, SMMU3_NS, 0x100a8, 4), 4);
    b->host.irqs[SMMU3_IRQ_LINE_EVENTQ] = 0;
}

/* A transaction that stalls, or the end of one whose master gives up. */
static void stall(struct bench *b, uint8_t how)
{
    struct waiter *w = &b->waiters[how % WAITERS];
    struct smmu3_txn t = fuzz_txn(how, (UINT64_C(0x800) + how % 4) << 32);
    struct smmu3_result res;

    if (w->waits) {
        FUZZ_CHECK(smmu3_stall_cancel(b->s, &w->stall));
        w->waits = false;
        return;
    }
    t.sid = STALL_SID;
    t.ssv = false;
    t.stall = &w->stall;
    w->waits = true;
    smmu3_translate(b->s, &t, &res);
    w->waits = w->waits && res.outcome == SMMU3_STALLED;
    FUZZ_CHECK(res.outcome == SMMU3_STALLED || res.outcome == SMMU3_OK);
    b->host.irqs[SMMU3_IRQ_LINE_EVENTQ] = 0;
}

static void end_waits(struct bench *b)
{
    smmu3_mmio_write(b->s, SMMU3_NS, 0x020, 0xc, 4);
    for (unsigned i = 0; i < WAITERS; i++) {
        FUZZ_CHECK(!b->waiters[i].waits);
    }
}

/* The event queue is full, or off for a while, or all waits end. */
static void disturb(struct bench *b, uint8_t how)
{
    uint64_t prod = smmu3_mmio_read(b->s, SMMU3_NS, 0x100a8, 4);

    switch (how & 3) {
    case 0:
        end_waits(b);
        break;
    case 1:
        smmu3_mmio_write(b->s, SMMU3_NS, 0x020, 0x9, 4);
        break;
    default:
        smmu3_mmio_write(b->s, SMMU3_NS, 0x100ac, prod ^ 1u << FUZZ_EVENTQ_LOG2,
                         4);
        return;
    }
    stall(b, how >> 2);
    smmu3_mmio_write(b->s, SMMU3_NS, 0x020, 0xd, 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    struct bench b;

    bench_init(&b);
    for (unsigned n = 0; in.size && n < COMMANDS_MAX; n++) {
        uint8_t how = take8(&in);
        uint64_t *w = b.queue + 2 * (b.prod % ENTRIES);

        if (how & 1) {
            if ((how & 0xe0) == 0xe0) {
                disturb(&b, how >> 1);
            } else if (how & 0x80) {
                stall(&b, how >> 1);
            } else {
                translate(&b, how >> 1);
            }
            continue;
        }
        w[0] = take64(&in);
        w[1] = take64(&in);
        if (how & 8) {
            /* RESUME, or STALL_TERM, of the stream that stalls. */
            w[0] = (w[0] & 0x3001) | 0x44 | (uint64_t)STALL_SID << 32;
            w[1] &= 3;
        }
        b.prod = next(b.prod);
        if (how & 2 || ((b.prod ^ b.cons) & (2 * ENTRIES - 1)) == ENTRIES) {
            publish(&b); /* on request, or because it is full */
        }
        while (b.pending && (how & 8 || (b.prod ^ b.cons) == ENTRIES)) {
            answer(&b, how);
        }
        while (b.stopped && (how & 4 || b.prod != b.published ||
                             (b.prod ^ b.cons) == ENTRIES)) {
            recover(&b);
        }
    }
    publish(&b);
    while (b.stopped || b.pending) {
        if (b.pending) {
            answer(&b, 0);
        }
        if (b.stopped) {
            recover(&b);
        }
    }
    FUZZ_CHECK(b.cons == b.prod);
    end_waits(&b);
    FUZZ_CHECK(!b.host.locked);
    smmu3_free(b.s);
    return 0;
}
