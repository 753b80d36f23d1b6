from collections.abc import Iterator

import pytest

from casework.common.rules import rule_sources
from tests.integration.alerts.situations import Network, Source


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """The only source of rules."""
    only = Source()
    monkeypatch.setattr(rule_sources, "_entries", {"tests": only})
    monkeypatch.setattr(rule_sources, "_loaded", True)
    yield only


@pytest.fixture
def network(db: None, source: Source) -> Network:
    return Network()
