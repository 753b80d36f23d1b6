"""A person's death closes everything at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import services as cases
from casework.common.http import http_methods
from casework.common.pages import FormPage
from referrals.paths.forms import DeathForm
from referrals.paths.views.shared import ask, person_link, visible_person


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Write down that a person has died."""
    person = visible_person(request, person_id)
    page = FormPage(
        heading=_("Record that %(name)s has died") % {"name": person.display_name},
        intro=(
            _("Everything that is open ends at once: referrals, appointments, named workers."),
            _("No message goes to them any more. The record stays readable."),
        ),
        submit=_("Record the death"),
        back=person_link(person),
        is_warning=True,
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        cases.record_death(person=person, died_on=data["died_on"], by=request.user)  # type: ignore[arg-type]
        return _("It is recorded, and everything that was open has ended."), person_link(
            person
        ).href

    return ask(request, DeathForm(request.POST or None), page, act)
