/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages that each stream touched lately, for people who debug.
 * Layer L5.
 *
 * A page is a slot, without a lock: a race loses one.
 */
#include "compat.h"
#include "internal.h"

#define PAGE_LG2 12
#define PAGE_MASK_LOW (SMMU3_BIT(PAGE_LG2) - 1)

/* In a slot, besides SMMULATOR_SEEN_*. */
#define SEEN_VALID 8u

/* Multiplicative hash; its top bits choose among SMMULATOR_SEEN_SLOTS. */
static unsigned seen_slot(uint64_t page)
{
    QEMU_BUILD_BUG_ON(SMMULATOR_SEEN_SLOTS != 16);
    return (page >> PAGE_LG2) * UINT64_C(0x9e3779b97f4a7c15) >> 60;
}

void smmulator_port_note_seen(SmmulatorPort *port, uint32_t sid, hwaddr addr,
                              bool write, enum smmu3_outcome outcome)
{
    uint64_t page = addr & ~PAGE_MASK_LOW;
    uint64_t *slot = &port->seen[seen_slot(page)];
    uint64_t was;
    uint64_t now = page | SEEN_VALID |
                   (write ? SMMULATOR_SEEN_WRITE : SMMULATOR_SEEN_READ) |
                   (outcome == SMMU3_OK ? 0 : SMMULATOR_SEEN_FAULT);

    /* The guest gave the bus another number. */
    if (qatomic_read(&port->seen_sid) != sid) {
        for (unsigned i = 0; i < SMMULATOR_SEEN_SLOTS; i++) {
            qatomic_set(&port->seen[i], 0);
        }
        qatomic_set(&port->seen_sid, sid);
    }
    was = qatomic_read(slot);
    if ((was & ~PAGE_MASK_LOW) == page) {
        now |= was;
    }
    if (now != was) {
        qatomic_set(slot, now);
    }
}

void smmulator_iommu_foreach_seen(SmmulatorState *s, SmmulatorSeenFn *fn,
                                  void *opaque)
{
    SmmulatorPort *port;

    QLIST_FOREACH(port, &s->ports, next)
    {
        for (unsigned i = 0; i < SMMULATOR_SEEN_SLOTS; i++) {
            uint64_t seen = qatomic_read(&port->seen[i]);

            if (seen & SEEN_VALID) {
                fn(opaque, qatomic_read(&port->seen_sid), seen & ~PAGE_MASK_LOW,
                   seen & PAGE_MASK_LOW & ~SEEN_VALID);
            }
        }
    }
}
