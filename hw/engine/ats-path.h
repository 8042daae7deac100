/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of the test engine's transactions through ATS: address translation
 * cache, Translation Request, Page Request, Translated transaction.
 * Layer L4: no QEMU. Of the SMMU it knows the messages alone.
 *
 * It stands between the engine and its host: smmu3_engine_host.dma leads to
 * smmu3_ats_path_dma(), which leads to the host's own.
 *
 * Threads: all functions under one lock of the host's.
 */
#ifndef ATS_PATH_H
#define ATS_PATH_H

#include "atc.h"
#include "pri.h"
#include "test-engine.h"

struct smmu3_ats_path;

/* Why a transaction failed, in the frame's status word. */
enum smmu3_ats_reason {
    SMMU3_ATS_REASON_NONE,
    SMMU3_ATS_REASON_UR,         /* Translation Request: Unsupported Request */
    SMMU3_ATS_REASON_CA,         /* Translation Request: Completer Abort */
    SMMU3_ATS_REASON_PERMISSION, /* not granted, and no Page Request */
    SMMU3_ATS_REASON_INVALID,    /* Page Request: Invalid Request */
    SMMU3_ATS_REASON_FAILURE,    /* Page Request: Response Failure */
    SMMU3_ATS_REASON_PRI_OFF,    /* Page Requests are not enabled */
    SMMU3_ATS_REASON_GAVE_UP,    /* answers, but never a permission */
};

/* Page Requests that one transaction sends at most. */
#define SMMU3_ATS_PAGE_REQUESTS_MAX 16u

struct smmu3_ats_path_host {
    /* Handed to every callback. */
    void *opaque;

    /* One transaction, as in struct smmu3_engine_host; attrs->translated says
     * that @addr comes from ATS. */
    enum smmu3_engine_dma (*dma)(void *opaque, unsigned frame,
                                 const struct smmu3_engine_attrs *attrs,
                                 uint64_t addr, void *buf, size_t len,
                                 bool write);

    /* A transaction that was pending here has ended: smmu3_engine_dma_done().
     * From smmu3_ats_path_run(). */
    void (*done)(void *opaque, unsigned frame, bool ok);

    /* For the frame's status word: one more Page Request was sent, or the
     * transaction fails for @reason. */
    void (*note)(void *opaque, unsigned frame, bool page_request,
                 enum smmu3_ats_reason reason);

    /* There is work: call smmu3_ats_path_run() soon, but not from inside this
     * call. */
    void (*kick)(void *opaque);
};

/* @atc and @pri stay the caller's; @pri's answers are to come to
 * smmu3_ats_path_answer(), with the frame as owner. NULL: no memory. */
struct smmu3_ats_path *smmu3_ats_path_new(
    const struct smmu3_ats_path_host *host, struct smmu3_atc *atc,
    struct smmu3_pri *pri);
void smmu3_ats_path_free(struct smmu3_ats_path *p);

/* smmu3_engine_host.dma. Without attrs->ats the host's own. */
enum smmu3_engine_dma smmu3_ats_path_dma(struct smmu3_ats_path *p,
                                         unsigned frame,
                                         const struct smmu3_engine_attrs *attrs,
                                         uint64_t addr, void *buf, size_t len,
                                         bool write);

/* smmu3_engine_host.dma_cancel, of what waits here. */
void smmu3_ats_path_cancel(struct smmu3_ats_path *p, unsigned frame);

/* smmu3_pri_host.answer. */
void smmu3_ats_path_answer(struct smmu3_ats_path *p, unsigned frame,
                           enum smmu3_prg_code code);

/* The PRI capability was written: who waits for room tries again. */
void smmu3_ats_path_wake(struct smmu3_ats_path *p);

/* Goes on with the transactions whose wait is over. */
void smmu3_ats_path_run(struct smmu3_ats_path *p);

#endif
