/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address translation cache of a PCIe function: what its Translation
 * Requests brought, until an Invalidate Request takes it away.
 * Layer L4: no QEMU. Of the SMMU it knows the messages alone.
 *
 * Threads: all functions under one lock of the host's. The request callback
 * may lead to invalidations, and to a clear.
 */
#ifndef ATC_H
#define ATC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smmu3/ats.h"

#define SMMU3_ATC_ENTRIES_MAX 4096u

struct smmu3_atc;

struct smmu3_atc_entry {
    bool valid;
    /* Whose translation: of the requests that it may serve. */
    bool ssv;
    bool priv;
    uint32_t ssid;
    bool global; /* all PASIDs may use it */
    /* What for: 2^lg2_size bytes at @addr, found at @out. */
    uint8_t lg2_size;
    uint64_t addr;
    uint64_t out;
    bool r;
    bool w;
    bool exe;
    bool untranslated; /* the address is not to be used */
};

/* Sends a Translation Request; fills in the whole completion. */
typedef void smmu3_atc_request_fn(void *opaque,
                                  const struct smmu3_ats_request *req,
                                  struct smmu3_ats_completion *completion);

/* A cache of 1..SMMU3_ATC_ENTRIES_MAX entries; NULL if there is no memory or
 * @entries is out of range. */
struct smmu3_atc *smmu3_atc_new(unsigned entries, smmu3_atc_request_fn *request,
                                void *opaque);
void smmu3_atc_free(struct smmu3_atc *atc);

/* Drops everything, also what a request on its way will bring. */
void smmu3_atc_clear(struct smmu3_atc *atc);

/*
 * The entry that serves @req's PASID, privilege and address; NULL if there is
 * none. What it permits is the caller's to check. Valid until the next call.
 */
const struct smmu3_atc_entry *smmu3_atc_find(
    const struct smmu3_atc *atc, const struct smmu3_ats_request *req);

/*
 * Sends @req and keeps what comes back if it permits anything. If an
 * invalidation passes it on the way, the answer is discarded and the request
 * sent anew. After many such rounds the request ends as if aborted.
 */
void smmu3_atc_request(struct smmu3_atc *atc,
                       const struct smmu3_ats_request *req,
                       struct smmu3_ats_completion *completion);

/* An Invalidate Request arrives. True if it removed an entry. */
bool smmu3_atc_invalidate(struct smmu3_atc *atc,
                          const struct smmu3_atc_inv *inv);

#endif
