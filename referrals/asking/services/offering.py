"""The directory says what teams offer, and what nobody offers."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import Person
from casework.common.errors import Refusal
from casework.directory.models import Locality, Team
from referrals.asking import policy
from referrals.asking.needs import NEEDS
from referrals.models import MissingOffer, Offer, OfferNeed


@transaction.atomic
def offer(
    *,
    team: Team,
    by: User,
    name: str,
    needs: Iterable[str],
    words: str = "",
    for_whom: str = "",
    how_to_ask: str = "",
    active: bool = True,
    self_referral: bool = False,
) -> Offer:
    """Put something that a team offers into the directory.

    Precondition: the user looks after the directory or answers for the team.
    """
    found = Offer(
        team=team,
        name=name,
        words=words,
        for_whom=for_whom,
        how_to_ask=how_to_ask,
        active=active,
        self_referral=self_referral,
    )
    return _save(found, by, needs)


@transaction.atomic
def edit_offer(
    *,
    offer: Offer,
    by: User,
    name: str,
    needs: Iterable[str],
    words: str = "",
    for_whom: str = "",
    how_to_ask: str = "",
    active: bool = True,
    self_referral: bool = False,
) -> Offer:
    """Say it differently, or that it is not there at present."""
    found = Offer.objects.select_for_update(of=("self",)).select_related("team").get(pk=offer.pk)
    found.name, found.words, found.for_whom = name, words, for_whom
    found.how_to_ask, found.active = how_to_ask, active
    found.self_referral = self_referral
    return _save(found, by, needs)


def _save(found: Offer, by: User, needs: Iterable[str]) -> Offer:
    if not policy.may_describe(by, found.team):
        raise Refusal(_("Only the team's lead and administrators say what it offers."))
    chosen = sorted({need for need in needs if need in NEEDS})
    if not chosen:
        raise Refusal(_("Select what it helps with."))
    try:
        found.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    found._history_user = by
    found.save()
    there = set(found.needs.values_list("need", flat=True))
    found.needs.exclude(need__in=chosen).delete()
    OfferNeed.objects.bulk_create(
        OfferNeed(offer=found, need=need) for need in chosen if need not in there
    )
    return found


@transaction.atomic
def note_missing(
    *,
    need: str,
    by: User,
    words: str,
    locality: Locality | None = None,
    person: Person | None = None,
) -> MissingOffer:
    """Say honestly that nothing exists here. It is counted for those who plan services."""
    if need not in NEEDS:
        raise Refusal(_("Select what the help is for."))
    if not words.strip():
        raise Refusal(_("Say what would have helped."))
    return MissingOffer.objects.create(
        need=need, words=words.strip(), locality=locality, person=person, noted_by=by
    )
