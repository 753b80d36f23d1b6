"""The hostile test environment is as hostile as it says."""

import socket
import warnings

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_socket import SocketConnectBlockedError

from tests.hostile import CommittingClient, WroteOnGet, read_only_get


def test_no_other_host_can_be_reached():
    blocked = (SocketConnectBlockedError, UserWarning)  # it warns first, and warnings are errors
    with pytest.raises(blocked, match=r"blocked\.invalid"), socket.socket() as probe:
        probe.connect(("blocked.invalid", 80))


def test_warnings_are_errors():
    with pytest.raises(UserWarning):
        warnings.warn("something is amiss", UserWarning, stacklevel=1)


@pytest.mark.sqlite_only
def test_unordered_rows_come_in_an_unusual_order(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE letters (letter text)")
        cursor.execute("INSERT INTO letters VALUES ('a'), ('b'), ('c')")
        cursor.execute("SELECT letter FROM letters")
        assert [row[0] for row in cursor.fetchall()] == ["c", "b", "a"]


def writing_view(request):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session WHERE session_key = 'none'")
    return HttpResponse("done")


def test_a_view_must_not_write_when_asked_to_show(db):
    with pytest.raises(WroteOnGet):
        read_only_get(writing_view)(RequestFactory().get("/"))
    assert read_only_get(writing_view)(RequestFactory().post("/")).content == b"done"


def test_what_waits_for_the_commit_runs_after_a_request(db, monkeypatch):
    ran = []

    def answer(self, **request):
        transaction.on_commit(lambda: ran.append("once"))
        return HttpResponse()

    monkeypatch.setattr("django.test.Client.request", answer)
    CommittingClient().get("/")
    assert ran == ["once"]


def test_on_commit_runs_what_waits(db, on_commit):
    ran = []
    with on_commit():
        transaction.on_commit(lambda: ran.append("once"))
        assert not ran
    assert ran == ["once"]


def test_jobs_run_at_once_and_in_memory(settings):
    assert settings.HUEY.immediate
    assert type(settings.HUEY.storage).__name__ == "MemoryStorage"
