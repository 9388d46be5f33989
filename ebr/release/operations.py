"""The verbs of review and release: what the list says is asked again, below every page and API."""

from ebr import batches
from ebr.batches import CompleteReview, DecideException, RejectBatch, ReleaseBatch
from ebr.identity import Right, needs
from ebr.kernel import UnitOfWork, refuse_if
from ebr.release import checklist, facts
from workflows import commands as acts


@needs(Right.DECIDE_EXCEPTIONS)
def decide_exception(work: UnitOfWork, command: DecideException) -> None:
    """Say what an exception means for quality; a deviation is named by its number."""
    refuse_decision(command)
    batches.decide_exception(work, command)


def refuse_decision(command: acts.DecideException) -> None:
    """Refuse a decision that could never be released upon, before anybody signs it."""
    refuse_if(checklist.reasons_against_decision(command.decision, command.reference))


@needs(Right.REVIEW_BATCHES)
def complete_review(work: UnitOfWork, command: CompleteReview) -> None:
    """Declare the whole record reviewed."""
    batches.complete_review(work, command)


@needs(Right.RELEASE_BATCHES)
def release_batch(work: UnitOfWork, command: ReleaseBatch) -> None:
    """Certify the batch for use; refused while any point of the list is open, with every reason."""
    found = batches.load(work, command.batch).existing
    known = facts.gather(work.session, found, work.settings.zone, lock=True)
    refuse_if(checklist.reasons_against_release(checklist.gates(known)))
    batches.release_batch(work, command)


@needs(Right.REJECT_BATCHES)
def reject_batch(work: UnitOfWork, command: RejectBatch) -> None:
    """Close the batch as unfit for use."""
    batches.reject_batch(work, command)
