/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: has the engine, a PCI function that vfio-pci is bound to, do
 * DMA on this program's memory.
 *
 * usage: vfio container GROUP FUNCTION   by VFIO's own type 1 interface
 *        vfio ats GROUP FUNCTION         the same, each transaction through ATS
 *        vfio dirty CDEV ROUNDS          by IOMMUFD, whose dirty bitmap is
 *                                        compared with what was written
 *        vfio dirty-remap CDEV ROUNDS    the same, the memory mapped anew for
 *                                        each round
 *
 * One line for each thing that was tried.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/vfio.h>
#if __has_include(<linux/iommufd.h>)
#include <linux/iommufd.h>
#endif
#include "engine-api.h"

#define IOVA UINT64_C(0x4200000000)

static size_t page;
static int device;
static volatile uint8_t *bar;
static uint32_t pctrl = 1; /* SSD_NS */

static void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printf("failed: ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
    exit(1);
}

static void check(int ret, const char *what)
{
    if (ret < 0) {
        die("%s: %s", what, strerror(errno));
    }
}

static int open_file(const char *name)
{
    int fd = open(name, O_RDWR | O_CLOEXEC);

    check(fd, name);
    return fd;
}

static void put32(unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(bar + offset) = value;
}

static void put64(unsigned offset, uint64_t value)
{
    *(volatile uint64_t *)(bar + offset) = value;
}

/* Maps the engine's registers and lets it be a bus master. */
static void open_engine(void)
{
    struct vfio_region_info info = { .argsz = sizeof(info),
                                     .index = VFIO_PCI_BAR0_REGION_INDEX };
    uint16_t command = 6;

    check(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info), "BAR 0");
    bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
               (off_t)info.offset);
    if (bar == MAP_FAILED) {
        die("mmap of BAR 0: %s", strerror(errno));
    }
    info.index = VFIO_PCI_CONFIG_REGION_INDEX;
    check(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info), "config");
    if (pwrite(device, &command, 2, (off_t)info.offset + 4) != 2) {
        die("config: %s", strerror(errno));
    }
}

/* Runs frame 0; @vector of -1 for no interrupt. The state that it ended in. */
static uint32_t run(const struct engine_run *op, int vector)
{
    uint32_t state = op->cmd;

    put32(0x10000, pctrl);
    put32(0x1000c, 0xffffffff); /* no SubstreamID */
    put64(0x10, vector >= 0);
    put64(0x18, vector >= 0 ? (uint64_t)vector : 0);
    put32(0x20, 0x42ff42ff);
    put32(0x24, op->seed);
    put64(0x28, op->begin);
    put64(0x30, op->end);
    put64(0x38, op->stride);
    put64(0x40, op->udata[0]);
    put32(0x00, op->cmd);
    for (int i = 0; state == op->cmd && i < 100000; i++) {
        state = *(volatile uint32_t *)bar;
        if (state == op->cmd) {
            usleep(50);
        }
    }
    return state;
}

static uint64_t failing_address(void)
{
    return *(volatile uint64_t *)(bar + 0x50);
}

static uint32_t copy(uint64_t from, uint64_t to, uint64_t length, int vector)
{
    return run(&(struct engine_run){ .cmd = ENGINE_MEMCPY,
                                     .begin = from,
                                     .end = from + length - 1,
                                     .stride = 1,
                                     .udata = { to } },
               vector);
}

static void refused(const char *what, uint32_t state, uint64_t at)
{
    if (state != ENGINE_ERROR || failing_address() != at) {
        die("%s: state 0x%x at 0x%llx", what, state,
            (unsigned long long)failing_address());
    }
    printf("refused %s\n", what);
}

static uint8_t *memory(size_t size)
{
    uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        die("mmap: %s", strerror(errno));
    }
    madvise(p, size, MADV_NOHUGEPAGE);
    return p;
}

static void map_type1(int container, void *p, uint64_t iova, size_t size,
                      uint32_t flags)
{
    struct vfio_iommu_type1_dma_map map = { .argsz = sizeof(map),
                                            .flags = flags,
                                            .vaddr = (uintptr_t)p,
                                            .iova = iova,
                                            .size = size };

    check(ioctl(container, VFIO_IOMMU_MAP_DMA, &map), "VFIO_IOMMU_MAP_DMA");
}

/* An MSI-X goes through the SMMU to the ITS, and to the program. */
static void interrupts(void)
{
    struct {
        struct vfio_irq_set set;
        int fd[4];
    } irqs = { .set = { .argsz = sizeof(irqs),
                        .flags = VFIO_IRQ_SET_DATA_EVENTFD |
                                 VFIO_IRQ_SET_ACTION_TRIGGER,
                        .index = VFIO_PCI_MSIX_IRQ_INDEX,
                        .count = 4 } };
    unsigned seen = 0;

    for (int i = 0; i < 4; i++) {
        irqs.fd[i] = eventfd(0, EFD_CLOEXEC);
    }
    check(ioctl(device, VFIO_DEVICE_SET_IRQS, &irqs), "VFIO_DEVICE_SET_IRQS");
    for (int i = 3; i >= 0; i--) {
        struct pollfd wait = { .fd = irqs.fd[i], .events = POLLIN };
        uint64_t count = 0;

        if (copy(IOVA, IOVA + 8 * page, 64, i) != ENGINE_HALTED) {
            die("copy with an interrupt");
        }
        if (poll(&wait, 1, 5000) == 1 && read(irqs.fd[i], &count, 8) == 8) {
            seen += (unsigned)count;
        }
    }
    printf("interrupts %u\n", seen);
}

static void container(const char *group_name, const char *function)
{
    struct vfio_group_status status = { .argsz = sizeof(status) };
    int group, vfio = open_file("/dev/vfio/vfio");
    char name[32];
    uint8_t *p = memory(16 * page), *fixed = memory(page);
    struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap),
                                                .iova = IOVA + 16 * page,
                                                .size = page };

    snprintf(name, sizeof(name), "/dev/vfio/%s", group_name);
    group = open_file(name);
    check(ioctl(group, VFIO_GROUP_GET_STATUS, &status), "group status");
    if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
        die("the group is not viable");
    }
    check(ioctl(group, VFIO_GROUP_SET_CONTAINER, &vfio), "set container");
    check(ioctl(vfio, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), "VFIO_SET_IOMMU");
    device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, function);
    check(device, function);
    open_engine();
    map_type1(vfio, p, IOVA, 16 * page,
              VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
    map_type1(vfio, fixed, IOVA + 16 * page, page, VFIO_DMA_MAP_FLAG_READ);
    for (size_t i = 0; i < 8 * page; i++) {
        p[i] = (uint8_t)(i * 31 + i / 256);
    }
    if (copy(IOVA + 5, IOVA + 8 * page + 5, 8 * page - 9, -1) !=
            ENGINE_HALTED ||
        memcmp(p + 5, p + 8 * page + 5, 8 * page - 9)) {
        die("copy: other bytes, or an error at 0x%llx",
            (unsigned long long)failing_address());
    }
    printf("copied %zu\n", 8 * page - 9);
    interrupts();
    if (copy(IOVA + 16 * page, IOVA, 64, -1) != ENGINE_HALTED) {
        die("a read-only page cannot be read");
    }
    refused("read-only", copy(IOVA, IOVA + 16 * page, 64, -1),
            IOVA + 16 * page);
    check(ioctl(vfio, VFIO_IOMMU_UNMAP_DMA, &unmap), "VFIO_IOMMU_UNMAP_DMA");
    refused("unmapped", copy(IOVA + 16 * page, IOVA, 64, -1), IOVA + 16 * page);
}

#ifdef IOMMU_HWPT_GET_DIRTY_BITMAP
#define DIRTY_PAGES 64

/* What the bitmap says, cleared if @clear. */
static uint64_t dirty_bitmap(int iommu, uint32_t hwpt, bool clear)
{
    uint64_t bits = 0;
    struct iommu_hwpt_get_dirty_bitmap get = {
        .size = sizeof(get),
        .hwpt_id = hwpt,
        .flags = clear ? 0 : IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR,
        .iova = IOVA,
        .length = DIRTY_PAGES * page,
        .page_size = page,
        .data = (uintptr_t)&bits,
    };

    check(ioctl(iommu, IOMMU_HWPT_GET_DIRTY_BITMAP, &get), "dirty bitmap");
    return bits;
}

static void expect_dirty(const char *when, uint64_t expected, uint64_t got)
{
    if (got != expected) {
        die("%s: dirty are 0x%016llx, written were 0x%016llx", when,
            (unsigned long long)got, (unsigned long long)expected);
    }
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return *state >> 16 ^ *state << 32;
}

static void track(int iommu, uint32_t hwpt, bool on)
{
    struct iommu_hwpt_set_dirty_tracking set = {
        .size = sizeof(set),
        .hwpt_id = hwpt,
        .flags = on ? IOMMU_HWPT_DIRTY_TRACKING_ENABLE : 0,
    };

    check(ioctl(iommu, IOMMU_HWPT_SET_DIRTY_TRACKING, &set),
          "IOMMU_HWPT_SET_DIRTY_TRACKING");
}

/* Every page is either written or only read. */
static void dirty_round(int iommu, uint32_t hwpt, unsigned round,
                        uint64_t written, uint8_t *p)
{
    for (unsigned i = 0; i < DIRTY_PAGES; i++) {
        uint64_t at = IOVA + i * page;
        struct engine_run op = {
            .cmd = written >> i & 1 ? ENGINE_RAND48 : ENGINE_SUM64,
            .begin = at + 8 * i,
            .end = at + 8 * i + 7,
            .stride = written >> i & 1 ? 1 : 8,
            .seed = round,
        };
        uint64_t before, after;

        memcpy(&before, p + i * page + 8 * i, 8);
        if (run(&op, -1) != ENGINE_HALTED) {
            die("page %u: error at 0x%llx", i,
                (unsigned long long)failing_address());
        }
        memcpy(&after, p + i * page + 8 * i, 8);
        if (!(written >> i & 1) && before != after) {
            die("page %u was written", i);
        }
    }
    if (round % 2) {
        expect_dirty("read first", written, dirty_bitmap(iommu, hwpt, false));
    }
    expect_dirty("read", written, dirty_bitmap(iommu, hwpt, true));
    expect_dirty("read again", 0, dirty_bitmap(iommu, hwpt, true));
}

static void map_ioas(int iommu, struct iommu_ioas_map *map, bool again)
{
    struct iommu_ioas_unmap unmap = { .size = sizeof(unmap),
                                      .ioas_id = map->ioas_id,
                                      .iova = map->iova,
                                      .length = map->length };

    if (again) {
        check(ioctl(iommu, IOMMU_IOAS_UNMAP, &unmap), "IOMMU_IOAS_UNMAP");
    }
    check(ioctl(iommu, IOMMU_IOAS_MAP, map), "IOMMU_IOAS_MAP");
}

static void dirty(const char *cdev, unsigned rounds, bool remap)
{
    struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
    struct vfio_device_attach_iommufd_pt attach = { .argsz = sizeof(attach) };
    struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
    struct iommu_hwpt_alloc hwpt = { .size = sizeof(hwpt),
                                     .flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING };
    struct iommu_ioas_map map = { .size = sizeof(map),
                                  .flags = IOMMU_IOAS_MAP_FIXED_IOVA |
                                           IOMMU_IOAS_MAP_WRITEABLE |
                                           IOMMU_IOAS_MAP_READABLE,
                                  .iova = IOVA,
                                  .length = DIRTY_PAGES * page };
    int iommu = open_file("/dev/iommu");
    uint8_t *p = memory(DIRTY_PAGES * page);
    uint64_t state = 1;

    device = open_file(cdev);
    bind.iommufd = iommu;
    check(ioctl(device, VFIO_DEVICE_BIND_IOMMUFD, &bind), "bind");
    check(ioctl(iommu, IOMMU_IOAS_ALLOC, &ioas), "IOMMU_IOAS_ALLOC");
    hwpt.dev_id = bind.out_devid;
    hwpt.pt_id = ioas.out_ioas_id;
    check(ioctl(iommu, IOMMU_HWPT_ALLOC, &hwpt), "IOMMU_HWPT_ALLOC");
    attach.pt_id = hwpt.out_hwpt_id;
    check(ioctl(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach), "attach");
    map.ioas_id = ioas.out_ioas_id;
    map.user_va = (uintptr_t)p;
    map_ioas(iommu, &map, false);
    open_engine();
    track(iommu, hwpt.out_hwpt_id, true);
    expect_dirty("at the beginning", 0,
                 dirty_bitmap(iommu, hwpt.out_hwpt_id, true));
    for (unsigned i = 0; i < rounds; i++) {
        uint64_t written = i == 0   ? 0
                           : i == 1 ? ~UINT64_C(0)
                                    : next_random(&state);

        if (remap) {
            /* Linux begins with dirty pages. */
            map_ioas(iommu, &map, true);
            dirty_bitmap(iommu, hwpt.out_hwpt_id, true);
        }
        dirty_round(iommu, hwpt.out_hwpt_id, i, written, p);
    }
    track(iommu, hwpt.out_hwpt_id, false);
    printf("tracked %u\n", rounds);
}
#endif

int main(int argc, char **argv)
{
    const char *mode = argc == 4 ? argv[1] : "";

    page = (size_t)sysconf(_SC_PAGESIZE);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!strcmp(mode, "container")) {
        container(argv[2], argv[3]);
    } else if (!strcmp(mode, "ats")) {
        pctrl |= 0x100;
        container(argv[2], argv[3]);
#ifdef IOMMU_HWPT_GET_DIRTY_BITMAP
    } else if (!strcmp(mode, "dirty") || !strcmp(mode, "dirty-remap")) {
        dirty(argv[2], (unsigned)atoi(argv[3]), mode[5] == '-');
#endif
    } else {
        fprintf(stderr, "usage: vfio container|ats GROUP FUNCTION\n"
                        "       vfio dirty|dirty-remap CDEV ROUNDS\n");
        return 2;
    }
    return 0;
}
