/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Exerciser's registers, DMA, Translation Requests and trace.
 * Tests only. Offsets and bits are literals of the public interface.
 */
#include <glib.h>
#include <string.h>
#include "exerciser.h"

#define BUS 0x1122334400000ull
#define BUS_SIZE 0x8000u

struct bench {
    struct smmu3_exerciser *x;
    struct smmu3_atc *atc;
    uint8_t mem[BUS_SIZE]; /* at BUS, and translated at BUS / 2 */
    struct smmu3_exerciser_attrs attrs;
    struct {
        uint64_t addr;
        size_t len;
        bool write;
    } log[16];
    unsigned transactions, fail_at;
    bool reset_at_dma, trigger_at_dma;
    unsigned msis, vector, levels;
    bool level;
    struct smmu3_ats_request req;
    struct smmu3_ats_completion answer;
    unsigned requests;
    uint32_t ctl_in_flight;
    bool invalidate, reset_at_request;
};

static uint32_t rd(struct bench *b, uint32_t reg)
{
    return (uint32_t)smmu3_exerciser_read_reg(b->x, reg, 4);
}

static void wr(struct bench *b, uint32_t reg, uint32_t v)
{
    smmu3_exerciser_write_reg(b->x, reg, v, 4);
}

static bool dma(void *opaque, const struct smmu3_exerciser_attrs *attrs,
                uint64_t addr, void *buf, size_t len, bool write)
{
    struct bench *b = opaque;
    uint64_t at = addr - (attrs->translated ? BUS / 2 : BUS);

    b->attrs = *attrs;
    b->log[b->transactions].addr = addr;
    b->log[b->transactions].len = len;
    b->log[b->transactions++].write = write;
    g_assert_cmphex((addr & 0xfff) + len, <=, 0x1000);
    if (b->reset_at_dma) {
        smmu3_exerciser_reset(b->x);
    }
    if (b->trigger_at_dma) {
        b->trigger_at_dma = false;
        wr(b, 0x08, 0x11);
    }
    if (b->transactions == b->fail_at) {
        return false;
    }
    g_assert_cmphex(at + len, <=, BUS_SIZE);
    if (write) {
        memcpy(b->mem + at, buf, len);
    } else {
        memcpy(buf, b->mem + at, len);
    }
    return true;
}

static void ats_request(void *opaque, const struct smmu3_ats_request *req,
                        struct smmu3_ats_completion *c)
{
    struct bench *b = opaque;

    b->requests++;
    b->req = *req;
    *c = b->answer;
    b->ctl_in_flight = rd(b, 0x24);
    wr(b, 0x24, 0x21); /* ignored: one is on its way */
    if (b->invalidate) {
        const struct smmu3_atc_inv all = { .lg2_size = 64 };

        b->invalidate = false;
        b->answer.addr += 0x1000000;
        smmu3_atc_invalidate(b->atc, &all);
    }
    if (b->reset_at_request) {
        smmu3_exerciser_reset(b->x);
    }
}

static void msi(void *opaque, unsigned vector)
{
    struct bench *b = opaque;

    b->msis++;
    b->vector = vector;
}

static void intx(void *opaque, bool level)
{
    struct bench *b = opaque;

    b->levels++;
    b->level = level;
}

static struct bench *bench_new(void)
{
    struct bench *b = g_new0(struct bench, 1);
    const struct smmu3_exerciser_host host = {
        .opaque = b,
        .dma = dma,
        .msi = msi,
        .intx = intx,
    };

    b->atc = smmu3_atc_new(1, ats_request, b);
    g_assert_null(smmu3_exerciser_new(&host, b->atc, 0));
    g_assert_null(smmu3_exerciser_new(&host, b->atc, 33));
    b->x = smmu3_exerciser_new(&host, b->atc, 16);
    for (unsigned i = 0; i < BUS_SIZE; i++) {
        b->mem[i] = (uint8_t)(i * 7 + i / 256);
    }
    b->answer = (struct smmu3_ats_completion){
        .addr = BUS / 2, .lg2_size = 12, .r = true, .w = true
    };
    return b;
}

static void bench_free(struct bench *b)
{
    smmu3_exerciser_free(b->x);
    smmu3_atc_free(b->atc);
    g_free(b);
}

static void set_dma(struct bench *b, uint32_t offset, uint64_t addr,
                    uint32_t len)
{
    wr(b, 0x0c, offset);
    smmu3_exerciser_write_reg(b->x, 0x10, addr, 8);
    wr(b, 0x18, len);
}

/* Status after a DMA with the control word @ctl. */
static uint32_t go(struct bench *b, uint32_t ctl)
{
    b->transactions = 0;
    wr(b, 0x08, ctl | 1);
    return rd(b, 0x1c);
}

static void test_registers(void)
{
    static const struct {
        uint32_t reg, kept;
    } rows[] = {
        { 0x00, 0x7ff },      { 0x04, 0x1 },        { 0x0c, 0xffffffff },
        { 0x10, 0xffffffff }, { 0x14, 0xffffffff }, { 0x18, 0xffffffff },
        { 0x1c, 0 },          { 0x20, 0xfffff },    { 0x28, 0 },
        { 0x2c, 0 },          { 0x30, 0 },          { 0x34, 0 },
        { 0x38, 0 },          { 0x3c, 0x8000ffff }, { 0x44, 1 },
        { 0x4c, 0 },          { 0xffc, 0 },
    };
    struct bench *b = bench_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmphex(rd(b, rows[i].reg), ==, 0);
        wr(b, rows[i].reg, 0xffffffff);
        g_assert_cmphex(rd(b, rows[i].reg), ==, rows[i].kept);
    }
    /* Triggers read zero, reserved bits too. */
    wr(b, 0x08, 0xfffffffe);
    g_assert_cmphex(rd(b, 0x08), ==, 0xff0);
    wr(b, 0x24, 0xfffffffe);
    g_assert_cmphex(rd(b, 0x24), ==, 0x1e);
    /* Other sizes */
    smmu3_exerciser_write_reg(b->x, 0x11, 0x5544, 2);
    g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x10, 8), ==,
                    0xffffffffff5544ffull);
    smmu3_exerciser_write_reg(b->x, 0x13, 0x66, 1);
    g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x12, 2), ==, 0x6655);
    smmu3_exerciser_write_reg(b->x, 0x0e, 0x1122334455667788ull, 8);
    g_assert_cmphex(rd(b, 0x0c), ==, 0x7788ffff);
    g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x10, 8), ==,
                    0xffff112233445566ull);
    smmu3_exerciser_reset(b->x);
    for (uint32_t reg = 0; reg < 0x50; reg += 4) {
        g_assert_cmphex(rd(b, reg), ==, reg == 0x40 ? 0xffffffff : 0);
    }
    bench_free(b);
}

static void test_interrupts(void)
{
    struct bench *b = bench_new();

    wr(b, 0x00, 0x7ff);
    g_assert_cmpuint(b->msis, ==, 0);
    wr(b, 0x00, 0x80000123);
    g_assert_cmpuint(b->msis, ==, 1);
    g_assert_cmpuint(b->vector, ==, 0x123);
    g_assert_cmphex(rd(b, 0x00), ==, 0x123);
    wr(b, 0x00, 0xffffffff);
    g_assert_cmpuint(b->vector, ==, 0x7ff);
    wr(b, 0x04, 1);
    g_assert_true(b->level);
    g_assert_cmphex(rd(b, 0x04), ==, 1);
    wr(b, 0x04, 0);
    g_assert_false(b->level);
    g_assert_cmpuint(b->levels, ==, 2);
    bench_free(b);
}

static void test_dma(void)
{
    struct bench *b = bench_new();

    /* To the device, over a boundary and into the middle. */
    set_dma(b, 0x100, BUS + 0xffc, 0x10);
    g_assert_cmphex(go(b, 0), ==, 0);
    g_assert_cmphex(rd(b, 0x08), ==, 0);
    g_assert_cmpuint(b->transactions, ==, 2);
    g_assert_cmpuint(b->log[0].len, ==, 4);
    g_assert_cmpuint(b->log[1].len, ==, 12);
    g_assert_false(b->log[0].write);
    for (unsigned i = 0; i < 16; i++) {
        g_assert_cmphex(smmu3_exerciser_read_mem(b->x, 0x100 + i, 1), ==,
                        b->mem[0xffc + i]);
    }
    g_assert_cmphex(smmu3_exerciser_read_mem(b->x, 0x110, 8), ==, 0);
    /* And all of it back to elsewhere. */
    smmu3_exerciser_write_mem(b->x, 0x3ff8, 0x0123456789abcdefull, 8);
    set_dma(b, 0, BUS + 0x2000, 0x4000);
    g_assert_cmphex(go(b, 0x10), ==, 0);
    g_assert_cmpuint(b->transactions, ==, 4);
    g_assert_true(b->log[0].write);
    g_assert_cmpmem(b->mem + 0x2100, 16, b->mem + 0xffc, 16);
    g_assert_cmphex(b->mem[0x5ff8], ==, 0xef);
    g_assert_cmphex(b->mem[0x5fff], ==, 0x01);
    /* Other values of the trigger are reserved. */
    wr(b, 0x08, 0x2);
    wr(b, 0x08, 0x3);
    g_assert_cmpuint(b->transactions, ==, 4);
    bench_free(b);
}

static void test_dma_status(void)
{
    static const struct {
        uint32_t offset, len, status;
    } rows[] = {
        { 0, 0x4001, 1 },     { 0x4000, 1, 1 },     { 0x3fff, 2, 1 },
        { 0xffffffff, 2, 1 }, { 2, 0xffffffff, 1 }, { 0x4000, 0, 0 },
        { 0x3fff, 1, 0 },     { 0x4001, 0, 1 },
    };
    struct bench *b = bench_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        set_dma(b, rows[i].offset, BUS, rows[i].len);
        g_assert_cmphex(go(b, 0), ==, rows[i].status);
        g_assert_cmpuint(b->transactions, ==,
                         rows[i].len == 1 && rows[i].offset == 0x3fff);
    }
    /* The first piece that fails is the last. */
    set_dma(b, 0, BUS, 0x4000);
    b->fail_at = 2;
    g_assert_cmphex(go(b, 0), ==, 2);
    g_assert_cmpuint(b->transactions, ==, 2);
    wr(b, 0x1c, 0xfffffffb);
    g_assert_cmphex(rd(b, 0x1c), ==, 2);
    wr(b, 0x1c, 0x4);
    g_assert_cmphex(rd(b, 0x1c), ==, 0);
    /* A reset in the middle, and a trigger. */
    b->fail_at = 0;
    b->reset_at_dma = true;
    g_assert_cmphex(go(b, 0), ==, 0);
    g_assert_cmpuint(b->transactions, ==, 1);
    b->reset_at_dma = false;
    set_dma(b, 0, BUS, 8);
    b->trigger_at_dma = true;
    g_assert_cmphex(go(b, 0), ==, 0);
    g_assert_cmpuint(b->transactions, ==, 1);
    g_assert_cmphex(go(b, 0), ==, 0);
    g_assert_cmpuint(b->transactions, ==, 1);
    bench_free(b);
}

static void test_attributes(void)
{
    static const struct {
        uint32_t ctl, rid, status, after;
        struct smmu3_exerciser_attrs attrs;
    } rows[] = {
        { .ctl = 0 },
        { .ctl = 0x20, .after = 0x20, .attrs = { .no_snoop = true } },
        { .ctl = 0x40,
          .after = 0x40,
          .attrs = { .ssv = true, .ssid = 0xabcde } },
        { .ctl = 0x1c0,
          .after = 0x1c0,
          .attrs = { .ssv = true,
                     .ssid = 0xabcde,
                     .priv = true,
                     .exe = true } },
        { .ctl = 0x400, .after = 0x400 },
        { .ctl = 0x800, .after = 0x800, .attrs = { .translated = true } },
        { .ctl = 0xc00, .attrs = { .reserved = true } },
        { .rid = 0x8000fff8, .attrs = { .rid_valid = true, .rid = 0xfff8 } },
        /* Not without a PASID */
        { .ctl = 0x80, .status = 2, .after = 0x80 },
        { .ctl = 0x100, .status = 2, .after = 0x100 },
        /* The ATC is empty; and it gives no address for a translated one. */
        { .ctl = 0x200, .status = 2, .after = 0x200 },
        { .ctl = 0xa00, .status = 2, .after = 0xa00 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct smmu3_exerciser_attrs *a = &rows[i].attrs;
        struct bench *b = bench_new();

        set_dma(b, 0, a->translated ? BUS / 2 : BUS, 8);
        wr(b, 0x20, 0xabcde);
        wr(b, 0x3c, rows[i].rid);
        g_assert_cmphex(go(b, rows[i].ctl), ==, rows[i].status);
        g_assert_cmphex(rd(b, 0x08), ==, rows[i].after);
        g_assert_cmpuint(b->transactions, ==, rows[i].status ? 0 : 1);
        g_assert_true(b->attrs.ssv == a->ssv && b->attrs.ssid == a->ssid);
        g_assert_true(b->attrs.priv == a->priv && b->attrs.exe == a->exe);
        g_assert_true(b->attrs.no_snoop == a->no_snoop &&
                      b->attrs.translated == a->translated &&
                      b->attrs.reserved == a->reserved &&
                      b->attrs.rid_valid == a->rid_valid);
        g_assert_cmphex(a->rid_valid ? b->attrs.rid : 0, ==, a->rid);
        bench_free(b);
    }
}

static void test_ats(void)
{
    static const struct {
        uint32_t ctl;
        bool r, w, exe, priv;
        uint32_t status, perm;
    } rows[] = {
        { .ctl = 0, .r = true, .w = true, .status = 0x180, .perm = 0x6 },
        { .ctl = 0x4, .r = true, .status = 0x180, .perm = 0x4 },
        { .ctl = 0x8, .w = true, .status = 0x180, .perm = 0x2 },
        { .ctl = 0x1a,
          .r = true,
          .exe = true,
          .priv = true,
          .status = 0x180,
          .perm = 0x4d },
        { .ctl = 0xa,
          .r = true,
          .w = true,
          .priv = true,
          .status = 0x180,
          .perm = 0x56 },
        { .ctl = 0, .status = 0x80 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool kept = rows[i].r || rows[i].w;
        struct bench *b = bench_new();

        b->answer.r = rows[i].r;
        b->answer.w = rows[i].w;
        b->answer.exe = rows[i].exe;
        b->answer.priv = rows[i].priv;
        b->answer.lg2_size = 16;
        wr(b, 0x20, 0x12345);
        smmu3_exerciser_write_reg(b->x, 0x10, BUS + 0x3008, 8);
        wr(b, 0x24, rows[i].ctl | 1);
        g_assert_cmpuint(b->requests, ==, 1);
        g_assert_cmphex(b->req.addr, ==, BUS + 0x3008);
        g_assert_true(b->req.no_write == !!(rows[i].ctl & 4));
        g_assert_true(b->req.priv == !!(rows[i].ctl & 2));
        g_assert_true(b->req.exe == !!(rows[i].ctl & 0x10));
        g_assert_true(b->req.ssv == !!(rows[i].ctl & 8));
        g_assert_cmphex(b->req.ssid, ==, rows[i].ctl & 8 ? 0x12345 : 0);
        g_assert_cmphex(b->ctl_in_flight, ==, rows[i].ctl | 0x40);
        g_assert_cmphex(rd(b, 0x24), ==, rows[i].ctl | rows[i].status);
        g_assert_cmphex(rd(b, 0x38), ==, rows[i].perm);
        g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x28, 8), ==,
                        kept ? (BUS / 2 & ~0xffffull) + 0x3008 : 0);
        g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x30, 8), ==,
                        kept ? 0x10000 : 0);
        /* Clear takes it all away. */
        wr(b, 0x24, rows[i].ctl | 0x20);
        g_assert_cmphex(rd(b, 0x24), ==, rows[i].ctl);
        g_assert_cmphex(rd(b, 0x38), ==, 0);
        g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x28, 8), ==, 0);
        g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x30, 8), ==, 0);
        g_assert_null(smmu3_atc_find(b->atc, &b->req));
        bench_free(b);
    }
}

static void test_ats_failures(void)
{
    struct bench *b = bench_new();

    b->answer.status = SMMU3_ATS_UR;
    wr(b, 0x24, 1);
    g_assert_cmphex(rd(b, 0x24), ==, 0);
    b->answer.status = SMMU3_ATS_CA;
    wr(b, 0x24, 1);
    g_assert_cmphex(rd(b, 0x24), ==, 0);
    g_assert_cmpuint(b->requests, ==, 2);
    /* Privilege and execution need a PASID. */
    b->answer.status = SMMU3_ATS_SUCCESS;
    wr(b, 0x24, 0x3);
    g_assert_cmphex(rd(b, 0x24), ==, 0x2);
    wr(b, 0x24, 0x11);
    g_assert_cmphex(rd(b, 0x24), ==, 0x10);
    g_assert_cmpuint(b->requests, ==, 2);
    /* An invalidation on the way: asked again. */
    b->invalidate = true;
    smmu3_exerciser_write_reg(b->x, 0x10, BUS, 8);
    wr(b, 0x24, 0x1);
    g_assert_cmpuint(b->requests, ==, 4);
    g_assert_cmphex(rd(b, 0x24), ==, 0x180);
    g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x28, 8), ==,
                    BUS / 2 + 0x1000000);
    /* Told of one that empties the cache; the next request forgets it. */
    smmu3_exerciser_invalidated(b->x);
    g_assert_cmphex(rd(b, 0x24), ==, 0x380);
    wr(b, 0x24, 0x1);
    g_assert_cmphex(rd(b, 0x24), ==, 0x180);
    /* Everything: the range does not fit its register. */
    b->answer.lg2_size = 64;
    wr(b, 0x24, 0x1);
    g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x30, 8), ==, ~0ull);
    b->reset_at_request = true;
    wr(b, 0x24, 0x1);
    g_assert_cmphex(rd(b, 0x24), ==, 0);
    bench_free(b);
}

/* DMA by way of the ATC: the whole range, the right requester, permissions. */
static void test_atc_dma(void)
{
    struct bench *b = bench_new();

    smmu3_exerciser_write_reg(b->x, 0x10, BUS, 8);
    wr(b, 0x24, 0x1);
    set_dma(b, 0, BUS + 0x10, 0xff0);
    g_assert_cmphex(go(b, 0x210), ==, 0);
    g_assert_true(b->attrs.translated);
    g_assert_cmphex(b->log[0].addr, ==, BUS / 2 + 0x10);
    /* A translated address is not translated again. */
    g_assert_cmphex(go(b, 0xa10), ==, 2);
    set_dma(b, 0, BUS + 0x10, 0xff1);
    g_assert_cmphex(go(b, 0x210), ==, 2);
    set_dma(b, 0, BUS - 1, 2);
    g_assert_cmphex(go(b, 0x200), ==, 2);
    g_assert_cmpuint(b->transactions, ==, 0);
    /* Another requester */
    set_dma(b, 0, BUS, 8);
    g_assert_cmphex(go(b, 0x240), ==, 2);
    /* Permissions */
    b->answer.w = false;
    wr(b, 0x24, 0x1);
    g_assert_cmphex(go(b, 0x200), ==, 0);
    g_assert_cmphex(go(b, 0x210), ==, 2);
    b->answer.w = true;
    b->answer.r = false;
    wr(b, 0x24, 0x1);
    g_assert_cmphex(go(b, 0x200), ==, 2);
    g_assert_cmphex(go(b, 0x210), ==, 0);
    b->answer.r = true;
    wr(b, 0x24, 0x9);
    g_assert_cmphex(go(b, 0x240), ==, 0);
    g_assert_cmphex(go(b, 0x340), ==, 2);
    b->answer.exe = true;
    wr(b, 0x24, 0x19);
    g_assert_cmphex(go(b, 0x340), ==, 0);
    /* U: the address stays as it is. */
    b->answer.untranslated = true;
    wr(b, 0x24, 0x1);
    g_assert_cmphex(go(b, 0x200), ==, 0);
    g_assert_false(b->attrs.translated);
    g_assert_cmphex(b->log[0].addr, ==, BUS);
    bench_free(b);
}

static void test_trace(void)
{
    struct smmu3_exerciser_access access = {
        .config = true,
        .read = true,
        .size = 4,
        .addr = 0x1122334455667788ull,
        .data = 0x99aabbccddeeff00ull,
    };
    static const uint32_t want[] = { 0x00040006, 0x55667788, 0x11223344,
                                     0xddeeff00, 0x99aabbcc };
    struct bench *b = bench_new();

    g_assert_false(smmu3_exerciser_is_trace_reg(0x3f));
    g_assert_true(smmu3_exerciser_is_trace_reg(0x40));
    g_assert_true(smmu3_exerciser_is_trace_reg(0x47));
    g_assert_false(smmu3_exerciser_is_trace_reg(0x48));
    /* Off */
    smmu3_exerciser_trace(b->x, &access);
    g_assert_cmphex(rd(b, 0x40), ==, 0xffffffff);
    wr(b, 0x44, 1);
    smmu3_exerciser_trace(b->x, &access);
    access = (struct smmu3_exerciser_access){ .size = 8 };
    smmu3_exerciser_trace(b->x, &access);
    access.size = 3;
    smmu3_exerciser_trace(b->x, &access);
    access.size = 0;
    smmu3_exerciser_trace(b->x, &access);
    access.size = 1;
    access.read = true;
    smmu3_exerciser_trace(b->x, &access);
    wr(b, 0x44, 0);
    smmu3_exerciser_trace(b->x, &access);
    for (unsigned i = 0; i < 5; i++) {
        g_assert_cmphex(rd(b, 0x40), ==, want[i]);
    }
    g_assert_cmphex(rd(b, 0x40), ==, 0x00080000);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmphex(rd(b, 0x40), ==, 0);
    }
    /* Two words in one access */
    g_assert_cmphex(smmu3_exerciser_read_reg(b->x, 0x3c, 8), ==,
                    0x0001000200000000ull);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmphex(rd(b, 0x40), ==, 0);
    }
    g_assert_cmphex(rd(b, 0x40), ==, 0xffffffff);
    /* A new trace; so many and no more. */
    access.size = 2;
    wr(b, 0x44, 1);
    for (unsigned i = 0; i < 20; i++) {
        access.data = i;
        smmu3_exerciser_trace(b->x, &access);
    }
    /* Starting what runs does not begin anew. */
    wr(b, 0x44, 1);
    for (unsigned i = 0; i < 16; i++) {
        g_assert_cmphex(rd(b, 0x40), ==, 0x00020002);
        rd(b, 0x40);
        rd(b, 0x40);
        g_assert_cmphex(rd(b, 0x40), ==, i);
        rd(b, 0x40);
    }
    g_assert_cmphex(rd(b, 0x40), ==, 0xffffffff);
    bench_free(b);
}

/* Messages of CXL: nobody processes them. */
static void test_vdm(void)
{
    struct bench *b = bench_new();

    wr(b, 0x48, 0x301);
    g_assert_cmphex(rd(b, 0x48), ==, 0x301);
    wr(b, 0x48, 0x80000301);
    g_assert_cmphex(rd(b, 0x48), ==, 0x300);
    wr(b, 0x48, 0x80000002);
    g_assert_cmphex(rd(b, 0x48), ==, 0x30000);
    wr(b, 0x48, 0x7fffffff);
    g_assert_cmphex(rd(b, 0x48), ==, 0xf0f);
    bench_free(b);
}

static void test_memory(void)
{
    struct bench *b = bench_new();

    smmu3_exerciser_write_mem(b->x, 0x3ffc, 0x1122334455667788ull, 8);
    g_assert_cmphex(smmu3_exerciser_read_mem(b->x, 0x3ffc, 4), ==, 0x55667788);
    g_assert_cmphex(smmu3_exerciser_read_mem(b->x, 0x3ffe, 8), ==, 0x5566);
    g_assert_cmphex(smmu3_exerciser_read_mem(b->x, 0x4000, 8), ==, 0);
    smmu3_exerciser_write_mem(b->x, 0x1, 0xaabbcc, 2);
    g_assert_cmphex(smmu3_exerciser_read_mem(b->x, 0, 8), ==, 0xbbcc00);
    smmu3_exerciser_reset(b->x);
    g_assert_cmphex(smmu3_exerciser_read_mem(b->x, 0, 8), ==, 0);
    bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/exerciser/registers", test_registers);
    g_test_add_func("/engine/exerciser/interrupts", test_interrupts);
    g_test_add_func("/engine/exerciser/dma", test_dma);
    g_test_add_func("/engine/exerciser/dma-status", test_dma_status);
    g_test_add_func("/engine/exerciser/attributes", test_attributes);
    g_test_add_func("/engine/exerciser/ats", test_ats);
    g_test_add_func("/engine/exerciser/ats-failures", test_ats_failures);
    g_test_add_func("/engine/exerciser/atc-dma", test_atc_dma);
    g_test_add_func("/engine/exerciser/trace", test_trace);
    g_test_add_func("/engine/exerciser/vdm", test_vdm);
    g_test_add_func("/engine/exerciser/memory", test_memory);
    return g_test_run();
}
