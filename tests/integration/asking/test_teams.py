"""Who could help, and figures that are true on both engines."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.directory.models import Locality
from referrals.asking import gaps, services, teams
from referrals.asking.figures import FEWEST
from referrals.models import Ask, MissingOffer, Referral
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 30)


def asked(network, *, team=None, received=TODAY, met=None, person=None, **fields):
    """A referral of an extract, as its data say."""
    fields.setdefault("state", "in_service" if met else "received")
    return Referral.objects.create(
        person=person or network.person,
        team=team or network.cmht,
        received_on=received,
        first_contact_on=met,
        from_data=True,
        priority=fields.pop("priority", "3"),
        **fields,
    )


def met_after(network, *days, on=TODAY, **fields):
    for one in days:
        asked(network, received=on - dt.timedelta(days=one), met=on, **fields)


def figures(network, team=None, *, urgent=False, today=TODAY):
    team = team or network.cmht
    return teams.waits_of([team], urgent=urgent, today=today)[team.pk]


def test_the_waits_of_those_who_were_met(network):
    met_after(network, 1, 2, 3, 4, 30, 5, 6, 7, 8, 90)
    found = figures(network)
    assert (found.met, found.median, found.ninetieth) == (10, 5, 30)


def test_no_figure_of_four_people(network):
    met_after(network, 1, 2, 3, 4)
    assert (figures(network).met, figures(network).median) == (4, None)
    assert figures(network, network.housing).met == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"priority": "2"},  # urgent is another queue
        {"kind": "advice"},
        {"state": "entered_in_error"},
        {"on": TODAY - dt.timedelta(days=182)},  # six months ago
        {"on": TODAY + dt.timedelta(days=1)},
    ],
)
def test_what_does_not_count(network, fields):
    met_after(network, 1, 2, 3, 4, 5, **fields)
    assert figures(network).met == 0


def test_urgent_ones_have_their_own_figure(network):
    met_after(network, 0, 0, 1, 1, 1, priority="4")
    met_after(network, 50, 50, 50, 50, 50)
    assert figures(network, urgent=True).median == 1
    assert figures(network).median == 50


def test_the_last_day_of_the_window_counts(network):
    met_after(network, 1, 1, 1, 1, 1, on=TODAY - dt.timedelta(days=181))
    assert figures(network).met == 5


def test_those_who_wait_still_are_said(network):
    for days in (3, 10, 20, 30, 44):
        asked(network, received=TODAY - dt.timedelta(days=days))
    asked(network, received=TODAY - dt.timedelta(days=300), state="declined")
    found = figures(network)
    assert (found.waiting, found.longest) == (5, 44)


def test_an_extract_is_read_as_of_its_own_day(network):
    old = factories.organisation(extract_as_of=dt.date(2025, 3, 31))
    team = factories.team("Old team", of=old)
    met_after(network, 1, 2, 3, 4, 5, team=team, on=dt.date(2025, 3, 1))
    met_after(network, 9, 9, 9, 9, 9, team=team, on=dt.date(2025, 4, 1))
    assert figures(network, team).median == 3


def test_declines_for_this_need(network):
    for _ in range(4):
        asked(network, primary_reason="14", state="accepted", accepted_on=TODAY)
    for _ in range(2):
        asked(network, primary_reason="14", state="declined", rejected_on=TODAY)
    asked(network, primary_reason="12", state="declined", rejected_on=TODAY)
    asked(
        network, primary_reason="14", state="declined", rejected_on=TODAY - dt.timedelta(days=365)
    )
    home = asked(network, state="declined", rejected_on=TODAY)
    Ask.objects.create(referral=home, need="home")

    def found(need):
        one = teams.declines_of([network.cmht], need=need, today=TODAY)[network.cmht.pk]
        return one.declined, one.decided

    assert found("14") == (2, 6)
    assert found("12") == (1, 1)
    assert found("home") == (1, 1)
    assert found("") == (4, 8)


def test_one_that_was_accepted_and_then_declined_counts_once(network):
    asked(network, state="declined", accepted_on=TODAY, rejected_on=TODAY)
    one = teams.declines_of([network.cmht], need="", today=TODAY)[network.cmht.pk]
    assert (one.declined, one.decided) == (1, 1)


# Who comes first ----------------------------------------------------------------------------------


def test_who_offers_it_here_comes_first(network, person):
    here, there = person.locality, Locality.objects.create(name="Southside")
    network.cmht.localities.add(here)
    network.specialist.localities.add(there)
    services.offer(team=network.specialist, by=network.administrator, name="A", needs=["14"])
    services.offer(team=network.housing, by=network.administrator, name="B", needs=["home"])
    rows = list(
        teams.could_help(need="14", locality=here, but=network.gp_team.pk).order_by(*teams.ORDER)
    )
    assert rows[0] == network.specialist and rows[1] == network.cmht
    assert network.gp_team not in rows
    found = teams.choices(rows, need="14", urgent=False, today=TODAY)
    assert (found[0].fits, found[0].here) == (True, False)
    assert [one.name for one in found[0].offers] == ["A"]
    assert (found[1].fits, found[1].here) == (False, True)


def test_an_offer_that_is_away_does_not_count(network):
    services.offer(team=network.cmht, by=network.lead, name="A", needs=["14"], active=False)
    rows = list(teams.could_help(need="14", locality=None, but=None))
    assert not any(one.fits for one in rows)


def test_closed_teams_and_placeholders_are_not_asked(network):
    network.cmht.active = False
    network.cmht.save()
    network.housing.placeholder = True
    network.housing.save()
    rows = teams.could_help(need="", locality=None, but=None)
    assert not {network.cmht, network.housing} & set(rows)


def test_at_night_the_crisis_team_of_the_place_is_first(network, person):
    network.crisis.localities.add(person.locality)
    other = factories.team("A far crisis team", kind="crisis")
    other.localities.add(Locality.objects.create(name="Southside"))
    rows = teams.for_urgent(person.locality)
    assert rows[:2] == [network.crisis, other]
    assert teams.usual_at_night(rows) == network.crisis
    factories.team("Another", kind="crisis").localities.add(person.locality)
    assert teams.usual_at_night(teams.for_urgent(person.locality)) is None


def test_the_queries_do_not_grow_with_teams_or_referrals(network):
    def count():
        with CaptureQueriesContext(connection) as queries:
            rows = list(teams.could_help(need="14", locality=None, but=None))
            teams.choices(rows, need="14", urgent=False, today=TODAY)
        return len(queries)

    first = count()
    for number in range(50):
        team = factories.team(f"Team {number}", of=network.trust)
        services.offer(team=team, by=network.administrator, name="A", needs=["14", "15"])
        asked(network, team=team, met=TODAY)
    assert count() <= first + 1  # the needs of offers are read where there are offers
    again = count()
    met_after(network, *range(50))
    assert count() == again


# Gaps ---------------------------------------------------------------------------------------------


def test_what_does_not_exist_is_counted_and_few_are_not_shown(network, person):
    for _ in range(FEWEST):
        services.note_missing(
            need="home", by=network.gp, words="A crisis house", locality=person.locality
        )
    services.note_missing(need="14", by=network.gp, words="A group")
    shown = [(gap.need, gap.place, gap.number) for gap in gaps.counted()]
    assert shown[0][1:] == ("Northside", 5)
    assert shown[1][1:] == ("", None)
    assert MissingOffer.objects.count() == 6
    assert timezone.localdate() >= MissingOffer.objects.first().created_at.date()
