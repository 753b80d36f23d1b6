from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.extract import services
from casework.extract.services import ImportOutcome
from tests.unit.extract.folder import Folder

Load = Callable[..., ImportOutcome]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "extract")


@pytest.fixture
def var_dir(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A place for the files of an import, which shall be empty in the end."""
    settings.VAR_DIR = tmp_path / "var"
    yield settings.VAR_DIR
    left = settings.VAR_DIR / "imports"
    assert not left.exists() or not list(left.iterdir())


@pytest.fixture
def load(folder: Folder, var_dir: Path) -> Load:
    """Imports the folder as it stands."""

    def run(**options: Any) -> ImportOutcome:
        return services.import_folder(folder=folder.path, **options)

    return run
