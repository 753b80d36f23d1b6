"""A partner without an account answers by a link: one thing, about one referral, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases import services as cases
from casework.cases.models import CaseEvent
from casework.common.errors import Refusal
from casework.common.presenters import long_date
from casework.directory.models import Team, Worker
from casework.outbox import services as outbox
from referrals import policy
from referrals import reply_tokens as tokens
from referrals.actors import Actor, actor
from referrals.errors import EventRefused
from referrals.models import LinkUse, PartnerAddress, Question, Referral, ReplyLink, Responsibility
from referrals.services import deciding, working
from referrals.table import Role, State

Purpose = ReplyLink.Purpose
LASTS = (3, 7, 14)  # days that a link may work
TRIES = 5
ATTEMPTS = 8
JOB = "referrals.reply_link"
STATES: dict[str, tuple[State, ...]] = {
    Purpose.DECIDE: (State.SENT, State.RECEIVED, State.ASSESSING),
    Purpose.ANSWER: (State.AWAITING_INFORMATION,),
    Purpose.FIRST_CONTACT: (State.ACCEPTED, State.ALLOCATED),
}
EVENTS: dict[str, tuple[str, ...]] = {
    Purpose.DECIDE: ("acknowledge", "accept", "propose_decline"),
    Purpose.ANSWER: ("answer",),
    Purpose.FIRST_CONTACT: ("first_contact",),
}
_MAKERS = frozenset({Role.SENDER, Role.RECEIVER, Role.HOLDER, Role.NAMED_WORKER})


def may_make(user: User, referral: Referral) -> bool:
    """May this user make and withdraw links for this referral?"""
    held = Responsibility.objects.filter(person_id=referral.person_id).first()
    roles = policy.roles_of(referral, actor(user), responsibility=held, question=None)
    return bool(roles & _MAKERS)


def purpose_now(referral: Referral) -> str:
    """What a link could be for in this state, or ""."""
    return next((key for key, states in STATES.items() if referral.state in states), "")


def team_asked(referral: Referral, question: Question | None) -> Team | None:
    """Whose address a link of this moment goes to."""
    return question.asked_team if question is not None else referral.team


@transaction.atomic
def verify_address(*, team: Team, email: str, how: str, by: User) -> PartnerAddress:
    """Write down an address of a team, and how it was checked that it is theirs.

    Precondition: it was checked by other means than e-mail (a call to a published number).
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refusal(_("Enter an email address in the correct format.")) from error
    if not how.strip():
        raise Refusal(_("Say how you checked that this address is theirs."))
    row = PartnerAddress.objects.filter(team=team, email=email, ended_on__isnull=True).first()
    if row is None:
        row = PartnerAddress(team=team, email=email)
    row.verified_how, row.verified_on, row.verified_by = how.strip(), timezone.localdate(), by
    row._history_user = by
    row.save()
    return row


@transaction.atomic
def end_address(*, address: PartnerAddress, by: User) -> None:
    """The address is not theirs any more: links that were sent there stop at once."""
    row = PartnerAddress.objects.select_for_update(of=("self",)).get(pk=address.pk)
    if row.ended_on is not None:
        raise Refusal(_("This address is not used any more."))
    row.ended_on = timezone.localdate()
    row._history_user = by
    row.save()
    for link in ReplyLink.objects.standing(timezone.now()).filter(address=row):
        _revoke(link, by)


@transaction.atomic
def make_link(
    *, referral: Referral, address: PartnerAddress, by: User, told_words: str, days: int = 7
) -> ReplyLink:
    """Send a partner a link with which they can do what is now theirs to do.

    Precondition: `by` sends, receives or holds; the address is a verified one of the team whose
    turn it is; what the person knows about it is said; the person is alive. Promise: an e-mail
    that names nobody leaves after the commit; an earlier link for the same thing works no more.
    """
    row = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("person", "team", "sender_team")
        .get(pk=referral.pk)
    )
    if not may_make(by, row):
        raise EventRefused([_("Only those who send, receive or hold can do this.")], forbidden=True)
    if row.person.death_date is not None:
        raise Refusal(_("This person has died."))
    purpose = purpose_now(row)
    if not purpose:
        raise Refusal(_("Nothing waits for a partner at present."))
    question = (
        row.questions.filter(settled_on__isnull=True).first() if purpose == "answer" else None
    )
    if purpose == Purpose.ANSWER and question is None:
        raise Refusal(_("There is no open question."))
    wanted = team_asked(row, question)
    if address.ended_on is not None or (wanted is not None and address.team_id != wanted.pk):
        raise Refusal(_("Choose a checked address of the team whose turn it is."))
    if not told_words.strip():
        raise Refusal(_("Say what the person knows about this."))
    if days not in LASTS:
        raise Refusal(_("Select how long the link works."))
    now = timezone.now()
    for earlier in row.reply_links.standing(now).filter(purpose=purpose):
        _revoke(earlier, by)
    link = ReplyLink(
        referral=row,
        address=address,
        team=row.team,
        purpose=purpose,
        question=question,
        told_words=told_words.strip(),
        made_by=by,
        expires_at=(now + dt.timedelta(days=days)).replace(microsecond=0),
    )
    link.code_digest = tokens.digest_of_code(link.pk, tokens.code_of(link.pk))
    link.save()
    _record(link, "made", by=by)
    outbox.enqueue(JOB, key=str(link.pk), arguments={"link": str(link.pk)}, max_attempts=ATTEMPTS)
    return link


@transaction.atomic
def withdraw_link(*, link: ReplyLink, by: User) -> ReplyLink:
    """The link works no more, from this moment.

    Precondition: `by` may make links for this referral; it still works.
    """
    row = _locked(link.pk)
    if not may_make(by, row.referral):
        raise EventRefused([_("Only those who send, receive or hold can do this.")], forbidden=True)
    if row.revoked_at is not None:
        raise Refusal(_("This link is withdrawn already."))
    if row.used_at is not None:
        raise Refusal(_("This link has been used: there is nothing to withdraw."))
    _revoke(row, by)
    _record(row, "withdrawn", by=by)
    return row


def _revoke(link: ReplyLink, by: User | None) -> None:
    link.revoked_at, link.revoked_by = timezone.now(), by
    link.save()


def deliver(*, link: str) -> None:
    """Handler of the job: send the e-mail. Sent twice, it is the same link. It names nobody."""
    row = ReplyLink.objects.select_related("address", "referral__person").get(pk=UUID(link))
    if not works(row, timezone.now()):
        return
    token = tokens.token_for(row.pk, row.purpose, row.expires_at)
    href = settings.SITE_URL.rstrip("/") + reverse("paths:reply_open", args=[str(token)])
    body = _(
        "Hello,\n\n"
        "A team asks for your answer. Open this link, and enter the code that they tell you by"
        " phone:\n\n"
        "%(link)s\n\n"
        "It works until %(day)s, in the first browser in which the code is entered. Please do not"
        " send it on. If you did not expect this, you need do nothing.\n"
    ) % {"link": href, "day": long_date(row.expires_at)}
    subject = _("A team asks for your answer")
    EmailMessage(subject=subject, body=body, to=[row.address.email]).send()


# The partner's side -------------------------------------------------------------------------------


def works(link: ReplyLink, now: dt.datetime) -> bool:
    """Does this link still lead anywhere? What it is for must still be what is asked."""
    referral = link.referral
    if link.used_at or link.revoked_at or link.locked_at or link.expires_at <= now:
        return False
    if referral.person.death_date is not None or link.address.ended_on is not None:
        return False
    if referral.state not in STATES[link.purpose] or referral.team_id != link.team_id:
        return False
    return link.question_id is None or link.question.settled_on is None  # type: ignore[union-attr]


def find(text: str) -> ReplyLink | None:
    """The link that a token names, working or not; None for a token that is not ours."""
    token = tokens.read(text)
    if token is None:
        return None
    link = _rows().filter(pk=token.link_id).first()
    if link is None or str(tokens.token_for(link.pk, link.purpose, link.expires_at)) != text:
        return None
    return link


def is_own_browser(link: ReplyLink, browser_key: str) -> bool:
    """Is this the browser in which the code was first entered?"""
    if not link.browser_digest or not browser_key:
        return False
    return constant_time_compare(tokens.digest_of_browser(browser_key), link.browser_digest)


@transaction.atomic
def enter_code(*, link: ReplyLink, code: str, ip: str | None = None) -> str | None:
    """Enter the code. The key that the browser keeps from now on, or None for a wrong code.

    Precondition: the link works and no browser has entered the code yet; else a `Refusal` that
    says nothing. Promise: after five wrong codes the link is locked for good.
    """
    row = _locked(link.pk)
    if not works(row, timezone.now()) or row.browser_digest:
        raise Refusal(_("This link does not work any more."))
    if not tokens.code_fits(row.pk, code, row.code_digest):
        row.wrong_codes += 1
        _use(row, LinkUse.What.CODE_WRONG, ip=ip)
        if row.wrong_codes >= TRIES:
            row.locked_at = timezone.now()
            _use(row, LinkUse.What.LOCKED, ip=ip)
        row.save()
        return None
    key = tokens.new_browser_key()
    row.browser_digest, row.opened_at = tokens.digest_of_browser(key), timezone.now()
    row.save()
    _use(row, LinkUse.What.CODE_RIGHT, ip=ip)
    _record(row, "opened", by=None)
    return key


def act(
    *,
    link: ReplyLink,
    browser_key: str,
    event: str,
    details: dict,
    seen_version: int | None,
    ip: str | None = None,
) -> ReplyLink:
    """Do what the link is for, as the table allows it.

    Precondition: the link works, in this browser, for this event. Promise: what is done, the
    link's end and its log are one transaction; to say "we have it" does not use the link up.
    """
    with transaction.atomic():
        row = _locked(link.pk)
        if not works(row, timezone.now()) or not is_own_browser(row, browser_key):
            raise Refusal(_("This link does not work any more."))
        if event not in EVENTS[row.purpose]:
            raise EventRefused([_("This link is for something else.")], forbidden=True)
        _ACTS[event](row, details, seen_version)
        _use(row, LinkUse.What.ACTED, event=event, ip=ip)
        if event != "acknowledge":
            row.used_at = timezone.now()
        row.save()
        return row


def _by(link: ReplyLink) -> Actor:
    return Actor(link_referral_id=link.referral_id, link_words=str(link.address))


def _acknowledge(link: ReplyLink, details: dict, seen_version: int | None) -> None:
    deciding.acknowledge(referral=link.referral, by=_by(link), seen_version=seen_version)


def _answer(link: ReplyLink, details: dict, seen_version: int | None) -> None:
    deciding.answer(
        referral=link.referral, by=_by(link), seen_version=seen_version, answer=details["answer"]
    )


def _accept(link: ReplyLink, details: dict, seen_version: int | None) -> None:
    referral = link.referral
    if referral.state == State.SENT and referral.kind not in ("step_up", "step_down"):
        referral = deciding.acknowledge(referral=referral, by=_by(link), seen_version=seen_version)
        seen_version = None
    deciding.accept(referral=referral, by=_by(link), seen_version=seen_version)


def _propose_decline(link: ReplyLink, details: dict, seen_version: int | None) -> None:
    deciding.propose_decline(
        referral=link.referral, by=_by(link), seen_version=seen_version, **details
    )


def _first_contact(link: ReplyLink, details: dict, seen_version: int | None) -> None:
    working.first_contact(
        referral=link.referral,
        by=_by(link),
        seen_version=seen_version,
        met_on=details["met_on"],
        worker=_worker_named(link.referral, details.get("worker_name", "")),
    )


def _worker_named(referral: Referral, name: str) -> Worker | None:
    """The partner's worker who met the person: known by that name, or written down now. They never
    sign in."""
    team, name = referral.team, " ".join(name.split())
    if team is None or not name:
        return None
    known = Worker.objects.filter(
        organisation_id=team.organisation_id, active=True, name__iexact=name
    ).first()
    return known or Worker.objects.create(organisation_id=team.organisation_id, name=name)


_ACTS: dict[str, Callable[[ReplyLink, dict, int | None], None]] = {
    "acknowledge": _acknowledge,
    "answer": _answer,
    "accept": _accept,
    "propose_decline": _propose_decline,
    "first_contact": _first_contact,
}


def _rows():  # type: ignore[no-untyped-def]
    return ReplyLink.objects.select_related(
        "address", "question", "referral__person", "referral__team", "referral__sender_team"
    )


def _locked(key: UUID) -> ReplyLink:
    return _rows().select_for_update(of=("self",)).get(pk=key)


def _use(link: ReplyLink, what: LinkUse.What, *, event: str = "", ip: str | None = None) -> None:
    LinkUse.objects.create(link=link, what=what, event=event, ip=ip)


def _record(link: ReplyLink, verb: str, *, by: User | None) -> None:
    CaseEvent.objects.create(
        person_id=link.referral.person_id,
        kind=f"reply_link.{verb}",
        on=timezone.localdate(),
        by=by,
        team_id=link.address.team_id,
        about=link.pk,
        data={"purpose": link.purpose},
    )
    cases.touch(link.referral.person_id)


@transaction.atomic
def send_link(
    *,
    referral: Referral,
    by: User,
    address_id: UUID | None,
    told_words: str,
    days: int,
    team: Team | None = None,
    email: str = "",
    how: str = "",
) -> ReplyLink:
    """Make a link to a known address, or to a new one that was checked just now."""
    if address_id is not None:
        address = PartnerAddress.objects.select_related("team").get(pk=address_id)
    elif team is None:
        raise Refusal(_("Select the team or agency."))
    else:
        address = verify_address(team=team, email=email, how=how, by=by)
    return make_link(referral=referral, address=address, by=by, told_words=told_words, days=days)
