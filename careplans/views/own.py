"""A person reads and writes their own plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import policy, services
from careplans.content import content_of
from careplans.crisis import crisis_contacts_of
from careplans.errors import Stale, Unread
from careplans.forms import (
    AnswerForm,
    LineForm,
    RankForm,
    RateForm,
    ReportForm,
    ScoreForm,
    asking_again,
    just_asked,
    read_again,
    which_words,
)
from careplans.kinds import KINDS, SAFETY, Kind, LineKind, Voice
from careplans.models import AreaOfLife, Line, Plan, Proposal
from careplans.own import (
    GOALS,
    OwnPlan,
    OwnVersion,
    add_links,
    changed_words,
    proposed_words,
    story_of,
)
from careplans.own_forms import OwnAnswerForm, OwnCommentForm, OwnReviewForm
from careplans.presenters import here_words
from careplans.reading import (
    answers_to,
    changes_since,
    last_change,
    own_plan,
    removal_of,
)
from careplans.table import FINAL, State
from careplans.voices import Role, Way, may_answer, way
from careplans.writers import Writer
from casework.accounts.drafts import DraftForm
from casework.cases.models import SealedNote
from casework.cases.profile.views.words import Rewritable
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal.access import own_page, own_page_with_help
from casework.portal.models import PortalAccount
from casework.portal.pages import ask, show


def _plan_or_404(me: PortalAccount) -> Plan:
    found = own_plan(me)
    if found is None:
        raise Http404
    return found


def _line(me: PortalAccount, line_id: UUID) -> Line:
    plan = _plan_or_404(me)
    return get_object_or_404(
        plan.lines.filter(removed=False).select_related("plan__person", "area", "by"), pk=line_id
    )


def _area(plan: Plan, code: str) -> AreaOfLife:
    found = policy.area_of(plan, code)
    if found is None:
        raise Http404
    return found


def own_writer(me: PortalAccount) -> Writer:
    """The person themselves; or the worker who sits beside them, and it says so."""
    if me.helper is not None:
        return Writer(user=me.helper, together=True)
    return Writer(person_id=me.person_id)


def _role(me: PortalAccount) -> Role:
    return Role.TOGETHER if me.helper is not None else Role.PERSON


def _plan_link() -> Link:
    return Link(_("My plan"), reverse("my_plan:plan"))


def _place(area: AreaOfLife | None, kind: str = "") -> Link:
    if area is not None:
        return Link(area.name, reverse("my_plan:area", args=[area.code]))
    if kind in SAFETY:
        return Link(_("My safety plan"), reverse("my_plan:safety"))
    return _plan_link()


def _read(plan: Plan) -> OwnPlan:
    versions = list(plan.versions.select_related("by").defer("content").order_by("-number"))
    latest = versions[0] if versions else None
    return OwnPlan(
        plan,
        content_of(plan),
        comments=list(plan.comments.select_related("by").order_by("created_at", "pk")),
        proposals=list(
            plan.proposals.filter(outcome__in=["open", "talking"])
            .select_related("by")
            .order_by("created_at", "pk")
        ),
        versions=versions,
        answers=answers_to(latest),
        changed=latest is not None and last_change(plan) > latest.last_revision,
        today=timezone.localdate(),
    )


# Reading ------------------------------------------------------------------------------------------


@own_page_with_help
@http_methods(read=["GET"])
def plan(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """My plan, all of it."""
    found = own_plan(me)
    if found is None:
        kept_back = SealedNote.Area.PLAN in me.kept_back
        return show(request, "careplans/own/none.jinja", kept_back=kept_back)
    whole = _read(found)
    changed = []
    if me.helper is None:  # what the person has read is theirs to say, alone
        changed = changes_since(found, me.user, whole.content, themselves=True)
    return show(request, "careplans/own/plan.jinja", plan=whole, changed=changed_words(changed))


@own_page
@http_methods(read=["GET"], write=["POST"])
def changes(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """What others changed in my plan since I last said that I had read it."""
    found = _plan_or_404(me)
    last = last_change(found)
    if request.method == "POST":
        number = request.POST.get("number", "")
        if number.isdigit() and len(number) < 10:
            services.mark_read(plan=found, user=me.user, number=min(int(number), last))
            messages.success(request, _("You have read it up to here."))
        return redirect("my_plan:plan")
    look = found.looks.filter(user=me.user).first()
    return show(
        request,
        "careplans/own/changes.jinja",
        areas=changes_since(found, me.user, content_of(found), themselves=True),
        number=last,
        look=look,
    )


@own_page_with_help
@http_methods(write=["POST"])
def here(request: HttpRequest, me: PortalAccount) -> JsonResponse:
    """My open page says that I am there, and hears who else is. It says so by itself
    (`X-Background`), and so keeps nobody signed in."""
    found = _plan_or_404(me)
    services.here(plan=found, by=own_writer(me))
    return JsonResponse({"text": here_words(services.also_here(found, own_writer(me)))})


@own_page_with_help
@http_methods(write=["POST"])
def begin(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Begin to write a plan."""
    if SealedNote.Area.PLAN in me.kept_back:
        return redirect("my_plan:plan")
    try:
        services.start(person=me.person, by=own_writer(me))
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
    else:
        messages.success(request, _("It is begun. Write what you want, where you want."))
    return redirect("my_plan:plan")


@own_page_with_help
@http_methods(read=["GET"])
def area(request: HttpRequest, me: PortalAccount, code: str) -> HttpResponse:
    """One area of life."""
    found = _plan_or_404(me)
    whole = _read(found)
    one = whole.area_by_code(code)
    if one is None:
        raise Http404
    links = add_links(one, found, content_of(found)) if whole.live else []
    return show(request, "careplans/own/area.jinja", plan=whole, area=one, add=links)


@own_page_with_help
@http_methods(read=["GET"])
def safety(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """My safety plan, and who I can ring."""
    return show(
        request,
        "careplans/own/safety.jinja",
        plan=_read(_plan_or_404(me)),
        contacts=crisis_contacts_of(me.person),
    )


@own_page_with_help
@http_methods(read=["GET"])
def version(request: HttpRequest, me: PortalAccount, version_id: UUID) -> HttpResponse:
    """A version as it was shared, with what was new in it."""
    found = _plan_or_404(me)
    this = get_object_or_404(found.versions.select_related("by"), pk=version_id)
    before = found.versions.filter(number=this.number - 1).first()
    presenter = OwnVersion(this, before, answers_to(this))
    return show(request, "careplans/own/version.jinja", version=presenter)


# Writing ------------------------------------------------------------------------------------------


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest, me: PortalAccount, code: str, kind: str) -> HttpResponse:
    """Write something in an area of life, or propose it."""
    found = _plan_or_404(me)
    return _write(request, me, found, _about(kind, in_area=True), _area(found, code), None)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def add_whole(request: HttpRequest, me: PortalAccount, kind: str) -> HttpResponse:
    """Write something that belongs to the plan as a whole, or to the safety plan."""
    return _write(request, me, _plan_or_404(me), _about(kind, in_area=False), None, None)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def line(request: HttpRequest, me: PortalAccount, line_id: UUID) -> HttpResponse:
    """Change my words, or propose other ones."""
    found = _line(me, line_id)
    return _write(request, me, found.plan, found.about, found.area, found)


def _about(kind: str, *, in_area: bool) -> LineKind:
    about = KINDS[Kind(kind)] if kind in list(Kind) else None
    if about is None or about.in_area is not in_area:
        raise Http404
    return about


def _write(
    request: HttpRequest,
    me: PortalAccount,
    plan: Plan,
    about: LineKind,
    area: AreaOfLife | None,
    line: Line | None,
) -> HttpResponse:
    how = way(_role(me), about.voice, State(plan.state))
    if how == Way.NONE:
        raise Http404
    if line is None and about.single:
        line = plan.lines.filter(kind=about.kind, area=area).select_related("by").first()
    place = str(line.pk) if line is not None else f"{area.code if area else ''}:{about.kind}"
    draft = Rewritable(
        request,
        f"my-plan:{plan.pk}:{place}",
        LineForm,
        about=about,
        line=line,
        name=_("Me"),
        workers=policy.workers_around(plan, request.user),
        together=True,
        own=True,
    )
    title = str(about.name)
    page = FormPage(
        heading=f"{area.name}: {title[:1].lower()}{title[1:]}" if area else title,
        submit=_("Save") if how == Way.WRITE else _("Propose it"),
        back=_place(area, about.kind),
        intro=_intro(how, about_own=about.voice == Voice.PERSON),
    )
    if draft.is_valid():
        try:
            done = _save(me, plan, about, area, line, draft.form, how)
        except Stale as stale:
            draft.keep()
            if line is not None:
                line.refresh_from_db()
            again = asking_again(draft.form, stale.clashes, stale.version)
            draft.form = just_asked(draft.again(again))
            draft.form.add_error(f"keep_{stale.clashes[0].field}", stale.sentence)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(request, done)
            return redirect(page.back.href)
    there = line is not None and not line.removed and bool(line.version)
    return show(
        request,
        "careplans/own/line.jinja",
        form=draft.form,
        draft=draft,
        page=page,
        line=line if there else None,
        writes=how == Way.WRITE,
        here=here_words(services.also_here(plan, own_writer(me))),
    )


def _intro(how: Way, *, about_own: bool) -> tuple[str, ...]:
    if how == Way.WRITE and not about_own:
        return (_("You decide this together, and it is written down so."),)
    if how == Way.WRITE:
        return (_("These are your words. Nobody changes them but you."),)
    return (_("You propose it, and your team answers. Until then the plan stays as it is."),)


def _save(
    me: PortalAccount,
    plan: Plan,
    about: LineKind,
    area: AreaOfLife | None,
    line: Line | None,
    form: Any,
    how: Way,
) -> str:
    options: dict[str, Any] = {
        "plan": plan,
        "kind": about.kind,
        "values": form.values,
        "by": own_writer(me),
        "area": area,
        "line": line,
        "seen_version": form.seen_version,
    }
    if how == Way.PROPOSE:
        services.propose(**options)
        return _("It is proposed. Your team answers you.")
    services.write(keep=form.keep, **options)
    return _("It is saved.")


@own_page_with_help
@http_methods(write=["POST"])
def remove(request: HttpRequest, me: PortalAccount, line_id: UUID) -> HttpResponse:
    """Take my words away, or propose to take others away."""
    found = _line(me, line_id)
    seen = request.POST.get("seen", "")
    seen_version = int(seen) if seen.isdigit() and len(seen) < 10 else 0
    try:
        if way(_role(me), found.voice, State(found.plan.state)) == Way.WRITE:
            services.remove(line=found, by=own_writer(me), seen_version=seen_version)
            done = _("It is taken away. You can write it again.")
        else:
            services.propose(
                plan=found.plan,
                kind=Kind(found.kind),
                values={},
                by=own_writer(me),
                area=found.area,
                line=found,
                seen_version=seen_version,
                removes=True,
            )
            done = _("You proposed to take it away. Your team answers you.")
    except Refusal as refusal:
        messages.info(request, refusal.sentence)
        return redirect("my_plan:line", found.pk)
    messages.success(request, done)
    return redirect(_place(found.area, found.kind).href)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def comment(request: HttpRequest, me: PortalAccount, line_id: UUID) -> HttpResponse:
    """Say something beside a line."""
    found = _line(me, line_id)
    draft = DraftForm(request, f"my-plan:{found.plan_id}:comment:{found.pk}", OwnCommentForm)
    page = FormPage(_("Comment"), _("Save"), _place(found.area, found.kind), (found.words,))

    def act(form: Any) -> tuple[str, str]:
        services.comment(
            plan=found.plan, line=found, words=form.cleaned_data["words"], by=own_writer(me)
        )
        return _("Your comment is kept beside it."), page.back.href

    return ask(request, draft, page, act)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def rate(request: HttpRequest, me: PortalAccount, code: str) -> HttpResponse:
    """How an area of life is going for me."""
    found = _plan_or_404(me)
    one = _area(found, code)
    draft = DraftForm(request, f"my-plan:{found.pk}:rate:{code}", RateForm)
    page = FormPage(
        _("%(area)s: how is it going?") % {"area": one.name},
        _("Save"),
        _place(one),
        (_("Any one answer is enough. Nobody adds these up."),),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.rate(
            plan=found,
            area=one,
            by=own_writer(me),
            value=int(data["value"]) if data["value"] else None,
            words=data["words"],
            wants_help=data["wants_help"],
        )
        return _("It is saved. Earlier answers stay."), page.back.href

    return ask(request, draft, page, act)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def score(request: HttpRequest, me: PortalAccount, line_id: UUID) -> HttpResponse:
    """How far a goal has come for me."""
    found = _line(me, line_id)
    if found.kind not in GOALS:
        raise Http404
    draft = DraftForm(request, f"my-plan:{found.plan_id}:score:{found.pk}", ScoreForm)
    page = FormPage(_("How far has it come?"), _("Save"), _place(found.area), (found.words,))

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.score(line=found, value=int(data["value"]), words=data["words"], by=own_writer(me))
        return _("It is saved. Earlier answers stay."), page.back.href

    return ask(request, draft, page, act)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def report(request: HttpRequest, me: PortalAccount, line_id: UUID) -> HttpResponse:
    """What happened with an action."""
    found = _line(me, line_id)
    if found.kind != Kind.ACTION:
        raise Http404
    draft = DraftForm(
        request,
        f"my-plan:{found.plan_id}:report:{found.pk}",
        ReportForm,
        initial={"progress": found.progress, "what_happened": found.what_happened},
    )
    page = FormPage(
        _("What happened?"),
        _("Save"),
        _place(found.area),
        (found.words, _("If it was not done, that says nothing bad about you.")),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.report(
            line=found,
            progress=data["progress"],
            what_happened=data["what_happened"],
            by=own_writer(me),
        )
        return _("It is saved."), page.back.href

    return ask(request, draft, page, act)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def rank(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """What comes first for me."""
    found = _plan_or_404(me)
    if found.state in FINAL:
        raise Http404
    areas = list(found.areas.in_order())
    draft = DraftForm(
        request, f"my-plan:{found.pk}:rank", RankForm, areas=areas, version=found.ranked_version
    )
    page = FormPage(
        _("What comes first for me"),
        _("Save this order"),
        _plan_link(),
        (_("1 comes first. You may leave out as many as you want. “Not now” is fine too."),),
    )

    def act(form: Any) -> tuple[str, str]:
        services.rank(
            plan=found,
            first=form.first,
            not_now=form.not_now,
            by=own_writer(me),
            seen_version=form.cleaned_data.get("seen") or 0,
        )
        return _("Your order is saved."), page.back.href

    return ask(request, draft, page, act)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def proposal(request: HttpRequest, me: PortalAccount, proposal_id: UUID) -> HttpResponse:
    """Answer what somebody proposed, or take back one's own."""
    plan = _plan_or_404(me)
    found: Proposal = get_object_or_404(
        plan.proposals.filter(outcome__in=["open", "talking"]).select_related("by", "area", "line"),
        pk=proposal_id,
    )
    if found.role == Role.PERSON and me.helper is None:
        return _own_proposal(request, me, found)
    if not may_answer(
        _role(me),
        found.about.voice,
        Role(found.role),
        State(plan.state),
        asks_team=found.asks_team,
    ):
        raise Http404
    removal = removal_of(found, _("me"))
    draft = Rewritable(
        request,
        f"my-plan:proposal:{found.pk}",
        AnswerForm,
        name=_("Me"),
        ask_how=False,
        taken_away=removal.version if removal else None,
    )
    page = FormPage(
        _("%(who)s proposed something") % {"who": found.by or found.carer},
        _("Send my answer"),
        _place(found.area, found.kind),
        tuple(part for part in (str(found.about.name), found.why, _not_told(found)) if part),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        by = own_writer(me)
        if data["answer"] == "accept":
            try:
                services.accept(proposal=found, by=by, **draft.form.chosen)
            except Unread as unread:
                draft.form = just_asked(draft.again(read_again(draft.form, unread)))
                raise
            except Stale as stale:
                draft.form = just_asked(draft.again(which_words(draft.form, stale)))
                raise
        elif data["answer"] == "discuss":
            services.discuss(proposal=found, by=by, words=data["words"])
        else:
            services.decline(proposal=found, by=by, reason=data["words"])
        if found.carer:
            return _("Your answer is written down."), page.back.href
        return _("Your answer is sent."), page.back.href

    return ask(
        request,
        draft,
        page,
        act,
        template="careplans/own/proposal.jinja",
        words=proposed_words(found),
        removal=removal,
    )


@own_page_with_help
@http_methods(read=["GET"])
def proposals(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Everything that was proposed for my plan, and each answer with its reason."""
    plan = _plan_or_404(me)
    page = keyset.page(
        plan.proposals.select_related("by", "area", "line").prefetch_related("said__by"),
        order=("-created_at", "-pk"),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    here = reverse("my_plan:proposals")
    links = {
        "newer": f"{here}?before={page.before}" if page.before else "",
        "older": f"{here}?after={page.after}" if page.after else "",
        "newer_text": _("Newer"),
        "older_text": _("Older"),
    }
    name = plan.person.display_name
    return show(
        request,
        "careplans/own/proposals.jinja",
        stories=[story_of(one, name) for one in page.rows],
        links=links,
    )


def _not_told(row: Proposal) -> str:
    """Who reads the answer to somebody whom the person let in; that it is not they."""
    if not row.carer:
        return ""
    return _(
        "We do not tell %(name)s what you answer. Your team can read it. If you say yes, it stands"
        " in your plan, and whoever may see that part sees it."
    ) % {"name": row.carer}


def _own_proposal(request: HttpRequest, me: PortalAccount, found: Proposal) -> HttpResponse:
    if request.method == "POST":
        try:
            services.withdraw(proposal=found, by=own_writer(me))
        except Refusal as refusal:
            messages.info(request, refusal.sentence)
        else:
            messages.success(request, _("You took it back."))
        return redirect("my_plan:plan")
    words = proposed_words(found)
    if found.removes and found.line is not None:
        words = _("to take it away: %(words)s") % {"words": found.line.words}
    return show(request, "careplans/own/mine.jinja", words=words, proposal=found)


@own_page  # nobody beside them: only the person agrees
@http_methods(read=["GET"], write=["POST"])
def answer(request: HttpRequest, me: PortalAccount, version_id: UUID) -> HttpResponse:
    """Say what I think of the plan as it was shared."""
    plan = _plan_or_404(me)
    found = get_object_or_404(plan.versions.select_related("plan__person"), pk=version_id)
    draft = DraftForm(request, f"my-plan:answer:{found.pk}", OwnAnswerForm)
    page = FormPage(
        _("What I think of my plan"),
        _("Send my answer"),
        _plan_link(),
        (
            _("You answer for yourself. Nobody else can agree for you."),
            _("You get help whatever you say here."),
        ),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.answer_as_person(
            version=found, by=own_writer(me), answer=data["answer"], words=data["words"]
        )
        return _("Your answer is written down, in your words."), page.back.href

    return ask(
        request,
        draft,
        page,
        act,
        template="careplans/own/answer.jinja",
        version_href=reverse("my_plan:version", args=[found.pk]),
        number=found.number,
    )


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def review(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Ask to look at the plan again."""
    found = _plan_or_404(me)
    draft = DraftForm(request, f"my-plan:{found.pk}:review", OwnReviewForm)
    page = FormPage(_("Look at my plan again"), _("Ask for it"), _plan_link())

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.ask_for_review(
            plan=found, by=own_writer(me), why=data["why"], formal=data["kind"] == "formal"
        )
        return _("You asked for it. Your team reads this."), page.back.href

    return ask(request, draft, page, act)
