"""A result computed from what is on record: operands, exact result, rounding and limits kept.

A result that cannot be computed (a division by zero) is an exception with its operands, never a
silent number. When an operand is corrected, a new generation follows and the old one stays.
"""

from workflows.course import Course, Departure
from workflows.events import ExceptionKind, OperandValue, ValueCalculated, Verdict
from workflows.expressions import ExpressionError, Result, compute
from workflows.limits import departure_of, judge
from workflows.phases.entry import against_present
from workflows.recipe import BATCH_SIZE, Calculation, Operand, Phase
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.state import Batch


def against_calculating(batch: Batch, phase: Phase, work: Calculation) -> tuple[Refusal, ...]:
    """Every operand has to be on record, and the result not yet."""
    found = against_present(work.result, batch.steps[phase.key].value(work.result.key))
    return found + tuple(
        refusal(
            Code.OPERAND_MISSING,
            title=work.result.title,
            missing=_missing(batch, operand),
        )
        for operand in work.operands
        if operand_value(batch, operand) is None
    )


def calculate(
    course: Course, phase: Phase, work: Calculation, correction: str | None = None
) -> Course:
    """Compute and keep the result with all that it came from; then judge it."""
    asked, facts = work.result, course.facts
    found = [operand_value(course.batch, operand) for operand in work.operands]
    operands = tuple(each for each in found if each is not None)
    unit, decimals = asked.unit or "1", asked.decimals or 0
    result, fault = _computed(work, operands, unit, decimals)
    verdict = Verdict.FAILED if fault else judge(asked, result.value, unit)
    course = course.then(
        ValueCalculated(
            at=facts.now,
            by=facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            input=asked.key,
            title=asked.title,
            expression=work.expression,
            operands=operands,
            exact=result.exact,
            value=result.value,
            unit=unit,
            decimals=decimals,
            rounding=work.rounding,
            limits=asked.limits,
            verdict=verdict,
            criticality=asked.criticality,
            fault=fault,
            correction=correction,
        )
    )
    if not fault:
        return course.raising(departure_of(phase, asked, result.value, unit, verdict))
    values = ", ".join(f"{each.name} = {each.value}" for each in operands)
    return course.raising(
        Departure(
            kind=ExceptionKind.CALCULATION_FAILED,
            severity=phase.exceptions.severity,
            text=f"{asked.title} cannot be computed as {work.expression}: {fault} ({values}).",
            step=phase.key,
            input=asked.key,
            blocks=phase.exceptions.blocks,
        )
    )


def missing(batch: Batch, phase: Phase, work: Calculation) -> tuple[Refusal, ...]:
    """The result has to be on record before the step is signed."""
    value = batch.steps[phase.key].value(work.result.key)
    if value is not None and value.value:
        return ()
    return (refusal(Code.VALUE_MISSING, what=work.result.title),)


def operand_value(batch: Batch, operand: Operand) -> OperandValue | None:
    """What an operand is worth now, and where that comes from; None when it is not on record."""
    if operand.constant is not None:
        return OperandValue(name=operand.name, value=operand.constant, origin="constant")
    if operand.formula == BATCH_SIZE:
        return OperandValue(name=operand.name, value=batch.recipe.size, origin="batch size")
    if operand.formula is not None:
        quantity = batch.plan.lines[operand.formula].quantity
        return OperandValue(name=operand.name, value=quantity, origin=f"formula {operand.formula}")
    amount = batch.amount(operand.value) if operand.value is not None else None
    if operand.value is None or amount is None:
        return None
    origin = f"{operand.value.step}.{operand.value.input}"
    return OperandValue(name=operand.name, value=amount, origin=origin)


def _computed(
    work: Calculation, operands: tuple[OperandValue, ...], unit: str, decimals: int
) -> tuple[Result, str]:
    """The result, or an empty one with the fault."""
    given = {each.name: each.value for each in operands}
    lost = [each.name for each in work.operands if each.name not in given]
    if lost:
        return Result(exact="", value=""), f"{', '.join(lost)} has no value"
    try:
        result = compute(
            work.expression, given, unit=unit, decimals=decimals, rounding=work.rounding
        )
    except ExpressionError as fault:
        return Result(exact="", value=""), str(fault)
    return result, ""


def _missing(batch: Batch, operand: Operand) -> str:
    step = f" ({batch.steps[operand.value.step].title})" if operand.value else ""
    return operand.name + step
