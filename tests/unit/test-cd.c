/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CD fetch and validity (5.4; B.6, B.8, E.4): each condition that makes a CD
 * ILLEGAL, and the nearest value that does not.
 */
#include "rig.h"

#define SID 9u

enum verdict {
    BAD,
    GOOD
};
enum world {
    EL1,
    EL2,
    E2H,
    NESTED
};

static const struct row {
    const char *name;
    enum verdict verdict;
    struct {
        unsigned hi, lo;
        uint64_t v;
    } set[4]; /* hi = 0: the end */
    enum world world;
    unsigned oas; /* 0: 48 */
} rows[] = {
    { "01-v-0", BAD, { { 31, 31, 0 } } },
    { "01-v-0-nested", BAD, { { 31, 31, 0 } }, NESTED },
    { "03-a-0-with-term-model-0", GOOD, { { 46, 46, 0 } } },
    { "04-s", BAD, { { 44, 44, 1 } } },
    { "04-s-nested", BAD, { { 44, 44, 1 } }, NESTED },
    { "05-endi", GOOD, { { 15, 15, 1 } } },
    { "06-aa64-0", BAD, { { 41, 41, 0 } } },
    { "06-aa64-0-el2", BAD, { { 41, 41, 0 } }, EL2 },
    { "06-aa64-0-e2h", BAD, { { 41, 41, 0 } }, E2H },
    { "07-aa64-0-nested", BAD, { { 41, 41, 0 } }, NESTED },
    { "08-ha", BAD, { { 43, 43, 1 } } },
    { "08-hd", BAD, { { 42, 42, 1 } } },
    { "08-ha-hd", BAD, { { 43, 42, 3 } } },
    { "08-haft-is-res0", GOOD, { { 67, 67, 1 } } },
    { "09-asid-16-bits", GOOD, { { 63, 48, 0xffff } } },
    /* 10, E.4 */
    { "10-t0sz-16", GOOD, { { 5, 0, 16 } } },
    { "10-t0sz-15", BAD, { { 5, 0, 15 } } },
    { "10-t0sz-39", GOOD, { { 5, 0, 39 } } },
    { "10-t0sz-40", BAD, { { 5, 0, 40 } } },
    { "10-t0sz-12-64k", BAD, { { 5, 0, 12 }, { 7, 6, 1 } } },
    { "10-t0sz-not-checked-with-epd0", GOOD, { { 5, 0, 63 }, { 14, 14, 1 } } },
    { "10-t1sz-15", BAD, { { 30, 30, 0 }, { 23, 22, 2 }, { 21, 16, 15 } } },
    { "10-t1sz-16", GOOD, { { 30, 30, 0 }, { 23, 22, 2 }, { 21, 16, 16 } } },
    { "10-t1sz-39", GOOD, { { 30, 30, 0 }, { 23, 22, 2 }, { 21, 16, 39 } } },
    { "10-t1sz-40", BAD, { { 30, 30, 0 }, { 23, 22, 2 }, { 21, 16, 40 } } },
    { "10-t1sz-not-checked-with-epd1", GOOD, { { 21, 16, 63 } } },
    { "10-t0sz-el2-epd0-acts-0", BAD, { { 5, 0, 63 }, { 14, 14, 1 } }, EL2 },
    { "10-t1sz-not-checked-el2", GOOD, { { 30, 30, 0 }, { 21, 16, 63 } }, EL2 },
    { "10-t1sz-checked-e2h", BAD, { { 30, 30, 0 }, { 21, 16, 63 } }, E2H },
    { "10-t0sz-not-limited-by-oas", GOOD, { { 5, 0, 16 } }, EL1, 32 },
    /* 11; J 2 */
    { "11-tg0-3", BAD, { { 7, 6, 3 } } },
    { "11-tg0-1", GOOD, { { 7, 6, 1 } } },
    { "11-tg0-2", GOOD, { { 7, 6, 2 } } },
    { "11-tg0-3-not-checked-with-epd0", GOOD, { { 7, 6, 3 }, { 14, 14, 1 } } },
    { "11-tg0-3-el2-epd0-acts-0", BAD, { { 7, 6, 3 }, { 14, 14, 1 } }, EL2 },
    { "11-tg1-0", BAD, { { 30, 30, 0 }, { 23, 22, 0 }, { 21, 16, 25 } } },
    { "11-tg1-1", GOOD, { { 30, 30, 0 }, { 23, 22, 1 }, { 21, 16, 25 } } },
    { "11-tg1-3", GOOD, { { 30, 30, 0 }, { 23, 22, 3 }, { 21, 16, 25 } } },
    { "11-tg1-0-not-checked-with-epd1", GOOD, { { 23, 22, 0 } } },
    { "11-tg1-0-not-checked-el2", GOOD, { { 30, 30, 0 } }, EL2 },
    /* 12 */
    { "12-ttb0-above-ips-32", BAD, { { 34, 32, 0 }, { 96, 96, 1 } } },
    { "12-ttb0-below-ips-36", GOOD, { { 34, 32, 1 }, { 96, 96, 1 } } },
    { "12-ttb0-above-ips-36", BAD, { { 34, 32, 1 }, { 100, 100, 1 } } },
    { "12-ttb0-above-ips-40", BAD, { { 34, 32, 2 }, { 104, 104, 1 } } },
    { "12-ttb0-above-ips-42", BAD, { { 34, 32, 3 }, { 106, 106, 1 } } },
    { "12-ttb0-above-ips-44", BAD, { { 34, 32, 4 }, { 108, 108, 1 } } },
    { "12-ttb0-below-ips-48", GOOD, { { 34, 32, 5 }, { 111, 111, 1 } } },
    { "12-ttb0-above-ips-48", BAD, { { 34, 32, 5 }, { 112, 112, 1 } } },
    /* in-tree row 1: IPS 6 and 7 are capped at OAS */
    { "12-ips-6-below", GOOD, { { 34, 32, 6 }, { 111, 111, 1 } } },
    { "12-ips-6-above", BAD, { { 34, 32, 6 }, { 112, 112, 1 } } },
    { "12-ips-7-below", GOOD, { { 34, 32, 7 }, { 111, 111, 1 } } },
    { "12-ips-7-above-64k",
      BAD,
      { { 34, 32, 7 }, { 7, 6, 1 }, { 112, 112, 1 } } },
    { "12-ips-5-oas-40", BAD, { { 34, 32, 5 }, { 104, 104, 1 } }, EL1, 40 },
    { "12-ips-5-oas-40-below", GOOD, { { 103, 103, 1 } }, EL1, 40 },
    { "12-ttb0-bit-55", BAD, { { 119, 119, 1 } } },
    { "12-ttb0-bit-56-is-res0", GOOD, { { 121, 120, 3 } } },
    { "12-ttb0-not-checked-with-epd0",
      GOOD,
      { { 14, 14, 1 }, { 119, 112, 0xff } } },
    { "12-ttb0-el2-epd0-acts-0", BAD, { { 14, 14, 1 }, { 112, 112, 1 } }, EL2 },
    { "12-ttb1-above-ips-48",
      BAD,
      { { 30, 30, 0 }, { 23, 16, 0x80 | 25 }, { 176, 176, 1 } } },
    { "12-ttb1-below-ips-48",
      GOOD,
      { { 30, 30, 0 }, { 23, 16, 0x80 | 25 }, { 175, 175, 1 } } },
    { "12-ttb1-not-checked-with-epd1", GOOD, { { 183, 176, 0xff } } },
    { "12-ttb1-not-checked-el2",
      GOOD,
      { { 30, 30, 0 }, { 183, 176, 0xff } },
      EL2 },
    { "12-ttb0-nested", BAD, { { 112, 112, 1 } }, NESTED },
    /* 13: PIE without S1PI is RES0 */
    { "13-pie-is-res0", GOOD, { { 187, 187, 1 } } },
    { "13-ds-is-res0", GOOD, { { 186, 186, 1 } } },
    { "mair-reserved-byte", GOOD, { { 199, 192, 0x01 } } },
};

static struct rig *rig_for(enum world world, unsigned oas)
{
    struct smmu3_params p = rig_params();
    struct rig *r;
    struct ste ste = ste_s1(RIG_CD);

    p.f.oas = oas ? oas : 48;
    r = rig_new_with(&p);
    if (world == E2H) {
        wr32(r, O_CR0, 0xc);
        wr32(r, O_CR2, 3);
        wr32(r, O_CR0, 0xd);
    }
    if (world == NESTED) {
        struct mapper m = map_s2(&r->h, 0x21000000, 12, 24, 1, 0x21010000);

        ste = ste_nested(RIG_CD, 0x21000000, 12, 24, 1);
        map_at(&m, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    } else if (world != EL1) {
        set_bits(ste.w, 95, 94, 2);
    }
    rig_set_ste(r, SID, ste);
    return r;
}

static void check_row(gconstpointer data)
{
    const struct row *row = data;
    struct rig *r = rig_for(row->world, row->oas);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    struct smmu3_txn t = rig_txn(SID, 0x1000, "rp");

    for (unsigned i = 0; i < 4 && row->set[i].hi; i++) {
        set_bits(cd.w, row->set[i].hi, row->set[i].lo, row->set[i].v);
    }
    rig_set_cd(r, RIG_CD, cd);
    if (row->verdict == BAD) {
        CHECK_ABORT(r, SID, 0x1000, "rp", 0x000000090000000a, 0, 0, 0);
        CHECK_ABORT(r, SID, 0x1000, "rp", 0x000000090000000a, 0, 0, 0);
    } else {
        struct smmu3_result res = rig_go(r, SID, 0x1000, "rp");
        uint64_t w[4] = { 0 };

        /* Whatever comes next: there are no tables. */
        CHECK(res.outcome != SMMU3_OK);
        CHECK(rig_event(r, w));
        CHECK((w[0] & 0xff) != 0x0a);
    }
    rig_same(r, &t, row->name);
    rig_free(r);
}

/* J 15: an EPD half is a stage-1 F_TRANSLATION. */
static void epd(void)
{
    struct rig *r = rig_for(EL1, 48);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    set_bits(cd.w, 14, 14, 1);
    rig_set_cd(r, RIG_CD, cd);
    CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000900000010, 0x0000020800000000,
                0x1000, 0);
    CHECK_ABORT(r, SID, 0xffffffffffff1000, "r", 0x0000000900000010,
                0x0000020800000000, 0xffffffffffff1000, 0);
    rig_free(r);
}

/* J 16. */
static void epd0_in_el2(void)
{
    struct rig *r = rig_for(EL2, 48);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    map_at(&m, 0x1000, 3, 0x80000000 | D_PAGE | D_S1ALL);
    set_bits(cd.w, 14, 14, 1);
    set_bits(cd.w, 30, 30, 0);
    rig_set_cd(r, RIG_CD, cd);
    CHECK_OK(r, SID, 0x1000, "r", 0x80000000);
    /* No second range. */
    CHECK_ABORT(r, SID, 0xffffffffffff1000, "r", 0x0000000900000010,
                0x0000020800000000, 0xffffffffffff1000, 0);
    rig_free(r);
}

/* J 6, in-tree row 22: the address is in dword 3. */
static void fetch_abort(void)
{
    struct rig *r = rig_for(EL1, 48);

    fake_hole(&r->h, RIG_CD, RIG_CD + 0x3f);
    CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000900000009, 0, 0, RIG_CD);
    fake_no_holes(&r->h);
    fake_hole(&r->h, RIG_CD + 0x3f, RIG_CD + 0x3f);
    CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000900000009, 0, 0, RIG_CD);
    fake_no_holes(&r->h);
    /* F.2: not cached. */
    CHECK_ABORT(r, SID, 0x1000, "r", 0x000000090000000a, 0, 0, 0);
    rig_free(r);
}

/* FetchAddr is the PA, not the IPA. */
static void fetch_abort_nested(void)
{
    struct rig *r = rig_for(NESTED, 48);
    struct mapper m = map_s2(&r->h, 0x21000000, 12, 24, 1, 0x21010000);

    map_at(&m, RIG_CD, 3, 0x77777000 | D_PAGE | D_S2ALL);
    fake_hole(&r->h, 0x77777000, 0x77777fff);
    CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000900000009, 0, 0, 0x77777000);
    rig_free(r);
}

/* S1ContextPtr is bits [55:6]; bits 5:4 are S1Fmt. */
static void context_ptr(void)
{
    struct rig *r = rig_for(EL1, 48);
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    static const uint64_t at[] = { 0x40, 0xfc0, 0x10300fc0, 0xffffffffffc0 };

    map_at(&m, 0x1000, 3, 0x80000000 | D_PAGE | D_S1ALL);
    for (unsigned i = 0; i < G_N_ELEMENTS(at); i++) {
        rig_set_ste(r, SID, ste_s1(at[i]));
        rig_set_cd(r, at[i], cd_make(RIG_TABLES, 12, 25));
        rig_forget(r);
        CHECK_OK(r, SID, 0x1000, "r", 0x80000000);
    }
    rig_free(r);
}

/* E.4: all values of TxSZ and TGx, both halves. */
static void all_tsz(void)
{
    static const unsigned lg0[4] = { 12, 16, 14, 0 };
    static const unsigned lg1[4] = { 0, 14, 12, 16 };
    struct rig *r = rig_for(EL1, 48);

    for (unsigned half = 0; half < 2; half++) {
        uint64_t addr = half ? UINT64_MAX << 4 : 0;

        for (unsigned n = 0; n < 256; n++) {
            struct cd cd = cd_make(RIG_TABLES, 12, 25);
            unsigned tsz = n & 63, tg = n >> 6;
            bool bad = tsz < 16 || tsz > 39 || (half ? lg1[tg] : lg0[tg]) == 0;
            struct smmu3_result res;
            uint64_t w[4] = { 0 };

            if (half) {
                set_bits(cd.w, 30, 30, 0);
                set_bits(cd.w, 21, 16, tsz);
                set_bits(cd.w, 23, 22, tg);
            } else {
                set_bits(cd.w, 5, 0, tsz);
                set_bits(cd.w, 7, 6, tg);
            }
            rig_set_cd(r, RIG_CD, cd);
            rig_forget(r);
            res = rig_go(r, SID, addr, "r");
            CHECK(res.outcome == SMMU3_ABORT);
            CHECK(rig_event(r, w));
            if (!CHECK_EQ(w[0] & 0xff, bad ? 0x0a : 0x10)) {
                g_test_message("half %u TxSZ %u TGx %u", half, tsz, tg);
            }
        }
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/cd/B.8/%s", rows[i].name);

        g_test_add_data_func(name, &rows[i], check_row);
    }
    g_test_add_func("/cd/B.8/epd", epd);
    g_test_add_func("/cd/B.8/epd0-in-el2", epd0_in_el2);
    g_test_add_func("/cd/B.6/fetch-abort", fetch_abort);
    g_test_add_func("/cd/B.6/fetch-abort-nested", fetch_abort_nested);
    g_test_add_func("/cd/B.2/s1contextptr", context_ptr);
    g_test_add_func("/cd/E.4/all-tsz", all_tsz);
    return g_test_run();
}
