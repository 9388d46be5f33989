"""What a signer is shown and signs: the plain content of an act, before it happens.

Record, act, meaning, values with units, limits and sources, exceptions, recipe digest; no clock and
no new id, so that it can be made when the dialog is drawn and again when the signature comes back.
A difference between the two means that somebody changed what was shown (SIG-WYS-1).
"""

from collections.abc import Mapping

from workflows import corrections
from workflows.commands import (
    Command,
    CompleteReview,
    CompleteStep,
    CorrectValue,
    DecideException,
    RejectBatch,
    ReleaseBatch,
    SkipStep,
    TypeWeight,
    WitnessStep,
)
from workflows.limits import range_in_words
from workflows.plain import Plain
from workflows.recipe import Limits, Meaning, Phase, SignOff, Weigh
from workflows.state import Batch, ExceptionState, Loop, Step, StepStatus, Value, Weighing

Content = dict[str, Plain]


def meanings_of(batch: Batch, command: Command) -> tuple[Meaning, ...]:
    """The signatures that an act takes, in the order in which they are given."""
    match command:
        case CompleteStep():
            return (Meaning.PERFORMED,)
        case WitnessStep() | TypeWeight():
            return (Meaning.WITNESSED,)
        case SkipStep():
            return (Meaning.SKIPPED,)
        case DecideException():
            return (Meaning.DECIDED,)
        case CompleteReview():
            return (Meaning.REVIEWED,)
        case ReleaseBatch():
            return (Meaning.RELEASED,)
        case RejectBatch():
            return (Meaning.REJECTED,)
        case CorrectValue():
            return _correcting(batch, command)
        case _:
            return ()


def content_of(batch: Batch, command: Command, meaning: Meaning | None = None) -> Content:
    """What the signer of one meaning is shown; without a meaning, the first that the act takes.

    Raises KeyError for a step or an exception that is not there, ValueError for an act that takes
    no such signature.
    """
    meanings = meanings_of(batch, command)
    if not meanings or (meaning is not None and meaning not in meanings):
        raise ValueError(f"{type(command).__name__} takes no signature {meaning or ''}")
    content: Content = {
        "record": _record(batch),
        "act": _ACTS[type(command)],
        "meaning": str(meaning or meanings[0]),
    }
    match command:
        case CompleteStep() | WitnessStep():
            return content | {"step": _step(batch, command.step)}
        case SkipStep():
            return content | {"step": _step(batch, command.step), "why": command.why}
        case TypeWeight():
            typed: Content = {
                "value": command.value,
                "unit": command.unit,
                "container": command.container,
                "part": command.part,
            }
            return content | {
                "step": _step(batch, command.step),
                "weight": typed,
                "why": command.why,
            }
        case CorrectValue():
            return content | _correction(batch, command)
        case DecideException():
            return content | {
                "exception": _exception(batch.exceptions[command.exception]),
                "decision": str(command.decision),
                "reason": command.reason,
                "reference": command.reference,
            }
        case RejectBatch():
            return content | {"summary": _summary(batch), "why": command.why}
        case _:
            return content | {"summary": _summary(batch)}


_ACTS: Mapping[type, str] = {
    CompleteStep: "complete",
    WitnessStep: "witness",
    SkipStep: "skip",
    TypeWeight: "type_weight",
    CorrectValue: "correct",
    DecideException: "decide",
    CompleteReview: "review",
    ReleaseBatch: "release",
    RejectBatch: "reject",
}


def _correcting(batch: Batch, command: CorrectValue) -> tuple[Meaning, ...]:
    """A correction under a signature is signed; a typed weight has its second person besides."""
    step = batch.steps.get(command.step)
    if step is None:
        return ()
    signed = step.status in corrections.SIGNED | {StepStatus.UNSIGNED}
    found = (Meaning.CORRECTED,) if signed else ()
    typed = isinstance(batch.plan.phases[command.step].work, Weigh)
    return (*found, Meaning.WITNESSED) if typed else found


def _record(batch: Batch) -> Content:
    return {
        "batch": batch.number,
        "id": str(batch.id),
        "order": batch.order,
        "product": batch.recipe.product,
        "size": str(batch.size),
        "recipe": batch.recipe.code,
        "recipe_version": batch.recipe.version,
        "recipe_title": batch.recipe.title,
        "recipe_digest": batch.recipe_digest,
    }


def _step(batch: Batch, key: str) -> Content:
    """The step as it stands: what was asked, what is on record, what departed."""
    step, phase = batch.steps[key], batch.plan.phases[key]
    return {
        "key": key,
        "title": phase.title,
        "instruction": phase.instruction,
        "parameters": [str(each) for each in phase.parameters],
        "statement": phase.work.statement if isinstance(phase.work, SignOff) else None,
        "critical": phase.critical,
        "version": step.generation + (step.status is not StepStatus.AWAITING_WITNESS),
        "performed_by": step.completed_by.name if step.completed_by else None,
        "values": [_value(each) for each in step.values.values()],
        "weighings": [_weighing(each) for each in step.weighings],
        "containers": [f"{each.code}, lot {each.lot_number}" for each in step.containers],
        "equipment": _equipment(step),
        "exceptions": [_exception(batch.exceptions[each]) for each in step.exceptions],
    }


def _value(generations: tuple[Value, ...]) -> Content:
    """The value in force with its limits, and every earlier one."""
    last = generations[-1]
    return {
        "input": last.input,
        "title": last.title,
        "value": last.value,
        "unit": last.unit,
        "limits": _limits(last.limits),
        "verdict": str(last.verdict),
        "source": str(last.source),
        "criticality": str(last.criticality),
        "recorded_by": last.by.name,
        "correction": last.correction,
        "why": last.why,
        "fault": last.fault,
        "earlier": [each.shown for each in generations[:-1]],
    }


def _limits(limits: Limits | None) -> Content | None:
    if limits is None:
        return None
    return {
        "target": str(limits.target) if limits.target else None,
        "alert": range_in_words(limits.alert),
        "action": range_in_words(limits.action),
        "reject": range_in_words(limits.reject),
    }


def _weighing(weighing: Weighing) -> Content:
    return {
        "number": weighing.number,
        "net": str(weighing.net),
        "container": weighing.container_code,
        "lot": weighing.lot_number,
        "source": str(weighing.source),
        "target": str(weighing.target),
        "least": str(weighing.least),
        "most": str(weighing.most),
        "part": weighing.part,
        "earlier": [str(each) for each in weighing.earlier],
    }


def _equipment(step: Step) -> str | None:
    return f"{step.equipment.code}, {step.equipment.title}" if step.equipment else None


def _exception(state: ExceptionState) -> Content:
    return {
        "exception": state.exception,
        "kind": str(state.kind),
        "severity": str(state.severity),
        "text": state.text,
        "step": state.step,
        "decision": str(state.decision) if state.decision else None,
        "reason": state.reason,
        "reference": state.reference,
    }


def _correction(batch: Batch, command: CorrectValue) -> Content:
    """Old and new value, and every step that will have to be signed again."""
    phase = batch.plan.phases[command.step]
    asked = corrections.asked_for(phase, command.input)
    now = corrections.held(batch, phase, command.input)
    return {
        "step": _step(batch, command.step),
        "input": command.input,
        "title": asked.title if asked else command.input,
        "was": now.shown if now else None,
        "becomes": corrections.in_words(command.value, asked.unit if asked else command.unit),
        "why": command.why,
        "unsigns": [batch.steps[key].title for key in _unsigned_by(batch, phase, command.input)],
    }


def _unsigned_by(batch: Batch, phase: Phase, key: str) -> tuple[str, ...]:
    """The signed steps that stand on a value: they will have to be signed again."""
    touched = (phase.key, *corrections.dependants(batch, phase.key, key.partition("#")[0]))
    return tuple(each for each in touched if batch.steps[each].status in corrections.SIGNED)


def _summary(batch: Batch) -> Content:
    """The batch as a whole: what a reviewer and a releaser put their names to."""
    steps = batch.steps.values()
    loops: Content = {"loops": [_loop(each) for each in batch.loops.values()]}
    return {
        **(loops if batch.loops else {}),
        "status": str(batch.status),
        "version": batch.version,
        "steps": len(batch.steps),
        "skipped": [each.title for each in steps if each.status is StepStatus.SKIPPED],
        "corrections": batch.corrections,
        "comments": len(batch.comments),
        "exceptions": [_exception(each) for each in batch.exceptions.values()],
        "lots": [f"{each.number}, {each.quantity}" for each in batch.lots],
        "reviewed_by": batch.reviewed_by.name if batch.reviewed_by else None,
    }


def _loop(loop: Loop) -> Content:
    """How often a block was repeated, and why it ended."""
    return {
        "loop": loop.key,
        "title": loop.title,
        "passes": loop.passes,
        "met": loop.met,
        "because": loop.because,
        "judgements": [each.text for each in loop.judgements],
    }
