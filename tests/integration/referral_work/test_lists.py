"""The lists of what waits: what is in which, in which order, for whom, at what cost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.alerts.models import Alert
from casework.worklist.models import SavedFilter
from referrals import services
from referrals.models import Referral
from referrals.table import OPEN, Kind, State
from referrals.work import saved
from referrals.work.lists import BY_KEY, LISTS, Desk, Place, chosen_filters
from tests import factories
from tests.factories.cases import held_person

WAITING = [state for state in OPEN if state != State.IN_SERVICE]


def person(net: Any, name: str = "") -> Any:
    return held_person(team=net.gp_team, **({"name": name} if name else {}))


def keys(user: Any, key: str, **filters: str) -> list[Any]:
    desk = Desk(user, chosen_filters(filters))
    return [row.pk for row in desk.page(BY_KEY[key], before="", after="").rows]


@pytest.fixture
def everything(net):
    """One referral in every state in which somebody waits, each about somebody else."""
    return {state: net.referral_in(state, person=person(net)) for state in WAITING}


EXPECTED = {
    "lead": {
        "incoming": {
            State.SENT,
            State.RECEIVED,
            State.AWAITING_INFORMATION,
            State.DECLINE_PROPOSED,
            State.ASSESSING,
        },
        "ours": {
            State.SENT,
            State.RECEIVED,
            State.ASSESSING,
            State.ACCEPTED,
            State.ALLOCATED,
        },
        "unallocated": {State.ACCEPTED},
        "sent": set(),
        "others": {State.AWAITING_INFORMATION, State.DECLINE_PROPOSED},
    },
    "gp": {
        "incoming": set(),
        "ours": {State.DECLINE_PROPOSED},
        "unallocated": set(),
        "sent": set(WAITING),
        "others": set(WAITING) - {State.DECLINE_PROPOSED},
    },
    "housing_worker": {
        "incoming": set(),
        "ours": {State.AWAITING_INFORMATION},
        "unallocated": set(),
        "sent": set(),
        "others": set(),
    },
    "specialist_lead": {
        key: set() for key in ("incoming", "ours", "unallocated", "sent", "others")
    },
}


@pytest.mark.parametrize("who", EXPECTED)
def test_what_is_in_which_list(net, everything, who):
    user = getattr(net, who)
    by_id = {row.pk: state for state, row in everything.items()}
    counts = Desk(user).counts()
    for key, states in EXPECTED[who].items():
        assert {by_id[pk] for pk in keys(user, key)} == states, key
        assert counts[key] == len(states), key


def test_whatever_a_list_shows_can_be_opened(client, net, everything):
    for user in (net.lead, net.gp, net.housing_worker):
        client.force_login(user)
        for which in LISTS:
            text = client.get(reverse(f"referrals:{which.key}")).content.decode()
            for path in set(re.findall(r'href="(/referrals/[0-9a-f-]{36}/)', text)):
                assert client.get(path).status_code == 200


def test_whoever_has_waited_longest_comes_first(net):
    late = net.sent(person=person(net))
    early = net.sent(person=person(net), asked_on=dt.date(2026, 1, 5))
    middle = net.sent(person=person(net), asked_on=dt.date(2026, 3, 5))
    assert keys(net.lead, "incoming") == [early.pk, middle.pk, late.pk]


def test_a_redirect_or_an_onward_referral_never_starts_the_wait_again(net):
    first = net.referral_in(State.DECLINE_PROPOSED)
    other = net.sent(person=person(net), asked_on=dt.date(2026, 7, 1), team=net.specialist)
    services.agree_decline(referral=first, by=net.gp, onward_team=net.specialist)
    onward = Referral.objects.get(parent=first)
    services.send(referral=onward, by=net.gp, holder=net.worker(net.nurse))
    assert keys(net.specialist_lead, "incoming") == [onward.pk, other.pk]


def test_filters(net):
    urgent = net.sent(person=person(net), priority="2", reach_words="Ring")
    advice = net.sent(person=person(net), kind=Kind.ADVICE)
    need = net.sent(person=person(net), primary_reason="11")
    assert keys(net.lead, "incoming", urgency="urgent") == [urgent.pk]
    assert urgent.pk not in keys(net.lead, "incoming", urgency="routine")
    assert keys(net.lead, "incoming", kind="advice") == [advice.pk]
    assert keys(net.lead, "incoming", need="11") == [need.pk]
    assert keys(net.lead, "incoming", own="1") == []
    assert set(keys(net.gp, "sent", own="1")) == {urgent.pk, advice.pk, need.pk}
    assert keys(net.lead, "incoming", team=str(net.cmht.pk)) != []
    assert keys(net.lead, "incoming", team=str(net.specialist.pk)) == []
    assert keys(net.lead, "incoming", kind="nonsense") == keys(net.lead, "incoming")


def _alert(referral: Referral, team: Any, **fields: Any) -> None:
    today = timezone.localdate()
    Alert.objects.create(
        rule="referral_stalled",
        subject_key=f"referral:{referral.pk}",
        person=referral.person,
        team=team,
        sentence="At a stop",
        opened_on=today,
        updated_on=today,
        **fields,
    )


def test_what_came_to_a_stop_and_what_had_so_before_we_started(client, net):
    new, old = net.sent(person=person(net)), net.sent(person=person(net))
    moving = net.sent(person=person(net))
    _alert(new, net.cmht)
    _alert(old, net.cmht, backlog=True)
    for user in (net.lead, net.gp):  # both see it: whose turn it is, and who asked
        assert keys(user, "stalled") == [new.pk]
        assert keys(user, "backlog") == [old.pk]
    assert keys(net.specialist_lead, "stalled") == []
    assert moving.pk in keys(net.lead, "incoming")
    client.force_login(net.lead)
    text = client.get(reverse("referrals:detail", args=[new.pk])).content.decode()
    assert "At a stop" in text
    assert Desk(net.lead).counts()["backlog"] == 1


def test_long_lists_by_position(client, net, monkeypatch):
    monkeypatch.setattr("referrals.work.lists.PAGE", 2)
    rows = [
        net.sent(person=person(net), asked_on=dt.date(2026, 1, 1) + dt.timedelta(days=n // 2))
        for n in range(5)
    ]
    client.force_login(net.lead)
    seen: list[str] = []
    path = reverse("referrals:incoming")
    for _page in range(3):
        text = client.get(path).content.decode()
        seen += re.findall(r'value="([0-9a-f-]{36})"', text)
        found = re.search(r'href="([^"]*after=[^"]*)"', text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert [str(row.pk) for row in rows] == seen
    assert path == ""


def test_the_cost_is_the_same_for_one_row_and_for_fifty(client, net):
    client.force_login(net.lead)

    def count(key: str) -> int:
        path = reverse(f"referrals:{key}")
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    for state in (State.SENT, State.ACCEPTED, State.AWAITING_INFORMATION, State.DECLINE_PROPOSED):
        net.referral_in(state, person=person(net))
    before = {which.key: count(which.key) for which in LISTS}
    for number in range(12):
        row = net.referral_in(
            (State.SENT, State.ACCEPTED, State.AWAITING_INFORMATION)[number % 3],
            person=person(net),
        )
        if row.state == State.SENT:
            _alert(row, net.cmht, backlog=bool(number % 2))
    after = {which.key: count(which.key) for which in LISTS}
    assert {key: after[key] for key in ("incoming", "ours", "others", "unallocated")} == {
        key: before[key] for key in ("incoming", "ours", "others", "unallocated")
    }
    assert max(after.values()) <= 15


# Saved lists -------------------------------------------------------------------------------------


def test_a_list_is_saved_found_again_and_removed(client, net):
    client.force_login(net.lead)
    path = reverse("referrals:save_list", args=["incoming"]) + "?kind=advice&urgency=urgent"
    assert client.get(path).status_code == 200
    assert "Enter a name for this list" in client.post(path, {"name": ""}).content.decode()
    assert client.post(path, {"name": "Urgent questions"}).status_code == 302
    row = SavedFilter.objects.get()
    assert (row.user, row.page) == (net.lead, "referrals:incoming")
    text = client.get(reverse("referrals:sent")).content.decode()
    assert "/referrals/incoming/?kind=advice&amp;urgency=urgent" in text
    client.force_login(net.member)
    assert "Urgent questions" not in client.get(reverse("referrals:sent")).content.decode()
    forget = reverse("referrals:forget_list", args=[row.pk])
    assert client.post(forget).status_code == 404
    client.force_login(net.lead)
    assert client.post(forget).status_code == 302
    assert not SavedFilter.objects.exists()
    assert SavedFilter.history.count() == 2


def test_the_same_name_means_the_new_filters(net):
    saved.save(user=net.lead, list_key="ours", filters={"kind": "advice"}, name="Mine")
    saved.save(user=net.lead, list_key="ours", filters={"own": "1"}, name=" Mine ")
    assert SavedFilter.objects.get().query == "own=1"
    for number in range(saved.MOST - 1):
        saved.save(user=net.lead, list_key="ours", filters={}, name=f"List {number}")
    with pytest.raises(saved.Refusal):
        saved.save(user=net.lead, list_key="ours", filters={}, name="One more")


def test_no_list_of_that_name(client, net):
    client.force_login(net.lead)
    assert client.get(reverse("referrals:save_list", args=["nothing"])).status_code == 404


# Decide, next ------------------------------------------------------------------------------------


def test_after_an_act_the_next_of_the_list_is_offered_in_its_order(client, net):
    rows = [
        net.sent(person=person(net), asked_on=dt.date(2026, 1, 1) + dt.timedelta(days=n))
        for n in range(3)
    ]
    client.force_login(net.lead)
    path = reverse("referrals:act", args=[rows[1].pk, "acknowledge"]) + "?list=ours"
    answer = client.post(path, {"version": rows[1].version}, follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain
    assert f'href="/referrals/{rows[2].pk}/?list=ours"' in text
    assert "Next of 2 in this list" in text
    place = Place.read(answer.wsgi_request.GET)
    assert place is not None
    last = place.after(net.lead, rows[2])
    assert last.next_id == rows[0].pk, "after the last one comes the first that is left"
    for row in rows:
        now = Referral.objects.get(pk=row.pk)
        services.withdraw(referral=now, by=net.gp, asked_by="person", reason="No", instead="A call")
    assert place.after(net.lead, rows[0]).next_id is None


def test_filters_stay_on_the_way_through_a_list(client, net):
    one = net.sent(person=person(net), kind=Kind.ADVICE)
    two = net.sent(person=person(net), kind=Kind.ADVICE)
    net.sent(person=person(net))
    client.force_login(net.lead)
    text = client.get(
        reverse("referrals:detail", args=[one.pk]) + "?list=incoming&kind=advice"
    ).content.decode()
    assert f"/referrals/{two.pk}/?list=incoming&amp;kind=advice" in text
    assert "Next: the last of this list" in text


# Several at once ---------------------------------------------------------------------------------


def several(client: Any, user: Any, code: str, rows: Any, **data: Any) -> Any:
    client.force_login(user)
    ids = [str(getattr(row, "pk", row)) for row in rows]
    return client.post(
        reverse("referrals:bulk"), {"act": code, "list": "ours", "chosen": ids, **data}
    )


def states(rows: Any) -> list[str]:
    found = dict(Referral.objects.filter(pk__in=[r.pk for r in rows]).values_list("pk", "state"))
    return [found[row.pk] for row in rows]


def test_several_are_acknowledged_with_a_result_for_each(client, net):
    rows = [net.sent(person=person(net, f"Person {n} Several")) for n in range(3)]
    elsewhere = net.sent(person=person(net), team=net.specialist)
    services.acknowledge(referral=rows[1], by=net.lead)  # somebody was quicker with one of them
    text = several(client, net.member, "acknowledge", [*rows, elsewhere]).content.decode()
    assert "Done for 2 of 3." in text
    assert "1 of them is not with your team any more." in text
    assert "Not done" in text and "This referral is “Received”" in text
    assert states(rows) == [State.RECEIVED] * 3
    assert states([elsewhere]) == [State.SENT]


def test_one_worker_for_several(client, net):
    rows = [net.referral_in(State.ACCEPTED, person=person(net)) for _n in range(2)]
    waiting = net.referral_in(State.RECEIVED, person=person(net))
    answer = several(client, net.lead, "allocate", [*rows, waiting])
    assert "Name one worker for several people" in answer.content.decode()
    worker = str(net.key_worker.worker_id)
    text = several(client, net.lead, "allocate", [*rows, waiting], worker="").content.decode()
    assert "Choose a worker" in text and "There is a problem" in text
    text = several(client, net.lead, "allocate", [*rows, waiting], worker=worker).content.decode()
    assert "Done for 2 of 3." in text and "Key Kerr is named." in text
    assert states([*rows, waiting]) == [State.ALLOCATED, State.ALLOCATED, State.RECEIVED]


def test_nobody_is_named_by_those_who_do_not_allocate(client, net):
    row = net.referral_in(State.ACCEPTED)
    worker = str(net.key_worker.worker_id)
    assert several(client, net.member, "allocate", [row], worker=worker).status_code == 302
    text = several(client, net.specialist_lead, "allocate", [row], worker=worker).content.decode()
    assert "Select at least one" in text
    assert states([row]) == [State.ACCEPTED]


def test_nothing_chosen_or_nonsense(client, net):
    assert "Select at least one" in several(client, net.lead, "acknowledge", []).content.decode()
    answer = several(client, net.lead, "acknowledge", ["nonsense", factories.team().pk])
    assert "Select at least one" in answer.content.decode()
    assert several(client, net.lead, "delete", []).status_code == 302
    client.force_login(net.lead)
    assert client.get(reverse("referrals:bulk")).status_code == 302
