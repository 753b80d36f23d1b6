from pathlib import Path

import pytest

from casework.extract.check import CheckResult, check

from .folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "extract")


@pytest.fixture
def checked(folder: Folder, tmp_path: Path):
    """Checks the folder as it stands."""

    def run(**options) -> CheckResult:
        return check(folder.path, tmp_path / "staging.sqlite3", **options)

    return run
