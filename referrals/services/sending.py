"""A referral is written, sent and passed on."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases import services as cases
from casework.cases.models import CaseEvent, Person
from casework.common.errors import Refusal
from casework.directory.models import Team, Worker
from referrals import policy
from referrals.actors import Actor, actor
from referrals.errors import ChangedMeanwhile, EventRefused
from referrals.models import DeclineProposal, Referral
from referrals.services import responsibility
from referrals.services.engine import act
from referrals.situation import Situation
from referrals.table import Kind, Role, State

STORY = (
    "kind",
    "team",
    "priority",
    "primary_reason",
    "source",
    "asked_on",
    "reason_words",
    "reason_why_not",
    "may_not_see",
    "shared_words",
    "person_view",
    "reach_words",
    "meanwhile_support",
    "sender_words",
)
REST_HOURS = 24  # an urgent referral is complete a day later


@transaction.atomic
def draft(
    *,
    person: Person,
    by: User | Actor,
    sender_team: Team | None = None,
    sender: str = Referral.Sender.TEAM,
    parent: Referral | None = None,
    **story: Any,
) -> Referral:
    """Begin to write a referral, with the person.

    Precondition: the user refers for the sending team, or it is the person's own; the person is
    alive. With `parent`, it continues that journey: the person's clock runs on.
    """
    who = actor(by)
    if person.death_date is not None:
        raise Refusal(_("This person has died."))
    if who.person_id is not None:
        if who.person_id != person.pk:
            raise EventRefused([_("This is somebody else's record.")], forbidden=True)
        sender, sender_team = Referral.Sender.PERSON, None
        story.setdefault("kind", Kind.SELF)
    elif who.user is None or not (
        accounts.may_in_team(who.user, Permission.REFER, sender_team.pk)
        if sender_team is not None
        else sender != Referral.Sender.TEAM and accounts.may(who.user, Permission.REFER)
    ):
        raise EventRefused([_("You do not refer for this team.")], forbidden=True)
    today = timezone.localdate()
    referral = Referral(
        person=person,
        author=who.user,
        sender=sender,
        sender_team=sender_team,
        parent=parent,
        root_id=parent.journey_id if parent is not None else None,
        received_on=today,
        asked_on=story.pop("asked_on", None) or (None if parent is not None else today),
        state_on=today,
        state_time=timezone.localtime().time().replace(microsecond=0),
        **_story(story),
    )
    referral._history_user = who.user
    referral.save()
    CaseEvent.objects.create(
        person=person,
        kind="referral.drafted",
        on=today,
        by=who.user,
        team=sender_team,
        about=referral.pk,
        data={"to": State.DRAFT, "how": who.how},
    )
    return referral


def _story(story: dict[str, Any]) -> dict[str, Any]:
    unknown = set(story) - set(STORY)
    if unknown:
        raise TypeError(f"not part of a referral's story: {sorted(unknown)}")
    return story


@transaction.atomic
def edit_draft(
    *, referral: Referral, by: User | Actor, seen_version: int, **story: Any
) -> Referral:
    """Change what a draft says; both the sender and the person may.

    Precondition: still a draft, and nobody else has saved since `seen_version`. An urgent referral
    may be completed after it was sent.
    """
    who = actor(by)
    row = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("person", "team", "sender_team", "named_worker")
        .get(pk=referral.pk)
    )
    roles = policy.roles_of(row, who, responsibility=None, question=None)
    if not roles & {Role.SENDER, Role.PERSON}:
        raise EventRefused([_("Only the sending team and the person write it.")], forbidden=True)
    late = row.urgent and row.rest_by is not None and row.is_open
    if row.state != State.DRAFT and not late:
        raise Refusal(_("It has been sent. Add what is missing as an answer instead."))
    if late and {"team", "kind", "priority", "asked_on"} & set(story):
        raise Refusal(_("It has been sent: only the story can be completed."))
    if row.version != seen_version:
        raise ChangedMeanwhile(
            _("Somebody else saved this while you were writing. Your text is kept."), []
        )
    for name, value in _story(story).items():
        setattr(row, name, value)
    if late and row.person_view and row.meanwhile_support:
        row.rest_by = None
    row.version += 1
    row._history_user = who.user
    row.save()
    return row


def send(
    *,
    referral: Referral,
    by: User | Actor,
    holder: Worker | None = None,
    seen_version: int | None = None,
    **story: Any,
) -> Referral:
    """Send a draft to the receiving team.

    Promise: from now on somebody named holds the person until the receiving team has met them;
    both teams may open the record; the clock runs.
    """
    details = {**_story(story), "holder": holder}

    def effect(situation: Situation) -> dict[str, Any]:
        row, on = situation.referral, situation.on
        for name, value in story.items():
            setattr(row, name, value)
        row.sent_on = row.received_on = on
        row.received_time = timezone.localtime(situation.now).time().replace(microsecond=0)
        if row.urgent and not (row.person_view and row.meanwhile_support):
            row.rest_by = situation.now + timezone.timedelta(hours=REST_HOURS)
        return _hold(situation)

    return act(
        "send", referral=referral, by=by, seen_version=seen_version, effect=effect, details=details
    )


def _hold(situation: Situation) -> dict[str, Any]:
    """Put the person into the hands of whoever holds them meanwhile."""
    row, found = situation.referral, situation.holding
    if found.how is not None and found.team is not None and found.worker is not None:
        responsibility.pass_on(
            person=row.person,
            team=found.team,
            worker=found.worker,
            how=found.how,
            by=situation.actor.user,
            on=situation.on,
            referral=row,
        )
    else:
        responsibility.ensure_held(referral=row, on=situation.on)
        if not row.person.cases.filter(closed_on__isnull=True).exists():
            cases.open_case(person=row.person, team=found.team, by=situation.actor.user)
    row.held_id = row.person_id
    return {"holder": str(found.worker.pk) if found.worker else None}


def redirect(
    *,
    referral: Referral,
    by: User | Actor,
    team: Team,
    sender_agreed: str = "",
    reason: str = "",
    parts_agreed: bool = False,
    seen_version: int | None = None,
) -> Referral:
    """Pass the same referral on to another team: nothing is written again, the person's clock
    keeps running, and every step stays visible. A receiver asks the sender first.

    With `parts_agreed`, the person has said that the other team may read the parts of the record
    that they agreed to share with the first, as they read when they were given. What was shared
    against their wish was shared with the first team only, and is not passed on.
    """

    def effect(situation: Situation) -> dict[str, Any]:
        row, before = situation.referral, situation.referral.team
        row.note_edits(team=team)
        row.named_worker, row.accepted_on = None, None
        row.redirects, row.redirected_on = row.redirects + 1, situation.on
        proposal = situation.proposal
        if proposal is not None:
            proposal.outcome = DeclineProposal.Outcome.REDIRECTED
            proposal.settled_on = situation.on
            proposal.save()
        said = {
            "from_team": str(before.pk) if before else None,
            "reason": reason,
            "sender_agreed": sender_agreed,
        }
        return said | ({"parts": _pass_on(row, situation)} if parts_agreed else {})

    return act(
        "redirect",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"team": team, "sender_agreed": sender_agreed, "reason": reason},
    )


def _pass_on(referral: Referral, situation: Situation) -> list[str]:
    """The other team reads what the person agreed to share; which parts these are."""
    parts = list(referral.shared_parts.given().agreed())
    for part in parts:
        part.team, part.shared_on = referral.team, situation.on
        part._history_user = situation.actor.user
        part.save()
    return [part.part for part in parts]
