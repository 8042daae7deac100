/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The API's own promises (smmu3.h, host.h) that no other test looks at.
 */
#include "rig.h"

/* A 32-bit write carries 32 bits, whatever the upper half of the argument. */
static void wide_values(void)
{
    struct rig *r = rig_new_raw(NULL);

    smmu3_mmio_write(r->s, SMMU3_NS, O_CR1, UINT64_C(0xffffffff00000d75), 4);
    CHECK_EQ(rd32(r, O_CR1), 0xd75);
    CHECK_EQ(rd32(r, O_CR2), 0);
    smmu3_mmio_write(r->s, SMMU3_NS, O_STRTAB_BASE,
                     UINT64_C(0xffffffff12345680), 4);
    CHECK_EQ(rd64(r, O_STRTAB_BASE), 0x12345680);
    smmu3_mmio_write(r->s, SMMU3_NS, O_STRTAB_BASE + 4,
                     UINT64_C(0xffffffff00001234), 4);
    CHECK_EQ(rd64(r, O_STRTAB_BASE), 0x123412345680);
    rig_free(r);
}

/* An SSID has 20 bits. */
static void wide_ssid(void)
{
    struct rig *r = rig_new();
    struct smmu3_txn t = rig_txn(0x100, 0, "r");
    struct smmu3_result res;
    uint64_t w[4];

    t.ssv = true;
    t.ssid = 0xfff54321;
    smmu3_translate(r->s, &t, &res);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000010054321802);
    rig_set_ste(r, 1, ste_bypass());
    t.sid = 1;
    smmu3_translate(r->s, &t, &res);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000000154321008);
    /* Without SSV it means nothing. */
    t.ssv = false;
    smmu3_translate(r->s, &t, &res);
    CHECK_EQ(res.outcome, SMMU3_OK);
    t.sid = 2;
    smmu3_translate(r->s, &t, &res);
    CHECK(rig_event(r, w));
    CHECK_EQ(w[0], 0x0000000200000004);
    rig_free(r);
}

/* One thread needs no lock. */
static void no_lock(void)
{
    struct rig *r = g_new0(struct rig, 1);
    struct smmu3_host ops;
    const char *error = NULL;

    fake_host_init(&r->h, 48);
    ops = fake_host_ops(&r->h);
    ops.lock = NULL;
    ops.unlock = NULL;
    r->p = smmu3_params_default();
    r->s = smmu3_new(&r->p, &ops, NULL, &error);
    rig_enable(r);
    rig_set_ste(r, 1, ste_bypass());
    CHECK_OK(r, 1, 0x1000, "r", 0x1000);
    CHECK_ABORT(r, 2, 0x1000, "r", 0x0000000200000004, 0, 0, 0);
    rig_forget(r);
    rig_free(r);
}

/* All sizes of caches, up to the largest. */
static void cache_sizes(void)
{
    static const unsigned sizes[] = {
        0, 1, 2, 3, 5, 7, 8, 1000, 65537, SMMU3_CACHE_ENTRIES_MAX
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct smmu3_params p = smmu3_params_default();
        struct rig *r;

        p.tlb_entries = sizes[i];
        p.walk_cache_entries = sizes[i];
        p.config_cache_entries = sizes[i];
        r = rig_new_with(&p);
        rig_set_ste(r, 1, ste_bypass());
        CHECK_OK(r, 1, 0x1000, "r", 0x1000);
        CHECK_OK(r, 1, 0x1000, "r", 0x1000);
        rig_free(r);
    }
}

/* Both stages at 52 bits by default, queues of 2^19, SIDSIZE 16. */
static void defaults(void)
{
    struct smmu3_params p = smmu3_params_default();

    CHECK(p.f.s1p);
    CHECK(p.f.s2p);
    CHECK_EQ(p.f.oas, 52);
    CHECK_EQ(p.f.vax, 52);
    CHECK_EQ(p.f.httu, 2);
    p.f = smmu3_features_default(0, true, true);
    CHECK_EQ(p.f.oas, 48);
    CHECK_EQ(p.f.vax, 48);
    CHECK_EQ(p.f.sidsize, 16);
    CHECK_EQ(p.f.cmdqs, 19);
    CHECK_EQ(p.f.eventqs, 19);
    CHECK(p.tlb_entries > 0);
    CHECK(p.walk_cache_entries > 0);
    CHECK(p.config_cache_entries > 0);
}

/* The whole 2^19 entries of both queues. */
static void largest_queues(void)
{
    struct rig *r = rig_new();

    wr32(r, O_CR0, 0x1);
    wr64(r, O_CMDQ_BASE, 0x40000000 | 31); /* clamped to 19 */
    wr64(r, O_EVENTQ_BASE, 0x80000000 | 31);
    wr32(r, O_CMDQ_PROD, 0xfffff);
    wr32(r, O_CMDQ_CONS, 0xfffff);
    wr32(r, O_EVENTQ_PROD, 0x7ffff);
    wr32(r, O_EVENTQ_CONS, 0x7ffff);
    wr32(r, O_CR0, 0xd);
    mem_w64(&r->h, 0x40000000 + 16 * 0x7ffffull, 0x1046);
    wr32(r, O_CMDQ_PROD, 0); /* wraps both bits */
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0);
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    rig_go(r, 3, 0, "r");
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0x80000);
    CHECK_EQ(mem_r64(&r->h, 0x80000000 + 32 * 0x7ffffull), 0x0000000300000004);
    rig_free(r);
}

/* smmu3_run() without work does nothing; so does a kick that came twice. */
static void run_without_work(void)
{
    struct rig *r = rig_new_raw(NULL);

    smmu3_run(r->s);
    rig_enable(r);
    smmu3_run(r->s);
    rig_sync(r);
    smmu3_run(r->s);
    smmu3_run(r->s);
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 1);
    CHECK_EQ(rd32(r, O_GERROR), 0);
    rig_free(r);
}

/* A fault that nobody is told of has no number; one that R silences has. */
static void fault_of_quiet_ones(void)
{
    struct rig *r = rig_new();
    struct cd cd = cd_make(RIG_TABLES, 12, 25);

    rig_set_ste(r, 1, ste_abort());
    CHECK_EQ(rig_go(r, 1, 0x1000, "r").fault.event, 0);
    set_bits(cd.w, 45, 45, 0);
    rig_set_ste(r, 2, ste_s1(RIG_CD));
    rig_set_cd(r, RIG_CD, cd);
    CHECK_EQ(rig_go(r, 2, 0x1000, "r").fault.event, 0x10);
    rig_set_ste(r, 3, ste_bypass());
    CHECK_EQ(rig_go(r, 3, 0x1000, "r").fault.event, 0);
    wr32(r, O_CR0, 0xc);
    CHECK_EQ(rig_go(r, 3, UINT64_MAX, "r").fault.event, 0);
    CHECK_EQ(rig_drop_events(r), 0);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/api/wide-values", wide_values);
    g_test_add_func("/api/wide-ssid", wide_ssid);
    g_test_add_func("/api/no-lock", no_lock);
    g_test_add_func("/api/cache-sizes", cache_sizes);
    g_test_add_func("/api/defaults", defaults);
    g_test_add_func("/api/largest-queues", largest_queues);
    g_test_add_func("/api/run-without-work", run_without_work);
    g_test_add_func("/api/fault-of-quiet-ones", fault_of_quiet_ones);
    return g_test_run();
}
