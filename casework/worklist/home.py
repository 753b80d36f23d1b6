"""Which page a user's day begins with."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from casework.accounts import policy
from casework.accounts.roles import Permission


def works_with_people(user: Any) -> bool:
    """Whether the user has a day with people or a team, and not with the service's machinery."""
    return policy.may(user, Permission.SEE_PEOPLE)


def home_path(user: Any) -> str:
    """The home page; for an administrator, who has nothing clinical, the users."""
    if not works_with_people(user) and policy.may(user, Permission.MANAGE_USERS):
        return reverse("users:list")
    return reverse("home")
