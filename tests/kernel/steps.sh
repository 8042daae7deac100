# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Steps of the guest's init that only our own kernel can do, see
# tests/guest/init. Its drivers are built in, but for our module.

step_debugfs() {
    mount -t debugfs debugfs /sys/kernel/debug || fail "no debugfs"
    say "debugfs iommu $([ -d /sys/kernel/debug/iommu ] && echo yes)"
}

# The kernel's own book of DMA mappings: what was used wrongly.
step_dmaapi() {
    local dir=/sys/kernel/debug/dma-api
    say "dma-api disabled $(cat $dir/disabled) errors $(cat $dir/error_count)"
}

# Maps and unmaps pages on the engine in many threads at once, for one second.
step_mapbench() {
    bind 0x13b5 0xff80 dma_map_benchmark || return
    local threads pages
    for threads in 1 4 16; do
        for pages in 1 16; do
            say "mapbench $threads $pages $(mapbench $threads 1 $pages 2>&1)"
        done
    done
    basename "$path" >"$path/driver/unbind"
}

step_engine() {
    insmod /modules/smmulator_engine.ko || fail "insmod smmulator_engine"
}

# Sets $engine to the platform engine's file.
find_platform() {
    for engine in /sys/bus/platform/drivers/smmulator-engine/*.*; do
        engine=/dev/engine-$(basename "$engine")
        [ -e "$engine" ] && return
    done
    fail "no platform engine"
    return 1
}

# sva MODE...: what the program says, in its last line
sva() {
    say "sva $* $(/bin/sva "$engine" "$@" 2>&1 | tail -n 1)"
}

# The process's own memory, not there yet: see prog-sva.c.
step_sva() {
    find_platform || return
    local copies
    copies=$(sed -n 's/.*smmulator\.copies=\([0-9]*\).*/\1/p' /proc/cmdline)
    sva unmapped
    sva readonly
    sva stale
    sva copy "$copies" 1
    sva copy $((copies / 5)) 8
    sva processes $((copies / 10)) 8
    sva huge 4
    sva exit
    sva copy 100 4
}

# The same with the PCI function, which cannot wait: what is there, it can use.
step_sva_pci() {
    find_pci 0x13b5 0xff80 || { fail "no engine"; return; }
    engine=/dev/engine-$(basename "$path")
    sva pinned 1000
    sva absent
}

# config16 OFFSET BYTES: writes to $path's configuration space
config16() {
    printf "$2" | dd of="$path/config" bs=2 seek=$(($1 / 2)) conv=notrunc 2>/dev/null
}

# Linux leaves PRI off; it is switched on behind its back, anew for each request:
# a Response Failure, Linux's answer, switches it off.
step_pri() {
    local at n
    find_pci 0x13b5 0xff80 || { fail "no engine"; return; }
    engine=/dev/engine-$(basename "$path")
    at=$(capability 0x13)
    [ -n "$at" ] || { fail "no PRI"; return; }
    # allocation: 32 requests
    config16 $((at + 12)) '\040\000'
    for n in 1 2 3; do
        config16 $((at + 4)) '\000\000' # disabled,
        config16 $((at + 6)) '\003\000' # the failure forgotten,
        config16 $((at + 4)) '\001\000' # and enabled
        sva denied
    done
}

step_sva_ats() {
    find_pci 0x13b5 0xff80 || { fail "no engine"; return; }
    engine=/dev/engine-$(basename "$path")
    sva ats 1000
    sva ats-stale
}

step_pagesize() {
    say "pagesize $(/bin/sva - pagesize)"
}

step_dirty() {
    bind 0x13b5 0xff80 vfio-pci || return
    lines dirty /bin/vfio dirty "/dev/vfio/devices/$(ls "$path/vfio-dev")" 50
}

step_dirty_remap() {
    bind 0x13b5 0xff80 vfio-pci || return
    lines dirty_remap /bin/vfio dirty-remap "/dev/vfio/devices/$(ls "$path/vfio-dev")" 50
}
