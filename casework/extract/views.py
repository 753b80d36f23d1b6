"""Imports in the browser: choose files, look at what the check says, confirm, follow."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as banners
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.accounts.strong import confirmed
from casework.common import keyset, presenters
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.extract import conflict_pages, forms, requests, services
from casework.extract import presenters as pages
from casework.extract.models import ImportConflict

PAGE = 25
RUNS = 5  # loads by command on the page of the imports


@requires(Permission.IMPORT)
@http_methods(read=["GET"])
def imports(request: HttpRequest) -> HttpResponse:
    """Every import that was asked for here, and the latest that a command loaded."""
    page = keyset.page(
        requests.every(),
        order=("-created_at", "-pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    path = reverse("imports:list")
    runs = list(requests.by_command().order_by("-created_at", "-pk")[: RUNS + 1])
    return render(
        request,
        "imports/list.jinja",
        {
            "heading": _("Imports"),
            "add_href": reverse("imports:add"),
            "lines": [pages.request_line(row) for row in page.rows],
            "runs": [pages.run_line(row) for row in runs[:RUNS]],
            "runs_href": reverse("imports:runs") if len(runs) > RUNS else "",
            "conflicts_href": reverse("imports:conflicts"),
            "open_conflicts": _conflicts(request).count(),
            "links": presenters.PageLinks(
                newer=presenters.query_string(path, before=page.before) if page.before else "",
                older=presenters.query_string(path, after=page.after) if page.after else "",
            ),
        },
    )


@requires(Permission.IMPORT)
@http_methods(read=["GET"])
def runs(request: HttpRequest) -> HttpResponse:
    """Everything that a command loaded, the latest first."""
    page = keyset.page(
        requests.by_command(),
        order=("-created_at", "-pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    path = reverse("imports:runs")
    return render(
        request,
        "imports/runs.jinja",
        {
            "heading": _("Loaded by command"),
            "lines": [pages.run_line(row) for row in page.rows],
            "links": presenters.PageLinks(
                newer=presenters.query_string(path, before=page.before) if page.before else "",
                older=presenters.query_string(path, after=page.after) if page.after else "",
            ),
        },
    )


@requires(Permission.IMPORT)
@http_methods(read=["GET"])
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What one load by command did."""
    found = get_object_or_404(requests.by_command(), pk=run_id)
    return render(request, "imports/run.jinja", {"page": pages.RunPage(found)})


@requires(Permission.IMPORT)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Choose the files and have them checked. Nothing is loaded before the next page's yes."""
    posted = request.method == "POST"
    form = forms.ImportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        folders=requests.folders(),
    )
    if posted and form.is_valid():
        said = form.cleaned_data
        upload = said["upload"] if said["where"] == "upload" else None
        try:
            asked = requests.ask(
                by=request.user,
                upload=upload,
                upload_name=getattr(upload, "name", "") or "",
                folder=said["folder"] or "",
                as_of=said["as_of"],
                strict=said["strict"],
            )
        except Refusal as refusal:
            form.add_error("upload" if upload is not None else "folder", refusal.sentence)
        else:
            return redirect("imports:detail", asked.pk)
    page = FormPage(
        heading=_("Import an extract"),
        submit=_("Check the files"),
        back=Link(_("Imports"), reverse("imports:list")),
        intro=(_("The files are checked first. You see what would be loaded before anything is."),),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.IMPORT)
@http_methods(read=["GET"])
def detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Where one import stands."""
    found = get_object_or_404(requests.every(), pk=request_id)
    return render(request, "imports/detail.jinja", {"page": pages.RequestPage(found)})


@requires(Permission.IMPORT)
@http_methods(write=["POST"])
@confirmed
def confirm(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Load what was checked."""
    return _decide(request, request_id, load=True)


@requires(Permission.IMPORT)
@http_methods(write=["POST"])
def drop(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Do not load what was checked."""
    return _decide(request, request_id, load=False)


def _decide(request: HttpRequest, request_id: UUID, *, load: bool) -> HttpResponse:
    found = get_object_or_404(requests.every(), pk=request_id)
    try:
        (requests.confirm if load else requests.drop)(request=found, by=request.user)
    except Refusal as refusal:
        banners.error(request, refusal.sentence)
    return redirect("imports:detail", request_id)


def _conflicts(request: HttpRequest) -> QuerySet[ImportConflict]:
    return ImportConflict.objects.visible_to(request.user).filter(decided="")


@requires(Permission.IMPORT, Permission.CORRECT_RECORDS)
@http_methods(read=["GET"])
def conflicts(request: HttpRequest) -> HttpResponse:
    """Values edited here that an extract contradicts."""
    page = keyset.page(
        _conflicts(request),
        order=("created_at", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    path = reverse("imports:conflicts")
    return render(
        request,
        "imports/conflicts.jinja",
        {
            "heading": _("Edits that an extract contradicts"),
            # whoever corrects records decides here without loading anything
            "back_href": reverse("imports:list")
            if accounts.may(request.user, Permission.IMPORT)
            else "",
            "lines": conflict_pages.conflict_lines(page.rows),
            "links": presenters.PageLinks(
                newer=presenters.query_string(path, before=page.before) if page.before else "",
                older=presenters.query_string(path, after=page.after) if page.after else "",
                newer_text=_("Earlier"),
                older_text=_("Later"),
            ),
        },
    )


@requires(Permission.IMPORT, Permission.CORRECT_RECORDS)
@http_methods(read=["GET"], write=["POST"])
def conflict(request: HttpRequest, conflict_id: UUID) -> HttpResponse:
    """Decide which of two values stands."""
    found = _conflicts(request).select_related("run").filter(pk=conflict_id).first()
    if found is None:
        raise Http404
    posted = request.method == "POST"
    names = conflict_pages.names_in([found])
    form = forms.DecisionForm(
        request.POST if posted else None,
        ours=conflict_pages.value_words(found, "ours", names),
        theirs=conflict_pages.value_words(found, "theirs", names),
    )
    if posted and form.is_valid():
        try:
            services.decide(conflict=found, take=form.cleaned_data["take"], by=request.user)
        except Refusal as refusal:
            banners.error(request, refusal.sentence)
        else:
            banners.success(request, _("Your decision is kept."))
        return redirect("imports:conflicts")
    page = FormPage(
        heading=f"{found.key}: {conflict_pages.field_label(found)}",
        submit=_("Decide"),
        back=Link(_("Edits that an extract contradicts"), reverse("imports:conflicts")),
        intro=(conflict_pages.conflict_intro(found),),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})
