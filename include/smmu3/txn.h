/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transaction as it arrives, and what becomes of it.
 * Layer L1.
 */
#ifndef SMMU3_TXN_H
#define SMMU3_TXN_H

#include "smmu3/fault.h"
#include "smmu3/host.h"

struct smmu3_observer;
struct smmu3_stall;

enum smmu3_access {
    SMMU3_READ,
    SMMU3_WRITE,
    SMMU3_RMW, /* atomic read-modify-write: checked as a read and a write */
};

/* A transaction as it arrives. */
struct smmu3_txn {
    uint32_t sid;  /* StreamID */
    uint32_t ssid; /* SubstreamID, 20 bits, if ssv */
    bool ssv;
    bool secure; /* a Secure stream: sid is a Secure StreamID */
    bool ns;     /* NS attribute of a Secure stream's access; else true */
    bool pnu;    /* privileged */
    bool ind;    /* instruction; a write is always data (13.1.2) */
    enum smmu3_access access;
    uint64_t addr;
    bool translated; /* ATS: addr is the address of a Translation Completion */
    /*
     * Incoming memory type as a MAIR byte and shareability as CR1 encodes it.
     * 0xff and 0 if the bus carries none (13.1.1).
     */
    uint8_t attr;
    uint8_t sh;
    /*
     * Where the transaction waits if it stalls (3.12.2). NULL: it cannot wait,
     * and ends with an abort and a record where its configuration says stall.
     */
    struct smmu3_stall *stall;
    /* Same result, but no event is recorded and nothing is counted: a further
     * look at a transaction that was already reported. */
    bool silent;
    /* As silent, and neither reads nor fills the caches: what a fresh walk
     * would give. */
    bool probe;
    /* Observes this transaction only, besides the SMMU's own; may be NULL. */
    const struct smmu3_observer *observer;
};

enum smmu3_outcome {
    SMMU3_OK,
    SMMU3_ABORT,
    SMMU3_RAZWI, /* terminated; reads give zero, writes vanish (CD.A = 0) */
    /* No response yet: smmu3_host.stall_done() follows, or has been. */
    SMMU3_STALLED,
};

#define SMMU3_PERM_R 1u
#define SMMU3_PERM_W 2u
#define SMMU3_PERM_X 4u

struct smmu3_result {
    enum smmu3_outcome outcome;
    uint64_t pa;
    /*
     * log2 of the bytes of the naturally aligned region around the input
     * address which this result holds for; 12..64.
     */
    uint8_t lg2_size;
    /* What the same requester may do there: SMMU3_PERM_*. */
    uint8_t perm;
    enum smmu3_space space; /* that pa lies in */
    /* Attributes of the outgoing access, encoded as in struct smmu3_txn. */
    uint8_t attr;
    uint8_t sh;
    bool pnu;
    bool ind;
    /* PBHA: bits [62:59] of the leaf, as far as HWUnn and S2HWUnn give them a
     * meaning; where both stages do, stage 2's (5.2, 5.4). */
    uint8_t pbha;
    /* Ended though its configuration says stall: it could not wait. */
    bool stall;
    /* Why not, if outcome is not SMMU3_OK. */
    struct smmu3_fault fault;
};

#endif
