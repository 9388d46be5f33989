"""Properties of the engine: what it decides it can fold; no batch reaches an unlisted state.

A machine throws every command, sensible and not, at a batch, and checks after each one that the
history folds to the same batch, that numbers run without gaps, and that nobody judged own work.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.builders.engine import DRIVEN, Bench, a_batch
from tests.builders.small_plant import BATCH, BOTTLES, ETHANOL, LOT, PEOPLE, SCALE
from tests.plugin import verifies
from workflows import (
    BatchStatus,
    Event,
    Refused,
    StepStatus,
    evolve,
    open_steps,
    replay,
    status_of,
    waiting_for,
)
from workflows import commands as acts
from workflows.events import EVENTS, StepCompleted, StepStarted, StepWitnessed
from workflows.recipe import Meaning, Severity
from workflows.state import Batch, Role

STEPS = st.sampled_from(DRIVEN)
WHO = st.sampled_from(list(PEOPLE.values()))
NUMBERS = st.sampled_from(["0.8074", "0.8720", "80.1", "71.0", "6700.0", "0", "1,5", "-3"])
KEYS = st.sampled_from(["density", "remark", "empty", "room", "cleaned", "strength", "output"])
WORDS = st.sampled_from(["yes", "no", "B-114", "2026-11-20", "All well"])
REASONS = st.sampled_from(["", "x", "Misread the display of the instrument"])


class BatchMachine(RuleBasedStateMachine):
    """A batch, and everybody who might do anything to it."""

    def __init__(self) -> None:
        """Start the batch."""
        super().__init__()
        self.bench = a_batch()
        self.refused = 0

    def attempt(self, command: acts.Command, who: Any, **facts: object) -> None:
        """A refusal changes nothing; whatever is decided is folded."""
        before = self.bench.made
        try:
            self.bench.do(command, who, **facts)
        except Refused:
            self.refused += 1
            if self.bench.made is not before:
                raise

    @rule(seconds=st.sampled_from([1, 61, 400, 1000]))
    def time_passes(self, seconds: int) -> None:
        """The clock runs."""
        self.bench.after(seconds)

    @rule(pick=st.integers(0, 10))
    def the_next_step_is_done_well(self, pick: int) -> None:
        """Somebody does a whole open step, so that the machine gets anywhere."""
        ready = open_steps(self.bench.made)
        if ready and self.bench.made.status is BatchStatus.RUNNING:
            try:
                self.bench.drive(ready[pick % len(ready)])
            except Refused:
                self.refused += 1

    @rule(step=STEPS, who=WHO)
    def start(self, step: str, who: Any) -> None:
        """Start any step."""
        self.attempt(acts.StartStep(batch=BATCH, step=step), who)

    @rule(step=STEPS, key=KEYS, value=NUMBERS | WORDS, who=WHO, why=REASONS)
    def record(self, step: str, key: str, value: str, who: Any, why: str) -> None:
        """Record anything anywhere."""
        command = acts.RecordValue(batch=BATCH, step=step, input=key, value=value, why=why)
        self.attempt(command, who)

    @rule(step=STEPS, who=WHO)
    def complete(self, step: str, who: Any) -> None:
        """Complete any step."""
        self.attempt(acts.CompleteStep(batch=BATCH, step=step), who, lot=LOT)

    @rule(step=STEPS, who=WHO)
    def witness(self, step: str, who: Any) -> None:
        """Witness any step."""
        self.attempt(acts.WitnessStep(batch=BATCH, step=step), who)

    @rule(step=STEPS, who=WHO)
    def calculate(self, step: str, who: Any) -> None:
        """Compute any step."""
        self.attempt(acts.Calculate(batch=BATCH, step=step), who)

    @rule(step=STEPS, container=st.sampled_from([ETHANOL, BOTTLES]), who=WHO, part=st.booleans())
    def scan(self, step: str, container: Any, who: Any, part: bool) -> None:
        """Scan any container anywhere."""
        command = acts.IdentifyMaterial(batch=BATCH, step=step, code=container.code, part=part)
        self.attempt(command, who, container=container)

    @rule(step=STEPS, who=WHO)
    def scan_scale(self, step: str, who: Any) -> None:
        """Scan the scale anywhere."""
        command = acts.IdentifyEquipment(batch=BATCH, step=step, code="SC-04")
        self.attempt(command, who, equipment=SCALE)

    @rule(weight=st.sampled_from(["6728.1 g", "3000.0 g", "9000.0 g"]), part=st.booleans(), who=WHO)
    def weigh(self, weight: str, part: bool, who: Any) -> None:
        """Accept a reading."""
        reading = self.bench.reading(weight)
        command = acts.AcceptReading(batch=BATCH, step="weigh", reading=reading.reading, part=part)
        self.attempt(command, who, reading=reading, container=ETHANOL, equipment=SCALE)

    @rule(step=STEPS, key=KEYS | st.just("weight"), value=NUMBERS | WORDS, who=WHO, second=WHO)
    def correct(self, step: str, key: str, value: str, who: Any, second: Any) -> None:
        """Correct anything."""
        command = acts.CorrectValue(
            batch=BATCH, step=step, input=key, value=value, why="Misread the display"
        )
        self.attempt(command, who, witness=second)

    @rule(who=WHO, severity=st.sampled_from(Severity), step=STEPS | st.none())
    def report(self, who: Any, severity: Severity, step: str | None) -> None:
        """Report a problem."""
        command = acts.ReportProblem(
            batch=BATCH, step=step, text="Something is wrong", severity=severity
        )
        self.attempt(command, who)

    @rule(who=WHO, decision=st.sampled_from(acts.Decision), number=st.integers(1, 8))
    def decide(self, who: Any, decision: acts.Decision, number: int) -> None:
        """Decide any exception."""
        command = acts.DecideException(
            batch=BATCH,
            exception=f"EX-{number}",
            decision=decision,
            reason="Assessed; no effect on the product quality.",
        )
        self.attempt(command, who)

    @rule(who=WHO, last=st.sampled_from([acts.CompleteReview, acts.ReleaseBatch]))
    def dispose(self, who: Any, last: Callable[..., acts.Command]) -> None:
        """Review or release."""
        self.attempt(last(batch=BATCH), who)

    @rule(who=WHO, step=STEPS)
    def skip(self, who: Any, step: str) -> None:
        """Skip any step."""
        self.attempt(acts.SkipStep(batch=BATCH, step=step, why="Printer out of use"), who)

    @invariant()
    def the_history_folds_to_this_very_batch(self) -> None:
        """Replay of everything, and of the rest on a prefix, gives the same batch."""
        assert replay(self.bench.events) == self.bench.made
        assert self.bench.made.version == len(self.bench.events)

    @invariant()
    def numbers_run_without_gaps(self) -> None:
        """EX-1, EX-2 … and corrections C-1, C-2 … count within the batch."""
        batch = self.bench.made
        assert list(batch.exceptions) == [f"EX-{n + 1}" for n in range(len(batch.exceptions))]

    @invariant()
    def a_step_is_signed_only_after_what_comes_before_it(self) -> None:
        """Whoever is complete has nothing unstarted before it, and a witness who is another."""
        batch = self.bench.made
        for key, step in batch.steps.items():
            if step.status is not StepStatus.IDLE:
                before = (batch.steps[each].status for each in batch.plan.before[key])
                assert all(each is not StepStatus.IDLE for each in before)
            assert (status_of(batch, key) is StepStatus.OPEN) == (
                step.status is StepStatus.IDLE and not waiting_for(batch, key)
            )
            check_signatures(batch, key)

    @invariant()
    def what_is_closed_is_complete_and_judged_by_others(self) -> None:
        """A released batch has nothing open, and three different people behind it."""
        batch = self.bench.made
        if batch.status is not BatchStatus.RELEASED:
            return
        assert not batch.open_exceptions()
        assert batch.reviewed_by is not None
        assert batch.closed_by is not None
        hands_on = {Role.PERFORMED, Role.WITNESSED, Role.CORRECTED}
        for judge in (batch.reviewed_by, batch.closed_by):
            assert not hands_on & {part.role for part in batch.people[judge.person]}
        assert batch.reviewed_by.person != batch.closed_by.person


def check_signatures(batch: Batch, key: str) -> None:
    """The signatures in force of a step: performed once, witnessed by another where asked for."""
    step, phase = batch.steps[key], batch.plan.phases[key]
    standing = [each for each in step.signatures if each.superseded is None]
    meanings = [each.meaning for each in standing]
    wanted = [Meaning.PERFORMED, Meaning.WITNESSED] if phase.witness else [Meaning.PERFORMED]
    if step.status is StepStatus.COMPLETE:
        assert meanings == wanted
        assert len({each.by.person for each in standing}) == len(standing)
    elif step.status is StepStatus.UNSIGNED:
        assert meanings == []


TestBatchMachine = BatchMachine.TestCase
TestBatchMachine.settings = settings(
    max_examples=25,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def a_long_history() -> list[Event]:
    """A batch with corrections, exceptions, a review that fell away, and a release."""
    bench = a_batch("hand_over").reviewed()
    bench.correct("density", "density", "0.8080")
    bench.until_signed("density", "mass", "weigh", "produce", "yield")
    return bench.released().events


HISTORY = a_long_history()


@given(st.integers(0, len(HISTORY)))
def test_the_fold_of_a_prefix_and_then_the_rest_is_the_fold_of_all(cut: int) -> None:
    assert replay(HISTORY[cut:], replay(HISTORY[:cut])) == replay(HISTORY)


@verifies("P11-10f-1")
@given(st.permutations(DRIVEN))
def test_whatever_order_people_try_only_open_steps_start(order: list[str]) -> None:
    bench = a_batch()
    for key in order:
        may = key in open_steps(bench.made)
        assert (not bench.refused(acts.StartStep(batch=BATCH, step=key))) is may
        if may:
            bench.drive(key)
    started = [each.step for each in bench.events if isinstance(each, StepStarted)]
    done = [each.step for each in bench.events if isinstance(each, StepCompleted)]
    assert started == done


def test_a_history_of_two_thousand_events_is_decided_as_fast_as_a_short_one() -> None:
    bench = long_batch()
    command = acts.AddComment(batch=BATCH, text="One more remark")
    assert bench.made.version >= 2000
    assert not bench.refused(command)
    before = bench.made
    bench.do(command)
    untouched = [key for key in before.steps if bench.made.steps[key] is before.steps[key]]
    assert len(untouched) == len(before.steps)


def long_batch() -> Bench:
    """A batch with two thousand events."""
    bench = a_batch("ready").begin("density").record("density", "density", "0.8074")
    for number in range(1000):
        bench.correct("density", "density", f"0.80{60 + number % 20}")
    return bench


def test_every_event_has_its_place_in_the_fold() -> None:
    seen = {type(each) for each in HISTORY}
    assert {StepStarted, StepCompleted, StepWitnessed} < seen
    batch = replay(HISTORY[:1])
    assert batch is not None
    for event in HISTORY[1:]:
        batch = evolve(event, batch)
    assert seen < set(EVENTS)
    assert replace(batch) == replay(HISTORY)
