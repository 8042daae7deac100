/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: runs the kernel's DMA map benchmark once on the device that is
 * bound to it, and prints what it measured.
 * usage: mapbench THREADS SECONDS PAGES
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/types.h>

/* The layout of the kernel's request, which no header of user space has. */
struct map_benchmark {
    __u64 avg_map_100ns;
    __u64 map_stddev;
    __u64 avg_unmap_100ns;
    __u64 unmap_stddev;
    __u32 threads;
    __u32 seconds;
    __s32 node;
    __u32 dma_bits;
    __u32 dma_dir;
    __u32 dma_trans_ns;
    __u32 granule;
    __u8 expansion[76];
};
#define DMA_MAP_BENCHMARK _IOWR('d', 1, struct map_benchmark)
#define DMA_MAP_BIDIRECTIONAL 0

int main(int argc, char **argv)
{
    struct map_benchmark map = { .node = -1, .dma_bits = 32 };
    int fd;

    if (argc != 4) {
        fprintf(stderr, "usage: mapbench THREADS SECONDS PAGES\n");
        return 2;
    }
    map.threads = (unsigned)atoi(argv[1]);
    map.seconds = (unsigned)atoi(argv[2]);
    map.granule = (unsigned)atoi(argv[3]);
    map.dma_dir = DMA_MAP_BIDIRECTIONAL;
    fd = open("/sys/kernel/debug/dma_map_benchmark", O_RDWR);
    if (fd < 0 || ioctl(fd, DMA_MAP_BENCHMARK, &map)) {
        fprintf(stderr, "mapbench: %s\n", strerror(errno));
        return 1;
    }
    printf("map %llu unmap %llu\n", map.avg_map_100ns * 100,
           map.avg_unmap_100ns * 100);
    close(fd);
    return 0;
}
