/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QOM type `smmulator`: properties, reset, registers, life.
 * Layer L5.
 *
 * A plain device without a bus: the board's platform bus exits on a sysbus
 * device that it does not know. Nobody resets a device without a bus, so it
 * registers itself.
 */
#include "compat.h"
#include "internal.h"

SmmulatorList smmulator_instances = QLIST_HEAD_INITIALIZER(smmulator_instances);

/* The security state of an access; who does not say is Non-secure. */
enum smmu3_space smmulator_access_space(const SmmulatorState *s,
                                        MemTxAttrs attrs)
{
    bool secure = attrs.secure || (attrs.unspecified && s->unspecified_secure);

    return secure ? SMMU3_S : SMMU3_NS;
}

static MemTxResult mmio_read(void *opaque, hwaddr addr, uint64_t *data,
                             unsigned size, MemTxAttrs attrs)
{
    SmmulatorState *s = opaque;

    /* A table or queue in our own registers: an external abort. */
    if (smmulator_in_core_access()) {
        return MEMTX_ACCESS_ERROR;
    }
    smmulator_iommu_mmio_seen();
    *data =
        smmu3_mmio_read(s->core, smmulator_access_space(s, attrs), addr, size);
    return MEMTX_OK;
}

static MemTxResult mmio_write(void *opaque, hwaddr addr, uint64_t data,
                              unsigned size, MemTxAttrs attrs)
{
    SmmulatorState *s = opaque;

    if (smmulator_in_core_access()) {
        return MEMTX_ACCESS_ERROR;
    }
    smmulator_iommu_mmio_seen();
    smmu3_mmio_write(s->core, smmulator_access_space(s, attrs), addr, data,
                     size);
    return MEMTX_OK;
}

/* Every size and alignment reaches the core, which knows what each does. */
static const MemoryRegionOps mmio_ops = {
    .read_with_attrs = mmio_read,
    .write_with_attrs = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/*
 * In the last phase: a device behind the SMMU ends its DMA in its own reset,
 * and waits for its iothread. Translated by a reset SMMU, such an access might
 * end where it needs the big lock, which the waiting thread holds.
 */
static void smmulator_reset_exit(Object *obj, ResetType type)
{
    SmmulatorState *s = SMMULATOR(obj);

    /* QEMU may also reset an instance that was never realized. */
    if (!s->core) {
        return;
    }
    smmu3_reset(s->core);
    smmulator_pmcg_reset(s);
    smmulator_wire_reset(s);
    smmulator_iommu_mmio_seen();
}

static bool make_core(SmmulatorState *s, Error **errp)
{
    struct smmu3_params params = smmu3_params_default();
    const char *error = NULL;
    struct smmu3_host host;

    params.f = smmulator_features(s);
    s->ats = params.f.ats;
    params.tlb_entries = s->tlb_entries;
    params.walk_cache_entries = s->walk_cache_entries;
    params.config_cache_entries = s->config_cache_entries;

    host = smmulator_wire_init(s);
    s->core = smmu3_new(&params, &host, NULL, &error);
    if (!s->core) {
        error_setg(errp, "smmulator: %s", error ? error : "no core");
        smmulator_wire_cleanup(s);
        return false;
    }
    return true;
}

static void take_apart(SmmulatorState *s)
{
    smmulator_pmcg_unrealize(s);
    smmulator_iommu_detach(s);
    memory_region_del_subregion(get_system_memory(), &s->mmio);
    smmulator_wire_cleanup(s);
    smmu3_free(s->core);
    s->core = NULL;
}

static void smmulator_realize(DeviceState *dev, Error **errp)
{
    SmmulatorState *s = SMMULATOR(dev);
    struct smmu3_features features = smmulator_features(s);

    if (!smmulator_board_place(s->primary_bus, s->platform,
                               smmu3_mmio_size(&features), &s->place, errp) ||
        (s->place.bus && !smmulator_iommu_check(s->place.bus, errp)) ||
        !make_core(s, errp)) {
        return;
    }
    memory_region_init_io(&s->mmio, OBJECT(s), &mmio_ops, s, TYPE_SMMULATOR,
                          s->place.size);
    /* smmulator_in_core_access() knows better, and says nothing on stderr. */
    s->mmio.disable_reentrancy_guard = true;
    memory_region_add_subregion(get_system_memory(), s->place.base, &s->mmio);
    smmulator_iommu_attach(s);
    smmulator_board_claim(s);
    if (s->pmcg && !smmulator_pmcg_realize(s, errp)) {
        take_apart(s);
        return;
    }
    qemu_register_resettable(OBJECT(s));
    QLIST_INSERT_HEAD(&smmulator_instances, s, next);
}

/* Never at run time (not hotpluggable), only if plugging it fails late. */
static void smmulator_unrealize(DeviceState *dev)
{
    SmmulatorState *s = SMMULATOR(dev);

    QLIST_REMOVE(s, next);
    qemu_unregister_resettable(OBJECT(s));
    take_apart(s);
}

static void smmulator_instance_init(Object *obj)
{
    smmulator_properties_init(SMMULATOR(obj));
}

static void smmulator_finalize(Object *obj)
{
    g_free(SMMULATOR(obj)->stage);
}

/* Not const: the core's defaults are filled in by class_init. */
static Property properties[] = {
    DEFINE_PROP_LINK("primary-bus", SmmulatorState, primary_bus, TYPE_PCI_BUS,
                     PCIBus *),
    DEFINE_PROP_BOOL("platform", SmmulatorState, platform, false),
    DEFINE_PROP_BOOL("pmcg", SmmulatorState, pmcg, true),
    DEFINE_PROP_BOOL("x-unspecified-secure", SmmulatorState, unspecified_secure,
                     false),
    DEFINE_PROP_UINT32("tlb-entries", SmmulatorState, tlb_entries, 0),
    DEFINE_PROP_UINT32("walk-cache-entries", SmmulatorState, walk_cache_entries,
                       0),
    DEFINE_PROP_UINT32("config-cache-entries", SmmulatorState,
                       config_cache_entries, 0),
};

static const struct {
    const char *name;
    const char *text;
} descriptions[] = {
    { "primary-bus", "root bus that it serves (default: the board's own)" },
    { "platform", "serves no bus, platform masters only" },
    { "pmcg", "a performance monitor counter group" },
    { "x-unspecified-secure", "for tests: register accesses of no known "
                              "security state count as Secure" },
    { "tlb-entries", "translations that the TLB holds; 0: no TLB" },
    { "walk-cache-entries", "table descriptors that it caches; 0: none" },
    { "config-cache-entries", "STEs, and as many CDs, that it caches; "
                              "0: none" },
};

static void set_property_defaults(void)
{
    const struct smmu3_params params = smmu3_params_default();

    for (unsigned i = 0; i < ARRAY_SIZE(properties); i++) {
        Property *p = &properties[i];

        if (g_str_equal(p->name, "tlb-entries")) {
            p->defval.u = params.tlb_entries;
        } else if (g_str_equal(p->name, "walk-cache-entries")) {
            p->defval.u = params.walk_cache_entries;
        } else if (g_str_equal(p->name, "config-cache-entries")) {
            p->defval.u = params.config_cache_entries;
        }
    }
}

/* The guest's tables and our caches are not saved. */
static const VMStateDescription smmulator_vmstate = {
    .name = TYPE_SMMULATOR,
    .unmigratable = 1,
};

static void smmulator_class_init(ObjectClass *oc, SmmulatorClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->desc = "Arm SMMUv3";
    dc->realize = smmulator_realize;
    dc->unrealize = smmulator_unrealize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    dc->vmsd = &smmulator_vmstate;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    rc->phases.exit = smmulator_reset_exit;

    set_property_defaults();
    /* The macro of the same purpose wants a const array. */
    device_class_set_props_n(dc, properties, ARRAY_SIZE(properties));
    smmulator_properties_register(oc);
    for (unsigned i = 0; i < ARRAY_SIZE(descriptions); i++) {
        object_class_property_set_description(oc, descriptions[i].name,
                                              descriptions[i].text);
    }
}

static const TypeInfo smmulator_type = {
    .name = TYPE_SMMULATOR,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SmmulatorState),
    .instance_init = smmulator_instance_init,
    .instance_finalize = smmulator_finalize,
    .class_init = smmulator_class_init,
};

void smmulator_device_register(void)
{
    type_register_static(&smmulator_type);
}
