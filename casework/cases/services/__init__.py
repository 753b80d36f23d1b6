"""What is done to a record: people, cases, who is with whom, contacts.

Each function is one act by one user, in one transaction: the row, its history, the case event,
the reason to open the record, and the mark for the next sweep. Whether `by` may do it is asked of
`policy` by whoever calls.
"""

from casework.cases.services.allocations import allocate, change_worker, end_allocation
from casework.cases.services.contacts import book_contact, record_contact
from casework.cases.services.deaths import end_what_is_open, record_death
from casework.cases.services.people import add_person, open_case
from casework.cases.services.records import touch

__all__ = [
    "add_person",
    "allocate",
    "book_contact",
    "change_worker",
    "end_allocation",
    "end_what_is_open",
    "open_case",
    "record_contact",
    "record_death",
    "touch",
]
