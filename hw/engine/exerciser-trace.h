/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Exerciser's record of the accesses that reached it.
 * Layer L4: knows neither the SMMU nor QEMU.
 */
#ifndef EXERCISER_TRACE_H
#define EXERCISER_TRACE_H

#include "exerciser.h"

/* Words of a record: attributes, address and data, low halves first. */
#define SMMU3_TRACE_WORDS 5u

struct smmu3_trace {
    unsigned max;   /* records that are kept, 1..SMMU3_EXERCISER_TRACE_MAX */
    unsigned count; /* records that there are */
    unsigned next;  /* the word that is read next */
    uint32_t words[SMMU3_EXERCISER_TRACE_MAX * SMMU3_TRACE_WORDS];
};

void smmu3_trace_clear(struct smmu3_trace *t);

/* Appends a record; none if the trace is full, or the size is not a power of
 * two. */
void smmu3_trace_add(struct smmu3_trace *t,
                     const struct smmu3_exerciser_access *access);

/* Takes the next word of the oldest record; all ones if there is none. */
uint32_t smmu3_trace_next(struct smmu3_trace *t);

#endif
