/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: counts events of an uncore PMU, such as an SMMU's counter
 * group, while a command runs.
 *
 * usage: pmu PMU EVENT[:STREAM][,...] COMMAND ARGUMENT...
 *
 * EVENT is a number. With a StreamID only its transactions are counted. Prints
 * a line for each event, "EVENT[:STREAM] COUNT".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/perf_event.h>

#define EVENTS 16
#define FILTER_ENABLE (UINT64_C(1) << 33)

static void die(const char *what)
{
    printf("failed: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* A number in a file of the PMU's. */
static unsigned long pmu_number(const char *pmu, const char *file)
{
    char name[256];
    unsigned long value;
    FILE *f;

    snprintf(name, sizeof(name), "/sys/bus/event_source/devices/%s/%s", pmu,
             file);
    f = fopen(name, "r");
    if (!f || fscanf(f, "%lu", &value) != 1) {
        die(name);
    }
    fclose(f);
    return value;
}

int main(int argc, char **argv)
{
    struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1 };
    char *names[EVENTS], *text, *save = NULL;
    int fds[EVENTS], status, cpu;
    unsigned n = 0;
    pid_t pid;

    if (argc < 4) {
        fprintf(stderr, "usage: pmu PMU EVENTS COMMAND ARGUMENT...\n");
        return 2;
    }
    attr.type = (uint32_t)pmu_number(argv[1], "type");
    cpu = (int)pmu_number(argv[1], "cpumask");
    for (text = strtok_r(argv[2], ",", &save); text && n < EVENTS;
         text = strtok_r(NULL, ",", &save)) {
        char *end;

        names[n] = text;
        attr.config = strtoul(text, &end, 0);
        attr.config1 = *end ? strtoul(end + 1, NULL, 0) | FILTER_ENABLE : 0;
        fds[n] = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0);
        if (fds[n] < 0) {
            die(text);
        }
        n++;
    }
    for (unsigned i = 0; i < n; i++) {
        ioctl(fds[i], PERF_EVENT_IOC_ENABLE, 0);
    }
    pid = fork();
    if (pid == 0) {
        execvp(argv[3], argv + 3);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        die(argv[3]);
    }
    for (unsigned i = 0; i < n; i++) {
        ioctl(fds[i], PERF_EVENT_IOC_DISABLE, 0);
    }
    for (unsigned i = 0; i < n; i++) {
        uint64_t count;

        if (read(fds[i], &count, 8) != 8) {
            die(names[i]);
        }
        printf("%s %llu\n", names[i], (unsigned long long)count);
    }
    return 0;
}
