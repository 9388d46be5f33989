"""How quantities, instants and names are written for people, on screen and on paper alike.

`21 Nov 2026 14:03:22 +01:00` in records: month as a word, 24 hours, the offset beside the time. The
zone is the plant's, from the settings, never the reader's.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from workflows.quantity import Quantity

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
MINUS, THIN = "\u2212", "\u202f"
UNITS = {"Cel": "°C", "[pH]": "pH", "ug": "µg", "1": "", "%{vol}": "% v/v", "%{mass}": "% m/m"}
# Instants and days, and units behind a number, as the engine's sentences write them.
_UNIVERSAL = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\b")
_DAY = re.compile(r"(?<= )(\d{4}-\d\d-\d\d)(?=[.,;: ]|$)")
_CODED = re.compile(rf"(\d )({'|'.join(re.escape(code) for code in UNITS if len(code) > 1)})(?!\w)")


def day(value: date) -> str:
    """21 Nov 2026"""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def offset(value: datetime) -> str:
    """+01:00, of an instant that is already in its zone."""
    minutes = int((value.utcoffset() or timedelta()).total_seconds() // 60)
    sign = MINUS if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def number(value: Decimal | int | str) -> str:
    """12,641.50: thousands apart, the digits as they were given, a true minus."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    negative = text.startswith("-")
    whole, point, rest = text.lstrip("-").partition(".")
    grouped = f"{int(whole):,}" if whole.isdigit() and len(whole) > 4 else whole
    return f"{MINUS if negative else ''}{grouped}{point}{rest}"


def signed(value: Decimal | str) -> str:
    """+0.013 or −0.013: a difference always shows its direction."""
    text = number(value)
    return text if text.startswith(MINUS) or not any(d in text for d in "123456789") else f"+{text}"


def unit(code: str) -> str:
    """A UCUM code as the plant writes it."""
    return UNITS.get(code, code)


def plain_words(text: str) -> str:
    """A sentence of the engine with its units as the plant writes them: 21.1 °C, pH 7.0."""
    return _CODED.sub(lambda found: f"{found[1]}{unit(found[2])}", text)


def quantity(value: Quantity) -> str:
    """12.487 kg"""
    return f"{number(value.value)} {unit(value.unit)}".strip()


def measured(value: str, code: str | None) -> str:
    """A number with its unit, never parted: 12,487.5 g."""
    text = number(value) if re.fullmatch(r"-?[0-9.]+", value) else value
    return "\u00a0".join(part for part in (text, unit(code or "")) if part)


def amount(text: str) -> str:
    """An amount as the record has it, 10.0 Cel, as the plant writes it."""
    value, _, code = text.partition(" ")
    return measured(value, code)


class Ends(Protocol):
    """Limits with their ends as text, either of which may be open."""

    @property
    def low(self) -> str | None:
        """The least."""

    @property
    def high(self) -> str | None:
        """The most."""

    @property
    def unit(self) -> str:
        """The unit of both."""


def limit_words(found: Ends) -> str:
    """15.0 to 25.0 °C; at least 15.0 °C."""
    low = number(found.low) if found.low is not None else None
    high = number(found.high) if found.high is not None else None
    end = f"\u00a0{unit(found.unit)}" if unit(found.unit) else ""
    if low is not None and high is not None:
        return f"{low} to {high}{end}"
    return f"at least {low}{end}" if low is not None else f"at most {high}{end}"


def initials(name: str) -> str:
    """MK, of M. Keller."""
    letters = [part[0] for part in name.replace(".", " ").split() if part[:1].isalpha()]
    return "".join(letters[:1] + letters[-1:] if len(letters) > 1 else letters).upper()


def _told_day(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[1]))
    except ValueError:
        return found[0]


class PlantTime:
    """Instants in the plant's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def local(self, value: datetime) -> datetime:
        """The same instant on the plant's wall."""
        if value.tzinfo is None:
            raise ValueError("an instant without its zone is no instant")
        return value.astimezone(self.zone)

    def instant(self, value: datetime) -> str:
        """21 Nov 2026 14:03:22 +01:00: as records show it."""
        at = self.local(value)
        return f"{day(at)} {at:%H:%M:%S} {offset(at)}"

    def plain_words(self, text: str) -> str:
        """A sentence of the engine as the plant writes it, its units and its instants."""
        with_instants = _UNIVERSAL.sub(self._told_instant, text)
        return plain_words(_DAY.sub(_told_day, with_instants))

    def _told_instant(self, found: re.Match[str]) -> str:
        try:
            return self.instant(datetime.fromisoformat(f"{found[1]}+00:00"))
        except ValueError:
            return found[0]

    def clock(self, value: datetime) -> str:
        """14:03:22 +01:00"""
        at = self.local(value)
        return f"{at:%H:%M:%S} {offset(at)}"

    def short(self, value: datetime) -> str:
        """21 Nov 2026 14:03: for lists whose heading says the offset."""
        at = self.local(value)
        return f"{day(at)} {at:%H:%M}"

    def hm(self, value: datetime) -> str:
        """14:03, where the day stands beside it."""
        return f"{self.local(value):%H:%M}"

    def hms(self, value: datetime) -> str:
        """14:03:22, where day and offset stand beside it."""
        return f"{self.local(value):%H:%M:%S}"

    def weekday(self, value: datetime) -> str:
        """Sat 21 Nov 2026"""
        at = self.local(value)
        return f"{DAYS[at.weekday()]} {day(at)}"

    def day(self, value: datetime | date) -> str:
        """21 Nov 2026, of an instant or a date."""
        return day(self.local(value) if isinstance(value, datetime) else value)

    def offset(self, value: datetime) -> str:
        """+01:00, for the heading of a list."""
        return offset(self.local(value))

    def iso(self, value: datetime) -> str:
        """2026-11-21T14:03:22.118+01:00: for exports and the datetime attribute."""
        return self.local(value).isoformat(timespec="milliseconds")
