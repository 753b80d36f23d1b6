"""Signing in and out in the access log: append-only and sealed like every look at a record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from casework.accounts import watch
from casework.accounts.models import User
from casework.cases.access_log import acting
from casework.cases.models import AccessEntry
from casework.common.http import client_address
from casework.common.ids import uuid7


def write(
    request: HttpRequest, what: str, *, by: User | None, why: str = "", about: Any = None
) -> None:
    """One entry, at once: whoever is not let in gets no further. Nothing is asked about whose
    account it is before that, so that a known address costs what an unknown one does."""
    member = acting(by) if by is not None and what != watch.NOT_LET_IN else None
    match = request.resolver_match
    AccessEntry(
        user=by,
        role=member.role if member else "",
        team_id=member.team_id if member else None,
        action=AccessEntry.Action(what),
        record=getattr(about, "pk", None),
        reason=why,
        page=(match.view_name if match else "")[:80],
        ip=client_address(request),
        request_id=uuid7(),
    ).save(force_insert=True)


watch.sign_in_records.register("access_log", write)
