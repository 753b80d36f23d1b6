"""Pages that show every field and component once, for the tests of the look alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from casework.common import forms, presenters
from casework.common.navigation import NavigationItem

TODAY = dt.date(2026, 11, 2)
ANYBODY = (("", "---------"), ("phone", "By phone"), ("letter", "By letter"), ("other", "Other"))


class EveryField(forms.NHSForm):
    """One of each."""

    conditionals = {"reason": {"other": ("other_reason",)}}

    name = forms.TextField(label="Name that they like", missing="Enter a name", width=20)
    nhs_number = forms.NHSNumberField(required=False, hint="For example, 999 000 0018")
    note = forms.TextAreaField(label="What was agreed", missing="Enter what was agreed")
    short_note = forms.TextAreaField(
        label="In a few words", missing="Enter a few words", max_length=200, count=True
    )
    channel = forms.SelectField(
        label="How to get in touch", choices=ANYBODY, missing="Select how to get in touch"
    )
    reason = forms.RadiosField(
        label="Reason for the change",
        choices=ANYBODY[1:],
        missing="Select a reason for the change",
        choice_hints={"phone": "Only if it is safe to leave a message"},
    )
    other_reason = forms.TextField(label="What was the reason?", missing="Enter the reason")
    needs = forms.CheckboxesField(
        label="What helps", choices=ANYBODY[1:], missing="Select what helps, at least one"
    )
    agreed = forms.CheckboxField(
        label="We agreed this together", missing="Tick the box when you have agreed it together"
    )
    met_on = forms.SplitDateField(label="When did you meet?", noun="date of the meeting")
    met_at = forms.TimeField(label="At what time?", missing="Enter the time of the meeting")
    minutes = forms.NumberField(
        label="How long?", missing="Enter how many minutes", suffix="minutes", width=3
    )
    letter = forms.FileField(label="Letter", missing="Choose the letter")
    email = forms.EmailField(label="Email address", missing="Enter an email address")
    password = forms.PasswordField(label="Password", missing="Enter your password")
    search = forms.SearchField(label="Find a worker", missing="Enter part of a name")

    def __init__(self, *args: Any, today: dt.date = TODAY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["met_on"].latest = today  # type: ignore[attr-defined]
        self.fields["met_on"].initial = today


MESSAGES = [
    "Enter a name",
    "Enter what was agreed",
    "Enter a few words",
    "Select how to get in touch",
    "Select a reason for the change",
    "Select what helps, at least one",
    "Tick the box when you have agreed it together",
    "Enter the date of the meeting",
    "Enter the time of the meeting",
    "Enter how many minutes",
    "Choose the letter",
    "Enter an email address",
    "Enter your password",
    "Enter part of a name",
]


@login_not_required
def every_field(request: HttpRequest) -> HttpResponse:
    """All fields; posted empty, all of them complain."""
    form = EveryField(request.POST or None, request.FILES or None)
    return render(request, "gallery/form.jinja", {"form": form})


def strip(workers: int = 12) -> presenters.FacesStrip:
    """A strip in which everybody is somebody else."""
    people = [(number, f"Worker {number + 1}") for number in range(workers)]
    meetings = [
        presenters.Meeting(TODAY - dt.timedelta(days=7 * (workers - n)), (n,), "meeting")
        for n in range(workers)
    ]
    meetings[-1] = presenters.Meeting(TODAY, (workers - 1, 0), "crisis visit")
    return presenters.faces_strip(meetings, presenters.Faces(people))


def cards() -> list[presenters.PersonCard]:
    """Two people with flags."""
    notice = presenters.Notice(
        sentence="6 different people in the last 7 meetings, 4 of them crisis visits on "
        "different shifts",
        tag=presenters.tag("Many faces", "orange"),
        cause="Likely cause: the crisis team's shifts. This is about the service, and not for "
        "appraisal of anybody.",
        next_step="Plan the next meetings with one worker",
        next_href="#plan",
        since="Since 20 Oct 2026 (13 days)",
    )
    second = presenters.Notice(
        sentence="Nobody is named as the key worker",
        tag=presenters.tag("No named worker", "red"),
        next_step="Agree with the person who it should be",
    )
    return [
        presenters.PersonCard("Robin Example", "#robin", (notice, second), "North team"),
        presenters.PersonCard("Kim Example", "#kim", (second,)),
    ]


@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """All components of our own."""
    messages.success(request, "The key worker was changed.")
    messages.info(request, "Two alerts were closed since yesterday.")
    entries = [
        presenters.TimelineEntry(
            "Key worker changed",
            presenters.long_date(TODAY),
            by="Sam Okoro",
            text="From Worker 1 to Worker 2, with a meeting of all three.",
            datetime=TODAY.isoformat(),
            tag=presenters.tag("Planned", "green"),
        ),
        presenters.TimelineEntry("Referral accepted", "20 October 2026"),
    ]
    rows = [
        presenters.summary_row("NHS number", "999 000 0018"),
        presenters.summary_row("Key worker", None, action=("#choose", "Change")),
        presenters.summary_row("Team", "North team", href="#team"),
    ]
    return render(
        request,
        "gallery/components.jinja",
        {
            "strip": strip(),
            "cards": cards(),
            "entries": entries,
            "rows": rows,
            "links": presenters.PageLinks(newer="?after=1", older="?before=1"),
        },
    )


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Where a service would start."""
    return render(request, "gallery/form.jinja", {"form": EveryField()})


urlpatterns = [
    path("", start, name="home"),
    path("gallery/form/", every_field, name="gallery_form"),
    path("gallery/components/", components, name="gallery_components"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("casework.accounts.urls")),
    path("wording/", include("casework.wording.urls")),
]

handler400 = "casework.errors.bad_request"
handler403 = "casework.errors.forbidden"
handler404 = "casework.errors.not_found"
handler500 = "casework.errors.server_error"

ITEMS = {
    "gallery-home": NavigationItem("My alerts", "home", lambda user: True, 10),
    "gallery-form": NavigationItem("People", "gallery_form", lambda user: True, 20),
    "gallery-components": NavigationItem(
        "Team alerts", "gallery_components", lambda user: True, 30
    ),
    "gallery-hidden": NavigationItem("Reports", "home", lambda user: False, 40),
}

PAGES = {
    "gallery/form.jinja": """\
{% extends "layouts/form.jinja" %}
{% block heading %}Every field{% endblock %}
{% block submit_text %}Save{% endblock %}
""",
    "gallery/components.jinja": """\
{% extends "layouts/app.jinja" %}
{% from "nhsuk/components/summary-list/macro.jinja" import summaryList %}
{% from "components/faces.jinja" import faces_strip %}
{% from "components/person_card.jinja" import person_cards %}
{% from "components/timeline.jinja" import timeline %}
{% from "components/page_links.jinja" import page_links %}
{% block title %}Components{% endblock %}
{% block content %}
<h1 class="nhsuk-heading-l">Components</h1>
<h2 class="nhsuk-heading-m">Robin Example</h2>
{{ summaryList({"rows": rows}) }}
{{ faces_strip(strip) }}
<h2 class="nhsuk-heading-m">Alerts</h2>
{{ person_cards(cards) }}
<h2 class="nhsuk-heading-m">What happened</h2>
{{ timeline(entries) }}
{{ page_links(links) }}
{% endblock %}
""",
}
