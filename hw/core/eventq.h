/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the event queue in two steps: a slot under the lock, the record
 * without (7.2).
 * Layer L3.
 */
#ifndef SMMU3_CORE_EVENTQ_H
#define SMMU3_CORE_EVENTQ_H

#include <stdbool.h>
#include <stdint.h>

struct smmu3;
struct smmu3_bank;

/* A reserved slot. */
struct smmu3_eventq_slot {
    uint64_t generation;
    uint32_t index; /* in the queue, without the wrap bit */
    uint64_t addr;
    bool merge; /* others like it may be merged into it (7.3.1) */
};

/* Would a record be written now (7.2.1)? The lock is held. */
bool smmu3_eventq_writable(const struct smmu3 *s, const struct smmu3_bank *b);

/* Reserves the next slot of a writable queue. The lock is held. Somebody must
 * write it, or the queue stops there. */
void smmu3_eventq_reserve(struct smmu3 *s, struct smmu3_bank *b,
                          struct smmu3_eventq_slot *slot);

/* Writes a record to its slot. No lock held. */
void smmu3_eventq_write(struct smmu3 *s, struct smmu3_bank *b,
                        const struct smmu3_eventq_slot *slot,
                        const uint64_t *words);

#endif
