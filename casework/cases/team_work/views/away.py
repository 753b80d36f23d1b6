"""Who is away, and who covers."""

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
from casework.accounts.roles import Permission
from casework.cases.models import Absence
from casework.cases.services import absences
from casework.cases.team_work import policy
from casework.cases.team_work.forms import AbsenceChangeForm, AbsenceForm
from casework.cases.team_work.presenters import AbsencesPage
from casework.cases.team_work.views.shared import PAGE, ask, tabs
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


def _back() -> Link:
    return Link(_("Away and cover"), reverse("team_work:absences"))


def _absence(request: HttpRequest, absence_id: UUID) -> Absence:
    rows = policy.changeable_absences(request.user).select_related(
        "worker", "cover_worker", "cover_team"
    )
    return get_object_or_404(rows, pk=absence_id)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def absence_list(request: HttpRequest) -> HttpResponse:
    """Who is away or will be, in the user's teams."""
    today = timezone.localdate()
    page = keyset.page(
        policy.visible_absences(request.user)
        .exclude(end__lt=today)
        .select_related("worker", "cover_worker", "cover_team"),
        order=("start", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    shown = [row.pk for row in page.rows]
    rows = policy.changeable_absences(request.user).filter(pk__in=shown)
    presenter = AbsencesPage(
        page,
        today=today,
        changeable=set(rows.values_list("pk", flat=True)),
        may_add=policy.workers_to_cover(request.user).exists(),
        pages=tabs(request, "absences"),
    )
    return render(request, "team_work/absences.jinja", {"page": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Somebody is away: who covers everything at once."""
    user: Any = request.user
    form = AbsenceForm(
        request.POST or None,
        workers=policy.workers_to_cover(user),
        covers=policy.colleagues(user),
        teams=policy.duty_teams(user),
        initial={"worker": user.worker_id},
    )
    page = FormPage(
        heading=_("Somebody is away"),
        intro=(
            _(
                "Whoever covers may open the records of everybody the worker is with, from the"
                " first day to the last. It ends by itself."
            ),
        ),
        submit=_("Save"),
        back=_back(),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = absences.arrange(
            worker=data["worker"],
            start=data["start"],
            end=data["end"],
            cover_worker=data["cover_worker"],
            cover_team=data["cover_team"],
            note=data["note"],
            by=user,
        )
        cover = made.cover_worker or made.cover_team
        done = _("%(cover)s covers for %(worker)s.") % {"cover": cover, "worker": made.worker}
        return done, _back().href

    return ask(request, form, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def change(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """For longer or shorter, or somebody else covers."""
    found = _absence(request, absence_id)
    initial = {
        "end": found.end,
        "cover": "worker" if found.cover_worker_id else "team",
        "cover_worker": found.cover_worker_id,
        "cover_team": found.cover_team_id,
        "note": found.note,
    }
    form = AbsenceChangeForm(
        request.POST or None,
        covers=policy.colleagues(request.user).exclude(pk=found.worker_id),
        teams=policy.duty_teams(request.user),
        initial=initial,
    )
    page = FormPage(
        heading=_("%(worker)s is away") % {"worker": found.worker},
        submit=_("Save"),
        back=_back(),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        absences.change(
            absence=found,
            end=data["end"],
            cover_worker=data["cover_worker"],
            cover_team=data["cover_team"],
            note=data["note"],
            by=request.user,  # type: ignore[arg-type]
        )
        return _("Saved."), _back().href

    return ask(request, form, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def end(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """The worker is back, or was never away."""
    found = _absence(request, absence_id)
    if request.method == "POST":
        try:
            absences.end_absence(absence=found, by=request.user)  # type: ignore[arg-type]
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("%(worker)s is here again.") % {"worker": found.worker})
        return redirect(_back().href)
    planned = found.start > timezone.localdate()
    page = FormPage(
        heading=_("%(worker)s is here again") % {"worker": found.worker},
        intro=(
            _("The absence has not begun, so it is taken away.")
            if planned
            else _("The cover ends with yesterday."),
        ),
        submit=_("Yes, end the cover"),
        back=_back(),
    )
    return render(request, "team_work/confirm.jinja", {"page": page})
