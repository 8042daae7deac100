/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random STEs, CDs and tables, the core against the reference translator:
 * same outcome, address, permissions and event, cold and from warm caches.
 * Numbers come from a fixed seed: every run is the same.
 */
#include "rig.h"

#define SID 3u
#define POOL UINT64_C(0x20000000) /* tables: 1 MiB of random descriptors */
#define POOL_SIZE UINT64_C(0x100000)
#define S2_TTB UINT64_C(0x30000000)

static uint64_t random_desc(const struct rig *r, struct rnd *rnd)
{
    static const uint64_t odd[] = {
        D_RO,         D_EL0,        D_NG,   D_PXN,      D_UXN,
        D_CONT,       0x3c,         0x300,  1ull << 51, 1ull << 16,
        0x7ull << 55, 0xfull << 59, 0xf000, 3ull << 48, 1ull << 36,
    };
    uint64_t d = rnd_below(rnd, 16) ? 3 : rnd_below(rnd, 4);

    if (rnd_below(rnd, 32)) {
        d |=
            POOL + (rnd_below(rnd, POOL_SIZE) &
                    (rnd_below(rnd, 2) ? ~UINT64_C(0xffff) : ~UINT64_C(0xfff)));
    } else {
        d |= rnd64(rnd) & 0x0000fffffffff000;
    }
    d |= rnd_below(rnd, 16) ? D_AF : 0;
    d |= rnd_below(rnd, 8) ? D_EL0 : 0;
    d |= rnd_below(rnd, 4) ? 0 : D_RO;
    if (r->p.f.httu) {
        d |= rnd_below(rnd, 2) ? D_DBM : 0;
        d &= rnd_below(rnd, 4) ? UINT64_MAX : ~D_AF;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(odd); i++) {
        if (rnd_below(rnd, 32) == 0) {
            d |= odd[i] & rnd64(rnd);
        }
    }
    return d;
}

static void fill_pool(struct rig *r, struct rnd *rnd)
{
    for (uint64_t a = 0; a < POOL_SIZE; a += 8) {
        /* What is global would be so for all substreams: nG, also where a
         * big-endian table has it. */
        uint64_t ng = D_NG | UINT64_C(1) << 51;

        mem_w64(&r->h, POOL + a,
                random_desc(r, rnd) | (r->p.f.ssidsize ? ng : 0));
    }
}

static unsigned random_granule(struct rnd *rnd)
{
    return 12 + 2 * (unsigned)rnd_below(rnd, 3);
}

static uint64_t random_table(struct rnd *rnd)
{
    return POOL + (rnd_below(rnd, POOL_SIZE) & ~UINT64_C(0xff0));
}

/* 16 to 39; with other sizes, all that are legal somewhere. */
static unsigned random_txsz(const struct rig *r, struct rnd *rnd)
{
    return r->p.f.stt ? 12 + (unsigned)rnd_below(rnd, 37)
                      : 16 + (unsigned)rnd_below(rnd, 24);
}

/* The bits of features that the SMMU has. */
static void random_options(const struct rig *r, struct cd *cd, struct rnd *rnd)
{
    if (r->p.f.ds) {
        set_bits(cd->w, 186, 186, rnd_below(rnd, 4) != 0);
    }
    if (r->p.f.e0pd) {
        set_bits(cd->w, 66, 66, rnd_below(rnd, 8) == 0);
        set_bits(cd->w, 130, 130, rnd_below(rnd, 8) == 0);
    }
    if (r->p.f.httu) {
        set_bits(cd->w, 43, 42, rnd_below(rnd, 4)); /* HA, HD */
    }
    if (r->p.f.epan) {
        set_bits(cd->w, 123, 123, rnd_below(rnd, 2));
    }
}

static struct cd random_cd(const struct rig *r, struct rnd *rnd)
{
    struct cd cd = cd_make(random_table(rnd) & ~UINT64_C(0xf),
                           random_granule(rnd), random_txsz(r, rnd));

    if (rnd_below(rnd, 2)) {
        cd_ttb1(&cd, random_table(rnd) & ~UINT64_C(0xf), random_granule(rnd),
                random_txsz(r, rnd));
    }
    random_options(r, &cd, rnd);
    set_bits(cd.w, 14, 14, rnd_below(rnd, 8) == 0); /* EPD0 */
    set_bits(cd.w, 34, 32, rnd_below(rnd, 8));      /* IPS */
    set_bits(cd.w, 36, 35, rnd_below(rnd, 4));      /* WXN, AFFD */
    set_bits(cd.w, 40, 38, rnd_below(rnd, 8));      /* PAN, TBI */
    set_bits(cd.w, 45, 45, rnd_below(rnd, 8) != 0); /* R */
    set_bits(cd.w, 46, 46, rnd_below(rnd, 2));      /* A */
    set_bits(cd.w, 65, 65, rnd_below(rnd, 2));      /* HAD0 */
    set_bits(cd.w, 129, 129, rnd_below(rnd, 2));    /* HAD1 */
    if (rnd_below(rnd, 8) == 0) {
        set_bits(cd.w, 15, 15, 1); /* ENDI: other garbage */
    }
    return cd;
}

/* Stage-2 start levels that fit the size, else any. */
static void random_s2(struct rig *r, struct ste *ste, struct rnd *rnd)
{
    struct ref_smmu ref = rig_ref(r);

    for (unsigned i = 0; i < 50; i++) {
        unsigned granule = random_granule(rnd);

        set_bits(ste->w, 165, 160, random_txsz(r, rnd));
        set_bits(ste->w, 167, 166, rnd_below(rnd, r->p.f.stt ? 4 : 3));
        if (r->p.f.ds) {
            set_bits(ste->w, 195, 194, rnd_below(rnd, 4)); /* S2DS, S2SL0_2 */
        }
        set_bits(ste->w, 175, 174, s2tg_of(granule));
        if (!ref_bad_ste(&ref, ste->w)) {
            break;
        }
    }
    if (r->p.f.httu) {
        set_bits(ste->w, 184, 183, rnd_below(rnd, 4)); /* S2HA, S2HD */
    }
    set_bits(ste->w, 178, 176, rnd_below(rnd, 8));
    set_bits(ste->w, 181, 181, rnd_below(rnd, 2)); /* S2AFFD */
    set_bits(ste->w, 182, 182, rnd_below(rnd, 2)); /* S2PTW */
    set_bits(ste->w, 186, 186, rnd_below(rnd, 8) != 0);
}

/* A stage 2 that maps what a nested stage 1 needs, attributes at random. */
static void identity_s2(struct rig *r, struct ste *ste, struct rnd *rnd)
{
    struct mapper m2 = map_s2(&r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);

    *ste = ste_nested(RIG_CD, S2_TTB, 12, 24, 1);
    if (r->p.f.httu) {
        set_bits(ste->w, 184, 183, rnd_below(rnd, 4)); /* S2HA, S2HD */
    }
    map_at(&m2, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    for (uint64_t a = POOL; a < POOL + POOL_SIZE; a += 0x1000) {
        uint64_t to =
            rnd_below(rnd, 4)
                ? a
                : POOL + (rnd_below(rnd, POOL_SIZE) & ~UINT64_C(0xfff));
        uint64_t d = to | D_PAGE | D_S2ALL;

        if (rnd_below(rnd, 16) == 0) {
            d ^= UINT64_C(1) << rnd_below(rnd, 12);
        }
        d |= D_S2XN(rnd_below(rnd, 4));
        if (r->p.f.httu && rnd_below(rnd, 2)) {
            d = (d | D_DBM) & ~(rnd_below(rnd, 2) ? D_S2W : D_AF);
        }
        map_at(&m2, a, 3, d);
    }
}

static struct ste random_ste(struct rig *r, struct rnd *rnd)
{
    struct ste ste;

    switch (rnd_below(rnd, 8)) {
    case 0:
    case 1:
    case 2:
        ste = ste_s1(RIG_CD);
        set_bits(ste.w, 95, 94, rnd_below(rnd, 4) ? 0 : 2); /* STRW */
        break;
    case 3:
    case 4:
        ste = ste_s2(random_table(rnd) & ~UINT64_C(0xf), 12, 24, 1);
        random_s2(r, &ste, rnd);
        break;
    case 5:
        ste = ste_nested(RIG_CD, random_table(rnd) & ~UINT64_C(0xf), 12, 24, 1);
        random_s2(r, &ste, rnd);
        break;
    default:
        identity_s2(r, &ste, rnd);
        break;
    }
    return ste;
}

static uint64_t random_addr(struct rnd *rnd, unsigned bits)
{
    uint64_t a = rnd64(rnd) & ((UINT64_C(1) << bits) - 1);

    switch (rnd_below(rnd, 8)) {
    case 0:
        return rnd64(rnd) & UINT64_MAX >> rnd_below(rnd, 40);
    case 2:
    case 3:
        return a | UINT64_MAX << bits;
    case 4:
        return a | rnd64(rnd) << 56;
    default:
        return a;
    }
}

/* Substreams 0 to 3, in a table of any format; small numbers of them are
 * likely. */
static void random_substreams(struct rig *r, struct ste *ste, struct rnd *rnd)
{
    unsigned fmt = (unsigned)rnd_below(rnd, 4);
    uint64_t leaf = RIG_CD + 0x10000, at = RIG_CD;

    set_bits(ste->w, 5, 4, fmt);
    set_bits(ste->w, 63, 59, rnd_below(rnd, rnd_below(rnd, 8) ? 8 : 32));
    set_bits(ste->w, 65, 64, rnd_below(rnd, 4));
    set_bits(ste->w, 95, 94, 0); /* STRW: a world with ASIDs */
    if ((fmt == 1 || fmt == 2) && get_bits(ste->w, 63, 59)) {
        at = leaf;
        mem_w64(&r->h, RIG_CD, leaf | (rnd_below(rnd, 8) != 0));
        mem_w64(&r->h, RIG_CD + 8,
                rnd_below(rnd, 4) ? leaf | 1 : rnd64(rnd) | 1);
    }
    for (unsigned i = at == RIG_CD; i < 4; i++) {
        struct cd cd = random_cd(r, rnd);

        set_bits(cd.w, 63, 48, 10 + i); /* ASID */
        rig_set_cd(r, at + 64 * i, cd);
    }
}

static void one_config(struct rig *r, struct rnd *rnd, unsigned n)
{
    struct ste ste = random_ste(r, rnd);
    struct cd cd = random_cd(r, rnd);
    unsigned bits = 64 - (unsigned)get_bits(cd.w, 5, 0);
    struct smmu3_txn seen[8];
    g_autofree char *what = g_strdup_printf("config %u", n);

    if (get_bits(ste.w, 3, 1) == 6) {
        bits = 64 - (unsigned)get_bits(ste.w, 165, 160);
    }
    if (rnd_below(rnd, 8) == 0) {
        ste.w[rnd_below(rnd, 4)] ^= UINT64_C(1) << rnd_below(rnd, 64);
    }
    if (rnd_below(rnd, 8) == 0) {
        cd.w[rnd_below(rnd, 3)] ^= UINT64_C(1) << rnd_below(rnd, 64);
    }
    rig_set_cd(r, RIG_CD, cd);
    if (r->p.f.attr_perms_ovr) {
        set_bits(ste.w, 115, 112, rnd_below(rnd, 16));
    }
    if (!r->p.f.vmid16 && rnd_below(rnd, 8) == 0) {
        ste.w[2] ^= 0x100;
    }
    if (r->p.f.ssidsize) {
        random_substreams(r, &ste, rnd);
    }
    rig_set_ste(r, SID, ste);
    fake_no_holes(&r->h);
    if (rnd_below(rnd, 4) == 0) {
        uint64_t at = random_table(rnd);

        if (rnd_below(rnd, 2)) {
            fake_hole(&r->h, at, at + 0xffff);
        } else {
            fake_hole_writes(&r->h, at, at + 0xfffff); /* HTTU's only */
        }
    }
    rig_forget(r);
    for (unsigned i = 0; i < 24; i++) {
        struct smmu3_txn t;

        if (i >= 8 && rnd_below(rnd, 2)) {
            t = seen[rnd_below(rnd, 8)]; /* again, or near */
            t.addr ^= rnd_below(rnd, 2) ? rnd_below(rnd, 0x4000) : 0;
        } else {
            t = rig_txn(SID, random_addr(rnd, bits), "r");
        }
        t.access = (enum smmu3_access)rnd_below(rnd, 3);
        t.ind = rnd_below(rnd, 3) == 0;
        t.pnu = rnd_below(rnd, 2);
        t.ssv = rnd_below(rnd, r->p.f.ssidsize ? 2 : 64) == 0;
        t.ssid = (uint32_t)rnd_below(rnd, rnd_below(rnd, 16) ? 4 : 0x100000);
        if (i < 8) {
            seen[i] = t;
        }
        if (!rig_same(r, &t, what)) {
            break;
        }
    }
}

static void run(const struct smmu3_params *params, uint64_t seed,
                unsigned configs)
{
    struct rig *r = rig_new_with(params);
    struct rnd rnd = { seed };

    for (unsigned n = 0; n < configs; n++) {
        if (n % 100 == 0) {
            fill_pool(r, &rnd);
        }
        one_config(r, &rnd, n);
    }
    rig_free(r);
}

static void caches_on(void)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        run(NULL, seed, 1000);
    }
}

static void caches_off(void)
{
    struct smmu3_params p = rig_no_caches();

    for (uint64_t seed = 101; seed <= 105; seed++) {
        run(&p, seed, 1000);
    }
}

/* Caches so small that everything is replaced all the time. */
static void caches_tiny(void)
{
    struct smmu3_params p = rig_params();

    for (unsigned n = 1; n <= 5; n++) {
        p.tlb_entries = n;
        p.walk_cache_entries = n;
        p.config_cache_entries = n;
        run(&p, 200 + n, 1000);
    }
}

static void small_oas(void)
{
    static const unsigned oas[] = { 32, 36, 40, 42, 44 };

    for (unsigned i = 0; i < G_N_ELEMENTS(oas); i++) {
        struct smmu3_params p = rig_params();

        p.f.oas = oas[i];
        run(&p, 300 + i, 1000);
    }
}

static void one_stage(void)
{
    struct smmu3_params p = rig_params();

    rig_stages(&p, true, false);
    run(&p, 401, 1000);
    rig_stages(&p, false, true);
    run(&p, 402, 1000);
}

static void substreams(void)
{
    struct smmu3_params p = rig_params();

    for (unsigned n = 0; n < 4; n++) {
        p.f.ssidsize = n & 1 ? 20 : 6;
        p.f.cd2l = n < 3;
        if (n == 2) {
            p.tlb_entries = 3;
            p.config_cache_entries = 3;
        }
        run(&p, 500 + n, 1000);
    }
}

/* 52 bits, LPA2, small tables; and all of v3.4. */
static void wide(void)
{
    for (unsigned minor = 3; minor <= 4; minor++) {
        for (unsigned caches = 0; caches < 2; caches++) {
            struct smmu3_params p = rig_wide();

            p.f.arch_minor = (uint8_t)minor;
            p.f.epan = p.f.mteperm = minor == 4;
            if (!caches) {
                rig_drop_caches(&p);
            }
            run(&p, 500 + 2 * minor + caches, 2000);
        }
    }
}

static void overrides(void)
{
    struct smmu3_params p = rig_params();

    p.f.attr_perms_ovr = true;
    run(&p, 601, 1000);
    p.f.ssidsize = 5;
    run(&p, 602, 1000);
}

/* What an implementation may lack (6.3.1-6.3.4). */
static void options(void)
{
    for (unsigned n = 0; n < 8; n++) {
        struct smmu3_params p = rig_params();

        p.f.arch_minor = 0;
        p.f.ril = false;
        p.f.bbml = 0;
        p.f.fwb = false;
        p.f.had = n & 1;
        p.f.xnx = n & 2;
        p.f.asid16 = n & 4;
        p.f.vmid16 = !(n & 1);
        p.f.term_model = n & 2;
        p.f.ttendian = n & 4 ? 0 : n & 1 ? 3 : 2;
        run(&p, 700 + n, 500);
    }
}

/* Updates of tables: without caches, whose entries may lag behind what another
 * translation wrote into a shared descriptor. */
static void httu(void)
{
    for (unsigned n = 0; n < 6; n++) {
        struct smmu3_params p = n & 1 ? rig_wide() : rig_params();

        p.f.httu = n < 2 ? 1 : 2;
        rig_drop_caches(&p);
        run(&p, 600 + n, 2000);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/random/caches-on", caches_on);
    g_test_add_func("/random/caches-off", caches_off);
    g_test_add_func("/random/caches-tiny", caches_tiny);
    g_test_add_func("/random/small-oas", small_oas);
    g_test_add_func("/random/one-stage", one_stage);
    g_test_add_func("/random/substreams", substreams);
    g_test_add_func("/random/overrides", overrides);
    g_test_add_func("/random/options", options);
    g_test_add_func("/random/wide", wide);
    g_test_add_func("/random/httu", httu);
    return g_test_run();
}
