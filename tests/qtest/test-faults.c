/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of the walks, at each level and stage, with every field of their
 * records (3.12, 7.3.11-7.3.17).
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x23450000ull

static const unsigned granules[] = { 12, 14, 16 };

/* The event of stage 1 or 2 (alone) for the input address itself. */
static void expect_in(SmmuQtest *t, unsigned stage, unsigned num, uint64_t va,
                      bool read)
{
    expect_event(t, EV(num, va, .rnw = read, .s2 = stage == 2,
                       .ipa = stage == 2 ? va & ~0xfffull : 0));
    expect_no_event(t);
}

/* Stage 2 failing for stage 1's table or for the CD. */
static void expect_for(SmmuQtest *t, unsigned cls, unsigned num, uint64_t va,
                       uint64_t ipa)
{
    expect_event(t, &(Event){ .num = num,
                              .sid = ENGINE_SID,
                              .rnw = true,
                              .s2 = true,
                              .cls = cls,
                              .addr = va,
                              .ipa = ipa & ~0xfffull });
    expect_no_event(t);
}

static Space *space_of(Context *c)
{
    return c->stage == 2 ? &c->s2 : &c->s1;
}

/* Invalid descriptors (type 00 and 10, and 01 at level 3), at each level of
 * each granule, by a read and by a write. */
static void test_translation(const void *data)
{
    unsigned stage = GPOINTER_TO_UINT(data);

    for (unsigned g = 0; g < 3; g++) {
        SmmuQtest *t = smmu_start();
        Context c;
        Space *s;

        context_init(&c, t, stage, granules[g]);
        context_map(&c, VA, ram_page(t));
        s = space_of(&c);
        context_commit(&c);
        for (unsigned level = s->start; level <= 3; level++) {
            uint64_t pa = desc_pa(s, VA, level), old = mem_r64(t, pa);

            for (unsigned type = 0; type < 3; type++) {
                if (type == 1 && level < 3) {
                    continue; /* a block, legal or not */
                }
                mem_w64(t, pa, (old & ~3ull) | type);
                cmd(t, OP_TLBI_NSNH_ALL, 0);
                g_assert_false(dma_read(t, VA + 0x128, NULL));
                expect_in(t, stage, F_TRANSLATION, VA + 0x128, true);
                g_assert_false(dma_write(t, VA + 0x128));
                expect_in(t, stage, F_TRANSLATION, VA + 0x128, false);
            }
            mem_w64(t, pa, old);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
            g_assert_true(dma_read(t, VA, NULL));
        }
        machine_stop(t);
    }
}

/* Blocks: legal at level 1 and 2 of 4K, and level 2 of 16K and 64K alone. */
static void test_blocks(const void *data)
{
    unsigned stage = GPOINTER_TO_UINT(data);

    for (unsigned g = 0; g < 3; g++) {
        for (unsigned level = 0; level <= 2; level++) {
            bool legal = level == 2 || (level == 1 && granules[g] == 12);
            SmmuQtest *t = smmu_start();
            uint64_t va = 0x40000000ull + RAM_FREE, v;
            Context c;
            Space *s;

            context_init(&c, t, stage, granules[g]);
            if (stage == 1) {
                context_s1_bits(&c, 48);
            } else {
                /* 48 bits: level 0 with 4K, two tables at level 1 with 16K */
                context_s2_bits(&c, 48, granules[g] == 12 ? 0 : 1, 2);
            }
            s = space_of(&c);
            if (level < s->start) {
                machine_stop(t);
                continue;
            }
            /* Of a block of 1 GiB and less, the low bits come from va. */
            map_at(s, va, level_shift(s, level) > 30 ? 0 : 0x40000000ull, level,
                   stage == 1 ? S1_LEAF : S2_LEAF);
            if (level == 2 && level_shift(s, 2) < 30) {
                uint64_t size = UINT64_C(1) << level_shift(s, 2);

                map_at(s, va, RAM_FREE & -size, 2,
                       stage == 1 ? S1_LEAF : S2_LEAF);
            }
            context_commit(&c);
            mem_w64(t, RAM_FREE + 0x128, MAGIC);
            if (legal) {
                g_assert_true(dma_read(t, va + 0x128, &v));
                g_assert_cmphex(v, ==, MAGIC);
            } else {
                g_assert_false(dma_read(t, va + 0x128, NULL));
                expect_in(t, stage, F_TRANSLATION, va + 0x128, true);
            }
            machine_stop(t);
        }
    }
}

/* Stage-1 input range: both halves, with and without TBI (3.4.1). */
static void test_input_range(void)
{
    static const struct {
        uint64_t va;
        bool ok, ok_tbi;
    } cases[] = {
        { 0x0000000040000000ull, true, true },
        { 0x0000008040000000ull, false, false }, /* bit 39 */
        { 0x0000010040000000ull, false, false },
        { 0x0100000040000000ull, false, true }, /* bit 56 */
        { 0x8000000040000000ull, false, true },
        { 0x0080000040000000ull, false, false }, /* bit 55: the other half */
        { 0xffffff8040000000ull, true, true },
        { 0xffffff0040000000ull, false, false },
        { 0x00ffff8040000000ull, false, true },
        { 0xff7fff8040000000ull, false, false },
    };

    for (unsigned tbi = 0; tbi < 2; tbi++) {
        SmmuQtest *t = smmu_start();
        Context c;
        Space hi;

        context_init(&c, t, 1, 12);
        context_ttb1(&c, &hi, 12);
        put(c.cd, 39, 38, tbi * 3);
        map_page(&c.s1, 0x40000000, ram_page(t), S1_LEAF);
        map_page(&hi, 0x40000000, ram_page(t), S1_LEAF);
        context_commit(&c);
        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
            bool ok = tbi ? cases[i].ok_tbi : cases[i].ok;

            g_assert_cmpint(dma_read(t, cases[i].va, NULL), ==, ok);
            if (!ok) {
                expect_in(t, 1, F_TRANSLATION, cases[i].va, true);
            }
        }
        expect_no_event(t);
        machine_stop(t);
    }
}

/* EPD1, and stage 2's own input range. */
static void test_input_range_2(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    context_commit(&c);
    g_assert_false(dma_read(t, 0xffffff8040000000ull, NULL));
    expect_in(t, 1, F_TRANSLATION, 0xffffff8040000000ull, true);

    context_init(&c, t, 2, 12); /* 39 bits */
    context_commit(&c);
    g_assert_false(dma_read(t, 0x8000000000ull, NULL));
    expect_in(t, 2, F_TRANSLATION, 0x8000000000ull, true);

    /* Nested: an IPA beyond 39 bits, of the page and of a table. */
    context_init(&c, t, 3, 12);
    map_page(&c.s1, VA, 0x8000000000ull, S1_LEAF);
    context_commit(&c);
    g_assert_false(dma_read(t, VA, NULL));
    expect_for(t, CLS_IN, F_TRANSLATION, VA, 0x8000000000ull);
    mem_w64(t, desc_pa(&c.s1, VA, 2), 0x8000000000ull | 3);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_read(t, VA, NULL));
    expect_for(t, CLS_TT, F_TRANSLATION, VA, 0x8000000000ull + 0x280);
    machine_stop(t);
}

/* Output beyond IPS or S2PS, at each level, of tables and of leaves. */
static void test_addr_size(const void *data)
{
    unsigned stage = GPOINTER_TO_UINT(data);

    for (unsigned g = 0; g < 3; g++) {
        SmmuQtest *t = smmu_start();
        Context c;
        Space *s;

        context_init(&c, t, stage, granules[g]);
        put(c.cd, 34, 32, 0);
        put(c.ste, 178, 176, stage == 2 ? 0 : 7);
        context_map(&c, VA, ram_page(t));
        context_commit(&c);
        s = space_of(&c);
        for (unsigned level = s->start; level <= 3; level++) {
            uint64_t pa = desc_pa(s, VA, level), old = mem_r64(t, pa);

            mem_w64(t, pa, old | 1ull << 32);
            cmd(t, OP_TLBI_NSNH_ALL, 0);
            g_assert_false(dma_read(t, VA, NULL));
            expect_in(t, stage, F_ADDR_SIZE, VA, true);
            mem_w64(t, pa, old);
        }
        machine_stop(t);
    }
}

/* Nested: stage 1's output beyond IPS, and stage 2's beyond S2PS for each
 * purpose of its walk. */
static void test_addr_size_nested(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t pa = ram_page(t), table, leaf, root;
    Context c;

    context_init(&c, t, 3, 12);
    put(c.ste, 178, 176, 0); /* S2PS: 32 bits */
    put(c.cd, 34, 32, 0);    /* IPS: 32 bits */
    context_map(&c, VA, pa);
    s2_split(&c, pa);
    leaf = desc_pa(&c.s1, VA, 3);
    if ((leaf ^ pa) >> 21) {
        s2_split(&c, leaf);
    }
    context_commit(&c);

    table = mem_r64(t, leaf);
    mem_w64(t, leaf, table | 1ull << 32);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV(F_ADDR_SIZE, VA, .rnw = true));
    mem_w64(t, leaf, table);

    map_page(&c.s2, pa + t->bias, pa | 1ull << 32, S2_LEAF);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_read(t, VA, NULL));
    expect_for(t, CLS_IN, F_ADDR_SIZE, VA, pa + t->bias);

    map_page(&c.s2, pa + t->bias, pa, S2_LEAF);
    root = leaf & ~0xfffull;
    map_page(&c.s2, root + t->bias, root | 1ull << 32, S2_LEAF);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_read(t, VA, NULL));
    expect_for(t, CLS_TT, F_ADDR_SIZE, VA, leaf + t->bias);
    machine_stop(t);
}

/* AF = 0 with and without AFFD, at a page and at a block. */
static void test_access_flag(const void *data)
{
    unsigned stage = GPOINTER_TO_UINT(data);

    for (unsigned affd = 0; affd < 2; affd++) {
        SmmuQtest *t = smmu_start();
        uint64_t pa = ram_page(t), block = 0x60000000ull;
        uint64_t attrs = (stage == 1 ? S1_LEAF : S2_LEAF) & ~DESC_AF;
        Context c;
        Space *s;

        context_init(&c, t, stage, 12);
        put(c.cd, 35, 35, affd);
        put(c.ste, 181, 181, affd);
        s = space_of(&c);
        map_page(s, VA, pa, attrs);
        map_at(s, block, RAM_FREE, 2, attrs);
        context_commit(&c);
        for (unsigned i = 0; i < 2; i++) {
            uint64_t va = i ? block : VA;

            g_assert_cmpint(dma_read(t, va, NULL), ==, affd);
            if (!affd) {
                expect_in(t, stage, F_ACCESS, va, true);
            }
        }
        /* The flag is not set: there is no HTTU. */
        g_assert_cmphex(mem_r64(t, desc_pa(s, VA, 3)) & DESC_AF, ==, 0);
        expect_no_event(t);
        machine_stop(t);
    }
}

/* Stage 2's faults for a stage-1 table and for the CD, of each kind. */
static void test_for_tables(const void *data)
{
    static const struct {
        unsigned num;
        uint64_t set, clear; /* in stage 2's leaf */
    } kinds[] = {
        { F_TRANSLATION, 0, 3 },
        { F_ACCESS, 0, DESC_AF },
        { F_PERMISSION, 0, 0x40 }, /* not readable */
    };
    unsigned cls = GPOINTER_TO_UINT(data);

    for (unsigned k = 0; k < G_N_ELEMENTS(kinds); k++) {
        SmmuQtest *t = smmu_start();
        uint64_t target, d;
        Context c;
        Event e;

        context_init(&c, t, 3, 12);
        /* Alone in its block, so that nothing else is affected. */
        t->next = 0x42000000;
        c.cd_pa = ram_page(t);
        put(c.ste, 55, 6, (c.cd_pa + t->bias) >> 6);
        t->next = 0x43000000;
        context_s1_bits(&c, 39);
        context_map(&c, VA, RAM_FREE + 0x400000);
        target = cls == CLS_CD ? c.cd_pa : desc_pa(&c.s1, VA, 3);
        s2_split(&c, target);
        d = desc_pa(&c.s2, target + t->bias, 3);
        mem_w64(t, d, (mem_r64(t, d) & ~kinds[k].clear) | kinds[k].set);
        context_commit(&c);
        g_assert_false(dma_read(t, VA + 8, NULL));
        e = (Event){ .num = kinds[k].num,
                     .sid = ENGINE_SID,
                     .rnw = true,
                     .s2 = true,
                     .cls = cls,
                     .addr = VA + 8,
                     .ipa = (target + t->bias) & ~0xfffull,
                     /* TTRnW: a read of the descriptor; CLASS = TT alone */
                     .ttrnw = kinds[k].num == F_PERMISSION && cls == CLS_TT };
        expect_event(t, &e);
        /* RnW is the transaction's. */
        g_assert_false(dma_write(t, VA + 8));
        e.rnw = false;
        expect_event(t, &e);
        expect_no_event(t);
        machine_stop(t);
    }
}

/* External aborts: stage 1's table; stage 2's for each purpose. */
static void test_walk_abort(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 1, 12);
    context_map(&c, VA, ram_page(t));
    context_commit(&c);
    mem_w64(t, desc_pa(&c.s1, VA, 2), HOLE | 3);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, &(Event){ .num = F_WALK_EABT,
                              .sid = ENGINE_SID,
                              .rnw = true,
                              .cls = CLS_TT,
                              .addr = VA,
                              .ipa = HOLE + 0x280 });

    context_init(&c, t, 2, 12);
    context_map(&c, VA, ram_page(t));
    context_commit(&c);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    mem_w64(t, desc_pa(&c.s2, VA, 2), HOLE | 3);
    g_assert_false(dma_write(t, VA));
    expect_event(t, EV(F_WALK_EABT, VA, .s2 = true, .ipa = HOLE + 0x280));

    machine_stop(t);
}

/* Nested: an aborted read of stage 2's table, for the CD and for stage 1's
 * table, which lie in different gigabytes of the IPA space. */
static void test_walk_abort_nested(void)
{
    SmmuQtest *t = smmu_start();
    const uint64_t far = 0x100000000ull;
    uint64_t root_ipa, cd_ipa, old;
    Context c;
    Event e;

    context_init(&c, t, 3, 12);
    root_ipa = c.s1.root + far;
    cd_ipa = c.cd_pa + t->bias;
    put(c.cd, 119, 68, root_ipa >> 4);
    map_at(&c.s2, root_ipa, c.s1.root & ~0x1fffffull, 2, S2_LEAF);
    context_commit(&c);
    e = (Event){ .num = F_WALK_EABT,
                 .sid = ENGINE_SID,
                 .rnw = true,
                 .s2 = true,
                 .addr = VA };

    old = mem_r64(t, desc_pa(&c.s2, root_ipa, 1));
    mem_w64(t, desc_pa(&c.s2, root_ipa, 1), HOLE | 3);
    g_assert_false(dma_read(t, VA, NULL));
    e.cls = CLS_TT;
    e.ipa = HOLE + (root_ipa >> 21 & 511) * 8;
    expect_event(t, &e);

    mem_w64(t, desc_pa(&c.s2, root_ipa, 1), old);
    mem_w64(t, desc_pa(&c.s2, cd_ipa, 1), HOLE | 3);
    cmd(t, OP_CFGI_CD_ALL | (uint64_t)ENGINE_SID << 32, 0);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    g_assert_false(dma_read(t, VA, NULL));
    e.cls = CLS_CD;
    e.ipa = HOLE + (cd_ipa >> 21 & 511) * 8;
    expect_event(t, &e);
    expect_no_event(t);
    machine_stop(t);
}

/* Order within one descriptor (3.12.2.1): size, access flag, permission. */
static void test_order(void)
{
    SmmuQtest *t = smmu_start();
    const uint64_t ro = 0x80, big = 1ull << 32;
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 34, 32, 0);
    context_map(&c, VA, ram_page(t));
    context_commit(&c);
    desc_set(&c.s1, desc_pa(&c.s1, VA, 3), (S1_LEAF & ~DESC_AF) | ro | big | 3);
    g_assert_false(dma_write(t, VA));
    expect_in(t, 1, F_ADDR_SIZE, VA, false);
    desc_set(&c.s1, desc_pa(&c.s1, VA, 3), (S1_LEAF & ~DESC_AF) | ro | 3);
    g_assert_false(dma_write(t, VA));
    expect_in(t, 1, F_ACCESS, VA, false);
    desc_set(&c.s1, desc_pa(&c.s1, VA, 3), S1_LEAF | ro | 3);
    g_assert_false(dma_write(t, VA));
    expect_in(t, 1, F_PERMISSION, VA, false);
    machine_stop(t);
}

static void add(const char *path, unsigned n, GTestDataFunc test)
{
    g_test_add_data_func(path, GUINT_TO_POINTER(n), test);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/faults/translation/s1", 1, test_translation);
    add("/faults/translation/s2", 2, test_translation);
    add("/faults/blocks/s1", 1, test_blocks);
    add("/faults/blocks/s2", 2, test_blocks);
    g_test_add_func("/faults/input-range/s1", test_input_range);
    g_test_add_func("/faults/input-range/others", test_input_range_2);
    add("/faults/addr-size/s1", 1, test_addr_size);
    add("/faults/addr-size/s2", 2, test_addr_size);
    g_test_add_func("/faults/addr-size/nested", test_addr_size_nested);
    add("/faults/access-flag/s1", 1, test_access_flag);
    add("/faults/access-flag/s2", 2, test_access_flag);
    add("/faults/s2-for-cd", CLS_CD, test_for_tables);
    add("/faults/s2-for-tt", CLS_TT, test_for_tables);
    g_test_add_func("/faults/walk-abort/one-stage", test_walk_abort);
    g_test_add_func("/faults/walk-abort/nested", test_walk_abort_nested);
    g_test_add_func("/faults/order", test_order);
    return g_test_run();
}
