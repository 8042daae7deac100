/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engines: register accesses of a hostile guest, answers of a hostile SMMU
 * and bus, and messages in any order. What must hold: the work of each call is
 * bounded, nothing ends that was not begun, and no frame waits for nothing.
 *
 * Input: steps of a byte of choice and what it needs; the answers of the bus
 * and of the SMMU are taken from the same input.
 */
#include <stdbool.h>
#include <string.h>
#include "ats-path.h"
#include "common.h"
#include "exerciser.h"
#include "iommu-testdev.h"

/* Of one call: 16 steps of two transactions, and every frame that waited. */
#define BUS_MAX 64u
/* Translation Requests for each transaction, with invalidations in between. */
#define REQUESTS_MAX (BUS_MAX * 16u)
#define ROUNDS_MAX 4096u

static const unsigned used[] = { 0, 1, 2, 511, 512, 1023 };
#define USED (sizeof(used) / sizeof(used[0]))

static struct {
    struct input in;
    struct smmu3_engine *e;
    struct smmu3_ats_path *path;
    struct smmu3_atc *atc, *small;
    struct smmu3_pri pri;
    struct smmu3_exerciser *x;
    struct smmu3_testdev dev;
    bool pending[SMMU3_ENGINE_FRAMES]; /* on the bus */
    unsigned n_pending, bus, requests, kicks;
    struct smmu3_page_request page;
} f;

static void begin_call(void)
{
    f.bus = 0;
    f.requests = 0;
}

static bool frame_is_used(unsigned frame)
{
    for (unsigned i = 0; i < USED; i++) {
        if (used[i] == frame) {
            return true;
        }
    }
    return false;
}

static enum smmu3_engine_dma bus_dma(void *opaque, unsigned frame,
                                     const struct smmu3_engine_attrs *attrs,
                                     uint64_t addr, void *buf, size_t len,
                                     bool write)
{
    uint8_t how = take8(&f.in);

    (void)opaque;
    FUZZ_CHECK(++f.bus <= BUS_MAX);
    FUZZ_CHECK(frame_is_used(frame) && !f.pending[frame]);
    FUZZ_CHECK(len > 0 && (addr & 0xfff) + len <= 0x1000);
    FUZZ_CHECK(!attrs->translated || attrs->ats);
    if (how % 4 == 3) {
        f.pending[frame] = true;
        f.n_pending++;
        return SMMU3_ENGINE_DMA_PENDING;
    }
    if (!write) {
        memset(buf, how, len);
    }
    return how % 4 == 2 ? SMMU3_ENGINE_DMA_ABORTED : SMMU3_ENGINE_DMA_OK;
}

static struct smmu3_atc_inv take_inv(void)
{
    uint8_t how = take8(&f.in);
    struct smmu3_atc_inv inv = {
        .ssv = how & 1,
        .global = how & 2,
        .ssid = take8(&f.in),
        .lg2_size = (uint8_t)(12 + how % 53),
    };

    inv.addr =
        inv.lg2_size > 63 ? 0 : take64(&f.in) & -(UINT64_C(1) << inv.lg2_size);
    return inv;
}

static void ats_request(void *opaque, const struct smmu3_ats_request *req,
                        struct smmu3_ats_completion *c)
{
    static const uint8_t sizes[] = { 12, 12, 16, 21, 30, 64, 63, 13 };
    uint8_t how = take8(&f.in), what = take8(&f.in);

    (void)opaque;
    FUZZ_CHECK(++f.requests <= REQUESTS_MAX);
    FUZZ_CHECK(req->ssv || (!req->priv && !req->exe && !req->ssid));
    c->status = how % 8 == 6   ? SMMU3_ATS_UR
                : how % 8 == 7 ? SMMU3_ATS_CA
                               : SMMU3_ATS_SUCCESS;
    c->r = !(what & 1);
    c->w = !(what & 2) && !req->no_write;
    c->exe = what & 4;
    c->global = what & 8;
    c->untranslated = what & 16;
    c->lg2_size = sizes[what >> 5];
    c->addr = take64(&f.in);
    if (how & 0x80) {
        const struct smmu3_atc_inv inv = take_inv();

        smmu3_atc_invalidate(f.atc, &inv);
        smmu3_atc_invalidate(f.small, &inv);
    }
}

static void respond(const struct smmu3_page_request *req, uint8_t how)
{
    static const enum smmu3_prg_code codes[] = { SMMU3_PRG_SUCCESS,
                                                 SMMU3_PRG_SUCCESS,
                                                 SMMU3_PRG_INVALID,
                                                 SMMU3_PRG_FAILURE };
    const struct smmu3_prg_response resp = {
        .ssv = req->ssv,
        .ssid = req->ssid,
        .prgindex = req->prgindex,
        .code = codes[how % 4],
    };

    smmu3_pri_response(&f.pri, &resp);
}

static void page_request(void *opaque, const struct smmu3_page_request *req)
{
    uint8_t how = take8(&f.in);

    (void)opaque;
    FUZZ_CHECK(req->last && req->prgindex < 512);
    FUZZ_CHECK(req->read || req->write);
    f.page = *req;
    if (how & 0x80) {
        respond(req, how);
    }
}

static void answer(void *opaque, unsigned frame, enum smmu3_prg_code code)
{
    (void)opaque;
    FUZZ_CHECK(frame_is_used(frame));
    smmu3_ats_path_answer(f.path, frame, code);
}

static enum smmu3_engine_dma engine_dma(void *opaque, unsigned frame,
                                        const struct smmu3_engine_attrs *attrs,
                                        uint64_t addr, void *buf, size_t len,
                                        bool write)
{
    (void)opaque;
    return smmu3_ats_path_dma(f.path, frame, attrs, addr, buf, len, write);
}

static void dma_cancel(void *opaque, unsigned frame)
{
    (void)opaque;
    smmu3_ats_path_cancel(f.path, frame);
    if (f.pending[frame]) {
        f.pending[frame] = false;
        f.n_pending--;
    }
}

static void dma_done(void *opaque, unsigned frame, bool ok)
{
    (void)opaque;
    smmu3_engine_dma_done(f.e, frame, ok);
}

static void note(void *opaque, unsigned frame, bool page_request_sent,
                 enum smmu3_ats_reason reason)
{
    (void)opaque;
    smmu3_engine_note(f.e, frame, page_request_sent, reason);
}

static bool msi(void *opaque, unsigned vector)
{
    (void)opaque;
    FUZZ_CHECK(vector < SMMU3_ENGINE_VECTORS);
    return vector & 1;
}

static void kick(void *opaque)
{
    (void)opaque;
    f.kicks++;
}

static bool exerciser_dma(void *opaque,
                          const struct smmu3_exerciser_attrs *attrs,
                          uint64_t addr, void *buf, size_t len, bool write)
{
    uint8_t how = take8(&f.in);

    (void)opaque;
    FUZZ_CHECK(++f.bus <= 5); /* 16 KiB from anywhere */
    FUZZ_CHECK(len > 0 && (addr & 0xfff) + len <= 0x1000);
    FUZZ_CHECK(attrs->ssv || (!attrs->priv && !attrs->exe) || attrs->reserved);
    if (how == 1) {
        smmu3_exerciser_reset(f.x);
    } else if (!write) {
        memset(buf, how, len);
    }
    return how != 2;
}

static void exerciser_msi(void *opaque, unsigned vector)
{
    (void)opaque;
    FUZZ_CHECK(vector < SMMU3_EXERCISER_VECTORS);
}

static void exerciser_intx(void *opaque, bool level)
{
    (void)opaque;
    (void)level;
}

static bool testdev_write(void *opaque, const struct smmu3_testdev_attrs *attrs,
                          uint64_t addr, const void *buf, size_t len)
{
    (void)opaque;
    (void)attrs;
    (void)buf;
    FUZZ_CHECK(++f.bus <= 2 * 257);
    FUZZ_CHECK(len > 0 && (addr & 0xfff) + len <= 0x1000);
    return f.bus < 200;
}

static bool testdev_read(void *opaque, const struct smmu3_testdev_attrs *attrs,
                         uint64_t addr, void *buf, size_t len)
{
    (void)opaque;
    (void)attrs;
    memset(buf, 0, len);
    FUZZ_CHECK(++f.bus <= 2 * 257);
    FUZZ_CHECK(len > 0 && (addr & 0xfff) + len <= 0x1000);
    return true;
}

static void make_engine(void)
{
    const struct smmu3_engine_host engine_host = {
        .dma = engine_dma,
        .dma_cancel = dma_cancel,
        .msi = msi,
        .kick = kick,
    };
    const struct smmu3_ats_path_host path_host = {
        .dma = bus_dma,
        .done = dma_done,
        .note = note,
        .kick = kick,
    };
    const struct smmu3_pri_host pri_host = {
        .page_request = page_request,
        .answer = answer,
    };

    f.atc = smmu3_atc_new(4, ats_request, NULL);
    smmu3_pri_init(&f.pri, &pri_host, true);
    f.path = smmu3_ats_path_new(&path_host, f.atc, &f.pri);
    f.e = smmu3_engine_new(&engine_host);
}

static void make_others(void)
{
    const struct smmu3_exerciser_host exerciser_host = {
        .dma = exerciser_dma,
        .msi = exerciser_msi,
        .intx = exerciser_intx,
    };
    const struct smmu3_testdev_host testdev_host = {
        .dma_write = testdev_write,
        .phys_read = testdev_read,
    };

    f.small = smmu3_atc_new(1, ats_request, NULL);
    f.x = smmu3_exerciser_new(&exerciser_host, f.small, 16);
    smmu3_testdev_init(&f.dev, &testdev_host);
}

static void run_once(void)
{
    begin_call();
    smmu3_ats_path_run(f.path);
    begin_call();
    smmu3_engine_run(f.e);
}

/* One end of what is pending on the bus. */
static void end_one(uint8_t how)
{
    unsigned frame = used[how % USED];

    if (f.pending[frame]) {
        f.pending[frame] = false;
        f.n_pending--;
        begin_call();
        smmu3_engine_dma_done(f.e, frame, how & 0x80);
    }
}

/* A command, with ranges that are not all too long. */
static void launch(uint8_t how)
{
    uint32_t frame = used[how % USED];
    uint32_t u = frame / 512 * 0x20000 + frame % 512 * 128;
    /* Aligned, as SUM64 wants it, most of the time. */
    uint64_t begin = take64(&f.in) & ~(how & 8 ? 0ull : 7ull);
    uint64_t len = (1 + take8(&f.in)) * 40u;

    smmu3_engine_write(f.e, u + 0x10001, take8(&f.in) & 3, 1);
    smmu3_engine_write(f.e, u + 0x1000c, how & 0x80 ? 7 : 0xffffffff, 4);
    smmu3_engine_write(f.e, u + 0x20, 0x02ff02ff, 4);
    smmu3_engine_write(f.e, u + 0x28, begin, 8);
    smmu3_engine_write(f.e, u + 0x30, begin + len - 1, 8);
    smmu3_engine_write(f.e, u + 0x38, how & 0x40 ? 8 : 1, 8);
    smmu3_engine_write(f.e, u, 2 + (how >> 4 & 3) % 3, 4);
}

static void write_frame(uint8_t how)
{
    uint32_t frame = used[how % USED];
    uint32_t at = frame / 512 * 0x20000 + frame % 512 * 128;

    at += take8(&f.in) % 128u + (how & 0x80 ? 0x10000 : 0);
    smmu3_engine_write(f.e, at, take64(&f.in), 1u << (how >> 5 & 3));
    smmu3_engine_read(f.e, at, 1u << (how >> 5 & 3));
}

static void write_pri(uint8_t how)
{
    switch (how % 4) {
    case 0:
        smmu3_pri_write_allocation(&f.pri, how >> 2);
        break;
    case 1:
        smmu3_pri_write_status(&f.pri, how);
        break;
    default:
        smmu3_pri_write_control(&f.pri, how >> 2);
        break;
    }
    FUZZ_CHECK(f.pri.waiting <= SMMU3_PRI_CAPACITY);
    smmu3_ats_path_wake(f.path);
}

static void access_exerciser(uint8_t how)
{
    uint32_t at = take8(&f.in) % 0x50;
    uint64_t value = take64(&f.in);

    begin_call();
    if (how & 0x80) {
        const struct smmu3_exerciser_access access = { .config = how & 1,
                                                       .read = how & 2,
                                                       .size = how & 0x1f };

        smmu3_exerciser_trace(f.x, &access);
        smmu3_exerciser_read_reg(f.x, at, 1u << (how >> 5 & 3));
        smmu3_exerciser_write_mem(f.x, (uint32_t)value, value,
                                  1u << (how >> 5 & 3));
        return;
    }
    /* Lengths and offsets that are of use, now and then. */
    if (how & 1) {
        smmu3_exerciser_write_reg(f.x, 0x0c, value & 0x3fff, 4);
        smmu3_exerciser_write_reg(f.x, 0x18, value >> 16 & 0x7fff, 4);
    }
    smmu3_exerciser_write_reg(f.x, at, value, 1u << (how >> 5 & 3));
}

static void access_testdev(uint8_t how)
{
    uint32_t at = how % 12 * 4u;

    begin_call();
    smmu3_testdev_write(&f.dev, at, (uint32_t)take64(&f.in));
    if (how & 0x80) {
        smmu3_testdev_write(&f.dev, 0x0c, take8(&f.in) * 37u);
        smmu3_testdev_write(&f.dev, 0x14, 1);
    }
    smmu3_testdev_read(&f.dev, at);
}

static void invalidate(uint8_t how)
{
    const struct smmu3_atc_inv inv = take_inv();

    (void)how;
    smmu3_atc_invalidate(f.small, &inv);
    if (smmu3_atc_invalidate(f.atc, &inv)) {
        const struct smmu3_ats_request req = { .ssv = inv.ssv,
                                               .ssid = inv.ssid,
                                               .addr = inv.addr };

        FUZZ_CHECK(!smmu3_atc_find(f.atc, &req));
    }
}

static void step(void)
{
    uint8_t what = take8(&f.in), how = take8(&f.in);

    switch (what % 16) {
    case 0 ... 2:
        launch(how);
        break;
    case 3:
        write_frame(how);
        break;
    case 4 ... 6:
        run_once();
        break;
    case 7:
        end_one(how);
        break;
    case 8 ... 9:
        respond(&f.page, how);
        break;
    case 10:
        write_pri(how);
        break;
    case 11:
        invalidate(how);
        break;
    case 12 ... 13:
        access_exerciser(how);
        break;
    case 14:
        access_testdev(how);
        break;
    default:
        if (how % 16 == 0) {
            smmu3_engine_reset(f.e);
            smmu3_pri_clear(&f.pri);
            smmu3_exerciser_reset(f.x);
            FUZZ_CHECK(f.n_pending == 0);
        }
        break;
    }
}

/* Everything is answered: all commands end. */
static void drain(void)
{
    unsigned rounds = 0;
    bool more;

    f.in.size = 0;
    smmu3_pri_write_control(&f.pri, 0);
    smmu3_pri_write_control(&f.pri, 2);
    smmu3_ats_path_wake(f.path);
    do {
        unsigned kicks = f.kicks;

        begin_call();
        smmu3_ats_path_run(f.path);
        begin_call();
        more = smmu3_engine_run(f.e);
        for (unsigned i = 0; i < USED; i++) {
            end_one((uint8_t)(0x80 + i + USED - 0x80 % USED));
        }
        more = more || kicks != f.kicks || f.n_pending;
        FUZZ_CHECK(++rounds < ROUNDS_MAX);
    } while (more);
    for (unsigned i = 0; i < USED; i++) {
        uint32_t at = used[i] / 512 * 0x20000 + used[i] % 512 * 128;
        uint64_t cmd = smmu3_engine_read(f.e, at, 4);

        FUZZ_CHECK(cmd < 2 || cmd > 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!f.e) {
        make_engine();
        make_others();
    }
    f.in = (struct input){ data, size };
    smmu3_pri_write_allocation(&f.pri, 2);
    smmu3_pri_write_control(&f.pri, 1);
    for (unsigned i = 0; i < 200 && f.in.size; i++) {
        step();
    }
    drain();
    smmu3_engine_reset(f.e);
    smmu3_atc_clear(f.atc);
    smmu3_pri_clear(&f.pri);
    smmu3_exerciser_reset(f.x);
    smmu3_testdev_reset(&f.dev);
    return 0;
}
