"""A value against its limits: recorded first, judged second, never stopped.

The layers have their own consequences. Beyond *alert*: a minor exception that never blocks. Beyond
*action*: an exception as the step's policy says. Beyond *reject*: a critical exception that may not
simply be accepted; it takes a deviation.
"""

from workflows.course import Departure
from workflows.events import ExceptionKind, Verdict
from workflows.quantity import Quantity
from workflows.recipe import Input, InputKind, Limits, Phase, Range, Severity, Until

_LAYERS = (Verdict.REJECT, Verdict.ACTION, Verdict.ALERT)


def judge(asked: Input, value: str, unit: str | None) -> Verdict:
    """How a value, already found readable, stands to the limits of its input."""
    if asked.kind is InputKind.CONFIRMATION:
        return Verdict.WITHIN if value == "yes" else Verdict.OUT
    if asked.limits is None or not value:
        return Verdict.NOT_JUDGED
    return judge_amount(Quantity(value, unit or "1"), asked.limits)


def judge_amount(amount: Quantity, limits: Limits) -> Verdict:
    """The outermost layer that the amount lies beyond; a value on a limit is within it."""
    layers = {
        Verdict.REJECT: limits.reject,
        Verdict.ACTION: limits.action,
        Verdict.ALERT: limits.alert,
    }
    for verdict in _LAYERS:
        if _side(amount, layers[verdict]):
            return verdict
    return Verdict.WITHIN if any(layers.values()) else Verdict.NOT_JUDGED


def departure_of(
    phase: Phase, asked: Input, value: str, unit: str | None, verdict: Verdict
) -> Departure | None:
    """The exception that a verdict leads to, with the numbers; None when it leads to none."""
    policy = phase.exceptions
    if verdict is Verdict.OUT:
        return Departure(
            kind=ExceptionKind.NOT_CONFIRMED,
            severity=policy.severity,
            text=f"Not confirmed: {asked.title}",
            step=phase.key,
            input=asked.key,
            blocks=policy.blocks,
        )
    if verdict not in _LAYERS or asked.limits is None:
        return None
    text = in_words(asked.title, Quantity(value, unit or "1"), asked.limits, verdict)
    if verdict is Verdict.ALERT:
        return Departure(
            kind=ExceptionKind.ALERT_LIMIT,
            severity=Severity.MINOR,
            text=text,
            step=phase.key,
            input=asked.key,
        )
    rejected = verdict is Verdict.REJECT
    return Departure(
        kind=ExceptionKind.OUT_OF_LIMIT,
        severity=Severity.CRITICAL if rejected else policy.severity,
        text=text,
        step=phase.key,
        input=asked.key,
        blocks=policy.blocks,
        needs_deviation=rejected,
    )


def in_words(title: str, amount: Quantity, limits: Limits, verdict: Verdict) -> str:
    """A sentence with the value, the layer and its ends."""
    layer = {
        Verdict.ALERT: limits.alert,
        Verdict.ACTION: limits.action,
        Verdict.REJECT: limits.reject,
    }[verdict]
    side = _side(amount, layer)
    return f"{title}: {amount} is {side} the {verdict} limits, {range_in_words(layer)}."


def range_in_words(limits: Range | None) -> str:
    """`15.0 to 25.0 Cel`, `at least 15.0 Cel`, `at most 25.0 Cel`, `no limit`."""
    low, high = (limits.low, limits.high) if limits else (None, None)
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"at least {low}"
    return f"at most {high}" if high is not None else "no limit"


def goal_in_words(until: Until) -> str:
    """What the judged value of a loop has to be: `3.0 g to 5.0 g`, `'clear'`."""
    return range_in_words(until.within) if until.within is not None else repr(until.equals)


def _side(amount: Quantity, limits: Range | None) -> str:
    """`below`, `above`, or nothing when the amount lies inside, both ends included."""
    if limits is None:
        return ""
    if limits.low is not None and amount.compare(limits.low) < 0:
        return "below"
    return "above" if limits.high is not None and amount.compare(limits.high) > 0 else ""
