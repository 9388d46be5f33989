"""Waiting and hold times: can the procedure keep them at all?"""

from collections.abc import Iterator

from workflows.plan import Plan
from workflows.recipe import HoldTime, Phase, Produce, Recipe, Timer
from workflows.validity.finding import Finding, error

DAY_S = 86400


def findings(recipe: Recipe, plan: Plan) -> Iterator[Finding]:
    """Faults of timers, hold times and shelf lives."""
    for phase in plan.phases.values():
        if phase.hold is not None:
            yield from _hold(plan, phase, phase.hold)
        match phase.work:
            case Timer(least_s=least, most_s=most):
                if least < 0 or (most is not None and most < least):
                    yield error(
                        phase.key,
                        f"waits at least {least} s and at most {most} s",
                        "no waiting time is both",
                    )
            case Produce() as work:
                yield from _produce(recipe, phase, work)
            case _:
                pass


def _produce(recipe: Recipe, phase: Phase, work: Produce) -> Iterator[Finding]:
    if work.expires_after_days < 1 or work.usable_after_s < 0:
        yield error(phase.key, f"{recipe.product} would expire before it is made")
    elif work.usable_after_s >= work.expires_after_days * DAY_S:
        yield error(
            phase.key,
            f"usable after {work.usable_after_s} s and expired after "
            f"{work.expires_after_days} days",
            "the lot could never be used",
        )


def _hold(plan: Plan, phase: Phase, hold: HoldTime) -> Iterator[Finding]:
    """A hold time needs a step before it, and time enough for the timers in between."""
    if hold.after not in plan.phases:
        yield error(f"{phase.key}.hold", f"there is no step {hold.after}")
    elif hold.after not in plan.before[phase.key]:
        yield error(
            f"{phase.key}.hold",
            f"{hold.after} is not always done before this step",
            f"start {phase.key} while {hold.after} is still open",
        )
    elif (least_s := _least_between(plan, hold.after, phase.key)) > hold.most_s:
        yield error(
            f"{phase.key}.hold",
            f"allows {hold.most_s} s after {hold.after}; the timers in between take {least_s} s",
            "no path through the procedure can keep it",
        )


def _least_between(plan: Plan, start: str, end: str) -> int:
    """The shortest time from the end of one step to the start of another: the longest timers."""
    between = [key for key in plan.phases if key in plan.before[end] and start in plan.before[key]]
    done_s: dict[str, int] = {}
    for key in between:
        work = plan.phases[key].work
        own_s = work.least_s if isinstance(work, Timer) else 0
        earlier = [done_s[each] for each in done_s if each in plan.before[key]]
        done_s[key] = own_s + max(earlier, default=0)
    return max(done_s.values(), default=0)
