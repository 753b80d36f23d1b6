"""What the pages of a plan share: who is asking, which plan, how a form is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import policy, services, sharing
from careplans.content import Content, content_of
from careplans.kinds import KINDS, Kind
from careplans.models import AreaOfLife, Comment, Line, Plan, Proposal, Version
from careplans.presenters import Around, here_words
from careplans.sharing import Part
from careplans.writers import Writer
from casework.accounts.drafts import DraftForm
from casework.cases.access_log import note
from casework.cases.models import AccessEntry
from casework.cases.presenters import PersonHeading
from casework.common.errors import Refusal
from casework.common.pages import FormPage, Link

Action = AccessEntry.Action


def noted(request: HttpRequest, plan: Plan, record: Any = None) -> None:
    """Write down that the plan was opened, or changed."""
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    note(request, action, person=plan.person, record=record or plan)


def visible_plan(request: HttpRequest, plan_id: UUID, *, quietly: bool = False) -> Plan:
    """The plan, if the user may open the person's record today; noted in the access log unless a
    page that was noted already asks again by itself (`quietly`)."""
    rows = Plan.objects.visible_to(request.user).select_related("person__provider", "team")
    plan = get_object_or_404(rows, pk=plan_id)
    if not quietly:
        noted(request, plan)
    return plan


def visible_line(request: HttpRequest, line_id: UUID) -> Line:
    """A line of a plan that the user may read."""
    rows = Line.objects.visible_to(request.user).select_related(
        "plan__person__provider", "plan__team", "area", "by"
    )
    line: Line = get_object_or_404(rows, pk=line_id)
    open_or_404(request, line)
    noted(request, line.plan, line)
    return line


def visible_version(request: HttpRequest, version_id: UUID) -> Version:
    """A version of a plan that the user may read."""
    rows = Version.objects.visible_to(request.user).select_related(
        "plan__person__provider", "plan__team", "by"
    )
    version: Version = get_object_or_404(rows, pk=version_id)
    noted(request, version.plan, version)
    return version


def part(request: HttpRequest, plan: Plan) -> Part:
    """What of the plan is open to the reader's organisation."""
    return sharing.open_to(plan, request.user)


def open_content(request: HttpRequest, plan: Plan) -> Content:
    """What the plan says now, as far as it is open to the reader."""
    return part(request, plan).of(content_of(plan))


def open_or_404(request: HttpRequest, row: Any) -> None:
    """A line, a proposal or a comment that stands in a part which is not open is not there."""
    kind = row.line.kind if isinstance(row, Comment) and row.line else getattr(row, "kind", "")
    code = row.area.code if row.area is not None else None
    if not part(request, row.plan).line(kind, code):
        raise Http404


def area_or_404(request: HttpRequest, plan: Plan, code: str) -> AreaOfLife:
    area = policy.area_of(plan, code)
    if area is None or not part(request, plan).area(code):
        raise Http404
    return area


def heading(plan: Plan) -> PersonHeading:
    return PersonHeading(plan.person, today=timezone.localdate(), page="careplans:person")


def plan_link(plan: Plan) -> Link:
    return Link(_("The whole plan"), reverse("careplans:plan", args=[plan.pk]))


def place_link(plan: Plan, area: AreaOfLife | None) -> Link:
    """Back to the area, or to the plan."""
    if area is None:
        return plan_link(plan)
    return Link(area.name, reverse("careplans:area", args=[plan.pk, area.code]))


def writer(request: HttpRequest, together: bool = False) -> Writer:
    return Writer(user=request.user, together=together)  # type: ignore[arg-type]


def around(request: HttpRequest, plan: Plan, *, may_write: bool, together: bool = False) -> Around:
    """The comments and the waiting proposals of a plan, as far as they are open: two queries."""
    comments = plan.comments.select_related("by", "area", "line").order_by("created_at", "pk")
    proposals = (
        plan.proposals.filter(outcome__in=["open", "talking"])
        .select_related("by", "area", "line", "answered_by")
        .order_by("created_at", "pk")
    )
    seen = part(request, plan)
    return Around(
        [one for one in comments if seen.line(*_place(one, one.line and one.line.kind))],
        [one for one in proposals if seen.line(*_place(one, one.kind))],
        name=plan.person.display_name,
        may_write=may_write,
        together=together,
    )


def open_proposals(request: HttpRequest, plan: Plan) -> QuerySet[Proposal]:
    """Every proposal of a plan, answered or not, that stands in a part open to the reader."""
    rows = plan.proposals.select_related("by", "area", "line", "answered_by")
    seen = part(request, plan)
    if seen.everything:
        return rows
    whole = [kind for kind in Kind if KINDS[kind].in_area is False and seen.line(kind, None)]
    return rows.filter(Q(area__code__in=seen.areas) | Q(area=None, kind__in=whole))


def _place(row: Any, kind: str | None) -> tuple[str, str | None]:
    return kind or "", row.area.code if row.area is not None else None


def ask(
    request: HttpRequest,
    draft: DraftForm,
    page: FormPage,
    act: Callable[[Any], tuple[str, str]],
    template: str = "careplans/write.jinja",
    plan: Plan | None = None,
    **extra: Any,
) -> HttpResponse:
    """Ask, keep what is written while it is written; then do it. `act` is given the form and
    returns what was done, in words, and where to go on. With `plan` the page says who else has
    it open."""
    if draft.is_valid():
        try:
            done, href = act(draft.form)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(request, done)
            return redirect(href)
    shown = {"form": draft.form, "draft": draft, "page": page, **extra}
    if plan is not None:
        shown["presence"] = presence(request, plan)
    return render(request, template, shown)


def presence(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """Who else has the plan open, and where this page says that it is open."""
    return {"plan": plan.pk, "text": here_words(services.also_here(plan, writer(request)))}
