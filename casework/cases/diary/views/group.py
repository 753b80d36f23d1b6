"""One meeting with several people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.diary import rows
from casework.cases.diary.company import Company
from casework.cases.diary.forms import MOST, GroupForm, PickForm, usual_answers
from casework.cases.diary.presenters import FormPage, GroupEntry
from casework.cases.diary.views.common import forget
from casework.cases.models import Contact, Person
from casework.cases.services import entries
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import Link

SUGGESTED = 40
FOUND = 20
_GROUP = UUID("0d5b0d3c-6a53-5a0e-9d2c-1f9a4c1f7a10")  # makes one draft for one set of people


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def pick(request: HttpRequest) -> HttpResponse:
    """Who was there. A search adds to the list and keeps what is ticked."""
    posted = request.POST if request.method == "POST" else None
    ticked = _uuids(posted.getlist("people"))[: 2 * MOST] if posted else []
    words = posted.get("words", "").strip() if posted else ""
    visible = Person.objects.visible_to(request.user)
    people = list(visible.filter(pk__in=ticked).order_by("name", "pk")) if ticked else []
    seen = {person.pk for person in people}
    if words:
        found = visible.found_by(words).exclude(pk__in=seen).order_by("name", "pk")[:FOUND]
        people += found
        seen |= {person.pk for person in people}
    near = rows.people_for_group(request.user, timezone.localdate(), limit=SUGGESTED)
    people += [person for person in near if person.pk not in seen]
    form = PickForm(posted, people=people)
    if posted is not None and "find" not in posted and form.is_valid():
        chosen = form.cleaned_data["people"]
        if 2 <= len(chosen) <= MOST:
            query = urlencode([("person", pk) for pk in chosen])
            return redirect(f"{reverse('diary:group_record')}?{query}")
        form.add_error("people", _("Select from 2 to %(most)d people") % {"most": MOST})
    access_log.note(request, Action.LIST, people=people)
    page = FormPage(
        heading=_("Several people in one entry"),
        submit=_("Continue"),
        back=Link(_("My diary"), reverse("diary:mine")),
        intro=(_("Each person gets a contact of their own. Nobody sees who else was there."),),
    )
    return render(request, "diary/pick.jinja", {"form": form, "page": page, "searched": words})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"], write=["POST"])
def record(request: HttpRequest) -> HttpResponse:
    """One note for all who came, and for each person whether they came."""
    wanted = _uuids(request.GET.getlist("person"))
    if not 2 <= len(wanted) <= MOST:
        return redirect("diary:group")
    visible = Person.objects.visible_to(request.user)
    people = list(visible.filter(pk__in=wanted).order_by("name", "pk"))
    if len(people) < len(wanted):
        raise Http404
    now = timezone.now()
    today = timezone.localtime(now).date()
    company = Company(request.user, None, today=today)
    initial: dict[str, Any] = usual_answers(company, now=now) if request.method == "GET" else {}
    initial.pop("attendance", None)
    draft = DraftForm(
        request,
        f"group:{uuid5(_GROUP, ' '.join(sorted(map(str, wanted))))}",
        GroupForm,
        company=company,
        today=today,
        people=people,
        initial=initial,
    )
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    for person in people:
        access_log.note(request, action, person=person)
    if draft.is_valid():
        data = draft.form.cleaned_data
        try:
            group_id = entries.record_group(
                entries=draft.form.entries,
                workers=data["workers"],
                date=data["date"],
                time=data["time"],
                team=draft.form.team,
                by=request.user,
            )
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            forget(request, draft)
            messages.success(request, _("The contacts are recorded."))
            return redirect("diary:group_entry", group_id=group_id)
    page = FormPage(
        heading=_("Record a group"),
        submit=_("Save the contacts"),
        back=Link(_("Choose other people"), reverse("diary:group")),
    )
    return render(request, "diary/group.jinja", {"form": draft.form, "draft": draft, "page": page})


@requires(Permission.RECORD_CONTACTS)
@http_methods(read=["GET"])
def entry(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """How the entry turned out, person by person."""
    contacts = get_list_or_404(
        Contact.objects.visible_to(request.user)
        .select_related("person", "worker", "team")
        .order_by("person__name", "pk"),
        group_id=group_id,
    )
    access_log.note(request, Action.LIST, people=[one.person_id for one in contacts])
    return render(request, "diary/group_entry.jinja", {"page": GroupEntry(contacts)})
