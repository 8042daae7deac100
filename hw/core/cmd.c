/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: from the queue's 16 bytes to what to do (4).
 * Layer L2.
 */
#include "cmd.h"

#include <string.h>

#include "smmu3/cmd.h"
#include "smmu3/idr.h"

/* What a command needs; a reserved opcode needs what cannot be had. */
enum need {
    NEED_IMPOSSIBLE = 0, /* so that an absent row is illegal */
    NEED_NOTHING,
    NEED_S1,
    NEED_S2,
    NEED_HYP,
    NEED_STALL,
    NEED_EL3,  /* the Secure queue */
    NEED_SEL2, /* the Secure queue */
    NEED_ATS,
    NEED_PRI,
};

struct opcode {
    enum need need;
    bool ssec; /* has an SSec bit; 0 on the Non-secure queue (4.1.6) */
    bool (*decode)(const struct smmu3_features *f, const uint64_t *w,
                   struct smmu3_cmd *cmd);
};

static bool decode_nothing(const struct smmu3_features *f, const uint64_t *w,
                           struct smmu3_cmd *cmd)
{
    (void)f;
    (void)w;
    cmd->action = SMMU3_DO_NOTHING;
    return true;
}

static bool decode_cfgi_ste(const struct smmu3_features *f, const uint64_t *w,
                            struct smmu3_cmd *cmd)
{
    (void)f;
    cmd->action = SMMU3_DO_CFGI_STE;
    cmd->sid_first = (uint32_t)smmu3_get(w, SMMU3_CMD_STREAMID);
    cmd->sid_last = cmd->sid_first;
    cmd->leaf = smmu3_get(w, SMMU3_CMD_CFGI_LEAF);
    return true;
}

static bool decode_cfgi_range(const struct smmu3_features *f, const uint64_t *w,
                              struct smmu3_cmd *cmd)
{
    unsigned range = (unsigned)smmu3_get(w, SMMU3_CMD_CFGI_RANGE);
    uint32_t mask = (uint32_t)smmu3_low(range + 1); /* 31: all */

    decode_cfgi_ste(f, w, cmd);
    cmd->sid_first &= ~mask;
    cmd->sid_last = cmd->sid_first | mask;
    cmd->leaf = false; /* that bit is part of Range */
    return true;
}

static bool decode_cfgi_cd(const struct smmu3_features *f, const uint64_t *w,
                           struct smmu3_cmd *cmd)
{
    decode_cfgi_ste(f, w, cmd);
    cmd->action = SMMU3_DO_CFGI_CD;
    cmd->ssid = (uint32_t)smmu3_get(w, SMMU3_CMD_SUBSTREAMID);
    /* Without substreams there is one CD, whatever the number (4.3.3). */
    cmd->all_ssids = f->ssidsize == 0;
    return true;
}

static bool decode_cfgi_cd_all(const struct smmu3_features *f,
                               const uint64_t *w, struct smmu3_cmd *cmd)
{
    decode_cfgi_cd(f, w, cmd);
    cmd->all_ssids = true;
    cmd->leaf = false; /* no such bit (4.3.4) */
    return true;
}

/* Fields that all TLBI commands of a regime share. Without stage 2 the VMID
 * operand is RES0, and all tags are 0. */
static void tlbi_tags(const struct smmu3_features *f, const uint64_t *w,
                      struct smmu3_cmd *cmd, enum smmu3_cmd_regime regime)
{
    cmd->action = SMMU3_DO_TLBI;
    cmd->tlbi.regime = regime;
    cmd->tlbi.by_vmid = (regime == SMMU3_REGIME_NS_EL1 && f->s2p) ||
                        (regime == SMMU3_REGIME_S_EL1 && f->sel2);
    cmd->tlbi.vmid = (uint16_t)smmu3_get(w, SMMU3_CMD_TLBI_VMID);
    cmd->tlbi.asid = (uint16_t)smmu3_get(w, SMMU3_CMD_TLBI_ASID);
}

/* Address bits that must be zero for a level hint: all below the size that a
 * descriptor of that level maps (4.4.1). */
static uint64_t ttl_mask(unsigned granule_lg2, unsigned ttl)
{
    unsigned level = ttl ? ttl : 3;

    return smmu3_low(granule_lg2 + (granule_lg2 - 3) * (3 - level));
}

/* Larger values of SCALE act as this one (4.4.1). */
#define SCALE_MAX 39u

/*
 * Address, range and hints (4.4.1). False: reserved. An address that does not
 * fit its level hint makes the result UNPREDICTABLE: nothing is removed, so
 * that the driver's mistake shows.
 */
static bool tlbi_address(const struct smmu3_features *f, const uint64_t *w,
                         struct smmu3_cmd_tlbi *t)
{
    static const uint8_t granules[4] = { 0, 12, 14, 16 };
    /* Without RIL all of NUM, SCALE, TTL and TG are RES0. */
    unsigned granule = f->ril ? granules[smmu3_get(w, SMMU3_CMD_TLBI_TG)] : 0;
    unsigned ttl = (unsigned)smmu3_get(w, SMMU3_CMD_TLBI_TTL);
    unsigned scale = (unsigned)smmu3_get(w, f->ds ? SMMU3_CMD_TLBI_SCALE_DS
                                                  : SMMU3_CMD_TLBI_SCALE);
    uint64_t num = smmu3_get(w, SMMU3_CMD_TLBI_NUM);

    t->by_addr = true;
    t->leaf = smmu3_get(w, SMMU3_CMD_TLBI_LEAF);
    t->first = smmu3_get_addr(w, SMMU3_CMD_TLBI_ADDRESS);
    if (granule == 0) {
        /* One address, as precise as the field. */
        t->last = t->first | smmu3_low(12);
        return true;
    }
    if (granule == 14 && ttl == 1 && !f->ds) {
        ttl = 0; /* no such leaf */
    }
    scale = scale < SCALE_MAX ? scale : SCALE_MAX;
    if (num == 0 && scale == 0 && ttl == 0) {
        return false;
    }
    /* At most 2^(5 + 39 + 16) bytes; a range ends with the address space. */
    t->last = t->first + ((num + 1) << (scale + granule)) - 1;
    if (t->last < t->first) {
        t->last = UINT64_MAX;
    }
    t->granule_lg2 = (uint8_t)granule;
    t->level = (uint8_t)ttl;
    t->nothing = t->first & ttl_mask(granule, ttl);
    return true;
}

/* NH_* on the Secure queue are about the Secure EL1 world (4.4). */
static bool decode_nh_all(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_cmd *cmd)
{
    tlbi_tags(f, w, cmd,
              cmd->queue == SMMU3_S ? SMMU3_REGIME_S_EL1 : SMMU3_REGIME_NS_EL1);
    cmd->tlbi.s1 = true;
    return true;
}

static bool decode_nh_asid(const struct smmu3_features *f, const uint64_t *w,
                           struct smmu3_cmd *cmd)
{
    cmd->tlbi.by_asid = true;
    cmd->tlbi.asid_only = true;
    return decode_nh_all(f, w, cmd);
}

static bool decode_nh_vaa(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_cmd *cmd)
{
    return decode_nh_all(f, w, cmd) && tlbi_address(f, w, &cmd->tlbi);
}

static bool decode_nh_va(const struct smmu3_features *f, const uint64_t *w,
                         struct smmu3_cmd *cmd)
{
    cmd->tlbi.by_asid = true;
    return decode_nh_vaa(f, w, cmd);
}

/* TLBI_EL2_*, TLBI_S_EL2_* and TLBI_EL3_*. */
static bool decode_el2_all(const struct smmu3_features *f, const uint64_t *w,
                           struct smmu3_cmd *cmd)
{
    uint64_t opcode = smmu3_get(w, SMMU3_CMD_OPCODE);

    tlbi_tags(f, w, cmd,
              opcode >= SMMU3_CMD_TLBI_S_EL2_ALL ? SMMU3_REGIME_S_EL2
              : opcode >= SMMU3_CMD_TLBI_EL2_ALL ? SMMU3_REGIME_EL2
                                                 : SMMU3_REGIME_EL3);
    cmd->tlbi.s1 = true;
    return true;
}

static bool decode_el2_asid(const struct smmu3_features *f, const uint64_t *w,
                            struct smmu3_cmd *cmd)
{
    cmd->tlbi.by_asid = true;
    cmd->tlbi.asid_only = true;
    return decode_el2_all(f, w, cmd);
}

static bool decode_el2_vaa(const struct smmu3_features *f, const uint64_t *w,
                           struct smmu3_cmd *cmd)
{
    return decode_el2_all(f, w, cmd) && tlbi_address(f, w, &cmd->tlbi);
}

static bool decode_el2_va(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_cmd *cmd)
{
    cmd->tlbi.by_asid = true;
    return decode_el2_vaa(f, w, cmd);
}

static bool decode_s12_vmall(const struct smmu3_features *f, const uint64_t *w,
                             struct smmu3_cmd *cmd)
{
    tlbi_tags(f, w, cmd, SMMU3_REGIME_NS_EL1);
    cmd->tlbi.s1 = true;
    cmd->tlbi.s2 = true;
    return true;
}

static bool decode_s2_ipa(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_cmd *cmd)
{
    tlbi_tags(f, w, cmd, SMMU3_REGIME_NS_EL1);
    cmd->tlbi.s2 = true;
    return tlbi_address(f, w, &cmd->tlbi);
}

static bool decode_nsnh_all(const struct smmu3_features *f, const uint64_t *w,
                            struct smmu3_cmd *cmd)
{
    tlbi_tags(f, w, cmd, SMMU3_REGIME_NS_EL1);
    cmd->tlbi.by_vmid = false;
    cmd->tlbi.s1 = true;
    cmd->tlbi.s2 = true;
    return true;
}

static bool decode_s_s12_vmall(const struct smmu3_features *f,
                               const uint64_t *w, struct smmu3_cmd *cmd)
{
    tlbi_tags(f, w, cmd, SMMU3_REGIME_S_EL1);
    cmd->tlbi.s1 = true;
    cmd->tlbi.s2 = true;
    return true;
}

static bool decode_s_s2_ipa(const struct smmu3_features *f, const uint64_t *w,
                            struct smmu3_cmd *cmd)
{
    tlbi_tags(f, w, cmd, SMMU3_REGIME_S_EL1);
    cmd->tlbi.s2 = true;
    cmd->tlbi.by_ns = true;
    cmd->tlbi.ns = smmu3_get(w, SMMU3_CMD_TLBI_NS);
    return tlbi_address(f, w, &cmd->tlbi);
}

static bool decode_snh_all(const struct smmu3_features *f, const uint64_t *w,
                           struct smmu3_cmd *cmd)
{
    decode_s_s12_vmall(f, w, cmd);
    cmd->tlbi.by_vmid = false;
    return true;
}

/*
 * A PASID where there are none: of the two choices, the command does nothing,
 * so that the driver's mistake shows (4.5.1, 4.5.2). Sizes above "all" are
 * illegal.
 */
static bool decode_atc_inv(const struct smmu3_features *f, const uint64_t *w,
                           struct smmu3_cmd *cmd)
{
    unsigned size = (unsigned)smmu3_get(w, SMMU3_CMD_ATC_SIZE);
    bool ssv = smmu3_get(w, SMMU3_CMD_SSV);

    cmd->action = ssv && !f->ssidsize ? SMMU3_DO_NOTHING : SMMU3_DO_ATC_INV;
    cmd->atc.sid = (uint32_t)smmu3_get(w, SMMU3_CMD_STREAMID);
    cmd->atc.ssv = ssv;
    if (ssv) {
        cmd->atc.ssid = (uint32_t)smmu3_get(w, SMMU3_CMD_SUBSTREAMID);
        cmd->atc.global = smmu3_get(w, SMMU3_CMD_ATC_GLOBAL);
    }
    cmd->atc.lg2_size = (uint8_t)(12 + size);
    cmd->atc.addr =
        smmu3_get_addr(w, SMMU3_CMD_ATC_ADDRESS) & ~smmu3_low(12 + size);
    return size <= SMMU3_CMD_ATC_SIZE_ALL;
}

static bool decode_pri_resp(const struct smmu3_features *f, const uint64_t *w,
                            struct smmu3_cmd *cmd)
{
    static const enum smmu3_prg_code codes[4] = { SMMU3_PRG_FAILURE,
                                                  SMMU3_PRG_INVALID,
                                                  SMMU3_PRG_SUCCESS };
    uint64_t code = smmu3_get(w, SMMU3_CMD_PRI_RESP_CODE);
    bool ssv = smmu3_get(w, SMMU3_CMD_SSV);

    cmd->action = ssv && !f->ssidsize ? SMMU3_DO_NOTHING : SMMU3_DO_PRI_RESP;
    cmd->prg.sid = (uint32_t)smmu3_get(w, SMMU3_CMD_STREAMID);
    cmd->prg.ssv = ssv;
    cmd->prg.ssid = ssv ? (uint32_t)smmu3_get(w, SMMU3_CMD_SUBSTREAMID) : 0;
    cmd->prg.prgindex = (uint16_t)smmu3_get(w, SMMU3_CMD_PRI_PRGINDEX);
    cmd->prg.code = codes[code];
    return code != 3;
}

static bool decode_resume(const struct smmu3_features *f, const uint64_t *w,
                          struct smmu3_cmd *cmd)
{
    bool abort = smmu3_get(w, SMMU3_CMD_RESUME_AB) || f->term_model;

    decode_cfgi_ste(f, w, cmd);
    cmd->action = SMMU3_DO_RESUME;
    cmd->stag = (uint16_t)smmu3_get(w, SMMU3_CMD_RESUME_STAG);
    cmd->stall_action = smmu3_get(w, SMMU3_CMD_RESUME_AC) ? SMMU3_STALL_RETRY
                        : abort                           ? SMMU3_STALL_ABORT
                                                          : SMMU3_STALL_RAZWI;
    return true;
}

static bool decode_stall_term(const struct smmu3_features *f, const uint64_t *w,
                              struct smmu3_cmd *cmd)
{
    decode_cfgi_ste(f, w, cmd);
    cmd->action = SMMU3_DO_STALL_TERM;
    return true;
}

static bool decode_sync(const struct smmu3_features *f, const uint64_t *w,
                        struct smmu3_cmd *cmd)
{
    uint64_t cs = smmu3_get(w, SMMU3_CMD_SYNC_CS);

    cmd->action = SMMU3_DO_SYNC;
    cmd->irq = cs == SMMU3_SYNC_CS_IRQ; /* SEV = 0: CS = 2 acts as 0 */
    if (cmd->irq && f->msi) {
        cmd->msi = (struct smmu3_msi){
            .addr = smmu3_get_addr(w, f->arch_minor >= 4
                                          ? SMMU3_CMD_SYNC_MSIADDRESS
                                          : SMMU3_CMD_SYNC_MSIADDRESS_52),
            .data = (uint32_t)smmu3_get(w, SMMU3_CMD_SYNC_MSIDATA),
            .memattr = (uint8_t)smmu3_get(w, SMMU3_CMD_SYNC_MSIATTR),
            .sh = (uint8_t)smmu3_get(w, SMMU3_CMD_SYNC_MSH),
        };
    }
    return cs != SMMU3_SYNC_CS_RESERVED;
}

/*
 * The opcodes whose features are implemented (4.1.1). The others, of MPAM and
 * DPT, are illegal like the reserved ones.
 */
static const struct opcode opcodes[256] = {
    [SMMU3_CMD_PREFETCH_CONFIG] = { NEED_NOTHING, true, decode_nothing },
    [SMMU3_CMD_PREFETCH_ADDR] = { NEED_NOTHING, true, decode_nothing },
    [SMMU3_CMD_CFGI_STE] = { NEED_NOTHING, true, decode_cfgi_ste },
    [SMMU3_CMD_CFGI_STE_RANGE] = { NEED_NOTHING, true, decode_cfgi_range },
    [SMMU3_CMD_CFGI_CD] = { NEED_S1, true, decode_cfgi_cd },
    [SMMU3_CMD_CFGI_CD_ALL] = { NEED_S1, true, decode_cfgi_cd_all },
    [SMMU3_CMD_TLBI_NH_ALL] = { NEED_S1, false, decode_nh_all },
    [SMMU3_CMD_TLBI_NH_ASID] = { NEED_S1, false, decode_nh_asid },
    [SMMU3_CMD_TLBI_NH_VA] = { NEED_S1, false, decode_nh_va },
    [SMMU3_CMD_TLBI_NH_VAA] = { NEED_S1, false, decode_nh_vaa },
    [SMMU3_CMD_TLBI_EL2_ALL] = { NEED_HYP, false, decode_el2_all },
    [SMMU3_CMD_TLBI_EL2_ASID] = { NEED_HYP, false, decode_el2_asid },
    [SMMU3_CMD_TLBI_EL2_VA] = { NEED_HYP, false, decode_el2_va },
    [SMMU3_CMD_TLBI_EL2_VAA] = { NEED_HYP, false, decode_el2_vaa },
    [SMMU3_CMD_TLBI_S12_VMALL] = { NEED_S2, false, decode_s12_vmall },
    [SMMU3_CMD_TLBI_S2_IPA] = { NEED_S2, false, decode_s2_ipa },
    [SMMU3_CMD_TLBI_NSNH_ALL] = { NEED_NOTHING, false, decode_nsnh_all },
    [SMMU3_CMD_TLBI_EL3_ALL] = { NEED_EL3, false, decode_el2_all },
    [SMMU3_CMD_TLBI_EL3_VA] = { NEED_EL3, false, decode_el2_vaa },
    [SMMU3_CMD_TLBI_S_EL2_ALL] = { NEED_SEL2, false, decode_el2_all },
    [SMMU3_CMD_TLBI_S_EL2_ASID] = { NEED_SEL2, false, decode_el2_asid },
    [SMMU3_CMD_TLBI_S_EL2_VA] = { NEED_SEL2, false, decode_el2_va },
    [SMMU3_CMD_TLBI_S_EL2_VAA] = { NEED_SEL2, false, decode_el2_vaa },
    [SMMU3_CMD_TLBI_S_S12_VMALL] = { NEED_SEL2, false, decode_s_s12_vmall },
    [SMMU3_CMD_TLBI_S_S2_IPA] = { NEED_SEL2, false, decode_s_s2_ipa },
    [SMMU3_CMD_TLBI_SNH_ALL] = { NEED_SEL2, false, decode_snh_all },
    [SMMU3_CMD_ATC_INV] = { NEED_ATS, false, decode_atc_inv },
    [SMMU3_CMD_PRI_RESP] = { NEED_PRI, false, decode_pri_resp },
    [SMMU3_CMD_RESUME] = { NEED_STALL, true, decode_resume },
    [SMMU3_CMD_STALL_TERM] = { NEED_STALL, true, decode_stall_term },
    [SMMU3_CMD_SYNC] = { NEED_NOTHING, false, decode_sync },
};

static bool is_supported(const struct smmu3_features *f, enum smmu3_space space,
                         enum need need)
{
    switch (need) {
    case NEED_NOTHING:
        return true;
    case NEED_S1:
        return f->s1p;
    case NEED_S2:
        return f->s2p;
    case NEED_HYP:
        return f->hyp;
    case NEED_STALL:
        return f->stall_model != SMMU3_STALL_MODEL_NONE;
    case NEED_EL3:
        return space == SMMU3_S;
    case NEED_SEL2:
        return space == SMMU3_S && f->sel2;
    case NEED_ATS:
        return f->ats && !(space == SMMU3_S && f->sams);
    case NEED_PRI:
        return f->pri && !(space == SMMU3_S && f->sams);
    case NEED_IMPOSSIBLE:
        break;
    }
    return false;
}

bool smmu3_cmd_decode(const struct smmu3_features *f, enum smmu3_space space,
                      const uint64_t words[2], struct smmu3_cmd *cmd)
{
    const struct opcode *op = &opcodes[smmu3_get(words, SMMU3_CMD_OPCODE)];

    memset(cmd, 0, sizeof(*cmd));
    cmd->queue = space;
    cmd->secure = op->ssec && smmu3_get(words, SMMU3_CMD_SSEC);
    if (!is_supported(f, space, op->need) ||
        (cmd->secure && space == SMMU3_NS)) {
        return false;
    }
    return op->decode(f, words, cmd);
}
