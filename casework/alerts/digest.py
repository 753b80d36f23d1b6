"""The daily e-mail: how many people something waits about, and nothing else.

No name, no team and no rule stands in it: an e-mail is read on a locked screen, and by whoever has
the mailbox. Nothing is sent on a day off, to somebody who is away (whoever covers is told
instead), for whom nothing is new to do, or who does not want it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from casework.accounts import policy as accounts
from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.alerts import policy
from casework.alerts.models import Alert
from casework.cases.models import Absence
from casework.common.dates import is_working_day
from casework.outbox import services as outbox
from casework.outbox.models import Message

JOB = "alerts.digest"
ABOUT = "Daily alerts"
_READERS = {Permission.SEE_OWN_ALERTS, Permission.SEE_TEAM_ALERTS}


@dataclass(frozen=True)
class Waiting:
    """People about whom something waits for a user: as named worker or cover, and as lead."""

    mine: int
    led: int

    def __bool__(self) -> bool:
        return bool(self.mine or self.led)


def waiting(user: User, on: dt.date) -> Waiting:
    """What a user has not dealt with yet. What they acted on themselves is not counted, and
    neither is what somebody else is on."""
    asked = (
        policy.visible_alerts(Alert.objects.open(), user)
        .showing(on)  # type: ignore[attr-defined]
        .filter(backlog=False)
        .exclude(status=Alert.Status.SEEN)
        .exclude(acted_by=user)
        .order_by()
    )
    mine = policy.own(user) & Q(level=Alert.Level.HOLDER)
    found = asked.aggregate(
        mine=Count("person", distinct=True, filter=mine),
        led=Count(
            "person",
            distinct=True,
            filter=policy.led(user) & Q(level__gte=policy.lowest_level_led(user)),
        ),
    )
    return Waiting(found["mine"], found["led"])


def send_all(*, now: dt.datetime | None = None) -> int:
    """Send today's e-mails; how many. Run again, it sends those that are missing."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    if not is_working_day(today):
        return 0
    sent = 0
    roles = [code for code, role in ROLES.items() if role.permissions & _READERS]
    members = Membership.objects.on(today).filter(role__in=roles).order_by().values("user")
    away = Absence.objects.on(today).order_by().values("worker")
    users = User.objects.filter(is_active=True, digest=True, pk__in=members).exclude(
        worker__isnull=False, worker__in=away
    )
    for user in users.order_by("pk").iterator():
        sent += send_one(user=user, on=today)
    return sent


@transaction.atomic
def send_one(*, user: User, on: dt.date) -> int:
    """Send one user's e-mail of a day, once and only if something waits."""
    start = timezone.make_aware(dt.datetime.combine(on, dt.time.min))
    if Message.objects.filter(to=user.email, about=ABOUT, created_at__gte=start).exists():
        return 0
    accounts.forget(user)
    found = waiting(user, on)
    if not found:
        return 0
    with override(settings.LANGUAGE_CODE):
        outbox.send(
            channel="email",
            to=user.email,
            subject=_("What waits for you today"),
            body=words(user, found),
            about=ABOUT,
        )
    return 1


def words(user: User, found: Waiting) -> str:
    """The e-mail's text: numbers and where to read on."""
    lines = [_("Hello %(name)s,") % {"name": user.name}, ""]
    if found.mine:
        lines.append(
            ngettext(
                "Something waits for you about %(n)d person.",
                "Something waits for you about %(n)d people.",
                found.mine,
            )
            % {"n": found.mine}
        )
    if found.led:
        lines.append(
            ngettext(
                "Something has come to you to decide about %(n)d person.",
                "Something has come to you to decide about %(n)d people.",
                found.led,
            )
            % {"n": found.led}
        )
    page = "alerts:mine" if found.mine else "alerts:team"
    lines += [
        "",
        _("Read it here: %(address)s") % {"address": settings.SITE_URL + reverse(page)},
        _("If you do not want this e-mail: %(address)s")
        % {"address": settings.SITE_URL + reverse("alerts:digest")},
    ]
    return "\n".join(lines)


@transaction.atomic
def choose(*, user: User, wanted: bool, by: User) -> User:
    """Have the daily e-mail, or not."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.digest = wanted
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    return row
