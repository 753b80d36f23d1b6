"""A small network, and what a form about it posts."""

from __future__ import annotations

import re
from html import unescape

import pytest

from casework.cases.models import AboutMe, Adjustment, ContactPreference
from casework.directory.models import Locality
from referrals.asking import services
from tests.factories.referrals import Network


@pytest.fixture
def network(db):
    return Network()


@pytest.fixture
def person(network):
    """Somebody about whom a good deal is written down already."""
    person = network.person
    person.phone, person.interpreter = "0113 496 0000", "Polish, a woman please"
    person.locality = Locality.objects.create(name="Northside")
    person.save()
    AboutMe.objects.create(
        person=person, when_i_struggle="I laugh too much.", please_do="Ring first"
    )
    Adjustment.objects.create(person=person, kind="place", words="A seat by the door")
    ContactPreference.objects.create(
        person=person, channel="phone", safe_to_leave_message=False, ask_for="Ro"
    )
    return person


@pytest.fixture
def draft(network, person):
    return services.begin(person=person, by=network.gp, sender_team=network.gp_team, need="14")


@pytest.fixture
def ready(network, draft):
    """A draft that lacks nothing."""
    row = services.choose_team(
        referral=draft, by=network.gp, team=network.cmht, seen_version=draft.version
    )
    return save(network, row)


STORY = {
    "kind": "transfer",
    "priority": "3",
    "reason_words": "I want somebody who stays.",
    "reason_why_not": "",
    "may_not_see": "I laugh too much.",
    "person_view": "wants",
    "reach_words": "Ring, and ask for Ro.",
    "meanwhile_support": "A call every Tuesday",
}


def save(network, referral, *, by=None, shared=None, holder=None, **story):
    return services.save(
        referral=referral,
        by=by or network.gp,
        seen_version=story.pop("seen_version", referral.version),
        story={**STORY, **story},
        shared=shared,
        holder=holder or network.worker(network.nurse),
    )


def posted(referral, network, **changes):
    """What the form posts."""
    return {
        **STORY,
        "version": str(referral.version),
        "question": "",
        "view_words": "",
        "holder": str(network.worker(network.nurse).pk),
        "asked_on_day": "",
        "asked_on_month": "",
        "asked_on_year": "",
        **changes,
    }


def text(answer):
    html = unescape(answer.content.decode()).replace("\u00a0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
