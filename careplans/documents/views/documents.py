"""Documents of a plan: asked for, written with the person, fetched, given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from careplans import policy, sharing
from careplans.documents import services
from careplans.documents.forms import NOW, ApproveForm, BeginForm, GiveForm, MakeForm, TextForm
from careplans.documents.kinds import ABOUT, SAFETY_KINDS, DocumentKind
from careplans.documents.presenters import OTHER, DocumentPage, ListPage, TextView, WhomPage
from careplans.documents.reading import taken_on
from careplans.documents.views.sending import sent
from careplans.kinds import SAFETY_STEPS
from careplans.models import AreaOfLife, Document, Plan
from careplans.views.shared import ask, heading, noted, visible_plan, writer
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.directory.models import Organisation


def _document(request: HttpRequest, document_id: UUID, *, note: bool = True) -> Document:
    """A document of a plan that the user may read; noted in the access log."""
    rows = Document.objects.visible_to(request.user).select_related(
        "plan__person__provider", "plan__team__organisation", "version", "made_by", "approval_by"
    )
    document: Document = get_object_or_404(rows, pk=document_id)
    _reads_all(request, document.plan)
    if note:
        noted(request, document.plan, document)
    return document


def _reads_all(request: HttpRequest, plan: Plan) -> None:
    """A document may hold any part of a plan: for an organisation that reads only some parts,
    there are none."""
    if not sharing.open_to(plan, request.user).everything:
        raise Http404


def _link(document: Document) -> Link:
    return Link(_("The document"), reverse("careplans:documents:document", args=[document.pk]))


def _has_safety(plan: Plan) -> bool:
    return plan.lines.filter(kind__in=SAFETY_STEPS, removed=False).exists()


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def documents(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """What was made of a plan, who made it and who got it; what can be made."""
    plan = visible_plan(request, plan_id)
    _reads_all(request, plan)
    rows = plan.documents.select_related("made_by", "version").prefetch_related("given__by")
    page = keyset.page(
        rows.defer("content", "version__content"),
        order=("-created_at", "-id"),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    presenter = ListPage(
        plan,
        page,
        heading=heading(plan),
        may_make=policy.may_write(request.user),
        safety=_has_safety(plan),
        taken=taken_on(page.rows),
    )
    return render(request, "careplans/documents/list.jinja", {"person": presenter})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def new(request: HttpRequest, plan_id: UUID, kind: str) -> HttpResponse:
    """Have a document made, or begin a text."""
    plan = visible_plan(request, plan_id)
    _reads_all(request, plan)
    if kind not in DocumentKind.values:
        raise Http404
    wanted = DocumentKind(kind)
    if wanted in SAFETY_KINDS and not _has_safety(plan):
        raise Http404
    return (_begin if ABOUT[wanted].text else _make)(request, plan, wanted)


def _page(plan: Plan, kind: DocumentKind, submit: str, *intro: str) -> FormPage:
    back = Link(_("Documents"), reverse("careplans:documents:list", args=[plan.pk]))
    return FormPage(heading=str(kind.label), submit=submit, back=back, intro=intro)


def _make(request: HttpRequest, plan: Plan, kind: DocumentKind) -> HttpResponse:
    versions = list(plan.versions.defer("content").order_by("-number")[:5])
    draft = DraftForm(request, f"plan:{plan.pk}:print:{kind}", MakeForm, versions=versions)
    page = _page(plan, kind, _("Make it"), str(ABOUT[kind].hint))

    def act(form: Any) -> tuple[str, str]:
        chosen = form.cleaned_data["version"]
        version = None if chosen == NOW else plan.versions.get(number=int(chosen))
        document = services.ask_for(plan=plan, kind=kind, version=version, by=writer(request))
        return _("It is being made."), _link(document).href

    return ask(request, draft, page, act)


def _begin(request: HttpRequest, plan: Plan, kind: DocumentKind) -> HttpResponse:
    areas = [row.area for row in plan.areas.in_order()]
    reader = None
    if kind == DocumentKind.SUMMARY:
        readers = list(sharing.organisations(plan))
        wanted = request.GET.get("reader", "")
        reader = next((one for one in readers if str(one.pk) == wanted), None)
        if readers and reader is None and wanted != OTHER:
            page = WhomPage(plan, readers, sharing.latest(plan), areas=areas, heading=heading(plan))
            return render(request, "careplans/documents/whom.jinja", {"person": page})
    return _first_wording(request, plan, kind, areas, reader)


def _first_wording(
    request: HttpRequest,
    plan: Plan,
    kind: DocumentKind,
    areas: list[AreaOfLife],
    reader: Organisation | None,
) -> HttpResponse:
    """Which parts go into a text. For an organisation about which the person has chosen, it begins
    with what they chose, and goes no further."""
    name = plan.person.display_name
    allowed = services.may_share(plan, reader)
    if allowed is not None and not allowed:
        raise Http404  # the person has chosen that it reads nothing
    draft = DraftForm(
        request,
        f"plan:{plan.pk}:text:{kind}:{reader.pk if reader else ''}",
        BeginForm,
        kind=kind,
        areas=areas,
        name=name,
        safety=_has_safety(plan),
        reader=reader.name if reader else "",
        allowed=allowed,
    )
    page = _page(
        plan,
        kind,
        _("Write the first wording"),
        str(ABOUT[kind].hint),
        _("You get a first wording. %(name)s corrects it and says yes, or it is not made.")
        % {"name": name},
    )

    def act(form: Any) -> tuple[str, str]:
        document = services.begin_text(
            plan=plan, kind=kind, by=writer(request), reader=reader, **form.cleaned_data
        )
        return _("Read it with %(name)s and correct it.") % {"name": name}, _link(document).href

    return ask(request, draft, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One document: its words, where it stands, its file, who got it."""
    found = _document(request, document_id)
    presenter = DocumentPage(
        found,
        heading=heading(found.plan),
        texts=list(found.texts.select_related("by")),
        given=list(found.given.select_related("by")),
        taken=taken_on([found]).get(found.pk),
        may_make=policy.may_write(request.user),
    )
    return render(request, "careplans/documents/document.jinja", {"person": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def status(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Whether a document is still being made, for the page that waits for it."""
    found = _document(request, document_id, note=False)
    return JsonResponse({"making": found.state == Document.State.MAKING})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def correct(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Correct a text, alone or with the person."""
    found = _document(request, document_id)
    if found.state != Document.State.WRITING:
        raise Http404
    text = services.last_text(found)
    name = found.plan.person.display_name
    draft = DraftForm(
        request,
        f"document:{found.pk}",
        TextForm,
        fields=text.fields,
        number=text.number,
        name=name,
    )
    page = FormPage(
        heading=_("Correct the text"),
        submit=_("Save this wording"),
        back=_link(found),
        intro=(
            _("%(name)s has the last word about every line. Leave a box empty to leave it out.")
            % {"name": name},
        ),
    )

    def act(form: Any) -> tuple[str, str]:
        together = form.cleaned_data["who"] == "together"
        services.correct(
            document=found,
            fields=form.text,
            seen=form.cleaned_data["seen"],
            by=writer(request, together=together),
        )
        return _("The wording is saved."), _link(found).href

    return ask(request, draft, page, act)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def approve(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The person says yes to exactly these words."""
    found = _document(request, document_id)
    if found.state != Document.State.WRITING:
        raise Http404
    text = services.last_text(found)
    name = found.plan.person.display_name
    draft = DraftForm(
        request, f"document:{found.pk}:approve", ApproveForm, number=text.number, name=name
    )
    page = FormPage(
        heading=_("Does %(name)s say yes to this?") % {"name": name},
        submit=_("They say yes: make it"),
        back=_link(found),
        intro=(_("Only these words are made into a file. Saying no changes nothing about help."),),
    )

    def act(form: Any) -> tuple[str, str]:
        services.approve(document=found, by=writer(request), **form.cleaned_data)
        return _("It is approved and is being made."), _link(found).href

    return ask(
        request,
        draft,
        page,
        act,
        template="careplans/documents/approve.jinja",
        text=TextView(found, text, name),
    )


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def give(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Write down who got it."""
    found = _document(request, document_id)
    if found.state != Document.State.READY:
        raise Http404
    draft = DraftForm(
        request,
        f"document:{found.pk}:give",
        GiveForm,
        name=found.plan.person.display_name,
        earliest=found.made_on,
    )
    page = FormPage(
        heading=_("Who got this document?"), submit=_("Write it down"), back=_link(found)
    )

    def act(form: Any) -> tuple[str, str]:
        services.give(document=found, by=request.user, **form.given)  # type: ignore[arg-type]
        return _("It is written down."), _link(found).href

    return ask(request, draft, page, act)


def _act(request: HttpRequest, document_id: UUID, act: Any, done: str) -> HttpResponse:
    found = _document(request, document_id)
    try:
        act(document=found, by=writer(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    return redirect("careplans:documents:document", found.pk)


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def drop(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Throw a text away."""
    return _act(request, document_id, services.drop, _("It is thrown away."))


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def retry(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Have it made once more."""
    return _act(request, document_id, services.retry, _("It is being made again."))


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def again(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Write on at a text that could not be made."""
    return _act(request, document_id, services.write_again, _("You can correct it now."))


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def file(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file, to be saved or printed and kept by no cache. Who took it is written down."""
    found = _document(request, document_id, note=False)
    if found.state != Document.State.READY:
        raise Http404
    return sent(request, found)
