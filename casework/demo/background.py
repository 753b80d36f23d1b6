"""The people in the background: plausible histories, drawn from one seed and written in bulk.

Like an import, this is the one other place that writes records without their services: the rows
are those that the services would have left (contacts with their workers, reasons to open the
record, events, who holds whom, marks for the sweep), without history rows.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from casework.accounts.models import User
from casework.cases.event_kinds import contact_kind
from casework.cases.models import (
    AboutMe,
    Activity,
    Allocation,
    Case,
    CaseEvent,
    Contact,
    ContactPreference,
    GpRegistration,
    LiveReason,
    Note,
    Person,
    Step,
    Touched,
)
from casework.cases.services.contacts import RECENT_DAYS
from casework.common import dates
from casework.demo import phrases
from casework.demo.cast import Cast
from casework.demo.network import STAFF, Network
from casework.demo.scene import ASSESSMENT, FACE, PHONE, REQOL, TEACHING, VIDEO
from casework.directory.models import Team, Worker
from referrals.models import (
    HoldingChange,
    Referral,
    ReferralContact,
    ReferralMeasure,
    Responsibility,
)
from referrals.services.reasons import source_key
from referrals.table import State

PRONOUNS = {"she": "she/her", "he": "he/him", "they": "they/them"}
SURGERIES = ("willowbank", "mill_lane", "old_quay")  # by locality
DOCTORS = {"willowbank": "anwen", "mill_lane": "babatunde", "old_quay": "suki"}
NAMED = {  # who is named for people in each team
    "cmht": ("femi", "bronwyn", "kofi", "saoirse", "arjun", "gwen"),
    "primary": ("jamal", "nesta", "ruth"),
    "hillside": ("efua", "tobias", "mei"),
}
TEAMS = (("cmht", 58), ("primary", 25), ("hillside", 17))
CRISIS = ("owen", "priya", "zofia", "marcus", "yusuf", "dara")
SHAPES = (  # how somebody's time with the network goes, and how many of a hundred
    ("steady", 60),
    ("crisis_beside", 8),
    ("crisis_now", 5),
    ("changed", 8),
    ("shared", 6),
    ("quiet", 3),
    ("turns", 3),
    ("ended", 7),
)
ORDER: tuple[type[models.Model], ...] = (  # so that what is pointed to is there first
    Person, GpRegistration, ContactPreference, AboutMe, Case, Responsibility, Referral,
    HoldingChange, Allocation, Contact, Activity, ReferralContact,
    ReferralMeasure, Note, Step, LiveReason, CaseEvent, Touched,
)  # fmt: skip


@dataclass
class Course:
    """One person's way: who they are, where, with whom, since when and until when."""

    person: Person
    locality: int
    shape: str
    team_key: str
    team: Team
    surgery: str
    doctor: str
    worker: str
    asked: dt.date
    accepted: dt.date
    met: dt.date
    ended: dt.date | None
    before: str = ""  # who was named until `changed`
    changed: dt.date | None = None

    def named_on(self, day: dt.date) -> str:
        return self.before if self.changed is not None and day < self.changed else self.worker


@dataclass
class Background:
    """Makes people of one network and writes all of them at once."""

    network: Network
    cast: Cast
    today: dt.date
    rows: dict[type[models.Model], list[Any]] = field(default_factory=lambda: defaultdict(list))
    hillside: list[Person] = field(default_factory=list)  # steady with a worker there
    _said: list[tuple[Note, dt.datetime]] = field(default_factory=list)
    _load: Counter[str] = field(default_factory=Counter)

    @property
    def draw(self) -> random.Random:
        return self.cast.draw

    def _add(self, model: type[models.Model], **fields: Any) -> Any:
        row = model(**fields)
        self.rows[model].append(row)
        return row

    def _worker(self, key: str) -> Worker:
        return self.network.workers[key]

    def _user(self, key: str) -> User:
        return self.network.users[key]

    def _one(self, weighted: Sequence[tuple[str, int]]) -> str:
        return self.draw.choices([key for key, _w in weighted], [w for _key, w in weighted])[0]

    def _days(self, low: int, high: int) -> dt.timedelta:
        return dt.timedelta(days=self.draw.randrange(low, high))

    # one person ----------------------------------------------------------------------------------

    def person(self) -> None:
        """Somebody, and everything that has happened with them."""
        course = self._course()
        self._who(course)
        self._came(course)
        self._named(course)
        contacts = self._contacts(course)
        referral = self._referral(course, contacts)
        self._belong(course, referral, contacts)
        self._words(course, contacts)
        self._add(Touched, person=course.person)
        if (course.team_key, course.shape) == ("hillside", "steady"):
            self.hillside.append(course.person)

    def _course(self) -> Course:
        locality = self.draw.randrange(3)
        who = self.cast.identity(self.network, locality)
        shape, team_key = self._one(SHAPES), self._one(TEAMS)
        asked = self.today - self._days(60, 700)
        accepted = asked + self._days(4, 14)
        ended = None
        if shape in ("ended", "changed", "quiet", "shared"):
            asked = min(asked, self.today - self._days(260, 600))
            accepted = asked + self._days(4, 14)
        if shape == "ended":
            ended = _working(self.today - self._days(20, 120))
        surgery = SURGERIES[locality]
        person = self._add(
            Person,
            name=who.name,
            nhs_number=who.nhs_number,
            birth_date=who.birth_date,
            pronouns=PRONOUNS[who.pronouns],
            phone=who.phone,
            address=who.address,
            letters_safe=self.draw.random() < 0.7,
            local_id=who.local_id,
            locality=self.network.localities[locality],
        )
        return Course(
            person=person,
            locality=locality,
            shape=shape,
            team_key=team_key,
            team=self.network.teams[team_key],
            surgery=surgery,
            doctor=DOCTORS[surgery],
            worker=self._freest(team_key),
            asked=asked,
            accepted=_working(accepted),
            met=_working(accepted + self._days(5, 12)),
            ended=ended,
        )

    def _freest(self, team_key: str) -> str:
        """The worker of a team with the fewest people so far."""
        key = min(NAMED[team_key], key=lambda one: self._load[one])
        self._load[key] += 1
        return key

    def _who(self, course: Course) -> None:
        draw, person = self.draw, course.person
        self._add(
            GpRegistration,
            person=person,
            practice=self.network.teams[course.surgery].organisation,
            start=course.asked - dt.timedelta(days=400),
        )
        self._add(
            ContactPreference,
            person=person,
            channel="text",
            may_use=True,
            safe_to_leave_message=draw.random() < 0.6,
        )
        if draw.random() < 0.6:
            self._add(
                AboutMe,
                person=person,
                how_to_be_with_me=draw.choice(phrases.HOW_TO_BE),
                want_you_to_know=draw.choice(phrases.WANT_YOU_TO_KNOW),
                when_i_struggle=draw.choice(phrases.STRUGGLE),
                what_helps=draw.choice(phrases.HELPS),
                written_by=self._user(course.worker),
                updated_on=course.met,
                version=1,
            )

    def _came(self, course: Course) -> None:
        person, surgery = course.person, self.network.teams[course.surgery]
        unnamed = course.shape == "turns" or course.ended is not None
        case = self._add(
            Case,
            person=person,
            team=course.team,
            key_worker=None if unnamed else self._worker(course.worker),
            opened_on=course.asked,
            closed_on=course.ended,
        )
        self._event(course, "case.opened", course.asked, course.doctor, team=surgery, about=case)
        self._reason(person, "case_team", f"case:{case.pk}", course.asked, course.met, team=surgery)

    def _reason(
        self,
        person: Person,
        kind: str,
        key: str,
        start: dt.date,
        end: dt.date | None,
        **whose: Any,
    ) -> None:
        self._add(
            LiveReason, person=person, kind=kind, source_key=key, start=start, end=end, **whose
        )

    def _event(
        self,
        course: Course,
        kind: str,
        on: dt.date,
        by: str,
        *,
        about: models.Model,
        data: dict[str, Any] | None = None,
        time: dt.time | None = None,
        team: Team | None = None,
        worker: Worker | None = None,
    ) -> None:
        self._add(
            CaseEvent,
            person=course.person,
            kind=kind,
            on=on,
            time=time,
            by=self._user(by),
            team=team or course.team,
            worker=worker,
            about=about.pk,
            data=data or {},
        )

    # who is with them ----------------------------------------------------------------------------

    def _named(self, course: Course) -> None:
        if course.shape == "turns":
            return
        end, reason = course.ended, "ending" if course.ended else ""
        start = course.met
        if course.shape == "changed":
            others = [key for key in NAMED[course.team_key] if key != course.worker]
            course.before = self.draw.choice(others)
            start = course.changed = max(
                course.met,
                _working(course.met + (self.today - course.met) * self.draw.random() * 0.9),
            )
            planned = self.draw.choice((True, True, None, False))
            how = "handover" if planned else "other"
            self._allocation(course, course.before, course.met, start, how, planned)
        self._allocation(course, course.worker, start, end, reason, True if end else None)
        if self.draw.random() < 0.18 and end is None:
            since = course.met + dt.timedelta(days=21)
            peer = self.draw.choice(("robin", "shanice"))
            self._allocation(course, peer, since, None, "", None, role="peer")
            thread = self.network.teams["thread"]
            key = f"sharing:{thread.pk}"
            self._reason(course.person, "sharing", key, since, None, team=thread)

    def _allocation(
        self,
        course: Course,
        who: str,
        start: dt.date,
        end: dt.date | None,
        end_reason: str,
        planned: bool | None,
        role: str = "key_worker",
    ) -> None:
        worker = self._worker(who)
        row = self._add(
            Allocation,
            person=course.person,
            worker=worker,
            team=self.network.team_of(who),
            role=role,
            start=start,
            end=end,
            end_reason=end_reason,
            planned_ending=planned,
        )
        self._reason(course.person, "allocation", f"allocation:{row.pk}", start, end, worker=worker)
        self._event(
            course, "allocation.started", start, who, about=row, worker=worker, data={"role": role}
        )
        if end is not None:
            self._event(
                course,
                "allocation.ended",
                end,
                who,
                about=row,
                worker=worker,
                data={"role": role, "end_reason": end_reason, "planned": planned},
            )

    # meetings ------------------------------------------------------------------------------------

    def _contacts(self, course: Course) -> list[Contact]:
        draw = self.draw
        last = course.ended or self.today - self._days(1, 12)
        if course.shape == "quiet":
            last = self.today - self._days(44, 85)
        every = draw.choice((10, 12, 14, 18, 20))
        time = dt.time(draw.choice((9, 10, 11, 13, 14, 15, 16)), draw.choice((0, 30)))
        first = course.named_on(course.met - dt.timedelta(days=1))
        found = [
            self._contact(course, course.accepted, first, time, "assessment", ASSESSMENT),
            self._contact(course, course.met, first, time, "support", TEACHING),
        ]
        day = course.met + dt.timedelta(days=every)
        while day <= last:
            found.append(self._meeting(course, _working(day), time))
            day += dt.timedelta(days=every + draw.randrange(-2, 4))
        if course.shape == "crisis_beside":
            found += self._crises(course, self.today - self._days(20, 170))
        if course.shape == "crisis_now":
            crises = self._crises(course, self.today - self._days(5, 16))
            self._crisis_team(course, crises)
            found += crises
        if course.shape != "quiet" and course.ended is None:
            found.append(self._contact(course, _working(last), course.worker, time, "support"))
        return found

    def _meeting(self, course: Course, day: dt.date, time: dt.time) -> Contact:
        draw = self.draw
        who = course.named_on(day)
        others = [key for key in NAMED[course.team_key] if key != who]
        if course.shape == "turns":
            who = draw.choice((who, others[0]))
        elif draw.random() < (0.55 if course.shape == "shared" else 0.08):
            who = draw.choice(others)
        attendance = self._one((("5", 84), ("6", 3), ("3", 5), ("2", 5), ("4", 3)))
        purpose = "therapy" if course.team_key == "hillside" else "support"
        return self._contact(course, day, who, time, purpose, attendance=attendance)

    def _crises(self, course: Course, first: dt.date) -> list[Contact]:
        """Visits on some evenings, one after the other, by whoever is on the shift."""
        found = []
        for number in range(self.draw.randrange(1, 4)):
            day = first + dt.timedelta(days=number)
            if course.met < day:
                time = dt.time(self.draw.choice((1, 3, 20, 21, 22, 23)), self.draw.choice((5, 40)))
                who = self.draw.choice(CRISIS)
                found.append(self._contact(course, day, who, time, "crisis"))
        return found

    def _contact(
        self,
        course: Course,
        day: dt.date,
        who: str,
        time: dt.time,
        purpose: str,
        did: str = "",
        attendance: str = "5",
    ) -> Contact:
        draw, worker, team = self.draw, self._worker(who), self.network.team_of(who)
        medium = (
            FACE if did or purpose == "crisis" else self._one(((FACE, 74), (PHONE, 18), (VIDEO, 8)))
        )
        barrier, words = draw.choice(phrases.BARRIERS) if attendance == "3" else ("", "")
        row = self._add(
            Contact,
            person=course.person,
            worker=worker,
            worker_count=1,
            team=team,
            date=day,
            time=time,
            minutes=(20 if medium == PHONE else 50) if attendance in ("5", "6") else None,
            attendance=attendance,
            medium=medium,
            purpose=purpose,
            subject="01",
            planned="N" if purpose == "crisis" else "Y",
            cancelled_on=day if attendance in ("2", "4") else None,
            barrier=barrier,
            barrier_words=words,
            recorded_by=self._user(who),
        )
        row.order_key = Contact.make_order_key(time, str(row.pk))
        if did:
            self._add(Activity, contact=row, minutes=row.minutes, procedure=did)
        end = day + dt.timedelta(days=RECENT_DAYS)
        self._reason(
            course.person, "contact", f"contact:{row.pk}:{worker.pk}", day, end, worker=worker
        )
        self._event(
            course,
            contact_kind(attendance),
            day,
            who,
            about=row,
            time=time,
            team=team,
            worker=worker,
            data={"medium": medium, "purpose": purpose, "barrier": barrier, "others": 0},
        )
        return row

    # how they came -------------------------------------------------------------------------------

    def _referral(self, course: Course, contacts: Sequence[Contact]) -> Referral:
        person, surgery = course.person, self.network.teams[course.surgery]
        holder = self._worker(course.worker)
        state = State.CLOSED if course.ended else State.IN_SERVICE
        self._add(Responsibility, person=person, team=course.team, worker=holder, since=course.met)
        referral = self._add(
            Referral,
            person=person,
            team=course.team,
            sender_team=surgery,
            author=self._user(course.doctor),
            kind="transfer",
            state=state.value,
            state_on=course.ended or course.met,
            priority="3",
            source="A1",
            received_on=course.asked,
            sent_on=course.asked,
            asked_on=course.asked,
            accepted_on=course.accepted,
            first_contact_on=course.met,
            met_contact=contacts[1],
            named_worker=holder,
            reason_words=self.draw.choice(phrases.WHY),
            person_view="wants",
            meanwhile_support=self.draw.choice(phrases.MEANWHILE),
            intensity="steady",
            discharged_on=course.ended,
            close_reason="02" if course.ended else "",
            held_id=None if course.ended else person.pk,
            version=5,
        )
        change = self._add(
            HoldingChange,
            person=person,
            on=course.met,
            how="first_contact",
            team=course.team,
            worker=holder,
            from_team=surgery,
            from_worker=self._worker(course.doctor),
            referral=referral,
            by=self._user(course.worker),
        )
        self._reason(
            person, "case_team", f"holding:{change.pk}", course.met, course.ended, team=course.team
        )
        for team in (course.team, surgery):
            key = source_key(referral, team.pk)
            self._reason(person, "referral", key, course.asked, course.ended, team=team)
        self._happened(course, referral)
        return referral

    def _crisis_team(self, course: Course, contacts: Sequence[Contact]) -> None:
        """The crisis team works beside the key worker; the responsibility stays where it is."""
        team, first = self.network.teams["crisis"], contacts[0].date
        referral = self._add(
            Referral,
            person=course.person,
            team=team,
            sender_team=course.team,
            author=self._user(course.worker),
            kind="joint",
            state=State.IN_SERVICE.value,
            state_on=first,
            priority="2",
            received_on=first,
            sent_on=first,
            asked_on=first,
            accepted_on=first,
            first_contact_on=first,
            met_contact=contacts[0],
            named_worker=self._worker("dara"),
            reason_words="I need somebody in the evenings until this is over.",
            reach_words="By telephone at any hour",
            person_view="wants",
            meanwhile_support="My key worker rings every morning",
            intensity="intensive",
            held_id=course.person.pk,
            version=5,
        )
        for contact in contacts:
            self._add(ReferralContact, contact=contact, referral=referral)
        for reader in (team, course.team):
            key = source_key(referral, reader.pk)
            self._reason(course.person, "referral", key, first, None, team=reader)
        for kind, before, after, by in (
            ("referral.send", "draft", "sent", course.worker),
            ("referral.accept", "received", "accepted", "dara"),
            ("referral.first_contact", "allocated", "in_service", "dara"),
        ):
            data = {"from": before, "to": after, "how": "user"}
            self._event(course, kind, first, by, about=referral, data=data, team=team)

    def _happened(self, course: Course, referral: Referral) -> None:
        lead = next(
            one.key for one in STAFF if one.site == course.team_key and one.role == "team_lead"
        )
        steps = [
            ("referral.drafted", course.asked, course.doctor, "", "draft"),
            ("referral.send", course.asked, course.doctor, "draft", "sent"),
            ("referral.acknowledge", course.asked + dt.timedelta(days=1), lead, "sent", "received"),
            ("referral.accept", course.accepted, lead, "received", "accepted"),
            ("referral.allocate", course.accepted, lead, "accepted", "allocated"),
            ("referral.first_contact", course.met, course.worker, "allocated", "in_service"),
        ]
        if course.ended is not None:
            steps.append(("referral.close", course.ended, course.worker, "in_service", "closed"))
        for kind, on, by, before, after in steps:
            data = {"from": before, "to": after, "how": "user"}
            self._event(course, kind, on, by, about=referral, data=data)

    def _belong(self, course: Course, referral: Referral, contacts: Sequence[Contact]) -> None:
        for contact in contacts:
            if contact.team_id == course.team.pk and contact.attended:
                self._add(ReferralContact, contact=contact, referral=referral)
        for number, contact in enumerate(contacts[1::8]):
            if contact.attended:
                self._add(
                    ReferralMeasure,
                    referral=referral,
                    contact=contact,
                    worker_id=contact.worker_id,
                    source_key=f"reqol {contact.date}",
                    tool=REQOL,
                    score=str(min(38, self.draw.randrange(8, 20) + number * 2)),
                    taken_on=contact.date,
                )

    # what was said -------------------------------------------------------------------------------

    def _words(self, course: Course, contacts: Sequence[Contact]) -> None:
        draw = self.draw
        given = course.person.name.split()[0]
        by_worker = {self._worker(key).pk: key for key in self.network.workers}
        for contact in contacts:
            plain = contact.attended and contact.purpose in ("support", "therapy")
            if plain and contact.worker_id and draw.random() < 0.35:
                note = self._add(
                    Note,
                    person=course.person,
                    contact=contact,
                    words=draw.choice(phrases.NOTES).format(name=given),
                    author=self._user(by_worker[contact.worker_id]),
                )
                self._said.append((note, dates.to_utc(contact.date, contact.time)))
            if contact.attendance == "3" and contact.worker_id:
                self._promise(
                    course,
                    contact,
                    by_worker[contact.worker_id],
                    "Ring and ask what got in the way",
                    contact.date + dt.timedelta(days=3),
                    True,
                )
        if course.ended is None and draw.random() < 0.4:
            due_on = self.today + dt.timedelta(days=draw.randrange(-4, 15))
            self._promise(
                course, contacts[-1], course.worker, draw.choice(phrases.PROMISES), due_on, False
            )

    def _promise(
        self,
        course: Course,
        contact: Contact,
        who: str,
        words: str,
        due_on: dt.date,
        kept: bool,
    ) -> None:
        worker, user = self._worker(who), self._user(who)
        kept = kept and due_on <= self.today
        row = self._add(
            Step,
            person=course.person,
            words=words,
            worker=worker,
            due_on=due_on,
            from_contact=contact,
            made_by=user,
            done_on=due_on if kept else None,
            done_by=user if kept else None,
        )
        data = {"due_on": due_on.isoformat()}
        self._event(course, "step.made", contact.date, who, about=row, worker=worker, data=data)
        if kept:
            self._event(course, "step.done", due_on, who, about=row, worker=worker, data=data)

    # writing -------------------------------------------------------------------------------------

    def write(self) -> int:
        """Write everybody; how many people that were."""
        for model in ORDER:
            manager: Any = model._default_manager
            manager.bulk_create(self.rows[model], batch_size=500)
        for note, moment in self._said:
            note.created_at = moment  # when it was written, and not when this was made
        Note.objects.bulk_update(self.rows[Note], ["created_at"], batch_size=500)
        return len(self.rows[Person])


def _working(day: dt.date) -> dt.date:
    """The working day that this is, or the one before."""
    while not dates.is_working_day(day):
        day -= dt.timedelta(days=1)
    return day
