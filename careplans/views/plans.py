"""A plan as a whole: read, begun, put in order, compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import changes, policy, services
from careplans.content import content_of
from careplans.forms import RankForm
from careplans.models import Plan
from careplans.presenters import PlanPage, VersionPage
from careplans.reading import answers_to, changes_since, last_change
from careplans.views.shared import (
    around,
    ask,
    heading,
    open_content,
    part,
    plan_link,
    visible_plan,
    writer,
)
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases.presenters import PersonHeading
from casework.cases.profile.views.shared import visible_person
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The plan of a person; where there is none, how to begin one."""
    found = visible_person(request, person_id)
    plan = policy.plan_of(request.user, found)
    if plan is not None:
        plan.person = found
        return _page(request, plan)
    top = PersonHeading(found, today=timezone.localdate(), page="careplans:person")
    return render(
        request,
        "careplans/none.jinja",
        {
            "person": {"heading": top},
            "may_write": policy.may_write(request.user),
            "start_href": reverse("careplans:start", args=[found.pk]),
        },
    )


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One plan: this one, or an older one."""
    return _page(request, visible_plan(request, plan_id))


def _page(request: HttpRequest, plan: Plan) -> HttpResponse:
    user: Any = request.user
    may_write = policy.may_write(user)
    seen = part(request, plan)
    content = seen.of(content_of(plan))
    versions = list(plan.versions.select_related("by").defer("content").order_by("-number"))
    latest = versions[0] if versions else None
    last = last_change(plan)
    changed = last > (latest.last_revision if latest is not None else 0)
    tested = None
    if (
        latest is not None and changed and seen.everything
    ):  # the five tests are about what was shared
        tested = plan.versions.values_list("content", flat=True).get(pk=latest.pk)
    presenter = PlanPage(
        plan,
        content,
        heading=heading(plan),
        around=around(request, plan, may_write=may_write),
        versions=versions,
        answers=answers_to(latest),
        reviews=list(plan.reviews.select_related("by").order_by("-on", "-created_at")),
        older=list(plan.person.plans.exclude(pk=plan.pk).order_by("-started_on", "-pk")),
        changes=changes_since(plan, user, content, seen),
        part=seen,
        here=services.also_here(plan, user),
        may_write=may_write,
        may_decide=policy.may_decide(user),
        changed=changed,
        tested=tested,
        today=timezone.localdate(),
    )
    return render(request, "careplans/plan.jinja", {"person": presenter})


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def start(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Begin a plan."""
    found = visible_person(request, person_id)
    try:
        plan = services.start(person=found, by=writer(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The plan is begun. Write in any area, in any order."))
        return redirect("careplans:plan", plan.pk)
    return redirect("careplans:person", found.pk)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def rank(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """What comes first for the person; they say so, and "not now" is an answer."""
    found = visible_plan(request, plan_id)
    areas = list(found.areas.in_order())
    name = found.person.display_name
    draft = DraftForm(
        request,
        f"plan:{found.pk}:rank",
        RankForm,
        areas=areas,
        version=found.ranked_version,
    )
    page = FormPage(
        heading=_("What comes first for %(name)s") % {"name": name},
        intro=(
            _("Do this with %(name)s: only they can say. Every area weighs the same.")
            % {"name": name},
            _("An area may stay without a place, and “not now” is an answer."),
        ),
        submit=_("Save this order"),
        back=plan_link(found),
    )

    def act(form: Any) -> tuple[str, str]:
        services.rank(
            plan=found,
            first=form.first,
            not_now=form.not_now,
            by=writer(request, together=True),
            seen_version=form.cleaned_data.get("seen") or 0,
        )
        return _("The order is saved."), plan_link(found).href

    return ask(request, draft, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def changed(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """What has changed since the reader last looked, by area; they say when they have read it."""
    found = visible_plan(request, plan_id)
    user: Any = request.user
    if request.method == "POST":
        number = request.POST.get("number", "")
        if number.isdigit() and len(number) < 10:
            services.mark_read(plan=found, user=user, number=min(int(number), last_change(found)))
            messages.success(request, _("Noted: you have read everything up to here."))
        return redirect("careplans:plan", found.pk)
    content = open_content(request, found)
    return render(
        request,
        "careplans/changes.jinja",
        {
            "person": {"heading": heading(found)},
            "areas": changes_since(found, user, content, part(request, found), own=True),
            "number": last_change(found),
            "plan_href": plan_link(found).href,
            "look": found.looks.filter(user=user).first(),
        },
    )


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def version(request: HttpRequest, plan_id: UUID, number: int) -> HttpResponse:
    """A version as it was shared, with what was new in it and who agreed."""
    found = visible_plan(request, plan_id)
    rows = list(
        found.versions.select_related("by")
        .filter(number__in=[number - 1, number])
        .order_by("-number")
    )
    if not rows or rows[0].number != number:
        raise Http404
    this = rows[0]
    this.plan = found
    seen = part(request, found)
    content = seen.of(this.content)
    before = seen.of(rows[1].content) if len(rows) > 1 else None
    presenter = VersionPage(
        this,
        content,
        why=this.why if seen.everything else "",
        heading=heading(found),
        answers=answers_to(this),
        changes=changes.between(before, content) if before is not None else [],
        may_decide=policy.may_decide(request.user) and found.is_live,
        latest=not found.versions.filter(number__gt=number).exists(),
        everything=seen.everything,
        reviews_held=found.reviews.filter(held_on__gte=this.on).count(),
    )
    return render(request, "careplans/version.jinja", {"person": presenter})
