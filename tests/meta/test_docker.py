"""The container files run the very commands that are tested here."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from casework.common.processes import web_command, worker_command

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
MAKEFILE = (ROOT / "Makefile").read_text()


def example() -> dict[str, str]:
    lines = (ROOT / "docker" / "env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_web_service_runs_the_tested_command():
    command = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.M).group(1)
    assert yaml.safe_load(command) == web_command(bind="0.0.0.0:8000", workers=4)
    assert "command" not in SERVICES["web"]


def test_the_worker_service_runs_the_tested_command():
    assert SERVICES["worker"]["command"] == worker_command()


def test_the_image_has_the_libraries_that_set_up_installs():
    installed = re.search(r"--no-install-recommends \\\n(.*?)\\\n", DOCKERFILE, re.S).group(1)
    wanted = re.search(r"^PDF_PACKAGES := (.*)$", MAKEFILE, re.M).group(1)
    assert shlex.split(installed) == shlex.split(wanted)


def test_the_migrations_run_as_make_run_does():
    script = SERVICES["migrate"]["command"][-1]
    for command in re.findall(r"manage\.py \w+", script):
        assert command in MAKEFILE


def test_the_image_does_not_run_as_root():
    stage = DOCKERFILE.split("\nFROM ")[-1]
    user = re.search(r"^USER (\S+)$", stage, re.M)
    assert user and user.group(1) not in {"root", "0"}
    assert stage.index("USER ") > stage.index("RUN ")


@pytest.mark.parametrize("name", ["web", "db", "redis"])
def test_services_that_others_wait_for_have_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_what_a_service_waits_for_exists_and_can_be_waited_for():
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            else:
                assert SERVICES[name]["restart"] == "no"


def test_only_caddy_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]


def test_no_secret_has_a_value_in_the_example():
    values = example()
    assert [name for name in ("SECRET_KEY", "DATA_KEYS", "POSTGRES_PASSWORD") if values[name]] == []


def test_the_example_names_only_what_something_reads():
    settings = (ROOT / "casework" / "settings.py").read_text()
    others = (ROOT / "docker" / "compose.yaml").read_text()
    others += (ROOT / "docker" / "Caddyfile").read_text()
    for name in example():
        assert f'"{name}"' in settings or name in others, name


def test_files_that_the_image_copies_exist():
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.M):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists(), name
