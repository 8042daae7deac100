/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Global errors and interrupts, wired and by message (3.18, 6.3.17-6.3.23).
 * Layer L3.
 *
 * Any thread may raise an interrupt. A line is pulsed at once. A message is a
 * write that mostly ends in another device, the ITS; it is left to the threads
 * that serve MMIO, and raised again before it was sent, it is sent once.
 */
#include "state.h"

#include "attr.h"

#include "smmu3/regs.h"

/* What belongs to each source of interrupts. */
static const struct {
    uint32_t enable; /* in IRQ_CTRL; CMD_SYNC has none */
    uint32_t abort;  /* in GERROR: its message aborted */
} sources[SMMU3_IRQ_LINES] = {
    [SMMU3_IRQ_LINE_EVENTQ] = { SMMU3_IRQ_EVENTQ,
                                SMMU3_GERROR_MSI_EVENTQ_ABT_ERR },
    [SMMU3_IRQ_LINE_PRIQ] = { SMMU3_IRQ_PRIQ, SMMU3_GERROR_MSI_PRIQ_ABT_ERR },
    [SMMU3_IRQ_LINE_CMDQ_SYNC] = { 0, SMMU3_GERROR_MSI_CMDQ_ABT_ERR },
    [SMMU3_IRQ_LINE_GERROR] = { SMMU3_IRQ_GERROR,
                                SMMU3_GERROR_MSI_GERROR_ABT_ERR },
};

void smmu3_irq_pulse(struct smmu3 *s, struct smmu3_bank *b, enum smmu3_irq line)
{
    uint32_t enable = sources[line].enable;
    bool enabled;
    bool message;

    smmu3_lock(s);
    enabled = enable == 0 || (b->regs.irq_ctrl & enable);
    /* CFG0 is RES0, and so 0, without IDR0.MSI. */
    message = enabled && b->regs.irq_cfg[line].cfg0;
    if (message) {
        b->msi_pending |= 1u << line;
    }
    smmu3_unlock(s);
    if (enabled && s->host.irq) {
        s->host.irq(s->host.opaque, line);
    }
    if (message) {
        s->host.kick(s->host.opaque);
    }
}

void smmu3_msi_send(struct smmu3 *s, struct smmu3_bank *b, enum smmu3_irq line,
                    const struct smmu3_msi *msi)
{
    struct smmu3_attr attr = smmu3_attr_memattr(msi->memattr, msi->sh);
    /* Whether there is an address is decided before it is cut (4.7.3). */
    uint64_t addr = msi->addr & smmu3_low(s->features.oas);

    if (!msi->addr) {
        return;
    }
    if (s->host.msi && s->host.msi(s->host.opaque, b->space, addr, msi->data,
                                   attr.mair, attr.sh)) {
        smmu3_lock(s);
        s->stats.msis[line]++;
        smmu3_unlock(s);
    } else {
        smmu3_gerror_raise(s, b, sources[line].abort);
    }
}

/* Takes the message of a source that has one to send. */
static bool take(struct smmu3 *s, struct smmu3_bank *b, enum smmu3_irq *line,
                 struct smmu3_msi *msi)
{
    bool found = false;

    smmu3_lock(s);
    for (unsigned i = 0; i < SMMU3_IRQ_LINES && !found; i++) {
        const struct smmu3_irq_cfg *cfg = &b->regs.irq_cfg[i];
        const uint64_t cfg2 = cfg->cfg2;

        if (b->msi_pending & 1u << i) {
            b->msi_pending &= ~(1u << i);
            *line = (enum smmu3_irq)i;
            *msi = (struct smmu3_msi){
                .addr = cfg->cfg0,
                .data = cfg->cfg1,
                .memattr = (uint8_t)smmu3_get(&cfg2, SMMU3_IRQ_CFG2_MEMATTR),
                .sh = (uint8_t)smmu3_get(&cfg2, SMMU3_IRQ_CFG2_SH),
            };
            found = true;
        }
    }
    smmu3_unlock(s);
    return found;
}

/* An abort may leave one of GERROR's in turn. Other threads may go on raising
 * interrupts: the work is bounded, the rest is for the next call. */
void smmu3_msi_flush(struct smmu3 *s, struct smmu3_bank *b)
{
    enum smmu3_irq line;
    struct smmu3_msi msi;

    for (unsigned n = 0; n < 2 * SMMU3_IRQ_LINES && take(s, b, &line, &msi);
         n++) {
        smmu3_msi_send(s, b, line, &msi);
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
    /* That GERROR's own message aborted interrupts nobody (6.3.19). */
    if (raised && bit != SMMU3_GERROR_MSI_GERROR_ABT_ERR) {
        smmu3_irq_pulse(s, b, SMMU3_IRQ_LINE_GERROR);
    }
}
