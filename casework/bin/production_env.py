"""Runs a command with the settings of a live service, all made up:
`python -m casework.bin.production_env COMMAND …`. Nothing is connected to: it is for checks.
"""

import os
import sys
from secrets import token_urlsafe

from cryptography.fernet import Fernet

ENVIRONMENT = {
    "DEBUG": "0",
    "DEMO": "0",
    "DATABASE_URL": "postgres://alongside@db.example.org/alongside",
    "REDIS_URL": "redis://cache.example.org:6379/0",
    "ALLOWED_HOSTS": "alongside.example.org",
    "SITE_URL": "https://alongside.example.org",
    "BEHIND_PROXY": "1",
}


def values() -> dict[str, str]:
    """This environment with the values of a live service, and fresh keys."""
    keys = {"SECRET_KEY": token_urlsafe(64), "DATA_KEYS": Fernet.generate_key().decode()}
    return {**os.environ, **ENVIRONMENT, **keys}


if __name__ == "__main__":
    os.execvpe(sys.argv[1], sys.argv[1:], values())  # noqa: S606
