"""What happens in a story, in its own words: each verb is a service of another app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from casework.cases import services as cases
from casework.cases.models import (
    AboutMe,
    Accommodation,
    Activity,
    Allocation,
    CheckIn,
    Contact,
    GpRegistration,
    LiveReason,
    Person,
    Step,
    WorkerHandover,
)
from casework.cases.services import check_ins, entries, handovers, profile, steps
from casework.cases.services.notes import Words
from casework.cases.services.steps import Promise
from casework.common import dates
from casework.demo.network import Network
from referrals import services as referrals
from referrals.asking.services import writing
from referrals.models import Referral, ReferralContact, ReferralMeasure, SharedPart
from referrals.table import NAMED, OPEN

FACE, PHONE, TEXT, VIDEO = "01", "02", "09", "11"
ASSESSMENT = "391281002"  # SNOMED CT: what the four-week clock waits for
THERAPY = "405780009"
TEACHING = "410224008"
REQOL = "1091071000000100"


@dataclass
class Identity:
    """Who a story is about, before they come to anybody."""

    name: str
    pronouns: str
    nhs_number: str
    birth_date: dt.date
    phone: str
    address: str
    local_id: str


@dataclass
class Scene:
    """One person of a story, and everybody who works around them."""

    network: Network
    who: Identity
    locality: int = 0
    person: Person = field(init=False)
    referral: Referral | None = None
    promised: list[Step] = field(default_factory=list)

    # who is there --------------------------------------------------------------------------------

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    @property
    def hour(self) -> dt.time:
        return timezone.localtime().time().replace(second=0, microsecond=0)

    def worker(self, key: str) -> Any:
        return self.network.workers[key]

    def user(self, key: str) -> Any:
        return self.network.users[key]

    # coming --------------------------------------------------------------------------------------

    def arrives(self, team: str, by: str, **fields: Any) -> None:
        """The person comes to a team, which writes down who they are."""
        who = self.who
        self.person = cases.add_person(
            team=self.network.teams[team],
            by=self.user(by),
            name=who.name,
            nhs_number=who.nhs_number,
            birth_date=who.birth_date,
            **{
                "pronouns": {"she": "she/her", "he": "he/him", "they": "they/them"}[who.pronouns],
                "phone": who.phone,
                "address": who.address,
                "letters_safe": True,
                "locality": self.network.localities[self.locality],
                "local_id": who.local_id,
                **fields,
            },
        )

    def registered_at(self, surgery: str) -> None:
        GpRegistration.objects.create(
            person=self.person,
            practice=self.network.teams[surgery].organisation,
            start=self.today - dt.timedelta(days=900),
        )

    def lives(self, type_code: str, settled: bool) -> None:
        """Where they live now, by the national code."""
        Accommodation.objects.create(
            person=self.person,
            type_code=type_code,
            settled="Y" if settled else "N",
            recorded_on=self.today,
            start=self.today,
        )

    def says(self, by: str, how: str = "together", **words: Any) -> None:
        """What the person wants everybody to read first, in their words."""
        there = AboutMe.objects.filter(person=self.person).first() or AboutMe(person=self.person)
        profile.write_about_me(
            person=self.person,
            words=words,
            seen=profile.marks(there, words),
            how=how,
            by=self.user(by),
        )

    def needs(self, by: str, kind: str, words: str) -> None:
        profile.add_adjustment(person=self.person, kind=kind, words=words, by=self.user(by))

    def is_also(self, by: str, aspect: str, words: str, visible_to: str = "team") -> None:
        profile.add_statement(
            person=self.person,
            aspect=aspect,
            words=words,
            visible_to=visible_to,
            by=self.user(by),
        )

    def reachable(self, by: str, **channels: dict[str, Any]) -> None:
        profile.set_contact_preferences(person=self.person, channels=channels, by=self.user(by))

    def shares_with(self, team: str) -> None:
        """The person chose that a team may read along."""
        sharing = self.network.teams[team]
        LiveReason.objects.create(
            person=self.person,
            team=sharing,
            kind=LiveReason.Kind.SHARING,
            source_key=f"sharing:{sharing.pk}",
            start=self.today,
        )

    # referrals -----------------------------------------------------------------------------------

    def is_referred(
        self,
        to: str,
        by: str,
        *,
        why: str,
        meanwhile: str,
        holder: str = "",
        view: str = "wants",
        kind: str = "transfer",
        priority: str = "3",
        follows: Referral | None = None,
        shares: Sequence[str] = (),
        **story: Any,
    ) -> Referral:
        """A team asks another one to help; `holder` is with the person meanwhile. The person
        agrees that the other team reads the parts of the record that it `shares`."""
        author = self.user(by)
        draft = referrals.draft(
            person=self.person,
            by=author,
            sender_team=self.network.team_of(by),
            parent=follows,
            team=self.network.teams[to],
            kind=kind,
            priority=priority,
            reason_words=why,
            person_view=view,
            meanwhile_support=meanwhile,
            **story,
        )
        with_them = self.worker(holder or by)
        if shares:
            draft = writing.save(
                referral=draft,
                by=author,
                seen_version=draft.version,
                story={},
                holder=with_them,
                shared={part: writing.Shared(SharedPart.Decision.AGREED) for part in shares},
            )
            self.referral = writing.send(referral=draft, by=author)
        else:
            self.referral = referrals.send(referral=draft, by=author, holder=with_them)
        return self.referral

    def _current(self) -> Referral:
        if self.referral is None:
            raise LookupError("this story has no referral yet")
        self.referral = Referral.objects.get(pk=self.referral.pk)
        return self.referral

    def is_received(self, by: str) -> None:
        self.referral = referrals.acknowledge(referral=self._current(), by=self.user(by))

    def is_passed_on(self, by: str, to: str, *, agreed: str, reason: str) -> None:
        """The team is not the right one and, as agreed, passes the same referral on; the person
        lets the next team read what was shared with this one."""
        self.referral = referrals.redirect(
            referral=self._current(),
            by=self.user(by),
            team=self.network.teams[to],
            sender_agreed=agreed,
            reason=reason,
            parts_agreed=True,
        )

    def is_accepted(self, by: str, worker: str = "") -> None:
        """A team says yes, and who it will be if that is known."""
        user = self.user(by)
        self.referral = referrals.accept(referral=self._current(), by=user)
        if worker:
            self.referral = referrals.allocate(
                referral=self._current(), by=user, worker=self.worker(worker)
            )

    def is_turned_down(
        self, by: str, *, explanation: str, cannot_offer: str, instead: str, talked: str = ""
    ) -> None:
        self.referral = referrals.propose_decline(
            referral=self._current(),
            by=self.user(by),
            reason_code="02",
            grounds=["other_need"],
            explanation=explanation,
            cannot_offer=cannot_offer,
            instead_team=self.network.teams[instead],
            live_conversation=talked,
        )

    # meeting -------------------------------------------------------------------------------------

    def meets(
        self,
        *who: str,
        note: str = "",
        about_others: str = "",
        kept_back: str = "",
        medium: str = FACE,
        minutes: int = 50,
        purpose: str = "support",
        place: str = "",
        late: bool = False,
        did: str = "",
        promises: Sequence[tuple[str, int]] = (),
        **details: Any,
    ) -> Contact:
        """The person and one worker or several meet now; `did` is what was done, as a code.

        `promises` are what the first of them will do, and within how many days.
        """
        contact = entries.record(
            person=self.person,
            workers=[self.worker(key) for key in who],
            date=self.today,
            time=self.hour,
            team=self.network.team_of(who[0]),
            by=self.user(who[0]),
            entry=entries.Entry(
                attendance=Contact.Attendance.LATE if late else Contact.Attendance.ATTENDED,
                note=Words(note, about_others, not kept_back, kept_back),
                steps=[self._promise(who[0], words, days) for words, days in promises],
                details={
                    "medium": medium,
                    "minutes": minutes,
                    "purpose": purpose,
                    "place": place,
                    "planned": "Y",
                    "subject": "01",
                    **details,
                },
            ),
        )
        self._belongs(contact, did)
        return contact

    def in_crisis(self, *who: str, note: str, minutes: int = 60, medium: str = FACE) -> Contact:
        return self.meets(
            *who, note=note, minutes=minutes, medium=medium, purpose="crisis", planned="N"
        )

    def misses(self, who: str, *, barrier: str, words: str, promise: str, days: int = 3) -> None:
        """A meeting that did not come about, what got in the way, and what the service does."""
        contact = entries.record(
            person=self.person,
            workers=[self.worker(who)],
            date=self.today,
            time=self.hour,
            team=self.network.team_of(who),
            by=self.user(who),
            entry=entries.Entry(
                attendance=Contact.Attendance.MISSED,
                steps=[self._promise(who, promise, days)],
                details={
                    "medium": FACE,
                    "purpose": "support",
                    "barrier": barrier,
                    "barrier_words": words,
                },
            ),
        )
        self._belongs(contact)

    def cancels(self, who: str, *, ours: bool = False) -> None:
        attendance = Contact.Attendance.CANCELLED_BY_PERSON
        if ours:
            attendance = Contact.Attendance.CANCELLED_BY_SERVICE
        contact = entries.record(
            person=self.person,
            workers=[self.worker(who)],
            date=self.today,
            time=self.hour,
            team=self.network.team_of(who),
            by=self.user(who),
            entry=entries.Entry(
                attendance=attendance,
                details={"medium": FACE, "purpose": "support", "cancelled_on": self.today},
            ),
        )
        self._belongs(contact)

    def books(self, *who: str, in_days: int, time: str, place: str = "", **details: Any) -> Contact:
        """The next meeting is agreed."""
        on = self.today + dt.timedelta(days=in_days)
        while not dates.is_working_day(on):
            on += dt.timedelta(days=1)
        return entries.book(
            person=self.person,
            workers=[self.worker(key) for key in who],
            date=on,
            time=dt.time.fromisoformat(time),
            team=self.network.team_of(who[0]),
            by=self.user(who[0]),
            place=place,
            **{"medium": FACE, "purpose": "support", "subject": "01", **details},
        )

    def _belongs(self, contact: Contact, did: str = "") -> None:
        """Let a contact count for the referral that it is part of, and for what was done at it."""
        if did:
            Activity.objects.update_or_create(
                contact=contact, defaults={"minutes": contact.minutes, "procedure": did}
            )
        mine = (
            Referral.objects.filter(person=self.person, team=contact.team, state__in=OPEN)
            .order_by("-received_on", "-pk")
            .first()
        )
        if mine is not None and contact.attended:
            ReferralContact.objects.get_or_create(contact=contact, defaults={"referral": mine})

    def measures(self, score: int) -> None:
        """The person filled in the ReQoL-10."""
        mine = Referral.objects.filter(person=self.person, state__in=NAMED).last()
        if mine is not None:
            ReferralMeasure.objects.create(
                referral=mine,
                source_key=f"reqol {self.today}",
                tool=REQOL,
                score=str(score),
                taken_on=self.today,
            )

    # promises ------------------------------------------------------------------------------------

    def _promise(self, who: str, words: str, days: int) -> Promise:
        due_on = self.today + dt.timedelta(days=days)
        return Promise(words=words, due_on=due_on, worker=self.worker(who))

    def is_promised(self, by: str, words: str, days: int) -> None:
        steps.make_step(
            person=self.person, by=self.user(by), promise=self._promise(by, words, days)
        )

    def promise_kept(self, by: str, what_happened: str) -> None:
        """The oldest promise of this worker to the person is kept."""
        step = (
            Step.objects.filter(person=self.person, worker=self.worker(by), done_on__isnull=True)
            .order_by("due_on", "pk")
            .first()
        )
        if step is not None:
            steps.finish_step(step=step, by=self.user(by), what_happened=what_happened)

    # who is with them ----------------------------------------------------------------------------

    def is_with(
        self, worker: str, by: str, role: str = "key_worker", reason: str = "", says: str = ""
    ) -> Allocation:
        """Somebody is named for the person."""
        return cases.allocate(
            person=self.person,
            worker=self.worker(worker),
            role=role,
            team=self.network.team_of(worker),
            by=self.user(by),
            reason=reason,
            person_says=says,
        )

    def allocation(self, worker: str, role: str = "key_worker") -> Allocation:
        return Allocation.objects.get(
            person=self.person, worker=self.worker(worker), role=role, end__isnull=True
        )

    def parts(
        self, worker: str, by: str, reason: str, planned: bool | None, role: str = "key_worker"
    ) -> None:
        """Somebody is no longer named."""
        cases.end_allocation(
            allocation=self.allocation(worker, role),
            by=self.user(by),
            reason=reason,
            planned=planned,
        )

    def changes_to(
        self,
        worker: str,
        by: str,
        *,
        of: str,
        reason: str,
        words: str = "",
        planned: bool | None = None,
        says: str = "",
    ) -> None:
        """Another worker is named at once."""
        cases.change_worker(
            allocation=self.allocation(of),
            to=self.worker(worker),
            by=self.user(by),
            end_reason=reason,
            planned=planned,
            reason=words,
            person_says=says,
        )

    def change_is_planned(
        self, *, of: str, to: str, by: str, reason: str, in_days: int, weeks: int, says: str
    ) -> WorkerHandover:
        """A handover between two named workers, talked about with the person."""
        starts_on = self.today + dt.timedelta(days=in_days)
        return handovers.plan(
            allocation=self.allocation(of),
            to=self.worker(to),
            by=self.user(by),
            reason=reason,
            starts_on=starts_on,
            overlap_until=starts_on + dt.timedelta(weeks=weeks),
            agreed_on=self.today,
            person_says=says,
        )

    def change_step(self, handover: WorkerHandover, step: str, by: str) -> None:
        handovers.tick(handover=handover, step=step, on=self.today, by=self.user(by))

    def change_done(self, handover: WorkerHandover, by: str) -> None:
        handovers.complete(handover=handover, by=self.user(by))

    def answers_now(self, worker: str, by: str, reason: str) -> None:
        """It is recorded that another worker of the team answers for the person now."""
        referrals.override_holder(
            person=self.person,
            team=self.network.team_of(worker),
            worker=self.worker(worker),
            by=self.user(by),
            reason=reason,
        )

    def checks_in(
        self,
        worker: str,
        *,
        weeks: int,
        words: str,
        medium: str = PHONE,
        in_days: int | None = None,
    ) -> CheckIn:
        """Light-touch contact instead of an ending."""
        days = weeks * 7 if in_days is None else in_days
        return check_ins.agree(
            person=self.person,
            worker=self.worker(worker),
            medium=medium,
            every_weeks=weeks,
            next_on=self.today + dt.timedelta(days=days),
            agreed_on=self.today,
            by=self.user(worker),
            words=words,
        )

    # endings -------------------------------------------------------------------------------------

    def dies(self, by: str) -> None:
        """The death is written down, and everything that is open ends."""
        user = self.user(by)
        self.person = cases.record_death(person=self.person, died_on=self.today, by=user)

    # more and less -------------------------------------------------------------------------------

    def steps_up(self, by: str, *, extra: str, owner: str, weeks: int) -> None:
        """More support for a while, without a new referral."""
        self.referral = referrals.change_intensity(
            referral=self._current(),
            by=self.user(by),
            intensity=Referral.Intensity.INTENSIVE,
            with_person=True,
            extra_words=extra,
            extra_owner=self.worker(owner),
            extra_until=self.today + dt.timedelta(weeks=weeks),
        )

    def steps_back(self, by: str) -> None:
        self.referral = referrals.change_intensity(
            referral=self._current(),
            by=self.user(by),
            intensity=Referral.Intensity.STEADY,
            with_person=True,
        )

    # what a sender answers -----------------------------------------------------------------------

    def decline_is_agreed(self, by: str, plan: str) -> Referral:
        """The sender agrees that this team is not the right place, and says what comes next."""
        self.referral = referrals.agree_decline(
            referral=self._current(), by=self.user(by), holding_plan=plan
        )
        return self.referral

    def decline_is_challenged(self, by: str, reason: str) -> None:
        self.referral = referrals.challenge(
            referral=self._current(), by=self.user(by), reason=reason
        )

    def is_asked_about(self, by: str, question: str, of: str) -> None:
        """The receiving team needs one more thing from somebody named."""
        self.referral = referrals.ask(
            referral=self._current(),
            by=self.user(by),
            question=question,
            asked_worker=self.worker(of),
            asked_team=self.network.team_of(of),
        )

    def ending_is_agreed(
        self, by: str, *, what_next: str, who_to_ask: str, coming_back: str, words: str
    ) -> None:
        referrals.write_ending_plan(
            referral=self._current(),
            by=self.user(by),
            agreed_on=self.today,
            what_next=what_next,
            who_to_ask=who_to_ask,
            coming_back=coming_back,
            person_words=words,
        )

    def work_ends(self, by: str, outcome: str) -> None:
        """The work ends as agreed; the person may come back without a new referral."""
        self.referral = referrals.close(
            referral=self._current(), by=self.user(by), outcome_words=outcome, close_reason="02"
        )
        self.parts(by, by, "ending", planned=True)
