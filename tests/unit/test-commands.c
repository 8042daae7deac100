/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which commands exist (4.1; C.2), which are illegal and when (C.1 to C.6).
 * What the legal ones do is tested in test-tlbi, test-cfgi and test-irq.
 */
#include "rig.h"

enum {
    N = 1,
    S1 = 2,
    S2 = 4
}; /* nested, stage 1 only, stage 2 only */

/* Legal in which of the three; every opcode that is not here is in none. */
static const struct opcode {
    unsigned op;
    const char *name;
    unsigned legal;
} opcodes[] = {
    { 0x01, "prefetch-config", N | S1 | S2 },
    { 0x02, "prefetch-addr", N | S1 | S2 },
    { 0x03, "cfgi-ste", N | S1 | S2 },
    { 0x04, "cfgi-ste-range", N | S1 | S2 },
    { 0x05, "cfgi-cd", N | S1 },
    { 0x06, "cfgi-cd-all", N | S1 },
    { 0x07, "cfgi-vms-pidm", 0 },
    { 0x10, "tlbi-nh-all", N | S1 },
    { 0x11, "tlbi-nh-asid", N | S1 },
    { 0x12, "tlbi-nh-va", N | S1 },
    { 0x13, "tlbi-nh-vaa", N | S1 },
    { 0x18, "tlbi-el3-all", 0 },
    { 0x1a, "tlbi-el3-va", 0 },
    { 0x20, "tlbi-el2-all", N },
    { 0x21, "tlbi-el2-asid", N },
    { 0x22, "tlbi-el2-va", N },
    { 0x23, "tlbi-el2-vaa", N },
    { 0x28, "tlbi-s12-vmall", N | S2 },
    { 0x2a, "tlbi-s2-ipa", N | S2 },
    { 0x30, "tlbi-nsnh-all", N | S1 | S2 },
    { 0x40, "atc-inv", 0 },
    { 0x41, "pri-resp", 0 },
    { 0x44, "resume", 0 },
    { 0x45, "stall-term", 0 },
    { 0x46, "sync", N | S1 | S2 },
    { 0x50, "tlbi-s-el2-all", 0 },
    { 0x51, "tlbi-s-el2-asid", 0 },
    { 0x52, "tlbi-s-el2-va", 0 },
    { 0x53, "tlbi-s-el2-vaa", 0 },
    { 0x58, "tlbi-s-s12-vmall", 0 },
    { 0x5a, "tlbi-s-s2-ipa", 0 },
    { 0x60, "tlbi-snh-all", 0 },
    { 0x70, "dpti-all", 0 },
    { 0x73, "dpti-pa", 0 },
};

static struct rig *rig_with_stages(unsigned which)
{
    struct smmu3_params p = rig_params();

    rig_stages(&p, which != S2, which != S1);
    return rig_new_with(&p);
}

static void check_opcode(gconstpointer data)
{
    const struct opcode *o = data;

    for (unsigned which = N; which <= S2; which <<= 1) {
        struct rig *r = rig_with_stages(which);

        if (!CHECK_EQ(rig_cmd_ill(r, cmd_op(o->op)), !(o->legal & which))) {
            g_test_message("features %u", which);
        }
        /* The queue works on. */
        rig_sync(r);
        rig_free(r);
    }
}

static bool listed(unsigned op)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        if (opcodes[i].op == op) {
            return true;
        }
    }
    return false;
}

/* Reserved and IMPLEMENTATION DEFINED ones; 0x00: an entry of all zeroes. */
static void reserved_opcodes(void)
{
    struct rig *r = rig_new();

    for (unsigned op = 0; op < 256; op++) {
        if (!listed(op) && !CHECK(rig_cmd_ill(r, cmd_op(op)))) {
            g_test_message("opcode 0x%02x", op);
        }
    }
    rig_free(r);
}

/* C.1: SSec = 1 on the Non-secure queue. */
static void ssec(void)
{
    struct rig *r = rig_new();

    for (unsigned op = 1; op <= 6; op++) {
        if (!CHECK(rig_cmd_ill(r, (struct cmd){ { op | 1u << 10, 0 } }))) {
            g_test_message("opcode 0x%02x", op);
        }
        CHECK(!rig_cmd_ill(r, cmd_op(op)));
    }
    rig_free(r);
}

/* C.4, J 56: TG != 0 with NUM = SCALE = TTL = 0. */
static void tlbi_reserved_range(void)
{
    static const unsigned ops[] = { 0x12, 0x13, 0x22, 0x23, 0x2a };
    struct rig *r = rig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        for (unsigned tg = 0; tg < 4; tg++) {
            struct cmd c = cmd_tlbi_range(ops[i], 0, 0, 0x100000, tg, 0, 0, 0);

            CHECK_EQ(rig_cmd_ill(r, c), tg != 0);
            set_bits(c.w, 72, 72, 1); /* TTL = 1; with 16K it counts as 0 */
            CHECK_EQ(rig_cmd_ill(r, c), tg == 2);
            set_bits(c.w, 73, 72, 2);
            CHECK(!rig_cmd_ill(r, c));
            set_bits(c.w, 73, 72, 3);
            CHECK(!rig_cmd_ill(r, c));
            set_bits(c.w, 73, 72, 0);
            set_bits(c.w, 12, 12, 1); /* NUM */
            CHECK(!rig_cmd_ill(r, c));
            set_bits(c.w, 73, 72, 1);
            CHECK(!rig_cmd_ill(r, c));
            set_bits(c.w, 73, 72, 0);
            set_bits(c.w, 12, 12, 0);
            set_bits(c.w, 24, 24, 1); /* SCALE */
            CHECK(!rig_cmd_ill(r, c));
        }
    }
    rig_free(r);
}

/* C.4: with TG = 0 the other range fields are RES0, and ignored. */
static void tlbi_tg_0(void)
{
    struct rig *r = rig_new();

    CHECK(!rig_cmd_ill(r, cmd_tlbi_range(0x12, 7, 3, 0x1000, 0, 3, 31, 31)));
    CHECK(!rig_cmd_ill(r, cmd_tlbi_range(0x2a, 7, 0, 0x1000, 0, 1, 0, 0)));
    rig_free(r);
}

/* C.4: bits [25] of a SCALE, without DS, and other RES0 bits are ignored. */
static void res0_ignored(void)
{
    struct rig *r = rig_new();
    struct cmd c = cmd_tlbi_range(0x12, 7, 3, 0x1000, 1, 0, 0, 0);

    set_bits(c.w, 25, 25, 1);
    CHECK(rig_cmd_ill(r, c));
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0xfffffffffffffb04, UINT64_MAX } }));
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0xffffffffffffff30, UINT64_MAX } }));
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0xffffffffffffff28, UINT64_MAX } }));
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0xffffffffffffff10, UINT64_MAX } }));
    rig_free(r);
}

/* C.6, J 67: CS. MSI fields are ignored without MSI. */
static void sync_cs(void)
{
    struct rig *r = rig_new();

    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0x0046, 0 } }));
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 0);
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0x1046, 0 } }));
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0x2046, 0 } }));
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0x0fc02046, 0 } })); /* Linux's */
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    CHECK(rig_cmd_ill(r, (struct cmd){ { 0x3046, 0 } }));
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 1);
    CHECK(!rig_cmd_ill(
        r, (struct cmd){ { 0x1234567802c01046, 0x0000000044444440 } }));
    CHECK_EQ(r->h.irqs[SMMU3_IRQ_LINE_CMDQ_SYNC], 2);
    CHECK_EQ(mem_r64(&r->h, 0x44444440), 0);
    CHECK_EQ(r->h.writes, 0);
    rig_free(r);
}

/* C.3: wrong parameters and configurations are no error, and no event. */
static void prefetch_is_silent(void)
{
    struct rig *r = rig_new();

    for (unsigned op = 1; op <= 2; op++) {
        for (unsigned sid = 0; sid < 3; sid++) {
            struct cmd c = { { op | 1u << 11 | 0xabcdeu << 12 |
                                   (uint64_t)(sid == 2 ? 0xffffffff : sid)
                                       << 32,
                               UINT64_C(0xfffffffffffff3ff) } };

            CHECK(!rig_cmd_ill(r, c));
        }
    }
    fake_hole(&r->h, RIG_STRTAB, RIG_STRTAB + 0x3fff);
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0x01, 0 } }));
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0x02, 0x1000 } }));
    CHECK_EQ(rig_drop_events(r), 0);
    CHECK_EQ(rd32(r, O_EVENTQ_PROD), 0);
    rig_free(r);
}

/* C.1: SIDs that do not exist. */
static void out_of_range_sids(void)
{
    struct rig *r = rig_new();

    CHECK(!rig_cmd_ill(r, cmd_cfgi_ste(0xffffffff, true)));
    CHECK(!rig_cmd_ill(r, cmd_cfgi_ste(0x10000, false)));
    for (unsigned range = 0; range < 32; range++) {
        CHECK(!rig_cmd_ill(r, (struct cmd){ { 0xffffffff00000004, range } }));
        CHECK(!rig_cmd_ill(r, (struct cmd){ { 0x0000000500000004, range } }));
    }
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0xfffffffffffff805, 1 } }));
    CHECK(!rig_cmd_ill(r, (struct cmd){ { 0xffffffff00000006, 0 } }));
    rig_free(r);
}

/* Extreme operands: no crash, no error. */
static void extreme_operands(void)
{
    static const unsigned ops[] = { 0x12, 0x13, 0x22, 0x23, 0x2a };
    struct rig *r = rig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        for (unsigned tg = 1; tg < 4; tg++) {
            for (unsigned scale = 0; scale < 32; scale++) {
                CHECK(!rig_cmd_ill(r, cmd_tlbi_range(ops[i], 0xffff, 0xffff,
                                                     UINT64_MAX, tg, 3, scale,
                                                     31)));
            }
        }
    }
    rig_free(r);
}

/* The statistics count what was consumed. */
static void counted(void)
{
    struct rig *r = rig_new();
    struct smmu3_stats st;

    rig_cmd(r, cmd_op(0x30));
    rig_cmd(r, cmd_op(0x30));
    rig_sync(r);
    CHECK(rig_cmd_ill(r, cmd_op(0x99))); /* a CMD_SYNC takes its place */
    smmu3_get_stats(r->s, &st);
    CHECK_EQ(st.commands[0x30], 2);
    CHECK_EQ(st.commands[0x46], 2);
    CHECK_EQ(st.commands[0x99], 0);
    rig_free(r);
}

int main(int argc, char **argv)
{
    unit_init(&argc, &argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        g_autofree char *name = g_strdup_printf("/commands/C.2/%02x-%s",
                                                opcodes[i].op, opcodes[i].name);

        g_test_add_data_func(name, &opcodes[i], check_opcode);
    }
    g_test_add_func("/commands/C.2/reserved", reserved_opcodes);
    g_test_add_func("/commands/C.1/ssec", ssec);
    g_test_add_func("/commands/C.1/res0-ignored", res0_ignored);
    g_test_add_func("/commands/C.1/out-of-range-sids", out_of_range_sids);
    g_test_add_func("/commands/C.3/prefetch-is-silent", prefetch_is_silent);
    g_test_add_func("/commands/C.4/reserved-range", tlbi_reserved_range);
    g_test_add_func("/commands/C.4/tg-0", tlbi_tg_0);
    g_test_add_func("/commands/C.4/extreme-operands", extreme_operands);
    g_test_add_func("/commands/C.6/sync-cs", sync_cs);
    g_test_add_func("/commands/counted", counted);
    return g_test_run();
}
