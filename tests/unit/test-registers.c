/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register map (6.1-6.3): identification, access sizes, writable bits,
 * reset values, guards. All expectations are literals.
 */
#include "rig.h"

static struct smmu3_params stages(bool s1p, bool s2p)
{
    struct smmu3_params p = rig_params();

    rig_stages(&p, s1p, s2p);
    return p;
}

/* A.4 to A.6: per set of stages. */
static void check_idr(bool s1p, bool s2p, uint32_t idr0, uint32_t idr3)
{
    struct smmu3_params p = stages(s1p, s2p);
    struct rig *r = rig_new_raw(&p);

    CHECK_EQ(rd32(r, O_IDR0), idr0);
    CHECK_EQ(rd32(r, O_IDR1), 0x02730010);
    CHECK_EQ(rd32(r, O_IDR2), 0);
    CHECK_EQ(rd32(r, O_IDR3), idr3);
    CHECK_EQ(rd32(r, O_IDR5), 0x00000075);
    rig_free(r);
}

static void idr_nested(void)
{
    check_idr(true, true, 0x0904121b, 0x1514);
}

static void idr_s1(void)
{
    check_idr(true, false, 0x0900101a, 0x1504);
}

static void idr_s2(void)
{
    check_idr(false, true, 0x09040019, 0x1510);
}

static void idr_params(void)
{
    static const struct {
        unsigned bits, encoding;
    } oas[] = {
        { 32, 0 }, { 36, 1 }, { 40, 2 }, { 42, 3 }, { 44, 4 }, { 48, 5 }
    };
    struct smmu3_params p;
    struct rig *r;

    for (unsigned i = 0; i < G_N_ELEMENTS(oas); i++) {
        p = rig_params();
        p.f.oas = oas[i].bits;
        r = rig_new_raw(&p);
        CHECK_EQ(rd32(r, O_IDR5), 0x70 | oas[i].encoding);
        rig_free(r);
    }
    p = rig_params();
    p.f.sidsize = 9;
    p.f.cmdqs = 7;
    p.f.eventqs = 5;
    r = rig_new_raw(&p);
    CHECK_EQ(rd32(r, O_IDR1), 9 | 5u << 16 | 7u << 21);
    rig_free(r);
}

static void bad_params(void)
{
    struct fake_host h;
    struct smmu3_host ops;
    struct smmu3_params bad[9];
    const char *error;

    fake_host_init(&h, 48);
    ops = fake_host_ops(&h);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        bad[i] = rig_params();
    }
    bad[0].f.s1p = bad[0].f.s2p = false; /* at least one stage */
    bad[1].f.oas = 41;
    bad[2].f.oas = 52;
    bad[2].f.gran64k = false;
    bad[3].f.sidsize = 33;
    bad[4].f.cmdqs = 20;
    bad[5].f.eventqs = 20;
    bad[6].tlb_entries = SMMU3_CACHE_ENTRIES_MAX + 1;
    bad[7].config_cache_entries = SMMU3_CACHE_ENTRIES_MAX + 1;
    bad[8].walk_cache_entries = UINT32_MAX;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct smmu3 *s;

        error = NULL;
        s = smmu3_new(&bad[i], &ops, NULL, &error);
        if (!CHECK(s == NULL)) {
            g_test_message("bad[%u]", i);
            smmu3_free(s);
        }
        CHECK(error && *error);
    }
    fake_host_fini(&h);
}

/* A.7: v3.2. */
static void aidr(void)
{
    struct rig *r = rig_new_raw(NULL);

    CHECK_EQ(rd32(r, O_AIDR), 0x2);
    rig_free(r);
}

/* A.7, I.3: not a part for which Linux knows errata. */
static void iidr(void)
{
    struct rig *r = rig_new_raw(NULL);
    uint32_t v = rd32(r, O_IIDR);

    CHECK((v & 0xfff) != 0x43b || (v >> 20 != 0x483 && v >> 20 != 0x487));
    CHECK_EQ(v & 0x80, 0); /* Implementer [7] is RES0 */
    rig_free(r);
}

/* A.8. */
static void id_block(void)
{
    struct rig *r = rig_new_raw(NULL);

    CHECK_EQ(rd32(r, 0xff0), 0x0d);
    CHECK_EQ(rd32(r, 0xff4), 0xf0);
    CHECK_EQ(rd32(r, 0xff8), 0x05);
    CHECK_EQ(rd32(r, 0xffc), 0xb1);
    CHECK_EQ(rd32(r, 0xfd4), 0);
    CHECK_EQ(rd32(r, 0xfd8), 0);
    CHECK_EQ(rd32(r, 0xfdc), 0);
    CHECK_EQ(rd32(r, 0xfd0) & ~0xfu, 0); /* size, reserved */
    CHECK_EQ(rd32(r, 0xfe8) & 8, 8);     /* JEDEC */
    /* IIDR.ProductID is PART_1, PART_0. */
    CHECK_EQ((rd32(r, 0xfe4) & 0xf) << 8 | rd32(r, 0xfe0),
             rd32(r, O_IIDR) >> 20);
    for (uint32_t o = 0xfd0; o < 0x1000; o += 4) {
        CHECK_EQ(rd32(r, o) >> 8, 0);
    }
    rig_free(r);
}

/* Registers that are read-only, or writable with these bits, from reset. */
static const struct reg {
    uint32_t offset;
    unsigned size;
    uint64_t reset, writable;
} regs[] = {
    { 0x020, 4, 0, 0x0000000d },         /* CR0 */
    { 0x028, 4, 0, 0x00000fff },         /* CR1 */
    { 0x02c, 4, 0, 0x00000003 },         /* CR2: E2H, RECINVSID */
    { 0x050, 4, 0, 0x00000005 },         /* IRQ_CTRL */
    { 0x080, 8, 0, 0x4000ffffffffffc0 }, /* STRTAB_BASE, OAS 48 */
    { 0x088, 4, 0, 0x000307ff },         /* STRTAB_BASE_CFG */
    { 0x090, 8, 0, 0x40ffffffffffffff }, /* CMDQ_BASE */
    { 0x098, 4, 0, 0x000fffff },         /* CMDQ_PROD */
    { 0x0a0, 8, 0, 0x40ffffffffffffff }, /* EVENTQ_BASE */
    { 0x100a8, 4, 0, 0x800fffff },       /* EVENTQ_PROD */
    { 0x100ac, 4, 0, 0x800fffff },       /* EVENTQ_CONS */
};

static uint64_t rd(struct rig *r, const struct reg *reg)
{
    return smmu3_mmio_read(r->s, SMMU3_NS, reg->offset, reg->size);
}

static void reset_values(void)
{
    struct rig *r = rig_new_raw(NULL);

    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
            CHECK_EQ(rd(r, &regs[i]), regs[i].reset);
        }
        CHECK_EQ(rd32(r, O_CR0ACK), 0);
        CHECK_EQ(rd32(r, O_IRQ_CTRLACK), 0);
        CHECK_EQ(rd32(r, O_GERROR), 0);
        CHECK_EQ(rd32(r, O_GERRORN), 0);
        CHECK_EQ(rd32(r, O_GBPA), 0x1000);
        CHECK_EQ(rd32(r, O_STATUSR), 0);
        CHECK_EQ(rd32(r, O_CMDQ_CONS), 0);
        rig_enable(r); /* and back to reset */
        wr32(r, O_GERRORN, 1);
        wr32(r, O_GBPA, 0x80101000);
        smmu3_reset(r->s);
    }
    rig_free(r);
}

/* All ones, then all zeros: the bits that exist keep them. */
static void writable_bits(gconstpointer data)
{
    const struct reg *reg = data;
    struct rig *r = rig_new_raw(NULL);

    wr64(r, O_CMDQ_BASE, 0x1f); /* indices of full width */
    wr64(r, O_EVENTQ_BASE, 0x1f);
    smmu3_mmio_write(r->s, SMMU3_NS, reg->offset, UINT64_MAX, reg->size);
    CHECK_EQ(rd(r, reg), reg->writable);
    smmu3_mmio_write(r->s, SMMU3_NS, O_CR0, 0, 4);
    smmu3_mmio_write(r->s, SMMU3_NS, reg->offset, 0, reg->size);
    CHECK_EQ(rd(r, reg), 0);
    rig_free(r);
}

/* A.9: the ACK shows implemented bits only; E2H needs Hyp. */
static void ack_bits(void)
{
    struct smmu3_params p = stages(true, false);
    struct rig *r = rig_new_raw(NULL);

    wr32(r, O_CR0, 0xffffffff);
    CHECK_EQ(rd32(r, O_CR0ACK), 0xd);
    wr32(r, O_CR0, 0);
    CHECK_EQ(rd32(r, O_CR0ACK), 0);
    wr32(r, O_IRQ_CTRL, 0xffffffff);
    CHECK_EQ(rd32(r, O_IRQ_CTRLACK), 0x5);
    wr32(r, O_IRQ_CTRL, 0);
    CHECK_EQ(rd32(r, O_IRQ_CTRLACK), 0);
    rig_free(r);
    r = rig_new_raw(&p);
    wr32(r, O_CR2, 0xffffffff);
    CHECK_EQ(rd32(r, O_CR2), 2);
    rig_free(r);
}

/* A.13: STRTAB_BASE bits above OAS are RES0. */
static void strtab_base_oas(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.oas = 40;
    r = rig_new_raw(&p);
    wr64(r, O_STRTAB_BASE, UINT64_MAX);
    CHECK_EQ(rd64(r, O_STRTAB_BASE), 0x400000ffffffffc0);
    rig_free(r);
}

static void cons_bits(void)
{
    struct rig *r = rig_new_raw(NULL);

    wr64(r, O_CMDQ_BASE, 0x1f);
    wr32(r, O_CMDQ_CONS, 0xffffffff);
    /* A.13: ERR may be set by the write or not. */
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0x80ffffff, 0x000fffff);
    rig_free(r);
}

static void gerrorn_reads_back(void)
{
    struct rig *r = rig_new_raw(NULL);

    wr32(r, O_GERRORN, 0x5);
    CHECK_EQ(rd32(r, O_GERRORN), 0x5);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    wr32(r, O_GERRORN, 0);
    CHECK_EQ(rd32(r, O_GERRORN), 0);
    rig_free(r);
}

static void read_only(void)
{
    static const uint32_t offsets[] = {
        0x00,  0x04,  0x08,  0x0c,  0x10,  0x14,  0x18,  0x1c,
        0x24,  0x40,  0x54,  0x60,  0xfd0, 0xfd4, 0xfd8, 0xfdc,
        0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc,
    };
    struct rig *r = rig_new_raw(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        uint32_t before = rd32(r, offsets[i]);

        wr32(r, offsets[i], ~before);
        CHECK_EQ(rd32(r, offsets[i]), before);
        wr32(r, offsets[i], 0);
        CHECK_EQ(rd32(r, offsets[i]), before);
    }
    rig_free(r);
}

/* True for the offsets that hold something in this feature set. AGBPA is
 * IMPLEMENTATION DEFINED. */
static bool allocated(uint32_t o)
{
    static const uint32_t list[] = {
        0x20, 0x24, 0x28, 0x2c, 0x40, 0x44, 0x48, 0x50, 0x54, 0x60,    0x64,
        0x80, 0x84, 0x88, 0x90, 0x94, 0x98, 0x9c, 0xa0, 0xa4, 0x100a8, 0x100ac,
    };

    if (o < 0x20 || (o >= 0xfd0 && o < 0x1000)) {
        return true;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(list); i++) {
        if (o == list[i]) {
            return true;
        }
    }
    return false;
}

/*
 * A.1: everything else is RAZ/WI: PRIQ_*, GATOS_*, IRQ_CFG (MSI = 0), MPAM,
 * ECMDQ, the Secure registers (J 76), the page-0 alias of the event queue's
 * indices (J 42), and what lies past the window.
 */
static void unallocated(void)
{
    struct rig *r = rig_new_raw(NULL);
    uint64_t before[G_N_ELEMENTS(regs)];

    rig_enable(r);
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        before[i] = rd(r, &regs[i]);
    }
    for (uint32_t o = 0; o < 0x40000; o += 4) {
        if (!allocated(o)) {
            wr32(r, o, 0xffffffff);
            if (!CHECK_EQ(rd32(r, o), 0)) {
                g_test_message("offset 0x%x", o);
            }
        }
    }
    for (uint32_t o = 0xfffffff0; o != 0; o += 4) {
        wr32(r, o, 0xffffffff);
        CHECK_EQ(rd32(r, o), 0);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        CHECK_EQ(rd(r, &regs[i]), before[i]);
    }
    CHECK_EQ(rd32(r, O_GERROR), 0);
    CHECK_EQ(rd32(r, O_GBPA), 0x1000);
    rig_free(r);
}

/* A.1: other sizes and misaligned accesses are RAZ/WI. */
static void bad_sizes(void)
{
    static const unsigned sizes[] = { 1, 2, 3, 16, 0 };
    struct rig *r = rig_new_raw(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        CHECK_EQ(smmu3_mmio_read(r->s, SMMU3_NS, O_IDR0, sizes[i]), 0);
        smmu3_mmio_write(r->s, SMMU3_NS, O_CR2, 2, sizes[i]);
        CHECK_EQ(rd32(r, O_CR2), 0);
        smmu3_mmio_write(r->s, SMMU3_NS, O_STRTAB_BASE, 0xfc0, sizes[i]);
        CHECK_EQ(rd64(r, O_STRTAB_BASE), 0);
    }
    for (uint32_t m = 1; m < 4; m++) {
        CHECK_EQ(smmu3_mmio_read(r->s, SMMU3_NS, O_IDR0 + m, 4), 0);
        smmu3_mmio_write(r->s, SMMU3_NS, O_CR2 + m, 0x02020202, 4);
        smmu3_mmio_write(r->s, SMMU3_NS, O_CR2 - m, 0x02020202, 4);
        CHECK_EQ(rd32(r, O_CR2), 0);
        CHECK_EQ(rd32(r, O_CR1), 0);
    }
    for (uint32_t m = 1; m < 8; m++) {
        smmu3_mmio_write(r->s, SMMU3_NS, O_CMDQ_BASE + m, UINT64_MAX, 8);
        CHECK_EQ(rd64(r, O_CMDQ_BASE), 0);
        CHECK_EQ(rd32(r, O_CMDQ_PROD), 0);
    }
    /* 64 bits over two 32-bit registers: RAZ/WI is this model's choice. */
    CHECK_EQ(rd64(r, O_IDR0), 0);
    wr64(r, O_CR1, 0x0000000200000fff);
    CHECK_EQ(rd32(r, O_CR1), 0);
    CHECK_EQ(rd32(r, O_CR2), 0);
    rig_free(r);
}

/* A.1, J 62: a 64-bit register by halves, in any order. */
static void halves(void)
{
    static const uint32_t offsets[] = { O_STRTAB_BASE, O_CMDQ_BASE,
                                        O_EVENTQ_BASE };
    struct rig *r = rig_new_raw(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        uint32_t o = offsets[i];

        wr64(r, o, 0x40001234abcde000);
        CHECK_EQ(rd32(r, o), 0xabcde000);
        CHECK_EQ(rd32(r, o + 4), 0x40001234);
        wr32(r, o + 4, 0x00005678);
        CHECK_EQ(rd64(r, o), 0x00005678abcde000);
        wr32(r, o, 0x13579000);
        CHECK_EQ(rd64(r, o), 0x0000567813579000);
        wr32(r, o + 4, 0x40000001);
        CHECK_EQ(rd64(r, o), 0x4000000113579000);
    }
    rig_free(r);
}

/* A.2, A.3, in-tree row 39: writes are ignored while the enable is set. */
static const struct guard {
    const char *name;
    uint32_t cr0; /* this enable guards ... */
    uint32_t offset;
    unsigned size; /* ... this register ... */
    uint64_t bits; /* ... or these bits of it */
} guards[] = {
    { "cr1-table", 0x1, 0x28, 4, 0xfc0 },
    { "cr1-queue-by-eventqen", 0x4, 0x28, 4, 0x3f },
    { "cr1-queue-by-cmdqen", 0x8, 0x28, 4, 0x3f },
    { "cr2", 0x1, 0x2c, 4, 0x3 },
    { "strtab-base", 0x1, 0x80, 8, 0x4000ffffffffffc0 },
    { "strtab-base-cfg", 0x1, 0x88, 4, 0x000307ff },
    { "cmdq-base", 0x8, 0x90, 8, 0x40ffffffffffffff },
    { "cmdq-cons", 0x8, 0x9c, 4, 0x000fffff },
    { "eventq-base", 0x4, 0xa0, 8, 0x40ffffffffffffff },
    { "eventq-prod", 0x4, 0x100a8, 4, 0x800fffff },
};

static void guarded(gconstpointer data)
{
    const struct guard *g = data;
    struct rig *r = rig_new_raw(NULL);
    uint64_t all = g->offset == O_CR1 ? 0xfff : g->bits;

    wr64(r, O_CMDQ_BASE, 19);
    wr64(r, O_EVENTQ_BASE, 19);
    smmu3_mmio_write(r->s, SMMU3_NS, g->offset, 0, g->size);
    /* With this enable alone: its bits stay, others follow. */
    wr32(r, O_CR0, g->cr0);
    smmu3_mmio_write(r->s, SMMU3_NS, g->offset, UINT64_MAX, g->size);
    CHECK_EQ(smmu3_mmio_read(r->s, SMMU3_NS, g->offset, g->size) & all,
             all & ~g->bits);
    if (g->size == 8) {
        wr32(r, g->offset + 4, 0xffffffff);
        wr32(r, g->offset, 0xffffffff);
        CHECK_EQ(rd64(r, g->offset), 0);
    }
    /* With all others set but this one: the write goes through. */
    wr32(r, O_CR0, 0);
    if (g->offset != O_CR1) {
        wr32(r, O_CR0, 0xd & ~g->cr0);
    }
    smmu3_mmio_write(r->s, SMMU3_NS, g->offset, UINT64_MAX, g->size);
    CHECK_EQ(smmu3_mmio_read(r->s, SMMU3_NS, g->offset, g->size) & all, all);
    rig_free(r);
}

/* A.13: software's own indices are always writable. */
static void unguarded(void)
{
    struct rig *r = rig_new();

    wr32(r, O_EVENTQ_CONS, 0x80000055);
    CHECK_EQ(rd32(r, O_EVENTQ_CONS), 0x80000055);
    wr32(r, O_EVENTQ_CONS, 0);
    CHECK_EQ(rd32(r, O_EVENTQ_CONS), 0);
    wr32(r, O_IRQ_CTRL, 0);
    CHECK_EQ(rd32(r, O_IRQ_CTRL), 0);
    wr32(r, O_CR0, 0x9);
    CHECK_EQ(rd32(r, O_CR0), 0x9);
    wr32(r, O_CMDQ_PROD, 0x155);
    CHECK_EQ(rd32(r, O_CMDQ_PROD) & 0x1ff, 0x155);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/registers/A.4/idr-nested", idr_nested);
    g_test_add_func("/registers/A.4/idr-stage-1", idr_s1);
    g_test_add_func("/registers/A.4/idr-stage-2", idr_s2);
    g_test_add_func("/registers/A.5/idr-by-parameter", idr_params);
    g_test_add_func("/registers/bad-parameters", bad_params);
    g_test_add_func("/registers/A.7/aidr", aidr);
    g_test_add_func("/registers/A.7/iidr", iidr);
    g_test_add_func("/registers/A.8/id-block", id_block);
    g_test_add_func("/registers/A.2/reset-values", reset_values);
    g_test_add_func("/registers/A.9/ack-bits", ack_bits);
    g_test_add_func("/registers/A.13/strtab-base-oas", strtab_base_oas);
    g_test_add_func("/registers/A.13/cmdq-cons", cons_bits);
    g_test_add_func("/registers/A.12/gerrorn-reads-back", gerrorn_reads_back);
    g_test_add_func("/registers/A.1/read-only", read_only);
    g_test_add_func("/registers/A.1/unallocated", unallocated);
    g_test_add_func("/registers/A.1/bad-sizes", bad_sizes);
    g_test_add_func("/registers/A.1/halves", halves);
    g_test_add_func("/registers/A.13/unguarded", unguarded);
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        g_autofree char *name =
            g_strdup_printf("/registers/A.2/writable-0x%03x", regs[i].offset);

        g_test_add_data_func(name, &regs[i], writable_bits);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(guards); i++) {
        g_autofree char *name =
            g_strdup_printf("/registers/guard/%s", guards[i].name);

        g_test_add_data_func(name, &guards[i], guarded);
    }
    return g_test_run();
}
