/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two symbols that QEMU looks for in a plugin, and the guard that keeps
 * this one out of a QEMU which it was not built for.
 * Layer L5.
 */
#include "compat.h"

#include "qapi/qapi-commands-control.h"
#include "internal.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/* Structures are only promised to agree within one release. */
static bool version_agrees(void)
{
    VersionInfo *info = qmp_query_version(NULL);
    g_autofree char *running =
        g_strdup_printf("%" PRId64 ".%" PRId64 ".%" PRId64, info->qemu->major,
                        info->qemu->minor, info->qemu->micro);
    bool agrees = g_str_equal(running, QEMU_VERSION);

    if (!agrees) {
        error_report("smmulator: built for QEMU %s, loaded into %s: build it "
                     "against the headers of this QEMU",
                     QEMU_VERSION, running);
    }
    qapi_free_VersionInfo(info);
    return agrees;
}

/*
 * Members of struct PCIDevice that are properties. The last one lies behind
 * DeviceState and several MemoryRegions, so it also tells their sizes (an
 * Int128 of the wrong kind is caught here).
 */
static const struct {
    const char *name;
    ptrdiff_t offset;
} pci_members[] = {
    { "addr", offsetof(PCIDevice, devfn) },
    { "romfile", offsetof(PCIDevice, romfile) },
    { "rombar", offsetof(PCIDevice, rom_bar) },
    { "multifunction", offsetof(PCIDevice, cap_present) },
    { "failover_pair_id", offsetof(PCIDevice, failover_pair_id) },
    { "acpi-index", offsetof(PCIDevice, acpi_index) },
    { "x-max-bounce-buffer-size", offsetof(PCIDevice, max_bounce_buffer_size) },
};

static const Property *find_property(const DeviceClass *dc, const char *name)
{
    for (unsigned i = 0; i < dc->props_count_; i++) {
        if (dc->props_[i].name && g_str_equal(dc->props_[i].name, name)) {
            return &dc->props_[i];
        }
    }
    return NULL;
}

static bool layout_agrees(void)
{
    ObjectClass *oc = object_class_by_name(TYPE_PCI_DEVICE);

    if (!oc) {
        error_report("smmulator: this QEMU has no PCI");
        return false;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(pci_members); i++) {
        const Property *p =
            find_property(DEVICE_CLASS(oc), pci_members[i].name);

        if (!p || p->offset != pci_members[i].offset) {
            error_report("smmulator: built for a QEMU configured otherwise "
                         "(PCIDevice's '%s' lies at %td, here at %td): build "
                         "it against the headers of this QEMU",
                         pci_members[i].name, pci_members[i].offset,
                         p ? p->offset : (ptrdiff_t)-1);
            return false;
        }
    }
    return true;
}

/*
 * Read before the board is made: types registered here serve -device.
 * A return value other than 0 ends QEMU with an error.
 */
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
                                           const qemu_info_t *info, int argc,
                                           char **argv)
{
    if (!info->system_emulation) {
        error_report("smmulator: needs a qemu-system-* binary");
        return -1;
    }
    if (argc) {
        error_report("smmulator: the plugin takes no argument '%s'; "
                     "properties go to -device smmulator,...",
                     argv[0]);
        return -1;
    }
    if (!version_agrees() || !layout_agrees()) {
        return -1;
    }
    if (object_class_by_name(TYPE_SMMULATOR)) {
        error_report("smmulator: loaded twice; give -plugin once");
        return -1;
    }
    smmulator_iommu_register();
    smmulator_device_register();
    smmulator_engine_register();
    smmulator_engine_platform_register();
    smmulator_exerciser_register();
    smmulator_testdev_register();
    smmulator_monitor_register();
    smmulator_board_register();
    return 0;
}
