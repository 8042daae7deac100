/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STE validity (5.2; B.5): each condition that makes an STE ILLEGAL, and the
 * nearest value that does not. SSID rules (B.6).
 */
#include "rig.h"

#define SID 9u
#define S2_TTB UINT64_C(0x21000000)

enum base {
    S1,     /* Config 101 */
    S2,     /* Config 110: 4K, 40 bits from level 1 */
    NESTED, /* Config 111, the same stage 2 */
    ZERO,   /* all zero */
};

enum verdict {
    BAD,
    GOOD
};

struct set {
    unsigned hi, lo;
    uint64_t v;
};

static const struct row {
    const char *name;
    enum base base;
    enum verdict verdict;
    struct set set[4]; /* hi = 0: the end; STE[0] has its own rows */
    unsigned oas;      /* 0: 48 */
    enum {
        BOTH,
        ONLY_S1,
        ONLY_S2
    } stages;
} rows[] = {
    /* 2, 3: stages that are not implemented */
    { "02-stage-1-not-implemented", S1, BAD, { { 0 } }, 0, ONLY_S2 },
    { "02-stage-1-not-implemented-nested", NESTED, BAD, { { 0 } }, 0, ONLY_S2 },
    { "03-stage-2-not-implemented", S2, BAD, { { 0 } }, 0, ONLY_S1 },
    { "03-stage-2-not-implemented-nested", NESTED, BAD, { { 0 } }, 0, ONLY_S1 },
    { "03-stage-1-alone-is-enough", S1, GOOD, { { 0 } }, 0, ONLY_S1 },
    { "03-stage-2-alone-is-enough", S2, GOOD, { { 0 } }, 0, ONLY_S2 },
    /* 6-8: EATS is ignored without ATS */
    { "06-eats-1-without-ats", S2, GOOD, { { 93, 92, 1 } } },
    { "06-eats-2-without-ats", NESTED, GOOD, { { 93, 92, 2 } } },
    { "08-eats-3-without-ats", S1, GOOD, { { 93, 92, 3 } } },
    /* 9, B.4: STRW */
    { "09-strw-1", S1, BAD, { { 95, 94, 1 } } },
    { "09-strw-3", S1, BAD, { { 95, 94, 3 } } },
    { "09-strw-2-is-el2", S1, GOOD, { { 95, 94, 2 } } },
    { "09-strw-ignored-without-hyp-1",
      S1,
      GOOD,
      { { 95, 94, 1 } },
      0,
      ONLY_S1 },
    { "09-strw-ignored-without-hyp-3",
      S1,
      GOOD,
      { { 95, 94, 3 } },
      0,
      ONLY_S1 },
    { "09-strw-ignored-nested", NESTED, GOOD, { { 95, 94, 3 } } },
    { "09-strw-ignored-stage-2", S2, GOOD, { { 95, 94, 1 } } },
    /* 10 */
    { "10-s1stalld", S1, BAD, { { 91, 91, 1 } } },
    { "10-s1stalld-nested", NESTED, BAD, { { 91, 91, 1 } } },
    { "10-s1stalld-ignored-stage-2", S2, GOOD, { { 91, 91, 1 } } },
    /* 11, 12: SSIDSIZE = 0 */
    { "11-s1cdmax-without-ssids", S1, GOOD, { { 63, 59, 20 } } },
    { "11-s1cdmax-ignored-stage-2", S2, GOOD, { { 63, 59, 31 } } },
    { "12-s1fmt-without-ssids", S1, GOOD, { { 5, 4, 1 }, { 63, 59, 1 } } },
    /* 13, 14: S1ContextPtr */
    { "13-s1contextptr-above-oas", S1, BAD, { { 55, 48, 1 } } },
    { "13-s1contextptr-bit-55", S1, BAD, { { 55, 48, 0x80 } } },
    { "13-s1contextptr-within-oas", S1, GOOD, { { 47, 40, 1 } } },
    { "13-s1contextptr-above-oas-40", S1, BAD, { { 47, 40, 1 } }, 40 },
    { "13-s1contextptr-below-oas-40", S1, GOOD, { { 39, 38, 2 } }, 40 },
    { "13-s1contextptr-ignored-stage-2", S2, GOOD, { { 55, 48, 0xff } } },
    { "14-s1contextptr-above-ias", NESTED, BAD, { { 55, 48, 1 } } },
    { "14-s1contextptr-within-ias", NESTED, GOOD, { { 47, 40, 0x80 } } },
    /* 15, 17: S2AA64 */
    { "15-s2fwb-with-s2aa64-0", S2, BAD, { { 89, 89, 1 }, { 179, 179, 0 } } },
    { "15-s2fwb", S2, GOOD, { { 89, 89, 1 } } },
    { "17-s2aa64-0", S2, BAD, { { 179, 179, 0 } } },
    { "17-s2aa64-0-nested", NESTED, BAD, { { 179, 179, 0 } } },
    { "17-s2aa64-ignored-stage-1", S1, GOOD, { { 179, 179, 1 } } },
    /* 16 */
    { "16-s2s", S2, BAD, { { 185, 185, 1 } } },
    { "16-s2s-nested", NESTED, BAD, { { 185, 185, 1 } } },
    { "16-s2s-ignored-stage-1", S1, GOOD, { { 185, 185, 1 } } },
    /* 18 */
    { "18-s2ha", S2, BAD, { { 184, 184, 1 } } },
    { "18-s2hd", S2, BAD, { { 183, 183, 1 } } },
    { "18-s2ha-s2hd", NESTED, BAD, { { 184, 183, 3 } } },
    { "18-s2haft-is-res0", S2, GOOD, { { 187, 187, 1 } } },
    { "18-s2ha-ignored-stage-1", S1, GOOD, { { 184, 183, 3 } } },
    /* 19: legal ones with a geometry to match */
    { "19-s2tg-3", S2, BAD, { { 175, 174, 3 } } },
    { "19-s2tg-3-nested", NESTED, BAD, { { 175, 174, 3 } } },
    { "19-s2tg-3-ignored-stage-1", S1, GOOD, { { 175, 174, 3 } } },
    { "19-s2tg-1-is-64k", S2, GOOD, { { 175, 174, 1 } } },
    { "19-s2tg-2-is-16k", S2, GOOD, { { 175, 174, 2 } } },
    /* 20 */
    { "20-s2ttb-above-s2ps-32", S2, BAD, { { 178, 176, 0 }, { 224, 224, 1 } } },
    { "20-s2ttb-below-s2ps-36",
      S2,
      GOOD,
      { { 178, 176, 1 }, { 224, 224, 1 } } },
    { "20-s2ttb-above-s2ps-36", S2, BAD, { { 178, 176, 1 }, { 228, 228, 1 } } },
    { "20-s2ttb-above-48", S2, BAD, { { 240, 240, 1 } } },
    { "20-s2ttb-above-48-64k", S2, BAD, { { 175, 174, 1 }, { 240, 240, 1 } } },
    { "20-s2ttb-bit-55", S2, BAD, { { 247, 247, 1 } } },
    { "20-s2ps-7-is-capped-below",
      S2,
      GOOD,
      { { 178, 176, 7 }, { 239, 239, 1 } } },
    { "20-s2ps-6-is-capped-above",
      S2,
      BAD,
      { { 178, 176, 6 }, { 240, 240, 1 } } },
    { "20-s2ps-above-oas-40",
      S2,
      BAD,
      { { 178, 176, 5 }, { 232, 232, 1 } },
      40 },
    { "20-s2ttb-nested", NESTED, BAD, { { 240, 240, 1 } } },
    { "20-s2ttb-ignored-stage-1", S1, GOOD, { { 247, 196, 0xfffffffffffff } } },
    { "20-s2ttb-bit-56-is-res0", S2, GOOD, { { 252, 248, 0x1f } } },
    /* 21: with the level that fits */
    { "21-s2t0sz-39", S2, GOOD, { { 165, 160, 39 }, { 167, 166, 0 } } },
    { "21-s2t0sz-40", S2, BAD, { { 165, 160, 40 }, { 167, 166, 0 } } },
    { "21-s2t0sz-16", S2, GOOD, { { 165, 160, 16 }, { 167, 166, 2 } } },
    { "21-s2t0sz-15", S2, BAD, { { 165, 160, 15 }, { 167, 166, 2 } } },
    { "21-s2t0sz-15-64k",
      S2,
      BAD,
      { { 165, 160, 15 }, { 167, 166, 2 }, { 175, 174, 1 } } },
    { "21-s2t0sz-16-64k",
      S2,
      GOOD,
      { { 165, 160, 16 }, { 167, 166, 2 }, { 175, 174, 1 } } },
    { "21-s2t0sz-24-oas-40", S2, GOOD, { { 165, 160, 24 } }, 40 },
    { "21-s2t0sz-23-oas-40", S2, BAD, { { 165, 160, 23 } }, 40 },
    { "21-s2ps-does-not-limit-s2t0sz",
      S2,
      GOOD,
      { { 165, 160, 24 }, { 178, 176, 1 } } }, /* in-tree row 37 */
    { "21-s2t0sz-ignored-stage-1", S1, GOOD, { { 165, 160, 63 } } },
    { "21-s2t0sz-nested", NESTED, BAD, { { 165, 160, 63 } } },
    /* 24: TTENDIAN = 0 */
    { "24-s2endi", S2, GOOD, { { 180, 180, 1 } } },
    /* 25: RES0 */
    { "25-s2pie-is-res0", S2, GOOD, { { 188, 188, 1 } } },
    { "25-s2poe-is-res0", S2, GOOD, { { 189, 189, 1 } } },
    /* 26 */
    { "26-s2vmid-16-bits", S2, GOOD, { { 143, 128, 0xffff } } },
    { "26-s2vmid-stage-1", S1, GOOD, { { 143, 128, 0xffff } } },
    { "26-s2vmid-ignored-without-stage-2",
      S1,
      GOOD,
      { { 143, 128, 0xffff } },
      0,
      ONLY_S1 },
    /* others that are not there: S2DS, S2SL0_2 without DS */
    { "22-s2sl0-2-is-res0", S2, GOOD, { { 194, 194, 1 } } },
    { "22-s2ds-is-res0", S2, GOOD, { { 195, 195, 1 } } },
    /* in-tree row 36: S1 fields of a stage-2 stream */
    { "in-tree-36", S2, GOOD, { { 63, 59, 4 }, { 91, 91, 1 }, { 55, 6, 77 } } },
};

static struct smmu3_params params_of(const struct row *row)
{
    struct smmu3_params p = rig_params();

    p.f.oas = row->oas ? row->oas : 48;
    rig_stages(&p, row->stages != ONLY_S2, row->stages != ONLY_S1);
    return p;
}

static struct ste make(enum base base)
{
    switch (base) {
    case S1:
        return ste_s1(RIG_CD);
    case S2:
        return ste_s2(S2_TTB, 12, 24, 1);
    case NESTED:
        return ste_nested(RIG_CD, S2_TTB, 12, 24, 1);
    default:
        return (struct ste){ { 0 } };
    }
}

static void check_row(gconstpointer data)
{
    const struct row *row = data;
    struct smmu3_params p = params_of(row);
    struct rig *r = rig_new_with(&p);
    struct ste ste = make(row->base);
    struct smmu3_txn t = rig_txn(SID, 0x1000, "r");

    for (unsigned i = 0; i < 4 && row->set[i].hi; i++) {
        set_bits(ste.w, row->set[i].hi, row->set[i].lo, row->set[i].v);
    }
    rig_set_ste(r, SID, ste);
    if (row->verdict == BAD) {
        CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000900000004, 0, 0, 0);
        CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000900000004, 0, 0, 0);
    } else {
        struct smmu3_result res = rig_go(r, SID, 0x1000, "r");
        uint64_t w[4] = { 0 };

        /* Whatever comes next: there are no tables. */
        CHECK(res.outcome != SMMU3_OK);
        CHECK(rig_event(r, w));
        CHECK((w[0] & 0xff) != 0x04);
    }
    rig_same(r, &t, row->name);
    rig_free(r);
}

/* 1; J 65: Config = 0xx with V = 1 is never ILLEGAL. */
static void v0(void)
{
    struct rig *r = rig_new();
    struct ste ste = ste_bypass();

    ste.w[0] &= ~UINT64_C(1);
    for (unsigned config = 0; config < 8; config++) {
        set_bits(ste.w, 3, 1, config);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        CHECK_ABORT(r, SID, 0x1000, "w", 0x0000000900000004, 0, 0, 0);
    }
    rig_free(r);
}

static void config_0xx(void)
{
    struct rig *r = rig_new();
    struct ste ste;

    for (unsigned config = 0; config < 4; config++) {
        memset(&ste, 0xff, sizeof(ste)); /* whatever else it says */
        set_bits(ste.w, 3, 1, config);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        CHECK_QUIET(r, SID, 0x1000, "r", SMMU3_ABORT);
        ste = ste_abort();
        set_bits(ste.w, 3, 1, config);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        CHECK_QUIET(r, SID, 0x1000, "wp", SMMU3_ABORT);
    }
    rig_free(r);
}

/* J 64: in bypass no other field is looked at. */
static void config_100_ignores(void)
{
    struct rig *r = rig_new();
    struct ste ste;

    memset(&ste, 0xff, sizeof(ste));
    set_bits(ste.w, 3, 1, 4);
    rig_set_ste(r, SID, ste);
    CHECK_OK(r, SID, 0x1000, "r", 0x1000);
    rig_free(r);
}

/* B.3, B.6, J 10 to 13: with SSIDSIZE = 0. */
static void ssid_rules(void)
{
    struct rig *r = rig_new();
    static const enum base bases[] = { S1, S2, NESTED };
    struct smmu3_txn t = rig_txn(SID, 0x1000, "r");
    struct smmu3_result res;
    uint64_t w[4];

    t.ssv = true;
    t.ssid = 0x54321;
    for (unsigned i = 0; i < 4; i++) {
        struct ste ste = i < 3 ? make(bases[i]) : ste_bypass();

        rig_set_ste(r, SID, ste);
        rig_forget(r);
        smmu3_translate(r->s, &t, &res);
        CHECK_EQ(res.outcome, SMMU3_ABORT);
        CHECK(rig_event(r, w));
        CHECK_EQ(w[0], 0x0000000954321008); /* J 9: no SSV */
        CHECK_EQ(w[1], 0);
        CHECK_EQ(w[2], 0);
        CHECK_EQ(w[3], 0);
        /* SSID 0 is an SSID */
        t.ssid = 0;
        smmu3_translate(r->s, &t, &res);
        CHECK_EQ(res.outcome, SMMU3_ABORT);
        CHECK(rig_event(r, w));
        CHECK_EQ(w[0], 0x0000000900000008);
        t.ssid = 0x54321;
    }
    rig_set_ste(r, SID, ste_abort());
    rig_forget(r);
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_ABORT);
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

/* S1DSS counts only if S1CDMax > 0, which it never is with SSIDSIZE = 0. */
static void s1dss_unused(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    map_at(&m, 0x1000, 3, 0x80000000 | D_PAGE | D_S1ALL);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    for (unsigned dss = 0; dss < 4; dss++) {
        struct ste ste = ste_s1(RIG_CD);

        set_bits(ste.w, 65, 64, dss);
        set_bits(ste.w, 63, 59, dss & 1 ? 5 : 0);
        rig_set_ste(r, SID, ste);
        rig_forget(r);
        CHECK_OK(r, SID, 0x1000, "r", 0x80000000);
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/ste/B.5/01-v-0", v0);
    g_test_add_func("/ste/B.5/config-0xx-is-never-illegal", config_0xx);
    g_test_add_func("/ste/B.5/config-100-ignores-the-rest", config_100_ignores);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/ste/B.5/%s", rows[i].name);

        g_test_add_data_func(name, &rows[i], check_row);
    }
    g_test_add_func("/ste/B.6/ssid-rules", ssid_rules);
    g_test_add_func("/ste/B.6/s1dss-unused", s1dss_unused);
    return g_test_run();
}
