"""Whoever tries the demonstration can sign in as a person and as somebody whom they let in."""

import pytest
from django.urls import reverse

from casework.demo import accounts, own_accounts
from casework.portal.models import CarerAccess, PortalAccount
from tests import factories
from tests.factories.careplans import Two

pytestmark = pytest.mark.django_db


def test_a_person_and_a_carer_are_there_and_made_once(client, settings):
    settings.DEMO = True
    two = Two()
    two.person.name = own_accounts.CARERS[0].person
    two.person.save()
    two.shared()
    factories.person_with_key_worker(name=own_accounts.ACCOUNTS[1].person)
    for _time in range(2):
        own_accounts.ensure()
    assert PortalAccount.objects.count() == 2
    access = CarerAccess.objects.get()
    assert "area:housing" in access.scope and access.carer is not None
    rows = {row.role: row for row in accounts.rows()}
    carer = rows["carer"]
    assert carer.home == reverse("portal:carer_home")
    assert client.login(email=carer.email, password=carer.password) or client.login(
        username=carer.email, password=carer.password
    )
    assert access.person.team_messages.get(let_in=access).waits
    assert access.person.plans.get().proposals.filter(carer=access.name, outcome="open").exists()
    page = client.get(carer.home).content.decode()
    assert "A door that I can close" in page and "Marigold" in page
