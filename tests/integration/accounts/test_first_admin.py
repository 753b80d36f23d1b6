"""`manage.py first_admin`."""

import io

import pytest
from django.core.management import CommandError, call_command

from casework.accounts import policy
from casework.accounts.models import User
from casework.accounts.roles import Permission
from tests import factories

pytestmark = pytest.mark.django_db
EMAIL = "admin@alongside.example"


def first_admin(*arguments: str) -> str:
    out = io.StringIO()
    call_command("first_admin", "--email", EMAIL, *arguments, stdout=out)
    return out.getvalue()


def test_makes_an_administrator_and_prints_the_password_once():
    said = first_admin("--name", "Robin Example")
    user = User.objects.get()
    assert user.name == "Robin Example"
    assert policy.may(user, Permission.MANAGE_USERS)
    assert not policy.may(user, Permission.SEE_PEOPLE)
    assert user.check_password(said.split(": ")[-1].strip())


def test_run_again_it_changes_nothing():
    first_admin()
    password = User.objects.get().password
    assert "already" in first_admin()
    assert User.objects.get().password == password
    assert User.objects.get().memberships.count() == 1


def test_reads_a_password_and_does_not_print_it(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a-long-invented-password\n"))
    assert "invented" not in first_admin("--password-stdin")
    assert User.objects.get().check_password("a-long-invented-password")


@pytest.mark.parametrize(
    ("password", "reason"), [("short", "at least 12"), ("password1234", "too common")]
)
def test_refuses_a_weak_password_and_says_why(monkeypatch, password, reason):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    with pytest.raises(CommandError, match=reason):
        first_admin("--password-stdin")
    assert not User.objects.exists()


def test_does_not_take_over_an_account_of_somebody_else():
    factories.user(email=EMAIL)
    with pytest.raises(CommandError, match="has an account already"):
        first_admin()
    assert not User.objects.get().memberships.exists()
