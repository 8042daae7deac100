/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Overrides of the attributes that a transaction came with: of an STE, or of
 * GBPA (5.2, 6.3.14, 13.1.4).
 * Layer L2.
 */
#include "override.h"

#include "smmu3/regs.h"
#include "smmu3/ste.h"

/* PRIVCFG, INSTCFG and NSCFG override with 2 and 3; 1 acts as 0. */
#define CFG_FIRST 2u

static bool is_given(uint8_t cfg)
{
    return cfg >= CFG_FIRST;
}

static struct smmu3_override only_what_is_supported(
    const struct smmu3_features *f, struct smmu3_override o)
{
    if (!f->attr_types_ovr) {
        o.mtcfg = false;
        o.alloccfg = 0;
        o.shcfg = SMMU3_SHCFG_INCOMING;
    }
    if (!f->attr_perms_ovr) {
        o.privcfg = 0;
        o.instcfg = 0;
        o.nscfg = 0;
    }
    return o;
}

struct smmu3_override smmu3_override_of_ste(const struct smmu3_features *f,
                                            const uint64_t words[8])
{
    return only_what_is_supported(
        f, (struct smmu3_override){
               .mtcfg = smmu3_get(words, SMMU3_STE_MTCFG),
               .memattr = (uint8_t)smmu3_get(words, SMMU3_STE_MEMATTR),
               .alloccfg = (uint8_t)smmu3_get(words, SMMU3_STE_ALLOCCFG),
               .shcfg = (uint8_t)smmu3_get(words, SMMU3_STE_SHCFG),
               .privcfg = (uint8_t)smmu3_get(words, SMMU3_STE_PRIVCFG),
               .instcfg = (uint8_t)smmu3_get(words, SMMU3_STE_INSTCFG),
               .nscfg = (uint8_t)smmu3_get(words, SMMU3_STE_NSCFG),
           });
}

struct smmu3_override smmu3_override_of_gbpa(const struct smmu3_features *f,
                                             uint32_t gbpa)
{
    const uint64_t w = gbpa;

    return only_what_is_supported(
        f, (struct smmu3_override){
               .mtcfg = w & SMMU3_GBPA_MTCFG,
               .memattr = (uint8_t)smmu3_get(&w, SMMU3_GBPA_F_MEMATTR),
               .alloccfg = (uint8_t)smmu3_get(&w, SMMU3_GBPA_F_ALLOCCFG),
               .shcfg = (uint8_t)smmu3_get(&w, SMMU3_GBPA_F_SHCFG),
               .privcfg = (uint8_t)smmu3_get(&w, SMMU3_GBPA_F_PRIVCFG),
               .instcfg = (uint8_t)smmu3_get(&w, SMMU3_GBPA_F_INSTCFG),
               .nscfg = (uint8_t)smmu3_get(&w, SMMU3_GBPA_F_NSCFG),
           });
}

void smmu3_override_perms(const struct smmu3_override *o, struct smmu3_txn *txn)
{
    if (is_given(o->privcfg)) {
        txn->pnu = o->privcfg & 1;
    }
    if (is_given(o->instcfg)) {
        txn->ind = o->instcfg & 1;
    }
    if (is_given(o->nscfg) && txn->secure) {
        txn->ns = o->nscfg & 1;
    }
    txn->ind = txn->ind && txn->access == SMMU3_READ;
}
