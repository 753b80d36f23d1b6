"""The kinds of document that are made from a plan. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from careplans.kinds import Words


class DocumentKind(TextChoices):
    """What is made."""

    PLAN = "plan", _("The whole plan")
    LARGE = "large_print", _("The whole plan in large print")
    EASY = "easy_read", _("Easy read, with pictures")
    SHEET = "safety_sheet", _("Safety plan to fold")
    CARD = "safety_card", _("Safety plan for the wallet")
    SUMMARY = "summary", _("One page for a partner")
    HOUSING = "housing", _("Letter about housing")
    BENEFITS = "benefits", _("Letter about benefits")
    EMPLOYER = "employer", _("Letter to an employer")
    GP = "gp", _("Letter to the GP")


class Identify(TextChoices):
    """What tells a reader who is meant, besides the name."""

    BORN = "born", _("Date of birth")
    ADDRESS = "address", _("Address")
    NUMBER = "nhs_number", _("NHS number")


class Approval(TextChoices):
    """How a person said yes to a text about them."""

    READ = "read", _("They read it and said yes")
    HEARD = "heard", _("It was read to them and they said yes")
    PORTAL = "portal", _("Signed in themselves")


class How(TextChoices):
    """How a document reached somebody."""

    HAND = "hand", _("Given in person")
    POST = "post", _("By post")
    SELF = "self", _("The person e-mailed or passed it on themselves")
    SECURE = "secure", _("By secure e-mail between services")


class Party(TextChoices):
    """Who got a document."""

    PERSON = "person", _("The person")
    CARER = "carer", _("Family, friend or carer")
    SERVICE = "service", _("A service or a worker")
    OTHER = "other", _("Somebody else")


@dataclass(frozen=True)
class About:
    """What a kind is for. `areas` are suggested for a text; `identify` what it usually needs.

    A `text` is for somebody else: the person corrects it and says yes before it exists.
    """

    hint: Words
    text: bool = False
    areas: tuple[str, ...] = ()
    identify: tuple[str, ...] = ()


ABOUT: dict[DocumentKind, About] = {
    DocumentKind.PLAN: About(_("Everything in it, who wrote it and who agreed.")),
    DocumentKind.LARGE: About(_("The same words, in large letters.")),
    DocumentKind.EASY: About(_("One idea on each line, with a picture beside it.")),
    DocumentKind.SHEET: About(_("One A4 page that folds into a small booklet.")),
    DocumentKind.CARD: About(_("To cut out and fold, the size of a bank card.")),
    DocumentKind.SUMMARY: About(_("Only the parts that the person says may be shared."), text=True),
    DocumentKind.HOUSING: About(
        _("For a landlord, the council or a housing officer."),
        text=True,
        areas=("housing",),
        identify=(Identify.ADDRESS,),
    ),
    DocumentKind.BENEFITS: About(
        _("For an office that decides about money."),
        text=True,
        areas=("money", "daily"),
        identify=(Identify.BORN,),
    ),
    DocumentKind.EMPLOYER: About(_("About what helps at work."), text=True, areas=("work",)),
    DocumentKind.GP: About(
        _("For the GP surgery."),
        text=True,
        areas=("body", "medication"),
        identify=(Identify.BORN, Identify.NUMBER),
    ),
}
SAFETY_KINDS = (DocumentKind.SHEET, DocumentKind.CARD)
TEXT_KINDS = tuple(kind for kind, about in ABOUT.items() if about.text)
