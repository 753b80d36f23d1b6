"""Two people at one screen: writing together, and the safety plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import policy
from careplans.crisis import crisis_contacts_of
from careplans.forms import MeetingForm
from careplans.presenters import AreaPage, SafetyPage
from careplans.reading import looked_on
from careplans.services.meeting import MetMeanwhile, write_area
from careplans.views.shared import (
    area_or_404,
    around,
    ask,
    heading,
    open_content,
    part,
    visible_plan,
    writer,
)
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases.profile.views.shared import visible_person
from casework.cases.profile.views.words import Rewritable
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"])
def meeting(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Which area to write in together. All are there at once, in big type."""
    plan = visible_plan(request, plan_id)
    content = open_content(request, plan)
    areas = [
        Link(one["name"], reverse("careplans:meeting_area", args=[plan.pk, one["code"]]))
        for one in content["areas"]
    ]
    return render(
        request,
        "careplans/meeting.jinja",
        {
            "name": plan.person.display_name,
            "areas": areas,
            "plan_href": reverse("careplans:plan", args=[plan.pk]),
            "rank_href": reverse("careplans:rank", args=[plan.pk]),
        },
    )


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def meeting_area(request: HttpRequest, plan_id: UUID, code: str) -> HttpResponse:
    """One area on one screen: what the person says is written as theirs."""
    plan = visible_plan(request, plan_id)
    area = area_or_404(request, plan, code)
    name = plan.person.display_name
    lines = {
        row.kind: row
        for row in plan.lines.filter(
            area=area, kind__in=["matters", "shared_view", "differently", "team_view"]
        )
    }
    draft = Rewritable(
        request,
        f"plan:{plan.pk}:meeting:{code}",
        MeetingForm,
        name=name,
        me=str(request.user),
        lines=lines,
        team_view="team_view" in lines and not lines["team_view"].removed,
    )
    content = open_content(request, plan)
    found = next(one for one in content["areas"] if one["code"] == code)
    presenter = AreaPage(
        plan,
        found,
        heading=heading(plan),
        around=around(request, plan, may_write=False, together=True),
        may_write=False,
        areas=content["areas"],
    )
    page = FormPage(
        heading=area.name,
        submit=_("Save what we wrote"),
        back=Link(_("All areas"), reverse("careplans:meeting", args=[plan.pk])),
        intro=(_("%(worker)s with %(person)s") % {"worker": request.user, "person": name},),
    )

    def act(form: Any) -> tuple[str, str]:
        try:
            write_area(
                plan=plan,
                area=area,
                by=writer(request, together=True),
                answers=form.cleaned_data,
                lines=lines,
            )
        except MetMeanwhile as meanwhile:
            data = form.data.copy()
            data[f"seen_{meanwhile.kind}"] = str(meanwhile.version)
            draft.form = draft.again(data)  # they have both texts before them now
            raise
        return _("It is saved, as written by %(worker)s with %(person)s.") % {
            "worker": request.user,
            "person": name,
        }, page.back.href

    return ask(
        request,
        draft,
        page,
        act,
        template="careplans/meeting_area.jinja",
        area=presenter,
        plan=plan,
    )


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def safety(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The safety plan: six steps in the person's own words, and who can be reached."""
    plan = visible_plan(request, plan_id)
    if not part(request, plan).safety:
        raise Http404
    may_write = policy.may_write(request.user)
    presenter = SafetyPage(
        plan,
        open_content(request, plan),
        heading=heading(plan),
        around=around(request, plan, may_write=may_write),
        contacts=crisis_contacts_of(plan.person),
        may_write=may_write,
        looked_on=looked_on(plan),
        today=timezone.localdate(),
    )
    return render(request, "careplans/safety.jinja", {"person": presenter})


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def person_safety(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The safety plan of a person, one click from wherever somebody is rung about them."""
    found = visible_person(request, person_id)
    plan = policy.plan_of(request.user, found)
    if plan is None or not part(request, plan).safety:
        return redirect("careplans:person", found.pk)
    return redirect("careplans:safety", plan.pk)
