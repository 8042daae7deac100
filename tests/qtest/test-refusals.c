/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must not start: a plugin of another build, and another IOMMU beside the
 * SMMU. QEMU ends with status 1, after a line that says why.
 * Tests only.
 */
#include "smmu-qtest.h"

/* QEMU with the plugin @so and @rest. */
static void check_refused(const char *so, const char *rest, const char *first,
                          const char *second)
{
    char *quoted = g_shell_quote(so);
    char *args = g_strdup_printf("-M virt,gic-version=3 -cpu cortex-a57 "
                                 "-net none -accel tcg -S -monitor stdio "
                                 "-plugin %s %s",
                                 quoted, rest);
    char *err = NULL;

    g_assert_cmpint(qemu_run(args, &err), ==, 1);
    if (!strstr(err, first) || !strstr(err, second)) {
        g_error("'%s' says: %s", args, err);
    }
    g_free(err);
    g_free(args);
    g_free(quoted);
}

/* A plugin of the directory other/. */
static void check_other_build(const char *name, const char *first,
                              const char *second)
{
    char *so = g_test_build_filename(G_TEST_BUILT, "other", name, NULL);

    g_assert_true(g_file_test(so, G_FILE_TEST_EXISTS));
    check_refused(so, "-device smmulator", first, second);
    g_free(so);
}

static void test_other_version(void)
{
    check_other_build("other-version.so", "built for QEMU 1.2.3", "build it");
}

static void test_other_layout(void)
{
    check_other_build("other-layout.so", "x-max-bounce-buffer-size",
                      "build it");
}

/* Whichever comes first: the second is refused. */
static void test_virtio_iommu(void)
{
    const char *so = g_getenv("SMMULATOR_SO");

    check_refused(so, "-device virtio-iommu-pci -device smmulator",
                  "has a virtio-iommu", "remove -device virtio-iommu-pci");
    check_refused(so, "-device smmulator -device virtio-iommu-pci",
                  "virtio-iommu-pci", "multiple IOMMUs");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/refusals/other-version", test_other_version);
    g_test_add_func("/refusals/other-layout", test_other_layout);
    g_test_add_func("/refusals/virtio-iommu", test_virtio_iommu);
    return g_test_run();
}
