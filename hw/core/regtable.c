/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a programming interface: writable bits, guards, and what a
 * write brings about (6.1-6.3).
 * Layer L3.
 */
#include "mmio.h"

#include <stddef.h>

#include "queue.h"

#include "smmu3/regs.h"

static void cr0_written(struct smmu3 *s, struct smmu3_bank *b, uint64_t old)
{
    uint64_t now = b->regs.cr0;

    if ((old ^ now) & SMMU3_CR0_NSSTALLD) {
        smmu3_stall_set_nsstalld(s, now & SMMU3_CR0_NSSTALLD);
    }
    if ((old ^ now) &
        (SMMU3_CR0_SMMUEN | SMMU3_CR0_ATSCHK | SMMU3_CR0_NSSTALLD)) {
        smmu3_inval_results(s);
    }
    if (old & ~now & SMMU3_CR0_SMMUEN) {
        smmu3_stall_term_all(s, b);
    }
    if (now & ~old & SMMU3_CR0_EVENTQEN) {
        smmu3_stall_wake(s, b);
    }
    if (now & ~old & SMMU3_CR0_CMDQEN) {
        smmu3_cmdq_run(s, b, &b->cmdq);
    }
}

static void gbpa_written(struct smmu3 *s, struct smmu3_bank *b, uint64_t old)
{
    (void)b;
    (void)old;
    smmu3_inval_results(s);
}

/* Complete at once, so that INV_ALL never reads as 1 (6.3.62). */
static void s_init_written(struct smmu3 *s, struct smmu3_bank *b, uint64_t old)
{
    (void)old;
    if (b->regs.s_init) {
        b->regs.s_init = 0;
        smmu3_inval_all(s);
    }
}

/* What was to be sent is sent before the source is off (6.3.17). */
static void irq_ctrl_written(struct smmu3 *s, struct smmu3_bank *b,
                             uint64_t old)
{
    if (old & ~(uint64_t)b->regs.irq_ctrl) {
        smmu3_msi_flush(s, b);
    }
}

/* Processing goes on once the error is acknowledged, with no write to PROD
 * (7.1). */
static void gerrorn_written(struct smmu3 *s, struct smmu3_bank *b, uint64_t old)
{
    if ((old ^ b->regs.gerrorn) & SMMU3_GERROR_CMDQ_ERR) {
        smmu3_cmdq_run(s, b, &b->cmdq);
    }
    if ((old ^ b->regs.gerrorn) & SMMU3_GERROR_EVENTQ_ABT_ERR) {
        smmu3_stall_wake(s, b);
    }
}

static void eventq_cons_written(struct smmu3 *s, struct smmu3_bank *b,
                                uint64_t old)
{
    (void)old;
    smmu3_stall_wake(s, b);
}

static void cmdq_prod_written(struct smmu3 *s, struct smmu3_bank *b,
                              uint64_t old)
{
    (void)old;
    smmu3_cmdq_run(s, b, &b->cmdq);
}

/* The index that the SMMU owns has no bits beyond the queue's size (6.3.26).
 */
static void cut_cmdq(struct smmu3 *s, struct smmu3_bank *b, uint64_t old)
{
    unsigned log2 = smmu3_queue_log2(b->cmdq.base, s->features.cmdqs);

    (void)old;
    smmu3_lock(s);
    b->cmdq.cons = (b->cmdq.cons & ~(uint32_t)SMMU3_Q_INDEX) |
                   smmu3_queue_cut(b->cmdq.cons, log2);
    smmu3_unlock(s);
}

static void cut_eventq(struct smmu3 *s, struct smmu3_bank *b, uint64_t old)
{
    struct smmu3_regs *r = &b->regs;
    unsigned log2 = smmu3_queue_log2(r->eventq_base, s->features.eventqs);

    (void)old;
    smmu3_lock(s);
    b->eventq.merge = false;
    r->eventq_prod = (r->eventq_prod & SMMU3_Q_OVFLG) |
                     smmu3_queue_cut(r->eventq_prod, log2);
    smmu3_unlock(s);
}

static void cut_priq(struct smmu3 *s, struct smmu3_bank *b, uint64_t old)
{
    struct smmu3_regs *r = &b->regs;
    unsigned log2 = smmu3_queue_log2(r->priq_base, s->features.priqs);

    (void)old;
    smmu3_lock(s);
    r->priq_prod =
        (r->priq_prod & SMMU3_Q_OVFLG) | smmu3_queue_cut(r->priq_prod, log2);
    smmu3_unlock(s);
}

#define FIELD(name) (uint16_t)offsetof(struct smmu3_bank, regs.name)
#define CMDQ_FIELD(name) (uint16_t)offsetof(struct smmu3_bank, cmdq.name)
#define RO32(offset, name) \
    { offset, 4, FIELD(name), SMMU3_REG_READ_ONLY, 0, NULL }

#define ALL32 0xffffffffu

/* The source's configuration registers; @bits: more of its CFG2. */
#define CFG_FIELD(name, n) FIELD(irq_cfg[SMMU3_IRQ_LINE_##name].cfg##n)
#define IRQ_CFG0(name)                                        \
    { SMMU3_##name##_IRQ_CFG0, 8,                             \
      CFG_FIELD(name, 0),      SMMU3_REG_IF_##name##_IRQ_OFF, \
      SMMU3_IRQ_CFG0_ADDR,     NULL }
#define IRQ_CFG1(name)                                          \
    { SMMU3_##name##_IRQ_CFG1,       4,     CFG_FIELD(name, 1), \
      SMMU3_REG_IF_##name##_IRQ_OFF, ALL32, NULL }
#define IRQ_CFG2(name, bits)                                       \
    { SMMU3_##name##_IRQ_CFG2,      4,                             \
      CFG_FIELD(name, 2),           SMMU3_REG_IF_##name##_IRQ_OFF, \
      SMMU3_IRQ_CFG2_MASK | (bits), NULL }

static const struct smmu3_regdef registers[] = {
    RO32(SMMU3_IDR0, id.idr[0]),
    RO32(SMMU3_IDR1, id.idr[1]),
    RO32(SMMU3_IDR2, id.idr[2]),
    RO32(SMMU3_IDR3, id.idr[3]),
    RO32(SMMU3_IDR4, id.idr[4]),
    RO32(SMMU3_IDR5, id.idr[5]),
    RO32(SMMU3_IDR6, id.idr[6]),
    RO32(SMMU3_IIDR, id.iidr),
    RO32(SMMU3_AIDR, id.aidr),
    { SMMU3_CR0, 4, FIELD(cr0), SMMU3_REG_ALWAYS,
      SMMU3_CR0_SMMUEN | SMMU3_CR0_PRIQEN | SMMU3_CR0_EVENTQEN |
          SMMU3_CR0_CMDQEN | SMMU3_CR0_ATSCHK | SMMU3_CR0_SIF |
          SMMU3_CR0_VMW_MASK | SMMU3_CR0_NSSTALLD,
      cr0_written },
    { SMMU3_CR1, 4, FIELD(cr1), SMMU3_REG_IF_TABLE_OR_QUEUES_OFF,
      SMMU3_CR1_TABLE | SMMU3_CR1_QUEUE, NULL },
    { SMMU3_CR2, 4, FIELD(cr2), SMMU3_REG_IF_SMMU_OFF,
      SMMU3_CR2_E2H | SMMU3_CR2_RECINVSID | SMMU3_CR2_REC_CFG_ATS, NULL },
    { SMMU3_S_INIT, 4, FIELD(s_init), SMMU3_REG_ALWAYS, SMMU3_S_INIT_INV_ALL,
      s_init_written },
    { SMMU3_GBPA, 4, FIELD(gbpa), SMMU3_REG_IF_UPDATE,
      SMMU3_GBPA_ABORT | SMMU3_GBPA_INSTCFG | SMMU3_GBPA_PRIVCFG |
          SMMU3_GBPA_NSCFG | SMMU3_GBPA_SHCFG | SMMU3_GBPA_ALLOCCFG |
          SMMU3_GBPA_MTCFG | SMMU3_GBPA_MEMATTR,
      gbpa_written },
    { SMMU3_IRQ_CTRL, 4, FIELD(irq_ctrl), SMMU3_REG_ALWAYS,
      SMMU3_IRQ_GERROR | SMMU3_IRQ_PRIQ | SMMU3_IRQ_EVENTQ, irq_ctrl_written },
    RO32(SMMU3_IRQ_CTRLACK, irq_ctrl),
    RO32(SMMU3_GERROR, gerror),
    { SMMU3_GERRORN, 4, FIELD(gerrorn), SMMU3_REG_ALWAYS,
      SMMU3_GERROR_CMDQ_ERR | SMMU3_GERROR_EVENTQ_ABT_ERR |
          SMMU3_GERROR_PRIQ_ABT_ERR | SMMU3_GERROR_MSI_CMDQ_ABT_ERR |
          SMMU3_GERROR_MSI_EVENTQ_ABT_ERR | SMMU3_GERROR_MSI_PRIQ_ABT_ERR |
          SMMU3_GERROR_MSI_GERROR_ABT_ERR | SMMU3_GERROR_SFM_ERR |
          SMMU3_GERROR_CMDQP_ERR,
      gerrorn_written },
    IRQ_CFG0(GERROR),
    IRQ_CFG1(GERROR),
    IRQ_CFG2(GERROR, 0),
    IRQ_CFG0(EVENTQ),
    IRQ_CFG1(EVENTQ),
    IRQ_CFG2(EVENTQ, 0),
    IRQ_CFG0(PRIQ),
    IRQ_CFG1(PRIQ),
    IRQ_CFG2(PRIQ, SMMU3_PRIQ_IRQ_CFG2_LO),
    { SMMU3_STRTAB_BASE, 8, FIELD(strtab_base), SMMU3_REG_IF_SMMU_OFF,
      SMMU3_STRTAB_BASE_RA | SMMU3_STRTAB_BASE_ADDR, NULL },
    { SMMU3_STRTAB_BASE_CFG, 4, FIELD(strtab_base_cfg), SMMU3_REG_IF_SMMU_OFF,
      SMMU3_STRTAB_CFG_MASK, NULL },
    { SMMU3_CMDQ_BASE, 8, CMDQ_FIELD(base), SMMU3_REG_IF_CMDQ_OFF,
      SMMU3_QBASE_MASK, cut_cmdq },
    { SMMU3_CMDQ_PROD, 4, CMDQ_FIELD(prod), SMMU3_REG_ALWAYS, SMMU3_Q_INDEX,
      cmdq_prod_written },
    { SMMU3_CMDQ_CONS, 4, CMDQ_FIELD(cons), SMMU3_REG_IF_CMDQ_OFF,
      SMMU3_Q_INDEX, cut_cmdq },
    { SMMU3_EVENTQ_BASE, 8, FIELD(eventq_base), SMMU3_REG_IF_EVENTQ_OFF,
      SMMU3_QBASE_MASK, cut_eventq },
    { SMMU3_EVENTQ_PROD, 4, FIELD(eventq_prod), SMMU3_REG_IF_EVENTQ_OFF,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, cut_eventq },
    { SMMU3_EVENTQ_CONS, 4, FIELD(eventq_cons), SMMU3_REG_ALWAYS,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, eventq_cons_written },
    { SMMU3_PRIQ_BASE, 8, FIELD(priq_base), SMMU3_REG_IF_PRIQ_OFF,
      SMMU3_QBASE_MASK, cut_priq },
    { SMMU3_PRIQ_PROD, 4, FIELD(priq_prod), SMMU3_REG_IF_PRIQ_OFF,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, cut_priq },
    { SMMU3_PRIQ_CONS, 4, FIELD(priq_cons), SMMU3_REG_ALWAYS,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, NULL },
};

const struct smmu3_regdef *smmu3_reg_find(uint32_t offset, unsigned size)
{
    if ((size != 4 && size != 8) || offset % size) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        const struct smmu3_regdef *r = &registers[i];

        if (offset == r->offset || (r->size == 8 && offset == r->offset + 4)) {
            return size <= r->size ? r : NULL;
        }
    }
    return NULL;
}
