/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An SMMU's performance monitor counter group: its pages, clock and interrupt.
 * Layer L5.
 *
 * Event 0 counts nanoseconds of virtual time, a clock of 1 GHz. The counters
 * have 32 bits, so that software meets overflows; they are in page 1, 64 KiB
 * above page 0.
 */
#include "compat.h"
#include "qemu/timer.h"
#include "internal.h"

#define PAGE_STRIDE 0x10000u

struct SmmulatorCounters {
    SmmulatorPmcg board;
    struct smmu3_pmcg *core;
    MemoryRegion pages[2];
    QEMUTimer *timer;
    QEMUBH *irq_bh;
    QEMUBH *run_bh;
};

static MemTxResult read_page(SmmulatorCounters *c, unsigned page, hwaddr addr,
                             uint64_t *data, unsigned size, MemTxAttrs attrs)
{
    if (smmulator_in_core_access()) {
        return MEMTX_ACCESS_ERROR;
    }
    *data =
        smmu3_pmcg_read(c->core, smmulator_access_space(c->board.smmu, attrs),
                        page, addr, size);
    return MEMTX_OK;
}

static MemTxResult write_page(SmmulatorCounters *c, unsigned page, hwaddr addr,
                              uint64_t data, unsigned size, MemTxAttrs attrs)
{
    if (smmulator_in_core_access()) {
        return MEMTX_ACCESS_ERROR;
    }
    smmu3_pmcg_write(c->core, smmulator_access_space(c->board.smmu, attrs),
                     page, addr, data, size);
    return MEMTX_OK;
}

static MemTxResult read_page0(void *opaque, hwaddr addr, uint64_t *data,
                              unsigned size, MemTxAttrs attrs)
{
    return read_page(opaque, 0, addr, data, size, attrs);
}

static MemTxResult write_page0(void *opaque, hwaddr addr, uint64_t data,
                               unsigned size, MemTxAttrs attrs)
{
    return write_page(opaque, 0, addr, data, size, attrs);
}

static MemTxResult read_page1(void *opaque, hwaddr addr, uint64_t *data,
                              unsigned size, MemTxAttrs attrs)
{
    return read_page(opaque, 1, addr, data, size, attrs);
}

static MemTxResult write_page1(void *opaque, hwaddr addr, uint64_t data,
                               unsigned size, MemTxAttrs attrs)
{
    return write_page(opaque, 1, addr, data, size, attrs);
}

/* Every size and alignment reaches the core, which knows what each does. */
static const MemoryRegionOps page_ops[2] = {
    {
        .read_with_attrs = read_page0,
        .write_with_attrs = write_page0,
        .endianness = DEVICE_LITTLE_ENDIAN,
        .valid = { .min_access_size = 1,
                   .max_access_size = 8,
                   .unaligned = true },
        .impl = { .min_access_size = 1,
                  .max_access_size = 8,
                  .unaligned = true },
    },
    {
        .read_with_attrs = read_page1,
        .write_with_attrs = write_page1,
        .endianness = DEVICE_LITTLE_ENDIAN,
        .valid = { .min_access_size = 1,
                   .max_access_size = 8,
                   .unaligned = true },
        .impl = { .min_access_size = 1,
                  .max_access_size = 8,
                  .unaligned = true },
    },
};

/* As wire.c does it: never without the big lock. */
static void host_irq(void *opaque)
{
    SmmulatorCounters *c = opaque;

    if (bql_locked()) {
        qemu_irq_pulse(c->board.frame.irq);
    } else {
        qemu_bh_schedule(c->irq_bh);
    }
}

static void irq_bh(void *opaque)
{
    SmmulatorCounters *c = opaque;

    qemu_irq_pulse(c->board.frame.irq);
}

static bool host_msi(void *opaque, enum smmu3_space space, uint64_t addr,
                     uint32_t data, uint8_t attr, uint8_t sh)
{
    SmmulatorCounters *c = opaque;

    return smmulator_send_msi(c->board.smmu, space, c->board.frame.device_id,
                              addr, data);
}

static void host_kick(void *opaque)
{
    SmmulatorCounters *c = opaque;

    qemu_bh_schedule(c->run_bh);
}

static uint64_t host_cycles(void *opaque)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static void host_alarm(void *opaque, uint64_t cycles)
{
    SmmulatorCounters *c = opaque;

    if (cycles > INT64_MAX) {
        timer_del(c->timer);
    } else {
        timer_mod(c->timer, (int64_t)cycles);
    }
}

static void run(void *opaque)
{
    SmmulatorCounters *c = opaque;

    smmu3_pmcg_run(c->core);
}

static bool make_core(SmmulatorCounters *c, Error **errp)
{
    const struct smmu3_pmcg_params params = {
        .counters = 8, .bits = 32, .reloc = true, .msi = true, .capture = true
    };
    const struct smmu3_pmcg_host host = { .opaque = c,
                                          .irq = host_irq,
                                          .msi = host_msi,
                                          .kick = host_kick,
                                          .cycles = host_cycles,
                                          .alarm = host_alarm };
    const char *error = NULL;

    c->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, run, c);
    c->irq_bh = qemu_bh_new(irq_bh, c);
    c->run_bh = qemu_bh_new(run, c);
    c->core = smmu3_pmcg_new(c->board.smmu->core, &params, &host, &error);
    if (!c->core) {
        error_setg(errp, "smmulator: counter group: %s", error);
        return false;
    }
    return true;
}

bool smmulator_pmcg_realize(SmmulatorState *s, Error **errp)
{
    SmmulatorCounters *c = g_new0(SmmulatorCounters, 1);

    s->counters = c;
    c->board.smmu = s;
    c->board.msi = true;
    if (!smmulator_board_frame(2 * PAGE_STRIDE, true, &c->board.frame, errp) ||
        !make_core(c, errp)) {
        smmulator_pmcg_unrealize(s);
        return false;
    }
    c->board.page1 = c->board.frame.base + PAGE_STRIDE;
    for (unsigned i = 0; i < 2; i++) {
        memory_region_init_io(&c->pages[i], OBJECT(s), &page_ops[i], c,
                              i ? "smmulator-pmcg-page1" : "smmulator-pmcg",
                              SMMU3_PMCG_PAGE_SIZE);
        c->pages[i].disable_reentrancy_guard = true;
        memory_region_add_subregion(get_system_memory(),
                                    c->board.frame.base + i * PAGE_STRIDE,
                                    &c->pages[i]);
    }
    smmulator_board_add_pmcg(&c->board);
    return true;
}

void smmulator_pmcg_reset(SmmulatorState *s)
{
    if (s->counters) {
        smmu3_pmcg_reset(s->counters->core);
        qemu_bh_cancel(s->counters->irq_bh);
        qemu_bh_cancel(s->counters->run_bh);
    }
}

/* What the board heard of it is undone by the end of QEMU alone. */
void smmulator_pmcg_unrealize(SmmulatorState *s)
{
    SmmulatorCounters *c = s->counters;

    if (!c) {
        return;
    }
    s->counters = NULL;
    for (unsigned i = 0; i < 2; i++) {
        if (c->pages[i].container) {
            memory_region_del_subregion(get_system_memory(), &c->pages[i]);
            object_unparent(OBJECT(&c->pages[i]));
        }
    }
    if (c->board.page1) {
        QLIST_REMOVE(&c->board, next);
    }
    smmu3_pmcg_free(c->core);
    if (c->timer) {
        timer_free(c->timer);
        qemu_bh_delete(c->irq_bh);
        qemu_bh_delete(c->run_bh);
    }
    g_free(c);
}
