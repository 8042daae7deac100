/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATS: Translation Requests and Translated transactions (3.9.1, 13.6, 13.7).
 * Layer L3.
 */
#include "xlat.h"

#include <string.h>

#include "event.h"

#include "smmu3/observer.h"
#include "smmu3/regs.h"
#include "smmu3/ste.h"

static bool is_translation_fault(enum smmu3_event event)
{
    return event == SMMU3_F_TRANSLATION || event == SMMU3_F_ADDR_SIZE ||
           event == SMMU3_F_ACCESS || event == SMMU3_F_PERMISSION;
}

/* Configuration errors that ATS traffic meets are recorded only on demand. */
static enum smmu3_fault_rule config_rule(const struct smmu3_xlat *x)
{
    return x->cr2 & SMMU3_CR2_REC_CFG_ATS ? SMMU3_FAULT_ALWAYS
                                          : SMMU3_FAULT_SILENT;
}

static bool is_secure(const struct smmu3_xlat *x)
{
    return x->bank->space == SMMU3_S;
}

/* log2 of the Smallest Translation Unit: the smallest granule (3.9.1). */
static uint8_t stu_lg2(const struct smmu3_features *f)
{
    return f->gran4k ? 12 : f->gran16k ? 14 : 16;
}

/* An address beyond OAS aborts silently (3.9.1.1: the other choice is to cut
 * it). */
static bool pass_translated(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    if (x->txn->addr & ~smmu3_low(x->s->features.oas)) {
        return smmu3_xlat_fail(x, SMMU3_EVENT_NONE, SMMU3_FAULT_SILENT);
    }
    return smmu3_xlat_pass_through(x, hit);
}

static bool forbidden(struct smmu3_xlat *x)
{
    return smmu3_xlat_fail(x, SMMU3_F_TRANSL_FORBIDDEN, SMMU3_FAULT_ALWAYS);
}

/* With a PASID the context is looked up, and what is wrong with it reported,
 * though full ATS does not use it (3.9.1.3). */
static bool check_pasid(struct smmu3_xlat *x)
{
    if (!x->txn->ssv || smmu3_xlat_context(x)) {
        return true;
    }
    if (!is_translation_fault(x->fault.event)) {
        x->rule = config_rule(x);
    }
    return false;
}

/* In the order of 3.9.1.3. */
bool smmu3_ats_translated(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    if (!x->s->features.ats) {
        return smmu3_xlat_fail(x, SMMU3_EVENT_NONE, SMMU3_FAULT_SILENT);
    }
    if (!(x->cr0 & SMMU3_CR0_SMMUEN) || is_secure(x)) {
        return forbidden(x);
    }
    if (!(x->cr0 & SMMU3_CR0_ATSCHK)) {
        return pass_translated(x, hit);
    }
    if (!smmu3_find_ste(x)) {
        /* C_BAD_STREAMID too, whatever RECINVSID. */
        x->rule = config_rule(x);
        return false;
    }
    if (x->ste.abort) {
        return smmu3_xlat_fail(x, SMMU3_EVENT_NONE, SMMU3_FAULT_SILENT);
    }
    if (x->ste.eats == SMMU3_STE_EATS_OFF) {
        return forbidden(x);
    }
    if (!check_pasid(x)) {
        return false;
    }
    return x->ste.eats == SMMU3_STE_EATS_SPLIT ? smmu3_xlat_stage2_only(x, hit)
                                               : pass_translated(x, hit);
}

/* The decisions on a Translation Request (3.9.1.2). False with the fault set.
 */
static bool decide(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    if (!x->s->features.ats) {
        return smmu3_xlat_fail(x, SMMU3_EVENT_NONE, SMMU3_FAULT_SILENT);
    }
    if (!(x->cr0 & SMMU3_CR0_SMMUEN) || is_secure(x)) {
        return smmu3_xlat_fail(x, SMMU3_F_BAD_ATS_TREQ, SMMU3_FAULT_ALWAYS);
    }
    if (!smmu3_find_ste(x)) {
        return false;
    }
    if (x->ste.abort) {
        return smmu3_xlat_fail(x, SMMU3_EVENT_NONE, SMMU3_FAULT_SILENT);
    }
    if (x->ste.eats == SMMU3_STE_EATS_OFF) {
        return smmu3_xlat_fail(x, SMMU3_F_BAD_ATS_TREQ, SMMU3_FAULT_ALWAYS);
    }
    return smmu3_xlat_stream(x, hit);
}

/* An entry without permissions: as large as the STU (3.9.1.2). */
static void grant_nothing(const struct smmu3_xlat *x,
                          struct smmu3_ats_completion *c)
{
    c->status = SMMU3_ATS_SUCCESS;
    c->lg2_size = stu_lg2(&x->s->features);
    c->priv = x->incoming->pnu;
}

/* Read and Execute: INSTCFG has a say in both (13.7.1). */
static void grant_reads(const struct smmu3_xlat *x, uint8_t perm,
                        struct smmu3_ats_completion *c)
{
    unsigned shift = x->txn->pnu ? 3 : 0; /* SMMU3_LEAF_U* to _P* */
    bool executable = perm & (SMMU3_LEAF_UX << shift);

    c->r = perm & (SMMU3_LEAF_UR << shift);
    switch (x->override.instcfg) {
    case SMMU3_INSTCFG_INSTRUCTION:
        c->r = executable;
        break;
    case SMMU3_INSTCFG_DATA:
        break;
    default:
        c->exe = x->incoming->ind && c->r && executable;
        return;
    }
    c->exe = x->incoming->ind && c->r;
}

/* What the tables grant to the request (13.7.1). */
static void grant(const struct smmu3_xlat *x, const struct smmu3_hit *hit,
                  struct smmu3_ats_completion *c)
{
    unsigned shift = x->txn->pnu ? 3 : 0; /* SMMU3_LEAF_U* to _P* */
    uint64_t out = hit->output;

    grant_nothing(x, c);
    grant_reads(x, hit->perm, c);
    c->w = hit->perm & (SMMU3_LEAF_UW << shift) && !x->ats->no_write;
    if (x->n.bypassed) {
        c->w = true; /* an identity entry allows both (13.6.4) */
    } else {
        c->lg2_size = hit->lg2_size;
    }
    if (!c->r && !c->w) {
        grant_nothing(x, c);
        return;
    }
    if (x->ste.eats == SMMU3_STE_EATS_SPLIT) {
        out = hit->ipa;
    }
    c->addr = out & ~smmu3_low(c->lg2_size);
}

void smmu3_ats_begin_record(struct smmu3_xlat *x)
{
    enum smmu3_event event = x->fault.event;

    if (event == SMMU3_F_BAD_ATS_TREQ) {
        smmu3_event_encode_treq(x->ats, x->record.words);
    } else if (event != SMMU3_EVENT_NONE && !is_translation_fault(event) &&
               x->rule != SMMU3_FAULT_SILENT &&
               x->cr2 & SMMU3_CR2_REC_CFG_ATS) {
        smmu3_event_encode(&x->fault, x->txn, x->record.words);
    } else {
        return;
    }
    smmu3_record_begin(x->s, x->bank, &x->record, false);
}

static void refuse(struct smmu3_xlat *x, struct smmu3_ats_completion *c)
{
    enum smmu3_event event = x->fault.event;

    if (is_translation_fault(event)) {
        grant_nothing(x, c);
    } else if (event == SMMU3_EVENT_NONE || event == SMMU3_F_BAD_ATS_TREQ) {
        c->status = SMMU3_ATS_UR;
    } else {
        c->status = SMMU3_ATS_CA;
    }
    smmu3_record_end(x->s, x->bank, &x->record);
}

/* Watchers hear of a Translation Request as of a transaction that succeeds if
 * anything is granted. */
static void observe(struct smmu3_xlat *x, const struct smmu3_ats_completion *c)
{
    struct smmu3_result result = {
        .outcome = c->r || c->w ? SMMU3_OK : SMMU3_ABORT,
        .pa = c->addr,
        .lg2_size = c->lg2_size ? c->lg2_size : 12,
        .perm = (c->r ? SMMU3_PERM_R : 0) | (c->w ? SMMU3_PERM_W : 0) |
                (c->exe ? SMMU3_PERM_X : 0),
        .attr = 0xff,
        .pnu = x->txn->pnu,
        .ind = x->txn->ind,
        .fault = x->fault,
    };
    struct smmu3_obs obs = { .kind = SMMU3_OBS_DONE };

    if (smmu3_xlat_is_observed(x)) {
        obs.done.result = &result;
        smmu3_xlat_observe(x, &obs);
    }
}

void smmu3_ats_request(struct smmu3 *s, const struct smmu3_ats_request *req,
                       struct smmu3_ats_completion *completion)
{
    /* Without a PASID there is neither privilege nor execution (13.7). */
    const struct smmu3_txn txn = {
        .sid = req->sid,
        .ssid = req->ssid,
        .ssv = req->ssv,
        .pnu = req->ssv && req->priv,
        .ind = req->ssv && req->exe,
        .access = SMMU3_READ,
        .addr = req->addr,
        .attr = 0xff,
    };
    struct smmu3_hit hit;
    struct smmu3_xlat x;
    unsigned attempt = 0;
    bool ok;

    memset(completion, 0, sizeof(*completion));
    do {
        smmu3_xlat_begin(&x, s, &txn);
        x.ats = req;
        ok = decide(&x, &hit);
    } while (!smmu3_xlat_settle(&x, ok, ++attempt));
    if (ok) {
        grant(&x, &hit, completion);
    } else {
        refuse(&x, completion);
    }
    observe(&x, completion);
}
