/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation operations: software asks what would become of an access
 * (9, 6.3.37-6.3.40).
 * Layer L3.
 *
 * A request is done before the write of RUN completes, so that RUN never reads
 * as 1. It looks past all caches: what the tables say now.
 */
#include "pmcg.h"
#include "xlat.h"

#include "smmu3/regs.h"

/* A group of registers, and who may reach it. */
struct group {
    uint32_t base;
    enum smmu3_space space;
    bool vatos;
};

static const struct group groups[] = {
    { SMMU3_GATOS_CTRL, SMMU3_NS, false },
    { SMMU3_S_BASE + SMMU3_GATOS_CTRL, SMMU3_S, false },
    { SMMU3_VATOS_PAGE + SMMU3_VATOS_CTRL, SMMU3_NS, true },
    { SMMU3_S_VATOS_PAGE + SMMU3_VATOS_CTRL, SMMU3_S, true },
};

/* A request on its way. */
struct smmu3_atos {
    unsigned type; /* SMMU3_ATOS_S1, _S2 */
    bool vatos;
    uint16_t vmid;   /* VATOS_SEL */
    unsigned denied; /* SMMU3_ATOS_INV_*, or 0 */
};

static bool exists(const struct smmu3 *s, const struct group *g)
{
    const struct smmu3_features *f = &s->features;

    if (g->space == SMMU3_S && !(g->vatos ? f->sel2 : f->secure)) {
        return false;
    }
    return g->vatos ? f->vatos : f->atos;
}

/* Is the translation tagged with the VMID that VATOS is for (9.1.6)? */
static bool is_selected(const struct smmu3_xlat *x,
                        const struct smmu3_atos *req)
{
    return (x->ste.s1 || x->ste.s2) &&
           (x->world == SMMU3_WORLD_NS_EL1 || x->world == SMMU3_WORLD_S_EL1) &&
           x->vmid == req->vmid;
}

/* Where no stage 1 looks at the address, nor stage 2 for this request. */
static bool pass_through(struct smmu3_xlat *x, struct smmu3_hit *hit)
{
    if (x->txn->addr & ~smmu3_low(x->s->features.ias)) {
        x->fault.class_of = SMMU3_CLASS_IN;
        return smmu3_xlat_fail(x, SMMU3_F_ADDR_SIZE, SMMU3_FAULT_ALWAYS);
    }
    if (!smmu3_xlat_pass_through(x, hit)) {
        return false;
    }
    hit->lg2_size = SMMU3_ATOS_SIZE_MIN_LG2;
    return true;
}

/* The decisions, in the order of 9.1.5. False with the fault set, or with
 * @req->denied. */
static bool decide(struct smmu3_xlat *x, struct smmu3_atos *req,
                   struct smmu3_hit *hit)
{
    bool s1 = req->type & SMMU3_ATOS_S1;
    bool s2 = req->type & SMMU3_ATOS_S2;

    if (!smmu3_find_ste(x)) {
        return false;
    }
    if (req->vatos && !is_selected(x, req)) {
        return smmu3_xlat_fail(x, SMMU3_C_BAD_STE, SMMU3_FAULT_ALWAYS);
    }
    if ((s1 && !x->ste.s1) || (s2 && !x->ste.s2)) {
        req->denied = SMMU3_ATOS_INV_STAGE;
        return false;
    }
    if (!s1) {
        return smmu3_xlat_stage2_only(x, hit);
    }
    if (!smmu3_xlat_context(x)) {
        return false;
    }
    if (x->s1) {
        x->s1_only = !s2;
        return smmu3_stage1(x, hit);
    }
    return s2 ? smmu3_xlat_stage2_only(x, hit) : pass_through(x, hit);
}

/* What the SMMU or the group can never do (9.1.3). */
static bool is_malformed(const struct smmu3_features *f,
                         const struct smmu3_atos *req, bool ssv)
{
    return req->type == 0 || (req->vatos && req->type != SMMU3_ATOS_S1) ||
           (req->type & SMMU3_ATOS_S1 && !f->s1p) ||
           (req->type & SMMU3_ATOS_S2 && !f->s2p) ||
           (req->type == SMMU3_ATOS_S2 && ssv);
}

static uint64_t par_failure(unsigned code, unsigned reason, uint64_t faddr,
                            bool nsipa)
{
    uint64_t par = SMMU3_ATOS_PAR_FAULT;

    smmu3_put(&par, SMMU3_ATOS_PAR_FAULTCODE, code);
    smmu3_put(&par, SMMU3_ATOS_PAR_REASON, reason);
    smmu3_put(&par, SMMU3_ATOS_PAR_NSIPA, nsipa);
    return par | (faddr & SMMU3_ATOS_PAR_ADDR);
}

static bool is_translation_fault(enum smmu3_event event)
{
    return event >= SMMU3_F_TRANSLATION && event <= SMMU3_F_PERMISSION;
}

/* 9.1.4: what a request for stage 1 alone learns of stage 2 is that its CD, or
 * its table, could not be read. */
static uint64_t par_of_fault(const struct smmu3_xlat *x,
                             const struct smmu3_atos *req)
{
    static const uint8_t reasons[] = {
        [SMMU3_CLASS_CD] = 1, [SMMU3_CLASS_TT] = 2, [SMMU3_CLASS_IN] = 3
    };
    const struct smmu3_fault *f = &x->fault;
    bool ipa;

    if (f->event == SMMU3_EVENT_NONE) {
        return par_failure(SMMU3_ATOS_INTERNAL_ERR, 0, 0, false);
    }
    if (!f->s2) {
        return par_failure(f->event, 0, 0, false);
    }
    if (!(req->type & SMMU3_ATOS_S2)) {
        return par_failure(f->class_of == SMMU3_CLASS_CD ? SMMU3_F_CD_FETCH
                                                         : SMMU3_F_WALK_EABT,
                           0, 0, false);
    }
    ipa = req->type & SMMU3_ATOS_S1 && is_translation_fault(f->event);
    return par_failure(f->event, reasons[f->class_of], ipa ? f->ipa : 0,
                       ipa && f->nsipa);
}

static uint64_t par_success(const struct smmu3_xlat *x,
                            const struct smmu3_hit *hit)
{
    uint64_t par = 0;

    smmu3_put(&par, SMMU3_ATOS_PAR_ATTR, hit->attr.mair);
    smmu3_put(&par, SMMU3_ATOS_PAR_SH, hit->attr.sh);
    smmu3_put(&par, SMMU3_ATOS_PAR_NS, x->ste.secure && hit->ns);
    par |= hit->output & SMMU3_ATOS_PAR_ADDR & ~smmu3_low(hit->lg2_size);
    if (hit->lg2_size > SMMU3_ATOS_SIZE_MIN_LG2) {
        /* The lowest 1 of the address tells the size. */
        par |= SMMU3_ATOS_PAR_SIZE | SMMU3_BIT(hit->lg2_size - 1);
    }
    return par;
}

/* Does the request of @txn, and tells what PAR says. */
static uint64_t translate(struct smmu3 *s, struct smmu3_atos *req,
                          const struct smmu3_txn *txn, bool no_httu)
{
    struct smmu3_hit hit;
    struct smmu3_xlat x;
    unsigned attempt = 0;
    bool ok;

    do {
        smmu3_xlat_begin(&x, s, txn);
        x.no_httu = no_httu; /* a probe that may update (6.3.39 HTTUI) */
        x.atos = req;
        req->denied = 0;
        ok = decide(&x, req, &hit);
        if (smmu3_pmu_is_wanted(s)) {
            smmu3_pmu_account(&x, false);
        }
    } while (!smmu3_xlat_settle(&x, ok, ++attempt));
    if (req->denied) {
        return par_failure(req->denied, 0, 0, false);
    }
    return ok ? par_success(&x, &hit) : par_of_fault(&x, req);
}

/* RUN was written as 1. */
static void run(struct smmu3 *s, const struct group *g,
                struct smmu3_atos_regs *r)
{
    const uint64_t addr = r->addr;
    const bool secure = g->space == SMMU3_S && r->sid & SMMU3_ATOS_SID_SSEC;
    struct smmu3_atos req = {
        .type = (unsigned)smmu3_get(&addr, SMMU3_ATOS_ADDR_TYPE),
        .vatos = g->vatos,
        .vmid = (uint16_t)s->bank[g->space].regs.vatos_sel,
    };
    const struct smmu3_txn txn = {
        .sid = (uint32_t)smmu3_get(&r->sid, SMMU3_ATOS_SID_STREAMID),
        .ssid = (uint32_t)smmu3_get(&r->sid, SMMU3_ATOS_SID_SUBSTREAMID),
        .ssv = r->sid & SMMU3_ATOS_SID_SSID_VALID,
        .secure = secure,
        .ns = !secure || addr & SMMU3_ATOS_ADDR_NS,
        .pnu = addr & SMMU3_ATOS_ADDR_PNU,
        .ind = addr & SMMU3_ATOS_ADDR_IND,
        .access = addr & SMMU3_ATOS_ADDR_RNW ? SMMU3_READ : SMMU3_WRITE,
        .addr = addr & SMMU3_ATOS_ADDR_ADDR,
        .attr = 0xff,
        .probe = true,
    };
    uint64_t par;

    if (is_malformed(&s->features, &req, txn.ssv)) {
        par = par_failure(SMMU3_ATOS_INV_REQ, 0, 0, false);
    } else if (!secure && !(s->bank[SMMU3_NS].regs.cr0 & SMMU3_CR0_SMMUEN)) {
        /* S_GATOS with SSEC = 0 needs both enables (9). */
        par = par_failure(SMMU3_ATOS_INTERNAL_ERR, 0, 0, false);
    } else {
        par = translate(s, &req, &txn, addr & SMMU3_ATOS_ADDR_HTTUI);
    }
    r->par = par;
}

/* The writable bits of SID and ADDR. */
static uint64_t sid_mask(const struct smmu3_features *f, const struct group *g)
{
    uint64_t sids = smmu3_low(f->sidsize);

    if (g->space == SMMU3_S) {
        sids |= smmu3_low(f->s_sidsize);
        sids |= g->vatos ? 0 : SMMU3_ATOS_SID_SSEC;
    }
    if (f->ssidsize) {
        sids |= SMMU3_ATOS_SID_SSID_VALID | smmu3_low(f->ssidsize) << 32;
    }
    return sids;
}

static uint64_t addr_mask(const struct smmu3_features *f, const struct group *g)
{
    bool ns = g->space == SMMU3_S && !g->vatos && f->sel2;

    return SMMU3_ATOS_ADDR_ADDR | SMMU3_ATOS_ADDR_FLAGS |
           (ns ? SMMU3_ATOS_ADDR_NS : 0);
}

/* Where an access goes. */
struct target {
    const struct group *group; /* NULL: VATOS_SEL */
    enum smmu3_space space;
    uint32_t reg; /* relative to the group; without the upper half's 4 */
    bool upper;
};

bool smmu3_atos_covers(uint32_t offset)
{
    for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (offset - groups[i].base < SMMU3_ATOS_GROUP_SIZE) {
            return true;
        }
    }
    return offset == SMMU3_VATOS_SEL ||
           offset == SMMU3_S_BASE + SMMU3_VATOS_SEL;
}

/* False: RAZ/WI. */
static bool find(const struct smmu3 *s, enum smmu3_space space, uint32_t offset,
                 unsigned size, struct target *t)
{
    if ((size != 4 && size != 8) || offset % size) {
        return false;
    }
    *t = (struct target){ .space = SMMU3_NS };
    if (offset == SMMU3_S_BASE + SMMU3_VATOS_SEL) {
        t->space = SMMU3_S;
        return size == 4 && space == SMMU3_S && s->features.vatos &&
               s->features.sel2;
    }
    if (offset == SMMU3_VATOS_SEL) {
        return size == 4 && s->features.vatos;
    }
    for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        const struct group *g = &groups[i];

        if (offset - g->base < SMMU3_ATOS_GROUP_SIZE) {
            t->group = g;
            t->space = g->space;
            t->reg = (offset - g->base) & ~7u;
            t->upper = offset & 4;
        }
    }
    return t->group && exists(s, t->group) &&
           (t->space == SMMU3_NS || space == SMMU3_S) &&
           (t->reg || (size == 4 && !t->upper));
}

static struct smmu3_atos_regs *regs_of(struct smmu3 *s, const struct target *t)
{
    struct smmu3_regs *r = &s->bank[t->space].regs;

    return t->group->vatos ? &r->vatos : &r->gatos;
}

uint64_t smmu3_atos_read(struct smmu3 *s, enum smmu3_space space,
                         uint32_t offset, unsigned size)
{
    const struct smmu3_atos_regs *r;
    uint64_t value = 0;
    struct target t;

    if (!find(s, space, offset, size, &t)) {
        return 0;
    }
    if (!t.group) {
        return s->bank[t.space].regs.vatos_sel;
    }
    r = regs_of(s, &t);
    switch (t.reg) {
    case SMMU3_ATOS_SID:
        /* SSEC is RES1 where only Secure streams are asked for. */
        value =
            r->sid |
            (t.space == SMMU3_S && t.group->vatos ? SMMU3_ATOS_SID_SSEC : 0);
        break;
    case SMMU3_ATOS_ADDR:
        value = r->addr;
        break;
    case SMMU3_ATOS_PAR:
        value = r->par;
        break;
    }
    value >>= t.upper ? 32 : 0;
    return size == 4 ? value & SMMU3_MASK(31, 0) : value;
}

static void merge(uint64_t *reg, uint64_t value, uint64_t mask)
{
    *reg = (*reg & ~mask) | (value & mask);
}

void smmu3_atos_write(struct smmu3 *s, enum smmu3_space space, uint32_t offset,
                      uint64_t value, unsigned size)
{
    const struct smmu3_features *f = &s->features;
    struct smmu3_atos_regs *r;
    struct target t;
    uint64_t mask = size == 8 ? UINT64_MAX : SMMU3_MASK(31, 0);

    if (!find(s, space, offset, size, &t)) {
        return;
    }
    if (!t.group) {
        s->bank[t.space].regs.vatos_sel =
            (uint32_t)(value & smmu3_low(f->vmid16 ? 16 : 8));
        return;
    }
    r = regs_of(s, &t);
    mask <<= t.upper ? 32 : 0;
    value <<= t.upper ? 32 : 0;
    switch (t.reg) {
    case SMMU3_ATOS_CTRL:
        if (value & SMMU3_ATOS_CTRL_RUN &&
            s->bank[t.space].regs.cr0 & SMMU3_CR0_SMMUEN) {
            struct smmu3_atos_regs in = *r;

            in.sid |= t.group->vatos ? SMMU3_ATOS_SID_SSEC : 0;
            run(s, t.group, &in);
            r->par = in.par;
        }
        break;
    case SMMU3_ATOS_SID:
        merge(&r->sid, value, mask & sid_mask(f, t.group));
        break;
    case SMMU3_ATOS_ADDR:
        merge(&r->addr, value, mask & addr_mask(f, t.group));
        break;
    }
}
