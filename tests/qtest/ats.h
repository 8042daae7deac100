/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests about ATS and PRI: an engine with both behind an SMMU
 * with both, a mapped page, the PRI queue.
 * Tests only.
 */
#ifndef TESTS_QTEST_ATS_H
#define TESTS_QTEST_ATS_H

#include "smmu-qtest.h"

#define PRIQ_BASE 0x0c0
#define PRIQ_IRQ_CFG0 0x0d0
#define PRIQ_IRQ_CFG2 0x0dc
#define PRIQ_PROD 0x100c8
#define PRIQ_CONS 0x100cc
#define OP_ATC_INV 0x40u
#define OP_PRI_RESP 0x41u
#define FORGET (OP_TLBI_NH_ALL | 1ull << 32) /* VMID 1 */
#define F_BAD_ATS_TREQ 0x05
#define F_TRANSL_FORBIDDEN 0x07

/* A frame's privileged control: use ATS, and PRI when nothing is granted. */
#define PCTRL (ENGINE_BAR + 0x10000)
#define USE_ATS 0x100u
#define USE_PRI 0x300u
/* ... and its status */
#define UCTRL2 (ENGINE_BAR + 0x7c)

#define VA 0x6600000ull
#define PRIQ_LOG2 4

/* Reasons in UCTRL2 */
#define WHY_UR 1
#define WHY_CA 2
#define WHY_PERMISSION 3
#define WHY_INVALID 4
#define WHY_FAILURE 5
#define WHY_PRI_OFF 6
#define WHY_GAVE_UP 7

typedef struct Bench {
    SmmuQtest *t;
    Context c;
    uint64_t pa, priq;
    uint32_t priq_cons;
} Bench;

/* The function's capabilities. */
void ats_enable(Bench *b, bool on);
void pri_enable(Bench *b, unsigned allocation);
uint32_t pri_status(Bench *b);

/* An SMMU with @props, all of it enabled; stage 1 with VA mapped, EATS = 1. */
void bench_start(Bench *b, const char *props);
/* The same with another @stage, EATS and CR0. */
void bench_start_as(Bench *b, const char *props, unsigned stage, unsigned eats,
                    uint32_t cr0);

/* 8 bytes by frame 0; *sum is what was read. */
uint32_t ats_run(Bench *b, bool write, uint64_t va, uint32_t pctrl,
                 uint64_t *sum);
unsigned why(Bench *b);
void expect_read(Bench *b, uint64_t va, uint64_t want);
void expect_failure(Bench *b, bool write, uint64_t va, uint32_t pctrl,
                    unsigned reason);
/* Starts 8 bytes with PRI by @frame. */
void launch(Bench *b, unsigned frame, bool write, uint64_t va);

/* Takes the page away from the tables and the SMMU's caches. */
void unmap(Bench *b, uint64_t va);
/* CMD_ATC_INV without PASID, and CMD_SYNC. */
void atc_inv(Bench *b, uint64_t va, unsigned size);
/* The next entry of the PRI queue; waits a little for it. */
bool priq_pop(Bench *b, uint64_t w[2]);
/* CMD_PRI_RESP for that entry. */
void pri_resp(Bench *b, const uint64_t w[2], unsigned resp);

#endif
