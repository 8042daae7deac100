/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration cache: STEs by StreamID, CDs by StreamID and SubstreamID
 * (3.17, 4.3).
 * Layer L2.
 *
 * What was fetched is kept, ILLEGAL contents too, until it is invalidated or
 * another takes its place. The caller serialises.
 */
#ifndef SMMU3_CORE_CFGCACHE_H
#define SMMU3_CORE_CFGCACHE_H

#include "types.h"

struct smmu3_ste_entry {
    bool valid;
    enum smmu3_space space; /* of the StreamID */
    uint32_t sid;
    uint64_t words[8];
    struct smmu3_ste ste;
};

struct smmu3_cd_entry {
    bool valid;
    enum smmu3_space space; /* of the StreamID */
    uint32_t sid;
    uint32_t ssid;
    enum smmu3_world world; /* that it was decoded for */
    uint64_t words[8];
    struct smmu3_cd cd;
};

struct smmu3_cfgcache {
    struct smmu3_ste_entry *stes;
    struct smmu3_cd_entry *cds;
    uint8_t *ste_victim; /* per set: the next to go */
    uint8_t *cd_victim;
    unsigned sets;
    unsigned ways;
};

/* Room for @entries STEs and as many CDs; 0 makes a cache that holds nothing.
 * False: no memory. */
bool smmu3_cfgcache_init(struct smmu3_cfgcache *c, unsigned entries);
void smmu3_cfgcache_free(struct smmu3_cfgcache *c);
/* Drops everything. */
void smmu3_cfgcache_clear(struct smmu3_cfgcache *c);

const struct smmu3_ste_entry *smmu3_cfgcache_ste(const struct smmu3_cfgcache *c,
                                                 enum smmu3_space space,
                                                 uint32_t sid);
const struct smmu3_cd_entry *smmu3_cfgcache_cd(const struct smmu3_cfgcache *c,
                                               enum smmu3_space space,
                                               uint32_t sid, uint32_t ssid,
                                               enum smmu3_world world);

void smmu3_cfgcache_fill_ste(struct smmu3_cfgcache *c,
                             const struct smmu3_ste_entry *e);
void smmu3_cfgcache_fill_cd(struct smmu3_cfgcache *c,
                            const struct smmu3_cd_entry *e);

/* Drops the STEs of @first to @last, and all CDs that they lead to. */
void smmu3_cfgcache_invalidate(struct smmu3_cfgcache *c, enum smmu3_space space,
                               uint32_t first, uint32_t last);

/* Drops the CDs of @sid: that of @ssid, or all. */
void smmu3_cfgcache_invalidate_cd(struct smmu3_cfgcache *c,
                                  enum smmu3_space space, uint32_t sid,
                                  bool all, uint32_t ssid);

#endif
