/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rig with ATS and PRI: streams of each kind over the same pages, Translation
 * Requests, and checks of what comes back.
 * Tests only.
 */
#ifndef TESTS_UNIT_ATS_RIG_H
#define TESTS_UNIT_ATS_RIG_H

#include "rig.h"

/* STEs with EATS = 1; set_eats() writes another. */
#define ATS_S1 5u     /* stage 1 */
#define ATS_S2 6u     /* stage 2 */
#define ATS_NESTED 7u /* both: the CD and the stage-1 tables are identity */
#define ATS_BYPASS 8u
#define ATS_ABORT 9u
#define ATS_V0 10u /* V = 0 */

/* Stage 1, 4K, 39 bits at RIG_TABLES; stage 2, 4K, 40 bits from level 1. */
#define ATS_S2_TTB UINT64_C(0x21000000)

struct ats_rig {
    struct rig *r;
    struct mapper s1; /* of ATS_S1 and ATS_NESTED */
    struct mapper s2; /* of ATS_S2 and ATS_NESTED; [0, 1G) is identity */
};

/* rig_params() with ats, split-ats, atsrecerr and pri. */
struct smmu3_params ats_params(void);

/* CR0.ATSCHK is set; NULL: ats_params(). */
struct ats_rig ats_new(const struct smmu3_params *params);

/* The STE's EATS, and what it has cached is dropped. */
void ats_set_eats(struct ats_rig *a, uint32_t sid, unsigned eats);
/* Writes CR2, which only SMMUEN = 0 allows, then CR0. */
void ats_set_cr(struct ats_rig *a, uint32_t cr2, uint32_t cr0);

/* A request: "r" (NW = 1) or "w" (NW = 0), then "x" for Exe, "p" for Priv. */
struct smmu3_ats_request ats_req(uint32_t sid, uint64_t addr, const char *how);
struct smmu3_ats_completion ats_go(struct ats_rig *a,
                                   const struct smmu3_ats_request *req);

/* What a completion must be; the rest of it is 0. */
struct ats_want {
    enum smmu3_ats_status status;
    uint64_t addr;
    unsigned lg2_size;
    bool r, w, exe, priv;
};

/*
 * Asks, and checks the completion; @event: the one record that must have been
 * written, or NULL for none.
 */
bool check_ats(struct ats_rig *a, const char *file, int line,
               const struct smmu3_ats_request *req, struct ats_want want,
               const uint64_t *event);

#define CHECK_ATS(a, sid, addr, how, ...)                                     \
    do {                                                                      \
        struct smmu3_ats_request req_ = ats_req(sid, addr, how);              \
        check_ats(a, __FILE__, __LINE__, &req_,                               \
                  (struct ats_want){ SMMU3_ATS_SUCCESS, __VA_ARGS__ }, NULL); \
    } while (0)
/* R = W = 0, as large as the STU, no event. */
#define CHECK_ATS_NOTHING(a, sid, addr, how) CHECK_ATS(a, sid, addr, how, 0, 12)
#define CHECK_ATS_STATUS(a, sid, addr, how, status)                          \
    do {                                                                     \
        struct smmu3_ats_request req_ = ats_req(sid, addr, how);             \
        check_ats(a, __FILE__, __LINE__, &req_, (struct ats_want){ status }, \
                  NULL);                                                     \
    } while (0)
#define CHECK_ATS_EVENT(a, sid, addr, how, status, ...)                      \
    do {                                                                     \
        struct smmu3_ats_request req_ = ats_req(sid, addr, how);             \
        check_ats(a, __FILE__, __LINE__, &req_, (struct ats_want){ status }, \
                  (const uint64_t[4]){ __VA_ARGS__ });                       \
    } while (0)

#endif
