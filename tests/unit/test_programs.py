"""The small programs behind the Makefile."""

import os
import stat
import subprocess

import pytest
from cryptography.fernet import Fernet

from casework.bin import demo_env, tracked_files


def sourced(path, **environ):
    script = f'set -a; . "{path}"; printf "%s\\n" "$SECRET_KEY" "$DATA_KEYS" "$DEMO"'
    result = subprocess.run(
        ["bash", "-c", script], env={"PATH": os.environ["PATH"], **environ}, capture_output=True
    )
    assert not result.stderr
    return result.stdout.decode().splitlines()


def test_keys_for_trying_it_are_made_once_and_readable_by_their_owner_only(tmp_path):
    path = tmp_path / "var" / "env"
    demo_env.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        demo_env.write(path)

    secret, key, demo = sourced(path)
    assert len(secret) >= 50
    assert Fernet(key)
    assert demo == "1"


def test_what_the_caller_has_set_wins(tmp_path):
    demo_env.write(tmp_path / "env")
    assert sourced(tmp_path / "env", SECRET_KEY="mine", DEMO="0")[::2] == ["mine", "0"]


def test_two_demonstrations_have_different_keys():
    assert set(demo_env.lines()[:2]).isdisjoint(demo_env.lines()[:2])


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        (
            "a.json",
            '{"resolved"' + ': "https://r.example.org/x"}',
            "the address of a package registry",
        ),
        ("a.ini", "--index-" + "url https://x", "the address of a package registry"),
        ("a.md", "see /ro" + "ot/notes", "a path of one machine"),
        ("a.txt", "-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
    ],
)
def test_what_must_not_be_tracked_is_named_by_file_and_line(tmp_path, name, content, fault):
    (tmp_path / name).write_text(f"fine\n{content}\n")
    assert list(tracked_files.faults([name], tmp_path)) == [f"{name}:2: {fault}"]


@pytest.mark.parametrize("content", ["https://example.org/root/x", "/var/lib/x", "a/work/b", "~/x"])
def test_what_may_be_tracked(tmp_path, content):
    (tmp_path / "a").write_text(content)
    assert list(tracked_files.faults(["a", "missing"], tmp_path)) == []


@pytest.mark.parametrize("name", ["docker/env", ".env", "x/db.sqlite3", "tls.key"])
def test_files_with_keys_or_data_are_refused_by_name(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    assert len(list(tracked_files.faults([name], tmp_path))) == 1
