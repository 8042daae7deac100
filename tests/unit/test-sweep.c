/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Failure sweep: the n-th memory read fails, for each n; exactly one event
 * comes of it, with that address; nothing of it is cached (F.2). And the
 * bound on reads per transaction.
 */
#include "golden.h"

/* Gives the reference translator the same failing read. */
struct failing {
    struct fake_host *h;
    unsigned long n, fail;
};

static bool failing_read(void *opaque, uint64_t pa, void *buf, size_t len)
{
    struct failing *f = opaque;

    return ++f->n != f->fail && mem_peek(f->h, pa, buf, len);
}

static const struct golden *find(const char *name)
{
    for (unsigned i = 0; i < n_goldens; i++) {
        if (strcmp(goldens[i].name, name) == 0) {
            return &goldens[i];
        }
    }
    g_error("no golden walk %s", name);
}

/* Step by step, as literals: four levels of stage 1. */
static void stage_1_literal(void)
{
    static const uint64_t want[6][3] = {
        /* dw0, dw1, dw3 */
        { 0x0000002100000003, 0, RIG_STRTAB + 0x840 },
        { 0x0000002100000009, 0, 0x10300000 },
        { 0x000000210000000b, 0x0000010800000000, 0x200007f0 },
        { 0x000000210000000b, 0x0000010800000000, 0x20001240 },
        { 0x000000210000000b, 0x0000010800000000, 0x20002d10 },
        { 0x000000210000000b, 0x0000010800000000, 0x20003b38 },
    };
    const struct golden *g = find("s1-4k-page");
    struct smmu3_params p = rig_no_caches();
    struct rig *r = rig_new_with(&p);

    golden_load(r, g);
    for (unsigned n = 0; n < 6; n++) {
        r->h.reads = 0;
        r->h.fail_read = n + 1;
        CHECK_ABORT(r, GOLDEN_SID, g->addr, "r", want[n][0], want[n][1],
                    n < 2 ? 0 : g->addr, want[n][2]);
    }
    r->h.reads = 0;
    r->h.fail_read = 7;
    CHECK_OK(r, GOLDEN_SID, g->addr, "r", g->pa);
    CHECK_EQ(r->h.reads, 6);
    rig_free(r);
}

/* 25 bits of 4K over 40 bits of 4K from level 1: the CD and two tables, each
 * with three levels of stage 2, and the output. */
static void nested_literal(void)
{
    static const uint64_t want[16][3] = {
        { 0x0000002100000003, 0, RIG_STRTAB + 0x840 },
        { 0x000000210000000b, 0x0000008800000000, 0x21000008 },
        { 0x000000210000000b, 0x0000008800000000, 0x21010400 },
        { 0x000000210000000b, 0x0000008800000000, 0x21011018 },
        { 0x0000002100000009, 0, 0x611111000 },
        { 0x000000210000000b, 0x0000018800000000, 0x21000008 },
        { 0x000000210000000b, 0x0000018800000000, 0x21010400 },
        { 0x000000210000000b, 0x0000018800000000, 0x21011000 },
        { 0x000000210000000b, 0x0000010800000000, 0x600000048 },
        { 0x000000210000000b, 0x0000018800000000, 0x21000008 },
        { 0x000000210000000b, 0x0000018800000000, 0x21010400 },
        { 0x000000210000000b, 0x0000018800000000, 0x21011008 },
        { 0x000000210000000b, 0x0000010800000000, 0x6432101a0 },
        { 0x000000210000000b, 0x0000028800000000, 0x21000008 },
        { 0x000000210000000b, 0x0000028800000000, 0x21010400 },
        { 0x000000210000000b, 0x0000028800000000, 0x21011010 },
    };
    const struct golden *g = find("nested");
    struct smmu3_params p = rig_no_caches();
    struct rig *r = rig_new_with(&p);

    golden_load(r, g);
    for (unsigned n = 0; n < 16; n++) {
        bool config = want[n][1] == 0;

        r->h.reads = 0;
        r->h.fail_read = n + 1;
        CHECK_ABORT(r, GOLDEN_SID, g->addr, "r", want[n][0], want[n][1],
                    config ? 0 : g->addr, want[n][2]);
    }
    r->h.reads = 0;
    r->h.fail_read = 17;
    CHECK_OK(r, GOLDEN_SID, g->addr, "r", g->pa);
    CHECK_EQ(r->h.reads, 16);
    rig_free(r);
}

static void sweep_one(const struct golden *g, const struct smmu3_params *p)
{
    struct rig *r = rig_new_with(p);
    bool failed = true;

    golden_load(r, g);
    for (unsigned long n = 1; failed; n++) {
        struct failing f = { .h = &r->h, .fail = n };
        struct ref_smmu ref = rig_ref(r);
        struct smmu3_txn t = rig_txn(GOLDEN_SID, g->addr, g->how);
        struct ref_result want;

        ref.read = failing_read;
        ref.opaque = &f;
        ref_translate(&ref, &t, &want);
        failed = f.n >= n;
        r->h.reads = 0;
        r->h.fail_read = n;
        if (!failed) {
            break;
        }
        if (!CHECK_ABORT(r, GOLDEN_SID, g->addr, g->how, want.w[0], want.w[1],
                         want.w[2], want.w[3])) {
            g_test_message("%s, read %lu", g->name, n);
        }
        CHECK_EQ(r->h.reads, n); /* it stops there */
    }
    r->h.fail_read = 0;
    rig_free(r);
}

/* Every golden walk, every n, against the reference; no caches. */
static void sweep(void)
{
    struct smmu3_params p = rig_no_caches();

    for (unsigned i = 0; i < n_goldens; i++) {
        sweep_one(&goldens[i], &p);
    }
    p = rig_wide();
    rig_drop_caches(&p);
    for (unsigned i = 0; i < n_goldens_wide; i++) {
        sweep_one(&goldens_wide[i], &p);
    }
}

/* With caches: a failed read leaves nothing behind, and what was read before
 * it is right. */
static void not_cached(void)
{
    for (unsigned i = 0; i < n_goldens; i++) {
        const struct golden *g = &goldens[i];

        for (unsigned long n = 1; n < 40; n++) {
            struct rig *r = rig_new();
            struct smmu3_txn t = rig_txn(GOLDEN_SID, g->addr, g->how);
            struct smmu3_result res;
            bool failed;

            golden_load(r, g);
            r->h.reads = 0;
            r->h.fail_read = n;
            smmu3_translate(r->s, &t, &res);
            failed = r->h.reads >= n;
            r->h.fail_read = 0;
            rig_drop_events(r);
            for (unsigned again = 0; again < 2; again++) {
                if (!rig_same(r, &t, g->name)) {
                    g_test_message("after read %lu failed", n);
                }
            }
            rig_free(r);
            if (!failed) {
                break;
            }
        }
    }
}

/* Writes fail, too: the event queue's only. */
static void write_fails(void)
{
    struct rig *r = rig_new();

    r->h.fail_all_writes = true;
    CHECK_QUIET(r, 1, 0x1000, "r", SMMU3_ABORT);
    CHECK_EQ(rd32(r, O_GERROR), 4);
    CHECK_EQ(r->h.failed_pa, RIG_EVENTQ);
    CHECK_EQ(r->h.writes, 1);
    rig_free(r);
}

/*
 * The bound: L1STD, STE, the CD and the levels of stage 1, each of these over
 * the levels of stage 2, and the output's: with four levels each 2 + 5 x 5 + 4
 * = 31, with five of LPA2 2 + 6 x 6 + 5 = 43.
 */
static void bound_of(const struct smmu3_params *p, unsigned txsz, unsigned sl0,
                     unsigned long reads)
{
    struct rig *r = rig_new_with(p);
    struct mapper m = map_s1(&r->h, 0x20000000, 12, txsz, 0x20001000);
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, txsz, sl0, 0x40010000);
    uint64_t va = 0x123456789000;
    struct ste ste = ste_nested(RIG_CD, 0x40000000, 12, txsz, sl0);
    struct cd cd = cd_make(0x20000000, 12, txsz);

    if (p->f.ds) {
        m.lpa2 = m2.lpa2 = true;
        m2.start = -1;
        set_bits(cd.w, 186, 186, 1);
        set_bits(ste.w, 195, 194, 3);
    }
    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 8u << 6 | 16);
    wr32(r, O_CR0, 0xd);
    mem_w64(&r->h, RIG_STRTAB + 8, 0x31000000 | 9);
    mem_words(&r->h, 0x31000000 + 64 * 5, ste.w, 8);
    rig_set_cd(r, RIG_CD, cd);
    map_at(&m, va, 3, 0x50000000 | D_PAGE | D_S1ALL);
    map_at(&m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    for (uint64_t a = 0x20000000; a < m.next; a += 0x1000) {
        map_at(&m2, a, 3, a | D_PAGE | D_S2ALL);
    }
    map_at(&m2, 0x50000000, 3, 0x60000000 | D_PAGE | D_S2ALL);
    r->h.reads = 0;
    CHECK_OK(r, 0x105, va, "r", 0x60000000);
    CHECK_EQ(r->h.reads, reads);
    rig_free(r);
}

static void bound(void)
{
    struct smmu3_params p = rig_no_caches();

    bound_of(&p, 16, 2, 31);
    p = rig_wide();
    rig_drop_caches(&p);
    bound_of(&p, 12, 0, 43);
}

/* F.2: nothing is read but whole structures, each in one piece (3.21.1). */
static void exact_reads(void)
{
    for (unsigned i = 0; i < n_goldens; i++) {
        struct smmu3_params p = rig_no_caches();
        struct rig *r = rig_new_with(&p);

        golden_load(r, &goldens[i]);
        rig_go(r, GOLDEN_SID, goldens[i].addr, goldens[i].how);
        for (unsigned n = 0; n < r->h.reads; n++) {
            bool structure = n == 0 || r->h.log[n] == goldens[i].cd_at;

            CHECK_EQ(r->h.log_len[n], structure ? 64 : 8);
            CHECK_EQ(r->h.log[n] % r->h.log_len[n], 0);
        }
        rig_free(r);
    }
}

/* The same for the first level of the stream table, and for commands. */
static void exact_reads_of_others(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 8u << 6 | 16);
    wr32(r, O_CR0, 0xd);
    r->h.reads = 0;
    rig_go(r, 0x105, 0, "r");
    CHECK_EQ(r->h.reads, 1);
    CHECK_EQ(r->h.log[0], RIG_STRTAB + 8);
    CHECK_EQ(r->h.log_len[0], 8);
    r->h.reads = 0;
    rig_sync(r);
    for (unsigned n = 0; n < r->h.reads; n++) {
        CHECK(r->h.log[n] >= RIG_CMDQ);
        CHECK(r->h.log[n] + r->h.log_len[n] <= RIG_CMDQ + 16);
    }
    rig_free(r);
}

/* Tables that point to themselves: the levels end it. */
static void loops(void)
{
    static const unsigned granules[] = { 12, 14, 16 };

    for (unsigned i = 0; i < 3; i++) {
        struct smmu3_params p = rig_no_caches();
        struct rig *r = rig_new_with(&p);
        uint64_t table = 0x20000000;

        for (uint64_t a = 0; a < 1u << granules[i]; a += 8) {
            mem_w64(&r->h, table + a, table | D_TABLE | D_S1ALL);
        }
        rig_set_ste(r, 3, ste_s1(RIG_CD));
        rig_set_cd(r, RIG_CD, cd_make(table, granules[i], 16));
        CHECK_OK(r, 3, 0x123456789abc, "r",
                 table | (0x123456789abc & ((1u << granules[i]) - 1)));
        CHECK(r->h.reads <= 6);
        /* Stage 1 and stage 2 from one and the same table. */
        rig_set_ste(r, 3, ste_nested(table, table, granules[i], 24, 1));
        rig_forget(r);
        r->h.reads = 0;
        rig_go(r, 3, 0x123456789abc, "r");
        CHECK(r->h.reads <= 31);
        rig_free(r);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/sweep/stage-1-literal", stage_1_literal);
    g_test_add_func("/sweep/nested-literal", nested_literal);
    g_test_add_func("/sweep/all-golden-walks", sweep);
    g_test_add_func("/sweep/F.2/not-cached", not_cached);
    g_test_add_func("/sweep/write-fails", write_fails);
    g_test_add_func("/sweep/bound", bound);
    g_test_add_func("/sweep/F.2/exact-reads", exact_reads);
    g_test_add_func("/sweep/F.2/exact-reads-of-others", exact_reads_of_others);
    g_test_add_func("/sweep/loops", loops);
    return g_test_run();
}
