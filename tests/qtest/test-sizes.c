/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input sizes above 48 and below 25 bits, LPA2 (DS), their faults, and an SMMU
 * without them.
 * Tests only.
 */
#include "smmu-qtest.h"

#define WIDE ",arch-version=3.3,oas=52,vax=52,ds=on,stt=on,e0pd=on,ptwnnc=on"

/* Leaf attributes without shareability, whose place is part of the address. */
#define S1_LPA2 0xc40ull
#define S2_LPA2 0x4fcull

static const unsigned granules[] = { 12, 14, 16 };

static void test_id(void)
{
    SmmuQtest *t = smmu_start_with(WIDE);

    g_assert_cmphex(r32(t, IDR5), ==, 0x000004f6);
    g_assert_cmphex(r32(t, IDR3), ==, 0x00007714);
    g_assert_cmphex(r32(t, AIDR), ==, 3);
    machine_stop(t);
}

/* Reads through the first and the last page of an input range of @bits. */
static void check_ends(Context *c, Space *s, unsigned bits, uint64_t attrs)
{
    SmmuQtest *t = c->t;
    uint64_t page = UINT64_C(1) << s->lg2, last = (UINT64_C(1) << bits) - page;
    uint64_t lo = ram_page(t), hi = ram_page(t), v;

    map_page(s, 0, lo, attrs);
    map_page(s, last, hi, attrs);
    mem_w64(t, lo, bits);
    mem_w64(t, hi + page - 8, ~(uint64_t)bits);
    context_commit(c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    if (!dma_read(t, 0, &v) || v != bits) {
        g_error("%u bits: first page", bits);
    }
    if (!dma_read(t, last + page - 8, &v) || v != ~(uint64_t)bits) {
        g_error("%u bits: last page", bits);
    }
    expect_no_event(t);
}

static void test_s1(const void *data)
{
    unsigned lg2 = GPOINTER_TO_UINT(data);
    SmmuQtest *t = smmu_start_with(WIDE);

    for (unsigned bits = lg2 == 16 ? 17 : 16; bits <= 52; bits++) {
        uint64_t mark = t->next;
        Context c;

        if (bits == 25) {
            bits = 48; /* see test-formats.c */
        }
        context_init(&c, t, 1, lg2);
        put(c.cd, 34, 32, 6);   /* IPS: 52 bits */
        put(c.cd, 186, 186, 1); /* DS */
        context_s1_bits(&c, bits);
        check_ends(&c, &c.s1, bits, lg2 == 16 ? S1_LEAF : S1_LPA2);
        t->next = mark;
    }
    machine_stop(t);
}

/* Start levels that take DS or STT (E.9), and 64K at 52 bits. */
static void test_s2(void)
{
    static const struct {
        unsigned lg2;
        int start;
        unsigned sl0, sl0_2, bits;
    } rows[] = {
        { 12, -1, 0, 1, 52 }, { 12, -1, 0, 1, 49 }, { 12, 0, 2, 0, 52 },
        { 12, 3, 3, 0, 16 },  { 12, 3, 3, 0, 25 },  { 14, 0, 3, 0, 52 },
        { 14, 0, 3, 0, 48 },  { 14, 1, 2, 0, 51 },  { 14, 3, 0, 0, 16 },
        { 16, 1, 2, 0, 52 },  { 16, 3, 0, 0, 17 },
    };
    SmmuQtest *t = smmu_start_with(WIDE);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t mark = t->next;
        Context c;

        context_init(&c, t, 2, rows[i].lg2);
        put(c.ste, 178, 176, 6); /* S2PS: 52 bits */
        put(c.ste, 194, 194, rows[i].sl0_2);
        context_s2_bits(&c, rows[i].bits, (unsigned)rows[i].start, rows[i].sl0);
        put(c.ste, 195, 195, 1); /* S2DS */
        check_ends(&c, &c.s2, rows[i].bits,
                   rows[i].lg2 == 16 ? S2_LEAF : S2_LPA2);
        t->next = mark;
    }
    machine_stop(t);
}

/* The output is larger than IPS; the input is larger than TxSZ says. */
static void test_faults(void)
{
    SmmuQtest *t = smmu_start_with(WIDE);
    uint64_t v, pa = ram_page(t);
    Context c;

    context_init(&c, t, 1, 16);
    put(c.cd, 34, 32, 5); /* IPS: 48 bits */
    context_s1_bits(&c, 52);
    map_page(&c.s1, 0x4000000000000, pa | 0x1000, S1_LEAF); /* OA[48] */
    context_commit(&c);
    g_assert_false(dma_read(t, 0x4000000000008, &v));
    expect_event(t, EV(F_ADDR_SIZE, 0x4000000000008, .rnw = true));

    context_init(&c, t, 1, 12);
    put(c.cd, 34, 32, 5);
    put(c.cd, 186, 186, 1); /* DS */
    context_s1_bits(&c, 52);
    map_page(&c.s1, 0x4000000000000, pa | 0x200, S1_LPA2); /* OA[51] */
    context_commit(&c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_read(t, 0x4000000000008, &v));
    expect_event(t, EV(F_ADDR_SIZE, 0x4000000000008, .rnw = true));
    g_assert_false(dma_read(t, 0x10000000000000, &v));
    expect_event(t, EV(F_TRANSLATION, 0x10000000000000, .rnw = true));
    machine_stop(t);
}

/* One T0SZ that takes VAX, and one that takes STT. */
static void check_txsz(SmmuQtest *t, unsigned lg2, unsigned t0sz, bool legal)
{
    uint64_t v, mark = t->next;
    Context c;

    context_init(&c, t, 1, lg2);
    put(c.cd, 5, 0, t0sz);
    put(c.cd, 186, 186, 1);
    context_commit(&c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_read(t, 0, &v));
    expect_event(t,
                 legal ? EV(F_TRANSLATION, 0, .rnw = true) : EV_CFG(C_BAD_CD));
    t->next = mark;
}

static void test_limits(void)
{
    SmmuQtest *t = smmu_start_with(WIDE);

    for (unsigned i = 0; i < 3; i++) {
        check_txsz(t, granules[i], 12, true);
        check_txsz(t, granules[i], 11, false);
        check_txsz(t, granules[i], 48, granules[i] != 16);
        check_txsz(t, granules[i], 49, false);
    }
    machine_stop(t);
    t = smmu_start();
    for (unsigned i = 0; i < 3; i++) {
        check_txsz(t, granules[i], 15, false);
        check_txsz(t, granules[i], 40, false);
    }
    machine_stop(t);
}

/* Without DS the bit is RES0: [9:8] of a descriptor are shareability. */
static void test_ds_off(void)
{
    SmmuQtest *t = smmu_start();
    Context c;
    uint64_t v, pa = quick_stage1(&c, t, 0x5000);

    mem_w64(t, pa, MAGIC);
    put(c.cd, 186, 186, 1);
    context_commit(&c);
    g_assert_true(dma_read(t, 0x5000, &v));
    g_assert_cmphex(v, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

/* A granule that IDR5 does not have (5.4 TG0, 5.2 S2TG). */
static void test_granule(void)
{
    SmmuQtest *t = smmu_start_with(",gran16k=off");
    uint64_t v;
    Context c;

    g_assert_cmphex(r32(t, IDR5), ==, 0x00000055);
    context_init(&c, t, 1, 14);
    context_commit(&c);
    g_assert_false(dma_read(t, 0, &v));
    expect_event(t, EV_CFG(C_BAD_CD));
    context_init(&c, t, 2, 14);
    context_commit(&c);
    g_assert_false(dma_read(t, 0, &v));
    expect_event(t, EV_CFG(C_BAD_STE));
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sizes/id", test_id);
    g_test_add_data_func("/sizes/s1/4k", GUINT_TO_POINTER(12), test_s1);
    g_test_add_data_func("/sizes/s1/16k", GUINT_TO_POINTER(14), test_s1);
    g_test_add_data_func("/sizes/s1/64k", GUINT_TO_POINTER(16), test_s1);
    g_test_add_func("/sizes/s2", test_s2);
    g_test_add_func("/sizes/faults", test_faults);
    g_test_add_func("/sizes/limits", test_limits);
    g_test_add_func("/sizes/ds-not-advertised", test_ds_off);
    g_test_add_func("/sizes/granule-not-advertised", test_granule);
    return g_test_run();
}
