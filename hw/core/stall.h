/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stalled transactions of one programming interface (3.12.2, 4.7).
 * Layer L3.
 */
#ifndef SMMU3_CORE_STALL_H
#define SMMU3_CORE_STALL_H

#include "eventq.h"

#include "smmu3/host.h"

struct smmu3;
struct smmu3_bank;
struct smmu3_cd;
struct smmu3_ste;
struct smmu3_xlat;

/* A Stall Tag. In use until software resumes it, even if its transaction was
 * given up by its master. */
struct smmu3_stag {
    bool used;
    uint16_t next_free;
    uint32_t sid;
    struct smmu3_stall *stall; /* NULL: given up */
};

/* Guarded by the lock. */
struct smmu3_stalls {
    struct smmu3_stag *tags; /* [1..max]; NULL: nothing stalls */
    uint16_t max;
    uint16_t used;
    uint16_t free_first; /* a queue, so that a tag rests before it is used */
    uint16_t free_last;  /* again; 0: empty */
    struct smmu3_stall_link recorded; /* with a STAG */
    struct smmu3_stall_link waiting;  /* without, in the order of arrival */
};

/* What remains to be done for a transaction that stalls. */
struct smmu3_stall_ticket {
    bool held;
    bool record; /* into .slot, with .stag */
    uint16_t stag;
    struct smmu3_eventq_slot slot;
};

/* Room for @max STAGs. False: no memory. */
bool smmu3_stalls_init(struct smmu3_stalls *st, uint16_t max);
void smmu3_stalls_free(struct smmu3_stalls *st);

/*
 * IDR0.STALL_MODEL as the programming interface of @b sees it (3.12): what its
 * STEs, CDs and commands are checked against. The lock is held, or this is the
 * thread that serves MMIO.
 */
unsigned smmu3_stall_model(const struct smmu3_bank *b);

/* S_CR0.NSSTALLD takes stalls away from the Non-secure interface, if they are
 * not forced (3.12). No lock held. */
void smmu3_stall_set_nsstalld(struct smmu3 *s, bool nsstalld);

/* The ILLEGAL conditions of an STE and a CD that the stall model decides
 * (5.5). */
bool smmu3_stall_bad_ste(const struct smmu3_xlat *x,
                         const struct smmu3_ste *ste);
bool smmu3_stall_bad_cd(const struct smmu3_xlat *x, const struct smmu3_cd *cd);

/* Does the configuration of @x, which faulted, say stall? */
bool smmu3_stall_wanted(const struct smmu3_xlat *x);

/*
 * Takes in the transaction of @x, which faulted, if it wants to stall and can.
 * The lock is held. After it is released smmu3_stall_record() is to follow.
 * False: translation was disabled since @x began, which is to start over.
 */
bool smmu3_stall_hold(struct smmu3_xlat *x);

/* Writes the record of a transaction that was taken in. No lock held. */
void smmu3_stall_record(const struct smmu3_xlat *x);

/* CMD_RESUME (4.7.1): no effect unless @stag is one of @sid. No lock held. */
void smmu3_stall_resume(struct smmu3 *s, struct smmu3_bank *b, uint32_t sid,
                        uint16_t stag, enum smmu3_stall_action action);

/* CMD_STALL_TERM (4.7.2). No lock held. */
void smmu3_stall_term(struct smmu3 *s, struct smmu3_bank *b, uint32_t sid);

/* Terminates all (6.3.9.6), and frees all STAGs. No lock held. */
void smmu3_stall_term_all(struct smmu3 *s, struct smmu3_bank *b);

/* The event queue may be writable again (7.2.1). No lock held. */
void smmu3_stall_wake(struct smmu3 *s, struct smmu3_bank *b);

#endif
