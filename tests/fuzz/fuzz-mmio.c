/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers: any accesses in any order, with transactions and deferred work in
 * between, over memory that is the input as well. Invariants of the register
 * file hold after every step.
 *
 * Input: steps of a byte of choices, an offset of two bytes and a value of
 * eight; what is behind the half of the input is memory.
 */
#include <stdbool.h>
#include <string.h>
#include "common.h"

/* More commands than this in one call are not bounded work. */
#define READS_PER_CALL_MAX 4096u

static const uint32_t offsets[] = {
    0x00,    0x20,    0x24, 0x28, 0x2c, 0x44, 0x50, 0x60, 0x64, 0x80, 0x84,
    0x88,    0x90,    0x94, 0x98, 0x9c, 0xa0, 0xa4, 0xa8, 0xb0, 0xc0, 0x100a8,
    0x100ac, 0x100c8, 0x68, 0x6c, 0x70, 0x74, 0xb4, 0xb8, 0xbc, 0xd0,
};

struct saved {
    uint32_t cr0ack, cr1, cr2, strtab_cfg, cons, eventq_prod;
    uint64_t strtab, cmdq, eventq;
    uint32_t irq_ctrlack;
    uint64_t eventq_cfg[2], gerror_cfg[2];
};

static uint32_t rd32(struct smmu3 *s, uint32_t offset)
{
    return (uint32_t)smmu3_mmio_read(s, SMMU3_NS, offset, 4);
}

static struct saved save(struct smmu3 *s)
{
    return (struct saved){
        .cr0ack = rd32(s, 0x24),
        .cr1 = rd32(s, 0x28),
        .cr2 = rd32(s, 0x2c),
        .strtab_cfg = rd32(s, 0x88),
        .strtab = smmu3_mmio_read(s, SMMU3_NS, 0x80, 8),
        .cmdq = smmu3_mmio_read(s, SMMU3_NS, 0x90, 8),
        .eventq = smmu3_mmio_read(s, SMMU3_NS, 0xa0, 8),
        .irq_ctrlack = rd32(s, 0x54),
        .eventq_cfg = { smmu3_mmio_read(s, SMMU3_NS, 0xb0, 8),
                        (uint64_t)rd32(s, 0xb8) << 32 | rd32(s, 0xbc) },
        .gerror_cfg = { smmu3_mmio_read(s, SMMU3_NS, 0x68, 8),
                        (uint64_t)rd32(s, 0x70) << 32 | rd32(s, 0x74) },
    };
}

/* What no write can change while an enable is set. */
static void check_guards(const struct saved *a, const struct saved *b)
{
    if (a->cr0ack & 1) {
        FUZZ_CHECK(a->strtab == b->strtab);
        FUZZ_CHECK(a->strtab_cfg == b->strtab_cfg);
        FUZZ_CHECK(a->cr2 == b->cr2);
        FUZZ_CHECK((a->cr1 & 0xfc0) == (b->cr1 & 0xfc0));
    }
    if (a->cr0ack & 4) {
        FUZZ_CHECK(a->eventq == b->eventq);
        FUZZ_CHECK((a->cr1 & 0x3f) == (b->cr1 & 0x3f));
    }
    for (unsigned i = 0; i < 2; i++) {
        FUZZ_CHECK(!(a->irq_ctrlack & 4) ||
                   a->eventq_cfg[i] == b->eventq_cfg[i]);
        FUZZ_CHECK(!(a->irq_ctrlack & 1) ||
                   a->gerror_cfg[i] == b->gerror_cfg[i]);
    }
    if (a->cr0ack & 8) {
        FUZZ_CHECK(a->cmdq == b->cmdq);
        FUZZ_CHECK((a->cr1 & 0x3f) == (b->cr1 & 0x3f));
    }
}

static void check_registers(struct smmu3 *s)
{
    uint32_t cmdq_bits, eventq_bits;

    FUZZ_CHECK(rd32(s, 0x00) == 0x090c321b);
    FUZZ_CHECK(rd32(s, 0x04) == 0x02730510);
    FUZZ_CHECK(rd32(s, 0x0c) == 0x00001514);
    FUZZ_CHECK(rd32(s, 0x14) == 0x00000075);
    FUZZ_CHECK(rd32(s, 0x1c) == 0x00000002);
    FUZZ_CHECK(rd32(s, 0x24) == (rd32(s, 0x20) & 0xd));
    FUZZ_CHECK(rd32(s, 0x54) == (rd32(s, 0x50) & 0x5));
    FUZZ_CHECK(!(rd32(s, 0x44) >> 31)); /* GBPA.Update */
    FUZZ_CHECK((rd32(s, 0x60) & ~0xb5u) == 0);
    FUZZ_CHECK((rd32(s, 0x28) & ~0xfffu) == 0);
    FUZZ_CHECK((rd32(s, 0x2c) & ~3u) == 0);
    FUZZ_CHECK((rd32(s, 0x88) & ~0x307ffu) == 0);
    /* Indices that the SMMU owns have no bits above the wrap bit. */
    cmdq_bits = rd32(s, 0x90) & 0x1f;
    eventq_bits = rd32(s, 0xa0) & 0x1f;
    cmdq_bits = cmdq_bits < 19 ? cmdq_bits : 19;
    eventq_bits = eventq_bits < 19 ? eventq_bits : 19;
    FUZZ_CHECK((rd32(s, 0x9c) & 0xfffff) >> (cmdq_bits + 1) == 0);
    FUZZ_CHECK((rd32(s, 0x100a8) & 0x7fffffff) >> (eventq_bits + 1) == 0);
}

static void step(struct smmu3 *s, struct fuzz_host *h, struct input *in)
{
    uint8_t how = take8(in);
    uint32_t offset = take8(in);
    uint64_t value;
    unsigned long reads = h->reads;
    struct saved before = save(s), after;

    offset = how & 0x80 ? offsets[offset % (sizeof(offsets) / 4)]
                        : offset << 2 | (uint32_t)take8(in) << 10;
    value = take64(in);
    switch (how & 7) {
    case 0:
    case 1:
    case 2:
        smmu3_mmio_write(s, SMMU3_NS, offset, value, how & 8 ? 8 : 4);
        break;
    case 3:
        smmu3_mmio_write(s, SMMU3_NS, offset, value, 1u << (how >> 4 & 3));
        break;
    case 4:
        smmu3_mmio_read(s, SMMU3_NS, offset, 1u << (how >> 3 & 3));
        break;
    case 5:
        smmu3_run(s);
        break;
    default: {
        struct smmu3_txn t = fuzz_txn(how >> 3, value);
        struct smmu3_result res;

        t.sid = offset;
        smmu3_translate(s, &t, &res);
        FUZZ_CHECK(h->reads - reads <= FUZZ_READS_MAX);
        FUZZ_CHECK(res.outcome != SMMU3_OK || res.pa >> 48 == 0);
        break;
    }
    }
    FUZZ_CHECK(h->reads - reads <= READS_PER_CALL_MAX);
    after = save(s);
    check_guards(&before, &after);
    check_registers(s);
}

/* v3.2 with what it demands, substreams and MSIs. */
static const struct smmu3_params params = {
    .f = { .arch_minor = 2,
           .s1p = true,
           .s2p = true,
           .hyp = true,
           .asid16 = true,
           .vmid16 = true,
           .msi = true,
           .cd2l = true,
           .stall_model = 1,
           .st_level = true,
           .sidsize = 16,
           .ssidsize = 20,
           .priqs = 19,
           .eventqs = 19,
           .cmdqs = 19,
           .had = true,
           .xnx = true,
           .fwb = true,
           .ril = true,
           .bbml = 2,
           .oas = 48,
           .gran4k = true,
           .gran16k = true,
           .gran64k = true,
           .vax = 48 },
    .tlb_entries = 16,
    .walk_cache_entries = 16,
    .config_cache_entries = 16,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size / 2 };
    static struct fuzz_host h;
    struct smmu3_host ops;
    struct smmu3 *s;

    memset(&h, 0, sizeof(h));
    h.memory.data = data + size / 2;
    h.memory.size = size - size / 2;
    h.writes_anywhere = true;
    ops = fuzz_host_ops(&h);
    s = fuzz_make(&h, &params, &ops);
    while (in.size) {
        step(s, &h, &in);
    }
    smmu3_reset(s);
    check_registers(s);
    FUZZ_CHECK(rd32(s, 0x20) == 0 && rd32(s, 0x60) == 0);
    FUZZ_CHECK(!h.locked);
    smmu3_free(s);
    return 0;
}
