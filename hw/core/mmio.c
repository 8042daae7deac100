/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register file: access rules, guards, handshakes (6.1-6.3).
 * Layer L3.
 */
#include "state.h"

#include <stddef.h>

#include "queue.h"

#include "smmu3/regs.h"

/* When a register can be written (6.3). */
enum guard {
    READ_ONLY,
    ALWAYS,
    IF_SMMU_OFF,            /* CR0.SMMUEN and its ACK are 0 */
    IF_CMDQ_OFF,            /* CR0.CMDQEN likewise */
    IF_EVENTQ_OFF,          /* CR0.EVENTQEN likewise */
    IF_PRIQ_OFF,            /* CR0.PRIQEN likewise */
    IF_GERROR_IRQ_OFF,      /* IRQ_CTRL.GERROR_IRQEN likewise */
    IF_PRIQ_IRQ_OFF,        /* IRQ_CTRL.PRIQ_IRQEN likewise */
    IF_EVENTQ_IRQ_OFF,      /* IRQ_CTRL.EVENTQ_IRQEN likewise */
    IF_TABLE_OR_QUEUES_OFF, /* CR1: by field */
    IF_UPDATE,              /* the value written has bit 31, Update, set */
};

/* Side effect of a write, after the register holds its new value. */
typedef void (*written_fn)(struct smmu3 *s, struct smmu3_bank *b, uint64_t old);

struct reg {
    uint32_t offset;
    uint8_t size;   /* bytes: 4 or 8 */
    uint16_t field; /* in struct smmu3_bank; also of that size */
    uint8_t guard;  /* enum guard */
    uint64_t mask;  /* writable bits; the others read as stored */
    written_fn written;
};

/* EVENTQEN stays acknowledged while a record is on its way (6.3.9). */
static uint32_t cr0ack(const struct smmu3_bank *b)
{
    return b->regs.cr0 | (b->eventq.writers ? (uint32_t)SMMU3_CR0_EVENTQEN : 0);
}

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
#define RO32(offset, name) { offset, 4, FIELD(name), READ_ONLY, 0, NULL }

#define ALL32 0xffffffffu

/* The source's configuration registers; @bits: more of its CFG2. */
#define CFG_FIELD(name, n) FIELD(irq_cfg[SMMU3_IRQ_LINE_##name].cfg##n)
#define IRQ_CFG0(name)                                                       \
    { SMMU3_##name##_IRQ_CFG0, 8,   CFG_FIELD(name, 0), IF_##name##_IRQ_OFF, \
      SMMU3_IRQ_CFG0_ADDR,     NULL }
#define IRQ_CFG1(name)                                    \
    { SMMU3_##name##_IRQ_CFG1, 4,     CFG_FIELD(name, 1), \
      IF_##name##_IRQ_OFF,     ALL32, NULL }
#define IRQ_CFG2(name, bits)                             \
    { SMMU3_##name##_IRQ_CFG2,      4,                   \
      CFG_FIELD(name, 2),           IF_##name##_IRQ_OFF, \
      SMMU3_IRQ_CFG2_MASK | (bits), NULL }

static const struct reg registers[] = {
    RO32(SMMU3_IDR0, id.idr[0]),
    RO32(SMMU3_IDR1, id.idr[1]),
    RO32(SMMU3_IDR2, id.idr[2]),
    RO32(SMMU3_IDR3, id.idr[3]),
    RO32(SMMU3_IDR4, id.idr[4]),
    RO32(SMMU3_IDR5, id.idr[5]),
    RO32(SMMU3_IDR6, id.idr[6]),
    RO32(SMMU3_IIDR, id.iidr),
    RO32(SMMU3_AIDR, id.aidr),
    { SMMU3_CR0, 4, FIELD(cr0), ALWAYS,
      SMMU3_CR0_SMMUEN | SMMU3_CR0_PRIQEN | SMMU3_CR0_EVENTQEN |
          SMMU3_CR0_CMDQEN | SMMU3_CR0_ATSCHK | SMMU3_CR0_SIF |
          SMMU3_CR0_VMW_MASK | SMMU3_CR0_NSSTALLD,
      cr0_written },
    { SMMU3_CR1, 4, FIELD(cr1), IF_TABLE_OR_QUEUES_OFF,
      SMMU3_CR1_TABLE | SMMU3_CR1_QUEUE, NULL },
    { SMMU3_CR2, 4, FIELD(cr2), IF_SMMU_OFF,
      SMMU3_CR2_E2H | SMMU3_CR2_RECINVSID | SMMU3_CR2_REC_CFG_ATS, NULL },
    { SMMU3_S_INIT, 4, FIELD(s_init), ALWAYS, SMMU3_S_INIT_INV_ALL,
      s_init_written },
    { SMMU3_GBPA, 4, FIELD(gbpa), IF_UPDATE,
      SMMU3_GBPA_ABORT | SMMU3_GBPA_INSTCFG | SMMU3_GBPA_PRIVCFG |
          SMMU3_GBPA_NSCFG | SMMU3_GBPA_SHCFG | SMMU3_GBPA_ALLOCCFG |
          SMMU3_GBPA_MTCFG | SMMU3_GBPA_MEMATTR,
      gbpa_written },
    { SMMU3_IRQ_CTRL, 4, FIELD(irq_ctrl), ALWAYS,
      SMMU3_IRQ_GERROR | SMMU3_IRQ_PRIQ | SMMU3_IRQ_EVENTQ, irq_ctrl_written },
    RO32(SMMU3_IRQ_CTRLACK, irq_ctrl),
    RO32(SMMU3_GERROR, gerror),
    { SMMU3_GERRORN, 4, FIELD(gerrorn), ALWAYS,
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
    { SMMU3_STRTAB_BASE, 8, FIELD(strtab_base), IF_SMMU_OFF,
      SMMU3_STRTAB_BASE_RA | SMMU3_STRTAB_BASE_ADDR, NULL },
    { SMMU3_STRTAB_BASE_CFG, 4, FIELD(strtab_base_cfg), IF_SMMU_OFF,
      SMMU3_STRTAB_CFG_MASK, NULL },
    { SMMU3_CMDQ_BASE, 8, CMDQ_FIELD(base), IF_CMDQ_OFF, SMMU3_QBASE_MASK,
      cut_cmdq },
    { SMMU3_CMDQ_PROD, 4, CMDQ_FIELD(prod), ALWAYS, SMMU3_Q_INDEX,
      cmdq_prod_written },
    { SMMU3_CMDQ_CONS, 4, CMDQ_FIELD(cons), IF_CMDQ_OFF, SMMU3_Q_INDEX,
      cut_cmdq },
    { SMMU3_EVENTQ_BASE, 8, FIELD(eventq_base), IF_EVENTQ_OFF, SMMU3_QBASE_MASK,
      cut_eventq },
    { SMMU3_EVENTQ_PROD, 4, FIELD(eventq_prod), IF_EVENTQ_OFF,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, cut_eventq },
    { SMMU3_EVENTQ_CONS, 4, FIELD(eventq_cons), ALWAYS,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, eventq_cons_written },
    { SMMU3_PRIQ_BASE, 8, FIELD(priq_base), IF_PRIQ_OFF, SMMU3_QBASE_MASK,
      cut_priq },
    { SMMU3_PRIQ_PROD, 4, FIELD(priq_prod), IF_PRIQ_OFF,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, cut_priq },
    { SMMU3_PRIQ_CONS, 4, FIELD(priq_cons), ALWAYS,
      SMMU3_Q_OVFLG | SMMU3_Q_INDEX, NULL },
};

/* ID block (6.3.58): JEDEC-assigned designer 0, none; part number as IIDR. */
static const struct {
    uint32_t offset;
    uint32_t value;
} id_block[] = {
    { SMMU3_PIDR0, SMMU3_PRODUCT & 0xff },
    { SMMU3_PIDR1, SMMU3_PRODUCT >> 8 },
    { SMMU3_PIDR2, 0x8 }, /* [3] is RES1 */
    { SMMU3_CIDR0, 0x0d },
    { SMMU3_CIDR1, 0xf0 },
    { SMMU3_CIDR2, 0x05 },
    { SMMU3_CIDR3, 0xb1 },
};

/* The register that an access of @size bytes at @offset hits, or NULL: 32-bit
 * registers take aligned 32-bit accesses, 64-bit ones also their halves
 * (6.2). */
static const struct reg *find(uint32_t offset, unsigned size)
{
    if ((size != 4 && size != 8) || offset % size) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        const struct reg *r = &registers[i];

        if (offset == r->offset || (r->size == 8 && offset == r->offset + 4)) {
            return size <= r->size ? r : NULL;
        }
    }
    return NULL;
}

/* The field of register @r. The lock is held, or not needed. */
static uint64_t load(const struct smmu3_bank *b, const struct reg *r)
{
    const char *p = (const char *)b + r->field;

    return r->size == 8 ? *(const uint64_t *)(const void *)p
                        : *(const uint32_t *)(const void *)p;
}

static void store(struct smmu3_bank *b, const struct reg *r, uint64_t value)
{
    char *p = (char *)b + r->field;

    if (r->size == 8) {
        *(uint64_t *)(void *)p = value;
    } else {
        *(uint32_t *)(void *)p = (uint32_t)value;
    }
}

/*
 * The bank that an access belongs to; its registers are looked up at *@offset,
 * the offset of their Non-secure likes. NULL: RAZ/WI (6.1, 6.3).
 */
static struct smmu3_bank *bank_of(struct smmu3 *s, enum smmu3_space space,
                                  uint32_t *offset)
{
    if (*offset < SMMU3_S_BASE || *offset >= SMMU3_PAGE1) {
        return *offset == SMMU3_S_INIT ? NULL : &s->bank[SMMU3_NS];
    }
    if (space != SMMU3_S || !s->features.secure) {
        return NULL;
    }
    *offset -= SMMU3_S_BASE;
    if (*offset >= SMMU3_S_EVENTQ_PROD && *offset < SMMU3_S_EVENTQ_END) {
        *offset += SMMU3_PAGE1;
    }
    /* There is one set of these. */
    if (*offset == SMMU3_IDR5 || *offset == SMMU3_IIDR ||
        *offset == SMMU3_AIDR ||
        (*offset >= SMMU3_PIDR4 && *offset <= SMMU3_CIDR3)) {
        return NULL;
    }
    return &s->bank[SMMU3_S];
}

uint64_t smmu3_mmio_read(struct smmu3 *s, enum smmu3_space space,
                         uint32_t offset, unsigned size)
{
    struct smmu3_bank *b;
    const struct reg *r;
    uint64_t value = 0;

    if (smmu3_atos_covers(offset)) {
        return smmu3_atos_read(s, space, offset, size);
    }
    b = bank_of(s, space, &offset);
    r = b ? find(offset, size) : NULL;
    if (b == &s->bank[SMMU3_NS] && smmu3_ecmdq_covers(s, offset)) {
        return smmu3_ecmdq_read(s, offset, size);
    }
    if (r) {
        smmu3_lock(s);
        value = load(b, r);
        smmu3_unlock(s);
        value >>= offset == r->offset ? 0 : 32;
    } else if (b && size == 4 && offset == SMMU3_CR0ACK) {
        smmu3_lock(s);
        value = cr0ack(b);
        smmu3_unlock(s);
    } else if (b && size == 4) {
        for (size_t i = 0; i < sizeof(id_block) / sizeof(id_block[0]); i++) {
            if (id_block[i].offset == offset) {
                value = id_block[i].value;
            }
        }
    }
    return size == 4 ? value & ALL32 : value;
}

/* The bits of @r that may be written now. The lock is held. */
static uint64_t writable(const struct smmu3_bank *b, const struct reg *r)
{
    uint32_t on = cr0ack(b);
    uint64_t table = on & SMMU3_CR0_SMMUEN ? 0 : SMMU3_CR1_TABLE;
    uint64_t queue =
        on & (SMMU3_CR0_CMDQEN | SMMU3_CR0_EVENTQEN | SMMU3_CR0_PRIQEN) ||
                smmu3_ecmdq_any_enabled(b)
            ? 0
            : SMMU3_CR1_QUEUE;

    switch ((enum guard)r->guard) {
    case READ_ONLY:
        return 0;
    case ALWAYS:
    case IF_UPDATE:
        return r->mask;
    case IF_SMMU_OFF:
        return on & SMMU3_CR0_SMMUEN ? 0 : r->mask;
    case IF_CMDQ_OFF:
        return on & SMMU3_CR0_CMDQEN ? 0 : r->mask;
    case IF_EVENTQ_OFF:
        return on & SMMU3_CR0_EVENTQEN ? 0 : r->mask;
    case IF_PRIQ_OFF:
        return on & SMMU3_CR0_PRIQEN ? 0 : r->mask;
    case IF_GERROR_IRQ_OFF:
        return b->regs.irq_ctrl & SMMU3_IRQ_GERROR ? 0 : r->mask;
    case IF_PRIQ_IRQ_OFF:
        return b->regs.irq_ctrl & SMMU3_IRQ_PRIQ ? 0 : r->mask;
    case IF_EVENTQ_IRQ_OFF:
        return b->regs.irq_ctrl & SMMU3_IRQ_EVENTQ ? 0 : r->mask;
    case IF_TABLE_OR_QUEUES_OFF:
        return table | queue;
    }
    return 0;
}

/* Of GERRORN: the errors that cannot happen. */
static uint64_t reserved_errors(const struct smmu3_features *f, bool secure)
{
    bool pri = f->pri && !secure;

    return (f->ecmdq && !secure ? 0 : SMMU3_GERROR_CMDQP_ERR) |
           (f->msi ? 0
                   : SMMU3_GERROR_MSI_CMDQ_ABT_ERR |
                         SMMU3_GERROR_MSI_EVENTQ_ABT_ERR |
                         SMMU3_GERROR_MSI_GERROR_ABT_ERR) |
           (f->msi && pri ? 0 : SMMU3_GERROR_MSI_PRIQ_ABT_ERR) |
           (pri ? 0 : SMMU3_GERROR_PRIQ_ABT_ERR);
}

/* Bits of @r that are RES0 because a feature is absent. */
static uint64_t reserved(const struct smmu3 *s, const struct smmu3_bank *b,
                         const struct reg *r)
{
    const struct smmu3_features *f = &s->features;
    const uint64_t all = UINT64_MAX;
    bool secure = b->space == SMMU3_S;
    bool ats = f->ats && !secure;
    bool pri = f->pri && !secure;

    switch (r->offset) {
    case SMMU3_GERRORN:
        return reserved_errors(f, secure);
    case SMMU3_GERROR_IRQ_CFG0:
    case SMMU3_EVENTQ_IRQ_CFG0: /* address bits above OAS (6.3.21) */
        return f->msi ? ~smmu3_low(f->oas) : all;
    case SMMU3_PRIQ_IRQ_CFG0:
        return f->msi && pri ? ~smmu3_low(f->oas) : all;
    case SMMU3_GERROR_IRQ_CFG1:
    case SMMU3_GERROR_IRQ_CFG2:
    case SMMU3_EVENTQ_IRQ_CFG1:
    case SMMU3_EVENTQ_IRQ_CFG2:
        return f->msi ? 0 : all;
    case SMMU3_PRIQ_IRQ_CFG1:
        return f->msi && pri ? 0 : all;
    case SMMU3_PRIQ_IRQ_CFG2: /* LO is for the wired interrupt too */
        return (pri ? 0 : all) | (f->msi ? 0 : SMMU3_IRQ_CFG2_MASK);
    case SMMU3_CR0:
        return (ats ? 0 : SMMU3_CR0_ATSCHK) | (pri ? 0 : SMMU3_CR0_PRIQEN) |
               (f->vmw ? 0 : SMMU3_CR0_VMW_MASK) |
               (secure ? f->stall_model ? SMMU3_CR0_NSSTALLD : 0
                       : SMMU3_CR0_SIF | SMMU3_CR0_NSSTALLD);
    case SMMU3_CR2:
        return ((secure ? f->sel2 : f->hyp) ? 0 : SMMU3_CR2_E2H) |
               (ats && f->atsrecerr ? 0 : SMMU3_CR2_REC_CFG_ATS);
    case SMMU3_IRQ_CTRL:
        return pri ? 0 : SMMU3_IRQ_PRIQ;
    case SMMU3_PRIQ_BASE:
    case SMMU3_PRIQ_PROD:
    case SMMU3_PRIQ_CONS:
        return pri ? 0 : UINT64_MAX;
    case SMMU3_GBPA:
        return secure ? 0 : SMMU3_GBPA_NSCFG;
    case SMMU3_STRTAB_BASE_CFG:
        return f->st_level ? 0 : SMMU3_STRTAB_CFG_LEVELS;
    case SMMU3_STRTAB_BASE: /* address bits above OAS (6.3.24) */
        return SMMU3_STRTAB_BASE_ADDR & ~smmu3_low(s->features.oas);
    }
    return 0;
}

void smmu3_mmio_write(struct smmu3 *s, enum smmu3_space space, uint32_t offset,
                      uint64_t value, unsigned size)
{
    struct smmu3_bank *b;
    const struct reg *r;
    uint64_t mask;
    uint64_t old;

    if (smmu3_atos_covers(offset)) {
        smmu3_atos_write(s, space, offset, value, size);
        return;
    }
    b = bank_of(s, space, &offset);
    r = b ? find(offset, size) : NULL;
    if (b == &s->bank[SMMU3_NS] && smmu3_ecmdq_covers(s, offset)) {
        smmu3_ecmdq_write(s, offset, value, size);
        return;
    }
    /* GBPA: a write without Update is ignored; one with it completes at once,
     * so that Update never reads as 1 (6.3.14). */
    if (!r || (r->guard == IF_UPDATE && !(value & SMMU3_GBPA_UPDATE))) {
        return;
    }
    smmu3_lock(s);
    old = load(b, r);
    mask = writable(b, r) & ~reserved(s, b, r);
    if (size < r->size) {
        /* One half of a 64-bit register. */
        bool upper = offset != r->offset;

        mask &= upper ? SMMU3_MASK(63, 32) : SMMU3_MASK(31, 0);
        value = upper ? value << 32 : value & ALL32;
    }
    store(b, r, (old & ~mask) | (value & mask));
    smmu3_unlock(s);
    if (mask && r->written) {
        r->written(s, b, old);
    }
}
