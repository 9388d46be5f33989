"""The review of a batch as its page shows it: exceptions first, one opened, what rules checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import workflows
from ebr.batches import BatchRow, ExceptionView, ReasonView, Shown
from ebr.kernel import Page
from ebr.release import Gate, Moment, Point, ReviewView
from ebr.web.filters import number, plain_words, plural
from ebr.web.screens.evidence import Evidence, evidence
from workflows.events import ExceptionKind
from workflows.standing import CLOSED
from workflows.state import Value

TITLES = {
    ExceptionKind.OUT_OF_LIMIT: "{title} outside limits",
    ExceptionKind.ALERT_LIMIT: "{title} beyond the alert limits",
    ExceptionKind.OUT_OF_TOLERANCE: "Weight outside tolerance",
    ExceptionKind.NOT_CONFIRMED: "Statement not confirmed",
    ExceptionKind.MANUAL_WEIGHT: "Weight typed, not from the scale",
    ExceptionKind.CORRECTION: "{title} corrected",
    ExceptionKind.FURTHER_ATTEMPT: "{title} measured again",
    ExceptionKind.EQUIPMENT_REPLACED: "Equipment replaced",
    ExceptionKind.CALCULATION_FAILED: "Calculation without a result",
    ExceptionKind.TIMER_EARLY: "Ended too early",
    ExceptionKind.TIMER_LATE: "Ended too late",
    ExceptionKind.HOLD_EXCEEDED: "Hold time exceeded",
    ExceptionKind.WITNESS_LATE: "Witness late",
    ExceptionKind.SKIPPED: "Step skipped",
    ExceptionKind.REPEAT_EXHAUSTED: "Last pass done, condition not met",
    ExceptionKind.REPEAT_REJUDGED: "A past pass would come out otherwise",
    ExceptionKind.PROBLEM: "Problem reported",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One exception in the list."""

    exception: ExceptionView
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The exception that is opened, with what it rests on and its neighbours."""

    line: Line
    evidence: Evidence
    moments: tuple[Moment, ...]
    place: int
    places: int
    before: str
    after: str
    against: tuple[ReasonView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One point of the list before release, with where to go when it is not met."""

    gate: Gate
    state: str
    text: str
    link: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewScreen:
    """Everything that the page of a batch under review shows."""

    review: ReviewView
    shown: Shown
    open: tuple[Line, ...]
    decided: tuple[Line, ...]
    newest: str
    older: str
    tabs: tuple[tuple[str, str, bool], ...]
    chosen: Chosen | None
    gates: tuple[GateLine, ...]
    left: str
    checked: str

    @property
    def closed(self) -> bool:
        """Whether the batch has its disposition already."""
        return self.review.batch.status in CLOSED


def line(batch: workflows.Batch, each: ExceptionView, shown: Shown, after: str) -> Line:
    """An exception with its title, and the address that opens it beside the same page."""
    place = f"&after={after}" if after else ""
    return Line(
        exception=each,
        title=title_of(batch, each),
        text=plain_words(each.text.removeprefix(f"{_value_title(batch, each)}: ")),
        url=f"/batches/{batch.id}/exceptions/{each.key}?show={shown}{place}",
    )


def title_of(batch: workflows.Batch, exception: ExceptionView) -> str:
    """What kind of thing happened, in a few words."""
    return TITLES[exception.kind].format(title=_value_title(batch, exception) or "Value")


def _value_title(batch: workflows.Batch, exception: ExceptionView) -> str:
    values: Sequence[Value] = ()
    if exception.step and exception.input:
        step = batch.steps[exception.step]
        values = step.values.get(exception.input.partition("#")[0], ())
    return values[-1].title if values else ""


def opened(  # what belongs to one opened exception, each by its name
    batch: workflows.Batch,
    line: Line,
    among: Sequence[Line],
    *,
    moments: tuple[Moment, ...],
    against: tuple[ReasonView, ...],
    clock: Callable[[datetime], str],
) -> Chosen:
    """One exception with its evidence, and its neighbours if it stands on the page shown."""
    keys = [each.exception.key for each in among]
    place = keys.index(line.exception.key) if line.exception.key in keys else -1
    return Chosen(
        line=line,
        evidence=evidence(batch, line.exception, clock),
        moments=moments,
        place=place + 1,
        places=len(among),
        before=among[place - 1].url if place > 0 else "",
        after=among[place + 1].url if 0 <= place < len(among) - 1 else "",
        against=against,
    )


def screen(
    review: ReviewView,
    found: Page[Line],
    chosen: Chosen | None,
    *,
    shown: Shown,
    after: str,
) -> ReviewScreen:
    """The page."""
    address = f"/batches/{review.batch.id}/review"
    counts: Mapping[Shown, int] = {
        Shown.OPEN: review.open,
        Shown.DECIDED: review.decided,
        Shown.ALL: review.batch.exceptions,
    }
    here = f"{address}?show={shown}"
    return ReviewScreen(
        review=review,
        shown=shown,
        open=tuple(each for each in found.items if each.exception.open),
        decided=tuple(each for each in found.items if not each.exception.open),
        newest=here if after else "",
        older=f"{here}&after={found.next}" if found.next else "",
        tabs=tuple(
            (f"{name.capitalize()} {counts[name]}", f"{address}?show={name}", name is shown)
            for name in Shown
        ),
        chosen=chosen,
        gates=gate_lines(review, address),
        left=f"{plural(review.open, 'decision')} left." if review.open else "All is decided.",
        checked=checked(review),
    )


def checked(review: ReviewView) -> str:
    """What the rules have looked at, so that nobody has to look at it again."""
    inside = number(review.values - review.values_out)
    told = f"Rules checked {plural(review.values, 'value')}: {inside} inside limits"
    lost = any(each.point is Point.VALUES and not each.met for each in review.gates)
    if review.values_out:
        told += f", {number(review.values_out)} outside, {'not all' if lost else 'all'} raised"
    if exceptions := review.batch.exceptions:
        told += f". {review.decided} of {plural(exceptions, 'exception')} decided"
    return f"{told}."


def gate_lines(review: ReviewView, own: str = "") -> tuple[GateLine, ...]:
    """The points before release, those not met first; no way leads to the page itself, `own`."""
    ranked = sorted(review.gates, key=lambda each: each.met)
    return tuple(_gate(review, each, own) for each in ranked)


def _gate(review: ReviewView, gate: Gate, own: str) -> GateLine:
    batch = review.batch.id
    waits = gate.point is Point.REVIEW and not gate.met
    targets = {
        "exceptions": ("Open the review", f"/batches/{batch}/review"),
        "review": ("Open the review", f"/batches/{batch}/review"),
        "steps": ("Open the batch", f"/batches/{batch}"),
        "record": ("Full record", f"/batches/{batch}/record"),
        "trail": ("Audit trail", f"/trail?record={review.batch.number}"),
        "materials": ("Lots", "/lots"),
        "equipment": ("Equipment", "/equipment"),
        "readings": ("Unasked readings", "/readings"),
    }
    link, href = targets.get(gate.target, ("", ""))
    return GateLine(
        gate=gate,
        state="ok" if gate.met else "wait" if waits else "no",
        text=plain_words(gate.detail),
        link="" if href == own else link,
        href=href,
    )


def place_in_queue(queue: Page[BatchRow], number_of: str) -> str:
    """How many batches wait, and where this one stands among the first of them."""
    counted = len(queue.items)
    waiting = f"more than {counted} batches" if queue.next else plural(counted, "batch", "batches")
    place = next((n for n, each in enumerate(queue.items, 1) if each.number == number_of), 0)
    told = {0: "", 1: ", this one is the oldest"}.get(place, f", this one is number {place}")
    return f"Queue: {waiting}{told}"
