"""The words of a table of acts, turned into commands and facts for the engine."""

from collections.abc import Callable, Mapping

from tests.builders.engine import Bench
from tests.builders.small_plant import BATCH, BOTTLES, ETHANOL, LOT, PEOPLE, SCALE
from tests.tables import rows
from workflows import commands as acts
from workflows.facts import ContainerFact, EquipmentFact
from workflows.recipe import Severity
from workflows.refusals import Refused

GOOD_REASON = "Assessed; no effect on the product quality."
Facts = dict[str, object]
Made = tuple[acts.Command, Facts]


class Plant:
    """What the scanner finds; a test may put other things on the shelf."""

    def __init__(self, **things: ContainerFact | EquipmentFact) -> None:
        """Stock the shelf with the usual things and those of the test, by code."""
        usual = (ETHANOL, BOTTLES, SCALE)
        self.things = {each.code: each for each in (*usual, *things.values())}

    def container(self, code: str) -> ContainerFact | None:
        """The container with the code."""
        found = self.things.get(code)
        return found if isinstance(found, ContainerFact) else None

    def equipment(self, code: str) -> EquipmentFact | None:
        """The equipment with the code."""
        found = self.things.get(code)
        return found if isinstance(found, EquipmentFact) else None


def play(table: str, bench: Bench, plant: Plant | None = None) -> Bench:
    """Do every row of a table and compare what it comes to; `done`, or the refusals in order."""
    shelf = plant or Plant()
    for row in rows(table):
        if row["act"] == "waits":
            bench.after(int(row["with"].removesuffix(" s")))
            continue
        came_to = _came_to(bench, shelf, row.cells)
        wanted = row["comes to"]
        assert came_to == wanted, f"row {row.number} ({row.cells}) came to: {came_to}"
    return bench


def _came_to(bench: Bench, plant: Plant, cells: Mapping[str, str]) -> str:
    command, facts = ACTS[cells["act"]](bench, plant, cells["step"], cells["with"])
    try:
        bench.do(command, PEOPLE[cells["who"]], **facts)
    except Refused as refused:
        return ", ".join(each.code.replace("_", " ") for each in refused.refusals)
    return "done"


def _pair(given: str) -> tuple[str, str]:
    key, _, value = given.partition(" = ")
    return key, value


def _records(_bench: Bench, _plant: Plant, step: str, given: str) -> Made:
    pair, _, why = given.partition(" because ")
    key, value = _pair(pair)
    value, _, unit = value.partition(" ")
    command = acts.RecordValue(
        batch=BATCH, step=step, input=key, value=value, unit=unit or None, why=why
    )
    return command, {}


def _corrects(_bench: Bench, _plant: Plant, step: str, given: str) -> Made:
    pair, _, second = given.partition(", seen by ")
    pair, _, why = pair.partition(" because ")
    key, value = _pair(pair)
    value, _, unit = value.partition(" ")
    command = acts.CorrectValue(
        batch=BATCH, step=step, input=key, value=value, unit=unit or None, why=why
    )
    return command, {"witness": PEOPLE[second]} if second else {}


def _scans(_bench: Bench, plant: Plant, step: str, given: str) -> Made:
    code, _, part = given.partition(", ")
    command = acts.IdentifyMaterial(batch=BATCH, step=step, code=code, part=bool(part))
    return command, {"container": plant.container(code)}


def _scans_equipment(_bench: Bench, plant: Plant, step: str, given: str) -> Made:
    code, _, why = given.partition(" because ")
    command = acts.IdentifyEquipment(batch=BATCH, step=step, code=code, why=why)
    return command, {"equipment": plant.equipment(code)}


def _weighs(bench: Bench, plant: Plant, step: str, given: str) -> Made:
    weight, _, more = given.partition(", ")
    code = more.removeprefix("from ") if more.startswith("from ") else None
    reading = bench.reading(weight, step)
    command = acts.AcceptReading(
        batch=BATCH, step=step, reading=reading.reading, container=code, part=more == "more follows"
    )
    facts: Facts = {
        "reading": reading,
        "container": plant.container(code or "C-0001"),
        "equipment": plant.equipment("SC-04"),
    }
    return command, facts


def _types(_bench: Bench, plant: Plant, step: str, given: str) -> Made:
    rest, _, second = given.partition(", seen by ")
    weight, _, why = rest.partition(" because ")
    value, _, unit = weight.partition(" ")
    command = acts.TypeWeight(batch=BATCH, step=step, value=value, unit=unit, why=why)
    facts: Facts = {
        "witness": PEOPLE[second] if second else None,
        "container": plant.container("C-0001"),
        "equipment": plant.equipment("SC-04"),
    }
    return command, facts


def _reports(_bench: Bench, _plant: Plant, step: str, given: str) -> Made:
    severity, _, text = given.partition(": ")
    command = acts.ReportProblem(
        batch=BATCH, step=step or None, text=text, severity=Severity(severity)
    )
    return command, {}


def _decides(_bench: Bench, _plant: Plant, _step: str, given: str) -> Made:
    what, _, why = given.partition(" because ")
    exception, decision = what.split(" ")
    command = acts.DecideException(
        batch=BATCH,
        exception=exception,
        decision=acts.Decision(decision),
        reason=why or GOOD_REASON,
    )
    return command, {}


def _comments(_bench: Bench, _plant: Plant, step: str, given: str) -> Made:
    return acts.AddComment(batch=BATCH, step=step or None, text=given), {}


def _skips(_bench: Bench, _plant: Plant, step: str, given: str) -> Made:
    return acts.SkipStep(batch=BATCH, step=step, why=given), {}


def _rejects(_bench: Bench, _plant: Plant, _step: str, given: str) -> Made:
    return acts.RejectBatch(batch=BATCH, why=given), {}


def _of_step(
    kind: type[acts.StartStep | acts.CompleteStep | acts.WitnessStep | acts.Calculate],
) -> "Callable[[Bench, Plant, str, str], Made]":
    return lambda _bench, _plant, step, _given: (kind(batch=BATCH, step=step), {"lot": LOT})


def _of_batch(
    kind: type[acts.CompleteReview | acts.ReleaseBatch],
) -> "Callable[[Bench, Plant, str, str], Made]":
    return lambda _bench, _plant, _step, _given: (kind(batch=BATCH), {})


ACTS: dict[str, Callable[[Bench, Plant, str, str], Made]] = {
    "starts": _of_step(acts.StartStep),
    "completes": _of_step(acts.CompleteStep),
    "witnesses": _of_step(acts.WitnessStep),
    "computes": _of_step(acts.Calculate),
    "records": _records,
    "corrects": _corrects,
    "scans": _scans,
    "scans equipment": _scans_equipment,
    "weighs": _weighs,
    "types": _types,
    "reports": _reports,
    "decides": _decides,
    "comments": _comments,
    "skips": _skips,
    "reviews": _of_batch(acts.CompleteReview),
    "releases": _of_batch(acts.ReleaseBatch),
    "rejects": _rejects,
}
