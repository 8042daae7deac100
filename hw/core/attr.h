/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory attributes: MAIR bytes, and how two stages combine (13; DDI 0487
 * D8.6).
 * Layer L2.
 */
#ifndef SMMU3_CORE_ATTR_H
#define SMMU3_CORE_ATTR_H

#include "types.h"

/* An attribute with its shareability, encoded as in struct smmu3_txn. */
struct smmu3_attr {
    uint8_t mair;
    uint8_t sh;
};

/* A stage-1 attribute: reserved MAIR bytes act as another (5.4 MAIR), Device
 * and Normal iNC-oNC are Outer Shareable (13.1.3). */
struct smmu3_attr smmu3_attr_stage1(uint8_t mair, uint8_t sh);

/* A MemAttr of an STE, of GBPA or of a message, with the shareability as CR1
 * encodes it: Write-Back and Write-Through allocate. */
struct smmu3_attr smmu3_attr_memattr(uint8_t memattr, uint8_t sh);

/* Is a stage-2 MemAttr a Device type? */
bool smmu3_attr_s2_is_device(uint8_t memattr, bool fwb);

/* What stage 2, with @memattr, makes of @s1 (13.1.5). */
struct smmu3_attr smmu3_attr_combine(struct smmu3_attr s1, uint8_t memattr,
                                     uint8_t sh, bool fwb);

/* What the overrides make of what came in (13.1.4): memory type, allocation
 * hints and shareability, consistent (13.1.7). Hints stay where what came in
 * and the result are cacheable, else they are those of 13.1.3. */
struct smmu3_attr smmu3_attr_override(const struct smmu3_override *o,
                                      struct smmu3_attr in);

/* @mair, of stage 1, with the hints of what came in: no allocation and
 * transient win, where both are cacheable (13.4.2). */
uint8_t smmu3_attr_combine_hints(uint8_t mair, uint8_t incoming);

#endif
