"""What the demonstration begins with: the sample extract, its invented names, accounts.

Everything here can be run again and leaves what is there alone. The passwords stand in the source
on purpose: they open invented records on somebody's own machine, and only where DEMO is on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import F

from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.directory import services as directory
from casework.directory.models import Organisation, Team, Worker

SAMPLE = Path(__file__).resolve().parent / "sample"
PROVIDER = "X0001"
ORGANISATIONS = {
    "X0001": "Harbourside Trust (invented)",
    "X0002": "Harbourside commissioner (invented)",
    "X0003": "Kindred, a charity (invented)",
    "X0101": "Seaview Surgery (invented)",
    "X0102": "Lighthouse Surgery (invented)",
    "X0103": "Market Street Surgery (invented)",
    "X0104": "Orchard Surgery (invented)",
    "X0105": "Canal Surgery (invented)",
}


@dataclass(frozen=True)
class Account:
    """One account of the demonstration. `worker` and `team` are ids of the sample extract."""

    role: str
    words: str
    name: str
    email: str
    password: str
    worker: str = ""
    team: str = ""
    organisation: str = ""


ACCOUNTS = (
    Account(
        "key_worker",
        "Key worker, community team",
        "Daniel Merryman",
        "key.worker@alongside.example",
        "harbour-lantern-tea",
        worker="S04",
        team="T02",
    ),
    Account(
        "key_worker",
        "Key worker, community team",
        "Grace Fairweather",
        "second.key.worker@alongside.example",
        "harbour-meadow-tea",
        worker="S03",
        team="T02",
    ),
    Account(
        "team_lead",
        "Team lead, community team",
        "Ngozi Brightwater",
        "team.lead@alongside.example",
        "orchard-window-seat",
        worker="S05",
        team="T02",
    ),
    Account(
        "shift_lead",
        "Shift lead, crisis team",
        "Aisha Silverbrook",
        "shift.lead@alongside.example",
        "midnight-kettle-on",
        worker="S08",
        team="T03",
    ),
    Account(
        "team_member",
        "Therapist, specialist service",
        "Samir Longacre",
        "specialist@alongside.example",
        "quiet-lantern-room",
        worker="S11",
        team="T04",
    ),
    Account(
        "team_member",
        "GP, with primary care mental health",
        "Marian Woodsmoke",
        "gp@alongside.example",
        "surgery-morning-bell",
        team="T01",
    ),
    Account(
        "peer_worker",
        "Peer worker, voluntary sector",
        "Jo Applegarth",
        "peer.worker@alongside.example",
        "kindred-garden-gate",
        worker="S12",
        team="T05",
    ),
    Account(
        "partner",
        "Partner, voluntary sector",
        "Lena Brackenridge",
        "partner@alongside.example",
        "doorstep-advice-hour",
        team="T05",
    ),
    Account(
        "network_lead",
        "Network lead",
        "Oluwaseun Fairhaven",
        "network.lead@alongside.example",
        "bridges-over-rivers",
    ),
    Account(
        "privacy_officer",
        "Privacy officer",
        "Miriam Keystone",
        "privacy@alongside.example",
        "careful-paper-trail",
        organisation=PROVIDER,
    ),
    Account(
        "records_administrator",
        "Records administrator",
        "Peter Fernhollow",
        "records@alongside.example",
        "tidy-index-drawer",
        organisation=PROVIDER,
    ),
    Account(
        "administrator",
        "Administrator",
        "Ines Millbrook",
        "administrator@alongside.example",
        "keys-on-the-hook",
    ),
)


@transaction.atomic
def make_accounts() -> None:
    """The accounts, linked to the workers of the sample. Precondition: the sample is loaded."""
    for account in ACCOUNTS:
        user = User.objects.filter(email=account.email).first()
        if user is None:
            user = accounts.create_user(
                email=account.email,
                name=account.name,
                password=account.password,
                worker=_worker(account.worker),
                by=None,
            )
        if not user.memberships.filter(role=account.role).exists():
            accounts.grant(
                user=user,
                role=account.role,
                team=_team(account.team),
                organisation=_organisation(account.organisation),
                by=None,
            )


@transaction.atomic
def describe() -> None:
    """What MHSDS has no words for: names of organisations, and that S12 is a peer worker."""
    for organisation in Organisation.objects.filter(code__in=ORGANISATIONS, name=F("code")):
        directory.edit(row=organisation, name=ORGANISATIONS[organisation.code], by=None)
    worker = _worker("S12")
    if worker is not None and not worker.role_words:
        directory.edit(row=worker, role_words="Peer worker", by=None)


def _organisation(code: str) -> Organisation | None:
    return Organisation.objects.get(code=code) if code else None


def _team(local_id: str) -> Team | None:
    if not local_id:
        return None
    return Team.objects.get(provider__code=PROVIDER, local_id=local_id)


def _worker(local_id: str) -> Worker | None:
    if not local_id:
        return None
    return Worker.objects.get(provider__code=PROVIDER, local_id=local_id)
