"""Writes the keys for trying the service on one machine: `python -m casework.bin.demo_env FILE`.

The file is made once, readable by its owner only, and is read by the shell. Whatever the caller
has already set in the environment wins.
"""

import os
import sys
from pathlib import Path
from secrets import token_urlsafe

from cryptography.fernet import Fernet


def lines() -> list[str]:
    values = {
        "SECRET_KEY": token_urlsafe(48),
        "DATA_KEYS": Fernet.generate_key().decode(),
        "DEMO": "1",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    }
    return [f'{name}="${{{name}:-{value}}}"' for name, value in values.items()]


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("# Keys of this demonstration. Losing them loses what is encrypted with them.\n")
        file.write("\n".join(lines()) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
