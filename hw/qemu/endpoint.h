/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the PCIe endpoints of this plugin share: the capabilities PASID, ATS
 * and PRI, which QEMU has no or half a helper for, and what is behind them.
 * Layer L5: include "compat.h" before this header.
 */
#ifndef SMMULATOR_ENDPOINT_H
#define SMMULATOR_ENDPOINT_H

#include "hw/pci/pcie.h"
#include "atc.h"
#include "pri.h"
#include "smmulator.h"

typedef struct SmmulatorEndpoint SmmulatorEndpoint;

/* Invalidate Requests that can wait for their answer: PCIe's tags. */
#define SMMULATOR_HELD_MAX 32u

typedef struct SmmulatorEndpointOps {
    /* See struct smmu3_pri_host; NULL: the function sends no Page Request. */
    void (*answer)(SmmulatorEndpoint *e, unsigned owner,
                   enum smmu3_prg_code code);
    /* An Invalidate Request has removed entries of the ATC; may be NULL. */
    void (*invalidated)(SmmulatorEndpoint *e);
    /* The PRI capability was written; may be NULL. */
    void (*pri_written)(SmmulatorEndpoint *e);
} SmmulatorEndpointOps;

struct SmmulatorEndpoint {
    /* Properties */
    bool pasid;
    bool ats;
    OnOffAuto pri; /* auto: as ats */
    bool mute;     /* never answers an Invalidate Request, to see a timeout */
    bool hold; /* does so when ATS Control is written, to see one waited for */

    PCIDevice *dev;
    bool gone; /* from its bus */
    const SmmulatorEndpointOps *ops;
    /* Places of the capabilities in configuration space; 0: absent. */
    uint16_t pasid_cap;
    uint16_t ats_cap;
    uint16_t pri_cap;

    struct smmu3_atc *atc;
    struct smmu3_atc_inv held[SMMULATOR_HELD_MAX];
    unsigned held_count;
    struct smmu3_pri requests;

    SmmulatorListener listener;
};

#define SMMULATOR_ENDPOINT_PROPERTIES(type, field)                         \
    DEFINE_PROP_BOOL("pasid", type, field.pasid, true),                    \
        DEFINE_PROP_BOOL("ats", type, field.ats, true),                    \
        DEFINE_PROP_ON_OFF_AUTO("pri", type, field.pri, ON_OFF_AUTO_AUTO), \
        DEFINE_PROP_BOOL("mute-invalidations", type, field.mute, false),   \
        DEFINE_PROP_BOOL("hold-invalidations", type, field.hold, false)

/*
 * Adds the capabilities to @dev, which has the PCI Express capability already,
 * and an ATC of @atc_entries. False and *errp: nothing was added.
 */
bool smmulator_endpoint_init(SmmulatorEndpoint *e, PCIDevice *dev,
                             const SmmulatorEndpointOps *ops,
                             unsigned atc_entries, Error **errp);
/* The function is leaving its bus. What is in progress may still look at @e,
 * until smmulator_endpoint_free(). */
void smmulator_endpoint_exit(SmmulatorEndpoint *e);
void smmulator_endpoint_free(SmmulatorEndpoint *e);
void smmulator_endpoint_reset(SmmulatorEndpoint *e);

/* For the device's config_read and config_write. */
uint32_t smmulator_endpoint_read_config(SmmulatorEndpoint *e, uint32_t addr,
                                        int len);
void smmulator_endpoint_write_config(SmmulatorEndpoint *e, uint32_t addr,
                                     uint32_t val, int len);

/*
 * Whether the function may send a request with this PASID, privilege and
 * instruction mark: PASID Enable, and the enables of the two modes. Without a
 * PASID there is nothing to forbid.
 */
bool smmulator_endpoint_may_send(const SmmulatorEndpoint *e,
                                 const struct smmulator_attrs *attrs);
/* ATS Control.Enable. */
bool smmulator_endpoint_ats_enabled(const SmmulatorEndpoint *e);

#endif
