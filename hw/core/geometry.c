/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shape of translation tables. See geometry.h.
 * Layer L1 of the core.
 */
#include "geometry.h"

#include "smmu3/bits.h"

#define LAST_LEVEL 3

/* Input sizes: TxSZ of 16 to 39, more with STT, less where descriptors hold 52
 * bits (5.2 S2T0SZ, 5.4 T0SZ). */
#define TXSZ_MIN 16u
#define TXSZ_MIN_52 12u
#define TXSZ_MAX 39u
#define TXSZ_MAX_STT 48u
#define TXSZ_MAX_STT_64K 47u

/* Without DS, the smaller granules' descriptors hold this much (3.4). */
#define OUT_BITS_MAX_NO_DS 48u

/* IDR5.OAS encoding of CD.IPS and STE.S2PS; the reserved 7 acts as 52 bits in
 * v3.1 to v3.3, and later means what no OAS here reaches. v3.0 has 48 bits at
 * most (5.2 S2PS, 5.4 IPS). */
static uint8_t effective_bits(const struct smmu3_features *f, unsigned ps)
{
    static const uint8_t bits[8] = { 32, 36, 40, 42, 44, 48, 52, 52 };

    return bits[ps & 7] < f->oas ? bits[ps & 7] : f->oas;
}

static bool is_implemented(const struct smmu3_features *f, unsigned lg2)
{
    return lg2 == 12 ? f->gran4k : lg2 == 14 ? f->gran16k : f->gran64k;
}

uint8_t smmu3_tg0_granule(const struct smmu3_features *f, uint64_t tg)
{
    static const uint8_t lg2[4] = { 12, 16, 14, 0 };

    return lg2[tg] && is_implemented(f, lg2[tg]) ? lg2[tg] : 0;
}

uint8_t smmu3_tg1_granule(const struct smmu3_features *f, uint64_t tg)
{
    static const uint8_t lg2[4] = { 0, 14, 12, 16 };

    return lg2[tg] && is_implemented(f, lg2[tg]) ? lg2[tg] : 0;
}

static unsigned txsz_max(const struct smmu3_features *f, unsigned granule_lg2)
{
    if (!f->stt) {
        return TXSZ_MAX;
    }
    return granule_lg2 == 16 ? TXSZ_MAX_STT_64K : TXSZ_MAX_STT;
}

/* What one descriptor of @level maps, log2. */
static int level_shift(unsigned granule_lg2, int level)
{
    return (int)granule_lg2 + ((int)granule_lg2 - 3) * (LAST_LEVEL - level);
}

/* Format and output size. False: the granule is reserved, or the table's base
 * is out of range. */
static bool set_output(const struct smmu3_features *f,
                       const struct smmu3_geometry *g, struct smmu3_stage *st)
{
    uint8_t bits = effective_bits(f, g->ps);

    st->granule_lg2 = g->granule_lg2;
    st->ds = g->ds && f->ds && g->granule_lg2 != 16;
    st->oa52 = g->granule_lg2 == 16 && f->oas >= 52;
    st->ttb_64_bytes = bits >= 52;
    if (g->granule_lg2 != 16 && !st->ds && bits > OUT_BITS_MAX_NO_DS) {
        bits = OUT_BITS_MAX_NO_DS;
    }
    st->out_bits = bits;
    return g->granule_lg2 && !(g->ttb & ~smmu3_low(bits));
}

/* The address bits that the alignment of the start-level table leaves, with 52
 * output bits at least 64 bytes (3.4.3; 5.4 TTB0). */
static void set_base(struct smmu3_stage *st, uint64_t ttb)
{
    unsigned lg2 = st->in_bits -
                   (unsigned)level_shift(st->granule_lg2, st->start_level) + 3u;

    if (st->ttb_64_bytes && lg2 < 6) {
        lg2 = 6;
    }
    st->ttb = ttb & ~smmu3_low(lg2);
}

bool smmu3_geometry_stage1(const struct smmu3_features *f,
                           const struct smmu3_geometry *g,
                           struct smmu3_stage *st)
{
    unsigned min = TXSZ_MIN;

    if (!set_output(f, g, st)) {
        return false;
    }
    if (f->vax >= 52 && (st->granule_lg2 == 16 || st->ds)) {
        min = TXSZ_MIN_52;
    }
    if (g->txsz < min || g->txsz > txsz_max(f, st->granule_lg2)) {
        return false;
    }
    st->in_bits = (uint8_t)(64 - g->txsz);
    st->start_level = (int8_t)(4 - (st->in_bits - 4) / (st->granule_lg2 - 3));
    set_base(st, g->ttb);
    return true;
}

/*
 * Stage-2 start level (5.2 S2SL0; DDI 0487 D8.2): level, and least OAS, by
 * granule and S2SL0. NO_LEVEL: reserved.
 */
#define NO_LEVEL 4

struct s2_start {
    int8_t level;
    uint8_t oas;
};

static struct s2_start s2_start(const struct smmu3_features *f,
                                const struct smmu3_geometry *g, bool ds)
{
    static const struct s2_start starts[3][4] = {
        { { 2, 0 }, { 1, 0 }, { 0, 44 }, { 3, 0 } },
        { { 3, 0 }, { 2, 0 }, { 1, 42 }, { 0, 52 } },
        { { 3, 0 }, { 2, 0 }, { 1, 44 }, { NO_LEVEL, 0 } },
    };
    const struct s2_start none = { NO_LEVEL, 0 };

    /* S2SL0_2 counts for 4K with S2DS alone. */
    if (g->granule_lg2 == 12 && ds && g->sl0_2) {
        return g->sl0 == 0 ? (struct s2_start){ -1, 52 } : none;
    }
    if (g->sl0 == 3 &&
        ((g->granule_lg2 == 12 && !f->stt) || (g->granule_lg2 == 14 && !ds))) {
        return none;
    }
    return starts[(g->granule_lg2 - 12) / 2][g->sl0 & 3];
}

bool smmu3_geometry_stage2(const struct smmu3_features *f,
                           const struct smmu3_geometry *g,
                           struct smmu3_stage *st)
{
    struct s2_start start;
    unsigned min;
    int below, stride;

    if (!set_output(f, g, st)) {
        return false;
    }
    min = st->granule_lg2 == 16 || st->ds ? TXSZ_MIN_52 : TXSZ_MIN;
    min = 64u - f->ias > min ? 64u - f->ias : min;
    if (g->txsz < min || g->txsz > txsz_max(f, st->granule_lg2)) {
        return false;
    }
    st->in_bits = (uint8_t)(64 - g->txsz);
    start = s2_start(f, g, st->ds);
    if (start.level == NO_LEVEL || f->oas < start.oas) {
        return false;
    }
    /* One table of the start level covers stride more bits than the level
     * below; up to 16 tables are concatenated (DDI 0487 D8.2.2). */
    st->start_level = start.level;
    below = level_shift(st->granule_lg2, start.level);
    stride = st->granule_lg2 - 3;
    if (st->in_bits <= below || st->in_bits > below + stride + 4) {
        return false;
    }
    set_base(st, g->ttb);
    return true;
}
