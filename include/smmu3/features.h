/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an SMMU implements: the source of its ID registers, and of every check
 * that depends on one.
 * Layer L1.
 */
#ifndef SMMU3_FEATURES_H
#define SMMU3_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The fields of the ID registers that an integrator chooses, by the names of
 * the specification (6.3.1-6.3.8). Booleans and single bytes, but for
 * stall_max.
 */
struct smmu3_features {
    uint8_t arch_minor; /* AIDR.ArchMinor: 0..4 for v3.0..v3.4 */

    /* IDR0 */
    bool s1p;
    bool s2p;
    uint8_t httu; /* 0 none, 1 Access flag, 2 and dirty state */
    bool hyp;
    bool ats;
    bool split_ats; /* inverse of NS1ATS */
    bool asid16;
    bool msi;
    bool atos;
    bool pri;
    bool vmw;
    bool vmid16;
    bool cd2l;
    bool vatos;
    uint8_t ttendian; /* 0 mixed, 2 little, 3 big */
    bool atsrecerr;
    uint8_t stall_model; /* 0 both, 1 no stall, 2 forced */
    bool term_model;     /* no RAZ/WI */
    bool st_level;       /* two-level stream tables */

    /* IDR1 */
    uint8_t sidsize;
    uint8_t ssidsize;
    uint8_t priqs;
    uint8_t eventqs;
    uint8_t cmdqs;
    bool attr_perms_ovr;
    bool attr_types_ovr;
    bool ecmdq;

    /* IDR3 */
    bool had;
    bool pbha;
    bool xnx;
    bool pps;
    bool fwb;
    bool stt;
    bool ril;
    uint8_t bbml; /* 0..2 */
    bool e0pd;
    bool ptwnnc;
    bool pasidtt;
    bool epan;
    bool mteperm;

    /* IDR5 */
    uint8_t oas; /* bits: 32, 36, 40, 42, 44, 48, 52 */
    bool gran4k;
    bool gran16k;
    bool gran64k;
    bool ds;
    uint8_t vax; /* bits: 48, 52 */
    uint16_t stall_max;

    /* S_IDR1, S_IDR3 */
    bool secure; /* SECURE_IMPL */
    bool sel2;
    uint8_t s_sidsize;
    bool sams;

    /* Not chosen: the size of IPAs, in bits; follows from oas (3.4). */
    uint8_t ias;
};

/*
 * What @minor (v3.@minor) with these stages has by default: all that the
 * version demands, and what Linux uses well.
 */
struct smmu3_features smmu3_features_default(unsigned minor, bool s1p,
                                             bool s2p);

/* Bytes of the register window: pages 0 and 1, and what optional pages @f has
 * (6.1). A power of two. */
uint32_t smmu3_mmio_size(const struct smmu3_features *f);

/* NULL if these features can go together; else a constant text that names, by
 * their property names, those that cannot. */
const char *smmu3_features_check(const struct smmu3_features *f);

#endif
