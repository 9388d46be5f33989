"""A list of 100 lots and the creation of a lot over HTTP, by a single client.

Through a real server and socket, by gunicorn as in the plant. A creation ends with a commit, which
waits for the disk: what one row costs by the driver alone stands beside it, taken in turns.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg

from ebr.cli.demo import free_ports
from ebr.kernel import new_id
from ebr.settings import ROOT
from tests.bench.figure import Figure
from tests.builders.batch import Line, now
from tests.builders.fresh_plant import fresh
from tests.integration import plant

SAMPLES = 120
WARM = 20
GOAL_MS = 6.0


def figures() -> Iterator[Figure]:
    """Creation and list, medians."""
    with fresh() as database:
        line = Line(database).equip()
        line.database.close()
        port = free_ports(1)
        environment = database.settings.to_environment() | {"EBR_PORT": str(port)}
        with served(environment, port):
            client = Client(port)
            client.sign_in("n.duarte", line.people["n.duarte"].password)
            with plant.connect(database.settings, "app") as driver:
                timed = [
                    (client.timed("POST", "/lots", delivery(n)), committed(driver))
                    for n in range(SAMPLES)
                ]
            listed = [client.timed("GET", "/lots") for _ in range(SAMPLES)]
    made, alone = zip(*timed[WARM:], strict=True)
    yield figure("creation of a lot over HTTP: median", made)
    yield Figure("one row by the driver, committed: median", statistics.median(alone), "ms")
    yield figure("list of 100 lots over HTTP: median", listed[WARM:])


def figure(name: str, found: Sequence[float]) -> Figure:
    """The median, against the goal of both."""
    return Figure(name, statistics.median(found), "ms", GOAL_MS, at_most=True)


def committed(driver: psycopg.Connection[Any]) -> float:
    """Milliseconds of one plain insert with its commit."""
    begun = time.perf_counter()
    driver.execute("INSERT INTO audit.request VALUES ('bench', %s, '', '')", (str(new_id()),))
    driver.commit()
    return (time.perf_counter() - begun) * 1000


def delivery(number: int) -> dict[str, Any]:
    """A delivery as the warehouse enters it."""
    return {
        "material": "RM-ETH96",
        "supplier": "Chemie Nord",
        "maker": "Chemie Nord",
        "supplier_lot": f"A-{number}",
        "quantities": [{"value": "25.000", "unit": "kg"}],
        "received_on": now().date().isoformat(),
        "expires_on": (now().date() + timedelta(days=365)).isoformat(),
        "place": "WH-1",
    }


@contextmanager
def served(environment: dict[str, str], port: int) -> Iterator[None]:
    """The web of the plant, as `ebr serve` runs it."""
    command = (sys.executable, "-m", "ebr", "serve")
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                    connection.request("GET", "/health")
                    if connection.getresponse().status == http.client.OK:
                        break
                except OSError:
                    time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


class Client:
    """One client on one kept connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Content-Type": "application/json"}

    def sign_in(self, login: str, secret: str) -> None:
        """Open the session."""
        body = {"login": login, "secret": secret, "station": "QA-1"}
        self.connection.request("POST", "/api/v1/session", json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        self.headers["Cookie"] = str(answer.headers["Set-Cookie"]).split(";", 1)[0]
        self.headers["X-CSRF-Token"] = json.loads(answer.read())["csrf"]

    def timed(self, method: str, path: str, body: Any = None) -> float:
        """Milliseconds from sending to the last byte of the answer."""
        headers = self.headers | {"Idempotency-Key": str(new_id())}
        content = None if body is None else json.dumps(body)
        begun = time.perf_counter()
        self.connection.request(method, f"/api/v1{path}", content, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        taken = time.perf_counter() - begun
        if answer.status >= http.client.BAD_REQUEST:
            raise RuntimeError(text.decode())
        return taken * 1000
