/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test engine's frames through ATS and PRI, with an SMMU of the test's.
 * Tests only. Offsets and bits are literals of the engine's interface.
 */
#include <glib.h>
#include <string.h>
#include "ats-path.h"

#define PAGES 16u
#define VA 0x5500000000ull /* page n at VA + n * 4096 */
#define PA 0x80000000ull   /* and there in the memory */
#define HALTED 1u
#define MEMCPY 2u
#define RAND48 3u
#define SUM64 4u
#define ERROR 0xffffffffu
#define PRIV 0x10000u

struct bench {
    struct smmu3_engine *e;
    struct smmu3_ats_path *path;
    struct smmu3_atc *atc;
    struct smmu3_pri pri;
    struct {
        bool r, w, x, u;
        unsigned to; /* page of memory */
    } map[PAGES];
    uint8_t mem[PAGES * 4096];
    enum smmu3_ats_status status;
    struct smmu3_ats_request req;
    struct smmu3_page_request page;
    unsigned requests, page_requests, transactions, msis, kicks;
    struct {
        uint64_t addr;
        bool translated, write;
    } last;
    /* Answered at once, and with the page put there. */
    bool at_once, helpful;
    bool reset_at_dma, reset_at_request, pend, abort;
};

static enum smmu3_engine_dma bus_dma(void *opaque, unsigned frame,
                                     const struct smmu3_engine_attrs *attrs,
                                     uint64_t addr, void *buf, size_t len,
                                     bool write)
{
    struct bench *b = opaque;
    uint64_t at = addr - (attrs->translated ? PA : VA);

    (void)frame;
    b->transactions++;
    b->last.addr = addr;
    b->last.translated = attrs->translated;
    b->last.write = write;
    if (b->reset_at_dma) {
        smmu3_engine_reset(b->e);
        return SMMU3_ENGINE_DMA_OK;
    }
    if (b->pend) {
        return SMMU3_ENGINE_DMA_PENDING;
    }
    if (b->abort) {
        return SMMU3_ENGINE_DMA_ABORTED;
    }
    g_assert_cmphex(at + len, <=, sizeof(b->mem));
    if (write) {
        memcpy(b->mem + at, buf, len);
    } else {
        memcpy(buf, b->mem + at, len);
    }
    return SMMU3_ENGINE_DMA_OK;
}

static void ats_request(void *opaque, const struct smmu3_ats_request *req,
                        struct smmu3_ats_completion *c)
{
    struct bench *b = opaque;
    unsigned page = (unsigned)((req->addr - VA) / 4096);

    b->requests++;
    b->req = *req;
    c->status = b->status;
    if (b->status != SMMU3_ATS_SUCCESS) {
        return;
    }
    g_assert_cmpuint(page, <, PAGES);
    c->lg2_size = 12;
    c->r = b->map[page].r;
    c->w = b->map[page].w && !req->no_write;
    c->exe = b->map[page].x && req->exe;
    c->priv = req->priv;
    c->untranslated = b->map[page].u;
    c->addr = PA + b->map[page].to * 4096ull;
}

static void respond(struct bench *b, enum smmu3_prg_code code)
{
    const struct smmu3_prg_response resp = {
        .ssv = b->page.ssv,
        .ssid = b->page.ssid,
        .prgindex = b->page.prgindex,
        .code = code,
    };

    smmu3_pri_response(&b->pri, &resp);
}

static void map(struct bench *b, unsigned page, unsigned to, bool w)
{
    b->map[page].r = true;
    b->map[page].w = w;
    b->map[page].to = to;
}

static void page_request(void *opaque, const struct smmu3_page_request *req)
{
    struct bench *b = opaque;

    b->page_requests++;
    b->page = *req;
    if (b->helpful) {
        map(b, (unsigned)((req->addr - VA) / 4096), 3, true);
    }
    if (b->reset_at_request) {
        smmu3_engine_reset(b->e);
    }
    if (b->at_once) {
        respond(b, SMMU3_PRG_SUCCESS);
    }
}

static void answer(void *opaque, unsigned frame, enum smmu3_prg_code code)
{
    smmu3_ats_path_answer(((struct bench *)opaque)->path, frame, code);
}

static enum smmu3_engine_dma engine_dma(void *opaque, unsigned frame,
                                        const struct smmu3_engine_attrs *attrs,
                                        uint64_t addr, void *buf, size_t len,
                                        bool write)
{
    return smmu3_ats_path_dma(((struct bench *)opaque)->path, frame, attrs,
                              addr, buf, len, write);
}

static void dma_cancel(void *opaque, unsigned frame)
{
    smmu3_ats_path_cancel(((struct bench *)opaque)->path, frame);
}

static void dma_done(void *opaque, unsigned frame, bool ok)
{
    smmu3_engine_dma_done(((struct bench *)opaque)->e, frame, ok);
}

static void note(void *opaque, unsigned frame, bool page_request_sent,
                 enum smmu3_ats_reason reason)
{
    smmu3_engine_note(((struct bench *)opaque)->e, frame, page_request_sent,
                      reason);
}

static bool msi(void *opaque, unsigned vector)
{
    (void)vector;
    ((struct bench *)opaque)->msis++;
    return true;
}

static void kick(void *opaque)
{
    ((struct bench *)opaque)->kicks++;
}

static struct bench *bench_new(void)
{
    struct bench *b = g_new0(struct bench, 1);
    const struct smmu3_engine_host engine_host = {
        .opaque = b,
        .dma = engine_dma,
        .dma_cancel = dma_cancel,
        .msi = msi,
        .kick = kick,
    };
    const struct smmu3_ats_path_host path_host = {
        .opaque = b,
        .dma = bus_dma,
        .done = dma_done,
        .note = note,
        .kick = kick,
    };
    const struct smmu3_pri_host pri_host = {
        .opaque = b,
        .page_request = page_request,
        .answer = answer,
    };

    b->atc = smmu3_atc_new(4, ats_request, b);
    smmu3_pri_init(&b->pri, &pri_host, true);
    smmu3_pri_write_allocation(&b->pri, 32);
    smmu3_pri_write_control(&b->pri, 1);
    b->path = smmu3_ats_path_new(&path_host, b->atc, &b->pri);
    b->e = smmu3_engine_new(&engine_host);
    for (unsigned i = 0; i < sizeof(b->mem); i += 8) {
        b->mem[i] = (uint8_t)(i / 4096 + 1);
    }
    return b;
}

static void bench_free(struct bench *b)
{
    smmu3_engine_free(b->e);
    smmu3_ats_path_free(b->path);
    smmu3_atc_free(b->atc);
    g_free(b);
}

static uint32_t rd(struct bench *b, uint32_t offset)
{
    return (uint32_t)smmu3_engine_read(b->e, offset, 4);
}

static void wr(struct bench *b, uint32_t offset, uint64_t v, unsigned size)
{
    smmu3_engine_write(b->e, offset, v, size);
}

/* 8 bytes of @page by frame @n, with @pctrl. */
static void launch(struct bench *b, unsigned n, uint32_t cmd, unsigned page,
                   uint32_t pctrl)
{
    uint32_t u = n * 128;

    wr(b, u + PRIV, pctrl, 4);
    wr(b, u + 0x20, 0x02ff02ff, 4);
    wr(b, u + 0x28, VA + page * 4096, 8);
    wr(b, u + 0x30, VA + page * 4096 + 7, 8);
    wr(b, u + 0x38, 1, 8);
    wr(b, u, cmd, 4);
}

/* All work that can be done now; the state of frame 0. */
static uint32_t work(struct bench *b)
{
    unsigned rounds = 0;
    bool more;

    do {
        unsigned kicks = b->kicks;

        smmu3_ats_path_run(b->path);
        more = smmu3_engine_run(b->e) || kicks != b->kicks;
        g_assert_cmpuint(++rounds, <, 1000);
    } while (more);
    return rd(b, 0);
}

static uint32_t run(struct bench *b, uint32_t cmd, unsigned page,
                    uint32_t pctrl)
{
    launch(b, 0, cmd, page, pctrl);
    return work(b);
}

static void test_off(void)
{
    struct bench *b = bench_new();

    g_assert_cmphex(run(b, SUM64, 2, 0x000), ==, HALTED);
    /* Page Requests alone mean nothing. */
    g_assert_cmphex(run(b, SUM64, 2, 0x200), ==, HALTED);
    g_assert_cmpuint(b->requests + b->page_requests, ==, 0);
    g_assert_cmphex(b->last.addr, ==, VA + 0x2000);
    g_assert_false(b->last.translated);
    g_assert_cmphex(rd(b, 0x48), ==, 3);
    bench_free(b);
}

static void test_cached(void)
{
    struct bench *b = bench_new();
    const struct smmu3_atc_inv inv = { .addr = VA + 0x2000, .lg2_size = 12 };

    map(b, 2, 7, true);
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48), ==, 8);
    g_assert_cmphex(b->last.addr, ==, PA + 0x7000);
    g_assert_true(b->last.translated);
    g_assert_cmpuint(b->requests, ==, 1);
    g_assert_true(b->req.no_write && !b->req.ssv && b->req.span == 1);
    g_assert_cmphex(b->req.addr, ==, VA + 0x2000);
    wr(b, 0x28, VA + 0x2ff0, 8);
    wr(b, 0x30, VA + 0x2ff7, 8);
    wr(b, 0x00, SUM64, 4);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmphex(b->last.addr, ==, PA + 0x7ff0);
    /* The map changes; the cache does not know. */
    map(b, 2, 9, true);
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48), ==, 8);
    g_assert_cmpuint(b->requests, ==, 1);
    g_assert_true(smmu3_atc_invalidate(b->atc, &inv));
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48), ==, 10);
    g_assert_cmpuint(b->requests, ==, 2);
    /* What it has does not permit writes: it asks. */
    g_assert_cmphex(run(b, RAND48, 2, 0x100), ==, HALTED);
    g_assert_cmpuint(b->requests, ==, 3);
    g_assert_false(b->req.no_write);
    g_assert_cmphex(b->last.addr, ==, PA + 0x9000);
    g_assert_true(b->last.write);
    g_assert_cmphex(run(b, RAND48, 2, 0x100), ==, HALTED);
    g_assert_cmpuint(b->requests, ==, 3);
    /* Asked for at once, if software says so. */
    smmu3_atc_clear(b->atc);
    wr(b, 0x78, 1, 4);
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, HALTED);
    g_assert_cmphex(run(b, RAND48, 2, 0x100), ==, HALTED);
    g_assert_cmpuint(b->requests, ==, 4);
    g_assert_cmphex(rd(b, 0x7c), ==, 0);
    bench_free(b);
}

static void test_requester(void)
{
    struct bench *b = bench_new();

    map(b, 2, 7, true);
    wr(b, PRIV + 0x0c, 0x54321, 4);
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, HALTED);
    g_assert_true(b->req.ssv && !b->req.priv && !b->req.exe);
    g_assert_cmphex(b->req.ssid, ==, 0x54321);
    /* Privileged instruction reads; the page is not executable. */
    wr(b, 0x20, 0x07ff07ff, 4);
    wr(b, 0x00, SUM64, 4);
    g_assert_cmphex(work(b), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 3);
    g_assert_true(b->req.priv && b->req.exe);
    b->map[2].x = true;
    wr(b, 0x00, SUM64, 4);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmphex(rd(b, 0x7c), ==, 0);
    /* A write is data. */
    smmu3_atc_clear(b->atc);
    wr(b, 0x00, RAND48, 4);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_true(b->req.priv && !b->req.exe);
    /* Without a PASID there is neither. */
    wr(b, PRIV + 0x0c, 0xffffffff, 4);
    wr(b, 0x00, SUM64, 4);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_true(!b->req.ssv && !b->req.priv && !b->req.exe);
    /* U: allowed, but with the address that it has. */
    smmu3_atc_clear(b->atc);
    b->map[2].u = true;
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, HALTED);
    g_assert_cmphex(b->last.addr, ==, VA + 0x2000);
    g_assert_false(b->last.translated);
    bench_free(b);
}

static void test_failures(void)
{
    struct bench *b = bench_new();

    b->status = SMMU3_ATS_UR;
    g_assert_cmphex(run(b, SUM64, 2, 0x300), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 1);
    g_assert_cmphex(smmu3_engine_read(b->e, 0x50, 8), ==, VA + 0x2000);
    b->status = SMMU3_ATS_CA;
    g_assert_cmphex(run(b, SUM64, 2, 0x300), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 2);
    b->status = SMMU3_ATS_SUCCESS;
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 3);
    map(b, 2, 7, false);
    g_assert_cmphex(run(b, RAND48, 2, 0x100), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 3);
    g_assert_cmpuint(b->transactions, ==, 0);
    /* Aborted on the bus: no reason of ATS. The word is the engine's. */
    b->abort = true;
    wr(b, 0x7c, 0xffffffff, 4);
    g_assert_cmphex(run(b, SUM64, 2, 0x100), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 0);
    b->abort = false;
    /* Page Requests are off, or were refused. */
    g_assert_cmphex(run(b, SUM64, 3, 0x300), ==, SUM64);
    respond(b, SMMU3_PRG_INVALID);
    g_assert_cmphex(work(b), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x10004);
    g_assert_cmphex(run(b, SUM64, 3, 0x300), ==, SUM64);
    respond(b, SMMU3_PRG_FAILURE);
    g_assert_cmphex(work(b), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x10005);
    g_assert_cmphex(run(b, SUM64, 3, 0x300), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 6);
    bench_free(b);
}

static void test_page_request(void)
{
    struct bench *b = bench_new();

    wr(b, PRIV + 0x0c, 0x54321, 4);
    wr(b, 0x10, 1, 8);
    g_assert_cmphex(run(b, SUM64, 5, 0x300), ==, SUM64);
    g_assert_cmpuint(b->page_requests, ==, 1);
    g_assert_cmphex(b->page.addr, ==, VA + 0x5000);
    g_assert_true(b->page.ssv && b->page.last && b->page.read &&
                  !b->page.write && !b->page.exe && !b->page.priv);
    g_assert_cmphex(b->page.ssid, ==, 0x54321);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x10000);
    map(b, 5, 6, false);
    /* Nothing moves without the answer. */
    g_assert_cmphex(work(b), ==, SUM64);
    respond(b, SMMU3_PRG_SUCCESS);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48), ==, 7);
    g_assert_cmpuint(b->msis, ==, 1);
    g_assert_cmpuint(b->transactions, ==, 1);
    /* A write to it: another request, and an answer without a page. */
    wr(b, 0x20, 0x07ff07ff, 4);
    wr(b, 0x00, RAND48, 4);
    work(b);
    g_assert_true(b->page.write && !b->page.read && b->page.priv &&
                  !b->page.exe);
    respond(b, SMMU3_PRG_SUCCESS);
    g_assert_cmphex(work(b), ==, RAND48);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x20000);
    map(b, 5, 6, true);
    respond(b, SMMU3_PRG_SUCCESS);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x20000);
    g_assert_cmpuint(b->pri.waiting, ==, 0);
    /* Both pages of a copy, one after the other. */
    smmu3_atc_clear(b->atc);
    memset(b->map, 0, sizeof(b->map));
    b->at_once = b->helpful = true;
    wr(b, 0x40, VA + 0x8000, 8);
    wr(b, 0x20, 0x02ff02ff, 4);
    g_assert_cmphex(run(b, MEMCPY, 7, 0x300), ==, HALTED);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x20000);
    bench_free(b);
}

/* An answer that always comes at once and never helps: it ends. */
static void test_gave_up(void)
{
    struct bench *b = bench_new();

    b->at_once = true;
    g_assert_cmphex(run(b, SUM64, 5, 0x300), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x100007);
    g_assert_cmpuint(b->page_requests, ==, 16);
    /* One that helps is counted anew. */
    b->helpful = true;
    g_assert_cmphex(run(b, SUM64, 5, 0x300), ==, HALTED);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x10000);
    bench_free(b);
}

/* More frames want pages than may ask at a time. */
static void test_room(void)
{
    struct bench *b = bench_new();
    unsigned answered = 0;

    b->helpful = true;
    smmu3_pri_write_allocation(&b->pri, 0);
    for (unsigned i = 0; i < 40; i++) {
        launch(b, i, SUM64, i % 10, 0x300);
    }
    work(b);
    g_assert_cmpuint(b->page_requests, ==, 0);
    /* Software allows one. */
    smmu3_pri_write_allocation(&b->pri, 1);
    work(b);
    g_assert_cmpuint(b->page_requests, ==, 0);
    smmu3_ats_path_wake(b->path);
    work(b);
    while (b->pri.waiting) {
        g_assert_cmpuint(b->pri.waiting, ==, 1);
        respond(b, SMMU3_PRG_SUCCESS);
        g_assert_cmpuint(++answered, <=, 10);
        work(b);
    }
    g_assert_cmpuint(answered, ==, 10);
    for (unsigned i = 0; i < 40; i++) {
        g_assert_cmphex(rd(b, i * 128), ==, HALTED);
    }
    /* Switched off while some wait for room. */
    smmu3_atc_clear(b->atc);
    memset(b->map, 0, sizeof(b->map));
    for (unsigned i = 0; i < 3; i++) {
        launch(b, i, SUM64, i, 0x300);
    }
    work(b);
    smmu3_pri_write_control(&b->pri, 0);
    smmu3_ats_path_wake(b->path);
    work(b);
    g_assert_cmphex(rd(b, 0), ==, SUM64);
    g_assert_cmphex(rd(b, 0x80), ==, ERROR);
    g_assert_cmphex(rd(b, 0xfc), ==, 6);
    smmu3_pri_write_control(&b->pri, 2);
    g_assert_cmphex(work(b), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x10005);
    bench_free(b);
}

static void test_reset(void)
{
    struct bench *b = bench_new();

    /* While it waits: the answer finds nobody. */
    run(b, SUM64, 5, 0x300);
    smmu3_engine_reset(b->e);
    map(b, 5, 6, true);
    respond(b, SMMU3_PRG_SUCCESS);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmpuint(b->transactions, ==, 0);
    launch(b, 1, SUM64, 4, 0x300);
    work(b);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmphex(rd(b, 0x80), ==, SUM64);
    g_assert_cmpuint(b->transactions, ==, 0);
    smmu3_engine_reset(b->e);
    respond(b, SMMU3_PRG_SUCCESS);
    /* Between answer and transaction. */
    run(b, SUM64, 4, 0x300);
    respond(b, SMMU3_PRG_SUCCESS);
    smmu3_engine_reset(b->e);
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmpuint(b->transactions, ==, 0);
    /* Inside the Page Request. */
    b->reset_at_request = true;
    g_assert_cmphex(run(b, SUM64, 2, 0x300), ==, HALTED);
    g_assert_cmphex(rd(b, 0x7c), ==, 0);
    b->reset_at_request = false;
    respond(b, SMMU3_PRG_SUCCESS);
    g_assert_cmphex(work(b), ==, HALTED);
    /* Inside the transaction after the wait. */
    run(b, SUM64, 3, 0x300);
    map(b, 3, 6, true);
    respond(b, SMMU3_PRG_SUCCESS);
    b->reset_at_dma = true;
    g_assert_cmphex(work(b), ==, HALTED);
    g_assert_cmpuint(b->transactions, ==, 1);
    g_assert_cmpuint(b->msis, ==, 0);
    b->reset_at_dma = false;
    g_assert_cmphex(run(b, SUM64, 5, 0x100), ==, HALTED);
    g_assert_cmphex(rd(b, 0x48), ==, 7);
    bench_free(b);
}

/* A transaction of ATS that waits on the bus, at first and after an answer. */
static void test_pending(void)
{
    struct bench *b = bench_new();

    map(b, 5, 6, true);
    b->pend = true;
    g_assert_cmphex(run(b, SUM64, 5, 0x100), ==, SUM64);
    smmu3_engine_dma_done(b->e, 0, true);
    g_assert_cmphex(work(b), ==, HALTED);
    run(b, SUM64, 4, 0x300);
    map(b, 4, 6, true);
    respond(b, SMMU3_PRG_SUCCESS);
    g_assert_cmphex(work(b), ==, SUM64);
    g_assert_cmpuint(b->transactions, ==, 2);
    g_assert_cmphex(work(b), ==, SUM64);
    g_assert_cmpuint(b->transactions, ==, 2);
    smmu3_engine_dma_done(b->e, 0, false);
    g_assert_cmphex(work(b), ==, ERROR);
    g_assert_cmphex(rd(b, 0x7c), ==, 0x10000);
    bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/ats/off", test_off);
    g_test_add_func("/engine/ats/cached", test_cached);
    g_test_add_func("/engine/ats/requester", test_requester);
    g_test_add_func("/engine/ats/failures", test_failures);
    g_test_add_func("/engine/ats/page-request", test_page_request);
    g_test_add_func("/engine/ats/gave-up", test_gave_up);
    g_test_add_func("/engine/ats/room", test_room);
    g_test_add_func("/engine/ats/reset", test_reset);
    g_test_add_func("/engine/ats/pending", test_pending);
    return g_test_run();
}
