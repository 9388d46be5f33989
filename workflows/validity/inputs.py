"""What steps ask for: kinds, units, choices, and limits in an order that means something."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from workflows.plan import Plan, written_inputs
from workflows.quantity import UNITS, Quantity, plain
from workflows.recipe import (
    NUMERIC,
    Calculation,
    Check,
    Confirm,
    Entry,
    Input,
    InputKind,
    Limits,
    Phase,
    Produce,
    Range,
    Weigh,
)
from workflows.validity.finding import Finding, error
from workflows.validity.structure import KEY

DECIMALS_MOST = 12
INPUTS_MOST = 100
_READ_OFF = frozenset(
    {
        InputKind.NUMBER,
        InputKind.TEXT,
        InputKind.CHOICE,
        InputKind.DATE,
        InputKind.CONFIRMATION,
    }
)
_ALLOWED: dict[type, frozenset[InputKind]] = {
    Confirm: frozenset({InputKind.CONFIRMATION}),
    Entry: _READ_OFF,
    Check: _READ_OFF,
    Calculation: frozenset({InputKind.CALCULATED}),
    Produce: frozenset({InputKind.NUMBER}),
    Weigh: frozenset({InputKind.WEIGHT}),
}


def findings(plan: Plan) -> Iterator[Finding]:
    """Faults of every input of every step."""
    for phase in plan.phases.values():
        asked = written_inputs(phase)
        keys = [each.key for each in asked]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield error(f"{phase.key}.{key}", f"the key {key} is used {keys.count(key)} times")
        if type(phase.work) in _ALLOWED and not asked:
            yield error(f"{phase.key}.inputs", "the step asks for nothing")
        if len(asked) > INPUTS_MOST:
            yield error(f"{phase.key}.inputs", f"asks for more than {INPUTS_MOST} values")
        for each in asked:
            yield from _input(phase, each)


def _input(phase: Phase, asked: Input) -> Iterator[Finding]:
    place = f"{phase.key}.{asked.key}"
    if not KEY.fullmatch(asked.key):
        yield error(place, f"{asked.key!r} is no key: a-z, then a-z, 0-9, - and _")
    if not asked.title.strip():
        yield error(f"{place}.title", "is empty")
    if asked.kind not in _ALLOWED[type(phase.work)]:
        yield error(f"{place}.kind", f"a step of kind {phase.work.KIND} takes no {asked.kind}")
    if asked.kind is InputKind.CHOICE:
        yield from _choices(place, asked)
    if asked.kind in NUMERIC:
        yield from _number(place, asked)
    elif asked.limits is not None:
        yield error(f"{place}.limits", f"a {asked.kind} has no limits")


def _choices(place: str, asked: Input) -> Iterator[Finding]:
    if len(set(asked.choices)) < 2:
        yield error(f"{place}.choices", "offers fewer than two choices")
    if any(not each.strip() for each in asked.choices):
        yield error(f"{place}.choices", "offers an empty choice")


def _number(place: str, asked: Input) -> Iterator[Finding]:
    if asked.decimals is None or not 0 <= asked.decimals <= DECIMALS_MOST:
        yield error(f"{place}.decimals", f"says no number of decimals from 0 to {DECIMALS_MOST}")
    if asked.unit is None or asked.unit not in UNITS:
        yield error(f"{place}.unit", f"{asked.unit!r} is no unit known here")
        return
    if asked.limits is not None:
        yield from _limits(f"{place}.limits", asked.limits, asked.unit)


def _limits(place: str, limits: Limits, unit: str) -> Iterator[Finding]:
    layers = [
        ("alert", limits.alert),
        ("action", limits.action),
        ("reject", limits.reject),
    ]
    ends = [end for _, layer in layers if layer for end in (layer.low, layer.high) if end]
    named = ends + ([limits.target] if limits.target else [])
    if wrong := [each for each in named if each.dimension != UNITS[unit][0]]:
        yield error(place, f"{wrong[0]} cannot be compared with {unit}")
        return
    for name, layer in layers:
        if layer is None:
            continue
        if layer.low is None and layer.high is None:
            yield error(f"{place}.{name}", "has neither a low nor a high end")
        if layer.low and layer.high and layer.low.compare(layer.high) > 0:
            yield error(
                f"{place}.{name}",
                f"the low end {layer.low} is above the high end {layer.high}",
                f"{layer.low} would be out of limits at both ends",
            )
        if limits.target and (beyond := _beyond(limits.target, layer)):
            yield error(
                f"{place}.target",
                f"the target {limits.target} is {beyond} the {name} limits",
                f"{limits.target}, as aimed at, would raise an exception",
            )
    present = [(name, layer) for name, layer in layers if layer is not None]
    for (inner, tight), (outer, wide) in pairwise(present):
        yield from _nested(place, inner, tight, outer, wide)


def _nested(place: str, inner: str, tight: Range, outer: str, wide: Range) -> Iterator[Finding]:
    """Whatever is beyond the outer layer has to be beyond the inner one too."""
    for end in (tight.low, tight.high):
        if end is not None and (side := _beyond(end, wide)):
            limit = wide.low if side == "below" else wide.high
            between = _between(end, limit) if limit else end
            yield error(
                f"{place}.{inner}",
                f"{end} is {side} the {outer} limit {limit}",
                f"{between} would be beyond {outer} and not beyond {inner}",
            )


def _between(first: Quantity, second: Quantity) -> Quantity:
    """An amount half way between two, as an example."""
    middle = (first.amount + second.to(first.unit).amount) / Decimal(2)
    return Quantity(plain(middle), first.unit)


def _beyond(amount: Quantity, layer: Range) -> str:
    if layer.low is not None and amount.compare(layer.low) < 0:
        return "below"
    return "above" if layer.high is not None and amount.compare(layer.high) > 0 else ""
