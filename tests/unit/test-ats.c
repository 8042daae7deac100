/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATS Translation Requests (3.9.1, 13.6, 13.7; D.7): each row of the table of
 * answers, the fields of a completion, and what is recorded.
 */
#include "ats-rig.h"

#define VA UINT64_C(0x1234567890) /* page 0x1234567000 */
#define IPA UINT64_C(0x40005000)
#define PA UINT64_C(0x80005000)

/* A page of stage 1 for ATS_S1 at IPA; of stage 2 there, at PA. */
static struct ats_rig paged(const struct smmu3_params *p)
{
    struct ats_rig a = ats_new(p);

    map_at(&a.s1, VA, 3, IPA | D_PAGE | D_S1ALL);
    map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2ALL);
    return a;
}

static void full(void)
{
    struct ats_rig a = paged(NULL);

    for (unsigned pass = 0; pass < 2; pass++) { /* cold, from the TLB */
        CHECK_ATS(&a, ATS_S1, VA, "w", IPA, 12, true, true);
        CHECK_ATS(&a, ATS_S1, VA, "r", IPA, 12, true, false);
        CHECK_ATS(&a, ATS_S2, IPA + 8, "w", PA, 12, true, true);
        CHECK_ATS(&a, ATS_S2, IPA, "r", PA, 12, true, false);
        CHECK_ATS(&a, ATS_NESTED, VA, "w", PA, 12, true, true);
        CHECK_ATS(&a, ATS_NESTED, VA, "r", PA, 12, true, false);
    }
    /* Without a PASID there is neither Exe nor Priv. */
    CHECK_ATS(&a, ATS_S1, VA, "wxp", IPA, 12, true, true, false, false);
    rig_free(a.r);
}

/* EATS = 2: the address of stage 1, the rest of both. */
static void split(void)
{
    struct ats_rig a = paged(NULL);

    ats_set_eats(&a, ATS_NESTED, 2);
    for (unsigned pass = 0; pass < 2; pass++) {
        CHECK_ATS(&a, ATS_NESTED, VA, "w", IPA, 12, true, true);
        CHECK_ATS(&a, ATS_NESTED, VA, "r", IPA, 12, true, false);
    }
    /* A 2 MiB block of stage 1 over a read-only page of stage 2. */
    map_at(&a.s1, 0x2000000000, 2, 0x40200000 | D_BLOCK | D_S1ALL);
    map_at(&a.s2, 0x40203000, 3, 0x90000000 | D_PAGE | D_S2R | D_S2WB | D_AF);
    CHECK_ATS(&a, ATS_NESTED, 0x2000003123, "w", 0x40203000, 12, true, false);
    CHECK_ATS_NOTHING(&a, ATS_NESTED, 0x2000004000, "w");
    rig_free(a.r);
}

/* Page and block sizes; nested: the smaller of both stages. */
static void sizes(void)
{
    struct ats_rig a = ats_new(NULL);

    map_at(&a.s1, 0x2000000000, 2, 0x40200000 | D_BLOCK | D_S1ALL);
    map_at(&a.s1, 0x3000000000, 1, 0x80000000 | D_BLOCK | D_S1ALL);
    map_at(&a.s2, 0x80000000, 2, 0xa0000000 | D_BLOCK | D_S2ALL);
    map_at(&a.s2, 0x40200000, 3, 0xc0000000 | D_PAGE | D_S2ALL);
    CHECK_ATS(&a, ATS_S1, 0x20001fffff, "r", 0x40200000, 21, true);
    CHECK_ATS(&a, ATS_S1, 0x3012345678, "r", 0x80000000, 30, true);
    CHECK_ATS(&a, ATS_NESTED, 0x3000123456, "r", 0xa0000000, 21, true);
    CHECK_ATS(&a, ATS_NESTED, 0x2000000fff, "r", 0xc0000000, 12, true);
    CHECK_ATS(&a, ATS_S2, 0x80012345, "r", 0xa0000000, 21, true);
    rig_free(a.r);
}

/* 13.7: rows of the architecture's example table, without a PASID. */
static void permissions(void)
{
    static const struct {
        uint64_t leaf;
        bool r, w;
    } rows[] = {
        { D_EL0 | D_RO, true, false }, /* user RO */
        { D_EL0, true, true },         /* user RW */
        { D_EL0 | D_UXN, true, true },
        { 0, false, false },    /* privileged only */
        { D_RO, false, false }, /* UXN = 0: execute-only for the user */
    };
    struct ats_rig a = ats_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t va = 0x5000 + 0x1000 * i;
        uint64_t out = rows[i].r ? 0x60000000 : 0;

        map_at(&a.s1, va, 3, 0x60000000 | D_PAGE | D_AF | rows[i].leaf);
        CHECK_ATS(&a, ATS_S1, va, "w", out, 12, rows[i].r, rows[i].w);
        CHECK_ATS(&a, ATS_S1, va, "r", out, 12, rows[i].r, false);
    }
    rig_free(a.r);
}

/* Stage 2 takes away what stage 1 grants; write-only is possible. */
static void stage2_permissions(void)
{
    static const struct {
        uint64_t s2;
        bool r, w;
    } rows[] = {
        { D_S2R | D_S2W, true, true },
        { D_S2R, true, false },
        { D_S2W, false, true },
        { 0, false, false },
    };
    struct ats_rig a = ats_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t ipa = 0x50000000 + 0x1000 * i, va = 0x700000 + 0x1000 * i;
        uint64_t out = rows[i].r || rows[i].w ? 0x60000000 : 0;

        map_at(&a.s2, ipa, 3, 0x60000000 | D_PAGE | D_AF | D_S2WB | rows[i].s2);
        map_at(&a.s1, va, 3, ipa | D_PAGE | D_S1ALL);
        CHECK_ATS(&a, ATS_S2, ipa, "w", out, 12, rows[i].r, rows[i].w);
        CHECK_ATS(&a, ATS_NESTED, va, "w", out, 12, rows[i].r, rows[i].w);
        /* NW = 1 of a write-only page: nothing. */
        CHECK_ATS(&a, ATS_S2, ipa, "r", rows[i].r ? out : 0, 12, rows[i].r);
    }
    rig_free(a.r);
}

/* Each stage grants something, both together nothing. */
static void disjoint_permissions(void)
{
    struct ats_rig a = ats_new(NULL);

    map_at(&a.s1, 0x2000000000, 2, 0x40200000 | D_BLOCK | D_S1ALL | D_RO);
    map_at(&a.s2, 0x40200000, 2, 0x60000000 | D_BLOCK | D_AF | D_S2WB | D_S2W);
    for (unsigned pass = 0; pass < 2; pass++) {
        CHECK_ATS_NOTHING(&a, ATS_NESTED, 0x2000000000, "w");
    }
    rig_free(a.r);
}

/* What stage 1 does not grant at all is not looked up in stage 2. */
static void nothing_from_stage1(void)
{
    struct ats_rig a = ats_new(NULL);
    uint64_t at;

    map_at(&a.s1, VA, 3, IPA | D_PAGE | D_AF); /* privileged only */
    at = map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2ALL);
    fake_hole(&a.r->h, at, at + 7);
    CHECK_ATS_NOTHING(&a, ATS_NESTED, VA, "w");
    /* The same with a grant: the walk aborts. */
    map_at(&a.s1, VA, 3, IPA | D_PAGE | D_S1ALL);
    CHECK_ATS_STATUS(&a, ATS_NESTED, VA, "w", SMMU3_ATS_CA);
    rig_free(a.r);
}

/* Translation-related faults of either stage: Success, R = W = 0, no event,
 * whatever CD.A, CD.R and STE.S2R say. */
static void faults(void)
{
    struct ats_rig a = ats_new(NULL);

    /* F_TRANSLATION: no descriptor; beyond T0SZ; the half that is off. */
    CHECK_ATS_NOTHING(&a, ATS_S1, 0x9000, "w");
    CHECK_ATS_NOTHING(&a, ATS_S1, UINT64_C(1) << 39, "w");
    CHECK_ATS_NOTHING(&a, ATS_S1, UINT64_MAX, "w");
    CHECK_ATS_NOTHING(&a, ATS_S2, 0x70000000, "w");
    /* F_ACCESS */
    map_at(&a.s1, 0xa000, 3, IPA | D_PAGE | D_EL0);
    CHECK_ATS_NOTHING(&a, ATS_S1, 0xa000, "w");
    map_at(&a.s2, 0x71000000, 3, PA | D_PAGE | D_S2R | D_S2W | D_S2WB);
    CHECK_ATS_NOTHING(&a, ATS_S2, 0x71000000, "w");
    /* F_ADDR_SIZE: with IPS = 32 bits; CD.A = CD.R = 0 */
    map_at(&a.s1, 0xb000, 3, UINT64_C(0x100000000) | D_PAGE | D_S1ALL);
    CHECK_ATS(&a, ATS_S1, 0xb000, "r", UINT64_C(0x100000000), 12, true);
    mem_w64(&a.r->h, RIG_CD,
            mem_r64(&a.r->h, RIG_CD) & ~UINT64_C(0x600700000000));
    rig_forget(a.r);
    CHECK_ATS_NOTHING(&a, ATS_S1, 0xb000, "w");
    CHECK_ATS_NOTHING(&a, ATS_S1, 0x9000, "w");
    /* An input beyond IAS. */
    CHECK_ATS_NOTHING(&a, ATS_S2, UINT64_C(1) << 48, "w");
    CHECK_ATS_NOTHING(&a, ATS_S2, UINT64_C(1) << 40, "w");
    /* Stage 1 leads to an IPA that stage 2 does not map. */
    map_at(&a.s1, 0xc000, 3, 0x72000000 | D_PAGE | D_S1ALL);
    CHECK_ATS_NOTHING(&a, ATS_NESTED, 0xc000, "w");
    rig_free(a.r);
}

/* Stage-2 faults of any kind for the CD or a stage-1 table, too. */
static void faults_of_fetches(void)
{
    static const uint64_t s2[] = {
        0,                                /* F_TRANSLATION */
        D_BLOCK | D_S2R | D_S2W | D_S2WB, /* F_ACCESS */
        D_BLOCK | D_S2W | D_S2WB | D_AF,  /* F_PERMISSION */
    };
    struct ats_rig a = paged(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(s2); i++) {
        map_at(&a.s2, 0, 1, s2[i]);
        rig_forget(a.r);
        CHECK_ATS_NOTHING(&a, ATS_NESTED, VA, "w"); /* the CD's */
    }
    map_at(&a.s2, 0, 1, D_BLOCK | D_S2ALL);
    rig_forget(a.r);
    CHECK_ATS(&a, ATS_NESTED, VA, "w", PA, 12, true, true);
    /* Now the CD is known, and the tables are not. */
    for (unsigned i = 0; i < G_N_ELEMENTS(s2); i++) {
        map_at(&a.s2, 0, 1, s2[i]);
        rig_cmd(a.r, cmd_op(0x30));
        CHECK_ATS_NOTHING(&a, ATS_NESTED, VA, "w");
    }
    rig_free(a.r);
}

/* F_BAD_ATS_TREQ: literal records. */
static void bad_treq(void)
{
    struct ats_rig a = paged(NULL);
    struct smmu3_ats_request req = ats_req(0xabc, VA, "w");
    const struct ats_want ur = { SMMU3_ATS_UR };

    /* SMMUEN = 0 */
    wr32(a.r, O_CR0, 0xc);
    req.span = 3;
    check_ats(&a, __FILE__, __LINE__, &req, ur,
              (const uint64_t[]){ 0xabc00000005, 0xc0000003,
                                  UINT64_C(0x1234567000), 0 });
    req.no_write = true;
    req.exe = true;
    req.priv = true; /* neither without a PASID */
    check_ats(&a, __FILE__, __LINE__, &req, ur,
              (const uint64_t[]){ 0xabc00000005, 0x80000003,
                                  UINT64_C(0x1234567000), 0 });
    req.ssv = true;
    req.ssid = 0x54321;
    check_ats(&a, __FILE__, __LINE__, &req, ur,
              (const uint64_t[]){ 0xabc54321805, 0xb0000003,
                                  UINT64_C(0x1234567000), 0 });
    /* ... and no memory is read. */
    a.r->h.reads = 0;
    ats_go(&a, &req);
    CHECK_EQ(a.r->h.reads, 0);
    rig_drop_events(a.r);
    wr32(a.r, O_CR0, 0x1d);

    /* Config = 0xx is before EATS: no event. */
    CHECK_ATS_STATUS(&a, ATS_ABORT, VA, "w", SMMU3_ATS_UR);
    /* Config = 100, EATS = 1 */
    CHECK_ATS_EVENT(&a, ATS_BYPASS, VA, "w", SMMU3_ATS_UR, 0x800000005,
                    0xc0000001, UINT64_C(0x1234567000), 0);
    /* EATS = 0; 3 without DPT */
    ats_set_eats(&a, ATS_S1, 0);
    CHECK_ATS_EVENT(&a, ATS_S1, VA, "w", SMMU3_ATS_UR, 0x500000005, 0xc0000001,
                    UINT64_C(0x1234567000), 0);
    ats_set_eats(&a, ATS_S1, 3);
    CHECK_ATS_EVENT(&a, ATS_S1, VA, "r", SMMU3_ATS_UR, 0x500000005, 0x80000001,
                    UINT64_C(0x1234567000), 0);
    rig_free(a.r);
}

/* EATS = 2 needs ATSCHK; ATSCHK is kept with the STE (3.9.2). */
static void atschk(void)
{
    struct ats_rig a = paged(NULL);

    ats_set_eats(&a, ATS_NESTED, 2);
    wr32(a.r, O_CR0, 0xd);
    CHECK_ATS_EVENT(&a, ATS_NESTED, VA, "r", SMMU3_ATS_UR, 0x700000005,
                    0x80000001, UINT64_C(0x1234567000), 0);
    wr32(a.r, O_CR0, 0x1d);
    CHECK_ATS_EVENT(&a, ATS_NESTED, VA, "r", SMMU3_ATS_UR, 0x700000005,
                    0x80000001, UINT64_C(0x1234567000), 0);
    rig_cmd(a.r, cmd_cfgi_ste(ATS_NESTED, true));
    CHECK_ATS(&a, ATS_NESTED, VA, "r", IPA, 12, true);
    /* EATS = 1 does not care. */
    wr32(a.r, O_CR0, 0xd);
    CHECK_ATS(&a, ATS_S1, VA, "r", IPA, 12, true);
    rig_free(a.r);
}

static void clear_atschk(void *arg, uint64_t pa)
{
    struct rig *r = arg;

    if (pa == RIG_STRTAB + 64 * ATS_NESTED) {
        r->h.on_read = NULL;
        wr32(r, O_CR0, 0xd);
    }
}

/* ATSCHK changes while a request is on its way: it starts over. */
static void atschk_changes(void)
{
    struct ats_rig a = paged(NULL);

    ats_set_eats(&a, ATS_NESTED, 2);
    a.r->h.on_read = clear_atschk;
    a.r->h.on_read_arg = a.r;
    CHECK_ATS_EVENT(&a, ATS_NESTED, VA, "r", SMMU3_ATS_UR, 0x700000005,
                    0x80000001, UINT64_C(0x1234567000), 0);
    rig_free(a.r);
}

enum spoiled {
    BAD_SID,
    STE_ABORT,
    STE_V0,
    STE_ILLEGAL,
    SSID,
    CD_ABORT,
    CD_V0,
    WALK_ABORT,
};

static const struct spoil_row {
    const char *name;
    enum spoiled what;
    uint64_t event[4]; /* RnW is UNKNOWN; the model has 1 */
} spoil_rows[] = {
    { "c-bad-streamid", BAD_SID, { 0x10000000002, 0, 0, 0 } },
    { "f-ste-fetch", STE_ABORT, { 0x500000003, 0, 0, 0x10000140 } },
    { "c-bad-ste-v-0", STE_V0, { 0x500000004, 0, 0, 0 } },
    { "c-bad-ste-illegal", STE_ILLEGAL, { 0x500000004, 0, 0, 0 } },
    { "c-bad-substreamid", SSID, { 0x577777008, 0, 0, 0 } },
    { "f-cd-fetch", CD_ABORT, { 0x500000009, 0, 0, 0x10300000 } },
    { "c-bad-cd", CD_V0, { 0x50000000a, 0, 0, 0 } },
    { "f-walk-eabt",
      WALK_ABORT,
      { 0x50000000b, 0x10800000000, 0x1234567890, 0x20000240 } },
};

static struct smmu3_ats_request spoil(struct ats_rig *a, enum spoiled what)
{
    struct smmu3_ats_request req = ats_req(ATS_S1, VA, "w");
    uint64_t ste = RIG_STRTAB + 64 * (uint64_t)ATS_S1;
    struct fake_host *h = &a->r->h;

    switch (what) {
    case BAD_SID:
        req.sid = 256;
        break;
    case STE_ABORT:
        fake_hole(h, ste, ste + 63);
        break;
    case STE_V0:
        mem_w64(h, ste, mem_r64(h, ste) & ~UINT64_C(1));
        break;
    case STE_ILLEGAL: /* STRW = 01 */
        mem_w64(h, ste + 8, mem_r64(h, ste + 8) | UINT64_C(1) << 30);
        break;
    case SSID:
        req.ssv = true;
        req.ssid = 0x77777;
        break;
    case CD_ABORT:
        fake_hole(h, RIG_CD, RIG_CD + 63);
        break;
    case CD_V0:
        mem_w64(h, RIG_CD, 0);
        break;
    case WALK_ABORT:
        fake_hole(h, RIG_TABLES + 0x240, RIG_TABLES + 0x247);
        break;
    }
    return req;
}

/* Completer Abort; the event only with CR2.REC_CFG_ATS. */
static void config_errors(gconstpointer data)
{
    const struct spoil_row *row = data;
    const struct ats_want ca = { SMMU3_ATS_CA };

    for (unsigned i = 0; i < 4; i++) {
        bool recinvsid = i & 1, rec = i & 2;
        bool event = rec && (recinvsid || row->what != BAD_SID);
        struct ats_rig a = paged(NULL);
        struct smmu3_ats_request req = spoil(&a, row->what);

        ats_set_cr(&a, (recinvsid ? 2 : 0) | (rec ? 8 : 0), 0x1d);
        check_ats(&a, __FILE__, __LINE__, &req, ca, event ? row->event : NULL);
        /* An ordinary transaction is as ever. */
        if (row->what == STE_V0) {
            CHECK_ABORT(a.r, ATS_S1, VA, "r", 0x500000004, 0, 0, 0);
        }
        rig_free(a.r);
    }
}

/* Requests use and fill the TLB; only invalidation removes what is there. */
static void tlb(void)
{
    struct ats_rig a = paged(NULL);
    struct smmu3_stats st;

    CHECK_ATS(&a, ATS_S1, VA, "w", IPA, 12, true, true);
    map_at(&a.s1, VA, 3, 0);
    CHECK_ATS(&a, ATS_S1, VA, "w", IPA, 12, true, true);
    CHECK_OK(a.r, ATS_S1, VA, "w", IPA + 0x890);
    rig_cmd(a.r, cmd_op(0x30));
    CHECK_ATS_NOTHING(&a, ATS_S1, VA, "w");
    /* A transaction's entry serves a request. */
    map_at(&a.s1, VA, 3, IPA | D_PAGE | D_S1ALL);
    CHECK_OK(a.r, ATS_S1, VA, "r", IPA + 0x890);
    map_at(&a.s1, VA, 3, 0);
    CHECK_ATS(&a, ATS_S1, VA, "w", IPA, 12, true, true);

    smmu3_get_stats(a.r->s, &st);
    CHECK_EQ(st.ats_requests, 4);
    CHECK_EQ(st.transactions, 2);
    CHECK_EQ(st.faults, 0);
    rig_free(a.r);
}

/* IDR0.ATS = 0: the SMMU knows no request, and its registers no bits. */
static void not_advertised(void)
{
    struct smmu3_params p = rig_params();
    struct ats_rig a = ats_new(&p);

    map_at(&a.s1, VA, 3, IPA | D_PAGE | D_S1ALL);
    CHECK_EQ(rd32(a.r, O_IDR0) & 0x810c00, 0); /* ATS, NS1ATS, PRI, ATSRECERR */
    CHECK_EQ(rd32(a.r, O_CR0), 0xd);
    CHECK_EQ(rd32(a.r, O_CR0ACK), 0xd);
    ats_set_cr(&a, 0xa, 0xd);
    CHECK_EQ(rd32(a.r, O_CR2), 0x2);
    CHECK_ATS_STATUS(&a, ATS_S1, VA, "w", SMMU3_ATS_UR);
    CHECK(rig_cmd_ill(a.r, (struct cmd){ { 0x500000040, 0 } }));
    CHECK(rig_cmd_ill(a.r, (struct cmd){ { 0x500000041, 0 } }));
    rig_free(a.r);
}

static void advertised(void)
{
    struct ats_rig a = ats_new(NULL);

    CHECK_EQ(rd32(a.r, O_IDR0) & 0x810c00, 0x810400);
    CHECK_EQ(rd32(a.r, O_CR0ACK), 0x1d);
    ats_set_cr(&a, 0xff, 0x1f);
    CHECK_EQ(rd32(a.r, O_CR2), 0xb);
    CHECK_EQ(rd32(a.r, O_CR0), 0x1f);
    CHECK_EQ(rd32(a.r, O_CR0ACK), 0x1f);
    rig_free(a.r);
}

static void ns1ats(void)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;

    p.f.split_ats = false;
    a = ats_new(&p);
    CHECK_EQ(rd32(a.r, O_IDR0) & 0xc00, 0xc00);
    rig_free(a.r);
    rig_stages(&p, true, false); /* NS1ATS is RES0 with one stage */
    a = ats_new(&p);
    CHECK_EQ(rd32(a.r, O_IDR0) & 0xc00, 0x400);
    rig_free(a.r);
}

/*
 * 4.7.3: the stream is set to abort, with CFGI and SYNC, at every moment of a
 * request: its record is there when the SYNC has completed, or never.
 */
struct overtaking {
    struct rig *r;
    unsigned at, unlocks;
    uint32_t prod; /* when the SYNC had completed */
    bool done, completed;
};

static void overtake(void *arg)
{
    struct overtaking *o = arg;
    struct rig *r = o->r;
    uint32_t n = r->prod;

    if (o->unlocks++ != o->at) {
        return;
    }
    o->done = true;
    mem_w64(&r->h, RIG_STRTAB + 64 * ATS_BYPASS, 0x1);
    mem_words(&r->h, RIG_CMDQ + 16 * n, (uint64_t[]){ 0x04, 0x1f }, 2);
    mem_words(&r->h, RIG_CMDQ + 16 * (n + 1), cmd_op(0x46).w, 2);
    wr32(r, O_CMDQ_PROD, n + 2);
    o->completed = rd32(r, O_CMDQ_CONS) == n + 2;
    o->prod = rd32(r, O_EVENTQ_PROD);
}

static void overtaken(void)
{
    unsigned records = 0;
    bool more = true;

    for (unsigned at = 0; more; at++) {
        struct ats_rig a = ats_new(NULL);
        struct overtaking o = { .r = a.r, .at = at };
        struct smmu3_ats_request req = ats_req(ATS_BYPASS, 0x1000, "r");

        a.r->h.on_unlock = overtake;
        a.r->h.on_unlock_arg = &o;
        CHECK_EQ(ats_go(&a, &req).status, SMMU3_ATS_UR);
        a.r->h.on_unlock = NULL;
        if (o.completed) {
            CHECK_EQ(rd32(a.r, O_EVENTQ_PROD), o.prod);
        }
        records += rd32(a.r, O_EVENTQ_PROD);
        more = o.done;
        rig_free(a.r);
        CHECK(at < 100);
    }
    CHECK(records > 1);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/ats/C.6/overtaken", overtaken);
    g_test_add_func("/ats/D.7/full", full);
    g_test_add_func("/ats/D.7/split", split);
    g_test_add_func("/ats/D.7/sizes", sizes);
    g_test_add_func("/ats/D.7/permissions", permissions);
    g_test_add_func("/ats/D.7/stage-2-permissions", stage2_permissions);
    g_test_add_func("/ats/D.7/disjoint-permissions", disjoint_permissions);
    g_test_add_func("/ats/D.7/nothing-from-stage-1", nothing_from_stage1);
    g_test_add_func("/ats/D.7/faults", faults);
    g_test_add_func("/ats/D.7/faults-of-fetches", faults_of_fetches);
    g_test_add_func("/ats/D.2/05-f-bad-ats-treq", bad_treq);
    g_test_add_func("/ats/D.9/atschk", atschk);
    g_test_add_func("/ats/D.9/atschk-changes", atschk_changes);
    for (unsigned i = 0; i < G_N_ELEMENTS(spoil_rows); i++) {
        g_autofree char *path =
            g_strdup_printf("/ats/D.7/config-error/%s", spoil_rows[i].name);

        g_test_add_data_func(path, &spoil_rows[i], config_errors);
    }
    g_test_add_func("/ats/F.1/tlb", tlb);
    g_test_add_func("/ats/A.4/not-advertised", not_advertised);
    g_test_add_func("/ats/A.4/advertised", advertised);
    g_test_add_func("/ats/A.4/ns1ats", ns1ats);
    return g_test_run();
}
