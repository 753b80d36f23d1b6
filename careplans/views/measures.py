"""How life goes over time: shown, answered, and the packs that a site adds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from careplans import policy, services
from careplans.forms import PackFileForm, PackForm, TotalForm
from careplans.measure_pages import MeasuresPage
from careplans.models import Measurement, Plan
from careplans.reading import scores_of
from careplans.services.measuring import read
from careplans.views.shared import ask, heading, part, visible_plan, writer
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link


def _back(plan: Plan) -> Link:
    return Link(_("How it is going over time"), reverse("careplans:measures", args=[plan.pk]))


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def measures(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Ratings, goals and measures over time."""
    plan = visible_plan(request, plan_id)
    rows: Any = Measurement.objects.visible_to(request.user)
    page = MeasuresPage(
        plan,
        heading=heading(plan),
        ratings=plan.ratings.select_related("area").order_by("on", "created_at", "pk"),
        scores=scores_of(plan),
        measurements=rows.filter(person=plan.person_id)
        .select_related("pack")
        .order_by("on", "created_at", "pk"),
        packs=policy.packs(),
        part=part(request, plan),
        may_write=policy.may_write(request.user),
    )
    return render(request, "careplans/measures.jinja", {"person": page})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def measure(request: HttpRequest, plan_id: UUID, pack_id: UUID) -> HttpResponse:
    """The questions of a pack, answered by the person with a worker beside them."""
    plan = visible_plan(request, plan_id)
    row = get_object_or_404(policy.packs(), pk=pack_id)
    draft = DraftForm(request, f"plan:{plan.pk}:measure:{row.pk}", PackForm, pack=read(row))
    name = plan.person.display_name
    page = FormPage(
        heading=row.name,
        intro=(
            _("Answer this with %(name)s: only they can. Every question may be left out.")
            % {"name": name},
            row.notice,
        ),
        submit=_("Save these answers"),
        back=_back(plan),
    )

    def act(form: Any) -> tuple[str, str]:
        services.answer_pack(
            plan=plan,
            pack=row,
            by=writer(request, together=True),
            answers=form.answers,
            wants_help=form.wants_help,
            words=form.cleaned_data["words"],
        )
        return _("The answers are saved."), page.back.href

    return ask(request, draft, page, act)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def total(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The total of a scale that was filled in elsewhere."""
    plan = visible_plan(request, plan_id)
    draft = DraftForm(request, f"plan:{plan.pk}:total", TotalForm)
    page = FormPage(
        heading=_("Write down a total"),
        intro=(
            _("For a scale that %(name)s filled in where its licence is. Only the total is kept.")
            % {"name": plan.person.display_name},
            _("A total never decides who gets help."),
        ),
        submit=_("Save this total"),
        back=_back(plan),
    )

    def act(form: Any) -> tuple[str, str]:
        services.record_total(plan=plan, by=writer(request), **form.cleaned_data)
        return _("The total is saved."), page.back.href

    return ask(request, draft, page, act)


# Packs that a site adds ---------------------------------------------------------------------------


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"])
def packs(request: HttpRequest) -> HttpResponse:
    """The measures of this site."""
    return render(request, "careplans/packs.jinja", {"packs": policy.every_pack()})


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def add_pack(request: HttpRequest) -> HttpResponse:
    """Add a measure from a file."""
    form = PackFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.add_pack(content=form.cleaned_data["file"], by=request.user)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
        else:
            messages.success(request, _("“%(name)s” is added.") % {"name": row.name})
            return redirect("plan_lists:packs")
    page = FormPage(
        heading=_("Add a measure from a file"),
        intro=(
            _("No wording comes with Alongside: its owners decide who may use it, and how."),
            _("Ask them first, and put what they say into the file as its notice."),
        ),
        submit=_("Add this measure"),
        back=Link(_("Measures"), reverse("plan_lists:packs")),
    )
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.MANAGE_DIRECTORY)
@http_methods(write=["POST"])
def use_pack(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """Use a measure, or stop using it."""
    row = get_object_or_404(policy.every_pack(), pk=pack_id)
    active = bool(request.POST.get("active"))
    services.use_pack(pack=row, by=request.user, active=active)  # type: ignore[arg-type]
    done = _("“%(name)s” is in use.") if active else _("“%(name)s” is not in use any more.")
    messages.success(request, done % {"name": row.name})
    return redirect("plan_lists:packs")
