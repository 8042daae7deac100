/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rig whose SMMU has the Secure interface, programmed and enabled beside the
 * Non-secure one.
 * Tests only.
 */
#ifndef TESTS_UNIT_SECURE_RIG_H
#define TESTS_UNIT_SECURE_RIG_H

#include "rig.h"

/* Secure structures: the Non-secure rig's addresses, in Secure memory. */
struct secure_rig {
    struct rig *r;
    uint32_t prod, evt_cons;
};

/* The parameters of such an SMMU: 8-bit Secure StreamIDs. */
struct smmu3_params secure_params(void);
/* NULL params: secure_params(). */
struct secure_rig secure_new(const struct smmu3_params *params);

/* Accesses of the Secure state; offsets as printed, from 0x8000. */
uint32_t srd32(struct rig *r, uint32_t offset);
uint64_t srd64(struct rig *r, uint32_t offset);
void swr32(struct rig *r, uint32_t offset, uint32_t value);
void swr64(struct rig *r, uint32_t offset, uint64_t value);

void secure_set_ste(struct secure_rig *s, uint32_t sid, struct ste ste);
/* A command on the Secure queue; false if it ended in CERROR_ILL, after which
 * the queue goes on behind it. */
bool secure_cmd(struct secure_rig *s, struct cmd c);
/* CFGI_ALL of both states, SNH, NSNH, EL3, SYNC. */
void secure_forget(struct secure_rig *s);
/* Takes the oldest record of the Secure event queue; false if there is none. */
bool secure_event(struct secure_rig *s, uint64_t w[4]);

/* A transaction of a Secure stream; "n" in @how: its NS attribute is 1. */
struct smmu3_result secure_go(struct secure_rig *s, uint32_t sid, uint64_t addr,
                              const char *how);
/* It succeeds at @pa in @space, without a record. */
#define SECURE_OK(s, sid, addr, how, pa_, space_)               \
    do {                                                        \
        struct smmu3_result res = secure_go(s, sid, addr, how); \
        uint64_t ev[4];                                         \
        CHECK_EQ(res.outcome, SMMU3_OK);                        \
        CHECK_EQ(res.pa, pa_);                                  \
        CHECK_EQ(res.space, space_);                            \
        CHECK(!secure_event(s, ev));                            \
    } while (0)
/* It aborts, with this record in the Secure event queue. */
#define SECURE_ABORT(s, sid, addr, how, ...)                    \
    do {                                                        \
        struct smmu3_result res = secure_go(s, sid, addr, how); \
        const uint64_t want[4] = { __VA_ARGS__ };               \
        uint64_t ev[4] = { 0 };                                 \
        CHECK_EQ(res.outcome, SMMU3_ABORT);                     \
        CHECK(secure_event(s, ev));                             \
        for (unsigned i_ = 0; i_ < 4; i_++) {                   \
            CHECK_EQ(ev[i_], want[i_]);                         \
        }                                                       \
    } while (0)
#define SECURE_QUIET(s, sid, addr, how, outcome_)               \
    do {                                                        \
        struct smmu3_result res = secure_go(s, sid, addr, how); \
        uint64_t ev[4];                                         \
        CHECK_EQ(res.outcome, outcome_);                        \
        CHECK(!secure_event(s, ev));                            \
    } while (0)

#endif
