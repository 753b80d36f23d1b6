"""What is done to a referral: one verb per event of the table, and what leads up to it.

Each verb is one act in one transaction: the row is locked, the table is asked (who, where it
stands, what is still missing), the state moves, and the row, one history row, one case event,
the reasons to open the record and the notice to whoever acts next are written, or nothing at all.
"""

from referrals.services.deaths import close_at_death, follow_recorded_deaths
from referrals.services.deciding import (
    accept,
    acknowledge,
    agree_decline,
    answer,
    ask,
    assess,
    challenge,
    convert,
    give_advice,
    proceed_without_answer,
    propose_decline,
)
from referrals.services.endings import (
    close,
    end_early,
    mark_in_error,
    reopen,
    request_sign_off,
    sign_off,
    withdraw,
    write_ending_plan,
)
from referrals.services.handovers import (
    accept_handover,
    decline_handover,
    propose_handover,
    stop_handover,
    tick_handover,
)
from referrals.services.responsibility import begin_holding, ensure_held, override_holder
from referrals.services.sending import draft, edit_draft, redirect, send
from referrals.services.stalls import answer_stall, look_at_due, snooze
from referrals.services.working import (
    allocate,
    change_intensity,
    first_contact,
    reallocate,
    undo_first_contact,
)

__all__ = [
    "accept",
    "accept_handover",
    "acknowledge",
    "agree_decline",
    "allocate",
    "answer",
    "answer_stall",
    "ask",
    "assess",
    "begin_holding",
    "challenge",
    "change_intensity",
    "close",
    "close_at_death",
    "convert",
    "decline_handover",
    "draft",
    "edit_draft",
    "end_early",
    "ensure_held",
    "first_contact",
    "follow_recorded_deaths",
    "give_advice",
    "look_at_due",
    "mark_in_error",
    "override_holder",
    "proceed_without_answer",
    "propose_decline",
    "propose_handover",
    "reallocate",
    "redirect",
    "reopen",
    "request_sign_off",
    "send",
    "sign_off",
    "snooze",
    "stop_handover",
    "tick_handover",
    "undo_first_contact",
    "withdraw",
    "write_ending_plan",
]
