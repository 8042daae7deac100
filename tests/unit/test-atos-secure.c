/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation operations of the Secure interface (9; A.14, A.15):
 * S_GATOS and S_VATOS.
 */
#include "secure-rig.h"

#define SID 3u
#define VA UINT64_C(0x12345000)
#define TTB UINT64_C(0x20000000)
#define SSEC (UINT64_C(1) << 53)
#define S1_READ UINT64_C(0x500)
#define S2_READ UINT64_C(0x900)
#define S12_READ UINT64_C(0xd00)
#define D_NS (UINT64_C(1) << 5)
#define FAIL(code) ((uint64_t)(code) << 4 | 1)

static struct secure_rig start(bool sel2)
{
    struct smmu3_params p = secure_params();
    struct secure_rig s;
    struct mapper m;

    p.f.atos = true;
    p.f.vatos = true;
    p.f.stt = sel2;
    p.f.sel2 = sel2;
    s = secure_new(&p);
    /* The Non-secure stream's page is 0x40001000, the Secure one's 0x50001000;
     * the next page of the latter is Non-secure. */
    m = map_s1(&s.r->h, TTB, 12, 25, TTB + 0x1000);
    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 0x40001000);
    rig_set_cd(s.r, RIG_CD, cd_make(TTB, 12, 25));
    rig_set_ste(s.r, SID, ste_s1(RIG_CD));
    m = map_s1(&s.r->h, TTB, 12, 25, TTB + 0x1000);
    m.offset = FAKE_SECURE;
    map_at(&m, VA, 3, D_PAGE | D_S1ALL | 0x50001000);
    map_at(&m, VA + 0x1000, 3, D_PAGE | D_S1ALL | D_NS | 0x50002000);
    rig_set_cd(s.r, FAKE_SECURE + RIG_CD, cd_make(TTB, 12, 25));
    secure_set_ste(&s, SID, ste_s1(RIG_CD));
    return s;
}

/* As from the group whose CTRL is at @ctrl. */
static uint64_t ask(struct secure_rig *s, uint32_t ctrl, uint64_t sid,
                    uint64_t addr)
{
    swr64(s->r, ctrl + 0x08, sid);
    swr64(s->r, ctrl + 0x10, addr);
    swr32(s->r, ctrl, 1);
    CHECK_EQ(srd32(s->r, ctrl), 0);
    return srd64(s->r, ctrl + 0x18);
}

static void registers(void)
{
    struct secure_rig s = start(false);

    swr64(s.r, 0x8108, UINT64_MAX);
    CHECK_EQ(srd64(s.r, 0x8108), 0x002000000000ffff);
    swr64(s.r, 0x8110, UINT64_MAX);
    CHECK_EQ(srd64(s.r, 0x8110), 0xffffffffffffffc0);
    /* Non-secure accesses: RAZ/WI. */
    for (uint32_t o = 0x8100; o < 0x8120; o += 4) {
        CHECK_EQ(rd32(s.r, o), 0);
    }
    wr64(s.r, 0x8108, 0);
    CHECK_EQ(srd64(s.r, 0x8108), 0x002000000000ffff);
    CHECK_EQ(srd64(s.r, 0x108), 0);
    /* S_VATOS needs SEL2. */
    CHECK_EQ(srd32(s.r, 0x8008), 0);
    swr32(s.r, 0x8180, 7);
    CHECK_EQ(srd32(s.r, 0x8180), 0);
    swr64(s.r, 0x40a08, UINT64_MAX);
    CHECK_EQ(srd64(s.r, 0x40a08), 0);
    rig_free(s.r);
}

static void no_secure(void)
{
    struct smmu3_params p = rig_params();
    struct rig *r;

    p.f.atos = true;
    r = rig_new_with(&p);
    swr64(r, 0x8108, UINT64_MAX);
    CHECK_EQ(srd64(r, 0x8108), 0);
    rig_free(r);
}

/* SSEC chooses the stream; PAR.NS is where its page lies. */
static void gatos(void)
{
    struct secure_rig s = start(false);

    CHECK_EQ(ask(&s, 0x8100, SID | SSEC, VA | S1_READ), 0xff00000050001000);
    CHECK_EQ(ask(&s, 0x8100, SID | SSEC, (VA + 0x1000) | S1_READ),
             0xff00000050002400);
    CHECK_EQ(ask(&s, 0x8100, SID, VA | S1_READ), 0xff00000040001000);
    CHECK_EQ(ask(&s, 0x8100, SID, (VA + 0x1000) | S1_READ), FAIL(0x10));
    CHECK_EQ(ask(&s, 0x8100, SID | SSEC, VA | S2_READ), FAIL(0xfe));
    /* The Non-secure group sees no Secure stream. */
    CHECK_EQ(ask(&s, 0x100, SID | SSEC, VA | S1_READ), 0xff00000040001000);
    CHECK_EQ(srd64(s.r, 0x108), SID);
    rig_free(s.r);
}

/* A Non-secure stream needs both enables, a Secure one its own. */
static void enables(void)
{
    struct secure_rig s = start(false);

    wr32(s.r, O_CR0, 0xc);
    CHECK_EQ(ask(&s, 0x8100, SID, VA | S1_READ), FAIL(0xfd));
    CHECK_EQ(ask(&s, 0x8100, SID | SSEC, VA | S1_READ), 0xff00000050001000);
    wr32(s.r, O_CR0, 0xd);
    swr32(s.r, 0x8020, 0xc);
    CHECK_EQ(ask(&s, 0x8100, SID, VA | S1_READ), 0xff00000050001000);
    CHECK_EQ(ask(&s, 0x100, SID, VA | S1_READ), 0xff00000040001000);
    rig_free(s.r);
}

/* SEL2: stage 2 by the NS attribute of the request, and S_VATOS. */
static void sel2(void)
{
    struct secure_rig s = start(true);
    struct ste ste = ste_s2(0x30000000, 12, 25, 1);
    struct mapper m = map_s2(&s.r->h, 0x30000000, 12, 25, 1, 0x30010000);

    CHECK_EQ(srd32(s.r, 0x8008), 2);
    /* As S2NSW, S2NSA, S2SW and S2SA are 0: both tables in Secure memory. */
    m.offset = FAKE_SECURE;
    map_at(&m, VA, 3, D_PAGE | D_S2ALL | 0x60001000);
    m = map_s2(&s.r->h, 0x31000000, 12, 25, 1, 0x31010000);
    m.offset = FAKE_SECURE;
    map_at(&m, VA, 3, D_PAGE | D_S2ALL | 0x61001000);
    set_bits(ste.w, 293, 288, 25); /* S_S2T0SZ */
    set_bits(ste.w, 295, 294, 1);  /* S_S2SL0 */
    ste.w[6] |= 0x31000000;
    secure_set_ste(&s, 5, ste);
    swr64(s.r, 0x8110, UINT64_MAX);
    CHECK_EQ(srd64(s.r, 0x8110), 0xffffffffffffffd0);
    CHECK_EQ(ask(&s, 0x8100, 5 | SSEC, VA | S2_READ) & 0x00fffffffffff001,
             0x61001000);
    CHECK_EQ(ask(&s, 0x8100, 5 | SSEC, VA | S2_READ | 0x10) &
                 0x00fffffffffff001,
             0x60001000);
    CHECK_EQ(ask(&s, 0x8100, 5 | SSEC, VA | S12_READ), FAIL(0xfe));
    /* S_VATOS: SSEC is RES1; its page is RAZ/WI for others. */
    swr64(s.r, 0x40a08, UINT64_MAX);
    CHECK_EQ(srd64(s.r, 0x40a08), 0x002000000000ffff);
    swr64(s.r, 0x40a08, 0);
    CHECK_EQ(srd64(s.r, 0x40a08), SSEC);
    CHECK_EQ(rd64(s.r, 0x40a08), 0);
    CHECK_EQ(rd32(s.r, 0x8180), 0);
    swr32(s.r, 0x8180, 7);
    CHECK_EQ(srd32(s.r, 0x8180), 7);
    CHECK_EQ(srd32(s.r, 0x180), 0);
    /* Stage 1 alone is tagged with VMID 0 in Secure state. */
    CHECK_EQ(ask(&s, 0x40a00, SID, VA | S1_READ), FAIL(0x04));
    swr32(s.r, 0x8180, 0);
    CHECK_EQ(ask(&s, 0x40a00, SID, VA | S1_READ), 0xff00000050001000);
    CHECK_EQ(ask(&s, 0x40a00, SID, VA | S2_READ), FAIL(0xff));
    rig_free(s.r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    g_test_add_func("/atos/A.14/registers", registers);
    g_test_add_func("/atos/A.14/no-secure", no_secure);
    g_test_add_func("/atos/A.14/gatos", gatos);
    g_test_add_func("/atos/A.14/enables", enables);
    g_test_add_func("/atos/A.14/sel2", sel2);
    return g_test_run();
}
