"""What is installed is what was chosen, and is as its package made it."""

import base64
import hashlib
from importlib import metadata

import pytest

from casework.bin import dependencies

CHOSEN = "liba==1.2\nlibb==2.0 # via liba\n    # via\nold==1 ; python_version < '3'\n"


def distribution(folder, name, version, requires=(), files=()):
    """A distribution as an installer leaves it: metadata, files and their hashes."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in requires)]
    (info / "METADATA").write_text("Metadata-Version: 2.1\n" + "\n".join(lines) + "\n\n")
    record = []
    for file, content in files:
        (folder / file).write_text(content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest())
        record.append(f"{file},sha256={digest.rstrip(b'=').decode()},{len(content)}")
    (info / "RECORD").write_text("".join(f"{line}\n" for line in record))


@pytest.fixture
def place(tmp_path):
    distribution(tmp_path, "alongside", "0.1", ["liba>=1", "tool; extra == 'dev'", "x; extra=='y'"])
    distribution(tmp_path, "liba", "1.2", ["libb"], [("liba.py", "one = 1\n")])
    distribution(tmp_path, "libb", "2.0")
    distribution(tmp_path, "tool", "3.0")
    return tmp_path


def faults(place, constraints=CHOSEN + "tool==3.0\n"):
    return dependencies.faults(list(metadata.distributions(path=[str(place)])), constraints)


def test_as_chosen(place):
    assert faults(place) == []


def test_not_pinned_not_as_pinned_missing_or_too_old(place):
    assert faults(place, CHOSEN) == ["tool is installed as 3.0; constraints.txt says nothing"]
    assert faults(place, CHOSEN.replace("2.0", "2.1") + "tool==3.0") == [
        "libb is installed as 2.0; constraints.txt says 2.1"
    ]
    distribution(place, "more", "1")
    (place / "alongside-0.1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: alongside\nVersion: 0.1\nRequires-Dist: liba>=9\n"
        "Requires-Dist: gone\n\n"
    )
    assert faults(place) == ["gone is not installed", "liba is installed as 1.2; liba>=9 is needed"]
    installed = list(metadata.distributions(path=[str(place)]))
    assert dependencies.beside(installed) == ["more", "tool"]


def test_a_file_that_was_changed_or_taken_away(place):
    (place / "liba.py").write_text("one = 2\n")
    assert faults(place) == ["liba: liba.py was changed after it was installed"]
    (place / "liba.py").unlink()
    assert faults(place) == ["liba: liba.py is missing"]


def test_make_check_asks():
    makefile = (dependencies.ROOT / "Makefile").read_text()
    assert "-m casework.bin.dependencies\n" in makefile.split("\ncheck:")[1].split("\n##")[0]
