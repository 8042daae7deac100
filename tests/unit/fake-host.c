/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host for the core. See fake-host.h.
 * Tests only.
 */
#include <stdlib.h>
#include <string.h>
#include "fake-host.h"

/* 4 KiB as 64-bit numbers; a number's low byte is at the lowest address. */
struct fake_page {
    struct fake_page *next;
    uint64_t number;
    uint64_t words[512];
};

static struct fake_page *find_page(struct fake_host *h, uint64_t number)
{
    struct fake_page *p =
        __atomic_load_n(&h->buckets[number % FAKE_BUCKETS], __ATOMIC_ACQUIRE);

    while (p && p->number != number) {
        p = p->next;
    }
    return p;
}

static struct fake_page *make_page(struct fake_host *h, uint64_t number)
{
    struct fake_page **bucket = &h->buckets[number % FAKE_BUCKETS];
    struct fake_page *p;

    pthread_mutex_lock(&h->pages_lock);
    p = find_page(h, number);
    if (!p) {
        p = calloc(1, sizeof(*p));
        if (!p) {
            abort();
        }
        p->number = number;
        p->next = *bucket;
        __atomic_store_n(bucket, p, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&h->pages_lock);
    return p;
}

uint64_t mem_r64(struct fake_host *h, uint64_t pa)
{
    struct fake_page *p = find_page(h, pa >> 12);

    return p ? __atomic_load_n(&p->words[(pa & 0xfff) / 8], __ATOMIC_RELAXED)
             : 0;
}

void mem_w64(struct fake_host *h, uint64_t pa, uint64_t value)
{
    struct fake_page *p = find_page(h, pa >> 12);

    if (!p) {
        p = make_page(h, pa >> 12);
    }
    __atomic_store_n(&p->words[(pa & 0xfff) / 8], value, __ATOMIC_RELAXED);
}

uint64_t *mem_ptr(struct fake_host *h, uint64_t pa)
{
    return &make_page(h, pa >> 12)->words[(pa & 0xfff) / 8];
}

void mem_w64be(struct fake_host *h, uint64_t pa, uint64_t value)
{
    uint64_t swapped = 0;

    for (int i = 0; i < 8; i++) {
        swapped = swapped << 8 | (value >> (8 * i) & 0xff);
    }
    mem_w64(h, pa, swapped);
}

void mem_words(struct fake_host *h, uint64_t pa, const uint64_t *w, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        mem_w64(h, pa + 8u * i, w[i]);
    }
}

static void copy_out(struct fake_host *h, uint64_t pa, uint8_t *buf, size_t len)
{
    size_t i = 0;

    while (i < len) {
        uint64_t w = mem_r64(h, pa + i);

        do {
            buf[i] = (uint8_t)(w >> (8 * ((pa + i) % 8)));
            i++;
        } while (i < len && (pa + i) % 8 != 0);
    }
}

void mem_fill(struct fake_host *h, uint64_t pa, const void *buf, size_t len)
{
    const uint8_t *bytes = buf;
    size_t i = 0;

    while (i < len) {
        uint64_t at = (pa + i) & ~UINT64_C(7), w = mem_r64(h, at);

        do {
            unsigned shift = 8 * ((pa + i) % 8);

            w = (w & ~(UINT64_C(0xff) << shift)) | (uint64_t)bytes[i] << shift;
            i++;
        } while (i < len && (pa + i) % 8 != 0);
        mem_w64(h, at, w);
    }
}

static bool in_hole(const struct fake_host *h, uint64_t pa, size_t len,
                    bool write)
{
    for (unsigned i = 0; i < h->n_holes; i++) {
        if (pa <= h->holes[i].last && pa + len - 1 >= h->holes[i].first &&
            (write ? h->holes[i].writes : h->holes[i].reads)) {
            return true;
        }
    }
    return false;
}

bool mem_writable(void *host, uint64_t pa)
{
    return !in_hole(host, pa, 8, true);
}

bool mem_peek(void *host, uint64_t pa, void *buf, size_t len)
{
    struct fake_host *h = host;

    if (in_hole(h, pa, len, false)) {
        return false;
    }
    copy_out(h, pa, buf, len);
    return true;
}

static void breach(struct fake_host *h, const char *what)
{
    __atomic_store_n(&h->breach, what, __ATOMIC_RELAXED);
    __atomic_add_fetch(&h->breaches, 1, __ATOMIC_RELAXED);
}

/* host.h: the lock is never held across another callback. With threads only
 * the holder can know, and the holder is not recorded. */
static void check_unlocked(struct fake_host *h, const char *what)
{
    if (!h->threads && h->locked) {
        breach(h, what);
    }
}

static bool host_read(void *opaque, enum smmu3_space space, uint64_t pa,
                      void *buf, size_t len)
{
    struct fake_host *h = opaque;
    unsigned long n = __atomic_add_fetch(&h->reads, 1, __ATOMIC_RELAXED);

    check_unlocked(h, "lock held across read()");
    if (len == 0 || len > 64) {
        breach(h, "read() of a bad length");
        return false;
    }
    if (pa + len - 1 < pa || pa + len > h->limit) {
        __atomic_add_fetch(&h->beyond, 1, __ATOMIC_RELAXED);
    }
    pa += space == SMMU3_S ? FAKE_SECURE : 0;
    if (!h->threads) {
        h->log[(n - 1) % FAKE_LOG] = pa;
        h->log_len[(n - 1) % FAKE_LOG] = len;
    }
    if (n == h->fail_read || h->fail_all_reads || in_hole(h, pa, len, false)) {
        __atomic_store_n(&h->failed_pa, pa, __ATOMIC_RELAXED);
        return false;
    }
    copy_out(h, pa, buf, len);
    if (h->on_read) {
        h->on_read(h->on_read_arg, pa);
    }
    return true;
}

static bool host_write(void *opaque, enum smmu3_space space, uint64_t pa,
                       const void *buf, size_t len)
{
    struct fake_host *h = opaque;
    unsigned long n = __atomic_add_fetch(&h->writes, 1, __ATOMIC_RELAXED);

    check_unlocked(h, "lock held across write()");
    if (len == 0 || len > 64) {
        breach(h, "write() of a bad length");
        return false;
    }
    if (h->on_write) {
        h->on_write(h->on_write_arg, pa);
    }
    if (pa + len - 1 < pa || pa + len > h->limit) {
        __atomic_add_fetch(&h->beyond, 1, __ATOMIC_RELAXED);
    }
    pa += space == SMMU3_S ? FAKE_SECURE : 0;
    if (n == h->fail_write || h->fail_all_writes || in_hole(h, pa, len, true)) {
        __atomic_store_n(&h->failed_pa, pa, __ATOMIC_RELAXED);
        return false;
    }
    mem_fill(h, pa, buf, len);
    return true;
}

static bool host_cas(void *opaque, enum smmu3_space space, uint64_t pa,
                     uint64_t *expected, uint64_t desired)
{
    struct fake_host *h = opaque;
    unsigned long n = __atomic_add_fetch(&h->swaps, 1, __ATOMIC_RELAXED);
    struct fake_page *p;

    check_unlocked(h, "lock held across cas()");
    if (pa & 7) {
        breach(h, "cas() of a misaligned address");
        return false;
    }
    if (pa + 8 > h->limit) {
        __atomic_add_fetch(&h->beyond, 1, __ATOMIC_RELAXED);
    }
    pa += space == SMMU3_S ? FAKE_SECURE : 0;
    if (n == h->fail_swap || in_hole(h, pa, 8, true)) {
        __atomic_store_n(&h->failed_pa, pa, __ATOMIC_RELAXED);
        return false;
    }
    if (h->on_swap) {
        h->on_swap(h->on_swap_arg, pa);
    }
    p = find_page(h, pa >> 12);
    if (!p) {
        p = make_page(h, pa >> 12);
    }
    __atomic_compare_exchange_n(&p->words[(pa & 0xfff) / 8], expected, desired,
                                false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return true;
}

static void host_irq(void *opaque, enum smmu3_irq line)
{
    struct fake_host *h = opaque;

    check_unlocked(h, "lock held across irq()");
    if ((unsigned)line >= SMMU3_IRQ_LINES) {
        breach(h, "irq() of a line that does not exist");
        return;
    }
    __atomic_add_fetch(&h->irqs[line], 1, __ATOMIC_RELAXED);
}

static bool host_msi(void *opaque, enum smmu3_space space, uint64_t addr,
                     uint32_t data, uint8_t attr, uint8_t sh)
{
    struct fake_host *h = opaque;
    struct fake_msi *msi = &h->msi[h->n_msi++ % FAKE_MSI_MAX];
    uint8_t raw[4];

    check_unlocked(h, "lock held across msi()");
    *msi = (struct fake_msi){ space, addr, data, attr, sh };
    if (h->on_msi) {
        h->on_msi(h->on_msi_arg, msi);
    }
    if (addr + 4 > h->limit || addr & 3) {
        h->beyond++;
    }
    addr += space == SMMU3_S ? FAKE_SECURE : 0;
    if (in_hole(h, addr, 4, true)) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        raw[i] = (uint8_t)(data >> 8 * i);
    }
    mem_fill(h, addr, raw, 4);
    return true;
}

static void host_stale(void *opaque, const struct smmu3_stale *stale)
{
    struct fake_host *h = opaque;

    check_unlocked(h, "lock held across stale()");
    if (stale->sid_first > stale->sid_last ||
        stale->addr_first > stale->addr_last) {
        breach(h, "stale() of an empty range");
    }
    if (h->n_stale < FAKE_STALE_MAX) {
        h->stale[h->n_stale++] = *stale;
    }
}

static void host_stall_done(void *opaque, struct smmu3_stall *stall,
                            enum smmu3_stall_action action)
{
    struct fake_host *h = opaque;

    check_unlocked(h, "lock held across stall_done()");
    if (h->on_done) {
        h->on_done(h->on_done_arg, stall, action);
    } else if (h->n_done < FAKE_DONE_MAX) {
        h->done[h->n_done].stall = stall;
        h->done[h->n_done++].action = action;
    } else {
        breach(h, "too many stall_done()");
    }
}

static enum smmu3_atc_status host_atc_invalidate(
    void *opaque, const struct smmu3_atc_inv *inv)
{
    struct fake_host *h = opaque;

    check_unlocked(h, "lock held across atc_invalidate()");
    if (inv->lg2_size < 12 || inv->lg2_size > 64) {
        breach(h, "atc_invalidate() of a bad size");
    }
    if (h->n_atc < FAKE_ATS_MAX) {
        h->atc[h->n_atc] = *inv;
    }
    h->n_atc++;
    return h->atc_status;
}

static void host_prg_response(void *opaque,
                              const struct smmu3_prg_response *resp)
{
    struct fake_host *h = opaque;

    check_unlocked(h, "lock held across prg_response()");
    if (h->n_prg < FAKE_ATS_MAX) {
        h->prg[h->n_prg] = *resp;
    }
    h->n_prg++;
}

static void host_kick(void *opaque)
{
    struct fake_host *h = opaque;

    check_unlocked(h, "lock held across kick()");
    __atomic_add_fetch(&h->kicks, 1, __ATOMIC_RELAXED);
}

static void host_lock(void *opaque)
{
    struct fake_host *h = opaque;

    if (h->threads) {
        pthread_mutex_lock(&h->mutex);
    } else if (h->locked) {
        breach(h, "lock() while locked");
    }
    h->locked = true;
}

static void host_unlock(void *opaque)
{
    struct fake_host *h = opaque;

    if (!h->locked) {
        breach(h, "unlock() while unlocked");
    }
    h->locked = false;
    if (h->threads) {
        pthread_mutex_unlock(&h->mutex);
    } else if (h->on_unlock) {
        void (*fn)(void *arg) = h->on_unlock;

        h->on_unlock = NULL;
        fn(h->on_unlock_arg);
        h->on_unlock = fn;
    }
}

void fake_host_init(struct fake_host *h, unsigned oas)
{
    memset(h, 0, sizeof(*h));
    h->limit = UINT64_C(1) << oas;
    pthread_mutex_init(&h->pages_lock, NULL);
    pthread_mutex_init(&h->mutex, NULL);
}

void fake_host_fini(struct fake_host *h)
{
    for (unsigned i = 0; i < FAKE_BUCKETS; i++) {
        struct fake_page *p = h->buckets[i];

        while (p) {
            struct fake_page *next = p->next;

            free(p);
            p = next;
        }
    }
    pthread_mutex_destroy(&h->pages_lock);
    pthread_mutex_destroy(&h->mutex);
}

struct smmu3_host fake_host_ops(struct fake_host *h)
{
    return (struct smmu3_host){
        .opaque = h,
        .read = host_read,
        .write = host_write,
        .cas = host_cas,
        .irq = host_irq,
        .msi = host_msi,
        .stale = host_stale,
        .atc_invalidate = host_atc_invalidate,
        .prg_response = host_prg_response,
        .stall_done = host_stall_done,
        .kick = host_kick,
        .lock = host_lock,
        .unlock = host_unlock,
    };
}

static void add_hole(struct fake_host *h, uint64_t first, uint64_t last,
                     bool reads)
{
    if (h->n_holes == FAKE_HOLES) {
        abort();
    }
    h->holes[h->n_holes].first = first;
    h->holes[h->n_holes].last = last;
    h->holes[h->n_holes].reads = reads;
    h->holes[h->n_holes].writes = true;
    h->n_holes++;
}

void fake_hole(struct fake_host *h, uint64_t first, uint64_t last)
{
    add_hole(h, first, last, true);
}

void fake_hole_writes(struct fake_host *h, uint64_t first, uint64_t last)
{
    add_hole(h, first, last, false);
}

void fake_no_holes(struct fake_host *h)
{
    h->n_holes = 0;
}
