"""The starter list of areas of life. A site changes the list; none of them weighs more."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

STARTER = (
    ("housing", _("Housing"), _("Where you live, and whether you can stay there.")),
    ("money", _("Money and benefits"), _("Income, debts, forms and decisions.")),
    ("people", _("People and belonging"), _("Family, friends, love, company, loneliness.")),
    ("work", _("Work, learning and occupation"), _("Jobs, study, and what fills your days.")),
    ("daily", _("Daily living"), _("Sleep, food, the home, getting about.")),
    ("body", _("Body and physical health"), _("Pain, illness, teeth, movement, check-ups.")),
    ("therapy", _("Therapy and psychological support"), _("Talking, groups, skills, peers.")),
    ("medication", _("Medication"), _("What you take, what it does, what you want to ask.")),
    ("safety", _("Safety and crisis"), _("Being safe with yourself and with others.")),
    ("identity", _("Identity, culture and faith"), _("Who you are and what carries you.")),
    ("else", _("Anything else"), _("Whatever has no place above.")),
)


def seed(model: Any) -> None:
    """Write the starter list into an empty table."""
    if not model.objects.exists():
        for order, (code, name, hint) in enumerate(STARTER, start=1):
            model.objects.create(code=code, name=str(name), hint=str(hint), order=order * 10)
