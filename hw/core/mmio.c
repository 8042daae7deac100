/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register file: access rules, guards, handshakes (6.1-6.3).
 * Layer L3.
 */
#include "mmio.h"

#include "smmu3/regs.h"

#define ALL32 0xffffffffu

/* EVENTQEN stays acknowledged while a record is on its way (6.3.9). */
static uint32_t cr0ack(const struct smmu3_bank *b)
{
    return b->regs.cr0 | (b->eventq.writers ? (uint32_t)SMMU3_CR0_EVENTQEN : 0);
}

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

/* The field of register @r. The lock is held, or not needed. */
static uint64_t load(const struct smmu3_bank *b, const struct smmu3_regdef *r)
{
    const char *p = (const char *)b + r->field;

    return r->size == 8 ? *(const uint64_t *)(const void *)p
                        : *(const uint32_t *)(const void *)p;
}

static void store(struct smmu3_bank *b, const struct smmu3_regdef *r,
                  uint64_t value)
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
    const struct smmu3_regdef *r;
    uint64_t value = 0;

    if (smmu3_atos_covers(offset)) {
        return smmu3_atos_read(s, space, offset, size);
    }
    b = bank_of(s, space, &offset);
    r = b ? smmu3_reg_find(offset, size) : NULL;
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
static uint64_t writable(const struct smmu3_bank *b,
                         const struct smmu3_regdef *r)
{
    uint32_t on = cr0ack(b);
    uint64_t table = on & SMMU3_CR0_SMMUEN ? 0 : SMMU3_CR1_TABLE;
    uint64_t queue =
        on & (SMMU3_CR0_CMDQEN | SMMU3_CR0_EVENTQEN | SMMU3_CR0_PRIQEN) ||
                smmu3_ecmdq_any_enabled(b)
            ? 0
            : SMMU3_CR1_QUEUE;

    switch ((enum smmu3_reg_guard)r->guard) {
    case SMMU3_REG_READ_ONLY:
        return 0;
    case SMMU3_REG_ALWAYS:
    case SMMU3_REG_IF_UPDATE:
        return r->mask;
    case SMMU3_REG_IF_SMMU_OFF:
        return on & SMMU3_CR0_SMMUEN ? 0 : r->mask;
    case SMMU3_REG_IF_CMDQ_OFF:
        return on & SMMU3_CR0_CMDQEN ? 0 : r->mask;
    case SMMU3_REG_IF_EVENTQ_OFF:
        return on & SMMU3_CR0_EVENTQEN ? 0 : r->mask;
    case SMMU3_REG_IF_PRIQ_OFF:
        return on & SMMU3_CR0_PRIQEN ? 0 : r->mask;
    case SMMU3_REG_IF_GERROR_IRQ_OFF:
        return b->regs.irq_ctrl & SMMU3_IRQ_GERROR ? 0 : r->mask;
    case SMMU3_REG_IF_PRIQ_IRQ_OFF:
        return b->regs.irq_ctrl & SMMU3_IRQ_PRIQ ? 0 : r->mask;
    case SMMU3_REG_IF_EVENTQ_IRQ_OFF:
        return b->regs.irq_ctrl & SMMU3_IRQ_EVENTQ ? 0 : r->mask;
    case SMMU3_REG_IF_TABLE_OR_QUEUES_OFF:
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
                         const struct smmu3_regdef *r)
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
    const struct smmu3_regdef *r;
    uint64_t mask;
    uint64_t old;

    if (smmu3_atos_covers(offset)) {
        smmu3_atos_write(s, space, offset, value, size);
        return;
    }
    b = bank_of(s, space, &offset);
    r = b ? smmu3_reg_find(offset, size) : NULL;
    if (b == &s->bank[SMMU3_NS] && smmu3_ecmdq_covers(s, offset)) {
        smmu3_ecmdq_write(s, offset, value, size);
        return;
    }
    /* GBPA: a write without Update is ignored; one with it completes at once,
     * so that Update never reads as 1 (6.3.14). */
    if (!r ||
        (r->guard == SMMU3_REG_IF_UPDATE && !(value & SMMU3_GBPA_UPDATE))) {
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
