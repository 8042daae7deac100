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
#include "system/system.h"
#include "internal.h"

/* Ranges that `virt` leaves free: further instances from the bottom, single
 * interrupts from the top. */
#define EXTRA_BASE UINT64_C(0x090e0000)
#define EXTRA_BASE_END UINT64_C(0x0a000000)
#define EXTRA_SPI 176u
#define EXTRA_SPI_END 256u

/*
 * DeviceIDs of SMMUs, counter groups and platform masters. `virt` has one ITS
 * with 16-bit DeviceIDs, and all 2^16 are requester IDs of PCI functions:
 * those of device 31 on the board's root bus are kept free.
 */
#define RESERVED_SLOT 31
#define DEVICE_ID PCI_BUILD_BDF(0, PCI_DEVFN(RESERVED_SLOT, 0))
#define DEVICE_ID_END (DEVICE_ID + 8)

SmmulatorBoard smmulator_board;

static hwaddr next_base = EXTRA_BASE;
static unsigned next_spi = EXTRA_SPI;
static unsigned top_spi = EXTRA_SPI_END;
static unsigned next_device_id = DEVICE_ID;
static unsigned platform_count;
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

static bool window_is_free(hwaddr base, uint64_t size)
{
    MemoryRegionSection section =
        memory_region_find(get_system_memory(), base, size);

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

/* The next free window of @size bytes, a power of two; 0 if there is none.
 * It is taken when @next_base moves behind it. */
static hwaddr find_window(uint64_t size)
{
    hwaddr base = QEMU_ALIGN_UP(next_base, size);

    for (; base + size <= EXTRA_BASE_END; base += size) {
        if (window_is_free(base, size)) {
            return base;
        }
    }
    return 0;
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
    if (place->size > SMMU3_MMIO_SIZE) {
        /* The usual window has no room for optional pages. */
        place->base = find_window(place->size);
        if (!place->base) {
            error_setg(errp, "the board has no room for the registers of "
                             "vatos=on or ecmdq=on");
            return false;
        }
    } else if (!window_is_free(place->base, place->size)) {
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
    place->base = find_window(place->size);
    place->spi = next_spi;
    if (!place->base || place->spi + SMMU3_IRQ_LINES > top_spi) {
        error_setg(errp, "the board has no room for another smmulator");
        return false;
    }
    return true;
}

static int peek_device_id(void)
{
    return smmulator_board.its && next_device_id < DEVICE_ID_END
               ? (int)next_device_id
               : SMMULATOR_NO_DEVICE_ID;
}

static int take_device_id(void)
{
    int id = peek_device_id();

    next_device_id += id != SMMULATOR_NO_DEVICE_ID;
    return id;
}

/* The board is known to be ours: what the descriptions need of it. */
static void learn_board(VirtMachineState *vms)
{
    smmulator_board.fdt = MACHINE(vms)->fdt;
    smmulator_board.pcie_node = vms->pciehb_nodename;
    smmulator_board.its = vms->msi_controller == VIRT_MSI_CTRL_ITS;
    smmulator_board.msi_phandle = vms->msi_phandle;
}

static bool check_bus(const VirtMachineState *vms, PCIBus *bus, bool platform,
                      Error **errp)
{
    if (bus && platform) {
        error_setg(errp, "platform=on serves no bus: drop it, or primary-bus");
        return false;
    }
    if (bus && !pci_bus_is_root(bus)) {
        error_setg(errp,
                   "primary-bus=%s is not a root bus: give that of the "
                   "board or of a pxb-pcie",
                   BUS(bus)->name);
        return false;
    }
    return check_other_iommu(vms, errp);
}

bool smmulator_board_place(PCIBus *bus, bool platform, uint32_t size,
                           SmmulatorPlace *place, Error **errp)
{
    VirtMachineState *vms = find_board(errp);

    if (!vms || !check_bus(vms, bus, platform, errp)) {
        return false;
    }
    learn_board(vms);
    *place = (SmmulatorPlace){
        .size = size,
        .bus = platform ? NULL
               : bus    ? bus
                        : vms->bus,
        .device_id = peek_device_id(),
    };
    if (!(place->bus == vms->bus ? place_main(vms, place, errp)
                                 : place_extra(place, errp))) {
        return false;
    }
    for (unsigned i = 0; i < SMMU3_IRQ_LINES; i++) {
        place->irq[i] = qdev_get_gpio_in(vms->gic, place->spi + i);
    }
    return true;
}

void smmulator_board_claim(SmmulatorState *s)
{
    VirtMachineState *vms = VIRT_MACHINE(qdev_get_machine());
    SmmulatorPlace *place = &s->place;

    take_device_id();
    if (place->base >= next_base) {
        next_base = place->base + place->size;
    }
    if (!place->main) {
        next_spi += SMMU3_IRQ_LINES;
    }
    place->phandle = qemu_fdt_alloc_phandle(smmulator_board.fdt);
    smmulator_fdt_add_smmu(s);
    if (place->main) {
        vms->iommu_phandle = place->phandle;
        SMMULATOR_CLAIM_IORT(vms);
        claimed = true;
    }
}

bool smmulator_board_frame(uint64_t size, bool message, SmmulatorFrame *frame,
                           Error **errp)
{
    VirtMachineState *vms = find_board(errp);

    if (!vms) {
        return false;
    }
    learn_board(vms);
    *frame = (SmmulatorFrame){
        .base = find_window(size),
        .size = size,
        .spi = top_spi - 1,
        .device_id = SMMULATOR_NO_DEVICE_ID,
    };
    if (!frame->base || frame->spi < next_spi) {
        error_setg(errp, "the board has no room for more registers and "
                         "interrupts of smmulator's devices");
        return false;
    }
    next_base = frame->base + size;
    top_spi--;
    if (message) {
        frame->device_id = take_device_id();
    }
    frame->irq = qdev_get_gpio_in(vms->gic, frame->spi);
    return true;
}

void smmulator_board_add_pmcg(SmmulatorPmcg *pmcg)
{
    QLIST_INSERT_HEAD(&smmulator_board.pmcgs, pmcg, next);
    smmulator_fdt_add_pmcg(pmcg);
}

void smmulator_board_add_platform(SmmulatorPlatform *platform)
{
    platform->number = platform_count++;
    if (platform->secure) {
        QLIST_INSERT_HEAD(&smmulator_board.secure_platforms, platform, next);
        return;
    }
    QLIST_INSERT_HEAD(&smmulator_board.platforms, platform, next);
    smmulator_fdt_add_platform(platform);
}

/* Nobody else may have the DeviceIDs that were given away. */
static void check_reserved_slot(const VirtMachineState *vms)
{
    for (unsigned i = 0; i < PCI_FUNC_MAX; i++) {
        PCIDevice *dev = vms->bus->devices[PCI_DEVFN(RESERVED_SLOT, i)];

        if (dev) {
            error_report("smmulator: %s%s%s sits at %02x.%x of bus %s, whose "
                         "DeviceIDs at the ITS are those of the SMMU itself: "
                         "give it another address, or put it behind a "
                         "pcie-root-port",
                         object_get_typename(OBJECT(dev)),
                         DEVICE(dev)->id ? " " : "",
                         DEVICE(dev)->id ? DEVICE(dev)->id : "", RESERVED_SLOT,
                         i, BUS(vms->bus)->name);
            exit(1);
        }
    }
}

/* Whoever comes first finds no SMMU. */
static void warn_untranslated(void)
{
    const SmmulatorPlatform *p;

    if (QLIST_EMPTY(&smmulator_instances)) {
        return;
    }
    QLIST_FOREACH(p, &smmulator_board.platforms, next)
    {
        if (!p->smmu) {
            warn_report("smmulator: platform engine %u comes before the SMMU, "
                        "so nothing translates for it: put its -device after "
                        "that of the smmulator",
                        p->number);
        }
    }
}

/* All of -device is realized, and the board's own notifier ran before this:
 * the ACPI tables are there. */
static void machine_done(Notifier *notifier, void *data)
{
    if (!QLIST_EMPTY(&smmulator_instances)) {
        smmulator_tcg_make_atomic();
    }
    if (next_device_id != DEVICE_ID) {
        check_reserved_slot(VIRT_MACHINE(qdev_get_machine()));
    }
    warn_untranslated();
    if (smmulator_board.fdt) {
        smmulator_acpi_attach();
    }
}

static Notifier machine_done_notifier = { .notify = machine_done };

void smmulator_board_register(void)
{
    qemu_add_machine_init_done_notifier(&machine_done_notifier);
}
