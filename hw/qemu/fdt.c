/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the device tree says of SMMUs, counter groups and platform masters.
 * Layer L5.
 *
 * Done in realize: QEMU hands the tree to the guest, or dumps it, when the
 * machine is done. The bindings are arm,smmu-v3, arm,smmu-v3-pmcg, pci-iommu
 * and iommu. Root buses of pxb-pcie are not in this board's tree, so nothing
 * here names them.
 */
#include "compat.h"

#include "hw/arm/fdt.h"
#include "internal.h"

/* A page of counters. */
#define PMCG_PAGE_SIZE 0x1000

/* An interrupt specifier of the GIC: a shared one, on a rising edge. */
static void spi_cells(uint32_t cells[3], unsigned spi)
{
    cells[0] = cpu_to_be32(GIC_FDT_IRQ_TYPE_SPI);
    cells[1] = cpu_to_be32(spi);
    cells[2] = cpu_to_be32(GIC_FDT_IRQ_FLAGS_EDGE_LO_HI);
}

static void set_interrupts(const char *node, unsigned spi, unsigned count)
{
    g_autofree uint32_t *cells = g_new(uint32_t, 3 * count);

    for (unsigned i = 0; i < count; i++) {
        spi_cells(cells + 3 * i, spi + i);
    }
    qemu_fdt_setprop(smmulator_board.fdt, node, "interrupts", cells,
                     12 * (int)count);
}

static void set_msi_parent(const char *node, int device_id)
{
    if (device_id != SMMULATOR_NO_DEVICE_ID) {
        qemu_fdt_setprop_cells(smmulator_board.fdt, node, "msi-parent",
                               smmulator_board.msi_phandle, device_id);
    }
}

/* The board's own root bus, whose functions @s serves. */
static void add_pci_host(SmmulatorState *s)
{
    void *fdt = smmulator_board.fdt;
    const char *node = smmulator_board.pcie_node;

    /* default_bus_bypass_iommu=on: its functions go past the SMMU. */
    if (pci_bus_bypass_iommu(s->place.bus)) {
        return;
    }
    qemu_fdt_setprop_cells(fdt, node, "iommu-map", 0, s->place.phandle, 0,
                           0x10000);
    if (smmulator_features(s).ats) {
        qemu_fdt_setprop(fdt, node, "ats-supported", NULL, 0);
    }
}

void smmulator_fdt_add_smmu(SmmulatorState *s)
{
    static const char compatible[] = "arm,smmu-v3";
    /* In the order of enum smmu3_irq. */
    static const char names[] = "eventq\0priq\0cmdq-sync\0gerror";
    const SmmulatorPlace *place = &s->place;
    void *fdt = smmulator_board.fdt;
    g_autofree char *node =
        g_strdup_printf("/iommu@%" HWADDR_PRIx, place->base);

    qemu_fdt_add_subnode(fdt, node);
    qemu_fdt_setprop(fdt, node, "compatible", compatible, sizeof(compatible));
    qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, place->base, 2,
                                 (uint64_t)place->size);
    set_interrupts(node, place->spi, SMMU3_IRQ_LINES);
    qemu_fdt_setprop(fdt, node, "interrupt-names", names, sizeof(names));
    /* IDR0.COHACC is 1. */
    qemu_fdt_setprop(fdt, node, "dma-coherent", NULL, 0);
    if (smmulator_features(s).msi) {
        set_msi_parent(node, place->device_id);
    }
    qemu_fdt_setprop_cell(fdt, node, "#iommu-cells", 1);
    qemu_fdt_setprop_cell(fdt, node, "phandle", place->phandle);
    if (place->main) {
        add_pci_host(s);
    }
}

void smmulator_fdt_add_pmcg(const SmmulatorPmcg *pmcg)
{
    static const char compatible[] = "arm,smmu-v3-pmcg";
    void *fdt = smmulator_board.fdt;
    g_autofree char *node =
        g_strdup_printf("/pmu@%" HWADDR_PRIx, pmcg->frame.base);

    qemu_fdt_add_subnode(fdt, node);
    qemu_fdt_setprop(fdt, node, "compatible", compatible, sizeof(compatible));
    if (pmcg->page1) {
        qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, pmcg->frame.base, 2,
                                     (uint64_t)PMCG_PAGE_SIZE, 2, pmcg->page1,
                                     2, (uint64_t)PMCG_PAGE_SIZE);
    } else {
        qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, pmcg->frame.base, 2,
                                     (uint64_t)PMCG_PAGE_SIZE);
    }
    set_interrupts(node, pmcg->frame.spi, 1);
    if (pmcg->msi) {
        set_msi_parent(node, pmcg->frame.device_id);
    }
}

/*
 * Memory that the master uses already: iommu-addresses with the addresses of
 * reg makes the kernel map it to itself before it attaches the master.
 */
static void add_reserved(const SmmulatorPlatform *p, const char *node)
{
    static const char parent[] = "/reserved-memory";
    static bool made;
    void *fdt = smmulator_board.fdt;
    uint64_t base = p->reserved.base, size = p->reserved.size;
    uint32_t master = qemu_fdt_alloc_phandle(fdt);
    uint32_t region = qemu_fdt_alloc_phandle(fdt);
    g_autofree char *child =
        g_strdup_printf("%s/engine%u@%" PRIx64, parent, p->number, base);

    /* The board has none of its own. */
    if (!made) {
        made = true;
        qemu_fdt_add_subnode(fdt, parent);
        qemu_fdt_setprop_cell(fdt, parent, "#address-cells", 2);
        qemu_fdt_setprop_cell(fdt, parent, "#size-cells", 2);
        qemu_fdt_setprop(fdt, parent, "ranges", NULL, 0);
    }
    qemu_fdt_add_subnode(fdt, child);
    qemu_fdt_setprop_sized_cells(fdt, child, "reg", 2, base, 2, size);
    qemu_fdt_setprop_sized_cells(fdt, child, "iommu-addresses", 1,
                                 (uint64_t)master, 2, base, 2, size);
    qemu_fdt_setprop_cell(fdt, child, "phandle", region);
    qemu_fdt_setprop_cell(fdt, node, "memory-region", region);
    qemu_fdt_setprop_cell(fdt, node, "phandle", master);
}

static void add_iommus(const SmmulatorPlatform *p, const char *node)
{
    g_autofree uint32_t *cells = g_new(uint32_t, 2 * p->sids);

    for (unsigned i = 0; i < p->sids; i++) {
        cells[2 * i] = cpu_to_be32(p->smmu->place.phandle);
        cells[2 * i + 1] = cpu_to_be32(p->sid + i);
    }
    qemu_fdt_setprop(smmulator_board.fdt, node, "iommus", cells,
                     8 * (int)p->sids);
}

void smmulator_fdt_add_platform(const SmmulatorPlatform *p)
{
    /* The second is the binding that drivers of Arm's engine know. */
    static const char compatible[] = "smmulator,engine\0arm,smmute";
    void *fdt = smmulator_board.fdt;
    g_autofree char *node =
        g_strdup_printf("/engine@%" HWADDR_PRIx, p->frame.base);

    qemu_fdt_add_subnode(fdt, node);
    qemu_fdt_setprop(fdt, node, "compatible", compatible, sizeof(compatible));
    qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, p->frame.base, 2,
                                 p->frame.size);
    set_interrupts(node, p->frame.spi, 1);
    qemu_fdt_setprop(fdt, node, "dma-coherent", NULL, 0);
    if (p->smmu) {
        add_iommus(p, node);
    }
    if (p->can_stall) {
        qemu_fdt_setprop(fdt, node, "dma-can-stall", NULL, 0);
    }
    if (p->ssid_bits) {
        qemu_fdt_setprop_cell(fdt, node, "pasid-num-bits", p->ssid_bits);
    }
    if (p->reserved.size) {
        add_reserved(p, node);
    }
}
