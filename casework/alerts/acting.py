"""What people do about an alert: seen, answered, put off, done, brought back.

Each verb is one transaction: lock, may this user and is it still so, change with history, an
append-only `AlertAction` with the words, an event on the person's timeline. Two people who act at
once: the second is told what the first did (`Meanwhile`), and nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.alerts import ladder, policy
from casework.alerts.handling import Answer, handling
from casework.alerts.models import Alert, AlertAction
from casework.cases.models import CaseEvent
from casework.common.errors import Refusal
from casework.common.presenters import short_date

Kind = AlertAction.Kind
Status = Alert.Status
_QUESTIONED = frozenset({Status.OPEN, Status.SEEN})


class Meanwhile(Refusal):
    """Somebody has acted since the page was opened; what they did can be read first."""


class NotYours(Refusal):
    """This alert waits for somebody else."""


@transaction.atomic
def acknowledge(
    *, alert: Alert, by: User, words: str = "", version: int | None = None
) -> AlertAction:
    """Say "seen, I am on it".

    Precondition: it waits, and nobody is on it. Promise: the others see who is; before it goes
    further up, its time begins again.
    """
    row = _locked(alert, by, version)
    if row.status == Status.SEEN:
        raise Refusal(_("%(who)s is on it already.") % {"who": row.acted_by or _("Somebody")})
    _must_wait(row)
    return _write(row, by, Kind.SEEN, status=Status.SEEN, words=words)


@transaction.atomic
def answer(
    *,
    alert: Alert,
    by: User,
    choice: str,
    words: str = "",
    by_when: dt.date | None = None,
    version: int | None = None,
) -> AlertAction:
    """Answer the question that the rule asks.

    Precondition: it waits, the answer is one of those offered, a day is given where one is asked
    for. Promise: its time begins again; with an answer that says that somebody else has to decide,
    it goes up at once.
    """
    row = _locked(alert, by, version)
    _must_wait(row)
    asked = handling(row.rule)
    today = timezone.localdate()
    if choice not in dict(asked.answers):
        raise Refusal(_("Select an answer."))
    if asked.by_when and choice not in asked.goes_up:
        if by_when is None:
            raise Refusal(_("Say by when."))
        if by_when < today:
            raise Refusal(_("“By when” cannot be in the past."))
    else:
        by_when = None
    said = _write(
        row, by, Kind.ANSWERED, status=Status.SEEN, choice=choice, words=words, until=by_when
    )
    if asked.answered is not None:
        asked.answered(Answer(row, by, choice, asked.label(choice), said.words, by_when))
    if choice in asked.goes_up and row.level < Alert.Level.NETWORK:
        raise_one(row, to=row.level + 1, why="asked", by=by)
    return said


@transaction.atomic
def snooze(
    *, alert: Alert, by: User, until: dt.date, reason: str, version: int | None = None
) -> AlertAction:
    """Put it off until a day, and say why.

    Precondition: it waits, the day is within what the rule allows, and it has not been put off too
    often without an answer. Promise: it comes back on that day if it is still so.
    """
    row = _locked(alert, by, version)
    _must_wait(row)
    allowed = handling(row.rule)
    today = timezone.localdate()
    latest = today + dt.timedelta(days=allowed.snooze_days)
    if not reason.strip():
        raise Refusal(_("Say why later."))
    if not today < until <= latest:
        raise Refusal(
            _("Choose a day after today and no later than %(day)s.") % {"day": short_date(latest)}
        )
    if snoozes_in_a_row(row) >= allowed.snoozes:
        raise Refusal(_("It has been put off before. Answer its question instead."))
    return _write(
        row, by, Kind.SNOOZED, status=Status.SNOOZED, words=reason, until=until, hidden_until=until
    )


@transaction.atomic
def finish(
    *, alert: Alert, by: User, words: str, look_again: dt.date, version: int | None = None
) -> AlertAction:
    """Done for now: say what was done, and when to look again.

    Precondition: it waits, and the day is within what the rule allows. Promise: it is hidden until
    that day; if it is still so then, it comes back with its history. The sweep resolves it as soon
    as it is no longer so.
    """
    row = _locked(alert, by, version)
    _must_wait(row)
    today = timezone.localdate()
    latest = today + dt.timedelta(days=handling(row.rule).look_again_days)
    if not words.strip():
        raise Refusal(_("Say what was done."))
    if not today < look_again <= latest:
        raise Refusal(
            _("Choose a day after today and no later than %(day)s.") % {"day": short_date(latest)}
        )
    return _write(
        row,
        by,
        Kind.DONE,
        status=Status.DONE,
        words=words,
        until=look_again,
        hidden_until=look_again,
    )


@transaction.atomic
def bring_back(
    *, alert: Alert, by: User, words: str = "", version: int | None = None
) -> AlertAction:
    """Have what was put off or done wait again, before its day.

    Precondition: it is hidden. Promise: it waits like a new one, with its history.
    """
    row = _locked(alert, by, version)
    if row.status not in {Status.SNOOZED, Status.DONE}:
        raise Refusal(_("It is not put off, so there is nothing to bring back."))
    return _write(row, by, Kind.BROUGHT_BACK, status=Status.OPEN, words=words)


@dataclass(frozen=True)
class Seen:
    """What came of saying "seen" to several: how many, and what was said about the others."""

    count: int
    refused: tuple[str, ...]


def acknowledge_many(*, alerts: Iterable[Alert], by: User, versions: Mapping[UUID, int]) -> Seen:
    """Say "seen, I am on it" to several, each for itself: one refusal keeps none of the others."""
    count, refused = 0, []
    for alert in alerts:
        try:
            acknowledge(alert=alert, by=by, version=versions.get(alert.pk))
            count += 1
        except Refusal as refusal:
            refused.append(refusal.sentence)
    return Seen(count, tuple(dict.fromkeys(refused)))


def snoozes_in_a_row(alert: Alert) -> int:
    """How often it was put off since somebody last answered or did something."""
    latest = alert.actions.order_by("-created_at", "-pk").values_list("kind", flat=True)
    count = 0
    for kind in latest:
        if kind in {Kind.ANSWERED, Kind.DONE}:
            break
        count += kind == Kind.SNOOZED
    return count


def raise_one(row: Alert, *, to: int, why: str, by: User | None) -> AlertAction:
    """A locked alert goes up a step, within the caller's transaction."""
    if to == Alert.Level.NETWORK:
        ladder.let_open(row)
    return _write(
        row, by, Kind.RAISED, status=Status.OPEN, choice=why, level=to, acted_by=row.acted_by
    )


def come_back(row: Alert) -> AlertAction:
    """A locked alert whose day has come waits again, within the caller's transaction."""
    return _write(row, None, Kind.RETURNED, status=Status.OPEN, until=row.hidden_until)


def _locked(alert: Alert, by: User, version: int | None) -> Alert:
    """The alert as it is now, for the rest of the transaction. What has come back by itself is
    written down as such first."""
    row = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if not policy.may_act(by, row):
        raise NotYours(_("This waits for somebody else."))
    if row.resolved_on is not None:
        raise Meanwhile(
            _("It is no longer so since %(day)s: nothing more is asked of you.")
            % {"day": short_date(row.resolved_on)}
        )
    if version is not None and version != row.version:
        raise Meanwhile(
            _(
                "Somebody has acted since you opened this page. Read below what they did; your"
                " words are kept, and you can send them again if they are still needed."
            )
        )
    if row.hidden_until is not None and not row.hidden(timezone.localdate()):
        come_back(row)
    return row


def _must_wait(row: Alert) -> None:
    if row.status not in _QUESTIONED:
        raise Refusal(
            _("It is put off until %(day)s. Bring it back first.")
            % {"day": short_date(row.hidden_until or timezone.localdate())}
        )


def _write(
    row: Alert,
    by: User | None,
    kind: AlertAction.Kind,
    *,
    status: str,
    choice: str = "",
    words: str = "",
    until: dt.date | None = None,
    hidden_until: dt.date | None = None,
    level: int | None = None,
    acted_by: User | None = None,
) -> AlertAction:
    today = timezone.localdate()
    row.status, row.hidden_until = status, hidden_until
    row.acted_by = by if kind != Kind.RAISED else acted_by
    row.timer_on = today
    row.version += 1
    if level is not None:
        row.level = level
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    if by is not None and row.person_id is not None:
        CaseEvent.objects.create(
            person_id=row.person_id,
            kind=f"alert.{kind.value}",
            on=today,
            by=by,
            team_id=row.team_id,
            about=row.pk,
            data={"rule": row.rule},
        )
    return AlertAction.objects.create(
        alert=row,
        kind=kind,
        on=today,
        by=by,
        choice=choice,
        words=words.strip(),
        until=until,
        level=level,
    )
