"""What a file of somebody else does not say: a companion says it, and both texts stay on record.

A companion is YAML beside the file: header, formula, equipment, phases in the form of a recipe's
text, and what ends a loop. `complete` puts it into the draft and changes nothing else; what it
answers becomes a remark that says so, what it leaves open stays as it was found, and an entry that
names nothing in the file is an error.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ebr.recipes import text
from ebr.recipes.batchml.draft import Draft, Gap, Noticed
from workflows.quantity import Quantity
from workflows.recipe import (
    Block,
    EquipmentRequirement,
    FormulaLine,
    Parallel,
    Parameter,
    Phase,
    Recipe,
    Repeat,
    Scale,
    Sequence,
    Until,
)
from workflows.validity.finding import FindingSeverity

ERROR, REMARK = FindingSeverity.ERROR, FindingSeverity.REMARK


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """What ends a loop of the file, and its bound."""

    key: str
    until: Until
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Everything that the author adds to a file; what is not given stays as the file says."""

    code: str | None = None
    title: str | None = None
    product: str | None = None
    size: Quantity | None = None
    scale: Scale | None = None
    source: str | None = None
    formula: tuple[FormulaLine, ...] = ()
    equipment: tuple[EquipmentRequirement, ...] = ()
    phases: tuple[Phase, ...] = ()
    loops: tuple[Loop, ...] = ()


def load_companion(source: str | bytes) -> Companion:
    """Text → companion. Raises `BadText` with all faults."""
    return text.load_as(source, Companion, "companion")


def complete(draft: Draft, companion: Companion) -> Draft:
    """The draft with everything that the companion adds; pure."""
    phases = {each.key: each for each in companion.phases}
    loops = {each.key: each for each in companion.loops}
    known = dict(_blocks(draft.recipe.procedure))
    header = _header(companion)
    procedure = _block(draft.recipe.procedure, phases, loops)
    assert isinstance(procedure, Sequence)
    answered = tuple(_answered(each, header, phases, loops) for each in draft.noticed)
    return replace(
        draft,
        recipe=replace(draft.recipe, procedure=procedure, **header),
        noticed=(*answered, *_strange(companion, known), *_instead(companion, known)),
    )


def _header(companion: Companion) -> dict[str, Any]:
    names = {field.name for field in fields(Recipe)}
    return {
        field.name: given
        for field in fields(Companion)
        if field.name in names and (given := getattr(companion, field.name)) not in (None, ())
    }


def _blocks(block: Block) -> Iterator[tuple[str, Block]]:
    yield block.key, block
    match block:
        case Sequence(blocks=below) | Parallel(branches=below):
            for each in below:
                yield from _blocks(each)
        case Repeat(body=body):
            yield from _blocks(body)
        case Phase():
            pass


def _block(block: Block, phases: Mapping[str, Phase], loops: Mapping[str, Loop]) -> Block:
    match block:
        case Phase():
            return _phase(block, phases.get(block.key))
        case Sequence(blocks=below):
            return replace(block, blocks=tuple(_block(each, phases, loops) for each in below))
        case Parallel(branches=below):
            return replace(block, branches=tuple(_block(each, phases, loops) for each in below))
        case Repeat(body=body, key=key):
            whole = replace(block, body=_block(body, phases, loops))
            given = loops.get(key)
            return replace(whole, until=given.until, most=given.most) if given else whole


def _phase(found: Phase, given: Phase | None) -> Phase:
    """The file's name and parameters, the companion's work; a parameter of one key gives way."""
    if given is None:
        return found
    instead = {each.key: each for each in given.parameters}
    kept = tuple(instead.pop(each.key, each) for each in found.parameters)
    return replace(given, title=found.title, parameters=(*kept, *instead.values()))


def _answered(
    found: Noticed,
    header: Mapping[str, object],
    phases: Mapping[str, Phase],
    loops: Mapping[str, Loop],
) -> Noticed:
    """What was found, as a remark with the answer where the companion has one."""
    place = found.place.partition(".")[0]
    answer = ""
    if found.gap is Gap.HEADER and place in header:
        answer = f"the companion says {header[place]}" if place != "formula" else "given anew"
    elif found.gap is Gap.PHASE and place in phases:
        answer = "the companion says what is to be done"
    elif found.gap is Gap.LOOP and place in loops:
        until = loops[place].until
        answer = (
            f"the companion ends it by {until.value.step}.{until.value.input}, after at most "
            f"{loops[place].most} passes"
        )
    if not answer:
        return found
    return replace(found, severity=REMARK, text=f"{found.text}; {answer}")


def _strange(companion: Companion, known: Mapping[str, Block]) -> Iterator[Noticed]:
    """Entries that name nothing in the file, name it wrongly, or stand twice."""
    given: list[Phase | Loop] = [*companion.phases, *companion.loops]
    keys = [each.key for each in given]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield _wrong(key, f"the companion speaks of {key} {keys.count(key)} times")
    for each in given:
        found = known.get(each.key)
        wanted = Phase if isinstance(each, Phase) else Repeat
        if not isinstance(found, wanted):
            kind = "phase" if wanted is Phase else "loop"
            yield _wrong(
                each.key, f"the companion speaks of the {kind} {each.key}; the file has none"
            )
        elif isinstance(each, Phase) and each.title != found.title:
            yield _wrong(
                each.key, f"the companion calls it {each.title!r}, the file {found.title!r}"
            )


def _wrong(key: str, said: str) -> Noticed:
    return Noticed(gap=Gap.COMPANION, severity=ERROR, place=key, text=said)


def _instead(companion: Companion, known: Mapping[str, Block]) -> Iterator[Noticed]:
    """What the file says and the companion says otherwise: both, so that nobody wonders."""
    for each in companion.phases:
        found = known.get(each.key)
        if not isinstance(found, Phase):
            continue
        if found.instruction and found.instruction != each.instruction:
            said = f"the companion's instruction stands in place of {found.instruction!r}"
            yield Noticed(gap=Gap.COMPANION, severity=REMARK, place=each.key, text=said)
        before = {told.key: told for told in found.parameters}
        for told in each.parameters:
            if told.key in before and told != before[told.key]:
                said = f"the companion says {_told(told)} in place of {_told(before[told.key])}"
                yield Noticed(gap=Gap.COMPANION, severity=REMARK, place=each.key, text=said)


def _told(parameter: Parameter) -> str:
    return f"{str(parameter)!r}"
