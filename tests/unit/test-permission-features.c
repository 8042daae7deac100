/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * E0PD, EPAN, PBHA, NoTagAccess (MTEPERM): CD and STE bits of v3.2 to v3.4,
 * with and without the feature (5.2, 5.4, 3.23.1).
 */
#include "rig.h"

#define SID 9u
#define TTB UINT64_C(0x20000000)
#define NEXT UINT64_C(0x20100000)
#define TTB2 UINT64_C(0x40000000)
#define HIGH UINT64_C(0xffffff8000000000)

static struct smmu3_params v34(void)
{
    struct smmu3_params p = rig_params();

    p.f.arch_minor = 4;
    p.f.e0pd = p.f.ptwnnc = p.f.epan = p.f.mteperm = p.f.pbha = true;
    return p;
}

/* Both halves map page 1, TTB0 to 0x5000 and TTB1 to 0x6000, with @attrs. */
static struct cd two_halves(struct rig *r, uint64_t attrs)
{
    struct mapper lo = map_s1(&r->h, TTB, 12, 25, NEXT);
    struct mapper hi = map_s1(&r->h, TTB + 0x10000, 12, 25, NEXT + 0x10000);
    struct cd cd = cd_make(TTB, 12, 25);

    cd_ttb1(&cd, TTB + 0x10000, 12, 25);
    map_at(&lo, 0x1000, 3, 0x5000 | D_PAGE | attrs);
    map_at(&hi, 0x1000, 3, 0x6000 | D_PAGE | attrs);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    return cd;
}

static void set_cd(struct rig *r, struct cd cd)
{
    rig_set_cd(r, RIG_CD, cd);
    rig_forget(r);
}

/* 5.4 E0PD0, E0PD1: each shuts its half to the unprivileged; as a range fault
 * it comes before everything else, and from the TLB's entries too. */
static void e0pd(void)
{
    struct smmu3_params p = v34();
    struct rig *r = rig_new_with(&p);
    struct cd cd = two_halves(r, D_S1ALL);

    set_bits(cd.w, 66, 66, 1);
    set_cd(r, cd);
    for (unsigned pass = 0; pass < 2; pass++) {
        CHECK_OK(r, SID, 0x1234, "rp", 0x5234);
        CHECK_ABORT(r, SID, 0x1234, "r", 0x0000000900000010, 0x0000020800000000,
                    0x1234, 0);
        CHECK_ABORT(r, SID, 0x1234, "w", 0x0000000900000010, 0x0000020000000000,
                    0x1234, 0);
        CHECK_ABORT(r, SID, 0x1234, "x", 0x0000000900000010, 0x0000020c00000000,
                    0x1234, 0);
        CHECK_OK(r, SID, HIGH + 0x1234, "r", 0x6234);
    }
    set_bits(cd.w, 66, 66, 0);
    set_bits(cd.w, 130, 130, 1);
    set_cd(r, cd);
    CHECK_OK(r, SID, 0x1234, "r", 0x5234);
    CHECK_OK(r, SID, HIGH + 0x1234, "wp", 0x6234);
    CHECK_ABORT(r, SID, HIGH + 0x1234, "r", 0x0000000900000010,
                0x0000020800000000, HIGH + 0x1234, 0);
    rig_free(r);
}

/* No E0PD in the EL2 world, but in EL2-E2H. */
static void e0pd_worlds(void)
{
    struct smmu3_params p = v34();
    struct rig *r = rig_new_with(&p);
    struct cd cd = two_halves(r, D_S1ALL);
    struct ste ste = ste_s1(RIG_CD);

    set_bits(ste.w, 95, 94, 2);
    rig_set_ste(r, SID, ste);
    set_bits(cd.w, 66, 66, 1);
    set_cd(r, cd);
    CHECK_OK(r, SID, 0x1234, "r", 0x5234);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR2, 3);
    wr32(r, O_CR0, 0xd);
    rig_forget(r);
    CHECK_ABORT(r, SID, 0x1234, "r", 0x0000000900000010, 0x0000020800000000,
                0x1234, 0);
    rig_free(r);
}

static void e0pd_off(void)
{
    struct rig *r = rig_new();
    struct cd cd = two_halves(r, D_S1ALL);

    set_bits(cd.w, 66, 66, 1);
    set_bits(cd.w, 130, 130, 1);
    set_cd(r, cd);
    CHECK_OK(r, SID, 0x1234, "r", 0x5234);
    CHECK_OK(r, SID, HIGH + 0x1234, "r", 0x6234);
    rig_free(r);
}

/* 5.4 EPAN: what a privileged data read of a page may do, by AP[1], UXN and
 * the two bits of the CD. */
static void epan(void)
{
    static const struct {
        uint64_t attrs;
        bool pan, epan, allowed;
    } rows[] = {
        { 0, false, true, true },
        { 0, true, false, true },
        { 0, true, true, false },
        { D_UXN, true, true, true },
        { D_EL0, true, false, false },
        { D_EL0 | D_UXN, true, true, false },
        { D_EL0, false, true, true },
        { D_UXN | D_PXN, true, true, true },
        { D_PXN | D_RO, true, true, false },
    };

    for (unsigned with = 0; with < 2; with++) {
        struct smmu3_params p = v34();
        struct rig *r;

        p.f.epan = with;
        p.f.arch_minor = with ? 4 : 3;
        r = rig_new_with(&p);
        for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
            struct cd cd = two_halves(r, D_AF | D_NG | rows[i].attrs);
            bool without = rows[i].attrs & D_EL0 ? !rows[i].pan : true;

            set_bits(cd.w, 40, 40, rows[i].pan);
            set_bits(cd.w, 123, 123, rows[i].epan);
            set_cd(r, cd);
            for (unsigned pass = 0; pass < 2; pass++) {
                if (with ? rows[i].allowed : without) {
                    CHECK_OK(r, SID, 0x1234, "rp", 0x5234);
                } else if (!CHECK_ABORT(r, SID, 0x1234, "rp",
                                        0x0000000900000013, 0x0000020a00000000,
                                        0x1234, 0)) {
                    g_test_message("row %u, feature %u", i, with);
                }
            }
            /* Instruction accesses are not PAN's business. */
            if (!(rows[i].attrs & (D_PXN | D_EL0))) {
                CHECK_OK(r, SID, 0x1234, "xp", 0x5234);
            }
        }
        rig_free(r);
    }
}

/* UXNTable counts as UXN, unless HAD0. */
static void epan_hierarchical(void)
{
    struct smmu3_params p = v34();
    struct rig *r = rig_new_with(&p);
    struct cd cd = two_halves(r, D_AF | D_NG);
    struct mapper lo = map_s1(&r->h, TTB, 12, 25, NEXT);
    uint64_t at = map_find(&lo, 0x1000, 2);

    map_put(&lo, at, map_get(&lo, at) | UINT64_C(1) << 60);
    set_bits(cd.w, 40, 40, 1);
    set_bits(cd.w, 123, 123, 1);
    set_cd(r, cd);
    CHECK_OK(r, SID, 0x1234, "rp", 0x5234);
    set_bits(cd.w, 65, 65, 1);
    set_cd(r, cd);
    CHECK_ABORT(r, SID, 0x1234, "rp", 0x0000000900000013, 0x0000020a00000000,
                0x1234, 0);
    rig_free(r);
}

/* 3.23.1: 0100 is Write-Back, for the result and for S2PTW's check. */
static void no_tag_access(void)
{
    for (unsigned with = 0; with < 2; with++) {
        struct smmu3_params p = v34();
        struct mapper m2;
        struct rig *r;

        p.f.mteperm = with;
        p.f.arch_minor = with ? 4 : 3;
        r = rig_new_with(&p);
        m2 = map_s2(&r->h, TTB2, 12, 24, 1, TTB2 + 0x100000);
        map_at(&m2, 0x1000, 3,
               0x7000 | D_PAGE | D_S2R | D_S2W | D_AF | 4u << 2);
        rig_set_ste(r, SID, ste_s2(TTB2, 12, 24, 1));
        CHECK_EQ(rig_go(r, SID, 0x1234, "r").attr, with ? 0xff : 0x00);
        rig_free(r);
    }
}

static struct smmu3_result nested_pbha(struct rig *r, unsigned hwu,
                                       unsigned s2hwu, bool had)
{
    struct cd cd = cd_make(TTB, 12, 25);
    struct ste ste = ste_nested(RIG_CD, TTB2, 12, 24, 1);

    set_bits(cd.w, 65, 65, had);
    set_bits(cd.w, 127, 124, hwu);
    set_bits(ste.w, 75, 72, s2hwu);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste);
    rig_forget(r);
    rig_go(r, SID, 0x1234, "r");
    return rig_go(r, SID, 0x1234, "r"); /* of the TLB */
}

/* Bits [62:59] of the leaf where HWUnn says so, and HADx; stage 2's where
 * S2HWUnn says so. */
static void pbha(void)
{
    for (unsigned with = 0; with < 2; with++) {
        struct smmu3_params p = v34();
        struct mapper m, m2;
        struct rig *r;

        p.f.pbha = with;
        r = rig_new_with(&p);
        m = map_s1(&r->h, TTB, 12, 25, NEXT);
        m2 = map_s2(&r->h, TTB2, 12, 24, 1, TTB2 + 0x100000);
        for (uint64_t a = 0; a < 4; a++) {
            map_at(&m2, (RIG_CD & ~UINT64_C(0x1fffff)) + (a << 27), 2,
                   ((RIG_CD & ~UINT64_C(0x1fffff)) + (a << 27)) | D_BLOCK |
                       D_S2ALL);
        }
        map_at(&m2, TTB, 2, TTB | D_BLOCK | D_S2ALL);
        map_at(&m2, 0x5000, 3, 0x7000 | D_PAGE | D_S2ALL | UINT64_C(0x6) << 59);
        map_at(&m, 0x1000, 3, 0x5000 | D_PAGE | D_S1ALL | UINT64_C(0xb) << 59);
        CHECK_EQ(nested_pbha(r, 0xf, 0x0, true).pbha, with ? 0xb : 0);
        CHECK_EQ(nested_pbha(r, 0x9, 0x0, true).pbha, with ? 0x9 : 0);
        CHECK_EQ(nested_pbha(r, 0xf, 0x0, false).pbha, 0);
        CHECK_EQ(nested_pbha(r, 0xf, 0xf, true).pbha, with ? 0x6 : 0);
        CHECK_EQ(nested_pbha(r, 0xf, 0x3, true).pbha, with ? 0xa : 0);
        CHECK_EQ(nested_pbha(r, 0x0, 0x4, false).pbha, with ? 0x4 : 0);
        rig_free(r);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/permission-features/e0pd", e0pd);
    g_test_add_func("/permission-features/e0pd-worlds", e0pd_worlds);
    g_test_add_func("/permission-features/e0pd-not-advertised", e0pd_off);
    g_test_add_func("/permission-features/epan", epan);
    g_test_add_func("/permission-features/epan-hierarchical",
                    epan_hierarchical);
    g_test_add_func("/permission-features/no-tag-access", no_tag_access);
    g_test_add_func("/permission-features/pbha", pbha);
    return g_test_run();
}
