"""A person's own words: About me and What happened to me. Nothing that is written is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.decorators import requires
from casework.accounts.drafts import DraftForm
from casework.accounts.roles import Permission
from casework.cases.about import about_of
from casework.cases.models import AboutMe, Person
from casework.cases.profile.forms import AboutMeForm, DetailsForm, HappenedForm, asking_again
from casework.cases.profile.presenters import MeetPage
from casework.cases.profile.views.shared import profile_link, visible_person
from casework.cases.services import profile
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage


@requires(Permission.SEE_PEOPLE)
@http_methods(read=["GET"])
def meet(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Before a first meeting: how to be with them and when you meet, and nothing else."""
    person = visible_person(request, person_id)
    booked = person.contacts.filter(attendance="0", date__gte=timezone.localdate())
    following = booked.select_related("worker", "team").order_by("date", "order_key", "pk").first()
    presenter = MeetPage(
        person,
        adjustments=list(person.adjustments.all()),
        next_contact=following,
        linked=accounts.may(request.user, Permission.RECORD_CONTACTS),
    )
    return render(request, "profile/meet.jinja", {"person": presenter})


def _write(
    request: HttpRequest,
    person: Person,
    draft: DraftForm,
    page: FormPage,
    save: Callable[[Any], Any],
    done: str,
) -> HttpResponse:
    """Save, or show both texts where somebody else saved in the meantime."""
    if draft.is_valid():
        form: Any = draft.form
        try:
            save(form)
        except profile.Stale as stale:
            draft.keep()
            data = asking_again(form, stale.clashes, stale.seen)
            draft.form = draft.again(data)
            draft.form.add_error(None, stale.sentence)
        except Refusal as refusal:
            draft.refuse(refusal)
        else:
            draft.discard()
            messages.success(request, done)
            return redirect(profile_link(person).href)
    return render(
        request, "profile/write.jinja", {"form": draft.form, "draft": draft, "page": page}
    )


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def about(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """About me, in the person's words."""
    person = visible_person(request, person_id)
    row = about_of(person) or AboutMe(person=person)
    draft = Rewritable(request, f"about:{person.pk}", AboutMeForm, row=row)
    page = FormPage(
        heading=_("About me: %(name)s") % {"name": person.display_name},
        intro=(
            _("Write this with them, in their words. All of it is optional."),
            _("Whoever meets them reads it first."),
        ),
        submit=_("Save"),
        back=profile_link(person),
    )

    def save(form: Any) -> None:
        profile.write_about_me(
            person=person,
            words=form.words,
            seen=form.started_from,
            keep=form.keep,
            how=form.cleaned_data["how"],
            by=request.user,  # type: ignore[arg-type]
        )

    return _write(request, person, draft, page, save, _("Their words are saved."))


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def happened(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What happened to them, told once. Opening it is noted by its name."""
    person = visible_person(request, person_id, reason="What happened to me")
    row = about_of(person) or AboutMe(person=person)
    draft = Rewritable(request, f"happened:{person.pk}", HappenedForm, row=row)
    page = FormPage(
        heading=_("What happened to me: %(name)s") % {"name": person.display_name},
        intro=(
            _("Nobody has to say anything here, and nobody should be asked to."),
            _(
                "It is kept unreadable in the database. Each time somebody opens it, that is"
                " written down."
            ),
        ),
        submit=_("Save"),
        back=profile_link(person),
    )

    def save(form: Any) -> None:
        profile.write_about_me(
            person=person,
            words=form.words,
            seen=form.started_from,
            keep=form.keep,
            how=form.cleaned_data["how"],
            by=request.user,  # type: ignore[arg-type]
        )

    return _write(request, person, draft, page, save, _("Their words are saved."))


@requires(Permission.EDIT_PEOPLE)
@http_methods(read=["GET"], write=["POST"])
def details(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What identifies a person and how they are reached."""
    person = visible_person(request, person_id)
    draft = Rewritable(request, f"details:{person.pk}", DetailsForm, row=person)
    intro: tuple[str, ...] = ()
    if person.provider_id is not None:
        intro = (
            _("This record came from an extract. What you change here stays when the next comes."),
        )
    page = FormPage(
        heading=_("Details: %(name)s") % {"name": person.display_name},
        intro=intro,
        submit=_("Save"),
        back=profile_link(person),
    )

    def save(form: Any) -> None:
        profile.change_details(
            person=person,
            fields=form.words,
            seen=form.started_from,
            keep=form.keep,
            by=request.user,  # type: ignore[arg-type]
        )

    return _write(request, person, draft, page, save, _("The details are saved."))


class Rewritable(DraftForm):
    """A form with a draft that can be shown again with other data than was posted."""

    def __init__(
        self, request: HttpRequest, key: str, form_class: type[Any], **options: Any
    ) -> None:
        super().__init__(request, key, form_class, **options)
        self._form_class, self._options = form_class, options

    def again(self, data: Any) -> Any:
        """The same form with this data, and no answer to what is only now asked."""
        return self._form_class(data=data, **self._options)
