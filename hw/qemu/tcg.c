/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What TCG has to know of an SMMU that updates descriptors.
 * Layer L5.
 *
 * A file of its own: the header of translation blocks asks whether QEMU runs
 * a whole system, which other files of this layer are not to ask.
 */
#define COMPILING_SYSTEM_VS_USER
#include "compat.h"
#include "exec/translation-block.h"
#include "system/tcg.h"
#include "internal.h"

void smmulator_tcg_make_atomic(void)
{
    CPUState *cpu;

    if (tcg_enabled()) {
        CPU_FOREACH(cpu)
        {
            tcg_cflags_set(cpu, CF_PARALLEL);
        }
    }
}
