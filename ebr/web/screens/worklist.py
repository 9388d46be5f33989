"""The operator's home: what can be done now, what waits for whom, and how the station stands."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from ebr import batches, maintenance, readings, trail
from ebr.batches import Moment, ReasonView, TaskView
from ebr.readings import LiveView
from ebr.web import addresses
from ebr.web.filters import plural
from workflows import StepStatus

ICONS = {
    "instruction": "clipboard-list",
    "confirm": "clipboard-check",
    "entry": "text-cursor-input",
    "calculation": "calculator",
    "identify_material": "scan-barcode",
    "identify_equipment": "scan-line",
    "weigh": "scale",
    "timer": "timer",
    "check": "flask-conical",
    "produce": "package-check",
    "sign_off": "pen-line",
}
NEEDS = {
    "instruction": "Do what it says, then sign.",
    "confirm": "Read and confirm, then sign.",
    "entry": "Record values, then sign.",
    "calculation": "The system computes, you sign.",
    "identify_material": "Scan the container, then sign.",
    "identify_equipment": "Scan the equipment, then sign.",
    "weigh": "Weigh on the scale, then sign.",
    "timer": "Wait by the clock, then sign.",
    "check": "Measure and record, then sign.",
    "produce": "Record what was made, then sign.",
    "sign_off": "Look it over, then sign.",
}
# Who can take a hindrance away, by the reason that is told first.
CLEARED_BY = {
    "breach": "Quality: nobody works on this record until then",
    "witness_involved": "Another person, who took no part in it",
    "right_missing": "Somebody who holds the right",
    "exception_blocks": "Quality, by deciding the exception",
    "earlier_step_open": "Whoever signs the steps before it",
    "step_not_open": "Whoever finishes what it waits for",
    "record_closed": "Nobody: the record is closed",
}
LAST = 3
LISTED = 20  # exceptions and remarks at once on the page of a batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line of the list: a step, what it needs, since when, whose it is."""

    task: TaskView
    icon: str
    title: str
    needs: str
    side: str
    note: str
    first: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A step that cannot be done by this person now: why, and who can clear it."""

    task: TaskView
    icon: str
    tone: str
    reasons: tuple[ReasonView, ...]
    cleared_by: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A device of this station and how it stands with it."""

    code: str
    name: str
    seen: LiveView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """Everything on the operator's home."""

    tasks: tuple[Task, ...]
    stuck: tuple[Stuck, ...]
    scales: tuple[Scale, ...]
    entries: tuple[trail.EntryLine, ...]
    more: bool
    at: datetime


def work_list(session: Session, zone_midnight: datetime, moment: Moment) -> WorkList:
    """The list of one person at one station."""
    board = batches.board(session, moment)
    here = moment.actor.station
    asked = trail.Filter(person=moment.actor.person, since=zone_midnight)
    today = trail.entries(session, asked)
    done = tuple(each for each in today.entries if each.stream.startswith("batch/"))
    return WorkList(
        tasks=tuple(_task(each, first=not place) for place, each in enumerate(board.doable)),
        stuck=tuple(_stuck(each) for each in board.blocked),
        scales=tuple(
            Scale(code=each.code, name=each.name, seen=readings.live(session, each.code))
            for each in maintenance.devices(session)
            if each.station == here
        ),
        entries=done,
        more=today.older is not None,
        at=moment.now,
    )


def midnight(now: datetime) -> datetime:
    """When this day began on the plant's wall."""
    return datetime.combine(now.date(), time.min, now.tzinfo)


def _task(task: TaskView, *, first: bool) -> Task:
    witness = task.status is StepStatus.AWAITING_WITNESS
    title = f"{task.number} {'Witness: ' if witness else ''}{task.title}"
    needs = f"{task.holder} signed it. Needs a second person." if witness else NEEDS[task.kind]
    if task.status is StepStatus.UNSIGNED:
        needs = "A correction took its signatures. Look it over and sign again."
    if task.witness and not witness:
        needs = needs.replace("then sign", "sign, then a witness")
    return Task(
        task=task,
        icon="users" if witness else ICONS[task.kind],
        title=title,
        needs=needs,
        side=_side(task),
        note=_note(task),
        first=first,
        url=addresses.of_step(task.batch, task.step),
    )


def _side(task: TaskView) -> str:
    match task.status:
        case StepStatus.RUNNING:
            return "Yours" if task.mine else f"{task.holder}"
        case StepStatus.AWAITING_WITNESS:
            return "Waits for witness"
        case StepStatus.UNSIGNED:
            return "Sign again"
        case _:
            return "Open now"


def _note(task: TaskView) -> str:
    critical = "critical step" if task.critical else ""
    return critical if task.status is StepStatus.OPEN else ""


def _stuck(task: TaskView) -> Stuck:
    waits = task.status is StepStatus.AWAITING_WITNESS
    return Stuck(
        task=task,
        icon="hourglass" if waits else "lock",
        tone="warn" if waits else "hold",
        reasons=task.why_not,
        cleared_by=CLEARED_BY.get(task.why_not[0].code, "Your supervisor"),
        url=addresses.of_step(task.batch, task.step),
    )


def heading(tasks: int) -> str:
    """`4 steps you can do now`"""
    return f"{plural(tasks, 'step')} you can do now" if tasks else "Nothing to do now"
