/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share: a host whose memory is the fuzzer's input, a
 * programmed SMMU on it, and oracles.
 * Tests only.
 */
#ifndef TESTS_FUZZ_COMMON_H
#define TESTS_FUZZ_COMMON_H

#include "../unit/build.h"
#include "../unit/refwalk.h"
#include "smmu3/smmu3.h"

#define FUZZ_STRTAB UINT64_C(0x10000000)
#define FUZZ_CMDQ UINT64_C(0x11000000)
#define FUZZ_EVENTQ UINT64_C(0x12000000)
#define FUZZ_CD UINT64_C(0x13000000)
#define FUZZ_SID 1u
#define FUZZ_EVENTQ_LOG2 4u
/* L1STD, STE, L1CD, CD and five levels of stage 1, each of these seven over
 * five levels of stage 2, and five more for the output
 * (tests/unit/test-sweep). */
#define FUZZ_READS_MAX 49u

/* The input, taken from the front. */
struct input {
    const uint8_t *data;
    size_t size;
};

/* 0 when there is nothing left. */
uint8_t take8(struct input *in);
uint64_t take64(struct input *in);

/*
 * Memory: the words of the input over and over at all addresses, but for what
 * is laid over them. Addresses with bits [47:44] all ones abort.
 */
struct fuzz_host {
    struct input memory;
    struct {
        uint64_t at;
        const uint64_t *words;
        unsigned n;
    } over[4];
    unsigned n_over;
    /* What the SMMU swapped. */
    struct {
        uint64_t at, value;
    } swapped[128];
    unsigned n_swapped;
    /* The event queue, the only thing that is written. */
    uint8_t eventq[32u << FUZZ_EVENTQ_LOG2];
    unsigned long reads, kicks, msis, msi_aborts, irqs[SMMU3_IRQ_LINES];
    uint64_t limit; /* no access at or above */
    bool locked;
    bool writes_anywhere; /* queues may lie anywhere: drop what is written */
};

struct smmu3_host fuzz_host_ops(struct fuzz_host *h);
/* As the core would read it. */
bool fuzz_peek(void *host, uint64_t pa, void *buf, size_t len);
void fuzz_lay_over(struct fuzz_host *h, uint64_t at, const uint64_t *words,
                   unsigned n);

/* The parameters of fuzz_new(); fuzz_make() makes an SMMU of others. */
struct smmu3_params fuzz_params(unsigned entries);
struct smmu3 *fuzz_make(struct fuzz_host *h, const struct smmu3_params *p,
                        const struct smmu3_host *ops);
/* Would a swap succeed? */
bool fuzz_writable(void *host, uint64_t pa);

/* An SMMU with caches of this many entries each (0: none). */
struct smmu3 *fuzz_new(struct fuzz_host *h, unsigned entries);
/* Registers as a driver would have them: @cfg is STRTAB_BASE_CFG. */
void fuzz_enable(struct smmu3 *s, uint32_t cfg, uint32_t cr2);
/* Runs deferred work to its end, which must come. */
void fuzz_drain(struct smmu3 *s, struct fuzz_host *h);

/* Fails the run: prints @what and aborts. */
void fuzz_fail(const char *what) __attribute__((noreturn));
#define FUZZ_CHECK(cond)      \
    do {                      \
        if (!(cond)) {        \
            fuzz_fail(#cond); \
        }                     \
    } while (0)

/* Bits of @how: access, privilege, instruction, SSV. */
struct smmu3_txn fuzz_txn(uint8_t how, uint64_t addr);

/*
 * Oracle: an SMMU with caches, one without, and the reference translator agree
 * on outcome, address, permissions and event; reads are bounded.
 */
struct pair {
    struct fuzz_host host[2];
    struct smmu3 *smmu[2]; /* with caches, without */
    uint32_t evt_cons[2];
    unsigned httu;
};

/* Both on the same memory, laid over alike; enabled. With @httu (IDR0.HTTU)
 * neither has caches: what they hold may lag behind an update of a descriptor
 * that was found on another way. */
void pair_init(struct pair *p, struct input memory, const uint64_t *ste,
               const uint64_t *cd, uint32_t cfg, uint32_t cr2, unsigned httu);
void pair_fini(struct pair *p);
void pair_check(struct pair *p, const struct smmu3_txn *txn);

#endif
