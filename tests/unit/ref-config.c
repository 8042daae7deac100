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

static unsigned implemented(const struct ref_smmu *smmu, unsigned lg2)
{
    bool missing = lg2 == 12   ? smmu->no_4k
                   : lg2 == 14 ? smmu->no_16k
                               : smmu->no_64k;

    return missing ? 0 : lg2;
}

unsigned ref_tg0(const struct ref_smmu *smmu, unsigned encoding)
{
    static const unsigned lg2[4] = { 12, 16, 14, 0 };

    return implemented(smmu, lg2[encoding]);
}

unsigned ref_tg1(const struct ref_smmu *smmu, unsigned encoding)
{
    static const unsigned lg2[4] = { 0, 14, 12, 16 };

    return implemented(smmu, lg2[encoding]);
}

bool ref_lpa2(const struct ref_smmu *smmu, unsigned granule, bool ds)
{
    return smmu->ds && ds && granule != 16;
}

static bool s2_lpa2(const struct ref_smmu *smmu, const uint64_t *ste)
{
    return ref_lpa2(smmu, ref_tg0(smmu, (unsigned)get_bits(ste, 175, 174)),
                    get_bits(ste, 195, 195));
}

/* E.9, the first table. */
int ref_s2_level(const struct ref_smmu *smmu, const uint64_t *ste)
{
    static const int level[3][4] = { { 2, 1, 0, 3 },
                                     { 3, 2, 1, 0 },
                                     { 3, 2, 1, 9 } };
    unsigned granule = ref_tg0(smmu, (unsigned)get_bits(ste, 175, 174));

    if (granule == 12 && s2_lpa2(smmu, ste) && get_bits(ste, 194, 194)) {
        return -1;
    }
    return level[(granule - 12) / 2][get_bits(ste, 167, 166)];
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

/* The geometry of stage 2: start level, size and granule agree (E.9). */
static bool bad_s2_geometry(const struct ref_smmu *smmu, const uint64_t *ste)
{
    unsigned granule = ref_tg0(smmu, (unsigned)get_bits(ste, 175, 174));
    unsigned size = 64 - (unsigned)get_bits(ste, 165, 160);
    unsigned sl0 = (unsigned)get_bits(ste, 167, 166);
    bool lpa2 = s2_lpa2(smmu, ste), sl0_2 = lpa2 && get_bits(ste, 194, 194);

    switch (granule) {
    case 12:
        switch (sl0 | (unsigned)sl0_2 << 2) {
        case 0:
            return size < 22 || size > 34;
        case 1:
            return size < 31 || size > 43;
        case 2:
            return smmu->oas < 44 || size < 40 || size > 52;
        case 3:
            return !smmu->stt || size < 13 || size > 25;
        case 4:
            return smmu->oas < 52 || size < 49;
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
            return !lpa2 || smmu->oas < 52 || size < 48;
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

/* B.5 row 20, B.8 row 12: is a table base too large? */
static bool bad_ttb(uint64_t ttb, unsigned ps, unsigned granule, bool lpa2)
{
    return ttb >> ps || (granule != 16 && !lpa2 && ttb >> 48);
}

static const char *bad_s2(const struct ref_smmu *smmu, const uint64_t *ste)
{
    unsigned t0sz = (unsigned)get_bits(ste, 165, 160);
    unsigned granule = ref_tg0(smmu, (unsigned)get_bits(ste, 175, 174));
    bool wide = granule == 16 || s2_lpa2(smmu, ste);
    unsigned floor = wide ? 12 : 16, ceiling = 39;
    unsigned min = 64 - smmu->oas > floor ? 64 - smmu->oas : floor;
    unsigned ps = ref_eff_ps(smmu, (unsigned)get_bits(ste, 178, 176));

    if (get_bits(ste, 185, 185)) {
        return "S2S with STALL_MODEL = 1";
    }
    if (!get_bits(ste, 179, 179)) {
        return "S2AA64 = 0";
    }
    if ((get_bits(ste, 184, 184) && smmu->httu < 1) ||
        (get_bits(ste, 183, 183) && smmu->httu < 2)) {
        return "S2HA or S2HD without HTTU";
    }
    if (granule == 0) {
        return "S2TG";
    }
    if (bad_ttb(get_bits(ste, 247, 196) << 4, ps, granule,
                s2_lpa2(smmu, ste))) {
        return "S2TTB";
    }
    if (smmu->stt) {
        ceiling = granule == 16 ? 47 : 48;
    }
    if (t0sz > ceiling || t0sz < min) {
        return "S2T0SZ";
    }
    if (bad_s2_geometry(smmu, ste)) {
        return "S2SL0";
    }
    return NULL;
}

static bool bad_endian(const struct ref_smmu *smmu, bool big)
{
    return smmu->ttendian == (big ? 2 : 3);
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
    if (w.stage1 && (w.stage2 || !smmu->v30) &&
        get_bits(ste, 55, 6) << 6 >> smmu->oas) {
        return "S1ContextPtr";
    }
    if (smmu->vmid8 && smmu->s2p && get_bits(ste, 143, 136) &&
        (w.stage2 || (config == 5 && !(smmu->s1p && get_bits(ste, 95, 95))))) {
        return "S2VMID";
    }
    if (w.stage2 && bad_endian(smmu, get_bits(ste, 180, 180))) {
        return "S2ENDI";
    }
    return w.stage2 ? bad_s2(smmu, ste) : NULL;
}

static const char *bad_half(const struct ref_smmu *smmu, const uint64_t *cd,
                            unsigned tsz, unsigned granule, unsigned word)
{
    unsigned ps = ref_eff_ps(smmu, (unsigned)get_bits(cd, 34, 32));
    bool lpa2 = ref_lpa2(smmu, granule, get_bits(cd, 186, 186));
    unsigned min = smmu->vax52 && (granule == 16 || lpa2) ? 12 : 16, max = 39;

    if (smmu->stt) {
        max = granule == 16 ? 47 : 48;
    }
    if (granule == 0) {
        return "TGx";
    }
    if (tsz < min || tsz > max) {
        return "TxSZ";
    }
    if (bad_ttb(get_bits(cd + word, 55, 4) << 4, ps, granule, lpa2)) {
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
    if ((get_bits(cd, 43, 43) && smmu->httu < 1) ||
        (get_bits(cd, 42, 42) && smmu->httu < 2)) {
        return "HA or HD without HTTU";
    }
    if (smmu->asid8 && !world.el2 && get_bits(cd, 63, 56)) {
        return "ASID";
    }
    if (smmu->term_model && !get_bits(cd, 46, 46)) {
        return "A";
    }
    if (bad_endian(smmu, get_bits(cd, 15, 15)) &&
        (world.el2 || !get_bits(cd, 14, 14) || !get_bits(cd, 30, 30))) {
        return "ENDI";
    }
    if (world.el2 || !get_bits(cd, 14, 14)) {
        why = bad_half(smmu, cd, (unsigned)get_bits(cd, 5, 0),
                       ref_tg0(smmu, (unsigned)get_bits(cd, 7, 6)), 1);
    }
    if (!why && !world.el2 && !get_bits(cd, 30, 30)) {
        why = bad_half(smmu, cd, (unsigned)get_bits(cd, 21, 16),
                       ref_tg1(smmu, (unsigned)get_bits(cd, 23, 22)), 2);
    }
    return why;
}
