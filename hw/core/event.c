/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encoding of event records (7.3).
 * Layer L2.
 */
#include "event.h"

#include <string.h>

/* What each event records besides number and StreamID (7.3.2-7.3.20). */
enum {
    HAS_SSID = 1u << 0,
    HAS_FETCHADDR = 1u << 1,
    HAS_ACCESS = 1u << 2, /* PnU, InD, RnW, InputAddr */
    HAS_STAGE = 1u << 3,  /* S2, CLASS */
    HAS_IPA = 1u << 4,    /* valid if S2 = 1 */
    HAS_TTRNW = 1u << 5,
    HAS_ONLY_SSID = 1u << 6, /* SubstreamID valid, no SSV bit */
    HAS_RNW = 1u << 7,       /* RnW, InputAddr */
};

#define TRANSLATION (HAS_SSID | HAS_ACCESS | HAS_STAGE | HAS_IPA)

static const uint8_t event_fields[] = {
    [SMMU3_C_BAD_STREAMID] = HAS_SSID,
    [SMMU3_F_STE_FETCH] = HAS_SSID | HAS_FETCHADDR,
    [SMMU3_C_BAD_STE] = HAS_SSID,
    [SMMU3_F_STREAM_DISABLED] = 0,
    [SMMU3_F_TRANSL_FORBIDDEN] = HAS_RNW,
    [SMMU3_C_BAD_SUBSTREAMID] = HAS_ONLY_SSID,
    [SMMU3_F_CD_FETCH] = HAS_SSID | HAS_FETCHADDR,
    [SMMU3_C_BAD_CD] = HAS_SSID,
    [SMMU3_F_WALK_EABT] = HAS_SSID | HAS_ACCESS | HAS_STAGE | HAS_FETCHADDR,
    [SMMU3_F_TRANSLATION] = TRANSLATION,
    [SMMU3_F_ADDR_SIZE] = TRANSLATION,
    [SMMU3_F_ACCESS] = TRANSLATION,
    [SMMU3_F_PERMISSION] = TRANSLATION | HAS_TTRNW,
    [SMMU3_F_TLB_CONFLICT] = TRANSLATION, /* CLASS is 0 */
};

void smmu3_event_encode(const struct smmu3_fault *fault,
                        const struct smmu3_txn *txn,
                        uint64_t words[SMMU3_EVENT_WORDS])
{
    unsigned has = event_fields[fault->event];

    memset(words, 0, SMMU3_EVENT_WORDS * sizeof(*words));
    smmu3_put(words, SMMU3_EVENT_NUMBER, fault->event);
    smmu3_put(words, SMMU3_EVENT_STREAMID, txn->sid);
    /* An L1CD may be missing for traffic without one: then 0. */
    if (has & HAS_ONLY_SSID && txn->ssv) {
        smmu3_put(words, SMMU3_EVENT_SUBSTREAMID, txn->ssid);
    }
    if (has & HAS_SSID && txn->ssv) {
        smmu3_put(words, SMMU3_EVENT_SSV, 1);
        smmu3_put(words, SMMU3_EVENT_SUBSTREAMID, txn->ssid);
    }
    if (has & (HAS_ACCESS | HAS_RNW)) {
        smmu3_put(words, SMMU3_EVENT_RNW, fault->rnw);
        smmu3_put(words, SMMU3_EVENT_INPUTADDR, txn->addr);
    }
    if (has & HAS_ACCESS) {
        smmu3_put(words, SMMU3_EVENT_PNU, txn->pnu);
        smmu3_put(words, SMMU3_EVENT_IND,
                  txn->ind && txn->access == SMMU3_READ);
    }
    if (has & HAS_STAGE) {
        smmu3_put(words, SMMU3_EVENT_S2, fault->s2);
        smmu3_put(words, SMMU3_EVENT_NSIPA, fault->s2 && fault->nsipa);
        smmu3_put(words, SMMU3_EVENT_CLASS, fault->class_of);
    }
    if (has & HAS_TTRNW && fault->class_of == SMMU3_CLASS_TT) {
        smmu3_put(words, SMMU3_EVENT_TTRNW, fault->ttrnw);
    }
    if (has & HAS_FETCHADDR) {
        words[3] = fault->fetch_addr & SMMU3_EVENT_FETCHADDR_MASK;
    }
    if (has & HAS_IPA && fault->s2) {
        words[3] = fault->ipa & SMMU3_EVENT_IPA_MASK;
    }
}

void smmu3_event_encode_treq(const struct smmu3_ats_request *req,
                             uint64_t words[SMMU3_EVENT_WORDS])
{
    memset(words, 0, SMMU3_EVENT_WORDS * sizeof(*words));
    smmu3_put(words, SMMU3_EVENT_NUMBER, SMMU3_F_BAD_ATS_TREQ);
    smmu3_put(words, SMMU3_EVENT_STREAMID, req->sid);
    if (req->ssv) {
        smmu3_put(words, SMMU3_EVENT_SSV, 1);
        smmu3_put(words, SMMU3_EVENT_SUBSTREAMID, req->ssid);
        smmu3_put(words, SMMU3_EVENT_TREQ_PRIV, req->priv);
        smmu3_put(words, SMMU3_EVENT_TREQ_EXE, req->exe);
    }
    smmu3_put(words, SMMU3_EVENT_TREQ_SPAN, req->span);
    smmu3_put(words, SMMU3_EVENT_TREQ_WRITE, !req->no_write);
    smmu3_put(words, SMMU3_EVENT_TREQ_READ, 1);
    smmu3_put(words, SMMU3_EVENT_INPUTADDR,
              req->addr & SMMU3_EVENT_TREQ_ADDR_MASK);
}
