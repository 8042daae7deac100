/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of the test engine's transactions through ATS.
 * Layer L4: no QEMU. Of the SMMU it knows the messages alone.
 */
#include "ats-path.h"

#include <stdlib.h>

enum wait {
    WAIT_NONE,
    WAIT_ANSWER, /* for a PRG Response */
    WAIT_ROOM,   /* for another frame's, to send a Page Request */
    WAIT_OVER,   /* smmu3_ats_path_run() goes on */
};

struct transaction {
    enum wait wait;
    bool going_on; /* inside smmu3_ats_path_run(), and not cancelled there */
    enum smmu3_prg_code code; /* of the last answer */
    unsigned page_requests;
    struct smmu3_engine_attrs attrs;
    uint64_t addr;
    void *buf;
    size_t len;
    bool write;
};

struct smmu3_ats_path {
    struct smmu3_ats_path_host host;
    struct smmu3_atc *atc;
    struct smmu3_pri *pri;
    unsigned waiting; /* transactions in any wait */
    struct transaction frames[SMMU3_ENGINE_FRAMES];
};

/* Privilege and instruction are part of the PASID prefix. */
static struct smmu3_ats_request ats_request(const struct transaction *t)
{
    return (struct smmu3_ats_request){
        .ssv = t->attrs.ssv,
        .ssid = t->attrs.ssv ? t->attrs.ssid : 0,
        .priv = t->attrs.ssv && t->attrs.pnu,
        .exe = t->attrs.ssv && t->attrs.ind && !t->write,
        .no_write = !t->write && !t->attrs.ats_write,
        .span = 1,
        .addr = t->addr,
    };
}

static struct smmu3_page_request page_request(const struct transaction *t)
{
    const struct smmu3_ats_request req = ats_request(t);

    return (struct smmu3_page_request){
        .ssv = req.ssv,
        .ssid = req.ssid,
        .priv = req.priv,
        .exe = req.exe,
        .read = !t->write,
        .write = !req.no_write,
        .addr = t->addr,
    };
}

static bool permits(const struct smmu3_atc_entry *e,
                    const struct smmu3_ats_request *req,
                    const struct transaction *t)
{
    return (t->write ? e->w : e->r) && (!req->exe || e->exe);
}

static enum smmu3_engine_dma fail(struct smmu3_ats_path *p, unsigned frame,
                                  enum smmu3_ats_reason reason)
{
    p->host.note(p->host.opaque, frame, false, reason);
    return SMMU3_ENGINE_DMA_ABORTED;
}

static void end_wait(struct smmu3_ats_path *p, struct transaction *t)
{
    p->waiting -= t->wait != WAIT_NONE;
    t->wait = WAIT_NONE;
}

/* The page is missing, or what is to be done with it is not permitted. */
static enum smmu3_engine_dma ask_for_page(struct smmu3_ats_path *p,
                                          unsigned frame)
{
    struct transaction *t = &p->frames[frame];
    const struct smmu3_page_request req = page_request(t);

    if (!t->attrs.pri) {
        return fail(p, frame, SMMU3_ATS_REASON_PERMISSION);
    }
    if (t->page_requests >= SMMU3_ATS_PAGE_REQUESTS_MAX) {
        return fail(p, frame, SMMU3_ATS_REASON_GAVE_UP);
    }
    /* Before it is sent: the answer may come at once. */
    t->wait = WAIT_ANSWER;
    p->waiting++;
    switch (smmu3_pri_request(p->pri, frame, &req)) {
    case SMMU3_PRI_SENT:
        if (t->wait == WAIT_NONE) {
            return SMMU3_ENGINE_DMA_ABORTED; /* cancelled meanwhile */
        }
        t->page_requests++;
        p->host.note(p->host.opaque, frame, true, SMMU3_ATS_REASON_NONE);
        return SMMU3_ENGINE_DMA_PENDING;
    case SMMU3_PRI_BUSY:
        t->wait = WAIT_ROOM;
        return SMMU3_ENGINE_DMA_PENDING;
    case SMMU3_PRI_OFF:
    default:
        end_wait(p, t);
        return fail(p, frame, SMMU3_ATS_REASON_PRI_OFF);
    }
}

/* The transaction with the translation @e; U: its address stays. */
static enum smmu3_engine_dma translated(struct smmu3_ats_path *p,
                                        unsigned frame,
                                        const struct smmu3_atc_entry *e)
{
    struct transaction *t = &p->frames[frame];
    struct smmu3_engine_attrs attrs = t->attrs;
    uint64_t addr = t->addr;

    if (!e->untranslated) {
        attrs.translated = true;
        addr = e->out + (t->addr - e->addr);
    }
    return p->host.dma(p->host.opaque, frame, &attrs, addr, t->buf, t->len,
                       t->write);
}

/* A transaction from its beginning, with the cache as it is now. */
static enum smmu3_engine_dma attempt(struct smmu3_ats_path *p, unsigned frame)
{
    struct transaction *t = &p->frames[frame];
    const struct smmu3_ats_request req = ats_request(t);
    const struct smmu3_atc_entry *e = smmu3_atc_find(p->atc, &req);
    struct smmu3_ats_completion c;

    if (e && permits(e, &req, t)) {
        return translated(p, frame, e);
    }
    smmu3_atc_request(p->atc, &req, &c);
    if (c.status != SMMU3_ATS_SUCCESS) {
        return fail(p, frame,
                    c.status == SMMU3_ATS_UR ? SMMU3_ATS_REASON_UR
                                             : SMMU3_ATS_REASON_CA);
    }
    e = smmu3_atc_find(p->atc, &req);
    if (e && permits(e, &req, t)) {
        return translated(p, frame, e);
    }
    return ask_for_page(p, frame);
}

enum smmu3_engine_dma smmu3_ats_path_dma(struct smmu3_ats_path *p,
                                         unsigned frame,
                                         const struct smmu3_engine_attrs *attrs,
                                         uint64_t addr, void *buf, size_t len,
                                         bool write)
{
    struct transaction *t = &p->frames[frame];

    if (!attrs->ats) {
        return p->host.dma(p->host.opaque, frame, attrs, addr, buf, len, write);
    }
    *t = (struct transaction){
        .attrs = *attrs,
        .addr = addr,
        .buf = buf,
        .len = len,
        .write = write,
    };
    return attempt(p, frame);
}

void smmu3_ats_path_cancel(struct smmu3_ats_path *p, unsigned frame)
{
    end_wait(p, &p->frames[frame]);
    p->frames[frame].going_on = false;
}

void smmu3_ats_path_wake(struct smmu3_ats_path *p)
{
    bool any = false;

    for (unsigned i = 0; p->waiting && i < SMMU3_ENGINE_FRAMES; i++) {
        if (p->frames[i].wait == WAIT_ROOM) {
            p->frames[i].wait = WAIT_OVER;
            p->frames[i].code = SMMU3_PRG_SUCCESS;
            any = true;
        }
    }
    if (any) {
        p->host.kick(p->host.opaque);
    }
}

void smmu3_ats_path_answer(struct smmu3_ats_path *p, unsigned frame,
                           enum smmu3_prg_code code)
{
    struct transaction *t = &p->frames[frame];

    if (t->wait == WAIT_ANSWER) {
        t->wait = WAIT_OVER;
        t->code = code;
        p->host.kick(p->host.opaque);
    }
    smmu3_ats_path_wake(p);
}

static enum smmu3_engine_dma resume(struct smmu3_ats_path *p, unsigned frame)
{
    switch (p->frames[frame].code) {
    case SMMU3_PRG_SUCCESS:
        return attempt(p, frame);
    case SMMU3_PRG_INVALID:
        return fail(p, frame, SMMU3_ATS_REASON_INVALID);
    case SMMU3_PRG_FAILURE:
    default:
        return fail(p, frame, SMMU3_ATS_REASON_FAILURE);
    }
}

void smmu3_ats_path_run(struct smmu3_ats_path *p)
{
    for (unsigned i = 0; p->waiting && i < SMMU3_ENGINE_FRAMES; i++) {
        struct transaction *t = &p->frames[i];
        enum smmu3_engine_dma end;

        if (t->wait != WAIT_OVER) {
            continue;
        }
        end_wait(p, t);
        t->going_on = true;
        end = resume(p, i);
        if (t->going_on && end != SMMU3_ENGINE_DMA_PENDING) {
            t->going_on = false;
            p->host.done(p->host.opaque, i, end == SMMU3_ENGINE_DMA_OK);
        }
    }
}

struct smmu3_ats_path *smmu3_ats_path_new(
    const struct smmu3_ats_path_host *host, struct smmu3_atc *atc,
    struct smmu3_pri *pri)
{
    struct smmu3_ats_path *p = calloc(1, sizeof(*p));

    if (p) {
        p->host = *host;
        p->atc = atc;
        p->pri = pri;
    }
    return p;
}

void smmu3_ats_path_free(struct smmu3_ats_path *p)
{
    free(p);
}
