/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions of this plugin's own masters, which keep their attributes.
 * Layer L5.
 */
#include "compat.h"
#include "internal.h"

/* A result holds for this much at least, also that of a fault. */
#define PIECE_LG2 12

SmmulatorPort *smmulator_master_port(const SmmulatorMaster *m)
{
    return m->pci ? smmulator_port_of_device(m->pci) : m->port;
}

bool smmulator_master_enabled(const SmmulatorMaster *m)
{
    return !m->pci ||
           (pci_get_word(m->pci->config + PCI_COMMAND) & PCI_COMMAND_MASTER);
}

/* What an ITS goes by when this is a message: the requester ID, or what stands
 * for it where a StreamID has more bits. */
static MemTxAttrs master_attrs(const SmmulatorPort *port, uint32_t sid)
{
    return (MemTxAttrs){
        .requester_id = port->bus ? sid : port->device_id,
    };
}

bool smmulator_serves(const SmmulatorMaster *m)
{
    return smmulator_master_port(m) != NULL;
}

static MemTxResult untranslated(const SmmulatorDma *d)
{
    PCIDevice *pci = d->master.pci;

    return dma_memory_rw(
        pci ? pci_get_address_space(pci) : &address_space_memory, d->addr,
        d->buf, d->len,
        d->write ? DMA_DIRECTION_FROM_DEVICE : DMA_DIRECTION_TO_DEVICE,
        MEMTXATTRS_UNSPECIFIED);
}

static struct smmu3_txn dma_txn(SmmulatorDma *d, const SmmulatorPort *port)
{
    struct smmu3_txn txn =
        smmulator_port_txn(port, d->addr, d->write ? SMMU3_WRITE : SMMU3_READ);

    if (d->attrs.rid_valid) {
        txn.sid = d->attrs.rid;
    }
    txn.ssv = d->attrs.ssv;
    txn.ssid = d->attrs.ssid;
    txn.pnu = d->attrs.pnu;
    txn.ind = d->attrs.ind;
    txn.ns = d->attrs.ns;
    txn.translated = d->attrs.translated;
    txn.attr = d->attrs.attr;
    txn.sh = d->attrs.sh;
    txn.silent = d->silent;
    txn.stall = d->master.can_stall ? &d->stall : NULL;
    return txn;
}

/*
 * One piece of a transaction, which ends where its translation does. False: it
 * waits, or @d was cancelled meanwhile.
 */
static bool dma_piece(SmmulatorDma *d, SmmulatorPort *port, MemTxResult *result)
{
    struct smmu3_txn txn = dma_txn(d, port);
    MemTxAttrs attrs = master_attrs(port, txn.sid);
    unsigned serial = d->serial;
    struct smmu3_result res;
    size_t len = d->len;
    hwaddr left;

    d->core = port->smmu->core;
    smmulator_port_translate(port, &txn, &res);
    if (res.outcome == SMMU3_STALLED) {
        if (serial != d->serial) {
            smmulator_dma_cancel(d); /* first cancelled, then held */
        }
        return false;
    }
    if (serial != d->serial) {
        return false;
    }
    left = smmu3_low(MAX(res.lg2_size, PIECE_LG2)) -
           (txn.addr & smmu3_low(MAX(res.lg2_size, PIECE_LG2)));
    len = left < len ? left + 1 : len;
    *result = MEMTX_OK;
    switch (res.outcome) {
    case SMMU3_OK:
        d->left = true;
        d->outgoing = (struct smmulator_attrs){
            .pnu = res.pnu,
            .ind = res.ind,
            .ns = res.space == SMMU3_NS,
            .attr = res.attr,
            .sh = res.sh,
        };
        attrs.secure = res.space == SMMU3_S;
        *result = address_space_rw(smmulator_space(port->smmu, res.space),
                                   res.pa, attrs, d->buf, len, d->write);
        break;
    case SMMU3_RAZWI:
        /* What follows of this transaction is no news. */
        d->silent = true;
        if (!d->write) {
            memset(d->buf, 0, len);
        }
        break;
    case SMMU3_ABORT:
    default:
        *result = MEMTX_DECODE_ERROR;
        break;
    }
    if (serial != d->serial) {
        return false;
    }
    d->addr += len;
    d->buf += len;
    d->len -= len;
    return true;
}

/* What is left of a transaction. False: it waits, or was cancelled. */
static bool dma_rest(SmmulatorDma *d, MemTxResult *result)
{
    SmmulatorPort *port = smmulator_master_port(&d->master);

    *result = MEMTX_OK;
    if (!smmulator_master_enabled(&d->master)) {
        *result = MEMTX_DECODE_ERROR;
        return true;
    }
    if (!port && d->attrs.translated) {
        /* Nobody has translated anything. */
        *result = MEMTX_DECODE_ERROR;
        return true;
    }
    if (!port) {
        unsigned serial = d->serial;

        *result = untranslated(d);
        return serial == d->serial;
    }
    while (d->len && *result == MEMTX_OK) {
        if (!dma_piece(d, port, result)) {
            return false;
        }
    }
    return true;
}

MemTxResult smmulator_dma(const SmmulatorMaster *m,
                          const struct smmulator_attrs *attrs, uint64_t addr,
                          void *buf, size_t len, bool write)
{
    MemTxResult result;
    SmmulatorDma d = {
        .master = { .pci = m->pci, .port = m->port },
        .attrs = *attrs,
        .addr = addr,
        .buf = buf,
        .len = len,
        .write = write,
    };

    dma_rest(&d, &result);
    return result;
}

bool smmulator_dma_start(SmmulatorDma *d, MemTxResult *result)
{
    d->silent = false;
    return dma_rest(d, result);
}

void smmulator_dma_cancel(SmmulatorDma *d)
{
    d->serial++;
    if (d->ready) {
        QTAILQ_REMOVE(&d->queue->ready, d, next);
        d->ready = false;
    } else if (d->core) {
        smmu3_stall_cancel(d->core, &d->stall);
    }
}

void smmulator_dma_stall_done(struct smmu3_stall *stall,
                              enum smmu3_stall_action action)
{
    SmmulatorDma *d = container_of(stall, SmmulatorDma, stall);

    d->ready = true;
    d->action = action;
    QTAILQ_INSERT_TAIL(&d->queue->ready, d, next);
    qemu_bh_schedule(d->queue->bh);
}

/* Goes on with @d, which waited. False: it waits again, or was cancelled. */
static bool resume(SmmulatorDma *d, MemTxResult *result)
{
    switch (d->action) {
    case SMMU3_STALL_RETRY:
        return dma_rest(d, result);
    case SMMU3_STALL_RAZWI:
        if (!d->write) {
            memset(d->buf, 0, d->len);
        }
        *result = MEMTX_OK;
        return true;
    case SMMU3_STALL_ABORT:
    default:
        *result = MEMTX_DECODE_ERROR;
        return true;
    }
}

/* Those that are ready now: one that waits again does not come again here. */
static void queue_bh(void *opaque)
{
    SmmulatorDmaQueue *q = opaque;
    SmmulatorDma *d;
    unsigned n = 0;

    /* A transaction may unplug the device that makes it. */
    object_ref(OBJECT(q->dev));
    QTAILQ_FOREACH(d, &q->ready, next)
    {
        n++;
    }
    while (n-- && (d = QTAILQ_FIRST(&q->ready))) {
        MemTxResult result;

        QTAILQ_REMOVE(&q->ready, d, next);
        d->ready = false;
        if (resume(d, &result)) {
            d->done(d, result);
        }
    }
    if (!QTAILQ_EMPTY(&q->ready)) {
        qemu_bh_schedule(q->bh);
    }
    object_unref(OBJECT(q->dev));
}

void smmulator_dma_queue_init(SmmulatorDmaQueue *q, DeviceState *dev)
{
    QTAILQ_INIT(&q->ready);
    q->dev = dev;
    q->bh = qemu_bh_new_guarded(queue_bh, q, &dev->mem_reentrancy_guard);
}

void smmulator_dma_queue_destroy(SmmulatorDmaQueue *q)
{
    qemu_bh_delete(q->bh);
}
