/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory attributes of the outgoing access (13; E.12, E.14, B.8): stage 1,
 * stage 2, both, S2FWB, protected table walks. Attributes are MAIR bytes,
 * shareability is encoded as in CR1: 0 NSH, 2 OSH, 3 ISH.
 */
#include "rig.h"

#define SID 3u
#define VA UINT64_C(0x10000)
#define S2_TTB UINT64_C(0x40000000)

static void expect(struct rig *r, uint8_t attr_in, uint8_t sh_in, uint8_t attr,
                   uint8_t sh, const char *what)
{
    struct smmu3_txn t = rig_txn(SID, VA, "r");
    struct smmu3_result res;
    bool ok = true;

    t.attr = attr_in;
    t.sh = sh_in;
    for (unsigned i = 0; i < 2; i++) { /* cold, warm */
        smmu3_translate(r->s, &t, &res);
        ok &= CHECK_EQ(res.outcome, SMMU3_OK);
        ok &= CHECK_EQ(res.attr, attr);
        ok &= CHECK_EQ(res.sh, sh);
    }
    if (!ok) {
        g_test_message("%s: 0x%02x/%u in", what, attr_in, sh_in);
    }
}

/* Stage 1 alone: MAIR and SH of the descriptor replace what came in. */
static const struct {
    uint8_t mair, sh, attr_out, sh_out;
} s1_rows[] = {
    { 0xff, 3, 0xff, 3 },
    { 0xff, 2, 0xff, 2 },
    { 0xff, 0, 0xff, 0 },
    { 0xbb, 3, 0xbb, 3 },
    { 0xee, 0, 0xee, 0 },
    { 0x4f, 3, 0x4f, 3 },
    { 0xf4, 0, 0xf4, 0 },
    { 0x77, 3, 0x77, 3 },
    { 0x33, 2, 0x33, 2 },
    /* Device and iNC-oNC are outer shareable */
    { 0x44, 3, 0x44, 2 },
    { 0x44, 0, 0x44, 2 },
    { 0x00, 3, 0x00, 2 },
    { 0x04, 0, 0x04, 2 },
    { 0x08, 3, 0x08, 2 },
    { 0x0c, 0, 0x0c, 2 },
    /* B.8: reserved bytes are never ILLEGAL */
    { 0x01, 0, 0x00, 2 },
    { 0x06, 0, 0x04, 2 },
    { 0x0b, 3, 0x08, 2 },
    { 0x0d, 0, 0x0c, 2 },
    { 0xf0, 3, 0xf3, 3 },
    { 0x40, 3, 0x43, 3 },
    { 0x30, 0, 0x33, 0 },
};

static void stage_1(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    rig_set_ste(r, SID, ste_s1(RIG_CD));
    for (unsigned i = 0; i < G_N_ELEMENTS(s1_rows); i++) {
        for (unsigned index = 0; index < 8; index++) {
            struct cd cd = cd_make(RIG_TABLES, 12, 25);
            g_autofree char *what =
                g_strdup_printf("row %u index %u", i, index);

            set_bits(cd.w, 223, 192, 0x5c5c5c5c); /* others are others */
            set_bits(cd.w, 255, 224, 0x5c5c5c5c);
            set_bits(cd.w, 192 + 8 * index + 7, 192 + 8 * index,
                     s1_rows[i].mair);
            rig_set_cd(r, RIG_CD, cd);
            map_at(&m, VA, 3,
                   0x30000000 | D_PAGE | D_S1ALL | (uint64_t)index << 2 |
                       (uint64_t)s1_rows[i].sh << 8);
            rig_forget(r);
            expect(r, 0xff, 0, s1_rows[i].attr_out, s1_rows[i].sh_out, what);
            expect(r, 0x04, 2, s1_rows[i].attr_out, s1_rows[i].sh_out, what);
        }
    }
    rig_free(r);
}

/* MemAttr and SH of stage 2 over an attribute that came in, or that stage 1
 * gave. */
static const struct s2_row {
    bool fwb;
    uint8_t attr, sh;       /* before stage 2 */
    unsigned memattr, s2sh; /* of the descriptor */
    uint8_t attr_out, sh_out;
} s2_rows[] = {
    { false, 0xff, 0, 0xf, 0, 0xff, 0 },
    { false, 0xff, 3, 0xf, 0, 0xff, 3 },
    { false, 0xff, 0, 0xf, 3, 0xff, 3 },
    { false, 0xff, 0, 0xf, 2, 0xff, 2 },
    { false, 0xff, 2, 0xf, 3, 0xff, 2 },
    { false, 0xff, 3, 0xf, 2, 0xff, 2 },
    { false, 0xff, 3, 0xf, 3, 0xff, 3 },
    /* NC beats WT beats WB, inner and outer by themselves */
    { false, 0xff, 3, 0x5, 3, 0x44, 2 },
    { false, 0xff, 0, 0xd, 0, 0xf4, 0 },
    { false, 0xff, 0, 0x7, 0, 0x4f, 0 },
    { false, 0xff, 3, 0xa, 0, 0xbb, 3 },
    { false, 0xff, 3, 0xe, 0, 0xfb, 3 },
    { false, 0xff, 3, 0xb, 0, 0xbf, 3 },
    { false, 0xbb, 3, 0xf, 0, 0xbb, 3 },
    { false, 0x44, 3, 0xf, 3, 0x44, 2 },
    { false, 0x44, 2, 0xa, 3, 0x44, 2 },
    { false, 0xf4, 3, 0x7, 3, 0x44, 2 },
    { false, 0xee, 3, 0xf, 0, 0xee, 3 },
    { false, 0xee, 3, 0xa, 0, 0xaa, 3 },
    /* Device beats Normal, the stronger Device the weaker */
    { false, 0xff, 3, 0x0, 0, 0x00, 2 },
    { false, 0xff, 3, 0x1, 0, 0x04, 2 },
    { false, 0xff, 3, 0x2, 0, 0x08, 2 },
    { false, 0x44, 2, 0x3, 0, 0x0c, 2 },
    { false, 0x00, 2, 0xf, 3, 0x00, 2 },
    { false, 0x0c, 2, 0x5, 3, 0x0c, 2 },
    { false, 0x04, 2, 0x2, 0, 0x04, 2 },
    { false, 0x0c, 2, 0x1, 0, 0x04, 2 },
    { false, 0x00, 2, 0x3, 0, 0x00, 2 },
    /* S2FWB: 7 as stage 1, 6 WB, 5 NC, 0 to 3 Device */
    { true, 0xff, 3, 7, 0, 0xff, 3 },
    { true, 0x44, 2, 7, 0, 0x44, 2 },
    { true, 0xbb, 0, 7, 3, 0xbb, 3 },
    { true, 0x04, 2, 7, 0, 0x04, 2 },
    { true, 0xff, 3, 6, 0, 0xff, 3 },
    { true, 0xee, 0, 6, 0, 0xee, 0 },
    { true, 0x44, 2, 6, 0, 0xff, 2 },
    { true, 0x04, 2, 6, 0, 0xff, 2 },
    { true, 0xff, 3, 5, 0, 0x44, 2 },
    { true, 0xbb, 0, 5, 0, 0x44, 2 },
    { true, 0x04, 2, 5, 0, 0x04, 2 },
    { true, 0x0c, 2, 5, 0, 0x0c, 2 },
    { true, 0xff, 3, 0, 0, 0x00, 2 },
    { true, 0xff, 3, 1, 0, 0x04, 2 },
    { true, 0xff, 3, 2, 0, 0x08, 2 },
    { true, 0xff, 3, 3, 0, 0x0c, 2 },
    { true, 0x0c, 2, 1, 0, 0x04, 2 },
    { true, 0x00, 2, 3, 0, 0x00, 2 },
};

static void stage_2(gconstpointer data)
{
    bool nested = data != NULL;
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);

    for (unsigned i = 0; i < G_N_ELEMENTS(s2_rows); i++) {
        const struct s2_row *s = &s2_rows[i];
        struct ste ste = nested ? ste_nested(RIG_CD, S2_TTB, 12, 24, 1)
                                : ste_s2(S2_TTB, 12, 24, 1);
        struct cd cd = cd_make(RIG_TABLES, 12, 25);
        uint64_t wb = s->fwb ? UINT64_C(6) << 2 : D_S2WB;
        g_autofree char *what = g_strdup_printf(
            "row %u: %s0x%02x/%u with %x/%u", i, s->fwb ? "FWB " : "", s->attr,
            s->sh, s->memattr, s->s2sh);

        set_bits(ste.w, 89, 89, s->fwb);
        set_bits(cd.w, 199, 192, s->attr);
        rig_set_ste(r, SID, ste);
        rig_set_cd(r, RIG_CD, cd);
        map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | (D_S2ALL & ~D_S2WB) | wb);
        map_at(&m2, RIG_TABLES, 2,
               RIG_TABLES | D_BLOCK | (D_S2ALL & ~D_S2WB) | wb);
        map_at(&m, VA, 3, 0x50000000 | D_PAGE | D_S1ALL | (uint64_t)s->sh << 8);
        map_at(&m2, nested ? 0x50000000 : VA, 3,
               0x30000000 | D_PAGE | (D_S2ALL & ~D_S2WB) |
                   (uint64_t)s->memattr << 2 | (uint64_t)s->s2sh << 8);
        rig_forget(r);
        if (nested) {
            expect(r, 0xff, 0, s->attr_out, s->sh_out, what);
            expect(r, 0x04, 2, s->attr_out, s->sh_out, what);
        } else {
            expect(r, s->attr, s->sh, s->attr_out, s->sh_out, what);
        }
    }
    rig_free(r);
}

/* Privilege and instruction pass through (no overrides); a write is data. */
static void pnu_and_ind(void)
{
    static const struct {
        const char *how;
        bool pnu, ind;
    } rows[] = {
        { "r", false, false }, { "rp", true, false },  { "x", false, true },
        { "w", false, false }, { "wp", true, false },  { "xw", false, false },
        { "m", false, false }, { "xm", false, false },
    };
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL);
    for (unsigned bypass = 0; bypass < 2; bypass++) {
        rig_set_ste(r, SID, bypass ? ste_bypass() : ste_s1(RIG_CD));
        rig_forget(r);
        for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
            struct smmu3_result res = rig_go(r, SID, VA, rows[i].how);

            CHECK_EQ(res.outcome, SMMU3_OK);
            CHECK_EQ(res.pnu, rows[i].pnu);
            if (!CHECK_EQ(res.ind, rows[i].ind)) {
                g_test_message("%s", rows[i].how);
            }
        }
    }
    rig_free(r);
}

/* J 66: PRIVCFG and INSTCFG do not change what is checked. */
static void overrides_ignored(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct ste ste = ste_s1(RIG_CD);

    set_bits(ste.w, 113, 112, 3);   /* privileged */
    set_bits(ste.w, 115, 114, 3);   /* instruction */
    set_bits(ste.w, 100, 96, 0x10); /* MTCFG, Device */
    set_bits(ste.w, 109, 108, 2);
    rig_set_ste(r, SID, ste);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | (D_S1ALL & ~D_EL0) | D_UXN);
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000013, 0x0000020800000000, VA, 0);
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL | D_UXN | D_PXN | 0x300);
    CHECK_OK(r, SID, VA, "r", 0x30000000);
    expect(r, 0xff, 0, 0xff, 3, "stage 1 replaces");
    rig_free(r);
}

/* E.12: S2PTW = 1: a CD or a table in Device memory. */
static void s2ptw(void)
{
    static const struct {
        bool fwb;
        unsigned memattr;
        bool device;
    } rows[] = {
        { false, 0x0, true },  { false, 0x1, true },  { false, 0x2, true },
        { false, 0x3, true },  { false, 0x5, false }, { false, 0xa, false },
        { false, 0xf, false }, { false, 0x7, false }, { true, 0, true },
        { true, 1, true },     { true, 2, true },     { true, 3, true },
        { true, 5, false },    { true, 6, false },    { true, 7, false },
    };
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);

    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m, VA, 3, 0x50000000 | D_PAGE | D_S1ALL);
    for (unsigned n = 0; n < 4 * G_N_ELEMENTS(rows); n++) {
        unsigned i = n / 4;
        bool ptw = n & 1, cd = n & 2;
        struct ste ste = ste_nested(RIG_CD, S2_TTB, 12, 24, 1);
        uint64_t good = 0x7ull << 2, bad = (uint64_t)rows[i].memattr << 2;

        set_bits(ste.w, 89, 89, rows[i].fwb);
        set_bits(ste.w, 182, 182, ptw);
        rig_set_ste(r, SID, ste);
        good = rows[i].fwb ? 6u << 2 : 0xfu << 2;
        map_at(&m2, RIG_CD, 3,
               RIG_CD | D_PAGE | (D_S2ALL & ~D_S2WB) | (cd ? bad : good));
        for (uint64_t k = 0; k < 4; k++) {
            map_at(&m2, RIG_TABLES + (k << 12), 3,
                   (RIG_TABLES + (k << 12)) | D_PAGE | (D_S2ALL & ~D_S2WB) |
                       (cd || k != 1 ? good : bad));
        }
        /* The output may be Device. */
        map_at(&m2, 0x50000000, 3, 0x30000000 | D_PAGE | (D_S2ALL & ~D_S2WB));
        rig_forget(r);
        if (!rows[i].device || !ptw) {
            CHECK_OK(r, SID, VA, "w", 0x30000000);
        } else if (cd) {
            CHECK_ABORT(r, SID, VA, "w", 0x0000000300000013, 0x0000008000000000,
                        VA, RIG_CD);
        } else {
            CHECK_ABORT(r, SID, VA, "w", 0x0000000300000013, 0x0000118000000000,
                        VA, RIG_TABLES + 0x1000);
        }
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/attrs/E.14/stage-1", stage_1);
    g_test_add_data_func("/attrs/E.14/stage-2", NULL, stage_2);
    g_test_add_data_func("/attrs/E.14/nested", "nested", stage_2);
    g_test_add_func("/attrs/E.14/pnu-and-ind", pnu_and_ind);
    g_test_add_func("/attrs/J.66/overrides-ignored", overrides_ignored);
    g_test_add_func("/attrs/E.12/s2ptw", s2ptw);
    return g_test_run();
}
