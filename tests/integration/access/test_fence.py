"""The database fence: what the web's role is shown, may change, and still can do."""

import datetime as dt
import os
import subprocess
import sys
from io import StringIO
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import ROLES
from casework.alerts import services as alerts
from casework.cases import opening
from casework.cases.access import fence_checks, fencing
from casework.cases.models import AccessEntry, Contact, LiveReason, Person
from casework.cases.models.person import PersonQuerySet
from casework.common import fence
from casework.common.appendonly import is_history
from casework.extract import services as imports
from casework.outbox.models import Message
from tests import factories, fenced
from tests.factories.accounts import PASSWORD
from tests.factories.careplans import Two
from tests.factories.documents import full_plan
from tests.factories.portal import carer_of, own_account
from tests.hostile import CommittingClient
from tests.integration.diary.conftest import day
from tests.meta.test_walk import READERS, World
from tests.unit.extract.folder import Folder

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def roles():
    with fenced.fence() as both:
        yield both


@pytest.fixture
def web(roles):
    return roles[0]


@pytest.fixture
def worker(roles):
    return roles[1]


def everything():
    """Every fenced table's model, history included."""
    return [m for m in apps.get_models() if m._meta.db_table in fencing.steps()]


def shown():
    """How many rows of each fenced table whoever asks is shown, without asking whose they are."""
    return {m._meta.label: m._base_manager.count() for m in everything()}


def ids(model=Person):
    return set(model._base_manager.values_list("pk", flat=True))


# What is shown ------------------------------------------------------------------------------------


def test_without_scoping_a_user_is_shown_their_people_and_no_others(place, web):
    World()
    full_plan(Two())
    there = {label for label, rows in shown().items() if rows}
    with fenced.as_role(web):
        with fence.as_user(None):
            nobody = shown()
        with fence.as_user(place.officer.pk):
            officer = shown()
        with fence.as_user(place.holder.pk):
            assert ids() == {place.person.pk}
            holder = shown()
            of = {
                field.attname
                for model in everything()
                for row in model._base_manager.all()
                for field in model._meta.concrete_fields
                if field.related_model is Person and not field.null
                for one in [getattr(row, field.attname)]
                if one != place.person.pk
            }
    assert len(there) > 40
    may_be_about_nobody = {
        model._meta.label
        for model in everything()
        if fencing.steps()[model._meta.db_table].nullable
    }
    assert {label for label, rows in nobody.items() if rows} <= may_be_about_nobody
    assert {label for label, rows in officer.items() if rows} <= may_be_about_nobody
    assert holder["cases.HistoricalPerson"] and holder["cases.LiveReason"]
    assert not holder["careplans.Line"] and not holder["cases.HistoricalNote"]
    assert of == set()


@pytest.mark.parametrize("who", READERS)
def test_it_shows_whom_the_service_shows(who, web):
    """The fence asks in SQL of its own, and comes to the same answer as the policy."""
    world = World()
    reader = READERS[who](world)
    wanted = set(Person.objects.visible_to(reader).values_list("pk", flat=True))
    if who == "own account":  # a person is shown themselves, by pages of their own
        wanted.add(reader.portal_account.person_id)
    with fenced.as_role(web), fence.as_user(reader.pk):
        assert ids() == wanted
    if ROLES.get(who) and wanted:
        assert world.person.pk not in wanted


def test_a_carer_is_shown_who_let_them_in_until_it_is_taken_away(place, web):
    access = carer_of(place.person, "meetings")
    with fenced.as_role(web), fence.as_user(access.carer.user_id):
        assert ids() == {place.person.pk}
    for changed in ({"removed_at": timezone.now()}, {"removed_at": None, "end": access.start}):
        type(access).objects.filter(pk=access.pk).update(**changed)
        later = timezone.now() + dt.timedelta(days=2)
        with time_machine.travel(later), fenced.as_role(web), fence.as_user(access.carer.user_id):
            assert ids() == set()


def test_an_end_is_an_end_and_a_person_is_shown_themselves(place, web):
    account = own_account(place.person)
    with fenced.as_role(web):
        with fence.as_user(account.user_id):
            assert ids() == {place.person.pk}
        with fence.as_user(place.holder.pk):
            assert ids() == {place.person.pk}
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    LiveReason.objects.update(start=yesterday, end=yesterday)
    account.ended_on = yesterday
    account.ended_why = "asked"
    account.save()
    with fenced.as_role(web):
        for user in (account.user_id, place.holder.pk):
            with fence.as_user(user):
                assert ids() == set()


def test_a_user_who_was_made_inactive_is_shown_nobody(place, web):
    place.holder.is_active = False
    place.holder.save()
    with fenced.as_role(web), fence.as_user(place.holder.pk):
        assert ids() == set()


def test_a_page_that_forgot_to_ask_shows_nobody_else(place, web, client, monkeypatch):
    stranger = factories.held_person(team=factories.team(), name="Quentin Quillfeather")
    client.force_login(place.holder)
    monkeypatch.setattr(PersonQuerySet, "visible_to", lambda rows, user: rows)
    for name in ("_first_people", "_visible", "_with_about_me"):
        monkeypatch.setattr(opening, name, _anybody)
    assert "Quillfeather" in _unfenced(client, reverse("people:list"))
    listed = client.get(reverse("people:list")).content.decode()
    assert "Robin Example" in listed
    assert "Quillfeather" not in listed
    assert client.get(reverse("people:detail", args=[stranger.pk])).status_code == 404
    assert client.post(reverse("diary:record", args=[stranger.pk])).status_code == 404


def _anybody(*asked):
    """What the statements of `opening` would give if they forgot who asks."""
    rows = Person.objects.with_list_data().order_by("sort_name", "pk")
    return list(rows.filter(pk=asked[0]) if isinstance(asked[0], UUID) else rows)


def _unfenced(client: Client, path: str) -> str:
    """The same page without the fence: the test would notice."""
    web, fenced._web = fenced._web, None
    try:
        return client.get(path).content.decode()
    finally:
        fenced._web = web


# Who asks -----------------------------------------------------------------------------------------


def marks(on=connection):
    with on.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('alongside.user', true),"
            " current_setting('alongside.reach', true)"
        )
        return cursor.fetchone()


def test_the_connection_says_who_asks(place):
    assert marks() == ("", "system")
    user = str(place.holder.pk)
    with fence.as_user(user):
        assert marks() == (user, "")
        with transaction.atomic():
            assert marks() == (user, "")
    with fence.as_user(user, changes=True):
        assert marks() == (user, "")
        with transaction.atomic():
            assert marks() == (user, "service")
            with pytest.raises(ValueError), transaction.atomic():
                raise ValueError
            assert marks() == (user, "service")
        assert marks() == (user, "")
    assert marks() == ("", "system")


def test_a_rollback_is_not_believed(place):
    user = str(place.holder.pk)
    with pytest.raises(ValueError), transaction.atomic():
        with fence.as_user(user):
            marks()
            raise ValueError
    assert marks() == ("", "system")
    with pytest.raises(DatabaseError), transaction.atomic(), fence.as_user(user):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    assert marks() == ("", "system")


def test_a_pooled_connection_does_not_remember_the_last_user(place):
    another = connection.copy()
    for user in ("", str(place.holder.pk), ""):
        with fence.as_user(user):
            assert marks(another) == (user, "")
        another.close()
    assert marks(another) == ("", "system")
    another.close()


def test_outside_of_a_request_a_web_process_is_shown_nothing(place, web):
    script = (
        "import casework.wsgi\nfrom casework.common import fence\n"
        "print(fence.asking(), fence.is_on())"
    )
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True
    )
    assert "Asking(user='', reach='', changes=False, depth=0)" in said.stdout
    with fenced.as_role(web), fence.asked_by(fence.Asking()):
        assert ids() == set()
    with fenced.as_role(web):  # the web's role is never the system
        assert ids() == set()


def test_going_beyond_needs_a_reason():
    with pytest.raises(ValueError, match="say why"):
        fence.beyond(" ")


# What may be changed ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_neither_role_changes_what_is_only_added_to(roles, verb):
    tables = fencing.added_only()
    assert {"cases_caseevent", "cases_accessentry", "cases_accessseal"} <= set(tables)
    assert sum("historical" in table for table in tables) > 30
    with connection.cursor() as cursor:
        for role in roles:
            for table in [*tables, "django_migrations"]:
                column = _first_column(table)
                statement = {
                    "UPDATE": f'UPDATE {table} SET "{column}" = "{column}"',
                    "DELETE": f"DELETE FROM {table}",
                    "TRUNCATE": f"TRUNCATE {table}",
                }[verb]
                with pytest.raises(ProgrammingError, match="permission denied"):
                    with transaction.atomic(), fenced.as_role(role):
                        cursor.execute(statement)


def _first_column(table: str) -> str:
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, table)[0].name


def test_notices_stay_and_the_tables_too(web):
    with connection.cursor() as cursor:
        for statement in (
            f"DELETE FROM {Message._meta.db_table}",
            "DROP TABLE cases_person",
            "ALTER TABLE cases_person DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE cases_accessentry DISABLE TRIGGER ALL",
            "CREATE TABLE public.mine (id int)",
        ):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                with transaction.atomic(), fenced.as_role(web):
                    cursor.execute(statement)


# The ordinary flow --------------------------------------------------------------------------------


def test_a_day_of_work_behind_the_fence(place, roles, tmp_path, settings):
    """Sign in, read, write by the web's role; sweep and import by the worker's."""
    _web, worker = roles
    place.holder.email = "grace@alongside.example"
    place.holder.save()
    client = CommittingClient()
    answer = client.post(
        reverse("account_login"), {"login": "grace@alongside.example", "password": PASSWORD}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert client.get(reverse("home"), follow=True).status_code == 200
    assert "Robin Example" in client.get(reverse("people:list")).content.decode()
    assert client.get(reverse("people:detail", args=[place.person.pk])).status_code == 200
    said = client.post(
        reverse("diary:record", args=[place.person.pk]),
        {
            "attendance": "5",
            "workers": [str(place.holder.worker_id)],
            **day("date", timezone.localdate()),
            "time": "10:00",
            "minutes": "45",
            "medium": "01",
            "purpose": "support",
            "note": "We went for a walk.",
            "shared": "yes",
        },
    )
    assert said.status_code == 302, said.content.decode()
    assert Contact.objects.get().notes.get().words == "We went for a walk."
    assert AccessEntry.objects.filter(person=place.person, action="view").exists()
    assert client.get(reverse("people:timeline", args=[place.person.pk])).status_code == 200
    folder = Folder(tmp_path / "extract")
    settings.VAR_DIR = tmp_path / "var"
    before = Person.objects.count()
    with fenced.as_role(worker):
        alerts.sweep(on=timezone.localdate() + dt.timedelta(days=200))
        imports.import_folder(folder=folder.path)
        imports.import_folder(folder=folder.path)
    assert Person.objects.count() > before
    assert apps.get_model("alerts", "Alert").objects.filter(person=place.person).exists()


# The command and the checks -----------------------------------------------------------------------


def test_whatever_is_missing_is_named(roles):
    web, worker = roles
    assert fencing.faults(web) == fencing.faults(worker) == []
    assert fencing.faults("no_such_role") == ["there is no role no_such_role"]
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE ON cases_caseevent TO {web}")
        cursor.execute("ALTER TABLE cases_note DISABLE ROW LEVEL SECURITY")
        cursor.execute(f"ALTER TABLE cases_step OWNER TO {worker}")
        assert fencing.faults(web) == [
            f"{web} may change or remove rows of cases_caseevent",
            "cases_note has no policy",
        ]
        assert "owns tables" in fencing.faults(worker)[0]
        cursor.execute(f"ALTER ROLE {web} BYPASSRLS")
        assert "passes every policy" in fencing.faults(web)[0]


def test_the_command_makes_it_and_takes_it_off():
    out = StringIO()
    names = {"web": "fence_test_web", "worker": "fence_test_worker"}
    with pytest.raises(CommandError, match="not closed"):
        call_command("fence", check=True, stdout=out, **names)
    call_command("fence", stdout=out, **names)
    assert "has no password" in out.getvalue()
    call_command("fence", stdout=out, **names)
    call_command("fence", check=True, stdout=out, **names)
    assert out.getvalue().count("The fence is closed") == 3
    call_command("fence", off=True, stdout=out, **names)
    assert len(fencing.faults("fence_test_web")) == len(fencing.steps())


def test_check_says_whether_it_is_on(settings, roles):
    assert [one.id for one in fence_checks.is_it_on()] == ["cases.I001"]
    # the tests are run by whoever made the database, whom no policy holds
    assert {one.id for one in fence_checks.is_it_closed(["default"])} == {"cases.E001"}
    assert fence_checks.is_it_closed([]) == []
    with fenced.as_role(roles[0]):
        assert fence_checks.is_it_closed(["default"]) == []
    settings.DATABASE_FENCE = False
    assert [one.id for one in fence_checks.is_it_on()] == ["cases.I002"]
    assert fence_checks.is_it_closed(["default"]) == []


def test_everything_about_a_person_is_fenced_or_said_not_to_be():
    """Of what names a person, only what is listed with its reason is left out."""
    left = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.db_table not in fencing.steps()
        and not is_history(model)
        and any(field.related_model is Person for field in model._meta.concrete_fields)
    ]
    assert set(left) <= set(fencing.UNFENCED)
    assert {apps.get_model(label)._meta.label for label in fencing.UNFENCED} == set(
        fencing.UNFENCED
    )


def test_a_leaver_loses_the_fence_with_the_membership(place, web):
    membership = place.holder.memberships.get()
    membership.start = membership.end = timezone.localdate() - dt.timedelta(days=1)
    membership.save()
    with fenced.as_role(web), fence.as_user(place.holder.pk):
        assert ids() == set()
