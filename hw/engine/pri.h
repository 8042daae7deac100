/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Page Request Interface of a PCIe function: its capability's registers,
 * and the Page Request Groups that wait for a response. Each group has one
 * page.
 * Layer L4: no QEMU. Of the SMMU it knows the messages alone.
 *
 * Threads: all functions under one lock of the host's. A response may arrive
 * inside the page_request callback.
 */
#ifndef PRI_H
#define PRI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smmu3/ats.h"

/* Groups that can wait at a time: what the capability's Outstanding Page
 * Request Capacity says. */
#define SMMU3_PRI_CAPACITY 32u

/* The Control register's bits. */
#define SMMU3_PRI_CONTROL_ENABLE 1u
#define SMMU3_PRI_CONTROL_RESET 2u
/* The Status register's bits. */
#define SMMU3_PRI_STATUS_FAILURE 0x0001u    /* Response Failure */
#define SMMU3_PRI_STATUS_UNEXPECTED 0x0002u /* Unexpected PRG Index */
#define SMMU3_PRI_STATUS_STOPPED 0x0100u
#define SMMU3_PRI_STATUS_PASID 0x8000u /* responses carry the PASID */

struct smmu3_pri_host {
    /* Handed to every callback. */
    void *opaque;

    /* Sends a Page Request; prgindex, last and the rest are filled in. */
    void (*page_request)(void *opaque, const struct smmu3_page_request *req);

    /* The group that @owner waited for has its answer; or will never have one
     * (a reset), which is a Response Failure to @owner. */
    void (*answer)(void *opaque, unsigned owner, enum smmu3_prg_code code);
};

struct smmu3_pri {
    struct smmu3_pri_host host;
    bool pasid;      /* the function has a PASID capability */
    bool enabled;    /* Control.Enable */
    bool failed;     /* Response Failure: no more requests until re-enabled */
    uint16_t status; /* FAILURE and UNEXPECTED */
    uint32_t allocation; /* Outstanding Page Request Allocation */
    unsigned waiting;
    unsigned next; /* PRG index that is tried next */
    struct {
        bool used;
        bool ssv;
        uint32_t ssid;
        uint16_t prgindex;
        unsigned owner;
    } groups[SMMU3_PRI_CAPACITY];
};

/* Initializes @p: disabled, stopped, nothing waits. */
void smmu3_pri_init(struct smmu3_pri *p, const struct smmu3_pri_host *host,
                    bool pasid);

/* As after a reset of the function: no answers are given. */
void smmu3_pri_clear(struct smmu3_pri *p);

/*
 * Writes to the capability. Enabling clears the status; Reset works only while
 * disabled, and gives up what waits. Status bits are cleared by writing ones.
 */
void smmu3_pri_write_control(struct smmu3_pri *p, uint16_t value);
void smmu3_pri_write_status(struct smmu3_pri *p, uint16_t value);
void smmu3_pri_write_allocation(struct smmu3_pri *p, uint32_t value);
uint16_t smmu3_pri_read_control(const struct smmu3_pri *p);
uint16_t smmu3_pri_read_status(const struct smmu3_pri *p);

enum smmu3_pri_outcome {
    SMMU3_PRI_SENT, /* an answer will come, or has come */
    SMMU3_PRI_BUSY, /* as many wait as may: try again after an answer */
    SMMU3_PRI_OFF,
};

/* Asks for the page of @req, for @owner; PRG index and Last are filled in
 * here. */
enum smmu3_pri_outcome smmu3_pri_request(struct smmu3_pri *p, unsigned owner,
                                         const struct smmu3_page_request *req);

/*
 * A PRG Response arrives. One that nobody waits for sets Unexpected PRG
 * Index; so does one that lacks the PASID of its request, or has another. A
 * Response Failure ends all groups, whatever its index; after it nothing is
 * expected, and what comes is ignored.
 */
void smmu3_pri_response(struct smmu3_pri *p,
                        const struct smmu3_prg_response *resp);

#endif
