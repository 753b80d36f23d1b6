"""A referral is begun from what the record holds, written with the person, and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import Person
from casework.cases.services.steps import Promise, finish_step, make_step
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker
from referrals import services as engine
from referrals.actors import actor
from referrals.asking import needs
from referrals.asking.record import Record
from referrals.models import Ask, Referral, Responsibility, SharedPart
from referrals.situation import Situation
from referrals.table import Kind, State

Decision = SharedPart.Decision
# how soon, and what the person thinks of it, is asked anew
COPIED = (
    "reason_words",
    "reason_why_not",
    "may_not_see",
    "shared_words",
    "reach_words",
    "meanwhile_support",
    "sender_words",
    "primary_reason",
)
HOLDS, QUESTION = "somebody_holds", "question"


@dataclass(frozen=True)
class Shared:
    """What was decided about one part of the record."""

    decision: str
    why: str = ""


def ask_of(referral: Referral) -> Ask:
    """How it is being asked for; a referral that was begun elsewhere has nothing of it yet."""
    return Ask.objects.filter(referral=referral).first() or Ask(referral=referral)


@transaction.atomic
def begin(
    *, person: Person, by: User, sender_team: Team, kind: str = Kind.TRANSFER, need: str = ""
) -> Referral:
    """Begin to ask, with all that the record holds already.

    Precondition: the user refers for the sending team; the person is alive. Promise: a draft that
    nobody but the sending team and the person reads until it is sent.
    """
    record = Record(person)
    referral = engine.draft(
        person=person,
        by=by,
        sender_team=sender_team,
        kind=kind,
        primary_reason=needs.national(need),
        reason_words=record.earlier_words(need),
        may_not_see=record.may_not_see(),
        reach_words=record.reach(),
    )
    _save_ask(Ask(referral=referral, need=need), by)
    return referral


@transaction.atomic
def follow_on(*, referral: Referral, by: User, sender_team: Team) -> Referral:
    """Begin a referral with the story of one that has ended, a question that was answered or a
    referral that was declined: the same journey, and nothing is written again."""
    if referral.state not in (State.CLOSED, State.DECLINED, State.WITHDRAWN):
        raise Refusal(_("It is still under way. Turn it into a referral or pass it on there."))
    before = ask_of(referral)
    found = engine.draft(
        person=referral.person,
        by=by,
        sender_team=sender_team,
        parent=referral,
        kind=Kind.TRANSFER if referral.kind == Kind.ADVICE else referral.kind,
        team=referral.team if referral.kind == Kind.ADVICE else None,
        **{name: getattr(referral, name) for name in COPIED},
    )
    _save_ask(
        Ask(
            referral=found,
            need=before.need,
            question=before.question,
        ),
        by,
    )
    for part in referral.shared_parts.all():
        row = SharedPart(referral=found, part=part.part, decision=part.decision, why=part.why)
        row._history_user = by
        row.save()
    return found


@transaction.atomic
def set_need(*, referral: Referral, by: User, need: str, seen_version: int) -> Referral:
    """Say what the help is for."""
    row = engine.edit_draft(
        referral=referral, by=by, seen_version=seen_version, primary_reason=needs.national(need)
    )
    ask = ask_of(row)
    ask.need = need
    _save_ask(ask, by)
    return row


def choose_team(*, referral: Referral, by: User, team: Team, seen_version: int) -> Referral:
    """Choose who is asked."""
    if not team.active:
        raise Refusal(_("Choose a receiving team that is open."))
    return engine.edit_draft(referral=referral, by=by, seen_version=seen_version, team=team)


@transaction.atomic
def save(
    *,
    referral: Referral,
    by: User,
    seen_version: int,
    story: Mapping[str, Any],
    question: str = "",
    view_words: str = "",
    holder: Worker | None = None,
    shared: Mapping[str, Shared] | None = None,
) -> Referral:
    """Save what was written, all of it or nothing.

    Precondition: still a draft, or urgent and not complete yet; nobody saved since `seen_version`.
    A part of the record that the person would rather not share is shared with a reason only.
    """
    row = engine.edit_draft(referral=referral, by=by, seen_version=seen_version, **dict(story))
    ask = ask_of(row)
    ask.question, ask.view_words = question, view_words
    if row.state == State.DRAFT:
        ask.holder = holder
    ask.read_on, ask.read_how = None, ""  # what they read is no longer what it says
    _save_ask(ask, by)
    _share(row, shared or {}, by)
    if row.state != State.DRAFT:
        _give_parts(row, by)
        step = ask.rest_step
        if row.rest_by is None and step is not None and step.done_on is None:
            finish_step(step=step, by=by)
    return row


def _share(referral: Referral, shared: Mapping[str, Shared], by: User) -> None:
    rows = {one.part: one for one in referral.shared_parts.all()}
    for part, said in shared.items():
        if said.decision == Decision.AGAINST and not said.why.strip():
            raise Refusal(_("Say why it has to be shared although they would rather not."))
        if said.decision == Decision.AGAINST and part == SharedPart.Part.HAPPENED:
            raise Refusal(_("What happened to them is shared with their agreement only."))
        row = rows.get(part) or SharedPart(referral=referral, part=part)
        why = said.why.strip() if said.decision == Decision.AGAINST else ""
        if (row.decision, row.why) != (said.decision, why) and not row.shared_on:
            row.decision, row.why = said.decision, why
            row._history_user = by
            row.save()


@transaction.atomic
def send(*, referral: Referral, by: User, seen_version: int | None = None) -> Referral:
    """Send it. The parts of the record that were decided on go with it as they read today.

    Promise: as the engine's; an urgent referral that is not complete makes a step for tomorrow.
    """
    ask = ask_of(referral)
    if referral.kind == Kind.ADVICE and not ask.question.strip():
        raise Refusal(_("Write the question to the other team."))
    row = engine.send(referral=referral, by=by, holder=ask.holder, seen_version=seen_version)
    _give_parts(row, by)
    if row.rest_by is not None:
        ask.rest_step = make_step(
            person=row.person,
            by=by,
            promise=Promise(
                words=_(
                    "Complete the urgent referral to %(team)s: their view, and support meanwhile"
                )
                % {"team": row.team},
                due_on=timezone.localdate(row.rest_by),
                worker=by.worker,
                team=row.sender_team,
            ),
        )
        _save_ask(ask, by)
    return row


def _give_parts(referral: Referral, by: User) -> None:
    wanted = [
        one
        for one in referral.shared_parts.filter(shared_on__isnull=True)
        if one.decision != Decision.KEPT
    ]
    if not wanted:
        return
    texts = Record(referral.person).parts
    for one in wanted:
        one.content = texts.get(SharedPart.Part(one.part), "")
        one.team, one.shared_on = referral.team, timezone.localdate()
        one._history_user = by
        one.save()


@transaction.atomic
def ask_urgently(
    *,
    person: Person,
    by: User,
    sender_team: Team,
    team: Team,
    priority: str,
    reason_words: str,
    reach_words: str,
) -> Referral:
    """Three answers and it is gone: why, how soon, how to reach them. The rest within 24 hours."""
    referral = engine.draft(
        person=person,
        by=by,
        sender_team=sender_team,
        kind=Kind.JOINT if team.kind == Team.Kind.CRISIS else Kind.TRANSFER,
        team=team,
        priority=priority,
        reason_words=reason_words,
        reach_words=reach_words,
        may_not_see=Record(person).may_not_see(),
    )
    return send(referral=referral, by=by, seen_version=referral.version)


def missing(*, referral: Referral, by: User) -> list[tuple[str, str]]:
    """What still stands against sending: the guard and its sentence."""
    ask = ask_of(referral)
    situation = Situation(referral, actor(by), {"holder": ask.holder, "team": referral.team})
    row = situation.row("send")
    if row is None:
        return []
    found = [(guard.code, guard.say(situation)) for guard in row.guards if not guard.met(situation)]
    if referral.kind == Kind.ADVICE and not ask.question.strip():
        found.append((QUESTION, _("Write the question to the other team.")))
    return found


def holder_now(person: Person) -> Responsibility | None:
    """Who holds the person now, where somebody named does."""
    return (
        Responsibility.objects.select_related("worker", "team")
        .filter(person=person, worker__isnull=False)
        .first()
    )


def _save_ask(ask: Ask, by: User) -> None:
    ask._history_user = by
    ask.save()
