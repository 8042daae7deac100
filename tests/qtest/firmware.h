/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the qtests: the device tree, fw_cfg's files and ACPI's tables as
 * a guest's firmware sees them.
 * Tests only.
 */
#ifndef TESTS_QTEST_FIRMWARE_H
#define TESTS_QTEST_FIRMWARE_H

#include "smmu-qtest.h"

uint32_t be32(const uint8_t *p);
uint32_t le32(const uint8_t *p);

/* A property of a node in a flattened device tree. */
typedef struct Prop {
    const uint8_t *data;
    uint32_t len;
} Prop;

/* Finds property @name of the node whose name is @node (its last component);
 * .data is NULL if there is none. */
Prop fdt_prop(const uint8_t *fdt, const char *node, const char *name);
/* @p must be exactly these cells. */
void check_cells(Prop p, const uint32_t *want, unsigned n);
/* The device tree of a board with these options, as QEMU dumps it. */
uint8_t *dump_fdt(const char *machine_opts, const char *extra);
/* The same, with more properties of the SMMU. */
uint8_t *dump_fdt_with(const char *props, const char *machine_opts,
                       const char *extra);

/* The contents of fw_cfg file @name; *len is its size. */
uint8_t *fw_cfg_file(SmmuQtest *t, const char *name, uint32_t *len);

typedef struct Blob {
    uint8_t *data;
    uint32_t len;
} Blob;

/* The ACPI tables, in place. */
typedef struct Acpi {
    Blob tables, rsdp;
} Acpi;

/* Reads and links the tables. Aborts if a pointer or a sum is wrong. */
Acpi *acpi_load(SmmuQtest *t);
void acpi_free(Acpi *acpi);
/* The only table with @signature that the XSDT names; NULL if none. */
const uint8_t *acpi_table(Acpi *acpi, const char *signature);

/* Offset of the node @number, from 0, of @type in an IORT; 0: there is none. */
uint32_t iort_node(const uint8_t *iort, unsigned type, unsigned number);
/* The ID mapping @number of the node at offset @node must be from IDs @first to
 * @last, to IDs from @out on of the node at offset @to. */
void iort_mapping(const uint8_t *iort, uint32_t node, unsigned number,
                  uint32_t first, uint32_t last, uint32_t out, uint32_t to,
                  uint32_t flags);

#endif
