"""`manage.py serve` as somebody starts it: its own processes, port and files."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import databases
from tests.run import free_port

ROOT = Path(__file__).resolve().parents[2]
PROC = Path("/proc")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.sqlite_only,
]


class Service:
    """A started service and what it said."""

    def __init__(self, folder):
        self.port = free_port()
        self.environ = {
            **os.environ,
            "VAR_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "casework.settings",
            "DATABASE_URL": f"sqlite:///{folder}/alongside.sqlite3",
            "PYTHONUNBUFFERED": "1",
        }
        shutil.copyfile(databases.template(), folder / "alongside.sqlite3")
        self.manage("createcachetable")
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, check=False)

    def said(self, text):
        return text in self.log.read_text()

    def healthy(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def child(self, word):
        """The process id of the child whose command holds the word, or None."""
        for folder in PROC.glob("[0-9]*"):
            try:
                parent = re.search(r"^PPid:\s+(\d+)", (folder / "status").read_text(), re.M)
                command = (folder / "cmdline").read_bytes().decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent and int(parent.group(1)) == self.process.pid and word in command:
                return int(folder.name)
        return None

    def until(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)


@pytest.fixture
def service(django_db_setup, tmp_path):
    started = Service(tmp_path)
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()


def test_it_serves_brings_back_what_dies_and_stops_cleanly(service):
    service.until(lambda: service.said(f"Ready: http://localhost:{service.port}"))
    assert service.healthy()

    second = service.manage("serve", "--port", str(service.port))
    assert second.returncode == 1
    assert f"PORT={service.port + 1} make run" in second.stderr.decode()

    worker = service.child("run_huey")
    os.kill(worker, signal.SIGKILL)
    service.until(lambda: service.child("run_huey") not in {None, worker})
    web = service.child("gunicorn")
    os.kill(web, signal.SIGKILL)
    service.until(lambda: service.child("gunicorn") not in {None, web} and service.healthy())

    last = [service.child("run_huey"), service.child("gunicorn")]
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=35) == 0
    assert service.said("Stopped.")
    assert not service.healthy()
    assert not [pid for pid in last if (PROC / str(pid)).exists()]
