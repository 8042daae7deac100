/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: from the queue's 16 bytes to what to do (4).
 * Layer L2.
 */
#ifndef SMMU3_CORE_CMD_H
#define SMMU3_CORE_CMD_H

#include "types.h"

/* What a legal command asks for. */
enum smmu3_cmd_action {
    SMMU3_DO_NOTHING,
    SMMU3_DO_CFGI_STE,   /* sid_first..sid_last, leaf */
    SMMU3_DO_CFGI_CD,    /* sid_first, ssid, all_ssids, leaf */
    SMMU3_DO_TLBI,       /* tlbi */
    SMMU3_DO_ATC_INV,    /* atc */
    SMMU3_DO_PRI_RESP,   /* prg */
    SMMU3_DO_RESUME,     /* sid_first, stag, stall_action */
    SMMU3_DO_STALL_TERM, /* sid_first */
    SMMU3_DO_SYNC,       /* irq, msi */
};

/* Whose translations a TLBI is about. */
enum smmu3_cmd_regime {
    SMMU3_REGIME_NS_EL1,
    SMMU3_REGIME_EL2, /* EL2 or EL2-E2H */
    SMMU3_REGIME_S_EL1,
    SMMU3_REGIME_S_EL2, /* S-EL2 or S-EL2-E2H */
    SMMU3_REGIME_EL3,
};

/* The scope of a TLBI, before the registers (CR2.E2H) have their say. */
struct smmu3_cmd_tlbi {
    bool nothing; /* matches no entry */
    bool s1;      /* stage 1 and combined entries */
    bool s2;      /* stage-2 entries */
    enum smmu3_cmd_regime regime;
    bool by_ns; /* Secure stage 2: one of the two IPA spaces */
    bool ns;
    bool by_vmid;
    uint16_t vmid;
    bool by_asid;
    uint16_t asid;
    bool asid_only; /* ..._ASID: not global entries */
    bool by_addr;
    uint64_t first;
    uint64_t last;
    uint8_t granule_lg2;
    uint8_t level;
    bool leaf;
};

struct smmu3_cmd {
    enum smmu3_cmd_action action;
    enum smmu3_space queue;
    bool secure; /* SSec: the StreamID is a Secure one */
    uint32_t sid_first;
    uint32_t sid_last;
    uint32_t ssid;
    bool all_ssids;
    uint16_t stag;
    enum smmu3_stall_action stall_action;
    bool leaf;            /* CFGI: level-1 descriptors may stay */
    bool irq;             /* SYNC: CS = SIG_IRQ */
    struct smmu3_msi msi; /* SYNC */
    struct smmu3_cmd_tlbi tlbi;
    struct smmu3_atc_inv atc; /* but for the token */
    struct smmu3_prg_response prg;
};

/* Decodes a command of the queue of @space. False: CERROR_ILL. */
bool smmu3_cmd_decode(const struct smmu3_features *f, enum smmu3_space space,
                      const uint64_t words[2], struct smmu3_cmd *cmd);

#endif
