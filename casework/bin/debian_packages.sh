#!/usr/bin/env bash
# debian_packages.sh PURPOSE PACKAGE…: installs what is missing where that is possible, else says
# one line per missing package. Never a failure: what needs the package says so itself.
# PACKAGE may be a|b: the first where Debian has it and it may be installed, else the second will do.
set -euo pipefail
purpose=$1
shift

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
offered() { may_install && apt-cache show "$1" >/dev/null 2>&1; }
is_there() {
    case $1 in
        *"|"*) is_there "${1%%|*}" || { ! offered "${1%%|*}" && is_there "${1#*|}"; } ;;
        chromium*) command -v "$1" >/dev/null || [ -x "${CHROMIUM:-}" ] ;;
        *) [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac
}
missing() {
    for package in "$@"; do is_there "$package" || echo "$package"; done
}
chosen() {
    for package in "$@"; do
        if offered "${package%%|*}"; then echo "${package%%|*}"; else echo "${package#*|}"; fi
    done
}

mapfile -t wanted < <(missing "$@")
[ ${#wanted[@]} -eq 0 ] && exit 0
if may_install; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || true
    mapfile -t names < <(chosen "${wanted[@]}")
    apt-get install -y -qq --no-install-recommends "${names[@]}" >/dev/null || true
    mapfile -t wanted < <(missing "${wanted[@]}")
fi
for package in "${wanted[@]#*|}"; do
    if is_there "$package"; then continue; fi
    echo "Missing for $purpose: $package. On Debian or Ubuntu: sudo apt-get install --no-install-recommends $package"
done
