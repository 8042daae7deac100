/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PASID, ATS and PRI as capabilities of the engine: registers and enables.
 * Numbers are those of the PCI Express specification.
 * Tests only.
 */
#include "smmu-qtest.h"

#define CAP_ATS 0x0f
#define CAP_PRI 0x13
#define CAP_PASID 0x1b

#define SECOND_SID 0x20u /* 00:04.0 */
#define SECOND_BAR 0x10400000u
#define VA 0x222000ull

static unsigned cap(SmmuQtest *t, unsigned bdf, unsigned id)
{
    unsigned at = pci_ext_cap(t, bdf, id);

    g_assert_cmpuint(at, >=, 0x100);
    return at;
}

/* All ones, then what the guest can have changed. */
static void test_registers(void)
{
    SmmuQtest *t = machine_start(NULL, "-device smmulator-engine,addr=4.0");
    unsigned bdf = SECOND_SID, pasid = cap(t, bdf, CAP_PASID);
    unsigned ats = cap(t, bdf, CAP_ATS), pri = cap(t, bdf, CAP_PRI);

    /* The list begins where it must, and ends. */
    g_assert_cmphex(pci_r32(t, bdf, 0x100) & 0xfffff, ==, 0x1001b);
    g_assert_cmphex(pci_r32(t, bdf, pri) >> 20, ==, 0);
    g_assert_cmphex(pci_r32(t, bdf, ats) & 0xfffff, ==, 0x1000f);
    g_assert_cmphex(pci_r32(t, bdf, pri) & 0xfffff, ==, 0x10013);

    /* 20 bits, execute permission, privileged mode */
    g_assert_cmphex(pci_r32(t, bdf, pasid + 4), ==, 0x1406);
    /* Queue Depth 32, Page Aligned Request, Global Invalidate */
    g_assert_cmphex(pci_r32(t, bdf, ats + 4), ==, 0x60);
    /* Stopped; responses carry the PASID */
    g_assert_cmphex(pci_r32(t, bdf, pri + 4), ==, 0x81000000);
    g_assert_cmphex(pci_r32(t, bdf, pri + 8), ==, 32);
    g_assert_cmphex(pci_r32(t, bdf, pri + 12), ==, 0);

    for (unsigned i = 4; i < 16; i += 4) {
        pci_w32(t, bdf, pri + i, 0xffffffff);
    }
    pci_w32(t, bdf, pasid + 4, 0xffffffff);
    pci_w32(t, bdf, ats + 4, 0xffffffff);
    g_assert_cmphex(pci_r32(t, bdf, pasid + 4), ==, 0x71406);
    g_assert_cmphex(pci_r32(t, bdf, ats + 4), ==, 0x801f0060);
    /* Enabled, not stopped; Reset reads zero. */
    g_assert_cmphex(pci_r32(t, bdf, pri + 4), ==, 0x80000001);
    g_assert_cmphex(pci_r32(t, bdf, pri + 8), ==, 32);
    g_assert_cmphex(pci_r32(t, bdf, pri + 12), ==, 0xffffffff);
    pci_w32(t, bdf, pri + 4, 0);
    g_assert_cmphex(pci_r32(t, bdf, pri + 4), ==, 0x81000000);
    pci_w32(t, bdf, pri + 4, 1);

    qtest_qmp_assert_success(t->qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t->qts, "RESET");
    g_assert_cmphex(pci_r32(t, bdf, pasid + 4), ==, 0x1406);
    g_assert_cmphex(pci_r32(t, bdf, ats + 4), ==, 0x60);
    g_assert_cmphex(pci_r32(t, bdf, pri + 4), ==, 0x81000000);
    g_assert_cmphex(pci_r32(t, bdf, pri + 12), ==, 0);
    machine_stop(t);
}

static void test_properties(void)
{
    static const struct {
        const char *args;
        bool pasid, ats, pri;
    } rows[] = {
        { "pasid=off", false, true, true },
        { "ats=off", true, false, false },
        { "pri=off", true, true, false },
        { "pasid=off,ats=off,pri=off", false, false, false },
        { "pasid=off,ats=off", false, false, false },
        { "pasid=off,pri=on", false, true, true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *args = g_strdup_printf("-device smmulator-engine,addr=4.0,%s",
                                     rows[i].args);
        SmmuQtest *t = machine_start(NULL, args);
        unsigned ats, pri;

        g_assert_cmpuint(pci_ext_cap(t, SECOND_SID, CAP_PASID) != 0, ==,
                         rows[i].pasid);
        ats = pci_ext_cap(t, SECOND_SID, CAP_ATS);
        pri = pci_ext_cap(t, SECOND_SID, CAP_PRI);
        g_assert_cmpuint(ats != 0, ==, rows[i].ats);
        g_assert_cmpuint(pri != 0, ==, rows[i].pri);
        /* Without PASIDs there is nothing to say about them. */
        if (ats) {
            g_assert_cmphex(pci_r32(t, SECOND_SID, ats + 4), ==,
                            rows[i].pasid ? 0x60 : 0x20);
        }
        if (pri) {
            g_assert_cmphex(pci_r32(t, SECOND_SID, pri + 4), ==,
                            rows[i].pasid ? 0x81000000 : 0x01000000);
        }
        machine_stop(t);
        g_free(args);
    }
}

static void test_refused(void)
{
    char *args = machine_args(NULL, "-device smmulator-engine,ats=off,pri=on");
    char *err = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, 1);
    g_assert_nonnull(strstr(err, "pri=on needs ats=on"));
    g_free(err);
    g_free(args);
}

/* A request with a PASID is sent only as far as PASID Control allows. */
static void test_pasid_enable(void)
{
    static const struct {
        unsigned control;
        uint32_t attrs;
        bool sent;
    } rows[] = {
        { 0x1, ENG_ATTR, true },
        { 0x0, ENG_ATTR, false },
        { 0x6, ENG_ATTR, false },
        { 0x1, ENG_ATTR | ENG_PNU, false },
        { 0x3, ENG_ATTR | ENG_PNU, false },
        { 0x5, ENG_ATTR | ENG_PNU, true },
        { 0x1, ENG_ATTR | ENG_IND, false },
        { 0x5, ENG_ATTR | ENG_IND, false },
        { 0x3, ENG_ATTR | ENG_IND, true },
        { 0x7, ENG_ATTR | ENG_IND | ENG_PNU, true },
    };
    SmmuQtest *t = smmu_start();
    unsigned pasid = cap(t, ENGINE_SID, CAP_PASID);
    EngineOp op = { .cmd = ENG_SUM64, .begin = VA, .end = VA + 7 };
    Context c;

    quick_stage1(&c, t, VA);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        op.ssv = true;
        op.ssid = 7;
        op.attrs = rows[i].attrs;
        pci_w32(t, ENGINE_SID, pasid + 4, rows[i].control << 16);
        g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
        g_assert_cmphex(op.fault, ==, VA);
        /* The SMMU of these tests has no substreams: it tells of any. */
        if (rows[i].sent) {
            expect_event(t, EV_CFG(C_BAD_SUBSTREAMID, .ssid = 7));
        }
        expect_no_event(t);
        /* Without a PASID nothing is forbidden. */
        op.ssv = false;
        op.attrs = ENG_ATTR;
        g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
    }
    machine_stop(t);
}

/* Nor is one sent by a function without the capability. */
static void test_pasid_absent(void)
{
    SmmuQtest *t =
        machine_start(NULL, "-device smmulator-engine,addr=4.0,pasid=off");
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = VA,
                    .end = VA + 7,
                    .ssv = true,
                    .bar = SECOND_BAR };

    smmu_enable(t);
    engine_setup(t, SECOND_SID, SECOND_BAR);
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    expect_no_event(t);
    op.ssv = false;
    g_assert_cmphex(engine_run(t, &op), ==, ENG_ERROR);
    expect_event(t, &(Event){ .num = C_BAD_STE, .sid = SECOND_SID });
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/endpoint/registers", test_registers);
    g_test_add_func("/endpoint/properties", test_properties);
    g_test_add_func("/endpoint/refused", test_refused);
    g_test_add_func("/endpoint/pasid/enable", test_pasid_enable);
    g_test_add_func("/endpoint/pasid/absent", test_pasid_absent);
    return g_test_run();
}
