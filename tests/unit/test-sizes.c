/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address sizes beyond 48 bits, LPA2 (DS) and small tables: which TxSZ, S2T0SZ
 * and S2SL0 are legal (5.2, 5.4), missing granules, shareability, large blocks
 * in the TLB, range invalidation (4.4.1), and SMMUs without these features.
 */
#include "rig.h"

#define SID 9u
#define TTB UINT64_C(0x20000000)
#define NEXT UINT64_C(0x20100000)
#define TTB2 UINT64_C(0x40000000)

/* A.6, A.7. */
static void id_registers(void)
{
    struct smmu3_params p = rig_wide();
    struct rig *r = rig_new_raw(&p);

    CHECK_EQ(rd32(r, O_IDR5), 0x000004f6);
    CHECK_EQ(rd32(r, O_IDR3), 0x00007714);
    CHECK_EQ(rd32(r, O_AIDR), 3);
    rig_free(r);
    p.f.arch_minor = 4;
    p.f.epan = p.f.mteperm = p.f.pbha = true;
    p.f.ds = p.f.stt = false;
    p.f.gran4k = false;
    p.f.vax = 48;
    r = rig_new_raw(&p);
    CHECK_EQ(rd32(r, O_IDR5), 0x00000066);
    CHECK_EQ(rd32(r, O_IDR3), 0x0042751c);
    CHECK_EQ(rd32(r, O_AIDR), 4);
    rig_free(r);
    p = rig_params();
    p.f.gran16k = p.f.gran64k = false;
    r = rig_new_raw(&p);
    CHECK_EQ(rd32(r, O_IDR5), 0x00000015);
    rig_free(r);
}

/* E.4: bounds of TxSZ. */
static const struct txsz_row {
    bool stt, vax, ds; /* features */
    bool cd_ds;
    unsigned granule, min, max;
} txsz_rows[] = {
    { false, false, false, false, 12, 16, 39 },
    { false, false, false, false, 14, 16, 39 },
    { false, false, false, false, 16, 16, 39 },
    { true, false, false, false, 12, 16, 48 },
    { true, false, false, false, 14, 16, 48 },
    { true, false, false, false, 16, 16, 47 },
    { false, true, false, false, 12, 16, 39 },
    { false, true, false, false, 14, 16, 39 },
    { false, true, false, false, 16, 12, 39 },
    { false, true, false, true, 12, 16, 39 }, /* CD.DS is RES0 */
    { false, true, true, false, 12, 16, 39 },
    { false, true, true, true, 12, 12, 39 },
    { false, true, true, true, 14, 12, 39 },
    { false, true, true, true, 16, 12, 39 },
    { true, true, true, true, 12, 12, 48 },
    { true, true, true, true, 14, 12, 48 },
    { true, true, true, false, 16, 12, 47 },
};

/* The event of an access through tables of zeros: F_TRANSLATION if the
 * configuration is legal. */
static unsigned event_of(struct rig *r, uint64_t addr)
{
    uint64_t w[4] = { 0 };

    rig_forget(r);
    rig_go(r, SID, addr, "r");
    CHECK(rig_event(r, w));
    return w[0] & 0xff;
}

static struct smmu3_params with(bool stt, bool vax, bool ds)
{
    struct smmu3_params p = rig_wide();

    p.f.stt = stt;
    p.f.vax = vax ? 52 : 48;
    p.f.ds = ds;
    return p;
}

static void txsz(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(txsz_rows); i++) {
        const struct txsz_row *row = &txsz_rows[i];
        struct smmu3_params p = with(row->stt, row->vax, row->ds);
        struct rig *r = rig_new_with(&p);

        rig_set_ste(r, SID, ste_s1(RIG_CD));
        for (unsigned n = 0; n < 128; n++) {
            unsigned size = n & 63;
            bool good = size >= row->min && size <= row->max;
            struct cd cd = cd_make(TTB, row->granule, size);

            if (n >= 64) {
                cd_ttb1(&cd, TTB, row->granule, size);
                set_bits(cd.w, 14, 14, 1); /* EPD0 */
            }
            set_bits(cd.w, 186, 186, row->cd_ds);
            rig_set_cd(r, RIG_CD, cd);
            if (!CHECK_EQ(event_of(r, n < 64 ? 0 : UINT64_MAX),
                          good ? 0x10 : 0x0a)) {
                g_test_message("row %u TxSZ %u, half %u", i, size, n / 64);
            }
        }
        rig_free(r);
    }
}

/* E.9 with STT and DS; S2SL0_2 is the high bit of sl0. Sizes within the bounds
 * of B.5 row 21. */
static const struct geometry {
    bool needs_stt, needs_s2ds;
    unsigned granule, sl0, min_oas, min_size, max_size;
} geometries[] = {
    { false, false, 12, 0, 0, 22, 34 },  { false, false, 12, 1, 0, 31, 43 },
    { false, false, 12, 2, 44, 40, 52 }, { true, false, 12, 3, 0, 13, 25 },
    { false, true, 12, 4, 52, 49, 61 },  { false, false, 14, 0, 0, 15, 29 },
    { false, false, 14, 1, 0, 26, 40 },  { false, false, 14, 2, 42, 37, 51 },
    { false, true, 14, 3, 52, 48, 62 },  { false, false, 16, 0, 0, 17, 33 },
    { false, false, 16, 1, 0, 30, 46 },  { false, false, 16, 2, 44, 43, 59 },
};

static bool s2_legal(const struct smmu3_params *p, unsigned granule, bool s2ds,
                     unsigned sl0, unsigned t0sz)
{
    unsigned size = 64 - t0sz;
    unsigned most = granule == 16 || s2ds ? 52 : 48;
    unsigned least = !p->f.stt ? 25 : granule == 16 ? 17 : 16;

    if (granule != 12 || !s2ds) {
        sl0 &= 3; /* S2SL0_2 does not count */
    }
    if (size > p->f.oas || size > most || size < least) {
        return false;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(geometries); i++) {
        const struct geometry *g = &geometries[i];

        if (g->granule == granule && g->sl0 == sl0) {
            return (!g->needs_stt || p->f.stt) && (!g->needs_s2ds || s2ds) &&
                   p->f.oas >= g->min_oas && size >= g->min_size &&
                   size <= g->max_size;
        }
    }
    return false;
}

static void s2_geometry_of(const struct smmu3_params *p)
{
    struct rig *r = rig_new_with(p);

    for (unsigned granule = 12; granule <= 16; granule += 2) {
        for (unsigned n = 0; n < 1024; n++) {
            unsigned t0sz = n & 63, sl0 = n >> 6 & 7;
            bool s2ds = n >> 9;
            bool effective = s2ds && p->f.ds && granule != 16;
            struct ste ste = ste_s2(TTB2, granule, t0sz, sl0 & 3);

            set_bits(ste.w, 194, 194, sl0 >> 2);
            set_bits(ste.w, 195, 195, s2ds);
            rig_set_ste(r, SID, ste);
            if (!CHECK_EQ(event_of(r, 0x1000),
                          s2_legal(p, granule, effective, sl0, t0sz) ? 0x10
                                                                     : 0x04)) {
                g_test_message("oas %u stt %u ds %u: granule %u S2SL0 %u "
                               "S2T0SZ %u S2DS %u",
                               p->f.oas, p->f.stt, p->f.ds, granule, sl0, t0sz,
                               s2ds);
            }
        }
    }
    rig_free(r);
}

static void s2_geometry(void)
{
    static const unsigned oas[] = { 40, 42, 44, 48, 52 };

    for (unsigned i = 0; i < G_N_ELEMENTS(oas); i++) {
        for (unsigned n = 0; n < 4; n++) {
            struct smmu3_params p = with(n & 1, true, n & 2);

            p.f.oas = (uint8_t)oas[i];
            s2_geometry_of(&p);
        }
    }
}

/* B.5 row 19, B.8 row 11: a granule that is not in IDR5. */
static void granules(void)
{
    for (unsigned missing = 12; missing <= 16; missing += 2) {
        struct smmu3_params p = rig_params();
        struct rig *r;

        p.f.gran4k = missing != 12;
        p.f.gran16k = missing != 14;
        p.f.gran64k = missing != 16;
        r = rig_new_with(&p);
        for (unsigned g = 12; g <= 16; g += 2) {
            struct cd cd = cd_make(TTB, g, 25);

            rig_set_ste(r, SID, ste_s1(RIG_CD));
            rig_set_cd(r, RIG_CD, cd);
            CHECK_EQ(event_of(r, 0), g == missing ? 0x0a : 0x10);
            cd_ttb1(&cd, TTB, g, 25);
            set_bits(cd.w, 14, 14, 1);
            rig_set_cd(r, RIG_CD, cd);
            CHECK_EQ(event_of(r, UINT64_MAX), g == missing ? 0x0a : 0x10);
            rig_set_ste(r, SID, ste_s2(TTB2, g, 36, 0));
            CHECK_EQ(event_of(r, 0), g == missing ? 0x04 : 0x10);
        }
        rig_free(r);
    }
}

/* 5.4 DS: shareability comes from CD.SHx and STE.S2SH0; descriptors have none.
 */
static void shareability(void)
{
    struct smmu3_params p = rig_wide();
    struct rig *r = rig_new_with(&p);
    struct mapper m = map_s1(&r->h, TTB, 12, 16, NEXT);
    struct mapper m2 = map_s2(&r->h, TTB2, 12, 16, 2, TTB2 + 0x100000);

    m.lpa2 = m2.lpa2 = true;
    map_at(&m, 0x1000, 3, 0x5000 | D_PAGE | D_S1ALL);
    map_at(&m2, 0x1000, 3, 0x7000 | D_PAGE | D_S2ALL);
    for (unsigned sh = 0; sh < 4; sh++) {
        struct cd cd = cd_make(TTB, 12, 16);
        struct ste ste = ste_s2(TTB2, 12, 16, 2);

        set_bits(cd.w, 13, 12, sh);
        set_bits(cd.w, 186, 186, 1);
        rig_set_cd(r, RIG_CD, cd);
        rig_set_ste(r, SID, ste_s1(RIG_CD));
        rig_forget(r);
        CHECK_EQ(rig_go(r, SID, 0x1000, "r").sh, sh == 1 ? 0 : sh);
        set_bits(ste.w, 173, 172, sh);
        set_bits(ste.w, 195, 195, 1);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        CHECK_EQ(rig_go(r, SID, 0x1000, "r").sh, sh == 1 ? 0 : sh);
    }
    rig_free(r);
}

/* One large leaf, cached once; both of its ends hit. */
static void big_block(unsigned granule, int level, bool ds)
{
    struct smmu3_params p = with(true, true, ds);
    struct rig *r = rig_new_with(&p);
    struct mapper m = map_s1(&r->h, TTB, granule, 12, NEXT);
    unsigned lo = level_lo(granule, level);
    uint64_t base = UINT64_C(3) << lo, out = UINT64_C(5) << lo;
    uint64_t last = base + (UINT64_C(1) << lo) - 1;
    struct cd cd = cd_make(TTB, granule, 12);
    struct smmu3_stats before, after;

    m.lpa2 = ds;
    m.oa52 = !ds;
    set_bits(cd.w, 34, 32, 6);
    set_bits(cd.w, 186, 186, ds);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    map_at(&m, base, level, map_oa(&m, out) | D_BLOCK | D_S1ALL);
    CHECK_OK(r, SID, base, "r", out);
    CHECK_EQ(rig_go(r, SID, base, "r").lg2_size, lo);
    smmu3_get_stats(r->s, &before);
    CHECK_OK(r, SID, last, "r", out + (last - base));
    smmu3_get_stats(r->s, &after);
    CHECK_EQ(after.walks, before.walks);
    CHECK_EQ(after.tlb_hits, before.tlb_hits + 1);
    /* One address of it goes: all of it does, and those who keep pieces of it
     * are told. */
    map_at(&m, base, level,
           map_oa(&m, out + (UINT64_C(1) << lo)) | D_BLOCK | D_S1ALL);
    r->h.n_stale = 0;
    rig_cmd(r, cmd_tlbi(0x12, 7, 3, last));
    rig_sync(r);
    CHECK_EQ(r->h.n_stale, 1);
    CHECK(r->h.stale[0].addr_first <= base && r->h.stale[0].addr_last >= last);
    CHECK_OK(r, SID, base, "r", out + (UINT64_C(1) << lo));
    rig_free(r);
}

/* E.2: a block that is larger than memory: what lies beyond OAS is cut. */
static void block_beyond_oas(void)
{
    struct smmu3_params p = with(true, true, true);
    uint64_t va = UINT64_C(0x1200345678);
    struct smmu3_result res;
    struct mapper m;
    struct cd cd;
    struct rig *r;

    p.f.oas = 32;
    r = rig_new_with(&p);
    m = map_s1(&r->h, TTB, 12, 12, NEXT);
    cd = cd_make(TTB, 12, 12);
    m.lpa2 = true;
    set_bits(cd.w, 186, 186, 1);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    map_at(&m, va, 0, D_BLOCK | D_S1ALL);
    for (unsigned twice = 0; twice < 2; twice++) {
        res = rig_go(r, SID, va, "r");
        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK_EQ(res.pa, 0x345678);
        CHECK_EQ(res.lg2_size, 32);
    }
    rig_free(r);
}

static void big_blocks(void)
{
    big_block(12, 0, true);
    big_block(14, 1, true);
    big_block(16, 1, false);
}

/* A stream of each granule with a page and a block of each level. */
struct range_row {
    unsigned granule;
    int level; /* of the leaf */
    uint64_t va, addr;
    unsigned ttl, scale, num;
    bool gone;
};

static void check_range(const struct smmu3_params *p,
                        const struct range_row *row, unsigned n)
{
    static const unsigned tg[3] = { 1, 2, 3 };
    struct rig *r = rig_new_with(p);
    struct mapper m = map_s1(&r->h, TTB, row->granule, p->f.ds ? 12 : 16, NEXT);
    struct cd cd = cd_make(TTB, row->granule, p->f.ds ? 12 : 16);
    uint64_t one = UINT64_C(1) << level_lo(row->granule, row->level);
    uint64_t leaf = (row->level == 3 ? D_PAGE : D_BLOCK) | D_S1ALL;

    m.lpa2 = p->f.ds && row->granule != 16;
    set_bits(cd.w, 186, 186, p->f.ds);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    map_at(&m, row->va, row->level, leaf);
    rig_go(r, SID, row->va, "r");
    map_at(&m, row->va, row->level, one | leaf);
    rig_cmd(r,
            cmd_tlbi_range(0x12, 7, 3, row->addr, tg[(row->granule - 12) / 2],
                           row->ttl, row->scale, row->num));
    rig_sync(r);
    if (!CHECK_OK(r, SID, row->va, "r", row->gone ? one : 0)) {
        g_test_message("row %u", n);
    }
    rig_free(r);
}

#define G64 UINT64_C(0x1000000000)

/* C.4. */
static void ranges(void)
{
    static const struct range_row rows[] = {
        /* TTL = 1 of 16K exists */
        { 14, 1, G64, G64, 1, 0, 0, true },
        { 14, 2, G64, G64, 1, 0, 0, false },
        { 14, 1, G64, G64, 2, 0, 0, false },
        /* ... and wants [35:12] to be zero */
        { 14, 1, G64, G64 + 0x4000, 1, 0, 0, false },
        { 14, 1, G64, G64 - 0x4000, 0, 0, 1, true },
        /* level 0 has no hint */
        { 12, 0, 0x8000000000, 0x8000000000, 0, 0, 1, true },
        { 12, 0, 0x8000000000, 0x8000000000, 1, 0, 1, false },
        /* 64K: 4 TiB at level 1 */
        { 16, 1, 0x40000000000, 0x40000000000, 1, 0, 0, true },
        { 16, 1, 0x40000000000, 0x20000000000, 1, 0, 0, false },
        /* SCALE: 2^36 pages */
        { 12, 3, 0xf000000001000, 0, 0, 36, 15, true },
        { 12, 3, 0xf000000001000, 0, 0, 36, 14, false },
        /* above 39 as 39: 2^51 bytes */
        { 12, 3, 0x7fffffffff000, 0, 0, 63, 0, true },
        { 12, 3, 0x8000000001000, 0, 0, 63, 0, false },
        { 12, 3, 0x8000000001000, 0, 0, 63, 1, true },
        /* to the top of the address space and no further */
        { 12, 3, 0x1000, 0xffffffffffffe000, 0, 39, 31, false },
    };
    struct smmu3_params p = rig_wide();

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_range(&p, &rows[i], i);
    }
}

/* Without DS: bit 25 of SCALE is RES0, TTL = 1 of 16K is none (4.4.1). */
static void ranges_without(void)
{
    static const struct range_row rows[] = {
        { 12, 3, 0x10000, 0, 0, 32, 14, false }, /* as SCALE = 0: 15 pages */
        { 12, 3, 0x10000, 0, 0, 32, 16, true },
        { 14, 2, 0x2000000, 0x2000000, 1, 0, 1, true },
    };
    struct smmu3_params p = rig_params();

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_range(&p, &rows[i], i);
    }
}

/* Not advertised: the bits are RES0 and do nothing (5.2 S2DS, 5.4 DS). */
static void ds_without(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, TTB, 12, 25, NEXT);
    struct mapper m2 = map_s2(&r->h, TTB2, 12, 24, 1, TTB2 + 0x100000);
    struct cd cd = cd_make(TTB, 12, 25);
    struct ste ste = ste_s2(TTB2, 12, 24, 1);

    map_at(&m, 0x1000, 3, 0x5000 | 0x300 | D_PAGE | D_S1ALL);
    map_at(&m2, 0x1000, 3, 0x7000 | 0x300 | D_PAGE | D_S2ALL);
    set_bits(cd.w, 13, 12, 0);
    set_bits(cd.w, 186, 186, 1);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    CHECK_OK(r, SID, 0x1abc, "r", 0x5abc);
    CHECK_EQ(rig_go(r, SID, 0x1000, "r").sh, 3);
    set_bits(ste.w, 173, 172, 0);
    set_bits(ste.w, 195, 194, 3);
    rig_set_ste(r, SID, ste);
    rig_forget(r);
    CHECK_OK(r, SID, 0x1abc, "r", 0x7abc);
    CHECK_EQ(rig_go(r, SID, 0x1000, "r").sh, 3);
    rig_free(r);
}

/* E.2: bypass and stage 2 alone take 52 bits, and no more. */
static void input_sizes(void)
{
    struct smmu3_params p = rig_wide();
    struct rig *r = rig_new_with(&p);

    rig_set_ste(r, SID, ste_bypass());
    CHECK_OK(r, SID, 0xfffffffffffff, "r", 0xfffffffffffff);
    CHECK_ABORT(r, SID, 0x10000000000000, "r", 0x0000000900000011,
                0x0000020800000000, 0x10000000000000, 0);
    rig_set_ste(r, SID, ste_s2(TTB2, 16, 12, 2));
    rig_forget(r);
    CHECK_ABORT(r, SID, 0xfffffffffffff, "r", 0x0000000900000010,
                0x0000028800000000, 0xfffffffffffff, 0xffffffffff000);
    CHECK_ABORT(r, SID, 0x10000000000000, "r", 0x0000000900000011,
                0x0000020800000000, 0x10000000000000, 0);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/sizes/A.7/id-registers", id_registers);
    g_test_add_func("/sizes/E.4/txsz", txsz);
    g_test_add_func("/sizes/E.9/s2-geometry", s2_geometry);
    g_test_add_func("/sizes/B.8/granules", granules);
    g_test_add_func("/sizes/E.6/shareability", shareability);
    g_test_add_func("/sizes/E.5/big-blocks", big_blocks);
    g_test_add_func("/sizes/E.2/block-beyond-oas", block_beyond_oas);
    g_test_add_func("/sizes/C.4/ranges", ranges);
    g_test_add_func("/sizes/C.4/ranges-without-ds", ranges_without);
    g_test_add_func("/sizes/ds-not-advertised", ds_without);
    g_test_add_func("/sizes/E.2/input", input_sizes);
    return g_test_run();
}
