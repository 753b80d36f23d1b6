"""A crisis visit at two in the morning."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases.diary import rows
from casework.cases.diary.company import Company
from casework.cases.diary.forms import CrisisForm, crisis_answers
from casework.cases.diary.presenters import FormPage, Tonight, person_link
from casework.cases.diary.views.common import forget, person_of
from casework.cases.services import entries
from casework.common.errors import Refusal
from casework.common.http import http_methods


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def crisis(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What happened, what helped, and who comes next. The key worker stays who they are."""
    person = person_of(request, person_id)
    now = timezone.now()
    today = timezone.localtime(now).date()
    company = Company(request.user, person, today=today)
    initial = crisis_answers(company, now=now) if request.method == "GET" else {}
    draft = DraftForm(
        request,
        f"crisis:{person.pk}",
        CrisisForm,
        company=company,
        today=today,
        initial=initial,
    )
    if draft.is_valid():
        data = draft.form.cleaned_data
        try:
            contact = entries.record(
                person=person,
                workers=data["workers"],
                date=data["date"],
                time=data["time"],
                team=draft.form.team,
                by=request.user,
                entry=draft.form.entry,
            )
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            forget(request, draft)
            messages.success(request, _("The visit is recorded. Who comes next is below."))
            return redirect("diary:contact", contact_id=contact.pk)
    page = FormPage(
        heading=_("Crisis visit: %(name)s") % {"name": person.display_name},
        submit=_("Save the visit"),
        back=person_link(person),
        beside=Tonight(
            person,
            person.adjustments.all(),
            known=company.known,
            following=rows.next_booked(person, today),
            holder=rows.holder_of(person),
            on=today,
        ),
    )
    return render(request, "diary/crisis.jinja", {"form": draft.form, "draft": draft, "page": page})
