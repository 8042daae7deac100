/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One translation explained in words, step by step.
 * Layer L4: no QEMU.
 */
#ifndef SMMU3_EXPLAIN_H
#define SMMU3_EXPLAIN_H

#include "smmu3/smmu3.h"

/* Takes one line of text, without a newline; it lives for the call. */
typedef void smmu3_explain_line(void *opaque, const char *line);

/*
 * Translates @txn as a probe, which changes no state of @s, and tells @line
 * what was read, what it means and what came out. Fills in *@result.
 */
void smmu3_explain(struct smmu3 *s, const struct smmu3_txn *txn,
                   struct smmu3_result *result, smmu3_explain_line *line,
                   void *opaque);

#endif
