/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The specification's names of numbers.
 * Layer L4: no QEMU.
 */
#ifndef SMMU3_NAMES_H
#define SMMU3_NAMES_H

#include "smmu3/smmu3.h"

/* A command's name without its prefix, as "CFGI_STE"; NULL if reserved. */
const char *smmu3_opcode_name(unsigned opcode);

/* An event's name, as "F_TRANSLATION"; NULL if reserved. */
const char *smmu3_event_name(unsigned event);

/* CLASS of an event, as "TT"; "reserved" if it is. */
const char *smmu3_class_name(unsigned class_of);

#endif
