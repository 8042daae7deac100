/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command queue: consumption, errors, recovery (3.5, 4.1, 7.1).
 * Layer L3.
 *
 * Commands take effect when they are consumed, one after the other, and the
 * message of a CMD_SYNC is written before the next; a CMD_SYNC has then nothing
 * left to wait for but event records that another thread is writing, hardware
 * updates of tables (httu.c) and ATS invalidations (atcinv.c). What waits stays
 * in the queue.
 */
#include "state.h"

#include "cmd.h"
#include "queue.h"

#include "smmu3/cmd.h"
#include "smmu3/idr.h"
#include "smmu3/observer.h"
#include "smmu3/regs.h"

/* Commands that one call consumes at most: a full queue of 2^19 must not hold
 * up the thread that serves MMIO. */
#define BATCH 256u

/* The worlds of a regime; EL2's by E2H: EL2_ALL is for both worlds, the others
 * for that of E2H (4.4.2). */
static uint8_t worlds_of(const struct smmu3_cmd_tlbi *t, bool e2h)
{
    uint8_t plain = 1u << SMMU3_WORLD_EL2;
    uint8_t host = 1u << SMMU3_WORLD_EL2_E2H;

    switch (t->regime) {
    case SMMU3_REGIME_NS_EL1:
        return 1u << SMMU3_WORLD_NS_EL1;
    case SMMU3_REGIME_S_EL1:
        return 1u << SMMU3_WORLD_S_EL1;
    case SMMU3_REGIME_EL3:
        return 1u << SMMU3_WORLD_EL3;
    case SMMU3_REGIME_S_EL2:
        plain = 1u << SMMU3_WORLD_S_EL2;
        host = 1u << SMMU3_WORLD_S_EL2_E2H;
        break;
    case SMMU3_REGIME_EL2:
        break;
    }
    if (!t->by_addr && !t->asid_only) {
        return plain | host;
    }
    return e2h ? host : plain;
}

/* The bits of a VMID that an invalidation looks at: VMID wildcards (3.17.6).
 */
static uint16_t vmid_mask(const struct smmu3_bank *b)
{
    uint64_t cr0 = b->regs.cr0;
    uint64_t ignored = smmu3_get(&cr0, SMMU3_CR0_VMW);

    return (uint16_t)~smmu3_low(ignored <= SMMU3_CR0_VMW_MAX ? (unsigned)ignored
                                                             : 0);
}

static void execute_tlbi(struct smmu3 *s, const struct smmu3_cmd_tlbi *t)
{
    bool secure = t->regime == SMMU3_REGIME_S_EL2;
    bool el2 = secure || t->regime == SMMU3_REGIME_EL2;
    bool e2h = s->bank[secure ? SMMU3_S : SMMU3_NS].regs.cr2 & SMMU3_CR2_E2H;
    struct smmu3_tlb_scope scope = {
        .kinds =
            (uint8_t)((t->s1 ? 1u << SMMU3_TLB_S1 | 1u << SMMU3_TLB_S12 : 0) |
                      (t->s2 ? 1u << SMMU3_TLB_S2 : 0)),
        .worlds = worlds_of(t, e2h),
        .by_vmid = t->by_vmid,
        .vmid = t->vmid,
        .vmid_mask = vmid_mask(
            &s->bank[t->regime == SMMU3_REGIME_S_EL1 ? SMMU3_S : SMMU3_NS]),
        /* By ASID only where there are ASIDs (4.4.2). */
        .by_asid = t->by_asid && !(el2 && t->by_addr && !e2h),
        .asid = t->asid,
        .spare_global = t->asid_only,
        .by_addr = t->by_addr,
        .first = t->first,
        .last = t->last,
        .granule_lg2 = t->granule_lg2,
        .level = t->level,
        .leaf = t->leaf,
        .by_ns = t->by_ns,
        .ns = t->ns,
    };

    if (!t->nothing) {
        smmu3_inval_tlb(s, &scope);
    }
}

static void execute(struct smmu3 *s, struct smmu3_bank *b, struct smmu3_cmdq *q,
                    const struct smmu3_cmd *cmd)
{
    enum smmu3_space space = cmd->secure ? SMMU3_S : SMMU3_NS;

    switch (cmd->action) {
    case SMMU3_DO_CFGI_STE:
        smmu3_inval_ste_range(s, space, cmd->sid_first, cmd->sid_last,
                              cmd->leaf);
        break;
    case SMMU3_DO_CFGI_CD:
        smmu3_inval_cd(s, space, cmd->sid_first, cmd->all_ssids, cmd->ssid,
                       cmd->leaf);
        break;
    case SMMU3_DO_TLBI:
        execute_tlbi(s, &cmd->tlbi);
        break;
    case SMMU3_DO_ATC_INV:
        if (b->regs.cr0 & SMMU3_CR0_SMMUEN) {
            smmu3_atc_inv_send(s, q, &cmd->atc);
        }
        break;
    case SMMU3_DO_PRI_RESP:
        if (b->regs.cr0 & SMMU3_CR0_SMMUEN && s->host.prg_response) {
            s->host.prg_response(s->host.opaque, &cmd->prg);
        }
        break;
    case SMMU3_DO_RESUME:
        smmu3_stall_resume(s, &s->bank[space], cmd->sid_first, cmd->stag,
                           cmd->stall_action);
        break;
    case SMMU3_DO_STALL_TERM:
        smmu3_stall_term(s, &s->bank[space], cmd->sid_first);
        break;
    case SMMU3_DO_NOTHING:
    case SMMU3_DO_SYNC:
        break;
    }
}

/* A feature that the programming interface of @b does not have at the moment.
 */
static bool is_hidden(const struct smmu3_bank *b, const struct smmu3_cmd *cmd)
{
    return (cmd->action == SMMU3_DO_RESUME ||
            cmd->action == SMMU3_DO_STALL_TERM) &&
           smmu3_stall_model(b) == SMMU3_STALL_MODEL_NONE;
}

static void observe(struct smmu3 *s, const uint64_t *words, uint32_t cerror)
{
    if (s->observer.notify) {
        struct smmu3_obs obs = { .kind = SMMU3_OBS_CMD };

        obs.cmd.words = words;
        obs.cmd.cerror = cerror;
        s->observer.notify(s->observer.opaque, &obs);
    }
}

/* ERR is in place before the error is (7.1, 3.5.6.3). */
static void stop(struct smmu3 *s, struct smmu3_bank *b, struct smmu3_cmdq *q,
                 const uint64_t *words, enum smmu3_cerror cerror)
{
    bool enhanced = q != &b->cmdq;
    uint64_t cons;

    smmu3_lock(s);
    cons = q->cons & (SMMU3_ECMDQ_ERR | SMMU3_Q_INDEX);
    if (enhanced) {
        smmu3_put(&cons, SMMU3_ECMDQ_CONS_ERR_REASON, cerror);
        cons ^= SMMU3_ECMDQ_ERR;
    } else {
        cons &= SMMU3_Q_INDEX;
        smmu3_put(&cons, SMMU3_CMDQ_CONS_ERR, cerror);
    }
    q->cons = (uint32_t)cons;
    smmu3_unlock(s);
    observe(s, words, cerror);
    smmu3_gerror_raise(
        s, b, enhanced ? SMMU3_GERROR_CMDQP_ERR : SMMU3_GERROR_CMDQ_ERR);
}

/* Must the command at CONS stay for now? Then a kick will come. */
static bool must_wait(struct smmu3 *s, struct smmu3_bank *b,
                      struct smmu3_cmdq *q, enum smmu3_cmd_action action)
{
    if (action == SMMU3_DO_ATC_INV) {
        return smmu3_atc_inv_full(s, q);
    }
    if (action != SMMU3_DO_SYNC) {
        return false;
    }
    if (!smmu3_eventq_idle(s, b)) {
        s->host.kick(s->host.opaque);
        return true;
    }
    return smmu3_httu_pending(s) || smmu3_atc_inv_pending(s, q);
}

/* Consumes the command at CONS. False if that must wait, or cannot be done. */
static bool consume(struct smmu3 *s, struct smmu3_bank *b, struct smmu3_cmdq *q,
                    unsigned log2)
{
    uint64_t addr = smmu3_queue_addr(q->base, q->cons, log2, SMMU3_CMD_SIZE,
                                     s->features.oas);
    uint64_t words[SMMU3_CMD_WORDS] = { 0 };
    uint8_t raw[SMMU3_CMD_SIZE];
    struct smmu3_cmd cmd;

    if (!s->host.read(s->host.opaque, b->space, addr, raw, sizeof(raw))) {
        stop(s, b, q, words, SMMU3_CERROR_ABT);
        return false;
    }
    words[0] = smmu3_ld64le(raw);
    words[1] = smmu3_ld64le(raw + 8);
    if (!smmu3_cmd_decode(&s->features, b->space, words, &cmd) ||
        is_hidden(b, &cmd)) {
        stop(s, b, q, words, SMMU3_CERROR_ILL);
        return false;
    }
    if (must_wait(s, b, q, cmd.action)) {
        return false;
    }
    if (cmd.action == SMMU3_DO_SYNC && smmu3_atc_inv_failed(s, q)) {
        /* Told once: the same CMD_SYNC completes when it is tried again. */
        stop(s, b, q, words, SMMU3_CERROR_ATC_INV_SYNC);
        return false;
    }
    execute(s, b, q, &cmd);
    smmu3_lock(s);
    q->cons = (q == &b->cmdq ? 0 : q->cons & ~(uint32_t)SMMU3_Q_INDEX) |
              smmu3_queue_next(q->cons, 1, log2);
    s->stats.commands[words[0] & 0xff]++;
    smmu3_unlock(s);
    observe(s, words, SMMU3_CERROR_NONE);
    if (cmd.irq) {
        smmu3_msi_send(s, b, SMMU3_IRQ_LINE_CMDQ_SYNC, &cmd.msi);
        smmu3_irq_pulse(s, b, SMMU3_IRQ_LINE_CMDQ_SYNC);
    }
    return true;
}

/* Is the queue on, and not stopped by an error (7.1, 3.5.6)? */
static bool is_on(const struct smmu3_bank *b, const struct smmu3_cmdq *q)
{
    const struct smmu3_regs *r = &b->regs;

    if (q != &b->cmdq) {
        return (q->prod & SMMU3_ECMDQ_EN) &&
               !((q->prod ^ q->cons) & SMMU3_ECMDQ_ERR);
    }
    return (r->cr0 & SMMU3_CR0_CMDQEN) &&
           !((r->gerror ^ r->gerrorn) & SMMU3_GERROR_CMDQ_ERR);
}

/* Is there a command, and may it be consumed? A PROD that is more than a whole
 * queue ahead belongs to no CONS: nothing is consumed (3.5.1). */
static bool has_work(const struct smmu3_bank *b, const struct smmu3_cmdq *q,
                     unsigned log2)
{
    uint32_t used = smmu3_queue_used(q->prod, q->cons, log2);

    return is_on(b, q) && used > 0 && used <= SMMU3_BIT(log2);
}

void smmu3_cmdq_run(struct smmu3 *s, struct smmu3_bank *b, struct smmu3_cmdq *q)
{
    unsigned log2 = smmu3_queue_log2(q->base, s->features.cmdqs);
    bool more = false;

    if (q->running) {
        return;
    }
    q->running = true;
    for (unsigned n = 0; n <= BATCH; n++) {
        smmu3_lock(s);
        more = has_work(b, q, log2);
        smmu3_unlock(s);
        if (!more || n == BATCH) {
            break;
        }
        if (!consume(s, b, q, log2)) {
            more = false;
            break;
        }
    }
    q->running = false;
    smmu3_msi_flush(s, b);
    if (more) {
        s->host.kick(s->host.opaque);
    }
}

void smmu3_run(struct smmu3 *s)
{
    for (unsigned i = 0; i < SMMU3_SPACES; i++) {
        smmu3_msi_flush(s, &s->bank[i]);
        smmu3_stall_wake(s, &s->bank[i]);
        smmu3_cmdq_run(s, &s->bank[i], &s->bank[i].cmdq);
    }
    for (unsigned i = 0; s->features.ecmdq && i < SMMU3_ECMDQS; i++) {
        smmu3_cmdq_run(s, &s->bank[SMMU3_NS], &s->bank[SMMU3_NS].ecmdq[i]);
    }
}
