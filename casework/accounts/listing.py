"""Lists for whoever looks after users, with everything that their pages show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES
from casework.directory.models import Worker

LOOK_BACK = dt.timedelta(days=90)


def with_present_memberships(users: QuerySet[User], today: dt.date) -> QuerySet[User]:
    """Users with `present_memberships`, those in force."""
    present = Membership.objects.on(today).select_related("team", "organisation")
    return users.prefetch_related(
        Prefetch("memberships", queryset=present, to_attr="present_memberships")
    )


def users_found(users: QuerySet[User], words: str) -> QuerySet[User]:
    """Users by any part of name or address; each word must be in one of them."""
    for word in words.split():
        users = users.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return users


def access(memberships: QuerySet[Membership], show: str, today: dt.date) -> QuerySet[Membership]:
    """Memberships in force, or of those who joined, moved or left since `LOOK_BACK`."""
    rows = memberships.select_related("user", "team", "organisation")
    since = today - LOOK_BACK
    of_user = Membership.objects.filter(user=OuterRef("user"))
    if show in {"joined", "moved"}:
        earlier = Exists(of_user.filter(start__lt=OuterRef("start")))
        rows = rows.filter(start__gte=since, start__lte=today)
        return rows.filter(earlier) if show == "moved" else rows.filter(~earlier)
    if show == "left":
        lasting = of_user.filter(Q(end__isnull=True) | Q(end__gte=today))
        return rows.filter(~Exists(lasting), end__gte=since, end__lt=today)
    rows = rows.filter(pk__in=Membership.objects.on(today).values("pk"), user__is_active=True)
    if show == "unused":
        long_ago = timezone.now() - LOOK_BACK
        never = Q(user__last_login__isnull=True, user__created_at__lt=long_ago)
        return rows.filter(Q(user__last_login__lt=long_ago) | never)
    return rows


def without_role(users: QuerySet[User], today: dt.date) -> QuerySet[User]:
    """Users who can sign in although nothing gives them anything to do here, with `last_end`, the
    last day on which something did."""
    present = Membership.objects.on(today).filter(user=OuterRef("pk"))
    rows = users.filter(~Exists(present), is_active=True)
    return rows.annotate(last_end=Max("memberships__end"))


def access_rows(
    memberships: QuerySet[Membership], users: QuerySet[User], show: str, today: dt.date
) -> Iterator[list[str]]:
    """The same list as a table for a spreadsheet, with its headings."""
    yield [
        _("Name"),
        _("Email address"),
        _("May sign in"),
        _("Role"),
        _("Where"),
        _("From"),
        _("Until"),
        _("Last signed in"),
        _("Not for 90 days"),
    ]
    long_ago = timezone.now() - LOOK_BACK

    def told(user: User, *role: str) -> list[str]:
        seen = timezone.localtime(user.last_login).date().isoformat() if user.last_login else ""
        unused = (user.last_login or user.created_at) < long_ago
        can = _("yes") if user.is_active else _("no")
        return [user.name, user.email, can, *role, seen, _("yes") if unused else _("no")]

    if show == "without":
        for user in without_role(users, today).order_by("name", "pk").iterator():
            yield told(user, "", "", "", user.last_end.isoformat() if user.last_end else "")  # type: ignore[attr-defined]
        return
    rows = access(memberships, show, today).order_by("user__name", "start", "pk")
    for one in rows.iterator():
        role = str(ROLES[one.role].name) if one.role in ROLES else one.role
        where = str(one.team or one.organisation or _("the whole network"))
        end = one.end.isoformat() if one.end else ""
        yield told(one.user, role, where, one.start.isoformat(), end)


def workers_found(words: str) -> QuerySet[Worker]:
    """Workers without an account, by any part of their name or by local id."""
    rows = Worker.objects.filter(user=None, active=True, placeholder=False)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(local_id=word))
    return rows.select_related("organisation").order_by("name", "pk")
