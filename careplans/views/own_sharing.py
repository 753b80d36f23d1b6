"""A person sees who reads what, and chooses it; a carer answers and
proposes for themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import services, sharing
from careplans.carer_parts import PROPOSES, open_areas
from careplans.kinds import Kind, Owner
from careplans.own_forms import CarerAnswerForm, CarerProposalForm, OwnSharingForm
from careplans.own_sharing import as_choices, honest, readers
from careplans.reading import answers_to, own_plan
from careplans.services.engine import last_version
from careplans.views.own import own_writer
from careplans.writers import Writer
from casework.accounts.drafts import DraftForm
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import SealedNote
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal import carers
from casework.portal.access import carer_page, own_page_with_help
from casework.portal.models import Carer, CarerAccess, PortalAccount
from casework.portal.pages import ask, show
from casework.portal.views import carer_pages


@own_page_with_help
@http_methods(read=["GET"])
def page(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Who can see what, and why."""
    found = own_plan(me)
    let_in = 0
    if SealedNote.Area.PEOPLE not in me.kept_back and me.helper is None:
        let_in = me.person.carer_accesses.on(timezone.localdate()).count()
    return show(
        request,
        "careplans/own/sharing.jinja",
        readers=readers(me.person, found, timezone.localdate()),
        honest=honest(),
        let_in=let_in,
        alone=me.helper is None,
    )


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def share_with(request: HttpRequest, me: PortalAccount, organisation_id: UUID) -> HttpResponse:
    """Choose what one organisation reads of my plan."""
    plan = own_plan(me)
    if plan is None or not plan.is_live:
        raise Http404
    place = get_object_or_404(sharing.organisations(plan), pk=organisation_id)
    areas = as_choices(plan)
    now = sharing.latest(plan).get(place.pk)
    draft = DraftForm(
        request,
        f"my-plan:{plan.pk}:readers:{place.pk}",
        OwnSharingForm,
        areas=areas,
        chosen=now.areas if now is not None else [one.code for one in areas],
        rest=[name for name in ("safety", "whole") if now is None or getattr(now, name)],
    )
    form_page = FormPage(
        _("What %(organisation)s reads") % {"organisation": place.name},
        _("Save"),
        Link(_("Sharing"), reverse("my_plan:sharing")),
        (
            _("They read what is ticked, and nothing else of your plan."),
            _("It counts at once. What they read before cannot be taken back."),
        ),
    )

    def act(form: Any) -> tuple[str, str]:
        ticked = form.cleaned_data["rest"]
        services.choose_sharing(
            plan=plan,
            organisation=place,
            by=own_writer(me),
            areas=form.cleaned_data["areas"],
            safety="safety" in ticked,
            whole="whole" in ticked,
        )
        return _("It is saved, and counts from now on."), form_page.back.href

    return ask(request, draft, form_page, act)


def _access(carer: Carer, access_id: UUID) -> CarerAccess:
    rows = carer.accesses.on(timezone.localdate()).select_related("person")
    return get_object_or_404(rows, pk=access_id)


@carer_page
@http_methods(read=["GET"], write=["POST"])
def carer_propose(request: HttpRequest, carer: Carer, access_id: UUID) -> HttpResponse:
    """Somebody whom the person let in proposes something, in their own name."""
    today, access = timezone.localdate(), _access(carer, access_id)
    plan = access.person.plans.live().select_related("person", "team").first()
    areas = open_areas(access, plan) if plan is not None else []
    if plan is None or not areas or not carers.may_do(access, PROPOSES, today):
        raise Http404
    name = {"name": access.person.display_name}
    page = FormPage(
        _("Propose something to %(name)s") % name,
        _("Propose it"),
        Link(_("Home"), reverse("portal:carer_home")),
        (
            _("It stands beside the plan in your name. %(name)s and their team read it.") % name,
            _("The plan changes only when %(name)s says yes to it.") % name,
            _("%(name)s may say no, or not answer. That says nothing about you.") % name,
        ),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        values = {"words": data["words"]}
        if data["kind"] == Kind.ACTION:
            values |= {"owner_kind": Owner.CARER.value, "owner_words": access.name}
        services.propose(
            plan=plan,
            kind=Kind(data["kind"]),
            values=values,
            by=Writer(carer=access.name),
            area=next(one for one in areas if one.code == data["area"]),
        )
        access_log.note(request, Action.CHANGE, person=access.person_id, record=access)
        return _("It is proposed."), page.back.href

    draft = DraftForm(request, f"my-plan:carer:{access.pk}", CarerProposalForm, areas=areas)
    return ask(request, draft, page, act, place=carer_pages.show)


@carer_page
@http_methods(read=["GET"], write=["POST"])
def carer_answer(request: HttpRequest, carer: Carer, access_id: UUID) -> HttpResponse:
    """Somebody whom the person let in says what they think of the plan: for themselves only."""
    today, access = timezone.localdate(), _access(carer, access_id)
    if not any(carers.may_read(access, prefix, today) for prefix in ("area:", "safety")):
        raise Http404
    plan = access.person.plans.live().select_related("person", "team").first()
    version = last_version(plan) if plan is not None else None
    if version is None:
        raise Http404
    form = CarerAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_for_oneself(
                version=version,
                by=Writer(carer=carer.name),
                party="11",
                name=carer.name,
                answer=form.cleaned_data["answer"],
                words=form.cleaned_data["words"],
                copy="portal",
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("portal:carer_home")
    mine = [one for one in answers_to(version) if one.party == "11" and one.name == carer.name]
    return carer_pages.show(
        request, "careplans/own/carer_answer.jinja", form=form, person=access.person, mine=mine
    )
