/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATS and PRI with PASIDs (3.9, 4.5, 8, 13.6, 13.7; C.6, D.7, D.10): Exe and
 * Priv, S1DSS, invalidations and responses that carry one; Translated
 * transactions with IDR3.PASIDTT (D.8).
 */
#include "ats-rig.h"

#define VA UINT64_C(0x1234567890)
#define IPA UINT64_C(0x40005000)
#define PA UINT64_C(0x80005000)
#define PASID 3u
#define PRIQ UINT64_C(0x10400000)

/* Eight CDs at RIG_CD: CD 0 and CD 3 are the same but for the ASID. The
 * streams' S1CDMax is 3. */
static struct ats_rig pasid_new(const struct smmu3_params *params,
                                unsigned s1dss)
{
    struct smmu3_params p = params ? *params : ats_params();
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    struct ats_rig a;

    p.f.ssidsize = 8;
    a = ats_new(&p);
    set_bits(cd.w, 63, 48, 77);
    rig_set_cd(a.r, RIG_CD + 64 * PASID, cd);
    for (uint32_t sid = ATS_S1; sid <= ATS_NESTED; sid++) {
        uint64_t at = RIG_STRTAB + 64 * (uint64_t)sid;

        mem_w64(&a.r->h, at, mem_r64(&a.r->h, at) | UINT64_C(3) << 59);
        mem_w64(&a.r->h, at + 8, mem_r64(&a.r->h, at + 8) | s1dss);
    }
    map_at(&a.s1, VA, 3, IPA | D_PAGE | D_S1ALL);
    map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2ALL);
    return a;
}

static struct smmu3_ats_request ask(uint32_t sid, unsigned ssid, uint64_t addr,
                                    const char *how)
{
    struct smmu3_ats_request req = ats_req(sid, addr, how);

    req.ssv = true;
    req.ssid = ssid;
    return req;
}

#define CHECK_PASID(a, req, event, ...)   \
    check_ats(a, __FILE__, __LINE__, req, \
              (struct ats_want){ SMMU3_ATS_SUCCESS, __VA_ARGS__ }, event)

/* 13.7: the example table, and what the tables can say besides. */
static void permissions(void)
{
    static const struct {
        const char *how;
        uint64_t leaf;
        bool r, w, exe, priv;
    } rows[] = {
        { "r", D_EL0 | D_RO, 1, 0, 0, 0 },
        { "w", D_EL0, 1, 1, 0, 0 },
        { "w", D_EL0 | D_RO, 1, 0, 0, 0 },
        { "wp", D_EL0 | D_RO, 1, 0, 0, 1 },
        { "rx", D_EL0 | D_UXN, 1, 0, 0, 0 },
        { "w", D_EL0 | D_UXN, 1, 1, 0, 0 },
        { "wx", D_EL0, 1, 1, 1, 0 },
        { "rx", D_EL0, 1, 0, 1, 0 },
        /* privileged RW, user execute-only: nothing for the user */
        { "wx", 0, 0, 0, 0, 0 },
        { "wxp", 0, 1, 1, 1, 1 },
        { "wp", 0, 1, 1, 0, 1 },
        { "wxp", D_PXN, 1, 1, 0, 1 },
        { "wxp", D_RO | D_UXN, 1, 0, 1, 1 },
        /* what the user writes, the privileged do not execute */
        { "wxp", D_EL0, 1, 1, 0, 1 },
        { "rxp", D_EL0 | D_RO, 1, 0, 1, 1 },
        { "r", D_RO, 0, 0, 0, 0 },
        { "rp", D_RO, 1, 0, 0, 1 },
    };
    struct ats_rig a = pasid_new(NULL, 0);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t va = 0x100000 + 0x1000 * i;
        struct smmu3_ats_request req = ask(ATS_S1, PASID, va, rows[i].how);

        map_at(&a.s1, va, 3, 0x60000000 | D_PAGE | D_AF | rows[i].leaf);
        if (!CHECK_PASID(&a, &req, NULL, rows[i].r ? 0x60000000 : 0, 12,
                         rows[i].r, rows[i].w, rows[i].exe, rows[i].priv)) {
            g_test_message("row %u %s", i, rows[i].how);
        }
    }
    /* A fault echoes Priv. */
    CHECK_PASID(&a,
                (&(struct smmu3_ats_request){ .sid = ATS_S1,
                                              .ssv = true,
                                              .ssid = PASID,
                                              .addr = 0x900000,
                                              .priv = true }),
                NULL, 0, 12, false, false, false, true);
    rig_free(a.r);
}

/* Stage 2's execute permission counts as well. */
static void nested_exe(void)
{
    struct ats_rig a = pasid_new(NULL, 0);
    struct smmu3_ats_request req = ask(ATS_NESTED, PASID, VA, "wx");

    CHECK_PASID(&a, &req, NULL, PA, 12, true, true, true);
    map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2ALL | D_S2XN(2));
    rig_forget(a.r);
    CHECK_PASID(&a, &req, NULL, PA, 12, true, true, false);
    /* Write-only and executable: Exe implies R. */
    map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2W | D_S2WB | D_AF);
    rig_forget(a.r);
    CHECK_PASID(&a, &req, NULL, PA, 12, false, true, false);
    /* Read for nobody, executable: nothing. */
    map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2WB | D_AF);
    rig_forget(a.r);
    CHECK_PASID(&a, &req, NULL, 0, 12);
    rig_free(a.r);
}

/* S1DSS of requests without PASID (13.6.4, 13.6.5). */
static void s1dss(void)
{
    struct ats_rig a = pasid_new(NULL, 0);
    struct smmu3_ats_request req = ask(ATS_S1, 0, VA, "w");

    /* 0: F_STREAM_DISABLED; SSID 0 is a CD like others. */
    CHECK_ATS_STATUS(&a, ATS_S1, VA, "w", SMMU3_ATS_CA);
    CHECK_PASID(&a, &req, NULL, IPA, 12, true, true);
    rig_free(a.r);

    /* 1: identity, R = W = 1, whatever is asked; of the STU's size. */
    a = pasid_new(NULL, 1);
    CHECK_ATS(&a, ATS_S1, 0x7777777abc, "w", UINT64_C(0x7777777000), 12, true,
              true);
    CHECK_ATS(&a, ATS_S1, 0x7777777abc, "r", UINT64_C(0x7777777000), 12, true,
              true);
    CHECK_ATS_NOTHING(&a, ATS_S1, UINT64_C(1) << 48, "w");
    /* ... nested: as stage 2 alone ... */
    CHECK_ATS(&a, ATS_NESTED, IPA + 5, "w", PA, 12, true, true);
    CHECK_ATS_NOTHING(&a, ATS_NESTED, 0x70000000, "w");
    /* ... and with EATS = 2, the IPA with stage 2's permissions and size. */
    ats_set_eats(&a, ATS_NESTED, 2);
    map_at(&a.s2, 0x50000000, 2, 0x90000000 | D_BLOCK | D_S2R | D_S2WB | D_AF);
    CHECK_ATS(&a, ATS_NESTED, IPA + 5, "w", IPA, 12, true, true);
    CHECK_ATS(&a, ATS_NESTED, 0x50123456, "w", 0x50000000, 21, true, false);
    rig_free(a.r);

    /* 2: CD 0; PASID 0 is then F_STREAM_DISABLED. */
    a = pasid_new(NULL, 2);
    CHECK_ATS(&a, ATS_S1, VA, "w", IPA, 12, true, true);
    check_ats(&a, __FILE__, __LINE__, &req, (struct ats_want){ SMMU3_ATS_CA },
              NULL);
    /* Recorded on demand. */
    ats_set_cr(&a, 8, 0x1d);
    check_ats(&a, __FILE__, __LINE__, &req, (struct ats_want){ SMMU3_ATS_CA },
              (const uint64_t[]){ 0x500000006, 0, 0, 0 });
    rig_free(a.r);
}

static void bad_ssid(void)
{
    struct ats_rig a = pasid_new(NULL, 0);
    struct smmu3_ats_request req = ask(ATS_S1, 8, VA, "w");
    const struct ats_want ca = { SMMU3_ATS_CA };

    check_ats(&a, __FILE__, __LINE__, &req, ca, NULL);
    ats_set_cr(&a, 8, 0x1d);
    check_ats(&a, __FILE__, __LINE__, &req, ca,
              (const uint64_t[]){ 0x500008008, 0, 0, 0 });
    /* CD 1 has V = 0: the record has the PASID. */
    req.ssid = 1;
    check_ats(&a, __FILE__, __LINE__, &req, ca,
              (const uint64_t[]){ 0x50000180a, 0, 0, 0 });
    req.sid = ATS_S2;
    check_ats(&a, __FILE__, __LINE__, &req, ca,
              (const uint64_t[]){ 0x600001008, 0, 0, 0 });
    rig_free(a.r);
}

/* ATC_INV and PRI_RESP with SSV (4.5). */
static void commands(void)
{
    struct ats_rig a = pasid_new(NULL, 0);
    const struct smmu3_atc_inv *inv = &a.r->h.atc[0];
    const struct smmu3_prg_response *p = &a.r->h.prg[0];

    rig_cmd(a.r, (struct cmd){ { 0x7abcde840, 0x5009 } });
    CHECK(inv[0].ssv && !inv[0].global);
    CHECK_EQ(inv[0].ssid, 0xabcde);
    CHECK_EQ(inv[0].sid, 7);
    CHECK_EQ(inv[0].addr, 0);
    CHECK_EQ(inv[0].lg2_size, 21);
    rig_cmd(a.r, (struct cmd){ { 0x7abcdea40, 52 } });
    CHECK(inv[1].ssv && inv[1].global);
    CHECK_EQ(inv[1].ssid, 0xabcde);
    rig_cmd(a.r, (struct cmd){ { 0x7abcde240, 52 } });
    CHECK(!inv[2].ssv && !inv[2].global);
    CHECK_EQ(inv[2].ssid, 0);
    rig_cmd(a.r, (struct cmd){ { 0x7abcde841, 0x2003 } });
    CHECK(p[0].ssv);
    CHECK_EQ(p[0].ssid, 0xabcde);
    CHECK_EQ(p[0].code, 0);
    CHECK_EQ(p[0].prgindex, 3);
    rig_free(a.r);
}

/* IDR3.PASIDTT, which v3.3 and later may have. */
static struct ats_rig pasidtt_new(unsigned s1dss, uint32_t cr2)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;

    p.f.arch_minor = 3;
    p.f.e0pd = true;
    p.f.ptwnnc = true;
    p.f.pasidtt = true;
    a = pasid_new(&p, s1dss);
    CHECK_EQ(rd32(a.r, 0xc) >> 16 & 1, 1);
    ats_set_cr(&a, cr2, 0x1d);
    return a;
}

/* A Translated transaction to 0x5000 with PASID @ssid: passes, or aborts with
 * @event or, NULL, none. */
static void check_translated(struct ats_rig *a, int line, uint32_t sid,
                             uint32_t ssid, const char *how, bool passes,
                             const uint64_t *event)
{
    struct smmu3_txn t = rig_txn(sid, 0x5000, how);
    struct smmu3_result res;
    uint64_t w[4] = { 0 };

    t.translated = true;
    t.ssv = true;
    t.ssid = ssid;
    smmu3_translate(a->r->s, &t, &res);
    check_eq(__FILE__, line, "outcome", res.outcome,
             passes ? SMMU3_OK : SMMU3_ABORT);
    check_eq(__FILE__, line, "event", rig_event(a->r, w), event != NULL);
    check_true(__FILE__, line, "the record",
               !event || memcmp(w, event, sizeof(w)) == 0);
    check_eq(__FILE__, line, "events", rig_drop_events(a->r), 0);
}

#define TRANSLATED(a, sid, ssid, how) \
    check_translated(a, __LINE__, sid, ssid, how, true, NULL)
#define TRANSLATED_SILENT(a, sid, ssid, how) \
    check_translated(a, __LINE__, sid, ssid, how, false, NULL)
#define TRANSLATED_EVENT(a, sid, ssid, how, ...)         \
    check_translated(a, __LINE__, sid, ssid, how, false, \
                     (const uint64_t[4]){ __VA_ARGS__ })

/* The PASID's configuration is checked, though full ATS does not use it. */
static void pasidtt(void)
{
    struct ats_rig a = pasidtt_new(0, 0);

    TRANSLATED(&a, ATS_S1, PASID, "r");
    TRANSLATED(&a, ATS_NESTED, PASID, "w");
    TRANSLATED_SILENT(&a, ATS_S1, 8, "r");
    TRANSLATED_SILENT(&a, ATS_S1, 1, "r");
    TRANSLATED_SILENT(&a, ATS_S2, PASID, "r");
    rig_free(a.r);

    a = pasidtt_new(2, 8);
    TRANSLATED_EVENT(&a, ATS_S1, 8, "r", 0x500008008, 0, 0, 0);
    TRANSLATED_EVENT(&a, ATS_S1, 1, "r", 0x50000180a, 0, 0, 0);
    TRANSLATED_EVENT(&a, ATS_S2, PASID, "r", 0x600003008, 0, 0, 0);
    TRANSLATED_EVENT(&a, ATS_S1, 0, "r", 0x500000006, 0, 0, 0);
    /* EATS comes first; its record has no PASID. */
    ats_set_eats(&a, ATS_S1, 0);
    TRANSLATED_EVENT(&a, ATS_S1, 8, "w", 0x500000007, 0, 0x5000, 0);
    rig_free(a.r);
}

/* A stage-2 fault of the CD's fetch is recorded as ever. */
static void pasidtt_cd_fault(void)
{
    struct ats_rig a = pasidtt_new(0, 0);

    map_at(&a.s2, 0, 1, 0);
    /* CLASS = CD, S2; the IPA is the CD's. */
    TRANSLATED_EVENT(&a, ATS_NESTED, PASID, "r", 0x700003810, 0x8800000000,
                     0x5000, 0x10300000);
    fake_hole(&a.r->h, RIG_CD, RIG_CD + 0xff);
    TRANSLATED_SILENT(&a, ATS_S1, PASID, "r");
    rig_free(a.r);
}

/* With EATS = 2 Priv and Exe count. */
static void pasidtt_split(void)
{
    struct ats_rig a = pasidtt_new(0, 0);

    ats_set_eats(&a, ATS_NESTED, 2);
    map_at(&a.s2, 0x5000, 3, 0x5000 | D_PAGE | D_S2WB | D_AF | D_S2XN(3));
    map_at(&a.s2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    TRANSLATED(&a, ATS_NESTED, PASID, "xp");
    TRANSLATED_EVENT(&a, ATS_NESTED, PASID, "x", 0x700003813, 0x28c00000000,
                     0x5000, 0x5000);
    rig_free(a.r);
}

/* A PRI queue of 2^@log2 entries that is on. */
static struct ats_rig priq_new(bool pps, unsigned log2, uint32_t cr2)
{
    struct smmu3_params p = ats_params();
    struct ats_rig a;

    p.f.pps = pps;
    a = pasid_new(&p, 0);
    wr64(a.r, 0xc0, PRIQ | log2);
    ats_set_cr(&a, cr2, 0x1f);
    return a;
}

static struct smmu3_page_request ppr(uint32_t sid, unsigned index, bool last)
{
    return (struct smmu3_page_request){ .sid = sid,
                                        .ssv = true,
                                        .ssid = 0xabcde,
                                        .prgindex = (uint16_t)index,
                                        .addr = 0x123456789abcd000,
                                        .read = true,
                                        .last = last };
}

static void entries(void)
{
    struct ats_rig a = priq_new(false, 4, 2);
    struct smmu3_page_request req = ppr(5, 0x155, true);

    req.write = true;
    req.exe = true;
    req.priv = true;
    smmu3_page_request(a.r->s, &req);
    CHECK_EQ(mem_r64(&a.r->h, PRIQ), UINT64_C(0xfc0abcde00000005));
    CHECK_EQ(mem_r64(&a.r->h, PRIQ + 8), UINT64_C(0x123456789abcd155));
    /* A Stop Marker is an entry like others. */
    req = ppr(5, 0, true);
    req.read = false;
    smmu3_page_request(a.r->s, &req);
    CHECK_EQ(mem_r64(&a.r->h, PRIQ + 16), UINT64_C(0xc00abcde00000005));
    CHECK_EQ(rd32(a.r, 0x100c8), 2);
    CHECK_EQ(a.r->h.n_prg, 0);
    rig_free(a.r);
}

/* Nobody answers a Stop Marker: lost, with the queue off, or broken. */
static void stop_marker(void)
{
    struct ats_rig a = priq_new(true, 0, 2);
    struct smmu3_page_request stop = ppr(5, 0, true), req = stop;

    stop.read = false;
    fake_hole(&a.r->h, PRIQ, PRIQ + 15);
    smmu3_page_request(a.r->s, &stop);
    CHECK_EQ(rd32(a.r, O_GERROR), 8);
    smmu3_page_request(a.r->s, &stop);
    wr32(a.r, O_GERRORN, 8);
    fake_no_holes(&a.r->h);
    smmu3_page_request(a.r->s, &req);
    smmu3_page_request(a.r->s, &stop); /* lost */
    wr32(a.r, O_CR0, 0x1d);
    smmu3_page_request(a.r->s, &stop);
    CHECK_EQ(a.r->h.n_prg, 0);
    /* Without a PASID it is a request. */
    stop.ssv = false;
    smmu3_page_request(a.r->s, &stop);
    CHECK_EQ(a.r->h.n_prg, 1);
    rig_free(a.r);
}

/* Fills the queue of one entry, then loses @req. */
static void lose(struct ats_rig *a, const struct smmu3_page_request *req)
{
    struct smmu3_page_request first = ppr(5, 0, false);

    smmu3_page_request(a->r->s, &first);
    CHECK_EQ(a->r->h.n_prg, 0);
    smmu3_page_request(a->r->s, req);
}

static bool check_prg(struct ats_rig *a, int line, uint32_t sid, bool ssv,
                      unsigned code)
{
    const struct smmu3_prg_response *p = &a->r->h.prg[0];

    return check_eq(__FILE__, line, "responses", a->r->h.n_prg, 1) &&
           check_eq(__FILE__, line, "sid", p->sid, sid) &&
           check_eq(__FILE__, line, "prgindex", p->prgindex, 0x155) &&
           check_eq(__FILE__, line, "ssv", p->ssv, ssv) &&
           check_eq(__FILE__, line, "ssid", p->ssid, ssv ? 0xabcde : 0) &&
           check_eq(__FILE__, line, "code", p->code, code);
}

/* PPS = 1: the same PASID, no STE is looked at. */
static void pps(void)
{
    struct ats_rig a = priq_new(true, 0, 10);
    struct smmu3_page_request req = ppr(0xffffff, 0x155, true);

    CHECK_EQ(rd32(a.r, 0xc) >> 5 & 1, 1);
    a.r->h.reads = 0;
    lose(&a, &req);
    check_prg(&a, __LINE__, 0xffffff, true, 0);
    CHECK_EQ(a.r->h.reads, 0);
    CHECK_EQ(rig_drop_events(a.r), 0);
    rig_free(a.r);
}

/* PPS = 0: as STE.PPAR says. */
static void ppar(void)
{
    for (unsigned on = 0; on < 2; on++) {
        static const uint32_t sids[] = { ATS_S1, ATS_BYPASS, ATS_ABORT };

        for (unsigned i = 0; i < G_N_ELEMENTS(sids); i++) {
            struct ats_rig a = priq_new(false, 0, 10);
            struct smmu3_page_request req = ppr(sids[i], 0x155, true);
            uint64_t at = RIG_STRTAB + 64 * (uint64_t)sids[i] + 8;

            CHECK_EQ(rd32(a.r, 0xc) >> 5 & 1, 0);
            if (on) {
                mem_w64(&a.r->h, at, mem_r64(&a.r->h, at) | 1u << 18);
            }
            lose(&a, &req);
            check_prg(&a, __LINE__, sids[i], on, 0);
            CHECK_EQ(rig_drop_events(a.r), 0);
            rig_free(a.r);
        }
    }
}

/* PPS = 0 and no valid STE: Response Failure without PASID; events as of ATS
 * traffic. */
static void no_ste(void)
{
    static const uint64_t ste = RIG_STRTAB + 64 * ATS_S1;
    static const struct {
        uint32_t sid;
        bool hole;
        uint64_t event[4];
    } rows[] = {
        { 256, false, { 0x100abcde802, 0, 0, 0 } },
        { ATS_V0, false, { 0xaabcde804, 0, 0, 0 } },
        { ATS_S1, true, { 0x5abcde803, 0, 0, ste } },
    };

    for (unsigned i = 0; i < 4 * G_N_ELEMENTS(rows); i++) {
        bool recinvsid = i & 1, rec = i & 2;
        struct ats_rig a =
            priq_new(false, 0, (recinvsid ? 2 : 0) | (rec ? 8 : 0));
        struct smmu3_page_request req = ppr(rows[i / 4].sid, 0x155, true);
        uint64_t w[4] = { 0 };
        bool event = rec && (recinvsid || rows[i / 4].sid != 256);

        if (rows[i / 4].hole) {
            fake_hole(&a.r->h, ste, ste + 63);
        }
        lose(&a, &req);
        check_prg(&a, __LINE__, rows[i / 4].sid, false, 0xf);
        CHECK_EQ(rig_event(a.r, w), event);
        CHECK(!event || memcmp(w, rows[i / 4].event, sizeof(w)) == 0);
        rig_free(a.r);
    }
}

/* The queue is off, or broken: no PASID, whatever PPS. */
static void discarded(void)
{
    struct ats_rig a = priq_new(true, 4, 2);
    struct smmu3_page_request req = ppr(5, 0x155, true);

    fake_hole(&a.r->h, PRIQ, PRIQ + 15);
    smmu3_page_request(a.r->s, &req);
    check_prg(&a, __LINE__, 5, false, 0xf);
    a.r->h.n_prg = 0;
    wr32(a.r, O_CR0, 0x1d);
    smmu3_page_request(a.r->s, &req);
    check_prg(&a, __LINE__, 5, false, 0xf);
    rig_free(a.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/ats-pasid/D.7/permissions", permissions);
    g_test_add_func("/ats-pasid/D.7/nested-exe", nested_exe);
    g_test_add_func("/ats-pasid/D.7/s1dss", s1dss);
    g_test_add_func("/ats-pasid/D.7/bad-ssid", bad_ssid);
    g_test_add_func("/ats-pasid/D.8/pasidtt", pasidtt);
    g_test_add_func("/ats-pasid/D.8/pasidtt-cd-fault", pasidtt_cd_fault);
    g_test_add_func("/ats-pasid/D.8/pasidtt-split", pasidtt_split);
    g_test_add_func("/ats-pasid/C.6/commands", commands);
    g_test_add_func("/ats-pasid/D.10/entries", entries);
    g_test_add_func("/ats-pasid/D.10/stop-marker", stop_marker);
    g_test_add_func("/ats-pasid/D.10/pps", pps);
    g_test_add_func("/ats-pasid/D.10/ppar", ppar);
    g_test_add_func("/ats-pasid/D.10/no-ste", no_ste);
    g_test_add_func("/ats-pasid/D.10/discarded", discarded);
    return g_test_run();
}
