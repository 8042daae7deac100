/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event queue: delivery of records, overflow, write aborts (7.2, 7.4).
 * Layer L3.
 *
 * Faults come from any thread, and the queue's memory may belong to a device,
 * so no lock is held while a record is written. Instead one reporter at a time
 * drains a short list of pending records, in order. Space in the queue is
 * accounted for when a record joins the list: what joined is not lost.
 */
#include "state.h"

#include <string.h>

#include "queue.h"

#include "smmu3/observer.h"
#include "smmu3/regs.h"

enum verdict {
    JOINED,
    LOST,
    DISCARDED
};

/* The lock is held. */
static enum verdict join(struct smmu3 *s, const uint64_t *words)
{
    struct smmu3_eventq *q = &s->eventq;
    struct smmu3_regs *r = &s->regs;
    unsigned log2 = smmu3_queue_log2(r->eventq_base, s->features.eventqs);
    uint32_t used = smmu3_queue_used(r->eventq_prod, r->eventq_cons, log2);

    if (!(r->cr0 & SMMU3_CR0_EVENTQEN) ||
        (r->gerror ^ r->gerrorn) & SMMU3_GERROR_EVENTQ_ABT_ERR) {
        return DISCARDED;
    }
    if (used + q->count >= SMMU3_BIT(log2) ||
        q->count == SMMU3_EVENTQ_PENDING) {
        if (!((r->eventq_prod ^ r->eventq_cons) & SMMU3_Q_OVFLG)) {
            r->eventq_prod ^= SMMU3_Q_OVFLG;
        }
        return LOST;
    }
    memcpy(q->words[(q->first + q->count) % SMMU3_EVENTQ_PENDING], words,
           sizeof(q->words[0]));
    q->count++;
    return JOINED;
}

/* Writes the first pending record. The lock is held, and dropped meanwhile.
 * False: the write aborted. */
static bool write_first(struct smmu3 *s)
{
    struct smmu3_eventq *q = &s->eventq;
    struct smmu3_regs *r = &s->regs;
    unsigned log2 = smmu3_queue_log2(r->eventq_base, s->features.eventqs);
    uint64_t addr = smmu3_queue_addr(r->eventq_base, r->eventq_prod, log2,
                                     SMMU3_EVENT_SIZE, s->features.oas);
    uint8_t raw[SMMU3_EVENT_SIZE];
    bool done;

    for (unsigned i = 0; i < SMMU3_EVENT_WORDS; i++) {
        smmu3_st64le(raw + 8 * i, q->words[q->first][i]);
    }
    smmu3_unlock(s);
    done = s->host.write(s->host.opaque, addr, raw, sizeof(raw));
    smmu3_lock(s);
    return done;
}

/* Makes the record that was written visible: PROD moves past it. The lock is
 * held. True if the queue was empty. */
static bool publish(struct smmu3 *s)
{
    struct smmu3_eventq *q = &s->eventq;
    struct smmu3_regs *r = &s->regs;
    unsigned log2 = smmu3_queue_log2(r->eventq_base, s->features.eventqs);
    bool was_empty =
        smmu3_queue_used(r->eventq_prod, r->eventq_cons, log2) == 0;

    s->stats.events_recorded++;
    s->stats.events[q->words[q->first][0] & 0xff]++;
    r->eventq_prod = (r->eventq_prod & SMMU3_Q_OVFLG) |
                     smmu3_queue_next(r->eventq_prod, 1, log2);
    q->first = (q->first + 1) % SMMU3_EVENTQ_PENDING;
    q->count--;
    return was_empty;
}

static void drain(struct smmu3 *s)
{
    struct smmu3_eventq *q = &s->eventq;

    smmu3_lock(s);
    if (q->draining) {
        smmu3_unlock(s);
        return;
    }
    q->draining = true;
    while (q->count) {
        bool done = write_first(s);
        bool was_empty = false;

        /* A reset may have emptied the list meanwhile. */
        if (q->count && done) {
            was_empty = publish(s);
        } else if (!done) {
            s->stats.events_lost += q->count;
            q->count = 0;
        }
        smmu3_unlock(s);
        if (!done) {
            smmu3_gerror_raise(s, SMMU3_GERROR_EVENTQ_ABT_ERR);
        } else if (was_empty) {
            smmu3_irq_pulse(s, SMMU3_IRQ_LINE_EVENTQ);
        }
        smmu3_lock(s);
    }
    q->draining = false;
    smmu3_unlock(s);
}

void smmu3_eventq_report(struct smmu3 *s, const uint64_t *words)
{
    enum verdict verdict;

    smmu3_lock(s);
    verdict = join(s, words);
    if (verdict != JOINED) {
        s->stats.events_lost++;
    }
    smmu3_unlock(s);
    if (s->observer.notify) {
        struct smmu3_obs obs = { .kind = SMMU3_OBS_EVENT };

        obs.event.words = words;
        obs.event.lost = verdict != JOINED;
        s->observer.notify(s->observer.opaque, &obs);
    }
    if (verdict == JOINED) {
        drain(s);
    }
}

bool smmu3_eventq_idle(struct smmu3 *s)
{
    bool idle;

    smmu3_lock(s);
    idle = !s->eventq.draining;
    smmu3_unlock(s);
    return idle;
}
