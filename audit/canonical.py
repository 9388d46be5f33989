"""The written form that everything in the ledger is sealed over: one value, one byte string.

RFC 8785 within a narrow profile, so that every JSON library of every decade gives the same bytes:
keys match `[a-z0-9_]+`, integers stay below 2^53, there are no floats (a weight is a string with
its digits), no U+0000, no lone surrogates, no key twice, and at most 64 levels. Reading is as
strict as writing: what would not be written again byte for byte is refused.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeAlias

Plain: TypeAlias = "bool | int | str | Sequence[Plain] | Mapping[str, Plain] | None"

DEPTH_MOST = 64
INTEGER_BELOW = 2**53

KEY = re.compile(r"[a-z0-9_]+", re.ASCII)
INSTANT = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\.[0-9]{6}Z"
_INSTANT = re.compile(INSTANT)
_DIGITS_MOST = len(f"-{INTEGER_BELOW}")
_KEYS_REMEMBERED_MOST = 10_000


class CanonicalError(ValueError):
    """The value or text is not of the ledger's canonical form."""


_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,
    sort_keys=True,
    separators=(",", ":"),
)


def canonical(value: Plain) -> bytes:
    """The one byte string of a value; CanonicalError for what the profile does not hold."""
    _admit(value, 1)
    return _ENCODER.encode(value).encode()


def digest(content: bytes) -> str:
    """SHA-256 in hex: the name of a blob, a statement, an array of events."""
    return sha256(content).hexdigest()


def parse(text: bytes) -> Plain:
    """The value of a canonical text; CanonicalError unless writing it again gives the same bytes.

    Objects and arrays come back as plain dict and list.
    """
    try:
        return parse_text(text.decode())
    except UnicodeDecodeError as error:
        raise CanonicalError(f"not UTF-8 at byte {error.start}") from error


def is_canonical(text: bytes) -> bool:
    """Whether these bytes are a canonical text."""
    try:
        parse(text)
    except CanonicalError:
        return False
    return True


def instant(moment: datetime) -> str:
    """An instant as the ledger writes it: UTC, microseconds, `Z`."""
    if moment.tzinfo is None:
        raise CanonicalError("an instant without a time zone has no place on a record")
    try:
        universal = moment.astimezone(UTC)
    except OverflowError as error:
        raise CanonicalError("an instant before or after the calendar, in UTC") from error
    return universal.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def is_instant(text: Plain) -> bool:
    """Whether this is an instant as the ledger writes it, on a day that the calendar knows."""
    return isinstance(text, str) and _INSTANT.fullmatch(text) is not None and is_day(text)


def is_day(text: str) -> bool:
    """Whether the calendar knows the day of a text that looks like an instant."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _admit(value: object, depth: int) -> None:
    """Refuse what the profile does not hold, naming it."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _admit_string(value)
    elif isinstance(value, int):
        if not -INTEGER_BELOW < value < INTEGER_BELOW:
            raise CanonicalError(f"{value} is no integer below 2^53; write it as a string")
    elif isinstance(value, float):
        raise CanonicalError(f"{value!r} is a float; write a number as a string with its digits")
    elif depth > DEPTH_MOST:
        raise CanonicalError(f"nested deeper than {DEPTH_MOST} levels")
    elif isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str) or not KEY.fullmatch(key):
                raise CanonicalError(f"key {key!r} does not match [a-z0-9_]+")
            _admit(part, depth + 1)
    elif isinstance(value, list | tuple):
        for part in value:
            _admit(part, depth + 1)
    else:
        raise CanonicalError(f"{type(value).__name__} has no canonical form")


def _admit_string(value: str) -> None:
    if "\0" in value:
        raise CanonicalError("a string with U+0000 has no canonical form")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise CanonicalError("a lone surrogate is not Unicode") from error


def _float(text: str) -> None:
    raise CanonicalError(f"{text[:40]} is a float; numbers that matter are strings")


def _integer(text: str) -> int:
    if len(text) <= _DIGITS_MOST and -INTEGER_BELOW < (number := int(text)) < INTEGER_BELOW:
        return number
    raise CanonicalError(f"{text[:40]} is no integer below 2^53")


# Keys seen to be well formed. Entries use few different ones, so that a set comparison in C
# replaces most pattern matches; bounded, since a hostile export could bring a new key each time.
_known_keys: set[str] = set()


def _object(members: dict[str, Plain]) -> dict[str, Plain]:
    if not _known_keys.issuperset(members):
        for key in members:
            if not KEY.fullmatch(key):
                raise CanonicalError(f"key {key[:80]!r} does not match [a-z0-9_]+")
        if len(_known_keys) < _KEYS_REMEMBERED_MOST:
            _known_keys.update(members)
    return members


_DECODER = json.JSONDecoder(
    object_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_float
)


def parse_text(text: str) -> Plain:
    """As `parse`, for text that was already decoded from UTF-8."""
    try:
        value, end = _DECODER.raw_decode(text)
    except CanonicalError:
        raise
    except ValueError as error:
        raise CanonicalError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise CanonicalError(f"nested deeper than {DEPTH_MOST} levels") from error
    # Invariant: fewer opening brackets than levels allowed means that it cannot be too deep.
    if text.count("{") + text.count("[") > DEPTH_MOST or "\\u0000" in text:
        _admit(value, 1)
    if end != len(text) or _ENCODER.encode(value) != text:
        raise CanonicalError("not the canonical form: key order, spacing, escapes or a key twice")
    result: Plain = value
    return result
