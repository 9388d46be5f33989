"""What BatchML cannot say of a recipe: what is carried beside its words, and what is lost."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import workflows
from workflows.recipe import Instruction, Phase, Recipe, blocks_in, loops, phases

# Everything that XML 1.0 has no way to write.
_NEVER = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_POLICIES = {
    "critical": "a mark as critical",
    "witness": "a witness",
    "may_skip": "a leave to be skipped",
    "right": "a right of its own",
    "hold": "a hold time",
    "exceptions": "a policy for exceptions",
}


def sayable(text: str) -> str:
    """The text with a sign of replacement for what XML cannot write."""
    return _NEVER.sub("\ufffd", text)


def unsaid(recipe: workflows.Recipe) -> tuple[str, ...]:
    """Sentences for people: what other systems will not read, then what nobody will."""
    return (*_carried(recipe), *_lost(recipe))


def _carried(recipe: Recipe) -> Iterator[str]:
    """BatchML has a place for it, under OtherInformation, and no words."""
    steps = list(phases(recipe.procedure))
    works = Counter(each.work.KIND for each in steps if not isinstance(each.work, Instruction))
    if works:
        counted = (f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(works.items()))
        kinds = ", ".join(counted)
        yield f"carried: the work of {sum(works.values())} phases with inputs and limits ({kinds})"
    for name, words in _POLICIES.items():
        default = next(each.default for each in fields(Phase) if each.name == name)
        held = [each.key for each in steps if getattr(each, name) != default]
        if held:
            yield f"carried: {words} at {', '.join(held)}"
    for loop in loops(recipe.procedure):
        yield f"carried: what ends {loop.key}, and its bound of {loop.most} passes"
    if recipe.scale and recipe.scale.increment:
        yield f"carried: sizes in steps of {recipe.scale.increment}"
    if recipe.source:
        yield "carried: the source of the recipe"


def _lost(recipe: Recipe) -> Iterator[str]:
    """What does not come back from the document as it was."""
    for place, said in _said(recipe):
        if any(_NEVER.search(text) for text in _texts(said)):
            yield f"lost: control characters at {place}, which XML cannot write"
    ids = Counter(_ids(recipe))
    for key, times in ids.items():
        if times > 1:
            yield f"lost: the key {key} is used {times} times; no reader takes the document"
        elif not key:
            yield "lost: a block has no key; no reader takes the document"
    for phase in phases(recipe.procedure):
        for told in phase.parameters:
            if told.unit == "":
                yield f"lost: the empty unit of {phase.key}.{told.key}, which comes back as none"
    if recipe.version < 0:
        yield f"lost: the version {recipe.version}, which is no number of a version"


def _ids(recipe: Recipe) -> Iterator[str]:
    """The id of every element of the document: of blocks, of their beginnings and ends."""
    yield from ("recipe.begin", "recipe.end")
    for block in _blocks(recipe.procedure):
        yield block.key
        if not isinstance(block, Phase):
            yield from (f"{block.key}.begin", f"{block.key}.end")


def _blocks(block: workflows.recipe.Block) -> Iterator[workflows.recipe.Block]:
    yield block
    for each in blocks_in(block):
        yield from _blocks(each)


def _said(recipe: Recipe) -> Iterator[tuple[str, object]]:
    """What is written in the words of BatchML, by its place; what is carried is safe anyway."""
    yield from (("code", recipe.code), ("title", recipe.title), ("product", recipe.product))
    yield from ((f"formula.{each.key}", each) for each in recipe.formula)
    yield from ((f"equipment.{each.key}", each) for each in recipe.equipment)
    for block in _blocks(recipe.procedure):
        yield block.key, (block.key, block.title)
        if isinstance(block, Phase):
            yield f"{block.key}.instruction", block.instruction
            yield from ((f"{block.key}.{each.key}", each) for each in block.parameters)


def _texts(value: object) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value):
        for member in fields(value):
            yield from _texts(getattr(value, member.name))
