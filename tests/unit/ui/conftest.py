"""Lends the gallery's pages to the template engine for one test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.ui.lending import lend_gallery


@pytest.fixture
def gallery(settings: Any) -> Iterator[None]:
    """The gallery's addresses, pages and navigation, and nothing else of the service."""
    yield from lend_gallery(settings)
