"""How tests of the look put the gallery in the place of the service's own pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template import engines
from jinja2 import ChoiceLoader, DictLoader

from casework.common import navigation
from tests.unit.ui import gallery


def lend_gallery(settings: Any) -> Iterator[None]:
    """For one test: gallery pages can be rendered, and the address book holds them alone."""
    env = engines["jinja2"].env
    loader, entries = env.loader, dict(navigation.navigation.items())
    env.loader = ChoiceLoader([loader, DictLoader(gallery.PAGES)])
    navigation.navigation._entries = dict(gallery.ITEMS)
    settings.ROOT_URLCONF = "tests.unit.ui.gallery"
    yield
    env.loader = loader
    navigation.navigation._entries = entries
