/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encoding of event records (7.3).
 * Layer L2.
 */
#ifndef SMMU3_CORE_EVENT_H
#define SMMU3_CORE_EVENT_H

#include "types.h"

/* Encodes @fault of @txn; every bit that the event does not define is 0. */
void smmu3_event_encode(const struct smmu3_fault *fault,
                        const struct smmu3_txn *txn,
                        uint64_t words[SMMU3_EVENT_WORDS]);

/* Encodes F_BAD_ATS_TREQ for @req (7.3.6). */
void smmu3_event_encode_treq(const struct smmu3_ats_request *req,
                             uint64_t words[SMMU3_EVENT_WORDS]);

#endif
