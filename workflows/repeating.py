"""Loops: when a pass is done it is judged; the loop ends, goes on, or waits for quality.

A batch has the first pass of every loop from its start. A pass is done when each of its steps is
signed (or skipped), none is held by an undecided exception, and the loops inside it have ended.
Whatever makes it done judges it in the same act, by the value in force of the pass:

- it holds: the loop ends, and what follows opens;
- not yet, and fewer passes than the bound: the next pass begins;
- not yet, and the bound is reached: an exception holds the judged step until quality decides. With
  the decision the loop ends as not met, and the batch goes on.

Nothing that is missing counts as reached: a skipped step, a value that is not there or could not be
computed is `not yet`, and the record says so in words.

What happened stays. When a later act changes the value of a pass that is judged, the pass is judged
again; when it would have come out otherwise, an exception with both values holds the step until
quality decides. The loop is never reopened or cut short: a pass that was done was done. Only the
last pass of a loop that has not ended is judged anew as if for the first time.
"""

from dataclasses import dataclass

from workflows.course import Course, Departure
from workflows.events import ExceptionKind, PassJudged, PassStarted, RepeatEnded
from workflows.limits import goal_in_words
from workflows.plan import written_inputs
from workflows.quantity import Quantity
from workflows.recipe import Range, Until
from workflows.refusals import Code, Refusal
from workflows.routing import passed
from workflows.rules import refusal
from workflows.state import Batch, Judgement, StepStatus, Value
from workflows.unrolling import LaidOut, Pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """How a pass stands to what ends its loop, by the value that is in force now."""

    title: str
    value: str
    unit: str | None
    holds: bool
    text: str


def settle(course: Course, correction: str | None = None) -> Course:
    """Judge every pass that is done, and those whose value changed; then go on as that demands."""
    for key in course.batch.plan.loops:
        course = _judge_past(course, key, correction)
    settled = False
    while not settled:
        settled = True
        for key in course.batch.plan.loops:  # inner ones first: an outer pass waits for them
            further = _judge_last(course, key)
            if further is not course:
                course, settled = further, False
                break
    return course


def against_pass(batch: Batch, step: str) -> tuple[Refusal, ...]:
    """Why a step of a pass is not there: its pass has not begun, and may never."""
    block, numbered, name = step.partition("#")
    around = [
        loop
        for loop in batch.plan.loops.values()
        if numbered and f"{block}#{loop.last.name}" in loop.last.steps
    ]
    if not around:
        return ()
    loop = around[-1]
    ended = batch.loops[loop.key].ended
    stands = "ended with" if ended else f"takes at most {loop.most} passes and is in"
    return (
        refusal(
            Code.STEP_NOT_BEGUN,
            title=loop.title,
            stands=f"{stands} pass {loop.last.name}",
            wanted=name,
        ),
    )


def _done(batch: Batch, last: Pass) -> bool:
    return all(passed(batch, step) for step in last.steps) and all(
        batch.loops[inner].ended for inner in last.loops
    )


def _judge_last(course: Course, key: str) -> Course:
    """Judge the pass in hand, if it is done; then end the loop, begin a pass or call quality."""
    batch, loop = course.batch, course.batch.plan.loops[key]
    if batch.loops[key].ended or not _done(batch, loop.last):
        return course
    now = _verdict(batch, loop, loop.last)
    earlier = batch.loops[key].judgement(loop.last.number)
    same = earlier is not None and _judged_by(earlier, batch, loop.last)
    going_on = now.holds or loop.last.number < loop.most
    if not same and not going_on:
        return _exhausted(course, loop, now)
    if not same:
        course = _judged(course, loop, loop.last, now)
    if now.holds or not going_on:
        return _end(course, loop, now, earlier.exception if earlier is not None else "")
    return _begin(course, loop, now)


def _judge_past(course: Course, key: str, correction: str | None) -> Course:
    """Judge again what was judged by another value; say so where it would come out otherwise."""
    loop, state = course.batch.plan.loops[key], course.batch.loops[key]
    latest = {each.number: each for each in state.judgements}
    for done in loop.passes if state.ended else loop.passes[:-1]:
        earlier = latest.get(done.number)
        if earlier is None or _judged_by(earlier, course.batch, done):
            continue
        now = _verdict(course.batch, loop, done)
        exception = ""
        if now.holds is not earlier.holds:
            course = _otherwise(course, loop, done, now, earlier)
            exception = _newest(course)
        course = _judged(course, loop, done, now, correction=correction, exception=exception)
    return course


def _verdict(batch: Batch, loop: LaidOut, done: Pass) -> _Verdict:
    """Hold the value in force of a pass against the condition of its loop."""
    ref, until = done.judged, loop.until
    phase, step = batch.plan.phases[ref.step], batch.steps[ref.step]
    title = next(each.title for each in written_inputs(phase) if each.key == ref.input)
    value = _in_force(batch, done)
    skipped = step.status is StepStatus.SKIPPED
    holds = value is not None and _meets(value, until)
    if skipped:
        said = f"{phase.title} was skipped, so there is no {title} to judge by"
    elif value is None or not value.value:
        said = f"{title} is not on record"
    else:
        said = f"{title} is {value.shown}"
    outcome = "reached" if holds else "not yet"
    return _Verdict(
        title=title,
        value=value.value if value is not None else "",
        unit=value.unit if value is not None else None,
        holds=holds,
        text=f"{said}; {loop.title} ends when {title} is {goal_in_words(until)}: {outcome}.",
    )


def _in_force(batch: Batch, done: Pass) -> Value | None:
    """The value that a pass is judged by; none where its step was skipped."""
    step = batch.steps[done.judged.step]
    return None if step.status is StepStatus.SKIPPED else step.value(done.judged.input)


def _judged_by(earlier: Judgement, batch: Batch, done: Pass) -> bool:
    """Whether a judgement stands on the very value that is in force, and so says what it would."""
    value = _in_force(batch, done)
    now = ("", None) if value is None else (value.value, value.unit)
    return now == (earlier.value, earlier.unit)


def _meets(value: Value, until: Until) -> bool:
    if until.within is None:
        return value.value != "" and value.value == until.equals
    return value.amount is not None and _inside(value.amount, until.within)


def _inside(amount: Quantity, within: Range) -> bool:
    """Whether an amount lies in a range, both ends included."""
    above = within.low is None or amount.compare(within.low) >= 0
    return above and (within.high is None or amount.compare(within.high) <= 0)


def _judged(
    course: Course,
    loop: LaidOut,
    done: Pass,
    now: _Verdict,
    *,
    correction: str | None = None,
    exception: str = "",
) -> Course:
    """Keep the judgement of a pass, with the value and the condition."""
    return course.then(
        PassJudged(
            at=course.facts.now,
            by=course.facts.performer.who,
            loop=loop.key,
            loop_title=loop.title,
            number=done.number,
            name=done.name,
            most=loop.most,
            step=done.judged.step,
            step_title=course.batch.steps[done.judged.step].title,
            input=done.judged.input,
            title=now.title,
            value=now.value,
            unit=now.unit,
            within=loop.until.within,
            equals=loop.until.equals,
            holds=now.holds,
            text=now.text,
            correction=correction,
            exception=exception,
        )
    )


def _begin(course: Course, loop: LaidOut, now: _Verdict) -> Course:
    """Begin the next pass."""
    number = loop.last.number + 1
    return course.then(
        PassStarted(
            at=course.facts.now,
            by=course.facts.performer.who,
            loop=loop.key,
            loop_title=loop.title,
            number=number,
            name=".".join((*loop.last.name.split(".")[:-1], str(number))),
            most=loop.most,
            because=now.text,
        )
    )


def _end(course: Course, loop: LaidOut, now: _Verdict, exception: str) -> Course:
    """End the loop, by its condition or by the decision of quality, without which none is done."""
    because = now.text
    if not now.holds:
        decided = course.batch.exceptions[exception].decision
        because += f" Quality decided on {exception}: {decided}; the batch goes on."
    judged = loop.last.judged
    return course.then(
        RepeatEnded(
            at=course.facts.now,
            by=course.facts.performer.who,
            loop=loop.key,
            loop_title=loop.title,
            passes=loop.last.number,
            most=loop.most,
            met=now.holds,
            step=judged.step,
            step_title=course.batch.steps[judged.step].title,
            input=judged.input,
            title=now.title,
            value=now.value,
            unit=now.unit,
            within=loop.until.within,
            equals=loop.until.equals,
            because=because,
            exception="" if now.holds else exception,
        )
    )


def _exhausted(course: Course, loop: LaidOut, now: _Verdict) -> Course:
    """The bound is reached and the condition is not: quality has to decide."""
    course = _raise(
        course,
        ExceptionKind.REPEAT_EXHAUSTED,
        loop.last,
        f"{loop.title}: pass {loop.last.name} was the last of at most {loop.most}. {now.text}",
    )
    return _judged(course, loop, loop.last, now, exception=_newest(course))


def _otherwise(
    course: Course, loop: LaidOut, done: Pass, now: _Verdict, earlier: Judgement
) -> Course:
    """A pass would come out otherwise by the value it has now; what was done stays done."""
    if done is loop.last:
        after = f"{loop.title} ended with this pass, and stays ended"
    else:
        after = f"{loop.title} went on with another pass, and that pass stays"
    return _raise(
        course,
        ExceptionKind.REPEAT_REJUDGED,
        done,
        f"{loop.title}, pass {done.name}, was judged so: {earlier.text} "
        f"By the value it has now: {now.text} {after}.",
    )


def _raise(course: Course, kind: ExceptionKind, done: Pass, text: str) -> Course:
    """Hold the judged step of a pass until quality has decided."""
    phase = course.batch.plan.phases[done.judged.step]
    return course.raising(
        Departure(
            kind=kind,
            severity=phase.exceptions.severity,
            text=text,
            step=phase.key,
            input=done.judged.input,
            blocks=True,
        )
    )


def _newest(course: Course) -> str:
    return list(course.batch.exceptions)[-1]
