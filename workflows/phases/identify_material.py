"""Scan the container that will be charged: the wrong, unreleased or outdated one is refused.

A formula line that no step weighs (bottles, labels) is issued here, when the step is completed: its
quantity is taken from the containers scanned, in the order in which they were scanned.
"""

from workflows.commands import IdentifyMaterial as Scan
from workflows.course import Course
from workflows.events import MaterialIdentified, MaterialIssued
from workflows.facts import LOT_RELEASED, ContainerFact, Facts
from workflows.quantity import Quantity, added, plain
from workflows.recipe import FormulaLine, IdentifyMaterial, Phase, Weigh
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.standing import moment
from workflows.state import Batch, Container
from workflows.weighing import target_of


def against_scan(
    batch: Batch, phase: Phase, work: IdentifyMaterial, command: Scan, facts: Facts
) -> tuple[Refusal, ...]:
    """The container has to hold the right material, fit for use, and enough of it."""
    container = facts.container
    if container is None:
        return (refusal(Code.CONTAINER_UNKNOWN, code=command.code),)
    found: tuple[Refusal, ...] = ()
    if any(each.container == container.container for each in batch.steps[phase.key].containers):
        found += (refusal(Code.CONTAINER_IDENTIFIED, code=container.code),)
    line = batch.plan.lines[work.line]
    return (
        found
        + against_use(container, line, facts)
        + _against_amount(batch, phase, line, command, facts)
    )


def against_use(container: ContainerFact, line: FormulaLine, facts: Facts) -> tuple[Refusal, ...]:
    """C211-86-1: right material, released, in date; asked at the scan and again at the charge."""
    found: tuple[Refusal, ...] = ()
    lot, today = container.lot_number, facts.today
    if container.material != line.material:
        found += (
            refusal(
                Code.MATERIAL_WRONG,
                code=container.code,
                found=f"{container.material_title} ({container.material})",
                wanted=f"{line.title} ({line.material})",
            ),
        )
    if container.status != LOT_RELEASED:
        found += (refusal(Code.LOT_NOT_RELEASED, lot=lot, status=container.status),)
    if container.expiry is not None and container.expiry < today:
        found += (refusal(Code.LOT_EXPIRED, lot=lot, expiry=container.expiry, today=today),)
    if container.retest is not None and container.retest < today:
        found += (refusal(Code.LOT_RETEST_DUE, lot=lot, retest=container.retest, today=today),)
    if container.usable_from is not None and container.usable_from > facts.now:
        found += (
            refusal(
                Code.LOT_NOT_YET_USABLE,
                lot=lot,
                usable_from=moment(container.usable_from),
                now=moment(facts.now),
            ),
        )
    if container.remaining.amount <= 0:
        found += (refusal(Code.CONTAINER_EMPTY, code=container.code),)
    return found


def identify(
    course: Course, phase: Phase, work: IdentifyMaterial, command: Scan, container: ContainerFact
) -> Course:
    """Bind the container to the formula line."""
    return course.then(
        MaterialIdentified(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            line=work.line,
            material=container.material,
            material_title=container.material_title,
            container=container.container,
            container_code=container.code,
            lot=container.lot,
            lot_number=container.lot_number,
            supplier_lot=container.supplier_lot,
            lot_status=container.status,
            expiry=container.expiry,
            retest=container.retest,
            usable_from=container.usable_from,
            remaining=container.remaining,
            part=command.part,
        )
    )


def missing(batch: Batch, phase: Phase, work: IdentifyMaterial) -> tuple[Refusal, ...]:
    """A container, and where nothing weighs the line, enough in the containers scanned."""
    line = batch.plan.lines[work.line]
    step = batch.steps[phase.key]
    if not step.containers:
        return (refusal(Code.VALUE_MISSING, what=f"The container of {line.title}"),)
    if work.line in batch.plan.weigh_steps or step.issues:
        return ()
    held = added(*(each.remaining.to(line.quantity.unit) for each in step.containers))
    if held.compare(line.quantity) >= 0:
        return ()
    codes = ", ".join(each.code for each in step.containers)
    return (refusal(Code.CONTAINER_INSUFFICIENT, code=codes, remaining=held, needed=line.quantity),)


def completing(course: Course, phase: Phase, work: IdentifyMaterial) -> Course:
    """Issue a line that nothing weighs, once."""
    batch = course.batch
    step = batch.steps[phase.key]
    if work.line in batch.plan.weigh_steps or step.issues:
        return course
    line = batch.plan.lines[work.line]
    wanted = line.quantity.amount
    for container in step.containers:
        taken = min(wanted, container.remaining.to(line.quantity.unit).amount)
        if taken > 0:
            amount = Quantity(plain(taken), line.quantity.unit)
            course = _issue(course, phase, line, container, amount)
        wanted -= taken
    return course


def _issue(
    course: Course, phase: Phase, line: FormulaLine, container: Container, amount: Quantity
) -> Course:
    return course.then(
        MaterialIssued(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            line=line.key,
            material=container.material,
            material_title=container.material_title,
            container=container.container,
            container_code=container.code,
            lot=container.lot,
            lot_number=container.lot_number,
            quantity=amount,
        )
    )


def _against_amount(
    batch: Batch, phase: Phase, line: FormulaLine, command: Scan, facts: Facts
) -> tuple[Refusal, ...]:
    """One container has to hold enough, unless it is declared to be one of several."""
    container = facts.container
    if container is None or command.part or container.remaining.amount <= 0:
        return ()
    for needed in _needed(batch, phase, line):
        if needed.dimension == container.remaining.dimension:
            if container.remaining.compare(needed) >= 0:
                return ()
            return (
                refusal(
                    Code.CONTAINER_INSUFFICIENT,
                    code=container.code,
                    remaining=container.remaining,
                    needed=needed,
                ),
            )
    return ()  # a volume cannot be compared with a mass; the weighing will tell


def _needed(batch: Batch, phase: Phase, line: FormulaLine) -> tuple[Quantity, ...]:
    """What the line takes: the calculated target, where there is one, or the formula's amount."""
    found: tuple[Quantity, ...] = ()
    for key in batch.plan.seen_from(phase.key, batch.plan.weigh_steps.get(line.key, ())):
        work = batch.plan.phases[key].work
        target = target_of(batch, work) if isinstance(work, Weigh) and work.target else None
        found += (target,) if target is not None else ()
    return (*found, line.quantity)
