"""No name, number, address or free text gets into a log line, whoever writes it."""

import ast
import io
import logging
import logging.config
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.test import override_settings
from django.urls import include, path
from huey.api import MemoryHuey
from hypothesis import given
from hypothesis import strategies as st

from casework.common import quiet_log
from casework.common.http import http_methods
from tests import factories

ROOT = Path(__file__).resolve().parents[3]
NAME = "Robin Quillfeather"
SECRETS = (
    "Quillfeather",
    "999 000 0018",
    "9990000018",
    "robin.q@example.org",
    "07700 900123",
    "1984-03-05",
    "LS1 4AP",
    "cannot go home tonight",
)


class Odd(Exception):
    """An error whose words quote a record."""


@pytest.fixture
def lines():
    """What the service's own handler writes."""
    written = io.StringIO()
    given = settings.LOGGING["formatters"]["line"]
    handler = logging.StreamHandler(written)
    handler.setFormatter(quiet_log.QuietFormatter(given["format"], style=given["style"]))
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    places = (root, logging.getLogger("huey"))  # which hands nothing on to the root
    for logger in places:
        logger.addHandler(handler)
    yield lambda: written.getvalue()
    for logger in places:
        logger.removeHandler(handler)
    root.setLevel(level)


def nothing_personal(text):
    assert text, "nothing was logged at all"
    for secret in SECRETS:
        assert secret not in text


def test_the_settings_use_it_for_every_logger_that_prints():
    assert (
        settings.LOGGING["formatters"]["line"]["()"] == "casework.common.quiet_log.QuietFormatter"
    )
    for name in ("django", "django.server", "huey", "gunicorn.error"):
        assert settings.LOGGING["loggers"][name]["handlers"] in ([], ["console"])
    # what logging.config makes of it, in fresh loggers
    assert logging.getLogger("django").handlers == []
    assert logging.getLogger("django.server").handlers == []
    (handler,) = (
        one
        for one in logging.getLogger().handlers
        if isinstance(one.formatter, quiet_log.QuietFormatter)
    )
    assert handler.formatter is not None


@pytest.mark.parametrize("secret", SECRETS)
def test_a_value_put_into_a_line_is_left_out(lines, secret):
    log = logging.getLogger("casework.anything")
    log.warning("about %s", secret)
    log.warning("about %(whom)s", {"whom": secret})
    log.warning("about %s", [secret])
    log.warning("about %s", {"name": secret})
    log.warning("about %r", Odd(secret))
    log.warning(Odd(secret))
    nothing_personal(lines())
    assert "about 'Odd'" in lines()


def test_a_line_that_cannot_be_put_together_is_written_without_its_values():
    record = logging.LogRecord("ours", logging.INFO, "", 1, "%d people", ("Quillfeather",), None)
    assert quiet_log.QuietFormatter().format(record) == "%d people [values left out]"


def test_a_record_names_neither_itself_nor_its_person(db, lines):
    person = factories.held_person(name=NAME)
    logging.getLogger("casework.anything").info("opened %s", person)
    nothing_personal(lines())
    assert "opened [Person]" in lines()


def test_what_an_operator_needs_is_kept(lines):
    row = uuid.uuid4()
    log = logging.getLogger("casework.outbox")
    log.warning("job %s %s: attempt %s: %s", "accounts.invite", row, 3, "Odd in ring, line 41")
    log.error("took %.1f s for %s", 2.25, f"handover:{row}")
    assert f"job accounts.invite {row}: attempt 3: Odd in ring, line 41" in lines()
    assert f"took 2.2 s for handover:{row}" in lines()
    assert "WARNING casework.outbox" in lines()


def test_an_error_says_where_and_of_which_kind_and_not_its_words(lines):
    def ring(whom):
        raise Odd(f"{whom} cannot go home tonight")

    log = logging.getLogger("casework.anything")
    try:
        try:
            ring("Quillfeather")
        except Odd as error:
            raise IntegrityError("Key (email)=(robin.q@example.org) already exists.") from error
    except IntegrityError:
        log.exception("not saved")
    text = lines()
    nothing_personal(text)
    assert "not saved" in text and "IntegrityError" in text and "in ring" in text
    assert text.index("Odd") < text.index("IntegrityError")


def test_an_error_of_the_machine_keeps_its_words(lines):
    log = logging.getLogger("casework.anything")
    for error in (
        OperationalError("could not connect to server\nDETAIL: Quillfeather"),
        PermissionError(13, "Permission denied", "/var/uploads/Quillfeather.pdf"),
    ):
        try:
            raise error
        except Exception:
            log.exception("stopped")
    nothing_personal(lines())
    assert "OperationalError: could not connect to server" in lines()
    assert "PermissionError: Permission denied" in lines()


def test_a_library_that_has_put_its_values_in_already(lines):
    log = logging.getLogger("somebody.elses")
    log.warning("Key (name)=('Robin Quillfeather') at robin.q@example.org, ring 07700 900123")
    log.warning("999 000 0018 of LS1 4AP born 1984-03-05")
    nothing_personal(lines())
    assert "[e-mail]" in lines() and "[number]" in lines() and "[postcode]" in lines()


def test_no_value_begins_a_line_of_its_own(lines):
    forged = "2026-11-23 10:00:00 INFO casework.outbox all is well"
    log = logging.getLogger("somebody.elses")
    log.warning(f"odd\n{forged}")
    log.warning("odd %s", f"odd\n{forged}")
    log.warning("odd %s", "casework\n")
    assert len(lines().strip().splitlines()) == 3


def test_sql_with_its_values_is_not_written(lines):
    log = logging.getLogger("django.db.backends")
    log.warning("(0.001) SELECT … WHERE name = Quillfeather", extra={"sql": "Quillfeather"})
    nothing_personal(lines())


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_words_of_free_text_get_through(first, second):
    words = f"{first} {second}"
    known = quiet_log._WHERE.fullmatch(words)
    assert quiet_log.value(words) == (words if known else f"[text of {len(words)}]")


# Real calls ------------------------------------------------------------------------------------


@http_methods(read=["GET"], write=["POST"])
def breaks(request, whom):
    raise Odd(f"{whom}: {request.POST.get('words')} Quillfeather 999 000 0018")


breaks.login_required = False
urlpatterns = [path("breaks/<str:whom>/", breaks), path("", include("casework.urls"))]
handler500 = "casework.errors.server_error"
handler404 = "casework.errors.not_found"
handler400 = "casework.errors.bad_request"


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_django_request_an_error_of_ours(client, lines):
    client.raise_request_exception = False
    answer = client.post(
        "/breaks/robin.q@example.org/?born=1984-03-05", {"words": "cannot go home tonight"}
    )
    assert answer.status_code == 500
    text = lines()
    nothing_personal(text)
    assert "ERROR django.request POST /breaks/<str:whom>/ 500" in text
    assert "Odd" in text and "in breaks" in text


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_django_request_an_address_that_is_not_there(client, lines):
    client.get(f"/people/{uuid.uuid4()}/Quillfeather/")
    nothing_personal(lines())
    assert "WARNING django.request GET /[no such address] 404" in lines()


@pytest.mark.django_db
def test_django_request_a_record_that_one_may_not_see(client, lines):
    person = factories.held_person(name=NAME)
    client.force_login(factories.member("team_member"))
    assert client.get(f"/people/{person.pk}/").status_code == 404
    nothing_personal(lines())
    assert str(person.pk) not in lines()
    assert "GET /people/<uuid:person_id>/ 404" in lines()


@pytest.mark.django_db
def test_django_security_a_host_that_is_not_ours(client, lines):
    answer = client.get("/", headers={"host": "robin.q@example.org"})
    assert answer.status_code == 400
    nothing_personal(lines())
    assert "django.security.DisallowedHost" in lines()


def test_huey_a_job_that_breaks(lines):
    huey = MemoryHuey("log", utc=False, immediate=False)

    @huey.task()
    def ring(whom, words=""):
        raise Odd(f"{whom} {words}")

    ring("Quillfeather", words="cannot go home tonight")
    huey.execute(huey.dequeue())
    text = lines()
    nothing_personal(text)
    assert "Executing ring " in text and "Unhandled exception in task" in text
    assert "Odd" in text and "in ring" in text


# Our own source --------------------------------------------------------------------------------


def log_calls():
    for folder in ("casework", "referrals", "careplans"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                call = node.func if isinstance(node, ast.Call) else None
                if (
                    isinstance(call, ast.Attribute)
                    and isinstance(call.value, ast.Name)
                    and call.value.id in {"log", "logger", "logging"}
                    and call.attr in {"debug", "info", "warning", "error", "exception", "critical"}
                ):
                    yield file, node


def test_each_line_of_ours_begins_with_fixed_words():
    """Values go in as arguments, where they are judged; put into the text they could not be."""
    calls = list(log_calls())
    assert len(calls) >= 4
    for file, node in calls:
        first = node.args[0]
        assert isinstance(first, ast.Constant), f"{file.name}:{node.lineno}"
