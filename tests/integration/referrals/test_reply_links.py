"""Replies by link: who may make one, what it opens, and everything that gains nothing."""

from __future__ import annotations

import datetime as dt
import re
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from casework.cases import services as cases
from casework.cases.models import AccessEntry, CaseEvent
from casework.common.errors import Refusal
from casework.outbox import services as outbox
from casework.outbox.models import Job
from referrals import reply_tokens as tokens
from referrals import services
from referrals.errors import EventRefused
from referrals.models import (
    LinkUse,
    PartnerAddress,
    Question,
    Referral,
    ReplyLink,
    Responsibility,
)
from referrals.services import reply_links
from referrals.table import State
from tests import factories
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
NOW = START + dt.timedelta(days=10)
TOLD = "Robin knows that the charity reads this"


@pytest.fixture
def net():
    with time_machine.travel(START, tick=False):
        made = Network()
    with time_machine.travel(NOW, tick=False):
        yield made


def address(net, team=None):
    return reply_links.verify_address(
        team=team or net.cmht, email="Desk@Partner.Example", how="Rang their desk", by=net.gp
    )


def link_for(net, state=State.SENT, by=None, **fields):
    referral = net.referral_in(state)
    team = net.housing if state == State.AWAITING_INFORMATION else None
    with time_machine.travel(NOW, tick=False):
        return reply_links.make_link(
            referral=referral,
            address=address(net, team),
            by=by or net.gp,
            told_words=TOLD,
            **fields,
        )


def path_of(link):
    token = tokens.token_for(link.pk, link.purpose, link.expires_at)
    return reverse("paths:reply_open", args=[str(token)])


def opened(link, browser=None):
    """A browser in which the link was followed and the code entered."""
    browser = browser or Client()
    assert browser.get(path_of(link)).status_code == 302
    answer = browser.post(reverse("paths:reply_code"), {"code": tokens.code_of(link.pk)})
    assert answer.status_code == 302
    return browser


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def again(row):
    return type(row).objects.get(pk=row.pk)


OVER = "This link does not work any more"


def is_over(answer):
    return answer.status_code == 410 and OVER in text(answer)


# Making -------------------------------------------------------------------------------------------


def test_the_letter_names_nobody_and_the_code_is_not_in_it(net, on_commit):
    with on_commit():
        link = link_for(net)
        outbox.run_due()
    (letter,) = [one for one in mail.outbox if one.to == ["desk@partner.example"]]
    words = letter.subject + letter.body
    assert path_of(link) in words
    for secret in (net.person.name, "Community", "Surgery", tokens.code_of(link.pk)):
        assert secret not in words
    assert [job.arguments for job in Job.objects.filter(kind=reply_links.JOB)] == [
        {"link": str(link.pk)}
    ]


def test_nothing_secret_is_stored(net):
    link = link_for(net)
    stored = " ".join(str(value) for value in ReplyLink.objects.filter(pk=link.pk).values_list()[0])
    assert tokens.code_of(link.pk) not in stored
    assert len(link.code_digest) == 64
    assert re.fullmatch(r"\d{8}", tokens.code_of(link.pk))


def test_only_those_who_send_receive_or_hold_make_links(net):
    referral = net.referral_in(State.SENT)
    where = address(net)
    for stranger in (net.specialist_lead, net.housing_worker, net.network_lead, net.peer):
        with pytest.raises(EventRefused):
            reply_links.make_link(referral=referral, address=where, by=stranger, told_words=TOLD)
    assert not ReplyLink.objects.exists()


@pytest.mark.parametrize(
    "state",
    [
        one
        for one in State
        if one
        not in {
            State.SENT,
            State.RECEIVED,
            State.ASSESSING,
            State.AWAITING_INFORMATION,
            State.ACCEPTED,
            State.ALLOCATED,
            State.DRAFT,
        }
    ],
)
def test_where_nothing_waits_for_a_partner_there_is_no_link(net, state):
    with pytest.raises(Refusal):
        link_for(net, state)


def test_an_address_of_another_team_or_an_old_one_is_refused(net):
    referral = net.referral_in(State.SENT)
    with pytest.raises(Refusal):
        reply_links.make_link(
            referral=referral, address=address(net, net.housing), by=net.gp, told_words=TOLD
        )
    old = address(net)
    reply_links.end_address(address=old, by=net.gp)
    with pytest.raises(Refusal):
        reply_links.make_link(referral=referral, address=again(old), by=net.gp, told_words=TOLD)
    with pytest.raises(Refusal):
        reply_links.verify_address(team=net.cmht, email="a@b.example", how=" ", by=net.gp)


def test_what_the_person_knows_is_said_and_the_time_is_one_of_three(net):
    referral, where = net.referral_in(State.SENT), address(net)
    for told, days in ((" ", 7), (TOLD, 400)):
        with pytest.raises(Refusal):
            reply_links.make_link(
                referral=referral, address=where, by=net.gp, told_words=told, days=days
            )


def test_a_new_link_ends_the_one_before(net):
    first = link_for(net)
    second = reply_links.make_link(
        referral=first.referral, address=first.address, by=net.gp, told_words=TOLD
    )
    assert is_over(Client().get(path_of(first), follow=True))
    assert Client().get(path_of(second)).status_code == 302


# The door -----------------------------------------------------------------------------------------


def test_following_the_link_shows_nothing_before_the_code(net):
    link = link_for(net)
    browser = Client()
    answer = browser.get(path_of(link), follow=True)
    assert net.person.name not in text(answer)
    assert "Enter your code" in text(answer)
    assert path_of(link) not in answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert again(link).opened_at is None  # a mail scanner changes nothing
    assert not browser.session.keys()


def test_the_code_opens_this_one_referral(net):
    link = link_for(net)
    browser = opened(link)
    shown = text(browser.get(reverse("paths:reply")))
    assert net.person.name in shown
    assert link.referral.reason_words in shown
    assert net.person.nhs_number not in shown
    other = reverse("people:detail", args=[net.person.pk])
    assert browser.get(other)["Location"].startswith(reverse("account_login"))
    html = browser.get(reverse("paths:reply")).content.decode()
    hrefs = set(re.findall(r'<a [^>]*href="([^"#]+)"', html))
    assert all(one.startswith("tel:") for one in hrefs)


def test_a_question_shows_the_question_and_not_the_story(net):
    link = link_for(net, State.AWAITING_INFORMATION)
    shown = text(opened(link).get(reverse("paths:reply")))
    assert "Which benefits?" in shown
    assert link.referral.reason_words not in shown


def test_after_five_wrong_codes_it_is_locked_for_good(net):
    link = link_for(net)
    browser = Client()
    browser.get(path_of(link))
    wrong = "1" * 8 if tokens.code_of(link.pk) != "1" * 8 else "2" * 8
    for _n in range(reply_links.TRIES - 1):
        answer = browser.post(reverse("paths:reply_code"), {"code": wrong})
        assert answer.status_code == 200
        assert "This code is not right" in text(answer)
    assert is_over(browser.post(reverse("paths:reply_code"), {"code": wrong}))
    right = {"code": tokens.code_of(link.pk)}
    assert is_over(browser.post(reverse("paths:reply_code"), right))
    assert is_over(Client().get(path_of(link), follow=True))
    assert again(link).browser_digest == ""


def test_the_code_may_be_typed_in_groups(net):
    link = link_for(net)
    assert reply_links.enter_code(link=link, code=tokens.spoken(tokens.code_of(link.pk)))


def test_forwarding_gains_nothing_after_the_first_use(net):
    link = link_for(net)
    first = opened(link)
    second = Client()
    assert second.get(path_of(link)).status_code == 302
    assert is_over(second.get(reverse("paths:reply")))
    assert is_over(second.get(reverse("paths:reply_code")))
    assert is_over(second.post(reverse("paths:reply_code"), {"code": tokens.code_of(link.pk)}))
    stolen = Client()
    stolen.get(path_of(link))
    stolen.cookies[f"reply_browser_{link.pk.hex}"] = "guessed"
    assert is_over(stolen.get(reverse("paths:reply")))
    assert first.get(reverse("paths:reply")).status_code == 200


def test_one_browser_may_hold_two_links(net):
    first = link_for(net)
    browser = opened(first)
    other = net.sent(person=factories.held_person(team=net.gp_team))
    second = reply_links.make_link(
        referral=other, address=first.address, by=net.gp, told_words=TOLD
    )
    opened(second, browser)
    assert other.person.name in text(browser.get(reverse("paths:reply")))
    shown = text(browser.get(path_of(first), follow=True))
    assert net.person.name in shown and other.person.name not in shown


def test_no_log_of_failures_holds_a_token(net, caplog):
    link = link_for(net)
    reply_links.withdraw_link(link=link, by=net.gp)
    assert is_over(Client().get(path_of(link), follow=True))
    assert str(tokens.token_for(link.pk, link.purpose, link.expires_at)) not in caplog.text


def test_two_who_enter_the_code_at_once(net):
    link = link_for(net)
    assert reply_links.enter_code(link=link, code=tokens.code_of(link.pk))
    with pytest.raises(Refusal):  # seen before the first one entered it
        reply_links.enter_code(link=link, code=tokens.code_of(link.pk))


@pytest.mark.parametrize("end", ["expired", "withdrawn", "used", "died", "moved_on", "address"])
def test_whatever_ended_it_looks_the_same_from_outside(net, end):
    link = link_for(net)
    browser = opened(link)
    later = NOW
    if end == "expired":
        later = link.expires_at
    elif end == "withdrawn":
        reply_links.withdraw_link(link=link, by=net.nurse)
    elif end == "used":
        browser.post(reverse("paths:reply"), {"what": "accept"})
    elif end == "died":
        cases.record_death(person=net.person, died_on=NOW.date(), by=net.gp)
    elif end == "moved_on":
        services.redirect(referral=again(link.referral), by=net.gp, team=net.specialist)
    else:
        reply_links.end_address(address=link.address, by=net.gp)
    with time_machine.travel(later, tick=False):
        pages = [browser.get(reverse("paths:reply")), Client().get(path_of(link), follow=True)]
        pages.append(browser.post(reverse("paths:reply"), {"what": "accept"}))
        pages.append(Client().get(reverse("paths:reply_open", args=["forged"]), follow=True))
    assert all(is_over(one) for one in pages)
    assert len({re.sub(r'nonce="[^"]*"', "", one.content.decode()) for one in pages}) == 1
    if end != "used":
        assert again(link.referral).state in (State.SENT, State.CLOSED)


# Tokens -------------------------------------------------------------------------------------------


@given(st.data())
def test_a_changed_token_names_no_link(data):
    now = dt.datetime(2026, 6, 11, tzinfo=dt.UTC)
    token = str(tokens.token_for(uuid4(), "decide", now))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(codec="ascii"))
    changed = token[:place] + letter + token[place + 1 :]
    assert (tokens.read(changed) is None) == (changed != token)


@given(st.text(max_size=200))
def test_no_text_of_somebody_else_is_a_token(words):
    assert tokens.read(words) is None


def test_a_token_is_for_one_purpose_one_time_and_one_service(net, settings):
    link = link_for(net)
    good = tokens.token_for(link.pk, link.purpose, link.expires_at)
    assert reply_links.find(str(good)) == link
    for bad in (
        tokens.Token(link.pk, "answer", good.expires),
        tokens.Token(link.pk, link.purpose, good.expires + 86400),
        tokens.Token(uuid4(), link.purpose, good.expires),
    ):
        assert reply_links.find(str(bad)) is None
    assert reply_links.find(Signer(salt="other").sign_object([link.pk.hex, "decide", 1])) is None
    text_of_before = str(good)
    settings.SECRET_KEY = "another key of another service, long enough to be one"
    assert reply_links.find(text_of_before) is None


def test_a_code_belongs_to_one_link(net):
    first = link_for(net)
    assert not tokens.code_fits(first.pk, tokens.code_of(uuid4()), first.code_digest)
    assert tokens.code_fits(first.pk, tokens.code_of(first.pk), first.code_digest)


# Acting -------------------------------------------------------------------------------------------


def test_we_have_it_and_then_yes(net):
    link = link_for(net)
    browser = opened(link)
    answer = browser.post(reverse("paths:reply"), {"what": "acknowledge"})
    assert answer["Location"] == reverse("paths:reply")
    assert again(link.referral).state == State.RECEIVED
    answer = browser.post(reverse("paths:reply"), {"what": "accept"})
    assert answer["Location"] == reverse("paths:reply_done")
    assert again(link.referral).state == State.ACCEPTED
    events = CaseEvent.objects.filter(about=link.referral_id, kind="referral.accept")
    assert [event.data["how"] for event in events] == ["link"]
    assert "Thank you" in text(browser.get(reverse("paths:reply_done")))
    assert is_over(browser.get(reverse("paths:reply")))  # replay


def test_yes_at_once_says_also_that_they_have_it(net):
    link = link_for(net)
    opened(link).post(reverse("paths:reply"), {"what": "accept"})
    assert again(link.referral).state == State.ACCEPTED
    kinds = CaseEvent.objects.filter(about=link.referral_id).values_list("kind", flat=True)
    assert {"referral.acknowledge", "referral.accept"} <= set(kinds)


DECLINE = {
    "what": "propose_decline",
    "reason_code": "02",
    "grounds": ["other_need"],
    "explanation": "We think that another team could help more.",
    "cannot_offer": "Long-term therapy",
}


def test_a_decline_is_only_proposed_and_may_say_that_nothing_exists(net):
    link = link_for(net)
    browser = opened(link)
    answer = browser.post(reverse("paths:reply"), {**DECLINE, "explanation": ""})
    assert "Explain it plainly, as the person will read it" in text(answer)
    assert "Long-term therapy" in answer.content.decode()  # words are kept
    browser.post(reverse("paths:reply"), DECLINE)
    row = again(link.referral)
    assert row.state == State.DECLINE_PROPOSED
    proposal = row.proposals.get()
    assert proposal.nothing_exists and proposal.by is None


def test_an_answer(net):
    link = link_for(net, State.AWAITING_INFORMATION)
    answer = opened(link).post(reverse("paths:reply"), {"answer": "Housing benefit"})
    assert answer["Location"] == reverse("paths:reply_done")
    assert again(link.referral).state == State.RECEIVED
    assert Question.objects.get().answer == "Housing benefit"


def test_the_first_meeting_passes_the_responsibility_as_the_rules_say(net):
    link = link_for(net, State.ACCEPTED)
    browser = opened(link)
    day = {"met_on_day": "10", "met_on_month": "6", "met_on_year": "2026"}
    answer = browser.post(reverse("paths:reply"), {**day, "worker_name": " Ada  Ashe "})
    assert answer["Location"] == reverse("paths:reply_done")
    row = again(link.referral)
    assert (row.state, row.named_worker.name) == (State.IN_SERVICE, "Ada Ashe")
    held = Responsibility.objects.get(person=net.person)
    assert (held.team, held.worker) == (net.cmht, row.named_worker)


def test_a_link_for_one_thing_does_no_other(net):
    link = link_for(net)
    key = reply_links.enter_code(link=link, code=tokens.code_of(link.pk))
    for event in ("answer", "first_contact", "close", "withdraw", "redirect"):
        with pytest.raises(EventRefused):
            reply_links.act(link=link, browser_key=key, event=event, details={}, seen_version=None)
    assert again(link.referral).state == State.SENT


def test_an_act_that_is_refused_leaves_nothing_behind(net, monkeypatch):
    link = link_for(net)
    key = reply_links.enter_code(link=link, code=tokens.code_of(link.pk))
    before = (LinkUse.objects.count(), CaseEvent.objects.count())

    def fails(*args, **kwargs):
        raise Refusal("Not now.")

    monkeypatch.setattr(reply_links, "_use", fails)
    with pytest.raises(Refusal):
        reply_links.act(link=link, browser_key=key, event="accept", details={}, seen_version=None)
    assert (LinkUse.objects.count(), CaseEvent.objects.count()) == before
    assert again(link.referral).state == State.SENT
    assert again(link).used_at is None


def test_somebody_else_was_quicker_and_the_words_stay(net):
    link = link_for(net, State.AWAITING_INFORMATION)
    browser = opened(link)
    seen = again(link.referral).version
    Referral.objects.filter(pk=link.referral_id).update(version=seen + 1)
    answer = browser.post(
        reverse("paths:reply"), {"answer": "Housing benefit", "version": str(seen)}
    )
    assert "changed while you were writing" in text(answer)
    assert "Housing benefit" in answer.content.decode()


# The log ------------------------------------------------------------------------------------------


def test_every_use_is_logged_and_the_person_can_read_who_looked(net):
    link = link_for(net)
    browser = Client(REMOTE_ADDR="192.0.2.7")
    browser.get(path_of(link))
    browser.post(reverse("paths:reply_code"), {"code": "0"})
    browser.post(reverse("paths:reply_code"), {"code": tokens.code_of(link.pk)})
    browser.get(reverse("paths:reply"))
    Client().get(path_of(link))
    browser.post(reverse("paths:reply"), {"what": "accept"})
    browser.get(reverse("paths:reply"))
    uses = list(link.uses.order_by("created_at", "pk").values_list("what", flat=True))
    assert uses == [
        "opened",
        "code_wrong",
        "code_right",
        "viewed",
        "opened",
        "acted",
        "refused",
    ]
    assert link.uses.filter(ip="192.0.2.7").count() == 6
    entry = AccessEntry.objects.get(page="paths:reply")
    assert (entry.person, entry.user, entry.reason_words) == (
        net.person,
        None,
        "desk@partner.example",
    )


# Pages for staff ----------------------------------------------------------------------------------


def test_staff_send_see_and_withdraw(net, client):
    referral = net.referral_in(State.SENT)
    client.force_login(net.gp)
    page = client.get(reverse("paths:reply_link", args=[referral.pk]))
    assert reverse("paths:link_make", args=[referral.pk]) in page.content.decode()
    posted = {
        "address": "new",
        "team": str(net.cmht.pk),
        "email": "desk@partner.example",
        "how": "Rang their desk",
        "told_words": TOLD,
        "days": "3",
    }
    path = reverse("paths:link_make", args=[referral.pk])
    wrong = client.post(path, {**posted, "how": ""})
    assert "Say how you checked that the address is theirs" in text(wrong)
    answer = client.post(path, posted)
    link = ReplyLink.objects.get()
    assert answer["Location"] == reverse("paths:link", args=[link.pk])
    assert link.expires_at - link.created_at <= dt.timedelta(days=3)
    shown = text(client.get(answer["Location"]))
    assert tokens.spoken(tokens.code_of(link.pk)) in shown
    opened(link)
    assert tokens.spoken(tokens.code_of(link.pk)) not in text(client.get(answer["Location"]))
    client.post(reverse("paths:link_withdraw", args=[link.pk]))
    assert again(link).revoked_by == net.gp
    assert "Withdrawn" in text(client.get(answer["Location"]))
    known = client.get(path)
    assert "desk@partner.example" in text(known)
    assert PartnerAddress.objects.count() == 1


def test_an_address_that_is_not_theirs_any_more(net, client):
    link = link_for(net)
    client.force_login(net.gp)
    path = reverse("paths:address_end", args=[link.pk])
    assert "desk@partner.example" in text(client.get(path))
    client.post(path)
    assert again(link).revoked_by == net.gp
    assert is_over(Client().get(path_of(link), follow=True))
    assert not ReplyLink.objects.standing(NOW).exists()
    assert "not used any more" in text(client.post(path, follow=True))


def test_right_role_wrong_person(net, client):
    link = link_for(net)
    client.force_login(factories.member("team_lead"))
    for name, key in (
        ("reply_link", link.referral_id),
        ("link_make", link.referral_id),
        ("link", link.pk),
        ("address_end", link.pk),
    ):
        assert client.get(reverse(f"paths:{name}", args=[key])).status_code == 404
    assert client.post(reverse("paths:link_withdraw", args=[link.pk])).status_code == 404
    assert again(link).revoked_at is None


def test_the_list_costs_the_same_with_fifty_links(net, client):
    first = link_for(net)
    client.force_login(net.gp)
    path = reverse("paths:reply_link", args=[first.referral_id])

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    cost()
    one = cost()
    for _n in range(49):
        reply_links.make_link(
            referral=first.referral, address=first.address, by=net.gp, told_words=TOLD
        )
    assert cost() == one
