"""The marshmallow schema of a command or a view, derived from its dataclass.

A command is declared once; the form, the JSON schema and the OpenAPI text follow from it. Unknown
fields are refused. A field's metadata may say `most` and `least` (letters, or amount for whole
numbers), `pattern` and `description`; without `most` a text may have 10,000 letters.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar, Union
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from audit.canonical import instant
from ebr.kernel.errors import Malformed
from ebr.kernel.secret import Secret

T = TypeVar("T")
_schemas: dict[type[Any], type[Schema]] = {}
MOST_LETTERS = 10_000
MOST_SECRET = 1_024
WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)


class TextField(fields.String):
    """A text without U+0000 and without half letters: what PostgreSQL and the ledger can hold."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValidationError("Contains a character that no record can hold.")
        return text


class InstantField(fields.AwareDateTime):
    """An instant with its zone; answered in UTC with microseconds."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else instant(value)


class WholeField(fields.Field[int]):
    """A whole number, from a form as text; 1.5 and true are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise ValidationError("Write a whole number.")


class DecimalField(fields.Field[Decimal]):
    """An exact number as text; floating point and exponents are refused."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else format(value, "f")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str) or not value.strip() or "e" in value.lower():
            raise ValidationError("Write a plain number like 12.50, as text.")
        try:
            number = Decimal(value.strip())
        except InvalidOperation as error:
            raise ValidationError("Write a plain number like 12.50, as text.") from error
        if not number.is_finite():
            raise ValidationError("Write a plain number like 12.50, as text.")
        return number


class SecretField(fields.Field[Secret]):
    """A password on its way in; it is never answered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(load_only=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Secret:
        if not isinstance(value, str) or not value:
            raise ValidationError("Missing.")
        if len(value) > MOST_SECRET:
            raise ValidationError(f"Longer than {MOST_SECRET} letters.")
        return Secret(value)


class TupleField(fields.List[Any]):
    """Several of one kind, in order."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


def schema_of(kind: type[Any]) -> type[Schema]:
    """The schema of a dataclass; loading gives the dataclass, dumping plain data."""
    if kind not in _schemas:
        _schemas[kind] = _schema(kind)
    return _schemas[kind]


def _schema(kind: type[Any]) -> type[Schema]:
    hints = typing.get_type_hints(kind, include_extras=True)
    made: dict[str, Any] = {
        field.name: _field(hints[field.name], field)
        for field in dataclasses.fields(kind)
        if field.init
    }

    def make(_: Schema, data: Mapping[str, Any], **__: Any) -> Any:
        try:
            return kind(**data)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    made["make"] = post_load(make)
    made["Meta"] = type("Meta", (), {"unknown": RAISE})
    made["__doc__"] = kind.__doc__
    return type(f"{kind.__name__}Schema", (Schema,), made)


def bound(kind: type[T], data: Mapping[str, Any]) -> T:
    """The command of what came in; Malformed with every fault by field at once."""
    try:
        loaded: T = schema_of(kind)().load(data)
    except ValidationError as error:
        raise Malformed(dict(_flat(error.messages))) from error
    return loaded


def shown(view: Any) -> Any:
    """The plain data of a view, as its schema says."""
    return schema_of(type(view))().dump(view)


def _field(hint: Any, field: "dataclasses.Field[Any]") -> fields.Field[Any]:
    settings: dict[str, Any] = {"metadata": dict(field.metadata)}
    if field.default is not dataclasses.MISSING:
        settings["load_default"] = field.default
    elif field.default_factory is not dataclasses.MISSING:
        settings["load_default"] = field.default_factory
    else:
        settings["required"] = True
    return _made(hint, settings)


def _made(hint: Any, settings: dict[str, Any]) -> fields.Field[Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _made(arguments[0], settings)
    if origin in (Union, types.UnionType):
        rest = tuple(argument for argument in arguments if argument is not type(None))
        if len(rest) < len(arguments):
            settings = settings | {"allow_none": True}
        return _made(rest[0], settings) if len(rest) == 1 else fields.Raw(**settings)
    if origin is typing.Literal:
        return TextField(validate=validate.OneOf(arguments), **settings)
    if origin in (tuple, list, frozenset, Sequence):
        return TupleField(_made(arguments[0], {}), **settings)
    if origin in (dict, Mapping):
        return fields.Dict(keys=TextField(), values=_made(arguments[1], {}), **settings)
    if isinstance(hint, typing.NewType):
        return _made(hint.__supertype__, settings)
    return _scalar(hint, settings)


def _scalar(hint: Any, settings: dict[str, Any]) -> fields.Field[Any]:
    if hint is Any:
        return fields.Raw(**settings | {"allow_none": True})
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return fields.Nested(schema_of(hint), **settings)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return fields.Enum(hint, by_value=True, **settings)
    if hint is str:
        return TextField(validate=_text_rules(settings), **settings)
    if hint is int:
        return WholeField(validate=_number_rules(settings), **settings)
    made: dict[Any, type[fields.Field[Any]]] = {
        bool: fields.Boolean,
        UUID: fields.UUID,
        datetime: InstantField,
        date: fields.Date,
        Decimal: DecimalField,
        Secret: SecretField,
        bytes: TextField,  # hex digits, as answers show raw frames
    }
    if hint not in made:
        raise TypeError(f"{hint} has no field: write this schema by hand")
    return made[hint](**settings)


def _text_rules(settings: dict[str, Any]) -> list[validate.Validator]:
    told = settings.get("metadata", {})
    rules: list[validate.Validator] = [
        validate.Length(min=told.get("least"), max=told.get("most", MOST_LETTERS))
    ]
    if "pattern" in told:
        rules.append(validate.Regexp(rf"(?:{told['pattern']})\Z"))
    return rules


def _number_rules(settings: dict[str, Any]) -> list[validate.Validator]:
    told = settings.get("metadata", {})
    return [validate.Range(min=told.get("least", -(2**53) + 1), max=told.get("most", 2**53 - 1))]


def _flat(messages: Any, place: str = "") -> list[tuple[str, list[str]]]:
    if not isinstance(messages, Mapping):
        found = messages if isinstance(messages, list) else [messages]
        return [(place, [str(message) for message in found])]
    flat: list[tuple[str, list[str]]] = []
    for name, inner in messages.items():
        own = "" if name == "_schema" else str(name)
        flat.extend(_flat(inner, ".".join(part for part in (place, own) if part)))
    return flat
