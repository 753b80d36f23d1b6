"""A worker and a person at one screen: marked in all that is written, and never for agreeing."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from casework.cases.models import AccessEntry, CaseEvent
from casework.portal.models import ChangeRequest
from tests import factories
from tests.factories.careplans import Two
from tests.factories.portal import own_account
from tests.factories.referrals import Network
from tests.meta.test_urls import walk

pytestmark = pytest.mark.django_db
OWN = [one for one in walk(get_resolver().url_patterns) if getattr(one.view, "own_page", False)]
ALONE_ONLY = {
    "my_plan:answer",
    "my_plan:changes",
    "my_plan:new_paper",
    "my_plan:paper",
    "my_plan:paper_file",
    "my_plan:paper_no",
    "my_plan:paper_retry",
    "my_plan:paper_status",
    "my_plan:paper_words",
    "my_plan:paper_yes",
    "my_plan:papers",
    "my_referrals:ask_service",
    "my_referrals:come_back",
    "my_referrals:services",
    "my_referrals:stop",
    "portal:account",
    "portal:carer_add",
    "portal:carer_alone",
    "portal:carer_alone_for",
    "portal:carer_change",
    "portal:carer_take_away",
    "portal:carers",
    "portal:confirm",
    "portal:connect_nhs_login",
    "portal:diary",
    "portal:diary_change",
    "portal:diary_private",
    "portal:diary_remove",
    "portal:diary_share",
    "portal:diary_write",
    "portal:end_nhs_login",
    "portal:leave",
    "portal:copy",
    "portal:copy_ask",
    "portal:copy_file",
    "portal:copy_status",
    "portal:copy_throw_away",
    "portal:message_read",
    "portal:message_reply",
    "portal:message_write",
    "portal:messages",
    "portal:new",
    "portal:new_read",
    "portal:news",
    "portal:not_safe",
    "portal:notices",
    "portal:passkey",
    "portal:questions",
    "portal:questions_answer",
    "portal:questions_audience",
    "portal:questions_not_now",
    "portal:remove_step",
    "portal:second_step",
    "portal:shown",
    "portal:sign_out_others",
    "portal:sign_out_there",
    "portal:stay",
}


@pytest.fixture
def two():
    return Two()


@pytest.fixture
def beside(client, two):
    client.force_login(two.worker)
    answer = client.post(reverse("own_accounts:together", args=[two.person.pk]))
    assert answer["Location"] == reverse("portal:home")
    return client


def test_what_is_written_says_who_wrote_it_with_whom(beside, two):
    page = beside.get(reverse("portal:home")).content.decode()
    assert "Femi Ade and Marigold are writing this together." in page
    assert "Leave this page now" not in page
    beside.post(reverse("my_plan:begin"))
    beside.post(
        reverse("my_plan:add", args=["housing", "matters"]), {"words": "A quiet room", "seen": "0"}
    )
    line = two.person.plans.get().lines.get()
    assert (line.role, line.by) == ("together", two.worker)
    assert "Femi Ade with Marigold" in beside.get(reverse("my_plan:plan")).content.decode()
    contact = factories.contact(two.person)
    beside.post(reverse("portal:remark", args=[contact.pk]), {"words": "It was June"})
    assert contact.remarks.get().written_with == two.worker
    shown = beside.get(reverse("portal:contacts")).content.decode()
    assert "written by Femi Ade with you" in shown
    beside.post(reverse("portal:ask"), {"about": "time", "words": "Mornings"})
    row = ChangeRequest.objects.get()
    assert row.written_with == two.worker
    assert CaseEvent.objects.get(kind="portal.asked").by == two.worker
    assert "Written by Femi Ade with you" in beside.get(reverse("portal:changes")).content.decode()
    staff = beside.get(reverse("own_accounts:detail", args=[two.person.pk])).content.decode()
    assert "Written by Femi Ade with Marigold" in staff
    assert AccessEntry.objects.filter(
        person=two.person, user=two.worker, page="portal:ask", action="change"
    ).exists()


def test_words_on_a_referral_say_so_too(client):
    network = Network()
    referral = network.sent()
    client.force_login(network.gp)
    client.post(reverse("own_accounts:together", args=[network.person.pk]))
    client.post(
        reverse("my_referrals:add", args=[referral.pk]), {"about": "other", "words": "In May"}
    )
    row = referral.corrections.get()
    assert (row.told, row.noted_by) == ("said", network.gp)
    page = client.get(reverse("my_referrals:detail", args=[referral.pk])).content.decode()
    assert "Written by Dr Gill with you" in page
    client.post(reverse("my_referrals:question", args=[referral.pk]), {"words": "Where is it?"})
    assert ChangeRequest.objects.get().about == "referral"


def test_the_list_of_what_is_never_done_together_is_complete(beside, two):
    assert {one.name for one in OWN if not one.view.with_help} == ALONE_ONLY
    version = two.shared()
    beside.post(reverse("my_plan:answer", args=[version.pk]), {"answer": "agree"})
    assert not version.agreements.exists()
    for name in ("portal:carers", "portal:account", "portal:not_safe", "my_referrals:services"):
        assert beside.get(reverse(name))["Location"] == reverse("home")
    plan = beside.get(reverse("my_plan:plan")).content.decode()
    assert reverse("my_plan:answer", args=[version.pk]) not in plan
    assert f'href="{reverse("portal:contacts")}"' in plan
    assert f'href="{reverse("portal:diary")}"' not in plan


def test_it_ends(beside, two):
    assert beside.get(reverse("my_plan:plan")).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        assert beside.get(reverse("portal:home")).status_code == 302
    beside.post(reverse("own_accounts:together_end"))
    assert beside.get(reverse("portal:home")).status_code == 302


def test_only_whose_record_the_worker_may_open(client, two):
    client.force_login(two.stranger)
    assert client.post(reverse("own_accounts:together", args=[two.person.pk])).status_code == 404
    assert client.get(reverse("portal:home")).status_code == 302
    session = client.session
    session["portal_together"] = {"person": str(two.person.pk), "until": 9999999999}
    session.save()
    assert client.get(reverse("portal:home")).status_code == 302  # asked again at each page


def test_it_shows_nobody_elses_pages(beside, two):
    other = own_account(Two().person)
    assert beside.get(reverse("portal:home")).status_code == 200
    assert not ChangeRequest.objects.filter(person=other.person).exists()
    theirs = factories.contact(other.person)
    assert beside.get(reverse("portal:remark", args=[theirs.pk])).status_code == 404


def test_nothing_leads_to_what_is_never_done_together(beside, two):
    """Links and buttons of every page that the two may open, followed from one to the next."""
    two.shared()
    factories.contact(two.person)
    found, seen = [reverse("portal:home")], set()
    while found:
        path = found.pop()
        if path in seen:
            continue
        seen.add(path)
        page = beside.get(path)
        if page.headers["Content-Type"].startswith("text/html"):
            assert page.status_code == 200, path
            body = page.content.decode()
            for form in re.findall(r'<form[^>]* action="(/my/[^"?]*)', body):
                assert resolve(form).func.with_help, f"{path} sends to {form}"
            for link in re.findall(r'href="(/my/[^"?#]*)', body):
                assert getattr(resolve(link).func, "with_help", False), f"{path} leads to {link}"
                found.append(link)
    assert len(seen) >= 20
