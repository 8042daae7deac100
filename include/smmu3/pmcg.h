/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A performance monitor counter group of an SMMU (10): its registers, and the
 * API of the model.
 * Layer L3; the constants are L1.
 *
 * Threads: smmu3_pmcg_read(), _write(), _run() and _reset() are called under
 * the lock under which smmu3_mmio_write() is; transactions are counted from
 * any thread.
 */
#ifndef SMMU3_PMCG_H
#define SMMU3_PMCG_H

#include "smmu3/bits.h"
#include "smmu3/host.h"

/* Page 0, and page 1 if there is one, as firmware describes them (10.5.1). */
#define SMMU3_PMCG_PAGE_SIZE 0x1000u

enum smmu3_pmcg_reg {
    SMMU3_PMCG_EVCNTR = 0x000,
    SMMU3_PMCG_EVTYPER = 0x400,
    SMMU3_PMCG_SVR = 0x600,
    SMMU3_PMCG_SMR = 0xa00,
    SMMU3_PMCG_CNTENSET0 = 0xc00,
    SMMU3_PMCG_CNTENCLR0 = 0xc20,
    SMMU3_PMCG_INTENSET0 = 0xc40,
    SMMU3_PMCG_INTENCLR0 = 0xc60,
    SMMU3_PMCG_OVSCLR0 = 0xc80,
    SMMU3_PMCG_OVSSET0 = 0xcc0,
    SMMU3_PMCG_CAPR = 0xd88,
    SMMU3_PMCG_SCR = 0xdf8,
    SMMU3_PMCG_CFGR = 0xe00,
    SMMU3_PMCG_CR = 0xe04,
    SMMU3_PMCG_IIDR = 0xe08,
    SMMU3_PMCG_CEID0 = 0xe20,
    SMMU3_PMCG_IRQ_CTRL = 0xe50,
    SMMU3_PMCG_IRQ_CTRLACK = 0xe54,
    SMMU3_PMCG_IRQ_CFG0 = 0xe58,
    SMMU3_PMCG_IRQ_CFG1 = 0xe60,
    SMMU3_PMCG_IRQ_CFG2 = 0xe64,
    SMMU3_PMCG_IRQ_STATUS = 0xe68,
    SMMU3_PMCG_AIDR = 0xe70,
    SMMU3_PMCG_PMDEVARCH = 0xfbc,
    SMMU3_PMCG_PMDEVTYPE = 0xfcc,
    SMMU3_PMCG_PIDR0 = 0xfe0,
    SMMU3_PMCG_PIDR1 = 0xfe4,
    SMMU3_PMCG_PIDR2 = 0xfe8,
    SMMU3_PMCG_CIDR0 = 0xff0,
    SMMU3_PMCG_CIDR1 = 0xff4,
    SMMU3_PMCG_CIDR2 = 0xff8,
    SMMU3_PMCG_CIDR3 = 0xffc,
};

#define SMMU3_PMCG_COUNTERS_MAX 64u

/* EVTYPERn */
#define SMMU3_PMCG_EVTYPER_EVENT SMMU3_MASK(15, 0)
#define SMMU3_PMCG_EVTYPER_SID_SPAN SMMU3_BIT(29)
#define SMMU3_PMCG_EVTYPER_SEC_SID SMMU3_BIT(30)
#define SMMU3_PMCG_EVTYPER_OVFCAP SMMU3_BIT(31)

#define SMMU3_PMCG_CFGR_NCTR SMMU3_FIELD(5, 0)
#define SMMU3_PMCG_CFGR_SIZE SMMU3_FIELD(13, 8)
#define SMMU3_PMCG_CFGR_RELOC_CTRS SMMU3_FIELD(20, 20)
#define SMMU3_PMCG_CFGR_MSI SMMU3_FIELD(21, 21)
#define SMMU3_PMCG_CFGR_CAPTURE SMMU3_FIELD(22, 22)
#define SMMU3_PMCG_CFGR_SID_FILTER_TYPE SMMU3_FIELD(23, 23)

#define SMMU3_PMCG_CR_E SMMU3_BIT(0)
#define SMMU3_PMCG_CAPR_CAPTURE SMMU3_BIT(0)
#define SMMU3_PMCG_IRQ_CTRL_IRQEN SMMU3_BIT(0)
#define SMMU3_PMCG_IRQ_CFG0_ADDR SMMU3_MASK(55, 2)
#define SMMU3_PMCG_IRQ_CFG2_MASK SMMU3_MASK(5, 0)
#define SMMU3_PMCG_IRQ_STATUS_IRQ_ABT SMMU3_BIT(0)
#define SMMU3_PMCG_SCR_SO SMMU3_BIT(0)
#define SMMU3_PMCG_SCR_NSRA SMMU3_BIT(1)
#define SMMU3_PMCG_SCR_NSMSI SMMU3_BIT(2)
#define SMMU3_PMCG_SCR_RAO SMMU3_BIT(31)

/* Events (10.3) */
enum smmu3_pmu_event {
    SMMU3_PMU_CYCLES = 0,
    SMMU3_PMU_TRANSACTION = 1,
    SMMU3_PMU_TLB_MISS = 2,
    SMMU3_PMU_CONFIG_MISS = 3,
    SMMU3_PMU_WALK_ACCESS = 4,
    SMMU3_PMU_CONFIG_ACCESS = 5,
    SMMU3_PMU_ATS_REQUEST = 6,
    SMMU3_PMU_ATS_TRANSLATED = 7,
    SMMU3_PMU_EVENTS,
};

struct smmu3;
struct smmu3_pmcg;

/* What the integrator chooses. */
struct smmu3_pmcg_params {
    unsigned counters; /* 1 to 64 */
    unsigned bits;     /* of a counter: 32, 36, 40, 44, 48, 64 */
    bool reloc;        /* counters in page 1 */
    bool msi;
    bool capture;
    bool shared_filter; /* CFGR.SID_FILTER_TYPE: one filter for all */
};

/* What the group needs of its host, beside the lock of its SMMU's. */
struct smmu3_pmcg_host {
    void *opaque;
    /* Pulses the wired interrupt; from any thread. */
    void (*irq)(void *opaque);
    /* As in struct smmu3_host; from the threads that serve MMIO. */
    bool (*msi)(void *opaque, enum smmu3_space space, uint64_t addr,
                uint32_t data, uint8_t attr, uint8_t sh);
    /* Call smmu3_pmcg_run() soon; from any thread. */
    void (*kick)(void *opaque);
    /* The clock of event 0: never goes back. From any thread. */
    uint64_t (*cycles)(void *opaque);
    /* Call smmu3_pmcg_run() when the clock has reached @cycles, UINT64_MAX:
     * never. Replaces what was asked before. From threads that serve MMIO. */
    void (*alarm)(void *opaque, uint64_t cycles);
};

/*
 * Makes a group in its reset state that counts all streams of @s, and lives no
 * longer than it. On a bad parameter or no memory: NULL and *@error, a constant
 * text.
 */
struct smmu3_pmcg *smmu3_pmcg_new(struct smmu3 *s,
                                  const struct smmu3_pmcg_params *params,
                                  const struct smmu3_pmcg_host *host,
                                  const char **error);
void smmu3_pmcg_free(struct smmu3_pmcg *p);
void smmu3_pmcg_reset(struct smmu3_pmcg *p);

/* Register accesses, as smmu3_mmio_read(); @page is 0 or 1. */
uint64_t smmu3_pmcg_read(struct smmu3_pmcg *p, enum smmu3_space space,
                         unsigned page, uint32_t offset, unsigned size);
void smmu3_pmcg_write(struct smmu3_pmcg *p, enum smmu3_space space,
                      unsigned page, uint32_t offset, uint64_t value,
                      unsigned size);

/* Does what a kick or an alarm announced. */
void smmu3_pmcg_run(struct smmu3_pmcg *p);

#endif
