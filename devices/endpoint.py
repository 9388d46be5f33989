"""How one device is reached, with its deadlines and limits; checked before anything connects.

An address is one line of text, as it stands in the equipment list:

    sics+tcp://127.0.0.1:4305?settle_s=10&unit=g&decimals=1
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_SERIAL = re.compile(r"[\x21-\x7e]{1,40}")
_SECONDS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
_UNITS = ("g", "kg", "mg")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is agreed about a make of device; versioned, and named in every reading."""

    name: str
    immediate_id: bool = False  # some balances answer SI with their own id instead of S


PROFILES = {
    "sics-1": Profile("sics-1"),
    "sics-immediate-1": Profile("sics-immediate-1", immediate_id=True),
}
SCHEMES = ("sics+tcp",)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One device: which equipment it is, where it listens, how long it may take, what it must be.

    `unit` and `decimals`, where given, are what a weight must be printed with: another unit or
    fewer digits are kept as evidence and never used.
    """

    device: str
    scheme: str
    host: str
    port: int
    serial: str
    profile: Profile
    unit: str = ""
    decimals: int = 0
    connect_s: float = 3.0
    reply_s: float = 1.5
    settle_s: float = 12.0

    @property
    def address(self) -> str:
        """The address without its options, as shown and stored."""
        return f"{self.scheme}://{self.host}:{self.port}"

    @classmethod
    def of(cls, device: str, url: str, serial: str) -> "Endpoint":
        """Read an equipment entry; ValueError names every fault in it at once."""
        faults: list[str] = []
        parts = urlsplit(url)
        if not _CODE.fullmatch(device):
            faults.append(f"equipment code {device!r} is not 1 to 40 letters, digits or ._/-")
        if parts.scheme not in SCHEMES:
            faults.append(f"scheme {parts.scheme!r} is none of {', '.join(SCHEMES)}")
        if parts.path or parts.fragment or parts.username is not None:
            faults.append("an address has no path, fragment or user")
        if not _SERIAL.fullmatch(serial):
            faults.append(f"serial number {serial!r} is not 1 to 40 printable characters")
        host, port = _place(url, faults)
        options = _Options(parts.query, faults)
        profile = options.get("profile", _profile, PROFILES["sics-1"])
        unit = options.get("unit", _unit, "")
        decimals = options.get("decimals", _decimals, 0)
        connect_s, reply_s, settle_s = (
            options.get(name, _seconds, default)
            for name, default in (("connect_s", 3.0), ("reply_s", 1.5), ("settle_s", 12.0))
        )
        if faults:
            raise ValueError(f"{device}: " + "; ".join(faults))
        return cls(
            device,
            parts.scheme,
            host,
            port,
            serial,
            profile,
            unit,
            decimals,
            connect_s,
            reply_s,
            settle_s,
        )


def _place(url: str, faults: list[str]) -> tuple[str, int]:
    """Host and port of the address; a fault is added for each that is missing or impossible."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if not port:
        faults.append("the address needs a port from 1 to 65535")
    if not parts.hostname:
        faults.append("the address needs a host")
    return parts.hostname or "", port or 0


def _seconds(text: str) -> float:
    if not _SECONDS.fullmatch(text) or not 0 < float(text) <= 300:
        raise ValueError("is not a number of seconds above 0 and up to 300")
    return float(text)


def _decimals(text: str) -> int:
    if not re.fullmatch(r"[0-6]", text):
        raise ValueError("is not a number of decimals from 0 to 6")
    return int(text)


def _profile(text: str) -> Profile:
    if text not in PROFILES:
        raise ValueError(f"is none of {', '.join(PROFILES)}")
    return PROFILES[text]


def _unit(text: str) -> str:
    if text not in _UNITS:
        raise ValueError(f"is none of {', '.join(_UNITS)}")
    return text


Read = TypeVar("Read")
_OPTIONS = ("profile", "connect_s", "reply_s", "settle_s", "decimals", "unit")


class _Options:
    """The options of an address, each read by its own rule; faults are collected, not raised."""

    def __init__(self, query: str, faults: list[str]) -> None:
        self._given = dict(parse_qsl(query, keep_blank_values=True))
        self._faults = faults
        faults.extend(
            f"unknown option {name!r}; known are {', '.join(_OPTIONS)}"
            for name in self._given
            if name not in _OPTIONS
        )

    def get(self, name: str, reader: Callable[[str], Read], otherwise: Read) -> Read:
        """The option as its reader understands it, or what holds when it is not given."""
        text = self._given.get(name)
        if text is None:
            return otherwise
        try:
            return reader(text)
        except ValueError as fault:
            self._faults.append(f"{name}={text!r} {fault}")
            return otherwise
