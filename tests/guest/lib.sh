# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the guest tests and the demo share: the files that a guest needs, QEMU's
# arguments, and one running QEMU that never outlives the script.
#
# From the launcher: SMMULATOR_ROOT, SMMULATOR_BUILD, SMMULATOR_CACHE, QEMU,
# SMMULATOR_SO. All have defaults, so that the scripts also run by themselves.

guest_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SMMULATOR_ROOT=${SMMULATOR_ROOT:-$(dirname "$(dirname "$guest_here")")}
SMMULATOR_BUILD=${SMMULATOR_BUILD:-$SMMULATOR_ROOT/build}
SMMULATOR_CACHE=${SMMULATOR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smmulator}
SMMULATOR_SO=${SMMULATOR_SO:-$SMMULATOR_BUILD/smmulator.so}
QEMU=${QEMU:-qemu-system-aarch64}
export SMMULATOR_CACHE

guest_cache=$SMMULATOR_CACHE/guest
guest_logs=$SMMULATOR_BUILD/logs
guest_tmp=
guest_pid=

# The disks' layout, in MiB; see step_disks in init.
guest_disk_size=16

# guest_init: temporary files, clean-up, the data that the guests work on.
guest_init() {
    mkdir -p "$guest_logs" || return 1
    guest_tmp=$(mktemp -d) || return 1
    trap guest_exit EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    mkdir "$guest_tmp/tftp" "$guest_tmp/bin"
    dd if=/dev/urandom of="$guest_tmp/tftp/data" bs=1M count=1 status=none &&
        dd if=/dev/urandom of="$guest_tmp/nvme.A" bs=1M count=4 status=none &&
        dd if=/dev/urandom of="$guest_tmp/virtio.A" bs=1M count=4 status=none
}

guest_exit() {
    guest_stop
    rm -rf "$guest_tmp"
}

# Ends QEMU, if it still runs.
guest_stop() {
    [[ -n $guest_pid ]] || return 0
    kill "$guest_pid" 2>/dev/null # timeout(1), which passes it on
    wait "$guest_pid" 2>/dev/null
    guest_pid=
}

# guest_fresh_disks: both images as before the first boot.
guest_fresh_disks() {
    local disk
    for disk in nvme virtio; do
        cp "$guest_tmp/$disk.A" "$guest_tmp/$disk.img" &&
            truncate -s "${guest_disk_size}M" "$guest_tmp/$disk.img" || return 1
    done
}

# guest_sum FILE [MiB]: checksum of a file, or of 4 MiB of an image from there.
guest_sum() {
    if [[ $# -eq 1 ]]; then
        sha256sum <"$1" | cut -d' ' -f1
    else
        dd if="$1" bs=1M skip="$2" count=4 status=none | sha256sum | cut -d' ' -f1
    fi
}

# guest_kernel KERNEL: prints the directory of Debian's kernel of that version
# (6.12), or of our own with pages of that size (4k; see tests/kernel/build).
guest_kernel() {
    case $1 in
    *k) printf '%s\n' "$SMMULATOR_CACHE/kernel/$1" ;;
    *) printf '%s\n' "$guest_cache/linux-$1" ;;
    esac
}

# guest_initramfs KERNEL: prints its path; made once a run.
guest_initramfs() {
    local file=$guest_tmp/initramfs-$1
    [[ -e $file ]] || "$guest_here/initramfs" "$(guest_kernel "$1")" "$file" "$guest_tmp/bin" || return 1
    printf '%s\n' "$file"
}

# guest_firmware: prints the path of the UEFI image, if there is one.
guest_firmware() {
    local file
    for file in /usr/share/qemu-efi-aarch64/QEMU_EFI.fd \
        /usr/share/edk2/aarch64/QEMU_EFI.fd /usr/share/AAVMF/AAVMF_CODE.fd; do
        [[ -r $file ]] && printf '%s\n' "$file" && return
    done
    return 1
}

# guest_start NAME SECONDS KERNEL APPEND ARGS...
# Starts QEMU: the guest's console goes to logs/guest-NAME.log, what QEMU itself
# says to logs/guest-NAME.qemu.log. ARGS come with the machine and the IOMMU.
guest_start() {
    local name=$1 seconds=$2 kernel=$3 append=$4 initramfs image
    shift 4
    image=$(guest_kernel "$kernel")
    case $kernel in
    *k) image+=/Image ;;
    *) image+=/vmlinuz ;;
    esac
    initramfs=$(guest_initramfs "$kernel") || return 1
    # The disk is served by a thread of its own, but not after UEFI: QEMU 10.0.13
    # then loses count of the requests now and then ("Virtqueue size exceeded"),
    # behind its own SMMU model as behind this one.
    local blk=virtio-blk-pci,drive=disk1,iommu_platform=on,disable-legacy=on,bus=pcie.0,addr=3
    [[ " $* " == *" -bios "* ]] || blk+=,iothread=io1
    guest_log=$guest_logs/guest-$name.log
    guest_qemu_log=$guest_logs/guest-$name.qemu.log
    : >"$guest_log"
    local args=(
        "$@" -msg timestamp=on -smp 2 -m 512 -nodefaults -display none -no-reboot
        -chardev "socket,id=console,path=$guest_tmp/console,server=on,wait=off,logfile=${guest_log//,/,,}"
        -serial chardev:console
        -qmp "unix:$guest_tmp/qmp,server=on,wait=off"
        -kernel "$image" -initrd "$initramfs"
        -append "console=ttyAMA0 printk.devkmsg=on panic=-1 $append"
        -drive "if=none,id=disk0,format=raw,file=$guest_tmp/nvme.img"
        -device nvme,drive=disk0,serial=smmulator,bus=pcie.0,addr=2
        -drive "if=none,id=disk1,format=raw,file=$guest_tmp/virtio.img"
        -object iothread,id=io1
        -device "$blk"
    )
    {
        printf '%q ' "$QEMU" "${args[@]}"
        printf '\n'
    } >"$guest_logs/guest-$name.cmd"
    timeout -k 5 "$seconds" "$QEMU" "${args[@]}" \
        </dev/null >"$guest_qemu_log" 2>&1 9>&- &
    guest_pid=$!
}

# guest_join: waits for QEMU's end; its exit status (124: ran out of time).
guest_join() {
    local status
    wait "$guest_pid"
    status=$?
    guest_pid=
    return $status
}

# guest_said WORDS: the rest of the result lines that begin with WORDS.
guest_said() {
    tr -d '\r' <"$guest_log" | sed -n "s/^\[[^]]*\] smmulator: $1 *//p"
}

# guest_ended: whether the guest has done all its steps.
guest_ended() {
    tr -d '\r' <"$guest_log" | grep -q '^\[[^]]*\] smmulator: end$'
}

# guest_is_waiting: whether the guest has come to its step "wait".
guest_is_waiting() {
    tr -d '\r' <"$guest_log" | grep -q '^\[[^]]*\] smmulator: waiting$'
}

# guest_smmu_lines: what the SMMU's driver said, without time and device name.
guest_smmu_lines() {
    tr -d '\r' <"$guest_log" | sed -n 's/^\[[^]]*\] arm-smmu-v3 [^ ]*: *//p'
}
