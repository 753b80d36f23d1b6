"""Links for partners, as staff make, see and withdraw them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.accounts.strong import confirmed
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from referrals.models import Referral, ReplyLink
from referrals.paths import lookups
from referrals.paths.forms import NEW, LinkForm
from referrals.paths.presenters import LinkPage, LinksPage
from referrals.paths.views.shared import ask, heading, note, visible_referral
from referrals.services import reply_links


def _back(referral: Referral) -> Link:
    return Link(_("Reply links"), reverse("paths:reply_link", args=[referral.pk]))


@requires(Permission.REFER)
@http_methods(read=["GET"])
def link_list(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The links of one referral, and what became of each."""
    referral = visible_referral(request, referral_id)
    presenter = LinksPage(
        referral,
        lookups.links_of(referral),
        heading=heading(referral.person),
        now=timezone.now(),
        may=reply_links.may_make(request.user, referral),  # type: ignore[arg-type]
    )
    return render(request, "paths/links.jinja", {"person": presenter})


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def make(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Send a partner a link."""
    referral = visible_referral(request, referral_id)
    if not reply_links.may_make(request.user, referral):  # type: ignore[arg-type]
        raise PermissionDenied
    purpose = reply_links.purpose_now(referral)
    if not purpose:
        messages.error(request, _("Nothing waits for a partner at present."))
        return redirect(_back(referral).href)
    question = lookups.open_question(referral) if purpose == ReplyLink.Purpose.ANSWER else None
    team = reply_links.team_asked(referral, question)
    form = LinkForm(request.POST or None, team=team, addresses=lookups.addresses(team))
    names = {
        "purpose": ReplyLink.Purpose(purpose).label,
        "name": referral.person.display_name,
        "who": team or (question.who if question else ""),
    }
    page = FormPage(
        heading=_("Send a reply link about %(name)s") % names,
        intro=(
            _("%(who)s has no account here. With the link they can do one thing: %(purpose)s.")
            % names,
            _("You will get a code. Say it to them by phone, and do not write it in an e-mail."),
        ),
        submit=_("Send the link"),
        back=_back(referral),
    )

    def act(data: dict[str, Any]) -> tuple[str, str]:
        made = reply_links.send_link(
            referral=referral,
            by=request.user,  # type: ignore[arg-type]
            address_id=None if data["address"] == NEW else UUID(data["address"]),
            team=data["team"],
            email=data["email"] or "",
            how=data["how"] or "",
            told_words=data["told_words"],
            days=int(data["days"]),
        )
        href = reverse("paths:link", args=[made.pk])
        return _("The link is on its way. Now ring them and say the code."), href

    return ask(request, form, page, act)


def _visible_link(request: HttpRequest, link_id: UUID) -> ReplyLink:
    rows = ReplyLink.objects.visible_to(request.user).select_related(
        "address__team",
        "made_by",
        "revoked_by",
        "question",
        "referral__person__provider",
        "referral__team",
        "referral__sender_team",
    )
    found = get_object_or_404(rows, pk=link_id)
    note(request, found.referral.person)
    return found


@requires(Permission.REFER)
@http_methods(read=["GET"])
def link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """One link: the code to say by phone, and every use."""
    found = _visible_link(request, link_id)
    presenter = LinkPage(
        found,
        heading=heading(found.referral.person),
        now=timezone.now(),
        may=reply_links.may_make(request.user, found.referral),  # type: ignore[arg-type]
    )
    return render(request, "paths/link.jinja", {"person": presenter})


@requires(Permission.REFER)
@http_methods(write=["POST"])
def withdraw(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """The link works no more."""
    found = _visible_link(request, link_id)
    try:
        reply_links.withdraw_link(link=found, by=request.user)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The link is withdrawn. It works no more."))
    return redirect(reverse("paths:link", args=[found.pk]))


@requires(Permission.REFER)
@http_methods(read=["GET"], write=["POST"])
def end_address(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """The address is not the partner's any more: every link that went there stops."""
    found = _visible_link(request, link_id)
    if not reply_links.may_make(request.user, found.referral):
        raise PermissionDenied
    if request.method == "POST":
        try:
            reply_links.end_address(address=found.address, by=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("The address is not used any more. Its links have ended."))
        return redirect(reverse("paths:link", args=[found.pk]))
    page = FormPage(
        heading=_("This address is not theirs any more"),
        intro=(
            _("Every link that was sent to %(email)s stops at once, for all people.")
            % {"email": found.address.email},
        ),
        submit=_("Stop using this address"),
        back=Link(_("Reply link"), reverse("paths:link", args=[found.pk])),
        is_warning=True,
    )
    return render(request, "team_work/confirm.jinja", {"page": page})
