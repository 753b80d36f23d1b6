"""Sealed notes and safeguarding concerns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.accounts.strong import confirmed
from casework.cases import access_log
from casework.cases.access import overrides, policy
from casework.cases.access import sealed as services
from casework.cases.access.forms import (
    GroundForm,
    ReadersForm,
    SealedChangeForm,
    SealedForm,
)
from casework.cases.access.presenters import NotePage, SealedPage
from casework.cases.access_log import Action
from casework.cases.models import Person, SealedNote
from casework.cases.presenters import PersonHeading
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


def _heading(person: Person) -> PersonHeading:
    return PersonHeading(person, today=timezone.localdate(), page="access:sealed")


def _note_access(request: HttpRequest, person: Person, record: Any = None) -> None:
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=person, record=record)


def _person(request: HttpRequest, person_id: UUID) -> Person:
    rows = Person.objects.visible_to(request.user).select_related("provider")  # type: ignore[arg-type]
    person = get_object_or_404(rows, pk=person_id)
    _note_access(request, person)
    return person


def _readable(request: HttpRequest, note_id: UUID) -> SealedNote:
    rows = SealedNote.objects.visible_to(request.user)  # type: ignore[arg-type]
    found = get_object_or_404(rows.select_related("person__provider", "team", "author"), pk=note_id)
    _note_access(request, found.person, found)
    return found


def _mine(request: HttpRequest, note_id: UUID) -> SealedNote:
    rows = policy.changeable_notes(request.user)
    found = get_object_or_404(rows.select_related("person__provider"), pk=note_id)
    _note_access(request, found.person, found)
    return found


def _to_note(note: SealedNote) -> Link:
    return Link(_("The sealed note"), reverse("access:note", args=[note.pk]))


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"])
def notes(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The sealed notes about a person that the user may know of."""
    person = _person(request, person_id)
    known = policy.known_notes(request.user).filter(person=person)
    rows = list(known.select_related("team", "author").order_by("-created_at", "pk"))
    readable = set(
        SealedNote.objects.visible_to(request.user)  # type: ignore[arg-type]
        .filter(person=person)
        .values_list("pk", flat=True)
    )
    add_href = reverse("access:add_note", args=[person.pk])
    page = SealedPage(_heading(person), rows, readable, add_href)
    return render(request, "access/sealed.jinja", {"person": page})


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A new sealed note, and who may read it."""
    user: Any = request.user
    person = _person(request, person_id)
    draft = DraftForm(
        request,
        f"sealed:{person.pk}",
        SealedForm,
        readers=policy.possible_readers(person, user),
    )
    form: Any = draft.form
    if draft.is_valid():
        data = form.cleaned_data
        try:
            services.write(
                person=person,
                kind=data["kind"],
                words=data["words"],
                why=data["why"],
                readers=list(data["readers"]),
                suspends=data["suspends"],
                by=user,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            draft.discard()
            messages.success(request, _("The note is sealed."))
            return redirect("access:sealed", person_id=person.pk)
    page = FormPage(
        heading=_("Write a sealed note"),
        intro=(
            _(
                "Only you and the few whom you choose can read it. It is encrypted. Most things"
                " belong in an ordinary note that the person can read."
            ),
        ),
        submit=_("Seal it"),
        back=Link(_("Sealed notes"), reverse("access:sealed", args=[person.pk])),
    )
    return render(request, "profile/write.jinja", {"form": form, "page": page, "draft": draft})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
@confirmed
def note(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """One sealed note, for whom it is granted to, or who has opened it on a ground."""
    found = _readable(request, note_id)
    grants = list(found.grants.filter(ended_at__isnull=True).select_related("user"))
    mine = found.author_id == request.user.pk and found.ended_on is None
    page = NotePage(_heading(found.person), found, grants, mine=mine)
    return render(request, "access/note.jinja", {"person": page})


@requires(Permission.OVERRIDE)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def open_on_ground(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Open a sealed note that is not granted to the user, on one of three grounds."""
    user: Any = request.user
    known = policy.known_notes(user).select_related("person__provider")
    found = get_object_or_404(known, pk=note_id)
    form = GroundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        access_log.write(
            request,
            Action.OVERRIDE,
            person_id=found.person_id,
            record=found.pk,
            reason=data["ground"],
            reason_words=data["reason"],
        )
        try:
            overrides.open_note(
                note=found,
                ground=data["ground"],
                reason=data["reason"],
                safety_reason=data["safety_reason"] or "",
                by=user,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("access:note", note_id=found.pk)
    page = FormPage(
        heading=_("Open a sealed note"),
        intro=(
            _(
                "This note is for a few readers, and you are not one of them. You can open it for"
                " one hour on one of three grounds. A second person looks at it afterwards."
            ),
        ),
        submit=_("Open the note"),
        back=Link(_("Sealed notes"), reverse("access:sealed", args=[found.person_id])),
        is_warning=True,
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def change(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """What it says now; what it said before stays in its history."""
    user: Any = request.user
    found = _mine(request, note_id)
    form = SealedChangeForm(
        request.POST or None,
        note=found,
        initial={
            "words": found.words,
            "why": found.why,
            "suspends": found.suspends,
            "version": found.version,
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change(
                note=found,
                words=data["words"],
                why=data["why"],
                suspends=data.get("suspends", []),
                version=data["version"],
                by=user,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("access:note", note_id=found.pk)
    page = FormPage(heading=_("Change a sealed note"), submit=_("Save"), back=_to_note(found))
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def readers(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Let a few more read it."""
    user: Any = request.user
    found = _mine(request, note_id)
    form = ReadersForm(
        request.POST or None, readers=policy.possible_readers(found.person, user, found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.grant(note=found, users=list(form.cleaned_data["readers"]), by=user)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("They can read the note now."))
            return redirect("access:note", note_id=found.pk)
    page = FormPage(heading=_("Who may read it"), submit=_("Save"), back=_to_note(found))
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def end(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """It is over: what was kept back is shown again."""
    found = _mine(request, note_id)
    if request.method == "POST":
        services.end(note=found, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("This has ended. The note stays sealed."))
        return redirect("access:note", note_id=found.pk)
    page = FormPage(
        heading=_("Is this over?"),
        intro=(
            _("What was kept back from the person's own pages is shown again."),
            _("The note stays sealed, and can no longer be changed."),
        ),
        submit=_("Yes, it is over"),
        back=_to_note(found),
    )
    return render(request, "team_work/confirm.jinja", {"page": page})


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def take_back(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Somebody may no longer read it."""
    rows = policy.changeable_grants(request.user)
    found = get_object_or_404(rows.select_related("note__person", "user"), pk=grant_id)
    _note_access(request, found.note.person, found.note)
    if request.method == "POST":
        try:
            services.take_back(grant=found, by=request.user)  # type: ignore[arg-type]
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(
                request, _("%(name)s can no longer read it.") % {"name": found.user.name}
            )
        return redirect("access:note", note_id=found.note_id)
    page = FormPage(
        heading=_("Should %(name)s no longer read this note?") % {"name": found.user.name},
        intro=(_("What they have read already, they know."),),
        submit=_("Yes, take it back"),
        back=_to_note(found.note),
    )
    return render(request, "team_work/confirm.jinja", {"page": page})
