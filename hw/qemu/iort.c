/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI's IO Remapping Table, as "IO Remapping Table, Platform Design Document"
 * (Arm DEN 0049, E.e: table revision 6) lays it out.
 * Layer L5.
 *
 * The board's own table knows one SMMUv3 that serves every root bus. Here each
 * SMMU is a node. Kernels look for one root complex node per PCI segment, and
 * `virt` has one segment, so that node maps the buses of each root bus, which
 * are known once firmware has numbered them, to the SMMU that serves it, and
 * all others to the ITS.
 */
#include "compat.h"

#include "internal.h"

#define TABLE_REVISION 6
#define HEADER_SIZE 48

/* Types and revisions of nodes */
#define NODE_ITS 0, 1
#define NODE_NAMED_COMPONENT 1, 4
#define NODE_ROOT_COMPLEX 2, 4
#define NODE_SMMUV3 4, 5
#define NODE_PMCG 5, 2
#define NODE_PMCG_NO_PAGE1 5, 0
#define NODE_RMR 6, 3

#define SMMUV3_COHACC 1u
#define SMMUV3_HTTU_SHIFT 1
#define SMMUV3_DEVICEID_VALID (1u << 4)
/* The table has no word for hardware that also flags tables (IDR0.HTTU = 3). */
#define SMMUV3_HTTU_MAX 2u

/* Coherent path to memory, device attributes are cacheable and shareable. */
#define MEMORY_FLAGS 3

#define RC_ATS 1u
#define RC_PRI (1u << 1)
#define RC_PASID_FORWARD (1u << 2)
#define RC_PASID_SUPPORTED 1u

#define COMPONENT_STALL 1u
#define COMPONENT_PASID_SHIFT 1

/* Normal memory, write-back inside and outside; remapping is not permitted. */
#define RMR_FLAGS (5u << 2)

/* GIC interrupt IDs begin with 32 private ones. */
#define SPI_BASE 32u

#define SINGLE_MAPPING 1u

/* Root buses are few, and each bus is at least one entry. */
typedef struct BusRange {
    uint32_t first, last;
    const SmmulatorState *smmu; /* NULL: past all SMMUs */
} BusRange;

typedef struct Iort {
    GByteArray *bytes;
    unsigned nodes;
    guint node;        /* the node at work begins here */
    uint32_t its;      /* its offset; 0: there is none */
    GHashTable *smmus; /* SmmulatorState to offset */
} Iort;

static void put(Iort *t, uint64_t value, unsigned size)
{
    uint8_t bytes[8];

    smmu3_st64le(bytes, value);
    g_byte_array_append(t->bytes, bytes, size);
}

static void set(Iort *t, guint offset, uint32_t value, unsigned size)
{
    uint8_t bytes[8];

    smmu3_st64le(bytes, value);
    memcpy(t->bytes->data + offset, bytes, size);
}

static uint32_t get32(const Iort *t, guint offset)
{
    return ldl_le_p(t->bytes->data + offset);
}

/* Begins a node; its length and mappings are filled in later. */
static void begin_node(Iort *t, unsigned type, unsigned revision)
{
    t->node = t->bytes->len;
    put(t, type, 1);
    put(t, 0, 2);
    put(t, revision, 1);
    put(t, t->nodes++, 4);
    put(t, 0, 4);
    put(t, 0, 4);
}

/* One ID mapping; all of a node's follow its other contents. */
static void put_mapping(Iort *t, uint32_t input, uint32_t count,
                        uint32_t output, uint32_t reference, uint32_t flags)
{
    uint32_t mappings = get32(t, t->node + 8);

    if (!mappings) {
        set(t, t->node + 12, t->bytes->len - t->node, 4);
    }
    set(t, t->node + 8, mappings + 1, 4);
    put(t, input, 4);
    put(t, count - 1, 4);
    put(t, output, 4);
    put(t, reference, 4);
    put(t, flags, 4);
}

static void end_node(Iort *t)
{
    set(t, t->node + 1, t->bytes->len - t->node, 2);
}

static uint32_t smmu_offset(const Iort *t, const SmmulatorState *s)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(t->smmus, s));
}

/* A node's own message interrupts. */
static void put_own_device_id(Iort *t, int device_id)
{
    put_mapping(t, 0, 1, device_id, t->its, SINGLE_MAPPING);
}

static void put_its(Iort *t)
{
    begin_node(t, NODE_ITS);
    t->its = t->node;
    put(t, 1, 4);
    put(t, 0, 4); /* the MADT's number of the ITS */
    end_node(t);
}

/* From StreamID to DeviceID: a PCI function's are its requester ID both. An
 * SMMU without a bus may have the same StreamIDs for others. */
static void put_smmu_mappings(Iort *t, const SmmulatorState *s, bool own)
{
    const SmmulatorPlatform *p;

    if (s->place.bus) {
        put_mapping(t, 0, 0x10000, 0, t->its, 0);
    }
    QLIST_FOREACH(p, &smmulator_board.platforms, next)
    {
        if (p->smmu != s || p->frame.device_id == SMMULATOR_NO_DEVICE_ID) {
            continue;
        }
        for (uint32_t i = 0; i < p->sids; i++) {
            put_mapping(t, p->sid + i, 1, p->frame.device_id, t->its, 0);
        }
    }
    if (own) {
        set(t, t->node + 64, get32(t, t->node + 8), 4);
        put_own_device_id(t, s->place.device_id);
    }
}

static void put_smmu(Iort *t, const SmmulatorState *s)
{
    const struct smmu3_features f = smmulator_features(s);
    bool own = t->its && s->place.device_id != SMMULATOR_NO_DEVICE_ID && f.msi;
    uint32_t gsiv = SPI_BASE + s->place.spi;

    begin_node(t, NODE_SMMUV3);
    g_hash_table_insert(t->smmus, (void *)s, GUINT_TO_POINTER(t->node));
    put(t, s->place.base, 8);
    /* IDR0.COHACC is 1. */
    put(t,
        SMMUV3_COHACC | MIN(f.httu, SMMUV3_HTTU_MAX) << SMMUV3_HTTU_SHIFT |
            (own ? SMMUV3_DEVICEID_VALID : 0),
        4);
    put(t, 0, 4);
    put(t, f.vatos ? s->place.base + SMMU3_VATOS_PAGE : 0, 8);
    put(t, 0, 4); /* generic */
    put(t, gsiv + SMMU3_IRQ_LINE_EVENTQ, 4);
    put(t, gsiv + SMMU3_IRQ_LINE_PRIQ, 4);
    put(t, gsiv + SMMU3_IRQ_LINE_GERROR, 4);
    put(t, gsiv + SMMU3_IRQ_LINE_CMDQ_SYNC, 4);
    put(t, 0, 4); /* proximity domain */
    put(t, 0, 4); /* index of its own DeviceID's mapping */
    if (t->its) {
        put_smmu_mappings(t, s, own);
    }
    end_node(t);
}

static const SmmulatorState *smmu_of_bus(PCIBus *bus)
{
    const SmmulatorState *s;

    if (pci_bus_bypass_iommu(bus)) {
        return NULL;
    }
    QLIST_FOREACH(s, &smmulator_instances, next)
    {
        if (s->place.bus == bus) {
            return s;
        }
    }
    return NULL;
}

static int add_host_bridge(Object *obj, void *opaque)
{
    GArray *ranges = opaque;
    PCIBus *bus = object_dynamic_cast(obj, TYPE_PCI_HOST_BRIDGE)
                      ? PCI_HOST_BRIDGE(obj)->bus
                      : NULL;
    int first, last;
    BusRange range;

    if (!bus) {
        return 0;
    }
    pci_bus_range(bus, &first, &last);
    /* A bridge that has no number yet says 0. */
    first = pci_bus_num(bus);
    range = (BusRange){ first, MAX(first, last), smmu_of_bus(bus) };
    g_array_append_val(ranges, range);
    return 0;
}

static gint compare_ranges(gconstpointer a, gconstpointer b)
{
    const BusRange *x = a, *y = b;

    return x->first < y->first ? -1 : x->first > y->first;
}

/* Requester IDs that no SMMU translates are DeviceIDs. */
static void put_past_smmus(Iort *t, uint32_t first_bus, uint32_t end_bus)
{
    if (t->its && first_bus < end_bus) {
        put_mapping(t, first_bus << 8, (end_bus - first_bus) << 8,
                    first_bus << 8, t->its, 0);
    }
}

static void put_bus_mappings(Iort *t, const GArray *ranges)
{
    uint32_t next = 0; /* the first bus that is not mapped yet */

    for (guint i = 0; i < ranges->len; i++) {
        const BusRange *r = &g_array_index(ranges, BusRange, i);
        uint32_t first = MAX(r->first, next);

        if (!r->smmu || first > r->last) {
            continue;
        }
        put_past_smmus(t, next, first);
        put_mapping(t, first << 8, (r->last - first + 1) << 8, first << 8,
                    smmu_offset(t, r->smmu), 0);
        next = r->last + 1;
    }
    put_past_smmus(t, next, 0x100);
}

/* What the segment can do: whatever one of its SMMUs can. A kernel asks the
 * SMMU itself, too. */
static void segment_features(const GArray *ranges, uint32_t *ats,
                             uint32_t *ssid_bits)
{
    *ats = 0;
    *ssid_bits = 0;
    for (guint i = 0; i < ranges->len; i++) {
        const SmmulatorState *s = g_array_index(ranges, BusRange, i).smmu;
        struct smmu3_features f;

        if (!s) {
            continue;
        }
        f = smmulator_features(s);
        if (f.ats) {
            *ats |= RC_ATS | (f.ssidsize ? RC_PASID_FORWARD : 0);
        }
        if (f.pri) {
            *ats |= RC_PRI;
        }
        *ssid_bits = MAX(*ssid_bits, f.ssidsize);
    }
}

static void put_memory_properties(Iort *t)
{
    put(t, 1, 4); /* coherent */
    put(t, 0, 1); /* no allocation hints */
    put(t, 0, 2);
    put(t, MEMORY_FLAGS, 1);
}

static void put_root_complex(Iort *t)
{
    g_autoptr(GArray) ranges = g_array_new(false, false, sizeof(BusRange));
    uint32_t ats, ssid_bits;

    object_child_foreach_recursive(object_get_root(), add_host_bridge, ranges);
    g_array_sort(ranges, compare_ranges);
    segment_features(ranges, &ats, &ssid_bits);
    begin_node(t, NODE_ROOT_COMPLEX);
    put_memory_properties(t);
    put(t, ats, 4);
    put(t, 0, 4);  /* segment */
    put(t, 64, 1); /* address bits */
    put(t, ssid_bits, 2);
    put(t, 0, 1);
    put(t, ssid_bits ? RC_PASID_SUPPORTED : 0, 4);
    put_bus_mappings(t, ranges);
    end_node(t);
}

static void put_platform(Iort *t, const SmmulatorPlatform *p)
{
    char path[11];

    smmulator_ssdt_path(p, path);
    begin_node(t, NODE_NAMED_COMPONENT);
    put(t,
        (p->can_stall ? COMPONENT_STALL : 0) | p->ssid_bits
                                                   << COMPONENT_PASID_SHIFT,
        4);
    put_memory_properties(t);
    put(t, 64, 1);
    g_byte_array_append(t->bytes, (const uint8_t *)path, sizeof(path));
    /* One byte at least: a disassembler of 2020 insists. */
    do {
        put(t, 0, 1);
    } while ((t->bytes->len - t->node) % 4);
    if (p->smmu) {
        for (uint32_t i = 0; i < p->sids; i++) {
            put_mapping(t, 0, 1, p->sid + i, smmu_offset(t, p->smmu),
                        SINGLE_MAPPING);
        }
    }
    end_node(t);
}

static void put_pmcg(Iort *t, const SmmulatorPmcg *pmcg)
{
    bool own =
        t->its && pmcg->msi && pmcg->frame.device_id != SMMULATOR_NO_DEVICE_ID;

    /* The first revision does not know page 1. */
    if (pmcg->page1) {
        begin_node(t, NODE_PMCG);
    } else {
        begin_node(t, NODE_PMCG_NO_PAGE1);
    }
    put(t, pmcg->frame.base, 8);
    /* A kernel that is told of a wire does not look for the DeviceID. */
    put(t, own ? 0 : SPI_BASE + pmcg->frame.spi, 4);
    put(t, smmu_offset(t, pmcg->smmu), 4);
    put(t, pmcg->page1, 8);
    if (own) {
        put_own_device_id(t, pmcg->frame.device_id);
    }
    end_node(t);
}

static void put_reserved(Iort *t, const SmmulatorPlatform *p)
{
    begin_node(t, NODE_RMR);
    put(t, RMR_FLAGS, 4);
    put(t, 1, 4);
    put(t, t->bytes->len + 4 - t->node, 4);
    put(t, p->reserved.base, 8);
    put(t, p->reserved.size, 8);
    put(t, 0, 4);
    put_mapping(t, 0, p->sids, p->sid, smmu_offset(t, p->smmu), 0);
    end_node(t);
}

/* Oldest first: that is the order of the command line. */
static void put_smmus(Iort *t)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    SmmulatorState *s;

    QLIST_FOREACH(s, &smmulator_instances, next)
    {
        g_ptr_array_insert(all, 0, s);
    }
    for (guint i = 0; i < all->len; i++) {
        put_smmu(t, g_ptr_array_index(all, i));
    }
}

static void put_nodes(Iort *t)
{
    const SmmulatorPlatform *p;
    const SmmulatorPmcg *pmcg;

    if (smmulator_board.its) {
        put_its(t);
    }
    put_smmus(t);
    put_root_complex(t);
    QLIST_FOREACH(p, &smmulator_board.platforms, next)
    {
        put_platform(t, p);
    }
    QLIST_FOREACH(pmcg, &smmulator_board.pmcgs, next)
    {
        put_pmcg(t, pmcg);
    }
    QLIST_FOREACH(p, &smmulator_board.platforms, next)
    {
        if (p->smmu && p->reserved.size) {
            put_reserved(t, p);
        }
    }
}

GByteArray *smmulator_iort(const uint8_t *old)
{
    Iort t = {
        .bytes = g_byte_array_new(),
        .smmus = g_hash_table_new(NULL, NULL),
    };

    smmulator_acpi_put_header(t.bytes, "IORT", TABLE_REVISION, old);
    put(&t, 0, 4);
    put(&t, HEADER_SIZE, 4);
    put(&t, 0, 4);
    put_nodes(&t);
    set(&t, 36, t.nodes, 4);
    set(&t, 4, t.bytes->len, 4);
    g_hash_table_destroy(t.smmus);
    return t.bytes;
}
