/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATS and PRI between the SMMU and its masters: requests of this plugin's own,
 * invalidations and responses to whoever listens at a StreamID.
 * Layer L5.
 */
#include "compat.h"
#include "internal.h"

static QLIST_HEAD(, SmmulatorListener) listeners =
    QLIST_HEAD_INITIALIZER(listeners);

void smmulator_listen(SmmulatorListener *l)
{
    QLIST_INSERT_HEAD(&listeners, l, next);
}

void smmulator_unlisten(SmmulatorListener *l)
{
    QLIST_REMOVE(l, next);
}

/* Who listens at this StreamID of @s, or NULL. */
static SmmulatorListener *listener_at(SmmulatorState *s, uint32_t sid)
{
    SmmulatorListener *l;

    QLIST_FOREACH(l, &listeners, next)
    {
        SmmulatorPort *port = smmulator_master_port(&l->master);

        if (port && port->smmu == s && smmulator_port_sid(port) == sid) {
            return l;
        }
    }
    return NULL;
}

enum smmu3_atc_status smmulator_ats_invalidate(void *opaque,
                                               const struct smmu3_atc_inv *inv)
{
    SmmulatorState *s = opaque;
    SmmulatorListener *l = listener_at(s, inv->sid);

    if (!inv->ssv) {
        smmulator_iommu_devices_stale(s, inv->sid, inv->addr,
                                      inv->addr | smmu3_low(inv->lg2_size));
    }
    return l && l->atc_invalidate ? l->atc_invalidate(l->opaque, inv)
                                  : SMMU3_ATC_DONE;
}

void smmulator_ats_prg_response(void *opaque,
                                const struct smmu3_prg_response *resp)
{
    SmmulatorListener *l = listener_at(opaque, resp->sid);

    if (l && l->prg_response) {
        l->prg_response(l->opaque, resp);
    }
}

void smmulator_ats_request(const SmmulatorMaster *m,
                           const struct smmu3_ats_request *req,
                           struct smmu3_ats_completion *completion)
{
    SmmulatorPort *port = smmulator_master_port(m);
    struct smmu3_ats_request r = *req;

    if (!port || !smmulator_master_enabled(m)) {
        *completion = (struct smmu3_ats_completion){ .status = SMMU3_ATS_UR };
        return;
    }
    r.sid = smmulator_port_sid(port);
    smmu3_ats_request(port->smmu->core, &r, completion);
}

void smmulator_atc_inv_done(const SmmulatorMaster *m, uint64_t token,
                            enum smmu3_atc_status status)
{
    SmmulatorPort *port = smmulator_master_port(m);

    if (port) {
        smmu3_atc_inv_done(port->smmu->core, token, status);
    }
}

bool smmulator_page_request(const SmmulatorMaster *m,
                            const struct smmu3_page_request *req)
{
    SmmulatorPort *port = smmulator_master_port(m);
    struct smmu3_page_request r = *req;

    if (!port || !smmulator_master_enabled(m)) {
        return false;
    }
    r.sid = smmulator_port_sid(port);
    smmu3_page_request(port->smmu->core, &r);
    return true;
}
