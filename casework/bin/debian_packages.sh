#!/usr/bin/env bash
# debian_packages.sh PURPOSE PACKAGE…: installs what is missing where that is possible, else says
# one line per missing package. Never a failure: what needs the package says so itself.
set -euo pipefail
purpose=$1
shift

is_there() {
    case $1 in
        chromium) command -v chromium >/dev/null || [ -x "${CHROMIUM:-}" ] ;;
        *) [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac
}
missing() {
    for package in "$@"; do is_there "$package" || echo "$package"; done
}

mapfile -t wanted < <(missing "$@")
[ ${#wanted[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || true
    apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null || true
    mapfile -t wanted < <(missing "${wanted[@]}")
fi
for package in "${wanted[@]}"; do
    echo "Missing for $purpose: $package. On Debian or Ubuntu: sudo apt-get install --no-install-recommends $package"
done
