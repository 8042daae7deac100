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
#define TYPE_SMMULATOR_ENGINE_PLATFORM "smmulator-engine-platform"

/* What a transaction carries besides its address and data. */
struct smmulator_attrs {
    bool ssv; /* @ssid is valid */
    bool pnu;
    bool ind;
    bool translated; /* ATS: the address is that of a completion */
    bool ns;         /* as the master says; false from one that is Secure */
    bool rid_valid;  /* @rid is the requester ID, not the function's own */
    uint16_t rid;
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

typedef struct SmmulatorDma SmmulatorDma;

/* Where the transactions of a master go on that waited. */
typedef struct SmmulatorDmaQueue {
    QTAILQ_HEAD(, SmmulatorDma) ready;
    QEMUBH *bh;
    DeviceState *dev; /* whose memory all this is */
} SmmulatorDmaQueue;

/*
 * A transaction that may wait. The master fills in the first part each time,
 * and zeroes the rest once; it keeps the memory until the transaction has
 * ended. All under the big lock.
 */
struct SmmulatorDma {
    SmmulatorMaster master;
    struct smmulator_attrs attrs;
    uint64_t addr;
    uint8_t *buf;
    size_t len;
    bool write;
    SmmulatorDmaQueue *queue;
    void *opaque; /* the master's */
    /* The end of one that waited, from a bottom half. It may start the next. */
    void (*done)(SmmulatorDma *d, MemTxResult result);

    /* What it left the SMMU with, if it did: pnu, ind, ns, attr and sh. */
    bool left;
    struct smmulator_attrs outgoing;

    /* dma.c's */
    struct smmu3_stall stall;
    struct smmu3 *core; /* that may hold it */
    enum smmu3_stall_action action;
    bool ready;      /* in the queue */
    bool silent;     /* no record any more */
    unsigned serial; /* counts cancellations */
    QTAILQ_ENTRY(SmmulatorDma) next;
};

/* As smmulator_dma(), where @d.master.can_stall. True: ended, with *@result.
 * False: it waits, and @d.done will be called. */
bool smmulator_dma_start(SmmulatorDma *d, MemTxResult *result);

/* Gives up a transaction that waits, or that is inside smmulator_dma_start()
 * at this moment: @d.done is not called. */
void smmulator_dma_cancel(SmmulatorDma *d);

void smmulator_dma_queue_init(SmmulatorDmaQueue *q, DeviceState *dev);
/* With no transaction of it left. */
void smmulator_dma_queue_destroy(SmmulatorDmaQueue *q);

/*
 * ATS and PRI of @m. Its StreamID is filled in here; under the big lock.
 *
 * A Translation Request; UR if no SMMU of this plugin serves @m or its bus
 * mastering is off.
 */
void smmulator_ats_request(const SmmulatorMaster *m,
                           const struct smmu3_ats_request *req,
                           struct smmu3_ats_completion *completion);

/* A Page Request. The response, if one is due, comes through the listener,
 * perhaps before this returns. False: nobody took it, and none will come. */
bool smmulator_page_request(const SmmulatorMaster *m,
                            const struct smmu3_page_request *req);

/* What the SMMU sends to a function. All under the big lock. */
typedef struct SmmulatorListener {
    SmmulatorMaster master;
    void *opaque;
    /* An Invalidate Request. SMMU3_ATC_DONE if the function knows no ATS, or
     * has it disabled; SMMU3_ATC_TIMEOUT if it will never answer; after
     * SMMU3_ATC_PENDING, smmulator_atc_inv_done() tells. */
    enum smmu3_atc_status (*atc_invalidate)(void *opaque,
                                            const struct smmu3_atc_inv *inv);
    /* A PRG Response. */
    void (*prg_response)(void *opaque, const struct smmu3_prg_response *resp);
    QLIST_ENTRY(SmmulatorListener) next;
} SmmulatorListener;

/* From realize to unrealize of the function. */
void smmulator_listen(SmmulatorListener *l);
void smmulator_unlisten(SmmulatorListener *l);

/* A pending invalidation has ended; not from inside atc_invalidate. */
void smmulator_atc_inv_done(const SmmulatorMaster *m, uint64_t token,
                            enum smmu3_atc_status status);

/* engine-pci.c: registers TYPE_SMMULATOR_ENGINE; called by plugin.c. */
void smmulator_engine_register(void);

/* engine-platform.c: likewise. */
void smmulator_engine_platform_register(void);

/* exerciser-pci.c: registers `smmulator-exerciser`. */
void smmulator_exerciser_register(void);

/* testdev.c: registers `iommu-testdev` unless this QEMU has one of its own. */
void smmulator_testdev_register(void);

#endif
