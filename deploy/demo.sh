#!/usr/bin/env bash
# Installs what is missing, makes .venv and runs `citynoc demo` with the given options (see `citynoc demo --help`).
#   bash deploy/demo.sh            the whole product with a simulated Hanoi, until Ctrl-C
#   bash deploy/demo.sh --check    the same, proven unattended; exit code 0 only if everything was seen
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/deploy/setup.sh"

packages=$(missing_programs prometheus=prometheus prometheus-alertmanager=prometheus-alertmanager \
    prometheus-blackbox-exporter=prometheus-blackbox-exporter mosquitto=mosquitto)
find_python >/dev/null || packages="$packages python3 python3-venv"
# shellcheck disable=SC2086 # a list of words
install_debian $packages || echo "Going on with what there is." >&2
make_environment run
# exec: this script's process becomes the demo, so a signal sent to either is the same
exec "$root/.venv/bin/citynoc" demo --config "$root/config" --deploy "$root/deploy" "$@"
