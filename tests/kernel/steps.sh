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

# bind VENDOR DEVICE DRIVER: sets $path
bind() {
    find_pci "$1" "$2" || { fail "no $1:$2"; return 1; }
    echo "$3" >"$path/driver_override"
    [ -e "$path/driver" ] && basename "$path" >"$path/driver/unbind"
    basename "$path" >/sys/bus/pci/drivers_probe
    [ "$(basename "$(readlink "$path/driver")")" = "$3" ] || fail "$3 does not bind"
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

# Loads our module, and sets $engine to the platform engine's file.
step_engine() {
    insmod /modules/smmulator_engine.ko || fail "insmod smmulator_engine"
    for engine in /sys/bus/platform/drivers/smmulator-engine/*.*; do
        engine=/dev/engine-$(basename "$engine")
        [ -e "$engine" ] && return
    done
    fail "no platform engine"
}

# sva MODE...: what the program says, in its last line
sva() {
    say "sva $* $(/bin/sva "$engine" "$@" 2>&1 | tail -n 1)"
}

# The process's own memory, not there yet: see prog-sva.c.
step_sva() {
    sva unmapped
    sva readonly
    sva stale
    sva copy 10000 1
    sva copy 2000 8
    sva processes 800 8
    sva huge 4
    sva exit
    sva copy 100 4
}

step_pagesize() {
    say "pagesize $(/bin/sva - pagesize)"
}

# lines NAME PROGRAM...: what a program says, line by line
lines() {
    local name=$1
    shift
    "$@" 2>&1 | while read -r line; do say "$name $line"; done
}

# The engine in the hands of a program, by VFIO and by IOMMUFD.
step_vfio() {
    bind 0x13b5 0xff80 vfio-pci || return
    lines vfio /bin/vfio container "$(basename "$(readlink "$path/iommu_group")")" "$(basename "$path")"
}

step_dirty() {
    bind 0x13b5 0xff80 vfio-pci || return
    lines dirty /bin/vfio dirty "/dev/vfio/devices/$(ls "$path/vfio-dev")" 50
}

# One line for each of the SMMU's interrupts: whose, by what, how often
step_irqs() {
    sed -n 's/^ *[0-9]*: *\([0-9 ]*[0-9]\)  *\([^ ]*\) .*\(arm-smmu-v3-[a-z]*\).*/\3 \2 \1/p' \
        /proc/interrupts >/irqs
    while read -r name chip counts; do
        say "irq $name ${chip%-*} $((${counts// /+}))"
    done </irqs
}
