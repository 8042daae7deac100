/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference translator against the walks computed by hand: it is the
 * yardstick of other tests, so it is measured first, without the core.
 */
#include "golden.h"

/* A bench without an SMMU: registers as rig_enable() would have them. */
static void check_golden(gconstpointer data)
{
    const struct golden *g = data;
    struct rig *r = g_new0(struct rig, 1);
    struct ref_smmu ref = {
        .s1p = true,
        .s2p = true,
        .oas = 48,
        .sidsize = 16,
        .cr0ack = 0xd,
        .cr2 = 2,
        .strtab_cfg = RIG_STRTAB_LOG2,
        .strtab_base = RIG_STRTAB,
        .read = mem_peek,
        .opaque = &r->h,
    };
    struct smmu3_txn t = rig_txn(GOLDEN_SID, g->addr, g->how);
    struct ref_result res;

    fake_host_init(&r->h, 48);
    golden_load(r, g);
    ref_translate(&ref, &t, &res);
    CHECK_EQ(res.outcome, g->outcome);
    CHECK_EQ(res.pa, g->pa);
    CHECK_EQ(res.event, g->event[0] != 0);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(res.w[i], g->event[i]);
    }
    fake_host_fini(&r->h);
    g_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned i = 0; i < n_goldens; i++) {
        g_autofree char *name = g_strdup_printf("/refwalk/%s", goldens[i].name);

        g_test_add_data_func(name, &goldens[i], check_golden);
    }
    return g_test_run();
}
