"""The runner of the tests: which server it takes, and what it makes of the results."""

from pathlib import Path

import psycopg
import pytest

from tests import run
from tests.run import Counts, Server


def test_counts_add_up_failures_and_errors(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>'
    )
    assert run.counts(report) == Counts(passed=4, failed=3, skipped=3)
    assert str(run.counts(report)) == "4 passed, 3 failed, 3 skipped"


def test_no_report_counts_nothing(tmp_path):
    assert run.counts(tmp_path / "none.xml") == Counts()


@pytest.mark.parametrize(
    ("codes", "total", "expected"),
    [
        ([0, 0], Counts(passed=2), 0),
        ([0, 5], Counts(passed=2), 0),  # nothing on PostgreSQL is no failure
        ([5, 5], Counts(), 1),  # nothing at all is one
        ([1, 0], Counts(passed=2, failed=1), 1),
        ([0, 2], Counts(passed=2), 2),
        ([0, 0], Counts(passed=2, failed=1), 1),
    ],
)
def test_verdict(codes, total, expected):
    assert run.verdict(codes, total) == expected


def test_the_named_server_comes_first():
    first, second = "postgresql://a@one/x", "postgres://a@two/x"
    assert run.given({"TEST_POSTGRES_URL": first, "DATABASE_URL": second}) == first
    assert run.given({"DATABASE_URL": second}) == second
    assert run.given({"DATABASE_URL": "sqlite:///x"}) is None


def test_a_named_server_has_to_work(monkeypatch):
    monkeypatch.setattr(run, "may_create", lambda url: False)
    with (
        pytest.raises(SystemExit, match=r"on db\.invalid .* does not answer"),
        run.postgresql({"DATABASE_URL": "postgres://u:secret@db.invalid/x"}),
    ):
        pass


def test_a_server_that_does_not_answer_is_passed_over():
    assert run.may_create(f"postgres://x@127.0.0.1:{run.free_port()}/x") is False


def test_without_server_and_programs_there_is_none(monkeypatch):
    monkeypatch.setattr(run, "answering", lambda environ: None)
    monkeypatch.setattr(run, "programs", lambda: None)
    with run.postgresql({}) as server:
        assert server is None


@pytest.mark.skipif(run.programs() is None, reason="PostgreSQL's programs are not installed")
def test_a_temporary_server_takes_databases_and_is_gone_afterwards(monkeypatch):
    monkeypatch.setattr(run, "answering", lambda environ: None)
    with run.postgresql({}) as server:
        assert run.may_create(server.url)
        with psycopg.connect(server.url) as connection:
            folder = Path(connection.execute("SHOW data_directory").fetchone()[0])
        assert folder.exists()
    assert not run.may_create(server.url)
    assert not folder.exists()


def test_each_run_has_a_database_of_its_own():
    server = Server("postgres://u:p@h:5432/postgres", "there")
    one, two = run.database_url(server), run.database_url(server)
    assert one != two
    assert one.startswith("postgres://u:p@h:5432/alongside_")
