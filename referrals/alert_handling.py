"""What is asked about a referral at a stop. The answer is the referral's own, too: its timer
begins again with it."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from casework.alerts.handling import NOT_OURS, Answer, Handling, alert_handling
from casework.alerts.models import Alert
from casework.common.errors import Refusal
from referrals.models import Referral
from referrals.services import stalls


def _referral(alert: Alert) -> Referral:
    _kind, _colon, ident = alert.subject_key.partition(":")
    return Referral.objects.get(pk=UUID(ident))


def _answered(answer: Answer) -> None:
    if answer.by_when is None:
        raise Refusal(_("Say by when."))
    stalls.answer_stall(
        referral=_referral(answer.alert),
        by=answer.by,
        last_contact=answer.label,
        what_next=answer.words or answer.label,
        by_when=answer.by_when,
    )


alert_handling.register(
    "referral_stalled",
    Handling(
        question=_("When was the person last in touch, what happens next and by when?"),
        answers=(
            ("week", _("In touch within the last week")),
            ("month", _("In touch within the last month")),
            ("longer", _("In touch longer ago")),
            ("never", _("Not in touch yet")),
        ),
        goes_up=frozenset(),
        by_when=True,
        snooze_days=stalls.MAX_SNOOZE_DAYS,
        lead_after=2,
        network_after=5,
        answered=_answered,
    ),
)
URGENT = Handling(
    question=_("Who meets the person, and when?"),
    answers=(
        ("planned", _("Somebody meets the person today")),
        ("met", _("The person has been met; it is being written down")),
        NOT_OURS,
    ),
    snooze_days=1,
    snoozes=1,
    look_again_days=2,
    lead_after=0,
    network_after=1,
)
alert_handling.register("crisis_overdue", URGENT)
alert_handling.register(
    "nobody_holding",
    Handling(
        question=_("Who holds the person from today?"),
        answers=(
            ("named_soon", _("Somebody is being named today")),
            ("agreed", _("Another team has agreed to hold the person")),
            NOT_OURS,
        ),
        snooze_days=2,
        snoozes=1,
        look_again_days=14,
        lead_after=0,
        network_after=1,
    ),
)
alert_handling.register(
    "referral_bounced",
    Handling(
        question=_("When do both teams and the person meet?"),
        answers=(
            ("planned", _("A short joint meeting is planned")),
            ("held", _("It has taken place")),
            ("wanted", _("The person does not want one")),
            NOT_OURS,
        ),
        by_when=True,
        lead_after=2,
        network_after=2,
    ),
)
