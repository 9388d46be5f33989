"""What a signer was shown against what would be signed now: the differences, line by line.

The dialog sends back what it showed. It is believed only when its digest is the one that the
signature was to be given for, so nobody can pretend to have been shown something else (SIG-WYS-1).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from audit.canonical import canonical, digest
from ebr.web.filters import number, unit

FIELD = "statement"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a statement: what was shown, and what stands there now if that is another."""

    label: str
    before: str
    now: str | None
    note: str = ""

    def __iter__(self) -> Iterator[str | None]:
        return iter((self.label, self.before, self.now, self.note))


def written(statement: Mapping[str, Any]) -> str:
    """A statement as the dialog carries it: the very bytes of its digest."""
    return canonical(statement).decode("utf-8")


def shown_before() -> Mapping[str, Any] | None:
    """The statement that the form of this request showed; None when it does not prove it."""
    text = request.form.get(FIELD, "")
    promised = {value for name, value in request.form.items() if name.endswith(".shown")}
    if not text or digest(text.encode("utf-8")) not in promised:
        return None
    found = json.loads(text)
    return found if isinstance(found, dict) else None


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every line that changed, appeared or went, and those that are the same after them."""
    old, new = dict(_lines(before, ())), dict(_lines(now, ()))
    changed = [
        Difference(label, old.get(label, "nothing"), new.get(label, "nothing"))
        for label in {**old, **new}
        if old.get(label) != new.get(label)
    ]
    same = [Difference(label, text, None) for label, text in old.items() if new.get(label) == text]
    return (*changed, *same)


def _lines(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value.keys() == {"value", "unit"}:
        yield _label(path), f"{number(value['value'])} {unit(value['unit'])}".strip()
    elif isinstance(value, Mapping):
        title = _title_key(value) if path else ""
        for key, part in value.items():
            if key != title:
                own = () if title and key == "value" else (key.replace("_", " "),)
                yield from _lines(part, (*path, *own))
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value, 1):
            yield from _lines(part, (*path, _named(part, place)))
    elif isinstance(value, bool):
        yield _label(path), "yes" if value else "no"
    elif value not in (None, ""):
        yield _label(path), str(value)


def _named(part: Any, place: int) -> str:
    """What one of several is called: by its own title, else by its place."""
    title = _title_key(part) if isinstance(part, Mapping) else ""
    return str(part[title]) if title else str(place)


def _title_key(part: Mapping[str, Any]) -> str:
    """Under which name a thing says what it is called; empty when it does not."""
    for key in ("label", "title", "name", "key", "input"):
        if isinstance(part.get(key), str):
            return key
    return ""


def _label(path: tuple[str, ...]) -> str:
    text = ", ".join(path)
    return text[:1].upper() + text[1:]
