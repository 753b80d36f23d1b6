"""The two clocks of a journey, as staff read them: the person's own wait, and the four ticks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.common.presenters import short_date
from casework.reports.plan_agreements import PlanAgreement, agreement_of
from referrals.clocks import FOUR_WEEKS, Spell
from referrals.models import Referral
from referrals.spell_facts import spells_of
from referrals.stalls import LEGS
from referrals.work.standing import days_words

_NAMES: dict[str, Promise | str] = {
    "contact": _("A first contact"),
    "outcome": _("An outcome measure, filled in together"),
    "assessment": _("An assessment"),
    "help": _("An agreed plan, or help that has begun"),
}


@dataclass(frozen=True)
class Tick:
    """One of the four things that help begins with: there or not."""

    name: str
    there: bool
    words: str


@dataclass(frozen=True)
class FourWeeks:
    """The national clock over a person's referrals to one organisation."""

    ticks: tuple[Tick, ...]
    summary: str
    missing: str
    agreed: str


def four_weeks(referral: Referral, on: dt.date) -> FourWeeks | None:
    """The spell that this referral is part of; None where no community clock runs for it,
    and while the person is being asked just now whether they agree to a plan."""
    agreement = agreement_of(referral.person_id, on)
    if agreement.being_asked:
        return None  # nobody is hurried into a yes
    place = referral.provider_id or (
        referral.team.organisation_id if referral.team is not None else None
    )
    for person in spells_of(on, people=[referral.person_id], provider_id=place):
        for spell in reversed(person.spells):
            if spell.start <= referral.received_on <= (spell.end or on):
                return _shown(spell, agreement)
    return None


def _shown(spell: Spell, agreement: PlanAgreement) -> FourWeeks:
    ticks = []
    for name, day in spell.legs.items():
        needed = name != "assessment" or spell.assessment_needed
        words = short_date(day) if day is not None else gettext("still missing")
        if day is None and not needed:
            words = gettext("not needed")
        ticks.append(Tick(str(_NAMES[name]), day is not None, words))
    return FourWeeks(
        tuple(ticks),
        _summary(spell),
        ", ".join(str(LEGS[name]) for name in spell.missing),
        _agreed(agreement),
    )


def _agreed(agreement: PlanAgreement) -> str:
    words = gettext("It is not recorded that the person agreed to a plan.")
    if agreement.agreed_on is not None:
        words = gettext("The person agreed to a plan, last on %(day)s.") % {
            "day": short_date(agreement.agreed_on)
        }
    if agreement.asked_since is None:
        return words
    return gettext(
        "%(words)s They have been asked since %(day)s. This wait is ours to end and no reason for"
        " them to say yes: do not show it to them beside the question."
    ) % {"words": words, "day": short_date(agreement.asked_since)}


def _summary(spell: Spell) -> str:
    if spell.days is not None:
        words = ngettext(
            "Help was complete after %(n)d day.", "Help was complete after %(n)d days.", spell.days
        ) % {"n": spell.days}
        if spell.days <= FOUR_WEEKS:
            return gettext("%(words)s Four weeks: met.") % {"words": words}
        return gettext("%(words)s Four weeks: not met.") % {"words": words}
    waiting = spell.waiting_days
    if waiting is None:
        return gettext("It ended on %(day)s before help was complete.") % {
            "day": short_date(spell.end or spell.on)
        }
    return gettext("%(days)s since %(start)s.") % {
        "days": days_words(waiting),
        "start": short_date(spell.start),
    }
