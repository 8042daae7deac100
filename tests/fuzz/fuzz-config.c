/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration: stream table geometry, L1STD, STE and CD of any bits at all;
 * the core with caches, the core without and the reference translator must
 * agree, and reads are bounded.
 *
 * Input: a byte of choices, STRTAB_BASE_CFG, SID, STE and CD as differences to
 * valid ones or as they are, an access of 9 bytes with a SubstreamID, and
 * memory.
 */
#include <stdbool.h>
#include "common.h"

/* A valid one of the kind that @how selects. With substreams the CDs, and
 * L1CDs, of other numbers than 0 come from memory. */
static struct ste base_ste(uint8_t how)
{
    struct ste ste = ste_nested(FUZZ_CD, 0x20000000, 12, 24, 1);

    switch (how & 7) {
    case 6:
        set_bits(ste.w, 3, 1, 5);
        set_bits(ste.w, 5, 4, 1);
        set_bits(ste.w, 63, 59, 20);
        return ste;
    case 7:
        set_bits(ste.w, 63, 59, 3);
        return ste;
    case 0:
        return ste_s1(FUZZ_CD);
    case 1:
        return ste_s2(0x20000000, 12, 24, 1);
    case 2:
        return ste_nested(FUZZ_CD, 0x20000000, 12, 24, 1);
    case 3:
        return ste_s2(0x20000000, 14, 24, 1);
    case 4:
        return ste_nested(FUZZ_CD, 0x20000000, 16, 24, 1);
    default:
        return ste_bypass();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    uint8_t how = take8(&in), access = take8(&in);
    uint32_t cfg = (uint32_t)take64(&in);
    uint64_t addr = take64(&in);
    struct ste ste = base_ste(how);
    struct cd cd = { { 0 } };
    struct smmu3_txn txn;
    struct pair p;

    if (how & 8) {
        cd = cd_make(0x20000000, 12, 25);
    }
    for (unsigned i = 0; i < 8; i++) {
        ste.w[i] ^= take64(&in);
    }
    for (unsigned i = 0; i < 8; i++) {
        cd.w[i] ^= take64(&in);
    }
    txn = fuzz_txn(access, addr);
    if (how & 16) {
        cfg = 8; /* linear; FUZZ_SID finds the STE */
    } else {
        txn.sid = (uint32_t)(take64(&in) & 0x1ffff);
    }
    if (txn.ssv) {
        txn.ssid = (uint32_t)(take64(&in) & 0xfffff);
    }
    /* With two levels the STE comes from memory; put it there as well. */
    pair_init(&p, in, ste.w, cd.w, cfg & 0x307ff, 2 | (how >> 5 & 1), 0);
    if (how & 64) {
        fuzz_lay_over(&p.host[0], 0x30000000, ste.w, 8);
        fuzz_lay_over(&p.host[1], 0x30000000, ste.w, 8);
    }
    for (unsigned pass = 0; pass < 2; pass++) {
        pair_check(&p, &txn);
    }
    pair_fini(&p);
    return 0;
}
