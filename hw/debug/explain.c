/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One translation explained in words, step by step: an observer that puts
 * each record in a line or two.
 * Layer L4: no QEMU.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "explain.h"
#include "names.h"
#include "smmu3/cd.h"
#include "smmu3/desc.h"
#include "smmu3/ste.h"

struct explain {
    smmu3_explain_line *line;
    void *opaque;
};

__attribute__((format(printf, 2, 3))) static void say(struct explain *e,
                                                      const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    e->line(e->opaque, text);
}

static const char *size_text(unsigned lg2, char *buf, size_t len)
{
    static const char *const units[] = {
        "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB",
    };

    snprintf(buf, len, "%u %s", 1u << (lg2 % 10), units[lg2 / 10 % 7]);
    return buf;
}

/* STE.Config (5.2). */
static const char *config_text(unsigned config)
{
    switch (config) {
    case SMMU3_STE_CONFIG_BYPASS:
        return "bypass";
    case SMMU3_STE_CONFIG_S1:
        return "stage 1";
    case SMMU3_STE_CONFIG_S2:
        return "stage 2";
    case SMMU3_STE_CONFIG_NESTED:
        return "stage 1 and stage 2";
    default:
        return "abort";
    }
}

static const char *granule_text(bool tg1, unsigned tg)
{
    static const char *const tg0_names[] = { "4K", "64K", "16K", "reserved" };
    static const char *const tg1_names[] = { "reserved", "16K", "4K", "64K" };

    return tg1 ? tg1_names[tg & 3] : tg0_names[tg & 3];
}

/* What the STE overrides, where it says so; IDR1 tells whether it counts. */
static void say_overrides(struct explain *e, const uint64_t *w)
{
    unsigned mtcfg = smmu3_get(w, SMMU3_STE_MTCFG);
    unsigned alloccfg = smmu3_get(w, SMMU3_STE_ALLOCCFG);
    unsigned privcfg = smmu3_get(w, SMMU3_STE_PRIVCFG);
    unsigned instcfg = smmu3_get(w, SMMU3_STE_INSTCFG);

    if (mtcfg || alloccfg || privcfg || instcfg) {
        say(e, "  MTCFG=%u MemAttr=%u ALLOCCFG=%u PRIVCFG=%u INSTCFG=%u", mtcfg,
            (unsigned)smmu3_get(w, SMMU3_STE_MEMATTR), alloccfg, privcfg,
            instcfg);
    }
}

static void say_ste(struct explain *e, uint32_t sid, const struct smmu3_obs *o)
{
    const uint64_t *w = o->config.words;
    unsigned config;

    if (!w) {
        say(e, "STE of StreamID 0x%" PRIx32 " at 0x%" PRIx64 ": not readable",
            sid, o->config.addr);
        return;
    }
    config = smmu3_get(w, SMMU3_STE_CONFIG);
    say(e,
        "STE of StreamID 0x%" PRIx32 " at 0x%" PRIx64 ": V=%u Config=%u "
        "(%s)",
        sid, o->config.addr, (unsigned)smmu3_get(w, SMMU3_STE_V), config,
        config_text(config));
    if (config == SMMU3_STE_CONFIG_S1 || config == SMMU3_STE_CONFIG_NESTED) {
        say(e,
            "  S1ContextPtr=0x%" PRIx64 " S1CDMax=%u S1Fmt=%u S1DSS=%u "
            "STRW=%u",
            smmu3_get_addr(w, SMMU3_STE_S1CONTEXTPTR),
            (unsigned)smmu3_get(w, SMMU3_STE_S1CDMAX),
            (unsigned)smmu3_get(w, SMMU3_STE_S1FMT),
            (unsigned)smmu3_get(w, SMMU3_STE_S1DSS),
            (unsigned)smmu3_get(w, SMMU3_STE_STRW));
    }
    if (config == SMMU3_STE_CONFIG_S2 || config == SMMU3_STE_CONFIG_NESTED) {
        say(e,
            "  S2TTB=0x%" PRIx64 " S2VMID=%u S2T0SZ=%u S2SL0=%u S2TG=%u "
            "(%s) S2PS=%u",
            smmu3_get_addr(w, SMMU3_STE_S2TTB),
            (unsigned)smmu3_get(w, SMMU3_STE_S2VMID),
            (unsigned)smmu3_get(w, SMMU3_STE_S2T0SZ),
            (unsigned)smmu3_get(w, SMMU3_STE_S2SL0),
            (unsigned)smmu3_get(w, SMMU3_STE_S2TG),
            granule_text(false, smmu3_get(w, SMMU3_STE_S2TG)),
            (unsigned)smmu3_get(w, SMMU3_STE_S2PS));
    }
    say_overrides(e, w);
}

/* One of the CD's two tables; EPDx switches it off (5.4). */
static void say_ttb(struct explain *e, const uint64_t *w, bool upper)
{
    unsigned tg = smmu3_get(w, upper ? SMMU3_CD_TG1 : SMMU3_CD_TG0);

    if (smmu3_get(w, upper ? SMMU3_CD_EPD1 : SMMU3_CD_EPD0)) {
        say(e, "  TTB%u is off (EPD%u=1)", upper, upper);
        return;
    }
    say(e, "  TTB%u=0x%" PRIx64 " T%uSZ=%u TG%u=%u (%s)", upper,
        smmu3_get_addr(w, upper ? SMMU3_CD_TTB1 : SMMU3_CD_TTB0), upper,
        (unsigned)smmu3_get(w, upper ? SMMU3_CD_T1SZ : SMMU3_CD_T0SZ), upper,
        tg, granule_text(upper, tg));
}

static void say_cd(struct explain *e, const struct smmu3_obs *o)
{
    const uint64_t *w = o->config.words;

    if (!w) {
        say(e, "CD at 0x%" PRIx64 ": not readable", o->config.addr);
        return;
    }
    say(e, "CD at 0x%" PRIx64 ": V=%u ASID=%u IPS=%u A=%u R=%u", o->config.addr,
        (unsigned)smmu3_get(w, SMMU3_CD_V),
        (unsigned)smmu3_get(w, SMMU3_CD_ASID),
        (unsigned)smmu3_get(w, SMMU3_CD_IPS),
        (unsigned)smmu3_get(w, SMMU3_CD_A), (unsigned)smmu3_get(w, SMMU3_CD_R));
    say_ttb(e, w, false);
    say_ttb(e, w, true);
}

/* An L1STD or an L1CD (5.1, 5.3). */
static void say_level1(struct explain *e, const struct smmu3_obs *o)
{
    const uint64_t *w = o->config.words;
    bool cd = o->kind == SMMU3_OBS_L1CD;
    const char *name = cd ? "L1CD" : "L1STD";

    if (!w) {
        say(e, "%s at 0x%" PRIx64 ": not readable", name, o->config.addr);
    } else if (cd) {
        say(e, "%s at 0x%" PRIx64 ": V=%u L2Ptr=0x%" PRIx64, name,
            o->config.addr, (unsigned)smmu3_get(w, SMMU3_L1CD_V),
            smmu3_get_addr(w, SMMU3_L1CD_L2PTR));
    } else {
        say(e, "%s at 0x%" PRIx64 ": Span=%u L2Ptr=0x%" PRIx64, name,
            o->config.addr, (unsigned)smmu3_get(w, SMMU3_L1STD_SPAN),
            smmu3_get_addr(w, SMMU3_L1STD_L2PTR));
    }
}

/* What a stage-2 walk is for. */
static const char *purpose_text(enum smmu3_class purpose)
{
    switch (purpose) {
    case SMMU3_CLASS_CD:
        return ", for the CD";
    case SMMU3_CLASS_TT:
        return ", for the stage-1 table";
    case SMMU3_CLASS_IN:
    default:
        return "";
    }
}

/* The permissions and attributes that the descriptor itself holds. */
static void leaf_text(const struct smmu3_obs *o, char *buf, size_t len)
{
    const uint64_t value = o->desc.value;

    if (o->desc.stage2) {
        snprintf(buf, len, "S2AP=%s%s AF=%u XN=%u%s%s",
                 value & SMMU3_DESC_S2_READ ? "r" : "-",
                 value & SMMU3_DESC_S2_WRITE ? "w" : "-",
                 !!(value & SMMU3_DESC_AF),
                 (unsigned)smmu3_get(&value, SMMU3_DESC_S2_XN),
                 value & SMMU3_DESC_CONTIGUOUS ? " contiguous" : "",
                 value & SMMU3_DESC_DBM ? " DBM" : "");
    } else {
        snprintf(buf, len, "%s, %s, AF=%u nG=%u AttrIndx=%u UXN=%u PXN=%u%s%s",
                 value & SMMU3_DESC_S1_AP2 ? "read-only" : "read-write",
                 value & SMMU3_DESC_S1_AP1 ? "user and privileged"
                                           : "privileged only",
                 !!(value & SMMU3_DESC_AF), !!(value & SMMU3_DESC_S1_NG),
                 (unsigned)smmu3_get(&value, SMMU3_DESC_S1_ATTRINDX),
                 !!(value & SMMU3_DESC_S1_UXN), !!(value & SMMU3_DESC_S1_PXN),
                 value & SMMU3_DESC_CONTIGUOUS ? " contiguous" : "",
                 value & SMMU3_DESC_DBM ? " DBM" : "");
    }
}

static void say_desc(struct explain *e, const struct smmu3_obs *o)
{
    const char *pad = o->desc.stage2 ? "    " : "  ";
    char leaf[128];

    say(e,
        "%sstage %u level %d%s: 0x%" PRIx64 " in table 0x%" PRIx64
        ", index %" PRIu32 ", at 0x%" PRIx64,
        pad, o->desc.stage2 ? 2u : 1u, o->desc.level,
        o->desc.stage2 ? purpose_text(o->desc.purpose) : "", o->desc.input,
        o->desc.table, o->desc.index,
        o->desc.table + (uint64_t)o->desc.index * SMMU3_DESC_SIZE);
    switch (o->desc.is) {
    case SMMU3_DESC_IS_INVALID:
        say(e, "%s  descriptor 0x%016" PRIx64 ": invalid", pad, o->desc.value);
        break;
    case SMMU3_DESC_IS_TABLE:
        say(e, "%s  descriptor 0x%016" PRIx64 ": table -> 0x%" PRIx64, pad,
            o->desc.value, o->desc.output);
        break;
    case SMMU3_DESC_IS_BLOCK:
    case SMMU3_DESC_IS_PAGE:
        leaf_text(o, leaf, sizeof(leaf));
        say(e, "%s  descriptor 0x%016" PRIx64 ": %s -> 0x%" PRIx64, pad,
            o->desc.value, o->desc.is == SMMU3_DESC_IS_PAGE ? "page" : "block",
            o->desc.output);
        say(e, "%s  %s", pad, leaf);
        break;
    case SMMU3_DESC_NOT_READ:
    default:
        say(e, "%s  descriptor could not be read", pad);
        break;
    }
}

static void notify(void *opaque, const struct smmu3_obs *o)
{
    struct explain *e = opaque;

    switch (o->kind) {
    case SMMU3_OBS_STE:
        say_ste(e, o->txn ? o->txn->sid : 0, o);
        break;
    case SMMU3_OBS_L1STD:
    case SMMU3_OBS_L1CD:
        say_level1(e, o);
        break;
    case SMMU3_OBS_CD:
        say_cd(e, o);
        break;
    case SMMU3_OBS_DESC:
        say_desc(e, o);
        break;
    case SMMU3_OBS_TLB:
    case SMMU3_OBS_DONE:
    case SMMU3_OBS_EVENT:
    case SMMU3_OBS_CMD:
    default:
        /* A probe meets no TLB and records nothing; the result follows. */
        break;
    }
}

static void say_fault(struct explain *e, const struct smmu3_result *result)
{
    const struct smmu3_fault *fault = &result->fault;
    const char *name = smmu3_event_name(fault->event);

    if (fault->event == SMMU3_EVENT_NONE) {
        say(e, "  no event: configured to end here");
        return;
    }
    switch (fault->event) {
    case SMMU3_F_STE_FETCH:
    case SMMU3_F_CD_FETCH:
    case SMMU3_F_WALK_EABT:
    case SMMU3_F_VMS_FETCH:
        say(e, "  event %s (0x%02x), FetchAddr 0x%" PRIx64, name ? name : "?",
            (unsigned)fault->event, fault->fetch_addr);
        return;
    default:
        break;
    }
    if (fault->event < SMMU3_F_TRANSLATION ||
        fault->event > SMMU3_F_PERMISSION) {
        say(e, "  event %s (0x%02x)", name ? name : "?",
            (unsigned)fault->event);
        return;
    }
    if (fault->s2) {
        say(e, "  event %s (0x%02x), stage 2, CLASS=%s, IPA 0x%" PRIx64,
            name ? name : "?", (unsigned)fault->event,
            smmu3_class_name(fault->class_of), fault->ipa);
    } else {
        say(e, "  event %s (0x%02x), stage 1, CLASS=%s", name ? name : "?",
            (unsigned)fault->event, smmu3_class_name(fault->class_of));
    }
}

static void say_result(struct explain *e, const struct smmu3_txn *txn,
                       const struct smmu3_result *result)
{
    char size[32];

    if (result->outcome == SMMU3_OK) {
        say(e,
            "result: 0x%" PRIx64 " -> 0x%" PRIx64 ", valid for %s, may "
            "%s%s%s",
            txn->addr, result->pa,
            size_text(result->lg2_size, size, sizeof(size)),
            result->perm & SMMU3_PERM_R ? "read " : "",
            result->perm & SMMU3_PERM_W ? "write " : "",
            result->perm & SMMU3_PERM_X ? "execute" : "");
        return;
    }
    say(e, "result: %s%s",
        result->outcome == SMMU3_RAZWI ? "terminated, RAZ/WI"
                                       : "terminated with an abort",
        result->stall ? "; stalls if the master can wait" : "");
    say_fault(e, result);
}

void smmu3_explain(struct smmu3 *s, const struct smmu3_txn *txn,
                   struct smmu3_result *result, smmu3_explain_line *line,
                   void *opaque)
{
    struct explain e = { .line = line, .opaque = opaque };
    const struct smmu3_observer observer = { &e, notify };
    struct smmu3_txn probe = *txn;

    probe.probe = true;
    probe.observer = &observer;
    if (txn->ssv) {
        say(&e,
            "%s of 0x%" PRIx64 " by StreamID 0x%" PRIx32 ", SubstreamID "
            "0x%" PRIx32,
            txn->access == SMMU3_READ ? "read" : "write", txn->addr, txn->sid,
            txn->ssid);
    } else {
        say(&e, "%s of 0x%" PRIx64 " by StreamID 0x%" PRIx32,
            txn->access == SMMU3_READ ? "read" : "write", txn->addr, txn->sid);
    }
    smmu3_translate(s, &probe, result);
    say_result(&e, txn, result);
}
