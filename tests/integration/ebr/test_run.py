"""`ebr run`: everything under one parent, at the address that it prints, until Ctrl-C."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psutil
import pytest

from ebr.settings import ROOT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class Plant:
    """One `ebr run` and what it says; ended with its block, however the block ends."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ebr", "run", "--without-demo-plant"],
            cwd=ROOT,
            env=os.environ | {"EBR_DATA_DIR": str(folder), "EBR_PORT": str(port)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        assert self.process.stdout is not None
        with self.process, self.process.stdout:
            if self.process.poll() is None:
                self.process.terminate()

    def says(self, part: str) -> None:
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if part in line:
                return
        raise AssertionError(f"{part!r} was never said, but {said}")

    def health(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=90)


def serving(port: int) -> list[psutil.Process]:
    """The web's processes of one port."""
    found = []
    for process in psutil.process_iter(["status"]):
        with contextlib.suppress(psutil.Error):
            environment = process.environ()
            web = environment.get("BATCHLINE_CHILD") == "web"
            ours = web and environment.get("EBR_PORT") == str(port)
            if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.fixture
def port() -> Iterator[int]:
    found = free_port()
    yield found
    assert serving(found) == []


def test_a_killed_run_goes_on_with_the_same_data(own_folder: Path, port: int) -> None:
    with Plant(own_folder, port) as first:
        first.says(f"ready at http://127.0.0.1:{port}/")
        assert first.health() == 200
        marked = (own_folder / "postgres" / "PG_VERSION").stat().st_ino
        first.end(signal.SIGKILL)
        assert serving(port), "a killed parent leaves its children"

    with Plant(own_folder, port) as second:
        second.says("an earlier run was killed")
        second.says(f"ready at http://127.0.0.1:{port}/")
        assert second.health() == 200
        assert (own_folder / "postgres" / "PG_VERSION").stat().st_ino == marked

        for process in serving(port):
            process.kill()
        second.says("web ended (signal SIGKILL)")
        assert second.end(signal.SIGINT) == 0
    assert not (own_folder / "postgres" / "postmaster.pid").exists()
