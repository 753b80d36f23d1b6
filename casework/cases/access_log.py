"""Writes down who looked at what. Views say what they showed; middleware writes it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import CharField, Field, QuerySet, UUIDField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse

from casework.accounts import policy as accounts
from casework.accounts.roles import ROLES, Permission
from casework.cases.models import AccessEntry, LiveReason, Person
from casework.common.http import client_address
from casework.common.ids import uuid7
from casework.common.standing import standing

Action = AccessEntry.Action
REFUSALS = frozenset({403, 404})


def note(
    request: HttpRequest,
    action: AccessEntry.Action,
    *,
    person: Person | UUID | None = None,
    people: list[Any] | None = None,
    record: Any = None,
    reason: str = "",
    reason_words: str = "",
) -> None:
    """Remember that this request shows something about a person (or lists `people`, by id)."""
    entries = request.__dict__.setdefault("_access_entries", [])
    entries.append(
        {
            "action": action,
            "person_id": getattr(person, "pk", person),
            "listed": [str(getattr(one, "pk", one)) for one in people or []],
            "record": getattr(record, "pk", record),
            "reason": reason,
            "reason_words": reason_words,
        }
    )


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """After the view, outside of its transaction: the one write that a GET may cause."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        noted = request.__dict__.pop("_access_entries", [])
        if request.user.is_authenticated:
            if response.status_code < 400:
                _write(request, noted)
            elif response.status_code in REFUSALS:
                _write(request, _refused(request))
        return response

    return handle


def write(request: HttpRequest, action: AccessEntry.Action, **about: Any) -> None:
    """Write one entry at once: for what is logged before it is looked up."""
    _write(request, [{"action": action, **about}])


def _write(request: HttpRequest, noted: list[dict[str, Any]]) -> None:
    if not noted:
        return
    member = acting(request.user)
    request_id = uuid7()
    match = request.resolver_match
    common: dict[str, Any] = {
        "user": request.user,
        "role": member.role if member else "",
        "page": (match.view_name if match else "")[:80],
        "ip": client_address(request),
        "request_id": request_id,
    }
    team_id = member.team_id if member else None
    entries = [
        AccessEntry(**{**common, **_why(request.user, entry, team_id), **_said(entry)})
        for entry in noted
    ]
    if len(entries) == 1:  # nearly always: without a transaction around one statement
        entries[0].save(force_insert=True)
    else:
        AccessEntry.objects.bulk_create(entries)


def acting(user: Any) -> Any:
    """The membership in which somebody looks: one that opens records, where they have several."""
    members = accounts.memberships(user)
    seeing = [
        one
        for one in members
        if one.role in ROLES and Permission.SEE_PEOPLE in ROLES[one.role].permissions
    ]
    return next(iter(seeing or members), None)


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value or name == "action"}


def _why(user: Any, entry: dict[str, Any], team_id: Any) -> dict[str, Any]:
    """Why they could open it: the live reason, looked up by the statement that writes the entry,
    so that saying why costs no query of its own."""
    from casework.cases import policy

    person_id = entry.get("person_id")
    if person_id is None or not accounts.may(user, Permission.SEE_PEOPLE):
        return {"team_id": team_id}
    looking = policy.looking(user)
    found: dict[str, Any] = {
        "team_id": _or(_team_of_reason.sql(person_id, *looking), team_id, UUIDField())
    }
    if not entry.get("reason"):
        found["reason"] = _or(_kind_of_reason.sql(person_id, *looking), "", CharField())
    return found


def _reasons(person: UUID, *looking: Any) -> QuerySet[LiveReason]:
    from casework.cases import policy

    return policy.reasons_through(*looking).filter(person=person).order_by("start", "pk")


@standing
def _team_of_reason(person: UUID, *looking: Any) -> QuerySet[Any]:
    return _reasons(person, *looking).values("team_id")[:1]


@standing
def _kind_of_reason(person: UUID, *looking: Any) -> QuerySet[Any]:
    return _reasons(person, *looking).values("kind")[:1]


def _or(reason: tuple[str, tuple[Any, ...]] | None, otherwise: Any, field: Field) -> Any:
    """What the live reason says, or what there is without one."""
    if reason is None:
        return otherwise
    sql, parameters = reason
    stored = field.get_db_prep_value(otherwise, connection)
    return RawSQL(f"COALESCE(({sql}), %s)", (*parameters, stored), field)  # noqa: S611


def _refused(request: HttpRequest) -> list[dict[str, Any]]:
    """An address with an id was refused: the same is written whether or not the row exists."""
    match = request.resolver_match
    ids = [value for value in match.kwargs.values() if isinstance(value, UUID)] if match else []
    return [{"action": Action.REFUSED, "record": ids[0]}] if ids else []
