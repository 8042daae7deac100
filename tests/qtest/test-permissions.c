/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may do what: AP, execute-never, PAN, WXN, S2AP, XN, hierarchical
 * attributes, and the EL2 worlds (13.4, D8 of the A-profile architecture).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull
#define BASE 0x700ull /* leaf: AF, ISH; nothing permitted beyond */

/* How a transaction may come. */
static const struct How {
    bool write, ind, pnu;
} hows[] = {
    { false, false, false }, { false, false, true }, { true, false, false },
    { true, false, true },   { false, true, false }, { false, true, true },
};

static bool access_as(SmmuQtest *t, const struct How *h, uint64_t va)
{
    return dma_attrs(t, va, h->write,
                     ENG_ATTR | (h->ind ? ENG_IND : 0) |
                         (h->pnu ? ENG_PNU : 0));
}

/* The access must succeed or be F_PERMISSION with the right attributes. */
static void check(SmmuQtest *t, const struct How *h, bool allowed, bool s2,
                  uint64_t ipa, uint64_t leaf)
{
    uint64_t w[4];

    if (access_as(t, h, VA) != allowed) {
        g_error("%s ind %d pnu %d, leaf 0x%" PRIx64 ": %s",
                h->write ? "write" : "read", h->ind, h->pnu, leaf,
                allowed ? "denied" : "allowed");
    }
    if (allowed) {
        if (event_pop(t, w)) {
            g_error("event after success, leaf 0x%" PRIx64, leaf);
        }
        return;
    }
    expect_event(t, EV(F_PERMISSION, VA, .rnw = !h->write, .ind = h->ind,
                       .pnu = h->pnu, .s2 = s2, .ipa = ipa));
    expect_no_event(t);
}

/* Stage 1 of a world with EL0, by the table of E.7. */
static bool s1_allows(const struct How *h, unsigned ap, bool uxn, bool pxn,
                      bool pan, bool wxn)
{
    bool el0 = ap & 1, ro = ap & 2;

    if (h->ind) {
        if (h->pnu) {
            return !pxn && !(el0 && !ro) && !(wxn && !ro);
        }
        return !uxn && !(wxn && el0 && !ro);
    }
    if (h->pnu) {
        return !(pan && el0) && (!h->write || !ro);
    }
    return el0 && (!h->write || !ro);
}

static void sweep_s1(SmmuQtest *t, Context *c, uint64_t pa, bool pan, bool wxn)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned ap = i & 3;
        bool uxn = i & 4, pxn = i & 8;
        uint64_t leaf = BASE | (uint64_t)ap << 6 | (uint64_t)pxn << 53 |
                        (uint64_t)uxn << 54;

        map_page(&c->s1, VA, pa, leaf);
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        for (unsigned k = 0; k < G_N_ELEMENTS(hows); k++) {
            check(t, &hows[k], s1_allows(&hows[k], ap, uxn, pxn, pan, wxn),
                  false, 0, leaf);
        }
    }
}

static void test_s1(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t);
    Context c;

    for (unsigned i = 0; i < 4; i++) {
        context_init(&c, t, 1, 12);
        put(c.cd, 40, 40, i & 1);  /* PAN */
        put(c.cd, 36, 36, i >> 1); /* WXN */
        context_map(&c, VA, pa);
        context_commit(&c);
        sweep_s1(t, &c, pa, i & 1, i >> 1);
    }
    machine_stop(t);
}

static bool s2_allows(const struct How *h, unsigned s2ap, unsigned xn)
{
    if (h->ind) {
        return xn == 0 || (xn == 1 && !h->pnu) || (xn == 3 && h->pnu);
    }
    return h->write ? s2ap & 2 : s2ap & 1;
}

static void test_s2(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t);
    Context c;

    context_init(&c, t, 2, 12);
    context_map(&c, VA, pa);
    context_commit(&c);
    for (unsigned i = 0; i < 16; i++) {
        unsigned s2ap = i & 3, xn = i >> 2;
        uint64_t leaf = 0x73cull | s2ap << 6 | (uint64_t)xn << 53;

        map_page(&c.s2, VA, pa, leaf);
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        for (unsigned k = 0; k < G_N_ELEMENTS(hows); k++) {
            check(t, &hows[k], s2_allows(&hows[k], s2ap, xn), true, VA, leaf);
        }
    }
    machine_stop(t);
}

/* Both: stage 1 is asked first; the answer is that of both, also on a hit. */
static void test_nested(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), ipa = pa + t->bias;
    Context c;

    context_init(&c, t, 3, 12);
    context_map(&c, VA, pa);
    s2_split(&c, pa);
    context_commit(&c);
    for (unsigned i = 0; i < 16; i++) {
        unsigned ap = i & 3, s2ap = i >> 2;
        uint64_t s1 = BASE | ap << 6, s2 = 0x73cull | s2ap << 6;

        map_page(&c.s1, VA, ipa, s1);
        map_page(&c.s2, ipa, pa, s2);
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        for (unsigned k = 0; k < 2 * G_N_ELEMENTS(hows); k++) {
            const struct How *h = &hows[k % G_N_ELEMENTS(hows)];
            bool a = s1_allows(h, ap, false, false, false, false);
            bool b = s2_allows(h, s2ap, 0);

            check(t, h, a && b, a, a ? ipa : 0, s1 << 32 | s2);
        }
    }
    machine_stop(t);
}

/* APTable, XNTable, PXNTable of each level; HAD0 switches them off. */
static void test_hierarchical(void)
{
    static const struct {
        unsigned bit;
        /* denied: user and privileged read, write, execute as in hows[] */
        bool denied[6];
    } cases[] = {
        { 61, { true, false, true, false, false, false } },  /* no EL0 */
        { 62, { false, false, true, true, false, false } },  /* read-only */
        { 60, { false, false, false, false, true, false } }, /* UXN */
        { 59, { false, false, false, false, false, true } }, /* PXN */
    };
    const unsigned ap = 1; /* both may read and write */

    for (unsigned had = 0; had < 2; had++) {
        SmmuQtest *t = smmu_start();
        uint64_t pa = ram_page(t), d, at;
        Context c;

        context_init(&c, t, 1, 12);
        put(c.cd, 65, 65, had);
        map_page(&c.s1, VA, pa, BASE | ap << 6);
        context_commit(&c);
        for (unsigned level = 1; level <= 2; level++) {
            at = desc_pa(&c.s1, VA, level);
            d = mem_r64(t, at);
            for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                mem_w64(t, at, d | 1ull << cases[i].bit);
                cmd(t, OP_TLBI_NSNH_ALL, 0);
                for (unsigned k = 0; k < G_N_ELEMENTS(hows); k++) {
                    bool denied = !had && cases[i].denied[k];

                    /* Writable by EL0: never executable for EL1, unless
                     * a table took either right away. */
                    if (k == 5 &&
                        (had || cases[i].bit > 62 || cases[i].bit < 61)) {
                        denied = true;
                    }
                    check(t, &hows[k], !denied, false, 0, cases[i].bit);
                }
            }
            mem_w64(t, at, d);
        }
        machine_stop(t);
    }
}

/* PRIVCFG and INSTCFG do nothing without ATTR_PERMS_OVR (13.1.4). */
static void test_no_overrides(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), leaf = BASE | 1ull << 54;
    Context c;

    context_init(&c, t, 1, 12);
    put(c.ste, 113, 112, 3); /* privileged */
    put(c.ste, 115, 114, 3); /* instruction */
    map_page(&c.s1, VA, pa, leaf);
    context_commit(&c);
    for (unsigned k = 0; k < G_N_ELEMENTS(hows); k++) {
        check(t, &hows[k], s1_allows(&hows[k], 0, true, false, false, false),
              false, 0, leaf);
    }
    machine_stop(t);
}

/* A write is data whatever it says of itself (13.1.2). */
static void test_instruction_write(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    map_page(&c.s1, VA, ram_page(t), S1_LEAF | 1ull << 54);
    context_commit(&c);
    g_assert_true(dma_attrs(t, VA, true, ENG_ATTR | ENG_IND));
    map_page(&c.s1, VA, RAM_FREE, S1_LEAF | 0x80);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_attrs(t, VA, true, ENG_ATTR | ENG_IND | ENG_PNU));
    expect_event(t, EV(F_PERMISSION, VA, .pnu = true));
    machine_stop(t);
}

/* World EL2: one privilege level, XN for all, TTB0 alone and always. */
static void test_el2(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t);
    Context c;

    context_init(&c, t, 1, 12);
    put(c.ste, 95, 94, 2); /* STRW */
    put(c.cd, 14, 14, 1);  /* EPD0: without effect */
    put(c.cd, 40, 40, 1);  /* PAN: likewise */
    put(c.cd, 30, 30, 0);  /* TTB1: no half of this world, not checked */
    put(c.cd, 29, 16, 0);
    context_map(&c, VA, pa);
    context_commit(&c);
    for (unsigned i = 0; i < 16; i++) {
        bool ro = i & 2, xn = i & 4;
        uint64_t leaf =
            BASE | (i & 3) << 6 | (uint64_t)(i >> 3) << 53 | (uint64_t)xn << 54;

        map_page(&c.s1, VA, pa, leaf);
        cmd(t, 0x20, 0); /* TLBI_EL2_ALL */
        for (unsigned k = 0; k < G_N_ELEMENTS(hows); k++) {
            check(t, &hows[k],
                  hows[k].ind     ? !xn
                  : hows[k].write ? !ro
                                  : true,
                  false, 0, leaf);
        }
    }
    g_assert_false(dma_read(t, 0xffffff8000000000ull | VA, NULL));
    expect_event(t, EV(F_TRANSLATION, 0xffffff8000000000ull | VA, .rnw = true));
    machine_stop(t);
}

/* World EL2-E2H: two halves, and permissions as at EL1. */
static void test_el2_e2h(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    uint64_t pa = ram_page(t), hi_va = 0xffffff8000000000ull | VA;
    Context c;
    Space hi;

    smmu_enable(t);
    smmu_cr0(t, 0xc);
    w32(t, CR2, 0x3); /* E2H, RECINVSID */
    smmu_cr0(t, 0xd);
    context_init(&c, t, 1, 12);
    put(c.ste, 95, 94, 2); /* STRW */
    context_ttb1(&c, &hi, 12);
    context_map(&c, VA, pa);
    map_page(&hi, hi_va, pa, S1_LEAF);
    context_commit(&c);
    g_assert_true(dma_read(t, hi_va, NULL));
    for (unsigned ap = 0; ap < 4; ap++) {
        map_page(&c.s1, VA, pa, BASE | ap << 6);
        cmd(t, 0x21 | 1ull << 48, 0); /* TLBI_EL2_ASID: the page is global, */
        cmd(t, 0x20, 0);              /* so all */
        for (unsigned k = 0; k < G_N_ELEMENTS(hows); k++) {
            check(t, &hows[k],
                  s1_allows(&hows[k], ap, false, false, false, false), false, 0,
                  ap);
        }
    }
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/permissions/s1", test_s1);
    g_test_add_func("/permissions/s2", test_s2);
    g_test_add_func("/permissions/nested", test_nested);
    g_test_add_func("/permissions/hierarchical", test_hierarchical);
    g_test_add_func("/permissions/no-overrides", test_no_overrides);
    g_test_add_func("/permissions/instruction-write", test_instruction_write);
    g_test_add_func("/permissions/el2", test_el2);
    g_test_add_func("/permissions/el2-e2h", test_el2_e2h);
    return g_test_run();
}
