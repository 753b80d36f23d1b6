"""`manage.py first_start`: what a demonstration begins with."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES
from casework.alerts.models import Alert
from casework.cases.models import Contact, Person
from casework.directory.models import Organisation, Worker
from casework.extract import first_start

pytestmark = pytest.mark.django_db


def start() -> list[dict[str, str]]:
    out = io.StringIO()
    call_command("first_start", "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def counts() -> list[int]:
    models = (User, Membership, Person, Contact, Worker, Alert)
    return [model.objects.count() for model in models]


def test_refuses_outside_a_demonstration():
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("first_start")
    assert counts() == [0] * 6


def test_twice_is_once(demo, client):
    accounts = start()
    before = counts()
    assert before[2:4] == [60, 891]
    assert start() == accounts
    assert counts() == before
    assert {account["role"] for account in accounts} == set(ROLES)
    for account in accounts:
        user = User.objects.get(email=account["email"])
        assert user.check_password(account["password"])
        assert user.memberships.get().role == account["role"]
        client.force_login(user)
        assert client.get(account["home"], follow=True).status_code == 200
    assert not Person.objects.filter(name="").exists()
    assert not Worker.objects.filter(name="").exists()
    assert "invented" in Organisation.objects.get(code="X0001").name
    assert Worker.objects.get(local_id="S12").role_words == "Peer worker"
    key_worker = User.objects.get(email="key.worker@alongside.example")
    assert key_worker.worker.name == key_worker.name
    assert Alert.objects.filter(worker=key_worker.worker, resolved_on=None).exists()


def test_names_are_for_everybody_in_the_sample_and_for_one_each():
    with (first_start.SAMPLE / "names.csv").open() as file:
        rows = list(csv.DictReader(file))
    for kind, table, column in (
        ("worker", "MHS901StaffDetails", "CareProfLocalID"),
        ("team", "MHS902ServiceTeamDetails", "CareProfTeamLocalID"),
        ("person", "MHS001MPI", "LocalPatientID"),
    ):
        with (first_start.SAMPLE / f"{table}.csv").open() as file:
            ids = {row[column] for row in csv.DictReader(file)}
        named = [row for row in rows if row["kind"] == kind]
        assert {row["id"] for row in named} == ids
        assert len({row["name"] for row in named}) == len(ids)
    assert {row["kind"] for row in rows} == {"worker", "team", "person"}


def test_accounts_are_named_like_their_workers():
    with (first_start.SAMPLE / "names.csv").open() as file:
        names = {row["id"]: row["name"] for row in csv.DictReader(file)}
    for account in first_start.ACCOUNTS:
        assert account.name == names.get(account.worker, account.name)
        assert account.email.endswith(".example")
