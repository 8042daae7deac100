/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration cache and its invalidation (4.3, 3.21; C.3, F.2, F.5,
 * B.9): what may be stale, and which command makes it fresh.
 */
#include "rig.h"

/* A stream's STE is cached when a changed one is not seen. Streams are in
 * bypass; the change is to abort. */
static bool ste_cached(struct rig *r, uint32_t sid)
{
    struct smmu3_result res = rig_go(r, sid, 0x1000, "r");

    rig_drop_events(r);
    return res.outcome == SMMU3_OK;
}

/* Fills the STEs of SIDs 0..15, then makes them abort in memory. */
static struct rig *begin_stes(void)
{
    struct rig *r = rig_new();

    for (uint32_t sid = 0; sid < 16; sid++) {
        rig_set_ste(r, sid, ste_bypass());
        CHECK(ste_cached(r, sid));
        rig_set_ste(r, sid, ste_abort());
    }
    r->h.n_stale = 0;
    return r;
}

static uint32_t cached_stes(struct rig *r)
{
    uint32_t cached = 0;

    for (uint32_t sid = 0; sid < 16; sid++) {
        cached |= (uint32_t)ste_cached(r, sid) << sid;
    }
    return cached;
}

/* SIDs for which host.stale() was called, for all addresses. */
static uint32_t told_sids(struct rig *r)
{
    uint32_t told = 0;

    for (uint32_t sid = 0; sid < 16; sid++) {
        for (unsigned i = 0; i < r->h.n_stale; i++) {
            const struct smmu3_stale *s = &r->h.stale[i];

            if (sid >= s->sid_first && sid <= s->sid_last &&
                s->addr_first == 0 && s->addr_last == UINT64_MAX) {
                told |= 1u << sid;
            }
        }
    }
    return told;
}

/* Which STEs of SIDs 0..15 are still cached after the command. */
static const struct row {
    const char *name;
    struct cmd c;
    uint32_t cached;
} rows[] = {
    { "sync", { { 0x46, 0 } }, 0xffff },
    { "ste-5", { { 0x0000000500000003, 0 } }, 0xffdf },
    { "ste-5-leaf", { { 0x0000000500000003, 1 } }, 0xffdf },
    { "ste-0", { { 0x0000000000000003, 1 } }, 0xfffe },
    { "ste-out-of-range", { { 0xffffffff00000003, 1 } }, 0xffff },
    { "ste-other-high-bits", { { 0x0001000500000003, 1 } }, 0xffff },
    { "range-0", { { 0x0000000500000004, 0 } }, 0xffcf },
    { "range-1", { { 0x0000000600000004, 1 } }, 0xff0f },
    { "range-1-low-bits", { { 0x0000000b00000004, 1 } }, 0xf0ff },
    { "range-2", { { 0x0000000300000004, 2 } }, 0xff00 },
    { "range-3", { { 0x0000000f00000004, 3 } }, 0x0000 },
    { "range-30", { { 0x0000000000000004, 30 } }, 0x0000 },
    { "range-30-upper", { { 0x8000000000000004, 30 } }, 0xffff },
    { "all", { { 0x04, 31 } }, 0x0000 },
    { "all-sid-ignored", { { 0xffffffff00000004, 31 } }, 0x0000 },
    { "cd", { { 0x0000000500000005, 0 } }, 0xffff },
    { "cd-all", { { 0x0000000500000006, 0 } }, 0xffff },
    { "nsnh-all", { { 0x30, 0 } }, 0xffff },
};

static void check_row(gconstpointer data)
{
    const struct row *row = data;
    struct rig *r = begin_stes();

    rig_cmd(r, row->c);
    rig_sync(r);
    CHECK_EQ(~row->cached & 0xffff & ~told_sids(r), 0);
    CHECK_EQ(cached_stes(r), row->cached);
    rig_free(r);
}

/* CDs: streams 0 and 1 with a CD each; TTB0 moves. */
static struct rig *begin_cds(struct mapper *m)
{
    struct rig *r;
    struct smmu3_params p = rig_params();

    p.tlb_entries = 0;
    p.walk_cache_entries = 0;
    r = rig_new_with(&p);
    for (unsigned i = 0; i < 2; i++) {
        m[i] = map_s1(&r->h, RIG_TABLES + 0x100000 * i, 12, 25,
                      RIG_TABLES + 0x100000 * i + 0x1000);
        map_at(&m[i], 0x1000, 3, (0x30000000 + 0x1000 * i) | D_PAGE | D_S1ALL);
    }
    for (unsigned i = 0; i < 2; i++) {
        struct cd cd = cd_make(RIG_TABLES, 12, 25);

        set_bits(cd.w, 63, 48, 3 + i);
        rig_set_ste(r, i, ste_s1(RIG_CD + 64 * i));
        rig_set_cd(r, RIG_CD + 64 * i, cd);
        CHECK_OK(r, i, 0x1000, "r", 0x30000000);
        cd = cd_make(RIG_TABLES + 0x100000, 12, 25);
        set_bits(cd.w, 63, 48, 3 + i);
        rig_set_cd(r, RIG_CD + 64 * i, cd);
    }
    return r;
}

/* Which of the two CDs is still cached. */
static const struct row cd_rows[] = {
    { "sync", { { 0x46, 0 } }, 3 },
    { "cd-0", { { 0x0000000000000005, 0 } }, 2 },
    { "cd-0-leaf", { { 0x0000000000000005, 1 } }, 2 },
    { "cd-1", { { 0x0000000100000005, 1 } }, 1 },
    { "cd-all-1", { { 0x0000000100000006, 0 } }, 1 },
    { "cd-all-0", { { 0x0000000000000006, 0 } }, 2 },
    { "ste-0", { { 0x0000000000000003, 1 } }, 2 },
    { "ste-1", { { 0x0000000100000003, 0 } }, 1 },
    { "range-0", { { 0x0000000000000004, 0 } }, 0 },
    { "range-elsewhere", { { 0x0000000200000004, 0 } }, 3 },
    { "all", { { 0x04, 31 } }, 0 },
    { "nh-all", { { 0x0000000700000010, 0 } }, 3 },
    { "nsnh-all", { { 0x30, 0 } }, 3 },
};

static void check_cd_row(gconstpointer data)
{
    const struct row *row = data;
    struct mapper m[2];
    struct rig *r = begin_cds(m);

    rig_cmd(r, row->c);
    rig_sync(r);
    for (unsigned i = 0; i < 2; i++) {
        CHECK_OK(r, i, 0x1000, "r",
                 row->cached >> i & 1 ? 0x30000000 : 0x30001000);
    }
    rig_free(r);
}

/* F.2, J 51: also V = 0 and ILLEGAL ones are cached, until CFGI. */
static void invalid_is_cached(void)
{
    struct rig *r = rig_new();
    struct ste ste = ste_s1(RIG_CD);

    CHECK_ABORT(r, 4, 0x1000, "r", 0x0000000400000004, 0, 0, 0);
    rig_set_ste(r, 4, ste_bypass());
    CHECK_ABORT(r, 4, 0x1000, "r", 0x0000000400000004, 0, 0, 0);
    rig_cmd(r, cmd_cfgi_ste(4, true));
    rig_sync(r);
    CHECK_OK(r, 4, 0x1000, "r", 0x1000);

    set_bits(ste.w, 91, 91, 1); /* ILLEGAL */
    rig_set_ste(r, 5, ste);
    CHECK_ABORT(r, 5, 0x1000, "r", 0x0000000500000004, 0, 0, 0);
    rig_set_ste(r, 5, ste_s1(RIG_CD));
    CHECK_ABORT(r, 5, 0x1000, "r", 0x0000000500000004, 0, 0, 0);
    rig_cmd(r, cmd_cfgi_ste(5, true));
    rig_sync(r);
    CHECK_ABORT(r, 5, 0x1000, "r", 0x000000050000000a, 0, 0, 0);

    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    CHECK_ABORT(r, 5, 0x1000, "r", 0x000000050000000a, 0, 0, 0);
    rig_cmd(r, (struct cmd){ { 0x0000000500000005, 1 } });
    rig_sync(r);
    CHECK_ABORT(r, 5, 0x1000, "r", 0x0000000500000010, 0x0000020800000000,
                0x1000, 0);
    rig_free(r);
}

/* F.2: aborted fetches are not. Nor is a CD that stage 2 refused. */
static void failed_fetch_is_not(void)
{
    struct rig *r = rig_new();
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, 24, 1, 0x40010000);

    rig_set_ste(r, 4, ste_bypass());
    fake_hole(&r->h, RIG_STRTAB + 0x100, RIG_STRTAB + 0x13f);
    CHECK_ABORT(r, 4, 0x1000, "r", 0x0000000400000003, 0, 0,
                RIG_STRTAB + 0x100);
    fake_no_holes(&r->h);
    CHECK_OK(r, 4, 0x1000, "r", 0x1000);

    rig_set_ste(r, 5, ste_nested(RIG_CD, 0x40000000, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    CHECK_ABORT(r, 5, 0x1000, "r", 0x0000000500000010, 0x0000008800000000,
                0x1000, RIG_CD);
    map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    CHECK_ABORT(r, 5, 0x1000, "r", 0x0000000500000010, 0x0000018800000000,
                0x1000, RIG_TABLES);
    rig_free(r);
}

/* C_BAD_STREAMID is no cached result either: SIDs and spans. */
static void l1std(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 8u << 6 | 16);
    wr32(r, O_CR0, 0xd);
    CHECK_ABORT(r, 0x105, 0x1000, "r", 0x0000010500000002, 0, 0, 0);
    /* F.5: L1STD add: CFGI_STE, Leaf = 0. */
    mem_w64(&r->h, RIG_STRTAB + 8, 0x31000000 | 9);
    mem_w64(&r->h, 0x31000000 + 64 * 5, 0x9);
    rig_cmd(r, cmd_cfgi_ste(0x105, false));
    rig_sync(r);
    CHECK_OK(r, 0x105, 0x1000, "r", 0x1000);
    /* ... or a range. */
    mem_w64(&r->h, RIG_STRTAB + 8, 0x32000000 | 9);
    mem_w64(&r->h, 0x32000000 + 64 * 5, 0x1);
    rig_cmd(r, (struct cmd){ { 0x0000010000000004, 7 } });
    rig_sync(r);
    CHECK_QUIET(r, 0x105, 0x1000, "r", SMMU3_ABORT);
    rig_free(r);
}

/* F.2: an L1STD that has led to an STE is cached: Leaf = 1 keeps it, for all
 * StreamIDs of its array. */
static void l1std_cached(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 8u << 6 | 16);
    wr32(r, O_CR0, 0xd);
    mem_w64(&r->h, RIG_STRTAB + 8, 0x31000000 | 8); /* 128 STEs */
    mem_w64(&r->h, 0x31000000 + 64 * 5, 0x9);
    mem_w64(&r->h, 0x31000000 + 64 * 6, 0x9);
    CHECK_OK(r, 0x105, 0x1000, "r", 0x1000);
    /* Moved and grown: the new array has aborting STEs. */
    mem_w64(&r->h, RIG_STRTAB + 8, 0x32000000 | 9);
    mem_w64(&r->h, 0x32000000 + 64 * 5, 0x1);
    mem_w64(&r->h, 0x32000000 + 64 * 0x85, 0x9);
    rig_cmd(r, cmd_cfgi_ste(0x105, true));
    rig_cmd(r, cmd_cfgi_ste(0x205, false)); /* another L1STD */
    rig_sync(r);
    CHECK_OK(r, 0x105, 0x1000, "r", 0x1000);
    CHECK_OK(r, 0x106, 0x1000, "r", 0x1000);
    CHECK_ABORT(r, 0x185, 0x1000, "r", 0x0000018500000002, 0, 0, 0);
    rig_cmd(r, cmd_cfgi_ste(0x1ff, false)); /* of the same L1STD */
    rig_cmd(r, cmd_cfgi_ste(0x105, true));
    rig_sync(r);
    CHECK_QUIET(r, 0x105, 0x1000, "r", SMMU3_ABORT);
    CHECK_OK(r, 0x185, 0x1000, "r", 0x1000);
    CHECK_OK(r, 0x106, 0x1000, "r", 0x1000); /* its STE is cached */
    rig_free(r);
}

/* F.2: an L1STD that leads to no STE is read again, without any CFGI. */
static void l1std_not_cached(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 8u << 6 | 16);
    wr32(r, O_CR0, 0xd);
    mem_w64(&r->h, RIG_STRTAB + 8, 0x31000000 | 3); /* 4 STEs */
    mem_w64(&r->h, 0x32000000 + 64 * 5, 0x9);
    CHECK_ABORT(r, 0x105, 0x1000, "r", 0x0000010500000002, 0, 0, 0);
    mem_w64(&r->h, RIG_STRTAB + 8, 0);
    CHECK_ABORT(r, 0x101, 0x1000, "r", 0x0000010100000002, 0, 0, 0);
    mem_w64(&r->h, RIG_STRTAB + 8, 0x32000000 | 9);
    CHECK_OK(r, 0x105, 0x1000, "r", 0x1000);
    rig_free(r);
}

/* F.5: bypass to translating and back by CFGI alone; no TLBI. */
static void switch_config(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    map_at(&m, 0x1000, 3, 0x30000000 | D_PAGE | D_S1ALL);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    for (unsigned i = 0; i < 3; i++) {
        rig_set_ste(r, 4, ste_s1(RIG_CD));
        rig_cmd(r, cmd_cfgi_ste(4, true));
        rig_sync(r);
        CHECK_OK(r, 4, 0x1000, "r", 0x30000000);
        rig_set_ste(r, 4, ste_bypass());
        rig_cmd(r, cmd_cfgi_ste(4, true));
        rig_sync(r);
        CHECK_OK(r, 4, 0x1000, "r", 0x1000);
    }
    rig_free(r);
}

/* C.3: CFGI does not remove translations. */
static void tlb_stays(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    map_at(&m, 0x1000, 3, 0x30000000 | D_PAGE | D_S1ALL);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    rig_set_ste(r, 4, ste_s1(RIG_CD));
    CHECK_OK(r, 4, 0x1000, "r", 0x30000000);
    map_at(&m, 0x1000, 3, 0x31000000 | D_PAGE | D_S1ALL);
    rig_cmd(r, (struct cmd){ { 0x04, 31 } });
    rig_sync(r);
    CHECK_OK(r, 4, 0x1000, "r", 0x30000000);
    rig_free(r);
}

/* A size of 0: every transaction fetches. */
static void off(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;
    struct smmu3_stats st;

    p.config_cache_entries = 0;
    r = rig_new_with(&p);
    rig_set_ste(r, 4, ste_bypass());
    CHECK_OK(r, 4, 0x1000, "r", 0x1000);
    rig_set_ste(r, 4, ste_abort());
    CHECK_QUIET(r, 4, 0x1000, "r", SMMU3_ABORT);
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.config_hits, 0);
    CHECK_EQ(st.config_misses, 2);
    CHECK_EQ(r->h.reads, 2);
    rig_free(r);
}

/* Bounded, with real replacement. */
static void replacement(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;
    unsigned kept = 0;

    p.config_cache_entries = 16;
    r = rig_new_with(&p);
    for (uint32_t sid = 0; sid < 17; sid++) {
        rig_set_ste(r, sid, ste_bypass());
        CHECK(ste_cached(r, sid));
        rig_set_ste(r, sid, ste_abort());
    }
    for (uint32_t sid = 17; sid-- > 0;) {
        kept += ste_cached(r, sid);
    }
    CHECK(kept <= 16);
    CHECK(kept >= 8);
    rig_free(r);

    p.config_cache_entries = 1;
    r = rig_new_with(&p);
    rig_set_ste(r, 1, ste_bypass());
    rig_set_ste(r, 2, ste_bypass());
    for (unsigned i = 0; i < 8; i++) {
        CHECK_OK(r, 1 + i % 2, 0x1000, "r", 0x1000);
    }
    rig_free(r);
}

/* smmu3_reset() empties it. */
static void reset(void)
{
    struct rig *r = begin_stes();

    CHECK_EQ(cached_stes(r), 0xffff);
    smmu3_reset(r->s);
    rig_enable(r);
    CHECK_EQ(cached_stes(r), 0);
    rig_free(r);
}

/* Hits and misses. */
static void counted(void)
{
    struct rig *r = rig_new();
    struct smmu3_stats st;

    rig_set_ste(r, 4, ste_bypass());
    CHECK_OK(r, 4, 0x1000, "r", 0x1000);
    CHECK_OK(r, 4, 0x1000, "r", 0x1000);
    CHECK_OK(r, 4, 0x1000, "r", 0x1000);
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.config_hits, 2);
    CHECK_EQ(st.config_misses, 1);
    CHECK_EQ(st.bypassed, 3);
    CHECK_EQ(st.transactions, 3);
    rig_free(r);
}

/* Whoever holds results is told also when the whole SMMU changes its ways. */
static void told_of_smmuen(void)
{
    struct rig *r = begin_stes();

    wr32(r, O_CR0, 0xc);
    CHECK_EQ(told_sids(r), 0xffff);
    r->h.n_stale = 0;
    wr32(r, O_GBPA, 0x80101000);
    CHECK_EQ(told_sids(r), 0xffff);
    r->h.n_stale = 0;
    wr32(r, O_CR0, 0xd);
    CHECK_EQ(told_sids(r), 0xffff);
    r->h.n_stale = 0;
    smmu3_reset(r->s);
    CHECK_EQ(told_sids(r), 0xffff);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name =
            g_strdup_printf("/cfgi/C.3/ste/%s", rows[i].name);

        g_test_add_data_func(name, &rows[i], check_row);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(cd_rows); i++) {
        g_autofree char *name =
            g_strdup_printf("/cfgi/C.3/cd/%s", cd_rows[i].name);

        g_test_add_data_func(name, &cd_rows[i], check_cd_row);
    }
    g_test_add_func("/cfgi/F.2/invalid-is-cached", invalid_is_cached);
    g_test_add_func("/cfgi/F.2/failed-fetch-is-not", failed_fetch_is_not);
    g_test_add_func("/cfgi/F.5/l1std", l1std);
    g_test_add_func("/cfgi/F.2/l1std-cached", l1std_cached);
    g_test_add_func("/cfgi/F.2/l1std-not-cached", l1std_not_cached);
    g_test_add_func("/cfgi/F.5/switch-config", switch_config);
    g_test_add_func("/cfgi/C.3/tlb-stays", tlb_stays);
    g_test_add_func("/cfgi/off", off);
    g_test_add_func("/cfgi/replacement", replacement);
    g_test_add_func("/cfgi/reset", reset);
    g_test_add_func("/cfgi/counted", counted);
    g_test_add_func("/cfgi/told-of-smmuen", told_of_smmuen);
    return g_test_run();
}
