/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attribute overrides of STEs and of GBPA (5.2, 6.3.14, 13), through the test
 * engine: what it asks for, what is checked, what events say, and what leaves
 * the SMMU; and the attributes that stage 2 gives.
 */
#include "smmu-qtest.h"

#define VA 0x7654321000ull
#define PROPS ",attr-types-ovr=on,attr-perms-ovr=on"

/* The engine's word about its last access: attributes, shareability, then
 * instruction, privilege and NS. */
#define LEFT(attr, sh, ind, pnu) \
    ((attr) | (sh) << 8 | (ind) << 10 | (pnu) << 11 | 1u << 12)

static void expect_left(SmmuQtest *t, uint64_t want)
{
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==, want);
    expect_no_event(t);
}

/* Read-allocate and write-allocate WB, inner shareable, Non-secure */
#define ISH_WB (0x4000u | ENG_ATTR)

/* Bypass and stage 2 take the STE's type; stage 1 has its own. */
static void test_types(void)
{
    for (unsigned stage = 0; stage <= 3; stage++) {
        SmmuQtest *t = smmu_start_with(PROPS);
        uint64_t pa = ram_page(t), in = stage ? VA : pa;
        bool s1 = stage & 1;
        Context c;

        context_init(&c, t, stage, 12);
        context_map(&c, VA, pa);
        context_commit(&c);
        g_assert_true(dma_attrs(t, in, false, ISH_WB));
        expect_left(t, LEFT(0xff, 3, 0, 0));
        put(c.ste, 100, 100, 1); /* MTCFG: Device nGnRE */
        put(c.ste, 99, 96, 1);
        context_commit(&c);
        g_assert_true(dma_attrs(t, in, false, ISH_WB));
        expect_left(t, s1 ? LEFT(0xff, 3, 0, 0) : LEFT(0x04, 2, 0, 0));
        put(c.ste, 99, 96, 0xf);   /* WB */
        put(c.ste, 104, 101, 0x8); /* no allocation */
        put(c.ste, 109, 108, 2);   /* outer shareable */
        context_commit(&c);
        g_assert_true(dma_attrs(t, in, true, ISH_WB));
        expect_left(t, LEFT(0xcc, s1 ? 3 : 2, 0, 0));
        machine_stop(t);
    }
}

static void test_perms(void)
{
    SmmuQtest *t = smmu_start_with(PROPS);
    uint64_t pa = ram_page(t);
    Context c;

    context_init(&c, t, 1, 12);
    map_page(&c.s1, VA, pa, S1_LEAF & ~0x40ull); /* privileged only */
    context_commit(&c);
    g_assert_false(dma_attrs(t, VA, false, ISH_WB));
    expect_event(t, EV(F_PERMISSION, VA, .rnw = true));
    g_assert_true(dma_attrs(t, VA, false, ISH_WB | ENG_PNU));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    put(c.ste, 113, 112, 3); /* privileged */
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, true, ISH_WB));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    put(c.ste, 113, 112, 2); /* unprivileged */
    context_commit(&c);
    g_assert_false(dma_attrs(t, VA, true, ISH_WB | ENG_PNU));
    expect_event(t, EV(F_PERMISSION, VA));
    put(c.ste, 113, 112, 3);
    put(c.ste, 115, 114, 3); /* instruction: reads alone */
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, false, ISH_WB));
    expect_left(t, LEFT(0xff, 3, 1, 1));
    g_assert_true(dma_attrs(t, VA, true, ISH_WB));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    desc_set(&c.s1, desc_pa(&c.s1, VA, 3),
             pa | (S1_LEAF & ~0x40ull) | 1ull << 53 | 3); /* PXN */
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_attrs(t, VA, false, ISH_WB));
    expect_event(t,
                 EV(F_PERMISSION, VA, .rnw = true, .ind = true, .pnu = true));
    put(c.ste, 115, 114, 2); /* data */
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, false, ISH_WB | ENG_IND));
    expect_left(t, LEFT(0xff, 3, 0, 1));
    machine_stop(t);
}

/* SMMUEN = 0 */
static void test_gbpa(void)
{
    SmmuQtest *t = machine_start_with(PROPS, NULL, NULL);
    uint64_t pa = ram_page(t);

    g_assert_true(dma_attrs(t, pa, false, ISH_WB | ENG_IND | ENG_PNU));
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==,
                    LEFT(0xff, 3, 1, 1));
    /* Device nGRE, unprivileged, data */
    w32(t, GBPA, 0x80000012 | 2u << 16 | 2u << 18);
    g_assert_true(dma_attrs(t, pa, false, ISH_WB | ENG_IND | ENG_PNU));
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==,
                    LEFT(0x08, 2, 0, 0));
    /* WB, write-allocate, non-shareable; privileged, instruction */
    w32(t, GBPA, 0x80000a1f | 3u << 16 | 3u << 18);
    g_assert_true(dma_attrs(t, pa, false, ISH_WB));
    g_assert_cmphex(qtest_readq(t->qts, t->engine + 0x70), ==,
                    LEFT(0xdd, 0, 1, 1));
    machine_stop(t);
}

/* Each property is its bit of IDR1; without, nothing is overridden. */
static void test_advertised(void)
{
    for (unsigned n = 0; n < 4; n++) {
        char *props =
            g_strdup_printf(",attr-perms-ovr=%s,attr-types-ovr=%s",
                            n & 1 ? "on" : "off", n & 2 ? "on" : "off");
        SmmuQtest *t = smmu_start_with(props);
        uint64_t pa = ram_page(t);
        Context c;

        g_assert_cmphex(r32(t, IDR1) >> 26 & 3, ==, n);
        context_init(&c, t, 0, 12);
        put(c.ste, 100, 96, 0x11); /* Device nGnRE */
        put(c.ste, 113, 112, 3);
        put(c.ste, 115, 114, 3);
        context_commit(&c);
        g_assert_true(dma_attrs(t, pa, false, ISH_WB));
        expect_left(
            t, LEFT(n & 2 ? 0x04u : 0xffu, n & 2 ? 2u : 3u, (n & 1), (n & 1)));
        machine_stop(t);
        g_free(props);
    }
}

/* What leaves a nested stream whose stage 1 gives @mair, inner shareable, under
 * a stage-2 MemAttr and SH (13.1.5; S2FWB: 5.2). */
static const struct s2_row {
    bool s2fwb;
    unsigned mair, memattr, s2sh, attr_out, sh_out;
} s2_rows[] = {
    { false, 0xff, 0xf, 3, 0xff, 3 }, { false, 0xff, 0xf, 2, 0xff, 2 },
    { false, 0xff, 0x5, 3, 0x44, 2 }, { false, 0xff, 0xa, 0, 0xbb, 3 },
    { false, 0xff, 0x6, 3, 0x4b, 3 }, { false, 0xff, 0x0, 0, 0x00, 2 },
    { false, 0xff, 0x1, 0, 0x04, 2 }, { false, 0x04, 0xf, 0, 0x04, 2 },
    { false, 0x0c, 0x1, 0, 0x04, 2 }, { false, 0x44, 0xf, 3, 0x44, 2 },
    { true, 0xff, 7, 0, 0xff, 3 },    { true, 0x04, 7, 0, 0x04, 2 },
    { true, 0x44, 7, 0, 0x44, 2 },    { true, 0xff, 6, 2, 0xff, 2 },
    { true, 0x04, 6, 0, 0xff, 2 },    { true, 0x44, 6, 0, 0xff, 2 },
    { true, 0xff, 5, 0, 0x44, 2 },    { true, 0x04, 5, 0, 0x04, 2 },
    { true, 0xff, 0, 0, 0x00, 2 },    { true, 0xff, 1, 0, 0x04, 2 },
    { true, 0xff, 2, 0, 0x08, 2 },    { true, 0xff, 3, 0, 0x0c, 2 },
    { true, 0x0c, 1, 0, 0x04, 2 },    { true, 0x04, 3, 0, 0x04, 2 },
};

static void check_stage2(SmmuQtest *t, const struct s2_row *s, unsigned attr,
                         unsigned sh, unsigned pnu)
{
    uint64_t pa = ram_page(t);
    Context c;

    context_init(&c, t, 3, 12);
    put(c.ste, 89, 89, s->s2fwb);
    put(c.cd, 199, 192, s->mair);
    map_page(&c.s1, VA, pa + t->bias, S1_LEAF);
    s2_split(&c, pa);
    map_page(&c.s2, pa + t->bias, pa,
             0x4c0ull | s->memattr << 2 | s->s2sh << 8);
    context_commit(&c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_test_message("row %d 0x%x 0x%x/%u", s->s2fwb, s->mair, s->memattr,
                   s->s2sh);
    for (unsigned twice = 0; twice < 2; twice++) {
        g_assert_true(dma_attrs(t, VA, false, ISH_WB));
        expect_left(t, LEFT(attr, sh, 0, pnu));
    }
}

static void test_stage2(void)
{
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < G_N_ELEMENTS(s2_rows); i++) {
        check_stage2(t, &s2_rows[i], s2_rows[i].attr_out, s2_rows[i].sh_out, 0);
    }
    machine_stop(t);
}

/* Without IDR3.FWB the STE's bit is RES0: 0110 is outer NC, inner WT; 0101 is
 * NC, which does not weaken a Device; 1111 and not 7 is Write-Back. */
static void test_fwb_off(void)
{
    static const struct s2_row off[] = {
        { true, 0xff, 0x6, 3, 0x4b, 3 },
        { true, 0xff, 0x1, 0, 0x04, 2 },
        { true, 0x04, 0xe, 0, 0x04, 2 },
        { true, 0xff, 0xd, 0, 0xf4, 3 },
    };
    SmmuQtest *t = smmu_start_with(",arch-version=3.1,fwb=off");

    for (unsigned i = 0; i < G_N_ELEMENTS(off); i++) {
        check_stage2(t, &off[i], off[i].attr_out, off[i].sh_out, 0);
    }
    machine_stop(t);
}

/* IDR3.MTEPERM: MemAttr 0100 is Write-Back without tags; else it is reserved
 * and acts as nGnRnE (3.23.1). What leaves an SMMUv3.4 is privileged (13.1). */
static void test_mteperm(void)
{
    const struct s2_row row = { false, 0xff, 0x4, 3, 0, 0 };
    SmmuQtest *t = smmu_start_with(
        ",arch-version=3.4,e0pd=on,ptwnnc=on,epan=on,mteperm=on");

    check_stage2(t, &row, 0xff, 3, 1);
    machine_stop(t);
    t = smmu_start_with(",arch-version=3.3,e0pd=on,ptwnnc=on");
    check_stage2(t, &row, 0x00, 2, 0);
    machine_stop(t);
}

/* IDR3.PBHA: bits 62:59 of a leaf and the HWU fields are no fault and no part
 * of the address, with and without; the bits themselves stay in the SMMU. */
static void test_pbha(void)
{
    for (unsigned on = 0; on < 2; on++) {
        SmmuQtest *t = smmu_start_with(on ? ",pbha=on" : "");
        uint64_t pa = ram_page(t), v;
        Context c;

        g_assert_cmphex(r32(t, IDR3) >> 3 & 1, ==, on);
        context_init(&c, t, 3, 12);
        put(c.cd, 65, 65, 1);     /* HAD0 */
        put(c.cd, 127, 124, 0xf); /* HWU059 to HWU062 */
        put(c.ste, 75, 72, 0xf);  /* S2HWU59 to S2HWU62 */
        map_page(&c.s1, VA, pa + t->bias, S1_LEAF | 0xfull << 59);
        s2_split(&c, pa);
        map_page(&c.s2, pa + t->bias, pa, S2_LEAF | 0xfull << 59);
        context_commit(&c);
        mem_w64(t, pa, MAGIC);
        g_assert_true(dma_read(t, VA, &v));
        g_assert_cmphex(v, ==, MAGIC);
        expect_no_event(t);
        machine_stop(t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (subject_in_tree()) {
        return g_test_run();
    }
    g_test_add_func("/override/types", test_types);
    g_test_add_func("/override/perms", test_perms);
    g_test_add_func("/override/gbpa", test_gbpa);
    g_test_add_func("/override/advertised", test_advertised);
    g_test_add_func("/attributes/stage2", test_stage2);
    g_test_add_func("/attributes/fwb-off", test_fwb_off);
    g_test_add_func("/attributes/mteperm", test_mteperm);
    g_test_add_func("/attributes/pbha", test_pbha);
    return g_test_run();
}
