"""Refuses what must never be in the repository: `python -m casework.bin.tracked_files`.

Addresses of package registries and paths of one machine make a clone depend on where it was
written; secrets and databases speak for themselves.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FORBIDDEN = {
    "the address of a package registry": re.compile(
        r'"resolved":\s*"http|--?(?:extra-)?index-url|--find-links|registry\s*=\s*[\'"]?http'
        r"|source = \{ registry|files\.pythonhosted\.org"
    ),
    "a path of one machine": re.compile(
        r"(?<![\w./-])/(?:root|Users/\w|home/(?!alongside)\w|work/[a-z])"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
}
FORBIDDEN_NAMES = re.compile(r"(^|/)(\.env|env|.*\.(sqlite3|db|dump|pem|key))$")
LARGEST = 400_000


def tracked() -> list[str]:
    """The files that git keeps, and those that it would take up now."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        sys.exit("The list of files comes from git, which finds no repository here.")
    return sorted({name for name in listing.stdout.decode().split("\0") if name})


def faults(names: Iterable[str], root: Path = ROOT) -> Iterator[str]:
    """One line for each thing that must not be there."""
    for name in names:
        path = root / name
        if not path.is_file() or name == "casework/bin/tracked_files.py":
            continue
        if FORBIDDEN_NAMES.search(name):
            yield f"{name}: a file of this name holds keys or data"
        content = path.read_bytes()
        if len(content) > LARGEST:
            yield f"{name}: {len(content)} bytes; at most {LARGEST}"
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
            for what, pattern in FORBIDDEN.items():
                if pattern.search(line):
                    yield f"{name}:{number}: {what}"


if __name__ == "__main__":
    found = list(faults(tracked()))
    print("\n".join(found) if found else "Tracked files: nothing that must not be there.")
    sys.exit(bool(found))
