"""The closed palette: what each kind of step lacks, and what its completion brings with it."""

from typing import assert_never

from workflows.course import Course
from workflows.facts import Facts
from workflows.phases import (
    calculation,
    entry,
    identify_equipment,
    identify_material,
    produce,
    timer,
    weigh,
)
from workflows.recipe import (
    Calculation,
    Check,
    Confirm,
    Entry,
    IdentifyEquipment,
    IdentifyMaterial,
    Instruction,
    Phase,
    Produce,
    SignOff,
    Timer,
    Weigh,
)
from workflows.refusals import Refusal
from workflows.state import Batch


def missing(batch: Batch, phase: Phase, facts: Facts) -> tuple[Refusal, ...]:
    """Everything that still has to be on record before the step is signed."""
    work = phase.work
    match work:
        case Instruction() | Timer() | SignOff():
            return ()
        case Confirm() | Entry() | Check():
            return entry.missing_values(batch, phase)
        case Calculation():
            return calculation.missing(batch, phase, work)
        case IdentifyMaterial():
            return identify_material.missing(batch, phase, work)
        case IdentifyEquipment():
            return identify_equipment.missing(batch, phase, work)
        case Weigh():
            return weigh.missing(batch, phase, work)
        case Produce():
            return produce.missing(batch, phase, facts)
        case _:
            assert_never(work)


def completing(course: Course, phase: Phase) -> Course:
    """What happens together with the completion of the step."""
    work = phase.work
    match work:
        case Timer():
            return timer.completing(course, phase, work)
        case IdentifyMaterial():
            return identify_material.completing(course, phase, work)
        case Weigh():
            return weigh.completing(course, phase, work)
        case Produce():
            return produce.completing(course, phase, work)
        case (
            Instruction()
            | SignOff()
            | Confirm()
            | Entry()
            | Check()
            | Calculation()
            | IdentifyEquipment()
        ):
            return course
        case _:
            assert_never(work)
