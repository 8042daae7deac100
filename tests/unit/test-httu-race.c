/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Updates of descriptors by the SMMU, raced against guest CPUs that change the
 * same ones (3.13): nobody's change may get lost. Useful by itself, and under
 * ThreadSanitizer.
 */
#include <pthread.h>
#include "rig.h"

#define TTB UINT64_C(0x20000000)
#define NEXT UINT64_C(0x20100000)
#define TTB2 UINT64_C(0x40000000)
#define NEXT2 UINT64_C(0x40100000)
#define PAGES 4u
#define CPUS 2u
#define ROUNDS 4000u
#define SW_BIT (UINT64_C(1) << 55) /* ... to 58: for software */

struct ground {
    struct rig *r;
    uint64_t *leaf[PAGES];
    bool s2;
    unsigned bad;
    unsigned stop;
    unsigned flips[PAGES][CPUS]; /* of bit 55 + CPU */
};

struct agent {
    struct ground *g;
    unsigned n;
    pthread_t thread;
};

static uint64_t load(uint64_t *p)
{
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

/* Cleans a page of its own and writes to it by DMA: after that it must be
 * accessed and dirty, whatever CPUs do to the other bits. */
static void *dma(void *arg)
{
    struct agent *a = arg;
    struct ground *g = a->g;
    uint64_t *leaf = g->leaf[a->n];
    uint64_t dirty = g->s2 ? D_S2W : D_RO;

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct smmu3_txn t =
            rig_txn(1, (uint64_t)a->n << 12, i % 3 ? "w" : "m");
        struct smmu3_result res;
        uint64_t d;

        if (g->s2) {
            __atomic_fetch_and(leaf, ~(dirty | (i & 1 ? D_AF : 0)),
                               __ATOMIC_SEQ_CST);
        } else {
            __atomic_fetch_or(leaf, dirty, __ATOMIC_SEQ_CST);
            __atomic_fetch_and(leaf, ~(i & 1 ? D_AF : 0), __ATOMIC_SEQ_CST);
        }
        smmu3_translate(g->r->s, &t, &res);
        d = load(leaf);
        if (res.outcome != SMMU3_OK || !(d & D_AF) || !(d & dirty) != !g->s2 ||
            !(res.perm & SMMU3_PERM_W)) {
            __atomic_add_fetch(&g->bad, 1, __ATOMIC_RELAXED);
        }
    }
    __atomic_add_fetch(&g->stop, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

/* Reads through a page now and then: sets Access flags only. */
static void *reader(void *arg)
{
    struct agent *a = arg;
    struct ground *g = a->g;
    unsigned page = 0;

    while (__atomic_load_n(&g->stop, __ATOMIC_SEQ_CST) < PAGES) {
        struct smmu3_txn t = rig_txn(1, (uint64_t)page << 12, "r");
        struct smmu3_result res;

        smmu3_translate(g->r->s, &t, &res);
        if (res.outcome != SMMU3_OK) {
            __atomic_add_fetch(&g->bad, 1, __ATOMIC_RELAXED);
        }
        page = (page + 1) % PAGES;
    }
    return NULL;
}

/* Flips a software bit of every descriptor by compare-and-swap, as a kernel
 * would, and counts. */
static void *cpu(void *arg)
{
    struct agent *a = arg;
    struct ground *g = a->g;

    /* Once at least, however late it gets to run. */
    do {
        for (unsigned page = 0; page < PAGES; page++) {
            uint64_t d = load(g->leaf[page]);

            while (!__atomic_compare_exchange_n(
                g->leaf[page], &d, d ^ SW_BIT << a->n, false, __ATOMIC_SEQ_CST,
                __ATOMIC_SEQ_CST)) {
            }
            g->flips[page][a->n]++;
        }
    } while (__atomic_load_n(&g->stop, __ATOMIC_SEQ_CST) < PAGES);
    return NULL;
}

static void check_end(struct ground *g, uint64_t fixed, uint64_t variable)
{
    CHECK_EQ(g->bad, 0);
    for (unsigned page = 0; page < PAGES; page++) {
        uint64_t d = load(g->leaf[page]);

        for (unsigned n = 0; n < CPUS; n++) {
            CHECK_EQ(d >> (55 + n) & 1, g->flips[page][n] & 1);
            CHECK(g->flips[page][n] > 0);
        }
        CHECK_EQ(d & ~(variable | SW_BIT | SW_BIT << 1 | D_AF),
                 (0x50000 + ((uint64_t)page << 12)) | fixed);
    }
    CHECK(g->r->h.swaps >= PAGES * ROUNDS);
}

static void run(struct ground *g)
{
    struct agent dmas[PAGES], cpus[CPUS], readers[1];

    g->r->h.threads = true;
    for (unsigned i = 0; i < CPUS; i++) {
        cpus[i] = (struct agent){ g, i, 0 };
        pthread_create(&cpus[i].thread, NULL, cpu, &cpus[i]);
    }
    readers[0] = (struct agent){ g, 0, 0 };
    pthread_create(&readers[0].thread, NULL, reader, &readers[0]);
    for (unsigned i = 0; i < PAGES; i++) {
        dmas[i] = (struct agent){ g, i, 0 };
        pthread_create(&dmas[i].thread, NULL, dma, &dmas[i]);
    }
    for (unsigned i = 0; i < PAGES; i++) {
        pthread_join(dmas[i].thread, NULL);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        pthread_join(cpus[i].thread, NULL);
    }
    pthread_join(readers[0].thread, NULL);
}

static struct rig *no_tlb(void)
{
    struct smmu3_params p = rig_params();

    p.f.httu = 2;
    p.tlb_entries = 0; /* every write must find the page clean */
    return rig_new_with(&p);
}

static void stage_1(void)
{
    struct ground g = { .r = no_tlb() };
    struct mapper m = map_s1(&g.r->h, TTB, 12, 25, NEXT);
    struct cd cd = cd_make(TTB, 12, 25);

    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t at = map_at(&m, (uint64_t)i << 12, 3,
                             (0x50000 + ((uint64_t)i << 12)) | D_PAGE | D_EL0 |
                                 D_NG | D_RO | D_DBM);

        g.leaf[i] = mem_ptr(&g.r->h, at);
    }
    set_bits(cd.w, 43, 42, 3);
    rig_set_cd(g.r, RIG_CD, cd);
    rig_set_ste(g.r, 1, ste_s1(RIG_CD));
    run(&g);
    check_end(&g, D_PAGE | D_EL0 | D_NG | D_DBM, D_RO);
    rig_free(g.r);
}

static void stage_2(void)
{
    struct ground g = { .r = no_tlb(), .s2 = true };
    struct mapper m2 = map_s2(&g.r->h, TTB2, 12, 24, 1, NEXT2);
    struct ste ste = ste_s2(TTB2, 12, 24, 1);

    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t at = map_at(&m2, (uint64_t)i << 12, 3,
                             (0x50000 + ((uint64_t)i << 12)) | D_PAGE | D_S2R |
                                 D_S2WB | D_DBM);

        g.leaf[i] = mem_ptr(&g.r->h, at);
    }
    set_bits(ste.w, 184, 183, 3);
    rig_set_ste(g.r, 1, ste);
    run(&g);
    check_end(&g, D_PAGE | D_S2R | D_S2WB | D_DBM, D_S2W);
    rig_free(g.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/httu-race/stage-1", stage_1);
    g_test_add_func("/httu-race/stage-2", stage_2);
    return g_test_run();
}
