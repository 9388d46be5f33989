"""A simulated balance and a collector as processes of their own, for journeys that weigh."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from devices.simulator import ControlRefused, Pan
from ebr import maintenance
from ebr.settings import ROOT, Settings
from tests.builders.batch import BECAUSE, Line

SERIAL = "B0210"
PATIENCE_S = 20.0


@contextmanager
def balance(line: Line, settings: Settings) -> Iterator[Pan]:
    """The line's balance answers from here on; on its pan lies what the test puts there."""
    port = _free_pair()
    connect = maintenance.ConnectDevice(
        equipment="SC-04",
        device_url=f"sics+tcp://127.0.0.1:{port}",
        device_serial=SERIAL,
        why=BECAUSE,
    )
    line.install(maintenance.connect_device, connect)
    scale = ("simulate", "scale", "--serial", SERIAL, "--port", str(port))
    processes = [
        _start(settings, *scale, "--control-port", str(port + 1)),
        _start(settings, "collect"),
    ]
    try:
        yield _awake(Pan(port + 1))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(PATIENCE_S)


def _start(settings: Settings, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "ebr", *arguments],
        cwd=ROOT,
        env=dict(os.environ) | settings.to_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _awake(pan: Pan) -> Pan:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            pan.state()
        except ControlRefused:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return pan


def _free_pair() -> int:
    """A free port whose neighbour is free as well: for the balance and for its pan."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
