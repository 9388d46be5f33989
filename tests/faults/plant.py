"""A whole plant of its own under `ebr run`, whose processes can be killed one by one."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from ebr import embedded
from ebr.cli.demo import free_ports
from ebr.settings import ROOT, Settings
from ebr.supervisor import CHILD_MARK, RUN_MARK

READY_S = 150.0


@dataclass
class Plant:
    """One `ebr run`, what it says, and its processes by name."""

    settings: Settings
    said: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    _listener: threading.Thread | None = None

    def start(self) -> None:
        """Run the plant and wait until it is ready."""
        told = len(self.said)
        bare = {name: text for name, text in os.environ.items() if not name.startswith("EBR_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ebr", "run"],
            cwd=ROOT,
            env=bare | self.settings.to_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, args=(self.process,))
        self._listener.start()
        self.hear("ready at http://", told)

    def hear(self, part: str, after: int = 0) -> str:
        """Wait for a line of the parent that holds this part."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            for line in tuple(self.said[after:]):
                if part in line:
                    return line
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"{part!r} was never said, but:\n{''.join(self.said[after:])}")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send the parent a signal and wait for its end."""
        assert self.process is not None
        assert self._listener is not None
        self.process.send_signal(number)
        status = self.process.wait(timeout=90)
        if number != signal.SIGKILL:  # orphans of a killed parent hold nothing that we read
            self._listener.join(timeout=30)
        return status

    def kill(self, victim: str) -> None:
        """Kill one process of the plant outright, as soon as it is there."""
        self.victim(victim).kill()

    def victim(self, name: str, within_s: float = 60.0) -> psutil.Process:
        """A process of the plant by its name; one that is being started again is waited for."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            with contextlib.suppress(psutil.Error, StopIteration):
                found = self._find(name)
                if found.status() != psutil.STATUS_ZOMBIE:
                    return found
            time.sleep(0.02)
        raise AssertionError(f"there is no {name} to kill")

    def left(self) -> list[psutil.Process]:
        """Every living process of this installation, whoever started it."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                environment = process.environ()
                ours = environment.get("EBR_DATA_DIR") == str(self.settings.data_dir)
                marked = RUN_MARK in environment or process == self._parent()
                if ours and marked and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found + embedded.of(self.settings)._processes()

    def connected(self) -> Settings:
        """The settings with the connection strings of the plant's database."""
        return embedded.of(self.settings).settings(self.settings)

    def ebr(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Do one command of `ebr` on this plant to its end."""
        bare = {name: text for name, text in os.environ.items() if not name.startswith("EBR_")}
        return subprocess.run(
            [sys.executable, "-m", "ebr", *command],
            cwd=ROOT,
            env=bare | self.settings.to_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.said.append(line)
                sys.stdout.write(f"{time.monotonic():.1f} {line}")

    def _parent(self) -> psutil.Process | None:
        return None if self.process is None else psutil.Process(self.process.pid)

    def _find(self, name: str) -> psutil.Process:
        if name == "postgres":
            postmaster = embedded.of(self.settings).postmaster()
            if postmaster is None:
                raise StopIteration
            return postmaster
        if name == "backend":
            return next(iter(reversed(self._find("postgres").children())))
        if name == "worker":
            return next(iter(self._find("web").children()))
        assert self.process is not None
        children = psutil.Process(self.process.pid).children()
        return next(each for each in children if each.environ().get(CHILD_MARK) == name)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Plant]:
    """A plant with the demo's people and goods, on ports of its own; gone afterwards."""
    base = Settings.from_environment({"EBR_DATA_DIR": str(folder)})
    plant = Plant(replace(base, port=free_ports(1), scale_port=free_ports(2), password_cost="test"))
    try:
        plant.start()
        yield plant
    finally:
        if plant.process is not None and plant.process.poll() is None:
            plant.end()
        for process in plant.left():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
