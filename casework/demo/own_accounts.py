"""Own accounts of two people and a carer of the demonstration, so that their pages can be tried."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from casework.accounts.models import User
from casework.cases.models import Person
from casework.demo import own_words
from casework.demo.life import clock_at
from casework.portal import carers, services
from casework.portal.models import CarerAccess, PortalAccount, PortalInvitation


@dataclass(frozen=True)
class OwnAccount:
    """Whose it is, and how they sign in."""

    person: str
    email: str
    password: str
    words: str
    days_ago: int  # when they opened it: before they did anything there


ACCOUNTS = (
    OwnAccount(
        "Marigold Quillfeather",
        "marigold@people.example",
        "dahlias-by-the-window",
        "Person: Marigold, with a steady worker",
        310,
    ),
    OwnAccount(
        "Sanjay Meadowbrook",
        "sanjay@people.example",
        "kettle-on-the-landing",
        "Person: Sanjay, waiting for an answer",
        20,
    ),
)


@dataclass(frozen=True)
class CarerAccount:
    """Somebody whom a person of the demonstration let in, and how they sign in."""

    person: str
    name: str
    relation: str
    scope: tuple[str, ...]
    email: str
    password: str
    words: str


CARERS = (
    CarerAccount(
        "Marigold Quillfeather",
        "Juno Quillfeather",
        "my sister",
        ("meetings", "safety", "area:housing", "area:people", "messages", "proposals"),
        "juno@people.example",
        "soup-on-a-sunday",
        "Carer: Juno, whom Marigold let in",
    ),
)


@transaction.atomic
def ensure() -> None:
    """Make those accounts that are not there yet, as a worker would, and what was written there."""
    opened = []
    for one in ACCOUNTS:
        person = (
            Person.objects.filter(name=one.person, allocations__isnull=False).order_by("pk").first()
            or Person.objects.filter(name=one.person).order_by("pk").first()
        )
        worker = User.objects.filter(memberships__role="key_worker").order_by("created_at").first()
        if person is None or worker is None or PortalAccount.objects.filter(person=person).exists():
            continue
        with clock_at(own_words.opened(one.days_ago)):
            _row, code = services.invite(
                person=person,
                by=worker,
                check_how=PortalInvitation.Check.KNOWN,
                check_words="At a meeting",
                way=PortalInvitation.Way.IN_PERSON,
            )
            opened.append(services.open_account(code=code, email=one.email, password=one.password))
    own_words.write_all(opened)
    for carer in CARERS:
        _let_in(carer)


def _let_in(one: CarerAccount) -> None:
    account = PortalAccount.objects.filter(user__email=own_email(one.person)).first()
    if account is None or account.person.carer_accesses.exists():
        return
    known = {code for code, _name in carers.choices(account.person)}
    access, code = carers.let_in(
        person=account.person,
        name=one.name,
        relation=one.relation,
        scope=known & set(one.scope),
        end=timezone.localdate() + timezone.timedelta(days=180),
        alone_at=timezone.now(),
    )
    carers.come_in(code=code, email=one.email, password=one.password)
    own_words.write_as_carer(CarerAccess.objects.get(pk=access.pk))


def own_email(person: str) -> str:
    """With which address somebody of the demonstration signs in."""
    return next(one.email for one in ACCOUNTS if one.person == person)
