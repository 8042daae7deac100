/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration cache: STEs by StreamID, CDs by StreamID and SubstreamID,
 * and the level-1 descriptors that lead to them (3.17, 4.3).
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

/* Which level-1 descriptor: an L1STD, or the L1CD of a stream. */
struct smmu3_l1_key {
    enum smmu3_space space;
    bool cd;
    uint8_t split;  /* bits of the ID that the level below indexes */
    uint32_t sid;   /* 0 for an L1STD */
    uint32_t index; /* the bits of the ID above @split */
};

struct smmu3_l1_entry {
    bool valid;
    struct smmu3_l1_key key;
    uint64_t word;
};

struct smmu3_cfgcache {
    struct smmu3_ste_entry *stes;
    struct smmu3_cd_entry *cds;
    struct smmu3_l1_entry *l1s;
    uint8_t *ste_victim; /* per set: the next to go */
    uint8_t *cd_victim;
    uint8_t *l1_victim;
    unsigned sets;
    unsigned ways;
};

/* Room for @entries STEs, as many CDs and as many level-1 descriptors; 0 makes a
 * cache that holds nothing. False: no memory. */
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

/* The level-1 descriptor @key, if it is there. */
bool smmu3_cfgcache_l1(const struct smmu3_cfgcache *c,
                       const struct smmu3_l1_key *key, uint64_t *word);
void smmu3_cfgcache_fill_l1(struct smmu3_cfgcache *c,
                            const struct smmu3_l1_key *key, uint64_t word);

/* Drops the STEs of @first to @last, all CDs and L1CDs that they lead to, and
 * unless @leaf the L1STDs that lead to them. */
void smmu3_cfgcache_invalidate(struct smmu3_cfgcache *c, enum smmu3_space space,
                               uint32_t first, uint32_t last, bool leaf);

/* Drops the CDs of @sid: that of @ssid, or all; and unless @leaf their
 * L1CDs. */
void smmu3_cfgcache_invalidate_cd(struct smmu3_cfgcache *c,
                                  enum smmu3_space space, uint32_t sid,
                                  bool all, uint32_t ssid, bool leaf);

#endif
