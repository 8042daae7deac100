/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bit fields of 64-bit words, and little-endian access.
 * Layer L0: standard headers only.
 *
 * The architecture prints a field of a structure as [hi:lo] counted from bit 0
 * of the whole structure. struct smmu3_field holds just these two numbers, so
 * that the headers above this one read side by side with the specification.
 * No field crosses a 64-bit word.
 */
#ifndef SMMU3_BITS_H
#define SMMU3_BITS_H

#include <stdbool.h>
#include <stdint.h>

/* A field [hi:lo] of an array of 64-bit words; lo / 64 is its word. */
struct smmu3_field {
    uint16_t hi;
    uint16_t lo;
};

#define SMMU3_FIELD(hi, lo) ((struct smmu3_field){ (hi), (lo) })

#define SMMU3_BIT(n) (UINT64_C(1) << (n))

/* The bits [hi:lo] of one 64-bit word. */
#define SMMU3_MASK(hi, lo) ((UINT64_MAX >> (63 - (hi))) & (UINT64_MAX << (lo)))

/* The low @n bits, n in 0..64. */
static inline uint64_t smmu3_low(unsigned n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* The value of field @f, shifted down to bit 0. */
static inline uint64_t smmu3_get(const uint64_t *words, struct smmu3_field f)
{
    return (words[f.lo / 64] >> (f.lo % 64)) & smmu3_low(f.hi - f.lo + 1u);
}

/* The value of field @f at its own place in its word: for addresses, whose
 * printed position is their natural one. */
static inline uint64_t smmu3_get_addr(const uint64_t *words,
                                      struct smmu3_field f)
{
    return words[f.lo / 64] & (smmu3_low(f.hi - f.lo + 1u) << (f.lo % 64));
}

/* Sets field @f to @value cut to its width. */
static inline void smmu3_put(uint64_t *words, struct smmu3_field f,
                             uint64_t value)
{
    uint64_t mask = smmu3_low(f.hi - f.lo + 1u) << (f.lo % 64);

    words[f.lo / 64] =
        (words[f.lo / 64] & ~mask) | ((value << (f.lo % 64)) & mask);
}

/* In-memory structures and queue records are little-endian (3.5, 5). */
static inline uint64_t smmu3_ld64le(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--) {
        v = v << 8 | p[i];
    }
    return v;
}

static inline uint64_t smmu3_ld64be(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

static inline void smmu3_st64le(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++) {
        p[i] = (uint8_t)(v >> (8 * i));
    }
}

#endif
