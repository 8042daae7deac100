/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMUv3TestEngine as a platform master, the stand-in for an SoC's embedded
 * one: 128 KiB of register frames at a place of the board's, StreamIDs of its
 * own, SubstreamIDs, stalls, and a wired interrupt instead of MSI-X.
 * Layer L5.
 *
 * A plain device without a bus, like the SMMU, which must come before it on the
 * command line.
 */
#include "compat.h"
#include "qemu/cutils.h"
#include "engine-dma.h"
#include "internal.h"

/* One pair of pages: the platform form has no second one. */
#define FRAMES_SIZE 0x20000u
#define SIDS_MAX 16u
#define SSID_BITS_MAX 20u
/* Of an SMMU with a root bus, those below are requester IDs. */
#define PCI_SIDS 0x10000u
#define SID_DEFAULT UINT64_MAX
#define SSID_BITS_DEFAULT UINT8_MAX
/* The granule of what firmware can say is reserved. */
#define RESERVED_GRANULE 0x10000u

OBJECT_DECLARE_SIMPLE_TYPE(SmmulatorEnginePlatform, SMMULATOR_ENGINE_PLATFORM)

struct SmmulatorEnginePlatform {
    DeviceState parent_obj;

    /* Properties */
    SmmulatorState *smmu;
    uint64_t sid;
    uint32_t sids;
    uint8_t ssid_bits;
    OnOffAuto stall;
    bool secure;
    char *rmr;

    SmmulatorPlatform place;
    SmmulatorMaster masters[SIDS_MAX];
    MemoryRegion frames;
    QEMUBH *bh;
    struct smmu3_engine *engine;
    SmmulatorEngineDma dma;
};

static enum smmu3_engine_dma engine_dma(void *opaque, unsigned frame,
                                        const struct smmu3_engine_attrs *attrs,
                                        uint64_t addr, void *buf, size_t len,
                                        bool write)
{
    SmmulatorEnginePlatform *s = opaque;
    const struct smmulator_attrs a = smmulator_engine_attrs(attrs);
    /* The frame's StreamID is one of ours, or it would not run. */
    const SmmulatorMaster *m = &s->masters[attrs->sid - s->place.sid];

    return smmulator_engine_dma(&s->dma, m, frame, &a, addr, buf, len, write);
}

static void engine_dma_cancel(void *opaque, unsigned frame)
{
    SmmulatorEnginePlatform *s = opaque;

    smmulator_engine_dma_cancel(&s->dma, frame);
}

/* From the bottom half of the main loop, which has the big lock. */
static bool engine_interrupt(void *opaque, unsigned vector)
{
    SmmulatorEnginePlatform *s = opaque;

    qemu_irq_pulse(s->place.frame.irq);
    return true;
}

static void engine_kick(void *opaque)
{
    SmmulatorEnginePlatform *s = opaque;

    qemu_bh_schedule(s->bh);
}

static void engine_bh(void *opaque)
{
    SmmulatorEnginePlatform *s = opaque;

    if (smmu3_engine_run(s->engine)) {
        qemu_bh_schedule(s->bh);
    }
}

/* A Secure engine's frames are zero to Non-secure software. A qtest's accesses
 * have no security state. */
static bool may_access(const SmmulatorEnginePlatform *s, MemTxAttrs attrs)
{
    return !s->secure || attrs.secure || attrs.unspecified;
}

static MemTxResult engine_mmio_read(void *opaque, hwaddr offset, uint64_t *data,
                                    unsigned size, MemTxAttrs attrs)
{
    SmmulatorEnginePlatform *s = opaque;

    *data =
        may_access(s, attrs) ? smmu3_engine_read(s->engine, offset, size) : 0;
    return MEMTX_OK;
}

static MemTxResult engine_mmio_write(void *opaque, hwaddr offset,
                                     uint64_t value, unsigned size,
                                     MemTxAttrs attrs)
{
    SmmulatorEnginePlatform *s = opaque;

    if (may_access(s, attrs)) {
        smmu3_engine_write(s->engine, offset, value, size);
    }
    return MEMTX_OK;
}

static const MemoryRegionOps engine_ops = {
    .read_with_attrs = engine_mmio_read,
    .write_with_attrs = engine_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

/* The one that smmu= names; else the first on the command line, or none. */
static SmmulatorState *find_smmu(SmmulatorEnginePlatform *s)
{
    SmmulatorState *smmu = s->smmu, *each;

    if (!smmu) {
        QLIST_FOREACH(each, &smmulator_instances, next)
        {
            smmu = each;
        }
    }
    return smmu;
}

/* The masters of one namespace of StreamIDs. */
static const SmmulatorPlatform *first_of(bool secure)
{
    return secure ? QLIST_FIRST(&smmulator_board.secure_platforms)
                  : QLIST_FIRST(&smmulator_board.platforms);
}

/* Another master of the same SMMU with one of the StreamIDs. */
static const SmmulatorPlatform *find_overlap(const SmmulatorPlatform *place)
{
    const SmmulatorPlatform *p = first_of(place->secure);

    while (p && !(p->smmu == place->smmu &&
                  p->sid < (uint64_t)place->sid + place->sids &&
                  place->sid < (uint64_t)p->sid + p->sids)) {
        p = QLIST_NEXT(p, next);
    }
    return p;
}

static uint64_t default_sid(const SmmulatorState *smmu, bool secure)
{
    uint64_t sid = smmu && smmu->place.bus && !secure ? PCI_SIDS : 0;
    const SmmulatorPlatform *p;

    for (p = first_of(secure); p; p = QLIST_NEXT(p, next)) {
        if (p->smmu == smmu) {
            sid = MAX(sid, (uint64_t)p->sid + p->sids);
        }
    }
    return sid;
}

static unsigned sid_bits(const SmmulatorPlatform *p)
{
    struct smmu3_features f = smmulator_features(p->smmu);

    return p->secure ? f.s_sidsize : f.sidsize;
}

static bool choose_sids(SmmulatorEnginePlatform *s, Error **errp)
{
    SmmulatorPlatform *p = &s->place;
    uint64_t end;

    if (s->sids == 0 || s->sids > SIDS_MAX) {
        error_setg(errp, "sids=%u: give 1 to %u StreamIDs", s->sids, SIDS_MAX);
        return false;
    }
    end = (s->sid == SID_DEFAULT ? default_sid(p->smmu, p->secure) : s->sid) +
          s->sids;
    if (s->sid != SID_DEFAULT && (s->sid > UINT32_MAX || end > BIT_ULL(32))) {
        error_setg(errp,
                   "sid=0x%" PRIx64 ", sids=%u: StreamIDs have 32 bits at most",
                   s->sid, s->sids);
        return false;
    }
    if (p->smmu && end > BIT_ULL(sid_bits(p))) {
        error_setg(errp,
                   "sid=0x%" PRIx64 " has more bits than the SMMU's "
                   "StreamIDs: give the smmulator a larger %s",
                   end - 1, p->secure ? "s-sidsize" : "sidsize");
        return false;
    }
    p->sids = s->sids;
    p->sid = end - s->sids;
    if (p->smmu && p->smmu->place.bus && !p->secure && p->sid < PCI_SIDS) {
        error_setg(errp,
                   "sid=0x%x: those below 0x%x are PCI functions'; give a "
                   "higher one, or smmu=ID of an smmulator with platform=on",
                   p->sid, PCI_SIDS);
        return false;
    }
    if (find_overlap(p)) {
        error_setg(errp, "sid=0x%x: engine %u of the same SMMU has it already",
                   p->sid, find_overlap(p)->number);
        return false;
    }
    return true;
}

static bool choose_secure(SmmulatorEnginePlatform *s, Error **errp)
{
    if (s->secure &&
        !(s->place.smmu && smmulator_features(s->place.smmu).secure)) {
        error_setg(errp, "secure=on needs an smmulator with secure=on");
        return false;
    }
    s->place.secure = s->secure;
    return true;
}

static bool choose_stall(SmmulatorEnginePlatform *s, Error **errp)
{
    bool can =
        s->place.smmu && smmulator_features(s->place.smmu).stall_model != 1;

    if (s->stall == ON_OFF_AUTO_ON && !can) {
        error_setg(errp, "stall=on needs an smmulator with stall-model=0 or 2");
        return false;
    }
    s->place.can_stall = can && s->stall != ON_OFF_AUTO_OFF;
    return true;
}

static bool choose_ssids(SmmulatorEnginePlatform *s, Error **errp)
{
    unsigned bits =
        s->place.smmu ? smmulator_features(s->place.smmu).ssidsize : 0;

    if (s->ssid_bits != SSID_BITS_DEFAULT) {
        bits = s->ssid_bits;
    }
    if (bits > SSID_BITS_MAX) {
        error_setg(errp, "pasid-num-bits=%u: give 0 to %u", bits,
                   SSID_BITS_MAX);
        return false;
    }
    s->place.ssid_bits = bits;
    return true;
}

/* rmr=BASE:SIZE */
static bool choose_reserved(SmmulatorEnginePlatform *s, Error **errp)
{
    SmmulatorReserved *r = &s->place.reserved;
    const char *end;

    if (!s->rmr) {
        return true;
    }
    if (qemu_strtou64(s->rmr, &end, 0, &r->base) || *end != ':' ||
        qemu_strtou64(end + 1, NULL, 0, &r->size) || !r->size ||
        r->base % RESERVED_GRANULE || r->size % RESERVED_GRANULE ||
        r->base + r->size < r->base) {
        error_setg(errp, "rmr=%s: give BASE:SIZE, multiples of 64 KiB", s->rmr);
        return false;
    }
    return true;
}

static void add_masters(SmmulatorEnginePlatform *s)
{
    const SmmulatorPlatform *p = &s->place;
    int id = p->frame.device_id;

    for (uint32_t i = 0; i < p->sids; i++) {
        s->masters[i].can_stall = p->can_stall;
        s->masters[i].port =
            p->smmu ? smmulator_port_new(p->smmu, p->sid + i,
                                         id == SMMULATOR_NO_DEVICE_ID ? 0 : id)
                    : NULL;
        if (p->secure) {
            s->masters[i].port->secure = true;
        }
    }
}

static void engine_realize(DeviceState *dev, Error **errp)
{
    SmmulatorEnginePlatform *s = SMMULATOR_ENGINE_PLATFORM(dev);
    struct smmu3_engine_host host = {
        .opaque = s,
        .dma = engine_dma,
        .dma_cancel = engine_dma_cancel,
        .msi = engine_interrupt,
        .kick = engine_kick,
    };

    s->place.smmu = find_smmu(s);
    if (!choose_secure(s, errp) || !choose_sids(s, errp) ||
        !choose_stall(s, errp) || !choose_ssids(s, errp) ||
        !choose_reserved(s, errp) ||
        !smmulator_board_frame(FRAMES_SIZE, true, &s->place.frame, errp)) {
        return;
    }
    host.sid = s->place.sid;
    host.sids = s->place.sids;
    host.secure = s->place.secure;
    s->engine = smmu3_engine_new(&host);
    if (!s->engine) {
        error_setg(errp, "no memory for " TYPE_SMMULATOR_ENGINE_PLATFORM);
        return;
    }
    add_masters(s);
    s->bh = qemu_bh_new_guarded(engine_bh, s, &dev->mem_reentrancy_guard);
    smmulator_engine_dma_init(&s->dma, dev, s->engine);
    memory_region_init_io(&s->frames, OBJECT(s), &engine_ops, s,
                          TYPE_SMMULATOR_ENGINE_PLATFORM, FRAMES_SIZE);
    memory_region_add_subregion(get_system_memory(), s->place.frame.base,
                                &s->frames);
    smmulator_board_add_platform(&s->place);
    qemu_register_resettable(OBJECT(s));
}

static void engine_reset_hold(Object *obj, ResetType type)
{
    SmmulatorEnginePlatform *s = SMMULATOR_ENGINE_PLATFORM(obj);

    if (s->engine) {
        qemu_bh_cancel(s->bh);
        smmu3_engine_reset(s->engine);
    }
}

static Property properties[] = {
    DEFINE_PROP_LINK("smmu", SmmulatorEnginePlatform, smmu, TYPE_SMMULATOR,
                     SmmulatorState *),
    DEFINE_PROP_UINT64("sid", SmmulatorEnginePlatform, sid, SID_DEFAULT),
    DEFINE_PROP_UINT32("sids", SmmulatorEnginePlatform, sids, 1),
    DEFINE_PROP_UINT8("pasid-num-bits", SmmulatorEnginePlatform, ssid_bits,
                      SSID_BITS_DEFAULT),
    DEFINE_PROP_ON_OFF_AUTO("stall", SmmulatorEnginePlatform, stall,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BOOL("secure", SmmulatorEnginePlatform, secure, false),
    DEFINE_PROP_STRING("rmr", SmmulatorEnginePlatform, rmr),
};

static const struct {
    const char *name;
    const char *text;
} descriptions[] = {
    { "smmu", "the smmulator that translates for it (default: the first)" },
    { "sid", "its first StreamID (default: the next from 0x10000 on; of a "
             "Secure one, from 0 on)" },
    { "sids", "how many StreamIDs it has, 1 to 16" },
    { "pasid-num-bits", "bits of its SubstreamIDs (default: the SMMU's)" },
    { "stall", "its transactions can stall (default: if the SMMU's can)" },
    { "secure", "its StreamIDs are Secure ones; not described to firmware" },
    { "rmr", "BASE:SIZE of memory that it uses before the kernel starts" },
};

static const VMStateDescription engine_vmstate = {
    .name = TYPE_SMMULATOR_ENGINE_PLATFORM,
    .unmigratable = 1,
};

static void engine_class_init(ObjectClass *oc, SmmulatorClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->desc = "SMMUv3TestEngine: a platform DMA master for tests";
    dc->realize = engine_realize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    dc->vmsd = &engine_vmstate;
    rc->phases.hold = engine_reset_hold;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props_n(dc, properties, ARRAY_SIZE(properties));
    for (unsigned i = 0; i < ARRAY_SIZE(descriptions); i++) {
        object_class_property_set_description(oc, descriptions[i].name,
                                              descriptions[i].text);
    }
}

static const TypeInfo engine_type = {
    .name = TYPE_SMMULATOR_ENGINE_PLATFORM,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SmmulatorEnginePlatform),
    .class_init = engine_class_init,
};

void smmulator_engine_platform_register(void)
{
    type_register_static(&engine_type);
}
