/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several threads stall while another resumes, terminates, unmaps, disables
 * and resets: every wait ends exactly once. Useful by itself, and under
 * ThreadSanitizer.
 */
#include <pthread.h>
#include <sched.h>
#include "stall-rig.h"

#define THREADS 4u
#define PAGES 6u
#define LEAF (D_PAGE | D_S1ALL)

struct waiter {
    struct smmu3_stall stall; /* first */
    struct shared *sh;
    pthread_t thread;
    uint64_t seed;
    unsigned waits, ends; /* ends: by the other thread */
    int action;
    unsigned bad;
};

struct shared {
    struct rig *r;
    bool stop;
    unsigned long done; /* transactions that have ended */
    unsigned alive;
};

static void on_done(void *arg, struct smmu3_stall *stall,
                    enum smmu3_stall_action action)
{
    struct waiter *w = (struct waiter *)(void *)stall;

    (void)arg;
    __atomic_store_n(&w->action, (int)action, __ATOMIC_RELAXED);
    __atomic_add_fetch(&w->ends, 1, __ATOMIC_RELEASE);
}

/* One transaction until it has ended. */
static void transaction(struct waiter *w, struct rnd *rnd)
{
    uint64_t va = VA + (rnd_below(rnd, PAGES) << 12);
    uint32_t sid = rnd_below(rnd, 2) ? SID_S1 : SID_S1B;
    const char *how = rnd_below(rnd, 2) ? "r" : "w";

    while (stall_go(w->sh->r, &w->stall, sid, va, how) == SMMU3_STALLED) {
        unsigned waits = __atomic_add_fetch(&w->waits, 1, __ATOMIC_RELAXED);

        while (__atomic_load_n(&w->ends, __ATOMIC_ACQUIRE) != waits) {
            sched_yield();
        }
        if (__atomic_load_n(&w->action, __ATOMIC_RELAXED) !=
            SMMU3_STALL_RETRY) {
            break;
        }
    }
}

static void *loop(void *arg)
{
    struct waiter *w = arg;
    struct rnd rnd = { w->seed };

    while (!__atomic_load_n(&w->sh->stop, __ATOMIC_ACQUIRE)) {
        transaction(w, &rnd);
        __atomic_add_fetch(&w->sh->done, 1, __ATOMIC_RELAXED);
    }
    __atomic_sub_fetch(&w->sh->alive, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* Resumes what has a record. False: there is none. */
static bool answer(struct rig *r, struct rnd *rnd)
{
    uint64_t w[4];

    if (!rig_event(r, w)) {
        return false;
    }
    if (w[1] & 0x80000000) {
        rig_cmd(r, cmd_resume((uint32_t)(w[0] >> 32), w[1] & 0xffff,
                              rnd_below(rnd, 2), rnd_below(rnd, 2)));
    }
    return true;
}

static void disturb(struct rig *r, struct rnd *rnd, const uint64_t *leaf)
{
    uint64_t at = leaf[rnd_below(rnd, 2 * PAGES)];

    switch (rnd_below(rnd, 40)) {
    case 0:
        rig_cmd(r, cmd_stall_term(SID_S1));
        break;
    case 1:
        wr32(r, O_CR0, 0xc);
        wr32(r, O_CR0, 0xd);
        break;
    case 2:
        wr32(r, O_CR0, 0x9);
        wr32(r, O_CR0, 0xd);
        break;
    default:
        mem_w64(&r->h, at, mem_r64(&r->h, at) ? 0 : PAGE_PA | LEAF);
        rig_cmd(r, cmd_op(0x30));
        break;
    }
}

/* Has each waited a few times by now? */
static bool all_waited(struct waiter *w)
{
    for (unsigned i = 0; i < THREADS; i++) {
        if (__atomic_load_n(&w[i].waits, __ATOMIC_RELAXED) < 10) {
            return false;
        }
    }
    return true;
}

static void run(unsigned stags, unsigned rounds)
{
    struct rig *r = stall_rig(0, stags);
    struct shared sh = { .r = r, .alive = THREADS };
    struct waiter w[THREADS];
    struct rnd rnd = { 7 };
    uint64_t leaf[2 * PAGES];

    memset(w, 0, sizeof(w));
    for (unsigned i = 0; i < 2 * PAGES; i++) {
        uint32_t sid = i & 1 ? SID_S1 : SID_S1B;

        stall_map(r, sid, VA + 0x1000 * (uint64_t)(i / 2), PAGE_PA, LEAF);
        leaf[i] = stall_s1_leaf(r, sid, VA + 0x1000 * (uint64_t)(i / 2));
    }
    r->h.threads = true;
    r->h.on_done = on_done;
    for (unsigned i = 0; i < THREADS; i++) {
        w[i].sh = &sh;
        w[i].seed = i + 1;
        g_assert_cmpint(pthread_create(&w[i].thread, NULL, loop, &w[i]), ==, 0);
    }
    for (unsigned i = 0; i < rounds || !all_waited(w); i++) {
        disturb(r, &rnd, leaf);
        answer(r, &rnd);
        sched_yield();
    }
    /* All get to their ends by answers alone. */
    __atomic_store_n(&sh.stop, true, __ATOMIC_RELEASE);
    while (__atomic_load_n(&sh.alive, __ATOMIC_ACQUIRE)) {
        rig_drain(r);
        if (!answer(r, &rnd)) {
            sched_yield();
        }
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(w[i].thread, NULL);
        CHECK_EQ(w[i].ends, w[i].waits);
        CHECK(w[i].waits > 0);
        CHECK(!smmu3_stall_cancel(r->s, &w[i].stall));
    }
    CHECK(sh.done > 0);
    rig_free(r);
}

static void few_stags(void)
{
    run(1, 4000);
}

static void many_stags(void)
{
    run(16, 4000);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/stall-threads/one-stag", few_stags);
    g_test_add_func("/stall-threads/many-stags", many_stags);
    return g_test_run();
}
