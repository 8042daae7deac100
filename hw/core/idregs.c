/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ID registers (6.3.1-6.3.8).
 * Layer L2.
 */
#include "idregs.h"

#include <string.h>

#include "smmu3/idr.h"
#include "smmu3/regs.h"

/* A field of a 32-bit register. */
static void put(uint32_t *reg, struct smmu3_field field, uint64_t value)
{
    uint64_t word = *reg;

    smmu3_put(&word, field, value);
    *reg = (uint32_t)word;
}

static uint32_t oas_encoding(unsigned bits)
{
    static const uint8_t sizes[] = { 32, 36, 40, 42, 44, 48, 52 };
    uint32_t i = 0;

    while (i < sizeof(sizes) - 1 && sizes[i] != bits) {
        i++;
    }
    return i;
}

static uint32_t idr0(const struct smmu3_features *f)
{
    uint32_t r = 0;

    put(&r, SMMU3_IDR0_S2P, f->s2p);
    put(&r, SMMU3_IDR0_S1P, f->s1p);
    put(&r, SMMU3_IDR0_TTF, SMMU3_TTF_AARCH64);
    put(&r, SMMU3_IDR0_COHACC, 1);
    put(&r, SMMU3_IDR0_HTTU, f->httu);
    put(&r, SMMU3_IDR0_HYP, f->hyp);
    put(&r, SMMU3_IDR0_ATS, f->ats);
    put(&r, SMMU3_IDR0_NS1ATS, f->ats && f->s1p && f->s2p && !f->split_ats);
    put(&r, SMMU3_IDR0_ASID16, f->asid16 && f->s1p);
    put(&r, SMMU3_IDR0_MSI, f->msi);
    put(&r, SMMU3_IDR0_ATOS, f->atos);
    put(&r, SMMU3_IDR0_PRI, f->pri);
    put(&r, SMMU3_IDR0_VMW, f->vmw);
    put(&r, SMMU3_IDR0_VMID16, f->vmid16 && f->s2p);
    put(&r, SMMU3_IDR0_CD2L, f->cd2l && f->ssidsize);
    put(&r, SMMU3_IDR0_VATOS, f->vatos);
    put(&r, SMMU3_IDR0_TTENDIAN, f->ttendian);
    put(&r, SMMU3_IDR0_ATSRECERR, f->atsrecerr);
    put(&r, SMMU3_IDR0_STALL_MODEL, f->stall_model);
    put(&r, SMMU3_IDR0_TERM_MODEL, f->term_model);
    put(&r, SMMU3_IDR0_ST_LEVEL, f->st_level);
    return r;
}

static uint32_t idr1(const struct smmu3_features *f)
{
    uint32_t r = 0;

    put(&r, SMMU3_IDR1_SIDSIZE, f->sidsize);
    put(&r, SMMU3_IDR1_SSIDSIZE, f->ssidsize);
    put(&r, SMMU3_IDR1_PRIQS, f->pri ? f->priqs : 0);
    put(&r, SMMU3_IDR1_EVENTQS, f->eventqs);
    put(&r, SMMU3_IDR1_CMDQS, f->cmdqs);
    put(&r, SMMU3_IDR1_ATTR_PERMS_OVR, f->attr_perms_ovr);
    put(&r, SMMU3_IDR1_ATTR_TYPES_OVR, f->attr_types_ovr);
    put(&r, SMMU3_IDR1_ECMDQ, f->ecmdq);
    return r;
}

static uint32_t idr3(const struct smmu3_features *f)
{
    uint32_t r = 0;

    put(&r, SMMU3_IDR3_HAD, f->had && f->s1p);
    put(&r, SMMU3_IDR3_PBHA, f->pbha);
    put(&r, SMMU3_IDR3_XNX, f->xnx && f->s2p);
    put(&r, SMMU3_IDR3_PPS, f->pps);
    put(&r, SMMU3_IDR3_FWB, f->fwb);
    put(&r, SMMU3_IDR3_STT, f->stt);
    put(&r, SMMU3_IDR3_RIL, f->ril);
    put(&r, SMMU3_IDR3_BBML, f->bbml);
    put(&r, SMMU3_IDR3_E0PD, f->e0pd);
    put(&r, SMMU3_IDR3_PTWNNC, f->ptwnnc);
    put(&r, SMMU3_IDR3_PASIDTT, f->pasidtt);
    put(&r, SMMU3_IDR3_EPAN, f->epan);
    put(&r, SMMU3_IDR3_MTEPERM, f->mteperm && f->s2p);
    return r;
}

static uint32_t idr5(const struct smmu3_features *f)
{
    uint32_t r = 0;

    put(&r, SMMU3_IDR5_OAS, oas_encoding(f->oas));
    put(&r, SMMU3_IDR5_GRAN4K, f->gran4k);
    put(&r, SMMU3_IDR5_GRAN16K, f->gran16k);
    put(&r, SMMU3_IDR5_GRAN64K, f->gran64k);
    put(&r, SMMU3_IDR5_DS, f->ds);
    put(&r, SMMU3_IDR5_VAX, f->vax == 52);
    put(&r, SMMU3_IDR5_STALL_MAX,
        f->stall_model == SMMU3_STALL_MODEL_NONE ? 0 : f->stall_max);
    return r;
}

struct smmu3_id_regs smmu3_id_regs(const struct smmu3_features *f)
{
    struct smmu3_id_regs r;

    memset(&r, 0, sizeof(r));
    r.idr[0] = idr0(f);
    r.idr[1] = idr1(f);
    put(&r.idr[2], SMMU3_IDR2_BA_VATOS, f->vatos ? SMMU3_BA_VATOS : 0);
    r.idr[3] = idr3(f);
    r.idr[5] = idr5(f);
    /* One control page. */
    put(&r.idr[6], SMMU3_IDR6_LOG2NUMQ, f->ecmdq ? SMMU3_ECMDQ_LOG2 : 0);
    put(&r.iidr, SMMU3_IIDR_PRODUCTID, SMMU3_PRODUCT);
    put(&r.aidr, SMMU3_AIDR_MINOR, f->arch_minor);
    return r;
}

struct smmu3_id_regs smmu3_s_id_regs(const struct smmu3_features *f)
{
    struct smmu3_id_regs r;

    memset(&r, 0, sizeof(r));
    put(&r.idr[0], SMMU3_IDR0_MSI, f->msi);
    put(&r.idr[0], SMMU3_IDR0_STALL_MODEL, f->stall_model);
    put(&r.idr[1], SMMU3_S_IDR1_S_SIDSIZE, f->s_sidsize);
    put(&r.idr[1], SMMU3_S_IDR1_SEL2, f->sel2);
    put(&r.idr[1], SMMU3_S_IDR1_SECURE_IMPL, f->secure);
    put(&r.idr[2], SMMU3_IDR2_BA_VATOS,
        f->vatos && f->sel2 ? SMMU3_BA_S_VATOS : 0);
    put(&r.idr[3], SMMU3_S_IDR3_SAMS, f->sams);
    return r;
}
