/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATS invalidations: on their way to functions, and what CMD_SYNC waits for
 * (3.9.1.4, 4.5.1, 4.7.3).
 * Layer L3.
 *
 * Commands after a CMD_SYNC do not begin before it ends, so what a queue has
 * outstanding when it comes to a CMD_SYNC is just what that waits for: a
 * number is enough. The command that waits stays where it is in the queue, and
 * the last answer kicks the host.
 */
#include "state.h"

/* An endpoint has 32 tags for invalidations (PCIe 10.3): a further one waits,
 * so that a guest cannot pile them up in the host. */
#define OUTSTANDING_MAX 32u

/* Queues by number: those of the banks, then the enhanced ones. */
#define QUEUES (SMMU3_SPACES + SMMU3_ECMDQS)

static struct smmu3_cmdq *queue_at(struct smmu3 *s, unsigned n)
{
    n = n < QUEUES ? n : 0;
    return n < SMMU3_SPACES ? &s->bank[n].cmdq
                            : &s->bank[SMMU3_NS].ecmdq[n - SMMU3_SPACES];
}

static unsigned number_of(struct smmu3 *s, const struct smmu3_cmdq *q)
{
    unsigned n = 0;

    while (n < QUEUES - 1 && queue_at(s, n) != q) {
        n++;
    }
    return n;
}

/* A token: [63:32] generation, [31:8] number, [7:0] the queue's number. */
static uint64_t new_token(struct smmu3 *s, const struct smmu3_cmdq *q)
{
    s->atc_number++;
    return (uint64_t)s->atc_generation << 32 |
           (uint64_t)(s->atc_number & 0xffffffu) << 8 | number_of(s, q);
}

void smmu3_atc_inv_send(struct smmu3 *s, struct smmu3_cmdq *q,
                        const struct smmu3_atc_inv *what)
{
    enum smmu3_atc_status status = SMMU3_ATC_DONE;
    struct smmu3_atc_inv inv = *what;

    smmu3_lock(s);
    inv.token = new_token(s, q);
    q->atc.outstanding++;
    smmu3_unlock(s);
    if (s->host.atc_invalidate) {
        status = s->host.atc_invalidate(s->host.opaque, &inv);
    }
    if (status != SMMU3_ATC_PENDING) {
        smmu3_atc_inv_done(s, inv.token, status);
    }
}

void smmu3_atc_inv_done(struct smmu3 *s, uint64_t token,
                        enum smmu3_atc_status status)
{
    struct smmu3_cmdq *q = queue_at(s, token & 0xff);
    bool kick = false;

    smmu3_lock(s);
    if (token >> 32 == s->atc_generation && q->atc.outstanding) {
        q->atc.outstanding--;
        q->atc.failed |= status == SMMU3_ATC_TIMEOUT;
        kick = q->atc.waiting;
        q->atc.waiting = false;
    }
    smmu3_unlock(s);
    if (kick) {
        s->host.kick(s->host.opaque);
    }
}

static bool must_wait(struct smmu3 *s, struct smmu3_cmdq *q, uint32_t most)
{
    bool wait;

    smmu3_lock(s);
    wait = q->atc.outstanding > most;
    q->atc.waiting |= wait;
    smmu3_unlock(s);
    return wait;
}

bool smmu3_atc_inv_full(struct smmu3 *s, struct smmu3_cmdq *q)
{
    return must_wait(s, q, OUTSTANDING_MAX - 1);
}

bool smmu3_atc_inv_pending(struct smmu3 *s, struct smmu3_cmdq *q)
{
    return must_wait(s, q, 0);
}

bool smmu3_atc_inv_failed(struct smmu3 *s, struct smmu3_cmdq *q)
{
    bool failed;

    smmu3_lock(s);
    failed = q->atc.failed;
    q->atc.failed = false;
    smmu3_unlock(s);
    return failed;
}

void smmu3_atc_inv_abandon(struct smmu3 *s)
{
    s->atc_generation++;
    for (unsigned n = 0; n < QUEUES; n++) {
        queue_at(s, n)->atc = (struct smmu3_atcinv){ 0 };
    }
}
