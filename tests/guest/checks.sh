# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# TAP, and the checks that all suites with guests share. To be used after lib.sh;
# $seconds is the time that a boot may take.

count=0
bad=0

# check NAME COMMAND...: one test; what the command prints are its diagnostics
check() {
    local name=$1 output
    shift
    count=$((count + 1))
    if output=$("$@" 2>&1); then
        printf 'ok %d - %s\n' $count "$name"
    else
        bad=$((bad + 1))
        printf 'not ok %d - %s\n' $count "$name"
        [[ -n $output ]] && printf '%s\n' "$output" | sed 's/^/# /'
    fi
}

skip() {
    count=$((count + 1))
    printf 'ok %d - %s # SKIP %s\n' $count "$1" "$2"
}

# same WHAT EXPECTED GOT
same() {
    [[ $2 == "$3" ]] && return
    printf '%s\n  expected:\n%s\n  got:\n%s\n' "$1" "$2" "$3"
    return 1
}

ended() {
    local status=$1 why
    why=$(guest_said fail)
    case $status in
    0) ;;
    124) why="no power-off within $seconds s" ;;
    *) why="QEMU ended with status $status" ;;
    esac
    if [[ -z $why ]]; then
        guest_ended && return
        why="the guest did not come to its end"
    fi
    printf '%s\n' "$why"
    [[ -s $guest_qemu_log ]] && printf 'QEMU: %s\n' "$(tail -n 5 "$guest_qemu_log")"
    printf 'end of %s:\n' "$guest_log"
    tail -n 15 "$guest_log" | tr -d '\r'
    return 1
}

no_words() {
    [[ -s $guest_qemu_log ]] || return 0
    cat "$guest_qemu_log"
    return 1
}

# sums DISK IMAGE OTHER: all regions of a disk, as the guest read them and as they
# are in the image now. B is the other disk's data, C its own.
sums() {
    local disk=$1 image=$guest_tmp/$2.img own other made type expected
    own=$(guest_sum "$guest_tmp/$2.A")
    other=$(guest_sum "$guest_tmp/$3.A")
    made=$(guest_said made)
    [[ -n $made ]] || made="nothing made"
    expected="A $own
B $other
C $own
D $made"
    same "$disk, read by the guest:" "$expected" "$(guest_said "sum $disk" | grep '^[A-D] ')" &&
        same "$disk, in the image:" "$expected" "$(
            echo "A $(guest_sum "$image" 0)"
            echo "B $(guest_sum "$image" 4)"
            echo "C $(guest_sum "$image" 8)"
            echo "D $(guest_sum "$image" 12)"
        )"
}

network() {
    same "packets of 8 KiB echoed:" 4 "$(guest_said ping)" &&
        same "file fetched:" "$(guest_sum "$guest_tmp/tftp/data")" "$(guest_said 'sum net data')" &&
        same "errors:" $'0\n0' "$(guest_said net | sed 's/.*errors //')"
}

die() {
    printf '%s: %s\n' "$0" "$*" >&2
    printf 'Bail out! %s\n' "$*"
    exit 1
}
