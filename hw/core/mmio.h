/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a register is: where it lies, who may write it, what follows.
 * Layer L3.
 */
#ifndef SMMU3_CORE_MMIO_H
#define SMMU3_CORE_MMIO_H

#include "state.h"

/* When a register can be written (6.3). */
enum smmu3_reg_guard {
    SMMU3_REG_READ_ONLY,
    SMMU3_REG_ALWAYS,
    SMMU3_REG_IF_SMMU_OFF,            /* CR0.SMMUEN and its ACK are 0 */
    SMMU3_REG_IF_CMDQ_OFF,            /* CR0.CMDQEN likewise */
    SMMU3_REG_IF_EVENTQ_OFF,          /* CR0.EVENTQEN likewise */
    SMMU3_REG_IF_PRIQ_OFF,            /* CR0.PRIQEN likewise */
    SMMU3_REG_IF_GERROR_IRQ_OFF,      /* IRQ_CTRL.GERROR_IRQEN likewise */
    SMMU3_REG_IF_PRIQ_IRQ_OFF,        /* IRQ_CTRL.PRIQ_IRQEN likewise */
    SMMU3_REG_IF_EVENTQ_IRQ_OFF,      /* IRQ_CTRL.EVENTQ_IRQEN likewise */
    SMMU3_REG_IF_TABLE_OR_QUEUES_OFF, /* CR1: by field */
    SMMU3_REG_IF_UPDATE, /* the value written has bit 31, Update, set */
};

/* Side effect of a write, after the register holds its new value. */
typedef void (*smmu3_reg_written_fn)(struct smmu3 *s, struct smmu3_bank *b,
                                     uint64_t old);

struct smmu3_regdef {
    uint32_t offset;
    uint8_t size;   /* bytes: 4 or 8 */
    uint16_t field; /* in struct smmu3_bank; also of that size */
    uint8_t guard;  /* enum smmu3_reg_guard */
    uint64_t mask;  /* writable bits; the others read as stored */
    smmu3_reg_written_fn written;
};

/*
 * The register that an access of @size bytes at @offset hits, or NULL: 32-bit
 * registers take aligned 32-bit accesses, 64-bit ones also their halves (6.2).
 */
const struct smmu3_regdef *smmu3_reg_find(uint32_t offset, unsigned size);

#endif
