"""Drafts of recipes with one fault each, and what is found in them."""

from dataclasses import replace
from typing import Any

from tests.builders.small_plant import (
    DENSITY,
    RECIPE,
    phase,
)
from workflows import Finding, Known, findings
from workflows.quantity import parse
from workflows.recipe import (
    Block,
    Entry,
    Input,
    Instruction,
    Limits,
    Phase,
    Range,
    Recipe,
    Sequence,
)

NOTHING = phase("nothing", "Nothing", Instruction())


def found(recipe: Recipe, known: Known | None = None) -> list[str]:
    """The findings as `place: text`."""
    result = findings(recipe, known) if known else findings(recipe)
    return [f"{each.place}: {each.text}" for each in result]


def small(*blocks: Block, **more: Any) -> Recipe:
    """A recipe of some steps, without formula and equipment."""
    known: dict[str, Any] = {"formula": (), "equipment": ()}
    procedure = Sequence(key="procedure", title="Make it", blocks=blocks)
    return replace(RECIPE, procedure=procedure, **(known | more))


def said(text: str, *blocks: Block, **more: Any) -> Finding:
    """The one finding whose text holds these words."""
    (only,) = [each for each in findings(small(*blocks, **more)) if text in each.text]
    return only


def asking(asked: Input) -> Phase:
    """A step with one input."""
    return phase("ask", "Ask", Entry(inputs=(asked,)))


def with_limits(**layers: Any) -> Phase:
    """A step that asks for a density within limits."""
    return asking(replace(DENSITY, limits=Limits(**layers)))


def between(low: str, high: str) -> Range:
    """A range in g/mL."""
    return Range(low=parse(f"{low} g/mL"), high=parse(f"{high} g/mL"))
