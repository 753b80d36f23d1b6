"""One act on one referral, as a form of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.drafts import TOKEN, DraftForm
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import Link
from casework.common.presenters import query_string
from referrals.errors import ChangedMeanwhile, EventRefused
from referrals.models import Referral
from referrals.work.acts import BY_EVENT, Act
from referrals.work.facts import possible
from referrals.work.fields import Asking
from referrals.work.forms import ActForm
from referrals.work.lists import Place
from referrals.work.presenters import ActPage
from referrals.work.scope import Opened, opened
from referrals.work.telling import told


@requires(Permission.SEE_PEOPLE, Permission.CORRECT_RECORDS)
@http_methods(read=["GET"], write=["POST"])
def act(request: HttpRequest, pk: UUID, event: str) -> HttpResponse:
    """Ask for what the act needs; then do it, and say who is told."""
    user: Any = request.user
    # what stands beside it is read with the row's lock, or where the form is shown again
    found = opened(user, pk) if request.method != "POST" else opened(user, pk, beside=())
    chosen = BY_EVENT.get(event)
    if chosen is None or not possible(found, event):
        raise Http404
    referral = found.referral
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=referral.person_id, record=referral)
    place = Place.read(request.GET)
    draft = DraftForm(
        request,
        f"referral.{event}:{referral.pk}",
        ActForm,
        act=chosen,
        asking=Asking(found.situation),
    )
    form: Any = draft.form
    if not draft.is_valid():
        return _page(request, chosen, found, draft, place)
    version = form.cleaned_data["version"]
    if version is None:
        version = referral.version
    try:
        done = chosen.do(referral=referral, by=user, version=version, data=form.details())
    except ChangedMeanwhile as refusal:
        _keep(draft)
        return _page(request, chosen, opened(user, pk), draft, place, changed=refusal)
    except EventRefused as refusal:
        form.refuse(refusal, referral, user)
        _keep(draft)
        status = 403 if refusal.forbidden else 200
        return _page(request, chosen, found, draft, place, status=status)
    except Refusal as refusal:
        draft.refuse(refusal)
        return _page(request, chosen, found, draft, place)
    if TOKEN in request.POST:  # a page on which words were kept; a bare button has none
        draft.discard()
    moved = done if isinstance(done, Referral) else referral
    messages.success(request, told(event, moved, user))
    return redirect(_onward(moved, place, event))


def _keep(draft: DraftForm) -> None:
    """Words that could not be sent wait for whoever wrote them; a bare button has none."""
    if draft.form.visible_fields():
        draft.keep()


def _onward(referral: Referral, place: Place | None, event: str) -> str:
    """To the referral, with the way to the next one of the list that is worked through."""
    if place is None:
        return reverse("referrals:detail", args=[referral.pk])
    return query_string(
        reverse("referrals:detail", args=[referral.pk]), **place.parameters, done=event
    )


def _page(
    request: HttpRequest,
    chosen: Act,
    found: Opened,
    draft: DraftForm,
    place: Place | None,
    *,
    changed: ChangedMeanwhile | None = None,
    status: int = 200,
) -> HttpResponse:
    referral = found.referral
    parameters = place.parameters if place is not None else {}
    href = query_string(reverse("referrals:detail", args=[referral.pk]), **parameters)
    form: Any = draft.form
    page = ActPage(chosen, found, form, back=Link(_("Back to the referral"), href), changed=changed)
    return render(
        request, "referrals/act.jinja", {"page": page, "form": form, "draft": draft}, status=status
    )
