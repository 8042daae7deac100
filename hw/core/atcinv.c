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

/* A token: [63:32] generation, [31:1] number, [0] the queue's space. */
static uint64_t new_token(struct smmu3 *s, const struct smmu3_bank *b)
{
    s->atc_number++;
    return (uint64_t)s->atc_generation << 32 |
           (uint64_t)(s->atc_number & 0x7fffffffu) << 1 | b->space;
}

void smmu3_atc_inv_send(struct smmu3 *s, struct smmu3_bank *b,
                        const struct smmu3_atc_inv *what)
{
    enum smmu3_atc_status status = SMMU3_ATC_DONE;
    struct smmu3_atc_inv inv = *what;

    smmu3_lock(s);
    inv.token = new_token(s, b);
    b->atc.outstanding++;
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
    struct smmu3_bank *b = &s->bank[token & 1];
    bool kick = false;

    smmu3_lock(s);
    if (token >> 32 == s->atc_generation && b->atc.outstanding) {
        b->atc.outstanding--;
        b->atc.failed |= status == SMMU3_ATC_TIMEOUT;
        kick = b->atc.waiting;
        b->atc.waiting = false;
    }
    smmu3_unlock(s);
    if (kick) {
        s->host.kick(s->host.opaque);
    }
}

static bool must_wait(struct smmu3 *s, struct smmu3_bank *b, uint32_t most)
{
    bool wait;

    smmu3_lock(s);
    wait = b->atc.outstanding > most;
    b->atc.waiting |= wait;
    smmu3_unlock(s);
    return wait;
}

bool smmu3_atc_inv_full(struct smmu3 *s, struct smmu3_bank *b)
{
    return must_wait(s, b, OUTSTANDING_MAX - 1);
}

bool smmu3_atc_inv_pending(struct smmu3 *s, struct smmu3_bank *b)
{
    return must_wait(s, b, 0);
}

bool smmu3_atc_inv_failed(struct smmu3 *s, struct smmu3_bank *b)
{
    bool failed;

    smmu3_lock(s);
    failed = b->atc.failed;
    b->atc.failed = false;
    smmu3_unlock(s);
    return failed;
}

void smmu3_atc_inv_abandon(struct smmu3 *s)
{
    s->atc_generation++;
    for (unsigned i = 0; i < SMMU3_SPACES; i++) {
        s->bank[i].atc = (struct smmu3_atcinv){ 0 };
    }
}
