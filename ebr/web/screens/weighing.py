"""The scale as a weighing step shows it: the live weight, its verdict, the reading that waits."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from ebr import batches, readings
from ebr.batches import Moment, StepView
from ebr.kernel import Reason, Refused
from ebr.readings import Act, Cause, LinkState, LiveView, ReadingView
from ebr.web.filters import number, signed
from ebr.web.filters import unit as unit_words
from ebr.web.gauges import Gauge, gauge
from workflows.quantity import Quantity, added, plain

FRESH_S = 60  # how long a stored reading may wait to be accepted; the act judges it itself
CAUSES = {
    Cause.UNSTEADY: "The weight does not come to rest. Keep the draught shield closed.",
    Cause.OVERLOAD: "Too much lies on the pan. Take something off.",
    Cause.UNDERLOAD: "The pan stands too low. Put the pan on and set to zero.",
    Cause.WRONG_UNIT: "The scale shows another unit. Set it back.",
    Cause.TIMEOUT: "The scale gave no answer in time. Try again.",
    Cause.UNREACHABLE: "The scale cannot be reached. Check that it is on and connected.",
    Cause.RESTARTED: "The scale was restarted. Tare again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the weight stands, in words, shape and colour."""

    tone: str
    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveScreen:
    """The live part of a weighing screen; drawn again at every poll."""

    scale: str
    value: str
    unit: str
    from_target: str
    gauge: Gauge | None
    verdict: Verdict
    state: str  # in, over, under, none
    seen_at: datetime | None
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The newest answer of the scale to this step: waited for, failed, or ready to be taken."""

    state: str  # waiting, failed, ready, done
    act: str
    reading: UUID | None
    value: str
    unit: str
    at: datetime | None
    frame: str
    simulated: bool
    verdict: Verdict


def live(session: Session, step: StepView) -> LiveScreen | None:
    """What the scale of this step shows now; None where there is no scale yet."""
    if step.weigh is None or step.weigh.scale is None:
        return None
    return drawn(step, readings.live(session, step.weigh.scale.code))


def drawn(step: StepView, seen: LiveView | None) -> LiveScreen:
    """A live weight beside target and limits; what was weighed before counts into the total."""
    weigh = step.weigh
    assert weigh is not None, "only a weighing step has a live weight"
    assert weigh.scale is not None, "the scale stands before its weight is shown"
    code, unit = weigh.scale.code, weigh.unit
    if seen is None or seen.value is None or seen.unit is None:
        return LiveScreen(
            scale=code,
            value="–",
            unit=unit,
            from_target="–",
            gauge=None,
            verdict=_silent(code, seen),
            state="none",
            seen_at=seen.contact_at if seen else None,
            simulated=seen.simulated if seen else False,
        )
    shown = Quantity(seen.value, seen.unit)
    total = shown.to(unit)
    if weigh.total is not None:
        total = added(Quantity(weigh.total, unit), total)
    bar = _bar(step, total)
    return LiveScreen(
        scale=code,
        value=number(shown.value),
        unit=shown.unit,
        from_target=_difference(step, total),
        gauge=bar,
        verdict=_verdict(bar, total, step, stable=seen.stable),
        state=bar.state if bar else "none",
        seen_at=seen.received_at,
        simulated=seen.simulated,
    )


def stored(session: Session, batch: UUID, step: StepView, now: datetime) -> Stored | None:
    """How far the newest question of this step has come."""
    answer = readings.last_answer(session, batch, step.key)
    if answer is None:
        return None
    reading = answer.reading
    if not answer.state.final:
        text = "It is stored by itself as soon as the scale is at rest."
        title = f"{answer.device} is asked: {WORDS[answer.act]}"
        return _stored(answer.act, "waiting", reading, _said("", "hourglass", title, text))
    if reading is None or not (reading.usable or (answer.act is not Act.WEIGH and reading.stable)):
        cause = reading.cause if reading is not None else None
        text = CAUSES.get(cause, answer.detail) if cause else answer.detail
        title = f"No {WORDS[answer.act]} from {answer.device}"
        return _stored(answer.act, "failed", reading, _said("crit", "octagon-alert", title, text))
    if answer.act is not Act.WEIGH or reading.used:
        title = f"{answer.device}: {WORDS[answer.act]} done"
        return _stored(answer.act, "done", reading, _said("ok", "circle-check", title, ""))
    age_s = (now - reading.received_at).total_seconds()
    if age_s > FRESH_S:
        title, text = "The stored weight is too old to be accepted", "Take the weight again."
        return _stored(answer.act, "failed", reading, _said("warn", "clock-alert", title, text))
    return _stored(answer.act, "ready", reading, _judged(step, reading))


WORDS = {Act.WEIGH: "weight", Act.TARE: "tare", Act.ZERO: "zero"}


def _stored(act: Act, state: str, reading: ReadingView | None, verdict: Verdict) -> Stored:
    return Stored(
        state=state,
        act=act.value,
        reading=reading.id if reading else None,
        value=number(reading.value) if reading and reading.value else "",
        unit=reading.unit or "" if reading else "",
        at=reading.received_at if reading else None,
        frame=reading.frame if reading else "",
        simulated=reading.simulated if reading else False,
        verdict=verdict,
    )


def _judged(step: StepView, reading: ReadingView) -> Verdict:
    weigh = step.weigh
    assert weigh is not None, "only a weighing step asks a scale"
    assert reading.value is not None, "a usable reading has a value"
    total = Quantity(reading.value, reading.unit or weigh.unit).to(weigh.unit)
    if weigh.total is not None:
        total = added(Quantity(weigh.total, weigh.unit), total)
    found = _verdict(_bar(step, total), total, step, stable=True)
    if found.tone == "ok":
        return _said("ok", "circle-check", "Stored, in tolerance", "Accept it to put it on record.")
    text = "It can be accepted: it is recorded as it is, with an exception for quality."
    return _said(found.tone, found.icon, f"Stored. {found.title}", text)


def _silent(code: str, seen: LiveView | None) -> Verdict:
    if seen is None or not seen.in_contact:
        detail = seen.detail if seen and seen.detail else "The system keeps trying by itself."
        blocked = seen is not None and seen.state is LinkState.BLOCKED
        title = f"{code} is blocked" if blocked else f"{code} does not answer"
        return _said("crit", "unplug", title, detail)
    text = CAUSES.get(seen.cause, "") if seen.cause else ""
    return _said("warn", "triangle-alert", f"{code} shows no weight", text or seen.detail)


def _verdict(bar: Gauge | None, total: Quantity, step: StepView, *, stable: bool) -> Verdict:
    weigh = step.weigh
    assert weigh is not None, "only a weighing step is judged by its tolerance"
    if bar is None or weigh.least is None or weigh.most is None:
        return _said("", "scale", "Stable" if stable else "Not at rest yet", "")
    if bar.state == "in":
        if stable:
            text = "You can take the weight now."
            return _said("ok", "circle-check", "In tolerance and stable", text)
        return _said(
            "", "hourglass", "In tolerance, not at rest yet", "Wait until it stands still."
        )
    over = bar.state == "over"
    limit = Quantity(weigh.most if over else weigh.least, weigh.unit)
    gap = Quantity(plain(abs(total.amount - limit.amount)), weigh.unit)
    words = f"{number(gap.value)} {unit_words(gap.unit)}"
    if over:
        text = "Take some out until the marker is back inside the band."
        return _said("crit", "octagon-alert", f"Too heavy by {words}", text)
    return _said("", "arrow-right", f"{words} missing", "Add until the marker is inside the band.")


def _bar(step: StepView, total: Quantity) -> Gauge | None:
    weigh = step.weigh
    if weigh is None or weigh.target is None or weigh.least is None or weigh.most is None:
        return None
    least, most = Quantity(weigh.least, weigh.unit), Quantity(weigh.most, weigh.unit)
    if least.compare(most) >= 0:
        return None
    return gauge(total, least, most, Quantity(weigh.target, weigh.unit))


def on_record(step: StepView) -> Gauge | None:
    """The bar of what stands on record in all; None before anything was weighed."""
    if step.weigh is None or step.weigh.total is None:
        return None
    return _bar(step, Quantity(step.weigh.total, step.weigh.unit))


def _difference(step: StepView, total: Quantity) -> str:
    weigh = step.weigh
    if weigh is None or weigh.target is None:
        return "–"
    gap: Decimal = total.amount - Quantity(weigh.target, weigh.unit).amount
    return f"{signed(plain(gap))} {unit_words(weigh.unit)}"


def _said(tone: str, icon: str, title: str, text: str) -> Verdict:
    return Verdict(tone=tone, icon=icon, title=title, text=text)


def scale_of(session: Session, batch: UUID, step: str, moment: Moment) -> str:
    """The scale that stands identified for a weighing step; refused where there is none."""
    found = batches.step(session, batch, step, moment)
    if found.weigh is None:
        text, remedy = f"{found.title} is no weighing step.", "Open a step that weighs."
        raise Refused((Reason("work_different", text, remedy),))
    if found.weigh.scale is None:
        text = f"No scale stands identified for {found.title}."
        raise Refused((Reason("scale_not_identified", text, "Scan the scale in its step first."),))
    return found.weigh.scale.code
