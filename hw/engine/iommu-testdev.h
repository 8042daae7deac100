/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of `iommu-testdev`, a device of newer QEMU versions that makes
 * one DMA for a qtest: it writes a pattern through the IOMMU, reads the memory
 * where the pattern should be, and compares.
 * Layer L4: knows neither the SMMU nor QEMU.
 *
 * Threads: all functions under one lock of the host's.
 */
#ifndef IOMMU_TESTDEV_H
#define IOMMU_TESTDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMMU3_TESTDEV_MMIO_SIZE 0x1000u

/* The longest DMA; more is refused as a bad length. */
#define SMMU3_TESTDEV_LEN_MAX (1u << 20)

/* At most so much is moved by one callback. */
#define SMMU3_TESTDEV_BURST 4096u

struct smmu3_testdev_attrs {
    bool secure;
    unsigned space; /* 0 Secure, 1 Non-secure, 2 Root, 3 Realm */
};

struct smmu3_testdev_host {
    /* Handed to every callback. */
    void *opaque;

    /* Writes to a bus address, through the IOMMU; false: aborted. Called with
     * rising addresses; after a false, not again. */
    bool (*dma_write)(void *opaque, const struct smmu3_testdev_attrs *attrs,
                      uint64_t addr, const void *buf, size_t len);

    /* Reads from a physical address; false: aborted. */
    bool (*phys_read)(void *opaque, const struct smmu3_testdev_attrs *attrs,
                      uint64_t addr, void *buf, size_t len);
};

struct smmu3_testdev {
    struct smmu3_testdev_host host;
    uint64_t iova;
    uint64_t pa;
    uint32_t len;
    uint32_t result;
    uint32_t attrs;
    bool armed;
};

/* Initializes @d in its reset state. */
void smmu3_testdev_init(struct smmu3_testdev *d,
                        const struct smmu3_testdev_host *host);
void smmu3_testdev_reset(struct smmu3_testdev *d);

/* Register accesses of 4 bytes, aligned. Reading the trigger does the DMA. */
uint32_t smmu3_testdev_read(struct smmu3_testdev *d, uint32_t offset);
void smmu3_testdev_write(struct smmu3_testdev *d, uint32_t offset,
                         uint32_t value);

#endif
