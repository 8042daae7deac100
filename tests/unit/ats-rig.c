/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rig with ATS and PRI. See ats-rig.h.
 * Tests only.
 */
#include <stdlib.h>
#include "ats-rig.h"

struct smmu3_params ats_params(void)
{
    struct smmu3_params p = rig_params();

    p.f.ats = true;
    p.f.split_ats = true;
    p.f.atsrecerr = true;
    p.f.pri = true;
    return p;
}

static void set_ste(struct rig *r, uint32_t sid, struct ste ste, unsigned eats)
{
    set_bits(ste.w, 93, 92, eats);
    rig_set_ste(r, sid, ste);
}

struct ats_rig ats_new(const struct smmu3_params *params)
{
    struct smmu3_params p = params ? *params : ats_params();
    struct ats_rig a = { .r = rig_new_with(&p) };
    struct rig *r = a.r;

    ats_set_cr(&a, 2, 0x1d);
    rig_set_cd(r, RIG_CD, cd_make(RIG_TABLES, 12, 25));
    set_ste(r, ATS_S1, ste_s1(RIG_CD), 1);
    set_ste(r, ATS_S2, ste_s2(ATS_S2_TTB, 12, 24, 1), 1);
    set_ste(r, ATS_NESTED, ste_nested(RIG_CD, ATS_S2_TTB, 12, 24, 1), 1);
    set_ste(r, ATS_BYPASS, ste_bypass(), 1);
    set_ste(r, ATS_ABORT, ste_abort(), 1);
    a.s1 = map_s1(&r->h, RIG_TABLES, 12, 25, RIG_TABLES + 0x1000);
    a.s2 = map_s2(&r->h, ATS_S2_TTB, 12, 24, 1, ATS_S2_TTB + UINT64_C(0x10000));
    map_at(&a.s2, 0, 1, D_BLOCK | D_S2ALL);
    return a;
}

void ats_set_eats(struct ats_rig *a, uint32_t sid, unsigned eats)
{
    uint64_t at = RIG_STRTAB + 64 * (uint64_t)sid + 8;
    uint64_t w = mem_r64(&a->r->h, at);

    w = (w & ~(UINT64_C(3) << 28)) | (uint64_t)eats << 28;
    mem_w64(&a->r->h, at, w);
    rig_cmd(a->r, cmd_cfgi_ste(sid, true));
}

void ats_set_cr(struct ats_rig *a, uint32_t cr2, uint32_t cr0)
{
    wr32(a->r, O_CR0, 0xc);
    wr32(a->r, O_CR2, cr2);
    wr32(a->r, O_CR0, cr0);
}

struct smmu3_ats_request ats_req(uint32_t sid, uint64_t addr, const char *how)
{
    struct smmu3_ats_request req = { .sid = sid, .addr = addr, .span = 1 };

    for (; *how; how++) {
        switch (*how) {
        case 'r':
            req.no_write = true;
            break;
        case 'w':
            req.no_write = false;
            break;
        case 'x':
            req.exe = true;
            break;
        case 'p':
            req.priv = true;
            break;
        default:
            abort();
        }
    }
    return req;
}

struct smmu3_ats_completion ats_go(struct ats_rig *a,
                                   const struct smmu3_ats_request *req)
{
    struct smmu3_ats_completion c;

    memset(&c, 0x5a, sizeof(c)); /* all of it is to be filled in */
    smmu3_ats_request(a->r->s, req, &c);
    return c;
}

bool check_ats(struct ats_rig *a, const char *file, int line,
               const struct smmu3_ats_request *req, struct ats_want want,
               const uint64_t *event)
{
    struct smmu3_ats_completion c = ats_go(a, req);
    uint64_t w[4] = { 0 };
    bool recorded = rig_event(a->r, w);
    bool ok = c.status == want.status && c.addr == want.addr &&
              c.lg2_size == want.lg2_size && c.r == want.r && c.w == want.w &&
              c.exe == want.exe && c.priv == want.priv && !c.global &&
              !c.untranslated && !c.non_snooped;

    ok = ok && recorded == (event != NULL) &&
         (!event || memcmp(w, event, sizeof(w)) == 0);
    ok = ok && rig_drop_events(a->r) == 0;
    if (!check_true(file, line, "the completion and its event", ok)) {
        g_test_message("  got  status %d 0x%" G_GINT64_MODIFIER
                       "x lg2 %u r %d w %d exe %d priv %d",
                       c.status, c.addr, c.lg2_size, c.r, c.w, c.exe, c.priv);
        g_test_message("  event %d %016" G_GINT64_MODIFIER
                       "x %016" G_GINT64_MODIFIER "x %016" G_GINT64_MODIFIER
                       "x %016" G_GINT64_MODIFIER "x",
                       recorded, w[0], w[1], w[2], w[3]);
    }
    return ok;
}
