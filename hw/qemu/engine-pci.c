/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine as a PCI device: 13b5:ff80, a root-complex integrated
 * endpoint with its register frames in BAR 0 and MSI-X in BARs 2 and 4.
 * Layer L5.
 *
 * All work is done in a bottom half of the main loop, a bounded share at a
 * time: a guest, or a qtest, that polls the command register needs no clock to
 * see it end.
 */
#include "compat.h"
#include "qemu/units.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pcie.h"
#include "ats-path.h"
#include "endpoint.h"
#include "engine-dma.h"

#define ENGINE_VENDOR_ID 0x13b5
#define ENGINE_DEVICE_ID 0xff80
#define ENGINE_CLASS 0xff00
#define ENGINE_TABLE_SIZE (32 * KiB)
#define ENGINE_PBA_SIZE (4 * KiB)

OBJECT_DECLARE_SIMPLE_TYPE(SmmulatorEngine, SMMULATOR_ENGINE)

struct SmmulatorEngine {
    PCIDevice parent_obj;

    MemoryRegion frames;
    MemoryRegion table;
    MemoryRegion pba;
    QEMUBH *bh;
    /* It has left its bus, perhaps by a transaction of its own, which is still
     * in progress: the memory stays until the object goes. */
    bool gone;
    struct smmu3_engine *engine;
    SmmulatorEndpoint endpoint;
    struct smmu3_ats_path *path;
    SmmulatorEngineDma dma;
    bool stall;
    uint32_t atc_entries;
};

/* Of ats-path.c: what goes to the bus. */
static enum smmu3_engine_dma bus_dma(void *opaque, unsigned frame,
                                     const struct smmu3_engine_attrs *attrs,
                                     uint64_t addr, void *buf, size_t len,
                                     bool write)
{
    SmmulatorEngine *s = opaque;
    const struct smmulator_attrs a = smmulator_engine_attrs(attrs);
    const SmmulatorMaster master = { .pci = PCI_DEVICE(s),
                                     .can_stall = s->stall };

    if (s->gone || !smmulator_endpoint_may_send(&s->endpoint, &a)) {
        return SMMU3_ENGINE_DMA_ABORTED;
    }
    return smmulator_engine_dma(&s->dma, &master, frame, &a, addr, buf, len,
                                write);
}

static enum smmu3_engine_dma engine_dma(void *opaque, unsigned frame,
                                        const struct smmu3_engine_attrs *attrs,
                                        uint64_t addr, void *buf, size_t len,
                                        bool write)
{
    SmmulatorEngine *s = opaque;

    if (s->gone) {
        return SMMU3_ENGINE_DMA_ABORTED;
    }
    return smmu3_ats_path_dma(s->path, frame, attrs, addr, buf, len, write);
}

static void engine_dma_cancel(void *opaque, unsigned frame)
{
    SmmulatorEngine *s = opaque;

    smmu3_ats_path_cancel(s->path, frame);
    smmulator_engine_dma_cancel(&s->dma, frame);
}

static void engine_dma_done(void *opaque, unsigned frame, bool ok)
{
    SmmulatorEngine *s = opaque;

    smmu3_engine_dma_done(s->engine, frame, ok);
}

static void engine_note(void *opaque, unsigned frame, bool page_request,
                        enum smmu3_ats_reason reason)
{
    SmmulatorEngine *s = opaque;

    smmu3_engine_note(s->engine, frame, page_request, reason);
}

static void engine_answer(SmmulatorEndpoint *e, unsigned frame,
                          enum smmu3_prg_code code)
{
    smmu3_ats_path_answer(SMMULATOR_ENGINE(e->dev)->path, frame, code);
}

static void engine_pri_written(SmmulatorEndpoint *e)
{
    smmu3_ats_path_wake(SMMULATOR_ENGINE(e->dev)->path);
}

static const SmmulatorEndpointOps engine_endpoint_ops = {
    .answer = engine_answer,
    .pri_written = engine_pri_written,
};

/*
 * As msix_notify(), but the interface wants to know whether the write was
 * aborted. The requester ID in the attributes is what an ITS goes by.
 */
static bool engine_msi(void *opaque, unsigned vector)
{
    SmmulatorEngine *s = opaque;
    PCIDevice *dev = PCI_DEVICE(s);
    MemTxAttrs attrs = { .requester_id = pci_requester_id(dev) };
    MSIMessage msg;
    MemTxResult result;

    if (s->gone || !msix_enabled(dev)) {
        return false;
    }
    if (msix_is_masked(dev, vector)) {
        msix_set_pending(dev, vector);
        return true;
    }
    msg = msix_get_message(dev, vector);
    address_space_stl_le(&dev->bus_master_as, msg.address, msg.data, attrs,
                         &result);
    return result == MEMTX_OK;
}

static void engine_kick(void *opaque)
{
    SmmulatorEngine *s = opaque;

    if (!s->gone) {
        qemu_bh_schedule(s->bh);
    }
}

static void engine_bh(void *opaque)
{
    SmmulatorEngine *s = opaque;

    object_ref(OBJECT(s));
    smmu3_ats_path_run(s->path);
    if (smmu3_engine_run(s->engine)) {
        engine_kick(s);
    }
    object_unref(OBJECT(s));
}

static uint64_t engine_mmio_read(void *opaque, hwaddr offset, unsigned size)
{
    SmmulatorEngine *s = opaque;

    return smmu3_engine_read(s->engine, offset, size);
}

static void engine_mmio_write(void *opaque, hwaddr offset, uint64_t value,
                              unsigned size)
{
    SmmulatorEngine *s = opaque;

    smmu3_engine_write(s->engine, offset, value, size);
}

static const MemoryRegionOps engine_ops = {
    .read = engine_mmio_read,
    .write = engine_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 8,
    .impl.min_access_size = 1,
    .impl.max_access_size = 8,
};

static void engine_init_bars(SmmulatorEngine *s)
{
    const uint8_t type =
        PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_TYPE_64;
    Object *owner = OBJECT(s);

    memory_region_init_io(&s->frames, owner, &engine_ops, s,
                          TYPE_SMMULATOR_ENGINE "-frames",
                          SMMU3_ENGINE_MMIO_SIZE);
    memory_region_init(&s->table, owner, TYPE_SMMULATOR_ENGINE "-msix-table",
                       ENGINE_TABLE_SIZE);
    memory_region_init(&s->pba, owner, TYPE_SMMULATOR_ENGINE "-msix-pba",
                       ENGINE_PBA_SIZE);
    pci_register_bar(PCI_DEVICE(s), 0, type, &s->frames);
    pci_register_bar(PCI_DEVICE(s), 2, type, &s->table);
    pci_register_bar(PCI_DEVICE(s), 4, type, &s->pba);
}

static void engine_realize(PCIDevice *dev, Error **errp)
{
    SmmulatorEngine *s = SMMULATOR_ENGINE(dev);
    const struct smmu3_engine_host host = {
        .opaque = s,
        .dma = engine_dma,
        .dma_cancel = engine_dma_cancel,
        .msi = engine_msi,
        .kick = engine_kick,
    };
    const struct smmu3_ats_path_host path_host = {
        .opaque = s,
        .dma = bus_dma,
        .done = engine_dma_done,
        .note = engine_note,
        .kick = engine_kick,
    };

    s->engine = smmu3_engine_new(&host);
    if (!s->engine) {
        error_setg(errp, "no memory for " TYPE_SMMULATOR_ENGINE);
        return;
    }
    engine_init_bars(s);
    /* Integrated on a root bus; behind a port, which a pxb-pcie insists on, an
     * ordinary endpoint. */
    if (pcie_endpoint_cap_init(dev, 0) < 0) {
        error_setg(errp, TYPE_SMMULATOR_ENGINE " needs a PCI Express bus");
        goto fail;
    }
    if (msix_init(dev, SMMU3_ENGINE_VECTORS, &s->table, 2, 0, &s->pba, 4, 0, 0,
                  errp) < 0) {
        goto fail_cap;
    }
    if (!smmulator_endpoint_init(&s->endpoint, dev, &engine_endpoint_ops,
                                 s->atc_entries, errp)) {
        goto fail_msix;
    }
    s->path =
        smmu3_ats_path_new(&path_host, s->endpoint.atc, &s->endpoint.requests);
    if (!s->path) {
        error_setg(errp, "no memory for " TYPE_SMMULATOR_ENGINE);
        smmulator_endpoint_exit(&s->endpoint);
        smmulator_endpoint_free(&s->endpoint);
        goto fail_msix;
    }
    for (unsigned i = 0; i < SMMU3_ENGINE_VECTORS; i++) {
        msix_vector_use(dev, i);
    }
    s->bh =
        qemu_bh_new_guarded(engine_bh, s, &DEVICE(dev)->mem_reentrancy_guard);
    smmulator_engine_dma_init(&s->dma, DEVICE(dev), s->engine);
    return;

fail_msix:
    msix_uninit(dev, &s->table, &s->pba);
fail_cap:
    pcie_cap_exit(dev);
fail:
    smmu3_engine_free(s->engine);
    s->engine = NULL;
}

static void engine_exit(PCIDevice *dev)
{
    SmmulatorEngine *s = SMMULATOR_ENGINE(dev);

    s->gone = true;
    smmu3_engine_reset(s->engine);
    qemu_bh_cancel(s->bh);
    smmulator_endpoint_exit(&s->endpoint);
    msix_unuse_all_vectors(dev);
    msix_uninit(dev, &s->table, &s->pba);
    pcie_cap_exit(dev);
}

static void engine_finalize(Object *obj)
{
    SmmulatorEngine *s = SMMULATOR_ENGINE(obj);

    /* Realized once, or never. */
    if (s->gone) {
        smmulator_engine_dma_destroy(&s->dma);
        qemu_bh_delete(s->bh);
        smmu3_ats_path_free(s->path);
        smmulator_endpoint_free(&s->endpoint);
        smmu3_engine_free(s->engine);
    }
}

static void engine_reset(DeviceState *dev)
{
    SmmulatorEngine *s = SMMULATOR_ENGINE(dev);

    qemu_bh_cancel(s->bh);
    smmu3_engine_reset(s->engine);
    smmulator_endpoint_reset(&s->endpoint);
}

static uint32_t engine_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    SmmulatorEngine *s = SMMULATOR_ENGINE(dev);

    return smmulator_endpoint_read_config(&s->endpoint, addr, len);
}

static void engine_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                int len)
{
    SmmulatorEngine *s = SMMULATOR_ENGINE(dev);

    smmulator_endpoint_write_config(&s->endpoint, addr, val, len);
}

static const Property engine_properties[] = {
    SMMULATOR_ENDPOINT_PROPERTIES(SmmulatorEngine, endpoint),
    /* A PCIe function must not (3.12.1); for tests. */
    DEFINE_PROP_BOOL("stall", SmmulatorEngine, stall, false),
    DEFINE_PROP_UINT32("atc-entries", SmmulatorEngine, atc_entries, 64),
};

/* Work in flight is not described: a test tool is not worth migrating. */
static const VMStateDescription engine_vmstate = {
    .name = TYPE_SMMULATOR_ENGINE,
    .unmigratable = 1,
};

static void engine_class_init(ObjectClass *klass, SmmulatorClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = engine_realize;
    pc->exit = engine_exit;
    pc->config_read = engine_config_read;
    pc->config_write = engine_config_write;
    pc->vendor_id = ENGINE_VENDOR_ID;
    pc->device_id = ENGINE_DEVICE_ID;
    pc->class_id = ENGINE_CLASS;
    dc->desc = "SMMUv3TestEngine: a DMA master for tests";
    dc->vmsd = &engine_vmstate;
    device_class_set_props(dc, engine_properties);
    device_class_set_legacy_reset(dc, engine_reset);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static InterfaceInfo engine_interfaces[] = {
    { INTERFACE_PCIE_DEVICE },
    {},
};

static const TypeInfo engine_type = {
    .name = TYPE_SMMULATOR_ENGINE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(SmmulatorEngine),
    .instance_finalize = engine_finalize,
    .class_init = engine_class_init,
    .interfaces = engine_interfaces,
};

void smmulator_engine_register(void)
{
    type_register_static(&engine_type);
}
