/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `iommu-testdev` for a QEMU that has no device of that name yet, so that the
 * qtests which newer QEMU versions bring for their SMMUv3 can drive this one.
 * Layer L5.
 */
#include "compat.h"
#include "smmulator.h"
#include "iommu-testdev.h"

#define TYPE_TESTDEV "iommu-testdev"

OBJECT_DECLARE_SIMPLE_TYPE(SmmulatorTestdev, TESTDEV)

struct SmmulatorTestdev {
    PCIDevice parent_obj;

    MemoryRegion regs;
    struct smmu3_testdev dev;
};

static MemTxAttrs testdev_attrs(SmmulatorTestdev *s,
                                const struct smmu3_testdev_attrs *attrs)
{
    return (MemTxAttrs){
        .secure = attrs->secure,
        .space = attrs->space,
        .requester_id = pci_requester_id(PCI_DEVICE(s)),
    };
}

/*
 * The address space of the IOMMU itself: as with QEMU's device, the bus master
 * bit does not matter. Looked up now, so the device may come before the SMMU
 * on the command line.
 */
static bool testdev_dma_write(void *opaque,
                              const struct smmu3_testdev_attrs *attrs,
                              uint64_t addr, const void *buf, size_t len)
{
    SmmulatorTestdev *s = opaque;
    AddressSpace *as = pci_device_iommu_address_space(PCI_DEVICE(s));

    return address_space_write(as, addr, testdev_attrs(s, attrs), buf, len) ==
           MEMTX_OK;
}

static bool testdev_phys_read(void *opaque,
                              const struct smmu3_testdev_attrs *attrs,
                              uint64_t addr, void *buf, size_t len)
{
    SmmulatorTestdev *s = opaque;

    return address_space_read(&address_space_memory, addr,
                              testdev_attrs(s, attrs), buf, len) == MEMTX_OK;
}

static uint64_t testdev_mmio_read(void *opaque, hwaddr offset, unsigned size)
{
    SmmulatorTestdev *s = opaque;

    return smmu3_testdev_read(&s->dev, offset);
}

static void testdev_mmio_write(void *opaque, hwaddr offset, uint64_t value,
                               unsigned size)
{
    SmmulatorTestdev *s = opaque;

    smmu3_testdev_write(&s->dev, offset, value);
}

static const MemoryRegionOps testdev_ops = {
    .read = testdev_mmio_read,
    .write = testdev_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void testdev_realize(PCIDevice *dev, Error **errp)
{
    SmmulatorTestdev *s = TESTDEV(dev);
    const struct smmu3_testdev_host host = {
        .opaque = s,
        .dma_write = testdev_dma_write,
        .phys_read = testdev_phys_read,
    };

    smmu3_testdev_init(&s->dev, &host);
    memory_region_init_io(&s->regs, OBJECT(s), &testdev_ops, s, TYPE_TESTDEV,
                          SMMU3_TESTDEV_MMIO_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->regs);
}

static void testdev_reset(DeviceState *dev)
{
    smmu3_testdev_reset(&TESTDEV(dev)->dev);
}

static const VMStateDescription testdev_vmstate = {
    .name = TYPE_TESTDEV,
    .unmigratable = 1,
};

static void testdev_class_init(ObjectClass *klass, SmmulatorClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = testdev_realize;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = PCI_DEVICE_ID_REDHAT_TEST;
    pc->class_id = PCI_CLASS_OTHERS;
    dc->desc = "one DMA for a qtest of an IOMMU (smmulator's)";
    dc->vmsd = &testdev_vmstate;
    device_class_set_legacy_reset(dc, testdev_reset);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static InterfaceInfo testdev_interfaces[] = {
    { INTERFACE_CONVENTIONAL_PCI_DEVICE },
    {},
};

static const TypeInfo testdev_type = {
    .name = TYPE_TESTDEV,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(SmmulatorTestdev),
    .class_init = testdev_class_init,
    .interfaces = testdev_interfaces,
};

void smmulator_testdev_register(void)
{
    if (!module_object_class_by_name(TYPE_TESTDEV)) {
        type_register_static(&testdev_type);
    }
}
