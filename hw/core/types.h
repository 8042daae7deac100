/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the core pass to each other: decoded, validated
 * configuration.
 * Layer L1 of the core: types only.
 */
#ifndef SMMU3_CORE_TYPES_H
#define SMMU3_CORE_TYPES_H

#include "smmu3/features.h"
#include "smmu3/host.h"
#include "smmu3/txn.h"

/* StreamWorld (3.3.4). */
enum smmu3_world {
    SMMU3_WORLD_NS_EL1,
    SMMU3_WORLD_EL2,
    SMMU3_WORLD_EL2_E2H,
    SMMU3_WORLD_S_EL1,
    SMMU3_WORLD_S_EL2,
    SMMU3_WORLD_S_EL2_E2H,
    SMMU3_WORLD_EL3,
    SMMU3_WORLDS,
};

static inline bool smmu3_world_is_secure(enum smmu3_world w)
{
    return w >= SMMU3_WORLD_S_EL1;
}

/* EL2 and EL3: one translation table, no ASID, one privilege level. */
static inline bool smmu3_world_is_single(enum smmu3_world w)
{
    return w == SMMU3_WORLD_EL2 || w == SMMU3_WORLD_S_EL2 ||
           w == SMMU3_WORLD_EL3;
}

/* One stage of translation, ready to be walked. */
struct smmu3_stage {
    bool stage2;
    uint8_t granule_lg2; /* 12, 14, 16 */
    uint8_t in_bits;     /* 64 - TxSZ: 16 to 52 */
    int8_t start_level;  /* -1 to 3 */
    uint8_t out_bits;    /* effective IPS or S2PS, and what descriptors hold */
    bool ds;             /* descriptors as with DS: 52 bits of 4K and 16K */
    bool oa52;           /* descriptors of 64K hold 52 bits */
    bool ttb_64_bytes;
    uint8_t sh;  /* of the mapped memory, if ds */
    uint8_t hwu; /* PBHA bits that mean something */
    bool big_endian;
    bool affd;
    bool ha;      /* the Access flag is updated, ... */
    bool hd;      /* ... and dirty state */
    bool ns;      /* the start-level table lies in Non-secure memory, or IPAs */
    uint64_t ttb; /* cut to the alignment of the start-level table */

    /* Stage 1 only. */
    bool single_range; /* no upper half, one privilege level */
    bool upper;        /* TTB1 */
    bool tbi;
    bool had;
    bool secure; /* the stream is Secure */
    bool wxn;
    bool pan;
    bool epan;
    bool e0pd;
    uint64_t mair;

    /* Stage 2 only. */
    bool out_ns; /* its output is a Non-secure address */
    bool fwb;
    bool xnx;
    bool mteperm;
};

/* Overrides of the attributes of a transaction, as an STE has them (5.2). */
struct smmu3_override {
    bool mtcfg; /* memattr replaces the memory type */
    uint8_t memattr;
    uint8_t alloccfg;
    uint8_t shcfg;
    uint8_t privcfg;
    uint8_t instcfg;
    uint8_t nscfg;
};

/* SHCFG: as it came; the other fields have 0 for that. */
#define SMMU3_SHCFG_INCOMING 1u

/* INSTCFG */
enum smmu3_instcfg {
    SMMU3_INSTCFG_DATA = 2,
    SMMU3_INSTCFG_INSTRUCTION = 3,
};

struct smmu3_ste {
    bool illegal; /* or V = 0: C_BAD_STE */
    bool secure;
    bool abort; /* Config = 0xx */
    bool s1;
    bool s2;
    uint8_t strw;
    uint64_t s1contextptr;
    uint8_t s1cdmax;  /* 0 without substreams */
    uint8_t cd_split; /* two-level CD table: SubstreamID bits of a leaf; else
                         0 */
    uint8_t s1dss;
    uint16_t s2vmid; /* as programmed */
    bool mev;        /* identical records may be merged */
    bool s1stalld;
    bool s2r;
    bool s2s;
    bool s2ptw;
    uint8_t eats;              /* effective: enum smmu3_ste_eats without DPT */
    bool ppar;                 /* PASIDs in responses to lost page requests */
    struct smmu3_stage stage2; /* of Non-secure IPAs: S2TTB */
    struct smmu3_stage s_stage2; /* of Secure IPAs: S_S2TTB */
};

struct smmu3_cd {
    bool illegal; /* or V = 0: C_BAD_CD */
    bool a;
    bool r;
    bool s;
    bool epd[2];
    uint16_t asid; /* 0 in a world without ASIDs */
    bool aset;
    struct smmu3_stage half[2];
};

/* A message-signalled interrupt as software configures it (3.18). */
struct smmu3_msi {
    uint64_t addr; /* 0: none */
    uint32_t data;
    uint8_t memattr; /* as in an STE */
    uint8_t sh;      /* as in CR1 */
};

/* What a leaf grants: by privilege (unprivileged, privileged). */
enum {
    SMMU3_LEAF_UR = 1u << 0,
    SMMU3_LEAF_UW = 1u << 1,
    SMMU3_LEAF_UX = 1u << 2,
    SMMU3_LEAF_PR = 1u << 3,
    SMMU3_LEAF_PW = 1u << 4,
    SMMU3_LEAF_PX = 1u << 5,
    SMMU3_LEAF_ALL = (1u << 6) - 1,
};

/* The leaf of one stage. */
struct smmu3_leaf {
    uint64_t output; /* base of the block or page */
    uint8_t lg2_size;
    int8_t level;
    uint8_t perm; /* SMMU3_LEAF_* */
    bool global;  /* stage 1: nG = 0 */
    bool ns;      /* the output is a Non-secure address */
    uint8_t attr; /* stage 1: MAIR byte; stage 2: MemAttr */
    uint8_t sh;
    bool s2fwb; /* stage 2: how to read attr */
    /* For updates (3.13): writable-clean counts as writable in perm. */
    bool af_clear;      /* the Access flag is to be set */
    bool clean;         /* writable-clean */
    bool nt;            /* a block that says nT */
    uint64_t desc;      /* the descriptor */
    uint64_t desc_addr; /* where it lies, an IPA for a nested stage 1 */
    bool desc_ns;
    uint8_t pbha;
};

#endif
