/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI functions behind the SMMU: a translating memory region for each.
 * Layer L5.
 *
 * translate() is called from any thread, under RCU, with or without the big
 * lock. Ports are made and listed under the big lock and live as long as the
 * SMMU.
 */
#include "compat.h"
#include "internal.h"

#define TYPE_SMMULATOR_REGION "smmulator-iommu-memory-region"

/* Events are per transaction; QEMU's memory API asks per piece, and a piece
 * of a faulting access never leaves its 4 KiB page. */
#define PAGE_LG2 12
#define PAGE_MASK_LOW (SMMU3_BIT(PAGE_LG2) - 1)

/*
 * QEMU is told of a page or block as large as it is, up to 1 GiB. vhost looks
 * up the region's base and maps what RAM follows it, so of anything larger
 * (bypass: all addresses) it hears of 2 MiB at a time, which every bank of
 * RAM is a multiple of.
 */
#define REGION_LG2_MAX 30
#define REGION_LG2_PIECE 21

/*
 * Where a terminated RAZ/WI access (3.12.1) goes: anywhere in razwi_as. This
 * address is no memory of any board, for callers that look only at it.
 */
#define RAZWI_BASE SMMU3_BIT(63)

/*
 * The last transaction of this thread, if it failed. On a fault QEMU's memory
 * core asks again for each piece of the access; only the first is a
 * transaction of the device.
 */
struct last_fault {
    const SmmulatorPort *port;
    hwaddr addr;
    unsigned step_max;
    bool write;
    bool bql;
    unsigned mmio_count;
};

static __thread struct last_fault last_fault;

/* Accesses to the register file of any instance; atomic. */
static unsigned mmio_count;

void smmulator_iommu_mmio_seen(void)
{
    qatomic_set(&mmio_count, mmio_count + 1);
}

uint32_t smmulator_port_sid(const SmmulatorPort *port)
{
    /* Bus numbers are the guest's to assign. */
    return port->bus ? PCI_BUILD_BDF(pci_bus_num(port->bus), port->devfn)
                     : port->sid;
}

/*
 * Whether this access continues the one that failed before. The core's steps
 * are powers of two that divide the address they start from. Under the big
 * lock no register can be accessed between the pieces of one access, so if
 * one was, this is another transaction.
 */
static bool is_repeat(const SmmulatorPort *port, hwaddr addr, bool write)
{
    const struct last_fault *last = &last_fault;
    hwaddr step = addr - last->addr;

    if (last->port != port || last->write != write ||
        (addr ^ last->addr) >> PAGE_LG2) {
        return false;
    }
    if (last->bql && bql_locked() &&
        last->mmio_count != qatomic_read(&mmio_count)) {
        return false;
    }
    return step && step <= last->step_max && !(step & (step - 1)) &&
           !(last->addr & (step - 1));
}

static void note_outcome(const SmmulatorPort *port, hwaddr addr, bool write,
                         enum smmu3_outcome outcome)
{
    if (outcome == SMMU3_OK) {
        last_fault.port = NULL;
        return;
    }
    last_fault = (struct last_fault){
        .port = port,
        .addr = addr,
        /* The widest access of QEMU's unassigned region, and of ours. */
        .step_max = outcome == SMMU3_RAZWI ? 8 : 4,
        .write = write,
        .bql = bql_locked(),
        .mmio_count = qatomic_read(&mmio_count),
    };
}

struct smmu3_txn smmulator_port_txn(const SmmulatorPort *port, hwaddr addr,
                                    enum smmu3_access access)
{
    return (struct smmu3_txn){
        .sid = smmulator_port_sid(port),
        .secure = port->secure,
        .ns = true,
        .access = access,
        .addr = addr,
        .attr = 0xff,
    };
}

static IOMMUTLBEntry region_entry(hwaddr addr, const struct smmu3_result *res)
{
    hwaddr mask = smmu3_low(res->lg2_size > REGION_LG2_MAX ? REGION_LG2_PIECE
                                                           : res->lg2_size);

    return (IOMMUTLBEntry){
        .target_as = &address_space_memory,
        .iova = addr & ~mask,
        .translated_addr = res->pa & ~mask,
        .addr_mask = mask,
        .perm = (res->perm & SMMU3_PERM_R ? IOMMU_RO : IOMMU_NONE) |
                (res->perm & SMMU3_PERM_W ? IOMMU_WO : IOMMU_NONE),
    };
}

static IOMMUTLBEntry no_entry(hwaddr addr)
{
    return (IOMMUTLBEntry){
        .target_as = &address_space_memory,
        .iova = addr & ~PAGE_MASK_LOW,
        .translated_addr = addr & ~PAGE_MASK_LOW,
        .addr_mask = PAGE_MASK_LOW,
        .perm = IOMMU_NONE,
    };
}

/* Somebody looks at the mapping; the guest sees nothing of it. */
static IOMMUTLBEntry probe(SmmulatorPort *port, hwaddr addr)
{
    static const enum smmu3_access accesses[] = { SMMU3_READ, SMMU3_WRITE };
    struct smmu3_result res;

    for (unsigned i = 0; i < ARRAY_SIZE(accesses); i++) {
        struct smmu3_txn txn = smmulator_port_txn(port, addr, accesses[i]);

        txn.probe = true;
        smmu3_translate(port->smmu->core, &txn, &res);
        if (res.outcome == SMMU3_OK) {
            return region_entry(addr, &res);
        }
    }
    return no_entry(addr);
}

static IOMMUTLBEntry smmulator_region_translate(IOMMUMemoryRegion *region,
                                                hwaddr addr,
                                                IOMMUAccessFlags flag, int idx)
{
    SmmulatorPort *port = container_of(region, SmmulatorPort, region);
    bool write = flag & IOMMU_WO;
    struct smmu3_result res;
    struct smmu3_txn txn;
    IOMMUTLBEntry entry;

    if (flag == IOMMU_NONE) {
        return probe(port, addr);
    }
    txn = smmulator_port_txn(port, addr,
                             flag == IOMMU_RW ? SMMU3_RMW
                             : write          ? SMMU3_WRITE
                                              : SMMU3_READ);
    txn.silent = is_repeat(port, addr, write);
    smmu3_translate(port->smmu->core, &txn, &res);
    note_outcome(port, addr, write, res.outcome);
    smmulator_port_note_seen(port, txn.sid, addr, write, res.outcome);

    switch (res.outcome) {
    case SMMU3_OK:
        return region_entry(addr, &res);
    case SMMU3_RAZWI:
        entry = no_entry(addr);
        entry.target_as = &port->smmu->razwi_as;
        entry.translated_addr |= RAZWI_BASE;
        entry.perm = flag;
        return entry;
    case SMMU3_ABORT:
    default:
        return no_entry(addr);
    }
}

/*
 * Only what an invalidation can honour: a MAP notifier wants to hear of each
 * new mapping, which an SMMU never learns. A device IOTLB is never refused, as
 * the guest turns it on (ATS of the device), and QEMU would exit.
 */
static int smmulator_region_flag_changed(IOMMUMemoryRegion *region,
                                         IOMMUNotifierFlag old,
                                         IOMMUNotifierFlag new, Error **errp)
{
    if (new &IOMMU_NOTIFIER_MAP) {
        error_setg(errp, "smmulator cannot serve a device that needs its "
                         "mappings in advance (vfio, vhost-vdpa): put it on a "
                         "bus without an SMMU, or use bypass_iommu=on");
        return -EINVAL;
    }
    return 0;
}

static MemTxResult razwi_read(void *opaque, hwaddr addr, uint64_t *data,
                              unsigned size, MemTxAttrs attrs)
{
    *data = 0;
    return MEMTX_OK;
}

static MemTxResult razwi_write(void *opaque, hwaddr addr, uint64_t data,
                               unsigned size, MemTxAttrs attrs)
{
    return MEMTX_OK;
}

static const MemoryRegionOps razwi_ops = {
    .read_with_attrs = razwi_read,
    .write_with_attrs = razwi_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

static SmmulatorPort *find_port(SmmulatorState *s, PCIBus *bus, int devfn)
{
    SmmulatorPort *port;

    QLIST_FOREACH(port, &s->ports, next)
    {
        if (port->bus == bus && port->devfn == devfn) {
            return port;
        }
    }
    return NULL;
}

/* Takes @port's fields but those of its region; @name is its region's. */
static SmmulatorPort *add_port(SmmulatorState *s, SmmulatorPort *port,
                               const char *name)
{
    port->smmu = s;
    memory_region_init_iommu(&port->region, sizeof(port->region),
                             TYPE_SMMULATOR_REGION, OBJECT(s), name,
                             UINT64_MAX);
    address_space_init(&port->as, MEMORY_REGION(&port->region), name);
    QLIST_INSERT_HEAD(&s->ports, port, next);
    return port;
}

static SmmulatorPort *new_pci_port(SmmulatorState *s, PCIBus *bus, int devfn)
{
    SmmulatorPort *port = g_new0(SmmulatorPort, 1);
    g_autofree char *name =
        g_strdup_printf("smmulator-%s-%02x.%x", BUS(bus)->name, PCI_SLOT(devfn),
                        PCI_FUNC(devfn));

    port->bus = bus;
    port->devfn = devfn;
    return add_port(s, port, name);
}

SmmulatorPort *smmulator_port_new(SmmulatorState *s, uint32_t sid,
                                  uint16_t device_id)
{
    SmmulatorPort *port = g_new0(SmmulatorPort, 1);
    g_autofree char *name = g_strdup_printf("smmulator-sid-%x", sid);

    port->sid = sid;
    port->device_id = device_id;
    return add_port(s, port, name);
}

static AddressSpace *get_address_space(PCIBus *bus, void *opaque, int devfn)
{
    SmmulatorState *s = opaque;
    SmmulatorPort *port = find_port(s, bus, devfn);

    if (!port) {
        port = new_pci_port(s, bus, devfn);
    }
    return &port->as;
}

static const PCIIOMMUOps iommu_ops = {
    .get_address_space = get_address_space,
};

bool smmulator_iommu_check(PCIBus *bus, Error **errp)
{
    if (bus->iommu_ops == &iommu_ops) {
        error_setg(errp,
                   "bus '%s' has an smmulator already: give each its "
                   "own root bus with primary-bus=ID",
                   BUS(bus)->name);
        return false;
    }
    if (bus->iommu_ops) {
        error_setg(errp,
                   "bus '%s' has another IOMMU already: remove that, or "
                   "give another root bus with primary-bus=ID",
                   BUS(bus)->name);
        return false;
    }
    return true;
}

void smmulator_iommu_attach(SmmulatorState *s)
{
    QLIST_INIT(&s->ports);
    memory_region_init_io(&s->razwi, OBJECT(s), &razwi_ops, s,
                          "smmulator-razwi", UINT64_MAX);
    s->razwi.disable_reentrancy_guard = true;
    address_space_init(&s->razwi_as, &s->razwi, "smmulator-razwi");
    if (s->place.bus) {
        pci_setup_iommu(s->place.bus, &iommu_ops, s);
    }
}

void smmulator_iommu_detach(SmmulatorState *s)
{
    SmmulatorPort *port, *next;

    if (s->place.bus) {
        s->place.bus->iommu_ops = NULL;
        s->place.bus->iommu_opaque = NULL;
    }
    QLIST_FOREACH_SAFE(port, &s->ports, next, next)
    {
        QLIST_REMOVE(port, next);
        address_space_destroy(&port->as);
        object_unparent(OBJECT(&port->region));
        g_free_rcu(port, rcu);
    }
    address_space_destroy(&s->razwi_as);
}

/* One notifier hears of [first, last], which it registered for. */
static void notify_range(IOMMUNotifier *n, IOMMUNotifierFlag type, hwaddr first,
                         hwaddr last)
{
    IOMMUTLBEvent event = {
        .type = type,
        .entry = {
            .target_as = &address_space_memory,
            .iova = first,
            .addr_mask = last - first,
            .perm = IOMMU_NONE,
        },
    };

    memory_region_notify_iommu_one(n, &event);
}

static void notify_port(SmmulatorPort *port, IOMMUNotifierFlag type,
                        hwaddr addr_first, hwaddr addr_last)
{
    IOMMUNotifier *n;

    IOMMU_NOTIFIER_FOREACH(n, &port->region)
    {
        hwaddr first = MAX(n->start, addr_first);
        hwaddr last = MIN(n->end, addr_last);

        if (first > last) {
            continue;
        }
        /* The length of the whole is 0 in 64 bits: in two halves. */
        if (first == 0 && last == UINT64_MAX) {
            notify_range(n, type, 0, INT64_MAX);
            first = (hwaddr)INT64_MAX + 1;
        }
        notify_range(n, type, first, last);
    }
}

void smmulator_iommu_stale(void *opaque, const struct smmu3_stale *stale)
{
    SmmulatorState *s = opaque;
    SmmulatorPort *port;

    if (stale->space == SMMU3_S) {
        return; /* QEMU's memory API knows Non-secure streams alone */
    }
    QLIST_FOREACH(port, &s->ports, next)
    {
        uint32_t sid;

        /* A port with a listener has a device, so its bus is alive. */
        if (QLIST_EMPTY(&port->region.iommu_notify)) {
            continue;
        }
        sid = smmulator_port_sid(port);
        if (sid >= stale->sid_first && sid <= stale->sid_last) {
            notify_port(port, IOMMU_NOTIFIER_UNMAP, stale->addr_first,
                        stale->addr_last);
            if (!s->ats) {
                /* No CMD_ATC_INV will come. */
                notify_port(port, IOMMU_NOTIFIER_DEVIOTLB_UNMAP,
                            stale->addr_first, stale->addr_last);
            }
        }
    }
}

void smmulator_iommu_devices_stale(SmmulatorState *s, uint32_t sid,
                                   hwaddr first, hwaddr last)
{
    SmmulatorPort *port;

    QLIST_FOREACH(port, &s->ports, next)
    {
        if (!QLIST_EMPTY(&port->region.iommu_notify) &&
            smmulator_port_sid(port) == sid) {
            notify_port(port, IOMMU_NOTIFIER_DEVIOTLB_UNMAP, first, last);
        }
    }
}

SmmulatorPort *smmulator_port_of_device(PCIDevice *dev)
{
    AddressSpace *as = pci_device_iommu_address_space(dev);
    MemoryRegion *root = as->root;

    if (!object_dynamic_cast(OBJECT(root), TYPE_SMMULATOR_REGION)) {
        return NULL;
    }
    return container_of(as, SmmulatorPort, as);
}

void smmulator_port_translate(SmmulatorPort *port, const struct smmu3_txn *txn,
                              struct smmu3_result *res)
{
    last_fault.port = NULL;
    smmu3_translate(port->smmu->core, txn, res);
    if (!txn->ssv) {
        smmulator_port_note_seen(port, txn->sid, txn->addr,
                                 txn->access != SMMU3_READ, res->outcome);
    }
}

static void region_class_init(ObjectClass *oc, SmmulatorClassData *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(oc);

    imrc->translate = smmulator_region_translate;
    imrc->notify_flag_changed = smmulator_region_flag_changed;
}

static const TypeInfo region_type = {
    .name = TYPE_SMMULATOR_REGION,
    .parent = TYPE_IOMMU_MEMORY_REGION,
    .class_init = region_class_init,
};

void smmulator_iommu_register(void)
{
    type_register_static(&region_type);
}
