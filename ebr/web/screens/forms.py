"""A form of the office with an address of its own: what it asks, what will be signed with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.canonical import canonical, digest
from ebr.web.filters import plain_words
from ebr.web.screens.wording import isoday

MEANINGS = {"released": "Released", "rejected": "Rejected", "decided": "Decided"}
LABELS = {
    "act": "Act",
    "record": "Record",
    "material": "Material",
    "material_name": "Name",
    "supplier": "Supplier",
    "maker": "Maker",
    "supplier_lot": "Maker's lot",
    "status": "Status now",
    "expires_on": "Expiry now",
    "retest_on": "Retest now",
    "retest_becomes": "Retest becomes",
    "expiry_becomes": "Expiry becomes",
    "containers": "Containers",
    "lot": "Lot",
    "recorded": "By the books",
    "found": "Found",
    "reason": "Reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked: kind text · code · area · choice · date · secret · radios."""

    kind: str
    name: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One act as a form; `hidden` goes along unseen."""

    title: str
    action: str
    verb: str
    icon: str
    back: str
    fields: tuple[Field, ...] = ()
    say: str = ""
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What is signed with an act on stock: its rows, its digest, its meaning in words."""

    rows: tuple[tuple[str, str], ...]
    statement: Mapping[str, Any]
    shown: str
    meaning: str
    words: str


WHY = Field(kind="area", name="why.text", label="Reason")


def signing(statement: Mapping[str, Any]) -> Signing:
    """The statement as rows, and what proves that it was shown."""
    return Signing(
        rows=tuple(
            (LABELS.get(name, name), _told(value))
            for name, value in statement.items()
            if name != "meaning" and value not in (None, "")
        ),
        statement=statement,
        shown=digest(canonical(statement)),
        meaning=statement["meaning"],
        words=MEANINGS[statement["meaning"]],
    )


def _told(value: Any) -> str:
    match value:
        case list():
            return "; ".join(f"{each['code']}, {plain_words(each['remaining'])}" for each in value)
        case str():
            return plain_words(isoday(value).replace("_", " ") if " " not in value else value)
        case _:
            return str(value)
