"""Who may read which alert, and act on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.alerts.models import Alert
from casework.cases.models import Absence, Person
from casework.common.standing import standing
from casework.directory.models import Team


def own(user: Any, covered: Collection[UUID] | None = None) -> Q:
    """What waits for this user as the named worker, or as the cover of one who is away: `covered`,
    where the caller has read already who that is today."""
    if not accounts.may(user, Permission.SEE_OWN_ALERTS):
        return Q(pk__in=[])
    # as a list: a subquery beside another condition would have every alert read
    workers = set(
        _covered(user).values_list("worker_id", flat=True) if covered is None else covered
    )
    if getattr(user, "worker_id", None):
        workers.add(user.worker_id)
    return Q(worker_id__in=sorted(workers))


def _covered(user: Any) -> QuerySet[Absence]:
    """The absences of today that the user covers, in person or with their team."""
    covers = _covers(getattr(user, "worker_id", None), teams_of_own(user))
    return Absence.objects.on().filter(covers).order_by()


def _covers(worker: UUID | None, teams: tuple[UUID, ...]) -> Q:
    covers = Q(pk__in=[])
    if worker is not None:
        covers |= Q(cover_worker_id=worker)
    if teams:
        covers |= Q(cover_team_id__in=teams)
    return covers


def led(user: Any) -> Q:
    """Those of the teams that this user leads; over the network, those that have gone up to it."""
    return _led(
        _teams(user, Permission.SEE_TEAM_ALERTS),
        accounts.may_in_network(user, Permission.SEE_TEAM_ALERTS),
    )


def _led(teams: tuple[UUID, ...], network: bool) -> Q:
    theirs = Q(team_id__in=teams) if teams else Q(pk__in=[])
    if network:
        theirs |= Q(level=Alert.Level.NETWORK)
    return theirs


def visible_alerts(alerts: QuerySet[Alert], user: Any) -> QuerySet[Alert]:
    """Those of `alerts` that are the user's own to answer or cover, or their team's where they
    lead it, or that have gone up to them.

    An alert about a person is shown only where the user may also open that person's record.
    """
    return _openable(alerts.filter(own(user) | led(user)), user)


def my_alerts(
    alerts: QuerySet[Alert], user: Any, covered: Collection[UUID] | None = None
) -> QuerySet[Alert]:
    """The visible alerts that wait for this user as the named worker or as their cover."""
    return _openable(alerts.filter(own(user, covered)), user)


def teams_of_own(user: Any) -> tuple[UUID, ...]:
    """The teams with which the user covers for somebody's alerts."""
    return _teams(user, Permission.SEE_OWN_ALERTS)


def team_alerts(alerts: QuerySet[Alert], user: Any) -> QuerySet[Alert]:
    """The visible alerts of the teams that this user leads, and those that went up to them."""
    return _openable(alerts.filter(led(user)), user)


def _openable(alerts: QuerySet[Alert], user: Any) -> QuerySet[Alert]:
    return alerts.filter(Q(person__isnull=True) | Q(person__in=Person.objects.visible_to(user)))


def open_about(person: Person, user: Any) -> list[Alert]:
    """The open alerts about somebody whose record the user has open, the oldest first, each with
    whether it is one that they may act on (`may_act`)."""
    own_alerts = accounts.may(user, Permission.SEE_OWN_ALERTS)
    return _open_about(
        person.pk,
        timezone.localdate(),
        own_alerts,
        getattr(user, "worker_id", None) if own_alerts else None,
        _teams(user, Permission.SEE_OWN_ALERTS),
        _teams(user, Permission.SEE_TEAM_ALERTS),
        accounts.may_in_network(user, Permission.SEE_TEAM_ALERTS),
    )


def _teams(user: Any, permission: Permission) -> tuple[UUID, ...]:
    return tuple(sorted(accounts.teams_where(user, permission)))


@standing
def _open_about(
    person: UUID,
    on: dt.date,
    own_alerts: bool,
    worker: UUID | None,
    own_teams: tuple[UUID, ...],
    led_teams: tuple[UUID, ...],
    network: bool,
) -> QuerySet[Alert]:
    mine = Q(pk__in=[])
    if own_alerts:
        covered = Absence.objects.on(on).filter(_covers(worker, own_teams)).order_by()
        mine |= Q(worker_id__in=covered.values("worker"))
    if worker is not None:
        mine |= Q(worker_id=worker)
    act = ExpressionWrapper(mine | _led(led_teams, network), output_field=BooleanField())
    rows = Alert.objects.open().filter(person=person).annotate(may_act=act)
    return rows.select_related("acted_by").order_by("opened_on", "pk")


def may_act(user: Any, alert: Alert) -> bool:
    """May this user do something about this alert? Whoever may read it as their own."""
    return visible_alerts(Alert.objects.filter(pk=alert.pk), user).exists()


def counted_teams(user: Any) -> set[Any] | None:
    """The teams whose figures this user may read; None = all of the network."""
    if accounts.may_in_network(user, Permission.SEE_NETWORK):
        return None
    return set(accounts.teams_where(user, Permission.SEE_TEAM_ALERTS))


def lowest_level_led(user: Any) -> int:
    """From which step of the ladder on something is this lead's to decide."""
    if accounts.teams_where(user, Permission.SEE_TEAM_ALERTS):
        return Alert.Level.LEAD
    return Alert.Level.NETWORK


def teams_to_count(user: Any) -> list[tuple[str, str]]:
    """The teams among which this user may choose, by name."""
    mine = counted_teams(user)
    teams = Team.objects.filter(active=True)
    if mine is not None:
        teams = teams.filter(pk__in=mine)
    return [(str(pk), name) for pk, name in teams.order_by("name", "pk").values_list("pk", "name")]
