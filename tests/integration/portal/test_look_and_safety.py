"""Language, letters and contrast are kept with the account; pages that are not safe are emptied."""

import re
from html import unescape

import pytest
from django.urls import reverse

from casework.cases.models import Contact
from casework.common import catalogues
from casework.common.errors import Refusal
from casework.portal import carers, keeping_safe
from casework.portal.models import PortalAccount
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import carer_of, own_account

pytestmark = pytest.mark.django_db
PAGES = (
    "portal:home",
    "portal:account",
    "portal:shown",
    "portal:not_safe",
    "portal:changes",
    "portal:ask",
    "portal:contacts",
    "portal:who",
    "portal:carers",
    "portal:carer_alone",
    "my_plan:plan",
    "my_plan:sharing",
    "my_referrals:list",
    "my_referrals:services",
)


@pytest.fixture
def two():
    return Two()


@pytest.fixture
def me(client, two):
    account = own_account(two.person)
    client.force_login(account.user)
    return account


def read(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return answer


def test_how_it_looks_is_kept_with_the_account(client, me):
    assert 'lang="en-gb"' in read(client, "portal:home").content.decode()
    client.post(
        reverse("portal:shown"), {"language": "cy", "large_print": "on", "high_contrast": "on"}
    )
    client.logout()
    client.force_login(me.user)
    page = read(client, "portal:home").content.decode()
    assert re.search(r'<html lang="cy" class="app-large app-contrast"', page)
    assert "Fy nghynllun" in page and "Helo Marigold" in page
    client.post(reverse("portal:shown"), {"language": "xx"})
    assert PortalAccount.objects.get().language == "cy"  # only what there is


def test_dates_and_times_are_written_as_the_language_writes_them(client, me, two):
    Contact.objects.create(
        person=two.person, date="2126-11-02", time="14:30", order_key="14:30:00|x"
    )
    assert "Saturday 2 November 2126 at 2:30pm" in read(client, "portal:home").content.decode()
    client.post(reverse("portal:shown"), {"language": "cy"})
    assert "Dydd Sadwrn 2 Tachwedd 2126 am 2:30yh" in unescape(
        read(client, "portal:home").content.decode()
    )


def test_staff_read_english_whatever_their_browser_asks_for(client, two):
    client.force_login(two.worker)
    page = client.get(
        reverse("people:detail", args=[two.person.pk]), headers={"accept-language": "cy"}
    )
    assert 'lang="en-gb"' in page.content.decode()
    client.logout()
    start = client.get(reverse("portal:start"), headers={"accept-language": "cy"})
    assert "Rhowch eich cod" in start.content.decode()


def test_a_carer_keeps_their_own_look(client, two):
    access = carer_of(two.person, "meetings")
    client.force_login(access.carer.user)
    client.post(reverse("portal:carer_shown"), {"language": "cy", "large_print": "on"})
    page = read(client, "portal:carer_home").content.decode()
    assert 'class="app-large"' in page and "Cyfarfodydd" in page


# Every word can be translated --------------------------------------------------------------------


@pytest.fixture
def pseudo(settings, tmp_path):
    """The pseudo-locale, made from the words that there are now."""
    place = tmp_path / "en_XA" / "LC_MESSAGES" / "django.mo"
    catalogues.write_mo(place, catalogues.pseudo_catalogue())
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
    settings.LANGUAGES = [*settings.LANGUAGES, (catalogues.PSEUDO, "Pseudo")]
    return catalogues.PSEUDO


SAID_IN_ENGLISH = re.compile(  # names, what somebody wrote, the service's own name, dates
    r"Alongside|Marigold|Example|Femi|Ade|Harbour|Community|Team|Juno|Carer\d*|Organisation|A door"
    r"|that I can close|To sleep through|Ring the landlord|own\d+@alongside.example|English|Cymraeg"
    r"|Pseudo|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April"
    r"|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?"
    r"|Oct|Nov|Dec|Worker|Person|Walks|A walk|on Mondays|NHS|Samaritans|Not the rent|Away"
)


def untranslated(html: str) -> list[str]:
    """Words on a page that stand outside the brackets of the pseudo-locale."""
    body = html.split("<body", 1)[1]
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.S)
    text = unescape(re.sub(r"<[^>]+>", " ", body.split(">", 1)[1]))
    while "⟦" in text:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        if shorter == text:
            break
        text = shorter
    return re.findall(r"[A-Za-z]{3,}", SAID_IN_ENGLISH.sub(" ", text))


@pytest.mark.one_engine
def test_no_word_of_the_pages_is_outside_gettext(client, me, two, pseudo):
    version = two.shared()
    assert version.number == 1
    PortalAccount.objects.update(language=pseudo)
    for name in PAGES:
        page = read(client, name).content.decode()
        assert f'lang="{pseudo}"' in page
        left = untranslated(page)
        areas = set(" ".join(areas_of(two)).split())
        assert [one for one in left if one not in areas] == [], name


def areas_of(two):
    """Areas of life are rows, which each site writes in its own words."""
    return [re.sub(r"[^A-Za-z ]", " ", row.area.name) for row in two.person.plans.get().areas.all()]


def test_the_check_finds_a_word_outside_gettext():
    assert untranslated("<html><body><p>⟦Ólá~⟧ Secret</p></body>") == ["Secret"]


# Not safe ----------------------------------------------------------------------------------------


def test_it_is_emptied_in_one_tap_and_comes_back_in_person(client, me, two):
    two.shared()
    access = carer_of(two.person, "area:housing")
    client.post(reverse("portal:not_safe"))
    assert "Marigold" not in read(client, "portal:home").content.decode()
    assert not carers.opened(access, access.start)
    client.force_login(two.worker)
    detail = reverse("own_accounts:detail", args=[two.person.pk])
    assert "not safe for them since" in client.get(detail).content.decode()
    panel = client.get(reverse("people:detail", args=[two.person.pk])).content.decode()
    assert "Do not write there" in panel
    page = reverse("own_accounts:safe_again", args=[me.pk])
    assert "Enter when and where" in client.post(page, {"check_how": "known"}).content.decode()
    client.force_login(two.lead)
    client.post(page, {"check_how": "known", "check_words": "At the surgery, alone"})
    row = PortalAccount.objects.get()
    assert row.unsafe_at is None and row.safe_how.endswith("At the surgery, alone")
    client.force_login(me.user)
    assert "Marigold" in read(client, "portal:home").content.decode()


def test_a_worker_empties_them_too_and_the_person_cannot_fill_them(client, me, two):
    client.force_login(two.worker)
    client.post(reverse("own_accounts:not_safe", args=[me.pk]))
    row = PortalAccount.objects.get()
    assert row.unsafe_by == two.worker
    with pytest.raises(Refusal):
        keeping_safe.safe_again(account=row, by=me.user, check_how="known", check_words="x")
    two.person.refresh_from_db()
    assert two.person.portal_account.unsafe_at is not None


def test_a_worker_of_another_team_changes_nothing(client, me, two):
    client.force_login(two.stranger)
    assert client.post(reverse("own_accounts:not_safe", args=[me.pk])).status_code == 404
    keeping_safe.not_safe(account=me, by=two.worker)
    stranger = factories.member("team_lead")
    client.force_login(stranger)
    assert client.get(reverse("own_accounts:safe_again", args=[me.pk])).status_code == 404
