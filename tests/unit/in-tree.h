/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the in-tree rows share: one SID, one VA, tables.
 * Tests only.
 */
#ifndef TESTS_UNIT_IN_TREE_H
#define TESTS_UNIT_IN_TREE_H

#include "rig.h"

#define SID 3u
#define VA UINT64_C(0x10000)
#define PA UINT64_C(0x30000000)
#define S2_TTB UINT64_C(0x40000000)

/* Stage 1 (4K, 39 bits) maps VA to PA for all; stage 2 (4K, 40 bits) maps CD,
 * tables and PA to themselves. */
struct in_tree {
    struct rig *r;
    struct mapper m, m2;
    struct ste ste;
    struct cd cd;
};

struct in_tree in_tree_s1(void);
struct in_tree in_tree_nested(void);
/* Writes .ste and .cd, and forgets. */
void in_tree_set(struct in_tree *t);

/* Tests of rows 1 to 20, and of rows 21 to 42. */
void in_tree_add_first(void);
void in_tree_add_second(void);

#endif
