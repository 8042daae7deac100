/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of the ID registers (6.3.1-6.3.8, 6.3.52-6.3.56; A.4-A.7, A.14):
 * each follows its feature and nothing else does. All numbers are literals.
 */
#include "rig.h"

/* Offsets; Secure ones are read by Secure accesses. */
enum {
    IDR0 = 0x0,
    IDR1 = 0x4,
    IDR2 = 0x8,
    IDR3 = 0xc,
    IDR4 = 0x10,
    IDR5 = 0x14,
    IIDR = 0x18,
    AIDR = 0x1c,
    IDR6 = 0x190,
    S_IDR0 = 0x8000,
    S_IDR1 = 0x8004,
    S_IDR2 = 0x8008,
    S_IDR3 = 0x800c,
    S_IDR4 = 0x8010,
};

static const uint32_t all[] = { IDR0,   IDR1,   IDR2,   IDR3,  IDR4,
                                IDR5,   IIDR,   AIDR,   IDR6,  S_IDR0,
                                S_IDR1, S_IDR2, S_IDR3, S_IDR4 };

struct values {
    uint32_t v[G_N_ELEMENTS(all)];
};

static struct values read_all(const struct smmu3_params *p)
{
    struct rig *r = rig_new_raw(p);
    struct values values;

    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        values.v[i] = (uint32_t)smmu3_mmio_read(r->s, SMMU3_S, all[i], 4);
    }
    rig_free(r);
    return values;
}

static uint32_t value_of(const struct values *v, uint32_t reg)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        if (all[i] == reg) {
            return v->v[i];
        }
    }
    g_assert_not_reached();
}

/*
 * The bits [hi:lo] of @reg are @a in @before and @b in @after; if @alone, no
 * other bit of any register differs.
 */
static void check_field(const char *what, const struct values *before,
                        const struct values *after, uint32_t reg, unsigned hi,
                        unsigned lo, uint32_t a, uint32_t b, bool alone)
{
    uint32_t mask =
        (uint32_t)(((UINT64_C(2) << hi) - 1) & ~((UINT64_C(1) << lo) - 1));
    bool ok = CHECK_EQ((value_of(before, reg) & mask) >> lo, a);

    ok = CHECK_EQ((value_of(after, reg) & mask) >> lo, b) && ok;

    for (unsigned i = 0; alone && i < G_N_ELEMENTS(all); i++) {
        ok &= CHECK_EQ(
            (before->v[i] ^ after->v[i]) & ~(all[i] == reg ? mask : 0), 0);
    }
    if (!ok) {
        g_test_message("%s", what);
    }
}

/* FIELD(reg, hi, lo, a, b, change): from the baseline, @change and nothing but
 * it makes the field @b from @a. FIELD_WITH: after @first. */
#define FIELD_WITH(first, reg, hi, lo, a, b, change)                    \
    do {                                                                \
        struct smmu3_params p = rig_params();                           \
        struct values before, after;                                    \
        first;                                                          \
        before = read_all(&p);                                          \
        change;                                                         \
        after = read_all(&p);                                           \
        check_field(#change, &before, &after, reg, hi, lo, a, b, true); \
    } while (0)
#define FIELD(reg, hi, lo, a, b, change) \
    FIELD_WITH((void)0, reg, hi, lo, a, b, change)

static void idr0(void)
{
    struct smmu3_params p = rig_params(), q = rig_params();
    struct values v, w;

    v = read_all(&p);
    rig_stages(&q, true, false);
    w = read_all(&q);
    check_field("S2P", &v, &w, IDR0, 0, 0, 1, 0, false);
    rig_stages(&q, false, true);
    w = read_all(&q);
    check_field("S1P", &v, &w, IDR0, 1, 1, 1, 0, false);
    check_field("TTF", &v, &w, IDR0, 3, 2, 2, 2, false);
    check_field("COHACC", &v, &w, IDR0, 4, 4, 1, 1, false);
    FIELD(IDR0, 7, 6, 0, 1, p.f.httu = 1);
    FIELD(IDR0, 7, 6, 0, 2, p.f.httu = 2);
    FIELD_WITH(p.f.arch_minor = 1, IDR0, 9, 9, 1, 0, p.f.hyp = false);
    FIELD_WITH(p.f.ats = p.f.split_ats = true, IDR0, 11, 11, 0, 1,
               p.f.split_ats = false);
    FIELD_WITH(p.f.split_ats = p.f.ats = true, IDR0, 16, 16, 0, 1,
               p.f.pri = true;
               p.f.priqs = 0);
    FIELD(IDR0, 12, 12, 1, 0, p.f.asid16 = false);
    FIELD_WITH(p.f.secure = false, IDR0, 15, 15, 0, 1, p.f.atos = true);
    FIELD(IDR0, 17, 17, 0, 1, p.f.vmw = true);
    FIELD(IDR0, 18, 18, 1, 0, p.f.vmid16 = false);
    FIELD_WITH(p.f.ssidsize = 8, IDR0, 19, 19, 0, 1, p.f.cd2l = true);
    FIELD_WITH(p.f.atos = true, IDR0, 20, 20, 0, 1, p.f.vatos = true);
    FIELD(IDR0, 22, 21, 0, 2, p.f.ttendian = 2);
    FIELD(IDR0, 22, 21, 0, 3, p.f.ttendian = 3);
    FIELD_WITH(p.f.ats = true, IDR0, 23, 23, 0, 1, p.f.atsrecerr = true);
    FIELD(IDR0, 26, 26, 0, 1, p.f.term_model = true);
    FIELD_WITH(p.f.sidsize = 6, IDR0, 28, 27, 1, 0, p.f.st_level = false);
    /* Two fields at once: ATS brings NS1ATS, stalls bring STALL_MAX, MSI
     * shows in both interfaces. */
    p = rig_params();
    p.f.ats = true;
    w = read_all(&p);
    check_field("ATS", &v, &w, IDR0, 10, 10, 0, 1, false);
    p = rig_params();
    p.f.msi = true;
    w = read_all(&p);
    check_field("MSI", &v, &w, IDR0, 13, 13, 0, 1, false);
    check_field("S_IDR0.MSI", &v, &w, S_IDR0, 13, 13, 0, 0, false);
    for (unsigned model = 0; model <= 2; model += 2) {
        p = rig_params();
        p.f.stall_model = (uint8_t)model;
        p.f.stall_max = 5;
        w = read_all(&p);
        check_field("STALL_MODEL", &v, &w, IDR0, 25, 24, 1, model, false);
        check_field("STALL_MAX", &v, &w, IDR5, 31, 16, 0, 5, false);
    }
}

static void idr1(void)
{
    FIELD(IDR1, 5, 0, 16, 32, p.f.sidsize = 32);
    FIELD(IDR1, 5, 0, 16, 0, p.f.sidsize = 0);
    FIELD(IDR1, 10, 6, 0, 20, p.f.ssidsize = 20);
    FIELD_WITH(p.f.ats = p.f.pri = true, IDR1, 15, 11, 19, 3, p.f.priqs = 3);
    FIELD(IDR1, 20, 16, 19, 0, p.f.eventqs = 0);
    FIELD(IDR1, 25, 21, 19, 7, p.f.cmdqs = 7);
    FIELD(IDR1, 26, 26, 0, 1, p.f.attr_perms_ovr = true);
    FIELD(IDR1, 27, 27, 0, 1, p.f.attr_types_ovr = true);
}

static void idr3(void)
{
    FIELD_WITH(p.f.arch_minor = 0; p.f.fwb = p.f.ril = false;
               p.f.bbml = 0, IDR3, 2, 2, 1, 0, p.f.had = false);
    FIELD(IDR3, 3, 3, 0, 1, p.f.pbha = true);
    FIELD_WITH(p.f.arch_minor = 0; p.f.fwb = p.f.ril = false;
               p.f.bbml = 0, IDR3, 4, 4, 1, 0, p.f.xnx = false);
    FIELD_WITH(p.f.ats = p.f.pri = true;
               p.f.ssidsize = 4, IDR3, 5, 5, 0, 1, p.f.pps = true);
    FIELD_WITH(p.f.arch_minor = 1, IDR3, 8, 8, 1, 0, p.f.fwb = false);
    FIELD(IDR3, 9, 9, 0, 1, p.f.stt = true);
    FIELD_WITH(p.f.arch_minor = 1, IDR3, 10, 10, 1, 0, p.f.ril = false);
    FIELD_WITH(p.f.arch_minor = 1, IDR3, 12, 11, 2, 0, p.f.bbml = 0);
    FIELD(IDR3, 12, 11, 2, 1, p.f.bbml = 1);
    FIELD(IDR3, 13, 13, 0, 1, p.f.e0pd = true);
    FIELD(IDR3, 14, 14, 0, 1, p.f.ptwnnc = true);
    FIELD_WITH(p.f.arch_minor = 3; p.f.e0pd = p.f.ptwnnc = p.f.ats = true;
               p.f.ssidsize = 4, IDR3, 16, 16, 0, 1, p.f.pasidtt = true);
    FIELD_WITH(p.f.arch_minor = 3; p.f.e0pd = p.f.ptwnnc = true, IDR3, 17, 17,
                                   0, 1, p.f.epan = true);
    FIELD_WITH(p.f.arch_minor = 3; p.f.e0pd = p.f.ptwnnc = true, IDR3, 22, 22,
                                   0, 1, p.f.mteperm = true);
}

static void idr5(void)
{
    static const uint8_t oas[] = { 32, 36, 40, 42, 44, 48, 52 };

    for (unsigned i = 0; i < G_N_ELEMENTS(oas); i++) {
        FIELD(IDR5, 2, 0, 5, i, p.f.oas = oas[i]);
    }
    FIELD(IDR5, 4, 4, 1, 0, p.f.gran4k = false);
    FIELD(IDR5, 5, 5, 1, 0, p.f.gran16k = false);
    FIELD(IDR5, 6, 6, 1, 0, p.f.gran64k = false);
    FIELD(IDR5, 11, 10, 0, 1, p.f.vax = 52);
    FIELD_WITH(p.f.arch_minor = 3; p.f.e0pd = p.f.ptwnnc = true;
               p.f.vax = 52, IDR5, 7, 7, 0, 1, p.f.ds = true);
}

static void versions(void)
{
    FIELD_WITH(p.f.hyp = p.f.had = p.f.xnx = true, AIDR, 7, 0, 2, 1,
               p.f.arch_minor = 1);
    FIELD_WITH(p.f.e0pd = p.f.ptwnnc = true, AIDR, 7, 0, 2, 3,
               p.f.arch_minor = 3);
    FIELD_WITH(p.f.arch_minor = 3;
               p.f.e0pd = p.f.ptwnnc = p.f.epan = p.f.mteperm = true, AIDR, 7,
               0, 3, 4, p.f.arch_minor = 4);
    FIELD_WITH(p.f.arch_minor = 1; p.f.fwb = p.f.ril = false;
               p.f.bbml = 0, AIDR, 7, 0, 1, 0, p.f.arch_minor = 0);
}

/* The Secure interface's; without it they are zero. */
static void secure(void)
{
    struct smmu3_params p = rig_params();
    struct values none = read_all(&p), v;

    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        CHECK(all[i] < 0x8000 || none.v[i] == 0);
    }
    p.f.secure = true;
    v = read_all(&p);
    check_field("SECURE_IMPL", &none, &v, S_IDR1, 31, 31, 0, 1, false);
    check_field("STALL_MODEL", &none, &v, S_IDR0, 25, 24, 0, 1, false);
    FIELD_WITH(p.f.secure = true, S_IDR1, 5, 0, 0, 32, p.f.s_sidsize = 32);
    FIELD_WITH(p.f.secure = p.f.stt = true, S_IDR1, 29, 29, 0, 1,
               p.f.sel2 = true);
    FIELD_WITH(p.f.secure = p.f.ats = true, S_IDR3, 6, 6, 0, 1,
               p.f.sams = true);
    p.f.msi = true;
    v = read_all(&p);
    check_field("S_IDR0.MSI", &none, &v, S_IDR0, 13, 13, 0, 1, false);
}

/* What is never advertised, with all that can be on: BTM, DORMHINT, SEV,
 * RME_IMPL; REL, QUEUES_PRESET, TABLES_PRESET; MPAM, DPT, S1PI, S2PI, S2PO,
 * THE, AIE; D128; IDR4; ECMDQ and VATOS of the Secure interface; and what
 * stands for one product. */
static void constants(void)
{
    struct smmu3_params p = rig_params();
    struct values v;

    p.f = smmu3_features_default(3, true, true);
    p.f.ats = p.f.pri = p.f.msi = p.f.secure = p.f.stt = p.f.sel2 = true;
    p.f.ecmdq = p.f.atos = p.f.vatos = true;
    p.f.ssidsize = 20;
    v = read_all(&p);
    CHECK_EQ(value_of(&v, IDR0) & 0x60004120, 0);
    CHECK_EQ(value_of(&v, IDR1) & 0x70000000, 0);
    CHECK_EQ(value_of(&v, IDR1) >> 31, 1);
    CHECK_EQ(value_of(&v, IDR3) & 0xffbc80c3, 0);
    CHECK_EQ(value_of(&v, IDR4), 0);
    CHECK_EQ(value_of(&v, IDR5) & 0x0000f308, 0);
    CHECK_EQ(value_of(&v, IDR6), 0x00030000);
    CHECK_EQ(value_of(&v, IIDR), 0x3a300000);
    CHECK_EQ(value_of(&v, S_IDR0) & 0xfcffdfff, 0);
    CHECK_EQ(value_of(&v, S_IDR2), 2); /* with VATOS and SEL2 */
    CHECK_EQ(value_of(&v, S_IDR4), 0);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/id/IDR0", idr0);
    g_test_add_func("/id/IDR1", idr1);
    g_test_add_func("/id/IDR3", idr3);
    g_test_add_func("/id/IDR5", idr5);
    g_test_add_func("/id/AIDR", versions);
    g_test_add_func("/id/S_IDR", secure);
    g_test_add_func("/id/constants", constants);
    return g_test_run();
}
