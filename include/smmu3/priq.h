/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of the PRI queue (8).
 * Layer L1: constants only, bits as printed, of the 128-bit entry.
 */
#ifndef SMMU3_PRIQ_H
#define SMMU3_PRIQ_H

#include "smmu3/bits.h"

#define SMMU3_PRIQ_ENTRY_SIZE 16u
#define SMMU3_PRIQ_ENTRY_WORDS 2u

#define SMMU3_PRIQ_STREAMID SMMU3_FIELD(31, 0)
#define SMMU3_PRIQ_SUBSTREAMID SMMU3_FIELD(51, 32)
#define SMMU3_PRIQ_PRIV SMMU3_FIELD(58, 58)
#define SMMU3_PRIQ_EXEC SMMU3_FIELD(59, 59)
#define SMMU3_PRIQ_READ SMMU3_FIELD(60, 60)
#define SMMU3_PRIQ_WRITE SMMU3_FIELD(61, 61)
#define SMMU3_PRIQ_LAST SMMU3_FIELD(62, 62)
#define SMMU3_PRIQ_SSV SMMU3_FIELD(63, 63)
#define SMMU3_PRIQ_PRGINDEX SMMU3_FIELD(72, 64)
#define SMMU3_PRIQ_ADDRESS SMMU3_FIELD(127, 76) /* [63:12] */

#define SMMU3_PRGINDEX_MAX 0x1ffu

#endif
