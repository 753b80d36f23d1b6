"""An own account opens what is about its own person, and nothing else; staff open nothing of it."""

import datetime as dt
import random
import re
from uuid import uuid4

import pytest
import time_machine
from django.urls import get_resolver, reverse
from django.utils import timezone

from careplans import services as plans
from careplans import sharing
from careplans.documents import services as documents
from careplans.documents.kinds import DocumentKind
from careplans.kinds import Kind
from careplans.writers import Writer
from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.accounts.outsiders import is_outsider
from casework.accounts.policy import manageable_users
from casework.accounts.roles import ROLES, Permission
from casework.cases import services as cases
from casework.cases.access import sealed
from casework.cases.models import Contact
from casework.cases.services import notes
from casework.common.errors import Refusal
from casework.portal import carers, copies, keeping_safe
from casework.portal import services as portal
from casework.portal.access import ALSO_OPEN, account_of
from casework.portal.access import carer_of as carer_account_of
from casework.portal.models import TeamMessage
from casework.portal.talk import diary, messages, questions
from referrals import services as referrals
from referrals.actors import Actor
from referrals.models import Offer
from tests import asked, factories
from tests.factories.careplans import Two
from tests.factories.documents import asked_for, begun
from tests.factories.portal import carer_of, own_account
from tests.factories.referrals import Network
from tests.meta.test_urls import LIBRARY, Address, walk

pytestmark = pytest.mark.django_db
EVERY = list(walk(get_resolver().url_patterns))
OWN = [one for one in EVERY if getattr(one.view, "own_page", False)]
CARER = [one for one in EVERY if getattr(one.view, "carer_page", False)]
OUTSIDE = [
    one
    for one in EVERY
    if not getattr(one.view, "own_page", False)
    and one.name not in ALSO_OPEN
    and one.name != "home"
    and (getattr(one.view, "login_required", True) or one.view.__module__.startswith(LIBRARY))
]
BY_KEY = {
    "account_confirm_email": {"key": "abc"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "abc"},
}


@pytest.fixture
def me():
    return own_account(factories.person_with_key_worker())


def rows_of_everything_about(person):
    """Ids of every kind of row that an address can name, by table."""
    found = {person._meta.db_table: [person.pk]}

    def note(rows):
        ids = found.setdefault(rows.model._meta.db_table, [])
        ids.extend(rows.values_list("pk", flat=True))

    for rows in (
        person.contacts,
        person.plans,
        person.referrals,
        person.change_requests,
        person.team_messages,
        person.diary_entries,
        person.heard_answers,
        person.carer_accesses,
        person.own_copies,
    ):
        note(rows)
    for plan in person.plans.all():
        for rows in (plan.lines, plan.versions, plan.proposals, plan.comments, plan.documents):
            note(rows)
    return found


def asking(client, method, address):
    return lambda value: getattr(client, method)(paths(address, value))


EVERY_ID = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.deep)], ids=["looked up", "every id"]
)


def worth_asking(ask, rows, every):
    """Ids of the tables that an address looks into; in the deep run every id."""
    return [one for ids in rows.values() for one in ids] if every else asked.worth_asking(ask, rows)


def somebody_with_everything():
    two = Two()
    version = two.shared()
    plan = version.plan
    two.write(plan, Kind.TEAM_VIEW, "How we see it", by=two.alone)
    from careplans import services

    line = plan.lines.filter(kind=Kind.ACTION).get()
    services.propose(
        plan=plan,
        kind=Kind.ACTION,
        values={"words": "Other words", "owner_kind": "person"},
        by=two.alone,
        area=line.area,
        line=line,
        seen_version=line.version,
    )
    begun(two, plan, DocumentKind.HOUSING)  # waits for their yes
    made = asked_for(two, plan, DocumentKind.PLAN)
    documents.make(document=str(made.pk))
    factories.contact(two.person)
    portal.ask(person=two.person, about="worker")
    message = messages.write(person=two.person, words="The door again, Marigold")
    messages.answer(message=message, by=two.worker, words="We come to Marigold at ten")
    TeamMessage.objects.create(
        person=two.person, team=two.team, begun_by=two.worker, words="Marigold, the door came"
    )
    today = timezone.localdate()
    diary.write(person=two.person, on=today, words="A door that I can close at night")
    diary.write(person=two.person, on=today, words="Marigold slept", shared=True)
    questions.answer(person=two.person, heard="yes", words="Marigold was heard", audience="team")
    portal.ask(person=two.person, about="turned_away")
    carer_of(two.person, "meetings")
    network = Network()
    network.person = two.person
    referral = network.draft(person=two.person)
    return two.person, referral


def test_there_is_something_to_walk():
    assert len(OWN) >= 30
    assert len(OUTSIDE) >= 100
    assert {"portal:home", "my_plan:plan", "my_referrals:list"} <= {one.name for one in OWN}


def paths(address: Address, value):
    kinds = {
        "SlugConverter": "housing",
        "StringConverter": "goal",
        "IntConverter": 1,
        "UUIDConverter": value,
    }
    if address.name in BY_KEY:
        return reverse(address.name, kwargs=BY_KEY[address.name])
    values = {
        name: kinds.get(kind, "1")
        for name, kind in zip(address.arguments, address.kinds, strict=True)
    }
    return reverse(address.name, kwargs=values)


def test_every_address_of_staff_is_shut_for_an_own_account(client, me):
    client.force_login(me.user)
    for address in OUTSIDE:
        path = paths(address, me.person_id)
        for ask in (client.get, client.post):
            answer = ask(path)
            assert answer.status_code == 404, f"{address} answered {answer.status_code}"


def test_home_leads_to_their_own_home(client, me):
    client.force_login(me.user)
    assert client.get(reverse("home"))["Location"] == reverse("portal:home")


@pytest.mark.parametrize("role", ["key_worker", "administrator", "partner"])
def test_staff_open_no_own_page(client, role):
    client.force_login(factories.member(role))
    for address in OWN:
        for ask in (client.get, client.post):
            answer = ask(paths(address, uuid4()))
            assert answer.status_code == 302, address
            assert answer["Location"] == reverse("home"), address


def test_nobody_signed_in_opens_no_own_page(client):
    for address in OWN:
        answer = client.get(paths(address, uuid4()))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login")), address


@EVERY_ID
def test_no_id_of_another_person_opens_anything(client, me, every):
    other, _referral = somebody_with_everything()
    theirs = rows_of_everything_about(other)
    assert sum(map(len, theirs.values())) >= 13
    client.force_login(me.user)
    for address in OWN:
        if "UUIDConverter" not in address.kinds:
            continue
        for method in ("get", "post"):
            ask = asking(client, method, address)
            for value in worth_asking(ask, theirs, every):
                assert ask(value).status_code in (404, 405), f"{address} with {value}"


def test_pages_without_an_id_say_nothing_of_another_person(client, me):
    somebody_with_everything()
    client.force_login(me.user)
    for address in OWN:
        if address.arguments or "GET" not in address.view.read_methods:
            continue
        text = client.get(address.path()).content.decode()
        assert "Marigold" not in text, address
        assert "A door that I can close" not in text, address


@EVERY_ID
def test_every_own_page_opens_for_its_person(client, every):
    person, _referral = somebody_with_everything()
    me = own_account(person)
    copies.make(copy=str(copies.ask_for(account=me).pk))
    client.force_login(me.user)
    around = factories.team()  # an organisation and an offer, about nobody
    worker = factories.worker(organisation=around.organisation)
    cases.allocate(person=person, worker=worker, team=around, role="support", by=None)
    offer = Offer.objects.create(team=factories.team(), name="Walks", self_referral=True)
    public = sharing.organisations(person.plans.get())
    rows = rows_of_everything_about(person)
    rows[Offer._meta.db_table] = [offer.pk]
    rows[public.model._meta.db_table] = list(public.values_list("pk", flat=True))
    client.post(reverse("portal:carer_alone"), {"alone": "yes"})
    opened = 0
    for address in OWN:
        if "GET" not in address.view.read_methods:
            continue
        ask = asking(client, "get", address)
        about_a_row = "UUIDConverter" in address.kinds
        answers = set()
        for value in worth_asking(ask, rows, every) if about_a_row else [uuid4()]:
            answer = ask(value)
            answers.add(answer.status_code)
            if answer.streaming:  # a file of their own: read to its end, it is closed
                assert b"".join(answer.streaming_content)
        if address.name in ("portal:second_step", "my_referrals:come_back"):
            continue
        if address.name in ("portal:connect_nhs_login", "portal:end_nhs_login"):
            assert answers == {404}  # without a provider there is nothing
            continue
        if address.name == "portal:remove_step":
            continue  # by number: tested with its own rows
        if "SlugConverter" in address.kinds and address.name == "my_plan:add_whole":
            assert answers == {404}  # "housing" is no kind of line
            continue
        if address.name == "my_plan:new_paper":
            assert answers == {404}  # a letter about "housing" is begun by a worker
            continue
        if address.name == "my_plan:add":
            continue
        assert 200 in answers, f"{address}: {answers}"
        opened += 1
    assert opened >= 25


def test_an_own_account_may_do_nothing_that_staff_may(me):
    from casework.accounts import policy

    assert not any(policy.may(me.user, permission) for permission in Permission)
    assert account_of(me.user).pk == me.pk
    assert account_of(factories.member("key_worker")) is None
    assert account_of(factories.user()) is None
    carer = carer_of(factories.held_person(), "meetings").carer
    assert not any(policy.may(carer.user, permission) for permission in Permission)
    assert carer_account_of(carer.user) == carer and account_of(carer.user) is None
    assert carer_account_of(me.user) is None


@pytest.mark.parametrize("role", ROLES)
def test_an_own_account_and_a_carer_get_no_role(me, role):
    for user in (me.user, carer_of(me.person, "meetings").carer.user):
        with pytest.raises(Refusal):
            accounts.grant(user=user, role=role, team=factories.team(), by=None)
        assert not user.memberships.exists()


def test_administrators_do_not_see_who_has_an_own_account(client, me):
    administrator = factories.member("administrator")
    assert is_outsider(me.user)
    assert me.user not in manageable_users(administrator)
    client.force_login(administrator)
    assert me.user.email not in client.get(reverse("users:list")).content.decode()
    assert client.get(reverse("users:detail", args=[me.user_id])).status_code == 404


def test_a_closed_account_opens_nothing(client, me):
    client.force_login(me.user)
    assert client.get(reverse("portal:home")).status_code == 200
    portal.close_account(account=me, by=factories.member("key_worker"), why="Not safe now")
    assert client.get(reverse("portal:home")).status_code == 302
    assert not User.objects.get(pk=me.user_id).is_active


def test_it_locks_when_the_person_has_died(client, me):
    person = me.person
    person.death_date = timezone.localdate() - dt.timedelta(days=1)
    person.save()
    client.force_login(me.user)
    assert client.get(reverse("portal:home")).status_code == 404
    assert client.get(reverse("my_plan:plan")).status_code == 404


def test_without_a_second_step_that_comes_first(client):
    me = own_account(factories.held_person(), second_step=False)
    client.force_login(me.user)
    for name in ("portal:home", "my_plan:plan", "my_referrals:list"):
        assert client.get(reverse(name))["Location"] == reverse("portal:second_step")


def test_the_person_acts_on_their_own_referral_only(me):
    network = Network()
    with pytest.raises(Refusal):
        referrals.withdraw(
            referral=network.sent(),
            by=Actor(person_id=me.person_id),
            asked_by="person",
            reason="No",
            instead="A call",
        )


# Whom people let in -------------------------------------------------------------------------------

WORDS = {
    "area:housing": "A door that I can close",
    "area:money": "Nothing is left on the twentieth",
    "safety": "When the kettle stands there unfilled",
    "meetings": "The allotment",
}
WRITING = ("portal:carer_write", "my_plan:carer_propose")
PROPOSED = {"area": "housing", "kind": "action", "words": "I drive you on Mondays"}
NEVER = ("We talked about May", "How we see it", "Secret to the carer")


@pytest.fixture
def two():
    """A person with a plan, a safety plan, a meeting and a note, each with words of its own."""
    two = Two()
    plan = two.written()
    money = plan.areas.get(area__code="money").area
    two.write(plan, Kind.MATTERS, WORDS["area:money"], area=money)
    two.write(plan, Kind.HOPE, "Secret to the carer", area=None)
    two.write(plan, Kind.SAFETY_SIGNS, WORDS["safety"], area=None)
    two.shared(plan)
    contact = factories.contact(two.person)
    notes.write_note(
        person=two.person, contact=contact, by=two.worker, words=notes.Words(words=NEVER[0])
    )
    Contact.objects.create(
        person=two.person,
        worker=two.worker.worker,
        team=two.team,
        date=timezone.localdate() + dt.timedelta(days=1),
        time="10:30",
        order_key="10:30:00|x",
        medium="01",
        place=WORDS["meetings"],
    )
    own_account(two.person)
    return two


def carer_home(client, access):
    client.force_login(access.carer.user)
    answer = client.get(reverse("portal:carer_home"))
    assert answer.status_code == 200
    text = re.sub(r'nonce="[^"]*"|value="[^"]*"', "", answer.content.decode())
    return text.replace(access.carer.name, "")


@pytest.mark.parametrize(
    "scope", [*([one] for one in WORDS), ["area:housing", "safety"], list(WORDS)], ids=" ".join
)
def test_a_carer_reads_what_was_chosen_and_nothing_else(client, two, scope):
    page = carer_home(client, carer_of(two.person, *scope))
    for code, words in WORDS.items():
        assert (words in page) is (code in scope), code
    assert "Marigold" in page
    assert not any(words in page for words in NEVER)


@EVERY_ID
def test_a_carer_opens_nothing_but_the_pages_of_carers(client, two, every):
    """By the first look at the address, before any row is: by default two ids are tried at each."""
    access = carer_of(two.person, *WORDS)
    stranger = Two().person
    client.force_login(access.carer.user)
    theirs = [two.person.pk, access.pk, two.person.plans.get().pk, stranger.pk]
    assert len(CARER) >= 5
    for address in [*OUTSIDE, *OWN]:
        if address in CARER:
            continue
        several = "UUIDConverter" in address.kinds
        for value in random.sample(theirs, 4 if every else 2) if several else theirs[:1]:
            answer = client.get(paths(address, value))
            assert answer.status_code == 404, f"{address} answered {answer.status_code}"
    assert client.get(reverse("home"))["Location"] == reverse("portal:carer_home")


def test_nobody_else_opens_the_pages_of_carers(client, two, me):
    access = carer_of(two.person, *WORDS)
    for user in (factories.member("key_worker"), two.worker):
        client.force_login(user)
        for address in CARER:
            for ask in (client.get, client.post):
                assert ask(paths(address, access.pk))["Location"] == reverse("home")
    client.force_login(me.user)
    for address in CARER:
        assert client.get(paths(address, access.pk)).status_code == 404
    client.logout()
    for address in CARER:
        answer = client.get(paths(address, access.pk))
        assert answer["Location"].startswith(reverse("account_login"))
    client.force_login(carer_of(me.person, *WORDS).carer.user)
    assert client.get(reverse("my_plan:carer_answer", args=[access.pk])).status_code == 404


@pytest.mark.parametrize("scope", [[one] for one in WORDS], ids=" ".join)
def test_without_the_scope_a_carer_writes_and_proposes_nothing(client, two, scope):
    access = carer_of(two.person, *scope)
    home = carer_home(client, access)
    assert "in your own name" not in home
    for name in WRITING:
        page = reverse(name, args=[access.pk])
        assert client.get(page).status_code == 404
        assert client.post(page, PROPOSED).status_code == 404
    with pytest.raises(Refusal):
        messages.write_as_carer(access=access, words="I am worried")
    assert not two.person.team_messages.exists() and not two.person.plans.get().proposals.exists()


def test_a_carer_proposes_only_in_the_areas_that_they_see(client, two):
    access = carer_of(two.person, "area:housing", "proposals")
    client.force_login(access.carer.user)
    page = reverse("my_plan:carer_propose", args=[access.pk])
    assert "Money" not in client.get(page).content.decode()
    assert client.post(page, {**PROPOSED, "area": "money"}).status_code == 200
    assert not two.person.plans.get().proposals.exists()
    assert client.post(page, PROPOSED).status_code == 302
    row = two.person.plans.get().proposals.get()
    assert (row.role, row.carer, row.by, row.area.code) == ("carer", access.name, None, "housing")
    assert row.values["owner_words"] == access.name
    # their page says that it is there; a no is the person's to tell, and reads like no answer
    waits = "Marigold answers it if and when they want to."
    assert waits in carer_home(client, access)
    plans.decline(proposal=row, by=Writer(person_id=two.person.pk), reason="Not with her")
    assert waits in carer_home(client, access)
    assert "Not with her" not in carer_home(client, access)
    client.force_login(access.carer.user)
    client.post(page, {**PROPOSED, "words": "I bring the keys"})
    other = two.person.plans.get().proposals.get(outcome="open")
    plans.accept(proposal=other, by=Writer(person_id=two.person.pk))
    assert "It is in the plan now." in carer_home(client, access)
    # proposals alone show nothing of the plan, and lead nowhere
    alone = carer_of(two.person, "proposals")
    assert WORDS["area:housing"] not in carer_home(client, alone)
    assert client.get(reverse("my_plan:carer_propose", args=[alone.pk])).status_code == 404


def test_a_carer_with_messages_reads_their_own_and_no_others(client, two):
    own = messages.write(person=two.person, words="Nobody else reads this of mine")
    messages.answer(message=own, by=two.worker, words="We keep it between us")
    messages.begin(person=two.person, by=two.worker, words="A word to you alone")
    juno, other = (carer_of(two.person, "messages", name=name) for name in ("Juno", "Ash"))
    messages.write_as_carer(access=other, words="Ash is worried")
    sent = messages.write_as_carer(access=juno, words="I am worried")
    messages.answer(message=sent, by=two.worker, words="Thank you, Juno")
    page = carer_home(client, juno)
    assert "I am worried" in page and "Thank you" in page
    for words in ("Nobody else", "between us", "to you alone", "Ash is", *WORDS.values()):
        assert words not in page


def removed(two, access):
    carers.take_away(access=access)


def expired(two, access):
    access.start = timezone.localdate() - dt.timedelta(days=9)
    access.end = timezone.localdate() - dt.timedelta(days=1)
    access.save()


def suspended(two, access):
    sealed.write(
        person=two.person,
        kind="safeguarding",
        words="x",
        why="x",
        readers=[],
        suspends=["people"],
        by=two.worker,
    )


def unsafe(two, access):
    keeping_safe.not_safe(account=two.person.portal_account, by=two.worker)


def dead(two, access):
    two.person.death_date = timezone.localdate()
    two.person.save()


@pytest.fixture
def still():
    """No second passes: pages say when the sign-in ends."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("what", [removed, expired, suspended, unsafe, dead])
def test_a_carer_without_anything_sees_an_ordinary_page(client, two, what):
    """The same page, whatever the reason: nobody is told that anything was taken away."""
    access = carer_of(two.person, *WORDS, "messages", "proposals")
    assert WORDS["safety"] in carer_home(client, access)
    messages.write_as_carer(access=access, words="I am worried")
    what(two, access)
    nothing = carer_of(factories.held_person(), "meetings")
    removed(two, nothing)
    assert carer_home(client, access) == carer_home(client, nothing)
    client.force_login(access.carer.user)
    page = reverse("my_plan:carer_answer", args=[access.pk])
    assert client.get(page).status_code == 404
    assert client.post(page, {"answer": "agree"}).status_code == 404
    assert not two.person.plans.get().versions.get().agreements.exists()
    for name in WRITING:
        page = reverse(name, args=[access.pk])
        assert client.get(page).status_code == 404
        assert client.post(page, PROPOSED).status_code == 404
    with pytest.raises(Refusal):
        messages.write_as_carer(access=access, words="Again")
    assert two.person.team_messages.count() == 1


@pytest.mark.parametrize(
    ("area", "gone"), [("plan", {"area:housing", "area:money", "safety"}), ("diary", {"meetings"})]
)
def test_a_concern_keeps_one_part_back_without_a_word(client, two, area, gone):
    access = carer_of(two.person, *WORDS)
    note = sealed.write(
        person=two.person,
        kind="safeguarding",
        words="x",
        why="x",
        readers=[],
        suspends=[area],
        by=two.worker,
    )
    page = carer_home(client, access)
    for code, words in WORDS.items():
        assert (words in page) is (code not in gone), code
    client.force_login(two.person.portal_account.user)
    home = client.get(reverse("portal:home")).content.decode()
    plan = client.get(reverse("my_plan:plan")).content.decode()
    assert (WORDS["meetings"] in home) is (area != "diary")
    assert (WORDS["area:housing"] in plan) is (area != "plan")
    sealed.end(note=note, by=two.worker)
    assert WORDS["area:housing"] in client.get(reverse("my_plan:plan")).content.decode()


# How somebody proves who they are, and leaves: nothing there is about what the pages hold.
SIGNING_IN = {"portal:leave", "portal:second_step", "portal:passkey", "portal:confirm"}


def test_unsafe_pages_look_ordinary_and_hold_nothing(client):
    person, _referral = somebody_with_everything()
    me = own_account(person)
    Contact.objects.create(
        person=person, date=timezone.localdate(), order_key="x", place="The allotment"
    )
    keeping_safe.not_safe(account=me, by=me.user)
    client.force_login(me.user)
    before = (person.change_requests.count(), person.plans.get().lines.count())
    ids = [one for rows in rows_of_everything_about(person).values() for one in rows]
    for address in OWN:
        if address.name in SIGNING_IN:
            continue
        for value in ids[:6] if "UUIDConverter" in address.kinds else ids[:1]:
            answer = client.get(paths(address, value))
            assert answer.status_code == 200, address
            text = answer.content.decode()
            assert "There is nothing here at the moment." in text
            assert "Leave this page now" in text
            for words in ("Marigold", "The allotment", "A door that", "safe for", "unsafe"):
                assert words not in text, address
            answer = client.post(paths(address, value), {"words": "New", "about": "time"})
            assert answer["Location"] == reverse("portal:home"), address
    assert before == (person.change_requests.count(), person.plans.get().lines.count())
