"""Advice beside a text, on a page of its own, and the list behind it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import open_to_signed_in, requires
from casework.accounts.roles import Permission
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.wording import presenters, services
from casework.wording.forms import CheckForm, TermForm
from casework.wording.models import WordingTerm


@open_to_signed_in
@http_methods(write=["POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Advice on a text that is being written, as a piece of a page. Nothing of it is kept."""
    text = request.POST.get("text", "")
    found = presenters.advice(text, services.look(text=text, user=request.user))
    return render(request, "wording/advice.jinja", {"advice": found})


@open_to_signed_in
@http_methods(write=["POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """What somebody did with a piece of advice."""
    try:
        services.answer(code=request.POST.get("code", ""), answer=request.POST.get("answer", ""))
    except Refusal:
        return HttpResponse(status=400)
    return HttpResponse(status=204)


@open_to_signed_in
@http_methods(read=["GET"], write=["POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A text looked at on a page of its own: for letters written elsewhere, and without script."""
    form = CheckForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        found = presenters.advice(text, services.look(text=text, user=request.user))
    return render(request, "wording/check.jinja", {"form": form, "advice": found})


@requires(Permission.MANAGE_DIRECTORY, Permission.SET_THRESHOLDS)
@http_methods(read=["GET"])
def report(request: HttpRequest) -> HttpResponse:
    """How often the advice did not fit, by entry and never by writer."""
    rows = services.report()
    words = dict(services.entries().values_list("code", "phrases"))
    table = presenters.report_table(rows, words) if rows else None
    return render(request, "wording/report.jinja", {"table": table})


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"])
def terms(request: HttpRequest) -> HttpResponse:
    """The list of words."""
    rows = services.entries()
    return render(request, "wording/terms.jinja", {"table": presenters.term_table(rows)})


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new entry."""
    return _ask(request, None)


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def term(request: HttpRequest, term_id: UUID) -> HttpResponse:
    """Change an entry, or give an organisation its own in its place."""
    return _ask(request, get_object_or_404(services.entries(), pk=term_id))


def _ask(request: HttpRequest, row: WordingTerm | None) -> HttpResponse:
    initial = None if row else {"active": True, "organisation": "all"}
    form = TermForm(request.POST or None, term=row, **({} if row else {"initial": initial}))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_term(by=request.user, term=row, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The entry was saved."))
            return redirect("wording:terms")
    page = FormPage(
        heading=_("Change an entry") if row else _("Add an entry"),
        submit=_("Save"),
        back=Link(_("Words to think about"), reverse("wording:terms")),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})
