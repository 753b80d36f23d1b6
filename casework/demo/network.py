"""The services of an invented place: who works where, and what each of them does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.accounts.roles import ROLES, Permission, Scope
from casework.demo.names import Names, office_numbers
from casework.directory import services as directory
from casework.directory.models import Locality, Organisation, Team, Worker

Kind = Organisation.Kind
OFFICE_HOURS = "Monday to Friday, 9am to 5pm"
LATE_HOURS = "Monday to Friday, 8am to 8pm; Saturday, 10am to 4pm"
ALL_HOURS = "Every day and night"
SURGERY_HOURS = "Monday to Friday, 8am to 6.30pm"


@dataclass(frozen=True)
class Site:
    """A team with the organisation that it belongs to. `{place}` is the name of the place."""

    key: str
    organisation: str
    organisation_kind: str
    name: str
    kind: str
    mhsds_type: str = ""
    hours: str = OFFICE_HOURS
    localities: tuple[int, ...] = (0, 1, 2)


@dataclass(frozen=True)
class Colleague:
    """Somebody who works in a team, and what they say that they do."""

    key: str
    name: str
    pronouns: str
    site: str
    role: str
    words: str


@dataclass(frozen=True)
class Account:
    """An account with a password that is known to everybody who tries the demonstration.

    `colleague` is who signs in; those without one work in no team.
    """

    role: str
    words: str
    address: str
    password: str
    colleague: str = ""
    name: str = ""


TRUST = "{place} Partnership Trust (invented)"
THREAD = "Common Thread {place}, a charity (invented)"
DOOR = "Open Door {place}, a charity (invented)"

SITES = (
    Site("cmht", TRUST, Kind.TRUST, "{place} Community Mental Health Team", "cmht", "A06"),
    Site(
        "crisis", TRUST, Kind.TRUST, "{place} Crisis and Home Treatment", "crisis", "A02", ALL_HOURS
    ),
    Site(
        "hillside",
        TRUST,
        Kind.TRUST,
        "Hillside Service for Complex Emotional Needs, {place}",
        "specialist",
        "A16",
        LATE_HOURS,
    ),
    Site("primary", TRUST, Kind.TRUST, "{place} Primary Care Mental Health", "primary", "A05"),
    Site(
        "willowbank",
        "Willowbank Surgery {place} (invented)",
        Kind.GP,
        "Willowbank Surgery, {place}",
        "gp",
        hours=SURGERY_HOURS,
        localities=(0,),
    ),
    Site(
        "mill_lane",
        "Mill Lane Surgery {place} (invented)",
        Kind.GP,
        "Mill Lane Surgery, {place}",
        "gp",
        hours=SURGERY_HOURS,
        localities=(1,),
    ),
    Site(
        "old_quay",
        "Old Quay Surgery {place} (invented)",
        Kind.GP,
        "Old Quay Surgery, {place}",
        "gp",
        hours=SURGERY_HOURS,
        localities=(2,),
    ),
    Site("thread", THREAD, Kind.VOLUNTARY, "Common Thread Peer Support, {place}", "voluntary"),
    Site("door", DOOR, Kind.VOLUNTARY, "Open Door Housing and Advice, {place}", "voluntary"),
)

STAFF = (
    Colleague("tamsin", "Tamsin Oakenshaw", "she", "cmht", "team_lead", "Leads the team"),
    Colleague("femi", "Femi Adebrook", "he", "cmht", "key_worker", "Nurse and key worker"),
    Colleague(
        "bronwyn", "Bronwyn Hartsong", "she", "cmht", "key_worker", "Social worker and key worker"
    ),
    Colleague("kofi", "Kofi Penhallow", "he", "cmht", "key_worker", "Nurse and key worker"),
    Colleague(
        "saoirse", "Saoirse Whitlock", "she", "cmht", "key_worker", "Social worker and key worker"
    ),
    Colleague(
        "arjun",
        "Arjun Featherstone",
        "he",
        "cmht",
        "key_worker",
        "Occupational therapist and key worker",
    ),
    Colleague("gwen", "Gwen Silvermere", "she", "cmht", "key_worker", "Nurse and key worker"),
    Colleague("colette", "Colette Ashgrove", "she", "cmht", "key_worker", "Nurse and key worker"),
    Colleague("leila", "Dr Leila Moonrise", "she", "cmht", "team_member", "Psychiatrist"),
    Colleague("mateusz", "Mateusz Brightwell", "he", "cmht", "team_member", "Support worker"),
    Colleague("dara", "Dara Nightingale-Moss", "they", "crisis", "shift_lead", "Leads the shift"),
    Colleague("owen", "Owen Lanternfield", "he", "crisis", "team_member", "Nurse on the shift"),
    Colleague("priya", "Priya Starbeck", "she", "crisis", "team_member", "Nurse on the shift"),
    Colleague(
        "zofia", "Zofia Quickwater", "she", "crisis", "team_member", "Social worker on the shift"
    ),
    Colleague(
        "marcus", "Marcus Fallowfield", "he", "crisis", "team_member", "Support worker on the shift"
    ),
    Colleague("yusuf", "Yusuf Eveningstar", "he", "crisis", "team_member", "Nurse on the shift"),
    Colleague(
        "hanneke", "Dr Hanneke Stillwater", "she", "hillside", "team_lead", "Leads the service"
    ),
    Colleague("efua", "Efua Longmeadow", "she", "hillside", "team_member", "Therapist"),
    Colleague("tobias", "Tobias Greywing", "he", "hillside", "team_member", "Therapist"),
    Colleague(
        "mei", "Mei Sandpiper", "she", "hillside", "key_worker", "Nurse, and I run the groups"
    ),
    Colleague("ruth", "Ruth Cloverley", "she", "primary", "team_lead", "Nurse, and leads the team"),
    Colleague("jamal", "Jamal Windermoor", "he", "primary", "key_worker", "Mental health worker"),
    Colleague("nesta", "Nesta Harebell", "she", "primary", "key_worker", "Mental health worker"),
    Colleague("anwen", "Dr Anwen Hazelden", "she", "willowbank", "team_member", "GP"),
    Colleague("pippa", "Pippa Wrenfield", "she", "willowbank", "team_member", "Practice nurse"),
    Colleague("babatunde", "Dr Babatunde Rookwood", "he", "mill_lane", "team_member", "GP"),
    Colleague("suki", "Dr Suki Marlowbrook", "she", "old_quay", "team_member", "GP"),
    Colleague("noor", "Noor Kestrelman", "she", "thread", "partner", "I bring people together"),
    Colleague("robin", "Robin Applewhite", "they", "thread", "peer_worker", "Peer worker"),
    Colleague("shanice", "Shanice Merrydew", "she", "thread", "peer_worker", "Peer worker"),
    Colleague("bill", "Bill Tanglewood", "he", "door", "partner", "Housing adviser"),
    Colleague(
        "ottoline", "Ottoline Fernsby", "she", "door", "partner", "Money and benefits adviser"
    ),
)

ACCOUNTS = (
    Account(
        "key_worker", "Key worker, community team", "key.worker", "kettle-by-the-window", "femi"
    ),
    Account(
        "key_worker",
        "Second key worker, community team",
        "second.key.worker",
        "bicycle-up-the-hill",
        "bronwyn",
    ),
    Account(
        "team_member",
        "Therapist, specialist service",
        "therapist",
        "two-chairs-and-a-plant",
        "efua",
    ),
    Account(
        "peer_worker",
        "Peer worker, voluntary sector",
        "peer.worker",
        "been-there-with-tea",
        "robin",
    ),
    Account("shift_lead", "Shift lead, crisis team", "shift.lead", "torch-in-the-glovebox", "dara"),
    Account(
        "team_member", "Crisis worker, night shift", "crisis.worker", "flask-and-night-bus", "owen"
    ),
    Account(
        "team_lead", "Team lead, community team", "team.lead", "whiteboard-and-biscuits", "tamsin"
    ),
    Account("team_member", "GP", "gp", "ten-minutes-and-more", "anwen"),
    Account("partner", "Partner, voluntary sector", "partner", "bunting-in-the-hall", "noor"),
    Account(
        "network_lead",
        "Network lead",
        "network.lead",
        "bridges-not-ladders",
        name="Halima Bridgewater",
    ),
    Account(
        "privacy_officer",
        "Privacy officer",
        "privacy",
        "lamp-on-late-reading",
        name="Edmund Keepwell",
    ),
    Account(
        "administrator",
        "Administrator",
        "administrator",
        "spare-keys-in-a-tin",
        name="Ivy Latchford",
    ),
    Account(
        "records_administrator",
        "Records administrator",
        "records",
        "labels-on-every-shelf",
        name="Septimus Inkpen",
    ),
)


@dataclass(frozen=True)
class Town:
    """Where a network is."""

    name: str
    domain: str
    localities: tuple[str, str, str]


RIVERSMEET = Town("Riversmeet", "riversmeet.example", ("Northbank", "Mill Quarter", "Southmeadow"))
_OTHER_TOWNS = ("Amberford", "Briarcombe", "Cloudsley")


def towns(count: int) -> list[Town]:
    """Riversmeet, and as many others as are wanted."""
    others = [
        Town(
            name,
            f"{name.lower()}.example",
            (f"{name} North", f"{name} Market", f"{name} South"),
        )
        for name in _OTHER_TOWNS
    ]
    return [RIVERSMEET, *others][:count]


@dataclass
class Network:
    """The services of one town, as stories call upon them."""

    town: Town
    localities: list[Locality] = field(default_factory=list)
    teams: dict[str, Team] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)  # colleague -> team

    @property
    def first(self) -> bool:
        """The one with accounts that anybody can sign in with."""
        return self.town == RIVERSMEET

    def team_of(self, colleague: str) -> Team:
        return self.teams[self.sites[colleague]]

    def team_key_of(self, colleague: str) -> str:
        return self.sites[colleague]


def build(town: Town, names: Names, phones: Iterator[str] | None = None) -> Network:
    """Write down the services of a town and who works there, each with a user.

    Only users with an account of the demonstration can sign in; the others are who wrote what
    stands in the records.
    """
    phones = phones or office_numbers()
    network = Network(town)
    for name in town.localities:
        network.localities.append(directory.add(row=Locality(name=name), by=None))
    organisations: dict[str, Organisation] = {}
    for number, site in enumerate(SITES, start=1):
        if site.organisation not in organisations:
            organisations[site.organisation] = directory.add(
                row=Organisation(
                    name=site.organisation.format(place=town.name),
                    kind=site.organisation_kind,
                    live=True,
                ),
                by=None,
            )
        network.teams[site.key] = directory.add(
            row=Team(
                organisation=organisations[site.organisation],
                name=site.name.format(place=town.name),
                kind=site.kind,
                mhsds_type=site.mhsds_type,
                phone=next(phones),
                hours=site.hours,
                address=f"{number} Lock Street\n{town.name}",
            ),
            by=None,
            localities=[network.localities[index] for index in site.localities],
        )
    for colleague in STAFF:
        _hire(colleague, network, names)
    if network.first:
        for account in ACCOUNTS:
            if not account.colleague:
                _admit(account, network)
    return network


def _hire(colleague: Colleague, network: Network, names: Names) -> None:
    team = network.teams[colleague.site]
    name = colleague.name if network.first else names.name(colleague.pronouns)
    worker = directory.add(
        row=Worker(organisation=team.organisation, name=name, role_words=colleague.words), by=None
    )
    account = next(
        (one for one in ACCOUNTS if one.colleague == colleague.key and network.first), None
    )
    local = account.address if account else name.lower().removeprefix("dr ").replace(" ", ".")
    user = accounts.create_user(
        email=f"{local}@{network.town.domain}",
        name=name,
        by=None,
        worker=worker,
        password=account.password if account else None,
    )
    accounts.grant(user=user, role=colleague.role, team=team, by=None)
    network.workers[colleague.key] = worker
    network.users[colleague.key] = user
    network.sites[colleague.key] = colleague.site


def _admit(account: Account, network: Network) -> None:
    """Somebody of the network as a whole, or of its largest organisation."""
    whole = ROLES[account.role].scope is Scope.NETWORK
    worker = None
    if Permission.SEE_TEAM_ALERTS in ROLES[account.role].permissions:
        # what comes up from the teams opens the record to a worker, not to an account
        worker = directory.add(
            row=Worker(
                organisation=network.teams["cmht"].organisation,
                name=account.name,
                role_words="I look after the ways between the teams",
            ),
            by=None,
        )
    user = accounts.create_user(
        email=f"{account.address}@{network.town.domain}",
        name=account.name,
        by=None,
        worker=worker,
        password=account.password,
    )
    accounts.grant(
        user=user,
        role=account.role,
        organisation=None if whole else network.teams["cmht"].organisation,
        by=None,
    )
    network.users[account.role] = user


def account_email(account: Account) -> str:
    return f"{account.address}@{RIVERSMEET.domain}"
