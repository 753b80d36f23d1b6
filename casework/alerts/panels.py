"""What is flagged about a person, on their page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts.models import User
from casework.alerts import policy
from casework.alerts.models import Alert
from casework.alerts.presenters import status_words
from casework.cases.models import Person
from casework.cases.panels import Panel, person_panels
from casework.common.presenters import Notice, since_words


def notice(alert: Alert, on: dt.date, *, may_act: bool = False) -> Notice:
    """One alert as the page places it; who may act on it is led to where that is done."""
    if alert.backlog:
        since = gettext("Already so when we started")
    else:
        since = gettext("Open %(since)s") % {"since": since_words(alert.opened_on, on)}
    cause = gettext("Likely cause: %(cause)s") % {"cause": alert.cause}
    step = gettext("Next step: %(step)s") % {"step": alert.next_step}
    status = status_words(alert, on)
    return Notice(
        sentence=alert.sentence,
        cause=cause if alert.cause else "",
        next_step=step if alert.next_step else "",
        next_href=reverse("alerts:detail", args=[alert.pk]) if may_act else "",
        since=f"{since}. {status}" if status else since,
    )


def open_alerts(person: Person, viewer: User, on: dt.date) -> list[Notice] | None:
    """The open alerts about this person.

    Whoever may open the record sees them all, not only those who are to answer them: who meets
    the person should know what the service owes them.
    """
    alerts: list[Any] = policy.open_about(person, viewer)
    return [notice(alert, on, may_act=alert.may_act) for alert in alerts] or None


person_panels.register("alerts", Panel("people/panels/alerts.jinja", 10, open_alerts))
