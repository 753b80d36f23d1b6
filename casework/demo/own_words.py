"""What two people of the demonstration wrote on their own pages, and what came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from careplans import services as plans
from careplans.kinds import Kind, Owner
from careplans.models import AreaOfLife
from careplans.writers import Writer
from casework.accounts.models import User
from casework.alerts import services as alerts
from casework.cases.models import AccessEntry, Case, Contact, Person
from casework.cases.services import entries
from casework.common.dates import is_working_day, to_utc
from casework.demo.life import Life, When, clock_at, day, night
from casework.directory.models import Team
from casework.portal import services
from casework.portal.models import CarerAccess, PortalAccount, TeamMessage
from casework.portal.talk import diary, messages, news, questions

THURSDAY = 3
COUNTED = 9  # people of the first team whose answers stand in its numbers
REPLIES = ("yes", "yes", "partly", "yes", "no", "yes", "partly", "yes", "yes")


def write_all(accounts: list[PortalAccount]) -> None:
    """Let time pass once more for those whose accounts are new, and look for what is late."""
    life = Life(timezone.now())
    told = {"Marigold Quillfeather": _marigold, "Sanjay Meadowbrook": _sanjay}
    for account in accounts:
        _Hand(life, account).live(told[account.person.name])
    if accounts:
        alerts.sweep()


class _Hand:
    """Writes for one person and their worker, at moments of the past."""

    def __init__(self, life: Life, account: PortalAccount) -> None:
        self._life, self._account = life, account
        self.person: Person = account.person
        case = Case.objects.filter(person=self.person, closed_on__isnull=True).first()
        self.team: Team | None = case.team if case is not None else None
        worker = case.key_worker_id if case is not None else None
        self.worker = User.objects.filter(worker__isnull=False, worker_id=worker).first()

    def live(self, story: Callable[[_Hand], None]) -> None:
        """Let the story happen where a team reads what is written in it."""
        if self.team is not None:
            story(self)

    def at(self, when: When, act: Callable[[], Any]) -> Any:
        with clock_at(self._life.moment(when)):
            return act()

    def writes(self, when: When, words: str) -> TeamMessage:
        return self.at(when, lambda: messages.write(person=self.person, words=words))

    def begins(self, when: When, words: str) -> TeamMessage:
        return self.at(
            when, lambda: messages.begin(person=self.person, by=self._worker, words=words)
        )

    def reads(self, when: When, message: TeamMessage) -> None:
        self.at(when, lambda: messages.mark_read(message=message, by=self._worker))

    def answers(self, when: When, message: TeamMessage, words: str) -> None:
        self.at(when, lambda: messages.answer(message=message, by=self._worker, words=words))

    def keeps(self, when: When, words: str, feeling: str, *, shared: bool = False) -> None:
        self.at(
            when,
            lambda: diary.write(
                person=self.person,
                on=timezone.localdate(),
                words=words,
                feeling=feeling,
                shared=shared,
            ),
        )

    def meets_next(self, when: When, weekday: int, time: str, place: str) -> None:
        """Their worker books the next such day of the week after today."""
        on = timezone.localdate() + dt.timedelta(days=1)
        while on.weekday() != weekday or not is_working_day(on):
            on += dt.timedelta(days=1)
        self.at(
            when,
            lambda: entries.book(
                person=self.person,
                workers=[self._worker.worker],
                date=on,
                time=dt.time.fromisoformat(time),
                team=self.team,
                by=self._worker,
                medium=Contact.Medium.FACE_TO_FACE,
                purpose=Contact.Purpose.SUPPORT,
                subject="01",
                place=place,
            ),
        )

    def is_looked_at(self, when: When, by: User | None) -> None:
        """A worker opened the record, and that is written down as always."""
        membership = by.memberships.first() if by is not None else None
        if by is None or membership is None:
            return
        self.at(
            when,
            lambda: AccessEntry.objects.create(
                user=by,
                role=membership.role,
                team=membership.team,
                action=AccessEntry.Action.VIEW,
                person=self.person,
                page="people:detail",
            ),
        )

    def chooses(self, when: When, **chosen: Any) -> None:
        self.at(when, lambda: news.choose(account=self._account, **chosen))

    @property
    def _worker(self) -> User:
        if self.worker is None:
            raise ValueError(f"nobody is named for {self.person}, so nobody reads what they write")
        return self.worker


def _marigold(hand: _Hand) -> None:
    if hand.worker is None:
        return
    first = hand.writes(
        day(38, "08:10"),
        "The new tablets make me sleep past the market. I do not want to stop them without"
        " talking. Can we?",
    )
    hand.reads(day(37, "09:20"), first)
    hand.answers(
        day(37, "15:40"),
        first,
        "Thank you for not stopping them alone. I asked Dr Hale: taking them at eight instead of"
        " ten is fine from today. On Thursday we look at how the mornings were.",
    )
    hand.at(day(36, "17:30"), lambda: messages.answer_was_read(message=first))
    hand.at(
        day(40, "18:00"),
        lambda: questions.answer(
            person=hand.person,
            heard="yes",
            mattered="yes",
            decided="partly",
            words="The tablets were decided before I came in. The rest we did together.",
            audience="team",
        ),
    )
    hand.keeps(
        night(12, "23:00"),
        "Sold eleven bunches. A woman came back for the dahlias and knew my name.",
        "good",
        shared=True,
    )
    hand.keeps(
        night(5, "04:30"),
        "Awake since two. It was loud. I ran the cold tap and sat with the dog until it got light."
        " By the time anybody sees me I have had a wash and look fine.",
        "hard",
        shared=True,
    )
    hand.keeps(night(3, "22:15"), "I was cross with Femi and did not say so.", "mixed")
    hand.chooses(day(30, "12:00"), by_text=True, rhythm="daily")
    hand.begins(
        day(4, "16:20"),
        "The market office has your form and says yes to the stall by the gate until October. The"
        " paper comes to the team room. Shall I bring it on Thursday, or will you come by?",
    )
    for days_ago, time in ((37, "09:15"), (18, "10:20"), (4, "16:10"), (1, "11:00")):
        hand.is_looked_at(day(days_ago, time), hand.worker)
    hand.meets_next(day(3, "16:00"), THURSDAY, "12:30", "The team room by the lock")
    second = hand.writes(
        day(1, "08:30"),
        "My sister may come on Thursday. Can she sit with us for the first part?",
    )
    hand.reads(day(1, "11:05"), second)
    if hand.team is not None:
        _others_answer(hand, hand.team)


def _others_answer(hand: _Hand, team: Team) -> None:
    """People of the same team answered too, and let it be counted."""
    people = (
        Person.objects.filter(
            cases__team=team, cases__closed_on__isnull=True, death_date__isnull=True
        )
        .exclude(pk=hand.person.pk)
        .order_by("name", "pk")[:COUNTED]
    )
    for number, (person, reply) in enumerate(zip(people, REPLIES, strict=False)):
        said = {"heard": reply, "mattered": REPLIES[-number - 1], "decided": REPLIES[number - 3]}
        hand.at(
            day(20 + number, "17:00"),
            lambda one=person, three=said: questions.answer(
                person=one, audience="numbers", **three
            ),
        )


def _sanjay(hand: _Hand) -> None:
    doctor = User.objects.filter(memberships__team=hand.team, worker__isnull=False).first()
    hand.is_looked_at(day(12, "11:30"), doctor)
    hand.at(
        day(16, "13:00"),
        lambda: services.ask(
            person=hand.person,
            about="way",
            words="Telephone instead of the room, until I hear from Hillside.",
        ),
    )
    hand.writes(
        day(8, "19:45"),
        "Nobody has rung about Hillside. Is it still going on, or did I miss a letter?",
    )
    hand.keeps(
        night(4, "03:10"),
        "Walked round the block at three because the flat was too small. Back by four. Tea.",
        "hard",
        shared=True,
    )


def write_as_carer(access: CarerAccess) -> None:
    """Somebody whom a person let in writes to the team, and proposes something to the person."""
    messages.write_as_carer(
        access=access,
        words="I am here until Sunday. If it gets loud again, may I ring you, or the crisis team?",
    )
    plan = access.person.plans.live().first()
    area = AreaOfLife.objects.filter(code="people").first()
    if plan is None or area is None:
        return
    plans.propose(
        plan=plan,
        kind=Kind.ACTION,
        values={
            "words": "I ring every Sunday at seven, also when nothing is the matter.",
            "owner_kind": Owner.CARER.value,
            "owner_words": access.name,
        },
        area=area,
        by=Writer(carer=access.name),
    )


def opened(days_ago: int) -> dt.datetime:
    """The moment at which the demonstration lets somebody open their account."""
    return to_utc(timezone.localdate() - dt.timedelta(days=days_ago), dt.time(14))
