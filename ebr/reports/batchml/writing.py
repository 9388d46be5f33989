"""Text as XML can hold it, instants in UTC, and whatever a part of the record tells as its leaves.

XML 1.0 has no place for most control characters, and BatchML reads line ends in a name as blanks.
Such a character is written `_xHHHH_`, its code in four hexadecimal digits, and an underscore that
would read as the beginning of one is written `_x005F_` (ECMA-376 part 1, ST_Xstring).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints
from uuid import UUID

from lxml import etree

from ebr import recipes
from ebr.batches import Instant

SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
# Elements of the schema that are xsd:string; in all others line ends and tabs would be lost.
_FREE = frozenset(
    {"ApprovedBy", "CommentText", "Description", "MessageText", "Name", "PersonID", "Reason"}
    | {"ChangeIndication", "ValueString"}
)
_UNHELD = r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]"
_IN_TEXT = re.compile(_UNHELD)
_IN_NAMES = re.compile(_UNHELD + r"|[\t\n]")
_KINDS: tuple[tuple[type, str], ...] = (  # bool is an int, and every code is a str
    (Enum, "Code"),
    (bool, "boolean"),
    (int, "integer"),
    (UUID, "Identifier"),
    (date, "date"),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of the record with the way to it, and its type as BatchML calls types."""

    path: str
    text: str
    type: str


def document() -> Any:
    """The root of an empty batch production record."""
    spaces = {None: recipes.BATCHML, "xsi": SCHEMA_INSTANCE}
    return etree.Element(f"{{{recipes.BATCHML}}}BatchProductionRecord", nsmap=spaces)


def add(above: Any, name: str, text: str | None = None, /, **attributes: str) -> Any:
    """One more element, with its text if it has any."""
    made = etree.SubElement(above, f"{{{recipes.BATCHML}}}{name}")
    if text is not None:
        made.text = held(text, _IN_TEXT if name in _FREE else _IN_NAMES)
    for key, value in attributes.items():
        made.set(key, held(value, _IN_NAMES))
    return made


def add_nothing(above: Any, name: str) -> None:
    """An element that says that there is no value."""
    etree.SubElement(above, f"{{{recipes.BATCHML}}}{name}").set(f"{{{SCHEMA_INSTANCE}}}nil", "true")


def add_time(above: Any, name: str, at: str | None) -> None:
    """An instant, if there is one."""
    if at:
        add(above, name, utc(at))


def add_day(above: Any, name: str, day: date | None) -> None:
    """A day where BatchML wants an instant: at midnight of no zone, and said to be a day."""
    if day:
        add(above, name, f"{day.isoformat()}T00:00:00", format="date")


def held(text: str, unheld: re.Pattern[str] = _IN_TEXT) -> str:
    """Text with what XML cannot hold written out."""
    return unheld.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def utc(at: str) -> str:
    """An instant of the record in UTC."""
    instant = datetime.fromisoformat(at).astimezone(UTC)
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


def rest(told: object, *said: str) -> tuple[Leaf, ...]:
    """What a part of the record tells, but for the paths that are said elsewhere; nothing empty."""
    return tuple(leaves(told, said=frozenset(said)))


def leaves(
    told: object, path: str = "", *, said: frozenset[str] = frozenset(), instant: bool = False
) -> Iterator[Leaf]:
    """Every value in a part of the record; places in a list are numbered from 1."""
    if told is None or told == "":
        return
    if is_dataclass(told) and not isinstance(told, type):
        for name, is_instant in _fields(type(told)):
            way = f"{path}.{name}" if path else name
            if way not in said:
                yield from leaves(getattr(told, name), way, said=said, instant=is_instant)
    elif isinstance(told, tuple):
        for number, each in enumerate(told, 1):
            yield from leaves(each, f"{path}.{number}", said=said)
    elif instant:
        yield Leaf(path, utc(str(told)), "dateTime")
    else:
        yield Leaf(path, _text(told), _type(told))


def _text(told: object) -> str:
    if isinstance(told, bool):
        return str(told).lower()
    return str(told.value) if isinstance(told, Enum) else str(told)


def _type(told: object) -> str:
    return next((name for kind, name in _KINDS if isinstance(told, kind)), "string")


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    """The fields of a part, and which of them are instants."""
    hints = get_type_hints(kind)
    return tuple(
        (each.name, Instant in (hints[each.name], *get_args(hints[each.name])))
        for each in fields(kind)
    )
