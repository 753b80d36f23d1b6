"""Who is signed in, with what they may do: one query for each request instead of three."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from casework.accounts import policy
from casework.accounts.models import Membership
from casework.accounts.outsiders import is_outsider
from casework.common.standing import standing


@standing
def in_force(user: UUID, on: dt.date) -> QuerySet[Membership]:
    """The memberships of a user on a day, with the user, their worker and the teams."""
    rows = Membership.objects.on(on).filter(user=user).order_by("start", "pk")
    return rows.select_related("user__worker", "team")


class WithMemberships(AuthenticationBackend):
    """Signing in as allauth does it; the user comes with their memberships and their worker."""

    def authenticate(self, request: Any, **credentials: Any) -> Any:
        """By password: staff only where the settings let them. The right one is then answered like
        a wrong one, so that nobody learns by trying that it is the right one."""
        user = super().authenticate(request, **credentials)
        if user is None or settings.STAFF_PASSWORDS or is_outsider(user):
            return user
        return None

    def get_user(self, user_id: Any) -> Any:
        members = in_force(UUID(str(user_id)), timezone.localdate())
        if not members:
            return super().get_user(user_id)
        user = members[0].user
        policy.remember(user, members)
        return user if self.user_can_authenticate(user) else None
