/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream Table Entries and Context Descriptors: fetch of an STE, decode and
 * every ILLEGAL condition of both (5.2, 5.4).
 * Layer L2.
 */
#ifndef SMMU3_CORE_CONFIG_H
#define SMMU3_CORE_CONFIG_H

#include "types.h"

/*
 * Reads the STE of @sid through a table described by the literal values of
 * STRTAB_BASE and STRTAB_BASE_CFG (3.3.2).
 *
 * Returns SMMU3_EVENT_NONE with @words and *@addr, the STE's address;
 * C_BAD_STREAMID; or F_STE_FETCH with *@addr, the address that could not be
 * read.
 */
enum smmu3_event smmu3_ste_fetch(const struct smmu3_features *f,
                                 const struct smmu3_host *host,
                                 enum smmu3_space space, uint64_t strtab_base,
                                 uint64_t strtab_base_cfg, uint32_t sid,
                                 uint64_t words[8], uint64_t *addr);

/* Decodes an STE of the stream table of @space (5.2). A V = 0 or ILLEGAL one gives ->illegal. */
void smmu3_ste_decode(const struct smmu3_features *f, enum smmu3_space space,
                      const uint64_t words[8], struct smmu3_ste *ste);

/* Decodes a CD of StreamWorld @world (5.4). A V = 0 or ILLEGAL one gives
 * ->illegal. */
void smmu3_cd_decode(const struct smmu3_features *f, enum smmu3_world world,
                     const uint64_t words[8], struct smmu3_cd *cd);

#endif
