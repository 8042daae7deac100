/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PRI queue: page requests, and the answers that the SMMU gives by itself
 * (8).
 * Layer L3.
 *
 * Page requests come under the host's big lock, one after the other. Only a
 * queue that lies in a device's registers can make one arrive while another is
 * written; that one is answered as if the queue could not be written.
 */
#include "pmcg.h"
#include "xlat.h"

#include "event.h"
#include "queue.h"

#include "smmu3/priq.h"
#include "smmu3/regs.h"

enum fate {
    RECORD,  /* write it */
    LOST,    /* overflow */
    DISCARD, /* the queue is off or broken */
};

static bool is_stop_marker(const struct smmu3_page_request *req)
{
    return req->ssv && req->last && !req->read && !req->write;
}

static bool overflow_is_active(const struct smmu3_regs *r)
{
    return (r->priq_prod ^ r->priq_cons) & SMMU3_Q_OVFLG;
}

/* What becomes of a request, and *@addr where it is recorded. The lock is
 * held. */
static enum fate admit(struct smmu3 *s, struct smmu3_bank *b, uint64_t *addr)
{
    struct smmu3_regs *r = &b->regs;
    uint32_t enables = SMMU3_CR0_PRIQEN | SMMU3_CR0_SMMUEN;
    unsigned log2 = smmu3_queue_log2(r->priq_base, s->features.priqs);

    if (!s->features.pri || (r->cr0 & enables) != enables || b->priq_writing ||
        (r->gerror ^ r->gerrorn) & SMMU3_GERROR_PRIQ_ABT_ERR) {
        return DISCARD;
    }
    if (overflow_is_active(r)) {
        return LOST;
    }
    if (smmu3_queue_used(r->priq_prod, r->priq_cons, log2) >= SMMU3_BIT(log2)) {
        r->priq_prod ^= SMMU3_Q_OVFLG;
        return LOST;
    }
    *addr = smmu3_queue_addr(r->priq_base, r->priq_prod, log2,
                             SMMU3_PRIQ_ENTRY_SIZE, s->features.oas);
    b->priq_writing = true;
    return RECORD;
}

static void encode(const struct smmu3_page_request *req,
                   uint64_t words[SMMU3_PRIQ_ENTRY_WORDS])
{
    words[0] = 0;
    words[1] = 0;
    smmu3_put(words, SMMU3_PRIQ_STREAMID, req->sid);
    smmu3_put(words, SMMU3_PRIQ_SUBSTREAMID, req->ssv ? req->ssid : 0);
    smmu3_put(words, SMMU3_PRIQ_PRIV, req->ssv && req->priv);
    smmu3_put(words, SMMU3_PRIQ_EXEC, req->ssv && req->exe);
    smmu3_put(words, SMMU3_PRIQ_READ, req->read);
    smmu3_put(words, SMMU3_PRIQ_WRITE, req->write);
    smmu3_put(words, SMMU3_PRIQ_LAST, req->last);
    smmu3_put(words, SMMU3_PRIQ_SSV, req->ssv);
    smmu3_put(words, SMMU3_PRIQ_PRGINDEX, req->prgindex);
    smmu3_put(words, SMMU3_PRIQ_ADDRESS, req->addr >> 12);
}

/* Of a Stop Marker there is nothing to answer (8.2). */
static void respond(struct smmu3 *s, const struct smmu3_page_request *req,
                    bool pasid, enum smmu3_prg_code code)
{
    const struct smmu3_prg_response resp = {
        .sid = req->sid,
        .ssid = pasid ? req->ssid : 0,
        .ssv = pasid,
        .prgindex = req->prgindex & SMMU3_PRGINDEX_MAX,
        .code = code,
    };

    if (s->host.prg_response && !is_stop_marker(req)) {
        s->host.prg_response(s->host.opaque, &resp);
    }
}

/* The STE of a lost request, for its PPAR. False, with an event if it is
 * wanted: there is none that is valid (8.1). */
static bool find_ppar(struct smmu3 *s, const struct smmu3_page_request *req,
                      bool *ppar)
{
    const struct smmu3_txn txn = {
        .sid = req->sid,
        .ssid = req->ssid,
        .ssv = req->ssv,
        .access = SMMU3_READ,
        .addr = req->addr,
        .attr = 0xff,
    };
    uint64_t words[SMMU3_EVENT_WORDS];
    struct smmu3_xlat x;
    bool found;

    smmu3_xlat_begin(&x, s, &txn);
    found = smmu3_find_ste(&x);
    if (smmu3_pmu_is_wanted(s)) {
        smmu3_pmu_account(&x, false);
    }
    if (found) {
        *ppar = x.ste.ppar;
        return true;
    }
    if (x.rule != SMMU3_FAULT_SILENT && x.cr2 & SMMU3_CR2_REC_CFG_ATS) {
        smmu3_event_encode(&x.fault, &txn, words);
        smmu3_eventq_report(s, x.bank, words);
    }
    return false;
}

/* The end of a group that did not fit is answered, so that the function can
 * try again (8.1). */
static void respond_to_lost(struct smmu3 *s,
                            const struct smmu3_page_request *req)
{
    bool pasid = req->ssv;

    if (!req->last || is_stop_marker(req)) {
        return;
    }
    if (req->ssv && !s->features.pps && !find_ppar(s, req, &pasid)) {
        respond(s, req, false, SMMU3_PRG_FAILURE);
        return;
    }
    respond(s, req, pasid, SMMU3_PRG_SUCCESS);
}

/* The end of a write. Returns the interrupt to raise, or SMMU3_IRQ_LINES. */
static enum smmu3_irq settle(struct smmu3 *s, struct smmu3_bank *b,
                             const struct smmu3_page_request *req, bool written)
{
    struct smmu3_regs *r = &b->regs;
    enum smmu3_irq line = SMMU3_IRQ_LINES;

    smmu3_lock(s);
    b->priq_writing = false;
    if (written) {
        unsigned log2 = smmu3_queue_log2(r->priq_base, s->features.priqs);
        bool empty = smmu3_queue_used(r->priq_prod, r->priq_cons, log2) == 0;

        r->priq_prod = (r->priq_prod & SMMU3_Q_OVFLG) |
                       smmu3_queue_next(r->priq_prod, 1, log2);
        s->stats.page_requests++;
        if (r->irq_cfg[SMMU3_IRQ_LINE_PRIQ].cfg2 & SMMU3_PRIQ_IRQ_CFG2_LO
                ? req->last
                : empty) {
            line = SMMU3_IRQ_LINE_PRIQ;
        }
    } else if (smmu3_gerror_toggle(b, SMMU3_GERROR_PRIQ_ABT_ERR)) {
        line = SMMU3_IRQ_LINE_GERROR;
    }
    smmu3_unlock(s);
    return line;
}

static void write_entry(struct smmu3 *s, struct smmu3_bank *b,
                        const struct smmu3_page_request *req, uint64_t addr)
{
    uint64_t words[SMMU3_PRIQ_ENTRY_WORDS];
    uint8_t raw[SMMU3_PRIQ_ENTRY_SIZE];
    enum smmu3_irq line;
    bool written;

    encode(req, words);
    smmu3_st64le(raw, words[0]);
    smmu3_st64le(raw + 8, words[1]);
    written = s->host.write(s->host.opaque, b->space, addr, raw, sizeof(raw));
    line = settle(s, b, req, written);
    if (line != SMMU3_IRQ_LINES) {
        smmu3_irq_pulse(s, b, line);
    }
    if (!written) {
        respond(s, req, false, SMMU3_PRG_FAILURE);
    }
}

void smmu3_page_request(struct smmu3 *s, const struct smmu3_page_request *req)
{
    struct smmu3_bank *b = &s->bank[SMMU3_NS];
    struct smmu3_page_request r = *req;
    uint64_t addr = 0;
    enum fate fate;
    bool irq;

    /* SSV is 0 where there are no SubstreamIDs (8). */
    r.ssv = r.ssv && s->features.ssidsize;
    smmu3_lock(s);
    fate = admit(s, b, &addr);
    s->stats.page_requests_lost += fate != RECORD;
    irq = fate == LOST && r.last &&
          b->regs.irq_cfg[SMMU3_IRQ_LINE_PRIQ].cfg2 & SMMU3_PRIQ_IRQ_CFG2_LO;
    smmu3_unlock(s);
    switch (fate) {
    case RECORD:
        write_entry(s, b, &r, addr);
        break;
    case LOST:
        if (irq) {
            smmu3_irq_pulse(s, b, SMMU3_IRQ_LINE_PRIQ);
        }
        respond_to_lost(s, &r);
        break;
    case DISCARD:
        respond(s, &r, false, SMMU3_PRG_FAILURE);
        break;
    }
}
