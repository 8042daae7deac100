/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capabilities PASID, ATS and PRI of this plugin's PCIe endpoints.
 * Layer L5.
 */
#include "compat.h"
#include "qemu/range.h"
#include "endpoint.h"

#define PASID_WIDTH 20
#define PASID_VERSION 1
#define PRI_VERSION 1
/* Newer than the header: PCIe 5.0 10.5.1.2. */
#define ATS_CAP_GLOBAL_INVALIDATE 0x0040
#define ATS_CONTROL_WRITABLE 0x801f
#define ATS_STU_MASK 0x001f
#define ATS_STU_LG2_MIN 12

static uint16_t config_word(const SmmulatorEndpoint *e, unsigned at)
{
    if (e->gone) {
        return 0; /* nor is there a configuration space */
    }
    return pci_get_word(e->dev->config + at);
}

/* log2 of the Smallest Translation Unit. */
static unsigned stu_lg2(const SmmulatorEndpoint *e)
{
    return ATS_STU_LG2_MIN +
           (config_word(e, e->ats_cap + PCI_ATS_CTRL) & ATS_STU_MASK);
}

/* The address is that of its Smallest Translation Unit. */
static void send_ats_request(void *opaque, const struct smmu3_ats_request *req,
                             struct smmu3_ats_completion *completion)
{
    SmmulatorEndpoint *e = opaque;
    const struct smmulator_attrs attrs = {
        .ssv = req->ssv,
        .pnu = req->priv,
        .ind = req->exe,
    };
    struct smmu3_ats_request sent = *req;

    if (!smmulator_endpoint_ats_enabled(e) ||
        !smmulator_endpoint_may_send(e, &attrs)) {
        *completion = (struct smmu3_ats_completion){ .status = SMMU3_ATS_UR };
        return;
    }
    sent.addr &= -(UINT64_C(1) << stu_lg2(e));
    smmulator_ats_request(&e->listener.master, &sent, completion);
    /* Less than the unit that software has set is of no use: it would be the
     * translation of another address. */
    if (completion->status == SMMU3_ATS_SUCCESS &&
        completion->lg2_size < stu_lg2(e)) {
        *completion = (struct smmu3_ats_completion){ .status = SMMU3_ATS_CA };
    }
}

/* Without an SMMU the answer is the root complex's. */
static void send_page_request(void *opaque,
                              const struct smmu3_page_request *req)
{
    SmmulatorEndpoint *e = opaque;
    const struct smmu3_prg_response none = {
        .prgindex = req->prgindex,
        .code = SMMU3_PRG_FAILURE,
    };

    if (e->gone || !smmulator_page_request(&e->listener.master, req)) {
        smmu3_pri_response(&e->requests, &none);
    }
}

static void drop(SmmulatorEndpoint *e, const struct smmu3_atc_inv *inv)
{
    if (smmu3_atc_invalidate(e->atc, inv) && e->ops->invalidated) {
        e->ops->invalidated(e);
    }
}

/* The Invalidate Requests that wait are done, or never will be. */
static void answer_held(SmmulatorEndpoint *e, enum smmu3_atc_status status)
{
    unsigned count = e->held_count;

    e->held_count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (status == SMMU3_ATC_DONE) {
            drop(e, &e->held[i]);
        }
        smmulator_atc_inv_done(&e->listener.master, e->held[i].token, status);
    }
}

/* A function with ATS off answers UR, which ends the invalidation as well. */
static enum smmu3_atc_status invalidate(void *opaque,
                                        const struct smmu3_atc_inv *inv)
{
    SmmulatorEndpoint *e = opaque;

    if (!smmulator_endpoint_ats_enabled(e)) {
        return SMMU3_ATC_DONE;
    }
    if (e->mute) {
        return SMMU3_ATC_TIMEOUT;
    }
    if (e->hold && e->held_count < SMMULATOR_HELD_MAX) {
        e->held[e->held_count++] = *inv;
        return SMMU3_ATC_PENDING;
    }
    drop(e, inv);
    return SMMU3_ATC_DONE;
}

static void prg_response(void *opaque, const struct smmu3_prg_response *resp)
{
    SmmulatorEndpoint *e = opaque;

    if (e->pri_cap) {
        smmu3_pri_response(&e->requests, resp);
    }
}

static void answer(void *opaque, unsigned owner, enum smmu3_prg_code code)
{
    SmmulatorEndpoint *e = opaque;

    e->ops->answer(e, owner, code);
}

static void add_pasid(SmmulatorEndpoint *e, uint16_t at)
{
    uint8_t *config = e->dev->config + at;

    pcie_add_capability(e->dev, PCI_EXT_CAP_ID_PASID, PASID_VERSION, at,
                        PCI_EXT_CAP_PASID_SIZEOF);
    pci_set_word(config + PCI_PASID_CAP,
                 PCI_PASID_CAP_EXEC | PCI_PASID_CAP_PRIV | PASID_WIDTH << 8);
    pci_set_word(e->dev->wmask + at + PCI_PASID_CTRL, PCI_PASID_CTRL_ENABLE |
                                                          PCI_PASID_CTRL_EXEC |
                                                          PCI_PASID_CTRL_PRIV);
    e->pasid_cap = at;
}

static void add_ats(SmmulatorEndpoint *e, uint16_t at)
{
    pcie_ats_init(e->dev, at, true);
    if (e->pasid) {
        pci_word_test_and_set_mask(e->dev->config + at + PCI_ATS_CAP,
                                   ATS_CAP_GLOBAL_INVALIDATE);
    }
    pci_set_word(e->dev->wmask + at + PCI_ATS_CTRL, ATS_CONTROL_WRITABLE);
    e->ats_cap = at;
}

/* Its registers live in @requests; configuration space has copies. */
static void add_pri(SmmulatorEndpoint *e, uint16_t at)
{
    pcie_add_capability(e->dev, PCI_EXT_CAP_ID_PRI, PRI_VERSION, at,
                        PCI_EXT_CAP_PRI_SIZEOF);
    pci_set_long(e->dev->config + at + PCI_PRI_MAX_REQ, SMMU3_PRI_CAPACITY);
    pci_set_word(e->dev->wmask + at + PCI_PRI_CTRL,
                 PCI_PRI_CTRL_ENABLE | PCI_PRI_CTRL_RESET);
    pci_set_long(e->dev->wmask + at + PCI_PRI_ALLOC_REQ, UINT32_MAX);
    e->pri_cap = at;
}

bool smmulator_endpoint_init(SmmulatorEndpoint *e, PCIDevice *dev,
                             const SmmulatorEndpointOps *ops,
                             unsigned atc_entries, Error **errp)
{
    const struct smmu3_pri_host host = {
        .opaque = e,
        .page_request = send_page_request,
        .answer = answer,
    };
    bool pri =
        e->pri == ON_OFF_AUTO_ON || (e->pri == ON_OFF_AUTO_AUTO && e->ats);
    uint16_t at = PCI_CONFIG_SPACE_SIZE;

    if (pri && !e->ats) {
        error_setg(errp, "pri=on needs ats=on (PCIe: Page Request Interface)");
        return false;
    }
    e->atc = smmu3_atc_new(atc_entries, send_ats_request, e);
    if (!e->atc) {
        error_setg(errp, "atc-entries=%u: 1 to %u are possible", atc_entries,
                   SMMU3_ATC_ENTRIES_MAX);
        return false;
    }
    e->dev = dev;
    e->ops = ops;
    if (e->pasid) {
        add_pasid(e, at);
        at += PCI_EXT_CAP_PASID_SIZEOF;
    }
    if (e->ats) {
        add_ats(e, at);
        at += PCI_EXT_CAP_ATS_SIZEOF;
    }
    if (pri) {
        add_pri(e, at);
    }
    smmu3_pri_init(&e->requests, &host, e->pasid);
    e->listener = (SmmulatorListener){
        .master = { .pci = dev },
        .opaque = e,
        .atc_invalidate = invalidate,
        .prg_response = prg_response,
    };
    smmulator_listen(&e->listener);
    return true;
}

void smmulator_endpoint_exit(SmmulatorEndpoint *e)
{
    answer_held(e, SMMU3_ATC_TIMEOUT);
    smmulator_unlisten(&e->listener);
    e->gone = true;
}

void smmulator_endpoint_free(SmmulatorEndpoint *e)
{
    smmu3_atc_free(e->atc);
    e->atc = NULL;
}

void smmulator_endpoint_reset(SmmulatorEndpoint *e)
{
    uint8_t *config = e->dev->config;

    if (e->pasid_cap) {
        pci_set_word(config + e->pasid_cap + PCI_PASID_CTRL, 0);
    }
    if (e->ats_cap) {
        pci_set_word(config + e->ats_cap + PCI_ATS_CTRL, 0);
    }
    if (e->pri_cap) {
        pci_set_word(config + e->pri_cap + PCI_PRI_CTRL, 0);
        pci_set_long(config + e->pri_cap + PCI_PRI_ALLOC_REQ, 0);
    }
    answer_held(e, SMMU3_ATC_TIMEOUT);
    smmu3_atc_clear(e->atc);
    smmu3_pri_clear(&e->requests);
}

/* What a configuration write of @len bytes at @addr means for the 16-bit
 * register at @at: bytes that it does not reach are zero. */
static uint16_t written_word(uint32_t addr, uint32_t val, int len, uint16_t at)
{
    uint16_t word = 0;

    for (int i = 0; i < len; i++) {
        if (addr + i == at || addr + i == at + 1u) {
            word |= (val >> 8 * i & 0xff) << 8 * (addr + i - at);
        }
    }
    return word;
}

static void write_pri(SmmulatorEndpoint *e, uint32_t addr, uint32_t val,
                      int len)
{
    uint8_t *pri = e->dev->config + e->pri_cap;

    smmu3_pri_write_allocation(&e->requests,
                               pci_get_long(pri + PCI_PRI_ALLOC_REQ));
    /* First the status: enabling clears it all the same. */
    smmu3_pri_write_status(
        &e->requests,
        written_word(addr, val, len, e->pri_cap + PCI_PRI_STATUS));
    if (ranges_overlap(addr, len, e->pri_cap + PCI_PRI_CTRL, 2)) {
        smmu3_pri_write_control(&e->requests, pci_get_word(pri + PCI_PRI_CTRL));
        pci_set_word(pri + PCI_PRI_CTRL, smmu3_pri_read_control(&e->requests));
    }
}

void smmulator_endpoint_write_config(SmmulatorEndpoint *e, uint32_t addr,
                                     uint32_t val, int len)
{
    pci_default_write_config(e->dev, addr, val, len);
    if (e->ats_cap && ranges_overlap(addr, len, e->ats_cap + PCI_ATS_CTRL, 2)) {
        answer_held(e, SMMU3_ATC_DONE);
    }
    if (!smmulator_endpoint_ats_enabled(e)) {
        smmu3_atc_clear(e->atc);
    }
    if (e->pri_cap &&
        ranges_overlap(addr, len, e->pri_cap, PCI_EXT_CAP_PRI_SIZEOF)) {
        write_pri(e, addr, val, len);
        if (e->ops->pri_written) {
            e->ops->pri_written(e);
        }
    }
}

uint32_t smmulator_endpoint_read_config(SmmulatorEndpoint *e, uint32_t addr,
                                        int len)
{
    if (e->pri_cap) {
        pci_set_word(e->dev->config + e->pri_cap + PCI_PRI_STATUS,
                     smmu3_pri_read_status(&e->requests));
    }
    return pci_default_read_config(e->dev, addr, len);
}

bool smmulator_endpoint_may_send(const SmmulatorEndpoint *e,
                                 const struct smmulator_attrs *attrs)
{
    uint16_t enabled;

    if (!attrs->ssv) {
        return true;
    }
    if (!e->pasid_cap) {
        return false;
    }
    enabled = config_word(e, e->pasid_cap + PCI_PASID_CTRL);
    return (enabled & PCI_PASID_CTRL_ENABLE) &&
           (!attrs->pnu || (enabled & PCI_PASID_CTRL_PRIV)) &&
           (!attrs->ind || (enabled & PCI_PASID_CTRL_EXEC));
}

bool smmulator_endpoint_ats_enabled(const SmmulatorEndpoint *e)
{
    return e->ats_cap &&
           (config_word(e, e->ats_cap + PCI_ATS_CTRL) & PCI_ATS_CTRL_ENABLE);
}
