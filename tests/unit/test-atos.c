/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation operations (9, 6.3.37-6.3.40; A.15): requests, results,
 * failures and their order.
 */
#include "rig.h"

enum {
    O_IDR2_ = 0x08,
    O_GATOS_CTRL = 0x100,
    O_GATOS_SID = 0x108,
    O_GATOS_ADDR = 0x110,
    O_GATOS_PAR = 0x118,
    O_VATOS_SEL = 0x180,
    O_VATOS_CTRL = 0x20a00,
    O_VATOS_SID = 0x20a08,
    O_VATOS_ADDR = 0x20a10,
    O_VATOS_PAR = 0x20a18,
};

/* ATOS_ADDR: TYPE and flags */
#define S1 UINT64_C(0x400)
#define S2 UINT64_C(0x800)
#define S12 UINT64_C(0xc00)
#define PNU UINT64_C(0x200)
#define RNW UINT64_C(0x100)
#define IND UINT64_C(0x80)
#define HTTUI UINT64_C(0x40)

#define SSV(n) ((uint64_t)(n) << 32 | UINT64_C(1) << 52)

/* PAR of a failure: FAULTCODE, REASON, FADDR */
#define FAIL(code, reason, faddr) \
    ((uint64_t)(faddr) | (uint64_t)(code) << 4 | (reason) << 1 | 1)

#define SID 3u
#define VA UINT64_C(0x12345000)
#define S1_TTB UINT64_C(0x20000000)
#define S2_TTB UINT64_C(0x30000000)
/* Nested: IPA = PA + BIAS, by blocks of 1 GiB; the CD is at RIG_CD + BIAS. */
#define BIAS UINT64_C(0x4000000000)

static struct smmu3_params params(void)
{
    struct smmu3_params p = rig_params();

    p.f.atos = true;
    p.f.vatos = true;
    p.f.ssidsize = 4;
    return p;
}

static struct rig *start(void)
{
    struct smmu3_params p = params();

    return rig_new_with(&p);
}

static uint64_t ask(struct rig *r, uint64_t sid, uint64_t addr)
{
    wr64(r, O_GATOS_SID, sid);
    wr64(r, O_GATOS_ADDR, addr);
    wr32(r, O_GATOS_CTRL, 1);
    CHECK_EQ(rd32(r, O_GATOS_CTRL), 0);
    return rd64(r, O_GATOS_PAR);
}

static uint64_t ask_vatos(struct rig *r, uint64_t sid, uint64_t addr)
{
    wr64(r, O_VATOS_SID, sid);
    wr64(r, O_VATOS_ADDR, addr);
    wr32(r, O_VATOS_CTRL, 1);
    CHECK_EQ(rd32(r, O_VATOS_CTRL), 0);
    return rd64(r, O_VATOS_PAR);
}

#define ASK(r, sid, addr, par) CHECK_EQ(ask(r, sid, addr), par)

/* Stage 1 of 4 KiB and 39 bits, alone or over stage 2. */
static struct mapper stage1(struct rig *r, bool nested)
{
    struct mapper m = map_s1(&r->h, S1_TTB + (nested ? BIAS : 0), 12, 25,
                             S1_TTB + (nested ? BIAS : 0) + 0x1000);

    m.offset = nested ? -BIAS : 0;
    rig_set_cd(r, RIG_CD, cd_make(S1_TTB + (nested ? BIAS : 0), 12, 25));
    if (!nested) {
        rig_set_ste(r, SID, ste_s1(RIG_CD));
    }
    return m;
}

static struct mapper stage2(struct rig *r, bool nested)
{
    struct mapper m = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);

    if (nested) {
        for (uint64_t gib = 0; gib < 4; gib++) {
            map_at(&m, BIAS + (gib << 30), 1, D_BLOCK | D_S2ALL | gib << 30);
        }
        rig_set_ste(r, SID, ste_nested(RIG_CD + BIAS, S2_TTB, 12, 24, 1));
    } else {
        rig_set_ste(r, SID, ste_s2(S2_TTB, 12, 24, 1));
    }
    return m;
}

/* VA leads to IPA 0x4040001000, that to 0x40001000. */
static struct rig *start_nested(struct mapper *m1, struct mapper *m2)
{
    struct rig *r = start();

    *m1 = stage1(r, true);
    *m2 = stage2(r, true);
    map_at(m1, VA, 3, D_PAGE | D_S1ALL | 3 << 8 | (BIAS + 0x40001000));
    return r;
}

static void registers(void)
{
    struct rig *r = start();

    CHECK_EQ(rd32(r, O_IDR0), 0x0914921b);
    CHECK_EQ(rd32(r, O_IDR2_), 0);
    wr64(r, O_GATOS_SID, UINT64_MAX);
    CHECK_EQ(rd64(r, O_GATOS_SID), 0x0010000f0000ffff);
    wr64(r, O_GATOS_ADDR, UINT64_MAX);
    CHECK_EQ(rd64(r, O_GATOS_ADDR), 0xffffffffffffffc0);
    wr64(r, O_GATOS_PAR, UINT64_MAX);
    CHECK_EQ(rd64(r, O_GATOS_PAR), 0);
    wr32(r, O_GATOS_SID + 4, 0x00100002);
    wr32(r, O_GATOS_SID, 0x1234);
    CHECK_EQ(rd64(r, O_GATOS_SID), 0x0010000200001234);
    CHECK_EQ(rd32(r, O_GATOS_SID + 4), 0x00100002);
    wr32(r, O_GATOS_ADDR + 4, 0x12);
    CHECK_EQ(rd64(r, O_GATOS_ADDR), 0x00000012ffffffc0);
    wr32(r, O_VATOS_SEL, UINT32_MAX);
    CHECK_EQ(rd32(r, O_VATOS_SEL), 0xffff);
    wr64(r, O_VATOS_SID, UINT64_MAX);
    CHECK_EQ(rd64(r, O_VATOS_SID), 0x0010000f0000ffff);
    wr64(r, O_VATOS_ADDR, UINT64_MAX);
    CHECK_EQ(rd64(r, O_VATOS_ADDR), 0xffffffffffffffc0);
    /* The groups are apart. */
    CHECK_EQ(rd64(r, O_GATOS_SID), 0x0010000200001234);
    CHECK_EQ(rd32(r, O_GATOS_CTRL + 4), 0);
    CHECK_EQ(smmu3_mmio_read(r->s, SMMU3_NS, O_GATOS_CTRL, 8), 0);
    CHECK_EQ(smmu3_mmio_read(r->s, SMMU3_NS, O_GATOS_SID + 2, 4), 0);
    CHECK_EQ(smmu3_mmio_read(r->s, SMMU3_NS, O_GATOS_SID, 2), 0);
    smmu3_reset(r->s);
    CHECK_EQ(rd64(r, O_GATOS_SID) | rd64(r, O_VATOS_SID), 0);
    rig_free(r);
}

static void no_substreams(void)
{
    struct smmu3_params p = params();
    struct rig *r;

    p.f.ssidsize = 0;
    r = rig_new_with(&p);
    wr64(r, O_GATOS_SID, UINT64_MAX);
    CHECK_EQ(rd64(r, O_GATOS_SID), 0x000000000000ffff);
    rig_free(r);
}

/* ATOS = 0; ATOS = 1 without VATOS. */
static void absent(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r = rig_new_with(&p);

    CHECK_EQ(rd32(r, O_IDR0), 0x0904121b);
    for (uint32_t o = 0x100; o < 0x120; o += 4) {
        wr32(r, o, UINT32_MAX);
        CHECK_EQ(rd32(r, o), 0);
    }
    wr32(r, O_VATOS_SEL, 1);
    CHECK_EQ(rd32(r, O_VATOS_SEL), 0);
    rig_free(r);
    p.f.atos = true;
    r = rig_new_with(&p);
    CHECK_EQ(rd32(r, O_IDR0), 0x0904921b);
    wr32(r, O_VATOS_SEL, 1);
    CHECK_EQ(rd32(r, O_VATOS_SEL), 0);
    for (uint32_t o = 0x20a00; o < 0x20a20; o += 4) {
        wr32(r, o, UINT32_MAX);
        CHECK_EQ(rd32(r, o), 0);
    }
    rig_free(r);
}

/* RUN is ignored while SMMUEN is 0, and a write of 0 does nothing. */
static void run(void)
{
    struct rig *r = start();
    struct mapper m = stage1(r, false);

    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 0x40001000);
    wr32(r, O_CR0, 0xc);
    ASK(r, SID, VA | S1 | RNW, 0);
    wr32(r, O_CR0, 0xd);
    CHECK_EQ(rd64(r, O_GATOS_PAR), 0);
    wr32(r, O_GATOS_CTRL, 0xfffffffe);
    CHECK_EQ(rd64(r, O_GATOS_PAR), 0);
    ASK(r, SID, VA | S1 | RNW, 0xff00000040001000);
    rig_free(r);
}

/* Sizes and attributes: MAIR, SH; Device is Outer Shareable. */
static void success_stage1(void)
{
    struct rig *r = start();
    struct mapper m = stage1(r, false);

    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 3 << 8 | 0x40001000);
    ASK(r, SID, VA | S1 | RNW, 0xff00000040001300);
    map_at(&m, 0x20000000, 2, D_BLOCK | D_S1ALL | 2 << 8 | 0x80000000);
    ASK(r, SID, UINT64_C(0x20123000) | S1 | RNW, 0xff00000080100a00);
    map_at(&m, 0x80000000, 1, D_BLOCK | D_S1ALL | 0x1000000000);
    ASK(r, SID, UINT64_C(0x80000000) | S1 | RNW, 0xff00001020000800);
    map_at(&m, 0x3000, 3, D_PAGE | D_S1ALL | 1 << 2 | 0x40002000);
    ASK(r, SID, UINT64_C(0x3000) | S1 | RNW, 0x4400000040002200);
    map_at(&m, 0x4000, 3, D_PAGE | D_S1ALL | 3 << 2 | 0x40003000);
    ASK(r, SID, UINT64_C(0x4000) | S1 | RNW, 0x0400000040003200);
    rig_free(r);
}

static void success_granules(void)
{
    static const struct {
        unsigned granule, start;
        uint64_t par;
    } rows[] = {
        { 14, 25, 0xff00000040002800 },
        { 16, 25, 0xff00000040008800 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rig *r = start();
        struct mapper m =
            map_s1(&r->h, S1_TTB, rows[i].granule, 25, S1_TTB + 0x100000);

        rig_set_cd(r, RIG_CD, cd_make(S1_TTB, rows[i].granule, 25));
        rig_set_ste(r, SID, ste_s1(RIG_CD));
        map_at(&m, VA, 3, D_PAGE | D_S1ALL | 0x40000000);
        ASK(r, SID, VA | S1 | RNW, rows[i].par);
        rig_free(r);
    }
}

/* Stage 2 alone, of either kind of stream: allocate, no transient hint. */
static void success_stage2(void)
{
    struct rig *r = start();
    struct mapper m = stage2(r, false);

    map_at(&m, VA, 3, D_PAGE | D_S2ALL | 3 << 8 | 0x40001000);
    ASK(r, SID, VA | S2 | RNW, 0xff00000040001300);
    map_at(&m, 0x1000, 3, D_PAGE | D_S2R | D_AF | 2 << 8 | 5 << 2 | 0x40002000);
    ASK(r, SID, 0x1000 | S2 | RNW, 0x4400000040002200);
    map_at(&m, 0x2000, 3, D_PAGE | D_S2R | D_AF | 10 << 2 | 0x40003000);
    ASK(r, SID, 0x2000 | S2 | RNW, 0xbb00000040003000);
    map_at(&m, 0x3000, 3, D_PAGE | D_S2R | D_AF | 1 << 2 | 0x40004000);
    ASK(r, SID, 0x3000 | S2 | RNW, 0x0400000040004200);
    rig_free(r);
}

/* Stage 1 gives the IPA, both give the PA with the smaller size. */
static void success_nested(void)
{
    struct mapper m1, m2;
    struct rig *r = start_nested(&m1, &m2);

    ASK(r, SID, VA | S1 | RNW, 0xff00004040001300);
    ASK(r, SID, VA | S12 | RNW, 0xff00000040001300);
    ASK(r, SID, (BIAS + 0x40001000) | S2 | RNW, 0xff00000060000800);
    map_at(&m1, 0x20000000, 2, D_BLOCK | D_S1ALL | (BIAS + 0x40200000));
    ASK(r, SID, UINT64_C(0x20000000) | S1 | RNW, 0xff00004040300800);
    ASK(r, SID, UINT64_C(0x20000000) | S12 | RNW, 0xff00000040300800);
    /* An IPA that stage 2 does not know: nothing to stage 1. */
    map_at(&m1, 0x5000, 3, D_PAGE | D_S1ALL | 0x7000);
    ASK(r, SID, UINT64_C(0x5000) | S1 | RNW, 0xff00000000007000);
    ASK(r, SID, UINT64_C(0x5000) | S12 | RNW, FAIL(0x10, 3, 0x7000));
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

/* INV_REQ comes first, whatever the stream. */
static void inv_req(void)
{
    static const struct {
        bool s1p, s2p;
        uint64_t sid, addr;
    } rows[] = {
        { true, true, SID, 0 },           { true, true, 0xffff, VA },
        { true, true, SID | SSV(1), S2 }, { false, true, SID, S1 },
        { false, true, SID, S12 },        { true, false, SID, S2 },
        { true, false, SID, S12 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct smmu3_params p = params();
        struct rig *r;

        rig_stages(&p, rows[i].s1p, rows[i].s2p);
        p.f.vatos = false;
        p.f.ssidsize = rows[i].s1p ? 4 : 0;
        r = rig_new_with(&p);
        ASK(r, rows[i].sid, rows[i].addr | RNW, FAIL(0xff, 0, 0));
        rig_free(r);
    }
}

/* Stages that the STE does not have. */
static void inv_stage(void)
{
    struct rig *r = start();
    struct ste s1only = ste_s1(RIG_CD);
    struct ste s2only = ste_s2(S2_TTB, 12, 24, 1);

    rig_set_ste(r, 1, ste_abort());
    rig_set_ste(r, 2, ste_bypass());
    rig_set_ste(r, 4, s1only);
    rig_set_ste(r, 5, s2only);
    for (uint64_t sid = 1; sid <= 2; sid++) {
        ASK(r, sid, VA | S1 | RNW, FAIL(0xfe, 0, 0));
        ASK(r, sid, VA | S2 | RNW, FAIL(0xfe, 0, 0));
        ASK(r, sid, VA | S12 | RNW, FAIL(0xfe, 0, 0));
    }
    ASK(r, 4, VA | S2 | RNW, FAIL(0xfe, 0, 0));
    ASK(r, 4, VA | S12 | RNW, FAIL(0xfe, 0, 0));
    ASK(r, 5, VA | S1 | RNW, FAIL(0xfe, 0, 0));
    ASK(r, 5, VA | S12 | RNW, FAIL(0xfe, 0, 0));
    /* Before C_BAD_SUBSTREAMID. */
    ASK(r, 5 | SSV(1), VA | S1 | RNW, FAIL(0xfe, 0, 0));
    rig_free(r);
}

/* Gives the stream a stage 1 while the STE of before is on its way. */
static void gains_a_stage(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    if (pa == RIG_STRTAB + 0x40 * SID && r->h.on_read) {
        r->h.on_read = NULL;
        rig_set_ste(r, SID, ste_s1(RIG_CD));
        rig_cmd(r, cmd_cfgi_ste(SID, true));
    }
}

/* A request that an invalidation overtakes starts over, and forgets what it
 * was denied for. */
static void overtaken(void)
{
    struct rig *r = start();
    struct mapper m = stage1(r, false);

    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 3 << 8 | 0x40001000);
    rig_set_ste(r, SID, ste_bypass());
    r->h.on_read = gains_a_stage;
    r->h.on_read_arg = r;
    CHECK_EQ(ask(r, SID, VA | S1 | RNW) & 0xfffffffff001, 0x40001000);
    CHECK(!r->h.on_read);
    rig_free(r);
}

/* The stream's own faults; C_BAD_STE before INV_STAGE; RECINVSID has no
 * say. */
static void stream(void)
{
    struct rig *r = start();
    struct ste bad = ste_bypass();

    ASK(r, 0x100, VA | S1 | RNW, FAIL(0x02, 0, 0));
    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR2, 0);
    wr32(r, O_CR0, 0xd);
    ASK(r, 0x100, VA | S2 | RNW, FAIL(0x02, 0, 0));
    ASK(r, 1, VA | S1 | RNW, FAIL(0x04, 0, 0)); /* V = 0 */
    bad.w[0] &= ~UINT64_C(1);
    rig_set_ste(r, 2, bad);
    ASK(r, 2, VA | S2 | RNW, FAIL(0x04, 0, 0));
    fake_hole(&r->h, RIG_STRTAB + 64 * 9, RIG_STRTAB + 64 * 9 + 63);
    ASK(r, 9, VA | S12 | RNW, FAIL(0x03, 0, 0));
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

/* Substreams and S1DSS. */
static void substreams(void)
{
    struct mapper m1, m2;
    struct rig *r = start_nested(&m1, &m2);
    struct ste ste = ste_nested(RIG_CD + BIAS, S2_TTB, 12, 24, 1);

    ASK(r, SID | SSV(1), VA | S1 | RNW, FAIL(0x08, 0, 0)); /* S1CDMax = 0 */
    set_bits(ste.w, 63, 59, 2);
    rig_set_ste(r, SID, ste);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x06, 0, 0)); /* S1DSS = 0 */
    ASK(r, SID | SSV(4), VA | S1 | RNW, FAIL(0x08, 0, 0));
    ASK(r, SID | SSV(0), VA | S1 | RNW, 0xff00004040001300);
    ASK(r, SID | SSV(1), VA | S1 | RNW, FAIL(0x0a, 0, 0)); /* no CD */
    set_bits(ste.w, 65, 64, 2);
    rig_set_ste(r, SID, ste);
    ASK(r, SID, VA | S12 | RNW, 0xff00000040001300);
    ASK(r, SID | SSV(0), VA | S12 | RNW, FAIL(0x06, 0, 0));
    /* Bypass of stage 1 does not make it unconfigured. */
    set_bits(ste.w, 65, 64, 1);
    rig_set_ste(r, SID, ste);
    CHECK_EQ(ask(r, SID, VA | S1 | RNW) & 0x00fffffffffff801, VA);
    ASK(r, SID, (BIAS + 0x1000) | S12 | RNW, 0xff00000020000800);
    ASK(r, SID, 0x1000 | S12 | RNW, FAIL(0x10, 3, 0x1000));
    ASK(r, SID, UINT64_C(0x1000000000000) | S1 | RNW, FAIL(0x11, 0, 0));
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

/* The CD: fetch, contents, and stage 2 for it. */
static void cd(void)
{
    struct mapper m1, m2;
    struct rig *r = start_nested(&m1, &m2);
    struct cd bad = cd_make(S1_TTB, 12, 25);

    fake_hole(&r->h, RIG_CD, RIG_CD + 63);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x09, 0, 0));
    ASK(r, SID, VA | S12 | RNW, FAIL(0x09, 0, 0));
    fake_no_holes(&r->h);
    bad.w[0] &= ~(UINT64_C(1) << 31);
    rig_set_cd(r, RIG_CD, bad);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x0a, 0, 0));
    ASK(r, SID, VA | S12 | RNW, FAIL(0x0a, 0, 0));
    /* Stage 2 does not map it. */
    map_at(&m2, BIAS, 1, 0);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x09, 0, 0));
    ASK(r, SID, VA | S12 | RNW, FAIL(0x10, 1, BIAS + 0x10300000));
    /* Nor can its table be read. */
    fake_hole(&r->h, S2_TTB, S2_TTB + 0xfff);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x09, 0, 0));
    ASK(r, SID, VA | S12 | RNW, FAIL(0x0b, 1, 0));
    rig_free(r);
}

/* Stage-1 tables, and stage 2 for them: tables in a GiB of their own. */
static void tables(void)
{
    struct mapper m1, m2;
    struct rig *r = start_nested(&m1, &m2);
    const uint64_t ttb = BIAS + UINT64_C(0x80000000);

    fake_hole(&r->h, S1_TTB, S1_TTB + 0xfff);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x0b, 0, 0));
    ASK(r, SID, VA | S12 | RNW, FAIL(0x0b, 0, 0));
    fake_no_holes(&r->h);
    rig_set_cd(r, RIG_CD, cd_make(ttb, 12, 25));
    map_at(&m2, ttb, 1, 0);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x0b, 0, 0));
    ASK(r, SID, VA | S12 | RNW, FAIL(0x10, 2, ttb));
    /* A table below whose own descriptor cannot be read. */
    map_at(&m2, ttb, 1, D_TABLE | 0x38000000);
    fake_hole(&r->h, 0x38000000, 0x38000fff);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x0b, 0, 0));
    ASK(r, SID, VA | S12 | RNW, FAIL(0x0b, 2, 0));
    fake_no_holes(&r->h);
    /* Access flag, and address size, of stage 2 for a table. */
    map_at(&m2, ttb, 1, D_BLOCK | D_S2R | D_S2W | D_S2WB | 0x80000000);
    ASK(r, SID, VA | S12 | RNW, FAIL(0x12, 2, ttb));
    map_at(&m2, ttb, 1, D_BLOCK | (D_S2ALL & ~D_S2R) | 0x80000000);
    ASK(r, SID, VA | S12 | RNW, FAIL(0x13, 2, ttb));
    ASK(r, SID, VA | S1 | RNW, FAIL(0x0b, 0, 0));
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

/* The input address at stage 1: all four faults, by any type of request. */
static void input_stage1(void)
{
    static const struct {
        uint64_t leaf;
        unsigned code;
    } rows[] = {
        { 0, 0x10 },
        { D_PAGE | (D_S1ALL & ~D_AF) | 0x40001000, 0x12 },
        { D_PAGE | (D_S1ALL & ~D_EL0) | 0x40001000, 0x13 },
        { D_PAGE | D_S1ALL | UINT64_C(0x800040001000), 0x11 },
    };
    struct mapper m1, m2;
    struct rig *r = start_nested(&m1, &m2);
    struct cd cd = cd_make(S1_TTB + BIAS, 12, 25);

    set_bits(cd.w, 34, 32, 4); /* IPS: 44 bits */
    rig_set_cd(r, RIG_CD, cd);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        map_at(&m1, VA, 3, rows[i].leaf);
        ASK(r, SID, VA | S1 | RNW, FAIL(rows[i].code, 0, 0));
        ASK(r, SID, VA | S12 | RNW, FAIL(rows[i].code, 0, 0));
    }
    ASK(r, SID, UINT64_C(0x8000000000) | S1 | RNW, FAIL(0x10, 0, 0));
    rig_free(r);
}

/* The IPA at stage 2: with FADDR if stage 1 led to it. */
static void input_stage2(void)
{
    static const struct {
        uint64_t leaf;
        unsigned code;
    } rows[] = {
        { 0, 0x10 },
        { D_PAGE | (D_S2ALL & ~D_AF) | 0x40001000, 0x12 },
        { D_PAGE | (D_S2ALL & ~D_S2R) | 0x40001000, 0x13 },
        { D_PAGE | D_S2ALL | UINT64_C(0x800040001000), 0x11 },
    };
    struct mapper m1, m2;
    struct rig *r = start_nested(&m1, &m2);
    struct ste ste = ste_nested(RIG_CD + BIAS, S2_TTB, 12, 24, 1);
    const uint64_t ipa = UINT64_C(0x2000003000);

    set_bits(ste.w, 178, 176, 4); /* S2PS: 44 bits */
    rig_set_ste(r, SID, ste);
    map_at(&m1, VA, 3, D_PAGE | D_S1ALL | ipa);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        map_at(&m2, ipa, 3, rows[i].leaf);
        ASK(r, SID, VA | S12 | RNW, FAIL(rows[i].code, 3, ipa));
        ASK(r, SID, ipa | S2 | RNW, FAIL(rows[i].code, 3, 0));
        ASK(r, SID, VA | S1 | RNW, 0xff00002000003000);
    }
    /* Its table cannot be read. */
    fake_hole(&r->h, map_find(&m2, ipa, 3), map_find(&m2, ipa, 3) + 7);
    ASK(r, SID, VA | S12 | RNW, FAIL(0x0b, 3, 0));
    ASK(r, SID, ipa | S2 | RNW, FAIL(0x0b, 3, 0));
    /* Beyond stage 2's input, and beyond what an IPA can be. */
    ASK(r, SID, UINT64_C(0x10000000000) | S2 | RNW, FAIL(0x10, 3, 0));
    ASK(r, SID, UINT64_C(0x1000000000000) | S2 | RNW, FAIL(0x11, 0, 0));
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

/* PnU, RnW, InD: the request's own. */
static void permissions(void)
{
    static const struct {
        uint64_t leaf, how;
        bool ok;
    } rows[] = {
        { D_EL0 | D_RO, RNW, true },
        { D_EL0 | D_RO, 0, false },
        { D_EL0, 0, true },
        { 0, RNW, false },
        { 0, RNW | PNU, true },
        { 0, PNU, true },
        { D_RO, PNU, false },
        { D_EL0 | D_RO, RNW | IND, true },
        { D_EL0 | D_UXN, RNW | IND, false },
        { D_EL0 | D_UXN, IND, true },
        { D_PXN, RNW | PNU | IND, false },
        { D_PXN, RNW | PNU, true },
        { D_EL0, RNW | HTTUI, true },
    };
    struct rig *r = start();
    struct mapper m = stage1(r, false);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t want = rows[i].ok ? 0xff00000040001000 : FAIL(0x13, 0, 0);

        map_at(&m, VA, 3, D_PAGE | D_AF | D_NG | rows[i].leaf | 0x40001000);
        if (!CHECK_EQ(ask(r, SID, VA | S1 | rows[i].how), want)) {
            g_test_message("row %u", i);
        }
    }
    rig_free(r);
}

/* HTTUI: updates are made, or not and nothing faults for want of one. */
static void httui(void)
{
    struct smmu3_params p = params();
    struct mapper m;
    struct rig *r;
    uint64_t at, clean = 0x40001000 | D_PAGE | D_EL0 | D_NG | D_RO | D_DBM;

    p.f.httu = 2;
    r = rig_new_with(&p);
    m = stage1(r, false);
    at = map_at(&m, VA, 3, clean);
    mem_w64(&r->h, RIG_CD, mem_r64(&r->h, RIG_CD) | UINT64_C(3) << 42);
    rig_forget(r);
    ASK(r, SID, VA | S1 | HTTUI, 0xff00000040001000);
    CHECK_EQ(mem_r64(&r->h, at), clean);
    ASK(r, SID, VA | S1 | RNW, 0xff00000040001000);
    CHECK_EQ(mem_r64(&r->h, at), clean | D_AF);
    ASK(r, SID, VA | S1, 0xff00000040001000);
    CHECK_EQ(mem_r64(&r->h, at), (clean | D_AF) & ~D_RO);
    rig_free(r);
}

/* CD.A, CD.R, CD.S, STE.S2R do not matter; nothing is recorded or counted; no
 * cache is read or filled. */
static void quiet(void)
{
    struct rig *r = start();
    struct mapper m = stage1(r, false);
    struct cd cd = cd_make(S1_TTB, 12, 25);
    struct smmu3_stats stats;

    set_bits(cd.w, 45, 45, 0);
    set_bits(cd.w, 46, 46, 0);
    rig_set_cd(r, RIG_CD, cd);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x10, 0, 0));
    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 0x40001000);
    CHECK_OK(r, SID, VA, "r", 0x40001000);
    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 0x40002000);
    ASK(r, SID, VA | S1 | RNW, 0xff00000040002000); /* what memory says */
    CHECK_OK(r, SID, VA, "r", 0x40001000);          /* what the TLB says */
    smmu3_get_stats(r->s, &stats);
    CHECK_EQ(stats.transactions, 2);
    CHECK_EQ(stats.faults, 0);
    CHECK_EQ(rig_drop_events(r), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_EVENTQ], 0);
    rig_free(r);
}

/* The attributes are the request's own, whatever the STE overrides. */
static void overrides(void)
{
    struct smmu3_params p = params();
    struct ste ste;
    struct mapper m;
    struct rig *r;

    p.f.attr_perms_ovr = true;
    p.f.attr_types_ovr = true;
    r = rig_new_with(&p);
    m = stage1(r, false);
    ste = ste_s1(RIG_CD);
    set_bits(ste.w, 113, 112, 3); /* PRIVCFG: privileged */
    set_bits(ste.w, 115, 114, 3); /* INSTCFG: instruction */
    rig_set_ste(r, SID, ste);
    map_at(&m, VA, 3, D_PAGE | D_AF | D_NG | D_PXN | D_UXN | 0x40001000);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x13, 0, 0));
    ASK(r, SID, VA | S1 | RNW | PNU, 0xff00000040001000);
    ASK(r, SID, VA | S1 | RNW | PNU | IND, FAIL(0x13, 0, 0));
    m = stage2(r, false);
    ste = ste_s2(S2_TTB, 12, 24, 1);
    set_bits(ste.w, 100, 100, 1); /* MTCFG, MemAttr: Device nGnRnE */
    set_bits(ste.w, 109, 108, 2); /* SHCFG: OSH */
    rig_set_ste(r, SID, ste);
    map_at(&m, VA, 3, D_PAGE | D_S2ALL | 0x40001000);
    ASK(r, SID, VA | S2 | RNW, 0xff00000040001000);
    rig_free(r);
}

/* HTTUI: the answer of updated tables, which stay as they are; without it they
 * are updated. Rows: leaf, request, leaf after. */
static void httu(void)
{
    const uint64_t base = D_PAGE | D_EL0 | D_NG | 0x40001000;
    const uint64_t dbm = UINT64_C(1) << 51;
    const struct {
        uint64_t leaf, how, after;
    } rows[] = {
        { base, RNW | HTTUI, base },
        { base, RNW, base | D_AF },
        { base | D_AF | D_RO | dbm, HTTUI, base | D_AF | D_RO | dbm },
        { base | D_AF | D_RO | dbm, RNW, base | D_AF | D_RO | dbm },
        { base | D_AF | D_RO | dbm, 0, base | D_AF | dbm },
    };
    struct smmu3_params p = params();
    struct cd cd = cd_make(S1_TTB, 12, 25);
    struct mapper m;
    struct rig *r;

    p.f.httu = 2;
    r = rig_new_with(&p);
    m = stage1(r, false);
    map_at(&m, VA, 3, base);
    ASK(r, SID, VA | S1 | RNW, FAIL(0x12, 0, 0)); /* HA = 0 */
    set_bits(cd.w, 42, 42, 1);                    /* HD */
    set_bits(cd.w, 43, 43, 1);                    /* HA */
    rig_set_cd(r, RIG_CD, cd);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        map_put(&m, map_find(&m, VA, 3), rows[i].leaf);
        ASK(r, SID, VA | S1 | rows[i].how, 0xff00000040001000);
        if (!CHECK_EQ(map_get(&m, map_find(&m, VA, 3)), rows[i].after)) {
            g_test_message("row %u", i);
        }
    }
    rig_free(r);
}

/* Stage 1 alone of a nested stream: stage 2 of the page is not updated, that
 * of the tables is. */
static void httu_nested(void)
{
    struct smmu3_params p = params();
    struct mapper m1, m2;
    struct ste ste;
    struct rig *r;
    uint64_t at;

    p.f.httu = 2;
    r = rig_new_with(&p);
    m1 = stage1(r, true);
    m2 = stage2(r, true);
    ste = ste_nested(RIG_CD + BIAS, S2_TTB, 12, 24, 1);
    set_bits(ste.w, 184, 184, 1); /* S2HA */
    rig_set_ste(r, SID, ste);
    map_at(&m1, VA, 3, D_PAGE | D_S1ALL | (BIAS + 0x40001000));
    at = map_find(&m2, BIAS + 0x40000000, 1);
    map_put(&m2, at, D_BLOCK | (D_S2ALL & ~D_AF) | 0x40000000);
    ASK(r, SID, VA | S1 | RNW, 0xff00004040001000);
    CHECK_EQ(map_get(&m2, at) & D_AF, 0);
    ASK(r, SID, VA | S12 | RNW | HTTUI, 0xff00000040001000);
    CHECK_EQ(map_get(&m2, at) & D_AF, 0);
    ASK(r, SID, VA | S12 | RNW, 0xff00000040001000);
    CHECK_EQ(map_get(&m2, at) & D_AF, D_AF);
    rig_free(r);
}

/* TTB1, tags, and addresses that no half covers. */
static void halves(void)
{
    struct rig *r = start();
    struct cd cd = cd_make(S1_TTB, 12, 25);
    struct mapper m = stage1(r, false);
    struct mapper hi = map_s1(&r->h, 0x28000000, 12, 25, 0x28001000);

    cd_ttb1(&cd, 0x28000000, 12, 25);
    set_bits(cd.w, 38, 38, 1); /* TBI0 */
    rig_set_cd(r, RIG_CD, cd);
    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 0x40001000);
    map_at(&hi, VA, 3, D_PAGE | D_S1ALL | 0x40002000);
    ASK(r, SID, VA | S1 | RNW, 0xff00000040001000);
    ASK(r, SID, UINT64_C(0xffffff8012345000) | S1 | RNW, 0xff00000040002000);
    ASK(r, SID, UINT64_C(0xab00000012345000) | S1 | RNW, 0xff00000040001000);
    ASK(r, SID, UINT64_C(0xabffff8012345000) | S1 | RNW, FAIL(0x10, 0, 0));
    rig_free(r);
}

/* VATOS: TYPE = 1 of streams with the VMID of VATOS_SEL. */
static void vatos(void)
{
    struct mapper m1, m2;
    struct rig *r = start_nested(&m1, &m2);
    struct ste el2 = ste_s1(RIG_CD);

    wr32(r, O_VATOS_SEL, 8);
    CHECK_EQ(ask_vatos(r, SID, VA | S1 | RNW), FAIL(0x04, 0, 0));
    wr32(r, O_VATOS_SEL, 7);
    CHECK_EQ(ask_vatos(r, SID, VA | S1 | RNW), 0xff00004040001300);
    CHECK_EQ(ask_vatos(r, SID, VA | S2 | RNW), FAIL(0xff, 0, 0));
    CHECK_EQ(ask_vatos(r, SID, VA | S12 | RNW), FAIL(0xff, 0, 0));
    CHECK_EQ(ask_vatos(r, SID, VA | RNW), FAIL(0xff, 0, 0));
    CHECK_EQ(ask_vatos(r, 0x100, VA | S1 | RNW), FAIL(0x02, 0, 0));
    /* Without a stage, or without a VMID: C_BAD_STE; stage 2 only:
     * INV_STAGE. */
    rig_set_ste(r, 1, ste_abort());
    rig_set_ste(r, 2, ste_bypass());
    rig_set_ste(r, 5, ste_s2(S2_TTB, 12, 24, 1));
    set_bits(el2.w, 95, 94, 2);
    rig_set_ste(r, 6, el2);
    CHECK_EQ(ask_vatos(r, 1, VA | S1 | RNW), FAIL(0x04, 0, 0));
    CHECK_EQ(ask_vatos(r, 2, VA | S1 | RNW), FAIL(0x04, 0, 0));
    CHECK_EQ(ask_vatos(r, 5, VA | S1 | RNW), FAIL(0xfe, 0, 0));
    CHECK_EQ(ask_vatos(r, 6, VA | S1 | RNW), FAIL(0x04, 0, 0));
    wr32(r, O_VATOS_SEL, 0);
    CHECK_EQ(ask_vatos(r, 6, VA | S1 | RNW), FAIL(0x04, 0, 0));
    CHECK_EQ(ask_vatos(r, 2, VA | S1 | RNW), FAIL(0x04, 0, 0));
    wr32(r, O_VATOS_SEL, 7);
    /* Stage 2 for the CD is F_CD_FETCH, without a word of where. */
    map_at(&m2, BIAS, 1, 0);
    CHECK_EQ(ask_vatos(r, SID, VA | S1 | RNW), FAIL(0x09, 0, 0));
    CHECK_EQ(rd64(r, O_GATOS_PAR), 0);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/atos/A.15/registers", registers);
    g_test_add_func("/atos/A.15/no-substreams", no_substreams);
    g_test_add_func("/atos/A.15/absent", absent);
    g_test_add_func("/atos/A.15/run", run);
    g_test_add_func("/atos/A.15/success-stage-1", success_stage1);
    g_test_add_func("/atos/A.15/success-granules", success_granules);
    g_test_add_func("/atos/A.15/success-stage-2", success_stage2);
    g_test_add_func("/atos/A.15/success-nested", success_nested);
    g_test_add_func("/atos/A.15/inv-req", inv_req);
    g_test_add_func("/atos/A.15/inv-stage", inv_stage);
    g_test_add_func("/atos/A.15/overtaken", overtaken);
    g_test_add_func("/atos/A.15/stream", stream);
    g_test_add_func("/atos/A.15/substreams", substreams);
    g_test_add_func("/atos/A.15/cd", cd);
    g_test_add_func("/atos/A.15/tables", tables);
    g_test_add_func("/atos/A.15/input-stage-1", input_stage1);
    g_test_add_func("/atos/A.15/input-stage-2", input_stage2);
    g_test_add_func("/atos/A.15/permissions", permissions);
    g_test_add_func("/atos/A.15/quiet", quiet);
    g_test_add_func("/atos/A.15/overrides", overrides);
    g_test_add_func("/atos/A.15/httu", httu);
    g_test_add_func("/atos/A.15/httu-nested", httu_nested);
    g_test_add_func("/atos/A.15/halves", halves);
    g_test_add_func("/atos/A.15/vatos", vatos);
    g_test_add_func("/atos/A.15/httui", httui);
    return g_test_run();
}
