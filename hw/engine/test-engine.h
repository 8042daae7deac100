/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine: a DMA master that tests program through register
 * frames. The programming interface is the public one of Arm's models, in its
 * PCIe form, so that existing drivers and test suites can use it; or, if it has
 * StreamIDs of its own, in the same form but for those.
 * Layer L4: knows neither the SMMU nor QEMU.
 *
 * Registers are pairs of 64 KiB pages: a user page, then a privileged page.
 * Each holds 512 frames of 128 bytes; frame N of both is one engine. Software
 * fills in the frame, then writes a command; the engine works in the
 * background and ends with HALTED or ERROR in the command field.
 *
 * Threads: all functions under one lock of the host's. The callbacks may lead
 * to further register accesses, and to a reset.
 */
#ifndef TEST_ENGINE_H
#define TEST_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smmu3_engine;

/* Frames, and interrupt vectors that a frame can name. */
#define SMMU3_ENGINE_PAIRS 2u
#define SMMU3_ENGINE_MMIO_SIZE (SMMU3_ENGINE_PAIRS * 0x20000u)
#define SMMU3_ENGINE_VECTORS 2048u

#define SMMU3_ENGINE_FRAMES (SMMU3_ENGINE_PAIRS * 512u)

/* The longest transaction, and the boundary that none crosses (PCIe). */
#define SMMU3_ENGINE_BURST 4096u

/* What a transaction carries besides its address and data. */
struct smmu3_engine_attrs {
    bool ssv; /* @ssid is valid */
    bool ind;
    bool pnu;
    bool ns;
    bool ats;        /* by way of ATS: see ats-path.h; of a PCIe engine */
    bool pri;        /* with Page Requests */
    bool ats_write;  /* Translation Requests of reads ask for writes too */
    bool translated; /* set by ats-path.c */
    uint32_t ssid;
    uint32_t sid; /* the frame's StreamID; of a platform engine */
    uint8_t attr; /* memory type as a MAIR byte */
    uint8_t sh;   /* shareability as SMMU_CR1 encodes it */
};

/* What became of a transaction. */
enum smmu3_engine_dma {
    SMMU3_ENGINE_DMA_ABORTED,
    SMMU3_ENGINE_DMA_OK,
    SMMU3_ENGINE_DMA_PENDING, /* smmu3_engine_dma_done() will tell */
};

struct smmu3_engine_host {
    /* Handed to every callback. */
    void *opaque;

    /*
     * One transaction of 1..SMMU3_ENGINE_BURST bytes, to memory if @write, of
     * @frame, which has no other until this one has ended. While it is pending
     * @buf stays where it is, and other frames go on.
     */
    enum smmu3_engine_dma (*dma)(void *opaque, unsigned frame,
                                 const struct smmu3_engine_attrs *attrs,
                                 uint64_t addr, void *buf, size_t len,
                                 bool write);

    /* The transaction of @frame, which is pending or inside dma(), is given up:
     * smmu3_engine_dma_done() must not come. NULL if none is ever pending. */
    void (*dma_cancel)(void *opaque, unsigned frame);

    /* Sends MSI-X @vector, below SMMU3_ENGINE_VECTORS, or pulses the only
     * interrupt there is. False: it could not be delivered. */
    bool (*msi)(void *opaque, unsigned vector);

    /* There is work: call smmu3_engine_run() soon, but not from inside this
     * call. */
    void (*kick)(void *opaque);

    /*
     * A platform engine's StreamIDs: @sids of them, from @sid on, which is
     * what a frame has after reset. @sids 0: the PCIe form, whose frames'
     * StreamID means nothing.
     */
    uint32_t sid;
    uint32_t sids;
    bool secure; /* they are Secure StreamIDs, its frames Secure ones */
};

/* NULL if there is no memory. @host is copied. */
struct smmu3_engine *smmu3_engine_new(const struct smmu3_engine_host *host);
void smmu3_engine_free(struct smmu3_engine *e);

/* Stops all work at once, without completions, and clears the frames. */
void smmu3_engine_reset(struct smmu3_engine *e);

/*
 * Register accesses of 1, 2, 4 or 8 bytes; the command is written by 4 bytes
 * alone. An access that leaves its frame reads as zero and is not written.
 */
uint64_t smmu3_engine_read(const struct smmu3_engine *e, uint32_t offset,
                           unsigned size);
void smmu3_engine_write(struct smmu3_engine *e, uint32_t offset, uint64_t value,
                        unsigned size);

/* The pending transaction of @frame has ended. Not from inside dma(). */
void smmu3_engine_dma_done(struct smmu3_engine *e, unsigned frame, bool ok);

/*
 * What became of @frame's transaction on its way through ATS, for the frame's
 * status word: one more Page Request was sent; enum smmu3_ats_reason, 0 if the
 * transaction has not failed.
 */
void smmu3_engine_note(struct smmu3_engine *e, unsigned frame,
                       bool page_request, unsigned reason);

/*
 * The attributes with which a transaction of @frame left the SMMU, before it
 * ends. Software finds them in udata[6], which the interface has no use for:
 * [7:0] memory type as a MAIR byte, [9:8] shareability, [10] instruction,
 * [11] privileged, [12] Non-secure.
 */
void smmu3_engine_dma_left(struct smmu3_engine *e, unsigned frame,
                           const struct smmu3_engine_attrs *attrs);

/* Does a bounded share of the work: at most about 64 KiB of data. True: there
 * is more, call again. What is pending is not work to do. */
bool smmu3_engine_run(struct smmu3_engine *e);

#endif
