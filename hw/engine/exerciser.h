/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's BSA/SBSA Exerciser: a PCIe endpoint that the architecture compliance
 * suites drive through a few registers. It does one DMA at a time between a
 * memory of its own and the bus, with attributes that an ordinary device would
 * not choose, sends interrupts and Translation Requests, and traces the
 * accesses that reach it. The programming interface is the public one.
 * Layer L4: no QEMU. Of the SMMU it knows the messages of ATS alone.
 *
 * Everything happens inside the register access that asks for it: the suites
 * look at the result at once.
 *
 * Threads: all functions under one lock of the host's. The callbacks may lead
 * to invalidations, to traced accesses and to a reset.
 */
#ifndef EXERCISER_H
#define EXERCISER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atc.h"

struct smmu3_exerciser;

#define SMMU3_EXERCISER_REGS_SIZE 0x1000u /* BAR 0 */
#define SMMU3_EXERCISER_MEM_SIZE 0x4000u  /* BAR 1 */
#define SMMU3_EXERCISER_VECTORS 2048u

/* Traced accesses that are kept at most. */
#define SMMU3_EXERCISER_TRACE_MAX 32u
#define SMMU3_EXERCISER_TRACE_DEFAULT 16u

/* The longest transaction, and the boundary that none crosses (PCIe). */
#define SMMU3_EXERCISER_BURST 4096u

/* What a request on the bus carries besides its address and data. */
struct smmu3_exerciser_attrs {
    bool ssv; /* with PASID @ssid */
    uint32_t ssid;
    bool priv;
    bool exe;
    bool no_snoop;
    bool translated; /* AT = Translated */
    bool reserved;   /* AT = 11b, which no receiver takes */
    bool rid_valid;  /* Requester ID @rid, instead of the function's own */
    uint16_t rid;
};

struct smmu3_exerciser_host {
    /* Handed to every callback. */
    void *opaque;

    /* One transaction of 1..SMMU3_EXERCISER_BURST bytes, to memory if @write.
     * False: it was aborted, or could not be sent. */
    bool (*dma)(void *opaque, const struct smmu3_exerciser_attrs *attrs,
                uint64_t addr, void *buf, size_t len, bool write);

    /* Sends MSI-X @vector, below SMMU3_EXERCISER_VECTORS. */
    void (*msi)(void *opaque, unsigned vector);

    /* Sets the level of INTx. */
    void (*intx)(void *opaque, bool level);
};

/* @atc: its cache, of one entry; it stays the caller's. @trace_entries:
 * 1..SMMU3_EXERCISER_TRACE_MAX. NULL if out of range, or there is no memory.
 * @host is copied. */
struct smmu3_exerciser *smmu3_exerciser_new(
    const struct smmu3_exerciser_host *host, struct smmu3_atc *atc,
    unsigned trace_entries);
void smmu3_exerciser_free(struct smmu3_exerciser *x);
void smmu3_exerciser_reset(struct smmu3_exerciser *x);

/*
 * Accesses of 1, 2, 4 or 8 bytes to the registers and to the memory, at any
 * alignment; what lies beyond the end reads as zero and is not written.
 */
uint64_t smmu3_exerciser_read_reg(struct smmu3_exerciser *x, uint32_t offset,
                                  unsigned size);
void smmu3_exerciser_write_reg(struct smmu3_exerciser *x, uint32_t offset,
                               uint64_t value, unsigned size);
uint64_t smmu3_exerciser_read_mem(const struct smmu3_exerciser *x,
                                  uint32_t offset, unsigned size);
void smmu3_exerciser_write_mem(struct smmu3_exerciser *x, uint32_t offset,
                               uint64_t value, unsigned size);

/* An access from the bus, as its trace shows it. */
struct smmu3_exerciser_access {
    bool config; /* to configuration space, else to a BAR */
    bool read;
    uint8_t size; /* bytes: a power of two */
    uint64_t addr;
    uint64_t data;
};

/* Records it, if the trace runs and is not full. An access to the registers of
 * the trace itself is the caller's to leave out: see
 * smmu3_exerciser_is_trace_reg(). */
void smmu3_exerciser_trace(struct smmu3_exerciser *x,
                           const struct smmu3_exerciser_access *access);
bool smmu3_exerciser_is_trace_reg(uint32_t offset);

/* An invalidation has emptied the cache. */
void smmu3_exerciser_invalidated(struct smmu3_exerciser *x);

#endif
