/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share. See common.h.
 * Tests only.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"

void fuzz_fail(const char *what)
{
    fprintf(stderr, "ERROR: fuzz oracle: %s\n", what);
    abort();
}

uint8_t take8(struct input *in)
{
    if (in->size == 0) {
        return 0;
    }
    in->size--;
    return *in->data++;
}

uint64_t take64(struct input *in)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < 8; i++) {
        v |= (uint64_t)take8(in) << 8 * i;
    }
    return v;
}

static uint64_t word_at(const struct fuzz_host *h, uint64_t pa)
{
    size_t words = h->memory.size / 8;
    uint64_t v = 0, index = pa / 8;

    for (unsigned i = 0; i < h->n_swapped; i++) {
        if (pa == h->swapped[i].at) {
            return h->swapped[i].value;
        }
    }
    for (unsigned i = 0; i < h->n_over; i++) {
        if (pa >= h->over[i].at && pa < h->over[i].at + 8 * h->over[i].n) {
            return h->over[i].words[(pa - h->over[i].at) / 8];
        }
    }
    if (pa >= FUZZ_EVENTQ && pa < FUZZ_EVENTQ + sizeof(h->eventq)) {
        memcpy(&v, h->eventq + (pa - FUZZ_EVENTQ), 8);
        return v;
    }
    if (words == 0) {
        return 0;
    }
    /* Pages start at different words, entries follow each other. */
    index = (index % 0x200 + index / 0x200 * 7) % words;
    memcpy(&v, h->memory.data + 8 * index, 8);
    return v;
}

bool fuzz_peek(void *host, uint64_t pa, void *buf, size_t len)
{
    const struct fuzz_host *h = host;
    uint8_t *bytes = buf;

    if ((pa >> 44 & 0xf) == 0xf) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        uint64_t w = word_at(h, (pa + i) & ~UINT64_C(7));

        bytes[i] = (uint8_t)(w >> 8 * ((pa + i) % 8));
    }
    return true;
}

static void check_access(const struct fuzz_host *h, uint64_t pa, size_t len)
{
    FUZZ_CHECK(!h->locked);
    FUZZ_CHECK(len > 0 && len <= 64);
    FUZZ_CHECK(pa < h->limit && pa + len <= h->limit);
}

static bool host_read(void *opaque, enum smmu3_space space, uint64_t pa,
                      void *buf, size_t len)
{
    struct fuzz_host *h = opaque;

    (void)space;
    h->reads++;
    check_access(h, pa, len);
    return fuzz_peek(h, pa, buf, len);
}

static bool host_write(void *opaque, enum smmu3_space space, uint64_t pa,
                       const void *buf, size_t len)
{
    struct fuzz_host *h = opaque;

    (void)space;
    check_access(h, pa, len);
    if (h->writes_anywhere) {
        return (pa >> 44 & 0xf) != 0xf;
    }
    FUZZ_CHECK(pa >= FUZZ_EVENTQ && len == 32 &&
               pa + len <= FUZZ_EVENTQ + sizeof(h->eventq));
    memcpy(h->eventq + (pa - FUZZ_EVENTQ), buf, len);
    return true;
}

bool fuzz_writable(void *host, uint64_t pa)
{
    const struct fuzz_host *h = host;

    return (pa >> 44 & 0xf) != 0xf &&
           h->n_swapped < sizeof(h->swapped) / sizeof(h->swapped[0]);
}

static bool host_cas(void *opaque, enum smmu3_space space, uint64_t pa,
                     uint64_t *expected, uint64_t desired)
{
    struct fuzz_host *h = opaque;
    uint64_t now = word_at(h, pa);
    unsigned i = 0;

    (void)space;
    check_access(h, pa, 8);
    FUZZ_CHECK(pa % 8 == 0);
    if (!fuzz_writable(h, pa)) {
        return false;
    }
    if (now == *expected) {
        while (i < h->n_swapped && h->swapped[i].at != pa) {
            i++;
        }
        h->n_swapped += i == h->n_swapped;
        h->swapped[i].at = pa;
        h->swapped[i].value = desired;
    }
    *expected = now;
    return true;
}

static void host_irq(void *opaque, enum smmu3_irq line)
{
    struct fuzz_host *h = opaque;

    FUZZ_CHECK(!h->locked);
    FUZZ_CHECK((unsigned)line < SMMU3_IRQ_LINES);
    h->irqs[line]++;
}

static bool host_msi(void *opaque, enum smmu3_space space, uint64_t addr,
                     uint32_t data, uint8_t attr, uint8_t sh)
{
    struct fuzz_host *h = opaque;

    (void)space;
    (void)data;
    (void)attr;
    h->msis++;
    FUZZ_CHECK(addr % 4 == 0 && sh < 4 && sh != 1);
    check_access(h, addr, 4);
    h->msi_aborts += (addr >> 44 & 0xf) == 0xf;
    return (addr >> 44 & 0xf) != 0xf;
}

static void host_stale(void *opaque, const struct smmu3_stale *stale)
{
    struct fuzz_host *h = opaque;

    FUZZ_CHECK(!h->locked);
    FUZZ_CHECK(stale->sid_first <= stale->sid_last);
    FUZZ_CHECK(stale->addr_first <= stale->addr_last);
}

static void host_kick(void *opaque)
{
    struct fuzz_host *h = opaque;

    FUZZ_CHECK(!h->locked);
    h->kicks++;
}

static void host_lock(void *opaque)
{
    struct fuzz_host *h = opaque;

    FUZZ_CHECK(!h->locked);
    h->locked = true;
}

static void host_unlock(void *opaque)
{
    struct fuzz_host *h = opaque;

    FUZZ_CHECK(h->locked);
    h->locked = false;
}

struct smmu3_host fuzz_host_ops(struct fuzz_host *h)
{
    return (struct smmu3_host){
        .opaque = h,
        .read = host_read,
        .write = host_write,
        .cas = host_cas,
        .irq = host_irq,
        .msi = host_msi,
        .stale = host_stale,
        .kick = host_kick,
        .lock = host_lock,
        .unlock = host_unlock,
    };
}

void fuzz_lay_over(struct fuzz_host *h, uint64_t at, const uint64_t *words,
                   unsigned n)
{
    FUZZ_CHECK(h->n_over < sizeof(h->over) / sizeof(h->over[0]));
    h->over[h->n_over].at = at;
    h->over[h->n_over].words = words;
    h->over[h->n_over].n = n;
    h->n_over++;
}

/* v3.4 with all that the reference translator knows. */
static struct smmu3_features fuzz_features(void)
{
    struct smmu3_features f = smmu3_features_default(4, true, true);

    f.oas = 52;
    f.vax = 52;
    f.ds = true;
    f.stt = true;
    f.stall_model = 1;
    /* fuzz-cmdq has them. */
    f.ats = false;
    f.pri = false;
    f.pps = false;
    return f;
}

struct smmu3_params fuzz_params(unsigned entries)
{
    struct smmu3_params p = smmu3_params_default();

    p.f = fuzz_features();
    p.tlb_entries = entries;
    p.walk_cache_entries = entries;
    p.config_cache_entries = entries;
    return p;
}

struct smmu3 *fuzz_make(struct fuzz_host *h, const struct smmu3_params *p,
                        const struct smmu3_host *ops)
{
    const char *error = NULL;
    struct smmu3 *s;

    h->limit = UINT64_C(1) << p->f.oas;
    s = smmu3_new(p, ops, NULL, &error);
    FUZZ_CHECK(s != NULL);
    return s;
}

struct smmu3 *fuzz_new(struct fuzz_host *h, unsigned entries)
{
    struct smmu3_params p = fuzz_params(entries);
    struct smmu3_host ops = fuzz_host_ops(h);

    return fuzz_make(h, &p, &ops);
}

void fuzz_enable(struct smmu3 *s, uint32_t cfg, uint32_t cr2)
{
    smmu3_mmio_write(s, SMMU3_NS, 0x02c, cr2, 4);
    smmu3_mmio_write(s, SMMU3_NS, 0x080, FUZZ_STRTAB, 8);
    smmu3_mmio_write(s, SMMU3_NS, 0x088, cfg, 4);
    smmu3_mmio_write(s, SMMU3_NS, 0x090, FUZZ_CMDQ | 12, 8);
    smmu3_mmio_write(s, SMMU3_NS, 0x0a0, FUZZ_EVENTQ | FUZZ_EVENTQ_LOG2, 8);
    smmu3_mmio_write(s, SMMU3_NS, 0x050, 0x5, 4);
    smmu3_mmio_write(s, SMMU3_NS, 0x020, 0xd, 4);
    FUZZ_CHECK(smmu3_mmio_read(s, SMMU3_NS, 0x024, 4) == 0xd);
}

void fuzz_drain(struct smmu3 *s, struct fuzz_host *h)
{
    unsigned long calls = 0;

    while (h->kicks) {
        h->kicks = 0;
        smmu3_run(s);
        /* No more than two full queues of 2^19 at one command a call. */
        FUZZ_CHECK(++calls <= 1u << 20);
    }
}

struct smmu3_txn fuzz_txn(uint8_t how, uint64_t addr)
{
    return (struct smmu3_txn){
        .sid = FUZZ_SID,
        .access = (enum smmu3_access)(how % 3),
        .pnu = how >> 2 & 1,
        .ind = how >> 3 & 1,
        .ssv = (how & 0xf0) == 0xf0,
        .ssid = 5,
        .addr = addr,
        .attr = 0xff,
    };
}

void pair_init(struct pair *p, struct input memory, const uint64_t *ste,
               const uint64_t *cd, uint32_t cfg, uint32_t cr2, unsigned httu)
{
    struct smmu3_params params;
    struct smmu3_host ops;

    memset(p, 0, sizeof(*p));
    p->httu = httu;
    for (unsigned i = 0; i < 2; i++) {
        p->host[i].memory = memory;
        if (ste) {
            fuzz_lay_over(&p->host[i], FUZZ_STRTAB + 64 * FUZZ_SID, ste, 8);
        }
        if (cd) {
            fuzz_lay_over(&p->host[i], FUZZ_CD, cd, 8);
        }
        params = fuzz_params(i || httu ? 0 : 16);
        params.f.httu = (uint8_t)httu;
        ops = fuzz_host_ops(&p->host[i]);
        p->smmu[i] = fuzz_make(&p->host[i], &params, &ops);
        fuzz_enable(p->smmu[i], cfg, cr2);
    }
}

void pair_fini(struct pair *p)
{
    for (unsigned i = 0; i < 2; i++) {
        FUZZ_CHECK(!p->host[i].locked);
        smmu3_free(p->smmu[i]);
    }
}

/* The record that one translation left, if any; there is room for it. */
static bool take_event(struct pair *p, unsigned i, uint64_t w[4])
{
    uint32_t mask = (1u << FUZZ_EVENTQ_LOG2) - 1, at = p->evt_cons[i] & mask;
    uint32_t prod = (uint32_t)smmu3_mmio_read(p->smmu[i], SMMU3_NS, 0x100a8, 4);

    FUZZ_CHECK(prod >> 31 == 0);
    if (prod == p->evt_cons[i]) {
        return false;
    }
    p->evt_cons[i] = (p->evt_cons[i] + 1) & (2 * mask + 1);
    FUZZ_CHECK(prod == p->evt_cons[i]); /* exactly one */
    memset(w, 0, 32);
    for (unsigned k = 0; k < 32; k++) {
        w[k / 8] |= (uint64_t)p->host[i].eventq[32 * at + k] << 8 * (k % 8);
    }
    smmu3_mmio_write(p->smmu[i], SMMU3_NS, 0x100ac, p->evt_cons[i], 4);
    return true;
}

static bool same_event(const uint64_t *got, const uint64_t *want)
{
    uint64_t ignored = 0;

    /* F_PERMISSION's TTRnW is UNKNOWN unless CLASS = TT. */
    if ((want[0] & 0xff) == 0x13 && (want[1] >> 40 & 3) != 1) {
        ignored = UINT64_C(1) << 44;
    }
    return got[0] == want[0] && ((got[1] ^ want[1]) & ~ignored) == 0 &&
           got[2] == want[2] && got[3] == want[3];
}

static void print_answer(const char *who, int outcome, uint64_t pa,
                         unsigned perm, bool event, const uint64_t *w)
{
    fprintf(stderr, "%s: outcome %d pa 0x%" PRIx64 " perm %u", who, outcome, pa,
            perm);
    for (unsigned i = 0; event && i < 4; i++) {
        fprintf(stderr, " %016" PRIx64, w[i]);
    }
    fprintf(stderr, "\n");
}

static void check_one(struct pair *p, unsigned i, const struct smmu3_txn *txn,
                      const struct ref_result *want, struct smmu3_result *got)
{
    unsigned long reads = p->host[i].reads;
    uint64_t w[4];
    bool event, same;

    smmu3_translate(p->smmu[i], txn, got);
    reads = p->host[i].reads - reads;
    event = take_event(p, i, w);
    same = got->outcome == want->outcome && event == want->event;
    same = same && (!event || same_event(w, want->w));
    same = same && (got->outcome != SMMU3_OK ||
                    (got->pa == want->pa && got->perm == want->perm));
    if (!same) {
        fprintf(
            stderr,
            "access %d pnu %d ind %d ssv %d ssid 0x%x sid 0x%x addr 0x%" PRIx64
            ", %s caches\n",
            txn->access, txn->pnu, txn->ind, txn->ssv, txn->ssid, txn->sid,
            txn->addr, i ? "without" : "with");
        print_answer("got ", got->outcome, got->pa, got->perm, event, w);
        print_answer("want", want->outcome, want->pa, want->perm, want->event,
                     want->w);
        fuzz_fail("the core and the reference translator differ");
    }
    /* A walk may start over once its own updates change a table of its own. */
    FUZZ_CHECK(reads <= FUZZ_READS_MAX * (p->httu ? 8 : 1));
    FUZZ_CHECK(i == 0 || reads == want->reads);
    FUZZ_CHECK(got->outcome != SMMU3_OK || got->pa < UINT64_C(1) << 52);
}

void pair_check(struct pair *p, const struct smmu3_txn *txn)
{
    struct ref_smmu ref = {
        .s1p = true,
        .s2p = true,
        .oas = 52,
        .sidsize = 16,
        .ssidsize = 20,
        .cd2l = true,
        .vax52 = true,
        .ds = true,
        .stt = true,
        .e0pd = true,
        .epan = true,
        .mteperm = true,
        .perms_ovr = true,
        .cr0ack = (uint32_t)smmu3_mmio_read(p->smmu[0], SMMU3_NS, 0x024, 4),
        .cr2 = (uint32_t)smmu3_mmio_read(p->smmu[0], SMMU3_NS, 0x02c, 4),
        .gbpa = (uint32_t)smmu3_mmio_read(p->smmu[0], SMMU3_NS, 0x044, 4),
        .strtab_cfg = (uint32_t)smmu3_mmio_read(p->smmu[0], SMMU3_NS, 0x088, 4),
        .strtab_base = smmu3_mmio_read(p->smmu[0], SMMU3_NS, 0x080, 8),
        .httu = p->httu,
        .read = fuzz_peek,
        .writable = fuzz_writable,
        .opaque = &p->host[0],
    };
    struct ref_result want;
    struct smmu3_result got[2];

    ref_translate(&ref, txn, &want);
    for (unsigned i = 0; i < 2; i++) {
        check_one(p, i, txn, &want, &got[i]);
    }
    if (got[0].outcome == SMMU3_OK) {
        /* What the reference does not say; the caches must not change it. */
        FUZZ_CHECK(got[0].attr == got[1].attr);
        FUZZ_CHECK(got[0].sh == got[1].sh);
        FUZZ_CHECK(got[0].lg2_size >= 12 && got[0].lg2_size <= 64);
    }
}
