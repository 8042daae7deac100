/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the QEMU layer share.
 * Layer L5: include "compat.h" before this header.
 */
#ifndef SMMULATOR_INTERNAL_H
#define SMMULATOR_INTERNAL_H

#include <pthread.h>

#include "smmulator.h"

OBJECT_DECLARE_SIMPLE_TYPE(SmmulatorState, SMMULATOR)

/*
 * A StreamID's way into the SMMU: that of one PCI function, or of a platform
 * master. Made and listed under the big lock, lives as long as the SMMU;
 * iommu.c.
 */
#define SMMULATOR_SEEN_SLOTS 16u
struct SmmulatorPort {
    struct rcu_head rcu; /* g_free_rcu() wants it first */
    IOMMUMemoryRegion region;
    AddressSpace as;
    SmmulatorState *smmu;
    PCIBus *bus; /* NULL: a platform master */
    int devfn;
    uint32_t sid;       /* of a platform master */
    uint16_t device_id; /* of a platform master: what an ITS knows it by */
    /* Page and SMMULATOR_SEEN_* of recent transactions, and the StreamID that
     * they had: the bus may be gone when somebody asks. Atomic. */
    uint64_t seen[SMMULATOR_SEEN_SLOTS];
    uint32_t seen_sid;
    QLIST_ENTRY(SmmulatorPort) next;
};

/* Where an instance sits on its board. */
typedef struct SmmulatorPlace {
    PCIBus *bus;
    hwaddr base;
    unsigned spi; /* first of SMMU3_IRQ_LINES */
    qemu_irq irq[SMMU3_IRQ_LINES];
    bool main; /* the place where firmware and Linux expect an SMMUv3 */
} SmmulatorPlace;

struct SmmulatorState {
    DeviceState parent_obj;

    /* Properties */
    PCIBus *primary_bus;
    char *stage;
    uint8_t arch_minor;
    uint64_t given; /* bits: which of the features the user chose */
    struct smmu3_features given_features;
    uint32_t tlb_entries;
    uint32_t walk_cache_entries;
    uint32_t config_cache_entries;

    SmmulatorPlace place;
    struct smmu3 *core;
    MemoryRegion mmio;

    /* wire.c */
    pthread_mutex_t core_lock;
    QEMUBH *irq_bh;
    QEMUBH *run_bh;
    unsigned irq_pending; /* bits: enum smmu3_irq; atomic */

    /* iommu.c */
    MemoryRegion razwi;
    AddressSpace razwi_as;
    QLIST_HEAD(, SmmulatorPort) ports;

    QLIST_ENTRY(SmmulatorState) next;
};

typedef QLIST_HEAD(SmmulatorList, SmmulatorState) SmmulatorList;

/* device.c: the realized instances, newest first; under the big lock. */
extern SmmulatorList smmulator_instances;
void smmulator_device_register(void);

/* properties.c */
void smmulator_properties_init(SmmulatorState *s);
void smmulator_properties_register(ObjectClass *oc);
/* What the user asked for, over the defaults of the version and stages. */
struct smmu3_features smmulator_features(const SmmulatorState *s);

/* wire.c: guest memory, interrupts and deferred work, for the core. */
struct smmu3_host smmulator_wire_init(SmmulatorState *s);
void smmulator_wire_reset(SmmulatorState *s);
void smmulator_wire_cleanup(SmmulatorState *s);
/* This thread is in a guest memory access which a core makes. */
bool smmulator_in_core_access(void);

/* iommu.c */
void smmulator_iommu_register(void);
/* False and *errp if the bus has an IOMMU already. */
bool smmulator_iommu_check(PCIBus *bus, Error **errp);
void smmulator_iommu_attach(SmmulatorState *s);
void smmulator_iommu_detach(SmmulatorState *s);
/* Tells the holders of translations; under the big lock. */
void smmulator_iommu_stale(void *opaque, const struct smmu3_stale *stale);
/* The register file of some instance was accessed; under the big lock. */
void smmulator_iommu_mmio_seen(void);
/* The port of @dev; NULL if no SMMU of this plugin serves it. Under the big
 * lock. */
SmmulatorPort *smmulator_port_of_device(PCIDevice *dev);
/* The port of a platform master with its own StreamID. Under the big lock. */
SmmulatorPort *smmulator_port_new(SmmulatorState *s, uint32_t sid,
                                  uint16_t device_id);
/* Its StreamID at this moment. Of a PCI function only while it is there: its
 * bus may be unplugged, and freed, later. */
uint32_t smmulator_port_sid(const SmmulatorPort *port);
/* A transaction with the attributes of QEMU's memory API. */
struct smmu3_txn smmulator_port_txn(const SmmulatorPort *port, hwaddr addr,
                                    enum smmu3_access access);
/* What a master of ours asks: smmu3_translate(), and the page is noted. */
void smmulator_port_translate(SmmulatorPort *port, const struct smmu3_txn *txn,
                              struct smmu3_result *res);

/* seen.c */
/* Keeps the page of a transaction; from any thread. */
void smmulator_port_note_seen(SmmulatorPort *port, uint32_t sid, hwaddr addr,
                              bool write, enum smmu3_outcome outcome);
/*
 * Calls @fn for each page that the streams of @s touched lately: @flags are
 * SMMULATOR_SEEN_*. Under the big lock.
 */
#define SMMULATOR_SEEN_READ 1u
#define SMMULATOR_SEEN_WRITE 2u
#define SMMULATOR_SEEN_FAULT 4u
typedef void SmmulatorSeenFn(void *opaque, uint32_t sid, uint64_t page,
                             unsigned flags);
void smmulator_iommu_foreach_seen(SmmulatorState *s, SmmulatorSeenFn *fn,
                                  void *opaque);

/* board-virt.c */
/*
 * Chooses the place of an instance that serves @bus, NULL for the board's
 * root bus. Changes nothing of the board yet.
 */
bool smmulator_board_place(PCIBus *bus, SmmulatorPlace *place, Error **errp);
/* Takes the place, and describes it to firmware and kernels. Cannot fail. */
void smmulator_board_claim(const SmmulatorPlace *place);

/* monitor.c */
void smmulator_monitor_register(void);

#endif
