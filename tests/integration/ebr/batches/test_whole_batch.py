"""A whole handrub batch through the operations, from start to release."""

from ebr import release
from tests.builders import whole
from tests.builders.batch import Line
from tests.plugin import verifies
from workflows import BatchStatus
from workflows import commands as acts
from workflows.commands import Decision


@verifies("P11-10f-1", "FDAWL-1", "P11-70-1")
def test_a_batch_runs_from_start_to_release(line: Line) -> None:
    line.start()
    while steps := whole.to_do(line):
        for key in steps:
            whole.make(line, key)
    done = line.view()
    assert done.status is BatchStatus.COMPLETED
    assert done.steps_done == done.steps == 31
    for exception in line.exceptions():
        decide = acts.DecideException(
            batch=line.batch,
            exception=exception.key,
            decision=Decision.ACCEPT,
            reason="Assessed: the sample was measured a little warm, no effect.",
        )
        line.sign("s.lindqvist", release.decide_exception, decide)
    line.sign("s.lindqvist", release.complete_review, acts.CompleteReview(batch=line.batch))
    line.sign("h.aalto", release.release_batch, acts.ReleaseBatch(batch=line.batch))
    assert line.view().status is BatchStatus.RELEASED
