"""Whatever happens to the access log behind the service's back is found, and named."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.cases.access import seals
from casework.cases.models import AccessEntry, AccessSeal, SealHead
from casework.common.ids import uuid7
from casework.outbox.handlers import job_handlers
from tests import factories

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(minutes=5)
ROWS = 12
DEEP = settings.get_profile("deep").max_examples


def entries(number=ROWS):
    """Rows of different kinds, as the middleware writes them."""
    user, team = factories.user(), factories.team()
    people = [factories.held_person(team=team) for _ in range(3)]
    actions = list(AccessEntry.Action)
    for n in range(number):
        AccessEntry.objects.create(
            user=user,
            role="key_worker",
            team=team,
            action=actions[n % len(actions)],
            person=people[n % 3] if n % 4 else None,
            listed=[str(one.pk) for one in people[: n % 4]],
            page="people:detail",
            record=uuid7() if n % 2 else None,
            reason="case_team",
            reason_words=f"called “{n}” & wrote",
            ip="10.0.0.1" if n % 3 else None,
            request_id=uuid7(),
        )
    return list(AccessEntry.objects.order_by("created_at", "pk"))


def sealed_log(number=ROWS):
    rows = entries(number)
    assert seals.seal(now=timezone.now() + LATER) == number
    return rows


def run(sql, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount > 0


def key(pk):
    return pk.hex if connection.vendor == "sqlite" else str(pk)


def found(**kwargs):
    return [str(one) for one in seals.verify(now=timezone.now() + LATER, **kwargs).findings]


def test_a_log_that_nobody_touched_is_as_it_was():
    sealed_log()
    assert found() == []
    assert AccessSeal.objects.count() == ROWS


def test_only_settled_rows_are_sealed_and_each_once():
    entries(3)
    assert not seals.pending(now=timezone.now())
    assert seals.seal(now=timezone.now()) == 0
    assert seals.pending(now=timezone.now() + LATER)
    assert seals.seal(now=timezone.now() + LATER) == 3
    assert seals.seal(now=timezone.now() + LATER) == 0
    assert list(AccessSeal.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_more_rows_than_a_batch(monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 5)
    sealed_log()
    assert found() == []


def test_a_second_sealing_goes_on_where_the_first_ended():
    sealed_log(4)
    entries(4)
    assert seals.seal(now=timezone.now() + LATER) == 4
    assert found() == []


def test_what_waits_for_its_seal_is_no_finding():
    sealed_log(3)
    entries(2)
    report = seals.verify()
    assert (report.findings, report.waiting) == ([], 2)


def test_keys_are_rotated_and_old_ones_still_verify(settings):
    sealed_log(3)
    old = settings.SEAL_KEYS
    settings.SEAL_KEYS = ["another-key-that-is-long-enough-for-it", *old]
    entries(3)
    seals.seal(now=timezone.now() + LATER)
    assert found() == []
    assert AccessSeal.objects.values("key").distinct().count() == 2
    settings.SEAL_KEYS = settings.SEAL_KEYS[:1]
    assert len(found()) == 3
    assert "not among SEAL_KEYS" in found()[0]


def test_a_wrong_key_does_not_pass(settings):
    sealed_log(2)
    settings.SEAL_KEYS = ["another-key-that-is-long-enough-for-it"]
    run("UPDATE cases_accessseal SET key = %s", [seals.keys()[0].name])
    assert len(found()) >= 2


def forged(row, **changes):
    """A row like another, written past the service."""
    fields = {f.attname: getattr(row, f.attname) for f in AccessEntry._meta.concrete_fields}
    fields.update(id=uuid7(), **changes)
    one = AccessEntry(**fields)
    AccessEntry.objects.bulk_create([one])
    run(
        "UPDATE cases_accessentry SET created_at = %s WHERE id = %s",
        [connection.ops.adapt_datetimefield_value(fields["created_at"]), key(one.pk)],
    )
    return one.pk


COLUMNS = [
    ("action", "forged"),
    ("role", "nobody"),
    ("page", "people:why"),
    ("reason", "duty"),
    ("reason_words", "forged"),
    ("ip", "10.9.9.9"),
    ("listed", '["forged"]'),
    ("user_id", None),
    ("team_id", None),
    ("created_at", "2020-01-01 10:00:00.000000"),
    ("request_id", None),
]


def change(rows, n, m, what):
    column, value = COLUMNS[what % len(COLUMNS)]
    run(f"UPDATE cases_accessentry SET {column} = %s WHERE id = %s", [value, key(rows[n].pk)])
    return rows[n].pk


def remove(rows, n, m, what):
    run("DELETE FROM cases_accessentry WHERE id = %s", [key(rows[n].pk)])
    return rows[n].pk


def insert(rows, n, m, what):
    return forged(rows[n], reason_words="forged")


def exchange(rows, n, m, what):
    """Two rows trade everything but their ids."""
    columns = [f.column for f in AccessEntry._meta.concrete_fields if f.column not in {"id"}]
    one, other = key(rows[n].pk), key(rows[m].pk)
    quote = connection.ops.quote_name
    listed = ", ".join(quote(c) for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM cases_accessentry WHERE id = %s", [one])
        first = cursor.fetchone()
    sets = ", ".join(
        f"{quote(c)} = (SELECT b.{quote(c)} FROM cases_accessentry b WHERE b.id = %s)"
        for c in columns
    )
    run(f"UPDATE cases_accessentry SET {sets} WHERE id = %s", [*[other] * len(columns), one])
    marks = ", ".join(f"{quote(c)} = %s" for c in columns)
    run(f"UPDATE cases_accessentry SET {marks} WHERE id = %s", [*first, other])
    return rows[n].pk


def reseal_swapped(rows, n, m, what):
    """Two seals trade the rows that they are about."""
    one, other, away = key(rows[n].pk), key(rows[m].pk), key(uuid7())
    for new, old in ((away, one), (one, other), (other, away)):
        run("UPDATE cases_accessseal SET entry = %s WHERE entry = %s", [new, old])
    return rows[n].pk


def unseal(rows, n, m, what):
    run("DELETE FROM cases_accessseal WHERE entry = %s", [key(rows[n].pk)])
    return rows[n].pk if n < len(rows) - 1 else None


def remove_both(rows, n, m, what):
    n = min(n, len(rows) - 2)  # the newest row with its seal is what the exported heads are for
    unseal(rows, n, m, what)
    remove(rows, n, m, what)
    return f"seal {n + 1}"


def forge_seal(rows, n, m, what):
    column = ("mac", "content")[what % 2]
    run(f"UPDATE cases_accessseal SET {column} = %s WHERE number = %s", ["f" * 64, n + 1])
    return f"seal {n + 1}"


TAMPERINGS = [
    change,
    change,
    remove,
    insert,
    exchange,
    reseal_swapped,
    unseal,
    remove_both,
    forge_seal,
]


def tampered_with(rows, tamper, n, m, what):
    """What verifying says after a tampering that is then undone."""
    if n == m:
        m = (n + 1) % len(rows)
    with transaction.atomic():
        named = tamper(rows, n, m, what)
        said = found()
        transaction.set_rollback(True)
    return named, said


@pytest.fixture
def log():
    return sealed_log()


def assert_found(log, tamper, n, m, what):
    named, said = tampered_with(log, tamper, n, m, what)
    if named is None:  # the newest row lost its seal: it gets the very same one again
        assert said == []
        return
    assert any(str(named) in line for line in said), (tamper.__name__, named, said)
    assert found() == []


@pytest.mark.parametrize("tamper", dict.fromkeys(TAMPERINGS), ids=lambda one: one.__name__)
@pytest.mark.parametrize("n", [0, 5, ROWS - 1])
def test_every_kind_of_tampering_is_found(log, tamper, n):
    assert_found(log, tamper, n, 3, n)


anywhere = st.integers(0, ROWS - 1)


@given(st.sampled_from(TAMPERINGS), anywhere, anywhere, st.integers(0, 99))
@settings(max_examples=25)
def test_some_random_tamperings_are_found(log, tamper, n, m, what):
    assert_found(log, tamper, n, m, what)


@pytest.mark.deep
@given(st.sampled_from(TAMPERINGS), anywhere, anywhere, st.integers(0, 99))
@settings(max_examples=1000)
def test_a_thousand_random_tamperings_are_found(log, tamper, n, m, what):
    assert_found(log, tamper, n, m, what)


def test_a_changed_row_is_the_only_one_that_is_named(log):
    named, said = tampered_with(log, change, 4, 5, 0)
    assert said == [f"row {named}: changed (seal 5)"]


# Daily heads --------------------------------------------------------------------------------------


@pytest.fixture
def yesterday(log):
    """A log whose day is over."""
    seals.seal(now=timezone.now() + dt.timedelta(days=1))
    return log


def test_a_day_gets_its_head_once(yesterday):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    assert not seals.pending(now=tomorrow)
    seals.seal(now=tomorrow)
    assert SealHead.objects.get().number == ROWS
    assert found() == []


def test_a_tail_that_was_cut_off_is_missed_by_the_head(yesterday):
    remove_both([*yesterday, None], ROWS - 1, 0, 0)
    assert any("the log ends before seal 12" in line for line in found())


def test_a_forged_head_is_found(yesterday):
    run("UPDATE cases_sealhead SET mac = %s", ["0" * 64])
    assert any("does not fit" in line for line in found())


def test_exported_heads_prove_what_was_cut_off_with_its_head(yesterday, tmp_path):
    kept = tmp_path / "heads.json"
    call_command("verify_log", export_heads=str(kept), stdout=StringIO())
    assert json.loads(kept.read_text())[0]["number"] == ROWS
    call_command("verify_log", heads=str(kept), stdout=StringIO())
    run("DELETE FROM cases_sealhead")
    assert found() == []
    out = StringIO()
    with pytest.raises(CommandError, match="Not as it was: 1"):
        call_command("verify_log", heads=str(kept), stdout=out)
    assert "was exported, and is no longer here" in out.getvalue()


def test_the_command_names_the_row(log):
    out = StringIO()
    named = change(log, 2, 3, 0)
    with pytest.raises(CommandError, match="12 rows sealed"):
        call_command("verify_log", stdout=out)
    assert f"row {named}: changed (seal 3)" in out.getvalue()


def test_the_job_is_registered_and_runs():
    entries(1)
    assert job_handlers["cases.seal"].run() == 0


@pytest.mark.usefixtures("append_only")
def test_seals_are_append_only(log):
    from django.db import IntegrityError

    for table in ("cases_accessseal", "cases_accessentry"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            run(f"DELETE FROM {table}")
