"""What is done while another team is asked for help. Moving the referral itself is the engine's."""

from referrals.asking.services.correcting import answer_correction, correct, read_together
from referrals.asking.services.files import attach, remove
from referrals.asking.services.offering import edit_offer, note_missing, offer
from referrals.asking.services.writing import (
    Shared,
    ask_urgently,
    begin,
    choose_team,
    follow_on,
    missing,
    save,
    send,
    set_need,
)

__all__ = [
    "Shared",
    "answer_correction",
    "ask_urgently",
    "attach",
    "begin",
    "choose_team",
    "correct",
    "edit_offer",
    "follow_on",
    "missing",
    "note_missing",
    "offer",
    "read_together",
    "remove",
    "save",
    "send",
    "set_need",
]
