/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the QEMU layer offers to the DMA masters of this plugin.
 * Layer L5: include "compat.h" before this header.
 *
 * QEMU's memory API carries an address and a direction. A master of ours
 * speaks to the SMMU directly instead, so that its transactions keep their
 * SubstreamID, privilege, instruction and memory attributes.
 */
#ifndef SMMULATOR_H
#define SMMULATOR_H

#include "smmu3/smmu3.h"

/* The QOM type of the SMMU, and of the engine. */
#define TYPE_SMMULATOR "smmulator"
#define TYPE_SMMULATOR_ENGINE "smmulator-engine"

/* What a transaction carries besides its address and data. */
struct smmulator_attrs {
    bool ssv; /* @ssid is valid */
    bool pnu;
    bool ind;
    bool ns; /* as the master says; false from one that is Secure */
    uint32_t ssid;
    uint8_t attr; /* as in struct smmu3_txn; 0xff if none */
    uint8_t sh;
};

/* A StreamID's way into an SMMU; internal.h. */
typedef struct SmmulatorPort SmmulatorPort;

/*
 * A DMA master of this plugin: a PCI function, whose SMMU and StreamID are
 * those of its bus at the moment, or a platform master with a port of its own.
 */
typedef struct SmmulatorMaster {
    PCIDevice *pci;      /* NULL: a platform master */
    SmmulatorPort *port; /* of a platform master */
    /* A transaction may wait for software (3.12.2): the master's protocol
     * does not time out and needs no order. */
    bool can_stall;
} SmmulatorMaster;

/*
 * Whether an SMMU of this plugin translates for @m now. Of a PCI function the
 * answer can change until the machine is ready; under the big lock.
 */
bool smmulator_serves(const SmmulatorMaster *m);

/*
 * One transaction of @m: moves @len bytes between @buf and bus address
 * @addr, @write: towards memory. StreamID: the one of this moment.
 *
 * At most one event is recorded, whatever pages the transaction touches: it
 * ends at the first that aborts, and what was moved before stays moved.
 * A terminated RAZ/WI transaction is MEMTX_OK; a read gives zeroes.
 *
 * If no SMMU of this plugin serves @m, this is plain DMA and @attrs is lost.
 * If a PCI function's bus mastering is off, MEMTX_DECODE_ERROR, and no SMMU
 * is asked.
 */
MemTxResult smmulator_dma(const SmmulatorMaster *m,
                          const struct smmulator_attrs *attrs, uint64_t addr,
                          void *buf, size_t len, bool write);

/* engine-pci.c: registers TYPE_SMMULATOR_ENGINE; called by plugin.c. */
void smmulator_engine_register(void);

/* testdev.c: registers `iommu-testdev` unless this QEMU has one of its own. */
void smmulator_testdev_register(void);

#endif
