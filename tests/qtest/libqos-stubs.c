/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libqos wants of QEMU's own objects. The graph of devices, which its
 * files describe in constructors, is not used: the tests that are built here
 * name their machine.
 * Tests only.
 */
#include "qemu/osdep.h"
#include "qemu/module.h"

void register_module_init(void (*fn)(void), module_init_type type)
{
    (void)fn;
    (void)type;
}
