/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage-2 geometry (5.2; B.5 row 22, E.9): which S2SL0, S2T0SZ and S2TG go
 * together, at every output address size.
 */
#include "rig.h"

#define SID 9u

/* The rows of E.9 that exist without STT and DS. */
static const struct geometry {
    unsigned granule, sl0, level, min_oas, min_size, max_size;
} geometries[] = {
    { 12, 0, 2, 0, 22, 34 }, { 12, 1, 1, 0, 31, 43 }, { 12, 2, 0, 44, 40, 52 },
    { 14, 0, 3, 0, 15, 29 }, { 14, 1, 2, 0, 26, 40 }, { 14, 2, 1, 42, 37, 51 },
    { 16, 0, 3, 0, 17, 33 }, { 16, 1, 2, 0, 30, 46 }, { 16, 2, 1, 44, 43, 59 },
};

static bool legal(unsigned oas, unsigned granule, unsigned sl0, unsigned t0sz)
{
    unsigned size = 64 - t0sz;

    if (t0sz > 39 || size > 48 || size > oas) {
        return false;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(geometries); i++) {
        const struct geometry *g = &geometries[i];

        if (g->granule == granule && g->sl0 == sl0) {
            return oas >= g->min_oas && size >= g->min_size &&
                   size <= g->max_size;
        }
    }
    return false;
}

static void check_oas(gconstpointer data)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.oas = GPOINTER_TO_UINT(data);
    r = rig_new_with(&p);
    for (unsigned granule = 12; granule <= 16; granule += 2) {
        for (unsigned n = 0; n < 256; n++) {
            unsigned sl0 = n >> 6, t0sz = n & 63;
            bool good = legal(p.f.oas, granule, sl0, t0sz);
            uint64_t w[4] = { 0 };

            rig_set_ste(r, SID, ste_s2(RIG_TABLES, granule, t0sz, sl0));
            rig_forget(r);
            rig_go(r, SID, 0x1000, "r");
            CHECK(rig_event(r, w));
            if (!CHECK_EQ(w[0] & 0xff, good ? 0x10 : 0x04)) {
                g_test_message("granule %u S2SL0 %u S2T0SZ %u", granule, sl0,
                               t0sz);
            }
        }
    }
    rig_free(r);
}

/* J 3: S2TG is encoded as TG0. 3 is reserved. */
static void s2tg(void)
{
    struct rig *r = rig_new();

    for (unsigned sl0 = 0; sl0 < 4; sl0++) {
        for (unsigned t0sz = 16; t0sz < 40; t0sz++) {
            struct ste ste = ste_s2(RIG_TABLES, 12, t0sz, sl0);

            set_bits(ste.w, 175, 174, 3);
            rig_set_ste(r, SID, ste);
            rig_forget(r);
            CHECK_ABORT(r, SID, 0x1000, "r", 0x0000000900000004, 0, 0, 0);
        }
    }
    rig_free(r);
}

/* Each legal geometry with its smallest, a middle and its largest size, and
 * the first and the last address: where its descriptor must lie. */
static void index_of_first_table(void)
{
    struct rig *r = rig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(geometries); i++) {
        const struct geometry *g = &geometries[i];
        unsigned max = g->max_size < 48 ? g->max_size : 48;
        unsigned min = g->min_size > 25 ? g->min_size : 25;

        for (unsigned size = min; size <= max; size++) {
            uint64_t last = (UINT64_C(1) << size) - 1;
            unsigned lo = level_lo(g->granule, g->level);
            /* A table above 1 GiB, at its alignment and no more. */
            uint64_t bytes = UINT64_C(8) << (size > lo ? size - lo : 0);
            uint64_t ttb = UINT64_C(0x40000000) + bytes;
            uint64_t at = ttb + bytes - 8;

            rig_set_ste(r, SID, ste_s2(ttb, g->granule, 64 - size, g->sl0));
            rig_forget(r);
            fake_hole(&r->h, at, at + 7);
            if (!CHECK_ABORT(r, SID, last, "r", 0x000000090000000b,
                             0x0000028800000000, last, at)) {
                g_test_message("granule %u S2SL0 %u size %u", g->granule,
                               g->sl0, size);
            }
            fake_no_holes(&r->h);
            /* One above: out of range. */
            if (size < 48) {
                CHECK_ABORT(r, SID, last + 1, "r", 0x0000000900000010,
                            0x0000028800000000, last + 1,
                            (last + 1) & ~UINT64_C(0xfff));
            }
        }
    }
    rig_free(r);
}

int main(int argc, char **argv)
{
    static const unsigned oas[] = { 32, 36, 40, 42, 44, 48 };

    unit_init(&argc, &argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(oas); i++) {
        g_autofree char *name =
            g_strdup_printf("/s2-geometry/E.9/oas-%u", oas[i]);

        g_test_add_data_func(name, GUINT_TO_POINTER(oas[i]), check_oas);
    }
    g_test_add_func("/s2-geometry/E.9/s2tg-3", s2tg);
    g_test_add_func("/s2-geometry/E.9/index-of-first-table",
                    index_of_first_table);
    return g_test_run();
}
