"""What the rules about continuity ask. The answers speak about how the service is arranged."""

from django.utils.translation import gettext_lazy as _

from casework.alerts.handling import NOT_OURS, PERSON_WANTS, Handling, alert_handling

SAME_PERSON = Handling(
    question=_("What would let this person meet the same worker more often?"),
    answers=(
        ("booked", _("The next meetings are booked with one worker")),
        ("known", _("Somebody the person already knows will be named")),
        ("right", _("It was planned so and helps the person (joint meetings, a group)")),
        PERSON_WANTS,
        NOT_OURS,
    ),
)
for code in ("many_faces", "poor_continuity", "named_worker_share"):
    alert_handling.register(code, SAME_PERSON)

alert_handling.register(
    "no_named_worker",
    Handling(
        question=_("Who will be named, and when?"),
        answers=(
            ("named_soon", _("Somebody will be named")),
            ("asking", _("We are asking the person whom they would choose")),
            PERSON_WANTS,
            ("not_ours", _("Nobody in the team is free: somebody else has to decide")),
        ),
        by_when=True,
        snooze_days=7,
        lead_after=2,
        network_after=10,
    ),
)
CHANGES = Handling(
    question=_("How were the changes for the person, and how will the next one be planned?"),
    answers=(
        ("talked", _("We have talked with the person about it")),
        ("planned", _("A goodbye or a first meeting together is planned")),
        PERSON_WANTS,
        NOT_OURS,
    ),
)
for code in ("worker_changes", "unplanned_change"):
    alert_handling.register(code, CHANGES)

alert_handling.register(
    "team_churn",
    Handling(
        question=_("Which one team holds the person and speaks for all of them?"),
        answers=(
            ("agreed", _("The teams have agreed on one")),
            ("asking", _("We are bringing the teams and the person together")),
            PERSON_WANTS,
            NOT_OURS,
        ),
    ),
)
alert_handling.register(
    "losing_touch",
    Handling(
        question=_("How will somebody the person knows get in touch?"),
        answers=(
            ("planned", _("A meeting is planned")),
            ("trying", _("We are trying, in the way the person chose")),
            ("wanted", _("The person wants fewer meetings at present")),
            NOT_OURS,
        ),
        by_when=True,
        snooze_days=7,
        lead_after=3,
        network_after=10,
    ),
)
alert_handling.register(
    "crisis_only",
    Handling(
        question=_("Who beside the crisis team will meet the person?"),
        answers=(
            ("asked", _("A community team has been asked")),
            ("planned", _("A first meeting is planned")),
            PERSON_WANTS,
            NOT_OURS,
        ),
        snooze_days=7,
        lead_after=2,
        network_after=8,
    ),
)
