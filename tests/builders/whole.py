"""A whole handrub batch on a line, from start to release, with one slip and its correction."""

from ebr import batches, release
from tests.builders.batch import Line
from workflows import StepStatus
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
ME, SECOND = "m.keller", "j.brandt"
EQUIPMENT = {
    "balance": "SC-04",
    "mixing_vessel": "MX-10",
    "alcoholmeter": "AM-1",
    "burette": "BU-1",
}


def made(line: Line) -> Line:
    """Every step done and signed; one weight typed, one value corrected after its signing."""
    line.start()
    corrected = False
    while steps := to_do(line):
        for key in steps:
            make(line, key)
            if key == "density-ethanol" and not corrected:
                corrected = True
                for value in ("0.8071", "0.8075", "0.8074"):
                    correct(line, key, "density", value)
    return line


def done(line: Line) -> Line:
    """Every step done and signed, nothing corrected."""
    line.start()
    while steps := to_do(line):
        for key in steps:
            make(line, key)
    return line


def decided(line: Line) -> Line:
    """Every exception accepted and the record reviewed."""
    for exception in line.exceptions():
        decide = acts.DecideException(
            batch=line.batch,
            exception=exception.key,
            decision=Decision.ACCEPT,
            reason="Assessed with the record: no effect on quality.",
        )
        line.sign("s.lindqvist", release.decide_exception, decide)
    line.sign("s.lindqvist", release.complete_review, acts.CompleteReview(batch=line.batch))
    return line


def released(line: Line) -> Line:
    """A batch from start to release."""
    decided(made(line))
    line.sign("h.aalto", release.release_batch, acts.ReleaseBatch(batch=line.batch))
    return line


def to_do(line: Line) -> list[str]:
    """The steps that can be brought on now."""
    return [
        step.key
        for operation in line.view().operations
        for step in operation.steps
        if step.status in TO_DO
    ]


def make(line: Line, key: str) -> None:
    """Bring one step to its end, from wherever it stands."""
    view = line.step(key)
    if view.status is StepStatus.OPEN:
        line.do(ME, batches.start_step, acts.StartStep(batch=line.batch, step=key))
        work(line, key)
    if view.status is not StepStatus.AWAITING_WITNESS:
        line.sign(ME, batches.complete_step, acts.CompleteStep(batch=line.batch, step=key))
    if view.witness:
        witness = acts.WitnessStep(batch=line.batch, step=key)
        line.sign(ME, batches.witness_step, witness, second=SECOND)


def correct(line: Line, step: str, asked: str, value: str) -> None:
    """Put a right value beside a wrong one."""
    command = acts.CorrectValue(
        batch=line.batch, step=step, input=asked, value=value, why="Read from the wrong line"
    )
    line.sign(ME, batches.correct_value, command)


def work(line: Line, key: str) -> None:
    """Record what a step asks for."""
    view = line.step(key)
    for asked in view.inputs if view.kind != "calculation" else ():
        value = VALUES.get((key, asked.key), (asked.target or "yes").split(" ")[0])
        command = acts.RecordValue(
            batch=line.batch, step=key, input=asked.key, value=value, unit=asked.unit
        )
        line.do(ME, batches.record_value, command)
    match view.kind:
        case "calculation":
            line.do(ME, batches.calculate, acts.Calculate(batch=line.batch, step=key))
        case "identify_material":
            assert view.wanted_material is not None
            code = line.containers[view.wanted_material.code]
            scan = acts.IdentifyMaterial(batch=line.batch, step=key, code=code)
            line.do(ME, batches.identify_material, scan)
        case "identify_equipment":
            assert view.wanted_equipment is not None
            code = EQUIPMENT[view.wanted_equipment.code]
            look = acts.IdentifyEquipment(batch=line.batch, step=key, code=code)
            line.do(ME, batches.identify_equipment, look)
        case "weigh":
            assert view.weigh is not None
            assert view.weigh.target is not None
            reading = line.weigh(key, view.weigh.target)
            take = acts.AcceptReading(batch=line.batch, step=key, reading=reading)
            line.do(ME, batches.accept_reading, take)
        case _:
            pass
