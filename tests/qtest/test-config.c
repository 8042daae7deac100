/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes an STE or a CD ILLEGAL, and what does not (5.2, 5.4).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull

typedef struct Change {
    unsigned hi, lo;
    uint64_t value;
} Change;

/* One change, or a few, to a configuration that works. */
typedef struct Case {
    const char *name;
    unsigned stage;
    bool legal;
    Change changes[4];
} Case;

#define ONES (~UINT64_C(0))

static const Case ste_cases[] = {
    { "s1-valid", 1, true, { {} } },
    { "s2-valid", 2, true, { {} } },
    { "nested-valid", 3, true, { {} } },
    { "bypass-valid", 0, true, { {} } },
    { "v-0", 0, false, { { 0, 0, 0 } } },
    { "s1stalld", 1, false, { { 91, 91, 1 } } },
    { "s1stalld-nested", 3, false, { { 91, 91, 1 } } },
    { "s1stalld-unused", 2, true, { { 91, 91, 1 } } },
    { "s1contextptr-beyond-oas", 1, false, { { 55, 48, 1 } } },
    { "s1cdmax-without-ssids", 1, true, { { 63, 59, 5 } } },
    { "s1fmt-without-cdmax", 1, true, { { 5, 4, 1 } } },
    { "s1dss", 1, true, { { 65, 64, 3 } } },
    { "strw-01", 1, false, { { 95, 94, 1 } } },
    { "strw-11", 1, false, { { 95, 94, 3 } } },
    { "strw-01-nested", 3, true, { { 95, 94, 1 } } },
    { "strw-11-s2", 2, true, { { 95, 94, 3 } } },
    { "strw-01-bypass", 0, true, { { 95, 94, 1 } } },
    { "eats-1", 1, true, { { 93, 92, 1 } } },
    { "eats-2-without-ats", 1, true, { { 93, 92, 2 } } },
    { "eats-3-without-ats", 3, true, { { 93, 92, 3 } } },
    { "s2s", 2, false, { { 185, 185, 1 } } },
    { "s2s-nested", 3, false, { { 185, 185, 1 } } },
    { "s2s-unused", 1, true, { { 185, 185, 1 } } },
    { "s2aa64-0", 2, false, { { 179, 179, 0 } } },
    { "s2aa64-0-fwb", 2, false, { { 179, 179, 0 }, { 89, 89, 1 } } },
    { "s2fwb", 2, true, { { 89, 89, 1 } } },
    { "s2ha", 2, false, { { 184, 184, 1 } } },
    { "s2hd", 2, false, { { 183, 183, 1 } } },
    { "s2haft-res0", 2, true, { { 187, 187, 1 } } },
    { "s2tg-3", 2, false, { { 175, 174, 3 } } },
    { "s2ttb-beyond-s2ps", 2, false, { { 178, 176, 0 }, { 229, 229, 1 } } },
    { "s2ttb-beyond-oas", 2, false, { { 178, 176, 7 }, { 245, 245, 1 } } },
    { "s2ps-reserved", 2, true, { { 178, 176, 7 } } },
    { "s2t0sz-15", 2, false, { { 165, 160, 15 }, { 167, 166, 2 } } },
    { "s2t0sz-40", 2, false, { { 165, 160, 40 }, { 167, 166, 0 } } },
    { "s2sl0-3", 2, false, { { 167, 166, 3 } } },
    { "s2pie-s2poe-res0", 2, true, { { 188, 188, 1 }, { 189, 189, 1 } } },
    { "s2ds-sl0-2-res0", 2, true, { { 194, 194, 1 }, { 195, 195, 1 } } },
    { "s2ptw", 2, true, { { 182, 182, 1 } } },
    { "s2affd", 2, true, { { 181, 181, 1 } } },
    { "s2vmid", 2, true, { { 143, 128, 0xffff } } },
    { "mev-cont-hints", 1, true, { { 83, 80, 0xf }, { 77, 76, 3 } } },
    { "sw-and-impdef", 1, true, { { 87, 84, 0xf }, { 127, 116, 0xfff } } },
    { "overrides", 1, true, { { 115, 96, 0xfffff } } },
    { "nscfg", 1, true, { { 111, 110, 3 } } },
    { "s2-fields-unused", 1, true, { { 191, 144, ONES }, { 255, 192, ONES } } },
    { "s1-fields-unused", 2, true, { { 63, 4, ONES }, { 75, 64, ONES } } },
    { "s1s2-unused", 0, true, { { 63, 4, ONES }, { 191, 144, ONES } } },
    { "last-words", 3, true, { { 319, 256, ONES }, { 511, 448, ONES } } },
};

static const Case cd_cases[] = {
    { "v-0", 1, false, { { 31, 31, 0 } } },
    { "v-0-nested", 3, false, { { 31, 31, 0 } } },
    { "s", 1, false, { { 44, 44, 1 } } },
    { "a-0", 1, true, { { 46, 46, 0 } } },
    { "aa64-0", 1, false, { { 41, 41, 0 } } },
    { "ha", 1, false, { { 43, 43, 1 } } },
    { "hd", 1, false, { { 42, 42, 1 } } },
    { "haft-res0", 1, true, { { 67, 67, 1 } } },
    { "tg0-3", 1, false, { { 7, 6, 3 } } },
    { "t0sz-15", 1, false, { { 5, 0, 15 } } },
    { "t0sz-40", 1, false, { { 5, 0, 40 } } },
    { "ttb0-beyond-ips", 1, false, { { 34, 32, 0 }, { 101, 101, 1 } } },
    { "ttb0-beyond-oas", 1, false, { { 34, 32, 7 }, { 117, 117, 1 } } },
    { "tg1-0", 1, false, { { 30, 30, 0 }, { 21, 16, 25 }, { 23, 22, 0 } } },
    { "t1sz-15", 1, false, { { 30, 30, 0 }, { 21, 16, 15 }, { 23, 22, 2 } } },
    { "t1sz-40", 1, false, { { 30, 30, 0 }, { 21, 16, 40 }, { 23, 22, 2 } } },
    { "ttb1-beyond-ips",
      1,
      false,
      { { 30, 30, 0 }, { 21, 16, 25 }, { 23, 22, 2 }, { 180, 180, 1 } } },
    { "half-1-off", 1, true, { { 29, 16, 0x3fff }, { 183, 132, ONES } } },
    { "ips-6", 1, true, { { 34, 32, 6 } } },
    { "ips-7", 1, true, { { 34, 32, 7 } } },
    { "asid-aset", 1, true, { { 63, 47, ONES } } },
    { "affd", 1, true, { { 35, 35, 1 } } },
    { "wxn-pan", 1, true, { { 40, 40, 1 }, { 37, 37, 1 } } },
    { "nscfg-e0pd-res0", 1, true, { { 64, 64, 1 }, { 66, 66, 1 } } },
    { "ds-pie-res0", 1, true, { { 187, 186, 3 } } },
    { "epan-pnch-hwu-res0", 1, true, { { 127, 122, 0x3f } } },
    { "last-words", 1, true, { { 511, 448, ONES }, { 447, 384, ONES } } },
};

static void apply(uint64_t *w, const Change *changes)
{
    for (unsigned i = 0; i < 4 && changes[i].hi + changes[i].lo > 0; i++) {
        put(w, changes[i].hi, changes[i].lo, changes[i].value);
    }
}

static void check(SmmuQtest *t, const Case *k, unsigned event)
{
    g_assert_cmpint(dma_read(t, VA, NULL), ==, k->legal);
    if (!k->legal) {
        expect_event(t, EV_CFG(event));
    }
    expect_no_event(t);
}

static uint64_t make(Context *c, SmmuQtest *t, unsigned stage)
{
    uint64_t pa = ram_page(t);

    context_init(c, t, stage, 12);
    context_map(c, VA, pa);
    return pa;
}

static void test_ste(const void *data)
{
    const Case *k = data;
    SmmuQtest *t = smmu_start();
    Context c;

    make(&c, t, k->stage);
    /* Bit [0:0] = 0 is also "no change": V = 0 by hand. */
    apply(c.ste, k->changes);
    if (strcmp(k->name, "v-0") == 0) {
        put(c.ste, 0, 0, 0);
    }
    context_commit(&c);
    if (k->stage == 0 && k->legal) {
        g_assert_true(dma_read(t, RAM_FREE, NULL));
        expect_no_event(t);
    } else {
        check(t, k, C_BAD_STE);
    }
    machine_stop(t);
}

static void test_cd(const void *data)
{
    const Case *k = data;
    SmmuQtest *t = smmu_start();
    Context c;

    make(&c, t, k->stage);
    apply(c.cd, k->changes);
    context_commit(&c);
    check(t, k, C_BAD_CD);
    machine_stop(t);
}

/* Config = 0xx: abort and say nothing, whatever else is in there. */
static void test_abort(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    for (unsigned config = 0; config < 4; config++) {
        make(&c, t, 1);
        memset(c.ste, 0xff, sizeof(c.ste));
        put(c.ste, 3, 1, config);
        c.stage = 0;
        context_commit(&c);
        g_assert_false(dma_read(t, VA, NULL));
        g_assert_false(dma_write(t, VA));
    }
    expect_no_event(t);
    machine_stop(t);
}

/* S2T0SZ against S2SL0 for each granule, all 768 of them (E.9, OAS 48). */
static void test_s2_sizes(const void *data)
{
    static const struct {
        uint8_t min, max; /* of 64 - S2T0SZ, by S2SL0 */
    } legal[3][4] = {
        /* 4K: start level 2, 1, 0; 3 needs STT */
        { { 25, 34 }, { 31, 43 }, { 40, 48 }, { 1, 0 } },
        /* 16K: start level 3, 2, 1 */
        { { 25, 29 }, { 26, 40 }, { 37, 48 }, { 1, 0 } },
        /* 64K: start level 3, 2, 1 */
        { { 25, 33 }, { 30, 46 }, { 43, 48 }, { 1, 0 } },
    };
    /* S2TG, as encoded */
    static const unsigned tg[] = { 0, 2, 1 };
    unsigned g = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();
    uint64_t table = ram_alloc(t, 0x200000, 0x200000);
    Context c;

    context_init(&c, t, 2, 12);
    put(c.ste, 175, 174, tg[g]);
    put(c.ste, 247, 196, table >> 4);
    for (unsigned sl0 = 0; sl0 < 4; sl0++) {
        for (unsigned t0sz = 0; t0sz < 64; t0sz++) {
            unsigned bits = 64 - t0sz, num;
            uint64_t w[4];

            put(c.ste, 165, 160, t0sz);
            put(c.ste, 167, 166, sl0);
            context_commit(&c);
            g_assert_false(dma_read(t, 0x1000, NULL));
            g_assert_true(event_pop(t, w));
            num = bits >= legal[g][sl0].min && bits <= legal[g][sl0].max
                      ? F_TRANSLATION
                      : C_BAD_STE;
            if ((w[0] & 0xff) != num) {
                g_error("S2T0SZ %u S2SL0 %u: event 0x%02x, expected 0x%02x",
                        t0sz, sl0, (unsigned)(w[0] & 0xff), num);
            }
        }
    }
    machine_stop(t);
}

/* T0SZ and T1SZ: 16 to 39 in each granule (E.4, no STT). */
static void test_s1_sizes(const void *data)
{
    static const unsigned tg0[] = { 0, 2, 1 }, tg1[] = { 2, 1, 3 };
    unsigned g = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start();
    uint64_t table = ram_alloc(t, 0x10000, 0x10000);
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 7, 6, tg0[g]);
    put(c.cd, 23, 22, tg1[g]);
    put(c.cd, 30, 30, 0); /* EPD1 */
    put(c.cd, 119, 68, table >> 4);
    put(c.cd, 183, 132, table >> 4);
    for (unsigned i = 0; i < 128; i++) {
        unsigned half = i / 64, txsz = i % 64;
        uint64_t va = half ? ~UINT64_C(0) - 0xfff : 0x1000, w[4];
        unsigned num = txsz >= 16 && txsz <= 39 ? F_TRANSLATION : C_BAD_CD;

        put(c.cd, 5, 0, half ? 25 : txsz);
        put(c.cd, 21, 16, half ? txsz : 25);
        context_commit(&c);
        g_assert_false(dma_read(t, va, NULL));
        g_assert_true(event_pop(t, w));
        if ((w[0] & 0xff) != num) {
            g_error("T%uSZ %u: event 0x%02x, expected 0x%02x", half, txsz,
                    (unsigned)(w[0] & 0xff), num);
        }
    }
    machine_stop(t);
}

/* EPD0: nothing of the lower half is checked, and nothing translates. */
static void test_epd0(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    make(&c, t, 1);
    put(c.cd, 14, 14, 1);
    put(c.cd, 5, 0, 63);
    put(c.cd, 7, 6, 3);
    put(c.cd, 119, 68, ONES);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_TRANSLATION, VA, .rnw = true));
    machine_stop(t);
}

/*
 * What QEMU's own SMMUv3 qtest does and a strict model must bear: CR0 not
 * polled, a CD just below the stream table, CD.NSCFG0, NSTable, stage-2 fields
 * in a stage-1 STE, S2PS beyond OAS, 44 bits from level 0, MemAttr 0b1000.
 */
static void test_upstream_style(void)
{
    for (unsigned stage = 1; stage <= 3; stage++) {
        SmmuQtest *t = machine_start(NULL, NULL);
        uint64_t pa = ram_page(t), at;
        Context c;

        w32(t, GBPA, 0x80000000);
        ram_page(t);
        smmu_enable(t);
        w32(t, CR0, 0);
        w32(t, CR0, 0xd);
        context_init(&c, t, stage, 12);
        put(c.ste, 178, 176, 5);
        if (stage & 1) {
            c.cd_pa = t->strtab - 64;
            put(c.ste, 55, 6, (c.cd_pa + (stage == 3 ? t->bias : 0)) >> 6);
            put(c.cd, 64, 64, 1);
            context_map(&c, VA, pa);
            at = desc_pa(&c.s1, VA, 2);
            mem_w64(t, at, mem_r64(t, at) | 1ull << 63);
        }
        if (stage == 1) {
            put(c.ste, 165, 160, 20);
            put(c.ste, 167, 166, 2);
            put(c.ste, 247, 196, 0x12345);
        } else if (stage == 2) {
            context_s2_bits(&c, 44, 0, 2);
            map_page(&c.s2, VA, pa, (S2_LEAF & ~0x3cull) | 8 << 2);
        }
        context_commit(&c);
        g_assert_true(dma_read(t, VA, NULL));
        g_assert_true(dma_write(t, VA));
        expect_no_event(t);
        machine_stop(t);
    }
}

/* Stages that the instance does not have. */
static void test_missing_stage(void)
{
    for (unsigned has = 1; has <= 2; has++) {
        char *extra = g_strdup_printf("-global smmulator.stage=%u", has);
        SmmuQtest *t = machine_start(NULL, extra);

        smmu_enable(t);
        for (unsigned stage = 0; stage <= 3; stage++) {
            Context c;
            bool ok = stage == 0 || stage == has;

            make(&c, t, stage);
            context_commit(&c);
            g_assert_cmpint(dma_read(t, stage ? VA : RAM_FREE, NULL), ==, ok);
            if (!ok) {
                expect_event(t, EV_CFG(C_BAD_STE));
            }
            expect_no_event(t);
        }
        g_free(extra);
        machine_stop(t);
    }
}

static void add(const char *what, const Case *k, unsigned n, GTestDataFunc test)
{
    for (unsigned i = 0; i < n; i++) {
        char *path = g_strdup_printf("/config/%s/%s", what, k[i].name);

        g_test_add_data_func(path, &k[i], test);
        g_free(path);
    }
}

int main(int argc, char **argv)
{
    static const char *const granules[] = { "4k", "16k", "64k" };

    g_test_init(&argc, &argv, NULL);
    add("ste", ste_cases, G_N_ELEMENTS(ste_cases), test_ste);
    add("cd", cd_cases, G_N_ELEMENTS(cd_cases), test_cd);
    g_test_add_func("/config/abort", test_abort);
    for (unsigned g = 0; g < 3; g++) {
        char *path = g_strdup_printf("/config/s2-sizes/%s", granules[g]);

        g_test_add_data_func(path, GUINT_TO_POINTER(g), test_s2_sizes);
        g_free(path);
        path = g_strdup_printf("/config/s1-sizes/%s", granules[g]);
        g_test_add_data_func(path, GUINT_TO_POINTER(g), test_s1_sizes);
        g_free(path);
    }
    g_test_add_func("/config/epd0", test_epd0);
    g_test_add_func("/config/upstream-style", test_upstream_style);
    g_test_add_func("/config/missing-stage", test_missing_stage);
    return g_test_run();
}
