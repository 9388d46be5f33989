"""Which steps stand open: everything that the recipe puts before them is done and signed.

A step whose signatures fell away, or that an undecided blocking exception holds, is not done; what
comes after it waits. What comes after a loop waits until the loop has ended, and is told to wait
for the step that the loop is judged by.
"""

from workflows.state import Batch, StepStatus


def passed(batch: Batch, step: str) -> bool:
    """Whether what comes after this step need not wait for it."""
    done = batch.steps[step].status in {StepStatus.COMPLETE, StepStatus.SKIPPED}
    return done and not batch.blocked_by(step)


def waiting_for(batch: Batch, step: str) -> tuple[str, ...]:
    """The steps that this one waits for, in the order of the procedure."""
    before = batch.plan.before[step]
    judged = {
        batch.plan.loops[loop].last.judged.step
        for loop in batch.plan.awaited[step] & running_loops(batch)
    }
    return tuple(
        key for key in batch.steps if key in judged or (key in before and not passed(batch, key))
    )


def running_loops(batch: Batch) -> frozenset[str]:
    """The loops that have not ended."""
    return frozenset(key for key, loop in batch.loops.items() if not loop.ended)


def status_of(batch: Batch, step: str) -> StepStatus:
    """Where a step stands, telling open from idle."""
    status = batch.steps[step].status
    if status is StepStatus.IDLE and not waiting_for(batch, step):
        return StepStatus.OPEN
    return status


def open_steps(batch: Batch) -> tuple[str, ...]:
    """The steps that may be started now, in the order of the procedure; several on branches."""
    waiting = {key for key in batch.steps if not passed(batch, key)}
    running = running_loops(batch)
    return tuple(
        key
        for key, step in batch.steps.items()
        if step.status is StepStatus.IDLE
        and batch.plan.before[key].isdisjoint(waiting)
        and batch.plan.awaited[key].isdisjoint(running)
    )


def unsigned_steps(batch: Batch) -> tuple[str, ...]:
    """The steps that have to be signed again, in the order of the procedure."""
    return tuple(key for key, step in batch.steps.items() if step.status is StepStatus.UNSIGNED)


def all_done(batch: Batch) -> bool:
    """Whether every step is complete and signed, or skipped, and every loop has ended."""
    return not running_loops(batch) and all(
        step.status in {StepStatus.COMPLETE, StepStatus.SKIPPED} for step in batch.steps.values()
    )
