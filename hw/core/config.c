/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream Table Entries and Context Descriptors: decode and every ILLEGAL
 * condition of both (5.2, 5.4).
 * Layer L2.
 */
#include "config.h"

#include <string.h>

#include "smmu3/cd.h"
#include "smmu3/idr.h"
#include "smmu3/ste.h"

#define BITS_OF_SIZE_FIELD 3

/* IDR5.OAS encoding of CD.IPS and STE.S2PS; the reserved 7 acts as 52 bits in
 * v3.1 to v3.3 (5.2 S2PS, 5.4 IPS). */
static const uint8_t address_bits[1 << BITS_OF_SIZE_FIELD] = { 32, 36, 40, 42,
                                                               44, 48, 52, 52 };

static uint8_t effective_bits(const struct smmu3_features *f, uint64_t field)
{
    uint8_t bits = address_bits[field];

    return bits < f->oas ? bits : f->oas;
}

/* Granule of TG0 and S2TG; 0 if reserved. */
static uint8_t tg0_granule(uint64_t tg)
{
    static const uint8_t lg2[4] = { 12, 16, 14, 0 };

    return lg2[tg];
}

/* Granule of TG1, which is encoded differently (5.4). */
static uint8_t tg1_granule(uint64_t tg)
{
    static const uint8_t lg2[4] = { 0, 14, 12, 16 };

    return lg2[tg];
}

/* Can tables have this endianness? (6.3.1 TTENDIAN) */
static bool supported_endian(const struct smmu3_features *f, bool big)
{
    return f->ttendian == SMMU3_TTENDIAN_MIXED ||
           big == (f->ttendian == SMMU3_TTENDIAN_BIG);
}

/*
 * Stage-2 start level (5.2 S2SL0; DDI 0487 D8.2): level and least OAS by
 * granule and S2SL0. Level 4 marks a reserved combination: level 3 of 4K needs
 * STT, level 0 of 16K needs DS.
 */
struct s2_start {
    int8_t level;
    uint8_t oas;
};

static const struct s2_start s2_start_4k[4] = {
    { 2, 0 }, { 1, 0 }, { 0, 44 }, { 4, 0 }
};
static const struct s2_start s2_start_16k[4] = {
    { 3, 0 }, { 2, 0 }, { 1, 42 }, { 4, 0 }
};
static const struct s2_start s2_start_64k[4] = {
    { 3, 0 }, { 2, 0 }, { 1, 44 }, { 4, 0 }
};

/*
 * Is this start level legal for this input size? One table of it covers
 * stride more bits than the level below; up to 16 tables are concatenated
 * (DDI 0487 D8.2.2).
 */
static bool s2_start_is_legal(const struct smmu3_features *f, uint64_t sl0,
                              struct smmu3_stage *st)
{
    const struct s2_start *start = st->granule_lg2 == 12   ? &s2_start_4k[sl0]
                                   : st->granule_lg2 == 14 ? &s2_start_16k[sl0]
                                                           : &s2_start_64k[sl0];
    int stride = st->granule_lg2 - 3;
    int below;

    if (start->level > 3 || f->oas < start->oas) {
        return false;
    }
    st->start_level = start->level;
    below = st->granule_lg2 + stride * (3 - start->level);
    return st->in_bits > below && st->in_bits <= below + stride + 4;
}

/* The address bits that the start-level table's alignment leaves (3.4.3). */
static uint64_t table_base(const struct smmu3_stage *st, uint64_t ttb)
{
    unsigned stride = st->granule_lg2 - 3u;
    unsigned shift = st->granule_lg2 + stride * (unsigned)(3 - st->start_level);

    return ttb & ~smmu3_low(st->in_bits - shift + 3);
}

/* Input sizes without STT, VAX and DS: TxSZ 16 to 39 (5.2 S2T0SZ, 5.4 T0SZ).
 */
#define TXSZ_MIN 16u
#define TXSZ_MAX 39u

/* True if stage 2 of the STE is legal (5.2). */
static bool decode_stage2(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_ste *ste)
{
    struct smmu3_stage *st = &ste->stage2;
    uint64_t t0sz = smmu3_get(w, SMMU3_STE_S2T0SZ);
    uint64_t ttb = smmu3_get_addr(w, SMMU3_STE_S2TTB);
    unsigned t0sz_min = f->ias < 64 - TXSZ_MIN ? 64u - f->ias : TXSZ_MIN;

    st->stage2 = true;
    st->ns = true;
    st->out_ns = true;
    st->granule_lg2 = tg0_granule(smmu3_get(w, SMMU3_STE_S2TG));
    st->out_bits = effective_bits(f, smmu3_get(w, SMMU3_STE_S2PS));
    st->big_endian = smmu3_get(w, SMMU3_STE_S2ENDI);
    st->affd = smmu3_get(w, SMMU3_STE_S2AFFD);
    st->fwb = f->fwb && smmu3_get(w, SMMU3_STE_S2FWB);
    st->xnx = f->xnx;
    ste->s2r = smmu3_get(w, SMMU3_STE_S2R);
    ste->s2ptw = smmu3_get(w, SMMU3_STE_S2PTW);

    ste->s2s = smmu3_get(w, SMMU3_STE_S2S); /* if legal: stall.c */

    if (!smmu3_get(w, SMMU3_STE_S2AA64) || /* TTF = AArch64 only */
        !supported_endian(f, st->big_endian) || smmu3_get(w, SMMU3_STE_S2HA) ||
        smmu3_get(w, SMMU3_STE_S2HD) || st->granule_lg2 == 0 ||
        t0sz < t0sz_min || t0sz > TXSZ_MAX) {
        return false;
    }
    st->in_bits = (uint8_t)(64 - t0sz);
    if (!s2_start_is_legal(f, smmu3_get(w, SMMU3_STE_S2SL0), st) ||
        (ttb & ~smmu3_low(st->out_bits))) {
        return false;
    }
    st->ttb = table_base(st, ttb);
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
    unsigned ptr_bits = ste->s2 ? f->ias : f->oas;

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
    ste->illegal =
        (ste->s1 && !f->s1p) || (ste->s2 && !f->s2p) ||
        (ste->s2 && ste->secure && !f->sel2) || !decode_eats(f, words, ste) ||
        (ste->s1 && !decode_stage1(f, words, ste)) ||
        (ste->s2 && !decode_stage2(f, words, ste)) || !vmid_is_legal(f, ste);
}

/* Where the two halves of a CD differ. */
struct half_fields {
    struct smmu3_field txsz, tg, epd, tbi, had, ttb, nscfg;
};

static const struct half_fields half_fields[2] = {
    { SMMU3_CD_T0SZ, SMMU3_CD_TG0, SMMU3_CD_EPD0, SMMU3_CD_TBI0, SMMU3_CD_HAD0,
      SMMU3_CD_TTB0, SMMU3_CD_NSCFG0 },
    { SMMU3_CD_T1SZ, SMMU3_CD_TG1, SMMU3_CD_EPD1, SMMU3_CD_TBI1, SMMU3_CD_HAD1,
      SMMU3_CD_TTB1, SMMU3_CD_NSCFG1 },
};

/* True if an enabled half is legal (5.4 TxSZ, TGx, TTBx). */
static bool decode_half(const struct smmu3_features *f, const uint64_t *w,
                        enum smmu3_world world, unsigned n,
                        struct smmu3_stage *st)
{
    const struct half_fields *h = &half_fields[n];
    uint64_t txsz = smmu3_get(w, h->txsz);
    uint64_t tg = smmu3_get(w, h->tg);
    uint64_t ttb = smmu3_get_addr(w, h->ttb);
    int stride;

    st->granule_lg2 = n ? tg1_granule(tg) : tg0_granule(tg);
    st->out_bits = effective_bits(f, smmu3_get(w, SMMU3_CD_IPS));
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
    st->mair =
        smmu3_get(w, SMMU3_CD_MAIR1) << 32 | smmu3_get(w, SMMU3_CD_MAIR0);
    if (txsz < TXSZ_MIN || txsz > TXSZ_MAX || st->granule_lg2 == 0 ||
        (ttb & ~smmu3_low(st->out_bits))) {
        return false;
    }
    st->in_bits = (uint8_t)(64 - txsz);
    stride = st->granule_lg2 - 3;
    st->start_level = (int8_t)(4 - (st->in_bits - 4) / stride);
    st->ttb = table_base(st, ttb);
    return true;
}

void smmu3_cd_decode(const struct smmu3_features *f, enum smmu3_world world,
                     const uint64_t words[8], struct smmu3_cd *cd)
{
    memset(cd, 0, sizeof(*cd));
    if (!smmu3_get(words, SMMU3_CD_V) ||
        !smmu3_get(words, SMMU3_CD_AA64) || /* TTF = AArch64 only */
        smmu3_get(words, SMMU3_CD_HA) || smmu3_get(words, SMMU3_CD_HD)) {
        cd->illegal = true;
        return;
    }
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
