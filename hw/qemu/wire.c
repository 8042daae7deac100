/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core's wires into QEMU: guest memory, interrupts, deferred work, lock.
 * Layer L5.
 *
 * Faults come from iothreads, and an interrupt raised without the big lock
 * aborts QEMU (TCG's handler asserts it). So a line is pulsed at once only by
 * a thread that holds the lock; any other leaves it to a bottom half of the
 * main loop.
 */
#include "compat.h"
#include "internal.h"

/*
 * A table or queue may lie in another device's registers, whose access may
 * start a transaction of its own, which may do so again. Real systems hang
 * or abort; we abort from this depth on.
 */
#define ACCESS_DEPTH_MAX 4u

static __thread unsigned access_depth;

bool smmulator_in_core_access(void)
{
    return access_depth != 0;
}

AddressSpace *smmulator_space(SmmulatorState *s, enum smmu3_space space)
{
    return space == SMMU3_S && s->secure_memory ? &s->secure_as
                                                : &address_space_memory;
}

/*
 * The CPUs' view of Secure memory, which has the Non-secure one in it; a board
 * without it has one memory for both (virt: secure=on).
 */
static void secure_memory_init(SmmulatorState *s)
{
    Object *memory =
        first_cpu && object_property_find(OBJECT(first_cpu), "secure-memory")
            ? object_property_get_link(OBJECT(first_cpu), "secure-memory", NULL)
            : NULL;

    s->secure_memory = memory ? MEMORY_REGION(memory) : NULL;
    if (s->secure_memory) {
        address_space_init(&s->secure_as, s->secure_memory,
                           TYPE_SMMULATOR "-secure");
    }
}

/* An aligned 8-byte piece, single-copy atomic where it is RAM (3.21.1). */
static MemTxResult access_8(AddressSpace *as, MemTxAttrs attrs, uint64_t pa,
                            uint8_t *buf, bool write)
{
    MemTxResult result;

    if (write) {
        address_space_stq_le(as, pa, smmu3_ld64le(buf), attrs, &result);
    } else {
        smmu3_st64le(buf, address_space_ldq_le(as, pa, attrs, &result));
    }
    return result;
}

static bool guest_access(SmmulatorState *s, enum smmu3_space space, uint64_t pa,
                         uint8_t *buf, size_t len, bool write)
{
    AddressSpace *as = smmulator_space(s, space);
    MemTxAttrs attrs = { .secure = space == SMMU3_S };
    MemTxResult result = MEMTX_OK;

    if (access_depth >= ACCESS_DEPTH_MAX || pa + len < pa) {
        return false;
    }
    access_depth++;
    while (len && result == MEMTX_OK) {
        size_t n = MIN(len, 8 - (pa & 7));

        if (n == 8) {
            result = access_8(as, attrs, pa, buf, write);
        } else {
            result = address_space_rw(as, pa, attrs, buf, n, write);
        }
        pa += n;
        buf += n;
        len -= n;
    }
    access_depth--;
    return result == MEMTX_OK;
}

static bool host_read(void *opaque, enum smmu3_space space, uint64_t pa,
                      void *buf, size_t len)
{
    return guest_access(opaque, space, pa, buf, len, false);
}

static bool host_write(void *opaque, enum smmu3_space space, uint64_t pa,
                       const void *buf, size_t len)
{
    return guest_access(opaque, space, pa, (uint8_t *)buf, len, true);
}

/* True if @mr is memory that a pointer can be had of and written through. */
static bool is_plain_ram(MemoryRegion *mr)
{
    return memory_region_is_ram(mr) && !memory_region_is_rom(mr) &&
           !memory_region_is_romd(mr) && !memory_region_is_ram_device(mr);
}

/*
 * A real compare-and-swap on the guest's RAM: the CPUs' threads do theirs on
 * the same word. Anything else, a device's registers or a ROM, cannot do it.
 * Mapping and unmapping for write tells migration, the display and TCG, whose
 * translations of the page become void.
 */
static bool host_cas(void *opaque, enum smmu3_space space, uint64_t pa,
                     uint64_t *expected, uint64_t desired)
{
    AddressSpace *as = smmulator_space(opaque, space);
    MemTxAttrs attrs = { .secure = space == SMMU3_S };
    uint64_t old = cpu_to_le64(*expected);
    hwaddr offset, len = sizeof(old);
    uint64_t found;
    uint64_t *word;

    RCU_READ_LOCK_GUARD();
    if (pa % sizeof(old) ||
        !is_plain_ram(
            address_space_translate(as, pa, &offset, &len, true, attrs)) ||
        len < sizeof(old)) {
        return false;
    }
    word = address_space_map(as, pa, &len, true, attrs);
    if (!word || len < sizeof(old)) {
        if (word) {
            address_space_unmap(as, word, len, true, 0);
        }
        return false;
    }
    found = qatomic_cmpxchg(word, old, cpu_to_le64(desired));
    address_space_unmap(as, word, len, true, found == old ? len : 0);
    *expected = le64_to_cpu(found);
    return true;
}

/* The ITS tells its clients apart by the requester ID. */
bool smmulator_send_msi(SmmulatorState *s, enum smmu3_space space,
                        int device_id, uint64_t addr, uint32_t data)
{
    MemTxAttrs attrs = { .secure = space == SMMU3_S,
                         .requester_id = device_id };
    MemTxResult result;

    /* Without a DeviceID an ITS would take it for somebody else's. */
    if (access_depth >= ACCESS_DEPTH_MAX ||
        (smmulator_board.its && device_id == SMMULATOR_NO_DEVICE_ID)) {
        return false;
    }
    access_depth++;
    address_space_stl_le(smmulator_space(s, space), addr, data, attrs, &result);
    access_depth--;
    return result == MEMTX_OK;
}

static bool host_msi(void *opaque, enum smmu3_space space, uint64_t addr,
                     uint32_t data, uint8_t attr, uint8_t sh)
{
    SmmulatorState *s = opaque;

    return smmulator_send_msi(s, space, s->place.device_id, addr, data);
}

static void host_irq(void *opaque, enum smmu3_irq line)
{
    SmmulatorState *s = opaque;

    if (bql_locked()) {
        qemu_irq_pulse(s->place.irq[line]);
        return;
    }
    qatomic_or(&s->irq_pending, 1u << line);
    qemu_bh_schedule(s->irq_bh);
}

static void irq_bh(void *opaque)
{
    SmmulatorState *s = opaque;
    unsigned pending = qatomic_xchg(&s->irq_pending, 0);

    for (unsigned line = 0; line < SMMU3_IRQ_LINES; line++) {
        if (pending & (1u << line)) {
            qemu_irq_pulse(s->place.irq[line]);
        }
    }
}

static void host_stall_done(void *opaque, struct smmu3_stall *stall,
                            enum smmu3_stall_action action)
{
    smmulator_dma_stall_done(stall, action);
}

static void host_kick(void *opaque)
{
    SmmulatorState *s = opaque;

    qemu_bh_schedule(s->run_bh);
}

static void run_bh(void *opaque)
{
    SmmulatorState *s = opaque;

    smmu3_run(s->core);
}

static void host_lock(void *opaque)
{
    SmmulatorState *s = opaque;

    pthread_mutex_lock(&s->core_lock);
}

static void host_unlock(void *opaque)
{
    SmmulatorState *s = opaque;

    pthread_mutex_unlock(&s->core_lock);
}

struct smmu3_host smmulator_wire_init(SmmulatorState *s)
{
    pthread_mutex_init(&s->core_lock, NULL);
    secure_memory_init(s);
    s->irq_bh = qemu_bh_new(irq_bh, s);
    s->run_bh = qemu_bh_new(run_bh, s);
    return (struct smmu3_host){
        .opaque = s,
        .read = host_read,
        .write = host_write,
        .cas = host_cas,
        .irq = host_irq,
        .msi = host_msi,
        .stale = smmulator_iommu_stale,
        .atc_invalidate = smmulator_ats_invalidate,
        .prg_response = smmulator_ats_prg_response,
        .stall_done = host_stall_done,
        .kick = host_kick,
        .lock = host_lock,
        .unlock = host_unlock,
    };
}

/* What was on its way out when the reset came is lost with the rest. */
void smmulator_wire_reset(SmmulatorState *s)
{
    qemu_bh_cancel(s->irq_bh);
    qemu_bh_cancel(s->run_bh);
    qatomic_set(&s->irq_pending, 0);
}

void smmulator_wire_cleanup(SmmulatorState *s)
{
    qemu_bh_delete(s->irq_bh);
    qemu_bh_delete(s->run_bh);
    pthread_mutex_destroy(&s->core_lock);
    if (s->secure_memory) {
        address_space_destroy(&s->secure_as);
    }
}
