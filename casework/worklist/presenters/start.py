"""The start page of those for whom no list is the most useful one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from casework.accounts.roles import ROLES


class StartPage:
    """Says who the user is here and what they can do."""

    def __init__(self, *, name: str, roles: Sequence[str], links: Sequence[dict[str, Any]]) -> None:
        known = [ROLES[code] for code in dict.fromkeys(roles) if code in ROLES]
        self.heading = gettext("Welcome, %(name)s") % {"name": name}
        self.roles = [
            {"name": str(role.name), "description": str(role.description)} for role in known
        ]
        self.links = [{"href": link["href"], "text": link["text"]} for link in links]
        self.no_role = gettext(
            "You have no role here at the moment. Somebody who looks after users can give you one."
        )
