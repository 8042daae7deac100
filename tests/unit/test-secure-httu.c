/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware updates of the tables of Secure streams (3.13; E.11, E.13): each
 * goes to the memory that its descriptor was read from.
 */
#include "secure-rig.h"

#define VA UINT64_C(0x5000)
#define IPA UINT64_C(0x60000000)
#define TTB_S UINT64_C(0x30000000)
#define TTB_NS UINT64_C(0x38000000)
#define TABLES (RIG_TABLES + 0x2000000)

/* Leaves without AF: writable-clean, and what a write makes of them. */
#define S1_CLEAN (D_PAGE | D_EL0 | D_NG | D_RO | D_DBM)
#define S1_DIRTY (D_PAGE | D_EL0 | D_NG | D_DBM | D_AF)
#define S2_CLEAN (D_PAGE | D_S2R | D_S2WB | D_DBM)
#define S2_DIRTY (S2_CLEAN | D_S2W | D_AF)

static struct secure_rig begin(void)
{
    struct smmu3_params p = secure_params();

    p.f.stt = true;
    p.f.sel2 = true;
    p.f.httu = 2;
    return secure_new(&p);
}

/* HA and HD; the start-level table in Non-secure memory if @ns. */
static void put_cd(struct secure_rig *s, uint64_t ttb, bool ns)
{
    struct cd cd = cd_make(ttb, 12, 25);

    set_bits(cd.w, 43, 42, 3);
    set_bits(cd.w, 64, 64, ns);
    mem_words(&s->r->h, FAKE_SECURE + RIG_CD, cd.w, 8);
}

/* Stage 1 alone. The same tables lie in both memories: one of them changes. */
static void stage1(void)
{
    for (unsigned ns = 0; ns < 2; ns++) {
        struct secure_rig s = begin();
        struct mapper m[2];
        uint64_t at[2];

        for (unsigned i = 0; i < 2; i++) {
            m[i] = map_s1(&s.r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
            m[i].offset = i ? 0 : FAKE_SECURE;
            at[i] = map_at(&m[i], VA, 3, 0x7000 | S1_CLEAN);
        }
        put_cd(&s, RIG_TABLES, ns);
        secure_set_ste(&s, 1, ste_s1(RIG_CD));
        SECURE_OK(&s, 1, VA, "r", 0x7000, ns ? SMMU3_NS : SMMU3_S);
        CHECK_EQ(map_get(&m[ns], at[ns]), 0x7000 | S1_CLEAN | D_AF);
        SECURE_OK(&s, 1, VA, "w", 0x7000, ns ? SMMU3_NS : SMMU3_S);
        CHECK_EQ(map_get(&m[ns], at[ns]), 0x7000 | S1_DIRTY);
        CHECK_EQ(map_get(&m[!ns], at[!ns]), 0x7000 | S1_CLEAN);
        rig_free(s.r);
    }
}

/* NSTable: the leaf's table alone is Non-secure. */
static void ns_table(void)
{
    struct secure_rig s = begin();
    struct mapper m = map_s1(&s.r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    uint64_t at, level2, desc;

    m.offset = FAKE_SECURE;
    at = map_at(&m, VA, 3, 0x7000 | S1_CLEAN);
    level2 = map_find(&m, VA, 2);
    desc = map_get(&m, level2);
    map_put(&m, level2, desc | UINT64_C(1) << 63);
    mem_w64(&s.r->h, (desc & 0xfffffff000) + 8 * 5, 0x9000 | S1_CLEAN);
    put_cd(&s, RIG_TABLES, false);
    secure_set_ste(&s, 1, ste_s1(RIG_CD));
    SECURE_OK(&s, 1, VA, "w", 0x9000, SMMU3_NS);
    CHECK_EQ(mem_r64(&s.r->h, (desc & 0xfffffff000) + 8 * 5),
             0x9000 | S1_DIRTY);
    CHECK_EQ(map_get(&m, at), 0x7000 | S1_CLEAN);
    rig_free(s.r);
}

/* Maps @ipa in the table at @ttb of Secure memory. */
static uint64_t map2(struct secure_rig *s, uint64_t ttb, uint64_t ipa,
                     uint64_t desc)
{
    struct mapper m =
        map_s2(&s->r->h, ttb, 12, 25, 1, ttb + 0x1000 + (ipa >> 30) * 0x10000);

    m.offset = FAKE_SECURE;
    return map_at(&m, ipa, 3, desc);
}

static uint64_t map2_get(struct secure_rig *s, uint64_t at)
{
    struct mapper m = map_s2(&s->r->h, TTB_S, 12, 25, 1, TTB_S);

    m.offset = FAKE_SECURE;
    return map_get(&m, at);
}

/*
 * Nested: the stage-1 table lies in the Secure IPA space and becomes dirty
 * there; the page in either, as the leaf's NS says, and that space's stage-2
 * descriptor is updated. With S2SA = 1 the stage-1 table lies in Non-secure
 * memory, and its update with it.
 */
static void nested(unsigned ns, unsigned s2sa)
{
    struct secure_rig s = begin();
    struct ste ste = ste_nested(RIG_CD, TTB_NS, 12, 25, 1);
    struct mapper m;
    uint64_t at1, at_table, at_s, at_ns;

    set_bits(ste.w, 293, 288, 25); /* S_S2T0SZ */
    set_bits(ste.w, 295, 294, 1);  /* S_S2SL0 */
    set_bits(ste.w, 184, 183, 3);  /* S2HA, S2HD */
    set_bits(ste.w, 385, 385, s2sa);
    ste.w[6] |= TTB_S;
    secure_set_ste(&s, 1, ste);
    put_cd(&s, TABLES, false);
    if (s2sa) {
        uint64_t cd[8];

        for (unsigned i = 0; i < 8; i++) {
            cd[i] = mem_r64(&s.r->h, FAKE_SECURE + RIG_CD + 8 * i);
        }
        mem_words(&s.r->h, RIG_CD, cd, 8);
    }
    map2(&s, TTB_S, RIG_CD, RIG_CD | S2_CLEAN);
    for (uint64_t page = 0; page < 2; page++) {
        map2(&s, TTB_S, TABLES + page * 0x1000,
             (TABLES + page * 0x1000) | S2_CLEAN);
    }
    at_table = map2(&s, TTB_S, TABLES + 0x2000, (TABLES + 0x2000) | S2_CLEAN);
    at_s = map2(&s, TTB_S, IPA, 0x7000 | S2_CLEAN);
    at_ns = map2(&s, TTB_NS, IPA, 0x8000 | S2_CLEAN);
    m = map_s1(&s.r->h, TABLES, 12, 25, TABLES + 0x1000);
    m.offset = s2sa ? 0 : FAKE_SECURE;
    at1 = map_at(&m, VA, 3, IPA | S1_CLEAN | ns << 5);
    SECURE_OK(&s, 1, VA, "w", ns ? 0x8000 : 0x7000, s2sa ? SMMU3_NS : SMMU3_S);
    CHECK_EQ(map_get(&m, at1), IPA | S1_DIRTY | ns << 5);
    CHECK_EQ(map2_get(&s, at_table), (TABLES + 0x2000) | S2_DIRTY);
    CHECK_EQ(map2_get(&s, at_s), 0x7000 | (ns ? S2_CLEAN : S2_DIRTY));
    CHECK_EQ(map2_get(&s, at_ns), 0x8000 | (ns ? S2_DIRTY : S2_CLEAN));
    rig_free(s.r);
}

static void nested_spaces(void)
{
    for (unsigned i = 0; i < 4; i++) {
        nested(i & 1, i >> 1);
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/secure-httu/E.13/stage-1", stage1);
    g_test_add_func("/secure-httu/E.13/ns-table", ns_table);
    g_test_add_func("/secure-httu/E.13/nested", nested_spaces);
    return g_test_run();
}
