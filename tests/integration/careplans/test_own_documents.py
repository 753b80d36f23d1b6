"""A person takes their plan away in every form, and has the last word about a letter."""

import datetime as dt
import re
import time
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans import services as plans
from careplans.documents import rendering, services
from careplans.documents.kinds import ABOUT, DocumentKind
from careplans.errors import NotYours
from careplans.models import Document
from casework.cases.models import AccessEntry
from casework.common.pdf import Made
from casework.outbox import services as outbox
from tests.factories.careplans import Two
from tests.factories.documents import asked_for, begun, full_plan, with_request
from tests.factories.portal import own_account

State = Document.State
PRINTS = [kind for kind in DocumentKind if not ABOUT[kind].text]


@pytest.fixture(autouse=True)
def _later(monkeypatch):
    """What a file looks like is tested with the files; the worker process works when it is told."""
    monkeypatch.setattr(rendering, "make", lambda kind, content: Made(b"%PDF-1.7 made", 2))
    monkeypatch.setattr(outbox, "_nudge", lambda: None)


@pytest.fixture
def me(client, two):
    account = own_account(two.person)
    client.force_login(account.user)
    return account


def url(name, *args):
    return reverse(f"my_plan:{name}", args=args)


def text(answer):
    assert answer.status_code == 200
    main = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def works():
    outbox.run_due(now=timezone.now())


@pytest.mark.parametrize("kind", PRINTS)
def test_every_form_is_made_saved_and_logged(client, two, me, kind):
    plan = full_plan(two)
    version = two.shared(plan)
    client.post(url("new_paper", kind), {"version": str(version.number)})
    document = plan.documents.get()
    assert (document.made_by, document.version, document.kind) == (None, version, kind)
    page = url("paper", document.pk)
    assert "It is being made" in text(client.get(page))
    assert client.get(url("paper_status", document.pk)).json() == {"making": True}
    assert client.get(url("paper_file", document.pk)).status_code == 404
    works()
    assert "It is ready." in text(client.get(page))
    file = client.get(url("paper_file", document.pk))
    assert b"".join(file.streaming_content) == b"%PDF-1.7 made"
    assert file["Cache-Control"] == "no-store, private"
    entry = AccessEntry.objects.get(record=document.pk, action=AccessEntry.Action.PRINT)
    assert (entry.user, entry.person) == (me.user, two.person)
    today = timezone.localdate()
    assert f"You saved it on {today.day} " in text(client.get(page)).replace("\xa0", " ")
    client.force_login(two.worker)
    seen = text(client.get(reverse("careplans:documents:list", args=[plan.pk])))
    assert "Marigold: saved on their own pages" in seen
    assert f"Marigold, {today.day} " in seen.replace("\xa0", " ")  # who asked for it


def test_a_file_that_could_not_be_made_says_so_and_is_tried_again(client, two, me, monkeypatch):
    document = asked_for(two, full_plan(two), DocumentKind.PLAN)
    services.gave_up(document=str(document.pk))
    assert "It could not be made. Nothing is lost." in text(client.get(url("papers")))
    page = client.get(url("paper", document.pk))
    assert "Try again" in text(page)
    client.post(url("paper_retry", document.pk))
    works()
    assert "It is ready." in text(client.get(url("paper", document.pk)))
    again = client.post(url("paper_retry", document.pk), follow=True)
    assert "has not failed" in again.content.decode()


def test_the_person_corrects_a_letter_and_says_yes(client, two, me):
    document = begun(two, full_plan(two), DocumentKind.HOUSING)
    home = client.get(reverse("portal:home")).content.decode()
    assert "1 letter about you waits for your yes or no." in home
    assert "A letter about you waits for you to read it." in home
    page = text(client.get(url("paper", document.pk)))
    assert "Nobody gets it until you say yes." in page and "A door that I can close" in page
    form = client.get(url("paper_words", document.pk)).content.decode()
    assert "Who has corrected it?" not in form
    words = {f"section_{one['key']}": one["words"] for one in with_request(document)["sections"]}
    words["section_said"] = "The wall has been wet for a year."
    fields = {"recipient": "Harbour Housing", "place": "", "about": "", "signed": "", "seen": "1"}
    client.post(url("paper_words", document.pk), {**fields, **words})
    last = services.last_text(document)
    assert (last.number, last.role, last.by) == (2, "person", None)
    # a worker changed it meanwhile: nobody says yes to words that they have not read
    services.correct(document=document, fields=last.fields, seen=2, by=two.together)
    stale = client.post(url("paper_yes", document.pk), {"seen": "2", "words": ""})
    assert "Somebody has changed the text since you opened it" in stale.content.decode()
    client.post(url("paper_yes", document.pk), {"seen": "3", "words": "Send it soon"})
    row = Document.objects.get()
    assert (row.state, row.approved_how, row.approved_words, row.approval_by) == (
        State.MAKING,
        "portal",
        "Send it soon",
        None,
    )
    works()
    said = text(client.get(url("paper", document.pk)))
    assert "You said yes to these words on" in said and "Save or print it" in said
    # now nothing about it can be changed or thrown away
    for name in ("paper_words", "paper_yes"):
        assert client.get(url(name, document.pk)).status_code == 404
    client.post(url("paper_no", document.pk))
    assert Document.objects.get().state == State.READY


def test_the_person_says_no(client, two, me):
    document = begun(two, full_plan(two), DocumentKind.EMPLOYER)
    said = client.post(url("paper_no", document.pk), follow=True).content.decode()
    assert "nobody gets it" in said
    assert Document.objects.get().state == State.DROPPED
    assert client.get(url("paper", document.pk)).status_code == 404


def test_a_letter_that_is_too_long_is_left_to_the_worker(client, two, me):
    document = begun(two, full_plan(two), DocumentKind.SUMMARY)
    services.approve(document=document, seen=1, how="read", by=two.alone)
    Document.objects.update(state=State.FAILED, trouble="too_long")
    page = text(client.get(url("paper", document.pk)))
    assert "too long for one page" in page and "Try again" not in page


def test_nobody_begins_a_letter_or_says_yes_for_the_person(client, two, me):
    plan = full_plan(two)
    assert client.get(url("new_paper", DocumentKind.GP)).status_code == 404
    with pytest.raises(NotYours):
        services.begin_text(
            plan=plan, kind=DocumentKind.GP, recipient="x", parts=["body"], by=two.themselves
        )
    document = begun(two, plan, DocumentKind.GP)
    with pytest.raises(NotYours):
        services.approve(document=document, seen=1, how="portal", by=two.alone)
    with pytest.raises(NotYours):
        services.approve(document=document, seen=1, how="read", by=two.themselves)


def test_somebody_elses_documents_are_not_there(client, two, me):
    other = Two(team=two.team)
    document = asked_for(other, full_plan(other), DocumentKind.EASY)
    waiting = begun(other, document.plan, DocumentKind.HOUSING)
    works()
    for name in ("paper", "paper_status", "paper_file"):
        assert client.get(url(name, document.pk)).status_code == 404
    for name in ("paper_words", "paper_yes"):
        assert client.post(url(name, waiting.pk)).status_code == 404
    for name in ("paper_no", "paper_retry"):
        assert client.post(url(name, waiting.pk)).status_code == 404
    assert Document.objects.get(pk=waiting.pk).state == State.WRITING


def test_without_a_plan_there_is_nothing_to_print(client, two, me):
    assert "Nothing has been made yet." in text(client.get(url("papers")))
    assert client.get(url("new_paper", DocumentKind.PLAN)).status_code == 404
    plan = two.plan()
    assert "Safety plan to fold" not in text(client.get(url("papers")))
    assert client.get(url("new_paper", DocumentKind.CARD)).status_code == 404
    client.post(url("new_paper", DocumentKind.EASY), {"version": "now"})
    assert plan.documents.get().version is None


def test_the_list_asks_the_same_of_the_database_however_long_it_is(client, two, me):
    plan = full_plan(two)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get(url("papers"))
        return len(asked)

    asked_for(two, plan, DocumentKind.PLAN)
    cost()
    first = cost()
    for _more in range(9):
        asked_for(two, plan, DocumentKind.EASY)
    assert cost() == first


def test_what_others_changed_since_the_person_last_looked(client, two, me):
    plan = two.written()
    page = text(client.get(url("changes")))
    assert "From then on, this page tells you what others change in it." in page
    client.post(url("changes"), {"number": "999999"})
    assert "Nobody has changed anything." in text(client.get(url("changes")))
    client.post(url("add", "people", "matters"), {"words": "My own words", "seen": "0"})
    two.write(plan, "goal", "To sleep with the window open")
    seen = text(client.get(url("plan")))
    assert "1 thing has changed since you last looked: Housing." in seen
    said = text(client.get(url("changes")))
    assert "To sleep with the window open" in said and "My own words" not in said
    number = plan.revisions.order_by("-number").first().number
    client.post(url("changes"), {"number": str(number)})
    assert "since you last looked:" not in text(client.get(url("plan")))


def test_help_never_depends_on_agreeing(client, two, me):
    version = two.shared()
    for page in (url("plan"), url("answer", version.pk)):
        assert re.search(r"You get help what|You get help whether", text(client.get(page)))


def test_what_the_service_owes_is_never_the_persons_failure(client, two, me):
    plan = two.plan()
    late = timezone.localdate() - dt.timedelta(days=10)
    two.write(plan, "action", "Ring the landlord", owner_kind="person", due_on=late)
    said = "That is not your fault."
    assert said not in text(client.get(url("plan")))  # what they meant to do is never late
    worker = two.worker.worker
    owed = {"owner_kind": "worker", "owner_worker": worker, "due_on": late}
    line = two.write(plan, "action", "Write to the council", **owed)
    assert text(client.get(url("plan"))).count(said) == 1
    client.force_login(two.worker)
    area = reverse("careplans:area", args=[plan.pk, "housing"])
    assert text(client.get(area)).count("this is owed to Marigold") == 1
    plans.report(line=line, progress="done", what_happened="They wrote back", by=two.alone)
    assert "this is owed to" not in text(client.get(area))
    # and nobody outside is told that a day has passed
    letter = services.last_text(begun(two, plan, DocumentKind.HOUSING)).fields
    assert "Ring the landlord (Marigold)" in str(letter)


def test_who_else_has_it_open(client, two, me):
    plan = two.written()
    plans.here(plan=plan, by=two.worker)
    line = plan.lines.get(kind="matters")
    assert "Femi Ade is on this page too." in text(client.get(url("line", line.pk)))
    session = client.session
    session["seen"] = before = int(time.time()) - 60
    session.save()
    told = client.post(url("here"), headers={"X-Background": "1"})
    assert told.json() == {"text": "Femi Ade is on this page too."}
    assert client.session["seen"] == before
    assert plans.also_here(plan, two.worker) == ["Marigold"]
