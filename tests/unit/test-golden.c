/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core against walks computed by hand: a cold walk, then the same again
 * from warm caches, and with no caches at all.
 */
#include "golden.h"

static void run(const struct golden *g, const struct smmu3_params *params)
{
    struct rig *r = rig_new_with(params);

    golden_load(r, g);
    for (unsigned i = 0; i < 3; i++) {
        if (g->outcome == SMMU3_OK) {
            CHECK_OK(r, GOLDEN_SID, g->addr, g->how, g->pa);
        } else if (g->event[0]) {
            check_fault(r, __FILE__, __LINE__, GOLDEN_SID, g->addr, g->how,
                        g->outcome, g->event);
        } else {
            CHECK_QUIET(r, GOLDEN_SID, g->addr, g->how, g->outcome);
        }
    }
    rig_free(r);
}

static void check_golden(gconstpointer data)
{
    struct smmu3_params off = rig_no_caches();

    run(data, NULL);
    run(data, &off);
}

static void check_golden_wide(gconstpointer data)
{
    struct smmu3_params p = rig_wide();

    run(data, &p);
    rig_drop_caches(&p);
    run(data, &p);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned i = 0; i < n_goldens; i++) {
        g_autofree char *name = g_strdup_printf("/golden/%s", goldens[i].name);

        g_test_add_data_func(name, &goldens[i], check_golden);
    }
    for (unsigned i = 0; i < n_goldens_wide; i++) {
        g_autofree char *name =
            g_strdup_printf("/golden/wide/%s", goldens_wide[i].name);

        g_test_add_data_func(name, &goldens_wide[i], check_golden_wide);
    }
    return g_test_run();
}
