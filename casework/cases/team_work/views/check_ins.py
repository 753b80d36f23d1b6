"""Staying in touch while things go well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases.models import CheckIn
from casework.cases.services import check_ins
from casework.cases.team_work import policy
from casework.cases.team_work.forms import CheckInEndForm, CheckInForm
from casework.cases.team_work.known import known_to
from casework.cases.team_work.views.shared import ask, company_link, note, visible_person
from casework.common.http import http_methods
from casework.common.pages import FormPage


def _check_in(request: HttpRequest, check_in_id: UUID) -> CheckIn:
    rows = CheckIn.objects.visible_to(request.user).filter(ended_on__isnull=True)
    found = get_object_or_404(rows.select_related("person", "worker"), pk=check_in_id)
    note(request, found.person)
    return found


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def agree(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Agree check-ins with a person."""
    person = visible_person(request, person_id)
    form = CheckInForm(
        request.POST or None,
        known=known_to(person),
        colleagues=policy.colleagues(request.user, person),
    )
    page = FormPage(
        heading=_("Agree check-ins with %(name)s") % {"name": person.display_name},
        intro=(
            _(
                "Somebody they know asks how things are, every few weeks, also while things go"
                " well. The next date moves on whenever that worker meets them."
            ),
        ),
        submit=_("Save what you agreed"),
        back=company_link(person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        check_ins.agree(
            person=person,
            worker=data["chosen"],
            by=request.user,  # type: ignore[arg-type]
            **{
                name: data[name]
                for name in ("medium", "every_weeks", "next_on", "agreed_on", "words")
            },
        )
        return _("Check-ins are agreed."), company_link(person).href

    return ask(request, form, page, act)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def change(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """Agree something else."""
    found = _check_in(request, check_in_id)
    form = CheckInForm(
        request.POST or None, colleagues=policy.colleagues(request.user), check_in=found
    )
    page = FormPage(
        heading=_("Change check-ins with %(worker)s") % {"worker": found.worker},
        submit=_("Save what you agreed"),
        back=company_link(found.person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        check_ins.change(check_in=found, by=request.user, **data)  # type: ignore[arg-type]
        return _("The check-ins are changed."), company_link(found.person).href

    return ask(request, form, page, act)


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def end(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """Check-ins end, perhaps because more support is wanted."""
    found = _check_in(request, check_in_id)
    form = CheckInEndForm(request.POST or None)
    page = FormPage(
        heading=_("End check-ins with %(worker)s") % {"worker": found.worker},
        submit=_("End the check-ins"),
        back=company_link(found.person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        check_ins.end(check_in=found, by=request.user, **data)  # type: ignore[arg-type]
        done = _("The check-ins have ended.")
        if data["why"] == check_ins.MORE_SUPPORT:
            done = _(
                "The check-ins have ended. %(worker)s talks with them about more support within"
                " 3 working days."
            ) % {"worker": found.worker}
        return done, company_link(found.person).href

    return ask(request, form, page, act)
