/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Substreams (3.3.2, 5.2, 5.3; B.6): CD tables of all formats, S1DSS, their
 * faults, and the caches of CDs and L1CDs (4.3; F.2).
 */
#include "secure-rig.h"

#define SID 3u
#define VA 0x1000
#define S2_TTB UINT64_C(0x60000000)
#define S2_NEXT UINT64_C(0x60010000)
#define CDTAB UINT64_C(0x10400000) /* 4 MiB-aligned: room for any table */
#define LEAF0 UINT64_C(0x10800000)
#define LEAF1 UINT64_C(0x10810000)

static struct rig *begin(unsigned ssidsize, bool cd2l)
{
    struct smmu3_params p = rig_params();

    p.f.ssidsize = (uint8_t)ssidsize;
    p.f.cd2l = cd2l;
    return rig_new_with(&p);
}

/* Where substream number @n, of the test's own counting, maps VA. */
static uint64_t page_of(unsigned n)
{
    return UINT64_C(0x30000000) + 0x1000 * (uint64_t)n;
}

/* A CD at @at whose tables map VA to page_of(n), under an ASID of its own. */
static void put_cd(struct rig *r, uint64_t at, unsigned n)
{
    uint64_t ttb = RIG_TABLES + 0x10000 * (uint64_t)n;
    struct mapper m = map_s1(&r->h, ttb, 12, 25, ttb + 0x1000);
    struct cd cd = cd_make(ttb, 12, 25);

    map_at(&m, VA, 3, page_of(n) | D_PAGE | D_S1ALL);
    set_bits(cd.w, 63, 48, 100 + n);
    rig_set_cd(r, at, cd);
}

static struct ste make_ste(unsigned fmt, unsigned cdmax, unsigned dss)
{
    struct ste ste = ste_s1(CDTAB);

    set_bits(ste.w, 5, 4, fmt);
    set_bits(ste.w, 63, 59, cdmax);
    set_bits(ste.w, 65, 64, dss);
    return ste;
}

static void use(struct rig *r, struct ste ste)
{
    rig_set_ste(r, SID, ste);
    rig_forget(r);
}

/* The access as substream @ssid goes to page_of(n). */
static void expect_page(struct rig *r, unsigned ssid, unsigned n)
{
    g_autofree char *how = g_strdup_printf("rs%u", ssid);

    CHECK_OK(r, SID, VA + 0x234, how, page_of(n) + 0x234);
}

static void expect_bad(struct rig *r, unsigned ssid)
{
    g_autofree char *how = g_strdup_printf("ws%u", ssid);

    CHECK_ABORT(r, SID, VA, how,
                UINT64_C(0x0000000300000008) | (uint64_t)ssid << 12, 0, 0, 0);
}

/* SSV = 0: terminate, bypass, substream 0, and 3 as 0. */
static void expect_s1dss(struct rig *r, unsigned fmt, unsigned cdmax)
{
    for (unsigned dss = 0; dss < 4; dss++) {
        use(r, make_ste(fmt, cdmax, dss));
        switch (dss) {
        case 1:
            CHECK_OK(r, SID, VA, "r", VA);
            expect_page(r, 0, 0);
            break;
        case 2:
            CHECK_OK(r, SID, VA, "r", page_of(0));
            /* 6: no more than number and StreamID (7.3.7) */
            CHECK_ABORT(r, SID, VA, "rs0", 0x0000000300000006, 0, 0, 0);
            break;
        default:
            CHECK_ABORT(r, SID, VA, "r", 0x0000000300000006, 0, 0, 0);
            expect_page(r, 0, 0);
            break;
        }
        expect_page(r, 1, 1);
    }
}

static void linear(void)
{
    struct rig *r = begin(20, true);

    put_cd(r, CDTAB, 0);
    put_cd(r, CDTAB + 64, 1);
    put_cd(r, CDTAB + 64 * 14, 2);
    put_cd(r, CDTAB + 64 * 15, 3);
    use(r, make_ste(0, 4, 0));
    expect_page(r, 1, 1);
    expect_page(r, 15, 3);
    expect_page(r, 14, 2);
    expect_page(r, 0, 0);
    expect_page(r, 15, 3);
    expect_bad(r, 16);
    expect_bad(r, 17);
    expect_bad(r, 0x1000f);
    expect_bad(r, 0xfffff);
    expect_s1dss(r, 0, 4);
    expect_s1dss(r, 3, 4); /* 3 acts as 0 */
    /* two CDs */
    use(r, make_ste(0, 1, 0));
    expect_page(r, 1, 1);
    expect_bad(r, 2);
    rig_free(r);
}

static void linear_largest(void)
{
    struct rig *r = begin(20, false);
    struct ste ste = ste_s1(UINT64_C(0x40000000)); /* 64 MiB-aligned */

    put_cd(r, UINT64_C(0x40000000) + 64 * UINT64_C(0xfffff), 4);
    put_cd(r, UINT64_C(0x40000000) + 64 * UINT64_C(0x80001), 5);
    set_bits(ste.w, 63, 59, 20);
    use(r, ste);
    expect_page(r, 0xfffff, 4);
    expect_page(r, 0x80001, 5);
    rig_free(r);
}

/* S1CDMax = 0, or no substreams: one CD and no SubstreamID. */
static void one_cd(void)
{
    struct rig *r = begin(20, true);

    put_cd(r, CDTAB, 0);
    for (unsigned dss = 0; dss < 4; dss++) {
        use(r, make_ste(2, 0, dss));
        CHECK_OK(r, SID, VA, "r", page_of(0));
        expect_bad(r, 0);
        expect_bad(r, 1);
    }
    rig_free(r);
    r = begin(0, false);
    put_cd(r, CDTAB, 0);
    for (unsigned dss = 0; dss < 4; dss++) {
        use(r, make_ste(2, 31, dss));
        CHECK_OK(r, SID, VA, "r", page_of(0));
        expect_bad(r, 0);
        expect_bad(r, 1);
    }
    rig_free(r);
}

/* S1CDMax up to SSIDSIZE; two levels only with CD2L (B.5, 11 and 12). */
static void ste_checks(void)
{
    static const unsigned sizes[] = { 1, 6, 19, 20 };

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (unsigned cd2l = 0; cd2l < 2; cd2l++) {
            struct rig *r = begin(sizes[i], cd2l);

            put_cd(r, CDTAB, 0);
            mem_w64(&r->h, CDTAB + 0x400, 0);
            for (unsigned n = 0; n < 32 * 4; n++) {
                unsigned cdmax = n / 4, fmt = n % 4;
                bool two = fmt == 1 || fmt == 2;

                use(r, make_ste(fmt, cdmax, 1));
                if (cdmax > sizes[i] || (cdmax && two && !cd2l)) {
                    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
                } else {
                    CHECK_OK(r, SID, VA, "r", cdmax ? VA : page_of(0));
                }
            }
            rig_free(r);
        }
    }
}

static void two_level(gconstpointer data)
{
    unsigned fmt = GPOINTER_TO_UINT(data), leaf = fmt == 1 ? 6 : 10;
    unsigned last = (1u << leaf) - 1;
    struct rig *r = begin(20, true);

    mem_w64(&r->h, CDTAB, LEAF0 | 1);
    mem_w64(&r->h, CDTAB + 8, LEAF1 | 1);
    put_cd(r, LEAF0, 0);
    put_cd(r, LEAF0 + 64, 1);
    put_cd(r, LEAF0 + 64 * (uint64_t)last, 2);
    put_cd(r, LEAF1, 3);
    put_cd(r, LEAF1 + 64 * (uint64_t)last, 4);
    use(r, make_ste(fmt, leaf + 2, 0));
    expect_page(r, 0, 0);
    expect_page(r, 1, 1);
    expect_page(r, last, 2);
    expect_page(r, last + 1, 3);
    expect_page(r, 2 * last + 1, 4);
    expect_bad(r, 2 * last + 2); /* L1CD 2: V = 0 */
    expect_bad(r, 4 * last + 3);
    expect_bad(r, 4 * last + 4); /* beyond S1CDMax */
    expect_s1dss(r, fmt, leaf + 2);
    /* one L1CD, whatever S1CDMax */
    for (unsigned cdmax = 1; cdmax <= leaf; cdmax++) {
        use(r, make_ste(fmt, cdmax, 0));
        expect_page(r, 1, 1);
        expect_bad(r, 1u << cdmax);
    }
    expect_page(r, last, 2);
    /* all 2^20 */
    mem_w64(&r->h, CDTAB + 8 * (UINT64_C(0xfffff) >> leaf), LEAF1 | 1);
    use(r, make_ste(fmt, 20, 0));
    expect_page(r, 0xfffff, 4);
    expect_page(r, 1, 1);
    /* A missing L1CD under S1DSS = 2: SubstreamID 0. */
    mem_w64(&r->h, CDTAB, LEAF0);
    use(r, make_ste(fmt, 20, 2));
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000008, 0, 0, 0);
    rig_free(r);
}

/* Low bits that alignment makes RES0 count as 0 (5.2, 5.3). */
static void alignment(void)
{
    struct rig *r = begin(20, true);
    struct ste ste = make_ste(0, 6, 0);

    put_cd(r, CDTAB + 64 * 5, 0);
    ste.w[0] |= 0xfc0;
    use(r, ste);
    expect_page(r, 5, 0);
    ste = make_ste(0, 5, 0);
    ste.w[0] |= 0x7c0;
    use(r, ste);
    expect_page(r, 5, 0);
    /* 2^5 L1CDs of 8 bytes: 256-byte alignment */
    ste = make_ste(1, 11, 0);
    ste.w[0] |= 0xc0;
    mem_w64(&r->h, CDTAB + 8, LEAF0 | 1 | 0xffe); /* L2Ptr is [55:12] */
    put_cd(r, LEAF0 + 64, 1);
    use(r, ste);
    expect_page(r, 65, 1);
    /* 2^3 L1CDs: no more than 64 bytes */
    ste = make_ste(1, 9, 0);
    ste.w[0] |= 0x40;
    mem_w64(&r->h, CDTAB + 0x48, LEAF1 | 1);
    put_cd(r, LEAF1 + 64, 2);
    use(r, ste);
    expect_page(r, 65, 2);
    /* 64 KiB leaves: L2Ptr[15:12] are RES0 */
    mem_w64(&r->h, CDTAB + 8, LEAF0 | 0xf001);
    use(r, make_ste(2, 11, 0));
    expect_page(r, 1025, 1);
    rig_free(r);
}

/* L1CD.L2Ptr beyond OAS (3.4.3). */
static void l2ptr_range(void)
{
    struct rig *r = begin(20, true);

    mem_w64(&r->h, CDTAB, UINT64_C(1) << 48 | 1);
    use(r, make_ste(1, 8, 2));
    expect_bad(r, 7);
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000008, 0, 0, 0);
    rig_free(r);
}

static void fetch_aborts(void)
{
    struct rig *r = begin(20, true);

    mem_w64(&r->h, CDTAB + 8, LEAF0 | 1);
    use(r, make_ste(1, 8, 2));
    fake_hole(&r->h, LEAF0, LEAF0 + 0xfff);
    CHECK_ABORT(r, SID, VA, "rs0x41", 0x0000000300041809, 0, 0, LEAF0 + 0x40);
    fake_hole(&r->h, CDTAB, CDTAB + 0xfff);
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000009, 0, 0, CDTAB);
    /* What failed is read again: no CFGI is needed (F.2). */
    fake_no_holes(&r->h);
    put_cd(r, LEAF0 + 64, 0);
    expect_page(r, 0x41, 0);
    use(r, make_ste(0, 8, 0));
    fake_hole(&r->h, CDTAB, CDTAB + 0xfff);
    CHECK_ABORT(r, SID, VA, "ws0x22", 0x0000000300022809, 0, 0,
                CDTAB + 0x22 * 64);
    rig_free(r);
}

/* Nested: L1CD and CD lie at IPAs; faults have CLASS = CD. */
static void nested(void)
{
    struct rig *r = begin(20, true);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_NEXT);
    struct ste ste = ste_nested(UINT64_C(0x50400000), S2_TTB, 12, 24, 1);
    uint64_t l1_ipa = UINT64_C(0x50400008), leaf_ipa = UINT64_C(0x50500000);

    set_bits(ste.w, 5, 4, 1);
    set_bits(ste.w, 63, 59, 9);
    set_bits(ste.w, 65, 64, 1);
    map_at(&m2, RIG_TABLES, 2, RIG_TABLES | D_BLOCK | D_S2ALL);
    map_at(&m2, 0x30000000, 2, 0x38000000 | D_BLOCK | D_S2ALL);
    mem_w64(&r->h, CDTAB + 8, leaf_ipa | 1);
    put_cd(r, LEAF0 + 64 * 2, 6);
    use(r, ste);
    CHECK_ABORT(r, SID, VA, "ws0x42", 0x0000000300042810,
                UINT64_C(0x0000008000000000), VA, l1_ipa & ~UINT64_C(0xfff));
    map_at(&m2, 0x50400000, 3, CDTAB | D_PAGE | D_S2ALL);
    CHECK_ABORT(r, SID, VA, "rs0x42", 0x0000000300042810,
                UINT64_C(0x0000008800000000), VA, leaf_ipa);
    map_at(&m2, 0x50500000, 3, LEAF0 | D_PAGE | D_S2ALL);
    CHECK_OK(r, SID, VA, "rs0x42", page_of(6) + 0x8000000);
    /* S1DSS = 1: stage 2 alone, and no CD is read. */
    CHECK_OK(r, SID, 0x30001000, "w", 0x38001000);
    CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000300000010,
                UINT64_C(0x0000028800000000), 0x1000, 0x1000);
    /* Its input is checked against IAS, then by stage 2 (E.2). */
    CHECK_ABORT(r, SID, UINT64_C(1) << 48, "r", 0x0000000300000011,
                UINT64_C(0x0000020800000000), UINT64_C(1) << 48, 0);
    CHECK_ABORT(r, SID, UINT64_C(1) << 40, "r", 0x0000000300000010,
                UINT64_C(0x0000028800000000), UINT64_C(1) << 40,
                UINT64_C(1) << 40);
    /* L2Ptr beyond IAS */
    mem_w64(&r->h, CDTAB + 8, UINT64_C(1) << 48 | 1);
    rig_forget(r);
    expect_bad(r, 0x42);
    rig_free(r);
}

/* S1DSS = 1 without stage 2: as Config = bypass (E.2). */
static void bypass(void)
{
    struct rig *r = begin(20, true);

    use(r, make_ste(0, 4, 1));
    fake_hole(&r->h, CDTAB, CDTAB + 0xfff);
    CHECK_OK(r, SID, 0xffffffffffff, "wp", 0xffffffffffff);
    CHECK_ABORT(r, SID, UINT64_C(1) << 48, "w", 0x0000000300000011,
                UINT64_C(0x0000020000000000), UINT64_C(1) << 48, 0);
    rig_free(r);
}

/* E.1, D.3: what comes first. */
static void order(void)
{
    struct rig *r = begin(20, true);
    struct ste ste = make_ste(0, 4, 0);

    fake_hole(&r->h, CDTAB, CDTAB + 0xfff);
    use(r, ste);
    expect_bad(r, 16); /* before the CD is fetched */
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000006, 0, 0, 0);
    set_bits(ste.w, 63, 59, 21); /* C_BAD_STE before both */
    use(r, ste);
    CHECK_ABORT(r, SID, VA, "rs16", 0x0000000300010804, 0, 0, 0);
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
    ste = make_ste(0, 4, 0);
    set_bits(ste.w, 3, 1, 0); /* abort, silently */
    use(r, ste);
    CHECK_QUIET(r, SID, VA, "rs16", SMMU3_ABORT);
    /* A CD with V = 0 belongs to its substream alone. */
    fake_no_holes(&r->h);
    put_cd(r, CDTAB + 64, 1);
    use(r, make_ste(0, 4, 0));
    CHECK_ABORT(r, SID, VA, "ws2", 0x000000030000280a, 0, 0, 0);
    expect_page(r, 1, 1);
    rig_free(r);
}

/* CDs of substreams 0 to 3 are cached and changed in memory; which of them are
 * still seen after the command? */
static const struct row {
    const char *name;
    struct cmd c;
    uint32_t cached;
} rows[] = {
    { "sync", { { 0x46, 0 } }, 0xf },
    { "cd-0", { { 0x0000000300000005, 0 } }, 0xe },
    { "cd-2-leaf", { { 0x0000000300002005, 1 } }, 0xb },
    { "cd-2", { { 0x0000000300002005, 0 } }, 0xb },
    { "cd-other-sid", { { 0x0000000200002005, 0 } }, 0xf },
    { "cd-high-bits", { { 0x0000000380002005, 0 } }, 0xf },
    { "cd-all", { { 0x0000000300002006, 0 } }, 0x0 },
    { "cd-all-other-sid", { { 0x0000000400000006, 0 } }, 0xf },
    { "ste", { { 0x0000000300000003, 1 } }, 0x0 },
    { "range", { { 0x0000000200000004, 0 } }, 0x0 },
    { "all", { { 0x04, 31 } }, 0x0 },
};

static void check_row(gconstpointer data)
{
    const struct row *row = data;
    struct smmu3_params p = rig_params();
    struct rig *r;
    uint32_t cached = 0;

    p.f.ssidsize = 4;
    p.tlb_entries = 0;
    p.walk_cache_entries = 0;
    r = rig_new_with(&p);
    use(r, make_ste(0, 4, 0));
    for (unsigned n = 0; n < 4; n++) {
        put_cd(r, CDTAB + 64 * n, n);
        expect_page(r, n, n);
    }
    for (unsigned n = 0; n < 4; n++) {
        put_cd(r, CDTAB + 64 * n, 10 + n);
    }
    rig_cmd(r, row->c);
    rig_sync(r);
    for (unsigned n = 0; n < 4; n++) {
        struct smmu3_txn t = rig_txn(SID, VA, "r");
        struct smmu3_result res;

        t.ssv = true;
        t.ssid = n;
        smmu3_translate(r->s, &t, &res);
        cached |= (uint32_t)(res.pa == page_of(n)) << n;
    }
    CHECK_EQ(cached, row->cached);
    rig_free(r);
}

/* The same for L1CDs: 1 for index 0, 2 for index 1. V = 0 is cached, too. */
static const struct row l1_rows[] = {
    { "sync", { { 0x46, 0 } }, 3 },
    { "cd-0-leaf", { { 0x0000000300000005, 1 } }, 3 },
    { "cd-0", { { 0x0000000300000005, 0 } }, 2 },
    { "cd-0x3f", { { 0x000000030003f005, 0 } }, 2 },
    { "cd-0x40", { { 0x0000000300040005, 0 } }, 1 },
    { "cd-other-sid", { { 0x0000000400000005, 0 } }, 3 },
    { "cd-all", { { 0x0000000300000006, 1 } }, 0 },
    { "cd-all-other-sid", { { 0x0000000200000006, 1 } }, 3 },
    { "ste-leaf", { { 0x0000000300000003, 1 } }, 0 },
    { "ste", { { 0x0000000300000003, 0 } }, 0 },
    { "range", { { 0x0000000200000004, 0 } }, 0 },
    { "range-elsewhere", { { 0x0000000400000004, 0 } }, 3 },
    { "all", { { 0x04, 31 } }, 0 },
};

static void check_l1_row(gconstpointer data)
{
    const struct row *row = data;
    struct rig *r = begin(20, true);
    uint32_t cached = 0;

    use(r, make_ste(1, 8, 0));
    expect_bad(r, 5); /* L1CD 0 and 1: V = 0 */
    expect_bad(r, 0x45);
    mem_w64(&r->h, CDTAB, LEAF0 | 1);
    mem_w64(&r->h, CDTAB + 8, LEAF1 | 1);
    put_cd(r, LEAF0 + 64 * 5, 0);
    put_cd(r, LEAF1 + 64 * 5, 1);
    rig_cmd(r, row->c);
    rig_sync(r);
    for (unsigned n = 0; n < 2; n++) {
        struct smmu3_result res = rig_go(r, SID, VA, n ? "rs0x45" : "rs5");

        rig_drop_events(r);
        cached |= (uint32_t)(res.outcome != SMMU3_OK) << n;
    }
    CHECK_EQ(cached, row->cached);
    rig_free(r);
}

/* A driver that moves a leaf without CFGI_CD (Leaf = 0) goes on with the old
 * one, also for CDs that are read for the first time. */
static void l1cd_moves(void)
{
    struct rig *r = begin(20, true);

    mem_w64(&r->h, CDTAB, LEAF0 | 1);
    put_cd(r, LEAF0, 0);
    put_cd(r, LEAF0 + 64, 1);
    put_cd(r, LEAF1, 2);
    put_cd(r, LEAF1 + 64, 3);
    put_cd(r, LEAF1 + 128, 4);
    use(r, make_ste(1, 8, 0));
    expect_page(r, 0, 0);
    mem_w64(&r->h, CDTAB, LEAF1 | 1);
    expect_page(r, 1, 1);
    rig_cmd(r, (struct cmd){ { 0x0000000300001005, 1 } });
    rig_sync(r);
    expect_page(r, 1, 1);
    rig_cmd(r, (struct cmd){ { 0x0000000300001005, 0 } });
    rig_sync(r);
    expect_page(r, 1, 3);
    expect_page(r, 2, 4);
    expect_page(r, 0, 0); /* its CD is still cached */
    rig_free(r);
}

/* An L1CD belongs to its stream, of its security state: a cache of one set
 * tells them apart. */
static void l1cds_apart(void)
{
    struct smmu3_params p = secure_params();
    struct secure_rig s;
    struct ste ste = make_ste(1, 8, 0), other = make_ste(1, 8, 0);

    p.f.ssidsize = 8;
    p.f.cd2l = true;
    p.config_cache_entries = 4;
    s = secure_new(&p);
    mem_w64(&s.r->h, CDTAB, LEAF0 | 1);
    put_cd(s.r, LEAF0 + 64, 1);
    use(s.r, ste);
    expect_page(s.r, 1, 1);
    set_bits(other.w, 55, 6, (CDTAB + 0x1000) >> 6); /* V = 0 */
    rig_set_ste(s.r, 4, other);
    CHECK_ABORT(s.r, 4, VA, "rs1", 0x0000000400001008, 0, 0, 0);
    secure_set_ste(&s, SID, ste); /* in Secure memory V = 0 */
    SECURE_ABORT(&s, SID, VA, "rs1", 0x0000000300001008, 0, 0, 0);
    expect_page(s.r, 1, 1);
    rig_free(s.r);
}

/* No translation is shared but by ASID: CFGI_CD leaves the TLB alone. */
static void asids(void)
{
    struct rig *r = begin(20, true);
    struct smmu3_stats before, after;

    put_cd(r, CDTAB, 0);
    put_cd(r, CDTAB + 64, 1);
    use(r, make_ste(0, 4, 0));
    expect_page(r, 0, 0);
    expect_page(r, 1, 1);
    smmu3_get_stats(r->s, &before);
    expect_page(r, 0, 0);
    expect_page(r, 1, 1);
    smmu3_get_stats(r->s, &after);
    CHECK_EQ(after.tlb_hits - before.tlb_hits, 2);
    CHECK_EQ(after.config_hits - before.config_hits, 4);
    CHECK_EQ(after.walks, before.walks);
    /* TLBI by the ASID of substream 1 */
    rig_cmd(r, cmd_tlbi(0x11, 7, 101, 0));
    rig_sync(r);
    smmu3_get_stats(r->s, &before);
    expect_page(r, 0, 0);
    smmu3_get_stats(r->s, &after);
    CHECK_EQ(after.walks, before.walks);
    expect_page(r, 1, 1);
    smmu3_get_stats(r->s, &after);
    CHECK_EQ(after.walks - before.walks, 1);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/substream/B.6/linear", linear);
    g_test_add_func("/substream/B.6/linear-largest", linear_largest);
    g_test_add_func("/substream/B.6/one-cd", one_cd);
    g_test_add_func("/substream/B.5/11-12", ste_checks);
    g_test_add_data_func("/substream/B.6/two-level-4k", GUINT_TO_POINTER(1),
                         two_level);
    g_test_add_data_func("/substream/B.6/two-level-64k", GUINT_TO_POINTER(2),
                         two_level);
    g_test_add_func("/substream/B.6/alignment", alignment);
    g_test_add_func("/substream/E.2/l2ptr-range", l2ptr_range);
    g_test_add_func("/substream/D.2/fetch-aborts", fetch_aborts);
    g_test_add_func("/substream/B.6/nested", nested);
    g_test_add_func("/substream/E.2/bypass", bypass);
    g_test_add_func("/substream/D.3/order", order);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name =
            g_strdup_printf("/substream/C.3/cd/%s", rows[i].name);

        g_test_add_data_func(name, &rows[i], check_row);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(l1_rows); i++) {
        g_autofree char *name =
            g_strdup_printf("/substream/C.3/l1cd/%s", l1_rows[i].name);

        g_test_add_data_func(name, &l1_rows[i], check_l1_row);
    }
    g_test_add_func("/substream/F.2/l1cd-moves", l1cd_moves);
    g_test_add_func("/substream/F.2/l1cds-apart", l1cds_apart);
    g_test_add_func("/substream/F.1/asids", asids);
    return g_test_run();
}
