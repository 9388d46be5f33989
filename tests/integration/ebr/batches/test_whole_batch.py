"""A whole handrub batch through the operations, from start to release."""

from ebr import batches, release
from tests.builders.batch import Line
from tests.plugin import verifies
from workflows import BatchStatus, StepStatus
from workflows import commands as acts
from workflows.commands import Decision

VALUES = {
    ("check-ethanol", "temperature"): "21.2",
    ("fill-bottles", "bottles"): "20",
    ("label-bottles", "issued"): "22",
    ("label-bottles", "used"): "20",
    ("label-bottles", "destroyed"): "2",
    ("produce", "quantity"): "10.0",
}
TO_DO = {StepStatus.OPEN, StepStatus.RUNNING, StepStatus.AWAITING_WITNESS, StepStatus.UNSIGNED}


def make(line: Line, key: str) -> None:
    """Bring one step to its end."""
    me = "m.keller"
    line.do(me, batches.start_step, acts.StartStep(batch=line.batch, step=key))
    view = line.step(key)
    for asked in view.inputs if view.kind != "calculation" else ():
        target = (asked.target or "yes").split(" ")[0]
        value = VALUES.get((key, asked.key), target)
        command = acts.RecordValue(
            batch=line.batch, step=key, input=asked.key, value=value, unit=asked.unit
        )
        line.do(me, batches.record_value, command)
    match view.kind:
        case "calculation":
            line.do(me, batches.calculate, acts.Calculate(batch=line.batch, step=key))
        case "identify_material":
            assert view.wanted_material is not None
            code = line.containers[view.wanted_material.code]
            scan = acts.IdentifyMaterial(batch=line.batch, step=key, code=code)
            line.do(me, batches.identify_material, scan)
        case "identify_equipment":
            assert view.wanted_equipment is not None
            code = {"balance": "SC-04", "mixing_vessel": "MX-10", "alcoholmeter": "AM-1"}.get(
                view.wanted_equipment.code, "BU-1"
            )
            look = acts.IdentifyEquipment(batch=line.batch, step=key, code=code)
            line.do(me, batches.identify_equipment, look)
        case "weigh":
            assert view.weigh is not None
            assert view.weigh.target is not None
            reading = line.weigh(key, view.weigh.target)
            take = acts.AcceptReading(batch=line.batch, step=key, reading=reading)
            line.do(me, batches.accept_reading, take)
        case _:
            pass
    line.sign(me, batches.complete_step, acts.CompleteStep(batch=line.batch, step=key))
    if view.witness:
        witness = acts.WitnessStep(batch=line.batch, step=key)
        line.sign(me, batches.witness_step, witness, second="j.brandt")


@verifies("P11-10f-1", "FDAWL-1", "P11-70-1")
def test_a_batch_runs_from_start_to_release(line: Line) -> None:
    line.start()
    while steps := [
        step.key
        for operation in line.view().operations
        for step in operation.steps
        if step.status in TO_DO
    ]:
        for key in steps:
            make(line, key)
    done = line.view()
    assert done.status is BatchStatus.COMPLETED
    assert done.steps_done == done.steps == 31
    for exception in done.exceptions:
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
