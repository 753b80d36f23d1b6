"""Every address says who may open it, and keeps its word."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from casework.accounts.roles import ROLES, Permission
from tests import factories

pytestmark = pytest.mark.one_engine

# Pages of the sign-in library, which has rules of its own.
LIBRARY = ("allauth.",)


@dataclass(frozen=True)
class Address:
    """One entry of the URLconf."""

    name: str
    view: Any
    arguments: tuple[str, ...]
    kinds: tuple[str, ...]

    def path(self, value: Any = None) -> str:
        values = {
            name: value if kind == "UUIDConverter" else "1"
            for name, kind in zip(self.arguments, self.kinds, strict=True)
        }
        return reverse(self.name, kwargs=values)

    def __str__(self) -> str:
        return self.name


def walk(patterns: list[Any], namespace: str = "", above: dict | None = None) -> Iterator[Address]:
    for entry in patterns:
        converters = {**(above or {}), **entry.pattern.converters}
        if isinstance(entry, URLResolver):
            deeper = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry.url_patterns, deeper, converters)
        elif isinstance(entry, URLPattern):
            yield Address(
                f"{namespace}{entry.name}",
                entry.callback,
                tuple(converters),
                tuple(type(one).__name__ for one in converters.values()),
            )


EVERY = list(walk(get_resolver().url_patterns))
OURS = [one for one in EVERY if not one.view.__module__.startswith(LIBRARY)]
GUARDED = [one for one in OURS if getattr(one.view, "login_required", True)]
BY_ROLE = [one for one in GUARDED if getattr(one.view, "required_permissions", None)]
ABOUT_A_ROW = [one for one in BY_ROLE if "UUIDConverter" in one.kinds]


def _permissions(address: Address) -> Any:
    return address.view.required_permissions


def role_with(permissions: Any) -> str:
    return next(role.code for role in ROLES.values() if role.permissions & permissions)


def ask(client: Any, address: Address, path: str) -> Any:
    """By GET where the page can be read, else by POST."""
    reads = getattr(address.view, "read_methods", {"GET"})
    return client.get(path) if "GET" in reads else client.post(path)


def test_there_is_something_to_walk():
    assert len(OURS) >= 7
    assert len(ABOUT_A_ROW) >= 4
    assert len({one.name for one in EVERY}) == len(EVERY)


@pytest.mark.parametrize("address", OURS, ids=str)
def test_every_address_declares_who_may_open_it(address):
    open_to_all = not getattr(address.view, "login_required", True)
    declared = hasattr(address.view, "required_permissions")
    assert declared or open_to_all, "put @requires(Permission.…) on the view"


@pytest.mark.parametrize("address", GUARDED, ids=str)
def test_every_address_declares_its_methods(address):
    assert address.view.read_methods | address.view.write_methods


def unlike(wanted: Any, answers: Iterator[tuple[Address, Any]]) -> dict[str, int]:
    """Which addresses answer otherwise, and how. Many are asked in one test: the reader is made
    once, and a failure names every address that broke its word."""
    found = {str(one): answer.status_code for one, answer in answers}
    assert found, "no address was asked"
    return {name: status for name, status in found.items() if status not in wanted}


@pytest.mark.django_db
def test_nobody_who_is_not_signed_in_gets_further_than_the_sign_in_page(client):
    sign_in = reverse("account_login")
    found = [(one, ask(client, one, one.path(uuid4()))) for one in GUARDED]
    assert not unlike({302}, found)
    assert not [one.name for one, answer in found if not answer["Location"].startswith(sign_in)]


@pytest.mark.django_db
def test_without_a_role_it_is_forbidden(client):
    client.force_login(factories.user())
    assert not unlike({403}, ((one, ask(client, one, one.path(uuid4()))) for one in BY_ROLE))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_with_the_wrong_role_it_is_forbidden(client, role):
    client.force_login(factories.member(role))
    others = [one for one in BY_ROLE if not ROLES[role].permissions & one.view.required_permissions]
    assert not unlike({403}, ((one, ask(client, one, one.path(uuid4()))) for one in others))


def test_every_address_is_forbidden_to_some_role():
    everywhere = [
        str(one)
        for one in BY_ROLE
        if all(role.permissions & one.view.required_permissions for role in ROLES.values())
    ]
    assert not everywhere


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted({role_with(_permissions(one)) for one in ABOUT_A_ROW}))
def test_another_teams_row_does_not_exist_for_the_right_role(client, role):
    other = factories.person_with_key_worker()
    factories.contact(other)
    client.force_login(factories.member(role))
    rows = (other.pk, other.cases.get().pk, other.contacts.get().pk, uuid4())
    asked = [one for one in ABOUT_A_ROW if role_with(_permissions(one)) == role]
    for row in rows:
        assert not unlike({404}, ((one, ask(client, one, one.path(row))) for one in asked))


@pytest.mark.django_db
def test_pages_about_a_person_open_for_the_team_that_holds_them(client):
    team = factories.team()
    person = factories.person_with_key_worker(team=team)
    client.force_login(factories.member("team_lead", team=team))
    pages = [
        one
        for one in ABOUT_A_ROW
        if one.arguments == ("person_id",) and "GET" in one.view.read_methods
    ]
    assert not unlike({200}, ((one, client.get(one.path(person.pk), follow=True)) for one in pages))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_pages_open_for_the_roles_that_they_name(client, role):
    client.force_login(factories.member(role))
    pages = [one for one in GUARDED if "GET" in one.view.read_methods and not one.arguments]
    for one in pages:
        wanted = one.view.required_permissions
        allowed = not wanted or wanted & ROLES[role].permissions
        answer = client.get(one.path())
        assert answer.status_code in ({200, 302} if allowed else {403}), one


def test_every_permission_is_given_to_somebody():
    given = {permission for role in ROLES.values() for permission in role.permissions}
    assert given == set(Permission)
