/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: the GIC's ITS (GIC architecture, 12.19). One device
 * with events 0 to 31, which are LPIs 8192 and up of the first CPU.
 * Tests only.
 */
#ifndef TESTS_QTEST_ITS_H
#define TESTS_QTEST_ITS_H

#include "smmu-qtest.h"

#define ITS 0x08080000u
#define ITS_TRANSLATER (ITS + 0x10040)

typedef struct Its {
    SmmuQtest *t;
    uint64_t queue, pending;
    unsigned n;
} Its;

/* Programs the ITS of a machine with its=on for @device_id. */
void its_setup(Its *its, SmmuQtest *t, uint32_t device_id);
bool its_pending(Its *its, unsigned event);
/* The same, but waits a little for it. */
bool its_wait(Its *its, unsigned event);

#endif
