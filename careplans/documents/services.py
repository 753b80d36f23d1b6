"""What is done with documents: asked for, corrected, approved, made, given to somebody."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import sharing
from careplans.documents.kinds import (
    ABOUT,
    SAFETY_KINDS,
    TEXT_KINDS,
    Approval,
    DocumentKind,
    How,
    Identify,
    Party,
)
from careplans.documents.prefill import NETWORK, SAFETY, Person, Text, first_text
from careplans.documents.printed import letterhead, printed
from careplans.errors import NotYours
from careplans.kinds import SAFETY_STEPS
from careplans.models import Document, DocumentGiven, DocumentText, Plan, Version
from careplans.services.engine import locked, signature
from careplans.voices import Role
from careplans.writers import Writer, as_writer, role_at
from casework.accounts.models import User
from casework.cases.models import CaseEvent
from casework.common.errors import Refusal
from casework.common.presenters import full_date
from casework.directory.models import Organisation
from casework.outbox import services as outbox

JOB = "careplans.document"
State = Document.State
_MAY_WRITE = (Role.PERSON, Role.TOGETHER, Role.WORKER)
_TOO_LONG, _OTHER = "too_long", "other"
MOST_WORDS = 20_000


# Asking for one ---------------------------------------------------------------------------------


@transaction.atomic
def ask_for(
    *, plan: Plan, kind: DocumentKind, version: Version | None, by: User | Writer
) -> Document:
    """Have a document made of a plan, or of one of its versions.

    Precondition: a kind that is the plan's own words; the version is the plan's. Promise: what is
    printed is fixed now, and the worker process makes it.
    """
    if kind in TEXT_KINDS:
        raise ValueError(f"{kind} is written first")
    plan, writer, _role = _working(plan, by)
    if version is not None and version.plan_id != plan.pk:
        raise ValueError("this version is of another plan")
    content = printed(plan, version, by=str(writer.user or plan.person.display_name))
    if kind in SAFETY_KINDS and not _safety_written(content):
        raise Refusal(_("Nothing is written in the safety plan yet."))
    document = Document.objects.create(
        plan=plan,
        version=version,
        kind=kind,
        content=content,
        made_by=writer.user,
        made_on=timezone.localdate(),
    )
    _tell(document, "asked", writer)
    _enqueue(document)
    return document


@transaction.atomic
def begin_text(
    *,
    plan: Plan,
    kind: DocumentKind,
    recipient: str,
    place: str = "",
    parts: Collection[str],
    identify: Collection[str] = (),
    reader: Organisation | None = None,
    by: User | Writer,
) -> Document:
    """Begin a letter or a summary from the parts of the plan that may be shared.

    Precondition: nothing that the person chose not to share with `reader`, the organisation that
    it is for. Promise: a first wording that nobody has approved, with nothing in it from other
    parts.
    """
    if kind not in TEXT_KINDS:
        raise ValueError(f"{kind} is not written")
    plan, writer, role = _working(plan, by)
    allowed = may_share(plan, reader)
    if reader is not None and allowed is not None and not set(parts) <= allowed:
        raise Refusal(
            _(
                "%(name)s has chosen that %(reader)s does not read all of this. Choose anew with"
                " them who reads what, before you write it."
            )
            % {"name": plan.person.display_name, "reader": reader.name}
        )
    version = plan.versions.order_by("-number").first()
    content = printed(plan, version, by=str(writer.user))
    person = plan.person
    text = first_text(
        kind,
        content["plan"],
        parts,
        person=Person(
            name=person.display_name,
            full_name=person.name,
            born=person.birth_date if Identify.BORN in identify else None,
            address=person.address if Identify.ADDRESS in identify else "",
            nhs_number=person.nhs_number_display if Identify.NUMBER in identify else "",
        ),
        team=content["team"],
        worker=str(writer.user),
        recipient=recipient,
        place=place,
        on=timezone.localdate(),
    )
    document = Document.objects.create(
        plan=plan,
        version=version,
        kind=kind,
        state=State.WRITING,
        recipient=recipient,
        made_by=_user(writer),
        made_on=timezone.localdate(),
    )
    _add_text(document, text, writer, role)
    _tell(document, "begun", writer)
    return document


def may_share(plan: Plan, reader: Organisation | None) -> frozenset[str] | None:
    """The parts of a text for an organisation about which the person has chosen what it reads; None
    where they have not chosen."""
    choice = sharing.latest(plan).get(reader.pk) if reader is not None else None
    if choice is None:
        return None
    rest = {SAFETY: choice.safety, NETWORK: choice.whole}
    return frozenset(choice.areas) | {part for part, chosen in rest.items() if chosen}


# Correcting and approving -----------------------------------------------------------------------


@transaction.atomic
def correct(
    *, document: Document, fields: Mapping[str, Any], seen: int, by: User | Writer
) -> DocumentText:
    """Put another wording in the place of a text; the earlier ones stay as they were.

    Precondition: it is still being written, and `seen` is the wording that was on the page.
    """
    row, writer, role = _locked(document, by)
    _writing(row)
    _still(row, seen)
    return _add_text(row, dict(fields), writer, role)


@transaction.atomic
def approve(
    *,
    document: Document,
    seen: int,
    how: str,
    words: str = "",
    by: User | Writer,
) -> Document:
    """Record that the person said yes to a text, and have it made exactly so.

    Precondition: the person themselves, or a worker who says how the person said yes; `seen` is
    the wording that they said yes to. Promise: no other wording is printed.
    """
    row, writer, role = _locked(document, by)
    _writing(row)
    _still(row, seen)
    if (how == Approval.PORTAL) != (role == Role.PERSON) or how not in Approval.values:
        raise NotYours(_("Only the person says yes to it, or a worker who says how they did."))
    text = row.texts.get(number=seen)
    if row.kind != DocumentKind.SUMMARY and not _asked(text.fields):
        raise Refusal(_("Say what you ask of whoever reads the letter."))
    today = timezone.localdate()
    plan = row.plan
    row.approved_how, row.approved_words = how, words.strip()
    row.approved_on, row.approved_text, row.approval_by = today, seen, writer.user
    row.content = {
        "kind": row.kind,
        "name": plan.person.display_name,
        **letterhead(plan),
        "text": text.fields,
        "made_on": full_date(today),
        "approved_how": how,
        "approved_on": full_date(today),
    }
    row.recipient = text.fields["recipient"][:120]
    row.state = State.MAKING
    row.save()
    _tell(row, "approved", writer)
    _enqueue(row)
    return row


@transaction.atomic
def write_again(*, document: Document, by: User | Writer) -> Document:
    """Open an approved text again that could not be made, for instance because it is too long.

    Promise: what was approved no longer counts; the next wording needs a new yes.
    """
    row, writer, _role = _locked(document, by)
    if row.state != State.FAILED or not row.is_text:
        raise Refusal(_("Only a text that could not be made is opened again."))
    row.state, row.trouble = State.WRITING, ""
    row.approved_how, row.approved_words = "", ""
    row.approved_on, row.approved_text, row.approval_by = None, 0, None
    row.save()
    _tell(row, "begun", writer)
    return row


@transaction.atomic
def drop(*, document: Document, by: User | Writer) -> Document:
    """Throw away a text that nobody approved. That there was one stays visible."""
    row, writer, _role = _locked(document, by)
    _writing(row)
    row.state = State.DROPPED
    row.save()
    _tell(row, "dropped", writer)
    return row


# Giving it --------------------------------------------------------------------------------------


@transaction.atomic
def give(
    *, document: Document, party: str, how: str, on: Any, name: str = "", by: User
) -> DocumentGiven:
    """Write down who got a document, in which way and on which day.

    Precondition: it is there; the day is not before it was asked for and not to come.
    """
    row, writer, _role = _locked(document, by)
    if row.state != State.READY:
        raise Refusal(_("It is not made yet, so nobody can have got it."))
    if not row.made_on <= on <= timezone.localdate():
        raise Refusal(_("Enter a day between the day it was made and today."))
    if party not in Party.values or how not in How.values:
        raise ValueError(f"{party}, {how}")
    if party != Party.PERSON and not name.strip():
        raise Refusal(_("Say who got it."))
    given = DocumentGiven.objects.create(
        document=row,
        party=party,
        name="" if party == Party.PERSON else name.strip(),
        how=how,
        on=on,
        by=_user(writer),
    )
    _tell(row, "given", writer, how=how, party=party)
    return given


# Making it --------------------------------------------------------------------------------------


def make(*, document: str) -> None:
    """Handler of the job: render, store, and say that it is there. Idempotent: a second run finds
    the document made, or makes the same from what was fixed."""
    from careplans.documents import rendering  # the worker alone loads it

    row = Document.objects.get(pk=UUID(document))
    if row.state != State.MAKING:
        return
    try:
        made = rendering.make(DocumentKind(row.kind), row.content)
    except rendering.TooLong:
        _fail(row, _TOO_LONG)  # trying again would change nothing
        return
    storage = row.file.storage
    name = storage.save(
        Document._meta.get_field("file").generate_filename(row, "file"), ContentFile(made.data)
    )
    try:
        with transaction.atomic():
            ready = Document.objects.filter(pk=row.pk, state=State.MAKING).update(
                state=State.READY,
                file=name,
                size=len(made.data),
                pages=made.pages,
                digest=hashlib.sha256(made.data).hexdigest(),
                ready_at=timezone.now(),
                trouble="",
            )
    except BaseException:
        storage.delete(name)
        raise
    if not ready:  # another worker was quicker
        storage.delete(name)


def gave_up(*, document: str) -> None:
    """What follows when the last attempt has failed: the page says so and offers another."""
    _fail(Document.objects.get(pk=UUID(document)), _OTHER)


def _fail(row: Document, trouble: str) -> None:
    Document.objects.filter(pk=row.pk, state=State.MAKING).update(
        state=State.FAILED, trouble=trouble
    )


@transaction.atomic
def retry(*, document: Document, by: User | Writer) -> Document:
    """Have a document made that could not be made before."""
    row, _writer, _role = _locked(document, by)
    if row.state != State.FAILED:
        raise Refusal(_("It has not failed, so there is nothing to try again."))
    row.state, row.trouble = State.MAKING, ""
    row.save()
    _enqueue(row)
    return row


# Shared -----------------------------------------------------------------------------------------


def _working(plan: Plan, by: User | Writer) -> tuple[Plan, Writer, Role]:
    """The locked plan and who asks. A plan that has ended may still be printed."""
    plan, writer = locked(plan), as_writer(by)
    role = role_at(plan, writer)
    if role not in _MAY_WRITE:
        raise NotYours(_("You may read this plan and not make documents of it."))
    assert role is not None  # noqa: S101  for the type checker
    return plan, writer, role


def _locked(document: Document, by: User | Writer) -> tuple[Document, Writer, Role]:
    plan, writer, role = _working(document.plan, by)
    row = (
        Document.objects.select_for_update(of=("self",))
        .select_related("version")
        .get(pk=document.pk)
    )
    row.plan = plan
    return row, writer, role


def _writing(row: Document) -> None:
    if row.state != State.WRITING:
        raise Refusal(_("This text is no longer being written."))


def _still(row: Document, seen: int) -> None:
    if last_text(row).number != seen:
        raise Refusal(
            _("Somebody has changed the text since you opened it. Read it again before you go on.")
        )


def last_text(document: Document) -> DocumentText:
    """The wording that counts."""
    return document.texts.select_related("by").order_by("-number")[:1].get()


def _add_text(document: Document, fields: Text, writer: Writer, role: Role) -> DocumentText:
    if sum(len(one["words"]) for one in fields["sections"]) > MOST_WORDS:
        raise Refusal(_("This is too long for a letter. Make it shorter."))
    number = document.texts.count() + 1
    return DocumentText.objects.create(
        document=document, number=number, fields=fields, **signature(writer, role)
    )


def _asked(fields: Mapping[str, Any]) -> bool:
    ask = [one["words"] for one in fields["sections"] if one["key"] == "ask"]
    return not ask or bool(ask[0].strip())


def _safety_written(content: Mapping[str, Any]) -> bool:
    return any(one["kind"] in SAFETY_STEPS for one in content["plan"]["lines"])


def _user(writer: Writer) -> User:
    if writer.user is None:
        raise NotYours(_("Ask your worker to begin this with you."))
    return writer.user


def _enqueue(document: Document) -> None:
    outbox.enqueue(
        JOB, key=str(document.pk), arguments={"document": str(document.pk)}, max_attempts=3
    )


def _tell(document: Document, kind: str, writer: Writer, **data: str) -> None:
    plan, user = document.plan, writer.user
    CaseEvent.objects.create(
        person_id=plan.person_id,
        kind=f"document.{kind}",
        on=timezone.localdate(),
        by=user,
        worker_id=user.worker_id if user else None,
        team_id=plan.team_id,
        about=document.pk,
        data={"document": document.kind, **data},
    )


def suggested(kind: DocumentKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parts and the facts that a kind of text usually needs."""
    return ABOUT[kind].areas, tuple(ABOUT[kind].identify)
