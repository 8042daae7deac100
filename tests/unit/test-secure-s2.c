/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secure stage 2 (3.10.2.2; A.14 SEL2, B.2, B.5, C.5, E.13, F.1): two IPA
 * spaces, where their walks and outputs lie, S-EL2, invalidation. All
 * expectations are literals.
 */
#include "secure-rig.h"

#define IPA UINT64_C(0x40001000)
#define VA UINT64_C(0x50002000)

/* Start-level tables: of the Secure IPA space, and of the Non-secure one. */
#define TTB_S UINT64_C(0x20000000)
#define TTB_NS UINT64_C(0x21000000)

static struct smmu3_params sel2_params(void)
{
    struct smmu3_params p = secure_params();

    p.f.stt = true;
    p.f.sel2 = true;
    return p;
}

/* An STE with both stage-2 tables: 4K, 39 bits, level 1. */
static struct ste ste_two(struct ste ste)
{
    set_bits(ste.w, 293, 288, 25); /* S_S2T0SZ */
    set_bits(ste.w, 295, 294, 1);  /* S_S2SL0 */
    set_bits(ste.w, 303, 302, 0);  /* S_S2TG */
    ste.w[6] |= TTB_S;
    return ste;
}

static struct ste ste_s2_only(void)
{
    return ste_two(ste_s2(TTB_NS, 12, 25, 1));
}

/* Maps @ipa to @pa in the table at @ttb, which lies in that memory. */
static uint64_t map2(struct secure_rig *s, uint64_t ttb, bool ns, uint64_t ipa,
                     uint64_t pa)
{
    struct mapper m =
        map_s2(&s->r->h, ttb, 12, 25, 1, ttb + 0x1000 + (ipa >> 30) * 0x10000);

    m.offset = ns ? 0 : FAKE_SECURE;
    return map_at(&m, ipa, 3, pa | D_PAGE | D_S2ALL);
}

static struct secure_rig begin(void)
{
    struct smmu3_params p = sel2_params();

    return secure_new(&p);
}

/* A.14, B.5: S_IDR1.SEL2; without it a Secure stage 2 is ILLEGAL. */
static void advertised(void)
{
    struct smmu3_params p = sel2_params();
    struct secure_rig s = secure_new(&p);

    CHECK_EQ(srd32(s.r, 0x8004), 0xa0000008);
    secure_set_ste(&s, 1, ste_s2_only());
    map2(&s, TTB_S, false, IPA, 0x7000);
    SECURE_OK(&s, 1, IPA, "r", 0x7000, SMMU3_S);
    rig_free(s.r);
    p.f.sel2 = false;
    s = secure_new(&p);
    CHECK_EQ(srd32(s.r, 0x8004), 0x80000008);
    secure_set_ste(&s, 1, ste_s2_only());
    SECURE_ABORT(&s, 1, IPA, "r", UINT64_C(0x100000004), 0, 0, 0);
    /* S_CR2.E2H is RES0 too. */
    swr32(s.r, 0x8020, 0xc);
    swr32(s.r, 0x802c, 3);
    CHECK_EQ(srd32(s.r, 0x802c), 2);
    rig_free(s.r);
}

/* E.13: where a walk lies and where its output does, by S2SW, S2SA, S2NSW and
 * S2NSA. */
static void spaces(void)
{
    struct secure_rig s = begin();

    map2(&s, TTB_S, false, IPA, 0x41000000);
    map2(&s, TTB_S, true, IPA, 0x42000000);
    map2(&s, TTB_NS, false, IPA, 0x43000000);
    map2(&s, TTB_NS, true, IPA, 0x44000000);
    for (unsigned bits = 0; bits < 16; bits++) {
        bool sw = bits & 1, sa = bits & 2, nsw = bits & 4, nsa = bits & 8;
        struct ste ste = ste_s2_only();

        set_bits(ste.w, 384, 384, sw);
        set_bits(ste.w, 385, 385, sa);
        set_bits(ste.w, 192, 192, nsw);
        set_bits(ste.w, 193, 193, nsa);
        secure_set_ste(&s, bits, ste);
        secure_forget(&s);
        for (unsigned twice = 0; twice < 2; twice++) {
            SECURE_OK(&s, bits, IPA, "r", sw ? 0x42000000 : 0x41000000,
                      sw || sa ? SMMU3_NS : SMMU3_S);
            SECURE_OK(&s, bits, IPA, "nr", nsw ? 0x44000000 : 0x43000000,
                      bits ? SMMU3_NS : SMMU3_S);
        }
    }
    rig_free(s.r);
}

/* D.1: NSIPA tells the space of the IPA; only with S2 = 1. */
static void nsipa(void)
{
    struct secure_rig s = begin();

    secure_set_ste(&s, 1, ste_s2_only());
    SECURE_ABORT(&s, 1, IPA, "r", 0x0000000100000010, 0x0000028800000000, IPA,
                 IPA);
    SECURE_ABORT(&s, 1, IPA, "nr", 0x0000000100000010, 0x000002c800000000, IPA,
                 IPA);
    rig_free(s.r);
}

/* The same of permissions, found by a walk and in the TLB, and of an IPA that
 * no table covers. */
static void nsipa_permission(void)
{
    const uint64_t far = UINT64_C(1) << 39;
    struct secure_rig s = begin();
    struct mapper m = map_s2(&s.r->h, TTB_NS, 12, 25, 1, TTB_NS + 0x1000);

    secure_set_ste(&s, 1, ste_s2_only());
    m.offset = FAKE_SECURE;
    map_at(&m, IPA, 3, 0x7000 | D_PAGE | (D_S2ALL & ~D_S2W));
    SECURE_ABORT(&s, 1, IPA, "nw", 0x0000000100000013, 0x000002c000000000, IPA,
                 IPA);
    SECURE_OK(&s, 1, IPA, "nr", 0x7000, SMMU3_S);
    SECURE_ABORT(&s, 1, IPA, "nw", 0x0000000100000013, 0x000002c000000000, IPA,
                 IPA);
    SECURE_ABORT(&s, 1, far, "nr", 0x0000000100000010, 0x000002c800000000, far,
                 far);
    SECURE_ABORT(&s, 1, far, "r", 0x0000000100000010, 0x0000028800000000, far,
                 far);
    rig_free(s.r);
}

/* Nested: SID 1, tables of stage 1 in IPA space by NSCFG0. */
static void nested_begin(struct secure_rig *s, bool nscfg, struct mapper *m)
{
    struct cd cd = cd_make(RIG_TABLES + 0x2000000, 12, 25);
    uint64_t ttb = nscfg ? TTB_NS : TTB_S;

    *s = begin();
    cd.w[1] |= nscfg;
    secure_set_ste(s, 1, ste_two(ste_nested(RIG_CD, TTB_NS, 12, 25, 1)));
    /* The CD: always a Secure IPA. IPA = PA for all structures. */
    map2(s, TTB_S, false, RIG_CD, RIG_CD);
    mem_words(&s->r->h, FAKE_SECURE + RIG_CD, cd.w, 8);
    for (unsigned page = 0; page < 4; page++) {
        uint64_t at = RIG_TABLES + 0x2000000 + page * 0x1000;

        map2(s, ttb, false, at, at);
    }
    *m = map_s1(&s->r->h, RIG_TABLES + 0x2000000, 12, 25,
                RIG_TABLES + 0x2001000);
    /* Output of a walk of either IPA space is Secure here: no S2*A bit. */
    m->offset = FAKE_SECURE;
}

/* E.13: the leaf's NS bit selects the IPA space. */
static void nested_leaf(void)
{
    struct secure_rig s;
    struct mapper m;

    nested_begin(&s, false, &m);
    map_at(&m, VA, 3, 0x60000000 | D_PAGE | D_S1ALL);
    map_at(&m, VA + 0x1000, 3, 0x60000020 | D_PAGE | D_S1ALL);
    map2(&s, TTB_S, false, 0x60000000, 0x7000);
    map2(&s, TTB_NS, false, 0x60000000, 0x8000);
    for (unsigned twice = 0; twice < 2; twice++) {
        SECURE_OK(&s, 1, VA + 4, "r", 0x7004, SMMU3_S);
        SECURE_OK(&s, 1, VA + 0x1004, "r", 0x8004, SMMU3_S);
    }
    rig_free(s.r);
}

/* E.13: NSCFG0 = 1: tables and leaf in the Non-secure IPA space. */
static void nested_nscfg(void)
{
    struct secure_rig s;
    struct mapper m;

    nested_begin(&s, true, &m);
    map_at(&m, VA, 3, 0x60000000 | D_PAGE | D_S1ALL);
    map2(&s, TTB_S, false, 0x60000000, 0x7000);
    map2(&s, TTB_NS, false, 0x60000000, 0x8000);
    SECURE_OK(&s, 1, VA + 4, "r", 0x8004, SMMU3_S);
    rig_free(s.r);
}

/* D.1: NSIPA of a permission fault of stage 2 that a combined entry gives. */
static void nested_permission(void)
{
    struct secure_rig s;
    struct mapper m, m2;

    nested_begin(&s, false, &m);
    map_at(&m, VA, 3, 0x60000020 | D_PAGE | D_S1ALL);
    m2 = map_s2(&s.r->h, TTB_NS, 12, 25, 1, TTB_NS + 0x80000);
    m2.offset = FAKE_SECURE;
    map_at(&m2, 0x60000000, 3, 0x7000 | D_PAGE | (D_S2ALL & ~D_S2W));
    SECURE_OK(&s, 1, VA, "r", 0x7000, SMMU3_S);
    SECURE_ABORT(&s, 1, VA, "w", 0x0000000100000013, 0x000002c000000000, VA,
                 0x60000000);
    rig_free(s.r);
}

/* D.1: NSIPA of faults in nested streams: final IPA, stage-1 table, CD. */
static void nested_faults(void)
{
    struct secure_rig s;
    struct mapper m;

    nested_begin(&s, false, &m);
    map_at(&m, VA, 3, 0x60000000 | D_PAGE | D_S1ALL);
    map_at(&m, VA + 0x1000, 3, 0x60000020 | D_PAGE | D_S1ALL);
    SECURE_ABORT(&s, 1, VA, "r", 0x0000000100000010, 0x0000028800000000, VA,
                 0x60000000);
    SECURE_ABORT(&s, 1, VA + 0x1000, "r", 0x0000000100000010,
                 0x000002c800000000, VA + 0x1000, 0x60000000);
    rig_free(s.r);
    /* A table in the Non-secure IPA space that is not mapped. */
    nested_begin(&s, false, &m);
    mem_w64(&s.r->h, FAKE_SECURE + RIG_TABLES + 0x2000000 + 8 * (VA >> 30),
            UINT64_C(0x8000000066000003));
    SECURE_ABORT(&s, 1, VA, "r", 0x0000000100000010, 0x000001c800000000, VA,
                 0x66000000);
    rig_free(s.r);
    s = begin();
    secure_set_ste(&s, 1, ste_two(ste_nested(RIG_CD, TTB_NS, 12, 25, 1)));
    SECURE_ABORT(&s, 1, VA, "r", 0x0000000100000010, 0x0000008800000000, VA,
                 RIG_CD);
    rig_free(s.r);
}

/* B.5, row 23: the Secure table's geometry is checked as the other's. */
static void illegal(void)
{
    static const struct {
        unsigned hi, lo;
        uint64_t v;
        bool bad;
    } rows[] = {
        { 293, 288, 15, true },    { 293, 288, 49, true },
        { 293, 288, 40, true }, /* level 1 needs 31 bits and more */
        { 295, 294, 0, true },     { 303, 302, 3, true },
        { 439, 428, 0x800, true }, { 295, 294, 1, false },
        { 446, 445, 3, false }, /* S_S2SKL: 128-bit descriptors only */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct secure_rig s = begin();
        struct ste ste = ste_s2_only();

        set_bits(ste.w, rows[i].hi, rows[i].lo, rows[i].v);
        secure_set_ste(&s, 1, ste);
        map2(&s, TTB_S, false, IPA, 0x7000);
        if (rows[i].bad) {
            g_test_message("row %u", i);
            SECURE_ABORT(&s, 1, IPA, "r", UINT64_C(0x100000004), 0, 0, 0);
        } else {
            SECURE_OK(&s, 1, IPA, "r", 0x7000, SMMU3_S);
        }
        rig_free(s.r);
    }
}

/* C.5: TLBI_S_S2_IPA by VMID and space, S_S12_VMALL by VMID, SNH_ALL; nothing
 * of the Non-secure queue, nor the Non-secure commands. */
static void tlbi(void)
{
    static const struct {
        bool secure_queue;
        struct cmd c;
        bool s_gone, ns_gone;
    } rows[] = {
        { true, { { 0x5a | UINT64_C(7) << 32, IPA } }, true, false },
        { true, { { 0x5a | UINT64_C(7) << 32, IPA | 2 } }, false, true },
        { true, { { 0x5a | UINT64_C(8) << 32, IPA } }, false, false },
        { true, { { 0x5a | UINT64_C(7) << 32, IPA + 0x1000 } }, false, false },
        { true, { { 0x58 | UINT64_C(7) << 32, 0 } }, true, true },
        { true, { { 0x58 | UINT64_C(8) << 32, 0 } }, false, false },
        { true, { { 0x60, 0 } }, true, true },
        { true, { { 0x10 | UINT64_C(7) << 32, 0 } }, false, false },
        { true, { { 0x28 | UINT64_C(7) << 32, 0 } }, false, false },
        { true, { { 0x2a | UINT64_C(7) << 32, IPA } }, false, false },
        { true, { { 0x30, 0 } }, false, false },
        { true, { { 0x50, 0 } }, false, false },
        { false, { { 0x28 | UINT64_C(7) << 32, 0 } }, false, false },
        { false, { { 0x2a | UINT64_C(7) << 32, IPA } }, false, false },
        { false, { { 0x30, 0 } }, false, false },
    };
    struct secure_rig s = begin();

    secure_set_ste(&s, 1, ste_s2_only());
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        map2(&s, TTB_S, false, IPA, 0x7000);
        map2(&s, TTB_NS, false, IPA, 0x8000);
        secure_forget(&s);
        SECURE_OK(&s, 1, IPA, "r", 0x7000, SMMU3_S);
        SECURE_OK(&s, 1, IPA, "nr", 0x8000, SMMU3_S);
        map2(&s, TTB_S, false, IPA, 0x9000);
        map2(&s, TTB_NS, false, IPA, 0xa000);
        if (rows[i].secure_queue) {
            CHECK(secure_cmd(&s, rows[i].c));
        } else {
            rig_cmd(s.r, rows[i].c);
        }
        g_test_message("row %u", i);
        SECURE_OK(&s, 1, IPA, "r", rows[i].s_gone ? 0x9000 : 0x7000, SMMU3_S);
        SECURE_OK(&s, 1, IPA, "nr", rows[i].ns_gone ? 0xa000 : 0x8000, SMMU3_S);
    }
    rig_free(s.r);
}

/* B.4, C.5: the S-EL2 world; with S_CR2.E2H it has ASIDs. */
static void s_el2(void)
{
    static const struct {
        bool e2h;
        struct cmd c;
        bool gone;
    } rows[] = {
        { false, { { 0x50, 0 } }, true },
        { false, { { 0x52 | UINT64_C(9) << 48, VA } }, true },
        { false, { { 0x53, VA } }, true },
        { false, { { 0x53, VA + 0x1000 } }, false },
        { false, { { 0x20, 0 } }, false },
        { false, { { 0x18, 0 } }, false },
        { false, { { 0x10, 0 } }, false },
        { false, { { 0x60, 0 } }, false },
        { true, { { 0x50, 0 } }, true },
        { true, { { 0x51 | UINT64_C(3) << 48, 0 } }, true },
        { true, { { 0x51 | UINT64_C(9) << 48, 0 } }, false },
        { true, { { 0x52 | UINT64_C(3) << 48, VA } }, true },
        { true, { { 0x52 | UINT64_C(9) << 48, VA } }, false },
        { true, { { 0x53, VA } }, true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct secure_rig s = begin();
        struct cd cd = cd_make(RIG_TABLES, 12, 25);
        struct ste ste = ste_s1(RIG_CD);
        struct mapper m =
            map_s1(&s.r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
        uint64_t leaf;

        swr32(s.r, 0x8020, 0xc);
        swr32(s.r, 0x802c, rows[i].e2h ? 3 : 2);
        swr32(s.r, 0x8020, 0xd);
        m.offset = FAKE_SECURE;
        leaf = map_at(&m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);
        mem_words(&s.r->h, FAKE_SECURE + RIG_CD, cd.w, 8);
        set_bits(ste.w, 95, 94, 2);
        secure_set_ste(&s, 1, ste);
        SECURE_OK(&s, 1, VA, "r", 0x7000, SMMU3_S);
        map_put(&m, leaf, 0x9000 | D_PAGE | D_S1ALL);
        CHECK(secure_cmd(&s, rows[i].c));
        g_test_message("row %u", i);
        SECURE_OK(&s, 1, VA, "r", rows[i].gone ? 0x9000 : 0x7000, SMMU3_S);
        rig_free(s.r);
    }
}

/* F.1: with SEL2 a stream of stage 1 alone is tagged with VMID 0. */
static void vmid_of_stage_1(void)
{
    struct secure_rig s = begin();
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    struct mapper m = map_s1(&s.r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    uint64_t leaf;

    m.offset = FAKE_SECURE;
    leaf = map_at(&m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);
    mem_words(&s.r->h, FAKE_SECURE + RIG_CD, cd.w, 8);
    secure_set_ste(&s, 1, ste_s1(RIG_CD)); /* S2VMID = 7 */
    SECURE_OK(&s, 1, VA, "r", 0x7000, SMMU3_S);
    map_put(&m, leaf, 0x9000 | D_PAGE | D_S1ALL);
    CHECK(secure_cmd(&s, (struct cmd){ { 0x10 | UINT64_C(7) << 32, 0 } }));
    SECURE_OK(&s, 1, VA, "r", 0x7000, SMMU3_S);
    CHECK(secure_cmd(&s, (struct cmd){ { 0x10, 0 } }));
    SECURE_OK(&s, 1, VA, "r", 0x9000, SMMU3_S);
    rig_free(s.r);
}

/* A.14 SIF with stage 2: what stage 1 gives counts, not what stage 2 makes of
 * it. */
static void sif(void)
{
    struct secure_rig s = begin();

    secure_set_ste(&s, 1, ste_s2_only());
    map2(&s, TTB_S, false, IPA, 0x7000);
    map2(&s, TTB_NS, false, IPA, 0x8000);
    swr32(s.r, 0x8020, 0x2d);
    SECURE_OK(&s, 1, IPA, "x", 0x7000, SMMU3_S);
    SECURE_OK(&s, 1, IPA, "nr", 0x8000, SMMU3_S);
    SECURE_ABORT(&s, 1, IPA, "nx", 0x0000000100000013, 0x0000020c00000000, IPA,
                 0);
    rig_free(s.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/secure-s2/A.14/advertised", advertised);
    g_test_add_func("/secure-s2/A.14/sif", sif);
    g_test_add_func("/secure-s2/B.4/s-el2", s_el2);
    g_test_add_func("/secure-s2/B.5/23-illegal", illegal);
    g_test_add_func("/secure-s2/C.5/tlbi", tlbi);
    g_test_add_func("/secure-s2/D.1/nsipa", nsipa);
    g_test_add_func("/secure-s2/D.1/nsipa-permission", nsipa_permission);
    g_test_add_func("/secure-s2/D.1/nested-permission", nested_permission);
    g_test_add_func("/secure-s2/D.1/nested-faults", nested_faults);
    g_test_add_func("/secure-s2/E.13/spaces", spaces);
    g_test_add_func("/secure-s2/E.13/nested-leaf", nested_leaf);
    g_test_add_func("/secure-s2/E.13/nested-nscfg", nested_nscfg);
    g_test_add_func("/secure-s2/F.1/vmid-of-stage-1", vmid_of_stage_1);
    return g_test_run();
}
