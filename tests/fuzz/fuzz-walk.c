/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks: valid STEs and CDs of every kind and geometry over tables from the
 * input; the core with caches, the core without and the reference translator
 * must agree, and reads are bounded.
 *
 * Input: 16 bytes of parameters, a count of accesses and 9 bytes for each, and
 * memory.
 */
#include <stdbool.h>
#include "common.h"

static struct ste make_ste(const uint8_t *h)
{
    unsigned granule = 12 + 2 * ((h[1] >> 4) % 3);
    uint64_t ttb = (uint64_t)h[11] << 12 | (uint64_t)h[12] << 20 |
                   (uint64_t)(h[13] & 0xf) << 4;
    struct ste ste;

    switch (h[0] % 5) {
    case 1:
        ste = ste_s2(ttb, granule, 12 + h[4] % 37, h[5] & 3);
        break;
    case 2:
        ste = ste_nested(FUZZ_CD, ttb, granule, 12 + h[4] % 37, h[5] & 3);
        break;
    default:
        ste = ste_s1(FUZZ_CD);
        set_bits(ste.w, 95, 94, h[0] % 5 >= 3 ? 2 : 0);
        break;
    }
    set_bits(ste.w, 178, 176, h[6] >> 3 & 7); /* S2PS */
    if (h[15] & 0x80) {
        set_bits(ste.w, 184, 183, h[15] >> 5 & 3); /* S2HA, S2HD */
    }
    set_bits(ste.w, 182, 180, h[8] & 7); /* S2PTW, S2AFFD, S2ENDI */
    set_bits(ste.w, 186, 186, !(h[8] >> 3 & 1));
    set_bits(ste.w, 89, 89, h[8] >> 4 & 1);   /* S2FWB */
    set_bits(ste.w, 195, 194, h[5] >> 2 & 3); /* S2DS, S2SL0_2 */
    return ste;
}

static struct cd make_cd(const uint8_t *h)
{
    uint64_t ttb = (uint64_t)h[9] << 12 | (uint64_t)h[10] << 20;
    struct cd cd = cd_make(ttb, 12 + 2 * (h[1] % 3), 12 + h[2] % 37);

    if (h[1] & 0x80) {
        cd_ttb1(&cd, ttb + 0x1000, 12 + 2 * ((h[1] >> 2 & 3) % 3),
                12 + h[3] % 37);
    }
    set_bits(cd.w, 34, 32, h[6] & 7);      /* IPS */
    set_bits(cd.w, 15, 15, h[7] & 1);      /* ENDI */
    set_bits(cd.w, 36, 35, h[7] >> 1 & 3); /* WXN, AFFD */
    set_bits(cd.w, 40, 38, h[7] >> 3 & 7); /* PAN, TBI */
    set_bits(cd.w, 65, 65, h[7] >> 6 & 1);
    set_bits(cd.w, 129, 129, h[7] >> 7);
    set_bits(cd.w, 14, 14, h[14] & 1);            /* EPD0 */
    set_bits(cd.w, 46, 45, 3 ^ (h[14] >> 1 & 3)); /* A, R */
    if (h[15] & 0x80) {
        set_bits(cd.w, 43, 42, h[15] >> 3 & 3); /* HA, HD */
    }
    set_bits(cd.w, 186, 186, h[14] >> 3 & 1); /* DS */
    set_bits(cd.w, 66, 66, h[14] >> 4 & 1);   /* E0PD0 */
    set_bits(cd.w, 130, 130, h[14] >> 5 & 1); /* E0PD1 */
    set_bits(cd.w, 123, 123, h[14] >> 6 & 1); /* EPAN */
    return cd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    struct smmu3_txn txns[8];
    uint8_t h[16];
    unsigned n;
    struct ste ste;
    struct cd cd;
    struct pair p;

    for (unsigned i = 0; i < 16; i++) {
        h[i] = take8(&in);
    }
    n = 1 + h[15] % 8;
    for (unsigned i = 0; i < n; i++) {
        uint8_t how = take8(&in);

        txns[i] = fuzz_txn(how, take64(&in));
    }
    ste = make_ste(h);
    cd = make_cd(h);
    pair_init(&p, in, ste.w, cd.w, 8, 2 | (h[0] % 5 == 4),
              h[15] & 0x80 ? 2 : 0);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < n; i++) {
            pair_check(&p, &txns[i]);
        }
    }
    pair_fini(&p);
    return 0;
}
