# Sourced by deploy/demo.sh and tests/run.sh: installs Debian packages and makes .venv. Sets nothing outside functions.
# Talk goes to stderr. Needs `root`, the checkout's folder.

# missing_programs PACKAGE=PROGRAM …: prints the packages whose program is not there (Debian keeps daemons in sbin).
missing_programs() {
    local pair
    for pair in "$@"; do
        PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin" command -v "${pair#*=}" >/dev/null || echo "${pair%%=*}"
    done
}

# as_root COMMAND …: runs it as root, without ever asking for a password; fails if that is not possible.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# install_debian PACKAGE …: installs them, or prints the one line to run and returns 1.
install_debian() {
    [ $# -gt 0 ] || return 0
    local line="apt-get update && apt-get install -y --no-install-recommends $*"
    if ! command -v apt-get >/dev/null; then
        echo "Missing: $*. This is no Debian: install them in its own way." >&2
        return 1
    fi
    if ! as_root true 2>/dev/null; then
        echo "Missing: $*. As root, run:  $line" >&2
        return 1
    fi
    echo "Installing $* …" >&2
    if ! apt_install "$@"; then
        echo "Could not install them. As root, run:  $line" >&2
        return 1
    fi
}

# apt_install PACKAGE …: the packages' own units are not started, because the demo and the tests start their own servers.
apt_install() (
    local policy=/usr/sbin/policy-rc.d log
    log=$(mktemp)
    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f "$policy"; rm -f "$log"' EXIT
        trap 'exit 130' INT TERM HUP
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    else
        trap 'rm -f "$log"' EXIT
    fi
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
            install --no-install-recommends "$@" >>"$log" 2>&1; then
        exit 0
    fi
    tail -n 15 "$log" >&2
    exit 1
)

# find_python: prints a Python of at least 3.11 that can make virtual environments, or fails.
find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# make_environment run|dev: makes $root/.venv with the pinned requirements and this project, if it is not so already.
make_environment() {
    local kind=$1 python stamp wanted
    stamp="$root/.venv/citynoc-environment"
    wanted="$kind $root $(cat "$root"/requirements/*.txt "$root/pyproject.toml" "$root/hatch_build.py" "$root"/collector/snmp/*.c | sha256sum)"
    # The developers' environment holds all that the service needs.
    if "$root/.venv/bin/python" -I -c 'import citynoc' 2>/dev/null &&
        grep -qxF -e "$wanted" -e "dev ${wanted#* }" "$stamp" 2>/dev/null; then
        return 0
    fi
    if ! python=$(find_python); then
        echo "Python 3.11 or later with venv is needed: install python3 and python3-venv, or set PYTHON." >&2
        return 1
    fi
    echo "Making .venv with $("$python" --version) …" >&2
    "$root/.venv/bin/python" -c 'import pip' 2>/dev/null || "$python" -m venv --clear "$root/.venv"
    "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --prefer-binary \
        --require-hashes -r "$root/requirements/build.txt" -r "$root/requirements/$kind.txt"
    # No isolation: the build's own requirements are pinned with hashes like all others.
    "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --no-build-isolation --no-deps --editable "$root"
    echo "$wanted" >"$stamp"
}
