"""Situations for tests, reached by calling the services, so that none can be illegal.

NHS numbers come from the 999 range that is kept for tests.
"""

from tests.factories.accounts import member, user
from tests.factories.cases import contact, held_person, person_with_key_worker
from tests.factories.directory import organisation, team, worker
from tests.factories.numbers import nhs_number

__all__ = [
    "contact",
    "held_person",
    "member",
    "nhs_number",
    "organisation",
    "person_with_key_worker",
    "team",
    "user",
    "worker",
]
