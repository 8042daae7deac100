/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference translator's validity checks of STE (5.2) and CD (5.4), one
 * condition after the other as the architecture lists them.
 * Tests only.
 */
#include "build.h"
#include "refwalk.h"

unsigned ref_eff_ps(const struct ref_smmu *smmu, unsigned encoding)
{
    static const unsigned bits[8] = { 32, 36, 40, 42, 44, 48, 52, 52 };
    unsigned ps = bits[encoding];

    return ps < smmu->oas ? ps : smmu->oas;
}

unsigned ref_tg0(unsigned encoding)
{
    static const unsigned lg2[4] = { 12, 16, 14, 0 };

    return lg2[encoding];
}

unsigned ref_tg1(unsigned encoding)
{
    static const unsigned lg2[4] = { 0, 14, 12, 16 };

    return lg2[encoding];
}

struct ref_world ref_world(const struct ref_smmu *smmu, const uint64_t *ste)
{
    unsigned config = (unsigned)get_bits(ste, 3, 1);
    struct ref_world w = {
        .stage1 = config == 5 || config == 7,
        .stage2 = config == 6 || config == 7,
    };
    bool hyp = smmu->s1p && smmu->s2p;

    w.substreams = w.stage1 && smmu->ssidsize && get_bits(ste, 63, 59);
    /* STRW = EL2, and not EL2-E2H */
    w.el2 =
        config == 5 && hyp && get_bits(ste, 95, 94) == 2 && !(smmu->cr2 & 1);
    return w;
}

/* The geometry of stage 2: start level, size and granule agree. */
static bool bad_s2_geometry(const struct ref_smmu *smmu, const uint64_t *ste)
{
    unsigned granule = ref_tg0((unsigned)get_bits(ste, 175, 174));
    unsigned size = 64 - (unsigned)get_bits(ste, 165, 160);
    unsigned sl0 = (unsigned)get_bits(ste, 167, 166);

    switch (granule) {
    case 12:
        switch (sl0) {
        case 0:
            return size < 22 || size > 34;
        case 1:
            return size < 31 || size > 43;
        case 2:
            return smmu->oas < 44 || size < 40 || size > 52;
        default:
            return true;
        }
    case 14:
        switch (sl0) {
        case 0:
            return size < 15 || size > 29;
        case 1:
            return size < 26 || size > 40;
        case 2:
            return smmu->oas < 42 || size < 37 || size > 51;
        default:
            return true;
        }
    default:
        switch (sl0) {
        case 0:
            return size < 17 || size > 33;
        case 1:
            return size < 30 || size > 46;
        case 2:
            return smmu->oas < 44 || size < 43;
        default:
            return true;
        }
    }
}

static const char *bad_s2(const struct ref_smmu *smmu, const uint64_t *ste)
{
    unsigned t0sz = (unsigned)get_bits(ste, 165, 160);
    unsigned min = 64 - smmu->oas > 16 ? 64 - smmu->oas : 16;
    unsigned ps = ref_eff_ps(smmu, (unsigned)get_bits(ste, 178, 176));

    if (get_bits(ste, 185, 185)) {
        return "S2S with STALL_MODEL = 1";
    }
    if (!get_bits(ste, 179, 179)) {
        return "S2AA64 = 0";
    }
    if (get_bits(ste, 184, 183)) {
        return "S2HA or S2HD with HTTU = 0";
    }
    if (ref_tg0((unsigned)get_bits(ste, 175, 174)) == 0) {
        return "S2TG";
    }
    if (get_bits(ste, 247, 196) << 4 >> ps) {
        return "S2TTB";
    }
    if (t0sz > 39 || t0sz < min) {
        return "S2T0SZ";
    }
    if (bad_s2_geometry(smmu, ste)) {
        return "S2SL0";
    }
    return NULL;
}

const char *ref_bad_ste(const struct ref_smmu *smmu, const uint64_t *ste)
{
    struct ref_world w = ref_world(smmu, ste);
    unsigned config = (unsigned)get_bits(ste, 3, 1);

    if (!get_bits(ste, 0, 0)) {
        return "V";
    }
    if (config < 4) {
        return NULL;
    }
    if (w.stage1 && !smmu->s1p) {
        return "stage 1 not implemented";
    }
    if (w.stage2 && !smmu->s2p) {
        return "stage 2 not implemented";
    }
    if (config == 5 && smmu->s1p && smmu->s2p && get_bits(ste, 94, 94)) {
        return "STRW";
    }
    if (w.stage1 && get_bits(ste, 91, 91)) {
        return "S1STALLD with STALL_MODEL = 1";
    }
    if (w.substreams && get_bits(ste, 63, 59) > smmu->ssidsize) {
        return "S1CDMax";
    }
    if (w.substreams && !smmu->cd2l &&
        (get_bits(ste, 5, 4) == 1 || get_bits(ste, 5, 4) == 2)) {
        return "S1Fmt with CD2L = 0";
    }
    /* With stage 2 this is the IPA range, as large as the PA range. */
    if (w.stage1 && get_bits(ste, 55, 6) << 6 >> smmu->oas) {
        return "S1ContextPtr";
    }
    return w.stage2 ? bad_s2(smmu, ste) : NULL;
}

static const char *bad_half(const struct ref_smmu *smmu, const uint64_t *cd,
                            unsigned tsz, unsigned granule, unsigned word)
{
    unsigned ps = ref_eff_ps(smmu, (unsigned)get_bits(cd, 34, 32));

    if (tsz < 16 || tsz > 39) {
        return "TxSZ";
    }
    if (granule == 0) {
        return "TGx";
    }
    if (get_bits(cd + word, 55, 4) << 4 >> (ps < 48 ? ps : 48)) {
        return "TTBx";
    }
    return NULL;
}

const char *ref_bad_cd(const struct ref_smmu *smmu, const uint64_t *cd,
                       struct ref_world world)
{
    const char *why = NULL;

    if (!get_bits(cd, 31, 31)) {
        return "V";
    }
    if (get_bits(cd, 44, 44)) {
        return "S with STALL_MODEL = 1";
    }
    if (!get_bits(cd, 41, 41)) {
        return "AA64 = 0";
    }
    if (get_bits(cd, 43, 42)) {
        return "HA or HD with HTTU = 0";
    }
    if (!(smmu->s1p /* ASID16 */) && get_bits(cd, 63, 56)) {
        return "ASID";
    }
    if (world.el2 || !get_bits(cd, 14, 14)) {
        why = bad_half(smmu, cd, (unsigned)get_bits(cd, 5, 0),
                       ref_tg0((unsigned)get_bits(cd, 7, 6)), 1);
    }
    if (!why && !world.el2 && !get_bits(cd, 30, 30)) {
        why = bad_half(smmu, cd, (unsigned)get_bits(cd, 21, 16),
                       ref_tg1((unsigned)get_bits(cd, 23, 22)), 2);
    }
    return why;
}
