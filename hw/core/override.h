/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Overrides of the attributes that a transaction came with: of an STE, or of
 * GBPA (5.2, 6.3.14, 13.1.4).
 * Layer L2.
 */
#ifndef SMMU3_CORE_OVERRIDE_H
#define SMMU3_CORE_OVERRIDE_H

#include "types.h"

/* What the STE @words override; nothing where IDR1 says so. */
struct smmu3_override smmu3_override_of_ste(const struct smmu3_features *f,
                                            const uint64_t words[8]);

/* The same for GBPA or S_GBPA. */
struct smmu3_override smmu3_override_of_gbpa(const struct smmu3_features *f,
                                             uint32_t gbpa);

/* Privilege, instruction and NS of @txn. A write or an atomic stays data; NS
 * is an attribute of Secure streams alone. */
void smmu3_override_perms(const struct smmu3_override *o,
                          struct smmu3_txn *txn);

#endif
