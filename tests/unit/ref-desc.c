/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors as the reference translator reads them. See ref-desc.h.
 * Tests only.
 */
#include "ref-desc.h"

uint64_t ref_bits_below(unsigned n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* E.5: address of the descriptor. */
uint64_t ref_desc_addr(uint64_t base, uint64_t input, unsigned size,
                       unsigned granule, int level, bool first)
{
    unsigned stride = granule - 3, below = stride * (unsigned)(4 - level);
    uint64_t m = ref_bits_below(first ? size - below : stride + 3);

    return (base & ~m) | ((input >> below) & m & ~UINT64_C(7));
}

/* log2 of a leaf. */
unsigned ref_leaf_lg2(unsigned granule, int level)
{
    return (granule - 3) * (unsigned)(4 - level) + 3;
}

/* E.5, E.6: block levels. */
enum ref_kind ref_decode(uint64_t d, const struct ref_format *f, int level)
{
    if (!(d & 1)) {
        return REF_INVALID;
    }
    if (d & 2) {
        return level == 3 ? REF_LEAF : REF_TABLE;
    }
    switch (f->granule) {
    case 12:
        return level == 1 || level == 2 || (level == 0 && f->lpa2)
                   ? REF_LEAF
                   : REF_INVALID;
    case 14:
        return level == 2 || (level == 1 && f->lpa2) ? REF_LEAF : REF_INVALID;
    default:
        return level == 2 || (level == 1 && f->oas52) ? REF_LEAF : REF_INVALID;
    }
}

/* E.6: what bits [47:lg2], and others where there are 52, mean; false if that
 * is too large. */
bool ref_desc_oa(uint64_t d, const struct ref_format *f, unsigned lg2,
                 uint64_t *oa)
{
    if (f->lpa2) {
        *oa = (d & ref_bits_below(50) & ~ref_bits_below(lg2)) | (d >> 8 & 3)
                                                                    << 50;
        return !(*oa >> f->eff);
    }
    *oa = d & ref_bits_below(48) & ~ref_bits_below(lg2);
    if (f->granule != 16) {
        return !(*oa >> (f->eff < 48 ? f->eff : 48));
    }
    if (!f->oas52) {
        return !(d & 0xf000) && !(*oa >> f->eff);
    }
    *oa |= (d >> 12 & 0xf) << 48;
    return !(*oa >> f->eff);
}

/* E.5: the low bits of a base that do not count at 52 bits. */
uint64_t ref_align_ttb(uint64_t ttb, const struct ref_format *f)
{
    return f->eff == 52 ? ttb & ~UINT64_C(0x3f) : ttb;
}
