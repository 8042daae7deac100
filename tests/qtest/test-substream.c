/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Substreams (3.3.2, 5.2, 5.3): the test engine's SubstreamIDs through CD
 * tables of all formats, S1DSS, and their faults.
 */
#include "smmu-qtest.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"

#define VA 0x7654321000ull
#define PROPS ",ssidsize=20,cd2l=on"

/* Stage-1 tables and a CD of one substream; tables lie where the stream's
 * first CD says, at the same distance. */
typedef struct Sub {
    Space s1;
    uint64_t page;
    uint64_t cd[8];
} Sub;

/* A substream of @c that maps VA to a page of its own with the number @n in
 * it. */
static void sub_init(Context *c, Sub *s, unsigned n)
{
    SmmuQtest *t = c->t;

    space_init(&s->s1, t, 12, 39, s1_start(12, 39));
    s->s1.bias = c->s1.bias;
    memcpy(s->cd, c->cd, sizeof(s->cd));
    put(s->cd, 119, 68, (s->s1.root + s->s1.bias) >> 4); /* TTB0 */
    put(s->cd, 63, 48, 100 + n);                         /* ASID */
    s->page = ram_page(t);
    mem_w64(t, s->page, n);
    map_page(&s->s1, VA, s->page + c->s1.bias, S1_LEAF);
}

static void put_cd(SmmuQtest *t, uint64_t pa, const Sub *s)
{
    for (unsigned i = 0; i < 8; i++) {
        mem_w64(t, pa + i * 8, s->cd[i]);
    }
}

/* A read of VA; SSID ~0: without one. True with *v if it succeeds. */
static bool read_as(SmmuQtest *t, uint32_t ssid, uint64_t *v)
{
    EngineOp op = { .cmd = ENG_SUM64,
                    .begin = VA,
                    .end = VA + 7,
                    .ssv = ssid != UINT32_MAX,
                    .ssid = ssid };
    bool ok = engine_run(t, &op) == ENG_HALTED;

    *v = op.sum;
    return ok;
}

static void expect_value(SmmuQtest *t, uint32_t ssid, uint64_t want)
{
    uint64_t v;

    g_assert_true(read_as(t, ssid, &v));
    g_assert_cmphex(v, ==, want);
    expect_no_event(t);
}

static void expect_fault(SmmuQtest *t, uint32_t ssid, const Event *e)
{
    uint64_t v;

    g_assert_false(read_as(t, ssid, &v));
    expect_event(t, e);
    expect_no_event(t);
}

/* Format, S1CDMax, and three of its substreams. */
typedef struct Format {
    const char *name;
    unsigned fmt, cdmax;
    uint32_t ssid[3];
} Format;

static const Format formats[] = {
    { "linear", 0, 4, { 0, 7, 15 } },
    { "4k-leaf", 1, 8, { 0, 63, 130 } },
    { "64k-leaf", 2, 12, { 0, 1023, 2049 } },
    { "4k-leaf-20", 1, 20, { 0, 64, 0xfffff } },
};

/* Where the CD of @ssid lies: tables grow as needed. @ptr is S1ContextPtr
 * without what nesting adds, @bias. */
static uint64_t cd_slot(SmmuQtest *t, const Format *f, uint64_t ptr,
                        uint64_t bias, uint32_t ssid)
{
    unsigned leaf = f->fmt == 1 ? 6 : 10;
    uint64_t at = ptr + 8 * (uint64_t)(ssid >> leaf), l2;

    if (f->fmt == 0) {
        return ptr + 64 * (uint64_t)ssid;
    }
    l2 = mem_r64(t, at);
    if (!(l2 & 1)) {
        l2 = (ram_alloc(t, 64u << leaf, 64u << leaf) + bias) | 1;
        mem_w64(t, at, l2);
    }
    return (l2 & ~UINT64_C(0xfff)) - bias +
           64 * (uint64_t)(ssid & ((1u << leaf) - 1));
}

static uint64_t cd_table(SmmuQtest *t, const Format *f)
{
    unsigned leaf = f->fmt == 1 ? 6 : 10;
    uint64_t size = f->fmt == 0 ? 64u << f->cdmax
                                : 8u << (f->cdmax > leaf ? f->cdmax - leaf : 0);

    return ram_alloc(t, MAX(size, 64), MAX(size, 64));
}

static void use_table(Context *c, const Format *f, uint64_t ptr, unsigned dss)
{
    put(c->ste, 5, 4, f->fmt);
    put(c->ste, 55, 6, (ptr + c->s1.bias) >> 6);
    put(c->ste, 63, 59, f->cdmax);
    put(c->ste, 65, 64, dss);
    context_commit(c);
}

/* Every format, alone and nested, with each S1DSS. */
static void test_format(gconstpointer data)
{
    const Format *f = data;

    for (unsigned stage = 1; stage <= 3; stage += 2) {
        SmmuQtest *t = smmu_start_with(PROPS);
        uint64_t ptr = cd_table(t, f), v;
        Context c;
        Sub sub[3];

        context_init(&c, t, stage, 12);
        for (unsigned i = 0; i < 3; i++) {
            sub_init(&c, &sub[i], 0x1100 + i);
            put_cd(t, cd_slot(t, f, ptr, c.s1.bias, f->ssid[i]), &sub[i]);
        }
        use_table(&c, f, ptr, 0);
        for (unsigned i = 0; i < 3; i++) {
            expect_value(t, f->ssid[i], 0x1100 + i);
        }
        expect_fault(t, UINT32_MAX, EV_CFG(F_STREAM_DISABLED));
        if (f->cdmax < 20) {
            expect_fault(t, 1u << f->cdmax,
                         EV_CFG(C_BAD_SUBSTREAMID, .ssid = 1u << f->cdmax));
        }
        use_table(&c, f, ptr, 2);
        expect_value(t, UINT32_MAX, 0x1100);
        expect_value(t, f->ssid[1], 0x1101);
        expect_fault(t, 0, EV_CFG(F_STREAM_DISABLED));
        /* Bypass of stage 1: VA is an IPA that is not mapped, or a PA without
         * memory. */
        use_table(&c, f, ptr, 1);
        expect_value(t, 0, 0x1100);
        g_assert_false(read_as(t, UINT32_MAX, &v));
        if (stage == 3) {
            expect_event(
                t, EV(F_TRANSLATION, VA, .rnw = true, .s2 = true, .ipa = VA));
        }
        expect_no_event(t);
        machine_stop(t);
    }
}

/* Stage 1 bypassed: data gets through. */
static void test_bypass(void)
{
    SmmuQtest *t = smmu_start_with(PROPS);
    uint64_t pa = ram_page(t), v;
    Context c;

    for (unsigned stage = 1; stage <= 3; stage += 2) {
        context_init(&c, t, stage, 12);
        use_table(&c, &formats[0], cd_table(t, &formats[0]), 1);
        mem_w64(t, pa, MAGIC + stage);
        g_assert_true(dma_read(t, pa + (stage == 3 ? t->bias : 0), &v));
        g_assert_cmphex(v, ==, MAGIC + stage);
        cmd(t, OP_TLBI_NSNH_ALL, 0);
    }
    expect_no_event(t);
    machine_stop(t);
}

/* An L1CD that is missing, out of reach, beyond OAS, or unmapped at stage 2. */
static void test_l1cd_faults(void)
{
    SmmuQtest *t = smmu_start_with(PROPS);
    const Format *f = &formats[1];
    uint64_t ptr = cd_table(t, f), leaf;
    Context c;
    Sub sub;

    context_init(&c, t, 1, 12);
    use_table(&c, f, ptr, 0);
    expect_fault(t, 5, EV_CFG(C_BAD_SUBSTREAMID, .ssid = 5));
    mem_w64(t, ptr, 1ull << 48 | 1);
    cmd(t, OP_CFGI_CD | (uint64_t)ENGINE_SID << 32, 0);
    expect_fault(t, 5, EV_CFG(C_BAD_SUBSTREAMID, .ssid = 5));
    mem_w64(t, ptr, HOLE | 1);
    cmd(t, OP_CFGI_CD | (uint64_t)ENGINE_SID << 32, 0);
    expect_fault(
        t, 5, EV_CFG(F_CD_FETCH, .ssv = true, .ssid = 5, .ipa = HOLE + 5 * 64));
    use_table(&c, f, HOLE, 2);
    expect_fault(
        t, 0x41,
        EV_CFG(F_CD_FETCH, .ssv = true, .ssid = 0x41, .ipa = HOLE + 8));
    expect_fault(t, UINT32_MAX, EV_CFG(F_CD_FETCH, .ipa = HOLE));
    /* A CD with V = 0 */
    leaf = ram_page(t);
    mem_w64(t, ptr, leaf | 1);
    use_table(&c, f, ptr, 0);
    expect_fault(t, 6, EV_CFG(C_BAD_CD, .ssv = true, .ssid = 6));

    context_init(&c, t, 3, 12);
    sub_init(&c, &sub, 9);
    put_cd(t, leaf + 64, &sub);
    mem_w64(t, ptr, (leaf + c.s1.bias) | 1);
    s2_split(&c, ptr);
    desc_set(&c.s2, desc_pa(&c.s2, ptr + t->bias, 3), 0);
    use_table(&c, f, ptr, 0);
    cmd(t, OP_TLBI_NSNH_ALL, 0);
    expect_fault(t, 1,
                 &(Event){ .num = F_TRANSLATION,
                           .sid = ENGINE_SID,
                           .ssv = true,
                           .ssid = 1,
                           .rnw = true,
                           .s2 = true,
                           .cls = CLS_CD,
                           .addr = VA,
                           .ipa = (ptr + t->bias) & ~UINT64_C(0xfff) });
    map_page(&c.s2, ptr + t->bias, ptr & ~UINT64_C(0xfff), S2_LEAF);
    expect_value(t, 1, 9);
    machine_stop(t);
}

/* CFGI_CD by SubstreamID; without it the old CD is used, and the old L1CD
 * without Leaf = 0. */
static void test_cfgi_cd(void)
{
    SmmuQtest *t = smmu_start_with(PROPS);
    const Format *f = &formats[1];
    const uint64_t sid = (uint64_t)ENGINE_SID << 32;
    uint64_t ptr = cd_table(t, f);
    Context c;
    Sub sub[4];

    context_init(&c, t, 1, 12);
    for (unsigned i = 0; i < 4; i++) {
        sub_init(&c, &sub[i], i);
    }
    put_cd(t, cd_slot(t, f, ptr, 0, 1), &sub[0]);
    put_cd(t, cd_slot(t, f, ptr, 0, 2), &sub[1]);
    use_table(&c, f, ptr, 0);
    expect_value(t, 1, 0);
    expect_value(t, 2, 1);
    put_cd(t, cd_slot(t, f, ptr, 0, 1), &sub[2]);
    put_cd(t, cd_slot(t, f, ptr, 0, 2), &sub[3]);
    expect_value(t, 1, 0);
    cmd(t, OP_CFGI_CD | sid | 1u << 12, 1);
    expect_value(t, 1, 2);
    expect_value(t, 2, 1);
    cmd(t, OP_CFGI_CD_ALL | sid, 0);
    expect_value(t, 2, 3);
    /* another leaf */
    mem_w64(t, ptr, 0);
    put_cd(t, cd_slot(t, f, ptr, 0, 1), &sub[0]);
    cmd(t, OP_CFGI_CD | sid | 1u << 12, 1);
    expect_value(t, 1, 2);
    cmd(t, OP_CFGI_CD | sid | 1u << 12, 0);
    expect_value(t, 1, 0);
    machine_stop(t);
}

/* The explanation names the L1CD, and says what S1DSS does. */
static void test_explain(void)
{
    SmmuQtest *t = smmu_start_with(PROPS);
    const Format *f = &formats[1];
    uint64_t ptr = cd_table(t, f);
    g_autofree char *l1cd = NULL, *cd = NULL;
    const QListEntry *entry;
    unsigned found = 0;
    Context c;
    Sub sub;
    QDict *r, *ret;

    context_init(&c, t, 1, 12);
    sub_init(&c, &sub, 7);
    put_cd(t, cd_slot(t, f, ptr, 0, 0x41), &sub);
    use_table(&c, f, ptr, 2);
    l1cd = g_strdup_printf("L1CD at 0x%" PRIx64 ": V=1 L2Ptr=0x%" PRIx64,
                           ptr + 8, cd_slot(t, f, ptr, 0, 0x40));
    cd = g_strdup_printf("CD at 0x%" PRIx64 ": V=1 ASID=107",
                         cd_slot(t, f, ptr, 0, 0x41));
    r = qtest_qmp(t->qts, "{'execute': 'x-smmulator-explain', 'arguments': "
                          "{'sid': 16, 'ssid': 65, 'addr': 508218707968}}");
    ret = qdict_get_qdict(r, "return");
    g_assert_nonnull(ret);
    g_assert_cmpstr(qdict_get_str(ret, "outcome"), ==, "ok");
    QLIST_FOREACH_ENTRY(qdict_get_qlist(ret, "lines"), entry)
    {
        const char *line =
            qstring_get_str(qobject_to(QString, qlist_entry_obj(entry)));

        found |= strstr(line, "S1CDMax=8 S1Fmt=1 S1DSS=2") ? 1 : 0;
        found |= g_str_equal(line, l1cd) ? 2 : 0;
        found |= g_str_has_prefix(line, cd) ? 4 : 0;
    }
    g_assert_cmphex(found, ==, 7);
    qobject_unref(r);
    /* A probe counts nothing and records nothing. */
    expect_no_event(t);
    machine_stop(t);
}

/* The ID registers follow the properties; without CD2L two levels are
 * ILLEGAL, and so is more than SSIDSIZE. */
static void test_advertised(void)
{
    static const struct {
        const char *props;
        unsigned ssidsize, cd2l;
    } rows[] = {
        { "", 0, 0 },
        { ",ssidsize=1", 1, 0 },
        { ",ssidsize=7,cd2l=on", 7, 1 },
        { ",ssidsize=20,cd2l=off", 20, 0 },
        { ",ssidsize=20,cd2l=on", 20, 1 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuQtest *t = smmu_start_with(rows[i].props);
        Format f = { "", 1, 1, { 0 } };
        Context c;
        Sub sub;

        g_assert_cmphex(r32(t, IDR1) >> 6 & 31, ==, rows[i].ssidsize);
        g_assert_cmphex(r32(t, IDR0) >> 19 & 1, ==, rows[i].cd2l);
        context_init(&c, t, 1, 12);
        sub_init(&c, &sub, 5);
        if (rows[i].ssidsize == 0) {
            put_cd(t, c.cd_pa, &sub);
            memcpy(c.cd, sub.cd, sizeof(c.cd));
            use_table(&c, &f, c.cd_pa, 0); /* IGNORED */
            expect_value(t, UINT32_MAX, 5);
            expect_fault(t, 0, EV_CFG(C_BAD_SUBSTREAMID));
        } else {
            uint64_t ptr = cd_table(t, &f);

            put_cd(t, cd_slot(t, &f, ptr, 0, 1), &sub);
            use_table(&c, &f, ptr, 0);
            if (rows[i].cd2l) {
                expect_value(t, 1, 5);
            } else {
                expect_fault(t, 1, EV_CFG(C_BAD_STE, .ssv = true, .ssid = 1));
            }
            f.fmt = 0;
            f.cdmax = rows[i].ssidsize + 1;
            use_table(&c, &f, c.cd_pa, 0);
            expect_fault(t, 1, EV_CFG(C_BAD_STE, .ssv = true, .ssid = 1));
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
    for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *path =
            g_strdup_printf("/substream/%s", formats[i].name);

        g_test_add_data_func(path, &formats[i], test_format);
    }
    g_test_add_func("/substream/bypass", test_bypass);
    g_test_add_func("/substream/l1cd-faults", test_l1cd_faults);
    g_test_add_func("/substream/cfgi-cd", test_cfgi_cd);
    g_test_add_func("/substream/explain", test_explain);
    g_test_add_func("/substream/advertised", test_advertised);
    return g_test_run();
}
