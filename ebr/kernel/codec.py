"""Events as they are written, and back: by stable kind and version, by the types of their fields.

A quantity is `{"value", "unit"}`, an instant `…Z` with microseconds, an enumeration its value, an
identifier its text. Floating point and secrets are refused: neither may ever stand on a record.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar, Union, cast
from uuid import UUID

from audit.canonical import Plain, instant


class Event(Protocol):
    """Something that happened: a frozen dataclass with a kind and a version of its shape."""

    KIND: ClassVar[str]
    VERSION: ClassVar[int]


class CodecError(TypeError):
    """A value has no written form, or a written form is not one of this type."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """Contents that the ledger keeps beside an entry, by SHA-256 and size: a document, a picture.

    A long text has the same written form; it comes back as text because its field says so.
    """

    sha256: str
    size: int


EventClass = TypeVar("EventClass", bound=type[Any])
Upcast: TypeAlias = Callable[[Mapping[str, Plain]], Mapping[str, Plain]]
_PLAIN = frozenset({str, int, bool, type(None)})
_classes: dict[tuple[str, int], type[Any]] = {}
_upcasts: dict[tuple[str, int], Upcast] = {}


def register(event: EventClass) -> EventClass:
    """Make an event's kind and version known; two classes for one of them are refused."""
    name = (event.KIND, event.VERSION)
    if _classes.setdefault(name, event) is not event:
        raise CodecError(f"{name[0]} version {name[1]} is {_classes[name].__name__} already")
    typing.get_type_hints(event)
    return event


def register_upcast(kind: str, version: int, upcast: Upcast) -> None:
    """Say how data of an older version becomes data of the next one."""
    if _upcasts.setdefault((kind, version), upcast) is not upcast:
        raise CodecError(f"{kind} version {version} has its way to the next version already")


def registered() -> Mapping[tuple[str, int], type[Any]]:
    """Every kind and version that can be read today without an upcast."""
    return dict(_classes)


def written(event: Event) -> dict[str, Plain]:
    """An event as the body of an entry holds it."""
    if _classes.get((event.KIND, event.VERSION)) is not type(event):
        raise CodecError(f"{type(event).__name__} was never registered")
    return {"kind": event.KIND, "v": event.VERSION, "data": plain(event)}


def read(event: Mapping[str, Plain]) -> Any:
    """The event of its written form, whatever version that was; CodecError for an unknown one."""
    kind, version = str(event["kind"]), cast("int", event["v"])
    data = cast("Mapping[str, Plain]", event["data"])
    while (kind, version) not in _classes:
        upcast = _upcasts.get((kind, version))
        if upcast is None:
            raise CodecError(f"nobody knows the event {kind} version {version}")
        data, version = upcast(data), version + 1
    return value_of(_classes[kind, version], data)


def without_contents(event: Mapping[str, Plain]) -> dict[str, Plain]:
    """The data of a written event but for the fields that name contents kept beside it."""
    data = cast("Mapping[str, Plain]", event["data"])
    contents = _contents(str(event["kind"]), cast("int", event["v"]))
    return {name: part for name, part in data.items() if name not in contents}


@cache
def _contents(kind: str, version: int) -> frozenset[str]:
    hints = typing.get_type_hints(_classes.get((kind, version), object))
    return frozenset(name for name, hint in hints.items() if hint is Kept)


def plain(value: Any) -> Any:
    """The plain data of a value: only objects, arrays, texts, integers, booleans and null."""
    kind: Any = type(value)
    return value if kind in _PLAIN else _writer(kind)(value)


def value_of(hint: Any, data: Any) -> Any:
    """The value of type `hint` that was written as `data`; CodecError when it is none."""
    return _reader(hint)(data)


@cache
def _writer(kind: Hashable) -> Callable[[Any], Any]:
    """How values of this type are written; made once for each type."""
    writers: dict[Any, Callable[[Any], Any]] = {
        UUID: str,
        datetime: instant,
        date: date.isoformat,
        Decimal: _decimal_text,
        bytes: bytes.hex,  # for views; an event keeps contents by their digest
        tuple: _list,
        list: _list,
        frozenset: lambda value: sorted(_list(value)),
    }
    if kind in writers:
        return writers[kind]
    assert isinstance(kind, type)
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, Mapping):
        return lambda value: {_key(key): plain(part) for key, part in value.items()}
    if dataclasses.is_dataclass(kind):
        return _object(tuple(field.name for field in dataclasses.fields(kind)))
    raise CodecError(f"{kind.__name__} has no written form")


def _list(value: Iterable[Any]) -> list[Any]:
    return [part if type(part) in _PLAIN else plain(part) for part in value]


def _object(names: tuple[str, ...]) -> Callable[[Any], Any]:
    if len(names) < 2:  # a getter of one name gives no tuple
        return lambda value: {name: plain(getattr(value, name)) for name in names}
    parts = attrgetter(*names)

    def write(value: Any) -> dict[str, Any]:
        return {
            name: part if type(part) in _PLAIN else plain(part)
            for name, part in zip(names, parts(value), strict=True)
        }

    return write


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise CodecError(f"{value} is no amount")
    return format(value, "f")


def _key(key: Any) -> str:
    text = plain(key)
    if not isinstance(text, str):
        raise CodecError(f"the key {key!r} is no text")
    return text


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """How values of this type are read; made once for each type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return lambda data: data
    if hint is type(None) or hint is None:
        return _exactly(type(None))
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is typing.Annotated or hint in (str, int, bool):
        return _reader(arguments[0]) if arguments else _exactly(hint)
    if origin is typing.Literal:
        return _literal(arguments)
    if origin in (tuple, list, Sequence):
        return _sequence(origin, arguments)
    if origin in (dict, Mapping):
        part = _reader(arguments[1])
        return lambda data: {key: part(found) for key, found in _exactly(dict)(data).items()}
    return _named(hint)


def _named(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, typing.NewType):
        return _reader(hint.__supertype__)
    if not isinstance(hint, type):
        raise CodecError(f"{hint} cannot be read back")
    if issubclass(hint, Enum):
        return _parsed(hint, hint)
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint)
    if hint in (dict, Mapping):
        return _exactly(dict)
    if hint in (list, tuple):
        return lambda data: hint(_exactly(list)(data))
    parsers: dict[Any, Callable[[Any], Any]] = {
        UUID: UUID,
        datetime: datetime.fromisoformat,
        date: date.fromisoformat,
        Decimal: Decimal,
    }
    if hint not in parsers:
        raise CodecError(f"{hint.__name__} has no written form")
    return _parsed(hint, parsers[hint])


def _exactly(kind: Any) -> Callable[[Any], Any]:
    def read_exactly(data: Any) -> Any:
        if type(data) is not kind:
            raise CodecError(f"{data!r} is no {kind.__name__}")
        return data

    return read_exactly


def _parsed(kind: Any, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_parsed(data: Any) -> Any:
        if not isinstance(data, str | int):
            raise CodecError(f"{data!r} is no {kind.__name__}")
        try:
            return parse(data)
        except (ValueError, TypeError, ArithmeticError, AttributeError) as error:
            raise CodecError(f"{data!r} is no {kind.__name__}") from error

    return read_parsed


def _literal(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    def read_literal(data: Any) -> Any:
        if data not in arguments:
            raise CodecError(f"{data!r} is none of {arguments}")
        return data

    return read_literal


def _sequence(origin: Any, arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        parts = [_reader(argument) for argument in arguments]
        return lambda data: tuple(
            part(found) for part, found in zip(parts, _exactly(list)(data), strict=True)
        )
    one = _reader(arguments[0])
    kind = list if origin is list else tuple
    return lambda data: kind(one(found) for found in _exactly(list)(data))


def _union(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    """The first member that can read the data; text last, because it reads every text."""
    readers = [_reader(argument) for argument in sorted(arguments, key=lambda a: a is str)]

    def read_union(data: Any) -> Any:
        for one in readers:
            try:
                return one(data)
            except CodecError:
                continue
        raise CodecError(f"{data!r} is none of {', '.join(map(str, arguments))}")

    return read_union


def _dataclass(kind: type[Any]) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind) if f.init}
    readers = {name: _reader(hints[name]) for name in fields}
    needed = {
        name
        for name, f in fields.items()
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    }

    def read_dataclass(data: Any) -> Any:
        if not isinstance(data, Mapping) or not needed <= data.keys() <= readers.keys():
            raise CodecError(f"this is no {kind.__name__}: {str(data)[:200]}")
        try:
            return kind(**{name: readers[name](found) for name, found in data.items()})
        except ValueError as error:
            raise CodecError(f"this is no {kind.__name__}: {error}") from error

    return read_dataclass
