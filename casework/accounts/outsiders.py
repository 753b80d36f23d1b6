"""Accounts of people who are not staff.

An upper app registers which accounts those are. They never get a role, administrators do not look
after them, and nothing that staff may do applies to them.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from casework.accounts.models import User
from casework.common.registry import Registry

outsiders: Registry[Q] = Registry("outsiders")


def staff(users: QuerySet[User]) -> QuerySet[User]:
    """Those of `users` who are staff."""
    for theirs in outsiders:
        users = users.exclude(theirs)
    return users


def is_outsider(user: User) -> bool:
    """Is this somebody's own account, and not one for work?"""
    return not staff(User.objects.filter(pk=user.pk)).exists()
