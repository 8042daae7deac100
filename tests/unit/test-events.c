/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event records (7.3; D.1, D.2): every field of every record that this
 * feature set can raise, as literals. Fault behaviour (D.5).
 */
#include "rig.h"

#define SID 0x42u
#define VA UINT64_C(0x1234567)
#define S2_TTB UINT64_C(0x21000000)
/* Stage 1: 4K, 25 bits: level 2 entry 9, level 3 entry 0x34. */
#define L2_AT (RIG_TABLES + 0x48)
#define L3_AT (RIG_TABLES + 0x1000 + 0x1a0)

/* The bits of dword 1 that describe the access. */
static const struct how {
    const char *how;
    uint64_t bits;
} hows[] = {
    { "r", 0x0000000800000000 },
    { "rp", 0x0000000a00000000 },
    { "w", 0x0000000000000000 },
    { "wp", 0x0000000200000000 },
    { "x", 0x0000000c00000000 },
    { "xp", 0x0000000e00000000 },
    { "m", 0x0000000000000000 },
    { "mp", 0x0000000200000000 },
    /* A write is data, whatever it says. */
    { "xw", 0x0000000000000000 },
    { "xwp", 0x0000000200000000 },
    { "xm", 0x0000000000000000 },
};

static struct mapper s2_map(struct rig *r)
{
    return map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
}

/* Stage 1 with one page; @nested: over an identity stage 2. */
static struct rig *rig_mapped(bool nested)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 39, RIG_TABLES + 0x1000);
    struct mapper m2 = s2_map(r);

    rig_set_ste(r, SID,
                nested ? ste_nested(RIG_CD, S2_TTB, 12, 24, 1)
                       : ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 39));
    map_at(&m, VA, 3, 0x30000000 | D_PAGE | D_S1ALL);
    map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    map_at(&m2, RIG_TABLES, 3, RIG_TABLES | D_PAGE | D_S2ALL);
    map_at(&m2, RIG_TABLES + 0x1000, 3,
           (RIG_TABLES + 0x1000) | D_PAGE | D_S2ALL);
    map_at(&m2, 0x30000000, 3, 0x30000000 | D_PAGE | D_S2ALL);
    return r;
}

/* All kinds of access give @number with these fixed bits of dword 1. */
static void all_hows(struct rig *r, unsigned number, uint64_t addr,
                     uint64_t fixed, uint64_t dw3)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(hows); i++) {
        if (fixed == 0x0000028000000000) {
            /* Stage 1 is to let it pass: what EL0 may write, EL1 may not
             * execute. */
            mem_w64(&r->h, L3_AT,
                    0x30000000 | D_PAGE | D_S1ALL |
                        (strcmp(hows[i].how, "xp") == 0 ? D_RO : 0));
            rig_forget(r);
        }
        if (!CHECK_ABORT(r, SID, addr, hows[i].how,
                         (uint64_t)SID << 32 | number, fixed | hows[i].bits,
                         addr, dw3)) {
            g_test_message("access %s", hows[i].how);
        }
    }
}

/* These carry no description of the access. */
static void all_plain(struct rig *r, uint32_t sid, unsigned number,
                      uint64_t dw3)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(hows); i++) {
        CHECK_ABORT(r, sid, VA, hows[i].how, (uint64_t)sid << 32 | number, 0, 0,
                    dw3);
    }
}

static void c_bad_streamid(void)
{
    struct rig *r = rig_new();

    all_plain(r, 0x80000001, 0x02, 0);
    rig_free(r);
}

static void f_ste_fetch(void)
{
    struct rig *r = rig_new();

    fake_hole(&r->h, RIG_STRTAB + 64 * SID, RIG_STRTAB + 64 * SID);
    all_plain(r, SID, 0x03, RIG_STRTAB + 64 * SID);
    rig_free(r);
}

static void c_bad_ste(void)
{
    struct rig *r = rig_new();

    all_plain(r, SID, 0x04, 0);
    rig_free(r);
}

static void c_bad_substreamid(void)
{
    struct rig *r = rig_mapped(false);
    struct smmu3_txn t = rig_txn(SID, VA, "xp");
    struct smmu3_result res;
    uint64_t w[4];

    t.ssv = true;
    t.ssid = 0xfffff;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_ABORT);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x00000042fffff008);
    CHECK_EQ(w[1] | w[2] | w[3], 0);
    rig_free(r);
}

static void f_cd_fetch(void)
{
    struct rig *r = rig_mapped(false);

    fake_hole(&r->h, RIG_CD, RIG_CD + 63);
    all_plain(r, SID, 0x09, RIG_CD);
    rig_free(r);
}

static void c_bad_cd(void)
{
    struct rig *r = rig_mapped(false);

    mem_w64(&r->h, RIG_CD, 0);
    all_plain(r, SID, 0x0a, 0);
    rig_free(r);
}

/* J 30: CLASS = TT. */
static void f_walk_eabt(void)
{
    struct rig *r = rig_mapped(false);

    fake_hole(&r->h, L2_AT, L2_AT + 7);
    all_hows(r, 0x0b, VA, 0x0000010000000000, L2_AT);
    fake_no_holes(&r->h);
    fake_hole(&r->h, L3_AT + 7, L3_AT + 7);
    all_hows(r, 0x0b, VA, 0x0000010000000000, L3_AT);
    rig_free(r);
}

/* J 28: CLASS by purpose. */
static void f_walk_eabt_s2(void)
{
    struct rig *r = rig_mapped(true);
    struct mapper m2 = s2_map(r);
    uint64_t cd = map_find(&m2, RIG_CD, 3);
    uint64_t tt = map_find(&m2, RIG_TABLES + 0x1000, 3);
    uint64_t in = map_find(&m2, 0x30000000, 3);

    fake_hole(&r->h, cd, cd);
    all_hows(r, 0x0b, VA, 0x0000008000000000, cd);
    fake_no_holes(&r->h);
    fake_hole(&r->h, tt, tt);
    all_hows(r, 0x0b, VA, 0x0000018000000000, tt);
    fake_no_holes(&r->h);
    fake_hole(&r->h, in, in);
    all_hows(r, 0x0b, VA, 0x0000028000000000, in);
    rig_free(r);
}

/* J 29: stage-1 faults: S2 = 0, CLASS = IN, no IPA. */
static void f_translation(void)
{
    struct rig *r = rig_mapped(false);

    mem_w64(&r->h, L3_AT, 0);
    all_hows(r, 0x10, VA, 0x0000020000000000, 0);
    rig_free(r);
}

static void f_addr_size(void)
{
    struct rig *r = rig_mapped(false);
    struct cd cd = cd_make(RIG_TABLES, 12, 39);

    set_bits(cd.w, 34, 32, 0); /* 32 bits */
    rig_set_cd(r, RIG_CD, cd);
    mem_w64(&r->h, L3_AT, 0x100000000 | D_PAGE | D_S1ALL);
    all_hows(r, 0x11, VA, 0x0000020000000000, 0);
    rig_free(r);
}

static void f_access(void)
{
    struct rig *r = rig_mapped(false);

    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_EL0);
    all_hows(r, 0x12, VA, 0x0000020000000000, 0);
    rig_free(r);
}

static void f_permission(void)
{
    struct rig *r = rig_mapped(false);

    /* Nothing for EL0 but to be kept out. */
    mem_w64(&r->h, L3_AT, 0x30000000 | D_PAGE | D_AF | D_RO | D_UXN | D_PXN);
    CHECK_ABORT(r, SID, VA, "r", 0x0000004200000013, 0x0000020800000000, VA, 0);
    CHECK_ABORT(r, SID, VA, "w", 0x0000004200000013, 0x0000020000000000, VA, 0);
    CHECK_ABORT(r, SID, VA, "x", 0x0000004200000013, 0x0000020c00000000, VA, 0);
    CHECK_ABORT(r, SID, VA, "m", 0x0000004200000013, 0x0000020000000000, VA, 0);
    CHECK_ABORT(r, SID, VA, "wp", 0x0000004200000013, 0x0000020200000000, VA,
                0);
    CHECK_ABORT(r, SID, VA, "xp", 0x0000004200000013, 0x0000020e00000000, VA,
                0);
    CHECK_ABORT(r, SID, VA, "mp", 0x0000004200000013, 0x0000020200000000, VA,
                0);
    CHECK_OK(r, SID, VA, "rp", 0x30000567);
    rig_free(r);
}

/* Stage 2, by purpose: 0 CD, 1 TT, 2 IN. */
static const uint64_t ipas[3] = { RIG_CD, RIG_TABLES + 0x1000, 0x30000000 };

static void stage_2(unsigned number, uint64_t (*leaf)(uint64_t ipa))
{
    for (uint64_t class_of = 0; class_of < 3; class_of++) {
        struct rig *r = rig_mapped(true);
        struct mapper m2 = s2_map(r);
        struct ste ste = ste_nested(RIG_CD, S2_TTB, 12, 24, 1);

        set_bits(ste.w, 178, 176, 1); /* S2PS: 36 bits */
        rig_set_ste(r, SID, ste);
        map_put(&m2, map_find(&m2, ipas[class_of], 3), leaf(ipas[class_of]));
        all_hows(r, number, VA, 0x0000008000000000 | class_of << 40,
                 ipas[class_of]);
        rig_free(r);
    }
}

static uint64_t leaf_invalid(uint64_t ipa)
{
    return ipa | D_S2ALL;
}

static uint64_t leaf_too_large(uint64_t ipa)
{
    return (ipa + 0x1000000000) | D_PAGE | D_S2ALL;
}

static uint64_t leaf_no_af(uint64_t ipa)
{
    return (ipa | D_PAGE | D_S2ALL) & ~D_AF;
}

static void f_translation_s2(void)
{
    stage_2(0x10, leaf_invalid);
}

static void f_addr_size_s2(void)
{
    stage_2(0x11, leaf_too_large);
}

static void f_access_s2(void)
{
    stage_2(0x12, leaf_no_af);
}

/* A read is needed for CD and TT, whatever the access; TTRnW with TT. */
static void f_permission_s2(void)
{
    struct rig *r;
    struct mapper m2;

    for (uint64_t class_of = 0; class_of < 2; class_of++) {
        r = rig_mapped(true);
        m2 = s2_map(r);
        map_put(&m2, map_find(&m2, ipas[class_of], 3),
                ipas[class_of] | D_PAGE | (D_S2ALL & ~D_S2R));
        all_hows(r, 0x13, VA,
                 0x0000008000000000 | class_of << 40 | class_of << 44,
                 ipas[class_of]);
        rig_free(r);
    }
    r = rig_mapped(true);
    m2 = s2_map(r);
    map_put(&m2, map_find(&m2, ipas[2], 3),
            ipas[2] | D_PAGE | (D_S2ALL & ~(D_S2R | D_S2W)) | D_S2XN(2));
    all_hows(r, 0x13, VA, 0x0000028000000000, ipas[2]);
    rig_free(r);
}

/* D.2: an atomic that may write and may not read reports a read. */
static void atomic(void)
{
    struct rig *r = rig_mapped(true);
    struct mapper m2 = s2_map(r);
    uint64_t at = map_find(&m2, 0x30000000, 3);

    map_put(&m2, at, 0x30000000 | D_PAGE | (D_S2ALL & ~D_S2R));
    CHECK_ABORT(r, SID, VA, "m", 0x0000004200000013, 0x0000028800000000, VA,
                0x30000000);
    CHECK_OK(r, SID, VA, "w", 0x30000567);
    rig_forget(r);
    map_put(&m2, at, 0x30000000 | D_PAGE | (D_S2ALL & ~D_S2W));
    CHECK_ABORT(r, SID, VA, "m", 0x0000004200000013, 0x0000028000000000, VA,
                0x30000000);
    CHECK_OK(r, SID, VA, "r", 0x30000567);
    rig_forget(r);
    map_put(&m2, at, 0x30000000 | D_PAGE | (D_S2ALL & ~(D_S2R | D_S2W)));
    CHECK_ABORT(r, SID, VA, "m", 0x0000004200000013, 0x0000028000000000, VA,
                0x30000000);
    rig_forget(r);
    map_put(&m2, at, 0x30000000 | D_PAGE | D_S2ALL);
    CHECK_OK(r, SID, VA, "m", 0x30000567);
    rig_free(r);
}

/* J 17: InputAddr is the whole incoming address; the IPA has no low bits. */
static void input_addr(void)
{
    struct rig *r = rig_mapped(false);
    struct cd cd = cd_make(RIG_TABLES, 12, 39);

    set_bits(cd.w, 38, 38, 1); /* TBI0 */
    rig_set_cd(r, RIG_CD, cd);
    mem_w64(&r->h, L3_AT, 0);
    CHECK_ABORT(r, SID, 0xa500000001234fff, "r", 0x0000004200000010,
                0x0000020800000000, 0xa500000001234fff, 0);
    rig_free(r);
}

/* D.5: CD.A, CD.R for the four faults. @set_fault makes VA fault. */
static void a_and_r(void)
{
    static const uint64_t leaf[4] = {
        0,                                 /* F_TRANSLATION */
        0x800000000000 | D_PAGE | D_S1ALL, /* F_ADDR_SIZE with IPS 44 */
        0x30000000 | D_PAGE | D_EL0,       /* F_ACCESS */
        0x30000000 | D_PAGE | D_AF,        /* F_PERMISSION */
    };

    for (unsigned n = 0; n < 16; n++) {
        struct rig *r = rig_mapped(false);
        struct cd cd = cd_make(RIG_TABLES, 12, 39);
        enum smmu3_outcome outcome = n & 1 ? SMMU3_ABORT : SMMU3_RAZWI;
        const uint64_t w[4] = { 0x0000004200000010 + (n >> 2),
                                0x0000020800000000, VA, 0 };

        set_bits(cd.w, 34, 32, 4);
        set_bits(cd.w, 46, 46, n & 1);      /* A */
        set_bits(cd.w, 45, 45, n >> 1 & 1); /* R */
        rig_set_cd(r, RIG_CD, cd);
        mem_w64(&r->h, L3_AT, leaf[n >> 2]);
        if (n & 2) {
            check_fault(r, __FILE__, __LINE__, SID, VA, "r", outcome, w);
        } else {
            CHECK_QUIET(r, SID, VA, "r", outcome);
        }
        rig_free(r);
    }
}

/* D.5: S2R; always an abort. CD.A and CD.R do not matter. */
static void s2r(void)
{
    for (uint64_t class_of = 0; class_of < 3; class_of++) {
        struct rig *r = rig_mapped(true);
        struct mapper m2 = s2_map(r);
        struct ste ste = ste_nested(RIG_CD, S2_TTB, 12, 24, 1);
        struct cd cd = cd_make(RIG_TABLES, 12, 39);

        set_bits(cd.w, 46, 45, 0); /* A = R = 0 */
        rig_set_cd(r, RIG_CD, cd);
        map_put(&m2, map_find(&m2, ipas[class_of], 3), 0);
        CHECK_ABORT(r, SID, VA, "r", 0x0000004200000010,
                    0x0000008800000000 | class_of << 40, VA, ipas[class_of]);
        set_bits(ste.w, 186, 186, 0);
        rig_set_ste(r, SID, ste);
        set_bits(cd.w, 46, 45, 3);
        rig_set_cd(r, RIG_CD, cd);
        rig_forget(r);
        CHECK_QUIET(r, SID, VA, "r", SMMU3_ABORT);
        rig_free(r);
    }
}

/* D.5: configuration faults and external aborts are recorded, and abort,
 * whatever A, R and S2R say. */
static void always_recorded(void)
{
    struct rig *r = rig_mapped(true);
    struct mapper m2 = s2_map(r);
    struct ste ste = ste_nested(RIG_CD, S2_TTB, 12, 24, 1);
    struct cd cd = cd_make(RIG_TABLES, 12, 39);
    uint64_t at = map_find(&m2, RIG_TABLES, 3);

    set_bits(ste.w, 186, 186, 0);
    set_bits(cd.w, 46, 45, 0);
    rig_set_ste(r, SID, ste);
    rig_set_cd(r, RIG_CD, cd);
    fake_hole(&r->h, at, at + 7);
    CHECK_ABORT(r, SID, VA, "r", 0x000000420000000b, 0x0000018800000000, VA,
                at);
    fake_no_holes(&r->h);
    fake_hole(&r->h, L3_AT, L3_AT + 7);
    CHECK_ABORT(r, SID, VA, "r", 0x000000420000000b, 0x0000010800000000, VA,
                L3_AT);
    fake_no_holes(&r->h);
    set_bits(cd.w, 31, 31, 0);
    rig_set_cd(r, RIG_CD, cd);
    rig_forget(r);
    CHECK_ABORT(r, SID, VA, "r", 0x000000420000000a, 0, 0, 0);
    rig_free(r);
}

/* E.2: stage 1 bypassed, input beyond IAS: not a matter of S2R either. */
static void input_beyond_ias(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;
    struct ste ste = ste_s2(S2_TTB, 12, 24, 1);

    p.f.oas = 40;
    r = rig_new_with(&p);
    set_bits(ste.w, 186, 186, 0); /* S2R = 0 */
    rig_set_ste(r, SID, ste);
    CHECK_ABORT(r, SID, 0x10000000000, "w", 0x0000004200000011,
                0x0000020000000000, 0x10000000000, 0);
    /* Within IAS, above the IPA size: stage 2, which S2R silences. */
    set_bits(ste.w, 165, 160, 26); /* 38 bits */
    rig_set_ste(r, SID, ste);
    rig_forget(r);
    CHECK_QUIET(r, SID, 0x4000000000, "w", SMMU3_ABORT);
    set_bits(ste.w, 186, 186, 1);
    rig_set_ste(r, SID, ste);
    rig_forget(r);
    CHECK_ABORT(r, SID, 0x4000000000, "w", 0x0000004200000010,
                0x0000028000000000, 0x4000000000, 0x4000000000);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/events/D.2/02-c-bad-streamid", c_bad_streamid);
    g_test_add_func("/events/D.2/03-f-ste-fetch", f_ste_fetch);
    g_test_add_func("/events/D.2/04-c-bad-ste", c_bad_ste);
    g_test_add_func("/events/D.2/08-c-bad-substreamid", c_bad_substreamid);
    g_test_add_func("/events/D.2/09-f-cd-fetch", f_cd_fetch);
    g_test_add_func("/events/D.2/0a-c-bad-cd", c_bad_cd);
    g_test_add_func("/events/D.2/0b-f-walk-eabt", f_walk_eabt);
    g_test_add_func("/events/D.2/0b-f-walk-eabt-stage-2", f_walk_eabt_s2);
    g_test_add_func("/events/D.2/10-f-translation", f_translation);
    g_test_add_func("/events/D.2/10-f-translation-stage-2", f_translation_s2);
    g_test_add_func("/events/D.2/11-f-addr-size", f_addr_size);
    g_test_add_func("/events/D.2/11-f-addr-size-stage-2", f_addr_size_s2);
    g_test_add_func("/events/D.2/12-f-access", f_access);
    g_test_add_func("/events/D.2/12-f-access-stage-2", f_access_s2);
    g_test_add_func("/events/D.2/13-f-permission", f_permission);
    g_test_add_func("/events/D.2/13-f-permission-stage-2", f_permission_s2);
    g_test_add_func("/events/D.2/atomic", atomic);
    g_test_add_func("/events/D.2/input-addr", input_addr);
    g_test_add_func("/events/D.5/a-and-r", a_and_r);
    g_test_add_func("/events/D.5/s2r", s2r);
    g_test_add_func("/events/D.5/always-recorded", always_recorded);
    g_test_add_func("/events/E.2/input-beyond-ias", input_beyond_ias);
    return g_test_run();
}
