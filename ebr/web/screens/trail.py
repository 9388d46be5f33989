"""The audit trail as its pages and its exports show it."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from ebr.trail import EntryLine, Target
from ebr.web import addresses
from ebr.web.filters import PlantTime, day, plain_words

KINDS: Mapping[str, str] = {
    "signed": "Signed",
    "corrected": "Corrected",
    "refused": "Refused",
    "exceptions": "Exceptions",
    "access": "Sessions",
}
SAVED = (
    ("Corrections", {"kind": "corrected"}),
    ("Refused acts", {"kind": "refused"}),
    ("Signatures", {"kind": "signed"}),
    ("Exceptions", {"kind": "exceptions"}),
)
SHAPES: Mapping[str, tuple[str, str]] = {
    "signed": ("pen-line", "c-ok"),
    "changed": ("square-pen", "c-warn"),
    "refused": ("octagon-alert", "c-crit"),
    "exception": ("flag", "c-warn"),
    "scanned": ("scan-barcode", ""),
    "plain": ("circle-dot", ""),
}
COLUMNS = (
    "entry", "at", "person", "role", "kind", "station", "act", "record",
    "sentence", "changes", "reason", "signatures",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\u2212")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One act in the list, with its shape and the way to its record."""

    entry: EntryLine
    icon: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The acts of one day in the plant's zone."""

    title: str
    lines: tuple[Line, ...]


def days(entries: Iterable[EntryLine], time: PlantTime) -> tuple[Day, ...]:
    """The acts under the days on which they happened."""
    return tuple(
        Day(title=title, lines=tuple(line(each) for each in found))
        for title, found in groupby(entries, key=lambda each: day(time.local(each.at)))
    )


def line(entry: EntryLine) -> Line:
    """One act."""
    icon, tone = SHAPES[entry.tone]
    return Line(entry=entry, icon=icon, tone=tone, href=address(entry.target))


def address(target: Target | None) -> str:
    """Where the record of an act is shown; empty where it has no page."""
    if target is None:
        return ""
    match target.kind, target.part:
        case "step", str(step):
            return addresses.of_step(target.record, step)
        case "batch", _:
            return f"/batches/{target.record}"
        case "account", _:
            return f"/accounts/{target.record}"
        case ("lot" | "equipment" | "recipe") as kind, str(name):
            return f"/{PAGES[kind]}/{name}"
        case _:
            return ""


PAGES = {"lot": "lots", "equipment": "equipment", "recipe": "recipes"}


def query(asked: Mapping[str, str], **more: object) -> str:
    """The same filter as an address, with a place in it."""
    told = {name: text for name, text in asked.items() if text}
    told |= {name: str(value) for name, value in more.items() if value is not None}
    return urlencode(told)


def table(entries: Iterable[EntryLine], time: PlantTime, last: Callable[[], str]) -> Iterator[str]:
    """The acts as CSV, row by row; `last` says at the end what was left out, if anything."""
    yield "\ufeff" + _row(COLUMNS)
    for each in entries:
        yield _row(_cells(each, time))
    if left := last():
        yield _row(("", "", "", "", "", "", "", "", left))


def told(entry: EntryLine) -> str:
    """The act as one sentence of plain text."""
    said = plain_words("".join(part.text for part in entry.sentence))
    return f"{entry.name} {said}"


def _cells(each: EntryLine, time: PlantTime) -> tuple[str, ...]:
    changes = [f"{diff.title}: {diff.was} → {diff.becomes}".lstrip(": ") for diff in each.diffs]
    signed = [
        f"{one.name} ({one.role}), {one.meaning}, {time.iso(one.at)}" for one in each.signatures
    ]
    return (
        str(each.id),
        time.iso(each.at),
        each.name,
        each.role,
        each.kind,
        each.station,
        each.act,
        each.stream,
        told(each),
        "; ".join(changes),
        each.reason or "",
        "; ".join(signed),
    )


def _row(cells: Iterable[str]) -> str:
    """A row; a cell that a spreadsheet would take for a formula is marked as text."""
    written = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
    csv.writer(written, lineterminator="\r\n").writerow(safe)
    return written.getvalue()
