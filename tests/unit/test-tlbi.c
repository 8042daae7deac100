/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each TLBI command removes (4.4; C.5, F.1): all worlds, VMIDs, ASIDs,
 * global and not, stage 1, stage 2 and combined; and that no more goes than
 * the architecture demands. Whoever holds results is told of all that goes.
 */
#include "tlb-rig.h"

#define A UINT64_C(0x10000)
#define B UINT64_C(0x20000)
#define N UINT64_C(0x30000)
#define M UINT64_C(0x50000)
/* EL2 has no ASID: streams with tables of their own must keep apart. */
#define Q UINT64_C(0x6000050000)

static const struct stream streams[] = {
    { 0, ST_EL1, 7, 3 }, { 1, ST_EL1, 7, 4 },    { 2, ST_EL1, 8, 3 },
    { 3, ST_EL1, 8, 4 }, { 4, ST_NESTED, 7, 5 }, { 5, ST_NESTED, 8, 5 },
    { 6, ST_S2, 7, 0 },  { 7, ST_S2, 8, 0 },     { 8, ST_EL2, 7, 3 },
    { 9, ST_EL2, 7, 4 },
};

static const struct entry entries[] = {
    [0] = { 0, A },        /* VMID 7 ASID 3 */
    [1] = { 0, B, true },  /* VMID 7 global */
    [2] = { 1, A },        /* VMID 7 ASID 4 */
    [3] = { 2, A },        /* VMID 8 ASID 3 */
    [4] = { 3, B, true },  /* VMID 8 global */
    [5] = { 4, N },        /* combined: VMID 7 ASID 5 */
    [6] = { 5, M, true },  /* combined: VMID 8 global */
    [7] = { 6, A },        /* stage 2: VMID 7 */
    [8] = { 7, A },        /* stage 2: VMID 8 */
    [9] = { 6, N },        /* stage 2: VMID 7 */
    [10] = { 8, A },       /* EL2, or E2H ASID 3 */
    [11] = { 8, B, true }, /* EL2, or E2H global */
    [12] = { 9, Q },       /* EL2, or E2H ASID 4 */
};

static const struct row {
    const char *name;
    bool e2h;
    unsigned op, vmid, asid;
    uint64_t addr;
    uint32_t gone;
    uint32_t free; /* the architecture leaves these open */
} rows[] = {
    { "nh-all-vmid-7", false, 0x10, 7, 0, 0, 0x0027 },
    { "nh-all-vmid-8", false, 0x10, 8, 0, 0, 0x0058 },
    { "nh-all-vmid-9", false, 0x10, 9, 0, 0, 0x0000 },
    { "nh-all-vmid-7-is-16-bits", false, 0x10, 0x0107, 0, 0, 0x0000 },
    { "nh-asid-7-3", false, 0x11, 7, 3, 0, 0x0001 },
    { "nh-asid-7-4", false, 0x11, 7, 4, 0, 0x0004 },
    { "nh-asid-7-5-combined", false, 0x11, 7, 5, 0, 0x0020 },
    { "nh-asid-8-3", false, 0x11, 8, 3, 0, 0x0008 },
    { "nh-asid-8-4-global-stays", false, 0x11, 8, 4, 0, 0x0000 },
    { "nh-asid-8-5-global-stays", false, 0x11, 8, 5, 0, 0x0000 },
    { "nh-asid-is-16-bits", false, 0x11, 7, 0x0103, 0, 0x0000 },
    { "nh-va-7-3-a", false, 0x12, 7, 3, A, 0x0001 },
    { "nh-va-7-4-a", false, 0x12, 7, 4, A, 0x0004 },
    { "nh-va-7-9-a", false, 0x12, 7, 9, A, 0x0000 },
    { "nh-va-7-9-b-global", false, 0x12, 7, 9, B, 0x0002 },
    { "nh-va-8-3-b-global", false, 0x12, 8, 3, B, 0x0010 },
    { "nh-va-7-5-n-combined", false, 0x12, 7, 5, N, 0x0020 },
    { "nh-va-8-9-m-combined-global", false, 0x12, 8, 9, M, 0x0040 },
    { "nh-va-9-3-a", false, 0x12, 9, 3, A, 0x0000 },
    { "nh-va-other-page", false, 0x12, 7, 3, A + 0x1000, 0x0000 },
    { "nh-vaa-7-a", false, 0x13, 7, 0, A, 0x0005 },
    { "nh-vaa-7-b", false, 0x13, 7, 0, B, 0x0002 },
    { "nh-vaa-8-a", false, 0x13, 8, 0, A, 0x0008 },
    { "nh-vaa-7-n", false, 0x13, 7, 0, N, 0x0020 },
    { "nh-vaa-8-m", false, 0x13, 8, 0, M, 0x0040 },
    { "el2-all", false, 0x20, 0, 0, 0, 0x1c00 },
    { "el2-va-a", false, 0x22, 0, 9, A, 0x0400 },
    { "el2-vaa-b", false, 0x23, 0, 0, B, 0x0800 },
    { "el2-vaa-q", false, 0x23, 0, 0, Q, 0x1000 },
    { "el2-asid", false, 0x21, 0, 3, 0, 0x0000, 0x1c00 },
    { "s12-vmall-7", false, 0x28, 7, 0, 0, 0x02a7 },
    { "s12-vmall-8", false, 0x28, 8, 0, 0, 0x0158 },
    { "s12-vmall-9", false, 0x28, 9, 0, 0, 0x0000 },
    { "s2-ipa-7-a", false, 0x2a, 7, 0, A, 0x0080 },
    { "s2-ipa-8-a", false, 0x2a, 8, 0, A, 0x0100 },
    { "s2-ipa-7-n", false, 0x2a, 7, 0, N, 0x0200 },
    { "s2-ipa-9-a", false, 0x2a, 9, 0, A, 0x0000 },
    { "nsnh-all", false, 0x30, 0, 0, 0, 0x03ff },
    { "cfgi-all-removes-none", false, 0x04, 0, 0, 31u << 0, 0x0000 },
    { "sync-removes-none", false, 0x46, 0, 0, 0, 0x0000 },
    { "e2h-el2-all", true, 0x20, 0, 0, 0, 0x1c00 },
    { "e2h-el2-asid-3", true, 0x21, 0, 3, 0, 0x0400 },
    { "e2h-el2-asid-4", true, 0x21, 0, 4, 0, 0x1000 },
    { "e2h-el2-asid-9", true, 0x21, 0, 9, 0, 0x0000 },
    { "e2h-el2-va-3-a", true, 0x22, 0, 3, A, 0x0400 },
    { "e2h-el2-va-9-a", true, 0x22, 0, 9, A, 0x0000 },
    { "e2h-el2-va-9-b-global", true, 0x22, 0, 9, B, 0x0800 },
    { "e2h-el2-vaa-q", true, 0x23, 0, 9, Q, 0x1000 },
    { "e2h-nsnh-all", true, 0x30, 0, 0, 0, 0x03ff },
    { "e2h-nh-all", true, 0x10, 7, 0, 0, 0x0027 },
    { "e2h-nh-vaa", true, 0x13, 7, 0, A, 0x0005 },
};

static void check_row(gconstpointer data)
{
    const struct row *row = data;
    struct tlb_rig t;

    for (unsigned leaf = 0; leaf < 2; leaf++) {
        struct cmd c = cmd_tlbi(row->op, row->vmid, row->asid, row->addr);

        tlb_rig_init(&t, NULL, row->e2h, streams, G_N_ELEMENTS(streams),
                     entries, G_N_ELEMENTS(entries));
        tlb_rig_fill(&t);
        CHECK_EQ(tlb_rig_gone(&t), 0); /* all of them are cached */
        if (row->op == 0x04) {
            c.w[1] = 31;
        } else if (row->op >= 0x10 && row->op != 0x46) {
            c.w[1] |= leaf;
        }
        t.r->h.n_stale = 0;
        rig_cmd(t.r, c);
        rig_sync(t.r);
        CHECK_EQ(row->gone & ~tlb_rig_told(&t), 0);
        CHECK_EQ(tlb_rig_gone(&t) & ~row->free, row->gone & ~row->free);
        tlb_rig_fini(&t);
    }
}

/* In-tree row 13: holders are told of what the SMMU itself no longer has, or
 * never had. */
static void told_without_tlb(void)
{
    struct smmu3_params p = rig_no_caches();
    struct tlb_rig t;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];
        struct cmd c = cmd_tlbi(row->op, row->vmid, row->asid, row->addr);

        tlb_rig_init(&t, &p, row->e2h, streams, G_N_ELEMENTS(streams), entries,
                     G_N_ELEMENTS(entries));
        tlb_rig_fill(&t);
        rig_cmd(t.r, c);
        rig_sync(t.r);
        if (!CHECK_EQ(row->gone & ~tlb_rig_told(&t), 0)) {
            g_test_message("%s", row->name);
        }
        tlb_rig_fini(&t);
    }
}

/* Stage 1 alone: the VMID operand and S2VMID are no tags (C.5, F.1). */
static void no_vmid_without_stage_2(void)
{
    static const struct stream st[] = { { 0, ST_EL1, 7, 3 },
                                        { 1, ST_EL1, 8, 4 } };
    static const struct entry en[] = { { 0, A }, { 1, A }, { 0, B, true } };
    struct smmu3_params p = rig_params();
    struct tlb_rig t;

    rig_stages(&p, true, false);
    tlb_rig_init(&t, &p, false, st, 2, en, 3);
    tlb_rig_fill(&t);
    rig_cmd(t.r, cmd_tlbi(0x11, 0, 3, 0));
    CHECK_EQ(tlb_rig_gone(&t), 1);
    tlb_rig_fill(&t);
    rig_cmd(t.r, cmd_tlbi(0x12, 99, 4, A));
    CHECK_EQ(tlb_rig_gone(&t), 2);
    tlb_rig_fill(&t);
    rig_cmd(t.r, cmd_tlbi(0x10, 55, 0, 0));
    CHECK_EQ(tlb_rig_gone(&t), 7);
    tlb_rig_fini(&t);
}

/* Stage 2 alone. */
static void stage_2_only(void)
{
    static const struct stream st[] = { { 0, ST_S2, 7 }, { 1, ST_S2, 8 } };
    static const struct entry en[] = { { 0, A }, { 1, A }, { 0, B } };
    struct smmu3_params p = rig_params();
    struct tlb_rig t;

    rig_stages(&p, false, true);
    tlb_rig_init(&t, &p, false, st, 2, en, 3);
    tlb_rig_fill(&t);
    rig_cmd(t.r, cmd_tlbi(0x2a, 7, 0, A));
    CHECK_EQ(tlb_rig_gone(&t), 1);
    tlb_rig_fill(&t);
    rig_cmd(t.r, cmd_tlbi(0x28, 7, 0, 0));
    CHECK_EQ(tlb_rig_gone(&t), 5);
    tlb_rig_fill(&t);
    rig_cmd(t.r, cmd_tlbi(0x30, 0, 0, 0));
    CHECK_EQ(tlb_rig_gone(&t), 7);
    tlb_rig_fini(&t);
}

/* J 57: stage 2 changes: S2_IPA for the page, then NH_ALL. */
static void stage_2_under_stage_1(void)
{
    struct tlb_rig t;
    uint64_t ipa = UINT64_C(0x8000000000) + UINT64_C(0x40000000) * 4 + N;

    tlb_rig_init(&t, NULL, false, streams, G_N_ELEMENTS(streams), entries,
                 G_N_ELEMENTS(entries));
    tlb_rig_fill(&t);
    /* Undo stage 1's move: only stage 2 of the old IPA changes. */
    map_at(&t.map[4], N, 3, ipa | D_PAGE | D_S1ALL);
    map_at(&t.map2[4], ipa, 3, 0x77777000 | D_PAGE | D_S2ALL);
    CHECK(rig_go(t.r, 4, N, "r").pa != 0x77777000);
    rig_cmd(t.r, cmd_tlbi(0x2a, 7, 0, ipa));
    rig_cmd(t.r, cmd_tlbi(0x10, 7, 0, 0));
    rig_sync(t.r);
    CHECK_OK(t.r, 4, N, "r", 0x77777000);
    tlb_rig_fini(&t);
}

/* ... and without S2_IPA the stage-2 entry may still be the old one: it is
 * cached by itself. NH_* is a stage-1 command. */
static void stage_2_entry_survives_nh(void)
{
    struct tlb_rig t;
    uint64_t ipa = UINT64_C(0x8000000000) + UINT64_C(0x40000000) * 4 + N;
    uint64_t before;

    tlb_rig_init(&t, NULL, false, streams, G_N_ELEMENTS(streams), entries,
                 G_N_ELEMENTS(entries));
    tlb_rig_fill(&t);
    before = rig_go(t.r, 4, N, "r").pa;
    map_at(&t.map[4], N, 3, ipa | D_PAGE | D_S1ALL);
    map_at(&t.map2[4], ipa, 3, 0x77777000 | D_PAGE | D_S2ALL);
    rig_cmd(t.r, cmd_tlbi(0x10, 7, 0, 0));
    rig_sync(t.r);
    CHECK_OK(t.r, 4, N, "r", before);
    rig_cmd(t.r, cmd_tlbi(0x28, 7, 0, 0));
    rig_sync(t.r);
    CHECK_OK(t.r, 4, N, "r", 0x77777000);
    tlb_rig_fini(&t);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/tlbi/C.5/%s", rows[i].name);

        g_test_add_data_func(name, &rows[i], check_row);
    }
    g_test_add_func("/tlbi/told-without-tlb", told_without_tlb);
    g_test_add_func("/tlbi/F.1/no-vmid-without-stage-2",
                    no_vmid_without_stage_2);
    g_test_add_func("/tlbi/C.5/stage-2-only", stage_2_only);
    g_test_add_func("/tlbi/C.5/stage-2-under-stage-1", stage_2_under_stage_1);
    g_test_add_func("/tlbi/C.5/stage-2-entry-survives-nh",
                    stage_2_entry_survives_nh);
    return g_test_run();
}
