/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions that can wait, on streams that are configured to stall.
 * Tests only.
 */
#ifndef TESTS_UNIT_STALL_RIG_H
#define TESTS_UNIT_STALL_RIG_H

#include "rig.h"

/* Streams: stage 1, twice; stage 2; both. Stage 1 at stall_cd(sid). */
#define SID_S1 0x42u
#define SID_S1B 0x43u
#define SID_S2 0x44u
#define SID_NESTED 0x45u

#define VA UINT64_C(0x12345000)
#define PAGE_PA UINT64_C(0x30000000)
/* Stage 2 maps what stage 1 needs to itself: 2 MiB blocks. */
#define S2_TTB UINT64_C(0x28000000)

/* An SMMU with @max STAGs and the four streams; nothing is mapped but the
 * stage-1 structures through stage 2. Model 0, or 2. */
struct rig *stall_rig(unsigned model, unsigned max);
/* The same with other parameters. */
struct rig *stall_rig_with(const struct smmu3_params *p);
uint64_t stall_cd(uint32_t sid);
struct ste stall_ste(uint32_t sid);
struct cd stall_cd_words(uint32_t sid);
/* Maps a page for a stream, all the way, and invalidates nothing. */
void stall_map(struct rig *r, uint32_t sid, uint64_t va, uint64_t pa,
               uint64_t leaf);
/* Address of the page's stage-1 leaf; of its stage-2 leaf. */
uint64_t stall_s1_leaf(struct rig *r, uint32_t sid, uint64_t va);

/* A transaction that can wait in @st. */
enum smmu3_outcome stall_go(struct rig *r, struct smmu3_stall *st, uint32_t sid,
                            uint64_t addr, const char *how);
/* It stalls, with this STAG in its record and nothing else recorded. */
bool stall_check(struct rig *r, const char *file, int line,
                 struct smmu3_stall *st, uint32_t sid, uint64_t addr,
                 const char *how, unsigned stag);
/* It stalls without a record. */
bool stall_check_quiet(struct rig *r, const char *file, int line,
                       struct smmu3_stall *st, uint32_t sid, uint64_t addr,
                       const char *how);
/* The oldest wait that ended, and was not yet looked at, is that of @st, with
 * @action. */
bool stall_check_done(struct rig *r, const char *file, int line,
                      const struct smmu3_stall *st,
                      enum smmu3_stall_action action);

#define CHECK_STALL(r, st, sid, addr, how, stag) \
    stall_check(r, __FILE__, __LINE__, st, sid, addr, how, stag)
#define CHECK_WAITS(r, st, sid, addr, how) \
    stall_check_quiet(r, __FILE__, __LINE__, st, sid, addr, how)
#define CHECK_DONE(r, st, action) \
    stall_check_done(r, __FILE__, __LINE__, st, SMMU3_STALL_##action)
#define CHECK_NONE_DONE(r) CHECK_EQ((r)->h.n_done, 0)

/* CMD_RESUME (0x44): Ac [12], Ab [13], STAG [79:64]; CMD_STALL_TERM (0x45). */
struct cmd cmd_resume(uint32_t sid, unsigned stag, bool ac, bool ab);
struct cmd cmd_stall_term(uint32_t sid);

#endif
