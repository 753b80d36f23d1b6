"""Users around one alert, and days to travel to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine

from casework.accounts.models import User
from casework.alerts import services
from casework.alerts.models import Alert
from tests.integration.alerts.situations import Network, user

MONDAY = dt.date(2026, 11, 2)
SOON = MONDAY + dt.timedelta(days=3)


def at(day: dt.date, hour: int = 12) -> Any:
    """As if it were this day, at a standstill."""
    moment = dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)
    return time_machine.travel(moment, tick=False)


class Around:
    """One new alert about one person of the first team, and everybody who could come across it.
    Made as of `MONDAY`."""

    def __init__(self, network: Network) -> None:
        self.network = network
        services.sweep()  # Alongside has begun: what comes up now is new
        self.person = network.person("P1", 2)
        services.sweep()
        self.users: dict[str, User] = {
            "holder": self._user("key_worker", network.team, network.worker),
            "colleague": self._user("key_worker", network.team, network.colleague),
            "lead": self._user("team_lead", network.team),
            "shift_lead": self._user("shift_lead", network.team),
            "other_lead": self._user("team_lead", network.other),
            "network_lead": self._user("network_lead"),
            "administrator": self._user("administrator"),
            "privacy_officer": self._user("privacy_officer"),
        }

    def _user(self, role: str, team: Any = None, worker: Any = None) -> User:
        number = User.objects.count()
        made = user(role, team=team, worker=worker, email=f"u{number}@example.org")
        made.name = f"{role.replace('_', ' ').title()} {number}"
        made.save()
        return made

    @property
    def alert(self) -> Alert:
        return Alert.objects.get(person=self.person, resolved_on=None)
