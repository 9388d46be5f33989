"""Command + batch + facts → events, or every reason why not: one intention, one pure decision.

`reasons_against` is the same judgement without raising, for a page that greys out a button. Nothing
here reads a clock, a database or a device; time, people, stock and readings come as facts.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, assert_never

from workflows import corrections, disposition, remarks, starting, steps
from workflows.commands import (
    AcceptReading,
    AddComment,
    Calculate,
    Command,
    CompleteReview,
    CompleteStep,
    CorrectValue,
    DecideException,
    IdentifyEquipment,
    IdentifyMaterial,
    RecordValue,
    RejectBatch,
    ReleaseBatch,
    ReportProblem,
    SkipStep,
    StartBatch,
    StartStep,
    TypeWeight,
    WitnessStep,
)
from workflows.course import Course
from workflows.events import Event
from workflows.facts import Facts
from workflows.given import given
from workflows.phases import (
    calculation,
    check,
    entry,
    identify_equipment,
    identify_material,
    weigh,
)
from workflows.plan import recorded_inputs
from workflows.recipe import (
    Calculation,
    Check,
    Input,
    Phase,
    Weigh,
)
from workflows.recipe import IdentifyEquipment as EquipmentWork
from workflows.recipe import IdentifyMaterial as MaterialWork
from workflows.refusals import Code, Refusal, Refused, in_order
from workflows.rules import refusal
from workflows.standing import (
    against_open_record,
    against_performing,
    against_status,
    against_step,
    against_writing,
)
from workflows.state import Batch

StepAct = (
    StartStep
    | RecordValue
    | IdentifyMaterial
    | IdentifyEquipment
    | AcceptReading
    | TypeWeight
    | Calculate
    | CompleteStep
    | WitnessStep
    | SkipStep
    | CorrectValue
)
_Act = (
    StepAct
    | ReportProblem
    | AddComment
    | DecideException
    | CompleteReview
    | ReleaseBatch
    | RejectBatch
)
WorkT = TypeVar("WorkT")


def decide(batch: Batch | None, command: Command, facts: Facts) -> tuple[Event, ...]:
    """What happens because of the command. Raises `Refused` with every reason why it may not."""
    if isinstance(command, StartBatch):
        if reasons := starting.against_starting(batch, command, facts):
            raise Refused(reasons)
        return (starting.start(command, facts),)
    if reasons := reasons_against(batch, command, facts):
        raise Refused(reasons)
    return _course(Course(given(batch), _signing(command, facts)), command).events


def reasons_against(batch: Batch | None, command: Command, facts: Facts) -> tuple[Refusal, ...]:
    """Every reason why the command would be refused now, in order of precedence."""
    if isinstance(command, StartBatch):
        return in_order(starting.against_starting(batch, command, facts))
    if batch is None:
        return (refusal(Code.BATCH_NOT_STARTED),)
    if command.batch != batch.id:
        raise ValueError(f"a command for batch {command.batch} met batch {batch.id}")
    return in_order(_reasons(batch, command, _signing(command, facts)))


def _signing(command: Command, facts: Facts) -> Facts:
    """Who a witness act is judged by and recorded for: the witness, in whoever's session."""
    if isinstance(command, WitnessStep) and facts.witness is not None:
        return replace(facts, performer=facts.witness)
    return facts


def _reasons(batch: Batch, command: _Act, facts: Facts) -> tuple[Refusal, ...]:
    match command:
        case ReportProblem():
            return remarks.against_reporting(batch, command)
        case AddComment():
            return remarks.against_commenting(batch, command)
        case DecideException():
            return disposition.against_deciding(batch, command, facts)
        case CompleteReview():
            return disposition.against_reviewing(batch, facts)
        case ReleaseBatch():
            return disposition.against_releasing(batch, facts)
        case RejectBatch():
            return disposition.against_rejecting(batch, command, facts)
        case _:
            if unknown := against_step(batch, command.step):
                return unknown
            return _step_reasons(batch, batch.plan.phases[command.step], command, facts)


def _step_reasons(
    batch: Batch, phase: Phase, command: StepAct, facts: Facts
) -> tuple[Refusal, ...]:
    match command:
        case WitnessStep():
            return against_open_record(batch) + steps.against_witnessing(batch, phase, facts)
        case CorrectValue():
            return against_open_record(batch) + corrections.against_correcting(
                batch, phase, command, facts
            )
        case StartStep():
            rest = steps.against_starting(batch, phase)
        case CompleteStep():
            rest = steps.against_completing(batch, phase, facts)
        case SkipStep():
            rest = steps.against_skipping(batch, phase, command)
        case _:
            rest = against_status(batch, phase.key, steps.UNFINISHED)
            rest += _work_reasons(batch, phase, command, facts)
    return against_performing(batch, phase, facts) + rest


_WorkAct = (
    RecordValue | IdentifyMaterial | IdentifyEquipment | AcceptReading | TypeWeight | Calculate
)


def _work_reasons(
    batch: Batch, phase: Phase, command: _WorkAct, facts: Facts
) -> tuple[Refusal, ...]:
    match command:
        case RecordValue():
            return _against_recording(batch, phase, command)
        case IdentifyMaterial():
            return _suiting(
                phase,
                MaterialWork,
                "identify material",
                lambda work: identify_material.against_scan(batch, phase, work, command, facts),
            )
        case IdentifyEquipment():
            return _suiting(
                phase,
                EquipmentWork,
                "identify equipment",
                lambda work: identify_equipment.against_scan(batch, phase, work, command, facts),
            )
        case AcceptReading():
            return _suiting(
                phase,
                Weigh,
                "accept a reading",
                lambda work: (
                    weigh.against_weighing(batch, phase, work, command.container, facts)
                    + weigh.against_reading(batch, phase, work, command, facts)
                ),
            )
        case TypeWeight():
            return _suiting(
                phase,
                Weigh,
                "type a weight",
                lambda work: (
                    weigh.against_weighing(batch, phase, work, command.container, facts)
                    + weigh.against_typing(batch, phase, work, command, facts)
                ),
            )
        case Calculate():
            return _suiting(
                phase,
                Calculation,
                "calculate",
                lambda work: calculation.against_calculating(batch, phase, work),
            )
        case _:
            assert_never(command)


def _suiting(
    phase: Phase,
    kind: type[WorkT],
    act: str,
    rule: Callable[[WorkT], tuple[Refusal, ...]],
) -> tuple[Refusal, ...]:
    """The rule of a kind of step, or the refusal when the step is of another kind."""
    if isinstance(phase.work, kind):
        return rule(phase.work)
    return (_different(phase, act),)


def _different(phase: Phase, act: str) -> Refusal:
    kind = phase.work.KIND.replace("_", " ")
    return refusal(Code.WORK_DIFFERENT, title=phase.title, kind=kind, act=act)


def _against_recording(batch: Batch, phase: Phase, command: RecordValue) -> tuple[Refusal, ...]:
    known = recorded_inputs(phase)
    if not known:
        return (_different(phase, "record a value"),)
    asked = _asked(phase, command)
    if asked is None:
        return (
            refusal(
                Code.INPUT_UNKNOWN,
                title=phase.title,
                input=command.input,
                known=", ".join(each.key for each in known),
            ),
        )
    now = batch.steps[phase.key].value(asked.key)
    if isinstance(phase.work, Check):
        found = check.against_attempt(asked, now, command.why)
    else:
        found = entry.against_present(asked, now)
    found += against_writing(command.why, "The reason")
    return found + entry.against_value(asked, command.value, command.unit)


def _asked(phase: Phase, command: RecordValue) -> Input | None:
    return next((each for each in recorded_inputs(phase) if each.key == command.input), None)


def _work(phase: Phase, kind: type[WorkT]) -> WorkT:
    work: object = phase.work
    return given(work if isinstance(work, kind) else None)


def _course(course: Course, command: _Act) -> Course:
    match command:
        case ReportProblem():
            return remarks.report(course, command)
        case AddComment():
            return remarks.comment(course, command)
        case DecideException():
            return steps.close_if_done(disposition.decide_exception(course, command))
        case CompleteReview():
            return disposition.review(course)
        case ReleaseBatch():
            return disposition.release(course)
        case RejectBatch():
            return disposition.reject(course, command)
        case _:
            return _step_course(course, course.batch.plan.phases[command.step], command)


def _step_course(course: Course, phase: Phase, command: StepAct) -> Course:
    match command:
        case StartStep():
            return steps.start(course, phase)
        case CompleteStep():
            return steps.complete(course, phase)
        case WitnessStep():
            return steps.witness(course, phase)
        case SkipStep():
            return steps.skip(course, phase, command)
        case CorrectValue():
            return corrections.correct(course, phase, command)
        case RecordValue():
            asked = given(_asked(phase, command))
            if isinstance(phase.work, Check):
                return check.attempt(course, phase, asked, command)
            return entry.record(course, phase, asked, command)
        case IdentifyMaterial():
            container = given(course.facts.container)
            return identify_material.identify(
                course, phase, _work(phase, MaterialWork), command, container
            )
        case IdentifyEquipment():
            equipment = given(course.facts.equipment)
            return identify_equipment.identify(
                course, phase, _work(phase, EquipmentWork), command, equipment
            )
        case AcceptReading():
            return weigh.accept(course, phase, _work(phase, Weigh), command)
        case TypeWeight():
            return weigh.type_in(course, phase, _work(phase, Weigh), command)
        case Calculate():
            return calculation.calculate(course, phase, _work(phase, Calculation))
        case _:
            assert_never(command)
