/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for the test engine: a memory of its own and a log of its
 * transactions.
 * Tests only. Offsets and values are literals of the engine's interface.
 */
#ifndef TESTS_UNIT_ENGINE_BENCH_H
#define TESTS_UNIT_ENGINE_BENCH_H

#include <glib.h>
#include <string.h>
#include "test-engine.h"

#define MEM_BASE 0x100000u
#define MEM_SIZE 0x80000u
#define LOG_MAX 512u

#define HALTED 1u
#define MEMCPY 2u
#define RAND48 3u
#define SUM64 4u
#define MISCONFIGURED 0xfffffffeu
#define ERROR 0xffffffffu
#define PRIV 0x10000u

#define PENDING_MAX 16u

/* A transaction that was left pending. */
struct pending {
    unsigned frame;
    uint64_t addr;
    void *buf;
    size_t len;
    bool write;
};

struct bench {
    struct smmu3_engine *e;
    uint8_t mem[MEM_SIZE];
    struct {
        uint64_t addr;
        size_t len;
        bool write;
        struct smmu3_engine_attrs attrs;
    } log[LOG_MAX];
    unsigned transactions, kicks, msis, vector;
    unsigned fail_at; /* 1: the next; 0: none */
    unsigned pend;    /* so many transactions from now are left pending */
    struct pending pending[PENDING_MAX];
    unsigned n_pending;
    unsigned cancelled[PENDING_MAX], n_cancelled; /* frames */
    bool fail_msi;
    bool reset_at_dma, reset_at_msi;
    /* Written from inside each transaction. */
    bool meddle;
};

struct bench *bench_new(void);
/* The platform form with these StreamIDs. */
struct bench *bench_new_platform(uint32_t sid, uint32_t sids);
void bench_free(struct bench *b);

uint64_t rd(struct bench *b, uint32_t offset, unsigned size);
void wr(struct bench *b, uint32_t offset, uint64_t v, unsigned size);

/* Fills frame 0 and writes the command; returns what the command reads as. */
uint32_t start(struct bench *b, uint32_t cmd, uint64_t begin, uint64_t end,
               uint64_t stride, uint32_t seed);
/* Ends the @n-th of the pending transactions. */
void end_pending(struct bench *b, unsigned n, bool ok);
/* Lets the engine work to its end; returns frame 0's state. */
uint32_t finish(struct bench *b);

#endif
