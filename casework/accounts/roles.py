"""Roles as data: what each role may do, in words for whoever grants it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One thing that somebody may do. Whether to *this* person's record is policy's question."""

    SEE_PEOPLE = "see_people"  # open the record of a person there is a live reason for
    EDIT_PEOPLE = "edit_people"
    ADD_PEOPLE = "add_people"
    RECORD_CONTACTS = "record_contacts"
    ALLOCATE = "allocate"
    SEE_TEAM_ALERTS = "see_team_alerts"
    SEE_OWN_ALERTS = "see_own_alerts"
    SEE_NETWORK = "see_network"  # team-level figures over all teams, no names
    SET_THRESHOLDS = "set_thresholds"
    IMPORT = "import"
    MANAGE_USERS = "manage_users"
    MANAGE_DIRECTORY = "manage_directory"
    SEE_JOBS = "see_jobs"
    REVIEW_ACCESS = "review_access"
    OVERRIDE = "override"
    REFER = "refer"
    DECIDE_REFERRALS = "decide_referrals"
    SIGN_OFF = "sign_off"
    CORRECT_RECORDS = "correct_records"


class Scope(StrEnum):
    """What a membership in the role is bound to."""

    TEAM = "team"
    ORGANISATION = "organisation"
    NETWORK = "network"


@dataclass(frozen=True)
class Role:
    """A named set of permissions."""

    code: str
    name: str | Promise
    description: str | Promise
    scope: Scope
    permissions: frozenset[Permission]

    def __str__(self) -> str:
        return str(self.name)


P = Permission
_MEMBER = frozenset(
    {
        P.SEE_PEOPLE,
        P.EDIT_PEOPLE,
        P.ADD_PEOPLE,
        P.RECORD_CONTACTS,
        P.SEE_OWN_ALERTS,
        P.REFER,
        P.OVERRIDE,
    }
)
_LEAD = _MEMBER | {
    P.ALLOCATE,
    P.SEE_TEAM_ALERTS,
    P.SET_THRESHOLDS,
    P.DECIDE_REFERRALS,
    P.SIGN_OFF,
}

ROLES: dict[str, Role] = {
    role.code: role
    for role in [
        Role(
            "key_worker",
            _("Key worker"),
            _(
                "Works alongside people as their named worker (care coordinator). Sees the people"
                " of the team, records contacts, writes plans with them, decides on referrals."
            ),
            Scope.TEAM,
            _MEMBER | {P.DECIDE_REFERRALS, P.ALLOCATE},
        ),
        Role(
            "team_member",
            _("Team member"),
            _("Meets people of the team: therapist, nurse, doctor, support worker, GP."),
            Scope.TEAM,
            _MEMBER | {P.DECIDE_REFERRALS},
        ),
        Role(
            "peer_worker",
            _("Peer worker"),
            _(
                "Works from lived experience. Sees the people they are with, as each person"
                " chooses, and records contacts."
            ),
            Scope.TEAM,
            frozenset({P.SEE_PEOPLE, P.RECORD_CONTACTS, P.SEE_OWN_ALERTS, P.REFER}),
        ),
        Role(
            "shift_lead",
            _("Shift lead"),
            _("Leads a shift of a crisis or duty team: sees its people and alerts, allocates."),
            Scope.TEAM,
            _MEMBER | {P.ALLOCATE, P.SEE_TEAM_ALERTS, P.DECIDE_REFERRALS},
        ),
        Role(
            "team_lead",
            _("Team lead"),
            _(
                "Answers for a team: allocates, signs endings off, sees the team's alerts, sets"
                " the team's thresholds."
            ),
            Scope.TEAM,
            _LEAD,
        ),
        Role(
            "network_lead",
            _("Network lead"),
            _(
                "Looks after handoffs between teams: sees figures and causes over all teams, and"
                " the people whose alerts have gone up to the network."
            ),
            Scope.NETWORK,
            frozenset({P.SEE_NETWORK, P.SEE_TEAM_ALERTS, P.SEE_PEOPLE, P.SEE_OWN_ALERTS}),
        ),
        Role(
            "privacy_officer",
            _("Privacy officer"),
            _("Reviews who opened which record and why. Does not work with people's records."),
            Scope.ORGANISATION,
            frozenset({P.REVIEW_ACCESS}),
        ),
        Role(
            "administrator",
            _("Administrator"),
            _(
                "Looks after users, the directory, imports and jobs. Has no access to anything"
                " clinical."
            ),
            Scope.NETWORK,
            frozenset({P.IMPORT, P.MANAGE_USERS, P.MANAGE_DIRECTORY, P.SEE_JOBS, P.SET_THRESHOLDS}),
        ),
        Role(
            "records_administrator",
            _("Records administrator"),
            _("Corrects records that were made by mistake, at the request of the team."),
            Scope.ORGANISATION,
            frozenset({P.CORRECT_RECORDS}),
        ),
        Role(
            "partner",
            _("Partner"),
            _(
                "Works in another agency (housing, benefits advice, a charity) and sees what a"
                " person chose to share with it."
            ),
            Scope.TEAM,
            frozenset({P.SEE_PEOPLE, P.REFER, P.SEE_OWN_ALERTS}),
        ),
    ]
}
CHOICES = [(role.code, role.name) for role in ROLES.values()]
