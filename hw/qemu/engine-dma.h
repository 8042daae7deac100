/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test engine's transactions, for both of its forms.
 * Layer L5: include "compat.h" before this header.
 */
#ifndef SMMULATOR_ENGINE_DMA_H
#define SMMULATOR_ENGINE_DMA_H

#include "smmulator.h"
#include "test-engine.h"

typedef struct SmmulatorEngineDma {
    struct smmu3_engine *engine;
    SmmulatorDmaQueue queue;
    SmmulatorDma *frames; /* each frame's transaction */
} SmmulatorEngineDma;

/* @dev is the device that @engine belongs to. */
void smmulator_engine_dma_init(SmmulatorEngineDma *s, DeviceState *dev,
                               struct smmu3_engine *engine);
/* After smmu3_engine_reset(). */
void smmulator_engine_dma_destroy(SmmulatorEngineDma *s);

struct smmulator_attrs smmulator_engine_attrs(
    const struct smmu3_engine_attrs *attrs);

/* smmu3_engine_host.dma, of a frame whose master is @m. */
enum smmu3_engine_dma smmulator_engine_dma(SmmulatorEngineDma *s,
                                           const SmmulatorMaster *m,
                                           unsigned frame,
                                           const struct smmulator_attrs *attrs,
                                           uint64_t addr, void *buf, size_t len,
                                           bool write);

/* smmu3_engine_host.dma_cancel */
void smmulator_engine_dma_cancel(SmmulatorEngineDma *s, unsigned frame);

#endif
