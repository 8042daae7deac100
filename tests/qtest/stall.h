/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests about stalls: an engine that can wait, and a stream
 * that is configured to stall.
 * Tests only.
 */
#ifndef TESTS_QTEST_STALL_H
#define TESTS_QTEST_STALL_H

#include "smmu-qtest.h"

/* RESUME's Ac and Ab */
#define AC 0x1000u
#define AB 0x2000u
#define VA 0x12345000ull

/* Properties: stall or terminate, with four STAGs. */
#define BOTH ",stall-model=0,stall-max=4"

/* A machine with an engine that can wait; the SMMU is enabled. */
SmmuQtest *stall_start(const char *props);
/* A stream of @stage that stalls at each of its stages. */
void stall_context(Context *c, SmmuQtest *t, unsigned stage);
/* CMD_RESUME of the engine's stream; @how: AC, AB. */
void stall_resume(SmmuQtest *t, unsigned stag, unsigned how);
void wait_record(SmmuQtest *t);
void wait_event(SmmuQtest *t, const Event *e);
/* Until the frame waits for a transaction. */
void wait_stalled(SmmuQtest *t, unsigned frame);
bool is_running(SmmuQtest *t, unsigned frame);
/* A read of 8 bytes by a frame. */
EngineOp read_op(uint64_t va, unsigned frame);

#endif
