/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which features go together, and which come by default (2, 6.3.1-6.3.8).
 * Layer L2.
 */
#include "smmu3/features.h"

#include <stddef.h>
#include <string.h>

#include "smmu3/regs.h"

/* Queues have at most 2^19 entries (6.3.2). */
#define QUEUE_LOG2_MAX 19u

#define SIDSIZE_MAX 32u
#define SSIDSIZE_MAX 20u

struct smmu3_features smmu3_features_default(unsigned minor, bool s1p, bool s2p)
{
    struct smmu3_features f;

    memset(&f, 0, sizeof(f));
    f.arch_minor = (uint8_t)minor;
    f.s1p = s1p;
    f.s2p = s2p;
    f.hyp = minor >= 1 && s1p && s2p;
    f.ats = true;
    f.pri = true;
    f.asid16 = true;
    f.vmid16 = true;
    f.msi = true;
    f.httu = 2;
    f.stall_max = 256;
    f.st_level = true;
    f.sidsize = 16;
    f.ssidsize = s1p ? SSIDSIZE_MAX : 0;
    f.cd2l = s1p;
    f.priqs = QUEUE_LOG2_MAX;
    f.eventqs = QUEUE_LOG2_MAX;
    f.cmdqs = QUEUE_LOG2_MAX;
    f.attr_perms_ovr = true;
    f.attr_types_ovr = true;
    f.had = s1p;
    f.pps = s1p;
    f.xnx = s2p;
    f.fwb = minor >= 1;
    f.ril = minor >= 1;
    /* An entry is used whole, and no conflict is ever raised (3.21.1.2). */
    f.bbml = minor >= 1 ? 2 : 0;
    f.e0pd = minor >= 3 && s1p;
    f.ptwnnc = minor >= 3 && s2p;
    f.epan = minor >= 4 && s1p;
    f.mteperm = minor >= 4 && s2p;
    /* Linux asks for as many as its pages and CPUs take; SVA wants all that
     * the CPUs have. v3.0 ends at 48. */
    f.oas = minor >= 1 ? 52 : 48;
    f.gran4k = true;
    f.gran16k = true;
    f.gran64k = true;
    f.vax = minor >= 1 ? 52 : 48;
    return f;
}

struct rule {
    bool broken;
    const char *text;
};

static const char *first_broken(const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rules[i].broken) {
            return rules[i].text;
        }
    }
    return NULL;
}

#define FIRST_BROKEN(rules) \
    first_broken(rules, sizeof(rules) / sizeof((rules)[0]))

static bool is_oas(unsigned bits)
{
    return bits == 32 || bits == 36 || bits == 40 || bits == 42 || bits == 44 ||
           bits == 48 || bits == 52;
}

/* Values that a field cannot have. */
static const char *check_values(const struct smmu3_features *f)
{
    const struct rule rules[] = {
        { f->arch_minor > 4, "arch-version: not one of 3.0 to 3.4" },
        { !f->s1p && !f->s2p, "stage: one stage at least is needed" },
        { !is_oas(f->oas), "oas: not one of 32, 36, 40, 42, 44, 48, 52" },
        { f->vax != 48 && f->vax != 52, "vax: not 48 or 52" },
        { f->sidsize > SIDSIZE_MAX, "sidsize: more than 32" },
        { f->s_sidsize > SIDSIZE_MAX, "s-sidsize: more than 32" },
        { f->ssidsize > SSIDSIZE_MAX, "ssidsize: more than 20" },
        { f->cmdqs > QUEUE_LOG2_MAX, "cmdqs: more than 19" },
        { f->eventqs > QUEUE_LOG2_MAX, "eventqs: more than 19" },
        { f->priqs > QUEUE_LOG2_MAX, "priqs: more than 19" },
        { f->httu > 2, "httu: not 0, 1 or 2" },
        { f->ttendian == 1 || f->ttendian > 3, "ttendian: not 0, 2 or 3" },
        { f->stall_model > 2, "stall-model: not 0, 1 or 2" },
        { f->bbml > 2, "bbml: not 0, 1 or 2" },
        { !f->gran4k && !f->gran16k && !f->gran64k,
          "gran4k, gran16k, gran64k: one granule at least is needed" },
    };

    return FIRST_BROKEN(rules);
}

/* One feature needs another (6.3.1-6.3.6). */
static const char *check_pairs(const struct smmu3_features *f)
{
    const bool both = f->s1p && f->s2p;
    const bool small = f->gran4k || f->gran16k;
    const struct rule rules[] = {
        { f->hyp && !both, "hyp=on needs stage=nested" },
        { f->pri && !f->ats, "pri=on needs ats=on" },
        { f->split_ats && !f->ats, "split-ats=on needs ats=on" },
        { f->split_ats && !both, "split-ats=on needs stage=nested" },
        { f->atsrecerr && !f->ats, "atsrecerr=on needs ats=on" },
        { f->pps && !f->pri, "pps=on needs pri=on" },
        { f->pps && !f->ssidsize, "pps=on needs ssidsize above 0" },
        { f->pasidtt && !f->ats, "pasidtt=on needs ats=on" },
        { f->pasidtt && !f->ssidsize, "pasidtt=on needs ssidsize above 0" },
        { f->ssidsize && !f->s1p, "ssidsize above 0 needs stage=1 or nested" },
        { f->cd2l && !f->ssidsize, "cd2l=on needs ssidsize above 0" },
        { f->vmw && !f->s2p, "vmw=on needs stage=2 or nested" },
        { f->vatos && !f->atos, "vatos=on needs atos=on" },
        { f->vatos && !both, "vatos=on needs stage=nested" },
        { f->sidsize >= 7 && !f->st_level,
          "sidsize of 7 and above needs st-level=on" },
        { f->ecmdq && !f->msi, "ecmdq=on needs msi=on" },
        { f->pbha && !f->had, "pbha=on needs had=on" },
        { f->had && !f->s1p, "had=on needs stage=1 or nested" },
        { f->e0pd && !f->s1p, "e0pd=on needs stage=1 or nested" },
        { f->epan && !f->s1p, "epan=on needs stage=1 or nested" },
        { f->xnx && !f->s2p, "xnx=on needs stage=2 or nested" },
        { f->ptwnnc && !f->s2p, "ptwnnc=on needs stage=2 or nested" },
        { f->mteperm && !f->s2p, "mteperm=on needs stage=2 or nested" },
        { f->oas == 52 && !f->gran64k && !f->ds,
          "oas=52 needs gran64k=on or ds=on" },
        { f->vax == 52 && !f->gran64k && !f->ds,
          "vax=52 needs gran64k=on or ds=on" },
        { f->ds && f->vax != 52, "ds=on needs vax=52" },
        { f->ds && !small, "ds=on needs gran4k=on or gran16k=on" },
        { f->stall_model != 1 && !f->stall_max,
          "stall-max=0 needs stall-model=1" },
        { f->secure && !f->s1p, "secure=on needs stage=1 or nested" },
        { f->s_sidsize && !f->secure, "s-sidsize above 0 needs secure=on" },
        { f->s_sidsize >= 7 && !f->st_level,
          "s-sidsize of 7 and above needs st-level=on" },
        { f->sel2 && !f->secure, "sel2=on needs secure=on" },
        { f->sel2 && !both, "sel2=on needs stage=nested" },
        { f->sel2 && !f->stt, "sel2=on needs stt=on" },
        { f->sams && !f->secure, "sams=on needs secure=on" },
        { f->sams && !f->ats, "sams=on needs ats=on" },
    };

    return FIRST_BROKEN(rules);
}

/*
 * What a version demands, and what it does not know yet: an implementation of
 * v3.x may have features of v3.(x+1), but of no later one (2.9).
 */
static const char *check_version(const struct smmu3_features *f)
{
    const unsigned v = f->arch_minor;
    const bool both = f->s1p && f->s2p;
    const struct rule rules[] = {
        { v >= 1 && f->s1p && !f->had, "had=off needs arch-version=3.0" },
        { v >= 1 && f->s2p && !f->xnx, "xnx=off needs arch-version=3.0" },
        { v >= 2 && both && !f->hyp, "hyp=off needs arch-version=3.1 or less" },
        { v >= 2 && !f->fwb, "fwb=off needs arch-version=3.1 or less" },
        { v >= 2 && !f->ril, "ril=off needs arch-version=3.1 or less" },
        { v >= 2 && !f->bbml, "bbml=0 needs arch-version=3.1 or less" },
        { v >= 3 && f->s1p && !f->e0pd,
          "e0pd=off needs arch-version=3.2 or less" },
        { v >= 3 && f->s2p && !f->ptwnnc,
          "ptwnnc=off needs arch-version=3.2 or less" },
        { v >= 4 && f->s1p && !f->epan,
          "epan=off needs arch-version=3.3 or less" },
        { v >= 4 && f->s2p && !f->mteperm,
          "mteperm=off needs arch-version=3.3 or less" },
        { v < 1 && f->oas == 52, "oas=52 needs arch-version=3.1 or more" },
        { v < 1 && f->vax == 52, "vax=52 needs arch-version=3.1 or more" },
        { v < 1 && f->fwb, "fwb=on needs arch-version=3.1 or more" },
        { v < 1 && f->ril, "ril=on needs arch-version=3.1 or more" },
        { v < 1 && f->bbml, "bbml above 0 needs arch-version=3.1 or more" },
        { v < 1 && f->stt, "stt=on needs arch-version=3.1 or more" },
        { v < 2 && f->e0pd, "e0pd=on needs arch-version=3.2 or more" },
        { v < 2 && f->ptwnnc, "ptwnnc=on needs arch-version=3.2 or more" },
        { v < 2 && f->ecmdq, "ecmdq=on needs arch-version=3.2 or more" },
        { v < 2 && f->atsrecerr,
          "atsrecerr=on needs arch-version=3.2 or more" },
        { v < 3 && f->epan, "epan=on needs arch-version=3.3 or more" },
        { v < 3 && f->mteperm, "mteperm=on needs arch-version=3.3 or more" },
        { v < 3 && f->ds, "ds=on needs arch-version=3.3 or more" },
        { v < 3 && f->pasidtt, "pasidtt=on needs arch-version=3.3 or more" },
    };

    return FIRST_BROKEN(rules);
}

uint32_t smmu3_mmio_size(const struct smmu3_features *f)
{
    if (f->vatos && f->sel2) {
        return SMMU3_MMIO_SIZE_MAX;
    }
    return f->vatos || f->ecmdq ? SMMU3_MMIO_SIZE_PAGES : SMMU3_MMIO_SIZE;
}

const char *smmu3_features_check(const struct smmu3_features *f)
{
    const char *text = check_values(f);

    text = text ? text : check_pairs(f);
    return text ? text : check_version(f);
}
