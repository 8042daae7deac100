# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A QMP client in a few lines: one connection, through socat.

qmp_id=0

# qmp_open SOCKET: 0 once QEMU accepts commands
qmp_open() {
    coproc QMP { exec socat - "UNIX-CONNECT:$1" 2>/dev/null; }
    # bash hides a coprocess's own descriptors from subshells
    exec {qmp_in}<&"${QMP[0]}" {qmp_out}>&"${QMP[1]}"
    qmp qmp_capabilities >/dev/null
}

# qmp COMMAND [ARGUMENTS]: prints what the command returns, or its error (1)
qmp() {
    local line
    qmp_id=$((qmp_id + 1))
    printf '{"execute": "%s", "arguments": %s, "id": %d}\n' "$1" "${2:-{\}}" "$qmp_id" \
        >&"$qmp_out" || return 1
    while IFS= read -r -t 20 -u "$qmp_in" line; do
        # the greeting and events have no id
        case $(jq -r --argjson id "$qmp_id" \
            'select(.id == $id) | if has("return") then "return" else "error" end' <<<"$line") in
        return)
            jq -c .return <<<"$line"
            return 0
            ;;
        error)
            jq -r .error.desc <<<"$line"
            return 1
            ;;
        esac
    done
    echo "no answer from QEMU"
    return 1
}
