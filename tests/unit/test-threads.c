/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several threads translate while another invalidates, SYNCs, reads events or
 * resets (3.21, 4.7.3; C.6, F.4). Useful by itself, and under ThreadSanitizer.
 */
#include <pthread.h>
#include <sched.h>
#include "rig.h"

#define THREADS 4u
#define PAGES 64u
#define ROUNDS 3000u
#define OUT UINT64_C(0x100000000)

struct shared {
    struct rig *r;
    /* Generation of each page that every later translation must see. */
    unsigned gen[PAGES];
    bool stop;
    unsigned bad;
    uint64_t done;
};

/* Output of a page in a generation: told apart by bits [43:32]. */
static uint64_t out_of(unsigned page, unsigned gen)
{
    return OUT * (1 + gen % 0x800) + ((uint64_t)page << 12);
}

static struct rig *rig_threads(const struct smmu3_params *params)
{
    struct rig *r = rig_new_with(params);

    r->h.threads = true;
    return r;
}

/* Streams 0 and 1 share tags and tables; 2 is nested. */
struct worker {
    struct shared *sh;
    uint64_t seed;
    uint32_t sid;
    pthread_t thread;
};

static void *translate_loop(void *arg)
{
    struct worker *w = arg;
    struct shared *sh = w->sh;
    struct rnd rnd = { w->seed };

    while (!__atomic_load_n(&sh->stop, __ATOMIC_ACQUIRE)) {
        unsigned page = (unsigned)rnd_below(&rnd, PAGES);
        unsigned min = __atomic_load_n(&sh->gen[page], __ATOMIC_ACQUIRE);
        struct smmu3_txn t = rig_txn(w->sid, (uint64_t)page << 12, "r");
        struct smmu3_result res;
        uint64_t gen;

        smmu3_translate(sh->r->s, &t, &res);
        gen = res.pa / OUT - 1;
        if (res.outcome != SMMU3_OK || (res.pa & 0xfffff000) != page << 12 ||
            gen < min) {
            __atomic_add_fetch(&sh->bad, 1, __ATOMIC_RELAXED);
        }
        __atomic_add_fetch(&sh->done, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void start(struct shared *sh, struct worker *w, unsigned n,
                  const uint32_t *sids)
{
    for (unsigned i = 0; i < n; i++) {
        w[i] = (struct worker){ sh, i + 1, sids[i], 0 };
        g_assert_cmpint(
            pthread_create(&w[i].thread, NULL, translate_loop, &w[i]), ==, 0);
    }
}

/* Until some more translations were made. */
static void progress(struct shared *sh)
{
    uint64_t now = __atomic_load_n(&sh->done, __ATOMIC_RELAXED);

    while (__atomic_load_n(&sh->done, __ATOMIC_RELAXED) < now + 20) {
        sched_yield();
    }
}

static void finish(struct shared *sh, struct worker *w, unsigned n)
{
    progress(sh);
    __atomic_store_n(&sh->stop, true, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < n; i++) {
        pthread_join(w[i].thread, NULL);
    }
    CHECK_EQ(sh->bad, 0);
    CHECK(sh->done > 0);
}

/* Every page is remapped over and over; what a SYNC has completed is seen by
 * whoever starts later. */
static void remap(const struct smmu3_params *params, bool nested)
{
    struct rig *r = rig_threads(params);
    struct shared sh = { .r = r };
    struct worker w[THREADS];
    const uint32_t sids[THREADS] = { 0, 1, 0, 1 };
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, 20, 2, 0x40010000);
    struct rnd rnd = { 99 };

    for (uint32_t sid = 0; sid < 2; sid++) {
        rig_set_ste(r, sid,
                    nested ? ste_nested(RIG_CD, 0x40000000, 12, 20, 2)
                           : ste_s1(RIG_CD));
    }
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m2, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&m2, RIG_TABLES, 2, RIG_TABLES | D_BLOCK | D_S2ALL);
    for (unsigned p = 0; p < PAGES; p++) {
        map_at(&m, (uint64_t)p << 12, 3,
               (nested ? 0x50000000 + ((uint64_t)p << 12) : out_of(p, 0)) |
                   D_PAGE | D_S1ALL);
        map_at(&m2, 0x50000000 + ((uint64_t)p << 12), 3,
               out_of(p, 0) | D_PAGE | D_S2ALL);
    }
    start(&sh, w, THREADS, sids);
    for (unsigned i = 1; i <= ROUNDS; i++) {
        unsigned p = (unsigned)rnd_below(&rnd, PAGES);
        uint64_t va = (uint64_t)p << 12;

        if (i % 0x700 == 0) {
            continue;
        }
        if (nested && i % 2) {
            map_at(&m2, 0x50000000 + va, 3,
                   out_of(p, i % 0x700) | D_PAGE | D_S2ALL);
            rig_cmd(r, cmd_tlbi(0x2a, 7, 0, 0x50000000 + va));
            rig_cmd(r, cmd_tlbi(0x13, 7, 0, va));
        } else if (!nested) {
            map_at(&m, va, 3, out_of(p, i % 0x700) | D_PAGE | D_S1ALL);
            rig_cmd(r, i % 3 ? cmd_tlbi(0x12, 7, 3, va)
                             : cmd_tlbi_range(0x12, 7, 3, va, 1, 3, 0, 0));
        }
        rig_sync(r);
        if (i % 0x700 == 0x6ff) {
            /* Generations start anew. */
            finish(&sh, w, THREADS);
            memset(sh.gen, 0, sizeof(sh.gen));
            sh.stop = false;
            start(&sh, w, THREADS, sids);
        } else if (!nested || i % 2) {
            __atomic_store_n(&sh.gen[p], i % 0x700, __ATOMIC_RELEASE);
        }
    }
    finish(&sh, w, THREADS);
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

static void remap_s1(void)
{
    remap(NULL, false);
}

static void remap_nested(void)
{
    remap(NULL, true);
}

/* So small that entries are replaced all the time. */
static void remap_tiny(void)
{
    struct smmu3_params p = rig_params();

    p.tlb_entries = 8;
    p.walk_cache_entries = 2;
    p.config_cache_entries = 1;
    remap(&p, false);
    remap(&p, true);
}

/* The CD changes between two sets of tables. */
static void reconfigure(void)
{
    struct rig *r = rig_threads(NULL);
    struct shared sh = { .r = r };
    struct worker w[THREADS];
    const uint32_t sids[THREADS] = { 0, 1, 0, 1 };

    for (uint32_t sid = 0; sid < 2; sid++) {
        rig_set_ste(r, sid, ste_s1(RIG_CD));
    }
    for (unsigned set = 0; set < 0x40; set++) {
        uint64_t ttb = RIG_TABLES + 0x10000 * (uint64_t)set;
        struct mapper m = map_s1(&r->h, ttb, 12, 25, ttb + 0x1000);

        for (unsigned p = 0; p < PAGES; p++) {
            map_at(&m, (uint64_t)p << 12, 3, out_of(p, set) | D_PAGE | D_S1ALL);
        }
    }
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    start(&sh, w, THREADS, sids);
    for (unsigned set = 1; set < 0x40; set++) {
        struct cd cd = cd_make(RIG_TABLES + 0x10000 * (uint64_t)set, 12, 25);

        mem_w64(&r->h, RIG_CD + 8, cd.w[1]); /* TTB0: one dword, hitless */
        rig_cmd(r, (struct cmd){ { 0x0000000000000005, 1 } });
        rig_cmd(r, (struct cmd){ { 0x0000000100000005, 1 } });
        rig_sync(r);
        rig_cmd(r, cmd_tlbi(0x11, 7, 3, 0));
        rig_sync(r);
        for (unsigned p = 0; p < PAGES; p++) {
            __atomic_store_n(&sh.gen[p], set, __ATOMIC_RELEASE);
        }
        progress(&sh);
    }
    finish(&sh, w, THREADS);
    rig_free(r);
}

/* In-tree row 42: faults of many threads, one event queue. */
struct faulter {
    struct rig *r;
    uint32_t sid;
    unsigned n;
    pthread_t thread;
};

static void *fault_loop(void *arg)
{
    struct faulter *f = arg;

    for (unsigned i = 0; i < f->n; i++) {
        struct smmu3_txn t =
            rig_txn(f->sid, (uint64_t)f->sid << 40 | (uint64_t)i << 4, "w");
        struct smmu3_result res;

        smmu3_translate(f->r->s, &t, &res);
        if (res.outcome != SMMU3_ABORT) {
            __atomic_add_fetch(&f->r->h.breaches, 1, __ATOMIC_RELAXED);
        }
    }
    return NULL;
}

static void events(void)
{
    struct rig *r = rig_threads(NULL);
    struct faulter f[THREADS];
    unsigned seen = 0, last[THREADS] = { 0 };
    struct smmu3_stats st;
    uint64_t w[4];

    for (unsigned i = 0; i < THREADS; i++) {
        struct ste ste = ste_s2(0x40000000, 12, 16, 2); /* no tables */

        rig_set_ste(r, i, ste);
        f[i] = (struct faulter){ r, i, 2000, 0 };
    }
    for (unsigned i = 0; i < THREADS; i++) {
        g_assert_cmpint(pthread_create(&f[i].thread, NULL, fault_loop, &f[i]),
                        ==, 0);
    }
    do {
        while (rig_event(r, w)) {
            unsigned sid = (unsigned)(w[0] >> 32) % THREADS;
            unsigned i = (unsigned)(w[2] >> 4 & 0xffffff);

            /* Whole records, each thread's in its order. */
            CHECK_EQ(w[0], (uint64_t)sid << 32 | 0x10);
            CHECK_EQ(w[1], 0x0000028000000000);
            CHECK_EQ(w[2] >> 40, sid);
            CHECK_EQ(w[3], w[2] & ~UINT64_C(0xfff));
            CHECK(i + 1 > last[sid]);
            last[sid] = i + 1;
            seen++;
        }
        smmu3_get_stats(r->s, &st);
    } while (st.transactions < THREADS * 2000);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(f[i].thread, NULL);
    }
    while (rig_event(r, w)) {
        seen++;
    }
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.events_recorded, seen);
    CHECK_EQ(st.events_recorded + st.events_lost, THREADS * 2000);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    CHECK(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ] >= 1);
    rig_free(r);
}

/* Reset, enable, disable under fire. */
static void *any_loop(void *arg)
{
    struct shared *sh = arg;
    struct rnd rnd = { 7 };
    struct smmu3_stats st;

    while (!__atomic_load_n(&sh->stop, __ATOMIC_ACQUIRE)) {
        struct smmu3_txn t = rig_txn((uint32_t)rnd_below(&rnd, 4),
                                     rnd_below(&rnd, 0x80000), "w");
        struct smmu3_result res;

        smmu3_translate(sh->r->s, &t, &res);
        smmu3_get_stats(sh->r->s, &st);
    }
    return NULL;
}

static void reset(void)
{
    struct rig *r = rig_threads(NULL);
    struct shared sh = { .r = r };
    pthread_t t[2];
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_ste(r, 1, ste_bypass());
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    for (unsigned p = 0; p < PAGES; p++) {
        map_at(&m, (uint64_t)p << 12, 3, out_of(p, 0) | D_PAGE | D_S1ALL);
    }
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpint(pthread_create(&t[i], NULL, any_loop, &sh), ==, 0);
    }
    for (unsigned i = 0; i < 300; i++) {
        smmu3_reset(r->s);
        rig_enable(r);
        rig_forget(r);
        wr32(r, O_CR0, 0xc);
        wr32(r, O_GBPA, 0x80101000);
        wr32(r, O_GBPA, 0x80001000);
        wr32(r, O_CR0, 0x9);
        wr64(r, O_EVENTQ_BASE, RIG_EVENTQ | (i % 8));
        wr32(r, O_CR0, 0xd);
    }
    __atomic_store_n(&sh.stop, true, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < 2; i++) {
        pthread_join(t[i], NULL);
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/threads/remap-stage-1", remap_s1);
    g_test_add_func("/threads/remap-nested", remap_nested);
    g_test_add_func("/threads/remap-tiny-caches", remap_tiny);
    g_test_add_func("/threads/reconfigure", reconfigure);
    g_test_add_func("/threads/D.6/events", events);
    g_test_add_func("/threads/reset", reset);
    return g_test_run();
}
