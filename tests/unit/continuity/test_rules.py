"""Each rule on either side of its threshold, and the sentences that explain a flag."""

from __future__ import annotations

import datetime as dt
import time
from types import SimpleNamespace

import pytest

from casework.common.rules import Policy
from casework.continuity.facts import ContinuityFacts
from casework.continuity.rules import RULES, THRESHOLDS

ON = dt.date(2026, 10, 31)
DEFAULTS = Policy({threshold.code: threshold.default for threshold in THRESHOLDS})
BY_CODE = {rule.code: rule for rule in RULES}
WORKER = "019000000002700000000000000000aa"

# Somebody well looked after: one key worker for a year, at every meeting.
STEADY = dict(
    on=ON,
    person_key="01900000-0002-7000-8000-000000000001",
    local_id="P001",
    died=None,
    team_key="01900000-0002-7000-8000-0000000000bb",
    team_kind="cmht",
    pointer_key=WORKER,
    opened_days=400,
    closed_days=None,
    open_referrals=1,
    referred_days=400,
    all_180=12,
    all_12m=24,
    no_staff_180=0,
    no_staff_12m=0,
    crisis_180=0,
    crisis_12m=0,
    teams_12m=1,
    days_since_first=380,
    days_since_contact=10,
    contacts_180=12,
    staff_180=1,
    most_180=12,
    squares_180=144,
    same_180=11,
    joint_180=0,
    contacts_12m=24,
    staff_12m=1,
    most_12m=24,
    squares_12m=576,
    same_12m=23,
    joint_12m=0,
    last6=6,
    last6_staff=1,
    last6_staff_unplanned=1,
    last6_named=6,
    last6_joint=0,
    last6_crisis=0,
    last6_same=5,
    days_since_known=10,
    named_now=WORKER,
    allocated_now=1,
    coordinators_12m=1,
    ended_days=None,
    ended_how="",
    changes_12m=0,
    changes_planned_12m=0,
    changes_unplanned_12m=0,
    unplanned_days=None,
    covered_12m=365,
    last6_group=0,
)
NOBODY = dict(named_now="", pointer_key=None, allocated_now=0, last6_named=0)


def facts(**changes) -> ContinuityFacts:
    return ContinuityFacts(**STEADY | changes)


def flags(row: ContinuityFacts, policy: Policy = DEFAULTS) -> set[str]:
    return {rule.code for rule in RULES if rule(row, policy)}


EDGES = [
    ("many_faces", dict(last6_staff=4, last6_staff_unplanned=4), dict(last6_staff_unplanned=3)),
    (
        "many_faces",
        dict(last6=4, last6_named=4, last6_staff_unplanned=4),
        dict(last6=3, last6_named=3, last6_staff_unplanned=4),
    ),
    # (1 - 6/11.1) / (1 - 1/11.1) = 0.5050 and with 7 workers 0.4059
    (
        "poor_continuity",
        dict(contacts_180=11, staff_180=7),
        dict(contacts_180=11, staff_180=6),
    ),
    ("poor_continuity", dict(contacts_180=3, staff_180=3), dict(contacts_180=2, staff_180=2)),
    ("no_named_worker", NOBODY | dict(ended_days=15), NOBODY | dict(ended_days=14)),
    ("no_named_worker", NOBODY | dict(referred_days=14), NOBODY | dict(referred_days=13)),
    ("no_named_worker", NOBODY | dict(ended_days=500), dict(ended_days=500)),
    ("worker_changes", dict(changes_12m=2), dict(changes_12m=1)),
    (
        "worker_changes",
        dict(changes_12m=3, changes_planned_12m=1),
        dict(changes_12m=2, changes_planned_12m=1),
    ),
    ("unplanned_change", dict(unplanned_days=90), dict(unplanned_days=91)),
    ("team_churn", dict(teams_12m=3), dict(teams_12m=2)),
    ("named_worker_share", dict(last6_named=2), dict(last6_named=3)),
    ("named_worker_share", dict(last6_named=0), dict(last6_named=0) | dict(named_now="")),
    ("named_worker_share", dict(last6=4, last6_named=1), dict(last6=3, last6_named=1)),
    ("losing_touch", dict(days_since_contact=43), dict(days_since_contact=42)),
    ("losing_touch", dict(days_since_contact=43), dict(days_since_contact=None)),
    ("crisis_only", dict(crisis_180=12), dict(crisis_180=11)),
    ("crisis_only", dict(all_180=4, crisis_180=4), dict(all_180=3, crisis_180=3)),
]


@pytest.mark.parametrize(("code", "over", "under"), EDGES)
def test_a_rule_turns_at_its_threshold(code, over, under):
    assert code in flags(facts(**over))
    assert code not in flags(facts(**under))


def test_a_steady_relationship_raises_nothing():
    assert flags(facts()) == set()


def test_the_published_cut_off_includes_a_half_exactly():
    row = SimpleNamespace(contacts_180=5, staff_180=3, mmci_180=0.5, open=True)
    assert BY_CODE["poor_continuity"].breached(row, DEFAULTS)
    row.mmci_180 = 0.5000001
    assert not BY_CODE["poor_continuity"].breached(row, DEFAULTS)


EVERYTHING = NOBODY | dict(
    last6_staff=6,
    last6_staff_unplanned=6,
    last6_same=0,
    staff_180=12,
    ended_days=40,
    ended_how="2026-09-212",
    changes_12m=2,
    changes_unplanned_12m=2,
    unplanned_days=40,
    teams_12m=4,
    days_since_contact=80,
    crisis_180=12,
    last6_crisis=6,
)


def test_everything_at_once():
    assert flags(facts(**EVERYTHING)) == set(BY_CODE) - {"named_worker_share"}


@pytest.mark.parametrize("died", ["2026-10-31", "2026-05-22"])
def test_nothing_is_flagged_about_somebody_who_died(died):
    assert flags(facts(**EVERYTHING, died=died)) == set()


def test_a_death_that_is_recorded_later_changes_nothing_before_it():
    assert flags(facts(**EVERYTHING, died="2026-11-01")) == flags(facts(**EVERYTHING))


def test_nothing_is_flagged_when_the_case_is_not_open():
    closed = dict(open_referrals=0, allocated_now=0)
    assert flags(facts(**EVERYTHING | closed | dict(days_since_contact=90))) == set()
    assert flags(facts(**EVERYTHING | closed | dict(days_since_contact=89)))
    agreed = closed | dict(days_since_contact=60, closed_days=50)
    assert flags(facts(**EVERYTHING | agreed)) == set()
    assert flags(facts(**EVERYTHING | agreed | dict(closed_days=61)))
    assert flags(facts(**EVERYTHING | agreed | dict(closed_days=-1)))  # agreed, still to come


def test_a_planned_second_worker_is_no_new_face():
    row = facts(last6_staff=4, last6_staff_unplanned=3)
    assert "many_faces" not in flags(row)
    row = facts(last6_staff=5, last6_staff_unplanned=4)
    assert BY_CODE["many_faces"].sentence(row) == (
        "5 different people in the last 6 meetings (1 as planned second workers)."
    )


def test_a_team_may_have_thresholds_of_its_own():
    strict = Policy({**{t.code: t.default for t in THRESHOLDS}, "losing_touch.days": 7})
    assert flags(facts(), strict) == {"losing_touch"}


@pytest.mark.parametrize(
    ("code", "changes", "sentence", "cause"),
    [
        (
            "many_faces",
            dict(last6_staff=6, last6_staff_unplanned=6, last6_crisis=4),
            "6 different people in the last 6 meetings, 4 of them in crisis.",
            "Crisis visits by whoever is on shift: 4 of the last 6 meetings.",
        ),
        (
            "many_faces",
            dict(last6_staff=6, last6_staff_unplanned=6, last6_named=1),
            "6 different people in the last 6 meetings.",
            "A key worker is named, and was at 1 of the last 6 meetings.",
        ),
        (
            "many_faces",
            NOBODY | dict(last6_staff=4, last6_staff_unplanned=4, ended_days=78),
            "4 different people in the last 6 meetings.",
            "The last key worker's time ended 78 days ago and nobody has been named since.",
        ),
        (
            "no_named_worker",
            NOBODY | dict(ended_days=21, ended_how="2026-10-102"),
            "Nobody has been named as key worker for 21 days.",
            "The last key worker has left and nobody has been named since.",
        ),
        (
            "no_named_worker",
            NOBODY | dict(ended_days=21, ended_how="2026-10-101"),
            "Nobody has been named as key worker for 21 days.",
            "The last key worker is away for a long time and nobody has been named since.",
        ),
        (
            "no_named_worker",
            NOBODY | dict(last6_staff=2, last6_same=0),
            "Nobody has been named as key worker for 401 days.",
            "Two workers take turns, and neither is named.",
        ),
        (
            "no_named_worker",
            NOBODY | dict(crisis_180=12),
            "Nobody has been named as key worker for 401 days.",
            "Only crisis contacts: no other team works with this person at the moment.",
        ),
        (
            "worker_changes",
            dict(changes_12m=2),
            "The key worker changed 2 times in the last 12 months: 2 with nothing recorded about a"
            " handover.",
            "Whether the changes were agreed with the person beforehand is not recorded.",
        ),
        (
            "worker_changes",
            dict(changes_12m=3, changes_planned_12m=1, changes_unplanned_12m=2),
            "The key worker changed 3 times in the last 12 months: 2 without an agreed handover,"
            " 1 planned.",
            "",
        ),
        (
            "unplanned_change",
            dict(unplanned_days=1),
            "A key worker's time ended 1 day ago without an agreed handover.",
            "",
        ),
        (
            "poor_continuity",
            dict(contacts_180=8, staff_180=7, last6_joint=3),
            "8 meetings in the last 180 days were shared between 7 different people.",
            "Joint meetings with several workers: 3 of the last 6 meetings.",
        ),
        (
            "many_faces",
            dict(last6_staff=5, last6_staff_unplanned=5, last6_named=1, last6_group=3),
            "5 different people in the last 6 meetings.",
            "Group meetings, led by whoever leads the group: 3 of the last 6 meetings.",
        ),
        (
            "named_worker_share",
            dict(last6_named=2, last6_staff=2, last6_same=1, last6_group=4),
            "2 of the last 6 meetings were with the key worker.",
            "Group meetings, led by whoever leads the group: 4 of the last 6 meetings.",
        ),
        (
            "team_churn",
            dict(teams_12m=3, crisis_180=2),
            "3 different teams met this person in the last 12 months.",
            "Crisis contacts beside those of other teams: 2 in the last 180 days.",
        ),
        (
            "named_worker_share",
            dict(last6_named=0),
            "0 of the last 6 meetings were with the key worker.",
            "One other worker was at all of them: the name on record may be out of date.",
        ),
        (
            "named_worker_share",
            dict(last6_named=2, last6_staff=2, last6_same=1),
            "2 of the last 6 meetings were with the key worker.",
            "Two workers take turns.",
        ),
        (
            "losing_touch",
            dict(days_since_contact=50),
            "The last meeting that took place was 50 days ago.",
            "",
        ),
        (
            "crisis_only",
            NOBODY | dict(crisis_180=12),
            "All 12 meetings of the last 180 days were in crisis.",
            "No key worker has ever been recorded.",
        ),
    ],
)
def test_a_flag_explains_itself(code, changes, sentence, cause):
    row, rule = facts(**changes), BY_CODE[code]
    assert rule(row, DEFAULTS)
    assert rule.sentence(row) == sentence
    assert rule.cause(row) == cause
    assert rule.next_step(row)


def test_every_threshold_says_whether_it_is_national():
    assert len({t.code for t in THRESHOLDS}) == len(THRESHOLDS)
    for threshold in THRESHOLDS:
        assert not threshold.national
        assert "local default" in threshold.source.lower()
        assert "not a national standard" in threshold.source
        assert threshold.code.split(".")[0] in BY_CODE


def test_the_numbers_kept_with_an_alert_name_nobody():
    kept = facts().as_json()
    assert kept["on"] == "2026-10-31" and kept["last6_staff"] == 1 and kept["pdc_12m"] == 1
    assert not any("key" in name or "id" in name.split("_") for name in kept)


def test_a_hundred_thousand_people_are_looked_at_in_a_moment():
    """Nine rules each; the bar is a second on a quiet machine, and this is a generous multiple."""
    rows = [facts(last6_staff=i % 6 + 1, teams_12m=i % 4) for i in range(10_000)]
    before = time.process_time()
    assert sum(rule(row, DEFAULTS) for row in rows for rule in RULES) > 0
    assert (time.process_time() - before) * 10 < 4
