"""A balance on paper: what it says to each command is written down beforehand, no sockets."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from devices.errors import Silent, Unreachable
from devices.transports.wire import Line

SERIAL = "B0210"
MODEL = "SIMULATED on paper"
NAMED = b'I4 A "B0210"'
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HANG_UP = b"<hang up>"
BROKEN_OFF = b"<broken off>"


class PaperClock:
    """A clock that goes on by a second each time somebody looks."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class ScriptedWire:
    """Answers each command with the next lines written for it; @, I2 and I4 have theirs."""

    def __init__(self, clock: PaperClock, **script: Sequence[Sequence[bytes]]) -> None:
        self._clock = clock
        self._script = {command: deque(answers) for command, answers in script.items()}
        self._script.setdefault("I2", deque())
        self._lines: deque[Line] = deque()
        self.sent: list[bytes] = []
        self._ended = False

    @property
    def ended(self) -> bool:
        return self._ended

    def write(self, command: str, lines: Sequence[bytes]) -> None:
        """Write down what it answers the next time it is asked this."""
        self._script.setdefault(command, deque()).append(lines)

    def say(self, *lines: bytes) -> None:
        """Something arrives, asked or not."""
        for line in lines:
            if line.endswith(BROKEN_OFF):
                piece = line.removesuffix(BROKEN_OFF)
                self._lines.append(Line(piece, self._clock(), whole=False))
                self._ended = True
            elif line == HANG_UP:
                self._ended = True
            else:
                self._lines.append(Line(line, self._clock()))

    async def open(self) -> None:
        if "refused" in self._script:
            raise Unreachable("the paper balance is switched off")

    async def send(self, line: bytes) -> None:
        if self._ended:
            raise Unreachable("the paper balance hung up")
        self.sent.append(line)
        command = line.decode().strip().replace("@", "AT")
        written = self._script.get(command)
        if written:
            self.say(*written.popleft())
        elif command in {"AT", "I4"}:
            self.say(NAMED)
        elif command == "I2":
            self.say(f'I2 A "{MODEL}"'.encode())

    async def line(self, seconds: float) -> Line:
        await asyncio.sleep(0)
        if self._lines:
            return self._lines.popleft()
        if self._ended:
            raise Unreachable("the paper balance hung up")
        raise Silent("the paper balance says nothing")

    def waiting(self) -> tuple[Line, ...]:
        lines, self._lines = tuple(self._lines), deque()
        return lines

    async def close(self) -> None:
        self._ended = True
