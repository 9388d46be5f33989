"""The shape of a recipe's text, and its published JSON Schema, both read off the dataclasses."""

import types
import typing
from dataclasses import MISSING, fields, is_dataclass, make_dataclass
from enum import StrEnum

from workflows import quantity, recipe

BLOCKS: dict[str, type] = {
    "sequence": recipe.Sequence,
    "parallel": recipe.Parallel,
    "repeat": recipe.Repeat,
    "phase": recipe.Phase,
}
WORKS: dict[str, type] = {
    work.KIND: work for work in recipe.WORKS if work is not recipe.Instruction
}
_PHASE_HINTS = typing.get_type_hints(recipe.Phase)
# A phase without its work, which the text names by its kind.
PhaseText = make_dataclass(
    "PhaseText",
    [
        (field.name, _PHASE_HINTS[field.name], field)
        for field in fields(recipe.Phase)
        if field.name != "work"
    ],
    frozen=True,
    kw_only=True,
)
_QUANTITY_TEXT = r"^-?[0-9]{1,20}(\.[0-9]{1,12})?( \S+)?$"
_Schema = dict[str, object]


def name_of(block: type) -> str:
    """The word that names a block in the text: sequence, parallel, repeat, phase."""
    return next(name for name, target in BLOCKS.items() if target is block)


def without_none(hint: object) -> object:
    """X | None → X; anything else as it is."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        rest = [part for part in typing.get_args(hint) if part is not type(None)]
        if len(rest) == 1:
            return rest[0]
    return hint


def in_words(hint: object) -> str:
    """What a scalar of this type is, for a person who wrote something else."""
    if hint is quantity.Quantity:
        return "an amount like 12.50 g"
    words = {str: "text", int: "a whole number", bool: "true or false"}
    return words.get(typing.cast("type", hint), "one word")


def schema() -> _Schema:
    """JSON Schema (2020-12) of a recipe's text."""
    definitions: dict[str, _Schema] = {"block": {"oneOf": [_ref(name) for name in BLOCKS]}}
    for name, target in BLOCKS.items():
        definitions[name] = _block_schema(name, target, definitions)
    root = _object_schema(recipe.Recipe, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Batchline master recipe",
        **root,
        "$defs": definitions,
    }


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


def _block_schema(name: str, target: type, definitions: dict[str, _Schema]) -> _Schema:
    made = _object_schema(PhaseText if target is recipe.Phase else target, definitions)
    properties = typing.cast("dict[str, object]", made["properties"])
    required = typing.cast("list[str]", made["required"])
    properties[name] = properties.pop("key")
    required[required.index("key")] = name
    if target is recipe.Phase:
        for kind, work in WORKS.items():
            properties[kind] = _schema_of(work, definitions)
        pairs = [{"required": [kind]} for kind in WORKS]
        made["oneOf"] = [*pairs, {"not": {"anyOf": pairs}}]
    return made


def _object_schema(target: type, definitions: dict[str, _Schema]) -> _Schema:
    hints = typing.get_type_hints(target)
    members = fields(target)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {f.name: _schema_of(hints[f.name], definitions) for f in members},
        "required": [
            f.name for f in members if f.default is MISSING and f.default_factory is MISSING
        ],
    }


def _schema_of(hint: object, definitions: dict[str, _Schema]) -> _Schema:
    if hint == recipe.Block:
        return _ref("block")
    hint = without_none(hint)
    if typing.get_origin(hint) is tuple:
        return {"type": "array", "items": _schema_of(typing.get_args(hint)[0], definitions)}
    if hint is recipe.Sequence:
        return _ref("sequence")
    simple: dict[object, _Schema] = {
        str: {"type": "string"},
        int: {"type": "integer", "minimum": 0},
        bool: {"type": "boolean"},
        quantity.Quantity: {"type": ["string", "number"], "pattern": _QUANTITY_TEXT},
        recipe.ValueRef: {"type": "string", "pattern": r"^[^.]+\.[^.]+$"},
    }
    if hint in simple:
        return simple[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    if not (isinstance(hint, type) and is_dataclass(hint)):
        raise TypeError(f"no schema of {hint!r}")
    if hint.__name__ not in definitions:
        definitions[hint.__name__] = {}
        definitions[hint.__name__] = _object_schema(hint, definitions)
    return _ref(hint.__name__)
