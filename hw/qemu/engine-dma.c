/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test engine's transactions, for both of its forms.
 * Layer L5.
 */
#include "compat.h"
#include "engine-dma.h"

static void tell_outgoing(SmmulatorEngineDma *s, const SmmulatorDma *d)
{
    const struct smmu3_engine_attrs attrs = {
        .pnu = d->outgoing.pnu,
        .ind = d->outgoing.ind,
        .ns = d->outgoing.ns,
        .attr = d->outgoing.attr,
        .sh = d->outgoing.sh,
    };

    if (d->left) {
        smmu3_engine_dma_left(s->engine, d - s->frames, &attrs);
    }
}

static void dma_done(SmmulatorDma *d, MemTxResult result)
{
    SmmulatorEngineDma *s = d->opaque;

    tell_outgoing(s, d);
    smmu3_engine_dma_done(s->engine, d - s->frames, result == MEMTX_OK);
}

void smmulator_engine_dma_init(SmmulatorEngineDma *s, DeviceState *dev,
                               struct smmu3_engine *engine)
{
    s->engine = engine;
    s->frames = g_new0(SmmulatorDma, SMMU3_ENGINE_FRAMES);
    smmulator_dma_queue_init(&s->queue, dev);
}

void smmulator_engine_dma_destroy(SmmulatorEngineDma *s)
{
    smmulator_dma_queue_destroy(&s->queue);
    g_free(s->frames);
}

struct smmulator_attrs smmulator_engine_attrs(
    const struct smmu3_engine_attrs *attrs)
{
    return (struct smmulator_attrs){
        .ssv = attrs->ssv,
        .ssid = attrs->ssid,
        .pnu = attrs->pnu,
        .ind = attrs->ind,
        .translated = attrs->translated,
        .ns = attrs->ns,
        .attr = attrs->attr,
        .sh = attrs->sh,
    };
}

enum smmu3_engine_dma smmulator_engine_dma(SmmulatorEngineDma *s,
                                           const SmmulatorMaster *m,
                                           unsigned frame,
                                           const struct smmulator_attrs *attrs,
                                           uint64_t addr, void *buf, size_t len,
                                           bool write)
{
    SmmulatorDma *d = &s->frames[frame];
    MemTxResult result;

    d->master = *m;
    d->attrs = *attrs;
    d->addr = addr;
    d->buf = buf;
    d->len = len;
    d->write = write;
    d->queue = &s->queue;
    d->opaque = s;
    d->done = dma_done;
    d->left = false;
    if (!smmulator_dma_start(d, &result)) {
        return SMMU3_ENGINE_DMA_PENDING;
    }
    tell_outgoing(s, d);
    return result == MEMTX_OK ? SMMU3_ENGINE_DMA_OK : SMMU3_ENGINE_DMA_ABORTED;
}

void smmulator_engine_dma_cancel(SmmulatorEngineDma *s, unsigned frame)
{
    smmulator_dma_cancel(&s->frames[frame]);
}
