"""The parent keeps its processes alive, stops them all, and outlives its own death."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ebr.settings import ROOT, Settings
from ebr.supervisor import AlreadyRunning, Child, Failed, Supervisor, _end

SLEEPER = Child("sleeper", (sys.executable, "-c", "import time; time.sleep(600)"))


def eventually(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


def installation(folder: Path) -> Settings:
    return Settings.from_environment({"EBR_DATA_DIR": str(folder)})


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Supervisor:
    return Supervisor(installation(tmp_path), said.append, [SLEEPER])


@pytest.fixture
def kept(supervisor: Supervisor) -> Iterator[Supervisor]:
    """A supervisor at work in this thread's place: signals stay with pytest."""
    with supervisor.holding():
        worker = threading.Thread(target=supervisor.keep, args=(lambda: True, lambda: None))
        worker.start()
        eventually(lambda: bool(living(supervisor)))
        yield supervisor
        supervisor._stopping.set()
        worker.join()
        supervisor.stop()


def living(supervisor: Supervisor) -> list[psutil.Process]:
    return supervisor._living(supervisor._mark)


def test_a_child_that_dies_is_started_again(kept: Supervisor, said: list[str]) -> None:
    (first,) = living(kept)
    first.kill()
    eventually(lambda: any(process.pid != first.pid for process in living(kept)))
    assert said == ["sleeper ended (signal SIGKILL); starting it again in 0.0 s"]


def test_a_child_that_keeps_dying_is_waited_for_longer_and_its_last_words_are_told(
    tmp_path: Path, said: list[str]
) -> None:
    words = "import sys; sys.exit('no bread')"
    supervisor = Supervisor(
        installation(tmp_path), said.append, [Child("baker", (sys.executable, "-c", words))]
    )
    with supervisor.holding():
        worker = threading.Thread(target=supervisor.keep, args=(lambda: True, lambda: None))
        worker.start()
        eventually(lambda: len(said) >= 3)
        supervisor._stopping.set()
        worker.join()
        supervisor.stop()
    assert said[0].startswith("baker ended (status 1); starting it again in 0.0 s")
    assert "no bread" in said[0]
    assert "in 0.5 s" in said[1]
    assert "in 1.0 s" in said[2]


def test_stopping_leaves_no_process_behind(supervisor: Supervisor) -> None:
    with supervisor.holding():
        worker = threading.Thread(target=supervisor.keep, args=(lambda: True, lambda: None))
        worker.start()
        eventually(lambda: bool(living(supervisor)))
        supervisor._stopping.set()
        worker.join()
        supervisor.stop()
    assert living(supervisor) == []


HEADLESS = """
import ctypes, signal, socket, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=listening.accept).start()
print(listening.getsockname()[1], flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_process_is_ended_only_when_its_last_thread_has_let_go_of_the_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ebr.supervisor.STOP_S", 0.2)
    command = [sys.executable, "-c", HEADLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        address = ("127.0.0.1", int(started.stdout.readline()))
        process = psutil.Process(started.pid)
        eventually(lambda: process.status() == psutil.STATUS_ZOMBIE)
        with pytest.raises(OSError, match="in use"):
            socket.create_server(address)
        try:
            _end([process])
            socket.create_server(address).close()
        finally:
            process.kill()


def test_an_installation_has_one_parent(kept: Supervisor) -> None:
    second = Supervisor(kept.settings, print, [SLEEPER])
    with pytest.raises(AlreadyRunning, match=str(os.getpid())), second.holding():
        pass
    assert living(kept)


def test_people_are_welcomed_once_everything_is_healthy(supervisor: Supervisor) -> None:
    welcomed: list[str] = []
    answers = iter([False, False, True])
    with supervisor.holding():
        worker = threading.Thread(
            target=supervisor.keep,
            args=(lambda: next(answers, True), lambda: welcomed.append("welcome")),
        )
        worker.start()
        eventually(lambda: bool(welcomed))
        time.sleep(0.5)
        supervisor._stopping.set()
        worker.join()
        supervisor.stop()
    assert welcomed == ["welcome"]


def test_a_command_that_must_succeed_tells_why_it_did_not(supervisor: Supervisor) -> None:
    with supervisor.holding(), pytest.raises(Failed, match="there is no command 'dance'"):
        supervisor.once("dance")


PARENT = """
import sys
from pathlib import Path
from ebr.settings import Settings
from ebr.supervisor import Child, Supervisor
parent = Supervisor(
    Settings.from_environment({"EBR_DATA_DIR": sys.argv[1]}),
    lambda text: print(text, flush=True),
    [Child("sleeper", (sys.executable, "-c", "import time; time.sleep(600)"))],
)
with parent.holding():
    if len(sys.argv) > 2:
        parent.database()
    try:
        parent.keep(lambda: True, lambda: print("ready", flush=True))
    finally:
        parent.stop()
"""


@contextlib.contextmanager
def a_parent(folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PARENT, str(folder), *more]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def lines_until(process: subprocess.Popen[str], end: str) -> list[str]:
    assert process.stdout is not None
    found = []
    for line in process.stdout:
        found.append(line.strip())
        if found[-1] == end:
            return found
    raise AssertionError(f"{end!r} was never said, but {found}")


def test_a_killed_parent_leaves_processes_that_the_next_one_ends(tmp_path: Path) -> None:
    with a_parent(tmp_path) as first:
        lines_until(first, "ready")
        (orphan,) = psutil.Process(first.pid).children()
        first.kill()
        first.wait()
    assert psutil.pid_exists(orphan.pid)
    with a_parent(tmp_path) as second:
        said = lines_until(second, "ready")
        assert "an earlier run was killed; ending 1 of its processes" in said
        eventually(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE)
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=30) == 0


def test_the_parent_starts_a_dead_database_again(own_folder: Path) -> None:
    with a_parent(own_folder, "database") as parent:
        lines_until(parent, "ready")
        number = int((own_folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(number, signal.SIGKILL)
        lines_until(parent, "PostgreSQL answers again")
        parent.send_signal(signal.SIGINT)
        assert parent.wait(timeout=60) == 0
    assert not (own_folder / "postgres" / "postmaster.pid").exists()


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "ebr", "run"],
            cwd=ROOT,
            env=os.environ | {"EBR_DATA_DIR": str(tmp_path), "EBR_PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"EBR_PORT={port + 1}" in done.stderr
    assert not (tmp_path / "postgres").exists()
