/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plugin.c as another build would have it, to see QEMU refuse it: with
 * OTHER_VERSION one for another QEMU, otherwise one for a QEMU whose struct
 * PCIDevice differs. All else is the plugin's own.
 * Tests only.
 */
#include "compat.h"

#include "hw/pci/pci_device.h"
#include "internal.h"

#ifdef OTHER_VERSION
#undef QEMU_VERSION
#define QEMU_VERSION "1.2.3"
#else
/* The property keeps its name; its member is taken for another. */
#define max_bounce_buffer_size acpi_index
#endif

#include "plugin.c"
