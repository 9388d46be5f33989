"""What a weighing step weighs: on which scale, from which container, to which target and bounds."""

from decimal import Decimal

from workflows.events import Verdict
from workflows.quantity import Quantity, Rounding, plain, rounded
from workflows.recipe import Weigh
from workflows.state import Batch, Container, Equipment

DECIMALS_MOST = 12


def scale_of(batch: Batch, step: str, work: Weigh) -> Equipment | None:
    """The scale that stands identified for a weighing; the last one, if it was replaced."""
    steps = batch.plan.seen_from(step, batch.plan.equipment_steps.get(work.scale, ()))
    found = [batch.steps[key].equipment for key in steps]
    known = [each for each in found if each is not None]
    return max(known, key=lambda each: each.at, default=None)


def containers_of(batch: Batch, step: str, work: Weigh) -> tuple[Container, ...]:
    """The containers that stand identified for a weighing; in a loop, in its own pass."""
    steps = batch.plan.seen_from(step, batch.plan.material_steps.get(work.line, ()))
    return tuple(each for key in steps for each in batch.steps[key].containers)


def container_of(batch: Batch, step: str, work: Weigh, code: str | None) -> Container | None:
    """The identified container with this code; without a code the last one identified."""
    known = [each for each in containers_of(batch, step, work) if code in {None, each.code}]
    return max(known, key=lambda each: each.at, default=None)


def target_of(batch: Batch, work: Weigh) -> Quantity | None:
    """What has to be weighed: the calculated mass, or the formula's quantity; None if unknown."""
    if work.target is None:
        return batch.plan.lines[work.line].quantity.to(work.unit)
    target = batch.amount(work.target)
    return target.to(work.unit) if target is not None else None


def bounds_of(work: Weigh, target: Quantity) -> tuple[Quantity, Quantity]:
    """The least and the most that may be charged, exact."""
    return (
        Quantity(_text(target.amount - _allowed(work.tolerance.low, target)), target.unit),
        Quantity(_text(target.amount + _allowed(work.tolerance.high, target)), target.unit),
    )


def verdict_on(total: Quantity, least: Quantity, most: Quantity, *, part: bool) -> Verdict:
    """Within, out, or only a part of the charge as yet; both ends are within."""
    if total.compare(most) > 0:
        return Verdict.OUT
    if part:
        return Verdict.PART
    return Verdict.WITHIN if total.compare(least) >= 0 else Verdict.OUT


def out_in_words(
    title: str, total: Quantity, target: Quantity, least: Quantity, most: Quantity
) -> str:
    """A sentence with the total, the target and the tolerance."""
    side = "above" if total.compare(most) > 0 else "below"
    return f"{title}: {total} is {side} the tolerance, {least} to {most} (target {target})."


def _allowed(deviation: Quantity, target: Quantity) -> Decimal:
    """The size of a deviation in the target's unit; per cent are per cent of the target."""
    if deviation.unit == "%":
        return abs(deviation.amount) * target.amount / 100
    return abs(deviation.to(target.unit).amount)


def _text(number: Decimal) -> str:
    text = plain(number)
    if len(text.partition(".")[2]) > DECIMALS_MOST:
        return rounded(number, DECIMALS_MOST, Rounding.HALF_EVEN)
    return text
