"""A recipe as text: YAML that a process engineer reads, compares and keeps under version control.

Quantities are written as text (`8333 mL`), so no number ever passes through binary floating point.
Bad text is answered with every fault at once, each with its place and line; nothing is repaired.
The published JSON Schema is made by `ebr.recipes.shape`, from the same dataclasses as this reader;
the digest is over the canonical form, so the order of keys and the layout change nothing.
"""

import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import TypeVar

import yaml

from ebr.recipes import shape
from workflows import quantity, recipe

T = TypeVar("T")
SIZE_MOST = 1_000_000  # bytes
DEPTH_MOST = 40
NODES_MOST = 100_000
BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Dumper(yaml.SafeDumper):
    """Writes breaks that only YAML takes for the end of a line so that they stay what they are."""


def _quoted(dumper: _Dumper, text: str) -> yaml.Node:
    style = '"' if BREAKS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a recipe's text: where, and what."""

    place: str
    line: int | None
    text: str

    def __str__(self) -> str:
        line = f"line {self.line}, " if self.line else ""
        return f"{line}{self.place}: {self.text}"


class BadText(Exception):
    """The recipe's text cannot be read; every fault is listed."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


def load(text: str | bytes) -> recipe.Recipe:
    """Text → recipe. Raises BadText with all faults."""
    return load_as(text, recipe.Recipe, "recipe")


def load_as(text: str | bytes, wanted: type[T], place: str) -> T:
    """Text → a value of frozen dataclasses such as a recipe's. Raises BadText with all faults."""
    reader = _Reader()
    value = reader.read(_compose(text), wanted, place)
    if not isinstance(value, wanted) or reader.faults:
        raise BadText(*reader.faults)
    return value


def dump(whole: recipe.Recipe) -> str:
    """Recipe → text that `load` reads back to an equal recipe."""
    return yaml.dump(
        _plain(whole),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=96,
        default_flow_style=False,
    )


def _compose(text: str | bytes) -> yaml.Node:
    if len(text) > SIZE_MOST:
        raise BadText(
            Fault("file", None, f"{len(text):,} bytes, and at most {SIZE_MOST:,} are allowed")
        )
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        _refuse_bombs(yaml.parse(decoded, Loader=_LOADER))
        node = yaml.compose(decoded, Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise BadText(Fault("file", None, f"not UTF-8 at byte {error.start}")) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BadText(Fault("file", line, f"not YAML: {error.problem}")) from None
    except yaml.YAMLError as error:
        raise BadText(Fault("file", None, f"not YAML: {error}")) from None
    if node is None:
        raise BadText(Fault("file", None, "empty; a recipe begins with its code and version"))
    return node


def _refuse_bombs(events: Iterator[yaml.Event]) -> None:
    """Depth, number of nodes and aliases are bounded before anything is built from the text."""
    depth = 0
    for count, event in enumerate(events):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadText(Fault("file", line, "anchors and aliases are not allowed in a recipe"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MOST:
            raise BadText(Fault("file", line, f"nested deeper than {DEPTH_MOST} levels"))
        if count > NODES_MOST:
            raise BadText(Fault("file", line, f"more than {NODES_MOST:,} elements"))


class _Reader:
    """Walks the YAML nodes along the type hints of the recipe, collecting every fault."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, node: yaml.Node, hint: object, place: str) -> object:
        if hint in (recipe.Block, recipe.Sequence, recipe.Phase):
            return self._block_of(node, hint, place)
        hint = shape.without_none(hint)
        if typing.get_origin(hint) is tuple:
            return self._list(node, typing.get_args(hint)[0], place)
        if hint is recipe.ValueRef:
            return self._reference(node, place)
        if is_dataclass(hint) and hint is not quantity.Quantity:
            return self._mapping(node, typing.cast("type", hint), place)
        return self._scalar(node, hint, place)

    def _fault(self, node: yaml.Node, place: str, text: str) -> None:
        self.faults.append(Fault(place, node.start_mark.line + 1, text))

    def _list(self, node: yaml.Node, member: object, place: str) -> tuple[object, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self._fault(node, place, "must be a list")
            return ()
        return tuple(
            self.read(child, member, f"{place}[{n}]") for n, child in enumerate(node.value, 1)
        )

    def _pairs(self, node: yaml.Node, place: str) -> dict[str, yaml.Node] | None:
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, place, "must be a mapping of names to values")
            return None
        pairs: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, place, "a name must be plain text")
            elif key.value in pairs:
                self._fault(key, place, f"{key.value!r} stands here twice")
            else:
                pairs[key.value] = value
        return pairs

    def _mapping(self, node: yaml.Node, target: type, place: str) -> object | None:
        pairs = self._pairs(node, place)
        if pairs is None:
            return None
        return self._build(node, target, pairs, place)

    def _build(
        self, node: yaml.Node, target: type, pairs: dict[str, yaml.Node], place: str
    ) -> object | None:
        """One dataclass from its pairs; missing and unknown names are faults."""
        before = len(self.faults)
        hints = typing.get_type_hints(target)
        given: dict[str, object] = {}
        for field in fields(target):
            if field.name in pairs:
                child = pairs.pop(field.name)
                given[field.name] = self.read(child, hints[field.name], f"{place}.{field.name}")
            elif _needed(field):
                self._fault(node, place, f"{field.name!r} is missing")
        for name, child in pairs.items():
            known = ", ".join(field.name for field in fields(target))
            self._fault(child, place, f"{name!r} is not known here; known are {known}")
        return target(**given) if len(self.faults) == before else None

    def _block_of(self, node: yaml.Node, hint: object, place: str) -> object | None:
        """Any block, or one of the kind that can stand here only."""
        made = self._block(node, place)
        if made is None or not isinstance(hint, type) or isinstance(made, hint):
            return made
        self._fault(node, place, f"must be a {shape.name_of(hint)}")
        return None

    def _block(self, node: yaml.Node, place: str) -> object | None:
        pairs = self._pairs(node, place)
        if pairs is None:
            return None
        named = [name for name in shape.BLOCKS if name in pairs]
        if len(named) != 1:
            self._fault(node, place, f"needs exactly one of {', '.join(shape.BLOCKS)} with its key")
            return None
        key = pairs.pop(named[0])
        place = f"{place}({key.value if isinstance(key, yaml.ScalarNode) else '?'})"
        target = shape.BLOCKS[named[0]]
        if target is recipe.Phase:
            return self._phase(node, key, pairs, place)
        return self._build(node, target, {"key": key, **pairs}, place)

    def _phase(
        self, node: yaml.Node, key: yaml.Node, pairs: dict[str, yaml.Node], place: str
    ) -> object | None:
        """A phase: the name of its kind holds what is particular to the kind."""
        kinds = [kind for kind in shape.WORKS if kind in pairs]
        if len(kinds) > 1:
            self._fault(node, place, f"is of one kind only, not {' and '.join(kinds)}")
            return None
        work: object = recipe.Instruction()
        if kinds:
            work = self._mapping(pairs.pop(kinds[0]), shape.WORKS[kinds[0]], f"{place}.{kinds[0]}")
        before = len(self.faults)
        read = self._build(node, shape.PhaseText, {"key": key, **pairs}, place)
        if work is None or read is None or len(self.faults) != before:
            return None
        return recipe.Phase(
            work=typing.cast("recipe.Work", work),
            **{field.name: getattr(read, field.name) for field in fields(shape.PhaseText)},
        )

    def _reference(self, node: yaml.Node, place: str) -> recipe.ValueRef | None:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        step, dot, name = text.partition(".")
        if not (step and dot and name):
            self._fault(node, place, "must be written as step.input")
            return None
        return recipe.ValueRef(step=step, input=name)

    def _scalar(self, node: yaml.Node, hint: object, place: str) -> object | None:
        if not isinstance(node, yaml.ScalarNode):
            self._fault(node, place, f"must be {shape.in_words(hint)}, not a list or mapping")
            return None
        try:
            return _convert(node.value, hint)
        except ValueError as error:
            self._fault(node, place, str(error))
            return None


def _needed(field: "Field[object]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _convert(text: str, hint: object) -> object:
    if hint is str:
        if "\0" in text:
            raise ValueError("holds the character U+0000, which no record can hold")
        return text
    if hint is quantity.Quantity:
        return quantity.parse(text)
    if hint is bool:
        if text not in {"true", "false"}:
            raise ValueError(f"must be true or false, not {text!r}")
        return text == "true"
    if hint is int:
        if not text.isascii() or not text.isdigit() or len(text) > 12:
            raise ValueError(f"must be a whole number, not {text!r}")
        return int(text)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if text not in {member.value for member in hint}:
            known = ", ".join(member.value for member in hint)
            raise ValueError(f"must be one of {known}, not {text!r}")
        return hint(text)
    raise TypeError(f"no reading of {hint!r}")


def _plain(value: object) -> object:
    match value:
        case bool() | int():
            return value
        case quantity.Quantity():
            return f"{value.value} {value.unit}" if value.unit != "1" else value.value
        case StrEnum():
            return value.value
        case str():
            return value
        case recipe.ValueRef():
            return f"{value.step}.{value.input}"
        case Sequence():
            return [_plain(member) for member in value]
        case _:
            return _plain_mapping(value)


def _plain_mapping(value: object) -> Mapping[str, object]:
    assert is_dataclass(value)
    assert not isinstance(value, type)
    made: dict[str, object] = {}
    for field in fields(value):
        member = getattr(value, field.name)
        if member is None or (not _needed(field) and member == field.default):
            continue
        if field.name == "key" and type(value) in shape.BLOCKS.values():
            made[shape.name_of(type(value))] = member
        elif field.name == "work":
            if not isinstance(member, recipe.Instruction):
                made[type(member).KIND] = _plain_mapping(member)
        else:
            made[field.name] = _plain(member)
    return made
