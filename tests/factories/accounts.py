"""Users and what they may do."""

from itertools import count
from typing import Any

from casework.accounts import services
from casework.accounts.models import User
from casework.accounts.roles import ROLES, Scope
from tests.factories import directory

_numbers = count(1)
PASSWORD = "a-long-invented-password"


def user(**fields: Any) -> User:
    """Somebody who can sign in and may do nothing yet."""
    number = next(_numbers)
    fields.setdefault("email", f"user{number}@alongside.example")
    fields.setdefault("name", f"User {number}")
    fields.setdefault("password", PASSWORD)
    return services.create_user(by=None, **fields)


def member(role: str, *, team: Any = None, worker: Any = None, **fields: Any) -> User:
    """Somebody with a role: in a team, an organisation or the network, as the role asks."""
    somebody = user(worker=worker, **fields)
    scope = ROLES[role].scope
    services.grant(
        user=somebody,
        role=role,
        team=(team or directory.team()) if scope is Scope.TEAM else None,
        organisation=directory.organisation() if scope is Scope.ORGANISATION else None,
        by=None,
    )
    return somebody
