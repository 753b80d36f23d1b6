"""One area, and the words in it: written, proposed, answered, commented on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import policy, services
from careplans.changes import line_words, rating_words
from careplans.charts import Point, line_chart
from careplans.errors import Stale, Unread
from careplans.forms import (
    AnswerForm,
    CommentForm,
    LineForm,
    RateForm,
    ReportForm,
    ScoreForm,
    asking_again,
    just_asked,
    read_again,
)
from careplans.kinds import KINDS, SAFETY, Kind, LineKind
from careplans.models import AreaOfLife, Comment, Line, Plan, Proposal, Revision
from careplans.presenters import (
    AT_ONE_SCREEN,
    AreaPage,
    HistoryLine,
    ProposalsPage,
    proposal_line,
    signed_line,
)
from careplans.reading import removal_of
from careplans.table import State
from careplans.views.shared import (
    area_or_404,
    around,
    ask,
    heading,
    noted,
    open_content,
    open_or_404,
    open_proposals,
    part,
    place_link,
    presence,
    visible_line,
    visible_plan,
    writer,
)
from careplans.voices import Role, Way, way
from careplans.writers import signed_words
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases.profile.views.words import Rewritable
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def area(request: HttpRequest, plan_id: UUID, code: str) -> HttpResponse:
    """One area of life."""
    plan = visible_plan(request, plan_id)
    content = open_content(request, plan)
    found = next((one for one in content["areas"] if one["code"] == code), None)
    if found is None:
        raise Http404
    may_write = policy.may_write(request.user)
    given = list(plan.ratings.filter(area__code=code).order_by("on", "created_at", "pk"))
    ratings = [
        signed_line(
            rating_words({"value": one.value, "words": one.words, "wants_help": one.wants_help}),
            one.on.isoformat(),
        )
        for one in given[-2:-21:-1]
    ]
    points = [Point(one.on, one.value, one.words) for one in given if one.value is not None]
    chart = line_chart("rating", _("How it is going"), points, 1, 7) if len(points) > 1 else None
    presenter = AreaPage(
        plan,
        found,
        heading=heading(plan),
        around=around(request, plan, may_write=may_write),
        may_write=may_write,
        ratings=ratings,
        chart=chart,
        here=services.also_here(plan, writer(request)),
        areas=content["areas"],
        today=timezone.localdate(),
    )
    return render(request, "careplans/area.jinja", {"person": presenter})


# Writing ------------------------------------------------------------------------------------------


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest, plan_id: UUID, code: str, kind: str) -> HttpResponse:
    """Write something in an area of life."""
    plan = visible_plan(request, plan_id)
    about = _about(kind, in_area=True)
    found = area_or_404(request, plan, code)
    line = None
    if about.single:
        line = plan.lines.filter(kind=kind, area=found).select_related("by").first()
    return _write(request, plan, about, found, line)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def add_to_plan(request: HttpRequest, plan_id: UUID, kind: str) -> HttpResponse:
    """Write something that belongs to the plan as a whole."""
    plan = visible_plan(request, plan_id)
    about = _about(kind, in_area=False)
    if not part(request, plan).line(kind, None):
        raise Http404
    line = plan.lines.filter(kind=kind, area=None).first() if about.single else None
    return _write(request, plan, about, None, line)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Change a line, or propose to."""
    found = visible_line(request, line_id)
    return _write(request, found.plan, found.about, found.area, found)


def _about(kind: str, *, in_area: bool) -> LineKind:
    about = KINDS[Kind(kind)] if kind in list(Kind) else None
    if about is None or about.in_area is not in_area:
        raise Http404
    return about


def _back(plan: Plan, area: AreaOfLife | None, kind: Kind) -> Link:
    if kind in SAFETY:
        return Link(_("Safety plan"), reverse("careplans:safety", args=[plan.pk]))
    return place_link(plan, area)


def _write(
    request: HttpRequest,
    plan: Plan,
    about: LineKind,
    area: AreaOfLife | None,
    line: Line | None,
) -> HttpResponse:
    """Write, or propose where the words are not the writer's alone; after a race, both texts."""
    name = plan.person.display_name
    place = str(line.pk) if line is not None else f"{area.code if area else ''}:{about.kind}"
    draft = Rewritable(
        request,
        f"plan:{plan.pk}:{place}",
        LineForm,
        about=about,
        line=line,
        name=name,
        workers=policy.workers_around(plan, request.user),
    )
    title = str(about.name)
    page = FormPage(
        heading=f"{area.name}: {title[:1].lower()}{title[1:]}" if area else title,
        submit=_("Save"),
        back=_back(plan, area, about.kind),
        intro=_intro(about, name),
    )
    if draft.is_valid():
        form: Any = draft.form
        try:
            done = _save(request, plan, about, area, line, form)
        except Stale as stale:
            draft.keep()
            _read_again(line)
            again = asking_again(form, stale.clashes, stale.version)
            draft.form = just_asked(draft.again(again))
            draft.form.add_error(f"keep_{stale.clashes[0].field}", stale.sentence)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(request, done)
            return redirect(page.back.href)
    there = line is not None and not line.removed and bool(line.version)
    return render(
        request,
        "careplans/line.jinja",
        {
            "form": draft.form,
            "draft": draft,
            "page": page,
            "line": line if there else None,
            "presence": presence(request, plan),
        },
    )


def _read_again(line: Line | None) -> None:
    if line is not None:
        line.refresh_from_db()


def _intro(about: LineKind, name: str) -> tuple[str, ...]:
    if about.voice == "person":
        return (
            _("These are the words of %(name)s. Write them as they are said.") % {"name": name},
        )
    if about.voice == "team":
        return (_("%(name)s reads this and can answer it.") % {"name": name},)
    return (_("What you both agree to write. Neither of you changes it alone."),)


def _save(
    request: HttpRequest,
    plan: Plan,
    about: LineKind,
    area: AreaOfLife | None,
    line: Line | None,
    form: Any,
) -> str:
    role = Role.TOGETHER if form.together else Role.WORKER
    if about.voice == "team":
        role = Role.WORKER
    options: dict[str, Any] = {
        "plan": plan,
        "kind": about.kind,
        "values": form.values,
        "by": writer(request, together=role == Role.TOGETHER),
        "area": area,
        "line": line,
        "seen_version": form.seen_version,
    }
    if way(role, about.voice, State(plan.state)) == Way.PROPOSE:
        services.propose(why=form.cleaned_data.get("why", ""), **options)
        return _("It is proposed. %(name)s is asked before it goes into the plan.") % {
            "name": plan.person.display_name
        }
    services.write(keep=form.keep, **options)
    return _("It is saved.")


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def remove(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Take a line away, or propose to."""
    found = visible_line(request, line_id)
    together = bool(request.POST.get("together"))
    seen = request.POST.get("seen", "")
    seen_version = int(seen) if seen.isdigit() and len(seen) < 10 else 0
    back = _back(found.plan, found.area, Kind(found.kind)).href
    role = Role.TOGETHER if together else Role.WORKER
    by = writer(request, together=together)
    try:
        if way(role, found.voice, State(found.plan.state)) == Way.PROPOSE:
            services.propose(
                plan=found.plan,
                kind=Kind(found.kind),
                values={},
                by=by,
                area=found.area,
                line=found,
                seen_version=seen_version,
                removes=True,
            )
            done = _("It is proposed to take this away.")
        else:
            services.remove(line=found, by=by, seen_version=seen_version)
            done = _("It is taken away. Its history stays.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("careplans:line", found.pk)
    messages.success(request, done)
    return redirect(back)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def rate(request: HttpRequest, plan_id: UUID, code: str) -> HttpResponse:
    """How an area is going, in the person's eyes."""
    plan = visible_plan(request, plan_id)
    found = area_or_404(request, plan, code)
    name = plan.person.display_name
    draft = DraftForm(request, f"plan:{plan.pk}:rate:{code}", RateForm)
    page = FormPage(
        heading=_("%(area)s: how is it going?") % {"area": found.name},
        intro=(_("Only %(name)s can say. Any one answer is enough.") % {"name": name},),
        submit=_("Save"),
        back=place_link(plan, found),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.rate(
            plan=plan,
            area=found,
            by=writer(request, together=True),
            value=int(data["value"]) if data["value"] else None,
            words=data["words"],
            wants_help=data["wants_help"],
        )
        return _("It is saved. Earlier answers stay."), page.back.href

    return ask(request, draft, page, act)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def score(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """How far a goal has come, in the person's eyes."""
    found = visible_line(request, line_id)
    if found.kind not in (Kind.GOAL, Kind.HOPE, Kind.LEARNING) or found.removed:
        raise Http404
    draft = DraftForm(request, f"plan:{found.plan_id}:score:{found.pk}", ScoreForm)
    page = FormPage(
        heading=_("How far has it come?"),
        intro=(
            found.words,
            _("Only %(name)s can say.") % {"name": found.plan.person.display_name},
        ),
        submit=_("Save"),
        back=place_link(found.plan, found.area),
    )

    def act(form: Any) -> tuple[str, str]:
        services.score(
            line=found,
            value=int(form.cleaned_data["value"]),
            words=form.cleaned_data["words"],
            by=writer(request, together=True),
        )
        return _("It is saved. Earlier answers stay."), page.back.href

    return ask(request, draft, page, act)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def report(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """How far an action has come and what happened."""
    found = visible_line(request, line_id)
    if found.kind != Kind.ACTION or found.removed:
        raise Http404
    draft = DraftForm(
        request,
        f"plan:{found.plan_id}:report:{found.pk}",
        ReportForm,
        initial={"progress": found.progress, "what_happened": found.what_happened},
    )
    page = FormPage(
        heading=_("What happened?"),
        intro=(found.words,),
        submit=_("Save"),
        back=place_link(found.plan, found.area),
    )

    def act(form: Any) -> tuple[str, str]:
        services.report(line=found, by=writer(request), **form.cleaned_data)
        return _("It is saved."), page.back.href

    return ask(request, draft, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def history(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Everything that a line ever said, and who wrote it."""
    found = visible_line(request, line_id)
    name = found.plan.person.display_name
    rows = found.revisions.select_related("by").order_by("-number")
    what = dict(Revision.What.choices)
    return render(
        request,
        "careplans/history.jinja",
        {
            "person": {"heading": heading(found.plan)},
            "title": found.about.name,
            "back": _back(found.plan, found.area, Kind(found.kind)),
            "lines": [
                HistoryLine(
                    str(what[row.what]).capitalize(),
                    signed_line(signed_words(row, name), row.on.isoformat()),
                    _told(row.after),
                    _told(row.before),
                )
                for row in rows
            ],
        },
    )


def _told(values: dict[str, Any]) -> str:
    """A revision's values as a line of words; a score is its number."""
    if "value" in values:
        number = _("%(n)s out of 10") % {"n": values["value"]}
        return "\n".join(part for part in (number, values.get("words", "")) if part)
    if "progress" in values:
        return line_words({"values": {}, **values})
    return line_words({"values": values}) if values else ""


# Comments and proposals ---------------------------------------------------------------------------


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def comment(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Say something beside a line."""
    found = visible_line(request, line_id)
    back = _back(found.plan, found.area, Kind(found.kind))
    return _comment(request, found.plan, found.words, back, line=found)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def comment_area(request: HttpRequest, plan_id: UUID, code: str) -> HttpResponse:
    """Say something beside an area."""
    plan = visible_plan(request, plan_id)
    found = area_or_404(request, plan, code)
    return _comment(request, plan, found.name, place_link(plan, found), area=found)


def _comment(
    request: HttpRequest, plan: Plan, beside: str, back: Link, **where: Any
) -> HttpResponse:
    key = next(iter(where.values())).pk
    draft = DraftForm(request, f"plan:{plan.pk}:comment:{key}", CommentForm)
    page = FormPage(heading=_("Comment"), intro=(beside,), submit=_("Add comment"), back=back)

    def act(form: Any) -> tuple[str, str]:
        services.comment(plan=plan, words=form.cleaned_data["words"], by=writer(request), **where)
        return _("Your comment is added."), back.href

    return ask(request, draft, page, act)


@requires(Permission.RECORD_CONTACTS)
@http_methods(write=["POST"])
def settle(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """A comment has been dealt with."""
    rows = Comment.objects.visible_to(request.user).select_related(
        "plan__person", "plan__team", "area", "line"
    )
    found: Any = get_object_or_404(rows, pk=comment_id)
    open_or_404(request, found)
    noted(request, found.plan, found)
    try:
        services.settle_comment(comment=found, by=writer(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Noted: it has been dealt with."))
    return redirect(place_link(found.plan, found.area).href)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Answer a proposal: yes, let us talk, or no and why; or take one's own back."""
    rows = Proposal.objects.visible_to(request.user).select_related(
        "plan__person__provider", "plan__team", "area", "line", "by", "answered_by"
    )
    found: Any = get_object_or_404(rows, pk=proposal_id)
    open_or_404(request, found)
    plan = found.plan
    noted(request, plan, found)
    together = request.GET.get(AT_ONE_SCREEN) == "1" and found.area is not None
    back = _back(plan, found.area, Kind(found.kind))
    if together:
        place = [plan.pk, found.area.code]
        back = Link(found.area.name, reverse("careplans:meeting_area", args=place))
    if request.method == "POST" and "withdraw" in request.POST:
        try:
            services.withdraw(proposal=found, by=writer(request))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("careplans:proposal", found.pk)
        messages.success(request, _("Your proposal is taken back."))
        return redirect(back.href)
    name = plan.person.display_name
    removal = removal_of(found, name)
    draft = Rewritable(
        request,
        f"plan:{plan.pk}:answer:{found.pk}",
        AnswerForm,
        name=name,
        ask_how=True,
        together=together,
        taken_away=removal.version if removal else None,
    )
    page = FormPage(heading=_("A proposal for the plan"), submit=_("Send this answer"), back=back)

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        by = writer(request, together=data.get("together", False))
        if data["answer"] == "accept":
            return _accept(found, by, form)
        if data["answer"] == "discuss":
            services.discuss(proposal=found, by=by, words=data["words"])
            return _("It waits until you have talked about it."), back.href
        services.decline(proposal=found, by=by, reason=data["words"])
        return _("The answer is recorded. What was proposed stays readable."), back.href

    def _accept(row: Proposal, by: Any, form: Any) -> tuple[str, str]:
        try:
            services.accept(proposal=row, by=by, **form.chosen)
        except Unread as unread:
            draft.form = just_asked(draft.again(read_again(form, unread)))
            raise
        except Stale as stale:
            if row.line is None:
                raise
            messages.warning(
                request,
                _("The plan says something else by now. Both texts are here: write what stays."),
            )
            return stale.sentence, reverse("careplans:resolve", args=[row.pk])
        if row.removes:
            return _("It is taken away. Its history stays."), back.href
        return _("It is in the plan now."), back.href

    return ask(
        request,
        draft,
        page,
        act,
        template="careplans/proposal.jinja",
        proposal=proposal_line(found, name, may_write=True),
        removal=removal,
        mine=found.by_id == request.user.pk and found.role == Role.WORKER,
        waits=found.waits,
    )


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def proposals(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Everything that was proposed, with each answer and its reason."""
    plan = visible_plan(request, plan_id)
    page = keyset.page(
        open_proposals(request, plan).prefetch_related("said__by"),
        order=("-created_at", "-pk"),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    presenter = ProposalsPage(
        plan, page, heading=heading(plan), may_write=policy.may_write(request.user)
    )
    return render(request, "careplans/proposals.jinja", {"person": presenter})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def resolve(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """A proposal and a later change meet at one place: both texts, and a clear choice."""
    rows = Proposal.objects.visible_to(request.user).select_related(
        "plan__person__provider", "plan__team", "area", "line", "by", "answered_by"
    )
    found: Any = get_object_or_404(rows, pk=proposal_id)
    open_or_404(request, found)
    plan = found.plan
    noted(request, plan, found)
    if not found.waits or found.line is None or found.removes:
        raise Http404
    name = plan.person.display_name
    draft = Rewritable(
        request,
        f"plan:{plan.pk}:resolve:{found.pk}",
        LineForm,
        about=found.about,
        line=found.line,
        name=name,
        workers=policy.workers_around(plan, request.user),
        values=found.values,
    )
    page = FormPage(
        heading=_("Two texts for one place"),
        intro=(
            _("The box holds what was proposed. Write there what stays."),
            _("The plan says now: %(words)s") % {"words": found.line.words},
        ),
        submit=_("Put this into the plan"),
        back=_back(plan, found.area, Kind(found.kind)),
    )

    def act(form: Any) -> tuple[str, str]:
        services.accept(
            proposal=found,
            by=writer(request, together=form.together),
            values=form.values,
            seen_version=form.seen_version,
        )
        return _("It is in the plan now."), page.back.href

    return ask(request, draft, page, act)
