/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for the test engine.
 * Tests only.
 */
#include "engine-bench.h"

static void move(struct bench *b, uint64_t addr, void *buf, size_t len,
                 bool write)
{
    g_assert_cmphex(addr, >=, MEM_BASE);
    g_assert_cmphex(addr + len, <=, MEM_BASE + MEM_SIZE);
    if (write) {
        memcpy(b->mem + (addr - MEM_BASE), buf, len);
    } else {
        memcpy(buf, b->mem + (addr - MEM_BASE), len);
    }
}

static enum smmu3_engine_dma bench_dma(void *opaque, unsigned frame,
                                       const struct smmu3_engine_attrs *attrs,
                                       uint64_t addr, void *buf, size_t len,
                                       bool write)
{
    struct bench *b = opaque;

    g_assert_cmpuint(b->transactions, <, LOG_MAX);
    b->log[b->transactions].addr = addr;
    b->log[b->transactions].len = len;
    b->log[b->transactions].write = write;
    b->log[b->transactions++].attrs = *attrs;
    if (b->meddle) {
        smmu3_engine_write(b->e, 0x00, HALTED, 4);
        smmu3_engine_write(b->e, 0x30, 0, 8);
        smmu3_engine_write(b->e, PRIV + 0x0c, 5, 4);
    }
    if (b->reset_at_dma) {
        smmu3_engine_reset(b->e);
        return SMMU3_ENGINE_DMA_ABORTED;
    }
    if (b->fail_at > 0 && --b->fail_at == 0) {
        return SMMU3_ENGINE_DMA_ABORTED;
    }
    if (b->pend > 0) {
        b->pend--;
        b->pending[b->n_pending].frame = frame;
        b->pending[b->n_pending].addr = addr;
        b->pending[b->n_pending].buf = buf;
        b->pending[b->n_pending].len = len;
        b->pending[b->n_pending++].write = write;
        return SMMU3_ENGINE_DMA_PENDING;
    }
    move(b, addr, buf, len, write);
    return SMMU3_ENGINE_DMA_OK;
}

static void bench_cancel(void *opaque, unsigned frame)
{
    struct bench *b = opaque;

    b->cancelled[b->n_cancelled++ % PENDING_MAX] = frame;
}

void end_pending(struct bench *b, unsigned n, bool ok)
{
    struct pending p;

    g_assert_cmpuint(n, <, b->n_pending);
    p = b->pending[n];
    b->n_pending--;
    memmove(&b->pending[n], &b->pending[n + 1],
            (b->n_pending - n) * sizeof(b->pending[0]));
    if (ok) {
        move(b, p.addr, p.buf, p.len, p.write);
    }
    smmu3_engine_dma_done(b->e, p.frame, ok);
}

static bool bench_msi(void *opaque, unsigned vector)
{
    struct bench *b = opaque;

    b->msis++;
    b->vector = vector;
    if (b->reset_at_msi) {
        smmu3_engine_reset(b->e);
    }
    return !b->fail_msi;
}

static void bench_kick(void *opaque)
{
    struct bench *b = opaque;

    b->kicks++;
}

struct bench *bench_new(void)
{
    return bench_new_platform(0, 0);
}

struct bench *bench_new_platform(uint32_t sid, uint32_t sids)
{
    struct bench *b = g_new0(struct bench, 1);
    struct smmu3_engine_host host = {
        .opaque = b,
        .dma = bench_dma,
        .dma_cancel = bench_cancel,
        .msi = bench_msi,
        .kick = bench_kick,
        .sid = sid,
        .sids = sids,
    };

    b->e = smmu3_engine_new(&host);
    g_assert_nonnull(b->e);
    return b;
}

void bench_free(struct bench *b)
{
    smmu3_engine_free(b->e);
    g_free(b);
}

uint64_t rd(struct bench *b, uint32_t offset, unsigned size)
{
    return smmu3_engine_read(b->e, offset, size);
}

void wr(struct bench *b, uint32_t offset, uint64_t v, unsigned size)
{
    smmu3_engine_write(b->e, offset, v, size);
}

uint32_t start(struct bench *b, uint32_t cmd, uint64_t begin, uint64_t end,
               uint64_t stride, uint32_t seed)
{
    wr(b, 0x20, 0x02ff02ff, 4);
    wr(b, 0x24, seed, 4);
    wr(b, 0x28, begin, 8);
    wr(b, 0x30, end, 8);
    wr(b, 0x38, stride, 8);
    wr(b, 0x00, cmd, 4);
    return (uint32_t)rd(b, 0, 4);
}

uint32_t finish(struct bench *b)
{
    for (unsigned i = 0; smmu3_engine_run(b->e); i++) {
        g_assert_cmpuint(i, <, 10000);
    }
    return (uint32_t)rd(b, 0, 4);
}
