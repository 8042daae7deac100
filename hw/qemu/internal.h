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
    bool secure;        /* sid is a Secure StreamID */
    /* Page and SMMULATOR_SEEN_* of recent transactions, and the StreamID that
     * they had: the bus may be gone when somebody asks. Atomic. */
    uint64_t seen[SMMULATOR_SEEN_SLOTS];
    uint32_t seen_sid;
    QLIST_ENTRY(SmmulatorPort) next;
};

/* No DeviceID: the board has no ITS, or all reserved ones are taken. */
#define SMMULATOR_NO_DEVICE_ID (-1)

/* Where an instance sits on its board. */
typedef struct SmmulatorPlace {
    PCIBus *bus; /* NULL: it serves platform masters only */
    hwaddr base;
    uint32_t size; /* of the registers */
    unsigned spi;  /* first of SMMU3_IRQ_LINES */
    qemu_irq irq[SMMU3_IRQ_LINES];
    bool main; /* the place where firmware and Linux expect an SMMUv3 */
    /* What the ITS knows its messages by: their MemTxAttrs.requester_id. */
    int device_id;
    uint32_t phandle; /* of its device tree node */
} SmmulatorPlace;

/* Registers and an interrupt beside the SMMUs' own: of a counter group or a
 * platform master. */
typedef struct SmmulatorFrame {
    hwaddr base;
    uint64_t size;
    unsigned spi;
    qemu_irq irq;
    int device_id; /* as in SmmulatorPlace */
} SmmulatorFrame;

/* A performance monitor counter group, as firmware describes it. */
typedef struct SmmulatorPmcg {
    SmmulatorState *smmu; /* that it counts for */
    SmmulatorFrame frame; /* page 0 at its base */
    hwaddr page1;         /* 0: none */
    bool msi;             /* can send messages */
    QLIST_ENTRY(SmmulatorPmcg) next;
} SmmulatorPmcg;

/* pmcg.c */
typedef struct SmmulatorCounters SmmulatorCounters;

/* Memory that firmware set up for a master and that stays mapped as it is. */
typedef struct SmmulatorReserved {
    uint64_t base;
    uint64_t size; /* 0: none */
} SmmulatorReserved;

/* A platform master, as firmware describes it. */
typedef struct SmmulatorPlatform {
    SmmulatorState *smmu; /* that translates for it; NULL: none */
    SmmulatorFrame frame;
    unsigned number; /* 0 and up, in the order of their making */
    bool secure;     /* its StreamIDs are Secure ones */
    uint32_t sid;    /* first StreamID */
    uint32_t sids;   /* and how many */
    unsigned ssid_bits;
    bool can_stall;
    SmmulatorReserved reserved;
    QLIST_ENTRY(SmmulatorPlatform) next;
} SmmulatorPlatform;

struct SmmulatorState {
    DeviceState parent_obj;

    /* Properties */
    PCIBus *primary_bus;
    bool platform;
    bool pmcg;
    char *stage;
    uint8_t arch_minor;
    uint64_t given; /* bits: which of the features the user chose */
    struct smmu3_features given_features;
    bool unspecified_secure;
    uint32_t tlb_entries;
    uint32_t walk_cache_entries;
    uint32_t config_cache_entries;

    SmmulatorPlace place;
    struct smmu3 *core;
    bool ats; /* IDR0.ATS */
    MemoryRegion mmio;
    SmmulatorCounters *counters; /* NULL: none */

    /* wire.c */
    MemoryRegion *secure_memory; /* NULL: there is only one memory */
    AddressSpace secure_as;
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

/* The security state of an access to registers. */
enum smmu3_space smmulator_access_space(const SmmulatorState *s,
                                        MemTxAttrs attrs);

/* pmcg.c: the counter group of @s, if it has one. */
bool smmulator_pmcg_realize(SmmulatorState *s, Error **errp);
void smmulator_pmcg_unrealize(SmmulatorState *s);
void smmulator_pmcg_reset(SmmulatorState *s);

/* properties.c */
void smmulator_properties_init(SmmulatorState *s);
void smmulator_properties_register(ObjectClass *oc);
/* What the user asked for, over the defaults of the version and stages. */
struct smmu3_features smmulator_features(const SmmulatorState *s);

/* wire.c: guest memory, interrupts and deferred work, for the core. */
struct smmu3_host smmulator_wire_init(SmmulatorState *s);
void smmulator_wire_reset(SmmulatorState *s);
void smmulator_wire_cleanup(SmmulatorState *s);
/* The physical addresses of a security state. */
AddressSpace *smmulator_space(SmmulatorState *s, enum smmu3_space space);
/* Sends a message-signalled interrupt; false: it aborts. Under the big lock. */
bool smmulator_send_msi(SmmulatorState *s, enum smmu3_space space,
                        int device_id, uint64_t addr, uint32_t data);
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
/* Tells QEMU's own holders of ATS translations of @sid (vhost): those of
 * [@first, @last] are to be dropped. */
void smmulator_iommu_devices_stale(SmmulatorState *s, uint32_t sid,
                                   hwaddr first, hwaddr last);
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

/* dma.c: the core's smmu3_host.stall_done; under the big lock. */
void smmulator_dma_stall_done(struct smmu3_stall *stall,
                              enum smmu3_stall_action action);

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

/* dma.c */
/* Its port at this moment; NULL if no SMMU of this plugin serves it. */
SmmulatorPort *smmulator_master_port(const SmmulatorMaster *m);
/* Bus mastering; a platform master is always on. */
bool smmulator_master_enabled(const SmmulatorMaster *m);

/* ats.c: of the core's host, under the big lock. */
enum smmu3_atc_status smmulator_ats_invalidate(void *opaque,
                                               const struct smmu3_atc_inv *inv);
void smmulator_ats_prg_response(void *opaque,
                                const struct smmu3_prg_response *resp);

/* board-virt.c */
void smmulator_board_register(void);
/*
 * Chooses the place of an instance that serves @bus, NULL for the board's
 * root bus; or, if @platform, no bus. Changes nothing of the board yet.
 */
bool smmulator_board_place(PCIBus *bus, bool platform, uint32_t size,
                           SmmulatorPlace *place, Error **errp);
/* Takes the place of @s, whose core is made, and describes it to firmware and
 * kernels. Cannot fail. */
void smmulator_board_claim(SmmulatorState *s);
/* Takes room for @size bytes of registers, a power of two, and an interrupt;
 * with @message, a DeviceID if one is left. */
bool smmulator_board_frame(uint64_t size, bool message, SmmulatorFrame *frame,
                           Error **errp);
/* Describes what took such a frame. The structure stays the caller's, and must
 * stay. */
void smmulator_board_add_pmcg(SmmulatorPmcg *pmcg);
void smmulator_board_add_platform(SmmulatorPlatform *platform);

/* What the descriptions need to know of the board. */
typedef struct SmmulatorBoard {
    void *fdt;
    const char *pcie_node; /* path of the PCIe host's node */
    bool its;
    uint32_t msi_phandle; /* of the ITS */
    QLIST_HEAD(, SmmulatorPmcg) pmcgs;
    QLIST_HEAD(, SmmulatorPlatform) platforms;
    /* Of which firmware of the Non-secure world hears nothing. */
    QLIST_HEAD(, SmmulatorPlatform) secure_platforms;
} SmmulatorBoard;
extern SmmulatorBoard smmulator_board;

/* fdt.c */
void smmulator_fdt_add_smmu(SmmulatorState *s);
void smmulator_fdt_add_pmcg(const SmmulatorPmcg *pmcg);
void smmulator_fdt_add_platform(const SmmulatorPlatform *platform);

/* iort.c */
/* The table, complete but for its checksum, as it is now: bus numbers are the
 * guest's to assign. Of the header, OEM fields come from @old, an ACPI
 * table's. */
GByteArray *smmulator_iort(const uint8_t *old);

/* ssdt.c */
/* The platform masters as devices, likewise; NULL if there are none. */
GByteArray *smmulator_ssdt(const uint8_t *old);
/* The path of @platform's device, of 10 characters. */
void smmulator_ssdt_path(const SmmulatorPlatform *platform, char path[11]);

/* acpi.c */
/* The board has made its ACPI tables: from now on, whenever the guest's
 * firmware looks at them, ours are among them. */
void smmulator_acpi_attach(void);
/* Appends a table's header, of 36 bytes; length and checksum are 0. */
void smmulator_acpi_put_header(GByteArray *bytes, const char *signature,
                               uint8_t revision, const uint8_t *old);

/* tcg.c */
/*
 * With one CPU, TCG makes plain loads and stores of the guest's atomic
 * instructions, since nobody else runs. An SMMU that updates descriptors does
 * (3.13), from another thread: all CPUs become truly atomic. Before they have
 * run, so that nothing is translated yet.
 */
void smmulator_tcg_make_atomic(void);

/* monitor.c */
void smmulator_monitor_register(void);

#endif
