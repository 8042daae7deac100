/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ID registers (6.3.1-6.3.8, 6.3.52-6.3.56).
 * Layer L2.
 */
#ifndef SMMU3_CORE_IDREGS_H
#define SMMU3_CORE_IDREGS_H

#include "smmu3/features.h"

/* IIDR.ProductID, and PIDR's part number: no product that Linux knows. */
#define SMMU3_PRODUCT 0x3a3u

/* Enhanced command queues: 2^3 in one control page (IDR6). */
#define SMMU3_ECMDQ_LOG2 3u

struct smmu3_id_regs {
    uint32_t idr[7];
    uint32_t iidr;
    uint32_t aidr;
};

struct smmu3_id_regs smmu3_id_regs(const struct smmu3_features *f);

/* Those of the Secure interface, S_IDR0 to S_IDR4. */
struct smmu3_id_regs smmu3_s_id_regs(const struct smmu3_features *f);

#endif
