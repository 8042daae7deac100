/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shape of translation tables: granules, input and output sizes, start
 * levels and table bases, with every ILLEGAL combination (3.4; 5.2 S2T0SZ,
 * S2SL0, S2TG, S2TTB; 5.4 TxSZ, TGx, TTBx).
 * Layer L1 of the core.
 */
#ifndef SMMU3_CORE_GEOMETRY_H
#define SMMU3_CORE_GEOMETRY_H

#include "types.h"

/* Where a stage's fields come from differs; what they mean does not. */
struct smmu3_geometry {
    uint8_t granule_lg2; /* 0: reserved or not implemented */
    uint8_t txsz;
    uint8_t ps; /* CD.IPS or STE.S2PS, as encoded */
    bool ds;    /* CD.DS or STE.S2DS, if there is such a bit */
    uint64_t ttb;
    /* Stage 2 only. */
    uint8_t sl0;
    bool sl0_2;
};

/* log2 of the granule of TG0 and S2TG, and of TG1, which is encoded
 * differently; 0 if it is reserved or not implemented. */
uint8_t smmu3_tg0_granule(const struct smmu3_features *f, uint64_t tg);
uint8_t smmu3_tg1_granule(const struct smmu3_features *f, uint64_t tg);

/* Fills in sizes, start level, base and descriptor format of @st. False: such
 * a table cannot be. */
bool smmu3_geometry_stage1(const struct smmu3_features *f,
                           const struct smmu3_geometry *g,
                           struct smmu3_stage *st);
bool smmu3_geometry_stage2(const struct smmu3_features *f,
                           const struct smmu3_geometry *g,
                           struct smmu3_stage *st);

#endif
