/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of iommu-testdev.
 * Tests only. Offsets and values are literals of the device's interface.
 */
#include <glib.h>
#include <string.h>
#include "iommu-testdev.h"

#define MEM 0x10000u

#define IOVA_BASE 0x7f0000000000ull
#define PHYS_BASE 0x90000000ull

/* The IOMMU maps IOVA_BASE to PHYS_BASE. */
struct bench {
    struct smmu3_testdev d;
    uint8_t mem[MEM];
    struct smmu3_testdev_attrs attrs;
    unsigned writes, reads, write_fails_at, read_fails_at;
};

static bool dma_write(void *opaque, const struct smmu3_testdev_attrs *attrs,
                      uint64_t addr, const void *buf, size_t len)
{
    struct bench *b = opaque;

    b->attrs = *attrs;
    if (++b->writes == b->write_fails_at) {
        return false;
    }
    g_assert_cmphex(addr & 0xfff, <=, 0x1000 - len);
    g_assert_cmphex(addr, >=, IOVA_BASE);
    g_assert_cmphex(addr + len, <=, IOVA_BASE + MEM);
    memcpy(b->mem + (addr - IOVA_BASE), buf, len);
    return true;
}

static bool phys_read(void *opaque, const struct smmu3_testdev_attrs *attrs,
                      uint64_t addr, void *buf, size_t len)
{
    struct bench *b = opaque;

    g_assert_true(attrs->secure == b->attrs.secure);
    g_assert_cmpuint(attrs->space, ==, b->attrs.space);
    if (++b->reads == b->read_fails_at) {
        return false;
    }
    g_assert_cmphex(addr, >=, PHYS_BASE);
    g_assert_cmphex(addr + len, <=, PHYS_BASE + MEM);
    memcpy(buf, b->mem + (addr - PHYS_BASE), len);
    return true;
}

static struct bench *bench_new(void)
{
    struct bench *b = g_new0(struct bench, 1);
    const struct smmu3_testdev_host host = {
        .opaque = b,
        .dma_write = dma_write,
        .phys_read = phys_read,
    };

    smmu3_testdev_init(&b->d, &host);
    return b;
}

static uint32_t rd(struct bench *b, uint32_t offset)
{
    return smmu3_testdev_read(&b->d, offset);
}

static void wr(struct bench *b, uint32_t offset, uint32_t value)
{
    smmu3_testdev_write(&b->d, offset, value);
}

/* Everything set up for @len bytes at the same offset in both spaces. */
static uint32_t run(struct bench *b, uint32_t offset, uint32_t len,
                    uint32_t attrs)
{
    wr(b, 0x04, (uint32_t)(IOVA_BASE + offset));
    wr(b, 0x08, (uint32_t)((IOVA_BASE + offset) >> 32));
    wr(b, 0x1c, (uint32_t)(PHYS_BASE + offset));
    wr(b, 0x20, (uint32_t)((PHYS_BASE + offset) >> 32));
    wr(b, 0x0c, len);
    wr(b, 0x18, attrs);
    wr(b, 0x14, 1);
    g_assert_cmphex(rd(b, 0x10), ==, 0xfffffffe);
    g_assert_cmphex(rd(b, 0x00), ==, 0);
    return rd(b, 0x10);
}

static void test_registers(void)
{
    struct bench *b = bench_new();

    g_assert_cmphex(rd(b, 0x10), ==, 0xffffffff);
    g_assert_cmphex(rd(b, 0x18), ==, 2);
    wr(b, 0x04, 0x11111111);
    wr(b, 0x08, 0x22222222);
    wr(b, 0x0c, 0x33333333);
    wr(b, 0x10, 0x44444444);
    wr(b, 0x18, 0x55555555);
    wr(b, 0x1c, 0x66666666);
    wr(b, 0x20, 0x77777777);
    wr(b, 0x00, 0x88888888);
    wr(b, 0x24, 0x99999999);
    g_assert_cmphex(rd(b, 0x04), ==, 0x11111111);
    g_assert_cmphex(rd(b, 0x08), ==, 0x22222222);
    g_assert_cmphex(rd(b, 0x0c), ==, 0x33333333);
    g_assert_cmphex(rd(b, 0x10), ==, 0x44444444);
    g_assert_cmphex(rd(b, 0x14), ==, 0);
    g_assert_cmphex(rd(b, 0x18), ==, 0x55555555);
    g_assert_cmphex(rd(b, 0x1c), ==, 0x66666666);
    g_assert_cmphex(rd(b, 0x20), ==, 0x77777777);
    g_assert_cmphex(rd(b, 0x24), ==, 0);
    wr(b, 0x14, 1);
    g_assert_cmphex(rd(b, 0x10), ==, 0xfffffffe);
    wr(b, 0x14, 2);
    g_assert_cmphex(rd(b, 0x10), ==, 0xffffffff);
    wr(b, 0x14, 1);
    smmu3_testdev_reset(&b->d);
    g_assert_cmphex(rd(b, 0x04), ==, 0);
    g_assert_cmphex(rd(b, 0x1c), ==, 0);
    g_assert_cmphex(rd(b, 0x0c), ==, 0);
    g_assert_cmphex(rd(b, 0x10), ==, 0xffffffff);
    g_assert_cmphex(rd(b, 0x18), ==, 2);
    /* Reset has disarmed it. */
    g_assert_cmphex(rd(b, 0x00), ==, 0);
    g_assert_cmphex(rd(b, 0x10), ==, 0xdead0005);
    g_assert_cmpuint(b->writes, ==, 0);
    g_free(b);
}

static void test_dma(void)
{
    static const uint8_t want[] = { 0, 0x78, 0x56, 0x34, 0x12, 0x78, 0x56, 0 };
    struct bench *b = bench_new();

    g_assert_cmphex(run(b, 0x567, 4, 0xa), ==, 0);
    g_assert_cmphex(b->mem[0x567], ==, 0x78);
    g_assert_cmphex(b->mem[0x56a], ==, 0x12);
    g_assert_cmphex(b->mem[0x56b], ==, 0);
    g_assert_cmphex(run(b, 0x101, 6, 0xa), ==, 0);
    g_assert_cmpmem(b->mem + 0x100, 8, want, 8);
    /* One trigger for one arming. */
    g_assert_cmpuint(b->writes, ==, 2);
    rd(b, 0x00);
    g_assert_cmphex(rd(b, 0x10), ==, 0xdead0005);
    g_assert_cmpuint(b->writes, ==, 2);
    /* Over pages: the pattern goes on; each page is a callback of its own. */
    g_assert_cmphex(run(b, 0x2ffe, 0x2004, 0xa), ==, 0);
    g_assert_cmpuint(b->writes, ==, 2 + 4);
    g_assert_cmphex(b->mem[0x2fff], ==, 0x56);
    g_assert_cmphex(b->mem[0x3000], ==, 0x34);
    g_assert_cmphex(b->mem[0x5001], ==, 0x12);
    g_free(b);
}

static void test_failures(void)
{
    struct bench *b = bench_new();

    g_assert_cmphex(run(b, 0, 0, 0xa), ==, 0xdead0001);
    g_assert_cmphex(run(b, 0, 0x100001, 0xa), ==, 0xdead0001);
    g_assert_cmphex(run(b, 0, 0xffffffff, 0xa), ==, 0xdead0001);
    g_assert_cmpuint(b->writes, ==, 0);
    /* The second page is not mapped: nothing follows, nothing is read. */
    b->write_fails_at = 2;
    g_assert_cmphex(run(b, 0xffc, 0x2000, 0xa), ==, 0xdead0002);
    g_assert_cmpuint(b->writes, ==, 2);
    g_assert_cmpuint(b->reads, ==, 0);
    b->write_fails_at = 0;
    b->read_fails_at = 1;
    g_assert_cmphex(run(b, 0, 4, 0xa), ==, 0xdead0003);
    b->read_fails_at = 0;
    /* The IOMMU led it elsewhere. */
    wr(b, 0x1c, (uint32_t)PHYS_BASE + 0x800);
    wr(b, 0x14, 1);
    rd(b, 0x00);
    g_assert_cmphex(rd(b, 0x10), ==, 0xdead0004);
    /* A late page alone differs, and the first is right again. */
    memset(b->mem, 0xee, MEM);
    wr(b, 0x04, (uint32_t)IOVA_BASE + 0x1000);
    wr(b, 0x0c, 0x1000);
    wr(b, 0x1c, (uint32_t)PHYS_BASE + 0x1001);
    wr(b, 0x14, 1);
    rd(b, 0x00);
    g_assert_cmphex(rd(b, 0x10), ==, 0xdead0004);
    g_free(b);
}

static void test_attrs(void)
{
    static const struct {
        uint32_t reg, result;
        bool secure;
        unsigned space;
    } rows[] = {
        { 0x0, 0, false, 1 }, /* not valid: Non-secure */
        { 0x1, 0, true, 1 },           { 0x4, 0, false, 1 },
        { 0xa, 0, false, 1 },          { 0x9, 0, true, 0 },
        { 0xc, 0, false, 2 },          { 0xf, 0, true, 3 },
        { 0x8, 0xdead0006, false, 0 }, { 0xb, 0xdead0006, false, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench *b = bench_new();

        g_assert_cmphex(run(b, 0x10, 4, rows[i].reg), ==, rows[i].result);
        if (rows[i].result == 0) {
            g_assert_cmpuint(b->attrs.secure, ==, rows[i].secure);
            g_assert_cmpuint(b->attrs.space, ==, rows[i].space);
        } else {
            g_assert_cmpuint(b->writes, ==, 0);
        }
        g_free(b);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/testdev/registers", test_registers);
    g_test_add_func("/engine/testdev/dma", test_dma);
    g_test_add_func("/engine/testdev/failures", test_failures);
    g_test_add_func("/engine/testdev/attrs", test_attrs);
    return g_test_run();
}
