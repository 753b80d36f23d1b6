"""Who agrees to a version, in their own words. Only the person agrees for the person."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from careplans.errors import NotYours
from careplans.models import (
    Agreement,
    CapacityRecord,
    ConfirmationCode,
    LegalAuthority,
    Plan,
    Version,
)
from careplans.services.engine import last_version, move, reading, require_words, tell
from careplans.table import Facts, State
from careplans.voices import Role
from careplans.writers import Writer, may_decide
from casework.accounts.models import User
from casework.cases.models import ContactPreference, Person
from casework.common.errors import Refusal
from casework.outbox import services as outbox

Party, Answer, Means, Copy = (
    Agreement.Party,
    Agreement.Answer,
    Agreement.Means,
    Agreement.Copy,
)
By = User | Writer
YES = (Answer.AGREE, Answer.PARTLY)
CODE_LASTS = dt.timedelta(hours=24)
CODE_ATTEMPTS = 5
SCANS = {"pdf": b"%PDF-", "png": b"\x89PNG", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
SCAN_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Said:
    """Who has agreed to a version, by what they said last."""

    person: bool = False
    team: bool = False


def agreement_of(version: Version | None) -> Said:
    """What the person and the team said last about a version."""
    if version is None:
        return Said()
    latest: dict[str, str] = {
        party: answer
        for party, answer in version.agreements.filter(party__in=[Party.PERSON, Party.TEAM])
        .order_by("created_at", "pk")
        .values_list("party", "answer")
    }
    return Said(latest.get(Party.PERSON) == Answer.AGREE, latest.get(Party.TEAM) == Answer.AGREE)


def _current(version: Version, by: By) -> tuple[Plan, Writer, Role]:
    """The plan of a version that is still the latest one."""
    plan, writer, role = reading(version.plan, by)
    latest = last_version(plan)
    if latest is None or latest.pk != version.pk:
        raise Refusal(_("There is a newer version. Read that one and answer about it."))
    return plan, writer, role


def _recording(version: Version, by: By) -> tuple[Plan, Writer]:
    """The plan of a version that is still the latest one, and a worker who may record answers."""
    plan, writer, role = _current(version, by)
    _must_write(role)
    return plan, writer


def _record(plan: Plan, writer: Writer, version: Version, **fields: Any) -> Agreement:
    """One answer, and what follows from it for the plan."""
    fields["words"] = fields["words"].strip()
    if fields["answer"] not in Answer.values:
        raise Refusal(_("Select an answer."))
    copy = fields.get("copy") or Copy.NOT_YET
    fields["copy"] = copy
    today = timezone.localdate()
    if copy not in (Copy.NOT_YET, Copy.NONE):
        fields.setdefault("copy_on", today)
    row = Agreement.objects.create(version=version, on=today, recorded_by=writer.user, **fields)
    tell(
        plan,
        "answered",
        writer=writer,
        data={"agreed_by": row.party, "answer": row.answer, "version": version.number},
    )
    _settle(plan, writer, version)
    return row


def _settle(plan: Plan, writer: Writer, version: Version) -> None:
    """The plan is agreed when both sides agree, and no longer when one does not."""
    said = agreement_of(version)
    facts = Facts(has_version=True, person_agrees=said.person, team_agrees=said.team)
    if said.person and said.team:
        if plan.state in (State.SHARED, State.IN_USE):
            move(plan, "settle", writer=writer, facts=facts, as_service=True)
    elif plan.state == State.AGREED:
        move(plan, "unsettle", writer=writer, facts=facts, as_service=True)


# The person ---------------------------------------------------------------------------------------


def _person_says(
    plan: Plan, writer: Writer, version: Version, *, means: Means, **fields: Any
) -> Agreement:
    """The person's own answer, however it reached us; `name` only where somebody with legal
    authority answers in their place."""
    fields.setdefault("name", plan.person.display_name)
    return _record(plan, writer, version, party=Party.PERSON, means=means, **fields)


@transaction.atomic
def answer_as_person(
    *, version: Version, by: Writer, answer: str, words: str = "", copy: str = ""
) -> Agreement:
    """The person, signed in, says what they think of a version."""
    plan, writer, role = _current(version, by)
    if role != Role.PERSON:
        raise NotYours(_("Only the person answers for the person."))
    return _person_says(
        plan,
        writer,
        version,
        means=Means.PORTAL,
        answer=answer,
        words=words,
        copy=copy or Copy.PORTAL,
    )


@transaction.atomic
def record_told(*, version: Version, by: By, answer: str, words: str, copy: str = "") -> Agreement:
    """A worker writes down what the person told them, short of agreeing.

    Precondition: it is not "I agree", whole or in part: that takes the person's own confirmation.
    """
    plan, writer = _recording(version, by)
    if answer in YES:
        raise NotYours(
            _(
                "Only the person agrees for the person: when they sign in, with the code that is"
                " sent to them, or with their signature on the printed page."
            )
        )
    words = require_words(words, _("Write down what they said, in their words."))
    return _person_says(
        plan, writer, version, means=Means.TOLD, answer=answer, words=words, copy=copy
    )


@transaction.atomic
def record_signature(
    *,
    version: Version,
    by: By,
    answer: str,
    scan: File | None,
    words: str = "",
    copy: str = "",
) -> Agreement:
    """The person signed the printed version; the signed page is kept with it."""
    plan, writer = _recording(version, by)
    if scan is None:
        raise Refusal(_("Add a scan or a photograph of the signed page."))
    _looks_like_a_scan(scan)
    return _person_says(
        plan,
        writer,
        version,
        means=Means.SIGNATURE,
        answer=answer,
        words=words,
        scan=scan,
        copy=copy or Copy.PAPER,
    )


def _looks_like_a_scan(scan: File) -> None:
    name = str(scan.name or "")
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    head = scan.read(8)
    scan.seek(0)
    if ending not in SCANS or not head.startswith(SCANS[ending]):
        raise Refusal(_("The signed page must be a PDF, a PNG or a JPEG file."))
    if scan.size > SCAN_BYTES:
        raise Refusal(_("The signed page must be smaller than 10 MB."))


def _digest(version: Version, code: str) -> str:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"{version.pk}:{code}".encode(), hashlib.sha256
    ).hexdigest()


def safe_email(person: Person) -> str:
    """Where a code can be sent: only where the person said that a message is safe."""
    safe = ContactPreference.objects.filter(
        person=person,
        channel=ContactPreference.Channel.EMAIL,
        may_use=True,
        safe_to_leave_message=True,
    ).exists()
    return person.email if safe else ""


@transaction.atomic
def send_code(*, version: Version, by: By) -> ConfirmationCode:
    """Send the person a code by which they can agree, to an address that they said is safe.

    Promise: an earlier code no longer counts; nobody here can read the code.
    """
    plan, writer = _recording(version, by)
    to = safe_email(plan.person)
    if not to or writer.user is None:
        raise Refusal(
            _(
                "There is no e-mail address where a message to them is known to be safe. They can"
                " sign the printed page instead."
            )
        )
    code = f"{secrets.randbelow(1_000_000):06d}"
    version.codes.filter(used_at__isnull=True).update(expires_at=timezone.now())
    row = ConfirmationCode.objects.create(
        version=version,
        digest=_digest(version, code),
        sent_by=writer.user,
        expires_at=timezone.now() + CODE_LASTS,
    )
    with translation.override(settings.LANGUAGE_CODE):
        outbox.send(
            channel="email",
            to=to,
            subject=_("Your code"),
            body=_(
                "Your code is %(code)s. It is yours alone. Give it to your worker only if you have"
                " read what it is for and want to say yes. You need not. You get the same help"
                " either way."
            )
            % {"code": code},
            about="plan.code",
        )
    return row


@transaction.atomic
def _try_code(version: Version, code: str) -> bool:
    """Was this the code? A wrong one counts as an attempt, whatever happens afterwards."""
    row = (
        version.codes.select_for_update(of=("self",))
        .filter(used_at__isnull=True, expires_at__gt=timezone.now())
        .order_by("-created_at")
        .first()
    )
    if row is None or row.attempts >= CODE_ATTEMPTS:
        return False
    row.attempts += 1
    right = hmac.compare_digest(row.digest, _digest(version, code.strip()))
    if right:
        row.used_at = timezone.now()
    row.save()
    return right


def record_code(
    *, version: Version, by: By, answer: str, code: str, words: str = "", copy: str = ""
) -> Agreement:
    """The person gave their code, and with it says what they think of a version.

    Precondition: the code that was sent to them, not older than a day, tried at most five times.
    """
    if answer not in Answer.values:
        raise Refusal(_("Select an answer."))
    with transaction.atomic():
        _recording(version, by)
    if not _try_code(version, code):
        raise Refusal(_("This is not the code that was sent to them, or it is too old."))
    with transaction.atomic():
        plan, writer = _recording(version, by)
        return _person_says(
            plan, writer, version, means=Means.CODE, answer=answer, words=words, copy=copy
        )


@transaction.atomic
def record_authority(
    *,
    version: Version,
    by: By,
    answer: str,
    authority: LegalAuthority,
    capacity: CapacityRecord,
    words: str = "",
    copy: str = "",
) -> Agreement:
    """Somebody with legal authority answers for the person, about this version only.

    Precondition: the authority is the person's and in force; the person could not make *this*
    decision at present, which is recorded for this version.
    """
    plan, writer = _recording(version, by)
    today = timezone.localdate()
    if authority.person_id != plan.person_id or not authority.in_force(today):
        raise Refusal(_("This authority is not in force for this person."))
    if (
        capacity.person_id != plan.person_id
        or capacity.version_id != version.pk
        or capacity.outcome != CapacityRecord.Outcome.CANNOT_NOW
    ):
        raise Refusal(
            _(
                "First record that the person cannot decide about this version at present, and"
                " what was done to help them decide."
            )
        )
    later = CapacityRecord.objects.filter(version=version, created_at__gt=capacity.created_at)
    if later.filter(outcome=CapacityRecord.Outcome.CAN).exists():
        raise Refusal(_("They have since been able to decide about it. Ask them."))
    return _person_says(
        plan,
        writer,
        version,
        means=Means.AUTHORITY,
        name=authority.holder,
        answer=answer,
        words=words,
        authority=authority,
        capacity=capacity,
        copy=copy,
    )


# Everybody else -----------------------------------------------------------------------------------


@transaction.atomic
def answer_for_team(
    *, version: Version, by: By, answer: str, words: str = "", copy: str = ""
) -> Agreement:
    """A worker answers for their team."""
    plan, writer = _recording(version, by)
    if writer.user is None or not may_decide(writer.user):
        raise NotYours(_("Somebody of the team who decides for it answers for it."))
    return _record(
        plan,
        writer,
        version,
        party=Party.TEAM,
        name=writer.user.name,
        answer=answer,
        words=words,
        means=Means.OWN,
        copy=copy or Copy.PORTAL,
    )


@transaction.atomic
def answer_for_oneself(
    *,
    version: Version,
    by: By,
    party: str,
    name: str,
    answer: str,
    words: str = "",
    copy: str = "",
) -> Agreement:
    """A carer, an advocate or another team says what they think: for themselves, never for the
    person. A carer who signs in answers under their own name."""
    plan, writer, role = _current(version, by)
    if party not in Party.values or party in (Party.PERSON, Party.TEAM):
        raise NotYours(_("They answer for themselves, and not for the person or the team."))
    if role == Role.CARER:
        if party != Party.CARER:
            raise NotYours(_("You answer for yourself."))
        name, means = writer.carer, Means.PORTAL
    else:
        _must_write(role)
        means = Means.TOLD
    name = require_words(name, _("Say who answers."))
    return _record(
        plan,
        writer,
        version,
        party=party,
        name=name,
        answer=answer,
        words=words,
        means=means,
        copy=copy,
    )


def _must_write(role: Role) -> None:
    if role not in (Role.WORKER, Role.TOGETHER):
        raise NotYours(_("You may not record this."))


# Who may speak for somebody -----------------------------------------------------------------------


@transaction.atomic
def record_capacity(
    *, version: Version, by: By, outcome: str, help_given: str, why: str
) -> CapacityRecord:
    """Whether the person can decide about this version today, and what was done to help them.

    A person is taken to be able to decide until this says otherwise, about this and nothing else.
    """
    plan, writer = _recording(version, by)
    if writer.user is None or outcome not in CapacityRecord.Outcome.values:
        raise Refusal(_("Select whether they can make this decision."))
    help_given = require_words(help_given, _("Say what was done to help them decide."))
    why = require_words(why, _("Say what this rests on."))
    row = CapacityRecord.objects.create(
        person=plan.person,
        decision=_("Agreeing to version %(number)d of the care plan") % {"number": version.number},
        version=version,
        outcome=outcome,
        help_given=help_given,
        why=why,
        on=timezone.localdate(),
        by=writer.user,
    )
    tell(plan, "capacity", writer=writer, data={"version": version.number})
    return row


def latest_capacity(version: Version) -> CapacityRecord:
    """What was recorded last about deciding about this version."""
    found = version.capacity_records.order_by("-created_at", "-pk").first()
    if found is None:
        raise Refusal(_("First record whether they can decide about this version."))
    return found


@transaction.atomic
def record_legal_authority(*, person: Person, by: User, **fields: Any) -> LegalAuthority:
    """A deputy or an attorney, whose document somebody has seen."""
    row = LegalAuthority(person=person, seen_by=by, seen_on=timezone.localdate(), **fields)
    row.full_clean()
    row._history_user = by
    row.save()
    return row
