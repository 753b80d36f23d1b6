"""Fields: what they accept, what they say, and how they look in the design system's markup."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms as django_forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from casework.common import forms
from casework.common.forms.errors import form_errors, lower_first
from tests.unit.ui.gallery import MESSAGES, EveryField

GOOD = {
    "name": "Robin",
    "nhs_number": "999 000 0018",
    "note": "A plan for Sundays",
    "short_note": "Sundays",
    "channel": "phone",
    "reason": "phone",
    "needs": ["phone", "letter"],
    "agreed": "on",
    "met_on_day": "1",
    "met_on_month": "Nov",
    "met_on_year": "2026",
    "met_at": "2.30pm",
    "minutes": "50",
    "email": "robin@example.com",
    "password": " secret ",
    "search": "Sam",
}


def posted(**changes: Any) -> EveryField:
    data = MultiValueDict(
        {
            key: value if isinstance(value, list) else [value]
            for key, value in {**GOOD, **changes}.items()
            if value is not None
        }
    )
    files = MultiValueDict({"letter": [SimpleUploadedFile("letter.txt", b"Dear Robin")]})
    return EveryField(data, files)


class Ids(HTMLParser):
    """Ids, label targets and descriptions of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.styled: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if found.get("for"):
            self.targets.append(str(found["for"]))
        self.targets += (found.get("aria-describedby") or "").split()
        if "style" in found or any(name.startswith("on") for name in found):
            self.styled.append(tag)


def test_good_answers_are_cleaned():
    form = posted()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["nhs_number"] == "9990000018"
    assert form.cleaned_data["met_on"] == dt.date(2026, 11, 1)
    assert form.cleaned_data["met_at"] == dt.time(14, 30)
    assert form.cleaned_data["minutes"] == 50
    assert form.cleaned_data["needs"] == ["phone", "letter"]
    assert form.cleaned_data["password"] == " secret "


def test_empty_answers_are_told_what_to_do_in_page_order():
    lines = form_errors(EveryField({}))
    assert [line["text"] for line in lines] == MESSAGES


@pytest.mark.parametrize("data", [None, {}])
def test_every_link_of_the_summary_and_every_label_has_a_target(data: dict[str, str] | None):
    form = EveryField(data)
    html = Ids(str(form))
    assert len(html.ids) == len(set(html.ids)), "an id is used twice"
    assert set(html.targets) <= set(html.ids)
    assert {line["href"][1:] for line in form_errors(form)} <= set(html.ids)
    assert html.styled == []


def test_unbound_forms_have_no_errors():
    assert form_errors(EveryField()) == []
    assert "nhsuk-error" not in str(EveryField())


def test_a_required_field_must_say_what_to_do():
    with pytest.raises(TypeError, match="missing="):
        forms.TextField(label="Name")
    assert forms.TextField(label="Name", required=False).required is False


# A choice that reveals a question -----------------------------------------------------------------


def test_a_revealed_question_is_asked_only_with_its_choice():
    assert posted(reason="phone", other_reason=None).is_valid()
    form = posted(reason="other", other_reason="")
    assert form.errors["other_reason"] == ["Enter the reason"]


def test_words_under_a_choice_that_was_not_chosen_are_dropped():
    form = posted(reason="phone", other_reason="left over")
    assert form.is_valid()
    assert form.cleaned_data["other_reason"] == ""


def test_a_revealed_question_stands_once_inside_its_choice():
    html = str(EveryField())
    assert html.count('name="other_reason"') == 1
    assert re.search(r'nhsuk-radios__conditional[^>]*>.*name="other_reason"', html, re.S)


# Dates and times ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "href"),
    [
        ("", "", "", "Enter the date of the meeting", "day"),
        ("", "11", "2026", "Date of the meeting must include a day", "day"),
        ("2", "", "", "Date of the meeting must include a month and year", "month"),
        ("2", "11", "26", "Date of the meeting must have a year with 4 numbers, like 2026", "year"),
        ("31", "2", "2026", "Date of the meeting must be a real date", "day"),
        ("2", "Nonsense", "2026", "Date of the meeting must be a real date", "day"),
        ("two", "11", "2026", "Date of the meeting must be a real date", "day"),
        ("3", "11", "2026", "Date of the meeting must be on or before 2\xa0Nov\xa02026", "day"),
    ],
)
def test_a_wrong_date_says_which_part(day: str, month: str, year: str, message: str, href: str):
    form = posted(met_on_day=day, met_on_month=month, met_on_year=year)
    assert form_errors(form) == [{"text": message, "href": f"#id_met_on_{href}"}]


def test_only_the_wrong_boxes_of_a_date_are_marked():
    html = posted(met_on_month="", met_on_day="2")["met_on"].as_field_group()
    marked = re.findall(r'nhsuk-input--error[^>]*id="([^"]+)"', html)
    assert marked == ["id_met_on_month"]
    assert 'value="2"' in html, "what was typed is still there"


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 1, 1)))
def test_a_date_shown_and_sent_back_is_the_same_date(day: dt.date):
    field = forms.SplitDateField(noun="date", required=False)
    assert field.clean(field.widget.decompress(day)) == day
    assert not field.has_changed(day, field.widget.decompress(day))


def test_a_date_may_have_an_earliest_day_with_its_own_words():
    field = forms.SplitDateField(noun="review date", earliest=dt.date(2026, 11, 2))
    with pytest.raises(django_forms.ValidationError) as caught:
        field.clean(["1", "11", "2026"])
    assert caught.value.messages == ["Review date must be on or after 2\xa0Nov\xa02026"]
    field.earliest_message = "The review must be today or later"
    with pytest.raises(django_forms.ValidationError, match="must be today or later"):
        field.clean(["1", "11", "2026"])


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("14:30", dt.time(14, 30)),
        ("2.30 pm", dt.time(14, 30)),
        ("9AM", dt.time(9)),
        ("12am", dt.time(0)),
        ("12pm", dt.time(12)),
        ("0930", dt.time(9, 30)),
        ("midday", dt.time(12)),
        ("midnight", dt.time(0)),
    ],
)
def test_times_as_people_write_them(typed: str, time: dt.time):
    assert posted(met_at=typed).fields["met_at"].clean(typed) == time


@pytest.mark.parametrize("typed", ["9", "25:00", "14:60", "13pm", "0am", "soon", "9:3"])
def test_a_time_that_could_be_two_things_is_asked_again(typed: str):
    assert posted(met_at=typed).errors["met_at"] == ["Enter a time, like 9:30am or 2pm"]


# NHS numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["999 123 4567", "9990000000", "123", "99900000l8"])
def test_a_wrong_nhs_number_is_refused(typed: str):
    assert form_errors(posted(nhs_number=typed)) == [
        {
            "text": "Enter an NHS number that is 10 digits long and correct, like 999 000 0018",
            "href": "#id_nhs_number",
        }
    ]


def test_an_nhs_number_is_optional_where_it_says_so():
    form = posted(nhs_number="")
    assert form.is_valid()
    assert form.cleaned_data["nhs_number"] == ""
    assert "NHS number (optional)" in str(EveryField())


# Markup -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("name", "nhsuk-input nhsuk-input--width-20"),
        ("note", "nhsuk-textarea"),
        ("short_note", "nhsuk-character-count"),
        ("channel", "nhsuk-select"),
        ("reason", "nhsuk-radios"),
        ("needs", "nhsuk-checkboxes"),
        ("agreed", "nhsuk-checkboxes"),
        ("met_on", "nhsuk-date-input"),
        ("letter", "nhsuk-file-upload"),
        ("password", "nhsuk-password-input"),
        ("search", "nhsuk-search-input"),
    ],
)
def test_a_field_is_the_component_of_the_design_system(name: str, component: str):
    html = EveryField()[name].as_field_group()
    assert re.search(rf'class="[^"]*{component}\b', html)


def test_answers_come_back_to_the_page_but_never_the_password():
    html = str(posted(name='Robin "Bob" <b>', email=""))
    assert 'value="Robin &#34;Bob&#34; &lt;b&gt;"' in html
    assert '<option value="phone" selected>' in html
    assert re.search(r'id="id_reason"[^>]*value="phone"[^>]* checked', html)
    assert "secret" not in html


def test_user_text_is_never_html_even_when_marked_safe():
    form = EveryField({"name": mark_safe("<script>x</script>")})
    assert "<script>" not in str(form)


def test_a_page_may_change_how_a_field_looks():
    html = EveryField()["name"].as_field_group(page_heading=True, label="Who?", hint="One name")
    assert re.search(r"<h1[^>]*>\s*<label[^>]*nhsuk-label--l[^>]*>\s*Who\?", html)
    assert "One name" in html
    hidden = EveryField()["search"].as_field_group(hide_label=True)
    assert "nhsuk-u-visually-hidden" in hidden


def test_filters_do_not_say_optional():
    class Filters(forms.NHSForm):
        mark_optional = False
        team = forms.TextField(label="Team", required=False)

    assert "optional" not in str(Filters())


def test_no_browser_rule_stands_between_people_and_the_message():
    html = str(EveryField())
    for attribute in (" required", " maxlength=", " placeholder=", " min=", " autofocus"):
        assert attribute not in html


# Forms that a library brings ----------------------------------------------------------------------


class Foreign(django_forms.Form):
    full_name = django_forms.CharField(help_text=mark_safe('<a href="/help">Help</a>'))
    contact = django_forms.EmailField()
    NHS_id = django_forms.CharField(label="NHS id", help_text="<not html>")
    team = django_forms.ChoiceField(choices=[("", "---------"), ("North", [("a", "A")])])
    kinds = django_forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])
    token = django_forms.CharField(widget=django_forms.HiddenInput)
    paper = django_forms.FileField()


def test_a_library_form_gets_the_same_markup_and_useful_messages():
    form = Foreign({"contact": "nobody"})
    assert [line["text"] for line in form_errors(form)] == [
        "Enter full name",
        "Enter an email address in the correct format, like name@example.com",
        "Enter NHS id",
        "Select team",
        "Select kinds",
        "Part of this page was missing. Reload it and try again",
        "Choose a file for paper",
    ]
    html = str(form)
    assert '<a href="/help">Help</a>' in html
    assert "&lt;not html&gt;" in html
    assert "North: A" in html
    assert "Choose one" in html
    assert 'type="hidden"' in html
    assert html.count("nhsuk-form-group--error") == 6


def test_labels_keep_their_capitals_in_the_middle_of_a_sentence():
    assert lower_first("Email address") == "email address"
    assert lower_first("NHS number") == "NHS number"
    assert lower_first("I lead the team") == "I lead the team"
    assert lower_first("In the team") == "in the team"
    assert lower_first("") == ""


def test_formsets_are_placed_whole():
    formset = django_forms.formset_factory(Foreign, extra=2)()
    html = str(formset)
    assert 'name="form-TOTAL_FORMS"' in html
    assert html.count("nhsuk-select") >= 2
