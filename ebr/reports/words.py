"""The words and figures of paper: verdicts, limits, places between limits, fonts that hold them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
from fontTools.ttLib import TTFont

from ebr.batches import BatchRecord
from ebr.kernel.writing import PlantTime, amount, limit_words, measured, plain_words
from workflows.events import Verdict

FONTS = Path(__file__).parent / "styles" / "fonts"
NEEDED = (
    *(f"batchline-print-{weight}.ttf" for weight in (400, 500, 600, 700)),
    *(f"batchline-print-grcy-{weight}.ttf" for weight in (400, 600)),
    *(f"jetbrains-mono-{weight}.ttf" for weight in ("Regular", "Bold")),
    "dejavu-marks.ttf",
)
VERDICTS: Mapping[Verdict, tuple[str, str, str]] = {
    Verdict.NOT_JUDGED: ("soft", "", "no limit"),
    Verdict.WITHIN: ("ok", "✓", "within"),
    Verdict.ALERT: ("warn", "▲", "ALERT LIMIT"),
    Verdict.ACTION: ("bad", "▲", "OUT OF LIMIT"),
    Verdict.REJECT: ("bad", "▲", "OUT OF LIMIT"),
    Verdict.OUT: ("bad", "▲", "OUT OF LIMIT"),
    Verdict.PART: ("soft", "", "part of the charge"),
    Verdict.FAILED: ("bad", "▲", "NO RESULT"),
}
SOURCES = {"manual": "entered", "scan": "scanned", "device": "device", "calculated": "computed"}
CONTROLS = {"␍": "<CR>", "␊": "<LF>", "␉": "<TAB>", "␛": "<ESC>", "␀": "<NUL>"}
_TAG = re.compile(r"(<[^>]*>)")


class Paper:
    """How one record is written: instants in its zone, people by the initials of its register."""

    def __init__(self, record: BatchRecord) -> None:
        self._time = PlantTime(ZoneInfo(record.zone))
        self._keys = {person.person: person.key for person in record.people}

    def filters(self) -> dict[str, Any]:
        """What the templates call."""
        return {
            "instant": self.instant,
            "until": self.until,
            "day": self._time.day,
            "written_day": lambda text: self._time.day(date.fromisoformat(text)),
            "key": lambda who: self._keys[who.person],
            "amount": amount,
            "joined": measured,
            "limit": limit_words,
            "band": band,
            "verdict": lambda verdict: VERDICTS[verdict],
            "source": lambda source: SOURCES[source.value],
            "words": words,
            "plain_words": plain_words,
            "meaning": lambda meaning: str(meaning).capitalize(),
            "frame": frame,
            "grouped": grouped,
            "span": span,
            "clock": lambda value: self.instant(value)[-15:-7],
        }

    def instant(self, value: str) -> str:
        """21 Nov 2026 14:03:22 +01:00"""
        return self._time.instant(datetime.fromisoformat(value))

    def until(self, value: str, start: str) -> str:
        """An end: the time alone, where day and offset are those of the start."""
        ended, begun = self.instant(value), self.instant(start)
        same = ended[:-15] == begun[:-15] and ended[-6:] == begun[-6:]
        return ended[-15:-7] if same else ended


def words(value: Any) -> str:
    """A word of the record as people write it: out_of_limit, out of limit."""
    return str(value).replace("_", " ")


def band(generation: Any) -> dict[str, str] | None:
    """Where a number lies between both ends of its limits; None where that cannot be drawn."""
    layers = [each for each in generation.limits if None not in (each.low, each.high)]
    if not layers or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", generation.value):
        return None
    found = next((each for each in layers if each.layer in ("action", "tolerance")), layers[-1])
    low, high = Decimal(found.low), Decimal(found.high)
    if high <= low or generation.unit != found.unit:
        return None
    place = 10 + 80 * (Decimal(generation.value) - low) / (high - low)
    drawn = {"x": f"{min(max(place, Decimal(3)), Decimal(97)):.2f}"}
    if generation.target:
        aim, _, code = generation.target.partition(" ")
        if code == found.unit:
            drawn["target"] = f"{10 + 80 * (Decimal(aim) - low) / (high - low):.2f}"
    return drawn


def frame(text: str) -> str:
    """A raw frame with its control characters in letters: the fonts have no signs for them."""
    return "".join(CONTROLS.get(letter, letter) for letter in text)


def grouped(digest: str) -> str:
    """A digest in groups of eight, which an eye can compare."""
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))


def span(seconds: int) -> str:
    """00:17:26"""
    whole = timedelta(seconds=seconds)
    return f"{'0' if whole < timedelta(hours=10) else ''}{whole}"


def qr(text: str, quiet: int = 4) -> dict[str, Any]:
    """A QR code as one path of a drawing."""
    rows = list(segno.make(text, error="m", micro=False, boost_error=False).matrix)
    path = "".join(
        f"M{x + quiet} {y + quiet}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for x, length in _runs(row)
    )
    return {"size": len(rows) + 2 * quiet, "path": path}


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Where the dark modules of a row begin, and how many follow each other."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found


@cache
def printable() -> frozenset[str]:
    """Every character that our fonts can print; a font that is not there is an error."""
    letters: set[str] = set("\n\t")
    for name in NEEDED:
        with TTFont(FONTS / name) as font:
            letters |= {chr(code) for code in font.getBestCmap()}
    return frozenset(letters)


def with_glyphs(html: str) -> str:
    """A document in which every character has a glyph: others are told by their number.

    A character without a glyph would be printed as a dot, and nobody would know what stood there;
    `record.json` in the same file holds it as it was written.
    """
    known = printable()
    if set(html) <= known and "&#" not in html:
        return html
    parts = _TAG.split(html)
    return "".join(part if part.startswith("<") else _told(part, known) for part in parts)


def _told(text: str, known: frozenset[str]) -> str:
    missing = set(unescape(text)) - known
    for letter in sorted(missing):
        text = text.replace(letter, f"[U+{ord(letter):04X}]")
    return text
