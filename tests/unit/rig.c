/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for the core. See rig.h.
 * Tests only.
 */
#include <stdlib.h>
#include "rig.h"

static unsigned n_reports;

struct rig *rig_new_raw(const struct smmu3_params *params)
{
    struct rig *r = g_new0(struct rig, 1);
    struct smmu3_host ops;
    const char *error = NULL;

    r->p = params ? *params : rig_params();
    fake_host_init(&r->h, r->p.f.oas);
    ops = fake_host_ops(&r->h);
    r->s = smmu3_new(&r->p, &ops, NULL, &error);
    if (!r->s) {
        g_error("smmu3_new: %s", error ? error : "no reason given");
    }
    n_reports = 0;
    return r;
}

void rig_enable(struct rig *r)
{
    wr32(r, O_CR1, 0xd75);
    wr32(r, O_CR2, 2);
    wr64(r, O_STRTAB_BASE, RIG_STRTAB);
    wr32(r, O_STRTAB_BASE_CFG, RIG_STRTAB_LOG2);
    wr64(r, O_CMDQ_BASE, RIG_CMDQ | RIG_CMDQ_LOG2);
    wr32(r, O_CMDQ_PROD, 0);
    wr32(r, O_CMDQ_CONS, 0);
    wr64(r, O_EVENTQ_BASE, RIG_EVENTQ | RIG_EVENTQ_LOG2);
    wr32(r, O_EVENTQ_PROD, 0);
    wr32(r, O_EVENTQ_CONS, 0);
    wr32(r, O_IRQ_CTRL, 5);
    wr32(r, O_CR0, 0xd);
    r->prod = 0;
    r->evt_cons = 0;
}

struct rig *rig_new_with(const struct smmu3_params *params)
{
    struct rig *r = rig_new_raw(params);

    rig_enable(r);
    return r;
}

struct rig *rig_new(void)
{
    return rig_new_with(NULL);
}

struct smmu3_params rig_params(void)
{
    return (struct smmu3_params){
        .f = { .arch_minor = 2,
               .s1p = true,
               .s2p = true,
               .hyp = true,
               .asid16 = true,
               .vmid16 = true,
               .stall_model = 1,
               .st_level = true,
               .sidsize = 16,
               .priqs = 19,
               .eventqs = 19,
               .cmdqs = 19,
               .had = true,
               .xnx = true,
               .fwb = true,
               .ril = true,
               .bbml = 2,
               .oas = 48,
               .gran4k = true,
               .gran16k = true,
               .gran64k = true,
               .vax = 48 },
        .tlb_entries = 4096,
        .walk_cache_entries = 512,
        .config_cache_entries = 256,
    };
}

void rig_stages(struct smmu3_params *p, bool s1p, bool s2p)
{
    p->f.s1p = s1p;
    p->f.s2p = s2p;
    p->f.hyp = s1p && s2p;
    p->f.had = s1p;
    p->f.xnx = s2p;
}

struct smmu3_params rig_wide(void)
{
    struct smmu3_params p = rig_params();

    p.f.arch_minor = 3;
    p.f.e0pd = true;
    p.f.ptwnnc = true;
    p.f.oas = 52;
    p.f.vax = 52;
    p.f.ds = true;
    p.f.stt = true;
    return p;
}

void rig_drop_caches(struct smmu3_params *p)
{
    p->tlb_entries = 0;
    p->walk_cache_entries = 0;
    p->config_cache_entries = 0;
}

struct smmu3_params rig_no_caches(void)
{
    struct smmu3_params p = rig_params();

    rig_drop_caches(&p);
    return p;
}

void rig_free(struct rig *r)
{
    if (!CHECK_EQ(r->h.breaches, 0)) {
        g_test_message("host.h: %s", r->h.breach);
    }
    CHECK_EQ(r->h.beyond, 0);
    CHECK(!r->h.locked);
    smmu3_free(r->s);
    fake_host_fini(&r->h);
    g_free(r);
}

uint32_t rd32(struct rig *r, uint32_t offset)
{
    uint64_t v = smmu3_mmio_read(r->s, SMMU3_NS, offset, 4);

    CHECK_EQ(v >> 32, 0);
    return (uint32_t)v;
}

uint64_t rd64(struct rig *r, uint32_t offset)
{
    return smmu3_mmio_read(r->s, SMMU3_NS, offset, 8);
}

void wr32(struct rig *r, uint32_t offset, uint32_t value)
{
    smmu3_mmio_write(r->s, SMMU3_NS, offset, value, 4);
}

void wr64(struct rig *r, uint32_t offset, uint64_t value)
{
    smmu3_mmio_write(r->s, SMMU3_NS, offset, value, 8);
}

void rig_drain(struct rig *r)
{
    for (unsigned i = 0; i < 1u << 20; i++) {
        unsigned kicks = __atomic_load_n(&r->h.kicks, __ATOMIC_RELAXED);

        if (kicks == 0) {
            return;
        }
        __atomic_store_n(&r->h.kicks, 0, __ATOMIC_RELAXED);
        smmu3_run(r->s);
    }
    g_error("smmu3_run() kicks for ever");
}

static void put_cmd(struct rig *r, struct cmd c)
{
    uint32_t mask = (1u << RIG_CMDQ_LOG2) - 1;

    mem_words(&r->h, RIG_CMDQ + 16 * (uint64_t)(r->prod & mask), c.w, 2);
    r->prod = (r->prod + 1) & (2 * mask + 1);
    wr32(r, O_CMDQ_PROD, r->prod);
    rig_drain(r);
}

void rig_cmd(struct rig *r, struct cmd c)
{
    put_cmd(r, c);
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, r->prod);
    CHECK_EQ((rd32(r, O_GERROR) ^ rd32(r, O_GERRORN)) & 1, 0);
}

void rig_sync(struct rig *r)
{
    rig_cmd(r, cmd_op(0x46));
}

void rig_forget(struct rig *r)
{
    rig_cmd(r, (struct cmd){ { 0x04, 0x1f } });
    rig_cmd(r, cmd_op(0x30));
    if (r->p.f.hyp) {
        rig_cmd(r, cmd_op(0x20));
    }
    rig_sync(r);
}

bool rig_cmd_ill(struct rig *r, struct cmd c)
{
    uint32_t before = r->prod;
    bool ill;

    put_cmd(r, c);
    ill = (rd32(r, O_GERROR) ^ rd32(r, O_GERRORN)) & 1;
    if (!ill) {
        CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, r->prod);
        return false;
    }
    /* CONS stays at the bad command, with the reason. */
    CHECK_EQ(rd32(r, O_CMDQ_CONS), 0x01000000 | before);
    /* As Linux does: a CMD_SYNC in its place, then acknowledge. */
    mem_words(&r->h,
              RIG_CMDQ + 16 * (uint64_t)(before & ((1u << RIG_CMDQ_LOG2) - 1)),
              (const uint64_t[]){ 0x46, 0 }, 2);
    wr32(r, O_GERRORN, rd32(r, O_GERROR));
    rig_drain(r);
    CHECK_EQ(rd32(r, O_CMDQ_CONS) & 0xfffff, r->prod);
    return true;
}

void rig_set_ste(struct rig *r, uint32_t sid, struct ste ste)
{
    mem_words(&r->h, RIG_STRTAB + 64 * (uint64_t)sid, ste.w, 8);
}

void rig_set_cd(struct rig *r, uint64_t at, struct cd cd)
{
    mem_words(&r->h, at, cd.w, 8);
}

struct smmu3_txn rig_txn(uint32_t sid, uint64_t addr, const char *how)
{
    struct smmu3_txn t = { .sid = sid, .addr = addr, .attr = 0xff };

    for (; *how; how++) {
        switch (*how) {
        case 's':
            t.ssv = true;
            t.ssid = (uint32_t)strtoul(how + 1, NULL, 0);
            return t;
        case 'r':
            t.access = SMMU3_READ;
            break;
        case 'w':
            t.access = SMMU3_WRITE;
            break;
        case 'm':
            t.access = SMMU3_RMW;
            break;
        case 'x':
            t.access = SMMU3_READ;
            t.ind = true;
            break;
        case 'p':
            t.pnu = true;
            break;
        default:
            abort();
        }
    }
    return t;
}

struct smmu3_result rig_go(struct rig *r, uint32_t sid, uint64_t addr,
                           const char *how)
{
    struct smmu3_txn t = rig_txn(sid, addr, how);
    struct smmu3_result res;

    memset(&res, 0x5a, sizeof(res)); /* all of it is to be filled in */
    smmu3_translate(r->s, &t, &res);
    return res;
}

bool rig_event(struct rig *r, uint64_t w[4])
{
    uint32_t prod = rd32(r, O_EVENTQ_PROD), mask = (1u << RIG_EVENTQ_LOG2) - 1;
    uint64_t at = RIG_EVENTQ + 32 * (uint64_t)(r->evt_cons & mask);

    if ((prod & 0xfffff) == r->evt_cons) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        w[i] = mem_r64(&r->h, at + 8 * i);
    }
    r->evt_cons = (r->evt_cons + 1) & (2 * mask + 1);
    wr32(r, O_EVENTQ_CONS, r->evt_cons | (prod & 0x80000000u));
    return true;
}

unsigned rig_drop_events(struct rig *r)
{
    uint64_t w[4];
    unsigned n = 0;

    while (rig_event(r, w)) {
        n++;
    }
    return n;
}

struct ref_smmu rig_ref(struct rig *r)
{
    return (struct ref_smmu){
        .s1p = r->p.f.s1p,
        .s2p = r->p.f.s2p,
        .oas = r->p.f.oas,
        .sidsize = r->p.f.sidsize,
        .ssidsize = r->p.f.ssidsize,
        .cd2l = r->p.f.cd2l,
        .httu = r->p.f.httu,
        .vax52 = r->p.f.vax == 52,
        .ds = r->p.f.ds,
        .stt = r->p.f.stt,
        .e0pd = r->p.f.e0pd,
        .epan = r->p.f.epan,
        .mteperm = r->p.f.mteperm,
        .no_4k = !r->p.f.gran4k,
        .no_16k = !r->p.f.gran16k,
        .no_64k = !r->p.f.gran64k,
        .no_had = !r->p.f.had,
        .no_xnx = !r->p.f.xnx,
        .no_fwb = !r->p.f.fwb,
        .asid8 = !r->p.f.asid16,
        .vmid8 = !r->p.f.vmid16,
        .term_model = r->p.f.term_model,
        .v30 = r->p.f.arch_minor == 0,
        .perms_ovr = r->p.f.attr_perms_ovr,
        .ttendian = r->p.f.ttendian,
        .cr0ack = rd32(r, O_CR0ACK),
        .cr2 = rd32(r, O_CR2),
        .gbpa = rd32(r, O_GBPA),
        .strtab_cfg = rd32(r, O_STRTAB_BASE_CFG),
        .strtab_base = rd64(r, O_STRTAB_BASE),
        .read = mem_peek,
        .opaque = &r->h,
    };
}

static bool report(void)
{
    g_test_fail();
    if (++n_reports == 31) {
        g_test_message("... and more");
    }
    return n_reports <= 30;
}

/* F_PERMISSION's TTRnW is UNKNOWN unless CLASS = TT. */
static uint64_t known_bits(const uint64_t w[4])
{
    bool unknown = (w[0] & 0xff) == 0x13 && (w[1] >> 40 & 3) != 1;

    return unknown ? ~(UINT64_C(1) << 44) : UINT64_MAX;
}

static bool same_event(const uint64_t got[4], const uint64_t want[4])
{
    uint64_t known = known_bits(want);

    return got[0] == want[0] && (got[1] & known) == (want[1] & known) &&
           got[2] == want[2] && got[3] == want[3];
}

static bool same_walk(const struct smmu3_fault *f, const uint64_t w[4])
{
    return f->s2 == (w[1] >> 39 & 1) && f->class_of == (w[1] >> 40 & 3) &&
           f->rnw == (w[1] >> 35 & 1);
}

/* The result's fault says what the record says. */
static bool same_fault(const struct smmu3_fault *f, const uint64_t w[4])
{
    unsigned event = w[0] & 0xff;

    if (f->event != event) {
        return false;
    }
    /* The record has no bits above OAS; the fault may. */
    if (event == 0x03 || event == 0x09 || event == 0x0b) {
        return (f->fetch_addr & w[3]) == w[3] &&
               (event != 0x0b || same_walk(f, w));
    }
    return event < 0x10 ||
           (same_walk(f, w) && (!f->s2 || (f->ipa & w[3]) == w[3]));
}

static const char *outcome_name(enum smmu3_outcome o)
{
    return o == SMMU3_OK      ? "OK"
           : o == SMMU3_ABORT ? "ABORT"
           : o == SMMU3_RAZWI ? "RAZ/WI"
                              : "?";
}

static char *event_text(bool event, const uint64_t w[4])
{
    return event ? g_strdup_printf("%016" G_GINT64_MODIFIER
                                   "x %016" G_GINT64_MODIFIER
                                   "x %016" G_GINT64_MODIFIER
                                   "x %016" G_GINT64_MODIFIER "x",
                                   w[0], w[1], w[2], w[3])
                 : g_strdup("no event");
}

/* The last update of a descriptor is what memory holds. */
static bool was_updated(struct rig *r, const struct ref_result *want,
                        unsigned i)
{
    const struct ref_update *u = &want->updates[i];

    for (unsigned j = i + 1; j < want->n_updates; j++) {
        if (want->updates[j].pa == u->pa) {
            return true;
        }
    }
    return mem_r64(&r->h, u->pa) == u->to;
}

bool rig_same(struct rig *r, const struct smmu3_txn *txn, const char *what)
{
    struct ref_smmu ref = rig_ref(r);
    struct ref_result want;
    struct smmu3_result got;
    uint64_t w[4] = { 0 };
    unsigned long swaps;
    bool event, more, same;

    ref.writable = mem_writable;
    ref_translate(&ref, txn, &want);
    swaps = r->h.swaps;
    memset(&got, 0x5a, sizeof(got));
    smmu3_translate(r->s, txn, &got);
    event = rig_event(r, w);
    more = rig_drop_events(r) != 0;
    same = got.outcome == want.outcome && event == want.event && !more &&
           got.lg2_size >= 12 && got.lg2_size <= 64 &&
           r->h.swaps - swaps == want.swaps;
    for (unsigned i = 0; same && i < want.n_updates; i++) {
        /* Not undone by a later one: of stage 1, and of stage 2. */
        same = was_updated(r, &want, i);
    }
    if (same && event) {
        same = same_event(w, want.w) && same_fault(&got.fault, want.w);
    }
    if (same && want.outcome == SMMU3_OK) {
        same = got.pa == want.pa && got.perm == want.perm;
    }
    if (!same && report()) {
        g_autofree char *g = event_text(event, w);
        g_autofree char *e = event_text(want.event, want.w);

        g_test_message("%s: sid %u addr 0x%" G_GINT64_MODIFIER
                       "x access %d pnu %d ind %d ssv %d ssid %u",
                       what, txn->sid, txn->addr, txn->access, txn->pnu,
                       txn->ind, txn->ssv, txn->ssid);
        g_test_message("  got  %s pa 0x%" G_GINT64_MODIFIER "x perm %u %s%s",
                       outcome_name(got.outcome), got.pa, got.perm, g,
                       more ? " and more" : "");
        g_test_message("  want %s pa 0x%" G_GINT64_MODIFIER "x perm %u %s",
                       outcome_name(want.outcome), want.pa, want.perm, e);
    }
    return same;
}

bool check_eq(const char *file, int line, const char *what, uint64_t got,
              uint64_t want)
{
    if (got != want && report()) {
        g_test_message("%s:%d: %s is 0x%" G_GINT64_MODIFIER
                       "x, expected 0x%" G_GINT64_MODIFIER "x",
                       file, line, what, got, want);
    }
    return got == want;
}

bool check_true(const char *file, int line, const char *what, bool ok)
{
    if (!ok && report()) {
        g_test_message("%s:%d: not so: %s", file, line, what);
    }
    return ok;
}

static bool check_result(struct rig *r, const char *file, int line,
                         const struct smmu3_txn *t, enum smmu3_outcome outcome,
                         uint64_t pa, const uint64_t *want)
{
    struct smmu3_result res;
    uint64_t w[4] = { 0 };
    bool event, ok;

    memset(&res, 0x5a, sizeof(res));
    smmu3_translate(r->s, t, &res);
    event = rig_event(r, w);
    ok = res.outcome == outcome && (outcome != SMMU3_OK || res.pa == pa) &&
         res.lg2_size >= 12 && res.lg2_size <= 64 && event == (want != NULL) &&
         (!want || (same_event(w, want) && same_fault(&res.fault, want))) &&
         rig_drop_events(r) == 0;
    if (!ok && report()) {
        g_autofree char *g = event_text(event, w);
        g_autofree char *e = event_text(want != NULL, want);

        g_test_message("%s:%d: sid %u addr 0x%" G_GINT64_MODIFIER "x:", file,
                       line, t->sid, t->addr);
        g_test_message("  got  %s pa 0x%" G_GINT64_MODIFIER "x %s",
                       outcome_name(res.outcome), res.pa, g);
        g_test_message("  want %s pa 0x%" G_GINT64_MODIFIER "x %s",
                       outcome_name(outcome), pa, e);
    }
    return ok;
}

bool check_ok(struct rig *r, const char *file, int line, uint32_t sid,
              uint64_t addr, const char *how, uint64_t pa)
{
    struct smmu3_txn t = rig_txn(sid, addr, how);

    return check_result(r, file, line, &t, SMMU3_OK, pa, NULL);
}

bool check_fault(struct rig *r, const char *file, int line, uint32_t sid,
                 uint64_t addr, const char *how, enum smmu3_outcome outcome,
                 const uint64_t w[4])
{
    struct smmu3_txn t = rig_txn(sid, addr, how);

    return check_result(r, file, line, &t, outcome, 0, w);
}

bool check_quiet(struct rig *r, const char *file, int line, uint32_t sid,
                 uint64_t addr, const char *how, enum smmu3_outcome outcome)
{
    struct smmu3_txn t = rig_txn(sid, addr, how);

    return check_result(r, file, line, &t, outcome, 0, NULL);
}

uint64_t rnd64(struct rnd *rnd)
{
    uint64_t z = rnd->x += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t rnd_below(struct rnd *rnd, uint64_t n)
{
    return rnd64(rnd) % n;
}

void unit_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    g_test_set_nonfatal_assertions();
}
