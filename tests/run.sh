#!/usr/bin/env bash
# Sets up what the tests need and runs all of them in order; stops at the first stage that fails.
# Without root it uses what is installed: a missing server then fails the stage that needs it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
. deploy/setup.sh

# Not inside `if` or `||`: there a failing line in the middle of a stage would go unseen.
stage() {
    current=$1
    printf '\n=== %s ===\n' "$current"
    "$current"
}

setup() {
    local packages
    packages=$(missing_programs prometheus=prometheus prometheus-alertmanager=prometheus-alertmanager \
        prometheus-blackbox-exporter=prometheus-blackbox-exporter prometheus-snmp-exporter=prometheus-snmp-exporter \
        mosquitto=mosquitto mosquitto-clients=mosquitto_pub snmpd=snmpd snmp=snmpget gcc=gcc nodejs=node npm=npm \
        chromium=chromium openssl=openssl)
    compgen -G '/usr/include/python3*/Python.h' >/dev/null || packages="$packages python3-dev"
    find_python >/dev/null || packages="$packages python3 python3-venv"
    # shellcheck disable=SC2086 # a list of words
    install_debian $packages || echo "Going on with what there is." >&2
    make_environment dev
    export PATH="$root/.venv/bin:$PATH:/usr/sbin:/usr/local/sbin"
    export CITYNOC_REQUIRE_BINARIES=1
    install_node tests/page tests/dashboards-types
    python --version
}

# install_node FOLDER …: installs what its package.json pins, if that is not there already. Not left to the tests: several
# at a time would write one folder.
install_node() {
    local folder
    command -v npm >/dev/null || return 0 # the stage that needs it says so
    for folder in "$@"; do
        [ "$folder/node_modules/.package-lock.json" -nt "$folder/package.json" ] ||
            (cd "$folder" && npm install --no-package-lock --ignore-scripts --no-audit --no-fund)
    done
}

lint() {
    ruff check .
    ruff format --check .
}
types() { mypy; }
contracts() { lint-imports; }
# -n: tests that calculate share the cores; tests of real servers mostly wait, so that five at a time fit two cores.
unit() { python -m pytest -n 2 tests/unit tests/house tests/docs; }
rules() {
    promtool check rules config/rules/*.yml
    promtool test rules tests/rules/*_test.yml
    promtool check config --syntax-only deploy/prometheus/prometheus.yml
    amtool check-config deploy/alertmanager/alertmanager.yml
    python -m pytest -n 2 tests/rules
}
integration() { python -m pytest -n 5 --dist worksteal tests/integration tests/walks; }
# Whole cities on ports of their own, three at a time: two lists of the long ones, and whatever else there is.
e2e() {
    local scores="tests/e2e/test_scores.py tests/e2e/test_city.py tests/e2e/test_oncall.py"
    local demo="tests/e2e/test_demo.py tests/e2e/test_coverage_report.py"
    # shellcheck disable=SC2086 # lists of words
    side_by_side "$scores" "$demo" "tests/e2e $(printf -- '--ignore=%s ' $scores $demo)"
}

# side_by_side PATHS …: one pytest for each list of paths, all at once; prints each one's output when it ends. Fails if one does.
side_by_side() {
    local logs number pids=() failed=0
    logs=$(mktemp -d)
    for number in $(seq $#); do
        # shellcheck disable=SC2086 # a list of words
        python -m pytest ${!number} >"$logs/$number" 2>&1 &
        pids+=($!)
    done
    for number in $(seq $#); do
        wait "${pids[number - 1]}" || failed=$?
        printf '\n--- %s\n' "${!number}"
        cat "$logs/$number"
    done
    rm -rf "$logs"
    return "$failed"
}

stages=(lint types contracts unit rules integration e2e)
if [ $# -gt 0 ]; then stages=("$@"); fi
for name in "${stages[@]}"; do
    case $name in
        setup | lint | types | contracts | unit | rules | integration | e2e) ;;
        *)
            echo "tests/run.sh [setup|lint|types|contracts|unit|rules|integration|e2e] …: no stage '$name'" >&2
            exit 2
            ;;
    esac
done
current=setup
trap 'code=$?; [ $code = 0 ] || printf "\nFAILED: %s (exit code %d, after %d s)\n" "$current" $code $SECONDS >&2' EXIT

stage setup
for name in "${stages[@]}"; do
    [ "$name" = setup ] || stage "$name"
done
printf '\nAll stages passed in %d s.\n' "$SECONDS"
