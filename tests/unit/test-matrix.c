/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The matrix: granule x input size x level x stage x access, the core against
 * the reference translator, with caches and without. Plus what a result says
 * of its region: it holds for all of it.
 */
#include "rig.h"

#define SID 3u
#define S1_TTB UINT64_C(0x20000000) /* IPA if nested */
#define S1_NEXT UINT64_C(0x20100000)
#define S2_TTB UINT64_C(0x800000000)
#define S2_NEXT UINT64_C(0x800400000)

static const char *const hows[] = {
    "r", "w", "x", "m", "rp", "wp", "xp", "mp"
};

#define WIDE (1u << 16)
#define SUBSTREAM (1u << 17)

/* Accesses have this SubstreamID, if it is not 0. Its CD is RIG_CD as well:
 * the L1CD at L1_CD leads there. */
static uint32_t substream;
#define SSID 0x47u
#define L1_CD UINT64_C(0x10340000)

static struct smmu3_txn access_to(uint64_t addr, const char *how)
{
    struct smmu3_txn t = rig_txn(SID, addr, how);

    t.ssv = substream != 0;
    t.ssid = substream;
    return t;
}

static void use_substreams(struct rig *r, struct ste *ste)
{
    if (substream) {
        set_bits(ste->w, 5, 4, 1);
        set_bits(ste->w, 55, 6, L1_CD >> 6);
        set_bits(ste->w, 63, 59, 8);
        mem_w64(&r->h, L1_CD + 8 * (SSID >> 6),
                (RIG_CD & ~UINT64_C(0xfff)) | 1);
    }
}

/* Where the tests' CD lies. */
static uint64_t cd_at(void)
{
    return RIG_CD + 64 * (substream & 0x3f);
}

/* All accesses to @addr, thrice each: cold, warm, and after all others. */
static void all_accesses(struct rig *r, uint64_t addr, const char *what)
{
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(hows); i++) {
            struct smmu3_txn t = access_to(addr, hows[i]);

            rig_same(r, &t, what);
        }
    }
}

static bool page_at(unsigned granule, int level)
{
    (void)granule;
    return level == 3;
}

/* Levels at which a leaf may lie: with all sizes one more. */
static bool leaf_at(const struct rig *r, unsigned granule, int level)
{
    int top = granule == 12 ? 1 : 2;

    return level >= top - (r->p.f.ds ? 1 : 0);
}

/* How the descriptors of @m are written, where there are 52 bits. */
static void set_format(const struct rig *r, struct mapper *m)
{
    m->oa52 = r->p.f.oas == 52 && m->granule == 16;
    m->lpa2 = r->p.f.ds && m->granule != 16;
}

static unsigned txsz_first(const struct rig *r)
{
    return r->p.f.ds ? 12 : 16;
}

static unsigned txsz_last(const struct rig *r, unsigned granule)
{
    return !r->p.f.stt ? 39 : granule == 16 ? 47 : 48;
}

/* The region that a result claims to hold for: its two ends say the same. */
static void check_region(struct rig *r, uint64_t addr, unsigned at_most)
{
    struct smmu3_txn first = access_to(addr, "r");
    struct smmu3_result a, b;
    uint64_t size, base;

    smmu3_translate(r->s, &first, &a);
    rig_drop_events(r);
    if (a.outcome != SMMU3_OK) {
        return;
    }
    CHECK(a.lg2_size >= 12);
    if (!CHECK(a.lg2_size <= at_most)) {
        g_test_message("lg2_size %u, at most %u, at 0x%" G_GINT64_MODIFIER "x",
                       a.lg2_size, at_most, addr);
        return;
    }
    size = UINT64_C(1) << a.lg2_size;
    base = addr & ~(size - 1);
    for (unsigned i = 0; i < 2; i++) {
        struct smmu3_txn t = access_to(base + (i ? size - 1 : 0), "r");

        t.probe = true; /* not from the entry itself */
        smmu3_translate(r->s, &t, &b);
        CHECK_EQ(b.outcome, SMMU3_OK);
        CHECK_EQ(b.pa - t.addr, a.pa - addr);
        CHECK_EQ(b.perm, a.perm);
    }
}

/* Addresses worth a look within an input of @bits bits. */
static unsigned pick(uint64_t *a, unsigned bits, struct rnd *rnd)
{
    uint64_t top = (UINT64_C(1) << bits) - 1;
    unsigned n = 0;

    a[n++] = 0;
    a[n++] = top;
    a[n++] = top / 2;
    a[n++] = rnd64(rnd) & top;
    return n;
}

static void stage_1_case(struct rig *r, unsigned granule, unsigned tsz,
                         bool upper, bool nested, int level, uint64_t *next,
                         struct rnd *rnd)
{
    struct mapper m = map_s1(&r->h, S1_TTB, granule, tsz, *next);
    struct cd cd = cd_make(S1_TTB, granule, tsz);
    unsigned lo = level_lo(granule, level), n;
    uint64_t a[8], high = upper ? UINT64_MAX << (64 - tsz) : 0;
    g_autofree char *what = g_strdup_printf(
        "granule %u TxSZ %u %s%s level %u", granule, tsz,
        upper ? "TTB1" : "TTB0", nested ? " nested" : "", level);
    uint64_t range =
        r->p.f.oas == 52 && !nested ? UINT64_MAX >> 12 : 0xffffff000;

    set_format(r, &m);
    if (r->p.f.ds) {
        set_bits(cd.w, 34, 32, 6); /* IPS: 52 bits */
        set_bits(cd.w, 186, 186, 1);
    }

    if (upper) {
        cd_ttb1(&cd, S1_TTB, granule, tsz);
        set_bits(cd.w, 14, 14, 1); /* EPD0 */
    }
    rig_set_cd(r, cd_at(), cd);
    n = pick(a, 64 - tsz, rnd);
    for (unsigned i = 0; i < n; i++) {
        uint64_t out = rnd64(rnd) & range & (UINT64_MAX << lo);
        uint64_t attrs =
            D_AF | (rnd64(rnd) & (D_RO | D_EL0 | D_NG | D_PXN | D_UXN));

        map_at(&m, a[i], level,
               map_oa(&m, out) | (page_at(granule, level) ? D_PAGE : D_BLOCK) |
                   attrs);
        rig_forget(r);
        all_accesses(r, high | a[i], what);
        check_region(r, high | a[i], lo);
        /* Just outside the half. */
        all_accesses(r, a[i] ^ (high ? 0 : UINT64_C(1) << (64 - tsz)), what);
    }
    *next = m.next; /* never twice: a table must not become its own child */
}

/* Nested: stage 2 maps the tables' IPAs and the outputs to elsewhere. */
static void nested_s2(struct rig *r, unsigned s2_granule)
{
    struct mapper m2;
    struct ste ste;
    unsigned t0sz = 24, sl0 = 1, lo;

    if (s2_granule == 16) {
        sl0 = 1; /* level 2, 40 bits */
    } else if (s2_granule == 14) {
        sl0 = 1; /* level 2, 40 bits, 16 tables */
    }
    m2 = map_s2(&r->h, S2_TTB, s2_granule, t0sz, sl0, S2_NEXT);
    set_format(r, &m2);
    ste = ste_nested(RIG_CD, S2_TTB, s2_granule, t0sz, sl0);
    set_bits(ste.w, 195, 195, m2.lpa2);
    use_substreams(r, &ste);
    rig_set_ste(r, SID, ste);
    lo = level_lo(s2_granule, 2);
    /* Identity, by blocks, for what lies below 64 GiB. */
    for (uint64_t ipa = 0; ipa < UINT64_C(0x1000000000);
         ipa += UINT64_C(1) << lo) {
        map_at(&m2, ipa, 2, ipa | D_BLOCK | D_S2ALL);
    }
}

static struct rig *start(gconstpointer data, bool caches)
{
    struct smmu3_params p =
        GPOINTER_TO_UINT(data) & WIDE ? rig_wide() : rig_params();

    substream = 0;
    if (GPOINTER_TO_UINT(data) & SUBSTREAM) {
        p.f.ssidsize = 8;
        p.f.cd2l = true;
        substream = SSID;
    }
    if (!caches) {
        rig_drop_caches(&p);
    }
    return rig_new_with(&p);
}

static void stage_1(gconstpointer data)
{
    unsigned granule = GPOINTER_TO_UINT(data) & 0xff;
    unsigned s2_granule = GPOINTER_TO_UINT(data) >> 8 & 0xff;

    for (unsigned caches = 0; caches < 2; caches++) {
        struct rig *r = start(data, caches);
        struct rnd rnd = { 1 };
        uint64_t next = S1_NEXT;
        struct ste ste;

        ste = ste_s1(RIG_CD);
        use_substreams(r, &ste);
        rig_set_ste(r, SID, ste);
        if (s2_granule) {
            nested_s2(r, s2_granule);
        }
        for (unsigned tsz = txsz_first(r); tsz <= txsz_last(r, granule);
             tsz++) {
            for (unsigned half = 0; half < 2; half++) {
                int start = s1_start_level(granule, 64 - tsz);

                for (int level = start; level < 4; level++) {
                    if (leaf_at(r, granule, level)) {
                        stage_1_case(r, granule, tsz, half, s2_granule, level,
                                     &next, &rnd);
                    }
                }
            }
        }
        rig_free(r);
    }
}

static void stage_2_case(struct rig *r, struct mapper *m2, unsigned t0sz,
                         struct rnd *rnd)
{
    unsigned granule = m2->granule;

    for (int level = m2->start; level < 4; level++) {
        g_autofree char *what =
            g_strdup_printf("granule %u S2T0SZ %u from level %d level %d",
                            granule, t0sz, m2->start, level);
        unsigned lo = level_lo(granule, level);
        uint64_t a[8];
        unsigned k = leaf_at(r, granule, level) ? pick(a, 64 - t0sz, rnd) : 0;

        for (unsigned i = 0; i < k; i++) {
            uint64_t out = rnd64(rnd) & (UINT64_MAX >> (64 - r->p.f.oas)) &
                           (UINT64_MAX << lo);
            uint64_t ap = rnd64(rnd) & (D_S2R | D_S2W | D_S2XN(3));

            map_at(m2, a[i], level,
                   map_oa(m2, out) | (level == 3 ? D_PAGE : D_BLOCK) | ap |
                       D_AF | D_S2WB);
            rig_forget(r);
            all_accesses(r, a[i], what);
            check_region(r, a[i], lo);
            all_accesses(r, a[i] + (UINT64_C(1) << (64 - t0sz)), what);
        }
    }
}

/* Every legal geometry of stage 2: see E.9. */
static void stage_2(gconstpointer data)
{
    unsigned granule = GPOINTER_TO_UINT(data) & 0xff;

    for (unsigned caches = 0; caches < 2; caches++) {
        struct rig *r = start(data, caches);
        struct rnd rnd = { 2 };
        uint64_t next = S2_NEXT;

        for (unsigned n = 0; n < 64 * 8; n++) {
            unsigned t0sz = n % 64, sl0 = n / 64 % 4;
            struct ste ste = ste_s2(S2_TTB, granule, t0sz, sl0);
            struct ref_smmu ref = rig_ref(r);
            struct mapper m2;

            set_bits(ste.w, 194, 194, n / 256); /* S2SL0_2 */
            if (r->p.f.ds) {
                set_bits(ste.w, 178, 176, 6); /* S2PS: 52 bits */
                set_bits(ste.w, 195, 195, 1); /* S2DS */
            } else if (n / 256) {
                break;
            }
            if (ref_bad_ste(&ref, ste.w)) {
                continue;
            }
            rig_set_ste(r, SID, ste);
            m2 = map_s2(&r->h, S2_TTB, granule, t0sz, sl0, next);
            m2.start = ref_s2_level(&ref, ste.w);
            set_format(r, &m2);
            stage_2_case(r, &m2, t0sz, &rnd);
            next = m2.next;
        }
        rig_free(r);
    }
}

/* A nested result's region is the smaller of both stages'. */
static void nested_region(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, S1_TTB, 12, 25, S1_NEXT);
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_NEXT);

    rig_set_ste(r, SID, ste_nested(RIG_CD, S2_TTB, 12, 24, 1));
    rig_set_cd(r, RIG_CD, cd_make(S1_TTB, 12, 25));
    map_at(&m2, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&m2, S1_TTB, 2, S1_TTB | D_BLOCK | D_S2ALL);
    /* A 2 MiB block over 4 KiB pages in reverse order. */
    map_at(&m, 0x40000000, 2, 0x60000000 | D_BLOCK | D_S1ALL);
    for (uint64_t i = 0; i < 512; i++) {
        map_at(&m2, 0x60000000 + (i << 12), 3,
               (0x70000000 + ((511 - i) << 12)) | D_PAGE | D_S2ALL);
    }
    for (uint64_t i = 0; i < 512; i += 73) {
        uint64_t va = 0x40000000 + (i << 12) + 0x234;

        CHECK_OK(r, SID, va, "r", 0x70000000 + ((511 - i) << 12) + 0x234);
        check_region(r, va, 12);
    }
    /* A 4 KiB page over a 2 MiB block. */
    map_at(&m, 0x80001000, 3, 0x80155000 | D_PAGE | D_S1ALL);
    map_at(&m2, 0x80000000, 2, 0x90000000 | D_BLOCK | D_S2ALL);
    CHECK_OK(r, SID, 0x80001abc, "w", 0x90155abc);
    check_region(r, 0x80001abc, 12);
    /* A 1 GiB block over a 2 MiB block. */
    map_at(&m, 0xc0000000, 1, 0x80000000 | D_BLOCK | D_S1ALL);
    CHECK_OK(r, SID, 0xc0012345, "r", 0x90012345);
    check_region(r, 0xc0012345, 21);
    rig_free(r);
}

/* E.6: the contiguous hint changes nothing (a walker may ignore it), also
 * where neighbours do not agree. */
static void contiguous(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, S1_TTB, 12, 25, S1_NEXT);

    rig_set_ste(r, SID, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(S1_TTB, 12, 25));
    for (uint64_t i = 0; i < 16; i++) {
        map_at(&m, 0x10000 + (i << 12), 3,
               (0x50000000 + (i << 12)) | D_PAGE | D_S1ALL | D_CONT);
    }
    for (uint64_t i = 0; i < 16; i++) {
        CHECK_OK(r, SID, 0x10000 + (i << 12), "w", 0x50000000 + (i << 12));
        check_region(r, 0x10000 + (i << 12), 16);
    }
    rig_free(r);
}

static void add(const char *group, unsigned granule, unsigned s2_granule,
                unsigned flags, GTestDataFunc func)
{
    g_autofree char *over =
        s2_granule ? g_strdup_printf("-over-%uk", 1u << s2_granule >> 10)
                   : g_strdup("");
    g_autofree char *name =
        g_strdup_printf("%s/%s%uk%s", group, flags & WIDE ? "wide-" : "",
                        1u << granule >> 10, over);

    g_test_add_data_func(
        name, GUINT_TO_POINTER(granule | s2_granule << 8 | flags), func);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned wide = 0; wide < 2; wide++) {
        for (unsigned g = 12; g <= 16; g += 2) {
            add("/matrix/s1", g, 0, wide ? WIDE : 0, stage_1);
            add("/matrix/s2", g, 0, wide ? WIDE : 0, stage_2);
            if (!wide) {
                add("/matrix/substream", g, 0, SUBSTREAM, stage_1);
                add("/matrix/substream", g, g, SUBSTREAM, stage_1);
            }
            for (unsigned g2 = 12; g2 <= 16; g2 += 2) {
                add("/matrix/nested", g, g2, wide ? WIDE : 0, stage_1);
            }
        }
    }
    g_test_add_func("/matrix/nested-region", nested_region);
    g_test_add_func("/matrix/contiguous", contiguous);
    return g_test_run();
}
