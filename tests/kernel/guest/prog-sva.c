/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: has the engine work on this process's own memory, in pages
 * that are not there yet.
 *
 * usage: sva DEVICE copy COUNT THREADS   copies, COUNT times in all
 *        sva DEVICE processes COUNT N    the same in N processes at one address
 *        sva DEVICE pinned COUNT         copies in pages that are locked
 *        sva DEVICE ats COUNT            the same, each transaction through ATS
 *        sva DEVICE ats-stale            an address that was unmapped again
 *        sva DEVICE denied               asks for a page by PRI
 *        sva DEVICE huge COUNT           fills memory that wants huge pages
 *        sva DEVICE unmapped             an address that nobody maps
 *        sva DEVICE readonly             a write to a read-only page
 *        sva DEVICE absent               a page that is not there: an engine
 *                                        that cannot wait gets an error
 *        sva DEVICE stale                an address that was unmapped again
 *        sva DEVICE exit                 the process is killed meanwhile
 *        sva - pagesize                  tells the size of a page
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "engine-api.h"

static const char *device;
static uint32_t pctrl; /* 0x100: through ATS, 0x300: and PRI */
static uint32_t uctrl2;
static size_t page;

static void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printf("failed: ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
    fflush(stdout);
    _exit(1);
}

static int open_bound(void)
{
    int fd = open(device, O_RDWR | O_CLOEXEC);

    if (fd < 0) {
        die("%s: %s", device, strerror(errno));
    }
    if (ioctl(fd, ENGINE_BIND) < 0) {
        die("bind: %s", strerror(errno));
    }
    return fd;
}

/* The state that the engine ended in. */
static uint32_t run(int fd, struct engine_run *op)
{
    op->timeout_ms = 20000;
    op->pctrl = pctrl;
    if (ioctl(fd, ENGINE_RUN, op)) {
        die("run: %s", strerror(errno));
    }
    uctrl2 = op->uctrl2;
    return op->cmd;
}

static uint32_t fill(int fd, void *to, size_t length, uint32_t seed,
                     uint64_t *bad)
{
    struct engine_run op = { .cmd = ENGINE_RAND48,
                             .seed = seed,
                             .begin = (uintptr_t)to,
                             .end = (uintptr_t)to + length - 1,
                             .stride = 1 };
    uint32_t state = run(fd, &op);

    *bad = op.udata[2];
    return state;
}

/* Whether the process's page tables have a page there. */
static bool is_present(const void *p)
{
    static int fd = -1;
    uint64_t entry = 0;

    if (fd < 0) {
        fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    }
    if (pread(fd, &entry, 8, (off_t)((uintptr_t)p / page * 8)) != 8) {
        die("pagemap: %s", strerror(errno));
    }
    return entry >> 63;
}

struct copier {
    pthread_t thread;
    unsigned count;
    unsigned number;
    void *at; /* where its memory is to be; NULL for anywhere */
    bool pinned;
    unsigned long absent; /* pages that were not there before the DMA */
};

/* The source is a file's pages: they keep their data when they are unmapped.
 * The destination is anonymous: it is new memory each time. */
static void copy_once(struct copier *c, int fd, uint8_t *from, uint8_t *to,
                      uint8_t *file, unsigned i)
{
    uint32_t random = (i * 2654435761u) ^ (c->number * 40503u);
    size_t skew = random % page, length = page + (random >> 8) % page;
    struct engine_run op = { .cmd = ENGINE_MEMCPY,
                             .begin = (uintptr_t)from + skew,
                             .end = (uintptr_t)from + skew + length - 1,
                             .stride = 1,
                             .udata = { (uintptr_t)to + skew } };

    for (size_t at = 0; at < 3 * page; at += 8) {
        uint64_t value = (random + at) * UINT64_C(0x9e3779b97f4a7c15);

        memcpy(file + at, &value, 8);
    }
    if (!c->pinned && (madvise(from, 3 * page, MADV_DONTNEED) ||
                       madvise(to, 3 * page, MADV_DONTNEED))) {
        die("madvise: %s", strerror(errno));
    }
    for (size_t at = 0; at < skew + length; at += page) {
        c->absent += !is_present(from + at) + !is_present(to + at);
    }
    if (run(fd, &op) != ENGINE_HALTED) {
        die("copy %u: state 0x%x at 0x%llx", i, op.cmd, op.udata[2]);
    }
    for (size_t at = 0; at < skew + length; at += page) {
        if (!is_present(from + at) || !is_present(to + at)) {
            die("copy %u: a page is not there afterwards", i);
        }
    }
    if (memcmp(to + skew, file + skew, length)) {
        die("copy %u: wrong bytes", i);
    }
    for (size_t at = 0; at < 3 * page; at++) {
        if ((at < skew || at >= skew + length) && to[at] != 0 && !c->pinned) {
            die("copy %u: a byte beside the range changed", i);
        }
    }
}

static void *copier(void *opaque)
{
    struct copier *c = opaque;
    int fd = open_bound(), memory = memfd_create("source", MFD_CLOEXEC);
    uint8_t *file, *from, *to;

    if (memory < 0 || ftruncate(memory, (off_t)(3 * page))) {
        die("memfd: %s", strerror(errno));
    }
    file = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    from = mmap(c->at, 3 * page, PROT_READ | PROT_WRITE,
                MAP_SHARED | (c->at ? MAP_FIXED : 0), memory, 0);
    to = mmap(c->at ? (uint8_t *)c->at + 16 * page : NULL, 3 * page,
              PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | (c->at ? MAP_FIXED : 0), -1, 0);
    if (file == MAP_FAILED || from == MAP_FAILED || to == MAP_FAILED) {
        die("mmap: %s", strerror(errno));
    }
    if (c->pinned && (mlock(from, 3 * page) || mlock(to, 3 * page))) {
        die("mlock: %s", strerror(errno));
    }
    for (unsigned i = 0; i < c->count; i++) {
        copy_once(c, fd, from, to, file, i);
    }
    munmap(file, 3 * page);
    munmap(from, 3 * page);
    munmap(to, 3 * page);
    close(memory);
    close(fd);
    return NULL;
}

static void copy(unsigned count, unsigned threads, bool pinned)
{
    struct copier c[16] = { 0 };
    unsigned long absent = 0;

    threads = threads < 1 ? 1 : threads > 16 ? 16 : threads;
    is_present(&page);
    for (unsigned i = 0; i < threads; i++) {
        c[i].number = i;
        c[i].pinned = pinned;
        c[i].count = count / threads + (i < count % threads);
        pthread_create(&c[i].thread, NULL, copier, &c[i]);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(c[i].thread, NULL);
        absent += c[i].absent;
    }
    printf("copied %u absent %lu\n", count, absent);
}

/* At the same address everywhere: only the PASID tells them apart. */
static void processes(unsigned count, unsigned n)
{
    unsigned good = 0;

    for (unsigned i = 0; i < n; i++) {
        if (fork() == 0) {
            struct copier c = { .number = i,
                                .count = count / n,
                                .at = (void *)UINT64_C(0x700000000) };

            copier(&c);
            _exit(c.absent >= 2 * c.count ? 0 : 1);
        }
    }
    for (unsigned i = 0; i < n; i++) {
        int status = -1;

        wait(&status);
        good += status == 0;
    }
    printf("processes %u\n", good);
}

/* The engine's generator: it begins anew in each 4 KiB, from the address, and
 * takes two turns for a byte. */
static void check_filled(const uint8_t *p, size_t size, uint32_t seed)
{
    const uint64_t mask = (UINT64_C(1) << 48) - 1;

    for (size_t at = 0; at < size; at += 4096) {
        uint64_t address = (uintptr_t)p + at;
        uint64_t x = (uint32_t)(seed ^ address >> 32 ^ address);

        x = x << 16 | 0x330e;
        for (unsigned i = 0; i < 4096; i++) {
            x = (x * 25214903917u + 11) & mask;
            if (p[at + i] != (x >> 17 & 0xff)) {
                die("wrong byte at 0x%zx", at + i);
            }
            x = (x * 25214903917u + 11) & mask;
        }
    }
}

static void huge(unsigned count)
{
    const size_t size = 4 << 20;
    int fd = open_bound();
    uint64_t bad;

    for (unsigned i = 0; i < count; i++) {
        uint8_t *to = mmap(NULL, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        madvise(to, size, MADV_HUGEPAGE);
        if (fill(fd, to, size, 1, &bad) != ENGINE_HALTED) {
            die("at 0x%llx", (unsigned long long)bad);
        }
        check_filled(to, size, 1);
        munmap(to, size);
    }
    printf("filled %u\n", count);
}

static void expect_error(int fd, void *at, const char *what)
{
    uint64_t bad;
    uint32_t state = fill(fd, at, 64, 0, &bad);

    if (state != ENGINE_ERROR || bad != (uintptr_t)at) {
        die("state 0x%x at 0x%llx, not an error at %p", state,
            (unsigned long long)bad, at);
    }
    printf("%s\n", what);
}

static void *new_page(int prot)
{
    void *p = mmap(NULL, page, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        die("mmap: %s", strerror(errno));
    }
    return p;
}

/* Asks for a page by PRI, which Linux denies: reason 5, one request. */
static void denied(void)
{
    int fd = open_bound();
    uint8_t *p = new_page(PROT_READ | PROT_WRITE);

    pctrl = 0x300;
    expect_error(fd, p, "refused");
    printf("reason %u requests %u at %p\n", uctrl2 & 15, uctrl2 >> 16, p);
}

static void stale(void)
{
    int fd = open_bound();
    uint8_t *p = new_page(PROT_READ | PROT_WRITE);
    uint64_t bad;

    if (pctrl) {
        memset(p, 1, page); /* this engine needs it there */
    }
    if (fill(fd, p, page, 1, &bad) != ENGINE_HALTED) {
        die("at 0x%llx", (unsigned long long)bad);
    }
    munmap(p, page);
    expect_error(fd, p, "gone after munmap");
}

static void killed(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        const size_t size = 128 << 20;
        int fd = open_bound();
        uint64_t bad;
        void *to = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        fill(fd, to, size, 1, &bad);
        _exit(0);
    }
    usleep(100000);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    printf("ended by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[2] : "";
    unsigned count = argc > 3 ? (unsigned)atoi(argv[3]) : 1;
    unsigned n = argc > 4 ? (unsigned)atoi(argv[4]) : 1;

    page = (size_t)sysconf(_SC_PAGESIZE);
    device = argc > 1 ? argv[1] : "";
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!strcmp(mode, "copy")) {
        copy(count, n, false);
    } else if (!strcmp(mode, "pinned")) {
        copy(count, 1, true);
    } else if (!strcmp(mode, "processes")) {
        processes(count, n);
    } else if (!strcmp(mode, "huge")) {
        huge(count);
    } else if (!strcmp(mode, "unmapped")) {
        void *p = new_page(PROT_NONE);

        munmap(p, page);
        expect_error(open_bound(), p, "refused unmapped");
    } else if (!strcmp(mode, "readonly")) {
        expect_error(open_bound(), new_page(PROT_READ), "refused read-only");
    } else if (!strcmp(mode, "denied")) {
        denied();
    } else if (!strcmp(mode, "ats")) {
        pctrl = 0x100;
        copy(count, 1, true);
    } else if (!strcmp(mode, "ats-stale")) {
        pctrl = 0x100;
        stale();
        printf("reason %u\n", uctrl2 & 15);
    } else if (!strcmp(mode, "absent")) {
        expect_error(open_bound(), new_page(PROT_READ | PROT_WRITE),
                     "refused absent");
    } else if (!strcmp(mode, "stale")) {
        stale();
    } else if (!strcmp(mode, "exit")) {
        killed();
    } else if (!strcmp(mode, "pagesize")) {
        printf("%zu\n", page);
    } else {
        fprintf(stderr, "usage: sva DEVICE MODE [COUNT [N]]\n");
        return 2;
    }
    return 0;
}
