"""What a barcode says: our own plain codes, and GS1 element strings from makers' labels.

GS1 General Specifications: (01) GTIN, (10) lot, (17) expiry, (21) serial, which on our labels is
the container's code. A scanner may put an AIM identifier in front; variable fields end at a
group separator. A label that is damaged or says a thing twice is unreadable, never half read.
"""

import re
from dataclasses import dataclass
from datetime import date

from biip import ParseError
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin

GS = "\x1d"
_MOST = 200
_GS1_SYMBOLOGIES = ("]C1", "]d2", "]Q3", "]e0", "]J1")
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_LOOKS_LIKE_GS1 = re.compile(r"01[0-9]{14}")
_UNPRINTABLE = re.compile(r"[\x00-\x1c\x1e\x1f\x7f]")


class Unreadable(ValueError):
    """The code cannot be read with certainty; the text says why and what to try."""


@dataclass(frozen=True, slots=True)
class Label:
    """What was read: a plain code or serial, and what a GS1 label says beside it."""

    code: str = ""
    gtin: str = ""
    lot: str = ""
    expires_on: date | None = None


def read(scanned: str) -> Label:
    """The label behind the scanned text; `Unreadable` unless every character has its meaning."""
    text = scanned.strip(" \r\n\t")
    if not text or len(text) > _MOST:
        raise Unreadable(f"A code has 1 to {_MOST} characters; this one has {len(text)}.")
    if _UNPRINTABLE.search(text):
        raise Unreadable("The code holds control characters; check the scanner's settings.")
    aim = _AIM.match(text)
    body = text[3:] if aim else text
    if aim and aim.group() in _GS1_SYMBOLOGIES:
        return _gs1(body)
    if body.startswith("("):
        return _gs1_written(body)
    if not aim and (GS in body or _LOOKS_LIKE_GS1.match(body)):
        return _gs1(body)
    if _PLAIN.fullmatch(body):
        return Label(code=body)
    raise Unreadable(f"{body!r} is no code of ours and no GS1 label.")


def is_gtin(text: str) -> bool:
    """Whether the text is a GTIN of 14 digits with its right check digit."""
    try:
        return len(text) == 14 and bool(Gtin.parse(text))
    except ParseError:
        return False


def _gs1(body: str) -> Label:
    try:
        return _label(GS1Message.parse(body.lstrip(GS)))
    except ParseError as error:
        raise Unreadable(f"The GS1 label cannot be read: {error}") from error


def _gs1_written(body: str) -> Label:
    try:
        message = GS1Message.parse_hri(body)
    except ParseError as error:
        raise Unreadable(f"The GS1 text cannot be read: {error}") from error
    if message.as_hri() != body:
        raise Unreadable("The GS1 text has characters that belong to no field.")
    return _label(message)


def _label(message: GS1Message) -> Label:
    found: dict[str, str] = {}
    expires_on = None
    for element in message.element_strings:
        ai = element.ai.ai
        if ai in found:
            raise Unreadable(f"The label says ({ai}) twice.")
        if ai == "01" and element.gtin is None:
            raise Unreadable(f"The check digit of GTIN {element.value} is wrong; scan again.")
        if ai == "17":
            expires_on = element.date
        found[ai] = element.value
    if not found:
        raise Unreadable("The GS1 label is empty.")
    return Label(found.get("21", ""), found.get("01", ""), found.get("10", ""), expires_on)
