"""Who else reads which part of a plan, and who has it open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from careplans import policy, services, sharing
from careplans.forms import SharingForm
from careplans.presenters import SharingPage, here_words
from careplans.views.shared import ask, heading, part, visible_plan, writer
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def readers(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Which organisations read the plan, and which part of it."""
    plan = visible_plan(request, plan_id)
    page = SharingPage(
        plan,
        heading=heading(plan),
        organisations=list(sharing.organisations(plan)),
        chosen=sharing.latest(plan),
        areas=[row.area for row in plan.areas.in_order()],
        may_choose=_may_choose(request, plan),
    )
    return render(request, "careplans/readers.jinja", {"person": page})


def _may_choose(request: HttpRequest, plan: Any) -> bool:
    return policy.may_write(request.user) and plan.is_live and part(request, plan).everything


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def choose(request: HttpRequest, plan_id: UUID, organisation_id: UUID) -> HttpResponse:
    """Choose with the person what one organisation reads."""
    plan = visible_plan(request, plan_id)
    organisation = get_object_or_404(sharing.organisations(plan), pk=organisation_id)
    now = sharing.latest(plan).get(organisation.pk)
    areas = [row.area for row in plan.areas.in_order()]
    every = [one.code for one in areas]
    rest = [name for name in ("safety", "whole") if now is None or getattr(now, name)]
    draft = DraftForm(
        request,
        f"plan:{plan.pk}:readers:{organisation.pk}",
        SharingForm,
        areas=areas,
        chosen=now.areas if now is not None else every,
        rest=rest,
    )
    name = plan.person.display_name
    page = FormPage(
        heading=_("What %(organisation)s reads") % {"organisation": organisation.name},
        intro=(
            _("Choose this with %(name)s: only they can. What is not ticked is closed to them.")
            % {"name": name},
        ),
        submit=_("Save this choice"),
        back=Link(_("Who reads it"), reverse("careplans:readers", args=[plan.pk])),
    )

    def act(form: Any) -> tuple[str, str]:
        ticked = form.cleaned_data["rest"]
        services.choose_sharing(
            plan=plan,
            organisation=organisation,
            by=writer(request, together=True),
            areas=form.cleaned_data["areas"],
            safety="safety" in ticked,
            whole="whole" in ticked,
        )
        return _("The choice is saved, and counts from now on."), page.back.href

    return ask(request, draft, page, act)


@requires(Permission.SEE_PEOPLE)
@http_methods(write=["POST"])
def here(request: HttpRequest, plan_id: UUID) -> JsonResponse:
    """An open page says that it is open, and hears who else is there. It says so by itself
    (`X-Background`), and so keeps no sign-in alive."""
    plan = visible_plan(request, plan_id, quietly=True)
    services.here(plan=plan, by=writer(request))
    return JsonResponse({"text": here_words(services.also_here(plan, writer(request)))})
