"""Lists that somebody keeps under a name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.worklist import services
from casework.worklist.filters import Which, from_codes
from casework.worklist.forms import NameForm
from casework.worklist.models import SavedFilter
from casework.worklist.presenters.people import SavedLists, saved_link


def _back() -> Link:
    return Link(_("My lists"), reverse("saved_lists"))


def _own(request: HttpRequest, list_id: UUID) -> SavedFilter:
    return get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=list_id)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def listed(request: HttpRequest) -> HttpResponse:
    """The lists that the user keeps."""
    page = SavedLists(list(SavedFilter.objects.visible_to(request.user)))
    return render(request, "worklist/saved.jinja", {"page": page})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list that was shown, with its filters, under a name."""
    which = request.GET.get("page", "")
    if which not in Which.values:
        return redirect("saved_lists")
    chosen = from_codes(request.GET)
    form = NameForm(request.POST if request.method == "POST" else None)
    shown = saved_link(SavedFilter(page=which, query=chosen.query)).href
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_list(
                user=request.user,
                which=Which(which),
                name=form.cleaned_data["name"],
                chosen=chosen,
            )
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("The list is kept. It is also on the page of today."))
            return redirect(shown)
    page = FormPage(
        heading=_("Keep this list"),
        intro=(
            _("%(list)s: %(show)s, in this order: %(sort)s.")
            % {
                "list": Which(which).label,
                "show": chosen.show.label,
                "sort": chosen.sort.label,
            },
            _("It is looked up anew each time that you open it."),
        ),
        submit=_("Keep the list"),
        back=Link(str(Which(which).label), shown),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def rename(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Another name for a list."""
    found = _own(request, list_id)
    form = NameForm(
        request.POST if request.method == "POST" else None, initial={"name": found.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_list(saved=found, name=form.cleaned_data["name"], by=request.user)
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("The list has a new name."))
            return redirect("saved_lists")
    page = FormPage(heading=_("Rename a list"), submit=_("Save"), back=_back())
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def remove(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """The user needs a list no longer."""
    found = _own(request, list_id)
    if request.method == "POST":
        services.remove_list(saved=found, by=request.user)
        messages.success(request, _("The list is removed."))
        return redirect("saved_lists")
    page = FormPage(
        heading=_("Remove “%(name)s”") % {"name": found.name},
        intro=(_("Only the list goes. Nothing about the people in it changes."),),
        submit=_("Remove the list"),
        back=_back(),
    )
    return render(request, "team_work/confirm.jinja", {"page": page})
