"""How long a sign-in lasts without a click: said beforehand, extended by hand, by nothing else."""

import datetime as dt
import re
import time

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from casework.accounts import drafts
from casework.accounts.models import Draft
from casework.common.presenters import clock
from tests import factories
from tests.factories.accounts import PASSWORD
from tests.factories.portal import carer_of, own_account

pytestmark = pytest.mark.django_db
STAY, LEFT = reverse("signed_in:stay"), reverse("signed_in:left")
BACKGROUND = {"X-Background": "1"}


def after(minutes):
    return time_machine.travel(time.time() + minutes * 60, tick=False)


@pytest.fixture
def user(client):
    found = factories.member("team_lead")
    client.force_login(found)
    return found


def test_every_page_says_when_and_offers_to_stay_without_script(client, user, settings):
    html = " ".join(client.get("/signed-in/").content.decode().split())
    ends = timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    near = {clock(ends), clock(ends - dt.timedelta(minutes=1))}
    (said,) = re.findall(r"you are signed out at (\S+) unless you open a page", html)
    assert said in near
    assert f'<a href="{STAY}" target="_blank"' in html
    assert "next%3D" not in html and "?next=%2Fsigned-in%2F" in html
    assert "You stay signed in until" in client.get(STAY).content.decode()


def test_a_page_before_sign_in_says_nothing(client):
    html = client.get(reverse("account_login")).content.decode()
    assert "you are signed out at" not in html and 'id="idle"' not in html


def test_without_a_click_it_ends_and_a_click_begins_it_anew(client, user):
    with after(29):
        assert client.get(LEFT).json()["left"] == pytest.approx(60, abs=3)
        assert client.post(STAY).json()["left"] == pytest.approx(1800, abs=3)
    with after(58):
        assert client.get("/").status_code == 200
    with after(89):
        assert client.get("/")["Location"] == f"{reverse('account_login')}?next=/"


def test_what_runs_by_itself_never_extends_it(client, user):
    """Autosave and presence write into the session's row, too; that does not make it last."""
    token = drafts.sign(user, "story")
    for minute in (5, 10, 15, 20, 25, 29):
        with after(minute):
            saved = {"draft_token": token, "draft_writer": "w", "words": f"written at {minute}"}
            assert "signed_out" not in client.post(reverse("drafts:save"), saved).json()
            assert client.get("/signed-in/", headers=BACKGROUND).status_code == 200
            session = client.session
            session["something"] = minute
            session.save()
            assert client.get(LEFT).status_code == 200
    with after(31):
        assert client.post(reverse("drafts:save"), {**saved, "words": "late"}).json()["signed_out"]
        assert client.get(LEFT).status_code == 302
    assert Draft.objects.get(user=user)  # the words are kept all the same


def test_it_does_not_last_for_ever_however_busy(client, user, settings):
    start = time.time()
    for hours in range(0, 12):
        for part in (0, 25, 50):
            with time_machine.travel(start + hours * 3600 + part * 60, tick=False):
                assert client.get("/").status_code == 200, (hours, part)
    with time_machine.travel(start + settings.SESSION_LONGEST + 1, tick=False):
        assert client.get("/").status_code == 302


def test_words_of_a_page_that_is_posted_too_late_wait_after_signing_in_again(client):
    team = factories.team()
    person = factories.person_with_key_worker(team=team)
    user = factories.member("key_worker", team=team)
    client.force_login(user)
    page = reverse("profile:about", args=[person.pk])
    html = client.get(page).content.decode()
    name = re.findall(r'<textarea[^>]*name="([^"]+)"', html)[0]
    (token,) = re.findall(r'name="draft_token" value="([^"]+)"', html)
    with after(31):
        posted = {name: "Sits by the door", "draft_token": token, "draft_revision": "0"}
        answer = client.post(page, posted)
        assert answer["Location"] == f"{reverse('account_login')}?next={page}"
        signing_in = client.get(answer["Location"]).content.decode()
        assert "What you wrote is kept" in signing_in
        answer = client.post(
            answer["Location"], {"login": user.email, "password": PASSWORD, "next": page}
        )
        assert answer["Location"] == page
        assert "Sits by the door" in client.get(page).content.decode()
        assert "Sits by the door" in client.get(f"{page}?carry-on=1").content.decode()


def test_somebody_whom_people_let_in_can_stay_too(client, settings):
    settings.DEMO = True
    carer = carer_of(factories.held_person(), "meetings").carer
    client.force_login(carer.user)
    page, stay = reverse("portal:carer_home"), reverse("portal:carer_stay")
    assert f'data-stay="{stay}"' in client.get(page).content.decode()
    with after(14):
        assert client.post(stay).json()["left"] == pytest.approx(900, abs=3)
    with after(28):
        assert "You stay signed in until" in client.get(stay).content.decode()
    with after(42):
        assert client.get(page).status_code == 200
    with after(58):
        assert client.get(page).status_code == 302


def test_people_have_less_time_and_the_same_pages(client):
    me = own_account(factories.held_person())
    client.force_login(me.user)
    html = client.get(reverse("portal:account")).content.decode()
    assert f'data-stay="{reverse("portal:stay")}"' in html and f'data-ask="{LEFT}"' in html
    assert client.get(LEFT).json()["left"] == pytest.approx(900, abs=3)
    with after(14):
        assert client.post(reverse("portal:stay")).json()["left"] == pytest.approx(900, abs=3)
    with after(28):
        assert client.get(reverse("portal:stay")).status_code == 200
    with after(44):
        assert client.get(reverse("portal:home")).status_code == 302


@pytest.mark.parametrize("hours", ["0", "200", "x"])
def test_the_longest_time_has_bounds(hours, tmp_path):
    from tests.unit.common.test_settings import ENOUGH, settings_in

    done = settings_in({**ENOUGH, "SESSION_HOURS": hours, "VAR_DIR": str(tmp_path)}, "DEBUG")
    assert "SESSION_HOURS is" in done.stderr and "from 1 to 168" in done.stderr
