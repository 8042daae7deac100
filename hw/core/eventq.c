/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event queue: delivery of records, overflow, write aborts (7.2, 7.4).
 * Layer L3.
 *
 * Faults come from any thread, and the queue's memory may belong to a device,
 * so no lock is held while a record is written. A reporter reserves the next
 * slot under the lock, writes it without, and PROD moves over all slots whose
 * records are complete: in order, whoever finishes first. Nobody waits.
 *
 * A reset, or an aborted write, gives up what is reserved. Reporters that are
 * still writing are then late: what they wrote counts for nothing, and until
 * the last of them is done no slot is given out, lest they write over it.
 */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "queue.h"

#include "smmu3/observer.h"
#include "smmu3/regs.h"

bool smmu3_eventq_init(struct smmu3_eventq *q, unsigned log2_max)
{
    q->complete = calloc(SMMU3_BIT(log2_max), sizeof(*q->complete));
    return q->complete;
}

void smmu3_eventq_free(struct smmu3_eventq *q)
{
    free(q->complete);
}

static unsigned queue_log2(const struct smmu3 *s, const struct smmu3_bank *b)
{
    return smmu3_queue_log2(b->regs.eventq_base, s->features.eventqs);
}

/* The mark of the @n-th slot behind PROD. The lock is held. */
static uint8_t *complete_at(struct smmu3_bank *b, uint32_t n, unsigned log2)
{
    return &b->eventq.complete[(b->regs.eventq_prod + n) &
                               (uint32_t)smmu3_low(log2)];
}

void smmu3_eventq_abandon(struct smmu3 *s, struct smmu3_bank *b)
{
    struct smmu3_eventq *q = &b->eventq;
    unsigned log2 = queue_log2(s, b);

    for (uint32_t n = 0; n < q->reserved; n++) {
        uint8_t *complete = complete_at(b, n, log2);

        s->stats.events_lost += *complete != 0;
        *complete = 0;
    }
    q->generation++;
    q->merge = false;
    q->late = q->writers;
    q->reserved = 0;
}

/* The lock is held. */
static bool is_full(const struct smmu3 *s, const struct smmu3_bank *b)
{
    const struct smmu3_regs *r = &b->regs;
    unsigned log2 = queue_log2(s, b);
    uint32_t used = smmu3_queue_used(r->eventq_prod, r->eventq_cons, log2);

    return used + b->eventq.reserved >= SMMU3_BIT(log2);
}

/* Writable but for its being full. The lock is held. */
static bool is_open(const struct smmu3_bank *b)
{
    const struct smmu3_regs *r = &b->regs;

    return r->cr0 & SMMU3_CR0_EVENTQEN && !b->eventq.late &&
           !((r->gerror ^ r->gerrorn) & SMMU3_GERROR_EVENTQ_ABT_ERR);
}

bool smmu3_eventq_writable(const struct smmu3 *s, const struct smmu3_bank *b)
{
    return is_open(b) && !is_full(s, b);
}

void smmu3_eventq_reserve(struct smmu3 *s, struct smmu3_bank *b,
                          struct smmu3_eventq_slot *slot)
{
    struct smmu3_eventq *q = &b->eventq;
    struct smmu3_regs *r = &b->regs;
    unsigned log2 = queue_log2(s, b);
    uint32_t next = smmu3_queue_next(r->eventq_prod, q->reserved, log2);

    slot->generation = q->generation;
    slot->index = next & (uint32_t)smmu3_low(log2);
    slot->addr = smmu3_queue_addr(r->eventq_base, next, log2, SMMU3_EVENT_SIZE,
                                  s->features.oas);
    q->reserved++;
    q->writers++;
}

/* Reserves the next slot, or discards the record. The lock is held. */
static bool reserve(struct smmu3 *s, struct smmu3_bank *b,
                    struct smmu3_eventq_slot *slot)
{
    struct smmu3_regs *r = &b->regs;

    if (smmu3_eventq_writable(s, b)) {
        smmu3_eventq_reserve(s, b, slot);
        return true;
    }
    if (is_open(b) && !((r->eventq_prod ^ r->eventq_cons) & SMMU3_Q_OVFLG)) {
        r->eventq_prod ^= SMMU3_Q_OVFLG;
    }
    return false;
}

/* PROD moves over the complete slots. The lock is held. True if the queue was
 * empty and is no longer. */
static bool publish(struct smmu3 *s, struct smmu3_bank *b)
{
    struct smmu3_eventq *q = &b->eventq;
    struct smmu3_regs *r = &b->regs;
    unsigned log2 = queue_log2(s, b);
    bool was_empty =
        smmu3_queue_used(r->eventq_prod, r->eventq_cons, log2) == 0;
    bool moved = false;

    while (q->reserved) {
        uint8_t *complete = complete_at(b, 0, log2);

        if (!*complete) {
            break;
        }
        s->stats.events_recorded++;
        s->stats.events[*complete]++;
        *complete = 0;
        q->reserved--;
        r->eventq_prod = (r->eventq_prod & SMMU3_Q_OVFLG) |
                         smmu3_queue_next(r->eventq_prod, 1, log2);
        moved = true;
    }
    return was_empty && moved;
}

/* Whether @slot, just published, is the newest record. The lock is held. */
static void note_last(struct smmu3 *s, struct smmu3_bank *b,
                      const struct smmu3_eventq_slot *slot,
                      const uint64_t *words)
{
    struct smmu3_eventq *q = &b->eventq;
    uint32_t mask = (uint32_t)smmu3_low(queue_log2(s, b));

    q->last_prod = b->regs.eventq_prod & (uint32_t)SMMU3_Q_INDEX;
    q->merge = slot->merge && !q->reserved &&
               ((q->last_prod ^ (slot->index + 1)) & mask) == 0;
    memcpy(q->last, words, sizeof(q->last));
}

/*
 * What follows from the write of @slot. An abort ends the delivery of all that
 * is not published, and PROD does not move for it (7.2.1). Returns the
 * interrupt to raise, or SMMU3_IRQ_LINES.
 */
static enum smmu3_irq settle(struct smmu3 *s, struct smmu3_bank *b,
                             const struct smmu3_eventq_slot *slot,
                             const uint64_t *words, bool written)
{
    struct smmu3_eventq *q = &b->eventq;
    enum smmu3_irq line = SMMU3_IRQ_LINES;
    bool reopened = false;

    smmu3_lock(s);
    q->writers--;
    if (slot->generation != q->generation) {
        q->late--;
        s->stats.events_lost++;
        reopened = !q->late;
    } else if (written) {
        q->complete[slot->index] = (uint8_t)words[0]; /* event number */
        line = publish(s, b) ? SMMU3_IRQ_LINE_EVENTQ : line;
        note_last(s, b, slot, words);
    } else {
        s->stats.events_lost++;
        smmu3_eventq_abandon(s, b);
        line = smmu3_gerror_toggle(b, SMMU3_GERROR_EVENTQ_ABT_ERR)
                   ? SMMU3_IRQ_LINE_GERROR
                   : line;
    }
    smmu3_unlock(s);
    if (reopened) {
        s->host.kick(s->host.opaque); /* smmu3_stall_wake() */
    }
    return line;
}

static void observe(struct smmu3 *s, const uint64_t *words, bool lost)
{
    if (s->observer.notify) {
        struct smmu3_obs obs = { .kind = SMMU3_OBS_EVENT };

        obs.event.words = words;
        obs.event.lost = lost;
        s->observer.notify(s->observer.opaque, &obs);
    }
}

void smmu3_eventq_write(struct smmu3 *s, struct smmu3_bank *b,
                        const struct smmu3_eventq_slot *slot,
                        const uint64_t *words)
{
    uint8_t raw[SMMU3_EVENT_SIZE];
    enum smmu3_irq line;
    bool written;

    for (unsigned i = 0; i < SMMU3_EVENT_WORDS; i++) {
        smmu3_st64le(raw + 8 * i, words[i]);
    }
    written =
        s->host.write(s->host.opaque, b->space, slot->addr, raw, sizeof(raw));
    line = settle(s, b, slot, words, written);
    if (line != SMMU3_IRQ_LINES) {
        smmu3_irq_pulse(s, b, line);
    }
    observe(s, words, !written);
}

/* The lock is held. */
static bool merges(const struct smmu3 *s, const struct smmu3_bank *b,
                   const uint64_t *words)
{
    const struct smmu3_eventq *q = &b->eventq;
    const struct smmu3_regs *r = &b->regs;

    return q->merge && !q->reserved && is_open(b) &&
           (r->eventq_prod & SMMU3_Q_INDEX) == q->last_prod &&
           smmu3_queue_used(r->eventq_prod, r->eventq_cons, queue_log2(s, b)) &&
           memcmp(q->last, words, sizeof(q->last)) == 0;
}

void smmu3_record_begin(struct smmu3 *s, struct smmu3_bank *b,
                        struct smmu3_record *rec, bool merge)
{
    if (merge && merges(s, b, rec->words)) {
        rec->fate = SMMU3_RECORD_MERGED;
        s->stats.events_merged++;
    } else if (reserve(s, b, &rec->slot)) {
        rec->fate = SMMU3_RECORD_RESERVED;
        rec->slot.merge = merge;
    } else {
        rec->fate = SMMU3_RECORD_DISCARDED;
        s->stats.events_lost++;
    }
}

void smmu3_record_end(struct smmu3 *s, struct smmu3_bank *b,
                      const struct smmu3_record *rec)
{
    if (rec->fate == SMMU3_RECORD_RESERVED) {
        smmu3_eventq_write(s, b, &rec->slot, rec->words);
    } else if (rec->fate == SMMU3_RECORD_DISCARDED) {
        observe(s, rec->words, true);
    }
}

void smmu3_eventq_report(struct smmu3 *s, struct smmu3_bank *b,
                         const uint64_t *words)
{
    struct smmu3_record rec;

    memcpy(rec.words, words, sizeof(rec.words));
    smmu3_lock(s);
    smmu3_record_begin(s, b, &rec, false);
    smmu3_unlock(s);
    smmu3_record_end(s, b, &rec);
}

bool smmu3_eventq_idle(struct smmu3 *s, struct smmu3_bank *b)
{
    bool idle;

    smmu3_lock(s);
    idle = !b->eventq.writers;
    smmu3_unlock(s);
    return idle;
}
