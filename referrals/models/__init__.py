from referrals.models.asking import DeclineProposal, Question, SignOff, StallAnswer
from referrals.models.asks import (
    Ask,
    Attachment,
    Correction,
    MissingOffer,
    Offer,
    OfferNeed,
    SharedPart,
)
from referrals.models.clock import ClockCode, StallMark
from referrals.models.facts import FurtherTeam, OnwardReferral, ReferralContact, ReferralMeasure
from referrals.models.handover import EndingPlan, Handover
from referrals.models.holding import HoldingChange, Responsibility, TeamDuty
from referrals.models.paths import BounceMeeting, LinkUse, PartnerAddress, ReplyLink
from referrals.models.referral import Referral

__all__ = [
    "Ask",
    "Attachment",
    "BounceMeeting",
    "ClockCode",
    "Correction",
    "DeclineProposal",
    "EndingPlan",
    "FurtherTeam",
    "Handover",
    "HoldingChange",
    "LinkUse",
    "MissingOffer",
    "Offer",
    "OfferNeed",
    "OnwardReferral",
    "PartnerAddress",
    "Question",
    "Referral",
    "ReferralContact",
    "ReferralMeasure",
    "ReplyLink",
    "Responsibility",
    "SharedPart",
    "SignOff",
    "StallAnswer",
    "StallMark",
    "TeamDuty",
]
