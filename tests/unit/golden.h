/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks computed by hand, as literals: memory, STE, CD, access, and what comes
 * of it. The core and the reference translator are both held against them.
 * Tests only.
 */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "rig.h"

#define GOLDEN_SID 0x21u

struct golden_word {
    uint64_t at, value;
};

struct golden {
    const char *name;
    uint64_t ste[4]; /* dwords 0 to 3; 4 to 7 are zero */
    uint64_t cd[3];  /* dwords 0 to 2; all zero: no CD is written */
    uint64_t cd_at;
    bool be; /* .mem holds big-endian descriptors */
    struct golden_word mem[12];
    struct golden_word instead; /* replaces or adds one word of .mem */
    uint64_t hole;              /* these 8 bytes abort, if not 0 */
    uint64_t addr;
    const char *how;
    enum smmu3_outcome outcome;
    uint64_t pa;
    uint64_t event[4]; /* [0] = 0: none */
};

extern const struct golden goldens[];
extern const unsigned n_goldens;
/* For rig_wide(). */
extern const struct golden goldens_wide[];
extern const unsigned n_goldens_wide;

/* Writes memory, STE and CD of @g. */
void golden_load(struct rig *r, const struct golden *g);

#endif
