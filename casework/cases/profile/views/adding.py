"""Somebody new, and somebody who may be here twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import MergeSuspect, Person
from casework.cases.profile import policy
from casework.cases.profile.forms import NEW, AddBesideForm, AddForm, DecideForm
from casework.cases.profile.presenters import SuspectsPage, TwinLine, twin_line
from casework.cases.services import profile
from casework.common import fence, keyset
from casework.common import presenters as words
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.directory.models import Team

PAGE = 25
_pairs = fence.beyond("pairs of records, of which the user may open one; the other is not named")


def _visible(request: HttpRequest, people: Iterable[Person]) -> set[Any]:
    keys = [one.pk for one in people]
    rows = Person.objects.visible_to(request.user).filter(pk__in=keys)
    return set(rows.values_list("pk", flat=True))


@fence.beyond("who may be the same person; where their record is closed, only their team is named")
def _similar(data: dict[str, Any]) -> list[profile.Similar]:
    return profile.similar_people(
        nhs_number=data.get("nhs_number") or "",
        birth_date=data.get("birth_date"),
        names=[data.get("name") or "", data.get("preferred_name") or ""],
    )


@fence.beyond("which team to ring about a record that is closed to the user")
def _holders(people: Iterable[Person]) -> dict[Any, Team]:
    return policy.holders(people)


def _twins(request: HttpRequest, similar: Iterable[profile.Similar]) -> list[TwinLine]:
    """Who looks alike, as far as this user may know of them; what is shown is noted."""
    similar = list(similar)
    seen = _visible(request, [one.person for one in similar])
    if seen:
        access_log.note(request, Action.LIST, people=sorted(seen))
    holders = _holders(one.person for one in similar)
    return [
        twin_line(
            one.person,
            why=_("The same NHS number")
            if one.same_number
            else _("The same date of birth and a similar name"),
            visible=one.person.pk in seen,
            team=holders.get(one.person.pk),
        )
        for one in similar
    ]


@requires(Permission.ADD_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Somebody new; before they are saved, whoever looks alike is shown."""
    user: Any = request.user
    teams = policy.teams_to_add_in(user)
    asked_already = "decision_asked" in request.POST
    form_class = AddBesideForm if asked_already else AddForm
    form = form_class(request.POST or None, teams=teams)
    twins: list[TwinLine] = []
    if request.method == "POST":
        valid = form.is_valid()
        data = form.cleaned_data
        similar = _similar(data)
        twins = _twins(request, similar) if similar and (asked_already or valid) else []
        if valid and similar and not asked_already:
            form = AddBesideForm(request.POST, teams=teams)
            form.errors.clear()
            asked_already = True
        elif valid:
            certain = data.pop("decision", NEW) == NEW
            try:
                person = profile.add_beside_similar(
                    similar=similar, certain=certain, by=user, **data
                )
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("%(name)s is added.") % {"name": person.display_name})
                return redirect(reverse("people:detail", args=[person.pk]))
    return render(
        request,
        "profile/add.jinja",
        {"form": form, "twins": twins, "asked": asked_already},
    )


def _suspect(request: HttpRequest, suspect_id: UUID) -> MergeSuspect:
    rows = policy.visible_suspects(request.user).select_related("person", "other")
    return get_object_or_404(rows, pk=suspect_id)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"])
@_pairs
def suspects(request: HttpRequest) -> HttpResponse:
    """Pairs of records that may be one person, and wait for a decision."""
    rows = policy.visible_suspects(request.user).filter(decision=MergeSuspect.Decision.OPEN)
    page = keyset.page(
        rows.select_related("person", "other"),
        order=("created_at", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    seen = _visible(request, [one for row in page.rows for one in (row.person, row.other)])
    access_log.note(request, Action.LIST, people=sorted(seen))
    path = reverse("profile:suspects")
    links = words.PageLinks(
        newer=words.query_string(path, before=page.before) if page.before else "",
        older=words.query_string(path, after=page.after) if page.after else "",
        newer_text=_("Previous page"),
        older_text=_("Next page"),
    )
    presenter = SuspectsPage(page, visible=seen, links=links)
    return render(request, "profile/suspects.jinja", {"page": presenter})


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
@_pairs
def suspect(request: HttpRequest, suspect_id: UUID) -> HttpResponse:
    """One person or two: both records side by side, and a decision."""
    found = _suspect(request, suspect_id)
    pair = [found.person, found.other]
    seen = _visible(request, pair)
    for one in pair:
        if one.pk in seen:
            access_log.note(
                request, Action.CHANGE if request.method == "POST" else Action.VIEW, person=one
            )
    holders = _holders(pair)
    twins = [
        twin_line(one, why="", visible=one.pk in seen, team=holders.get(one.pk)) for one in pair
    ]
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            profile.decide(
                suspect=found,
                decision=form.cleaned_data["decision"],
                by=request.user,  # type: ignore[arg-type]
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect(reverse("profile:suspects"))
    page = FormPage(
        heading=_("One person, or two?"),
        intro=(found.why,),
        submit=_("Record the decision"),
        back=Link(_("Perhaps recorded twice"), reverse("profile:suspects")),
    )
    return render(
        request,
        "profile/suspect.jinja",
        {"form": form, "page": page, "twins": twins, "decided": found.decision},
    )
