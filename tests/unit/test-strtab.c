/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream table look-up (3.3, 5.1; B.1, A.13): linear and two-level, spans,
 * splits, alignment, range, fetch aborts.
 */
#include "rig.h"

#define BASE UINT64_C(0x30000000)

static void set_strtab(struct rig *r, uint64_t base, uint32_t cfg)
{
    wr32(r, O_CR0, 0xc);
    wr64(r, O_STRTAB_BASE, base);
    wr32(r, O_STRTAB_BASE_CFG, cfg);
    wr32(r, O_CR0, 0xd);
    rig_forget(r);
}

/* A bypass STE lies at @at: @sid reaches it. */
static void reaches(struct rig *r, uint32_t sid, uint64_t at)
{
    mem_w64(&r->h, at, 0x9);
    if (!CHECK_OK(r, sid, 0x1000, "r", 0x1000)) {
        g_test_message("sid 0x%x, STE at 0x%" G_GINT64_MODIFIER "x", sid, at);
    }
    mem_w64(&r->h, at, 0);
    rig_forget(r);
}

static void out_of_range(struct rig *r, uint32_t sid)
{
    CHECK_ABORT(r, sid, 0x1000, "r", (uint64_t)sid << 32 | 0x02, 0, 0, 0);
}

static void linear(void)
{
    struct rig *r = rig_new();

    set_strtab(r, BASE, 8);
    reaches(r, 0, BASE);
    reaches(r, 1, BASE + 0x40);
    reaches(r, 0x80, BASE + 0x2000);
    reaches(r, 0xff, BASE + 0x3fc0);
    out_of_range(r, 0x100);
    out_of_range(r, 0xffffffff);
    rig_free(r);
}

static void linear_sizes(void)
{
    struct rig *r = rig_new();

    set_strtab(r, BASE, 0);
    reaches(r, 0, BASE);
    out_of_range(r, 1);
    set_strtab(r, BASE, 3);
    reaches(r, 7, BASE + 0x1c0);
    out_of_range(r, 8);
    set_strtab(r, BASE, 16);
    reaches(r, 0xffff, BASE + 0x3fffc0);
    out_of_range(r, 0x10000);
    rig_free(r);
}

/* The effective size is min(LOG2SIZE, SIDSIZE). */
static void sidsize_clamps(void)
{
    struct rig *r = rig_new();
    struct smmu3_params p;

    set_strtab(r, 0x80000000, 20); /* aligned to 2^26 */
    reaches(r, 0xffff, 0x80000000 + 0x3fffc0);
    out_of_range(r, 0x10000);
    rig_free(r);

    p = rig_params();
    p.f.sidsize = 4;
    r = rig_new_with(&p);
    set_strtab(r, BASE, 8);
    reaches(r, 15, BASE + 0x3c0);
    out_of_range(r, 16);
    rig_free(r);

    p.f.sidsize = 32;
    r = rig_new_with(&p);
    set_strtab(r, 0, 32);
    reaches(r, 0xfffffff0, 0x3ffffffc00);
    rig_free(r);
}

/* A.13, J 63, in-tree row 17: linear: bits [LOG2SIZE+5:0] are taken as 0, of
 * the literal LOG2SIZE. */
static void linear_alignment(void)
{
    struct rig *r = rig_new();

    set_strtab(r, BASE + 0x3fc0, 8);
    reaches(r, 0, BASE);
    set_strtab(r, BASE + 0x4000, 8);
    reaches(r, 0, BASE + 0x4000);
    set_strtab(r, BASE + 0x2000, 8); /* bit 13 = LOG2SIZE + 5 */
    reaches(r, 3, BASE + 0xc0);
    set_strtab(r, 0x83c00000, 20); /* not 16, to which it is clamped */
    reaches(r, 0, 0x80000000);
    set_strtab(r, 0xffffffffffc0, 0x3f); /* all of it */
    reaches(r, 2, 0x80);
    rig_free(r);
}

/* Two levels: SPLIT 6, 8, 10; @split is the field's value. */
static void two_level(unsigned field, unsigned split)
{
    struct rig *r = rig_new();
    uint64_t l2 = 0x31000000;

    set_strtab(r, BASE, 1u << 16 | field << 6 | 16);
    /* Full span: 2^split STEs. */
    mem_w64(&r->h, BASE, l2 | (split + 1));
    mem_w64(&r->h, BASE + 8, (l2 + 0x100000) | (split + 1));
    rig_forget(r);
    reaches(r, 0, l2);
    reaches(r, (1u << split) - 1, l2 + 64 * ((UINT64_C(1) << split) - 1));
    reaches(r, 1u << split, l2 + 0x100000);
    reaches(r, (1u << split) + 5, l2 + 0x100000 + 0x140);
    out_of_range(r, 2u << split); /* Span = 0 */
    /* The last L1STD. */
    mem_w64(&r->h, BASE + 8 * ((0x10000u >> split) - 1),
            (l2 + 0x200000) | (split + 1));
    rig_forget(r);
    reaches(r, 0xffff, l2 + 0x200000 + 64 * ((UINT64_C(1) << split) - 1));
    out_of_range(r, 0x10000);
    rig_free(r);
}

static void split_6(void)
{
    two_level(6, 6);
}

static void split_8(void)
{
    two_level(8, 8);
}

static void split_10(void)
{
    two_level(10, 10);
}

/* A.13, in-tree row 41: other values act as 6. */
static void split_other(void)
{
    static const unsigned other[] = { 0, 1, 5, 7, 9, 11, 16, 31 };

    for (unsigned i = 0; i < G_N_ELEMENTS(other); i++) {
        two_level(other[i], 6);
    }
}

/* B.1, J 8, in-tree row 16: n in 1..11 covers 2^(n-1) STEs. */
static void span(void)
{
    struct rig *r = rig_new();
    uint64_t l2 = 0x31000000;

    set_strtab(r, BASE, 1u << 16 | 10u << 6 | 16);
    for (unsigned n = 1; n <= 11; n++) {
        uint32_t count = 1u << (n - 1);

        mem_w64(&r->h, BASE, l2 | n);
        rig_forget(r);
        reaches(r, count - 1, l2 + 64 * (count - 1));
        if (n < 11) {
            mem_w64(&r->h, l2 + 64 * count, 0x9);
            out_of_range(r, count);
            mem_w64(&r->h, l2 + 64 * count, 0);
        }
    }
    for (unsigned n = 12; n <= 31; n++) {
        mem_w64(&r->h, BASE, l2 | n);
        rig_forget(r);
        out_of_range(r, 0);
    }
    mem_w64(&r->h, BASE, l2);
    rig_forget(r);
    out_of_range(r, 0);
    rig_free(r);
}

/* B.1: Span must not exceed SPLIT + 1. */
static void span_above_split(void)
{
    struct rig *r = rig_new();
    uint64_t l2 = 0x31000000;

    set_strtab(r, BASE, 1u << 16 | 6u << 6 | 16);
    mem_w64(&r->h, BASE, l2 | 7);
    rig_forget(r);
    reaches(r, 63, l2 + 0xfc0);
    mem_w64(&r->h, BASE, l2 | 8);
    rig_forget(r);
    out_of_range(r, 0);
    set_strtab(r, BASE, 1u << 16 | 8u << 6 | 16);
    reaches(r, 64, l2 + 0x1000);
    mem_w64(&r->h, BASE, l2 | 10);
    rig_forget(r);
    out_of_range(r, 0);
    rig_free(r);
}

/* B.1: L2Ptr is aligned to the array's size; its top is bit 55. */
static void l2ptr_alignment(void)
{
    struct rig *r = rig_new();

    set_strtab(r, BASE, 1u << 16 | 8u << 6 | 16);
    mem_w64(&r->h, BASE, 0x31003fc0 | 9); /* 256 STEs: 16 KiB */
    rig_forget(r);
    reaches(r, 1, 0x31000040);
    mem_w64(&r->h, BASE, 0x31003fc0 | 1); /* one STE */
    rig_forget(r);
    reaches(r, 0, 0x31003fc0);
    mem_w64(&r->h, BASE, 0x31003fc0 | 2);
    rig_forget(r);
    reaches(r, 1, 0x31003fc0);
    mem_w64(&r->h, BASE, 0xff00800000000020 | 0x31000000 | 9); /* RES0 bits */
    rig_forget(r);
    reaches(r, 0, 0x800031000000);
    rig_free(r);
}

/* A.13: two-level base: bits [max(5, LOG2SIZE-SPLIT-1+3):0] are taken as 0. */
static void two_level_alignment(void)
{
    struct rig *r = rig_new();

    mem_w64(&r->h, BASE, 0x31000000 | 9);
    mem_w64(&r->h, BASE + 0x400, 0x32000000 | 9);
    set_strtab(r, BASE + 0x7c0, 1u << 16 | 8u << 6 | 16); /* 2^8 L1STDs */
    reaches(r, 0, 0x31000000);
    set_strtab(r, BASE + 0x400, 1u << 16 | 8u << 6 | 15); /* 2^7 */
    reaches(r, 0, 0x32000000);
    set_strtab(r, BASE + 0x400, 1u << 16 | 8u << 6 | 16);
    reaches(r, 0, 0x31000000);
    /* 2^3 are 64 bytes, 2^4 are 128. */
    mem_w64(&r->h, BASE + 0x40, 0x33000000 | 9);
    set_strtab(r, BASE + 0x40, 1u << 16 | 8u << 6 | 12);
    reaches(r, 0, 0x31000000);
    set_strtab(r, BASE + 0x40, 1u << 16 | 8u << 6 | 11);
    reaches(r, 0, 0x33000000);
    /* One L1STD: 64 bytes. */
    mem_w64(&r->h, BASE + 0x40, 0x33000000 | 9);
    set_strtab(r, BASE + 0x40, 1u << 16 | 8u << 6 | 8);
    reaches(r, 0xff, 0x33003fc0);
    set_strtab(r, BASE + 0x40, 1u << 16 | 8u << 6 | 2);
    reaches(r, 3, 0x330000c0);
    out_of_range(r, 4);
    rig_free(r);
}

/* A.13: FMT 2 and 3 behave as 0; in-tree row 15: FMT is not sticky. */
static void fmt(void)
{
    struct rig *r = rig_new();

    mem_w64(&r->h, BASE, 0x31000000 | 7);
    set_strtab(r, BASE, 1u << 16 | 6u << 6 | 8);
    reaches(r, 1, 0x31000040);
    mem_w64(&r->h, BASE, 0);
    set_strtab(r, BASE, 0u << 16 | 6u << 6 | 8);
    reaches(r, 1, BASE + 0x40);
    set_strtab(r, BASE, 2u << 16 | 6u << 6 | 8);
    reaches(r, 1, BASE + 0x40);
    set_strtab(r, BASE, 3u << 16 | 6u << 6 | 8);
    reaches(r, 0, BASE);
    rig_free(r);
}

/* J 7, in-tree row 24: silent without RECINVSID. */
static void recinvsid(void)
{
    struct rig *r = rig_new();

    out_of_range(r, 0x100);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR2, 0);
    wr32(r, O_CR0, 0xd);
    CHECK_QUIET(r, 0x100, 0x1000, "r", SMMU3_ABORT);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR2, 2);
    wr32(r, O_CR0, 0xd);
    out_of_range(r, 0x100);
    rig_free(r);
}

static void fetch_aborts(void)
{
    struct rig *r = rig_new();

    /* linear */
    set_strtab(r, BASE, 8);
    fake_hole(&r->h, BASE + 0x100, BASE + 0x13f);
    CHECK_ABORT(r, 4, 0x1000, "w", 0x0000000400000003, 0, 0, BASE + 0x100);
    fake_no_holes(&r->h);
    /* The last byte of an STE counts too. */
    fake_hole(&r->h, BASE + 0x1ff, BASE + 0x1ff);
    CHECK_ABORT(r, 7, 0x1000, "w", 0x0000000700000003, 0, 0, BASE + 0x1c0);
    fake_no_holes(&r->h);
    /* L1STD */
    set_strtab(r, BASE, 1u << 16 | 8u << 6 | 16);
    fake_hole(&r->h, BASE + 0x18, BASE + 0x1f);
    CHECK_ABORT(r, 0x345, 0x1000, "r", 0x0000034500000003, 0, 0, BASE + 0x18);
    fake_no_holes(&r->h);
    /* L2: an abort is not cached, F.2. */
    mem_w64(&r->h, BASE + 0x18, 0x31000000 | 9);
    rig_forget(r);
    fake_hole(&r->h, 0x31001140, 0x3100117f);
    CHECK_ABORT(r, 0x345, 0x1000, "r", 0x0000034500000003, 0, 0, 0x31001140);
    fake_no_holes(&r->h);
    reaches(r, 0x345, 0x31001140);
    rig_free(r);
}

/* B.1: L2Ptr beyond OAS; the record shows the bits within OAS. */
static void l2ptr_beyond_oas(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.oas = 40;
    r = rig_new_with(&p);
    set_strtab(r, BASE, 1u << 16 | 8u << 6 | 16);
    mem_w64(&r->h, BASE, 0xff0031000000 | 9);
    rig_forget(r);
    CHECK_ABORT(r, 1, 0x1000, "r", 0x0000000100000003, 0, 0, 0x31000040);
    CHECK_EQ(r->h.beyond, 0);
    /* C_BAD_STREAMID comes first. */
    mem_w64(&r->h, BASE, 0xff0031000000 | 1);
    rig_forget(r);
    out_of_range(r, 1);
    rig_free(r);
}

/* With an SSID the records carry it. */
/* E.2: a table that reaches beyond OAS: STEs there cannot be fetched. */
static void linear_beyond_oas(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.oas = 32;
    p.f.sidsize = 32;
    r = rig_new_with(&p);
    set_strtab(r, 0, 32);
    reaches(r, 0x03ffffff, 0xffffffc0);
    CHECK_ABORT(r, 0x04400000, 0x1000, "r", 0x0440000000000003, 0, 0,
                0x10000000);
    rig_free(r);
}

static void ssid_in_records(void)
{
    struct rig *r = rig_new();
    struct smmu3_txn t = rig_txn(0x100, 0x1000, "r");
    struct smmu3_result res;
    uint64_t w[4];

    t.ssv = true;
    t.ssid = 0xabcde;
    smmu3_translate(r->s, &t, &res);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x00000100abcde802);
    t.sid = 4;
    fake_hole(&r->h, RIG_STRTAB + 0x100, RIG_STRTAB + 0x13f);
    smmu3_translate(r->s, &t, &res);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x00000004abcde803);
    CHECK_EQ(w[3], RIG_STRTAB + 0x100);
    fake_no_holes(&r->h);
    smmu3_translate(r->s, &t, &res); /* V = 0 */
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x00000004abcde804);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/strtab/B.1/linear", linear);
    g_test_add_func("/strtab/B.1/linear-sizes", linear_sizes);
    g_test_add_func("/strtab/A.13/sidsize-clamps", sidsize_clamps);
    g_test_add_func("/strtab/A.13/linear-alignment", linear_alignment);
    g_test_add_func("/strtab/A.13/split-6", split_6);
    g_test_add_func("/strtab/A.13/split-8", split_8);
    g_test_add_func("/strtab/A.13/split-10", split_10);
    g_test_add_func("/strtab/A.13/split-other", split_other);
    g_test_add_func("/strtab/B.1/span", span);
    g_test_add_func("/strtab/B.1/span-above-split", span_above_split);
    g_test_add_func("/strtab/B.1/l2ptr-alignment", l2ptr_alignment);
    g_test_add_func("/strtab/A.13/two-level-alignment", two_level_alignment);
    g_test_add_func("/strtab/A.13/fmt", fmt);
    g_test_add_func("/strtab/A.10/recinvsid", recinvsid);
    g_test_add_func("/strtab/B.1/fetch-aborts", fetch_aborts);
    g_test_add_func("/strtab/B.1/l2ptr-beyond-oas", l2ptr_beyond_oas);
    g_test_add_func("/strtab/E.2/linear-beyond-oas", linear_beyond_oas);
    g_test_add_func("/strtab/D.1/ssid-in-records", ssid_in_records);
    return g_test_run();
}
