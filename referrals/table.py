"""The one declared table of what may happen to a referral.

Transitions, guards, buttons, services, presenters, stalls, the FHIR status and
`manage.py referral_states` all read it. Nothing here reads the database or the clock: a guard
looks at a `Situation`, which carries the referral, what was entered, and the day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from referrals.situation import Situation

Words = str | Promise


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    RECEIVED = "received", _("Received")
    AWAITING_INFORMATION = "awaiting_information", _("Waiting for an answer")
    DECLINE_PROPOSED = "decline_proposed", _("Decline proposed")
    ASSESSING = "assessing", _("Meeting to decide together")
    ACCEPTED = "accepted", _("Accepted")
    ALLOCATED = "allocated", _("Worker named")
    IN_SERVICE = "in_service", _("Working together")
    CLOSED = "closed", _("Ended")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENTERED_IN_ERROR = "entered_in_error", _("Recorded by mistake")


class Kind(models.TextChoices):
    TRANSFER = "transfer", _("The other team takes over")
    JOINT = "joint", _("Both teams work together")
    ADVICE = "advice", _("A question only")
    STEP_UP = "step_up", _("More support inside the network")
    STEP_DOWN = "step_down", _("Less support inside the network")
    SELF = "self", _("The person asks for themselves")


class Role(models.TextChoices):
    """What somebody is to one referral. The same user may be several of these."""

    AUTHOR = "author", _("whoever is writing it")
    SENDER = "sender", _("the sending team")
    RECEIVER = "receiver", _("the receiving team")
    RECEIVING_LEAD = "receiving_lead", _("whoever allocates in the receiving team")
    SIGNING_LEAD = "signing_lead", _("the lead of the receiving team")
    HOLDER = "holder", _("whoever holds the person")
    NAMED_WORKER = "named_worker", _("the named worker")
    ASKED = "asked", _("whoever was asked")
    PERSON = "person", _("the person")
    NETWORK_LEAD = "network_lead", _("the network lead")
    RECORDS_ADMINISTRATOR = "records_administrator", _("a records administrator")
    LINK_PARTNER = "link_partner", _("whoever the reply link was sent to")
    CONTACT = "contact", _("the first attended contact")
    SERVICE = "service", _("the service itself, when a person has died")


TERMINAL = (State.CLOSED, State.DECLINED, State.WITHDRAWN, State.ENTERED_IN_ERROR)
OPEN = (
    State.SENT,
    State.RECEIVED,
    State.AWAITING_INFORMATION,
    State.DECLINE_PROPOSED,
    State.ASSESSING,
    State.ACCEPTED,
    State.ALLOCATED,
    State.IN_SERVICE,
)
NAMED = (State.ALLOCATED, State.IN_SERVICE)
URGENT = ("1", "2", "4")  # emergency, urgent, very urgent
CLOSE_REASONS = ("01", "02", "03", "04", "05", "06", "07", "08", "09")
MISSED_CONTACTS = "05"
ALL = tuple(Kind)
FULL = tuple(kind for kind in Kind if kind != Kind.ADVICE)
COME_BACK_MONTHS = 12


@dataclass(frozen=True)
class StateInfo:
    """What a state means, to whom, and how long it may last.

    `limit` in `unit` (working days of England, or days) and `urgent_hours` are local defaults;
    0 is off. `portal` is filled with names and dates.
    """

    state: State
    meaning: Words
    next_actor: Words
    next_role: Role | None
    portal: Words
    fhir_status: str
    fhir_business_status: str
    limit: int = 0
    unit: str = "working days"
    urgent_hours: int = 0


STATES: dict[State, StateInfo] = {
    info.state: info
    for info in [
        StateInfo(
            State.DRAFT,
            _("being written, with the person"),
            _("author"),
            Role.AUTHOR,
            _("You and {author} are writing this together"),
            "draft",
            "drafting",
            limit=10,
            urgent_hours=4,
        ),
        StateInfo(
            State.SENT,
            _("left the sender, not yet seen by the receiving team"),
            _("receiving team"),
            Role.RECEIVER,
            _("Sent to {team} on {since}. They should tell us they have it by {due}"),
            "requested",
            "sent",
            limit=2,
            urgent_hours=1,
        ),
        StateInfo(
            State.RECEIVED,
            _("acknowledged; decision pending"),
            _("receiving team"),
            Role.RECEIVER,
            _("{team} has it and is deciding. We expect an answer by {due}"),
            "received",
            "triage",
            limit=7,
            unit="days",
            urgent_hours=4,
        ),
        StateInfo(
            State.AWAITING_INFORMATION,
            _("a named question to a named holder"),
            _("whoever was asked"),
            Role.ASKED,
            _("{team} needs one more thing: {question}. {asked} is finding out"),
            "on-hold",
            "awaiting-information",
            limit=14,
            unit="days",
            urgent_hours=4,
        ),
        StateInfo(
            State.DECLINE_PROPOSED,
            _("the receiving team thinks it is not the right place, and says who is"),
            _("sender"),
            Role.SENDER,
            _(
                "{team} thinks {instead} could help more."
                " You and {holder} talked about it on {talked}"
            ),
            "received",
            "decline-proposed",
            limit=2,
            urgent_hours=2,
        ),
        StateInfo(
            State.ASSESSING,
            _("the receiving team is meeting the person to decide together"),
            _("receiving team"),
            Role.RECEIVER,
            _(
                "{team} is meeting you to work out with you what would help."
                " Still with you meanwhile: {holder}"
            ),
            "received",
            "assessing",
            limit=15,
            urgent_hours=24,
        ),
        StateInfo(
            State.ACCEPTED,
            _("taken on; no named worker yet"),
            _("receiving lead"),
            Role.RECEIVING_LEAD,
            _("{team} said yes. Next: a named person for you"),
            "accepted",
            "waiting-list",
            limit=10,
            urgent_hours=24,
        ),
        StateInfo(
            State.ALLOCATED,
            _("named worker; first contact not yet held"),
            _("named worker"),
            Role.NAMED_WORKER,
            _("{worker} will be your worker. First meeting: {meeting}"),
            "ready",
            "first-appointment",
            limit=10,
            urgent_hours=24,
        ),
        StateInfo(
            State.IN_SERVICE,
            _("first attended contact held: the receiving team is now responsible"),
            _("named worker"),
            Role.NAMED_WORKER,
            _("You are working with {worker} at {team}"),
            "in-progress",
            "in-service",
        ),
        StateInfo(
            State.CLOSED,
            _("ended, with an ending agreed"),
            _("nobody"),
            None,
            _("This work ended on {since}. You can come back without a new referral until {until}"),
            "completed",
            "closed",
        ),
        StateInfo(
            State.DECLINED,
            _("sender agreed; where next is recorded"),
            _("nobody"),
            None,
            _("{team} was not the right place. Next: {next}"),
            "rejected",
            "declined",
        ),
        StateInfo(
            State.WITHDRAWN,
            _("the person or the sender stopped it"),
            _("nobody"),
            None,
            _("{withdrawn}"),
            "cancelled",
            "withdrawn",
        ),
        StateInfo(
            State.ENTERED_IN_ERROR,
            _("recorded by mistake"),
            _("nobody"),
            None,
            "",
            "entered-in-error",
            "entered-in-error",
        ),
    ]
}


@dataclass(frozen=True)
class Guard:
    """A condition with the sentence that says what is missing. `entered` guards look at what was
    entered and are asked when it is, not when buttons are shown."""

    code: str
    met: Callable[[Situation], bool]
    sentence: Words
    entered: bool = False
    exact: Callable[[Situation], str] | None = None

    def say(self, situation: Situation) -> str:
        """The sentence for this referral."""
        words = self.exact(situation) if self.exact is not None else self.sentence
        return str(words).format(**situation.names)


def need(*fields: str, sentence: Words, when: Callable[[Situation], bool] | None = None) -> Guard:
    """Something must be entered: any one of `fields`."""

    def met(situation: Situation) -> bool:
        if when is not None and not when(situation):
            return True
        return any(situation.has(name) for name in fields)

    return Guard("_or_".join(fields), met, sentence, entered=True)


@dataclass(frozen=True)
class Row:
    """One act. `chosen` decides between rows with one event and one source."""

    event: str
    label: Words
    done: Words
    sources: tuple[State, ...]
    target: State | None  # None: the state stays
    who: tuple[Role, ...]
    guards: tuple[Guard, ...] = ()
    kinds: tuple[Kind, ...] = ALL
    chosen: Callable[[Situation], bool] | None = None

    def target_from(self, state: State) -> State:
        return self.target if self.target is not None else state


# Guards ------------------------------------------------------------------------------------------


def _urgent(s: Situation) -> bool:
    return bool(s.value("priority") in URGENT)


def _in_time(s: Situation) -> bool:
    return not _urgent(s)


_alive = Guard(
    "person_alive",
    lambda s: s.referral.person.death_date is None,
    _("The person has died. Nothing more can be arranged."),
)
_team_open = Guard(
    "team_open",
    lambda s: s.referral.team is not None and s.referral.team.active,
    _("Choose a receiving team that is open."),
)
_sent_to_team = Guard(
    "team_chosen",
    lambda s: (team := s.value("team")) is not None and team.active,
    _("Choose a receiving team that is open."),
    entered=True,
)
_other_team_than_ours = Guard(
    "not_to_ourselves",
    lambda s: (
        s.referral.kind != Kind.TRANSFER
        or s.value("team") is None
        or s.value("team").pk != s.referral.sender_team_id
    ),
    _("A referral goes to another team. Choose one."),
    entered=True,
)
_held_meanwhile = Guard(
    "somebody_holds",
    lambda s: s.holding.refusal == "",
    _("Say who holds the person meanwhile."),
    entered=True,
    exact=lambda s: s.holding.refusal,
)
_question_open = Guard(
    "question_open", lambda s: s.question is not None, _("There is no open question.")
)
_no_own_decline = Guard(
    "proposal_open", lambda s: s.proposal is not None, _("No decline has been proposed.")
)
_asked_other_than_person = Guard(
    "asks_a_worker",
    lambda s: not s.has("asked_person"),
    _(
        "Ask a worker, a team or an agency: the person's worker helps, and nobody chases the"
        " person."
    ),
    entered=True,
)
_national_code = Guard(
    "reason_01_or_02",
    lambda s: s.entered("reason_code") in ("01", "02"),
    _(
        "Choose 01 (duplicate) or 02 (not the right place). When something is missing, ask for it:"
        " that is no reason to decline."
    ),
    entered=True,
)
_never_alone = ("diagnosis", "self_harm", "not_severe")
_fair_grounds = Guard(
    "fair_grounds",
    lambda s: bool(set(s.entered("grounds") or ()) - set(_never_alone)),
    _(
        "A diagnosis, self-harm or “not severe enough” alone is never a reason to decline"
        " (NICE CG78). Say what else speaks against it, or meet the person."
    ),
    entered=True,
)
_who_instead = Guard(
    "who_can_help_instead",
    lambda s: (
        s.has("instead_team") or s.has("instead_words") or s.entered("nothing_exists") is True
    ),
    _("Say who can help instead, or say honestly that nothing exists here."),
    entered=True,
)
_other_instead = Guard(
    "instead_is_another",
    lambda s: not s.has("instead_team") or s.entered("instead_team").pk != s.referral.team_id,
    _("Name another team than your own."),
    entered=True,
)
_talked_live = Guard(
    "live_conversation",
    lambda s: not s.referral.urgent or s.has("live_conversation"),
    _(
        "This is urgent: talk with the sending team first and record who talked with whom."
        " The clock runs on."
    ),
    entered=True,
)
_next_step = Guard(
    "next_step",
    lambda s: s.has("onward_team") or s.has("holding_plan"),
    _("Say what comes next: another team, or how the person is supported meanwhile."),
    entered=True,
)
_onward_elsewhere = Guard(
    "onward_elsewhere",
    lambda s: not s.has("onward_team") or s.entered("onward_team").pk != s.referral.team_id,
    _("Choose another team: this one has just said that it is not the right place."),
    entered=True,
)
_new_team = Guard(
    "another_team",
    lambda s: (
        s.has("team") and s.entered("team").pk != s.referral.team_id and s.entered("team").active
    ),
    _("Choose another team that is open."),
    entered=True,
)
_sender_agrees = Guard(
    "sender_agrees",
    lambda s: bool({Role.SENDER, Role.PERSON} & s.roles) or s.has("sender_agreed"),
    _("Ask the sender first, and record who agreed."),
    entered=True,
)
_worker_fits = Guard(
    "worker_of_team",
    lambda s: not s.has("worker") or s.works_in_receiving_team(s.entered("worker")),
    _("Choose a worker of {team} who still works there."),
    entered=True,
)
_not_a_peer = Guard(
    "not_a_peer_worker",
    lambda s: not s.has("worker") or not s.is_peer(s.entered("worker")),
    _("A peer worker can be with the person too, but somebody else must answer for them."),
    entered=True,
)
_another_worker = Guard(
    "another_worker",
    lambda s: not s.has("worker") or s.entered("worker").pk != s.referral.named_worker_id,
    _("Choose somebody else: {worker} is the named worker already."),
    entered=True,
)
_by_handover = Guard(
    "handover_accepted",
    lambda s: (
        s.referral.named_worker_id is None
        or not s.passes_responsibility
        or s.named_worker_leaves
        or (s.has("worker") and s.handed_over_to(s.entered("worker")))
    ),
    _("Plan a handover with the person first, and let the new worker accept it."),
    entered=True,
)
_counts_as_first = Guard(
    "counts_as_first_contact",
    lambda s: s.contact_counts,
    _(
        "Only an attended contact with {team} after it accepted counts, and not one for triage or"
        " assessment."
    ),
    entered=True,
)
_somebody_takes_over = Guard(
    "somebody_takes_over",
    lambda s: s.next_holder is not None,
    _("Name a worker of {team} who answers for the person; a peer worker cannot be the only one."),
    entered=True,
)
_just_now = Guard(
    "within_a_day",
    lambda s: s.days_since_first_contact <= 1,
    _("This can be taken back within a day only. Hand over to somebody instead."),
)
_close_code = Guard(
    "closure_code",
    lambda s: s.entered("close_reason") in CLOSE_REASONS,
    _("Select why it ends."),
    entered=True,
)
_ending_agreed = Guard(
    "ending_agreed",
    lambda s: s.ending_plan is not None or s.signed_off,
    _(
        "Agree an ending plan with the person before the day of the ending, or ask the lead to"
        " sign off why there is none."
    ),
)
_missed_signed = Guard(
    "missed_contacts_signed_off",
    lambda s: (
        s.entered("close_reason") != MISSED_CONTACTS or (s.signed_off and bool(s.sign_off.attempts))
    ),
    _(
        "Ending after missed contacts needs what you tried to find out what got in the way, and"
        " the lead's sign-off."
    ),
    entered=True,
)
_sign_off_open = Guard(
    "sign_off_asked", lambda s: s.open_sign_off is not None, _("Nobody has asked for a sign-off.")
)
_no_sign_off_open = Guard(
    "sign_off_not_asked_yet",
    lambda s: s.open_sign_off is None,
    _("A sign-off has been asked for already and waits for the lead."),
)
_not_own_request = Guard(
    "not_own_request",
    lambda s: (
        s.open_sign_off is None
        or s.actor.user is None
        or s.open_sign_off.asked_by_id != s.actor.user.pk
    ),
    _("Somebody else than the one who asked must sign off."),
)
_cause_known = Guard(
    "cause",
    lambda s: s.entered("cause") in EARLY_ENDINGS,
    _("Select what happened: died, moved away, admitted or imprisoned."),
    entered=True,
)
_move_confirmed = Guard(
    "move_confirmed",
    lambda s: s.entered("cause") != "moved" or s.has("confirmed_by"),
    _("A team where the person moved to must have confirmed first contact. Say who did."),
    entered=True,
)
_death_known = Guard(
    "death_recorded",
    lambda s: s.entered("cause") != "died" or s.referral.person.death_date is not None,
    _("Record the death on the person's page first; it closes everything at once."),
    entered=True,
)
_extra_complete = Guard(
    "extra_help_complete",
    lambda s: not s.has("extra_words") or (s.has("extra_owner") and s.has("extra_until")),
    _("Say who sees to the extra help and until when."),
    entered=True,
)
_agreed_both = Guard(
    "both_agreed",
    lambda s: s.entered("person_agreed") is True and s.entered("sender_agreed") is True,
    _("Only when the person and the sender have both agreed can this become a referral."),
    entered=True,
)
_changes_something = Guard(
    "another_intensity",
    lambda s: s.entered("intensity") != s.referral.intensity or s.has("extra_words"),
    _("This is the present intensity. Choose another, or add extra help."),
    entered=True,
)

EARLY_ENDINGS = {"died": "06", "moved": "03", "admitted": "01", "imprisoned": ""}

# Rows --------------------------------------------------------------------------------------------

S = State
R = Role
_BEFORE_DECISION = (S.SENT, S.RECEIVED, S.ASSESSING)

ROWS: tuple[Row, ...] = (
    Row(
        "send",
        _("Send the referral"),
        _("Referral sent"),
        (S.DRAFT,),
        S.SENT,
        (R.SENDER, R.PERSON),
        (
            _alive,
            need(
                "reason_words",
                "reason_why_not",
                sentence=_("Write the reason in the person's own words, or say why you cannot."),
            ),
            need("priority", sentence=_("Select how soon help is needed.")),
            need(
                "reach_words",
                sentence=_("Say how the person can be reached."),
                when=_urgent,
            ),
            need(
                "person_view",
                sentence=_("Say whether the person wants this, is unsure or does not want it."),
                when=_in_time,
            ),
            need(
                "meanwhile_support",
                sentence=_("Say what support the person gets while waiting."),
                when=_in_time,
            ),
            _sent_to_team,
            _other_team_than_ours,
            _held_meanwhile,
        ),
    ),
    Row(
        "acknowledge",
        _("We have it"),
        _("Receiving team has it"),
        (S.SENT,),
        S.RECEIVED,
        (R.RECEIVER, R.LINK_PARTNER),
    ),
    Row(
        "assess",
        _("Offer a meeting"),
        _("Meeting offered to decide together"),
        (S.SENT, S.RECEIVED),
        S.ASSESSING,
        (R.RECEIVER,),
        (
            _alive,
            need("meeting_words", sentence=_("Say which meeting was offered: when, where, how.")),
        ),
        FULL,
    ),
    Row(
        "ask",
        _("Ask a question"),
        _("Question asked"),
        _BEFORE_DECISION,
        S.AWAITING_INFORMATION,
        (R.RECEIVER,),
        (
            need("question", sentence=_("Write the question.")),
            need(
                "asked_worker", "asked_team", "asked_words", sentence=_("Say who is asked by name.")
            ),
            _asked_other_than_person,
        ),
    ),
    Row(
        "answer",
        _("Answer the question"),
        _("Question answered"),
        (S.AWAITING_INFORMATION,),
        S.RECEIVED,
        (R.ASKED, R.LINK_PARTNER),
        (_question_open, need("answer", sentence=_("Write the answer."))),
    ),
    Row(
        "proceed_without_answer",
        _("Go on without an answer"),
        _("Went on without an answer"),
        (S.AWAITING_INFORMATION,),
        S.RECEIVED,
        (R.RECEIVER,),
        (_question_open, need("tried", sentence=_("Say what was tried to get an answer."))),
    ),
    Row(
        "accept",
        _("Accept"),
        _("Accepted"),
        (S.RECEIVED, S.ASSESSING),
        S.ACCEPTED,
        (R.RECEIVER, R.LINK_PARTNER),
        (_alive, _team_open),
        FULL,
    ),
    Row(
        "accept",
        _("Accept"),
        _("Accepted"),
        (S.SENT,),
        S.ACCEPTED,
        (R.RECEIVER, R.LINK_PARTNER),
        (_alive, _team_open),
        (Kind.STEP_UP, Kind.STEP_DOWN),
    ),
    Row(
        "propose_decline",
        _("Propose to decline"),
        _("Decline proposed"),
        _BEFORE_DECISION,
        S.DECLINE_PROPOSED,
        (R.RECEIVER, R.LINK_PARTNER),
        (
            _national_code,
            _fair_grounds,
            need("explanation", sentence=_("Explain it plainly, as the person will read it.")),
            need("cannot_offer", sentence=_("Say what your team cannot offer.")),
            _who_instead,
            _other_instead,
            _talked_live,
        ),
    ),
    Row(
        "agree_decline",
        _("Agree, and say what comes next"),
        _("Decline agreed"),
        (S.DECLINE_PROPOSED,),
        S.DECLINED,
        (R.SENDER,),
        (_no_own_decline, _next_step, _onward_elsewhere),
    ),
    Row(
        "challenge",
        _("Challenge the decline"),
        _("Decline challenged"),
        (S.DECLINE_PROPOSED,),
        S.RECEIVED,
        (R.SENDER,),
        (_no_own_decline, need("reason", sentence=_("Say why this team is the right place."))),
    ),
    Row(
        "redirect",
        _("Pass on to another team"),
        _("Passed on to another team"),
        (S.SENT, S.RECEIVED, S.DECLINE_PROPOSED),
        S.SENT,
        (R.SENDER, R.RECEIVER),
        (_alive, _new_team, _sender_agrees),
    ),
    Row(
        "allocate",
        _("Name a worker"),
        _("Worker named"),
        (S.ACCEPTED,),
        S.ALLOCATED,
        (R.RECEIVING_LEAD,),
        (
            _alive,
            need("worker", sentence=_("Choose a worker.")),
            _worker_fits,
            _not_a_peer,
        ),
        FULL,
    ),
    Row(
        "reallocate",
        _("Change the worker"),
        _("Worker changed"),
        (S.ALLOCATED,),
        S.ALLOCATED,
        (R.RECEIVING_LEAD,),
        (
            _alive,
            need("worker", sentence=_("Choose a worker.")),
            need("reason", sentence=_("Say why the worker changes.")),
            _another_worker,
            _worker_fits,
            _not_a_peer,
        ),
        FULL,
    ),
    Row(
        "reallocate",
        _("Change the worker"),
        _("Worker changed"),
        (S.IN_SERVICE,),
        S.IN_SERVICE,
        (R.RECEIVING_LEAD,),
        (
            _alive,
            need("worker", sentence=_("Choose a worker.")),
            need("reason", sentence=_("Say why the worker changes.")),
            _another_worker,
            _by_handover,
            _worker_fits,
            _not_a_peer,
        ),
        FULL,
    ),
    Row(
        "first_contact",
        _("Confirm the first contact"),
        _("First contact held"),
        (S.ACCEPTED, S.ALLOCATED),
        S.IN_SERVICE,
        (R.CONTACT, R.LINK_PARTNER),
        (_counts_as_first, _somebody_takes_over),
        FULL,
    ),
    Row(
        "undo_first_contact",
        _("Take the first contact back"),
        _("First contact taken back"),
        (S.IN_SERVICE,),
        S.ALLOCATED,
        (R.RECEIVER,),
        (_just_now, need("reason", sentence=_("Say why it was not the first contact."))),
        FULL,
        chosen=lambda s: s.state_before_contact != S.ACCEPTED,
    ),
    Row(
        "undo_first_contact",
        _("Take the first contact back"),
        _("First contact taken back"),
        (S.IN_SERVICE,),
        S.ACCEPTED,
        (R.RECEIVER,),
        (_just_now, need("reason", sentence=_("Say why it was not the first contact."))),
        FULL,
    ),
    Row(
        "change_intensity",
        _("Change the intensity"),
        _("Intensity changed"),
        (S.IN_SERVICE,),
        None,
        (R.NAMED_WORKER,),
        (
            _alive,
            need("intensity", sentence=_("Select intensive, steady or light touch.")),
            need("with_person", sentence=_("Agree it with the person first.")),
            _extra_complete,
            _changes_something,
        ),
        FULL,
    ),
    Row(
        "request_sign_off",
        _("Ask the lead to sign off"),
        _("Sign-off asked for"),
        (S.IN_SERVICE,),
        None,
        (R.NAMED_WORKER,),
        (
            _no_sign_off_open,
            need("reason", sentence=_("Say why there is no ending plan agreed with the person.")),
        ),
        FULL,
    ),
    Row(
        "sign_off",
        _("Sign off"),
        _("Lead answered about the sign-off"),
        (S.IN_SERVICE,),
        None,
        (R.SIGNING_LEAD,),
        (
            _sign_off_open,
            _not_own_request,
            Guard(
                "yes_or_no",
                lambda s: s.entered("granted") in (True, False),
                _("Select yes or no."),
                entered=True,
            ),
            need("answer", sentence=_("Say why.")),
        ),
        FULL,
    ),
    Row(
        "close",
        _("End the work"),
        _("Work ended"),
        (S.IN_SERVICE,),
        S.CLOSED,
        (R.NAMED_WORKER,),
        (
            need("outcome_words", sentence=_("Write what came of it.")),
            _close_code,
            _ending_agreed,
            _missed_signed,
        ),
        FULL,
    ),
    Row(
        "give_advice",
        _("Give the advice"),
        _("Advice given"),
        (S.RECEIVED,),
        S.CLOSED,
        (R.RECEIVER,),
        (need("advice", sentence=_("Write the advice.")),),
        (Kind.ADVICE,),
    ),
    Row(
        "convert",
        _("Turn it into a referral"),
        _("Turned into a referral"),
        (S.RECEIVED,),
        None,
        (R.RECEIVER,),
        (_alive, _agreed_both),
        (Kind.ADVICE,),
    ),
    Row(
        "end_early",
        _("End early"),
        _("Ended early"),
        OPEN,
        S.CLOSED,
        (R.HOLDER, R.SERVICE),
        (
            _cause_known,
            need("happened_on", sentence=_("Say when it happened.")),
            need(
                "who_keeps_contact",
                sentence=_("Say who keeps contact with the person."),
                when=lambda s: s.entered("cause") != "died",
            ),
            _move_confirmed,
            _death_known,
        ),
    ),
    Row(
        "withdraw",
        _("Withdraw"),
        _("Withdrawn"),
        (S.DRAFT, *OPEN[:-1]),
        S.WITHDRAWN,
        (R.PERSON, R.SENDER, R.SERVICE),
        (
            need("asked_by", sentence=_("Say who asked for this: the person or the sender.")),
            need("reason", sentence=_("Say why.")),
            need("instead", sentence=_("Say what happens instead.")),
        ),
    ),
    Row(
        "reopen",
        _("Come back"),
        _("Came back"),
        (S.CLOSED,),
        S.ACCEPTED,
        (R.PERSON, R.SENDER, R.RECEIVER),
        (_alive, _team_open, _held_meanwhile),
        FULL,
        chosen=lambda s: s.referral.within_come_back(s.on),
    ),
    Row(
        "reopen",
        _("Open again"),
        _("Opened again"),
        (S.CLOSED, S.DECLINED, S.WITHDRAWN),
        S.RECEIVED,
        (R.SENDER, R.RECEIVER),
        (
            _alive,
            _team_open,
            need("note", sentence=_("Say why it is opened again.")),
            _held_meanwhile,
        ),
    ),
    Row(
        "mark_in_error",
        _("Mark as recorded by mistake"),
        _("Marked as recorded by mistake"),
        tuple(state for state in State if state != S.ENTERED_IN_ERROR),
        S.ENTERED_IN_ERROR,
        (R.RECORDS_ADMINISTRATOR,),
        (need("reason", sentence=_("Say why it was a mistake.")),),
    ),
)

EVENTS: tuple[str, ...] = tuple(dict.fromkeys(row.event for row in ROWS))


def rows_of(event: str, state: str | None = None) -> list[Row]:
    """The rows of an event, from one state if given, in their order."""
    return [row for row in ROWS if row.event == event and (state is None or state in row.sources)]


def targets(event: str, state: State) -> list[State]:
    """Where an event may lead to from a state."""
    return list(dict.fromkeys(row.target_from(state) for row in rows_of(event, state)))


def moves() -> Iterator[tuple[Row, State, State]]:
    """Every row from every state it starts from: the row, the state, where it leads to."""
    for row in ROWS:
        for state in row.sources:
            yield row, state, row.target_from(state)
