# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# How the guests' files are downloaded: apt, for arm64, with a state of its own,
# so the system's own package lists stay as they are. The mirror and its key
# come from the machine's own apt sources; apt verifies what it downloads.
#
# The script that sources this defines say() and die(), and $work, a directory
# for apt's state and the downloads. $last_error is set when something fails.

last_error=

# apt_begin: once, before anything else. (apt reads -c after the machine's own
# configuration, which may name a proxy; what the machine hooks to its own
# updates is none of our business.)
apt_begin() {
    cat >"$work/apt.conf" <<'CONF'
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
    sources=$(debian_sources)
    [[ -n $sources ]] || die "no Debian mirror among this machine's apt sources;" \
        "name one: SMMULATOR_DEBIAN_MIRROR=URI (and install debian-archive-keyring)"
}

# The machine's enabled binary package sources, one a line, tab between fields:
# URI, suite, components, options for a one-line source.
system_sources() {
    local dir=/etc/apt
    local one=() deb822=() f
    for f in "$dir/sources.list" "$dir"/sources.list.d/*.list; do
        [[ -r $f ]] && one+=("$f")
    done
    for f in "$dir"/sources.list.d/*.sources; do
        [[ -r $f ]] && deb822+=("$f")
    done
    [[ ${#one[@]} -gt 0 ]] && one_line_sources "${one[@]}"
    [[ ${#deb822[@]} -gt 0 ]] && deb822_sources "${deb822[@]}"
    return 0
}

one_line_sources() {
    awk '
    $1 != "deb" { next }
    {
        sub(/#.*/, ""); opts = ""; i = 2
        if ($2 ~ /^\[/) {
            line = $0; sub(/^[^[]*\[/, "", line); sub(/\].*/, "", line)
            n = split(line, o, " ")
            for (k = 1; k <= n; k++)
                if (o[k] ~ /^(signed-by|trusted|check-valid-until)=/)
                    opts = opts " " o[k]
            while (i <= NF && $i !~ /\]$/) i++
            i++
        }
        comps = ""
        for (k = i + 2; k <= NF; k++) comps = comps " " $k
        printf "%s\t%s\t%s\t%s\n", $i, $(i + 1), comps, opts
    }' "$@"
}

deb822_sources() {
    awk '
    function flush(   i, j, nu, ns, u, s, opts) {
        if (f["types"] ~ /(^| )deb( |$)/ && f["enabled"] !~ /^ *(no|false|0)/) {
            opts = ""
            # a key may stand in the file itself: then the keyring of the
            # package debian-archive-keyring is used, see debian_sources
            if (f["signed-by"] ~ /^ *\//) {
                gsub(/^ +| +$/, "", f["signed-by"])
                gsub(/ +/, ",", f["signed-by"])
                opts = opts " signed-by=" f["signed-by"]
            }
            if (f["trusted"] ~ /yes/) opts = opts " trusted=yes"
            if (f["check-valid-until"] ~ /no/) opts = opts " check-valid-until=no"
            nu = split(f["uris"], u, " "); ns = split(f["suites"], s, " ")
            for (i = 1; i <= nu; i++)
                for (j = 1; j <= ns; j++)
                    printf "%s\t%s\t%s\t%s\n", u[i], s[j], f["components"], opts
        }
        delete f; key = ""
    }
    FNR == 1 { flush() }
    /^#/ { next }
    /^[ \t]*$/ { flush(); next }
    /^[ \t]/ { if (key != "") { sub(/^[ \t]+/, ""); f[key] = f[key] " " $0 } next }
    {
        key = tolower($0); sub(/:.*/, "", key)
        val = $0; sub(/^[^:]*:[ \t]*/, "", val)
        f[key] = val
    }
    END { flush() }' "$@"
}

# Sources of Debian's main archive: "URI<TAB>options".
debian_sources() {
    local uri name comps opts codename
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [[ -r $keyring ]] || keyring=
    if [[ -n ${SMMULATOR_DEBIAN_MIRROR:-} ]]; then
        printf '%s\t%s\n' "$SMMULATOR_DEBIAN_MIRROR" "${keyring:+signed-by=$keyring}"
        return
    fi
    codename=$(. /etc/os-release 2>/dev/null && printf %s "${VERSION_CODENAME:-}")
    system_sources | while IFS=$'\t' read -r uri name comps opts; do
        case $name in
        "$codename" | stable | oldstable | oldoldstable | testing | sid | unstable) ;;
        *) continue ;;
        esac
        [[ " $comps " == *" main "* ]] || continue
        [[ $opts == *signed-by=* || -z $keyring ]] || opts+=" signed-by=$keyring"
        printf '%s\t%s\n' "$uri" "${opts# }"
    done | awk '!seen[$0]++'
}

# apt COMMAND ARGS... with the state of its own of suite $suite, for arm64.
private_apt() {
    local tool=$1 dir=$work/apt-$suite
    shift
    "$tool" -c "$work/apt.conf" \
        -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
        -o Dir::State="$dir/state" -o Dir::State::status="$dir/status" \
        -o Dir::Cache="$dir/cache" -o Dir::Etc::sourcelist="$dir/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null \
        -o Dir::Etc::preferencesparts=/dev/null \
        -o APT::Sandbox::User=root -o Acquire::Languages=none \
        -o Acquire::Retries=2 -o APT::Update::Error-Mode=any "$@"
}

# Makes the package lists of a suite ready; the mirrors are tried in turn.
# open_suite NAME: sets $suite; 0 when the lists are there.
open_suite() {
    suite=$1
    local dir=$work/apt-$suite uri opts
    [[ -e $dir/ready ]] && return 0
    [[ -e $dir/failed ]] && return 1
    mkdir -p "$dir"/state/lists/partial "$dir"/cache/archives/partial
    : >"$dir/status"
    while IFS=$'\t' read -r uri opts; do
        printf 'deb [target=Packages arch=arm64 %s] %s %s main\n' \
            "$opts" "$uri" "$suite" >"$dir/sources.list"
        say "package lists of $suite (arm64) from $uri"
        if private_apt apt-get update >"$dir/log" 2>&1; then
            touch "$dir/ready"
            return 0
        fi
        last_error="cannot read the package lists of $suite from $uri: $(grep -m1 -E '^[EW]: ' "$dir/log" || tail -n1 "$dir/log"); the mirror is needed once, try again when it can be reached"
    done <<<"$sources"
    touch "$dir/failed"
    return 1
}

# download PACKAGE: leaves $deb, the file.
download() {
    local size dir
    size=$(private_apt apt-cache show --no-all-versions "$1" 2>/dev/null |
        awk '$1 == "Size:" { printf "%.0f", $2 / 1e6; exit }')
    [[ -n $size ]] || return 1
    say "downloading $1 from $suite ($size MB)"
    dir=$(mktemp -d "$work/deb.XXXXXX")
    # on a terminal apt shows its own progress
    if [[ -t 2 ]]; then
        (cd "$dir" && private_apt apt-get download "$1" >&2)
    else
        (cd "$dir" && private_apt apt-get download "$1" >"$dir/log" 2>&1)
    fi || {
        last_error="$1: $(grep -m1 '^E:' "$dir/log" 2>/dev/null || echo 'the download failed')"
        return 1
    }
    deb=$(printf '%s\n' "$dir"/*.deb | head -n 1)
    [[ -r $deb ]]
}
