/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Exerciser's record of the accesses that reached it.
 * Layer L4: knows neither the SMMU nor QEMU.
 */
#include "exerciser-trace.h"

#define ATTR_READ (1u << 1)
#define ATTR_CONFIG (1u << 2)
#define ATTR_SIZE_SHIFT 16
#define NO_WORD 0xffffffffu

void smmu3_trace_clear(struct smmu3_trace *t)
{
    t->count = 0;
    t->next = 0;
}

void smmu3_trace_add(struct smmu3_trace *t,
                     const struct smmu3_exerciser_access *access)
{
    uint32_t *record = t->words + t->count * SMMU3_TRACE_WORDS;
    unsigned size = access->size;

    if (t->count >= t->max || size == 0 || (size & (size - 1))) {
        return;
    }
    /* The size is the bit of its logarithm: 8 bytes are bit 3. */
    record[0] = 1u << ATTR_SIZE_SHIFT;
    for (; size > 1; size >>= 1) {
        record[0] <<= 1;
    }
    record[0] |=
        (access->read ? ATTR_READ : 0) | (access->config ? ATTR_CONFIG : 0);
    record[1] = (uint32_t)access->addr;
    record[2] = (uint32_t)(access->addr >> 32);
    record[3] = (uint32_t)access->data;
    record[4] = (uint32_t)(access->data >> 32);
    t->count++;
}

uint32_t smmu3_trace_next(struct smmu3_trace *t)
{
    if (t->next >= t->count * SMMU3_TRACE_WORDS) {
        return NO_WORD;
    }
    return t->words[t->next++];
}
