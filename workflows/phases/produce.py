"""What came out: a quantity, put into a new lot with its expiry and earliest use."""

from datetime import timedelta

from workflows.course import Course
from workflows.events import LotAmended, LotProduced
from workflows.facts import Facts
from workflows.given import given
from workflows.phases.entry import missing_values
from workflows.recipe import Phase, Produce, ValueRef
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.state import Batch, ProducedLot


def missing(batch: Batch, phase: Phase, facts: Facts) -> tuple[Refusal, ...]:
    """The quantity, and a number for the lot unless the lot is there already."""
    found = missing_values(batch, phase)
    if not found and facts.lot is None and lot_of(batch, phase.key) is None:
        found = (refusal(Code.LOT_NUMBER_MISSING),)
    return found


def completing(course: Course, phase: Phase, work: Produce) -> Course:
    """Make the lot at the first completion; after a correction, amend its quantity."""
    facts = course.facts
    quantity = course.batch.amount(ValueRef(step=phase.key, input=work.quantity.key))
    if quantity is None:
        return course
    made = lot_of(course.batch, phase.key)
    if made is not None:
        if made.quantity == quantity:
            return course
        return course.then(
            LotAmended(
                at=facts.now,
                by=facts.performer.who,
                step=phase.key,
                step_title=phase.title,
                lot=made.lot,
                lot_number=made.number,
                was=made.quantity,
                becomes=quantity,
            )
        )
    if quantity.amount <= 0:
        return course  # nothing came out: there is no lot to make
    lot = given(facts.lot)
    return course.then(
        LotProduced(
            at=facts.now,
            by=facts.performer.who,
            step=phase.key,
            step_title=phase.title,
            lot=lot.lot,
            lot_number=lot.number,
            material=course.batch.recipe.product,
            quantity=quantity,
            theoretical=course.batch.amount(work.theoretical) if work.theoretical else None,
            expires=facts.today + timedelta(days=work.expires_after_days),
            usable_from=facts.now + timedelta(seconds=work.usable_after_s),
        )
    )


def lot_of(batch: Batch, step: str) -> ProducedLot | None:
    """The lot that a step has produced."""
    return next((each for each in batch.lots if each.step == step), None)
