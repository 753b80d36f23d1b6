"""The life of a plan: shared, answered, used, looked at again, ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from careplans import policy, services
from careplans.forms import (
    AgreeForm,
    AuthorityForm,
    CapacityForm,
    EndForm,
    KeepForm,
    ReasonForm,
    ReviewForm,
    ShareForm,
)
from careplans.models import Agreement, Plan, Version
from careplans.services.agreeing import latest_capacity, safe_email
from careplans.views.shared import (
    Action,
    ask,
    part,
    plan_link,
    visible_plan,
    visible_version,
    writer,
)
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases.access_log import note
from casework.common.errors import Refusal
from casework.common.forms import NHSForm
from casework.common.http import http_methods
from casework.common.pages import FormPage

Party = Agreement.Party


def same_help() -> str:
    """What stands on every page about agreeing."""
    return _("Help never depends on agreeing. Saying no, or nothing, changes nothing about it.")


def _form_page(plan: Plan, heading: str, submit: str, *intro: str) -> FormPage:
    return FormPage(heading=heading, submit=submit, back=plan_link(plan), intro=intro)


def _act_of_life(
    request: HttpRequest,
    plan: Plan,
    what: str,
    form: type[NHSForm],
    page: FormPage,
    act: Callable[[dict[str, Any]], str | tuple[str, str]],
    *,
    shown: dict[str, Any] | None = None,
    **options: Any,
) -> HttpResponse:
    """One act of a plan's life: asked on a page, its words kept while they are written. `act` is
    given what was entered and returns what was done; then it goes on at the plan, or where `act`
    says. `shown` is what the page shows besides, with its own template."""

    def do(answered: Any) -> tuple[str, str]:
        done = act(dict(answered.cleaned_data))
        return done if isinstance(done, tuple) else (done, page.back.href)

    draft = DraftForm(request, f"plan:{plan.pk}:{what}", form, **options)
    return ask(request, draft, page, do, **(shown or {}))


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def share(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Make a version that everybody can read and answer."""
    plan = visible_plan(request, plan_id)
    page = _form_page(
        plan,
        _("Share this version"),
        _("Share this version"),
        _("What the plan says now becomes a version that never changes. You both go on writing."),
        same_help(),
    )

    def act(data: dict[str, Any]) -> str:
        together = data.pop("together")
        services.share(plan=plan, by=writer(request, together=together), **data)
        return _("The version is shared.")

    name = plan.person.display_name
    return _act_of_life(request, plan, "share", ShareForm, page, act, name=name)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def use(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The team goes by the plan although the person sees it differently."""
    plan = visible_plan(request, plan_id)
    page = _form_page(
        plan,
        _("Use it although we see it differently"),
        _("Use this plan"),
        _("The plan will say that you see this differently, and why. No list shows it."),
        _("Whoever leads the team is told."),
        same_help(),
    )

    def act(data: dict[str, Any]) -> str:
        services.use_without_agreement(plan=plan, by=writer(request), **data)
        return _("The plan is in use. The lead of the team has been told.")

    return _act_of_life(request, plan, "use", ReasonForm, page, act)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def review(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Ask for a look at the plan."""
    plan = visible_plan(request, plan_id)
    page = _form_page(
        plan,
        _("Look at the plan again"),
        _("Save"),
        _("At the latest after six months, and sooner whenever the person wants to."),
    )

    def act(data: dict[str, Any]) -> str:
        services.ask_for_review(
            plan=plan,
            by=writer(request, together=data["asked_by_person"]),
            why=data["why"],
            formal=data["kind"] == "formal",
        )
        return _("It is noted. The plan stands meanwhile.")

    name = plan.person.display_name
    return _act_of_life(request, plan, "review", ReviewForm, page, act, name=name)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def keep(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """You looked at the plan and it stays as it is."""
    plan = visible_plan(request, plan_id)
    page = _form_page(
        plan,
        _("We looked at the plan"),
        _("Keep the plan as it is"),
        _("If something has changed, write it and share a new version instead."),
    )

    def act(data: dict[str, Any]) -> str:
        together = data.pop("together")
        services.keep_after_review(plan=plan, by=writer(request, together=together), **data)
        return _("It is noted. The plan stands as it stood.")

    return _act_of_life(request, plan, "keep", KeepForm, page, act)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def again(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Begin a new plan from this one."""
    plan = visible_plan(request, plan_id)
    page = _form_page(
        plan,
        _("Begin a new plan"),
        _("Begin a new plan"),
        _("What this plan says is carried over. Its versions and answers stay as they are."),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        new = services.begin_again(plan=plan, by=writer(request), **data)
        return _("The new plan is begun."), plan_link(new).href

    return _act_of_life(request, plan, "again", ReasonForm, page, act)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def end(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """End a plan."""
    plan = visible_plan(request, plan_id)
    page = _form_page(
        plan,
        _("End this plan"),
        _("End this plan"),
        _("Nobody is left without a plan because they are well: check-ins are part of it."),
    )

    def act(data: dict[str, Any]) -> str:
        services.end(plan=plan, by=writer(request), **data)
        return _("The plan has ended. It stays readable.")

    return _act_of_life(request, plan, "end", EndForm, page, act)


# Who agrees ---------------------------------------------------------------------------------------


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def agree(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """What somebody says to a version."""
    version = visible_version(request, version_id)
    plan = version.plan
    name = plan.person.display_name
    page = _form_page(
        plan,
        _("An answer to version %(n)d") % {"n": version.number},
        _("Record this answer"),
        _("Only %(name)s agrees for %(name)s. A carer answers for themselves.") % {"name": name},
        same_help(),
    )

    def act(data: dict[str, Any]) -> str:
        _answer(request, version, data)
        return _("The answer is recorded.")

    shown = {
        "template": "careplans/agree.jinja",
        "version": version,
        "may_send_code": bool(safe_email(plan.person)),
    }
    return _act_of_life(
        request,
        plan,
        f"agree:{version.pk}",
        AgreeForm,
        page,
        act,
        shown=shown,
        name=name,
        authorities=policy.authorities(plan),
    )


def _answer(request: HttpRequest, version: Version, data: dict[str, Any]) -> None:
    common: dict[str, Any] = {
        "version": version,
        "by": writer(request),
        "answer": data["answer"],
        "words": data["words"],
        "copy": data["copy"],
    }
    if data["party"] == Party.TEAM:
        services.answer_for_team(**common)
    elif data["party"] != Party.PERSON:
        services.answer_for_oneself(party=data["party"], name=data["name"], **common)
    elif data["means"] == "signature":
        services.record_signature(scan=data["scan"], **common)
    elif data["means"] == "code":
        services.record_code(code=data["code"], **common)
    elif data["means"] == "authority":
        services.record_authority(
            authority=data["authority"], capacity=latest_capacity(version), **common
        )
    else:
        services.record_told(**common)


@requires(Permission.EDIT_PEOPLE)
@http_methods(write=["POST"])
def code(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Send the person a code by which they can agree."""
    version = visible_version(request, version_id)
    try:
        services.send_code(version=version, by=writer(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The code is on its way to them. It lasts for a day."))
    return redirect("careplans:agree", version.pk)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def capacity(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Whether the person can decide about this version, today."""
    version = visible_version(request, version_id)
    plan = version.plan
    page = _form_page(
        plan,
        _("Deciding about version %(n)d") % {"n": version.number},
        _("Save"),
        _("Everybody is taken to be able to decide. This is about one decision on one day."),
        _("An unusual decision is no sign that somebody cannot decide."),
    )

    def act(data: dict[str, Any]) -> str:
        services.record_capacity(version=version, by=writer(request), **data)
        return _("It is recorded, for this decision only.")

    return _act_of_life(request, plan, f"capacity:{version.pk}", CapacityForm, page, act)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def authority(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Somebody who may by law decide for the person."""
    plan = visible_plan(request, plan_id)
    page = _form_page(
        plan,
        _("Somebody with legal authority"),
        _("Save"),
        _("They decide only what the document covers, and only where the person cannot."),
    )

    def act(data: dict[str, Any]) -> str:
        data.pop("seen")
        services.record_legal_authority(person=plan.person, by=request.user, **data)  # type: ignore[arg-type]
        return _("It is recorded.")

    return _act_of_life(request, plan, "authority", AuthorityForm, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def scan(request: HttpRequest, agreement_id: UUID) -> FileResponse:
    """The signed page of an answer."""
    rows = policy.signed(request.user).select_related(
        "version__plan__person", "version__plan__team"
    )
    found: Any = get_object_or_404(rows, pk=agreement_id)
    if not part(request, found.version.plan).everything:  # the page has all of the plan on it
        raise Http404
    note(request, Action.VIEW, person=found.version.plan.person, record=found)
    return FileResponse(found.scan.open("rb"), as_attachment=True, filename=_filename(found))


def _filename(agreement: Agreement) -> str:
    ending = agreement.scan.name.rsplit(".", 1)[-1]
    return f"signed-page-version-{agreement.version.number}.{ending}"
