/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fault as a value: what went wrong, and where. Encoded as an event record
 * in event.c alone.
 * Layer L1.
 */
#ifndef SMMU3_FAULT_H
#define SMMU3_FAULT_H

#include "smmu3/event.h"

struct smmu3_fault {
    /* SMMU3_EVENT_NONE: no fault, or one that the architecture reports to
     * nobody (Config = 0xx, GBPA.ABORT, ...). */
    enum smmu3_event event;
    /* Translation-related faults only (7.3.12-7.3.17). */
    enum smmu3_class class_of;
    bool s2;
    /* F_PERMISSION, CLASS = TT: the descriptor read caused it. */
    bool ttrnw;
    /* As recorded: an atomic whose read is denied reports a read (3.22). */
    bool rnw;
    /* Stage 2: the IPA; fetch faults: FetchAddr. Not cut to the record's
     * field. */
    bool nsipa; /* Secure stream: the IPA is a Non-secure one */
    uint64_t ipa;
    uint64_t fetch_addr;
};

#endif
