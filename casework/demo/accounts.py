"""The accounts of the demonstration, for whoever tries it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from casework.accounts.models import User
from casework.demo import network, own_accounts
from casework.extract import first_start
from casework.worklist.home import home_path


@dataclass(frozen=True)
class Row:
    """One account as it is printed."""

    role: str
    words: str
    name: str
    email: str
    password: str
    home: str

    def as_json(self) -> dict[str, str]:
        return {
            "role": self.role,
            "name": self.name,
            "email": self.email,
            "password": self.password,
            "home": self.home,
        }


def rows() -> list[Row]:
    """Those of the living network first, then those of the sample extract, as far as they exist."""
    living = [
        (account.role, account.words, network.account_email(account), account.password)
        for account in network.ACCOUNTS
    ]
    extracted = [
        (account.role, f"{account.words} (extract)", account.email, account.password)
        for account in first_start.ACCOUNTS
    ]
    people = [("person", one.words, one.email, one.password) for one in own_accounts.ACCOUNTS]
    people += [("carer", one.words, one.email, one.password) for one in own_accounts.CARERS]
    listed = living + extracted + people
    users = {user.email: user for user in User.objects.filter(email__in=[row[2] for row in listed])}
    return [
        Row(role, words, users[email].name, email, password, _home(role, users[email]))
        for role, words, email, password in listed
        if email in users
    ]


def _home(role: str, user: User) -> str:
    own = {"person": "portal:home", "carer": "portal:carer_home"}
    return reverse(own[role]) if role in own else home_path(user)
