"""Rows about a person are visible with the person's record, and other people's are not."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from careplans import services as plans
from careplans.models import Agreement, Line, Plan, RecordedPlan
from casework.accounts.models import Membership
from casework.alerts.models import Alert
from casework.cases.access import sealed
from casework.cases.models import Contact, Note, Override, Person, SealedNote
from casework.extract.models import ImportConflict, ImportRun
from casework.portal.models import CarerAccess
from casework.worklist.models import SavedFilter
from referrals.models import BounceMeeting, Handover, Referral, ReplyLink
from referrals.services import reply_links
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import carer_of
from tests.factories.referrals import Network

pytestmark = pytest.mark.django_db

# What follows from somebody's record being open; the others have a test of their own below
WITH_THE_RECORD = {
    "agreement": Agreement,
    "bounce meeting": BounceMeeting,
    "carer": CarerAccess,
    "contact": Contact,
    "handover": Handover,
    "line": Line,
    "note": Note,
    "person": Person,
    "plan": Plan,
    "recorded plan": RecordedPlan,
    "referral": Referral,
    "reply link": ReplyLink,
}


def rows_about(two: Two) -> dict[str, object]:
    """One row of each kind about one person."""
    person, worker, today = two.person, two.worker, timezone.localdate()
    version = two.shared()
    two.agrees(version)
    network = Network()
    network.gp_team, network.gp, network.nurse = two.team, worker, worker
    referral = network.sent(person=person)
    address = reply_links.verify_address(
        team=network.cmht, email="team@alongside.example", how="Rang them", by=worker
    )
    contact = factories.contact(person)
    return {
        "agreement": Agreement.objects.get(version__plan__person=person),
        "bounce meeting": BounceMeeting.objects.create(
            person=person, journey=referral, planned_on=today, who="Both", made_by=worker
        ),
        "carer": carer_of(person, "meetings"),
        "contact": contact,
        "handover": Handover.objects.create(
            person=person, to_team=two.team, to_worker=worker.worker, reason="A new post"
        ),
        "line": Line.objects.filter(plan__person=person).first(),
        "note": Note.objects.create(person=person, contact=contact, words="x", author=worker),
        "person": person,
        "plan": version.plan,
        "recorded plan": RecordedPlan.objects.create(person=person, kind="10", created_day=today),
        "referral": referral,
        "reply link": ReplyLink.objects.create(
            referral=referral, address=address, purpose="decide", told_words="x", made_by=worker,
            expires_at=timezone.now() + dt.timedelta(days=3), code_digest="x",
        ),
    }  # fmt: skip


def test_with_the_record_and_not_without_it():
    one, other = Two(), Two()
    mine, theirs = rows_about(one), rows_about(other)
    assert set(mine) == set(WITH_THE_RECORD)
    nobody = (factories.member("administrator"), factories.user(), AnonymousUser())
    for name, model in WITH_THE_RECORD.items():
        for user, has, has_not in ((one.worker, mine, theirs), (other.worker, theirs, mine)):
            found = model.objects.visible_to(user)
            assert has[name] in found and has_not[name] not in found, name
        for user in nobody:
            assert not model.objects.visible_to(user).exists(), name


def test_each_kind_of_row_that_is_scoped_is_here_or_below():
    """By the query set that says `visible_to`: one of each."""
    here = {type(model.objects.all()).visible_to for model in WITH_THE_RECORD.values()}
    below = {
        type(model.objects.all()).visible_to
        for model in (Alert, ImportConflict, Override, SavedFilter, SealedNote)
    }
    every = {
        type(model._default_manager.all()).visible_to
        for model in apps.get_models()
        if hasattr(model._default_manager, "visible_to")
    }
    assert every == here | below


def test_an_alert_an_override_and_a_sealed_note_have_rules_of_their_own(place):
    alert = Alert.objects.create(
        rule="many_faces", subject_key="test", person=place.person, worker=place.holder.worker,
        team=place.ours, sentence="x", opened_on=timezone.localdate(),
        updated_on=timezone.localdate(),
    )  # fmt: skip
    note = sealed.write(
        person=place.person, kind="note", words="x", why="x", readers=[], by=place.holder
    )
    override = Override.objects.create(
        person=place.person, user=place.outsider, team=place.theirs, category="danger", reason="x"
    )
    for row, may, may_not in (
        (alert, place.holder, place.officer),
        (note, place.holder, place.member("team_member", team=place.ours)),
        (override, place.officer, place.holder),
    ):
        assert list(type(row).objects.visible_to(may)) == [row]
        assert not type(row).objects.visible_to(may_not).exists()


def test_contradictions_of_an_import_are_for_who_corrects_and_the_directorys_for_who_imports():
    run = ImportRun.objects.create()
    about_a_person, about_a_team = (
        ImportConflict.objects.create(
            run=run, table="x", key=model, record=run.pk, model=model, field="name"
        )
        for model in ("cases.person", "directory.team")
    )
    corrects = factories.member("records_administrator")
    assert set(ImportConflict.objects.visible_to(corrects)) == {about_a_person, about_a_team}
    imports = factories.member("administrator")
    assert list(ImportConflict.objects.visible_to(imports)) == [about_a_team]
    for user in (factories.member("key_worker"), AnonymousUser()):
        assert not ImportConflict.objects.visible_to(user).exists()
    Membership.objects.create(
        user=imports, role="records_administrator", start=timezone.localdate()
    )
    imports.known_memberships = None
    assert ImportConflict.objects.visible_to(imports).count() == 2


def test_lists_that_somebody_keeps_are_their_own():
    me, colleague = factories.member("key_worker"), factories.member("key_worker")
    mine = SavedFilter.objects.create(user=me, page="people", name="Mine")
    SavedFilter.objects.create(user=colleague, page="people", name="Theirs")
    assert list(SavedFilter.objects.visible_to(me)) == [mine]


def test_a_plan_of_another_person_of_the_same_team_is_visible_with_that_person_only():
    two = Two()
    plan = two.plan()
    lonely = factories.held_person()
    other = plans.start(
        person=lonely, by=factories.member("key_worker", team=lonely.cases.get().team)
    )
    assert list(Plan.objects.visible_to(two.worker)) == [plan]
    assert other not in Plan.objects.visible_to(two.lead)
