"""What the recipe tells a phase: parameters of one name each, chosen from what may be chosen."""

from collections.abc import Iterator

from workflows.plan import Plan
from workflows.quantity import NUMBER, UNITS
from workflows.recipe import Parameter, Phase
from workflows.validity.finding import Finding, error, remark
from workflows.validity.structure import KEY, TEXT_MOST, TITLE_MOST

PARAMETERS_MOST = 100


def findings(plan: Plan) -> Iterator[Finding]:
    """Faults and doubts of every parameter of every step."""
    for phase in plan.phases.values():
        keys = [each.key for each in phase.parameters]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield error(f"{phase.key}.{key}", f"the parameter {key} stands {keys.count(key)} times")
        if len(keys) > PARAMETERS_MOST:
            yield error(f"{phase.key}.parameters", f"are more than {PARAMETERS_MOST}")
        for each in phase.parameters:
            yield from _parameter(phase, each)


def _parameter(phase: Phase, told: Parameter) -> Iterator[Finding]:
    place = f"{phase.key}.{told.key}"
    if not KEY.fullmatch(told.key):
        yield error(place, f"{told.key!r} is no key: a-z, then a-z, 0-9, - and _")
    if not told.title.strip() or len(told.title) > TITLE_MOST:
        yield error(f"{place}.title", f"is empty or longer than {TITLE_MOST} characters")
    if len(told.value) > TEXT_MOST:
        yield error(f"{place}.value", f"is longer than {TEXT_MOST} characters")
    if not told.value.strip():
        yield remark(f"{place}.value", f"{told.title} has no value")
        return
    if told.choices and told.value not in told.choices:
        offered = ", ".join(told.choices)
        yield error(f"{place}.value", f"{told.value!r} is none of the choices: {offered}")
    if told.unit is None:
        return
    if not NUMBER.fullmatch(told.value):
        yield remark(
            f"{place}.unit",
            f"the unit {told.unit} stands beside {told.value!r}, which is no number",
        )
    elif told.unit not in UNITS:
        yield remark(f"{place}.unit", f"{told.unit!r} is no unit known here; it is told as a word")
