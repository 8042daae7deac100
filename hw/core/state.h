/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of one SMMU, and what the files of layer L3 offer each other.
 * Layer L3.
 *
 * Locking. "The lock" is the host's mutex. It guards all that a translation
 * reads or that threads share: the registers, the caches, the counters, the
 * event queue. It is taken for short spans and never held across a callback,
 * so a memory access that ends in another device cannot deadlock. Registers
 * are written only by MMIO, which the host serialises: MMIO code may read them
 * without the lock, unless a fault writes them too (EVENTQ_PROD, GERROR).
 */
#ifndef SMMU3_CORE_STATE_H
#define SMMU3_CORE_STATE_H

#include "cfgcache.h"
#include "idregs.h"
#include "stall.h"
#include "tlb.h"
#include "types.h"

#include "smmu3/smmu3.h"

#include <stdatomic.h>

/* xxx_IRQ_CFG0-2 of one source (6.3.21-6.3.23). */
struct smmu3_irq_cfg {
    uint64_t cfg0;
    uint32_t cfg1;
    uint32_t cfg2;
};

/* A group of ATOS registers (6.3.37-6.3.40). */
struct smmu3_atos_regs {
    uint64_t sid;
    uint64_t addr;
    uint64_t par;
};

struct smmu3_regs {
    struct smmu3_id_regs id;
    uint32_t cr0;
    uint32_t cr1;
    uint32_t cr2;
    uint32_t gbpa;
    uint32_t s_init;
    uint32_t irq_ctrl;
    uint32_t gerror;
    uint32_t gerrorn;
    struct smmu3_atos_regs gatos;
    struct smmu3_atos_regs vatos;
    uint32_t vatos_sel;
    struct smmu3_irq_cfg irq_cfg[SMMU3_IRQ_LINES]; /* none of CMD_SYNC */
    uint64_t strtab_base;
    uint32_t strtab_base_cfg;
    uint64_t eventq_base;
    uint32_t eventq_prod;
    uint32_t eventq_cons;
    uint64_t priq_base;
    uint32_t priq_prod;
    uint32_t priq_cons;
};

/* Slots of the event queue behind PROD that reporters are writing. */
struct smmu3_eventq {
    uint8_t *complete;   /* by slot: number of the event that is written but
                            not yet published, or 0 */
    uint32_t reserved;   /* slots given out and not yet published */
    uint32_t writers;    /* reporters that are writing */
    uint32_t late;       /* of these, what they write was given up */
    uint64_t generation; /* raised when what is reserved is given up */
    /* The newest record, if another like it may be merged into it, and PROD
     * behind it. */
    bool merge;
    uint64_t last[SMMU3_EVENT_WORDS];
    uint32_t last_prod;
};

/* ATS invalidations of one command queue. */
struct smmu3_atcinv {
    uint32_t outstanding; /* without an answer */
    bool failed;          /* a timeout, of which no CMD_SYNC told yet */
    bool waiting;         /* a command does: the answer kicks the host */
};

/* A command queue: the one of an interface, or an enhanced one (3.5.6). */
struct smmu3_cmdq {
    uint64_t base; /* as CMDQ_BASE */
    uint32_t prod; /* as CMDQ_PROD; of an ECMDQ with EN and ERRACK */
    uint32_t cons; /* as CMDQ_CONS; of an ECMDQ with ERR and ERR_REASON */
    struct smmu3_atcinv atc;
    /* smmu3_cmdq_run() is active: a command read from our own registers must
     * not enter it again. */
    bool running;
};

/* Enhanced command queues. */
#define SMMU3_ECMDQS (1u << SMMU3_ECMDQ_LOG2)

/* One programming interface: the Non-secure or the Secure one (3.10). */
struct smmu3_bank {
    enum smmu3_space space; /* where its tables and queues lie */
    struct smmu3_regs regs;
    struct smmu3_eventq eventq;
    unsigned msi_pending; /* bits, by enum smmu3_irq: messages to be sent */
    struct smmu3_cmdq cmdq;
    struct smmu3_cmdq ecmdq[SMMU3_ECMDQS]; /* Non-secure only */
    bool priq_writing; /* an entry of the PRI queue is on its way */
    struct smmu3_stalls stalls;
};

struct smmu3 {
    struct smmu3_features features;
    struct smmu3_host host;
    struct smmu3_observer observer;

    struct smmu3_bank bank[SMMU3_SPACES];
    struct smmu3_tlb tlb;
    struct smmu3_tlb walk_cache;
    struct smmu3_cfgcache config_cache;
    struct smmu3_stats stats;

    /* The counter groups, and the events that any of them counts now: bits, by
     * enum smmu3_pmu_event. Written under the lock. */
    struct smmu3_pmcg *pmcgs;
    _Atomic unsigned pmu_wanted;

    /* Counts what may have made a result in the making stale: invalidations
     * and changes of the registers. */
    uint64_t epoch;
    /* Hardware updates of tables that are on their way, and whether a CMD_SYNC
     * waits for them. */
    unsigned updates;
    bool updates_awaited;
    /* Of ATS invalidations: raised by reset, and their number. */
    uint32_t atc_generation;
    uint32_t atc_number;
    /* Some CD since reset had TBI: input addresses may carry tags that the
     * TLB does not see. */
    bool tbi_seen;
};

static inline void smmu3_lock(struct smmu3 *s)
{
    if (s->host.lock) {
        s->host.lock(s->host.opaque);
    }
}

static inline void smmu3_unlock(struct smmu3 *s)
{
    if (s->host.unlock) {
        s->host.unlock(s->host.opaque);
    }
}

/* irq.c */

/* Makes the error @bit of GERROR active. The lock is held. False if it is
 * active already; else SMMU3_IRQ_LINE_GERROR is to be pulsed. */
bool smmu3_gerror_toggle(struct smmu3_bank *b, uint32_t bit);

/* Makes the error @bit of GERROR active, if it is not. Takes the lock. */
void smmu3_gerror_raise(struct smmu3 *s, struct smmu3_bank *b, uint32_t bit);

/*
 * Pulses @line if IRQ_CTRL allows; CMD_SYNC's has no enable. If the source has
 * a message as well, that is sent by smmu3_run(), at the latest. From any
 * thread; no lock held.
 */
void smmu3_irq_pulse(struct smmu3 *s, struct smmu3_bank *b,
                     enum smmu3_irq line);

/* Sends the messages that smmu3_irq_pulse() left. From threads that serve
 * MMIO; no lock held. */
void smmu3_msi_flush(struct smmu3 *s, struct smmu3_bank *b);

/* Sends @msi of source @line, if it is one; an abort is reported in GERROR.
 * From threads that serve MMIO; no lock held. */
void smmu3_msi_send(struct smmu3 *s, struct smmu3_bank *b, enum smmu3_irq line,
                    const struct smmu3_msi *msi);

/* eventq.c */

/* Puts a record into the event queue of @b, or discards it (7.2). No lock held.
 */
void smmu3_eventq_report(struct smmu3 *s, struct smmu3_bank *b,
                         const uint64_t *words);

/* Room for a queue of 2^@log2_max records. False: no memory. */
bool smmu3_eventq_init(struct smmu3_eventq *q, unsigned log2_max);
void smmu3_eventq_free(struct smmu3_eventq *q);

/* Gives up the records that are on their way. The lock is held. */
void smmu3_eventq_abandon(struct smmu3 *s, struct smmu3_bank *b);

/* Is no record on its way? Takes the lock. */
bool smmu3_eventq_idle(struct smmu3 *s, struct smmu3_bank *b);

/* httu.c */

/* Must a CMD_SYNC wait for hardware updates (4.7.3)? If so, the last of them
 * kicks the host. Takes the lock. */
bool smmu3_httu_pending(struct smmu3 *s);

/* cmdq.c */

/* Consumes commands, a bounded number at once. No lock held. */
void smmu3_cmdq_run(struct smmu3 *s, struct smmu3_bank *b,
                    struct smmu3_cmdq *q);

/* ecmdq.c: the registers of enhanced command queues (3.5.6, 6.2.5). */

/* Is @offset one of them? */
bool smmu3_ecmdq_covers(const struct smmu3 *s, uint32_t offset);
uint64_t smmu3_ecmdq_read(struct smmu3 *s, uint32_t offset, unsigned size);
void smmu3_ecmdq_write(struct smmu3 *s, uint32_t offset, uint64_t value,
                       unsigned size);
bool smmu3_ecmdq_any_enabled(const struct smmu3_bank *b);

/* atcinv.c */

/* Sends an invalidation for the queue of @b. No lock held. */
void smmu3_atc_inv_send(struct smmu3 *s, struct smmu3_cmdq *q,
                        const struct smmu3_atc_inv *what);

/* Must the queue of @b wait, before a further invalidation or before a
 * CMD_SYNC? If so, the next answer kicks the host. */
bool smmu3_atc_inv_full(struct smmu3 *s, struct smmu3_cmdq *q);
bool smmu3_atc_inv_pending(struct smmu3 *s, struct smmu3_cmdq *q);

/* Did an invalidation fail since this was asked last? */
bool smmu3_atc_inv_failed(struct smmu3 *s, struct smmu3_cmdq *q);

/* Forgets what is outstanding: late answers are ignored. The lock is held. */
void smmu3_atc_inv_abandon(struct smmu3 *s);

/* atos.c: the registers of ATOS, at @offset from the base of page 0. */
bool smmu3_atos_covers(uint32_t offset);
uint64_t smmu3_atos_read(struct smmu3 *s, enum smmu3_space space,
                         uint32_t offset, unsigned size);
void smmu3_atos_write(struct smmu3 *s, enum smmu3_space space, uint32_t offset,
                      uint64_t value, unsigned size);

/* inval.c: one handler per command. Each returns with the effect complete. */

void smmu3_inval_ste_range(struct smmu3 *s, enum smmu3_space space,
                           uint32_t first, uint32_t last, bool leaf);
void smmu3_inval_cd(struct smmu3 *s, enum smmu3_space space, uint32_t sid,
                    bool all, uint32_t ssid, bool leaf);
void smmu3_inval_tlb(struct smmu3 *s, const struct smmu3_tlb_scope *scope);

/* Empties all caches, of both security states (S_INIT). */
void smmu3_inval_all(struct smmu3 *s);

/* Every result may have changed: SMMUEN or GBPA did. */
void smmu3_inval_results(struct smmu3 *s);

#endif
