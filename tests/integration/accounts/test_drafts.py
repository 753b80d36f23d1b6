"""Words that somebody is writing are offered again, whatever happens in between."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from casework.accounts import drafts
from casework.accounts.decorators import open_to_signed_in
from casework.accounts.models import Draft
from casework.common.errors import Refusal
from casework.common.forms import CheckboxField, NHSForm, SelectField, SplitDateField, TextAreaField
from casework.common.http import http_methods
from tests import factories

pytestmark = pytest.mark.django_db
KEY = "note:one"
PAGE = """{% extends "layouts/draft_form.jinja" %}
{% block heading %}Write{% endblock %}"""


# A page with a draft -----------------------------------------------------------------------------


class NoteForm(NHSForm):
    words = TextAreaField(label="What happened", missing="Enter what happened", max_length=5000)
    day = SplitDateField(label="Day", required=False)
    kind = SelectField(label="Kind", choices=[("a", "First"), ("b", "Second")], required=False)
    shared = CheckboxField(label="Shared", required=False)


SAVED: list[dict] = []


@open_to_signed_in
@http_methods(read=["GET"], write=["POST"])
def note(request):
    """What a view with a draft looks like."""
    draft = drafts.DraftForm(request, KEY, NoteForm, initial={"shared": True})
    if draft.is_valid():
        data = draft.form.cleaned_data
        if data["words"] == "refuse me":
            draft.refuse(Refusal("Not like this."))
        elif data["words"] == "forbid me":
            raise PermissionDenied
        elif data["words"] == "break down":
            return HttpResponse("broken", status=500)
        else:
            SAVED.append(data)
            draft.discard()
            return redirect("/done/")
    page = engines["jinja2"].from_string(PAGE)
    return HttpResponse(page.render({"form": draft.form, "draft": draft}, request))


urlpatterns = [path("note/", note, name="note"), path("", include("casework.urls"))]


@pytest.fixture(autouse=True)
def _page(settings):
    settings.ROOT_URLCONF = __name__
    SAVED.clear()


@pytest.fixture
def user():
    return factories.member("key_worker")


@pytest.fixture
def writer(client, user):
    client.force_login(user)
    return client


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the form, as a browser sends them back."""
    names = ("draft_token", "draft_revision", "draft_writer")
    form = html[html.index("data-draft=") :]
    return {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in names}


def open_page(client, query=""):
    answer = client.get(f"/note/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def kept(user, key=KEY):
    return drafts.read(user=user, key=key)


# Offered again -----------------------------------------------------------------------------------


def test_a_page_without_a_draft_offers_nothing(writer):
    html = open_page(writer)
    assert "You were writing this" not in html
    assert hidden(html)["draft_revision"] == "0"


def test_what_was_saved_while_writing_is_offered_and_carried_on(writer, user):
    data = {
        **hidden(open_page(writer)),
        "words": "She said she <slept>",
        "day_day": "3",
        "day_month": "wrong",
        "day_year": "",
        "kind": "b",
        "draft_sequence": "1",
        "draft_writer": "w1",
    }
    answer = writer.post(reverse("drafts:save"), data)
    assert answer.status_code == 200
    assert answer.json()["message"].startswith("Saved at ")

    offer = open_page(writer)
    assert "You were writing this at " in offer
    assert "She said she &lt;slept&gt;" in offer  # to look at
    form = offer[offer.index("data-draft=") :]
    assert "slept" not in form  # and not yet in the form

    again = open_page(writer, "?carry-on=1")
    form = again[again.index("data-draft=") :]
    assert "She said she &lt;slept&gt;</textarea>" in form
    assert 'value="wrong"' in form
    assert '<option value="b" selected>' in form
    assert 'type="checkbox" value="on" checked' not in form  # as it was left
    assert "has not been saved yet" in again
    assert "Error" not in again
    assert hidden(again)["draft_revision"] == "1"


def test_start_again_throws_it_away(writer, user):
    drafts.save(user=user, key=KEY, fields={"words": ["old"]})
    html = open_page(writer)
    answer = writer.post(
        reverse("drafts:discard"),
        {"draft_token": hidden(html)["draft_token"], "next": "/note/"},
    )
    assert answer["Location"] == "/note/"
    assert kept(user) is None
    assert "You were writing this" not in open_page(writer)


def test_saved_for_good_the_draft_is_gone(writer, user):
    drafts.save(user=user, key=KEY, fields={"words": ["draft"]})
    data = hidden(open_page(writer, "?carry-on=1"))
    assert writer.post("/note/", {**data, "words": "all of it"}).status_code == 302
    assert SAVED[0]["words"] == "all of it"
    assert kept(user) is None


def test_a_form_with_mistakes_is_kept(writer, user):
    data = hidden(open_page(writer))
    answer = writer.post("/note/", {**data, "words": "long text", "day_day": "99"})
    assert "There is a problem" in answer.content.decode()
    assert kept(user).fields["words"] == ["long text"]
    assert hidden(answer.content.decode())["draft_revision"] == "1"
    # and corrected, it is gone
    data = hidden(answer.content.decode())
    writer.post("/note/", {**data, "words": "long text, corrected"})
    assert kept(user) is None


def test_a_refusal_keeps_the_words(writer, user):
    data = hidden(open_page(writer))
    answer = writer.post("/note/", {**data, "words": "refuse me"})
    assert "Not like this." in answer.content.decode()
    assert kept(user).fields["words"] == ["refuse me"]


@pytest.mark.parametrize("words", ["forbid me", "break down"])
def test_what_was_posted_in_vain_is_kept(writer, user, words):
    data = hidden(open_page(writer))
    writer.post("/note/", {**data, "words": words})
    assert kept(user).fields["words"] == [words]


def test_a_page_that_a_later_sign_in_has_made_stale_is_kept(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    html = client.get("/note/").content.decode()
    answer = client.post("/note/", {**hidden(html), "words": "mine", "csrfmiddlewaretoken": "old"})
    assert answer.status_code == 403
    assert kept(user).fields == {"words": ["mine"]}


# The end of the session --------------------------------------------------------------------------


def test_a_post_after_the_session_has_ended_is_offered_after_sign_in(client, user):
    client.force_login(user)
    data = hidden(open_page(client))
    client.session.flush()
    answer = client.post("/note/", {**data, "words": "written all afternoon"})
    assert answer.status_code == 302
    sign_in = client.get(answer["Location"])
    assert "What you wrote is kept" in sign_in.content.decode()
    answer = client.post(
        answer["Location"], {"login": user.email, "password": factories.accounts.PASSWORD}
    )
    assert answer["Location"] == "/note/"
    assert "You were writing this" in open_page(client)
    assert "written all afternoon</textarea>" in open_page(client, "?carry-on=1")


def test_saving_while_writing_goes_on_after_the_session_has_ended(client, user):
    client.force_login(user)
    data = hidden(open_page(client))
    client.session.flush()
    answer = client.post(reverse("drafts:save"), {**data, "words": "more"})
    assert answer.json()["signed_out"]
    assert "token" not in answer.json()
    assert kept(user).fields["words"] == ["more"]


def test_a_page_that_somebody_else_opened_is_kept_for_them(client, user):
    client.force_login(user)
    data = hidden(open_page(client))
    other = factories.member("team_member")
    client.force_login(other)
    answer = client.post("/note/", {**data, "words": "what I wrote"})
    html = answer.content.decode()
    assert "opened by somebody else" in html
    assert "what I wrote" not in html
    assert not SAVED
    assert kept(other) is None
    assert kept(user).fields["words"] == ["what I wrote"]


def test_a_draft_is_its_writers_alone(client, user):
    drafts.save(user=user, key=KEY, fields={"words": ["mine"]})
    client.force_login(factories.member("team_lead"))
    assert "You were writing" not in open_page(client)
    client.post(reverse("drafts:discard"), {"draft_token": drafts.sign(user, KEY), "next": "/"})
    assert kept(user) is not None


@pytest.mark.parametrize("token", ["", "forged", "WyJhIiwiYiJd:1:x"])
def test_without_our_ticket_nothing_is_kept(client, user, token):
    answer = client.post(reverse("drafts:save"), {"draft_token": token, "words": "x"})
    assert answer.status_code == 403
    assert not Draft.objects.exists()


def test_a_ticket_does_not_last(client, user):
    token = drafts.sign(user, KEY)
    with time_machine.travel(timezone.now() + drafts.SIGNED_FOR + dt.timedelta(seconds=2)):
        answer = client.post(reverse("drafts:save"), {"draft_token": token, "words": "x"})
    assert answer.status_code == 403
    assert not Draft.objects.exists()


def test_nothing_is_kept_for_somebody_who_has_left(client, user):
    token = drafts.sign(user, KEY)
    user.is_active = False
    user.save()
    client.post(reverse("drafts:save"), {"draft_token": token, "words": "x"})
    assert not Draft.objects.exists()


# Size, secrets, storage --------------------------------------------------------------------------


def test_too_much_is_told_and_the_earlier_words_stay(writer, user):
    data = hidden(open_page(writer))
    writer.post(reverse("drafts:save"), {**data, "words": "short", "draft_sequence": "1"})
    answer = writer.post(
        reverse("drafts:save"),
        {**data, "words": "x" * (drafts.LIMIT + 1), "draft_sequence": "2"},
    )
    assert answer.status_code == 413
    assert "too long" in answer.json()["message"]
    assert kept(user).fields["words"] == ["short"]


def test_words_lie_encrypted_and_passwords_do_not_lie_at_all(writer, user):
    data = {**hidden(open_page(writer)), "words": "nobody else", "password": "secret"}
    writer.post(reverse("drafts:save"), data)
    row = Draft.objects.get()
    assert set(kept(user).fields) == {"words"}
    stored = Draft.objects.extra(select={"raw": "body"}).values_list("raw", flat=True)[0]
    assert "nobody" not in stored
    assert "nobody else" in row.body


def test_nothing_written_is_no_draft(writer, user):
    writer.post(reverse("drafts:save"), {**hidden(open_page(writer)), "words": "  "})
    assert not Draft.objects.exists()


def test_marks_of_saved_drafts_go_and_words_stay(user):
    drafts.save(user=user, key="done", fields={"words": ["x"]}, writer="w", sequence=1)
    drafts.discard(user=user, key="done", base_revision=0, writer="w")
    drafts.save(user=user, key="open", fields={"words": ["x"]})
    assert Draft.objects.count() == 2
    assert drafts.tidy(now=timezone.now() + drafts.FORGET_MARKS_AFTER / 2) == 0
    assert drafts.tidy(now=timezone.now() + drafts.FORGET_MARKS_AFTER * 2) == 1
    assert Draft.objects.get().key == "open"


# Order and several windows -----------------------------------------------------------------------


def save(user, text, **options):
    return drafts.save(user=user, key=KEY, fields={"words": [text]}, **options)


def test_a_save_that_was_overtaken_changes_nothing(user):
    save(user, "one two three", writer="w", sequence=3)
    save(user, "one two", writer="w", sequence=2)
    assert kept(user).fields["words"] == ["one two three"]


def test_a_save_that_comes_after_the_form_was_saved_changes_nothing(user):
    save(user, "one", writer="w", sequence=1)
    drafts.discard(user=user, key=KEY, base_revision=0, writer="w")
    save(user, "one two", writer="w", sequence=2)
    assert kept(user) is None
    save(user, "another time", writer="v", sequence=1)
    assert kept(user).fields["words"] == ["another time"]


def test_two_windows_lose_nothing(user):
    save(user, "left", writer="l", sequence=1)
    save(user, "right", writer="r", sequence=1)
    save(user, "left and more", writer="l", sequence=2)
    draft = kept(user)
    assert draft.fields["words"] == ["left and more"]
    assert [one.fields["words"] for one in draft.aside] == [["right"]]
    # the left window is saved for good: the right one's words are next
    drafts.discard(user=user, key=KEY, base_revision=0, writer="l")
    assert kept(user).fields["words"] == ["right"]


def test_words_of_another_window_are_shown_beside(writer, user):
    save(user, "left", writer="l", sequence=1)
    save(user, "right", writer="r", sequence=1)
    html = open_page(writer, "?carry-on=1")
    assert "You also wrote this in another window" in html
    assert ">left</p>" in html


def test_carrying_on_puts_nothing_aside(user):
    first = save(user, "one", writer="a", sequence=1)
    save(user, "changed entirely", base_revision=first.revision, writer="b", sequence=1)
    assert kept(user).aside == ()


def test_words_that_a_page_has_never_seen_are_not_taken_for_those_it_began_with(user):
    first = save(user, "one", writer="a", sequence=1)
    drafts.discard(user=user, key=KEY, base_revision=0, writer="a")
    save(user, "another window", writer="b", sequence=1)
    save(user, "one and more", base_revision=first.revision, writer="c", sequence=1)
    assert [one.fields["words"] for one in kept(user).aside] == [["another window"]]


def test_a_page_that_was_saved_and_is_sent_again_takes_nobody_elses_words(user):
    """The back button after saving, in one of two windows."""
    save(user, "saved", writer="a", sequence=1)
    save(user, "another window", writer="b", sequence=1)
    drafts.discard(user=user, key=KEY, base_revision=0, writer="a")
    save(user, "sent again", writer="a")
    assert [one.fields["words"] for one in kept(user).aside] == [["another window"]]


def test_a_late_save_after_another_window_has_written_changes_nothing(user):
    save(user, "saved", writer="a", sequence=1)
    drafts.discard(user=user, key=KEY, base_revision=0, writer="a")
    save(user, "another window", writer="b", sequence=1)
    save(user, "saved", writer="a", sequence=2)
    assert kept(user).fields["words"] == ["another window"]
    assert kept(user).aside == ()


class Page:
    """An open page: what it started from, and what is written in it now."""

    def __init__(self, number: int, seen: drafts.Kept | None) -> None:
        self.writer = f"page{number}"
        self.base = seen.revision if seen else 0
        self.text = seen.fields["words"][0] if seen else ""
        self.beside = [one.fields["words"][0] for one in seen.aside] if seen else []
        self.sequence = 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["open", "carry on", "write", "write", "write", "save for good"]),
            st.integers(0, 2),
            st.sampled_from(["up", "late", "lost"]),
        ),
        max_size=30,
    )
)
def test_every_word_up_to_the_last_save_is_offered_again(steps):
    """Any windows, any order, saves that come late or never: what reached the server and was not
    saved for good is in the draft or beside it."""
    user = factories.user()
    pages: dict[int, Page] = {}
    owed: dict[str, str] = {}  # the newest text that each page has brought to the server
    late: list[tuple[Page, int, str]] = []
    for number, (step, which, net) in enumerate(steps):
        page = pages.get(which)
        if step == "open" or page is None:
            pages[which] = Page(number, None)
        elif step == "carry on":
            seen = kept(user)
            pages[which] = Page(number, seen)
            if seen:  # its words are that page's now
                text = seen.fields["words"][0]
                owed = {w: t for w, t in owed.items() if t not in text}
                owed[pages[which].writer] = text
        elif step == "write":
            page.text += f"word{number}. "
            page.sequence += 1
            if net == "up":
                save(
                    user, page.text, writer=page.writer, sequence=page.sequence,
                    base_revision=page.base,
                )  # fmt: skip
                owed[page.writer] = page.text
            elif net == "late":
                late.append((page, page.sequence, page.text))
        else:
            drafts.discard(user=user, key=KEY, base_revision=page.base, writer=page.writer)
            owed.pop(page.writer, None)
            # saved in this page, or shown beside it to be copied from
            settled = [page.text, *page.beside]
            owed = {w: t for w, t in owed.items() if not any(t.strip() in one for one in settled)}
            pages.pop(which)
            for sent, sequence, text in late:
                if sent is page:
                    save(
                        user, text, writer=sent.writer, sequence=sequence, base_revision=sent.base
                    )  # fmt: skip
            late = [one for one in late if one[0] is not page]
        draft = kept(user)
        found = (
            [draft.fields["words"][0], *(one.fields["words"][0] for one in draft.aside)]
            if draft
            else []
        )
        for text in owed.values():
            assert any(text.strip() in one for one in found), (text, found)
