/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What QEMU's libqtest and its helpers want from a whole QEMU: a monitor and
 * descriptor sets, none of which a test has.
 * Tests only. Weak, because which of them are needed depends on the version.
 */
#include "qemu/osdep.h"

typedef struct Monitor Monitor;

Monitor *monitor_cur(void);
int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap);
int64_t monitor_fdset_dup_fd_add(int64_t fdset_id, int flags);
void monitor_fdset_dup_fd_remove(int dup_fd);
int error_vprintf(const char *fmt, va_list ap);

#define STUB __attribute__((weak))

STUB Monitor *monitor_cur(void)
{
    return NULL;
}

STUB int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
{
    return -1;
}

STUB int64_t monitor_fdset_dup_fd_add(int64_t fdset_id, int flags)
{
    errno = ENOSYS;
    return -1;
}

STUB void monitor_fdset_dup_fd_remove(int dup_fd)
{
}

STUB int error_vprintf(const char *fmt, va_list ap)
{
    return vfprintf(stderr, fmt, ap);
}

STUB void qemu_set_cloexec(int fd)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}
