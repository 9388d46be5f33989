"""Values that come from other values: written before they are read, of the right unit, worked out.

Every calculation carries worked examples, which run here: at each check and at the approval.
"""

from collections.abc import Iterator

from workflows.expressions import (
    ExpressionError,
    check_units,
    compute,
    names_in,
)
from workflows.plan import Plan, references, written_inputs
from workflows.quantity import UNITS, Quantity
from workflows.recipe import (
    BATCH_SIZE,
    NUMERIC,
    Calculation,
    Input,
    Operand,
    Phase,
    Produce,
    Recipe,
    TestVector,
    ValueRef,
    Weigh,
)
from workflows.validity.finding import Finding, error, remark
from workflows.validity.inputs import DECIMALS_MOST


def findings(recipe: Recipe, plan: Plan) -> Iterator[Finding]:
    """Faults of references, targets and calculations, step by step."""
    for phase in plan.phases.values():
        for ref in references(phase):
            yield from _reference(plan, phase, ref)
        match phase.work:
            case Calculation() as work:
                yield from _calculation(recipe, plan, phase, work)
            case Weigh() as work:
                yield from _weigh(plan, phase, work)
            case Produce(theoretical=ValueRef() as ref, quantity=quantity):
                yield from _same_dimension(plan, phase, "theoretical", ref, quantity.unit)
            case _:
                pass


def _reference(plan: Plan, phase: Phase, ref: ValueRef) -> Iterator[Finding]:
    """The value has to exist, be a number, and be on record for certain when it is read."""
    place, name = phase.key, f"{ref.step}.{ref.input}"
    if ref.step not in plan.phases:
        yield error(place, f"{name}: there is no step {ref.step}")
        return
    asked = _input(plan, ref)
    if asked is None:
        yield error(place, f"{name}: {ref.step} yields no {ref.input}")
        return
    if asked.kind not in NUMERIC:
        yield error(place, f"{name} is a {asked.kind}; a number is needed")
    if not asked.required:
        yield error(place, f"{name} may be left empty", f"leave {name} empty")
    if plan.phases[ref.step].may_skip:
        yield error(place, f"{ref.step} may be skipped", f"skip {ref.step}")
    if ref.step == phase.key or phase.key in plan.before[ref.step]:
        yield error(place, f"{name} is read before it is written")
    elif ref.step not in plan.before[phase.key]:
        yield error(
            place,
            f"{name} is read before it is written: the two steps run side by side",
            f"do {phase.key} first, while {ref.step} is still open",
        )


def _calculation(recipe: Recipe, plan: Plan, phase: Phase, work: Calculation) -> Iterator[Finding]:
    names = [each.name for each in work.operands]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield error(f"{phase.key}.operands", f"{name} is declared {names.count(name)} times")
    units: dict[str, str] = {}
    for operand in work.operands:
        yield from _operand(recipe, plan, phase, operand)
        unit = _unit(recipe, plan, operand)
        if unit is not None:
            units[operand.name] = unit
    try:
        used = names_in(work.expression)
    except ExpressionError as fault:
        yield error(f"{phase.key}.expression", str(fault))
        return
    for name in sorted(used - set(names)):
        yield error(f"{phase.key}.expression", f"{name} is not declared as an operand")
    for name in sorted(set(names) - used):
        yield remark(f"{phase.key}.operands", f"{name} is declared and not used")
    if not used <= set(units) or work.result.unit not in UNITS:
        return  # said above: without units there is nothing to check them with
    try:
        check_units(work.expression, units, work.result.unit)
    except ExpressionError as fault:
        yield error(f"{phase.key}.expression", str(fault))
        return
    yield from _vectors(phase, work, units)


def _operand(recipe: Recipe, plan: Plan, phase: Phase, operand: Operand) -> Iterator[Finding]:
    place = f"{phase.key}.operands.{operand.name}"
    given = [each for each in (operand.value, operand.formula, operand.constant) if each]
    if len(given) != 1:
        yield error(place, "has to be one of a value, a formula line or a constant")
    elif operand.formula and operand.formula != BATCH_SIZE and operand.formula not in plan.lines:
        yield error(place, f"the formula of {recipe.code} has no line {operand.formula}")


def _vectors(phase: Phase, work: Calculation, units: dict[str, str]) -> Iterator[Finding]:
    place = f"{phase.key}.vectors"
    if not work.vectors:
        yield error(place, "has no worked example")
    if not 0 <= (work.result.decimals or 0) <= DECIMALS_MOST:
        return  # told of the input; nobody could bring a result to them
    for number, vector in enumerate(work.vectors, 1):
        yield from _vector(f"{place}.{number}", work, units, vector)


def _vector(
    place: str, work: Calculation, units: dict[str, str], vector: TestVector
) -> Iterator[Finding]:
    """The worked example has to give, digit for digit, what the author says it gives."""
    given = {each.name: each.constant for each in vector.operands if each.constant is not None}
    names = {each.name for each in work.operands}
    if set(given) != names:
        yield error(place, f"gives {_listed(set(given))}; needed are {_listed(names)}")
        return
    for name, value in given.items():
        if name in units and value.dimension != UNITS[units[name]][0]:
            yield error(place, f"{name} is {value}; it is measured in {units[name]}")
            return
    try:
        result = compute(
            work.expression,
            given,
            unit=work.result.unit or "1",
            decimals=work.result.decimals or 0,
            rounding=work.rounding,
        )
    except ExpressionError as fault:
        yield error(place, f"has no result: {fault}")
        return
    found = Quantity(result.value, work.result.unit or "1")
    if found != vector.result:
        yield error(
            place,
            f"gives {found}; the author expects {vector.result}",
            f"before rounding it is {result.exact}",
        )


def _weigh(plan: Plan, phase: Phase, work: Weigh) -> Iterator[Finding]:
    if work.unit in UNITS and UNITS[work.unit][0] != "mass":
        yield error(f"{phase.key}.unit", f"{work.unit} is no unit of mass")
        return
    if work.target is not None:
        yield from _same_dimension(plan, phase, "target", work.target, work.unit)
    elif work.line in plan.lines and plan.lines[work.line].quantity.dimension != "mass":
        quantity = plan.lines[work.line].quantity
        yield error(
            f"{phase.key}.target",
            f"the formula says {quantity}, which is no mass; name a calculated target",
        )
    for end in (work.tolerance.low, work.tolerance.high):
        if end.unit != "%" and end.dimension != "mass":
            yield error(f"{phase.key}.tolerance", f"{end} is neither a mass nor per cent")
    if work.tolerance.high.amount < 0:
        yield error(
            f"{phase.key}.tolerance",
            f"the upper deviation {work.tolerance.high} is negative",
            "a weight exactly on target would be out of tolerance",
        )


def _same_dimension(
    plan: Plan, phase: Phase, place: str, ref: ValueRef, unit: str | None
) -> Iterator[Finding]:
    asked = _input(plan, ref)
    if asked is None or asked.unit not in UNITS or unit not in UNITS:
        return  # said elsewhere
    if UNITS[asked.unit][0] != UNITS[unit][0]:
        yield error(
            f"{phase.key}.{place}", f"{ref.step}.{ref.input} is in {asked.unit}, not in {unit}"
        )


def _input(plan: Plan, ref: ValueRef) -> Input | None:
    if ref.step not in plan.phases:
        return None
    known = written_inputs(plan.phases[ref.step])
    return next((each for each in known if each.key == ref.input), None)


def _unit(recipe: Recipe, plan: Plan, operand: Operand) -> str | None:
    """The unit an operand will have; None when that is not known."""
    if operand.constant is not None:
        return operand.constant.unit
    if operand.formula == BATCH_SIZE:
        return recipe.size.unit
    if operand.formula is not None:
        line = plan.lines.get(operand.formula)
        return line.quantity.unit if line else None
    asked = _input(plan, operand.value) if operand.value else None
    return asked.unit if asked is not None and asked.unit in UNITS else None


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
