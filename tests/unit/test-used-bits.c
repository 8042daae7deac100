/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Used bits: each of the 512 bits of a valid STE and of a valid CD is flipped
 * alone. Then some access out of a set that exercises every feature behaves
 * differently, or the structure becomes ILLEGAL, or the bit is on the list of
 * ignored ones, and nothing at all changes.
 */
#include "rig.h"

#define SID 3u
#define POOL UINT64_C(0x20000000)
#define S2_TTB UINT64_C(0x50000000)
#define HIGH (UINT64_MAX << 39) /* TTB1 half of 39 bits */

struct range {
    unsigned lo, hi;
    const char *why;
};

/* What one access made of it, all of it. */
struct answer {
    struct smmu3_result res;
    bool event;
    uint64_t w[4];
};

#define N_PROBES 44u

struct probe {
    uint64_t addr;
    const char *how;
};

/*
 * Pages of both halves: 0..7 with MAIR index 0..7; 8 with AF = 0; 9 read-only;
 * 10 privileged only; 11 below a table with APTable; 12 not mapped; 13 its
 * output lies high; 14 whose output stage 2 maps as Device and AF = 0.
 */
static unsigned make_probes(struct probe *p)
{
    unsigned n = 0;

    for (unsigned half = 0; half < 2; half++) {
        uint64_t base = half ? HIGH : 0;

        for (uint64_t page = 0; page < 8; page++) {
            p[n++] = (struct probe){ base + (page << 12), "r" };
        }
        p[n++] = (struct probe){ base + 0x8000, "r" };
        p[n++] = (struct probe){ base + 0x9000, "w" };
        p[n++] = (struct probe){ base + 0x0000, "x" };
        p[n++] = (struct probe){ base + 0x0000, "rp" };
        p[n++] = (struct probe){ base + 0xa000, "xp" };
        p[n++] = (struct probe){ base + 0x200000, "w" };
        p[n++] = (struct probe){ base + 0xc000, "r" };
        p[n++] = (struct probe){ base + 0xd000, "r" };
        p[n++] = (struct probe){ base + 0xe000, "r" };
        p[n++] = (struct probe){ base ^ 0xa500000000000000, "r" }; /* TBI */
        p[n++] = (struct probe){ base + 0x7f40000000, "r" }; /* high index */
    }
    p[n++] = (struct probe){ 0x80000000d000, "r" }; /* for stage 2 alone */
    g_assert_cmpuint(n, <=, N_PROBES);
    return n;
}

enum kind {
    K_S1,
    K_S2,
    K_NESTED,
    K_EL2,
    K_E2H,
    N_KINDS
};

/* Stage-1 tables in the pool: one for each half, same contents but outputs. */
static void stage_1_tables(struct rig *r)
{
    for (unsigned half = 0; half < 2; half++) {
        uint64_t ttb = POOL + 0x80000 * (uint64_t)half;
        struct mapper m = map_s1(&r->h, ttb, 12, 25, ttb + 0x1000);
        uint64_t out = 0x30000000 + 0x1000000 * (uint64_t)half;

        for (uint64_t page = 0; page < 8; page++) {
            map_at(&m, page << 12, 3,
                   (out + (page << 12)) | D_PAGE | D_S1ALL | page << 2);
        }
        map_at(&m, 0x8000, 3, (out + 0x8000) | D_PAGE | D_EL0);
        map_at(&m, 0x9000, 3, (out + 0x9000) | D_PAGE | D_S1ALL | D_RO);
        map_at(&m, 0xa000, 3, (out + 0xa000) | D_PAGE | D_AF);
        map_at(&m, 0xd000, 3,
               (out + 0x80000000d000) | D_PAGE | D_S1ALL); /* 48 bits */
        map_at(&m, 0xe000, 3, (out + 0xe000) | D_PAGE | D_S1ALL);
        map_at(&m, 0x200000, 3, (out + 0x200000) | D_PAGE | D_S1ALL);
        map_at(&m, 0x7f40000000, 3, (out + 0x11000) | D_PAGE | D_S1ALL);
        /* The table above page 0x200: read-only for all below. */
        map_put(&m, map_find(&m, 0x200000, 2),
                map_get(&m, map_find(&m, 0x200000, 2)) | 1ull << 62);
    }
}

/* Stage 2 for the nested kind, and pages at low IPAs for stage 2 alone. */
static void stage_2_tables(struct rig *r)
{
    struct mapper m = map_s2(&r->h, S2_TTB, 12, 16, 2, S2_TTB + 0x10000);

    for (uint64_t a = 0; a < 0x100; a++) {
        /* The tables are Device memory to stage 2: for S2PTW. */
        map_at(&m, POOL + (a << 12), 3,
               (POOL + (a << 12)) | D_PAGE | (D_S2ALL & ~D_S2WB));
        map_at(&m, 0x30000000 + (a << 12), 3,
               (0x40000000 + (a << 12)) | D_PAGE | D_S2ALL);
        map_at(&m, 0x31000000 + (a << 12), 3,
               (0x41000000 + (a << 12)) | D_PAGE | D_S2ALL);
    }
    map_at(&m, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&m, 0x3000e000, 3, 0x4000e000 | D_PAGE | (D_S2ALL & ~D_AF));
    map_at(&m, 0x30001000, 3, 0x800000001000 | D_PAGE | D_S2ALL); /* 48 bits */
    /* 48 bits of IPA: for S2T0SZ and IPS */
    map_at(&m, 0x80003000d000, 3, 0x42013000 | D_PAGE | D_S2ALL);
    map_at(&m, 0x80003100d000, 3, 0x42014000 | D_PAGE | D_S2ALL);
    map_at(&m, 0x80000000d000, 3, 0x42015000 | D_PAGE | D_S2ALL);
    /* MemAttr 1110, with S2FWB 110: write-back */
    map_at(&m, 0x30011000, 3,
           0x40011000 | D_PAGE | (D_S2ALL & ~(UINT64_C(1) << 2)));
    for (uint64_t a = 0; a < 0x10; a++) {
        map_at(&m, a << 12, 3, (0x42000000 + (a << 12)) | D_PAGE | D_S2ALL);
    }
    map_at(&m, 0x8000, 3, 0x42008000 | D_PAGE | (D_S2ALL & ~D_AF));
    map_at(&m, 0x9000, 3, 0x42009000 | D_PAGE | (D_S2ALL & ~D_S2W));
    map_at(&m, 0xd000, 3, 0x80004200d000 | D_PAGE | D_S2ALL);
    map_at(&m, 0x7f40000000, 3,
           0x42011000 | D_PAGE | (D_S2ALL & ~(UINT64_C(1) << 2)));
}

static struct rig *rig_of(enum kind kind, struct ste *ste, struct cd *cd)
{
    struct smmu3_params p = rig_no_caches();
    struct rig *r = rig_new_with(&p);

    if (kind == K_E2H) {
        wr32(r, O_CR0, 0xc);
        wr32(r, O_CR2, 3);
        wr32(r, O_CR0, 0xd);
    }
    stage_1_tables(r);
    stage_2_tables(r);
    *cd = cd_make(POOL, 12, 25);
    cd_ttb1(cd, POOL + 0x80000, 12, 25);
    set_bits(cd->w, 223, 192, 0x0c0444ff);
    set_bits(cd->w, 255, 224, 0xbb4fb3f4); /* all bytes differ in kind */
    switch (kind) {
    case K_S2:
        *ste = ste_s2(S2_TTB, 12, 16, 2);
        break;
    case K_NESTED:
        *ste = ste_nested(RIG_CD, S2_TTB, 12, 16, 2);
        break;
    default:
        *ste = ste_s1(RIG_CD);
        if (kind != K_S1) {
            set_bits(ste->w, 95, 94, 2);
        }
        break;
    }
    rig_set_ste(r, SID, *ste);
    rig_set_cd(r, RIG_CD, *cd);
    return r;
}

static void ask(struct rig *r, struct answer *a)
{
    struct probe probes[N_PROBES];
    unsigned n = make_probes(probes);

    memset(a, 0, N_PROBES * sizeof(*a));
    for (unsigned i = 0; i < n; i++) {
        struct smmu3_result res = rig_go(r, SID, probes[i].addr, probes[i].how);

        /* Field by field: no padding. */
        a[i].res.outcome = res.outcome;
        if (res.outcome == SMMU3_OK) {
            a[i].res.pa = res.pa;
            a[i].res.lg2_size = res.lg2_size;
            a[i].res.perm = res.perm;
            a[i].res.attr = res.attr;
            a[i].res.sh = res.sh;
            a[i].res.pnu = res.pnu;
            a[i].res.ind = res.ind;
        }
        a[i].event = rig_event(r, a[i].w);
        if (!a[i].event) {
            memset(a[i].w, 0, sizeof(a[i].w));
        }
    }
    rig_drop_events(r);
}

static const struct range *listed(const struct range *ranges, unsigned bit)
{
    for (; ranges->why; ranges++) {
        if (bit >= ranges->lo && bit <= ranges->hi) {
            return ranges;
        }
    }
    return NULL;
}

static void sweep(enum kind kind, bool of_cd, const struct range *ignored)
{
    static struct answer base[N_PROBES], flipped[N_PROBES];
    struct ste ste;
    struct cd cd;
    struct rig *r = rig_of(kind, &ste, &cd);
    struct probe probes[N_PROBES];
    unsigned n = make_probes(probes);

    ask(r, base);
    for (unsigned bit = 0; bit < 512; bit++) {
        struct ste s = ste;
        struct cd c = cd;
        const struct range *why = listed(ignored, bit);
        bool same;

        if (of_cd) {
            c.w[bit / 64] ^= UINT64_C(1) << bit % 64;
        } else {
            s.w[bit / 64] ^= UINT64_C(1) << bit % 64;
        }
        rig_set_ste(r, SID, s);
        rig_set_cd(r, RIG_CD, c);
        ask(r, flipped);
        same = memcmp(base, flipped, sizeof(base)) == 0;
        if (!CHECK_EQ(same, why != NULL)) {
            g_test_message("bit %u %s, listed as %s", bit,
                           same ? "has no effect" : "has an effect",
                           why ? why->why : "used");
        }
        for (unsigned i = 0; i < n; i++) {
            struct smmu3_txn t = rig_txn(SID, probes[i].addr, probes[i].how);

            if (!rig_same(r, &t, of_cd ? "CD bit" : "STE bit")) {
                g_test_message("bit %u", bit);
                break;
            }
        }
    }
    rig_free(r);
}

/* STE bits that never matter in this feature set. */
#define STE_NEVER                                                             \
    { 56, 58, "RES0 (B.2)" }, { 59, 63, "S1CDMax, SSIDSIZE = 0 (B.6)" },      \
        { 4, 5, "S1Fmt, S1CDMax = 0 (B.2)" },                                 \
        { 64, 65, "S1DSS, S1CDMax = 0 (B.2)" },                               \
        { 66, 71, "S1CIR, S1COR, S1CSH: how a CD is fetched (E.12)" },        \
        { 72, 75, "S2HWU, PBHA = 0 (A.6)" }, { 76, 76, "DRE" },               \
        { 77, 80, "CONT: a hint" }, { 81, 81, "DCP" },                        \
        { 82, 82, "PPAR, PRI = 0" }, { 83, 83, "MEV: may merge (D.6)" },      \
        { 84, 87, "SW_RESERVED" }, { 88, 88, "S1PIE, S1PI = 0" },             \
        { 90, 90, "S1MPAM, MPAM = 0" }, { 92, 93, "EATS, ATS = 0 (B.5)" },    \
        { 96, 115, "overrides, ATTR_TYPES_OVR = ATTR_PERMS_OVR = 0 (E.14)" }, \
        { 116, 127, "IMPDEF" }, { 128, 143, "S2VMID: a tag (F.1)" },          \
        { 144, 159, "IMPDEF" },                                               \
        { 168, 173, "S2IR0, S2OR0, S2SH0: how tables are fetched" },          \
        { 187, 187, "S2HAFT, HTTU = 0 (B.2)" },                               \
        { 188, 191, "S2PIE, S2POE, DPT_VMATCH (B.2)" },                       \
        { 192, 193, "S2NSW, S2NSA: Secure" },                                 \
        { 194, 195, "S2SL0_2, S2DS, DS = 0 (B.2)" },                          \
        { 177, 177, "S2PS 7 is capped as 5 is (B.8)" },                       \
        { 196, 203, "S2TTB [11:4], below the table's size (E.5)" },           \
        { 248, 511, "RES0, MPAM, Secure, VMS, POI (B.2)" }

static const struct range ste_s1_ignored[] = {
    STE_NEVER,
    { 89, 89, "S2FWB, no stage 2 (B.2)" },
    { 160, 247, "stage-2 fields, no stage 2 (B.2, J 64)" },
    { 0, 0, NULL },
};

static const struct range ste_e2h_ignored[] = {
    STE_NEVER,
    { 89, 89, "S2FWB, no stage 2 (B.2)" },
    { 95, 95, "STRW 0: NS-EL1 differs from EL2-E2H by tags alone (B.4)" },
    { 160, 247, "stage-2 fields, no stage 2 (B.2, J 64)" },
    { 0, 0, NULL },
};

static const struct range ste_s2_ignored[] = {
    STE_NEVER,
    { 6, 55, "S1ContextPtr, no stage 1 (B.2)" },
    { 91, 91, "S1STALLD, no stage 1 (B.2)" },
    { 94, 95, "STRW, Config = 11x (B.4)" },
    { 182, 182, "S2PTW, no stage-1 tables" },
    { 0, 0, NULL },
};

static const struct range ste_nested_ignored[] = {
    STE_NEVER,
    { 94, 95, "STRW, Config = 11x (B.4)" },
    { 0, 0, NULL },
};

#define CD_NEVER                                                            \
    { 8, 13, "IR0, OR0, SH0: how tables are fetched" },                     \
        { 24, 29, "IR1, OR1, SH1: how tables are fetched" },                \
        { 33, 33, "IPS 7 is capped as 5 is (B.8)" },                        \
        { 37, 37, "UWXN: AArch32 only (B.7)" },                             \
        { 47, 63, "ASET, ASID: tags (F.1)" }, { 64, 64, "NSCFG0: Secure" }, \
        { 66, 67, "E0PD0, HAFT: not there (B.7)" },                         \
        { 68, 75, "TTB0 [11:4], below the table's size (E.5)" },            \
        { 120, 128, "RES0, PnCH, EPAN, HWU, NSCFG1 (B.7)" },                \
        { 130, 131, "E0PD1, AIE: not there (B.7)" },                        \
        { 132, 139, "TTB1 [11:4], below the table's size (E.5)" },          \
        { 184, 191, "RES0, DS, PIE, HWU (B.7)" },                           \
        { 208, 209, "Attr2 [1:0], a Device type (B.8)" },                   \
        { 216, 217, "Attr3 [1:0], a Device type (B.8)" },                   \
        { 256, 511, "AMAIR, MPAM, PIIU, PIIP (B.7)" }

static const struct range cd_el1_ignored[] = {
    CD_NEVER,
    { 0, 0, NULL },
};

static const struct range cd_el2_ignored[] = {
    CD_NEVER,
    { 14, 14, "EPD0 counts as 0 (B.8)" },
    { 16, 30, "T1SZ, TG1, ..., EPD1: one range (B.4)" },
    { 39, 39, "TBI1: one range (B.4)" },
    { 40, 40, "PAN: one privilege (B.4)" },
    { 129, 183, "HAD1, TTB1: one range (B.4)" },
    { 0, 0, NULL },
};

static void ste_s1_bits(void)
{
    sweep(K_S1, false, ste_s1_ignored);
}

static void ste_el2_bits(void)
{
    sweep(K_EL2, false, ste_s1_ignored);
}

static void ste_e2h_bits(void)
{
    sweep(K_E2H, false, ste_e2h_ignored);
}

static void ste_s2_bits(void)
{
    sweep(K_S2, false, ste_s2_ignored);
}

static void ste_nested_bits(void)
{
    sweep(K_NESTED, false, ste_nested_ignored);
}

static void cd_el1_bits(void)
{
    sweep(K_S1, true, cd_el1_ignored);
}

static void cd_nested_bits(void)
{
    sweep(K_NESTED, true, cd_el1_ignored);
}

static void cd_el2_bits(void)
{
    sweep(K_EL2, true, cd_el2_ignored);
}

static void cd_e2h_bits(void)
{
    sweep(K_E2H, true, cd_el1_ignored);
}

/* Config = 100 and 000: none but V and Config. */
static void ste_bypass_bits(void)
{
    for (unsigned config = 0; config < 5; config += 4) {
        struct rig *r = rig_new();

        for (unsigned bit = 4; bit < 512; bit++) {
            struct ste ste = { { 1 | config << 1 } };

            ste.w[bit / 64] |= UINT64_C(1) << bit % 64;
            rig_set_ste(r, SID, ste);
            rig_forget(r);
            if (config) {
                CHECK_OK(r, SID, 0x123456789, "wp", 0x123456789);
            } else {
                CHECK_QUIET(r, SID, 0x123456789, "wp", SMMU3_ABORT);
            }
        }
        rig_free(r);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/used-bits/ste/stage-1", ste_s1_bits);
    g_test_add_func("/used-bits/ste/stage-2", ste_s2_bits);
    g_test_add_func("/used-bits/ste/nested", ste_nested_bits);
    g_test_add_func("/used-bits/ste/el2", ste_el2_bits);
    g_test_add_func("/used-bits/ste/el2-e2h", ste_e2h_bits);
    g_test_add_func("/used-bits/ste/bypass", ste_bypass_bits);
    g_test_add_func("/used-bits/cd/el1", cd_el1_bits);
    g_test_add_func("/used-bits/cd/nested", cd_nested_bits);
    g_test_add_func("/used-bits/cd/el2", cd_el2_bits);
    g_test_add_func("/used-bits/cd/el2-e2h", cd_e2h_bits);
    return g_test_run();
}
