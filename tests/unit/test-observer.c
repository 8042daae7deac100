/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core tells a watcher (observer.h): one record per decision, with
 * the addresses, indices and values that explain it. As literals, for the
 * nested walk computed by hand.
 */
#include "golden.h"

#define SEEN_MAX 64u

struct seen {
    unsigned n;
    struct smmu3_obs obs[SEEN_MAX];
    uint64_t words[SEEN_MAX][8]; /* copies: the originals die */
    struct smmu3_result results[SEEN_MAX];
};

static void notify(void *opaque, const struct smmu3_obs *obs)
{
    struct seen *s = opaque;
    uint64_t *w = s->words[s->n];

    if (s->n == SEEN_MAX) {
        return;
    }
    s->obs[s->n] = *obs;
    switch (obs->kind) {
    case SMMU3_OBS_STE:
    case SMMU3_OBS_CD:
        if (obs->config.words) {
            memcpy(w, obs->config.words, 64);
            s->obs[s->n].config.words = w;
        }
        break;
    case SMMU3_OBS_EVENT:
        memcpy(w, obs->event.words, 32);
        s->obs[s->n].event.words = w;
        break;
    case SMMU3_OBS_CMD:
        memcpy(w, obs->cmd.words, 16);
        s->obs[s->n].cmd.words = w;
        break;
    case SMMU3_OBS_DONE:
        s->results[s->n] = *obs->done.result;
        break;
    default:
        break;
    }
    s->n++;
}

/* The n-th record of a kind; NULL if there are fewer. */
static const struct smmu3_obs *nth(const struct seen *s,
                                   enum smmu3_obs_kind kind, unsigned n)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (s->obs[i].kind == kind && n-- == 0) {
            return &s->obs[i];
        }
    }
    return NULL;
}

static unsigned count(const struct seen *s, enum smmu3_obs_kind kind)
{
    unsigned n = 0;

    while (nth(s, kind, n)) {
        n++;
    }
    return n;
}

/* A rig with an observer from the start. Without a walk cache a walk is told
 * whole. */
static struct rig *rig_watched(struct seen *s)
{
    struct rig *r = g_new0(struct rig, 1);
    struct smmu3_observer o = { s, notify };
    struct smmu3_host ops;
    const char *error = NULL;

    memset(s, 0, sizeof(*s));
    fake_host_init(&r->h, 48);
    ops = fake_host_ops(&r->h);
    r->p = rig_params();
    r->p.walk_cache_entries = 0;
    r->s = smmu3_new(&r->p, &ops, &o, &error);
    rig_enable(r);
    s->n = 0;
    return r;
}

static const struct golden *nested(void)
{
    for (unsigned i = 0; i < n_goldens; i++) {
        if (strcmp(goldens[i].name, "nested") == 0) {
            return &goldens[i];
        }
    }
    g_error("no golden walk");
}

/* Descriptors of the nested walk, in the order of the walk. */
static const struct {
    bool stage2;
    unsigned purpose, level;
    uint64_t input, table;
    uint32_t index;
    uint64_t value;
    enum smmu3_desc_kind is;
    uint64_t output;
} descs[] = {
    { true, 0, 1, 0x50003000, 0x21000000, 1, 0x21010003, SMMU3_DESC_IS_TABLE,
      0x21010000 },
    { true, 0, 2, 0x50003000, 0x21010000, 0x80, 0x21011003, SMMU3_DESC_IS_TABLE,
      0x21011000 },
    { true, 0, 3, 0x50003000, 0x21011000, 3, 0x6111114ff, SMMU3_DESC_IS_PAGE,
      0x611111000 },
    { true, 1, 1, 0x50000048, 0x21000000, 1, 0x21010003, SMMU3_DESC_IS_TABLE,
      0x21010000 },
    { true, 1, 2, 0x50000048, 0x21010000, 0x80, 0x21011003, SMMU3_DESC_IS_TABLE,
      0x21011000 },
    { true, 1, 3, 0x50000048, 0x21011000, 0, 0x6000004ff, SMMU3_DESC_IS_PAGE,
      0x600000000 },
    { false, 2, 2, 0x1234567, 0x50000000, 9, 0x50001003, SMMU3_DESC_IS_TABLE,
      0x50001000 },
    { true, 1, 1, 0x500011a0, 0x21000000, 1, 0x21010003, SMMU3_DESC_IS_TABLE,
      0x21010000 },
    { true, 1, 2, 0x500011a0, 0x21010000, 0x80, 0x21011003, SMMU3_DESC_IS_TABLE,
      0x21011000 },
    { true, 1, 3, 0x500011a0, 0x21011000, 1, 0x6432104ff, SMMU3_DESC_IS_PAGE,
      0x643210000 },
    { false, 2, 3, 0x1234567, 0x50001000, 0x34, 0x50002c43, SMMU3_DESC_IS_PAGE,
      0x50002000 },
    { true, 2, 1, 0x50002567, 0x21000000, 1, 0x21010003, SMMU3_DESC_IS_TABLE,
      0x21010000 },
    { true, 2, 2, 0x50002567, 0x21010000, 0x80, 0x21011003, SMMU3_DESC_IS_TABLE,
      0x21011000 },
    { true, 2, 3, 0x50002567, 0x21011000, 2, 0x6222224ff, SMMU3_DESC_IS_PAGE,
      0x622222000 },
};

static void check_descs(const struct seen *s)
{
    CHECK_EQ(count(s, SMMU3_OBS_DESC), G_N_ELEMENTS(descs));
    for (unsigned i = 0; i < G_N_ELEMENTS(descs); i++) {
        const struct smmu3_obs *o = nth(s, SMMU3_OBS_DESC, i);
        bool ok;

        if (!o) {
            return;
        }
        ok = CHECK_EQ(o->desc.stage2, descs[i].stage2);
        ok &= CHECK_EQ(o->desc.purpose, descs[i].purpose);
        ok &= CHECK_EQ(o->desc.level, descs[i].level);
        ok &= CHECK_EQ(o->desc.granule_lg2, 12);
        ok &= CHECK_EQ(o->desc.input, descs[i].input);
        ok &= CHECK_EQ(o->desc.table, descs[i].table);
        ok &= CHECK_EQ(o->desc.index, descs[i].index);
        ok &= CHECK_EQ(o->desc.value, descs[i].value);
        ok &= CHECK_EQ(o->desc.is, descs[i].is);
        ok &= CHECK_EQ(o->desc.output, descs[i].output);
        ok &= CHECK(o->txn != NULL);
        if (!ok) {
            g_test_message("descriptor %u", i);
        }
    }
}

static void check_config(const struct smmu3_obs *o, bool cached, uint64_t addr,
                         uint64_t word0)
{
    if (!CHECK(o != NULL)) {
        return;
    }
    CHECK_EQ(o->config.cached, cached);
    CHECK_EQ(o->config.addr, cached ? 0 : addr);
    CHECK(o->config.words && o->config.words[0] == word0);
}

static void cold_and_warm(void)
{
    struct seen s;
    const struct golden *g = nested();
    struct rig *r = rig_watched(&s);
    const struct smmu3_obs *o;

    golden_load(r, g);
    CHECK_OK(r, GOLDEN_SID, g->addr, "r", g->pa);
    CHECK_EQ(count(&s, SMMU3_OBS_STE), 1);
    CHECK_EQ(count(&s, SMMU3_OBS_CD), 1);
    check_config(nth(&s, SMMU3_OBS_STE, 0), false, RIG_STRTAB + 0x840,
                 0x5000300f);
    check_config(nth(&s, SMMU3_OBS_CD, 0), false, 0x50003000,
                 0x00036205c0003527);
    check_descs(&s);
    CHECK_EQ(count(&s, SMMU3_OBS_TLB), 0);
    o = nth(&s, SMMU3_OBS_DONE, 0);
    CHECK(o != NULL && o == &s.obs[s.n - 1]);
    CHECK_EQ(s.results[s.n - 1].pa, g->pa);

    s.n = 0;
    CHECK_OK(r, GOLDEN_SID, g->addr, "r", g->pa);
    CHECK_EQ(s.n, 4);
    check_config(nth(&s, SMMU3_OBS_STE, 0), true, 0, 0x5000300f);
    check_config(nth(&s, SMMU3_OBS_CD, 0), true, 0, 0x00036205c0003527);
    o = nth(&s, SMMU3_OBS_TLB, 0);
    if (CHECK(o != NULL)) {
        CHECK(o->tlb.stage1);
        CHECK(o->tlb.stage2);
        CHECK_EQ(o->tlb.lg2_size, 12);
        CHECK_EQ(o->tlb.input, 0x1234000);
        CHECK_EQ(o->tlb.output, 0x622222000);
    }
    CHECK_EQ(count(&s, SMMU3_OBS_DONE), 1);
    rig_free(r);
}

/* Which stages an entry is of. */
static void tlb_of_one_stage(void)
{
    struct seen s;
    struct rig *r = rig_watched(&s);
    struct mapper m = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    struct mapper m2 = map_s2(&r->h, 0x40000000, 12, 24, 1, 0x40010000);
    const struct smmu3_obs *o;

    map_at(&m, 0x200000, 2, 0x40000000 | D_BLOCK | D_S1ALL);
    map_at(&m2, 0x200000, 2, 0x50000000 | D_BLOCK | D_S2ALL);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    rig_set_ste(r, 0, ste_s1(RIG_CD));
    rig_set_ste(r, 1, ste_s2(0x40000000, 12, 24, 1));
    for (uint32_t sid = 0; sid < 2; sid++) {
        rig_go(r, sid, 0x212345, "r");
        s.n = 0;
        rig_go(r, sid, 0x212345, "r");
        o = nth(&s, SMMU3_OBS_TLB, 0);
        if (CHECK(o != NULL)) {
            CHECK_EQ(o->tlb.stage1, sid == 0);
            CHECK_EQ(o->tlb.stage2, sid == 1);
            CHECK_EQ(o->tlb.lg2_size, 21);
            CHECK_EQ(o->tlb.input, 0x200000);
            CHECK_EQ(o->tlb.output, sid ? 0x50000000 : 0x40000000);
        }
    }
    rig_free(r);
}

/* The observer of one transaction sees that transaction. */
static void of_one_transaction(void)
{
    struct seen s, own;
    const struct golden *g = nested();
    struct rig *r = rig_watched(&s);
    struct smmu3_observer o = { &own, notify };
    struct smmu3_txn t = rig_txn(GOLDEN_SID, g->addr, "r");
    struct smmu3_result res;

    memset(&own, 0, sizeof(own));
    golden_load(r, g);
    t.observer = &o;
    t.probe = true; /* a walk, whatever is cached */
    CHECK_OK(r, GOLDEN_SID, g->addr, "r", g->pa);
    smmu3_translate(r->s, &t, &res);
    check_descs(&own);
    CHECK_EQ(count(&own, SMMU3_OBS_DONE), 1);
    CHECK_EQ(count(&own, SMMU3_OBS_TLB), 0);
    rig_free(r);
}

/* What could not be read, and what is not valid. */
static void failures(void)
{
    struct seen s;
    const struct golden *g = nested();
    struct rig *r = rig_watched(&s);
    const struct smmu3_obs *o;

    golden_load(r, g);
    fake_hole(&r->h, RIG_STRTAB + 0x840, RIG_STRTAB + 0x87f);
    rig_go(r, GOLDEN_SID, g->addr, "r");
    o = nth(&s, SMMU3_OBS_STE, 0);
    CHECK(o && !o->config.words && !o->config.cached &&
          o->config.addr == RIG_STRTAB + 0x840);
    fake_no_holes(&r->h);

    s.n = 0;
    fake_hole(&r->h, 0x611111000, 0x611111fff);
    rig_go(r, GOLDEN_SID, g->addr, "r");
    o = nth(&s, SMMU3_OBS_CD, 0);
    CHECK(o && !o->config.words && !o->config.cached &&
          o->config.addr == 0x50003000);
    fake_no_holes(&r->h);

    s.n = 0;
    fake_hole(&r->h, 0x6432101a0, 0x6432101a7);
    rig_go(r, GOLDEN_SID, g->addr, "r");
    o = nth(&s, SMMU3_OBS_DESC, count(&s, SMMU3_OBS_DESC) - 1);
    CHECK(o && !o->desc.stage2 && o->desc.level == 3 &&
          o->desc.is == SMMU3_DESC_NOT_READ && o->desc.index == 0x34);
    fake_no_holes(&r->h);

    mem_w64(&r->h, 0x6432101a0, 0xc42);
    s.n = 0;
    rig_go(r, GOLDEN_SID, g->addr, "r");
    o = nth(&s, SMMU3_OBS_DESC, count(&s, SMMU3_OBS_DESC) - 1);
    CHECK(o && !o->desc.stage2 && o->desc.value == 0xc42 &&
          o->desc.is == SMMU3_DESC_IS_INVALID);
    mem_w64(&r->h, 0x600000048, 0x50000c41); /* a block */
    rig_cmd(r, cmd_op(0x30));
    s.n = 0;
    rig_go(r, GOLDEN_SID, g->addr, "r");
    for (unsigned i = 0; i < s.n; i++) {
        if (s.obs[i].kind == SMMU3_OBS_DESC && !s.obs[i].desc.stage2) {
            CHECK_EQ(s.obs[i].desc.is, SMMU3_DESC_IS_BLOCK);
            CHECK_EQ(s.obs[i].desc.output, 0x50000000);
        }
    }
    rig_free(r);
}

static void events_and_commands(void)
{
    struct seen s;
    struct rig *r = rig_watched(&s);
    const struct smmu3_obs *o;

    wr32(r, O_CR0, 0x9);
    wr64(r, O_EVENTQ_BASE, RIG_EVENTQ | 0);
    wr32(r, O_CR0, 0xd);
    for (unsigned i = 0; i < 2; i++) {
        s.n = 0;
        rig_go(r, 5, 0x1000, "r");
        o = nth(&s, SMMU3_OBS_EVENT, 0);
        CHECK(o && o->event.words[0] == 0x0000000500000004 &&
              o->event.lost == (i == 1) && !o->txn);
        CHECK_EQ(count(&s, SMMU3_OBS_EVENT), 1);
    }
    s.n = 0;
    rig_cmd(r, cmd_tlbi(0x12, 7, 3, 0x1000));
    o = nth(&s, SMMU3_OBS_CMD, 0);
    CHECK(o && o->cmd.words[0] == 0x0003000700000012 &&
          o->cmd.words[1] == 0x1000 && o->cmd.cerror == 0);
    s.n = 0;
    CHECK(rig_cmd_ill(r, cmd_op(0xff)));
    o = nth(&s, SMMU3_OBS_CMD, 0);
    CHECK(o && o->cmd.words[0] == 0xff && o->cmd.cerror == 1);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/observer/cold-and-warm", cold_and_warm);
    g_test_add_func("/observer/tlb-of-one-stage", tlb_of_one_stage);
    g_test_add_func("/observer/of-one-transaction", of_one_transaction);
    g_test_add_func("/observer/failures", failures);
    g_test_add_func("/observer/events-and-commands", events_and_commands);
    return g_test_run();
}
