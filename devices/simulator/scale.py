"""A balance that is none: MT-SICS over TCP on the loopback address, with faults on request.

A second port takes instructions, one line each, answered by OK or NO: `LOAD 12.487 g` puts
something on the pan, `FAULT unsteady` and its kin make trouble, `CLEAR` ends the trouble, `STATE`
tells what the scale shows.
"""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from devices.protocols.sics import END
from devices.simulator.physics import Physics

LOOPBACK = "127.0.0.1"
LASTING = (
    "unsteady",
    "overload",
    "silence",
    "garbage",
    "late",
    "double",
    "broken",
    "unit",
    "serial",
)
ONCE = ("partial", "hangup", "disconnect", "restart", "print")
FAULTS = (*LASTING, *ONCE)
_NOISE = b"S D     1\x00\xff\xfe"


@dataclass(frozen=True, slots=True)
class ScaleSettings:
    """What a simulated scale is; port 0 takes a free one."""

    serial: str
    capacity: str = "32100.0 g"
    port: int = 0
    control_port: int = 0
    settle_s: float = 0.3
    patience_s: float = 5.0


# The balance of the demo plant and of a training site.
DEFAULT_SCALE = ScaleSettings("B021002593", port=4305, control_port=4306)


class SimulatedScale:
    """One simulated balance: `async with SimulatedScale(settings) as scale:` and it listens."""

    def __init__(self, settings: ScaleSettings, now: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.physics = Physics(settings.capacity, settings.settle_s, now)
        self.faults: dict[str, str] = {}
        self.port = settings.port
        self.control_port = settings.control_port
        self._servers: list[asyncio.Server] = []
        self._talks: set[_Talk] = set()

    async def __aenter__(self) -> Self:
        scale = await asyncio.start_server(self._talk, LOOPBACK, self.settings.port)
        self._servers.append(scale)
        control = await asyncio.start_server(self._control, LOOPBACK, self.settings.control_port)
        self._servers.append(control)
        self.port = scale.sockets[0].getsockname()[1]
        self.control_port = control.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for talk in tuple(self._talks):
            talk.hang_up()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    @property
    def serial(self) -> str:
        """The serial number it names, true or not."""
        return self.faults.get("serial") or self.settings.serial

    @property
    def unit(self) -> str:
        """The unit it prints, right or not."""
        return self.faults.get("unit") or self.physics.unit

    def instruct(self, line: str) -> str:
        """Follow one instruction of the control port; ValueError tells what is wrong with it."""
        verb, _, rest = line.strip().partition(" ")
        match verb:
            case "LOAD":
                self.physics.put(rest)
            case "FAULT":
                name, _, argument = rest.partition(" ")
                self._fault(name, argument)
            case "CLEAR":
                self.faults.clear()
                self.physics.unsteady = self.physics.overloaded = False
            case "STATE":
                return json.dumps(self._state())
            case _:
                raise ValueError(f"unknown instruction {verb!r}: LOAD, FAULT, CLEAR or STATE")
        return ""

    def _state(self) -> dict[str, object]:
        return {
            "net": f"{self.physics.net()} {self.physics.unit}",
            "load": f"{self.physics.load} {self.physics.unit}",
            "tare": f"{self.physics.tare} {self.physics.unit}",
            "at_rest": self.physics.at_rest,
            "faults": sorted(self.faults),
            "connections": len(self._talks),
            "serial": self.serial,
        }

    def _fault(self, name: str, argument: str) -> None:
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name!r}; known are {', '.join(FAULTS)}")
        match name:
            case "disconnect":
                for talk in tuple(self._talks):
                    talk.hang_up()
            case "restart":
                self.physics.power_up()
                self.announce(f'I4 A "{self.serial}"'.encode())
            case "print":
                self.announce(self.weight_line("S", rest=True))
            case _:
                self.faults[name] = argument
        self.physics.unsteady = "unsteady" in self.faults
        self.physics.overloaded = "overload" in self.faults

    def announce(self, line: bytes) -> None:
        """Say something nobody asked for, to everyone who is connected."""
        for talk in tuple(self._talks):
            talk.say(line)

    def weight_line(self, name: str, *, rest: bool) -> bytes:
        """A weight as a balance prints it: status, ten characters, unit."""
        status = "S" if rest else "D"
        return f"{name} {status} {self.physics.net()!s:>10} {self.unit}".encode()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(self, writer)
        self._talks.add(talk)
        try:
            await talk.listen(reader)
        except (OSError, asyncio.LimitOverrunError):
            pass  # a peer that resets or floods us is gone, like one that hangs up
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                try:
                    answer = f"OK {self.instruct(line.decode('ascii', 'replace'))}"
                except ValueError as error:
                    answer = f"NO {error}"
                writer.write(answer.strip().encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            pass  # an instruction longer than a line can be, or a peer that has gone
        finally:
            writer.close()


class _Talk:
    """One connection to a simulated scale: commands are done one after the other."""

    def __init__(self, scale: SimulatedScale, writer: asyncio.StreamWriter) -> None:
        self._scale = scale
        self._writer = writer
        self._commands: asyncio.Queue[str] = asyncio.Queue()
        self._doing: asyncio.Task[None] | None = None
        self._replies: dict[str, Callable[[], Awaitable[bytes]]] = {
            "S": self._stable_weight,
            "SI": self._weight_now,
            "T": self._tare,
            "Z": self._zero,
            "I2": self._model,
            "I4": self._serial,
        }

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Take commands until the other side hangs up; @ cancels what is being done."""
        self._doing = asyncio.create_task(self._work())
        try:
            while line := await reader.readline():
                command = line.decode("ascii", "replace").strip()
                if command == "@":
                    self._doing.cancel()
                    self._commands = asyncio.Queue()
                    self._doing = asyncio.create_task(self._work())
                self._commands.put_nowait(command)
        finally:
            self._doing.cancel()

    def say(self, line: bytes) -> None:
        """Send one line, unless nobody is there any more."""
        if not self._writer.is_closing():
            self._writer.write(line + END)

    def hang_up(self) -> None:
        """Break the connection off."""
        self._writer.close()

    async def _work(self) -> None:
        while True:
            command = await self._commands.get()
            reply = self._replies.get("I4" if command == "@" else command)
            line = await reply() if reply is not None else b"ES"
            with contextlib.suppress(OSError):
                await self._send(line)

    async def _send(self, line: bytes) -> None:
        faults = self._scale.faults
        if "late" in faults:
            await asyncio.sleep(float(faults["late"] or "3"))
        if "silence" in faults:
            return
        if "hangup" in faults:
            del faults["hangup"]
            self.hang_up()
            return
        weight = line[:2] in {b"S ", b"T "}
        if "garbage" in faults:
            line = _NOISE + line[:4]
        elif "partial" in faults and weight:
            del faults["partial"]
            self._writer.write(_NOISE)
            await self._writer.drain()
            return
        self.say(line)
        if "double" in faults and weight:
            self.say(line)
        await self._writer.drain()

    async def _stable_weight(self) -> bytes:
        return await self._at_rest("S") or self._scale.weight_line("S", rest=True)

    async def _weight_now(self) -> bytes:
        return self._against("S") or self._scale.weight_line("S", rest=self._scale.physics.at_rest)

    async def _tare(self) -> bytes:
        if denied := await self._at_rest("T"):
            return denied
        return f"T S {self._scale.physics.take_tare()!s:>10} {self._scale.unit}".encode()

    async def _zero(self) -> bytes:
        if denied := await self._at_rest("Z"):
            return denied
        return b"Z A" if self._scale.physics.set_zero() else b"Z +"

    async def _model(self) -> bytes:
        return f'I2 A "SIMULATED balance {self._scale.settings.capacity}"'.encode()

    async def _serial(self) -> bytes:
        return f'I4 A "{self._scale.serial}"'.encode()

    def _against(self, name: str) -> bytes | None:
        """What stands against a weight at this moment."""
        if "broken" in self._scale.faults and name == "S":
            return b"S S Error 6b"
        if self._scale.physics.over:
            return f"{name} +".encode()
        if self._scale.physics.under:
            return f"{name} -".encode()
        return None

    async def _at_rest(self, name: str) -> bytes | None:
        """Wait for rest as long as a balance does; what stands against a weight, if anything."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._scale.settings.patience_s
        while not self._scale.physics.at_rest:
            if denied := self._against(name):
                return denied
            if loop.time() >= until:
                return f"{name} I".encode()
            await asyncio.sleep(0.02)
        return self._against(name)


async def _simulate(settings: ScaleSettings, tell: Callable[[str], None]) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    async with SimulatedScale(settings) as scale:
        tell(
            f"simulated scale {settings.serial} on sics+tcp://{LOOPBACK}:{scale.port}, "
            f"pan on {LOOPBACK}:{scale.control_port}"
        )
        await ended.wait()


def simulate_scale(settings: ScaleSettings, tell: Callable[[str], None]) -> None:
    """Be a scale until SIGINT or SIGTERM; `tell` gets the one line that says where."""
    asyncio.run(_simulate(settings, tell))
