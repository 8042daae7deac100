/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions that can wait. See stall-rig.h.
 * Tests only.
 */
#include "stall-rig.h"

static uint64_t tables_of(uint32_t sid)
{
    return RIG_TABLES + 0x200000 * (uint64_t)(sid - SID_S1);
}

uint64_t stall_cd(uint32_t sid)
{
    return RIG_CD + 64 * (uint64_t)(sid - SID_S1);
}

struct ste stall_ste(uint32_t sid)
{
    struct ste ste = sid == SID_S2 ? ste_s2(S2_TTB, 12, 24, 1)
                     : sid == SID_NESTED
                         ? ste_nested(stall_cd(sid), S2_TTB, 12, 24, 1)
                         : ste_s1(stall_cd(sid));

    if (sid == SID_S2 || sid == SID_NESTED) {
        set_bits(ste.w, 185, 185, 1); /* S2S */
    }
    return ste;
}

struct cd stall_cd_words(uint32_t sid)
{
    struct cd cd = cd_make(tables_of(sid), 12, 25);

    set_bits(cd.w, 44, 44, 1);   /* S */
    set_bits(cd.w, 63, 48, sid); /* ASID */
    return cd;
}

static struct mapper s1_map(struct rig *r, uint32_t sid)
{
    return map_s1(&r->h, tables_of(sid), 12, 25, tables_of(sid) + 0x1000);
}

static struct mapper s2_map(struct rig *r)
{
    return map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
}

struct rig *stall_rig_with(const struct smmu3_params *p)
{
    struct rig *r = rig_new_with(p);
    struct mapper m2 = s2_map(r);

    for (uint32_t sid = SID_S1; sid <= SID_NESTED; sid++) {
        rig_set_ste(r, sid, stall_ste(sid));
        rig_set_cd(r, stall_cd(sid), stall_cd_words(sid));
    }
    map_at(&m2, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&m2, tables_of(SID_NESTED), 2,
           tables_of(SID_NESTED) | D_BLOCK | D_S2ALL);
    return r;
}

struct rig *stall_rig(unsigned model, unsigned max)
{
    struct smmu3_params p = rig_params();

    p.f.stall_model = (uint8_t)model;
    p.f.stall_max = (uint16_t)max;
    return stall_rig_with(&p);
}

/* A mapper makes tables at .next: each call for another page takes its own. */
static uint64_t table_room(uint64_t base, uint64_t va)
{
    return base + 0x20000 + (va >> 12 & 0x1f) * 0x3000;
}

void stall_map(struct rig *r, uint32_t sid, uint64_t va, uint64_t pa,
               uint64_t leaf)
{
    if (sid != SID_S2) {
        struct mapper m = s1_map(r, sid);

        m.next = table_room(tables_of(sid), va);
        map_at(&m, va, 3, pa | leaf);
    }
    if (sid == SID_S2 || sid == SID_NESTED) {
        struct mapper m2 = s2_map(r);
        uint64_t in = sid == SID_S2 ? va : pa;

        m2.next = table_room(S2_TTB + 0x100000, in);
        map_at(&m2, in, 3, sid == SID_S2 ? pa | leaf : pa | D_PAGE | D_S2ALL);
    }
}

uint64_t stall_s1_leaf(struct rig *r, uint32_t sid, uint64_t va)
{
    struct mapper m = s1_map(r, sid);

    return map_find(&m, va, 3);
}

enum smmu3_outcome stall_go(struct rig *r, struct smmu3_stall *st, uint32_t sid,
                            uint64_t addr, const char *how)
{
    struct smmu3_txn t = rig_txn(sid, addr, how);
    struct smmu3_result res;

    t.stall = st;
    memset(&res, 0x5a, sizeof(res));
    smmu3_translate(r->s, &t, &res);
    return res.outcome;
}

bool stall_check(struct rig *r, const char *file, int line,
                 struct smmu3_stall *st, uint32_t sid, uint64_t addr,
                 const char *how, unsigned stag)
{
    bool ok = check_eq(file, line, "outcome", stall_go(r, st, sid, addr, how),
                       SMMU3_STALLED);
    uint64_t w[4] = { 0 };

    ok &= check_true(file, line, "a record", rig_event(r, w));
    ok &= check_eq(file, line, "StreamID", w[0] >> 32, sid);
    ok &= check_eq(file, line, "Stall", w[1] >> 31 & 1, 1);
    ok &= check_eq(file, line, "STAG", w[1] & 0xffff, stag);
    ok &= check_eq(file, line, "InputAddr", w[2], addr);
    return ok & check_eq(file, line, "more records", rig_drop_events(r), 0);
}

bool stall_check_quiet(struct rig *r, const char *file, int line,
                       struct smmu3_stall *st, uint32_t sid, uint64_t addr,
                       const char *how)
{
    uint32_t prod = rd32(r, O_EVENTQ_PROD);

    bool ok = check_eq(file, line, "outcome", stall_go(r, st, sid, addr, how),
                       SMMU3_STALLED);

    ok &= check_eq(file, line, "EVENTQ_PROD", rd32(r, O_EVENTQ_PROD), prod);
    return ok;
}

bool stall_check_done(struct rig *r, const char *file, int line,
                      const struct smmu3_stall *st,
                      enum smmu3_stall_action action)
{
    bool ok;

    if (!check_true(file, line, "a wait that ended", r->h.n_done > 0)) {
        return false;
    }
    ok = check_true(file, line, "this one", r->h.done[0].stall == st);
    ok &= check_eq(file, line, "action", r->h.done[0].action, action);
    r->h.n_done--;
    memmove(&r->h.done[0], &r->h.done[1], r->h.n_done * sizeof(r->h.done[0]));
    return ok;
}

struct cmd cmd_resume(uint32_t sid, unsigned stag, bool ac, bool ab)
{
    return (struct cmd){ { (uint64_t)sid << 32 | (ac ? 0x1000 : 0) |
                               (ab ? 0x2000 : 0) | 0x44,
                           stag } };
}

struct cmd cmd_stall_term(uint32_t sid)
{
    return (struct cmd){ { (uint64_t)sid << 32 | 0x45, 0 } };
}
