/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream Table Entries and Context Descriptors: decode and every ILLEGAL
 * condition of both (5.2, 5.4).
 * Layer L2.
 */
#ifndef SMMU3_CORE_CONFIG_H
#define SMMU3_CORE_CONFIG_H

#include "types.h"

/* Decodes an STE of the stream table of @space (5.2). A V = 0 or ILLEGAL one
 * gives ->illegal. */
void smmu3_ste_decode(const struct smmu3_features *f, enum smmu3_space space,
                      const uint64_t words[8], struct smmu3_ste *ste);

/* Decodes a CD of StreamWorld @world (5.4). A V = 0 or ILLEGAL one gives
 * ->illegal. */
void smmu3_cd_decode(const struct smmu3_features *f, enum smmu3_world world,
                     const uint64_t words[8], struct smmu3_cd *cd);

#endif
