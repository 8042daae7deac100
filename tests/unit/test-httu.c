/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware updates of translation tables: Access flag and dirty state (3.13;
 * E.8, E.11), with what stands against them and what may go wrong.
 */
#include "rig.h"
#include "secure-rig.h"

#define SID 9u
#define TTB UINT64_C(0x20000000)
#define NEXT UINT64_C(0x20100000)
#define TTB2 UINT64_C(0x40000000)
#define NEXT2 UINT64_C(0x40100000)
#define PAGE UINT64_C(0x5000)
#define VA UINT64_C(0x1234)

static struct smmu3_params httu_params(unsigned level)
{
    struct smmu3_params p = rig_params();

    p.f.httu = (uint8_t)level;
    return p;
}

/* Stage 1 alone with this leaf at VA; gives the leaf's address. */
static uint64_t stage1(struct rig *r, bool ha, bool hd, uint64_t leaf)
{
    struct mapper m = map_s1(&r->h, TTB, 12, 25, NEXT);
    struct cd cd = cd_make(TTB, 12, 25);
    uint64_t at = map_at(&m, VA, 3, PAGE | D_PAGE | leaf);

    set_bits(cd.w, 43, 43, ha);
    set_bits(cd.w, 42, 42, hd);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    rig_forget(r);
    return at;
}

static uint64_t stage2(struct rig *r, bool ha, bool hd, uint64_t leaf)
{
    struct mapper m2 = map_s2(&r->h, TTB2, 12, 24, 1, NEXT2);
    struct ste ste = ste_s2(TTB2, 12, 24, 1);

    set_bits(ste.w, 184, 184, ha);
    set_bits(ste.w, 183, 183, hd);
    rig_set_ste(r, SID, ste);
    rig_forget(r);
    return map_at(&m2, VA, 3, PAGE | D_PAGE | leaf);
}

static void id_register(void)
{
    for (unsigned level = 0; level <= 2; level++) {
        struct smmu3_params p = httu_params(level);
        struct rig *r = rig_new_raw(&p);

        CHECK_EQ(rd32(r, O_IDR0) >> 6 & 3, level);
        rig_free(r);
    }
}

/* B.5 row 18, B.8 row 8. */
static void illegal(void)
{
    for (unsigned level = 0; level <= 2; level++) {
        for (unsigned bits = 0; bits < 4; bits++) {
            bool ha = bits & 1, hd = bits & 2;
            bool good = (!ha || level >= 1) && (!hd || level == 2);
            struct smmu3_params p = httu_params(level);
            struct rig *r = rig_new_with(&p);
            uint64_t w[4] = { 0 };

            stage1(r, ha, hd, D_S1ALL);
            rig_go(r, SID, VA, "r");
            CHECK_EQ(rig_event(r, w), !good);
            CHECK(good || (w[0] & 0xff) == 0x0a);
            stage2(r, ha, hd, D_S2ALL);
            rig_go(r, SID, VA, "r");
            CHECK_EQ(rig_event(r, w), !good);
            CHECK(good || (w[0] & 0xff) == 0x04);
            rig_free(r);
        }
    }
}

/* What becomes of a leaf: event (0: none), and the bits of the descriptor that
 * change. Access 10, dirty 7. */
static const struct row {
    bool ha, hd, af, dbm, writable;
    char how;
    unsigned event;
    bool sets_af, makes_dirty;
} rows[] = {
    /* no updates */
    { 0, 0, 0, 1, 1, 'r', 0x12, 0, 0 },
    { 0, 0, 1, 1, 0, 'w', 0x13, 0, 0 },
    { 0, 0, 1, 1, 1, 'w', 0, 0, 0 },
    /* HD alone acts as neither */
    { 0, 1, 0, 1, 1, 'r', 0x12, 0, 0 },
    { 0, 1, 1, 1, 0, 'w', 0x13, 0, 0 },
    /* the Access flag */
    { 1, 0, 0, 0, 1, 'r', 0, 1, 0 },
    { 1, 0, 0, 0, 1, 'w', 0, 1, 0 },
    { 1, 0, 0, 0, 1, 'x', 0, 1, 0 },
    { 1, 0, 1, 1, 1, 'r', 0, 0, 0 },
    { 1, 0, 0, 1, 0, 'r', 0, 1, 0 },
    { 1, 0, 1, 1, 0, 'w', 0x13, 0, 0 },
    { 1, 0, 0, 1, 0, 'w', 0x13, 0, 0 },
    /* and dirty state */
    { 1, 1, 0, 1, 0, 'r', 0, 1, 0 },
    { 1, 1, 1, 1, 0, 'r', 0, 0, 0 },
    { 1, 1, 1, 1, 0, 'w', 0, 0, 1 },
    { 1, 1, 0, 1, 0, 'w', 0, 1, 1 },
    { 1, 1, 1, 1, 0, 'm', 0, 0, 1 },
    { 1, 1, 1, 1, 1, 'w', 0, 0, 0 },
    { 1, 1, 0, 1, 1, 'w', 0, 1, 0 },
    { 1, 1, 1, 0, 1, 'w', 0, 0, 0 },
    { 1, 1, 1, 0, 0, 'w', 0x13, 0, 0 },
    { 1, 1, 0, 0, 0, 'w', 0x13, 0, 0 },
    { 1, 1, 0, 0, 0, 'r', 0, 1, 0 },
};

static void check_row(const struct row *row, bool s2, bool caches)
{
    struct smmu3_params p = httu_params(2);
    uint64_t leaf = (row->af ? D_AF : 0) | (row->dbm ? D_DBM : 0), at, before;
    const char how[2] = { row->how, 0 };
    struct rig *r;
    uint64_t want, w1;

    if (!caches) {
        rig_drop_caches(&p);
    }
    r = rig_new_with(&p);
    if (s2) {
        at = stage2(r, row->ha, row->hd,
                    leaf | D_S2R | D_S2WB | (row->writable ? D_S2W : 0));
    } else {
        at = stage1(r, row->ha, row->hd,
                    leaf | D_EL0 | D_NG | (row->writable ? 0 : D_RO));
    }
    before = mem_r64(&r->h, at);
    want = before | (row->sets_af ? 0x400 : 0);
    if (row->makes_dirty) {
        want = s2 ? want | 0x80 : want & ~UINT64_C(0x80);
    }
    for (unsigned pass = 0; pass < 3; pass++) {
        bool ok;

        if (row->event) {
            w1 = (s2 ? UINT64_C(0x28000000000) : UINT64_C(0x20000000000)) |
                 (row->how == 'r' ? UINT64_C(0x800000000) : 0);
            ok =
                CHECK_ABORT(r, SID, VA, how, UINT64_C(0x900000000) | row->event,
                            w1, VA, s2 ? VA & ~UINT64_C(0xfff) : 0);
        } else {
            ok = CHECK_OK(r, SID, VA, how, PAGE | (VA & 0xfff));
        }
        ok = CHECK_EQ(mem_r64(&r->h, at), want) && ok;
        ok = CHECK_EQ(r->h.swaps, row->sets_af || row->makes_dirty) && ok;
        if (!ok) {
            g_test_message("row %u stage %u caches %u pass %u",
                           (unsigned)(row - rows), s2 + 1, caches, pass);
        }
    }
    rig_free(r);
}

static void table(gconstpointer data)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_row(&rows[i], GPOINTER_TO_UINT(data), false);
        check_row(&rows[i], GPOINTER_TO_UINT(data), true);
    }
}

/* E.6: AFFD is ignored where HA is set. */
static void affd(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    uint64_t at = stage1(r, true, false, D_EL0 | D_NG);
    uint64_t cd = mem_r64(&r->h, RIG_CD), ste;

    mem_w64(&r->h, RIG_CD, cd | UINT64_C(1) << 35);
    rig_forget(r);
    CHECK_OK(r, SID, VA, "r", 0x5234);
    CHECK_EQ(mem_r64(&r->h, at) & 0x400, 0x400);
    at = stage2(r, true, false, D_S2R | D_S2WB);
    ste = mem_r64(&r->h, RIG_STRTAB + 64 * SID + 16);
    mem_w64(&r->h, RIG_STRTAB + 64 * SID + 16, ste | UINT64_C(1) << 53);
    rig_forget(r);
    CHECK_OK(r, SID, VA, "r", 0x5234);
    CHECK_EQ(mem_r64(&r->h, at) & 0x400, 0x400);
    rig_free(r);
}

/* E.11: only if read-only is the sole obstacle. The descriptor stays. */
static void other_obstacles(void)
{
    static const struct {
        uint64_t leaf, table;
        bool pan;
        const char *how;
        uint64_t dw1;
    } cases[] = {
        { D_RO | D_DBM, 0, false, "w", 0x0000020000000000 },
        { D_RO | D_DBM | D_EL0, UINT64_C(1) << 62, false, "w",
          0x0000020000000000 },
        { D_RO | D_DBM | D_EL0, UINT64_C(1) << 61, false, "w",
          0x0000020000000000 },
        { D_RO | D_DBM | D_EL0, 0, true, "wp", 0x0000020200000000 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct smmu3_params p = httu_params(2);
        struct rig *r = rig_new_with(&p);
        uint64_t at = stage1(r, true, true, cases[i].leaf | D_AF | D_NG);
        struct mapper m = map_s1(&r->h, TTB, 12, 25, NEXT);
        uint64_t above = map_find(&m, VA, 2), before = mem_r64(&r->h, at);

        mem_w64(&r->h, above, mem_r64(&r->h, above) | cases[i].table);
        mem_w64(&r->h, RIG_CD,
                mem_r64(&r->h, RIG_CD) | (uint64_t)cases[i].pan << 40);
        CHECK_ABORT(r, SID, VA, cases[i].how, 0x0000000900000013, cases[i].dw1,
                    VA, 0);
        CHECK_EQ(mem_r64(&r->h, at), before);
        CHECK_EQ(r->h.swaps, 0);
        rig_free(r);
    }
}

/* J 79: writable-clean counts as writable for WXN, and what EL0 can write EL1
 * cannot execute. */
static void clean_is_writable(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);

    stage1(r, true, true, D_S1ALL | D_RO | D_DBM);
    CHECK_ABORT(r, SID, VA, "xp", 0x0000000900000013, 0x0000020e00000000, VA,
                0);
    CHECK_OK(r, SID, VA, "x", 0x5234);
    mem_w64(&r->h, RIG_CD,
            mem_r64(&r->h, RIG_CD) | UINT64_C(1) << 36); /* WXN */
    rig_forget(r);
    CHECK_ABORT(r, SID, VA, "x", 0x0000000900000013, 0x0000020c00000000, VA, 0);
    /* Without HD it is read-only, and may be executed. */
    mem_w64(&r->h, RIG_CD, mem_r64(&r->h, RIG_CD) & ~(UINT64_C(1) << 42));
    rig_forget(r);
    CHECK_OK(r, SID, VA, "x", 0x5234);
    CHECK_OK(r, SID, VA, "xp", 0x5234);
    rig_free(r);
}

/* An entry that a read cached lets no write go by; the next write takes the
 * entry; what a result grants is what needs no update. */
static void tlb(gconstpointer data)
{
    bool s2 = GPOINTER_TO_UINT(data);
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    uint64_t at = s2 ? stage2(r, true, true, D_S2R | D_S2WB | D_AF | D_DBM)
                     : stage1(r, true, true, D_S1ALL | D_RO | D_DBM);
    uint64_t clean = mem_r64(&r->h, at);
    struct smmu3_stats before, after;

    CHECK_EQ(rig_go(r, SID, VA, "r").perm, 5);
    CHECK_EQ(rig_go(r, SID, VA, "r").perm, 5);
    CHECK_EQ(mem_r64(&r->h, at), clean);
    CHECK_EQ(rig_go(r, SID, VA, "w").perm, 7);
    CHECK_EQ(mem_r64(&r->h, at), clean ^ 0x80);
    smmu3_get_stats(r->s, &before);
    CHECK_EQ(rig_go(r, SID, VA, "w").perm, 7);
    CHECK_EQ(rig_go(r, SID, VA, "r").perm, 7);
    smmu3_get_stats(r->s, &after);
    CHECK_EQ(after.walks, before.walks);
    /* Software cleans the page; until it invalidates, the entry stands. */
    mem_w64(&r->h, at, clean);
    CHECK_OK(r, SID, VA, "w", 0x5234);
    CHECK_EQ(mem_r64(&r->h, at), clean);
    rig_cmd(r,
            s2 ? cmd_tlbi(0x2a, 7, 0, 0x1000) : cmd_tlbi(0x12, 7, 3, 0x1000));
    rig_sync(r);
    CHECK_OK(r, SID, VA, "w", 0x5234);
    CHECK_EQ(mem_r64(&r->h, at), clean ^ 0x80);
    CHECK_EQ(r->h.swaps, 2);
    rig_free(r);
}

/* A nested stream with 25 bits over 40: where its descriptors lie. */
struct nest {
    uint64_t leaf;     /* stage 1's, PA */
    uint64_t leaf_ipa; /* ... and IPA */
    uint64_t s2_table; /* stage 2's leaf for the page of that */
    uint64_t s2_page;  /* stage 2's leaf for the output */
    uint64_t s2_cd;    /* and for the CD */
};

#define S2_ATTRS (D_S2R | D_S2WB | D_AF)

static struct nest nested(struct rig *r, bool s2hd, uint64_t leaf,
                          uint64_t s2_table, uint64_t s2_page)
{
    struct mapper m = map_s1(&r->h, TTB, 12, 25, NEXT);
    struct mapper m2 = map_s2(&r->h, TTB2, 12, 24, 1, NEXT2);
    struct cd cd = cd_make(TTB, 12, 25);
    struct ste ste = ste_nested(RIG_CD, TTB2, 12, 24, 1);
    struct nest n;

    n.leaf = map_at(&m, VA, 3, PAGE | D_PAGE | leaf);
    n.leaf_ipa = n.leaf;
    for (uint64_t a = TTB; a < m.next; a += 0x1000) {
        if (a == TTB + 0x1000) {
            a = NEXT;
        }
        map_at(&m2, a, 3, a | D_PAGE | S2_ATTRS | D_S2W);
    }
    n.s2_table =
        map_at(&m2, n.leaf, 3, (n.leaf & ~UINT64_C(0xfff)) | D_PAGE | s2_table);
    n.s2_page = map_at(&m2, PAGE, 3, 0x77000 | D_PAGE | s2_page);
    n.s2_cd =
        map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | (S2_ATTRS & ~D_AF) | D_DBM);
    set_bits(cd.w, 43, 42, 3);
    rig_set_cd(r, RIG_CD, cd);
    set_bits(ste.w, 184, 184, 1);
    set_bits(ste.w, 183, 183, s2hd);
    rig_set_ste(r, SID, ste);
    rig_forget(r);
    return n;
}

static bool dirty_s2(struct rig *r, uint64_t at)
{
    return mem_r64(&r->h, at) & 0x80;
}

/* E.11: one write, and four descriptors change; the CD's is accessed and not
 * dirty. */
static void nested_all(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    struct nest n =
        nested(r, true, D_EL0 | D_NG | D_RO | D_DBM, (S2_ATTRS & ~D_AF) | D_DBM,
               (S2_ATTRS & ~D_AF) | D_DBM);

    CHECK_OK(r, SID, VA, "r", 0x77234);
    CHECK_EQ(mem_r64(&r->h, n.leaf) & 0x480, 0x480); /* AF, still read-only */
    CHECK_EQ(mem_r64(&r->h, n.s2_cd) & 0x480, 0x400);
    /* The Access flag of stage 1 was written through stage 2. */
    CHECK_EQ(mem_r64(&r->h, n.s2_table) & 0x480, 0x480);
    CHECK_EQ(mem_r64(&r->h, n.s2_page) & 0x480, 0x400);
    CHECK_EQ(rig_go(r, SID, VA, "r").perm, 5);
    CHECK_OK(r, SID, VA, "w", 0x77234);
    CHECK_EQ(mem_r64(&r->h, n.leaf) & 0x480, 0x400);
    CHECK_EQ(mem_r64(&r->h, n.s2_page) & 0x480, 0x480);
    CHECK_EQ(mem_r64(&r->h, n.s2_cd) & 0x480, 0x400);
    CHECK_EQ(rig_go(r, SID, VA, "w").perm, 7);
    CHECK_EQ(r->h.swaps, 7);
    rig_free(r);
}

/* The stage-1 descriptor lies where stage 2 does not let it be written: with
 * TTRnW = 0, and RnW of the transaction. */
static void nested_denied(void)
{
    for (unsigned dbm = 0; dbm < 2; dbm++) {
        struct smmu3_params p = httu_params(2);
        struct rig *r = rig_new_with(&p);
        /* With DBM, but without S2HD. */
        struct nest n = nested(r, false, D_S1ALL | D_RO | D_DBM,
                               S2_ATTRS | (dbm ? D_DBM : 0), S2_ATTRS | D_S2W);
        uint64_t leaf = mem_r64(&r->h, n.leaf);

        CHECK_OK(r, SID, VA, "r", 0x77234);
        CHECK_ABORT(r, SID, VA, "w", 0x0000000900000013, 0x0000018000000000, VA,
                    n.leaf_ipa & ~UINT64_C(0xfff));
        CHECK_EQ(mem_r64(&r->h, n.leaf), leaf);
        /* For an Access flag, by a read. */
        mem_w64(&r->h, n.leaf, leaf & ~D_AF);
        rig_forget(r);
        CHECK_ABORT(r, SID, VA, "r", 0x0000000900000013, 0x0000018800000000, VA,
                    n.leaf_ipa & ~UINT64_C(0xfff));
        CHECK_EQ(mem_r64(&r->h, n.leaf), leaf & ~D_AF);
        rig_free(r);
    }
}

/* Stage 1 is updated before stage 2 refuses the output, and stays so. */
static void nested_order(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    struct nest n =
        nested(r, true, D_S1ALL | D_RO | D_DBM, S2_ATTRS | D_S2W, S2_ATTRS);

    CHECK_ABORT(r, SID, VA, "w", 0x0000000900000013, 0x0000028000000000, VA,
                PAGE);
    CHECK_EQ(mem_r64(&r->h, n.leaf) & 0x480, 0x400);
    CHECK(!dirty_s2(r, n.s2_page));
    rig_free(r);
}

/* Nor is a read of a table a write: its page stays clean. */
static void nested_read(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    struct nest n =
        nested(r, true, D_S1ALL, S2_ATTRS | D_DBM, S2_ATTRS | D_S2W);

    CHECK_OK(r, SID, VA, "w", 0x77234);
    CHECK(!dirty_s2(r, n.s2_table));
    CHECK(!dirty_s2(r, n.s2_cd));
    rig_free(r);
}

/* The update ends in an external abort: F_WALK_EABT of that stage, and nothing
 * is cached. */
static void aborts(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    uint64_t at = stage1(r, true, true, D_EL0 | D_NG);

    fake_hole_writes(&r->h, at, at + 7);
    for (unsigned pass = 0; pass < 2; pass++) {
        CHECK_ABORT(r, SID, VA, "r", 0x000000090000000b, 0x0000010800000000, VA,
                    at);
    }
    fake_no_holes(&r->h);
    CHECK_OK(r, SID, VA, "r", 0x5234);
    at = stage2(r, true, true, S2_ATTRS | D_DBM);
    fake_hole_writes(&r->h, at, at + 7);
    CHECK_OK(r, SID, VA, "r", 0x5234);
    CHECK_ABORT(r, SID, VA, "w", 0x000000090000000b, 0x0000028000000000, VA,
                at);
    fake_no_holes(&r->h);
    CHECK_OK(r, SID, VA, "w", 0x5234);
    rig_free(r);
}

/* A probe changes nothing and faults for nothing that an update would mend; a
 * silent transaction is one. */
static void probe(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    uint64_t at = stage1(r, true, true, D_EL0 | D_NG | D_RO | D_DBM);
    uint64_t before = mem_r64(&r->h, at);
    struct smmu3_txn t = rig_txn(SID, VA, "w");
    struct smmu3_result res;

    t.probe = true;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(res.pa, 0x5234);
    CHECK_EQ(res.perm, 5);
    CHECK_EQ(mem_r64(&r->h, at), before);
    t.probe = false;
    t.silent = true;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.perm, 7);
    CHECK_EQ(mem_r64(&r->h, at), (before | 0x400) & ~UINT64_C(0x80));
    rig_free(r);
}

static void big_endian(void)
{
    struct smmu3_params p = httu_params(2);
    struct rig *r = rig_new_with(&p);
    struct mapper m = map_s1(&r->h, TTB, 12, 25, NEXT);
    struct cd cd = cd_make(TTB, 12, 25);
    uint64_t at;

    m.be = true;
    at = map_at(&m, VA, 3, PAGE | D_PAGE | D_EL0 | D_NG | D_RO | D_DBM);
    set_bits(cd.w, 15, 15, 1);
    set_bits(cd.w, 43, 42, 3);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    CHECK_OK(r, SID, VA, "w", 0x5234);
    CHECK_EQ(map_get(&m, at), PAGE | D_PAGE | D_EL0 | D_NG | D_DBM | D_AF);
    rig_free(r);
}

/* Blocks, and other granules: the descriptor that is updated is the leaf. */
static void leaves(void)
{
    for (unsigned granule = 12; granule <= 16; granule += 2) {
        for (int level = 2; level <= 3; level++) {
            struct smmu3_params p = httu_params(2);
            struct rig *r = rig_new_with(&p);
            struct mapper m = map_s1(&r->h, TTB, granule, 25, NEXT);
            struct cd cd = cd_make(TTB, granule, 25);
            uint64_t va = UINT64_C(3) << level_lo(granule, level);
            uint64_t leaf =
                D_EL0 | D_NG | D_RO | D_DBM | (level == 3 ? D_PAGE : D_BLOCK);
            uint64_t at = map_at(&m, va, level, leaf);

            set_bits(cd.w, 43, 42, 3);
            rig_set_cd(r, RIG_CD, cd);
            rig_set_ste(r, SID, ste_s1(RIG_CD));
            CHECK_OK(r, SID, va + 0x123, "w", 0x123);
            CHECK_EQ(mem_r64(&r->h, at), (leaf & ~D_RO) | D_AF);
            CHECK_EQ(r->h.swaps, 1);
            rig_free(r);
        }
    }
}

/* A Secure table is updated in Secure memory, and one that NSCFG0 says is
 * Non-secure in Non-secure memory. */
static void secure(void)
{
    for (unsigned ns = 0; ns < 2; ns++) {
        struct smmu3_params p = secure_params();
        uint64_t leaf = PAGE | D_PAGE | D_S1ALL | D_RO | D_DBM, at;
        struct cd cd = cd_make(TTB, 12, 25);
        struct secure_rig s;
        struct mapper m;

        p.f.httu = 2;
        s = secure_new(&p);
        m = map_s1(&s.r->h, TTB, 12, 25, NEXT);
        m.offset = ns ? 0 : FAKE_SECURE;
        at = map_at(&m, VA, 3, leaf);
        set_bits(cd.w, 43, 42, 3);
        set_bits(cd.w, 64, 64, ns); /* NSCFG0 */
        rig_set_cd(s.r, RIG_CD + FAKE_SECURE, cd);
        secure_set_ste(&s, SID, ste_s1(RIG_CD));
        secure_forget(&s);
        CHECK_EQ(secure_go(&s, SID, VA, "w").outcome, SMMU3_OK);
        CHECK_EQ(mem_r64(&s.r->h, at + (ns ? 0 : FAKE_SECURE)), leaf & ~D_RO);
        CHECK_EQ(mem_r64(&s.r->h, at + (ns ? FAKE_SECURE : 0)), 0);
        rig_free(s.r);
    }
}

/* Somebody else changes the descriptor between the walk's read and the swap. */
struct race {
    struct rig *r;
    uint64_t at, value;
    unsigned left; /* how often */
};

static void change(void *arg, uint64_t pa)
{
    struct race *race = arg;

    if (pa == race->at && race->left) {
        race->left--;
        mem_w64(&race->r->h, pa, race->value ^ (uint64_t)race->left << 55);
    }
}

static void raced(uint64_t leaf, uint64_t instead, unsigned times,
                  struct race *race)
{
    static struct smmu3_params p;

    p = httu_params(2);
    race->r = rig_new_with(&p);
    race->at = stage1(race->r, true, true, leaf);
    race->value = PAGE | D_PAGE | instead;
    race->left = times;
    race->r->h.on_swap = change;
    race->r->h.on_swap_arg = race;
}

static void races(void)
{
    struct race race;
    struct rig *r;

    /* made invalid: the walk sees it */
    raced(D_EL0 | D_NG, 0, 1, &race);
    r = race.r;
    race.value = 0;
    CHECK_ABORT(r, SID, VA, "r", 0x0000000900000010, 0x0000020800000000, VA, 0);
    CHECK_EQ(mem_r64(&r->h, race.at), 0);
    rig_free(r);
    /* moved */
    raced(D_EL0 | D_NG | D_RO | D_DBM, 0, 1, &race);
    r = race.r;
    race.value = 0x9000 | D_PAGE | D_EL0 | D_NG | D_RO | D_DBM;
    CHECK_OK(r, SID, VA, "w", 0x9234);
    CHECK_EQ(mem_r64(&r->h, race.at), (race.value | D_AF) & ~D_RO);
    rig_free(r);
    /* another agent was first: nothing is left to do */
    raced(D_EL0 | D_NG, D_EL0 | D_NG | D_AF, 1, &race);
    r = race.r;
    CHECK_OK(r, SID, VA, "r", 0x5234);
    CHECK_EQ(r->h.swaps, 1);
    rig_free(r);
    /* no longer writable */
    raced(D_S1ALL | D_RO | D_DBM, D_S1ALL | D_RO, 1, &race);
    r = race.r;
    CHECK_ABORT(r, SID, VA, "w", 0x0000000900000013, 0x0000020000000000, VA, 0);
    rig_free(r);
    /* many times */
    raced(D_EL0 | D_NG, D_EL0 | D_NG, 7, &race);
    r = race.r;
    CHECK_OK(r, SID, VA, "r", 0x5234);
    CHECK_EQ(r->h.swaps, 8);
    rig_free(r);
}

static void toggle(void *arg, uint64_t pa)
{
    struct race *race = arg;

    mem_w64(&race->r->h, pa, mem_r64(&race->r->h, pa) ^ UINT64_C(1) << 14);
}

static void toggle_software(void *arg, uint64_t pa)
{
    struct race *race = arg;

    mem_w64(&race->r->h, pa, mem_r64(&race->r->h, pa) ^ UINT64_C(1) << 55);
}

/* A guest that never stops: it ends all the same. */
static void bounded(void)
{
    struct race race;

    raced(D_EL0 | D_NG, 0, 0, &race);
    race.r->h.on_swap = toggle;
    CHECK_ABORT(race.r, SID, VA, "r", 0x000000090000000b, 0x0000010800000000,
                VA, race.at);
    CHECK(race.r->h.swaps <= 2000);
    rig_free(race.r);
    /* Software's bits are nobody's business, but there is an end too. */
    raced(D_EL0 | D_NG, 0, 0, &race);
    race.r->h.on_swap = toggle_software;
    CHECK_ABORT(race.r, SID, VA, "r", 0x000000090000000b, 0x0000010800000000,
                VA, race.at);
    CHECK(race.r->h.swaps <= 70000);
    rig_free(race.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/httu/A.4/id", id_register);
    g_test_add_func("/httu/B.8/illegal", illegal);
    g_test_add_data_func("/httu/E.8/stage-1", GUINT_TO_POINTER(0), table);
    g_test_add_data_func("/httu/E.11/stage-2", GUINT_TO_POINTER(1), table);
    g_test_add_func("/httu/E.6/affd", affd);
    g_test_add_func("/httu/E.11/other-obstacles", other_obstacles);
    g_test_add_func("/httu/E.7/clean-is-writable", clean_is_writable);
    g_test_add_data_func("/httu/tlb/stage-1", GUINT_TO_POINTER(0), tlb);
    g_test_add_data_func("/httu/tlb/stage-2", GUINT_TO_POINTER(1), tlb);
    g_test_add_func("/httu/E.11/nested", nested_all);
    g_test_add_func("/httu/E.11/nested-denied", nested_denied);
    g_test_add_func("/httu/E.11/nested-order", nested_order);
    g_test_add_func("/httu/E.11/nested-read", nested_read);
    g_test_add_func("/httu/E.11/aborts", aborts);
    g_test_add_func("/httu/probe", probe);
    g_test_add_func("/httu/big-endian", big_endian);
    g_test_add_func("/httu/leaves", leaves);
    g_test_add_func("/httu/E.13/secure", secure);
    g_test_add_func("/httu/races", races);
    g_test_add_func("/httu/bounded", bounded);
    return g_test_run();
}
