"""The form, the page that both read, sending, corrections and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage
from referrals.asking import policy, services
from referrals.asking.forms import (
    AttachForm,
    CorrectionForm,
    ReadForm,
    WriteForm,
    as_posted,
)
from referrals.asking.presenters import ReadPage, SavedNow, WritePage
from referrals.asking.record import Record
from referrals.asking.services.writing import ask_of, holder_now
from referrals.asking.views.common import (
    note,
    read_link,
    read_of,
    referral_href,
    written_of,
)
from referrals.errors import ChangedMeanwhile, EventRefused
from referrals.models import Referral
from referrals.table import OPEN, State

# the question of the form beside which each refusal of the table is shown
FIELD_OF = {
    "reason_words_or_reason_why_not": "reason_words",
    "priority": "priority",
    "reach_words": "reach_words",
    "person_view": "person_view",
    "meanwhile_support": "meanwhile_support",
    "somebody_holds": "holder",
    "question": "question",
}
SEND = "send"


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def write(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The story, told once: saved as a draft, or saved and sent."""
    referral = written_of(request, referral_id)
    draft = DraftForm(request, f"ask:{referral.pk}", WriteForm, **_options(referral))
    now: SavedNow | None = None
    if draft.is_valid():
        form: Any = draft.form
        try:
            row = services.save(
                referral=referral,
                by=request.user,  # type: ignore[arg-type]
                seen_version=form.cleaned_data["version"],
                story=form.story,
                shared=form.shared,
                **form.rest,
            )
        except ChangedMeanwhile as refusal:
            draft.refuse(refusal)
            now = _beside(request, draft, referral)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            if SEND in request.POST and row.state == State.DRAFT:
                return _send(request, row)
            messages.success(request, _saved_words(row))
            return redirect("asking:read", referral_id=row.pk)
    return _form(request, referral, draft.form, draft=draft, now=now)


def _saved_words(row: Referral) -> str:
    if row.state == State.DRAFT:
        return _("The draft is saved. Nothing has been sent.")
    if row.rest_by is None:
        return _("The urgent referral is complete.")
    return _("It is saved. Their view and the support meanwhile are still to come.")


def _options(referral: Referral) -> dict[str, Any]:
    return {
        "referral": referral,
        "ask": ask_of(referral),
        "record": Record(referral.person),
        "parts": {one.part: one for one in referral.shared_parts.all()},
        "holders": None if holder_now(referral.person) else policy.could_hold(referral.sender_team),
    }


def _beside(request: HttpRequest, draft: DraftForm, referral: Referral) -> SavedNow:
    """Somebody else saved meanwhile: theirs is shown, mine stays in the form, and saving again
    then means mine."""
    fresh = policy.writable(request.user).get(pk=referral.pk)
    data = draft.form.data.copy()
    data["version"] = str(fresh.version)
    draft.form.data = data
    return SavedNow(fresh, ask_of(fresh), draft.form)


def _form(
    request: HttpRequest,
    referral: Referral,
    form: Any,
    *,
    draft: DraftForm,
    now: SavedNow | None = None,
) -> HttpResponse:
    page = WritePage(referral, form, holder_now(referral.person))
    return render(
        request,
        "asking/write.jinja",
        {"form": form, "draft": draft, "page": page, "saved": now},
    )


@requires(Permission.REFER)
@http_methods(write=["POST"])
def send(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Send what has been read."""
    referral = written_of(request, referral_id)
    if referral.state != State.DRAFT:
        messages.error(request, _("It has been sent already."))
        return redirect(referral_href(referral))
    seen = request.POST.get("version", "")
    return _send(request, referral, seen=int(seen) if seen.isdigit() else -1)


def _send(request: HttpRequest, referral: Referral, *, seen: int | None = None) -> HttpResponse:
    """Through the engine; each sentence that stands against it beside its question."""
    against = services.missing(referral=referral, by=request.user)  # type: ignore[arg-type]
    try:
        if not against:
            row = services.send(
                referral=referral,
                by=request.user,  # type: ignore[arg-type]
                seen_version=referral.version if seen is None else seen,
            )
            messages.success(
                request,
                _("Sent to %(team)s. %(holder)s holds %(name)s until they have met.")
                % {
                    "team": row.team,
                    "holder": row.held.worker or row.held.team if row.held else "",
                    "name": row.person.display_name,
                },
            )
            return redirect(referral_href(row))
    except ChangedMeanwhile as refusal:
        messages.error(request, refusal.sentence)
        return redirect("asking:read", referral_id=referral.pk)
    except EventRefused as refusal:
        against = [("", sentence) for sentence in refusal.reasons]
    except Refusal as refusal:
        against = [("", refusal.sentence)]
    fresh = get_object_or_404(policy.writable(request.user), pk=referral.pk)
    draft = _Judged(request, f"ask:{fresh.pk}", WriteForm, **_options(fresh))
    form: Any = draft.form
    form.full_clean()
    for code, sentence in against:
        field = FIELD_OF.get(code)
        form.add_error(field if field in form.fields else None, sentence)
    return _form(request, fresh, form, draft=draft)


class _Judged(DraftForm):
    """The form as it is saved, shown as if it had been posted, so that each question can say what
    it still needs."""

    def __init__(self, request: HttpRequest, key: str, form_class: Any, **options: Any) -> None:
        super().__init__(request, key, form_class, **options)
        empty = form_class(**options)
        self.form = form_class(data=as_posted(empty), **options)


@requires(Permission.SEE_PEOPLE, Permission.REFER)
@http_methods(read=["GET"])
def read(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The whole of it on one page, to read together and to print: the person's words first."""
    referral = read_of(request, referral_id)
    writes = policy.writable(request.user).filter(pk=referral.pk).exists()
    ours = accounts.may_in_team(request.user, Permission.REFER, referral.sender_team_id)
    theirs = accounts.may_in_team(request.user, Permission.DECIDE_REFERRALS, referral.team_id)
    parts = list(referral.shared_parts.select_related("team"))
    to_come = ours and any(one.shared_on is None for one in parts)
    page = ReadPage(
        referral,
        ask=ask_of(referral),
        parts=parts,
        contents=Record(referral.person).parts if to_come else {},
        corrections=list(referral.corrections.select_related("noted_by", "answered_by")),
        files=list(referral.attachments.filter(removed_on__isnull=True)),
        holder=holder_now(referral.person),
        writes=writes,
        ours=ours,
        may_attach=ours or theirs,
        against=services.missing(referral=referral, by=request.user)  # type: ignore[arg-type]
        if writes and referral.state == State.DRAFT
        else [],
        user=request.user,
        detail=referral_href(referral),
    )
    return render(request, "asking/read.jinja", {"page": page})


def _ours(request: HttpRequest, referral_id: UUID) -> Referral:
    """The referral, if it is one that the user's team writes or sent."""
    referral = read_of(request, referral_id)
    if not accounts.may_in_team(request.user, Permission.REFER, referral.sender_team_id):
        raise Http404
    return referral


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def read_together(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The person has read the draft."""
    referral = written_of(request, referral_id)
    form = ReadForm(request.POST or None)
    page = FormPage(
        heading=_("%(name)s has read it") % {"name": referral.person.display_name},
        submit=_("Save"),
        back=read_link(referral),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.read_together(
                referral=referral,
                by=request.user,  # type: ignore[arg-type]
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("It is written down that they have read it."))
            return redirect("asking:read", referral_id=referral.pk)
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def correct(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What the person says is not so, as theirs."""
    referral = _ours(request, referral_id)
    draft = DraftForm(request, f"correction:{referral.pk}", CorrectionForm)
    if draft.is_valid():
        try:
            services.correct(
                referral=referral,
                by=request.user,  # type: ignore[arg-type]
                **draft.form.cleaned_data,
            )
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(request, _("Their words are saved as theirs."))
            return redirect("asking:read", referral_id=referral.pk)
    page = FormPage(
        heading=_("What %(name)s says is not so") % {"name": referral.person.display_name},
        submit=_("Save their words"),
        back=read_link(referral),
    )
    return render(
        request, "asking/drafted.jinja", {"form": draft.form, "draft": draft, "page": page}
    )


@requires(Permission.REFER)
@http_methods(write=["POST"])
def answer_correction(request: HttpRequest, referral_id: UUID, correction_id: UUID) -> HttpResponse:
    """It was changed, or their words stand beside what is written."""
    referral = _ours(request, referral_id)
    correction = get_object_or_404(referral.corrections.all(), pk=correction_id)
    try:
        services.answer_correction(
            correction=correction,
            by=request.user,  # type: ignore[arg-type]
            answer=request.POST.get("answer", ""),
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The answer is saved."))
    return redirect("asking:read", referral_id=referral.pk)


@requires(Permission.REFER, Permission.DECIDE_REFERRALS)
@http_methods(read=["GET"], write=["POST"])
def attach(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Put a file with it."""
    referral = read_of(request, referral_id)
    if referral.state not in (State.DRAFT, *OPEN):
        raise Http404
    form = AttachForm(request.POST or None, request.FILES or None)
    page = FormPage(
        heading=_("Add a file"),
        intro=(
            _("Ask the person first. What they said once should not be copied without need."),
            _("Both teams of this referral can open the file, and nobody else."),
        ),
        submit=_("Add the file"),
        back=read_link(referral),
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            services.attach(
                referral=referral,
                by=request.user,  # type: ignore[arg-type]
                upload=upload,
                name=upload.name or "",
                about=form.cleaned_data["about"],
            )
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
        else:
            messages.success(request, _("The file is added."))
            return redirect("asking:read", referral_id=referral.pk)
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.SEE_PEOPLE, Permission.REFER)
@http_methods(read=["GET"])
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """A file, to be saved and never to be shown by the browser. Who took it is written down."""
    found = get_object_or_404(policy.files(request.user), pk=attachment_id)
    access_log.note(request, Action.EXPORT, person=found.referral.person, record=found)
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=found.name, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@requires(Permission.REFER, Permission.DECIDE_REFERRALS)
@http_methods(write=["POST"])
def remove_attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Take a file away."""
    found = get_object_or_404(policy.files(request.user), pk=attachment_id)
    note(request, found.referral.person, found)
    try:
        services.remove(attachment=found, by=request.user)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The file is taken away."))
    return redirect(reverse("asking:read", args=[found.referral_id]))
