/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine's attributes field: AMBA encodings to the
 * architecture's.
 * Layer L4: knows neither the SMMU nor QEMU.
 */
#include "test-engine-attrs.h"

/* Attributes, one half */
#define ATTR_IND (1u << 10)
#define ATTR_NS (1u << 9)
#define ATTR_PNU (1u << 8)

/* An AxCACHE nibble as half a MAIR byte; false if it encodes nothing. */
static bool cacheability(unsigned acache, bool transient, uint8_t *mair)
{
    unsigned alloc = (acache >> 2 & 1) << 1 | acache >> 3;

    if (acache == 2 || acache == 3) {
        *mair = 4; /* non-cacheable */
        return true;
    }
    if (acache < 6 || !(acache & 2)) {
        return false;
    }
    *mair = (uint8_t)(transient ? 0 : 8);
    *mair = (uint8_t)(*mair | (acache & 1) << 2 | alloc);
    return true;
}

bool smmu3_engine_attrs_decode(unsigned half, struct smmu3_engine_attrs *attrs)
{
    static const uint8_t sh[4] = { 0, 3, 2, 0 };
    unsigned outer = half >> 4 & 15;
    uint8_t hi, lo;

    attrs->ind = half & ATTR_IND;
    attrs->ns = half & ATTR_NS;
    attrs->pnu = half & ATTR_PNU;
    if (outer < 2) {
        /* Device: bit 3 gathering, bit 2 reordering. Gathering without
         * reordering is no type of the architecture: the stronger one. */
        unsigned kind = outer == 0 ? 0 : !(half & 4) ? 1 : !(half & 8) ? 2 : 3;

        attrs->attr = (uint8_t)(kind << 2);
        attrs->sh = 2;
        return true;
    }
    if (half >> 14 == 3 || !cacheability(outer, half >> 13 & 1, &hi) ||
        !cacheability(half & 15, half >> 12 & 1, &lo)) {
        return false;
    }
    attrs->attr = (uint8_t)(hi << 4 | lo);
    attrs->sh = sh[half >> 14];
    return true;
}
