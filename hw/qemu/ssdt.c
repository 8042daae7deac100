/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Platform masters as devices of ACPI's namespace, where the IORT's named
 * components look for them.
 * Layer L5.
 *
 * PRP0001 lets a driver for the device tree's "compatible" bind as it is.
 */
#include "compat.h"

#include "hw/acpi/aml-build.h"
#include "internal.h"

#define TABLE_REVISION 2
#define SPI_BASE 32u
#define DSD_PROPERTIES "DAFFD814-6EBA-4D8C-8A91-BC9BBF4AA301"

static void device_name(const SmmulatorPlatform *p, char name[5])
{
    snprintf(name, 5, "SM%02X", p->number & 0xff);
}

void smmulator_ssdt_path(const SmmulatorPlatform *platform, char path[11])
{
    char name[5];

    device_name(platform, name);
    snprintf(path, 11, "\\_SB_.%s", name);
}

static Aml *resources(const SmmulatorPlatform *p)
{
    uint32_t irq = SPI_BASE + p->frame.spi;
    Aml *crs = aml_resource_template();

    aml_append(
        crs, aml_memory32_fixed(p->frame.base, p->frame.size, AML_READ_WRITE));
    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_EDGE, AML_ACTIVE_HIGH,
                                  AML_EXCLUSIVE, &irq, 1));
    return crs;
}

/* Package { "compatible", Package { ... } } under the properties' UUID */
static Aml *device_properties(void)
{
    Aml *dsd = aml_package(2), *list = aml_package(1);
    Aml *property = aml_package(2), *names = aml_package(2);

    aml_append(names, aml_string("smmulator,engine"));
    aml_append(names, aml_string("arm,smmute"));
    aml_append(property, aml_string("compatible"));
    aml_append(property, names);
    aml_append(list, property);
    aml_append(dsd, aml_touuid(DSD_PROPERTIES));
    aml_append(dsd, list);
    return dsd;
}

static Aml *device(const SmmulatorPlatform *p)
{
    char name[5];
    Aml *dev;

    device_name(p, name);
    dev = aml_device("%s", name);
    aml_append(dev, aml_name_decl("_HID", aml_string("PRP0001")));
    aml_append(dev, aml_name_decl("_UID", aml_int(p->number)));
    aml_append(dev, aml_name_decl("_CCA", aml_int(1)));
    aml_append(dev, aml_name_decl("_CRS", resources(p)));
    aml_append(dev, aml_name_decl("_DSD", device_properties()));
    return dev;
}

GByteArray *smmulator_ssdt(const uint8_t *old)
{
    const SmmulatorPlatform *p;
    GByteArray *bytes;
    Aml *ssdt, *scope;

    if (QLIST_EMPTY(&smmulator_board.platforms)) {
        return NULL;
    }
    bytes = g_byte_array_new();
    smmulator_acpi_put_header(bytes, "SSDT", TABLE_REVISION, old);
    ssdt = init_aml_allocator();
    scope = aml_scope("\\_SB");
    QLIST_FOREACH(p, &smmulator_board.platforms, next)
    {
        aml_append(scope, device(p));
    }
    aml_append(ssdt, scope);
    g_byte_array_append(bytes, (const uint8_t *)ssdt->buf->data,
                        ssdt->buf->len);
    free_aml_allocator();
    stl_le_p(bytes->data + 4, bytes->len);
    return bytes;
}
