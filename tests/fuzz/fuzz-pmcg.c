/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter group: any accesses to both of its pages in any order, with
 * transactions, time and deferred work in between. What its registers can hold
 * is checked after every step.
 *
 * Input: one byte for the group's parameters, then steps of a byte of choices,
 * an offset of two bytes and a value of eight.
 */
#include <stdbool.h>
#include <string.h>
#include "common.h"
#include "smmu3/pmcg.h"

static const uint32_t offsets[] = {
    0x000, 0x004, 0x008, 0x01c, 0x400, 0x404, 0x600, 0xa00, 0xa04, 0xc00, 0xc20,
    0xc40, 0xc60, 0xc80, 0xcc0, 0xd88, 0xdf8, 0xe04, 0xe50, 0xe58, 0xe60, 0xe64,
};

struct bench {
    struct fuzz_host host;
    struct smmu3 *s;
    struct smmu3_pmcg *p;
    struct smmu3_pmcg_params params;
    uint64_t cycles, alarm;
    bool kicked;
};

static void on_irq(void *opaque)
{
    struct bench *b = opaque;

    FUZZ_CHECK(!b->host.locked);
}

static bool on_msi(void *opaque, enum smmu3_space space, uint64_t addr,
                   uint32_t data, uint8_t attr, uint8_t sh)
{
    struct bench *b = opaque;

    (void)data;
    (void)attr;
    FUZZ_CHECK(!b->host.locked && b->params.msi && space == SMMU3_NS);
    FUZZ_CHECK(addr && addr % 4 == 0 && addr >> 48 == 0 && sh < 4 && sh != 1);
    return addr >> 44 != 0xf;
}

static void on_kick(void *opaque)
{
    struct bench *b = opaque;

    FUZZ_CHECK(!b->host.locked);
    b->kicked = true;
}

static uint64_t on_cycles(void *opaque)
{
    struct bench *b = opaque;

    FUZZ_CHECK(!b->host.locked);
    return b->cycles;
}

static void on_alarm(void *opaque, uint64_t cycles)
{
    struct bench *b = opaque;

    FUZZ_CHECK(!b->host.locked && cycles > b->cycles);
    b->alarm = cycles;
}

static void bench_init(struct bench *b, uint8_t how, struct input in)
{
    static const uint8_t bits[8] = { 32, 36, 40, 44, 48, 64, 32, 64 };
    const struct smmu3_pmcg_host host = { b,       on_irq,    on_msi,
                                          on_kick, on_cycles, on_alarm };
    const char *error = NULL;

    memset(b, 0, sizeof(*b));
    b->host.memory = in;
    b->host.writes_anywhere = true;
    b->params = (struct smmu3_pmcg_params){ .counters = how & 1 ? 8 : 64,
                                            .bits = bits[how >> 1 & 7],
                                            .reloc = how & 0x10,
                                            .msi = how & 0x20,
                                            .capture = how & 0x40,
                                            .shared_filter = how & 0x80 };
    b->s = fuzz_new(&b->host, 16);
    b->p = smmu3_pmcg_new(b->s, &b->params, &host, &error);
    FUZZ_CHECK(b->p != NULL);
    fuzz_enable(b->s, 8, 2);
}

static uint64_t rd64(struct bench *b, bool moves, uint32_t offset)
{
    return smmu3_pmcg_read(b->p, SMMU3_NS, moves && b->params.reloc, offset, 8);
}

static void check(struct bench *b)
{
    uint64_t all = b->params.counters == 64 ? UINT64_MAX : 0xff;
    uint64_t max =
        b->params.bits == 64 ? UINT64_MAX : (UINT64_C(1) << b->params.bits) - 1;

    FUZZ_CHECK((rd64(b, false, 0xc00) & ~all) == 0);
    FUZZ_CHECK((rd64(b, false, 0xc40) & ~all) == 0);
    FUZZ_CHECK((rd64(b, true, 0xcc0) & ~all) == 0);
    FUZZ_CHECK(rd64(b, false, 0xc00) == rd64(b, false, 0xc20));
    FUZZ_CHECK(rd64(b, true, 0xc80) == rd64(b, true, 0xcc0));
    for (unsigned i = 0; i < 8 && b->params.bits > 32; i++) {
        FUZZ_CHECK(rd64(b, true, 8 * i) <= max);
        FUZZ_CHECK(rd64(b, true, 0x600 + 8 * i) <= max);
    }
    FUZZ_CHECK(b->params.msi || rd64(b, false, 0xe58) == 0);
    FUZZ_CHECK(smmu3_pmcg_read(b->p, SMMU3_NS, 0, 0xdf8, 4) == 0);
    FUZZ_CHECK(smmu3_pmcg_read(b->p, SMMU3_NS, 0, 0xfbc, 4) == 0x47702a56);
}

static void step(struct bench *b, struct input *in)
{
    uint8_t how = take8(in);
    uint32_t offset = take8(in) | (uint32_t)take8(in) << 8;
    uint64_t value = take64(in);
    unsigned page = how >> 4 & 1;

    if (how & 0x80) {
        offset = offsets[offset % (sizeof(offsets) / sizeof(offsets[0]))];
    }
    switch (how & 7) {
    case 0:
    case 1:
    case 2:
        smmu3_pmcg_write(b->p, SMMU3_NS, page, offset, value, how & 8 ? 8 : 4);
        break;
    case 3:
        smmu3_pmcg_write(b->p, SMMU3_NS, page, offset, value,
                         1u << (how >> 5 & 3));
        break;
    case 4:
        smmu3_pmcg_read(b->p, SMMU3_NS, page, offset, 1u << (how >> 5 & 3));
        break;
    case 5:
        b->cycles += value >> (offset & 63);
        if (b->cycles >= UINT64_C(1) << 62) {
            b->cycles = UINT64_C(1) << 62; /* virtual time ends there */
        }
        break;
    case 6: {
        struct smmu3_txn t = fuzz_txn(how >> 3, value);
        struct smmu3_result res;

        t.sid = offset & 0x1ff;
        smmu3_translate(b->s, &t, &res);
        break;
    }
    default:
        smmu3_pmcg_reset(b->p);
    }
    for (unsigned n = 0; b->kicked || b->alarm <= b->cycles; n++) {
        FUZZ_CHECK(n < 4);
        b->kicked = false;
        b->alarm = UINT64_MAX;
        smmu3_pmcg_run(b->p);
    }
    check(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    static struct bench b;

    bench_init(&b, take8(&in), in);
    while (in.size) {
        step(&b, &in);
    }
    FUZZ_CHECK(!b.host.locked);
    smmu3_pmcg_free(b.p);
    smmu3_free(b.s);
    return 0;
}
