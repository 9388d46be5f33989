"""Every event of every version as it was written when it was new: readable for ever.

`python -m tests.golden.examples` writes the file of an event that has none; one that is there is
never written again. After a release a file is history: an event that needs another shape gets
another version, and an upcast from the old one.
"""

import dataclasses
import enum
import importlib
import json
import pkgutil
import sys
import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import ebr
from ebr.kernel import codec
from workflows.quantity import Quantity

FOLDER = Path(__file__).parent / "events"
PLAIN: dict[Any, Any] = {
    str: "as it was said",
    int: 1,
    bool: True,
    UUID: UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    datetime: datetime(2026, 3, 29, 0, 30, 0, 123456, tzinfo=UTC),
    date: date(2026, 2, 28),
    Decimal: Decimal("12.50"),
    Quantity: Quantity("12.50", "g"),
    Any: "anything",
}


def known() -> dict[tuple[str, int], type[Any]]:
    """Every event that the doors of the house make known; those of tests are none."""
    for module in pkgutil.iter_modules(ebr.__path__, "ebr."):
        if module.ispkg and module.name not in ("ebr.cli", "ebr.web", "ebr.demo"):
            importlib.import_module(module.name)
    return {
        name: event
        for name, event in codec.registered().items()
        if not event.__module__.startswith("tests.")
    }


def example(hint: Any) -> Any:
    """A value of this type, always the same: every field filled, every list with one member."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if origin in (typing.Union, types.UnionType):
        return example(next(part for part in arguments if part is not type(None)))
    if origin is typing.Annotated:
        return example(arguments[0])
    if origin is typing.Literal:
        return arguments[0]
    if origin is tuple and Ellipsis not in arguments:
        return tuple(example(part) for part in arguments)
    if origin in (tuple, list) or (isinstance(origin, type) and issubclass(origin, tuple)):
        return (example(arguments[0]),)
    if origin is not None and hasattr(origin, "keys"):
        return {"key": example(arguments[1])}
    if origin is not None:
        return (example(arguments[0]),)
    if isinstance(hint, typing.NewType):
        return example(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        filled = {f.name: example(hints[f.name]) for f in dataclasses.fields(hint) if f.init}
        return hint(**filled)
    raise TypeError(f"no example of {hint}")


def path(kind: str, version: int) -> Path:
    """Where the event of this kind and version stands."""
    return FOLDER / f"{kind}.v{version}.json"


def write_missing() -> list[Path]:
    """Write the file of each event that has none; those that were written."""
    FOLDER.mkdir(exist_ok=True)
    written = []
    for (kind, version), event in sorted(known().items(), key=lambda item: item[0]):
        place = path(kind, version)
        if not place.exists():
            text = json.dumps(codec.written(example(event)), indent=2, ensure_ascii=False)
            place.write_text(text + "\n", encoding="utf-8")
            written.append(place)
    return written


if __name__ == "__main__":
    for place in write_missing():
        sys.stdout.write(f"{place.name}\n")
