"""Is what is installed what we chose? `python -m casework.bin.dependencies`

What the project asks for, and what that asks for in turn, must be pinned in constraints.txt in the
version that is there; every requirement must be met; and every installed file must still have the
hash that its package recorded. What somebody else has installed beside it is named.

What this cannot say is whether a version has a known weakness: that is asked of a service on the
network (`pip-audit -r constraints.txt`, where there is one), and belongs into whatever watches the
deployment.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
OURS = "alongside"
TOOLS = {OURS, "pip", "setuptools", "wheel"}  # they install, and are not installed by us


def pins(text: str) -> dict[str, str]:
    """Name and version of each line of a constraints file that counts on this machine."""
    found = {}
    for line in text.splitlines():
        if not re.match(r"[A-Za-z0-9]", line):
            continue
        requirement = Requirement(line.split(" #")[0].strip())
        (specifier,) = requirement.specifier
        if requirement.marker is None or requirement.marker.evaluate():
            found[canonicalize_name(requirement.name)] = specifier.version
    return found


def versions(installed: Iterable[Any]) -> dict[str, str]:
    return {canonicalize_name(one.metadata["Name"]): one.version for one in installed}


def asked_for(installed: Iterable[Any], root: str = OURS) -> dict[str, list[Requirement]]:
    """Every distribution that ours leads to, with those who asked for it and how."""
    known = {canonicalize_name(one.metadata["Name"]): one for one in installed}
    found: dict[str, list[Requirement]] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(root, extra) for extra in ("", "dev")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen or name not in known:
            continue
        seen.add((name, extra))
        for text in known[name].requires or []:
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
                continue
            child = canonicalize_name(wanted.name)
            askers = found.setdefault(child, [])
            if wanted not in askers:
                askers.append(wanted)
            waiting += [(child, one) for one in ("", *wanted.extras)]
    return found


def not_as_chosen(
    wanted: dict[str, list[Requirement]], there: dict[str, str], pinned: dict[str, str]
) -> Iterator[str]:
    """What is missing, not pinned, in another version than pinned, or too old for its user."""
    for name, askers in sorted(wanted.items()):
        version = there.get(name)
        if version is None:
            yield f"{name} is not installed"
            continue
        if name not in TOOLS and pinned.get(name) != version:
            chosen = pinned.get(name, "nothing")
            yield f"{name} is installed as {version}; constraints.txt says {chosen}"
        for one in askers:
            if not one.specifier.contains(version, prereleases=True):
                yield f"{name} is installed as {version}; {one} is needed"


def changed(one: Any) -> Iterator[str]:
    """Files of a distribution that are not as its package recorded them."""
    for file in one.files or []:
        if file.hash is None or file.suffix == ".pyc" or file.parts[0] == "..":
            continue  # scripts are written anew for this machine when they are installed
        path = Path(one.locate_file(file))
        if not path.is_file():
            yield f"{one.metadata['Name']}: {file} is missing"
            continue
        digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            yield f"{one.metadata['Name']}: {file} was changed after it was installed"


def faults(installed: list[Any], constraints: str) -> list[str]:
    """One line for each thing that is not as it was chosen."""
    wanted, pinned = asked_for(installed), pins(constraints)
    lines = list(not_as_chosen(wanted, versions(installed), pinned))
    for one in installed:
        lines += changed(one)
    return lines


def beside(installed: list[Any]) -> list[str]:
    """What is installed and nothing of ours leads to."""
    return sorted(set(versions(installed)) - set(asked_for(installed)) - TOOLS)


if __name__ == "__main__":
    everything = list(metadata.distributions())
    wrong = faults(everything, (ROOT / "constraints.txt").read_text())
    print("\n".join(wrong) or f"Dependencies: {len(asked_for(everything))} as chosen, unchanged.")
    if others := beside(everything):
        print(f"Installed beside them, by somebody else: {', '.join(others)}.")
    print("Known weaknesses are not looked up here: run pip-audit where there is a network.")
    sys.exit(bool(wrong))
