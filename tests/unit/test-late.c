/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translations in flight while their tables or structures are changed,
 * invalidated and SYNCed (4.7.3, 3.21; C.6, F.4).
 */
#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include "rig.h"

static struct rig *rig_threads(void)
{
    struct rig *r = rig_new();

    r->h.threads = true;
    return r;
}

/*
 * A walk that has read its descriptor, but not returned, while the mapping is
 * changed, invalidated and SYNCed: it may end with the old one only if the
 * SYNC waited for it; and it leaves nothing old behind.
 */
struct late {
    struct rig *r;
    uint64_t at; /* the read to stop after */
    sem_t stopped, go_on;
    bool armed;
    bool synced; /* the SYNC had completed before the walk went on */
    struct smmu3_result res;
};

static void stop_after_read(void *arg, uint64_t pa)
{
    struct late *l = arg;
    struct timespec ts;

    if (pa != l->at ||
        !__atomic_exchange_n(&l->armed, false, __ATOMIC_ACQ_REL)) {
        return;
    }
    sem_post(&l->stopped);
    clock_gettime(CLOCK_REALTIME, &ts);
    ts.tv_sec += 1;
    l->synced = sem_timedwait(&l->go_on, &ts) == 0;
}

static void *late_translate(void *arg)
{
    struct late *l = arg;
    struct smmu3_txn t = rig_txn(0, 0x1000, "r");

    smmu3_translate(l->r->s, &t, &l->res);
    return NULL;
}

/* What is read late, what changes it and which command is due. */
enum late_case {
    LATE_LEAF,
    LATE_TABLE,
    LATE_STE,
    LATE_CD,
    LATE_S2,
    LATE_DISABLE,
};

static void late(enum late_case which)
{
    struct rig *r = rig_threads();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper n =
        map_s1(&r->h, RIG_TABLES + 0x100000, 12, 25, RIG_TABLES + 0x101000);
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, 24, 1, 0x40010000);
    struct late l = { .r = r, .armed = true };
    struct cd cd2 = cd_make(RIG_TABLES + 0x100000, 12, 25);
    pthread_t thread;

    set_bits(cd2.w, 63, 48, 9); /* another ASID: CFGI is enough */

    sem_init(&l.stopped, 0, 0);
    sem_init(&l.go_on, 0, 0);
    map_at(&m, 0x1000, 3, 0x30000000 | D_PAGE | D_S1ALL);
    map_at(&n, 0x1000, 3, 0x31000000 | D_PAGE | D_S1ALL);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    rig_set_cd(r, RIG_CD + 64, cd2);
    rig_set_ste(r, 0, ste_s1(RIG_CD));
    switch (which) {
    case LATE_LEAF:
        l.at = map_find(&m, 0x1000, 3);
        break;
    case LATE_TABLE:
        l.at = map_find(&m, 0x1000, 1);
        break;
    case LATE_STE:
        l.at = RIG_STRTAB;
        break;
    case LATE_DISABLE:
        l.at = map_find(&m, 0x1000, 3);
        break;
    case LATE_CD:
        l.at = RIG_CD;
        break;
    case LATE_S2:
        rig_set_ste(r, 0, ste_s2(0x40000000, 12, 24, 1));
        l.at = map_at(&m2, 0x1000, 3, 0x30000000 | D_PAGE | D_S2ALL);
        break;
    }
    r->h.on_read = stop_after_read;
    r->h.on_read_arg = &l;
    g_assert_cmpint(pthread_create(&thread, NULL, late_translate, &l), ==, 0);
    sem_wait(&l.stopped);
    switch (which) {
    case LATE_LEAF:
        map_put(&m, l.at, 0x31000000 | D_PAGE | D_S1ALL);
        rig_cmd(r, cmd_tlbi(0x12, 7, 3, 0x1000));
        break;
    case LATE_TABLE:
        map_put(&m, l.at, map_get(&n, map_find(&n, 0x1000, 1)));
        rig_cmd(r, cmd_tlbi(0x12, 7, 3, 0x1000));
        break;
    case LATE_STE:
        rig_set_ste(r, 0, ste_s1(RIG_CD + 64));
        rig_cmd(r, cmd_cfgi_ste(0, true));
        break;
    case LATE_CD:
        rig_set_cd(r, RIG_CD, cd2);
        rig_cmd(r, (struct cmd){ { 0x05, 1 } });
        break;
    case LATE_DISABLE: /* A.9: and all is to abort */
        wr32(r, O_GBPA, 0x80101000);
        wr32(r, O_CR0, 0xc);
        break;
    case LATE_S2:
        map_put(&m2, l.at, 0x31000000 | D_PAGE | D_S2ALL);
        rig_cmd(r, cmd_tlbi(0x2a, 7, 0, 0x1000));
        break;
    }
    rig_sync(r);
    sem_post(&l.go_on);
    pthread_join(thread, NULL);
    r->h.on_read = NULL;
    if (which == LATE_DISABLE) {
        CHECK(l.res.outcome == SMMU3_ABORT || !l.synced);
        CHECK_QUIET(r, 0, 0x1000, "r", SMMU3_ABORT);
        goto out;
    }
    CHECK_EQ(l.res.outcome, SMMU3_OK);
    CHECK(l.res.pa == 0x31000000 || (l.res.pa == 0x30000000 && !l.synced));
    CHECK_OK(r, 0, 0x1000, "r", 0x31000000);
out:
    sem_destroy(&l.stopped);
    sem_destroy(&l.go_on);
    rig_free(r);
}

static void late_leaf(void)
{
    late(LATE_LEAF);
}

static void late_table(void)
{
    late(LATE_TABLE);
}

static void late_ste(void)
{
    late(LATE_STE);
}

static void late_cd(void)
{
    late(LATE_CD);
}

static void late_s2(void)
{
    late(LATE_S2);
}

static void late_disable(void)
{
    late(LATE_DISABLE);
}

/*
 * Two threads report. The first is held up while it writes its record; PROD
 * must not show an entry that is not in memory yet (D.6).
 */
struct slow_write {
    struct rig *r;
    sem_t stopped, go_on;
    bool armed;
    bool in_time; /* it went on because it was told to */
};

static void stop_before_write(void *arg, uint64_t pa)
{
    struct slow_write *w = arg;
    struct timespec ts;

    (void)pa;
    if (!__atomic_exchange_n(&w->armed, false, __ATOMIC_ACQ_REL)) {
        return;
    }
    sem_post(&w->stopped);
    clock_gettime(CLOCK_REALTIME, &ts);
    ts.tv_sec += 1;
    w->in_time = sem_timedwait(&w->go_on, &ts) == 0;
}

static void *fault_once(void *arg)
{
    struct slow_write *w = arg;
    struct smmu3_txn t = rig_txn(5, 0x1000, "r");
    struct smmu3_result res;

    smmu3_translate(w->r->s, &t, &res);
    return NULL;
}

static void check_records(struct rig *r)
{
    uint32_t prod = rd32(r, O_EVENTQ_PROD);

    for (uint32_t i = 0; i < prod; i++) {
        CHECK_EQ(mem_r64(&r->h, RIG_EVENTQ + 32 * (uint64_t)i) & 0xff, 4);
    }
}

static void late_record(void)
{
    struct rig *r = rig_threads();
    struct slow_write w = { .r = r, .armed = true };
    pthread_t thread;

    sem_init(&w.stopped, 0, 0);
    sem_init(&w.go_on, 0, 0);
    r->h.on_write = stop_before_write;
    r->h.on_write_arg = &w;
    g_assert_cmpint(pthread_create(&thread, NULL, fault_once, &w), ==, 0);
    sem_wait(&w.stopped);
    check_records(r);
    rig_go(r, 6, 0x1000, "r");
    check_records(r);
    rig_go(r, 7, 0x1000, "r");
    check_records(r);
    sem_post(&w.go_on);
    pthread_join(thread, NULL);
    check_records(r);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 3);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 1);
    sem_destroy(&w.stopped);
    sem_destroy(&w.go_on);
    rig_free(r);
}

/* C.6: at a SYNC's completion the records of what was terminated before are
 * visible. Here they wait for the one that is held up. */
static void late_sync(void)
{
    struct rig *r = rig_threads();
    struct slow_write w = { .r = r, .armed = true };
    pthread_t thread;

    sem_init(&w.stopped, 0, 0);
    sem_init(&w.go_on, 0, 0);
    r->h.on_write = stop_before_write;
    r->h.on_write_arg = &w;
    g_assert_cmpint(pthread_create(&thread, NULL, fault_once, &w), ==, 0);
    sem_wait(&w.stopped);
    rig_go(r, 6, 0x1000, "r");
    mem_w64(&r->h, RIG_CMDQ, 0x1046);
    wr32(r, O_CMDQ_PROD, 1);
    for (unsigned i = 0; i < 3; i++) {
        if (rd32(r, O_CMDQ_CONS) == 1) {
            CHECK_EQ(rd32(r, O_EVENTQ_PROD), 2);
        } else {
            CHECK(r->h.kicks > 0);
            CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 0);
            smmu3_run(r->s);
        }
    }
    sem_post(&w.go_on);
    pthread_join(thread, NULL);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 2);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    sem_destroy(&w.stopped);
    sem_destroy(&w.go_on);
    rig_free(r);
}

/* A record of before a reset lands in memory after it: it must not lie where a
 * newer one is shown. As long as it may, CR0ACK says that the queue is not off
 * yet, or nothing new is written. */
static void late_reset(void)
{
    struct rig *r = rig_threads();
    struct slow_write w = { .r = r, .armed = true };
    pthread_t thread;
    bool busy;

    sem_init(&w.stopped, 0, 0);
    sem_init(&w.go_on, 0, 0);
    r->h.on_write = stop_before_write;
    r->h.on_write_arg = &w;
    g_assert_cmpint(pthread_create(&thread, NULL, fault_once, &w), ==, 0);
    sem_wait(&w.stopped);
    smmu3_reset(r->s);
    busy = rd32(r, O_CR0ACK) & 4;
    if (!busy) {
        rig_enable(r);
        rig_go(r, 6, 0x1000, "r");
    }
    sem_post(&w.go_on);
    pthread_join(thread, NULL);
    if (busy) {
        CHECK_EQ(rd32(r, O_CR0ACK), 0);
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
        rig_enable(r);
        rig_go(r, 6, 0x1000, "r");
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    }
    if (rd32(r, O_EVENTQ_PROD) == 1) {
        CHECK_EQ(mem_r64(&r->h, RIG_EVENTQ), 0x0000000600000004);
    } else {
        CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    }
    /* From here on all is as ever. */
    rig_drop_events(r);
    CHECK_ABORT(r, 7, 0x1000, "r", 0x0000000700000004, 0, 0, 0);
    sem_destroy(&w.stopped);
    sem_destroy(&w.go_on);
    rig_free(r);
}

/* A.9: EVENTQEN 1 -> 0: the ACK clears when outstanding records are visible,
 * or will never be. */
static void late_eventqen(void)
{
    struct rig *r = rig_threads();
    struct slow_write w = { .r = r, .armed = true };
    pthread_t thread;
    bool off;

    sem_init(&w.stopped, 0, 0);
    sem_init(&w.go_on, 0, 0);
    r->h.on_write = stop_before_write;
    r->h.on_write_arg = &w;
    g_assert_cmpint(pthread_create(&thread, NULL, fault_once, &w), ==, 0);
    sem_wait(&w.stopped);
    wr32(r, O_CR0, 0x9);
    off = !(rd32(r, O_CR0ACK) & 4);
    if (off) {
        CHECK_EQ(mem_r64(&r->h, RIG_EVENTQ), 0x0000000500000004);
    }
    sem_post(&w.go_on);
    pthread_join(thread, NULL);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CR0ACK) & 4, 0);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 1);
    sem_destroy(&w.stopped);
    sem_destroy(&w.go_on);
    rig_free(r);
}

/* A writable-clean page, a write to it, and the walk's table: what is freed
 * and used again must not be updated. */
static struct rig *update_rig(struct late *l)
{
    struct smmu3_params p = rig_params();
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    struct mapper m;

    p.f.httu = 2;
    *l = (struct late){ .r = rig_new_with(&p), .armed = true };
    l->r->h.threads = true;
    sem_init(&l->stopped, 0, 0);
    sem_init(&l->go_on, 0, 0);
    m = map_s1(&l->r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    l->at = map_at(&m, 0x1000, 3, 0x30000000 | D_PAGE | D_S1ALL | D_RO | D_DBM);
    set_bits(cd.w, 43, 42, 3); /* HA, HD */
    rig_set_cd(l->r, RIG_CD, cd);
    rig_set_ste(l->r, 0, ste_s1(RIG_CD));
    return l->r;
}

static void *late_write(void *arg)
{
    struct late *l = arg;
    struct smmu3_txn t = rig_txn(0, 0x1000, "w");

    smmu3_translate(l->r->s, &t, &l->res);
    return NULL;
}

static void update_end(struct late *l)
{
    sem_destroy(&l->stopped);
    sem_destroy(&l->go_on);
    rig_free(l->r);
}

/* C.6, F.4: the update that comes after the SYNC is not made. */
static void late_update(void)
{
    struct late l;
    struct rig *r = update_rig(&l);
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    uint64_t old = mem_r64(&r->h, l.at);
    uint64_t other = RIG_TABLES + 0x80000;
    pthread_t thread;

    r->h.on_read = stop_after_read;
    r->h.on_read_arg = &l;
    g_assert_cmpint(pthread_create(&thread, NULL, late_write, &l), ==, 0);
    sem_wait(&l.stopped);
    /* Another table for the page; the old one is free. */
    mem_w64(&r->h, other + 8, old + 0x1000000);
    map_put(&m, map_find(&m, 0x1000, 2), other | D_TABLE);
    rig_cmd(r, cmd_tlbi(0x12, 7, 3, 0x1000));
    rig_sync(r);
    sem_post(&l.go_on);
    pthread_join(thread, NULL);
    CHECK_EQ(l.res.outcome, SMMU3_OK);
    CHECK(l.synced);
    CHECK_EQ(mem_r64(&r->h, l.at), old);
    CHECK_EQ(l.res.pa, 0x31000000);
    CHECK_EQ(mem_r64(&r->h, other + 8), (old + 0x1000000) & ~D_RO);
    update_end(&l);
}

/* E.11: what has begun is waited for. */
static void sync_after_update(void)
{
    struct late l;
    struct rig *r = update_rig(&l);
    uint64_t old = mem_r64(&r->h, l.at);
    pthread_t thread;

    r->h.on_swap = stop_after_read;
    r->h.on_swap_arg = &l;
    g_assert_cmpint(pthread_create(&thread, NULL, late_write, &l), ==, 0);
    sem_wait(&l.stopped);
    rig_cmd(r, cmd_tlbi(0x12, 7, 3, 0x1000));
    mem_w64(&r->h, RIG_CMDQ + 16 * r->prod, 0x46);
    wr32(r, O_CMDQ_PROD, ++r->prod);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), r->prod - 1);
    sem_post(&l.go_on);
    pthread_join(thread, NULL);
    CHECK(l.synced);
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), r->prod);
    CHECK_EQ(mem_r64(&r->h, l.at), old & ~D_RO);
    update_end(&l);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/threads/C.6/late-update", late_update);
    g_test_add_func("/threads/C.6/sync-after-update", sync_after_update);
    g_test_add_func("/threads/C.6/late-leaf", late_leaf);
    g_test_add_func("/threads/C.6/late-table", late_table);
    g_test_add_func("/threads/C.6/late-ste", late_ste);
    g_test_add_func("/threads/C.6/late-cd", late_cd);
    g_test_add_func("/threads/C.6/late-stage-2", late_s2);
    g_test_add_func("/threads/A.9/late-disable", late_disable);
    g_test_add_func("/threads/D.6/late-record", late_record);
    g_test_add_func("/threads/A.9/late-eventqen", late_eventqen);
    g_test_add_func("/threads/C.6/late-sync", late_sync);
    g_test_add_func("/threads/A.9/late-reset", late_reset);
    return g_test_run();
}
