"""A person's own documents: their plan in every form, and what is written about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from careplans.documents import services
from careplans.documents.forms import NOW, OwnApproveForm, OwnMakeForm, OwnTextForm
from careplans.documents.kinds import ABOUT, SAFETY_KINDS, Approval, DocumentKind
from careplans.documents.own import OwnDocument, OwnDocuments
from careplans.documents.presenters import TextView
from careplans.documents.reading import own_documents, taken_on
from careplans.documents.views.sending import sent
from careplans.kinds import SAFETY_STEPS
from careplans.models import Document, Plan
from careplans.reading import own_plan
from careplans.writers import Writer
from casework.accounts.drafts import DraftForm
from casework.cases.models import SealedNote
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal.access import own_page
from casework.portal.models import PortalAccount
from casework.portal.pages import ask, show

State = Document.State
MOST = 30  # documents on one page, the newest: nobody has made more at home than they can read


def _documents(me: PortalAccount) -> Any:
    """What was made of my plan or about me; nothing while a safeguarding concern keeps it back."""
    rows = own_documents(me.person)
    return rows.none() if SealedNote.Area.PLAN in me.kept_back else rows


def _document(me: PortalAccount, document_id: UUID, *states: str) -> Document:
    found: Document = get_object_or_404(_documents(me), pk=document_id)
    if states and found.state not in states:
        raise Http404
    return found


def _writer(me: PortalAccount) -> Writer:
    return Writer(person_id=me.person_id)


def _has_safety(plan: Plan | None) -> bool:
    return plan is not None and plan.lines.filter(kind__in=SAFETY_STEPS, removed=False).exists()


def _back(document: Document) -> Link:
    return Link(_("Back"), reverse("my_plan:paper", args=[document.pk]))


@own_page
@http_methods(read=["GET"])
def papers(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """My plan on paper: what there is, what waits for me, and what I can have made."""
    plan = own_plan(me)
    rows = list(_documents(me).defer("content", "version__content")[:MOST])
    page = OwnDocuments(plan, rows, safety=_has_safety(plan), taken=taken_on(rows))
    return show(request, "careplans/own/papers.jinja", papers=page)


@own_page
@http_methods(read=["GET"], write=["POST"])
def new(request: HttpRequest, me: PortalAccount, kind: str) -> HttpResponse:
    """Have my plan made in one of its forms."""
    plan = own_plan(me)
    if plan is None or kind not in DocumentKind.values or ABOUT[DocumentKind(kind)].text:
        raise Http404
    wanted = DocumentKind(kind)
    if wanted in SAFETY_KINDS and not _has_safety(plan):
        raise Http404
    versions = list(plan.versions.defer("content").order_by("-number")[:5])
    draft = DraftForm(request, f"my-plan:{plan.pk}:print:{kind}", OwnMakeForm, versions=versions)
    page = FormPage(
        heading=str(wanted.label),
        submit=_("Make it"),
        back=Link(_("My plan on paper"), reverse("my_plan:papers")),
        intro=(str(ABOUT[wanted].hint),),
    )

    def act(form: Any) -> tuple[str, str]:
        chosen = form.cleaned_data["version"]
        version = None if chosen == NOW else plan.versions.get(number=int(chosen))
        made = services.ask_for(plan=plan, kind=wanted, version=version, by=_writer(me))
        return _("It is being made."), _back(made).href

    return ask(request, draft, page, act)


@own_page
@http_methods(read=["GET"])
def paper(request: HttpRequest, me: PortalAccount, document_id: UUID) -> HttpResponse:
    """One of my documents: where it stands, its words, the file, who got it."""
    found = _document(me, document_id)
    page = OwnDocument(
        found,
        texts=list(found.texts.select_related("by")),
        given=list(found.given.select_related("by")),
        taken=taken_on([found]).get(found.pk),
    )
    return show(request, "careplans/own/paper.jinja", paper=page)


@own_page
@http_methods(read=["GET"])
def status(request: HttpRequest, me: PortalAccount, document_id: UUID) -> HttpResponse:
    """Whether it is still being made, for the page that waits for it."""
    return JsonResponse({"making": _document(me, document_id).state == State.MAKING})


@own_page
@http_methods(read=["GET"])
def file(request: HttpRequest, me: PortalAccount, document_id: UUID) -> HttpResponse:
    """The file, to be saved or printed; that I took it is written down as for everybody."""
    return sent(request, _document(me, document_id, State.READY))


@own_page
@http_methods(read=["GET"], write=["POST"])
def correct(request: HttpRequest, me: PortalAccount, document_id: UUID) -> HttpResponse:
    """Change the words of a letter about me."""
    found = _document(me, document_id, State.WRITING)
    text = services.last_text(found)
    draft = DraftForm(
        request,
        f"document:{found.pk}",
        OwnTextForm,
        fields=text.fields,
        number=text.number,
        name=me.person.display_name,
    )
    page = FormPage(
        heading=_("Change the words"),
        submit=_("Save these words"),
        back=_back(found),
        intro=(_("You have the last word. Leave a box empty to leave it out."),),
    )

    def act(form: Any) -> tuple[str, str]:
        services.correct(
            document=found, fields=form.text, seen=form.cleaned_data["seen"], by=_writer(me)
        )
        return _("Your words are saved."), _back(found).href

    return ask(request, draft, page, act)


@own_page
@http_methods(read=["GET"], write=["POST"])
def approve(request: HttpRequest, me: PortalAccount, document_id: UUID) -> HttpResponse:
    """Say yes to exactly these words."""
    found = _document(me, document_id, State.WRITING)
    text = services.last_text(found)
    draft = DraftForm(request, f"document:{found.pk}:yes", OwnApproveForm, number=text.number)
    page = FormPage(
        heading=_("Do you say yes to these words?"),
        submit=_("Yes, make it"),
        back=_back(found),
        intro=(_("Only these words are made. You get the same help if you say no."),),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.approve(
            document=found,
            seen=data["seen"],
            how=Approval.PORTAL,
            words=data["words"],
            by=_writer(me),
        )
        return _("You said yes. It is being made."), _back(found).href

    return ask(
        request,
        draft,
        page,
        act,
        template="careplans/own/paper_yes.jinja",
        text=TextView(found, text, me.person.display_name),
    )


@own_page
@http_methods(write=["POST"])
def drop(request: HttpRequest, me: PortalAccount, document_id: UUID) -> HttpResponse:
    """Say no: the text is thrown away."""
    try:
        services.drop(document=_document(me, document_id), by=_writer(me))
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
        return redirect("my_plan:paper", document_id)
    messages.success(request, _("You said no. It is thrown away, and nobody gets it."))
    return redirect("my_plan:papers")


@own_page
@http_methods(write=["POST"])
def retry(request: HttpRequest, me: PortalAccount, document_id: UUID) -> HttpResponse:
    """Have it made once more."""
    try:
        services.retry(document=_document(me, document_id), by=_writer(me))
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
    else:
        messages.success(request, _("It is being made again."))
    return redirect("my_plan:paper", document_id)
