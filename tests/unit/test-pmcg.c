/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter group (10; H): registers, what is counted, filters.
 */
#include "pmcg-rig.h"

static void identification(void)
{
    static const struct {
        struct smmu3_pmcg_params p;
        uint32_t cfgr;
    } rows[] = {
        { { 8, 64, true, true, true, false }, 0x00703f07 },
        { { 1, 32, false, false, false, false }, 0x00001f00 },
        { { 64, 48, false, true, false, true }, 0x00a02f3f },
        { { 12, 36, true, false, false, false }, 0x0010230b },
        { { 31, 40, false, false, true, false }, 0x0040271e },
        { { 63, 44, false, false, false, true }, 0x00802b3e },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct pmcg_rig *g = pmcg_new(&rows[i].p, NULL);

        CHECK_EQ(p32(g, 0xe00), rows[i].cfgr);
        CHECK_EQ(p64(g, 0xe20), 0x3f);
        CHECK_EQ(p64(g, 0xe28), 0);
        CHECK_EQ(p32(g, 0xe70), 2);
        CHECK_EQ(p32(g, 0xe08), 0x3a400000);
        CHECK_EQ(p32(g, 0xfbc), 0x47702a56);
        CHECK_EQ(p32(g, 0xfcc), 0x56);
        CHECK_EQ(p32(g, 0xfe0), 0xa4);
        CHECK_EQ(p32(g, 0xfe4), 0x03);
        CHECK_EQ(p32(g, 0xfe8), 0x08);
        CHECK_EQ(p32(g, 0xff0), 0x0d);
        CHECK_EQ(p32(g, 0xff4), 0x90);
        CHECK_EQ(p32(g, 0xff8), 0x05);
        CHECK_EQ(p32(g, 0xffc), 0xb1);
        pmcg_free(g);
    }
}

static void bad_params(void)
{
    static const struct smmu3_pmcg_params rows[] = {
        { .counters = 0, .bits = 32 },  { .counters = 65, .bits = 32 },
        { .counters = 8, .bits = 33 },  { .counters = 8, .bits = 0 },
        { .counters = 8, .bits = 128 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK(pmcg_refused(&rows[i]));
    }
}

/* Everything resets to 0, SCR aside. */
static void reset_values(void)
{
    struct pmcg_rig *g = pmcg_start();

    for (uint32_t o = 0; o < 0xe00; o += 4) {
        CHECK_EQ(p32(g, o), 0);
    }
    for (uint32_t o = 0xe50; o < 0xe70; o += 4) {
        CHECK_EQ(p32(g, o), 0);
    }
    CHECK_EQ(p32(g, 0xe04), 0);
    pmcg_free(g);
}

static void narrow_counters(void)
{
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g;

    p.bits = 32;
    g = pmcg_new(&p, NULL);
    for (unsigned i = 0; i < 10; i++) {
        q32(g, 4 * i, 0x11111111u * (i + 1));
    }
    for (unsigned i = 0; i < 10; i++) {
        CHECK_EQ(p32(g, 4 * i), i < 8 ? 0x11111111u * (i + 1) : 0);
    }
    /* A 64-bit access covers two registers: RAZ/WI. */
    q64(g, 0, UINT64_MAX);
    CHECK_EQ(p64(g, 0), 0);
    CHECK_EQ(p32(g, 0), 0x11111111);
    pmcg_free(g);
}

static void wide_counters(void)
{
    static const struct {
        unsigned bits;
        uint64_t max;
    } rows[] = {
        { 36, 0xfffffffff },    { 40, 0xffffffffff }, { 44, 0xfffffffffff },
        { 48, 0xffffffffffff }, { 64, UINT64_MAX },
    };

    for (unsigned r = 0; r < G_N_ELEMENTS(rows); r++) {
        struct smmu3_pmcg_params p = pmcg_params();
        struct pmcg_rig *g;

        p.bits = rows[r].bits;
        g = pmcg_new(&p, NULL);
        for (unsigned i = 0; i < 10; i++) {
            q64(g, 8 * i, UINT64_MAX);
            CHECK_EQ(p64(g, 8 * i), i < 8 ? rows[r].max : 0);
        }
        q32(g, 8, 0x12345678);
        q32(g, 12, 5);
        CHECK_EQ(p64(g, 8), 0x512345678);
        CHECK_EQ(p32(g, 12), 5);
        CHECK_EQ(p64(g, 0), rows[r].max);
        pmcg_free(g);
    }
}

static void writable(void)
{
    struct pmcg_rig *g = pmcg_start();

    for (unsigned i = 0; i < 10; i++) {
        q32(g, 0x400 + 4 * i, UINT32_MAX);
        CHECK_EQ(p32(g, 0x400 + 4 * i), i < 8 ? 0xa000ffff : 0);
        q32(g, 0xa00 + 4 * i, UINT32_MAX);
        CHECK_EQ(p32(g, 0xa00 + 4 * i), i < 8 ? 0xffff : 0);
    }
    q32(g, 0xe04, UINT32_MAX);
    CHECK_EQ(p32(g, 0xe04), 1);
    q64(g, 0xe58, UINT64_MAX);
    CHECK_EQ(p64(g, 0xe58), 0x0000fffffffffffc);
    q32(g, 0xe60, UINT32_MAX);
    CHECK_EQ(p32(g, 0xe60), 0xffffffff);
    q32(g, 0xe64, UINT32_MAX);
    CHECK_EQ(p32(g, 0xe64), 0x3f);
    q32(g, 0xe68, UINT32_MAX);
    CHECK_EQ(p32(g, 0xe68), 0);
    q32(g, 0xe50, UINT32_MAX);
    CHECK_EQ(p32(g, 0xe50), 1);
    CHECK_EQ(p32(g, 0xe54), 1);
    q32(g, 0xe00, 0);
    CHECK_EQ(p32(g, 0xe00), 0x00601f07);
    /* No Secure state: no SCR. */
    q32(g, 0xdf8, UINT32_MAX);
    CHECK_EQ(p32(g, 0xdf8), 0);
    q32(g, 0xe40, UINT32_MAX);
    CHECK_EQ(p32(g, 0xe40), 0);
    pmcg_free(g);
}

/* IRQ_CFG0 to IRQ_CFG2 are guarded, or absent with MSI = 0. */
static void irq_cfg(void)
{
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g = pmcg_start();

    q32(g, 0xe50, 1);
    q64(g, 0xe58, 0x1000);
    q32(g, 0xe60, 1);
    q32(g, 0xe64, 1);
    CHECK_EQ(p64(g, 0xe58) | p64(g, 0xe60), 0);
    CHECK_EQ(p32(g, 0xe60) | p32(g, 0xe64), 0);
    pmcg_free(g);
    p.msi = false;
    g = pmcg_new(&p, NULL);
    q64(g, 0xe58, 0x1000);
    q32(g, 0xe60, 1);
    q32(g, 0xe64, 1);
    CHECK_EQ(p64(g, 0xe58), 0);
    CHECK_EQ(p32(g, 0xe60) | p32(g, 0xe64), 0);
    CHECK_EQ(p32(g, 0xe00), 0x00401f07);
    pmcg_free(g);
}

static void bitmaps(void)
{
    static const struct {
        uint32_t set, clear;
    } rows[] = { { 0xc00, 0xc20 }, { 0xc40, 0xc60 }, { 0xcc0, 0xc80 } };
    struct pmcg_rig *g = pmcg_start();

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        q64(g, rows[i].set, UINT64_MAX);
        CHECK_EQ(p64(g, rows[i].set), 0xff);
        CHECK_EQ(p64(g, rows[i].clear), 0xff);
        q64(g, rows[i].clear, 0x0f);
        CHECK_EQ(p64(g, rows[i].set), 0xf0);
        q64(g, rows[i].set, 0x02);
        CHECK_EQ(p64(g, rows[i].clear), 0xf2);
        q32(g, rows[i].clear, 0x40);
        q32(g, rows[i].clear + 4, 0xffffffff);
        CHECK_EQ(p32(g, rows[i].set), 0xb2);
        q64(g, rows[i].set, 0);
        q64(g, rows[i].clear, 0);
        CHECK_EQ(p64(g, rows[i].set), 0xb2);
        q64(g, rows[i].clear, UINT64_MAX);
        CHECK_EQ(p64(g, rows[i].set), 0);
    }
    pmcg_free(g);
}

static void bitmaps_64(void)
{
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g;

    p.counters = 64;
    g = pmcg_new(&p, NULL);
    q32(g, 0xc04, 0x80000001);
    CHECK_EQ(p64(g, 0xc00), 0x8000000100000000);
    q64(g, 0xc00, UINT64_MAX);
    CHECK_EQ(p64(g, 0xc20), UINT64_MAX);
    pmcg_free(g);
}

/* RELOC_CTRS: counters, their shadows, overflow and capture are in page 1, and
 * only they. */
static void reloc(void)
{
    static const uint32_t moved[] = { 0x000, 0x01c, 0xc80, 0xcc0 };
    static const uint32_t stay[] = { 0x400, 0xa00, 0xc00, 0xc40, 0xe04, 0xe50 };
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g;

    p.reloc = true;
    g = pmcg_new(&p, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(moved); i++) {
        q32(g, moved[i], 1);
        CHECK_EQ(p32(g, moved[i]), 0);
        CHECK_EQ(p1_32(g, moved[i]), 0);
        q1_32(g, moved[i] == 0xc80 ? 0xcc0 : moved[i], 1);
        CHECK_EQ(p1_32(g, moved[i]), 1);
        CHECK_EQ(p32(g, moved[i]), 0);
        q1_32(g, 0xc80, 1);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(stay); i++) {
        q1_32(g, stay[i], 1);
        CHECK_EQ(p1_32(g, stay[i]), 0);
        q32(g, stay[i], 1);
        CHECK_EQ(p32(g, stay[i]), 1);
        CHECK_EQ(p1_32(g, stay[i]), 0);
    }
    q32(g, 0xd88, 1); /* CAPR of page 0 */
    CHECK_EQ(p1_32(g, 0x600), 0);
    q1_32(g, 0xd88, 1);
    CHECK_EQ(p1_32(g, 0x600), 1);
    CHECK_EQ(p32(g, 0x600), 0);
    CHECK_EQ(p1_32(g, 0xe00), 0);
    CHECK_EQ(p1_32(g, 0xfbc), 0);
    pmcg_free(g);
    g = pmcg_start(); /* without: there is no page 1 */
    q1_32(g, 0, 1);
    CHECK_EQ(p1_32(g, 0), 0);
    CHECK_EQ(p32(g, 0), 0);
    pmcg_free(g);
}

static void bad_accesses(void)
{
    struct pmcg_rig *g = pmcg_start();

    q32(g, 0xe04, 1);
    for (unsigned size = 1; size <= 16; size++) {
        if (size != 4 && size != 8) {
            CHECK_EQ(smmu3_pmcg_read(g->p, SMMU3_NS, 0, 0xe00, size), 0);
            smmu3_pmcg_write(g->p, SMMU3_NS, 0, 0xe04, 0, size);
        }
    }
    smmu3_pmcg_write(g->p, SMMU3_NS, 0, 0xe05, 0, 4);
    smmu3_pmcg_write(g->p, SMMU3_NS, 0, 0xe00, 0, 8);
    CHECK_EQ(p64(g, 0xe00), 0);
    CHECK_EQ(smmu3_pmcg_read(g->p, SMMU3_NS, 0, 0xe22, 4), 0);
    CHECK_EQ(smmu3_pmcg_read(g->p, SMMU3_NS, 0, 0xe24, 8), 0);
    CHECK_EQ(smmu3_pmcg_read(g->p, SMMU3_NS, 2, 0xe00, 4), 0);
    CHECK_EQ(smmu3_pmcg_read(g->p, SMMU3_NS, 0, 0x1e00, 4), 0);
    CHECK_EQ(smmu3_pmcg_read(g->p, SMMU3_NS, 0, 0xffffffffu, 4), 0);
    CHECK_EQ(p32(g, 0xe04), 1);
    CHECK_EQ(p32(g, 0xe20), 0x3f);
    CHECK_EQ(p32(g, 0xe24), 0);
    pmcg_free(g);
}

/* One counter for each event, 1 to 5. */
static void check_counts(struct pmcg_rig *g, uint32_t e1, uint32_t e2,
                         uint32_t e3, uint32_t e4, uint32_t e5)
{
    const uint32_t want[] = { e1, e2, e3, e4, e5 };

    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQ(p32(g, 4 * i), want[i]);
        q32(g, 4 * i, 0);
    }
}

static void count_all(struct pmcg_rig *g)
{
    for (unsigned i = 0; i < 5; i++) {
        pmcg_counter(g, i, i + 1);
    }
}

/* Stage 1 of three levels: a miss, a hit, a fault, a bypass. */
static void events_stage1(void)
{
    struct pmcg_rig *g = pmcg_start();

    pmcg_stage1(g, 1);
    rig_set_ste(g->r, 2, ste_bypass());
    count_all(g);
    CHECK_OK(g->r, 1, 0x1000, "r", 0x40001000);
    check_counts(g, 1, 1, 1, 3, 2); /* STE and CD, three descriptors */
    CHECK_OK(g->r, 1, 0x1008, "w", 0x40001008);
    check_counts(g, 1, 0, 0, 0, 0);
    CHECK_OK(g->r, 1, 0x2000, "r", 0x40002000);
    check_counts(g, 1, 1, 0, 1, 0); /* from the walk cache */
    rig_go(g->r, 1, 0x200000000, "r");
    check_counts(g, 1, 1, 0, 1, 0); /* F_TRANSLATION at level 1 */
    CHECK_EQ(rig_drop_events(g->r), 1);
    CHECK_OK(g->r, 2, 0x5000, "r", 0x5000);
    check_counts(g, 1, 0, 1, 0, 1);
    CHECK_OK(g->r, 2, 0x5000, "r", 0x5000);
    check_counts(g, 1, 0, 0, 0, 0);
    rig_go(g->r, 0x1000, 0, "r"); /* C_BAD_STREAMID: no access */
    check_counts(g, 1, 0, 1, 0, 0);
    CHECK_EQ(rig_drop_events(g->r), 1);
    pmcg_free(g);
}

/* Nested: each access of either walk. */
static void events_nested(void)
{
    struct pmcg_rig *g = pmcg_start();
    struct smmu3_stats before, after;

    pmcg_nested(g, 1);
    count_all(g);
    smmu3_get_stats(g->r->s, &before);
    CHECK_OK(g->r, 1, 0x1000, "r", 0x40001000);
    smmu3_get_stats(g->r->s, &after);
    /* Stage 2 has blocks of 1 GiB at its first level, one read each: for the
     * first, with CD and tables, and for the second, with the page. */
    CHECK_EQ(after.walk_reads - before.walk_reads, 5);
    check_counts(g, 1, 1, 1, 5, 2);
    CHECK_OK(g->r, 1, 0x1000, "r", 0x40001000);
    check_counts(g, 1, 0, 0, 0, 0);
    pmcg_free(g);
}

/* Two levels of stream table: each descriptor is a structure. */
static void events_two_level(void)
{
    struct pmcg_rig *g = pmcg_start();
    struct rig *r = g->r;

    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1 << 16 | 8 << 6 | 16);
    mem_w64(&r->h, RIG_STRTAB + 8, UINT64_C(0x10400000) | 9);
    mem_words(&r->h, UINT64_C(0x10400000) + 64 * 5, ste_bypass().w, 8);
    wr32(r, O_CR0, 0xd);
    count_all(g);
    CHECK_OK(r, 0x105, 0x5000, "r", 0x5000);
    check_counts(g, 1, 0, 1, 0, 2);
    pmcg_free(g);
}

/* Looks that nobody should notice are not counted; SMMUEN = 0 is. */
static void events_quiet(void)
{
    struct pmcg_rig *g = pmcg_start();
    struct smmu3_txn t = rig_txn(1, 0x1000, "r");
    struct smmu3_result res;

    pmcg_stage1(g, 1);
    count_all(g);
    t.probe = true;
    smmu3_translate(g->r->s, &t, &res);
    t.probe = false;
    t.silent = true;
    smmu3_translate(g->r->s, &t, &res);
    check_counts(g, 0, 0, 0, 0, 0);
    wr32(g->r, O_CR0, 0xc);
    rig_go(g->r, 1, 0x1000, "r");
    check_counts(g, 1, 0, 0, 0, 0);
    pmcg_free(g);
}

/* CR.E and CNTEN; an event that does not exist; one off while others are on. */
static void enables(void)
{
    struct pmcg_rig *g = pmcg_start();

    rig_set_ste(g->r, 2, ste_bypass());
    pmcg_counter(g, 0, 1);
    pmcg_counter(g, 1, 1);
    pmcg_counter(g, 2, 0x101); /* not event 1 */
    pmcg_counter(g, 3, 8);
    q64(g, 0xc20, 2);
    rig_go(g->r, 2, 0, "r");
    CHECK_EQ(p32(g, 0), 1);
    CHECK_EQ(p32(g, 4) | p32(g, 8) | p32(g, 12), 0);
    q32(g, 0xe04, 0);
    rig_go(g->r, 2, 0, "r");
    CHECK_EQ(p32(g, 0), 1);
    q32(g, 0xe04, 1);
    rig_go(g->r, 2, 0, "r");
    CHECK_EQ(p32(g, 0), 2);
    smmu3_pmcg_reset(g->p);
    rig_go(g->r, 2, 0, "r");
    CHECK_EQ(p32(g, 0), 0);
    pmcg_free(g);
}

/* H.3: exact, spans by pattern, all. Rows: SID_SPAN, SMR, and StreamIDs that
 * match or do not. */
static const struct filter {
    bool span;
    uint32_t smr;
    uint32_t yes[3], no[3];
} filters[] = {
    { false, 0x21, { 0x21, 0x21, 0x21 }, { 0x20, 0x121, 0 } },
    { false, 0, { 0, 0, 0 }, { 1, 2, 0x8000 } },
    { true, 0x0000, { 0, 1, 0 }, { 2, 3, 0x8000 } },
    { true, 0x0020, { 0x20, 0x21, 0x20 }, { 0x22, 0x23, 0x1f } },
    { true, 0x0021, { 0x20, 0x22, 0x23 }, { 0x24, 0x1f, 0x120 } },
    { true, 0x0027, { 0x20, 0x2a, 0x2f }, { 0x30, 0x1f, 0x12f } },
    { true, 0x1bf7, { 0x1bf0, 0x1bff, 0x1bf8 }, { 0x1bef, 0x1c00, 0xbf7 } },
    { true, 0x1bf6, { 0x1bf6, 0x1bf7, 0x1bf6 }, { 0x1bf5, 0x1bf8, 0x1bf4 } },
    { true, 0x7fff, { 0, 0x8000, 0xffff }, { 0x10000, 0x10000, 0x10000 } },
    { true, 0xffff, { 0, 0x8000, 0xffff }, { 0x10000, 0x10000, 0x10000 } },
};

static void filter(void)
{
    struct pmcg_rig *g = pmcg_start();

    wr32(g->r, O_CR0, 0); /* bypass for all streams */
    for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
        const struct filter *f = &filters[i];

        pmcg_counter(g, 3, 1);
        q32(g, 0x40c, 1 | (f->span ? 1u << 29 : 0));
        q32(g, 0xa0c, f->smr);
        for (unsigned k = 0; k < 3; k++) {
            q32(g, 12, 0);
            rig_go(g->r, f->yes[k], 0, "r");
            if (!CHECK_EQ(p32(g, 12), 1)) {
                g_test_message("row %u, SID 0x%x", i, f->yes[k]);
            }
            if (f->no[k] < 0x10000) {
                rig_go(g->r, f->no[k], 0, "r");
                CHECK_EQ(p32(g, 12), 1);
            }
        }
    }
    pmcg_free(g);
}

/* SID_FILTER_TYPE = 1: the first filter is for all counters, event 0 for
 * none. */
static void shared_filter(void)
{
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g;

    p.shared_filter = true;
    g = pmcg_new(&p, NULL);
    wr32(g->r, O_CR0, 0);
    q32(g, 0x404, UINT32_MAX);
    CHECK_EQ(p32(g, 0x404), 0x8000ffff);
    q32(g, 0xa04, UINT32_MAX);
    CHECK_EQ(p32(g, 0xa04), 0);
    pmcg_counter(g, 0, 1);
    pmcg_counter(g, 1, 1);
    pmcg_counter(g, 2, 0);
    q32(g, 0x400, 1);
    q32(g, 0xa00, 0x33);
    rig_go(g->r, 0x33, 0, "r");
    rig_go(g->r, 0x34, 0, "r");
    g->cycles += 5;
    CHECK_EQ(p32(g, 0), 1);
    CHECK_EQ(p32(g, 4), 1);
    CHECK_EQ(p32(g, 8), 5);
    q32(g, 0x400, 1 | 1u << 29);
    q32(g, 0xa00, 0xffffffff);
    CHECK_EQ(p32(g, 0xa00), 0xffff);
    rig_go(g->r, 0x34, 0, "r");
    CHECK_EQ(p32(g, 0), 2);
    CHECK_EQ(p32(g, 4), 2);
    pmcg_free(g);
}

/* Two groups of one SMMU count alike, each what it is told to. */
static void two_groups(void)
{
    struct pmcg_rig *g = pmcg_start();
    struct pmcg_rig other = { .r = g->r };

    wr32(g->r, O_CR0, 0);
    pmcg_attach(&other, &g->params);
    pmcg_counter(g, 0, 1);
    rig_go(g->r, 7, 0, "r");
    pmcg_counter(&other, 1, 1);
    rig_go(g->r, 7, 0, "r");
    CHECK_EQ(p32(g, 0), 2);
    CHECK_EQ(p32(&other, 4), 1);
    smmu3_pmcg_free(other.p);
    rig_go(g->r, 7, 0, "r");
    CHECK_EQ(p32(g, 0), 3);
    pmcg_free(g);
}

/* A hardware update of a descriptor is an access of the walk, and so are the
 * accesses of ATOS, which is no transaction. */
static void events_httu_atos(void)
{
    struct smmu3_params sp = rig_params();
    struct pmcg_rig *g;
    struct mapper m;
    struct cd cd;

    sp.f.httu = 2;
    sp.f.atos = true;
    g = pmcg_new(NULL, &sp);
    pmcg_stage1(g, 1);
    cd = cd_make(RIG_TABLES, 12, 25);
    set_bits(cd.w, 43, 43, 1); /* HA */
    rig_set_cd(g->r, RIG_CD, cd);
    m = map_s1(&g->r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    map_put(&m, map_find(&m, 0x1000, 3),
            D_PAGE | (D_S1ALL & ~D_AF) | 0x40001000);
    count_all(g);
    CHECK_OK(g->r, 1, 0x1000, "r", 0x40001000);
    check_counts(g, 1, 1, 1, 4, 2);
    wr64(g->r, 0x108, 1);
    wr64(g->r, 0x110, 0x1500);
    wr32(g->r, 0x100, 1);
    CHECK_EQ(rd64(g->r, 0x118), 0xff00000040001000);
    check_counts(g, 0, 0, 0, 3, 2);
    pmcg_free(g);
}

/* Events 6 and 7 exist where ATS does. */
static void ats(void)
{
    struct smmu3_params sp = rig_params();
    struct smmu3_ats_completion c;
    struct smmu3_ats_request req = { .sid = 1, .addr = 0x1000 };
    struct smmu3_txn t = rig_txn(1, 0x40001000, "r");
    struct smmu3_result res;
    struct smmu3_pmcg_params p = pmcg_params();
    struct pmcg_rig *g;

    sp.f.ats = true;
    g = pmcg_new(&p, &sp);
    CHECK_EQ(p64(g, 0xe20), 0xff);
    pmcg_stage1(g, 1);
    wr32(g->r, O_CR0, 0x1d); /* ATSCHK */
    {
        struct ste ste = ste_s1(RIG_CD);

        set_bits(ste.w, 93, 92, 1); /* EATS */
        rig_set_ste(g->r, 1, ste);
    }
    rig_forget(g->r);
    count_all(g);
    pmcg_counter(g, 5, 6);
    pmcg_counter(g, 6, 7);
    smmu3_ats_request(g->r->s, &req, &c);
    CHECK_EQ(c.status, SMMU3_ATS_SUCCESS);
    CHECK_EQ(p32(g, 20), 1);
    CHECK_EQ(p32(g, 24), 0);
    check_counts(g, 1, 1, 1, 3, 2);
    t.translated = true;
    smmu3_translate(g->r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    CHECK_EQ(p32(g, 20), 1);
    CHECK_EQ(p32(g, 24), 1);
    check_counts(g, 1, 0, 0, 0, 0);
    req.sid = 9; /* fails, and counts */
    smmu3_ats_request(g->r->s, &req, &c);
    CHECK_EQ(p32(g, 20), 2);
    rig_drop_events(g->r);
    pmcg_free(g);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/pmcg/H.1/identification", identification);
    g_test_add_func("/pmcg/H.1/bad-params", bad_params);
    g_test_add_func("/pmcg/H.1/reset-values", reset_values);
    g_test_add_func("/pmcg/H.1/narrow-counters", narrow_counters);
    g_test_add_func("/pmcg/H.1/wide-counters", wide_counters);
    g_test_add_func("/pmcg/H.1/writable", writable);
    g_test_add_func("/pmcg/H.1/irq-cfg", irq_cfg);
    g_test_add_func("/pmcg/H.1/bitmaps", bitmaps);
    g_test_add_func("/pmcg/H.1/bitmaps-64", bitmaps_64);
    g_test_add_func("/pmcg/H.1/reloc", reloc);
    g_test_add_func("/pmcg/H.1/bad-accesses", bad_accesses);
    g_test_add_func("/pmcg/H.3/events-stage1", events_stage1);
    g_test_add_func("/pmcg/H.3/events-nested", events_nested);
    g_test_add_func("/pmcg/H.3/events-two-level", events_two_level);
    g_test_add_func("/pmcg/H.3/events-quiet", events_quiet);
    g_test_add_func("/pmcg/H.3/events-ats", ats);
    g_test_add_func("/pmcg/H.3/events-httu-atos", events_httu_atos);
    g_test_add_func("/pmcg/H.3/enables", enables);
    g_test_add_func("/pmcg/H.3/filter", filter);
    g_test_add_func("/pmcg/H.3/shared-filter", shared_filter);
    g_test_add_func("/pmcg/H.3/two-groups", two_groups);
    return g_test_run();
}
