# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Boots of our own kernel, and what is checked of them: for the suites kernel and
# pages. To be used after guest/lib.sh and guest/checks.sh, with $suite, $boots
# (a function boot_NAME for each), $seconds for one boot, and $about for people.

stats=     # the model's counters at the last step "wait"
earlier=() # and at those before it

# run_boot KERNEL STEPS ARGUMENT...: boots, takes the model's counters when the
# steps are done, and lets the guest power off. ARGUMENTs are for QEMU, or for
# the kernel (append=TEXT) and the SMMU (smmu=PROPERTY=VALUE,...).
run_boot() {
    local kernel=$1 steps=$2 machine=virt,gic-version=3 append='' smmu='' args=() status
    shift 2
    while [[ $# -gt 0 ]]; do
        case $1 in
        append=*) append+=" ${1#*=}" ;;
        smmu=*) smmu=,${1#*=} ;;
        machine=*) machine+=,${1#*=} ;;
        *) args+=("$1") ;;
        esac
        shift
    done
    printf '# %s: Linux %s\n' "$name" "$kernel"
    guest_fresh_disks || die "no space for the disks in $guest_tmp"
    guest_start "$suite-$name" "$seconds" "$kernel" "smmulator.steps=$steps,wait$append" \
        -M "$machine" -accel tcg,thread=multi -plugin "$SMMULATOR_SO" -device "smmulator$smmu" \
        -device smmulator-engine,addr=5 \
        -netdev "user,id=net0,restrict=on,tftp=$guest_tmp/tftp" \
        -device virtio-net-pci,netdev=net0,iommu_platform=on,disable-legacy=on,romfile=,addr=4 \
        "${args[@]}" || die "cannot make the initramfs"
    follow
    guest_join
    status=$?
    printf '%s\n' "$stats" >"$guest_logs/guest-$suite-$name.stats"
    check "$name: boots, does all steps, powers off" ended "$status"
    check "$name: QEMU says nothing" no_words
    if [[ $status -eq 124 ]]; then
        hung=$((hung + 1))
        [[ $hung -lt 2 ]] || die "two boots ran out of time; the others would take as long"
    fi
}
hung=0

# Takes the counters at each step "wait" and lets the guest go on, until QEMU ends.
follow() {
    local asked=0
    stats='{}'
    earlier=()
    while kill -0 "$guest_pid" 2>/dev/null; do
        if [[ $(guest_said waiting | wc -l) -gt $asked ]]; then
            [[ $asked -eq 0 ]] || earlier+=("$stats")
            asked=$((asked + 1))
            stats=$(ask_stats)
            printf 'go\n' | socat -t 1 - "UNIX-CONNECT:$guest_tmp/console" >/dev/null 2>&1
        fi
        sleep 0.2
    done
}

# The counters of the SMMU, as JSON.
ask_stats() {
    printf '{"execute": "%s"}\n' qmp_capabilities x-smmulator-stats |
        socat -t 5 - "UNIX-CONNECT:$guest_tmp/qmp" 2>/dev/null |
        jq -c 'select(.return | type == "array") | .return[0]'
}

# stat NAME.NAME...: one of them, 0 when it is not there
stat_of() { jq -r "$1 // 0" <<<"$stats" 2>/dev/null || echo 0; }

# grown N NAME: by how much from the N-th "wait" to the next
grown() {
    local all=("${earlier[@]}" "$stats")
    echo $(($(jq -r "$2 // 0" <<<"${all[$1 + 1]}") - $(jq -r "$2 // 0" <<<"${all[$1]}")))
}

# at_least WHAT LEAST GOT
at_least() {
    [[ $3 =~ ^[0-9]+$ && $3 -ge $2 ]] && return
    printf '%s: expected %s or more, got %s\n' "$1" "$2" "${3:-nothing}"
    return 1
}

# kernel_lines REGEX: of the console, without time
kernel_lines() {
    tr -d '\r' <"$guest_log" | sed -nE 's/^\[[^]]*\] //p' | grep -E "$1"
}

kernel_says() { # REGEX
    kernel_lines "$1" >/dev/null && return
    printf 'the kernel did not say: %s\n' "$1"
    return 1
}

# Data through the disks and the network.
data() {
    check "$name: NVMe data" sums nvme0n1 nvme virtio
    check "$name: virtio-blk data" sums vda virtio nvme
    check "$name: network data" network
}

quiet() {
    check "$name: no warning of the kernel's" no_warning
    check "$name: no other line of the driver's" no_smmu_line
}

# smmu_interrupts CHIP LEAST-MOST: what Linux took for the SMMU's, and how many
# of the event queue's there were
smmu_interrupts() {
    local found count
    found=$(guest_said interrupt | sort)
    count=$(sed -n 's/^arm-smmu-v3-evtq [^ ]* //p' <<<"$found")
    same "interrupts:" "arm-smmu-v3-evtq $1
arm-smmu-v3-gerror $1
arm-smmu-v3-priq $1" "$(grep -v cmdq-sync <<<"$found" | cut -d' ' -f1-2)" &&
        at_least "the event queue's" "${2%-*}" "$count" &&
        at_least "the most that there may be" "$count" "${2#*-}"
}

# Linux's way when there are MSIs and the SMMU's accesses are coherent.
sync_messages() {
    at_least "messages of CMD_SYNC" 1000 "$(stat_of '.msis."cmdq-sync"')" &&
        same "messages for each CMD_SYNC:" "$(stat_of .commands.SYNC)" "$(stat_of '.msis."cmdq-sync"')"
}

el2_commands() {
    at_least "TLBI_EL2_VA" 2000 "$(stat_of .commands.TLBI_EL2_VA)" &&
        same "TLBI_NH_VA:" 0 "$(stat_of .commands.TLBI_NH_VA)" &&
        same "TLBI_NH_ASID:" 0 "$(stat_of .commands.TLBI_NH_ASID)" &&
        same "faults:" 0 "$(stat_of .faults)"
}

# A kernel that complains about itself or the driver.
no_warning() {
    local found
    kernel_says '^Linux version ' || return 1
    found=$(kernel_lines '(WARNING: |BUG: |Oops|Call trace|DMA-API: .*(error|leak)|CMD_SYNC timeout|failed to allocate MSIs|CMDQ error|unexpected global error)')
    [[ -z $found ]] && return
    printf 'the kernel said:\n%s\n' "$found"
    return 1
}

# Nothing of the driver's but what it says about itself.
no_smmu_line() {
    local rest
    rest=$(guest_smmu_lines | grep -vE '^(ias |allocated |option mask 0x0$|msi_domain absent)')
    [[ -z $rest ]] && return
    printf 'the driver also said:\n%s\n' "$rest"
    return 1
}

pgtable_selftests() {
    local line
    line=$(kernel_lines 'io-pgtable: selftest: completed')
    [[ $line =~ completed\ with\ ([0-9]+)\ PASS\ 0\ FAIL$ && ${BASH_REMATCH[1]} -gt 0 ]] && return
    printf 'the kernel said: %s\n' "${line:-nothing of its self-tests}"
    return 1
}

# KTAP: the suite's own line, and its numbers.
kunit_tests() {
    local line
    line=$(kernel_lines '# arm-smmu-v3-kunit-test: pass:')
    [[ $line =~ pass:([0-9]+)\ fail:0\ skip:0\  && ${BASH_REMATCH[1]} -ge 10 ]] &&
        kernel_lines '^ok [0-9]+ arm-smmu-v3-kunit-test$' >/dev/null && return
    printf 'the kernel said: %s\n' "${line:-nothing of its KUnit tests}"
    kernel_lines '^ *not ok '
    return 1
}

map_benchmark() {
    local threads pages count=0 word1 map word2 unmap rest
    while read -r threads pages word1 map word2 unmap rest; do
        if [[ $word1 != map || ! $map =~ ^[1-9][0-9]*$ || $word2 != unmap ||
            ! $unmap =~ ^[1-9][0-9]*$ || -n $rest ]]; then
            printf '%s threads, %s pages: %s\n' "$threads" "$pages" "$word1 $map $word2 $unmap $rest"
            return 1
        fi
        count=$((count + 1))
    done < <(guest_said mapbench)
    same "runs:" 6 "$count"
}

# Every unmapping is told to the SMMU before the memory is used again (strict):
# in six seconds of benchmark there are thousands, and none takes many commands.
map_benchmark_commands() {
    at_least "TLBI_NH_VA" 2000 "$(stat_of .commands.TLBI_NH_VA)" &&
        at_least "CMD_SYNC" 2000 "$(stat_of .commands.SYNC)"
}

no_fault() {
    same "faults, events, events lost:" "0 0 0" \
        "$(stat_of .faults) $(stat_of '."events-recorded"') $(stat_of '."events-lost"')"
}

# The program's two forbidden writes and reads: F_PERMISSION, F_TRANSLATION.
vfio_events() {
    same "the model's events:" '{"F_PERMISSION":1,"F_TRANSLATION":1}' \
        "$(jq -cS .events <<<"$stats")"
}

sva_refused() {
    same "what the program says:" "unmapped refused unmapped
readonly refused read-only
stale gone after munmap" "$(guest_said sva | grep -E '^(unmapped|readonly|stale) ')"
}

# sva_copied RUN COUNT: and how many pages were not there before, which is four
# or more for each copy
sva_copied() {
    local said
    said=$(guest_said "sva $1")
    [[ $said =~ ^copied\ $2\ absent\ ([0-9]+)$ ]] || {
        printf 'the program says: %s\n' "${said:-nothing}"
        return 1
    }
    at_least "absent pages" $((4 * $2)) "${BASH_REMATCH[1]}"
}

sva_killed() {
    same "what the programs say:" "ended by signal 9" "$(guest_said 'sva exit')" &&
        sva_copied "copy 100 4" 100
}

# In each copy some two pages at either end. A page that is there may lack its
# Access flag: Linux maps a file's next pages without it.
sva_resumed() { # COPIES
    local stalls others
    stalls=$(stat_of .stalls)
    others=$(guest_said sva | grep -c '^absent ')
    at_least "stalls" $((4 * $1)) "$stalls" &&
        same "CMD_RESUME:" "$stalls" "$(stat_of .commands.RESUME)" &&
        same "events, beside those that stalled:" "$others" \
            $(($(stat_of '."events-recorded"') - stalls)) &&
        same "other kinds of events:" "" "$(jq -r '.events | keys[]' <<<"$stats" |
            grep -vxE 'F_(ACCESS|PERMISSION|TRANSLATION)')" &&
        same "events lost:" 0 "$(stat_of '."events-lost"')"
}

# The lines of the three runs, see step_pmu: without the time, which is event 0,
# and the reads of STEs and CDs, event 5, of which the model keeps no other count.
pmu_counts() {
    local said cycles reads
    said=$(guest_said pmu | grep -v records)
    cycles=$(sed -n 's/^0 //p' <<<"$said")
    reads=$(sed -n 's/^5 //p' <<<"$said")
    at_least "cycles" 1000 "$cycles" && at_least "reads of STEs and CDs" 0 "$reads" &&
        at_least "transactions" 256 "$(grown 0 .transactions)" &&
        at_least "walks" 16 "$(grown 0 .walks)" &&
        same "the counters:" "1 $(grown 0 .transactions)
2 $(grown 0 '."tlb-misses"')
3 $(grown 0 '."config-misses"')
4 $(grown 0 '."walk-reads"')
1:0x10 $(grown 1 .transactions)
4:0x10 $(grown 1 '."walk-reads"')
1:0x18 0" "$(grep -v '^[05] ' <<<"$said")"
}

# A copy is a read and a write, and more where it crosses a page.
ats_counts() {
    at_least "Translated transactions" 4000 "$(stat_of '."ats-translated"')" &&
        at_least "Translation Requests" 6 "$(stat_of '."ats-requests"')" &&
        at_least "CMD_ATC_INV" 6 "$(stat_of .commands.ATC_INV)" &&
        same "what the function has enabled:" "ATS 1
PASID 1" "$(guest_said capability | grep -v PRI)" &&
        same "events:" 0 "$(stat_of '."events-recorded"')"
}

# Three requests of one page: Linux names each, with the StreamID, the PASID and
# the address that the program knows, and answers Response Failure.
pri_denied() {
    local said addresses named
    said=$(guest_said 'sva denied')
    addresses=$(sed -n 's/^reason 5 requests 1 at //p' <<<"$said")
    named=$(guest_smmu_lines |
        sed -n 's/^[[:space:]]*sid 0x00000028\.0x0000[1-9]: \[[0-9]*L\] unprivileged W access at iova 0x0*/0x/p')
    same "requests:" 3 "$(wc -l <<<"$addresses")" &&
        same "addresses that Linux denied:" "$addresses" "$named" &&
        same "lines of Linux:" 3 "$(guest_smmu_lines | grep -c '^unexpected PRI request received:$')" &&
        same "CMD_PRI_RESP:" 3 "$(stat_of .commands.PRI_RESP)" &&
        same "page requests recorded, lost:" "3 0" \
            "$(stat_of '."page-requests"') $(stat_of '."page-requests-lost"')"
}

# check_sva COPIES: the step "sva"
check_sva() {
    check "$name: Linux can share addresses and serve faults" kernel_says \
        'engine: faults yes, SVA yes'
    check "$name: unmapped, read-only, unmapped again" sva_refused
    check "$name: $1 copies in absent pages" sva_copied "copy $1 1" "$1"
    check "$name: the same in 8 threads" sva_copied "copy $(($1 / 5)) 8" $(($1 / 5))
    check "$name: 8 processes at one address" same "what the program says:" \
        "processes 8" "$(guest_said "sva processes $(($1 / 10)) 8")"
    check "$name: memory in huge pages" same "what the program says:" \
        "filled 4" "$(guest_said "sva huge 4")"
    check "$name: a killed process, and another after it" sva_killed
    check "$name: each fault stalled and was resumed" sva_resumed "$1"
}

usage() {
    cat <<USAGE
usage: tests/$suite/run [--list] [BOOT...]

$about All boots by default.

  --list      print the names of the boots, and stop
USAGE
}

# run_boots KERNEL,... ARGUMENT...: the whole of a suite's run
run_boots() {
    local kernels=$1 wanted=() arg tool name began
    shift
    for arg; do
        case $arg in
        --list)
            printf '%s\n' "${boots[@]}"
            exit 0
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            [[ " ${boots[*]} " == *" $arg "* ]] || {
                printf 'tests/%s/run: no boot "%s"; see --list\n' "$suite" "$arg" >&2
                exit 2
            }
            wanted+=("$arg")
            ;;
        esac
    done
    [[ ${#wanted[@]} -gt 0 ]] || wanted=("${boots[@]}")
    for tool in cpio gzip sha256sum timeout socat jq "$QEMU"; do
        command -v "$tool" >/dev/null || die "$tool is missing: run ./smmulator setup"
    done
    [[ -r $SMMULATOR_SO ]] || die "$SMMULATOR_SO is missing: run ./smmulator build"
    "$guest_here/fetch" || die "the guests' files cannot be had (see above)"
    # shellcheck disable=SC2086
    "$guest_here/../kernel/build" ${kernels//,/ } || die "the kernel cannot be built (see above)"
    guest_init || die "cannot write $guest_logs or the temporary directory"
    for name in "${wanted[@]}"; do
        began=$SECONDS
        "boot_${name//[-.]/_}"
        printf '# %s took %d s\n' "$name" $((SECONDS - began))
    done
    printf '1..%d\n' $count
    [[ $bad -eq 0 ]]
}
