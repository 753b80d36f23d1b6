"""The directory: organisations, teams, localities and workers, looked after by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.directory import forms, listing, presenters, services
from casework.directory.presenters import NOUNS

PAGE = 25


@dataclass(frozen=True)
class Kept:
    """How the rows of one kind are listed and asked about."""

    rows: Any
    form: type[forms.DirectoryForm]


KEPT = {
    "team": Kept(listing.teams, forms.TeamForm),
    "worker": Kept(listing.workers, forms.WorkerForm),
    "organisation": Kept(listing.organisations, forms.OrganisationForm),
    "locality": Kept(listing.localities, forms.LocalityForm),
}


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"])
def index(request: HttpRequest) -> HttpResponse:
    """The directory begins with its teams."""
    return redirect("directory:teams")


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def rows(request: HttpRequest, noun: str) -> HttpResponse:
    """Rows of one kind, by name; a search is posted and remembered."""
    searched_for = f"{noun}_searched"
    path = reverse(f"directory:{NOUNS[noun].plural}")
    if request.method == "POST":
        form = forms.SearchForm(request.POST)
        if form.is_valid():
            request.session[searched_for] = form.cleaned_data["words"]
            return redirect(f"{path}?found=1")
    searched = request.session.get(searched_for, "") if "found" in request.GET else ""
    if request.method != "POST":
        form = forms.SearchForm(initial={"words": searched} if searched else None)
    found = KEPT[noun].rows()
    page = keyset.page(
        listing.found(found, searched) if searched else found,
        order=("name", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    presenter = presenters.DirectoryPage(NOUNS[noun], page, searched=searched)
    return render(request, "directory/list.jinja", {"page": presenter, "form": form})


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest, noun: str) -> HttpResponse:
    """A new row."""
    form = KEPT[noun].form(request.POST or None, initial={"active": True})
    page = _page(noun, heading=str(NOUNS[noun].add))
    return _ask(request, noun, form, page, row=None)


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def edit(request: HttpRequest, noun: str, row_id: UUID) -> HttpResponse:
    """Change a row; an import keeps the change."""
    kept = KEPT[noun]
    row = get_object_or_404(kept.rows(), pk=row_id)
    form = kept.form(request.POST or None, initial=forms.initial_of(row, kept.form))
    intro = (*presenters.extract_note(row), *presenters.details_note(row))
    page = _page(noun, heading=str(NOUNS[noun].edit), intro=intro)
    return _ask(request, noun, form, page, row=row)


def _page(noun: str, *, heading: str, intro: tuple[str, ...] = ()) -> FormPage:
    back = Link(str(NOUNS[noun].title), reverse(f"directory:{NOUNS[noun].plural}"))
    return FormPage(heading=heading, submit=_("Save"), back=back, intro=intro)


def _ask(
    request: HttpRequest, noun: str, form: forms.DirectoryForm, page: FormPage, *, row: Any
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and not _same_name(noun, form, row):
        changes = dict(form.cleaned_data)
        localities = changes.pop("localities", None)
        try:
            if row is None:
                changes.pop("checked", None)  # whoever enters a number has just learnt it
                new = NOUNS[noun].model(**changes)
                services.add(row=new, by=request.user, localities=localities or ())
            else:
                services.edit(row=row, by=request.user, localities=localities, **changes)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": changes["name"]})
            return redirect(f"directory:{NOUNS[noun].plural}")
    return render(request, "administration/form.jinja", {"form": form, "page": page})


def _same_name(noun: str, form: forms.DirectoryForm, row: Any) -> bool:
    """Whether another row is called the same and nobody has said that this is right."""
    name = form.cleaned_data["name"]
    if noun == "locality" or (row is not None and row.name == name):
        return False  # a locality's name is there once, and says so itself
    other = services.of_the_same_name(
        KEPT[noun].rows(), name=name, organisation=form.cleaned_data.get("organisation"), but=row
    ).first()
    return other is not None and form.warn_of_same_name(
        presenters.same_name_warning(other, NOUNS[noun])
    )
