/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The specification's names of numbers (4.1.1, 7.3).
 * Layer L4: no QEMU.
 */
#include "names.h"

static const char *const opcodes[256] = {
    [SMMU3_CMD_PREFETCH_CONFIG] = "PREFETCH_CONFIG",
    [SMMU3_CMD_PREFETCH_ADDR] = "PREFETCH_ADDR",
    [SMMU3_CMD_CFGI_STE] = "CFGI_STE",
    [SMMU3_CMD_CFGI_STE_RANGE] = "CFGI_STE_RANGE",
    [SMMU3_CMD_CFGI_CD] = "CFGI_CD",
    [SMMU3_CMD_CFGI_CD_ALL] = "CFGI_CD_ALL",
    [SMMU3_CMD_CFGI_VMS_PIDM] = "CFGI_VMS_PIDM",
    [SMMU3_CMD_TLBI_NH_ALL] = "TLBI_NH_ALL",
    [SMMU3_CMD_TLBI_NH_ASID] = "TLBI_NH_ASID",
    [SMMU3_CMD_TLBI_NH_VA] = "TLBI_NH_VA",
    [SMMU3_CMD_TLBI_NH_VAA] = "TLBI_NH_VAA",
    [SMMU3_CMD_TLBI_EL3_ALL] = "TLBI_EL3_ALL",
    [SMMU3_CMD_TLBI_EL3_VA] = "TLBI_EL3_VA",
    [SMMU3_CMD_TLBI_EL2_ALL] = "TLBI_EL2_ALL",
    [SMMU3_CMD_TLBI_EL2_ASID] = "TLBI_EL2_ASID",
    [SMMU3_CMD_TLBI_EL2_VA] = "TLBI_EL2_VA",
    [SMMU3_CMD_TLBI_EL2_VAA] = "TLBI_EL2_VAA",
    [SMMU3_CMD_TLBI_S12_VMALL] = "TLBI_S12_VMALL",
    [SMMU3_CMD_TLBI_S2_IPA] = "TLBI_S2_IPA",
    [SMMU3_CMD_TLBI_NSNH_ALL] = "TLBI_NSNH_ALL",
    [SMMU3_CMD_ATC_INV] = "ATC_INV",
    [SMMU3_CMD_PRI_RESP] = "PRI_RESP",
    [SMMU3_CMD_RESUME] = "RESUME",
    [SMMU3_CMD_STALL_TERM] = "STALL_TERM",
    [SMMU3_CMD_SYNC] = "SYNC",
    [SMMU3_CMD_TLBI_S_EL2_ALL] = "TLBI_S_EL2_ALL",
    [SMMU3_CMD_TLBI_S_EL2_ASID] = "TLBI_S_EL2_ASID",
    [SMMU3_CMD_TLBI_S_EL2_VA] = "TLBI_S_EL2_VA",
    [SMMU3_CMD_TLBI_S_EL2_VAA] = "TLBI_S_EL2_VAA",
    [SMMU3_CMD_TLBI_S_S12_VMALL] = "TLBI_S_S12_VMALL",
    [SMMU3_CMD_TLBI_S_S2_IPA] = "TLBI_S_S2_IPA",
    [SMMU3_CMD_TLBI_SNH_ALL] = "TLBI_SNH_ALL",
    [SMMU3_CMD_DPTI_ALL] = "DPTI_ALL",
    [SMMU3_CMD_DPTI_PA] = "DPTI_PA",
};

static const char *const events[256] = {
    [SMMU3_F_UUT] = "F_UUT",
    [SMMU3_C_BAD_STREAMID] = "C_BAD_STREAMID",
    [SMMU3_F_STE_FETCH] = "F_STE_FETCH",
    [SMMU3_C_BAD_STE] = "C_BAD_STE",
    [SMMU3_F_BAD_ATS_TREQ] = "F_BAD_ATS_TREQ",
    [SMMU3_F_STREAM_DISABLED] = "F_STREAM_DISABLED",
    [SMMU3_F_TRANSL_FORBIDDEN] = "F_TRANSL_FORBIDDEN",
    [SMMU3_C_BAD_SUBSTREAMID] = "C_BAD_SUBSTREAMID",
    [SMMU3_F_CD_FETCH] = "F_CD_FETCH",
    [SMMU3_C_BAD_CD] = "C_BAD_CD",
    [SMMU3_F_WALK_EABT] = "F_WALK_EABT",
    [SMMU3_F_TRANSLATION] = "F_TRANSLATION",
    [SMMU3_F_ADDR_SIZE] = "F_ADDR_SIZE",
    [SMMU3_F_ACCESS] = "F_ACCESS",
    [SMMU3_F_PERMISSION] = "F_PERMISSION",
    [SMMU3_F_TLB_CONFLICT] = "F_TLB_CONFLICT",
    [SMMU3_F_CFG_CONFLICT] = "F_CFG_CONFLICT",
    [SMMU3_E_PAGE_REQUEST] = "E_PAGE_REQUEST",
    [SMMU3_F_VMS_FETCH] = "F_VMS_FETCH",
};

static const char *const classes[] = {
    [SMMU3_CLASS_CD] = "CD",
    [SMMU3_CLASS_TT] = "TT",
    [SMMU3_CLASS_IN] = "IN",
};

const char *smmu3_opcode_name(unsigned opcode)
{
    return opcode < 256 ? opcodes[opcode] : NULL;
}

const char *smmu3_event_name(unsigned event)
{
    return event < 256 ? events[event] : NULL;
}

const char *smmu3_class_name(unsigned class_of)
{
    return class_of <= SMMU3_CLASS_IN ? classes[class_of] : "reserved";
}
