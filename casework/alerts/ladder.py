"""What follows by itself: what was hidden comes back, and what nobody answers goes up.

named worker → team lead (or shift lead) → network lead, by working days since somebody last did
something. What the named worker cannot change (nobody is named, shifts of a crisis team) is the
lead's from the start; where a team has no lead, the network's. Nothing of the backlog goes up, and
nothing that is hidden. Set-based: the same number of statements per thousand alerts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.alerts import rows
from casework.alerts.handling import FOR_THE_LEAD, handling
from casework.alerts.models import Alert, AlertAction
from casework.cases.models import LiveReason
from casework.common.dates import is_working_day
from casework.common.ids import uuid7

BATCH = 1000
Level = Alert.Level


@dataclass
class Climb:
    """What a look at the ladder came to."""

    returned: int = 0
    raised: int = 0
    ended: int = 0


def climb(*, now: dt.datetime | None = None) -> Climb:
    """Bring back what was hidden until today, and take up what waits too long.

    May be killed, run twice and run on several machines: each batch is one transaction over rows
    that it has locked.
    """
    today = timezone.localdate(now)
    result = Climb()
    result.returned = _come_back(today)
    led = _teams_with_a_lead(today)
    leads = _network_workers(today)
    for rule in _rules_waiting():
        how = handling(rule)
        waiting = (
            Alert.objects.open()
            .showing(today)
            .filter(rule=rule, backlog=False)
            .annotate(since=Coalesce("timer_on", TruncDate("created_at")))
        )
        without = Q(team__isnull=True) | ~Q(team_id__in=led)
        routed = Q(worker__isnull=True) | Q(cause_kind__in=FOR_THE_LEAD)
        late = Q(since__lte=_working_days_ago(today, how.lead_after))
        later = Q(since__lte=_working_days_ago(today, how.network_after))
        steps: list[tuple[QuerySet[Alert], int, str]] = [
            (waiting.filter(routed, level=Level.HOLDER, timer_on=None), Level.LEAD, "routed"),
            (waiting.filter(late, level=Level.HOLDER), Level.LEAD, "unanswered"),
            (waiting.filter(without, level=Level.LEAD), Level.NETWORK, "no_lead"),
            (waiting.filter(later, level=Level.LEAD), Level.NETWORK, "unanswered"),
        ]
        for alerts, to, why in steps:
            result.raised += _raise(alerts, to=to, why=why, today=today)
    result.ended = _agree_reasons(today, leads)
    return result


def _rules_waiting() -> list[str]:
    """Rules that have something on the ladder that could still go up."""
    return sorted(
        Alert.objects.open()
        .filter(backlog=False, level__lt=Level.NETWORK)
        .order_by()
        .values_list("rule", flat=True)
        .distinct()
    )


def _working_days_ago(today: dt.date, count: int) -> dt.date:
    """The latest day from which `count` working days have passed by today."""
    day = today
    while count:
        if is_working_day(day):
            count -= 1
        day -= dt.timedelta(days=1)
    return day


def _come_back(today: dt.date) -> int:
    """What was put off or done until today waits again."""
    count = 0
    due = Alert.objects.open().filter(hidden_until__lte=today)
    while True:
        with transaction.atomic():
            alerts = _lock(due)
            _write(
                alerts,
                today,
                AlertAction.Kind.RETURNED,
                status=Alert.Status.OPEN,
                hidden_until=None,
                acted_by_id=None,
            )
        count += len(alerts)
        if len(alerts) < BATCH:
            return count


def _raise(waiting: QuerySet[Alert], *, to: int, why: str, today: dt.date) -> int:
    count = 0
    while True:
        with transaction.atomic():
            alerts = _lock(waiting)
            _write(
                alerts,
                today,
                AlertAction.Kind.RAISED,
                choice=why,
                action_level=to,
                status=Alert.Status.OPEN,
                level=to,
            )
        count += len(alerts)
        if len(alerts) < BATCH:
            return count


def _lock(alerts: QuerySet[Alert]) -> list[Alert]:
    """A batch of rows that nobody else is just acting on; what they do counts at the next look."""
    return list(alerts.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:BATCH])


def _write(
    alerts: Sequence[Alert],
    today: dt.date,
    kind: AlertAction.Kind,
    *,
    choice: str = "",
    action_level: int | None = None,
    **changes: object,
) -> None:
    """The same step for many alerts: change, history, action."""
    AlertAction.objects.bulk_create(
        AlertAction(
            alert=alert,
            kind=kind,
            on=today,
            choice=choice,
            level=action_level,
            until=alert.hidden_until if kind == AlertAction.Kind.RETURNED else None,
        )
        for alert in alerts
    )
    rows.update(
        [
            {"id": alert.pk, "timer_on": today, "version": alert.version + 1, **changes}
            for alert in alerts
        ]
    )
    rows.remember([alert.pk for alert in alerts], "~")


# Who is there to go up to ------------------------------------------------------------------------


def _roles_with(permission: Permission) -> list[str]:
    return [role.code for role in ROLES.values() if permission in role.permissions]


def _teams_with_a_lead(today: dt.date) -> list[UUID]:
    """Teams in which somebody who can sign in leads, or leads the shift."""
    leading = Membership.objects.on(today).filter(
        role__in=_roles_with(Permission.SEE_TEAM_ALERTS), team__isnull=False, user__is_active=True
    )
    return sorted(set(leading.order_by().values_list("team_id", flat=True)))


def _network_memberships() -> QuerySet[Membership]:
    """Who leads the network, or did."""
    return Membership.objects.filter(
        role__in=_roles_with(Permission.SEE_TEAM_ALERTS), team=None, organisation=None
    )


def _network_workers(today: dt.date) -> list[UUID]:
    """The workers behind the network leads' accounts."""
    now = _network_memberships() & Membership.objects.on(today)
    people = User.objects.filter(is_active=True, worker__isnull=False, memberships__in=now)
    return sorted(set(people.order_by().values_list("worker_id", flat=True)))


# The network lead may open the records of those who came up to them ------------------------------


def let_open(alert: Alert) -> None:
    """One alert has gone up to the network: its leads may open the person's record."""
    today = timezone.localdate()
    _let_open([alert], _network_workers(today), today)


def _let_open(alerts: Iterable[Alert], workers: Sequence[UUID], today: dt.date) -> None:
    LiveReason.objects.bulk_create(
        [
            LiveReason(
                id=uuid7(),
                person_id=alert.person_id,
                worker_id=worker,
                kind=LiveReason.Kind.DUTY,
                source_key=f"alert:{alert.pk}:{worker}",
                start=today,
            )
            for alert in alerts
            if alert.person_id is not None
            for worker in workers
        ],
        ignore_conflicts=True,
    )


def _agree_reasons(today: dt.date, leads: Sequence[UUID]) -> int:
    """Whoever leads the network now may open the records of those who came up and are still there;
    what was resolved, or a lead who no longer is one, ends the reason. How many ended."""
    up = {
        alert.pk: alert for alert in Alert.objects.open().filter(level=Level.NETWORK).order_by("pk")
    }
    ever = User.objects.filter(worker__isnull=False, memberships__in=_network_memberships()).values(
        "worker"
    )
    lasting: dict[tuple[UUID, UUID | None], UUID] = {}
    for pk, key, worker in LiveReason.objects.filter(
        worker__in=ever, source_key__startswith="alert:", end__isnull=True
    ).values_list("pk", "source_key", "worker_id"):
        lasting[UUID(key.split(":")[1]), worker] = pk
    for worker in leads:
        new = [alert for pk, alert in up.items() if (pk, worker) not in lasting]
        _let_open(new, [worker], today)
    ended = [
        pk for (alert, worker), pk in lasting.items() if alert not in up or worker not in leads
    ]
    return LiveReason.objects.filter(pk__in=ended).update(end=today) if ended else 0
