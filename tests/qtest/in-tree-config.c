/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream table, STE and register rules where QEMU's own model is wrong: one
 * test for each row of the list of its deviations, each of which it fails.
 * Tests only.
 */
#include "smmu-qtest.h"

#define VA 0x123450000ull
#define FAR_BDF 0x60u /* 00:0c.0: StreamID 0x60 */
#define FAR_BAR 0x10400000u

/* Whether a read through @c works; else it must be C_BAD_STE. */
static void check_ste(Context *c, bool legal)
{
    SmmuQtest *t = c->t;

    context_commit(c);
    g_assert_cmpint(dma_read(t, VA, NULL), ==, legal);
    if (!legal) {
        expect_event(t, EV_CFG(C_BAD_STE));
    }
    expect_no_event(t);
}

static void row_02(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 2, 12);
    put(c.ste, 179, 179, 0); /* S2AA64 */
    check_ste(&c, false);
    machine_stop(t);
}

static void strtab_cfg(SmmuQtest *t, uint64_t base, uint32_t cfg)
{
    smmu_cr0(t, 0xc);
    w64(t, STRTAB_BASE, base);
    w32(t, STRTAB_BASE_CFG, cfg);
    smmu_cr0(t, 0xd);
    cmd(t, OP_CFGI_STE_RANGE, 31); /* CFGI_ALL */
    cmd(t, OP_TLBI_NSNH_ALL, 0);
}

/* A level-1 descriptor: the STEs at @l2, 2^(span - 1) of them. */
static void l1std(SmmuQtest *t, uint64_t pa, uint64_t l2, unsigned span)
{
    mem_w64(t, pa, l2 | span);
}

/* Two levels first, then a linear table. */
static void row_15(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t l1 = ram_page(t), l2 = ram_page(t);
    Context c;

    quick_stage1(&c, t, VA);
    g_assert_true(dma_read(t, VA, NULL));
    l1std(t, l1, l2, 7);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, l2 + ENGINE_SID * 64 + i * 8, c.ste[i]);
    }
    strtab_cfg(t, l1, 1 << 16 | 6 << 6 | 8);
    g_assert_true(dma_read(t, VA, NULL));
    strtab_cfg(t, t->strtab, 8);
    g_assert_true(dma_read(t, VA, NULL));
    expect_no_event(t);
    machine_stop(t);
}

/* Span n is 2^(n - 1) entries; beyond them it is C_BAD_STREAMID (5.1). */
static void row_16(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t l1 = ram_page(t), l2 = ram_page(t);
    Context c;

    quick_stage1(&c, t, VA);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, l2 + ENGINE_SID * 64 + i * 8, c.ste[i]);
    }
    l1std(t, l1, l2, 6); /* 32 entries */
    strtab_cfg(t, l1, 1 << 16 | 6 << 6 | 8);
    g_assert_true(dma_read(t, VA, NULL));
    l1std(t, l1, l2, 5); /* 16, and the engine is number 16 */
    cmd(t, OP_CFGI_STE_RANGE, 31);
    g_assert_false(dma_read(t, VA, NULL));
    expect_event(t, EV_CFG(C_BAD_STREAMID));
    machine_stop(t);
}

/* The table's address is aligned to its size, lower bits are ignored. */
static void row_17_linear(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    quick_stage1(&c, t, VA);
    strtab_cfg(t, t->strtab | 0x2000, 8); /* 16 KiB */
    g_assert_true(dma_read(t, VA, NULL));
    machine_stop(t);
}

static void row_17_two_level(void)
{
    SmmuQtest *t = smmu_start();
    uint64_t l1 = ram_page(t), l2 = ram_page(t);
    Context c;

    quick_stage1(&c, t, VA);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, l2 + ENGINE_SID * 64 + i * 8, c.ste[i]);
    }
    l1std(t, l1, l2, 7);
    /* 2^(13 - 6) descriptors: 1 KiB */
    strtab_cfg(t, l1 | 0x200, 1 << 16 | 6 << 6 | 13);
    g_assert_true(dma_read(t, VA, NULL));
    machine_stop(t);
}

static void row_24(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    quick_stage1(&c, t, VA);
    smmu_cr0(t, 0xc);
    w32(t, CR2, 0);             /* RECINVSID */
    w32(t, STRTAB_BASE_CFG, 4); /* 16 entries: the engine is out */
    smmu_cr0(t, 0xd);
    g_assert_false(dma_read(t, VA, NULL));
    expect_no_event(t);
    machine_stop(t);
}

typedef struct Field {
    const char *name;
    unsigned stage, hi, lo, value;
} Field;

/* S2HA and S2HD without HTTU; the reserved stream worlds. */
static const Field row_34_fields[] = {
    { "s2ha", 2, 184, 184, 1 },        { "s2hd", 2, 183, 183, 1 },
    { "s2ha-nested", 3, 184, 184, 1 }, { "strw-1", 1, 95, 94, 1 },
    { "strw-3", 1, 95, 94, 3 },
};

static void row_34(const void *data)
{
    const Field *f = data;
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, f->stage, 12);
    context_map(&c, VA, ram_page(t));
    put(c.ste, f->hi, f->lo, f->value);
    check_ste(&c, false);
    machine_stop(t);
}

/* Level 0 for 25 bits. */
static void row_35(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 2, 12);
    context_map(&c, VA, ram_page(t));
    put(c.ste, 165, 160, 39);
    put(c.ste, 167, 166, 2);
    check_ste(&c, false);
    machine_stop(t);
}

/* Fields of stage 1 do not count where it is off. */
static void row_36(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 2, 12);
    context_map(&c, VA, ram_page(t));
    put(c.ste, 63, 59, 5); /* S1CDMax */
    put(c.ste, 91, 91, 1); /* S1STALLD */
    put(c.ste, 5, 4, 2);   /* S1Fmt */
    check_ste(&c, true);
    machine_stop(t);
}

/* The input size is bounded by IAS, not by the output size. */
static void row_37(void)
{
    SmmuQtest *t = smmu_start();
    Context c;

    context_init(&c, t, 2, 12);
    context_s2_bits(&c, 40, 1, 1);
    put(c.ste, 178, 176, 1); /* S2PS: 36 bits */
    context_map(&c, VA, ram_page(t));
    check_ste(&c, true);
    machine_stop(t);
}

/* Guarded registers keep their values while what they guard is on (6.3). */
static void row_39(void)
{
    static const struct {
        uint32_t reg, value;
    } guarded[] = {
        { CR1, 0 },
        { CR2, 0 },
        { STRTAB_BASE, 0x41230000 },
        { STRTAB_BASE_CFG, 3 },
        { CMDQ_BASE, 0x41240003 },
        { CMDQ_CONS, 5 },
        { EVENTQ_BASE, 0x41250003 },
        { EVENTQ_PROD, 5 },
    };
    SmmuQtest *t = smmu_start();

    for (unsigned i = 0; i < G_N_ELEMENTS(guarded); i++) {
        uint32_t old = r32(t, guarded[i].reg);

        g_assert_cmphex(old, !=, guarded[i].value);
        w32(t, guarded[i].reg, guarded[i].value);
        if (r32(t, guarded[i].reg) != old) {
            g_test_message("0x%x was written", guarded[i].reg);
            g_test_fail();
        }
        w32(t, guarded[i].reg, old);
    }
    machine_stop(t);
}

/* Bits of features that are not there are neither kept nor acknowledged. */
static void row_40(void)
{
    SmmuQtest *t = machine_start(NULL, NULL);

    w32(t, CR0, 0xfffffff2); /* all but SMMUEN, EVENTQEN, CMDQEN */
    g_assert_cmphex(r32(t, CR0ACK), ==, 0);
    g_assert_cmphex(r32(t, CR0), ==, 0);
    machine_stop(t);
}

/* SPLIT = 7 acts as 6: StreamID 0x60 is in the second table. */
static void row_41(void)
{
    SmmuQtest *t = machine_start(NULL, "-device smmulator-engine,addr=c.0");
    uint64_t l1, l2;
    Context c;

    smmu_enable(t);
    engine_setup(t, FAR_BDF, FAR_BAR);
    t->engine = FAR_BAR;
    l1 = ram_page(t);
    l2 = ram_page(t);
    quick_stage1(&c, t, VA);
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, l2 + (FAR_BDF & 0x3f) * 64 + i * 8, c.ste[i]);
    }
    l1std(t, l1 + 8, l2, 7);
    strtab_cfg(t, l1, 1 << 16 | 7 << 6 | 8);
    g_assert_true(dma_read(t, VA, NULL));
    expect_no_event(t);
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/in-tree/row-02-s2aa64-zero", row_02);
    g_test_add_func("/in-tree/row-15-linear-after-two-level", row_15);
    g_test_add_func("/in-tree/row-16-span", row_16);
    g_test_add_func("/in-tree/row-17-strtab-alignment/linear", row_17_linear);
    g_test_add_func("/in-tree/row-17-strtab-alignment/two-level",
                    row_17_two_level);
    g_test_add_func("/in-tree/row-24-recinvsid", row_24);
    for (unsigned i = 0; i < G_N_ELEMENTS(row_34_fields); i++) {
        char *path = g_strdup_printf("/in-tree/row-34-ste-fields/%s",
                                     row_34_fields[i].name);

        g_test_add_data_func(path, &row_34_fields[i], row_34);
        g_free(path);
    }
    g_test_add_func("/in-tree/row-35-s2sl0-against-s2t0sz", row_35);
    g_test_add_func("/in-tree/row-36-s1-fields-of-s2-only", row_36);
    g_test_add_func("/in-tree/row-37-s2t0sz-beyond-s2ps", row_37);
    g_test_add_func("/in-tree/row-39-guarded-registers", row_39);
    g_test_add_func("/in-tree/row-40-cr0-reserved-bits", row_40);
    g_test_add_func("/in-tree/row-41-split-seven", row_41);
    return g_test_run();
}
