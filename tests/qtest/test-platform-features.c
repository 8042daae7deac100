/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Platform masters: stalls, SubstreamIDs, Secure streams.
 * Tests only.
 */
#include "firmware.h"
#include "its.h"

#define SECOND_SMMU 0x090e0000u
#define SECOND_ENGINE 0x09100000u
#define ONLY_ENGINE 0x090e0000u
#define VA 0x40000000ull
#define SECURE_RAM 0x0e000000ull /* of the board with secure=on */
#define OP_RESUME 0x44
#define RESUME_RETRY 0x1000 /* AC */
/* One half of the engine's attributes: into Secure memory */
#define SECURE_ATTR 0x00ffu

/* An SMMU with stalls and SubstreamIDs, and an engine with @props. */
static char *stalling(const char *props)
{
    return g_strdup_printf("-device " SMMU_BASELINE
                           ",platform=on,id=s2,stall-model=0,stall-max=4,"
                           "ssidsize=5 "
                           "-device smmulator-engine-platform,smmu=s2%s",
                           props);
}

static SmmuQtest *start_stalling(SmmuQtest *second, const char *props)
{
    char *more = stalling(props);
    SmmuQtest *t = machine_start(NULL, more);

    *second = *t;
    second->smmu = SECOND_SMMU;
    second->engine = SECOND_ENGINE;
    smmu_enable(second);
    g_free(more);
    return t;
}

/* A stage 1 that stalls; the page is not mapped yet. */
static void stall_context(Context *c, SmmuQtest *t)
{
    context_init(c, t, 1, 12);
    c->sid = 0;
    put(c->cd, 44, 44, 1); /* S */
    context_commit(c);
}

/* By default the engine can wait if its SMMU can stall it. */
static void test_stall(void)
{
    SmmuQtest second, *t = start_stalling(&second, "");
    EngineOp op = { .cmd = ENG_SUM64, .begin = VA, .end = VA + 7 };
    gint64 until = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;
    uint64_t pa;
    Context c;

    stall_context(&c, &second);
    pa = ram_page(&second);
    mem_w64(t, pa, MAGIC);
    engine_launch(&second, &op);
    while (r32(&second, EVENTQ_PROD) == 0) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
    expect_event(&second, &(Event){ .num = F_TRANSLATION,
                                    .sid = 0,
                                    .rnw = true,
                                    .cls = CLS_IN,
                                    .addr = VA,
                                    .stag = 1 });
    g_assert_cmphex(qtest_readl(t->qts, SECOND_ENGINE), ==, ENG_SUM64);
    context_map(&c, VA, pa);
    cmd(&second, RESUME_RETRY | OP_RESUME, 1);
    g_assert_cmphex(engine_wait(&second, &op), ==, ENG_HALTED);
    g_assert_cmphex(op.sum, ==, MAGIC);
    expect_no_event(&second);
    machine_stop(t);
}

/* stall=off: a fault ends the transaction. */
static void test_no_stall(void)
{
    SmmuQtest second, *t = start_stalling(&second, ",stall=off");
    Context c;

    stall_context(&c, &second);
    g_assert_false(dma_read(&second, VA, NULL));
    expect_event(&second, &(Event){ .num = F_TRANSLATION,
                                    .sid = 0,
                                    .rnw = true,
                                    .cls = CLS_IN,
                                    .addr = VA });
    machine_stop(t);
}

/* What firmware says of stalls and SubstreamIDs. */
static void test_described(void)
{
    static const struct {
        const char *props;
        bool stall;
        unsigned bits;
    } rows[] = {
        { "", true, 5 },
        { ",stall=on,pasid-num-bits=3", true, 3 },
        { ",stall=off,pasid-num-bits=0", false, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *more = stalling(rows[i].props);
        uint8_t *fdt = dump_fdt("", more);
        SmmuQtest *t = machine_start(NULL, more);
        Acpi *acpi = acpi_load(t);
        const uint8_t *iort = acpi_table(acpi, "IORT");
        static const char node[] = "engine@9100000";
        Prop bits = fdt_prop(fdt, node, "pasid-num-bits");

        g_assert_cmpint(fdt_prop(fdt, node, "dma-can-stall").data != NULL, ==,
                        rows[i].stall);
        g_assert_cmphex(le32(iort + iort_node(iort, 1, 0) + 16), ==,
                        rows[i].stall | rows[i].bits << 1);
        if (rows[i].bits) {
            check_cells(bits, (uint32_t[]){ rows[i].bits }, 1);
        } else {
            g_assert_null(bits.data);
        }
        acpi_free(acpi);
        machine_stop(t);
        g_free(fdt);
        g_free(more);
    }
}

/* Its registers are memory like any other to it, and to others; nothing
 * breaks. */
static void test_own_registers(void)
{
    static const uint64_t places[] = { SECOND_ENGINE, SECOND_ENGINE + 0x10000,
                                       SECOND_SMMU, SECOND_SMMU + 0x10000 };
    char *more = stalling("");
    SmmuQtest *t = machine_start(NULL, more);

    g_free(more);
    t->engine = SECOND_ENGINE;
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        EngineOp op = { .cmd = ENG_RAND48,
                        .begin = places[i],
                        .end = places[i] + 0xfff };

        engine_launch(t, &op);
        while (qtest_readl(t->qts, SECOND_ENGINE) == ENG_RAND48) {
        }
        qtest_system_reset(t->qts);
    }
    g_assert_true(dma_read(t, RAM_FREE, NULL));
    machine_stop(t);
}

/* The QMP commands know an SMMU without a bus, and its streams. */
static void test_monitor(void)
{
    char *more = stalling(",sid=7");
    SmmuQtest *t = machine_start(NULL, more);
    QDict *r, *d;
    const QListEntry *e;

    t->engine = SECOND_ENGINE;
    g_assert_true(dma_read(t, RAM_FREE, NULL));
    r = qtest_qmp(t->qts, "{'execute': 'x-smmulator-stats'}");
    e = qlist_first(qdict_get_qlist(r, "return"));
    d = qobject_to(QDict, qlist_entry_obj(e));
    g_assert_cmpstr(qdict_get_str(d, "id"), ==, "s2");
    g_assert_cmpstr(qdict_get_str(d, "base"), ==, "0x90e0000");
    g_assert_false(qdict_haskey(d, "bus"));
    d = qobject_to(QDict, qlist_entry_obj(qlist_next(e)));
    g_assert_cmpstr(qdict_get_str(d, "bus"), ==, "pcie.0");
    qobject_unref(r);
    r = qtest_qmp(t->qts, "{'execute': 'x-smmulator-recent',"
                          " 'arguments': {'id': 's2'}}");
    d = qobject_to(QDict, qlist_peek(qdict_get_qlist(r, "return")));
    g_assert_cmpstr(qdict_get_str(d, "sid"), ==, "0x7");
    g_assert_cmpstr(qdict_get_str(d, "addr"), ==, "0x41000000");
    qobject_unref(r);
    machine_stop(t);
    g_free(more);
}

/* Twenty further SMMUs have interrupts; one more has none. */
static void test_no_room(void)
{
    GString *more = g_string_new("-monitor stdio ");
    char *args, *err = NULL;

    for (unsigned i = 0; i < 20; i++) {
        g_string_append(more, "-device " SMMU_BASELINE ",platform=on ");
    }
    args = machine_args("", more->str);
    g_assert_cmpint(qemu_run(args, &err), ==, 0);
    g_assert_cmpstr(err, ==, "");
    g_free(err);
    g_free(args);
    g_string_append(more, "-device " SMMU_BASELINE ",platform=on");
    args = machine_args("", more->str);
    g_assert_cmpint(qemu_run(args, &err), ==, 1);
    g_assert_nonnull(strstr(err, "no room"));
    g_free(err);
    g_free(args);
    g_string_free(more, TRUE);
}

/* DeviceIDs in the order of making: two SMMUs, the engine. */
#define FIRST_DEVICE_ID 0xf8u

/* A message of the engine's own, written like any data: the ITS knows it by its
 * reserved DeviceID, whatever its StreamID. */
static void test_its(void)
{
    for (unsigned i = 0; i < 2; i++) {
        SmmuQtest *t = machine_start_with(
            ",sidsize=32", NULL,
            "-device " SMMU_BASELINE ",platform=on "
            "-device smmulator-engine-platform,sid=0x12345,sids=2");
        EngineOp op = { .cmd = ENG_MEMCPY, .dest = ITS_TRANSLATER };
        Its its;

        t->engine = SECOND_ENGINE;
        its_setup(&its, t, FIRST_DEVICE_ID + 2 + i);
        op.begin = ram_page(t);
        op.end = op.begin + 3;
        mem_w64(t, op.begin, 5);
        g_assert_false(its_pending(&its, 5));
        qtest_writel(t->qts, SECOND_ENGINE + 0x10008, 0x12346);
        g_assert_cmphex(engine_run(t, &op), ==, ENG_HALTED);
        g_assert_cmpint(its_pending(&its, 5), ==, i == 0);
        machine_stop(t);
    }
}

/* The second SMMU's messages have its own DeviceID. */
static void test_smmu_its(void)
{
    SmmuQtest *t =
        machine_start(NULL, "-device " SMMU_BASELINE ",platform=on,msi=on");
    SmmuQtest second = *t;
    Its its;

    second.smmu = SECOND_SMMU;
    smmu_enable(&second);
    t->next = second.next;
    its_setup(&its, t, FIRST_DEVICE_ID + 1);
    /* CMD_SYNC with CS = 1: data 7 to the ITS */
    cmd_push(&second, 7ull << 32 | 0x0fc01046, ITS_TRANSLATER);
    g_assert_true(cmd_drain(&second));
    g_assert_true(its_wait(&its, 7));
    machine_stop(t);
}

#define SECURE_PROPS ",secure=on,s-sidsize=8,x-unspecified-secure=on"
#define SECURE_ENGINE "-device smmulator-engine-platform,secure=on"

/* The registers of the Secure bank, from @secure's point of view those of an
 * SMMU: but for the event queue's indices, which are elsewhere (6.2). */
static SmmuQtest *start_secure(SmmuQtest *secure, const char *machine)
{
    SmmuQtest *t = machine_start_with(SECURE_PROPS, machine, SECURE_ENGINE);

    *secure = *t;
    secure->smmu = SMMU_BASE + 0x8000;
    secure->engine = ONLY_ENGINE;
    smmu_enable(secure);
    return t;
}

/* A Secure stage 1 at Secure StreamID 0. */
static void secure_context(Context *c, SmmuQtest *secure)
{
    context_init(c, secure, 1, 12);
    c->sid = 0;
    context_commit(c);
    cmd(secure, OP_CFGI_STE_RANGE | 1 << 10, 31); /* SSec */
}

/* Its streams are found in the Secure table, its faults in the Secure queue;
 * the Non-secure interface is off all the time. */
static void test_secure(void)
{
    SmmuQtest secure, *t = start_secure(&secure, NULL);
    uint64_t pa, v;
    Context c;

    secure_context(&c, &secure);
    pa = ram_page(&secure);
    context_map(&c, VA, pa);
    mem_w64(t, pa, MAGIC);
    g_assert_true(dma_read(&secure, VA, &v));
    g_assert_cmphex(v, ==, MAGIC);
    g_assert_cmphex(r32(t, 0x80a8), ==, 0);
    g_assert_false(dma_read(&secure, 0, NULL));
    g_assert_cmphex(r32(t, 0x80a8), ==, 1);
    g_assert_cmphex(mem_r64(t, secure.eventq), ==, F_TRANSLATION);
    g_assert_cmphex(r32(t, CR0ACK), ==, 0);
    g_assert_cmphex(r32(t, EVENTQ_PROD), ==, 0);
    /* SSD_NS */
    g_assert_cmphex(qtest_readl(t->qts, ONLY_ENGINE + 0x10000), ==, 0);
    g_assert_cmphex(qtest_readl(t->qts, ENGINE_BAR + 0x10000), ==, 1);
    machine_stop(t);
}

/* What is RAM in the Secure world alone: NS of the page decides. */
static void test_secure_memory(void)
{
    SmmuQtest secure, *t = start_secure(&secure, ",secure=on");
    uint64_t v, desc;
    Context c;

    secure_context(&c, &secure);
    map_page(&c.s1, VA, SECURE_RAM, S1_LEAF);
    g_assert_true(dma_write(&secure, VA));
    g_assert_true(dma_read(&secure, VA, &v));
    g_assert_cmphex(v, ==, dma_pattern(VA));
    desc = desc_pa(&c.s1, VA, 3);
    desc_set(&c.s1, desc, desc_get(&c.s1, desc) | 1 << 5);
    cmd(&secure, OP_TLBI_NH_ALL | 1 << 10, 0);
    g_assert_false(dma_read(&secure, VA, NULL));
    machine_stop(t);
}

/* Past the SMMU: NS of the access decides. */
static void test_secure_bypass(void)
{
    SmmuQtest secure, *t = start_secure(&secure, ",secure=on");

    smmu_cr0(&secure, 0);
    g_assert_true(dma_attrs(&secure, SECURE_RAM, true, SECURE_ATTR));
    g_assert_true(dma_attrs(&secure, SECURE_RAM, false, SECURE_ATTR));
    g_assert_false(dma_attrs(&secure, SECURE_RAM, false, ENG_ATTR));
    /* A Non-secure master's NS means nothing. */
    g_assert_false(dma_attrs(t, SECURE_RAM, false, SECURE_ATTR));
    machine_stop(t);
}

/* Non-secure software is not told of it. */
static void test_secure_described(void)
{
    uint8_t *fdt = dump_fdt_with(SECURE_PROPS, "", SECURE_ENGINE);
    SmmuQtest *t = machine_start_with(SECURE_PROPS, NULL, SECURE_ENGINE);
    Acpi *acpi = acpi_load(t);
    const uint8_t *iort = acpi_table(acpi, "IORT");

    g_assert_null(fdt_prop(fdt, "engine@90e0000", "reg").data);
    g_assert_cmpuint(iort_node(iort, 1, 0), ==, 0);
    g_assert_cmpuint(le32(iort + iort_node(iort, 4, 0) + 8), ==, 1);
    g_assert_null(acpi_table(acpi, "SSDT"));
    acpi_free(acpi);
    machine_stop(t);
    g_free(fdt);
}

static void check_refused(const char *props, const char *extra,
                          const char *word)
{
    char *args = machine_args_with(props, "", extra), *err = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, 1);
    if (!strstr(err, word)) {
        g_error("'%s' says: %s", extra, err);
    }
    g_free(err);
    g_free(args);
}

static void test_secure_refused(void)
{
    check_refused("", SECURE_ENGINE, "secure=on");
    check_refused(SECURE_PROPS, SECURE_ENGINE ",sid=0x100", "s-sidsize");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/platform/stall", test_stall);
    g_test_add_func("/platform/no-stall", test_no_stall);
    g_test_add_func("/platform/described", test_described);
    g_test_add_func("/platform/own-registers", test_own_registers);
    g_test_add_func("/platform/monitor", test_monitor);
    g_test_add_func("/platform/no-room", test_no_room);
    g_test_add_func("/platform/its", test_its);
    g_test_add_func("/platform/smmu-its", test_smmu_its);
    g_test_add_func("/platform/secure/stream", test_secure);
    g_test_add_func("/platform/secure/memory", test_secure_memory);
    g_test_add_func("/platform/secure/bypass", test_secure_bypass);
    g_test_add_func("/platform/secure/described", test_secure_described);
    g_test_add_func("/platform/secure/refused", test_secure_refused);
    return g_test_run();
}
