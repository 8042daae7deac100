/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Geometry of the stream table and of the CD tables: where an STE, a CD and
 * the level-1 descriptors that lead to them lie (3.3, 5.1-5.3).
 * Layer L2.
 */
#include "tables.h"

#include "smmu3/cd.h"
#include "smmu3/regs.h"
#include "smmu3/ste.h"

/* SPLIT other than 6, 8 and 10 acts as 6 (6.3.25). */
static unsigned effective_split(uint64_t cfg)
{
    unsigned split = (unsigned)smmu3_get(&cfg, SMMU3_STRTAB_CFG_SPLIT);

    return split == 8 || split == 10 ? split : 6;
}

enum smmu3_event smmu3_strtab_lookup(const struct smmu3_features *f,
                                     enum smmu3_space space,
                                     uint64_t strtab_base,
                                     uint64_t strtab_base_cfg, uint32_t sid,
                                     unsigned *split, uint64_t *addr)
{
    unsigned log2size =
        (unsigned)smmu3_get(&strtab_base_cfg, SMMU3_STRTAB_CFG_LOG2SIZE);
    unsigned sidsize = space == SMMU3_S ? f->s_sidsize : f->sidsize;
    unsigned effective = log2size < sidsize ? log2size : sidsize;
    uint64_t base = strtab_base & SMMU3_STRTAB_BASE_ADDR;
    unsigned align;

    if (sid > smmu3_low(effective)) {
        return SMMU3_C_BAD_STREAMID;
    }
    if (smmu3_get(&strtab_base_cfg, SMMU3_STRTAB_CFG_FMT) !=
        SMMU3_STRTAB_FMT_2LVL) {
        *split = 0;
        *addr =
            (base & ~smmu3_low(log2size + 6)) + (uint64_t)sid * SMMU3_STE_SIZE;
        if (*addr & ~smmu3_low(f->oas)) {
            *addr &= smmu3_low(f->oas); /* a table that is larger than memory */
            return SMMU3_F_STE_FETCH;
        }
        return SMMU3_EVENT_NONE;
    }
    *split = effective_split(strtab_base_cfg);
    /* The table has 2^(LOG2SIZE - SPLIT) entries of 8 bytes and is aligned to
     * its size, or to 64 bytes; LOG2SIZE counts as written (6.3.24). */
    align = log2size > *split + 3 ? log2size - *split + 3 : 6;
    *addr = (base & ~smmu3_low(align)) +
            (uint64_t)(sid >> *split) * SMMU3_L1STD_SIZE;
    return SMMU3_EVENT_NONE;
}

enum smmu3_event smmu3_l1std_lookup(const struct smmu3_features *f,
                                    uint64_t l1std, unsigned split,
                                    uint32_t sid, uint64_t *addr)
{
    uint64_t span = smmu3_get(&l1std, SMMU3_L1STD_SPAN);
    uint64_t index = sid & smmu3_low(split);
    uint64_t table;

    if (span == 0 || span > SMMU3_L1STD_SPAN_MAX || span > split + 1 ||
        index >= SMMU3_BIT(span - 1)) {
        return SMMU3_C_BAD_STREAMID;
    }
    table = smmu3_get_addr(&l1std, SMMU3_L1STD_L2PTR) &
            ~smmu3_low((unsigned)(5 + span));
    *addr = table + index * SMMU3_STE_SIZE;
    if (table & ~smmu3_low(f->oas)) {
        *addr &= smmu3_low(f->oas); /* FetchAddr has no more bits (7.3.4) */
        return SMMU3_F_STE_FETCH;
    }
    return SMMU3_EVENT_NONE;
}

uint64_t smmu3_cdtab_addr(const struct smmu3_ste *ste, uint32_t ssid)
{
    unsigned entry = ste->cd_split ? SMMU3_L1CD_LG2 : SMMU3_CD_LG2;
    unsigned count = ste->s1cdmax > ste->cd_split
                         ? (unsigned)(ste->s1cdmax - ste->cd_split)
                         : 0;
    /* Aligned to its size, or to 64 bytes. */
    unsigned align =
        count + entry > SMMU3_CD_LG2 ? count + entry : SMMU3_CD_LG2;

    return (ste->s1contextptr & ~smmu3_low(align)) +
           ((uint64_t)(ssid >> ste->cd_split) << entry);
}

bool smmu3_l1cd_lookup(const struct smmu3_ste *ste, uint64_t l1cd,
                       uint32_t ssid, uint64_t *addr)
{
    uint64_t table = smmu3_get_addr(&l1cd, SMMU3_L1CD_L2PTR) &
                     ~smmu3_low(ste->cd_split + SMMU3_CD_LG2);

    *addr = table + ((ssid & smmu3_low(ste->cd_split)) << SMMU3_CD_LG2);
    return smmu3_get(&l1cd, SMMU3_L1CD_V);
}
