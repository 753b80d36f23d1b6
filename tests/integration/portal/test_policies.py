"""Every condition of the wall around people's own pages, each alone: right role, wrong person."""

import datetime as dt
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from casework.accounts.strong import KNOWN
from casework.cases.access import sealed
from casework.cases.models import Case
from casework.portal import access, carers, keeping_safe, together
from casework.portal.models import HeardAnswer, PortalAccount
from casework.portal.talk import diary, questions
from tests import factories
from tests.factories.portal import carer_of, own_account

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def me():
    return own_account(factories.person_with_key_worker())


@pytest.fixture
def carer(me):
    return carer_of(me.person, "meetings").carer


def asked(user, **session):
    request = RequestFactory().get("/my/")
    request.user = again(user)
    request.session = SessionStore()
    request.session.update(session)
    return request


def not_safe(account):
    keeping_safe.not_safe(account=account, by=account.user)


def again(user):
    """The same user at their next request."""
    return user if user.pk is None else type(user).objects.get(pk=user.pk)


def opened(view, user, **session):
    """What a page makes of whoever asks: the account that it was given, or where it leads."""
    given = []

    def page(request, account):
        given.append(account)
        return HttpResponse("given")

    answer = view(page)(asked(user, **session))
    return given[0] if given else answer.get("Location") or answer.status_code


# Whose account ------------------------------------------------------------------------------------


def test_an_account_is_its_users(me, carer):
    other = own_account(factories.held_person())
    assert access.account_of(again(me.user)) == me
    assert access.account_of(again(other.user)) == other
    assert access.account_of(again(carer.user)) is None
    assert access.carer_of(again(carer.user)) == carer
    assert access.carer_of(again(me.user)) is None
    another = carer_of(other.person, "meetings").carer
    assert access.carer_of(again(another.user)) == another
    for user in (AnonymousUser(), factories.user(), factories.member("key_worker")):
        assert access.account_of(user) is None
        assert access.carer_of(user) is None
        assert access.outsider_of(user) is None
    assert access.outsider_of(again(me.user)) == me
    assert access.outsider_of(again(carer.user)) == carer


def test_who_works_here_has_no_own_account_beside_it(me, carer):
    """Nobody is given both; where it happened all the same, the account of staff counts."""
    for user, of in ((me.user, access.account_of), (carer.user, access.carer_of)):
        user.memberships.create(role="administrator", start=timezone.localdate())
        assert of(again(user)) is None
        user.memberships.update(role="administrator", end=timezone.localdate() - DAY,
                                start=timezone.localdate() - DAY)  # fmt: skip
        assert of(again(user)) is not None


def test_an_ended_account_is_none(me):
    PortalAccount.objects.filter(pk=me.pk).update(ended_on=timezone.localdate(), ended_why="x")
    assert access.account_of(again(me.user)) is None


def test_each_is_looked_up_once(me, carer, django_assert_num_queries):
    for user, of in ((me.user, access.account_of), (carer.user, access.carer_of)):
        user = again(user)
        with django_assert_num_queries(2):  # memberships, and the account
            assert of(user) == of(user)


# The wall -----------------------------------------------------------------------------------------


def through(user, name, view=lambda request: None):
    """What the wall says to a page: None where it lets through."""

    class Match:
        view_name = name

    request = asked(user)
    request.resolver_match = Match if name is not None else None
    return access.KeepApart(lambda request: HttpResponse()).process_view(request, view, (), {})


def own_view(request):
    return None


def carer_view(request):
    return None


own_view.own_page = True
carer_view.carer_page = True


def test_staff_and_strangers_are_no_business_of_the_wall():
    for user in (AnonymousUser(), factories.user(), factories.member("key_worker")):
        for view in (own_view, carer_view, lambda request: None):
            assert through(user, "people:list", view) is None


def test_each_has_pages_of_their_own(me, carer):
    assert through(me.user, "portal:home", own_view) is None
    assert through(carer.user, "portal:carer_home", carer_view) is None
    for user, view in ((me.user, carer_view), (carer.user, own_view)):
        with pytest.raises(Http404):
            through(user, "portal:home", view)
    for user in (me.user, carer.user):
        for name in ("people:list", "users:list", "", None):
            with pytest.raises(Http404):
                through(user, name)


def test_signing_in_and_out_is_open_and_home_leads_to_ones_own(me, carer):
    for user in (me.user, carer.user):
        for name in access.ALSO_OPEN:
            assert through(user, name) is None
    assert through(me.user, "home")["Location"] == reverse("portal:home")
    assert through(carer.user, "home")["Location"] == reverse("portal:carer_home")


def test_what_is_open_beside_is_this_and_no_more():
    assert access.ALSO_OPEN == {
        "account_login", "account_logout", "mfa_authenticate", "drafts:save", "drafts:discard",
        "signed_in:left", "oidc:start", "oidc:again", "oidc:back",
    }  # fmt: skip
    assert access.IDLE == 15 * 60


def test_every_answer_is_in_the_language_of_the_account(me, carer, settings):
    spoken = []
    wall = access.KeepApart(lambda request: spoken.append(request.LANGUAGE_CODE))
    other = next(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
    for shown in (me, carer):
        type(shown).objects.filter(pk=shown.pk).update(language=other)
        wall(asked(shown.user))
    wall(asked(factories.member("key_worker")))
    assert spoken == [other, other, settings.LANGUAGE_CODE]


# One's own pages ----------------------------------------------------------------------------------

OWN = (access.own_page, access.own_page_with_help, access.before_second_step)
CARERS = (access.carer_page, access.carer_before_second_step)


def test_a_page_is_given_the_account_of_whoever_asks(me, carer):
    for view in OWN:
        assert opened(view, me.user) == me
        for user in (carer.user, factories.member("key_worker"), AnonymousUser()):
            assert opened(view, user) == reverse("home")
    for view in CARERS:
        assert opened(view, carer.user) == carer
        for user in (me.user, factories.member("key_worker"), AnonymousUser()):
            assert opened(view, user) == reverse("home")


def test_what_a_page_is_marked_as():
    """The wall and the walks read these marks."""
    for view in OWN:
        page = view(lambda request: None)
        assert page.own_page is True and page.required_permissions == frozenset()
        assert not hasattr(page, "carer_page")
        assert page.with_help is (view is access.own_page_with_help)
    for view in CARERS:
        page = view(lambda request: None)
        assert page.carer_page is True and page.required_permissions == frozenset()
        assert not hasattr(page, "own_page")

    @access.own_page
    def named(request):
        """Its own words."""

    @access.carer_page
    def for_carers(request):
        """Its own words."""

    assert (named.__name__, for_carers.__name__) == ("named", "for_carers")


def test_without_a_second_step_that_comes_first(settings):
    bare = own_account(factories.held_person(), second_step=False)
    first = reverse("portal:second_step")
    assert opened(access.own_page, bare.user) == first
    assert opened(access.own_page_with_help, bare.user) == first
    assert opened(access.before_second_step, bare.user) == bare
    assert opened(access.own_page, bare.user, **{KNOWN: True}) == bare  # from a provider
    settings.DEMO = True
    assert opened(access.own_page, bare.user) == bare


def test_a_carer_sets_it_up_first_too(me, settings):
    bare = carer_of(me.person, "meetings", second_step=False).carer
    assert opened(access.carer_page, bare.user) == reverse("portal:carer_second_step")
    assert opened(access.carer_before_second_step, bare.user) == bare
    settings.DEMO = True
    assert opened(access.carer_page, bare.user) == bare


def test_what_counts_as_a_second_step(me):
    bare = own_account(factories.held_person(), second_step=False)
    assert access.second_steps(bare) == []
    assert access.has_second_step(me) and not access.has_second_step(bare)
    app = me.user.authenticator_set.get(type="totp")
    bare.user.authenticator_set.create(type="recovery_codes", data={})
    assert not access.has_second_step(bare)
    passkey = me.user.authenticator_set.create(type="webauthn", data={})
    assert access.second_steps(me) == [app, passkey]
    app.delete()
    assert access.second_steps(me) == [passkey]


def test_pages_that_are_not_safe_hold_nothing(me):
    not_safe(me)

    def page(request, account):
        raise AssertionError("the page was built")

    answer = access.own_page(page)(_posted(me.user))
    assert answer["Location"] == reverse("portal:home")
    assert opened(access.before_second_step, me.user) == me


def _posted(user):
    request = asked(user)
    request.method = "POST"
    return request


def test_after_a_death_nothing_opens(me):
    type(me.person).objects.filter(pk=me.person_id).update(death_date=timezone.localdate())
    for view in OWN:
        with pytest.raises(Http404):
            opened(view, me.user)


def test_beside_a_worker_only_where_the_page_is_for_two(me):
    team = factories.team()
    person = factories.held_person(team=team)
    worker = factories.member("key_worker", team=team)
    beside = {together._PLACE: {"person": str(person.pk), "until": int(time.time()) + 60}}
    found = opened(access.own_page_with_help, worker, **beside)
    assert (found.person, found.helper) == (person, worker)
    for view in (access.own_page, access.before_second_step):
        assert opened(view, worker, **beside) == reverse("home")
    beside[together._PLACE]["person"] = str(me.person_id)  # whose record is not theirs to open
    assert opened(access.own_page_with_help, worker, **beside) == reverse("home")


# What somebody was let in to ----------------------------------------------------------------------


@pytest.fixture
def let_in(me):
    return carer_of(me.person, "meetings", "messages")


def today(days=0):
    return timezone.localdate() + days * DAY


def test_exactly_what_was_chosen(let_in):
    assert carers.may_do(let_in, "meetings", today())
    assert carers.may_read(let_in, "meet", today())
    assert carers.may_read(let_in, "messages", today())
    for code in ("safety", "area:housing", "meet", "message"):
        assert not carers.may_do(let_in, code, today())
    for prefix in ("safety", "area:"):
        assert not carers.may_read(let_in, prefix, today())


def test_the_parts_that_were_chosen_and_no_others(me):
    def parts(access):
        return {one.template: one.content for one in carers.opened(access, today())}

    chosen, other = (parts(carer_of(me.person, code)) for code in ("meetings", "messages"))
    assert carers.MEETINGS.template in chosen
    assert carers.MEETINGS.template not in other
    assert None not in [*chosen.values(), *other.values()]


def test_a_choice_that_is_no_longer_offered_opens_nothing(let_in):
    let_in.scope = ["area:gone"]
    assert not carers.may_read(let_in, "area:", today())
    assert not carers.may_do(let_in, "area:gone", today())


def test_from_its_day_to_its_day(let_in, me):
    for days, open_ in ((-1, False), (0, True), (90, True), (91, False)):
        assert carers.may_do(let_in, "meetings", today(days)) is open_
        assert bool(carers.opened(let_in, today(days))) is open_
        assert carers.accesses_of(let_in.carer, today(days)) == ([let_in] if open_ else [])
    carer_of(me.person, "meetings")
    assert carers.accesses_of(let_in.carer, today()) == [let_in]


def test_taken_away_nothing_is_open(let_in):
    let_in.removed_at = timezone.now()
    assert not carers.may_do(let_in, "meetings", today())
    assert carers.opened(let_in, today()) == []


def test_while_the_persons_own_pages_are_not_safe_or_after_a_death(let_in, me):
    assert not carers.is_shut(me.person)
    not_safe(me)
    assert carers.is_shut(me.person)
    assert not carers.may_read(let_in, "meetings", today())
    assert carers.opened(let_in, today()) == []
    PortalAccount.objects.filter(pk=me.pk).update(unsafe_at=None, unsafe_by=None)
    other = own_account(factories.held_person())
    not_safe(other)
    assert not carers.is_shut(me.person)
    let_in.person.death_date = today()
    assert carers.is_shut(let_in.person)
    assert not carers.may_read(let_in, "meetings", today())


@pytest.mark.parametrize("area, left", [("diary", ["messages"]), ("people", [])])
def test_a_safeguarding_concern_closes_its_areas(let_in, me, area, left):
    sealed.write(
        person=me.person, kind="safeguarding", words="x", why="x", readers=[],
        suspends=[area], by=factories.member("key_worker", team=me.person.cases.get().team),
    )  # fmt: skip
    assert [one for one in ("meetings", "messages") if carers.may_do(let_in, one, today())] == left


# What the person lets staff read ------------------------------------------------------------------


def test_a_diary_is_read_by_staff_where_it_is_shared(me):
    team = me.person.cases.get().team
    worker = factories.member("key_worker", team=team)
    other = factories.held_person(team=team)
    shared, _private, _theirs = (
        diary.write(person=person, on=today(), words="x", shared=is_shared)
        for person, is_shared in ((me.person, True), (me.person, False), (other, True))
    )
    assert list(diary.readable_by(worker, me.person)) == [shared]
    assert not diary.readable_by(factories.member("key_worker"), me.person).exists()


def test_answers_are_read_by_whom_the_person_chose(me):
    case = me.person.cases.get()
    key_worker = factories.member("key_worker", team=case.team, worker=case.key_worker)
    colleague = factories.member("key_worker", team=case.team, worker=factories.worker())
    without = factories.member("key_worker", team=case.team)
    other = factories.held_person(team=case.team)
    rows = {
        audience: HeardAnswer.objects.create(
            person=me.person, on=today(), heard="yes", audience=audience
        )
        for audience in ("team", "key_worker", "only_me", "numbers")
    }
    HeardAnswer.objects.create(person=other, on=today(), heard="yes", audience="team")
    HeardAnswer.objects.create(person=me.person, on=today(), skipped=True, audience="team")

    def read(user):
        found = list(questions.readable_by(user, me.person))
        assert set(found) <= set(rows.values())  # no other person's, and none that was skipped
        return {one.audience for one in found}

    assert read(key_worker) == {"team", "key_worker"}
    assert read(colleague) == read(without) == {"team"}
    assert read(factories.member("key_worker")) == set()
    elsewhere = Case.objects.get(person=other)
    elsewhere.key_worker = colleague.worker
    elsewhere.save()
    assert read(colleague) == {"team"}
    Case.objects.filter(pk=case.pk).update(key_worker=None)
    assert read(without) == {"team"}
    Case.objects.filter(pk=case.pk).update(key_worker=case.key_worker, closed_on=today())
    assert read(key_worker) == {"team"}
    assert rows["numbers"] not in questions.readable_by(key_worker, me.person)
