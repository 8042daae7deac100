/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's BSA/SBSA Exerciser: registers, DMA, Translation Requests, trace.
 * Layer L4: no QEMU. Of the SMMU it knows the messages of ATS alone.
 */
#include "exerciser.h"
#include "exerciser-trace.h"

#include <stdlib.h>
#include <string.h>

/* Registers, by their 32-bit words */
enum reg {
    REG_MSI = 0x00,
    REG_INTX = 0x04,
    REG_DMA = 0x08,
    REG_DMA_OFFSET = 0x0c,
    REG_BUS_LO = 0x10,
    REG_BUS_HI = 0x14,
    REG_DMA_LEN = 0x18,
    REG_DMA_STATUS = 0x1c,
    REG_PASID = 0x20,
    REG_ATS = 0x24,
    REG_ATS_ADDR_LO = 0x28,
    REG_ATS_ADDR_HI = 0x2c,
    REG_ATS_RANGE_LO = 0x30,
    REG_ATS_RANGE_HI = 0x34,
    REG_ATS_PERM = 0x38,
    REG_RID = 0x3c,
    REG_TRACE = 0x40,
    REG_TRACE_CTL = 0x44,
    REG_VDM = 0x48,
    REGS_END = 0x4c,
};

#define MSI_INDEX 0x7ffu
#define MSI_TRIGGER 0x80000000u

#define DMA_TRIGGER_MASK 0xfu
#define DMA_TRIGGER 1u
#define DMA_WRITE (1u << 4)
#define DMA_NO_SNOOP (1u << 5)
#define DMA_PASID (1u << 6)
#define DMA_PRIV (1u << 7)
#define DMA_EXE (1u << 8)
#define DMA_ATC (1u << 9)
#define DMA_AT_SHIFT 10
#define DMA_AT_MASK (3u << DMA_AT_SHIFT)
#define AT_TRANSLATED 2u
#define AT_RESERVED 3u
#define DMA_STORED 0xff0u

#define STATUS_OK 0u
#define STATUS_RANGE 1u
#define STATUS_ERROR 2u
#define STATUS_CLEAR (1u << 2)

#define PASID_MASK 0xfffffu

#define ATS_TRIGGER (1u << 0)
#define ATS_PRIV (1u << 1)
#define ATS_NO_WRITE (1u << 2)
#define ATS_PASID (1u << 3)
#define ATS_EXE (1u << 4)
#define ATS_CLEAR (1u << 5)
#define ATS_IN_FLIGHT (1u << 6)
#define ATS_OK (1u << 7)
#define ATS_CACHEABLE (1u << 8)
#define ATS_INVALIDATED (1u << 9)
#define ATS_STORED (ATS_PRIV | ATS_NO_WRITE | ATS_PASID | ATS_EXE)

#define PERM_X (1u << 0)
#define PERM_W (1u << 1)
#define PERM_R (1u << 2)
#define PERM_PRIV_X (1u << 3)
#define PERM_PRIV_W (1u << 4)
#define PERM_PRIV_R (1u << 6)

#define RID_VALID 0x80000000u
#define RID_STORED (RID_VALID | 0xffffu)

#define TRACE_ON 1u

#define VDM_TYPE 0xfu
#define VDM_PARAMS 0xf00u
#define VDM_RESPONSE_SHIFT 16
#define VDM_TRIGGER 0x80000000u
#define VDM_MEFN 2u
#define VDM_MEFN_NOT_PROCESSED 3u

struct smmu3_exerciser {
    struct smmu3_exerciser_host host;
    struct smmu3_atc *atc;
    uint32_t regs[REGS_END / 4];
    uint8_t mem[SMMU3_EXERCISER_MEM_SIZE];
    bool busy;       /* a DMA is on its way */
    unsigned resets; /* how often reset, to notice one inside a callback */
    struct smmu3_trace trace;
};

static uint32_t get(const struct smmu3_exerciser *x, enum reg reg)
{
    return x->regs[reg / 4];
}

static void set(struct smmu3_exerciser *x, enum reg reg, uint32_t value)
{
    x->regs[reg / 4] = value;
}

static uint64_t get64(const struct smmu3_exerciser *x, enum reg lo)
{
    return get(x, lo) | (uint64_t)x->regs[lo / 4 + 1] << 32;
}

static void set64(struct smmu3_exerciser *x, enum reg lo, uint64_t value)
{
    x->regs[lo / 4] = (uint32_t)value;
    x->regs[lo / 4 + 1] = (uint32_t)(value >> 32);
}

/* --- DMA --- */

/* The addresses that ATC knows for the whole of a DMA; false: it does not. */
static bool use_atc(struct smmu3_exerciser *x,
                    struct smmu3_exerciser_attrs *attrs, uint64_t *addr,
                    uint32_t len, bool write)
{
    const struct smmu3_ats_request req = {
        .ssv = attrs->ssv,
        .ssid = attrs->ssid,
        .priv = attrs->priv,
        .addr = *addr,
    };
    const struct smmu3_atc_entry *e = smmu3_atc_find(x->atc, &req);
    uint64_t span, at;

    if (!e || !(write ? e->w : e->r) || (attrs->exe && !e->exe)) {
        return false;
    }
    span = e->lg2_size >= 64 ? UINT64_MAX : (UINT64_C(1) << e->lg2_size) - 1;
    at = *addr - e->addr;
    if (len - 1u > span - at) {
        return false;
    }
    if (!e->untranslated) {
        attrs->translated = true;
        *addr = e->out + at;
    }
    return true;
}

/* The attributes of a DMA and its address; false: it cannot be sent. */
static bool dma_attrs(struct smmu3_exerciser *x,
                      struct smmu3_exerciser_attrs *attrs, uint64_t *addr,
                      uint32_t len)
{
    uint32_t ctl = get(x, REG_DMA), rid = get(x, REG_RID);
    unsigned at = (ctl & DMA_AT_MASK) >> DMA_AT_SHIFT;

    *attrs = (struct smmu3_exerciser_attrs){
        .ssv = ctl & DMA_PASID,
        .ssid = ctl & DMA_PASID ? get(x, REG_PASID) : 0,
        .priv = ctl & DMA_PRIV,
        .exe = ctl & DMA_EXE,
        .no_snoop = ctl & DMA_NO_SNOOP,
        .translated = at == AT_TRANSLATED,
        .reserved = at == AT_RESERVED,
        .rid_valid = rid & RID_VALID,
        .rid = (uint16_t)rid,
    };
    if (attrs->reserved) {
        /* The field does not stay as it is. */
        set(x, REG_DMA, ctl & ~DMA_AT_MASK);
        return true;
    }
    /* Privilege and instruction are part of the PASID prefix. */
    if (!attrs->ssv && (attrs->priv || attrs->exe)) {
        return false;
    }
    if (!(ctl & DMA_ATC)) {
        return true;
    }
    return at != AT_TRANSLATED && use_atc(x, attrs, addr, len, ctl & DMA_WRITE);
}

static uint32_t dma(struct smmu3_exerciser *x)
{
    uint32_t offset = get(x, REG_DMA_OFFSET), left = get(x, REG_DMA_LEN);
    uint64_t addr = get64(x, REG_BUS_LO);
    bool write = get(x, REG_DMA) & DMA_WRITE;
    struct smmu3_exerciser_attrs attrs;
    unsigned resets = x->resets;

    if (offset > SMMU3_EXERCISER_MEM_SIZE ||
        left > SMMU3_EXERCISER_MEM_SIZE - offset) {
        return STATUS_RANGE;
    }
    if (left == 0) {
        return STATUS_OK;
    }
    if (!dma_attrs(x, &attrs, &addr, left)) {
        return STATUS_ERROR;
    }
    while (left > 0) {
        uint32_t n = SMMU3_EXERCISER_BURST -
                     (uint32_t)(addr & (SMMU3_EXERCISER_BURST - 1));

        n = left < n ? left : n;
        if (!x->host.dma(x->host.opaque, &attrs, addr, x->mem + offset, n,
                         write) ||
            resets != x->resets) {
            return STATUS_ERROR;
        }
        addr += n;
        offset += n;
        left -= n;
    }
    return STATUS_OK;
}

static void write_dma(struct smmu3_exerciser *x, uint32_t value)
{
    unsigned resets = x->resets;
    uint32_t status;

    set(x, REG_DMA, value & DMA_STORED);
    if ((value & DMA_TRIGGER_MASK) != DMA_TRIGGER || x->busy) {
        return;
    }
    x->busy = true;
    status = dma(x);
    x->busy = false;
    if (resets == x->resets) {
        set(x, REG_DMA_STATUS, status);
    }
}

static void write_dma_status(struct smmu3_exerciser *x, uint32_t value)
{
    if (value & STATUS_CLEAR) {
        set(x, REG_DMA_STATUS, STATUS_OK);
    }
}

/* --- ATS --- */

static void clear_ats(struct smmu3_exerciser *x)
{
    smmu3_atc_clear(x->atc);
    set64(x, REG_ATS_ADDR_LO, 0);
    set64(x, REG_ATS_RANGE_LO, 0);
    set(x, REG_ATS_PERM, 0);
    set(x, REG_ATS, get(x, REG_ATS) & ATS_STORED);
}

static void ats_result(struct smmu3_exerciser *x, uint64_t addr,
                       const struct smmu3_ats_completion *c)
{
    uint64_t span =
        c->lg2_size >= 64 ? UINT64_MAX : (UINT64_C(1) << c->lg2_size) - 1;
    uint32_t perm;

    perm = (c->r ? PERM_R : 0) | (c->w ? PERM_W : 0) | (c->exe ? PERM_X : 0);
    if (c->priv) {
        perm |= (c->r ? PERM_PRIV_R : 0) | (c->w ? PERM_PRIV_W : 0) |
                (c->exe ? PERM_PRIV_X : 0);
    }
    set(x, REG_ATS, get(x, REG_ATS) | ATS_OK);
    set(x, REG_ATS_PERM, perm);
    if (c->r || c->w) {
        set(x, REG_ATS, get(x, REG_ATS) | ATS_CACHEABLE);
        set64(x, REG_ATS_ADDR_LO, (c->addr & ~span) | (addr & span));
        set64(x, REG_ATS_RANGE_LO, c->lg2_size >= 64 ? UINT64_MAX : span + 1);
    }
}

static void translate(struct smmu3_exerciser *x)
{
    uint32_t ctl = get(x, REG_ATS);
    unsigned resets = x->resets;
    struct smmu3_ats_completion c;
    const struct smmu3_ats_request req = {
        .ssv = ctl & ATS_PASID,
        .ssid = ctl & ATS_PASID ? get(x, REG_PASID) : 0,
        .no_write = ctl & ATS_NO_WRITE,
        .exe = ctl & ATS_EXE,
        .priv = ctl & ATS_PRIV,
        .span = 1,
        .addr = get64(x, REG_BUS_LO),
    };

    clear_ats(x);
    /* Privilege and execution are part of the PASID prefix. */
    if (!req.ssv && (req.priv || req.exe)) {
        return;
    }
    set(x, REG_ATS, get(x, REG_ATS) | ATS_IN_FLIGHT);
    smmu3_atc_request(x->atc, &req, &c);
    if (resets != x->resets) {
        return;
    }
    set(x, REG_ATS, get(x, REG_ATS) & ~ATS_IN_FLIGHT);
    if (c.status == SMMU3_ATS_SUCCESS) {
        ats_result(x, req.addr, &c);
    }
}

static void write_ats(struct smmu3_exerciser *x, uint32_t value)
{
    /* A register access from inside the request. */
    if (get(x, REG_ATS) & ATS_IN_FLIGHT) {
        return;
    }
    set(x, REG_ATS, (get(x, REG_ATS) & ~ATS_STORED) | (value & ATS_STORED));
    if (value & ATS_CLEAR) {
        clear_ats(x);
    }
    if (value & ATS_TRIGGER) {
        translate(x);
    }
}

void smmu3_exerciser_invalidated(struct smmu3_exerciser *x)
{
    set(x, REG_ATS, get(x, REG_ATS) | ATS_INVALIDATED);
}

/* --- Trace --- */

bool smmu3_exerciser_is_trace_reg(uint32_t offset)
{
    return offset >= REG_TRACE && offset < REG_TRACE_CTL + 4;
}

void smmu3_exerciser_trace(struct smmu3_exerciser *x,
                           const struct smmu3_exerciser_access *access)
{
    if (get(x, REG_TRACE_CTL) & TRACE_ON) {
        smmu3_trace_add(&x->trace, access);
    }
}

/* Starting begins a new trace. */
static void write_trace_ctl(struct smmu3_exerciser *x, uint32_t value)
{
    if ((value & TRACE_ON) && !(get(x, REG_TRACE_CTL) & TRACE_ON)) {
        smmu3_trace_clear(&x->trace);
    }
    set(x, REG_TRACE_CTL, value & TRACE_ON);
}

/* --- The rest --- */

static void write_msi(struct smmu3_exerciser *x, uint32_t value)
{
    set(x, REG_MSI, value & MSI_INDEX);
    if (value & MSI_TRIGGER) {
        x->host.msi(x->host.opaque, value & MSI_INDEX);
    }
}

static void write_intx(struct smmu3_exerciser *x, uint32_t value)
{
    set(x, REG_INTX, value & 1);
    x->host.intx(x->host.opaque, value & 1);
}

/* There is no CXL here to process a message: the answer is "not processed". */
static void write_vdm(struct smmu3_exerciser *x, uint32_t value)
{
    uint32_t response = 0;

    if (value & VDM_TRIGGER) {
        if ((value & VDM_TYPE) == VDM_MEFN) {
            response = VDM_MEFN_NOT_PROCESSED;
        }
        set(x, REG_VDM, (value & VDM_PARAMS) | response << VDM_RESPONSE_SHIFT);
        return;
    }
    set(x, REG_VDM, value & (VDM_PARAMS | VDM_TYPE));
}

/* A register without an effect of its own keeps @stored of what is written;
 * one with neither is read-only. */
static const struct {
    uint32_t stored;
    void (*write)(struct smmu3_exerciser *x, uint32_t value);
} registers[REGS_END / 4] = {
    [REG_MSI / 4] = { .write = write_msi },
    [REG_INTX / 4] = { .write = write_intx },
    [REG_DMA / 4] = { .write = write_dma },
    [REG_DMA_OFFSET / 4] = { .stored = UINT32_MAX },
    [REG_BUS_LO / 4] = { .stored = UINT32_MAX },
    [REG_BUS_HI / 4] = { .stored = UINT32_MAX },
    [REG_DMA_LEN / 4] = { .stored = UINT32_MAX },
    [REG_DMA_STATUS / 4] = { .write = write_dma_status },
    [REG_PASID / 4] = { .stored = PASID_MASK },
    [REG_ATS / 4] = { .write = write_ats },
    [REG_RID / 4] = { .stored = RID_STORED },
    [REG_TRACE_CTL / 4] = { .write = write_trace_ctl },
    [REG_VDM / 4] = { .write = write_vdm },
};

static uint32_t read_word(struct smmu3_exerciser *x, uint32_t reg)
{
    if (reg >= REGS_END) {
        return 0;
    }
    return reg == REG_TRACE ? smmu3_trace_next(&x->trace) : x->regs[reg / 4];
}

static void write_word(struct smmu3_exerciser *x, uint32_t reg, uint32_t value)
{
    if (reg >= REGS_END) {
        return;
    }
    if (registers[reg / 4].write) {
        registers[reg / 4].write(x, value);
    } else if (registers[reg / 4].stored) {
        x->regs[reg / 4] = value & registers[reg / 4].stored;
    }
}

uint64_t smmu3_exerciser_read_reg(struct smmu3_exerciser *x, uint32_t offset,
                                  unsigned size)
{
    uint64_t value = 0;
    uint32_t word = 0;

    for (unsigned i = 0; i < size && i < 8; i++) {
        /* Once for each word: reading the trace consumes it. */
        if (i == 0 || (offset + i) % 4 == 0) {
            word = read_word(x, (offset + i) & ~3u);
        }
        value |= (uint64_t)(word >> (offset + i) % 4 * 8 & 0xff) << 8 * i;
    }
    return value;
}

void smmu3_exerciser_write_reg(struct smmu3_exerciser *x, uint32_t offset,
                               uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size && i < 8;) {
        uint32_t reg = (offset + i) & ~3u, word;

        /* Bytes that are not written keep their value. */
        word = reg < REGS_END ? x->regs[reg / 4] : 0;
        for (; i < size && i < 8 && ((offset + i) & ~3u) == reg; i++) {
            unsigned shift = (offset + i) % 4 * 8;

            word = (word & ~(0xffu << shift)) |
                   (uint32_t)(value >> 8 * i & 0xff) << shift;
        }
        write_word(x, reg, word);
    }
}

uint64_t smmu3_exerciser_read_mem(const struct smmu3_exerciser *x,
                                  uint32_t offset, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size && i < 8; i++) {
        if (offset + i < SMMU3_EXERCISER_MEM_SIZE) {
            value |= (uint64_t)x->mem[offset + i] << 8 * i;
        }
    }
    return value;
}

void smmu3_exerciser_write_mem(struct smmu3_exerciser *x, uint32_t offset,
                               uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size && i < 8; i++) {
        if (offset + i < SMMU3_EXERCISER_MEM_SIZE) {
            x->mem[offset + i] = (uint8_t)(value >> 8 * i);
        }
    }
}

void smmu3_exerciser_reset(struct smmu3_exerciser *x)
{
    memset(x->regs, 0, sizeof(x->regs));
    memset(x->mem, 0, sizeof(x->mem));
    smmu3_trace_clear(&x->trace);
    smmu3_atc_clear(x->atc);
    x->resets++;
}

struct smmu3_exerciser *smmu3_exerciser_new(
    const struct smmu3_exerciser_host *host, struct smmu3_atc *atc,
    unsigned trace_entries)
{
    struct smmu3_exerciser *x;

    if (trace_entries == 0 || trace_entries > SMMU3_EXERCISER_TRACE_MAX) {
        return NULL;
    }
    x = calloc(1, sizeof(*x));
    if (x) {
        x->host = *host;
        x->atc = atc;
        x->trace.max = trace_entries;
    }
    return x;
}

void smmu3_exerciser_free(struct smmu3_exerciser *x)
{
    free(x);
}
