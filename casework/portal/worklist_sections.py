"""What people wrote and asked for on their own pages, for the home page of who has to answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.due import MOST, Due, WorklistSection, worklist_sections
from casework.cases.models import Person
from casework.portal.models import ChangeRequest
from casework.portal.talk.messages import first_for, open_for_staff, to_talk_about

MESSAGE, ASKED, TALK = "message", "asked", "talk"
_COLUMNS = (
    *("kind", "about_words", "due", "answer_by", "pk", "person_id"),
    *("person__preferred_name", "person__name", "person__local_id"),
)


def to_answer(user: Any, on: dt.date, until: dt.date) -> list[Due]:
    """Messages that the user is the first to read, hard news to talk about, and changes that people
    asked for: one query.

    What waits for somebody else, and what the user has answered, is not here.
    """
    if not accounts.may(user, Permission.RECORD_CONTACTS):
        return []
    first, text = first_for(user, on), CharField()
    written = (
        open_for_staff(user)
        .filter(first)
        .annotate(
            kind=Value(MESSAGE, output_field=text),
            about_words=Coalesce("let_in__name", Value(""), output_field=text),
            due=Coalesce("answer_by", TruncDate("sent_at")),
        )
    )
    asked = (
        ChangeRequest.objects.visible_to(user)
        .filter(
            first,
            answered_on__isnull=True,
            withdrawn_on__isnull=True,
            person__death_date__isnull=True,
        )
        .annotate(kind=Value(ASKED, output_field=text), about_words=F("about"), due=F("answer_by"))
    )
    hard = (
        to_talk_about(user)
        .filter(first | Q(begun_by=user.pk))
        .annotate(
            kind=Value(TALK, output_field=text),
            about_words=Value("", output_field=text),
            due=TruncDate("sent_at"),
        )
    )
    parts = [
        rows.filter(due__lte=until).order_by().values_list(*_COLUMNS)
        for rows in (written, asked, hard)
    ]
    rows = parts[0].union(*parts[1:], all=True).order_by("due", "pk")[:MOST]
    return [_due(*row) for row in rows]


def _due(
    kind: str,
    about: str,
    due_on: dt.date,
    answer_by: dt.date | None,
    ident: Any,
    person_id: Any,
    preferred_name: str,
    name: str,
    local_id: str | None,
) -> Due:
    person = Person(pk=person_id, preferred_name=preferred_name, name=name, local_id=local_id)
    if kind == TALK:
        return Due(
            what=_("Hard news in a message waits until somebody has talked with them"),
            kind=_("Talk"),
            due_on=due_on,
            href=reverse("own_accounts:messages", args=[person_id]),
            action=_("Open it"),
            person_id=person_id,
            person=person.display_name,
        )
    if kind == MESSAGE:
        said = _("They wrote and wait for an answer") if answer_by else _("They wrote to you")
        return Due(
            what=_("%(name)s, whom they let in, wrote") % {"name": about} if about else said,
            kind=_("Message"),
            due_on=due_on,
            href=reverse("own_accounts:message", args=[ident]),
            action=_("Read it"),
            person_id=person_id,
            person=person.display_name,
        )
    what = dict(ChangeRequest.About.choices).get(about, about)
    return Due(
        what=_("They asked: %(what)s") % {"what": what},
        kind=_("Answer"),
        due_on=due_on,
        href=reverse("own_accounts:answer", args=[ident]),
        action=_("Answer them"),
        person_id=person_id,
        person=person.display_name,
    )


worklist_sections.register("own_pages", WorklistSection(to_answer))
