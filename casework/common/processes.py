"""The two processes that the service consists of, and the keeper that runs both as one.

`web_command` and `worker_command` are the only place where their options stand: `manage.py serve`
starts them as children, and the container image starts each as a service of its own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

GRACE_SECONDS = 30.0
"""How long a process may take to finish what it is doing before it is ended."""

STEADY_SECONDS = 60.0
"""A process that ran this long before it died is started again at once."""

MOST_QUICK_DEATHS = 5
"""A process that dies this often in a row, each time soon after its start, is given up."""

PR_SET_PDEATHSIG = 1


def web_command(*, bind: str, workers: int) -> list[str]:
    """gunicorn, without its access log: addresses of pages name people's records."""
    return [
        *("gunicorn", "casework.wsgi:application"),
        *("--bind", bind),
        *("--workers", str(workers)),
        "--preload",
        *("--timeout", "60"),
        *("--graceful-timeout", "20"),
        # a slow leak in a library never grows old
        *("--max-requests", "2000", "--max-requests-jitter", "400"),
        "--no-control-socket",
        *("--log-level", "warning"),
    ]


def worker_command() -> list[str]:
    """huey's consumer. By default TERM drops the running task and a kill leaves locks behind."""
    return [
        *("python", "manage.py", "run_huey"),
        *("--workers", "2", "--worker-type", "thread"),
        *("--graceful-signal", "TERM", "--shutdown-timeout", "20"),
        "--flush-locks",
        "--quiet",
    ]


def runnable(command: Sequence[str]) -> list[str]:
    """The command with this interpreter and the programs installed beside it."""
    program, *rest = command
    if program == "python":
        return [sys.executable, *rest]
    return [sys.executable, "-m", program, *rest]


def _end_with(parent: int) -> Callable[[], None]:
    """Runs in the new process: it is asked to stop when the keeper goes, however it goes."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it went in between
                os._exit(1)

    return prepare


@dataclass
class Child:
    """One process that is kept alive."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    quick_deaths: int = 0

    def start(self, now: float) -> None:
        # a group of its own: Ctrl-C in the terminal reaches the keeper only, which stops gracefully
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            start_new_session=True,
            preexec_fn=_end_with(os.getpid()),  # safe: the keeper has one thread
        )
        self.started = now

    def signal(self, number: int) -> None:
        """Signals the process and whatever it left behind in its group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Keeper:
    """Starts the processes, starts again the one that dies, stops all of them together."""

    children: list[Child]
    say: Callable[[str], None]
    on_tick: Callable[[], None] = lambda: None
    first_delay: float = 1.0
    pause: float = 0.2
    grace: float = GRACE_SECONDS
    _stop: bool = field(default=False, init=False)

    def run(self) -> int:
        """Blocks until told to stop (exit code 0) or until a process cannot be kept alive (1)."""
        before = {
            number: signal.signal(number, self._asked) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            while not self._stop:
                if not all([self._look_after(child) for child in self.children]):
                    return 1
                self.on_tick()
                time.sleep(self.pause)
            return 0
        finally:
            self._stop_children()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self._stop = True

    def _look_after(self, child: Child) -> bool:
        now = time.monotonic()
        if child.running():
            return True
        if child.process is not None:
            code = child.process.returncode
            child.signal(signal.SIGTERM)  # what it left behind would hold the port
            child.process = None
            steady = now - child.started >= STEADY_SECONDS
            child.quick_deaths = 0 if steady else child.quick_deaths + 1
            if child.quick_deaths >= MOST_QUICK_DEATHS:
                self.say(f"{child.name} keeps ending (last exit code {code}); stopping everything.")
                return False
            delay = 0.0 if steady else self.first_delay * 2 ** (child.quick_deaths - 1)
            child.start_at = now + delay
            self.say(f"{child.name} ended (exit code {code}); starting it again in {delay:g} s.")
        if now >= child.start_at:
            child.start(now)
        return True

    def _stop_children(self) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        end = time.monotonic() + self.grace
        while any(child.running() for child in self.children) and time.monotonic() < end:
            time.sleep(0.05)
        for child in self.children:
            if child.running():
                self.say(f"{child.name} did not finish within {self.grace:g} s; ending it.")
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
