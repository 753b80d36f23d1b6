"""Somebody leaves, and nobody is left without a holder."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.leaver_moves import Held
from casework.cases.models import Absence, Person
from casework.cases.services import leavers
from casework.cases.team_work import policy
from casework.cases.team_work.forms import BulkForm, LeavingForm, MoveForm
from casework.cases.team_work.known import known_to
from casework.cases.team_work.presenters import LeavingPage, LeavingsPage, held_words
from casework.cases.team_work.views.shared import ask, tabs, visible_person
from casework.common import fence
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


def _leaving(request: HttpRequest, leaving_id: UUID) -> Absence:
    rows = policy.leavings(request.user)
    return get_object_or_404(
        rows.select_related("worker", "cover_worker", "cover_team"), pk=leaving_id
    )


def _link(leaving: Absence) -> Link:
    text = _("%(worker)s is leaving") % {"worker": leaving.worker}
    return Link(text, reverse("team_work:leaving", args=[leaving.pk]))


@fence.beyond("how much a leaver still holds; people of other teams are counted and not named")
def _by_person(leaving: Absence) -> dict[UUID | None, list[tuple[str, Held]]]:
    found: dict[UUID | None, list[tuple[str, Held]]] = {}
    for name, held in leavers.held_by(leaving):
        found.setdefault(held.person_id, []).append((name, held))
    return found


@requires(Permission.SIGN_OFF)
@http_methods(read=["GET"])
def leaving_list(request: HttpRequest) -> HttpResponse:
    """Those who are leaving the user's teams."""
    rows = policy.leavings(request.user).select_related("worker").order_by("start", "pk")
    presenter = LeavingsPage(rows, today=timezone.localdate(), pages=tabs(request, "leavings"))
    return render(request, "team_work/leavings.jinja", {"page": presenter})


@requires(Permission.SIGN_OFF)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Somebody leaves: first of all, who covers everything."""
    user: Any = request.user
    leaving = policy.leavings(user).values("worker_id")
    form = LeavingForm(
        request.POST or None,
        workers=policy.led_workers(user, Permission.SIGN_OFF).exclude(pk__in=leaving),
        covers=policy.colleagues(user),
        teams=policy.duty_teams(user),
    )
    page = FormPage(
        heading=_("Somebody is leaving"),
        intro=(
            _(
                "First choose who covers everything from the day after the last day. Then give"
                " each person somebody of their own."
            ),
        ),
        submit=_("Continue"),
        back=Link(_("Leaving"), reverse("team_work:leavings")),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = leavers.begin(
            worker=data["worker"],
            last_day=data["last_day"],
            cover_worker=data["cover_worker"],
            cover_team=data["cover_team"],
            note=data["note"],
            by=user,
        )
        cover = made.cover_worker or made.cover_team
        return _("%(cover)s covers everything.") % {"cover": cover}, _link(made).href

    return ask(request, form, page, act)


@requires(Permission.SIGN_OFF)
@http_methods(read=["GET"], write=["POST"])
def leaving(request: HttpRequest, leaving_id: UUID) -> HttpResponse:
    """What somebody who leaves still holds; several people can go to one worker."""
    found = _leaving(request, leaving_id)
    held = _by_person(found)
    rows = Person.objects.visible_to(request.user).filter(pk__in=[key for key in held if key])
    people = list(rows.order_by("name", "pk"))
    form = BulkForm(
        request.POST or None,
        people=[(str(one.pk), one.display_name) for one in people],
        hints={str(one.pk): "; ".join(held_words(held[one.pk])) for one in people},
        colleagues=policy.colleagues(request.user).exclude(pk=found.worker_id),
    )
    results: list[leavers.Result] = []
    if request.method == "POST" and form.is_valid():
        results = leavers.move_people(
            leaving=found,
            people=[UUID(key) for key in form.cleaned_data["people"]],
            to=form.cleaned_data["to"],
            by=request.user,  # type: ignore[arg-type]
        )
        names = {one.pk: one.display_name for one in people}
        held = _by_person(found)
        people = [one for one in people if one.pk in held]
        form = BulkForm(
            people=[(str(one.pk), one.display_name) for one in people],
            hints={str(one.pk): "; ".join(held_words(held[one.pk])) for one in people},
            colleagues=policy.colleagues(request.user).exclude(pk=found.worker_id),
        )
    else:
        names = {}
    shown = {one.pk for one in people}
    presenter = LeavingPage(
        found,
        today=timezone.localdate(),
        people=people,
        held=held,
        elsewhere=sum(key is not None and key not in shown for key in held),
        results=results,
        names=names,
    )
    action = Action.CHANGE if results else Action.LIST
    access_log.note(request, action, people=[*shown, *names])
    return render(request, "team_work/leaving.jinja", {"page": presenter, "form": form})


@requires(Permission.SIGN_OFF)
@http_methods(read=["GET"], write=["POST"])
def person(request: HttpRequest, leaving_id: UUID, person_id: UUID) -> HttpResponse:
    """Who takes over for one person: those whom they know come first."""
    found = _leaving(request, leaving_id)
    somebody = visible_person(request, person_id)
    held = _by_person(found).get(somebody.pk)
    if held is None:
        raise Http404
    form = MoveForm(
        request.POST or None,
        known=known_to(somebody),
        colleagues=policy.colleagues(request.user, somebody),
        without=[found.worker_id],
    )
    page = FormPage(
        heading=_("Who takes over for %(name)s") % {"name": somebody.display_name},
        intro=(
            _("%(worker)s holds: %(things)s.")
            % {"worker": found.worker, "things": "; ".join(held_words(held))},
        ),
        submit=_("Give everything to this worker"),
        back=_link(found),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        leavers.move_person(
            leaving=found,
            person_id=somebody.pk,
            to=data["chosen"],
            by=request.user,  # type: ignore[arg-type]
            agreed_on=data["agreed_on"] if data["agreed"] == "yes" else None,
            person_says=data["person_says"] or "",
        )
        done = _("%(worker)s takes over for %(name)s.") % {
            "worker": data["chosen"],
            "name": somebody.display_name,
        }
        return done, _link(found).href

    return ask(request, form, page, act)


@requires(Permission.SIGN_OFF)
@http_methods(read=["GET"], write=["POST"])
def rest(request: HttpRequest, leaving_id: UUID) -> HttpResponse:
    """Who takes over what is not about one person, such as cover for colleagues."""
    found = _leaving(request, leaving_id)
    held = _by_person(found).get(None)
    if held is None:
        raise Http404
    form = MoveForm(
        request.POST or None,
        colleagues=policy.colleagues(request.user),
        without=[found.worker_id],
        with_person=False,
    )
    page = FormPage(
        heading=_("Who takes over the rest"),
        intro=(
            _("%(worker)s holds: %(things)s.")
            % {"worker": found.worker, "things": "; ".join(held_words(held))},
        ),
        submit=_("Give everything to this worker"),
        back=_link(found),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        leavers.move_person(
            leaving=found,
            person_id=None,
            to=data["chosen"],
            by=request.user,  # type: ignore[arg-type]
        )
        return _("%(worker)s takes over.") % {"worker": data["chosen"]}, _link(found).href

    return ask(request, form, page, act)


@requires(Permission.SIGN_OFF)
@http_methods(write=["POST"])
def finish(request: HttpRequest, leaving_id: UUID) -> HttpResponse:
    """Everything has somebody: the worker's access ends with their last day."""
    found = _leaving(request, leaving_id)
    try:
        worker = leavers.finish(leaving=found, by=request.user)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(_link(found).href)
    if worker.active:
        done = _("The account of %(worker)s closes at the end of their last day.")
    else:
        done = _("%(worker)s has left. Nobody is without a holder.")
    messages.success(request, done % {"worker": worker})
    return redirect(reverse("team_work:leavings"))


@requires(Permission.SIGN_OFF)
@http_methods(read=["GET"], write=["POST"])
def call_off(request: HttpRequest, leaving_id: UUID) -> HttpResponse:
    """The worker stays after all."""
    found = _leaving(request, leaving_id)
    if request.method == "POST":
        try:
            leavers.call_off(leaving=found, by=request.user)  # type: ignore[arg-type]
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(_link(found).href)
        messages.success(request, _("%(worker)s stays.") % {"worker": found.worker})
        return redirect(reverse("team_work:leavings"))
    page = FormPage(
        heading=_("%(worker)s stays after all") % {"worker": found.worker},
        intro=(_("What has moved already stays with those who have it now."),),
        submit=_("Yes, they stay"),
        back=_link(found),
    )
    return render(request, "team_work/confirm.jinja", {"page": page})
