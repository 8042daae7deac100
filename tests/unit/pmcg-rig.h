/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for counter groups: one group at an SMMU on the fake host, with a
 * clock that the test moves.
 * Tests only.
 */
#ifndef TESTS_UNIT_PMCG_RIG_H
#define TESTS_UNIT_PMCG_RIG_H

#include "rig.h"
#include "smmu3/pmcg.h"

struct pmcg_rig {
    struct rig *r;
    struct smmu3_pmcg_params params;
    struct smmu3_pmcg *p;
    uint64_t cycles, alarm;
    unsigned irqs, kicks;
    /* Called when the wired interrupt pulses; may be NULL. */
    void (*on_irq)(struct pmcg_rig *g);
};

/* 8 counters of 32 bits in page 0, MSI, capture, a filter each. */
struct smmu3_pmcg_params pmcg_params(void);
/* A group at an enabled SMMU; NULL: pmcg_params(), rig_params(). */
struct pmcg_rig *pmcg_new(const struct smmu3_pmcg_params *p,
                          const struct smmu3_params *smmu);
struct pmcg_rig *pmcg_start(void);
/* Adds a group to g->r. */
void pmcg_attach(struct pmcg_rig *g, const struct smmu3_pmcg_params *p);
void pmcg_free(struct pmcg_rig *g);
/* Are these parameters refused? */
bool pmcg_refused(const struct smmu3_pmcg_params *p);

/* Registers of page 0, and of page 1. */
uint32_t p32(struct pmcg_rig *g, uint32_t offset);
uint64_t p64(struct pmcg_rig *g, uint32_t offset);
void q32(struct pmcg_rig *g, uint32_t offset, uint32_t value);
void q64(struct pmcg_rig *g, uint32_t offset, uint64_t value);
uint32_t p1_32(struct pmcg_rig *g, uint32_t offset);
void q1_32(struct pmcg_rig *g, uint32_t offset, uint32_t value);

/* Counter @i counts @event of all streams, from now on. */
void pmcg_counter(struct pmcg_rig *g, unsigned i, uint32_t event);

/* Streams whose pages from 0x0 are at 0x40000000 and up, of 39 bits; nested:
 * everything at stage 2 as it is, in blocks of 1 GiB. */
void pmcg_stage1(struct pmcg_rig *g, uint32_t sid);
void pmcg_nested(struct pmcg_rig *g, uint32_t sid);

#endif
