/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The `virt` board: where the SMMU sits and how firmware hears of it.
 * Layer L5; the only file that sees the board's struct.
 *
 * The first place is the in-tree SMMU's own, which is empty with iommu=none.
 * The board builds its ACPI tables and hands its device tree to the guest
 * when the machine is done, after every -device: both can still be told.
 */
#include "compat.h"

#include "hw/arm/fdt.h"
#include "hw/arm/virt.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/pci-host/gpex.h"
#include "internal.h"

/* Further instances: ranges that `virt` leaves free. */
#define EXTRA_BASE UINT64_C(0x090e0000)
#define EXTRA_BASE_END UINT64_C(0x0a000000)
#define EXTRA_SPI 176u
#define EXTRA_SPI_END 256u

static unsigned extra_count;
/* vms->iommu says SMMUV3 on our behalf. */
static bool claimed;

/*
 * The struct's layout depends on how QEMU was configured, and nothing tells
 * its size. Two pointers in it, before and after the fields used here, can be
 * had from elsewhere: compared, not followed.
 */
static bool layout_fits(const VirtMachineState *vms)
{
    Object *host = object_resolve_path_type("", TYPE_GPEX_HOST, NULL);
    FWCfgState *fw_cfg = fw_cfg_find();

    return fw_cfg && host && vms->fw_cfg == fw_cfg &&
           vms->bus == PCI_HOST_BRIDGE(host)->bus;
}

static VirtMachineState *find_board(Error **errp)
{
    MachineState *machine = MACHINE(qdev_get_machine());
    VirtMachineState *vms;

    if (!object_dynamic_cast(OBJECT(machine), TYPE_VIRT_MACHINE)) {
        error_setg(errp,
                   "smmulator does not know the board '%s': use "
                   "-M virt,gic-version=3",
                   MACHINE_GET_CLASS(machine)->name);
        return NULL;
    }
    vms = VIRT_MACHINE(machine);
    if (!layout_fits(vms)) {
        error_setg(errp, "smmulator was built for another QEMU: the board's "
                         "structure differs; build it against the headers of "
                         "this one");
        return NULL;
    }
    return vms;
}

static bool check_other_iommu(const VirtMachineState *vms, Error **errp)
{
    if (vms->iommu == VIRT_IOMMU_SMMUV3 && !claimed) {
        error_setg(errp, "the board has QEMU's own SMMUv3: remove "
                         "iommu=smmuv3 from -M, or -device arm-smmuv3");
        return false;
    }
    if (vms->iommu == VIRT_IOMMU_VIRTIO) {
        error_setg(errp, "the board has a virtio-iommu: remove "
                         "-device virtio-iommu-pci");
        return false;
    }
    return true;
}

static bool window_is_free(hwaddr base)
{
    MemoryRegionSection section =
        memory_region_find(get_system_memory(), base, SMMU3_MMIO_SIZE);

    if (!section.mr) {
        return true;
    }
    memory_region_unref(section.mr);
    return false;
}

/*
 * From 10.2 on the in-tree SMMU is also a device, which may serve another root
 * bus. Once we are described there, the board's IORT leaves such devices out.
 */
static bool check_other_smmu(PCIBus *bus, Error **errp)
{
    bool several = false;

    /* On the same bus: the bus's own test tells it better. */
    if (bus->iommu_ops ||
        (!object_resolve_path_type("", "arm-smmuv3", &several) && !several)) {
        return true;
    }
    error_setg(errp, "QEMU's own SMMUv3 serves another bus, and firmware can "
                     "be told of one kind only: remove -device arm-smmuv3");
    return false;
}

static bool place_main(VirtMachineState *vms, SmmulatorPlace *place,
                       Error **errp)
{
    static bool warned;

    if (!check_other_smmu(place->bus, errp)) {
        return false;
    }
    place->main = true;
    place->base = vms->memmap[VIRT_SMMU].base;
    place->spi = vms->irqmap[VIRT_SMMU];
    if (!window_is_free(place->base)) {
        /* The bus's own test tells this case better. */
        if (!smmulator_iommu_check(place->bus, errp)) {
            return false;
        }
        error_setg(errp,
                   "something else lies at 0x%" HWADDR_PRIx ", where "
                   "the SMMU belongs",
                   place->base);
        return false;
    }
    if (vms->msi_controller == VIRT_MSI_CTRL_GICV2M && !warned) {
        warned = true;
        warn_report("smmulator: with this GIC, SPIs %u-%u are also message "
                    "interrupts of the v2m frame; use -M virt,gic-version=3",
                    place->spi, place->spi + SMMU3_IRQ_LINES - 1);
    }
    return true;
}

static bool place_extra(SmmulatorPlace *place, Error **errp)
{
    for (; EXTRA_SPI + (extra_count + 1) * SMMU3_IRQ_LINES <= EXTRA_SPI_END;
         extra_count++) {
        place->base = EXTRA_BASE + (hwaddr)extra_count * SMMU3_MMIO_SIZE;
        place->spi = EXTRA_SPI + extra_count * SMMU3_IRQ_LINES;
        if (place->base + SMMU3_MMIO_SIZE <= EXTRA_BASE_END &&
            window_is_free(place->base)) {
            return true;
        }
    }
    error_setg(errp, "the board has no room for another smmulator");
    return false;
}

bool smmulator_board_place(PCIBus *bus, SmmulatorPlace *place, Error **errp)
{
    VirtMachineState *vms = find_board(errp);

    if (!vms || !check_other_iommu(vms, errp)) {
        return false;
    }
    *place = (SmmulatorPlace){ .bus = bus ? bus : vms->bus };
    if (!pci_bus_is_root(place->bus)) {
        error_setg(errp,
                   "primary-bus=%s is not a root bus: give that of the "
                   "board or of a pxb-pcie",
                   BUS(place->bus)->name);
        return false;
    }
    if (!(place->bus == vms->bus ? place_main(vms, place, errp)
                                 : place_extra(place, errp))) {
        return false;
    }
    for (unsigned i = 0; i < SMMU3_IRQ_LINES; i++) {
        place->irq[i] = qdev_get_gpio_in(vms->gic, place->spi + i);
    }
    return true;
}

/* The binding is arm,smmu-v3; interrupts in the order of enum smmu3_irq. */
static void add_fdt_node(VirtMachineState *vms, const SmmulatorPlace *place)
{
    static const char compatible[] = "arm,smmu-v3";
    static const char names[] = "eventq\0priq\0cmdq-sync\0gerror";
    void *fdt = MACHINE(vms)->fdt;
    g_autofree char *node =
        g_strdup_printf("/iommu@%" HWADDR_PRIx, place->base);
    uint32_t cells[SMMU3_IRQ_LINES * 3];

    for (unsigned i = 0; i < SMMU3_IRQ_LINES; i++) {
        cells[3 * i] = cpu_to_be32(GIC_FDT_IRQ_TYPE_SPI);
        cells[3 * i + 1] = cpu_to_be32(place->spi + i);
        cells[3 * i + 2] = cpu_to_be32(GIC_FDT_IRQ_FLAGS_EDGE_LO_HI);
    }
    vms->iommu_phandle = qemu_fdt_alloc_phandle(fdt);
    qemu_fdt_add_subnode(fdt, node);
    qemu_fdt_setprop(fdt, node, "compatible", compatible, sizeof(compatible));
    qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, place->base, 2,
                                 (uint64_t)SMMU3_MMIO_SIZE);
    qemu_fdt_setprop(fdt, node, "interrupts", cells, sizeof(cells));
    qemu_fdt_setprop(fdt, node, "interrupt-names", names, sizeof(names));
    qemu_fdt_setprop(fdt, node, "dma-coherent", NULL, 0);
    qemu_fdt_setprop_cell(fdt, node, "#iommu-cells", 1);
    qemu_fdt_setprop_cell(fdt, node, "phandle", vms->iommu_phandle);
}

void smmulator_board_claim(const SmmulatorPlace *place)
{
    VirtMachineState *vms = VIRT_MACHINE(qdev_get_machine());

    if (!place->main) {
        extra_count++;
        return;
    }
    add_fdt_node(vms, place);
    /* default_bus_bypass_iommu=on: the bus's functions go past the SMMU. */
    if (!pci_bus_bypass_iommu(place->bus)) {
        qemu_fdt_setprop_cells(MACHINE(vms)->fdt, vms->pciehb_nodename,
                               "iommu-map", 0, vms->iommu_phandle, 0, 0x10000);
    }
    SMMULATOR_CLAIM_IORT(vms);
    claimed = true;
}
