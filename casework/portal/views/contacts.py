"""Meetings and calls, with the notes that are shared, and what the person says about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.drafts import DraftForm
from casework.cases.models import Contact, SealedNote
from casework.common import keyset
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal import services
from casework.portal.access import own_page_with_help
from casework.portal.forms import RemarkForm
from casework.portal.models import PortalAccount
from casework.portal.pages import ask, show
from casework.portal.presenters import ContactLine, pages_of
from casework.portal.talk import questions

Area = SealedNote.Area


def _contacts(me: PortalAccount) -> Any:
    """My meetings with what was written about each."""
    rows = me.person.contacts.select_related("worker", "team")
    if Area.DIARY in me.kept_back:
        rows = rows.none()
    return rows.prefetch_related("notes", "remarks__written_with")


def _line(contact: Contact, me: PortalAccount) -> ContactLine:
    return ContactLine(contact, notes=Area.NOTES not in me.kept_back)


@own_page_with_help
@http_methods(read=["GET"])
def contacts(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """My meetings and calls, the latest first."""
    rows = _contacts(me)
    page = keyset.page(
        rows,
        order=("-date", "-order_key", "-pk"),
        size=10,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return show(
        request,
        "portal/contacts.jinja",
        contacts=[_line(row, me) for row in page.rows],
        links=pages_of(request.path, page),
        is_time=questions.is_time(me, timezone.localdate()),
    )


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def remark(request: HttpRequest, me: PortalAccount, contact_id: UUID) -> HttpResponse:
    """Say something about an entry; it stays beside it."""
    contact = get_object_or_404(
        _contacts(me),
        pk=contact_id,
    )
    back = Link(_("My meetings"), reverse("portal:contacts"))
    page = FormPage(
        _("Say something about this"),
        _("Save"),
        back,
        (_("Your words stay beside what is written. Whoever reads the entry reads them too."),),
    )

    def act(form: Any) -> tuple[str, str]:
        services.remark(
            contact=contact,
            person=me.person,
            words=form.cleaned_data["words"],
            with_worker=me.helper,
        )
        return _("Your words are kept beside the entry."), back.href

    draft = DraftForm(request, f"portal:remark:{contact.pk}", RemarkForm)
    return ask(
        request, draft, page, act, template="portal/remark.jinja", contact=_line(contact, me)
    )
