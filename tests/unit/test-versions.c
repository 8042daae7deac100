/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Versions of the architecture, v3.0 to v3.4 (2.9, 6.3.8; A.6, A.7): ID
 * registers by default, and where the rules of v3.0 differ.
 */
#include "rig.h"

#define SID 3u
#define VA UINT64_C(0x1000)
#define OUT UINT64_C(0x30000000)
#define FAR (UINT64_C(1) << 48) /* the first address beyond OAS */

/* What each version has by default, for both stages and for one. */
static void id_registers(void)
{
    static const struct {
        unsigned minor;
        bool s1p, s2p;
        uint32_t idr3;
    } rows[] = {
        { 0, true, true, 0x000014 },  { 0, true, false, 0x000004 },
        { 0, false, true, 0x000010 }, { 1, true, true, 0x001514 },
        { 1, true, false, 0x001504 }, { 1, false, true, 0x001510 },
        { 2, true, true, 0x001514 },  { 3, true, true, 0x007514 },
        { 3, true, false, 0x003504 }, { 3, false, true, 0x005510 },
        { 4, true, true, 0x427514 },  { 4, true, false, 0x023504 },
        { 4, false, true, 0x405510 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct smmu3_params p = smmu3_params_default();
        struct rig *r;

        p.f = smmu3_features_default(rows[i].minor, rows[i].s1p, rows[i].s2p);
        /* Those have tests of their own. */
        p.f.stt = false;
        p.f.pps = p.f.pasidtt = p.f.pbha = false;
        p.f.vax = p.f.oas = 48;
        p.f.ds = false;
        r = rig_new_raw(&p);
        CHECK_EQ(rd32(r, O_AIDR), rows[i].minor);
        if (!CHECK_EQ(rd32(r, O_IDR3), rows[i].idr3)) {
            g_test_message("v3.%u", rows[i].minor);
        }
        CHECK_EQ(rd32(r, O_IDR0) & 3,
                 (unsigned)rows[i].s1p << 1 | (unsigned)rows[i].s2p);
        rig_free(r);
    }
}

/* v3.3 where nobody says otherwise. */
static void by_default(void)
{
    struct smmu3_params p = smmu3_params_default();
    struct rig *r = rig_new_raw(&p);

    CHECK_EQ(rd32(r, O_AIDR), 3);
    rig_free(r);
}

static struct rig *rig_of(unsigned minor)
{
    struct smmu3_params p = smmu3_params_default();

    p.f = smmu3_features_default(minor, true, true);
    p.f.oas = p.f.vax = 48;
    p.f.ds = false;
    p.f.ssidsize = 20;
    p.f.cd2l = true;
    p.f.stall_model = 1;
    p.f.stall_max = 0;
    return rig_new_with(&p);
}

/* 3.4.3: a CD beyond OAS. v3.0: F_CD_FETCH with the whole address; later:
 * C_BAD_STE. */
static void s1contextptr(void)
{
    for (unsigned minor = 0; minor <= 4; minor++) {
        struct rig *r = rig_of(minor);
        struct ste ste = ste_s1(FAR | RIG_CD);

        rig_set_ste(r, SID, ste);
        r->h.beyond = 0;
        if (minor == 0) {
            CHECK_ABORT(r, SID, VA, "r", 0x0000000300000009, 0, 0,
                        FAR | RIG_CD);
            set_bits(ste.w, 63, 59, 8);
            rig_set_ste(r, SID, ste);
            rig_forget(r);
            CHECK_ABORT(r, SID, VA, "rs5", 0x0000000300005809, 0, 0,
                        (FAR | RIG_CD) + 5 * 64);
        } else {
            CHECK_ABORT(r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
        }
        /* An IPA: the same in all (the choice of C_BAD_STE). */
        rig_set_ste(r, SID,
                    ste_nested(FAR | RIG_CD, UINT64_C(0x21000000), 12, 24, 1));
        rig_forget(r);
        CHECK_ABORT(r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
        rig_free(r); /* fails if something was read there */
    }
}

/* The same for L1CD.L2Ptr: F_CD_FETCH, or C_BAD_SUBSTREAMID. */
static void l2ptr(void)
{
    for (unsigned minor = 0; minor <= 4; minor++) {
        struct rig *r = rig_of(minor);
        struct ste ste = ste_s1(RIG_CD);

        set_bits(ste.w, 5, 4, 1);
        set_bits(ste.w, 63, 59, 8);
        rig_set_ste(r, SID, ste);
        mem_w64(&r->h, RIG_CD, FAR | 0x5001);
        if (minor == 0) {
            CHECK_ABORT(r, SID, VA, "rs7", 0x0000000300007809, 0, 0,
                        FAR | (0x5000 + 7 * 64));
        } else {
            CHECK_ABORT(r, SID, VA, "rs7", 0x0000000300007008, 0, 0, 0);
        }
        rig_free(r);
    }
}

/* 5.4 IPS, 5.2 S2PS: reserved encodings are sizes of 48 bits in v3.0, and 52
 * in v3.1 to v3.3; never ILLEGAL. */
static void reserved_sizes(void)
{
    for (unsigned minor = 0; minor <= 4; minor++) {
        for (unsigned ps = 6; ps <= 7; ps++) {
            struct rig *r = rig_of(minor);
            struct mapper m =
                map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
            struct cd cd = cd_make(RIG_TABLES, 12, 25);

            set_bits(cd.w, 34, 32, ps);
            map_at(&m, VA, 3, 0x0000f00000000000 | OUT | D_PAGE | D_S1ALL);
            rig_set_cd(r, RIG_CD, cd);
            rig_set_ste(r, SID, ste_s1(RIG_CD));
            CHECK_OK(r, SID, VA, "r", 0x0000f00000000000 | OUT);
            rig_free(r);
        }
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/versions/A.7/id-registers", id_registers);
    g_test_add_func("/versions/A.7/default", by_default);
    g_test_add_func("/versions/E.2/s1contextptr", s1contextptr);
    g_test_add_func("/versions/E.2/l2ptr", l2ptr);
    g_test_add_func("/versions/B.8/reserved-sizes", reserved_sizes);
    return g_test_run();
}
