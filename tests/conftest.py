"""Fixtures for all tests. Situations are made by tests/factories; this is about the environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import SimpleTestCase, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

from tests import databases, fenced
from tests.hostile import CommittingClient, run_on_commit

DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
    "django_db_setup",
}

hypothesis_settings.register_profile(
    "quick",
    max_examples=40,
    deadline=None,  # a shared machine is sometimes slow
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "deep", parent=hypothesis_settings.get_profile("quick"), max_examples=1500
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out browser stories and tests that use no database (for a second engine)",
    )
    parser.addoption(
        "--fenced",
        action="store_true",
        help="every request as the web's role, held by the database fence (PostgreSQL)",
    )


def is_deep(config: pytest.Config) -> bool:
    """Whether the long searches were asked for."""
    return "deep" in config.getoption("-m") and "not deep" not in config.getoption("-m")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis_settings.load_profile("deep" if is_deep(config) else "quick")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        with config.stash[blocking_manager_key].unblock():
            databases.drop_template()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The database of this process, in place of pytest-django's: a copy of the run's template."""
    process = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock():
        databases.make(process, reuse=django_db_keepdb and not django_db_createdb)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            databases.drop()


def uses_database(item: pytest.Item) -> bool:
    """Whether a test reads or writes the database, by its fixtures, its mark or its class."""
    if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(
        getattr(item, "fixturenames", ())
    ):
        return True
    cls = getattr(item, "cls", None)
    if cls is None or not issubclass(cls, SimpleTestCase):
        return False
    return issubclass(cls, TransactionTestCase) or bool(cls.databases)


def is_phone(item: pytest.Item) -> bool | None:
    """Whether a story is told on a phone; None where it is told at one size only."""
    given = getattr(item, "callspec", None)
    values = given.params if given else {}
    if "phone" in values:
        return bool(values["phone"])
    width = values["size"][0] if "size" in values else values.get("width")
    return None if width is None else width < 500


def is_told_by_default(item: pytest.Item) -> bool:
    """A story that is told at two sizes is told at one of them by default, half of the stories on
    a phone and half at a desk, and at both in the deep run."""
    phone = is_phone(item)
    name = item.nodeid.split("[")[0].encode()
    return phone is None or phone == bool(crc32(name) % 2)


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is marked as deep
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    vendor = connection.vendor
    wanted, left_out = [], []
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if not is_told_by_default(item):
                item.add_marker(pytest.mark.deep)
        other_engine = (item.get_closest_marker("postgres") and vendor != "postgresql") or (
            item.get_closest_marker("sqlite_only") and vendor != "sqlite"
        )
        second_run = config.getoption("--database-only") and (
            item.get_closest_marker("browser")
            or not uses_database(item)
            or (item.get_closest_marker("one_engine") and not is_deep(config))
        )
        (left_out if other_engine or second_run else wanted).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = wanted


@pytest.fixture
def client(request: pytest.FixtureRequest) -> CommittingClient:
    """Django's client; what waits for the commit runs after each request."""
    return CommittingClient(**_client_environment(request))


def _client_environment(request: pytest.FixtureRequest) -> dict[str, Any]:
    marked = request.node.get_closest_marker("unrestricted_get")
    return {"tests.unrestricted_get": True} if marked else {}


@pytest.fixture
def on_commit() -> Any:
    """`with on_commit(): services.verb(…)` runs what waits for the commit."""
    return run_on_commit


@pytest.fixture
def append_only(db: None, settings: Any) -> Iterator[None]:
    """Closes the append-only tables, as they are in the service, for one test."""
    from casework.common.appendonly import install

    settings.APPEND_ONLY_OPEN = False
    install()
    yield
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        django_settings.APPEND_ONLY_OPEN = True  # a test that really commits leaves it open again
        install()


@pytest.fixture(scope="session", autouse=True)
def _fence_roles(request: pytest.FixtureRequest) -> Iterator[tuple[str, str] | None]:
    """With `--fenced`: the roles, made before the first test begins its transaction."""
    if not request.config.getoption("--fenced"):
        yield None
        return
    request.getfixturevalue("django_db_setup")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        roles = fenced.made()
    yield roles
    with blocker.unblock():
        fenced.gone(*roles)


@pytest.fixture(autouse=True)
def _fence(request: pytest.FixtureRequest, _fence_roles: Any) -> Iterator[None]:
    """With `--fenced`, each request is by the web's role and held by the database fence."""
    if _fence_roles is None or not uses_database(request.node):
        yield
        return
    with fenced.up(_fence_roles[0]):
        yield


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """No test speaks the language in which another one's last request was answered."""
    translation.activate(django_settings.LANGUAGE_CODE)
    yield


@pytest.fixture(autouse=True)
def _empty_boxes(settings: Any) -> Iterator[None]:
    """No test sees what another left in the cache or in the queue's memory."""
    from django.core.cache import cache

    cache.clear()
    settings.HUEY.storage.flush_all()
    yield
