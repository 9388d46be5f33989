"""What a phase of a recipe asks for, with the layers of limits it is held against."""

from collections.abc import Iterator
from dataclasses import dataclass

from ebr.web.filters import number, plain_words, plural, unit
from workflows import recipe
from workflows.limits import range_in_words
from workflows.quantity import Quantity
from workflows.recipe import Input, Phase, Recipe

LAYERS = (("Target", "target"), ("Alert", "alert"), ("Action", "action"), ("Reject", "reject"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of limits; `raises`: the first beyond which an exception of the step follows."""

    name: str
    words: str
    raises: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One value that the phase asks for."""

    title: str
    what: str
    criticality: str
    layers: tuple[Layer, ...]


def asked_by(whole: Recipe, phase: Phase) -> Iterator[Asked]:
    """Its inputs, its result, its charge or its waiting time, each with what is allowed."""
    match phase.work:
        case (
            recipe.Confirm(inputs=inputs)
            | recipe.Entry(inputs=inputs)
            | recipe.Check(inputs=inputs)
        ):
            yield from (_input(each) for each in inputs)
        case recipe.Calculation(result=result):
            yield _input(result)
        case recipe.Produce(quantity=quantity):
            yield _input(quantity)
        case recipe.Weigh() as weigh:
            yield _weighing(whole, weigh)
        case recipe.Timer(least_s=least, most_s=most):
            words = f"at least {least} s" + (f", at most {most} s" if most else "")
            yield Asked(
                title="Waiting time",
                what=words,
                criticality="",
                layers=(Layer(name="Allowed", words=words, raises=True),),
            )
        case _:
            return


def _input(asked: Input) -> Asked:
    what = asked.kind.value
    if asked.unit and asked.unit != "1":
        what = f"{what}, {unit(asked.unit)}"
    if asked.decimals is not None:
        what = f"{what}, {plural(asked.decimals, 'decimal')}"
    limits = asked.limits
    found = [(name, getattr(limits, field)) for name, field in LAYERS] if limits else []
    given = [(name, _words(value)) for name, value in found if value is not None]
    first = next((name for name, _ in given if name != "Target"), "")
    return Asked(
        title=asked.title,
        what=what,
        criticality="" if asked.criticality == "none" else asked.criticality.value.upper(),
        layers=tuple(Layer(name=name, words=words, raises=name == first) for name, words in given),
    )


def _weighing(whole: Recipe, work: recipe.Weigh) -> Asked:
    line = next((each for each in whole.formula if each.key == work.line), None)
    amount = _words(line.quantity) if line else "unknown"  # a draft may name what is not there
    target = amount if work.target is None else f"{work.target.input} calculated"
    allowed = f"{_words(work.tolerance.low)} to +{_words(work.tolerance.high)}"
    return Asked(
        title=f"{line.title}, {line.material}" if line else f"{work.line}, not in the formula",
        what=f"weight, {unit(work.unit)}, {plural(work.decimals, 'decimal')}",
        criticality="" if work.criticality == "none" else work.criticality.value.upper(),
        layers=(
            Layer(name="Formula", words=amount, raises=False),
            Layer(name="Target", words=target, raises=False),
            Layer(name="Tolerance", words=allowed, raises=True),
        ),
    )


def _words(value: Quantity | recipe.Range) -> str:
    if isinstance(value, Quantity):
        return f"{number(value.value)} {unit(value.unit)}".strip()
    low, high = value.low, value.high
    if low is not None and high is not None and low.unit == high.unit:
        return f"{number(low.value)} to {number(high.value)} {unit(high.unit)}".strip()
    return plain_words(range_in_words(value))
