/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything at once: an SMMU of any features, both programming interfaces,
 * transactions of all kinds from masters that stall, endpoints with ATS and
 * PRI. Nothing is known of what comes out but that every call ends, within its
 * bounds, and that no rule of host.h is broken.
 * Tests only.
 */
#include <stdlib.h>
#include <string.h>

#include "common.h"

#define STALLS 8u
#define PENDING 16u
/* As fuzz-mmio: a call consumes 256 commands at most. */
#define READS_PER_CALL_MAX 200000u

struct world {
    struct fuzz_host host;
    struct smmu3 *s;
    struct smmu3_stall stalls[STALLS];
    bool waits[STALLS];
    uint64_t pending[PENDING]; /* ATS invalidations without an answer */
    unsigned n_pending;
    uint8_t answers; /* how endpoints answer, cycled */
};

static struct world world;

struct bytes {
    const uint8_t *p;
    size_t n;
};

static uint64_t take(struct bytes *in, unsigned bytes)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < bytes && in->n; i++) {
        v |= (uint64_t)*in->p++ << (8 * i);
        in->n--;
    }
    return v;
}

static enum smmu3_atc_status on_atc_invalidate(void *opaque,
                                               const struct smmu3_atc_inv *inv)
{
    struct world *w = &world;

    (void)opaque;
    FUZZ_CHECK(!w->host.locked);
    FUZZ_CHECK(inv->lg2_size >= 12 && inv->lg2_size <= 64);
    w->answers = (uint8_t)(w->answers << 1 | w->answers >> 7);
    if (w->answers & 1 && w->n_pending < PENDING) {
        w->pending[w->n_pending++] = inv->token;
        return SMMU3_ATC_PENDING;
    }
    return w->answers & 2 ? SMMU3_ATC_TIMEOUT : SMMU3_ATC_DONE;
}

static void on_prg_response(void *opaque, const struct smmu3_prg_response *resp)
{
    (void)opaque;
    FUZZ_CHECK(!world.host.locked);
    FUZZ_CHECK(resp->prgindex < 512);
}

static void on_stall_done(void *opaque, struct smmu3_stall *stall,
                          enum smmu3_stall_action action)
{
    size_t i = (size_t)(stall - world.stalls);

    (void)opaque;
    (void)action;
    FUZZ_CHECK(!world.host.locked);
    FUZZ_CHECK(i < STALLS && world.waits[i]);
    world.waits[i] = false;
    memset(stall, 0, sizeof(*stall));
}

/* Features by the bits of the input; those that cannot go together are
 * refused, which is no finding. */
static struct smmu3_features features(struct bytes *in)
{
    uint64_t bits = take(in, 5);
    unsigned minor = 1 + (unsigned)(bits >> 32 & 3);
    bool s1p = (bits & 7) != 1, s2p = (bits & 7) != 2;
    struct smmu3_features f = smmu3_features_default(minor, s1p, s2p);

    f.secure = s1p && bits >> 3 & 1;
    f.s_sidsize = f.secure ? 8 : 0;
    f.stt = bits >> 4 & 1;
    f.sel2 = f.secure && s1p && s2p && f.stt && bits >> 5 & 1;
    f.ats = bits >> 6 & 1;
    f.pri = f.ats && bits >> 7 & 1;
    f.split_ats = f.ats && s1p && s2p && bits >> 8 & 1;
    f.ssidsize = s1p ? bits >> 9 & 15 : 0;
    f.cd2l = f.ssidsize && bits >> 13 & 1;
    f.pps = f.pri && f.ssidsize && bits >> 14 & 1;
    f.stall_model = bits >> 15 & 1;
    f.stall_max = 4;
    f.msi = bits >> 16 & 1;
    f.ecmdq = f.msi && minor >= 2 && bits >> 17 & 1;
    f.oas = bits >> 18 & 1 ? 52 : 48;
    f.vax = bits >> 19 & 1 ? 52 : 48;
    f.ds = minor >= 3 && f.vax == 52 && bits >> 20 & 1;
    f.httu = bits >> 21 & 3;
    f.vmw = s2p && bits >> 23 & 1;
    f.attr_types_ovr = bits >> 24 & 1;
    f.attr_perms_ovr = bits >> 25 & 1;
    f.term_model = bits >> 26 & 1;
    f.atos = bits >> 27 & 1;
    f.vatos = f.atos && s1p && s2p && bits >> 28 & 1;
    f.bbml = minor < 2 ? bits >> 29 & 1 : f.bbml;
    f.pbha = f.had && bits >> 30 & 1;
    f.sams = f.secure && f.ats && bits >> 31 & 1;
    return f;
}

/* The registers that matter most, of the Non-secure interface. */
static const uint32_t offsets[] = {
    0x20,    0x2c,    0x44,    0x50,    0x64,    0x80,    0x88,    0x90,
    0x98,    0x9c,    0xa0,    0xb0,    0xb8,    0xc0,    0xd0,    0x68,
    0x100,   0x108,   0x110,   0x180,   0x100a8, 0x100ac, 0x100c8, 0x100cc,
    0x20a00, 0x20a08, 0x20a10, 0x30000, 0x30008, 0x3000c, 0x32008, 0x3c,
};

static void access_register(struct world *w, struct bytes *in)
{
    uint8_t how = (uint8_t)take(in, 1);
    uint32_t offset = offsets[take(in, 1) % (sizeof(offsets) / 4)];
    enum smmu3_space space = how & 1 ? SMMU3_S : SMMU3_NS;
    unsigned size = how & 2 ? 8 : 4;
    uint64_t value = take(in, how & 4 ? 2 : 8);

    if (how & 8) {
        offset = (uint32_t)(value >> 40) & 0x3ffff;
    } else if (how & 16 && offset < 0x8000) {
        offset += 0x8000;
    }
    if (how & 32) {
        smmu3_mmio_read(w->s, space, offset, size);
    } else {
        smmu3_mmio_write(w->s, space, offset, value, size);
    }
}

/* Something that is on, so that the rest has a meaning. */
static void enable(struct world *w, struct bytes *in)
{
    bool secure = take(in, 1) & 1;
    enum smmu3_space space = secure ? SMMU3_S : SMMU3_NS;
    uint32_t s = secure ? 0x8000 : 0;

    smmu3_mmio_write(w->s, space, s + 0x80, take(in, 6), 8);
    smmu3_mmio_write(w->s, space, s + 0x88, take(in, 3), 4);
    smmu3_mmio_write(w->s, space, s + 0x90, take(in, 6), 8);
    smmu3_mmio_write(w->s, space, s + 0xa0, take(in, 6), 8);
    smmu3_mmio_write(w->s, space, s + 0xc0, take(in, 6), 8);
    smmu3_mmio_write(w->s, space, s + 0x2c, take(in, 1), 4);
    smmu3_mmio_write(w->s, space, s + 0x50, 7, 4);
    smmu3_mmio_write(w->s, space, s + 0x20, take(in, 2) | 0x1f, 4);
}

static void translate(struct world *w, struct bytes *in)
{
    uint32_t how = (uint32_t)take(in, 3);
    struct smmu3_txn t = fuzz_txn((uint8_t)how, take(in, 8));
    struct smmu3_result res;
    unsigned slot = how >> 8 & (STALLS - 1);

    t.sid = (uint32_t)take(in, 1);
    t.ssid = (uint32_t)take(in, 1);
    t.ssv = how >> 16 & 1;
    t.secure = how >> 17 & 1;
    t.ns = how >> 18 & 1;
    t.translated = how >> 19 & 1;
    t.probe = how >> 20 & 1;
    if (how >> 21 & 1 && !w->waits[slot] && !t.probe) {
        t.stall = &w->stalls[slot];
        w->waits[slot] = true;
    }
    smmu3_translate(w->s, &t, &res);
    if (t.stall && res.outcome != SMMU3_STALLED) {
        w->waits[slot] = false;
    }
    FUZZ_CHECK(t.stall || res.outcome != SMMU3_STALLED);
    FUZZ_CHECK(res.outcome != SMMU3_OK || res.pa >> 52 == 0);
    FUZZ_CHECK(res.outcome != SMMU3_OK ||
               (res.lg2_size >= 12 && res.lg2_size <= 64));
}

static void ask(struct world *w, struct bytes *in)
{
    uint32_t how = (uint32_t)take(in, 2);

    if (how & 1) {
        struct smmu3_ats_completion c;
        const struct smmu3_ats_request req = {
            .sid = how >> 8,
            .ssid = (uint32_t)take(in, 1),
            .ssv = how & 2,
            .no_write = how & 4,
            .exe = how & 8,
            .priv = how & 16,
            .span = 1,
            .addr = take(in, 8),
        };

        smmu3_ats_request(w->s, &req, &c);
        FUZZ_CHECK(c.addr >> 52 == 0 && c.lg2_size <= 64);
    } else {
        const struct smmu3_page_request req = {
            .sid = how >> 8,
            .ssid = (uint32_t)take(in, 1),
            .ssv = how & 2,
            .read = how & 4,
            .write = how & 8,
            .exe = how & 16,
            .priv = how & 32,
            .last = how & 64,
            .prgindex = (uint16_t)(take(in, 2) & 511),
            .addr = take(in, 8),
        };

        smmu3_page_request(w->s, &req);
    }
}

static void answer(struct world *w, struct bytes *in)
{
    uint8_t how = (uint8_t)take(in, 1);

    if (w->n_pending && how & 1) {
        smmu3_atc_inv_done(w->s, w->pending[--w->n_pending],
                           how & 2 ? SMMU3_ATC_TIMEOUT : SMMU3_ATC_DONE);
    } else if (w->waits[how >> 2 & (STALLS - 1)] &&
               smmu3_stall_cancel(w->s, &w->stalls[how >> 2 & (STALLS - 1)])) {
        w->waits[how >> 2 & (STALLS - 1)] = false;
        memset(&w->stalls[how >> 2 & (STALLS - 1)], 0,
               sizeof(struct smmu3_stall));
    }
}

static void step(struct world *w, struct bytes *in)
{
    uint8_t what = (uint8_t)take(in, 1);
    unsigned long reads = w->host.reads;

    switch (what & 7) {
    case 0:
        enable(w, in);
        break;
    case 1:
    case 2:
        access_register(w, in);
        break;
    case 3:
    case 4:
        translate(w, in);
        break;
    case 5:
        ask(w, in);
        break;
    case 6:
        answer(w, in);
        break;
    case 7:
        if (what == 0xff) {
            smmu3_reset(w->s);
        } else {
            smmu3_run(w->s);
        }
        break;
    }
    FUZZ_CHECK(w->host.reads - reads <= READS_PER_CALL_MAX);
    FUZZ_CHECK(!w->host.locked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smmu3_params p = smmu3_params_default();
    struct bytes in = { data, size / 2 };
    struct world *w = &world;
    const char *error = NULL;
    struct smmu3_host ops;

    memset(w, 0, sizeof(*w));
    w->host.memory.data = data + size / 2;
    w->host.memory.size = size - size / 2;
    w->host.writes_anywhere = true;
    w->host.limit = UINT64_C(1) << 52;
    w->answers = (uint8_t)take(&in, 1);
    ops = fuzz_host_ops(&w->host);
    ops.atc_invalidate = on_atc_invalidate;
    ops.prg_response = on_prg_response;
    ops.stall_done = on_stall_done;
    p.f = features(&in);
    p.tlb_entries = 16;
    p.walk_cache_entries = 8;
    p.config_cache_entries = 8;
    w->s = smmu3_new(&p, &ops, NULL, &error);
    if (!w->s) {
        return 0;
    }
    while (in.n) {
        step(w, &in);
    }
    smmu3_reset(w->s);
    for (unsigned i = 0; i < STALLS; i++) {
        FUZZ_CHECK(!w->waits[i]);
    }
    smmu3_free(w->s);
    return 0;
}
