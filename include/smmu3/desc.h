/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMSAv8-64 translation table descriptors (DDI 0487 D8.3).
 * Layer L1: constants only.
 */
#ifndef SMMU3_DESC_H
#define SMMU3_DESC_H

#include "smmu3/bits.h"

#define SMMU3_DESC_SIZE 8u

/* [1:0] */
#define SMMU3_DESC_VALID SMMU3_BIT(0)
#define SMMU3_DESC_TABLE_OR_PAGE SMMU3_BIT(1)

/* Output address: of a 48-bit descriptor; of one of the 64K granule when the
 * implementation has 52 bits, whose OA[51:48] are in [15:12]; and of one of
 * the smaller granules with DS, whose OA[51:50] are in [9:8]. */
#define SMMU3_DESC_OA_48 SMMU3_MASK(47, 12)
#define SMMU3_DESC_OA_64K_HI SMMU3_FIELD(15, 12)
#define SMMU3_DESC_OA_DS SMMU3_MASK(49, 12)
#define SMMU3_DESC_OA_DS_HI SMMU3_FIELD(9, 8)

/* Block and page, stage 1 */
#define SMMU3_DESC_S1_ATTRINDX SMMU3_FIELD(4, 2)
#define SMMU3_DESC_S1_NS SMMU3_BIT(5) /* of a Secure walk */
#define SMMU3_DESC_S1_AP1 SMMU3_BIT(6)
#define SMMU3_DESC_S1_AP2 SMMU3_BIT(7)
#define SMMU3_DESC_SH SMMU3_FIELD(9, 8)
#define SMMU3_DESC_AF SMMU3_BIT(10)
#define SMMU3_DESC_S1_NG SMMU3_BIT(11)
#define SMMU3_DESC_NT SMMU3_BIT(16) /* of a block */
#define SMMU3_DESC_DBM SMMU3_BIT(51)
#define SMMU3_DESC_CONTIGUOUS SMMU3_BIT(52)
#define SMMU3_DESC_S1_PXN SMMU3_BIT(53)
#define SMMU3_DESC_S1_UXN SMMU3_BIT(54)

#define SMMU3_DESC_PBHA SMMU3_FIELD(62, 59)

/* Table, stage 1 */
#define SMMU3_DESC_PXNTABLE SMMU3_BIT(59)
#define SMMU3_DESC_UXNTABLE SMMU3_BIT(60)
#define SMMU3_DESC_APTABLE0 SMMU3_BIT(61)
#define SMMU3_DESC_APTABLE1 SMMU3_BIT(62)
#define SMMU3_DESC_NSTABLE SMMU3_BIT(63) /* of a Secure walk */

/* Block and page, stage 2 */
#define SMMU3_DESC_S2_MEMATTR SMMU3_FIELD(5, 2)
#define SMMU3_DESC_S2_MEMATTR_NO_TAG_ACCESS 0x4u /* MTEPERM, no S2FWB */
#define SMMU3_DESC_S2_MEMATTR_WB 0xfu
#define SMMU3_DESC_S2_READ SMMU3_BIT(6)
#define SMMU3_DESC_S2_WRITE SMMU3_BIT(7)
#define SMMU3_DESC_S2_XN SMMU3_FIELD(54, 53)

#endif
