/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which features go together (2.9, 6.3.1-6.3.6): every impossible pair is
 * refused by name, every version has what it demands.
 */
#include "rig.h"

/* NULL if an SMMU could be made of @p. */
static const char *refusal(const struct smmu3_params *p)
{
    struct fake_host h;
    struct smmu3_host ops;
    const char *error = NULL;
    struct smmu3 *s;

    fake_host_init(&h, p->f.oas);
    ops = fake_host_ops(&h);
    s = smmu3_new(p, &ops, NULL, &error);
    CHECK((s == NULL) == (error != NULL));
    smmu3_free(s);
    fake_host_fini(&h);
    return error;
}

static void expect(const char *what, const struct smmu3_params *p,
                   const char *first, const char *second)
{
    const char *error = refusal(p);

    if (!CHECK(error && strstr(error, first) && strstr(error, second))) {
        g_test_message("%s: %s", what, error ? error : "accepted");
    }
}

/* EXPECT(assignment, a, b): refused with a text that has both names. */
#define EXPECT(change, first, second)         \
    do {                                      \
        struct smmu3_params p = rig_params(); \
        change;                               \
        expect(#change, &p, first, second);   \
    } while (0)

static void values(void)
{
    EXPECT(p.f.arch_minor = 5, "arch-version", "3.4");
    EXPECT(p.f.oas = 41, "oas", "48");
    EXPECT(p.f.vax = 49, "vax", "52");
    EXPECT(p.f.sidsize = 33, "sidsize", "32");
    EXPECT(p.f.secure = true; p.f.s_sidsize = 33, "s-sidsize", "32");
    EXPECT(rig_stages(&p, false, false), "stage", "one stage");
    EXPECT(p.f.ssidsize = 21, "ssidsize", "20");
    EXPECT(p.f.httu = 3, "httu", "2");
    EXPECT(p.f.ttendian = 1, "ttendian", "2");
    EXPECT(p.f.stall_model = 3, "stall-model", "2");
    EXPECT(p.f.bbml = 3, "bbml", "2");
    EXPECT(p.f.cmdqs = 20, "cmdqs", "19");
    EXPECT(p.f.eventqs = 20, "eventqs", "19");
    EXPECT(p.f.priqs = 20, "priqs", "19");
    EXPECT(p.f.gran4k = p.f.gran16k = p.f.gran64k = false, "gran4k", "gran64k");
}

static void pairs(void)
{
    EXPECT(p.f.pri = true, "pri", "ats");
    EXPECT(p.f.split_ats = true, "split-ats", "ats");
    EXPECT(p.f.ats = p.f.split_ats = true;
           rig_stages(&p, true, false), "split-ats", "stage");
    EXPECT(p.f.atsrecerr = true, "atsrecerr", "ats");
    EXPECT(p.f.pps = true, "pps", "pri");
    EXPECT(p.f.ats = p.f.pri = p.f.pps = true, "pps", "ssidsize");
    EXPECT(p.f.pasidtt = true, "pasidtt", "ats");
    EXPECT(p.f.pasidtt = p.f.ats = true, "pasidtt", "ssidsize");
    EXPECT(rig_stages(&p, false, true); p.f.ssidsize = 1, "ssidsize", "stage");
    EXPECT(p.f.cd2l = true, "cd2l", "ssidsize");
    EXPECT(rig_stages(&p, true, false); p.f.vmw = true, "vmw", "stage");
    EXPECT(p.f.vatos = true, "vatos", "atos");
    EXPECT(rig_stages(&p, true, false);
           p.f.atos = p.f.vatos = true, "vatos", "stage");
    EXPECT(p.f.st_level = false, "sidsize", "st-level");
    EXPECT(p.f.ecmdq = true, "ecmdq", "msi");
    EXPECT(rig_stages(&p, true, false); p.f.hyp = true, "hyp", "stage");
    EXPECT(rig_stages(&p, false, true); p.f.had = true, "had", "stage");
    EXPECT(rig_stages(&p, true, false); p.f.xnx = true, "xnx", "stage");
    EXPECT(p.f.oas = 52; p.f.gran64k = false, "oas", "gran64k");
    EXPECT(p.f.vax = 52; p.f.gran64k = false, "vax", "gran64k");
    EXPECT(p.f.ds = true, "ds", "vax");
    EXPECT(p.f.ds = true; p.f.vax = 52;
           p.f.gran4k = p.f.gran16k = false, "ds", "gran4k");
    EXPECT(p.f.stall_model = 0, "stall-max", "stall-model");
    EXPECT(rig_stages(&p, false, true); p.f.secure = true, "secure", "stage");
    EXPECT(p.f.s_sidsize = 1, "s-sidsize", "secure");
    EXPECT(p.f.sel2 = true, "sel2", "secure");
    EXPECT(p.f.secure = p.f.sel2 = true, "sel2", "stt");
    EXPECT(p.f.sams = true, "sams", "secure");
    EXPECT(p.f.secure = p.f.sams = true, "sams", "ats");
    EXPECT(p.f.had = false; p.f.pbha = true, "pbha", "had");
    EXPECT(rig_stages(&p, false, true); p.f.arch_minor = 2;
           p.f.e0pd = true, "e0pd", "stage");
    EXPECT(rig_stages(&p, false, true); p.f.epan = true, "epan", "stage");
    EXPECT(rig_stages(&p, true, false); p.f.ptwnnc = true, "ptwnnc", "stage");
    EXPECT(rig_stages(&p, true, false); p.f.mteperm = true, "mteperm", "stage");
    EXPECT(p.f.secure = true; p.f.sidsize = 6; p.f.s_sidsize = 7;
           p.f.st_level = false, "s-sidsize", "st-level");
    EXPECT(rig_stages(&p, true, false);
           p.f.secure = p.f.sel2 = p.f.stt = true, "sel2", "stage");
}

/* Nothing that v3.0 does not know. */
static void v30(struct smmu3_params *p)
{
    p->f.arch_minor = 0;
    p->f.fwb = p->f.ril = false;
    p->f.bbml = 0;
}

static void versions(void)
{
    EXPECT(p.f.had = false, "had", "arch-version");
    EXPECT(p.f.xnx = false, "xnx", "arch-version");
    EXPECT(p.f.hyp = false, "hyp", "arch-version");
    EXPECT(p.f.fwb = false, "fwb", "arch-version");
    EXPECT(p.f.ril = false, "ril", "arch-version");
    EXPECT(p.f.bbml = 0, "bbml", "arch-version");
    EXPECT(p.f.arch_minor = 3, "e0pd", "arch-version");
    EXPECT(p.f.arch_minor = 3; p.f.e0pd = true, "ptwnnc", "arch-version");
    EXPECT(p.f.arch_minor = 4;
           p.f.e0pd = p.f.ptwnnc = true, "epan", "arch-version");
    EXPECT(p.f.arch_minor = 4;
           p.f.e0pd = p.f.ptwnnc = p.f.epan = true, "mteperm", "arch-version");
    EXPECT(p.f.arch_minor = 0, "fwb", "arch-version");
    EXPECT(p.f.arch_minor = 0; p.f.fwb = false, "ril", "arch-version");
    EXPECT(p.f.arch_minor = 0;
           p.f.fwb = p.f.ril = false, "bbml", "arch-version");
    EXPECT(p.f.arch_minor = 1; p.f.e0pd = true, "e0pd", "arch-version");
    EXPECT(p.f.ds = true; p.f.vax = 52, "ds", "arch-version");
    EXPECT(p.f.epan = true, "epan", "arch-version");
    EXPECT(p.f.mteperm = true, "mteperm", "arch-version");
    EXPECT(v30(&p); p.f.oas = 52, "oas", "arch-version");
    EXPECT(v30(&p); p.f.vax = 52, "vax", "arch-version");
    EXPECT(v30(&p); p.f.stt = true, "stt", "arch-version");
    EXPECT(p.f.arch_minor = 1; p.f.ptwnnc = true, "ptwnnc", "arch-version");
    EXPECT(p.f.arch_minor = 1;
           p.f.msi = p.f.ecmdq = true, "ecmdq", "arch-version");
    EXPECT(p.f.arch_minor = 1;
           p.f.ats = p.f.atsrecerr = true, "atsrecerr", "arch-version");
    EXPECT(p.f.ats = p.f.pasidtt = true;
           p.f.ssidsize = 1, "pasidtt", "arch-version");
}

/* What a version has by default can be had, whatever the stages. */
static void defaults(void)
{
    for (unsigned minor = 0; minor <= 4; minor++) {
        for (unsigned stages = 1; stages <= 3; stages++) {
            struct smmu3_params p = smmu3_params_default();
            const char *error;

            p.f = smmu3_features_default(minor, stages & 1, stages & 2);
            error = refusal(&p);
            if (!CHECK(error == NULL)) {
                g_test_message("v3.%u, stages %u: %s", minor, stages, error);
            }
        }
    }
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/features/values", values);
    g_test_add_func("/features/pairs", pairs);
    g_test_add_func("/features/versions", versions);
    g_test_add_func("/features/defaults", defaults);
    return g_test_run();
}
