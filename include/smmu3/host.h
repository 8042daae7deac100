/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core needs from its host.
 * Layer L1.
 *
 * The core calls these; the host never calls the core back from inside one of
 * them, except that read() and write() may end in another device's registers,
 * which may start a transaction of its own.
 */
#ifndef SMMU3_HOST_H
#define SMMU3_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smmu3/ats.h"
#include "smmu3/stall.h"

/* The two security states, and their physical address spaces (3.10). */
enum smmu3_space {
    SMMU3_NS, /* Non-secure */
    SMMU3_S,  /* Secure */
    SMMU3_SPACES,
};

/* The wired interrupts, in the order in which boards number them (3.18). */
enum smmu3_irq {
    SMMU3_IRQ_LINE_EVENTQ,
    SMMU3_IRQ_LINE_PRIQ,
    SMMU3_IRQ_LINE_CMDQ_SYNC,
    SMMU3_IRQ_LINE_GERROR,
    SMMU3_IRQ_LINES,
};

/*
 * What an invalidation may have changed: whoever holds results of
 * smmu3_translate() drops those of these streams and input addresses.
 * Bounds are inclusive.
 */
struct smmu3_stale {
    enum smmu3_space space; /* whose StreamIDs these are; SMMU3_SPACES: all */
    uint32_t sid_first;
    uint32_t sid_last;
    uint64_t addr_first;
    uint64_t addr_last;
};

struct smmu3_host {
    /* Handed to every callback. */
    void *opaque;

    /*
     * Reads or writes @len bytes (at most 64) of physical memory in @space.
     * False is an external abort. Naturally aligned 8-byte pieces are
     * single-copy atomic (3.21.1). Called with no lock of the core held, from
     * any thread that called the core.
     */
    bool (*read)(void *opaque, enum smmu3_space space, uint64_t pa, void *buf,
                 size_t len);
    bool (*write)(void *opaque, enum smmu3_space space, uint64_t pa,
                  const void *buf, size_t len);

    /*
     * Replaces the 8 bytes at @pa, which is aligned, by @desired if they are
     * *@expected, in one single-copy atomic step against all other agents
     * (3.13); *@expected becomes what was there. Both are the bytes as a
     * little-endian number. False is an external abort. As read() otherwise.
     * NULL: memory that cannot do it.
     */
    bool (*cas)(void *opaque, enum smmu3_space space, uint64_t pa,
                uint64_t *expected, uint64_t desired);

    /* Pulses a wired interrupt; from any thread. */
    void (*irq)(void *opaque, enum smmu3_irq line);

    /*
     * Sends a message-signalled interrupt: writes the 32 bits @data to @addr
     * of @space, with the SMMU's own DeviceID; @attr and @sh as in struct
     * smmu3_txn. False is an external abort. Only from the threads that may
     * also call smmu3_mmio_write(). May be NULL: every message aborts.
     */
    bool (*msi)(void *opaque, enum smmu3_space space, uint64_t addr,
                uint32_t data, uint8_t attr, uint8_t sh);

    /* See struct smmu3_stale; from the thread that called smmu3_mmio_write()
     * or smmu3_run(). */
    void (*stale)(void *opaque, const struct smmu3_stale *stale);

    /*
     * Delivers an ATS Invalidate Request to the function of its StreamID, from
     * the thread that called smmu3_mmio_write() or smmu3_run(). Returns what
     * became of it; after SMMU3_ATC_PENDING, smmu3_atc_inv_done() tells. A
     * StreamID without a function, or one without ATS, is SMMU3_ATC_DONE: the
     * answer is UR (4.5.1). How long to wait before SMMU3_ATC_TIMEOUT is the
     * host's to decide. NULL: no function has ATS.
     */
    enum smmu3_atc_status (*atc_invalidate)(void *opaque,
                                            const struct smmu3_atc_inv *inv);

    /*
     * Delivers a PRG Response to the function of its StreamID: from the thread
     * that called smmu3_mmio_write() or smmu3_run(), or, where the SMMU answers
     * by itself, smmu3_page_request(). NULL: no function has PRI.
     */
    void (*prg_response)(void *opaque, const struct smmu3_prg_response *resp);

    /*
     * The wait of a transaction for which smmu3_translate() gave SMMU3_STALLED
     * is over: @stall is the master's again, which does as @action says. From
     * the thread that called smmu3_mmio_write(), smmu3_run() or smmu3_reset();
     * that may be before smmu3_translate() has returned in another thread.
     * NULL: no transaction ever waits.
     */
    void (*stall_done)(void *opaque, struct smmu3_stall *stall,
                       enum smmu3_stall_action action);

    /*
     * There is deferred work: call smmu3_run() soon, in the thread and under
     * the lock in which MMIO is served, but not from inside this call. From
     * any thread.
     */
    void (*kick)(void *opaque);

    /*
     * One mutex, not recursive, never held across another callback. Both may
     * be NULL in a program with one thread.
     */
    void (*lock)(void *opaque);
    void (*unlock)(void *opaque);
};

#endif
