/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest's module smmulator_engine offers to programs: one device file
 * for each engine, /dev/engine-NAME with the kernel's name of the device. Each
 * open file has a register frame of its own.
 */
#ifndef ENGINE_API_H
#define ENGINE_API_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Values of the engine's command field. */
#define ENGINE_HALTED 1u
#define ENGINE_MEMCPY 2u
#define ENGINE_RAND48 3u
#define ENGINE_SUM64 4u
#define ENGINE_MISCONFIGURED 0xfffffffeu
#define ENGINE_ERROR 0xffffffffu
/* Not the engine's: it did not end within the time. */
#define ENGINE_TIMEOUT 0xfffffff0u

struct engine_run {
    __u32 cmd;        /* in: what to do; out: the state that it ended in */
    __u32 timeout_ms; /* in */
    __u32 attributes; /* in: 0 for Non-secure, Normal, write-back */
    __u32 pctrl;      /* in: 0x100 through ATS, 0x300 and PRI */
    __u32 uctrl1;     /* in */
    __u32 uctrl2;     /* out: why it failed, how many page requests */
    __u32 seed;       /* in: order of the work, and the data of RAND48 */
    __u64 begin;      /* in */
    __u64 end;        /* in: inclusive */
    __u64 stride;     /* in: 1 for the whole range */
    __u64 udata[3];   /* in: [0] destination of MEMCPY; out: results */
};

/* Binds this process's memory: from now on addresses are the process's. The
 * result is the PASID. */
#define ENGINE_BIND _IO('e', 1)
#define ENGINE_UNBIND _IO('e', 2)
#define ENGINE_RUN _IOWR('e', 3, struct engine_run)
/* Maps a kernel buffer of that size for DMA: in bytes, out address. mmap() of
 * the file shows it. One for each open file. */
#define ENGINE_BUFFER _IOWR('e', 4, __u64)

#endif
