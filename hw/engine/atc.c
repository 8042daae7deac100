/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address translation cache of a PCIe function.
 * Layer L4: no QEMU. Of the SMMU it knows the messages alone.
 *
 * An entry goes when it is invalidated, or when its place is needed; never for
 * another reason, so a driver's missing invalidation shows.
 */
#include "atc.h"

#include <stdlib.h>
#include <string.h>

/* How often a request is repeated because of invalidations. */
#define ROUNDS_MAX 16u

/* So many invalidations are remembered during a request; one more, and its
 * answer counts as invalidated. */
#define PASSED_MAX 8u

struct smmu3_atc {
    smmu3_atc_request_fn *request;
    void *opaque;
    /* The request on its way, and the invalidations that passed it: which of
     * them matter is known when the size of its answer is. */
    const struct smmu3_ats_request *flight;
    struct smmu3_atc_inv passed[PASSED_MAX];
    unsigned passed_count;
    unsigned next; /* the place that is taken next */
    unsigned count;
    struct smmu3_atc_entry entries[];
};

/* The bytes of a region less one; @lg2_size 64 is everything. */
static uint64_t span(unsigned lg2_size)
{
    return lg2_size >= 64 ? UINT64_MAX : (UINT64_C(1) << lg2_size) - 1;
}

/* Do two naturally aligned regions share an address? */
static bool overlap(uint64_t a, unsigned a_lg2, uint64_t b, unsigned b_lg2)
{
    return ((a ^ b) & ~span(a_lg2 > b_lg2 ? a_lg2 : b_lg2)) == 0;
}

/* Does an invalidation mean the translations of a PASID, or of none? */
static bool names(const struct smmu3_atc_inv *inv, bool ssv, uint32_t ssid,
                  bool global)
{
    if (inv->ssv != ssv) {
        return false;
    }
    /* What all PASIDs share goes with the invalidation of any. */
    return !ssv || inv->global || global || inv->ssid == ssid;
}

static bool same_requester(const struct smmu3_atc_entry *e,
                           const struct smmu3_ats_request *req)
{
    return e->ssv == req->ssv && e->priv == (req->ssv && req->priv) &&
           (!e->ssv || e->global || e->ssid == req->ssid);
}

const struct smmu3_atc_entry *smmu3_atc_find(
    const struct smmu3_atc *atc, const struct smmu3_ats_request *req)
{
    for (unsigned i = 0; i < atc->count; i++) {
        const struct smmu3_atc_entry *e = &atc->entries[i];

        if (e->valid && same_requester(e, req) &&
            overlap(e->addr, e->lg2_size, req->addr, 0)) {
            return e;
        }
    }
    return NULL;
}

static void fill(struct smmu3_atc *atc, const struct smmu3_ats_request *req,
                 const struct smmu3_ats_completion *c)
{
    struct smmu3_atc_entry *place = NULL;
    struct smmu3_atc_entry new = {
        .valid = true,
        .ssv = req->ssv,
        .priv = req->ssv && req->priv,
        .ssid = req->ssv ? req->ssid : 0,
        .global = req->ssv && c->global,
        .lg2_size = c->lg2_size,
        .addr = req->addr & ~span(c->lg2_size),
        .out = c->addr & ~span(c->lg2_size),
        .r = c->r,
        .w = c->w,
        .exe = c->exe,
        .untranslated = c->untranslated,
    };

    /* A newer answer about the same addresses takes the older one's place. */
    for (unsigned i = 0; i < atc->count; i++) {
        struct smmu3_atc_entry *e = &atc->entries[i];

        if (e->valid && same_requester(e, req) &&
            overlap(e->addr, e->lg2_size, new.addr, new.lg2_size)) {
            e->valid = false;
        }
    }
    for (unsigned i = 0; !place && i < atc->count; i++) {
        place = atc->entries[i].valid ? NULL : &atc->entries[i];
    }
    if (!place) {
        place = &atc->entries[atc->next];
        atc->next = (atc->next + 1) % atc->count;
    }
    *place = new;
}

/* Was the answer invalidated before it arrived? */
static bool outdated(const struct smmu3_atc *atc,
                     const struct smmu3_ats_request *req,
                     const struct smmu3_ats_completion *c)
{
    if (atc->passed_count > PASSED_MAX) {
        return true;
    }
    for (unsigned i = 0; i < atc->passed_count; i++) {
        const struct smmu3_atc_inv *inv = &atc->passed[i];

        if (names(inv, req->ssv, req->ssid, c->global) &&
            overlap(req->addr, c->lg2_size, inv->addr, inv->lg2_size)) {
            return true;
        }
    }
    return false;
}

void smmu3_atc_request(struct smmu3_atc *atc,
                       const struct smmu3_ats_request *req,
                       struct smmu3_ats_completion *completion)
{
    /* One at a time: a callback that asks again gets no answer. */
    bool nested = atc->flight != NULL;

    for (unsigned i = 0; i < ROUNDS_MAX && !nested; i++) {
        atc->flight = req;
        atc->passed_count = 0;
        memset(completion, 0, sizeof(*completion));
        atc->request(atc->opaque, req, completion);
        atc->flight = NULL;
        if (completion->status != SMMU3_ATS_SUCCESS) {
            return;
        }
        if (outdated(atc, req, completion)) {
            continue;
        }
        if (completion->r || completion->w) {
            fill(atc, req, completion);
        }
        return;
    }
    memset(completion, 0, sizeof(*completion));
    completion->status = SMMU3_ATS_CA;
}

bool smmu3_atc_invalidate(struct smmu3_atc *atc,
                          const struct smmu3_atc_inv *inv)
{
    bool removed = false;

    if (atc->flight && atc->passed_count++ < PASSED_MAX) {
        atc->passed[atc->passed_count - 1] = *inv;
    }
    for (unsigned i = 0; i < atc->count; i++) {
        struct smmu3_atc_entry *e = &atc->entries[i];

        if (e->valid && names(inv, e->ssv, e->ssid, e->global) &&
            overlap(e->addr, e->lg2_size, inv->addr, inv->lg2_size)) {
            e->valid = false;
            removed = true;
        }
    }
    return removed;
}

void smmu3_atc_clear(struct smmu3_atc *atc)
{
    for (unsigned i = 0; i < atc->count; i++) {
        atc->entries[i].valid = false;
    }
    atc->next = 0;
    atc->passed_count = PASSED_MAX + 1;
}

struct smmu3_atc *smmu3_atc_new(unsigned entries, smmu3_atc_request_fn *request,
                                void *opaque)
{
    struct smmu3_atc *atc;

    if (entries == 0 || entries > SMMU3_ATC_ENTRIES_MAX) {
        return NULL;
    }
    atc = calloc(1, sizeof(*atc) + entries * sizeof(atc->entries[0]));
    if (atc) {
        atc->request = request;
        atc->opaque = opaque;
        atc->count = entries;
    }
    return atc;
}

void smmu3_atc_free(struct smmu3_atc *atc)
{
    free(atc);
}
