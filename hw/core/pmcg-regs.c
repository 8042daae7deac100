/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a counter group (10.5).
 * Layer L3.
 */
#include "pmcg.h"

#include "idregs.h"

#define ALL32 0xffffffffu

/* PIDR's part number: beside the SMMU's own. */
#define PART (SMMU3_PRODUCT + 1)

/*
 * Consecutive registers of one kind. The handlers get the number of the
 * register; the lock is held and cycles are counted up to now. A handler that
 * is missing: RAZ, or WI. @mask: which bits of a register the access hits.
 */
struct range {
    uint16_t first;
    uint16_t end;
    uint8_t width;  /* bytes; 0: 8 or, where counters are narrow, 4 */
    bool with_ctrs; /* in page 1 with RELOC_CTRS, else in page 0 */
    bool is_secure; /* Secure accesses only */
    uint64_t (*read)(const struct smmu3_pmcg *p, unsigned i);
    void (*write)(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                  uint64_t mask);
};

static void merge32(uint32_t *reg, uint64_t value, uint64_t mask)
{
    *reg = (uint32_t)((*reg & ~mask) | (value & mask));
}

static uint64_t read_counter(const struct smmu3_pmcg *p, unsigned i)
{
    return i < p->p.counters ? p->counter[i] : 0;
}

static void write_counter(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                          uint64_t mask)
{
    if (i < p->p.counters) {
        p->counter[i] =
            ((p->counter[i] & ~mask) | (value & mask)) & smmu3_low(p->p.bits);
    }
}

static uint64_t read_shadow(const struct smmu3_pmcg *p, unsigned i)
{
    return p->p.capture && i < p->p.counters ? p->shadow[i] : 0;
}

/* A filter of its own: not counter 1 and up, if all share the first's. */
static bool has_filter(const struct smmu3_pmcg *p, unsigned i)
{
    return i < p->p.counters && (i == 0 || !p->p.shared_filter);
}

static uint64_t read_type(const struct smmu3_pmcg *p, unsigned i)
{
    return i < p->p.counters ? p->type[i] : 0;
}

static void write_type(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                       uint64_t mask)
{
    uint64_t bits = SMMU3_PMCG_EVTYPER_EVENT;

    if (i >= p->p.counters) {
        return;
    }
    bits |= p->p.capture ? SMMU3_PMCG_EVTYPER_OVFCAP : 0;
    if (has_filter(p, i)) {
        bits |= SMMU3_PMCG_EVTYPER_SID_SPAN;
        bits |= p->s->features.secure ? SMMU3_PMCG_EVTYPER_SEC_SID : 0;
    }
    merge32(&p->type[i], value, mask & bits);
}

static uint64_t read_smr(const struct smmu3_pmcg *p, unsigned i)
{
    return has_filter(p, i) ? p->smr[i] : 0;
}

static void write_smr(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                      uint64_t mask)
{
    if (has_filter(p, i)) {
        merge32(&p->smr[i], value, mask & smmu3_pmcg_sids(p));
    }
}

/* Bit maps: one register sets, one clears, both read as they are. */
#define BITMAP(field)                                                         \
    static uint64_t read_##field(const struct smmu3_pmcg *p, unsigned i)      \
    {                                                                         \
        (void)i;                                                              \
        return p->field;                                                      \
    }                                                                         \
    static void set_##field(struct smmu3_pmcg *p, unsigned i, uint64_t value, \
                            uint64_t mask)                                    \
    {                                                                         \
        (void)i;                                                              \
        p->field |= value & mask & smmu3_pmcg_all(p);                         \
    }                                                                         \
    static void clear_##field(struct smmu3_pmcg *p, unsigned i,               \
                              uint64_t value, uint64_t mask)                  \
    {                                                                         \
        (void)i;                                                              \
        p->field &= ~(value & mask);                                          \
    }

BITMAP(enabled)
BITMAP(inten)
BITMAP(ovs)

static void write_capr(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                       uint64_t mask)
{
    (void)i;
    if (p->p.capture && value & mask & SMMU3_PMCG_CAPR_CAPTURE) {
        smmu3_pmcg_capture(p);
    }
}

static uint64_t read_scr(const struct smmu3_pmcg *p, unsigned i)
{
    (void)i;
    return p->scr;
}

static void write_scr(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                      uint64_t mask)
{
    (void)i;
    merge32(&p->scr, value,
            mask & (SMMU3_PMCG_SCR_SO | SMMU3_PMCG_SCR_NSRA |
                    (p->p.msi ? SMMU3_PMCG_SCR_NSMSI : 0)));
}

static uint64_t read_cfgr(const struct smmu3_pmcg *p, unsigned i)
{
    uint64_t v = 0;

    (void)i;
    smmu3_put(&v, SMMU3_PMCG_CFGR_NCTR, p->p.counters - 1);
    smmu3_put(&v, SMMU3_PMCG_CFGR_SIZE, p->p.bits - 1);
    smmu3_put(&v, SMMU3_PMCG_CFGR_RELOC_CTRS, p->p.reloc);
    smmu3_put(&v, SMMU3_PMCG_CFGR_MSI, p->p.msi);
    smmu3_put(&v, SMMU3_PMCG_CFGR_CAPTURE, p->p.capture);
    smmu3_put(&v, SMMU3_PMCG_CFGR_SID_FILTER_TYPE, p->p.shared_filter);
    return v;
}

static uint64_t read_cr(const struct smmu3_pmcg *p, unsigned i)
{
    (void)i;
    return p->cr;
}

static void write_cr(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                     uint64_t mask)
{
    (void)i;
    merge32(&p->cr, value, mask & SMMU3_PMCG_CR_E);
}

static uint64_t read_iidr(const struct smmu3_pmcg *p, unsigned i)
{
    (void)p;
    (void)i;
    return (uint64_t)PART << 20;
}

/* CEID0, CEID1: all architected events are of the first. */
static uint64_t read_ceid(const struct smmu3_pmcg *p, unsigned i)
{
    unsigned events =
        p->s->features.ats ? SMMU3_PMU_EVENTS : SMMU3_PMU_ATS_REQUEST;

    return i ? 0 : smmu3_low(events);
}

static uint64_t read_irq_ctrl(const struct smmu3_pmcg *p, unsigned i)
{
    (void)i;
    return p->irq_ctrl;
}

/* The end of an error is when interrupts are enabled (10.5.2, IRQ_STATUS). */
static void write_irq_ctrl(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                           uint64_t mask)
{
    uint32_t old = p->irq_ctrl;

    (void)i;
    merge32(&p->irq_ctrl, value, mask & SMMU3_PMCG_IRQ_CTRL_IRQEN);
    if (p->irq_ctrl & ~old) {
        p->irq_status = 0;
    }
}

/* IRQ_CFG0-2 are guarded by IRQEN. */
static bool can_configure(const struct smmu3_pmcg *p)
{
    return p->p.msi && !(p->irq_ctrl & SMMU3_PMCG_IRQ_CTRL_IRQEN);
}

static uint64_t read_irq_cfg0(const struct smmu3_pmcg *p, unsigned i)
{
    (void)i;
    return p->irq_cfg0;
}

static void write_irq_cfg0(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                           uint64_t mask)
{
    (void)i;
    if (can_configure(p)) {
        mask &= SMMU3_PMCG_IRQ_CFG0_ADDR & smmu3_low(p->s->features.oas);
        p->irq_cfg0 = (p->irq_cfg0 & ~mask) | (value & mask);
    }
}

static uint64_t read_irq_cfg12(const struct smmu3_pmcg *p, unsigned i)
{
    return i ? p->irq_cfg2 : p->irq_cfg1;
}

static void write_irq_cfg12(struct smmu3_pmcg *p, unsigned i, uint64_t value,
                            uint64_t mask)
{
    if (can_configure(p)) {
        merge32(i ? &p->irq_cfg2 : &p->irq_cfg1, value,
                mask & (i ? SMMU3_PMCG_IRQ_CFG2_MASK : ALL32));
    }
}

static uint64_t read_irq_status(const struct smmu3_pmcg *p, unsigned i)
{
    (void)i;
    return p->s->features.arch_minor ? p->irq_status : 0;
}

static uint64_t read_aidr(const struct smmu3_pmcg *p, unsigned i)
{
    (void)i;
    return p->s->features.arch_minor;
}

/* 0xFB0 to 0xFFC. */
static uint64_t read_id_block(const struct smmu3_pmcg *p, unsigned i)
{
    static const struct {
        uint32_t offset;
        uint32_t value;
    } ids[] = {
        { SMMU3_PMCG_PMDEVARCH, 0x47702a56 },
        { SMMU3_PMCG_PMDEVTYPE, 0x56 },
        { SMMU3_PMCG_PIDR0, PART & 0xff },
        { SMMU3_PMCG_PIDR1, PART >> 8 },
        { SMMU3_PMCG_PIDR2, 0x8 }, /* [3] is RES1 */
        { SMMU3_PMCG_CIDR0, 0x0d },
        { SMMU3_PMCG_CIDR1, 0x90 },
        { SMMU3_PMCG_CIDR2, 0x05 },
        { SMMU3_PMCG_CIDR3, 0xb1 },
    };

    (void)p;
    for (unsigned n = 0; n < sizeof(ids) / sizeof(ids[0]); n++) {
        if (ids[n].offset == 0xfb0 + 4 * i) {
            return ids[n].value;
        }
    }
    return 0;
}

static const struct range ranges[] = {
    { SMMU3_PMCG_EVCNTR, 0x200, 0, true, false, read_counter, write_counter },
    { SMMU3_PMCG_EVTYPER, 0x500, 4, false, false, read_type, write_type },
    { SMMU3_PMCG_SVR, 0x800, 0, true, false, read_shadow, NULL },
    { SMMU3_PMCG_SMR, 0xb00, 4, false, false, read_smr, write_smr },
    { SMMU3_PMCG_CNTENSET0, 0xc08, 8, false, false, read_enabled, set_enabled },
    { SMMU3_PMCG_CNTENCLR0, 0xc28, 8, false, false, read_enabled,
      clear_enabled },
    { SMMU3_PMCG_INTENSET0, 0xc48, 8, false, false, read_inten, set_inten },
    { SMMU3_PMCG_INTENCLR0, 0xc68, 8, false, false, read_inten, clear_inten },
    { SMMU3_PMCG_OVSCLR0, 0xc88, 8, true, false, read_ovs, clear_ovs },
    { SMMU3_PMCG_OVSSET0, 0xcc8, 8, true, false, read_ovs, set_ovs },
    { SMMU3_PMCG_CAPR, 0xd8c, 4, true, false, NULL, write_capr },
    { SMMU3_PMCG_SCR, 0xdfc, 4, false, true, read_scr, write_scr },
    { SMMU3_PMCG_CFGR, 0xe04, 4, false, false, read_cfgr, NULL },
    { SMMU3_PMCG_CR, 0xe08, 4, false, false, read_cr, write_cr },
    { SMMU3_PMCG_IIDR, 0xe0c, 4, false, false, read_iidr, NULL },
    { SMMU3_PMCG_CEID0, 0xe30, 8, false, false, read_ceid, NULL },
    { SMMU3_PMCG_IRQ_CTRL, 0xe54, 4, false, false, read_irq_ctrl,
      write_irq_ctrl },
    { SMMU3_PMCG_IRQ_CTRLACK, 0xe58, 4, false, false, read_irq_ctrl, NULL },
    { SMMU3_PMCG_IRQ_CFG0, 0xe60, 8, false, false, read_irq_cfg0,
      write_irq_cfg0 },
    { SMMU3_PMCG_IRQ_CFG1, 0xe68, 4, false, false, read_irq_cfg12,
      write_irq_cfg12 },
    { SMMU3_PMCG_IRQ_STATUS, 0xe6c, 4, false, false, read_irq_status, NULL },
    { SMMU3_PMCG_AIDR, 0xe74, 4, false, false, read_aidr, NULL },
    { 0xfb0, 0x1000, 4, false, false, read_id_block, NULL },
};

/* Where an access goes. */
struct target {
    const struct range *range;
    unsigned i; /* number of the register in the range */
    bool upper; /* its upper half alone */
};

static unsigned width_of(const struct smmu3_pmcg *p, const struct range *r)
{
    return r->width ? r->width : p->p.bits > 32 ? 8 : 4;
}

/*
 * False: RAZ/WI. 32-bit registers take aligned 32-bit accesses, 64-bit ones
 * also their halves (6.2). Non-secure accesses need SCR.NSRA where there is a
 * Secure state (10.6).
 */
static bool find(const struct smmu3_pmcg *p, enum smmu3_space space,
                 unsigned page, uint32_t offset, unsigned size,
                 struct target *t)
{
    bool secure = p->s->features.secure;

    if ((size != 4 && size != 8) || offset % size || page > 1 ||
        (secure && space == SMMU3_NS && !(p->scr & SMMU3_PMCG_SCR_NSRA))) {
        return false;
    }
    for (size_t n = 0; n < sizeof(ranges) / sizeof(ranges[0]); n++) {
        const struct range *r = &ranges[n];
        unsigned width = width_of(p, r);

        if (offset < r->first || offset >= r->end ||
            page != (p->p.reloc && r->with_ctrs) ||
            (r->is_secure && !(secure && space == SMMU3_S))) {
            continue;
        }
        t->range = r;
        t->i = (offset - r->first) / width;
        t->upper = (offset - r->first) % width;
        return size <= width;
    }
    return false;
}

uint64_t smmu3_pmcg_read(struct smmu3_pmcg *p, enum smmu3_space space,
                         unsigned page, uint32_t offset, unsigned size)
{
    uint64_t now = p->host.cycles(p->host.opaque);
    uint64_t value = 0;
    struct target t;
    bool irq;

    smmu3_lock(p->s);
    irq = smmu3_pmcg_catch_up(p, now);
    if (find(p, space, page, offset, size, &t) && t.range->read) {
        value = t.range->read(p, t.i) >> (t.upper ? 32 : 0);
    }
    smmu3_unlock(p->s);
    if (irq) {
        smmu3_pmcg_raise(p);
    }
    return size == 4 ? value & ALL32 : value;
}

void smmu3_pmcg_write(struct smmu3_pmcg *p, enum smmu3_space space,
                      unsigned page, uint32_t offset, uint64_t value,
                      unsigned size)
{
    uint64_t now = p->host.cycles(p->host.opaque);
    uint64_t mask = size == 8 ? UINT64_MAX : ALL32;
    uint64_t alarm;
    struct target t;
    bool flush;
    bool irq;

    smmu3_lock(p->s);
    irq = smmu3_pmcg_catch_up(p, now);
    smmu3_unlock(p->s);
    if (irq) {
        smmu3_pmcg_raise(p);
    }
    smmu3_lock(p->s);
    if (find(p, space, page, offset, size, &t) && t.range->write) {
        unsigned shift = t.upper ? 32 : 0;

        t.range->write(p, t.i, value << shift, mask << shift);
        smmu3_pmcg_update_wanted(p->s);
    }
    flush = !(p->irq_ctrl & SMMU3_PMCG_IRQ_CTRL_IRQEN);
    alarm = smmu3_pmcg_next_alarm(p);
    smmu3_unlock(p->s);
    /* No message once IRQEN is 0 (10.5.2, IRQ_CTRL). */
    if (flush) {
        smmu3_pmcg_flush(p);
    }
    p->host.alarm(p->host.opaque, alarm);
}

void smmu3_pmcg_run(struct smmu3_pmcg *p)
{
    uint64_t now = p->host.cycles(p->host.opaque);
    uint64_t alarm;
    bool irq;

    smmu3_lock(p->s);
    irq = smmu3_pmcg_catch_up(p, now);
    alarm = smmu3_pmcg_next_alarm(p);
    smmu3_unlock(p->s);
    if (irq) {
        smmu3_pmcg_raise(p);
    }
    smmu3_pmcg_flush(p);
    p->host.alarm(p->host.opaque, alarm);
}
