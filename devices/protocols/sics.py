"""The MT-SICS dialogue of balances: bytes in, messages out, no sockets.

Every line is read whole or not at all. A search inside a line would find a weight in the wreck
of two (a partial frame followed by a full one); so a line that does not match from its first to
its last byte is Garbled, and nothing is taken from it. Digits stay as printed.
"""

import re
from dataclasses import dataclass
from enum import Enum

from devices.errors import Garbled

PARSER = "sics-1"
END = b"\r\n"
LONGEST_LINE = 64


class Command(Enum):
    """What a balance is asked, and the id that its answers begin with."""

    STABLE_WEIGHT = (b"S", b"S")
    WEIGHT_NOW = (b"SI", b"S")
    TARE = (b"T", b"T")
    ZERO = (b"Z", b"Z")
    CANCEL = (b"@", b"I4")
    SERIAL = (b"I4", b"I4")
    MODEL = (b"I2", b"I2")

    def __init__(self, text: bytes, answered_by: bytes) -> None:
        self.text = text
        self.answered_by = answered_by

    @property
    def line(self) -> bytes:
        """The command as it goes over the wire."""
        return self.text + END


class Denial(Enum):
    """Why a balance does not do what it was asked: the last character of its answer."""

    NOT_NOW = b"I"
    WRONG_PARAMETER = b"L"
    OVERLOAD = b"+"
    UNDERLOAD = b"-"


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight as printed: `id` S, T or TI; stable or in motion."""

    id: bytes
    stable: bool
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Done:
    """The balance did it (`Z A`)."""

    id: bytes


@dataclass(frozen=True, slots=True)
class Denied:
    """The balance understood and cannot (`S I`, `S +`)."""

    id: bytes
    why: Denial


@dataclass(frozen=True, slots=True)
class Named:
    """A line of identification: serial number (I4), type (I2)."""

    id: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The balance reports a fault of its own where a weight would stand (`S S Error 6b`)."""

    id: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """The balance could not read the command: ES syntax, ET transmission, EL logic."""

    id: bytes


Message = Weight | Done | Denied | Named | Broken | Misunderstood

_WEIGHT = re.compile(
    rb"(?P<id>S|SI|T|TI) (?P<status>[SD]) (?P<value>[ \-0-9.]{10}) (?P<unit>[A-Za-z%]{1,5})"
)
_RIGHT_ALIGNED = re.compile(rb" *-?[0-9]+(?:\.[0-9]+)?")
_DONE = re.compile(rb"(?P<id>Z) A")
_DENIED = re.compile(rb"(?P<id>S|SI|T|TI|Z|I2|I4) (?P<why>[IL+\-])")
_NAMED = re.compile(rb'(?P<id>I[24]) A "(?P<text>[\x20\x21\x23-\x7e]{0,50})"')
_BROKEN = re.compile(rb"(?P<id>S|SI) S (?P<text>Error [0-9]{1,3}[bt]) {0,10}")
_MISUNDERSTOOD = re.compile(rb"(?P<id>E[STL])")


def parse(line: bytes) -> Message:
    """One line without its end → what the balance said; Garbled if it is no message, whole."""
    match = _WEIGHT.fullmatch(line)
    if match and _RIGHT_ALIGNED.fullmatch(match["value"]):
        value, unit = match["value"].strip().decode(), match["unit"].decode()
        return Weight(match["id"], match["status"] == b"S", value, unit)
    if match := _DENIED.fullmatch(line):
        return Denied(match["id"], Denial(match["why"]))
    if match := _DONE.fullmatch(line):
        return Done(match["id"])
    if match := _NAMED.fullmatch(line):
        return Named(match["id"], match["text"].decode())
    if match := _BROKEN.fullmatch(line):
        return Broken(match["id"], match["text"].decode())
    if match := _MISUNDERSTOOD.fullmatch(line):
        return Misunderstood(match["id"])
    raise Garbled("a line came that is no MT-SICS message", line + END)


def answers(command: Command, message: Message, *, immediate_id: bool = False) -> bool:
    """Is this message an answer to that command? SI is answered as S, on some makes as SI."""
    if isinstance(message, Misunderstood):
        return True
    if command is Command.WEIGHT_NOW and immediate_id and message.id == b"SI":
        return True
    return message.id == command.answered_by


class LineCutter:
    """Cuts the incoming bytes at CR LF, so that a wreck costs one line and no more."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def rest(self) -> bytes:
        """What has arrived of a line that is not finished."""
        return self._rest

    def feed(self, received: bytes) -> list[bytes]:
        """Add what arrived; answer the lines that are now complete, without their end.

        A line longer than any message comes back cut to one byte above the longest, which no
        message matches: the evidence is bounded and the wreck cannot be read as a weight.
        """
        *lines, rest = (self._rest + received).split(END)
        kept = LONGEST_LINE + 1
        # The last byte stays too: it may be the CR of an end whose LF is still under way.
        self._rest = rest if len(rest) <= kept + 1 else rest[:kept] + rest[-1:]
        return [line[:kept] for line in lines]
