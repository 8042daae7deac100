/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Secure programming interface (3.10, 6.3.52 ff.; A.14, B.4, C.5, E.13):
 * registers, streams, stage 1 with its NS attributes, TLBI. All
 * expectations are literals.
 */
#include "secure-rig.h"

#define VA UINT64_C(0x40001000)

/* A.14: without SECURE_IMPL all of 0x8000-0xFFFF is RAZ/WI, for everybody. */
static void absent(void)
{
    struct rig *r = rig_new();

    for (uint32_t offset = 0x8000; offset < 0x10000; offset += 4) {
        swr32(r, offset, UINT32_MAX);
        CHECK_EQ(srd32(r, offset), 0);
    }
    CHECK_EQ(rd32(r, O_CR0ACK), 0xd);
    rig_free(r);
}

/* A.14: a Non-secure access to a Secure register is RAZ/WI. */
static void from_non_secure(void)
{
    struct secure_rig s = secure_new(NULL);

    for (uint32_t offset = 0x8000; offset < 0x10000; offset += 4) {
        CHECK_EQ(rd32(s.r, offset), 0);
        wr32(s.r, offset, 0);
    }
    CHECK_EQ(srd32(s.r, 0x8024), 0xd);
    CHECK_EQ(srd64(s.r, 0x8080), RIG_STRTAB);
    rig_free(s.r);
}

/* A Secure access reaches the Non-secure registers (6.2). */
static void reaches_non_secure(void)
{
    struct secure_rig s = secure_new(NULL);

    CHECK_EQ(srd32(s.r, 0x0), rd32(s.r, 0x0));
    CHECK_EQ(srd32(s.r, 0x24), 0xd);
    swr32(s.r, 0x20, 0xc);
    CHECK_EQ(rd32(s.r, 0x24), 0xc);
    CHECK_EQ(srd32(s.r, 0x8024), 0xd);
    rig_free(s.r);
}

/* A.14: S_IDRs, and registers that the Secure interface does not have. */
static void identification(void)
{
    static const uint32_t none[] = { 0x8008, 0x8010, 0x8014, 0x8018, 0x801c,
                                     0x8040, 0x8fd0, 0x8fe0, 0x8fe4, 0x8fe8,
                                     0x8ff0, 0x8ff4, 0x8ff8, 0x8ffc };
    struct smmu3_params p = secure_params();
    struct rig *r = rig_new_raw(&p);

    CHECK_EQ(srd32(r, 0x8000), 0x01000000); /* STALL_MODEL 1 */
    CHECK_EQ(srd32(r, 0x8004), 0x80000008);
    CHECK_EQ(srd32(r, 0x800c), 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(none); i++) {
        CHECK_EQ(srd32(r, none[i]), 0);
    }
    rig_free(r);
    p.f.s_sidsize = 3;
    r = rig_new_raw(&p);
    CHECK_EQ(srd32(r, 0x8004), 0x80000003);
    rig_free(r);
}

/* A.14: bits that can be written, from reset. */
static void writable(void)
{
    static const struct {
        uint32_t offset, value;
    } rows[] = {
        { 0x8028, 0x00000fff }, { 0x802c, 0x00000002 }, { 0x8088, 0x000307ff },
        { 0x8098, 0x000fffff }, { 0x80ac, 0x800fffff }, { 0x8050, 0x00000005 },
        { 0x80a8, 0x800fffff },
    };
    struct smmu3_params p = secure_params();
    struct rig *r = rig_new_raw(&p);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK_EQ(srd32(r, rows[i].offset), 0);
    }
    swr64(r, 0x8090, UINT64_MAX);
    swr64(r, 0x80a0, UINT64_MAX);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        swr32(r, rows[i].offset, UINT32_MAX);
        CHECK_EQ(srd32(r, rows[i].offset), rows[i].value);
    }
    /* S_GBPA: NSCFG too; a write without Update is ignored. */
    CHECK_EQ(srd32(r, 0x8044), 0x1000);
    swr32(r, 0x8044, 0x7fffffff);
    CHECK_EQ(srd32(r, 0x8044), 0x1000);
    swr32(r, 0x8044, UINT32_MAX);
    CHECK_EQ(srd32(r, 0x8044), 0x001fff1f);
    /* S_CR0: SIF; no PRIQEN, ATSCHK; NSSTALLD needs STALL_MODEL = 0. */
    swr32(r, 0x8020, UINT32_MAX);
    CHECK_EQ(srd32(r, 0x8020), 0x2d);
    CHECK_EQ(srd32(r, 0x8024), 0x2d);
    CHECK_EQ(rd32(r, O_CR0), 0);
    wr32(r, O_CR0, UINT32_MAX);
    CHECK_EQ(rd32(r, O_CR0), 0xd);
    rig_free(r);
}

/* A.14: guards of one interface look at its own enables. */
static void guards(void)
{
    struct secure_rig s = secure_new(NULL);

    wr32(s.r, O_CR0, 0);
    swr64(s.r, 0x8080, 0x40);
    swr64(s.r, 0x8090, 0x40);
    swr64(s.r, 0x80a0, 0x40);
    swr32(s.r, 0x80a8, 5);
    CHECK_EQ(srd64(s.r, 0x8080), RIG_STRTAB);
    CHECK_EQ(srd64(s.r, 0x8090), RIG_CMDQ | RIG_CMDQ_LOG2);
    CHECK_EQ(srd64(s.r, 0x80a0), RIG_EVENTQ | RIG_EVENTQ_LOG2);
    CHECK_EQ(srd32(s.r, 0x80a8), 0);
    wr64(s.r, O_STRTAB_BASE, 0x40);
    CHECK_EQ(rd64(s.r, O_STRTAB_BASE), 0x40);
    rig_free(s.r);
}

/* 3.10: one StreamID of both namespaces, each with its own table and queue. */
static void two_namespaces(void)
{
    struct secure_rig s = secure_new(NULL);

    rig_set_ste(s.r, 3, ste_abort());
    secure_set_ste(&s, 3, ste_bypass());
    for (unsigned twice = 0; twice < 2; twice++) {
        CHECK_QUIET(s.r, 3, 0x1000, "r", SMMU3_ABORT);
        SECURE_OK(&s, 3, 0x1000, "r", 0x1000, SMMU3_S);
        SECURE_OK(&s, 3, 0x1000, "nr", 0x1000, SMMU3_NS);
    }
    /* Secure records go to the Secure queue alone. */
    SECURE_ABORT(&s, 4, 0x1000, "r", 0x0000000400000004, 0, 0, 0);
    CHECK_EQ(rig_drop_events(s.r), 0);
    CHECK_ABORT(s.r, 4, 0x1000, "r", 0x0000000400000004, 0, 0, 0);
    SECURE_ABORT(&s, 256, 0x1000, "r", 0x0000010000000002, 0, 0, 0);
    rig_free(s.r);
}

/* B.1, A.14: S_IDR1.S_SIDSIZE bounds Secure StreamIDs. */
static void sidsize(void)
{
    struct smmu3_params p = secure_params();
    struct secure_rig s;

    p.f.s_sidsize = 2;
    s = secure_new(&p);
    secure_set_ste(&s, 3, ste_bypass());
    secure_set_ste(&s, 4, ste_bypass());
    SECURE_OK(&s, 3, 0x1000, "r", 0x1000, SMMU3_S);
    SECURE_ABORT(&s, 4, 0x1000, "r", 0x0000000400000002, 0, 0, 0);
    rig_free(s.r);
}

/* A.9, A.11: S_CR0.SMMUEN = 0: S_GBPA decides, no event. */
static void disabled(void)
{
    struct secure_rig s = secure_new(NULL);

    swr32(s.r, 0x8020, 0xc);
    SECURE_OK(&s, 4, 0x1000, "r", 0x1000, SMMU3_S);
    SECURE_OK(&s, 4, 0x1000, "nr", 0x1000, SMMU3_NS);
    CHECK_ABORT(s.r, 4, 0x1000, "r", 0x0000000400000004, 0, 0, 0);
    swr32(s.r, 0x8044, 0x80101000);
    SECURE_QUIET(&s, 4, 0x1000, "r", SMMU3_ABORT);
    swr32(s.r, 0x8044, 0x80001000);
    SECURE_QUIET(&s, 4, UINT64_C(1) << 48, "r", SMMU3_ABORT);
    /* SIF: silent (A.14). */
    swr32(s.r, 0x8020, 0x2c);
    SECURE_QUIET(&s, 4, 0x1000, "nx", SMMU3_ABORT);
    SECURE_OK(&s, 4, 0x1000, "x", 0x1000, SMMU3_S);
    SECURE_OK(&s, 4, 0x1000, "nr", 0x1000, SMMU3_NS);
    rig_free(s.r);
}

/* B.4, B.5: STRW, stage 2 without SEL2. */
static void strw(void)
{
    static const struct {
        unsigned strw;
        bool legal;
    } rows[] = { { 0, true }, { 1, true }, { 2, false }, { 3, false } };
    struct secure_rig s = secure_new(NULL);
    struct ste ste;
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    struct mapper m =
        map_s1(&s.r->h, FAKE_SECURE + RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    m.ttb = RIG_TABLES;
    m.offset = FAKE_SECURE;
    map_at(&m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);
    mem_words(&s.r->h, FAKE_SECURE + RIG_CD, cd.w, 8);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        ste = ste_s1(RIG_CD);
        set_bits(ste.w, 95, 94, rows[i].strw);
        secure_set_ste(&s, i, ste);
        if (rows[i].legal) {
            SECURE_OK(&s, i, VA, "r", 0x7000, SMMU3_S);
        } else {
            SECURE_ABORT(&s, i, VA, "r", (uint64_t)i << 32 | 0x04, 0, 0, 0);
        }
    }
    secure_set_ste(&s, 8, ste_s2(RIG_TABLES, 12, 25, 1));
    SECURE_ABORT(&s, 8, VA, "r", UINT64_C(0x800000004), 0, 0, 0);
    rig_free(s.r);
}

/* A Secure stage 1 of SID 1 whose tables lie where NS says. */
struct walk {
    struct secure_rig s;
    struct mapper m;
    struct cd cd;
};

static struct walk walk_new(bool nscfg)
{
    struct walk w = { .s = secure_new(NULL) };

    w.cd = cd_make(RIG_TABLES, 12, 25);
    w.cd.w[1] |= nscfg;
    mem_words(&w.s.r->h, FAKE_SECURE + RIG_CD, w.cd.w, 8);
    secure_set_ste(&w.s, 1, ste_s1(RIG_CD));
    w.m = map_s1(&w.s.r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    w.m.offset = nscfg ? 0 : FAKE_SECURE;
    return w;
}

#define NS_LEAF (UINT64_C(1) << 5)
#define NSTABLE (UINT64_C(1) << 63)

/* E.13: a leaf's NS bit is that of the output. */
static void leaf_ns(void)
{
    struct walk w = walk_new(false);

    map_at(&w.m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);
    map_at(&w.m, VA + 0x1000, 3, 0x8000 | D_PAGE | D_S1ALL | NS_LEAF);
    for (unsigned twice = 0; twice < 2; twice++) {
        SECURE_OK(&w.s, 1, VA, "r", 0x7000, SMMU3_S);
        SECURE_OK(&w.s, 1, VA, "nr", 0x7000, SMMU3_S);
        SECURE_OK(&w.s, 1, VA + 0x1000, "r", 0x8000, SMMU3_NS);
    }
    rig_free(w.s.r);
}

/* E.13: NSCFG0 = 1: all of the walk is Non-secure, and so is the output. */
static void nscfg(void)
{
    struct walk w = walk_new(true);

    map_at(&w.m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);
    SECURE_OK(&w.s, 1, VA, "r", 0x7000, SMMU3_NS);
    SECURE_OK(&w.s, 1, VA + 8, "r", 0x7008, SMMU3_NS);
    rig_free(w.s.r);
}

/* E.13, E.6: below NSTable all is Non-secure, HAD or not; also from the walk
 * cache. */
static void nstable(void)
{
    for (unsigned had = 0; had < 2; had++) {
        struct walk w = walk_new(false);
        uint64_t l1 = RIG_TABLES + 8 * (VA >> 30);
        uint64_t l2 = 0x30000000, l3 = 0x30001000;

        set_bits(w.cd.w, 65, 65, had);
        mem_words(&w.s.r->h, FAKE_SECURE + RIG_CD, w.cd.w, 8);
        mem_w64(&w.s.r->h, FAKE_SECURE + l1, l2 | D_TABLE | NSTABLE);
        mem_w64(&w.s.r->h, l2 + 8 * (VA >> 21 & 511), l3 | D_TABLE);
        mem_w64(&w.s.r->h, l3 + 8 * (VA >> 12 & 511),
                0x7000 | D_PAGE | D_S1ALL);
        mem_w64(&w.s.r->h, l3 + 8 * (VA >> 12 & 511) + 8,
                0x9000 | D_PAGE | D_S1ALL);
        SECURE_OK(&w.s, 1, VA, "r", 0x7000, SMMU3_NS);
        SECURE_OK(&w.s, 1, VA + 0x1000, "r", 0x9000, SMMU3_NS);
        rig_free(w.s.r);
    }
}

/* E.13: what comes from Non-secure memory is not global. */
static void never_global(void)
{
    struct walk w = walk_new(true);
    struct cd other = w.cd;

    map_at(&w.m, VA, 3, 0x7000 | D_PAGE | (D_S1ALL & ~D_NG));
    SECURE_OK(&w.s, 1, VA, "r", 0x7000, SMMU3_NS);
    /* Another ASID, with tables that map nothing. */
    set_bits(other.w, 63, 48, 9);
    other.w[1] = (RIG_TABLES + 0x100000) | 1;
    mem_words(&w.s.r->h, FAKE_SECURE + RIG_CD + 0x1000, other.w, 8);
    secure_set_ste(&w.s, 2, ste_s1(RIG_CD + 0x1000));
    SECURE_ABORT(&w.s, 2, VA, "r", 0x0000000200000010, 0x0000020800000000, VA,
                 0);
    rig_free(w.s.r);
}

/* A.14 SIF: an instruction fetch may not end in Non-secure memory. */
static void sif(void)
{
    struct walk w = walk_new(false);

    map_at(&w.m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);
    map_at(&w.m, VA + 0x1000, 3, 0x8000 | D_PAGE | D_S1ALL | NS_LEAF);
    swr32(w.s.r, 0x8020, 0x2d);
    for (unsigned twice = 0; twice < 2; twice++) {
        SECURE_OK(&w.s, 1, VA, "x", 0x7000, SMMU3_S);
        SECURE_OK(&w.s, 1, VA + 0x1000, "r", 0x8000, SMMU3_NS);
        SECURE_ABORT(&w.s, 1, VA + 0x1000, "x", 0x0000000100000013,
                     0x0000020c00000000, VA + 0x1000, 0);
    }
    /* Bypass: recorded, whatever the stream says. */
    secure_set_ste(&w.s, 5, ste_bypass());
    SECURE_OK(&w.s, 5, 0x5000, "x", 0x5000, SMMU3_S);
    SECURE_ABORT(&w.s, 5, 0x5000, "nx", 0x0000000500000013, 0x0000020c00000000,
                 0x5000, 0);
    rig_free(w.s.r);
}

/* C.5: a TLBI removes translations of the worlds that it names. */
static void tlbi(void)
{
    static const struct {
        bool secure_queue;
        struct cmd c;
        bool el1_gone, el3_gone;
    } rows[] = {
        { false, { { 0x10 | UINT64_C(7) << 32, 0 } }, false, false },
        { false, { { 0x30, 0 } }, false, false },
        { false, { { 0x20, 0 } }, false, false },
        { true, { { 0x10, 0 } }, true, false },
        { true, { { 0x11 | UINT64_C(3) << 48, 0 } }, true, false },
        { true, { { 0x11 | UINT64_C(9) << 48, 0 } }, false, false },
        { true, { { 0x12 | UINT64_C(3) << 48, VA } }, true, false },
        { true, { { 0x12, VA + 0x1000 } }, false, false },
        { true, { { 0x13, VA } }, true, false },
        { true, { { 0x18, 0 } }, false, true },
        { true, { { 0x1a, VA } }, false, true },
        { true, { { 0x1a, VA + 0x1000 } }, false, false },
        { true, { { 0x20, 0 } }, false, false },
        { true, { { 0x30, 0 } }, false, false },
    };
    struct walk w = walk_new(false);
    struct ste el3 = ste_s1(RIG_CD);
    uint64_t leaf = map_at(&w.m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);

    set_bits(el3.w, 95, 94, 1);
    secure_set_ste(&w.s, 2, el3);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        map_put(&w.m, leaf, 0x7000 | D_PAGE | D_S1ALL);
        secure_forget(&w.s);
        SECURE_OK(&w.s, 1, VA, "r", 0x7000, SMMU3_S);
        SECURE_OK(&w.s, 2, VA, "r", 0x7000, SMMU3_S);
        map_put(&w.m, leaf, 0x9000 | D_PAGE | D_S1ALL);
        if (rows[i].secure_queue) {
            CHECK(secure_cmd(&w.s, rows[i].c));
        } else {
            rig_cmd(w.s.r, rows[i].c);
        }
        g_test_message("row %u", i);
        SECURE_OK(&w.s, 1, VA, "r", rows[i].el1_gone ? 0x9000 : 0x7000,
                  SMMU3_S);
        SECURE_OK(&w.s, 2, VA, "r", rows[i].el3_gone ? 0x9000 : 0x7000,
                  SMMU3_S);
    }
    rig_free(w.s.r);
}

/* A.14: S_INIT.INV_ALL empties the caches of both states and clears itself. */
static void inv_all(void)
{
    struct walk w = walk_new(false);
    uint64_t leaf = map_at(&w.m, VA, 3, 0x7000 | D_PAGE | D_S1ALL);

    rig_set_ste(w.s.r, 1, ste_bypass());
    CHECK_OK(w.s.r, 1, 0x1000, "r", 0x1000);
    SECURE_OK(&w.s, 1, VA, "r", 0x7000, SMMU3_S);
    map_put(&w.m, leaf, 0x9000 | D_PAGE | D_S1ALL);
    rig_set_ste(w.s.r, 1, ste_abort());
    wr32(w.s.r, 0x803c, 1);
    wr32(w.s.r, 0x3c, 1);
    SECURE_OK(&w.s, 1, VA, "r", 0x7000, SMMU3_S);
    swr32(w.s.r, 0x803c, 1);
    CHECK_EQ(srd32(w.s.r, 0x803c), 0);
    SECURE_OK(&w.s, 1, VA, "r", 0x9000, SMMU3_S);
    CHECK_QUIET(w.s.r, 1, 0x1000, "r", SMMU3_ABORT);
    rig_free(w.s.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/secure/A.14/absent", absent);
    g_test_add_func("/secure/A.14/from-non-secure", from_non_secure);
    g_test_add_func("/secure/A.14/reaches-non-secure", reaches_non_secure);
    g_test_add_func("/secure/A.14/identification", identification);
    g_test_add_func("/secure/A.14/writable", writable);
    g_test_add_func("/secure/A.14/guards", guards);
    g_test_add_func("/secure/A.14/inv-all", inv_all);
    g_test_add_func("/secure/A.14/disabled", disabled);
    g_test_add_func("/secure/A.14/sif", sif);
    g_test_add_func("/secure/B.1/two-namespaces", two_namespaces);
    g_test_add_func("/secure/B.1/s-sidsize", sidsize);
    g_test_add_func("/secure/B.4/strw", strw);
    g_test_add_func("/secure/E.13/leaf-ns", leaf_ns);
    g_test_add_func("/secure/E.13/nscfg", nscfg);
    g_test_add_func("/secure/E.13/nstable", nstable);
    g_test_add_func("/secure/E.13/never-global", never_global);
    g_test_add_func("/secure/C.5/tlbi", tlbi);
    return g_test_run();
}
