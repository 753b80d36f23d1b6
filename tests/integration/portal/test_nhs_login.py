"""People come in with NHS login: invited by a worker, checked to the highest level, and never
because a number, a name or an address fits."""

import pytest
from django.test import Client
from django.urls import reverse

from casework.accounts import identities
from casework.accounts.models import ProviderIdentity, User
from casework.portal import services
from casework.portal.models import PortalAccount
from tests import factories
from tests.factories import provider as providers
from tests.factories.accounts import PASSWORD
from tests.factories.portal import invitation, own_account

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.unrestricted_get("the provider sends the browser back with a GET, and it signs in"),
]
RIGHT = {"vot": "P9.Cp.Cd", "identity_proofing_level": "P9", "vtm": "https://x.example/trustmark"}
HOME = "/my/"


@pytest.fixture(autouse=True)
def nhs(settings):
    settings.STRONG_SIGN_IN = True
    with providers.running() as made:
        settings.OIDC = made.settings("people")
        made.claims = dict(RIGHT)
        yield made


@pytest.fixture
def person():
    return factories.held_person()


def come_in(client, nhs, sub="nhs-1"):
    location = client.get(reverse("oidc:start", args=["people"]))["Location"]
    return client.get(nhs.sign_in(location, sub))


def connected(person, nhs, sub="nhs-1"):
    account = own_account(person)
    identities.bind(user=account.user, issuer=nhs.issuer, subject=sub, by=account.user)
    return account


def with_code(client, nhs, code, sub="nhs-1", email="me@people.example"):
    client.post(reverse("portal:start"), {"code": code})
    assert b"Use NHS login" in client.get(reverse("portal:choose")).content
    answer = client.post(reverse("portal:with_nhs_login"), {"email": email})
    return client.get(nhs.sign_in(answer["Location"], sub))


def test_it_is_asked_for_p9_and_with_our_signature(client, nhs, person):
    account = connected(person, nhs)
    assert come_in(client, nhs)["Location"] == HOME
    (asked,) = nhs.asked
    assert asked["vtr"] == '["P9.Cp.Cd","P9.Cp.Ck","P9.Cm"]'
    assert asked["code_challenge_method"] == "S256"
    assert not nhs.refused
    assert client.session["_auth_user_id"] == str(account.user_id)
    assert client.get(HOME).status_code == 200  # the second step was taken there
    assert client.session["came_from"]["token"] == ""  # it holds an NHS number: not kept


def test_a_signature_of_another_key_is_refused(client, nhs, person, settings):
    connected(person, nhs)
    settings.OIDC["people"]["key"] = providers.pem("another")
    assert come_in(client, nhs).status_code == 503
    assert nhs.refused == ["InvalidSignatureError"]


@pytest.mark.parametrize(
    "claims",
    [
        {"vot": "P5.Cp.Cd"},
        {"vot": "P0.Cp.Cd"},
        {"vot": "P9"},
        {"vot": "P9.Cp"},
        {"vot": None},
        {"identity_proofing_level": "P5"},
        {"identity_proofing_level": None},
    ],
    ids=lambda claims: "-".join(f"{name}-{value}" for name, value in claims.items()),
)
def test_less_than_was_asked_for_is_not_enough(client, nhs, person, claims):
    connected(person, nhs)
    nhs.claims |= claims
    answer = come_in(client, nhs)
    assert answer.status_code == 403 and b"checked who you are" in answer.content
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("claims", [{"nonce": "x"}, {"aud": "x"}, {"exp": 1_000_000_000}])
def test_what_is_not_believed_opens_nothing(client, nhs, person, claims):
    connected(person, nhs)
    nhs.claims |= claims
    assert come_in(client, nhs).status_code == 403
    assert "_auth_user_id" not in client.session


def test_no_number_name_birth_date_or_address_opens_an_account(client, nhs, person):
    account = own_account(person)
    nhs.claims |= {
        "nhs_number": person.nhs_number,
        "family_name": person.name.split()[-1] if person.name else "Nobody",
        "birthdate": str(person.birth_date),
        "email": account.user.email,
    }
    answer = come_in(client, nhs)
    assert answer.status_code == 403 and b"not connected to an account here yet" in answer.content
    assert "_auth_user_id" not in client.session
    assert not ProviderIdentity.objects.exists()


def test_with_a_code_it_opens_the_account_of_whom_the_worker_invited(client, nhs, person):
    _row, code = invitation(person)
    answer = with_code(client, nhs, code)
    assert answer["Location"] == HOME
    account = PortalAccount.objects.get()
    assert account.person == person and not account.user.has_usable_password()
    assert client.get(HOME).status_code == 200
    assert services.find(code) is None
    later = Client(**{"tests.unrestricted_get": True})
    assert come_in(later, nhs)["Location"] == HOME


def test_without_a_code_that_works_it_opens_nothing(client, nhs, person):
    _row, code = invitation(person)
    client.post(reverse("portal:start"), {"code": code})
    answer = client.post(reverse("portal:with_nhs_login"), {"email": "me@people.example"})
    back = nhs.sign_in(answer["Location"])
    invitation(person)  # a newer code ends the older one
    assert b"The code does not work any more" in client.get(back).content
    assert not PortalAccount.objects.exists() and not ProviderIdentity.objects.exists()


def test_another_nhs_number_than_the_records_stops_it(client, nhs, person):
    person.nhs_number = "9990000018"
    person.save()
    nhs.claims |= {"nhs_number": "9990000026"}
    _row, code = invitation(person)
    answer = with_code(client, nhs, code)
    assert answer.status_code == 403 and b"does not fit the record" in answer.content
    assert not PortalAccount.objects.exists()
    assert services.find(code) is not None
    nhs.claims |= {"nhs_number": "9990000018"}
    assert with_code(client, nhs, code)["Location"] == HOME


def test_one_nhs_login_belongs_to_one_person(client, nhs, person):
    connected(factories.held_person(), nhs)
    _row, code = invitation(person)
    before = User.objects.count()
    answer = with_code(client, nhs, code)
    assert answer.status_code == 403 and b"belongs to another account" in answer.content
    assert User.objects.count() == before and services.find(code) is not None


def test_they_connect_it_themselves_after_their_password(client, nhs, person):
    account = own_account(person)
    client.force_login(account.user)
    page = reverse("portal:connect_nhs_login")
    asked = client.get(page)["Location"]
    assert asked.startswith(reverse("portal:confirm"))
    assert b"not your password" in client.post(asked, {"password": "wrong-password"}).content
    assert client.post(asked, {"password": PASSWORD, "next": page})["Location"] == page
    client.get(nhs.sign_in(client.get(page)["Location"]))
    assert ProviderIdentity.objects.get().user == account.user
    assert b"You can sign in with NHS login." in client.get(reverse("portal:account")).content
    client.post(reverse("portal:end_nhs_login"))
    assert ProviderIdentity.objects.get().ended_at is not None
    refused = Client(**{"tests.unrestricted_get": True})  # that nobody was let in is written down
    assert come_in(refused, nhs).status_code == 403


def test_a_closed_account_and_a_recovered_one(client, nhs, person):
    account = connected(person, nhs)
    worker = factories.member("key_worker")
    services.close_account(account=account, by=worker, why="Not safe now")
    assert b"This account is closed" in come_in(client, nhs).content
    _row, code = invitation(person)
    services.open_account(code=code, email="new@people.example", password=PASSWORD)
    assert ProviderIdentity.objects.get().ended_at is not None
    assert come_in(client, nhs).status_code == 403


def test_staff_do_not_come_in_this_way_nor_people_the_other(client, nhs, person, settings):
    worker = factories.member("team_lead")
    identities.bind(user=worker, issuer=nhs.issuer, subject="staff", by=None)
    assert come_in(client, nhs, "staff").status_code == 403
    account = connected(person, nhs)
    settings.OIDC = nhs.settings("staff")
    nhs.claims = {}
    location = client.get(reverse("oidc:start", args=["staff"]))["Location"]
    assert client.get(nhs.sign_in(location)).status_code == 403
    assert client.session.get("_auth_user_id") != str(account.user_id)
