/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATS Translated transactions (3.9.1.3; D.8), and STE.EATS (5.2; B.5).
 */
#include "ats-rig.h"

#define IPA UINT64_C(0x40005000)
#define PA UINT64_C(0x80005000)

static struct smmu3_txn translated(uint32_t sid, uint64_t addr, const char *how)
{
    struct smmu3_txn t = rig_txn(sid, addr, how);

    t.translated = true;
    return t;
}

/* Outcome, address if it is OK, and the one record or none. */
static bool check(struct ats_rig *a, int line, const struct smmu3_txn *t,
                  enum smmu3_outcome outcome, uint64_t pa,
                  const uint64_t *event)
{
    struct smmu3_result res;
    uint64_t w[4] = { 0 };
    bool recorded, ok;

    memset(&res, 0x5a, sizeof(res));
    smmu3_translate(a->r->s, t, &res);
    recorded = rig_event(a->r, w);
    ok = res.outcome == outcome && (outcome != SMMU3_OK || res.pa == pa) &&
         recorded == (event != NULL) &&
         (!event || memcmp(w, event, sizeof(w)) == 0) &&
         rig_drop_events(a->r) == 0;
    if (!check_true(__FILE__, line, "the outcome and its event", ok)) {
        g_test_message("  got outcome %d pa 0x%" G_GINT64_MODIFIER
                       "x event %d %" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER
                       "x %" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x",
                       res.outcome, res.pa, recorded, w[0], w[1], w[2], w[3]);
    }
    return ok;
}

#define PASSES(a, sid, addr, how, pa)                     \
    do {                                                  \
        struct smmu3_txn t_ = translated(sid, addr, how); \
        check(a, __LINE__, &t_, SMMU3_OK, pa, NULL);      \
    } while (0)
#define SILENT(a, sid, addr, how)                         \
    do {                                                  \
        struct smmu3_txn t_ = translated(sid, addr, how); \
        check(a, __LINE__, &t_, SMMU3_ABORT, 0, NULL);    \
    } while (0)
#define RECORDED(a, sid, addr, how, ...)                  \
    do {                                                  \
        struct smmu3_txn t_ = translated(sid, addr, how); \
        check(a, __LINE__, &t_, SMMU3_ABORT, 0,           \
              (const uint64_t[4]){ __VA_ARGS__ });        \
    } while (0)

/* SMMUEN = 0: forbidden, also what GBPA would let pass. */
static void disabled(void)
{
    struct ats_rig a = ats_new(NULL);

    wr32(a.r, O_CR0, 0xc);
    RECORDED(&a, 0xabcd, 0x12345678, "r", 0xabcd00000007, 0x800000000,
             0x12345678, 0);
    RECORDED(&a, 0xabcd, UINT64_C(0xfff0000012345678), "w", 0xabcd00000007, 0,
             UINT64_C(0xfff0000012345678), 0);
    wr32(a.r, O_CR0, 0x1c);
    RECORDED(&a, 0xabcd, 0x12345678, "r", 0xabcd00000007, 0x800000000,
             0x12345678, 0);
    rig_free(a.r);
}

/* ATSCHK = 0: nothing is looked up, not even the StreamID. */
static void unchecked(void)
{
    struct ats_rig a = ats_new(NULL);

    wr32(a.r, O_CR0, 0xd);
    a.r->h.reads = 0;
    PASSES(&a, ATS_S1, 0x12345678, "r", 0x12345678);
    PASSES(&a, ATS_S1, 0x12345678, "w", 0x12345678);
    PASSES(&a, ATS_ABORT, 0x12345678, "w", 0x12345678);
    PASSES(&a, ATS_V0, 0x12345678, "w", 0x12345678);
    PASSES(&a, 0xffffff, 0x12345678, "w", 0x12345678);
    CHECK_EQ(a.r->h.reads, 0);
    /* Above OAS: silent abort. */
    PASSES(&a, ATS_S1, UINT64_C(0xffffffffffff), "r", UINT64_C(0xffffffffffff));
    SILENT(&a, ATS_S1, UINT64_C(1) << 48, "r");
    SILENT(&a, ATS_S1, UINT64_C(1) << 63, "w");
    rig_free(a.r);
}

static void checked(void)
{
    struct ats_rig a = ats_new(NULL);

    /* EATS = 1 passes, whatever the tables say. */
    PASSES(&a, ATS_S1, 0x12345678, "r", 0x12345678);
    PASSES(&a, ATS_S2, 0x12345678, "w", 0x12345678);
    PASSES(&a, ATS_NESTED, 0x12345678, "m", 0x12345678);
    SILENT(&a, ATS_S1, UINT64_C(1) << 48, "r");
    /* Config = 000; 100; EATS = 0; 3 without DPT */
    SILENT(&a, ATS_ABORT, 0x12345678, "r");
    RECORDED(&a, ATS_BYPASS, 0x12345678, "r", 0x800000007, 0x800000000,
             0x12345678, 0);
    ats_set_eats(&a, ATS_S1, 0);
    RECORDED(&a, ATS_S1, 0x12345678, "w", 0x500000007, 0, 0x12345678, 0);
    ats_set_eats(&a, ATS_S1, 3);
    RECORDED(&a, ATS_S1, 0x12345678, "w", 0x500000007, 0, 0x12345678, 0);
    rig_free(a.r);
}

/* Privilege, instruction and PASID do not count without IDR3.PASIDTT. */
static void no_attributes(void)
{
    struct ats_rig a = ats_new(NULL);
    struct smmu3_txn t = translated(ATS_S1, 0x12345678, "xp");

    t.ssv = true;
    t.ssid = 0x99999;
    check(&a, __LINE__, &t, SMMU3_OK, 0x12345678, NULL);
    /* The record has neither PASID nor PnU nor InD. */
    t.sid = ATS_BYPASS;
    check(&a, __LINE__, &t, SMMU3_ABORT, 0,
          (const uint64_t[]){ 0x800000007, 0x800000000, 0x12345678, 0 });
    /* EATS = 2: a page that only privileged code may execute. */
    ats_set_eats(&a, ATS_NESTED, 2);
    map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2W | D_S2WB | D_AF | D_S2XN(3));
    t.sid = ATS_NESTED;
    t.addr = IPA;
    check(&a, __LINE__, &t, SMMU3_ABORT, 0,
          (const uint64_t[]){ 0x700000013, 0x28800000000, IPA, IPA });
    rig_free(a.r);
}

/* EATS = 2: the address is an IPA; faults are recorded as ever. */
static void split(void)
{
    struct ats_rig a = ats_new(NULL);

    ats_set_eats(&a, ATS_NESTED, 2);
    map_at(&a.s2, IPA, 3, PA | D_PAGE | D_S2R | D_S2WB | D_AF);
    for (unsigned pass = 0; pass < 2; pass++) {
        PASSES(&a, ATS_NESTED, IPA + 0x10, "r", PA + 0x10);
        /* CLASS = IN, S2 */
        RECORDED(&a, ATS_NESTED, IPA + 0x10, "w", 0x700000013, 0x28000000000,
                 IPA + 0x10, IPA);
    }
    RECORDED(&a, ATS_NESTED, 0x70000000, "r", 0x700000010, 0x28800000000,
             0x70000000, 0x70000000);
    /* Beyond IAS: a stage-1 fault that no CD.A or CD.R rules. */
    RECORDED(&a, ATS_NESTED, UINT64_C(1) << 48, "r", 0x700000011, 0x20800000000,
             UINT64_C(1) << 48, 0);
    /* S2R = 0: stage-2 faults are silent. */
    mem_w64(&a.r->h, RIG_STRTAB + 64 * ATS_NESTED + 16,
            mem_r64(&a.r->h, RIG_STRTAB + 64 * ATS_NESTED + 16) &
                ~(UINT64_C(1) << 58));
    rig_cmd(a.r, cmd_cfgi_ste(ATS_NESTED, true));
    SILENT(&a, ATS_NESTED, 0x70000000, "r");
    rig_free(a.r);
}

/* Configuration errors: silent, or recorded with REC_CFG_ATS; then
 * C_BAD_STREAMID does not ask RECINVSID. */
static void config_errors(void)
{
    static const uint64_t ste = RIG_STRTAB + 64 * ATS_S1;

    for (unsigned i = 0; i < 4; i++) {
        bool recinvsid = i & 1, rec = i & 2;
        struct ats_rig a = ats_new(NULL);

        ats_set_cr(&a, (recinvsid ? 2 : 0) | (rec ? 8 : 0), 0x1d);
        if (rec) {
            RECORDED(&a, 256, 0x5000, "r", 0x10000000002, 0, 0, 0);
            RECORDED(&a, ATS_V0, 0x5000, "r", 0xa00000004, 0, 0, 0);
        } else {
            SILENT(&a, 256, 0x5000, "r");
            SILENT(&a, ATS_V0, 0x5000, "r");
        }
        fake_hole(&a.r->h, ste, ste + 63);
        if (rec) {
            RECORDED(&a, ATS_S1, 0x5000, "r", 0x500000003, 0, 0, ste);
        } else {
            SILENT(&a, ATS_S1, 0x5000, "r");
        }
        rig_free(a.r);
    }
}

/* IDR0.ATS = 0: nobody may send such a thing; it goes nowhere. */
static void not_advertised(void)
{
    struct smmu3_params p = rig_params();
    struct ats_rig a = ats_new(&p);

    SILENT(&a, ATS_S1, 0x12345678, "r");
    wr32(a.r, O_CR0, 0xc);
    SILENT(&a, ATS_S1, 0x12345678, "r");
    rig_free(a.r);
}

enum {
    NO_SPLIT = 1, /* IDR0.NS1ATS = 1 */
    STALLS = 2,   /* IDR0.STALL_MODEL = 0 */
};

/* B.5 rows 6 to 8 with IDR0.ATS = 1. */
static const struct eats_row {
    const char *name;
    unsigned sid, eats;
    bool s2s;
    unsigned how;
    bool illegal;
} eats_rows[] = {
    { "06-eats-2-nested", ATS_NESTED, 2, false, 0, false },
    { "06-eats-2-stage-1", ATS_S1, 2, false, 0, true },
    { "06-eats-2-stage-2", ATS_S2, 2, false, 0, true },
    { "06-eats-2-ns1ats", ATS_NESTED, 2, false, NO_SPLIT, true },
    { "06-eats-2-s2s", ATS_NESTED, 2, true, STALLS, true },
    { "06-eats-2-bypass", ATS_BYPASS, 2, false, 0, false },
    { "06-eats-2-abort", ATS_ABORT, 2, false, 0, false },
    { "07-eats-1-s2s-stage-2", ATS_S2, 1, true, STALLS, true },
    { "07-eats-1-s2s-nested", ATS_NESTED, 1, true, STALLS, true },
    { "07-eats-0-s2s", ATS_S2, 0, true, STALLS, false },
    { "07-eats-1-s2s-ignored-stage-1", ATS_S1, 1, true, STALLS, false },
    { "08-eats-3-without-dpt", ATS_S1, 3, false, 0, false },
    { "08-eats-3-s2s", ATS_S2, 3, true, STALLS, false },
};

static void eats(gconstpointer data)
{
    const struct eats_row *row = data;

    /* What is illegal does not depend on ATSCHK. */
    for (unsigned atschk = 0; atschk < 2; atschk++) {
        struct smmu3_params p = ats_params();
        struct ats_rig a;
        struct smmu3_txn t = rig_txn(row->sid, 0x1000, "r");
        struct smmu3_result res;
        uint64_t at = RIG_STRTAB + 64 * (uint64_t)row->sid + 16, w[4] = { 0 };

        p.f.split_ats = !(row->how & NO_SPLIT);
        if (row->how & STALLS) {
            p.f.stall_model = 0;
            p.f.stall_max = 4;
        }
        a = ats_new(&p);
        wr32(a.r, O_CR0, atschk ? 0x1d : 0xd);
        if (row->s2s) {
            mem_w64(&a.r->h, at, mem_r64(&a.r->h, at) | UINT64_C(1) << 57);
        }
        map_at(&a.s1, 0x1000, 3, 0x2000 | D_PAGE | D_S1ALL);
        ats_set_eats(&a, row->sid, row->eats);
        smmu3_translate(a.r->s, &t, &res);
        CHECK_EQ(rig_event(a.r, w), row->illegal);
        CHECK_EQ(w[0] & 0xff, row->illegal ? 4 : 0);
        CHECK_EQ(res.outcome == SMMU3_OK,
                 !row->illegal && row->sid != ATS_ABORT);
        rig_free(a.r);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/ats-translated/D.8/disabled", disabled);
    g_test_add_func("/ats-translated/D.8/unchecked", unchecked);
    g_test_add_func("/ats-translated/D.8/checked", checked);
    g_test_add_func("/ats-translated/D.8/no-attributes", no_attributes);
    g_test_add_func("/ats-translated/D.8/split", split);
    g_test_add_func("/ats-translated/D.8/config-errors", config_errors);
    g_test_add_func("/ats-translated/A.4/not-advertised", not_advertised);
    for (unsigned i = 0; i < G_N_ELEMENTS(eats_rows); i++) {
        g_autofree char *path =
            g_strdup_printf("/ats-translated/B.5/%s", eats_rows[i].name);

        g_test_add_data_func(path, &eats_rows[i], eats);
    }
    return g_test_run();
}
