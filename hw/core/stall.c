/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stalled transactions: STAGs, waiting, resuming (3.12.2, 4.7.1, 4.7.2).
 * Layer L3.
 *
 * A transaction that stalls gets a STAG and a slot of the event queue at once,
 * or neither: without both it waits unrecorded, and is retried as if it had
 * just arrived when what it lacks may be there. So no record is ever written
 * that an invalidation has overtaken (4.7.3). A transaction like one that has
 * a record waits for that one to be resumed (3.12.2.1).
 *
 * The memory of what waits is the masters': the number of transactions is
 * theirs to bound, and nothing is allocated for a fault.
 */
#include "stall.h"

#include <stdlib.h>

#include "event.h"
#include "xlat.h"

#include "smmu3/idr.h"
#include "smmu3/regs.h"

/* struct smmu3_stall.wait */
enum {
    NOT_HELD,
    FOR_RESUME, /* recorded */
    FOR_QUEUE,  /* until the event queue is writable */
    FOR_STAG,   /* until a STAG is free */
    FOR_LIKE,   /* until that of .stag is resumed */
};

/* Bytes that a record tells apart: the smallest page. Which page a fault is
 * about is not known, or the translation would not have faulted. */
#define PAGE_LG2 12u

static void list_init(struct smmu3_stall_link *list)
{
    list->prev = list;
    list->next = list;
}

static void append(struct smmu3_stall_link *list, struct smmu3_stall *stall)
{
    stall->link.prev = list->prev;
    stall->link.next = list;
    list->prev->next = &stall->link;
    list->prev = &stall->link;
}

static void detach(struct smmu3_stall *stall)
{
    stall->link.prev->next = stall->link.next;
    stall->link.next->prev = stall->link.prev;
}

static struct smmu3_stall *stall_of(struct smmu3_stall_link *link)
{
    return (struct smmu3_stall *)(void *)link;
}

bool smmu3_stalls_init(struct smmu3_stalls *st, uint16_t max)
{
    list_init(&st->recorded);
    list_init(&st->waiting);
    st->tags = calloc((size_t)max + 1, sizeof(*st->tags));
    if (!st->tags) {
        return false;
    }
    st->max = max;
    for (unsigned i = 1; i < max; i++) {
        st->tags[i].next_free = (uint16_t)(i + 1);
    }
    st->free_first = max ? 1 : 0;
    st->free_last = max;
    return true;
}

void smmu3_stalls_free(struct smmu3_stalls *st)
{
    free(st->tags);
}

/* 0: there is none. */
static uint16_t take_stag(struct smmu3_stalls *st)
{
    uint16_t stag = st->free_first;

    if (stag) {
        st->free_first = st->tags[stag].next_free;
        st->free_last = st->free_first ? st->free_last : 0;
        st->tags[stag].used = true;
        st->used++;
    }
    return stag;
}

static void free_stag(struct smmu3_stalls *st, uint16_t stag)
{
    st->tags[stag].used = false;
    st->used--;
    st->tags[stag].stall = NULL;
    st->tags[stag].next_free = 0;
    if (st->free_last) {
        st->tags[st->free_last].next_free = stag;
    } else {
        st->free_first = stag;
    }
    st->free_last = stag;
}

unsigned smmu3_stall_model(const struct smmu3_bank *b)
{
    uint64_t idr0 = b->regs.id.idr[0];

    return (unsigned)smmu3_get(&idr0, SMMU3_IDR0_STALL_MODEL);
}

void smmu3_stall_set_nsstalld(struct smmu3 *s, bool nsstalld)
{
    bool hide = nsstalld && s->features.stall_model == SMMU3_STALL_MODEL_BOTH;
    struct smmu3_features f = s->features;
    struct smmu3_id_regs id;

    f.stall_model = hide ? SMMU3_STALL_MODEL_NONE : f.stall_model;
    id = smmu3_id_regs(&f);
    smmu3_lock(s);
    s->bank[SMMU3_NS].regs.id.idr[0] = id.idr[0];
    smmu3_unlock(s);
}

bool smmu3_stall_bad_ste(const struct smmu3_xlat *x,
                         const struct smmu3_ste *ste)
{
    unsigned model = x->stall_model;

    return (ste->s1 && ste->s1stalld && model != SMMU3_STALL_MODEL_BOTH) ||
           (ste->s2 && ste->s2s && model == SMMU3_STALL_MODEL_NONE) ||
           (ste->s2 && !ste->s2s && model == SMMU3_STALL_MODEL_FORCED);
}

bool smmu3_stall_bad_cd(const struct smmu3_xlat *x, const struct smmu3_cd *cd)
{
    unsigned model = x->stall_model;

    return (cd->s && (x->ste.s1stalld || model == SMMU3_STALL_MODEL_NONE)) ||
           (!cd->s && model == SMMU3_STALL_MODEL_FORCED);
}

bool smmu3_stall_wanted(const struct smmu3_xlat *x)
{
    return (x->rule == SMMU3_FAULT_S1 && x->cd.s) ||
           (x->rule == SMMU3_FAULT_S2 && x->ste.s2s);
}

static struct smmu3_stall_key key_of(const struct smmu3_xlat *x)
{
    return (struct smmu3_stall_key){
        .sid = x->txn->sid,
        .ssid = x->txn->ssv ? x->txn->ssid : 0,
        .ssv = x->txn->ssv,
        .pnu = x->txn->pnu,
        .ind = x->ind,
        .rnw = x->rnw,
        .page = x->txn->addr >> PAGE_LG2,
    };
}

static bool same(const struct smmu3_stall_key *a,
                 const struct smmu3_stall_key *b)
{
    return a->sid == b->sid && a->ssid == b->ssid && a->ssv == b->ssv &&
           a->pnu == b->pnu && a->ind == b->ind && a->rnw == b->rnw &&
           a->page == b->page;
}

/* The STAG of a recorded transaction like that of @key; 0: there is none. */
static uint16_t like(struct smmu3_stalls *st, const struct smmu3_stall_key *key)
{
    struct smmu3_stall_link *i;

    for (i = st->recorded.next; i != &st->recorded; i = i->next) {
        if (same(&stall_of(i)->key, key)) {
            return stall_of(i)->stag;
        }
    }
    return 0;
}

/* Puts @stall where it has to wait. */
static void place(struct smmu3_xlat *x, struct smmu3_stall *stall)
{
    struct smmu3_stalls *st = &x->bank->stalls;

    stall->stag = like(st, &stall->key);
    if (stall->stag) {
        stall->wait = FOR_LIKE;
    } else if (!st->free_first) {
        stall->wait = FOR_STAG;
    } else if (!smmu3_eventq_writable(x->s, x->bank)) {
        stall->wait = FOR_QUEUE;
    } else {
        smmu3_eventq_reserve(x->s, x->bank, &x->stall.slot);
        stall->wait = FOR_RESUME;
        stall->stag = take_stag(st);
        st->tags[stall->stag].sid = stall->key.sid;
        st->tags[stall->stag].stall = stall;
        x->stall.record = true;
        x->stall.stag = stall->stag;
    }
    append(stall->wait == FOR_RESUME ? &st->recorded : &st->waiting, stall);
}

bool smmu3_stall_hold(struct smmu3_xlat *x)
{
    struct smmu3_stall *stall = x->txn->stall;

    if (!stall || !x->s->host.stall_done || x->txn->silent || x->txn->probe ||
        !smmu3_stall_wanted(x)) {
        return true;
    }
    if (!(x->bank->regs.cr0 & SMMU3_CR0_SMMUEN)) {
        return false; /* nobody would wake it */
    }
    x->stall.held = true;
    stall->space = (uint8_t)x->bank->space;
    stall->key = key_of(x);
    place(x, stall);
    x->s->stats.stalls++;
    return true;
}

/* x->txn->stall may be the master's again by now. */
void smmu3_stall_record(const struct smmu3_xlat *x)
{
    uint64_t words[SMMU3_EVENT_WORDS];

    if (!x->stall.record) {
        return;
    }
    smmu3_event_encode(&x->fault, x->txn, words);
    smmu3_put(words, SMMU3_EVENT_STALL, 1);
    smmu3_put(words, SMMU3_EVENT_STAG, x->stall.stag);
    smmu3_eventq_write(x->s, x->bank, &x->stall.slot, words);
}

/* Transactions whose wait is over, to be told so without the lock. */
struct leaving {
    struct smmu3_stall_link list;
};

static void leave(struct smmu3 *s, struct leaving *l, struct smmu3_stall *stall,
                  enum smmu3_stall_action action)
{
    detach(stall);
    stall->wait = NOT_HELD;
    stall->action = (uint8_t)action;
    append(&l->list, stall);
    if (action != SMMU3_STALL_RETRY) {
        s->stats.transactions++;
        s->stats.faults++;
    }
}

static void tell(struct smmu3 *s, struct leaving *l)
{
    struct smmu3_stall_link *i = l->list.next;

    while (i != &l->list) {
        struct smmu3_stall *stall = stall_of(i);

        i = i->next; /* from here on it is the master's */
        s->host.stall_done(s->host.opaque, stall,
                           (enum smmu3_stall_action)stall->action);
    }
}

/* Those that wait for a STAG, or for @stag in particular. */
static void wake_for_stag(struct smmu3 *s, struct smmu3_stalls *st,
                          uint16_t stag, struct leaving *l)
{
    struct smmu3_stall_link *i = st->waiting.next;

    while (i != &st->waiting) {
        struct smmu3_stall *stall = stall_of(i);

        i = i->next;
        if (stall->wait == FOR_STAG ||
            (stall->wait == FOR_LIKE && stall->stag == stag)) {
            leave(s, l, stall, SMMU3_STALL_RETRY);
        }
    }
}

void smmu3_stall_resume(struct smmu3 *s, struct smmu3_bank *b, uint32_t sid,
                        uint16_t stag, enum smmu3_stall_action action)
{
    struct smmu3_stalls *st = &b->stalls;
    struct leaving l;

    list_init(&l.list);
    smmu3_lock(s);
    if (stag && stag <= st->max && st->tags[stag].used &&
        st->tags[stag].sid == sid) {
        if (st->tags[stag].stall) {
            leave(s, &l, st->tags[stag].stall, action);
        }
        free_stag(st, stag);
        wake_for_stag(s, st, stag, &l);
    }
    smmu3_unlock(s);
    tell(s, &l);
}

static void abort_list(struct smmu3 *s, struct smmu3_stall_link *list, bool all,
                       uint32_t sid, struct leaving *l)
{
    struct smmu3_stall_link *i = list->next;

    while (i != list) {
        struct smmu3_stall *stall = stall_of(i);

        i = i->next;
        if (all || stall->key.sid == sid) {
            leave(s, l, stall, SMMU3_STALL_ABORT);
        }
    }
}

/* The transactions of one stream, or of all, with their STAGs. The lock is
 * held. */
static void terminate(struct smmu3 *s, struct smmu3_bank *b, bool all,
                      uint32_t sid, struct leaving *l)
{
    struct smmu3_stalls *st = &b->stalls;
    bool freed = false;

    abort_list(s, &st->recorded, all, sid, l);
    abort_list(s, &st->waiting, all, sid, l);
    for (unsigned i = 1; st->used && i <= st->max; i++) {
        if (st->tags[i].used && (all || st->tags[i].sid == sid)) {
            free_stag(st, (uint16_t)i);
            freed = true;
        }
    }
    if (freed) {
        wake_for_stag(s, st, 0, l);
    }
}

static void terminate_and_tell(struct smmu3 *s, struct smmu3_bank *b, bool all,
                               uint32_t sid)
{
    struct leaving l;

    list_init(&l.list);
    smmu3_lock(s);
    terminate(s, b, all, sid, &l);
    smmu3_unlock(s);
    tell(s, &l);
}

void smmu3_stall_term(struct smmu3 *s, struct smmu3_bank *b, uint32_t sid)
{
    terminate_and_tell(s, b, false, sid);
}

void smmu3_stall_term_all(struct smmu3 *s, struct smmu3_bank *b)
{
    terminate_and_tell(s, b, true, 0);
}

void smmu3_stall_wake(struct smmu3 *s, struct smmu3_bank *b)
{
    struct smmu3_stalls *st = &b->stalls;
    struct smmu3_stall_link *i;
    struct leaving l;

    list_init(&l.list);
    smmu3_lock(s);
    i = smmu3_eventq_writable(s, b) ? st->waiting.next : &st->waiting;
    while (i != &st->waiting) {
        struct smmu3_stall *stall = stall_of(i);

        i = i->next;
        if (stall->wait == FOR_QUEUE) {
            leave(s, &l, stall, SMMU3_STALL_RETRY);
        }
    }
    smmu3_unlock(s);
    tell(s, &l);
}

bool smmu3_stall_cancel(struct smmu3 *s, struct smmu3_stall *stall)
{
    struct smmu3_stalls *st;
    bool held;

    smmu3_lock(s);
    held = stall->wait != NOT_HELD;
    if (held) {
        st = &s->bank[stall->space].stalls;
        if (stall->wait == FOR_RESUME) {
            st->tags[stall->stag].stall = NULL;
        }
        detach(stall);
        stall->wait = NOT_HELD;
    }
    smmu3_unlock(s);
    return held;
}
