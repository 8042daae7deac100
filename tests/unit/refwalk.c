/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference translator. See refwalk.h. Section letters are those of the
 * project's fact sheet of IHI 0070.
 * Tests only.
 */
#include <string.h>
#include "build.h"
#include "ref-desc.h"
#include "refwalk.h"

enum {
    CLASS_CD = 0,
    CLASS_TT = 1,
    CLASS_IN = 2
};
enum {
    R = 1,
    W = 2,
    X = 4
};

struct ref {
    const struct ref_smmu *smmu;
    const struct smmu3_txn *txn;
    struct ref_result *out;
    uint64_t ste[8], cd[8];
    struct ref_world world;
};

static uint64_t swapped(uint64_t v)
{
    uint64_t w = 0;

    for (int i = 0; i < 8; i++) {
        w = w << 8 | (v >> (8 * i) & 0xff);
    }
    return w;
}

static bool fetch(struct ref *t, uint64_t pa, uint64_t *words, unsigned n,
                  bool be)
{
    uint8_t buf[64];

    t->out->reads++;
    if (!t->smmu->read(t->smmu->opaque, pa, buf, 8 * n)) {
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        words[i] = 0;
        for (unsigned j = 0; j < 8; j++) {
            words[i] |= (uint64_t)buf[8 * i + j] << 8 * j;
        }
        /* What this transaction updated before. */
        for (unsigned j = 0; j < t->out->n_updates; j++) {
            if (t->out->updates[j].pa == pa + 8 * i) {
                words[i] = t->out->updates[j].to;
            }
        }
        words[i] = be ? swapped(words[i]) : words[i];
    }
    return true;
}

enum outcome {
    DONE,
    AGAIN, /* the descriptor is no longer what was read */
    ABORTED
};

/* 3.13: compare-and-swap of a descriptor. */
static enum outcome swap_desc(struct ref *t, uint64_t pa, uint64_t from,
                              uint64_t to, bool be)
{
    struct ref_result *out = t->out;
    uint64_t now;

    out->swaps++;
    if (t->smmu->writable && !t->smmu->writable(t->smmu->opaque, pa)) {
        return ABORTED;
    }
    if (!fetch(t, pa, &now, 1, be)) {
        return ABORTED;
    }
    out->reads--;
    if (now != from) {
        return AGAIN;
    }
    if (out->n_updates < REF_UPDATES) {
        out->updates[out->n_updates++] =
            (struct ref_update){ pa, be ? swapped(from) : from,
                                 be ? swapped(to) : to };
    }
    return DONE;
}

/* D.1: dword 0. */
static void record(struct ref *t, unsigned number, bool ssid)
{
    uint64_t *w = t->out->w;

    t->out->event = true;
    memset(w, 0, 4 * sizeof(*w));
    w[0] = number | (uint64_t)t->txn->sid << 32;
    if (ssid && t->txn->ssv) {
        w[0] |= 1u << 11 | (uint64_t)(t->txn->ssid & 0xfffff) << 12;
    }
}

static bool is_read(const struct ref *t)
{
    return t->txn->access == SMMU3_READ;
}

/* D.1, D.2: the fields that all walk events share. */
static void record_walk(struct ref *t, unsigned number, bool s2,
                        unsigned class_of, bool rnw)
{
    uint64_t *w = t->out->w;

    record(t, number, true);
    w[1] |= (uint64_t)t->txn->pnu << 33;
    w[1] |= (uint64_t)(is_read(t) && t->txn->ind) << 34;
    w[1] |= (uint64_t)rnw << 35;
    w[1] |= (uint64_t)s2 << 39;
    w[1] |= (uint64_t)class_of << 40;
    w[2] = t->txn->addr;
}

static bool done_abort(struct ref *t)
{
    t->out->outcome = SMMU3_ABORT;
    return false;
}

static bool fetch_fault(struct ref *t, unsigned number, uint64_t pa)
{
    record(t, number, true);
    t->out->w[3] = pa & ref_bits_below(t->smmu->oas) & ~UINT64_C(7);
    return done_abort(t);
}

static bool walk_eabt(struct ref *t, bool s2, unsigned class_of, uint64_t pa)
{
    record_walk(t, 0x0b, s2, class_of, is_read(t));
    t->out->w[3] = pa & ref_bits_below(t->smmu->oas) & ~UINT64_C(7);
    return done_abort(t);
}

/* D.5: CD.A and CD.R decide. */
static bool s1_fault(struct ref *t, unsigned number, bool rnw)
{
    if (get_bits(t->cd, 45, 45)) {
        record_walk(t, number, false, CLASS_IN, rnw);
    }
    t->out->outcome = get_bits(t->cd, 46, 46) ? SMMU3_ABORT : SMMU3_RAZWI;
    return false;
}

/* D.5: STE.S2R decides; always an abort. @update: of a descriptor's IPA, for
 * its update. */
static bool s2_fault(struct ref *t, unsigned number, unsigned class_of,
                     uint64_t ipa, bool rnw, bool update)
{
    if (get_bits(t->ste, 186, 186)) {
        record_walk(t, number, true, class_of, rnw);
        t->out->w[3] = ipa & ref_bits_below(t->smmu->oas) & ~UINT64_C(0xfff);
        if (number == 0x13 && class_of == CLASS_TT && !update) {
            t->out->w[1] |= UINT64_C(1) << 44; /* TTRnW: a descriptor read */
        }
    }
    return done_abort(t);
}

/* E.2: input out of range with stage 1 bypassed; no A/R influence. */
static bool input_size_fault(struct ref *t)
{
    record_walk(t, 0x11, false, CLASS_IN, is_read(t));
    return done_abort(t);
}

/* What @txn needs of the permissions @perm; *@rnw as an event shows it. */
static bool permitted(struct ref *t, unsigned perm, bool *rnw)
{
    *rnw = is_read(t);
    switch (t->txn->access) {
    case SMMU3_READ:
        return perm & (t->txn->ind ? X : R);
    case SMMU3_WRITE:
        return perm & W;
    default:
        *rnw = (perm & W) && !(perm & R);
        return (perm & W) && (perm & R);
    }
}

static bool s2_is_device(const struct ref *t, uint64_t d)
{
    if (get_bits(t->ste, 89, 89) && !t->smmu->no_fwb) { /* S2FWB */
        return (d >> 2 & 7) <= 4;
    }
    /* Reserved ones (0100, 1000, 1100; with S2FWB 100) are not architected:
     * taken as Device here. */
    if (t->smmu->mteperm && (d >> 2 & 0xf) == 4) {
        return false; /* 3.23.1: Write-Back */
    }
    return (d >> 4 & 3) == 0 || (d >> 2 & 3) == 0;
}

/* E.10, XNX = 1. */
static unsigned s2_perm(const struct ref *t, uint64_t d)
{
    unsigned xn = (unsigned)(d >> 53 & 3);
    bool x = t->smmu->no_xnx ? xn < 2
                             : xn == 0 || (xn == 1 && !t->txn->pnu) ||
                                   (xn == 3 && t->txn->pnu);

    return (d >> 6 & 3) | (x ? X : 0);
}

/* One walk of stage 2. *@again: its leaf changed under it. */
static bool walk_s2(struct ref *t, uint64_t ipa, unsigned class_of, bool update,
                    uint64_t *pa, unsigned *perm, bool *again)
{
    const uint64_t *ste = t->ste;
    unsigned granule = ref_tg0(t->smmu, (unsigned)get_bits(ste, 175, 174));
    unsigned size = 64 - (unsigned)get_bits(ste, 165, 160);
    const struct ref_format f = {
        .granule = granule,
        .lpa2 = ref_lpa2(t->smmu, granule, get_bits(ste, 195, 195)),
        .oas52 = t->smmu->oas == 52,
        .eff = ref_eff_ps(t->smmu, (unsigned)get_bits(ste, 178, 176)),
    };
    int level = ref_s2_level(t->smmu, ste);
    uint64_t base = ref_align_ttb(get_bits(ste, 247, 196) << 4, &f);
    bool rnw = is_read(t), be = get_bits(ste, 180, 180);
    bool ha = get_bits(ste, 184, 184), hd = ha && get_bits(ste, 183, 183);
    bool write = class_of == CLASS_IN ? !is_read(t) : update;

    *again = false;
    if (ipa >> size) {
        return s2_fault(t, 0x10, class_of, ipa, rnw, update);
    }
    for (bool first = true;; first = false, level++) {
        uint64_t at = ref_desc_addr(base, ipa, size, granule, level, first);
        unsigned lg2 = ref_leaf_lg2(granule, level);
        enum ref_kind kind;
        uint64_t d, oa, eff, to;

        if (!fetch(t, at, &d, 1, be)) {
            return walk_eabt(t, true, class_of, at);
        }
        kind = ref_decode(d, &f, level);
        if (kind == REF_INVALID) {
            return s2_fault(t, 0x10, class_of, ipa, rnw, update);
        }
        if (!ref_desc_oa(d, &f, kind == REF_TABLE ? granule : lg2, &oa)) {
            return s2_fault(t, 0x11, class_of, ipa, rnw, update);
        }
        if (kind == REF_TABLE) {
            base = oa;
            continue;
        }
        if (!(d & 1u << 10) && !ha && !get_bits(ste, 181, 181)) {
            return s2_fault(t, 0x12, class_of, ipa, rnw, update);
        }
        /* S2AP[1] as good as set where DBM lets us set it. */
        eff = hd && d >> 51 & 1 ? d | 1u << 7 : d;
        *perm = s2_perm(t, eff);
        *pa = oa | (ipa & ref_bits_below(lg2));
        if (class_of == CLASS_IN) {
            if (!permitted(t, *perm, &rnw)) {
                return s2_fault(t, 0x13, class_of, ipa, rnw, update);
            }
        } else if (!(*perm & (update ? W : R)) ||
                   (get_bits(ste, 182, 182) && s2_is_device(t, d))) {
            return s2_fault(t, 0x13, class_of, ipa, rnw, update);
        }
        to = (write && *perm & W ? eff : d) | (ha ? 1u << 10 : 0);
        if (to != d) {
            switch (swap_desc(t, at, d, to, be)) {
            case ABORTED:
                return walk_eabt(t, true, class_of, at);
            case AGAIN:
                *again = true;
                return false;
            case DONE:
                break;
            }
        }
        if ((to ^ eff) & 0x80) {
            *perm &= ~(unsigned)W; /* still clean */
        }
        return true;
    }
}

static bool stage2(struct ref *t, uint64_t ipa, unsigned class_of, bool update,
                   uint64_t *pa, unsigned *perm)
{
    bool again, ok;

    do {
        ok = walk_s2(t, ipa, class_of, update, pa, perm, &again);
    } while (again);
    return ok;
}

/* E.7. @ap is AP[2:1] after APTable: bit 0 EL0, bit 1 read-only. */
static unsigned s1_perm(const struct ref *t, unsigned ap, bool uxn, bool pxn)
{
    bool el0 = ap & 1, writable = !(ap & 2);
    bool wxn = get_bits(t->cd, 36, 36), pan = get_bits(t->cd, 40, 40);
    unsigned perm = 0;

    if (t->world.el2) {
        perm |= R | (writable ? W : 0);
        perm |= !uxn && !(wxn && writable) ? X : 0;
    } else if (t->txn->pnu) {
        /* EPAN: also what EL0 may execute. */
        bool epan = t->smmu->epan && get_bits(t->cd, 123, 123);
        bool data = !(pan && (el0 || (epan && !uxn)));

        perm |= data ? R : 0;
        perm |= data && writable ? W : 0;
        perm |= !pxn && !(el0 && writable) && !(wxn && writable) ? X : 0;
    } else {
        perm |= el0 ? R : 0;
        perm |= el0 && writable ? W : 0;
        perm |= !uxn && !(wxn && el0 && writable) ? X : 0;
    }
    return perm;
}

struct half {
    unsigned size;
    struct ref_format f;
    uint64_t base;
    bool had;
};

/* E.3: false if the address is outside the half, or the half is off. */
static bool choose_half(const struct ref *t, struct half *half)
{
    const uint64_t *cd = t->cd;
    uint64_t va = t->txn->addr;
    bool upper = !t->world.el2 && (va >> 55 & 1);
    bool tbi = get_bits(cd, 38 + upper, 38 + upper);
    uint64_t checked;

    half->size =
        64 - (unsigned)(upper ? get_bits(cd, 21, 16) : get_bits(cd, 5, 0));
    half->f.granule = upper ? ref_tg1(t->smmu, (unsigned)get_bits(cd, 23, 22))
                            : ref_tg0(t->smmu, (unsigned)get_bits(cd, 7, 6));
    half->f.lpa2 = ref_lpa2(t->smmu, half->f.granule, get_bits(cd, 186, 186));
    half->f.oas52 = t->smmu->oas == 52;
    half->f.eff = ref_eff_ps(t->smmu, (unsigned)get_bits(cd, 34, 32));
    half->base =
        ref_align_ttb(get_bits(cd + (upper ? 2 : 1), 55, 4) << 4, &half->f);
    half->had = !t->smmu->no_had &&
                (upper ? get_bits(cd, 129, 129) : get_bits(cd, 65, 65));
    if (!t->world.el2 &&
        (upper ? get_bits(cd, 30, 30) : get_bits(cd, 14, 14))) {
        return false;
    }
    if (t->smmu->e0pd && !t->world.el2 && !t->txn->pnu &&
        (upper ? get_bits(cd, 130, 130) : get_bits(cd, 66, 66))) {
        return false;
    }
    checked = ref_bits_below(tbi ? 56 : 64) & ~ref_bits_below(half->size);
    return (va & checked) == (upper ? checked : 0);
}

/* E.8: the update of the stage-1 leaf @d at @at, an IPA if nested. */
static bool update_s1(struct ref *t, uint64_t at, uint64_t d, uint64_t to,
                      bool *again)
{
    unsigned unused;

    if (t->world.stage2 && !stage2(t, at, CLASS_TT, true, &at, &unused)) {
        return false;
    }
    switch (swap_desc(t, at, d, to, get_bits(t->cd, 15, 15))) {
    case ABORTED:
        return walk_eabt(t, false, CLASS_TT, at);
    case AGAIN:
        *again = true;
        return false;
    default:
        return true;
    }
}

/* One walk of stage 1. *@again: its leaf changed under it. */
static bool walk_s1(struct ref *t, uint64_t *ipa, unsigned *perm, bool *again)
{
    uint64_t va = t->txn->addr;
    bool rnw = is_read(t), uxn = false, pxn = false;
    bool ha = get_bits(t->cd, 43, 43), hd = ha && get_bits(t->cd, 42, 42);
    unsigned ap_off = 0, ap_on = 0;
    struct half half;
    int level;

    *again = false;
    if (!choose_half(t, &half)) {
        return s1_fault(t, 0x10, rnw);
    }
    level = 4 - (int)((half.size - 4) / (half.f.granule - 3));
    for (bool first = true;; first = false, level++) {
        uint64_t at = ref_desc_addr(half.base, va & ref_bits_below(half.size),
                                    half.size, half.f.granule, level, first);
        unsigned lg2 = ref_leaf_lg2(half.f.granule, level), unused;
        enum ref_kind kind;
        uint64_t d, oa, eff, to, where = at;

        if (t->world.stage2 && !stage2(t, at, CLASS_TT, false, &at, &unused)) {
            return false;
        }
        if (!fetch(t, at, &d, 1, get_bits(t->cd, 15, 15))) {
            return walk_eabt(t, false, CLASS_TT, at);
        }
        kind = ref_decode(d, &half.f, level);
        if (kind == REF_INVALID) {
            return s1_fault(t, 0x10, rnw);
        }
        if (!ref_desc_oa(d, &half.f, kind == REF_TABLE ? half.f.granule : lg2,
                         &oa)) {
            return s1_fault(t, 0x11, rnw);
        }
        if (kind == REF_TABLE) {
            half.base = oa;
            if (!half.had) {
                ap_off |= (unsigned)(d >> 61 & 1);     /* no EL0 */
                ap_on |= (unsigned)(d >> 62 & 1) << 1; /* read-only */
                uxn |= d >> 60 & 1;
                pxn |= d >> 59 & 1;
            }
            continue;
        }
        if (!(d & 1u << 10) && !ha && !get_bits(t->cd, 35, 35)) {
            return s1_fault(t, 0x12, rnw);
        }
        uxn |= d >> 54 & 1;
        pxn |= d >> 53 & 1;
        /* AP[2] as good as clear where DBM lets us clear it. */
        eff = hd && d >> 51 & 1 ? d & ~UINT64_C(0x80) : d;
        *perm =
            s1_perm(t, (unsigned)((eff >> 6 & 3) & ~ap_off) | ap_on, uxn, pxn);
        if (!permitted(t, *perm, &rnw)) {
            return s1_fault(t, 0x13, rnw);
        }
        to = (!is_read(t) && *perm & W ? eff : d) | (ha ? 1u << 10 : 0);
        if (to != d && !update_s1(t, where, d, to, again)) {
            return false;
        }
        if ((to ^ eff) & 0x80) {
            *perm &= ~(unsigned)W; /* still clean */
        }
        *ipa = oa | (va & ref_bits_below(lg2));
        return true;
    }
}

static bool stage1(struct ref *t, uint64_t *ipa, unsigned *perm)
{
    bool again, ok;

    do {
        ok = walk_s1(t, ipa, perm, &again);
    } while (again);
    return ok;
}

/* B.1. */
static bool find_ste(struct ref *t, uint64_t *at)
{
    const struct ref_smmu *s = t->smmu;
    unsigned log2size = s->strtab_cfg & 0x3f, split = s->strtab_cfg >> 6 & 0x1f;
    unsigned size = log2size < s->sidsize ? log2size : s->sidsize, span, low;
    uint64_t base = s->strtab_base & ref_bits_below(56) & ~UINT64_C(0x3f);
    uint64_t sid = t->txn->sid, l1;

    if (sid >> size) {
        goto out_of_range;
    }
    if ((s->strtab_cfg >> 16 & 3) != 1) {
        *at = (base & ~ref_bits_below(log2size + 6)) + 64 * sid;
        return true;
    }
    split = split == 8 || split == 10 ? split : 6;
    low = log2size > split + 3 ? log2size - split + 3 : 6;
    *at = (base & ~ref_bits_below(low)) + 8 * (sid >> split);
    if (!fetch(t, *at, &l1, 1, false)) {
        return fetch_fault(t, 0x03, *at);
    }
    span = l1 & 0x1f;
    if (span == 0 || span > 11 || span > split + 1 ||
        (sid & ref_bits_below(split)) >> (span - 1)) {
        goto out_of_range;
    }
    *at = (l1 & ref_bits_below(56) & ~ref_bits_below(5 + span)) +
          64 * (sid & ref_bits_below(split));
    if (*at >> s->oas) {
        return fetch_fault(t, 0x03, *at);
    }
    return true;

out_of_range:
    if (s->cr2 & 2) {
        record(t, 0x02, true);
    }
    return done_abort(t);
}

static bool get_ste(struct ref *t)
{
    uint64_t at;

    if (!find_ste(t, &at)) {
        return false;
    }
    if (!fetch(t, at, t->ste, 8, false)) {
        return fetch_fault(t, 0x03, at);
    }
    if (ref_bad_ste(t->smmu, t->ste)) {
        record(t, 0x04, true);
        return done_abort(t);
    }
    t->world = ref_world(t->smmu, t->ste);
    if (get_bits(t->ste, 3, 1) < 4) {
        return done_abort(t);
    }
    return true;
}

/* @perm as the requester sees it: INSTCFG makes its reads fetches, or its
 * fetches reads, but an atomic reads data. */
static unsigned for_requester(const struct ref *t, unsigned perm)
{
    unsigned instcfg =
        t->smmu->perms_ovr ? (unsigned)get_bits(t->ste, 115, 114) : 0;

    if (instcfg == 2) {
        return (perm & (R | W)) | (perm & R ? X : 0);
    }
    if (instcfg == 3 && t->txn->access != SMMU3_RMW) {
        return (perm & (W | X)) | (perm & X ? R : 0);
    }
    return perm;
}

/* 13.1.4: the transaction with the privilege and kind of its STE. */
static void override_perms(struct ref *t, struct smmu3_txn *eff)
{
    unsigned privcfg = (unsigned)get_bits(t->ste, 113, 112);
    unsigned instcfg = (unsigned)get_bits(t->ste, 115, 114);

    if (!t->smmu->perms_ovr) {
        return;
    }
    *eff = *t->txn;
    eff->pnu = privcfg < 2 ? eff->pnu : privcfg == 3;
    eff->ind = instcfg < 2 ? eff->ind : instcfg == 3;
    t->txn = eff;
}

/* D.2: only what the transaction supplied. */
static bool bad_substreamid(struct ref *t)
{
    record(t, 0x08, false);
    if (t->txn->ssv) {
        t->out->w[0] |= (uint64_t)(t->txn->ssid & 0xfffff) << 12;
    }
    return done_abort(t);
}

static bool stream_disabled(struct ref *t)
{
    record(t, 0x06, false);
    return done_abort(t);
}

/* B.6: which CD; clears stage1 if S1DSS bypasses it. */
static bool choose_cd(struct ref *t, uint32_t *ssid)
{
    unsigned cdmax = (unsigned)get_bits(t->ste, 63, 59);
    unsigned dss = (unsigned)get_bits(t->ste, 65, 64);

    *ssid = 0;
    if (!t->world.substreams) {
        return !t->txn->ssv || bad_substreamid(t);
    }
    if (t->txn->ssv) {
        if (t->txn->ssid >= UINT64_C(1) << cdmax) {
            return bad_substreamid(t);
        }
        *ssid = t->txn->ssid;
        return *ssid != 0 || dss != 2 || stream_disabled(t);
    }
    if (dss == 0 || dss == 3) {
        return stream_disabled(t);
    }
    if (dss == 1) {
        t->world.stage1 = false;
    }
    return true;
}

/* A CD or an L1CD. */
static bool fetch_cdtab(struct ref *t, uint64_t at, uint64_t *words, unsigned n)
{
    unsigned perm;

    if (t->world.stage2 && !stage2(t, at, CLASS_CD, false, &at, &perm)) {
        return false;
    }
    if (at >> t->smmu->oas) { /* v3.0: not truncated, not read */
        record(t, 0x09, true);
        t->out->w[3] = at;
        return done_abort(t);
    }
    return fetch(t, at, words, n, false) || fetch_fault(t, 0x09, at);
}

static bool get_cd(struct ref *t, uint32_t ssid)
{
    uint64_t at = get_bits(t->ste, 55, 6) << 6, l1;
    unsigned fmt = (unsigned)get_bits(t->ste, 5, 4);
    unsigned cdmax = (unsigned)get_bits(t->ste, 63, 59);
    unsigned leaf = fmt == 1 ? 6 : 10;

    if (t->world.substreams && (fmt == 1 || fmt == 2)) {
        unsigned size = cdmax > leaf + 3 ? cdmax - leaf + 3 : 6;

        at = (at & ~ref_bits_below(size)) + 8 * (uint64_t)(ssid >> leaf);
        if (!fetch_cdtab(t, at, &l1, 1)) {
            return false;
        }
        at = l1 & ref_bits_below(56) & ~ref_bits_below(leaf + 6);
        if (!(l1 & 1) ||
            (at >> t->smmu->oas && (t->world.stage2 || !t->smmu->v30))) {
            return bad_substreamid(t);
        }
        at += 64 * (ssid & ref_bits_below(leaf));
    } else if (t->world.substreams) {
        at = (at & ~ref_bits_below(cdmax + 6)) + 64 * (uint64_t)ssid;
    }
    if (!fetch_cdtab(t, at, t->cd, 8)) {
        return false;
    }
    if (ref_bad_cd(t->smmu, t->cd, t->world)) {
        record(t, 0x0a, true);
        return done_abort(t);
    }
    return true;
}

void ref_translate(const struct ref_smmu *smmu, const struct smmu3_txn *txn,
                   struct ref_result *out)
{
    struct ref t = { .smmu = smmu, .txn = txn, .out = out };
    struct smmu3_txn eff;
    uint64_t addr = txn->addr;
    unsigned perm = R | W | X, s2perm = R | W | X;
    uint32_t ssid;

    memset(out, 0, sizeof(*out));
    if (!(smmu->cr0ack & 1)) {
        if (smmu->gbpa >> 20 & 1 || addr >> smmu->oas) {
            out->outcome = SMMU3_ABORT;
            return;
        }
        out->pa = addr;
        out->perm = perm;
        return;
    }
    if (!get_ste(&t)) {
        return;
    }
    override_perms(&t, &eff);
    if (!choose_cd(&t, &ssid)) {
        return;
    }
    if (!t.world.stage1 && addr >> smmu->oas) {
        input_size_fault(&t);
        return;
    }
    if (t.world.stage1 && !(get_cd(&t, ssid) && stage1(&t, &addr, &perm))) {
        return;
    }
    if (t.world.stage2 && !stage2(&t, addr, CLASS_IN, false, &addr, &s2perm)) {
        return;
    }
    out->pa = addr;
    out->perm = for_requester(&t, perm & s2perm);
}
