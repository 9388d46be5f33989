"""The network between people and the plant, which can be cut where a test says.

It takes one request at a time, asks what is to become of it, and passes it on. People's programs
see what a real network shows them: no connection, no answer, half an answer.
"""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SILENCE_S = 60.0


def _nothing() -> None:
    """Nothing happens here."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one request on its way."""

    before: Callable[[], None] = _nothing  # the plant has not seen the request
    during: Callable[[], None] = _nothing  # the plant is at it
    after: Callable[[], None] = _nothing  # the plant has answered, nobody has heard it
    reaches_plant: bool = True
    answer_arrives: bool = True


Plan = Callable[[str, str], Fate]


@contextlib.contextmanager
def wire_to(port: int, plan: Plan) -> Iterator[int]:
    """A port that leads to the plant's, through the plan."""

    class Carrier(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                _carry(self.request, port, plan)

    class Line(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Line(("127.0.0.1", 0), Carrier) as line:
        worker = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.05})
        worker.start()
        try:
            yield line.server_address[1]
        finally:
            line.shutdown()
            worker.join()


def _carry(person: socket.socket, port: int, plan: Plan) -> None:
    request = _request(person)
    if not request:
        return
    method, path, _ = request.split(b"\r\n", 1)[0].decode().split(" ")
    fate = plan(method, path)
    fate.before()
    if not fate.reaches_plant:
        return
    with socket.create_connection(("127.0.0.1", port), timeout=SILENCE_S) as plant:
        # The plant closes after its answer, so that the end of the answer is seen.
        plant.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        fate.during()
        answer = _all(plant)
    fate.after()
    if fate.answer_arrives:
        person.sendall(answer)


def _request(person: socket.socket) -> bytes:
    """A whole request: its head, and as much body as the head promises."""
    person.settimeout(SILENCE_S)
    found = b""
    while b"\r\n\r\n" not in found:
        part = person.recv(65536)
        if not part:
            return b""
        found += part
    head, _, body = found.partition(b"\r\n\r\n")
    promised = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            promised = int(line.partition(b":")[2])
    while len(body) < promised:
        part = person.recv(65536)
        if not part:
            return b""
        body += part
    return head + b"\r\n\r\n" + body


def _all(plant: socket.socket) -> bytes:
    """What the plant said until it closed, or was killed."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := plant.recv(65536):
            found += part
    return found
