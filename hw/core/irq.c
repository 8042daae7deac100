/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Global errors and wired interrupts (3.18, 6.3.17-6.3.20).
 * Layer L3.
 */
#include "state.h"

#include "smmu3/regs.h"

void smmu3_irq_pulse(struct smmu3 *s, struct smmu3_bank *b, enum smmu3_irq line)
{
    uint32_t enable = line == SMMU3_IRQ_LINE_EVENTQ   ? SMMU3_IRQ_EVENTQ
                      : line == SMMU3_IRQ_LINE_GERROR ? SMMU3_IRQ_GERROR
                                                      : 0;
    bool enabled;

    smmu3_lock(s);
    enabled = enable == 0 || (b->regs.irq_ctrl & enable);
    smmu3_unlock(s);
    if (enabled && s->host.irq) {
        s->host.irq(s->host.opaque, line);
    }
}

bool smmu3_gerror_toggle(struct smmu3_bank *b, uint32_t bit)
{
    if ((b->regs.gerror ^ b->regs.gerrorn) & bit) {
        return false;
    }
    b->regs.gerror ^= bit;
    return true;
}

void smmu3_gerror_raise(struct smmu3 *s, struct smmu3_bank *b, uint32_t bit)
{
    bool raised;

    smmu3_lock(s);
    raised = smmu3_gerror_toggle(b, bit);
    smmu3_unlock(s);
    if (raised) {
        smmu3_irq_pulse(s, b, SMMU3_IRQ_LINE_GERROR);
    }
}
