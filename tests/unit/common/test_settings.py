"""Settings come from the environment; what is missing or wrong is named, with its remedy."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[3]
ENOUGH = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "only-for-tests-0123456789",
    "DATA_KEYS": Fernet.generate_key().decode(),
}
SHOW = """
import json, sys
from casework import settings
print(json.dumps([getattr(settings, name) for name in sys.argv[1:]], default=str))
"""


def settings_in(environment: dict[str, str], *names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SHOW, *names],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def values(environment: dict[str, str], *names: str) -> list:
    done = settings_in({**ENOUGH, **environment}, *names)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_two_values_are_enough(tmp_path):
    debug, demo, databases, hosts = values(
        {"VAR_DIR": str(tmp_path)}, "DEBUG", "DEMO", "DATABASES", "ALLOWED_HOSTS"
    )
    assert (debug, demo) == (False, False)
    assert databases["default"]["NAME"] == str(tmp_path / "alongside.sqlite3")
    assert "localhost" in hosts


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATA_KEYS"])
def test_a_missing_value_is_named_with_what_to_do(name, tmp_path):
    for given in ({}, {name: ""}, {name: "  "}):
        environment = {key: value for key, value in ENOUGH.items() if key != name}
        done = settings_in({**environment, **given, "VAR_DIR": str(tmp_path)})
        assert done.returncode != 0
        last = done.stderr.strip().splitlines()[-1]
        assert f"{name} is not set." in last
        assert "Set it" in last or f"set {name}" in last


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DATA_KEYS", "short", "generate_key()"),
        ("DATA_KEYS", "!" * 44, "generate_key()"),
        ("DEBUG", "perhaps", "Write 1 (on) or 0 (off)"),
        ("DEMO", "2", "Write 1 (on) or 0 (off)"),
        ("PORT", "http", "whole number from 1 to 65535"),
        ("PORT", "70000", "whole number from 1 to 65535"),
        ("SESSION_MINUTES", "1", "whole number from 5 to 1440"),
        ("DATABASE_URL", "mysql://u@h/d", "sqlite:///path/to/file.sqlite3"),
        ("DATABASE_URL", "alongside.sqlite3", "sqlite:///path/to/file.sqlite3"),
        ("DATABASE_URL", "sqlite://", "sqlite:///path/to/file.sqlite3"),
        ("DATABASE_URL", "postgres://u:p@host", "postgres://user:password@host:5432/alongside"),
        ("DATABASE_URL", "postgres://u:p@host:x/d", "postgres://user@host:5432/name"),
        ("SITE_URL", "alongside.example.org", "https://alongside.example.org"),
        ("REDIS_URL", "localhost:6379", "redis://host:6379/0"),
        ("CRISIS_CONTACTS", "Samaritans 116 123", "Name|number"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING"),
        ("EMAIL_PORT", "smtp", "whole number"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write(name, value, remedy, tmp_path):
    done = settings_in({**ENOUGH, "VAR_DIR": str(tmp_path), name: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert name in last
    assert remedy in last
    assert "u:p" not in last, "an error must not repeat a password"


def test_a_postgresql_address_is_taken_apart(tmp_path):
    (databases,) = values(
        {
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": "postgres://some%40body:s%2Fecret@db.example:6543/net?sslmode=require",
        },
        "DATABASES",
    )
    database = databases["default"]
    assert (database["USER"], database["PASSWORD"]) == ("some@body", "s/ecret")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "6543", "net")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert "pool" in database["OPTIONS"]


def test_https_switches_everything_that_needs_it(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    variable = {"VAR_DIR": str(tmp_path)}
    assert values({**variable, "SITE_URL": "https://a.example"}, *names) == [True] * 3
    assert values({**variable, "SITE_URL": "http://a.example"}, *names) == [False] * 3
