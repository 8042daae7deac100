/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of the ID registers follow the properties of the device, and the
 * properties can be read back (6.3.1-6.3.8, 6.3.52-6.3.56).
 * Tests only.
 */
#include "smmu-qtest.h"

#define V33 "arch-version=3.3,e0pd=on,ptwnnc=on"
#define SECURE "x-unspecified-secure=on,secure=on"

static const struct row {
    const char *field, *props;
    uint32_t reg;
    unsigned hi, lo;
    uint32_t value;
} rows[] = {
    { "IDR0.S2P", "stage=1", IDR0, 0, 0, 0 },
    { "IDR0.S1P", "stage=2", IDR0, 1, 1, 0 },
    { "IDR0.HTTU", "httu=2", IDR0, 7, 6, 2 },
    { "IDR0.Hyp", "stage=1", IDR0, 9, 9, 0 },
    { "IDR0.ATS", "ats=on", IDR0, 10, 10, 1 },
    { "IDR0.NS1ATS", "ats=on", IDR0, 11, 11, 1 },
    { "IDR0.NS1ATS-split", "ats=on,split-ats=on", IDR0, 11, 11, 0 },
    { "IDR0.ASID16", "asid16=off", IDR0, 12, 12, 0 },
    { "IDR0.MSI", "msi=on", IDR0, 13, 13, 1 },
    { "IDR0.ATOS", "atos=on", IDR0, 15, 15, 1 },
    { "IDR0.PRI", "ats=on,pri=on", IDR0, 16, 16, 1 },
    { "IDR0.VMW", "vmw=on", IDR0, 17, 17, 1 },
    { "IDR0.VMID16", "vmid16=off", IDR0, 18, 18, 0 },
    { "IDR0.CD2L", "ssidsize=8,cd2l=on", IDR0, 19, 19, 1 },
    { "IDR0.TTENDIAN", "ttendian=3", IDR0, 22, 21, 3 },
    { "IDR0.ATSRECERR", "ats=on,atsrecerr=on", IDR0, 23, 23, 1 },
    { "IDR0.STALL_MODEL", "stall-model=2,stall-max=1", IDR0, 25, 24, 2 },
    { "IDR0.TERM_MODEL", "term-model=on", IDR0, 26, 26, 1 },
    { "IDR0.ST_LEVEL", "sidsize=6,st-level=off", IDR0, 28, 27, 0 },
    { "IDR1.SIDSIZE", "sidsize=32", IDR1, 5, 0, 32 },
    { "IDR1.SSIDSIZE", "ssidsize=20", IDR1, 10, 6, 20 },
    { "IDR1.PRIQS", "ats=on,pri=on,priqs=7", IDR1, 15, 11, 7 },
    { "IDR1.EVENTQS", "eventqs=7", IDR1, 20, 16, 7 },
    { "IDR1.CMDQS", "cmdqs=8", IDR1, 25, 21, 8 },
    { "IDR1.ATTR_PERMS_OVR", "attr-perms-ovr=on", IDR1, 26, 26, 1 },
    { "IDR1.ATTR_TYPES_OVR", "attr-types-ovr=on", IDR1, 27, 27, 1 },
    { "IDR3.HAD", "arch-version=3.0,hyp=off,fwb=off,ril=off,bbml=0,had=off",
      IDR3, 2, 2, 0 },
    { "IDR3.PBHA", "pbha=on", IDR3, 3, 3, 1 },
    { "IDR3.XNX", "arch-version=3.0,hyp=off,fwb=off,ril=off,bbml=0,xnx=off",
      IDR3, 4, 4, 0 },
    { "IDR3.PPS", "ats=on,pri=on,ssidsize=8,pps=on", IDR3, 5, 5, 1 },
    { "IDR3.FWB", "arch-version=3.1,fwb=off", IDR3, 8, 8, 0 },
    { "IDR3.STT", "stt=on", IDR3, 9, 9, 1 },
    { "IDR3.RIL", "arch-version=3.1,ril=off", IDR3, 10, 10, 0 },
    { "IDR3.BBML", "bbml=1", IDR3, 12, 11, 1 },
    { "IDR3.E0PD", "e0pd=on", IDR3, 13, 13, 1 },
    { "IDR3.PTWNNC", "ptwnnc=on", IDR3, 14, 14, 1 },
    { "IDR3.PASIDTT", V33 ",ats=on,ssidsize=8,pasidtt=on", IDR3, 16, 16, 1 },
    { "IDR3.EPAN", V33 ",epan=on", IDR3, 17, 17, 1 },
    { "IDR3.MTEPERM", V33 ",mteperm=on", IDR3, 22, 22, 1 },
    { "IDR5.OAS", "oas=40", IDR5, 2, 0, 2 },
    { "IDR5.GRAN4K", "gran4k=off", IDR5, 4, 4, 0 },
    { "IDR5.GRAN16K", "gran16k=off", IDR5, 5, 5, 0 },
    { "IDR5.GRAN64K", "gran64k=off", IDR5, 6, 6, 0 },
    { "IDR5.DS", V33 ",vax=52,ds=on", IDR5, 7, 7, 1 },
    { "IDR5.VAX", "vax=52", IDR5, 11, 10, 1 },
    { "IDR5.STALL_MAX", "stall-model=0,stall-max=300", IDR5, 31, 16, 300 },
    { "AIDR.ArchMinor", V33, AIDR, 7, 0, 3 },
    { "S_IDR0.STALL_MODEL", SECURE ",stall-model=0,stall-max=1", 0x8000, 25, 24,
      0 },
    { "S_IDR0.MSI", SECURE ",msi=on", 0x8000, 13, 13, 1 },
    { "S_IDR1.SECURE_IMPL", SECURE, 0x8004, 31, 31, 1 },
    { "S_IDR1.SEL2", SECURE ",stt=on,sel2=on", 0x8004, 29, 29, 1 },
    { "S_IDR1.S_SIDSIZE", SECURE ",s-sidsize=9", 0x8004, 5, 0, 9 },
    { "S_IDR3.SAMS", SECURE ",ats=on,sams=on", 0x800c, 6, 6, 1 },
};

static void test_field(const void *data)
{
    const struct row *row = data;
    char *props = g_strdup_printf(",%s", row->props);
    SmmuQtest *t = machine_start_with(props, NULL, NULL);
    uint32_t mask = (uint32_t)(((2ull << row->hi) - 1) >> row->lo);

    g_assert_cmphex(r32(t, row->reg) >> row->lo & mask, ==, row->value);
    machine_stop(t);
    g_free(props);
}

/* The baseline's, whole: what the rows change is otherwise off, or on. */
static void test_baseline(void)
{
    SmmuQtest *t = machine_start_with(",x-unspecified-secure=on", NULL, NULL);

    g_assert_cmphex(r32(t, IDR0), ==, 0x0904121b);
    g_assert_cmphex(r32(t, IDR1), ==, 0x02730010);
    g_assert_cmphex(r32(t, 0x8), ==, 0);
    g_assert_cmphex(r32(t, IDR3), ==, 0x00001514);
    g_assert_cmphex(r32(t, 0x10), ==, 0);
    g_assert_cmphex(r32(t, IDR5), ==, 0x00000075);
    g_assert_cmphex(r32(t, 0x190), ==, 0);
    g_assert_cmphex(r32(t, 0x18), ==, 0x3a300000);
    g_assert_cmphex(r32(t, AIDR), ==, 2);
    for (uint32_t reg = 0x8000; reg <= 0x8010; reg += 4) {
        g_assert_cmphex(r32(t, reg), ==, 0);
    }
    machine_stop(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/id/baseline", test_baseline);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *path = g_strdup_printf("/id/%s", rows[i].field);

        g_test_add_data_func(path, &rows[i], test_field);
        g_free(path);
    }
    return g_test_run();
}
