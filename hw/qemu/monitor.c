/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands that look at an SMMU; they change nothing.
 * Layer L5.
 *
 *   x-smmulator-stats            counters of every instance
 *   x-smmulator-explain          one translation, step by step
 *     sid, addr, [ssid, write, pnu, ind, id]
 *   x-smmulator-recent           pages that streams touched lately
 *     [id]
 *
 * No schema describes them, so the arguments are checked here. Addresses and
 * IDs are numbers or strings ("0x1000"); in replies they are strings.
 */
#include "compat.h"

#include "qemu/cutils.h"
#include "explain.h"
#include "internal.h"
#include "names.h"

/* Refuses an argument that is not in @known, a NULL-terminated list. */
static bool check_keys(const QDict *args, const char *const *known,
                       Error **errp)
{
    for (const QDictEntry *e = qdict_first(args); e; e = qdict_next(args, e)) {
        if (!g_strv_contains(known, qdict_entry_key(e))) {
            error_setg(errp, "unknown argument '%s'", qdict_entry_key(e));
            return false;
        }
    }
    return true;
}

/* Leaves *@value alone if the argument is absent. */
static bool get_number(const QDict *args, const char *key, uint64_t max,
                       uint64_t *value, Error **errp)
{
    QObject *obj = qdict_get(args, key);
    QNum *num = qobject_to(QNum, obj);
    QString *str = qobject_to(QString, obj);
    uint64_t v;

    if (!obj) {
        return true;
    }
    if (!(num && qnum_get_try_uint(num, &v)) &&
        !(str && !qemu_strtou64(qstring_get_str(str), NULL, 0, &v))) {
        error_setg(errp, "'%s' is not a number", key);
        return false;
    }
    if (v > max) {
        error_setg(errp, "'%s' is above 0x%" PRIx64, key, max);
        return false;
    }
    *value = v;
    return true;
}

static bool get_flag(const QDict *args, const char *key, bool *value,
                     Error **errp)
{
    QObject *obj = qdict_get(args, key);
    QBool *flag = qobject_to(QBool, obj);

    if (!obj) {
        return true;
    }
    if (!flag) {
        error_setg(errp, "'%s' is not true or false", key);
        return false;
    }
    *value = qbool_get_bool(flag);
    return true;
}

/* By its id or QOM path; without one, the only one. */
static SmmulatorState *get_instance(const QDict *args, Error **errp)
{
    SmmulatorState *s = QLIST_FIRST(&smmulator_instances);
    const char *id = qdict_get_try_str(args, "id");

    if (!s) {
        error_setg(errp, "there is no smmulator: add -device smmulator");
        return NULL;
    }
    if (!qdict_haskey(args, "id")) {
        if (QLIST_NEXT(s, next)) {
            error_setg(errp, "there are several smmulators: give 'id'");
            return NULL;
        }
        return s;
    }
    QLIST_FOREACH(s, &smmulator_instances, next)
    {
        g_autofree char *path = object_get_canonical_path(OBJECT(s));

        if (g_strcmp0(id, DEVICE(s)->id) == 0 || g_strcmp0(id, path) == 0) {
            return s;
        }
    }
    error_setg(errp, "there is no smmulator '%s'", id ? id : "?");
    return NULL;
}

static void put_hex(QDict *dict, const char *key, uint64_t value)
{
    g_autofree char *text = g_strdup_printf("0x%" PRIx64, value);

    qdict_put_str(dict, key, text);
}

/* Counters by the specification's names; those that are zero are left out. */
static QDict *named_counters(const uint64_t *counters,
                             const char *(*name)(unsigned))
{
    QDict *dict = qdict_new();

    for (unsigned i = 0; i < 256; i++) {
        g_autofree char *number = g_strdup_printf("0x%02x", i);

        if (counters[i]) {
            qdict_put_int(dict, name(i) ? name(i) : number, counters[i]);
        }
    }
    return dict;
}

/* Messages by their source; those that are zero are left out. */
static QDict *msi_counters(const uint64_t *msis)
{
    static const char *const names[SMMU3_IRQ_LINES] = {
        [SMMU3_IRQ_LINE_EVENTQ] = "eventq",
        [SMMU3_IRQ_LINE_PRIQ] = "priq",
        [SMMU3_IRQ_LINE_CMDQ_SYNC] = "cmdq-sync",
        [SMMU3_IRQ_LINE_GERROR] = "gerror",
    };
    QDict *dict = qdict_new();

    for (unsigned i = 0; i < SMMU3_IRQ_LINES; i++) {
        if (msis[i]) {
            qdict_put_int(dict, names[i], msis[i]);
        }
    }
    return dict;
}

static QDict *instance_stats(SmmulatorState *s)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(s));
    g_autofree struct smmu3_stats *stats = g_new0(struct smmu3_stats, 1);
    QDict *dict = qdict_new();

    smmu3_get_stats(s->core, stats);
    qdict_put_str(dict, "path", path);
    if (DEVICE(s)->id) {
        qdict_put_str(dict, "id", DEVICE(s)->id);
    }
    if (s->place.bus) {
        qdict_put_str(dict, "bus", BUS(s->place.bus)->name);
    }
    put_hex(dict, "base", s->place.base);
    qdict_put_int(dict, "spi", s->place.spi);
    qdict_put_int(dict, "transactions", stats->transactions);
    qdict_put_int(dict, "bypassed", stats->bypassed);
    qdict_put_int(dict, "faults", stats->faults);
    qdict_put_int(dict, "stalls", stats->stalls);
    qdict_put_int(dict, "ats-requests", stats->ats_requests);
    qdict_put_int(dict, "ats-translated", stats->ats_translated);
    qdict_put_int(dict, "page-requests", stats->page_requests);
    qdict_put_int(dict, "page-requests-lost", stats->page_requests_lost);
    qdict_put_int(dict, "tlb-hits", stats->tlb_hits);
    qdict_put_int(dict, "tlb-misses", stats->tlb_misses);
    qdict_put_int(dict, "walks", stats->walks);
    qdict_put_int(dict, "walk-reads", stats->walk_reads);
    qdict_put_int(dict, "walk-resumed", stats->walk_resumed);
    qdict_put_int(dict, "config-hits", stats->config_hits);
    qdict_put_int(dict, "config-misses", stats->config_misses);
    qdict_put_int(dict, "events-recorded", stats->events_recorded);
    qdict_put_int(dict, "events-lost", stats->events_lost);
    qdict_put_int(dict, "events-merged", stats->events_merged);
    qdict_put(dict, "msis", msi_counters(stats->msis));
    qdict_put(dict, "commands",
              named_counters(stats->commands, smmu3_opcode_name));
    qdict_put(dict, "events", named_counters(stats->events, smmu3_event_name));
    return dict;
}

static void qmp_stats(QDict *args, QObject **ret, Error **errp)
{
    static const char *const keys[] = { NULL };
    SmmulatorState *s;
    QList *list;

    if (!check_keys(args, keys, errp)) {
        return;
    }
    list = qlist_new();
    QLIST_FOREACH(s, &smmulator_instances, next)
    {
        qlist_append(list, instance_stats(s));
    }
    *ret = QOBJECT(list);
}

static void explain_line(void *opaque, const char *line)
{
    qlist_append_str(opaque, line);
}

static bool explain_args(const QDict *args, struct smmu3_txn *txn, Error **errp)
{
    static const char *const keys[] = {
        "id", "sid", "ssid", "addr", "write", "pnu", "ind", NULL,
    };
    uint64_t sid = 0, ssid = 0, addr = 0;
    bool write = false;

    if (!check_keys(args, keys, errp)) {
        return false;
    }
    if (!qdict_haskey(args, "sid") || !qdict_haskey(args, "addr")) {
        error_setg(errp, "'sid' and 'addr' are needed");
        return false;
    }
    if (!get_number(args, "sid", UINT32_MAX, &sid, errp) ||
        !get_number(args, "ssid", 0xfffff, &ssid, errp) ||
        !get_number(args, "addr", UINT64_MAX, &addr, errp) ||
        !get_flag(args, "write", &write, errp) ||
        !get_flag(args, "pnu", &txn->pnu, errp) ||
        !get_flag(args, "ind", &txn->ind, errp)) {
        return false;
    }
    txn->sid = sid;
    txn->ssid = ssid;
    txn->ssv = qdict_haskey(args, "ssid");
    txn->addr = addr;
    txn->access = write ? SMMU3_WRITE : SMMU3_READ;
    txn->attr = 0xff;
    return true;
}

static const char *outcome_text(enum smmu3_outcome outcome)
{
    switch (outcome) {
    case SMMU3_OK:
        return "ok";
    case SMMU3_RAZWI:
        return "razwi";
    case SMMU3_ABORT:
    default:
        return "abort";
    }
}

static void qmp_explain(QDict *args, QObject **ret, Error **errp)
{
    struct smmu3_txn txn = { 0 };
    struct smmu3_result result;
    SmmulatorState *s;
    QList *lines;
    QDict *dict;

    if (!explain_args(args, &txn, errp)) {
        return;
    }
    s = get_instance(args, errp);
    if (!s) {
        return;
    }
    lines = qlist_new();
    smmu3_explain(s->core, &txn, &result, explain_line, lines);
    dict = qdict_new();
    qdict_put(dict, "lines", lines);
    qdict_put_str(dict, "outcome", outcome_text(result.outcome));
    if (result.outcome == SMMU3_OK) {
        put_hex(dict, "pa", result.pa);
        qdict_put_int(dict, "lg2-size", result.lg2_size);
    } else {
        const char *event = smmu3_event_name(result.fault.event);

        qdict_put_str(dict, "event", event ? event : "none");
    }
    *ret = QOBJECT(dict);
}

static void recent_page(void *opaque, uint32_t sid, uint64_t page,
                        unsigned flags)
{
    QDict *dict = qdict_new();

    put_hex(dict, "sid", sid);
    put_hex(dict, "addr", page);
    qdict_put_bool(dict, "read", flags & SMMULATOR_SEEN_READ);
    qdict_put_bool(dict, "write", flags & SMMULATOR_SEEN_WRITE);
    qdict_put_bool(dict, "fault", flags & SMMULATOR_SEEN_FAULT);
    qlist_append(opaque, dict);
}

static void qmp_recent(QDict *args, QObject **ret, Error **errp)
{
    static const char *const keys[] = { "id", NULL };
    SmmulatorState *s;
    QList *list;

    if (!check_keys(args, keys, errp)) {
        return;
    }
    s = get_instance(args, errp);
    if (!s) {
        return;
    }
    list = qlist_new();
    smmulator_iommu_foreach_seen(s, recent_page, list);
    *ret = QOBJECT(list);
}

void smmulator_monitor_register(void)
{
    qmp_register_command(&qmp_commands, "x-smmulator-stats", qmp_stats, 0, 0);
    qmp_register_command(&qmp_commands, "x-smmulator-explain", qmp_explain, 0,
                         0);
    qmp_register_command(&qmp_commands, "x-smmulator-recent", qmp_recent, 0, 0);
}
