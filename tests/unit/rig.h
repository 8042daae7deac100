/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for the core: an SMMU on a fake host, programmed as a driver would,
 * with helpers to translate, to issue commands and to read events.
 * Tests only.
 */
#ifndef TESTS_UNIT_RIG_H
#define TESTS_UNIT_RIG_H

#include <glib.h>
#include <string.h>
#include "build.h"
#include "fake-host.h"
#include "refwalk.h"
#include "smmu3/smmu3.h"

/* Register offsets (6.1), the tests' own. */
enum {
    O_IDR0 = 0x0,
    O_IDR1 = 0x4,
    O_IDR2 = 0x8,
    O_IDR3 = 0xc,
    O_IDR4 = 0x10,
    O_IDR5 = 0x14,
    O_IIDR = 0x18,
    O_AIDR = 0x1c,
    O_CR0 = 0x20,
    O_CR0ACK = 0x24,
    O_CR1 = 0x28,
    O_CR2 = 0x2c,
    O_STATUSR = 0x40,
    O_GBPA = 0x44,
    O_IRQ_CTRL = 0x50,
    O_IRQ_CTRLACK = 0x54,
    O_GERROR = 0x60,
    O_GERRORN = 0x64,
    O_STRTAB_BASE = 0x80,
    O_STRTAB_BASE_CFG = 0x88,
    O_CMDQ_BASE = 0x90,
    O_CMDQ_PROD = 0x98,
    O_CMDQ_CONS = 0x9c,
    O_EVENTQ_BASE = 0xa0,
    O_EVENTQ_PROD = 0x100a8,
    O_EVENTQ_CONS = 0x100ac,
};

/* Where a rig puts its things. Tests' own tables start at RIG_TABLES. */
#define RIG_STRTAB UINT64_C(0x10000000)
#define RIG_CMDQ UINT64_C(0x10100000)
#define RIG_EVENTQ UINT64_C(0x10200000)
#define RIG_CD UINT64_C(0x10300000)
#define RIG_TABLES UINT64_C(0x20000000)
#define RIG_STRTAB_LOG2 8u
#define RIG_CMDQ_LOG2 8u
#define RIG_EVENTQ_LOG2 7u

struct rig {
    struct smmu3 *s;
    struct smmu3_params p;
    struct fake_host h;
    uint32_t prod;     /* of the command queue, as last written */
    uint32_t evt_cons; /* of the event queue, as last written */
};

/* An SMMU in reset state; NULL params: rig_params(). */
struct rig *rig_new_raw(const struct smmu3_params *params);
/* The same, programmed and enabled: linear stream table, queues, interrupts,
 * RECINVSID. */
struct rig *rig_new(void);
struct rig *rig_new_with(const struct smmu3_params *params);
void rig_enable(struct rig *r);
/* Frees; fails the test if the core broke a rule of host.h, or read above
 * the output address size. */
void rig_free(struct rig *r);
/*
 * The configuration that tests start from: v3.2 with what it demands, all
 * optional features off. Tests of a feature turn it on.
 */
struct smmu3_params rig_params(void);
/* The same with all sizes: 52 bits of everything, LPA2 (DS), small tables. DS
 * takes v3.3, and what that demands. */
struct smmu3_params rig_wide(void);
/* Other stages, and what depends on them. */
void rig_stages(struct smmu3_params *p, bool s1p, bool s2p);
/* rig_params() without caches of any kind; others without theirs. */
struct smmu3_params rig_no_caches(void);
void rig_drop_caches(struct smmu3_params *p);

uint32_t rd32(struct rig *r, uint32_t offset);
uint64_t rd64(struct rig *r, uint32_t offset);
void wr32(struct rig *r, uint32_t offset, uint32_t value);
void wr64(struct rig *r, uint32_t offset, uint64_t value);

/* Runs deferred work until there is none: CONS equals PROD, or an error. */
void rig_drain(struct rig *r);
/* Puts a command into the queue and lets the SMMU consume it. */
void rig_cmd(struct rig *r, struct cmd c);
/* CMD_SYNC, no completion signal. */
void rig_sync(struct rig *r);
/* CFGI_ALL, TLBI_NSNH_ALL, TLBI_EL2_ALL where legal, SYNC. */
void rig_forget(struct rig *r);
/* True if the command ended in CERROR_ILL; recovers from the error. */
bool rig_cmd_ill(struct rig *r, struct cmd c);

void rig_set_ste(struct rig *r, uint32_t sid, struct ste ste);
void rig_set_cd(struct rig *r, uint64_t at, struct cd cd);

/* A transaction: "r", "w", "m" (atomic), "x" (instruction), then "p" for
 * privileged, then "s" and a SubstreamID; e.g. "rp", "ws0x3f". */
struct smmu3_txn rig_txn(uint32_t sid, uint64_t addr, const char *how);
struct smmu3_result rig_go(struct rig *r, uint32_t sid, uint64_t addr,
                           const char *how);

/* Takes the oldest event record; false if there is none. */
bool rig_event(struct rig *r, uint64_t w[4]);
/* Number of records in the queue; they are dropped. */
unsigned rig_drop_events(struct rig *r);

/* The reference translator with this SMMU's registers and memory. */
struct ref_smmu rig_ref(struct rig *r);
/*
 * Translates with the core and with the reference and compares outcome,
 * address, permissions and event; true if equal. @what names the case.
 */
bool rig_same(struct rig *r, const struct smmu3_txn *txn, const char *what);

/* Checks: report, mark the test as failed, go on. At most 30 reports. */
bool check_eq(const char *file, int line, const char *what, uint64_t got,
              uint64_t want);
bool check_true(const char *file, int line, const char *what, bool ok);
bool check_ok(struct rig *r, const char *file, int line, uint32_t sid,
              uint64_t addr, const char *how, uint64_t pa);
bool check_fault(struct rig *r, const char *file, int line, uint32_t sid,
                 uint64_t addr, const char *how, enum smmu3_outcome outcome,
                 const uint64_t w[4]);
bool check_quiet(struct rig *r, const char *file, int line, uint32_t sid,
                 uint64_t addr, const char *how, enum smmu3_outcome outcome);

#define CHECK_EQ(got, want) \
    check_eq(__FILE__, __LINE__, #got, (uint64_t)(got), (uint64_t)(want))
#define CHECK(cond) check_true(__FILE__, __LINE__, #cond, (cond))
/* The access succeeds at @pa, and no event is recorded. */
#define CHECK_OK(r, sid, addr, how, pa) \
    check_ok(r, __FILE__, __LINE__, sid, addr, how, pa)
/* The access ends in an abort and exactly this event record. */
#define CHECK_ABORT(r, sid, addr, how, ...)                         \
    check_fault(r, __FILE__, __LINE__, sid, addr, how, SMMU3_ABORT, \
                (const uint64_t[4]){ __VA_ARGS__ })
#define CHECK_RAZWI(r, sid, addr, how, ...)                         \
    check_fault(r, __FILE__, __LINE__, sid, addr, how, SMMU3_RAZWI, \
                (const uint64_t[4]){ __VA_ARGS__ })
/* The access ends so, and no event is recorded. */
#define CHECK_QUIET(r, sid, addr, how, outcome) \
    check_quiet(r, __FILE__, __LINE__, sid, addr, how, outcome)

/* Deterministic random numbers: the same on every machine. */
struct rnd {
    uint64_t x;
};
uint64_t rnd64(struct rnd *rnd);
/* 0 <= value < n */
uint64_t rnd_below(struct rnd *rnd, uint64_t n);

/* g_test_init() with non-fatal checks, then the caller adds its tests. */
void unit_init(int *argc, char ***argv);

#endif
