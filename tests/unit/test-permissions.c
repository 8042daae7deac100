/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Permissions (E.6, E.7, E.10): every combination of the bits that matter,
 * against truth tables written out by hand; cold, and from a warm TLB; one
 * access at a time, and as the set that the result reports.
 */
#include "rig.h"

#define SID 7u
#define VA UINT64_C(0x1234567)
#define S2_TTB UINT64_C(0x21000000)
#define L2_AT (RIG_TABLES + 0x48)
#define L3_AT (RIG_TABLES + 0x1000 + 0x1a0)
#define PA UINT64_C(0x30000567)

enum {
    R = 1,
    W = 2,
    X = 4
};

static struct rig *rig_s1(struct cd *cd)
{
    struct rig *r = rig_new();

    *cd = cd_make(RIG_TABLES, 12, 39);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    mem_w64(&r->h, L2_AT, (RIG_TABLES + 0x1000) | D_TABLE);
    return r;
}

/* Of EL0 or EL1: may do exactly @perm. */
static void exactly(struct rig *r, bool priv, unsigned perm, const char *what)
{
    static const char *const hows[2][3] = { { "r", "w", "x" },
                                            { "rp", "wp", "xp" } };
    unsigned got = 0;

    for (unsigned pass = 0; pass < 2; pass++) { /* cold, warm */
        for (unsigned i = 0; i < 3; i++) {
            struct smmu3_result res = rig_go(r, SID, VA, hows[priv][i]);

            if (res.outcome == SMMU3_OK) {
                got |= 1u << i;
                CHECK_EQ(res.pa, PA);
                CHECK_EQ(res.perm, perm);
            } else {
                CHECK_EQ(res.fault.event, 0x13);
            }
        }
        if (!CHECK_EQ(got, perm)) {
            g_test_message("%s %s pass %u", what, priv ? "EL1" : "EL0", pass);
        }
        /* An atomic is data, and needs both. */
        CHECK_EQ(rig_go(r, SID, VA, priv ? "mp" : "m").outcome == SMMU3_OK,
                 (perm & (R | W)) == (R | W));
    }
    rig_drop_events(r);
}

/*
 * E.7 for EL1 and EL0: AP[2:1], UXN, PXN; columns: plain, WXN, PAN, both.
 * Each cell: what EL1 may, what EL0 may.
 */
static const struct s1_row {
    unsigned ap, uxn, pxn;
    struct {
        unsigned el1, el0;
    } plain, wxn, pan, both;
} s1_rows[] = {
    /* 00: EL1 read-write */
    { 0, 0, 0, { R | W | X, X }, { R | W, X }, { R | W | X, X }, { R | W, X } },
    { 0, 0, 1, { R | W, X }, { R | W, X }, { R | W, X }, { R | W, X } },
    { 0, 1, 0, { R | W | X, 0 }, { R | W, 0 }, { R | W | X, 0 }, { R | W, 0 } },
    { 0, 1, 1, { R | W, 0 }, { R | W, 0 }, { R | W, 0 }, { R | W, 0 } },
    /* 01: both read-write: EL1 never executes */
    { 1,
      0,
      0,
      { R | W, R | W | X },
      { R | W, R | W },
      { 0, R | W | X },
      { 0, R | W } },
    { 1,
      0,
      1,
      { R | W, R | W | X },
      { R | W, R | W },
      { 0, R | W | X },
      { 0, R | W } },
    { 1, 1, 0, { R | W, R | W }, { R | W, R | W }, { 0, R | W }, { 0, R | W } },
    { 1, 1, 1, { R | W, R | W }, { R | W, R | W }, { 0, R | W }, { 0, R | W } },
    /* 10: EL1 read-only */
    { 2, 0, 0, { R | X, X }, { R | X, X }, { R | X, X }, { R | X, X } },
    { 2, 0, 1, { R, X }, { R, X }, { R, X }, { R, X } },
    { 2, 1, 0, { R | X, 0 }, { R | X, 0 }, { R | X, 0 }, { R | X, 0 } },
    { 2, 1, 1, { R, 0 }, { R, 0 }, { R, 0 }, { R, 0 } },
    /* 11: both read-only */
    { 3, 0, 0, { R | X, R | X }, { R | X, R | X }, { X, R | X }, { X, R | X } },
    { 3, 0, 1, { R, R | X }, { R, R | X }, { 0, R | X }, { 0, R | X } },
    { 3, 1, 0, { R | X, R }, { R | X, R }, { X, R }, { X, R } },
    { 3, 1, 1, { R, R }, { R, R }, { 0, R }, { 0, R } },
};

static void s1_world(bool e2h)
{
    struct cd cd;
    struct rig *r = rig_s1(&cd);

    if (e2h) {
        struct ste ste = ste_s1(RIG_CD);

        wr32(r, O_CR0, 0xc);
        wr32(r, O_CR2, 3);
        wr32(r, O_CR0, 0xd);
        set_bits(ste.w, 95, 94, 2);
        rig_set_ste(r, SID, ste);
    }
    for (unsigned col = 0; col < 4; col++) {
        set_bits(cd.w, 36, 36, col & 1);      /* WXN */
        set_bits(cd.w, 40, 40, col >> 1 & 1); /* PAN */
        rig_set_cd(r, RIG_CD, cd);
        for (unsigned i = 0; i < G_N_ELEMENTS(s1_rows); i++) {
            const struct s1_row *s = &s1_rows[i];
            unsigned el1 = col == 0   ? s->plain.el1
                           : col == 1 ? s->wxn.el1
                           : col == 2 ? s->pan.el1
                                      : s->both.el1;
            unsigned el0 = col == 0   ? s->plain.el0
                           : col == 1 ? s->wxn.el0
                           : col == 2 ? s->pan.el0
                                      : s->both.el0;
            g_autofree char *what = g_strdup_printf(
                "AP %u UXN %u PXN %u column %u", s->ap, s->uxn, s->pxn, col);

            mem_w64(&r->h, L3_AT,
                    0x30000000 | D_PAGE | D_AF | (uint64_t)s->ap << 6 |
                        (uint64_t)s->uxn << 54 | (uint64_t)s->pxn << 53);
            rig_forget(r);
            exactly(r, true, el1, what);
            exactly(r, false, el0, what);
            rig_forget(r);
            exactly(r, false, el0, what); /* the other way round */
            exactly(r, true, el1, what);
        }
    }
    rig_free(r);
}

static void el1(void)
{
    s1_world(false);
}

static void el2_e2h(void)
{
    s1_world(true);
}

/* E.7: EL2: AP[1], PXN, PAN do not matter; AP[2], XN, WXN do. */
static void el2(void)
{
    struct cd cd;
    struct rig *r = rig_s1(&cd);
    struct ste ste = ste_s1(RIG_CD);

    set_bits(ste.w, 95, 94, 2);
    rig_set_ste(r, SID, ste);
    for (unsigned n = 0; n < 64; n++) {
        unsigned ro = n & 1, xn = n >> 1 & 1, wxn = n >> 2 & 1;
        unsigned perm = R | (ro ? 0 : W) | (xn || (wxn && !ro) ? 0 : X);
        g_autofree char *what = g_strdup_printf("EL2 %u", n);

        set_bits(cd.w, 36, 36, wxn);
        set_bits(cd.w, 40, 40, n >> 3 & 1); /* PAN */
        rig_set_cd(r, RIG_CD, cd);
        mem_w64(&r->h, L3_AT,
                0x30000000 | D_PAGE | D_AF | (uint64_t)ro << 7 |
                    (uint64_t)xn << 54 |
                    (uint64_t)(n >> 4 & 1) << 6 |  /* AP[1] */
                    (uint64_t)(n >> 5 & 1) << 53); /* PXN */
        rig_forget(r);
        exactly(r, true, perm, what);
        exactly(r, false, perm, what);
    }
    rig_free(r);
}

/* E.6: table bits: APTable [62:61], UXNTable [60], PXNTable [59]; J 22, 23. */
static const struct table_row {
    unsigned bits; /* [62:59] */
    unsigned el1, el0;
    unsigned el2;
} table_rows[] = {
    /* over a leaf with AP = 01, UXN = PXN = 0 (EL1 cannot execute) */
    { 0x0, R | W, R | W | X, R | W | X },
    { 0x4, R | W | X, X, R | W | X },     /* APTable[0]: no EL0 */
    { 0x8, R | X, R | X, R | X },         /* APTable[1]: read-only */
    { 0xc, R | X, X, R | X },             /* both */
    { 0x2, R | W, R | W, R | W },         /* UXNTable */
    { 0x1, R | W, R | W | X, R | W | X }, /* PXNTable */
    { 0x3, R | W, R | W, R | W },
    { 0x9, R, R | X, R | X },
    { 0xa, R | X, R, R },
    { 0xf, R, 0, R },
};

static void hierarchical_world(bool is_el2)
{
    struct cd cd;
    struct rig *r = rig_s1(&cd);
    struct ste ste = ste_s1(RIG_CD);

    set_bits(ste.w, 95, 94, is_el2 ? 2 : 0);
    rig_set_ste(r, SID, ste);
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_AF | D_EL0);
    for (unsigned had = 0; had < 2; had++) {
        set_bits(cd.w, 65, 65, had);
        rig_set_cd(r, RIG_CD, cd);
        for (unsigned i = 0; i < G_N_ELEMENTS(table_rows); i++) {
            const struct table_row *t = &table_rows[had ? 0 : i];
            g_autofree char *what = g_strdup_printf("HAD0 %u row %u", had, i);

            mem_w64(&r->h, L2_AT,
                    (RIG_TABLES + 0x1000) | D_TABLE |
                        (uint64_t)table_rows[i].bits << 59);
            rig_forget(r);
            exactly(r, true, is_el2 ? t->el2 : t->el1, what);
            exactly(r, false, is_el2 ? t->el2 : t->el0, what);
        }
    }
    rig_free(r);
}

static void hierarchical(void)
{
    hierarchical_world(false);
}

static void hierarchical_el2(void)
{
    hierarchical_world(true);
}

/* They accumulate over levels, and into entries below a cached table. */
static void accumulate(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 16, RIG_TABLES + 0x1000);
    struct cd cd = cd_make(RIG_TABLES, 12, 16);
    uint64_t at[3];

    rig_set_ste(r, SID, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd);
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_AF | D_EL0);
    map_at(&m, VA + 0x1000, 3, 0x30001000 | D_PAGE | D_AF | D_EL0);
    for (unsigned l = 0; l < 3; l++) {
        at[l] = map_find(&m, VA, l);
    }
    exactly(r, false, R | W | X, "none");
    map_put(&m, at[0], map_get(&m, at[0]) | 1ull << 62); /* read-only */
    map_put(&m, at[1], map_get(&m, at[1]) | 1ull << 60); /* UXN */
    rig_forget(r);
    exactly(r, false, R, "levels 0 and 1");
    map_put(&m, at[2], map_get(&m, at[2]) | 1ull << 61); /* no EL0 */
    rig_forget(r);
    exactly(r, false, 0, "levels 0, 1 and 2");
    exactly(r, true, R | X, "levels 0, 1 and 2");
    /* The neighbour is found through the cached tables. */
    CHECK_OK(r, SID, VA + 0x1000, "xp", 0x30001567);
    CHECK_EQ(rig_go(r, SID, VA + 0x1000, "wp").outcome, SMMU3_ABORT);
    CHECK_EQ(rig_go(r, SID, VA + 0x1000, "r").outcome, SMMU3_ABORT);
    rig_free(r);
}

/* HAD1 is the other half's. */
static void had1(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    uint64_t va = UINT64_MAX << 39;

    rig_set_ste(r, SID, ste_s1(RIG_CD));
    map_at(&m, 0, 3, 0x30000000 | D_PAGE | D_AF | D_EL0);
    map_put(&m, map_find(&m, 0, 1),
            map_get(&m, map_find(&m, 0, 1)) | 1ull << 62);
    for (unsigned had = 0; had < 4; had++) {
        struct cd cd = cd_make(RIG_TABLES, 12, 25);

        cd_ttb1(&cd, RIG_TABLES, 12, 25);
        set_bits(cd.w, 65, 65, had & 1);
        set_bits(cd.w, 129, 129, had >> 1);
        rig_set_cd(r, RIG_CD, cd);
        rig_forget(r);
        CHECK_EQ(rig_go(r, SID, 0, "w").outcome == SMMU3_OK, had & 1);
        CHECK_EQ(rig_go(r, SID, va, "w").outcome == SMMU3_OK, had >> 1);
        rig_drop_events(r);
    }
    rig_free(r);
}

/* E.10: S2AP and XN[1:0] with XNX (J 27); stage 2 alone and nested. */
static void stage_2(gconstpointer data)
{
    bool nested = data != NULL;
    static const unsigned x_el1[4] = { X, 0, 0, X }, x_el0[4] = { X, X, 0, 0 };
    struct cd cd;
    struct rig *r = rig_s1(&cd);
    struct mapper m = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
    uint64_t ipa = nested ? 0x55555000 : VA & ~UINT64_C(0xfff), at;

    rig_set_ste(r, SID,
                nested ? ste_nested(RIG_CD, S2_TTB, 12, 24, 1)
                       : ste_s2(S2_TTB, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd);
    map_at(&m, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&m, RIG_TABLES, 2, RIG_TABLES | D_BLOCK | D_S2ALL);
    at = map_at(&m, ipa, 3, 0);
    for (unsigned ap = 0; ap < 4; ap++) {
        for (unsigned xn = 0; xn < 4; xn++) {
            g_autofree char *what = g_strdup_printf("S2AP %u XN %u", ap, xn);

            map_put(&m, at,
                    0x30000000 | D_PAGE | D_AF | D_S2WB | (uint64_t)ap << 6 |
                        D_S2XN(xn));
            if (!nested) {
                rig_forget(r);
                exactly(r, true, ap | x_el1[xn], what);
                exactly(r, false, ap | x_el0[xn], what);
                continue;
            }
            /* Under a stage 1 that gives EL1 read-only and execute, EL0
             * execute. */
            mem_w64(&r->h, L3_AT, ipa | D_PAGE | D_AF | D_RO);
            rig_forget(r);
            exactly(r, true, (ap | x_el1[xn]) & (R | X), what);
            exactly(r, false, (ap | x_el0[xn]) & X, what);
            /* ... and both read-write. */
            mem_w64(&r->h, L3_AT, ipa | D_PAGE | D_AF | D_EL0);
            rig_forget(r);
            exactly(r, false, ap | x_el0[xn], what);
            exactly(r, true, (ap | x_el1[xn]) & (R | W), what);
        }
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/permissions/E.7/el1", el1);
    g_test_add_func("/permissions/E.7/el2", el2);
    g_test_add_func("/permissions/E.7/el2-e2h", el2_e2h);
    g_test_add_func("/permissions/E.6/hierarchical", hierarchical);
    g_test_add_func("/permissions/E.6/hierarchical-el2", hierarchical_el2);
    g_test_add_func("/permissions/E.6/accumulate", accumulate);
    g_test_add_func("/permissions/E.6/had1", had1);
    g_test_add_data_func("/permissions/E.10/stage-2", NULL, stage_2);
    g_test_add_data_func("/permissions/E.10/nested", "nested", stage_2);
    return g_test_run();
}
