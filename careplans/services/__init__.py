"""What is done to a care plan: one act by one writer, in one transaction.

A writer is a user (alone, or `Writer(user, together=True)` with the person), the person
(`Writer(person_id=…)`) or a carer by name. Each act locks the plan, asks the tables of voices and
states, and writes the row, its revision, the case event and the notice, or nothing at all.
"""

from careplans.services.agreeing import (
    answer_as_person,
    answer_for_oneself,
    answer_for_team,
    record_authority,
    record_capacity,
    record_code,
    record_legal_authority,
    record_signature,
    record_told,
    send_code,
)
from careplans.services.areas import add_area, arrange, as_everywhere, edit_area
from careplans.services.living import (
    ask_for_review,
    begin_again,
    end,
    keep_after_review,
    mark_read,
    share,
    start,
    use_without_agreement,
)
from careplans.services.measuring import add_pack, answer_pack, record_total, use_pack
from careplans.services.rating import rank, rate, score
from careplans.services.sharing import also_here, choose_sharing, here
from careplans.services.writing import (
    accept,
    comment,
    decline,
    discuss,
    propose,
    remove,
    report,
    settle_comment,
    withdraw,
    write,
)

__all__ = [
    "accept",
    "add_area",
    "add_pack",
    "also_here",
    "answer_as_person",
    "answer_for_oneself",
    "answer_for_team",
    "answer_pack",
    "arrange",
    "as_everywhere",
    "ask_for_review",
    "begin_again",
    "choose_sharing",
    "comment",
    "decline",
    "discuss",
    "edit_area",
    "end",
    "here",
    "keep_after_review",
    "mark_read",
    "propose",
    "rank",
    "rate",
    "record_authority",
    "record_capacity",
    "record_code",
    "record_legal_authority",
    "record_signature",
    "record_told",
    "record_total",
    "remove",
    "report",
    "score",
    "send_code",
    "settle_comment",
    "share",
    "start",
    "use_pack",
    "use_without_agreement",
    "withdraw",
    "write",
]
