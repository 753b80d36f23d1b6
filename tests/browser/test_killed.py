"""The browser, the web process or the session is killed in the middle of a sentence.

A service of its own, with gunicorn and a browser that are really killed: every word that was
written more than two seconds before is offered again. Without script, it is what was posted last.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error

from casework.common.processes import runnable, web_command
from casework.demo.network import ACCOUNTS, account_email
from tests.browser.conftest import chromium
from tests.run import free_port

ROOT = Path(__file__).resolve().parents[2]
AT_MOST = 2.0  # seconds until what was written is on the server
MOMENTS = 200
POSTS = 30
FIELD = "What was said and agreed"
KILLED = ("browser", "web process", "session")
PERSON = re.compile(r"/people/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")

pytestmark = pytest.mark.deep


class Service:
    """The demonstration network behind one gunicorn that can be killed and started again."""

    def __init__(self, folder):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **os.environ,
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/alongside.sqlite3",
            "DJANGO_SETTINGS_MODULE": "casework.settings",
            "DEMO": "1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": self.address,
        }
        for command in (
            ["migrate", "-v0"],
            ["createcachetable"],
            ["collectstatic", "--noinput", "-v0"],
            ["demo"],
        ):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=self.environ,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            runnable(web_command(bind=f"127.0.0.1:{self.port}", workers=1)),
            cwd=ROOT,
            env=self.environ,
            start_new_session=True,
        )
        for _try in range(300):
            with suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(self.address + "/accounts/login/").close()  # noqa: S310
                return
            time.sleep(0.1)
        raise AssertionError("the service did not start")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Writer:
    """Somebody at a browser of their own."""

    def __init__(self, playwright, service, *, script=True):
        self.playwright, self.service, self.script = playwright, service, script
        self.launch()
        self.sign_in()

    def launch(self):
        """A new browser that knows nothing of the one before."""
        self.browser = self.playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"]
        )
        context = self.browser.new_context(locale="en-GB", java_script_enabled=self.script)
        self.page = context.new_page()

    def turn_to_another_page(self):
        self.page.close(run_before_unload=False)
        self.page = self.browser.contexts[0].new_page()

    def sign_in(self):
        account = next(one for one in ACCOUNTS if one.role == "key_worker")
        self.page.goto(self.service.address + "/accounts/login/")
        self.page.get_by_label("Email address").fill(account_email(account))
        self.page.get_by_label("Password", exact=True).fill(account.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(re.compile(r"^(?!.*/login/)"))

    def people(self):
        self.page.goto(self.service.address + "/people/")
        hrefs = self.page.eval_on_selector_all(
            "main a[href^='/people/']", "links => links.map(link => link.getAttribute('href'))"
        )
        return sorted({found[1] for href in hrefs if (found := PERSON.match(href))})

    def begin(self, person):
        self.open(person)
        again = self.page.get_by_role("button", name="Start again")
        if again.count():
            again.click()
            self.page.wait_for_load_state()

    def open(self, person, query=""):
        self.page.goto(f"{self.service.address}/diary/record/{person}/{query}")

    def write(self, word):
        self.page.get_by_label(FIELD).press_sequentially(word)

    def offered(self, person):
        self.open(person, "?carry-on=1")
        return self.page.get_by_label(FIELD).input_value()

    def kill(self):
        found = self.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        main = next(one["id"] for one in found["processInfo"] if one["type"] == "browser")
        os.kill(main, signal.SIGKILL)
        with suppress(Error):
            self.browser.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    made = Service(tmp_path_factory.mktemp("service"))
    yield made
    made.kill()


def end(killed, writer, service):
    """Kills it, and comes back as somebody does after that."""
    if killed == "web process":
        service.kill()
        service.start()
        writer.turn_to_another_page()
    elif killed == "browser":
        kept = writer.page.context.cookies()
        writer.kill()
        writer.launch()
        writer.page.context.add_cookies(kept)
    else:
        writer.turn_to_another_page()
        writer.page.context.clear_cookies(name="sessionid")
        writer.sign_in()


def test_words_older_than_two_seconds_are_offered_whatever_is_killed(service, playwright):
    seed, moments = int(os.environ.get("SEED", 2026)), int(os.environ.get("MOMENTS", MOMENTS))
    chance = random.Random(seed)
    writer = Writer(playwright, service)
    people = writer.people()
    owing = 0
    for moment in range(moments):
        person = people[moment % len(people)]
        writer.begin(person)
        killed = KILLED[moment % len(KILLED)]
        typed, until = [], time.monotonic() + chance.uniform(0.2, 5)
        signed_out = time.monotonic() + chance.uniform(0, 4)
        while time.monotonic() < until:
            if killed == "session" and time.monotonic() > signed_out:
                writer.page.context.clear_cookies(name="sessionid")
            word = f"w{len(typed)} "
            writer.write(word)
            typed.append((time.monotonic(), word))
            writer.page.wait_for_timeout(chance.choice([10, 40, 200, 1100]))
        at = time.monotonic()
        end(killed, writer, service)
        owed = "".join(word for when, word in typed if when < at - AT_MOST)
        owing += bool(owed)
        offered = writer.offered(person)
        print(f"{moment + 1}: {killed}, {len(owed)} owed, {len(offered)} offered", flush=True)
        assert offered.startswith(owed), (seed, moment, killed, owed, offered)
    writer.browser.close()
    assert owing > moments / 3, "too few moments at which anything was owed"


def test_without_script_the_last_post_is_offered_whatever_is_killed(service, playwright):
    """A post that was refused, or came after the session, is kept; later words are not."""
    writer = Writer(playwright, service, script=False)
    people = writer.people()
    for moment in range(int(os.environ.get("POSTS", POSTS))):
        person = people[-1 - moment % len(people)]
        writer.begin(person)
        killed = KILLED[moment % len(KILLED)]
        words = f"Posted at moment {moment}."
        writer.page.get_by_label(FIELD).fill(words)
        if killed == "session":
            writer.page.context.clear_cookies(name="sessionid")
        else:  # a missed meeting without what we will do about it is refused
            writer.page.get_by_label("Missed", exact=True).check()
        writer.page.get_by_role("button", name="Save the contact").click()
        if killed != "session":
            writer.page.get_by_label(FIELD).fill(words + " And never posted.")
        end(killed, writer, service)
        assert writer.offered(person) == words, (moment, killed)
    writer.browser.close()
