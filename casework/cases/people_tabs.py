"""The pages on which people are found, as tabs above each of them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts import policy
from casework.accounts.roles import Permission
from casework.common.pages import Link


def people_tabs(user: Any, current: str) -> list[Link]:
    """Those that this user may open; the lists of my and of my team's people are the worklist's."""
    leads = bool(policy.teams_where(user, Permission.SEE_TEAM_ALERTS))
    pages = [
        ("people:list", gettext("Find a person"), True),
        ("my_people", gettext("My people"), user.worker_id is not None),
        ("team_people", gettext("My team's people"), leads),
    ]
    return [
        Link(text, reverse(name), name == current) for name, text, may_open in pages if may_open
    ]
