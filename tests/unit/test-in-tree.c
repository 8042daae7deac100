/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 42 places where QEMU's own model was found wrong, as seen from the core:
 * rows 1 to 20. One test per row that would fail on that model's behaviour.
 */
#include "in-tree.h"

struct in_tree in_tree_s1(void)
{
    struct in_tree t = { .r = rig_new() };

    t.m = map_s1(&t.r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    t.m2 = map_s2(&t.r->h, S2_TTB, 12, 24, 1, S2_TTB + 0x10000);
    t.ste = ste_s1(RIG_CD);
    t.cd = cd_make(RIG_TABLES, 12, 25);
    map_at(&t.m, VA, 3, PA | D_PAGE | D_S1ALL);
    in_tree_set(&t);
    return t;
}

struct in_tree in_tree_nested(void)
{
    struct in_tree t = in_tree_s1();

    t.ste = ste_nested(RIG_CD, S2_TTB, 12, 24, 1);
    map_at(&t.m2, RIG_CD, 3, RIG_CD | D_PAGE | D_S2ALL);
    for (uint64_t i = 0; i < 16; i++) {
        map_at(&t.m2, RIG_TABLES + (i << 12), 3,
               (RIG_TABLES + (i << 12)) | D_PAGE | D_S2ALL);
    }
    map_at(&t.m2, PA, 3, PA | D_PAGE | D_S2ALL);
    in_tree_set(&t);
    return t;
}

void in_tree_set(struct in_tree *t)
{
    rig_set_ste(t->r, SID, t->ste);
    rig_set_cd(t->r, RIG_CD, t->cd);
    rig_forget(t->r);
}

static void ips_6_and_7(void)
{
    struct in_tree t = in_tree_s1();

    for (unsigned ips = 6; ips <= 7; ips++) {
        set_bits(t.cd.w, 34, 32, ips);
        in_tree_set(&t);
        CHECK_OK(t.r, SID, VA, "r", PA);
    }
    rig_free(t.r);
}

static void s2aa64_0(void)
{
    struct in_tree t = in_tree_nested();

    set_bits(t.ste.w, 179, 179, 0);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
    set_bits(t.ste.w, 3, 1, 6);
    in_tree_set(&t);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
    rig_free(t.r);
}

/* 40 bits of IPA from level 1: bit 39 selects the second table. */
static void concatenated(void)
{
    struct in_tree t = in_tree_s1();

    t.ste = ste_s2(S2_TTB, 12, 24, 1);
    in_tree_set(&t);
    mem_w64(&t.r->h, S2_TTB, 0x80000000 | D_BLOCK | D_S2ALL);
    mem_w64(&t.r->h, S2_TTB + 0x1000, 0xc0000000 | D_BLOCK | D_S2ALL);
    CHECK_OK(t.r, SID, 0x1234, "r", 0x80001234);
    CHECK_OK(t.r, SID, 0x8000001234, "r", 0xc0001234);
    rig_free(t.r);
}

static void tbi1(void)
{
    struct in_tree t = in_tree_s1();
    uint64_t high = UINT64_MAX << 39 | VA;

    cd_ttb1(&t.cd, RIG_TABLES, 12, 25);
    set_bits(t.cd.w, 39, 39, 1); /* TBI1 alone */
    in_tree_set(&t);
    CHECK_OK(t.r, SID, high & 0x5affffffffffffff, "r", PA);
    CHECK_ABORT(t.r, SID, VA | 0x5a00000000000000, "r", 0x0000000300000010,
                0x0000020800000000, VA | 0x5a00000000000000, 0);
    set_bits(t.cd.w, 39, 38, 1); /* TBI0 alone */
    in_tree_set(&t);
    CHECK_OK(t.r, SID, VA | 0x5a00000000000000, "r", PA);
    CHECK_ABORT(t.r, SID, high & 0x5affffffffffffff, "r", 0x0000000300000010,
                0x0000020800000000, high & 0x5affffffffffffff, 0);
    rig_free(t.r);
}

/* A 64 KiB table over 4 KiB stage-2 pages in reverse order. */
static void large_table_small_pages(void)
{
    struct in_tree t = in_tree_nested();
    uint64_t ipa = 0x60000000, pa = 0x70000000;

    t.cd = cd_make(ipa, 16, 25); /* starts at level 2, 1024 entries: 8 KiB */
    for (uint64_t i = 0; i < 64; i++) {
        map_at(&t.m2, ipa + (i << 12), 3,
               (pa + ((63 - i) << 12)) | D_PAGE | D_S2ALL);
    }
    in_tree_set(&t);
    /* VA 0x7f_e123_4567: level 2 entry 1023, level 3 entry 0x123. */
    mem_w64(&t.r->h, pa + (62ull << 12) + 0xff8, (ipa + 0x10000) | D_TABLE);
    mem_w64(&t.r->h, pa + (47ull << 12) + 0x918, PA | D_PAGE | D_S1ALL);
    map_at(&t.m2, PA + 0x4000, 3, (PA + 0x4000) | D_PAGE | D_S2ALL);
    CHECK_OK(t.r, SID, 0x7fe1234567, "r", PA + 0x4567);
    rig_free(t.r);
}

/* CD.IPS = 32 bits; stage 2 puts the table above 4 GiB. */
static void table_above_ips(void)
{
    struct in_tree t = in_tree_nested();
    uint64_t high = 0x800000000;

    set_bits(t.cd.w, 34, 32, 0);
    for (uint64_t a = 0; a < 0x1000; a += 8) {
        mem_w64(&t.r->h, high + a, mem_r64(&t.r->h, RIG_TABLES + a));
        mem_w64(&t.r->h, RIG_TABLES + a, 0);
    }
    map_at(&t.m2, RIG_TABLES, 3, high | D_PAGE | D_S2ALL);
    in_tree_set(&t);
    CHECK_OK(t.r, SID, VA, "r", PA);
    rig_free(t.r);
}

/* The page of TTB0 moves in stage 2: TLBI is enough, no CFGI. */
static void ttb_not_frozen(void)
{
    struct in_tree t = in_tree_nested();
    uint64_t moved = 0x800000000;

    CHECK_OK(t.r, SID, VA, "r", PA);
    mem_w64(&t.r->h, moved, (RIG_TABLES + 0x8000) | D_TABLE);
    mem_w64(&t.r->h, RIG_TABLES + 0x8000, 0x80000000 | D_BLOCK | D_S1ALL);
    map_at(&t.m2, 0x80000000, 2, 0x90000000 | D_BLOCK | D_S2ALL);
    map_at(&t.m2, RIG_TABLES, 3, moved | D_PAGE | D_S2ALL);
    rig_cmd(t.r, cmd_tlbi(0x2a, 7, 0, RIG_TABLES));
    rig_cmd(t.r, cmd_tlbi(0x28, 7, 0, 0));
    rig_sync(t.r);
    CHECK_OK(t.r, SID, VA, "r", 0x90000000 + VA);
    rig_free(t.r);
}

/* A 2 MiB block over 4 KiB pages: one TLBI by VA for all of it. */
static void fragments(void)
{
    struct in_tree t = in_tree_nested();

    for (uint64_t i = 0; i < 4; i++) {
        map_at(&t.m2, 0x60000000 + (i << 12), 3,
               (0x70000000 + (i << 13)) | D_PAGE | D_S2ALL);
        map_at(&t.m2, 0x60200000 + (i << 12), 3,
               (0x78000000 + (i << 13)) | D_PAGE | D_S2ALL);
    }
    map_at(&t.m, 0x200000, 2, 0x60000000 | D_BLOCK | D_S1ALL);
    for (uint64_t i = 0; i < 4; i++) {
        CHECK_OK(t.r, SID, 0x200000 + (i << 12), "r", 0x70000000 + (i << 13));
    }
    map_at(&t.m, 0x200000, 2, 0x60200000 | D_BLOCK | D_S1ALL);
    rig_cmd(t.r, cmd_tlbi(0x12, 7, 3, 0x200000));
    rig_sync(t.r);
    for (uint64_t i = 0; i < 4; i++) {
        CHECK_OK(t.r, SID, 0x200000 + (i << 12), "r", 0x78000000 + (i << 13));
    }
    rig_free(t.r);
}

static void tag_in_key(void)
{
    struct in_tree t = in_tree_s1();

    set_bits(t.cd.w, 38, 38, 1);
    in_tree_set(&t);
    CHECK_OK(t.r, SID, VA | 0x7700000000000000, "r", PA);
    map_at(&t.m, VA, 3, (PA + 0x1000) | D_PAGE | D_S1ALL);
    rig_cmd(t.r, cmd_tlbi(0x12, 7, 3, VA));
    rig_sync(t.r);
    CHECK_OK(t.r, SID, VA | 0x7700000000000000, "r", PA + 0x1000);
    rig_free(t.r);
}

static void aptable_in_entry(void)
{
    struct in_tree t = in_tree_s1();
    uint64_t at = map_find(&t.m, VA, 2);

    map_put(&t.m, at, map_get(&t.m, at) | 1ull << 62);
    CHECK_OK(t.r, SID, VA, "r", PA);
    CHECK_ABORT(t.r, SID, VA, "w", 0x0000000300000013, 0x0000020000000000, VA,
                0);
    rig_free(t.r);
}

static void hit_checks_reads(void)
{
    struct in_tree t = in_tree_nested();

    map_at(&t.m2, PA, 3, PA | D_PAGE | (D_S2ALL & ~D_S2R));
    CHECK_OK(t.r, SID, VA, "w", PA);
    CHECK_ABORT(t.r, SID, VA, "r", 0x0000000300000013, 0x0000028800000000, VA,
                PA);
    t.ste = ste_s2(S2_TTB, 12, 24, 1);
    in_tree_set(&t);
    CHECK_OK(t.r, SID, PA, "w", PA);
    CHECK_ABORT(t.r, SID, PA, "r", 0x0000000300000013, 0x0000028800000000, PA,
                PA);
    rig_free(t.r);
}

/* What a holder caches is what both stages grant, also from a hit. */
static void combined_permissions(void)
{
    struct in_tree t = in_tree_nested();

    map_at(&t.m2, PA, 3, PA | D_PAGE | (D_S2ALL & ~D_S2W) | D_S2XN(2));
    for (unsigned i = 0; i < 3; i++) {
        struct smmu3_result res = rig_go(t.r, SID, VA, "r");

        CHECK_EQ(res.outcome, SMMU3_OK);
        CHECK_EQ(res.perm, 1);
    }
    rig_free(t.r);
}

/* TLBI_NH_ALL reaches whoever holds results, with and without a TLB entry. */
static void notifier_on_nh_all(void)
{
    struct in_tree t = in_tree_s1();
    bool told;

    for (unsigned i = 0; i < 2; i++) {
        if (i) {
            CHECK_OK(t.r, SID, VA, "r", PA);
        }
        t.r->h.n_stale = 0;
        rig_cmd(t.r, cmd_tlbi(0x10, 7, 0, 0));
        rig_sync(t.r);
        told = false;
        for (unsigned k = 0; k < t.r->h.n_stale; k++) {
            const struct smmu3_stale *s = &t.r->h.stale[k];

            told |= s->sid_first <= SID && s->sid_last >= SID &&
                    s->addr_first == 0 && s->addr_last == UINT64_MAX;
        }
        CHECK(told);
    }
    rig_free(t.r);
}

/* A result is a copy: an invalidation in the middle of a transaction (here: by
 * another one that its own descriptor read starts) cannot pull it away. */
static struct rig *nested_rig;
static unsigned nested_depth;

static void start_another(void *arg, uint64_t pa)
{
    (void)pa;
    (void)arg;
    if (nested_depth == 0) {
        nested_depth = 1;
        for (uint64_t i = 0; i < 32; i++) {
            rig_go(nested_rig, SID, VA + (i << 12), "r");
        }
        nested_depth = 0;
    }
}

static void use_after_unlock(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;
    struct mapper m;

    p.tlb_entries = 2; /* every entry is replaced meanwhile */
    p.walk_cache_entries = 1;
    p.config_cache_entries = 1;
    r = rig_new_with(&p);
    m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    rig_set_ste(r, SID, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    for (uint64_t i = 0; i < 32; i++) {
        map_at(&m, VA + (i << 12), 3, (PA + (i << 12)) | D_PAGE | D_S1ALL);
    }
    nested_rig = r;
    r->h.on_read = start_another;
    for (uint64_t i = 0; i < 32; i++) {
        CHECK_OK(r, SID, VA + (i << 12), "r", PA + (i << 12));
    }
    r->h.on_read = NULL;
    rig_free(r);
}

static void fmt_sticky(void)
{
    struct rig *r = rig_new();

    mem_w64(&r->h, RIG_STRTAB, 0x31000000 | 7);
    mem_w64(&r->h, 0x31000000 + 64 * SID, 0x9);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 6u << 6 | 8);
    wr32(r, O_CR0, 0xd);
    CHECK_OK(r, SID, VA, "r", VA);
    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 8);
    wr32(r, O_CR0, 0xd);
    rig_forget(r);
    CHECK_ABORT(r, SID, VA, "r", 0x0000000300000004, 0, 0, 0);
    rig_set_ste(r, SID, ste_bypass());
    rig_forget(r);
    CHECK_OK(r, SID, VA, "r", VA);
    rig_free(r);
}

static void span(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0xc);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 6u << 6 | 8);
    wr32(r, O_CR0, 0xd);
    mem_w64(&r->h, RIG_STRTAB, 0x31000000 | 2); /* two STEs, not four */
    mem_w64(&r->h, 0x31000000 + 64, 0x9);
    mem_w64(&r->h, 0x31000000 + 128, 0x9);
    CHECK_OK(r, 1, VA, "r", VA);
    CHECK_ABORT(r, 2, VA, "r", 0x0000000200000002, 0, 0, 0);
    rig_free(r);
}

static void strtab_alignment(void)
{
    struct rig *r = rig_new();

    mem_w64(&r->h, RIG_STRTAB + 64 * SID, 0x9);
    wr32(r, O_CR0, 0xc);
    wr64(r, O_STRTAB_BASE, RIG_STRTAB + 0x2000); /* bit LOG2SIZE + 5 */
    wr32(r, O_CR0, 0xd);
    CHECK_OK(r, SID, VA, "r", VA);
    wr32(r, O_CR0, 0xc);
    wr64(r, O_STRTAB_BASE, RIG_STRTAB + 0x7c0);
    wr32(r, O_STRTAB_BASE_CFG, 1u << 16 | 8u << 6 | 16); /* 2 KiB */
    wr32(r, O_CR0, 0xd);
    rig_forget(r);
    mem_w64(&r->h, RIG_STRTAB, 0x31000000 | 9);
    mem_w64(&r->h, 0x31000000 + 64 * SID, 0x9);
    CHECK_OK(r, SID, VA, "r", VA);
    rig_free(r);
}

static void queue_alignment(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x1);
    wr64(r, O_CMDQ_BASE, 0x33000020 | 1);   /* 32 bytes: bit 5 counts */
    wr64(r, O_EVENTQ_BASE, 0x34000fe0 | 4); /* 512 bytes */
    wr32(r, O_CR0, 0xd);
    mem_w64(&r->h, 0x33000020, 0x1046);
    wr32(r, O_CMDQ_PROD, 1);
    rig_drain(r);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_go(r, SID, VA, "r");
    CHECK_EQ(mem_r64(&r->h, 0x34000e00), 0x0000000300000004);
    rig_free(r);
}

static void full_event_queue(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, RIG_EVENTQ | 1);
    wr32(r, O_CR0, 0xd);
    for (unsigned i = 0; i < 5; i++) {
        rig_go(r, SID, VA, "r");
    }
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000002);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    wr32(r, O_EVENTQ_CONS, 1);
    rig_go(r, SID, VA, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000003); /* OVFLG stays */
    rig_free(r);
}

/* A further look at a fault that was reported is silent. */
static void one_event(void)
{
    struct in_tree t = in_tree_s1();
    struct smmu3_txn txn = rig_txn(SID, 0x5000, "w");
    struct smmu3_result res;

    smmu3_translate(t.r->s, &txn, &res);
    CHECK_EQ(res.outcome, SMMU3_ABORT);
    txn.silent = true;
    for (unsigned i = 0; i < 15; i++) {
        txn.addr += 4;
        smmu3_translate(t.r->s, &txn, &res);
        CHECK_EQ(res.outcome, SMMU3_ABORT);
    }
    CHECK_EQ(rig_drop_events(t.r), 1);
    rig_free(t.r);
}

void in_tree_add_first(void)
{
    g_test_add_func("/in-tree/row-01-ips-6-and-7", ips_6_and_7);
    g_test_add_func("/in-tree/row-02-s2aa64-0", s2aa64_0);
    g_test_add_func("/in-tree/row-03-concatenated-tables", concatenated);
    g_test_add_func("/in-tree/row-04-tbi1", tbi1);
    g_test_add_func("/in-tree/row-05-large-table-over-small-pages",
                    large_table_small_pages);
    g_test_add_func("/in-tree/row-06-table-above-ips", table_above_ips);
    g_test_add_func("/in-tree/row-07-ttb-not-frozen", ttb_not_frozen);
    g_test_add_func("/in-tree/row-08-fragments", fragments);
    g_test_add_func("/in-tree/row-09-tbi-tag-in-key", tag_in_key);
    g_test_add_func("/in-tree/row-10-aptable-in-entry", aptable_in_entry);
    g_test_add_func("/in-tree/row-11-hit-checks-reads", hit_checks_reads);
    g_test_add_func("/in-tree/row-12-combined-permissions",
                    combined_permissions);
    g_test_add_func("/in-tree/row-13-notifier-on-nh-all", notifier_on_nh_all);
    g_test_add_func("/in-tree/row-14-use-after-unlock", use_after_unlock);
    g_test_add_func("/in-tree/row-15-fmt-sticky", fmt_sticky);
    g_test_add_func("/in-tree/row-16-span", span);
    g_test_add_func("/in-tree/row-17-strtab-alignment", strtab_alignment);
    g_test_add_func("/in-tree/row-18-queue-alignment", queue_alignment);
    g_test_add_func("/in-tree/row-19-full-event-queue", full_event_queue);
    g_test_add_func("/in-tree/row-20-one-event", one_event);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    in_tree_add_first();
    in_tree_add_second();
    return g_test_run();
}
