"""Makes the demonstration: networks, two years of lives, today's diary, and the alerts of then."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from casework.accounts import services as accounts
from casework.alerts import ladder
from casework.alerts import services as alerts
from casework.cases.models import Allocation, Contact, Person
from casework.cases.services import absences, entries, handovers, leavers
from casework.common import dates
from casework.demo import network as networks
from casework.demo import offers, plans
from casework.demo.background import Background
from casework.demo.cast import Cast
from casework.demo.life import Life, Story, clock_at, day, night
from casework.demo.names import office_numbers
from casework.demo.network import RIVERSMEET, Network
from casework.demo.scene import FACE, PHONE, Scene
from casework.demo.stories import PARTS, Part
from casework.demo.stories.changes import COLETTE_LEFT
from casework.directory import services as directory
from casework.directory.models import Organisation, Team, Worker
from casework.outbox import services as outbox
from casework.outbox.models import Job, Message

LONG_AGO = 760  # days before which nothing in the demonstration happened
SWEEPS = (180, 110, 70, 45, 28, 16, 9, 5, 3, 1)
CLIMBS_FROM = 5  # before that, somebody answered in time
GROUP = {"medium": FACE, "minutes": 90, "purpose": "support", "planned": "Y", "subject": "01"}
GROUP_LEADS = ("mei", "tobias", "hanneke", "efua")
GROUP_WEEKS = 6
IN_A_GROUP = 3
SLOTS = ("09:30", "11:00", "14:00", "15:30")


@dataclass(frozen=True)
class Size:
    """How many towns with how many people each; the stories are told in the first `told` of them,
    and everybody else is in the background. On these `nights` before today the rules were looked
    at: with many people on fewer, for this is what takes longest."""

    towns: int
    people: int
    told: int
    nights: tuple[int, ...] = SWEEPS


SIZES = {"small": Size(1, 150, 1), "large": Size(4, 500, 1, nights=(70, 28, 9, 3, 1))}


def is_there() -> bool:
    """Whether the demonstration has been made: it is made as a whole or not at all."""
    return Organisation.objects.filter(name=_trust_name()).exists()


def _trust_name() -> str:
    return networks.TRUST.format(place=RIVERSMEET.name)


@transaction.atomic
def build(size: Size, *, parts: Sequence[Part] = PARTS, now: dt.datetime | None = None) -> None:
    """Make everything, as of now.

    Precondition: it is not there yet. Promise: all of it, or nothing.
    """
    life = Life(now or timezone.now())
    cast = Cast(life.today)
    phones = office_numbers()
    built: list[tuple[Network, int]] = []
    for number, town in enumerate(networks.towns(size.towns)):
        told = parts if number < size.told else ()
        with clock_at(life.moment(day(LONG_AGO))):
            network = networks.build(town, cast.names, phones)
            if network.first:
                offers.build(network)
        built.append((network, size.people - len(told)))
        for part in told:
            scene = _scene(part, network, cast)
            life.begin(part.tell(scene))
            if part.key in plans.PLANS:
                life.begin(plans.PLANS[part.key](scene))
        life.begin(_colette_leaves(network))
        life.begin(_numbers_are_checked(network))
        life.begin(_who_is_away(network, life.today))
        life.begin(_diaries(network, life.today))
    with clock_at(life.moment(day(LONG_AGO - 1))):
        for network, people in built:
            background = Background(network, cast, life.today)
            for _number in range(people):
                background.person()
            background.write()
            life.begin(_thursday_group(network, background.hillside[:IN_A_GROUP]))
    life.begin(_nights(size.nights))
    life.run()
    _done_long_ago(life.now)
    with clock_at(life.now):
        alerts.sweep()
        ladder.climb()


def _scene(part: Part, network: Network, cast: Cast) -> Scene:
    name = part.name if network.first else ""
    who = cast.identity(network, part.locality, name=name, pronouns=part.pronouns, age=part.age)
    return Scene(network, who, part.locality)


# What happens around the people ------------------------------------------------------------------


def _nights(nights: Sequence[int]) -> Story:
    """What the service does by itself, on the nights that left something to be seen today."""
    for days_ago in nights:
        yield night(days_ago, "03:00")
        handovers.run_due()
        absences.refresh()
        alerts.sweep()
        if days_ago <= CLIMBS_FROM:
            ladder.climb()


def _colette_leaves(network: Network) -> Story:
    """Before there was a wizard for it, leaving was an e-mail and a cake."""
    yield day(COLETTE_LEFT - 5, "17:30")
    lead = network.users["tamsin"]
    accounts.deactivate(user=network.users["colette"], by=lead, reason="Left the service")
    network.workers["colette"] = directory.edit(
        row=Worker.objects.get(pk=network.workers["colette"].pk), by=lead, active=False
    )


def _numbers_are_checked(network: Network) -> Story:
    """Somebody rang every team and asked for its hours."""
    yield day(25, "11:00")
    for team in network.teams.values():
        directory.edit(row=Team.objects.get(pk=team.pk), by=None, checked=True)


def _who_is_away(network: Network, today: dt.date) -> Story:
    """Kofi is on leave with cover, and Gwen leaves in three weeks."""
    yield day(14, "16:00")
    leavers.begin(
        worker=network.workers["gwen"],
        last_day=today + dt.timedelta(days=21),
        by=network.users["tamsin"],
        cover_worker=network.workers["saoirse"],
        note="Gwen leaves us. Saoirse is there until somebody new is named with you.",
    )
    yield day(10, "16:00")
    absences.arrange(
        worker=network.workers["kofi"],
        start=today - dt.timedelta(days=1),
        end=today + dt.timedelta(days=8),
        by=network.users["tamsin"],
        cover_worker=network.workers["arjun"],
        note="Kofi is on leave. Arjun is there for you.",
    )


def _thursday_group(network: Network, people: Sequence[Person]) -> Story:
    """A group at Hillside that somebody else leads each week, so that those who come to it meet
    many people although each has one worker of their own."""
    if len(people) < 2:
        return
    for week in range(GROUP_WEEKS):
        yield day(3 + 7 * (GROUP_WEEKS - 1 - week), "17:00")
        key = GROUP_LEADS[week % len(GROUP_LEADS)]
        entries.record_group(
            entries=[(person, entries.Entry(details=GROUP)) for person in people],
            workers=[network.workers[key]],
            date=timezone.localdate(),
            time=dt.time(15, 30),
            team=network.teams["hillside"],
            by=network.users[key],
        )


# Diaries -----------------------------------------------------------------------------------------


def _diaries(network: Network, today: dt.date) -> Story:
    """Everybody's next two weeks, as they stood yesterday evening."""
    yield day(6, "16:30")
    _to_be_recorded(network, today)
    yield night(1, "19:00")
    away = {"kofi"}
    for key, people in _people_with(network).items():
        _fill(network, key, people, today, away=key in away)
    _tonight(network, today)


def _people_with(network: Network) -> dict[str, list[Person]]:
    """For each worker the people whom they are named for, and whom nobody has booked yet."""
    keys = {worker.pk: key for key, worker in network.workers.items()}
    found: dict[str, list[Person]] = defaultdict(list)
    rows = Allocation.objects.filter(
        worker__in=keys,
        end__isnull=True,
        role__in=("key_worker", "peer", "therapist"),
        person__death_date__isnull=True,
    ).exclude(person__contacts__attendance=Contact.Attendance.BOOKED)
    for row in rows.select_related("person").order_by("-start", "person__name", "role"):
        people = found[keys[row.worker_id]]
        if row.person not in people:
            people.append(row.person)
    return found


def _fill(
    network: Network, key: str, people: Sequence[Person], today: dt.date, *, away: bool
) -> None:
    """Four meetings today, whatever the day, and then two or three a day."""
    slots = [] if away else [(today, slot) for slot in SLOTS]
    on = today + dt.timedelta(days=9 if away else 0)
    while len(slots) < len(people) and on < today + dt.timedelta(days=16):
        on = dates.add_working_days(on, 1)
        slots += [(on, slot) for slot in SLOTS[on.day % 2 :: 2]]
        slots += [(on, SLOTS[1])] if on.day % 3 == 0 else []
    for person, (date, slot) in zip(people, slots, strict=False):
        call = slot == SLOTS[2] and date.day % 2 == 0
        _book(network, key, person, date, slot, medium=PHONE if call else FACE)


def _book(
    network: Network, key: str, person: Person, date: dt.date, slot: str, **details: str
) -> None:
    entries.book(
        person=person,
        workers=[network.workers[key]],
        date=date,
        time=dt.time.fromisoformat(slot),
        team=network.team_of(key),
        by=network.users[key],
        **{
            "purpose": "support",
            "subject": "01",
            "place": "" if details.get("medium") == PHONE else "At home",
            **details,
        },
    )


def _to_be_recorded(network: Network, today: dt.date) -> None:
    """Meetings of the last working day that nobody has written down yet."""
    yesterday = today - dt.timedelta(days=1)
    while not dates.is_working_day(yesterday):
        yesterday -= dt.timedelta(days=1)
    for key in ("femi", "bronwyn", "efua"):
        people = _people_with(network)[key]
        # whoever is with one person only meets them today
        for person in people[1:][-1:]:
            _book(network, key, person, yesterday, "15:30", medium=FACE)


def _tonight(network: Network, today: dt.date) -> None:
    """The crisis team visits two people this evening, and the GP sees one at noon."""
    wanted = (("owen", "20:30"), ("dara", "18:00"), ("anwen", "12:30"))
    for key, slot in wanted:
        person = (
            Person.objects.filter(
                contacts__worker=network.workers[key],
                contacts__attendance__in=("5", "6"),
                death_date__isnull=True,
            )
            .exclude(contacts__attendance=Contact.Attendance.BOOKED, contacts__date=today)
            .order_by("-contacts__date", "pk")
            .first()
        )
        if person is not None:
            purpose = "support" if key == "anwen" else "crisis"
            _book(network, key, person, today, slot, medium=FACE, purpose=purpose)


# What had to be done by itself -------------------------------------------------------------------


def _done_long_ago(now: dt.datetime) -> None:
    """Jobs that were due before now were done when they were due; nobody is written to again."""
    Job.objects.filter(state=Job.State.WAITING, due_at__lte=now).update(
        state=Job.State.DONE, attempts=1, started_at=F("due_at"), finished_at=F("due_at")
    )
    Message.objects.filter(created_at__lte=now).delete()
    outbox.tidy(now=now)
