"""A frozen value as plain data and back: the recipe as it is written, digested and exchanged.

Where a field may hold one of several classes, the plain form names it under `kind`. A field that
has its default is left out, so that a field added later never changes the digest of an old recipe.
`written` is the canonical text (RFC 8785 for this profile: ASCII keys, no floats).
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from workflows.recipe import Recipe

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"
T = TypeVar("T")

DEPTH_MOST = 64


class Unreadable(ValueError):
    """Plain data that is not such a value; says where."""


def as_plain(value: object) -> Plain:
    """The value as strings, whole numbers, truth values, lists and mappings."""
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple):
        return [as_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        plain: dict[str, Plain] = {}
        kind = getattr(value, "KIND", None)
        if kind is not None:
            plain["kind"] = kind
        for field in fields(value):
            held = getattr(value, field.name)
            if held != _default(field):
                plain[field.name] = as_plain(held)
        return plain
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(wanted: type[T], plain: object) -> T:
    """The value of a class from its plain form. Raises `Unreadable` naming the place."""
    read: T = _read(wanted, plain, wanted.__name__.lower(), 0)
    return read


def written(recipe: Recipe) -> str:
    """The canonical text of a recipe: what its digest is taken over."""
    return json.dumps(as_plain(recipe), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_recipe(text: str) -> Recipe:
    """The recipe of a canonical text. Raises `Unreadable`."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Unreadable(f"recipe: no JSON: {fault}") from None
    return from_plain(Recipe, plain)


def _default(field: "Field[Any]") -> object:
    return MISSING if field.default is MISSING else field.default


@cache
def _hints(wanted: type) -> Mapping[str, Any]:
    return get_type_hints(wanted)


def _read(wanted: Any, plain: object, place: str, depth: int) -> Any:
    """Read one value by its declared type."""
    if depth > DEPTH_MOST:
        raise Unreadable(f"{place}: nested more than {DEPTH_MOST} deep")
    origin = get_origin(wanted)
    if origin in {Union, UnionType}:
        return _read_union(get_args(wanted), plain, place, depth)
    if origin is tuple:
        if not isinstance(plain, list):
            raise Unreadable(f"{place}: a list was expected")
        item = get_args(wanted)[0]
        return tuple(_read(item, each, f"{place}[{n}]", depth + 1) for n, each in enumerate(plain))
    if is_dataclass(wanted):
        return _read_fields(wanted, plain, place, depth)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        if plain not in [each.value for each in wanted]:
            raise Unreadable(f"{place}: {plain!r} is not one of {[e.value for e in wanted]}")
        return wanted(plain)
    if type(plain) is not wanted:
        raise Unreadable(f"{place}: {wanted.__name__} was expected, not {plain!r:.40}")
    return plain


def _read_union(options: tuple[Any, ...], plain: object, place: str, depth: int) -> Any:
    """Read one of several classes by its `kind`, or an optional value."""
    if plain is None and NoneType in options:
        return None
    real = [each for each in options if each is not NoneType]
    if len(real) == 1:
        return _read(real[0], plain, place, depth)
    kind = plain.get("kind") if isinstance(plain, dict) else None
    for each in real:
        if kind == each.KIND:
            return _read(each, plain, place, depth)
    raise Unreadable(f"{place}: kind {kind!r} is not one of {[each.KIND for each in real]}")


def _read_fields(wanted: Any, plain: object, place: str, depth: int) -> Any:
    """Read a frozen value field by field; unknown and missing fields are faults."""
    if not isinstance(plain, dict):
        raise Unreadable(f"{place}: fields were expected")
    hints = _hints(wanted)
    known = {field.name: field for field in fields(wanted)}
    given = set(plain) - ({"kind"} if hasattr(wanted, "KIND") else set())
    if strange := sorted(str(each) for each in given - set(known)):
        raise Unreadable(f"{place}: unknown field {', '.join(strange)}")
    missing = [
        name for name, field in known.items() if name not in plain and field.default is MISSING
    ]
    if missing:
        raise Unreadable(f"{place}: {', '.join(missing)} is missing")
    held = {
        name: _read(hints[name], plain[name], f"{place}.{name}", depth + 1)
        for name in known
        if name in plain
    }
    try:
        return wanted(**held)
    except ValueError as fault:
        raise Unreadable(f"{place}: {fault}") from None
