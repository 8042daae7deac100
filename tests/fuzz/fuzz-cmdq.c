/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command queue: any commands, published in any portions. An independent
 * table of what is legal says where the queue must stop; what it consumes is
 * bounded per call, errors are reported and recovered from, and the streams
 * translate afterwards as a fresh SMMU does.
 *
 * Input: pairs of a byte of choices and a command.
 */
#include <stdbool.h>
#include <string.h>
#include "common.h"

#define QUEUE_LOG2 6u
#define ENTRIES (1u << QUEUE_LOG2)
#define COMMANDS_MAX 2000u

/* Section 4.1 and the operands' rules, for both stages and no other feature. */
static bool legal(const uint64_t *w)
{
    unsigned op = w[0] & 0xff, tg = w[1] >> 10 & 3, ttl = w[1] >> 8 & 3;
    unsigned num = w[0] >> 12 & 0x1f, scale = w[0] >> 20 & 0x1f;

    switch (op) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x05:
    case 0x06:
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
        if (tg == 2 && ttl == 1) {
            ttl = 0;
        }
        return tg == 0 || num || scale || ttl;
    case 0x46:
        return (w[0] >> 12 & 3) != 3; /* CS */
    default:
        return false;
    }
}

struct bench {
    struct fuzz_host host;
    struct smmu3 *s;
    uint64_t queue[2 * ENTRIES];
    uint64_t stes[3 * 8], cd[8];
    uint32_t prod; /* written to the queue */
    uint32_t published;
    uint32_t cons; /* expected */
    unsigned long syncs, gerrors;
    bool stopped;
};

/* Tables: everything is a page or a table that leads on, at all levels. */
static const uint64_t tables[2] = { 0x200007ff, 0x300007ff };

static void bench_init(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    b->host.memory.data = (const uint8_t *)tables;
    b->host.memory.size = sizeof(tables);
    memcpy(b->stes, ste_s1(FUZZ_CD).w, 64);
    memcpy(b->stes + 8, ste_nested(FUZZ_CD, 0x40000000, 12, 24, 1).w, 64);
    memcpy(b->stes + 16, ste_s2(0x40000000, 12, 24, 1).w, 64);
    memcpy(b->cd, cd_make(0x50000000, 12, 25).w, 64);
    fuzz_lay_over(&b->host, FUZZ_CMDQ, b->queue, 2 * ENTRIES);
    fuzz_lay_over(&b->host, FUZZ_STRTAB, b->stes, 24);
    fuzz_lay_over(&b->host, FUZZ_CD, b->cd, 8);
    b->s = fuzz_new(&b->host, 16);
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
            b->stopped = true;
            b->gerrors++;
            break;
        }
        b->syncs += (w[0] & 0x30ff) == 0x1046;
        b->cons = next(b->cons);
    }
    FUZZ_CHECK((cons & 0xfffff) == b->cons);
    FUZZ_CHECK(error == b->stopped);
    FUZZ_CHECK(!b->stopped || cons >> 24 == 1);
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
    smmu3_mmio_write(b->s, SMMU3_NS, 0x064,
                     smmu3_mmio_read(b->s, SMMU3_NS, 0x060, 4), 4);
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
            translate(&b, how >> 1);
            continue;
        }
        w[0] = take64(&in);
        w[1] = take64(&in);
        b.prod = next(b.prod);
        if (how & 2 || ((b.prod ^ b.cons) & (2 * ENTRIES - 1)) == ENTRIES) {
            publish(&b); /* on request, or because it is full */
        }
        while (b.stopped && (how & 4 || b.prod != b.published ||
                             (b.prod ^ b.cons) == ENTRIES)) {
            recover(&b);
        }
    }
    publish(&b);
    while (b.stopped) {
        recover(&b);
    }
    FUZZ_CHECK(b.cons == b.prod);
    FUZZ_CHECK(!b.host.locked);
    smmu3_free(b.s);
    return 0;
}
