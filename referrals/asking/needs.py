"""What people look for help with, in words of their own, and the national reason behind each.

A need without a national code is a need all the same; it is then told apart by our own key.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEEDS: dict[str, str | Promise] = {
    "14": _("Strong feelings, relationships, how I see myself"),
    "15": _("Hurting myself"),
    "11": _("Things that happened to me and still hurt"),
    "18": _("Getting through a crisis"),
    "04": _("Feeling very low"),
    "05": _("Worry, fear or panic"),
    "03": _("Very high and very low moods"),
    "06": _("Thoughts or acts that I have to repeat"),
    "01": _("Hearing or seeing things, for the first time"),
    "02": _("Hearing or seeing things, for some time"),
    "12": _("Eating"),
    "09": _("Alcohol or drugs"),
    "28": _("Gambling"),
    "13": _("Pregnancy or a new baby"),
    "19": _("Relationships and family"),
    "21": _("Feeling safe with other people"),
    "22": _("Looking after myself"),
    "20": _("Gender"),
    "24": _("Attention, restlessness or learning differently"),
    "25": _("Finding out whether I am autistic"),
    "26": _("Life as an autistic person"),
    "23": _("Living with an illness of the body"),
    "31": _("Work, training or study"),
    "home": _("Somewhere to live"),
    "money": _("Money and benefits"),
    "people": _("Company, and people who understand"),
    "medicine": _("Medicines"),
}
OWN = frozenset({"home", "money", "people", "medicine"})
CHOICES = list(NEEDS.items())


def words(need: str) -> str | Promise:
    """A need in words that are still to be translated; nothing where the code is not known."""
    return NEEDS.get(need, "")


def label(need: str) -> str:
    """A need in words; nothing where none is recorded or the code is not known."""
    return str(words(need))


def national(need: str) -> str:
    """The national primary reason for a need, or nothing: no near one is made up."""
    return need if need in NEEDS and need not in OWN else ""
