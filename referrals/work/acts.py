"""What each act on a referral asks for, and which service does it.

One declaration per event of the table that people do on these pages. What may happen, to whom and
when, and what is said where something is missing, is the table's alone: a form only says which
questions are asked, and at which of them a sentence of the table is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from referrals import services
from referrals.models import Referral

Data = dict[str, Any]


def _same(data: Data) -> Data:
    return data


def _ask(data: Data) -> Data:
    whom = data.pop("whom", "")
    sender = data.pop("sender_team", None)
    kept = {"sender": "asked_team", "team": "asked_team", "worker": "asked_worker"}.get(
        whom, "asked_words"
    )
    chosen = {
        "asked_team": sender if whom == "sender" else data.get("asked_team"),
        "asked_worker": data.get("asked_worker"),
        "asked_words": data.get("asked_words", ""),
    }
    empty: Data = {"asked_team": None, "asked_worker": None, "asked_words": ""}
    return {"question": data["question"], **empty, kept: chosen[kept] if whom else empty[kept]}


def _decline(data: Data) -> Data:
    data["nothing_exists"] = data.pop("instead", "") == "nothing"
    return data


def _agree(data: Data) -> Data:
    data.pop("next", None)
    return data


def _intensity(data: Data) -> Data:
    data.pop("extra", None)
    data["extra_owner"] = data["extra_owner"] or None
    return data


def _sign_off(data: Data) -> Data:
    data["granted"] = {"yes": True, "no": False}.get(data["granted"])
    return data


@dataclass(frozen=True)
class Act:
    """One act as a form: its heading, questions and button, and the service behind it.

    `conditionals` are questions that an answer reveals; `at` says at which question the sentence
    of a guard is shown, where that is not the question of the guard's own name.
    """

    event: str
    heading: Any
    submit: Any
    service: Callable[..., Any]
    fields: tuple[str, ...] = ()
    intro: tuple[Any, ...] = ()
    conditionals: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Data], Data] = _same
    warning: bool = False
    guarded: bool = True  # the service asks for the version that was shown
    main: bool = False  # a button of its own; others are in the list below

    def do(self, *, referral: Referral, by: Any, version: int, data: Data) -> Any:
        """Let it happen."""
        if self.guarded:
            data = {**data, "seen_version": version}
        return self.service(referral=referral, by=by, **data)


_INSTEAD = {"team": ("instead_team",), "words": ("instead_words",)}
_EXTRA = {"yes": ("extra_words", "extra_owner", "extra_until")}

ACTS: tuple[Act, ...] = (
    Act(
        "acknowledge",
        _("Say that you have it"),
        _("We have it"),
        services.acknowledge,
        intro=(_("The sender sees that it has arrived, and who decides next."),),
        main=True,
    ),
    Act(
        "accept",
        _("Accept this referral"),
        _("Accept"),
        services.accept,
        intro=(_("Whoever holds {name} now goes on until your team has met them."),),
        main=True,
    ),
    Act(
        "assess",
        _("Offer {name} a meeting to decide together"),
        _("Record the offer"),
        services.assess,
        ("meeting_words",),
        main=True,
    ),
    Act(
        "ask",
        _("Ask for one more thing"),
        _("Ask the question"),
        services.ask,
        ("question", "whom", "asked_team", "asked_worker", "asked_words"),
        intro=(_("A worker finds it out with {name}. Nobody chases {name} for it."),),
        conditionals={
            "whom": {
                "team": ("asked_team",),
                "worker": ("asked_worker",),
                "words": ("asked_words",),
            }
        },
        at={
            "asked_worker_or_asked_team_or_asked_words": "whom",
            "asks_a_worker": "whom",
        },
        prepare=_ask,
    ),
    Act(
        "answer",
        _("Answer the question"),
        _("Send the answer"),
        services.answer,
        ("answer",),
        at={"question_open": "answer"},
        main=True,
    ),
    Act(
        "proceed_without_answer",
        _("Go on without an answer"),
        _("Go on"),
        services.proceed_without_answer,
        ("tried",),
    ),
    Act(
        "propose_decline",
        _("Propose to decline"),
        _("Propose it to the sender"),
        services.propose_decline,
        (
            "explanation",
            "cannot_offer",
            "instead",
            "instead_team",
            "instead_words",
            "grounds",
            "reason_code",
            "live_conversation",
        ),
        intro=(
            _(
                "Nothing is decided by this. The sender talks with {name} first, and then agrees or"
                " says why your team is the right place."
            ),
        ),
        conditionals={"instead": _INSTEAD},
        at={
            "reason_01_or_02": "reason_code",
            "fair_grounds": "grounds",
            "who_can_help_instead": "instead",
            "instead_is_another": "instead_team",
        },
        prepare=_decline,
    ),
    Act(
        "agree_decline",
        _("Agree, and say what comes next"),
        _("Agree"),
        services.agree_decline,
        ("talked_on", "next", "onward_team", "holding_plan"),
        intro=(
            _(
                "Talk with {name} first. With another team, a referral to it is begun with the same"
                " story: nothing has to be told again."
            ),
        ),
        conditionals={"next": {"team": ("onward_team",), "plan": ("holding_plan",)}},
        at={"next_step": "next", "onward_elsewhere": "onward_team"},
        prepare=_agree,
        main=True,
    ),
    Act(
        "challenge",
        _("Say why this team is the right place"),
        _("Challenge the decline"),
        services.challenge,
        ("reason",),
        intro=(_("It goes to the lead of the receiving team; a second time to the network lead."),),
        main=True,
    ),
    Act(
        "redirect",
        _("Pass on to another team"),
        _("Pass it on"),
        services.redirect,
        ("team", "sender_agreed", "parts_agreed", "reason"),
        intro=(
            _(
                "The same referral moves on: nothing is written again, and {name}'s wait goes on"
                " counting from the first day."
            ),
        ),
        at={"another_team": "team", "sender_agrees": "sender_agreed"},
    ),
    Act(
        "allocate",
        _("Name a worker for {name}"),
        _("Name this worker"),
        services.allocate,
        ("worker",),
        at={"worker_of_team": "worker", "not_a_peer_worker": "worker"},
        main=True,
    ),
    Act(
        "reallocate",
        _("Change the worker"),
        _("Name this worker"),
        services.reallocate,
        ("worker", "reason"),
        at={
            "worker_of_team": "worker",
            "not_a_peer_worker": "worker",
            "another_worker": "worker",
            "handover_accepted": "worker",
        },
    ),
    Act(
        "undo_first_contact",
        _("Take the first contact back"),
        _("Take it back"),
        services.undo_first_contact,
        ("reason",),
        intro=(_("Whoever held {name} before holds them again."),),
        warning=True,
    ),
    Act(
        "change_intensity",
        _("Change how intensive the work is"),
        _("Change it"),
        services.change_intensity,
        ("intensity", "with_person", "extra", "extra_words", "extra_owner", "extra_until"),
        intro=(_("No new triage: {name} stays with the same team and worker."),),
        conditionals={"extra": _EXTRA},
        at={"another_intensity": "intensity", "extra_help_complete": "extra_words"},
        prepare=_intensity,
        main=True,
    ),
    Act(
        "request_sign_off",
        _("Ask the lead to sign off"),
        _("Ask the lead"),
        services.request_sign_off,
        ("reason", "attempts"),
        intro=(_("For an ending without a plan agreed with {name}, or after missed meetings."),),
    ),
    Act(
        "sign_off",
        _("Sign off the ending"),
        _("Send the answer"),
        services.sign_off,
        ("granted", "answer"),
        at={"yes_or_no": "granted"},
        prepare=_sign_off,
        main=True,
    ),
    Act(
        "close",
        _("End the work with {name}"),
        _("End the work"),
        services.close,
        ("outcome_words", "close_reason"),
        intro=(_("{name} can come back for a year without a new referral."),),
        at={"closure_code": "close_reason", "missed_contacts_signed_off": "close_reason"},
        warning=True,
    ),
    Act(
        "give_advice",
        _("Give the advice"),
        _("Send the advice"),
        services.give_advice,
        ("advice",),
        main=True,
    ),
    Act(
        "convert",
        _("Turn the question into a referral"),
        _("Turn it into a referral"),
        services.convert,
        ("person_agreed", "sender_agreed_too"),
        at={"both_agreed": "person_agreed"},
        prepare=lambda data: {
            "person_agreed": data["person_agreed"],
            "sender_agreed": data["sender_agreed_too"],
        },
    ),
    Act(
        "end_early",
        _("End early"),
        _("End it"),
        services.end_early,
        ("cause", "happened_on", "who_keeps_contact", "confirmed_by", "words"),
        intro=(
            _(
                "For somebody who moved away, was admitted or imprisoned. If {name} has died,"
                " record it on their page: that closes everything at once."
            ),
        ),
        at={"move_confirmed": "confirmed_by", "death_recorded": "cause"},
        warning=True,
    ),
    Act(
        "withdraw",
        _("Withdraw this referral"),
        _("Withdraw it"),
        services.withdraw,
        ("asked_by", "reason", "instead_of_it"),
        at={"instead": "instead_of_it"},
        prepare=lambda data: {
            "asked_by": data["asked_by"],
            "reason": data["reason"],
            "instead": data["instead_of_it"],
        },
        warning=True,
    ),
    Act(
        "reopen",
        _("Open it again"),
        _("Open it again"),
        services.reopen,
        ("note",),
        intro=(_("{name}'s wait goes on counting from the first day of this journey."),),
        main=True,
    ),
    Act(
        "mark_in_error",
        _("Mark as recorded by mistake"),
        _("Mark it"),
        services.mark_in_error,
        ("reason",),
        intro=(_("It stays readable for those who look into it, and counts for nothing."),),
        warning=True,
    ),
)
STALL_ACTS: tuple[Act, ...] = (
    Act(
        "progress",
        _("Say how it goes on"),
        _("Save the answer"),
        services.answer_stall,
        ("last_contact", "what_next", "by_when"),
        intro=(_("The time for this step begins again. {name}'s own wait does not."),),
        guarded=False,
    ),
    Act(
        "snooze",
        _("Put the question about progress off"),
        _("Ask me later"),
        services.snooze,
        ("until", "later_because"),
        prepare=lambda data: {"until": data["until"], "reason": data["later_because"]},
        guarded=False,
    ),
)
BY_EVENT: dict[str, Act] = {act.event: act for act in (*ACTS, *STALL_ACTS)}
