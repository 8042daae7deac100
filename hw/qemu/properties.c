/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The features of an SMMU as properties of its device.
 * Layer L5.
 *
 * What the user does not give follows from `arch-version` and `stage`; which
 * features go together is the core's to say, at realize.
 */
#include "compat.h"
#include "qapi/visitor.h"
#include "internal.h"

enum kind {
    KIND_BOOL,
    KIND_UINT8,
    KIND_UINT16
};

struct feature {
    const char *name;
    enum kind kind;
    size_t offset; /* in struct smmu3_features */
    const char *text;
};

#define BOOL(name, field, text) \
    { name, KIND_BOOL, offsetof(struct smmu3_features, field), text }
#define UINT8(name, field, text) \
    { name, KIND_UINT8, offsetof(struct smmu3_features, field), text }

static const struct feature features[] = {
    UINT8("httu", httu, "hardware updates: 0 none, 1 Access flag, 2 and dirty"),
    BOOL("hyp", hyp, "EL2 stream worlds"),
    BOOL("ats", ats, "PCIe address translation services"),
    BOOL("split-ats", split_ats, "ATS of stage 1 alone in nested streams"),
    BOOL("asid16", asid16, "ASIDs of 16 bits, else 8"),
    BOOL("msi", msi, "message-signalled interrupts of the SMMU itself"),
    BOOL("atos", atos, "address translation operations (GATOS)"),
    BOOL("pri", pri, "PCIe page requests"),
    BOOL("vmw", vmw, "VMID wildcards"),
    BOOL("vmid16", vmid16, "VMIDs of 16 bits, else 8"),
    BOOL("cd2l", cd2l, "two-level CD tables"),
    BOOL("vatos", vatos, "ATOS for virtual machines (VATOS)"),
    UINT8("ttendian", ttendian, "table endianness: 0 both, 2 little, 3 big"),
    BOOL("atsrecerr", atsrecerr, "events for configuration errors of ATS"),
    UINT8("stall-model", stall_model,
          "0 stall or terminate, 1 terminate, "
          "2 stall"),
    BOOL("term-model", term_model, "termination is always an abort"),
    BOOL("st-level", st_level, "two-level stream tables"),
    UINT8("sidsize", sidsize, "bits of a StreamID"),
    UINT8("ssidsize", ssidsize, "bits of a SubstreamID; 0: none"),
    UINT8("priqs", priqs, "log2 of the largest PRI queue"),
    UINT8("eventqs", eventqs, "log2 of the largest event queue"),
    UINT8("cmdqs", cmdqs, "log2 of the largest command queue"),
    BOOL("attr-perms-ovr", attr_perms_ovr,
         "STEs override privilege, instruction and NS"),
    BOOL("attr-types-ovr", attr_types_ovr,
         "STEs override memory type and shareability"),
    BOOL("ecmdq", ecmdq, "enhanced command queues"),
    BOOL("had", had, "hierarchical attributes can be disabled"),
    BOOL("pbha", pbha, "page-based hardware attributes"),
    BOOL("xnx", xnx, "stage-2 execute permission by privilege"),
    BOOL("pps", pps, "PASIDs in responses to lost page requests"),
    BOOL("fwb", fwb, "stage 2 can force write-back"),
    BOOL("stt", stt, "small translation tables"),
    BOOL("ril", ril, "invalidation by range and level"),
    UINT8("bbml", bbml, "break-before-make level: 0, 1, 2"),
    BOOL("e0pd", e0pd, "E0PD: no EL0 access to half of the addresses"),
    BOOL("ptwnnc", ptwnnc, "table walks in Device memory as Non-cacheable"),
    BOOL("pasidtt", pasidtt, "PASIDs on ATS translated transactions"),
    BOOL("epan", epan, "EPAN: PAN covers what EL0 executes"),
    BOOL("mteperm", mteperm, "stage-2 NoTagAccess encodings"),
    UINT8("oas", oas, "bits of an output address"),
    BOOL("gran4k", gran4k, "4 KiB granule"),
    BOOL("gran16k", gran16k, "16 KiB granule"),
    BOOL("gran64k", gran64k, "64 KiB granule"),
    BOOL("ds", ds, "52-bit addresses with 4 KiB and 16 KiB granules"),
    UINT8("vax", vax, "bits of a virtual address: 48 or 52"),
    { "stall-max", KIND_UINT16, offsetof(struct smmu3_features, stall_max),
      "stalled transactions at most" },
    BOOL("secure", secure, "Secure programming interface"),
    BOOL("sel2", sel2, "Secure stage 2"),
    UINT8("s-sidsize", s_sidsize, "bits of a Secure StreamID"),
    BOOL("sams", sams, "no ATS and PRI commands on the Secure queue"),
};

QEMU_BUILD_BUG_ON(ARRAY_SIZE(features) > 64);

static void copy_field(const struct feature *p, void *to, const void *from)
{
    memcpy((char *)to + p->offset, (const char *)from + p->offset,
           p->kind == KIND_UINT16 ? 2 : 1);
}

static bool is_given(const SmmulatorState *s, const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(features); i++) {
        if (g_str_equal(features[i].name, name)) {
            return s->given & BIT_ULL(i);
        }
    }
    return false;
}

/* Defaults that depend on a feature follow what the user made of that. */
static void follow(const SmmulatorState *s, struct smmu3_features *f)
{
    /* What needs the 64K granule, or DS. */
    if (!f->gran64k && !f->ds) {
        f->oas = is_given(s, "oas") ? f->oas : MIN(f->oas, 48);
        f->vax = is_given(s, "vax") ? f->vax : 48;
    }
    if (!f->st_level && !is_given(s, "sidsize")) {
        f->sidsize = 6; /* the most of a linear table */
    }
    if (f->secure && !is_given(s, "s-sidsize")) {
        f->s_sidsize = f->sidsize;
    }
    if (!is_given(s, "pri")) {
        f->pri &= f->ats;
    }
    if (!is_given(s, "pps")) {
        f->pps &= f->pri && f->ssidsize;
    }
    if (!is_given(s, "cd2l")) {
        f->cd2l &= f->ssidsize != 0;
    }
}

struct smmu3_features smmulator_features(const SmmulatorState *s)
{
    bool s1p = !g_str_equal(s->stage, "2");
    bool s2p = !g_str_equal(s->stage, "1");
    struct smmu3_features f = smmu3_features_default(s->arch_minor, s1p, s2p);

    for (unsigned i = 0; i < ARRAY_SIZE(features); i++) {
        if (s->given & BIT_ULL(i)) {
            copy_field(&features[i], &f, &s->given_features);
        }
    }
    follow(s, &f);
    return f;
}

static bool visit_field(Visitor *v, const struct feature *p, void *features_of,
                        Error **errp)
{
    void *field = (char *)features_of + p->offset;

    switch (p->kind) {
    case KIND_BOOL:
        return visit_type_bool(v, p->name, field, errp);
    case KIND_UINT8:
        return visit_type_uint8(v, p->name, field, errp);
    case KIND_UINT16:
        break;
    }
    return visit_type_uint16(v, p->name, field, errp);
}

static void get_feature(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    struct smmu3_features f = smmulator_features(SMMULATOR(obj));

    visit_field(v, opaque, &f, errp);
}

static bool can_set(Object *obj, const char *name, Error **errp)
{
    if (DEVICE(obj)->realized) {
        error_setg(errp, "%s cannot change after realize", name);
        return false;
    }
    return true;
}

static void set_feature(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    SmmulatorState *s = SMMULATOR(obj);
    const struct feature *p = opaque;

    if (can_set(obj, name, errp) &&
        visit_field(v, p, &s->given_features, errp)) {
        s->given |= BIT_ULL(p - features);
    }
}

static char *get_arch_version(Object *obj, Error **errp)
{
    return g_strdup_printf("3.%u", SMMULATOR(obj)->arch_minor);
}

static void set_arch_version(Object *obj, const char *value, Error **errp)
{
    if (!can_set(obj, "arch-version", errp)) {
        return;
    }
    if (strlen(value) != 3 || strncmp(value, "3.", 2) || value[2] < '0' ||
        value[2] > '4') {
        error_setg(errp, "arch-version=%s: give 3.0, 3.1, 3.2, 3.3 or 3.4",
                   value);
        return;
    }
    SMMULATOR(obj)->arch_minor = value[2] - '0';
}

static char *get_stage(Object *obj, Error **errp)
{
    return g_strdup(SMMULATOR(obj)->stage);
}

static void set_stage(Object *obj, const char *value, Error **errp)
{
    SmmulatorState *s = SMMULATOR(obj);

    if (!can_set(obj, "stage", errp)) {
        return;
    }
    if (!g_str_equal(value, "1") && !g_str_equal(value, "2") &&
        !g_str_equal(value, "nested")) {
        error_setg(errp, "stage=%s: give 1, 2 or nested", value);
        return;
    }
    g_free(s->stage);
    s->stage = g_strdup(value);
}

/* What a property is with the default version and stages. */
static QObject *default_of(const struct feature *p,
                           const struct smmu3_features *defaults)
{
    const uint8_t *field = (const uint8_t *)defaults + p->offset;

    switch (p->kind) {
    case KIND_BOOL:
        return QOBJECT(qbool_from_bool(*field));
    case KIND_UINT8:
        return QOBJECT(qnum_from_uint(*field));
    case KIND_UINT16:
        break;
    }
    return QOBJECT(qnum_from_uint(*(const uint16_t *)(const void *)field));
}

void smmulator_properties_init(SmmulatorState *s)
{
    s->arch_minor = smmu3_params_default().f.arch_minor;
    s->stage = g_strdup("nested");
}

void smmulator_properties_register(ObjectClass *oc)
{
    static const char *const types[] = { "bool", "uint8", "uint16" };
    const struct smmu3_features defaults = smmu3_params_default().f;

    object_class_property_add_str(oc, "stage", get_stage, set_stage);
    object_class_property_set_description(
        oc, "stage", "stages it implements: 1, 2 or nested (default: nested)");
    object_class_property_add_str(oc, "arch-version", get_arch_version,
                                  set_arch_version);
    object_class_property_set_description(
        oc, "arch-version",
        "version of the architecture: 3.0 to 3.4 (default: 3.3)");
    for (unsigned i = 0; i < ARRAY_SIZE(features); i++) {
        ObjectProperty *p = object_class_property_add(
            oc, features[i].name, types[features[i].kind], get_feature,
            set_feature, NULL, (void *)&features[i]);

        /* For the list of properties; nothing sets it. */
        p->defval = default_of(&features[i], &defaults);
        object_class_property_set_description(oc, features[i].name,
                                              features[i].text);
    }
}
