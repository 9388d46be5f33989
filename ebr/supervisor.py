"""One parent that keeps the plant's processes going, and stops them all together.

It starts PostgreSQL when it is the one that comes with us, brings the database to its newest
shape, starts every process of the table, starts again what dies (waiting longer each time), and
on Ctrl-C or SIGTERM stops all in turn. Killed outright it loses nothing: every process it starts
carries the mark of the run, so the next run finds what is left, ends it and goes on with the
same data. Processes are told apart by that mark, never by their number, which may be another's.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

from ebr import embedded
from ebr.settings import ROLES, Settings

RUN_MARK = "BATCHLINE_RUN"
CHILD_MARK = "BATCHLINE_CHILD"
ROUND_S = 0.2
STOP_S = 15.0
STEADY_S = 10.0
LONGEST_WAIT_S = 30.0
LOG_MOST_BYTES = 10_000_000
LAST_WORDS = 8

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the plant: how it is started, and what stands still without it."""

    name: str
    command: tuple[str, ...]
    purpose: str = ""
    logins: Sequence[str] = ROLES  # of the database; it is told no others


def ebr(*command: str) -> tuple[str, ...]:
    """The command line of one of our own commands."""
    return (sys.executable, "-m", "ebr", *command)


PRACTICE = ("scale",)  # no process of a production site
OF_THE_PLANT = (
    Child("web", ebr("serve"), "pages and API"),
    Child("sealer", ebr("seal"), "the site's log and its checkpoints", ("sealer",)),
    Child("scale", ebr("simulate", "scale"), "a balance that is not there", ()),
    Child("collector", ebr("collect"), "readings of devices", ("collector",)),
    Child("renderer", ebr("render"), "records as PDF"),
    Child("notices", ebr("follow", "notices"), "what people must be told"),
)


class AlreadyRunning(RuntimeError):
    """Another parent already keeps this installation; its number is told."""


class Failed(RuntimeError):
    """A command that must succeed before the plant can run did not; its last words are told."""


@dataclass(slots=True)
class _Life:
    """How one child fares: its process, since when, and when it may be started next."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    since_s: float = 0.0
    wait_s: float = 0.0
    due_s: float = 0.0


@dataclass
class Supervisor:
    """The parent of one installation's processes."""

    settings: Settings
    say: Say
    children: Sequence[Child] = OF_THE_PLANT
    _mark: str = field(default_factory=lambda: f"{os.getpid()}-{time.monotonic_ns()}")
    _stopping: threading.Event = field(default_factory=threading.Event)
    _server: embedded.Embedded | None = None
    _lives: list[_Life] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the run keeps its lock, its mark and what its processes say."""
        return self.settings.data_dir / "run"

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Be the only parent of this installation; end first what a killed one has left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise AlreadyRunning(f"already running as process {lock.read().strip()}") from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            self._end_earlier_run()
            before = {number: signal.getsignal(number) for number in _SIGNALS}
            for number in _SIGNALS:
                signal.signal(number, self._signalled)
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    def database(self) -> None:
        """Start or attach the database that comes with us; another one is the plant's concern."""
        if self.settings.embedded:
            self._server = embedded.of(self.settings)
            self.settings = embedded.start(self.settings)

    def once(self, *command: str) -> str:
        """Do one command of `ebr` to its end; what it said, or Failed with its last words."""
        child = Child(command[0], ebr(*command))
        with self._log(child).open("wb") as log:
            process = self._spawn(child, log.fileno())
            while process.poll() is None and not self._stopping.wait(ROUND_S / 4):
                pass
            if process.returncode is None:
                _end(self._living(self._mark, child.name))
                process.wait()
        said = self._log(child).read_text(encoding="utf-8", errors="replace")
        if process.returncode != 0 and not self._stopping.is_set():
            raise Failed(f"ebr {' '.join(command)} ended with {process.returncode}:\n{said}")
        return said

    def keep(self, healthy: Callable[[], bool], welcome: Callable[[], None]) -> None:
        """Keep every child alive until asked to stop; welcome people once all is healthy."""
        left_out = PRACTICE if self.settings.production else ()
        lives = self._lives = [_Life(one) for one in self.children if one.name not in left_out]
        welcomed = False
        while not self._stopping.wait(ROUND_S):
            self._revive_database()
            for life in lives:
                self._tend(life)
            if not welcomed and all(life.process for life in lives) and healthy():
                welcomed = True
                welcome()

    def stop(self) -> None:
        """Stop every process of this run, then the database that comes with us."""
        _end(self._living(self._mark))
        for life in self._lives:
            if life.process is not None:
                life.process.wait()
        (self.folder / "mark.json").unlink(missing_ok=True)
        if self._server is not None:
            self._server.stop()

    def ask_to_stop(self) -> None:
        """Let `keep` end, as Ctrl-C does; for whoever runs beside the parent."""
        self._stopping.set()

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stopping.set()

    def _revive_database(self) -> None:
        if self._server is not None and self._server.postmaster() is None:
            self.say("PostgreSQL is gone; starting it again with the same data")
            self._server.ensure()
            self.say("PostgreSQL answers again")

    def _tend(self, life: _Life) -> None:
        """Start a child that is due; notice one that died."""
        now_s = time.monotonic()
        if life.process is None:
            if now_s >= life.due_s:
                _end(self._living(self._mark, life.child.name))
                with self._log(life.child).open("ab") as log:
                    life.process = self._spawn(life.child, log.fileno())
                life.since_s = now_s
            return
        if life.process.poll() is None:
            return
        if now_s - life.since_s > STEADY_S:
            life.wait_s = 0.0
        self.say(
            f"{life.child.name} ended ({_how(life.process.returncode)}); "
            f"starting it again in {life.wait_s:.1f} s{self._last_words(life)}"
        )
        life.process = None
        life.due_s = now_s + life.wait_s
        life.wait_s = min(max(2 * life.wait_s, 0.5), LONGEST_WAIT_S)

    def _last_words(self, life: _Life) -> str:
        if life.process is None or life.process.returncode in (0, -signal.SIGKILL):
            return ""
        lines = self._log(life.child).read_text(encoding="utf-8", errors="replace").splitlines()
        return "".join(f"\n    {line}" for line in lines[-LAST_WORDS:])

    def _log(self, child: Child) -> Path:
        folder = self.settings.data_dir / "log"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{child.name}.log"
        if path.exists() and path.stat().st_size > LOG_MOST_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    def _spawn(self, child: Child, log: int) -> subprocess.Popen[bytes]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("EBR_")}
        return subprocess.Popen(
            child.command,
            env=kept
            | self.settings.to_environment(child.logins)
            | {RUN_MARK: self._mark, CHILD_MARK: child.name, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is for the parent: it stops its children itself, in order.
            start_new_session=True,
        )

    def _end_earlier_run(self) -> None:
        path = self.folder / "mark.json"
        with contextlib.suppress(OSError, ValueError, KeyError):
            earlier = json.loads(path.read_text(encoding="utf-8"))["mark"]
            if left := self._living(earlier):
                self.say(f"an earlier run was killed; ending {len(left)} of its processes")
                _end(left)
        path.write_text(json.dumps({"mark": self._mark}), encoding="utf-8")

    def _living(self, mark: str, name: str | None = None) -> list[psutil.Process]:
        """Every living process that carries the mark of a run (and is of that child)."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                environment = process.environ()
                if environment.get(RUN_MARK) == mark and name in (
                    None,
                    environment.get(CHILD_MARK),
                ):
                    found.append(process)
        return found


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end(processes: Sequence[psutil.Process]) -> None:
    """Ask the processes to end; end those that do not."""
    for ask in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(ask)
        until = time.monotonic() + STOP_S
        while (processes := [each for each in processes if _lives(each)]) and (
            time.monotonic() < until
        ):
            time.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        if not process.is_running():
            return False
        # The first thread may have ended while others still hold the files and the port.
        return bool(process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    return False


def _how(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
