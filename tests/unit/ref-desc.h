/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors as the reference translator reads them: where they lie, what
 * they are, which address they hold (E.5, E.6).
 * Tests only.
 */
#ifndef TESTS_UNIT_REF_DESC_H
#define TESTS_UNIT_REF_DESC_H

#include <stdbool.h>
#include <stdint.h>

enum ref_kind {
    REF_INVALID,
    REF_TABLE,
    REF_LEAF
};

/* How the descriptors of a stage are written. */
struct ref_format {
    unsigned granule;
    bool lpa2;    /* 4K or 16K with DS */
    bool oas52;   /* the implementation has 52-bit addresses */
    unsigned eff; /* IPS or S2PS, min OAS */
};

uint64_t ref_bits_below(unsigned n);
/* The address of the descriptor of @level; @first: of the start level, of a
 * stage of @size input bits. */
uint64_t ref_desc_addr(uint64_t base, uint64_t input, unsigned size,
                       unsigned granule, int level, bool first);
/* log2 of a leaf. */
unsigned ref_leaf_lg2(unsigned granule, int level);
enum ref_kind ref_decode(uint64_t d, const struct ref_format *f, int level);
/* The address of a descriptor; false if it is too large. */
bool ref_desc_oa(uint64_t d, const struct ref_format *f, unsigned lg2,
                 uint64_t *oa);
/* A table base without the low bits that do not count at 52 bits. */
uint64_t ref_align_ttb(uint64_t ttb, const struct ref_format *f);

#endif
