/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: starting and stopping the machine, memory, PCI, GIC.
 * Tests only.
 */
#include "smmu-qtest.h"

/* Extended configuration space of the virt board with high memory. */
#define ECAM 0x4010000000ull
#define GICD 0x08000000u
#define GICD_ICPENDR 0x280
#define GICD_ISPENDR 0x200
#define GICD_ICFGR 0xc00

bool subject_in_tree(void)
{
    return g_strcmp0(g_getenv("SMMULATOR_SUBJECT"), "in-tree") == 0;
}

static const char *env(const char *name)
{
    const char *v = g_getenv(name);

    if (!v || !*v) {
        fprintf(stderr, "%s is not set: run the tests by tests/qtest/run\n",
                name);
        exit(1);
    }
    return v;
}

char *machine_args(const char *machine_opts, const char *extra)
{
    return machine_args_with("", machine_opts, extra);
}

char *machine_args_with(const char *props, const char *machine_opts,
                        const char *extra)
{
    bool in_tree = subject_in_tree();
    char **parts = g_strsplit(env("SMMULATOR_SO"), ",", -1);
    char *so = g_strjoinv(",,", parts);
    char *quoted = g_shell_quote(so);
    char *args = g_strdup_printf(
        "-M virt,gic-version=3%s%s -cpu cortex-a57 -m 256M -net none "
        "-accel tcg -S -plugin %s %s%s %s",
        in_tree ? ",iommu=smmuv3" : "", machine_opts ? machine_opts : "",
        quoted, in_tree ? "" : "-device " SMMU_BASELINE, in_tree ? "" : props,
        extra ? extra : "");

    g_free(quoted);
    g_free(so);
    g_strfreev(parts);
    return args;
}

SmmuQtest *machine_start(const char *machine_opts, const char *extra)
{
    return machine_start_with("", machine_opts, extra);
}

SmmuQtest *machine_start_with(const char *props, const char *machine_opts,
                              const char *extra)
{
    SmmuQtest *t = g_new0(SmmuQtest, 1);
    char *binary = g_shell_quote(env("QEMU"));
    char *more = g_strdup_printf("-device smmulator-engine,addr=2.0 %s",
                                 extra ? extra : "");
    char *args = machine_args_with(props, machine_opts, more);

    /* libqtest hands the binary and the arguments to a shell. */
    g_setenv("QTEST_QEMU_BINARY", binary, TRUE);
    t->qts = qtest_init(args);
    t->in_tree = subject_in_tree();
    t->smmu = SMMU_BASE;
    t->engine = ENGINE_BAR;
    t->next = RAM_FREE;
    t->ram_lo = RAM_BASE;
    t->ram_hi = RAM_TOP;
    t->bias = IPA_BIAS;
    engine_setup(t, ENGINE_SID, ENGINE_BAR);
    g_free(args);
    g_free(more);
    g_free(binary);
    return t;
}

SmmuQtest *smmu_start(void)
{
    return smmu_start_with("");
}

SmmuQtest *smmu_start_with(const char *props)
{
    SmmuQtest *t = machine_start_with(props, NULL, NULL);

    smmu_enable(t);
    return t;
}

void machine_stop(SmmuQtest *t)
{
    gint64 until = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;

    qtest_qmp_assert_success(t->qts, "{'execute': 'quit'}");
    /* libqtest would sleep 100 ms at a time. */
    while (qtest_probe_child(t->qts) && g_get_monotonic_time() < until) {
        g_usleep(1000);
    }
    qtest_quit(t->qts);
    g_free(t);
}

int qemu_run(const char *args, char **err)
{
    char *binary = g_shell_quote(env("QEMU"));
    char *line = g_strdup_printf(
        "echo quit | timeout 20 %s -display none -serial none %s%s", binary,
        strstr(args, "-monitor") ? "" : "-monitor none ", args);
    char *sh[] = { (char *)"/bin/sh", (char *)"-c", line, NULL };
    GError *error = NULL;
    int status;

    g_spawn_sync(NULL, sh, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                 err, &status, &error);
    g_assert_no_error(error);
    g_free(line);
    g_free(binary);
    if (!WIFEXITED(status) || WEXITSTATUS(status) >= 124) {
        return -1;
    }
    return WEXITSTATUS(status);
}

uint64_t ram_alloc(SmmuQtest *t, uint64_t size, uint64_t align)
{
    uint64_t pa = (t->next + align - 1) & ~(align - 1);

    g_assert_cmphex(pa + size, <=, t->ram_hi);
    t->next = pa + size;
    qtest_memset(t->qts, pa, 0, size);
    return pa;
}

uint64_t ram_page(SmmuQtest *t)
{
    return ram_alloc(t, 0x10000, 0x10000);
}

uint64_t mem_r64(SmmuQtest *t, uint64_t pa)
{
    return qtest_readq(t->qts, pa);
}

void mem_w64(SmmuQtest *t, uint64_t pa, uint64_t v)
{
    qtest_writeq(t->qts, pa, v);
}

uint32_t pci_r32(SmmuQtest *t, unsigned bdf, unsigned reg)
{
    return qtest_readl(t->qts, ECAM + ((uint64_t)bdf << 12) + reg);
}

void pci_w32(SmmuQtest *t, unsigned bdf, unsigned reg, uint32_t v)
{
    qtest_writel(t->qts, ECAM + ((uint64_t)bdf << 12) + reg, v);
}

void pci_w16(SmmuQtest *t, unsigned bdf, unsigned reg, uint16_t v)
{
    qtest_writew(t->qts, ECAM + ((uint64_t)bdf << 12) + reg, v);
}

unsigned pci_ext_cap(SmmuQtest *t, unsigned bdf, unsigned id)
{
    unsigned at = 0x100;

    while (at) {
        uint32_t head = pci_r32(t, bdf, at);

        if ((head & 0xffff) == id) {
            return at;
        }
        at = head >> 20;
    }
    return 0;
}

void engine_setup(SmmuQtest *t, unsigned bdf, uint32_t bar0)
{
    unsigned pasid;

    g_assert_cmphex(pci_r32(t, bdf, 0), ==, 0xff8013b5);
    pci_w32(t, bdf, 0x10, bar0);
    pci_w32(t, bdf, 0x14, 0);
    pci_w32(t, bdf, 0x18, bar0 + (ENGINE_TABLE_BAR - ENGINE_BAR));
    pci_w32(t, bdf, 0x1c, 0);
    pci_w32(t, bdf, 0x20, bar0 + (ENGINE_PBA_BAR - ENGINE_BAR));
    pci_w32(t, bdf, 0x24, 0);
    /* memory space and bus master */
    pci_w32(t, bdf, 0x04, 0x6);
    /* PASID, with execute permission and privileged mode */
    pasid = pci_ext_cap(t, bdf, 0x1b);
    if (pasid) {
        pci_w32(t, bdf, pasid + 4, 0x70000);
    }
}

void gic_edge(SmmuQtest *t, unsigned spi)
{
    unsigned id = 32 + spi;
    uint32_t reg = GICD + GICD_ICFGR + id / 16 * 4;
    uint32_t v = qtest_readl(t->qts, reg);

    qtest_writel(t->qts, reg, v | 2u << (id % 16 * 2));
    gic_take(t, spi);
}

void gic_setup(SmmuQtest *t)
{
    for (unsigned spi = SPI_EVENTQ; spi <= SPI_GERROR; spi++) {
        gic_edge(t, spi);
    }
}

bool gic_take(SmmuQtest *t, unsigned spi)
{
    unsigned id = 32 + spi;
    uint32_t bit = 1u << (id % 32), reg = id / 32 * 4;
    bool pending = qtest_readl(t->qts, GICD + GICD_ISPENDR + reg) & bit;

    qtest_writel(t->qts, GICD + GICD_ICPENDR + reg, bit);
    return pending;
}

bool gic_wait(SmmuQtest *t, unsigned spi)
{
    /* A pulse is raised in a bottom half at the latest. */
    for (unsigned i = 0; i < 1000; i++) {
        if (gic_take(t, spi)) {
            return true;
        }
    }
    return false;
}
