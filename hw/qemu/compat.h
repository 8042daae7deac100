/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's headers, and the only conditionals on QEMU's version.
 * Layer L5: the first include of every file in this directory.
 *
 * Versions: 10.0 and later. Headers moved in 10.1 (exec/ to system/) and in
 * 11.0 (hw/ to hw/core/); where they lie is asked of the tree itself.
 */
#ifndef SMMULATOR_COMPAT_H
#define SMMULATOR_COMPAT_H

#include "qemu/osdep.h"

#if !defined(QEMU_VERSION_MAJOR) || !defined(QEMU_VERSION_MINOR)
#error "config-host.h does not tell QEMU's version"
#endif
#define SMMULATOR_QEMU_AT_LEAST(major, minor) \
    (QEMU_VERSION_MAJOR > (major) ||          \
     (QEMU_VERSION_MAJOR == (major) && QEMU_VERSION_MINOR >= (minor)))
#if !SMMULATOR_QEMU_AT_LEAST(10, 0)
#error "QEMU 10.0 or later is needed"
#endif

#include "qapi/error.h"
#include "qapi/qmp-registry.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "qobject/qbool.h"
#include "qom/object.h"
#include "migration/vmstate.h"
#include "system/device_tree.h"
#include "system/reset.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pci_host.h"

#if __has_include("system/memory.h")
#include "system/memory.h"
#include "system/address-spaces.h"
#else
#include "exec/memory.h"
#include "exec/address-spaces.h"
#endif

#if __has_include("plugins/qemu-plugin.h")
#include "plugins/qemu-plugin.h"
#else
#include "qemu/qemu-plugin.h"
#endif

#if __has_include("hw/core/qdev.h")
#include "hw/core/qdev.h"
#include "hw/core/boards.h"
#include "hw/core/irq.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/resettable.h"
#else
#include "hw/qdev-core.h"
#include "hw/boards.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#endif

/* TypeInfo.class_init's second argument. */
#if SMMULATOR_QEMU_AT_LEAST(10, 1)
typedef const void SmmulatorClassData;
#else
typedef void SmmulatorClassData;
#endif

/*
 * Makes QEMU's own IORT describe one SMMUv3 at the board's usual place. From
 * 10.2 on the builder asks a field of its own; board-virt.c, which includes
 * the board's header, is the only user.
 */
#if SMMULATOR_QEMU_AT_LEAST(10, 2)
#define SMMULATOR_CLAIM_IORT(vms)            \
    do {                                     \
        (vms)->iommu = VIRT_IOMMU_SMMUV3;    \
        (vms)->legacy_smmuv3_present = true; \
    } while (0)
#else
#define SMMULATOR_CLAIM_IORT(vms)         \
    do {                                  \
        (vms)->iommu = VIRT_IOMMU_SMMUV3; \
    } while (0)
#endif

/* Exported by the binary, declared in a header of its private monitor/. */
extern QmpCommandList qmp_commands;

#endif
