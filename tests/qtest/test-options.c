/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of an implementation as properties: sizes of ASIDs and VMIDs,
 * endianness, termination model, VMID wildcards, linear stream tables, and
 * what v3.0 may lack. Each shows in the ID registers and in what is ILLEGAL.
 */
#include "smmu-qtest.h"

#define VA 0x7654321000ull
#define V30 ",arch-version=3.0,fwb=off,ril=off,bbml=0"
#define V31 ",arch-version=3.1"

/* One field of an ID register, with the option and without. */
static const struct {
    const char *props;
    uint32_t reg, mask, value;
} id_rows[] = {
    { "", IDR0, 1u << 12, 1u << 12 },
    { ",asid16=off", IDR0, 1u << 12, 0 },
    { ",vmw=on", IDR0, 1u << 17, 1u << 17 },
    { "", IDR0, 1u << 17, 0 },
    { "", IDR0, 1u << 18, 1u << 18 },
    { ",vmid16=off", IDR0, 1u << 18, 0 },
    { ",ttendian=0", IDR0, 3u << 21, 0 },
    { ",ttendian=2", IDR0, 3u << 21, 2u << 21 },
    { ",ttendian=3", IDR0, 3u << 21, 3u << 21 },
    { ",term-model=on", IDR0, 1u << 26, 1u << 26 },
    { "", IDR0, 1u << 26, 0 },
    { ",st-level=off,sidsize=6", IDR0, 3u << 27, 0 },
    { ",st-level=off,sidsize=6", IDR1, 0x3f, 6 },
    { "", IDR0, 3u << 27, 1u << 27 },
    { V30, AIDR, 0xff, 0 },
    { V30, IDR3, 0x1d14, 0x14 },
    { V30 ",had=off,xnx=off", IDR3, 0x1d14, 0 },
    { V31 ",fwb=off", IDR3, 1u << 8, 0 },
    { V31 ",ril=off", IDR3, 1u << 10, 0 },
};

static void test_advertised(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(id_rows); i++) {
        SmmuQtest *t = machine_start_with(id_rows[i].props, NULL, NULL);

        g_assert_cmphex(r32(t, id_rows[i].reg) & id_rows[i].mask, ==,
                        id_rows[i].value);
        machine_stop(t);
    }
}

/* One bit field of the STE or the CD that the option makes ILLEGAL. */
typedef struct Illegal {
    const char *name, *props;
    unsigned stage;
    bool cd;
    unsigned hi, lo;
    uint64_t v;
    unsigned event; /* 0: legal */
} Illegal;

static const Illegal illegal[] = {
    { "asid8", ",asid16=off", 1, true, 63, 48, 0x100, C_BAD_CD },
    { "asid8-fits", ",asid16=off", 1, true, 63, 48, 0xff, 0 },
    { "asid16", "", 1, true, 63, 48, 0xff00, 0 },
    { "vmid8-stage-1", ",vmid16=off", 1, false, 143, 128, 0x100, C_BAD_STE },
    { "vmid8-stage-2", ",vmid16=off", 2, false, 143, 128, 0x100, C_BAD_STE },
    { "vmid8-fits", ",vmid16=off", 3, false, 143, 128, 0xff, 0 },
    { "vmid16", "", 3, false, 143, 128, 0xff00, 0 },
    { "little-only-cd", ",ttendian=2", 1, true, 15, 15, 1, C_BAD_CD },
    { "little-only-cd-fits", ",ttendian=2", 1, true, 15, 15, 0, 0 },
    { "little-only-ste", ",ttendian=2", 2, false, 180, 180, 1, C_BAD_STE },
    { "big-only-cd", ",ttendian=3", 1, true, 15, 15, 0, C_BAD_CD },
    { "big-only-ste", ",ttendian=3", 2, false, 180, 180, 0, C_BAD_STE },
    { "term-model", ",term-model=on", 1, true, 46, 46, 0, C_BAD_CD },
    { "term-model-fits", ",term-model=on", 1, true, 46, 46, 1, 0 },
    { "no-term-model", "", 1, true, 46, 46, 0, 0 },
};

static void test_illegal(gconstpointer data)
{
    const Illegal *row = data;
    SmmuQtest *t = smmu_start_with(row->props);
    Context c;

    context_init(&c, t, row->stage, 12);
    put(row->cd ? c.cd : c.ste, row->hi, row->lo, row->v);
    context_map(&c, VA, ram_page(t));
    if (row->stage == 3) {
        map_page(&c.s1, VA, ram_page(t) + c.s1.bias, S1_LEAF);
    }
    context_commit(&c);
    g_assert_cmpint(dma_write(t, VA), ==, row->event == 0);
    if (row->event) {
        expect_event(t, EV_CFG(row->event));
    }
    expect_no_event(t);
    machine_stop(t);
}

/* Big-endian tables where there are no others. */
static void test_big_only(void)
{
    SmmuQtest *t = smmu_start_with(",ttendian=3");
    uint64_t pa = ram_page(t), v;
    Context c;

    context_init(&c, t, 1, 12);
    put(c.cd, 15, 15, 1);
    c.s1.be = true;
    context_map(&c, VA, pa);
    context_commit(&c);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(t, VA, &v));
    g_assert_cmphex(v, ==, MAGIC);
    expect_no_event(t);
    machine_stop(t);
}

/* CR0.VMW: an invalidation of VMID 6 takes VMID 7 with it, or not (3.17.6). */
static void test_vmw(void)
{
    for (unsigned vmw = 0; vmw < 2; vmw++) {
        SmmuQtest *t = smmu_start_with(",vmw=on");
        uint64_t pa = ram_page(t);
        Context c;

        smmu_cr0(t, 0xd | vmw << 6);
        context_init(&c, t, 2, 12);
        put(c.ste, 143, 128, 7);
        context_map(&c, VA, pa);
        context_commit(&c);
        g_assert_true(dma_write(t, VA));
        desc_set(&c.s2, desc_pa(&c.s2, VA, 3), 0);
        cmd(t, OP_TLBI_S12_VMALL | UINT64_C(4) << 32, 0);
        g_assert_true(dma_write(t, VA));
        cmd(t, OP_TLBI_S12_VMALL | UINT64_C(6) << 32, 0);
        g_assert_cmpint(dma_write(t, VA), ==, !vmw);
        if (vmw) {
            expect_event(t, EV(F_TRANSLATION, VA, .s2 = true, .ipa = VA));
        }
        expect_no_event(t);
        machine_stop(t);
    }
}

/* Without VMW, and without two levels: their fields are RES0. */
static void test_reserved_fields(void)
{
    SmmuQtest *t = smmu_start_with(",st-level=off,sidsize=6");

    w32(t, CR0, 0x1cd);
    g_assert_cmphex(r32(t, CR0), ==, 0xd);
    smmu_cr0(t, 0xc);
    w32(t, STRTAB_BASE_CFG, 0x307ff);
    g_assert_cmphex(r32(t, STRTAB_BASE_CFG), ==, 0x3f);
    machine_stop(t);
}

/* v3.0 without HAD and XNX: the bits have no effect. */
static void test_v30(void)
{
    for (unsigned off = 0; off < 2; off++) {
        SmmuQtest *t = smmu_start_with(off ? V30 ",had=off,xnx=off" : V30);
        uint64_t pa = ram_page(t), at;
        Context c;

        context_init(&c, t, 1, 12);
        context_map(&c, VA, pa);
        at = desc_pa(&c.s1, VA, 2);
        desc_set(&c.s1, at, desc_get(&c.s1, at) | 1ull << 62); /* APTable */
        put(c.cd, 65, 65, 1);                                  /* HAD0 */
        context_commit(&c);
        g_assert_cmpint(dma_write(t, VA), ==, !off);
        if (off) {
            expect_event(t, EV(F_PERMISSION, VA));
        }
        context_init(&c, t, 2, 12);
        map_page(&c.s2, VA, pa, S2_LEAF | 3ull << 53); /* privileged alone */
        context_commit(&c);
        cmd(t, OP_TLBI_NSNH_ALL, 0);
        g_assert_cmpint(dma_attrs(t, VA, false, ENG_ATTR | ENG_IND | ENG_PNU),
                        ==, !off);
        if (off) {
            expect_event(t, EV(F_PERMISSION, VA, .s2 = true, .ipa = VA,
                               .pnu = true, .ind = true, .rnw = true));
        }
        expect_no_event(t);
        machine_stop(t);
    }
}

/* A CD beyond OAS: F_CD_FETCH in v3.0, an ILLEGAL STE later (3.4.3). */
static void test_far_cd(void)
{
    for (unsigned v30 = 0; v30 < 2; v30++) {
        SmmuQtest *t = smmu_start_with(v30 ? V30 : "");
        Context c;

        context_init(&c, t, 1, 12);
        put(c.ste, 55, 48, 1);
        context_commit(&c);
        g_assert_false(dma_write(t, VA));
        if (v30) {
            expect_event(t, EV_CFG(F_CD_FETCH, .ipa = 1ull << 48 | c.cd_pa));
        } else {
            expect_event(t, EV_CFG(C_BAD_STE));
        }
        expect_no_event(t);
        machine_stop(t);
    }
}

/* Without RIL the fields of a range are ignored, and none is ILLEGAL. */
static void test_ril_off(void)
{
    SmmuQtest *t = smmu_start_with(V31 ",ril=off");
    uint64_t pa;
    Context c;

    pa = quick_stage1(&c, t, VA);
    (void)pa;
    g_assert_true(dma_write(t, VA));
    desc_set(&c.s1, desc_pa(&c.s1, VA, 3), 0);
    /* TG = 64K, TTL = 2: of no table here; then the reserved combination */
    cmd(t, OP_TLBI_NH_VAA | UINT64_C(1) << 32 | 1u << 12,
        VA | 3u << 10 | 2u << 8);
    g_assert_false(dma_write(t, VA));
    expect_event(t, EV(F_TRANSLATION, VA));
    cmd(t, OP_TLBI_NH_VAA | UINT64_C(1) << 32, VA | 1u << 10);
    expect_no_event(t);
    machine_stop(t);
}

/* Without Hyp all of stage 1 is EL1's, whatever STRW says (5.2), and there are
 * no commands for EL2 (4.4). */
static void test_hyp_off(void)
{
    for (unsigned hyp = 0; hyp < 2; hyp++) {
        SmmuQtest *t = smmu_start_with(hyp ? V31 : V31 ",hyp=off");
        uint64_t pa = ram_page(t);
        Context c;

        g_assert_cmphex(r32(t, IDR0) >> 9 & 1, ==, hyp);
        context_init(&c, t, 1, 12);
        put(c.ste, 95, 94, 2);                       /* STRW: EL2 */
        map_page(&c.s1, VA, pa, S1_LEAF & ~0x40ull); /* not for EL0 */
        context_commit(&c);
        g_assert_true(dma_attrs(t, VA, false, ENG_ATTR | ENG_PNU));
        if (hyp) {
            g_assert_true(dma_read(t, VA, NULL));
        } else {
            g_assert_false(dma_read(t, VA, NULL));
            expect_event(t, EV(F_PERMISSION, VA, .rnw = true));
        }
        for (uint64_t op = 0x20; op <= 0x23; op++) {
            if (hyp) {
                cmd(t, op, 0);
            } else {
                cmd_illegal(t, op, 0);
            }
        }
        expect_no_event(t);
        machine_stop(t);
    }
}

/* A granule that is not there is ILLEGAL in CD and STE; the others are not. */
static void test_granules(void)
{
    static const struct {
        const char *props;
        unsigned lg2;
    } rows[] = { { ",gran4k=off", 12 },
                 { ",gran16k=off", 14 },
                 { ",gran64k=off", 16 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuQtest *t = smmu_start_with(rows[i].props);

        for (unsigned lg2 = 12; lg2 <= 16; lg2 += 2) {
            for (unsigned stage = 1; stage <= 2; stage++) {
                uint64_t pa = ram_page(t), in = stage == 1 ? VA : RAM_FREE;
                Context c;

                context_init(&c, t, stage, lg2);
                context_map(&c, in, pa);
                context_commit(&c);
                cmd(t, OP_TLBI_NSNH_ALL, 0);
                g_assert_cmpint(dma_read(t, in, NULL), ==, lg2 != rows[i].lg2);
                if (lg2 == rows[i].lg2) {
                    expect_event(t, EV_CFG(stage == 1 ? C_BAD_CD : C_BAD_STE));
                }
                expect_no_event(t);
            }
        }
        machine_stop(t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (subject_in_tree()) {
        return g_test_run();
    }
    g_test_add_func("/options/advertised", test_advertised);
    for (unsigned i = 0; i < G_N_ELEMENTS(illegal); i++) {
        g_autofree char *path =
            g_strdup_printf("/options/illegal/%s", illegal[i].name);

        g_test_add_data_func(path, &illegal[i], test_illegal);
    }
    g_test_add_func("/options/big-only", test_big_only);
    g_test_add_func("/options/vmw", test_vmw);
    g_test_add_func("/options/reserved-fields", test_reserved_fields);
    g_test_add_func("/options/v3.0", test_v30);
    g_test_add_func("/options/far-cd", test_far_cd);
    g_test_add_func("/options/ril-off", test_ril_off);
    g_test_add_func("/options/hyp-off", test_hyp_off);
    g_test_add_func("/options/granules-off", test_granules);
    return g_test_run();
}
