"""The published JSON Schema of the batch record, read off its dataclasses."""

import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from ebr.batches.record.parts import Instant
from ebr.batches.record.shapes import SCHEMA, BatchRecord

_Schema = dict[str, Any]
_SIMPLE: dict[Any, _Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    UUID: {"type": "string", "format": "uuid"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Instant: {"type": "string", "format": "date-time"},
}


def schema() -> _Schema:
    """JSON Schema (2020-12) of `batchline-record/v1`."""
    definitions: dict[str, _Schema] = {}
    root = _object(BatchRecord, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": "Batchline batch record",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(kind: type[Any], definitions: dict[str, _Schema]) -> _Schema:
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    return {
        "description": (kind.__doc__ or "").partition("\n")[0],
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _of(hints[name], definitions) for name in names},
        "required": [field.name for field in fields(kind) if field.default is MISSING],
    }


def _of(hint: Any, definitions: dict[str, _Schema]) -> _Schema:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_of(each, definitions) for each in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if hint is type(None):
        return {"type": "null"}
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    if not is_dataclass(hint):
        raise TypeError(f"no schema of {hint!r}")
    name = typing.cast("type[Any]", hint).__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _object(typing.cast("type[Any]", hint), definitions)
    return {"$ref": f"#/$defs/{name}"}
