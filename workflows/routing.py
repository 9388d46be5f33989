"""Which steps stand open: everything that the recipe puts before them is done and signed.

A step whose signatures fell away, or that an undecided blocking exception holds, is not done; what
comes after it waits.
"""

from workflows.state import Batch, StepStatus


def passed(batch: Batch, step: str) -> bool:
    """Whether what comes after this step need not wait for it."""
    done = batch.steps[step].status in {StepStatus.COMPLETE, StepStatus.SKIPPED}
    return done and not batch.blocked_by(step)


def waiting_for(batch: Batch, step: str) -> tuple[str, ...]:
    """The steps that this one waits for, in the order of the procedure."""
    before = batch.plan.before[step]
    return tuple(key for key in batch.steps if key in before and not passed(batch, key))


def status_of(batch: Batch, step: str) -> StepStatus:
    """Where a step stands, telling open from idle."""
    status = batch.steps[step].status
    if status is StepStatus.IDLE and not waiting_for(batch, step):
        return StepStatus.OPEN
    return status


def open_steps(batch: Batch) -> tuple[str, ...]:
    """The steps that may be started now, in the order of the procedure; several on branches."""
    waiting = {key for key in batch.steps if not passed(batch, key)}
    return tuple(
        key
        for key, step in batch.steps.items()
        if step.status is StepStatus.IDLE and batch.plan.before[key].isdisjoint(waiting)
    )


def unsigned_steps(batch: Batch) -> tuple[str, ...]:
    """The steps that have to be signed again, in the order of the procedure."""
    return tuple(key for key, step in batch.steps.items() if step.status is StepStatus.UNSIGNED)


def all_done(batch: Batch) -> bool:
    """Whether every step is complete and signed, or skipped."""
    return all(
        step.status in {StepStatus.COMPLETE, StepStatus.SKIPPED} for step in batch.steps.values()
    )
