/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for the Secure interface. See secure-rig.h.
 * Tests only.
 */
#include "secure-rig.h"

struct smmu3_params secure_params(void)
{
    struct smmu3_params p = rig_params();

    p.f.secure = true;
    p.f.s_sidsize = 8;
    return p;
}

uint32_t srd32(struct rig *r, uint32_t offset)
{
    return (uint32_t)smmu3_mmio_read(r->s, SMMU3_S, offset, 4);
}

uint64_t srd64(struct rig *r, uint32_t offset)
{
    return smmu3_mmio_read(r->s, SMMU3_S, offset, 8);
}

void swr32(struct rig *r, uint32_t offset, uint32_t value)
{
    smmu3_mmio_write(r->s, SMMU3_S, offset, value, 4);
}

void swr64(struct rig *r, uint32_t offset, uint64_t value)
{
    smmu3_mmio_write(r->s, SMMU3_S, offset, value, 8);
}

struct secure_rig secure_new(const struct smmu3_params *params)
{
    struct smmu3_params p = params ? *params : secure_params();
    struct secure_rig s = { .r = rig_new_with(&p) };

    swr32(s.r, 0x8028, 0xd75);
    swr32(s.r, 0x802c, 2);
    swr64(s.r, 0x8080, RIG_STRTAB);
    swr32(s.r, 0x8088, RIG_STRTAB_LOG2);
    swr64(s.r, 0x8090, RIG_CMDQ | RIG_CMDQ_LOG2);
    swr64(s.r, 0x80a0, RIG_EVENTQ | RIG_EVENTQ_LOG2);
    swr32(s.r, 0x8050, 5);
    swr32(s.r, 0x8020, 0xd);
    CHECK_EQ(srd32(s.r, 0x8024), 0xd);
    return s;
}

void secure_set_ste(struct secure_rig *s, uint32_t sid, struct ste ste)
{
    mem_words(&s->r->h, FAKE_SECURE + RIG_STRTAB + 64 * (uint64_t)sid, ste.w,
              8);
}

bool secure_cmd(struct secure_rig *s, struct cmd c)
{
    uint32_t mask = (1u << RIG_CMDQ_LOG2) - 1;
    uint64_t at = FAKE_SECURE + RIG_CMDQ + 16 * (uint64_t)(s->prod & mask);

    mem_words(&s->r->h, at, c.w, 2);
    s->prod = (s->prod + 1) & (2 * mask + 1);
    swr32(s->r, 0x8098, s->prod);
    rig_drain(s->r);
    if (!((srd32(s->r, 0x8060) ^ srd32(s->r, 0x8064)) & 1)) {
        CHECK_EQ(srd32(s->r, 0x809c) & 0xfffff, s->prod);
        return true;
    }
    CHECK_EQ(srd32(s->r, 0x809c) >> 24, 1);
    mem_words(&s->r->h, at, (const uint64_t[]){ 0x46, 0 }, 2);
    swr32(s->r, 0x8064, srd32(s->r, 0x8060));
    rig_drain(s->r);
    CHECK_EQ(srd32(s->r, 0x809c) & 0xfffff, s->prod);
    return false;
}

void secure_forget(struct secure_rig *s)
{
    CHECK(secure_cmd(s, (struct cmd){ { 0x04, 0x1f } }));
    CHECK(secure_cmd(s, (struct cmd){ { 0x404, 0x1f } }));
    CHECK(secure_cmd(s, cmd_op(0x10)));
    CHECK(secure_cmd(s, cmd_op(0x18)));
    CHECK(secure_cmd(s, cmd_op(0x30)));
    if (s->r->p.f.sel2) {
        CHECK(secure_cmd(s, cmd_op(0x60)));
        CHECK(secure_cmd(s, cmd_op(0x50)));
    }
    CHECK(secure_cmd(s, cmd_op(0x46)));
}

bool secure_event(struct secure_rig *s, uint64_t w[4])
{
    uint32_t prod = srd32(s->r, 0x80a8), mask = (1u << RIG_EVENTQ_LOG2) - 1;
    uint64_t at =
        FAKE_SECURE + RIG_EVENTQ + 32 * (uint64_t)(s->evt_cons & mask);

    if ((prod & 0xfffff) == s->evt_cons) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        w[i] = mem_r64(&s->r->h, at + 8 * i);
    }
    s->evt_cons = (s->evt_cons + 1) & (2 * mask + 1);
    swr32(s->r, 0x80ac, s->evt_cons | (prod & 0x80000000u));
    return true;
}

struct smmu3_result secure_go(struct secure_rig *s, uint32_t sid, uint64_t addr,
                              const char *how)
{
    bool ns = strchr(how, 'n');
    char *rest = g_strdup(how);
    struct smmu3_result res;
    struct smmu3_txn t;

    if (ns) {
        *strchr(rest, 'n') = *rest;
        t = rig_txn(sid, addr, rest + 1);
    } else {
        t = rig_txn(sid, addr, rest);
    }
    g_free(rest);
    t.secure = true;
    t.ns = ns;
    memset(&res, 0x5a, sizeof(res));
    smmu3_translate(s->r->s, &t, &res);
    return res;
}
