/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which faults stall, what is recorded, and what the stall model makes ILLEGAL
 * (3.12, 5.5; B.5, B.8, D.5).
 */
#include "stall-rig.h"

/* D.5: CD.S = 1: each of the four faults, whatever A and R say; all 32 bytes.
 */
static void s1_faults(void)
{
    static const uint64_t leaf[4] = {
        0,                                 /* F_TRANSLATION */
        0x800000000000 | D_PAGE | D_S1ALL, /* F_ADDR_SIZE with IPS 44 */
        0x30000000 | D_PAGE | D_EL0,       /* F_ACCESS */
        0x30000000 | D_PAGE | D_AF,        /* F_PERMISSION */
    };

    for (unsigned n = 0; n < 16; n++) {
        struct rig *r = stall_rig(0, 3);
        struct cd cd = stall_cd_words(SID_S1);
        struct smmu3_stall st = { 0 };
        uint64_t w[4];

        set_bits(cd.w, 34, 32, 4);
        set_bits(cd.w, 46, 45, n & 3); /* A, R */
        rig_set_cd(r, RIG_CD, cd);
        stall_map(r, SID_S1, VA, 0, leaf[n >> 2]);
        CHECK_EQ(stall_go(r, &st, SID_S1, VA + 0x128, "w"), SMMU3_STALLED);
        CHECK(rig_event(r, w));
        CHECK_EQ(w[0], 0x0000004200000010 + (n >> 2));
        CHECK_EQ(w[1] & ~(UINT64_C(1) << 44), 0x0000020080000001);
        CHECK_EQ(w[2], VA + 0x128);
        CHECK_EQ(w[3], 0);
        CHECK_EQ(rig_drop_events(r), 0);
        CHECK_NONE_DONE(r);
        rig_free(r);
    }
}

/* D.5: STE.S2S = 1, whatever S2R says: alone, and for each purpose of a nested
 * stage 2 (CLASS CD, TT, IN), whatever CD.S says. */
static void s2_faults(void)
{
    static const struct {
        uint32_t sid;
        uint64_t ipa, w1;
    } rows[] = {
        { SID_S2, VA, 0x0000028880000001 },
        { SID_NESTED, RIG_CD + 0xc0, 0x0000008880000001 },
        { SID_NESTED, 0x20600000, 0x0000018880000001 },
        { SID_NESTED, PAGE_PA, 0x0000028880000001 },
    };

    for (unsigned n = 0; n < 16; n++) {
        uint32_t sid = rows[n >> 2].sid;
        struct rig *r = stall_rig(0, 3);
        struct ste ste = stall_ste(sid);
        struct cd cd = stall_cd_words(sid);
        struct smmu3_stall st = { 0 };
        struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, 0);
        uint64_t w[4];

        set_bits(ste.w, 186, 186, n & 1);
        set_bits(cd.w, 44, 44, n >> 1 & 1);
        rig_set_ste(r, sid, ste);
        rig_set_cd(r, stall_cd(sid), cd);
        stall_map(r, sid, VA, PAGE_PA,
                  D_PAGE | (sid == SID_S2 ? D_S2ALL : D_S1ALL));
        map_put(
            &m2,
            map_find(&m2, rows[n >> 2].ipa, n >> 2 == 1 || n >> 2 == 2 ? 2 : 3),
            0);
        CHECK_EQ(stall_go(r, &st, sid, VA, "r"), SMMU3_STALLED);
        CHECK(rig_event(r, w));
        CHECK_EQ(w[0], (uint64_t)sid << 32 | 0x10);
        CHECK_EQ(w[1], rows[n >> 2].w1);
        CHECK_EQ(w[2], VA);
        CHECK_EQ(w[3], rows[n >> 2].ipa & ~UINT64_C(0xfff));
        CHECK_EQ(rig_drop_events(r), 0);
        rig_free(r);
    }
}

/* 3.12.5: each stage goes by its own bits. */
static void combinations(void)
{
    for (unsigned n = 0; n < 8; n++) {
        bool s1 = n & 1, s2 = n & 2, at_s1 = n & 4;
        struct rig *r = stall_rig(0, 3);
        struct ste ste = stall_ste(SID_NESTED);
        struct cd cd = stall_cd_words(SID_NESTED);
        struct smmu3_stall st = { 0 };
        bool stall = at_s1 ? s1 : s2;
        uint64_t w[4];

        set_bits(cd.w, 44, 44, s1);
        set_bits(ste.w, 185, 185, s2);
        rig_set_ste(r, SID_NESTED, ste);
        rig_set_cd(r, stall_cd(SID_NESTED), cd);
        if (!at_s1) {
            struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, 0);

            stall_map(r, SID_NESTED, VA, PAGE_PA, D_PAGE | D_S1ALL);
            map_put(&m2, map_find(&m2, PAGE_PA, 3), 0);
        }
        CHECK_EQ(stall_go(r, &st, SID_NESTED, VA, "r"),
                 stall ? SMMU3_STALLED : SMMU3_ABORT);
        CHECK(rig_event(r, w));
        CHECK_EQ(w[1] & 0xffffffff, stall ? 0x80000001 : 0);
        CHECK_EQ(w[1] >> 39 & 1, !at_s1);
        CHECK_EQ(rig_drop_events(r), 0);
        rig_free(r);
    }
}

/* D.5: external aborts and configuration errors end at once, and so does an
 * address that bypasses stage 1 and is too large. */
static void others_terminate(void)
{
    struct rig *r = stall_rig(0, 3);
    struct smmu3_stall st = { 0 };
    struct ste ste = stall_ste(SID_S1);
    struct cd cd = stall_cd_words(SID_S1);
    uint64_t w[4];

    fake_hole(&r->h, RIG_TABLES, RIG_TABLES + 0xfff);
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_ABORT);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x000000420000000b);
    CHECK_EQ(w[1], 0x0000010800000000);
    fake_no_holes(&r->h);
    CHECK_EQ(stall_go(r, &st, SID_S2, UINT64_C(1) << 60, "r"), SMMU3_ABORT);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000004400000011);
    CHECK_EQ(w[1], 0x0000020800000000);
    set_bits(cd.w, 31, 31, 0);
    rig_set_cd(r, RIG_CD, cd);
    rig_forget(r);
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_ABORT);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x000000420000000a);
    set_bits(ste.w, 0, 0, 0);
    rig_set_ste(r, SID_S1, ste);
    rig_forget(r);
    CHECK_EQ(stall_go(r, &st, SID_S1, VA, "r"), SMMU3_ABORT);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000004200000004);
    CHECK_EQ(rig_drop_events(r), 0);
    CHECK(!smmu3_stall_cancel(r->s, &st));
    rig_free(r);
}

/* D.5: a client that cannot wait: an abort and a record with Stall = 0, even
 * where A and R, or S2R, would have it otherwise (3.12). */
static void cannot_wait(void)
{
    for (unsigned n = 0; n < 4; n++) {
        struct rig *r = stall_rig(n & 2 ? 2 : 0, 3);
        struct cd cd = stall_cd_words(SID_S1);
        struct ste ste = stall_ste(SID_S2);

        set_bits(cd.w, 46, 45, n & 1 ? 3 : 0);
        set_bits(ste.w, 186, 186, n & 1);
        rig_set_cd(r, RIG_CD, cd);
        rig_set_ste(r, SID_S2, ste);
        CHECK_ABORT(r, SID_S1, VA, "r", 0x0000004200000010, 0x0000020800000000,
                    VA, 0);
        CHECK_ABORT(r, SID_S2, VA, "w", 0x0000004400000010, 0x0000028000000000,
                    VA, VA);
        rig_free(r);
    }
}

/* Neither a second look nor a probe waits, or takes a STAG. */
static void silent_and_probe(void)
{
    struct rig *r = stall_rig(0, 1);
    struct smmu3_stall st = { 0 };
    struct smmu3_txn t = rig_txn(SID_S1, VA, "r");
    struct smmu3_result res;

    t.stall = &st;
    t.silent = true;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_ABORT);
    t.silent = false;
    t.probe = true;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_ABORT);
    CHECK_EQ(rig_drop_events(r), 0);
    CHECK_STALL(r, &st, SID_S1, VA, "r", 1);
    rig_free(r);
}

/* The record says which access it was, and what STAG: atomics are writes. */
static void record_fields(void)
{
    struct rig *r = stall_rig(0, 8);
    struct smmu3_stall st[5] = { 0 };
    static const struct {
        const char *how;
        uint64_t w1;
    } rows[5] = {
        { "r", 0x0000020880000001 },  { "w", 0x0000020080000002 },
        { "xp", 0x0000020e80000003 }, { "wp", 0x0000020280000004 },
        { "m", 0x0000020080000005 },
    };
    uint64_t w[4];

    for (unsigned i = 0; i < 5; i++) {
        uint64_t va = VA + 0x1000 * (uint64_t)i;

        CHECK_EQ(stall_go(r, &st[i], SID_S1, va, rows[i].how), SMMU3_STALLED);
        CHECK(rig_event(r, w));
        CHECK_EQ(w[0], 0x0000004200000010);
        CHECK_EQ(w[1], rows[i].w1);
        CHECK_EQ(w[2], va);
    }
    rig_free(r);
}

/* What the models make of S1STALLD, S and S2S (B.5 10, 16; B.8 2, 4), by model:
 * good, C_BAD_STE, C_BAD_CD. */
static const struct {
    const char *name;
    unsigned config, s1stalld, s, s2s;
    const char *verdict;
} rows[] = {
    { "B.5/10-s1stalld", 5, 1, 0, 0, "gSS" },
    { "B.5/10-s1stalld-nested", 7, 1, 0, 1, "gSS" },
    { "B.5/10-s1stalld-ignored-stage-2", 6, 1, 0, 1, "gSg" },
    { "B.5/16-s2s", 6, 0, 0, 1, "gSg" },
    { "B.5/16-s2s-nested", 7, 0, 1, 1, "gSg" },
    { "B.5/16-s2s-0", 6, 0, 0, 0, "ggS" },
    { "B.5/16-s2s-0-nested", 7, 0, 1, 0, "gCS" },
    { "B.5/16-s2s-ignored-stage-1", 5, 0, 0, 1, "ggC" },
    { "B.8/02-s1stalld-and-s", 5, 1, 1, 0, "CSS" },
    { "B.8/04-s", 5, 0, 1, 0, "gCg" },
    { "B.8/04-s-0", 5, 0, 0, 0, "ggC" },
    { "B.8/04-s-0-nested", 7, 0, 0, 1, "gSC" },
};

static void illegal(const void *data)
{
    unsigned n = GPOINTER_TO_UINT(data);
    uint32_t sid = rows[n].config == 5   ? SID_S1
                   : rows[n].config == 6 ? SID_S2
                                         : SID_NESTED;

    for (unsigned model = 0; model < 3; model++) {
        struct rig *r = stall_rig(model, model == 1 ? 0 : 3);
        struct ste ste = stall_ste(sid);
        struct cd cd = stall_cd_words(sid);
        char verdict = rows[n].verdict[model];
        uint64_t w[4];

        set_bits(ste.w, 91, 91, rows[n].s1stalld);
        set_bits(ste.w, 185, 185, rows[n].s2s);
        set_bits(cd.w, 44, 44, rows[n].s);
        rig_set_ste(r, sid, ste);
        rig_set_cd(r, stall_cd(sid), cd);
        stall_map(r, sid, VA, PAGE_PA,
                  D_PAGE | (sid == SID_S2 ? D_S2ALL : D_S1ALL));
        if (verdict == 'g') {
            CHECK_OK(r, sid, VA, "r", PAGE_PA);
        } else {
            CHECK_EQ(rig_go(r, sid, VA, "r").outcome, SMMU3_ABORT);
            CHECK(rig_event(r, w));
            CHECK_EQ(w[0],
                     (uint64_t)sid << 32 | (verdict == 'S' ? 0x04 : 0x0a));
        }
        CHECK_EQ(rig_drop_events(r), 0);
        rig_free(r);
    }
}

/* A.4, A.7 */
static void id_registers(void)
{
    struct rig *r = stall_rig(0, 3);

    CHECK_EQ(rd32(r, O_IDR0) >> 24 & 3, 0);
    CHECK_EQ(rd32(r, O_IDR5) >> 16, 3);
    rig_free(r);
    r = stall_rig(2, 0xffff);
    CHECK_EQ(rd32(r, O_IDR0) >> 24 & 3, 2);
    CHECK_EQ(rd32(r, O_IDR5) >> 16, 0xffff);
    rig_free(r);
    r = stall_rig(1, 3);
    CHECK_EQ(rd32(r, O_IDR0) >> 24 & 3, 1);
    CHECK_EQ(rd32(r, O_IDR5) >> 16, 0);
    rig_free(r);
}

/* C.2: legal unless the model is 1; SSec is for the Secure queue. */
static void commands(void)
{
    for (unsigned model = 0; model < 3; model++) {
        struct rig *r = stall_rig(model, model == 1 ? 0 : 3);

        CHECK_EQ(rig_cmd_ill(r, cmd_resume(SID_S1, 1, true, false)),
                 model == 1);
        CHECK_EQ(rig_cmd_ill(r, cmd_stall_term(SID_S1)), model == 1);
        CHECK(rig_cmd_ill(r, (struct cmd){ { 0x444, 1 } }));
        CHECK(rig_cmd_ill(r, (struct cmd){ { 0x445, 0 } }));
        rig_free(r);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/stall/D.5/stage-1-faults", s1_faults);
    g_test_add_func("/stall/D.5/stage-2-faults", s2_faults);
    g_test_add_func("/stall/D.5/combinations", combinations);
    g_test_add_func("/stall/D.5/others-terminate", others_terminate);
    g_test_add_func("/stall/D.5/cannot-wait", cannot_wait);
    g_test_add_func("/stall/silent-and-probe", silent_and_probe);
    g_test_add_func("/stall/D.1/record-fields", record_fields);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/stall/%s", rows[i].name);

        g_test_add_data_func(name, GUINT_TO_POINTER(i), illegal);
    }
    g_test_add_func("/stall/A.4/id-registers", id_registers);
    g_test_add_func("/stall/C.2/commands", commands);
    return g_test_run();
}
