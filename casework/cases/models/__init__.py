from casework.cases.models.access import AccessEntry, LiveReason
from casework.cases.models.case import Allocation, Case
from casework.cases.models.contact import Activity, ActivityWorker, Contact
from casework.cases.models.event import CaseEvent, Touched
from casework.cases.models.person import (
    AboutMe,
    Accommodation,
    Adjustment,
    ContactPreference,
    Employment,
    GpRegistration,
    IdentityStatement,
    Person,
)
from casework.cases.models.privacy import (
    AccessSeal,
    Override,
    SealedGrant,
    SealedNote,
    SealHead,
)
from casework.cases.models.work import (
    Absence,
    CheckIn,
    MergeSuspect,
    Note,
    Step,
    WorkerHandover,
)

__all__ = [
    "AboutMe",
    "Absence",
    "AccessEntry",
    "AccessSeal",
    "Accommodation",
    "Activity",
    "ActivityWorker",
    "Adjustment",
    "Allocation",
    "Case",
    "CaseEvent",
    "CheckIn",
    "Contact",
    "ContactPreference",
    "Employment",
    "GpRegistration",
    "IdentityStatement",
    "LiveReason",
    "MergeSuspect",
    "Note",
    "Override",
    "Person",
    "SealHead",
    "SealedGrant",
    "SealedNote",
    "Step",
    "Touched",
    "WorkerHandover",
]
