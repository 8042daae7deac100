/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builders of STEs, CDs, descriptors and commands, by the bit numbers that the
 * specification prints. Independent of the core's headers on purpose: a test
 * that writes and reads through one accessor passes at any bit position.
 * Tests only.
 */
#ifndef TESTS_UNIT_BUILD_H
#define TESTS_UNIT_BUILD_H

#include "fake-host.h"

/* Sets the bits [hi:lo] of the structure w[] to v. */
void set_bits(uint64_t *w, unsigned hi, unsigned lo, uint64_t v);
uint64_t get_bits(const uint64_t *w, unsigned hi, unsigned lo);

/* STE (5.2). */
struct ste {
    uint64_t w[8];
};

/* Granules are given as log2: 12, 14, 16. */
struct ste ste_abort(void);
struct ste ste_bypass(void);
struct ste ste_s1(uint64_t cd);
struct ste ste_s2(uint64_t ttb, unsigned granule, unsigned s2t0sz,
                  unsigned s2sl0);
struct ste ste_nested(uint64_t cd, uint64_t ttb, unsigned granule,
                      unsigned s2t0sz, unsigned s2sl0);
unsigned s2tg_of(unsigned granule);

/* CD (5.4): TTB0 only, TTB1 off; EL0 and EL1; faults abort and are recorded. */
struct cd {
    uint64_t w[8];
};

struct cd cd_make(uint64_t ttb0, unsigned granule, unsigned t0sz);
/* Turns the TTB1 half on. */
void cd_ttb1(struct cd *cd, uint64_t ttb1, unsigned granule, unsigned t1sz);
unsigned tg0_of(unsigned granule);
unsigned tg1_of(unsigned granule);

/* Descriptors: bits of a leaf (D8.3). */
#define D_TABLE UINT64_C(3)
#define D_PAGE UINT64_C(3)
#define D_BLOCK UINT64_C(1)
#define D_EL0 (UINT64_C(1) << 6) /* AP[1] */
#define D_RO (UINT64_C(1) << 7)  /* AP[2] */
#define D_AF (UINT64_C(1) << 10)
#define D_NG (UINT64_C(1) << 11)
#define D_NT (UINT64_C(1) << 16) /* of a block */
#define D_DBM (UINT64_C(1) << 51)
#define D_CONT (UINT64_C(1) << 52)
#define D_PXN (UINT64_C(1) << 53)
#define D_UXN (UINT64_C(1) << 54)
/* stage 2 */
#define D_S2R (UINT64_C(1) << 6)
#define D_S2W (UINT64_C(1) << 7)
#define D_S2XN(n) ((uint64_t)(n) << 53)
#define D_S2WB (UINT64_C(0xf) << 2)
/* A leaf that allows all to everybody. EL0-writable is not privileged
 * executable. */
#define D_S1ALL (D_EL0 | D_AF | D_NG)
#define D_S2ALL (D_S2R | D_S2W | D_S2WB | D_AF)

/*
 * Makes table entries for one address, level by level; tables come from
 * .next, which moves up by one granule each.
 */
struct mapper {
    struct fake_host *h;
    uint64_t ttb;
    uint64_t next;
    unsigned granule;
    unsigned bits; /* input size, 64 - TxSZ */
    int start;     /* level of the first table, -1 to 3 */
    bool be;
    /* How descriptors hold addresses: as with DS; 64K's with 52 bits. */
    bool lpa2, oa52;
    /* Where an address that a table holds lies in memory: + offset. Nested
     * stage-1 tables are addressed by IPA. */
    uint64_t offset;
};

/* Stage 1: the start level follows from the size. */
struct mapper map_s1(struct fake_host *h, uint64_t ttb, unsigned granule,
                     unsigned txsz, uint64_t next);
struct mapper map_s2(struct fake_host *h, uint64_t ttb, unsigned granule,
                     unsigned s2t0sz, unsigned s2sl0, uint64_t next);
/*
 * Writes the leaf @desc for @input at @level, with tables above it as needed;
 * gives the address at which the leaf lies.
 */
uint64_t map_at(struct mapper *m, uint64_t input, int level, uint64_t desc);
/* The output address @oa as the mapper's descriptors hold it. */
uint64_t map_oa(const struct mapper *m, uint64_t oa);
/* Address of the entry for @input at @level on the way; 0 if none. */
uint64_t map_find(struct mapper *m, uint64_t input, int level);
void map_put(struct mapper *m, uint64_t at, uint64_t desc);
uint64_t map_get(struct mapper *m, uint64_t at);
/* log2 of what one entry of this level covers. */
unsigned level_lo(unsigned granule, int level);
int s1_start_level(unsigned granule, unsigned bits);
/* Without S2SL0_2. */
int s2_start_level(unsigned granule, unsigned s2sl0);

/* Commands (4). */
struct cmd {
    uint64_t w[2];
};

struct cmd cmd_op(unsigned opcode);
struct cmd cmd_cfgi_ste(uint32_t sid, bool leaf);
struct cmd cmd_tlbi(unsigned opcode, unsigned vmid, unsigned asid,
                    uint64_t addr);
/* With range fields (4.4.1.1): TG 1 4K, 2 16K, 3 64K. */
struct cmd cmd_tlbi_range(unsigned opcode, unsigned vmid, unsigned asid,
                          uint64_t addr, unsigned tg, unsigned ttl,
                          unsigned scale, unsigned num);

#endif
