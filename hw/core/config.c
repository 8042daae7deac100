/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream Table Entries and Context Descriptors: decode and every ILLEGAL
 * condition of both (5.2, 5.4).
 * Layer L2.
 */
#include "config.h"
#include "geometry.h"

#include <string.h>

#include "smmu3/cd.h"
#include "smmu3/idr.h"
#include "smmu3/ste.h"

/* Can tables have this endianness? (6.3.1 TTENDIAN) */
static bool supported_endian(const struct smmu3_features *f, bool big)
{
    return f->ttendian == SMMU3_TTENDIAN_MIXED ||
           big == (f->ttendian == SMMU3_TTENDIAN_BIG);
}

/* Hardware updates (5.2 S2HA, 5.4 HA): HD without HA acts as neither. True if
 * legal. */
static bool decode_httu(const struct smmu3_features *f, bool ha, bool hd,
                        struct smmu3_stage *st)
{
    st->ha = ha;
    st->hd = ha && hd;
    return (!ha || f->httu >= SMMU3_HTTU_ACCESS) &&
           (!hd || f->httu >= SMMU3_HTTU_DIRTY);
}

/* Where the two stage-2 tables of an STE differ: S2TTB's, which is that of
 * Non-secure IPAs, and S_S2TTB's, of Secure ones. */
struct stage2_fields {
    struct smmu3_field t0sz, tg, sl0, sl0_2, ttb;
};

static const struct stage2_fields ns_stage2 = { SMMU3_STE_S2T0SZ,
                                                SMMU3_STE_S2TG, SMMU3_STE_S2SL0,
                                                SMMU3_STE_S2SL0_2,
                                                SMMU3_STE_S2TTB };
static const struct stage2_fields s_stage2 = {
    SMMU3_STE_S_S2T0SZ, SMMU3_STE_S_S2TG, SMMU3_STE_S_S2SL0,
    SMMU3_STE_S_S2SL0_2, SMMU3_STE_S_S2TTB
};

/* True if this table of the STE is legal (5.2). */
static bool decode_stage2_table(const struct smmu3_features *f,
                                const uint64_t *w,
                                const struct stage2_fields *at,
                                struct smmu3_stage *st)
{
    const struct smmu3_geometry g = {
        .granule_lg2 = smmu3_tg0_granule(f, smmu3_get(w, at->tg)),
        .txsz = (uint8_t)smmu3_get(w, at->t0sz),
        .ps = (uint8_t)smmu3_get(w, SMMU3_STE_S2PS),
        .ds = smmu3_get(w, SMMU3_STE_S2DS),
        .ttb = smmu3_get_addr(w, at->ttb),
        .sl0 = (uint8_t)smmu3_get(w, at->sl0),
        .sl0_2 = smmu3_get(w, at->sl0_2),
    };

    st->stage2 = true;
    st->big_endian = smmu3_get(w, SMMU3_STE_S2ENDI);
    st->affd = smmu3_get(w, SMMU3_STE_S2AFFD);
    st->fwb = f->fwb && smmu3_get(w, SMMU3_STE_S2FWB);
    st->xnx = f->xnx;
    st->mteperm = f->mteperm;
    st->hwu = f->pbha ? (uint8_t)smmu3_get(w, SMMU3_STE_S2HWU) : 0;
    st->sh = (uint8_t)smmu3_get(w, SMMU3_STE_S2SH0);
    return decode_httu(f, smmu3_get(w, SMMU3_STE_S2HA),
                       smmu3_get(w, SMMU3_STE_S2HD), st) &&
           smmu3_geometry_stage2(f, &g, st);
}

/* Where the tables of a Secure STE lie and what they give (5.2 S2SW, S2SA,
 * S2NSW, S2NSA): an output is Non-secure if any bit of its way says so. */
static void decode_stage2_spaces(const uint64_t *w, struct smmu3_ste *ste)
{
    struct smmu3_stage *s = &ste->s_stage2;
    struct smmu3_stage *ns = &ste->stage2;

    s->ns = smmu3_get(w, SMMU3_STE_S2SW);
    s->out_ns = s->ns || smmu3_get(w, SMMU3_STE_S2SA);
    ns->ns = smmu3_get(w, SMMU3_STE_S2NSW);
    ns->out_ns = ns->ns || s->out_ns || smmu3_get(w, SMMU3_STE_S2NSA);
}

/* True if stage 2 of the STE is legal (5.2). */
static bool decode_stage2(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_ste *ste)
{
    ste->s2r = smmu3_get(w, SMMU3_STE_S2R);
    ste->s2ptw = smmu3_get(w, SMMU3_STE_S2PTW);
    ste->s2s = smmu3_get(w, SMMU3_STE_S2S); /* if legal: stall.c */

    if (!smmu3_get(w, SMMU3_STE_S2AA64) || /* TTF = AArch64 only */
        !supported_endian(f, smmu3_get(w, SMMU3_STE_S2ENDI)) ||
        !decode_stage2_table(f, w, &ns_stage2, &ste->stage2)) {
        return false;
    }
    if (!ste->secure) {
        ste->stage2.ns = true;
        ste->stage2.out_ns = true;
        return true;
    }
    if (!decode_stage2_table(f, w, &s_stage2, &ste->s_stage2)) {
        return false;
    }
    decode_stage2_spaces(w, ste);
    return true;
}

/* STRW of a stream with stage 1 alone: used where the stream may be one of EL2
 * or EL3 (5.2 STRW). */
static bool decode_strw(const struct smmu3_features *f, const uint64_t *w,
                        struct smmu3_ste *ste)
{
    if (!ste->secure && !f->hyp) {
        return true;
    }
    ste->strw = (uint8_t)smmu3_get(w, SMMU3_STE_STRW);
    switch (ste->strw) {
    case SMMU3_STE_STRW_NSEL1:
        return true;
    case SMMU3_STE_STRW_EL3:
        return ste->secure;
    case SMMU3_STE_STRW_EL2:
        return !ste->secure || f->sel2;
    }
    return false;
}

/* Substreams (5.2 S1Fmt, S1CDMax, S1DSS): all IGNORED if there are none.
 * True if legal. */
static bool decode_substreams(const struct smmu3_features *f, const uint64_t *w,
                              struct smmu3_ste *ste)
{
    uint64_t fmt = smmu3_get(w, SMMU3_STE_S1FMT);

    if (f->ssidsize == 0) {
        return true;
    }
    ste->s1cdmax = (uint8_t)smmu3_get(w, SMMU3_STE_S1CDMAX);
    if (ste->s1cdmax == 0) {
        return true;
    }
    ste->s1dss = (uint8_t)smmu3_get(w, SMMU3_STE_S1DSS);
    if (fmt == SMMU3_STE_S1FMT_4K_LEAF) {
        ste->cd_split = 6;
    } else if (fmt == SMMU3_STE_S1FMT_64K_LEAF) {
        ste->cd_split = 10;
    }
    return ste->s1cdmax <= f->ssidsize && (f->cd2l || ste->cd_split == 0);
}

/* True if stage 1 of the STE is legal (5.2). */
static bool decode_stage1(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_ste *ste)
{
    /* In v3.0 a physical address that is too large is an F_CD_FETCH
     * (3.4.3). */
    unsigned ptr_bits = ste->s2 ? f->ias : f->arch_minor >= 1 ? f->oas : 64;

    ste->s1contextptr = smmu3_get_addr(w, SMMU3_STE_S1CONTEXTPTR);
    ste->s1stalld = smmu3_get(w, SMMU3_STE_S1STALLD); /* if legal: stall.c */
    if (!decode_substreams(f, w, ste) ||
        (ste->s1contextptr & ~smmu3_low(ptr_bits))) {
        return false;
    }
    return ste->s2 || decode_strw(f, w, ste);
}

/*
 * EATS: IGNORED without ATS, in a Secure STE, and in a stream that is not
 * translated. True if
 * what is written is legal, whatever CR0.ATSCHK then makes of it (5.2 EATS).
 */
static bool decode_eats(const struct smmu3_features *f, const uint64_t *w,
                        struct smmu3_ste *ste)
{
    uint64_t eats = smmu3_get(w, SMMU3_STE_EATS);
    bool s2s = smmu3_get(w, SMMU3_STE_S2S);

    if (!f->ats || ste->secure || !(ste->s1 || ste->s2)) {
        return true;
    }
    if (eats == SMMU3_STE_EATS_SPLIT &&
        (!ste->s1 || !ste->s2 || s2s || !f->split_ats)) {
        return false;
    }
    if (eats == SMMU3_STE_EATS_FULL && ste->s2 && s2s) {
        return false;
    }
    ste->eats = eats == SMMU3_STE_EATS_DPT ? SMMU3_STE_EATS_OFF : (uint8_t)eats;
    return true;
}

/* S2VMID of eight bits, where it tags anything (5.2 S2VMID). */
static bool vmid_is_legal(const struct smmu3_features *f,
                          const struct smmu3_ste *ste)
{
    bool used = ste->secure ? f->sel2 && ste->s2
                            : f->s2p && (ste->s2 || ste->s1) &&
                                  ste->strw == SMMU3_STE_STRW_NSEL1;

    return f->vmid16 || !used || ste->s2vmid >> 8 == 0;
}

void smmu3_ste_decode(const struct smmu3_features *f, enum smmu3_space space,
                      const uint64_t words[8], struct smmu3_ste *ste)
{
    uint64_t config = smmu3_get(words, SMMU3_STE_CONFIG);

    memset(ste, 0, sizeof(*ste));
    if (!smmu3_get(words, SMMU3_STE_V)) {
        ste->illegal = true;
        return;
    }
    ste->ppar = smmu3_get(words, SMMU3_STE_PPAR);
    if (config < SMMU3_STE_CONFIG_BYPASS) {
        ste->abort = true; /* whatever the rest holds */
        return;
    }
    ste->secure = space == SMMU3_S;
    ste->s1 = config & 1;
    ste->s2 = config & 2;
    ste->s2vmid = (uint16_t)smmu3_get(words, SMMU3_STE_S2VMID);
    ste->mev = smmu3_get(words, SMMU3_STE_MEV);
    ste->illegal =
        (ste->s1 && !f->s1p) || (ste->s2 && !f->s2p) ||
        (ste->s2 && ste->secure && !f->sel2) || !decode_eats(f, words, ste) ||
        (ste->s1 && !decode_stage1(f, words, ste)) ||
        (ste->s2 && !decode_stage2(f, words, ste)) || !vmid_is_legal(f, ste);
}

/* Where the two halves of a CD differ. */
struct half_fields {
    struct smmu3_field txsz, tg, sh, epd, tbi, had, e0pd, hwu, ttb, nscfg;
};

static const struct half_fields half_fields[2] = {
    { SMMU3_CD_T0SZ, SMMU3_CD_TG0, SMMU3_CD_SH0, SMMU3_CD_EPD0, SMMU3_CD_TBI0,
      SMMU3_CD_HAD0, SMMU3_CD_E0PD0, SMMU3_CD_HWU0, SMMU3_CD_TTB0,
      SMMU3_CD_NSCFG0 },
    { SMMU3_CD_T1SZ, SMMU3_CD_TG1, SMMU3_CD_SH1, SMMU3_CD_EPD1, SMMU3_CD_TBI1,
      SMMU3_CD_HAD1, SMMU3_CD_E0PD1, SMMU3_CD_HWU1, SMMU3_CD_TTB1,
      SMMU3_CD_NSCFG1 },
};

/* True if an enabled half is legal (5.4 TxSZ, TGx, TTBx). */
static bool decode_half(const struct smmu3_features *f, const uint64_t *w,
                        enum smmu3_world world, unsigned n,
                        struct smmu3_stage *st)
{
    const struct half_fields *h = &half_fields[n];
    uint64_t tg = smmu3_get(w, h->tg);
    const struct smmu3_geometry g = {
        .granule_lg2 = n ? smmu3_tg1_granule(f, tg) : smmu3_tg0_granule(f, tg),
        .txsz = (uint8_t)smmu3_get(w, h->txsz),
        .ps = (uint8_t)smmu3_get(w, SMMU3_CD_IPS),
        .ds = smmu3_get(w, SMMU3_CD_DS),
        .ttb = smmu3_get_addr(w, h->ttb),
    };

    st->big_endian = smmu3_get(w, SMMU3_CD_ENDI);
    st->affd = smmu3_get(w, SMMU3_CD_AFFD);
    st->single_range = smmu3_world_is_single(world);
    st->secure = smmu3_world_is_secure(world);
    st->ns = !st->secure || smmu3_get(w, h->nscfg);
    st->upper = n;
    st->tbi = smmu3_get(w, h->tbi);
    st->had = f->had && smmu3_get(w, h->had);
    st->wxn = smmu3_get(w, SMMU3_CD_WXN);
    st->pan = smmu3_get(w, SMMU3_CD_PAN);
    st->epan = f->epan && smmu3_get(w, SMMU3_CD_EPAN);
    st->e0pd = f->e0pd && !st->single_range && smmu3_get(w, h->e0pd);
    st->hwu = f->pbha && st->had ? (uint8_t)smmu3_get(w, h->hwu) : 0;
    st->sh = (uint8_t)smmu3_get(w, h->sh);
    st->mair =
        smmu3_get(w, SMMU3_CD_MAIR1) << 32 | smmu3_get(w, SMMU3_CD_MAIR0);
    return smmu3_geometry_stage1(f, &g, st);
}

void smmu3_cd_decode(const struct smmu3_features *f, enum smmu3_world world,
                     const uint64_t words[8], struct smmu3_cd *cd)
{
    memset(cd, 0, sizeof(*cd));
    if (!smmu3_get(words, SMMU3_CD_V) ||
        !smmu3_get(words, SMMU3_CD_AA64) || /* TTF = AArch64 only */
        !decode_httu(f, smmu3_get(words, SMMU3_CD_HA),
                     smmu3_get(words, SMMU3_CD_HD), &cd->half[0])) {
        cd->illegal = true;
        return;
    }
    cd->half[1] = cd->half[0];
    cd->a = smmu3_get(words, SMMU3_CD_A);
    cd->r = smmu3_get(words, SMMU3_CD_R);
    cd->s = smmu3_get(words, SMMU3_CD_S); /* if legal: stall.c */
    if (smmu3_world_is_single(world)) {
        /* TTB0 alone; EPD0 acts as 0 (5.4 EPD0). */
        cd->epd[1] = true;
    } else {
        cd->asid = (uint16_t)smmu3_get(words, SMMU3_CD_ASID);
        cd->aset = smmu3_get(words, SMMU3_CD_ASET);
        cd->epd[0] = smmu3_get(words, SMMU3_CD_EPD0);
        cd->epd[1] = smmu3_get(words, SMMU3_CD_EPD1);
    }
    if ((f->term_model && !cd->a) || (!f->asid16 && cd->asid >> 8) ||
        (!(cd->epd[0] && cd->epd[1]) &&
         !supported_endian(f, smmu3_get(words, SMMU3_CD_ENDI)))) {
        cd->illegal = true;
        return;
    }
    for (unsigned n = 0; n < 2; n++) {
        if (!cd->epd[n] && !decode_half(f, words, world, n, &cd->half[n])) {
            cd->illegal = true;
            return;
        }
    }
}
