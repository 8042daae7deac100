/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine's attributes field.
 * Layer L4: knows neither the SMMU nor QEMU.
 */
#ifndef TEST_ENGINE_ATTRS_H
#define TEST_ENGINE_ATTRS_H

#include "test-engine.h"

/*
 * Decodes @half, the source's or the destination's half of the field, into all
 * of @attrs but the SubstreamID. False if it encodes nothing.
 */
bool smmu3_engine_attrs_decode(unsigned half, struct smmu3_engine_attrs *attrs);

#endif
