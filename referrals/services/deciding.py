"""The receiving team decides, together with the sender and the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casework.accounts.models import User
from casework.directory.models import Team, Worker
from referrals.actors import Actor
from referrals.models import DeclineProposal, Question, Referral
from referrals.services.engine import act
from referrals.services.sending import draft
from referrals.situation import Situation
from referrals.table import Kind

Outcome = DeclineProposal.Outcome


def acknowledge(
    *, referral: Referral, by: User | Actor, seen_version: int | None = None
) -> Referral:
    """Tell the sender and the person that it has arrived."""
    return act("acknowledge", referral=referral, by=by, seen_version=seen_version)


def assess(
    *, referral: Referral, by: User | Actor, meeting_words: str, seen_version: int | None = None
) -> Referral:
    """Offer the person a meeting to decide together. It never moves the responsibility."""

    def effect(situation: Situation) -> None:
        situation.referral.meeting_words = meeting_words

    return act(
        "assess",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"meeting_words": meeting_words},
    )


def ask(
    *,
    referral: Referral,
    by: User | Actor,
    question: str,
    asked_worker: Worker | None = None,
    asked_team: Team | None = None,
    asked_words: str = "",
    seen_version: int | None = None,
) -> Referral:
    """Ask somebody named for one more thing."""

    def effect(situation: Situation) -> dict[str, Any]:
        row = Question.objects.create(
            referral=situation.referral,
            question=question,
            asked_worker=asked_worker,
            asked_team=asked_team,
            asked_words=asked_words,
            asked_by=situation.actor.user,
        )
        return {"question": str(row.pk)}

    return act(
        "ask",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={
            "question": question,
            "asked_worker": asked_worker,
            "asked_team": asked_team,
            "asked_words": asked_words,
        },
    )


def answer(
    *, referral: Referral, by: User | Actor, answer: str, seen_version: int | None = None
) -> Referral:
    """Answer the open question."""
    return _settle_question("answer", referral, by, seen_version, {"answer": answer})


def proceed_without_answer(
    *, referral: Referral, by: User | Actor, tried: str, seen_version: int | None = None
) -> Referral:
    """Go on although nobody answered, and say what was tried."""
    return _settle_question("proceed_without_answer", referral, by, seen_version, {"tried": tried})


def _settle_question(
    event: str,
    referral: Referral,
    by: User | Actor,
    seen_version: int | None,
    details: dict[str, Any],
) -> Referral:
    def effect(situation: Situation) -> dict[str, Any]:
        question = situation.question
        if question is None:  # the guard has asked already
            raise LookupError("no open question")
        question.answer = details.get("answer", "")
        question.given_up = details.get("tried", "")
        question.answered_by = situation.actor.user
        question.settled_on = situation.on
        question.save()
        return {"question": str(question.pk)}

    return act(
        event,
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details=details,
    )


def accept(*, referral: Referral, by: User | Actor, seen_version: int | None = None) -> Referral:
    """Take the referral on. Whoever holds the person goes on holding until the first contact."""

    def effect(situation: Situation) -> None:
        situation.referral.accepted_on = situation.on

    return act("accept", referral=referral, by=by, seen_version=seen_version, effect=effect)


def propose_decline(
    *,
    referral: Referral,
    by: User | Actor,
    reason_code: str,
    grounds: Sequence[str],
    explanation: str,
    cannot_offer: str,
    instead_team: Team | None = None,
    instead_words: str = "",
    nothing_exists: bool = False,
    live_conversation: str = "",
    seen_version: int | None = None,
) -> Referral:
    """Say that this is not the right place, why, and who can help instead. The sender decides."""
    details = {
        "reason_code": reason_code,
        "grounds": list(grounds),
        "explanation": explanation,
        "cannot_offer": cannot_offer,
        "instead_team": instead_team,
        "instead_words": instead_words,
        "nothing_exists": nothing_exists,
        "live_conversation": live_conversation,
    }

    def effect(situation: Situation) -> dict[str, Any]:
        row = situation.referral
        earlier = row.proposals.filter(outcome=Outcome.CHALLENGED).count()
        proposal = DeclineProposal.objects.create(
            referral=row, by=situation.actor.user, level=earlier, **details
        )
        return {"proposal": str(proposal.pk), "reason_code": reason_code}

    return act(
        "propose_decline",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details=details,
    )


def agree_decline(
    *,
    referral: Referral,
    by: User | Actor,
    onward_team: Team | None = None,
    holding_plan: str = "",
    talked_on: Any = None,
    seen_version: int | None = None,
) -> Referral:
    """Agree, and say what comes next. With `onward_team` a referral to it is begun with the same
    story, in the same journey: nothing has to be told again."""

    def effect(situation: Situation) -> dict[str, Any]:
        row, proposal = situation.referral, situation.proposal
        if proposal is None:  # the guard has asked already
            raise LookupError("no open proposal")
        row.note_edits(rejected_on=situation.on, reject_reason=proposal.reason_code)
        proposal.outcome = Outcome.AGREED
        proposal.outcome_words = holding_plan
        proposal.talked_on = talked_on or proposal.talked_on
        proposal.settled_on = situation.on
        proposal.save()
        onward = None
        if onward_team is not None:
            onward = draft(
                person=row.person,
                by=by,
                sender_team=row.sender_team,
                sender=row.sender,
                parent=row,
                team=onward_team,
                kind=row.kind,
                priority=row.priority,
                primary_reason=row.primary_reason,
                reason_words=row.reason_words,
                reason_why_not=row.reason_why_not,
                may_not_see=row.may_not_see,
                shared_words=row.shared_words,
                person_view=row.person_view,
                reach_words=row.reach_words,
                meanwhile_support=row.meanwhile_support,
                sender_words=row.sender_words,
            )
        return {
            "proposal": str(proposal.pk),
            "onward": str(onward.pk) if onward else None,
            "holding_plan": holding_plan,
        }

    return act(
        "agree_decline",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"onward_team": onward_team, "holding_plan": holding_plan},
    )


def challenge(
    *, referral: Referral, by: User | Actor, reason: str, seen_version: int | None = None
) -> Referral:
    """Say why this team is the right place. The first challenge goes to the receiving lead, the
    second to the network lead."""

    def effect(situation: Situation) -> dict[str, Any]:
        proposal = situation.proposal
        if proposal is None:  # the guard has asked already
            raise LookupError("no open proposal")
        proposal.level += 1
        proposal.outcome = Outcome.CHALLENGED
        proposal.outcome_words = reason
        proposal.settled_on = situation.on
        proposal.save()
        return {
            "proposal": str(proposal.pk),
            "goes_to": "network_lead" if proposal.level > 1 else "receiving_lead",
        }

    return act(
        "challenge",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"reason": reason},
    )


def give_advice(
    *, referral: Referral, by: User | Actor, advice: str, seen_version: int | None = None
) -> Referral:
    """Answer a question that was only a question."""

    def effect(situation: Situation) -> None:
        row = situation.referral
        row.advice = advice
        row.note_edits(discharged_on=situation.on)

    return act(
        "give_advice",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"advice": advice},
    )


def convert(
    *,
    referral: Referral,
    by: User | Actor,
    person_agreed: bool,
    sender_agreed: bool,
    seen_version: int | None = None,
) -> Referral:
    """Turn a question into a referral, as the person and the sender agreed."""

    def effect(situation: Situation) -> None:
        situation.referral.kind = Kind.TRANSFER

    return act(
        "convert",
        referral=referral,
        by=by,
        seen_version=seen_version,
        effect=effect,
        details={"person_agreed": person_agreed, "sender_agreed": sender_agreed},
    )
