/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for counter groups. See pmcg-rig.h.
 * Tests only.
 */
#include "pmcg-rig.h"

static void on_irq(void *opaque)
{
    struct pmcg_rig *g = opaque;

    g->irqs++;
    if (g->on_irq) {
        g->on_irq(g);
    }
}

static bool on_msi(void *opaque, enum smmu3_space space, uint64_t addr,
                   uint32_t data, uint8_t attr, uint8_t sh)
{
    struct pmcg_rig *g = opaque;
    struct smmu3_host ops = fake_host_ops(&g->r->h);

    return ops.msi(ops.opaque, space, addr, data, attr, sh);
}

static void on_kick(void *opaque)
{
    struct pmcg_rig *g = opaque;

    g->kicks++;
}

static uint64_t on_cycles(void *opaque)
{
    struct pmcg_rig *g = opaque;

    return g->cycles;
}

static void on_alarm(void *opaque, uint64_t cycles)
{
    struct pmcg_rig *g = opaque;

    g->alarm = cycles;
}

struct smmu3_pmcg_params pmcg_params(void)
{
    return (struct smmu3_pmcg_params){
        .counters = 8, .bits = 32, .msi = true, .capture = true
    };
}

static struct smmu3_pmcg_host host_of(struct pmcg_rig *g)
{
    return (struct smmu3_pmcg_host){ g,       on_irq,    on_msi,
                                     on_kick, on_cycles, on_alarm };
}

void pmcg_attach(struct pmcg_rig *g, const struct smmu3_pmcg_params *p)
{
    struct smmu3_pmcg_host host = host_of(g);
    const char *error = NULL;

    g->params = *p;
    g->cycles = 1000;
    g->p = smmu3_pmcg_new(g->r->s, p, &host, &error);
    if (!g->p) {
        g_error("smmu3_pmcg_new: %s", error ? error : "no reason given");
    }
}

struct pmcg_rig *pmcg_new(const struct smmu3_pmcg_params *p,
                          const struct smmu3_params *smmu)
{
    struct smmu3_pmcg_params usual = pmcg_params();
    struct pmcg_rig *g = g_new0(struct pmcg_rig, 1);

    g->r = rig_new_with(smmu);
    pmcg_attach(g, p ? p : &usual);
    return g;
}

struct pmcg_rig *pmcg_start(void)
{
    return pmcg_new(NULL, NULL);
}

void pmcg_free(struct pmcg_rig *g)
{
    smmu3_pmcg_free(g->p);
    rig_free(g->r);
    g_free(g);
}

bool pmcg_refused(const struct smmu3_pmcg_params *p)
{
    struct pmcg_rig g = { .r = rig_new() };
    struct smmu3_pmcg_host host = host_of(&g);
    const char *error = NULL;
    struct smmu3_pmcg *made = smmu3_pmcg_new(g.r->s, p, &host, &error);

    smmu3_pmcg_free(made);
    rig_free(g.r);
    return !made && error;
}

uint32_t p32(struct pmcg_rig *g, uint32_t offset)
{
    return (uint32_t)smmu3_pmcg_read(g->p, SMMU3_NS, 0, offset, 4);
}

uint64_t p64(struct pmcg_rig *g, uint32_t offset)
{
    return smmu3_pmcg_read(g->p, SMMU3_NS, 0, offset, 8);
}

void q32(struct pmcg_rig *g, uint32_t offset, uint32_t value)
{
    smmu3_pmcg_write(g->p, SMMU3_NS, 0, offset, value, 4);
}

void q64(struct pmcg_rig *g, uint32_t offset, uint64_t value)
{
    smmu3_pmcg_write(g->p, SMMU3_NS, 0, offset, value, 8);
}

uint32_t p1_32(struct pmcg_rig *g, uint32_t offset)
{
    return (uint32_t)smmu3_pmcg_read(g->p, SMMU3_NS, 1, offset, 4);
}

void q1_32(struct pmcg_rig *g, uint32_t offset, uint32_t value)
{
    smmu3_pmcg_write(g->p, SMMU3_NS, 1, offset, value, 4);
}

void pmcg_counter(struct pmcg_rig *g, unsigned i, uint32_t event)
{
    q32(g, 0x400 + 4 * i, event | 1u << 29);
    q32(g, 0xa00 + 4 * i, 0xffffffff);
    q64(g, 0xc00, UINT64_C(1) << i);
    q32(g, 0xe04, 1);
}

/* Pages of the first 2 MiB. */
static void map_pages(struct pmcg_rig *g)
{
    struct mapper m = map_s1(&g->r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);

    for (uint64_t va = 0; va < 0x8000; va += 0x1000) {
        map_at(&m, va, 3, D_PAGE | D_S1ALL | (0x40000000 + va));
    }
}

void pmcg_stage1(struct pmcg_rig *g, uint32_t sid)
{
    map_pages(g);
    rig_set_cd(g->r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    rig_set_ste(g->r, sid, ste_s1(RIG_CD));
}

void pmcg_nested(struct pmcg_rig *g, uint32_t sid)
{
    const uint64_t ttb = UINT64_C(0x30000000);
    struct mapper m = map_s2(&g->r->h, ttb, 12, 25, 1, ttb + 0x10000);

    map_pages(g);
    for (uint64_t gib = 0; gib < 4; gib++) {
        map_at(&m, gib << 30, 1, D_BLOCK | D_S2ALL | gib << 30);
    }
    rig_set_cd(g->r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    rig_set_ste(g->r, sid, ste_nested(RIG_CD, ttb, 12, 25, 1));
}
