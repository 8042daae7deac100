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

#include "smmu3/event.h"

struct smmu3;
struct smmu3_bank;

/* A reserved slot. */
struct smmu3_eventq_slot {
    uint64_t generation;
    uint32_t index; /* in the queue, without the wrap bit */
    uint64_t addr;
    bool merge; /* others like it may be merged into it (7.3.1) */
};

/* A record on its way. */
struct smmu3_record {
    enum {
        SMMU3_RECORD_NONE,
        SMMU3_RECORD_DISCARDED,
        SMMU3_RECORD_MERGED, /* into one that is there (7.3.1) */
        SMMU3_RECORD_RESERVED,
    } fate;
    uint64_t words[SMMU3_EVENT_WORDS];
    struct smmu3_eventq_slot slot;
};

/* Decides what becomes of @rec, whose words are set; @merge: it may be merged.
 * The lock is held; smmu3_record_end() must follow. */
void smmu3_record_begin(struct smmu3 *s, struct smmu3_bank *b,
                        struct smmu3_record *rec, bool merge);

/* Writes it, if it is to be written. No lock held. */
void smmu3_record_end(struct smmu3 *s, struct smmu3_bank *b,
                      const struct smmu3_record *rec);

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
