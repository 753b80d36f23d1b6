"""Adjustments, ways to reach somebody, and who they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases.about import IdentityPresenter
from casework.cases.around import around
from casework.cases.models import IdentityStatement, Person
from casework.cases.profile import policy
from casework.cases.profile.forms import AdjustmentForm, ChannelsForm, StatementForm
from casework.cases.profile.presenters import ProfilePage
from casework.cases.profile.views.shared import ask, heading, note, profile_link, visible_person
from casework.cases.record_links import record_links_for
from casework.cases.services import profile
from casework.common.http import http_methods
from casework.common.pages import FormPage


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """All that is written down about who a person is, and where to change it."""
    person = visible_person(request, person_id)
    found = around(person, timezone.localdate())
    presenter = ProfilePage(
        person,
        heading=heading(person),
        adjustments=found.adjustments,
        preferences=found.channels,
        identity=IdentityPresenter(policy.told(request.user, found)),
        may_edit=accounts.may(request.user, Permission.EDIT_PEOPLE),
        other_changes=record_links_for(person, request.user),  # type: ignore[arg-type]
    )
    return render(request, "profile/edit.jinja", {"person": presenter})


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def channels(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """How a person may be reached, and where a message is safe."""
    person = visible_person(request, person_id)
    rows = {one.channel: one for one in person.contact_preferences.all()}
    form = ChannelsForm(request.POST or None, preferences=rows)
    page = FormPage(
        heading=_("How to reach %(name)s") % {"name": person.display_name},
        intro=(
            _("Ask who else sees or hears what arrives there: a partner, parents, children."),
            _("Reminders go only to a channel where it is safe to leave a message."),
        ),
        submit=_("Save"),
        back=profile_link(person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        profile.set_contact_preferences(
            person=person,
            channels=form.channels,
            by=request.user,  # type: ignore[arg-type]
        )
        return _("The ways to reach them are saved."), profile_link(person).href

    return ask(request, form, page, act)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def add_adjustment(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Something more that helps."""
    person = visible_person(request, person_id)
    form = AdjustmentForm(request.POST or None)
    page = FormPage(
        heading=_("What helps %(name)s") % {"name": person.display_name},
        submit=_("Save"),
        back=profile_link(person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        profile.add_adjustment(person=person, by=request.user, **data)  # type: ignore[arg-type]
        return _("It is saved."), profile_link(person).href

    return ask(request, form, page, act)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def adjustment(request: HttpRequest, adjustment_id: UUID) -> HttpResponse:
    """Say it differently, or take it away."""
    rows = policy.visible_adjustments(request.user).select_related("person")
    found = get_object_or_404(rows, pk=adjustment_id)
    note(request, found.person)
    if request.method == "POST" and "remove" in request.POST:
        profile.remove_adjustment(adjustment=found, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("It is taken away."))
        return redirect(profile_link(found.person).href)
    form = AdjustmentForm(request.POST or None, initial={"kind": found.kind, "words": found.words})
    page = FormPage(
        heading=_("What helps %(name)s") % {"name": found.person.display_name},
        submit=_("Save"),
        back=profile_link(found.person),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        profile.change_adjustment(adjustment=found, by=request.user, **data)  # type: ignore[arg-type]
        return _("It is saved."), profile_link(found.person).href

    return ask(request, form, page, act, template="profile/part.jinja")


def _identity_page(person: Person) -> FormPage:
    return FormPage(
        heading=_("Who I am: %(name)s") % {"name": person.display_name},
        intro=(
            _("Only what they want to be written down, described as they describe it."),
            _("They choose who may see it. You may not see it any more once it is saved."),
        ),
        submit=_("Save"),
        back=profile_link(person),
    )


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def add_statement(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Something about who a person is."""
    person = visible_person(request, person_id)
    form = StatementForm(request.POST or None)

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = profile.add_statement(person=person, by=request.user, **data)  # type: ignore[arg-type]
        return _saved(made), profile_link(person).href

    return ask(request, form, _identity_page(person), act)


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Say it differently, let others see it, or take it away."""
    found = policy.statement_for(request.user, statement_id)
    if found is None:
        raise Http404
    note(request, found.person, record=found)
    if request.method == "POST" and "remove" in request.POST:
        profile.remove_statement(statement=found, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("It is taken away."))
        return redirect(profile_link(found.person).href)
    initial = {name: getattr(found, name) for name in ("aspect", "words", "visible_to")}
    form = StatementForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = profile.change_statement(statement=found, by=request.user, **data)  # type: ignore[arg-type]
        return _saved(made), profile_link(found.person).href

    page = _identity_page(found.person)
    return ask(request, form, page, act, template="profile/part.jinja")


def _saved(statement: IdentityStatement) -> str:
    return _("It is saved. It may be seen by: %(whom)s.") % {
        "whom": statement.get_visible_to_display()
    }
