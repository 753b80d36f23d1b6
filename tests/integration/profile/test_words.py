"""A person's own words: whose they are, and that none is ever lost."""

import re
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from casework.accounts import drafts
from casework.accounts.models import Draft
from casework.cases.models import AboutMe, AccessEntry, CaseEvent, Person
from casework.cases.services import profile
from casework.common.errors import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
EMPTY = {
    name: ""
    for name in (
        "how_to_be_with_me",
        "want_you_to_know",
        "please_do",
        "please_do_not",
        "when_i_struggle",
        "what_helps",
        "how_i_see_it",
        "diagnosis",
    )
}


def write(person, by, *, seen=None, keep=None, how="own", **words):
    about = AboutMe.objects.filter(person=person).first() or AboutMe(person=person)
    return profile.write_about_me(
        person=person,
        words=words,
        seen=seen if seen is not None else profile.marks(about, words),
        keep=keep,
        how=how,
        by=by,
    )


def test_who_wrote_it_with_them_and_how_is_on_record(person, editor):
    about = write(person, editor, please_do="Ring first", how="together")
    assert about.written_by == editor
    event = CaseEvent.objects.get(person=person, kind="profile.about_me")
    assert event.data == {"how": "together", "parts": ["please_do"]}
    assert about.history.get().history_user == editor


def test_whose_words_has_to_be_said(person, editor):
    with pytest.raises(Refusal):
        write(person, editor, please_do="Ring first", how="")
    assert not AboutMe.objects.exists()


def test_two_people_at_different_parts_lose_nothing(person, editor):
    write(person, editor, please_do="Ring first", what_helps="Tea")
    about = AboutMe.objects.get()
    seen = profile.marks(about, ["please_do", "what_helps"])
    write(person, editor, please_do="Ring twice", what_helps="Tea", seen=seen)
    write(person, editor, please_do="Ring first", what_helps="A walk", seen=seen)
    about = AboutMe.objects.get()
    assert (about.please_do, about.what_helps) == ("Ring twice", "A walk")


def test_two_people_at_one_part_are_asked(person, editor):
    write(person, editor, please_do="Ring first")
    seen = profile.marks(AboutMe.objects.get(), ["please_do"])
    write(person, editor, please_do="Ring twice", seen=seen)
    with pytest.raises(profile.Stale) as caught:
        write(person, editor, please_do="Do not ring", seen=seen)
    (clash,) = caught.value.clashes
    assert (clash.theirs, clash.mine) == ("Ring twice", "Do not ring")
    assert AboutMe.objects.get().please_do == "Ring twice"
    assert CaseEvent.objects.filter(kind="profile.about_me").count() == 2


@pytest.mark.parametrize(
    ("choice", "stays"),
    [("mine", "Mine"), ("theirs", "Theirs"), ("both", "Theirs\n\nMine")],
)
def test_a_person_chooses_which_words_stay(person, editor, choice, stays):
    write(person, editor, please_do="Theirs")
    now = profile.marks(AboutMe.objects.get(), ["please_do"])
    write(person, editor, please_do="Mine", seen=now, keep={"please_do": choice})
    assert AboutMe.objects.get().please_do == stays


def test_a_third_change_is_asked_again(person, editor):
    write(person, editor, please_do="One")
    now = profile.marks(AboutMe.objects.get(), ["please_do"])
    write(person, editor, please_do="Two", seen=now)
    with pytest.raises(profile.Stale):
        write(person, editor, please_do="Mine", seen=now, keep={"please_do": "mine"})
    assert AboutMe.objects.get().please_do == "Two"


def test_saving_what_is_there_writes_nothing(person, editor):
    write(person, editor, please_do="Ring first")
    write(person, editor, please_do="Ring first")
    assert AboutMe.objects.get().version == 1
    assert CaseEvent.objects.filter(kind="profile.about_me").count() == 1


def test_line_ends_of_a_browser_are_no_change(person, editor):
    write(person, editor, please_do="One\nTwo")
    seen = profile.marks(AboutMe.objects.get(), ["please_do"])
    write(person, editor, please_do="One\r\nTwo", seen=seen)
    assert AboutMe.objects.get().version == 1


# In the browser -----------------------------------------------------------------------------------


def form_of(html):
    """Hidden and visible answers of the page's main form, as a browser would post them."""
    data = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            data[name[1]] = unescape(value[1] if value else "")
    return data


def test_about_me_from_page_to_record(writer, person, editor):
    path = reverse("profile:about", args=[person.pk])
    data = form_of(writer.get(path).content.decode())
    answer = writer.post(path, {**EMPTY, **data, "please_do": "Ring first", "how": "own"})
    assert answer.status_code == 302
    assert AboutMe.objects.get(person=person).please_do == "Ring first"
    rows = Draft.objects.filter(user=editor)
    assert not [one for one in rows if drafts.read(user=editor, key=one.key)]


def test_both_texts_are_shown_and_kept_until_somebody_chooses(writer, person, editor):
    write(person, editor, please_do="Before")
    path = reverse("profile:about", args=[person.pk])
    data = form_of(writer.get(path).content.decode())
    write(person, editor, please_do="Their <b>new</b> words")
    posted = {**EMPTY, **data, "please_do": "My own words", "how": "own"}
    answer = writer.post(path, posted)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Their &lt;b&gt;new&lt;/b&gt; words" in html
    assert "My own words" in html
    assert AboutMe.objects.get().please_do == "Their <b>new</b> words"
    assert Draft.objects.filter(user=editor, revision__gt=0).exists(), "the words are kept"
    again = {**posted, **form_of(html)}
    answer = writer.post(path, again)
    assert "Select which words of “Please do” stay" in answer.content.decode()
    again |= {**form_of(answer.content.decode()), "keep_please_do": "both"}
    assert writer.post(path, again).status_code == 302
    assert AboutMe.objects.get().please_do == "Their <b>new</b> words\n\nMy own words"


def test_details_are_version_checked_too(writer, person, editor):
    path = reverse("profile:details", args=[person.pk])
    data = form_of(writer.get(path).content.decode())
    person.phone = "01632 960001"
    person.save()
    born = person.birth_date
    answers = {
        **data,
        "name": person.name,
        "preferred_name": "Ro",
        "birth_date_day": born.day,
        "birth_date_month": born.month,
        "birth_date_year": born.year,
        "nhs_number": person.nhs_number,
        "phone": "01632 960002",
    }
    html = writer.post(path, answers).content.decode()
    assert "01632 960001" in html
    assert "01632 960002" in html
    assert Person.objects.get(pk=person.pk).phone == "01632 960001"
    answers |= {**form_of(html), "keep_phone": "mine"}
    assert writer.post(path, answers).status_code == 302
    assert Person.objects.get(pk=person.pk).phone == "01632 960002"


# What happened to me ------------------------------------------------------------------------------


def test_what_happened_is_unreadable_in_the_database(person, editor):
    write(person, editor, what_happened="A long time ago", do_not_ask_again=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT what_happened FROM cases_aboutme")
        (stored,) = cursor.fetchone()
        cursor.execute("SELECT what_happened FROM cases_historicalaboutme")
        (history,) = cursor.fetchone()
    assert "long" not in stored + history
    assert AboutMe.objects.get().what_happened == "A long time ago"


def test_opening_what_happened_is_noted_by_its_name(writer, person, editor):
    write(person, editor, what_happened="A long time ago")
    page = writer.get(reverse("profile:edit", args=[person.pk])).content.decode()
    assert "A long time ago" not in page
    assert not AccessEntry.objects.filter(reason="What happened to me").exists()
    page = writer.get(reverse("profile:happened", args=[person.pk])).content.decode()
    assert "A long time ago" in page
    entry = AccessEntry.objects.get(reason="What happened to me")
    assert (entry.person, entry.user) == (person, editor)


# Meet first ---------------------------------------------------------------------------------------


def test_meet_first_shows_them_and_nothing_about_them(writer, person, editor, team):
    write(
        person,
        editor,
        please_do="Sit beside me",
        what_happened="A long time ago",
        do_not_ask_again=True,
        diagnosis="Something in a letter",
        how_i_see_it="I see it so",
    )
    factories.contact(person, factories.worker("Samir Longacre"), team=team)
    page = writer.get(reverse("profile:meet", args=[person.pk])).content.decode()
    assert "Sit beside me" in page
    assert "Please do not ask me" in page
    for hidden in ("A long time ago", "Something in a letter", "Samir", person.nhs_number_display):
        assert hidden not in page


def test_a_diagnosis_stands_beside_how_they_see_it(writer, person, editor):
    write(person, editor, diagnosis="Something in a letter")
    page = writer.get(reverse("profile:edit", args=[person.pk])).content.decode()
    assert page.index("How I see it") < page.index("Something in a letter")
    headings = re.findall(r"<h\d[^>]*>(.*?)</h\d>", page, re.S)
    assert not any("diagnosis" in one.lower() or "letter" in one for one in headings)
