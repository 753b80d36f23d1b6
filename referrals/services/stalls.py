"""Somebody answers why a referral does not move."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.alerts import services as alerts
from casework.cases.models import CaseEvent
from casework.cases.services import touch
from casework.common.dates import to_utc
from casework.common.errors import Refusal
from casework.continuity.policy_values import Policies
from referrals.actors import actor
from referrals.clocks import CRISIS_MINUTES, crisis_limit
from referrals.errors import EventRefused
from referrals.models import Referral, StallAnswer, StallMark
from referrals.services.engine import due_at
from referrals.situation import Situation
from referrals.stalls import last_late, threshold_code
from referrals.table import OPEN, Role

MAX_SNOOZE_DAYS = 14
FIRST_LOOK = dt.timedelta(days=3)
MARK_AGAIN = dt.timedelta(hours=1)
_INVOLVED = {
    Role.AUTHOR,
    Role.SENDER,
    Role.RECEIVER,
    Role.RECEIVING_LEAD,
    Role.HOLDER,
    Role.NAMED_WORKER,
    Role.ASKED,
}


@transaction.atomic
def answer_stall(
    *, referral: Referral, by: User, last_contact: str, what_next: str, by_when: dt.date
) -> StallAnswer:
    """Say when the person was last in touch, what happens next and by when. The timer of this
    state begins again."""
    row = _involved(referral, by)
    today = timezone.localdate()
    if not (last_contact.strip() and what_next.strip()):
        raise Refusal(_("Say when the person was last in touch and what happens next."))
    if by_when < today:
        raise Refusal(_("“By when” cannot be in the past."))
    answer = StallAnswer.objects.create(
        referral=row,
        state=row.state,
        last_contact=last_contact,
        what_next=what_next,
        by_when=by_when,
        by=by,
    )
    row.timer_on, row.snoozed_until = today, None
    row.due_at = due_at(row)
    _save(row, by, "referral.progress", answer)
    return answer


@transaction.atomic
def snooze(*, referral: Referral, by: User, until: dt.date, reason: str) -> StallAnswer:
    """Put the question off, with a reason and for two weeks at most."""
    row = _involved(referral, by)
    today = timezone.localdate()
    if not reason.strip():
        raise Refusal(_("Say why later."))
    if not today < until <= today + dt.timedelta(days=MAX_SNOOZE_DAYS):
        raise Refusal(_("Choose a day within the next two weeks."))
    answer = StallAnswer.objects.create(
        referral=row, state=row.state, snooze_reason=reason, by_when=until, by=by
    )
    row.snoozed_until = until
    _save(row, by, "referral.snoozed", answer)
    return answer


def look_at_due(*, now: dt.datetime | None = None) -> int:
    """Look at people whose limit has passed by the clock alone since this was last asked, in hours
    or, on a new day, in days, and open what is at a stop. Says how many people. Costs the same
    however many referrals have ended, and writes nothing where no limit has passed, but for its
    mark once an hour and once a day.

    The marks are written at the end: a look that was killed is done again. Limits that passed less
    than a minute ago wait for the next look: the rules count whole minutes.
    """
    now = (now or timezone.now()) - dt.timedelta(minutes=1)
    marks = dict(StallMark.objects.values_list("name", "at"))
    since, day = marks.get("hours", now - FIRST_LOOK), marks.get("days", now - FIRST_LOOK)
    people = {
        person_id
        for person_id, passed, *clock in _limits_around(since, now)
        if passed or _crisis_passed(*clock, since=since, now=now)
    }
    before, today = timezone.localdate(day), timezone.localdate(now)
    if before < today:
        people.update(_days_passed(before, today))
    if people:
        alerts.look_at(people, source="referrals")
    written = ["days"] if before < today else []
    if people or "hours" not in marks or now - since > MARK_AGAIN:
        written.append("hours")
    StallMark.objects.bulk_create(
        [StallMark(name=name, at=now) for name in written],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
    return len(people)


def _days_passed(before: dt.date, on: dt.date) -> QuerySet[Referral, UUID]:
    """Of whom a limit in days passed, or a snooze ended, after the one day and by the other. By
    every limit that is in force for some team: which one counts for a referral, its rule knows."""
    policies = Policies()
    late = Q(snoozed_until__gte=before, snoozed_until__lt=on)
    for state in OPEN:
        for limit in policies.everywhere(threshold_code(state)) - {0}:
            then, now = (last_late(state, limit, day) for day in (before, on))
            if then < now:  # a week-end makes nobody late
                late |= Q(state=state, timer__gt=then, timer__lte=now)
    since = Coalesce("state_on", "received_on")
    rows = Referral.objects.filter(state__in=OPEN).order_by()
    rows = rows.annotate(timer=Greatest(since, Coalesce("timer_on", since)))
    return rows.filter(late).values_list("person_id", flat=True)


def _limits_around(since: dt.datetime, now: dt.datetime) -> QuerySet[Referral, Any]:
    """Whose limits in hours passed in this time, and whose crisis clock may have: one statement,
    in which each part starts at its place in an index."""
    columns = (
        "person_id",
        "passed",
        "team__mhsds_type",
        "priority",
        "source",
        "received_on",
        "received_time",
    )
    open_rows = Referral.objects.filter(state__in=OPEN).order_by()
    passed = open_rows.annotate(passed=Value(True))
    recent = open_rows.annotate(passed=Value(False)).filter(
        Q(priority__in=CRISIS_MINUTES) | Q(source="H1"),
        received_on__gte=timezone.localdate(since) - dt.timedelta(days=2),
    )
    return (
        passed.filter(due_at__gt=since, due_at__lte=now)
        .values_list(*columns)
        .union(
            passed.filter(rest_by__gt=since, rest_by__lte=now).values_list(*columns),
            recent.values_list(*columns),
            all=True,
        )
    )


def _crisis_passed(
    team_type: str | None,
    priority: str,
    source: str,
    day: dt.date,
    time: dt.time | None,
    *,
    since: dt.datetime,
    now: dt.datetime,
) -> bool:
    limit = crisis_limit(team_type or "", priority, source)
    return limit is not None and since < to_utc(day, time) + dt.timedelta(minutes=limit) <= now


def _involved(referral: Referral, by: User) -> Referral:
    row = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("person", "team", "sender_team", "named_worker")
        .get(pk=referral.pk)
    )
    if not Situation(row, actor(by)).roles & _INVOLVED:
        raise EventRefused([_("This is for those who are involved in it.")], forbidden=True)
    if row.state not in OPEN:
        raise Refusal(_("This referral has ended."))
    return row


def _save(row: Referral, by: User, kind: str, answer: StallAnswer) -> None:
    row.version += 1
    row._history_user = by
    row.save()
    CaseEvent.objects.create(
        person_id=row.person_id,
        kind=kind,
        on=timezone.localdate(),
        by=by,
        team_id=row.team_id,
        about=row.pk,
        data={"answer": str(answer.pk), "state": row.state},
    )
    touch(row.person_id)
