/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame of the SMMUv3TestEngine: its words, and the state of its command.
 * Layer L4: knows neither the SMMU nor QEMU.
 */
#ifndef TEST_ENGINE_FRAME_H
#define TEST_ENGINE_FRAME_H

#include "test-engine.h"

#define FRAME_SIZE 128u

enum cmd {
    CMD_NO_FRAME = 0,
    CMD_HALTED = 1,
    CMD_MEMCPY = 2,
    CMD_RAND48 = 3,
    CMD_SUM64 = 4,
    CMD_MISCONFIGURED = 0xfffffffeu,
    CMD_ERROR = 0xffffffffu,
};

/* User frame */
#define U_CMD 0x00u
#define U_UCTRL 0x04u
#define U_LAUNCHED 0x08u
#define U_RETURNED 0x0cu
#define U_MSIADDRESS 0x10u
#define U_MSIDATA 0x18u
#define U_ATTRIBUTES 0x20u
#define U_SEED 0x24u
#define U_BEGIN 0x28u
#define U_END_INCL 0x30u
#define U_STRIDE 0x38u
#define U_UDATA(n) (0x40u + 8u * (n))
/* Extensions: software's, and ours to say what became of ATS. */
#define U_UCTRL1 0x78u
#define U_UCTRL2 0x7cu

/* udata[6]: attributes of the last access that left the SMMU */
#define LEFT_SH 8
#define LEFT_IND 10
#define LEFT_PNU 11
#define LEFT_NS 12

#define UCTRL_MSI_ABORTED 1u
#define UCTRL1_ATS_WRITE 1u
#define UCTRL2_REASON 0xfu
#define UCTRL2_PAGE_REQUEST 0x10000u /* [31:16] counts them */

/* Privileged frame */
#define P_PCTRL 0x00u
#define P_PORT 0x04u
#define P_STREAMID 0x08u
#define P_SUBSTREAMID 0x0cu

#define PCTRL_SSD_NS 1u
#define PCTRL_ATS_ENABLE 0x100u
#define PCTRL_PRI_ENABLE 0x200u
#define NO_SUBSTREAMID 0xffffffffu
#define SUBSTREAMID_MAX 0xfffffu

enum phase {
    PHASE_TAKE, /* there is none */
    PHASE_READ,
    PHASE_WRITE,
};

struct frame {
    uint8_t user[FRAME_SIZE];
    uint8_t priv[FRAME_SIZE];
    /* Of a running command: what is left, and the generator of the order. */
    uint64_t first; /* stride 1: next address; else next element */
    uint64_t left;  /* stride 1: bytes; else elements */
    uint64_t order;
    /* The piece that is moved: what is to be done with it next, or is pending.
     */
    enum phase phase;
    bool pending;
    uint64_t addr; /* of this phase's transaction */
    size_t len;
};

/* Little-endian fields of 1 to 8 bytes. */
static inline uint64_t load(const uint8_t *p, unsigned size)
{
    uint64_t v = 0;

    for (unsigned i = size; i-- > 0;) {
        v = v << 8 | p[i];
    }
    return v;
}

static inline void store(uint8_t *p, unsigned size, uint64_t v)
{
    for (unsigned i = 0; i < size; i++) {
        p[i] = (uint8_t)(v >> (8 * i));
    }
}

static inline uint32_t user32(const struct frame *f, unsigned offset)
{
    return (uint32_t)load(f->user + offset, 4);
}

static inline uint64_t user64(const struct frame *f, unsigned offset)
{
    return load(f->user + offset, 8);
}

/* test-engine-work.c */

/* Checks the range of @cmd; on success sets what is left. */
bool smmu3_frame_range_ok(struct frame *f, enum cmd cmd);

/* Starts the generator of the order from the frame's seed. */
void smmu3_frame_seed(struct frame *f);

/* Takes the next piece off @f's range: source address and length. */
uint64_t smmu3_frame_take(struct frame *f, enum cmd cmd, size_t *len);

/* Where MEMCPY writes what it read at @addr. */
uint64_t smmu3_frame_dest(const struct frame *f, uint64_t addr);

/* The bytes that RAND48 writes at @addr. */
void smmu3_frame_fill(uint8_t *buf, size_t len, uint64_t addr, uint32_t seed);

/* Adds SUM64's elements. */
void smmu3_frame_sum(struct frame *f, const uint8_t *buf, size_t len);

#endif
