/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of an implementation that other tests have at one value: sizes of
 * ASIDs and VMIDs, endianness, termination model, VMID wildcards, linear
 * stream tables, and what v3.0 may lack (6.3.1-6.3.4; A.4-A.6). Each says what
 * is ILLEGAL then, and what is ignored.
 */
#include "secure-rig.h"
#include "tlb-rig.h"

#define SID 9u
#define S2_TTB UINT64_C(0x21000000)
#define VA UINT64_C(0x1000)
#define OUT UINT64_C(0x30000000)

/* v3.0 with what it demands: nothing of the following. */
static struct smmu3_params v30(void)
{
    struct smmu3_params p = rig_params();

    p.f.arch_minor = 0;
    p.f.fwb = false;
    p.f.ril = false;
    p.f.bbml = 0;
    return p;
}

/* Is an SMMU of @p happy with this STE and CD? Their tables map VA. */
static bool is_legal(const struct smmu3_params *p, struct ste ste,
                     const struct cd *cd, bool e2h)
{
    struct rig *r = rig_new_with(p);
    struct smmu3_result res;
    uint64_t w[4] = { 0 };
    bool event;

    if (e2h) {
        wr32(r, O_CR0, 0xc);
        wr32(r, O_CR2, 3);
        wr32(r, O_CR0, 0xd);
    }
    rig_set_ste(r, SID, ste);
    if (cd) {
        rig_set_cd(r, RIG_CD, *cd);
    }
    res = rig_go(r, SID, VA, "r");
    event = rig_event(r, w);
    CHECK(res.outcome != SMMU3_OK || !event);
    rig_free(r);
    return !event || ((w[0] & 0xff) != 0x04 && (w[0] & 0xff) != 0x0a);
}

static struct ste with(struct ste ste, unsigned hi, unsigned lo, uint64_t v)
{
    set_bits(ste.w, hi, lo, v);
    return ste;
}

static struct cd cd_with(unsigned hi, unsigned lo, uint64_t v)
{
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    set_bits(cd.w, hi, lo, v);
    return cd;
}

static uint32_t idr(const struct smmu3_params *p, uint32_t offset)
{
    struct rig *r = rig_new_raw(p);
    uint32_t v = rd32(r, offset);

    rig_free(r);
    return v;
}

/* IDR0[12]; B.8 row 9: in the worlds that use ASIDs. */
static void asid8(void)
{
    for (unsigned asid16 = 0; asid16 < 2; asid16++) {
        struct smmu3_params p = rig_params();
        struct cd cd = cd_with(63, 48, 0x100), ok = cd_with(63, 48, 0xff);
        struct ste el2 = with(ste_s1(RIG_CD), 95, 94, 2);

        p.f.asid16 = asid16;
        CHECK_EQ(idr(&p, O_IDR0) >> 12 & 1, asid16);
        CHECK(is_legal(&p, ste_s1(RIG_CD), &ok, false));
        CHECK_EQ(is_legal(&p, ste_s1(RIG_CD), &cd, false), asid16);
        cd = cd_with(63, 48, 0x8000);
        CHECK_EQ(is_legal(&p, ste_s1(RIG_CD), &cd, false), asid16);
        CHECK_EQ(is_legal(&p, el2, &cd, true), asid16);
        CHECK(is_legal(&p, el2, &cd, false));
    }
}

/* IDR0[18]; B.5 row 26: where S2VMID is used. */
static void vmid8(void)
{
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    for (unsigned vmid16 = 0; vmid16 < 2; vmid16++) {
        struct smmu3_params p = rig_params();
        struct ste ste[] = { ste_s1(RIG_CD), ste_s2(S2_TTB, 12, 24, 1),
                             ste_nested(RIG_CD, S2_TTB, 12, 24, 1) };

        p.f.vmid16 = vmid16;
        CHECK_EQ(idr(&p, O_IDR0) >> 18 & 1, vmid16);
        for (unsigned i = 0; i < G_N_ELEMENTS(ste); i++) {
            CHECK(is_legal(&p, with(ste[i], 143, 128, 0xff), &cd, false));
            CHECK_EQ(is_legal(&p, with(ste[i], 143, 128, 0x100), &cd, false),
                     vmid16);
            CHECK_EQ(is_legal(&p, with(ste[i], 143, 143, 1), &cd, false),
                     vmid16);
        }
        /* IGNORED: bypass, EL2, and without stage 2 */
        CHECK(is_legal(&p, with(ste_bypass(), 143, 128, 0xff00), NULL, false));
        CHECK(is_legal(&p, with(with(ste[0], 143, 128, 0xff00), 95, 94, 2), &cd,
                       false));
        rig_stages(&p, true, false);
        CHECK(is_legal(&p, with(ste[0], 143, 128, 0xff00), &cd, false));
    }
}

/* C.4: operands of more bits than there are match nothing. */
static void eight_bit_operands(void)
{
    static const struct stream st[] = { { 0, ST_EL1, 7, 3 } };
    static const struct entry en[] = { { 0, 0x10000 } };
    struct smmu3_params p = rig_params();
    struct tlb_rig t;

    p.f.asid16 = p.f.vmid16 = false;
    tlb_rig_init(&t, &p, false, st, 1, en, 1);
    tlb_rig_fill(&t);
    rig_cmd(t.r, cmd_tlbi(0x11, 7, 0x103, 0));
    rig_cmd(t.r, cmd_tlbi(0x11, 0x107, 3, 0));
    rig_cmd(t.r, cmd_tlbi(0x10, 0x107, 0, 0));
    rig_sync(t.r);
    CHECK_EQ(tlb_rig_gone(&t), 0);
    rig_cmd(t.r, cmd_tlbi(0x11, 7, 3, 0));
    rig_sync(t.r);
    CHECK_EQ(tlb_rig_gone(&t), 1);
    tlb_rig_fini(&t);
}

/* IDR0[22:21]; B.8 row 5, B.5 row 24. */
static void ttendian(void)
{
    static const unsigned values[] = { 0, 2, 3 };

    for (unsigned i = 0; i < 3; i++) {
        struct smmu3_params p = rig_params();

        p.f.ttendian = (uint8_t)values[i];
        CHECK_EQ(idr(&p, O_IDR0) >> 21 & 3, values[i]);
        for (unsigned big = 0; big < 2; big++) {
            bool ok = values[i] == 0 || big == (values[i] == 3);
            struct cd cd = cd_with(15, 15, big);
            struct ste s2 = with(ste_s2(S2_TTB, 12, 24, 1), 180, 180, big);
            struct ste el2 = with(ste_s1(RIG_CD), 95, 94, 2);

            CHECK_EQ(is_legal(&p, ste_s1(RIG_CD), &cd, false), ok);
            CHECK_EQ(is_legal(&p, s2, NULL, false), ok);
            /* S1 fields of a stage-2 stream, S2 fields of a stage-1 one */
            CHECK(is_legal(&p, with(ste_bypass(), 180, 180, big), NULL, false));
            /* One half is enough to count; none is not. */
            set_bits(cd.w, 14, 14, 1);
            CHECK(is_legal(&p, ste_s1(RIG_CD), &cd, false));
            /* EPD0 acts as 0 in EL2. */
            CHECK_EQ(is_legal(&p, el2, &cd, false), ok);
            cd_ttb1(&cd, RIG_TABLES, 12, 25);
            CHECK_EQ(is_legal(&p, ste_s1(RIG_CD), &cd, false), ok);
        }
    }
}

/* IDR0[26]; B.8 row 3: A = 0 cannot be had. */
static void term_model(void)
{
    for (unsigned model = 0; model < 2; model++) {
        struct smmu3_params p = rig_params();
        struct cd a0 = cd_with(46, 46, 0), a1 = cd_with(46, 46, 1);

        p.f.term_model = model;
        CHECK_EQ(idr(&p, O_IDR0) >> 26 & 1, model);
        CHECK_EQ(is_legal(&p, ste_s1(RIG_CD), &a0, false), !model);
        CHECK(is_legal(&p, ste_s1(RIG_CD), &a1, false));
    }
}

/* VMIDs around 0x20, and what an invalidation of 0x25 takes with it. */
static const struct stream vmw_streams[] = {
    { 0, ST_EL1, 0x25, 3 },  { 1, ST_EL1, 0x24, 4 },    { 2, ST_EL1, 0x27, 5 },
    { 3, ST_EL1, 0x20, 6 },  { 4, ST_EL1, 0x2f, 7 },    { 5, ST_EL1, 0x35, 8 },
    { 6, ST_S2, 0x24, 0 },   { 7, ST_NESTED, 0x26, 9 }, { 8, ST_S2, 0x30, 0 },
    { 9, ST_EL2, 0x25, 10 }, { 10, ST_EL1, 0x125, 11 },
};

static const struct entry vmw_entries[] = {
    { 0, 0x10000 }, { 1, 0x10000 }, { 2, 0x10000 },  { 3, 0x10000, true },
    { 4, 0x10000 }, { 5, 0x10000 }, { 6, 0x10000 },  { 7, 0x10000 },
    { 8, 0x10000 }, { 9, 0x10000 }, { 10, 0x10000 },
};

static uint32_t vmw_gone(unsigned vmw, struct cmd c)
{
    struct smmu3_params p = rig_params();
    struct tlb_rig t;
    uint32_t gone;

    p.f.vmw = true;
    tlb_rig_init(&t, &p, false, vmw_streams, G_N_ELEMENTS(vmw_streams),
                 vmw_entries, G_N_ELEMENTS(vmw_entries));
    wr32(t.r, O_CR0, 0xd | vmw << 6);
    CHECK_EQ(rd32(t.r, O_CR0ACK), 0xd | vmw << 6);
    tlb_rig_fill(&t);
    CHECK_EQ(tlb_rig_gone(&t), 0); /* look-ups match whole VMIDs */
    rig_cmd(t.r, c);
    rig_sync(t.r);
    gone = tlb_rig_gone(&t);
    CHECK_EQ(gone & ~tlb_rig_told(&t), 0);
    tlb_rig_fini(&t);
    return gone;
}

/* 3.17.6; IDR0[17], CR0.VMW. */
static void vmw(void)
{
    static const struct {
        unsigned vmw;
        uint32_t nh_all, s12_vmall;
    } rows[] = {
        { 0, 0x001, 0x001 }, { 1, 0x003, 0x043 }, { 2, 0x087, 0x0c7 },
        { 3, 0x08f, 0x0cf }, { 4, 0x09f, 0x0df }, { 5, 0x001, 0x001 },
        { 6, 0x001, 0x001 }, { 7, 0x001, 0x001 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK_EQ(vmw_gone(rows[i].vmw, cmd_tlbi(0x10, 0x25, 0, 0)),
                 rows[i].nh_all);
        CHECK_EQ(vmw_gone(rows[i].vmw, cmd_tlbi(0x28, 0x25, 0, 0)),
                 rows[i].s12_vmall);
        CHECK_EQ(vmw_gone(rows[i].vmw, cmd_tlbi(0x2a, 0x25, 0, 0x10000)),
                 rows[i].s12_vmall & 0x40);
        /* ASIDs still count, and global entries stay as ever. */
        CHECK_EQ(vmw_gone(rows[i].vmw, cmd_tlbi(0x11, 0x25, 4, 0)),
                 rows[i].nh_all & 0x02);
        CHECK_EQ(vmw_gone(rows[i].vmw, cmd_tlbi(0x12, 0x25, 6, 0x10000)),
                 rows[i].nh_all & 0x08);
    }
}

/* Secure VMIDs go by S_CR0.VMW, Non-secure ones by CR0.VMW. */
static void secure_vmw(void)
{
    for (unsigned secure = 0; secure < 2; secure++) {
        struct smmu3_params p = secure_params();
        struct secure_rig s;
        struct ste ste = ste_s2(S2_TTB, 12, 25, 1);
        struct mapper m;
        struct smmu3_result res;
        uint64_t at;

        p.f.stt = p.f.sel2 = p.f.vmw = true;
        s = secure_new(&p);
        m = map_s2(&s.r->h, S2_TTB, 12, 25, 1, S2_TTB + 0x1000);
        m.offset = FAKE_SECURE;
        set_bits(ste.w, 293, 288, 25); /* S_S2T0SZ */
        set_bits(ste.w, 295, 294, 1);  /* S_S2SL0 */
        ste.w[6] |= S2_TTB;            /* S_S2TTB */
        secure_set_ste(&s, SID, ste);
        at = map_at(&m, VA, 3, OUT | D_PAGE | D_S2ALL);
        swr32(s.r, 0x8020, 0xd | secure << 6);
        wr32(s.r, O_CR0, 0xd | !secure << 6);
        CHECK_EQ(srd32(s.r, 0x8024), 0xd | secure << 6);
        CHECK_EQ(secure_go(&s, SID, VA, "r").outcome, SMMU3_OK);
        map_put(&m, at, 0);
        CHECK(secure_cmd(&s, cmd_tlbi(0x58, 6, 0, 0)));
        res = secure_go(&s, SID, VA, "r");
        CHECK_EQ(res.outcome, secure ? SMMU3_ABORT : SMMU3_OK);
        rig_free(s.r);
    }
}

static void no_vmw(void)
{
    struct rig *r = rig_new();

    CHECK_EQ(rd32(r, O_IDR0) >> 17 & 1, 0);
    wr32(r, O_CR0, 0x1cd);
    CHECK_EQ(rd32(r, O_CR0), 0xd);
    CHECK_EQ(rd32(r, O_CR0ACK), 0xd);
    rig_free(r);
}

/* IDR0[28:27] = 0: FMT and SPLIT are RES0, the table is linear. */
static void linear_only(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.st_level = false;
    p.f.sidsize = 6;
    r = rig_new_with(&p);
    CHECK_EQ(rd32(r, O_IDR0) >> 27 & 3, 0);
    CHECK_EQ(rd32(r, O_IDR1) & 0x3f, 6);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 0xffffffff);
    CHECK_EQ(rd32(r, O_STRTAB_BASE_CFG), 0x3f);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 6u << 6 | 6);
    CHECK_EQ(rd32(r, O_STRTAB_BASE_CFG), 6);
    wr32(r, O_CR0, 0xd);
    rig_set_ste(r, 63, ste_bypass());
    CHECK_OK(r, 63, VA, "r", VA);
    CHECK_ABORT(r, 64, VA, "r", 0x0000004000000002, 0, 0, 0);
    rig_free(r);
}

/* A page below a table with APTable = read-only, with HAD0 set. */
static enum smmu3_outcome write_with_had0(const struct smmu3_params *p)
{
    struct rig *r = rig_new_with(p);
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct cd cd = cd_with(65, 65, 1);
    enum smmu3_outcome outcome;
    uint64_t at;

    map_at(&m, VA, 3, OUT | D_PAGE | D_S1ALL);
    at = map_find(&m, VA, 2);
    map_put(&m, at, map_get(&m, at) | 1ull << 62);
    rig_set_cd(r, RIG_CD, cd);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    outcome = rig_go(r, SID, VA, "w").outcome;
    rig_free(r);
    return outcome;
}

/* IDR3[2] */
static void had(void)
{
    struct smmu3_params p = v30();

    CHECK_EQ(idr(&p, O_IDR3) & 1u << 2, 1u << 2);
    CHECK_EQ(write_with_had0(&p), SMMU3_OK);
    p.f.had = false;
    CHECK_EQ(idr(&p, O_IDR3) & 1u << 2, 0);
    CHECK_EQ(write_with_had0(&p), SMMU3_ABORT);
}

/* Bit per XN value that a fetch by this privilege gets through. */
static unsigned fetchable(const struct smmu3_params *p, const char *how)
{
    struct rig *r = rig_new_with(p);
    struct mapper m = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
    unsigned got = 0;

    rig_set_ste(r, SID, ste_s2(S2_TTB, 12, 24, 1));
    for (unsigned xn = 0; xn < 4; xn++) {
        map_at(&m, VA + 0x1000 * (uint64_t)xn, 3,
               OUT | D_PAGE | D_S2ALL | D_S2XN(xn));
        got |= (unsigned)(rig_go(r, SID, VA + 0x1000 * (uint64_t)xn, how)
                              .outcome == SMMU3_OK)
               << xn;
    }
    rig_free(r);
    return got;
}

/* IDR3[4]: without XNX, XN[1] alone counts (E.10). */
static void xnx(void)
{
    struct smmu3_params p = v30();

    CHECK_EQ(idr(&p, O_IDR3) & 1u << 4, 1u << 4);
    CHECK_EQ(fetchable(&p, "x"), 0x3);
    CHECK_EQ(fetchable(&p, "xp"), 0x9);
    p.f.xnx = false;
    CHECK_EQ(idr(&p, O_IDR3) & 1u << 4, 0);
    CHECK_EQ(fetchable(&p, "x"), 0x3);
    CHECK_EQ(fetchable(&p, "xp"), 0x3);
}

/* IDR3[8]: without FWB, S2FWB is RES0 and MemAttr has its old meaning. */
static void fwb(void)
{
    for (unsigned on = 0; on < 2; on++) {
        struct smmu3_params p = rig_params();
        struct rig *r;
        struct mapper m;
        struct smmu3_result res;
        struct smmu3_txn t = rig_txn(SID, VA, "r");

        p.f.arch_minor = 1;
        p.f.fwb = on;
        CHECK_EQ(idr(&p, O_IDR3) >> 8 & 1, on);
        r = rig_new_with(&p);
        m = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
        /* 0b0110: forced Write-Back, or Normal oNC-iWT */
        map_at(&m, VA, 3, OUT | D_PAGE | D_S2R | D_AF | 0x6 << 2);
        rig_set_ste(r, SID, with(ste_s2(S2_TTB, 12, 24, 1), 89, 89, 1));
        t.attr = 0x04; /* Device nGnRE */
        smmu3_translate(r->s, &t, &res);
        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK_EQ(res.attr, on ? 0xff : 0x04);
        rig_free(r);
    }
}

/* IDR3[10]: without RIL, NUM, SCALE, TTL and TG are RES0 and ignored. */
static void ril(void)
{
    static const struct stream st[] = { { 0, ST_EL1, 7, 3 } };
    static const struct entry en[] = { { 0, 0x10000 }, { 0, 0x11000 } };

    for (unsigned on = 0; on < 2; on++) {
        struct smmu3_params p = rig_params();
        struct tlb_rig t;

        p.f.arch_minor = 1;
        p.f.ril = on;
        CHECK_EQ(idr(&p, O_IDR3) >> 10 & 1, on);
        tlb_rig_init(&t, &p, false, st, 1, en, 2);
        tlb_rig_fill(&t);
        /* Two pages of 4K; or one address */
        rig_cmd(t.r, cmd_tlbi_range(0x12, 7, 3, 0x10000, 1, 0, 0, 1));
        rig_sync(t.r);
        CHECK_EQ(tlb_rig_gone(&t), on ? 3 : 1);
        tlb_rig_fill(&t);
        /* The granule and level of other tables */
        rig_cmd(t.r, cmd_tlbi_range(0x12, 7, 3, 0x10000, 3, 2, 1, 0));
        rig_sync(t.r);
        CHECK_EQ(tlb_rig_gone(&t), on ? 0 : 1);
        /* The reserved combination */
        CHECK_EQ(
            rig_cmd_ill(t.r, cmd_tlbi_range(0x12, 7, 3, 0x10000, 1, 0, 0, 0)),
            on);
        tlb_rig_fini(&t);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/options/B.8/asid8", asid8);
    g_test_add_func("/options/B.5/vmid8", vmid8);
    g_test_add_func("/options/C.4/eight-bit-operands", eight_bit_operands);
    g_test_add_func("/options/A.4/ttendian", ttendian);
    g_test_add_func("/options/A.4/term-model", term_model);
    g_test_add_func("/options/F.1/vmw", vmw);
    g_test_add_func("/options/F.1/vmw-secure", secure_vmw);
    g_test_add_func("/options/A.9/no-vmw", no_vmw);
    g_test_add_func("/options/A.13/linear-only", linear_only);
    g_test_add_func("/options/A.6/had", had);
    g_test_add_func("/options/A.6/xnx", xnx);
    g_test_add_func("/options/A.6/fwb", fwb);
    g_test_add_func("/options/A.6/ril", ril);
    return g_test_run();
}
