"""What the teams of the demonstration say that they offer."""

from __future__ import annotations

from dataclasses import dataclass

from casework.demo.network import Network
from referrals.asking import services


@dataclass(frozen=True)
class Offered:
    """One offer, in the words of the team."""

    site: str
    name: str
    needs: tuple[str, ...]
    words: str
    for_whom: str
    how_to_ask: str
    self_referral: bool = False


OFFERS = (
    Offered(
        "hillside",
        "One worker, for two years",
        ("14", "11", "15"),
        "The same therapist every week, at the pace that you set.",
        "Adults who live here and want to look at how they get on with themselves and others."
        " No diagnosis is asked for, and hurting yourself does not shut you out.",
        "Write here. Ring first if it is not clear whether it fits.",
    ),
    Offered(
        "hillside",
        "Thursday group",
        ("14", "19", "21"),
        "Eight people and the same two helpers, every Thursday at five.",
        "Anybody who would rather not do it alone. Tea from half past four.",
        "Write here, or come and look once.",
    ),
    Offered(
        "primary",
        "Ten conversations",
        ("04", "05", "23"),
        "Up to ten meetings at your surgery, or by telephone.",
        "Adults with worry or low mood. When it is more than that, we stay until somebody else"
        " is there.",
        "Write here.",
    ),
    Offered(
        "crisis",
        "Visits at home, day and night",
        ("18", "15"),
        "Two visits a day at most, for as long as the worst lasts.",
        "Adults who cannot get through the next days as it is.",
        "Urgent: three answers here, and ring the shift.",
    ),
    Offered(
        "thread",
        "Somebody who has been there",
        ("people", "14", "19"),
        "A peer worker to talk with, walk with, or sit beside.",
        "Anybody here. Nothing has to be explained.",
        "Write here, or come to the Tuesday table.",
        True,
    ),
    Offered(
        "door",
        "Somewhere to live",
        ("home", "money"),
        "Help with the council, a landlord, arrears and benefits.",
        "Anybody who lives here or sleeps here.",
        "Write here, or the open door on Mondays from ten.",
        True,
    ),
)


def build(network: Network) -> None:
    """Put the offers into the directory of the first town."""
    by = network.users["administrator"]
    for one in OFFERS:
        services.offer(
            team=network.teams[one.site],
            by=by,
            name=one.name,
            needs=one.needs,
            words=one.words,
            for_whom=one.for_whom,
            how_to_ask=one.how_to_ask,
            self_referral=one.self_referral,
        )
