"""What is asked where somebody waits for an answer longer than they were told."""

from django.utils.translation import gettext_lazy as _

from casework.alerts.handling import NOT_OURS, Handling, alert_handling

ANSWER = Handling(
    question=_("Who answers the person, and when?"),
    answers=(
        ("today", _("I answer them today")),
        ("talked", _("We have talked, and I write the answer down")),
        ("another", _("A colleague answers them")),
        NOT_OURS,
    ),
    by_when=True,
    snooze_days=3,
    snoozes=1,
    lead_after=2,
    network_after=8,
)
for code in ("message_unanswered", "asking_unanswered"):
    alert_handling.register(code, ANSWER)
