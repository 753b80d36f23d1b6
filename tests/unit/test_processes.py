"""The keeper of the web and worker processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from casework.common import processes
from casework.common.processes import Child, Keeper

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]


def keeper(*commands, **options):
    said = []
    children = [Child(f"child {n}", command, os.environ) for n, command in enumerate(commands)]
    return Keeper(children, said.append, pause=0.02, first_delay=0.02, **options), said


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_killed_process_comes_back_and_the_other_stays():
    pids = []

    def tick():
        first, second = kept.children
        if first.running() and second.running():
            if not pids:
                pids.extend([first.process.pid, second.process.pid])
                os.kill(first.process.pid, signal.SIGKILL)
            elif first.process.pid != pids[0]:
                assert second.process.pid == pids[1]
                os.kill(os.getpid(), signal.SIGTERM)

    kept, said = keeper(SLEEP, SLEEP, on_tick=tick)
    assert kept.run() == 0
    assert said == ["child 0 ended (exit code -9); starting it again in 0.02 s."]
    assert all(gone(child.process.pid) for child in kept.children)


def test_a_process_that_keeps_failing_stops_everything(monkeypatch):
    monkeypatch.setattr(processes, "MOST_QUICK_DEATHS", 3)
    kept, said = keeper(FAIL, SLEEP)
    assert kept.run() == 1
    assert said[-1] == "child 0 keeps ending (last exit code 3); stopping everything."
    assert len(said) == 3
    assert not kept.children[1].running()


def test_the_pause_before_a_new_start_doubles_and_a_steady_process_starts_at_once(monkeypatch):
    monkeypatch.setattr(processes, "MOST_QUICK_DEATHS", 4)
    kept, said = keeper(FAIL)
    kept.run()
    assert [line.rsplit("in ", 1)[1] for line in said[:-1]] == ["0.02 s.", "0.04 s.", "0.08 s."]

    child = Child("steady", FAIL, os.environ, quick_deaths=3)
    child.start(time.monotonic() - processes.STEADY_SECONDS)
    child.process.wait()
    said.clear()
    assert kept._look_after(child)
    assert child.quick_deaths == 0
    assert said == ["steady ended (exit code 3); starting it again in 0 s."]
    child.process.wait()


def test_a_process_that_will_not_stop_is_ended():
    stubborn = [
        sys.executable,
        "-c",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf', flush=True); time.sleep(60)",
    ]
    started = time.monotonic()

    def tick():
        if time.monotonic() - started > 1:
            os.kill(os.getpid(), signal.SIGINT)

    kept, said = keeper(stubborn, on_tick=tick, grace=0.3)
    assert kept.run() == 0
    assert said == ["child 0 did not finish within 0.3 s; ending it."]
    assert gone(kept.children[0].process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_the_processes_end_when_the_keeper_is_killed():
    program = f"""
        import os
        from casework.common.processes import Child, Keeper
        kept = Keeper([Child("child", {SLEEP!r}, os.environ)], print, pause=0.02)
        told = []
        def tick():
            if not told:
                told.append(1)
                print(kept.children[0].process.pid, flush=True)
        kept.on_tick = tick
        kept.run()
    """
    outer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    )
    with outer:
        pid = int(outer.stdout.readline())
        assert not gone(pid)
        outer.kill()
    wait_until(lambda: gone(pid))


def test_programs_run_with_this_interpreter():
    assert processes.runnable(["python", "manage.py", "x"]) == [sys.executable, "manage.py", "x"]
    assert processes.runnable(["gunicorn", "a:b"]) == [sys.executable, "-m", "gunicorn", "a:b"]


def test_web_processes_part_with_nothing_open_and_never_number_alike():
    """They are loaded once and then part: a connection in common would mix up their answers, and a
    source of chance in common would number two rows alike."""
    script = """
import os, sys, threading
import casework.wsgi
from casework.common.ids import uuid7
from django.db import connections

uuid7()
said = [sum(one.connection is not None for one in connections.all()), threading.active_count()]
reads, writes = os.pipe()
for _ in range(2):
    if os.fork() == 0:
        os.write(writes, f"{str(uuid7())[14:]} ".encode())
        os._exit(0)
    os.wait()
tails = os.read(reads, 4096).decode().split()
print(*said, len(tails), len(set(tails)))
"""
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["0", "1", "2", "2"]
