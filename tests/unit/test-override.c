/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attribute overrides of STEs and of GBPA (5.2, 6.3.14, 13; A.11, E.14):
 * memory type, allocation hints and shareability, privilege and instruction,
 * with what each stage makes of them; and that nothing is overridden where
 * IDR1 says so.
 */
#include "ats-rig.h"
#include "secure-rig.h"

#define SID 3u
#define VA UINT64_C(0x10000)
#define OUT UINT64_C(0x30000000)
#define S2_TTB UINT64_C(0x40000000)

static struct smmu3_params with_overrides(void)
{
    struct smmu3_params p = rig_params();

    p.f.attr_types_ovr = true;
    p.f.attr_perms_ovr = true;
    return p;
}

/* What came in, the override, what goes out. MTCFG, MemAttr, ALLOCCFG and
 * SHCFG as an STE has them. */
static const struct types {
    uint8_t attr, sh;
    unsigned mtcfg, memattr, alloccfg, shcfg;
    uint8_t attr_out, sh_out;
} types[] = {
    { 0xff, 3, 0, 0xf, 0, 1, 0xff, 3 },
    { 0xff, 0, 0, 0x0, 0, 1, 0xff, 0 },
    { 0xff, 1, 0, 0x0, 0, 1, 0xff, 0 },
    /* MemAttr: Device types, the reserved ones, Non-cacheable */
    { 0xff, 3, 1, 0x0, 0, 1, 0x00, 2 },
    { 0xff, 3, 1, 0x1, 0, 1, 0x04, 2 },
    { 0xff, 0, 1, 0x2, 0, 1, 0x08, 2 },
    { 0xff, 3, 1, 0x3, 0, 1, 0x0c, 2 },
    { 0xff, 3, 1, 0x4, 0, 1, 0x00, 2 },
    { 0xff, 3, 1, 0x8, 0, 1, 0x00, 2 },
    { 0xff, 3, 1, 0xc, 0, 1, 0x00, 2 },
    { 0xff, 3, 1, 0x5, 0, 1, 0x44, 2 },
    /* cacheable: hints stay, or are read and write allocate */
    { 0xff, 3, 1, 0xf, 0, 1, 0xff, 3 },
    { 0xbb, 0, 1, 0xf, 0, 1, 0xff, 0 },
    { 0x99, 3, 1, 0xf, 0, 1, 0xdd, 3 },
    { 0x55, 3, 1, 0xa, 0, 1, 0x11, 3 },
    { 0x44, 2, 1, 0xf, 0, 1, 0xff, 2 },
    { 0x04, 0, 1, 0xf, 0, 1, 0xff, 2 }, /* Device came in outer shareable */
    { 0x4d, 3, 1, 0xf, 0, 1, 0xfd, 3 },
    { 0xff, 3, 1, 0x7, 0, 1, 0x4f, 3 },
    { 0xdd, 3, 1, 0xd, 0, 1, 0xd4, 3 },
    { 0xff, 3, 1, 0xb, 0, 1, 0xbf, 3 },
    /* ALLOCCFG 1RWT */
    { 0xff, 3, 0, 0, 0x7, 1, 0xff, 3 },
    { 0xff, 3, 0, 0, 0x8, 1, 0xcc, 3 },
    { 0xff, 3, 0, 0, 0x9, 1, 0xcc, 3 },
    { 0xff, 3, 0, 0, 0xa, 1, 0xdd, 3 },
    { 0xff, 3, 0, 0, 0xc, 1, 0xee, 3 },
    { 0xff, 3, 0, 0, 0xd, 1, 0x66, 3 },
    { 0xff, 3, 0, 0, 0xf, 1, 0x77, 3 },
    { 0x77, 3, 0, 0, 0xe, 1, 0xff, 3 },
    { 0xbb, 3, 0, 0, 0xf, 1, 0x33, 3 },
    { 0x4f, 3, 0, 0, 0xc, 1, 0x4e, 3 },
    { 0x44, 2, 0, 0, 0x8, 1, 0x44, 2 },
    { 0x08, 2, 0, 0, 0xf, 1, 0x08, 2 },
    { 0x04, 2, 1, 0xf, 0x8, 1, 0xcc, 2 },
    { 0xff, 3, 1, 0x3, 0x8, 1, 0x0c, 2 },
    /* SHCFG */
    { 0xff, 3, 0, 0, 0, 0, 0xff, 0 },
    { 0xff, 3, 0, 0, 0, 2, 0xff, 2 },
    { 0xff, 0, 0, 0, 0, 3, 0xff, 3 },
    { 0x44, 2, 0, 0, 0, 0, 0x44, 2 },
    { 0x04, 2, 0, 0, 0, 3, 0x04, 2 },
    { 0x04, 2, 1, 0xf, 0, 3, 0xff, 3 },
    { 0xff, 3, 1, 0x1, 0, 0, 0x04, 2 },
};

static void set_types(struct ste *ste, const struct types *row)
{
    set_bits(ste->w, 99, 96, row->memattr);
    set_bits(ste->w, 100, 100, row->mtcfg);
    set_bits(ste->w, 104, 101, row->alloccfg);
    set_bits(ste->w, 109, 108, row->shcfg);
}

/* Cold and warm. */
static void expect_types(struct rig *r, uint8_t attr, uint8_t sh,
                         uint8_t attr_out, uint8_t sh_out, unsigned row)
{
    struct smmu3_txn t = rig_txn(SID, VA, "r");
    struct smmu3_result res;
    bool ok = true;

    t.attr = attr;
    t.sh = sh;
    for (unsigned i = 0; i < 2; i++) {
        smmu3_translate(r->s, &t, &res);
        ok &= CHECK_EQ(res.outcome, SMMU3_OK);
        ok &= CHECK_EQ(res.attr, attr_out);
        ok &= CHECK_EQ(res.sh, sh_out);
    }
    if (!ok) {
        g_test_message("row %u", row);
    }
}

/* Config = bypass, and stage 1 bypassed by S1DSS. */
static void types_bypass(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r;

    p.f.ssidsize = 8;
    r = rig_new_with(&p);
    CHECK_EQ(rd32(r, O_IDR1) >> 26 & 3, 3);
    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(types); i++) {
        const struct types *row = &types[i / 2];
        struct ste ste = i & 1 ? ste_s1(RIG_CD) : ste_bypass();

        set_bits(ste.w, 63, 59, 8);
        set_bits(ste.w, 65, 64, 1);
        set_types(&ste, row);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        expect_types(r, row->attr, row->sh, row->attr_out, row->sh_out, i / 2);
    }
    rig_free(r);
}

/* SMMUEN = 0: the same by GBPA. */
static void types_gbpa(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = rig_new_raw(&p);

    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        const struct types *row = &types[i];

        wr32(r, O_GBPA,
             1u << 31 | row->shcfg << 12 | row->alloccfg << 8 |
                 row->mtcfg << 4 | row->memattr);
        expect_types(r, row->attr, row->sh, row->attr_out, row->sh_out, i);
    }
    rig_free(r);
}

/* Stage 1 replaces all but the allocation hints, which combine (13.4.2). */
static const struct {
    uint8_t attr, mair;
    unsigned mtcfg, memattr, alloccfg;
    uint8_t attr_out;
} hints[] = {
    { 0xff, 0xff, 0, 0, 0, 0xff },
    { 0xff, 0xee, 0, 0, 0, 0xee },
    { 0xcc, 0xff, 0, 0, 0, 0xcc },
    { 0xdd, 0xee, 0, 0, 0, 0xcc },
    { 0x77, 0xff, 0, 0, 0, 0x77 },
    { 0xff, 0x77, 0, 0, 0, 0x77 },
    { 0xcc, 0x77, 0, 0, 0, 0xcc },
    { 0xcc, 0xbb, 0, 0, 0, 0x88 },
    { 0x99, 0xff, 0, 0, 0, 0xdd },
    { 0x44, 0xff, 0, 0, 0, 0xff },
    { 0x04, 0xff, 0, 0, 0, 0xff },
    { 0x4c, 0xff, 0, 0, 0, 0xfc },
    { 0xcc, 0x44, 0, 0, 0, 0x44 },
    { 0xcc, 0x04, 0, 0, 0, 0x04 },
    { 0xcc, 0x4f, 0, 0, 0, 0x4c },
    /* by the STE */
    { 0xff, 0xff, 0, 0, 8, 0xcc },
    { 0xff, 0xff, 0, 0, 0xf, 0x77 },
    { 0xcc, 0xff, 0, 0, 0xe, 0xff },
    { 0xcc, 0xff, 1, 0, 0, 0xff },
    { 0x00, 0xff, 1, 0xf, 0xa, 0xdd },
    { 0xff, 0xff, 1, 5, 8, 0xff },
};

static void types_stage_1(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = rig_new_with(&p);
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);

    map_at(&m, VA, 3, OUT | D_PAGE | D_S1ALL | 0x300);
    for (unsigned b = 0; b < 3; b++) {
        static const uint64_t at[] = { RIG_CD, RIG_TABLES, OUT };

        map_at(&m2, at[b], 2,
               (at[b] & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    }
    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(hints); i++) {
        struct ste ste =
            i & 1 ? ste_nested(RIG_CD, S2_TTB, 12, 24, 1) : ste_s1(RIG_CD);
        struct cd cd = cd_make(RIG_TABLES, 12, 25);

        set_bits(cd.w, 199, 192, hints[i / 2].mair);
        set_bits(ste.w, 99, 96, hints[i / 2].memattr);
        set_bits(ste.w, 100, 100, hints[i / 2].mtcfg);
        set_bits(ste.w, 104, 101, hints[i / 2].alloccfg);
        set_bits(ste.w, 109, 108, 2); /* has no say */
        rig_set_cd(r, RIG_CD, cd);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        expect_types(
            r, hints[i / 2].attr, 0, hints[i / 2].attr_out,
            hints[i / 2].attr_out == 0x44 || hints[i / 2].attr_out == 0x04 ? 2
                                                                           : 3,
            i / 2);
    }
    rig_free(r);
}

/* Stage 2 combines with what the STE has overridden. */
static void types_stage_2(void)
{
    static const struct {
        uint8_t attr, sh;
        unsigned mtcfg, memattr, alloccfg, shcfg, s2, s2sh;
        uint8_t attr_out, sh_out;
    } rows[] = {
        { 0xff, 0, 1, 0x1, 0, 1, 0xf, 0, 0x04, 2 },
        { 0x04, 0, 1, 0xf, 0, 0, 0xf, 0, 0xff, 0 },
        { 0x04, 0, 1, 0xf, 0, 3, 0xa, 0, 0xbb, 3 },
        { 0x04, 0, 1, 0xf, 0, 0, 0x5, 0, 0x44, 2 },
        { 0xff, 3, 0, 0x0, 8, 0, 0xf, 0, 0xcc, 0 },
        { 0xff, 0, 0, 0x0, 0, 0, 0xf, 3, 0xff, 3 },
        { 0xff, 0, 0, 0x0, 0, 2, 0xf, 3, 0xff, 2 },
        { 0xff, 3, 1, 0xa, 0xf, 1, 0xf, 0, 0x33, 3 },
    };
    struct smmu3_params p = with_overrides();
    struct rig *r = rig_new_with(&p);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct ste ste = ste_s2(S2_TTB, 12, 24, 1);
        const struct types t = { 0,
                                 0,
                                 rows[i].mtcfg,
                                 rows[i].memattr,
                                 rows[i].alloccfg,
                                 rows[i].shcfg };

        map_at(&m2, VA, 3,
               OUT | D_PAGE | D_S2R | D_AF | (uint64_t)rows[i].s2 << 2 |
                   (uint64_t)rows[i].s2sh << 8);
        set_types(&ste, &t);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        expect_types(r, rows[i].attr, rows[i].sh, rows[i].attr_out,
                     rows[i].sh_out, i);
    }
    rig_free(r);
}

/* Pages of stage 1 for the permission tests. */
enum page {
    USER,  /* EL0 and EL1 read and write, EL0 may execute */
    PRIV,  /* EL1 alone; nobody may execute */
    XONLY, /* EL0 may execute, EL1 read and write */
    NONE,
};

static uint64_t page_va(enum page page)
{
    return VA + 0x1000 * (uint64_t)page;
}

static struct rig *perm_rig(const struct smmu3_params *p)
{
    struct rig *r = rig_new_with(p);
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    map_at(&m, page_va(USER), 3, OUT | D_PAGE | D_S1ALL);
    map_at(&m, page_va(PRIV), 3, OUT | D_PAGE | D_AF | D_NG | D_UXN | D_PXN);
    map_at(&m, page_va(XONLY), 3, OUT | D_PAGE | D_AF | D_NG | D_PXN);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    return r;
}

static void use(struct rig *r, unsigned privcfg, unsigned instcfg)
{
    struct ste ste = ste_s1(RIG_CD);

    set_bits(ste.w, 113, 112, privcfg);
    set_bits(ste.w, 115, 114, instcfg);
    set_bits(ste.w, 109, 108, 1);
    rig_set_ste(r, SID, ste);
    /* No TLBI: overrides are not in TLB entries (B.9). */
    rig_cmd(r, cmd_cfgi_ste(SID, true));
    rig_sync(r);
}

/* The access goes through, and out with these marks. */
static void expect_out(struct rig *r, enum page page, const char *how, bool pnu,
                       bool ind)
{
    struct smmu3_result res = rig_go(r, SID, page_va(page), how);

    CHECK_EQ(rig_drop_events(r), 0);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.pnu, pnu);
    CHECK_EQ(res.ind, ind);
}

/* F_PERMISSION with these bits [35:33] of its second word: RnW, InD, PnU. */
static void expect_denied(struct rig *r, enum page page, const char *how,
                          unsigned bits)
{
    CHECK_ABORT(r, SID, page_va(page), how, 0x0000000300000013,
                UINT64_C(0x0000020000000000) | (uint64_t)bits << 33,
                page_va(page), 0);
}

#define PNU 1u
#define IND 2u
#define RNW 4u

static void privcfg(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = perm_rig(&p);

    for (unsigned incoming = 0; incoming < 2; incoming++) {
        use(r, incoming, 0);
        expect_out(r, USER, "r", false, false);
        expect_out(r, USER, "rp", true, false);
        expect_denied(r, PRIV, "r", RNW);
        expect_out(r, PRIV, "rp", true, false);
    }
    use(r, 2, 0);
    expect_out(r, USER, "rp", false, false);
    expect_denied(r, PRIV, "rp", RNW);
    expect_denied(r, PRIV, "wp", 0);
    expect_out(r, USER, "xp", false, true);
    use(r, 3, 0);
    expect_out(r, PRIV, "r", true, false);
    expect_out(r, PRIV, "w", true, false);
    expect_out(r, PRIV, "m", true, false);
    expect_denied(r, USER, "x", RNW | IND | PNU); /* EL0 can write it */
    /* Events have what the override made of it. */
    CHECK_ABORT(r, SID, page_va(NONE), "w", 0x0000000300000010,
                0x0000020200000000, page_va(NONE), 0);
    rig_free(r);
}

static void instcfg(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = perm_rig(&p);

    for (unsigned incoming = 0; incoming < 2; incoming++) {
        use(r, 0, incoming);
        expect_denied(r, XONLY, "r", RNW);
        expect_out(r, XONLY, "x", false, true);
    }
    use(r, 0, 2);
    expect_denied(r, XONLY, "x", RNW);
    expect_out(r, PRIV, "xp", true, false);
    use(r, 0, 3);
    expect_out(r, XONLY, "r", false, true);
    expect_denied(r, PRIV, "rp", RNW | IND | PNU);
    /* A write, and an atomic, stay data. */
    expect_out(r, PRIV, "wp", true, false);
    expect_out(r, PRIV, "mp", true, false);
    expect_out(r, USER, "xw", false, false);
    CHECK_ABORT(r, SID, page_va(NONE), "r", 0x0000000300000010,
                0x0000020c00000000, page_va(NONE), 0);
    CHECK_ABORT(r, SID, page_va(NONE), "w", 0x0000000300000010,
                0x0000020000000000, page_va(NONE), 0);
    rig_free(r);
}

static void expect_perm(struct rig *r, enum page page, const char *how,
                        unsigned perm)
{
    struct smmu3_result res = rig_go(r, SID, page_va(page), how);

    CHECK_EQ(rig_drop_events(r), 0);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.perm, perm);
}

/* A result tells what the requester may do there again: with INSTCFG a read is
 * a fetch, or a fetch a read; an atomic stays data. */
static void instcfg_result(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = perm_rig(&p);
    const unsigned rd = SMMU3_PERM_R, wr = SMMU3_PERM_W, ex = SMMU3_PERM_X;

    use(r, 0, 0);
    expect_perm(r, XONLY, "x", ex);
    expect_perm(r, PRIV, "wp", rd | wr);
    use(r, 0, 3);
    expect_perm(r, XONLY, "r", rd | ex);
    expect_perm(r, PRIV, "wp", wr);
    expect_perm(r, PRIV, "mp", rd | wr);
    expect_perm(r, USER, "r", rd | wr | ex);
    use(r, 0, 2);
    expect_perm(r, PRIV, "xp", rd | wr | ex);
    expect_perm(r, XONLY, "wp", rd | wr | ex);
    rig_free(r);
}

/* EL2: one privilege level; the mark goes out all the same. */
static void privcfg_el2(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = perm_rig(&p);
    struct ste ste = ste_s1(RIG_CD);

    set_bits(ste.w, 95, 94, 2);
    set_bits(ste.w, 113, 112, 2);
    rig_set_ste(r, SID, ste);
    expect_out(r, PRIV, "rp", false, false);
    rig_free(r);
}

/* Stage 2: XN by privilege counts with XNX. */
static void privcfg_stage_2(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = rig_new_with(&p);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
    struct ste ste = ste_s2(S2_TTB, 12, 24, 1);

    map_at(&m2, VA, 3, OUT | D_PAGE | D_S2ALL | D_S2XN(3)); /* EL1 alone */
    set_bits(ste.w, 113, 112, 2);
    rig_set_ste(r, SID, ste);
    CHECK_ABORT(r, SID, VA, "xp", 0x0000000300000013, 0x0000028c00000000, VA,
                VA);
    set_bits(ste.w, 113, 112, 3);
    set_bits(ste.w, 115, 114, 3);
    rig_set_ste(r, SID, ste);
    rig_cmd(r, cmd_cfgi_ste(SID, true));
    expect_out(r, USER, "r", true, true);
    rig_free(r);
}

/* Bypass, by the STE and by GBPA. */
static void perms_bypass(void)
{
    for (unsigned gbpa = 0; gbpa < 2; gbpa++) {
        struct smmu3_params p = with_overrides();
        struct rig *r = gbpa ? rig_new_raw(&p) : rig_new_with(&p);

        for (unsigned cfg = 0; cfg < 16; cfg++) {
            unsigned priv = cfg & 3, inst = cfg >> 2;
            struct ste ste = ste_bypass();

            if (gbpa) {
                wr32(r, O_GBPA, 0x80001000 | priv << 16 | inst << 18);
            } else {
                set_bits(ste.w, 113, 112, priv);
                set_bits(ste.w, 115, 114, inst);
                rig_set_ste(r, SID, ste);
                rig_forget(r);
            }
            expect_out(r, USER, "r", priv == 3, inst == 3);
            expect_out(r, USER, "xp", priv != 2, inst != 2);
            expect_out(r, USER, "wp", priv != 2, false);
            expect_out(r, USER, "m", priv == 3, false);
        }
        rig_free(r);
    }
}

/* IDR1 says what is there: each kind alone, by the STE and by GBPA. */
static void not_advertised(void)
{
    for (unsigned n = 0; n < 8; n++) {
        bool have_types = n & 1, have_perms = n & 2, gbpa = n & 4;
        struct smmu3_params p = rig_params();
        struct rig *r;
        struct ste ste = ste_bypass();
        struct smmu3_txn t = rig_txn(SID, VA, "r");
        struct smmu3_result res;

        p.f.attr_types_ovr = have_types;
        p.f.attr_perms_ovr = have_perms;
        r = gbpa ? rig_new_raw(&p) : rig_new_with(&p);
        CHECK_EQ(rd32(r, O_IDR1) >> 26 & 1, have_perms);
        CHECK_EQ(rd32(r, O_IDR1) >> 27 & 1, have_types);
        set_bits(ste.w, 100, 96, 0x10); /* Device nGnRnE */
        set_bits(ste.w, 113, 112, 3);
        set_bits(ste.w, 115, 114, 3);
        if (gbpa) {
            wr32(r, O_GBPA, 0x80000000 | 3u << 18 | 3u << 16 | 1u << 4);
        } else {
            rig_set_ste(r, SID, ste);
        }
        t.attr = 0xff;
        t.sh = 3;
        smmu3_translate(r->s, &t, &res);
        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK_EQ(res.attr, have_types ? 0x00 : 0xff);
        CHECK_EQ(res.sh, have_types ? 2 : 3);
        CHECK_EQ(res.pnu, have_perms);
        CHECK_EQ(res.ind, have_perms);
        rig_free(r);
    }
}

/* NSCFG, of the STE and of S_GBPA: for Secure streams that no stage 1
 * translates (5.2, 6.3.50). */
static void nscfg(void)
{
    for (unsigned n = 0; n < 32; n++) {
        unsigned cfg = n & 3;
        bool in = n & 4, have = n & 8, gbpa = n & 16, out;
        struct smmu3_params p = secure_params();
        struct secure_rig s;
        struct ste ste = ste_bypass();
        struct smmu3_txn t = rig_txn(SID, VA, "r");
        struct smmu3_result res;

        p.f.attr_perms_ovr = have;
        s = secure_new(&p);
        out = !have || cfg < 2 ? in : cfg == 3;
        if (gbpa) {
            swr32(s.r, 0x8020, 0);
            swr32(s.r, 0x8044, 0x80001000 | cfg << 14);
        } else {
            set_bits(ste.w, 111, 110, cfg);
            secure_set_ste(&s, SID, ste);
        }
        t.secure = true;
        t.ns = in;
        smmu3_translate(s.r->s, &t, &res);
        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK_EQ(res.space, out ? SMMU3_NS : SMMU3_S);
        rig_free(s.r);
    }
}

/* A Non-secure stream stays so. */
static void nscfg_non_secure(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r = rig_new_with(&p);
    struct smmu3_result res;

    for (unsigned cfg = 0; cfg < 4; cfg++) {
        struct ste ste = ste_bypass();

        set_bits(ste.w, 111, 110, cfg);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        res = rig_go(r, SID, VA, "r");
        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK_EQ(res.space, SMMU3_NS);
    }
    rig_free(r);
}

/* Requests with PASID 1 of a stream with these overrides. */
static struct ats_rig ats_with(unsigned privcfg, unsigned instcfg)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;
    struct ste ste = ste_s1(RIG_CD + 0x1000);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    p.f.ssidsize = 4;
    p.f.attr_perms_ovr = true;
    a = ats_new(&p);
    map_at(&a.s1, page_va(USER), 3, OUT | D_PAGE | D_S1ALL);
    map_at(&a.s1, page_va(PRIV), 3, OUT | D_PAGE | D_AF | D_NG | D_UXN | D_PXN);
    map_at(&a.s1, page_va(XONLY), 3, OUT | D_PAGE | D_AF | D_NG | D_PXN);
    map_at(&a.s1, page_va(NONE), 3, OUT | D_PAGE | D_S1ALL | D_UXN);
    set_bits(ste.w, 63, 59, 1);
    set_bits(ste.w, 93, 92, 1);
    set_bits(ste.w, 113, 112, privcfg);
    set_bits(ste.w, 115, 114, instcfg);
    rig_set_cd(a.r, RIG_CD + 0x1040, cd);
    rig_set_ste(a.r, SID, ste);
    rig_forget(a.r);
    return a;
}

static void expect_grant(struct ats_rig *a, enum page page, const char *how,
                         bool r, bool w, bool exe, bool priv)
{
    struct smmu3_ats_request req = ats_req(SID, page_va(page), how);

    req.ssv = true;
    req.ssid = 1;
    check_ats(a, __FILE__, __LINE__, &req,
              (struct ats_want){ SMMU3_ATS_SUCCESS, r || w ? OUT : 0, 12, r, w,
                                 exe, priv },
              NULL);
}

/* Translation Requests: privilege as overridden, but as asked in the
 * completion; INSTCFG decides what R and Exe mean (13.7). */
static void ats(void)
{
    struct ats_rig a = ats_with(0, 0);

    expect_grant(&a, USER, "wx", true, true, true, false);
    expect_grant(&a, XONLY, "rx", false, false, false, false);
    expect_grant(&a, NONE, "rx", true, false, false, false);
    expect_grant(&a, PRIV, "w", false, false, false, false);
    expect_grant(&a, PRIV, "wp", true, true, false, true);
    rig_free(a.r);
    a = ats_with(3, 0);
    expect_grant(&a, PRIV, "w", true, true, false, false);
    rig_free(a.r);
    a = ats_with(2, 0);
    expect_grant(&a, PRIV, "wp", false, false, false, true);
    expect_grant(&a, USER, "wp", true, true, false, true);
    rig_free(a.r);
    a = ats_with(0, 3); /* instruction */
    expect_grant(&a, XONLY, "r", true, false, false, false);
    expect_grant(&a, XONLY, "rx", true, false, true, false);
    expect_grant(&a, NONE, "rx", false, false, false, false);
    expect_grant(&a, NONE, "wx", false, true, false, false);
    rig_free(a.r);
    a = ats_with(0, 2); /* data */
    expect_grant(&a, NONE, "rx", true, false, true, false);
    expect_grant(&a, NONE, "r", true, false, false, false);
    expect_grant(&a, XONLY, "rx", false, false, false, false);
    rig_free(a.r);
}

/* A Translated transaction keeps its memory type; PRIVCFG and INSTCFG apply
 * (13.1.4). */
static void ats_translated(void)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;
    struct ste ste = ste_s1(RIG_CD);
    struct smmu3_txn t = rig_txn(SID, OUT, "r");
    struct smmu3_result res;

    p.f.attr_perms_ovr = true;
    p.f.attr_types_ovr = true;
    a = ats_new(&p);
    set_bits(ste.w, 93, 92, 1);
    set_bits(ste.w, 100, 96, 0x11); /* Device nGnRE */
    set_bits(ste.w, 113, 112, 3);
    set_bits(ste.w, 115, 114, 3);
    rig_set_ste(a.r, SID, ste);
    rig_forget(a.r);
    t.translated = true;
    t.attr = 0xbb;
    t.sh = 3;
    smmu3_translate(a.r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.pa, OUT);
    CHECK_EQ(res.attr, 0xbb);
    CHECK_EQ(res.sh, 3);
    CHECK_EQ(res.pnu, 1);
    CHECK_EQ(res.ind, 1);
    rig_free(a.r);
}

/* 13.1.2: from v3.4 on every access goes out as privileged data, whatever was
 * checked. */
static void outgoing_v34(void)
{
    struct smmu3_params p = with_overrides();
    struct rig *r;

    p.f.arch_minor = 4;
    p.f.e0pd = p.f.ptwnnc = p.f.epan = p.f.mteperm = true;
    r = perm_rig(&p);
    use(r, 0, 0);
    expect_out(r, USER, "r", true, false);
    expect_out(r, USER, "x", true, false);
    expect_denied(r, PRIV, "r", RNW);
    expect_denied(r, XONLY, "r", RNW);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/override/E.14/types-bypass", types_bypass);
    g_test_add_func("/override/A.11/types-gbpa", types_gbpa);
    g_test_add_func("/override/E.14/types-stage-1", types_stage_1);
    g_test_add_func("/override/E.14/types-stage-2", types_stage_2);
    g_test_add_func("/override/E.14/privcfg", privcfg);
    g_test_add_func("/override/E.14/instcfg", instcfg);
    g_test_add_func("/override/E.14/instcfg-result", instcfg_result);
    g_test_add_func("/override/E.14/privcfg-el2", privcfg_el2);
    g_test_add_func("/override/E.14/privcfg-stage-2", privcfg_stage_2);
    g_test_add_func("/override/A.11/perms-bypass", perms_bypass);
    g_test_add_func("/override/A.5/not-advertised", not_advertised);
    g_test_add_func("/override/E.13/nscfg", nscfg);
    g_test_add_func("/override/E.13/nscfg-non-secure", nscfg_non_secure);
    g_test_add_func("/override/D.7/ats", ats);
    g_test_add_func("/override/D.8/translated", ats_translated);
    g_test_add_func("/override/E.14/outgoing-v3.4", outgoing_v34);
    return g_test_run();
}
