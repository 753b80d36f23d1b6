"""A person reads their own referrals, adds to them, stops them, and comes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.drafts import DraftForm
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.common.presenters import short_date
from casework.portal import services as portal
from casework.portal.access import own_page, own_page_with_help
from casework.portal.models import ChangeRequest, PortalAccount
from casework.portal.pages import ask, show
from referrals import own, self_referral, services
from referrals.actors import Actor
from referrals.asking.services import correct
from referrals.models import Correction, Referral
from referrals.own_forms import (
    OwnComeBackForm,
    OwnCorrectionForm,
    OwnQuestionForm,
    OwnSelfReferralForm,
    OwnWithdrawForm,
)
from referrals.table import OPEN, State


def _actor(me: PortalAccount) -> Actor:
    return Actor(person_id=me.person_id)


def _referral(me: PortalAccount, referral_id: UUID) -> Referral:
    found = next((one for one in own.mine(me.person) if one.pk == referral_id), None)
    if found is None:
        raise Http404
    return found


def _back(referral: Referral) -> Link:
    return Link(_("This referral"), reverse("my_referrals:detail", args=[referral.pk]))


def _may_stop(referral: Referral) -> bool:
    return referral.state in (State.DRAFT, *OPEN) and referral.state != State.IN_SERVICE


@own_page_with_help
@http_methods(read=["GET"])
def referrals(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """My referrals, one line each."""
    told = own.tell(me, own.mine(me.person), timezone.localdate())
    return show(request, "referrals/own/list.jinja", referrals=told)


@own_page_with_help
@http_methods(read=["GET"])
def detail(request: HttpRequest, me: PortalAccount, referral_id: UUID) -> HttpResponse:
    """One referral: where it is, the way so far, and what I can do."""
    found = _referral(me, referral_id)
    today = timezone.localdate()
    return show(
        request,
        "referrals/own/detail.jinja",
        referral=found,
        told=own.tell(me, [found], today)[0],
        way=own.way(me, found, today),
        corrections=own.corrections(found),
        may_add=found.state in (State.DRAFT, *OPEN),
        may_stop=_may_stop(found),
        may_come_back=found.state == State.CLOSED and found.within_come_back(today),
        alone=me.helper is None,
        intensity=own.intensity_words(found),
        meanwhile=own.meanwhile_words(found),
    )


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def question(request: HttpRequest, me: PortalAccount, referral_id: UUID) -> HttpResponse:
    """I want to know what is happening with it. Somebody owes an answer by a day."""
    found = _referral(me, referral_id)
    draft = DraftForm(request, f"my-referral:{found.pk}:question", OwnQuestionForm)
    told = own.tell(me, [found], timezone.localdate())[0]
    page = FormPage(_("Ask about it"), _("Send"), _back(found), (told.title,))

    def act(form: Any) -> tuple[str, str]:
        row = portal.ask(
            person=me.person,
            about=ChangeRequest.About.REFERRAL,
            subject=told.title[:160],
            words=form.cleaned_data["words"],
            with_worker=me.helper,
        )
        done = _("Sent. Your team owes you an answer by %(day)s.") % {
            "day": short_date(row.answer_by)
        }
        return done, page.back.href

    return ask(request, draft, page, act)


@own_page
@http_methods(read=["GET"])
def services_to_ask(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Services that I can ask myself, with honest waits."""
    found = self_referral.open_to(me.person, timezone.localdate())
    return show(
        request,
        "referrals/own/services.jinja",
        offers=[own.OwnOffer(offer, choice) for offer, choice in found],
    )


@own_page
@http_methods(read=["GET"], write=["POST"])
def ask_service(request: HttpRequest, me: PortalAccount, offer_id: UUID) -> HttpResponse:
    """Ask a service myself."""
    today = timezone.localdate()
    pairs = self_referral.open_to(me.person, today)
    offer = next((one for one, _choice in pairs if one.pk == offer_id), None)
    if offer is None:
        raise Http404
    back = Link(_("Ask a service myself"), reverse("my_referrals:services"))
    draft = DraftForm(request, f"my-referral:service:{offer.pk}", OwnSelfReferralForm)
    page = FormPage(
        offer.name,
        _("Send it"),
        back,
        (
            _("It goes to %(team)s. They read what you write here.") % {"team": offer.team},
            _("You see under “My referrals” where it is and who has it. You can stop it there."),
        ),
    )

    def act(form: Any) -> tuple[str, str]:
        row = self_referral.ask(person=me.person, offer=offer, **form.cleaned_data)
        return _("It is sent."), reverse("my_referrals:detail", args=[row.pk])

    return ask(request, draft, page, act)


@own_page_with_help
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest, me: PortalAccount, referral_id: UUID) -> HttpResponse:
    """Add something, or say what is not so."""
    found = _referral(me, referral_id)
    if found.state not in (State.DRAFT, *OPEN):
        raise Http404
    draft = DraftForm(request, f"my-referral:{found.pk}:add", OwnCorrectionForm)
    page = FormPage(
        _("Add or put right"),
        _("Save"),
        _back(found),
        (_("Your words stay, whatever is answered. Both teams read them."),),
    )

    def act(form: Any) -> tuple[str, str]:
        correct(
            referral=found,
            by=_actor(me),
            told=Correction.Told.WROTE if me.helper is None else Correction.Told.SAID,
            noted_by=me.helper,
            **form.cleaned_data,
        )
        return _("Your words are kept, and both teams read them."), page.back.href

    return ask(request, draft, page, act)


@own_page
@http_methods(read=["GET"], write=["POST"])
def stop(request: HttpRequest, me: PortalAccount, referral_id: UUID) -> HttpResponse:
    """I do not want to go ahead."""
    found = _referral(me, referral_id)
    if not _may_stop(found):
        raise Http404
    draft = DraftForm(request, f"my-referral:{found.pk}:stop", OwnWithdrawForm)
    page = FormPage(
        _("I do not want to go ahead"),
        _("Stop it"),
        _back(found),
        (_("It ends now. The help that you have stays, and you can ask again at any time."),),
    )

    def act(form: Any) -> tuple[str, str]:
        data = form.cleaned_data
        services.withdraw(
            referral=found,
            by=_actor(me),
            asked_by="person",
            reason=data["reason"] or _("They gave no reason, and need none."),
            instead=data["instead"] or _("Their worker asks them what would help instead."),
            seen_version=found.version,
        )
        return _("It is stopped."), page.back.href

    return ask(request, draft, page, act)


@own_page
@http_methods(read=["GET"], write=["POST"])
def come_back(request: HttpRequest, me: PortalAccount, referral_id: UUID) -> HttpResponse:
    """I want to come back, without being referred again."""
    found = _referral(me, referral_id)
    if found.state != State.CLOSED or not found.within_come_back(timezone.localdate()):
        raise Http404
    draft = DraftForm(request, f"my-referral:{found.pk}:back", OwnComeBackForm)
    page = FormPage(
        _("Come back"),
        _("I want to come back"),
        _back(found),
        (_("Nobody decides about you again. The team names a worker for you."),),
    )

    def act(form: Any) -> tuple[str, str]:
        services.reopen(
            referral=found,
            by=_actor(me),
            note=form.cleaned_data["note"],
            seen_version=found.version,
        )
        return _("You are back. The team names a worker for you."), page.back.href

    return ask(request, draft, page, act)
