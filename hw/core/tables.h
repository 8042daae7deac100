/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Geometry of the stream table and of the CD tables: where an STE, a CD and
 * the level-1 descriptors that lead to them lie (3.3, 5.1-5.3).
 * Layer L2.
 */
#ifndef SMMU3_CORE_TABLES_H
#define SMMU3_CORE_TABLES_H

#include "types.h"

/*
 * Looks @sid, of the namespace of @space, up in the table that the literal
 * values of STRTAB_BASE and STRTAB_BASE_CFG describe (3.3.2).
 *
 * Returns SMMU3_EVENT_NONE or C_BAD_STREAMID. On success *@split is 0 and
 * *@addr that of the STE, or *@split is the number of StreamID bits that the
 * level-2 arrays index and *@addr that of the L1STD.
 */
enum smmu3_event smmu3_strtab_lookup(const struct smmu3_features *f,
                                     enum smmu3_space space,
                                     uint64_t strtab_base,
                                     uint64_t strtab_base_cfg, uint32_t sid,
                                     unsigned *split, uint64_t *addr);

/*
 * Follows @l1std to the STE of @sid (5.1). Returns SMMU3_EVENT_NONE,
 * C_BAD_STREAMID, or F_STE_FETCH if L2Ptr is out of range; *@addr is that of
 * the STE, for F_STE_FETCH as the record shows it.
 */
enum smmu3_event smmu3_l1std_lookup(const struct smmu3_features *f,
                                    uint64_t l1std, unsigned split,
                                    uint32_t sid, uint64_t *addr);

/* The address of CD @ssid, or, if ste->cd_split is not 0, of its L1CD: an IPA
 * if the stream has a stage 2 (5.2 S1Fmt). */
uint64_t smmu3_cdtab_addr(const struct smmu3_ste *ste, uint32_t ssid);

/* Follows @l1cd to CD @ssid (5.3). False: V = 0. */
bool smmu3_l1cd_lookup(const struct smmu3_ste *ste, uint64_t l1cd,
                       uint32_t ssid, uint64_t *addr);

#endif
