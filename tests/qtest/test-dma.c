/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA through bypass, stage 1, stage 2 and both, with each granule.
 * Tests only.
 */
#include "smmu-qtest.h"

typedef struct Case {
    unsigned stage, lg2;
} Case;

/* Reads and writes through one mapped page; its neighbour is not mapped. */
static void test_page(const void *data)
{
    const Case *k = data;
    SmmuQtest *t = smmu_start();
    const uint64_t page = UINT64_C(1) << k->lg2;
    uint64_t va = 0x123450000ull, pa = ram_page(t), v;
    Context c;

    context_init(&c, t, k->stage, k->lg2);
    context_map(&c, va, pa);
    context_commit(&c);

    mem_w64(t, pa + 0x128, MAGIC);
    g_assert_true(dma_read(t, va + 0x128, &v));
    g_assert_cmphex(v, ==, MAGIC);
    g_assert_true(dma_write(t, va + page - 8));
    g_assert_cmphex(mem_r64(t, pa + page - 8), ==, dma_pattern(va + page - 8));
    expect_no_event(t);

    g_assert_false(dma_read(t, va + page, NULL));
    expect_event(t, &(Event){ .num = F_TRANSLATION,
                              .sid = ENGINE_SID,
                              .rnw = true,
                              .s2 = k->stage == 2,
                              .cls = CLS_IN,
                              .addr = va + page,
                              .ipa = k->stage == 2 ? va + page : 0 });
    expect_no_event(t);
    machine_stop(t);
}

static void test_bypass(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), v;
    Context c;

    context_init(&c, t, 0, 12);
    context_commit(&c);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, pa, &v));
    g_assert_cmphex(v, ==, MAGIC);
    g_assert_true(dma_write(t, pa));
    g_assert_cmphex(mem_r64(t, pa), ==, dma_pattern(pa));
    expect_no_event(t);
    machine_stop(t);
}

/* SMMUEN = 0: GBPA decides; nothing is recorded (6.3.14). */
static void test_disabled(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);
    uint64_t pa = ram_page(t), v;

    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, pa, &v));
    g_assert_cmphex(v, ==, MAGIC);
    w32(t, GBPA, 0x80100000u | r32(t, GBPA));
    g_assert_false(dma_read(t, pa, &v));
    w32(t, GBPA, 0x80000000u | (r32(t, GBPA) & ~0x100000u));
    g_assert_true(dma_read(t, pa, &v));
    machine_stop(t);
}

/* A range of many pages that lie in another order in memory. */
static void test_scattered(const void *data)
{
    const Case *k = data;
    const unsigned pages = 20;
    SmmuQtest *t = smmu_start();
    const uint64_t page = UINT64_C(1) << k->lg2;
    uint64_t va = 0x40000000ull, base = ram_alloc(t, pages * page, page), sum;
    uint64_t want = 0;
    EngineOp op = { .cmd = ENG_SUM64, .begin = va };
    Context c;

    context_init(&c, t, k->stage, k->lg2);
    for (unsigned i = 0; i < pages; i++) {
        uint64_t pa = base + (i * 7 % pages) * page;

        context_map(&c, va + i * page, pa);
        mem_w64(t, pa, UINT64_C(1) << i);
        mem_w64(t, pa + page - 8, UINT64_C(1) << (i + 32));
        want += UINT64_C(0x100000001) << i;
    }
    context_commit(&c);
    op.end = va + pages * page - 1;
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    sum = op.sum;
    g_assert_cmphex(sum, ==, want);
    /* The 13th piece alone, by a stride that leaves out the others. */
    op.begin = va + 13 * page;
    op.end = va + 14 * page - 1;
    op.stride = page;
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, UINT64_C(1) << 13);
    expect_no_event(t);
    machine_stop(t);
}

/* Copies between two pages, with a piece that crosses a page boundary. */
static void test_copy(const void *data)
{
    const Case *k = data;
    SmmuQtest *t = smmu_start();
    const uint64_t page = UINT64_C(1) << k->lg2;
    uint64_t src = 0x50000000ull, dst = 0x60000000ull;
    uint64_t a = ram_alloc(t, 4 * page, page), b = ram_alloc(t, 4 * page, page);
    uint8_t data_in[8192], data_out[8192];
    EngineOp op = { .cmd = ENG_MEMCPY,
                    .begin = src + page - 0x123,
                    .end = src + page - 0x123 + sizeof(data_in) - 1,
                    .dest = dst + page - 0x777,
                    .seed = 42 };
    Context c;

    context_init(&c, t, k->stage, k->lg2);
    for (unsigned i = 0; i < 4; i++) {
        context_map(&c, src + i * page, a + i * page);
        context_map(&c, dst + i * page, b + i * page);
    }
    context_commit(&c);
    for (unsigned i = 0; i < sizeof(data_in); i++) {
        data_in[i] = i * 29 + i / 256;
    }
    qtest_memwrite(t->qts, a + page - 0x123, data_in, sizeof(data_in));
    g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    qtest_memread(t->qts, b + page - 0x777, data_out, sizeof(data_out));
    g_assert_cmpmem(data_in, sizeof(data_in), data_out, sizeof(data_out));
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    static const Case cases[] = {
        { 1, 12 }, { 1, 14 }, { 1, 16 }, { 2, 12 }, { 2, 14 },
        { 2, 16 }, { 3, 12 }, { 3, 14 }, { 3, 16 },
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dma/bypass", test_bypass);
    g_test_add_func("/dma/disabled", test_disabled);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        static const char *const stages[] = { "", "s1", "s2", "nested" };
        const Case *k = &cases[i];
        char *name =
            g_strdup_printf("%s-%uk", stages[k->stage], 1u << (k->lg2 - 10));
        char *p;

        p = g_strdup_printf("/dma/page/%s", name);
        g_test_add_data_func(p, k, test_page);
        g_free(p);
        p = g_strdup_printf("/dma/scattered/%s", name);
        g_test_add_data_func(p, k, test_scattered);
        g_free(p);
        p = g_strdup_printf("/dma/copy/%s", name);
        g_test_add_data_func(p, k, test_copy);
        g_free(p);
        g_free(name);
    }
    return g_test_run();
}
