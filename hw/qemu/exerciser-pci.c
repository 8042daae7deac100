/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's BSA/SBSA Exerciser as a PCI device, 13b5:ed01: an integrated endpoint
 * on a root bus, an ordinary one below a port. Registers in BAR 0, the memory
 * of its DMA in BAR 1, the MSI-X table in BAR 2 and its pending bits in BAR 4.
 * Layer L5.
 */
#include "compat.h"
#include "qemu/units.h"
#include "hw/pci/msix.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pcie_aer.h"
#include "hw/pci/pci_bridge.h"
#include "endpoint.h"
#include "exerciser.h"
#include "smmulator.h"

#define TYPE_SMMULATOR_EXERCISER "smmulator-exerciser"

#define EXERCISER_VENDOR_ID 0x13b5
#define EXERCISER_DEVICE_ID 0xed01
#define EXERCISER_CLASS 0xed00
#define EXERCISER_TABLE_SIZE (32 * KiB)
#define EXERCISER_PBA_SIZE (4 * KiB)

/* Memory attributes of a No Snoop request (13.6.4): Normal, Non-cacheable,
 * Outer Shareable. */
#define NO_SNOOP_ATTR 0x44
#define NO_SNOOP_SH 2
#define NO_ATTR 0xff

OBJECT_DECLARE_SIMPLE_TYPE(SmmulatorExerciser, SMMULATOR_EXERCISER)

struct SmmulatorExerciser {
    PCIDevice parent_obj;

    MemoryRegion regs;
    MemoryRegion mem;
    MemoryRegion table;
    MemoryRegion pba;
    SmmulatorEndpoint endpoint;
    uint32_t trace_entries;
    struct smmu3_exerciser *x;
    /* It has left its bus, perhaps by a transaction of its own, which is still
     * in progress: the memory stays until the object goes. */
    bool gone;
};

/* The root or switch port above @dev; NULL on a root bus. */
static PCIDevice *upstream_port(PCIDevice *dev)
{
    PCIDevice *port = pci_bridge_get_device(pci_get_bus(dev));

    return port && pci_is_express(port) && pci_is_express_downstream_port(port)
               ? port
               : NULL;
}

/* What ACS checks at the port: Source Validation and Translation Blocking
 * (PCIe 6.12.1.1). */
static bool acs_allows(PCIDevice *port, uint16_t rid, bool translated)
{
    uint16_t enabled;
    uint8_t bus = PCI_BUS_NUM(rid);

    if (!port->exp.acs_cap) {
        return true;
    }
    enabled = pci_get_word(port->config + port->exp.acs_cap + PCI_ACS_CTRL);
    if ((enabled & PCI_ACS_SV) && (bus < port->config[PCI_SECONDARY_BUS] ||
                                   bus > port->config[PCI_SUBORDINATE_BUS])) {
        return false;
    }
    return !(enabled & PCI_ACS_TB) || !translated;
}

/* The port has received what it must refuse: its error registers say so. */
static void port_error(PCIDevice *port, uint32_t status, uint16_t rid)
{
    const PCIEAERErr err = { .status = status, .source_id = rid };

    if (port->exp.aer_cap) {
        pcie_aer_inject_error(port, &err);
    }
}

/* Whether a request leaves the port above @dev, if there is one. */
static bool port_passes(PCIDevice *dev,
                        const struct smmu3_exerciser_attrs *attrs)
{
    PCIDevice *port = upstream_port(dev);
    uint16_t rid = attrs->rid_valid ? attrs->rid : pci_requester_id(dev);

    if (port && !attrs->reserved && !acs_allows(port, rid, attrs->translated)) {
        port_error(port, PCI_ERR_UNC_ACSV, rid);
        return false;
    }
    if (attrs->reserved) {
        if (port) {
            port_error(port, PCI_ERR_UNC_UNSUP, rid);
        }
        return false;
    }
    return true;
}

static bool exerciser_dma(void *opaque,
                          const struct smmu3_exerciser_attrs *attrs,
                          uint64_t addr, void *buf, size_t len, bool write)
{
    SmmulatorExerciser *s = opaque;
    PCIDevice *dev = PCI_DEVICE(s);
    const SmmulatorMaster master = { .pci = dev };
    const struct smmulator_attrs a = {
        .ssv = attrs->ssv,
        .ssid = attrs->ssid,
        .pnu = attrs->priv,
        .ind = attrs->exe,
        .ns = true,
        .translated = attrs->translated,
        .rid_valid = attrs->rid_valid,
        .rid = attrs->rid,
        .attr = attrs->no_snoop ? NO_SNOOP_ATTR : NO_ATTR,
        .sh = attrs->no_snoop ? NO_SNOOP_SH : 0,
    };

    return !s->gone &&
           (pci_get_word(dev->config + PCI_COMMAND) & PCI_COMMAND_MASTER) &&
           smmulator_endpoint_may_send(&s->endpoint, &a) &&
           port_passes(dev, attrs) &&
           smmulator_dma(&master, &a, addr, buf, len, write) == MEMTX_OK;
}

static void exerciser_msi(void *opaque, unsigned vector)
{
    SmmulatorExerciser *s = opaque;

    if (!s->gone && msix_enabled(PCI_DEVICE(s))) {
        msix_notify(PCI_DEVICE(s), vector);
    }
}

static void exerciser_intx(void *opaque, bool level)
{
    SmmulatorExerciser *s = opaque;

    if (!s->gone) {
        pci_set_irq(PCI_DEVICE(s), level);
    }
}

static void exerciser_invalidated(SmmulatorEndpoint *e)
{
    smmu3_exerciser_invalidated(SMMULATOR_EXERCISER(e->dev)->x);
}

static const SmmulatorEndpointOps exerciser_endpoint_ops = {
    .invalidated = exerciser_invalidated,
};

/* The address on the bus of what lies in a BAR. */
static void trace_bar(SmmulatorExerciser *s, unsigned bar, bool read,
                      hwaddr offset, uint64_t data, unsigned size)
{
    const struct smmu3_exerciser_access access = {
        .read = read,
        .size = size,
        .addr = pci_get_bar_addr(PCI_DEVICE(s), bar) + offset,
        .data = data,
    };

    smmu3_exerciser_trace(s->x, &access);
}

static uint64_t regs_read(void *opaque, hwaddr offset, unsigned size)
{
    SmmulatorExerciser *s = opaque;
    uint64_t value = smmu3_exerciser_read_reg(s->x, offset, size);

    if (!smmu3_exerciser_is_trace_reg(offset)) {
        trace_bar(s, 0, true, offset, value, size);
    }
    return value;
}

static void regs_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
    SmmulatorExerciser *s = opaque;

    if (!smmu3_exerciser_is_trace_reg(offset)) {
        trace_bar(s, 0, false, offset, value, size);
    }
    /* It does its DMA at once, which may unplug it. */
    object_ref(OBJECT(s));
    smmu3_exerciser_write_reg(s->x, offset, value, size);
    object_unref(OBJECT(s));
}

static uint64_t mem_read(void *opaque, hwaddr offset, unsigned size)
{
    SmmulatorExerciser *s = opaque;
    uint64_t value = smmu3_exerciser_read_mem(s->x, offset, size);

    trace_bar(s, 1, true, offset, value, size);
    return value;
}

static void mem_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    SmmulatorExerciser *s = opaque;

    trace_bar(s, 1, false, offset, value, size);
    smmu3_exerciser_write_mem(s->x, offset, value, size);
}

static const MemoryRegionOps regs_ops = {
    .read = regs_read,
    .write = regs_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

static const MemoryRegionOps mem_ops = {
    .read = mem_read,
    .write = mem_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* The address of a configuration access: as in ECAM, from bus 0. */
static void trace_config(SmmulatorExerciser *s, bool read, uint32_t addr,
                         uint32_t data, int size)
{
    const struct smmu3_exerciser_access access = {
        .config = true,
        .read = read,
        .size = size,
        .addr = (uint64_t)pci_get_bdf(PCI_DEVICE(s)) << 12 | addr,
        .data = data,
    };

    smmu3_exerciser_trace(s->x, &access);
}

static uint32_t exerciser_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    SmmulatorExerciser *s = SMMULATOR_EXERCISER(dev);
    uint32_t value = smmulator_endpoint_read_config(&s->endpoint, addr, len);

    trace_config(s, true, addr, value, len);
    return value;
}

static void exerciser_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                   int len)
{
    SmmulatorExerciser *s = SMMULATOR_EXERCISER(dev);

    trace_config(s, false, addr, len < 4 ? val & ((1u << 8 * len) - 1) : val,
                 len);
    smmulator_endpoint_write_config(&s->endpoint, addr, val, len);
}

static void exerciser_init_bars(SmmulatorExerciser *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    Object *owner = OBJECT(s);

    memory_region_init_io(&s->regs, owner, &regs_ops, s,
                          TYPE_SMMULATOR_EXERCISER "-regs",
                          SMMU3_EXERCISER_REGS_SIZE);
    memory_region_init_io(&s->mem, owner, &mem_ops, s,
                          TYPE_SMMULATOR_EXERCISER "-mem",
                          SMMU3_EXERCISER_MEM_SIZE);
    memory_region_init(&s->table, owner, TYPE_SMMULATOR_EXERCISER "-msix-table",
                       EXERCISER_TABLE_SIZE);
    memory_region_init(&s->pba, owner, TYPE_SMMULATOR_EXERCISER "-msix-pba",
                       EXERCISER_PBA_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->regs);
    pci_register_bar(dev, 1, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mem);
    pci_register_bar(dev, 2, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->table);
    pci_register_bar(dev, 4, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->pba);
}

/* Capabilities: false leaves none behind. */
static bool exerciser_init_caps(SmmulatorExerciser *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (pcie_endpoint_cap_init(dev, 0) < 0) {
        error_setg(errp, TYPE_SMMULATOR_EXERCISER " needs a PCI Express bus");
        return false;
    }
    if (msix_init(dev, SMMU3_EXERCISER_VECTORS, &s->table, 2, 0, &s->pba, 4, 0,
                  0, errp) < 0) {
        pcie_cap_exit(dev);
        return false;
    }
    for (unsigned i = 0; i < SMMU3_EXERCISER_VECTORS; i++) {
        msix_vector_use(dev, i);
    }
    if (!smmulator_endpoint_init(&s->endpoint, dev, &exerciser_endpoint_ops, 1,
                                 errp)) {
        msix_uninit(dev, &s->table, &s->pba);
        pcie_cap_exit(dev);
        return false;
    }
    return true;
}

static void exerciser_exit(PCIDevice *dev)
{
    SmmulatorExerciser *s = SMMULATOR_EXERCISER(dev);

    s->gone = true;
    smmulator_endpoint_exit(&s->endpoint);
    msix_unuse_all_vectors(dev);
    msix_uninit(dev, &s->table, &s->pba);
    pcie_cap_exit(dev);
}

static void exerciser_finalize(Object *obj)
{
    SmmulatorExerciser *s = SMMULATOR_EXERCISER(obj);

    /* Realized once, or never. */
    if (s->gone) {
        smmu3_exerciser_free(s->x);
        smmulator_endpoint_free(&s->endpoint);
    }
}

static void exerciser_realize(PCIDevice *dev, Error **errp)
{
    SmmulatorExerciser *s = SMMULATOR_EXERCISER(dev);
    const struct smmu3_exerciser_host host = {
        .opaque = s,
        .dma = exerciser_dma,
        .msi = exerciser_msi,
        .intx = exerciser_intx,
    };

    exerciser_init_bars(s);
    pci_config_set_interrupt_pin(dev->config, 1);
    if (!exerciser_init_caps(s, errp)) {
        return;
    }
    s->x = smmu3_exerciser_new(&host, s->endpoint.atc, s->trace_entries);
    if (!s->x) {
        error_setg(errp,
                   "max-transaction-trace-entries=%u: 1 to %u are "
                   "possible",
                   s->trace_entries, SMMU3_EXERCISER_TRACE_MAX);
        exerciser_exit(dev);
    }
}

static void exerciser_reset(DeviceState *dev)
{
    SmmulatorExerciser *s = SMMULATOR_EXERCISER(dev);

    pci_set_irq(PCI_DEVICE(s), 0);
    smmu3_exerciser_reset(s->x);
    smmulator_endpoint_reset(&s->endpoint);
}

static const Property exerciser_properties[] = {
    SMMULATOR_ENDPOINT_PROPERTIES(SmmulatorExerciser, endpoint),
    DEFINE_PROP_UINT32("max-transaction-trace-entries", SmmulatorExerciser,
                       trace_entries, SMMU3_EXERCISER_TRACE_DEFAULT),
};

static const VMStateDescription exerciser_vmstate = {
    .name = TYPE_SMMULATOR_EXERCISER,
    .unmigratable = 1,
};

static void exerciser_class_init(ObjectClass *klass, SmmulatorClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = exerciser_realize;
    pc->exit = exerciser_exit;
    pc->config_read = exerciser_config_read;
    pc->config_write = exerciser_config_write;
    pc->vendor_id = EXERCISER_VENDOR_ID;
    pc->device_id = EXERCISER_DEVICE_ID;
    pc->class_id = EXERCISER_CLASS;
    dc->desc = "Arm BSA/SBSA Exerciser";
    dc->vmsd = &exerciser_vmstate;
    device_class_set_props(dc, exerciser_properties);
    device_class_set_legacy_reset(dc, exerciser_reset);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static InterfaceInfo exerciser_interfaces[] = {
    { INTERFACE_PCIE_DEVICE },
    {},
};

static const TypeInfo exerciser_type = {
    .name = TYPE_SMMULATOR_EXERCISER,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(SmmulatorExerciser),
    .instance_finalize = exerciser_finalize,
    .class_init = exerciser_class_init,
    .interfaces = exerciser_interfaces,
};

void smmulator_exerciser_register(void)
{
    type_register_static(&exerciser_type);
}
