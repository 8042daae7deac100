/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a transaction waits that has stalled (3.12.2).
 * Layer L1.
 */
#ifndef SMMU3_STALL_H
#define SMMU3_STALL_H

#include <stdbool.h>
#include <stdint.h>

/* How a wait ends. */
enum smmu3_stall_action {
    SMMU3_STALL_RETRY, /* translate again: the transaction has just arrived */
    SMMU3_STALL_ABORT, /* terminate with an abort */
    SMMU3_STALL_RAZWI, /* terminate; reads give zero, writes vanish */
};

/* Two stalled transactions with the same of all this may share one event
 * record (3.12.2.1). */
struct smmu3_stall_key {
    uint32_t sid;
    uint32_t ssid; /* 0 unless ssv */
    bool ssv;
    bool pnu;
    bool ind;
    bool rnw;
    uint64_t page;
};

struct smmu3_stall_link {
    struct smmu3_stall_link *prev;
    struct smmu3_stall_link *next;
};

/*
 * Memory of the master's for one transaction, zero at first. From
 * SMMU3_STALLED to smmu3_host.stall_done() or smmu3_stall_cancel() it is the
 * core's, which keeps no other note of the transaction. Nobody else looks
 * inside.
 */
struct smmu3_stall {
    struct smmu3_stall_link link; /* first */
    uint8_t space;                /* enum smmu3_space of the StreamID */
    uint8_t wait;                 /* what for; stall.c */
    uint8_t action;               /* enum smmu3_stall_action */
    uint16_t stag;                /* its own, or that of the one ahead */
    struct smmu3_stall_key key;
};

#endif
