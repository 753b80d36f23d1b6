"""Advice on wording: who gets which, that nothing of a text is kept, and the list behind it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.common.errors import Refusal
from casework.wording import services
from casework.wording.models import WordingAnswer, WordingTerm
from tests import factories

pytestmark = pytest.mark.django_db


def entry(code: str) -> WordingTerm:
    return WordingTerm.objects.get(code=code, organisation=None)


def whole(row: WordingTerm) -> dict:
    return {
        name: getattr(row, name)
        for name in ("group", "phrases", "unless", "suggestion", "reason", "behaviour", "active")
    }


def test_the_starter_list_is_there_and_seeding_again_changes_nothing():
    before = WordingTerm.objects.count()
    services.seed()
    assert WordingTerm.objects.count() == before >= 70


def test_the_look_is_one_query_and_keeps_nothing(client):
    user = factories.member("key_worker")
    client.force_login(user)
    for text in ("non-compliant", "non-compliant, refused, denies SI. " * 50):
        services.look(text="", user=user)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = services.look(text=text, user=user)
        assert len(queries) == 1
    assert [one.term.code for one in found[:3]] == ["non-compliant", "refused", "denies"]
    response = client.post(reverse("wording:look"), {"text": "She was non-compliant today"})
    page = response.content.decode()
    assert "non-compliant" in page and "decided not to" in page
    assert "non-compliant" not in repr(list(WordingAnswer.objects.values()))
    assert b"non-compliant" not in client.post(reverse("wording:look"), {"text": "ok"}).content


def test_markup_in_a_text_stays_text(client):
    client.force_login(factories.member("key_worker"))
    page = client.post(
        reverse("wording:look"), {"text": "<script>alert(1)</script> refused <b>x3</b>"}
    ).content.decode()
    assert "<script>" not in page and "<b>" not in page
    assert "refused" in page


def test_an_organisations_own_entry_takes_the_place_of_everybodys():
    user = factories.member("key_worker")
    other = factories.member("key_worker")
    own = user.memberships.get().team.organisation
    services.save_term(
        by=user,
        term=entry("refused"),
        organisation=own,
        **{**whole(entry("refused")), "active": False},
    )
    assert services.look(text="refused", user=user) == []
    assert other.memberships.get().team.organisation != own
    assert len(services.look(text="refused", user=other)) == 1
    assert entry("refused").active
    with pytest.raises(Refusal, match="already"):
        services.save_term(
            by=user, term=entry("refused"), organisation=own, **whole(entry("refused"))
        )


def test_a_change_is_remembered_with_who_made_it():
    user = factories.member("administrator")
    row = entry("lazy")
    services.save_term(by=user, term=row, **{**whole(row), "suggestion": "say what is in the way"})
    past = WordingTerm.history.filter(id=row.pk).first()
    assert (past.history_user, past.suggestion) == (user, "say what is in the way")


def test_an_answer_is_counted_and_an_unknown_one_refused(client):
    client.force_login(factories.member("key_worker"))
    address = reverse("wording:answer")
    for answer in ("wrong", "wrong", "kept", "changed"):
        assert client.post(address, {"code": "refused", "answer": answer}).status_code == 204
    client.post(address, {"code": "lazy", "answer": "changed"})
    assert client.post(address, {"code": "refused", "answer": "angry"}).status_code == 400
    assert client.post(address, {"code": "what she wrote", "answer": "kept"}).status_code == 400
    (first, second) = services.report()
    assert (first.code, first.wrong, first.kept, first.changed) == ("refused", 2, 1, 1)
    assert (first.false_alarms, second.false_alarms) == (0.5, 0.0)
    client.force_login(factories.member("team_lead"))
    page = client.get(reverse("wording:report")).content.decode()
    assert "50%" in page


def test_without_script_a_text_is_looked_at_on_a_page(client):
    client.force_login(factories.member("peer_worker"))
    address = reverse("wording:check")
    assert client.get(address).status_code == 200
    page = client.post(address, {"text": "He claims he is fine"}).content.decode()
    assert "says; told me" in page and "He claims he is fine" in page
    assert "nothing to point out" in client.post(address, {"text": "He says so"}).content.decode()
    assert "Enter the words to look at" in client.post(address, {"text": ""}).content.decode()


def test_an_administrator_keeps_the_list(client):
    client.force_login(factories.member("administrator"))
    fields = {
        "code": "bed-blocker",
        "organisation": "all",
        "group": "blame",
        "phrases": "bed-blocker; bed blocking ;",
        "unless": "",
        "suggestion": "is waiting for a home",
        "reason": "Blames somebody for waiting.",
        "active": "on",
    }
    wrong = client.post(reverse("wording:add"), {**fields, "code": "Bed Blocker", "phrases": ";"})
    assert "small letters" in wrong.content.decode()
    assert client.post(reverse("wording:add"), fields).status_code == 302
    row = entry("bed-blocker")
    assert row.phrases == "bed-blocker; bed blocking"
    assert "already" in client.post(reverse("wording:add"), fields).content.decode()
    del fields["code"], fields["active"]
    address = reverse("wording:term", args=[row.pk])
    assert "is waiting for a home" in client.get(address).content.decode()
    assert client.post(address, fields).status_code == 302
    row.refresh_from_db()
    assert not row.active
    assert "Not in use" in client.get(reverse("wording:terms")).content.decode()
