"""Puts things on a simulated pan and gives the scale faults, from another process."""

import json
import socket
from dataclasses import dataclass
from typing import Any

_LONGEST = 4096


class ControlRefused(Exception):
    """The simulated scale did not accept the instruction."""


@dataclass(frozen=True, slots=True)
class Pan:
    """The control port of one simulated scale; every call is a connection of its own."""

    port: int
    host: str = "127.0.0.1"
    timeout_s: float = 3.0

    def load(self, weight: str) -> None:
        """Put this on the pan in all, container included: `load("12.487 g")`."""
        self._tell(f"LOAD {weight}")

    def fault(self, name: str, argument: str = "") -> None:
        """Give the scale a fault by name; `simulator.FAULTS` lists them."""
        self._tell(f"FAULT {name} {argument}".strip())

    def clear(self) -> None:
        """Take every fault away; what lies on the pan stays."""
        self._tell("CLEAR")

    def state(self) -> dict[str, Any]:
        """What the scale shows and suffers from at this moment."""
        state: dict[str, Any] = json.loads(self._tell("STATE"))
        return state

    def _tell(self, line: str) -> str:
        if "\n" in line or "\r" in line:
            raise ControlRefused("an instruction is one line")
        try:
            where = (self.host, self.port)
            with socket.create_connection(where, self.timeout_s) as connection:
                connection.sendall(line.encode() + b"\n")
                with connection.makefile("rb") as answers:
                    answer = answers.readline(_LONGEST).decode().strip()
        except OSError as error:
            raise ControlRefused(f"no simulated scale at {self.host}:{self.port}") from error
        verdict, _, rest = answer.partition(" ")
        if verdict != "OK":
            raise ControlRefused(rest or "the simulated scale gave no answer")
        return rest
