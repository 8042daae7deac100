/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A slow reference translator, written from the architecture's tables and not
 * from the core: no caches, one descriptor at a time, every check spelt out.
 * It gives the outcome, the output address, the permissions and the exact
 * event record of an ordinary Non-secure transaction. Memory attributes are
 * not its business.
 * Tests only.
 */
#ifndef TESTS_UNIT_REFWALK_H
#define TESTS_UNIT_REFWALK_H

#include "smmu3/smmu3.h"

struct ref_smmu {
    /* What is implemented. */
    bool s1p, s2p;
    unsigned oas, sidsize, ssidsize;
    bool cd2l;
    unsigned httu;
    bool vax52, ds, stt, e0pd, epan, mteperm;
    bool no_4k, no_16k, no_64k; /* granules that are missing */
    bool no_had, no_xnx, no_fwb, asid8, vmid8, term_model;
    bool v30;          /* SMMUv3.0 */
    bool perms_ovr;    /* ATTR_PERMS_OVR */
    unsigned ttendian; /* as in IDR0 */
    /* Registers, as they read. */
    uint32_t cr0ack, cr2, gbpa, strtab_cfg;
    uint64_t strtab_base;
    /* Memory; false is an external abort. */
    bool (*read)(void *opaque, uint64_t pa, void *buf, size_t len);
    /* Can the 8 bytes be swapped? NULL: always. The memory itself stays as it
     * is: see struct ref_update. */
    bool (*writable)(void *opaque, uint64_t pa);
    void *opaque;
};

/* A descriptor that was updated (3.13): bytes as little-endian numbers. */
struct ref_update {
    uint64_t pa, from, to;
};

#define REF_UPDATES 16u

struct ref_result {
    enum smmu3_outcome outcome;
    uint64_t pa;   /* if SMMU3_OK */
    unsigned perm; /* 1 read, 2 write, 4 execute, for the same privilege */
    bool event;
    uint64_t w[4];
    unsigned reads; /* of memory */
    unsigned swaps; /* tried */
    struct ref_update updates[REF_UPDATES];
    unsigned n_updates;
};

void ref_translate(const struct ref_smmu *smmu, const struct smmu3_txn *txn,
                   struct ref_result *result);

/* What is wrong with an STE or a CD; NULL if nothing. For ref-config.c. */
struct ref_world {
    bool stage1, stage2;
    bool substreams; /* S1CDMax counts and is not 0 */
    bool el2;        /* one VA range, one privilege level */
};
const char *ref_bad_ste(const struct ref_smmu *smmu, const uint64_t *ste);
struct ref_world ref_world(const struct ref_smmu *smmu, const uint64_t *ste);
const char *ref_bad_cd(const struct ref_smmu *smmu, const uint64_t *cd,
                       struct ref_world world);
/* min(PS field, OAS) in bits. */
unsigned ref_eff_ps(const struct ref_smmu *smmu, unsigned encoding);
/* log2 of a granule, 0 if reserved or missing. */
unsigned ref_tg0(const struct ref_smmu *smmu, unsigned encoding);
unsigned ref_tg1(const struct ref_smmu *smmu, unsigned encoding);
/* Start level of stage 2, -1 to 3. */
int ref_s2_level(const struct ref_smmu *smmu, const uint64_t *ste);
/* Are descriptors of this granule of LPA2's format? @ds: the bit in memory. */
bool ref_lpa2(const struct ref_smmu *smmu, unsigned granule, bool ds);

#endif
