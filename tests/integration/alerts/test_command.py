"""`manage.py sweep` and the scheduled sweep."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from casework.alerts import job_handlers, tasks
from casework.alerts.models import Alert, SweepMark
from casework.cases.models import Person
from casework.outbox import services as outbox
from casework.outbox.models import Job
from tests.integration.alerts.situations import DAY, Network


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("sweep", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_a_list_by_subject_and_rule(network):
    network.person("P2", 2)
    network.person("P10", 4, team=network.other)
    nameless = network.person("", 2)
    Person.objects.filter(pk=nameless.pk).update(local_id=None)
    rows = json.loads(run("--json"))
    assert rows == sorted(rows, key=lambda row: (row["subject"], row["rule"]))
    assert {(row["subject"], row["rule"], row["team"]) for row in rows} == {
        ("P2", "busy", "T01"),
        ("P10", "busy", "Other team"),
        ("P10", "very_busy", "Other team"),
        (str(nameless.pk), "busy", "T01"),
    }
    assert rows[-1] | {"subject": "P2"} == {
        "rule": "busy",
        "subject": "P2",
        "team": "T01",
        "sentence": "2 contacts",
        "facts": {"contacts": 2},
        "opened_on": "2026-10-31",
    }


def test_a_day_can_be_given(network):
    network.person("P1", 2)
    (row,) = json.loads(run("--json", "--on", "2026-11-05"))
    assert row["opened_on"] == "2026-11-05"
    assert SweepMark.objects.get().full_on == dt.date(2026, 11, 5)
    assert json.loads(run("--json", "--on", "2026-10-30")) == []


def test_no_alert_is_an_empty_list(network):
    assert json.loads(run("--json")) == []


def test_people_read_it_grouped(network):
    network.person("P1", 4)
    network.person("P2", 2)
    lines = run().splitlines()
    assert lines[1:4] == [
        "P1  T01",
        "  busy: 4 contacts (since 31\xa0Oct\xa02026 (0 days))",
        "  very_busy: 4 contacts (since 31\xa0Oct\xa02026 (0 days))",
    ]
    assert lines[-1] == "3 alerts are open about 2 people: 3 opened, 0 updated, 0 resolved."


def test_everybody_can_be_looked_at(network, source):
    network.person("P1", 2)
    run()
    source.asked.clear()
    run()
    assert source.asked == []
    run("--full")
    assert source.asked == [1]


def test_a_day_that_is_none_is_refused(network):
    with pytest.raises(CommandError, match="write 2026-10-31"):
        run("--on", "31.10.2026")


# By the clock -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_clock_has_the_sweep_done_once(source: Any):
    network = Network()
    network.person("P1", 2)
    with time_machine.travel(dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC), tick=False):
        tasks.look_for_breaches.call_local()
        tasks.look_for_breaches.call_local()  # a second worker, or a restart in that minute
    assert list(Job.objects.values_list("kind", "state")) == [("alerts.sweep", "done")]
    assert Alert.objects.get().opened_on == DAY


def test_the_job_waits_for_the_morning_with_its_full_look(network, monkeypatch):
    asked: dict[str, Any] = {}
    monkeypatch.setattr(
        "casework.alerts.services.sweep", lambda **arguments: asked.update(arguments)
    )
    outbox.enqueue("alerts.sweep")
    outbox.run_due()
    assert asked == {"daily_from": job_handlers.FULL_LOOK_FROM}
    assert job_handlers.FULL_LOOK_FROM == dt.time(5)
