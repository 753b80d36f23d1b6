from careplans.models.agreeing import (
    Agreement,
    CapacityRecord,
    ConfirmationCode,
    LegalAuthority,
    Review,
    Version,
)
from careplans.models.documents import Document, DocumentGiven, DocumentText
from careplans.models.lines import (
    Comment,
    GoalScore,
    Line,
    Proposal,
    ProposalAnswer,
    Rating,
    Revision,
)
from careplans.models.measuring import Measurement, MeasurePack
from careplans.models.plan import AreaOfLife, LocalArea, Look, Plan, PlanArea
from careplans.models.recorded import RecordedAgreement, RecordedPlan
from careplans.models.sharing import Presence, SharingChoice

__all__ = [
    "Agreement",
    "AreaOfLife",
    "CapacityRecord",
    "Comment",
    "ConfirmationCode",
    "Document",
    "DocumentGiven",
    "DocumentText",
    "GoalScore",
    "LegalAuthority",
    "Line",
    "LocalArea",
    "Look",
    "MeasurePack",
    "Measurement",
    "Plan",
    "PlanArea",
    "Presence",
    "Proposal",
    "ProposalAnswer",
    "Rating",
    "RecordedAgreement",
    "RecordedPlan",
    "Review",
    "Revision",
    "SharingChoice",
    "Version",
]
