/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Corners between the parts: tagged addresses and those who keep results, the
 * IPA of a fault from a combined entry, EL2 commands and the walk cache, level
 * hints and table descriptors, CDs over a change of world, CMDQ_CONS.ERR.
 */
#include "rig.h"

#define X UINT64_C(0x200000)
#define ALL UINT64_MAX

static uint64_t stale_last(struct rig *r)
{
    g_assert_cmpuint(r->h.n_stale, >, 0);
    return r->h.stale[r->h.n_stale - 1].addr_last;
}

/* C.4, TBI: whoever keeps results knows them by the tagged address, which no
 * command names: once there is such a CD, they hear of everything. */
static void told_of_tagged(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    /* NH_VA, TG = 1, TTL = 3: one page */
    struct cmd c = cmd_tlbi_range(0x12, 0, 0, X, 1, 3, 0, 0);

    map_at(&m, X, 3, 0x30000000 | D_PAGE | D_S1ALL);
    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd);
    CHECK_OK(r, 0, X, "r", 0x30000000);
    rig_cmd(r, c);
    CHECK_EQ(stale_last(r), X + 0xfff);

    set_bits(cd.w, 38, 38, 1); /* TBI0 */
    rig_set_cd(r, RIG_CD, cd);
    rig_forget(r);
    CHECK_OK(r, 0, X | UINT64_C(0x5a) << 56, "r", 0x30000000);
    rig_cmd(r, c);
    CHECK_EQ(stale_last(r), ALL);
    rig_free(r);
}

/* D.2: the IPA is that of the access, not of the entry's base. */
static void ipa_of_a_hit(void)
{
    struct rig *r = rig_new();
    struct mapper s2 =
        map_s2(&r->h, RIG_TABLES, 12, 32, 1, RIG_TABLES + 0x100000);
    struct mapper s1 =
        map_s1(&r->h, RIG_TABLES + 0x200000, 12, 25, RIG_TABLES + 0x201000);

    /* Stage-1 tables and the CD at IPA = PA; the block read-only at stage 2. */
    map_at(&s2, RIG_TABLES + 0x200000, 2,
           (RIG_TABLES + 0x200000) | D_BLOCK | D_S2ALL);
    map_at(&s2, RIG_CD, 2, (RIG_CD & ~UINT64_C(0x1fffff)) | D_BLOCK | D_S2ALL);
    map_at(&s2, 0x40000000, 2, 0x30000000 | D_BLOCK | (D_S2ALL & ~D_S2W));
    map_at(&s1, X, 2, 0x40000000 | D_BLOCK | D_S1ALL);
    rig_set_ste(r, 0, ste_nested(RIG_CD, RIG_TABLES, 12, 32, 1));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES + 0x200000, 12, 25));
    CHECK_OK(r, 0, X, "r", 0x30000000);
    CHECK_ABORT(r, 0, X + 0x5678, "w", 0x13, UINT64_C(0x28000000000),
                X + 0x5678, 0x40005000);
    rig_free(r);
}

/* An EL2 stream with page X cached, whose level-2 descriptor then points to
 * another table, which maps the page after X too. */
static struct rig *el2_rig(bool e2h)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct ste ste = ste_s1(RIG_CD);

    if (e2h) {
        wr32(r, O_CR0, 0xc);
        wr32(r, O_CR2, 3);
        wr32(r, O_CR0, 0xd);
    }
    set_bits(ste.w, 95, 94, 2); /* STRW */
    rig_set_ste(r, 0, ste);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    map_at(&m, X, 3, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, X, "rp", 0x30000000);
    map_put(&m, map_find(&m, X, 2), (RIG_TABLES + 0x100000) | D_TABLE);
    mem_w64(&r->h, RIG_TABLES + 0x100000, 0x31000000 | D_PAGE | D_S1ALL);
    mem_w64(&r->h, RIG_TABLES + 0x100008, 0x31001000 | D_PAGE | D_S1ALL);
    return r;
}

/* C.5: with E2H = 0 the ASID operand is ignored, for table descriptors too. */
static void el2_va_ignores_asid(void)
{
    struct rig *r = el2_rig(false);

    rig_cmd(r, cmd_tlbi(0x22, 0, 5, X));
    CHECK_OK(r, 0, X, "rp", 0x31000000);
    rig_free(r);
}

/* F.1: a CD is decoded for a world; after CR2.E2H changes, the old decoding
 * must not serve. In EL2 the TTB1 half is off, in EL2-E2H it is on. */
static void cd_per_world(void)
{
    struct rig *r = rig_new();
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct ste ste = ste_s1(RIG_CD);
    struct cd cd = cd_make(RIG_TABLES, 12, 25);
    uint64_t high = ALL << 39 | X;

    cd_ttb1(&cd, RIG_TABLES, 12, 25);
    set_bits(ste.w, 95, 94, 2);
    rig_set_ste(r, 0, ste);
    rig_set_cd(r, RIG_CD, cd);
    map_at(&m, X, 3, 0x30000000 | D_PAGE | D_S1ALL);
    CHECK_OK(r, 0, X, "rp", 0x30000000);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_CR2, 3);
    wr32(r, O_CR0, 0xd);
    CHECK_OK(r, 0, high, "rp", 0x30000000);
    rig_free(r);
}

/* C.4: TTL = 2 names leaves of level 2: tables are above that, and the
 * level-2 table descriptor need not go. */
static void ttl_keeps_lower_tables(void)
{
    struct rig *r = el2_rig(false);

    rig_cmd(r, cmd_tlbi_range(0x22, 0, 0, X, 1, 2, 0, 0));
    /* The page itself is of level 3, and stays as well. */
    CHECK_OK(r, 0, X, "rp", 0x30000000);
    /* Its neighbour is mapped below the new table only. */
    CHECK_ABORT(r, 0, X + 0x1000, "rp", 0x10, UINT64_C(0x20a00000000),
                X + 0x1000, 0);
    /* TTL = 3: the level-2 descriptor goes. */
    rig_cmd(r, cmd_tlbi_range(0x22, 0, 0, X, 1, 3, 0, 0));
    CHECK_OK(r, 0, X, "rp", 0x31000000);
    CHECK_OK(r, 0, X + 0x1000, "rp", 0x31001000);
    rig_free(r);
}

/* Choices: ERR is cleared when the next command is consumed. */
static void cons_err_is_cleared(void)
{
    struct rig *r = rig_new();

    mem_w64(&r->h, RIG_CMDQ, 0xff);
    wr32(r, O_CMDQ_PROD, 1);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000000);
    mem_w64(&r->h, RIG_CMDQ, 0x46);
    wr32(r, O_GERRORN, rd32(r, O_GERROR));
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/corners/C.4/told-of-tagged", told_of_tagged);
    g_test_add_func("/corners/D.2/ipa-of-a-hit", ipa_of_a_hit);
    g_test_add_func("/corners/C.5/el2-va-ignores-asid", el2_va_ignores_asid);
    g_test_add_func("/corners/F.1/cd-per-world", cd_per_world);
    g_test_add_func("/corners/C.4/ttl-keeps-lower-tables",
                    ttl_keeps_lower_tables);
    g_test_add_func("/corners/C.7/cons-err-is-cleared", cons_err_is_cleared);
    return g_test_run();
}
