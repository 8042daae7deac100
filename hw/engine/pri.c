/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Page Request Interface of a PCIe function.
 * Layer L4: no QEMU. Of the SMMU it knows the messages alone.
 */
#include "pri.h"

#include <string.h>

#define PRG_INDICES 512u

static void end_group(struct smmu3_pri *p, unsigned i, enum smmu3_prg_code code)
{
    p->groups[i].used = false;
    p->waiting--;
    p->host.answer(p->host.opaque, p->groups[i].owner, code);
}

static void give_up(struct smmu3_pri *p)
{
    for (unsigned i = 0; i < SMMU3_PRI_CAPACITY; i++) {
        if (p->groups[i].used) {
            end_group(p, i, SMMU3_PRG_FAILURE);
        }
    }
}

void smmu3_pri_write_control(struct smmu3_pri *p, uint16_t value)
{
    bool enable = value & SMMU3_PRI_CONTROL_ENABLE;

    if (enable && !p->enabled) {
        p->status = 0;
        p->failed = false;
    }
    p->enabled = enable;
    if (!enable && (value & SMMU3_PRI_CONTROL_RESET)) {
        give_up(p);
    }
}

void smmu3_pri_write_status(struct smmu3_pri *p, uint16_t value)
{
    p->status = (uint16_t)(p->status & ~value);
}

void smmu3_pri_write_allocation(struct smmu3_pri *p, uint32_t value)
{
    p->allocation = value;
}

uint16_t smmu3_pri_read_control(const struct smmu3_pri *p)
{
    return p->enabled ? SMMU3_PRI_CONTROL_ENABLE : 0;
}

uint16_t smmu3_pri_read_status(const struct smmu3_pri *p)
{
    bool stopped = (!p->enabled || p->failed) && p->waiting == 0;

    return (uint16_t)(p->status | (stopped ? SMMU3_PRI_STATUS_STOPPED : 0) |
                      (p->pasid ? SMMU3_PRI_STATUS_PASID : 0));
}

static bool index_used(const struct smmu3_pri *p, unsigned prgindex)
{
    for (unsigned i = 0; i < SMMU3_PRI_CAPACITY; i++) {
        if (p->groups[i].used && p->groups[i].prgindex == prgindex) {
            return true;
        }
    }
    return false;
}

enum smmu3_pri_outcome smmu3_pri_request(struct smmu3_pri *p, unsigned owner,
                                         const struct smmu3_page_request *req)
{
    struct smmu3_page_request sent = *req;
    unsigned i = 0;

    if (!p->enabled || p->failed) {
        return SMMU3_PRI_OFF;
    }
    if (p->waiting >= SMMU3_PRI_CAPACITY || p->waiting >= p->allocation) {
        return SMMU3_PRI_BUSY;
    }
    while (p->groups[i].used) {
        i++;
    }
    /* Fewer groups than indices: one is free. */
    while (index_used(p, p->next)) {
        p->next = (p->next + 1) % PRG_INDICES;
    }
    sent.prgindex = (uint16_t)p->next;
    sent.last = true;
    p->next = (p->next + 1) % PRG_INDICES;
    /* Before it is sent: the answer may come at once. */
    p->groups[i].used = true;
    p->groups[i].ssv = req->ssv;
    p->groups[i].ssid = req->ssid;
    p->groups[i].prgindex = sent.prgindex;
    p->groups[i].owner = owner;
    p->waiting++;
    p->host.page_request(p->host.opaque, &sent);
    return SMMU3_PRI_SENT;
}

void smmu3_pri_response(struct smmu3_pri *p,
                        const struct smmu3_prg_response *resp)
{
    if (p->failed) {
        return;
    }
    if (resp->code == SMMU3_PRG_FAILURE) {
        p->status |= SMMU3_PRI_STATUS_FAILURE;
        p->failed = true;
        give_up(p);
        return;
    }
    for (unsigned i = 0; i < SMMU3_PRI_CAPACITY; i++) {
        if (p->groups[i].used && p->groups[i].prgindex == resp->prgindex &&
            p->groups[i].ssv == resp->ssv &&
            (!resp->ssv || p->groups[i].ssid == resp->ssid)) {
            end_group(p, i, resp->code);
            return;
        }
    }
    p->status |= SMMU3_PRI_STATUS_UNEXPECTED;
}

void smmu3_pri_clear(struct smmu3_pri *p)
{
    const struct smmu3_pri_host host = p->host;

    smmu3_pri_init(p, &host, p->pasid);
}

void smmu3_pri_init(struct smmu3_pri *p, const struct smmu3_pri_host *host,
                    bool pasid)
{
    memset(p, 0, sizeof(*p));
    p->host = *host;
    p->pasid = pasid;
}
