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

/* One piece of a transaction, which ends where its translation does. */
static MemTxResult dma_piece(SmmulatorPort *port, struct smmu3_txn *txn,
                             void *buf, size_t *len)
{
    MemTxAttrs attrs = master_attrs(port, txn->sid);
    bool write = txn->access != SMMU3_READ;
    struct smmu3_result res;
    hwaddr left;

    smmulator_port_translate(port, txn, &res);
    left = smmu3_low(MAX(res.lg2_size, PIECE_LG2)) -
           (txn->addr & smmu3_low(MAX(res.lg2_size, PIECE_LG2)));
    *len = left < *len ? left + 1 : *len;
    switch (res.outcome) {
    case SMMU3_OK:
        attrs.secure = res.space == SMMU3_S;
        return address_space_rw(smmulator_space(port->smmu, res.space), res.pa,
                                attrs, buf, *len, write);
    case SMMU3_RAZWI:
        /* What follows of this transaction is no news. */
        txn->silent = true;
        if (!write) {
            memset(buf, 0, *len);
        }
        return MEMTX_OK;
    case SMMU3_ABORT:
    default:
        return MEMTX_DECODE_ERROR;
    }
}

MemTxResult smmulator_dma(const SmmulatorMaster *m,
                          const struct smmulator_attrs *attrs, uint64_t addr,
                          void *buf, size_t len, bool write)
{
    SmmulatorPort *port = smmulator_master_port(m);
    MemTxResult result = MEMTX_OK;
    struct smmu3_txn txn;
    uint8_t *p = buf;

    if (!smmulator_master_enabled(m)) {
        return MEMTX_DECODE_ERROR;
    }
    if (!port) {
        AddressSpace *as =
            m->pci ? pci_get_address_space(m->pci) : &address_space_memory;

        return dma_memory_rw(as, addr, buf, len,
                             write ? DMA_DIRECTION_FROM_DEVICE
                                   : DMA_DIRECTION_TO_DEVICE,
                             MEMTXATTRS_UNSPECIFIED);
    }
    txn = smmulator_port_txn(port, addr, write ? SMMU3_WRITE : SMMU3_READ);
    txn.ssv = attrs->ssv;
    txn.ssid = attrs->ssid;
    txn.pnu = attrs->pnu;
    txn.ind = attrs->ind;
    txn.translated = attrs->translated;
    txn.attr = attrs->attr;
    txn.sh = attrs->sh;
    while (len && result == MEMTX_OK) {
        size_t n = len;

        result = dma_piece(port, &txn, p, &n);
        txn.addr += n;
        p += n;
        len -= n;
    }
    return result;
}
