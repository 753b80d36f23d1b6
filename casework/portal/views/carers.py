"""The person lets family, friends and carers in, changes what they see, and takes it away."""

from __future__ import annotations

import datetime as dt
import time
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import SealedNote
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal import carers
from casework.portal.access import own_page
from casework.portal.carer_forms import AloneForm, LetInForm
from casework.portal.models import CarerAccess, PortalAccount
from casework.portal.pages import show
from casework.portal.presenters import CarerLine

ALONE = "portal_alone"  # its place in the session: when they said so, and for what


def _back() -> Link:
    return Link(_("Family and carers"), reverse("portal:carers"))


def _alone(request: HttpRequest) -> dt.datetime | None:
    """When the person said that they are alone and safe, if that was just now."""
    said = request.session.get(ALONE, 0)
    if not said or time.time() - said > carers.ALONE_FOR:
        return None
    return dt.datetime.fromtimestamp(said, dt.UTC)


def _hidden(me: PortalAccount) -> bool:
    return SealedNote.Area.PEOPLE in me.kept_back


@own_page
@http_methods(read=["GET"])
def let_in_list(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Whom I let in, what they see and until when."""
    rows = [] if _hidden(me) else me.person.carer_accesses.standing().select_related("carer")
    names = dict(carers.choices(me.person))
    today = timezone.localdate()
    lines = [CarerLine(row, carers.scope_words(row, names), today) for row in rows]
    return show(request, "portal/carers.jinja", carers=lines)


@own_page
@http_methods(read=["GET"], write=["POST"])
def alone(request: HttpRequest, me: PortalAccount, access_id: UUID | None = None) -> HttpResponse:
    """Before anybody is let in: a moment to say whether that is safe."""
    if access_id is not None:
        _access(me, access_id)
    form = AloneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["alone"] == "yes":
            request.session[ALONE] = int(time.time())
            if access_id is not None:
                return redirect("portal:carer_change", access_id)
            return redirect("portal:carer_add")
        request.session.pop(ALONE, None)
        messages.info(request, _("Nothing was changed. You can do this at any time, or never."))
        return redirect("portal:home")
    return show(request, "portal/carer_alone.jinja", form=form, back=_back())


def _access(me: PortalAccount, access_id: UUID) -> CarerAccess:
    if _hidden(me):
        raise Http404
    return get_object_or_404(me.person.carer_accesses.standing(), pk=access_id)


@own_page
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Let somebody in. Their code is shown this once."""
    said = _alone(request)
    if said is None:
        return redirect("portal:carer_alone")
    form = LetInForm(request.POST or None, choices=carers.choices(me.person))
    if request.method == "POST" and form.is_valid():
        try:
            access, code = carers.let_in(person=me.person, alone_at=said, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            request.session.pop(ALONE, None)
            return show(
                request,
                "portal/carer_code.jinja",
                access=access,
                code=code,
                start=request.build_absolute_uri(reverse("portal:carer_start")),
            )
    page = FormPage(
        _("Let somebody in"),
        _("Let them in"),
        _back(),
        (_("They get a page of their own. It shows what you tick here, and nothing else."),),
    )
    return show(request, "portal/carer_form.jinja", form=form, page=page)


@own_page
@http_methods(read=["GET"], write=["POST"])
def change(request: HttpRequest, me: PortalAccount, access_id: UUID) -> HttpResponse:
    """Let somebody see more or less, or for another time."""
    access = _access(me, access_id)
    said = _alone(request)
    if said is None:
        return redirect("portal:carer_alone_for", access.pk)
    form = LetInForm(request.POST or None, choices=carers.choices(me.person), access=access)
    if request.method == "POST" and form.is_valid():
        try:
            carers.choose(access=access, alone_at=said, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            request.session.pop(ALONE, None)
            messages.success(request, _("It counts from now on. Nobody tells them."))
            return redirect("portal:carers")
    page = FormPage(_("What %(name)s sees") % {"name": access.name}, _("Save"), _back())
    return show(request, "portal/carer_form.jinja", form=form, page=page)


@own_page
@http_methods(write=["POST"])
def take_away(request: HttpRequest, me: PortalAccount, access_id: UUID) -> HttpResponse:
    """They see nothing any more, and nobody tells them."""
    access = _access(me, access_id)
    carers.take_away(access=access)
    messages.success(
        request, _("%(name)s sees nothing now. Nobody tells them.") % {"name": access.name}
    )
    return redirect("portal:carers")
