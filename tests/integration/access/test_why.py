"""Why can I see this? A sentence for every kind of reason, of mine and of my team's."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.cases.access import why
from casework.cases.models import LiveReason
from casework.common.presenters import short_date
from casework.directory.models import Team
from tests import factories

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TODAY = NOW.date()


def said(kind, *, team=False, **fields):
    reason = LiveReason(kind=kind, start=TODAY - 9 * DAY, **fields)
    if team:
        reason.team = Team(name="Night Team")
    return why.sentence(reason, "Ro", NOW).replace("\u00a0", " ")


@pytest.mark.parametrize("kind", LiveReason.Kind.values)
@pytest.mark.parametrize("team", [False, True])
def test_every_kind_has_a_sentence_now_and_after(kind, team):
    now = said(kind, team=team)
    before = said(kind, team=team, end=TODAY - DAY)
    for words in (now, before):
        assert re.match(r"^[A-Z].*\.$", words)
        assert "%" not in words
        assert ("Night Team" in words) is team
    assert now.endswith("since 14 Nov 2026.")
    assert before.endswith("from 14 Nov 2026 to 22 Nov 2026.")


def test_some_sentences():
    assert said("allocation") == "You are named as somebody who is with Ro, since 14 Nov 2026."
    assert said("case_team", team=True, end=TODAY - DAY) == (
        "Your team, Night Team, held Ro, from 14 Nov 2026 to 22 Nov 2026."
    )
    lasting = {"ends_at": NOW + dt.timedelta(minutes=5), "end": TODAY}
    assert said("override", **lasting) == (
        "You opened this record by override, on 23 Nov 2026 until 12:05pm."
    )
    assert said("call", end=TODAY - 9 * DAY).endswith("on 14 Nov 2026.")


@pytest.mark.django_db
def test_the_page_says_now_before_and_who_else(client, place):
    today = timezone.localdate()
    LiveReason.objects.create(
        person=place.person,
        worker=place.holder.worker,
        kind="duty",
        source_key="absence:1",
        start=today - 30 * DAY,
        end=today - 20 * DAY,
    )
    LiveReason.objects.create(
        person=place.person,
        worker=factories.worker("Lee Ended"),
        kind="call",
        source_key="call:1",
        start=today - 30 * DAY,
        end=today - 20 * DAY,
    )
    client.force_login(place.holder)
    html = client.get(reverse("people:why", args=[place.person.pk])).content.decode()
    shown = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    now, rest = shown.split("Why you could see it before")
    assert "You are named as somebody who is with Robin Example" in now
    assert "Your team, Harbour Community Team, holds Robin Example" in now
    before, others = rest.split("Who can see it now")
    assert "You covered for somebody" in before
    assert "Harbour Community Team" in others
    assert "Lee Ended" not in shown


@pytest.mark.django_db
def test_many_meetings_are_one_reason(client, place):
    today = timezone.localdate()
    for number in range(15):
        LiveReason.objects.create(
            person=place.person,
            worker=place.holder.worker,
            kind="contact",
            source_key=f"contact:{number}",
            start=today - number * DAY,
            end=today + number * DAY,
        )
    client.force_login(place.holder)
    html = client.get(reverse("people:why", args=[place.person.pk])).content.decode()
    assert html.count("You have a contact with Robin Example") == 1
    first, last = (short_date(today + n * DAY) for n in (-14, 14))
    assert f"not long ago, from {first} to {last}." in html
