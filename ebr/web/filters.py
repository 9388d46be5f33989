"""What templates can write: quantities, instants and people, always the same, in plant time."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from ebr.kernel.writing import (
    MINUS,
    THIN,
    PlantTime,
    day,
    initials,
    limit_words,
    measured,
    number,
    offset,
    plain_words,
    quantity,
    signed,
    unit,
)

__all__ = [
    "MINUS",
    "THIN",
    "PlantTime",
    "ScreenTime",
    "day",
    "digest",
    "ident",
    "initials",
    "install",
    "minutes",
    "number",
    "offset",
    "plain_words",
    "plural",
    "quantity",
    "signed",
    "span",
    "unit",
]


def span(value: timedelta | int) -> str:
    """00:17:26"""
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else int(value)
    sign = MINUS if seconds < 0 else ""
    seconds = abs(seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def minutes(seconds: int) -> str:
    """8 minutes, 45 seconds: a length of time in words."""
    if seconds % 60 or not seconds:
        return f"{seconds} second" if seconds == 1 else f"{seconds} seconds"
    whole = seconds // 60
    return "1 minute" if whole == 1 else f"{whole} minutes"


def ident(value: Any) -> Markup:
    """A number that must not be misread: zero with a stroke, l and I apart."""
    return Markup('<span class="id">{}</span>').format(value)


def digest(value: str) -> str:
    """2b9f 60a1 … 7d, of a SHA-256 in hexadecimal."""
    plain = value.removeprefix("sha256:")
    return plain if len(plain) < 16 else f"{plain[:4]} {plain[4:8]} … {plain[-2:]}"


def plural(count: int, one: str, many: str = "") -> str:
    """1 step, 4 steps, no word bent wrongly."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


class ScreenTime(PlantTime):
    """Instants in the plant's zone, for a page."""

    def moment(self, value: datetime) -> Markup:
        """The instant for reading, and for machines in the same element."""
        return Markup('<time datetime="{}">{}</time>').format(self.iso(value), self.instant(value))


def install(app: Flask, zone: ZoneInfo) -> None:
    """Make the filters known to the templates."""
    time = ScreenTime(zone)
    app.jinja_env.filters.update(
        number=number,
        signed=signed,
        unit=unit,
        quantity=quantity,
        span=span,
        minutes=minutes,
        initials=initials,
        ident=ident,
        digest=digest,
        limit_words=limit_words,
        measured=measured,
        parsed=datetime.fromisoformat,
        plain_words=time.plain_words,
        plural=plural,
        instant=time.instant,
        clock=time.clock,
        short=time.short,
        hm=time.hm,
        hms=time.hms,
        weekday=time.weekday,
        day=time.day,
        offset=time.offset,
        iso=time.iso,
        moment=time.moment,
    )
