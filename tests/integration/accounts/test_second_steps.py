"""Seeds of second steps are unreadable in the database, and work all the same."""

import importlib
import json
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from casework.accounts import second_steps
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = 1_893_456_005  # five seconds into a code of the app
migration = importlib.import_module("casework.accounts.migrations.0004_encrypted_second_steps")


@pytest.fixture
def user():
    return factories.member("key_worker")


@pytest.fixture
def new_key(settings):
    def take():
        settings.DATA_KEYS = [Fernet.generate_key().decode(), *settings.DATA_KEYS]

    return take


def stored() -> str:
    """The whole table, as whoever reads the file finds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Authenticator._meta.db_table} ORDER BY id")
        return json.dumps(cursor.fetchall(), default=str)


def of(user, kind):
    return Authenticator.objects.get(user=user, type=kind)


def works(user) -> bool:
    code = format_hotp_value(hotp_value(SECRET, NOON // 30))
    with time_machine.travel(NOON, tick=False):
        return TOTP(of(user, "totp")).validate_code(code)


def test_no_seed_and_no_code_stands_in_the_table(user):
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user)
    written = codes.generate_codes()
    assert len(written) == len(set(written)) >= 8
    table = stored()
    seed = second_steps.MFAAdapter().decrypt(codes.instance.data["seed"])
    for secret in (SECRET, seed, *written):
        assert secret not in table
    assert works(user)
    assert RecoveryCodes(of(user, "recovery_codes")).validate_code(written[2])
    again = RecoveryCodes(of(user, "recovery_codes"))
    assert not again.validate_code(written[2])  # used up
    assert again.get_unused_codes() == [one for one in written if one != written[2]]


def test_a_seed_in_clear_lets_nobody_in(user):
    Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})
    with pytest.raises(ValueError, match="not encrypted"):
        works(user)


def test_with_another_key_it_is_an_error_and_not_another_seed(user, settings):
    TOTP.activate(user, SECRET)
    settings.DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(InvalidToken):
        works(user)


def test_a_new_key_takes_them_over(user, settings, new_key):
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user).generate_codes()
    other = factories.user()
    before_there_were_seeds = [second_steps.MFAAdapter().encrypt(one) for one in ("11112222",)]
    Authenticator.objects.create(
        user=other, type="recovery_codes", data={"migrated_codes": before_there_were_seeds}
    )
    Authenticator.objects.create(
        user=other, type="webauthn", data={"name": "Key", "credential": {}}
    )
    before = stored()
    new_key()
    out = StringIO()
    call_command("rotate_keys", dry_run=True, stdout=out)
    assert "mfa_authenticator.data: 3 under an older key, 0 under the newest" in out.getvalue()
    assert stored() == before
    call_command("rotate_keys", stdout=StringIO())
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert works(user)
    assert RecoveryCodes(of(user, "recovery_codes")).generate_codes() == codes
    assert RecoveryCodes(of(other, "recovery_codes")).validate_code("11112222")
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    # the code that was used is gone
    assert "mfa_authenticator.data: 0 under an older key, 2 under the newest" in out.getvalue()


def test_a_missing_key_is_said_and_nothing_is_overwritten(user, settings):
    TOTP.activate(user, SECRET)
    before = stored()
    settings.DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="an old key is missing"):
        call_command("rotate_keys", stdout=StringIO())
    assert stored() == before


def test_one_that_is_taken_away_meanwhile_is_left_out(user, new_key, monkeypatch):
    TOTP.activate(user, SECRET)
    new_key()
    here = Authenticator.objects.select_for_update

    def gone():
        Authenticator.objects.all().delete()
        return here()

    monkeypatch.setattr(Authenticator.objects, "select_for_update", gone)
    count = second_steps.rotate(dry_run=False)
    assert (count.rotated, count.kept, count.unreadable) == (0, 0, 0)


def test_what_stood_there_in_clear_is_moved_and_can_be_moved_back(user):
    other = factories.user()
    rows = [
        Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET}),
        Authenticator.objects.create(
            user=user, type="recovery_codes", data={"seed": "ab" * 40, "used_mask": 5}
        ),
        Authenticator.objects.create(
            user=other, type="recovery_codes", data={"migrated_codes": ["11112222", "33334444"]}
        ),
        Authenticator.objects.create(user=other, type="webauthn", data={"name": "Key"}),
    ]
    before = {row.pk: row.data for row in rows}
    migration.encrypt(apps, None)
    once = stored()
    for secret in (SECRET, "ab" * 40, "11112222", "33334444"):
        assert secret not in once
    migration.encrypt(apps, None)  # a second time changes nothing
    assert stored() == once
    assert works(user)
    assert of(user, "recovery_codes").data["used_mask"] == 5
    assert RecoveryCodes(of(other, "recovery_codes")).validate_code("33334444")
    other_codes = of(other, "recovery_codes")
    assert len(other_codes.data["migrated_codes"]) == 1
    migration.decrypt(apps, None)
    after = {row.pk: row.data for row in Authenticator.objects.all()}
    before[other_codes.pk] = {"migrated_codes": ["11112222"]}
    assert after == before
