/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host for the core: sparse memory, holes that abort, accesses that fail on
 * demand, and a log of all that the core asked for.
 * Tests only.
 */
#ifndef TESTS_UNIT_FAKE_HOST_H
#define TESTS_UNIT_FAKE_HOST_H

#include <pthread.h>
#include "smmu3/host.h"

#define FAKE_BUCKETS 4096u
#define FAKE_HOLES 4u
#define FAKE_STALE_MAX 256u
#define FAKE_LOG 256u
#define FAKE_ATS_MAX 64u
#define FAKE_MSI_MAX 16u
#define FAKE_DONE_MAX 1024u

/* Secure memory, for the test: at this distance from Non-secure. */
#define FAKE_SECURE (UINT64_C(1) << 60)

struct fake_page;

struct fake_msi {
    enum smmu3_space space;
    uint64_t addr;
    uint32_t data;
    uint8_t attr, sh;
};

struct fake_host {
    struct fake_page *buckets[FAKE_BUCKETS];
    pthread_mutex_t pages_lock;
    /* Accesses at or above this address are noted in .beyond. */
    uint64_t limit;

    struct {
        uint64_t first, last;
        bool reads, writes; /* which of them abort */
    } holes[FAKE_HOLES];
    unsigned n_holes;

    /* Counted by the core's accesses alone. 1: fail the next one; 0: none. */
    unsigned long fail_read, fail_write;
    bool fail_all_reads, fail_all_writes;
    unsigned long fail_swap, swaps; /* the same for cas() */
    uint64_t failed_pa; /* of the last access that was made to fail */
    unsigned long reads, writes, beyond;
    uint64_t log[FAKE_LOG]; /* addresses and lengths of the last reads */
    size_t log_len[FAKE_LOG];

    unsigned irqs[SMMU3_IRQ_LINES];
    struct fake_msi msi[FAKE_MSI_MAX]; /* the last, also those that aborted */
    unsigned n_msi;
    unsigned kicks;
    struct smmu3_stale stale[FAKE_STALE_MAX];
    unsigned n_stale;
    /* Waits that ended, in order. */
    struct {
        struct smmu3_stall *stall;
        enum smmu3_stall_action action;
    } done[FAKE_DONE_MAX];
    unsigned n_done;
    /* Called instead of that, if not NULL. */
    void (*on_done)(void *arg, struct smmu3_stall *stall,
                    enum smmu3_stall_action action);
    void *on_done_arg;

    /* ATS invalidations and PRG responses that the core sent: the first ones,
     * and how many; what becomes of an invalidation. */
    struct smmu3_atc_inv atc[FAKE_ATS_MAX];
    unsigned n_atc;
    enum smmu3_atc_status atc_status;
    struct smmu3_prg_response prg[FAKE_ATS_MAX];
    unsigned n_prg;

    /* Called at the end of each successful read of the core's, before it
     * returns; may be NULL. */
    void (*on_read)(void *arg, uint64_t pa);
    void *on_read_arg;
    /* Called at the start of each write of the core's; may be NULL. */
    void (*on_write)(void *arg, uint64_t pa);
    void *on_write_arg;
    /* Called at the end of each unlock() of a core with one thread, but not
     * from inside itself; may be NULL. */
    void (*on_unlock)(void *arg);
    void *on_unlock_arg;

    /* Called at the start of each message of the core's; may be NULL. */
    void (*on_msi)(void *arg, const struct fake_msi *msi);
    void *on_msi_arg;

    /* Called at the start of each cas() that does not fail; may be NULL. */
    void (*on_swap)(void *arg, uint64_t pa);
    void *on_swap_arg;

    /* Breaches of host.h: lock taken twice, held across a callback, ... */
    unsigned breaches;
    const char *breach;
    bool threads; /* lock with a mutex; else only check its use */
    pthread_mutex_t mutex;
    bool locked;
};

void fake_host_init(struct fake_host *h, unsigned oas);
void fake_host_fini(struct fake_host *h);
struct smmu3_host fake_host_ops(struct fake_host *h);

/* Accesses of [first, last] abort. */
void fake_hole(struct fake_host *h, uint64_t first, uint64_t last);
void fake_hole_writes(struct fake_host *h, uint64_t first, uint64_t last);
void fake_no_holes(struct fake_host *h);

/* The test's own accesses: never fail, are not counted. */
uint64_t mem_r64(struct fake_host *h, uint64_t pa);
void mem_w64(struct fake_host *h, uint64_t pa, uint64_t value);
void mem_w64be(struct fake_host *h, uint64_t pa, uint64_t value);
void mem_words(struct fake_host *h, uint64_t pa, const uint64_t *w, unsigned n);
void mem_fill(struct fake_host *h, uint64_t pa, const void *buf, size_t len);
/* The word at @pa itself, for agents that swap it. */
uint64_t *mem_ptr(struct fake_host *h, uint64_t pa);
/* Would cas() of the core's succeed? */
bool mem_writable(void *host, uint64_t pa);
/* As the core would read, holes included, without a trace. */
bool mem_peek(void *host, uint64_t pa, void *buf, size_t len);

#endif
