/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Index arithmetic of the circular queues (3.5).
 * Layer L2.
 *
 * With n = the effective log2 of the size, an index has n bits and a wrap flag
 * in bit n; arithmetic is on n + 1 bits.
 */
#ifndef SMMU3_CORE_QUEUE_H
#define SMMU3_CORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

/* log2 of the entries of a queue whose BASE register holds @base, at most
 * @max (IDR1.CMDQS, ...). */
unsigned smmu3_queue_log2(uint64_t base, unsigned max);

/* An index register cut to what the queue uses. */
uint32_t smmu3_queue_cut(uint32_t index, unsigned log2);

/* Entries between @cons and @prod; more than 2^log2 if the two cannot belong
 * together (3.5.1). */
uint32_t smmu3_queue_used(uint32_t prod, uint32_t cons, unsigned log2);

/* The index @n entries further on. */
uint32_t smmu3_queue_next(uint32_t index, uint32_t n, unsigned log2);

/*
 * Address of the entry at @index, of @entry_size bytes. The base is aligned to
 * the size of the queue, at least 32 bytes (6.3.26), and cut to @oas bits.
 */
uint64_t smmu3_queue_addr(uint64_t base, uint32_t index, unsigned log2,
                          unsigned entry_size, unsigned oas);

#endif
