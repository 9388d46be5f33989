"""Scan the equipment that fills a requirement; the wrong or unfit one is refused."""

from workflows.commands import IdentifyEquipment as Scan
from workflows.course import Course, Departure
from workflows.events import EquipmentIdentified, ExceptionKind
from workflows.facts import EQUIPMENT_AVAILABLE, EquipmentFact, Facts
from workflows.recipe import EquipmentRequirement, IdentifyEquipment, Phase, Severity
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.standing import against_reason
from workflows.state import Batch


def against_scan(
    batch: Batch, phase: Phase, work: IdentifyEquipment, command: Scan, facts: Facts
) -> tuple[Refusal, ...]:
    """The equipment has to be of the class, fit for use and in calibration."""
    equipment = facts.equipment
    if equipment is None:
        return (refusal(Code.EQUIPMENT_UNKNOWN, code=command.code),)
    requirement = batch.plan.equipment[work.equipment]
    return against_use(equipment, requirement, facts) + _against_replacing(
        batch, phase, requirement, command, equipment
    )


def against_use(
    equipment: EquipmentFact, requirement: EquipmentRequirement, facts: Facts
) -> tuple[Refusal, ...]:
    """C211-68a-1: asked at the scan, and of a scale again at each weighing."""
    found: tuple[Refusal, ...] = ()
    code, wanted = equipment.code, requirement.equipment_class
    if equipment.equipment_class != wanted:
        found += (
            refusal(
                Code.EQUIPMENT_CLASS_WRONG,
                code=code,
                found=equipment.equipment_class.replace("_", " "),
                wanted=wanted.replace("_", " "),
            ),
        )
    if equipment.status != EQUIPMENT_AVAILABLE:
        found += (
            refusal(
                Code.EQUIPMENT_NOT_AVAILABLE, code=code, status=equipment.status.replace("_", " ")
            ),
        )
    due = equipment.calibration_due
    if due is not None and due < facts.today:
        found += (refusal(Code.CALIBRATION_DUE, code=code, due=due, today=facts.today),)
    return found


def identify(
    course: Course, phase: Phase, work: IdentifyEquipment, command: Scan, equipment: EquipmentFact
) -> Course:
    """Bind the equipment to the requirement; a replacement is an exception."""
    earlier = course.batch.steps[phase.key].equipment
    course = course.then(
        EquipmentIdentified(
            at=course.facts.now,
            by=course.facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            requirement=work.equipment,
            equipment_class=equipment.equipment_class,
            equipment=equipment.equipment,
            equipment_code=equipment.code,
            equipment_title=equipment.title,
            equipment_status=equipment.status,
            calibration_due=equipment.calibration_due,
            calibration=equipment.calibration,
            replaces=earlier.code if earlier else "",
            why=command.why if earlier else "",
        )
    )
    if earlier is None:
        return course
    return course.raising(
        Departure(
            kind=ExceptionKind.EQUIPMENT_REPLACED,
            severity=Severity.MINOR,
            text=f"{phase.title}: {equipment.code} replaces {earlier.code}: {command.why}",
            step=phase.key,
        )
    )


def missing(batch: Batch, phase: Phase, work: IdentifyEquipment) -> tuple[Refusal, ...]:
    """The equipment has to be scanned before the step is signed."""
    if batch.steps[phase.key].equipment is not None:
        return ()
    return (refusal(Code.VALUE_MISSING, what=batch.plan.equipment[work.equipment].title),)


def _against_replacing(
    batch: Batch,
    phase: Phase,
    requirement: EquipmentRequirement,
    command: Scan,
    equipment: EquipmentFact,
) -> tuple[Refusal, ...]:
    earlier = batch.steps[phase.key].equipment
    if earlier is None:
        return ()
    if earlier.equipment == equipment.equipment:
        return (
            refusal(Code.EQUIPMENT_IDENTIFIED, code=earlier.code, requirement=requirement.title),
        )
    return against_reason(command.why, f"replacing {earlier.code}")
