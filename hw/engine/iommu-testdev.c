/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of `iommu-testdev`.
 * Layer L4: knows neither the SMMU nor QEMU.
 */
#include "iommu-testdev.h"

#include <string.h>

enum reg {
    REG_TRIGGER = 0x00,
    REG_IOVA_LO = 0x04,
    REG_IOVA_HI = 0x08,
    REG_LEN = 0x0c,
    REG_RESULT = 0x10,
    REG_DOORBELL = 0x14,
    REG_ATTRS = 0x18,
    REG_PA_LO = 0x1c,
    REG_PA_HI = 0x20,
};

enum result {
    RESULT_OK = 0,
    RESULT_BAD_LEN = 0xdead0001u,
    RESULT_WRITE_FAILED = 0xdead0002u,
    RESULT_READ_FAILED = 0xdead0003u,
    RESULT_MISMATCH = 0xdead0004u,
    RESULT_NOT_ARMED = 0xdead0005u,
    RESULT_BAD_ATTRS = 0xdead0006u,
    RESULT_BUSY = 0xfffffffeu,
    RESULT_IDLE = 0xffffffffu,
};

#define DOORBELL_ARM 1u

#define ATTRS_SECURE 1u
#define ATTRS_SPACE_SHIFT 1
#define ATTRS_SPACE_MASK 3u
#define ATTRS_SPACE_VALID 8u
#define SPACE_SECURE 0u
#define SPACE_NONSECURE 1u

/* Repeated over the buffer, little-endian. */
#define PATTERN 0x12345678u

/* False if the two ways to say "Secure" contradict each other. */
static bool decode_attrs(uint32_t reg, struct smmu3_testdev_attrs *attrs)
{
    attrs->secure = reg & ATTRS_SECURE;
    attrs->space = SPACE_NONSECURE;
    if (!(reg & ATTRS_SPACE_VALID)) {
        return true;
    }
    attrs->space = reg >> ATTRS_SPACE_SHIFT & ATTRS_SPACE_MASK;
    return attrs->space > SPACE_NONSECURE ||
           attrs->secure == (attrs->space == SPACE_SECURE);
}

/* The length of the piece at @done: pieces end where a page of @addr does. */
static size_t piece(uint64_t addr, uint32_t left)
{
    uint32_t room =
        SMMU3_TESTDEV_BURST - (uint32_t)(addr & (SMMU3_TESTDEV_BURST - 1));

    return left < room ? left : room;
}

static void pattern(uint8_t *buf, size_t len, uint32_t done)
{
    for (size_t i = 0; i < len; i++) {
        buf[i] = (uint8_t)(PATTERN >> (done + i) % 4 * 8);
    }
}

static enum result write_all(struct smmu3_testdev *d,
                             const struct smmu3_testdev_attrs *attrs,
                             uint32_t len)
{
    uint8_t buf[SMMU3_TESTDEV_BURST];
    uint64_t iova = d->iova;
    size_t n;

    for (uint32_t done = 0; done < len; done += (uint32_t)n) {
        n = piece(iova + done, len - done);
        pattern(buf, n, done);
        if (!d->host.dma_write(d->host.opaque, attrs, iova + done, buf, n)) {
            return RESULT_WRITE_FAILED;
        }
    }
    return RESULT_OK;
}

static enum result compare_all(struct smmu3_testdev *d,
                               const struct smmu3_testdev_attrs *attrs,
                               uint32_t len)
{
    uint8_t got[SMMU3_TESTDEV_BURST], want[SMMU3_TESTDEV_BURST];
    enum result result = RESULT_OK;
    uint64_t pa = d->pa;
    size_t n;

    for (uint32_t done = 0; done < len; done += (uint32_t)n) {
        n = piece(pa + done, len - done);
        if (!d->host.phys_read(d->host.opaque, attrs, pa + done, got, n)) {
            return RESULT_READ_FAILED;
        }
        pattern(want, n, done);
        if (memcmp(got, want, n) != 0) {
            result = RESULT_MISMATCH;
        }
    }
    return result;
}

static void trigger(struct smmu3_testdev *d)
{
    struct smmu3_testdev_attrs attrs;
    uint32_t len = d->len;
    enum result result;

    if (!d->armed) {
        d->result = RESULT_NOT_ARMED;
        return;
    }
    if (len == 0 || len > SMMU3_TESTDEV_LEN_MAX) {
        result = RESULT_BAD_LEN;
    } else if (!decode_attrs(d->attrs, &attrs)) {
        result = RESULT_BAD_ATTRS;
    } else {
        result = write_all(d, &attrs, len);
        if (result == RESULT_OK) {
            result = compare_all(d, &attrs, len);
        }
    }
    d->result = result;
    d->armed = false;
}

uint32_t smmu3_testdev_read(struct smmu3_testdev *d, uint32_t offset)
{
    switch (offset) {
    case REG_TRIGGER:
        trigger(d);
        return 0;
    case REG_IOVA_LO:
        return (uint32_t)d->iova;
    case REG_IOVA_HI:
        return (uint32_t)(d->iova >> 32);
    case REG_LEN:
        return d->len;
    case REG_RESULT:
        return d->result;
    case REG_ATTRS:
        return d->attrs;
    case REG_PA_LO:
        return (uint32_t)d->pa;
    case REG_PA_HI:
        return (uint32_t)(d->pa >> 32);
    default:
        return 0;
    }
}

static void set_half(uint64_t *reg, bool high, uint32_t value)
{
    unsigned shift = high ? 32 : 0;

    *reg = (*reg & ~(UINT64_C(0xffffffff) << shift)) | (uint64_t)value << shift;
}

void smmu3_testdev_write(struct smmu3_testdev *d, uint32_t offset,
                         uint32_t value)
{
    switch (offset) {
    case REG_IOVA_LO:
    case REG_IOVA_HI:
        set_half(&d->iova, offset == REG_IOVA_HI, value);
        break;
    case REG_PA_LO:
    case REG_PA_HI:
        set_half(&d->pa, offset == REG_PA_HI, value);
        break;
    case REG_LEN:
        d->len = value;
        break;
    case REG_RESULT:
        d->result = value;
        break;
    case REG_DOORBELL:
        d->armed = value & DOORBELL_ARM;
        d->result = d->armed ? RESULT_BUSY : RESULT_IDLE;
        break;
    case REG_ATTRS:
        d->attrs = value;
        break;
    default:
        break;
    }
}

void smmu3_testdev_reset(struct smmu3_testdev *d)
{
    d->iova = 0;
    d->pa = 0;
    d->len = 0;
    d->result = RESULT_IDLE;
    d->armed = false;
    d->attrs = SPACE_NONSECURE << ATTRS_SPACE_SHIFT;
}

void smmu3_testdev_init(struct smmu3_testdev *d,
                        const struct smmu3_testdev_host *host)
{
    d->host = *host;
    smmu3_testdev_reset(d);
}
